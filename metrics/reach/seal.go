package reach

import (
	"context"
	"maps"
	"slices"
)

// seal seals what is over for two whole days. A period of which this node still holds a day waits for it.
func (l *Ledger) seal(ctx context.Context) error {
	today := DayOf(l.now())
	open := l.openPages(ctx)
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
			fields, err := l.rdb.HKeys(ctx, l.keys.open(p.String())).Result()
			if err != nil {
				return away("seal", err)
			}
			for _, f := range fields {
				if isDaily(f) {
					args = append(args, f)
				}
			}
		}
		keys := []string{l.keys.open(p.String()), l.keys.sealed(p.String()), l.keys.opened(), l.keys.sealedSet(), l.keys.pending()}
		if err := sealScript.Run(ctx, l.rdb, keys, args...).Err(); err != nil {
			return away("seal", err)
		}
		l.dirty = true
	}
	return away("reap", reapScript.Run(ctx, l.rdb, []string{l.keys.pending()}, oldest.String()).Err())
}

// isDaily says that a field of the totals is of one day, and goes when the month is sealed.
func isDaily(field string) bool {
	parts := Cell(field).Parts()
	return len(parts) == 3 && (parts[1] == "slots" || parts[1] == "promised")
}
