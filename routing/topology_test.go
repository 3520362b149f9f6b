package routing

import (
	"errors"
	"fmt"
	"log/slog"
	"testing"
	"time"

	"haven/routing/routingtest"

	"github.com/redis/go-redis/v9"
)

// clientOf is a client with the patience of cmd/haven.
func clientOf(t testing.TB, o redis.UniversalOptions) redis.UniversalClient {
	t.Helper()
	o.DialTimeout, o.DialerRetries, o.ReadTimeout, o.ContextTimeoutEnabled = 2*time.Second, 1, 3*time.Second, true
	rdb := redis.NewUniversalClient(&o)
	t.Cleanup(func() { rdb.Close() })
	return rdb
}

// TestCluster runs what a chat goes through on its own line on a Cluster of three primaries: the keys of each call share a slot, and
// each primary learns the scripts.
func TestCluster(t *testing.T) {
	c := routingtest.StartCluster(t, 0)
	b := newBench(t, clientOf(t, redis.UniversalOptions{Addrs: c.Addrs()}), "cl")
	for i := range b.batch {
		go b.drain(t.Context(), b.batch[i])
	}
	b.on("ann", 12)
	for range 12 { // over all primaries
		j := b.join(false)
		b.accept0(j)
		a := b.append(j.Chat, Youth, "", 0, "m1", nil)
		b.append(j.Chat, Counsellor, "ann", 0, "m2", nil)
		b.ok(b.Confirm(b.ctx, j.Chat, Youth, "", 0, "tag"))
		b.ok(b.Quiet(b.ctx, j.Chat, true))
		b.ok(b.Read(b.ctx, j.Chat, Counsellor, "ann", a.Seq))
		b.ok(b.Touch(b.ctx, []string{j.Chat}))
		b.ok(b.Drop(b.ctx, j.Chat, "s"))
		if v, _, err := b.Resume(b.ctx, j.Chat, j.Token, "s2", 0); err != nil || len(v.Messages) != 2 {
			t.Fatalf("%+v, %v", v, err)
		}
		b.ok(b.Hide(b.ctx, j.Chat, "s2"))
		b.ok(b.End(b.ctx, "ann", j.Chat, ReasonDone))
		b.ok(b.Leave(b.ctx, j.Chat))
		b.ok(b.Wrapup(b.ctx, "ann", j.Chat, Wrapup{}))
	}
	b.ok(b.DropDesk(b.ctx, "ann", "d-ann"))
	b.soon("grace")
}

// TestClusterOfWhatIsElsewhere runs on a Cluster what TestCluster leaves out: handovers, codes, other lines, and leads.
func TestClusterOfWhatIsElsewhere(t *testing.T) {
	c := routingtest.StartCluster(t, 0)
	b := newBench(t, clientOf(t, redis.UniversalOptions{Addrs: c.Addrs()}), "cl")
	for i := range b.batch {
		go b.drain(t.Context(), b.batch[i])
	}
	b.cfg.CodeKey, b.cfg.Durations.Code = make([]byte, 32), DefaultDurations().Code
	b.cfg.Lines[0].Overflow, b.cfg.Lines[0].CapPerCounsellor = 3*time.Minute, 100
	b.leads("noor")
	ready := func(name string, capacity int) { b.t.Helper(); b.ok(b.SetReady(b.ctx, name, capacity)) }
	free := func(name, chat string) { // ends and wraps up
		b.t.Helper()
		b.ok(b.End(b.ctx, name, chat, ReasonStopped))
		b.ok(b.Wrapup(b.ctx, name, chat, Wrapup{}))
	}
	for i := range 12 { // over all primaries
		for _, name := range []string{"Ann", "Bea"} {
			b.onLine("jip", name, 1)
			b.ok(b.Rest(b.ctx, name))
		}
		b.onLine("fier", "Cas", 1)
		ready("Ann", 1)

		j := b.join(false)
		b.accept("Ann", "kA")
		offer := b.propose(j.Chat, To{Line: "fier"})
		b.ok(b.Consent(b.ctx, j.Chat, "s", offer, false))
		b.propose(j.Chat, To{Line: "fier"})
		b.ok(b.Keep(b.ctx, "Ann", j.Chat))
		offer = b.agrees(j.Chat)
		if v := b.accept("Cas", "kC"); v.Line != "fier" || v.Current().Owner != "Cas" || v.Current().E != 1 || v.Came != (Came{offer, HandoverMoved}) {
			t.Fatalf("handover %d: %+v %+v", i, v.Current(), v.Came)
		}
		if v, err := b.ResumeDesk(b.ctx, "Cas", j.Chat, "kC2", 0); err != nil || v.Current().E != 2 { // another device
			t.Fatalf("rekey: %+v, %v", v.Current(), err)
		}
		words, err := b.Code(b.ctx, j.Chat)
		b.ok(err)
		if to, err := b.Recall(b.ctx, words); err != nil || to.Chat != j.Chat {
			t.Fatalf("a code leads to %+v, %v", to, err)
		}
		_, v, err := b.Reenter(b.ctx, words, j.Chat, "pk2", "s3")
		b.ok(err)
		if v.Chat != j.Chat || v.PKY != "pk2" {
			t.Fatalf("entered again: %+v", v)
		}
		b.accept("Cas", "kC3")
		free("Cas", j.Chat)

		j = b.join(false) // Ann is free again
		b.accept("Ann", "kA")
		asked := b.waited(4*time.Minute, false)
		b.overflow(b.ctx)
		b.answers(asked, true)
		b.wantRings("Cas", asked.Chat)
		b.accept("Cas", "kC")
		free("Cas", asked.Chat)

		kept := b.join(false)
		b.ok(b.Move(b.ctx, "noor", kept.Chat, "", "Ann"))
		if p, err := b.Places(b.ctx, []string{kept.Chat}); err != nil || p.Kept[kept.Chat].Name != "Ann" {
			t.Fatalf("%+v, %v", p, err)
		}
		ready("Bea", 1)
		b.wantRings("Bea", "")
		b.ok(b.Anyone(b.ctx, kept.Chat, "s"))
		b.wantRings("Bea", kept.Chat)
		b.accept("Bea", "kB")
		free("Bea", kept.Chat)
		b.ok(b.Rest(b.ctx, "Bea"))

		moved := b.join(false)
		b.ok(b.Move(b.ctx, "noor", moved.Chat, "fier", ""))
		b.answers(moved, true)
		b.wantRings("Cas", moved.Chat)
		b.ok(b.Leave(b.ctx, moved.Chat))

		b.ok(b.Call(b.ctx, "Ann", true, "jip"))
		b.ok(b.Come(b.ctx, "noor", "Ann"))
		b.ok(b.Call(b.ctx, "Ann", false, ""))
		b.ok(b.Pause(b.ctx, "noor", "jip", true))
		b.ok(b.Pause(b.ctx, "noor", "jip", false))
		if _, err := b.Health(b.ctx, map[string]bool{"jip": true}); err != nil {
			t.Fatal(err)
		}
		free("Ann", j.Chat)
		b.holds()
	}
}

// onReplicas is a Router on a primary with n replicas, so many of which have to have what is acked.
func onReplicas(t testing.TB, n, need int) (*bench, *routingtest.Replicas) {
	t.Helper()
	r := routingtest.StartReplicas(t, n)
	rdb := clientOf(t, redis.UniversalOptions{Addrs: r.Sentinels, MasterName: r.Name})
	b := newBench(t, rdb, "rp")
	b.cfg.Replicas = need
	return b, r
}

// TestReplicasHaveWhatIsAcked: a message is acked when a replica has it. While none can, it is kept and not acked; sent
// again under its id it is acked with its first number, and only once a replica has that.
func TestReplicasHaveWhatIsAcked(t *testing.T) {
	b, r := onReplicas(t, 1, 1)
	b.on("ann", 1)
	j := b.join(false)
	b.accept0(j)
	first := b.append(j.Chat, Youth, "", 0, "m1", nil)
	replica := r.Servers[1].Client()
	defer replica.Close()
	if n := replica.XLen(b.ctx, logKey("rp", j.Chat)).Val(); n != 1 {
		t.Fatalf("acked, and the replica has %d", n)
	}
	stop, cont := r.Servers[1].Stop, r.Servers[1].Continue
	stop(t)
	begun := time.Now()
	b.append(j.Chat, Youth, "", 0, "m2", ErrUnavailable)
	b.append(j.Chat, Youth, "", 0, "m2", ErrUnavailable) // repeated: still nowhere else
	if d := time.Since(begun); d < 2*replicaTime || d > 2*batchTime {
		t.Errorf("two refusals took %v", d)
	}
	b.append(j.Chat, Counsellor, "bea", 0, "m3", ErrNoChat) // what is refused is told as ever
	if v := b.view(j.Chat); v.Seq != 2 {
		t.Errorf("kept up to %d", v.Seq)
	}
	cont(t)
	a := b.append(j.Chat, Youth, "", 0, "m2", nil)
	if !a.Dup || a.Seq != first.Seq+1 {
		t.Errorf("sent again it is %+v", a)
	}
	if n := replica.XLen(b.ctx, logKey("rp", j.Chat)).Val(); n != 2 {
		t.Errorf("acked, and the replica has %d", n)
	}
}

// TestNoEpochIsToldBeforeAReplicaHasIt: another primary could give its number to somebody else.
func TestNoEpochIsToldBeforeAReplicaHasIt(t *testing.T) {
	b, r := onReplicas(t, 1, 1)
	b.on("ann", 1)
	j := b.join(false)
	r.Servers[1].Stop(t)
	desk, err := b.DeskView(b.ctx, "ann")
	b.ok(err)
	offer := desk.Offer
	for range 2 { // repeated: still nowhere else
		if v, err := b.Accept(b.ctx, "ann", offer.Offer, "k"); !errors.Is(err, ErrUnavailable) {
			t.Fatalf("accepted: %+v, %v", v, err)
		}
	}
	refused := func(what string, v View, err error) {
		t.Helper()
		if !errors.Is(err, ErrUnavailable) || len(v.Epochs) > 0 {
			t.Errorf("%s: %+v, %v", what, v, err)
		}
	}
	v, err := b.View(b.ctx, j.Chat, 0, NoEpoch)
	refused("a look", v, err)
	v, _, err = b.Resume(b.ctx, j.Chat, j.Token, "s2", 0)
	refused("the young person comes back", v, err)
	v, err = b.ResumeDesk(b.ctx, "ann", j.Chat, "", 0)
	refused("the counsellor comes back", v, err)
	if v, err := b.View(b.ctx, j.Chat, 0, 0); err != nil || v.Current() == nil { // who knows the epoch is told what is new in it
		t.Errorf("%+v, %v", v, err)
	}
	r.Servers[1].Continue(t)
	if v, err := b.Accept(b.ctx, "ann", offer.Offer, "k"); err != nil || v.Current().PK != "k" {
		t.Errorf("accepted again: %+v, %v", v, err)
	}
	if v, err := b.View(b.ctx, j.Chat, 0, NoEpoch); err != nil || v.Current() == nil {
		t.Errorf("%+v, %v", v, err)
	}
}

// TestCodesAreToldWhenAReplicaHasThem: whoever was given a code, or came back by one, or left in a hurry, counts on it also
// behind a failover.
func TestCodesAreToldWhenAReplicaHasThem(t *testing.T) {
	b, r := onReplicas(t, 1, 1)
	coded(b)
	b.on("ann", 1)
	j := b.join(false)
	away := func(what string, err error) {
		t.Helper()
		if !errors.Is(err, ErrUnavailable) {
			t.Errorf("%s: %v", what, err)
		}
	}
	r.Servers[1].Stop(t)
	_, short := b.Code(b.ctx, j.Chat)
	away("a code", short)
	away("a quick exit", b.Hide(b.ctx, j.Chat, "s1"))
	r.Servers[1].Continue(t)
	words, err := b.Code(b.ctx, j.Chat)
	b.ok(err)
	b.ok(b.Hide(b.ctx, j.Chat, "s1"))
	r.Servers[1].Stop(t)
	_, _, err = b.Reenter(b.ctx, words, j.Chat, "pk2", "s2")
	away("coming back", err)
	_, err = b.Recall(b.ctx, "no such code of anybody")
	away("a code that a primary that is cut off does not know", err)
	_, err = b.View(b.ctx, newID(), 0, EveryEpoch)
	away("a chat that it does not know", err)
	r.Servers[1].Continue(t)
	if _, err := b.Recall(b.ctx, "no such code of anybody"); !errors.Is(err, ErrNoChat) {
		t.Errorf("a wrong code: %v", err)
	}
	in, v, err := b.Reenter(b.ctx, words, j.Chat, "pk2", "s2")
	if err != nil || in.Token == "" || v.PKY != "pk2" {
		t.Errorf("came back: %+v, %+v, %v", in, v, err)
	}
}

// TestReplicasAreNotCountedOnACluster: nothing says which primary a WAIT would ask.
func TestReplicasAreNotCountedOnACluster(t *testing.T) {
	rdb := redis.NewClusterClient(&redis.ClusterOptions{Addrs: []string{"127.0.0.1:1"}})
	defer rdb.Close()
	if _, err := New(rdb, Config{Lines: testLines, Replicas: 1}, nobody{}, slog.New(slog.DiscardHandler)); !errors.Is(err, ErrReplicas) {
		t.Errorf("%v", err)
	}
}

// BenchmarkWait compares messages that a replica has to have with those that the primary alone has to.
func BenchmarkWait(b *testing.B) {
	r, _ := onReplicas(b, 2, 0)
	r.cfg.Lines[0].CapPerCounsellor = 1 << 30
	ids := r.talking(200)
	for i := range r.batch {
		go r.drain(b.Context(), r.batch[i])
	}
	for _, need := range []int{0, 1} {
		r.cfg.Replicas = need
		b.Run(fmt.Sprintf("replicas=%d", need), func(b *testing.B) { r.pour(b, ids) })
	}
}
