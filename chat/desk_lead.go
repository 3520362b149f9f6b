package chat

import (
	"bytes"
	"context"
	"slices"
	"time"

	"haven/chat/frame"
	"haven/routing"
)

// Leads are what a counsellor says to her lead, and what a lead does. ErrNotNow, with nothing changed, where it is not
// hers to do.
type Leads interface {
	// Call calls for the lead on duty, about a line of hers or "", or takes that back.
	Call(ctx context.Context, counsellor string, on bool, line string) error
	// Come says that a lead comes to who calls.
	Come(ctx context.Context, lead, counsellor string) error
	// Pause lets nobody new into a line, or lets them in again.
	Pause(ctx context.Context, lead, line string, on bool) error
	// Move brings a place in line to another line, with the young person's yes, or to a counsellor; ErrNoChat.
	Move(ctx context.Context, lead, chat, line, counsellor string) error
	// Health is how some lines stand, in one call.
	Health(ctx context.Context, lines map[string]bool) ([]routing.HealthLine, error)
}

// callOver is the state of a call that is over.
const callOver = "over"

// leading is what a desk was told of calls and, at a lead's, of her lines. It is guarded by the desk's mu.
type leading struct {
	call, comes string // as in routing.DeskView
	asked       bool   // she did something about her call, and hears how it stands whatever she was told
	calls       []byte // the frame, nil before the first
	health      []byte // the frame without ages, nil before the first
	healthAt    time.Duration
}

// leads runs what concerns a lead. Of a call she hears how it stands, of a place that was moved and of a line that was
// paused in the next health.
func (d *desk) leads(ctx context.Context, f *frame.Desk) error {
	desks := d.hub.desks
	switch f.T {
	case frame.TCome:
		return desks.Come(ctx, d.name, f.ToName)
	case frame.TPause:
		return desks.Pause(ctx, d.name, f.Line, f.On)
	case frame.TMove:
		return desks.Move(ctx, d.name, f.Chat, f.ToLine, f.ToName)
	}
	d.act(true) // a look that began before does not know of it
	defer d.act(false)
	if err := desks.Call(ctx, d.name, f.On, f.Line); err != nil {
		return err
	}
	d.mu.Lock()
	d.lead.asked = true
	d.mu.Unlock()
	return nil
}

// tellCalls tells her how her call stands, and a lead who else calls. mu is held.
func (d *desk) tellCalls(v *routing.DeskView) {
	l := &d.lead
	if d.state != stateOpen {
		return
	}
	if v.Call != l.call || v.Comes != l.comes || l.asked {
		l.call, l.comes, l.asked = v.Call, v.Comes, false
		state := v.Call
		if state == "" {
			state = callOver
		}
		d.end(frame.AppendCall(d.begin(), state, v.Comes))
	}
	if !v.Lead {
		return
	}
	calls := make([]frame.Call, len(v.Calls))
	for i, c := range v.Calls {
		calls[i] = frame.Call(c)
	}
	if b := frame.AppendCalls(nil, calls); !bytes.Equal(b, l.calls) {
		l.calls = b
		d.end(append(d.begin(), b...))
	}
}

// role is what she is, as frames have it.
func role(lead bool) string {
	if lead {
		return "lead"
	}
	return "counsellor"
}

// left is how far off a moment is that a look some time ago saw, in whole seconds; 0 for none.
func left(m routing.Moment, ago time.Duration) int {
	if m.At == 0 {
		return 0
	}
	return max(1, m.LeftS-int(ago/time.Second))
}

// lookHealth asks how the lines stand that leads at this node answer for, in one call, and not at all where there are
// none.
func (h *Hub) lookHealth() {
	lines, leads := map[string]bool{}, []*desk(nil)
	h.eachDesk(func(d *desk) {
		d.mu.Lock()
		defer d.mu.Unlock()
		if d.view == nil || !d.view.Lead || d.state != stateOpen {
			return
		}
		leads = append(leads, d)
		for _, l := range d.who.Lines {
			lines[l] = true
		}
	})
	if len(leads) == 0 {
		return
	}
	ctx, cancel := h.call()
	defer cancel()
	all, err := h.desks.Health(ctx, lines)
	if err != nil {
		return // the next look
	}
	for _, d := range leads {
		d.showHealth(all)
	}
}

// showHealth shows a lead how her lines stand, where that changed. Ages alone are told now and then: a page counts on.
func (d *desk) showHealth(all []routing.HealthLine) {
	var f frame.Health
	var ages, waits []int
	d.mu.Lock()
	defer d.mu.Unlock()
	for i := range all {
		h := &all[i]
		if !slices.Contains(d.who.Lines, h.Line) {
			continue
		}
		f.Lines = append(f.Lines, frame.HealthLine{Line: h.Line, Paused: h.Paused, OnDuty: h.OnDuty, Free: h.Free,
			Waiting: h.Waiting, Talking: h.Talking, Held: h.Held})
		ages = append(ages, h.OldestS)
		for _, p := range h.Queue {
			f.Queue = append(f.Queue, frame.QueuePlace{Chat: p.Chat, Line: h.Line, Lang: p.Lang, Urgent: p.Urgent, Down: p.Down,
				Kept: p.Kept, Asked: p.Asked})
			waits = append(waits, p.WaitedS)
		}
	}
	core, now := frame.AppendHealth(nil, &f), d.hub.since()
	if d.state != stateOpen || bytes.Equal(core, d.lead.health) && (len(waits) == 0 || now-d.lead.healthAt < showAgain) {
		return
	}
	d.lead.health, d.lead.healthAt = core, now
	for i := range f.Lines {
		f.Lines[i].OldestS = ages[i]
	}
	for i := range f.Queue {
		f.Queue[i].WaitedS = waits[i]
	}
	d.end(frame.AppendHealth(d.begin(), &f))
}
