package routing

import (
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"slices"
	"strings"
	"testing"
	"time"

	"haven/routing/routingtest"

	"github.com/redis/go-redis/v9"
)

func TestMain(m *testing.M) { routingtest.Main(m) }

type nobody struct{}

func (nobody) ChatStarted(string, int)    {}
func (nobody) ChatEnded(string, string)   {}
func (nobody) ChatRefused(string, string) {}
func (nobody) WrappedUp(string, Wrapup)   {}

// fataler is a *testing.T, a *testing.B or a *rapid.T.
type fataler interface {
	Helper()
	Fatal(...any)
	Fatalf(string, ...any)
	Context() context.Context
}

// bench is a Router on a store, with the hands a test needs.
type bench struct {
	*Router
	t   fataler
	ctx context.Context
}

var testLines = []Line{
	{Name: "jip", Langs: []string{"nl", "en"}, Hours: Hours{Always: true}, CapPerCounsellor: 3, Target: 60 * time.Second, Instead: []string{"fier"}},
	{Name: "fier", Langs: []string{"nl"}, Hours: Hours{Always: true}, CapPerCounsellor: 3, Target: 60 * time.Second},
	{Name: "shut", Langs: []string{"nl"}, CapPerCounsellor: 3},
}

func newBench(t fataler, rdb redis.UniversalClient, prefix string) *bench {
	t.Helper()
	r, err := New(rdb, Config{Prefix: prefix, Node: "node1", Lines: testLines}, nobody{}, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	return &bench{r, t, t.Context()}
}

// each runs a test on a real server and on miniredis, which the demo uses.
func each(t *testing.T, f func(*testing.T, *bench)) {
	t.Run("redis", func(t *testing.T) {
		rdb, prefix := routingtest.Client(t)
		f(t, newBench(t, rdb, prefix))
	})
	t.Run("mini", func(t *testing.T) { f(t, newBench(t, routingtest.Mini(t), "mini")) })
}

func (b *bench) ok(err error) {
	b.t.Helper()
	if err != nil {
		b.t.Fatal(err)
	}
}

// soon moves every deadline of a kind (or a whole member) into the past, as time would.
func (b *bench) soon(kind string) {
	b.t.Helper()
	key := sharedKey(b.cfg.Prefix, "due")
	all, err := b.rdb.ZRange(b.ctx, key, 0, -1).Result()
	b.ok(err)
	n := 0
	for _, m := range all {
		if m == kind || strings.HasPrefix(m, kind+":") {
			b.ok(b.rdb.ZAdd(b.ctx, key, redis.Z{Score: 1, Member: m}).Err())
			n++
		}
	}
	if n == 0 {
		b.t.Fatalf("no deadline %q among %v", kind, all)
	}
	b.sweep(b.ctx)
}

func (b *bench) on(name string, capacity int) {
	b.t.Helper()
	_, err := b.Enter(b.ctx, OnDuty{Name: name, Lines: []string{"jip"}, Langs: []string{"nl"}}, "d-"+name)
	b.ok(err)
	if capacity > 0 {
		b.ok(b.SetReady(b.ctx, name, capacity))
	}
}

func (b *bench) join(urgent bool) Joined {
	b.t.Helper()
	j, err := b.Join(b.ctx, Join{Line: "jip", Lang: "nl", Urgent: urgent, PK: "pk", Sock: "s"})
	b.ok(err)
	return j
}

// rings is the chat that rings at a desk, or "".
func (b *bench) rings(name string) string {
	b.t.Helper()
	v, err := b.DeskView(b.ctx, name)
	b.ok(err)
	if v.Offer == nil {
		return ""
	}
	return v.Offer.Chat
}

func (b *bench) accept(name, pk string) View {
	b.t.Helper()
	d, err := b.DeskView(b.ctx, name)
	b.ok(err)
	if d.Offer == nil {
		b.t.Fatalf("nothing rings at %s", name)
	}
	v, err := b.Accept(b.ctx, name, d.Offer.Offer, pk)
	b.ok(err)
	return v
}

func (b *bench) wantRings(name, chat string) {
	b.t.Helper()
	if got := b.rings(name); got != chat {
		b.t.Fatalf("%s is rung for by %q, want %q", name, got, chat)
	}
}

func (b *bench) view(chat string) View {
	b.t.Helper()
	v, err := b.View(b.ctx, chat, 0)
	b.ok(err)
	return v
}

func TestRefusals(t *testing.T) {
	each(t, func(t *testing.T, b *bench) {
		refused := func(line, reason string) {
			t.Helper()
			before := b.keyspace()
			_, err := b.Join(b.ctx, Join{Line: line, PK: "pk", Sock: "s"})
			var r *Refusal
			if !errors.As(err, &r) || r.Reason != reason {
				t.Fatalf("join %s: %v, want %s", line, err, reason)
			}
			if after := b.keyspace(); !slices.Equal(before, after) {
				t.Fatalf("a refusal changed the keys: %v, before %v", after, before)
			}
		}
		refused("none", RefusedUnknownLine)
		refused("shut", RefusedClosed)
		refused("jip", RefusedNobody)
		b.on("ann", 0)
		refused("jip", RefusedNobody)
		b.ok(b.SetReady(b.ctx, "ann", 1))
		for range 1 + 3 { // one rings, three wait: room of none is left
			b.join(false)
		}
		refused("jip", RefusedFull)
	})
}

// keyspace is every key of this bench's prefix and how it stands, but the counters that a refusal may move.
func (b *bench) keyspace() []string {
	var out []string
	it := b.rdb.Scan(b.ctx, 0, b.cfg.Prefix+":*", 1000).Iterator()
	for it.Next(b.ctx) {
		out = append(out, it.Val())
	}
	b.ok(it.Err())
	slices.Sort(out)
	return out
}

func TestOffersByRoomThenIdle(t *testing.T) {
	each(t, func(t *testing.T, b *bench) {
		b.on("ann", 1)
		b.on("bea", 3)
		b.on("cas", 3)
		c1 := b.join(false)
		b.wantRings("bea", c1.Chat) // most room, longest idle
		c2 := b.join(false)
		b.wantRings("cas", c2.Chat)
		b.accept("bea", "k1")
		c3 := b.join(false)
		b.wantRings("bea", c3.Chat) // two free places against one
		c4 := b.join(false)
		b.wantRings("ann", c4.Chat)
	})
}

func TestDeclineKeepsTheTicket(t *testing.T) {
	each(t, func(t *testing.T, b *bench) {
		b.on("ann", 1)
		first, second := b.join(false), b.join(false)
		b.wantRings("ann", first.Chat)
		b.on("bea", 0)
		d, _ := b.DeskView(b.ctx, "ann")
		b.ok(b.SetReady(b.ctx, "bea", 1))
		b.wantRings("bea", second.Chat)
		b.ok(b.Decline(b.ctx, "ann", d.Offer.Offer))
		b.wantRings("ann", "") // passed over for the first, and the second rings elsewhere
		if err := b.Decline(b.ctx, "ann", d.Offer.Offer); !errors.Is(err, ErrNoOffer) {
			t.Fatal(err)
		}
		third := b.join(false)
		b.wantRings("ann", third.Chat)
		dv, _ := b.DeskView(b.ctx, "bea")
		b.ok(b.Decline(b.ctx, "bea", dv.Offer.Offer))
		b.wantRings("bea", first.Chat) // the oldest that she was not passed over for
		o, err := b.Take(b.ctx, "bea")
		b.ok(err)
		if o.Chat != first.Chat {
			t.Fatal("take gives what rings already")
		}
	})
}

func TestEverybodyPassedOver(t *testing.T) {
	each(t, func(t *testing.T, b *bench) {
		b.on("ann", 1)
		c := b.join(false)
		d, _ := b.DeskView(b.ctx, "ann")
		b.ok(b.Decline(b.ctx, "ann", d.Offer.Offer))
		b.wantRings("ann", c.Chat)
		d2, _ := b.DeskView(b.ctx, "ann")
		if d2.Offer.Offer == d.Offer.Offer {
			t.Fatal("an offer id came twice")
		}
	})
}

func TestMissedRing(t *testing.T) {
	each(t, func(t *testing.T, b *bench) {
		b.on("ann", 1)
		c := b.join(false)
		b.wantRings("ann", c.Chat)
		b.soon("ring")
		d, _ := b.DeskView(b.ctx, "ann")
		if d.State != StateRest || d.Offer != nil {
			t.Fatalf("after a missed ring: %+v", d)
		}
		if _, err := b.Join(b.ctx, Join{Line: "jip", PK: "pk", Sock: "s"}); err == nil {
			t.Fatal("somebody was let in line with nobody on duty")
		}
		b.ok(b.SetReady(b.ctx, "ann", 1))
		b.wantRings("ann", c.Chat) // ready again: not passed over any more
	})
}

func TestPassEndsAfterItsTime(t *testing.T) {
	each(t, func(t *testing.T, b *bench) {
		b.on("ann", 1)
		b.on("bea", 1)
		c1, c2 := b.join(false), b.join(false)
		b.wantRings("ann", c1.Chat)
		b.wantRings("bea", c2.Chat)
		d, _ := b.DeskView(b.ctx, "ann")
		b.ok(b.Decline(b.ctx, "ann", d.Offer.Offer))
		b.wantRings("ann", "")
		key := sharedKey(b.cfg.Prefix, "chats")
		j, err := b.rdb.HGet(b.ctx, key, c1.Chat).Result()
		b.ok(err)
		var rec map[string]any
		b.ok(json.Unmarshal([]byte(j), &rec))
		rec["x"].(map[string]any)["ann"].([]any)[1] = 1 // its time is over
		past, _ := json.Marshal(rec)
		b.ok(b.rdb.HSet(b.ctx, key, c1.Chat, past).Err())
		b.soon("pass")
		b.wantRings("ann", c1.Chat)
		b.accept("bea", "k")
	})
}

func TestTakeIgnoresAPass(t *testing.T) {
	each(t, func(t *testing.T, b *bench) {
		b.on("ann", 1)
		b.on("bea", 1)
		c1, c2 := b.join(false), b.join(false)
		b.wantRings("bea", c2.Chat)
		d, _ := b.DeskView(b.ctx, "ann")
		b.ok(b.Decline(b.ctx, "ann", d.Offer.Offer))
		b.wantRings("ann", "")
		o, err := b.Take(b.ctx, "ann")
		b.ok(err)
		if o.Chat != c1.Chat {
			t.Fatal("take gave another chat")
		}
	})
}

func TestUrgentGoesAheadThreeInARow(t *testing.T) {
	each(t, func(t *testing.T, b *bench) {
		b.on("ann", 1)
		b.accept0(b.join(false))
		old := b.join(false)
		key := sharedKey(b.cfg.Prefix, "chats")
		j, _ := b.rdb.HGet(b.ctx, key, old.Chat).Result()
		i := strings.Index(j, `"a":`)
		b.ok(b.rdb.HSet(b.ctx, key, old.Chat, j[:i+4]+"1"+j[i+4+strings.IndexAny(j[i+4:], ",}"):]).Err()) // waits since 1970
		b.ok(b.SetReady(b.ctx, "ann", 100))
		b.wantRings("ann", old.Chat)
		d, _ := b.DeskView(b.ctx, "ann")
		b.ok(b.SetReady(b.ctx, "ann", 1)) // takes the ring away again
		_ = d
		var urgent []Joined
		for range 2 {
			urgent = append(urgent, b.join(true))
		}
		b.cfg.Lines[0].CapPerCounsellor = 100
		for range 3 {
			urgent = append(urgent, b.join(true))
		}
		b.ok(b.SetReady(b.ctx, "ann", 100))
		var order []string
		for range 6 {
			order = append(order, b.rings("ann"))
			b.accept("ann", "k")
		}
		want := []string{urgent[0].Chat, urgent[1].Chat, urgent[2].Chat, old.Chat, urgent[3].Chat, urgent[4].Chat}
		if !slices.Equal(order, want) {
			t.Fatalf("order %v, want %v", order, want)
		}
	})
}

func (b *bench) accept0(j Joined) View {
	b.t.Helper()
	v := b.accept("ann", "k0")
	if v.Chat != j.Chat {
		b.t.Fatalf("another chat rang")
	}
	return v
}

func TestAcceptIsOnce(t *testing.T) {
	each(t, func(t *testing.T, b *bench) {
		b.on("ann", 2)
		j := b.join(false)
		d, _ := b.DeskView(b.ctx, "ann")
		v, err := b.Accept(b.ctx, "ann", d.Offer.Offer, "k")
		b.ok(err)
		if v.Phase != Talking || v.Current() == nil || v.Current().E != 0 || v.Current().PK != "k" || v.PKY != "pk" || v.DeskShare == "" {
			t.Fatalf("%+v", v)
		}
		again, err := b.Accept(b.ctx, "ann", d.Offer.Offer, "k")
		b.ok(err)
		if again.DeskShare != v.DeskShare || len(again.Epochs) != 1 {
			t.Fatalf("repeated: %+v", again)
		}
		if _, err := b.Accept(b.ctx, "ann", d.Offer.Offer, "other"); !errors.Is(err, ErrNoOffer) {
			t.Fatal(err)
		}
		if _, err := b.Accept(b.ctx, "bea", d.Offer.Offer, "k"); !errors.Is(err, ErrNoOffer) {
			t.Fatal(err)
		}
		if v := b.view(j.Chat); v.Line != "jip" || v.Share != j.Share {
			t.Fatalf("%+v", v)
		}
	})
}

func TestYouthDropAndReturnInLine(t *testing.T) {
	each(t, func(t *testing.T, b *bench) {
		b.on("ann", 1)
		b.accept0(b.join(false))
		j1, j2 := b.join(false), b.join(false)
		b.ok(b.Drop(b.ctx, j1.Chat, "other")) // a replaced socket
		b.ok(b.Drop(b.ctx, j1.Chat, "s"))
		ls, err := b.Snapshot(b.ctx)
		b.ok(err)
		if ls[0].Waiting != 1 || !slices.Equal(ls[0].Heads, []string{j2.Chat}) {
			t.Fatalf("%+v", ls[0])
		}
		if _, _, err := b.Resume(b.ctx, j1.Chat, "wrong", "s2", 0); !errors.Is(err, ErrNoChat) {
			t.Fatal(err)
		}
		v, ahead, err := b.Resume(b.ctx, j1.Chat, j1.Token, "s2", 0)
		b.ok(err)
		if v.Phase != Waiting || ahead != 0 || v.Sock != "node1/s2" {
			t.Fatalf("%+v %d", v, ahead)
		}
		if ls, _ = b.Snapshot(b.ctx); !slices.Equal(ls[0].Heads, []string{j1.Chat, j2.Chat}) {
			t.Fatalf("the old ticket was lost: %+v", ls[0])
		}
		b.ok(b.Drop(b.ctx, j1.Chat, "s2"))
		b.soon("held")
		if v := b.view(j1.Chat); v.Phase != Over || v.Reason != ReasonAbandoned || v.Share != "" {
			t.Fatalf("%+v", v)
		}
		if _, _, err := b.Resume(b.ctx, j1.Chat, j1.Token, "s3", 0); !errors.Is(err, ErrNoChat) {
			t.Fatal(err)
		}
	})
}

func TestDropWhileRinging(t *testing.T) {
	each(t, func(t *testing.T, b *bench) {
		b.on("ann", 1)
		j1, j2 := b.join(false), b.join(false)
		b.wantRings("ann", j1.Chat)
		b.ok(b.Drop(b.ctx, j1.Chat, "s"))
		b.wantRings("ann", j2.Chat)
		_, _, err := b.Resume(b.ctx, j1.Chat, j1.Token, "s2", 0)
		b.ok(err)
		b.ok(b.Leave(b.ctx, j2.Chat))
		b.wantRings("ann", j1.Chat)
	})
}

func TestLostAndBackAtTheFront(t *testing.T) {
	each(t, func(t *testing.T, b *bench) {
		b.on("ann", 1)
		j := b.join(false)
		b.accept0(j)
		b.append(j.Chat, Youth, "", 0, "m1", nil)
		later := b.join(false)
		b.ok(b.Drop(b.ctx, j.Chat, "s"))
		b.soon("away")
		if v := b.view(j.Chat); v.Phase != Lost || v.Reason != ReasonLost || v.Share != "" || len(v.Messages) != 0 {
			t.Fatalf("%+v", v)
		}
		v, ahead, err := b.Resume(b.ctx, j.Chat, j.Token, "s2", 0)
		b.ok(err)
		if v.Phase != Waiting || ahead != 0 || v.Share == "" {
			t.Fatalf("%+v ahead %d", v, ahead)
		}
		b.ok(b.Wrapup(b.ctx, "ann", j.Chat, Wrapup{}))
		b.ok(b.Wrapup(b.ctx, "ann", j.Chat, Wrapup{})) // repeated
		b.wantRings("ann", j.Chat)
		if v := b.accept("ann", "k2"); v.Current().E != 1 || v.Chat != j.Chat {
			t.Fatalf("%+v", v)
		}
		b.append(j.Chat, Youth, "", 1, "m2", nil)
		_ = later
	})
}

func TestDeskDropReturnAndForfeit(t *testing.T) {
	each(t, func(t *testing.T, b *bench) {
		b.on("ann", 1)
		j := b.join(false)
		b.accept0(j)
		b.ok(b.DropDesk(b.ctx, "ann", "other"))
		b.ok(b.DropDesk(b.ctx, "ann", "d-ann"))
		if v := b.view(j.Chat); v.Phase != Away {
			t.Fatalf("%+v", v)
		}
		b.on("ann", 0)
		if v := b.view(j.Chat); v.Phase != Talking || v.Current().E != 0 {
			t.Fatalf("%+v", v)
		}
		later := b.join(false)
		b.ok(b.DropDesk(b.ctx, "ann", "d-ann"))
		b.soon("grace")
		if v := b.view(j.Chat); v.Phase != Waiting {
			t.Fatalf("%+v", v)
		}
		b.append(j.Chat, Youth, "", 0, "m", ErrStaleEpoch)
		b.append(j.Chat, Counsellor, "ann", 0, "m", ErrNoChat)
		b.on("bea", 2)
		b.wantRings("bea", j.Chat) // at the front
		b.accept("bea", "k1")
		b.wantRings("bea", later.Chat)
		if v := b.view(j.Chat); v.Current().E != 1 || v.Current().Owner != "bea" {
			t.Fatalf("%+v", v)
		}
	})
}

func TestLeaseRunsOutAndIsRenewed(t *testing.T) {
	each(t, func(t *testing.T, b *bench) {
		b.on("ann", 1)
		j := b.join(false)
		b.accept0(j)
		b.soon("lease")
		if v := b.view(j.Chat); v.Phase != Away {
			t.Fatalf("%+v", v)
		}
		b.ok(b.Renew(b.ctx, []string{"ann"})) // the node had only stood still
		if v := b.view(j.Chat); v.Phase != Talking {
			t.Fatalf("%+v", v)
		}
		b.ok(b.rdb.Del(b.ctx, b.keys...).Err()) // emptied
		b.ok(b.Renew(b.ctx, []string{"ann"}))
		if d, _ := b.DeskView(b.ctx, "ann"); d.State != StateReady || d.Capacity != 1 {
			t.Fatalf("%+v", d)
		}
	})
}

func TestWrapupHoldsItsPlace(t *testing.T) {
	each(t, func(t *testing.T, b *bench) {
		b.on("ann", 1)
		j := b.join(false)
		b.accept0(j)
		b.append(j.Chat, Counsellor, "ann", 0, "m", nil)
		next := b.join(false)
		b.ok(b.End(b.ctx, "ann", j.Chat, ReasonDone))
		b.ok(b.End(b.ctx, "ann", j.Chat, ReasonDone))
		b.wantRings("ann", "")
		d, _ := b.DeskView(b.ctx, "ann")
		if d.State != StateBusy || !slices.Equal(d.Wrapups, []string{j.Chat}) || len(d.Chats) != 0 {
			t.Fatalf("%+v", d)
		}
		b.soon("wrap")
		b.wantRings("ann", next.Chat)
		if d, _ = b.DeskView(b.ctx, "ann"); len(d.Wrapups) != 1 {
			t.Fatalf("still owed: %+v", d)
		}
		b.ok(b.Wrapup(b.ctx, "ann", j.Chat, Wrapup{}))
		if err := b.Wrapup(b.ctx, "ann", next.Chat, Wrapup{}); !errors.Is(err, ErrNoChat) {
			t.Fatal(err)
		}
		b.soon("owed")
		b.soon("linger")
		b.soon("tomb")
	})
}

func (b *bench) append(chat string, from Side, owner string, e int, id string, want error) *Append {
	b.t.Helper()
	done := make(chan *Append, 1)
	a := &Append{Chat: chat, From: from, Owner: owner, E: e, ID: id, Body: []byte(`"from":"` + string(from) + `"}`), Done: func(a *Append) { done <- a }}
	bt := newBatch(b.Router)
	bt.add(&job{kind: jobAppend, add: a, chat: chat})
	bt.send()
	<-done
	if !errors.Is(a.Err, want) || (want == nil && a.Err != nil) {
		b.t.Fatalf("append: %v, want %v", a.Err, want)
	}
	return a
}

func TestLog(t *testing.T) {
	each(t, func(t *testing.T, b *bench) {
		b.on("ann", 1)
		j := b.join(false)
		b.append(j.Chat, Youth, "", 0, "m0", ErrStaleEpoch) // nobody there yet
		b.accept0(j)
		for i, w := range []struct {
			from      Side
			id        string
			seq, prev int64
		}{{Youth, "m1", 1, 0}, {Youth, "m2", 2, 1}, {Counsellor, "m3", 3, 0}, {Youth, "m4", 4, 2}, {Counsellor, "m5", 5, 3}} {
			owner := ""
			if w.from == Counsellor {
				owner = "ann"
			}
			a := b.append(j.Chat, w.from, owner, 0, w.id, nil)
			if a.Seq != w.seq || a.Prev != w.prev || a.Dup {
				t.Fatalf("%d: %+v", i, a)
			}
		}
		if a := b.append(j.Chat, Youth, "", 7, "m2", nil); a.Seq != 2 || !a.Dup {
			t.Fatalf("dedupe comes before the epoch: %+v", a)
		}
		b.append(j.Chat, Youth, "", 1, "m9", ErrStaleEpoch)
		b.append(j.Chat, Counsellor, "bea", 0, "m9", ErrNoChat)
		b.append("AAAAAAAAAAAAAAAAAAAAAA", Youth, "", 0, "m9", ErrNoChat)
		v, err := b.View(b.ctx, j.Chat, 2)
		b.ok(err)
		if len(v.Messages) != 3 || v.Messages[0].Seq != 3 || string(v.Messages[0].Body) != `"from":"c"}` || v.Seq != 5 {
			t.Fatalf("%+v", v)
		}
		for _, k := range []string{stateKey(b.cfg.Prefix, j.Chat), logKey(b.cfg.Prefix, j.Chat)} {
			ttl, err := b.rdb.PTTL(b.ctx, k).Result()
			b.ok(err)
			if ttl < 2*time.Hour-time.Second || ttl > 3*time.Hour {
				t.Fatalf("%s lives %v", k, ttl)
			}
		}
		b.ok(b.End(b.ctx, "ann", j.Chat, ReasonDone))
		b.append(j.Chat, Youth, "", 0, "m8", ErrNoChat)
		if v := b.view(j.Chat); v.Phase != Done || len(v.Messages) != 5 {
			t.Fatalf("%+v", v)
		}
		b.soon("linger")
		if v := b.view(j.Chat); v.Phase != Over || len(v.Messages) != 0 || v.Share != "" || v.PKY != "" || len(v.Epochs) != 0 {
			t.Fatalf("%+v", v)
		}
	})
}

func TestDoneAfterAllWasReadDeletesAtOnce(t *testing.T) {
	each(t, func(t *testing.T, b *bench) {
		for i := range b.batch {
			go b.drain(t.Context(), b.batch[i])
		}
		b.on("ann", 2)
		before, after := b.join(false), (Joined{})
		b.accept0(before)
		a := b.append(before.Chat, Counsellor, "ann", 0, "m", nil)
		b.ok(b.Read(b.ctx, before.Chat, Youth, "", a.Seq))
		b.ok(b.End(b.ctx, "ann", before.Chat, ReasonDone))
		after = b.join(false)
		b.accept0(after)
		a = b.append(after.Chat, Counsellor, "ann", 0, "m", nil)
		b.ok(b.End(b.ctx, "ann", after.Chat, ReasonDone))
		if v := b.view(after.Chat); v.Phase != Done {
			t.Fatalf("%+v", v)
		}
		b.ok(b.Read(b.ctx, after.Chat, Youth, "", a.Seq))
		for _, j := range []Joined{before, after} {
			if v := b.view(j.Chat); v.Phase != Over || v.Reason != ReasonDone || v.Share != "" || len(v.Messages) != 0 {
				t.Fatalf("%+v", v)
			}
		}
	})
}

func TestLeaveDeletesAtOnce(t *testing.T) {
	each(t, func(t *testing.T, b *bench) {
		b.on("ann", 1)
		j := b.join(false)
		b.accept0(j)
		b.append(j.Chat, Youth, "", 0, "m1", nil)
		b.ok(b.Leave(b.ctx, j.Chat))
		b.ok(b.Leave(b.ctx, j.Chat))
		n, err := b.rdb.Exists(b.ctx, logKey(b.cfg.Prefix, j.Chat)).Result()
		b.ok(err)
		f, err := b.rdb.HKeys(b.ctx, stateKey(b.cfg.Prefix, j.Chat)).Result()
		b.ok(err)
		slices.Sort(f)
		if n != 0 || !slices.Equal(f, []string{"ph", "r", "v"}) {
			t.Fatalf("left: log %d, state %v", n, f)
		}
		if d, _ := b.DeskView(b.ctx, "ann"); len(d.Wrapups) != 1 || len(d.Chats) != 0 {
			t.Fatalf("%+v", d)
		}
	})
}

func TestDeadNode(t *testing.T) {
	each(t, func(t *testing.T, b *bench) {
		b.on("ann", 1)
		j1 := b.join(false)
		b.accept0(j1)
		j2 := b.join(false)
		other := newBench(t, b.rdb, b.cfg.Prefix)
		other.cfg.Node = "node2"
		_, _, err := other.Resume(b.ctx, j2.Chat, j2.Token, "s9", 0) // moved in time
		b.ok(err)
		_, _, err = b.shared(b.ctx, "beat", 0, "node1", 10)
		b.ok(err)
		other.soon("node:node1")
		if v := b.view(j1.Chat); v.Sock != "" {
			t.Fatalf("%+v", v)
		}
		if v := b.view(j2.Chat); v.Sock != "node2/s9" {
			t.Fatalf("%+v", v)
		}
	})
}

func TestRekeyIsANewEpochOfTheSameOwner(t *testing.T) {
	each(t, func(t *testing.T, b *bench) {
		b.on("ann", 1)
		j := b.join(false)
		b.accept0(j)
		v, err := b.ResumeDesk(b.ctx, "ann", j.Chat, "", 0)
		b.ok(err)
		if len(v.Epochs) != 1 {
			t.Fatalf("%+v", v)
		}
		v, err = b.ResumeDesk(b.ctx, "ann", j.Chat, "k9", 0)
		b.ok(err)
		if e := v.Current(); e.E != 1 || e.Owner != "ann" || e.PK != "k9" {
			t.Fatalf("%+v", v)
		}
		if _, err = b.ResumeDesk(b.ctx, "bea", j.Chat, "", 0); !errors.Is(err, ErrNoChat) {
			t.Fatal(err)
		}
	})
}

func TestCrashBetweenTheTwoStatesIsMadeGood(t *testing.T) {
	each(t, func(t *testing.T, b *bench) {
		b.on("ann", 1)
		j := b.join(false)
		d, _ := b.DeskView(b.ctx, "ann")
		_, _, err := b.shared(b.ctx, "accept", -1, "ann", d.Offer.Offer, "k", servedKept) // and the node dies here
		b.ok(err)
		if v := b.view(j.Chat); v.Phase != Waiting {
			t.Fatalf("%+v", v)
		}
		b.soon("apply")
		if v := b.view(j.Chat); v.Phase != Talking || v.Current().PK != "k" {
			t.Fatalf("%+v", v)
		}
		if n, _ := b.rdb.ZScore(b.ctx, sharedKey(b.cfg.Prefix, "due"), "apply:"+j.Chat).Result(); n != 0 {
			t.Fatal("still unsettled")
		}
	})
}

func TestSlowDown(t *testing.T) {
	each(t, func(t *testing.T, b *bench) {
		b.cfg.JoinBurst, b.cfg.JoinRate = 2, 1
		b.on("ann", 9)
		b.join(false)
		b.join(false)
		for range 10 { // a second may begin between two of them, and brings one token
			_, err := b.Join(b.ctx, Join{Line: "jip", PK: "pk", Sock: "s"})
			if errors.Is(err, ErrSlowDown) {
				return
			}
			b.ok(err)
		}
		t.Fatal("ten joins out of a bucket of two")
	})
}
