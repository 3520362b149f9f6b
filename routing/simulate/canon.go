package simulate

import (
	"cmp"
	"slices"
)

// Clone is a copy that goes its own way. Under Random both draw from the same chance.
func (s *State) Clone() *State {
	out := *s
	out.Offers, out.Changed = nil, nil
	out.Chats = make(map[int]*Chat, len(s.Chats))
	chats := make([]Chat, 0, len(s.Chats))
	for id, c := range s.Chats {
		chats = append(chats, *c)
		out.Chats[id] = &chats[len(chats)-1]
	}
	out.Counsellors = make(map[string]*Counsellor, len(s.Counsellors))
	for name, c := range s.Counsellors {
		copied := *c
		out.Counsellors[name] = &copied
	}
	out.waiting = make(map[queue][]*Chat, len(s.waiting))
	for q, w := range s.waiting {
		if len(w) > 0 {
			own := make([]*Chat, len(w), len(w)+2)
			for i, c := range w {
				own[i] = out.Chats[c.ID]
			}
			out.waiting[q] = own
		}
	}
	return &out
}

// naming gives counsellors names by the order in which they stand, so that states which differ in nothing but names and
// in how high their tickets are have one form.
type naming struct {
	codes bool     // a return code may lead to the counsellor of a lost chat
	desks []string // present, longest idle first; then who is not there, as they come up
}

func (n *naming) desk(name string) byte {
	if name == "" {
		return 0
	}
	i := slices.Index(n.desks, name)
	if i < 0 {
		n.desks = append(n.desks, name)
		i = len(n.desks) - 1
	}
	return byte(i + 1)
}

// canon appends the form of the state to b and returns the young people's places by ticket. kind tells apart
// counsellors who answer other lines; those of one kind may change places. It holds all that decides what can happen,
// but the time and where a young person's line is up.
func (s *State) canon(b []byte, kind func(string) byte, codes bool) ([]byte, []*Chat, *naming) {
	n := &naming{codes: codes, desks: make([]string, 0, 4)}
	for name := range s.Counsellors {
		n.desks = append(n.desks, name)
	}
	slices.SortFunc(n.desks, func(a, b string) int { return cmp.Compare(s.Counsellors[a].Idle, s.Counsellors[b].Idle) })
	for _, name := range n.desks {
		c := s.Counsellors[name]
		b = append(b, kind(name), bits(c.Up, c.Ready, c.Breather, c.Rings >= 0), byte(c.Capacity), byte(c.Places))
	}
	places := make([]*Chat, 0, len(s.Chats))
	for _, c := range s.Chats {
		if c.Of < 0 {
			places = append(places, c)
		}
	}
	slices.SortFunc(places, func(a, b *Chat) int { return cmp.Compare(a.Ticket, b.Ticket) })
	for _, c := range places {
		b = s.place(b, c, n)
		if a := c.Ask; a != nil {
			b = append(b, '?', s.lineNumber(a.Line), n.desk(a.Name), bits(a.Yes))
			if leg := s.leg(c); leg != nil {
				b = s.place(b, leg, n)
			}
		}
	}
	for _, l := range s.order {
		b = append(b, byte(min(s.Streak[l], pastMax)), bits(slices.Contains(s.paused, l)))
	}
	return b, places, n
}

func (s *State) place(b []byte, c *Chat, n *naming) []byte {
	passed := byte(0) // by whom, if it decides anything: who is not ready is passed over for nothing once she is
	for i, name := range n.desks {
		if d := s.Counsellors[name]; d != nil && d.Ready && s.declined(c, d) {
			passed |= 1 << i
		}
	}
	owner := c.Owner
	if c.Phase == Lost && !n.codes {
		owner = ""
	}
	for _, l := range c.refused {
		b = append(b, 'n', s.lineNumber(l))
	}
	b = append(b, byte(c.Phase), s.lineNumber(c.Line), byte(slices.Index(s.lines[c.Line].Langs, c.Lang)), bits(c.Urgent), byte(c.Class),
		bits(c.Up), n.desk(owner), n.desk(c.For), passed)
	return s.wrapsOf(b, c.ID, n)
}

// holds is who holds a place for the wrap-up of a chat.
func (s *State) holds(chat int) (who []string) {
	for _, w := range s.wraps {
		if w.chat == chat {
			who = append(who, w.name)
		}
	}
	return who
}

// rank orders those named before who is not yet.
func (n *naming) rank(name string) byte {
	if i := slices.Index(n.desks, name); i >= 0 {
		return byte(i)
	}
	return 100
}

// wrapsOf appends who holds a place for the wrap-up of a chat.
func (s *State) wrapsOf(b []byte, chat int, n *naming) []byte {
	who := s.holds(chat)
	slices.SortStableFunc(who, func(x, y string) int { return int(n.rank(x)) - int(n.rank(y)) })
	for _, name := range who {
		b = append(b, 'w', n.desk(name))
	}
	return b
}

func (s *State) lineNumber(line string) byte { return byte(slices.Index(s.order, line)) }

func bits(set ...bool) byte {
	out := byte(0)
	for i, b := range set {
		if b {
			out |= 1 << i
		}
	}
	return out
}
