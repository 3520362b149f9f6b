package page

import (
	"html/template"

	"haven/metrics/chart"
	"haven/metrics/reach"
)

// section is one subject of the page, with a chart and its table in each block.
type section struct {
	ID, Title string
	Lead      string // the one sentence that matters
	Example   bool
	Notes     []string // how it was counted
	Warn      string   // what keeps it from being read as it stands
	Blocks    []block
	Else      []link // where there is more
}

// block is a chart and the same in a table.
type block struct {
	Title  string // "" where the section's does
	Charts []drawing
	Table  *table
	Note   string
}

// quieten keeps from eyes what a caption repeats.
func (b block) quieten() {
	if b.Table == nil {
		return
	}
	b.Table.Quiet = b.Table.Caption == b.Title
	for _, c := range b.Charts {
		b.Table.Quiet = b.Table.Quiet || b.Table.Caption == c.Title
	}
}

// Side says that chart and table go beside each other.
func (b block) Side() bool { return len(b.Charts) == 1 && b.Table != nil }

type drawing struct {
	Title string
	SVG   template.HTML
}

func draw(b chart.Bars) drawing { return drawing{b.Title, b.SVG()} }

type table struct {
	ID, Caption string
	Quiet       bool // what stands above it says the same
	Head        []string
	Rows        []row
}

type row struct {
	Head, Sub, Href string
	Cells           []cell
	Total           bool
}

type link struct {
	Href, Text string
	Current    bool
}

// view is the page of figures of one period, as it is made.
type view struct {
	query
	page     *Page
	releases *reach.Releases
	sealed   map[reach.Span][]reach.Period
}

// about says under what conditions a table was counted.
func (v *view) about(s *section, t reach.Table) (ok bool) {
	a, ok := v.releases.About(t, v.period)
	if !ok {
		return false
	}
	s.Example = a.Example
	if a.Emptied != 0 {
		s.Notes = append(s.Notes, v.say("Er werd geteld vanaf %s. Op %s bleek dat de tellingen leeg waren gemaakt: wat daarvoor geteld was, is weg.", "Counting began on %s. On %s the counts were seen to have been emptied: what had been counted before is lost.", v.day(a.Since), v.day(a.Emptied)))
	} else if a.Since > v.period.From {
		s.Notes = append(s.Notes, v.say("Er werd geteld vanaf %s, dus niet het hele tijdvak.", "Counting began on %s, so not the whole period is in it.", v.day(a.Since)))
	}
	switch {
	case a.LostDays == 1:
		s.Notes = append(s.Notes, v.say("Eén dagtelling van een server ging verloren en zit er niet in.", "One day's count of a server was lost and is not in it."))
	case a.LostDays > 1:
		s.Notes = append(s.Notes, v.say("%d dagtellingen van servers gingen verloren en zitten er niet in.", "%d daily counts of servers were lost and are not in it.", a.LostDays))
	}
	if a.Back {
		s.Notes = append(s.Notes, v.say("In dit tijdvak is een oude kopie van de tellingen teruggezet: er ontbreken tellingen.", "An old copy of the counts was put back in this period: counts are missing."))
	}
	return true
}

// elsewhere says that a table is published over longer times only, and leads to the newest of them.
func (v *view) elsewhere(s *section, t reach.Table, lead string, spans ...reach.Span) {
	s.Lead = lead
	for _, span := range spans {
		if of := v.releases.Periods(t, span); len(of) > 0 {
			s.Else = append(s.Else, link{Href: v.at(of[0], v.campaign) + "#" + s.ID, Text: v.say("Bekijk %s", "See %s", v.lang.period(of[0]))})
		}
	}
	if len(s.Else) == 0 {
		s.Lead += " " + v.say("Er is er nog geen vastgelegd.", "None is sealed yet.")
	}
}
