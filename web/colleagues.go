package web

import (
	"context"
	"net/http"
	"sync"
	"time"

	"haven/web/staff"
)

// Duty says who is on duty now, each with their lines: at a desk, and not at rest.
type Duty interface {
	OnDuty(ctx context.Context) (map[string][]string, error)
}

// Of Duty: how old an answer may be, and how long one is waited for.
const (
	dutyAge  = time.Second
	dutyWait = 3 * time.Second
)

// presence asks Duty at most once in dutyAge, however many want to know.
type presence struct {
	duty Duty // nil: nobody knows

	mu  sync.Mutex // held over the call: who comes meanwhile has its answer
	at  time.Time
	who map[string][]string
}

// now is who is on duty; false where that is not known.
func (p *presence) now(ctx context.Context) (map[string][]string, bool) {
	if p.duty == nil {
		return nil, false
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if !p.at.IsZero() && time.Since(p.at) < dutyAge {
		return p.who, p.who != nil
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), dutyWait) // others wait for the answer, too
	defer cancel()
	p.who, p.at = nil, time.Now()
	if who, err := p.duty.OnDuty(ctx); err == nil {
		p.who = who
	}
	return p.who, p.who != nil
}

// colleagues answers GET /staff/colleagues with everybody else who has a desk, by name: to whom a chat can be brought.
// on_duty are the lines for which one is there now, none for who is not; it is left out where that is not known.
func (h *house) colleagues(w http.ResponseWriter, r *http.Request) error {
	me, err := h.staff.Session(r.Context(), session(r))
	if err != nil {
		return err
	}
	if !me.Role.HasDesk() {
		return staff.ErrNoDesk
	}
	all, err := h.staff.List(r.Context())
	if err != nil {
		return err
	}
	type colleague struct {
		Name   string    `json:"name"`
		Lines  []string  `json:"lines"`
		OnDuty *[]string `json:"on_duty,omitempty"`
	}
	who, known := h.presence.now(r.Context())
	out := []colleague{}
	for _, a := range all {
		if !a.Role.HasDesk() || a.Disabled || a.Name == me.Name {
			continue
		}
		c := colleague{Name: a.Name, Lines: append([]string{}, a.Lines...)}
		if known {
			on := append([]string{}, who[a.Name]...)
			c.OnDuty = &on
		}
		out = append(out, c)
	}
	return writeJSON(w, out)
}
