package chat

import (
	"context"
	"slices"
	"strings"
	"time"

	"haven/routing"
)

// isLead says whose desks are leads' in these tests.
func isLead(name string) bool { return strings.HasPrefix(name, "lead") }

func (f *fake) SetReadyFor(_ context.Context, name string, capacity int, d time.Duration) error {
	return f.desk("ready", name, func(v *routing.DeskView) error {
		v.State, v.Capacity, v.Breather, v.Shift = routing.StateReady, capacity, routing.Moment{}, routing.Moment{}
		if d > 0 {
			f.next++
			v.Shift = routing.Moment{At: int64(f.next), LeftS: int(d / time.Second)}
		}
		return nil
	})
}

func (f *fake) Call(_ context.Context, name string, on bool, line string) error {
	defer f.answered("call")
	return f.desk("call", name, func(v *routing.DeskView) error {
		if line != "" && line != "jip" {
			return routing.ErrNotNow
		}
		v.Call, v.Comes = "", ""
		if on {
			v.Call = routing.CallNobody
		}
		for lead, d := range f.desks {
			if !isLead(lead) || lead == name {
				continue
			}
			d.Calls = slices.DeleteFunc(slices.Clone(d.Calls), func(c routing.Call) bool { return c.Name == name })
			if on {
				v.Call = routing.CallCalling
				d.Calls = append(d.Calls, routing.Call{Name: name, Line: line})
			}
			f.deskChanged(lead)
		}
		return nil
	})
}

func (f *fake) Come(_ context.Context, lead, name string) error {
	return f.desk("come", lead, func(v *routing.DeskView) error {
		calls := slices.Clone(v.Calls)
		i := slices.IndexFunc(calls, func(c routing.Call) bool { return c.Name == name })
		if i < 0 {
			return routing.ErrNotNow
		}
		calls[i].Coming = lead
		v.Calls = calls
		f.desks[name].Call, f.desks[name].Comes = routing.CallComing, lead
		f.deskChanged(name)
		return nil
	})
}

func (f *fake) Pause(_ context.Context, lead, line string, on bool) error {
	return f.desk("pause", lead, func(v *routing.DeskView) error {
		if !v.Lead {
			return routing.ErrNotNow
		}
		for i := range f.boards {
			if f.boards[i].Line == line {
				f.boards[i].Paused = on
			}
		}
		return nil
	})
}

func (f *fake) Move(_ context.Context, lead, chat, line, name string) error {
	return f.desk("move", lead, func(v *routing.DeskView) error {
		c := f.chats[chat]
		switch {
		case !v.Lead:
			return routing.ErrNotNow
		case c == nil:
			return routing.ErrNoChat
		}
		f.moved = append(f.moved, chat+" "+line+" "+name)
		return nil
	})
}

func (f *fake) Health(_ context.Context, lines map[string]bool) ([]routing.HealthLine, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if err := f.enter("health"); err != nil {
		return nil, err
	}
	var out []routing.HealthLine
	for _, b := range f.boards {
		if lines[b.Line] {
			h := routing.HealthLine{Line: b.Line, Paused: b.Paused, OnDuty: b.OnDuty, Waiting: b.Waiting, OldestS: b.OldestS}
			for _, chat := range b.Heads {
				h.Queue = append(h.Queue, routing.QueuePlace{Chat: chat, Lang: "nl", WaitedS: b.OldestS})
			}
			out = append(out, h)
		}
	}
	return out, nil
}
