package simulate

import "slices"

// Kind is what happened.
type Kind int

const (
	Join       Kind = iota // Chat, Line, Lang, Urgent, Node, For
	Leave                  // Chat
	Drop                   // Chat: the young person's line is down
	Back                   // Chat, Node: it is up again
	Reenter                // Chat, Node: they are back by a return code, with another key
	Enter                  // Who, Lines, Langs: her desk's line is up
	Ready                  // Who, Capacity
	Rest                   // Who
	Take                   // Who
	Accept                 // Who
	Decline                // Who
	RingOver               // Who: she did not answer
	DeskDrop               // Who: her desk's line is down, or its lease ran out
	GraceOver              // Who: she did not return
	Rekey                  // Chat: another device of hers
	End                    // Chat
	WrapOver               // Who, Chat, Heavy: a wrap-up was given, or its time is over
	PassOver               // Chat: the time of its passes is over
	PreferOver             // Chat: it waits for one counsellor no longer
	Anyone                 // Chat: the young person would rather have anybody
	HeldOver               // Chat: nobody came back to a place in line
	AwayOver               // Chat: nobody came back to a conversation
	FrontOver              // Chat: nobody came back to a lost one
	NodeOver               // Node, Chats in the order in which the store has them
	Propose                // Chat, Leg, Line or Who; Lines that are open: may it go there?
	Keep                   // Chat: she takes that back
	Consent                // Chat, Leg, Yes; Lines that are open
	LegOver                // Leg: nobody took it for long
	Pause                  // Line, Yes: a lead lets nobody new in
	Move                   // Chat, Line or Who, Leg; Lines that are open: a lead moves a place in line
	Overflow               // Line, Lines that are open, WaitS, Leg of the first to be asked; Chats did not answer in time
	AskAgain               // Chat: the time is over in which it is asked nothing
	BreathOver             // Who
	Match                  // the safety net under every transition
	Shut                   // Line
)

// Event is one thing that happens, with what its Kind names. Who and For are counsellors, 0 for nobody.
type Event struct {
	Kind       Kind
	Chat       int
	Line, Lang int
	Urgent     bool
	Who, For   int
	Lines      []int
	Langs      []int
	Capacity   int
	Node       int
	Chats      []int
	Leg        int
	WaitS      int // from which on somebody is asked
	Yes        bool
	Heavy      bool // she takes a breather
}

// Outcome is what an event came to.
type Outcome string

const (
	Done   Outcome = "ok"
	Not    Outcome = "none"   // does not apply as things stand; nothing changed
	Nobody Outcome = "nobody" // refused: nobody on duty
	Full   Outcome = "full"   // refused: the line's cap is reached
	Closed Outcome = "closed" // refused: the line is paused
)

// Apply makes one transition at a time in whole seconds, which never runs back. Offers holds the rings it began.
func (s *State) Apply(nowS int, e Event) Outcome {
	s.NowS, s.left, s.Offers, s.Changed = nowS, offers, s.Offers[:0], s.Changed[:0]
	s.room(max(e.Chat, e.Leg))
	c, chat := s.Counsellor(e.Who), s.Chat(e.Chat)
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
		s.shut(e.Line)
		return Done
	case Overflow:
		s.overflow(e)
		return Done
	case NodeOver:
		for _, n := range e.Chats {
			if chat := s.Chat(n); chat != nil && chat.Up && chat.Node == e.Node {
				s.youthDown(chat)
			}
		}
		return Done
	case WrapOver:
		s.wrapOver(e.Who, e.Chat, e.Heavy)
		return Done
	case Pause:
		s.paused &^= 1 << e.Line
		if e.Yes {
			s.paused |= 1 << e.Line
		}
		return Done
	case LegOver:
		if g := s.Chat(e.Leg); g != nil && g.Of >= 0 {
			s.giveBack(g)
			return Done
		}
		return Not
	case Leave, Drop, Back, Reenter, End, Rekey, PassOver, PreferOver, Anyone, AskAgain, HeldOver, AwayOver, FrontOver, Propose, Keep, Consent, Move:
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
	for i := range s.desks {
		if c := &s.desks[i]; c.Ready && slices.Contains(c.Lines, e.Line) {
			duty++
			room += c.Room()
		}
	}
	if s.paused>>e.Line&1 == 1 {
		return Closed
	}
	if duty == 0 {
		return Nobody
	}
	if s.inLine(e.Line)-room >= duty*l.CapPerCounsellor {
		return Full
	}
	chat := s.add(Chat{ID: e.Chat, Line: e.Line, Lang: e.Lang, Urgent: e.Urgent, Class: 2, Ticket: s.ticket(), ArrivedS: s.NowS,
		Epoch: -1, Up: true, Node: e.Node, For: e.For, Of: -1})
	if e.Urgent && s.policy == Haven {
		chat.Class = 1
	}
	s.queue(chat)
	s.serveChat(chat)
	return Done
}

func (s *State) enter(e Event) {
	c := &s.desks[e.Who]
	if c.Number == 0 {
		*c = Counsellor{Number: e.Who, Idle: s.ticket(), Rings: -1}
		for _, w := range s.wraps {
			if w.who == e.Who {
				c.Places++
			}
		}
	}
	c.Lines, c.Langs, c.Up = e.Lines, e.Langs, true
	s.tell(c)
	s.serveCounsellor(c)
}

func (s *State) ofChat(chat *Chat, e Event) Outcome {
	phase := chat.Phase
	switch e.Kind {
	case Leave:
		s.finish(chat)
		return Done
	case Drop:
		if !chat.Up {
			return Not
		}
		s.youthDown(chat)
		return Done
	case Back:
		s.back(chat, e.Node)
		return Done
	case Reenter:
		s.reenter(chat, e.Node)
		return Done
	case Propose:
		return s.propose(chat, e)
	case Consent:
		return s.consent(chat, e)
	case Move:
		return s.move(chat, e)
	case Keep:
		if phase == Talking && chat.Ask.Open {
			s.unpropose(chat)
			s.project(chat)
			return Done
		}
	case PassOver:
		if phase == Waiting {
			s.serveChat(chat)
			return Done
		}
	case PreferOver, Anyone:
		if chat.For != 0 && (e.Kind == PreferOver || chat.Up) {
			chat.For = 0
			if phase == Waiting {
				s.serveChat(chat)
			}
			return Done
		}
	case AskAgain:
		if chat.LetBe {
			chat.LetBe = false
			return Done
		}
	case Rekey:
		if phase == Talking {
			chat.Epoch++
			s.project(chat)
			return Done
		}
	case End:
		if phase == Talking {
			s.finish(chat)
			return Done
		}
	case HeldOver, FrontOver:
		if e.Kind == HeldOver && phase == Held || e.Kind == FrontOver && phase == Lost {
			s.finish(chat)
			return Done
		}
	case AwayOver:
		if phase == Talking && !chat.Up {
			s.lose(chat)
			return Done
		}
	}
	return Not
}

func (s *State) ofDesk(c *Counsellor, e Event) Outcome {
	chat := s.Chat(c.Rings)
	switch e.Kind {
	case Ready:
		if !c.Up {
			return Not
		}
		c.ReadyAt = s.ticket()
		if !c.Ready || c.Breather {
			c.Idle = c.ReadyAt
		}
		c.Ready, c.Breather, c.Capacity = true, false, e.Capacity
		if chat != nil && c.Places > c.Capacity {
			s.unringDesk(c)
		} else {
			s.serveCounsellor(c)
		}
	case BreathOver:
		if !c.Breather {
			return Not
		}
		c.Breather, c.Idle = false, s.ticket()
		s.serveCounsellor(c)
	case Rest:
		c.Ready, c.Breather = false, false
		s.unringDesk(c)
	case Take:
		if chat != nil {
			return Done
		}
		if !c.Up || c.Capacity-c.Places <= 0 {
			return Not
		}
		h := s.nextFor(c, true)
		if h == nil {
			return Not
		}
		s.ring(h, c, true)
	case DeskDrop:
		if !c.Up {
			return Not
		}
		s.deskDown(c)
	case GraceOver:
		if c.Up {
			return Not
		}
		s.forfeit(c)
	case Accept, Decline, RingOver:
		if chat == nil {
			return Not
		}
		s.answer(c, chat, e.Kind)
	}
	return Done
}

func (s *State) answer(c *Counsellor, chat *Chat, k Kind) {
	if k == Accept && chat.Of >= 0 {
		s.moved(c, chat)
		return
	}
	if k == Accept {
		chat.Phase, chat.Ring, chat.For = Talking, 0, 0
		chat.Ask, chat.Refused, chat.LetBe = Ask{}, 0, false
		s.forget(chat)
		if s.broken != sameEpoch || chat.Epoch < 0 {
			chat.Epoch++
		}
		s.project(chat)
		c.Rings, c.Idle = -1, s.ticket()
		s.serveCounsellor(c)
		return
	}
	s.unring(chat)
	if k == RingOver && s.broken != ringsOn {
		c.Ready, c.Breather = false, false
	}
	if s.broken != ringsOn {
		chat.passed, *s.pass(chat, c.Number) = true, pass{s.ticket(), s.NowS + PassedS + 1}
	}
	s.unrung(chat)
	if k == Decline {
		s.serveCounsellor(c)
	}
}
