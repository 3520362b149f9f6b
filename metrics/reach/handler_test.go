package reach

import (
	"testing"

	"haven/routing/routingtest"
)

// TestScrapesOnlyWrite: what was sealed is encoded when it is read, before anybody scrapes it.
func TestScrapesOnlyWrite(t *testing.T) {
	rdb, prefix := routingtest.Client(t)
	var c clock
	c.set("2026-10-30 10:00")
	l := node(t, rdb, prefix, &c, testPlan())
	c.live(t, "2026-11-03 10:00", l)
	h := l.Handler()
	if h.of == nil || h.of != l.Releases() || len(h.of.Periods(Visits, Month)) != 1 {
		t.Fatal("what was read is not what is shown")
	}
	for _, encoding := range encodings {
		if a := h.kept[encoding]; a == nil || a.body.Len() == 0 {
			t.Errorf("%q is left for the first scrape", encoding)
		}
	}
}
