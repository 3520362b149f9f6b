package reach

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"haven/chat"
	"haven/routing"
)

// Names of cells that stand for what the configuration does not name.
const (
	Other = "other" // a campaign, channel, topic or partner that is not configured
	None  = "none"  // no campaign, no referral; as a line: none was asked for
)

// Medium says where a channel is met.
type Medium string

const (
	Online  Medium = "online"
	Offline Medium = "offline"
)

// Channel is one way by which a campaign reaches people.
type Channel struct {
	Name   string // [a-z0-9-]{1,32}
	Medium Medium
}

// Campaign is one campaign of the configuration.
type Campaign struct {
	Name         string   // [a-z0-9-]{1,32}
	Lines        []string // it leads to; never empty
	Channels     []Channel
	From, To     Day // first and last day, 0 when not said
	Municipality string
}

// Partner is a service outside of this deployment that counsellors lead to.
type Partner struct {
	Code string // [a-z0-9-]{1,32}, as the wrap-up says it
	Name string // as people say it
}

// Plan is what is counted: the cells, all of them from the configuration, and what they may give away.
type Plan struct {
	Lines     []string // without those marked practice
	Campaigns []Campaign
	Topics    []string
	Partners  []Partner
	Budgets   Budgets
	// Practice are the lines that stay outside of reach.
	Practice []string
}

// Kinds and outcomes of a wrap-up (design, section 4). Nuisance is counted apart and never as a contact.
var (
	Kinds         = []string{"young_person", "parent", "professional", "other"}
	KindNuisance  = "nuisance"
	WrapupResults = []string{"none", "signal", "report"}
)

// Stages of a visit as they stand in a cell, in the order of a funnel.
var Stages = []string{"visited", "refused", "abandoned", "answered"}

// DefaultTopics are those of the wrap-up on the counsellor's page.
var DefaultTopics = []string{"home", "relation", "violence", "exploitation", "sex", "health", "school", "work", "money",
	"living", "drugs", "law", "else"}

// Cell is the name of a cell: its parts in the order of the table, with | between them.
type Cell string

func cell(parts ...string) Cell { return Cell(strings.Join(parts, "|")) }

// Parts are line, campaign, channel, stage of visits; line, kind, outcome, parent ("parent" or "alone") of outcomes;
// line, topic of topics; line, block, stage of unreached; line, referral of referrals.
func (c Cell) Parts() []string { return strings.Split(string(c), "|") }

// Check says everything that is wrong with the plan.
func (p *Plan) Check() error {
	errs := []error{p.Budgets.check(p.Refers())}
	if len(p.Lines) == 0 && len(p.Practice) == 0 {
		errs = append(errs, errors.New("reach: no lines"))
	}
	for _, l := range p.Lines {
		if l == None || l == Other {
			errs = append(errs, fmt.Errorf("reach: no line can be called %s", l))
		}
	}
	for _, c := range p.Campaigns {
		if c.Name == None || c.Name == Other {
			errs = append(errs, fmt.Errorf("reach: no campaign can be called %s", c.Name))
		}
		for _, ch := range c.Channels {
			if ch.Name == None || ch.Name == Other {
				errs = append(errs, fmt.Errorf("reach: campaign %s: no channel can be called %s", c.Name, ch.Name))
			}
		}
	}
	for _, a := range p.Partners {
		if a.Code == None || a.Code == Other {
			errs = append(errs, fmt.Errorf("reach: no partner can be called %s", a.Code))
		}
		if _, isLine := ReferredLine(a.Code); isLine {
			errs = append(errs, fmt.Errorf("reach: partner %s: what begins with %s stands for a line", a.Code, toLine))
		}
	}
	return errors.Join(errs...)
}

// Refers says whether referrals are counted: where there is a partner or another line to lead to. Where there is none,
// nothing is opened for them and nothing is paid.
func (p *Plan) Refers() bool { return len(p.Partners) > 0 || len(p.Lines) > 1 }

// Budget is what one visit pays for the releases of the tables that the plan counts, in the year of a period's name.
func (p *Plan) Budget(of Period) Budget {
	b := p.Budgets.For(of)
	if !p.Refers() {
		return b.without(Referrals)
	}
	return b
}

// Declared is what no visit pays more than under this plan.
func (p *Plan) Declared() Epsilon { return p.Budgets.declared(p.Refers()) }

// toLine begins a referral to another line of this deployment: a handover.
const toLine = "line-"

// ReferredLine is the line that a referral says a chat was handed over to; ok is false for every other referral.
func ReferredLine(referral string) (line string, ok bool) { return strings.CutPrefix(referral, toLine) }

// LineReferral is the referral of a handover to a line.
func LineReferral(line string) string { return toLine + line }

// referral is the one cell in which a wrap-up of line stands: that of the partner that she led to, else, under the line
// from which it was handed over first, that of the line in which it ended, else none.
func (p *Plan) referral(line string, w routing.Wrapup) Cell {
	switch {
	case slices.ContainsFunc(p.Partners, func(a Partner) bool { return a.Code == w.Referral }):
		return cell(line, w.Referral)
	case w.Referral != "":
		return cell(line, Other)
	case w.From != line && slices.Contains(p.Lines, w.From):
		return cell(w.From, LineReferral(line))
	}
	return cell(line, None)
}

// Cells are all cells of a table, in the order of the configuration. A visit that asked for no line stands under None,
// with the stage visited; the other stages stand under the line.
func (p *Plan) Cells(t Table) []Cell {
	var out []Cell
	switch t {
	case Visits:
		each := func(campaign, channel string) {
			out = append(out, cell(None, campaign, channel, Stages[chat.Visited]))
			for _, l := range p.Lines {
				for _, s := range Stages[chat.Refused:] {
					out = append(out, cell(l, campaign, channel, s))
				}
			}
		}
		each(None, None)
		each(Other, Other)
		for _, c := range p.Campaigns {
			for _, ch := range c.Channels {
				each(c.Name, ch.Name)
			}
			each(c.Name, Other)
		}
	case Outcomes:
		for _, l := range p.Lines {
			for _, k := range Kinds {
				for _, o := range WrapupResults {
					out = append(out, cell(l, k, o, "alone"), cell(l, k, o, "parent"))
				}
			}
			out = append(out, cell(l, KindNuisance, "none", "alone"))
		}
	case Topics:
		for _, l := range p.Lines {
			for _, topic := range p.Topics {
				out = append(out, cell(l, topic))
			}
			out = append(out, cell(l, Other))
		}
	case Unreached:
		for _, l := range p.Lines {
			for b := range Blocks {
				out = append(out, cell(l, strconv.Itoa(b), Stages[chat.Refused]), cell(l, strconv.Itoa(b), Stages[chat.Abandoned]))
			}
		}
	case Referrals:
		if !p.Refers() {
			break
		}
		for _, l := range p.Lines {
			out = append(out, cell(l, None))
			for _, a := range p.Partners {
				out = append(out, cell(l, a.Code))
			}
			for _, to := range p.Lines {
				if to != l {
					out = append(out, cell(l, LineReferral(to)))
				}
			}
			out = append(out, cell(l, Other))
		}
	}
	return out
}

// campaign maps what a link said to names of the configuration.
func (p *Plan) campaign(campaign, channel string) (string, string) {
	if campaign == "" {
		return None, None
	}
	for _, c := range p.Campaigns {
		if c.Name != campaign {
			continue
		}
		if slices.ContainsFunc(c.Channels, func(ch Channel) bool { return ch.Name == channel }) {
			return campaign, channel
		}
		return campaign, Other
	}
	return Other, Other
}

// Medium is that of a campaign's channel, "" when it is not configured.
func (p *Plan) Medium(campaign, channel string) Medium {
	for _, c := range p.Campaigns {
		for _, ch := range c.Channels {
			if c.Name == campaign && ch.Name == channel {
				return ch.Medium
			}
		}
	}
	return ""
}
