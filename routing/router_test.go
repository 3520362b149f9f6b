package routing

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"log/slog"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"haven/routing/routingtest"

	"github.com/redis/go-redis/v9"
)

// TestMain runs the tests, in their long form under HAVEN_LONG=1: a hundred times as many random days.
func TestMain(m *testing.M) {
	if os.Getenv("HAVEN_LONG") == "1" {
		flag.Parse()
		flag.Set("rapid.checks", "10000")
	}
	routingtest.Main(m)
}

type nobody struct{}

func (nobody) ChatArrived(string)         {}
func (nobody) ChatStarted(string, int)    {}
func (nobody) ChatEnded(string, string)   {}
func (nobody) ChatRefused(string, string) {}
func (nobody) WrappedUp(string, Wrapup)   {}
func (nobody) HandedOver(string, string)  {}

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
	r.clock.Store(time.Now().UnixNano()) // as a heartbeat would
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
	v, err := b.View(b.ctx, chat, 0, EveryEpoch)
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

// A clock that was set back, or that of a replica that took over, keeps nobody out for as long as it is behind.
func TestSlowDownByAClockThatWasSetBack(t *testing.T) {
	each(t, func(t *testing.T, b *bench) {
		b.cfg.JoinBurst, b.cfg.JoinRate = 20, 10
		b.on("ann", 9)
		ahead := time.Now().Add(time.Hour).Unix()
		b.ok(b.rdb.HSet(b.ctx, sharedKey(b.cfg.Prefix, "bucket"), "n", 7, "at", ahead).Err())
		b.join(false)
		b.ok(b.rdb.HSet(b.ctx, sharedKey(b.cfg.Prefix, "bucket"), "n", 0, "at", ahead).Err())
		if _, err := b.Join(b.ctx, Join{Line: "jip", PK: "pk", Sock: "s"}); !errors.Is(err, ErrSlowDown) {
			t.Fatalf("out of an empty bucket: %v", err)
		}
		at, err := b.rdb.HGet(b.ctx, sharedKey(b.cfg.Prefix, "bucket"), "at").Float64()
		b.ok(err)
		if at > float64(ahead)-1800 {
			t.Error("it fills again only when the clock is that late once more")
		}
	})
}
