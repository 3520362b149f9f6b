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
	Class      int // 1 urgent, 2 not
	Ticket     int
	ArrivedS   int
	Phase      Phase
	Owner      string // rung for or talked with
	Ring       int    // number of the offer that rings, from 1; 0 for none
	passed     map[string]pass
}

type pass struct{ ticket, until int }

// Counsellor is one counsellor who entered a desk.
type Counsellor struct {
	Name         string
	Lines, Langs []string
	Ready        bool
	Capacity     int
	Places       int // taken by a ring, chats and wrap-ups
	Idle         int // ticket drawn when she last became idle: the lowest has been so longest
	ReadyAt      int // ticket drawn when she last said she was ready
	Rings        int // chat that rings at her desk; -1 for none
}

// Room is how many more chats she takes now.
func (c *Counsellor) Room() int {
	if !c.Ready {
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

// State is the routing state of a deployment. Make one with NewState.
type State struct {
	NowS        int
	Tickets     int
	Chats       map[int]*Chat // of those not over
	Counsellors map[string]*Counsellor
	Streak      map[string]int   // line -> urgent chats in a row past somebody over its target
	Waits       map[string][]int // line -> waits in s of those last served, newest first
	Offers      []Offer          // rings that the last Apply began

	policy  Policy
	order   []string // of the lines
	lines   map[string]Line
	waiting map[queue][]*Chat // by class, then ticket
	inLine  map[string]int    // line -> waiting
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
)

// NewState is a deployment with nobody in it.
func NewState(policy Policy, seed uint64, lines ...Line) *State {
	s := &State{
		Chats: map[int]*Chat{}, Counsellors: map[string]*Counsellor{}, Streak: map[string]int{}, Waits: map[string][]int{},
		policy: policy, lines: map[string]Line{}, waiting: map[queue][]*Chat{}, inLine: map[string]int{},
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
	for name, p := range c.passed {
		out[name] = p.ticket
	}
	return out
}
