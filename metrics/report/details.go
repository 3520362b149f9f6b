package report

import (
	"fmt"
	"strconv"

	"haven/metrics/reach"
)

// details are topics, outcomes and unreached demand in full.
func (b *build) details() Section {
	return Section{
		Key: "details", Title: b.s("Onderwerpen, uitkomsten en wie niet werd bereikt", "Topics, outcomes and who was not reached"),
		Short: b.s("Onderwerpen en uitkomsten", "Topics and outcomes"),
		Parts: []Part{b.topics(), b.outcomesInFull(), b.unreached()},
	}
}

// perLine are columns that all hold the same figure, one for each line and one for all.
func (b *build) perLine(figure string) []Column {
	var out []Column
	for _, l := range b.lines {
		out = append(out, Column{Key: l, Name: b.code("line", l), Figure: figure})
	}
	if len(b.lines) > 1 {
		out = append(out, Column{Key: "all", Name: b.s("alle lijnen", "all lines"), Figure: figure})
	}
	return out
}

// lineCells are the cells under perLine.
func (b *build) lineCells(cell func(line string) Cell) []Cell {
	var out []Cell
	for _, l := range b.lines {
		out = append(out, cell(l))
	}
	if len(b.lines) > 1 {
		out = append(out, cell(""))
	}
	return out
}

func (b *build) topics() Part {
	t := Table{Key: "topics", Title: b.s("Hoofdonderwerp van de gesprekken", "Main topic of the talks"), Heads: b.columns("topic"), Columns: b.perLine("topics")}
	topics := b.names(1, b.d.Plan.Topics, func(_ reach.Table, name string) bool { return name != reach.Other }, reach.Topics)
	for _, topic := range append(topics, reach.Other) {
		t.Rows = append(t.Rows, Row{Key: topic, Name: []string{b.code("topic", topic)}, Cells: b.lineCells(func(l string) Cell {
			return b.sum(reach.Topics, pick(l, topic))
		})})
	}
	return Part{
		Key: "topics", Title: b.s("Onderwerpen", "Topics"),
		Text: []string{b.s("De hulpverlener kiest na elke chat één hoofdonderwerp. Chats zonder echte vraag tellen niet mee.",
			"After each chat the counsellor chooses one main topic. Chats without a real question are not in it.")},
		Tables: []Table{t},
	}
}

func (b *build) outcomesInFull() Part {
	t := Table{
		Key: "outcomes", Title: b.s("Uitkomsten naar lijn en gesprekspartner", "Outcomes by line and who was talked to"),
		Heads: b.columns("line", "kind"), Columns: b.columns("contacts", "outcome_none", "signals", "reports", "parent_contacts"),
	}
	cells := func(l, k string) []Cell {
		return []Cell{b.outcomes(l, k, "", ""), b.outcomes(l, k, "none", ""), b.outcomes(l, k, "signal", ""), b.outcomes(l, k, "report", ""), b.outcomes(l, k, "", "parent")}
	}
	for _, l := range b.lines {
		for _, k := range reach.Kinds {
			t.Rows = append(t.Rows, Row{Key: l + "|" + k, Name: []string{b.code("line", l), b.code("kind", k)}, Cells: cells(l, k)})
		}
	}
	for _, k := range reach.Kinds {
		t.Rows = append(t.Rows, Row{Key: "all|" + k, Name: []string{b.s("alle lijnen", "all lines"), b.code("kind", k)}, Cells: cells("", k), Total: true})
	}
	return Part{Key: "outcomes", Title: b.s("Uitkomsten", "Outcomes"), Tables: []Table{t}}
}

// days of the week, as columns of the tables of unreached demand.
var days = [7][2]string{{"ma", "Mon"}, {"di", "Tue"}, {"wo", "Wed"}, {"do", "Thu"}, {"vr", "Fri"}, {"za", "Sat"}, {"zo", "Sun"}}

func (b *build) unreached() Part {
	p := Part{
		Key: "unreached", Title: b.s("Wie niet werd bereikt", "Who was not reached"),
		Text: []string{b.s(
			"Iemand werd niet bereikt als de lijn dicht of vol was, als er niemand was, of als diegene wegging tijdens het wachten. De week is verdeeld in 42 blokken van vier uur, Nederlandse tijd. Zo is te zien wanneer er hulp ontbreekt.",
			"Somebody was not reached where the line was closed or full, nobody was there, or they left while waiting. The week is divided into 42 blocks of four hours, Dutch time. It shows when help is missing.")},
	}
	p.Tables = append(p.Tables, b.lineTable("unreached", b.s("Niet bereikt, per lijn", "Not reached, by line"),
		[]string{"unreached", "unreached_refused", "unreached_abandoned"}, func(l string) []Cell {
			return []Cell{b.sum(reach.Unreached, pick(l)), b.sum(reach.Unreached, pick(l, "", refused)), b.sum(reach.Unreached, pick(l, "", left))}
		}))
	if !published(reach.Unreached, b.p.Span) {
		return p // 42 times the same reason helps nobody
	}
	week := func(key, title, line, stage string) {
		t := Table{Key: key, Title: title, Heads: b.columns("hours")}
		for i, d := range days {
			t.Columns = append(t.Columns, Column{Key: "day_" + strconv.Itoa(i+1), Name: b.s(d[0], d[1]), Figure: "unreached"})
		}
		for block := range 6 {
			r := Row{Key: strconv.Itoa(block * 4), Name: []string{fmt.Sprintf("%02d–%02d", block*4, block*4+4) + b.s(" uur", " h")}}
			for day := range days {
				r.Cells = append(r.Cells, b.sum(reach.Unreached, pick(line, strconv.Itoa(day*6+block), stage)))
			}
			t.Rows = append(t.Rows, r)
		}
		p.Tables = append(p.Tables, t)
	}
	all := b.s("alle lijnen samen", "all lines together")
	if len(b.lines) == 1 {
		all = b.code("line", b.lines[0])
	}
	week("unreached_week", b.f("Niet bereikt per dag en uur, %s", "Not reached by day and hour, %s", all), "", "")
	week("refused_week", b.f("Kon niet terecht per dag en uur, %s", "Turned away by day and hour, %s", all), "", refused)
	week("abandoned_week", b.f("Weg tijdens wachten per dag en uur, %s", "Left while waiting by day and hour, %s", all), "", left)
	if len(b.lines) > 1 {
		for _, l := range b.lines {
			week("unreached_week_"+l, b.f("Niet bereikt per dag en uur, %s", "Not reached by day and hour, %s", b.code("line", l)), l, "")
		}
	}
	return p
}
