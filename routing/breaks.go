package routing

import (
	"context"
	"time"
)

// shiftLongest is how far off her last intake may be at most.
const shiftLongest = 24 * time.Hour

// Moment is something at a desk that ends by itself.
type Moment struct {
	At    int64 // names the moment, so that another one is told apart; 0 for none
	LeftS int   // whole seconds until then
}

// moment is one at Unix time at on the store's clock, on which it is now.
func moment(at, now int64) Moment {
	if at == 0 {
		return Moment{}
	}
	return Moment{at, max(1, int(at-now))}
}

// SetReadyFor is SetReady by somebody who will be offered nothing more after d, since her shift ends soon after: then she
// is at rest by herself. 0 is SetReady, and d is at most shiftLongest.
func (r *Router) SetReadyFor(ctx context.Context, counsellor string, capacity int, d time.Duration) error {
	if err := r.ready(ctx, counsellor, capacity, d, 0); err != nil {
		return err
	}
	r.remember(counsellor, true, capacity)
	r.ends(counsellor, func(l *localDesk) {
		l.breath, l.shift = time.Time{}, time.Time{}
		if d > 0 {
			l.shift = time.Now().Add(d)
		}
	})
	return nil
}

func (r *Router) ready(ctx context.Context, counsellor string, capacity int, shift, breath time.Duration) error {
	status, _, err := r.shared(ctx, "ready", 0, counsellor, capacity, secs(shift), secs(breath))
	if err == nil && status != "ok" {
		return ErrNotNow
	}
	return err
}

// reready makes somebody ready whom the store forgot, with what is left of her breather and of her shift. These are kept
// on this machine's monotonic clock: a date could have been set meanwhile.
func (r *Router) reready(ctx context.Context, name string, d localDesk) error {
	var shift, breath time.Duration
	if !d.shift.IsZero() {
		if shift = time.Until(d.shift).Truncate(time.Second); shift <= 0 {
			return nil // it ended while the store was away
		}
	}
	if !d.breath.IsZero() {
		breath = max(0, time.Until(d.breath))
	}
	return r.ready(ctx, name, d.capacity, shift, breath)
}

// ends changes what this node remembers of a desk.
func (r *Router) ends(name string, change func(*localDesk)) {
	r.mu.Lock()
	if d, ok := r.desks[name]; ok {
		change(&d)
		r.desks[name] = d
	}
	r.mu.Unlock()
}

// breather is how long a breather begins with a wrap-up, in seconds.
func (r *Router) breather(w Wrapup) int64 {
	if !w.Heavy {
		return 0
	}
	return secs(r.cfg.Durations.Breather)
}

// breathes remembers that a breather began.
func (r *Router) breathes(name string, w Wrapup) {
	if d := r.breather(w); d > 0 {
		r.ends(name, func(l *localDesk) { l.breath = time.Now().Add(time.Duration(d) * time.Second) })
	}
}
