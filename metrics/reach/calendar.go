package reach

import (
	"fmt"
	"strconv"
	"time"

	"haven/routing"
)

// amsterdam is the zone of every day and period here. It comes with its rules in the binary: see routing.
var amsterdam = routing.Amsterdam()

// Day is a civil day in Europe/Amsterdam, counted from 1970-01-01. Adding to it adds days, whatever the clock does.
type Day int32

// DayOf is the day that it is in Amsterdam.
func DayOf(t time.Time) Day {
	return dayOf(t.In(amsterdam).Date())
}

func dayOf(year int, month time.Month, day int) Day {
	return Day(time.Date(year, month, day, 0, 0, 0, 0, time.UTC).Unix() / (24 * 60 * 60))
}

// ParseDay reads 2026-11-23, from 1970 to 9999.
func ParseDay(s string) (Day, error) {
	t, err := time.Parse(time.DateOnly, s)
	if err != nil || t.Year() < firstYear || dayOf(t.Date()).String() != s {
		return 0, fmt.Errorf("reach: %q is no day: write it as 2026-11-23, from %d on", s, firstYear)
	}
	return dayOf(t.Date()), nil
}

// String is as in 2026-11-23.
func (d Day) String() string { return d.civil().Format(time.DateOnly) }

// civil is the day's date at midnight in UTC, where every day is as long as the next.
func (d Day) civil() time.Time { return time.Unix(int64(d)*24*60*60, 0).UTC() }

// Start is the instant at which the day begins in Amsterdam.
func (d Day) Start() time.Time {
	y, m, day := d.civil().Date()
	return time.Date(y, m, day, 0, 0, 0, 0, amsterdam)
}

// Weekday is the day of the week.
func (d Day) Weekday() time.Weekday { return d.civil().Weekday() }

// sinceMonday is how many days ago the last Monday was: 0 on a Monday, 6 on a Sunday.
func sinceMonday(w time.Weekday) int { return (int(w) + 6) % 7 }

// Span is a length of time over which figures are published.
type Span string

const (
	Week    Span = "week" // ISO 8601, Monday to Sunday
	Month   Span = "month"
	Quarter Span = "quarter"
	Year    Span = "year"
)

// Spans are all of them, shortest first.
var Spans = []Span{Week, Month, Quarter, Year}

// Names of periods and days have a year of four digits, and nothing was counted before the first.
const (
	firstYear = 1970
	lastYear  = 9999
)

// Period is one week, month, quarter or year. From and To are its first and its last day. Two are equal exactly when
// they are the same period, so it is fit as the key of a map.
type Period struct {
	Span     Span
	From, To Day
}

// PeriodOf is the period of that span in which the day lies. It panics on a span that is none of Spans.
func PeriodOf(s Span, d Day) Period {
	y, m, _ := d.civil().Date()
	switch s {
	case Week:
		monday := d - Day(sinceMonday(d.Weekday()))
		return Period{Week, monday, monday + 6}
	case Month:
		return Period{Month, dayOf(y, m, 1), dayOf(y, m+1, 1) - 1}
	case Quarter:
		first := m - (m-1)%3
		return Period{Quarter, dayOf(y, first, 1), dayOf(y, first+3, 1) - 1}
	case Year:
		return Period{Year, dayOf(y, time.January, 1), dayOf(y+1, time.January, 1) - 1}
	}
	panic("reach: there is no span " + strconv.Quote(string(s)))
}

// year is the year in the period's name: of a week the one in which its Thursday lies.
func (p Period) year() int {
	if p.Span == Week {
		return (p.From + 3).civil().Year()
	}
	return p.From.civil().Year()
}

// ParsePeriod reads 2026-W48, 2026-11, 2026-Q4 or 2026, from 1970 to 9999. It refuses a week 53 in a year without one.
func ParsePeriod(s string) (Period, error) {
	p, ok := parsePeriod(s)
	if !ok || p.String() != s {
		return Period{}, fmt.Errorf("reach: %q is no period: write a week as 2026-W48, a month as 2026-11, a quarter as 2026-Q4 or a year as 2026", s)
	}
	return p, nil
}

// parsePeriod is lenient where the round trip of ParsePeriod is not: numbers that run over lead to another name.
func parsePeriod(s string) (p Period, ok bool) {
	if len(s) < 4 {
		return p, false
	}
	year, err := strconv.ParseUint(s[:4], 10, 16)
	if err != nil || year < firstYear || year > lastYear {
		return p, false
	}
	y, rest := int(year), s[4:]
	if rest == "" {
		return PeriodOf(Year, dayOf(y, time.January, 1)), true
	}
	if len(rest) < 3 || len(rest) > 4 || rest[0] != '-' {
		return p, false
	}
	kind, digits := rest[1], rest[2:]
	if kind != 'W' && kind != 'Q' {
		kind, digits = 0, rest[1:]
	}
	number, err := strconv.ParseUint(digits, 10, 8)
	if err != nil {
		return p, false
	}
	switch n := int(number); kind {
	case 'W': // 4 January lies in the first week of its year
		return PeriodOf(Week, dayOf(y, time.January, 4+7*(n-1))), true
	case 'Q':
		return PeriodOf(Quarter, dayOf(y, time.Month(3*n-2), 1)), true
	default:
		return PeriodOf(Month, dayOf(y, time.Month(n), 1)), true
	}
}

// String is the period's name: 2026-W48, 2026-11, 2026-Q4 or 2026. The zero value has none.
func (p Period) String() string {
	switch y, m := p.year(), p.From.civil().Month(); p.Span {
	case Week:
		return fmt.Sprintf("%04d-W%02d", y, ((p.From+3).civil().YearDay()-1)/7+1)
	case Month:
		return fmt.Sprintf("%04d-%02d", y, m)
	case Quarter:
		return fmt.Sprintf("%04d-Q%d", y, (m+2)/3)
	case Year:
		return fmt.Sprintf("%04d", y)
	}
	return ""
}

// Next and Prev are the neighbours of the same span.
func (p Period) Next() Period { return PeriodOf(p.Span, p.To+1) }
func (p Period) Prev() Period { return PeriodOf(p.Span, p.From-1) }

// Parts are the periods of a shorter span of which a quarter or a year is made, in order: months of either, quarters of
// a year. Weeks are parts of nothing.
func (p Period) Parts(s Span) []Period {
	switch {
	case s == Month && (p.Span == Quarter || p.Span == Year):
	case s == Quarter && p.Span == Year:
	default:
		return nil
	}
	var parts []Period
	for part := PeriodOf(s, p.From); part.From <= p.To; part = part.Next() {
		parts = append(parts, part)
	}
	return parts
}

// Has says whether the day lies in the period.
func (p Period) Has(d Day) bool { return p.From <= d && d <= p.To }

// Start and End are the instants at which the period begins and at which the next one does.
func (p Period) Start() time.Time { return p.From.Start() }
func (p Period) End() time.Time   { return (p.To + 1).Start() }

// SealDay is the first day on which the period may be sealed: two whole days after its end.
func (p Period) SealDay() Day { return p.To + 3 }

// Block is the block of four hours of the week in Amsterdam: 0 is Monday 00:00 to 04:00, 41 Sunday 20:00 to 24:00. It
// goes by the clock on the wall, so the first block of the day on which the clock changes lasts three hours or five.
func Block(t time.Time) int {
	t = t.In(amsterdam)
	return sinceMonday(t.Weekday())*6 + t.Hour()/4
}

// Blocks is how many there are.
const Blocks = 42
