package main

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"haven/routing"
)

var days = []string{"mon", "tue", "wed", "thu", "fri", "sat", "sun"}

// parseHours reads weekly hours as people write them: "always", or parts such as "mon-fri 09:00-17:00",
// "daily 18:00-06:00" and "sun 10:00-12:00", apart by commas or as a list. A part that closes earlier than it opens
// runs into the next day. Every mistake is told.
func parseHours(parts []string) (routing.Hours, []error) {
	var h routing.Hours
	var errs []error
	for _, part := range parts {
		for p := range strings.SplitSeq(part, ",") {
			p = strings.ToLower(strings.Join(strings.Fields(p), " "))
			if p == "always" {
				h.Always = true
				continue
			}
			spans, err := parseSpans(p)
			if err != nil {
				errs = append(errs, err)
			}
			h.Week = append(h.Week, spans...)
		}
	}
	if h.Always && len(h.Week) > 0 {
		errs = append(errs, errors.New("always leaves no room for other hours"))
	}
	if len(errs) > 0 {
		return routing.Hours{}, errs
	}
	return h, nil
}

func parseSpans(p string) ([]routing.Span, error) {
	when, clock, ok := strings.Cut(p, " ")
	opens, closes, ok2 := strings.Cut(clock, "-")
	if !ok || !ok2 {
		return nil, fmt.Errorf("%q: write always, or days and a time such as mon-fri 09:00-17:00", p)
	}
	first, last := 0, 6
	if when != "daily" {
		a, b, isRange := strings.Cut(when, "-")
		if !isRange {
			b = a
		}
		first, last = slices.Index(days, a), slices.Index(days, b)
		if first < 0 || last < 0 {
			return nil, fmt.Errorf("%q: days are daily, or of %s", p, strings.Join(days, " "))
		}
		if last < first {
			last += 7
		}
	}
	from, err := parseClock(strings.TrimSpace(opens))
	if err != nil {
		return nil, fmt.Errorf("%q: %w", p, err)
	}
	to, err := parseClock(strings.TrimSpace(closes))
	if err != nil {
		return nil, fmt.Errorf("%q: %w", p, err)
	}
	if from == to || from == 24*60 {
		return nil, fmt.Errorf("%q: opens and closes at once; a whole day is 00:00-24:00", p)
	}
	if to < from {
		to += 24 * 60
	}
	var spans []routing.Span
	for d := first; d <= last; d++ {
		day := d % 7 * 24 * 60
		end := day + to
		if end > 7*24*60 {
			end -= 7 * 24 * 60
		}
		spans = append(spans, routing.Span{From: day + from, To: end})
	}
	return spans, nil
}

// parseDay reads the hours of one day: "closed", or times such as "13:00-17:00" apart by commas or as a list. One that
// closes earlier than it opens runs into the next day.
func parseDay(parts []string) (routing.DayHours, []error) {
	day := routing.DayHours{}
	var errs []error
	closed := false
	for _, part := range parts {
		for p := range strings.SplitSeq(part, ",") {
			if p = strings.ToLower(strings.TrimSpace(p)); p == "closed" {
				closed = true
				continue
			}
			spans, err := parseSpans("mon " + p)
			if err != nil {
				errs = append(errs, fmt.Errorf("%q: write closed, or times such as 13:00-17:00", p))
				continue
			}
			day = append(day, routing.DaySpan(spans[0]))
		}
	}
	if closed && len(day) > 0 {
		errs = append(errs, errors.New("closed leaves no room for hours"))
	}
	slices.SortFunc(day, func(a, b routing.DaySpan) int { return a.From - b.From })
	return day, errs
}

// dayHours reads the hours of one day, and reports what is wrong.
func (v value) dayHours() routing.DayHours {
	day, errs := parseDay(v.words())
	for _, err := range errs {
		v.wrong("%v", err)
	}
	return day
}

// exceptions reads days that have hours of their own: each a day, or from and to, with hours.
func (v value) exceptions() []routing.Exception {
	var out []routing.Exception
	v.list(func(v value) {
		var e routing.Exception
		var hours *value
		date := func(to ...*time.Time) func(value) {
			return func(v value) {
				day, err := time.Parse(time.DateOnly, v.string())
				if err != nil {
					v.wrong("a day such as 2026-12-24 is expected here")
				}
				for _, t := range to {
					*t = day
				}
			}
		}
		v.fields(map[string]func(value){
			"day": date(&e.From, &e.To), "from": date(&e.From), "to": date(&e.To),
			"hours": func(v value) { hours = &v },
		})
		switch {
		case e.From.IsZero() || e.To.IsZero():
			v.wrong("day is missing, or from and to")
		case e.To.Before(e.From):
			v.wrong("ends before it begins")
		case e.To.Sub(e.From) > 366*24*time.Hour:
			v.wrong("lasts longer than a year; change hours instead")
		}
		if hours == nil {
			v.wrong("hours is missing: closed, or times such as 13:00-17:00")
		} else {
			e.Hours = hours.dayHours()
		}
		out = append(out, e)
	})
	return out
}

// parseClock reads HH:MM as minutes past midnight; 24:00 is the end of a day.
func parseClock(s string) (int, error) {
	if len(s) == 5 && s[2] == ':' {
		var h, m int
		for i, c := range []byte(s) {
			switch {
			case i == 2:
			case c < '0' || c > '9':
				return 0, fmt.Errorf("%q is no time of day", s)
			case i < 2:
				h = h*10 + int(c-'0')
			default:
				m = m*10 + int(c-'0')
			}
		}
		if m < 60 && (h < 24 || h == 24 && m == 0) {
			return h*60 + m, nil
		}
	}
	return 0, fmt.Errorf("%q is no time of day; write it like 09:00", s)
}
