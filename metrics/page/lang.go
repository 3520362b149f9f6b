package page

import (
	"fmt"
	"strconv"
	"strings"

	"haven/metrics/reach"
)

// lang is the language of a page: nl or en.
type lang string

const (
	dutch   lang = "nl"
	english lang = "en"
)

// say is what is said in either language, filled in as by fmt where there is something to fill in.
func (l lang) say(nl, en string, args ...any) string {
	if l == english {
		nl = en
	}
	if len(args) == 0 {
		return nl
	}
	return fmt.Sprintf(nl, args...)
}

// num writes a whole number with its thousands apart.
func (l lang) num(n int64) string {
	s := strconv.FormatInt(n, 10)
	minus := ""
	if n < 0 {
		minus, s = "−", s[1:]
	}
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + l.say(".", ",") + s[i:]
	}
	return minus + s
}

// share is part of whole in per cent, "–" of nothing.
func (l lang) share(part, whole int64) string {
	if whole <= 0 {
		return "–"
	}
	return strconv.FormatInt((200*part+whole)/(2*whole), 10) + l.say("\u00a0%", "%")
}

// euro writes cents.
func (l lang) euro(cents int64) string {
	return l.say("€\u00a0", "€") + l.num(cents/100) + fmt.Sprintf("%s%02d", l.say(",", "."), cents%100)
}

// minutes writes minutes as hours.
func (l lang) hours(minutes int64) string {
	return l.num((minutes+30)/60) + l.say("\u00a0uur", "\u00a0h")
}

// seconds writes how long somebody waits.
func (l lang) seconds(s int) string {
	if s < 60 || s%60 != 0 && s < 120 {
		return fmt.Sprintf("%d\u00a0s", s)
	}
	return fmt.Sprintf("%d\u00a0min", (s+59)/60)
}

var monthNames = map[lang][]string{
	dutch:   {"januari", "februari", "maart", "april", "mei", "juni", "juli", "augustus", "september", "oktober", "november", "december"},
	english: {"January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December"},
}

var dayNames = map[lang][]string{
	dutch:   {"zondag", "maandag", "dinsdag", "woensdag", "donderdag", "vrijdag", "zaterdag"},
	english: {"Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"},
}

// day writes 23 november 2026.
func (l lang) day(d reach.Day) string {
	t := d.Start()
	return fmt.Sprintf("%d %s %d", t.Day(), monthNames[l][t.Month()-1], t.Year())
}

// weekday writes woensdag 2 december 2026.
func (l lang) weekday(d reach.Day) string { return dayNames[l][d.Weekday()] + " " + l.day(d) }

// period is the name of a period in a sentence.
func (l lang) period(p reach.Period) string {
	name, t := p.String(), p.From.Start()
	switch p.Span {
	case reach.Week:
		year, week, _ := strings.Cut(name, "-W")
		return l.say("week %s van %s", "week %s of %s", strings.TrimPrefix(week, "0"), year)
	case reach.Month:
		return fmt.Sprintf("%s %d", monthNames[l][t.Month()-1], t.Year())
	case reach.Quarter:
		year, quarter, _ := strings.Cut(name, "-Q")
		return l.say("%se kwartaal van %s", "quarter %s of %s", quarter, year)
	}
	return name
}

// days are the first and the last day of a period.
func (l lang) days(p reach.Period) string {
	from, to := p.From.Start(), p.To.Start()
	first := strconv.Itoa(from.Day())
	if from.Month() != to.Month() || from.Year() != to.Year() {
		first += " " + monthNames[l][from.Month()-1]
	}
	if from.Year() != to.Year() {
		first += " " + strconv.Itoa(from.Year())
	}
	return first + l.say(" tot en met ", " to ") + l.day(p.To)
}

// list is as in a, b en c.
func (l lang) list(of []string) string {
	if n := len(of); n > 1 {
		return strings.Join(of[:n-1], ", ") + l.say(" en ", " and ") + of[n-1]
	}
	return strings.Join(of, "")
}

// span names a length of time.
func (l lang) span(s reach.Span) string {
	switch s {
	case reach.Week:
		return l.say("Week", "Week")
	case reach.Month:
		return l.say("Maand", "Month")
	case reach.Quarter:
		return l.say("Kwartaal", "Quarter")
	}
	return l.say("Jaar", "Year")
}
