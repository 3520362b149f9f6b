package reach

import (
	"context"
	"maps"
	"slices"
	"strconv"
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
// names the fields that are of one day.
func (l *Ledger) closeTotals(ctx context.Context, p page) (daily []any, err error) {
	fields, err := l.rdb.HGetAll(ctx, l.keys.open(p.String())).Result()
	if err != nil {
		return nil, away("seal", err)
	}
	for f := range fields {
		if isDaily(f) {
			daily = append(daily, f)
		}
	}
	since, err := ParseDay(fields[".since"])
	if err != nil || l.cfg.Promised == nil {
		return daily, nil
	}
	for _, line := range l.plan.Lines {
		sum := 0
		for d := since; d <= p.Period.To; d++ {
			said, err := strconv.Atoi(fields[string(cell(line, "promised", d.String()))])
			if err != nil {
				said = l.cfg.Promised(line, d)
			}
			sum += said
		}
		if err := l.rdb.HSet(ctx, l.keys.open(p.String()), string(cell(line, "promised")), sum).Err(); err != nil {
			return nil, away("seal", err)
		}
	}
	return daily, nil
}

// isDaily says that a field of the totals is of one day, and goes when the month is sealed.
func isDaily(field string) bool {
	parts := Cell(field).Parts()
	return len(parts) == 3 && (parts[1] == "slots" || parts[1] == "promised")
}
