package chat

import (
	"errors"

	"haven/chat/frame"
	"haven/routing"
)

// visited notes that the page was opened by somebody. A page says so on each socket until it has a place in line, since
// what an earlier socket was told is dropped where that did not end by the page's being left.
func (y *youth) visited(f *frame.Inbound) {
	if y.visit == nil && !y.placed && y.hub.cfg.Reach != nil {
		v := visitOf(f)
		y.visit = &v
	}
}

// turnedAway notes that a line let nobody in. With counted this goes on a visit that was counted already.
func (y *youth) turnedAway(f *frame.Inbound, line *routing.Line, counted bool) {
	if y.hub.cfg.Reach == nil || counted {
		return
	}
	if y.visit == nil {
		v := visitOf(f)
		y.visit = &v
	}
	y.visit.stage, y.visit.line, y.visit.block = Refused, line.Name, y.hub.cfg.Reach.Block()
}

// placedIn hands the visit to the hub with the place in line.
func (y *youth) placedIn(chat string, f *frame.Inbound, line *routing.Line, counted bool) {
	y.placed = true
	if y.hub.cfg.Reach == nil {
		return
	}
	v := visitOf(f)
	if y.visit != nil && f.Campaign == "" {
		v = *y.visit
	}
	y.visit = nil
	v.line, v.block = line.Name, y.hub.cfg.Reach.Block()
	y.taken, y.takenAt = y.hub.visits.take(chat, v, counted), y.hub.tick.Load()
}

// goesOn has this node count the visit of a chat that was resumed, where nobody accepted before. It does so also if the
// chat could not be entered: whoever counted before lets go of it, and the chat may have ended in between.
func (y *youth) goesOn(f *frame.Inbound, v *routing.View, err error) {
	if err == nil || v.Took {
		y.placed, y.visit, y.taken = true, nil, 0
	}
	y.mu.Lock()
	counted := y.counted
	y.mu.Unlock()
	was := visitOf(f)
	if y.hub.cfg.Reach != nil {
		was.block = y.hub.cfg.Reach.Block()
	}
	if l := y.hub.lines[v.Line]; l != nil {
		was.line = l.Name
	}
	y.hub.visits.came(f.Chat, v.Took, was, counted)
	if err == nil || !v.Took {
		return // the look that follows a resume settles what happened meanwhile
	}
	if !y.hub.atYouth(f.Chat) {
		y.hub.visits.hold(f.Chat)
	}
	if errors.Is(err, routing.ErrNoChat) {
		y.hub.visits.stir(f.Chat)
	}
}

// parted is the end of the socket. What was not handed to the hub is counted if the page was left, and else told again by
// the page. A page that went without a sign of life since it joined may not have heard of its place: then it joins anew,
// and that is counted.
func (y *youth) parted() {
	switch {
	case !y.wentAway && y.taken > 0 && y.heard.Load() <= y.takenAt:
		y.mu.Lock()
		rm := y.room
		y.mu.Unlock()
		if rm != nil {
			y.hub.visits.doubt(rm.chat, y.taken)
		}
	case y.wentAway && y.visit != nil:
		y.hub.cfg.Reach.Count(y.visit.at(y.visit.stage))
	}
	y.visit = nil
}
