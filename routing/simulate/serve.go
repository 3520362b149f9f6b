package simulate

import (
	"cmp"
	"slices"
)

// declined says whether a counsellor declined or missed a chat, and that still holds.
func (s *State) declined(chat *Chat, c *Counsellor) bool {
	if !chat.passed {
		return false
	}
	p := s.pass(chat, c.Number)
	return p.ticket > c.ReadyAt && p.until > s.NowS
}

// keptFor is the counsellor whom a chat waits for, while she is on duty for it and did not decline it.
func (s *State) keptFor(chat *Chat) *Counsellor {
	c := &s.desks[chat.For]
	if !c.Ready || !c.Up || s.declined(chat, c) || !c.serves(chat.Line, chat.Lang) {
		return nil
	}
	return c
}

// notHers says whether a handover is not a counsellor's to take: she hands over herself, or it is for another by name.
func notHers(chat *Chat, c *Counsellor) bool {
	return chat.Of >= 0 && (chat.From == c.Number || chat.For != 0 && chat.For != c.Number)
}

// passedOver says whether others go before a counsellor for a chat: she declined it, or it waits for another.
func (s *State) passedOver(chat *Chat, c *Counsellor) bool {
	return s.declined(chat, c) || notHers(chat, c) || chat.For != 0 && chat.For != c.Number && s.keptFor(chat) != nil
}

// first is the first in a queue, from a class on, that she is not passed over for; take ignores passes.
func (s *State) first(q []int, class int, c *Counsellor, take bool) *Chat {
	for _, n := range q {
		chat := &s.chats[n]
		if chat.Class >= class && (take && !notHers(chat, c) || !take && !s.passedOver(chat, c)) {
			if s.broken == newestFirst {
				return &s.chats[q[len(q)-1]]
			}
			return chat
		}
	}
	return nil
}

// nextFor is the chat that a counsellor with room is to be offered: urgent ones first, but no more than three in a row
// past somebody who waits longer than the line's target, in whatever language of hers; the oldest ticket within.
func (s *State) nextFor(c *Counsellor, take bool) *Chat {
	if s.policy == Random {
		return s.anyFor(c, take)
	}
	var best, late *Chat
	class := 0
	for _, l := range c.Lines {
		head, past := s.heads(l, c, take)
		if head == nil {
			continue
		}
		k := head.Class
		if s.broken == notAhead {
			k = 2
		}
		if past != nil && s.Streak[l] >= pastMax {
			head, past = past, nil
		}
		if best == nil || k < class || k == class && head.Ticket < best.Ticket {
			best, late, class = head, past, k
		}
	}
	if best == nil {
		return nil
	}
	if late != nil {
		s.Streak[best.Line]++
	} else {
		s.Streak[best.Line] = 0
	}
	return best
}

// heads are the first in a line for a counsellor and, when that one is urgent, the oldest who waits longer than the
// line's target.
func (s *State) heads(line int, c *Counsellor, take bool) (head, past *Chat) {
	for _, g := range c.Langs {
		q := *s.line(line, g)
		h := s.first(q, 0, c, take)
		if h == nil {
			continue
		}
		if head == nil || before(h, head) < 0 {
			head = h
		}
		n := s.first(q, 2, c, take)
		if n != nil && s.NowS-n.ArrivedS > s.lines[line].TargetS && s.broken != noTarget && (past == nil || n.Ticket < past.Ticket) {
			past = n
		}
	}
	if head == nil || head.Class != 1 {
		past = nil
	}
	return head, past
}

func (s *State) anyFor(c *Counsellor, take bool) *Chat {
	var all []*Chat
	for _, l := range c.Lines {
		for _, g := range c.Langs {
			for _, n := range *s.line(l, g) {
				chat := &s.chats[n]
				if take && !notHers(chat, c) || !take && !s.passedOver(chat, c) {
					all = append(all, chat)
				}
			}
		}
	}
	if len(all) == 0 {
		return nil
	}
	return all[s.chance.IntN(len(all))]
}

func (s *State) serveCounsellor(c *Counsellor) {
	if s.left == 0 || !s.hasRoom(c) || s.broken == leavesFree && c.Places > 0 {
		return
	}
	if chat := s.nextFor(c, false); chat != nil {
		s.ring(chat, c, false)
	}
}

func (s *State) hasRoom(c *Counsellor) bool {
	return c.free() || s.broken == oneTooMany && c.Ready && c.Up && !c.Breather && c.Rings < 0 && c.Places == c.Capacity
}

// Free is who could take a chat of a line and language now, most room first, then longest idle; until it is called again.
func (s *State) Free(line, lang int) []*Counsellor {
	free := s.anyone[:0]
	for i := range s.desks {
		if c := &s.desks[i]; s.hasRoom(c) && c.serves(line, lang) {
			free = append(free, c)
		}
	}
	s.anyone = free
	if s.policy == Random {
		s.chance.Shuffle(len(free), func(i, j int) { free[i], free[j] = free[j], free[i] })
		return free
	}
	slices.SortFunc(free, func(a, b *Counsellor) int {
		return cmp.Or(b.Room()-a.Room(), a.Idle-b.Idle)
	})
	return free
}

// serveChat offers a chat in line to the best free counsellor. When everybody on duty was passed over for it, the
// passes end.
func (s *State) serveChat(chat *Chat) {
	if s.left == 0 {
		return
	}
	if c := s.keptFor(chat); c != nil {
		if s.hasRoom(c) {
			s.ring(chat, c, false)
		}
		return
	}
	if chat.Of >= 0 && chat.For != 0 {
		return
	}
	free := s.Free(chat.Line, chat.Lang)
	for _, c := range free {
		if !s.passedOver(chat, c) {
			s.ring(chat, c, false)
			return
		}
	}
	if len(free) == 0 || !chat.passed || !s.allPassed(chat) {
		return
	}
	s.forget(chat)
	for _, c := range free[:min(len(free), most)] {
		s.serveCounsellor(c)
	}
}

func (s *State) allPassed(chat *Chat) bool {
	found := false
	for i := range s.desks {
		if c := &s.desks[i]; c.Ready && c.Up && c.serves(chat.Line, chat.Lang) {
			if !s.passedOver(chat, c) {
				return false
			}
			found = true
		}
	}
	return found
}

// match offers what can be offered in all lines, as far as one transition may.
func (s *State) match() {
	for l := range s.lines {
		for _, g := range s.lines[l].Langs {
			if len(*s.line(l, g)) == 0 {
				continue
			}
			free := s.Free(l, g)
			for _, c := range free[:min(len(free), most)] {
				s.serveCounsellor(c)
			}
		}
	}
}
