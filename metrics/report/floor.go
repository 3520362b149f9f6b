package report

import (
	"maps"
	"slices"

	"haven/metrics/reach"
)

// Floor is the smallest exact count of chats that is said. "1 arrived, 1 answered, waited 60 to 90 s" is one young person,
// and whoever knows that they chatted in that month then knows how long they waited and that nobody else did. Ten is what
// statistical offices ask of a table that is handed out.
const Floor = 10

// Services are the exact totals of lines as they may be said. A line is not said by itself over a period where it is
// marked small, where fewer than Floor arrived or were answered, or where what is not said elsewhere would follow from it:
// as all lines less the others, or as a quarter or a year less its other months. All lines together are held to the
// same.
type Services struct {
	releases *reach.Releases
	practice []string
	small    func(line string) bool
	kept     map[reach.Period]service
}

// service is one period of Services: sums by line, "" for all of them, and which of them are not said.
type service struct {
	sums   map[string]reach.Totals
	hidden map[string]bool
}

// NewServices makes them for some releases. Lines for practice are in none of them. small says which lines are marked so;
// one that the configuration does not have any more may have been, so it has to be told to be.
func NewServices(r *reach.Releases, practice []string, small func(line string) bool) *Services {
	return &Services{releases: r, practice: practice, small: small, kept: map[reach.Period]service{}}
}

// Sum is what is known of a line over a period, "" for all lines; there is false when that is nothing.
func (s *Services) Sum(line string, p reach.Period) (t reach.Totals, there bool) {
	t, there = s.of(p).sums[line]
	return t, there
}

// Said says whether the sum may be shown.
func (s *Services) Said(line string, p reach.Period) bool {
	of := s.of(p)
	_, there := of.sums[line]
	return there && !of.hidden[line]
}

func few(t reach.Totals) bool { return t.Arrived < Floor || t.Answered < Floor }

func (s *Services) of(p reach.Period) service {
	if of, ok := s.kept[p]; ok {
		return of
	}
	of := service{map[string]reach.Totals{}, map[string]bool{}}
	totals, _, _ := s.releases.Totals(p)
	for _, t := range totals {
		if slices.Contains(s.practice, t.Line) {
			continue
		}
		of.sums[t.Line] = plus(of.sums[t.Line], t)
		of.sums[""] = plus(of.sums[""], t)
	}
	for line, t := range of.sums {
		own := line != "" && s.small(line)
		of.hidden[line] = own || few(t) || !s.apart(line, p)
	}
	for !of.hidden[""] {
		second := s.second(of, p)
		if second == "" {
			break
		}
		of.hidden[second] = true
	}
	s.kept[p] = of
	return of
}

// second is a line that has to be left out because all lines less what is said would give away another one, "" for none:
// one of which most is left out already, so that nothing follows over a longer time, else the quietest.
func (s *Services) second(of service, p reach.Period) string {
	var left reach.Totals
	n := 0
	var said []string
	for _, line := range slices.Sorted(maps.Keys(of.sums)) {
		switch {
		case line == "":
		case of.hidden[line]:
			left, n = plus(left, of.sums[line]), n+1
		default:
			said = append(said, line)
		}
	}
	if n == 0 || n > 1 && !few(left) || len(said) == 0 {
		return ""
	}
	return slices.MinFunc(said, func(a, b string) int {
		if by := s.months(b, p) - s.months(a, p); by != 0 {
			return by
		}
		return int(of.sums[a].Arrived - of.sums[b].Arrived)
	})
}

// months is over how many months of a longer period a line is not said.
func (s *Services) months(line string, p reach.Period) (n int) {
	for _, m := range p.Parts(reach.Month) {
		if s.of(m).hidden[line] {
			n++
		}
	}
	return n
}

// apart says that nothing hidden follows from saying a line over a longer period: of what is not said of its parts there
// is none, or more than one, and together enough.
func (s *Services) apart(line string, p reach.Period) bool {
	var left reach.Totals
	n := 0
	months := p.Parts(reach.Month)
	if p.Span == reach.Year {
		months = nil
		for _, q := range p.Parts(reach.Quarter) {
			if !s.Said(line, q) {
				months = append(months, q.Parts(reach.Month)...)
			}
		}
	}
	for _, m := range months {
		if t, there := s.Sum(line, m); there && !s.Said(line, m) {
			left, n = plus(left, t), n+1
		}
	}
	return n == 0 || n > 1 && !few(left)
}
