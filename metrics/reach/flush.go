package reach

import (
	"context"
	"errors"
	mathrand "math/rand/v2"
)

// departed is a day that nothing is added to any more.
type departed struct {
	day Day
	*tally
}

// depart takes the days that match out of the count. Their batches stay what they are: a flush whose answer was lost may
// have been done.
func (l *Ledger) depart(match func(Day) bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for d, c := range l.days {
		if match(d) {
			l.leaving = append(l.leaving, &departed{d, c})
			delete(l.days, d)
		}
	}
}

// flush hands the days over that have departed.
func (l *Ledger) flush(ctx context.Context) error {
	if err := l.recall(ctx); err != nil {
		return err
	}
	for len(l.leaving) > 0 {
		if err := l.flushOne(ctx, l.leaving[0]); err != nil {
			return err
		}
		l.mu.Lock()
		l.leaving = l.leaving[1:]
		l.mu.Unlock()
	}
	return nil
}

func (l *Ledger) flushOne(ctx context.Context, d *departed) error {
	if err := l.open(ctx, d.day); err != nil {
		return err // also when it is open under another budget
	}
	for range 3 { // an emptied ledger takes one round more, one without the period another
		if d.life == "" {
			if err := l.register(ctx, d.day, d.tally); err != nil {
				return err
			}
		}
		again, err := l.hand(ctx, d.day, d.tally)
		if err != nil {
			return err
		}
		if !again {
			l.dirty = true
			return nil
		}
	}
	return away("flush", errShape(false))
}

// hand runs the flush; again says that the ledger was not ready for it and now may be.
func (l *Ledger) hand(ctx context.Context, d Day, c *tally) (again bool, err error) {
	keys, args := []string{l.keys.pending(), l.keys.meta()}, []any{c.batch, d.String()}
	all := l.plan.pages(d)
	noisy := len(all) - 1 // the totals stay last
	mathrand.Shuffle(noisy, func(i, j int) { all[i], all[j] = all[j], all[i] })
	for _, p := range all {
		keys = append(keys, l.keys.open(p.String()), l.keys.sealed(p.String()))
		args = append(args, len(c.cells[p.Table]))
		for where, n := range c.cells[p.Table] { // in the random order of a map
			args = append(args, string(where), n)
		}
	}
	args = append(args, l.attendance(d, c)...)
	life := c.life
	out, err := flushScript.Run(ctx, l.rdb, keys, args...).Slice()
	if err != nil || len(out) == 0 {
		return false, away("flush", errors.Join(err, errShape(len(out) > 0)))
	}
	if out[0] == "unopened" {
		for _, p := range all {
			delete(l.opened, p.String())
		}
		return true, l.open(ctx, d)
	}
	now, _ := out[1].(string)
	flushes, _ := out[2].(int64)
	if out[0] == "again" && now != life {
		// Not flushed before, but forgotten: the ledger was emptied. An empty name is an empty ledger.
		if now != "" {
			if err := l.see(ctx, now, flushes); err != nil {
				return false, err
			}
		}
		c.batch, c.life = newID(), ""
		return true, nil
	}
	return false, l.see(ctx, now, flushes)
}

// attendance is what this node saw of each line's on a day, and for how long its hours promised it.
func (l *Ledger) attendance(d Day, c *tally) (args []any) {
	for _, line := range l.plan.Lines {
		seen := c.attendance[line]
		if seen == nil {
			seen = new([slots]byte)
			for i := range seen {
				seen[i] = '0'
			}
		}
		promised := 0
		if l.cfg.Promised != nil {
			promised = l.cfg.Promised(line, d)
		}
		args = append(args, line, seen[:], promised)
	}
	return args
}
