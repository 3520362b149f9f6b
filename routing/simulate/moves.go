package simulate

import "slices"

// How chats and counsellors come and go, as in lua/prelude.

// finish ends a chat; after a conversation its place is held by the wrap-up.
func (s *State) finish(chat *Chat) {
	var c *Counsellor
	switch chat.Phase {
	case Waiting:
		s.unqueue(chat)
	case Offered:
		c = s.unring(chat)
	case Talking:
		c = s.release(chat)
	}
	s.drop(chat)
	s.project(chat)
	if c != nil {
		s.serveCounsellor(c)
	}
}

// release takes a chat from its counsellor: her place is held by the wrap-up she owes. One that was lost, came back and
// is released again has one wrap-up: she is returned, who has a place more now.
func (s *State) release(chat *Chat) *Counsellor {
	s.unpropose(chat)
	c, w := &s.desks[chat.Owner], wrap{chat.Owner, chat.ID}
	again := slices.Contains(s.wraps, w)
	if again {
		c.Places--
	} else {
		s.wraps = append(s.wraps, w)
	}
	if s.broken == noWrapup {
		c.Places--
	}
	c.Idle = s.ticket()
	if !again || s.broken == leavesUnserved {
		return nil
	}
	return c
}

func (s *State) wrapOver(who, chat int, heavy bool) {
	c, i := s.Counsellor(who), slices.Index(s.wraps, wrap{who, chat})
	if i >= 0 {
		s.wraps = slices.Delete(s.wraps, i, i+1)
		if c != nil {
			c.Places--
		}
	}
	if c == nil {
		return
	}
	if heavy && c.Ready {
		c.Breather = true
		s.unringDesk(c)
	}
	s.serveCounsellor(c)
}

// unringDesk takes away what rings at a counsellor.
func (s *State) unringDesk(c *Counsellor) {
	if chat := s.Chat(c.Rings); chat != nil {
		s.unring(chat)
		s.unrung(chat)
	}
}

// youthDown keeps the place without its being offered, or the conversation for the grace time.
func (s *State) youthDown(chat *Chat) {
	chat.Up = false
	switch chat.Phase {
	case Waiting:
		s.unqueue(chat)
		chat.Phase = Held
	case Offered:
		c := s.unring(chat)
		chat.Phase = Held
		s.serveCounsellor(c)
	case Talking:
		if c := s.letGo(chat); c != nil { // nobody is rung for somebody who is not there
			s.serveCounsellor(c)
		}
	}
}

func (s *State) back(chat *Chat, node int) {
	chat.Up, chat.Node = true, node
	switch chat.Phase {
	case Held:
		s.queue(chat)
		s.serveChat(chat)
	case Lost:
		chat.Class, chat.ArrivedS, chat.Owner = 0, s.NowS, 0
		s.forget(chat)
		chat.Phase = Waiting
		s.project(chat)
		s.queue(chat)
		s.serveChat(chat)
	case Talking:
		if leg := s.leg(chat); leg != nil && leg.Phase == Held {
			s.queue(leg)
			s.serveChat(leg)
		}
	}
}

// reenter is a young person back by a return code: with another key, so that a counsellor has to accept anew.
func (s *State) reenter(chat *Chat, node int) {
	chat.Up, chat.Node = true, node
	var c, other *Counsellor
	switch chat.Phase {
	case Offered:
		c = s.unring(chat)
		s.queue(chat)
	case Held:
		s.queue(chat)
	case Talking, Lost:
		was, owner := chat.Phase, chat.Owner
		other = s.letGo(chat)
		s.unpropose(chat)
		chat.Class, chat.ArrivedS, chat.Owner, chat.For = 0, s.NowS, 0, owner
		s.forget(chat)
		chat.Phase = Waiting
		s.project(chat)
		s.queue(chat)
		if was == Talking {
			c = &s.desks[owner]
			c.Places--
		}
	}
	if other != nil {
		s.serveCounsellor(other)
	}
	if chat.Phase == Waiting {
		s.serveChat(chat)
	}
	if c != nil {
		s.serveCounsellor(c)
	}
}

// shut ends the waiting of a line that closed. A talk that broke off keeps its place while somebody of the line is on
// duty, and a colleague may still take over what goes on past closing.
func (s *State) shut(line int) {
	for _, g := range s.lines[line].Langs {
		for _, n := range slices.Clone(*s.line(line, g)) {
			chat := &s.chats[n]
			switch {
			case chat.Of >= 0 && chat.For == 0:
				s.giveBack(chat)
			case chat.Of < 0 && (chat.Class > 0 || !s.onDuty(line)):
				s.finish(chat)
			}
		}
	}
}

func (s *State) onDuty(line int) bool {
	for i := range s.desks {
		if c := &s.desks[i]; c.Ready && slices.Contains(c.Lines, line) {
			return true
		}
	}
	return false
}

// lose ends a conversation whose young person was away too long.
func (s *State) lose(chat *Chat) {
	c := s.release(chat)
	chat.Phase = Lost
	s.project(chat)
	if c != nil {
		s.serveCounsellor(c)
	}
}

// deskDown puts what rings back in line; conversations wait for her.
func (s *State) deskDown(c *Counsellor) {
	c.Up = false
	if s.broken != ringsAtNobody {
		s.unringDesk(c)
	}
	s.tell(c)
}

// tell has the chats of a counsellor learn how her line is.
func (s *State) tell(c *Counsellor) {
	var room [16]int
	for _, n := range s.ownedBy(c.Number, room[:0]) {
		s.project(&s.chats[n])
	}
}

// forfeit takes her chats from a counsellor who did not return: to the front, at their old ticket.
func (s *State) forfeit(c *Counsellor) {
	who := c.Number
	*c = Counsellor{}
	var room [16]int
	hers := s.ownedBy(who, room[:0])
	if s.broken == forgotten {
		for _, n := range hers {
			chat := &s.chats[n]
			chat.Owner, chat.Phase = 0, Waiting
			s.project(chat)
		}
		return
	}
	var others [16]*Counsellor
	freed := others[:0]
	for _, n := range hers {
		chat := &s.chats[n]
		leg := s.leg(chat)
		if c := s.letGo(chat); c != nil && s.broken != servesFirst {
			freed = append(freed, c)
		} else if c != nil {
			s.serveCounsellor(c)
		}
		s.unpropose(chat)
		if leg != nil && leg.For == 0 {
			chat.Line, chat.Lang = leg.Line, leg.Lang // they said yes to going there
		}
		chat.Class, chat.ArrivedS, chat.Owner = 0, s.NowS, 0
		s.forget(chat)
		chat.Phase = Held
		if chat.Up {
			s.queue(chat)
		}
		s.project(chat)
	}
	for _, c := range freed {
		s.serveCounsellor(c)
	}
	for _, n := range hers {
		if chat := &s.chats[n]; chat.Phase == Waiting {
			s.serveChat(chat)
		}
	}
}

// ownedBy appends the conversations of a counsellor by ticket.
func (s *State) ownedBy(who int, out []int) []int {
	for _, n := range s.there {
		if chat := &s.chats[n]; chat.Phase == Talking && chat.Owner == who {
			out = append(out, n)
		}
	}
	slices.SortFunc(out, func(a, b int) int { return s.chats[a].Ticket - s.chats[b].Ticket })
	return out
}

// project notes what a chat's own state is to learn.
func (s *State) project(chat *Chat) {
	c := Change{Chat: chat.ID, Phase: chat.Phase, Epoch: chat.Epoch}
	switch chat.Phase {
	case Offered, Held:
		c.Phase = Waiting
	case Talking:
		c.Owner, c.Away = chat.Owner, !s.desks[chat.Owner].Up
	}
	s.Changed = append(s.Changed, c)
}

func (s *State) queue(chat *Chat) {
	chat.Phase = Waiting
	q := s.line(chat.Line, chat.Lang)
	i, _ := slices.BinarySearchFunc(*q, chat, func(n int, chat *Chat) int { return before(&s.chats[n], chat) })
	*q = slices.Insert(*q, i, chat.ID)
}

// inLine is how many wait in a line.
func (s *State) inLine(line int) int {
	n := 0
	for _, g := range s.lines[line].Langs {
		n += len(*s.line(line, g))
	}
	return n
}

func (s *State) unqueue(chat *Chat) {
	q := s.line(chat.Line, chat.Lang)
	i := slices.Index(*q, chat.ID)
	*q = slices.Delete(*q, i, i+1)
}

func (s *State) ring(chat *Chat, c *Counsellor, taken bool) {
	s.left--
	s.rings++
	s.unqueue(chat)
	chat.Phase, chat.Owner, chat.Ring = Offered, c.Number, s.rings
	c.Rings = chat.ID
	c.Places++
	s.Offers = append(s.Offers, Offer{chat.ID, c.Number, taken})
}

func (s *State) unring(chat *Chat) *Counsellor {
	c := &s.desks[chat.Owner]
	chat.Owner, chat.Ring = 0, 0
	c.Rings = -1
	if s.broken != keepsPlace {
		c.Places--
	}
	return c
}
