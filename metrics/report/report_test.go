package report

import (
	"errors"
	"math"
	"slices"
	"strings"
	"testing"
	"time"

	"haven/metrics/reach"
)

func TestNewRefuses(t *testing.T) {
	d := data(t)
	d.Now = day(t, "2026-12-02").Start()
	_, err := New(d, period(t, "2026-11"), "nl")
	var open ErrNotSealed
	if !errors.As(err, &open) || open.Day != day(t, "2026-12-03") || err.Error() != "report: 2026-11 is not sealed: it is on 2026-12-03" {
		t.Errorf("a day before its time: %v", err)
	}
	d.Now = day(t, "2026-12-03").Start().Add(-time.Second)
	if _, err := New(d, period(t, "2026-11"), "nl"); !errors.As(err, &open) {
		t.Errorf("a second before its time: %v", err)
	}
	d.Now = day(t, "2026-12-03").Start()
	if _, err := New(d, period(t, "2026-11"), "nl"); err != nil {
		t.Errorf("on its day: %v", err)
	}
	if _, err := New(d, period(t, "2019"), "nl"); !errors.Is(err, ErrNothing) {
		t.Errorf("a year of nothing: %v", err)
	}
	if _, err := New(d, period(t, "2026-11"), "fy"); !errors.Is(err, ErrLang) {
		t.Errorf("a language that there is not: %v", err)
	}
}

func TestFiguresAreThoseReleased(t *testing.T) {
	d := data(t)
	r := make1(t, d, "2026", "nl")
	year := period(t, "2026")
	for _, tt := range []struct {
		table, row, column string
		of                 reach.Table
		match              func([]string) bool
	}{
		{"contacts", "fier", "contacts", reach.Outcomes, func(p []string) bool { return p[0] == "fier" && p[1] != "nuisance" }},
		{"contacts", "all", "contacts", reach.Outcomes, func(p []string) bool { return p[1] != "nuisance" }},
		{"contacts", "jip", "nuisance", reach.Outcomes, func(p []string) bool { return p[0] == "jip" && p[1] == "nuisance" }},
		{"chats", "shop", "answered", reach.Visits, func(p []string) bool { return p[0] == "shop" && p[3] == "answered" }},
		{"signals", "all", "signals", reach.Outcomes, func(p []string) bool { return p[2] == "signal" }},
		{"signals", "all", "signals_wide", reach.Outcomes, func(p []string) bool { return p[2] == "signal" || p[1] == "professional" && p[2] == "none" }},
		{"reports", "all", "reports", reach.Outcomes, func(p []string) bool { return p[2] == "report" }},
		{"parents", "fier", "parent_contacts", reach.Outcomes, func(p []string) bool { return p[0] == "fier" && p[3] == "parent" }},
		{"campaign_channels", "chatten-helpt|poster", "visits", reach.Visits, func(p []string) bool { return p[2] == "poster" }},
		{"campaign_channels", "medium_online", "asked", reach.Visits, func(p []string) bool { return p[2] == "instagram" && p[3] != "visited" }},
		{"campaign_channels", "none", "answered", reach.Visits, func(p []string) bool { return p[1] == "none" && p[3] == "answered" }},
		{"campaign_channels", "everything", "visits", reach.Visits, func([]string) bool { return true }},
		{"campaign_by_line", "chatten-helpt|jip", "refused", reach.Visits, func(p []string) bool { return p[0] == "jip" && p[1] == "chatten-helpt" && p[3] == "refused" }},
		{"topics", "money", "all", reach.Topics, func(p []string) bool { return p[1] == "money" }},
		{"handovers", "fier", "handovers_done", reach.Referrals, func(p []string) bool { return p[0] == "fier" && strings.HasPrefix(p[1], "line-") }},
		{"handovers", "fier", "referrals", reach.Referrals, func(p []string) bool {
			return p[0] == "fier" && (p[1] == "veilig-thuis" || p[1] == "csg" || p[1] == "other")
		}},
		{"handovers", "all", "referrals", reach.Referrals, func(p []string) bool { return p[1] != "none" && !strings.HasPrefix(p[1], "line-") }},
		{"handovers", "all", "not_referred", reach.Referrals, func(p []string) bool { return p[1] == "none" }},
		{"referrals", "line-jip", "fier", reach.Referrals, func(p []string) bool { return p[0] == "fier" && p[1] == "line-jip" }},
		{"referrals", "veilig-thuis", "all", reach.Referrals, func(p []string) bool { return p[1] == "veilig-thuis" }},
		{"referrals", "other", "shop", reach.Referrals, func(p []string) bool { return p[0] == "shop" && p[1] == "other" }},
		{"results", "jip", "referrals", reach.Referrals, func(p []string) bool {
			return p[0] == "jip" && (p[1] == "veilig-thuis" || p[1] == "csg" || p[1] == "other")
		}},
		{"results", "all", "handovers_done", reach.Referrals, func(p []string) bool { return strings.HasPrefix(p[1], "line-") }},
		{"trend", "referrals", "now", reach.Referrals, func(p []string) bool { return p[1] != "none" && !strings.HasPrefix(p[1], "line-") }},
		{"unreached_week", "20", "day_7", reach.Unreached, func(p []string) bool { return p[1] == "41" }},
		{"refused_week", "0", "day_1", reach.Unreached, func(p []string) bool { return p[1] == "0" && p[2] == "refused" }},
		{"unreached_week_shop", "4", "day_3", reach.Unreached, func(p []string) bool { return p[0] == "shop" && p[1] == "13" }},
	} {
		f := d.Releases.Sum(tt.of, year, tt.match)
		c := r.at(t, tt.table, tt.row, tt.column)
		if !f.Known || c != released(f) {
			t.Errorf("%s, %s, %s is %+v and not %+v", tt.table, tt.row, tt.column, c, f)
		}
	}
}

// TestNoFigureUnderItsThreshold goes through every cell of every span.
func TestNoFigureUnderItsThreshold(t *testing.T) {
	fewer := 0
	for _, name := range []string{"2026", "2026-Q4", "2026-11", "2026-W48"} {
		make1(t, data(t), name, "nl").each(func(_ Section, _ Part, table Table) {
			for _, row := range table.Rows {
				if len(row.Cells) != len(table.Columns) || len(row.Name) != len(table.Heads) {
					t.Errorf("%s %s: row %s does not fit its columns", name, table.Key, row.Key)
				}
				for i, c := range row.Cells {
					where := name + " " + table.Key + " " + row.Key + " " + table.Columns[i].Key
					switch {
					case c.Kind == Fewer:
						fewer++
						if c.Number != 0 || c.Half != 0 || c.Low != 0 || c.High != 0 || c.FewerThan < 2 {
							t.Errorf("%s says more than its threshold: %+v", where, c)
						}
					case c.Kind == Unknown && (c.Text == "" || c.Note == ""):
						t.Errorf("%s is unknown without a reason", where)
					case c.Kind == Text && c.Text == "":
						t.Errorf("%s is blank", where)
					case c.numeric() && c.Number < 0 && !c.Signed:
						t.Errorf("%s is below nought: %v", where, c.Number)
					case c.Kind == Noisy && !(c.Low < c.Number && c.Number < c.High):
						t.Errorf("%s has no interval: %+v", where, c)
					case !slices.Contains([]Kind{Text, Number, Noisy, Range, Fewer, Unknown}, c.Kind):
						t.Errorf("%s has no kind", where)
					}
				}
			}
		})
	}
	if fewer == 0 {
		t.Error("the fixture has no figure under its threshold")
	}
}

func TestSmallLineHasNoExactFigures(t *testing.T) {
	d := data(t)
	r := make1(t, d, "2026", "nl")
	for _, c := range []string{"arrived", "answered_exact", "answered_share", "wait_median", "wait_p90", "within_share"} {
		if got := r.at(t, "service", "shop", c); got.Kind != Unknown {
			t.Errorf("%s of the small line: %+v", c, got)
		}
		if got := r.at(t, "service", "fier", c); got.Kind == Unknown {
			t.Errorf("%s of another line: %+v", c, got)
		}
		// All lines less the two others would be the small one.
		if got := r.at(t, "service", "jip", c); got.Kind != Unknown || got.Text != "niet apart" {
			t.Errorf("%s of the quieter of the others: %+v", c, got)
		}
	}
	var all, jip, fier int64
	for _, m := range period(t, "2026").Parts(reach.Month) {
		totals, _, _ := d.Releases.Totals(m)
		for _, o := range totals {
			if o.Line != "oefenen" {
				all += o.Arrived
			}
			switch o.Line {
			case "jip":
				jip += o.Arrived
			case "fier":
				fier += o.Arrived
			}
		}
	}
	if got := r.at(t, "service", "all", "arrived"); got.Number != float64(all) || !got.Exact() {
		t.Errorf("all lines: %+v and not %d", got, all)
	}
	if got := r.at(t, "service", "fier", "arrived"); got.Number != float64(fier) {
		t.Errorf("fier: %+v and not %d", got, fier)
	}
	// A line that the configuration does not have any more may have been small.
	d.Lines = d.Lines[:2]
	if got := make1(t, d, "2026", "nl").at(t, "service", "fier", "arrived"); got.Kind != Unknown {
		t.Errorf("a line that is gone: %+v", got)
	}
	// The only line, small: what is left is all lines together.
	d = data(t)
	d.Plan = &reach.Plan{Lines: []string{"jip"}, Topics: []string{"home"}, Budgets: reach.Budgets{Now: reach.Standard()}, Practice: []string{"shop", "fier", "oefenen"}}
	d.Lines = []Line{{Name: "jip", Small: true}}
	r = make1(t, d, "2026", "nl")
	if got := r.at(t, "service", "jip", "arrived"); got.Kind != Unknown {
		t.Errorf("the only line, small: %+v", got)
	}
	if got := r.at(t, "service", "all", "arrived"); got.Number != float64(jip) {
		t.Errorf("all lines, which is one: %+v", got)
	}
}

func TestWait(t *testing.T) {
	b := &build{tongue: "en"}
	fill := func(at map[int]int64) []int64 {
		w := make([]int64, len(reach.WaitBounds)+1)
		for i, n := range at {
			w[i] = n
		}
		return w
	}
	last := len(reach.WaitBounds)
	for _, tt := range []struct {
		waits      map[int]int64
		percentile int64
		low, high  float64
	}{
		{map[int]int64{0: 1}, 50, 0, 5},
		{map[int]int64{0: 1, 3: 1}, 50, 0, 5},
		{map[int]int64{0: 1, 3: 2}, 50, 20, 30},
		{map[int]int64{0: 9, 3: 1}, 90, 0, 5},
		{map[int]int64{0: 8, 3: 2}, 90, 20, 30},
		{map[int]int64{last: 1}, 50, 3600, math.Inf(1)},
		{map[int]int64{0: 1, last: 9}, 90, 3600, math.Inf(1)},
		{map[int]int64{last - 1: 3}, 90, 2700, 3600},
	} {
		if c := b.wait(fill(tt.waits), tt.percentile); c.Kind != Range || c.Low != tt.low || c.High != tt.high {
			t.Errorf("%v at %d: %+v", tt.waits, tt.percentile, c)
		}
	}
	if c := b.wait(fill(nil), 50); c.Kind != Unknown {
		t.Errorf("nobody: %+v", c)
	}
}

func TestCostPerAnsweredChat(t *testing.T) {
	b := &build{tongue: "en", p: period(t, "2026")}
	eps := reach.Epsilon{Num: 3, Den: 5}
	f := reach.Figure{N: 50, Noise: []reach.Term{{Eps: eps, N: 1}}, Known: true}
	c := b.perChat(10_000, released(f))
	half := float64(f.Half())
	if c.Kind != Noisy || c.Number != 2 || c.Low != 100/(50+half) || c.High != 100/(50-half) {
		t.Errorf("100 euro over %+v: %+v", f, c)
	}
	f.N = 3
	if c := b.perChat(10_000, released(f)); c.Kind != Unknown {
		t.Errorf("over fewer than %d: %+v", f.Threshold(), c)
	}
	if c := b.perChat(0, released(reach.Figure{N: 50, Known: true})); c.Kind != Unknown || c.Text != "not entered" {
		t.Errorf("nothing entered: %+v", c)
	}
	if c := b.perChat(10_000, exact(0)); c.Kind != Unknown {
		t.Errorf("over nobody: %+v", c)
	}
}

func TestTrend(t *testing.T) {
	p := plan()
	set := func(of map[string]int64) func(*reach.Release) {
		return func(r *reach.Release) {
			for c := range r.Cells {
				r.Cells[c] = 0
			}
			if r.Table == reach.Visits && r.Period.Span == reach.Year {
				r.Cells["jip|none|none|answered"] = of[r.Period.String()]
			}
		}
	}
	verdict := func(now, then int64, lang string) (Cell, Cell) {
		d := data(t)
		d.Releases = years(t, p, nil, set(map[string]int64{"2026": now, "2025": then}))
		r := make1(t, d, "2026", lang)
		return r.at(t, "trend", "answered|jip", "difference"), r.at(t, "trend", "answered|jip", "verdict")
	}
	for _, tt := range []struct {
		now, then int64
		want      string
	}{{283, 150, "more"}, {150, 283, "less"}, {283, 280, "no difference can be told"}} {
		d, v := verdict(tt.now, tt.then, "en")
		if v.Text != tt.want || d.Number != float64(tt.now-tt.then) || d.Half <= 5 || !d.Signed {
			t.Errorf("%d after %d: %+v, %+v", tt.now, tt.then, d, v)
		}
	}
	// From a difference beside the other figure the small one would follow.
	if d, v := verdict(283, 2, "nl"); d.Kind != Unknown || v.Text != "geen verschil te zien" {
		t.Errorf("from a small figure: %+v, %+v", d, v)
	}

	d := data(t)
	d.Releases = years(t, p, nil, func(r *reach.Release) {
		if r.Period.From < period(t, "2026").From {
			r.Since += 40
		}
	})
	if v := make1(t, d, "2026", "nl").at(t, "trend", "visits", "verdict"); v.Text != "niet te vergelijken" || !strings.Contains(v.Note, "10 februari 2025") {
		t.Errorf("a year that began late: %+v", v)
	}
	d.Releases = years(t, p, func(_ reach.Table, q reach.Period) bool { return q.From < period(t, "2026").From }, nil)
	if v := make1(t, d, "2026", "nl").at(t, "trend", "visits", "before"); v.Kind != Unknown {
		t.Errorf("a first year: %+v", v)
	}
	if v := make1(t, d, "2026", "nl").at(t, "trend", "arrived", "difference"); v.Kind != Unknown {
		t.Errorf("a first year, exactly: %+v", v)
	}
}

func TestDictionaryExplainsEverything(t *testing.T) {
	used := map[string]bool{}
	for _, lang := range Languages {
		for _, name := range []string{"2026", "2026-Q4", "2026-11", "2026-W48"} {
			r := make1(t, data(t), name, lang)
			var listed []string
			last := r.Sections[len(r.Sections)-1].Parts[0].Tables[0]
			for _, row := range last.Rows {
				listed = append(listed, row.Key)
			}
			r.each(func(_ Section, _ Part, table Table) {
				for _, c := range slices.Concat(table.Heads, table.Columns) {
					used[c.Figure] = true
					if !slices.Contains(listed, c.Figure) {
						t.Errorf("%s is not in the dictionary of %s", c.Figure, name)
					}
				}
			})
			keys := map[string]bool{}
			r.each(func(s Section, p Part, table Table) {
				if keys[table.Key] {
					t.Errorf("two tables are called %s", table.Key)
				}
				keys[table.Key] = true
				rows := map[string]bool{}
				for _, row := range table.Rows {
					if rows[row.Key] {
						t.Errorf("%s has two rows %s", table.Key, row.Key)
					}
					rows[row.Key] = true
				}
			})
		}
	}
	for figure, e := range entries {
		for _, text := range []string{e.name[0], e.name[1], e.meaning[0], e.meaning[1]} {
			if text == "" {
				t.Errorf("%s is not explained in both languages", figure)
			}
		}
		if !used[figure] && !slices.Contains(reach.Activities, figure) {
			t.Errorf("nothing uses %s", figure)
		}
	}
	for _, a := range reach.Activities {
		if _, ok := entries[a]; !ok {
			t.Errorf("the activity %s is not explained", a)
		}
		if entries[a].name != codes["activity "+a] {
			t.Errorf("the activity %s has two names: %q and %q", a, entries[a].name, codes["activity "+a])
		}
	}
	for _, topic := range reach.DefaultTopics {
		if _, ok := codes["topic "+topic]; !ok {
			t.Errorf("the topic %s has no name", topic)
		}
	}
}

// TestBothLanguages holds that the two reports are the same but for their words.
func TestBothLanguages(t *testing.T) {
	nl, en := make1(t, data(t), "2026", "nl"), make1(t, data(t), "2026", "en")
	shape := func(r *Report) (out []string) {
		r.each(func(s Section, p Part, table Table) {
			for _, row := range table.Rows {
				for i, c := range row.Cells {
					c.Text, c.Note = "", ""
					out = append(out, strings.Join([]string{s.Key, p.Key, table.Key, row.Key, table.Columns[i].Key, tongue("en").cell(c)}, "/"))
				}
			}
		})
		return out
	}
	if a, b := shape(nl), shape(en); !slices.Equal(a, b) || len(a) < 300 {
		t.Errorf("%d and %d cells, or others", len(a), len(b))
	}
}

// TestCodesAreSaidAsOnThePage: a line, channel or topic is called the same everywhere, and its code stays in the keys.
func TestCodesAreSaidAsOnThePage(t *testing.T) {
	for lang, want := range map[string]map[string]string{
		"nl": {"line shop": "SHOP", "line fier": "Fier", "channel instagram": "Instagram", "topic exploitation": "Seksuele uitbuiting", "kind parent": "Ouder of verzorger"},
		"en": {"line shop": "SHOP", "line fier": "Fier", "channel instagram": "Instagram", "topic exploitation": "Sexual exploitation", "kind parent": "Parent or carer"},
	} {
		r, seen := make1(t, data(t), "2026", lang), map[string]bool{}
		r.each(func(_ Section, _ Part, table Table) {
			for _, c := range table.Columns {
				seen[c.Name] = true
			}
			for _, row := range table.Rows {
				for i, name := range row.Name {
					seen[name] = true
					if sort := table.Heads[i].Key; name != "" && codes[sort+" "+name] != [2]string{} && Name(lang, sort, name) != name {
						t.Errorf("%s: the code %s stands for a %s in %s", lang, name, sort, table.Key)
					}
				}
			}
		})
		for code, name := range want {
			sort, c, _ := strings.Cut(code, " ")
			if Name(lang, sort, c) != name || !seen[name] {
				t.Errorf("%s: %s is %q, and in the report: %v", lang, code, Name(lang, sort, c), seen[name])
			}
		}
		if about := r.Sections[2].Parts[0].Text[0]; !strings.Contains(about, "JIP, SHOP ") {
			t.Errorf("%s: %s", lang, about)
		}
	}
	if Name("nl", "line", "oefenen") != "oefenen" {
		t.Error("a line without a name of its own is not called by its code")
	}
}
