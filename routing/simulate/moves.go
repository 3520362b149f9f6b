package simulate

import (
	"cmp"
	"slices"
)

// How chats and counsellors come and go, as in lua/prelude.

// finish ends a chat; after a conversation its place is held by the wrap-up.
func (s *State) finish(chat *Chat) {
	delete(s.Chats, chat.ID)
	var c *Counsellor
	switch chat.Phase {
	case Waiting:
		s.unqueue(chat)
	case Offered:
		c = s.unring(chat)
	case Talking:
		c = s.release(chat)
	}
	chat.Phase = Over
	s.project(chat)
	if c != nil {
		s.serveCounsellor(c)
	}
}

// release takes a chat from its counsellor: her place is held by the wrap-up she owes. One that was lost, came back and
// is released again has one wrap-up: she is returned, who has a place more now.
func (s *State) release(chat *Chat) *Counsellor {
	s.unpropose(chat)
	c, w := s.Counsellors[chat.Owner], wrap{chat.Owner, chat.ID}
	again := slices.Contains(s.wraps, w)
	if again {
		c.Places--
	} else {
		s.wraps = append(slices.Clone(s.wraps), w)
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

func (s *State) wrapOver(name string, chat int, heavy bool) {
	c, i := s.Counsellors[name], slices.Index(s.wraps, wrap{name, chat})
	if i >= 0 {
		s.wraps = slices.Delete(slices.Clone(s.wraps), i, i+1)
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
	if chat := s.Chats[c.Rings]; chat != nil {
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
		chat.Class, chat.ArrivedS, chat.Owner, chat.passed = 0, s.NowS, "", nil
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
		chat.Class, chat.ArrivedS, chat.Owner, chat.For, chat.passed = 0, s.NowS, "", owner, nil
		chat.Phase = Waiting
		s.project(chat)
		s.queue(chat)
		if was == Talking {
			c = s.Counsellors[owner]
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
func (s *State) shut(line string) {
	for _, g := range s.lines[line].Langs {
		for _, chat := range slices.Clone(s.waiting[queue{line, g}]) {
			switch {
			case chat.Of >= 0 && chat.For == "":
				s.giveBack(chat)
			case chat.Of < 0 && (chat.Class > 0 || !s.onDuty(line)):
				s.finish(chat)
			}
		}
	}
}

func (s *State) onDuty(line string) bool {
	for _, c := range s.Counsellors {
		if c.Ready && slices.Contains(c.Lines, line) {
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
	for _, chat := range s.ownedBy(c.Name) {
		s.project(chat)
	}
}

// forfeit takes her chats from a counsellor who did not return: to the front, at their old ticket.
func (s *State) forfeit(c *Counsellor) {
	delete(s.Counsellors, c.Name)
	hers := s.ownedBy(c.Name)
	if s.broken == forgotten {
		for _, chat := range hers {
			chat.Owner, chat.Phase = "", Waiting
			s.project(chat)
		}
		return
	}
	var freed []*Counsellor
	for _, chat := range hers {
		leg := s.leg(chat)
		if c := s.letGo(chat); c != nil && s.broken != servesFirst {
			freed = append(freed, c)
		} else if c != nil {
			s.serveCounsellor(c)
		}
		s.unpropose(chat)
		if leg != nil && leg.For == "" {
			chat.Line, chat.Lang = leg.Line, leg.Lang // they said yes to going there
		}
		chat.Class, chat.ArrivedS, chat.Owner, chat.passed = 0, s.NowS, "", nil
		chat.Phase = Held
		if chat.Up {
			s.queue(chat)
		}
		s.project(chat)
	}
	for _, c := range freed {
		s.serveCounsellor(c)
	}
	for _, chat := range hers {
		if chat.Phase == Waiting {
			s.serveChat(chat)
		}
	}
}

// ownedBy are the conversations of a counsellor by ticket.
func (s *State) ownedBy(name string) []*Chat {
	var out []*Chat
	for _, chat := range s.Chats {
		if chat.Phase == Talking && chat.Owner == name {
			out = append(out, chat)
		}
	}
	slices.SortFunc(out, func(a, b *Chat) int { return cmp.Compare(a.Ticket, b.Ticket) })
	return out
}

// project notes what a chat's own state is to learn.
func (s *State) project(chat *Chat) {
	c := Change{Chat: chat.ID, Phase: chat.Phase, Epoch: chat.Epoch}
	switch chat.Phase {
	case Offered, Held:
		c.Phase = Waiting
	case Talking:
		c.Owner, c.Away = chat.Owner, !s.Counsellors[chat.Owner].Up
	}
	s.Changed = append(s.Changed, c)
}

func (s *State) queue(chat *Chat) {
	chat.Phase = Waiting
	q := queue{chat.Line, chat.Lang}
	i, _ := slices.BinarySearchFunc(s.waiting[q], chat, before)
	s.waiting[q] = slices.Insert(s.waiting[q], i, chat)
}

// inLine is how many wait in a line.
func (s *State) inLine(line string) int {
	n := 0
	for _, g := range s.lines[line].Langs {
		n += len(s.waiting[queue{line, g}])
	}
	return n
}

func (s *State) unqueue(chat *Chat) {
	q := queue{chat.Line, chat.Lang}
	i := slices.Index(s.waiting[q], chat)
	s.waiting[q] = slices.Delete(s.waiting[q], i, i+1)
}

func (s *State) ring(chat *Chat, c *Counsellor, taken bool) {
	s.left--
	s.rings++
	s.unqueue(chat)
	chat.Phase, chat.Owner, chat.Ring = Offered, c.Name, s.rings
	c.Rings = chat.ID
	c.Places++
	s.Offers = append(s.Offers, Offer{chat.ID, c.Name, taken})
}

func (s *State) unring(chat *Chat) *Counsellor {
	c := s.Counsellors[chat.Owner]
	chat.Owner, chat.Ring = "", 0
	c.Rings = -1
	if s.broken != keepsPlace {
		c.Places--
	}
	return c
}
