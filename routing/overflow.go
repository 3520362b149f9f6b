package routing

import (
	"context"
	"time"
)

const (
	askFor  = time.Minute     // an answer is waited for so long; then the sister line's room is another's to have
	askRest = 3 * time.Minute // who did not answer is asked nothing for so long, and then may be asked again
	askMost = 16              // young people asked in one call of overflow.lua
)

// overflow asks those who have waited for their line's Overflow, or whose line lets nobody in any more before it closes,
// whether they want to go to a sister line with a free counsellor: each once per sister line, and once more after a while
// where they did not answer. One script call, of which
// the cost grows with the lines and with those who were asked.
func (r *Router) overflow(ctx context.Context) {
	lines := mustJSON(r.overflowing())
	for range sweepMax {
		args := []any{lines, r.langs, secs(askFor), secs(askRest)}
		for range askMost {
			args = append(args, newID())
		}
		_, n, err := r.shared(ctx, "overflow", 1, args...)
		if err != nil || asInt(n[0]) < askMost {
			return
		}
	}
}

// overflowing are the lines of which somebody may be asked now, as the script has them: the line, the wait in seconds
// from which it asks, its languages, and the sister lines of its kind that let somebody in.
func (r *Router) overflowing() [][4]any {
	lines := [][4]any{}
	for i := range r.cfg.Lines {
		l := &r.cfg.Lines[i]
		open, _, closes := r.LineState(l.Name, r.now())
		if l.Overflow == 0 || !open {
			continue
		}
		after := secs(l.Overflow)
		if l.PastIntake(closes, r.now()) {
			after = 0
		}
		var to []string
		for _, s := range r.Instead(l.Name) {
			if r.lines[s].Practice == l.Practice {
				to = append(to, s)
			}
		}
		if len(to) > 0 {
			lines = append(lines, [4]any{l.Name, after, l.Langs, to})
		}
	}
	return lines
}
