package fault

import (
	"slices"
	"time"
)

// turns holds that nobody is offered who came later than somebody else in line whom she answers as well, in whichever line of
// hers, and whichever they asked for first. Who is in danger, or was in a chat before, goes ahead, and so does who waits for
// her alone.
func (c *checker) turns() {
	if len(c.entries) == 0 {
		return
	}
	inLine := c.waiting(c.entries[len(c.entries)-1].At)
	asked, wants := map[string]time.Duration{}, map[string]time.Duration{} // when each was in line at the latest, and asked at the soonest
	latest := map[string]time.Duration{}
	before, rang := map[string]bool{}, map[string]bool{}
	declined := map[[2]string][]time.Duration{}
	for i := range c.entries {
		switch e := &c.entries[i]; e.What {
		case Wants:
			latest[e.Who] = e.At
		case Waits:
			if _, known := asked[e.Chat]; !known {
				asked[e.Chat], wants[e.Chat] = e.At, latest[e.Who]
			}
		case Joined:
			before[e.Chat] = true
		case Withdrawn, Declines:
			pair := [2]string{e.Chat, e.Who}
			declined[pair] = append(declined[pair], e.At)
		case Offered:
			again := rang[e.Chat]
			rang[e.Chat] = true
			since, known := wants[e.Chat]
			if again || e.Urgent || before[e.Chat] || !known || c.preferred(e.Chat, e.At) || c.broken(e.At-c.Recovery-c.Lag, e.At) {
				continue
			}
			for other, places := range inLine {
				at, known := asked[other]
				if !known || other == e.Chat || at >= since || between(declined[[2]string{other, e.Who}], 0, e.At) {
					continue
				}
				if slices.ContainsFunc(places, func(p place) bool {
					return p.from < e.At-slack/2 && e.At < p.to && c.before(p.line, e) && !c.isFor(other, e.Who, p.span)
				}) {
					c.wrong("turn", e, "it was offered before chat %s, which was in line %v longer", other, (since - at).Round(time.Millisecond))
				}
			}
		}
	}
}
