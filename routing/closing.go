package routing

import "context"

const shutMost = 32 // young people let go in one call of shut.lua

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
			_, n, err := r.shared(ctx, "shut", 1, line, shutMost)
			if err != nil || asInt(n[0]) < shutMost {
				break
			}
		}
	}
}
