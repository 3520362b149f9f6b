package page

import (
	"regexp"
	"strings"
	"testing"

	"haven/metrics/reach"
)

// cells are the texts of the row with a head in the table with an id, without their tags.
func cells(t testing.TB, html, table, head string) (out []string) {
	t.Helper()
	_, rest, found := strings.Cut(html, `id="`+table+`"`)
	if !found {
		t.Fatalf("there is no table %s", table)
	}
	rest, _, _ = strings.Cut(rest, "</table>")
	_, rest, found = strings.Cut(rest, `<th scope="row">`+head+"</th>")
	if !found {
		t.Fatalf("%s has no row %s", table, head)
	}
	rest, _, _ = strings.Cut(rest, "</tr>")
	for _, c := range regexp.MustCompile(`<td>(.*?)</td>`).FindAllStringSubmatch(rest, -1) {
		out = append(out, strings.ReplaceAll(regexp.MustCompile(`<[^>]*>`).ReplaceAllString(c[1], ""), "\u00a0", " "))
	}
	return out
}

// TestFiguresOfTheIssueAsPrinted reads what a coordinator reads: 7 reports of a year are known to ± 4, 283 contacts to
// ± 5 at most, and a month of a campaign of 283 a year to ± 12, where they are one figure, and what sums of them say.
func TestFiguresOfTheIssueAsPrinted(t *testing.T) {
	s := newStand(t, nil)
	s.releases = reach.NewReleases(sealed(t, plan(t), func(table reach.Table, p reach.Period, c reach.Cell) int64 {
		switch of := string(table) + " " + string(p.Span) + " " + string(c); of {
		case "outcomes year shop|young_person|report|alone":
			return 7
		case "outcomes year fier|young_person|none|alone", "visits year fier|chatten-helpt|instagram|answered":
			return 283
		case "visits month fier|chatten-helpt|instagram|answered":
			return 24
		}
		return 0
	}, nil), nil)
	year, month := s.ok(t, "/reach?period=2025"), s.ok(t, "/reach?period=2026-10")
	for _, tt := range []struct {
		html, table, row string
		column           int
		want             string
	}{
		{year, "t-cells-outcomes", "SHOP · Jongere", 2, "7 ± 4"},
		{year, "t-cells-outcomes", "SHOP · Jongere", 5, "minder dan 7"},
		{year, "t-cells-outcomes", "Fier · Jongere", 0, "283 ± 4"},
		{year, "t-cells-a", "Instagram", 2, "283 ± 5"},
		{month, "t-cells-a", "Instagram", 2, "24 ± 12"},
		{month, "t-cells-a", "Poster", 2, "minder dan 19"},
		// Sums of 8, 24, 3 and 9 figures.
		{year, "t-outcomes", "SHOP", 2, "minder dan 16"},
		{year, "t-outcomes", "Fier", 0, "283 ± 18"},
		{year, "t-ca", "Instagram <small>online</small>", 2, "283 ± 8"},
		{year, "t-ca", "Instagram <small>online</small>", 1, "283 ± 14"},
	} {
		if got := cells(t, tt.html, tt.table, tt.row)[tt.column]; got != tt.want {
			t.Errorf("%s, %s, %d: %q and not %q", tt.table, tt.row, tt.column, got, tt.want)
		}
	}
}

// The part that is of all campaigns says so in the view of one, and the funnel says why it may widen.
func TestWhatIsOfAllCampaigns(t *testing.T) {
	s := newStand(t, nil)
	for at, want := range map[string]bool{"/reach?period=2026-10": false, "/reach?period=2026-10&campaign=chatten-helpt": true, "/reach?span=week&campaign=chatten-helpt": true} {
		html := s.ok(t, at)
		if said := strings.Contains(part(t, html, "bereikbaarheid"), ">Bereikbaarheid, alle campagnes samen<"); said != want {
			t.Errorf("%s: service levels are said to be of all campaigns: %v", at, said)
		}
		if !strings.Contains(part(t, html, "kort"), "Een latere stap kan hoger uitkomen dan een eerdere") {
			t.Errorf("%s does not say why a later step can be higher", at)
		}
	}
}
