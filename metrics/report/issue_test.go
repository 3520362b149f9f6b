package report

import (
	"strings"
	"testing"

	"haven/metrics/reach"
)

// TestFiguresOfTheIssueAsPrinted reads what a council reads: see the test of that name for the page.
func TestFiguresOfTheIssueAsPrinted(t *testing.T) {
	d := data(t)
	d.Releases = years(t, d.Plan, nil, func(r *reach.Release) {
		for c := range r.Cells {
			r.Cells[c] = map[string]int64{
				"outcomes year shop|young_person|report|alone": 7, "outcomes year fier|young_person|none|alone": 283,
				"visits year fier|chatten-helpt|instagram|answered": 283, "visits month fier|chatten-helpt|instagram|answered": 24,
			}[string(r.Table)+" "+string(r.Period.Span)+" "+string(c)]
		}
	})
	for _, tt := range []struct {
		period, table, row, column string
		half                       int64
		want                       string
	}{
		{"2026", "reports_single", "shop|young_person", "reports_alone", 4, "7 ± 4"},
		{"2026", "reports_single", "shop|young_person", "reports_involved", 0, "minder dan 7"},
		{"2026", "talks_single", "fier|young_person", "talks_alone", 4, "283 ± 4"},
		{"2026", "campaign_by_channel_and_line", "chatten-helpt|instagram|fier", "answered", 5, "283 ± 5"},
		{"2026-11", "campaign_by_channel_and_line", "chatten-helpt|instagram|fier", "answered", 12, "24 ± 12"},
		{"2026-11", "campaign_by_channel_and_line", "chatten-helpt|poster|fier", "answered", 0, "minder dan 19"},
		// Sums of 8, 24 and 9 fields.
		{"2026", "reports", "shop", "reports", 0, "minder dan 16"},
		{"2026", "contacts", "fier", "contacts", 18, "283 ± 18"},
		{"2026", "campaign_channels", "chatten-helpt", "answered", 14, "283 ± 14"},
	} {
		r := make1(t, d, tt.period, "nl")
		c := r.at(t, tt.table, tt.row, tt.column)
		if got := strings.ReplaceAll(tongue("nl").cell(c), nbsp, " "); got != tt.want || c.Half != tt.half {
			t.Errorf("%s, %s, %s: %q ± %d and not %q", tt.table, tt.row, tt.column, got, c.Half, tt.want)
		}
	}
	for part, want := range map[string]string{"reports": "bekend op ± 4 na", "lines": "bekend op ± 5 na"} {
		found := false
		for _, s := range make1(t, d, "2026", "nl").Sections {
			for _, p := range s.Parts {
				found = found || p.Key == part && strings.Contains(strings.Join(p.Text, " "), want)
			}
		}
		if !found {
			t.Errorf("%s does not say %q", part, want)
		}
	}
}
