package reach

import (
	"bytes"
	"fmt"
	"log/slog"
	"strings"
	"testing"

	"github.com/redis/go-redis/v9"

	"haven/routing/routingtest"
)

// empty takes away everything of one prefix.
func empty(t testing.TB, rdb *redis.Client, prefix string) {
	t.Helper()
	for key := range take(t, rdb, prefix) {
		rdb.Del(t.Context(), key)
	}
}

// TestLedgerEmptiedIsSaid empties the ledger on the day of a flush, with and without a restart, on the first day of
// periods and in their middle, on the chats' Redis and on one of its own. What is sealed after that never passes for whole.
func TestLedgerEmptiedIsSaid(t *testing.T) {
	where := Cell("jip|chatten-helpt|poster|answered")
	for _, c := range []struct {
		from, day, until string
		periods          []string // in which the day lies
		first, whole     string   // of these the one of which it is the first day; one that begins later
	}{
		{"2026-11-28", "2026-11-30", "2026-12-17", []string{"2026-W49", "2026-11", "2026"}, "2026-W49", "2026-W50"},
		{"2026-11-29", "2026-12-01", "2026-12-17", []string{"2026-W49", "2026-12", "2026"}, "2026-12", "2026-W50"},
		{"2026-11-30", "2026-12-02", "2026-12-17", []string{"2026-W49", "2026-12", "2026"}, "", "2026-W50"},
		{"2026-12-30", "2027-01-01", "2027-01-14", []string{"2026-W53", "2027-01", "2027"}, "2027-01", "2027-W01"},
	} {
		for _, own := range []bool{false, true} {
			for _, restart := range []bool{false, true} {
				at := fmt.Sprintf("%s, own Redis %v, restart %v", c.day, own, restart)
				rdb, prefix := routingtest.Client(t)
				beside := routingtest.Mini(t)
				var log bytes.Buffer
				start := func(k *clock) *Ledger {
					l := node(t, rdb, prefix, k, testPlan())
					if own {
						l.cfg.Beside = beside
					}
					l.log = slog.New(slog.NewTextHandler(&log, nil))
					if err := l.Begin(t.Context()); err != nil {
						t.Fatal(err)
					}
					return l
				}
				var k clock
				k.set(c.from + " 10:00")
				l := start(&k)
				k.live(t, c.day+" 09:00", l)
				for range 42 {
					l.Count(answered("chatten-helpt", "poster"))
				}
				if err := l.Flush(t.Context()); err != nil {
					t.Fatal(err)
				}
				wantStored(t, rdb, prefix, Visits, c.periods[0], where, 42)
				empty(t, rdb, prefix)
				if restart {
					l = start(&k)
				}
				k.live(t, c.day+" 10:00", l)
				knows := own || !restart
				if l.Lost() != knows || strings.Contains(log.String(), "ledger_lost") != knows {
					t.Errorf("%s: lost %v, logged %q", at, l.Lost(), &log)
				}
				l.Count(answered("chatten-helpt", "poster"))
				if err := l.Flush(t.Context()); err != nil {
					t.Fatal(err)
				}
				day, _ := ParseDay(c.day)
				want := Day(0)
				if knows {
					want = day
				}
				for _, open := range c.periods {
					p, _ := ParsePeriod(open)
					f := rdb.HGetAll(t.Context(), keys{prefix}.open(name(Visits, p))).Val()
					if f[".since"] != c.day || knows && f[".emptied"] != c.day {
						t.Errorf("%s: %s is open since %q, emptied %q", at, open, f[".since"], f[".emptied"])
					}
				}
				l = start(&k) // what was seen does not end with who saw it
				k.live(t, c.until+" 10:00", l)
				for i, sealed := range c.periods {
					p, _ := ParsePeriod(sealed)
					if i > 0 && DayOf(k.at) < p.SealDay() {
						continue
					}
					r := l.Releases().Get(Visits, p)
					about, _ := l.Releases().About(Visits, p)
					if r == nil || r.Since != day || r.Emptied != want || about.Emptied != want || r.Cells[where] != noise+1 {
						t.Errorf("%s: %s was sealed as %+v", at, sealed, r)
					}
					if r != nil && (r.Since == p.From) != (sealed == c.first) {
						t.Errorf("%s: %s is counted since %s", at, sealed, r.Since)
					}
				}
				p, _ := ParsePeriod(c.whole)
				if r := l.Releases().Get(Visits, p); r == nil || r.Since != p.From || r.Emptied != 0 {
					t.Errorf("%s: %s began after that and was sealed as %+v", at, c.whole, r)
				}
				if l.Lost() {
					t.Errorf("%s: lost again after the next start", at)
				}
			}
		}
	}
}

// TestLedgerEmptiedBeforeAFlush: a day that waited in memory is handed to the emptied ledger, and opens no period of its
// own as if it had been counted from its beginning.
func TestLedgerEmptiedBeforeAFlush(t *testing.T) { ledgerEmptiedBeforeAFlush(t) }

func ledgerEmptiedBeforeAFlush(t testing.TB) {
	t.Helper()
	rdb, prefix := routingtest.Client(t)
	var c clock
	c.set("2026-11-20 10:00")
	l := node(t, rdb, prefix, &c, testPlan())
	c.live(t, "2026-11-30 10:00", l) // the first day of a week
	l.Count(answered("chatten-helpt", "poster"))
	c.set("2026-12-01 10:00")
	empty(t, rdb, prefix)
	l.tick(t.Context())
	for _, name := range rdb.SMembers(t.Context(), keys{prefix}.opened()).Val() {
		if p, _ := parseName(name); p.Period.From <= DayOf(c.at) && rdb.HGet(t.Context(), keys{prefix}.open(name), ".emptied").Val() != "2026-12-01" {
			t.Errorf("%s bears no mark while it is open", name)
		}
	}
	c.live(t, "2026-12-15 10:00", l)
	for period, since := range map[string]string{"2026-W49": "2026-12-01", "2026-11": "2026-11-30"} { // the last day of November
		p, _ := ParsePeriod(period)
		r := l.Releases().Get(Visits, p)
		if r == nil || r.Since.String() != since || r.Emptied.String() != "2026-12-01" || r.Cells["jip|chatten-helpt|poster|answered"] != noise+1 {
			t.Errorf("%s: %+v", period, r)
		}
	}
}

// TestLedgerEveryLossIsLogged: not the first of a process alone, and once each, however often what follows fails.
func TestLedgerEveryLossIsLogged(t *testing.T) {
	rdb, prefix := routingtest.Client(t)
	k := &killer{left: 1 << 30, blink: true}
	own := redis.NewClient(rdb.Options())
	defer own.Close()
	own.AddHook(k)
	var c clock
	c.set("2026-11-20 10:00")
	var log bytes.Buffer
	l := node(t, own, prefix, &c, testPlan())
	l.log = slog.New(slog.NewTextHandler(&log, nil))
	c.live(t, "2026-11-25 10:00", l) // a week is sealed and has to be put back
	for n := 1; n <= 3; n++ {
		empty(t, rdb, prefix)
		k.left, k.dead = 1, false // the second command fails: that with which it is put back
		l.tick(t.Context())
		if !k.dead {
			t.Fatal("nothing failed")
		}
		k.left = 1 << 30
		l.tick(t.Context())
		l.tick(t.Context())
		if got := strings.Count(log.String(), "reason=ledger_lost"); got != n {
			t.Errorf("%d losses are logged as %d:\n%s", n, got, &log)
		}
	}
}

// TestLedgerOldCopyBesideAWitness puts an old copy back, on a Redis of its own, while no node runs and no day is missing:
// the next node knows, marks what is open, and draws noise once more, since what is open may have been published.
func TestLedgerOldCopyBesideAWitness(t *testing.T) {
	rdb, prefix := routingtest.Client(t)
	beside := routingtest.Mini(t)
	var c clock
	c.set("2026-11-24 10:00")
	start := func() *Ledger {
		l := node(t, rdb, prefix, &c, testPlan())
		l.cfg.Beside = beside
		l.tick(t.Context())
		return l
	}
	l := start()
	copied := take(t, rdb, prefix)
	l.Count(answered("chatten-helpt", "poster"))
	if err := l.Flush(t.Context()); err != nil {
		t.Fatal(err)
	}
	copied.putBack(t, rdb, prefix)
	c.set("2026-11-24 12:00")
	l = start()
	if !l.Lost() {
		t.Error("not noticed")
	}
	c.live(t, "2026-12-03 10:00", l)
	for _, period := range []string{"2026-W48", "2026-11"} {
		p, _ := ParsePeriod(period)
		if r := l.Releases().Get(Visits, p); r == nil || !r.Back || r.Draws != 2 || r.Cells["jip|chatten-helpt|poster|answered"] != 2*noise {
			t.Errorf("%s: %+v", period, r)
		}
	}
	if l = start(); l.Lost() {
		t.Error("noticed again")
	}
}

// TestLedgerWaitsForItsWitness: a start that cannot ask what the ledger was takes no emptied one for new.
func TestLedgerWaitsForItsWitness(t *testing.T) {
	rdb, prefix := routingtest.Client(t)
	server := routingtest.Start(t)
	beside := server.Client()
	defer beside.Close()
	var c clock
	c.set("2026-11-30 10:00")
	start := func() *Ledger {
		l := node(t, rdb, prefix, &c, testPlan())
		l.cfg.Beside = beside
		l.tick(t.Context())
		return l
	}
	l := start()
	l.Count(answered("chatten-helpt", "poster"))
	if err := l.Flush(t.Context()); err != nil {
		t.Fatal(err)
	}
	server.Kill()
	empty(t, rdb, prefix)
	l = start()
	l.Count(answered("chatten-helpt", "poster"))
	if l.up.Load() || len(take(t, rdb, prefix)) != 0 || l.Flush(t.Context()) == nil {
		t.Errorf("up %v without its witness, which left %v", l.up.Load(), take(t, rdb, prefix))
	}
	server.Restart(t, false)
	l.tick(t.Context())
	week := keys{prefix}.open("visits:2026-W49")
	if !l.up.Load() || !l.Lost() || rdb.HGet(t.Context(), week, ".emptied").Val() != "2026-11-30" {
		t.Errorf("up %v, lost %v with its witness back", l.up.Load(), l.Lost())
	}
	wantStored(t, rdb, prefix, Visits, "2026-W49", "jip|chatten-helpt|poster|answered", 1)
}
