package reach

import (
	"context"
	"errors"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/redis/go-redis/v9"

	"haven/routing"
)

const (
	tickEvery = time.Minute
	callTime  = 20 * time.Second // of everything one tick asks of the store
	// A node that ends waits this long for a rewrite that is under way to make room for its own. Where that is not
	// enough, the next node that starts has one done.
	rewriteTime, rewriteAgain = 3 * time.Second, 50 * time.Millisecond
)

// Run opens, flushes, seals and reads what others sealed, until ctx ends. Flush follows it.
func (l *Ledger) Run(ctx context.Context) error {
	t := time.NewTicker(tickEvery)
	defer t.Stop()
	for {
		l.tick(ctx)
		select {
		case <-ctx.Done():
			return nil
		case <-t.C:
		}
	}
}

// tick does whatever is due.
func (l *Ledger) tick(ctx context.Context) {
	ctx, cancel := context.WithTimeout(ctx, callTime)
	defer cancel()
	l.sample(ctx)
	l.turn.Lock()
	defer l.turn.Unlock()
	err := l.begin(ctx)
	if err == nil {
		err = l.settle(ctx)
	}
	l.trouble(ctx, err)
	l.rewrite(ctx)
}

// settle flushes the days that are over and seals the periods that are.
func (l *Ledger) settle(ctx context.Context) error {
	l.depart(l.over)
	if err := l.flush(ctx); err != nil {
		return err
	}
	if err := l.seal(ctx); err != nil {
		return err
	}
	return l.refresh(ctx)
}

// over says that a day is, and that this node may hand it over.
func (l *Ledger) over(d Day) bool { return l.now().After((d + 1).Start().Add(l.patience)) }

// unflushed is how many days are over and still here.
func (l *Ledger) unflushed() int {
	l.mu.Lock()
	defer l.mu.Unlock()
	n := len(l.leaving)
	for d := range l.days {
		if l.over(d) {
			n++
		}
	}
	return n
}

// trouble says once what is wrong, and once that it is over.
func (l *Ledger) trouble(ctx context.Context, err error) {
	l.up.Store(err == nil)
	if ctx.Err() != nil && err == nil || errors.Is(err, l.said) && l.said != nil {
		return
	}
	switch {
	case errors.Is(err, ErrBudget):
		l.said = ErrBudget
		l.log.Error("reach is not counted: the budget was changed while periods are open",
			"reason", "budget_changed", "component", "reach")
	case err != nil:
		l.said = ErrAway
		l.log.Warn("the reach ledger is away: counts wait in memory", "reason", "ledger_away", "component", "reach")
	case l.said != nil:
		l.said = nil
		l.log.Info("the reach ledger answers again", "state", "ready", "component", "reach")
	}
}

// sample notes on which open lines somebody is on duty.
func (l *Ledger) sample(ctx context.Context) {
	now := l.now()
	stretch := now.Unix() / (slotMinutes * 60)
	if l.cfg.Board == nil || stretch == l.sampled {
		return
	}
	views, err := l.cfg.Board(ctx)
	if err != nil {
		return
	}
	l.sampled = stretch
	slot := int(now.Sub(DayOf(now).Start())/time.Minute) / slotMinutes
	l.today(func(c *tally) {
		for _, v := range views {
			if v.Open && v.OnDuty > 0 {
				c.attended(v.Line, slot)
			}
		}
	})
}

// Flush hands over everything, also what is of today: the node ends. What cannot be handed over until ctx ends is lost
// with the node, and published as such.
func (l *Ledger) Flush(ctx context.Context) error {
	l.turn.Lock()
	defer l.turn.Unlock()
	l.depart(func(Day) bool { return true })
	err := l.flush(ctx)
	l.remember(ctx)
	ctx, cancel := context.WithTimeout(ctx, rewriteTime)
	defer cancel()
	for l.rewrite(ctx); l.dirty && ctx.Err() == nil; l.rewrite(ctx) {
		select {
		case <-ctx.Done():
		case <-time.After(rewriteAgain):
		}
	}
	return err
}

// rewrite has the append-only file rewritten after an opening or a flush: until then it holds noise and counts apart.
func (l *Ledger) rewrite(ctx context.Context) {
	if !l.dirty {
		return
	}
	again := func(ctx context.Context, c redis.UniversalClient) error { return c.BgRewriteAOF(ctx).Err() }
	err := routing.EachPrimary(ctx, l.rdb, again)
	if err == nil {
		err = routing.EachReplica(ctx, l.rdb, again)
	}
	// One that is under way began before: it has to be asked for again. A store without such a file knows no such command.
	l.dirty = err != nil && !redis.HasErrorPrefix(err, "ERR unknown")
}

// Collectors are the operational figures of this node's ledger.
func (l *Ledger) Collectors() []prometheus.Collector {
	gauge := func(name, help string, f func() float64) prometheus.Collector {
		return prometheus.NewGaugeFunc(prometheus.GaugeOpts{Name: name, Help: help}, f)
	}
	bit := func(b bool) float64 {
		if b {
			return 1
		}
		return 0
	}
	return []prometheus.Collector{
		gauge("haven_reach_ledger_up", "1 while the reach ledger takes what this node counted, else 0 and it waits in memory.",
			func() float64 { return bit(l.up.Load()) }),
		gauge("haven_reach_ledger_lost", "1 once this node saw that the reach ledger was emptied or went back in time.",
			func() float64 { return bit(l.Lost()) }),
		gauge("haven_reach_unflushed_daily_counts", "Days that are over and that this node has not handed to the reach ledger yet.",
			func() float64 { return float64(l.unflushed()) }),
	}
}
