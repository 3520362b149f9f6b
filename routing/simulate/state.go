package simulate

import (
	"maps"
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
	kept    = 20  // waits of those last served that a line remembers
	pastMax = 3   // urgent chats in a row past somebody over the line's target
	offers  = 2   // of one transition, as a script has two fresh offer ids
)

// Line is what the rules need of a line.
type Line struct {
	Name             string
	Langs            []string
	CapPerCounsellor int
	TargetS          int
}

// Chat is one young person's place.
type Chat struct {
	ID         int
	Line, Lang string
	Urgent     bool
	Class      int // 0 a place kept from before, 1 urgent, 2 not
	Ticket     int
	ArrivedS   int
	Phase      Phase
	Owner      string   // rung for or talked with
	Ring       int      // number of the offer that rings, from 1; 0 for none
	Epoch      int      // -1 before the first counsellor accepted
	Up         bool     // the young person's line
	Node       int      // where it is up
	For        string   // the counsellor whom it waits for, "" for anybody
	Ask        *Ask     // may it go elsewhere?
	Of         int      // of a leg: its chat; -1 for a young person's place
	From       string   // of a leg: who hands over
	passed     []pass   // never changed in place
	refused    []string // lines they did not want to go to while waiting; never changed in place
}

// Ask is a handover that a young person is asked about. It is never changed in place.
type Ask struct {
	Leg  int // the number that it waits under, as a Chat, once they said yes
	Line string
	Name string // of a colleague, "" for the whole line
	Yes  bool
}

type pass struct {
	name          string
	ticket, until int
}

// wrap is a wrap-up that holds its place.
type wrap struct {
	name string
	chat int
}

// Counsellor is one counsellor who entered a desk.
type Counsellor struct {
	Name         string
	Lines, Langs []string
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

func (c *Counsellor) serves(line, lang string) bool {
	return slices.Contains(c.Lines, line) && slices.Contains(c.Langs, lang)
}

type queue struct{ line, lang string }

// Offer is a ring that began.
type Offer struct {
	Chat       int
	Counsellor string
	Taken      bool // she asked for it: passes do not count
}

// Change is what a chat's own state is to learn, on which it accepts and refuses messages.
type Change struct {
	Chat  int
	Phase Phase  // Waiting also for Offered and Held
	Owner string // while Talking
	Epoch int
	Away  bool // her line is down
}

// State is the routing state of a deployment. Make one with NewState.
type State struct {
	NowS        int
	Tickets     int
	Chats       map[int]*Chat // of those not over
	Counsellors map[string]*Counsellor
	Streak      map[string]int   // line -> urgent chats in a row past somebody over its target; never changed in place
	Waits       map[string][]int // line -> waits in s of those last served, newest first; never changed in place
	Offers      []Offer          // rings that the last Apply began
	Changed     []Change         // what the last Apply has to tell chats' own states

	policy  Policy
	order   []string // of the lines
	lines   map[string]Line
	waiting map[queue][]*Chat // by class, then ticket
	paused  []string          // lines; never changed in place
	wraps   []wrap            // never changed in place
	rings   int               // offers made so far
	left    int               // offers that this transition may still make
	chance  *rand.Rand        // of Random
	broken  mutant
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
	anyVersion     // a chat's own state takes what comes late
)

// NewState is a deployment with nobody in it.
func NewState(policy Policy, seed uint64, lines ...Line) *State {
	s := &State{
		Chats: map[int]*Chat{}, Counsellors: map[string]*Counsellor{}, Streak: map[string]int{}, Waits: map[string][]int{},
		policy: policy, lines: map[string]Line{}, waiting: map[queue][]*Chat{},
		chance: rand.New(rand.NewPCG(seed, 1)),
	}
	for _, l := range lines {
		s.order, s.lines[l.Name] = append(s.order, l.Name), l
	}
	return s
}

// InLine is who waits in a line for a language, in the order of the rules.
func (s *State) InLine(line, lang string) []*Chat { return slices.Clone(s.waiting[queue{line, lang}]) }

// OldestS is how long the one longest in line has waited, in s.
func (s *State) OldestS(line string) int {
	oldest := 0
	for q, w := range s.waiting {
		if q.line == line {
			for _, c := range w {
				oldest = max(oldest, s.NowS-c.ArrivedS)
			}
		}
	}
	return oldest
}

// names are the counsellors in one order, so that a seed gives one day.
func (s *State) names() []string { return slices.Sorted(maps.Keys(s.Counsellors)) }

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
func (c *Chat) Passes() map[string]int {
	out := map[string]int{}
	for _, p := range c.passed {
		out[p.name] = p.ticket
	}
	return out
}

func (c *Chat) passOf(name string) (pass, bool) {
	for _, p := range c.passed {
		if p.name == name {
			return p, true
		}
	}
	return pass{}, false
}
