package chat

import (
	"testing"
	"time"

	"haven/chat/frame"
	"haven/routing"
)

// TestAVisitCountsWhereItWasAnswered: on the line that answers it or in which it ends, whichever was asked for.
func TestAVisitCountsWhereItWasAnswered(t *testing.T) {
	moves := func(c *fakeChat) { c.Line = "fier" }
	answered := func(c *fakeChat) {
		c.Phase, c.Answered = routing.Talking, true
		c.Epochs = []routing.Epoch{{Owner: "fie", PK: pkC}}
	}
	over := func(c *fakeChat) { c.Phase, c.Reason, c.Line, c.Sock = routing.Over, routing.ReasonAbandoned, "", "" }
	for _, c := range []struct {
		name    string
		changes []func(*fakeChat)
		want    Visit
	}{
		{"answered where they went", []func(*fakeChat){moves, answered}, Visit{Line: "fier", Campaign: "ch", Stage: Answered}},
		{"answered before anybody looked", []func(*fakeChat){func(c *fakeChat) { moves(c); answered(c) }}, Visit{Line: "fier", Campaign: "ch", Stage: Answered}},
		{"abandoned where they went", []func(*fakeChat){moves, over}, Visit{Line: "fier", Campaign: "ch", Stage: Abandoned, Block: 7}},
		{"answered where they were", []func(*fakeChat){answered}, Visit{Line: "jip", Campaign: "ch", Stage: Answered}},
		{"abandoned where they were", []func(*fakeChat){over}, Visit{Line: "jip", Campaign: "ch", Stage: Abandoned, Block: 7}},
	} {
		t.Run(c.name, func(t *testing.T) {
			inWorld(t, func(t *testing.T, w *world) {
				w.now(7)
				y := w.youth()
				y.send(`{"t":"join","line":"jip","pk":"%s","campaign":"ch"}`, pkY)
				chat := y.next(frame.TWaiting).Chat
				y.silent()
				for _, change := range c.changes {
					w.store.do(chat, change)
					y.open()
				}
				w.counts(c.want)
				w.holds(0)
			})
		})
	}
}

// TestAPlaceThatMoves is shown at its new line, which is named once.
func TestAPlaceThatMoves(t *testing.T) {
	inWorld(t, func(t *testing.T, w *world) {
		y := w.youth()
		chat, token := w.joined(y)
		w.store.mu.Lock()
		w.store.boards[1].Heads, w.store.boards[1].Classes = []string{id("other", 1), chat}, "22"
		w.store.boards[1].Pace = 240
		lo, hi := routing.WaitRange(240, 1)
		w.store.mu.Unlock()
		pass(time.Second)
		w.store.do(chat, func(c *fakeChat) { c.Handover = &routing.Handover{Offer: id("o", 1), Line: "fier"} })
		if f := y.next(frame.THandover); f.Line != "fier" || f.Name != "" {
			t.Fatalf("%+v", f)
		}
		w.store.do(chat, func(c *fakeChat) {
			c.Line, c.Handover, c.Came = "fier", nil, routing.Came{Offer: id("o", 1), Result: routing.HandoverMoved}
		})
		if f := y.next(frame.TWaiting); f.Line != "fier" || f.Ahead != 1 || f.Wait[0] != lo || f.Wait[1] != hi || f.Why != "" {
			t.Fatalf("%+v", f)
		}
		y.silent()
		y2 := w.youth()
		y2.send(`{"t":"resume","chat":"%s","token":"%s","after":0}`, chat, token)
		if f := y2.next(frame.TWaiting); f.Line != "fier" {
			t.Fatalf("%+v", f)
		}
	})
}
