package main

import (
	"context"
	"errors"
	"log/slog"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/redis/go-redis/v9"

	"haven/metrics"
	"haven/metrics/page"
	"haven/metrics/reach"
	"haven/routing"
)

// observers hand each event of the router to the operational figures and to the ledger. What only the first counts is
// theirs by embedding.
type observers struct {
	*metrics.Operations
	ledger *reach.Ledger
}

func (o observers) ChatArrived(line string) { o.ledger.ChatArrived(line) }

func (o observers) ChatStarted(line string, waitS int) {
	o.Operations.ChatStarted(line, waitS)
	o.ledger.ChatStarted(line, waitS)
}

func (o observers) WrappedUp(line string, w routing.Wrapup) { o.ledger.WrappedUp(line, w) }

// openLedger makes this node's hand on the ledger in rdb. beside is the Redis of the chats where that is another one,
// else nil.
func openLedger(cfg *config, rdb, beside redis.UniversalClient, board func(context.Context) ([]routing.LineView, error), log *slog.Logger) (*reach.Ledger, error) {
	targets, hours := map[string]int{}, map[string]routing.Hours{}
	for _, l := range cfg.Lines {
		targets[l.Name], hours[l.Name] = int(l.Target/time.Second), l.Hours
	}
	return reach.New(rdb, reach.Config{
		Prefix: cfg.Redis.Prefix, Plan: cfg.plan(), Targets: targets, Beside: beside, Board: board, Log: log,
		Promised: func(line string, d reach.Day) int { return openMinutes(hours[line], d) },
	})
}

// openMinutes is for how many minutes of a day, in steps of five, the hours say that a line is open.
func openMinutes(h routing.Hours, d reach.Day) int {
	const step = 5 * time.Minute
	minutes := 0
	for t, end := d.Start(), (d + 1).Start(); t.Before(end); t = t.Add(step) {
		if h.Open(t) {
			minutes += int(step / time.Minute)
		}
	}
	return minutes
}

// exposeReach registers the ledger's operational figures.
func exposeReach(reg prometheus.Registerer, l *reach.Ledger) error {
	var errs []error
	for _, c := range l.Collectors() {
		errs = append(errs, reg.Register(c))
	}
	return errors.Join(errs...)
}

// beginTime is how long a start waits for the ledger. Chats do not wait for figures.
const beginTime = 2 * time.Second

// beginReach opens the periods that are. A budget that was changed in the middle of one ends the start: nobody may count
// under it. A ledger that is away does not.
func (n *node) beginReach() error {
	ctx, cancel := context.WithTimeout(context.Background(), beginTime)
	defer cancel()
	if err := n.ledger.Begin(ctx); errors.Is(err, reach.ErrBudget) {
		return usageError{err}
	}
	return nil
}

// reachPages is what coordinators see.
func (n *node) reachPages(cfg *config) (*page.Page, error) {
	c := page.Config{
		Plan: n.ledger.Plan(), Releases: n.ledger.Releases, Notebook: n.ledger, Board: n.router.Snapshot, Lost: n.ledger.Lost,
		Origin: n.url,
	}
	for _, l := range cfg.Lines {
		c.Lines = append(c.Lines, page.Line{Name: l.Name, Small: l.Small, Target: l.Target, Hours: l.Hours})
	}
	return page.New(c)
}
