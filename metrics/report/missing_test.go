package report

import (
	"slices"
	"strings"
	"testing"

	"haven/metrics/reach"
)

func TestMissingPartsAreSaid(t *testing.T) {
	d := data(t)
	d.Releases = years(t, d.Plan, func(table reach.Table, p reach.Period) bool {
		switch table {
		case reach.Visits:
			return p.String() == "2026-11"
		case reach.Topics:
			return p.String() == "2026"
		case "totals":
			return p.String() == "2026-02" || p.String() == "2026-03"
		}
		return false
	}, func(r *reach.Release) {
		if r.Period.String() == "2026" {
			r.Since, r.LostDays, r.Back = r.Period.From+31, 2, true
		}
	})
	r := make1(t, d, "2026", "nl")
	for _, want := range []string{
		"De cijfers over onderwerpen zijn voor deze periode niet vastgesteld.",
		"De precieze aantallen per lijn missen februari 2026 en maart 2026.",
		"Er is geteld vanaf 1 februari 2026, niet vanaf het begin van de periode.",
		"De opslag van de tellingen is in deze periode teruggezet naar een eerder moment. Een deel van de tellingen ontbreekt.",
		"Er zijn 2 serverdagen verloren gegaan door storingen. Wat die servers op die dagen telden, ontbreekt.",
	} {
		if !slices.Contains(r.Notices, want) {
			t.Errorf("%q is not in %q", want, r.Notices)
		}
	}
	if c := r.at(t, "trend", "visits", "verdict"); c.Note != "Over 2026 ontbreken tellingen." {
		t.Errorf("a year of which counts are missing: %+v", c)
	}
	if c := r.at(t, "topics", "all", "all"); c.Kind != Unknown {
		t.Errorf("topics that are not there: %+v", c)
	}
	q := make1(t, d, "2026-Q4", "en")
	if want := "For november 2026 the visits were not sealed. So they are missing for the whole period."; !slices.ContainsFunc(q.Notices, func(n string) bool { return strings.EqualFold(n, want) }) {
		t.Errorf("%q is not in %q", want, q.Notices)
	}
	if c := q.at(t, "chats", "all", "answered"); c.Kind != Unknown || c.Text != "incomplete" {
		t.Errorf("a quarter without one of its months: %+v", c)
	}
}

func TestExampleIsSaidFirst(t *testing.T) {
	d := data(t)
	d.Releases = years(t, d.Plan, nil, func(r *reach.Release) { r.Example = r.Table == reach.Topics })
	for lang, want := range map[string]string{"nl": "Dit zijn voorbeeldcijfers.", "en": "These are example figures."} {
		r := make1(t, d, "2026", lang)
		if !r.Example || len(r.Notices) == 0 || !strings.HasPrefix(r.Notices[0], want) {
			t.Errorf("%s: %v %q", lang, r.Example, r.Notices)
		}
	}
	d = data(t)
	d.Entered = nil // costs of some months are said too
	if r := make1(t, d, "2026", "nl"); r.Example || len(r.Notices) > 0 {
		t.Errorf("without example figures: %v %q", r.Example, r.Notices)
	}
}

// TestNothingEntered is a report of a configuration without campaigns and with nothing entered.
func TestNothingEntered(t *testing.T) {
	d := data(t)
	d.Plan.Campaigns, d.Entered = nil, nil
	d.Releases = years(t, d.Plan, nil, nil)
	r := make1(t, d, "2026", "nl")
	if c := r.at(t, "campaign_media", "medium_online", "cost"); c.Text != "niet ingevuld" {
		t.Errorf("cost: %+v", c)
	}
	if c := r.at(t, "campaign_media", "medium_online", "visits"); c.Kind != Unknown {
		t.Errorf("visits of no campaign: %+v", c)
	}
	if c := r.at(t, "campaign_channels", "none", "visits"); c.Kind != Noisy {
		t.Errorf("visits without a link: %+v", c)
	}
}

// TestOldNames holds that what another configuration released does not vanish.
func TestOldNames(t *testing.T) {
	d := data(t)
	d.Plan = &reach.Plan{Lines: []string{"fier"}, Practice: []string{"oefenen"}, Topics: []string{"home"}, Budgets: d.Plan.Budgets}
	r := make1(t, d, "2026", "nl")
	for _, at := range [][3]string{{"contacts", "jip", "contacts"}, {"campaign_channels", "chatten-helpt|poster", "visits"}, {"topics", "money", "all"}} {
		if c := r.at(t, at[0], at[1], at[2]); c.Kind == Unknown {
			t.Errorf("%v: %+v", at, c)
		}
	}
}

// TestAddedInTheMiddle is a campaign that one month of a quarter does not know.
func TestAddedInTheMiddle(t *testing.T) {
	d := data(t)
	d.Releases = years(t, d.Plan, nil, func(r *reach.Release) {
		if r.Table == reach.Visits && r.Period.String() == "2026-10" {
			for c := range r.Cells {
				if c.Parts()[1] == "chatten-helpt" {
					delete(r.Cells, c)
				}
			}
		}
	})
	r := make1(t, d, "2026-Q4", "nl")
	if c := r.at(t, "campaign_channels", "chatten-helpt|poster", "visits"); c.Note != "Geteld in 2 van de 3 maanden." {
		t.Errorf("a campaign of two months: %+v", c)
	}
	if c := r.at(t, "campaign_channels", "none", "visits"); c.Note != "" {
		t.Errorf("without a campaign: %+v", c)
	}
}

func TestPeriodsInARow(t *testing.T) {
	b := &build{tongue: "nl"}
	months := period(t, "2026").Parts(reach.Month)
	for _, tt := range []struct {
		of   []int
		want string
	}{
		{[]int{1}, "januari 2026"}, {[]int{1, 2}, "januari 2026 en februari 2026"}, {[]int{1, 2, 3}, "januari 2026 tot en met maart 2026"},
		{[]int{1, 3}, "januari 2026 en maart 2026"}, {[]int{1, 3, 4, 5, 9, 10}, "januari 2026, maart 2026 tot en met mei 2026, september 2026 en oktober 2026"},
	} {
		var of []reach.Period
		for _, m := range tt.of {
			of = append(of, months[m-1])
		}
		if got := b.periods(of); got != tt.want {
			t.Errorf("%v: %s", tt.of, got)
		}
	}
}

// TestAnEmptiedLedgerIsSaid: also where counting began anew on the first day of the period.
func TestAnEmptiedLedgerIsSaid(t *testing.T) {
	d := data(t)
	d.Releases = years(t, d.Plan, nil, func(r *reach.Release) {
		if r.Period.String() == "2026" {
			r.Emptied = r.Period.From
		}
	})
	for lang, want := range map[string]string{
		"nl": "Er is geteld vanaf 1 januari 2026. Op 1 januari 2026 bleek dat de tellingen leeg waren gemaakt. Wat daarvoor geteld was, is verloren.",
		"en": "Counting began on 1 January 2026. On 1 January 2026 the counts were seen to have been emptied. What had been counted before is lost.",
	} {
		r := make1(t, d, "2026", lang)
		if !slices.ContainsFunc(r.Notices, func(n string) bool { return strings.EqualFold(n, want) }) {
			t.Errorf("%q is not in %q", want, r.Notices)
		}
		if c := r.at(t, "trend", "visits", "verdict"); lang == "nl" && c.Note != "Over 2026 ontbreken tellingen." {
			t.Errorf("a year of which counts are missing: %+v", c)
		}
	}
}
