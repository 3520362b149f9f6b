package simulate

import (
	"reflect"
	"testing"

	"haven/routing"
)

var policies = []Policy{Haven, FirstCome, Random}

func announced(k Known) (lo, hi int) {
	return routing.WaitRange(routing.Pace(k.Waits, k.Aheads, k.Talking), k.Ahead-k.Room)
}

// ordinary is about what the counsellors can take; broadcast is ten times that.
const ordinary, broadcast = 1000, 10000

// TestDay plays an ordinary day and one of 10,000 arrivals under each policy, checks every ring and every moment, and
// prints what people met.
func TestDay(t *testing.T) {
	for _, n := range []int{ordinary, broadcast} {
		var days []*Day
		for _, p := range policies {
			d := Run(Scenario{Seed: 1, Policy: p, Arrivals: n, Range: announced})
			for _, err := range d.Broken {
				t.Errorf("%d arrivals, %v: %v", n, p, err)
			}
			for i, s := range d.Stories {
				if s.End == "" {
					t.Errorf("%d arrivals, %v: nothing came of %d", n, p, i)
				}
				if p == FirstCome && s.Passed > 0 {
					t.Errorf("%d arrivals, %v: %d was passed by %d", n, p, i, s.Passed)
				}
			}
			days = append(days, d)
		}
		t.Logf("%d arrivals, %d transitions\n%s", n, days[0].Events, Table(policies, days))
	}
}

// TestDaysHold plays other days, and holds what is announced to who has to wait to the goal of the design: with forty
// counsellors in shifts and with one to five.
func TestDaysHold(t *testing.T) {
	for _, c := range []struct {
		arrivals, staff int
		seeds           uint64
	}{{700, 0, 3}, {ordinary, 0, 3}, {1300, 0, 3}, {2000, 0, 3}, {broadcast, 0, 2}, {20, 1, 30}, {40, 1, 20}, {40, 2, 20}, {60, 3, 20}, {200, 5, 6}} {
		in, n, told := 0.0, 0, 0
		for seed := range c.seeds {
			d := Run(Scenario{Seed: seed + 10, Arrivals: c.arrivals, Staff: c.staff, Range: announced})
			for _, err := range d.Broken {
				t.Errorf("%d arrivals, %d counsellors, seed %d: %v", c.arrivals, c.staff, seed+10, err)
			}
			if d.Idle > 0 {
				t.Errorf("%d arrivals, %d counsellors, seed %d: %d times somebody waited while an eligible counsellor was free", c.arrivals, c.staff, seed+10, d.Idle)
			}
			share, waited, width := d.Told("")
			in, n, told = in+share*float64(waited), n+waited, told+waited*width
		}
		in /= float64(n)
		t.Logf("%d arrivals, %d counsellors: of %d who had to wait %.1f %% did as long as announced, %d s wide", c.arrivals, c.staff, n, 100*in, told/n)
		if n < 50 || in < 0.8 {
			t.Errorf("%d arrivals, %d counsellors: %.1f %% of %d waits in the range announced, the goal is 80 %%", c.arrivals, c.staff, 100*in, n)
		}
	}
}

func TestSameSeedSameDay(t *testing.T) {
	for _, p := range policies {
		sc := Scenario{Seed: 4, Policy: p, Arrivals: 2000, Range: announced}
		if !reflect.DeepEqual(Run(sc), Run(sc)) {
			t.Errorf("%v: one seed gave two days", p)
		}
		other := sc
		other.Seed++
		if reflect.DeepEqual(Run(sc), Run(other)) {
			t.Errorf("%v: two seeds gave one day", p)
		}
	}
}

// TestPoliciesMeetTheSamePeople: who comes, and what they are, is the same under each policy.
func TestPoliciesMeetTheSamePeople(t *testing.T) {
	a := Scenario{Seed: 2, Policy: Haven, Arrivals: 500}
	b := Scenario{Seed: 2, Policy: Random, Arrivals: 500}
	if !reflect.DeepEqual(a.arrivals(), b.arrivals()) || !reflect.DeepEqual(a.shifts(), b.shifts()) {
		t.Error("two policies meet other people")
	}
}

// TestChecksCatchMutants: each bug on purpose breaks a check.
func TestChecksCatchMutants(t *testing.T) {
	for name, m := range map[string]mutant{
		"the target forgotten": noTarget, "capacity off by one": oneTooMany, "newest first": newestFirst,
		"urgent not ahead": notAhead, "a place left free": leavesFree,
	} {
		d := Run(Scenario{Seed: 1, Arrivals: broadcast, broken: m})
		if len(d.Broken) == 0 {
			t.Errorf("%s: no check saw it", name)
			continue
		}
		t.Logf("%s: %v", name, d.Broken[0])
	}
}

// BenchmarkDay is one day of 10,000 arrivals.
func BenchmarkDay(b *testing.B) {
	for _, c := range []struct {
		name string
		n    int
	}{{"ordinary", ordinary}, {"broadcast", broadcast}} {
		b.Run(c.name, func(b *testing.B) {
			events := 0
			for b.Loop() {
				events += Run(Scenario{Seed: 1, Arrivals: c.n, Range: announced}).Events
			}
			b.ReportMetric(float64(events)/b.Elapsed().Seconds(), "transitions/s")
		})
	}
}
