package fault

import (
	"fmt"
	"slices"
	"time"
)

// slack is by how much two programs may see one thing at other times.
const slack = time.Second

func (c *checker) ofMessages(e *Entry) {
	p := c.page(e.Who)
	m := c.messages[e.ID]
	if m == nil {
		if e.What != Said && c.chats[e.ID] != nil {
			return // that one chat goes on with another, which a page says under its id
		}
		if e.What != Said {
			c.wrong("strange", e, "a message that nobody wrote: %s", e.ID)
			return
		}
		c.messages[e.ID] = &message{said: *e, seqs: map[string]int64{}}
		return
	}
	switch e.What {
	case Acked:
		if m.said.Who != e.Who {
			c.wrong("strange", e, "an ack for what %s wrote", m.said.Who)
		}
		if m.acked == 0 || m.chat != e.Chat || m.seq != e.Seq { // else it was kept before, whenever the page asked again
			m.acked, m.chat, m.seq, m.e = e.At, e.Chat, e.Seq, p.e[e.Chat]
		}
		c.place(e, m)
	case Heard:
		if e.Seq == 0 || c.split() {
			return
		}
		c.place(e, m)
		c.fence(e, m)
		if e.Seq <= p.seq[e.Chat] {
			c.wrong("again", e, "message %d came on one socket after %d", e.Seq, p.seq[e.Chat])
		}
		p.seq[e.Chat] = e.Seq
	case Shown:
		m.shown++
		if k := c.chat(e); k.heard[e.Who] == 0 && e.From == 'y' {
			k.heard[e.Who] = e.At
		}
		in := fmt.Sprint(p.life, p.columns[e.Chat], e.Chat)
		once := in + e.ID
		if e.From == 'c' {
			once = fmt.Sprint(p.life, e.ID) // their page is one, whatever the store makes of the chat
		}
		if p.shown[once] {
			c.wrong("twice", e, "message %d of %s was shown twice", m.said.N, m.said.Who)
		}
		p.shown[once] = true
		by := in + m.said.Who + m.said.Chat // what she said in the chat before may come behind what she says in this one
		if m.said.N <= p.last[by] {
			c.wrong("order", e, "message %d of %s was shown after %d", m.said.N, m.said.Who, p.last[by])
		}
		p.last[by] = m.said.N
		if last, mine := p.e[e.Chat]; !e.OK && mine && (e.From == 'c' || e.E >= last) {
			c.wrong("sealed", e, "message %d of %s did not open", m.said.N, m.said.Who)
		}
	}
}

// knows says whether a page was told of this life of the store: what it still gets of the last one counts no more.
func (c *checker) knows(e *Entry) bool { return c.page(e.Who).bound[e.Chat] == c.lives }

// place holds that an id has one seq in a chat, and a seq one id, in one life of the store.
func (c *checker) place(e *Entry, m *message) {
	if !c.knows(e) {
		return
	}
	k := c.chat(e)
	if had, ok := m.seqs[e.Chat]; ok && had != e.Seq && !(had < e.Seq && c.mayBeLost(k, m.said.At, e.At)) {
		c.wrong("doubled", e, "message %d of %s is kept as %d and as %d", m.said.N, m.said.Who, had, e.Seq)
	}
	m.seqs[e.Chat] = e.Seq
	if had, ok := k.seqs[e.Seq]; ok && had != e.ID {
		c.wrong("doubled", e, "two messages are kept as %d", e.Seq)
	}
	k.seqs[e.Seq] = e.ID
}

// mayBeLost says whether a chat may have been lost between two moments: then it begins with an empty log where its young
// person comes back to it, and what their counsellor has not heard to be over she says again in the next life of the store.
func (c *checker) mayBeLost(k *chat, from, to time.Duration) bool {
	long := min(c.Held, c.Grace) - slack
	return k.youth != "" && (c.wasDown(k.youth, from, to, long) || k.wasAway(to, long))
}

// fence holds that an epoch takes nothing once there is a newer one.
func (c *checker) fence(e *Entry, m *message) {
	if !c.knows(e) {
		return
	}
	k := c.chat(e)
	k.epochs[e.Seq] = e.E
	for seq, epoch := range k.epochs {
		if seq < e.Seq && epoch > e.E || seq > e.Seq && epoch < e.E {
			c.wrong("fence", e, "message %d of epoch %d stands beside %d of epoch %d", e.Seq, e.E, seq, epoch)
			break
		}
	}
	for epoch, at := range k.began {
		if epoch > e.E && at < m.said.At && !between(c.loses, at, e.At) {
			c.wrong("fence", e, "message %d is of epoch %d, and was said after %d had begun", e.Seq, e.E, epoch)
			break
		}
	}
}

// end looks for what was acked and never shown, and for who was never answered.
func (c *checker) end() {
	for _, m := range c.messages {
		if m.acked == 0 || m.shown > 0 || c.excused(m) && !c.passedOver(m) {
			continue
		}
		c.found = append(c.found, Violation{"lost", m.acked, m.chat,
			fmt.Sprintf("%s: message %d (%s) was acked and never shown", m.said.Who, m.said.N, m.said.ID)})
	}
	wanted := map[string]*Entry{}
	for i := range c.entries {
		switch e := &c.entries[i]; e.What {
		case Wants:
			wanted[e.Who] = e
		case Joined, Leaves, Hides, Ended, Missing: // whether that was right is a rule of its own
			delete(wanted, e.Who)
		}
	}
	for who, e := range wanted {
		c.found = append(c.found, Violation{"starved", e.At, e.Chat, who + ": asked for a chat and was never answered"})
	}
}

// excused says whether nobody promised that a message which was acked is shown.
func (c *checker) excused(m *message) bool {
	k := c.chats[m.chat]
	if m.said.From == 'y' {
		for _, j := range k.joins {
			if j.E > m.e && j.At > m.acked-slack {
				return between(c.emptied, m.acked-slack, j.At) ||
					!c.quiet(m.acked, min(j.At, k.over(), k.askedBack(m.acked)), k.owners[m.e]) && // it was sealed for a counsellor who was lost,
						!c.hasAgain(&j, m, k) // or who has the chat again
			}
		}
	}
	if c.gone(m, k) {
		return true
	}
	for who := m.said.Who; k != nil; k = k.then { // what nobody read goes along to the chat that was begun instead
		if c.ended(m, k) {
			return true
		}
		if m.said.From == 'c' && between(c.emptied, m.acked, 1<<62) && k.then != nil && !(k.of(who) && k.then.of(who)) {
			return true // somebody else took it: what she said stays with her
		}
	}
	return false
}

// hasAgain says whether the counsellor whom a message was for was the first to have the chat after its page came back by a
// code, and there was time to show it to her.
func (c *checker) hasAgain(j *Entry, m *message, k *chat) bool {
	return k.askedBack(m.acked) < j.At && j.Name == k.owners[m.e] && c.quiet(j.At, min(k.over(), k.askedBack(j.At)), j.Name)
}

// passedOver says whether something was shown that stands behind a message: not without that one, whatever happened.
func (c *checker) passedOver(m *message) bool {
	k, who := c.chats[m.chat], m.said.Who
	for _, n := range c.messages {
		if n.said.Who != who || n.said.N < m.said.N || n.shown == 0 {
			continue
		}
		if n.chat == m.chat && (m.said.From == 'c' && !k.parted(m.seq, n.seq) || n.e == m.e) {
			return true
		}
		for b := k; m.said.From == 'c' && b.then != nil && b.of(who) && b.then.of(who) && !b.endedBy(who); b = b.then {
			// What the young person said there first is behind that the chat goes on with this one.
			if at := b.then.heard[who]; n.said.Chat == b.then.id && at > 0 && n.said.At > at {
				return true
			}
		}
	}
	return false
}

// endedBy says whether somebody ended a chat: what she said there goes along nowhere then.
func (k *chat) endedBy(who string) bool {
	return slices.ContainsFunc(k.ends, func(e Entry) bool { return e.What == Ends && e.Who == who })
}

// of says whether a chat was of no other counsellor's, and of hers in one epoch, as the young person heard; or of nobody's.
func (k *chat) of(who string) bool {
	return !k.moved && !slices.ContainsFunc(k.joins, func(j Entry) bool { return j.Name != who || j.E != k.joins[0].E })
}

// begun is when its young person first heard that somebody is there; its birth where nobody was.
func (k *chat) begun() time.Duration {
	if len(k.joins) > 0 {
		return k.joins[0].At
	}
	return k.born
}

// over is the earliest at which somebody took a chat for over.
func (k *chat) over() time.Duration {
	at := time.Duration(1 << 62)
	for _, e := range k.ends {
		at = min(at, e.At)
	}
	return at
}

// quiet says whether there was time to show what was kept: a stretch in which nothing was broken and nobody's line down, nor
// shortly before.
func (c *checker) quiet(from, to time.Duration, reader string) bool {
	p, faults := c.page(reader), c.faults
	c.faults = append(slices.Clone(faults), p.downs...)
	if p.down {
		c.faults = append(c.faults, span{p.downAt, 1 << 62})
	}
	_, long := c.calm(span{from, to})
	c.faults = faults
	return long > 2*slack+c.Lag
}

// ended says whether a message is not shown because of how that chat ended.
func (c *checker) ended(m *message, k *chat) bool {
	youth := m.said.From == 'y'
	for _, e := range k.ends {
		switch {
		case e.What == Leaves && !youth:
			return !c.quiet(max(m.acked, k.begun()), e.At, k.youth) // they left before it came to them
		case e.What == Leaves && e.Abrupt:
			return true // they left, whatever was under way
		case e.What == Leaves && between(c.emptied, max(m.acked, e.At-c.Recovery-2*slack-c.Lag), e.At):
			return true // they left before their page was told that the store forgot
		case e.What == Ends && e.Reason == "stopped":
			return true
		case e.What == Ends && youth && (m.acked > e.At-slack || c.broken(e.At-2*slack, e.At)):
			return true // she ended it before that came to her
		case e.What == Ends && !youth && !c.quiet(max(m.acked, k.begun()), e.At, k.youth) && m.chat != k.id:
			return true // she ended the chat that was begun instead before it went along
		case e.What == Ends && !youth && c.wasDown(k.youth, e.At-slack, 1<<62, c.Linger):
			return true // they did not come back in time to read it
		case e.What == Ended && (e.Reason == "lost" || e.Reason == "abandoned"):
			return true // whether that was right is a rule of its own
		case e.What == Missing:
			return true // so is that
		}
	}
	return false
}
