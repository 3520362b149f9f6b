package report

import (
	"slices"
	"strings"
	"testing"

	"haven/metrics/reach"
)

// costs enters 100 euros for each of some months of a channel.
func costs(t testing.TB, channel string, months ...string) (out []reach.Entered) {
	for _, m := range months {
		out = append(out, reach.Entered{Campaign: "chatten-helpt", Channel: channel, Month: period(t, m), CostCents: 100_00})
	}
	return out
}

func allMonths() (out []string) {
	for _, m := range []string{"01", "02", "03", "04", "05", "06", "07", "08", "09", "10", "11", "12"} {
		out = append(out, "2026-"+m)
	}
	return out
}

// TestCostOfSomeMonths: costs of four months are divided by the chats of those four, and the report says so.
func TestCostOfSomeMonths(t *testing.T) {
	d := data(t)
	d.Releases = years(t, d.Plan, nil, func(r *reach.Release) {
		for c := range r.Cells {
			if r.Table == reach.Visits && r.Period.Span == reach.Month {
				r.Cells[c] = 40
			} else if r.Table == reach.Visits {
				r.Cells[c] = 480
			}
		}
	})
	four := allMonths()[:4]
	const notice = "Niet voor elke maand en elk kanaal van de campagnes zijn kosten ingevuld."
	says := func(r *Report) bool {
		return slices.ContainsFunc(r.Notices, func(n string) bool { return strings.HasPrefix(n, notice) })
	}
	at := func(r *Report, row string) Cell { return r.at(t, "campaign_channels", row, "cost_per_answered") }

	d.Entered = costs(t, "poster", four...)
	r := make1(t, d, "2026", "nl")
	sum := reach.Figure{N: 4 * 3 * 40, Noise: []reach.Term{{Eps: reach.Epsilon{Num: 1, Den: 4}, N: 12}}, Known: true}
	half := float64(sum.Half())
	for _, row := range []string{"chatten-helpt|poster", "medium_offline", "chatten-helpt"} {
		c := at(r, row)
		if c.Number != 400.0/480 || c.Low != 400/(480+half) || c.High != 400/(480-half) || !strings.Contains(c.Note, "van januari 2026 tot en met april 2026, van de kanalen") {
			t.Errorf("%s: %+v", row, c)
		}
	}
	if !says(r) {
		t.Errorf("no notice in %q", r.Notices)
	}
	if c := r.at(t, "campaign_media", "all_campaigns", "cost_per_answered"); c.Number != 400.0/480 {
		t.Errorf("the council's table: %+v", c)
	}
	if c := at(r, "chatten-helpt|instagram"); c.Text != "niet ingevuld" {
		t.Errorf("a channel without an entry: %+v", c)
	}

	// All months of all channels: the year itself, which is known better.
	d.Entered = slices.Concat(costs(t, "poster", allMonths()...), costs(t, "instagram", allMonths()...))
	r = make1(t, d, "2026", "nl")
	if c := at(r, "chatten-helpt"); c.Number != 2400.0/(9*480) || c.Note != "" || says(r) {
		t.Errorf("all of the year: %+v, %q", c, r.Notices)
	}
	if c := at(r, "chatten-helpt|poster"); c.Number != 1200.0/(3*480) || c.Note != "" {
		t.Errorf("all of the year, one channel: %+v", c)
	}
	// What was entered for the campaign as a whole is for all of its channels.
	d.Entered = costs(t, reach.Other, allMonths()...)
	if r = make1(t, d, "2026", "nl"); at(r, "chatten-helpt").Number != 1200.0/(9*480) || says(r) {
		t.Errorf("the campaign as a whole: %+v, %q", at(r, "chatten-helpt"), r.Notices)
	}
	// A campaign of four months needs no others; a month that cost nothing and has an entry is one that was entered.
	d.Plan.Campaigns[0].To = day(t, "2026-04-30")
	d.Entered = slices.Concat(costs(t, "poster", four...), costs(t, "instagram", four...))
	d.Entered[0].CostCents, d.Entered[0].Reached = 0, 5
	if r = make1(t, d, "2026", "nl"); at(r, "chatten-helpt").Number != 700.0/(9*480) || says(r) {
		t.Errorf("a campaign of four months: %+v, %q", at(r, "chatten-helpt"), r.Notices)
	}
	// Months that were not sealed.
	d = data(t)
	d.Entered = costs(t, "poster", "2026-03")
	d.Releases = years(t, d.Plan, func(table reach.Table, p reach.Period) bool { return table == reach.Visits && p.String() == "2026-03" }, nil)
	if c := at(make1(t, d, "2026", "nl"), "chatten-helpt|poster"); c.Kind != Unknown || !strings.Contains(c.Note, "maart 2026") {
		t.Errorf("a month without figures: %+v", c)
	}
}
