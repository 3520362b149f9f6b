package chat

import (
	"testing"

	"haven/chat/frame"
)

// TestHandoverAfterComingBack: a page that comes back is asked what it did not answer, and told what it agreed to.
func TestHandoverAfterComingBack(t *testing.T) {
	inWorld(t, func(t *testing.T, w *world) {
		y, d, chat, token := w.talking()
		back := func() (*peer, frame.Outbound) {
			t.Helper()
			p := w.youth()
			p.send(`{"t":"resume","chat":"%s","token":"%s","after":0}`, chat, token)
			if j := p.next(frame.TJoined); j.Share == "" {
				t.Fatalf("%+v", j)
			}
			q := p.until(frame.THandover)
			p.silent()
			return p, q
		}
		d.send(`{"t":"handover","chat":"%s","to":{"name":"Noor"}}`, chat)
		asked := y.next(frame.THandover)
		second, q := back()
		if q.Offer != asked.Offer || q.Agreed || asked.Agreed {
			t.Fatalf("%+v, asked anew %+v", asked, q)
		}
		second.send(`{"t":"consent","offer":"%s","yes":true}`, q.Offer)
		d.next(frame.THandover)
		if _, q = back(); q.Offer != asked.Offer || !q.Agreed {
			t.Fatalf("after yes %+v", q)
		}
	})
}
