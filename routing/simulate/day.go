package simulate

import (
	"container/heap"
	"math/rand/v2"
	"slices"
)

// Story is what came of one person.
type Story struct {
	Line   string
	Urgent bool
	End    string // answered, left, closed, full, nobody
	WaitS  int    // to the answer, or to the end of waiting
	Ahead  int    // in line at arrival; -1 for who was rung for at once
	Soon   bool   // though a counsellor of the line had room
	Lo, Hi int    // announced then to who had to wait, in s
	Passed int    // later arrivals rung for before them at somebody who could have taken them
	Jumped int    // of those, without being urgent
}

// Day is how a day went.
type Day struct {
	Stories []Story
	Busy    float64 // places taken by chats and wrap-ups, of those on duty
	Idle    int     // events after which somebody waited while an eligible counsellor was free
	Broken  []error // of the checks, at most ten
	Events  int
}

type moment struct {
	at   int64
	n    int // order within a moment
	do   Kind
	chat int
	who  *shift
	ring int
	line int
}

type calendar []moment

func (c calendar) Len() int { return len(c) }
func (c calendar) Less(i, j int) bool {
	if c[i].at != c[j].at {
		return c[i].at < c[j].at
	}
	return c[i].n < c[j].n
}
func (c calendar) Swap(i, j int) { c[i], c[j] = c[j], c[i] }
func (c *calendar) Push(x any)   { *c = append(*c, x.(moment)) }
func (c *calendar) Pop() any {
	last := len(*c) - 1
	x := (*c)[last]
	*c = (*c)[:last]
	return x
}

type day struct {
	Scenario
	*Day
	state  *State
	people []person
	shifts []shift
	plan   calendar
	n      int
	at     int64
	rings  map[int]int // chat -> times it rang
	begun  map[int]int64
	busy   map[int]int64 // ms that places were taken within the shift
	watch  *watch
	known  []Known // by line
}

const lastServed = 20 // that a line remembers

// Run plays a day to its end. The same Scenario gives the same Day.
func Run(sc Scenario) *Day {
	lines := make([]Line, len(three))
	for i := range three {
		lines[i] = three[i].Line
	}
	shifts := sc.shifts()
	d := &day{Scenario: sc, Day: &Day{}, state: NewState(sc.Policy, sc.Seed, len(shifts), lines...), people: sc.arrivals(), shifts: shifts,
		rings: map[int]int{}, begun: map[int]int64{}, busy: map[int]int64{}}
	d.state.broken, d.known = sc.broken, make([]Known, len(lines))
	d.watch = newWatch(d.state)
	d.Stories = make([]Story, len(d.people))
	for i, p := range d.people {
		d.Stories[i] = Story{Line: three[p.line].Name, Urgent: p.urgent}
		d.later(moment{at: p.at, do: Join, chat: i})
	}
	for i := range d.shifts {
		s := &d.shifts[i]
		d.later(moment{at: s.from, do: Enter, who: s})
		d.later(moment{at: s.to, do: Rest, who: s})
	}
	for i, l := range three {
		d.later(moment{at: int64(l.closes * float64(hour)), do: Shut, line: i})
	}
	for d.plan.Len() > 0 {
		m := heap.Pop(&d.plan).(moment)
		d.at = m.at
		d.happens(m)
	}
	var places int64
	for _, s := range d.shifts {
		places += int64(s.capacity) * (s.to - s.from)
		d.Busy += float64(d.busy[s.number])
	}
	d.Busy /= float64(places)
	return d.Day
}

func (d *day) later(m moment) {
	d.n++
	m.n = d.n
	heap.Push(&d.plan, m)
}

func (d *day) happens(m moment) {
	s, e := d.state, Event{Kind: m.do, Chat: m.chat, Line: m.line}
	chat := s.Chat(m.chat)
	if m.who != nil {
		e.Who, e.Lines, e.Langs, e.Capacity = m.who.number, m.who.lines, m.who.langs, m.who.capacity
	}
	switch m.do {
	case Join:
		d.joins(m, e)
		return
	case Enter:
		d.apply(e)
		e.Kind = Ready
	case Ready:
		if d.at >= m.who.to {
			return
		}
	case Leave:
		if chat == nil || chat.Phase == Talking {
			return
		}
		d.ends(m.chat, "left")
	case Drop:
		if chat == nil || chat.Phase == Talking {
			return
		}
	case Accept, Decline, RingOver:
		if chat == nil || chat.Phase != Offered || chat.Ring != m.ring {
			return
		}
		e.Who = chat.Owner
		d.answers(m, e)
		return
	case End:
		d.ended(m.chat, chat.Owner)
	case Shut:
		for _, i := range s.Chats() {
			if c := s.Chat(i); c.Phase == Waiting && c.Line == m.line {
				d.ends(i, "closed")
			}
		}
	}
	d.apply(e)
}

func (d *day) joins(m moment, e Event) {
	p, story := &d.people[m.chat], &d.Stories[m.chat]
	e.Line, e.Lang, e.Urgent = p.line, p.lang, p.urgent
	if o := d.apply(e); o != Done {
		story.End = string(o)
		return
	}
	story.Ahead = d.ahead(m.chat)
	if d.Range != nil && story.Ahead >= 0 {
		k := d.known[p.line]
		k.Ahead, k.Talking, k.Room = story.Ahead, d.talking(p.line), d.room(p.line)
		story.Ahead = max(0, k.Ahead-k.Room)
		story.Soon = k.Ahead < k.Room
		story.Lo, story.Hi = d.Range(k)
	}
	d.later(moment{at: d.at + p.patience, do: Leave, chat: m.chat})
	if p.locks > 0 {
		d.later(moment{at: d.at + p.locks, do: Drop, chat: m.chat})
		d.later(moment{at: d.at + p.unlocks, do: Back, chat: m.chat})
	}
}

// ahead is how many are before a chat in its line, -1 where it is not in line.
func (d *day) ahead(chat int) int {
	c := d.state.Chat(chat)
	if c == nil || c.Phase != Waiting {
		return -1
	}
	n := 0
	for _, i := range d.state.Chats() {
		if o := d.state.Chat(i); o.Phase == Waiting && o.Line == c.Line && before(o, c) < 0 {
			n++
		}
	}
	return n
}

// room is how many more chats the counsellors of a line take now.
func (d *day) room(line int) (n int) {
	for i := range d.shifts {
		if c := d.state.Counsellor(i + 1); c != nil && slices.Contains(c.Lines, line) {
			n += c.Room()
		}
	}
	return n
}

// talking is how many talk in a line.
func (d *day) talking(line int) (n int) {
	for _, i := range d.state.Chats() {
		if c := d.state.Chat(i); c.Phase == Talking && c.Line == line {
			n++
		}
	}
	return n
}

// served notes how long somebody who had to wait did.
func (d *day) served(line int, s *Story) {
	k := &d.known[line]
	k.Waits = slices.Insert(k.Waits, 0, s.WaitS)
	k.Aheads = slices.Insert(k.Aheads, 0, s.Ahead)
	k.Waits, k.Aheads = k.Waits[:min(len(k.Waits), lastServed)], k.Aheads[:min(len(k.Aheads), lastServed)]
}

func (d *day) ends(chat int, how string) {
	story := &d.Stories[chat]
	story.End, story.WaitS = how, int((d.at-d.people[chat].at)/second)
}

func (d *day) answers(m moment, e Event) {
	who := &d.shifts[e.Who-1]
	switch m.do {
	case Accept:
		d.ends(m.chat, "answered")
		if s := &d.Stories[m.chat]; s.Ahead >= 0 && !s.Soon {
			d.served(d.people[m.chat].line, s)
		}
		d.begun[m.chat] = d.at
		d.later(moment{at: d.at + d.people[m.chat].talk, do: End, chat: m.chat})
	case RingOver:
		r := rand.New(rand.NewPCG(d.Seed^0x72657374, uint64(m.chat)<<16|uint64(m.ring&0xffff)))
		d.later(moment{at: d.at + lognormal(r, 3*float64(minute), 0.7), do: Ready, who: who})
	}
	if m.do != Accept {
		d.later(moment{at: d.at + (PassedS+1)*second, do: PassOver, chat: m.chat})
	}
	d.apply(e)
}

// ended plans the wrap-up and counts the time the place was taken.
func (d *day) ended(chat, who int) {
	r := rand.New(rand.NewPCG(d.Seed^0x77726170, uint64(chat)))
	s := &d.shifts[who-1]
	done := d.at + 20*second + r.Int64N((WrapupS-20)*second)
	d.later(moment{at: done, do: WrapOver, chat: chat, who: s})
	d.busy[who] += max(0, min(done, s.to)-d.begun[chat])
}

// apply makes one transition, has it checked, and plans what the rings that it began come to.
func (d *day) apply(e Event) Outcome {
	d.Events++
	out := d.state.Apply(int(d.at/second), e)
	d.rang()
	if d.watch.idle() {
		d.Idle++
	}
	for d.state.Apply(int(d.at/second), Event{Kind: Match}); len(d.state.Offers) > 0; {
		d.rang()
		d.state.Apply(int(d.at/second), Event{Kind: Match})
	}
	if len(d.Broken) < 10 {
		d.Broken = append(d.Broken, d.watch.check()...)
	}
	return out
}

func (d *day) rang() {
	for _, o := range d.state.Offers {
		chat := d.state.Chat(o.Chat)
		if chat == nil || chat.Phase != Offered {
			continue
		}
		d.rings[o.Chat]++
		k, after := d.reaction(o.Chat, d.rings[o.Chat])
		d.later(moment{at: d.at + after, do: k, chat: o.Chat, ring: chat.Ring})
		passed, errs := d.watch.rang(o)
		for _, p := range passed {
			d.Stories[p].Passed++
			if !chat.Urgent {
				d.Stories[p].Jumped++
			}
		}
		if len(d.Broken) < 10 {
			d.Broken = append(d.Broken, errs...)
		}
	}
}
