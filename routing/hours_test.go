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
