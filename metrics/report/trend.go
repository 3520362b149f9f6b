package report

import (
	"cmp"
	"math"

	"haven/metrics/reach"
)

// trend holds the period against the one before it.
func (b *build) trend() Part {
	before := b.p.Prev()
	t := Table{
		Key: "trend", Title: b.f("Vergeleken met %s", "Against %s", b.period(before)),
		Heads: b.columns("figure"), Columns: b.columns("now", "before", "difference", "verdict"),
	}
	add := func(key, name string, cells []Cell) {
		t.Rows = append(t.Rows, Row{Key: key, Name: []string{name}, Cells: cells})
	}
	visits := func(figure, line, stage string) {
		key, name := figure, b.name(figure)
		if line != "" {
			key, name = figure+"|"+line, name+" · "+b.code("line", line)
		}
		add(key, name, b.against(reach.Visits, before, pick(line, "", "", stage)))
	}
	visits("visits", "", anyStage)
	visits("asked", "", asked)
	visits("answered", "", answered)
	if len(b.lines) > 1 {
		for _, l := range b.lines {
			visits("answered", l, answered)
		}
	}
	for _, o := range []struct{ figure, outcome, parent string }{
		{"contacts", "", ""}, {"signals", "signal", ""}, {"reports", "report", ""}, {"parent_contacts", "", "parent"},
	} {
		if published(reach.Outcomes, b.p.Span) {
			add(o.figure, b.name(o.figure), b.against(reach.Outcomes, before, pick("", contact, o.outcome, o.parent)))
		}
	}
	if published(reach.Referrals, b.p.Span) && b.covers(reach.Referrals) {
		add("handovers_done", b.name("handovers_done"), b.against(reach.Referrals, before, handedOver("")))
		add("referrals", b.name("referrals"), b.against(reach.Referrals, before, ledTo("")))
	}
	if published(reach.Unreached, b.p.Span) {
		add("unreached", b.name("unreached"), b.against(reach.Unreached, before, nil))
	}
	t.Rows = append(t.Rows, b.exactTrend(before)...)
	text := []string{b.s(
		"Elk verschil heeft een eigen marge. Die is groter dan de marge van elk van beide cijfers. Valt nul binnen de marge, dan is niet te zeggen of het meer of minder werd. De marge gaat alleen over het toeval dat Haven toevoegt, niet over drukke en rustige weken.",
		"Each difference has a margin of its own, wider than that of either figure. Where nought lies within it, nobody can tell whether there was more or less. The margin is about the chance that Haven adds only, not about busy and quiet weeks.")}
	return Part{Key: "trend", Title: b.s("Meer of minder dan daarvoor", "More or less than before"), Text: text, Tables: []Table{t}}
}

// against are the cells of one released figure: now, before, the difference, and what can be said of it.
func (b *build) against(t reach.Table, before reach.Period, match func([]string) bool) []Cell {
	now := b.sum(t, match)
	past := *b
	past.p = before
	then := past.sum(t, match)
	f, g := b.d.Releases.Sum(t, b.p, match), b.d.Releases.Sum(t, before, match)
	switch {
	case !g.Known:
		then = b.unknown("geen cijfer", "no figure", b.f("Over %s is dit niet vastgesteld.", "Nothing about this was sealed for %s.", b.period(before)))
		none := b.unknown("niet te vergelijken", "cannot be compared", then.Note)
		return []Cell{now, then, none, none}
	case !f.Known:
		none := b.unknown("niet te vergelijken", "cannot be compared", now.Note)
		return []Cell{now, then, none, none}
	}
	if why := b.unlike(t, before); why != "" {
		none := b.unknown("niet te vergelijken", "cannot be compared", why)
		return []Cell{now, then, none, none}
	}
	if now.Kind == Fewer || then.Kind == Fewer {
		// The figure itself would follow from the difference.
		none := b.unknown("geen verschil te zien", "no difference can be told",
			b.s("Een van beide is te klein om te tonen, en dus ook het verschil.", "One of the two is too small to be shown, and so is the difference."))
		return []Cell{now, then, none, none}
	}
	d := difference(f.Sub(g))
	return []Cell{now, then, d, b.verdict(d)}
}

// verdict says in words what a difference tells.
func (b *build) verdict(d Cell) Cell {
	low, high := d.Low, d.High
	if d.Kind == Number {
		low, high = d.Number, d.Number
	}
	switch {
	case low > 0:
		return words(b.s("meer", "more"))
	case high < 0:
		return words(b.s("minder", "less"))
	case d.Kind == Number:
		return words(b.s("gelijk", "the same"))
	}
	return words(b.s("geen verschil te zien", "no difference can be told"))
}

// unlike says why two periods cannot be held against each other, "" when they can.
func (b *build) unlike(t reach.Table, before reach.Period) string {
	var example [2]bool
	for i, p := range []reach.Period{b.p, before} {
		about, _ := b.d.Releases.About(t, p)
		example[i] = about.Example
		if about.Back || about.Emptied != 0 {
			return b.f("Over %s ontbreken tellingen.", "Counts of %s are missing.", b.period(p))
		}
		if about.LostDays > 0 {
			return b.f("Over %s gingen dagtellingen van servers verloren.", "Daily counts of servers were lost in %s.", b.period(p))
		}
		if about.Since > p.From {
			return b.f("Over %s is pas geteld vanaf %s.", "%s was counted from %s only.", b.period(p), b.day(about.Since))
		}
	}
	if example[0] != example[1] {
		return b.s("Een van beide periodes heeft voorbeeldcijfers.", "One of the two periods has example figures.")
	}
	return ""
}

// exactTrend are the rows of exact counts, over all lines together.
func (b *build) exactTrend(before reach.Period) []Row {
	_, nowMissing, ok := b.totals(b.p)
	_, thenMissing, was := b.totals(before)
	if !ok {
		return nil
	}
	var sums [2]reach.Totals
	var said [2]bool
	for i, p := range []reach.Period{b.p, before} {
		sums[i], _ = b.exact.Sum("", p)
		said[i] = b.exact.Said("", p)
	}
	why := ""
	switch {
	case !was:
		why = b.f("Over %s zijn er geen precieze aantallen.", "There are no exact counts of %s.", b.period(before))
	case len(nowMissing)+len(thenMissing) > 0:
		why = b.f("Er zijn geen precieze aantallen over %s.", "There are no exact counts of %s.", b.periods(append(thenMissing, nowMissing...)))
	case sums[0].Example != sums[1].Example:
		why = b.s("Een van beide periodes heeft voorbeeldcijfers.", "One of the two periods has example figures.")
	default:
		// What was counted with noise was counted under the same circumstances.
		why = b.unlike(reach.Visits, before)
	}
	cells := func(of func(reach.Totals) Cell, u Unit, count func(reach.Totals) int64) []Cell {
		shown := func(i int) Cell {
			if said[i] {
				return of(sums[i])
			}
			none := b.unsaid(sums[i])
			if count != nil {
				none = b.count(count(sums[i]), none)
			}
			return none
		}
		a, c := shown(0), shown(1)
		if !was {
			c = b.unknown("geen cijfer", "no figure", why)
		}
		switch none := b.unknown("niet te vergelijken", "cannot be compared", why); {
		case why != "":
			return []Cell{a, c, none, none}
		case !a.numeric() || !c.numeric():
			none.Note = cmp.Or(a.Note, c.Note, b.s("Een van beide is te klein om te tonen, en dus ook het verschil.", "One of the two is too small to be shown, and so is the difference."))
			return []Cell{a, c, none, none}
		}
		d := Cell{Kind: Number, Number: rounded(a.Number, u) - rounded(c.Number, u), Unit: u, Signed: true}
		d.Number = math.Round(d.Number*10) / 10
		return []Cell{a, c, d, b.verdict(d)}
	}
	return []Row{
		{Key: "arrived", Name: []string{b.name("arrived")}, Cells: cells(func(t reach.Totals) Cell { return exact(t.Arrived) }, Count, func(t reach.Totals) int64 { return t.Arrived })},
		{Key: "answered_exact", Name: []string{b.name("answered_exact")}, Cells: cells(func(t reach.Totals) Cell { return exact(t.Answered) }, Count, func(t reach.Totals) int64 { return t.Answered })},
		{Key: "answered_share", Name: []string{b.name("answered_share")}, Cells: cells(func(t reach.Totals) Cell { return b.share(t.Answered, t.Arrived) }, Points, nil)},
	}
}
