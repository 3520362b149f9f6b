package chat

import (
	"strings"
	"testing"
	"time"

	"haven/chat/frame"
)

// TestNothingOvertakesWhatFailed: the store came back between two messages of one author. The second waits for the first,
// or the other side would be shown them the other way round; typing and the other side's words do not.
func TestNothingOvertakesWhatFailed(t *testing.T) {
	inWorld(t, func(t *testing.T, w *world) {
		y, d, chat, _ := w.talking()
		down := func(on bool) { w.store.mu.Lock(); w.store.down = on; w.store.mu.Unlock() }
		said := func(p *peer, n int64, name int) {
			t.Helper()
			f := frame.Inbound{T: frame.TMsg, N: n, ID: id("m", name), K: frame.Text,
				IV: []byte(strings.Repeat("A", 16)), CT: []byte(strings.Repeat("A", 200))}
			if p == d {
				f.Chat = chat
				p.send(string((&frame.Desk{Inbound: f}).Append(nil)))
			} else {
				p.send(string((&frame.Youth{Inbound: f}).Append(nil)))
			}
		}
		acked := func(p *peer, name int) {
			t.Helper()
			if a := p.until(frame.TAck); a.ID != id("m", name) {
				t.Fatalf("acked %s, want %s", a.ID, id("m", name))
			}
		}
		for i, p := range []*peer{y, d} {
			other, first := []*peer{d, y}[i], 10*(i+1)
			down(true)
			said(p, 1, first)
			p.fails(frame.CodeUnavailable, id("m", first))
			down(false)
			said(p, 2, first+1)
			p.fails(frame.CodeUnavailable, id("m", first+1))
			other.silent()
			said(p, 1, first) // again
			acked(p, first)
			said(p, 2, first+1)
			acked(p, first+1)
			for name := first; name < first+2; name++ {
				if m := other.until(frame.TMsg); m.ID != id("m", name) {
					t.Fatalf("was shown %s, want %s", m.ID, id("m", name))
				}
			}
			// Who gives a message up is held back for a moment only.
			down(true)
			said(p, 3, first+2)
			p.fails(frame.CodeUnavailable, id("m", first+2))
			down(false)
			pass(gapTime + time.Second)
			said(p, 4, first+3)
			acked(p, first+3)
			if m := other.until(frame.TMsg); m.ID != id("m", first+3) {
				t.Fatalf("was shown %s, want %s", m.ID, id("m", first+3))
			}
		}
	})
}
