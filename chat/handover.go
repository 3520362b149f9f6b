package chat

import (
	"context"
	"errors"

	"haven/chat/frame"
	"haven/routing"
)

// propose asks the young person of a chat whether they want to go elsewhere.
func (d *desk) propose(ctx context.Context, f *frame.Desk) error {
	p := d.place(f.Chat)
	if p == nil {
		return routing.ErrNoChat
	}
	offer, err := d.hub.desks.Propose(ctx, d.name, f.Chat, routing.To{Line: f.ToLine, Name: f.ToName}, f.Slip)
	nobody := errors.Is(err, routing.ErrNobody)
	if err != nil && !nobody {
		return err
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	if p.dead || p.told.ended {
		return nil
	}
	if nobody {
		d.end(frame.AppendDeskHandover(d.begin(), p.chat, p.told.hand, routing.HandoverNobody))
		p.told.hand = "" // what was asked before is asked no more either
	} else if p.told.hand != offer {
		p.told.hand, p.told.agreed = offer, false
	}
	p.mark()
	return nil
}

// keep takes back what she proposed.
func (d *desk) keep(ctx context.Context, chat string) error {
	p := d.place(chat)
	if p == nil {
		return routing.ErrNoChat
	}
	if err := d.hub.desks.Keep(ctx, d.name, chat); err != nil {
		return err
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	if !p.dead && !p.told.ended && p.told.hand != "" { // at once: later, her page would take it for the end of her next question
		d.end(frame.AppendDeskHandover(d.begin(), p.chat, p.told.hand, routing.HandoverNobody))
		p.told.hand, p.told.over = "", p.told.hand
	}
	p.mark()
	return nil
}

// tellHandover tells how what she proposed stands. The desk's mu is held.
func (p *place) tellHandover(v *routing.View) {
	say := func(offer, result string) {
		p.desk.end(frame.AppendDeskHandover(p.desk.begin(), p.chat, offer, result))
	}
	h := v.Handover
	if h == nil {
		if p.told.hand != "" && v.Came.Offer == p.told.hand {
			p.told.hand = ""
			say(v.Came.Offer, v.Came.Result)
		}
		return
	}
	if h.Offer == p.told.over {
		return
	}
	if h.Offer != p.told.hand {
		p.told.hand, p.told.agreed = h.Offer, false
	}
	if h.Agreed && !p.told.agreed {
		p.told.agreed = true
		say(h.Offer, routing.HandoverYes)
	}
}

// askedIn is how the newest question of a chat stands. It goes along with assigned: what came of a question while her line
// was down was told to nobody, and only her page knows what it asked and which answers it heard.
func askedIn(v *routing.View) frame.Asked {
	switch h := v.Handover; {
	case h == nil:
		return frame.Asked(v.Came)
	case h.Agreed:
		return frame.Asked{Offer: h.Offer, Result: routing.HandoverYes}
	default:
		return frame.Asked{Offer: h.Offer, Result: "asked"}
	}
}

// consent answers a question.
func (y *youth) consent(f *frame.Youth) {
	y.mu.Lock()
	rm, was := y.room, y.told.hand
	live := rm != nil && !y.told.ended
	if live && !f.Yes && f.Offer == was {
		y.told.hand, y.told.over = "", was
	}
	y.mu.Unlock()
	err := routing.ErrNoOffer
	if live {
		ctx, cancel := y.hub.call()
		err = y.hub.queue.Consent(ctx, rm.chat, y.id, f.Offer, f.Yes)
		cancel()
	}
	if err != nil {
		y.mu.Lock()
		if y.room == rm && !f.Yes && f.Offer == was && away(err) {
			y.told.hand, y.told.over = was, ""
		}
		y.mu.Unlock()
		y.fail(codeOf(err), f.T.String())
		return
	}
	y.stir()
}

// tellHandover asks what the young person is asked, and says when it came to nothing: the first counsellor stays, or
// the place in line does. joined says that somebody was told just now. mu is held.
func (y *youth) tellHandover(v *routing.View, joined bool) {
	h := v.Handover
	switch {
	case h == nil && y.told.hand == "":
	case h == nil:
		y.told.hand = ""
		if joined || v.Came.Result == routing.HandoverMoved {
			return
		}
		if cur := v.Current(); v.Phase == routing.Talking && cur != nil {
			y.end(frame.AppendJoined(y.begin(), &frame.Joined{E: cur.E, PK: cur.PK, Name: cur.Owner, Line: v.Line, Seq: sealedUpTo(v)}))
		} else if v.Phase == routing.Waiting {
			y.tellPlace(v)
		}
	case h.Offer != y.told.hand && h.Offer != y.told.over:
		y.told.hand = h.Offer
		y.end(frame.AppendHandover(y.begin(), h.Offer, h.Line, h.Name, h.Slip, h.Agreed))
	}
}

// tellPlace says once more where they stand. mu is held.
func (y *youth) tellPlace(v *routing.View) {
	w := y.shown.waiting(v.Chat, y.hub.since())
	w.Line = v.Line
	y.end(frame.AppendWaiting(y.begin(), &w))
}
