package reach

import (
	"context"
	"errors"
	"maps"
	"slices"

	"github.com/redis/go-redis/v9"
)

// seal seals what is over for two whole days. A period of which this node still holds a day waits for it.
func (l *Ledger) seal(ctx context.Context) error {
	there, err := l.cfg.StoreNow(ctx)
	if err != nil {
		return away("seal", err)
	}
	today := min(DayOf(l.now()), DayOf(there)) // a clock that is ahead seals nothing by itself
	open, err := l.openPages(ctx)
	if err != nil {
		return err
	}
	l.mu.Lock()
	held := slices.Collect(maps.Keys(l.days))
	for _, d := range l.leaving {
		held = append(held, d.day)
	}
	l.mu.Unlock()
	oldest := today
	for p := range open {
		if today < p.Period.SealDay() || slices.ContainsFunc(held, p.Period.Has) {
			oldest = min(oldest, p.Period.From)
			continue
		}
		args := []any{p.String(), p.Period.From.String(), p.Period.To.String()}
		if p.Table == totals {
			daily, err := l.closeTotals(ctx, p)
			if err != nil {
				return err
			}
			args = append(args, daily...)
		}
		keys := []string{l.keys.open(p.String()), l.keys.sealed(p.String()), l.keys.opened(), l.keys.sealedSet(), l.keys.pending(), l.keys.meta()}
		if err := sealScript.Run(ctx, l.rdb, keys, args...).Err(); err != nil {
			return away("seal", err)
		}
		l.dirty = true
	}
	return away("reap", reapScript.Run(ctx, l.rdb, []string{l.keys.pending()}, oldest.String()).Err())
}

// closeTotals completes the hours that were promised, with those of the days on which no node was there to say them, and
// names the fields that are of one day. Where another node was quicker and the month is sealed, it changes nothing.
func (l *Ledger) closeTotals(ctx context.Context, p page) (daily []any, err error) {
	since, err := l.rdb.HGet(ctx, l.keys.open(p.String()), ".since").Result()
	if errors.Is(err, redis.Nil) {
		return nil, nil
	}
	if err != nil {
		return nil, away("seal", err)
	}
	args := []any{since}
	if l.cfg.Promised != nil {
		for _, line := range l.plan.Lines {
			for d := p.Period.From; d <= p.Period.To; d++ {
				args = append(args, line, d.String(), l.cfg.Promised(line, d))
			}
		}
	}
	daily, err = closeScript.Run(ctx, l.rdb, []string{l.keys.open(p.String()), l.keys.sealed(p.String())}, args...).Slice()
	return daily, away("seal", err)
}
