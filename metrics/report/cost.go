package report

import (
	"math"
	"slices"

	"haven/metrics/reach"
)

// paid is one month of a channel.
type paid struct {
	campaign, channel string
	month             reach.Period
}

// coverage says for which months of which channels something was entered, of all those for which it could have been: the
// months of the period in which the campaign ran. An entry that says what was reached and no cost says that it cost
// nothing; where there is no entry, nobody knows.
type coverage struct {
	paid    []paid
	missing bool
}

// covered is the coverage of the channels that fit. What was entered for a campaign as a whole is for each of its
// channels, and so is what was entered for each of them for the visits whose channel nobody knows.
func (b *build) covered(fits func(campaign, channel string) bool) (out coverage) {
	has := func(campaign, channel string, m reach.Period) bool {
		return slices.ContainsFunc(b.d.Entered, func(e reach.Entered) bool {
			return e.Campaign == campaign && e.Month == m && (e.Channel == channel || e.Channel == reach.Other)
		})
	}
	for _, name := range b.shown() {
		i := slices.IndexFunc(b.d.Plan.Campaigns, func(c reach.Campaign) bool { return c.Name == name })
		channels := b.channels(name)
		named := slices.DeleteFunc(slices.Clone(channels), func(ch string) bool { return ch == reach.Other })
		for _, ch := range channels {
			if !fits(name, ch) {
				continue
			}
			for _, m := range b.months() {
				each := ch == reach.Other && len(named) > 0 && !slices.ContainsFunc(named, func(ch string) bool { return !has(name, ch, m) })
				switch {
				case has(name, ch, m) || each:
					out.paid = append(out.paid, paid{name, ch, m})
				case i >= 0 && b.d.Plan.Campaigns[i].From > m.To:
				case i >= 0 && b.d.Plan.Campaigns[i].To != 0 && b.d.Plan.Campaigns[i].To < m.From:
				default:
					out.missing = true
				}
			}
		}
	}
	return out
}

// months are those of the period.
func (b *build) months() []reach.Period {
	if b.p.Span == reach.Month {
		return []reach.Period{b.p}
	}
	return b.p.Parts(reach.Month)
}

// chatsPaid are the answered chats that the cost of some channels may be divided by: all of the period's, of where costs
// were entered for every month and channel, else those of the months and channels for which they were, which are sums
// over months and have the wider interval of those.
func (b *build) chatsPaid(of coverage, all Cell) Cell {
	if !of.missing || b.p.Span == reach.Week || len(of.paid) == 0 {
		return all
	}
	var sum reach.Figure
	var months []reach.Period
	for _, m := range b.months() {
		var channels []paid
		for _, x := range of.paid {
			if x.month == m {
				channels = append(channels, x)
			}
		}
		if len(channels) == 0 {
			continue
		}
		months = append(months, m)
		f := b.d.Releases.Sum(reach.Visits, m, func(parts []string) bool {
			return len(parts) == 4 && parts[3] == answered && slices.ContainsFunc(channels, func(x paid) bool { return x.campaign == parts[1] && x.channel == parts[2] })
		})
		if !f.Known {
			return b.unknown("niet vastgesteld", "not sealed", b.f("Over %s is iets ingevuld, en de chats van die maand zijn niet vastgesteld.",
				"Something was entered for %s, and the chats of that month were not sealed.", b.period(m)))
		}
		sum = sum.Add(f)
	}
	c := released(sum)
	c.Note = b.f("Niet voor elke maand en elk kanaal is iets ingevuld. Gedeeld door de chats van %s, van de kanalen waarvoor dat wel zo is.",
		"Not every month and channel has an entry. Divided by the chats of %s, of the channels that have one.", b.periods(months))
	return c
}

// perChat is the cost of one answered chat, with the interval that follows from that of the chats.
func (b *build) perChat(cents int64, chats Cell) Cell {
	switch cost := b.byHand(float64(cents), Euro); {
	case cost.Kind == Unknown:
		return cost
	case chats.Kind == Fewer:
		return b.unknown("niet te zeggen", "cannot be told",
			b.with(chats.Note, "Er zijn te weinig beantwoorde chats om de kosten over te verdelen.", "There are too few answered chats to divide the cost by."))
	case chats.Kind == Unknown && chats.Note != "":
		return b.unknown("niet te zeggen", "cannot be told", chats.Note)
	case !chats.numeric() || chats.Number <= 0:
		return b.unknown("niet te zeggen", "cannot be told",
			b.s("Er zijn geen beantwoorde chats om de kosten over te verdelen.", "There are no answered chats to divide the cost by."))
	}
	euros := float64(cents) / 100
	if chats.Kind == Number {
		return Cell{Kind: Number, Number: euros / chats.Number, Unit: Euro, Entered: true}
	}
	c := Cell{Kind: Noisy, Number: euros / chats.Number, Low: euros / chats.High, High: math.Inf(1), Unit: Euro, Note: chats.Note}
	if chats.Low > 0 {
		c.High = euros / chats.Low
	}
	return c
}

// with is a sentence behind another one, which may be none.
func (b *build) with(before, nl, en string) string {
	if before == "" {
		return b.s(nl, en)
	}
	return before + " " + b.s(nl, en)
}
