package fault

import (
	"slices"
	"time"
)

// place is a stretch in which a chat stood in a line.
type place struct {
	span
	line string // "" where nobody said
}

// waits holds that nobody waits while somebody is free who answers their line, and nothing is broken.
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
	for chat, places := range inLine {
		for who, frees := range free {
			for _, w := range places {
				for _, f := range frees {
					both := span{max(w.from, f.from), min(w.to, f.to)}
					if !c.eligible(who, w.line) || c.isFor(chat, who, both) {
						continue
					}
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

// waiting is when each chat stood in which line, with the young person's own up, and rang nowhere. From a yes until they hear
// where they stand nobody can say in which.
func (c *checker) waiting(over time.Duration) map[string][]place {
	type state struct {
		since         time.Duration
		waits, up, on bool
		line          string
		leaves        bool // for another line, as far as it is known
		rings         int
	}
	out, all, of := map[string][]place{}, map[string]*state{}, map[string]string{}
	get := func(chat string) *state {
		if all[chat] == nil {
			all[chat] = &state{}
		}
		return all[chat]
	}
	ring := map[[2]string]bool{}
	set := func(chat string, at time.Duration) {
		s := all[chat]
		is := s.waits && s.up && s.rings == 0 && !s.leaves
		if s.on && !is && at > s.since {
			out[chat] = append(out[chat], place{span{s.since, at}, s.line})
		}
		if is && !s.on {
			s.since = at
		}
		s.on = is
	}
	isIn := func(e *Entry) {
		s := get(e.Chat)
		if e.Line == "" {
			return
		}
		if s.line != e.Line && s.on {
			out[e.Chat] = append(out[e.Chat], place{span{s.since, e.At}, s.line})
			s.on = false
		}
		s.line, s.leaves = e.Line, false
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
			isIn(e)
			s := get(e.Chat)
			s.waits, s.up = true, true
		case Answers:
			s := get(e.Chat)
			s.leaves = s.leaves || e.OK && s.waits
		case Joined:
			isIn(e)
			get(e.Chat).waits = false
		case Ended, Missing, Hides:
			get(e.Chat).waits = false
		case Down:
			if chat := of[e.Who]; chat != "" {
				get(chat).up = false
				set(chat, e.At)
			}
			continue
		case Offered:
			if e.By == "" {
				isIn(e)
			}
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
