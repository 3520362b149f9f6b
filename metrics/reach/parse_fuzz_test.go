package reach

import (
	"slices"
	"strings"
	"testing"
)

func FuzzParsePeriod(f *testing.F) {
	for _, s := range []string{"2026-W48", "2026-W53", "2027-W53", "2026-W00", "2026-11", "2026-13", "2026-Q4", "2026-Q5", "2026",
		"1969", "9999", "9999-W52", "10000", "2026-W+1", "+026-01"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		p, err := ParsePeriod(s)
		if err != nil {
			if p != (Period{}) || !strings.HasPrefix(err.Error(), "reach: ") {
				t.Errorf("%q: %v, %v", s, p, err)
			}
			return
		}
		if p.String() != s || !slices.Contains(Spans, p.Span) || p.From > p.To || p.year() < firstYear || p.year() > lastYear {
			t.Errorf("%q was taken for %+v", s, p)
		}
		if PeriodOf(p.Span, p.From) != p || PeriodOf(p.Span, p.To) != p || p.Next().Prev() != p {
			t.Errorf("%q is no %s", s, p.Span)
		}
	})
}

func FuzzParseDay(f *testing.F) {
	for _, s := range []string{"2026-11-23", "2028-02-29", "2026-02-29", "1970-01-01", "1969-12-31", "9999-12-31", "2026-1-1", "2026-11-23T00:00:00Z"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		d, err := ParseDay(s)
		if err != nil {
			if d != 0 || !strings.HasPrefix(err.Error(), "reach: ") {
				t.Errorf("%q: %d, %v", s, d, err)
			}
			return
		}
		if d < 0 || d.String() != s || DayOf(d.Start()) != d {
			t.Errorf("%q was taken for %s", s, d)
		}
	})
}

func FuzzParseEpsilon(f *testing.F) {
	for _, s := range []string{"0.15", "3/20", "10", "10.000001", "0.000001", "0", "0/1", "1/0", "99999999/9999999", "1e3", "-1", ".5", "1."} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		e, err := ParseEpsilon(s)
		if err != nil {
			if e != (Epsilon{}) || !strings.HasPrefix(err.Error(), "reach: ") {
				t.Errorf("%q: %v, %v", s, e, err)
			}
			return
		}
		if e.Num <= 0 || e.Den <= 0 || e.Den > maxDen || e.Cmp(Epsilon{maxEpsilon, 1}) > 0 || reduced(e.Num, e.Den) != e {
			t.Errorf("%q was taken for %+v", s, e)
		}
		if back, err := ParseEpsilon(e.String()); err != nil || back != e {
			t.Errorf("%q became %s became %v: %v", s, e, back, err)
		}
		if h := e.Half(); h.Add(h) != e || h.Cmp(e) >= 0 {
			t.Errorf("half of %s is %s", e, h)
		}
	})
}
