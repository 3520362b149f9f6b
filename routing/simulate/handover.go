package simulate

import "slices"

// A handover: the young person is asked, and once they say yes it waits in line as a place of its own, the leg. The
// chat stays as it is until a counsellor accepts the leg.

func (s *State) propose(chat *Chat, e Event) Outcome {
	if chat.Phase != Talking {
		return Not
	}
	line := e.Line
	if e.Name != "" {
		line = s.lineWith(e.Name, chat.Line, e.Lines)
	}
	there := line != "" && s.someoneAt(line, chat.Owner, e.Name, e.Lines)
	if chat.Ask != nil {
		s.unpropose(chat)
		if !there {
			s.project(chat)
		}
	}
	if !there {
		return Nobody
	}
	chat.Ask = &Ask{Leg: e.Leg, Line: line, Name: e.Name}
	s.project(chat)
	return Done
}

// lineWith is the line of hers that a colleague is asked on.
func (s *State) lineWith(name, own string, open []string) string {
	c := s.Counsellors[name]
	if c == nil {
		return ""
	}
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
	return ""
}

// someoneAt says whether anybody but her who asks is on duty for an open line, or the one who is named.
func (s *State) someoneAt(line, asks, name string, open []string) bool {
	if name == "" && !slices.Contains(open, line) {
		return false
	}
	for _, c := range s.Counsellors {
		if c.Name != asks && c.Ready && slices.Contains(c.Lines, line) && (name == "" || name == c.Name) {
			return true
		}
	}
	return false
}

func (s *State) langAt(line, name, own string) string {
	langs := s.lines[line].Langs
	if c := s.Counsellors[name]; c != nil {
		langs = c.Langs
	}
	if slices.Contains(langs, own) {
		return own
	}
	return langs[0]
}

func (s *State) consent(chat *Chat, e Event) Outcome {
	a := chat.Ask
	if !chat.Up || a == nil || a.Leg != e.Leg || a.Yes {
		return Not
	}
	owner := ""
	if chat.Phase == Talking {
		owner = chat.Owner
	}
	if !e.Yes || !s.someoneAt(a.Line, owner, a.Name, e.Lines) {
		if chat.Phase != Talking {
			chat.refused = append(slices.Clone(chat.refused), a.Line)
		}
		s.unpropose(chat)
		s.project(chat)
		return Done
	}
	if chat.Phase != Talking {
		s.moves(chat)
		return Done
	}
	chat.Ask = &Ask{Leg: a.Leg, Line: a.Line, Name: a.Name, Yes: true}
	s.project(chat)
	leg := &Chat{ID: a.Leg, Line: a.Line, Lang: s.langAt(a.Line, a.Name, chat.Lang), Urgent: chat.Urgent, Ticket: chat.Ticket,
		ArrivedS: s.NowS, Epoch: -1, Up: true, Node: -1, For: a.Name, Of: chat.ID, From: chat.Owner}
	s.Chats[a.Leg] = leg
	s.queue(leg)
	s.serveChat(leg)
	return Done
}

// move is a lead's: the place waits for a counsellor, or its young person is asked about another line.
func (s *State) move(chat *Chat, e Event) Outcome {
	if chat.Of >= 0 || chat.Phase != Waiting && chat.Phase != Held {
		return Not
	}
	if e.Name != "" {
		c := s.Counsellors[e.Name]
		if c == nil || !c.Ready || !c.Up || !c.serves(chat.Line, chat.Lang) {
			return Not
		}
		chat.passed = slices.DeleteFunc(slices.Clone(chat.passed), func(p pass) bool { return p.name == e.Name })
		chat.For = e.Name
		if chat.Phase == Waiting {
			s.serveChat(chat)
		}
		return Done
	}
	if chat.Phase != Waiting || e.Line == chat.Line || slices.Contains(chat.refused, e.Line) || !s.someoneAt(e.Line, "", "", e.Lines) {
		return Not
	}
	if chat.Ask == nil || chat.Ask.Line != e.Line {
		chat.Ask = &Ask{Leg: e.Leg, Line: e.Line}
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
	chat.Lang, chat.Line = s.langAt(chat.Ask.Line, "", chat.Lang), chat.Ask.Line
	chat.Ask, chat.For, chat.passed, chat.Phase = nil, "", nil, Waiting
	s.project(chat)
	s.queue(chat)
	s.serveChat(chat)
	if c != nil {
		s.serveCounsellor(c)
	}
}

// leg is the place that a handover of a chat waits in, or nil.
func (s *State) leg(chat *Chat) *Chat {
	if chat.Ask == nil || !chat.Ask.Yes {
		return nil
	}
	return s.Chats[chat.Ask.Leg]
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
	chat.Ask = nil
	if leg == nil {
		return
	}
	c := s.pull(leg)
	delete(s.Chats, leg.ID)
	if c != nil {
		s.serveCounsellor(c)
	}
}

// giveBack: nobody took a handover, the first counsellor goes on.
func (s *State) giveBack(leg *Chat) {
	chat := s.Chats[leg.Of]
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
	chat := s.Chats[leg.Of]
	first := s.Counsellors[chat.Owner]
	delete(s.Chats, leg.ID)
	chat.Ask, chat.Line, chat.Lang, chat.Owner = nil, leg.Line, leg.Lang, c.Name
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
