package page

import (
	"fmt"
	"slices"

	"haven/metrics/chart"
	"haven/metrics/reach"
	"haven/metrics/report"
)

// service is whether somebody was there, from exact counts. A small line has none of its own.
func (v *view) service() section {
	s := section{ID: "bereikbaarheid", Title: v.say("Bereikbaarheid", "Service levels")}
	if v.campaign != "" { // nobody notes beside a place in line by which campaign it came
		s.Title = v.say("Bereikbaarheid, alle campagnes samen", "Service levels, all campaigns together")
	}
	var of []link
	if v.period.Span == reach.Week {
		s.Lead = v.say("Bereikbaarheid wordt per maand vastgelegd.", "Service levels are sealed by the month.")
		if months := v.sealed[reach.Month]; len(months) > 0 {
			of = append(of, link{Href: v.at(months[0], v.campaign) + "#" + s.ID, Text: v.say("Bekijk %s", "See %s", v.lang.period(months[0]))})
		}
		s.Else = of
		return s
	}
	totals, missing, ok := v.releases.Totals(v.period)
	if !ok {
		s.Lead = v.say("Over dit tijdvak is de bereikbaarheid niet vastgelegd.", "Service levels were not sealed for this period.")
		return s
	}
	if missing > 0 {
		s.Notes = append(s.Notes, v.say("%d van de maanden ontbreken.", "%d of the months are missing.", missing))
	}
	s.Notes = append(s.Notes, v.say("Dit zijn exacte aantallen voor de dienst zelf. Ze vallen buiten de privacygrens van de andere cijfers: kijk goed voor je ze publiceert.",
		"These are exact numbers for the service itself. They are outside of the privacy bound of the other figures: look twice before you publish them."))
	exact := v.exact()
	for _, t := range totals {
		s.Example = s.Example || t.Example
	}
	tab := &table{ID: "t-service", Caption: v.say("Bereikbaarheid per lijn", "Service levels by line"), Head: []string{
		v.say("Lijn", "Line"), v.say("In de rij gekomen", "Got in line"), v.say("Gesprek gekregen", "Answered"), v.say("Aandeel", "Share"),
		v.say("Binnen de streeftijd", "Within target"), v.say("Helft wacht hoogstens", "Half wait at most"), v.say("9 op 10 wachten hoogstens", "9 in 10 wait at most"),
		v.say("Uren bemenst", "Hours attended"), v.say("Uren beloofd", "Hours promised"),
	}}
	share := chart.Bars{ID: "share", Title: v.say("Gesprek gekregen, van 100 in de rij", "Answered, of 100 in line"), Desc: v.seeTable(), Max: 100}
	attended := chart.Bars{ID: "attended", Title: v.say("Bemenst, van 100 beloofde uren", "Attended, of 100 promised hours"), Desc: v.seeTable(), Max: 100}
	small, unsaid := 0, false
	add := func(line, name, target string, total bool) {
		t, _ := exact.Sum(line, v.period)
		said := exact.Said(line, v.period)
		tab.Rows = append(tab.Rows, v.serviceRow(name, target, t, said, total))
		if said {
			share.Bars = append(share.Bars, v.shareBar(name, t.Answered, t.Arrived))
		}
		attended.Bars = append(attended.Bars, v.shareBar(name, t.AttendedMinutes, t.PromisedMinutes))
		unsaid = unsaid || !said
	}
	for _, l := range v.page.cfg.Lines {
		_, there := exact.Sum(l.Name, v.period)
		switch {
		case !there:
		case l.Small:
			small++
		default:
			add(l.Name, v.name("line", l.Name), v.seconds(int(l.Target.Seconds())), false)
		}
	}
	add("", v.say("Alle lijnen samen", "All lines together"), "", true)
	if small > 0 {
		s.Notes = append(s.Notes, v.say("Kleine lijnen staan alleen in het totaal.", "Small lines stand in the total only."))
	}
	if unsaid {
		s.Notes = append(s.Notes, v.say("Onder de tien chats staat er „minder dan %d”. „Niet apart” staat waar dat aantal anders uit het verschil zou volgen.",
			"Under ten chats it reads \"fewer than %d\". \"Not by itself\" stands where that number would follow from a difference.", report.Floor))
	}
	all, _ := exact.Sum("", v.period)
	manned := v.share(all.AttendedMinutes, all.PromisedMinutes)
	s.Lead = v.say("%s van wie in de rij kwam, kreeg een gesprek; %s daarvan binnen de streeftijd. De lijnen waren %s van de beloofde uren bemenst.",
		"%s of who got in line was answered, %s of them within target. The lines were attended for %s of the promised hours.",
		v.share(all.Answered, all.Arrived), v.share(all.Within, all.Answered), manned)
	if !exact.Said("", v.period) {
		s.Lead = v.say("De lijnen waren %s van de beloofde uren bemenst.", "The lines were attended for %s of the promised hours.", manned)
	}
	if len(share.Bars) > 0 {
		s.Blocks = []block{{Charts: []drawing{draw(share), draw(attended)}, Table: tab}}
		return s
	}
	s.Blocks = []block{{Charts: []drawing{draw(attended)}, Table: tab}}
	return s
}

// exact are the totals of lines as they may be said, here as in the report.
func (v *view) exact() *report.Services {
	return report.NewServices(v.releases, v.page.cfg.Plan.Practice, func(line string) bool {
		i := slices.IndexFunc(v.page.cfg.Lines, func(l Line) bool { return l.Name == line })
		return i < 0 || v.page.cfg.Lines[i].Small
	})
}

func (v *view) serviceRow(name, target string, t reach.Totals, said, total bool) row {
	hours := []cell{{Text: v.hours(t.AttendedMinutes)}, {Text: v.hours(t.PromisedMinutes)}}
	if !said {
		none := cell{Text: v.say("niet apart", "not by itself"), Class: "gone"}
		if t.Arrived < report.Floor || t.Answered < report.Floor {
			none.Text = v.say("te weinig", "too few")
		}
		count := func(n int64) cell {
			if n >= report.Floor {
				return none
			}
			return cell{Text: v.say("minder dan %d", "fewer than %d", report.Floor), Class: "few"}
		}
		return row{Head: name, Total: total, Cells: append([]cell{count(t.Arrived), count(t.Answered), none, none, none, none}, hours...)}
	}
	within := cell{Text: v.share(t.Within, t.Answered)}
	if target != "" {
		within.Note = v.say("binnen %s", "within %s", target)
	}
	return row{Head: name, Total: total, Cells: append([]cell{
		{Text: v.num(t.Arrived)}, {Text: v.num(t.Answered)}, {Text: v.share(t.Answered, t.Arrived)}, within,
		{Text: v.waited(t.Waits, 50)}, {Text: v.waited(t.Waits, 90)},
	}, hours...)}
}

func (v *view) shareBar(name string, part, whole int64) chart.Bar {
	b := chart.Bar{Label: name, Text: v.share(part, whole)}
	if whole > 0 {
		b.Value = (200*part + whole) / (2 * whole)
	}
	return b
}

// waited is the upper bound of the wait of so many per cent of the answered.
func (v *view) waited(waits []int64, percent int64) string {
	var sum, seen int64
	for _, n := range waits {
		sum += n
	}
	if sum == 0 {
		return "–"
	}
	for i, n := range waits {
		if seen += n; 100*seen < percent*sum {
			continue
		}
		if i < len(reach.WaitBounds) {
			return v.seconds(reach.WaitBounds[i])
		}
		break
	}
	return fmt.Sprintf("> %s", v.seconds(reach.WaitBounds[len(reach.WaitBounds)-1]))
}
