package simulate

import (
	"fmt"
	"slices"
)

// Kinds of steps that are no transition of the routing state.
const (
	settle Kind = 100 + iota // a sweep tells a chat's own state again
	late                     // a call that stood still tells what it decided
)

// How a step ends.
const (
	whole  = iota
	dies   // the node that makes it dies before it told the chats' own states
	stands // or stands still, and tells them later
)

// stepped is one step, and whether it is made by a sweep, which offers all it can behind it.
type stepped struct {
	Event
	sweep bool
}

// told is what a chat's own state has, or is to have, with its version from 1; 0 for none.
type told struct {
	Change
	v int
}

// world is the routing state with what stands around it: the chats' own states, and a call that stands still.
type world struct {
	*scope
	s       *State
	watch   *watch
	joined  []bool
	now     []told // by chat: what its own state is to be
	own     []told // and what it is
	late    []told // and what a call that stands still is to tell it
	waits   bool   // a call stands still
	cut     int    // calls that were cut off, or stood still
	same    bool   // the last step changed nothing
	changed []told // what it has to tell
	list    []stepped
}

func (sc *scope) world() *world {
	n := len(sc.chats)
	w := &world{scope: sc, s: NewState(Haven, 1, len(sc.who), sc.lines...), joined: make([]bool, n), now: make([]told, n),
		own: make([]told, n), late: make([]told, n)}
	w.s.broken = sc.broken
	w.s.room(n - 1)
	if len(sc.to) > 0 || sc.overflow {
		w.s.room(w.leg(n - 1))
	}
	w.watch = newWatch(w.s)
	return w
}

// set makes w a copy of another world of the same scope.
func (w *world) set(from *world) {
	w.s.set(from.s)
	copy(w.watch.row, from.watch.row)
	copy(w.watch.due, from.watch.due)
	copy(w.joined, from.joined)
	copy(w.now, from.now)
	copy(w.own, from.own)
	copy(w.late, from.late)
	w.waits, w.cut, w.same = from.waits, from.cut, from.same
}

// leg is the number that a handover of a chat waits under.
func (sc *scope) leg(chat int) int { return len(sc.chats) + chat }

func (w *world) rings() bool {
	for i := range w.s.desks {
		if c := &w.s.desks[i]; c.Number > 0 && c.Rings >= 0 {
			return true
		}
	}
	return false
}

func (w *world) anyWait() bool {
	for _, q := range w.s.waiting {
		if len(q) > 0 {
			return true
		}
	}
	return false
}

// steps is all that can happen now, until it is called again.
func (w *world) steps() []stepped {
	w.list = w.list[:0]
	var asked [16]bool
	idle := w.watch.idle()
	for i, e := range w.chats {
		if shape := w.shape(e); !w.joined[i] && !asked[shape] {
			asked[shape] = true
			e.Kind, e.Chat, e.Node = Join, i, 1
			w.can(false, e)
		}
		if c := w.s.Chat(i); c != nil {
			w.ofChat(c, idle)
		}
		if w.own[i].v != w.now[i].v {
			w.can(true, Event{Kind: settle, Chat: i})
		}
	}
	for i := range w.who {
		w.ofDesk(i + 1)
	}
	for _, m := range w.s.wraps {
		w.can(false, Event{Kind: WrapOver, Who: m.who, Chat: m.chat})
		if c := w.s.Counsellor(m.who); w.breather && c != nil && c.Ready {
			w.can(false, Event{Kind: WrapOver, Who: m.who, Chat: m.chat, Heavy: true})
		}
	}
	w.ofNodes()
	if w.shut {
		for l := range w.lines {
			w.can(true, Event{Kind: Shut, Line: l})
		}
	}
	if w.overflow && w.anyWait() {
		for l := range w.lines {
			w.can(true, Event{Kind: Overflow, Line: l, Lines: w.open[1-l : 2-l], Leg: w.leg(0)})
		}
	}
	if w.waits {
		w.can(false, Event{Kind: late})
	}
	return w.list
}

func (w *world) can(sweep bool, e Event) { w.list = append(w.list, stepped{e, sweep}) }

// ways is in how many ways a step may end: any transition may be cut off, and one may stand still at a time.
func (w *world) ways(e stepped) int {
	switch {
	case w.cut >= w.cuts || e.Kind >= settle:
		return whole + 1
	case w.waits:
		return dies + 1
	}
	return stands + 1
}

func (w *world) ofChat(c *Chat, idle bool) {
	i := c.ID
	w.can(false, Event{Kind: Leave, Chat: i})
	if c.Up {
		w.can(false, Event{Kind: Drop, Chat: i})
	}
	if !c.Up {
		w.can(false, Event{Kind: Back, Chat: i, Node: 1})
	}
	if w.reenter && c.Phase != Waiting {
		w.can(false, Event{Kind: Reenter, Chat: i, Node: 1})
	}
	if w.counts(c) || idle && c.Phase == Waiting {
		w.can(true, Event{Kind: PassOver, Chat: i})
	}
	if c.For != 0 {
		w.can(true, Event{Kind: PreferOver, Chat: i})
		if c.Up {
			w.can(false, Event{Kind: Anyone, Chat: i})
		}
	}
	if c.LetBe {
		w.can(false, Event{Kind: AskAgain, Chat: i})
	}
	switch {
	case c.Phase == Held:
		w.can(true, Event{Kind: HeldOver, Chat: i})
	case c.Phase == Lost:
		w.can(true, Event{Kind: FrontOver, Chat: i})
	case c.Phase == Talking && !c.Up:
		w.can(true, Event{Kind: AwayOver, Chat: i})
	}
	if c.Phase == Talking {
		w.can(false, Event{Kind: End, Chat: i})
		if w.cut < w.cuts || w.own[i].v != w.now[i].v {
			w.can(false, Event{Kind: Rekey, Chat: i})
		}
		for _, e := range w.to {
			if !c.Ask.Open {
				e.Kind, e.Chat, e.Leg, e.Lines = Propose, i, w.leg(i), w.open
				w.can(false, e)
			}
		}
	}
	if a := c.Ask; a.Open {
		w.can(false, Event{Kind: Keep, Chat: i})
		if a.Yes {
			w.can(true, Event{Kind: LegOver, Leg: a.Leg})
		} else {
			w.can(false, Event{Kind: Consent, Chat: i, Leg: a.Leg, Lines: w.open, Yes: true})
			w.can(false, Event{Kind: Consent, Chat: i, Leg: a.Leg, Lines: w.open})
			if c.Asked() {
				w.can(true, Event{Kind: Overflow, Chats: []int{i}})
			}
		}
	}
}

func (w *world) ofDesk(n int) {
	c, who := w.s.Counsellor(n), &w.who[n-1]
	if c == nil || !c.Up {
		w.can(false, Event{Kind: Enter, Who: n, Lines: who.lines, Langs: who.langs})
	}
	switch {
	case c == nil:
		return
	case !c.Up:
		w.can(true, Event{Kind: GraceOver, Who: n})
		return
	}
	w.can(false, Event{Kind: DeskDrop, Who: n})
	for _, places := range w.capacity {
		if !c.Ready || c.Capacity != places || w.passes(c) {
			w.can(false, Event{Kind: Ready, Who: n, Capacity: places})
		}
	}
	if c.Breather {
		w.can(true, Event{Kind: BreathOver, Who: n})
	}
	if c.Ready {
		w.can(false, Event{Kind: Rest, Who: n})
	}
	if c.Rings >= 0 {
		w.can(false, Event{Kind: Accept, Who: n})
		w.can(false, Event{Kind: Decline, Who: n})
		w.can(true, Event{Kind: RingOver, Who: n})
	} else if c.Places < c.Capacity && w.anyWait() {
		w.can(false, Event{Kind: Take, Who: n})
	}
}

// passes says whether she is passed over for anybody.
func (w *world) passes(c *Counsellor) bool {
	for _, n := range w.s.there {
		if w.s.declined(&w.s.chats[n], c) {
			return true
		}
	}
	return false
}

// counts says whether anybody who is ready is passed over for a chat. Where nobody is, passes that are left come to
// nothing: the end of their time offers the chat to nobody who was not offered it before, unless somebody waits for the
// next sweep.
func (w *world) counts(chat *Chat) bool {
	if chat.passed {
		for i := range w.s.desks {
			if c := &w.s.desks[i]; c.Ready && w.s.declined(chat, c) {
				return true
			}
		}
	}
	return false
}

// ofNodes has any young people go down at once, as those of a node that dies, in every order in which the store may have
// them. One alone is as a drop.
func (w *world) ofNodes() {
	up := 0
	for i := range w.chats {
		if c := w.s.Chat(i); c != nil && c.Up {
			up |= 1 << i
		}
	}
	for _, o := range w.orders[up] {
		w.can(true, Event{Kind: NodeOver, Node: 1, Chats: o})
	}
}

// ordersOf are all orders of two or more of the numbers.
func ordersOf(left, head []int) (all [][]int) {
	if len(head) > 1 {
		all = append(all, head)
	}
	for i := range left {
		all = append(all, ordersOf(slices.Concat(left[:i], left[i+1:]), append(head[:len(head):len(head)], left[i]))...)
	}
	return all
}

// apply makes one transition and notes what it has to tell.
func (w *world) apply(e Event) Outcome {
	o := w.s.Apply(0, e)
	for _, c := range w.s.Changed {
		now := &w.now[c.Chat]
		*now = told{c, now.v + 1}
		w.changed = append(w.changed, *now)
	}
	return o
}

// step makes one step in one of its ways and checks it and what then stands.
func (w *world) step(e stepped, way int) error {
	before := w.holds()
	if err := w.make(e, &before); err != nil || w.same {
		return err
	}
	return w.finish(way)
}

// make makes a step but for telling it, and checks it against what was before.
func (w *world) make(e stepped, before *held) error {
	w.changed, w.same = w.changed[:0], false
	switch e.Kind {
	case settle:
		w.changed = append(w.changed, w.now[e.Chat])
		return nil
	case late:
		for i := range w.late {
			if w.late[i].v > 0 {
				w.changed = append(w.changed, w.late[i])
				w.late[i] = told{}
			}
		}
		w.waits = false
		return nil
	case PassOver:
		w.s.forget(&w.s.chats[e.Chat])
	}
	o := w.apply(e.Event)
	err := w.rang()
	if e.Kind == Join && o == Done {
		w.joined[e.Chat] = true
		w.now[e.Chat] = told{Change{e.Chat, Waiting, 0, -1, false}, 1}
		w.own[e.Chat] = w.now[e.Chat]
	}
	if o != Done && e.Kind != Propose && e.Kind != PassOver {
		w.same = true
		return nil
	}
	if e.sweep {
		for again := true; again; again = len(w.s.Offers) > 0 {
			w.apply(Event{Kind: Match})
			if e := w.rang(); err == nil {
				err = e
			}
		}
	}
	if err != nil {
		return err
	}
	if e.Kind == Overflow {
		for _, n := range e.Chats {
			if c := w.s.Chat(n); c != nil && c.Asked() && c.Ask.Line == before.asked[n] {
				return fmt.Errorf("%d did not answer and is still asked", n)
			}
		}
	}
	return w.check(before)
}

// rang checks the rings of a transition.
func (w *world) rang() (err error) {
	for _, r := range w.s.Offers {
		c := w.s.Chat(r.Chat)
		switch {
		case c != nil && c.Phase == Offered:
			if _, errs := w.watch.rang(r); err == nil && len(errs) > 0 {
				err = errs[0]
			}
		case c != nil && c.Class != 1: // taken back at once
			w.watch.row[c.Line] = 0
		}
	}
	return err
}

// finish ends a step that was made in one of its ways.
func (w *world) finish(way int) error {
	switch way {
	case dies:
		w.cut++
	case stands:
		w.cut++
		w.waits = true
		for _, c := range w.changed {
			w.late[c.Chat] = c // the last of a chat stands for those before
		}
	default:
		for _, c := range w.changed {
			if err := w.tell(c); err != nil {
				return err
			}
		}
	}
	return w.agree()
}

// sweep is a step of the clock alone, without checks.
func (w *world) sweep(e Event) {
	w.changed = w.changed[:0]
	w.apply(e)
	for again := true; again; again = len(w.s.Offers) > 0 {
		w.apply(Event{Kind: Match})
	}
}
