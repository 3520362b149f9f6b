package report

import (
	"slices"
	"strings"

	"haven/metrics/reach"
)

// ofCampaign matches visits that came by a campaign of the configuration, be it by a channel that is not.
func ofCampaign(parts []string) bool {
	return len(parts) > 2 && parts[1] != reach.None && parts[1] != reach.Other
}

// spent is what was entered by hand for a channel, or for several.
type spent struct {
	reached, cents int64
	activities     map[string]int64
}

// entered sums what was entered for the period's months.
func (b *build) entered(fits func(campaign, channel string) bool) spent {
	s := spent{activities: map[string]int64{}}
	for _, e := range b.d.Entered {
		if b.p.Span == reach.Week || !b.p.Has(e.Month.From) || !b.p.Has(e.Month.To) || !fits(e.Campaign, e.Channel) {
			continue
		}
		s.reached += e.Reached
		s.cents += e.CostCents
		for k, n := range e.Activities {
			s.activities[k] += n
		}
	}
	return s
}

// byHand is a number entered by hand. Nought is what a field holds that nobody filled in.
func (b *build) byHand(n float64, u Unit) Cell {
	switch {
	case b.p.Span == reach.Week:
		return b.unknown("per maand", "by month", b.s("Dit wordt per maand ingevuld.", "This is entered by month."))
	case n == 0:
		return b.unknown("niet ingevuld", "not entered", b.s("Hier heeft niemand iets ingevuld.", "Nobody entered anything here."))
	}
	return Cell{Kind: Number, Number: n, Unit: u, Entered: true}
}

// spentCells are what went in: reach, cost, activities, and of those each of the kinds.
func (b *build) spentCells(s spent, kinds []string) []Cell {
	cells := []Cell{b.byHand(float64(s.reached), Count), b.byHand(float64(s.cents)/100, Euro), b.byHand(float64(s.all()), Count)}
	for _, k := range kinds {
		cells = append(cells, b.byHand(float64(s.activities[k]), Count))
	}
	return cells
}

func (s spent) all() int64 {
	var n int64
	for _, k := range s.activities {
		n += k
	}
	return n
}

// visitCells are what came of it: visits, asked, answered, refused, abandoned, and cost per answered chat.
func (b *build) visitCells(fits func(campaign, channel string) bool, cents int64, costs bool) []Cell {
	of := func(stage string) Cell {
		return b.sum(reach.Visits, func(parts []string) bool {
			return len(parts) == 4 && fits(parts[1], parts[2]) && pick("", "", "", stage)(parts)
		})
	}
	cells := []Cell{of(anyStage), of(asked), of(answered), of(refused), of(left)}
	if costs {
		return append(cells, b.perChat(cents, b.chatsPaid(b.covered(fits), cells[2])))
	}
	return append(cells, b.unknown("geen campagne", "no campaign",
		b.s("Bereik, kosten en activiteiten horen bij een campagne.", "Reach, cost and activities belong to a campaign.")))
}

// via is one row of the tables of campaigns: a channel, or several of them.
type via struct {
	key   string
	names [3]string // campaign, channel, medium
	fits  func(campaign, channel string) bool
	costs bool // it can have been paid for
	total bool
}

// media are online, offline and what cannot be told apart, over all campaigns, and then all of them.
func (b *build) media() []via {
	var out []via
	for _, m := range []reach.Medium{reach.Online, reach.Offline, ""} {
		key := "medium_" + string(m)
		if m == "" {
			key = "medium_unknown"
		}
		out = append(out, via{
			key: key, names: [3]string{b.s("alle campagnes", "all campaigns"), "", b.code("medium", string(m))}, costs: true, total: true,
			fits: func(campaign, channel string) bool {
				return campaign != reach.None && campaign != reach.Other && b.d.Plan.Medium(campaign, channel) == m
			},
		})
	}
	return append(out, via{
		key: "all_campaigns", names: [3]string{b.s("alle campagnes", "all campaigns"), "", b.s("alles", "all")}, costs: true, total: true,
		fits: func(campaign, _ string) bool { return campaign != reach.None && campaign != reach.Other },
	})
}

// rest are the visits that belong to no campaign, and then everything.
func (b *build) rest() []via {
	one := func(campaign string) via {
		return via{key: campaign, names: [3]string{b.code("campaign", campaign), "", ""}, fits: func(c, _ string) bool { return c == campaign }}
	}
	return []via{
		one(reach.None), one(reach.Other),
		{key: "everything", names: [3]string{b.s("alles samen", "everything"), "", ""}, total: true, fits: func(string, string) bool { return true }},
	}
}

// mediaRows answer the council: what the campaigns brought, online and offline.
func (b *build) mediaRows() []Row {
	var rows []Row
	each := func(v via, name string) {
		s := b.entered(v.fits)
		out := b.visitCells(v.fits, s.cents, v.costs)
		in := []Cell{b.byHand(float64(s.reached), Count), b.byHand(float64(s.cents)/100, Euro), b.byHand(float64(s.all()), Count)}
		if !v.costs {
			in = slices.Repeat([]Cell{out[5]}, 3)
		}
		rows = append(rows, Row{Key: v.key, Name: []string{name}, Cells: append(in, out[0], out[1], out[2], out[5]), Total: v.total && v.key == "all_campaigns"})
	}
	for _, v := range b.media() {
		each(v, v.names[2])
	}
	rows[len(rows)-1].Name[0] = b.s("alle campagnes samen", "all campaigns together")
	for _, v := range b.rest()[:1] {
		each(v, v.names[0])
	}
	return rows
}

// shown are the campaigns that have figures in the period or run in it.
func (b *build) shown() []string {
	var configured []string
	for _, c := range b.d.Plan.Campaigns {
		if (c.From == 0 || c.From <= b.p.To) && (c.To == 0 || c.To >= b.p.From) || b.counted(c.Name) {
			configured = append(configured, c.Name)
		}
	}
	all := b.names(1, configured, func(_ reach.Table, name string) bool { return name != reach.None && name != reach.Other }, reach.Visits)
	for _, e := range b.d.Entered {
		if b.p.Has(e.Month.From) && !slices.Contains(all, e.Campaign) {
			all = append(all, e.Campaign)
		}
	}
	return all
}

func (b *build) counted(campaign string) bool {
	return b.d.Releases.Sum(reach.Visits, b.p, pick("", campaign)).Known
}

// channels are those of a campaign: configured, then released or entered under another name, then what has no name.
func (b *build) channels(campaign string) []string {
	var all []string
	for _, c := range b.d.Plan.Campaigns {
		if c.Name == campaign {
			for _, ch := range c.Channels {
				all = append(all, ch.Name)
			}
		}
	}
	var old []string
	found, _ := b.parts(reach.Visits, b.p)
	for _, one := range found {
		for c := range one.Cells {
			if parts := c.Parts(); len(parts) == 4 && parts[1] == campaign {
				old = append(old, parts[2])
			}
		}
	}
	for _, e := range b.d.Entered {
		if e.Campaign == campaign && b.p.Has(e.Month.From) {
			old = append(old, e.Channel)
		}
	}
	slices.Sort(old)
	for _, ch := range slices.Compact(old) {
		if ch != reach.Other && !slices.Contains(all, ch) {
			all = append(all, ch)
		}
	}
	return append(all, reach.Other)
}

// campaigns shows each channel apart.
func (b *build) campaigns() Section {
	names := b.shown()
	var rows []via
	var about []string
	for _, name := range names {
		about = append(about, b.about(name))
		for _, ch := range b.channels(name) {
			label, medium := b.code("channel", ch), b.code("medium", string(b.d.Plan.Medium(name, ch)))
			rows = append(rows, via{
				key: name + "|" + ch, names: [3]string{name, label, medium}, costs: true,
				fits: func(campaign, channel string) bool { return campaign == name && channel == ch },
			})
		}
		rows = append(rows, via{
			key: name, names: [3]string{name, b.s("alle kanalen", "all channels"), ""}, costs: true, total: true,
			fits: func(campaign, _ string) bool { return campaign == name },
		})
	}
	media := b.media()
	if len(names) == 1 {
		media = media[:len(media)-1] // all campaigns are that one
	}
	paid := slices.Concat(rows, media)
	everywhere := b.entered(func(string, string) bool { return true })
	kinds := slices.DeleteFunc(slices.Clone(reach.Activities), func(k string) bool { return everywhere.activities[k] == 0 })
	out := Table{Key: "campaign_channels", Title: b.s("Wat elk kanaal bracht", "What each channel brought"), Chart: "answered",
		Heads: b.columns("campaign", "channel", "medium"), Columns: b.columns("visits", "asked", "answered", "refused", "abandoned", "cost_per_answered")}
	in := Table{Key: "campaign_spent", Title: b.s("Wat er voor elk kanaal is gedaan, met de hand ingevuld", "What was done for each channel, entered by hand"),
		Heads: out.Heads, Columns: b.columns(append([]string{"reached", "cost", "activities"}, kinds...)...)}
	for _, v := range paid {
		s := b.entered(v.fits)
		in.Rows = append(in.Rows, Row{Key: v.key, Name: v.names[:], Cells: b.spentCells(s, kinds), Total: v.total})
	}
	for _, v := range slices.Concat(paid, b.rest()) {
		out.Rows = append(out.Rows, Row{Key: v.key, Name: v.names[:], Cells: b.visitCells(v.fits, b.entered(v.fits).cents, v.costs), Total: v.total})
	}
	if len(names) == 0 {
		about = append(about, b.s("In deze periode liep er geen campagne.", "No campaign ran in this period."))
	}
	about = append(about, b.s(
		"Een bezoek telt één keer, bij de verste stap: de pagina geopend, om een chat gevraagd, of beantwoord. “Kon niet terecht” is iemand die vroeg toen de lijn dicht of vol was, of toen er niemand was. Een latere stap kan hoger uitkomen dan een eerdere, omdat elke stap een som met eigen toeval is. Bereik, kosten en activiteiten heeft een coördinator met de hand ingevuld. Haven controleert ze niet.",
		"A visit counts once, at its furthest step: page opened, asked for a chat, or answered. “Turned away” is somebody who asked while the line was closed or full, or nobody was there. A later step can come out higher than an earlier one, since each is a sum with chance of its own in it. Reach, cost and activities were entered by hand by a coordinator. Haven does not check them."))
	return Section{
		Key: "campaigns", Title: b.s("Campagnes", "Campaigns"), Short: b.s("Campagnes", "Campaigns"),
		Parts: []Part{
			{Key: "channels", Title: b.s("Per campagne en kanaal", "By campaign and channel"), Text: about, Tables: []Table{out, in}},
			{Key: "lines", Title: b.s("Per campagne en lijn", "By campaign and line"), Text: b.margin(reach.Visits), Tables: []Table{b.channelLines(names), b.campaignLines(names)}},
		},
	}
}

// about introduces a campaign.
func (b *build) about(name string) string {
	i := slices.IndexFunc(b.d.Plan.Campaigns, func(c reach.Campaign) bool { return c.Name == name })
	if i < 0 {
		return b.f("%s: deze campagne staat niet meer in de instellingen.", "%s: this campaign is not in the configuration any more.", name)
	}
	c := b.d.Plan.Campaigns[i]
	s := b.f("%s: voor %s", "%s: for %s", name, b.lineList(c.Lines))
	if c.Municipality != "" {
		s += b.f(", gemaakt voor de gemeente %s", ", made for the municipality of %s", c.Municipality)
	}
	if c.From != 0 {
		s += b.f(", vanaf %s", ", from %s", b.day(c.From))
	}
	if c.To != 0 {
		s += b.f(" tot en met %s", " to %s", b.day(c.To))
	}
	return strings.TrimSuffix(s, ".") + "."
}

// channelLines are the fields of which the sums of campaigns are made: what one channel brought one line.
func (b *build) channelLines(names []string) Table {
	t := Table{
		Key: "campaign_by_channel_and_line", Title: b.s("Per kanaal en lijn, los geteld", "By channel and line, counted singly"),
		Heads: b.columns("campaign", "channel", "line"), Columns: b.columns("answered", "refused", "abandoned"),
	}
	add := func(campaign, channel string, name ...string) {
		for _, l := range b.lines {
			var cells []Cell
			for _, stage := range []string{answered, refused, left} {
				cells = append(cells, b.sum(reach.Visits, pick(l, campaign, channel, stage)))
			}
			t.Rows = append(t.Rows, Row{Key: campaign + "|" + channel + "|" + l, Name: append(slices.Clone(name), b.code("line", l)), Cells: cells})
		}
	}
	for _, name := range names {
		for _, ch := range b.channels(name) {
			add(name, ch, name, b.code("channel", ch))
		}
	}
	add(reach.None, reach.None, b.code("campaign", reach.None), "")
	return t
}

func (b *build) campaignLines(names []string) Table {
	t := Table{
		Key: "campaign_by_line", Title: b.s("Waar elke campagne naartoe leidde, opgeteld", "Where each campaign led to, added up"),
		Heads: b.columns("campaign", "line"), Columns: b.columns("asked", "answered", "refused", "abandoned"),
	}
	for _, name := range append(slices.Clone(names), reach.None) {
		label := b.code("campaign", name)
		for _, l := range b.lines {
			var cells []Cell
			for _, stage := range []string{asked, answered, refused, left} {
				cells = append(cells, b.sum(reach.Visits, pick(l, name, "", stage)))
			}
			t.Rows = append(t.Rows, Row{Key: name + "|" + l, Name: []string{label, b.code("line", l)}, Cells: cells})
		}
	}
	return t
}
