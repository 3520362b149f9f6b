package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/redis/go-redis/v9"

	"haven/chat"
	"haven/chat/frame"
	"haven/metrics"
	"haven/metrics/reach"
	"haven/routing"
	"haven/web"
	"haven/web/staff"
)

// drainTime bounds an orderly end. An orchestrator that waits less cuts sockets off; their messages are kept anyway.
const drainTime = 20 * time.Second

// retryAfter is when sockets of a draining node come back, on any node: at least that long, at most twice.
const retryAfter = time.Second

// node is one running server: everything that was started, and how to end it.
type node struct {
	url, metricsURL  string
	addr, metricAddr web.OwnAddr // as opened

	log      *slog.Logger
	router   *routing.Router
	hub      *chat.Hub
	accounts *staff.Staff
	ledger   *reach.Ledger
	public   *web.Server
	private  *web.Server

	draining atomic.Bool
	failed   chan error     // a server that stopped by itself
	running  sync.WaitGroup // hub, router, ledger and the watch over the store
	serving  sync.WaitGroup // the two servers
	stop     context.CancelFunc
}

// source is the router as a scrape asks for it.
type source struct{ *routing.Router }

func (s source) Counsellors(ctx context.Context) (map[string]int, error) {
	rest, ready, busy, err := s.CounsellorStates(ctx)
	return map[string]int{routing.StateRest: rest, routing.StateReady: ready, routing.StateBusy: busy}, err
}

func metricLines(c *config) []metrics.Line {
	var lines []metrics.Line
	for _, l := range c.Lines {
		lines = append(lines, metrics.Line{Name: l.Name, Small: l.Small, Target: l.Target})
	}
	return lines
}

// startNode opens both listeners and serves on them at once, whether the store answers or not: a young person who
// comes while it is away is told so, and whom to call. The caller owns the clients and closes them after stop.
func startNode(cfg *config, chats, accounts redis.UniversalClient, log *slog.Logger) (n *node, err error) {
	n = &node{log: log, failed: make(chan error, 2)}
	var listeners []net.Listener
	defer func() {
		if err != nil {
			for _, l := range slices.Backward(listeners) {
				l.Close()
			}
		}
	}()
	for _, addr := range []string{cfg.Listen, cfg.MetricsListen} {
		l, err := web.Listen(addr, log)
		if err != nil {
			return nil, listenTrouble(addr, err)
		}
		listeners = append(listeners, l)
	}
	public, private := listeners[0], listeners[1]
	n.addr, n.metricAddr = web.OwnAddr(public.Addr().String()), web.OwnAddr(private.Addr().String())
	n.metricsURL = "http://" + dialable(private.Addr().String())
	n.url = cfg.Origin
	embedders := cfg.Embedders
	if n.url == "" {
		at := dialable(public.Addr().String())
		n.url = "http://" + at
		// A try on one machine: who types localhost gets the page under that origin.
		if host, port, err := net.SplitHostPort(at); err == nil && host == "127.0.0.1" {
			embedders = append(slices.Clone(embedders), "http://localhost:"+port)
		}
	}

	reg := prometheus.NewRegistry()
	ops, err := metrics.New(reg, metricLines(cfg), metrics.ReadBuild())
	if err != nil {
		return nil, err
	}
	chats.AddHook(ops.Hook())
	rc := routing.Config{
		Prefix: cfg.Redis.Prefix, Durations: cfg.Durations, JoinRate: cfg.JoinRate, JoinBurst: cfg.JoinBurst,
		Replicas: cfg.Redis.Replicas, CodeKey: cfg.CodeKey, Now: cfg.now,
	}
	cc := chat.Config{
		Typing: map[string]bool{}, Origins: append([]string{n.url}, embedders...), Durations: cfg.Durations, Log: log,
	}
	for _, l := range cfg.Lines {
		rc.Lines = append(rc.Lines, l.Line)
		cc.Typing[l.Name] = l.Typing
	}
	cc.Lines = rc.Lines
	for _, p := range cfg.Phones {
		cc.Phones = append(cc.Phones, frame.Phone{Name: p.Name, Number: p.Number})
	}
	beside := chats
	if accounts == chats {
		beside = nil
	}
	if n.ledger, err = openLedger(cfg, accounts, beside, func(ctx context.Context) ([]routing.LineView, error) {
		return n.router.Snapshot(ctx)
	}, log); err != nil {
		return nil, err
	}
	cc.Reach = n.ledger
	seen := observers{ops, n.ledger}
	if n.router, err = routing.New(chats, rc, seen, log); err != nil {
		return nil, err
	}
	if err = ops.Watch(source{n.router}); err != nil {
		return nil, err
	}
	n.accounts = staff.New(accounts, staff.Config{Prefix: cfg.Redis.Prefix})
	cc.Now = n.router.Now
	n.hub = chat.New(cc, n.router, n.router, n.accounts, ops)
	figures, err := n.reachPages(cfg)
	if err != nil {
		return nil, err
	}
	n.public, err = web.NewServer(web.Config{
		Origin: n.url, Embedders: embedders, Chat: n.hub.Youth(), Desk: n.hub.Desk(), Reach: figures,
		Kept: inventory(cfg), Staff: n.accounts, Duty: n.router, Partners: cfg.Partners, Log: log,
	})
	if err != nil {
		return nil, err
	}
	if err = exposeReach(reg, n.ledger); err != nil {
		return nil, err
	}
	n.private = web.NewPrivateServer(web.Private{
		Metrics: metrics.Handler(reg), Reach: n.ledger.Handler(), Ready: n.ready, Log: log,
	})
	if err = n.beginReach(); err != nil {
		return nil, err
	}

	ctx, stop := context.WithCancel(context.Background())
	n.stop = stop
	n.running.Go(func() { _ = n.router.Run(ctx, n.hub) })
	n.running.Go(func() { _ = n.hub.Run(ctx) })
	n.running.Go(func() { _ = n.ledger.Run(ctx) })
	n.running.Go(func() { n.watch(ctx, chats) })
	for i, s := range []*web.Server{n.public, n.private} {
		n.serving.Go(func() {
			if err := s.Serve(listeners[i]); err != nil {
				n.failed <- err
			}
		})
	}
	return n, nil
}

// dialable is where a listener can be reached from this machine.
func dialable(addr string) string {
	host, port, err := net.SplitHostPort(addr)
	if err != nil {
		return addr
	}
	if ip := net.ParseIP(host); host == "" || ip != nil && ip.IsUnspecified() {
		host = "127.0.0.1"
	}
	return net.JoinHostPort(host, port)
}

// listenTrouble says in plain words why an address cannot be listened on.
func listenTrouble(addr string, err error) error {
	switch {
	case errors.Is(err, web.ErrAddressInUse):
		return fmt.Errorf("listen %s: taken by another program; stop that one or listen elsewhere", addr)
	case errors.Is(err, web.ErrAddressDenied):
		return fmt.Errorf("listen %s: this account is not allowed to", addr)
	case errors.Is(err, web.ErrAddressAbsent):
		return fmt.Errorf("listen %s: this machine does not have that address", addr)
	case errors.Is(err, web.ErrAddressInvalid):
		return usageError{fmt.Errorf("listen %s: not an address", addr)}
	}
	return fmt.Errorf("listen %s: not possible", addr)
}

// ready says whether a newcomer is better off here than elsewhere.
func (n *node) ready() bool { return !n.draining.Load() && n.router.Ready() }

const watchEvery = 500 * time.Millisecond

// watch says when the store goes and when it comes back. It says so once, and at start after a moment of patience: ten
// seconds with a store that answers, and is slow as the whole machine is then, two with one that does not.
func (n *node) watch(ctx context.Context, rdb redis.UniversalClient) {
	tick := time.NewTicker(watchEvery)
	defer tick.Stop()
	up, patience := true, 20
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		ready := n.router.Ready()
		switch {
		case ready && !up:
			n.log.Info("the store answers again, newcomers are let in", "state", "ready")
		case !ready && up:
			ping, cancel := context.WithTimeout(ctx, 3*time.Second)
			err := rdb.Ping(ping).Err()
			cancel()
			if patience > 0 {
				if patience--; err != nil {
					patience -= 4
				}
				continue
			}
			if ctx.Err() == nil {
				n.log.Error("the store is away: newcomers are refused and nothing is acked until it answers",
					"reason", storeReason(err))
			}
		}
		up, patience = ready, 0
	}
}

// storeReason is storeTrouble as a word for the log.
func storeReason(err error) string {
	for prefix, reason := range map[string]string{
		"NOAUTH": "store_denied", "WRONGPASS": "store_denied", "NOPERM": "store_denied",
		"LOADING": "store_loading", "READONLY": "store_read_only", "MISCONF": "store_read_only",
	} {
		if redis.HasErrorPrefix(err, prefix) {
			return reason
		}
	}
	return "store_away"
}

// wait returns when the node is asked to stop, nil, or when it cannot go on.
func (n *node) wait(ctx context.Context) error {
	select {
	case <-ctx.Done():
		return nil
	case err := <-n.failed:
		return err
	}
}

// drain ends the node without losing anything: it takes no newcomers, tells every socket when to come back, and closes
// what was started in the reverse order. What is not done within drainTime is cut off, and that is its error.
func (n *node) drain() error {
	n.draining.Store(true)
	ctx, cancel := context.WithTimeout(context.Background(), drainTime)
	defer cancel()
	errs := []error{n.hub.Drain(ctx, retryAfter), n.public.Shutdown(ctx)}
	n.stop()
	errs = append(errs, waitFor(ctx, &n.running))
	if n.ledger.Flush(ctx) != nil {
		n.log.Error("the reach ledger is away: what this node counted today is lost with it", "reason", "ledger_away")
	}
	errs = append(errs, n.private.Shutdown(ctx), waitFor(ctx, &n.serving))
	if slices.ContainsFunc(errs, func(err error) bool { return err != nil }) {
		return fmt.Errorf("the drain was not done after %v; what was left is cut off", drainTime)
	}
	return nil
}

func waitFor(ctx context.Context, wg *sync.WaitGroup) error {
	done := make(chan struct{})
	go func() {
		wg.Wait()
		close(done)
	}()
	select {
	case <-done:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
