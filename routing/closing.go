package routing

import "context"

// atOnce is how many a call of shut.lua lets go.
const atOnce = 32

// closedLines are the lines that are closed now.
func (r *Router) closedLines() []string {
	closed := []string{}
	for i := range r.cfg.Lines {
		if open, _, _ := r.LineState(r.cfg.Lines[i].Name, r.now()); !open {
			closed = append(closed, r.cfg.Lines[i].Name)
		}
	}
	return closed
}

// closed is closedLines as JSON for the scripts.
func (r *Router) closed() string { return mustJSON(r.closedLines()) }

// shut ends the waiting at lines that closed. Talks go on.
func (r *Router) shut(ctx context.Context) {
	for _, line := range r.closedLines() {
		for range sweepMax {
			_, n, err := r.shared(ctx, "shut", 1, line)
			if err != nil || asInt(n[0]) < atOnce {
				break
			}
		}
	}
}
