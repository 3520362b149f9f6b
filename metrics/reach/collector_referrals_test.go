package reach_test

import (
	"strings"
	"testing"

	"haven/metrics/reach"
)

func TestReferralsAreShownBesideTheirYear(t *testing.T) {
	p := smallPlan()
	p.Partners = []reach.Partner{{Code: "veilig-thuis", Name: "Veilig Thuis"}}
	before := history(t, p)
	now := reach.NewReleases(before, nil)
	reg := collecting(t, &now)
	if body := scrape(t, reg); strings.Contains(body, "referral") || !strings.Contains(body, `haven_reach_released_outcomes{`) {
		t.Errorf("of a year before they were counted:\n%s", body)
	}
	now = reach.NewReleases(append(before, sealed(p, reach.Referrals, period(t, "2024"))), nil)
	if body := scrape(t, reg); strings.Contains(body, "referral") {
		t.Errorf("those of another year are shown:\n%s", body)
	}
	r := sealed(p, reach.Referrals, period(t, "2025"))
	now = reach.NewReleases(append(before, r), nil)
	body := scrape(t, reg)
	for _, want := range []string{
		`haven_reach_released_referrals{line="jip",period="year",referral="none"} -4`,
		`haven_reach_released_referrals{line="jip",period="year",referral="veilig-thuis"} 3`,
		`haven_reach_released_referrals{line="jip",period="year",referral="other"} 10`,
		`haven_reach_privacy_epsilon{period="year",table="referrals"} 0.25`,
		`haven_reach_noise_stddev{period="year",table="referrals"} 5.6`,
	} {
		if !strings.Contains(body, "\n"+want) {
			t.Errorf("no %s in\n%s", want, body)
		}
	}
	r.Cells["jip|veilig-thuis|twice"] = 1234567
	now = reach.NewReleases(append(before, r), nil)
	if _, err := reg.Gather(); err == nil {
		t.Error("a cell that is none was gathered without an error")
	}
}
