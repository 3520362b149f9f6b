package report

import (
	"bytes"
	"maps"
	"math/rand/v2"
	"slices"
	"testing"

	"haven/metrics/reach"
)

// waited are the totals of a line of which n arrived and were answered, all of them after the same wait.
func waited(line string, m reach.Period, n, bucket int64) reach.Totals {
	waits := make([]int64, len(reach.WaitBounds)+1)
	waits[bucket] = n
	return reach.Totals{Line: line, Month: m, Arrived: n, Answered: n, Within: n, Waits: waits, AttendedMinutes: 9000, PromisedMinutes: 9600}
}

// TestNoExactFigureUnderTheFloor: a quiet line's one chat, or its five, and its wait make no difference to any byte of
// any format, and neither does the line by which that could be worked out.
func TestNoExactFigureUnderTheFloor(t *testing.T) {
	d := data(t)
	d.Lines[1].Small = false
	world := func(shop, bucket int64) *Report {
		var totals []reach.Totals
		for _, m := range append(period(t, "2026").Parts(reach.Month), period(t, "2025").Parts(reach.Month)...) {
			totals = append(totals, waited("jip", m, 200, 3), waited("shop", m, 50, 3), waited("fier", m, 60, 3))
			if m.String() == "2026-11" {
				totals[len(totals)-2] = waited("shop", m, shop, bucket)
				totals[len(totals)-1] = waited("fier", m, 60-shop, 3)
				totals[len(totals)-1].Waits[bucket] += 5 - shop // all lines together waited the same
				totals[len(totals)-1].Waits[3] -= 5 - shop
			}
		}
		var sealed []*reach.Release
		for _, table := range reach.Tables {
			for _, s := range table.Spent() {
				for _, p := range []string{"2026", "2025", "2026-10", "2026-11", "2026-12", "2026-Q4", "2026-Q3"} {
					if p := period(t, p); p.Span == s {
						sealed = append(sealed, release(table, p, d.Plan))
					}
				}
			}
		}
		e := d
		e.Releases = reach.NewReleases(sealed, totals)
		return make1(t, e, "2026-11", "nl")
	}
	one := world(1, 6)
	for name, want := range map[string]Cell{
		"arrived": {Kind: Fewer, FewerThan: 10}, "answered_exact": {Kind: Fewer, FewerThan: 10},
	} {
		if c := one.at(t, "service", "shop", name); c != want {
			t.Errorf("%s: %+v", name, c)
		}
	}
	for _, name := range []string{"answered_share", "wait_median", "wait_p90", "within_share"} {
		if c := one.at(t, "service", "shop", name); c.Kind != Unknown || c.Text != "te weinig" {
			t.Errorf("%s: %+v", name, c)
		}
		if c := one.at(t, "service", "fier", name); c.Kind != Unknown || c.Text != "niet apart" {
			t.Errorf("%s of the line that would give it back: %+v", name, c)
		}
	}
	if c := one.at(t, "service", "all", "arrived"); c.Number != 260 {
		t.Errorf("all lines: %+v", c)
	}
	if c := one.at(t, "service", "jip", "arrived"); c.Number != 200 {
		t.Errorf("a line of which enough came: %+v", c)
	}
	if c := one.at(t, "hours", "shop", "attended"); c.Kind != Number {
		t.Errorf("hours say nothing of who came: %+v", c)
	}
	for _, other := range []*Report{world(0, 6), world(5, 6)} {
		for name, want := range written(t, one) {
			if got := written(t, other)[name]; !bytes.Equal(got, want) {
				t.Errorf("%s tells a quiet line's chats apart", name)
			}
		}
	}
}

func TestServicesAreHeldToTheFloor(t *testing.T) {
	year := period(t, "2026")
	months := year.Parts(reach.Month)
	said := func(small string, n map[string][]int64, p string) (out []string) {
		var totals []reach.Totals
		for line, of := range n {
			for i, k := range of {
				totals = append(totals, waited(line, months[i], k, 3))
			}
		}
		s := NewServices(reach.NewReleases(nil, totals), []string{"oefenen"}, func(l string) bool { return l == small })
		for _, line := range append(slices.Sorted(maps.Keys(n)), "") {
			if s.Said(line, period(t, p)) {
				out = append(out, line)
			}
		}
		return out
	}
	for _, tt := range []struct {
		name, small string
		n           map[string][]int64
		period      string
		want        []string
	}{
		{"enough everywhere", "", map[string][]int64{"a": {10}, "b": {20}}, "2026-01", []string{"a", "b", ""}},
		{"one quiet of two", "", map[string][]int64{"a": {9}, "b": {20}}, "2026-01", []string{""}},
		{"one quiet of three", "", map[string][]int64{"a": {9}, "b": {20}, "c": {30}}, "2026-01", []string{"c", ""}},
		{"two quiet of three, together too few", "", map[string][]int64{"a": {4}, "b": {5}, "c": {30}}, "2026-01", []string{""}},
		{"two quiet of three", "", map[string][]int64{"a": {4}, "b": {6}, "c": {30}}, "2026-01", []string{"c", ""}},
		{"all of them together too few", "", map[string][]int64{"a": {4}, "b": {5}}, "2026-01", nil},
		{"all of them quiet", "", map[string][]int64{"a": {4}, "b": {6}}, "2026-01", []string{""}},
		{"the only line", "", map[string][]int64{"a": {9}}, "2026-01", nil},
		{"the only line, small", "a", map[string][]int64{"a": {12}}, "2026-01", []string{""}},
		{"one small of three", "a", map[string][]int64{"a": {99}, "b": {20}, "c": {30}}, "2026-01", []string{"c", ""}},
		{"a line for practice is in none", "", map[string][]int64{"a": {9}, "b": {20}, "oefenen": {500}}, "2026-01", []string{""}},
		{"a quarter with one quiet month", "", map[string][]int64{"a": {9, 20, 20}, "b": {20, 20, 20}, "c": {90, 90, 90}}, "2026-Q1", []string{"c", ""}},
		{"a quarter with two", "", map[string][]int64{"a": {9, 9, 20}, "b": {20, 20, 20}, "c": {90, 90, 90}}, "2026-Q1", []string{"a", "b", "c", ""}},
		{"a quarter with two that are hardly any", "", map[string][]int64{"a": {1, 2, 20}, "b": {20, 20, 20}, "c": {90, 90, 90}}, "2026-Q1", []string{"c", ""}},
		{"a year with one quiet month", "", map[string][]int64{"a": {50, 50, 50, 9}, "b": {50, 50, 50, 50}, "c": {90, 90, 90, 90}}, "2026", []string{"c", ""}},
		{"a month of which all lines are few", "", map[string][]int64{"a": {1, 50, 50}, "b": {2, 50, 50}}, "2026-Q1", nil},
		{"small all year, beside another that is left out each month", "a", map[string][]int64{"a": {20, 20, 20}, "b": {30, 90, 30}, "c": {90, 30, 90}}, "2026-Q1", []string{"b", ""}},
	} {
		if got := said(tt.small, tt.n, tt.period); !slices.Equal(got, tt.want) {
			t.Errorf("%s: %q and not %q", tt.name, got, tt.want)
		}
	}
}

// TestNothingFollowsFromWhatIsSaid works out, for years of three lines by chance, everything that follows by addition and
// subtraction from all months, quarters and years that are said, and holds that no quiet month of a line is among it.
func TestNothingFollowsFromWhatIsSaid(t *testing.T) {
	year := period(t, "2026")
	months, lines := year.Parts(reach.Month), []string{"a", "b", "c"}
	r := rand.New(rand.NewPCG(7, 7))
	quiet := 0
	for world := range 300 {
		var totals []reach.Totals
		at := map[string]int{} // an unknown of the equations
		for i, line := range lines {
			for _, m := range months {
				n := int64(20 + 30*i + r.IntN(40))
				if r.IntN(8) == 0 {
					n = int64(r.IntN(14))
				}
				at[line+m.String()] = len(totals)
				totals = append(totals, waited(line, m, n, 3))
			}
		}
		small := ""
		if world%3 == 0 {
			small = "b"
		}
		s := NewServices(reach.NewReleases(nil, totals), nil, func(l string) bool { return l == small })
		var said [][]float64
		for _, p := range append(append(slices.Clone(months), year.Parts(reach.Quarter)...), year) {
			parts := p.Parts(reach.Month)
			if p.Span == reach.Month {
				parts = []reach.Period{p}
			}
			for _, line := range append(lines, "") {
				if !s.Said(line, p) {
					continue
				}
				e := make([]float64, len(totals))
				for _, l := range lines {
					for _, m := range parts {
						if line == "" || l == line {
							e[at[l+m.String()]] = 1
						}
					}
				}
				said = append(said, e)
			}
		}
		reduced := reduce(said)
		for _, line := range lines {
			for _, m := range months {
				if s.Said(line, m) {
					continue
				}
				quiet++
				e := make([]float64, len(totals))
				e[at[line+m.String()]] = 1
				if follows(reduced, e) {
					n, _ := s.Sum(line, m)
					t.Errorf("world %d: the %d of %s in %s follow from what is said", world, n.Arrived, line, m)
				}
			}
		}
	}
	if quiet < 1000 {
		t.Errorf("only %d months of a line were quiet", quiet)
	}
}

// reduce brings equations into the form in which each has a first unknown that no other has.
func reduce(rows [][]float64) (out [][]float64) {
	for _, row := range rows {
		row = against(out, row)
		lead := slices.IndexFunc(row, func(x float64) bool { return x > 1e-6 || x < -1e-6 })
		if lead < 0 {
			continue
		}
		for i, by := 0, row[lead]; i < len(row); i++ {
			row[i] /= by
		}
		for k := range out {
			if by := out[k][lead]; by != 0 {
				for i := range out[k] {
					out[k][i] -= by * row[i]
				}
			}
		}
		out = append(out, row)
	}
	return out
}

func against(reduced [][]float64, row []float64) []float64 {
	row = slices.Clone(row)
	for _, of := range reduced {
		lead := slices.IndexFunc(of, func(x float64) bool { return x > 1e-6 || x < -1e-6 })
		if by := row[lead]; by != 0 {
			for i := range row {
				row[i] -= by * of[i]
			}
		}
	}
	return row
}

func follows(reduced [][]float64, row []float64) bool {
	return !slices.ContainsFunc(against(reduced, row), func(x float64) bool { return x > 1e-6 || x < -1e-6 })
}
