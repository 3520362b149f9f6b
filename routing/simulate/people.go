package simulate

import (
	"math"
	"math/rand/v2"
	"slices"
)

const (
	second = int64(1000) // virtual time is in ms from 06:00
	minute = 60 * second
	hour   = 60 * minute
)

// Scenario is a day. Its people are drawn from Seed, each from a stream of their own, so that they are the same
// whatever the policy.
type Scenario struct {
	Seed     uint64
	Policy   Policy
	Arrivals int // of people who find their line open; about 1,000 is what 40 counsellors can take
	// Staff is how many counsellors are on duty all day for every line, with one place; 0 is forty in shifts.
	Staff int
	// Range is the wait in s announced to who has to wait, at arrival. It changes nobody's mind.
	Range func(Known) (lo, hi int)

	broken mutant
}

// Known is what a line knows of waits when somebody comes who has to wait: of those last served who had to, newest first, how
// long they did in s and how many were ahead when they came.
type Known struct {
	Waits, Aheads []int
	Ahead, Room   int // of who comes, and how many chats the line's counsellors could take now
	Talking       int // in the line
}

// lineHours is a line with its hours from 06:00 on, in hours, and its share of the arrivals while open.
type lineHours struct {
	Line
	opens, closes float64
	share         float64
}

// three lines: by day, around the clock, and in the evening and at night across midnight. New people are let in until
// 15 minutes before closing.
var three = []lineHours{
	{Line{"day", []int{nl, en}, 10, 120}, 3, 16, 5},    // 09:00 to 22:00
	{Line{"clock", []int{nl, en}, 10, 120}, 0, 24, 2},  // always
	{Line{"night", []int{nl, en}, 15, 180}, 12, 21, 4}, // 18:00 to 03:00
}

const nl, en = 0, 1 // their languages

const lastIntake = 0.25 // hours

// load is how many come at an hour from 06:00, relative: an evening peak, and from 20:30 for an hour three times as
// many after a television broadcast.
func load(h float64) float64 {
	base := 0.25 + 0.7*bell(h, 9, 3) + 1.6*bell(h, 14.5, 2.5) // around 15:00 and 20:30
	if h >= 14.5 && h < 15.5 {
		base *= 3
	}
	return base
}

func bell(x, middle, width float64) float64 {
	return math.Exp(-(x - middle) * (x - middle) / (2 * width * width))
}

// person is somebody who comes, with all that they will do.
type person struct {
	at, patience, talk int64
	line, lang         int
	urgent             bool
	locks, unlocks     int64 // the phone's line is down from and to, after arrival; 0 for never
}

// arrivals is a Poisson process whose rate follows load, given how many come in all: they are then independent.
func (sc *Scenario) arrivals() []person {
	people := make([]person, sc.Arrivals)
	for i := range people {
		p, r := &people[i], rand.New(rand.NewPCG(sc.Seed, uint64(i)<<8))
		for p.line = -1; p.line < 0; {
			h := r.Float64() * 24
			if r.Float64()*5.6 > load(h) {
				continue
			}
			p.at = int64(h * float64(hour))
			p.line = lineAt(h, r)
		}
		p.lang = nl
		if r.Float64() < 0.12 {
			p.lang = en
		}
		p.urgent = r.Float64() < 0.03
		p.patience = lognormal(r, 12*float64(minute), 0.8)
		p.talk = lognormal(r, 25*float64(minute), 0.37) // eight of ten last 15 to 40 minutes
		if r.Float64() < 0.05 {
			p.locks = lognormal(r, 2*float64(minute), 0.8)
			p.unlocks = p.locks + lognormal(r, float64(minute), 0.8)
		}
	}
	slices.SortStableFunc(people, func(a, b person) int { return int(a.at - b.at) })
	return people
}

// lineAt is one of the lines open at an hour, by their shares, or -1.
func lineAt(h float64, r *rand.Rand) int {
	sum := 0.0
	x := r.Float64()
	for _, l := range three {
		if l.takes(h) {
			sum += l.share
		}
	}
	for i, l := range three {
		if l.takes(h) {
			if x -= l.share / sum; x < 0 {
				return i
			}
		}
	}
	return -1
}

func (l *lineHours) takes(h float64) bool {
	return h >= l.opens && (l.closes == 24 || h < l.closes-lastIntake)
}

func lognormal(r *rand.Rand, median, sigma float64) int64 {
	return int64(median * math.Exp(sigma*r.NormFloat64()))
}

// shift is one counsellor's day.
type shift struct {
	number       int // from 1
	lines, langs []int
	capacity     int
	from, to     int64
}

// shifts are those of 40 counsellors: early, late, evening and night, most of them in the evening.
func (sc *Scenario) shifts() []shift {
	var out []shift
	for n := range sc.Staff {
		out = append(out, shift{number: n + 1, lines: []int{0, 1, 2}, langs: []int{nl, en}, capacity: 1, to: 24 * hour})
	}
	if sc.Staff > 0 {
		return out
	}
	for _, k := range []struct {
		n        int
		from, to float64
		lines    [][]int
	}{
		{8, 0, 8, [][]int{{0, 1}, {1}}},
		{12, 7, 15, [][]int{{0}, {0, 1}, {0, 1, 2}}},
		{14, 12.5, 20, [][]int{{0, 2}, {2}, {1, 2}, {0, 1, 2}}},
		{6, 16.5, 24, [][]int{{1, 2}}},
	} {
		for i := range k.n {
			n := len(out)
			r := rand.New(rand.NewPCG(sc.Seed, uint64(n)<<8|1<<60))
			s := shift{number: n + 1, lines: k.lines[i%len(k.lines)], langs: []int{nl}, capacity: 1 + n%3}
			if n%5 < 3 {
				s.langs = []int{nl, en}
			}
			s.from = max(0, int64(k.from*float64(hour))+int64(r.NormFloat64()*3*float64(minute)))
			s.to = int64(k.to*float64(hour)) + int64(r.NormFloat64()*5*float64(minute))
			out = append(out, s)
		}
	}
	return out
}

// reaction is what a counsellor does with the n-th ring of a chat: accepts or declines after a while, or misses it.
func (sc *Scenario) reaction(chat, n int) (k Kind, after int64) {
	r := rand.New(rand.NewPCG(sc.Seed^0x72696e67, uint64(chat)<<16|uint64(n)))
	x, t := r.Float64(), lognormal(r, 4*float64(second), 0.6)
	switch {
	case x < 0.02 || t >= RingS*second:
		return RingOver, (RingS + 1) * second
	case x < 0.04:
		return Decline, t
	}
	return Accept, t
}
