package reach

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"

	"github.com/redis/go-redis/v9"
)

// recall reads what other nodes, or this one in an earlier life, knew of the ledger. Until it is known, nothing is asked
// of the ledger: an emptied one would pass for a new one.
func (l *Ledger) recall(ctx context.Context) error {
	if l.cfg.Beside == nil || l.life != "" {
		return nil
	}
	fields, err := l.cfg.Beside.HGetAll(ctx, l.keys.witness()).Result()
	if err != nil {
		return away("recall", err)
	}
	l.life = fields["life"]
	l.flushes, _ = strconv.ParseInt(fields["flushes"], 10, 64)
	return nil
}

// remember leaves a witness of the ledger beside it. One that is missing, or says too few flushes since another node was
// quicker, only notices less: counts do not wait for it.
func (l *Ledger) remember(ctx context.Context) {
	if l.cfg.Beside != nil && l.met {
		_ = l.cfg.Beside.HSet(ctx, l.keys.witness(), "life", l.life, "flushes", l.flushes).Err()
	}
}

// see notices a ledger that was lost or went back in time. What is published after that says so: an emptied ledger is
// opened anew, its periods are counted from that day and marked (open.lua, seal.lua); one that went back is marked. What was sealed is put back from
// this node's memory, so that nothing is sealed a second time with other counts behind the same noise.
func (l *Ledger) see(ctx context.Context, life string, flushes int64) error {
	lost, back := l.life != "" && life != l.life, l.life == life && flushes < l.flushes
	if lost || back {
		l.lost.Store(true)
		if loss := fmt.Sprint(life, l.flushes); l.told != loss { // once, however often what follows fails
			l.told = loss
			l.log.Error("the reach ledger was emptied, or an old copy was put back: its figures say so",
				"reason", "ledger_lost", "component", "reach")
		}
		for _, rec := range l.sealed {
			if err := importSealed(ctx, l.rdb, l.keys, rec); err != nil {
				return err
			}
		}
		l.opened = map[string]bool{}
	}
	if back {
		open, err := l.openPages(ctx)
		if err != nil {
			return err
		}
		for p := range open {
			if err := markScript.Run(ctx, l.rdb, []string{l.keys.open(p.String())}).Err(); err != nil {
				return away("mark", err)
			}
		}
	}
	if (lost || back) && !l.met { // what was published meanwhile is not in this node's memory
		if err := l.redraw(ctx, DayOf(l.now())); err != nil {
			return err
		}
	}
	if lost {
		l.mu.Lock()
		for _, c := range l.days {
			if c.life != life {
				c.batch, c.life = newID(), ""
			}
		}
		l.mu.Unlock()
	}
	l.life, l.flushes, l.met = life, flushes, true
	return nil
}

// Loss is what a ledger says of itself.
type Loss struct {
	Unsaid  bool     // it is not what the witness beside it knew, and no node has marked anything yet
	Emptied Day      // when a node last saw that it had been emptied; 0 for never
	Back    []string // <table>:<period> that were open when an old copy was put back, and still are
}

// CheckLoss looks whether the ledger was emptied or put back. beside is as in Config. It changes nothing. ErrAway.
func CheckLoss(ctx context.Context, rdb, beside redis.UniversalClient, prefix string) (Loss, error) {
	k := keys{prefix}
	var loss Loss
	meta, err := rdb.HGetAll(ctx, k.meta()).Result()
	if err != nil {
		return loss, away("read", err)
	}
	loss.Emptied, _ = ParseDay(meta["emptied"])
	if beside != nil {
		known, err := beside.HGetAll(ctx, k.witness()).Result()
		if err != nil {
			return loss, away("recall", err)
		}
		had, _ := strconv.ParseInt(known["flushes"], 10, 64)
		has, _ := strconv.ParseInt(meta["flushes"], 10, 64)
		loss.Unsaid = known["life"] != "" && (known["life"] != meta["life"] || has < had)
	}
	open, err := rdb.SMembers(ctx, k.opened()).Result()
	if err != nil {
		return loss, away("read", err)
	}
	slices.Sort(open)
	for _, name := range open {
		back, err := rdb.HGet(ctx, k.open(name), ".back").Result()
		if err != nil && !errors.Is(err, redis.Nil) {
			return loss, away("read", err)
		}
		if back == "1" {
			loss.Back = append(loss.Back, name)
		}
	}
	return loss, nil
}

// gapMost bounds the days of a gap: what is longer is more than anything that is open.
const gapMost = 400

// gap has the days between the last one that anybody registered and today published as lost, less those that this node
// holds. Nobody ran on them, or an old copy of the store was put back while nobody did. Unless known, so that this node
// saw the ledger before and it did not go back, noise is drawn once more for everything that is open: if it was sealed
// and published before, the difference of the two would be a true count.
func (l *Ledger) gap(ctx context.Context, last, today Day, known bool) error {
	if !known {
		if err := l.redraw(ctx, today); err != nil {
			return err
		}
	}
	l.mu.Lock()
	held := map[Day]bool{}
	for d := range l.days {
		held[d] = true
	}
	for _, d := range l.leaving {
		held[d.day] = true
	}
	l.mu.Unlock()
	args := []any{last.String(), today.String()}
	for d := max(last+1, today-gapMost); d < today; d++ {
		if !held[d] {
			args = append(args, d.String())
		}
	}
	return away("gap", gapScript.Run(ctx, l.rdb, []string{l.keys.pending(), l.keys.meta()}, args...).Err())
}

// redraw adds noise to everything that is open, once for a day.
func (l *Ledger) redraw(ctx context.Context, today Day) error {
	open, err := l.openPages(ctx)
	if err != nil {
		return err
	}
	for p := range open {
		if p.Table == totals {
			continue
		}
		fields, err := l.rdb.HGetAll(ctx, l.keys.open(p.String())).Result()
		if err != nil {
			return away("redraw", err)
		}
		e, err := ParseEpsilon(fields[".epsilon"])
		if err != nil {
			continue // not open any more
		}
		args := []any{today.String()}
		for f := range fields {
			if f[0] != '.' {
				args = append(args, f, l.draw(e))
			}
		}
		if err := renoiseScript.Run(ctx, l.rdb, []string{l.keys.open(p.String())}, args...).Err(); err != nil {
			return away("redraw", err)
		}
		l.dirty = true
	}
	return nil
}

// openPages are the tables that are open.
func (l *Ledger) openPages(ctx context.Context) (map[page]bool, error) {
	names, err := l.rdb.SMembers(ctx, l.keys.opened()).Result()
	if err != nil {
		return nil, away("read", err)
	}
	out := map[page]bool{}
	for _, n := range names {
		if p, ok := parseName(n); ok {
			out[p] = true
		}
	}
	return out, nil
}
