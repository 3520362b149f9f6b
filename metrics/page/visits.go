package page

import (
	"slices"

	"haven/metrics/chart"
	"haven/metrics/reach"
)

// visitKey names a sum of visits: what it is summed by, and which.
type visitKey struct {
	by, a, b string // all; campaign a; channel a b; medium a; line a; cell a b, with a a campaign and a channel
	stage    stage
}

// visits are the sums of a period. Those by channel, medium and line are of the chosen campaign only, where one is.
func (v *view) visits(p reach.Period) tally[visitKey] {
	return sums(v.releases, reach.Visits, p, func(parts []string) (keys []visitKey) {
		line, campaign, channel := parts[0], parts[1], parts[2]
		for _, s := range counts(parts[3]) {
			keys = append(keys, visitKey{"campaign", campaign, "", s}, visitKey{"cell", campaign + "|" + channel, line, s})
			if v.campaign != "" && v.campaign != campaign {
				continue
			}
			keys = append(keys, visitKey{"all", "", "", s}, visitKey{"channel", campaign, channel, s}, visitKey{"line", line, "", s})
			if m := v.page.cfg.Plan.Medium(campaign, channel); m != "" {
				keys = append(keys, visitKey{"medium", string(m), "", s})
			}
		}
		return keys
	})
}

// short is the funnel: what a tired reader needs.
func (v *view) short(t tally[visitKey]) section {
	s := section{ID: "kort", Title: v.say("In het kort", "In short")}
	if !v.about(&s, reach.Visits) {
		s.Lead = v.say("Over dit tijdvak zijn geen bezoeken vastgelegd.", "No visits were sealed for this period.")
		return s
	}
	f := func(x stage) reach.Figure { return t[visitKey{"all", "", "", x}] }
	s.Lead = v.say("De pagina werd %s keer geopend. Er werd %s keer om een chat gevraagd, en %s keer kwam er een gesprek.",
		"The page was opened %s times. A chat was asked for %s times, and %s times there was one.",
		v.figure(f(opened)), v.figure(f(asked)), v.figure(f(answered)))
	if s.Warn, s.Else = v.meaning(f(opened), f(answered)); !f(opened).Says() {
		s.Lead = "" // nothing to say but that
	}
	bars := chart.Bars{ID: "funnel", Title: v.say("Van bezoek naar gesprek", "From visit to chat"), Desc: s.Lead}
	tab := table{ID: "t-funnel", Caption: v.say("Van bezoek naar gesprek", "From visit to chat"), Head: []string{v.say("Stap", "Step"), v.say("Aantal", "Number")}}
	for x := range stages {
		bars.Bars = append(bars.Bars, v.bar(v.stage(x), f(x)))
		tab.Rows = append(tab.Rows, row{Head: v.stage(x), Cells: []cell{v.figure(f(x))}})
	}
	s.Blocks = []block{{Charts: []drawing{draw(bars)}, Table: &tab, Note: v.say(
		"Een latere stap kan hoger uitkomen dan een eerdere: elke stap is een som met eigen toeval, en dat kan er ook iets van aftrekken.",
		"A later step can come out higher than an earlier one: each step is a sum with chance of its own in it, which may take away as well as add.")}}
	return s
}

// meaning says in words when what counts most says nothing, and leads to a longer time.
func (v *view) meaning(opened, answered reach.Figure) (warn string, to []link) {
	switch {
	case !opened.Says():
		warn = v.say("Over dit tijdvak zeggen deze cijfers niets: er kwamen te weinig mensen voor een cijfer dat niemand aanwijst.",
			"For this period these figures say nothing: too few came for a figure that points at nobody.")
	case !answered.Says():
		warn = v.say("Het aantal gesprekken zegt over dit tijdvak niets: het is te klein voor een cijfer dat niemand aanwijst.",
			"The number of chats says nothing for this period: it is too small for a figure that points at nobody.")
	default:
		return "", nil
	}
	for i, span := range reach.Spans {
		if span != v.period.Span {
			continue
		}
		for _, longer := range reach.Spans[i+1:] {
			of := v.sealed[longer]
			k := slices.IndexFunc(of, func(p reach.Period) bool { return p.Has(v.period.From) })
			if k < 0 && len(of) > 0 {
				k = 0
			}
			if k >= 0 {
				return warn + " " + v.say("Kijk over een langere tijd.", "Look at a longer time."), []link{{Href: v.at(of[k], v.campaign), Text: v.say("Bekijk %s", "See %s", v.lang.period(of[k]))}}
			}
		}
	}
	return warn, nil
}

// stageRow is a row with a figure for each stage of the list.
func (v *view) stageRow(t tally[visitKey], k visitKey, of []stage) (cells []cell) {
	for _, s := range of {
		k.stage = s
		cells = append(cells, v.figure(t[k]))
	}
	return cells
}

func (v *view) stageHeads(first string, of []stage) []string {
	heads := []string{first}
	for _, s := range of {
		heads = append(heads, v.stage(s))
	}
	return heads
}

var everyStage = []stage{opened, asked, answered, turned, abandoned}

// campaigns are the visits by campaign and channel, on- and offline.
func (v *view) campaigns(t tally[visitKey]) section {
	s := section{ID: "campagnes", Title: v.say("Per campagne en kanaal", "By campaign and channel")}
	if !v.about(&s, reach.Visits) || t == nil {
		s.Lead = v.say("Over dit tijdvak zijn geen bezoeken vastgelegd.", "No visits were sealed for this period.")
		return s
	}
	plan := v.page.cfg.Plan.Campaigns
	if v.campaign == "" {
		s.Blocks = append(s.Blocks, v.sideBySide(t))
	}
	s.Blocks = append(s.Blocks, v.media(t))
	if v.campaign == "" && len(plan) > 3 {
		s.Lead = v.say("Kies een campagne om de kanalen te zien.", "Choose a campaign to see its channels.")
		return s
	}
	for i, c := range plan {
		if v.campaign == "" || v.campaign == c.Name {
			s.Blocks = append(s.Blocks, v.channels(t, c, i), v.singly(t, c, i))
		}
	}
	return s
}

// sideBySide compares all campaigns, and what came without one. Campaigns that left the configuration stand below.
func (v *view) sideBySide(t tally[visitKey]) block {
	title := v.say("Alle campagnes", "All campaigns")
	bars := chart.Bars{ID: "campaigns", Title: v.say("Pagina geopend, per campagne", "Page opened, by campaign"), Desc: v.seeTable()}
	tab := &table{ID: "t-campaigns", Caption: title, Head: v.stageHeads(v.say("Campagne", "Campaign"), everyStage)}
	add := func(name string, planned bool) {
		f := t[visitKey{"campaign", name, "", opened}]
		if !f.Known {
			return
		}
		label := v.name("campaign", name)
		bars.Bars = append(bars.Bars, v.bar(label, f))
		r := row{Head: label, Cells: v.stageRow(t, visitKey{by: "campaign", a: name}, everyStage)}
		if planned {
			r.Href = v.at(v.period, name)
		}
		tab.Rows = append(tab.Rows, r)
	}
	var said []string
	for _, c := range v.page.cfg.Plan.Campaigns {
		add(c.Name, true)
		said = append(said, c.Name)
	}
	var gone []string
	for k := range t {
		if k.by == "campaign" && k.a != reach.None && k.a != reach.Other && !slices.Contains(said, k.a) && !slices.Contains(gone, k.a) {
			gone = append(gone, k.a)
		}
	}
	slices.Sort(gone)
	for _, name := range append(gone, reach.Other, reach.None) {
		add(name, false)
	}
	tab.Rows = append(tab.Rows, row{Head: v.say("Samen", "Together"), Total: true, Cells: v.stageRow(t, visitKey{by: "all"}, everyStage)})
	return block{Title: title, Charts: []drawing{draw(bars)}, Table: tab}
}

func (v *view) media(t tally[visitKey]) block {
	title := v.say("Online en offline", "Online and offline")
	bars := chart.Bars{ID: "media", Title: v.say("Pagina geopend, online en offline", "Page opened, online and offline"), Desc: v.seeTable()}
	tab := &table{ID: "t-media", Caption: title, Head: v.stageHeads(v.say("Waar men de link zag", "Where the link was seen"), everyStage)}
	for _, m := range []reach.Medium{reach.Online, reach.Offline} {
		f := t[visitKey{"medium", string(m), "", opened}]
		if !f.Known {
			continue
		}
		b := v.bar(v.name("medium", string(m)), f)
		b.Class = string(m)
		bars.Bars = append(bars.Bars, b)
		tab.Rows = append(tab.Rows, row{Head: v.name("medium", string(m)), Cells: v.stageRow(t, visitKey{by: "medium", a: string(m)}, everyStage)})
	}
	if len(tab.Rows) == 0 {
		return block{Title: title, Note: v.say("Geen campagne in de configuratie, dus geen kanalen.", "No campaign in the configuration, so no channels.")}
	}
	return block{Title: title, Charts: []drawing{draw(bars)}, Table: tab}
}

func (v *view) channels(t tally[visitKey], c reach.Campaign, i int) block {
	id := "c" + string(rune('a'+i%26))
	bars := chart.Bars{ID: id, Title: v.say("Pagina geopend, per kanaal van %s", "Page opened, by channel of %s", c.Name), Desc: v.seeTable()}
	tab := &table{ID: "t-" + id, Caption: v.say("Kanalen van %s", "Channels of %s", c.Name), Head: v.stageHeads(v.say("Kanaal", "Channel"), everyStage)}
	add := func(name string, medium reach.Medium) {
		f := t[visitKey{"channel", c.Name, name, opened}]
		label := v.name("channel", name)
		b := v.bar(label, f)
		b.Class = string(medium)
		bars.Bars = append(bars.Bars, b)
		sub := ""
		if medium != "" {
			sub = v.name("medium", string(medium))
		}
		tab.Rows = append(tab.Rows, row{Head: label, Sub: sub, Cells: v.stageRow(t, visitKey{by: "channel", a: c.Name, b: name}, everyStage)})
	}
	for _, ch := range c.Channels {
		add(ch.Name, ch.Medium)
	}
	add(reach.Other, "")
	tab.Rows = append(tab.Rows, row{Head: v.say("Hele campagne", "Whole campaign"), Total: true, Cells: v.stageRow(t, visitKey{by: "campaign", a: c.Name}, everyStage)})
	return block{Title: c.Name, Charts: []drawing{draw(bars)}, Table: tab, Note: v.when(c)}
}

// singly are the figures of which those of the channels are made: how many each channel brought each line. One by itself
// has the smallest margin that there is.
func (v *view) singly(t tally[visitKey], c reach.Campaign, i int) block {
	title := v.say("Gesprek gekregen via %s, per kanaal en lijn", "Chats answered by %s, by channel and line", c.Name)
	tab := &table{ID: "t-cells-" + string(rune('a'+i%26)), Caption: title, Head: []string{v.say("Kanaal", "Channel")}}
	for _, l := range c.Lines {
		tab.Head = append(tab.Head, v.name("line", l))
	}
	add := func(channel string) {
		r := row{Head: v.name("channel", channel)}
		for _, l := range c.Lines {
			r.Cells = append(r.Cells, v.figure(t[visitKey{"cell", c.Name + "|" + channel, l, answered}]))
		}
		tab.Rows = append(tab.Rows, r)
	}
	for _, ch := range c.Channels {
		add(ch.Name)
	}
	add(reach.Other)
	return block{Title: title, Table: tab, Note: v.singleNote()}
}

func (v *view) singleNote() string {
	return v.say("Elk cijfer hier is los geteld en heeft de kleinste marge. De optellingen hierboven hebben een grotere.",
		"Each figure here is counted by itself and has the smallest margin. The sums above have a wider one.")
}

// when says over which days and where a campaign runs.
func (v *view) when(c reach.Campaign) string {
	out := ""
	switch {
	case c.From != 0 && c.To != 0:
		out = v.say("Loopt van %s tot en met %s.", "Runs from %s to %s.", v.day(c.From), v.day(c.To))
	case c.From != 0:
		out = v.say("Loopt vanaf %s.", "Runs from %s.", v.day(c.From))
	case c.To != 0:
		out = v.say("Loopt tot en met %s.", "Runs to %s.", v.day(c.To))
	}
	if c.Municipality != "" {
		if out != "" {
			out += " "
		}
		out += v.say("Gemeente: %s.", "Municipality: %s.", c.Municipality)
	}
	return out
}

func (v *view) seeTable() string {
	return v.say("De tabel hieronder heeft dezelfde cijfers.", "The table below has the same figures.")
}

// trendMost is how many periods a trend shows.
const trendMost = 8

// trend is how it went, oldest first, up to the period that is shown.
func (v *view) trend() section {
	s := section{ID: "verloop", Title: v.say("Verloop", "Over time")}
	of := v.releases.Periods(reach.Visits, v.period.Span)
	if i := slices.Index(of, v.period); i >= 0 {
		of = of[i:min(i+trendMost, len(of))]
	} else {
		of = nil
	}
	if len(of) < 2 {
		s.Lead = v.say("Er is nog geen eerder tijdvak om mee te vergelijken.", "There is no earlier period to compare with yet.")
		return s
	}
	s.Lead = v.say("Raken de strepen van twee tijdvakken elkaar, dan kan het verschil toeval zijn.", "Where the whiskers of two periods touch, the difference may be chance.")
	v.about(&s, reach.Visits)
	s.Notes = nil // they stand above, and are of one period only
	shown := []stage{opened, asked, answered}
	tab := &table{ID: "t-trend", Caption: v.say("Bezoeken door de tijd", "Visits over time"), Head: v.stageHeads(v.say("Tijdvak", "Period"), shown)}
	charts := []chart.Bars{
		{ID: "trend-opened", Title: v.stage(opened), Desc: v.seeTable()},
		{ID: "trend-answered", Title: v.stage(answered), Desc: v.seeTable()},
	}
	for _, p := range slices.Backward(of) {
		t := sums(v.releases, reach.Visits, p, func(parts []string) []stage {
			if v.campaign != "" && v.campaign != parts[1] {
				return nil
			}
			return counts(parts[3])
		})
		a, _ := v.releases.About(reach.Visits, p)
		r := row{Head: v.lang.period(p)}
		for _, x := range shown {
			r.Cells = append(r.Cells, v.figure(t[x]))
		}
		if a.Example && !s.Example {
			r.Sub = v.example()
		}
		if a.Since > p.From || a.LostDays > 0 || a.Emptied != 0 {
			r.Sub = v.say("niet volledig geteld", "not counted in full")
		}
		tab.Rows = append(tab.Rows, r)
		for i, x := range []stage{opened, answered} {
			charts[i].Bars = append(charts[i].Bars, v.bar(v.lang.period(p), t[x]))
		}
	}
	s.Blocks = []block{{Charts: []drawing{draw(charts[0]), draw(charts[1])}, Table: tab}}
	return s
}

// byLine is where people asked for a chat.
func (v *view) byLine(t tally[visitKey]) section {
	s := section{ID: "lijnen", Title: v.say("Per lijn", "By line")}
	if !v.about(&s, reach.Visits) || t == nil {
		s.Lead = v.say("Over dit tijdvak zijn geen bezoeken vastgelegd.", "No visits were sealed for this period.")
		return s
	}
	shown := []stage{asked, answered, turned, abandoned}
	tab := &table{ID: "t-lines", Caption: v.say("Vragen om een chat, per lijn", "Requests for a chat, by line"), Head: v.stageHeads(v.say("Lijn", "Line"), shown)}
	charts := []chart.Bars{
		{ID: "lines-asked", Title: v.stage(asked), Desc: v.seeTable()}, {ID: "lines-answered", Title: v.stage(answered), Desc: v.seeTable()},
	}
	for _, l := range v.page.cfg.Plan.Lines {
		tab.Rows = append(tab.Rows, row{Head: v.name("line", l), Cells: v.stageRow(t, visitKey{by: "line", a: l}, shown)})
		for i, x := range []stage{asked, answered} {
			charts[i].Bars = append(charts[i].Bars, v.bar(v.name("line", l), t[visitKey{"line", l, "", x}]))
		}
	}
	tab.Rows = append(tab.Rows, row{Head: v.say("Samen", "Together"), Total: true, Cells: v.stageRow(t, visitKey{by: "all"}, shown)})
	s.Blocks = []block{{Charts: []drawing{draw(charts[0]), draw(charts[1])}, Table: tab}}
	return s
}

// example marks what is invented.
func (l lang) example() string {
	return l.say("Voorbeeld: verzonnen cijfers", "Example: invented figures")
}
