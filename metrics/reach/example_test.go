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
		{Visits, Week, "2026-W46", exampleWeeks}, {Visits, Month, "2026-10", exampleMonths}, {Visits, Year, "2025", exampleYears},
		{Visits, Quarter, "2026-Q3", 4}, {Outcomes, Year, "2025", exampleYears}, {Unreached, Quarter, "2026-Q3", 5},
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
	if err != nil || len(entered) != exampleMonths*2 {
		t.Errorf("%d entries, %v", len(entered), err)
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
