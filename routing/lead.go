package routing

import (
	"context"
	"time"
)

const (
	callFor  = 10 * time.Minute // a call for a lead stands, unless it is taken back
	pauseFor = 4 * time.Hour    // a line is paused at most, so that nobody forgets it
	// queueMost is how many places in line, and how many whose young person is away, a HealthLine names of each.
	queueMost = 40
)

// States of a call for a lead.
const (
	CallCalling = "calling" // a lead at a desk hears it
	CallComing  = "coming"  // one said that she comes
	CallNobody  = "nobody"  // no lead is at a desk; who comes to one hears it
)

// Call is a counsellor's call for a lead. Nothing of a chat is in it.
type Call struct {
	Name, Line string // Line is "" where she did not say on which
	Coming     string // the lead who comes, "" for none yet
}

// HealthLine is how a line stands, for those who lead it.
type HealthLine struct {
	Line    string
	Paused  bool
	OnDuty  int // counsellors at a desk and not at rest
	Free    int // chats that they can take now
	Waiting int // in line and there
	OldestS int // whole seconds that the one longest in line has waited
	Talking int
	Held    int          // in line, with the young person's line down
	Queue   []QueuePlace // the first queueMost of each, in the line's order
}

// QueuePlace is a place in line.
type QueuePlace struct {
	Chat, Lang string
	Urgent     bool
	WaitedS    int // whole seconds
	Down       bool
	Kept       string // the counsellor whom it waits for
	Asked      string // the line to which the young person was asked to go
}

// Call calls for the lead on duty, about a line of hers or "", or takes that back. ErrNotNow when she is at no desk or
// the line is none of hers.
func (r *Router) Call(ctx context.Context, counsellor string, on bool, line string) error {
	return r.lead(ctx, "call", counsellor, bit(on), line, secs(callFor))
}

// Come says that a lead comes to a counsellor who calls. ErrNotNow when she is no lead at a desk, that one does not call,
// or another lead comes.
func (r *Router) Come(ctx context.Context, lead, counsellor string) error {
	return r.lead(ctx, "come", lead, counsellor)
}

// Pause lets nobody new into a line, until its next closing and at most for pauseFor, or lets them in again. ErrNotNow
// when she is no lead at a desk, the line is none of hers, or it is closed anyway.
func (r *Router) Pause(ctx context.Context, lead, line string, on bool) error {
	d := pauseFor
	if on {
		open, _, closes := r.LineState(line, r.now())
		if !open {
			return ErrNotNow
		}
		if !closes.IsZero() {
			d = min(d, closes.Sub(r.now()))
		}
	}
	return r.lead(ctx, "pause", lead, line, bit(on), secs(d))
}

// Move has a place in line wait for a counsellor for a while, or asks the young person whether they want to go to another
// line. ErrNoChat when it stands in no line of hers; ErrNotNow when she is no lead at a desk, it rings somewhere, the
// young person is not there or said no before, or nobody there can take it.
func (r *Router) Move(ctx context.Context, lead, chat, line, counsellor string) error {
	return r.lead(ctx, "move", lead, chat, line, counsellor, secs(preferFor), newID(), r.intakes(), r.practices(), secs(askFor))
}

// practices are the lines for practice, as JSON for the scripts.
func (r *Router) practices() string {
	names := []string{}
	for i := range r.cfg.Lines {
		if r.cfg.Lines[i].Practice {
			names = append(names, r.cfg.Lines[i].Name)
		}
	}
	return mustJSON(names)
}

func (r *Router) lead(ctx context.Context, name string, args ...any) error {
	status, _, err := r.shared(ctx, name, 0, args...)
	switch {
	case err != nil:
		return err
	case status == "chat":
		return ErrNoChat
	case status != "ok":
		return ErrNotNow
	}
	return nil
}

// calls puts into a desk's view who calls for a lead, where that concerns her.
func (r *Router) calls(ctx context.Context, counsellor string, v *DeskView) error {
	if !v.Lead && v.Call == "" {
		return nil
	}
	_, list, err := r.shared(ctx, "calls", -1, counsellor)
	if err != nil {
		return err
	}
	if len(list) == 0 {
		return r.away("calls", errShape)
	}
	if v.Call == CallCalling && asInt(list[0]) == 0 {
		v.Call = CallNobody
	}
	if !v.Lead {
		return nil
	}
	for _, x := range list[1:] {
		f := texts(x)
		if len(f) != 3 {
			return r.away("calls", errShape)
		}
		v.Calls = append(v.Calls, Call{f[0], f[1], f[2]})
	}
	return nil
}

// Health is how some lines stand, in the order of the configuration. One script call, O(lines).
func (r *Router) Health(ctx context.Context, lines map[string]bool) ([]HealthLine, error) {
	var order [][]string
	for i := range r.cfg.Lines {
		if l := &r.cfg.Lines[i]; lines[l.Name] {
			order = append(order, append([]string{l.Name}, l.Langs...))
		}
	}
	if len(order) == 0 {
		return nil, nil
	}
	_, v, err := r.shared(ctx, "health", -1, mustJSON(order), queueMost)
	if err != nil {
		return nil, err
	}
	if len(v) != len(order) {
		return nil, r.away("health", errShape)
	}
	out := make([]HealthLine, len(v))
	for i := range v {
		f, _ := v[i].([]any)
		if len(f) < 7 {
			return nil, r.away("health", errShape)
		}
		h := &out[i]
		*h = HealthLine{Line: order[i][0], Paused: asInt(f[0]) == 1, OnDuty: asInt(f[1]), Free: asInt(f[2]), Waiting: asInt(f[3]),
			OldestS: asInt(f[4]), Talking: asInt(f[5]), Held: asInt(f[6])}
		for _, x := range f[7:] {
			p, _ := x.([]any)
			if len(p) != 7 {
				return nil, r.away("health", errShape)
			}
			s := texts(x)
			h.Queue = append(h.Queue, QueuePlace{Chat: s[0], Lang: s[1], Urgent: asInt(p[2]) == 1, WaitedS: asInt(p[3]),
				Down: asInt(p[4]) == 1, Kept: s[5], Asked: s[6]})
		}
	}
	return out, nil
}

// texts are the strings of a list; what is none is "".
func texts(v any) []string {
	list, _ := v.([]any)
	out := make([]string, len(list))
	for i := range list {
		out[i], _ = list[i].(string)
	}
	return out
}

// notePaused remembers which lines are paused, for what asks nothing of the store. The script that lets somebody in line
// looks for itself.
func (r *Router) notePaused(lines []LineView) {
	paused := map[string]bool{}
	for i := range lines {
		if lines[i].Paused {
			paused[lines[i].Line] = true
		}
	}
	r.paused.Store(&paused)
}

func (r *Router) isPaused(line string) bool {
	p := r.paused.Load()
	return p != nil && (*p)[line]
}
