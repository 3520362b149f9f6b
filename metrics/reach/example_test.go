package reach

import (
	"testing"

	"haven/routing/routingtest"
)

// TestExampleIsMarked: everything invented says so, everything there would be by that day is there, and only that.
func TestExampleIsMarked(t *testing.T) {
	rdb := routingtest.Mini(t)
	today, err := ParseDay("2026-11-23")
	if err != nil {
		t.Fatal(err)
	}
	plan := testPlan()
	if err := WriteExample(t.Context(), rdb, "haven", plan, today); err != nil {
		t.Fatal(err)
	}
	r, err := Load(t.Context(), rdb, "haven")
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []struct {
		table  Table
		span   Span
		newest string
		n      int
	}{
		{Visits, Week, "2026-W46", exampleWeeks}, {Visits, Month, "2026-10", 34}, {Visits, Year, "2025", exampleYears},
		{Visits, Quarter, "2026-Q3", 11}, {Outcomes, Year, "2025", exampleYears}, {Unreached, Quarter, "2026-Q3", 11},
	} {
		got := r.Periods(want.table, want.span)
		if len(got) != want.n || got[0].String() != want.newest {
			t.Errorf("%s by %s: %v, want %d up to %s", want.table, want.span, got, want.n, want.newest)
			continue
		}
		for _, p := range got {
			if about, ok := r.About(want.table, p); !ok || !about.Example {
				t.Errorf("%s of %s is not marked as an example", want.table, p)
			}
		}
	}
	months := r.Periods(Visits, Month)
	lines, missing, ok := r.Totals(months[0])
	if !ok || missing != 0 || len(lines) != len(plan.Lines) || !lines[0].Example {
		t.Errorf("totals: %+v, %d missing", lines, missing)
	}
	entered, err := ReadEntered(t.Context(), rdb, "haven")
	if err != nil || len(entered) != 34*2 {
		t.Errorf("%d entries, %v", len(entered), err)
	}
}

// TestExampleAgreesWithItself: what the example says of a period in one place it says in the others.
func TestExampleAgreesWithItself(t *testing.T) {
	today, _ := ParseDay("2026-11-23")
	from, _ := ParseDay("2025-04-01")
	to, _ := ParseDay("2026-06-30")
	plan := testPlan()
	plan.Lines = []string{"jip", "shop", "fier"}
	plan.Campaigns[0].From, plan.Campaigns[0].To = from, to
	rdb := routingtest.Mini(t)
	if err := WriteExample(t.Context(), rdb, "haven", plan, today); err != nil {
		t.Fatal(err)
	}
	r, err := Load(t.Context(), rdb, "haven")
	if err != nil {
		t.Fatal(err)
	}
	answered := func(line string) func([]string) bool {
		return func(parts []string) bool { return parts[3] == "answered" && (line == "" || parts[0] == line) }
	}
	months, years := r.Periods(Visits, Month), r.Periods(Visits, Year)
	if len(months) != 34 || len(years) != 2 {
		t.Fatalf("%d months and %d years", len(months), len(years))
	}
	for _, p := range append(months, years...) {
		totals, missing, ok := r.Totals(p)
		if !ok || missing != 0 || len(totals) != 3 {
			t.Errorf("%s: %d totals, %d months missing", p, len(totals), missing)
		}
		var all int64
		for _, of := range totals {
			all += of.Answered
			if f := r.Sum(Visits, p, answered(of.Line)); max(f.N-of.Answered, of.Answered-f.N) > f.Half() {
				t.Errorf("%s of %s: %d ± %d answered, and exactly %d", of.Line, p, f.N, f.Half(), of.Answered)
			}
			var waits int64
			for _, n := range of.Waits {
				waits += n
			}
			if waits != of.Answered || of.Within > of.Answered || of.Arrived < of.Answered || of.AttendedMinutes > of.PromisedMinutes {
				t.Errorf("%s of %s: %+v", of.Line, p, of)
			}
		}
		if f := r.Sum(Visits, p, answered("")); max(f.N-all, all-f.N) > f.Half() {
			t.Errorf("%s: %d ± %d answered, and exactly %d", p, f.N, f.Half(), all)
		}
		if own := r.Sum(Visits, p, func(parts []string) bool { return parts[1] == "chatten-helpt" }); own.Known != (p.To >= from) {
			t.Errorf("%s: figures of a campaign that begins on %s: %v", p, from, own.Known)
		}
	}
	// The counts behind the noise are those of the same chats.
	x := invent(plan, years[1].From, today)
	for _, p := range years {
		sum := func(table Table, match func(parts []string) bool) (n int64) {
			for c, k := range x.counts(table, p) {
				if match(c.Parts()) {
					n += k
				}
			}
			return n
		}
		all := func([]string) bool { return true }
		contacts := sum(Outcomes, func(parts []string) bool { return parts[1] != KindNuisance })
		for what, pair := range map[string][2]int64{
			"answered and wrapped up": {sum(Visits, answered("")), sum(Outcomes, all)},
			"answered, exactly":       {sum(Visits, answered("")), sum(totals, func(parts []string) bool { return parts[1] == "answered" })},
			"topics":                  {contacts, sum(Topics, all)},
			"referrals":               {contacts, sum(Referrals, all)},
			"unreached": {sum(Unreached, all), sum(Visits, func(parts []string) bool {
				return parts[3] == "refused" || parts[3] == "abandoned"
			})},
		} {
			if pair[0] != pair[1] || pair[0] == 0 {
				t.Errorf("%s, %s: %d and %d", p, what, pair[0], pair[1])
			}
		}
	}
	entered, err := ReadEntered(t.Context(), rdb, "haven")
	if err != nil || len(entered) != 15*2 {
		t.Errorf("%d entries of a campaign of 15 months, %v", len(entered), err)
	}
}

func BenchmarkExample(b *testing.B) {
	today, _ := ParseDay("2026-11-23")
	for b.Loop() {
		if err := WriteExample(b.Context(), routingtest.Mini(b), "haven", testPlan(), today); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkCount is what the chat path pays for one visit: no call of the store, see the allocations.
func BenchmarkCount(b *testing.B) {
	var c clock
	c.set("2026-11-18 10:00")
	rdb := routingtest.Mini(b)
	l := node(b, rdb, "haven", &c, testPlan())
	v := answered("chatten-helpt", "poster")
	b.ReportAllocs()
	for b.Loop() {
		l.Count(v)
	}
}
