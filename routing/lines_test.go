package routing

import (
	"slices"
	"testing"
)

func TestWaitRange(t *testing.T) {
	for _, c := range []struct {
		name   string
		waits  string
		oldest int
		lo, hi int
	}{
		{"nobody was served", "", 0, 0, 120},
		{"nobody was served and somebody waits", "", 601, 0, 660},
		{"at once", "4,7,3", 0, 0, 60},
		{"whole minutes around all of them", "130,250,200", 0, 120, 300},
		{"the one longest in line tells of a line that slows", "30,40", 600, 0, 720},
		{"and not of one that runs", "300,400", 20, 300, 480},
		{"what is no number is passed by", "x,,90", 0, 60, 120},
	} {
		if lo, hi := WaitRange(numbers(c.waits), c.oldest); lo != c.lo || hi != c.hi {
			t.Errorf("%s: %q and %d give %d to %d, want %d to %d", c.name, c.waits, c.oldest, lo, hi, c.lo, c.hi)
		}
	}
}

// TestSnapshotAnnouncesFromTheLine: what a line announces comes from its own last waits and its own oldest.
func TestSnapshotAnnouncesFromTheLine(t *testing.T) {
	each(t, func(t *testing.T, b *bench) {
		b.ok(b.rdb.HSet(b.ctx, sharedKey(b.cfg.Prefix, "waits"), "jip", "130,250,200").Err())
		v, err := b.Snapshot(b.ctx)
		b.ok(err)
		got := []int{v[0].WaitLo, v[0].WaitHi, v[1].WaitLo, v[1].WaitHi}
		if !slices.Equal(got, []int{120, 300, 0, 120}) {
			t.Errorf("announced %v", got)
		}
	})
}
