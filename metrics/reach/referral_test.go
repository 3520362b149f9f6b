package reach

import (
	"slices"
	"strings"
	"testing"

	"haven/routing"
	"haven/routing/routingtest"
)

// TestReferralIsOneCell: every contact stands in exactly one cell of the referrals, what is no contact in none.
func TestReferralIsOneCell(t *testing.T) {
	contact := func(referral, from string) routing.Wrapup {
		return routing.Wrapup{Kind: "young_person", Outcome: "none", Topic: "home", Referral: referral, From: from}
	}
	for name, c := range map[string]struct {
		line string
		w    routing.Wrapup
		want Cell
	}{
		"nowhere":                         {"jip", contact("", ""), "jip|none"},
		"to a partner":                    {"jip", contact("veilig-thuis", ""), "jip|veilig-thuis"},
		"to one that is not configured":   {"jip", contact("opgeheven", ""), "jip|other"},
		"under the name of a cell":        {"jip", contact("none", ""), "jip|other"},
		"under the name of a line":        {"jip", contact("line-fier", ""), "jip|other"},
		"from another line":               {"jip", contact("", "fier"), "fier|line-jip"},
		"there and back":                  {"jip", contact("", "jip"), "jip|none"},
		"from another line, to partner":   {"jip", contact("veilig-thuis", "fier"), "jip|veilig-thuis"},
		"from another line, to whom":      {"jip", contact("opgeheven", "fier"), "jip|other"},
		"from a line that is gone":        {"jip", contact("", "vroeger"), "jip|none"},
		"from a line for practice":        {"jip", contact("", "oefen"), "jip|none"},
		"a parent":                        {"fier", routing.Wrapup{Kind: "parent", Outcome: "signal", Parent: true, From: "jip"}, "jip|line-fier"},
		"nuisance":                        {"jip", routing.Wrapup{Kind: KindNuisance, Outcome: "none", Referral: "veilig-thuis"}, ""},
		"a kind that there is not":        {"jip", routing.Wrapup{Kind: "made-up", Outcome: "none", Referral: "veilig-thuis"}, ""},
		"an outcome that there is not":    {"jip", routing.Wrapup{Kind: "parent", Outcome: "made-up", Referral: "veilig-thuis"}, ""},
		"on a line for practice":          {"oefen", contact("veilig-thuis", "jip"), ""},
		"on a line that there is not":     {"", contact("veilig-thuis", ""), ""},
		"on all of them, which is no one": {"all", contact("veilig-thuis", ""), ""},
	} {
		t.Run(name, func(t *testing.T) {
			var at clock
			at.set("2026-11-18 10:00")
			l := node(t, routingtest.Mini(t), "haven", &at, testPlan())
			l.WrappedUp(c.line, c.w)
			got := map[Cell]int64{}
			if d := l.days[DayOf(at.at)]; d != nil {
				got = d.cells[Referrals]
			}
			if c.want == "" && len(got) != 0 || c.want != "" && (len(got) != 1 || got[c.want] != 1) {
				t.Errorf("counted %v, want %q once", got, c.want)
			}
			if c.want != "" && !slices.Contains(l.plan.Cells(Referrals), c.want) {
				t.Errorf("%q is no cell of the table: %v", c.want, l.plan.Cells(Referrals))
			}
		})
	}
}

// TestReferralCells: the cells are those of the configuration, and none where there is nothing to lead to.
func TestReferralCells(t *testing.T) {
	p := testPlan()
	want := []Cell{"jip|none", "jip|veilig-thuis", "jip|line-fier", "jip|other", "fier|none", "fier|veilig-thuis", "fier|line-jip", "fier|other"}
	if got := p.Cells(Referrals); !slices.Equal(got, want) {
		t.Errorf("%v", got)
	}
	p.Lines = p.Lines[:1]
	if got := p.Cells(Referrals); !p.Refers() || !slices.Equal(got, []Cell{"jip|none", "jip|veilig-thuis", "jip|other"}) {
		t.Errorf("of one line with a partner: %v", got)
	}
	p.Partners = nil
	if got := p.Cells(Referrals); p.Refers() || got != nil {
		t.Errorf("of one line without a partner: %v", got)
	}
	for _, code := range []string{None, Other, "line-jip", "line-"} {
		p := testPlan()
		p.Partners = append(p.Partners, Partner{Code: code})
		if err := p.Check(); err == nil || !strings.Contains(err.Error(), "partner") {
			t.Errorf("a partner called %s: %v", code, err)
		}
	}
}

// TestReferralBudget: what is declared grows by the referrals where there are any, and by nothing else.
func TestReferralBudget(t *testing.T) {
	year := PeriodOf(Year, 20_000)
	p := testPlan()
	alone := testPlan()
	alone.Lines, alone.Partners = alone.Lines[:1], nil
	for _, c := range []struct {
		name        string
		budget      Budget
		with, least Epsilon
	}{{"standard", Standard(), Epsilon{9, 4}, Epsilon{2, 1}}, {"strict", Strict(), Epsilon{9, 8}, Epsilon{1, 1}}} {
		p.Budgets.Now, alone.Budgets.Now = c.budget, c.budget
		if err := p.Check(); err != nil || p.Budget(year).Total() != c.with || p.Declared() != (Epsilon{9, 4}) {
			t.Errorf("%s: %v, a visit pays %s of %s", c.name, err, p.Budget(year).Total(), p.Declared())
		}
		if err := alone.Check(); err != nil || alone.Budget(year).Total() != c.least || alone.Declared() != (Epsilon{2, 1}) {
			t.Errorf("%s, without referrals: %v, a visit pays %s of %s", c.name, err, alone.Budget(year).Total(), alone.Declared())
		}
	}
	for name, c := range map[string]struct {
		change func(Budget)
		alone  bool // is wrong without referrals too
		want   string
	}{
		"too much for referrals":      {func(b Budget) { b[Referrals][Year] = Epsilon{1, 2} }, false, "the budget spends 5/2 on one visit, more than the 9/4 declared"},
		"theirs spent on visits":      {func(b Budget) { b[Referrals][Year], b[Visits][Year] = Epsilon{1, 20}, Epsilon{7, 10} }, true, "the budget spends 21/10 on one visit, more than the 2 declared"},
		"nothing for referrals":       {func(b Budget) { delete(b, Referrals) }, false, "the budget has no ε for referrals by year"},
		"more for them, less for all": {func(b Budget) { b[Referrals][Year], b[Topics][Year] = Epsilon{2, 5}, Epsilon{1, 10} }, false, ""},
	} {
		for _, refers := range []bool{true, false} {
			q := testPlan()
			if !refers {
				q.Lines, q.Partners = q.Lines[:1], nil
			}
			c.change(q.Budgets.Now)
			err := q.Check()
			if want := c.want; want == "" || !refers && !c.alone {
				if err != nil {
					t.Errorf("%s (refers: %v): %v", name, refers, err)
				}
			} else if err == nil || err.Error() != "reach: "+want {
				t.Errorf("%s (refers: %v): %v, want %s", name, refers, err, want)
			}
		}
	}
}

// TestReferralsFromWrapupToRelease goes the whole way, with a partner that is added on it.
func TestReferralsFromWrapupToRelease(t *testing.T) {
	rdb, prefix := routingtest.Client(t)
	var c clock
	c.set("2026-11-18 10:00")
	l := node(t, rdb, prefix, &c, testPlan())
	l.tick(t.Context())
	wrapUp := func(l *Ledger, line, referral, from string) {
		l.WrappedUp(line, routing.Wrapup{Kind: "young_person", Outcome: "none", Topic: "home", Referral: referral, From: from})
	}
	wrapUp(l, "jip", "", "")
	wrapUp(l, "jip", "csg", "") // not configured yet
	wrapUp(l, "fier", "", "jip")
	wrapUp(l, "fier", "veilig-thuis", "jip")
	if err := l.Flush(t.Context()); err != nil {
		t.Fatal(err)
	}
	plan := testPlan()
	plan.Partners = append(plan.Partners, Partner{"csg", "Centrum Seksueel Geweld"})
	later := node(t, rdb, prefix, &c, plan)
	later.draw = func(Epsilon) int64 { return 2 * noise }
	later.tick(t.Context())
	wrapUp(later, "jip", "csg", "")
	wrapUp(later, "jip", "csg", "")
	c.live(t, "2027-01-03 12:00", later)
	year, _ := ParsePeriod("2026")
	got := later.Releases().Get(Referrals, year)
	if got == nil {
		t.Fatal("not released")
	}
	want := map[Cell]int64{
		"jip|none": 1, "jip|other": 1, "jip|veilig-thuis": 0, "jip|line-fier": 1, "jip|csg": noise + 2,
		"fier|none": 0, "fier|other": 0, "fier|veilig-thuis": 1, "fier|line-jip": 0, "fier|csg": noise,
	}
	for where, n := range got.Cells {
		if n-noise != want[where] {
			t.Errorf("%s is %d behind its noise, want %d", where, n-noise, want[where])
		}
		delete(want, where)
	}
	if len(want) != 0 || got.Epsilon != (Epsilon{1, 4}) || got.Since.String() != "2026-11-18" {
		t.Errorf("not released: %v; under %s, since %s", want, got.Epsilon, got.Since)
	}
	for _, span := range []Span{Week, Month, Quarter} {
		if of := later.Releases().Periods(Referrals, span); len(of) != 0 {
			t.Errorf("released by %s: %v", span, of)
		}
	}
}

// TestReferralsComeLater upgrades a ledger in the middle of a year.
func TestReferralsComeLater(t *testing.T) { ledgerReferralsComeLater(t) }

func ledgerReferralsComeLater(t testing.TB) {
	t.Helper()
	rdb, prefix := routingtest.Client(t)
	before := testPlan() // which knows nothing of referrals, as a version of before
	before.Lines, before.Partners = before.Lines[:1], nil
	var c clock
	c.set("2026-09-01 10:00")
	lost := node(t, rdb, prefix, &c, before)
	lost.tick(t.Context()) // and dies
	old := node(t, rdb, prefix, &c, before)
	c.live(t, "2026-11-18 10:00", old)
	year, _ := ParsePeriod("2026")
	k := keys{prefix}
	if n := rdb.Exists(t.Context(), k.open(name(Referrals, year))).Val(); n != 0 {
		t.Fatal("referrals are open where there is nothing to lead to")
	}
	opened := map[string]string{}
	for _, table := range []Table{Visits, Outcomes, Topics, Unreached} {
		for field, v := range rdb.HGetAll(t.Context(), k.open(name(table, year))).Val() {
			opened[string(table)+field] = v
		}
	}
	after := testPlan()
	after.Lines = after.Lines[:1]
	if err := CheckOpen(t.Context(), rdb, prefix, after, DayOf(c.at)); err != nil {
		t.Fatalf("checked before the upgrade: %v", err)
	}
	l := node(t, rdb, prefix, &c, after)
	l.draw = func(Epsilon) int64 { return 2 * noise } // who opened a cell can be told
	if err := l.Begin(t.Context()); err != nil {
		t.Fatalf("in the middle of the year: %v", err)
	}
	for _, table := range []Table{Visits, Outcomes, Topics, Unreached} {
		for field, v := range rdb.HGetAll(t.Context(), k.open(name(table, year))).Val() {
			if opened[string(table)+field] != v {
				t.Errorf("%s: %s was %s and is %s", table, field, opened[string(table)+field], v)
			}
		}
	}
	l.WrappedUp("jip", routing.Wrapup{Kind: "parent", Outcome: "none", Topic: "home", Referral: "veilig-thuis"})
	old.WrappedUp("jip", routing.Wrapup{Kind: "parent", Outcome: "none", Topic: "home"}) // a node that is not upgraded yet
	c.live(t, "2027-01-03 12:00", old, l)
	got := l.Releases().Get(Referrals, year)
	if got == nil {
		t.Fatal("not released")
	}
	if got.Since.String() != "2026-11-18" || got.LostDays != 0 || got.Draws != 0 ||
		got.Cells["jip|veilig-thuis"] != 2*noise+1 || got.Cells["jip|none"] != 2*noise || len(got.Cells) != 3 {
		t.Errorf("released: %+v", got)
	}
	outcomes := l.Releases().Get(Outcomes, year)
	if outcomes == nil || outcomes.Since.String() != "2026-09-01" || outcomes.LostDays != 1 || outcomes.Cells["jip|parent|none|alone"] != noise+2 {
		t.Errorf("beside it: %+v", outcomes)
	}
}

// TestReferralsEnd: where nothing is left to lead to, what is open is sealed and nothing follows it.
func TestReferralsEnd(t *testing.T) {
	rdb, prefix := routingtest.Client(t)
	var c clock
	c.set("2026-11-18 10:00")
	l := node(t, rdb, prefix, &c, testPlan())
	l.tick(t.Context())
	l.WrappedUp("jip", routing.Wrapup{Kind: "parent", Outcome: "none", Referral: "veilig-thuis"})
	if err := l.Flush(t.Context()); err != nil {
		t.Fatal(err)
	}
	plan := testPlan()
	plan.Lines, plan.Partners = plan.Lines[:1], nil
	l = node(t, rdb, prefix, &c, plan)
	if err := l.Begin(t.Context()); err != nil {
		t.Fatal(err)
	}
	l.WrappedUp("jip", routing.Wrapup{Kind: "parent", Outcome: "none", Referral: "veilig-thuis"})
	c.live(t, "2027-01-05 12:00", l)
	years := l.Releases().Periods(Referrals, Year)
	if len(years) != 1 || l.Releases().Get(Referrals, years[0]).Cells["jip|veilig-thuis"] != noise+1 {
		t.Errorf("released: %v", years)
	}
	for _, name := range rdb.SMembers(t.Context(), keys{prefix}.opened()).Val() {
		if strings.HasPrefix(name, string(Referrals)) {
			t.Errorf("%s is open", name)
		}
	}
}
