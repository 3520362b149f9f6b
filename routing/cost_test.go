package routing

import (
	"context"
	"fmt"
	"net"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"haven/routing/routingtest"

	"github.com/redis/go-redis/v9"
)

// called counts the scripts that a client runs.
type called struct{ names []string }

func (c *called) DialHook(next redis.DialHook) redis.DialHook {
	return func(ctx context.Context, network, addr string) (net.Conn, error) { return next(ctx, network, addr) }
}

func (c *called) ProcessHook(next redis.ProcessHook) redis.ProcessHook {
	return func(ctx context.Context, cmd redis.Cmder) error {
		c.count(cmd)
		return next(ctx, cmd)
	}
}

func (c *called) ProcessPipelineHook(next redis.ProcessPipelineHook) redis.ProcessPipelineHook {
	return func(ctx context.Context, cmds []redis.Cmder) error {
		for _, cmd := range cmds {
			c.count(cmd)
		}
		return next(ctx, cmds)
	}
}

func (c *called) count(cmd redis.Cmder) {
	if cmd.Name() != "evalsha" {
		return
	}
	for _, s := range scripts {
		if s.sha == cmd.Args()[1] {
			c.names = append(c.names, s.name)
		}
	}
}

// commands are how often each command ran on the server, also from within scripts.
func commands(t testing.TB, rdb *redis.Client) map[string]int {
	info, err := rdb.Info(t.Context(), "commandstats").Result()
	if err != nil {
		t.Fatal(err)
	}
	out := map[string]int{}
	for line := range strings.Lines(info) {
		name, stats, ok := strings.Cut(strings.TrimPrefix(line, "cmdstat_"), ":calls=")
		if n, _, found := strings.Cut(stats, ","); ok && found {
			out[name], _ = strconv.Atoi(n)
		}
	}
	return out
}

// TestCycleIsFewCalls: a chat from arrival over offer and acceptance to its end is at most eight calls of scripts and
// no scan, and the server does as much for it with 3,000 in line as with 10.
func TestCycleIsFewCalls(t *testing.T) {
	rdb := routingtest.Start(t).Client() // miniredis counts no commands
	defer rdb.Close()
	c := &called{}
	rdb.AddHook(c)
	var work []int
	for _, waiting := range []int{10, 3000} {
		r := newBench(t, rdb, fmt.Sprint("waiting-", waiting))
		r.cfg.Lines[0].CapPerCounsellor, r.cfg.JoinBurst = 1<<30, 1<<30
		r.ok(r.loadAll(r.ctx))
		r.on("ann", 1)
		last := r.join(false).Chat
		for range waiting {
			r.join(false)
		}
		r.accept("ann", "k")
		r.ok(r.End(r.ctx, "ann", last, ReasonStopped))
		before := commands(t, rdb)
		c.names = nil
		r.join(false)
		r.ok(r.Wrapup(r.ctx, "ann", last, Wrapup{})) // the oldest rings
		d, err := r.DeskView(r.ctx, "ann")
		r.ok(err)
		_, err = r.Accept(r.ctx, "ann", d.Offer.Offer, "k")
		r.ok(err)
		r.ok(r.End(r.ctx, "ann", d.Offer.Chat, ReasonStopped))
		sum := 0
		for name, n := range commands(t, rdb) {
			n -= before[name]
			if n > 0 && (strings.Contains(name, "scan") || name == "keys") {
				t.Errorf("%s ran %d times", name, n)
			}
			if name != "info" {
				sum += n
			}
		}
		calls := slices.DeleteFunc(slices.Clone(c.names), func(name string) bool { return name == "wrap_up" })
		if len(calls) > 8 || len(calls) < 4 {
			t.Errorf("one cycle is %d calls", len(calls))
		}
		t.Logf("with %d in line: %d commands in %d calls, %v, and the wrap-up of the one before", r.inLine(), sum, len(calls), calls)
		work = append(work, sum)
	}
	if work[0] == 0 || work[1] > work[0]+work[0]/10 {
		t.Errorf("%d commands with 10 in line, %d with 3,000", work[0], work[1])
	}
}

// inLine is how many wait.
func (b *bench) inLine() int {
	n, err := b.rdb.ZCard(b.ctx, sharedKey(b.cfg.Prefix, "waiting")).Result()
	b.ok(err)
	return int(n)
}

// BenchmarkMatching turns one place in a line of 10 and one in a line of 100,000, in turns: the counsellor accepts, ends
// and wraps up, so that the next rings at her, and somebody arrives. The goal is that the long line costs at most a fifth
// more.
func BenchmarkMatching(b *testing.B) {
	rdb, prefix := routingtest.Client(b)
	lengths := []int{10, 100000}
	var lines []*bench
	for _, waiting := range lengths {
		r := newBench(b, rdb, fmt.Sprintf("%s-%d", prefix, waiting))
		r.cfg.Lines[0].CapPerCounsellor, r.cfg.JoinBurst = 1<<30, 1<<30
		r.on("ann", 1)
		var wg sync.WaitGroup
		for range 16 {
			wg.Go(func() {
				for range waiting / 16 {
					r.arrive("nl")
				}
			})
		}
		wg.Wait()
		for r.inLine() < waiting {
			r.arrive("nl")
		}
		lines = append(lines, r)
	}
	took, used := make([]time.Duration, len(lines)), make([]float64, len(lines))
	const batch = 32
	n := 0
	for b.Loop() {
		k := n / batch % len(lines)
		if n%batch == 0 {
			used[k] -= storeCPU(b, rdb)
		}
		begun := time.Now()
		lines[k].turn()
		took[k] += time.Since(begun)
		if n++; n%batch == 0 {
			used[k] += storeCPU(b, rdb)
		}
	}
	if n < 64*batch {
		return // too few to compare
	}
	rate := func(k int) float64 { return float64(n) / float64(len(lines)) / took[k].Seconds() }
	for k, waiting := range lengths {
		b.ReportMetric(rate(k), fmt.Sprintf("turns/s:%d", waiting))
		b.ReportMetric(used[k]*1e6/(float64(n)/2), fmt.Sprintf("redis-µs:%d", waiting))
	}
	b.ReportMetric(rate(1)/rate(0), "ratio")
	if rate(1) < 0.8*rate(0) {
		b.Errorf("%.0f turns a second with %d in line, %.0f with %d: the goal is 0.8 of it", rate(1), lengths[1], rate(0), lengths[0])
	}
}

// turn is one whole turn of a counsellor: what rings is accepted, ended and wrapped up, and somebody else arrives.
func (b *bench) turn() {
	d, err := b.DeskView(b.ctx, "ann")
	b.ok(err)
	_, _, err = b.shared(b.ctx, "accept", -1, "ann", d.Offer.Offer, "k", servedKept)
	b.ok(err)
	_, _, err = b.shared(b.ctx, "stop", -1, d.Offer.Chat, secs(b.cfg.Durations.Wrapup), "ann")
	b.ok(err)
	b.ok(b.Wrapup(b.ctx, "ann", d.Offer.Chat, Wrapup{}))
	b.arrive("nl")
}
