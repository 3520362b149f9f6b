package page

import (
	"strings"
	"testing"
)

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
