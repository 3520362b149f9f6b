package report

import (
	"math"
	"slices"

	"haven/metrics/reach"
)

// funder is the page for who pays.
func (b *build) funder() Section {
	return Section{
		Key: "funder", Title: b.s("Voor de financier", "For the funder"), Short: b.s("Financier", "Funder"),
		Parts: []Part{b.service(), b.results(), b.trend()},
	}
}

// service is how the lines were answered, exactly.
func (b *build) service() Part {
	_, missing, ok := b.totals(b.p)
	part := Part{
		Key: "service", Title: b.s("Bereikbaarheid", "Service"),
		Text: []string{b.s(
			"Dit zijn precieze aantallen, uit de dagelijkse gang van de lijnen. Ze vallen buiten de grens die in “Hoe er is geteld” staat. Ze zeggen niets over campagnes, onderwerpen of uitkomsten. Chats zonder echte vraag tellen hier mee. Onder de tien staat er “minder dan 10”, en waar dat anders uit een verschil volgt, staat er niets.",
			"These are exact counts, from the daily run of the lines. They are outside of the bound that “Method and privacy” gives. They say nothing about campaigns, topics or outcomes. Chats without a real question are in them. Under ten it reads “fewer than 10”, and where that would follow from a difference, nothing.")},
	}
	if len(missing) > 0 && ok {
		part.Text = append(part.Text, b.f("Er zijn geen precieze aantallen over %s.", "There are no exact counts of %s.", b.periods(missing)))
	}
	table := Table{
		Key: "service", Title: b.s("Vraag, antwoord en wachttijd per lijn", "Demand, answers and waits by line"), Heads: b.columns("line"),
		Columns: b.columns("arrived", "answered_exact", "answered_share", "wait_median", "wait_p90", "target", "within_share"),
	}
	hours := Table{
		Key: "hours", Title: b.s("Uren open en beloofd", "Hours open and promised"), Heads: b.columns("line"),
		Columns: b.columns("attended", "promised", "attended_share"),
	}
	for _, l := range b.lines {
		wait, open := b.lineService(l, ok)
		table.Rows = append(table.Rows, b.lineRow(l, wait...))
		hours.Rows = append(hours.Rows, b.lineRow(l, open...))
	}
	if len(b.lines) != 1 || b.small(b.lines[0]) {
		wait, open := b.lineService("", ok)
		table.Rows = append(table.Rows, b.named("all", "alle lijnen samen", "all lines together", wait...).total())
		hours.Rows = append(hours.Rows, b.named("all", "alle lijnen samen", "all lines together", open...).total())
	}
	part.Tables = []Table{table, hours}
	return part
}

// small says that a line has no exact figures of its own. Of a line that is not configured any more nobody says what it
// was, so it has none either.
func (b *build) small(line string) bool {
	i := slices.IndexFunc(b.d.Lines, func(l Line) bool { return l.Name == line })
	return i < 0 || b.d.Lines[i].Small
}

// lineService are the cells of one line, or of all for "".
func (b *build) lineService(line string, ok bool) (wait, open []Cell) {
	fill := func(c Cell) ([]Cell, []Cell) {
		return slices.Repeat([]Cell{c}, 7), slices.Repeat([]Cell{c}, 3)
	}
	if line != "" && b.small(line) {
		return fill(b.unknown("in het totaal", "in the total",
			b.s("Deze lijn is zo klein dat haar precieze aantallen alleen binnen alle lijnen samen staan.",
				"This line is so small that its exact counts stand within all lines together only.")))
	}
	sum, there := b.exact.Sum(line, b.p)
	switch {
	case b.p.Span == reach.Week:
		return fill(b.unknown("per maand", "by month", b.s("Precieze aantallen zijn er alleen per maand, kwartaal en jaar.", "There are exact counts by month, quarter and year only.")))
	case !ok || !there:
		return fill(b.unknown("niet vastgesteld", "not sealed", b.s("Voor deze periode is hierover niets vastgesteld.", "Nothing about this was sealed for this period.")))
	}
	open = []Cell{
		{Kind: Number, Number: float64(sum.AttendedMinutes) / 60, Unit: Hours},
		{Kind: Number, Number: float64(sum.PromisedMinutes) / 60, Unit: Hours},
		b.share(sum.AttendedMinutes, sum.PromisedMinutes),
	}
	if !b.exact.Said(line, b.p) {
		none := b.unsaid(sum)
		return []Cell{b.count(sum.Arrived, none), b.count(sum.Answered, none), none, none, none, b.target(line), none}, open
	}
	wait = []Cell{
		exact(sum.Arrived), exact(sum.Answered), b.share(sum.Answered, sum.Arrived),
		b.wait(sum.Waits, 50), b.wait(sum.Waits, 90), b.target(line), b.share(sum.Within, sum.Answered),
	}
	return wait, open
}

// unsaid is what stands where an exact figure may not be said.
func (b *build) unsaid(sum reach.Totals) Cell {
	if few(sum) {
		return b.unknown("te weinig", "too few", b.f("Het waren er minder dan %d. Een deel of wachttijd zou dan over één persoon kunnen gaan.",
			"There were fewer than %d. A share or a wait could be about one person.", Floor))
	}
	return b.unknown("niet apart", "not by itself", b.f("Hieruit zou volgen hoeveel het er waren waar “minder dan %d” staat, of bij een kleine lijn.",
		"From this it would follow how many there were where it says “fewer than %d”, or on a small line.", Floor))
}

// count is an exact count that may not be said.
func (b *build) count(n int64, none Cell) Cell {
	if n < Floor {
		return Cell{Kind: Fewer, FewerThan: Floor}
	}
	return none
}

func plus(a, c reach.Totals) reach.Totals {
	a.Arrived += c.Arrived
	a.Answered += c.Answered
	a.Within += c.Within
	a.AttendedMinutes += c.AttendedMinutes
	a.PromisedMinutes += c.PromisedMinutes
	a.Example = a.Example || c.Example
	waits := make([]int64, max(len(a.Waits), len(c.Waits)))
	for i := range waits {
		for _, of := range [][]int64{a.Waits, c.Waits} {
			if i < len(of) {
				waits[i] += of[i]
			}
		}
	}
	a.Waits = waits
	return a
}

func (b *build) target(line string) Cell {
	if line == "" {
		return b.unknown("per lijn", "by line", b.s("Elke lijn heeft een eigen streeftijd.", "Each line has a target of its own."))
	}
	for _, l := range b.d.Lines {
		if l.Name == line && l.Target > 0 {
			return exact(int64(l.Target.Seconds())).in(Seconds)
		}
	}
	return b.unknown("niet ingesteld", "not set", b.s("Voor deze lijn is geen streeftijd ingesteld.", "No target is set for this line."))
}

// share is part of whole. A chat that came before midnight and was answered after counts in two months, so that a
// share could pass the whole by a hair.
func (b *build) share(part, whole int64) Cell {
	if whole <= 0 {
		return b.unknown("geen", "none", b.s("Er was niets om een deel van te nemen.", "There was nothing to take a share of."))
	}
	return Cell{Kind: Number, Number: min(100, 100*float64(part)/float64(whole)), Unit: Percent}
}

// wait is the range in which the wait of the percentile lies: that of the bucket in which it falls.
func (b *build) wait(buckets []int64, percentile int64) Cell {
	var n int64
	for _, k := range buckets {
		n += k
	}
	if n == 0 {
		return b.unknown("geen", "none", b.s("Er is in deze periode niemand beantwoord.", "Nobody was answered in this period."))
	}
	rank := (n*percentile + 99) / 100 // the nearest rank
	low := 0
	for i, k := range buckets {
		rank -= k
		if i == len(reach.WaitBounds) {
			break
		}
		if rank <= 0 {
			return Cell{Kind: Range, Low: float64(low), High: float64(reach.WaitBounds[i]), Unit: Seconds}
		}
		low = reach.WaitBounds[i]
	}
	return Cell{Kind: Range, Low: float64(low), High: math.Inf(1), Unit: Seconds}
}

// results are outcomes and referrals.
func (b *build) results() Part {
	return Part{
		Key: "results", Title: b.s("Wat de gesprekken opleverden", "What came of the talks"),
		Tables: []Table{
			b.lineTable("results", b.s("Uitkomsten en doorverwijzingen per lijn", "Outcomes and referrals by line"),
				[]string{"contacts", "outcome_none", "signals", "reports", "parent_contacts", "handovers_done", "referrals"},
				func(l string) []Cell {
					return []Cell{
						b.outcomes(l, contact, "", ""), b.outcomes(l, contact, "none", ""), b.outcomes(l, contact, "signal", ""),
						b.outcomes(l, contact, "report", ""), b.outcomes(l, contact, "", "parent"),
						b.referred(handedOver(l)), b.referred(ledTo(l)),
					}
				}),
		},
	}
}
