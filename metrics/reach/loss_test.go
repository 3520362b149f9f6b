package reach

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"haven/routing/routingtest"
)

// snapshot is the ledger as a copy of the store has it.
type snapshot map[string]map[string]string

// take copies everything of one prefix; SETs as keys without values.
func take(t testing.TB, rdb *redis.Client, prefix string) snapshot {
	t.Helper()
	s := snapshot{}
	names, err := rdb.Keys(t.Context(), keys{prefix}.tag()+"*").Result()
	if err != nil {
		t.Fatal(err)
	}
	for _, key := range names {
		if rdb.Type(t.Context(), key).Val() == "set" {
			s[key] = map[string]string{}
			for _, m := range rdb.SMembers(t.Context(), key).Val() {
				s[key][m] = ""
			}
			continue
		}
		s[key] = rdb.HGetAll(t.Context(), key).Val()
	}
	return s
}

// putBack puts the copy in the place of what is there.
func (s snapshot) putBack(t testing.TB, rdb *redis.Client, prefix string) {
	t.Helper()
	for key := range take(t, rdb, prefix) {
		rdb.Del(t.Context(), key)
	}
	k := keys{prefix}
	for key, fields := range s {
		for f, v := range fields {
			var err error
			if key == k.opened() || key == k.sealedSet() {
				err = rdb.SAdd(t.Context(), key, f).Err()
			} else {
				err = rdb.HSet(t.Context(), key, f, v).Err()
			}
			if err != nil {
				t.Fatal(err)
			}
		}
	}
}

// TestLedgerOldCopyIsNotSealedTwice publishes a week, puts a copy from before back and goes on: the week that was
// published stays what it was, since another one behind the same noise would give the difference away.
func TestLedgerOldCopyIsNotSealedTwice(t *testing.T) {
	rdb, prefix := routingtest.Client(t)
	where := Cell("jip|chatten-helpt|poster|answered")
	week, _ := ParsePeriod("2026-W47")
	var c clock
	c.set("2026-11-18 10:00")
	l := node(t, rdb, prefix, &c, testPlan())
	c.live(t, "2026-11-21 10:00", l)
	copied := take(t, rdb, prefix)
	l.Count(answered("chatten-helpt", "poster"))
	c.live(t, "2026-11-25 10:00", l)
	published := l.Releases().Get(Visits, week).Cells[where]
	if published != noise+1 {
		t.Fatalf("published: %d", published)
	}

	t.Run("a node that lives on", func(t *testing.T) {
		copied.putBack(t, rdb, prefix)
		c.live(t, "2026-11-26 10:00", l)
		again, err := Load(t.Context(), rdb, prefix)
		if err != nil {
			t.Fatal(err)
		}
		if r := again.Get(Visits, week); r == nil || r.Cells[where] != published || r.Draws != 0 {
			t.Errorf("after the copy: %+v", r)
		}
		if n := rdb.Exists(t.Context(), keys{prefix}.open(name(Visits, week))).Val(); n != 0 || !l.Lost() {
			t.Errorf("still open: %d, noticed: %v", n, l.Lost())
		}
	})
	t.Run("a node that knows nothing of it", func(t *testing.T) {
		copied.putBack(t, rdb, prefix)
		fresh := node(t, rdb, prefix, &c, testPlan())
		c.live(t, "2026-11-27 10:00", fresh)
		r := fresh.Releases().Get(Visits, week)
		if r == nil || r.Draws != 2 || r.Cells[where] != 2*noise {
			t.Fatalf("after the copy: %+v", r)
		}
		// The 22nd is the last day of the week on which nobody is known to have run; the copy has the 21st pending.
		if r.LostDays < 2 {
			t.Errorf("%d days are said to be lost", r.LostDays)
		}
		if f := fresh.Releases().Sum(Visits, week, nil); f.Noise[0].N != 2*len(r.Cells) {
			t.Errorf("noise in the sum: %+v of %d cells", f.Noise, len(r.Cells))
		}
	})
}

// TestLedgerOutageIsSaid: days on which no node ran are published as lost, and their hours stay promised.
func TestLedgerOutageIsSaid(t *testing.T) {
	rdb, prefix := routingtest.Client(t)
	var c clock
	c.set("2026-10-31 10:00")
	l := node(t, rdb, prefix, &c, testPlan())
	c.live(t, "2026-11-10 10:00", l)
	if err := l.Flush(t.Context()); err != nil {
		t.Fatal(err)
	}
	c.set("2026-11-21 10:00")
	l = node(t, rdb, prefix, &c, testPlan())
	l.tick(t.Context())
	c.live(t, "2026-12-03 10:00", l)
	month, _ := ParsePeriod("2026-11")
	if about, ok := l.Releases().About(Visits, month); !ok || about.LostDays != 10 {
		t.Errorf("ten days without a node: %+v, %v", about, ok)
	}
	lines, _, ok := l.Releases().Totals(month)
	if !ok || lines[1].Line != "jip" || lines[1].PromisedMinutes != 30*480 {
		t.Errorf("promised: %+v", lines)
	}
}

// TestLedgerOneFailureForgetsNothing fails each command of one node's night in turn, while another holds a day.
func TestLedgerOneFailureForgetsNothing(t *testing.T) {
	rdb, _ := routingtest.Client(t)
	for step, done := 0, false; !done; step++ {
		if step > 200 {
			t.Fatal("the night never ends")
		}
		_, prefix := routingtest.Client(t)
		var c clock
		c.set("2026-11-18 10:00")
		k := &killer{left: 1 << 30, blink: true}
		own := redis.NewClient(rdb.Options())
		own.AddHook(k)
		first, second := node(t, own, prefix, &c, testPlan()), node(t, rdb, prefix, &c, testPlan())
		first.tick(t.Context())
		second.tick(t.Context())
		second.Count(answered("chatten-helpt", "poster"))
		c.set("2026-11-19 00:15")
		k.left = step
		first.tick(t.Context())
		done = !k.dead
		own.Close()
		second.tick(t.Context())
		wantStored(t, rdb, prefix, Visits, "2026-W47", "jip|chatten-helpt|poster|answered", 1)
	}
}

// TestLedgerClockAhead: what one node takes for the past is not sealed while the store's clock says otherwise.
func TestLedgerClockAhead(t *testing.T) {
	rdb, prefix := routingtest.Client(t)
	var c clock
	c.set("2026-11-18 10:00")
	l := node(t, rdb, prefix, &c, testPlan())
	l.tick(t.Context())
	there := c.at
	l.cfg.StoreNow = func(context.Context) (time.Time, error) { return there, nil }
	c.set("2027-11-18 10:00")
	l.tick(t.Context())
	l.tick(t.Context())
	if n := rdb.SCard(t.Context(), keys{prefix}.sealedSet()).Val(); n != 0 {
		t.Errorf("%d tables were sealed", n)
	}
}

// TestLedgerOtherBudgetIsNotFlushed: a node that could not look at its start counts under a budget that is not that of
// what is open. It hands nothing over.
func TestLedgerOtherBudgetIsNotFlushed(t *testing.T) {
	rdb, prefix := routingtest.Client(t)
	var c clock
	c.set("2026-11-18 10:00")
	if err := node(t, rdb, prefix, &c, testPlan()).Begin(t.Context()); err != nil {
		t.Fatal(err)
	}
	changed := testPlan()
	changed.Budgets.Now = Strict()
	l := node(t, rdb, prefix, &c, changed)
	l.Count(answered("chatten-helpt", "poster"))
	if err := l.Flush(t.Context()); !errors.Is(err, ErrBudget) {
		t.Fatalf("flushed: %v", err)
	}
	wantStored(t, rdb, prefix, Visits, "2026-W47", "jip|chatten-helpt|poster|answered", 0)
}
