package routing

import (
	"math"
	"slices"
	"testing"
)

func TestWaitRange(t *testing.T) {
	for _, c := range []struct {
		name           string
		served         string
		talking, ahead int
		lo, hi         int
	}{
		{"one counsellor talks and nobody had to wait yet", "", 1, 0, 60, 2880},
		{"five talk", "", 5, 0, 0, 600},
		{"and three are ahead", "", 5, 3, 240, 1860},
		{"a line that runs", "60:0,60:0,60:0,120:1,120:1,180:2", 10, 0, 0, 180},
		{"and somebody far behind", "60:0,60:0,60:0,120:1,120:1,180:2", 10, 30, 900, 3360},
		{"and a counsellor has room", "600:0,1200:1", 1, -1, 0, 60},
		{"never less than a minute", "0:0,0:5,1:30", 50, 0, 0, 60},
	} {
		waits, aheads := served(c.served)
		if lo, hi := WaitRange(Pace(waits, aheads, c.talking), c.ahead); lo != c.lo || hi != c.hi {
			t.Errorf("%s: %d to %d, want %d to %d", c.name, lo, hi, c.lo, c.hi)
		}
	}
	last := 0
	for ahead := range 300 { // who is further back is never told less
		lo, hi := WaitRange(45, ahead)
		if lo < 0 || hi <= lo || hi < last || lo%60+hi%60 != 0 {
			t.Fatalf("with %d ahead %d to %d", ahead, lo, hi)
		}
		last = hi
	}
}

// TestGamma holds the quantiles to those of tables: of an exponential distribution exactly, of shape 10 as given there.
func TestGamma(t *testing.T) {
	for _, c := range []struct{ shape, z, want float64 }{
		{1, -middle, -math.Log(0.9)}, {1, middle, -math.Log(0.1)}, {10, -middle, 0.6221}, {10, middle, 1.4206}, {0.2, -9, 0},
	} {
		if got := gamma(c.shape, c.z); math.Abs(got-c.want) > 0.03 {
			t.Errorf("shape %v at %v: %.4f, want %.4f", c.shape, c.z, got, c.want)
		}
	}
}

func TestServed(t *testing.T) {
	waits, aheads := served("41:0,x,,90,7:1,-3:1,5:-1,312:20")
	if !slices.Equal(waits, []int{41, 7, 312}) || !slices.Equal(aheads, []int{0, 1, 20}) {
		t.Errorf("%v, %v", waits, aheads)
	}
}

// TestALineLearnsItsPace from those who had to wait, by how many were ahead, and from nobody who was rung for at once, who
// waited for one counsellor, or who came from another line.
func TestALineLearnsItsPace(t *testing.T) {
	each(t, func(t *testing.T, b *bench) {
		b.cfg.Lines[0].CapPerCounsellor = 100
		b.on("ann", 1)
		waits := func() string {
			t.Helper()
			s, err := b.rdb.HGet(b.ctx, sharedKey(b.cfg.Prefix, "waits"), "jip").Result()
			if err != nil && s == "" {
				return ""
			}
			return s
		}
		snapshot := func() LineView {
			t.Helper()
			v, err := b.Snapshot(b.ctx)
			b.ok(err)
			return v[0]
		}
		if l := snapshot(); l.Room != 1 {
			t.Errorf("%d are free", l.Room)
		}
		at := b.join(false)
		if at.Ahead != -1 {
			t.Errorf("who is rung for has %d ahead", at.Ahead)
		}
		one := b.join(false)
		if one.Ahead != 0 {
			t.Errorf("the first in line has %d ahead", one.Ahead)
		}
		for i := range 23 { // past what is shown
			if j := b.join(false); j.Ahead != i+1 {
				t.Fatalf("%d ahead, want %d", j.Ahead, i+1)
			}
		}
		b.accept0(at)
		if s := waits(); s != "" {
			t.Errorf("who was rung for at once is remembered: %q", s)
		}
		if l := snapshot(); l.Pace != talkGuess || l.Room != 0 || l.Waiting != 24 {
			t.Errorf("%+v", l)
		}
		b.record(one.Chat, func(r map[string]any) { r["a"] = r["a"].(float64) - 300 })
		b.ok(b.SetReady(b.ctx, "ann", 2))
		b.wantRings("ann", one.Chat)
		b.accept("ann", "k2")
		if s := waits(); s != "300:0" && s != "301:0" {
			t.Errorf("remembered is %q", s)
		}
		if l := snapshot(); l.Pace < (talkGuess/2+300)/2 || l.Pace > (talkGuess/2+302)/2 {
			t.Errorf("%+v", l)
		}
	})
}
