package routing

import (
	"slices"
	"time"
	_ "time/tzdata" // the image that the binary runs in has no zone files
)

// Hours are when a line is open, in Europe/Amsterdam. The zero value is never open. What opens on a day belongs to that
// day, also behind midnight: a line that is open from 18:00 to 06:00 and closed on Christmas Day is open until 06:00 of
// that day, and not in its evening.
type Hours struct {
	Always   bool // as far as Holidays and Except say nothing else
	Week     []Span
	Holidays *DayHours // on Dutch public holidays; nil: as on any other day
	Except   []Exception
}

// Span is one stretch of a week, in minutes since Monday 00:00 of the wall clock: From in 0..10079, To in 1..10080.
// To may be smaller than From (across Sunday midnight) and a span that crosses a day's midnight is simply one span.
// A span whose From is its To is empty.
type Span struct{ From, To int }

// DayHours are what stands for a day instead of its weekly hours; empty for a day on which nothing opens.
type DayHours []DaySpan

// DaySpan is one stretch that begins on a day, in minutes since its midnight: From in 0..1439, To in From+1..From+1440.
type DaySpan struct{ From, To int }

// Exception are days with hours of their own, holidays or not. The first that has a day is the one that counts.
type Exception struct {
	From, To time.Time // first and last day, at midnight UTC
	Hours    DayHours
}

// minutesAWeek is the length of a week on the wall clock, in minutes. In the two weeks a year in which the clock changes
// the real one differs by an hour, so nothing here adds minutes to an instant.
const minutesAWeek = 7 * 24 * 60

var amsterdam = func() *time.Location {
	loc, err := time.LoadLocation("Europe/Amsterdam")
	if err != nil {
		panic("routing: no zone Europe/Amsterdam in time/tzdata: " + err.Error())
	}
	return loc
}()

// Amsterdam is the zone of all opening hours.
func Amsterdam() *time.Location { return amsterdam }

// Open says whether the line is open at t.
func (h Hours) Open(t time.Time) bool {
	if h.unending() {
		return true
	}
	s, ok := h.stretch(t)
	return ok && !s.start.After(t)
}

// Next is the first moment after t at which the line opens: the coming opening when it is closed, the one after
// the coming closing when it is open. It is zero when there is none: always open, or never.
func (h Hours) Next(t time.Time) time.Time {
	if h.unending() {
		return time.Time{}
	}
	s, ok := h.stretch(t)
	if ok && !s.start.After(t) {
		if s.end.IsZero() {
			return time.Time{}
		}
		s, ok = h.stretch(s.end)
	}
	if !ok {
		return time.Time{}
	}
	return s.start
}

// Closes is when the line, open at t, closes next. It is zero when the line is closed at t or never closes.
func (h Hours) Closes(t time.Time) time.Time {
	if h.unending() {
		return time.Time{}
	}
	s, ok := h.stretch(t)
	if !ok || s.start.After(t) {
		return time.Time{}
	}
	return s.end
}

// stretch is a time of being open without a break; a zero end means that none is in sight.
type stretch struct{ start, end time.Time }

// unending says that the line never closes.
func (h Hours) unending() bool { return h.Always && h.Holidays == nil && len(h.Except) == 0 }

const (
	minutesADay = 24 * 60
	// horizon is how many days ahead an opening is looked for: a closed summer, and a year to spare.
	horizon = 400
	// endless is how many days a line is open at a stretch for its closing not to be announced.
	endless = 15
)

// starting are the spans that begin on a day (at midnight UTC), in the order of their beginning. week are h.Week, sorted.
func (h Hours) starting(day time.Time, week []Span, out []DaySpan) []DaySpan {
	for _, e := range h.Except {
		if !day.Before(e.From) && !day.After(e.To) {
			return append(out, e.Hours...)
		}
	}
	if h.Holidays != nil && Holiday(day) {
		return append(out, *h.Holidays...)
	}
	if h.Always {
		return append(out, DaySpan{0, minutesADay})
	}
	first := (int(day.Weekday()) + 6) % 7 * minutesADay
	for _, sp := range week {
		if sp.From >= first && sp.From < first+minutesADay {
			out = append(out, DaySpan{sp.From - first, sp.To - first})
		}
	}
	return out
}

// sortedWeek are the weekly spans that are not empty, by their beginning, each with its end behind it.
func (h Hours) sortedWeek() []Span {
	spans := make([]Span, 0, len(h.Week))
	for _, sp := range h.Week {
		if sp.To < sp.From {
			sp.To += minutesAWeek
		}
		if sp.To > sp.From {
			spans = append(spans, sp)
		}
	}
	slices.SortFunc(spans, func(a, b Span) int { return a.From - b.From })
	return spans
}

// stretch finds the first one that ends after t. Spans that touch or overlap are one stretch, also where they do so
// only because the clock changes: with 18:00-02:15 and 02:45-06:00 nobody is sent away in the night in which the
// hour from two to three comes twice.
func (h Hours) stretch(t time.Time) (s stretch, ok bool) {
	week := h.sortedWeek()
	local := t.In(amsterdam)
	y, m, d := local.Date()
	now := local.Hour()*60 + local.Minute()
	var room [4]DaySpan
	for k := -8; k <= horizon && (!ok || k <= endless); k++ { // a span lasts a week at most
		for _, sp := range h.starting(time.Date(y, m, d+k, 0, 0, 0, 0, time.UTC), week, room[:0]) {
			// Already over by the wall clock, even if this hour comes twice.
			if k*minutesADay+sp.To+60 < now {
				continue
			}
			start := wallInstant(y, m, d+k, sp.From, false)
			if ok && start.After(s.end) {
				if s.end.After(t) {
					return s, true
				}
				ok = false
			}
			end := wallInstant(y, m, d+k, sp.To, true)
			switch {
			case !end.After(start): // in the hour that this night leaves out
			case !ok:
				s, ok = stretch{start, end}, true
			case end.After(s.end):
				s.end = end
			}
		}
	}
	switch {
	case !ok || !s.end.After(t):
		return stretch{}, false
	case s.end.Before(time.Date(y, m, d+endless, 0, 0, 0, 0, amsterdam)):
		return s, true
	}
	return stretch{start: s.start}, true // nothing in sight ends it
}

// wallInstant is the moment at which the clocks in Amsterdam show min minutes past midnight of that day. Where they show
// it twice it is the first time, or with second the later; where they leave it out it is the moment of the change.
func wallInstant(year int, month time.Month, day, min int, second bool) time.Time {
	wall := time.Date(year, month, day, 0, min, 0, 0, time.UTC)
	_, before := wall.Add(-24 * time.Hour).In(amsterdam).Zone()
	_, after := wall.Add(24 * time.Hour).In(amsterdam).Zone()
	a := wall.Add(-time.Duration(before) * time.Second).In(amsterdam)
	if before == after {
		return a
	}
	b := wall.Add(-time.Duration(after) * time.Second).In(amsterdam)
	aShows, bShows := shows(a, wall), shows(b, wall)
	switch {
	case aShows && bShows:
		if a.After(b) == second {
			return a
		}
		return b
	case aShows:
		return a
	case bShows:
		return b
	}
	// Left out: the old offset lands behind the change, whose moment is where the new zone begins.
	change, _ := a.ZoneBounds()
	return change.In(amsterdam)
}

// shows says whether the clock reads wall at t.
func shows(t, wall time.Time) bool {
	return t.Hour() == wall.Hour() && t.Minute() == wall.Minute() && t.Day() == wall.Day()
}
