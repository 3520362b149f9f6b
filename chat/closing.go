package chat

import (
	"time"

	"haven/routing"
)

// announceAhead is how long before a line closes those in line are told so at the latest, however late it still lets
// somebody in: who hears it has the time to decide whether to wait or to call.
const announceAhead = 15 * time.Minute

// announced are the closings that those in line are told of: of each line whose last intake is over, or that closes soon.
// It is asked of the hours at each look, so that it follows them.
func (h *Hub) announced(now time.Time) map[string]string {
	out := make(map[string]string)
	for i := range h.cfg.Lines {
		l := &h.cfg.Lines[i]
		open, _, closes := h.queue.LineState(l.Name, now)
		if open && !closes.IsZero() && closes.Sub(now) <= max(l.LastIntake, announceAhead) {
			out[l.Name] = clock(closes)
		}
	}
	return out
}

// lastCall is when a line closes that is open and lets nobody in line any more, and when it opens next; zero times where
// it does not stand so.
func (h *Hub) lastCall(l *routing.Line, now time.Time) (closes, opens time.Time) {
	open, _, closes := h.queue.LineState(l.Name, now)
	if !open || !l.PastIntake(closes, now) {
		return time.Time{}, time.Time{}
	}
	_, opens, _ = h.queue.LineState(l.Name, closes)
	return closes, opens
}
