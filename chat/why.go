package chat

import (
	"time"

	"haven/chat/frame"
	"haven/routing"
)

// Why somebody stands further back than they were shown (frame `waiting`).
const (
	whyUrgent = "urgent" // somebody in danger went ahead
	whyFewer  = "fewer"  // a counsellor went off duty
	whyKept   = "kept"   // somebody is back in line whose place was kept: with an older ticket, or after a talk that broke off
)

// came is since which look a chat stands among the first of a line.
type came struct{ line, look int }

// follow notes what came since the board before, which had the same lines. Whoever wants to know why a place fell back
// asks for that, so that nothing is done for those whose place did not.
func (b *board) follow(old *board) {
	b.came, b.fewer = make(map[string]came), make(map[string]int)
	for i := range b.lines {
		l := &b.lines[i]
		for _, chat := range l.Heads {
			at, ok := old.came[chat]
			if !ok || at.line != i {
				at = came{i, b.look}
			}
			b.came[chat] = at
		}
		b.fewer[l.Line] = old.fewer[l.Line]
		if l.OnDuty < old.line(l.Line).OnDuty {
			b.fewer[l.Line] = b.look
		}
	}
}

// why says what put a chat of a line further back since a look; "" where nothing of the kind is seen.
func (b *board) why(chat, line string, since int) string {
	l := b.line(line)
	kept := false
	for i, head := range l.Heads {
		if head == chat {
			break
		}
		if b.came[head].look <= since {
			continue
		}
		if i < len(l.Classes) && l.Classes[i] == '1' {
			return whyUrgent
		}
		kept = true
	}
	switch {
	case b.fewer[line] > since:
		return whyFewer
	case kept:
		return whyKept
	}
	return ""
}

// announced are the closings that those in line are told of: of each line whose last intake is over. It is asked of the
// hours at each look, so that it follows them.
func (h *Hub) announced(now time.Time) map[string]string {
	out := make(map[string]string)
	for i := range h.cfg.Lines {
		if l := &h.cfg.Lines[i]; l.LastIntake > 0 {
			if closes, _ := h.lastCall(l, now); !closes.IsZero() {
				out[l.Name] = clock(closes)
			}
		}
	}
	return out
}

// lastCall is when a line closes that is open and lets nobody in line any more, and when it opens next; zero times where
// it does not stand so.
func (h *Hub) lastCall(l *routing.Line, now time.Time) (closes, opens time.Time) {
	open, _, closes := h.queue.LineState(l.Name, now)
	if !open || closes.IsZero() || closes.Sub(now) > l.LastIntake {
		return time.Time{}, time.Time{}
	}
	_, opens, _ = h.queue.LineState(l.Name, closes)
	return closes, opens
}

// waiting is the frame that shows a place.
func (p *placeShown) waiting(chat string) frame.Waiting {
	return frame.Waiting{Chat: chat, Ahead: p.ahead, Wait: p.wait, Nobody: p.nobody, Closes: p.closes}
}
