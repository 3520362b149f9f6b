package reach

import (
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"

	"haven/chat"
	"haven/routing"
	"haven/routing/routingtest"
)

// TestLedgerFromVisitToRelease goes the whole way: counted in memory, flushed after midnight, sealed two days after the
// end, published.
func TestLedgerFromVisitToRelease(t *testing.T) { ledgerFromVisitToRelease(t) }

func ledgerFromVisitToRelease(t testing.TB) {
	t.Helper()
	rdb, prefix := routingtest.Client(t)
	var c clock
	c.set("2026-11-18 10:00") // a Wednesday of week 47
	l := node(t, rdb, prefix, &c, testPlan())
	l.tick(t.Context())
	l.Count(answered("chatten-helpt", "poster"))
	l.Count(answered("chatten-helpt", "poster"))
	l.Count(answered("chatten-helpt", "made-up"))
	l.Count(answered("made-up", "poster"))
	l.Count(answered("", "poster"))
	l.Count(chat.Visit{Line: "jip", Campaign: "chatten-helpt", Channel: "instagram"}) // visited: no line
	l.Count(chat.Visit{Line: "fier", Campaign: "chatten-helpt", Channel: "instagram", Stage: chat.Refused, Block: 41})
	l.Count(chat.Visit{Line: "oefen", Campaign: "chatten-helpt", Channel: "poster", Stage: chat.Answered})
	l.Count(chat.Visit{Line: "nobody", Stage: chat.Answered})
	l.Count(chat.Visit{Line: "jip", Stage: chat.Abandoned, Block: 42})
	l.WrappedUp("jip", routing.Wrapup{Kind: "young_person", Outcome: "report", Parent: true, Topic: "home"})
	l.WrappedUp("jip", routing.Wrapup{Kind: "nuisance", Outcome: "report", Parent: true, Topic: "home"})
	l.WrappedUp("jip", routing.Wrapup{Kind: "parent", Outcome: "signal", Topic: "made-up"})
	l.WrappedUp("jip", routing.Wrapup{Kind: "made-up", Outcome: "signal", Topic: "home"})
	l.WrappedUp("oefen", routing.Wrapup{Kind: "parent", Outcome: "signal", Topic: "home"})
	l.ChatArrived("jip")
	l.ChatArrived("oefen")
	l.ChatStarted("jip", 5)
	l.ChatStarted("jip", 121)
	l.ChatStarted("jip", 4000)

	c.set("2026-11-18 23:59")
	l.tick(t.Context())
	wantStored(t, rdb, prefix, Visits, "2026-W47", "jip|chatten-helpt|poster|answered", 0)
	c.set("2026-11-19 00:09") // within this node's patience
	l.tick(t.Context())
	wantStored(t, rdb, prefix, Visits, "2026-W47", "jip|chatten-helpt|poster|answered", 0)
	c.set("2026-11-19 00:11")
	l.tick(t.Context())
	l.tick(t.Context())
	for _, period := range []string{"2026-W47", "2026-11", "2026"} {
		for cell, want := range map[Cell]int64{
			"jip|chatten-helpt|poster|answered":     2,
			"jip|chatten-helpt|other|answered":      1,
			"jip|other|other|answered":              1,
			"jip|none|none|answered":                1,
			"none|chatten-helpt|instagram|visited":  1,
			"fier|chatten-helpt|instagram|refused":  1,
			"fier|chatten-helpt|instagram|answered": 0,
		} {
			wantStored(t, rdb, prefix, Visits, period, cell, want)
		}
	}
	for cell, want := range map[Cell]int64{
		"jip|young_person|report|parent": 1, "jip|nuisance|none|alone": 1, "jip|parent|signal|alone": 1, "jip|other|signal|alone": 0,
	} {
		wantStored(t, rdb, prefix, Outcomes, "2026", cell, want)
	}
	wantStored(t, rdb, prefix, Topics, "2026", "jip|home", 1)
	wantStored(t, rdb, prefix, Topics, "2026", "jip|other", 1)
	wantStored(t, rdb, prefix, Unreached, "2026-Q4", "fier|41|refused", 1)
	wantStored(t, rdb, prefix, Unreached, "2026", "fier|41|refused", 1)
	for cell, want := range map[Cell]int64{
		"jip|arrived": 1, "jip|answered": 3, "jip|within": 1, "jip|wait|0": 1, "jip|wait|8": 1, "jip|wait|18": 1,
		"jip|attended": 10, "jip|promised": 480, "fier|attended": 0, "fier|promised": 480,
	} {
		wantStored(t, rdb, prefix, totals, "2026-11", cell, want)
	}
	if n := len(l.Releases().Periods(Visits, Week)); n != 0 {
		t.Fatalf("%d weeks are released while it is open", n)
	}

	c.live(t, "2026-11-24 23:59", l) // the week ended on the 22nd
	if n := len(l.Releases().Periods(Visits, Week)); n != 0 {
		t.Fatalf("%d weeks are released a day early", n)
	}
	c.set("2026-11-25 00:11")
	l.tick(t.Context())
	weeks := l.Releases().Periods(Visits, Week)
	if len(weeks) != 1 || weeks[0].String() != "2026-W47" {
		t.Fatalf("released: %v", weeks)
	}
	f := l.Releases().Sum(Visits, weeks[0], func(p []string) bool { return p[1] == "chatten-helpt" && p[3] == "answered" })
	if f.N != 6*noise+3 || !f.Known || len(f.Noise) != 1 || f.Noise[0].N != 6 {
		t.Errorf("answered by the campaign: %+v", f)
	}
	about, _ := l.Releases().About(Visits, weeks[0])
	if about.Since.String() != "2026-11-18" || about.LostDays != 0 {
		t.Errorf("about: %+v", about)
	}
	// Sealed is sealed: what comes late changes nothing of it, and still counts where there is room.
	if err := l.hand2(t, "2026-11-20", answered("chatten-helpt", "poster")); err != nil {
		t.Fatal(err)
	}
	wantStored(t, rdb, prefix, Visits, "2026-W47", "jip|chatten-helpt|poster|answered", 2)
	wantStored(t, rdb, prefix, Visits, "2026-11", "jip|chatten-helpt|poster|answered", 3)
	fresh := node(t, rdb, prefix, &c, testPlan())
	if err := fresh.open(t.Context(), weeks[0].From); err != nil {
		t.Fatal(err)
	}
	if n := rdb.Exists(t.Context(), keys{prefix}.open(name(Visits, weeks[0]))).Val(); n != 0 {
		t.Error("a sealed week was opened again")
	}
}

// hand2 flushes one visit of a day that is long over, as a node does that was cut off.
func (l *Ledger) hand2(t testing.TB, day string, v chat.Visit) error {
	t.Helper()
	d, err := ParseDay(day)
	if err != nil {
		t.Fatal(err)
	}
	c := newTally()
	c.add(Visits, cell(v.Line, v.Campaign, v.Channel, Stages[v.Stage]))
	return l.flushOne(t.Context(), &departed{d, c})
}

// TestLedgerAcrossTheYear flushes a day that lies in a week of one year and in the month of another.
func TestLedgerAcrossTheYear(t *testing.T) { ledgerAcrossTheYear(t) }

func ledgerAcrossTheYear(t testing.TB) {
	t.Helper()
	rdb, prefix := routingtest.Client(t)
	var c clock
	c.set("2027-01-02 10:00")
	plan := testPlan()
	plan.Budgets.NextYear, plan.Budgets.Next = 2027, Strict()
	l := node(t, rdb, prefix, &c, plan)
	l.Count(answered("", ""))
	if err := l.Flush(t.Context()); err != nil {
		t.Fatal(err)
	}
	for _, period := range []string{"2026-W53", "2027-01", "2027"} {
		wantStored(t, rdb, prefix, Visits, period, "jip|none|none|answered", 1)
	}
	for period, want := range map[string]string{"2026-W53": "3/20", "2027-01": "1/8", "2027": "3/10"} {
		p, _ := ParsePeriod(period)
		if got := rdb.HGet(t.Context(), keys{prefix}.open(name(Visits, p)), ".epsilon").Val(); got != want {
			t.Errorf("%s was opened with %s, want %s", period, got, want)
		}
	}
	if n := rdb.HLen(t.Context(), keys{prefix}.pending()).Val(); n != 0 {
		t.Errorf("%d batches are pending after the flush", n)
	}
}

// TestLedgerLostDays: a node that dies takes its day along, and that is published.
func TestLedgerLostDays(t *testing.T) { ledgerLostDays(t) }

func ledgerLostDays(t testing.TB) {
	t.Helper()
	rdb, prefix := routingtest.Client(t)
	var c clock
	c.set("2026-11-18 10:00")
	for range 2 { // both die
		dead := node(t, rdb, prefix, &c, testPlan())
		dead.tick(t.Context())
		dead.Count(answered("", ""))
	}
	l := node(t, rdb, prefix, &c, testPlan())
	for _, at := range []string{"2026-11-18 11:00", "2026-11-19 12:00", "2026-11-25 12:00", "2026-12-03 12:00", "2027-01-03 12:00"} {
		c.live(t, at, l)
	}
	for _, name := range []string{"2026-W47", "2026-11", "2026"} {
		p, _ := ParsePeriod(name)
		about, ok := l.Releases().About(Visits, p)
		if !ok || about.LostDays != 2 {
			t.Errorf("%s: %+v, %v", name, about, ok)
		}
	}
	c.live(t, "2027-04-03 12:00", l)
	if pending := rdb.HVals(t.Context(), keys{prefix}.pending()).Val(); len(pending) != 1 {
		t.Errorf("pending: %v, want that of today alone", pending)
	}
}

// TestLedgerRaces has nodes open, flush and seal at the same time: they agree on every cell, and every count is there.
func TestLedgerRaces(t *testing.T) {
	rdb, prefix := routingtest.Client(t)
	var c clock
	c.set("2026-11-18 10:00")
	nodes := make([]*Ledger, 6)
	for i := range nodes {
		nodes[i] = node(t, rdb, prefix, &c, testPlan())
		nodes[i].draw = func(Epsilon) int64 { return int64(i+1) * noise } // who opened a cell can be told
	}
	all := func(do func(*Ledger) error) {
		t.Helper()
		errs := make([]error, len(nodes))
		var wg sync.WaitGroup
		for i, l := range nodes {
			wg.Go(func() { errs[i] = do(l) })
		}
		wg.Wait()
		if err := errors.Join(errs...); err != nil {
			t.Fatal(err)
		}
	}
	all(func(l *Ledger) error { return l.Begin(t.Context()) })
	opened := rdb.HGetAll(t.Context(), keys{prefix}.open(name(Visits, PeriodOf(Week, DayOf(c.at))))).Val()
	all(func(l *Ledger) error {
		for range 100 {
			l.Count(answered("chatten-helpt", "poster"))
		}
		return nil
	})
	c.set("2026-11-19 10:00")
	tick := func(l *Ledger) error { l.tick(t.Context()); return nil }
	all(tick)
	c.live(t, "2026-11-25 10:00", nodes[0])
	all(tick)
	all(tick)
	week := PeriodOf(Week, DayOf(c.at)-7)
	for i, l := range nodes {
		r := l.Releases().Get(Visits, week)
		if r == nil {
			t.Fatalf("node %d sees no release", i)
		}
		for where, n := range r.Cells {
			want := opened[string(where)]
			if where == "jip|chatten-helpt|poster|answered" {
				n -= 600
			}
			if fmt.Sprint(n) != want {
				t.Errorf("node %d: %s is %d, opened with %s", i, where, n, want)
			}
		}
	}
}

// TestLedgerBudget: a budget that changes in the middle of a period is refused, and one that follows at the new year not.
func TestLedgerBudget(t *testing.T) {
	rdb, prefix := routingtest.Client(t)
	var c clock
	c.set("2026-11-18 10:00")
	if err := node(t, rdb, prefix, &c, testPlan()).Begin(t.Context()); err != nil {
		t.Fatal(err)
	}
	changed := testPlan()
	changed.Budgets.Now = Strict()
	l := node(t, rdb, prefix, &c, changed)
	err := l.Begin(t.Context())
	if !errors.Is(err, ErrBudget) || !strings.Contains(err.Error(), "3/20") || !strings.Contains(err.Error(), "3/40") {
		t.Fatalf("changed in the middle: %v", err)
	}
	today := DayOf(c.at)
	if err := CheckOpen(t.Context(), rdb, prefix, changed, today); !errors.Is(err, ErrBudget) {
		t.Errorf("checked when changed: %v", err)
	}
	if err := CheckOpen(t.Context(), rdb, prefix, testPlan(), today); err != nil {
		t.Errorf("checked when the same: %v", err)
	}
	next := testPlan()
	next.Budgets.NextYear, next.Budgets.Next = 2027, Strict()
	l = node(t, rdb, prefix, &c, next)
	if err := l.Begin(t.Context()); err != nil {
		t.Fatal(err)
	}
	c.set("2027-01-04 10:00")
	if err := l.Begin(t.Context()); err != nil {
		t.Fatalf("in the year of the next budget: %v", err)
	}
	too := testPlan()
	too.Budgets.Now[Visits][Week] = Epsilon{1, 1}
	if err := too.Check(); err == nil || !strings.Contains(err.Error(), "more than the 2 declared") {
		t.Errorf("a budget over the declared: %v", err)
	}
	// Each of two years keeps the promise, and the week between them would not.
	mixed := testPlan()
	mixed.Budgets.NextYear = 2027
	mixed.Budgets.Next = Standard()
	mixed.Budgets.Next[Visits] = map[Span]Epsilon{Week: {1, 100}, Month: {1, 4}, Year: {74, 100}}
	if err := mixed.Check(); err == nil || !strings.Contains(err.Error(), "week of the new year") {
		t.Errorf("a budget that mixes: %v", err)
	}
}

// TestLedgerCampaignAdded gives the cells of a campaign that comes later their noise then, and touches no other.
func TestLedgerCampaignAdded(t *testing.T) { ledgerCampaignAdded(t) }

func ledgerCampaignAdded(t testing.TB) {
	t.Helper()
	rdb, prefix := routingtest.Client(t)
	var c clock
	c.set("2026-11-18 10:00")
	l := node(t, rdb, prefix, &c, testPlan())
	if err := l.Begin(t.Context()); err != nil {
		t.Fatal(err)
	}
	l.Count(answered("lente", "poster"))
	if err := l.Flush(t.Context()); err != nil {
		t.Fatal(err)
	}
	plan := testPlan()
	plan.Campaigns = append(plan.Campaigns, Campaign{Name: "lente", Lines: plan.Lines, Channels: []Channel{{"poster", Offline}}})
	later := node(t, rdb, prefix, &c, plan)
	later.draw = func(Epsilon) int64 { return 2 * noise }
	if err := later.Begin(t.Context()); err != nil {
		t.Fatal(err)
	}
	later.Count(answered("lente", "poster"))
	if err := later.Flush(t.Context()); err != nil {
		t.Fatal(err)
	}
	wantStored(t, rdb, prefix, Visits, "2026", "jip|lente|poster|answered", noise+1)
	wantStored(t, rdb, prefix, Visits, "2026", "jip|other|other|answered", 1)
	// A node that still runs under the old plan has cells of its own only.
	if err := l.hand2(t, "2026-11-18", answered("chatten-helpt", "poster")); err != nil {
		t.Fatal(err)
	}
	wantStored(t, rdb, prefix, Visits, "2026", "jip|chatten-helpt|poster|answered", 1)
}

// TestLedgerNoCellWithoutNoise: a count for a cell that was never opened is not written, it is opened first.
func TestLedgerNoCellWithoutNoise(t *testing.T) { ledgerNoCellWithoutNoise(t) }

func ledgerNoCellWithoutNoise(t testing.TB) {
	t.Helper()
	rdb, prefix := routingtest.Client(t)
	var c clock
	c.set("2026-11-18 10:00")
	l := node(t, rdb, prefix, &c, testPlan())
	if err := l.Begin(t.Context()); err != nil {
		t.Fatal(err)
	}
	where := Cell("jip|chatten-helpt|poster|answered")
	week := keys{prefix}.open(name(Visits, PeriodOf(Week, DayOf(c.at))))
	rdb.HDel(t.Context(), week, string(where))
	l.Count(answered("chatten-helpt", "poster"))
	if err := l.Flush(t.Context()); err != nil {
		t.Fatal(err)
	}
	for _, period := range []string{"2026-W47", "2026-11", "2026"} {
		wantStored(t, rdb, prefix, Visits, period, where, 1)
	}
}
