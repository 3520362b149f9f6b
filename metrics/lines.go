package metrics

import (
	"errors"
	"time"

	"github.com/prometheus/client_golang/prometheus"
)

// AllLines is the value of the label line that stands for the whole deployment. No line may have it as its name.
const AllLines = "all"

// Line is a helpline as far as its figures go.
type Line struct {
	Name   string
	Small  bool          // so few chats that its figures would point at one: exported within AllLines only
	Target time.Duration // nobody is to wait longer; 0 where nothing is promised
}

// Subtractable names the line marked small whose figures follow from those of the others, because it is the only one
// marked: "all" less everybody else. It is "" where there is none. A deployment with one line, small, shows "all" only,
// which is that line and cannot be anything else; that is reported too.
func Subtractable(lines []Line) string {
	small := ""
	for _, l := range lines {
		if !l.Small {
			continue
		}
		if small != "" {
			return ""
		}
		small = l.Name
	}
	return small
}

// lineSet maps a line's name to the values of the label line under which its events are counted.
type lineSet struct {
	exported []string // AllLines first, then each line that has figures of its own
	own      map[string]bool
}

func newLineSet(lines []Line) (lineSet, error) {
	s := lineSet{exported: []string{AllLines}, own: make(map[string]bool)}
	seen := make(map[string]bool)
	for _, l := range lines {
		switch {
		case l.Name == "":
			return s, errors.New("metrics: a line without a name")
		case l.Name == AllLines:
			return s, errors.New("metrics: no line can be called " + AllLines)
		case seen[l.Name]:
			return s, errors.New("metrics: two lines are called " + l.Name)
		}
		seen[l.Name] = true
		if !l.Small {
			s.own[l.Name] = true
			s.exported = append(s.exported, l.Name)
		}
	}
	return s, nil
}

// targets says what each line promises, so that an alert needs no copy of the configuration. For AllLines it is the
// largest: whoever waits longer than that waits longer than promised, whichever line it is.
func targets(s lineSet, lines []Line) prometheus.Collector {
	vec := prometheus.NewGaugeVec(prometheus.GaugeOpts{
		Name: "haven_line_target_wait_seconds",
		Help: "Whole seconds that nobody is to wait longer than; all: the largest of them.",
	}, []string{"line"})
	longest := make(map[string]time.Duration)
	for _, l := range lines {
		if l.Target > 0 {
			s.each(l.Name, func(label string) { longest[label] = max(longest[label], l.Target) })
		}
	}
	for label, target := range longest {
		vec.WithLabelValues(label).Set(float64(target / time.Second))
	}
	return vec
}

// each calls f with AllLines and, where the line has figures of its own, with its name. A name that is not configured
// counts in AllLines alone, so that no value from outside becomes a label.
func (s lineSet) each(line string, f func(label string)) {
	f(AllLines)
	if s.own[line] {
		f(line)
	}
}
