package page

import (
	"strconv"

	"haven/metrics/chart"
	"haven/metrics/reach"
)

// wrapKey names a sum of outcomes or topics; line "" is all of them.
type wrapKey struct{ line, what string }

// outcomes are those of wrap-ups: contacts, by whom, and what came of them. They exist by the year only.
func (v *view) outcomes() section {
	s := section{ID: "uitkomsten", Title: v.say("Uitkomsten", "Outcomes")}
	if v.releases.Get(reach.Outcomes, v.period) == nil {
		v.elsewhere(&s, reach.Outcomes, v.say("Uitkomsten worden één keer per jaar vastgelegd, over een heel jaar.", "Outcomes are sealed once a year, over a whole year."), reach.Year)
		return s
	}
	v.about(&s, reach.Outcomes)
	t := sums(v.releases, reach.Outcomes, v.period, func(parts []string) (keys []wrapKey) {
		for _, line := range []string{"", parts[0]} {
			if parts[1] == reach.KindNuisance {
				keys = append(keys, wrapKey{line, "nuisance"})
				continue
			}
			if line != "" {
				keys = append(keys, wrapKey{line, "cell " + parts[1] + " " + parts[2] + " " + parts[3]})
			}
			keys = append(keys, wrapKey{line, "contacts"}, wrapKey{line, "kind " + parts[1]})
			if parts[2] != "none" {
				keys = append(keys, wrapKey{line, parts[2]})
			}
			if parts[3] == "parent" {
				keys = append(keys, wrapKey{line, "involved"})
			}
		}
		return keys
	})
	s.Lead = v.say("Er waren %s contacten. Daaruit kwamen %s signalen en %s meldingen. Bij %s contacten was een ouder betrokken.",
		"There were %s contacts. They led to %s signals and %s reports. A parent was involved in %s contacts.",
		v.figure(t[wrapKey{"", "contacts"}]), v.figure(t[wrapKey{"", "signal"}]), v.figure(t[wrapKey{"", "report"}]), v.figure(t[wrapKey{"", "involved"}]))
	if v.campaign != "" {
		s.Notes = append(s.Notes, v.notByCampaign())
	}
	results := []struct{ key, name string }{
		{"contacts", v.say("Contacten", "Contacts")}, {"signal", v.say("Signalen", "Signals")}, {"report", v.say("Meldingen", "Reports")},
		{"involved", v.say("Ouder betrokken", "Parent involved")}, {"nuisance", v.say("Geen echte vraag", "No real question")},
	}
	bars := chart.Bars{ID: "outcomes", Title: v.say("Wat eruit kwam, alle lijnen", "What came of it, all lines"), Desc: s.Lead}
	tab := &table{ID: "t-outcomes", Caption: v.say("Uitkomsten per lijn", "Outcomes by line"), Head: []string{v.say("Lijn", "Line")}}
	for _, r := range results {
		if r.key != "nuisance" {
			bars.Bars = append(bars.Bars, v.bar(r.name, t[wrapKey{"", r.key}]))
		}
		tab.Head = append(tab.Head, r.name)
	}
	who := chart.Bars{ID: "kinds", Title: v.say("Met wie er gesproken werd, alle lijnen", "Who was spoken with, all lines"), Desc: v.seeTable()}
	kinds := &table{ID: "t-kinds", Caption: v.say("Contacten per lijn: met wie", "Contacts by line: with whom"), Head: []string{v.say("Lijn", "Line")}}
	for _, k := range reach.Kinds {
		who.Bars = append(who.Bars, v.bar(v.name("kind", k), t[wrapKey{"", "kind " + k}]))
		kinds.Head = append(kinds.Head, v.name("kind", k))
	}
	for _, line := range append(append([]string{}, v.page.cfg.Plan.Lines...), "") {
		r, k := v.lineRow(line), v.lineRow(line)
		for _, x := range results {
			r.Cells = append(r.Cells, v.figure(t[wrapKey{line, x.key}]))
		}
		for _, x := range reach.Kinds {
			k.Cells = append(k.Cells, v.figure(t[wrapKey{line, "kind " + x}]))
		}
		tab.Rows, kinds.Rows = append(tab.Rows, r), append(kinds.Rows, k)
	}
	s.Blocks = []block{
		{Charts: []drawing{draw(bars)}, Table: tab, Note: v.say("Geteld in het nawerk. „Geen echte vraag” telt niet als contact.", "Counted in the wrap-up. \"No real question\" is no contact.")},
		{Title: v.say("Met wie", "With whom"), Charts: []drawing{draw(who)}, Table: kinds},
		v.singleOutcomes(t),
	}
	return s
}

// singleOutcomes are the figures of which the others are made, by line and with whom. Seven reports can be told here,
// where those of a line are a sum.
func (v *view) singleOutcomes(t tally[wrapKey]) block {
	title := v.say("Los geteld: per lijn en met wie", "Counted singly: by line and with whom")
	tab := &table{ID: "t-cells-outcomes", Caption: title, Head: []string{v.say("Lijn en met wie", "Line and with whom"),
		v.say("Alleen gesprek", "Only the talk"), v.say("Signaal", "Signal"), v.say("Melding", "Report"),
		v.say("Alleen gesprek, ouder betrokken", "Only the talk, parent involved"), v.say("Signaal, ouder betrokken", "Signal, parent involved"), v.say("Melding, ouder betrokken", "Report, parent involved"),
	}}
	for _, l := range v.page.cfg.Plan.Lines {
		for _, k := range reach.Kinds {
			r := row{Head: v.name("line", l) + " · " + v.name("kind", k)}
			for _, parent := range []string{"alone", "parent"} {
				for _, outcome := range reach.WrapupResults {
					r.Cells = append(r.Cells, v.figure(t[wrapKey{l, "cell " + k + " " + outcome + " " + parent}]))
				}
			}
			tab.Rows = append(tab.Rows, r)
		}
	}
	return block{Title: title, Table: tab, Note: v.singleNote()}
}

func (v *view) notByCampaign() string {
	return v.say("Dit is van alle campagnes samen: hoe een gesprek afliep staat nooit bij een campagne.", "This is of all campaigns together: how a chat ended never stands beside a campaign.")
}

// lineRow begins a row of a line; "" is all of them.
func (v *view) lineRow(line string) row {
	if line == "" {
		return row{Head: v.say("Samen", "Together"), Total: true}
	}
	return row{Head: v.name("line", line)}
}

// topics are what chats were mostly about, by the year.
func (v *view) topics() section {
	s := section{ID: "onderwerpen", Title: v.say("Onderwerpen", "Topics")}
	if v.releases.Get(reach.Topics, v.period) == nil {
		v.elsewhere(&s, reach.Topics, v.say("Onderwerpen worden één keer per jaar vastgelegd, over een heel jaar.", "Topics are sealed once a year, over a whole year."), reach.Year)
		return s
	}
	v.about(&s, reach.Topics)
	s.Lead = v.say("Waar gesprekken vooral over gingen. Elk gesprek telt bij één onderwerp.", "What chats were mostly about. Each chat counts under one topic.")
	if v.campaign != "" {
		s.Notes = append(s.Notes, v.notByCampaign())
	}
	t := sums(v.releases, reach.Topics, v.period, func(parts []string) []wrapKey { return []wrapKey{{"", parts[1]}, {parts[0], parts[1]}} })
	bars := chart.Bars{ID: "topics", Title: v.say("Onderwerpen, alle lijnen", "Topics, all lines"), Desc: v.seeTable()}
	tab := &table{ID: "t-topics", Caption: v.say("Onderwerpen per lijn", "Topics by line"), Head: []string{v.say("Onderwerp", "Topic")}}
	lines := v.page.cfg.Plan.Lines
	for _, l := range lines {
		tab.Head = append(tab.Head, v.name("line", l))
	}
	tab.Head = append(tab.Head, v.say("Samen", "Together"))
	for _, topic := range append(append([]string{}, v.page.cfg.Plan.Topics...), reach.Other) {
		all := t[wrapKey{"", topic}]
		if !all.Known {
			continue
		}
		bars.Bars = append(bars.Bars, v.bar(v.name("topic", topic), all))
		r := row{Head: v.name("topic", topic)}
		for _, l := range lines {
			r.Cells = append(r.Cells, v.figure(t[wrapKey{l, topic}]))
		}
		r.Cells = append(r.Cells, v.figure(all))
		tab.Rows = append(tab.Rows, r)
	}
	s.Blocks = []block{{Charts: []drawing{draw(bars)}, Table: tab}}
	return s
}

// unreached is when people came and were not helped: by line and block of four hours of the week.
func (v *view) unreached() section {
	s := section{ID: "niet-bereikt", Title: v.say("Niet bereikt, per uur van de week", "Not reached, by hour of the week")}
	if v.releases.Get(reach.Unreached, v.period) == nil {
		v.elsewhere(&s, reach.Unreached, v.say("Dit wordt per kwartaal en per jaar vastgelegd.", "This is sealed by the quarter and the year."), reach.Quarter, reach.Year)
		return s
	}
	v.about(&s, reach.Unreached)
	s.Lead = v.say("Wie niet werd toegelaten of wegging tijdens het wachten, in blokken van vier uur. Hoe sterker de kleur, hoe meer mensen je in die uren misloopt.",
		"Who was turned away or left while waiting, in blocks of four hours. The stronger the colour, the more people are missed in those hours.")
	if v.campaign != "" {
		s.Notes = append(s.Notes, v.notByCampaign())
	}
	type blockKey struct {
		line  string
		block int
	}
	t := sums(v.releases, reach.Unreached, v.period, func(parts []string) []blockKey {
		b, err := strconv.Atoi(parts[1])
		if err != nil {
			return nil
		}
		return []blockKey{{parts[0], b}, {parts[0], -1}}
	})
	for i, line := range v.page.cfg.Plan.Lines {
		of := func(b int) reach.Figure { return t[blockKey{line, b}] }
		name := v.name("line", line)
		if !of(-1).Known {
			continue
		}
		says := false
		for b := range reach.Blocks {
			says = says || !of(b).Small()
		}
		if !says {
			s.Blocks = append(s.Blocks, block{Title: name, Note: v.say("In geen enkel blok van vier uur waren het er genoeg om te tonen: overal %s.", "In no block of four hours were there enough to show: everywhere %s.", v.few(of(0)))})
			continue
		}
		s.Blocks = append(s.Blocks, v.week(name, "h"+strconv.Itoa(i), of))
	}
	return s
}

// week draws 42 blocks as a week: a column for a day, a row for four hours.
func (v *view) week(name, id string, of func(block int) reach.Figure) block {
	heads := []string{"ma", "di", "wo", "do", "vr", "za", "zo"}
	if v.lang == english {
		heads = []string{"Mo", "Tu", "We", "Th", "Fr", "Sa", "Su"}
	}
	title := v.say("Niet bereikt bij %s", "Not reached at %s", name)
	heat := chart.Heat{ID: id, Title: title, Desc: v.seeTable(), Columns: heads}
	tab := &table{ID: "t-" + id, Caption: title, Head: append([]string{v.say("Uren", "Hours")}, heads...)}
	for h := range 6 {
		hours := strconv.Itoa(4*h) + "–" + strconv.Itoa(4*h+4)
		heat.Rows = append(heat.Rows, hours)
		r := row{Head: hours}
		for day := range 7 {
			f := of(6*day + h)
			c := chart.HeatCell{Value: f.N, Small: f.Small() || !f.Known, Text: v.num(f.N)}
			if c.Small {
				c.Text, c.Value = "<"+v.num(f.Threshold()), 0
			}
			heat.Cells = append(heat.Cells, c)
			shown := v.figure(f)
			if shown.Class == "few" {
				shown.Text = c.Text
			}
			r.Cells = append(r.Cells, shown)
		}
		tab.Rows = append(tab.Rows, r)
	}
	return block{Title: name, Charts: []drawing{{title, heat.SVG()}}, Table: tab,
		Note: v.say("<%s betekent: minder dan %s.", "<%s means: fewer than %s.", v.num(of(0).Threshold()), v.num(of(0).Threshold()))}
}
