package page

import (
	"haven/metrics/chart"
	"haven/metrics/reach"
)

// referrals are where contacts were led to: another line, or help outside of the chat. They exist by the year only.
func (v *view) referrals() section {
	s := section{ID: "doorverwezen", Title: v.say("Overgedragen en doorverwezen", "Handed over and referred")}
	if v.releases.Get(reach.Referrals, v.period) == nil {
		v.elsewhere(&s, reach.Referrals, v.say("Overdrachten en doorverwijzingen worden één keer per jaar vastgelegd, over een heel jaar.",
			"Handovers and referrals are sealed once a year, over a whole year."), reach.Year)
		return s
	}
	v.about(&s, reach.Referrals)
	if v.campaign != "" {
		s.Notes = append(s.Notes, v.notByCampaign())
	}
	t := sums(v.releases, reach.Referrals, v.period, func(parts []string) (keys []wrapKey) {
		for _, line := range []string{"", parts[0]} {
			keys = append(keys, wrapKey{line, "to " + parts[1]})
			switch _, isLine := reach.ReferredLine(parts[1]); {
			case isLine:
				keys = append(keys, wrapKey{line, "handed over"})
			case parts[1] != reach.None:
				keys = append(keys, wrapKey{line, "referred"})
			}
		}
		return keys
	})
	s.Lead = v.say("%s contacten gingen verder bij een andere lijn. In %s contacten wees de hulpverlener de weg naar hulp buiten de chat.",
		"%s contacts went on with another line. In %s contacts the counsellor led to help outside of the chat.",
		v.figure(t[wrapKey{"", "handed over"}]), v.figure(t[wrapKey{"", "referred"}]))
	lines := v.page.cfg.Plan.Lines
	bars := chart.Bars{ID: "referrals", Title: v.say("Waarheen, alle lijnen", "Where to, all lines"), Desc: v.seeTable()}
	tab := &table{ID: "t-referrals", Caption: v.say("Waarheen, per lijn", "Where to, by line"), Head: []string{v.say("Waarheen", "Where to")}}
	for _, l := range lines {
		tab.Head = append(tab.Head, v.name("line", l))
	}
	tab.Head = append(tab.Head, v.say("Samen", "Together"))
	add := func(name, to string) {
		all := t[wrapKey{"", "to " + to}]
		if !all.Known {
			return
		}
		if to != reach.None {
			bars.Bars = append(bars.Bars, v.bar(name, all))
		}
		r := row{Head: name}
		for _, l := range lines {
			f := v.figure(t[wrapKey{l, "to " + to}])
			if to == reach.LineReferral(l) {
				f = cell{Text: "–", Note: v.say("zelfde lijn", "the same line")}
			}
			r.Cells = append(r.Cells, f)
		}
		r.Cells = append(r.Cells, v.figure(all))
		tab.Rows = append(tab.Rows, r)
	}
	for _, l := range lines {
		add(v.say("Verder bij %s", "Went on with %s", v.name("line", l)), reach.LineReferral(l))
	}
	for _, p := range v.page.cfg.Plan.Partners {
		add(p.Name, p.Code)
	}
	add(v.say("Andere hulp, niet in de lijst", "Other help, not on the list"), reach.Other)
	add(v.say("Bleef bij de lijn", "Stayed with the line"), reach.None)
	s.Blocks = []block{{Charts: []drawing{draw(bars)}, Table: tab, Note: v.say(
		"Geteld in het nawerk, elk contact één keer. Hulp buiten de chat gaat voor; een overdracht telt bij de lijn die als eerste overdroeg.",
		"Counted in the wrap-up, each contact once. Help outside of the chat goes first; a handover counts with the line that handed over first.")}}
	return s
}

// refers says whether there are referrals to show, or will be.
func (v *view) refers() bool {
	return v.page.cfg.Plan.Refers() || len(v.releases.Periods(reach.Referrals, reach.Year)) > 0
}
