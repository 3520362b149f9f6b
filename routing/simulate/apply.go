package simulate

import "slices"

// Kind is what happened.
type Kind int

const (
	Join     Kind = iota // Chat, Line, Lang, Urgent
	Leave                // Chat
	Drop                 // Chat: the young person's line is down
	Back                 // Chat: it is up again
	Enter                // Name, Lines, Langs
	Ready                // Name, Capacity
	Rest                 // Name
	Take                 // Name
	Accept               // Name
	Decline              // Name
	RingOver             // Name: she did not answer
	End                  // Chat
	WrapOver             // Name: a wrap-up was given, or its time is over
	PassOver             // Chat: the time of its passes is over
	Match                // the safety net under every transition
	Shut                 // Line
)

// Event is one thing that happens, with what its Kind names.
type Event struct {
	Kind       Kind
	Chat       int
	Line, Lang string
	Urgent     bool
	Name       string
	Lines      []string
	Langs      []string
	Capacity   int
}

// Outcome is what an event came to.
type Outcome string

const (
	Done   Outcome = "ok"
	Not    Outcome = "none"   // does not apply as things stand; nothing changed
	Nobody Outcome = "nobody" // refused: nobody on duty
	Full   Outcome = "full"   // refused: the line's cap is reached
)

// Apply makes one transition at a time in whole seconds, which never runs back. Offers holds the rings it began.
func (s *State) Apply(nowS int, e Event) Outcome {
	s.NowS, s.left, s.Offers = nowS, offers, nil
	c, chat := s.Counsellors[e.Name], s.Chats[e.Chat]
	switch e.Kind {
	case Join:
		return s.join(e)
	case Enter:
		s.enter(e)
		return Done
	case Match:
		s.match()
		return Done
	case Shut:
		for q, w := range s.waiting {
			for q.line == e.Line && len(w) > 0 {
				s.finish(w[0])
				w = s.waiting[q]
			}
		}
		return Done
	case Leave, Drop, Back, End, PassOver:
		if chat == nil {
			return Not
		}
		return s.ofChat(chat, e)
	}
	if c == nil {
		return Not
	}
	return s.ofDesk(c, e)
}

func (s *State) join(e Event) Outcome {
	l, duty, room := s.lines[e.Line], 0, 0
	for _, c := range s.Counsellors {
		if c.Ready && slices.Contains(c.Lines, e.Line) {
			duty++
			room += c.Room()
		}
	}
	if duty == 0 {
		return Nobody
	}
	if s.inLine[e.Line]-room >= duty*l.CapPerCounsellor {
		return Full
	}
	chat := &Chat{ID: e.Chat, Line: e.Line, Lang: e.Lang, Urgent: e.Urgent, Class: 2, Ticket: s.ticket(), ArrivedS: s.NowS}
	if e.Urgent && s.policy == Haven {
		chat.Class = 1
	}
	s.Chats[e.Chat] = chat
	s.queue(chat)
	s.serveChat(chat)
	return Done
}

func (s *State) enter(e Event) {
	c := s.Counsellors[e.Name]
	if c == nil {
		c = &Counsellor{Name: e.Name, Idle: s.ticket(), Rings: -1}
		s.Counsellors[e.Name] = c
	}
	c.Lines, c.Langs = e.Lines, e.Langs
	s.serveCounsellor(c)
}

func (s *State) ofChat(chat *Chat, e Event) Outcome {
	switch e.Kind {
	case Leave:
		s.finish(chat)
	case Drop:
		switch chat.Phase {
		case Waiting:
			s.unqueue(chat)
			chat.Phase = Held
		case Offered:
			c := s.unring(chat)
			chat.Phase = Held
			s.serveCounsellor(c)
		default:
			return Not
		}
	case Back:
		if chat.Phase != Held {
			return Not
		}
		s.queue(chat)
		s.serveChat(chat)
	case End:
		if chat.Phase != Talking {
			return Not
		}
		s.finish(chat)
	case PassOver:
		if chat.Phase != Waiting {
			return Not
		}
		s.serveChat(chat)
	}
	return Done
}

func (s *State) ofDesk(c *Counsellor, e Event) Outcome {
	chat := s.Chats[c.Rings]
	switch e.Kind {
	case Ready:
		c.ReadyAt = s.ticket()
		if !c.Ready {
			c.Idle = c.ReadyAt
		}
		c.Ready, c.Capacity = true, e.Capacity
		if chat != nil && c.Places > c.Capacity {
			s.requeue(chat)
		} else {
			s.serveCounsellor(c)
		}
	case Rest:
		c.Ready = false
		if chat != nil {
			s.requeue(chat)
		}
	case Take:
		if chat != nil {
			return Done
		}
		if c.Capacity-c.Places <= 0 {
			return Not
		}
		h := s.nextFor(c, true)
		if h == nil {
			return Not
		}
		s.ring(h, c, true)
	case WrapOver:
		c.Places--
		s.serveCounsellor(c)
	case Accept, Decline, RingOver:
		if chat == nil {
			return Not
		}
		s.answer(c, chat, e.Kind)
	}
	return Done
}

func (s *State) answer(c *Counsellor, chat *Chat, k Kind) {
	if k == Accept {
		w := append([]int{s.NowS - chat.ArrivedS}, s.Waits[chat.Line]...)
		s.Waits[chat.Line] = w[:min(len(w), kept)]
		chat.Phase, chat.Ring, chat.passed = Talking, 0, nil
		c.Rings, c.Idle = -1, s.ticket()
		s.serveCounsellor(c)
		return
	}
	s.unring(chat)
	if k == RingOver {
		c.Ready = false
	}
	if chat.passed == nil {
		chat.passed = map[string]pass{}
	}
	chat.passed[c.Name] = pass{s.ticket(), s.NowS + PassedS + 1}
	s.queue(chat)
	s.serveChat(chat)
	if k == Decline {
		s.serveCounsellor(c)
	}
}

func (s *State) requeue(chat *Chat) {
	s.unring(chat)
	s.queue(chat)
	s.serveChat(chat)
}

// finish ends a chat; after a conversation its place is held by the wrap-up.
func (s *State) finish(chat *Chat) {
	delete(s.Chats, chat.ID)
	was := chat.Phase
	switch was {
	case Waiting:
		s.unqueue(chat)
	case Offered:
		c := s.unring(chat)
		chat.Phase = Over
		s.serveCounsellor(c)
	case Talking:
		s.Counsellors[chat.Owner].Idle = s.ticket()
	}
	chat.Phase = Over
}

func (s *State) queue(chat *Chat) {
	chat.Phase = Waiting
	q := queue{chat.Line, chat.Lang}
	i, _ := slices.BinarySearchFunc(s.waiting[q], chat, before)
	s.waiting[q] = slices.Insert(s.waiting[q], i, chat)
	s.inLine[chat.Line]++
}

func (s *State) unqueue(chat *Chat) {
	q := queue{chat.Line, chat.Lang}
	i := slices.Index(s.waiting[q], chat)
	s.waiting[q] = slices.Delete(s.waiting[q], i, i+1)
	s.inLine[chat.Line]--
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
	c.Places--
	return c
}
