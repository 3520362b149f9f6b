package simulate

import (
	"encoding/binary"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
)

// scope is what a search goes through: every order in which anything can happen to these people.
type scope struct {
	name     string
	lines    []Line
	who      []someone
	chats    []Event // Joins
	to       []Event // Proposes
	reenter  bool    // return codes
	overflow bool    // those in line may be asked about the other line
	shut     bool    // lines may close
	breather bool    // chats may be heavy
	cuts     int     // nodes that die or stand still in the middle of a call
	capacity []int   // that somebody may set; 1 when left out
	broken   mutant

	open   []int     // all lines
	kinds  []byte    // by counsellor: one number for those who answer the same
	orders [][][]int // by bits of the chats whose young people are there: in which a node may drop them
}

// someone is a counsellor, whose number is her place from 1.
type someone struct {
	name         string
	lines, langs []int
}

func (sc *scope) called(who int) string {
	if who == 0 {
		return "nobody"
	}
	return sc.who[who-1].name
}

// prepare works out what every world of a scope needs.
func (sc *scope) prepare() {
	if len(sc.chats) > few || len(sc.who) > 4 || len(sc.lines) > 4 {
		panic("more than a form has room for")
	}
	if len(sc.capacity) == 0 {
		sc.capacity = []int{1}
	}
	if sc.overflow && len(sc.lines) != 2 {
		panic("a form has two bits for where they do not want to go")
	}
	for l := range sc.lines {
		sc.open = append(sc.open, l)
	}
	sc.kinds = make([]byte, 1+len(sc.who))
	for i, c := range sc.who {
		sc.kinds[i+1] = byte(slices.IndexFunc(sc.who, func(d someone) bool {
			return slices.Equal(c.lines, d.lines) && slices.Equal(c.langs, d.langs)
		}))
	}
	for up := range 1 << len(sc.chats) {
		var all []int
		for i := range sc.chats {
			if up>>i&1 == 1 {
				all = append(all, i)
			}
		}
		sc.orders = append(sc.orders, ordersOf(all, nil))
	}
}

// found is what a search came to.
type found struct {
	states, steps, levels int
	whole                 bool // nothing is left to look at
	err                   error
	how                   []string // the events that lead there
	lost                  bool     // they do not, which cannot be
}

// visit is how a state was first reached: from which, and by which of its steps in which way.
type visit struct {
	parent, step uint32
}

type search struct {
	scope
	mu     sync.Mutex
	seen   seen
	quiet  seen // forms from which silence was seen to end everything
	visits []visit
	found
}

// worker goes through a part of each level: chunks of states, each its number in visits and its form.
type worker struct {
	*search
	from, made, aside *world
	form, silent      []byte
	next              [][]byte
	steps             int
}

const chunk = 1 << 16

// run goes through everything, breadth first, with some workers, until a check fails, so many states are passed (0 for no
// limit), or nothing is left. A level that is begun is finished. level hears of each.
func (sc scope) run(workers, limit int, level func(*found)) *found {
	sc.prepare()
	s := &search{scope: sc, visits: []visit{{}}}
	all := make([]*worker, workers)
	for i := range all {
		all[i] = &worker{search: s, from: s.world(), made: s.world(), aside: s.world()}
	}
	root := all[0].from.form(nil)
	s.seen.first(root)
	now := [][]byte{slices.Concat(make([]byte, 4), root)}
	for len(now) > 0 && s.err == nil && (limit == 0 || len(s.visits) < limit) {
		var wg sync.WaitGroup
		for _, k := range all {
			wg.Go(func() {
				for {
					s.mu.Lock()
					if len(now) == 0 || s.err != nil {
						s.mu.Unlock()
						return
					}
					part := now[len(now)-1]
					now = now[:len(now)-1]
					s.mu.Unlock()
					k.expand(part)
				}
			})
		}
		wg.Wait()
		now = nil
		for _, k := range all {
			now = append(now, k.next...)
			s.steps += k.steps
			k.next, k.steps = nil, 0
		}
		s.levels++
		s.states, s.whole = len(s.visits), len(now) == 0
		if level != nil {
			level(&s.found)
		}
	}
	return &s.found
}

// expand makes every step from each state of a part.
func (k *worker) expand(part []byte) {
	for len(part) > 0 {
		at := binary.LittleEndian.Uint32(part)
		part = k.from.read(part[4:])
		before := k.from.holds()
		for i, e := range k.from.steps() {
			ways := k.from.ways(e)
			k.steps += ways
			k.made.set(k.from)
			if err := k.made.make(e, &before); err != nil {
				k.reached(at, i, whole, err)
				return
			}
			if k.made.same {
				continue
			}
			if len(k.made.changed) == 0 {
				ways = whole + 1 // cut off, it is as whole
			}
			for way := ways - 1; way >= whole; way-- {
				if !k.ended(at, i, way) {
					return
				}
			}
		}
	}
}

// ended ends a step in one of its ways, of which whole is the last, and says whether the search goes on.
func (k *worker) ended(at uint32, step, way int) bool {
	cut, waits, stood := k.made.cut, k.made.waits, [few]told{}
	if way == stands {
		copy(stood[:], k.made.late)
	}
	err := k.made.finish(way)
	if err == nil {
		k.form = k.made.form(k.form[:0])
		if k.seen.first(k.form) {
			err = k.silence(k.made)
			at = k.reached(at, step, way, err)
			k.later(at)
		}
	} else {
		k.reached(at, step, way, err)
	}
	k.made.cut, k.made.waits = cut, waits
	if way == stands {
		copy(k.made.late, stood[:])
	}
	return err == nil
}

// reached notes how a state was reached, or that the step to it broke a promise.
func (s *search) reached(from uint32, step, way int, err error) uint32 {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.visits = append(s.visits, visit{from, uint32(step<<2 | way)})
	if err != nil && s.err == nil {
		s.err = err
		s.how = s.trace(len(s.visits) - 1)
	}
	return uint32(len(s.visits) - 1)
}

// later keeps the form of a state for the next level.
func (k *worker) later(at uint32) {
	n := len(k.next) - 1
	if n < 0 || cap(k.next[n])-len(k.next[n]) < 4+len(k.form) {
		k.next = append(k.next, make([]byte, 0, chunk))
		n++
	}
	k.next[n] = append(binary.LittleEndian.AppendUint32(k.next[n], at), k.form...)
}

// trace is how a state was reached. The forms on the way have numbers that change places: of the steps from a world that
// is not made from a form, it takes those that lead to the same forms.
func (s *search) trace(at int) (out []string) {
	var path []visit
	for ; at > 0; at = int(s.visits[at].parent) {
		path = append(path, s.visits[at])
	}
	slices.Reverse(path)
	w, form, next := s.world(), s.world(), s.world()
	for i, v := range path {
		form.read(form.form(nil))
		err := form.step(form.steps()[v.step>>2], int(v.step&3))
		want := form.form(nil)
		found := false
		for _, e := range w.steps() {
			for way := range w.ways(e) {
				if found {
					break
				}
				next.set(w)
				got := next.step(e, way)
				if i < len(path)-1 || err == nil {
					found = got == nil && !next.same && string(next.form(nil)) == string(want)
				} else {
					found = got != nil
				}
				if found {
					out = append(out, w.say(e, way)+"\n   "+next.String())
				}
			}
		}
		if !found {
			s.lost = true
			return out
		}
		w, next = next, w
	}
	return out
}

// silence checks that silence ends everything from here, and that what rings does not ring for ever.
func (k *worker) silence(w *world) (err error) {
	defer func() {
		if r := recover(); r != nil { // a mutant's state holds together no more
			err = fmt.Errorf("what follows cannot be: %v", r)
		}
	}()
	x := k.aside
	if w.rings() {
		x.set(w)
		for n := 0; x.rings(); n++ {
			if n > 2*len(k.who) {
				return errors.New("it rings for ever")
			}
			for i := range k.who {
				x.sweep(Event{Kind: RingOver, Who: i + 1})
			}
		}
	}
	x.set(w)
	for i := range k.who {
		x.sweep(Event{Kind: DeskDrop, Who: i + 1})
	}
	for i := range k.chats {
		x.sweep(Event{Kind: Drop, Chat: i})
	}
	k.silent = x.form(k.silent[:0])
	if !k.quiet.first(k.silent) {
		return nil
	}
	for range 3 {
		for i := range k.chats {
			for _, kind := range [...]Kind{AskAgain, HeldOver, AwayOver, FrontOver, PassOver, PreferOver} {
				x.sweep(Event{Kind: kind, Chat: i})
			}
			if len(k.to) > 0 {
				x.sweep(Event{Kind: LegOver, Leg: k.leg(i)})
			}
			for who := range k.who {
				x.sweep(Event{Kind: WrapOver, Who: who + 1, Chat: i})
			}
			if err := x.tell(x.now[i]); err != nil {
				return err
			}
		}
		for i := range k.who {
			x.sweep(Event{Kind: GraceOver, Who: i + 1})
		}
	}
	for i := range k.who {
		if x.s.Counsellor(i+1) != nil {
			return fmt.Errorf("everybody fell silent and something is left: %v", x)
		}
	}
	if len(x.s.there) > 0 || len(x.s.wraps) > 0 || x.anyWait() {
		return fmt.Errorf("everybody fell silent and something is left: %v", x)
	}
	for i := range k.chats {
		if x.joined[i] && (x.own[i].v != x.now[i].v || x.own[i].Phase != Over) {
			return fmt.Errorf("everybody fell silent and %d takes messages", i)
		}
	}
	return nil
}

func (sc *scope) say(e stepped, way int) string {
	names := map[Kind]string{Join: "join", Leave: "leave", Drop: "drop", Back: "back", Reenter: "reenter", Enter: "enter", Ready: "ready",
		Rest: "rest", Take: "take", Accept: "accept", Decline: "decline", RingOver: "ring over", DeskDrop: "desk drop", GraceOver: "grace over",
		Rekey: "rekey", End: "end", WrapOver: "wrap-up over", PassOver: "pass over", PreferOver: "prefer over", Anyone: "anyone", AskAgain: "may be asked again", HeldOver: "held over",
		AwayOver: "away over", FrontOver: "front over", NodeOver: "node over", Shut: "shut", Propose: "propose", Keep: "keep", Consent: "consent",
		LegOver: "leg over", BreathOver: "breather over", Overflow: "overflow", settle: "told again", late: "told late"}
	out := fmt.Sprintf("%s chat %d, %s", names[e.Kind], e.Chat, sc.called(e.Who))
	switch e.Kind {
	case Consent:
		out += fmt.Sprint(", ", e.Yes)
	case Propose, Shut, Overflow:
		out += ", " + sc.lines[e.Line].Name
	}
	return out + [...]string{"", ", and the node dies", ", and the node stands still"}[way]
}

func (w *world) String() string {
	var out []string
	for _, n := range slices.Sorted(slices.Values(w.s.there)) {
		c := &w.s.chats[n]
		out = append(out, fmt.Sprintf("%d:%c%d:%s e%d up %v %s", n, c.Phase, c.Class, w.lines[c.Line].Name, c.Epoch, c.Up, w.called(c.Owner)))
	}
	for i := range w.who {
		if c := w.s.Counsellor(i + 1); c != nil {
			out = append(out, fmt.Sprintf("%s up %v ready %v %d/%d rings %d", w.called(i+1), c.Up, c.Ready, c.Places, c.Capacity, c.Rings))
		}
	}
	return strings.Join(append(out, fmt.Sprintf("wraps %v streak %v", w.s.wraps, w.s.Streak)), "; ")
}
