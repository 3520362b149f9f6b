package report

import (
	"slices"

	"haven/metrics/reach"
)

// handedOver, ledTo and stayed match the referrals of a line, "" for all: to another line, to anything outside, to nothing.
func handedOver(line string) func([]string) bool {
	return func(parts []string) bool {
		_, ok := reach.ReferredLine(parts[1])
		return ok && pick(line)(parts)
	}
}

func ledTo(line string) func([]string) bool {
	return func(parts []string) bool {
		return !handedOver("")(parts) && parts[1] != reach.None && pick(line)(parts)
	}
}

func stayed(line string) func([]string) bool { return pick(line, reach.None) }

// covers says whether the period has figures of a table at all, or may get them under the plan.
func (b *build) covers(t reach.Table) bool {
	found, _ := b.parts(t, b.p)
	return len(found) > 0 || t != reach.Referrals || b.d.Plan.Refers()
}

// referred is what may be shown of a sum of referrals.
func (b *build) referred(match func([]string) bool) Cell {
	if !b.covers(reach.Referrals) {
		return b.unknown("niet geteld", "not counted", b.s("Er is maar één lijn, en in de instellingen staat geen hulp buiten de chat.",
			"There is one line only, and the configuration names no help outside of the chat."))
	}
	return b.sum(reach.Referrals, match)
}

// destinations are what referrals lead to: the lines, then the partners, then what is not configured.
func (b *build) destinations() []string {
	var lines, partners []string
	for _, l := range b.lines {
		lines = append(lines, reach.LineReferral(l))
	}
	for _, p := range b.d.Plan.Partners {
		partners = append(partners, p.Code)
	}
	of := b.names(1, append(lines, partners...), func(_ reach.Table, name string) bool {
		return name != reach.None && name != reach.Other
	}, reach.Referrals)
	// Of a line that was taken out since, the handovers stand with those of the others.
	slices.SortStableFunc(of, func(a, b string) int {
		_, one := reach.ReferredLine(a)
		_, two := reach.ReferredLine(b)
		switch {
		case one && !two:
			return -1
		case two && !one:
			return 1
		}
		return 0
	})
	return append(of, reach.Other)
}

// destination says a referral in words.
func (b *build) destination(referral string) string {
	if line, ok := reach.ReferredLine(referral); ok {
		return b.f("Verder bij %s", "Went on with %s", b.code("line", line))
	}
	if referral == reach.Other {
		return b.s("Andere hulp, niet in de lijst", "Other help, not on the list")
	}
	for _, p := range b.d.Plan.Partners {
		if p.Code == referral {
			return p.Name
		}
	}
	return referral
}

// destinationTable has a row for each destination and a column for each line that led there.
func (b *build) destinationTable() Table {
	t := Table{Key: "referrals", Title: b.s("Waarheen, per lijn", "Where to, by line"), Heads: b.columns("referral"), Columns: b.perLine("led")}
	itself := b.unknown("zelfde lijn", "the same line",
		b.s("Een chat die bij een collega van dezelfde lijn verder gaat, telt niet als overdracht.", "A chat that goes on with a colleague of the same line is no handover."))
	for _, to := range b.destinations() {
		t.Rows = append(t.Rows, Row{Key: to, Name: []string{b.destination(to)}, Cells: b.lineCells(func(l string) Cell {
			if reach.LineReferral(l) == to {
				return itself
			}
			return b.referred(pick(l, to))
		})})
	}
	return t
}
