package report

import (
	"slices"
	"strings"
	"testing"

	"haven/metrics/reach"
)

// TestReferralsNameWhereTo: lines by their code, partners by their name, and what was configured before by what it was.
func TestReferralsNameWhereTo(t *testing.T) {
	d := data(t)
	d.Releases = years(t, d.Plan, nil, func(r *reach.Release) {
		if r.Table == reach.Referrals {
			r.Cells["jip|opgeheven"], r.Cells["vroeger|line-jip"], r.Cells["jip|line-vroeger"] = 90, 80, 70
		}
	})
	for lang, want := range map[string]string{
		"nl": "Verder bij JIP, Verder bij SHOP, Verder bij Fier, Verder bij vroeger, Veilig Thuis Haaglanden, Centrum Seksueel Geweld, opgeheven, Andere hulp, niet in de lijst",
		"en": "Went on with JIP, Went on with SHOP, Went on with Fier, Went on with vroeger, Veilig Thuis Haaglanden, Centrum Seksueel Geweld, opgeheven, Other help, not on the list",
	} {
		r := make1(t, d, "2026", lang)
		var got []string
		r.each(func(_ Section, _ Part, table Table) {
			if table.Key == "referrals" {
				for _, row := range table.Rows {
					got = append(got, row.Name...)
				}
			}
		})
		if strings.Join(got, ", ") != want {
			t.Errorf("%s: %q", lang, got)
		}
		if c := r.at(t, "referrals", "line-jip", "jip"); c.Kind != Unknown {
			t.Errorf("%s: handed over to itself: %+v", lang, c)
		}
		if c := r.at(t, "referrals", "line-jip", "vroeger"); c.Kind != Noisy || c.Number != 80 {
			t.Errorf("%s: of a line that was taken out: %+v", lang, c)
		}
	}
}

// TestReferralsElsewhere: by the year only, from when they were counted, and not where there is nothing to lead to.
func TestReferralsElsewhere(t *testing.T) {
	has := func(r *Report, notice string) bool {
		return slices.ContainsFunc(r.Notices, func(n string) bool { return strings.Contains(n, notice) })
	}
	month := make1(t, data(t), "2026-11", "en")
	if c := month.at(t, "handovers", "all", "referrals"); c.Kind != Unknown || c.Text != "by year only" {
		t.Errorf("by the month: %+v", c)
	}

	before := data(t)
	before.Releases = years(t, before.Plan, func(table reach.Table, _ reach.Period) bool { return table == reach.Referrals }, nil)
	r := make1(t, before, "2026", "en")
	if c := r.at(t, "handovers", "all", "referrals"); c.Kind != Unknown || c.Text != "not sealed" || !has(r, "about referrals were not sealed") {
		t.Errorf("of a year before they were counted: %+v, %q", c, r.Notices)
	}
	if c := r.at(t, "budget", "total", "epsilon"); c.Number != 2 {
		t.Errorf("of a year before they were counted a visit paid %v", c.Number)
	}

	late := data(t)
	late.Releases = years(t, late.Plan, nil, func(r *reach.Release) {
		if r.Table == reach.Referrals {
			r.Since += 100
		}
	})
	r = make1(t, late, "2026", "en")
	if !has(r, "Handovers and referrals were counted from 11 April 2026 on.") || has(r, "Counting began on") {
		t.Errorf("of a year in which they began late: %q", r.Notices)
	}
	if c := r.at(t, "budget", "total", "epsilon"); c.Number != 2.25 {
		t.Errorf("a visit pays %v", c.Number)
	}
	if c := r.at(t, "releases", "referrals|2026", "since"); c.Text != "11 April 2026" {
		t.Errorf("counted from %+v", c)
	}

	alone := data(t)
	alone.Plan.Lines, alone.Plan.Partners, alone.Lines = []string{"fier"}, nil, alone.Lines[2:]
	alone.Releases = years(t, alone.Plan, func(table reach.Table, _ reach.Period) bool { return table == reach.Referrals }, nil)
	r = make1(t, alone, "2026", "en")
	if c := r.at(t, "handovers", "fier", "referrals"); c.Kind != Unknown || c.Text != "not counted" || has(r, "referrals") {
		t.Errorf("of one line without partners: %+v, %q", c, r.Notices)
	}
	r.each(func(_ Section, _ Part, table Table) {
		for _, row := range table.Rows {
			if table.Key == "referrals" || strings.HasPrefix(row.Key, "referrals|") {
				t.Errorf("%s has %s", table.Key, row.Key)
			}
		}
	})
	if c := r.at(t, "budget", "total", "epsilon"); c.Number != 2 {
		t.Errorf("of one line without partners a visit pays %v", c.Number)
	}
}

// TestReferralsAreExplained: the figures of the questions are in the dictionary, as noisy ones of the wrap-up.
func TestReferralsAreExplained(t *testing.T) {
	r := make1(t, data(t), "2026", "en")
	for _, figure := range []string{"handovers_done", "referrals", "not_referred", "led"} {
		if c := r.at(t, "dictionary", figure, "source"); c.Text != "Table referrals: the counsellor's note after the chat. With noise, and so with a margin." {
			t.Errorf("%s: %+v", figure, c)
		}
	}
	r.each(func(_ Section, _ Part, table Table) {
		for _, row := range table.Rows {
			for _, c := range row.Cells {
				if strings.Contains(c.Text, "not counted yet") {
					t.Errorf("%s, %s: %+v", table.Key, row.Key, c)
				}
			}
		}
	})
}
