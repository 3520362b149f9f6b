package routing

import (
	"context"
	"slices"
	"strings"
	"time"
)

// LineState says whether a line is open at a moment, and when it opens or closes next; zero times when it never does.
func (r *Router) LineState(line string, at time.Time) (open bool, opens, closes time.Time) {
	l := r.lines[line]
	if l == nil {
		return false, time.Time{}, time.Time{}
	}
	if l.Hours.Open(at) {
		return true, time.Time{}, l.Hours.Closes(at)
	}
	return false, l.Hours.Next(at), time.Time{}
}

// intake says whether a line still lets somebody in line now.
func (r *Router) intake(l *Line) bool {
	open, _, closes := r.LineState(l.Name, r.now())
	return open && !r.isPaused(l.Name) && !l.PastIntake(closes, r.now())
}

// PastIntake says whether a line that is open, and closes then or never (zero), lets nobody in line any more.
func (l *Line) PastIntake(closes, now time.Time) bool {
	return !closes.IsZero() && closes.Sub(now) <= l.LastIntake
}

// Instead names the sister lines of a line that are open now.
func (r *Router) Instead(line string) []string {
	var out []string
	if l := r.lines[line]; l != nil {
		for _, s := range l.Instead {
			if sister := r.lines[s]; sister != nil && r.intake(sister) {
				out = append(out, s)
			}
		}
	}
	return out
}

// Snapshot is how all lines stand, in the order of the configuration. One script call, O(lines).
func (r *Router) Snapshot(ctx context.Context) ([]LineView, error) {
	_, v, err := r.shared(ctx, "lines", -1, AheadMax, r.order)
	if err != nil {
		return nil, err
	}
	if len(v) != len(r.cfg.Lines) {
		return nil, r.away("lines", errShape)
	}
	out := make([]LineView, len(v))
	for i := range v {
		f, _ := v[i].([]any)
		if len(f) != 8 {
			return nil, r.away("lines", errShape)
		}
		l := &out[i]
		l.Line = r.cfg.Lines[i].Name
		l.Open, l.Opens, l.Closes = r.LineState(l.Line, r.now())
		l.OnDuty, l.Waiting, l.Active, l.OldestS = asInt(f[0]), asInt(f[1]), asInt(f[2]), asInt(f[3])
		last, _ := f[4].(string)
		waits, aheads := served(last)
		l.Pace = Pace(waits, aheads, l.Active)
		places, _ := f[5].([]any)
		l.Heads, l.Classes = heads(places)
		l.Paused, l.Room = asInt(f[6]) == 1, max(0, asInt(f[7]))
	}
	r.notePaused(out)
	return out, nil
}

// heads puts the places of all languages of a line in the line's order: class, then ticket. It gives the chats and the
// class of each.
func heads(places []any) (chats []string, classes string) {
	s := make([]string, 0, len(places))
	for _, p := range places {
		m, _ := p.(string)
		if parts := strings.SplitN(m, ":", 3); len(parts) == 3 {
			s = append(s, parts[2]) // class:ticket:chat
		}
	}
	slices.Sort(s)
	s = s[:min(len(s), AheadMax-1)]
	for i := range s {
		classes += s[i][:1]
		s[i] = s[i][strings.LastIndexByte(s[i], ':')+1:]
	}
	return s, classes
}

// OnDuty is who is at a desk and not at rest, each with their lines: those whom a chat can be brought to by name. One
// script call.
func (r *Router) OnDuty(ctx context.Context) (map[string][]string, error) {
	_, v, err := r.shared(ctx, "duty", -1)
	if err != nil {
		return nil, err
	}
	if len(v) != 1 {
		return nil, r.away("duty", errShape)
	}
	out := map[string][]string{}
	for _, m := range texts(v[0]) {
		if line, name, ok := strings.Cut(m, ":"); ok {
			out[name] = append(out[name], line)
		}
	}
	return out, nil
}

// CounsellorStates is how many counsellors entered a desk and are at rest, ready and busy.
func (r *Router) CounsellorStates(ctx context.Context) (rest, ready, busy int, err error) {
	_, v, err := r.shared(ctx, "states", -1)
	if err != nil || len(v) != 3 {
		return 0, 0, 0, err
	}
	return asInt(v[0]), asInt(v[1]), asInt(v[2]), nil
}
