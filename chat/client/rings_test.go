package client

import (
	"testing"

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
