package main

import (
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"

	"haven/metrics/reach"
)

func TestExampleCampaign(t *testing.T) {
	c, err := parseConfig("haven.yaml", exampleConfig)
	if err != nil {
		t.Fatal(err)
	}
	want := []reach.Campaign{{
		Name: "chatten-helpt", Lines: []string{"jip", "shop", "fier"}, Municipality: "Den Haag",
		From: day(t, "2026-01-01"), To: day(t, "2026-12-31"),
		Channels: []reach.Channel{{Name: "instagram", Medium: reach.Online}, {Name: "snapchat", Medium: reach.Online},
			{Name: "tiktok", Medium: reach.Online}, {Name: "poster", Medium: reach.Offline}, {Name: "gastles", Medium: reach.Offline}},
	}}
	if !reflect.DeepEqual(c.Campaigns, want) {
		t.Errorf("campaigns are %+v", c.Campaigns)
	}
	if p := c.plan(); !reflect.DeepEqual(p.Lines, []string{"jip", "shop", "fier"}) || p.Practice != nil ||
		!reflect.DeepEqual(p.Topics, reach.DefaultTopics) || !reflect.DeepEqual(p.Budgets.Now, reach.Standard()) {
		t.Errorf("the plan is %+v", p)
	}
}

func TestPlanLeavesPracticeOut(t *testing.T) {
	c, err := parseConfig("f", []byte(`campaigns: [{name: a-z, channels: [{name: bus, medium: offline}]}]
lines: [{name: jip, hours: always}, {name: oefenen, hours: always, practice: true}, {name: fier, hours: always}]
`))
	if err != nil {
		t.Fatal(err)
	}
	p, both := c.plan(), []string{"jip", "fier"}
	if !reflect.DeepEqual(p.Lines, both) || !reflect.DeepEqual(p.Practice, []string{"oefenen"}) {
		t.Errorf("lines are %v, for practice %v", p.Lines, p.Practice)
	}
	if got := c.Campaigns[0]; !reflect.DeepEqual(got.Lines, both) || got.From != 0 || got.To != 0 {
		t.Errorf("a campaign without lines leads to %+v", got)
	}
}

func TestBudgets(t *testing.T) {
	tests := []struct {
		in        string
		now, next func(b reach.Budget) // changes to standard; next nil: none follows
	}{
		{"{}", func(reach.Budget) {}, nil},
		{"{profile: strict}", strict, nil},
		{"{budget: {visits: {week: 0.1, year: 1/5}}}", func(b reach.Budget) {
			b[reach.Visits][reach.Week], b[reach.Visits][reach.Year] = reach.Epsilon{Num: 1, Den: 10}, reach.Epsilon{Num: 1, Den: 5}
		}, nil},
		{"{budget: {unreached: {quarter: 0.05}}, profile: strict}", func(b reach.Budget) {
			strict(b)
			b[reach.Unreached][reach.Quarter] = reach.Epsilon{Num: 1, Den: 20}
		}, nil},
		{"{next: {profile: strict, from: 2027}}", func(reach.Budget) {}, strict},
		{"{next: {from: 2027, budget: {topics: {year: 0.05}}}, profile: strict}", strict, func(b reach.Budget) {
			strict(b)
			b[reach.Topics][reach.Year] = reach.Epsilon{Num: 1, Den: 20}
		}},
	}
	for _, tt := range tests {
		t.Run(tt.in, func(t *testing.T) {
			c, err := parseConfig("f", []byte("reach: "+tt.in+"\n"+someLine))
			if err != nil {
				t.Fatal(err)
			}
			want := reach.Budgets{Now: reach.Standard()}
			tt.now(want.Now)
			if tt.next != nil {
				want.NextYear, want.Next = 2027, reach.Standard()
				tt.next(want.Next)
			}
			if !reflect.DeepEqual(c.Budgets, want) {
				t.Errorf("got %v, want %v", c.Budgets, want)
			}
		})
	}
}

func strict(b reach.Budget) {
	for t, spans := range reach.Strict() {
		b[t] = spans
	}
}

func TestTopics(t *testing.T) {
	c, err := parseConfig("f", []byte("reach: {topics: [home, sex, 2]}\n"+someLine))
	if err != nil || !slices.Equal(c.Topics, []string{"home", "sex", "2"}) {
		t.Errorf("topics are %v, %v", c.Topics, err)
	}
}

// mistake is a configuration with one mistake, and part of what is said of it.
type mistake struct{ name, in, want string }

// eachAlone: each mistake is said, and nothing else.
func eachAlone(t *testing.T, tests []mistake) {
	t.Helper()
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, err := parseConfig("f", []byte(tt.in))
			if err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Fatalf("got %v, want %s", err, tt.want)
			}
			if said := strings.Split(err.Error(), "\n"); len(said) != 1 && !strings.Contains(tt.want, "keys and values") {
				t.Errorf("one mistake is told as %d:\n%v", len(said), err)
			}
		})
	}
}

func TestReachMistakes(t *testing.T) {
	ch := func(name string) string { return "{name: " + name + ", medium: online}" }
	with := func(keys string) string { return someLine + "campaigns:\n- {" + keys + "}\n" }
	whole := func(keys string) string { return with("channels: [" + ch("bus") + "], " + keys) }
	many := func(n int, item string) string {
		items := make([]string, n)
		for i := range items {
			items[i] = strings.ReplaceAll(item, "N", fmt.Sprint("x", i))
		}
		return "[" + strings.Join(items, ", ") + "]"
	}
	eachAlone(t, []mistake{
		{"reach as a list", someLine + "reach: [strict]\n", "f:2: reach: keys and values"},
		{"unknown key", someLine + "reach:\n  profile: strict\n  epsilon: 1\n", `f:4: reach: unknown key "epsilon" (known here: budget, next, profile, topics)`},
		{"no such profile", someLine + "reach: {profile: secret}\n", "f:2: reach.profile: standard or strict"},
		{"no such table", someLine + "reach: {budget: {chats: {year: 1}}}\n", `f:2: reach.budget: unknown key "chats" (known here: outcomes, referrals, topics, unreached, visits)`},
		{"a span that is not published", someLine + "reach: {budget: {outcomes: {week: 1}}}\n", `f:2: reach.budget.outcomes: unknown key "week" (known here: year)`},
		{"ε of nothing", someLine + "reach: {budget: {visits: {week: 0}}}\n", "f:2: reach.budget.visits.week: a number above 0"},
		{"ε in words", someLine + "reach: {budget: {visits: {week: little}}}\n", "f:2: reach.budget.visits.week: a number above 0"},
		{"ε below nothing", someLine + "reach: {budget: {visits: {week: -0.1}}}\n", "f:2: reach.budget.visits.week: a number above 0"},
		{"ε that is no number", someLine + "reach: {budget: {visits: {week: .nan}}}\n", "f:2: reach.budget.visits.week: a number above 0"},
		{"ε as a list", someLine + "reach: {budget: {visits: {week: [1]}}}\n", "f:2: reach.budget.visits.week: a number above 0"},
		{"too much", someLine + "reach: {budget: {visits: {year: 0.7}}}\n", "f:2: reach: the budget spends 21/10 on one visit, more than the 2 declared"},
		{"too much later", someLine + "reach: {next: {from: 2027, budget: {visits: {year: 0.7}}}}\n", "f:2: reach: the next budget spends 21/10"},
		{"too much around the new year", someLine + "reach: {next: {from: 2027, budget: {visits: {week: 0.05, year: 0.7}}}}\n",
			"f:2: reach: in the week of the new year"},
		{"next of no year", someLine + "reach: {next: {profile: strict}}\n", "f:2: reach.next: from is needed"},
		{"next in words", someLine + "reach: {next: {from: soon, profile: strict}}\n", "f:2: reach.next.from: a whole number from 2000"},
		{"next of nothing", someLine + "reach: {next: {from: 2027}}\n", "f:2: reach.next: profile or budget is needed"},
		{"no topics", someLine + "reach: {topics: []}\n", "f:2: reach.topics: 1 to 40 topics"},
		{"too many topics", someLine + "reach: {topics: " + many(41, "N") + "}\n", "f:2: reach.topics: 1 to 40 topics"},
		{"topic of free text", someLine + "reach: {topics: [Thuis en zo]}\n", "f:2: reach.topics[0]: 1 to 32 of a-z"},
		{"topic twice", someLine + "reach: {topics: [a, b, a]}\n", `f:2: reach.topics[2]: "a" stands here twice`},
		{"topic of the rest", someLine + "reach: {topics: [other]}\n", `f:2: reach.topics[0]: "other" stands for what is not on the list`},

		{"campaigns as keys", someLine + "campaigns: {name: a}\n", "f:2: campaigns: a list is expected"},
		{"unknown key of a campaign", whole("name: a, budget: 1"), `f:3: campaigns[0]: unknown key "budget" (known here: channels, from,`},
		{"nameless", whole("from: 2026-01-01"), "f:3: campaigns[0]: a campaign needs a name"},
		{"free text", whole("name: Chatten helpt"), `f:3: campaigns[0].name: "Chatten helpt" is free text; write a code of 1 to 32 of a-z, 0-9 and -, such as chatten-helpt`},
		{"a person", whole("name: les-sanne"), `f:3: campaigns[0].name: "les-sanne" reads as a person's first name (sanne); a figure beside it points at that person`},
		{"initials", whole("name: j-jansen"), "f:3: campaigns[0].name: \"j-jansen\" reads as"},
		{"a telephone number", whole("name: 0612345678"), "f:3: campaigns[0].name: \"0612345678\" reads as a telephone number"},
		{"a mail address", whole("name: x@example.nl"), "f:3: campaigns[0].name: \"x@example.nl\" reads as a mail address"},
		{"a list for a name", whole("name: [a]"), "f:3: campaigns[0].name: a text is expected"},
		{"the rest for a name", whole("name: other"), `campaigns[0].name: "other" is kept for visits`},
		{"same name", someLine + "campaigns: [{name: a, channels: [" + ch("x") + "]}, {name: a, channels: [" + ch("x") + "]}]\n", `f:2: campaigns[1].name: a second campaign "a"`},
		{"too many campaigns", someLine + "campaigns: " + many(51, "{name: N, channels: ["+ch("x")+"]}") + "\n", "f:2: campaigns: more than 50 campaigns"},
		{"no lines", whole("name: a, lines: []"), "f:3: campaigns[0].lines: at least one line is needed"},
		{"no such line", whole("name: a, lines: [jip, shop]"), `f:3: campaigns[0].lines[1]: there is no line "shop"`},
		{"line twice", whole("name: a, lines: [jip, jip]"), `f:3: campaigns[0].lines[1]: "jip" stands here twice`},
		{"line for practice", "lines: [{name: a, hours: always}, {name: b, hours: always, practice: true}]\n" +
			"campaigns: [{name: x, lines: [b], channels: [" + ch("x") + "]}]\n", `f:2: campaigns[0].lines[0]: line "b" is for practice`},
		{"nothing but practice", "lines: [{name: b, hours: always, practice: true}]\n" +
			"campaigns: [{name: x, channels: [" + ch("x") + "]}]\n", "f:2: campaigns: every line is for practice"},
		{"from no day", whole("name: a, from: 2026-02-30"), "f:3: campaigns[0].from: a day such as"},
		{"to no day", whole("name: a, to: 31-12-2026"), "f:3: campaigns[0].to: a day such as"},
		{"backwards", whole("name: a, to: 2026-01-01, from: 2026-01-02"), "f:3: campaigns[0].to: ends before it begins"},
		{"long municipality", whole("name: a, municipality: " + strings.Repeat("é", 49)), "f:3: campaigns[0].municipality: the name of a municipality of at most 48 letters"},
		{"municipality with a person and a formula", whole(`name: a, municipality: "=1+1 Jan Jansen Lijsterstraat 4"`), "f:3: campaigns[0].municipality: the name of a municipality is expected here"},
		{"municipality that is a person", whole(`name: a, municipality: Jan Jansen`), `f:3: campaigns[0].municipality: "Jan Jansen" reads as a person's first name (jan)`},
		{"municipality of two lines", whole(`name: a, municipality: "Den\nHaag"`), "f:3: campaigns[0].municipality: the name of a municipality is expected here"},
		{"channelless", with("name: a"), "f:3: campaigns[0]: a campaign needs channels"},
		{"no channels", with("name: a, channels: []"), "f:3: campaigns[0].channels: 1 to 20 channels"},
		{"too many channels", with("name: a, channels: " + many(21, ch("N"))), "f:3: campaigns[0].channels: 1 to 20 channels"},
		{"channel as a word", with("name: a, channels: [bus]"), "f:3: campaigns[0].channels[0]: keys and values"},
		{"channel without medium", with("name: a, channels: [{name: bus}]"), "f:3: campaigns[0].channels[0]: a channel needs a name and a medium"},
		{"nameless channel", with("name: a, channels: [{medium: online}]"), "f:3: campaigns[0].channels[0]: a channel needs a name"},
		{"no such medium", with("name: a, channels: [{name: bus, medium: paper}]"), "f:3: campaigns[0].channels[0].medium: online or offline"},
		{"channel of a person", with("name: a, channels: [" + ch("les-fatima") + "]"), "f:3: campaigns[0].channels[0].name: \"les-fatima\" reads as a person's first name (fatima)"},
		{"channel twice", with("name: a, channels: [" + ch("x") + ", " + ch("x") + "]"), `f:3: campaigns[0].channels[1].name: a second channel "x"`},
		{"unknown key of a channel", with("name: a, channels: [{name: x, medium: online, cost: 1}]"), `f:3: campaigns[0].channels[0]: unknown key "cost" (known here: medium, name)`},
	})
}

// What is wrong with the counting is told beside what is wrong elsewhere, in the order of the file.
func TestReachMistakesAtOnce(t *testing.T) {
	_, err := parseConfig("f", []byte(`campaigns:
  - name: Chatten helpt
    lines: [fier]
    channels: [{name: sanne, medium: online}]
reach: {budget: {visits: {year: 1}}}
lines: [{name: jip, hours: soon}]
`))
	want := []string{"f:2: campaigns[0].name: ", "f:3: campaigns[0].lines[0]: ", "f:4: campaigns[0].channels[0].name: ", "f:5: reach: the budget", "f:6: lines[0].hours: "}
	if err == nil {
		t.Fatal("no mistake found")
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

func day(t *testing.T, s string) reach.Day {
	t.Helper()
	d, err := reach.ParseDay(s)
	if err != nil {
		t.Fatal(err)
	}
	return d
}
