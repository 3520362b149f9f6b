package fault

import (
	"slices"
	"time"
)

func (c *checker) ofChats(e *Entry) {
	if e.Chat == "" && e.What != Desk {
		return
	}
	switch e.What {
	case Desk:
		c.capacity(e)
	case Waits:
		k, p := c.chat(e), c.page(e.Who)
		c.isBack(e)
		c.isIn(e)
		k.talks = false
		if k.youth == "" && p.chat != nil && !p.chat.toldOver(e.Who) {
			p.chat.then = k
		}
		k.youth, p.chat = e.Who, k
	case Joined:
		k := c.chat(e)
		k.youth = e.Who
		k.joins = append(k.joins, *e)
		c.isIn(e)
		k.talks = true
		k.told(e)
		c.owner(e, e.Name)
		if had, ok := k.keys[e.E]; ok && had != e.PK {
			c.wrong("owner", e, "epoch %d has another key", e.E)
		}
		k.keys[e.E] = e.PK
		c.epoch(e)
	case Assigned:
		delete(c.page(e.Who).owed, e.Chat)
		c.owner(e, e.Who)
		c.cameBack(e)
		c.epoch(e)
	case Moved:
		c.chat(e).moved = true
		c.agreed(e)
		c.page(e.Who).columns[e.Chat]++ // it is gone from her page; what she is shown when it comes back is shown anew
	case Leaves, Ends:
		k := c.chat(e)
		k.ends = append(k.ends, *e)
	case Ended, Missing:
		k := c.chat(e)
		if p := c.page(e.Who); e.What == Ended && e.Who != k.youth {
			if _, known := p.owed[e.Chat]; !known { // told again, it holds its place no longer
				p.owed[e.Chat] = c.over(e, k)
			}
		}
		if !c.rightly(e, k) {
			c.wrong("ended", e, "the chat is over as %q and nothing says why", e.Reason)
		}
		k.ends = append(k.ends, *e)
	}
}

// over is the earliest at which a chat may have been over in the store, of which a counsellor may hear late: when somebody
// said so, or the young person's line went down.
func (c *checker) over(e *Entry, k *chat) time.Duration {
	at := e.At
	for _, w := range k.ends {
		at = min(at, w.At)
	}
	if e.Reason == "lost" && k.youth != "" {
		at = min(at, c.page(k.youth).downAt)
	}
	return at
}

// toldOver says whether somebody's page was told that a chat is over.
func (k *chat) toldOver(who string) bool {
	return slices.ContainsFunc(k.ends, func(e Entry) bool { return e.Who == who && (e.What == Ended || e.What == Missing) })
}

// owner holds that an epoch has one.
func (c *checker) owner(e *Entry, name string) {
	k := c.chat(e)
	if had, ok := k.owners[e.E]; ok && had != name {
		c.wrong("owner", e, "epoch %d is %s's and %s's", e.E, had, name)
	}
	if k.owners[e.E] = name; k.began[e.E] == 0 {
		k.began[e.E] = e.At
	}
}

// cameBack notes that a chat is hers again which was somebody else's meanwhile, whether she was told that it moved or not.
func (c *checker) cameBack(e *Entry) {
	p := c.page(e.Who)
	had, known := p.e[e.Chat]
	for epoch, name := range c.chat(e).owners {
		if known && had < epoch && epoch < e.E && name != e.Who {
			p.columns[e.Chat]++
			return
		}
	}
}

// epoch holds that who was told of an epoch is not told of an older one as the newest.
func (c *checker) epoch(e *Entry) {
	p := c.page(e.Who)
	if had, ok := p.e[e.Chat]; ok && e.E < had && !between(c.emptied, 0, e.At) {
		c.wrong("owner", e, "epoch %d after %d", e.E, had)
	}
	p.e[e.Chat] = e.E
}

// rightly says whether something that was seen explains the end of a chat.
func (c *checker) rightly(e *Entry, k *chat) bool {
	if between(c.jumps, k.born, e.At) || e.What == Ended && between(c.loses, k.born, e.At) {
		return true // a page to which an emptied store is named joins anew, and misses nothing; a failover may undo an end
	}
	if e.Reason == "left" && k.youth == "" && between(c.doubts, 0, e.At) {
		return true // a place that was given while the store was away, of which nobody could be told
	}
	for _, w := range k.ends {
		switch {
		case w.What == Leaves && (e.Reason == "left" || e.What == Missing):
			return true
		case w.What == Ends && (e.Reason == w.Reason || e.What == Missing):
			return true
		case w.What == Ended && e.What == Missing:
			return true
		}
	}
	if e.Reason == "lost" || e.Reason == "abandoned" || e.What == Missing {
		return k.youth == "" || c.mayBeLost(k, k.born, e.At)
	}
	return false
}

// capacity holds that a desk has no more than its counsellor wants. Wrap-ups hold a place while they are young.
func (c *checker) capacity(e *Entry) {
	if e.Capacity == 0 {
		return
	}
	p, n := c.page(e.Who), len(e.Chats)
	for _, chat := range e.Wrapups {
		at, known := p.owed[chat]
		if known && e.At-at < c.Wrapup-slack && !between(c.jumps, at, e.At) && !slices.Contains(e.Chats, chat) {
			n++
		}
	}
	if n > e.Capacity {
		c.wrong("capacity", e, "%d places of %d are taken", n, e.Capacity)
	}
}
