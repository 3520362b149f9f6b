package report

import (
	"hash/fnv"
	"testing"
	"time"

	"haven/metrics/reach"
)

// plan is that of three lines with a campaign, online and offline, and a line for practice.
func plan() *reach.Plan {
	from, _ := reach.ParseDay("2026-01-01")
	to, _ := reach.ParseDay("2026-12-31")
	return &reach.Plan{
		Lines: []string{"jip", "shop", "fier"}, Practice: []string{"oefenen"},
		Campaigns: []reach.Campaign{{
			Name: "chatten-helpt", Lines: []string{"jip", "shop", "fier"}, Municipality: "Den Haag", From: from, To: to,
			Channels: []reach.Channel{{Name: "instagram", Medium: reach.Online}, {Name: "poster", Medium: reach.Offline}},
		}},
		Topics:   []string{"home", "exploitation", "money"},
		Partners: []reach.Partner{{Code: "veilig-thuis", Name: "Veilig Thuis Haaglanden"}, {Code: "csg", Name: "Centrum Seksueel Geweld"}},
		Budgets:  reach.Budgets{Now: reach.Standard()},
	}
}

func period(t testing.TB, name string) reach.Period {
	t.Helper()
	p, err := reach.ParsePeriod(name)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func day(t testing.TB, name string) reach.Day {
	t.Helper()
	d, err := reach.ParseDay(name)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// invented is the count of a cell: the same each time, a few below nought, as noise makes them.
func invented(t reach.Table, p reach.Period, c reach.Cell) int64 {
	h := fnv.New32a()
	h.Write([]byte(string(t) + p.String() + string(c)))
	n := int64(h.Sum32() % 17)
	size := map[reach.Span]int64{reach.Week: 1, reach.Month: 4, reach.Quarter: 3, reach.Year: 12}[p.Span]
	switch parts := c.Parts(); {
	case n < 3:
		return n - 4
	case t == reach.Visits && parts[0] == reach.None:
		return n * 9 * size
	case t == reach.Visits && parts[3] == "answered":
		return n * size
	case t == reach.Outcomes && parts[2] != "none":
		return n
	case t == reach.Referrals && parts[1] != reach.None:
		return n
	case t == reach.Unreached:
		return n * size / 12
	}
	return n * size / 2
}

func release(t reach.Table, p reach.Period, of *reach.Plan) *reach.Release {
	r := &reach.Release{Table: t, Period: p, Epsilon: of.Budgets.For(p)[t][p.Span], Since: p.From, Cells: map[reach.Cell]int64{}}
	for _, c := range of.Cells(t) {
		r.Cells[c] = invented(t, p, c)
	}
	return r
}

func totalsOf(m reach.Period, line string, n int64) reach.Totals {
	waits := make([]int64, len(reach.WaitBounds)+1)
	for i := range waits {
		waits[i] = max(1, n-int64(i))
	}
	answered := int64(0)
	for _, w := range waits {
		answered += w
	}
	return reach.Totals{Line: line, Month: m, Arrived: answered + n, Answered: answered, Within: answered / 2, Waits: waits,
		AttendedMinutes: 9000 + 7*n, PromisedMinutes: 10_000}
}

// years seals everything of 2025 and 2026, but for what leave says.
func years(t testing.TB, of *reach.Plan, leave func(reach.Table, reach.Period) bool, change func(*reach.Release)) *reach.Releases {
	t.Helper()
	var sealed []*reach.Release
	var totals []reach.Totals
	add := func(p reach.Period) {
		for _, table := range reach.Tables {
			for _, s := range table.Spent() {
				if s == p.Span && (leave == nil || !leave(table, p)) {
					r := release(table, p, of)
					if change != nil {
						change(r)
					}
					sealed = append(sealed, r)
				}
			}
		}
	}
	for _, y := range []string{"2025", "2026"} {
		year := period(t, y)
		add(year)
		for _, q := range year.Parts(reach.Quarter) {
			add(q)
		}
		for i, m := range year.Parts(reach.Month) {
			add(m)
			if leave != nil && leave("totals", m) {
				continue
			}
			for k, l := range []string{"jip", "shop", "fier", "oefenen"} {
				totals = append(totals, totalsOf(m, l, int64(10*(k+1)+i)))
			}
		}
		for w := reach.PeriodOf(reach.Week, year.From+3); w.To <= year.To; w = w.Next() {
			add(w)
		}
	}
	return reach.NewReleases(sealed, totals)
}

func entered(t testing.TB) []reach.Entered {
	t.Helper()
	return []reach.Entered{
		{Campaign: "chatten-helpt", Channel: "instagram", Month: period(t, "2026-03"), Reached: 48_000, CostCents: 125_050},
		{Campaign: "chatten-helpt", Channel: "instagram", Month: period(t, "2026-11"), Reached: 20_000, CostCents: 40_000},
		{Campaign: "chatten-helpt", Channel: "poster", Month: period(t, "2026-11"), CostCents: 61_000,
			Activities: map[string]int64{"poster_round": 4, "guest_lesson": 7}},
		{Campaign: "chatten-helpt", Channel: reach.Other, Month: period(t, "2025-11"), CostCents: 99},
	}
}

func data(t testing.TB) Data {
	t.Helper()
	p := plan()
	return Data{
		Plan: p, Releases: years(t, p, nil, nil), Entered: entered(t), Now: day(t, "2027-01-04").Start(),
		Lines: []Line{
			{Name: "jip", Target: 2 * time.Minute}, {Name: "shop", Small: true, Target: 2 * time.Minute},
			{Name: "fier", Target: 3 * time.Minute}, {Name: "oefenen"},
		},
	}
}

func make1(t testing.TB, d Data, name, lang string) *Report {
	t.Helper()
	r, err := New(d, period(t, name), lang)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// at is the cell of a table by its keys.
func (r *Report) at(t testing.TB, table, row, column string) Cell {
	t.Helper()
	for _, s := range r.Sections {
		for _, p := range s.Parts {
			for _, one := range p.Tables {
				if one.Key != table {
					continue
				}
				for _, line := range one.Rows {
					for i, c := range one.Columns {
						if line.Key == row && c.Key == column {
							return line.Cells[i]
						}
					}
				}
			}
		}
	}
	t.Fatalf("there is no cell %s, %s, %s", table, row, column)
	return Cell{}
}

// each calls f with every table.
func (r *Report) each(f func(s Section, p Part, t Table)) {
	for _, s := range r.Sections {
		for _, p := range s.Parts {
			for _, t := range p.Tables {
				f(s, p, t)
			}
		}
	}
}
