package report

import (
	"fmt"
	"math"
	"strconv"
	"strings"

	"haven/metrics/reach"
)

// Languages in which there is a report, the first by default.
var Languages = []string{"nl", "en"}

// tongue is a language, with what depends on it.
type tongue string

// s is one of the two.
func (t tongue) s(nl, en string) string {
	if t == "en" {
		return en
	}
	return nl
}

// f is s for a sentence with something to fill in.
func (t tongue) f(nl, en string, args ...any) string { return fmt.Sprintf(t.s(nl, en), args...) }

const nbsp = "\u00a0"

// number is x as people write it, with a minus that a font does not shorten to a hyphen.
func (t tongue) number(x float64, u Unit) string {
	digits := u.decimals()
	if u == Epsilon {
		digits = -1
	}
	text := strconv.FormatFloat(math.Abs(rounded(x, u)), 'f', digits, 64)
	whole, behind, _ := strings.Cut(text, ".")
	var b strings.Builder
	if rounded(x, u) < 0 {
		b.WriteString("−")
	}
	for i, d := range whole {
		if i > 0 && (len(whole)-i)%3 == 0 {
			b.WriteString(t.s(".", ","))
		}
		b.WriteRune(d)
	}
	if behind != "" {
		b.WriteString(t.s(",", ".") + behind)
	}
	return b.String()
}

// amount is a number with its unit.
func (t tongue) amount(x float64, u Unit) string {
	n := t.number(x, u)
	switch u {
	case Percent:
		return n + t.s(nbsp+"%", "%")
	case Points:
		return n + nbsp + t.s("procentpunt", "points")
	case Euro:
		return "€" + t.s(nbsp, "") + n
	case Seconds:
		if s := int64(x); s >= 60 && s%60 == 0 {
			return t.number(x/60, Count) + nbsp + "min"
		}
		return n + nbsp + "s"
	case Hours:
		return n + nbsp + t.s("uur", "h")
	}
	return n
}

// cell is a cell in words, without its note.
func (t tongue) cell(c Cell) string {
	u := c.unit()
	switch c.Kind {
	case Number, Noisy:
		s := t.amount(c.Number, u)
		if c.Signed && c.Number > 0 {
			s = "+" + s
		}
		switch {
		case c.Kind == Number:
		case c.Half == 0 && math.IsInf(c.High, 1):
			s += t.f(" (minstens %s)", " (at least %s)", t.amount(c.Low, u))
		case c.Half == 0:
			s += t.f(" (%s tot %s)", " (%s to %s)", t.amount(c.Low, u), t.amount(c.High, u))
		default:
			s += nbsp + "±" + nbsp + t.number(float64(c.Half), u)
		}
		return s
	case Range:
		switch {
		case math.IsInf(c.High, 1):
			return t.s("langer dan ", "longer than ") + t.amount(c.Low, u)
		case c.Low == 0:
			return t.s("hoogstens ", "at most ") + t.amount(c.High, u)
		}
		return t.amount(c.Low, u) + t.s(" tot ", " to ") + t.amount(c.High, u)
	case Fewer:
		return t.f("minder dan"+nbsp+"%s", "fewer than"+nbsp+"%s", t.number(float64(c.FewerThan), Count))
	}
	return c.Text
}

var months = [2][]string{
	{"januari", "februari", "maart", "april", "mei", "juni", "juli", "augustus", "september", "oktober", "november", "december"},
	{"January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December"},
}

func (t tongue) month(n int) string { return t.s(months[0][n-1], months[1][n-1]) }

// day is as in 1 december 2026.
func (t tongue) day(d reach.Day) string {
	at := d.Start()
	return fmt.Sprintf("%d %s %d", at.Day(), t.month(int(at.Month())), at.Year())
}

// period is as in november 2026.
func (t tongue) period(p reach.Period) string {
	name, from := p.String(), p.From.Start()
	switch p.Span {
	case reach.Week:
		year, week, _ := strings.Cut(name, "-W")
		return t.f("week %s van %s (%s tot en met %s)", "week %s of %s (%s to %s)", strings.TrimLeft(week, "0"), year, t.day(p.From), t.day(p.To))
	case reach.Month:
		return fmt.Sprintf("%s %d", t.month(int(from.Month())), from.Year())
	case reach.Quarter:
		return t.f("kwartaal %d van %d", "quarter %d of %d", (int(from.Month())+2)/3, from.Year())
	}
	return name
}

func (t tongue) span(s reach.Span) string {
	switch s {
	case reach.Week:
		return t.s("week", "week")
	case reach.Month:
		return t.s("maand", "month")
	case reach.Quarter:
		return t.s("kwartaal", "quarter")
	}
	return t.s("jaar", "year")
}

// list is as in a, b en c.
func (t tongue) list(of []string) string {
	if len(of) < 2 {
		return strings.Join(of, "")
	}
	return strings.Join(of[:len(of)-1], ", ") + t.s(" en ", " and ") + of[len(of)-1]
}
