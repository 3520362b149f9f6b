package routing

import (
	"errors"
	"log/slog"
	"strconv"
	"testing"
	"time"

	"haven/routing/routingtest"
)

// TestAnEmptiedStoreIsNoEnd: until the pages are told that the store began another life, nobody is told that a chat of the
// last one is unknown: the page would give up what it has.
func TestAnEmptiedStoreIsNoEnd(t *testing.T) {
	each(t, func(t *testing.T, b *bench) {
		j := Joined{Chat: newID(), Token: newID()}
		ask := func(want error) {
			t.Helper()
			if _, _, err := b.Resume(b.ctx, j.Chat, j.Token, "s", 0); !errors.Is(err, want) {
				t.Errorf("resume: %v, want %v", err, want)
			}
			if _, err := b.View(b.ctx, j.Chat, 0, EveryEpoch); !errors.Is(err, want) {
				t.Errorf("view: %v, want %v", err, want)
			}
		}
		ask(ErrNoChat) // nothing was ever told
		before := "the last life"
		b.store.Store(&before)
		ask(ErrUnavailable)
		now, err := b.life(b.ctx)
		b.ok(err)
		b.store.Store(&now)
		ask(ErrNoChat)
	})
}

// told counts how often everybody is told of another life.
type told struct {
	Wakes
	lives int
}

func (c *told) StoreChanged() { c.lives++ }

// TestTheNewestLifeIsTold: a store was killed twice, and this node had stood still meanwhile. Whichever of the two lives it
// is done with last, the newest is told: of the other no page would ever be let in again.
func TestTheNewestLifeIsTold(t *testing.T) {
	each(t, func(t *testing.T, b *bench) {
		var c told
		one, two := "one", "two"
		b.coming.Store(&two)
		b.begins(b.ctx, &c, &two)
		b.begins(b.ctx, &c, &one)
		if b.Store() != two || c.lives != 1 {
			t.Errorf("it is %q, told %d times", b.Store(), c.lives)
		}
	})
}

// TestNodesTellOfALifeTogether: the first node that tells its pages of another life has the other do so, which was about to;
// one that knows of no other life does nothing, and each tells once.
func TestNodesTellOfALifeTogether(t *testing.T) {
	each(t, func(t *testing.T, b *bench) {
		other := newBench(t, b.rdb, b.cfg.Prefix)
		third := newBench(t, b.rdb, b.cfg.Prefix)
		heard := make(chan string, 9)
		for name, r := range map[string]*bench{"other": other, "third": third} {
			stands := make(chan struct{}, 9)
			go r.listen(t.Context(), r.wires()[0], &tells{name, stands, heard})
			<-stands
		}
		now, late := "now", "now"
		b.coming.Store(&now)
		other.coming.Store(&late)
		b.begins(b.ctx, &told{}, &now)
		if who := <-heard; who != "other" || other.Store() != "now" || third.Store() != "" {
			t.Errorf("%s tells; they are %q and %q", who, other.Store(), third.Store())
		}
		var c told
		other.begins(b.ctx, &c, &late)
		b.begins(b.ctx, &c, &now)
		if c.lives != 0 {
			t.Errorf("told %d times more", c.lives)
		}
	})
}

// tells says when a subscription stands, and who tells of another life.
type tells struct {
	name   string
	stands chan<- struct{}
	heard  chan<- string
}

func (w *tells) Resync()            { w.stands <- struct{}{} }
func (w *tells) StoreChanged()      { w.heard <- w.name }
func (w *tells) ChatChanged(string) {}
func (w *tells) DeskChanged(string) {}
func (w *tells) LinesChanged()      {}
func (w *tells) Deliver(Delivery)   {}

// TestRewriteByTheStoresClock: what was deleted leaves the append-only file within the hour, and the file is rewritten
// once in that time, whatever the day is at the node.
func TestRewriteByTheStoresClock(t *testing.T) {
	rdb := routingtest.Start(t).Client()
	defer rdb.Close()
	b := newBench(t, rdb, "rewrite")
	b.rewrite(b.ctx)
	b.rewrite(b.ctx)
	if n := commands(t, rdb)["bgrewriteaof"]; n != 1 {
		t.Errorf("rewritten %d times", n)
	}
	left, err := rdb.PTTL(b.ctx, sharedKey(b.cfg.Prefix, "rewrite")).Result()
	b.ok(err)
	if left > time.Hour || left < time.Hour-time.Minute {
		t.Errorf("again in %v", left)
	}
}

// TestTheTimeIsTheStores: lines open and close by the store's clock, which a heartbeat sets, and a node says by how much its
// own is off.
func TestTheTimeIsTheStores(t *testing.T) {
	each(t, func(t *testing.T, b *bench) {
		r, err := New(b.rdb, Config{Prefix: b.cfg.Prefix, Lines: testLines}, nobody{}, slog.New(slog.DiscardHandler))
		b.ok(err)
		if off := time.Since(r.Now()); off.Abs() > time.Second || r.Ahead() != 0 {
			t.Errorf("before a heartbeat it is %v off, ahead %v", off, r.Ahead())
		}
		there, err := b.rdb.Time(b.ctx).Result()
		b.ok(err)
		r.beat(b.ctx, &told{})
		if off := r.Now().Sub(there); off < 0 || off > 10*time.Second {
			t.Errorf("it is %v later than the store was", off)
		}
		r.sets([]any{strconv.FormatInt(there.Add(-26*time.Hour).Unix(), 10), "0"}) // as of a store that stands a day behind
		if ahead := r.Ahead() - time.Since(there); (ahead - 26*time.Hour).Abs() > 10*time.Second {
			t.Errorf("ahead by %v", ahead)
		}
		if off := there.Sub(r.Now()); (off - 26*time.Hour).Abs() > 10*time.Second {
			t.Errorf("%v behind", off)
		}
		at := r.clock.Load()
		r.sets(nil)
		if r.clock.Load() != at {
			t.Error("no answer set it")
		}
	})
}
