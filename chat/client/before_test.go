package client

import (
	"testing"

	"haven/chat/frame"
	"haven/chat/hvn1"
)

// pair is a chat between a young person's page and a desk, both without a line.
func pair(t *testing.T, y *Youth, d *Desk, offer string) *Chat {
	t.Helper()
	if err := y.Ask(Want{Line: "jip"}); err == nil {
		t.Fatal("it was sent over no line")
	}
	begin(t, y, d, offer)
	return d.chats[y.id]
}

// begin gives a chat that was asked for its place and brings both together.
func begin(t *testing.T, y *Youth, d *Desk, offer string) {
	t.Helper()
	hears(y, func(e *Event) {
		e.T, e.Chat, e.Token, e.Share = frame.TWaiting, hvn1.NewID(), hvn1.NewID(), hvn1.NewID()
	})
	o := ring(offer, y.id)
	_ = d.Accept(&o)
	o.T, o.PK = frame.TAssigned, y.pk
	d.apply(&o)
	hears(y, func(e *Event) { e.T, e.PK = frame.TJoined, d.chats[y.id].pk })
	d.chats[y.id].current.confirmed, y.current.confirmed = true, true
}

func hears(y *Youth, make func(*Event)) {
	var e Event
	make(&e)
	y.apply(&e)
}

// forgets has the store begin another life, of which both hear, and the young person's page ask for another chat.
func forgets(t *testing.T, y *Youth, d *Desk, store string) {
	t.Helper()
	hears(y, func(e *Event) { e.T, e.Store = frame.THello, store })
	var e Event
	e.T, e.Store = frame.THello, store
	d.apply(&e)
	hears(y, func(e *Event) { e.T, e.Re, e.Code = frame.TError, "resume", frame.CodeNoChat })
	if y.id != "" {
		t.Fatal("it does not ask for another chat")
	}
}

// carry hands the first message that waits at the young person's page to the desk, which acks it.
func carry(t *testing.T, y *Youth, d *Desk, seq int64) *Message {
	t.Helper()
	if len(y.waiting) == 0 {
		t.Fatal("nothing waits")
	}
	m, to := y.waiting[0], d.chats[y.id]
	sealed, err := y.current.session.SealAs(m.ID, m.K, seq-1, m.Text)
	if err != nil {
		t.Fatal(err)
	}
	h := frame.Hot{T: frame.TMsg, Seq: seq, From: 'y', ID: []byte(m.ID), K: m.K, N: seq - 1, IV: []byte(sealed.IV), CT: []byte(sealed.CT)}
	d.hot(to, &h, d.chats)
	y.ack([]byte(m.ID), seq)
	return m
}

func ends(t *testing.T) (*Youth, *Desk) {
	t.Helper()
	y, d := NewYouth(Options{URL: "http://127.0.0.1:1"}), NewDesk(Options{URL: "http://127.0.0.1:1"}, "Noor", "")
	hears(y, func(e *Event) { e.T, e.Store = frame.THello, "one" })
	d.store = "one"
	return y, d
}

// Where the store forgot a chat, its counsellor who takes the one that is begun instead is told that it is the same, and what
// was not read goes there once; also where the store forgets that one too, before she was told or after it.
func TestItGoesOnInAnotherChat(t *testing.T) {
	for name, told := range map[string]bool{"told": true, "not told": false} {
		t.Run(name, func(t *testing.T) {
			y, d := ends(t)
			one := pair(t, y, d, "a")
			read, unread := one.Say("read"), one.Say("unread")
			one.ack([]byte(read.ID), 1)
			one.ack([]byte(unread.ID), 2)
			one.read(1)
			late := one.Say("late")
			forgets(t, y, d, "two")
			begin(t, y, d, "b")
			two := d.chats[y.id]
			first := two.Say("in the second")
			if told {
				if m := carry(t, y, d, 1); m.ID != one.id || !m.link {
					t.Fatalf("what comes first is %+v", m)
				}
				if len(one.waiting)+len(one.acked) > 0 || d.chats[one.id] != nil {
					t.Error("the chat before still has something to say")
				}
				y.read(1)
			}
			forgets(t, y, d, "three")
			begin(t, y, d, "c")
			three := d.chats[y.id]
			links := 2
			if told {
				links = 1
			}
			for i := range links {
				carry(t, y, d, int64(i+1))
			}
			if y.Unacked() > 0 {
				t.Error("it says more than that")
			}
			want := map[*Message]bool{unread: true, late: true, first: true}
			if len(three.waiting) != len(want) || len(d.chats) != 1 {
				t.Fatalf("%d wait in one of %d chats", len(three.waiting), len(d.chats))
			}
			for _, m := range three.waiting {
				if !want[m] || m.counted && m.e != 0 {
					t.Errorf("%+v waits", m)
				}
				delete(want, m)
			}
		})
	}
}

// Nobody else is taken for the same person: neither who knows the chat's id, nor who has seen such a word in another chat.
func TestNobodyElseGoesOn(t *testing.T) {
	y, d := ends(t)
	one := pair(t, y, d, "a")
	one.ack([]byte(one.Say("for you alone").ID), 1)
	forgets(t, y, d, "two")
	begin(t, y, d, "b")
	link := *y.waiting[0]
	other, _ := ends(t)
	pair(t, other, d, "c")
	for _, text := range []string{link.Text, `{"before":{"e":0,"iv":"","ct":""}}`, `{"before":{"e":9}}`, `{"before":{}}`} {
		other.waiting = append(other.waiting, &Message{ID: one.id, K: hvn1.History, Text: text})
		carry(t, other, d, other.seen+1)
		other.seen++
		if n := d.chats[other.id].Unacked(); n != 0 || d.chats[one.id] != one || len(one.waiting) != 1 {
			t.Errorf("%s: %d wait for somebody else", text, n)
		}
		clear(d.chats[other.id].ids)
	}
	for _, text := range []string{`{"from":"y","text":"x"}`, `{"before":null}`, `null`, `[]`, `x`} { // a history item as ever
		m := &Message{ID: hvn1.NewID(), K: hvn1.History, Text: text}
		other.waiting = append(other.waiting, m)
		carry(t, other, d, other.seen+1)
		other.seen++
		if e, err := d.Expect(t.Context(), frame.TMsg); err != nil || e.ID != m.ID {
			t.Errorf("%s: she hears %+v, %v", text, e, err)
		}
	}
}

// TestAnewWhereTheChatWas: a chat that the store forgot is asked for in the line to which it went, and without the code that
// led to it, which is forgotten too.
func TestAnewWhereTheChatWas(t *testing.T) {
	y, d := NewYouth(Options{}), NewDesk(Options{}, "Sanne", "")
	_ = y.Ask(Want{Line: "jip", Return: "words"})
	begin(t, y, d, "o")
	hears(y, func(e *Event) { e.T, e.PK, e.Line = frame.TJoined, d.chats[y.id].pk, "fier" })
	hears(y, func(e *Event) { e.T, e.Store = frame.THello, "one" })
	forgets(t, y, d, "other")
	if y.wish.Line != "fier" || y.wish.Return != "" {
		t.Errorf("it asks for %q with %q", y.wish.Line, y.wish.Return)
	}
}
