package simulate

import (
	"math/rand/v2"
	"slices"
)

// Phase is where a chat stands, with the letters of the scripts.
type Phase byte

const (
	Waiting Phase = 'w'
	Offered Phase = 'o' // rings at Owner
	Held    Phase = 'h' // the young person's line is down: keeps its place, is not offered
	Talking Phase = 't'
	Lost    Phase = 'l' // the young person was away too long in a conversation; back in time is a place at the front
	Over    Phase = 'x'
)

// Policy says in which order a line is served, and who is rung for.
type Policy int

const (
	Haven     Policy = iota // design, section 6
	FirstCome               // strictly by ticket, urgent or not
	Random                  // anybody eligible in line, any eligible free counsellor
)

func (p Policy) String() string { return [...]string{"Haven", "first come", "random"}[p] }

// Times of the rules, in whole seconds.
const (
	RingS   = 20  // an offer rings
	PassedS = 120 // a counsellor is passed over for a chat she declined or missed
	WrapupS = 120 // a wrap-up holds its place
	pastMax = 3   // urgent chats in a row past somebody over the line's target
	offers  = 2   // of one transition, as a script has two fresh offer ids
	most    = 8   // counsellors that one look at a line offers to
)

// Line is what the rules need of a line. Lines have numbers in the order of NewState, languages any small ones.
type Line struct {
	Name             string
	Langs            []int
	CapPerCounsellor int
	TargetS          int
}

// Chat is one young person's place. It holds no pointer, so that a state is copied in one go.
type Chat struct {
	ID         int
	Line, Lang int
	Urgent     bool
	Class      int // 0 a place kept from before, 1 urgent, 2 not
	Ticket     int
	ArrivedS   int
	Phase      Phase
	Owner      int  // the counsellor rung for or talked with, 0 for nobody
	Ring       int  // number of the offer that rings, from 1; 0 for none
	Epoch      int  // -1 before the first counsellor accepted
	Up         bool // the young person's line
	Node       int  // where it is up
	For        int  // the counsellor whom it waits for, 0 for anybody
	Ask        Ask  // may it go elsewhere?
	Of         int  // of a leg: its chat; -1 for a young person's place
	From       int  // of a leg: who hands over
	Refused    uint // bits of the lines it is asked about no more while it waits
	LetBe      bool // it is asked nothing for a while, since a question was not answered
	passed     bool // counsellors may be passed over for it: State.passes
}

// Ask is a handover, or from a place in line another line, that a young person is asked about; its zero is none.
type Ask struct {
	Open bool
	Leg  int // the number that it waits under, as a Chat, once they said yes
	Line int
	Who  int // a colleague, 0 for the whole line
	Yes  bool
}

// pass says that a counsellor is passed over for a chat; ticket 0 that she is not.
type pass struct{ ticket, until int }

// wrap is a wrap-up that holds its place.
type wrap struct{ who, chat int }

// Counsellor is one counsellor who entered a desk. Lines and Langs are never changed in place.
type Counsellor struct {
	Number       int // from 1
	Lines, Langs []int
	Up           bool // her desk's line
	Ready        bool
	Breather     bool // she is not rung until it is over
	Capacity     int
	Places       int // taken by a ring, chats and wrap-ups
	Idle         int // ticket drawn when she last became idle: the lowest has been so longest
	ReadyAt      int // ticket drawn when she last said she was ready
	Rings        int // chat that rings at her desk; -1 for none
}

// Room is how many more chats she takes now.
func (c *Counsellor) Room() int {
	if !c.Ready || !c.Up || c.Breather {
		return 0
	}
	return max(0, c.Capacity-c.Places)
}

func (c *Counsellor) free() bool { return c.Rings < 0 && c.Room() > 0 }

func (c *Counsellor) serves(line, lang int) bool {
	return slices.Contains(c.Lines, line) && slices.Contains(c.Langs, lang)
}

// Offer is a ring that began.
type Offer struct {
	Chat       int
	Counsellor int
	Taken      bool // she asked for it: passes do not count
}

// Change is what a chat's own state is to learn, on which it accepts and refuses messages.
type Change struct {
	Chat  int
	Phase Phase // Waiting also for Offered and Held
	Owner int   // while Talking
	Epoch int
	Away  bool // her line is down
}

// State is the routing state of a deployment. Make one with NewState. Chats, counsellors and lines are found by their
// numbers, which should be small: each has its place in an array, which a chat keeps when it is over.
type State struct {
	NowS    int
	Tickets int
	Streak  []int    // by line: urgent chats in a row past somebody over its target
	Offers  []Offer  // rings that the last Apply began; until the next
	Changed []Change // what the last Apply has to tell chats' own states; until the next

	policy  Policy
	lines   []Line
	langs   int          // languages in all
	chats   []Chat       // by number
	there   []int        // chats not over
	desks   []Counsellor // by number; without one who is at none, as nobody has number 0
	passes  []pass       // by chat and counsellor
	waiting [][]int      // by line and language: chats by class, then ticket
	paused  uint         // bits of lines
	wraps   []wrap
	rings   int        // offers made so far
	left    int        // offers that this transition may still make
	chance  *rand.Rand // of Random
	broken  mutant
	anyone  []*Counsellor // room for Free
}

// mutant is a bug on purpose, for the tests of the checks.
type mutant int

const (
	sound mutant = iota
	noTarget
	oneTooMany
	newestFirst
	notAhead
	leavesFree
	sameEpoch      // accept begins no epoch after the first
	ringsOn        // a missed ring passes nobody over
	ringsAtNobody  // a desk that drops goes on ringing
	noWrapup       // a conversation's end frees its place at once, and so does its wrap-up
	forgotten      // what a counsellor forfeits is not put in line
	keepsPlace     // a ring taken back keeps its place
	dropsDeclined  // what rings no more is not put in line
	keepsLeg       // a handover that rings no more is not given back
	holdsBoth      // a chat that moved holds its place at the first counsellor
	leavesUnserved // a place that comes free with a second wrap-up of one chat is offered by the next sweep only
	servesFirst    // who is rung for by a handover no more is served before the chat is at the front
	asksTooMany    // overflow asks as many as are free, whoever was asked before
	asksAgain      // and who said no
	asksSoon       // and who did not answer, at once
	keepsAsking    // what was not answered in time goes on being asked
	newTicket      // a place that goes to another line is behind all
	anyVersion     // a chat's own state takes what comes late
)

// NewState is a deployment with nobody in it, for so many counsellors.
func NewState(policy Policy, seed uint64, counsellors int, lines ...Line) *State {
	s := &State{policy: policy, lines: lines, chance: rand.New(rand.NewPCG(seed, 1)), desks: make([]Counsellor, counsellors+1),
		Streak: make([]int, len(lines))}
	for _, l := range lines {
		s.langs = max(s.langs, slices.Max(l.Langs)+1)
	}
	s.waiting = make([][]int, len(lines)*s.langs)
	return s
}

// Chat is a chat that is not over, or nil.
func (s *State) Chat(n int) *Chat {
	if n < 0 || n >= len(s.chats) || s.chats[n].Phase == 0 || s.chats[n].Phase == Over {
		return nil
	}
	return &s.chats[n]
}

// Chats are the numbers of those not over, in no order, until the next Apply.
func (s *State) Chats() []int { return s.there }

// Counsellor is one at her desk, or nil.
func (s *State) Counsellor(n int) *Counsellor {
	if c := &s.desks[n]; c.Number > 0 {
		return c
	}
	return nil
}

// add gives a chat its place. There has to be room.
func (s *State) add(chat Chat) *Chat {
	c := &s.chats[chat.ID]
	*c = chat
	clear(s.passes[c.ID*len(s.desks):][:len(s.desks)])
	s.there = append(s.there, c.ID)
	return c
}

// room sees to it that a chat of this number has a place, before anybody holds one.
func (s *State) room(chat int) {
	for len(s.chats) <= chat {
		s.chats = append(s.chats, Chat{})
		for range s.desks {
			s.passes = append(s.passes, pass{})
		}
	}
}

// drop takes away a chat that is over.
func (s *State) drop(chat *Chat) {
	chat.Phase = Over
	i := slices.Index(s.there, chat.ID)
	s.there = slices.Delete(s.there, i, i+1)
}

// line is who waits in a line for a language.
func (s *State) line(line, lang int) *[]int { return &s.waiting[line*s.langs+lang] }

// InLine is who waits in a line for a language, in the order of the rules.
func (s *State) InLine(line, lang int) []*Chat {
	var out []*Chat
	for _, n := range *s.line(line, lang) {
		out = append(out, &s.chats[n])
	}
	return out
}

// OldestS is how long the one longest in line has waited, in s.
func (s *State) OldestS(line int) int {
	oldest := 0
	for _, g := range s.lines[line].Langs {
		for _, n := range *s.line(line, g) {
			oldest = max(oldest, s.NowS-s.chats[n].ArrivedS)
		}
	}
	return oldest
}

func before(a, b *Chat) int {
	if a.Class != b.Class {
		return a.Class - b.Class
	}
	return a.Ticket - b.Ticket
}

func (s *State) ticket() int {
	s.Tickets++
	return s.Tickets
}

// Passes are the counsellors passed over for a chat, with the ticket drawn when they were.
func (s *State) Passes(chat *Chat) map[int]int {
	out := map[int]int{}
	for who := range s.desks {
		if p := s.pass(chat, who); p.ticket > 0 {
			out[who] = p.ticket
		}
	}
	return out
}

func (s *State) pass(chat *Chat, who int) *pass { return &s.passes[chat.ID*len(s.desks)+who] }

// forget ends the passes of a chat.
func (s *State) forget(chat *Chat) {
	if chat.passed {
		clear(s.passes[chat.ID*len(s.desks):][:len(s.desks)])
		chat.passed = false
	}
}

// set makes s a copy of another state of the same deployment that goes its own way, in the room that s has. Under Random
// both draw from the same chance. It leaves out what decides nothing: Offers and Changed.
func (s *State) set(from *State) {
	s.NowS, s.Tickets, s.paused, s.rings, s.left, s.broken = from.NowS, from.Tickets, from.paused, from.rings, from.left, from.broken
	s.chats, s.there = append(s.chats[:0], from.chats...), append(s.there[:0], from.there...)
	s.passes, s.wraps = append(s.passes[:0], from.passes...), append(s.wraps[:0], from.wraps...)
	copy(s.desks, from.desks)
	copy(s.Streak, from.Streak)
	for i, q := range from.waiting {
		s.waiting[i] = append(s.waiting[i][:0], q...)
	}
}
