package fault

import (
	"fmt"
	"time"
)

// slack is by how much two programs may see one thing at other times.
const slack = time.Second

func (c *checker) ofMessages(e *Entry) {
	p := c.page(e.Who)
	m := c.messages[e.ID]
	if m == nil {
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
		c.fence(e)
		if e.Seq <= p.seq[e.Chat] {
			c.wrong("again", e, "message %d came on one socket after %d", e.Seq, p.seq[e.Chat])
		}
		p.seq[e.Chat] = e.Seq
	case Shown:
		m.shown++
		in := fmt.Sprint(p.life, p.columns[e.Chat], e.Chat)
		if p.shown[in+e.ID] {
			c.wrong("twice", e, "message %d of %s was shown twice", m.said.N, m.said.Who)
		}
		p.shown[in+e.ID] = true
		by := in + m.said.Who
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
	if had, ok := m.seqs[e.Chat]; ok && had != e.Seq {
		c.wrong("doubled", e, "message %d of %s is kept as %d and as %d", m.said.N, m.said.Who, had, e.Seq)
	}
	m.seqs[e.Chat] = e.Seq
	if had, ok := k.seqs[e.Seq]; ok && had != e.ID {
		c.wrong("doubled", e, "two messages are kept as %d", e.Seq)
	}
	k.seqs[e.Seq] = e.ID
}

// fence holds that an epoch takes nothing once there is a newer one.
func (c *checker) fence(e *Entry) {
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
}

// end looks for what was acked and never shown, and for who was never answered.
func (c *checker) end() {
	for _, m := range c.messages {
		if m.acked == 0 || m.shown > 0 || c.excused(m) {
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
		case Joined, Leaves, Ended, Missing: // whether that was right is a rule of its own
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
	youth := m.said.From == 'y'
	if !youth && between(c.emptied, m.acked, 1<<62) {
		return true // the chat is another one for her
	}
	if youth {
		for _, j := range k.joins {
			if j.E > m.e && j.At > m.acked-slack {
				return true // it was sealed for a counsellor who was lost
			}
		}
	}
	for ; k != nil; k = k.then { // what nobody read goes along to the chat that was begun instead
		if c.ended(m, k) {
			return true
		}
	}
	return false
}

// ended says whether a message is not shown because of how that chat ended.
func (c *checker) ended(m *message, k *chat) bool {
	youth := m.said.From == 'y'
	for _, e := range k.ends {
		switch {
		case e.What == Leaves && (e.Abrupt || !youth):
			return true // they left, whatever was under way
		case e.What == Leaves && between(c.emptied, max(m.acked, e.At-c.Recovery-2*slack-c.Lag), e.At):
			return true // they left before their page was told that the store forgot
		case e.What == Ends && e.Reason == "stopped":
			return true
		case e.What == Ends && youth && (m.acked > e.At-slack || c.broken(e.At-2*slack, e.At)):
			return true // she ended it before that came to her
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
