package routing

import (
	"testing"
	"time"

	"pgregory.net/rapid"
)

// amsterdamTime reads "2026-11-24 09:00" on the clocks in Amsterdam; a trailing Z means UTC, for hours that come twice.
func amsterdamTime(t testing.TB, s string) time.Time {
	t.Helper()
	if s == "" {
		return time.Time{}
	}
	if n := len(s) - 1; s[n] == 'Z' {
		v, err := time.Parse("2006-01-02 15:04", s[:n])
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
	v, err := time.ParseInLocation("2006-01-02 15:04", s, amsterdam)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

// civil is a day as an Exception has it.
func civil(t testing.TB, s string) time.Time {
	t.Helper()
	day, err := time.Parse(time.DateOnly, s)
	if err != nil {
		t.Fatal(err)
	}
	return day
}

func everyDay(from, to int) Hours {
	var h Hours
	for d := range 7 {
		end := d*1440 + to
		if to <= from {
			end += 1440
		}
		if end > minutesAWeek {
			end -= minutesAWeek
		}
		h.Week = append(h.Week, Span{d*1440 + from, end})
	}
	return h
}

func TestHours(t *testing.T) {
	office := Hours{}
	for d := range 5 {
		office.Week = append(office.Week, Span{d*1440 + 9*60, d*1440 + 17*60})
	}
	evenings := everyDay(18*60, 6*60)
	allWeek := everyDay(0, 24*60)
	sundayNight := Hours{Week: []Span{{6*1440 + 22*60, 4 * 60}}} // Sunday 22:00 to Monday 04:00
	halfPast := everyDay(18*60, 2*60+30)
	inTheHour := everyDay(2*60+15, 2*60+45)
	twoShifts := Hours{Week: append(everyDay(18*60, 2*60+15).Week, everyDay(2*60+45, 6*60).Week...)}
	touching := Hours{Week: []Span{{0, 1440}, {1440, 2880}}} // Monday and Tuesday round the clock

	closed, afternoon := DayHours{}, DayHours{{13 * 60, 17 * 60}}
	christmas := office
	christmas.Holidays = &closed
	christmas.Except = []Exception{
		{civil(t, "2026-12-24"), civil(t, "2026-12-24"), afternoon},
		{civil(t, "2026-12-28"), civil(t, "2027-01-03"), nil},
	}
	keerpunt := Hours{Holidays: &DayHours{{20 * 60, 30 * 60}}} // as Keerpunt: other hours in weekends and on holidays
	for d := range 7 {
		from := 16 * 60
		if d > 4 {
			from = 20 * 60
		}
		keerpunt.Week = append(keerpunt.Week, Span{d*1440 + from, (d*1440 + 30*60) % minutesAWeek})
	}
	alwaysBut := Hours{Always: true, Except: []Exception{{civil(t, "2026-12-31"), civil(t, "2026-12-31"), DayHours{{0, 20 * 60}}}}}
	summer := office
	summer.Except = []Exception{{civil(t, "2026-07-01"), civil(t, "2027-06-30"), nil}}

	tests := []struct {
		name          string
		hours         Hours
		at            string
		open          bool
		opens, closes string // "" for zero
	}{
		{"never", Hours{}, "2026-11-24 12:00", false, "", ""},
		{"empty span", Hours{Week: []Span{{60, 60}}}, "2026-11-23 01:00", false, "", ""},
		{"always", Hours{Always: true}, "2026-11-24 12:00", true, "", ""},
		{"all week by spans never closes", allWeek, "2026-11-29 23:59", true, "", ""},
		{"office, before", office, "2026-11-24 08:59", false, "2026-11-24 09:00", ""},
		{"office, at opening", office, "2026-11-24 09:00", true, "2026-11-25 09:00", "2026-11-24 17:00"},
		{"office, last minute", office, "2026-11-24 16:59", true, "2026-11-25 09:00", "2026-11-24 17:00"},
		{"office, at closing", office, "2026-11-24 17:00", false, "2026-11-25 09:00", ""},
		{"office, Friday evening", office, "2026-11-27 17:30", false, "2026-11-30 09:00", ""},
		{"office, over the end of the year", office, "2027-01-01 18:00", false, "2027-01-04 09:00", ""},
		{"evenings, after midnight", evenings, "2026-11-24 03:00", true, "2026-11-24 18:00", "2026-11-24 06:00"},
		{"evenings, Sunday before midnight", evenings, "2026-11-29 23:30", true, "2026-11-30 18:00", "2026-11-30 06:00"},
		{"evenings, Monday after midnight", evenings, "2026-11-30 00:30", true, "2026-11-30 18:00", "2026-11-30 06:00"},
		{"Sunday night, in Monday", sundayNight, "2026-11-30 03:59", true, "2026-12-06 22:00", "2026-11-30 04:00"},
		{"Sunday night, over", sundayNight, "2026-11-30 04:00", false, "2026-12-06 22:00", ""},
		{"touching spans are one", touching, "2026-11-23 12:00", true, "2026-11-30 00:00", "2026-11-25 00:00"},

		// 2026-03-29: at 02:00 the clocks go to 03:00. 2026-10-25: at 03:00 they go back to 02:00.
		{"spring, the night is an hour shorter", evenings, "2026-03-28 20:00", true, "2026-03-29 18:00", "2026-03-29 06:00"},
		{"spring, closing left out", halfPast, "2026-03-29 01:30", true, "2026-03-29 18:00", "2026-03-29 01:00Z"},
		{"spring, span left out", inTheHour, "2026-03-29 01:59", false, "2026-03-30 02:15", ""},
		{"spring, office on Monday", office, "2026-03-27 18:00", false, "2026-03-30 09:00", ""},
		{"spring, two shifts meet", twoShifts, "2026-03-29 01:00", true, "2026-03-29 18:00", "2026-03-29 06:00"},
		{"autumn, first half past two", halfPast, "2026-10-25 00:30Z", true, "2026-10-25 18:00", "2026-10-25 01:30Z"},
		{"autumn, between the two", halfPast, "2026-10-25 00:45Z", true, "2026-10-25 18:00", "2026-10-25 01:30Z"},
		{"autumn, second half past two", halfPast, "2026-10-25 01:30Z", false, "2026-10-25 18:00", ""},
		{"autumn, opens the first time", inTheHour, "2026-10-25 00:00Z", false, "2026-10-25 00:15Z", ""},
		{"autumn, closes the second time", inTheHour, "2026-10-25 00:50Z", true, "2026-10-26 02:15", "2026-10-25 01:45Z"},
		// Good Friday 2026 is 3 April, Easter Monday the 6th; King's Day 2025 is kept on Saturday the 26th.
		{"holiday, closed", christmas, "2026-12-25 10:00", false, "2027-01-04 09:00", ""},
		{"exception before it, other hours", christmas, "2026-12-24 12:00", false, "2026-12-24 13:00", ""},
		{"exception, open", christmas, "2026-12-24 14:00", true, "2027-01-04 09:00", "2026-12-24 17:00"},
		{"the day before the exception", christmas, "2026-12-23 16:00", true, "2026-12-24 13:00", "2026-12-23 17:00"},
		{"Good Friday is none", christmas, "2026-04-03 10:00", true, "2026-04-07 09:00", "2026-04-03 17:00"},
		{"Easter Monday", christmas, "2026-04-06 10:00", false, "2026-04-07 09:00", ""},
		{"King's Day on a Saturday", christmas, "2025-04-26 10:00", false, "2025-04-28 09:00", ""},
		{"Liberation Day, a lustrum", christmas, "2025-05-05 10:00", false, "2025-05-06 09:00", ""},
		{"Liberation Day, no lustrum", christmas, "2026-05-05 10:00", true, "2026-05-06 09:00", "2026-05-05 17:00"},
		{"holiday, other hours", keerpunt, "2026-05-25 19:00", false, "2026-05-25 20:00", ""},
		{"holiday, the night before runs on", keerpunt, "2026-12-25 05:00", true, "2026-12-25 20:00", "2026-12-25 06:00"},
		{"holiday, its own night runs on", keerpunt, "2026-12-28 05:59", true, "2026-12-28 16:00", "2026-12-28 06:00"},
		{"always but one evening, far off", alwaysBut, "2026-11-24 12:00", true, "", ""},
		{"always but one evening, near", alwaysBut, "2026-12-30 12:00", true, "2027-01-01 00:00", "2026-12-31 20:00"},
		{"always but one evening, in it", alwaysBut, "2026-12-31 21:00", false, "2027-01-01 00:00", ""},
		{"a year off", summer, "2026-07-01 10:00", false, "2027-07-01 09:00", ""},
		{"autumn, two shifts overlap", twoShifts, "2026-10-25 01:20Z", true, "2026-10-25 18:00", "2026-10-25 06:00"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			now := amsterdamTime(t, tt.at)
			if got := tt.hours.Open(now); got != tt.open {
				t.Errorf("Open = %v, want %v", got, tt.open)
			}
			if got, want := tt.hours.Next(now), amsterdamTime(t, tt.opens); !got.Equal(want) {
				t.Errorf("Next = %v, want %v", got, want)
			}
			if got, want := tt.hours.Closes(now), amsterdamTime(t, tt.closes); !got.Equal(want) {
				t.Errorf("Closes = %v, want %v", got, want)
			}
		})
	}
}

// TestHoursAgree walks through weeks minute by minute and holds the three answers against each other: what Open says
// changes exactly where Next and Closes announced it, whatever the spans and whatever the clocks do.
func TestHoursAgree(t *testing.T) {
	starts := []string{"2026-03-28 12:00", "2026-10-24 12:00", "2026-11-28 12:00", "2026-12-31 12:00"}
	rapid.Check(t, func(t *rapid.T) {
		var h Hours
		for range rapid.IntRange(1, 6).Draw(t, "spans") {
			h.Week = append(h.Week, Span{rapid.IntRange(0, minutesAWeek-1).Draw(t, "from"), rapid.IntRange(1, minutesAWeek).Draw(t, "to")})
		}
		if rapid.Bool().Draw(t, "holidays") {
			h.Holidays = &DayHours{{rapid.IntRange(0, 1439).Draw(t, "holiday from"), 1440 + rapid.IntRange(0, 600).Draw(t, "holiday to")}}
		}
		if rapid.Bool().Draw(t, "exceptions") {
			day := time.Date(2026, 12, 30+rapid.IntRange(0, 3).Draw(t, "day"), 0, 0, 0, 0, time.UTC)
			h.Except = []Exception{{day, day, nil}}
		}
		start, err := time.ParseInLocation("2006-01-02 15:04", rapid.SampledFrom(starts).Draw(t, "start"), amsterdam)
		if err != nil {
			t.Fatal(err)
		}
		open := h.Open(start)
		opens, closes := h.Next(start), h.Closes(start)
		for i := 1; i <= 36*60; i++ {
			now := start.Add(time.Duration(i) * time.Minute)
			is := h.Open(now)
			switch {
			case is && !open && !now.Equal(opens):
				t.Fatalf("opened at %v, announced %v: %v", now, opens, h.Week)
			case !is && open && !now.Equal(closes):
				t.Fatalf("closed at %v, announced %v: %v", now, closes, h.Week)
			case !is && !h.Closes(now).IsZero():
				t.Fatalf("closed at %v and yet closes at %v", now, h.Closes(now))
			}
			if is != open {
				open, opens, closes = is, h.Next(now), h.Closes(now)
			}
		}
	})
}

func BenchmarkHoursOpen(b *testing.B) {
	h, now := everyDay(18*60, 6*60), time.Date(2026, 11, 24, 12, 0, 0, 0, time.UTC)
	for b.Loop() {
		h.Open(now)
	}
}
