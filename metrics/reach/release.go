package reach

import "slices"

// Release is one sealed table of one period. It never changes.
type Release struct {
	Table    Table
	Period   Period
	Epsilon  Epsilon
	Since    Day  // the first day that was counted; later than Period.From where counting began in its middle
	LostDays int  // days of a node whose counts were lost with it
	Back     bool // the ledger went back in time while it was open: counts are missing
	Emptied  Day  // the ledger was seen to be empty on that day, and what it had counted before is lost; 0 when it was not
	Example  bool
	Draws    int            // of noise in each cell; 0 is one. More where an old copy may have been put back
	Cells    map[Cell]int64 // noisy; may be negative
}

// Noise is what is in a sum of n of its cells.
func (r *Release) Noise(n int) Term { return Term{r.Epsilon, n * max(r.Draws, 1)} }

// Totals are a line's exact operational figures of one month. They are outside of the bound: see the package comment.
type Totals struct {
	Line            string
	Month           Period
	Arrived         int64   // got a place in line
	Answered        int64   // a counsellor accepted
	Within          int64   // of those, within the line's target wait
	Waits           []int64 // of the answered, by WaitBounds and one more beyond
	AttendedMinutes int64   // the line was open and somebody on duty
	PromisedMinutes int64   // the line's hours said open
	Example         bool
}

// WaitBounds are the upper bounds, in whole seconds, of Totals.Waits.
var WaitBounds = []int{5, 10, 20, 30, 45, 60, 90, 120, 180, 240, 300, 420, 600, 900, 1200, 1800, 2700, 3600}

// Releases are all sealed periods. They are read only.
type Releases struct {
	all    map[Table]map[Period]*Release
	totals map[Period][]Totals
}

// NewReleases makes them from what was sealed.
func NewReleases(sealed []*Release, totals []Totals) *Releases {
	r := &Releases{all: map[Table]map[Period]*Release{}, totals: map[Period][]Totals{}}
	for _, t := range Tables {
		r.all[t] = map[Period]*Release{}
	}
	for _, s := range sealed {
		r.all[s.Table][s.Period] = s
	}
	for _, t := range totals {
		r.totals[t.Month] = append(r.totals[t.Month], t)
	}
	return r
}

// Get is the release of a table for a period, nil when there is none. A quarter of the visits is its months: see Sum.
func (r *Releases) Get(t Table, p Period) *Release { return r.all[t][p] }

// Periods are the sealed periods of one span of a table, newest first; of quarters of the visits, those whose three
// months are sealed.
func (r *Releases) Periods(t Table, s Span) []Period {
	var out []Period
	if t == Visits && s == Quarter {
		for p := range r.all[t] {
			if q := PeriodOf(Quarter, p.From); p.Span == Month && p.From == q.From && r.quarter(q) != nil {
				out = append(out, q)
			}
		}
	} else {
		for p := range r.all[t] {
			if p.Span == s {
				out = append(out, p)
			}
		}
	}
	slices.SortFunc(out, func(a, b Period) int { return int(b.From - a.From) })
	return out
}

// parts are the releases that make up a period, nil when one is missing.
func (r *Releases) parts(t Table, p Period) []*Release {
	if t == Visits && p.Span == Quarter {
		return r.quarter(p)
	}
	if one := r.all[t][p]; one != nil {
		return []*Release{one}
	}
	return nil
}

func (r *Releases) quarter(p Period) []*Release {
	var out []*Release
	for _, m := range p.Parts(Month) {
		one := r.all[Visits][m]
		if one == nil {
			return nil
		}
		out = append(out, one)
	}
	return out
}

// Sum is the sum of a table's cells that match, over one period; nil matches all. It is unknown where nothing was
// released, or where no cell matches.
func (r *Releases) Sum(t Table, p Period, match func(parts []string) bool) Figure {
	var f Figure
	for _, one := range r.parts(t, p) {
		n := 0
		var sum int64
		for c, v := range one.Cells {
			if match == nil || match(c.Parts()) {
				n++
				sum += v
			}
		}
		if n > 0 {
			f = f.Add(Figure{N: sum, Noise: []Term{one.Noise(n)}, Known: true})
		}
	}
	return f
}

// About says under which conditions a period was counted, over all releases that make it up.
func (r *Releases) About(t Table, p Period) (about About, ok bool) {
	for i, one := range r.parts(t, p) {
		// Of a quarter whose second month began late, that is what has to be said.
		if i == 0 || one.Since > one.Period.From {
			about.Since = one.Since
		}
		about.Epsilon = one.Epsilon
		about.LostDays += one.LostDays
		about.Back = about.Back || one.Back
		about.Emptied = max(about.Emptied, one.Emptied)
		about.Example = about.Example || one.Example
		ok = true
	}
	return about, ok
}

// About is what has to be said beside figures.
type About struct {
	Epsilon  Epsilon // of each part
	Since    Day
	LostDays int
	Back     bool // the ledger went back in time: counts are missing
	Emptied  Day  // the last day on which the ledger was seen to be empty: what it had counted before is lost; 0 for none
	Example  bool
}

// Totals are the exact figures of the lines over a period, summed over its months; ok is false when none of its months
// was sealed, and missing says how many were not.
func (r *Releases) Totals(p Period) (totals []Totals, missing int, ok bool) {
	months := p.Parts(Month)
	if p.Span == Month {
		months = []Period{p}
	}
	for _, m := range months {
		found := r.totals[m]
		if len(found) == 0 {
			missing++
			continue
		}
		ok = true
		for _, t := range found {
			i := slices.IndexFunc(totals, func(o Totals) bool { return o.Line == t.Line })
			if i < 0 {
				t.Waits = slices.Clone(t.Waits)
				totals = append(totals, t)
				continue
			}
			o := &totals[i]
			o.Arrived += t.Arrived
			o.Answered += t.Answered
			o.Within += t.Within
			o.AttendedMinutes += t.AttendedMinutes
			o.PromisedMinutes += t.PromisedMinutes
			o.Example = o.Example || t.Example
			for k := range o.Waits {
				o.Waits[k] += t.Waits[k]
			}
		}
	}
	slices.SortFunc(totals, func(a, b Totals) int {
		if a.Line < b.Line {
			return -1
		}
		return 1
	})
	return totals, missing, ok
}
