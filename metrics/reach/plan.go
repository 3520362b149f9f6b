package reach

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"haven/chat"
)

// Names of cells that stand for what the configuration does not name.
const (
	Other = "other" // a campaign, channel or topic that is not configured
	None  = "none"  // no campaign; as a line: none was asked for
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

// Plan is what is counted: the cells, all of them from the configuration, and what they may give away.
type Plan struct {
	Lines     []string // without those marked practice
	Campaigns []Campaign
	Topics    []string
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
// line, topic of topics; line, block, stage of unreached.
func (c Cell) Parts() []string { return strings.Split(string(c), "|") }

// Check says everything that is wrong with the plan.
func (p *Plan) Check() error {
	errs := []error{p.Budgets.check()}
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
	return errors.Join(errs...)
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
