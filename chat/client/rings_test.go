package client

import (
	"testing"

	"haven/chat/frame"
	"haven/chat/hvn1"
)

// A chat that rings again before its first accept was answered is accepted with the same key: whichever of the two the
// server took, `assigned` names the chat alone.
func TestAcceptedAgainWithTheSameKey(t *testing.T) {
	d := NewDesk(Options{URL: "http://127.0.0.1:1"}, "Noor", "")
	one, two := hvn1.NewID(), hvn1.NewID()
	for _, o := range []Event{ring("a", one), ring("b", one), ring("c", two)} {
		if err := d.Accept(&o); err == nil {
			t.Fatal("it was sent over no line")
		}
	}
	if d.rings["a"] == nil || d.rings["a"].pk != d.rings["b"].pk {
		t.Error("one chat has two keys")
	}
	if d.rings["a"].pk == d.rings["c"].pk {
		t.Error("two chats have one key")
	}
}

func ring(offer, chat string) (e Event) {
	e.Offer, e.Chat = offer, chat
	return e
}

// assign has a chat ring at the desk, be accepted and confirmed.
func assign(d *Desk, id, offer string, e int) *Chat {
	o := ring(offer, id)
	_ = d.Accept(&o)
	o.T, o.E = frame.TAssigned, e
	d.apply(&o)
	c := d.chats[id]
	c.current.confirmed = true
	return c
}

// What waits goes over to the chat that comes back, and is sent by that one alone: an earlier refusal may still be waited out.
func TestBackAgainItIsSentOnce(t *testing.T) {
	d := NewDesk(Options{URL: "http://127.0.0.1:1", Unsealed: true}, "Noor", "")
	id := hvn1.NewID()
	before := assign(d, id, "a", 0)
	m := before.Say("hello")
	before.refused(frame.CodeNoChat, m.ID)
	after := assign(d, id, "b", 1)
	if after == before || after.ack([]byte(m.ID), 1) != m {
		t.Fatal("it does not wait in the chat that came back")
	}
	before.retry()
	if n := before.Unacked() + after.Unacked(); n != 0 {
		t.Errorf("%d wait", n)
	}
}

// What was on her screen when the chat went back to the line is not shown there again once it is hers again, and what
// was not read is sent again: not even where the store then begins another life.
func TestBackAgainItIsShownOnce(t *testing.T) {
	d := NewDesk(Options{URL: "http://127.0.0.1:1", Unsealed: true}, "Noor", "")
	id := hvn1.NewID()
	theirs := frame.Hot{T: frame.TMsg, Seq: 1, From: 'y', ID: []byte(hvn1.NewID())}
	before := assign(d, id, "a", 0)
	if _, _, fresh := before.heard(&theirs); !fresh {
		t.Fatal("it is not shown")
	}
	m := before.Say("hello")
	before.ack([]byte(m.ID), 2)
	after := assign(d, id, "b", 1)
	if after.Seen() != 1 {
		t.Errorf("asks for what follows %d", after.Seen())
	}
	after.emptied()
	if _, _, fresh := after.heard(&theirs); fresh {
		t.Error("it is shown twice")
	}
	if n := after.Unacked(); n != 1 {
		t.Errorf("%d are sent again", n)
	}
}

// A chat that rang again and was accepted, and of which the store then forgot that, is hers under the epoch that she has: under
// the new key nothing of it could be checked.
func TestForgottenAcceptKeepsTheKey(t *testing.T) {
	d := NewDesk(Options{URL: "http://127.0.0.1:1", Unsealed: true}, "Noor", "")
	id := hvn1.NewID()
	before := assign(d, id, "a", 0)
	o := ring("b", id)
	_ = d.Accept(&o)
	d.apply(&Event{Outbound: frame.Outbound{T: frame.TAssigned, Chat: id}})
	if d.chats[id] != before {
		t.Error("another key stands for the epoch that is known")
	}
	d.apply(&Event{Outbound: frame.Outbound{T: frame.TAssigned, Chat: id, E: 1}})
	if d.chats[id] == before {
		t.Error("the new epoch has the old key")
	}
}
