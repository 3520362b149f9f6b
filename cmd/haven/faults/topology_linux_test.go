package faults

import (
	"bytes"
	"context"
	"math/rand/v2"
	"net"
	"os"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"haven/chat/fault"
	"haven/cmd/haven/haventest"
	"haven/routing/routingtest"
)

// failoverLimits hold that 15 s after a replica was promoted nobody waits while somebody is free: a fault of topologyPlan
// lasts 2 s from there.
var failoverLimits = func() fault.Limits {
	l := faultLimits
	l.Recovery = 11 * time.Second
	return l
}()

const (
	// promotionTime bounds what Sentinels take, which after a machine that stood still for two seconds wait for half a minute.
	promotionTime = 90 * time.Second
	// goesOnWithin is how long after a fault something said is acked again.
	goesOnWithin = 15 * time.Second
	// tilt is by how much a Sentinel may be late; after more it does nothing for half a minute.
	tilt = 2 * time.Second
	// downAfter is when Sentinels take a server for dead, in ms: a busy machine does not make them do so.
	downAfter = "2000"
)

// replicated is a store of a primary, two replicas and three Sentinels, each server behind a line that can be cut.
type replicated struct {
	*routingtest.Replicas
	fronts  map[string]*routingtest.Server // by where everybody finds it
	links   map[*routingtest.Server]*fault.Link
	primary *routingtest.Server // as of the last fault
	strange bool                // the Sentinels promoted one on their own
}

func newReplicatedYard(t *testing.T, haven string, accounts *routingtest.Server, people people) *yard {
	t.Helper()
	g := &replicated{fronts: map[string]*routingtest.Server{}, links: map[*routingtest.Server]*fault.Link{}}
	var links []*fault.Link
	g.Replicas = routingtest.StartReplicasBehind(t, 2, func(addr string) string {
		l, err := fault.OpenLink("tcp", addr)
		if err != nil {
			t.Fatal(err)
		}
		links = append(links, l)
		t.Cleanup(l.Close)
		return l.Addr()
	})
	for i, s := range g.Servers {
		g.fronts[links[i].Addr()], g.links[s] = s, links[i]
	}
	for _, addr := range g.Sentinels {
		c := redis.NewSentinelClient(&redis.Options{Addr: addr})
		if err := c.Set(t.Context(), g.Name, "down-after-milliseconds", downAfter).Err(); err != nil {
			t.Fatal(err)
		}
		c.Close()
	}
	g.primary = g.Servers[0]
	return &yard{t: t, haven: haven, accounts: accounts, people: people, store: g.primary, replicas: g,
		more:   "redis: {sentinel: " + g.Name + ", replicas: 1}\n",
		limits: failoverLimits, moment: 3 * time.Second, acks: 10}
}

// named is the server that every Sentinel names as the primary, nil while they do not agree.
func (g *replicated) named(ctx context.Context) *routingtest.Server {
	var all *routingtest.Server
	for _, addr := range g.Sentinels {
		c := redis.NewSentinelClient(&redis.Options{Addr: addr})
		at, err := c.GetMasterAddrByName(ctx, g.Name).Result()
		c.Close()
		if err != nil || len(at) != 2 {
			return nil
		}
		s := g.fronts[net.JoinHostPort(at[0], at[1])]
		if s == nil || all != nil && all != s {
			return nil
		}
		all = s
	}
	return all
}

// replication is what a server says of itself, nothing while it does not answer.
func (g *replicated) replication(ctx context.Context, s *routingtest.Server) map[string]string {
	c := s.Client()
	defer c.Close()
	text, _ := c.Info(ctx, "replication").Result()
	all := map[string]string{}
	for line := range strings.Lines(text) {
		k, v, _ := strings.Cut(strings.TrimSpace(line), ":")
		all[k] = v
	}
	return all
}

// promoted waits until the Sentinels made another server the primary, and a replica follows it.
func (g *replicated) promoted(ctx context.Context, was *routingtest.Server) *routingtest.Server {
	var now *routingtest.Server
	comesTrue(ctx, func() bool {
		now = g.named(ctx)
		if now == nil || now == was {
			return false
		}
		is := g.replication(ctx, now)
		return is["role"] == "master" && is["connected_slaves"] != "0"
	})
	return now
}

// whole waits until every other server is a replica of the primary that has all of it, which is the Sentinels' work.
func (g *replicated) whole(ctx context.Context) bool {
	return comesTrue(ctx, func() bool {
		_, port, _ := net.SplitHostPort(g.links[g.primary].Addr())
		for _, s := range g.Servers {
			is := g.replication(ctx, s)
			if s == g.primary && is["role"] != "master" ||
				s != g.primary && (is["role"] != "slave" || is["master_port"] != port || is["master_link_status"] != "up") {
				return false
			}
		}
		return g.replication(ctx, g.primary)["connected_slaves"] == strconv.Itoa(len(g.Servers)-1)
	})
}

func comesTrue(ctx context.Context, is func() bool) bool {
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for !is() {
		select {
		case <-ctx.Done():
			return false
		case <-tick.C:
		}
	}
	return true
}

// ofTheStore says of a connection by its first bytes that a replica or a Sentinel opened it, and no node.
func ofTheStore(first []byte) bool {
	return bytes.Contains(first, []byte("REPLCONF")) || bytes.Contains(first, []byte("sentinel-"))
}

// losePrimary kills the primary, or takes it away from its replicas and the Sentinels, while nodes go on to write to it.
// The fault is over when a replica took its place and the old one is back, which the Sentinels make a replica later: it takes
// itself for the primary until then.
func (r *yard) losePrimary(s fault.Step, broken, mended, hold func()) {
	g := r.replicas
	ctx, cancel := context.WithTimeout(context.Background(), promotionTime)
	defer cancel()
	was := g.primary
	g.strange = g.strange || g.named(ctx) != was
	broken()
	if s.Kind == fault.Failover {
		was.Kill()
	} else {
		g.links[was].Set(fault.Hurt{Silent: true, Only: ofTheStore})
	}
	if now := g.promoted(ctx, was); now == nil || now == was {
		r.t.Error("no replica was promoted")
	} else {
		g.primary = now
	}
	hold()
	if s.Kind == fault.Failover {
		was.Restart(r.t, false)
	} else {
		g.links[was].Heal()
	}
	mended()
	if !g.whole(ctx) {
		g.strange = true
	}
}

// beginOnReplicas empties the store and starts nodes on it.
func (r *yard) beginOnReplicas(nodes int) {
	r.t.Helper()
	g := r.replicas
	ctx, cancel := context.WithTimeout(context.Background(), promotionTime)
	defer cancel()
	if !comesTrue(ctx, func() bool { g.primary = g.named(ctx); return g.primary != nil }) || !g.whole(ctx) {
		r.t.Error("the replicas did not come up")
	}
	g.strange = false
	c := g.primary.Client()
	defer c.Close()
	if err := c.FlushAll(ctx).Err(); err != nil {
		r.t.Error(err)
	}
	r.nodes = nil
	for range nodes {
		n := r.newNode()
		n.env = append(n.env, "HAVEN_REDIS_URL="+g.URL())
		r.nodes = append(r.nodes, n)
	}
	r.run()
}

// topologyPlan goes through both kinds and every phase from one seed to the next.
func topologyPlan(seed uint64, n int) []fault.Step {
	plan := fault.Plan(seed, n, 1, map[fault.Kind]int{fault.Failover: 1, fault.SplitBrain: 1})
	for i := range plan {
		at := seed + uint64(i)
		plan[i].Kind = []fault.Kind{fault.Failover, fault.SplitBrain}[at%2]
		plan[i].Phase = fault.Phases[at%uint64(len(fault.Phases))]
		plan[i].For, plan[i].Apart = 2*time.Second, true
	}
	return plan
}

// oneOnReplicas is one run; sound is false where the machine was so late that the Sentinels promoted a replica when nothing
// was broken, or promoted none for a while: nobody promised anything then.
func (r *yard) oneOnReplicas(seed uint64, faults int) (o outcome, sound bool) {
	began := time.Now()
	rng := rand.New(rand.NewPCG(seed, 0))
	r.beginOnReplicas(2)
	defer r.end()
	o = r.play(seed, rng, topologyPlan(seed, faults), func(c *fault.Cast) {
		if seed%4 > 1 {
			r.twoLines(c, rng)
		}
		if seed%2 == 1 {
			handsOver(r, c)
		}
	})
	r.store = r.replicas.primary
	o.found = append(o.found, r.keysLeft()...)
	if took := wentOn(&o); took > goesOnWithin+o.lag {
		o.found = append(o.found, fault.Violation{Rule: "slow", At: took, Text: "so long after a fault nothing that was said had been acked"})
	}
	o.took = time.Since(began)
	return o, o.lag < tilt && !r.replicas.strange && r.replicas.named(context.Background()) == r.replicas.primary
}

// wentOn is how long it took at worst from a fault to the next ack, or to the end where none came.
func wentOn(o *outcome) (worst time.Duration) {
	var broke time.Duration
	for i := range o.entries {
		switch e := &o.entries[i]; {
		case e.What == fault.Broken:
			broke = e.At
		case e.What == fault.Acked && broke > 0 && e.At > broke+200*time.Millisecond: // no ack is under way any more
			worst, broke = max(worst, e.At-broke), 0
		}
	}
	if broke > 0 {
		worst = max(worst, o.entries[len(o.entries)-1].At-broke)
	}
	return worst
}

const (
	topologyRuns   = 4
	topologyTries  = 3 // of a run that the machine was too late for
	topologyAtOnce = 4
)

// TestFaultsOfTopology: chats over two nodes on a primary, two replicas and three Sentinels. In the middle of them the
// primary is killed, or cut off from all but the nodes, while chats wait, ring, talk and are handed over. What was acked is
// there afterwards, once and in order, and everybody is helped. Seeds are those of TestFaults.
func TestFaultsOfTopology(t *testing.T) {
	haventest.Tool(t, "redis-server")
	runs, faults := topologyRuns, 1
	if os.Getenv("HAVEN_LONG") == "1" {
		runs, faults = 60, 3
	}
	if n, err := strconv.Atoi(os.Getenv("HAVEN_RUNS")); err == nil {
		runs = n
	}
	began := time.Now()
	haven := shortened(t)
	accounts, people := faultStaff(t, haven)
	seeds := make(chan uint64)
	go func() {
		defer close(seeds)
		for _, s := range faultSeeds(t, runs) {
			seeds <- s
		}
	}()
	var all faultFigures
	var workers sync.WaitGroup
	for range min(runs, topologyAtOnce) {
		r := newReplicatedYard(t, haven, accounts, people)
		workers.Go(func() {
			for seed := range seeds {
				for try := 1; ; try++ {
					o, sound := r.oneOnReplicas(seed, faults)
					if !sound && try < topologyTries {
						t.Logf("HAVEN_SEED=%d: the machine was too late, once more", seed)
						continue
					}
					all.add(&o)
					if len(o.found) > 0 {
						o.tell(t, r)
					}
					if !testing.Verbose() {
						break
					}
					t.Logf("HAVEN_SEED=%d: %v, %d entries in %.1f s; acks again after %.1f s; %d times a batch was not acked for want of a replica", seed,
						topologyPlan(seed, faults), len(o.entries), o.took.Seconds(), wentOn(&o).Seconds(), strings.Count(r.said(), "replicas_short"))
					break
				}
			}
		})
	}
	workers.Wait()
	t.Logf("%v in %.0f s", &all, time.Since(began).Seconds())
}
