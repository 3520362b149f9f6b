package main

import (
	"slices"
	"strings"

	"haven/metrics/campaign"
	"haven/metrics/reach"
)

const (
	maxCampaigns = 50
	maxChannels  = 20
	maxTopics    = 40
)

// profiles are the budgets that have a name.
var profiles = map[string]func() reach.Budget{"standard": reach.Standard, "strict": reach.Strict}

// plan is what is counted: lines, campaigns and topics as configured, and what they may give away.
func (c *config) plan() *reach.Plan {
	p := &reach.Plan{Campaigns: c.Campaigns, Topics: c.Topics, Budgets: c.Budgets}
	for _, a := range c.Partners {
		p.Partners = append(p.Partners, reach.Partner{Code: a.Code, Name: a.Name})
	}
	for _, l := range c.Lines {
		if l.Practice {
			p.Practice = append(p.Practice, l.Name)
		} else {
			p.Lines = append(p.Lines, l.Name)
		}
	}
	return p
}

func (c *config) readReach(v value) {
	var profile, budget, next *value
	v.fields(map[string]func(value){
		"profile": func(v value) { profile = &v },
		"budget":  func(v value) { budget = &v },
		"next":    func(v value) { next = &v },
		"topics":  c.readTopics,
	})
	errs := len(v.m.errs)
	c.Budgets.Now = readBudget(reach.Standard(), profile, budget)
	if next != nil {
		c.readNext(*next)
	}
	if len(v.m.errs) > errs {
		return // of a budget that was half read nothing more can be said
	}
	// The lines may stand further down and be wrong in their own right; what is asked here is what a visit pays, the
	// referrals included.
	some := reach.Plan{Lines: []string{"line", "another"}, Budgets: c.Budgets}
	wrongEach(v, some.Check())
}

// readNext takes the budget of the years to come. It begins with a year, since under one budget a period is opened,
// counted and sealed.
func (c *config) readNext(v value) {
	var profile, budget *value
	v.fields(map[string]func(value){
		"from":    func(v value) { c.Budgets.NextYear = v.int(2000, 9999) },
		"profile": func(v value) { profile = &v },
		"budget":  func(v value) { budget = &v },
	})
	if c.Budgets.NextYear == 0 {
		v.wrong("from is needed: the year from which it holds")
	}
	if profile == nil && budget == nil {
		v.wrong("profile or budget is needed")
	}
	c.Budgets.Next = readBudget(c.Budgets.Now, profile, budget)
}

// readBudget is base, or the profile in its stead, with what the budget names changed.
func readBudget(base reach.Budget, profile, budget *value) reach.Budget {
	if profile != nil {
		if named, ok := profiles[profile.string()]; ok {
			base = named()
		} else {
			profile.wrong("standard or strict is expected here")
		}
	}
	b := reach.Budget{}
	for _, t := range reach.Tables {
		b[t] = map[reach.Span]reach.Epsilon{}
		for _, s := range t.Spent() {
			b[t][s] = base[t][s]
		}
	}
	if budget == nil {
		return b
	}
	tables := map[string]func(value){}
	for _, t := range reach.Tables {
		spans := map[string]func(value){}
		for _, s := range t.Spent() {
			spans[string(s)] = func(v value) { b[t][s] = v.epsilon(b[t][s]) }
		}
		tables[string(t)] = func(v value) { v.fields(spans) }
	}
	budget.fields(tables)
	return b
}

func (v value) epsilon(otherwise reach.Epsilon) reach.Epsilon {
	s, _ := text(v.node)
	e, err := reach.ParseEpsilon(strings.TrimSpace(s))
	if err != nil {
		v.wrong("a number above 0 such as 0.15 or 3/20 is expected here")
		return otherwise
	}
	return e
}

func (c *config) readTopics(v value) {
	c.Topics = nil
	n := 0
	v.list(func(v value) {
		n++
		s := v.match(namePattern, "1 to 32 of a-z, 0-9 and -")
		switch {
		case s == "":
		case s == reach.Other || s == reach.None:
			v.wrong("%q stands for what is not on the list", s)
		case slices.Contains(c.Topics, s):
			v.wrong("%q stands here twice", s)
		default:
			c.Topics = append(c.Topics, s)
		}
	})
	if n < 1 || n > maxTopics {
		v.wrong("1 to %d topics are expected here", maxTopics)
	}
}

// writtenLine is the name of a line where a campaign or a partner says it; the lines may stand further down in the file.
type writtenLine struct {
	of   int // which of the campaigns, or of the partners
	name string
	at   value
}

// readCampaigns gives what is left to do once the lines are known.
func (c *config) readCampaigns(v value) (afterLines func()) {
	var said []writtenLine
	n := 0
	v.list(func(v value) {
		n++
		i := len(c.Campaigns)
		p, lines := c.readCampaign(v)
		for _, l := range lines {
			l.of = i
			said = append(said, l)
		}
		c.Campaigns = append(c.Campaigns, p)
	})
	if n > maxCampaigns {
		v.wrong("more than %d campaigns", maxCampaigns)
	}
	return func() { c.leadToLines(v, said) }
}

func (c *config) readCampaign(v value) (p reach.Campaign, lines []writtenLine) {
	var to value
	listed, hasName, hasChannels := false, false, false
	v.fields(map[string]func(value){
		"name": func(v value) {
			hasName = true
			p.Name = v.named()
			if slices.ContainsFunc(c.Campaigns, func(o reach.Campaign) bool { return p.Name != "" && o.Name == p.Name }) {
				v.wrong("a second campaign %q", p.Name)
			}
		},
		"lines": func(v value) {
			listed = true
			v.list(func(v value) { lines = append(lines, writtenLine{name: v.string(), at: v}) })
			if len(lines) == 0 {
				v.wrong("at least one line is needed, or leave it out for all of them")
			}
		},
		"municipality": func(v value) { p.Municipality = v.municipality() },
		"from":         func(v value) { p.From = v.day() },
		"to":           func(v value) { p.To, to = v.day(), v },
		"channels": func(v value) {
			hasChannels = true
			p.Channels = v.channels()
		},
	})
	if !hasName {
		v.wrong("a campaign needs a name")
	}
	if !hasChannels {
		v.wrong("a campaign needs channels")
	}
	if p.From != 0 && p.To != 0 && p.To < p.From {
		to.wrong("ends before it begins")
	}
	if !listed {
		lines = nil
	}
	return p, lines
}

func (v value) channels() []reach.Channel {
	var channels []reach.Channel
	n := 0
	v.list(func(v value) {
		n++
		var ch reach.Channel
		hasName, hasMedium := false, false
		v.fields(map[string]func(value){
			"name": func(v value) {
				hasName = true
				ch.Name = v.named()
				if slices.ContainsFunc(channels, func(o reach.Channel) bool { return ch.Name != "" && o.Name == ch.Name }) {
					v.wrong("a second channel %q", ch.Name)
				}
			},
			"medium": func(v value) {
				hasMedium = true
				ch.Medium = reach.Medium(v.string())
				if ch.Medium != reach.Online && ch.Medium != reach.Offline {
					v.wrong("online or offline is expected here")
				}
			},
		})
		if !hasName || !hasMedium {
			v.wrong("a channel needs a name and a medium (online or offline)")
		}
		channels = append(channels, ch)
	})
	if n < 1 || n > maxChannels {
		v.wrong("1 to %d channels are expected here", maxChannels)
	}
	return channels
}

// leadToLines holds the lines of campaigns against those that there are, and fills in all where none is said.
func (c *config) leadToLines(v value, said []writtenLine) {
	for _, s := range said {
		p := &c.Campaigns[s.of]
		i := slices.IndexFunc(c.Lines, func(l line) bool { return l.Name == s.name })
		switch {
		case s.name == "":
		case i < 0:
			s.at.wrong("there is no line %q", s.name)
		case c.Lines[i].Practice:
			s.at.wrong("line %q is for practice and outside of reach", s.name)
		case slices.Contains(p.Lines, s.name):
			s.at.wrong("%q stands here twice", s.name)
		}
		p.Lines = append(p.Lines, s.name)
	}
	counted := c.plan().Lines
	if len(counted) == 0 && len(c.Lines) > 0 && len(c.Campaigns) > 0 {
		v.wrong("every line is for practice, so that there is nothing to count")
	}
	for i := range c.Campaigns {
		if len(c.Campaigns[i].Lines) == 0 {
			c.Campaigns[i].Lines = slices.Clone(counted)
		}
	}
}

// named is the name of a campaign or a channel, "" after a mistake.
func (v value) named() string {
	s, ok := text(v.node)
	if !ok {
		v.wrong("a text is expected here")
		return ""
	}
	if err := campaign.Named(s); err != nil {
		v.wrong("%v", err)
		return ""
	}
	return s
}

// municipality stands beside figures too. "" after a mistake.
func (v value) municipality() string {
	s, ok := text(v.node)
	if !ok {
		v.wrong("a text is expected here")
		return ""
	}
	if err := campaign.Municipality(s); err != nil {
		v.wrong("%v", err)
		return ""
	}
	return s
}

func (v value) day() reach.Day {
	s, _ := text(v.node)
	d, err := reach.ParseDay(s)
	if err != nil {
		v.wrong("a day such as 2026-01-31 is expected here")
		return 0
	}
	return d
}

// wrongEach reports every mistake that was joined.
func wrongEach(v value, err error) {
	if err == nil {
		return
	}
	for l := range strings.SplitSeq(err.Error(), "\n") {
		v.wrong("%s", strings.TrimPrefix(l, "reach: "))
	}
}
