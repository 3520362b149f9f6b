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
		if k.youth == "" && p.chat != nil && !p.chat.toldOver(e.Who) {
			p.chat.then = k
		}
		k.youth, p.chat = e.Who, k
	case Joined:
		k := c.chat(e)
		k.youth = e.Who
		k.joins = append(k.joins, *e)
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
	k.owners[e.E] = name
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
	if had, ok := p.e[e.Chat]; ok && e.E < had && !between(c.loses, 0, e.At) {
		c.wrong("owner", e, "epoch %d after %d", e.E, had)
	}
	p.e[e.Chat] = e.E
}

// rightly says whether something that was seen explains the end of a chat.
func (c *checker) rightly(e *Entry, k *chat) bool {
	if between(c.jumps, k.born, e.At) || e.What == Ended && between(c.loses, k.born, e.At) {
		return true // a page to which an emptied store is named joins anew, and misses nothing
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
		return k.youth == "" || c.wasDown(k.youth, k.born, e.At, min(c.Held, c.Grace)-slack)
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

// waits holds that nobody waits while somebody is free and nothing is broken.
func (c *checker) waits() {
	if len(c.entries) == 0 {
		return
	}
	over := c.entries[len(c.entries)-1].At
	inLine, free := c.waiting(over), c.free(over)
	passed := map[[2]string][]time.Duration{}
	for i := range c.entries {
		if e := &c.entries[i]; e.What == Declines || e.What == Withdrawn {
			pair := [2]string{e.Chat, e.Who}
			passed[pair] = append(passed[pair], e.At)
		}
	}
	for chat, spans := range inLine {
		for who, frees := range free {
			for _, w := range spans {
				for _, f := range frees {
					both := span{max(w.from, f.from), min(w.to, f.to)}
					if both.to-both.from <= c.Wait+c.Lag || between(passed[[2]string{chat, who}], both.from-c.Passed-2*slack, both.to) {
						continue
					}
					if at, long := c.calm(both); long > c.Wait+c.Lag {
						c.found = append(c.found, Violation{"waits", at, chat, who + " was free for " + long.Round(time.Millisecond).String() + " meanwhile"})
					}
				}
			}
		}
	}
}

// calm is the longest part of a span in which nothing was broken, nor shortly before.
func (c *checker) calm(s span) (at, long time.Duration) {
	from := s.from
	faults := slices.Clone(c.faults)
	slices.SortFunc(faults, func(a, b span) int { return int(a.from - b.from) })
	for _, f := range append(faults, span{s.to, s.to}) {
		if to := min(f.from, s.to); to-from > long {
			at, long = from, to-from
		}
		from = max(from, f.to+c.Recovery)
	}
	return at, long
}

// waiting is when each chat stood in line with its line up and rang nowhere.
func (c *checker) waiting(over time.Duration) map[string][]span {
	type state struct {
		since         time.Duration
		waits, up, on bool
		rings         int
	}
	out, all, of := map[string][]span{}, map[string]*state{}, map[string]string{}
	get := func(chat string) *state {
		if all[chat] == nil {
			all[chat] = &state{}
		}
		return all[chat]
	}
	ring := map[[2]string]bool{}
	set := func(chat string, at time.Duration) {
		s := all[chat]
		is := s.waits && s.up && s.rings == 0
		if s.on && !is && at > s.since {
			out[chat] = append(out[chat], span{s.since, at})
		}
		if is && !s.on {
			s.since = at
		}
		s.on = is
	}
	for i := range c.entries {
		e := &c.entries[i]
		switch e.What {
		case Waits:
			if old := of[e.Who]; old != "" && old != e.Chat {
				get(old).waits = false
				set(old, e.At)
			}
			of[e.Who] = e.Chat
			s := get(e.Chat)
			s.waits, s.up = true, true
		case Joined, Ended, Missing:
			get(e.Chat).waits = false
		case Down:
			if chat := of[e.Who]; chat != "" {
				get(chat).up = false
				set(chat, e.At)
			}
			continue
		case Offered:
			if pair := [2]string{e.Chat, e.Offer}; !ring[pair] {
				ring[pair] = true
				get(e.Chat).rings++
			}
		case Withdrawn, Declines:
			if pair := [2]string{e.Chat, e.Offer}; ring[pair] {
				ring[pair] = false
				get(e.Chat).rings--
			}
		case Assigned:
			get(e.Chat).waits = false
		default:
			continue
		}
		if e.Chat != "" {
			get(e.Chat)
			set(e.Chat, e.At)
		}
	}
	for chat := range all {
		all[chat].waits = false
		set(chat, over)
	}
	return out
}

// free is when each counsellor had room and nothing rang at her.
func (c *checker) free(over time.Duration) map[string][]span {
	type state struct {
		since       time.Duration
		ready, room bool
		on          bool
		rings       map[string]bool
	}
	out, all := map[string][]span{}, map[string]*state{}
	set := func(who string, at time.Duration) {
		s := all[who]
		is := s.ready && s.room && len(s.rings) == 0
		if s.on && !is && at > s.since {
			out[who] = append(out[who], span{s.since, at})
		}
		if is && !s.on {
			s.since = at
		}
		s.on = is
	}
	for i := range c.entries {
		e := &c.entries[i]
		if all[e.Who] == nil {
			if e.What != Desk {
				continue
			}
			all[e.Who] = &state{rings: map[string]bool{}}
		}
		s := all[e.Who]
		switch e.What {
		case Desk:
			s.ready, s.room = e.State == "ready", len(e.Chats)+len(e.Wrapups) < e.Capacity
		case Down:
			s.ready = false
			clear(s.rings)
		case Offered:
			s.rings[e.Offer] = true
		case Withdrawn, Declines:
			delete(s.rings, e.Offer)
		case Assigned:
			clear(s.rings) // one rings at a time
			s.room = false // until the next desk frame says so
		case Ended:
			s.room = false
		default:
			continue
		}
		set(e.Who, e.At)
	}
	for who, s := range all {
		s.ready = false
		set(who, over)
	}
	return out
}
