package page

import (
	"strings"
	"testing"

	"haven/metrics/reach"
)

func TestReferralsBySpan(t *testing.T) {
	s := newStand(t, nil)
	for _, c := range []struct{ at, has string }{
		{"/reach?period=2026-10", "Bekijk 2025"},
		{"/reach?period=2025", "Verder bij Fier"},
		{"/reach?period=2025", "Veilig Thuis &lt;Haaglanden&gt;"},
		{"/reach?period=2025&lang=en", "the same line"},
		{"/reach?period=2025&campaign=chatten-helpt", "nooit bij een campagne"},
	} {
		if p := part(t, s.ok(t, c.at), "doorverwezen"); !strings.Contains(p, c.has) {
			t.Errorf("%s: no %q in %.400s", c.at, c.has, p)
		}
	}
}

// Where there is nothing to lead to there is no section about it, and a visit pays nothing for it.
func TestNoReferralsOfOneLine(t *testing.T) {
	s := newStand(t, func(c *Config) {
		c.Plan.Lines, c.Plan.Partners, c.Lines = c.Plan.Lines[:1], nil, c.Lines[:1]
	})
	alone := plan(t)
	alone.Lines, alone.Partners = alone.Lines[:1], nil
	all := sealed(t, alone, invented, nil)
	var without []*reach.Release
	for _, r := range all {
		if r.Table != reach.Referrals {
			without = append(without, r)
		}
	}
	s.releases = reach.NewReleases(without, totals(t))
	for _, at := range []string{"/reach?period=2025", "/reach?period=2026-10"} {
		html := s.ok(t, at)
		if strings.Contains(html, "doorverwe") || !strings.Contains(html, "nooit meer weg dan ε = 2.") {
			t.Errorf("%s speaks of referrals", at)
		}
	}
}

// A year from before they were counted says that none is sealed, and one in which partners were other ones shows the
// figures of those that are still there.
func TestReferralsOfOtherYears(t *testing.T) {
	s := newStand(t, nil)
	var before []*reach.Release
	for _, r := range sealed(t, plan(t), invented, nil) {
		if r.Table != reach.Referrals {
			before = append(before, r)
		}
	}
	s.releases = reach.NewReleases(before, totals(t))
	if p := part(t, s.ok(t, "/reach?period=2025"), "doorverwezen"); !strings.Contains(p, "Er is er nog geen vastgelegd.") || strings.Contains(p, "<svg") {
		t.Errorf("before: %s", p)
	}
	s = newStand(t, func(c *Config) {
		c.Plan.Partners = append(c.Plan.Partners, reach.Partner{Code: "nieuw", Name: "Nieuw"})
	})
	if p := part(t, s.ok(t, "/reach?period=2025"), "doorverwezen"); strings.Contains(p, "Nieuw") || !strings.Contains(p, "Veilig Thuis") {
		t.Errorf("after: %s", p)
	}
}
