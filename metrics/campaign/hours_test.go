package campaign

import (
	"slices"
	"testing"

	"haven/routing"
)

func TestHours(t *testing.T) {
	span := func(day, from, to int) routing.Span {
		end := day*dayMinutes + to
		if end > weekMinutes {
			end -= weekMinutes
		}
		return routing.Span{From: day*dayMinutes + from, To: end}
	}
	week := func(from, to int, days ...int) (out []routing.Span) {
		for _, d := range days {
			out = append(out, span(d, from, to))
		}
		return out
	}
	const nine, five, six, night = 9 * 60, 17 * 60, 18 * 60, 30 * 60
	all := []int{0, 1, 2, 3, 4, 5, 6}
	for _, tt := range []struct {
		in     routing.Hours
		nl, en []string
	}{
		{routing.Hours{Always: true}, []string{"dag en nacht"}, []string{"day and night"}},
		{routing.Hours{Week: week(nine, five, 0, 1, 2, 3, 4)}, []string{"maandag t/m vrijdag 9.00 – 17.00 uur"}, []string{"Monday to Friday 9:00 – 17:00"}},
		{routing.Hours{Week: week(six, night, all...)}, []string{"elke dag 18.00 – 6.00 uur"}, []string{"every day 18:00 – 6:00"}},
		{routing.Hours{Week: week(six, dayMinutes, 5, 6)}, []string{"zaterdag en zondag 18.00 – 24.00 uur"}, []string{"Saturday and Sunday 18:00 – 24:00"}},
		{routing.Hours{Week: week(0, dayMinutes, 0, 6)}, []string{"maandag en zondag de hele dag"}, []string{"Monday and Sunday all day"}},
		{routing.Hours{Week: week(nine+5, five, 0, 2, 4, 5, 6)}, []string{"maandag, woensdag en vrijdag t/m zondag 9.05 – 17.00 uur"}, []string{"Monday, Wednesday and Friday to Sunday 9:05 – 17:00"}},
		{routing.Hours{Week: append(week(six, night, 6), append(week(nine, five, 1, 0), week(six, dayMinutes, 0)...)...)},
			[]string{"maandag en dinsdag 9.00 – 17.00 uur", "maandag 18.00 – 24.00 uur", "zondag 18.00 – 6.00 uur"},
			[]string{"Monday and Tuesday 9:00 – 17:00", "Monday 18:00 – 24:00", "Sunday 18:00 – 6:00"}},
		{routing.Hours{}, nil, nil},
	} {
		if got := Hours(tt.in, "nl"); !slices.Equal(got, tt.nl) {
			t.Errorf("got %q, want %q", got, tt.nl)
		}
		if got := Hours(tt.in, "en"); !slices.Equal(got, tt.en) {
			t.Errorf("got %q, want %q", got, tt.en)
		}
	}
}
