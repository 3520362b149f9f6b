package main

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"haven/metrics/reach"
	"haven/routing"
)

const someLine = "lines: [{name: jip, hours: always}]\n"

func TestExampleConfiguration(t *testing.T) {
	c, err := parseConfig("haven.yaml", exampleConfig)
	if err != nil {
		t.Fatal(err)
	}
	if len(c.Lines) != 3 || c.Lines[0].Name != "jip" || c.Lines[1].Name != "shop" || c.Lines[2].Name != "fier" {
		t.Errorf("lines are %+v", c.Lines)
	}
	if c.Phones[1] != (phone{"De Kindertelefoon", "0800-0432"}) {
		t.Errorf("phones are %v", c.Phones)
	}
	for i, want := range []time.Duration{3 * time.Minute, 3 * time.Minute, 0} {
		if l := c.Lines[i]; l.Overflow != want {
			t.Errorf("%s overflows after %v, want %v", l.Name, l.Overflow, want)
		}
	}
	night := time.Date(2026, 11, 24, 2, 0, 0, 0, routing.Amsterdam())
	for i, open := range []bool{false, false, true} {
		if got := c.Lines[i].Hours.Open(night); got != open {
			t.Errorf("%s at two in the night: open = %v", c.Lines[i].Name, got)
		}
	}
}

func TestConfigurationDefaults(t *testing.T) {
	c, err := parseConfig("f", []byte(someLine))
	if err != nil {
		t.Fatal(err)
	}
	l := c.Lines[0]
	if c.Listen != "127.0.0.1:8080" || c.MetricsListen != "127.0.0.1:9464" || c.Redis.Prefix != "haven" ||
		c.Durations != routing.DefaultDurations() || len(c.Phones) == 0 ||
		l.Langs[0] != "nl" || l.CapPerCounsellor != 10 || l.Target != 2*time.Minute || l.Overflow != 0 || l.Typing || !l.Hours.Always {
		t.Errorf("defaults are %+v", c)
	}
}

func TestConfigurationMistakes(t *testing.T) {
	tests := []struct{ name, in, want string }{
		{"empty", "", "f:1: empty"},
		{"not UTF-8", "\xff", "f:1: not UTF-8"},
		{"a tab", "lines:\n\t- x\n", "f:2: not YAML"},
		{"a list", "- a\n", "f:1: keys and values are expected here"},
		{"two documents", someLine + "---\n" + someLine, "f:3: a second document"},
		{"no lines", "listen: 127.0.0.1:1\n", "f:1: lines: at least one line is needed"},
		{"unknown key", someLine + "campaign: []\n", `f:2: unknown key "campaign" (known here: campaigns, durations,`},
		{"unknown key below", "lines:\n  - name: a\n    hours: always\n    houres: x\n", `f:4: lines[0]: unknown key "houres"`},
		{"twice", "listen: 127.0.0.1:1\nlisten: 127.0.0.1:2\n" + someLine, `f:2: key "listen" stands here twice`},
		{"no address", "listen: 8080\n" + someLine, "f:1: listen: an address such as"},
		{"port out of range", "listen: 127.0.0.1:65536\n" + someLine, "f:1: listen: an address such as"},
		{"metrics on a socket", "metrics_listen: unix:/a\n" + someLine, "f:1: metrics_listen: an address such as"},
		{"relative socket", "listen: unix:a\norigin: https://a\n" + someLine, "f:1: listen: unix: takes an absolute path"},
		{"no origin", someLine + "listen: 0.0.0.0:8080\n", "f:2: origin is missing"},
		{"origin with a path", "origin: https://a.nl/\n" + someLine, "f:1: origin: an origin such as"},
		{"origin in capitals", "origin: https://A.nl\n" + someLine, "f:1: origin: an origin such as"},
		{"origin with the usual port", "origin: https://a.nl:443\n" + someLine, "without :443"},
		{"origin without TLS", "origin: http://a.nl\n" + someLine, "f:1: origin: http is for this machine only"},
		{"embedder", "embedders: [https://a.nl, b]\n" + someLine, "f:1: embedders[1]: an origin such as"},
		{"prefix", "redis: {prefix: 'a b'}\n" + someLine, "f:1: redis.prefix: 1 to 32 of"},
		{"replicas and cluster", "redis: {cluster: true, replicas: 1}\n" + someLine, "f:1: redis: replicas cannot be counted on a Cluster"},
		{"too many replicas", "redis: {replicas: 6}\n" + someLine, "f:1: redis.replicas: "},
		{"sentinel and cluster", "redis: {sentinel: a, cluster: true}\n" + someLine, "f:1: redis: sentinel and cluster"},
		{"no phones", "phones: []\n" + someLine, "f:1: phones: at least one"},
		{"half a phone", "phones: [{name: a}]\n" + someLine, "f:1: phones[0]: name and number are both"},
		{"no number", "phones: [{name: a, number: abc}]\n" + someLine, "f:1: phones[0].number: digits"},
		{"limit", "limits: {joins_per_second: 0}\n" + someLine, "f:1: limits.joins_per_second: a whole number from 1"},
		{"limit in words", "limits: {joins_burst: many}\n" + someLine, "f:1: limits.joins_burst: a whole number"},
		{"ring", "durations: {ring: 1500ms}\n" + someLine, "f:1: durations.ring: a time in whole seconds"},
		{"lease is no setting", "durations: {lease: 20s}\n" + someLine, `f:1: durations: unknown key "lease"`},
		{"nameless", "lines: [{hours: always}]\n", "f:1: lines[0]: a line needs a name"},
		{"hourless", "lines: [{name: a}]\n", "f:1: lines[0]: a line needs hours"},
		{"capitals", "lines: [{name: A, hours: always}]\n", "f:1: lines[0].name: 1 to 32 of"},
		{"the name of them all", "lines: [{name: all, hours: always}]\n", "f:1: lines[0].name: all stands for"},
		{"the name of none", "lines: [{name: none, hours: always}]\n", "f:1: lines[0].name: none stands in the figures for"},
		{"the name of the rest", "lines: [{name: other, hours: always}]\n", "f:1: lines[0].name: other stands in the figures for"},
		{"same name", "lines: [{name: a, hours: always}, {name: a, hours: always}]\n", `a second line "a"`},
		{"no such day", "lines: [{name: a, hours: 'mon-xyz 09:00-17:00'}]\n", "days are daily, or of mon"},
		{"no such time", "lines: [{name: a, hours: 'mon 09:00-24:01'}]\n", `"24:01" is no time of day`},
		{"no time", "lines: [{name: a, hours: mon}]\n", "write always, or days and a time"},
		{"at once", "lines: [{name: a, hours: 'mon 09:00-09:00'}]\n", "opens and closes at once"},
		{"always and more", "lines: [{name: a, hours: 'always, mon 09:00-10:00'}]\n", "always leaves no room"},
		{"no such language", "lines: [{name: a, hours: always, langs: [fy]}]\n", "f:1: lines[0].langs[0]: the pages speak nl and en"},
		{"no such sister", "lines: [{name: a, hours: always, instead: [b]}]\n", `f:1: lines[0].instead[0]: there is no line "b"`},
		{"its own sister", "lines: [{name: a, hours: always, instead: [a]}]\n", `"a" is the line itself`},
		{"a sister for practice", "lines: [{name: a, hours: always, instead: [b]}, {name: b, hours: always, practice: true}]\n", `f:1: lines[0].instead[0]: one of "a" and "b" is for practice`},
		{"a breather of a day", "durations: {breather: 24h}\nlines: [{name: a, hours: always}]\n", "f:1: durations.breather: "},
		{"overflow to nowhere", "lines:\n  - name: a\n    hours: always\n    overflow: 3m\n", "f:4: lines[0].overflow: nowhere to go: name a sister line in instead"},
		{"overflow at once", "lines: [{name: a, hours: always}, {name: b, hours: always, instead: [a], overflow: 29s}]\n", "f:1: lines[1].overflow: a time in whole seconds from 30s to 2h0m0s"},
		{"overflow after hours", "lines: [{name: a, hours: always}, {name: b, hours: always, instead: [a], overflow: 121m}]\n", "f:1: lines[1].overflow: a time in whole seconds"},
		{"overflow by parts of a second", "lines: [{name: a, hours: always}, {name: b, hours: always, instead: [a], overflow: 90500ms}]\n", "f:1: lines[1].overflow: a time in whole seconds"},
		{"overflow to a stranger", "lines: [{name: a, hours: always, instead: [b], overflow: 3m}]\n", `f:1: lines[0].instead[0]: there is no line "b"`},
		{"overflow to a line for practice", "lines: [{name: a, hours: always, instead: [b], overflow: 3m}, {name: b, hours: always, practice: true}]\n", "is for practice"},
		{"holidays in words", "lines: [{name: a, hours: always, holidays: sometimes}]\n", `f:1: lines[0].holidays: "sometimes": write closed`},
		{"closed and open", "lines: [{name: a, hours: always, holidays: 'closed, 10:00-12:00'}]\n", "closed leaves no room"},
		{"exception without a day", "lines: [{name: a, hours: always, exceptions: [{hours: closed}]}]\n", "lines[0].exceptions[0]: day is missing"},
		{"exception without hours", "lines: [{name: a, hours: always, exceptions: [{day: 2026-12-24}]}]\n", "hours is missing"},
		{"exception that is no day", "lines: [{name: a, hours: always, exceptions: [{day: 24-12, hours: closed}]}]\n", "a day such as 2026-12-24"},
		{"exception backwards", "lines: [{name: a, hours: always, exceptions: [{from: 2026-12-24, to: 2026-12-23, hours: closed}]}]\n", "ends before it begins"},
		{"exception without an end", "lines: [{name: a, hours: always, exceptions: [{from: 2026-12-24, to: 2029-12-23, hours: closed}]}]\n", "longer than a year"},
		{"half true", "lines: [{name: a, hours: always, typing: 1}]\n", "f:1: lines[0].typing: true or false"},
		{"an anchor", "lines: &l [{name: a, hours: always}]\n", "f:1: lines: a list is expected here"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, err := parseConfig("f", []byte(tt.in))
			if err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("got %v, want %s", err, tt.want)
			}
		})
	}
}

func TestEveryMistakeAtOnce(t *testing.T) {
	_, err := parseConfig("haven.yaml", []byte(`listen: nowhere
colour: red
lines:
  - name: jip
    hours: [mon-fri 9-17, sat 10:00-12:60]
    target: soon
  - name: shop
    hours: always
    instead: [fier]
`))
	if err == nil {
		t.Fatal("no mistake found")
	}
	want := []string{
		"haven.yaml:1: listen: an address",
		"haven.yaml:2: unknown key \"colour\"",
		"haven.yaml:5: lines[0].hours: \"mon-fri 9-17\": \"9\" is no time of day",
		"haven.yaml:5: lines[0].hours: \"sat 10:00-12:60\": \"12:60\" is no time of day",
		"haven.yaml:6: lines[0].target: a time in whole seconds",
		"haven.yaml:9: lines[1].instead[0]: there is no line \"fier\"",
	}
	got := strings.Split(err.Error(), "\n")
	if len(got) != len(want) {
		t.Fatalf("%d mistakes:\n%v", len(got), err)
	}
	for i := range want {
		if !strings.HasPrefix(got[i], want[i]) {
			t.Errorf("mistake %d is %s, want %s", i, got[i], want[i])
		}
	}
}

func TestParseDays(t *testing.T) {
	c, err := parseConfig("f", []byte(`lines:
  - name: fier
    hours: daily 18:00-06:00
    holidays: [20:00-06:00, 10:00-12:00]
    exceptions:
      - {day: 2026-12-24, hours: closed}
      - {from: 2026-12-31, to: 2027-01-01, hours: 18:00-23:00}
`))
	if err != nil {
		t.Fatal(err)
	}
	h := c.Lines[0].Hours
	if want := (routing.DayHours{{From: 600, To: 720}, {From: 1200, To: 1800}}); !slices.Equal(*h.Holidays, want) {
		t.Errorf("holidays: %v", *h.Holidays)
	}
	day := func(s string) time.Time {
		d, _ := time.Parse(time.DateOnly, s)
		return d
	}
	for i, want := range []routing.Exception{
		{From: day("2026-12-24"), To: day("2026-12-24")},
		{From: day("2026-12-31"), To: day("2027-01-01"), Hours: routing.DayHours{{From: 1080, To: 1380}}},
	} {
		got := h.Except[i]
		if !got.From.Equal(want.From) || !got.To.Equal(want.To) || !slices.Equal(got.Hours, want.Hours) {
			t.Errorf("exception %d: %v", i, got)
		}
	}
	if len(h.Week) != 7 || h.Always {
		t.Errorf("the week is gone: %v", h)
	}
}

func TestParseHours(t *testing.T) {
	tests := []struct {
		in   []string
		want routing.Hours
	}{
		{[]string{"always"}, routing.Hours{Always: true}},
		{[]string{"mon 09:00-17:00"}, routing.Hours{Week: []routing.Span{{From: 540, To: 1020}}}},
		{[]string{" Mon   09:00-17:00 , tue 00:00-24:00"}, routing.Hours{Week: []routing.Span{{From: 540, To: 1020}, {From: 1440, To: 2880}}}},
		{[]string{"sun 22:00-04:00"}, routing.Hours{Week: []routing.Span{{From: 6*1440 + 1320, To: 240}}}},
		{[]string{"sat-mon 10:00-11:00"}, routing.Hours{Week: []routing.Span{
			{From: 5*1440 + 600, To: 5*1440 + 660}, {From: 6*1440 + 600, To: 6*1440 + 660}, {From: 600, To: 660}}}},
		{[]string{"mon 10:00-11:00", "mon 12:00-13:00"}, routing.Hours{Week: []routing.Span{{From: 600, To: 660}, {From: 720, To: 780}}}},
		{[]string{"sun 00:00-24:00"}, routing.Hours{Week: []routing.Span{{From: 6 * 1440, To: 7 * 1440}}}},
	}
	for _, tt := range tests {
		got, errs := parseHours(tt.in)
		if len(errs) > 0 {
			t.Errorf("%q: %v", tt.in, errs)
			continue
		}
		if got.Always != tt.want.Always || len(got.Week) != len(tt.want.Week) {
			t.Errorf("%q = %v, want %v", tt.in, got, tt.want)
			continue
		}
		for i := range got.Week {
			if got.Week[i] != tt.want.Week[i] {
				t.Errorf("%q = %v, want %v", tt.in, got, tt.want)
			}
		}
	}
}

func TestLoadConfigWithoutFile(t *testing.T) {
	if _, err := loadConfig(filepath.Join(t.TempDir(), "none.yaml")); !os.IsNotExist(err) {
		t.Errorf("got %v", err)
	}
}

// FuzzConfig holds that no input makes the reader panic, and that what it accepts is whole.
func FuzzConfig(f *testing.F) {
	f.Add(exampleConfig)
	f.Add([]byte(someLine))
	f.Add([]byte("lines: [{name: a, hours: [mon 09:00-10:00, 'sun 23:00-01:00']}]\nphones: [{name: x, number: 112}]\n"))
	f.Add([]byte(someLine + "reach: {profile: strict, budget: {visits: {week: 1/10}}, next: {from: 2027, profile: standard}, topics: [a]}\n"))
	f.Add([]byte(someLine + "campaigns: [{name: x, from: 2026-01-01, municipality: Ede, channels: [{name: y, medium: online}]}]\n"))
	f.Add([]byte(someLine + "partners: [{code: x, name: X, phone: 1, hours: a, about: b, lines: [jip]}]\n"))
	f.Add([]byte("lines:\n- ? [a]\n  : b\n"))
	f.Add([]byte("&a [*a]"))
	f.Fuzz(func(t *testing.T, data []byte) {
		c, err := parseConfig("f", data)
		if err != nil {
			for l := range strings.SplitSeq(err.Error(), "\n") {
				if l == "" {
					t.Errorf("an empty mistake in %q", err)
				}
			}
			return
		}
		if len(c.Lines) == 0 || len(c.Phones) == 0 || c.Listen == "" || c.MetricsListen == "" {
			t.Errorf("accepted %+v", c)
		}
		if err := c.plan().Check(); err != nil || len(c.Topics) == 0 || len(c.Topics) > maxTopics || len(c.Campaigns) > maxCampaigns || len(c.Partners) > maxPartners {
			t.Errorf("accepted %+v: %v", c.plan(), err)
		}
		for _, p := range c.Campaigns {
			if p.Name == "" || len(p.Lines) == 0 || len(p.Channels) == 0 || p.From != 0 && p.To != 0 && p.To < p.From {
				t.Errorf("accepted %+v", p)
			}
			for _, ch := range p.Channels {
				if ch.Name == "" || ch.Medium != reach.Online && ch.Medium != reach.Offline {
					t.Errorf("accepted %+v", p)
				}
			}
		}
		for _, p := range c.Partners {
			if p.Code == "" || p.Name == "" || p.Phone+p.About == "" || len(p.Name) > maxPartnerName || len(p.About) > maxPartnerAbout {
				t.Errorf("accepted %+v", p)
			}
		}
		for _, l := range c.Lines {
			if l.Name == "" || len(l.Langs) == 0 || !l.Hours.Always && len(l.Hours.Week) == 0 {
				t.Errorf("accepted %+v", l)
			}
		}
	})
}
