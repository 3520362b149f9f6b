package report

import (
	"slices"
	"strings"

	"haven/metrics/reach"
)

// build is a report while it is put together.
type build struct {
	tongue
	d     Data
	p     reach.Period
	lines []string // of the configuration, and then those that only the releases know
	exact *Services
}

// published says whether a table has releases of the period's span.
func published(t reach.Table, s reach.Span) bool {
	return slices.Contains(t.Spent(), s) || t == reach.Visits && s == reach.Quarter
}

// parts are the releases of a table from which the period's figures come, and the parts that are missing.
func (b *build) parts(t reach.Table, p reach.Period) (found []*reach.Release, missing []reach.Period) {
	periods := []reach.Period{p}
	if t == reach.Visits && p.Span == reach.Quarter {
		periods = p.Parts(reach.Month)
	}
	for _, p := range periods {
		if one := b.d.Releases.Get(t, p); one != nil {
			found = append(found, one)
		} else {
			missing = append(missing, p)
		}
	}
	return found, missing
}

// anything says whether the period has any figures at all.
func (b *build) anything() bool {
	for _, t := range reach.Tables {
		if found, _ := b.parts(t, b.p); published(t, b.p.Span) && len(found) > 0 {
			return true
		}
	}
	_, _, ok := b.totals(b.p)
	return ok
}

// totals are the exact figures of the period's lines; weeks have none.
func (b *build) totals(p reach.Period) (totals []reach.Totals, missing []reach.Period, ok bool) {
	if p.Span == reach.Week {
		return nil, nil, false
	}
	totals, _, ok = b.d.Releases.Totals(p)
	totals = slices.DeleteFunc(slices.Clone(totals), func(t reach.Totals) bool { return slices.Contains(b.d.Plan.Practice, t.Line) })
	months := p.Parts(reach.Month)
	if p.Span == reach.Month {
		months = []reach.Period{p}
	}
	for _, m := range months {
		if _, _, there := b.d.Releases.Totals(m); !there {
			missing = append(missing, m)
		}
	}
	return totals, missing, ok && len(totals) > 0
}

// names are those at one place of a cell: the configured ones in their order, then whatever was released under another
// name, when the configuration was another one.
func (b *build) names(place int, configured []string, fits func(t reach.Table, name string) bool, tables ...reach.Table) []string {
	if len(tables) == 0 {
		tables = reach.Tables
	}
	var old []string
	for _, t := range tables {
		found, _ := b.parts(t, b.p)
		for _, one := range found {
			for c := range one.Cells {
				if parts := c.Parts(); place < len(parts) && fits(t, parts[place]) {
					old = append(old, parts[place])
				}
			}
		}
	}
	slices.Sort(old)
	out := slices.Clone(configured)
	for _, name := range slices.Compact(old) {
		if !slices.Contains(out, name) {
			out = append(out, name)
		}
	}
	return out
}

// pick matches cells by their parts, "" standing for any. A part may name several, with | between them.
func pick(want ...string) func([]string) bool {
	return func(parts []string) bool {
		for i, w := range want {
			if w != "" && (i >= len(parts) || !slices.Contains(strings.Split(w, "|"), parts[i])) {
				return false
			}
		}
		return true
	}
}

const (
	anyStage = ""
	asked    = "refused|abandoned|answered"
	answered = "answered"
	refused  = "refused"
	left     = "abandoned"
	contact  = "young_person|parent|professional|other" // every kind but nuisance
)

// sum is what may be shown of a sum of released cells.
func (b *build) sum(t reach.Table, match func([]string) bool) Cell {
	f := b.d.Releases.Sum(t, b.p, match)
	if !f.Known {
		return b.absent(t, match)
	}
	c := released(f)
	// A campaign that was added in the middle of a quarter has fewer months than the quarter.
	if found, _ := b.parts(t, b.p); len(found) > 1 {
		n := 0
		for _, one := range found {
			if b.d.Releases.Sum(t, one.Period, match).Known {
				n++
			}
		}
		if n < len(found) {
			c.Note = b.f("Geteld in %d van de %d maanden.", "Counted in %d of the %d months.", n, len(found))
		}
	}
	return c
}

// absent says why there is no figure.
func (b *build) absent(t reach.Table, match func([]string) bool) Cell {
	found, missing := b.parts(t, b.p)
	switch {
	case !published(t, b.p.Span):
		return b.onlyBy(t)
	case len(missing) > 0 && len(found) > 0:
		return b.unknown("onvolledig", "incomplete", b.f("Er is nog niets vastgesteld over %s.", "Nothing was sealed for %s.", b.periods(missing)))
	case len(missing) > 0:
		return b.unknown("niet vastgesteld", "not sealed", b.s("Voor deze periode is hierover niets vastgesteld.", "Nothing about this was sealed for this period."))
	}
	return b.unknown("niet geteld", "not counted", b.s("Dit stond in deze periode niet in de instellingen.", "This was not in the configuration in this period."))
}

// onlyBy is the answer where a table is published over longer spans only.
func (b *build) onlyBy(t reach.Table) Cell {
	if slices.Contains(t.Spent(), reach.Quarter) {
		return b.unknown("per kwartaal en jaar", "by quarter and year",
			b.s("Dit verschijnt alleen per kwartaal en per jaar. Over een kortere tijd kan één bezoek te veel opvallen.",
				"This is published by quarter and by year only. Over a shorter time one visit could stand out too much."))
	}
	return b.unknown("alleen per jaar", "by year only",
		b.s("Dit verschijnt alleen per jaar. Over een kortere tijd kan één gesprek te veel opvallen.",
			"This is published by year only. Over a shorter time one talk could stand out too much."))
}

func (b *build) unknown(nl, en, why string) Cell {
	return Cell{Kind: Unknown, Text: b.s(nl, en), Note: why}
}

// cannot is something that Haven cannot know at all.
func (b *build) cannot(because string) Cell {
	return b.unknown("Kan Haven niet weten", "Haven cannot know", because)
}

// periods names some periods in their order; three or more in a row by the first and the last.
func (b *build) periods(of []reach.Period) string {
	var names []string
	for i := 0; i < len(of); {
		j := i
		for j+1 < len(of) && of[j].Next() == of[j+1] {
			j++
		}
		switch {
		case j-i >= 2:
			names = append(names, b.f("%s tot en met %s", "%s to %s", b.period(of[i]), b.period(of[j])))
		case j > i:
			names = append(names, b.period(of[i]), b.period(of[j]))
		default:
			names = append(names, b.period(of[i]))
		}
		i = j + 1
	}
	return b.list(names)
}

// column is a column of figures, named as in the data dictionary.
func (b *build) column(figure string) Column {
	return Column{Key: figure, Name: b.name(figure), Figure: figure}
}

func (b *build) columns(figures ...string) []Column {
	var out []Column
	for _, f := range figures {
		out = append(out, b.column(f))
	}
	return out
}

// lineRow is the row of a line.
func (b *build) lineRow(line string, cells ...Cell) Row {
	return Row{Key: line, Name: []string{b.code("line", line)}, Cells: cells}
}

// named is a row whose name has to be said in a language.
func (b *build) named(key, nl, en string, cells ...Cell) Row {
	return Row{Key: key, Name: []string{b.s(nl, en)}, Cells: cells}
}

func (r Row) total() Row {
	r.Total = true
	return r
}

// byLine has a row for each line and one for all of them; line is "" in that.
func (b *build) byLine(cells func(line string) []Cell) []Row {
	var rows []Row
	for _, l := range b.lines {
		rows = append(rows, b.lineRow(l, cells(l)...))
	}
	if len(b.lines) > 1 {
		rows = append(rows, b.named("all", "alle lijnen samen", "all lines together", cells("")...).total())
	}
	return rows
}

// unknowns is the table of what cannot be known: what, and why.
func (b *build) unknowns(key string, of ...[2]string) Table {
	t := Table{
		Key: key, Title: b.s("Wat Haven hier niet kan weten", "What Haven cannot know here"),
		Heads: b.columns("asked_for"), Columns: b.columns("cannot"), Listed: true,
	}
	for i, o := range of {
		c := b.cannot(o[1])
		t.Rows = append(t.Rows, Row{Key: key + "_" + string(rune('a'+i)), Name: []string{o[0]}, Cells: []Cell{c}})
	}
	return t
}

// fold leaves one row of a table that says of everything that there is no figure, for the same reason: the same words
// in every field help nobody.
func (b *build) fold(t *Table) {
	if t.Listed || len(t.Rows) < 2 {
		return
	}
	first := t.Rows[0].Cells[0]
	for _, r := range t.Rows {
		for _, c := range r.Cells {
			if c.Kind != Unknown || c != first {
				return
			}
		}
	}
	name := make([]string, len(t.Heads))
	name[0] = b.s("alles", "everything")
	t.Rows = []Row{{Key: "all", Name: name, Cells: t.Rows[0].Cells}}
}
