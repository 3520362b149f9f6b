package chat

import (
	"testing"

	"haven/chat/frame"
	"haven/routing"
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

// TestDeskComesBackAfterAQuestion: what came of a question while her line was down is told with her chat, and so is what
// is still open. What comes after that is told as ever, once.
func TestDeskComesBackAfterAQuestion(t *testing.T) {
	no := func(y *peer, offer string) { y.send(`{"t":"consent","offer":"%s","yes":false}`, offer) }
	yes := func(y *peer, offer string) { y.send(`{"t":"consent","offer":"%s","yes":true}`, offer) }
	for name, c := range map[string]struct {
		away  func(y *peer, offer string) // what happens meanwhile
		asked string
		then  func(y *peer, offer string) // and after she is back
		hears []string
	}{
		"no":               {away: no, asked: routing.HandoverNo},
		"yes":              {away: yes, asked: routing.HandoverYes, hears: []string{routing.HandoverYes}},
		"nothing":          {asked: "asked"},
		"nothing, then no": {asked: "asked", then: no, hears: []string{routing.HandoverNo}},
	} {
		t.Run(name, func(t *testing.T) {
			inWorld(t, func(t *testing.T, w *world) {
				y, d, chat, _ := w.talking()
				back := func() (*peer, frame.Outbound) {
					t.Helper()
					_ = d.ws.Close()
					p := w.desk("ann")
					p.send(`{"t":"resume","chat":"%s","after":0}`, chat)
					a := p.until(frame.TAssigned)
					p.next(frame.TConfirm)
					return p, a
				}
				var a frame.Outbound
				if d, a = back(); a.Asked != (frame.Asked{}) {
					t.Fatalf("before anything was asked: %+v", a)
				}
				d.send(`{"t":"handover","chat":"%s","to":{"line":"fier"}}`, chat)
				q := y.next(frame.THandover)
				_ = d.ws.Close()
				if c.away != nil {
					c.away(y, q.Offer)
					pass(0)
				}
				if d, a = back(); a.Asked != (frame.Asked{Offer: q.Offer, Result: c.asked}) {
					t.Fatalf("%+v, want %s of %s", a.Asked, c.asked, q.Offer)
				}
				if c.then != nil {
					d.silent()
					c.then(y, q.Offer)
				}
				for _, want := range c.hears {
					if r := d.next(frame.THandover); r.Result != want || r.Offer != q.Offer {
						t.Fatalf("%+v, want %s of %s", r, want, q.Offer)
					}
				}
				d.silent()
			})
		})
	}
}

// TestNobodyEndsAQuestion: where a new one finds nobody, the one before it is asked no more, and her page hears which.
func TestNobodyEndsAQuestion(t *testing.T) {
	inWorld(t, func(t *testing.T, w *world) {
		y, d, chat, _ := w.talking()
		w.store.closed["fier"] = true
		for _, open := range []bool{false, true} {
			var was string
			if open {
				d.send(`{"t":"handover","chat":"%s","to":{"name":"Noor"}}`, chat)
				was = y.next(frame.THandover).Offer
			}
			d.send(`{"t":"handover","chat":"%s","to":{"line":"fier"}}`, chat)
			if r := d.next(frame.THandover); r.Result != routing.HandoverNobody || r.Offer != was {
				t.Fatalf("%+v, want nobody of %q", r, was)
			}
		}
	})
}
