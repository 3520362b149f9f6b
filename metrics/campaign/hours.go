package campaign

import (
	"fmt"
	"slices"
	"strings"

	"haven/routing"
)

// spoken are the words of a poster's language that are not on the sheet itself.
type spoken struct {
	days                       [7]string
	daily, always, whole, till string // till stands between the first day and the last
	and                        string
	clock                      string // a time of day, of hour and minute
	until                      string // what joins two times
	after                      string // behind the two
}

var speech = map[string]spoken{
	"nl": {
		days:  [7]string{"maandag", "dinsdag", "woensdag", "donderdag", "vrijdag", "zaterdag", "zondag"},
		daily: "elke dag", always: "dag en nacht", whole: "de hele dag", till: " t/m ", and: " en ",
		clock: "%d.%02d", until: " – ", after: " uur",
	},
	"en": {
		days:  [7]string{"Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"},
		daily: "every day", always: "day and night", whole: "all day", till: " to ", and: " and ",
		clock: "%d:%02d", until: " – ", after: "",
	},
}

const (
	dayMinutes  = 24 * 60
	weekMinutes = 7 * dayMinutes
)

// Hours are opening hours in words, one entry for all the days that have the same: "maandag t/m vrijdag 9.00 – 17.00 uur".
// Languages are nl and en.
func Hours(h routing.Hours, lang string) []string {
	words := speech[lang]
	if h.Always {
		return []string{words.always}
	}
	// Days that open and close alike, by the clock and in the order in which they first do.
	type span struct{ from, to int } // to above a day runs into the next one
	var order []span
	open := map[span][7]bool{}
	for _, s := range h.Week {
		d := s.From / dayMinutes % 7
		to := s.To
		if to <= s.From {
			to += weekMinutes
		}
		at := span{s.From % dayMinutes, to - s.From/dayMinutes*dayMinutes}
		if _, ok := open[at]; !ok {
			order = append(order, at)
		}
		on := open[at]
		on[d] = true
		open[at] = on
	}
	first := func(at span) int { on := open[at]; return slices.Index(on[:], true) }
	slices.SortStableFunc(order, func(a, b span) int {
		if by := first(a) - first(b); by != 0 {
			return by
		}
		return a.from - b.from
	})
	var out []string
	for _, at := range order {
		when := words.whole
		if at.from != 0 || at.to != dayMinutes {
			when = words.time(at.from) + words.until + words.time(at.to) + words.after
		}
		out = append(out, words.dayNames(open[at])+" "+when)
	}
	return out
}

// time is a time of day. The end of a day is 24.00 and not 0.00, which reads as its beginning.
func (w spoken) time(minutes int) string {
	if minutes > dayMinutes {
		minutes -= dayMinutes
	}
	return fmt.Sprintf(w.clock, minutes/60, minutes%60)
}

// dayNames joins days that follow each other.
func (w spoken) dayNames(on [7]bool) string {
	if !slices.Contains(on[:], false) {
		return w.daily
	}
	var names []string
	for d := 0; d < 7; d++ {
		last := d
		for last < 6 && on[d] && on[last+1] {
			last++
		}
		switch {
		case !on[d]:
		case last-d >= 2:
			names = append(names, w.days[d]+w.till+w.days[last])
			d = last
		default:
			names = append(names, w.days[d])
		}
	}
	if n := len(names); n > 1 {
		names = append(names[:n-2], names[n-2]+w.and+names[n-1])
	}
	return strings.Join(names, ", ")
}
