package routing

import (
	"errors"
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
