package chat

import (
	"strings"
	"testing"
	"time"

	"haven/chat/frame"
	"haven/routing"
)

// TestNothingOvertakesWhatFailed: the store came back between two messages of one author. The second waits for the first,
// or the other side would be shown them the other way round; typing and the other side's words do not.
func TestNothingOvertakesWhatFailed(t *testing.T) {
	inWorld(t, func(t *testing.T, w *world) {
		y, d, chat, _ := w.talking()
		down := func(on bool) { w.store.mu.Lock(); w.store.down = on; w.store.mu.Unlock() }
		said := func(p *peer, n int64, name int) {
			t.Helper()
			if p == d {
				p.says(chat, n, id("m", name))
			} else {
				p.says("", n, id("m", name))
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

// says sends the nth sealed text of epoch 0; a young person names no chat.
func (p *peer) says(chat string, n int64, id string) {
	p.t.Helper()
	f := frame.Inbound{T: frame.TMsg, Chat: chat, N: n, ID: id, K: frame.Text,
		IV: []byte(strings.Repeat("A", 16)), CT: []byte(strings.Repeat("A", 200))}
	if chat == "" {
		p.send(string((&frame.Youth{Inbound: f}).Append(nil)))
	} else {
		p.send(string((&frame.Desk{Inbound: f}).Append(nil)))
	}
}

// TestNothingOvertakesWhatAFailoverUndid: a chat moved to a colleague on a primary that was cut off, and never did on the one
// that took its place. What the first counsellor and the young person had said meanwhile was refused, and comes before
// what they say then, also once the page has asked where the chat stands.
func TestNothingOvertakesWhatAFailoverUndid(t *testing.T) {
	inWorld(t, func(t *testing.T, w *world) {
		y, d, chat, token := w.talking()
		moved := func(on bool) {
			w.set(func(f *fake) {
				c := f.chats[chat]
				if on {
					c.Epochs, c.owner = append(c.Epochs, routing.Epoch{E: 1, Owner: "bea", PK: pkC2, Since: c.Seq}), "bea"
				} else {
					c.Epochs, c.owner = c.Epochs[:1], "ann"
				}
			})
		}
		for _, who := range []struct {
			p, other         *peer
			chat, code, back string
			first            int
		}{
			{d, y, chat, frame.CodeNoChat, `{"t":"resume","chat":"` + chat + `","after":0}`, 10},
			{y, d, "", frame.CodeStaleEpoch, `{"t":"resume","chat":"` + chat + `","token":"` + token + `","after":2}`, 20},
		} {
			older, newer := id("m", who.first), id("m", who.first+1)
			moved(true)
			who.p.says(who.chat, 1, older)
			who.p.fails(who.code, older)
			moved(false)
			who.p.says(who.chat, 2, newer)
			who.p.fails(who.code, newer)
			who.p.send(who.back)
			who.p.until(frame.TConfirm)
			who.p.says(who.chat, 2, newer)
			who.p.fails(who.code, newer)
			for i, m := range []string{older, newer} {
				who.p.says(who.chat, int64(i+1), m)
				if a := who.p.until(frame.TAck); a.ID != m {
					t.Fatalf("acked %s, want %s", a.ID, m)
				}
				if shown := who.other.until(frame.TMsg); shown.ID != m {
					t.Fatalf("was shown %s, want %s", shown.ID, m)
				}
			}
		}
	})
}
