package main

import (
	"bytes"
	"strings"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"haven/routing/routingtest"
)

// failoverTime is what a person may notice of a failover: 15 s, and twice that on a machine that is busy with other tests.
const failoverTime = 30 * time.Second

// afterFailover waits until every chat that had begun goes on, which nobody helps them to.
func (s *storm) afterFailover() {
	s.d.t.Helper()
	begun, before := time.Now(), make([]int, len(s.pairs))
	for i, p := range s.pairs {
		before[i] = p.acked()
	}
	s.until("every chat goes on", func() bool {
		for i, p := range s.pairs {
			if n := p.acked(); before[i] > 0 && n < 2*s.each && n < before[i]+4 { // two may have been under way
				return false
			}
		}
		return true
	})
	took := time.Since(begun)
	s.d.t.Logf("the last of the chats went on %v after the primary was killed", took.Round(100*time.Millisecond))
	if took > failoverTime {
		s.d.t.Errorf("that is longer than %v", failoverTime)
	}
}

// TestSentinelFailsOver: the primary is killed in the middle of fifty chats over two nodes, and a replica takes its
// place. Every message that was acked is there, once and in order.
func TestSentinelFailsOver(t *testing.T) {
	r := routingtest.StartReplicas(t, 2)
	d := deployOn(t, 2, r.URL(), "redis: {sentinel: "+r.Name+", replicas: 1}\n")
	if code, out := start(t, d.env, "check", "--config", d.config).ends(t); code != 0 || !strings.Contains(out, "a message is acked when 1 of 2 replicas have it") {
		t.Errorf("haven check: %d\n%s", code, out)
	}
	s := newStorm(d, 50, 5, stormEach)
	s.until("a third of the messages", func() bool { return s.acks.Load() > int64(50*stormEach*2/3) })
	s.restarted.Store(true) // pages hear of another life and are told everything again
	r.Servers[0].Kill()
	s.afterFailover()
	s.check()
	if p := r.Primary(t.Context()); p == nil || p == r.Servers[0] {
		t.Error("no replica was promoted")
	}
}

// TestClusterUnderLoad: fifty chats over two nodes on a Cluster of three primaries; nothing is lost, doubled or out of
// order.
func TestClusterUnderLoad(t *testing.T) {
	c := routingtest.StartCluster(t, 0)
	s := newStorm(deployOn(t, 2, c.URL(), ""), 50, 5, stormEach)
	s.check()
}

// TestClusterFailsOver: one primary of a Cluster is killed in the middle of forty chats, that which decides who is rung
// at, while five more are put in line and five come just after. Every chat goes on and every newcomer is helped. What was
// acked in the last moment before may be gone with the primary (see `haven check`): the authors' pages send it again.
func TestClusterFailsOver(t *testing.T) {
	c := routingtest.StartCluster(t, 1)
	d := deployOn(t, 2, c.URL(), "")
	if code, out := start(t, d.env, "check", "--config", d.config).ends(t); code != 0 || !strings.Contains(out, "on a Cluster an ack means") || !strings.Contains(out, "replica 3") {
		t.Errorf("haven check: %d\n%s", code, out)
	}
	s := gathered(d, 50, 5, stormEach)
	s.enter(0, 40)
	s.begun(0, 40)
	s.until("a third of the messages", func() bool { return s.acks.Load() > int64(40*stormEach*2/3) })
	s.restarted.Store(true)
	owner := c.Owner(t, "haven:{haven}:tickets")
	s.enter(40, 45)
	owner.Kill()
	s.enter(45, 50)
	s.afterFailover()
	s.check()
}

// TestCheckOfReplicas holds what `haven check` says of replicas that are too few, just enough, or waited for by nobody.
func TestCheckOfReplicas(t *testing.T) {
	r := routingtest.StartReplicas(t, 1)
	rdb := redis.NewUniversalClient(tuned(&redis.UniversalOptions{Addrs: r.Sentinels, MasterName: r.Name}))
	defer rdb.Close()
	for need, want := range []string{"1 replicas stand by and nothing waits", "every one of the 1 replicas", "redis.replicas is 2 and 1 can be reached"} {
		var out bytes.Buffer
		f := &findings{out: &out}
		checkReplicas(within(t), f, redisEnv, rdb, need)
		if (f.broken > 0) != (need > 1) || !strings.Contains(out.String(), want) {
			t.Errorf("replicas: %d: %d broken\n%s", need, f.broken, &out)
		}
	}
	replica := r.Servers[1].Client()
	defer replica.Close()
	if err := replica.ConfigSet(t.Context(), "appendonly", "no").Err(); err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	f := &findings{out: &out}
	checkReplicas(within(t), f, redisEnv, rdb, 0)
	if f.broken != 1 || !strings.Contains(out.String(), "BREAKS   HAVEN_REDIS_URL, replica 1: appendonly is ") {
		t.Errorf("%d broken\n%s", f.broken, &out)
	}
}
