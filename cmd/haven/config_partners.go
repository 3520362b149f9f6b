package main

import (
	"slices"

	"haven/metrics/campaign"
	"haven/metrics/reach"
	"haven/web"
)

// Limits of what a partner's card says, in bytes: it has to be read on a small screen.
const (
	maxPartners     = 50
	maxPartnerName  = 64
	maxPartnerPhone = 40
	maxPartnerHours = 100
	maxPartnerAbout = 300
)

// readPartners gives what is left to do once the lines are known.
func (c *config) readPartners(v value) (afterLines func()) {
	var said []writtenLine
	v.list(func(v value) {
		i := len(c.Partners)
		if i == maxPartners {
			v.wrong("more than %d partners", maxPartners)
			return
		}
		p, lines := c.readPartner(v)
		for _, l := range lines {
			l.of = i
			said = append(said, l)
		}
		c.Partners = append(c.Partners, p)
	})
	return func() {
		for _, s := range said {
			p := &c.Partners[s.of]
			switch {
			case s.name == "":
			case !slices.ContainsFunc(c.Lines, func(l line) bool { return l.Name == s.name }):
				s.at.wrong("there is no line %q", s.name)
			case slices.Contains(p.Lines, s.name):
				s.at.wrong("%q stands here twice", s.name)
			}
			p.Lines = append(p.Lines, s.name)
		}
	}
}

func (c *config) readPartner(v value) (p web.Partner, lines []writtenLine) {
	hasCode, hasName, errs := false, false, len(v.m.errs)
	v.fields(map[string]func(value){
		"code": func(v value) {
			hasCode = true
			p.Code = v.partnerCode()
			if slices.ContainsFunc(c.Partners, func(o web.Partner) bool { return p.Code != "" && o.Code == p.Code }) {
				v.wrong("a second partner %q", p.Code)
			}
		},
		"name": func(v value) {
			hasName = true
			p.Name = v.short(maxPartnerName)
		},
		"phone": func(v value) { p.Phone = v.short(maxPartnerPhone) },
		"hours": func(v value) { p.Hours = v.short(maxPartnerHours) },
		"about": func(v value) { p.About = v.short(maxPartnerAbout) },
		"lines": func(v value) {
			v.list(func(v value) { lines = append(lines, writtenLine{name: v.string(), at: v}) })
			if len(lines) == 0 {
				v.wrong("at least one line is needed, or leave it out for all of them")
			}
		},
	})
	if !hasCode {
		v.wrong("a partner needs a code")
	}
	if !hasName || p.Name == "" && len(v.m.errs) == errs {
		v.wrong("a partner needs a name")
	}
	if p.Phone == "" && p.About == "" && len(v.m.errs) == errs {
		v.wrong("phone or about is needed: how they can be reached")
	}
	return p, lines
}

// partnerCode is what stands beside figures, so that it is held to what campaigns are: never a person. The name is not,
// since organisations are called after people. "" after a mistake.
func (v value) partnerCode() string {
	s := v.match(namePattern, "a code of 1 to 32 of a-z, 0-9 and - (the name is for people)")
	if s == "" {
		return ""
	}
	if _, isLine := reach.ReferredLine(s); isLine {
		v.wrong("what begins with line- stands in the figures for a handover")
		return ""
	}
	if s == reach.None || s == reach.Other {
		v.wrong("%q stands in the figures for what is no partner", s)
		return ""
	}
	if who := campaign.Person(s); who != "" {
		v.wrong("%q reads as %s; a figure beside it points at that person. Name the organisation, such as veilig-thuis", s, who)
		return ""
	}
	return s
}
