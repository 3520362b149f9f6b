package simulate

import "slices"

// A handover: the young person is asked, and once they say yes it waits in line as a place of its own, the leg. The
// chat stays as it is until a counsellor accepts the leg.

func (s *State) propose(chat *Chat, e Event) Outcome {
	if chat.Phase != Talking {
		return Not
	}
	line := e.Line
	if e.Who != 0 {
		line = s.lineWith(e.Who, chat.Line, e.Lines)
	}
	there := line >= 0 && s.someoneAt(line, chat.Owner, e.Who, e.Lines)
	if chat.Ask.Open {
		s.unpropose(chat)
		if !there {
			s.project(chat)
		}
	}
	if !there {
		return Nobody
	}
	chat.Ask = Ask{Open: true, Leg: e.Leg, Line: line, Who: e.Who}
	s.project(chat)
	return Done
}

// lineWith is the line of hers that a colleague is asked on, -1 for none.
func (s *State) lineWith(who, own int, open []int) int {
	c := &s.desks[who]
	for _, l := range c.Lines {
		if l == own {
			return l
		}
	}
	for _, l := range c.Lines {
		if slices.Contains(open, l) {
			return l
		}
	}
	return -1
}

// someoneAt says whether anybody but her who asks is on duty for an open line, or the one who is named.
func (s *State) someoneAt(line, asks, who int, open []int) bool {
	if who == 0 && !slices.Contains(open, line) {
		return false
	}
	for i := range s.desks {
		if c := &s.desks[i]; c.Number != asks && c.Ready && slices.Contains(c.Lines, line) && (who == 0 || who == c.Number) {
			return true
		}
	}
	return false
}

func (s *State) langAt(line, who, own int) int {
	langs := s.lines[line].Langs
	if c := s.Counsellor(who); c != nil {
		langs = c.Langs
	}
	if slices.Contains(langs, own) {
		return own
	}
	return langs[0]
}

func (s *State) consent(chat *Chat, e Event) Outcome {
	a := chat.Ask
	if !chat.Up || !a.Open || a.Leg != e.Leg || a.Yes {
		return Not
	}
	owner := 0
	if chat.Phase == Talking {
		owner = chat.Owner
	}
	if !e.Yes || !s.someoneAt(a.Line, owner, a.Who, e.Lines) {
		if chat.Phase != Talking {
			chat.Refused |= 1 << a.Line
		}
		s.unpropose(chat)
		s.project(chat)
		return Done
	}
	if chat.Phase != Talking {
		s.moves(chat)
		return Done
	}
	chat.Ask.Yes = true
	s.project(chat)
	leg := s.add(Chat{ID: a.Leg, Line: a.Line, Lang: s.langAt(a.Line, a.Who, chat.Lang), Urgent: chat.Urgent, Ticket: chat.Ticket,
		ArrivedS: s.NowS, Epoch: -1, Up: true, Node: -1, For: a.Who, Of: chat.ID, From: chat.Owner})
	s.queue(leg)
	s.serveChat(leg)
	return Done
}

// move is a lead's: the place waits for a counsellor, or its young person is asked about another line.
func (s *State) move(chat *Chat, e Event) Outcome {
	if chat.Of >= 0 || chat.Phase != Waiting && chat.Phase != Held {
		return Not
	}
	if e.Who != 0 {
		c := &s.desks[e.Who]
		if !c.Ready || !c.Up || !c.serves(chat.Line, chat.Lang) {
			return Not
		}
		*s.pass(chat, e.Who) = pass{}
		chat.For = e.Who
		if chat.Phase == Waiting {
			s.serveChat(chat)
		}
		return Done
	}
	if chat.Phase != Waiting || e.Line == chat.Line || chat.LetBe || chat.Refused>>e.Line&1 == 1 || !s.someoneAt(e.Line, 0, 0, e.Lines) {
		return Not
	}
	if !chat.Ask.Open || chat.Ask.Line != e.Line {
		chat.Ask = Ask{Open: true, Leg: e.Leg, Line: e.Line}
		s.project(chat)
	}
	return Done
}

// moves takes a place in line to the line that was asked about, at its own ticket.
func (s *State) moves(chat *Chat) {
	var c *Counsellor
	if chat.Phase == Waiting {
		s.unqueue(chat)
	} else {
		c = s.unring(chat)
	}
	chat.Refused |= 1 << chat.Ask.Line
	chat.Lang, chat.Line = s.langAt(chat.Ask.Line, 0, chat.Lang), chat.Ask.Line
	chat.Ask, chat.For, chat.Phase = Ask{}, 0, Waiting
	if s.broken == newTicket {
		chat.Ticket = s.ticket()
	}
	s.forget(chat)
	s.project(chat)
	s.queue(chat)
	s.serveChat(chat)
	if c != nil {
		s.serveCounsellor(c)
	}
}

// leg is the place that a handover of a chat waits in, or nil.
func (s *State) leg(chat *Chat) *Chat {
	if !chat.Ask.Open || !chat.Ask.Yes {
		return nil
	}
	return s.Chat(chat.Ask.Leg)
}

// pull takes a leg out of line, or away from her it rings at, whom it returns.
func (s *State) pull(leg *Chat) *Counsellor {
	switch leg.Phase {
	case Waiting:
		s.unqueue(leg)
	case Offered:
		return s.unring(leg)
	}
	return nil
}

// letGo takes the leg of a chat out of line, or away from her it rings at, whom it returns; it is kept for who comes back.
func (s *State) letGo(chat *Chat) *Counsellor {
	leg := s.leg(chat)
	if leg == nil {
		return nil
	}
	c := s.pull(leg)
	leg.Phase = Held
	return c
}

// unpropose: what was asked is asked no more, and its leg is gone.
func (s *State) unpropose(chat *Chat) {
	leg := s.leg(chat)
	chat.Ask = Ask{}
	if leg == nil {
		return
	}
	c := s.pull(leg)
	s.drop(leg)
	if c != nil {
		s.serveCounsellor(c)
	}
}

// giveBack: nobody took a handover, the first counsellor goes on.
func (s *State) giveBack(leg *Chat) {
	chat := &s.chats[leg.Of]
	s.unpropose(chat)
	s.project(chat)
}

// unrung is what rings at a counsellor no more: back in line at its old ticket, or a handover back to who asked for it.
func (s *State) unrung(chat *Chat) {
	if chat.Of >= 0 {
		chat.Phase = Held
		if s.broken != keepsLeg {
			s.giveBack(chat)
		}
		return
	}
	if s.broken == dropsDeclined {
		chat.Phase = Waiting
		return
	}
	s.queue(chat)
	s.serveChat(chat)
}

// moved gives a chat to the counsellor who accepted its leg, under a new epoch; the first one's place is free.
func (s *State) moved(c *Counsellor, leg *Chat) {
	chat := &s.chats[leg.Of]
	first := s.Counsellor(chat.Owner)
	s.drop(leg)
	chat.Ask, chat.Line, chat.Lang, chat.Owner = Ask{}, leg.Line, leg.Lang, c.Number
	if s.broken != sameEpoch {
		chat.Epoch++
	}
	s.project(chat)
	c.Rings, c.Idle = -1, s.ticket()
	if first != nil {
		if s.broken != holdsBoth {
			first.Places--
		}
		first.Idle = s.ticket()
		s.serveCounsellor(first)
	}
	s.serveCounsellor(c)
}
