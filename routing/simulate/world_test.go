package simulate

import (
	"maps"
	"slices"
	"strings"
)

// Kinds of steps that are no transition of the routing state.
const (
	settle Kind = 100 + iota // a sweep tells a chat's own state again
	late                     // a call that stood still tells what it decided
)

// stepped is one step, and whether the node that makes it dies (1) or stands still (2) before it told the chats' own states.
type stepped struct {
	Event
	cut   int
	sweep bool // by a sweep, which offers all it can behind it
}

// told is what a chat's own state has, or is to have, with its version.
type told struct {
	Change
	v int
}

// world is the routing state with what stands around it: the chats' own states, and a call that stands still.
type world struct {
	*scope
	s      *State
	watch  *watch
	joined []bool
	now    []told // by chat: what its own state is to be
	own    []told // and what it is
	late   []told // of the call that stands still
	cut    int
	same   bool // the last step changed nothing
}

func (sc *scope) world() *world {
	n := len(sc.chats)
	w := &world{scope: sc, s: NewState(Haven, 1, sc.lines...), joined: make([]bool, n), now: make([]told, n), own: make([]told, n)}
	w.s.broken = sc.broken
	if len(sc.capacity) == 0 {
		sc.capacity = []int{1}
	}
	w.watch = newWatch(w.s)
	return w
}

func (w *world) clone() *world {
	out := *w
	out.s = w.s.Clone()
	out.watch = &watch{s: out.s, row: maps.Clone(w.watch.row), due: maps.Clone(w.watch.due)}
	out.joined, out.now, out.own = slices.Clone(w.joined), slices.Clone(w.now), slices.Clone(w.own)
	return &out
}

func (w *world) kind(name string) byte {
	for i, c := range w.who {
		if c.Name == name {
			for j, d := range w.who {
				if slices.Equal(c.Lines, d.Lines) && slices.Equal(c.Langs, d.Langs) {
					return byte(min(i, j))
				}
			}
		}
	}
	return 255
}

// key is one form for all states that differ in names only.
func (w *world) key() []byte {
	b, places, n := w.s.canon(make([]byte, 0, 128), w.kind, w.reenter)
	lag := func(i int) byte {
		x := bits(w.own[i].v != w.now[i].v)
		for _, l := range w.late {
			if l.Chat == i {
				x |= 2 | bits(false, false, l.v > w.own[i].v, l.v == w.now[i].v && l.v > w.own[i].v)
			}
		}
		return x
	}
	for _, c := range places {
		b = append(b, lag(c.ID))
	}
	var rest []string
	left, order := map[int]string{}, []int{} // of chats that are over, and those in one order whatever their numbers
	for i, e := range w.chats {
		switch {
		case !w.joined[i]:
			rest = append(rest, string([]byte{'u', w.form(e)}))
		case w.s.Chats[i] == nil:
			k := []byte{lag(i)}
			for _, name := range w.s.holds(i) {
				k = append(k, n.rank(name))
			}
			slices.Sort(k[1:])
			left[i], order = string(k), append(order, i)
		}
	}
	slices.SortStableFunc(order, func(i, j int) int { return strings.Compare(left[i], left[j]) })
	for _, i := range order {
		rest = append(rest, string(w.s.wrapsOf([]byte{'x', lag(i)}, i, n)))
	}
	slices.Sort(rest)
	for _, r := range rest {
		b = append(b, r...)
		b = append(b, '.')
	}
	for _, l := range w.lines {
		b = append(b, byte(min(w.watch.row[l.Name], pastMax+1)), byte(min(w.watch.due[l.Name], pastMax)))
	}
	for _, name := range n.desks {
		if w.s.Counsellors[name] == nil {
			b = append(b, w.kind(name))
		}
	}
	return append(b, byte(w.cut))
}

// form tells apart young people who ask for other things.
func (sc *scope) form(e Event) byte {
	out := bits(e.Urgent)
	for i, l := range sc.lines {
		if l.Name == e.Line {
			out |= byte(i) << 1
		}
	}
	return out
}

func (w *world) rings() bool {
	for _, c := range w.s.Counsellors {
		if c.Rings >= 0 {
			return true
		}
	}
	return false
}

func (w *world) open() []string { return w.s.order }

// steps is all that can happen now.
func (w *world) steps() []stepped {
	var out []stepped
	add := func(sweep bool, e Event) { out = append(out, stepped{e, 0, sweep}) }
	var asked [8]bool
	for i, e := range w.chats {
		if form := w.form(e); !w.joined[i] && !asked[form] {
			asked[form] = true
			e.Kind, e.Chat, e.Node = Join, i, 1
			add(false, e)
		}
		if c := w.s.Chats[i]; c != nil {
			w.ofChat(c, add)
		}
		if w.own[i].v != w.now[i].v {
			add(true, Event{Kind: settle, Chat: i})
		}
	}
	for i := range w.who {
		w.ofDesk(&w.who[i], add)
	}
	for _, m := range w.s.wraps {
		add(false, Event{Kind: WrapOver, Name: m.name, Chat: m.chat})
		if c := w.s.Counsellors[m.name]; w.breather && c != nil && c.Ready {
			add(false, Event{Kind: WrapOver, Name: m.name, Chat: m.chat, Heavy: true})
		}
	}
	w.ofNodes(add)
	if w.shut {
		for _, l := range w.lines {
			add(true, Event{Kind: Shut, Line: l.Name})
		}
	}
	if w.late != nil {
		add(false, Event{Kind: late})
	}
	if w.cut < w.cuts {
		for _, e := range slices.Clone(out) {
			if e.Kind < settle {
				e.cut = 1
				out = append(out, e)
				if w.late == nil {
					e.cut = 2
					out = append(out, e)
				}
			}
		}
	}
	return out
}

func (w *world) ofChat(c *Chat, add func(bool, Event)) {
	i, idle := c.ID, w.watch.idle()
	add(false, Event{Kind: Leave, Chat: i})
	if c.Up {
		add(false, Event{Kind: Drop, Chat: i})
	}
	if !c.Up {
		add(false, Event{Kind: Back, Chat: i, Node: 1})
	}
	if w.reenter && c.Phase != Waiting {
		add(false, Event{Kind: Reenter, Chat: i, Node: 1})
	}
	if w.counts(c) || idle && c.Phase == Waiting {
		add(true, Event{Kind: PassOver, Chat: i})
	}
	if c.For != "" {
		add(true, Event{Kind: PreferOver, Chat: i})
	}
	switch {
	case c.Phase == Held:
		add(true, Event{Kind: HeldOver, Chat: i})
	case c.Phase == Lost:
		add(true, Event{Kind: FrontOver, Chat: i})
	case c.Phase == Talking && !c.Up:
		add(true, Event{Kind: AwayOver, Chat: i})
	}
	if c.Phase == Talking {
		add(false, Event{Kind: End, Chat: i})
		if w.cut < w.cuts || w.own[i].v != w.now[i].v {
			add(false, Event{Kind: Rekey, Chat: i})
		}
		for _, e := range w.to {
			if c.Ask == nil {
				e.Kind, e.Chat, e.Leg, e.Lines = Propose, i, leg(i), w.open()
				add(false, e)
			}
		}
	}
	if a := c.Ask; a != nil {
		add(false, Event{Kind: Keep, Chat: i})
		if a.Yes {
			add(true, Event{Kind: LegOver, Leg: a.Leg})
		} else {
			add(false, Event{Kind: Consent, Chat: i, Leg: a.Leg, Lines: w.open(), Yes: true})
			add(false, Event{Kind: Consent, Chat: i, Leg: a.Leg, Lines: w.open()})
		}
	}
}

func (w *world) ofDesk(who *Counsellor, add func(bool, Event)) {
	c := w.s.Counsellors[who.Name]
	if c == nil || !c.Up {
		add(false, Event{Kind: Enter, Name: who.Name, Lines: who.Lines, Langs: who.Langs})
	}
	switch {
	case c == nil:
		return
	case !c.Up:
		add(true, Event{Kind: GraceOver, Name: who.Name})
		return
	}
	add(false, Event{Kind: DeskDrop, Name: who.Name})
	for _, n := range w.capacity {
		if !c.Ready || c.Capacity != n || w.passes(c) {
			add(false, Event{Kind: Ready, Name: who.Name, Capacity: n})
		}
	}
	if c.Breather {
		add(true, Event{Kind: BreathOver, Name: who.Name})
	}
	if c.Ready {
		add(false, Event{Kind: Rest, Name: who.Name})
	}
	if c.Rings >= 0 {
		for _, k := range []Kind{Accept, Decline, RingOver} {
			add(k == RingOver, Event{Kind: k, Name: who.Name})
		}
	} else if c.Places < c.Capacity && len(w.s.inLineAll()) > 0 {
		add(false, Event{Kind: Take, Name: who.Name})
	}
}

// counts says whether anybody who is ready is passed over for a chat. Where nobody is, passes that are left come to nothing:
// the end of their time offers the chat to nobody who was not offered it before, unless somebody waits for the next sweep.
func (w *world) counts(chat *Chat) bool {
	for _, c := range w.s.Counsellors {
		if c.Ready && w.s.declined(chat, c) {
			return true
		}
	}
	return false
}

// passes says whether she is passed over for anybody.
func (w *world) passes(c *Counsellor) bool {
	for _, chat := range w.s.Chats {
		if w.s.declined(chat, c) {
			return true
		}
	}
	return false
}

// ofNodes has any young people go down at once, as those of a node that dies, in every order in which the store may have
// them. One alone is as a drop.
func (w *world) ofNodes(add func(bool, Event)) {
	var up []int
	for i := range w.chats {
		if c := w.s.Chats[i]; c != nil && c.Up {
			up = append(up, i)
		}
	}
	orders(up, nil, func(o []int) {
		if len(o) > 1 {
			add(true, Event{Kind: NodeOver, Node: 1, Chats: o})
		}
	})
}

func orders(left, head []int, f func([]int)) {
	f(slices.Clone(head))
	for i := range left {
		orders(slices.Concat(left[:i], left[i+1:]), append(head[:len(head):len(head)], left[i]), f)
	}
}

// step makes one step and checks it and what then stands.
func (w *world) step(e stepped) error {
	before := w.holds()
	switch e.Kind {
	case settle:
		return w.settle(e.Chat)
	case late:
		return w.tells(w.take())
	}
	var errs []error
	var changed []told
	apply := func(e Event) Outcome {
		o := w.s.Apply(0, e)
		for _, r := range w.s.Offers {
			c := w.s.Chats[r.Chat]
			switch {
			case c != nil && c.Phase == Offered:
				_, err := w.watch.rang(r)
				errs = append(errs, err...)
			case c != nil && c.Class != 1: // taken back at once
				w.watch.row[c.Line] = 0
			}
		}
		for _, c := range w.s.Changed {
			w.now[c.Chat] = told{c, w.now[c.Chat].v + 1}
			changed = append(changed, w.now[c.Chat])
		}
		return o
	}
	if e.Kind == PassOver {
		w.s.Chats[e.Chat].passed = nil
	}
	o := apply(e.Event)
	if e.Kind == Join && o == Done {
		w.joined[e.Chat] = true
		w.own[e.Chat], w.now[e.Chat] = told{Change{e.Chat, Waiting, "", -1, false}, 0}, told{Change{e.Chat, Waiting, "", -1, false}, 0}
	}
	if o != Done && e.Kind != Propose && e.Kind != PassOver {
		w.same = e.Kind != NodeOver
		return nil
	}
	w.same = false
	if e.sweep {
		for apply(Event{Kind: Match}); len(w.s.Offers) > 0; {
			apply(Event{Kind: Match})
		}
	}
	if len(errs) > 0 {
		return errs[0]
	}
	switch {
	case e.cut > 0 && len(changed) == 0:
		w.same = true // as without
	case e.cut == 1:
		w.cut++
	case e.cut == 2:
		w.cut++
		w.late = changed
	default:
		if err := w.tells(changed); err != nil {
			return err
		}
	}
	return w.check(before)
}

// sweep is a step of the clock alone, without checks.
func (w *world) sweep(e Event) {
	apply := func(e Event) {
		w.s.Apply(0, e)
		for _, c := range w.s.Changed {
			w.now[c.Chat] = told{c, w.now[c.Chat].v + 1}
		}
	}
	apply(e)
	for apply(Event{Kind: Match}); len(w.s.Offers) > 0; {
		apply(Event{Kind: Match})
	}
}
