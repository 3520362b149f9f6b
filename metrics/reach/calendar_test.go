package reach

import (
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"
)

func day(t testing.TB, s string) Day {
	t.Helper()
	d, err := ParseDay(s)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func period(t testing.TB, s string) Period {
	t.Helper()
	p, err := ParsePeriod(s)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func instant(t testing.TB, s string) time.Time {
	t.Helper()
	v, err := time.Parse(time.RFC3339, s)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

func TestDayOf(t *testing.T) {
	for _, c := range []struct{ at, want string }{
		{"2026-11-23T12:00:00Z", "2026-11-23"},
		{"2026-11-23T22:59:59Z", "2026-11-23"},
		{"2026-11-23T23:00:00Z", "2026-11-24"}, // winter: an hour ahead of UTC
		{"2026-07-01T21:59:59Z", "2026-07-01"},
		{"2026-07-01T22:00:00Z", "2026-07-02"}, // summer: two
		{"2026-12-31T23:00:00Z", "2027-01-01"},
		{"2026-12-31T18:00:00-05:00", "2027-01-01"},
		{"2028-02-28T23:00:00Z", "2028-02-29"},
		{"1970-01-01T00:00:00Z", "1970-01-01"},
		// The night of 29 March 2026, in which 02:00 to 03:00 is not there, and both its ends.
		{"2026-03-28T22:59:59Z", "2026-03-28"},
		{"2026-03-28T23:00:00Z", "2026-03-29"},
		{"2026-03-29T21:59:59Z", "2026-03-29"},
		{"2026-03-29T22:00:00Z", "2026-03-30"},
		// The night of 25 October 2026, in which that hour is there twice.
		{"2026-10-24T21:59:59Z", "2026-10-24"},
		{"2026-10-24T22:00:00Z", "2026-10-25"},
		{"2026-10-25T22:59:59Z", "2026-10-25"},
		{"2026-10-25T23:00:00Z", "2026-10-26"},
	} {
		if got := DayOf(instant(t, c.at)).String(); got != c.want {
			t.Errorf("%s: %s, want %s", c.at, got, c.want)
		}
	}
}

func TestDayStart(t *testing.T) {
	for _, c := range []struct {
		day, start string
		hours      int
		weekday    time.Weekday
	}{
		{"2026-11-23", "2026-11-22T23:00:00Z", 24, time.Monday},
		{"2026-07-01", "2026-06-30T22:00:00Z", 24, time.Wednesday},
		{"2026-03-29", "2026-03-28T23:00:00Z", 23, time.Sunday},
		{"2026-10-25", "2026-10-24T22:00:00Z", 25, time.Sunday},
		{"2028-02-29", "2028-02-28T23:00:00Z", 24, time.Tuesday},
		{"2000-02-29", "2000-02-28T23:00:00Z", 24, time.Tuesday},
		{"1970-01-01", "1969-12-31T23:00:00Z", 24, time.Thursday},
	} {
		d := day(t, c.day)
		if got := d.Start(); !got.Equal(instant(t, c.start)) {
			t.Errorf("%s starts %s", d, got.UTC())
		}
		if got := (d + 1).Start().Sub(d.Start()); got != time.Duration(c.hours)*time.Hour {
			t.Errorf("%s lasts %s", d, got)
		}
		if d.Weekday() != c.weekday {
			t.Errorf("%s is a %s", d, d.Weekday())
		}
	}
	if d := day(t, "1970-01-01"); d != 0 {
		t.Errorf("days are counted from %s", -d)
	}
}

func TestParseDayRefuses(t *testing.T) {
	for _, s := range []string{"", "2026", "2026-11", "2026-1-1", "2026-11-31", "2026-02-29", "2100-02-29", "2026-13-01",
		"2026-00-01", "2026-01-00", "26-11-23", " 2026-11-23", "2026-11-23 ", "2026-11-23T00:00:00Z", "1969-12-31",
		"0000-01-01", "12026-11-23", "-2026-11-23", "2026/11/23", "２０２６-11-23"} {
		if d, err := ParseDay(s); err == nil {
			t.Errorf("%q was taken for %s", s, d)
		}
	}
}

func TestParsePeriod(t *testing.T) {
	for _, c := range []struct {
		name     string
		span     Span
		from, to string
	}{
		{"2026-W48", Week, "2026-11-23", "2026-11-29"},
		{"2026-W01", Week, "2025-12-29", "2026-01-04"},
		{"2026-W53", Week, "2026-12-28", "2027-01-03"},
		{"2027-W01", Week, "2027-01-04", "2027-01-10"},
		{"2020-W53", Week, "2020-12-28", "2021-01-03"},
		{"2024-W52", Week, "2024-12-23", "2024-12-29"},
		{"2025-W01", Week, "2024-12-30", "2025-01-05"},
		{"1970-W01", Week, "", "1970-01-04"}, // begins in 1969, of which no day has a name here
		{"2026-W13", Week, "2026-03-23", "2026-03-29"},
		{"2026-11", Month, "2026-11-01", "2026-11-30"},
		{"2026-12", Month, "2026-12-01", "2026-12-31"},
		{"2026-02", Month, "2026-02-01", "2026-02-28"},
		{"2028-02", Month, "2028-02-01", "2028-02-29"},
		{"2100-02", Month, "2100-02-01", "2100-02-28"},
		{"2000-02", Month, "2000-02-01", "2000-02-29"},
		{"2026-Q1", Quarter, "2026-01-01", "2026-03-31"},
		{"2026-Q2", Quarter, "2026-04-01", "2026-06-30"},
		{"2026-Q3", Quarter, "2026-07-01", "2026-09-30"},
		{"2026-Q4", Quarter, "2026-10-01", "2026-12-31"},
		{"2026", Year, "2026-01-01", "2026-12-31"},
		{"1970", Year, "1970-01-01", "1970-12-31"},
		{"9999", Year, "9999-01-01", "9999-12-31"},
	} {
		p := period(t, c.name)
		if p.Span != c.span || p.To != day(t, c.to) || c.from != "" && p.From != day(t, c.from) {
			t.Errorf("%s is the %s from %s to %s", c.name, p.Span, p.From, p.To)
		}
		if p.String() != c.name {
			t.Errorf("%s calls itself %s", c.name, p)
		}
		if p != PeriodOf(c.span, p.From) || p != PeriodOf(c.span, p.To) {
			t.Errorf("%s is not the period of its own first and last day", c.name)
		}
	}
}

func TestParsePeriodRefuses(t *testing.T) {
	for _, s := range []string{"", "2", "202", "20266", "2026-", "2026-W", "2026-W0", "2026-W00", "2026-W1", "2026-W001",
		"2026-W54", "2026-W99", "2026-W256", "2027-W53", "2025-W53", "2026-w48", "2026W48", "2026-W4x", "2026-W+1",
		"2026-0", "2026-1", "2026-00", "2026-13", "2026-99", "2026-011", "2026-+1", "2026--1", "2026- 1", "2026-1 ",
		"2026-Q", "2026-Q0", "2026-Q5", "2026-Q9", "2026-Q04", "2026-q4", "2026-11-23", "2026-W48-1", " 2026", "2026 ",
		"+026", "-026", "0x7e", "1969", "1969-12", "1969-W52", "0000", "10000", "20_6", "２０２６", "2026-W４8"} {
		if p, err := ParsePeriod(s); err == nil {
			t.Errorf("%q was taken for the %s %s", s, p.Span, p)
		}
	}
}

func TestWeek53(t *testing.T) {
	for d := day(t, "2026-12-28"); d <= day(t, "2027-01-03"); d++ {
		if got := PeriodOf(Week, d).String(); got != "2026-W53" {
			t.Errorf("%s lies in %s", d, got)
		}
	}
	w := period(t, "2026-W53")
	if w.year() != 2026 || w.Next().String() != "2027-W01" || w.Next().year() != 2027 || w.Prev().String() != "2026-W52" {
		t.Errorf("%s lies in %d, between %s and %s", w, w.year(), w.Prev(), w.Next())
	}
	// Its name is of 2026, its last three days are not.
	if y := PeriodOf(Year, w.To); y.year() != 2027 || y.Has(w.From) {
		t.Errorf("%s ends in %s", w, y)
	}
	// From 1970 to 2069 there are 18 such years.
	var long []int
	for y := 1970; y < 2070; y++ {
		if PeriodOf(Week, dayOf(y, time.December, 28)).String()[5:] == "W53" {
			long = append(long, y)
		}
	}
	want := []int{1970, 1976, 1981, 1987, 1992, 1998, 2004, 2009, 2015, 2020, 2026, 2032, 2037, 2043, 2048, 2054, 2060, 2065}
	if !slices.Equal(long, want) {
		t.Errorf("years of 53 weeks: %d", long)
	}
}

func TestPeriodEnds(t *testing.T) {
	for _, c := range []struct {
		name, start, end, seal string
		hours                  int
	}{
		{"2026-W13", "2026-03-22T23:00:00Z", "2026-03-29T22:00:00Z", "2026-04-01", 7*24 - 1},
		{"2026-W43", "2026-10-18T22:00:00Z", "2026-10-25T23:00:00Z", "2026-10-28", 7*24 + 1},
		{"2026-W48", "2026-11-22T23:00:00Z", "2026-11-29T23:00:00Z", "2026-12-02", 7 * 24},
		{"2026-W53", "2026-12-27T23:00:00Z", "2027-01-03T23:00:00Z", "2027-01-06", 7 * 24},
		{"2026-03", "2026-02-28T23:00:00Z", "2026-03-31T22:00:00Z", "2026-04-03", 31*24 - 1},
		{"2026-Q4", "2026-09-30T22:00:00Z", "2026-12-31T23:00:00Z", "2027-01-03", 92*24 + 1},
		{"2026", "2025-12-31T23:00:00Z", "2026-12-31T23:00:00Z", "2027-01-03", 365 * 24},
		{"2028", "2027-12-31T23:00:00Z", "2028-12-31T23:00:00Z", "2029-01-03", 366 * 24},
	} {
		p := period(t, c.name)
		if !p.Start().Equal(instant(t, c.start)) || !p.End().Equal(instant(t, c.end)) {
			t.Errorf("%s runs from %s to %s", p, p.Start().UTC(), p.End().UTC())
		}
		if got := p.End().Sub(p.Start()); got != time.Duration(c.hours)*time.Hour {
			t.Errorf("%s lasts %s", p, got)
		}
		if p.SealDay() != day(t, c.seal) || !p.Has(p.SealDay()-3) || p.Has(p.SealDay()-2) {
			t.Errorf("%s is sealed on %s", p, p.SealDay())
		}
	}
}

func TestParts(t *testing.T) {
	for _, c := range []struct {
		name string
		span Span
		want []string
	}{
		{"2026", Quarter, []string{"2026-Q1", "2026-Q2", "2026-Q3", "2026-Q4"}},
		{"2028", Month, []string{"2028-01", "2028-02", "2028-03", "2028-04", "2028-05", "2028-06", "2028-07", "2028-08",
			"2028-09", "2028-10", "2028-11", "2028-12"}},
		{"2026-Q4", Month, []string{"2026-10", "2026-11", "2026-12"}},
		{"2026-Q1", Month, []string{"2026-01", "2026-02", "2026-03"}},
		{"2026", Week, nil},
		{"2026", Year, nil},
		{"2026-Q1", Quarter, nil},
		{"2026-Q1", Week, nil},
		{"2026-Q1", Year, nil},
		{"2026-11", Month, nil},
		{"2026-11", Week, nil},
		{"2026-W48", Month, nil},
		{"2026", "day", nil},
	} {
		var got []string
		for _, p := range period(t, c.name).Parts(c.span) {
			got = append(got, p.String())
		}
		if !slices.Equal(got, c.want) {
			t.Errorf("%s of %s: %s", c.span, c.name, got)
		}
	}
}

func TestBlock(t *testing.T) {
	for _, c := range []struct {
		at   string
		want int
	}{
		{"2026-11-22T23:00:00Z", 0}, // Monday 00:00
		{"2026-11-23T02:59:59Z", 0},
		{"2026-11-23T03:00:00Z", 1},
		{"2026-11-23T22:59:59Z", 5},
		{"2026-11-23T23:00:00Z", 6},
		{"2026-11-29T18:59:59Z", 40},
		{"2026-11-29T19:00:00Z", 41},
		{"2026-11-29T22:59:59Z", 41},
		{"2026-07-05T21:59:59Z", 41}, // Sunday 23:59:59 in summer
		{"2026-07-05T22:00:00Z", 0},
		// Sunday 29 March: 00:00 to 04:00 lasts three hours.
		{"2026-03-28T22:59:59Z", 35},
		{"2026-03-28T23:00:00Z", 36},
		{"2026-03-29T01:59:59Z", 36},
		{"2026-03-29T02:00:00Z", 37},
		// Sunday 25 October: it lasts five.
		{"2026-10-24T22:00:00Z", 36},
		{"2026-10-25T02:59:59Z", 36},
		{"2026-10-25T03:00:00Z", 37},
	} {
		if got := Block(instant(t, c.at)); got != c.want {
			t.Errorf("%s: block %d, want %d", c.at, got, c.want)
		}
	}
	seen := map[int]int{}
	for at := period(t, "2026-W48").Start(); at.Before(period(t, "2026-W48").End()); at = at.Add(time.Hour) {
		seen[Block(at)]++
	}
	for b := range Blocks {
		if seen[b] != 4 {
			t.Errorf("block %d has %d hours", b, seen[b])
		}
	}
	if len(seen) != Blocks {
		t.Errorf("%d blocks", len(seen))
	}
}

// anyDay is one from 1970 to 2239, often one beside the end of a year or month or a change of the clock.
func anyDay(t *rapid.T) Day {
	d := Day(rapid.IntRange(0, 270*365).Draw(t, "day"))
	switch edge := rapid.SampledFrom([]string{"none", "month", "year"}).Draw(t, "edge"); edge {
	case "month":
		d = PeriodOf(Month, d).To
	case "year":
		d = PeriodOf(Year, d).To
	default:
		return d
	}
	return d + Day(rapid.IntRange(-4, 4).Draw(t, "beside"))
}

func TestCalendarProperties(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		d := max(anyDay(t), 0)
		if back, err := ParseDay(d.String()); err != nil || back != d {
			t.Fatalf("%d is written %s and read %d: %v", d, d, back, err)
		}
		if DayOf(d.Start()) != d || DayOf(d.Start().Add(-time.Nanosecond)) != d-1 {
			t.Fatalf("%s does not start at %s", d, d.Start())
		}
		if d.Start().In(amsterdam).Weekday() != d.Weekday() {
			t.Fatalf("%s is no %s", d, d.Weekday())
		}
		if at := d.Start().Add(time.Duration(rapid.Int64Range(0, int64(23*time.Hour)-1).Draw(t, "later"))); DayOf(at) != d || Block(at)/6 != sinceMonday(d.Weekday()) {
			t.Fatalf("%s lies on %s, in block %d", at, DayOf(at), Block(at))
		}
		names := map[string]Span{}
		for _, s := range Spans {
			p := PeriodOf(s, d)
			if !p.Has(d) || p.Span != s {
				t.Fatalf("%s does not have %s", p, d)
			}
			// Neighbours touch and do not overlap: so each day lies in one period of a span and in no other.
			if next, prev := p.Next(), p.Prev(); next.From != p.To+1 || prev.To != p.From-1 || next.Prev() != p || prev.Next() != p {
				t.Fatalf("%s stands between %s and %s", p, prev, next)
			}
			if p.String() == p.Next().String() || !p.End().Equal(p.Next().Start()) {
				t.Fatalf("%s and %s", p, p.Next())
			}
			if back, err := ParsePeriod(p.String()); err != nil || back != p {
				t.Fatalf("%s is read as %v: %v", p, back, err)
			}
			for _, other := range []Day{p.From, p.To} {
				if PeriodOf(s, other) != p {
					t.Fatalf("%s and %s are not both in %s", d, other, p)
				}
			}
			if had, twice := names[p.String()]; twice {
				t.Fatalf("%s is a %s and a %s", p, had, s)
			}
			names[p.String()] = s
			for _, part := range Spans {
				parts := p.Parts(part)
				if len(parts) == 0 {
					continue
				}
				at := p.From
				for _, q := range parts {
					if q.From != at || q.Span != part {
						t.Fatalf("%s of %s begins %s and not %s", q, p, q.From, at)
					}
					at = q.To + 1
				}
				if at != p.To+1 {
					t.Fatalf("the parts of %s end before %s", p, at)
				}
			}
		}
		// The ISO week of the standard library, which knows nothing of ours.
		y, w := d.civil().ISOWeek()
		if p := PeriodOf(Week, d); p.year() != y || p.From.Weekday() != time.Monday || p.To-p.From != 6 || p.String()[6:] != string([]byte{byte('0' + w/10), byte('0' + w%10)}) {
			t.Fatalf("%s lies in %s, by the library in week %d of %d", d, p, w, y)
		}
	})
}

func TestPeriodOfPanics(t *testing.T) {
	defer func() {
		if recover() == nil {
			t.Error("a span that is none was taken")
		}
	}()
	PeriodOf("day", 0)
}
