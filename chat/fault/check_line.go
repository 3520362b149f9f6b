package fault

import (
	"slices"
	"time"
)

// prefer is a stretch in which a place may wait for one counsellor, "" for one that is not known.
type prefer struct {
	span
	name string
}

// ofLines is what has to do with who answers which line, and with going from one to another.
func (c *checker) ofLines(e *Entry) {
	switch e.What {
	case Serves:
		c.serves[e.Who] = e.Lines
	case Offered:
		c.isIn(e)
		if !c.eligible(e.Who, e.Line) {
			c.wrong("line", e, "it rings on line %s, which she does not answer", e.Line)
		}
		if e.By != "" && !c.saidYes(e) && e.Line != "" {
			c.wrong("consent", e, "%s hands it over to line %s, and nobody said yes to that", e.By, e.Line)
		}
	case Asked:
		k, q := c.chat(e), *e
		q.OK = k.talks
		k.asked[e.Offer] = q
	case Answers:
		if _, said := c.chat(e).yes[e.Offer]; e.OK && !said { // a page that is asked once more says it again
			c.chat(e).yes[e.Offer] = *e
		}
	case Moves:
		if e.Name != "" {
			c.prefers[e.Chat] = append(c.prefers[e.Chat], prefer{span{e.At, e.At + c.Prefer + 2*slack}, e.Name})
		}
	case Pauses:
		c.pauses(e)
	case Refused:
		c.refused(e)
	}
}

// eligible says whether a counsellor answers a line, as far as anybody said.
func (c *checker) eligible(who, line string) bool {
	lines, known := c.serves[who]
	return !known || slices.Contains(lines, line)
}

// before says whether who was offered something answers that line as well. Where the clock jumped, somebody in danger may have
// gone ahead past the target of a line, and whoever took their turn goes before the other lines.
func (c *checker) before(line string, offered *Entry) bool {
	return line == offered.Line || c.eligible(offered.Who, line) && !between(c.jumps, 0, offered.At)
}

// isFor says whether a chat may wait for somebody else alone in a part of a span.
func (c *checker) isFor(chat, who string, s span) bool {
	return slices.ContainsFunc(c.prefers[chat], func(p prefer) bool {
		return p.name != who && p.from <= s.to && s.from <= p.to
	})
}

// preferred says whether a chat may be offered out of turn, to her whom it waits for.
func (c *checker) preferred(chat string, at time.Duration) bool {
	return slices.ContainsFunc(c.prefers[chat], func(p prefer) bool { return p.from <= at && at <= p.to })
}

// isIn notes in which line a chat was seen; went looks at that when it is known which was asked for.
func (c *checker) isIn(e *Entry) {
	k := c.chat(e)
	if e.What == Waits && k.line == "" {
		k.line = e.Line
	}
	if _, known := k.seen[e.Line]; !known && e.By == "" {
		k.seen[e.Line] = *e
	}
}

// went holds that a chat is in no other line than the one that was asked for, or one that its young person said yes to before.
func (c *checker) went() {
	for _, k := range c.chats {
		for line, e := range k.seen {
			if line == "" || k.line == "" || line == k.line {
				continue
			}
			if !slices.ContainsFunc(k.agreedTo(), func(q Entry) bool { return q.Line == line && q.At <= e.At }) {
				c.wrong("consent", &e, "it is in line %s and not in %s, and nobody said yes to that", line, k.line)
			}
		}
	}
}

// agreedTo are the questions that were answered yes, each at the time of that.
func (k *chat) agreedTo() (all []Entry) {
	for offer, said := range k.yes {
		q := k.asked[offer]
		q.At = said.At
		all = append(all, q)
	}
	return all
}

// saidYes says whether a handover rings where the young person said yes to.
func (c *checker) saidYes(e *Entry) bool {
	return slices.ContainsFunc(c.chat(e).agreedTo(), func(q Entry) bool {
		return q.OK && q.Line == e.Line && (q.Name == "" || q.Name == e.Who)
	})
}

// agreed holds that a chat leaves a counsellor for another only where its young person said yes to that very question.
func (c *checker) agreed(e *Entry) {
	if _, ok := c.chat(e).yes[e.Offer]; e.Offer != "" && !ok {
		c.wrong("consent", e, "it was handed over, and nobody said yes to that")
	}
}

// pauses notes for how long a lead wants nobody let into a line.
func (c *checker) pauses(e *Entry) {
	all := c.paused[e.Line]
	if e.OK {
		if len(all) > 0 {
			all[len(all)-1].to = e.At // said until it is so
		}
		return
	}
	c.paused[e.Line] = append(all, span{e.At, 1 << 62})
}

// refused holds that a line is closed to newcomers only where a lead wants it so, or did so a moment ago.
func (c *checker) refused(e *Entry) {
	if e.Reason == "unavailable" {
		c.doubts = append(c.doubts, e.At)
	}
	if e.Reason != "closed" {
		return
	}
	for _, p := range c.paused[e.Line] {
		if e.At <= p.to {
			return
		}
		if _, long := c.calm(span{p.to, e.At}); long <= c.Wait+c.Lag {
			return
		}
	}
	c.wrong("refused", e, "line %s is open", e.Line)
}
