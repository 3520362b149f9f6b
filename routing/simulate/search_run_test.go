package simulate

import (
	"cmp"
	"errors"
	"fmt"
	"hash/maphash"
	"slices"
	"strings"
	"sync"
)

// scope is what a search goes through: every order in which anything can happen to these people.
type scope struct {
	name     string
	lines    []Line
	who      []Counsellor // Name, Lines, Langs and Capacity
	chats    []Event      // Joins
	to       []Event      // Proposes
	reenter  bool         // return codes
	shut     bool         // lines may close
	breather bool         // chats may be heavy
	cuts     int          // nodes that die or stand still in the middle of a call
	capacity []int        // that somebody may set; 1 when left out
	broken   mutant
}

// found is what a search came to.
type found struct {
	states, steps, levels int
	whole                 bool // nothing is left to look at
	err                   error
	how                   []string // the events that lead there
}

type visit struct {
	parent int32
	step   uint16
}

type search struct {
	scope
	mu   sync.Mutex
	seen [64]struct {
		sync.Mutex
		m map[[2]uint64]struct{}
	}
	quiet  sync.Map // forms from which silence was seen to end everything
	visits []visit
	found
}

var seeds = [2]maphash.Seed{maphash.MakeSeed(), maphash.MakeSeed()}

type frontier struct {
	w  *world
	at int32
}

// run goes through everything, breadth first, with some workers, until a check fails, so many states are passed (0 for no
// limit), or nothing is left. A level that is begun is finished.
func (sc scope) run(workers, limit int) *found {
	s := &search{scope: sc}
	for i := range s.seen {
		s.seen[i].m = map[[2]uint64]struct{}{}
	}
	root := sc.world()
	s.first(root.key())
	s.visits = []visit{{-1, 0}}
	level := []frontier{{root, 0}}
	for len(level) > 0 && s.err == nil && (limit == 0 || len(s.visits) < limit) {
		var wg sync.WaitGroup
		next := make([][]frontier, workers)
		var turn sync.Mutex
		at := 0
		for k := range workers {
			wg.Go(func() {
				for {
					turn.Lock()
					from := at
					at = min(at+64, len(level))
					to := at
					turn.Unlock()
					if from == to {
						return
					}
					for i := from; i < to; i++ {
						if !s.expand(level[i], &next[k]) {
							return
						}
						level[i].w = nil
					}
				}
			})
		}
		wg.Wait()
		level = slices.Concat(next...)
		s.levels++
	}
	s.states, s.whole = len(s.visits), len(level) == 0
	return &s.found
}

// first says whether a form was not seen before.
func (s *search) first(key []byte) bool {
	k := [2]uint64{maphash.Bytes(seeds[0], key), maphash.Bytes(seeds[1], key)}
	shard := &s.seen[k[0]%uint64(len(s.seen))]
	shard.Lock()
	defer shard.Unlock()
	if _, ok := shard.m[k]; ok {
		return false
	}
	shard.m[k] = struct{}{}
	return true
}

// expand makes every step from a state.
func (s *search) expand(from frontier, next *[]frontier) bool {
	steps := from.w.steps()
	for i, e := range steps {
		w := from.w.clone()
		err := w.step(e)
		fresh := err == nil && !w.same && s.first(w.key())
		if fresh {
			err = s.ends(w)
		}
		if err == nil && !fresh {
			continue
		}
		s.mu.Lock()
		at := int32(len(s.visits))
		s.visits = append(s.visits, visit{from.at, uint16(i)})
		if err != nil && s.err == nil {
			s.err, s.how = err, s.trace(at)
		}
		stop := s.err != nil
		s.mu.Unlock()
		if stop {
			return false
		}
		*next = append(*next, frontier{w, at})
	}
	s.mu.Lock()
	s.steps += len(steps)
	s.mu.Unlock()
	return true
}

// trace is how a state was reached.
func (s *search) trace(at int32) []string {
	var path []visit
	for v := s.visits[at]; v.parent >= 0; v = s.visits[v.parent] {
		path = append(path, v)
	}
	slices.Reverse(path)
	w, out := s.world(), []string{}
	for _, v := range path {
		e := w.steps()[v.step]
		err := w.step(e)
		out = append(out, e.String()+"\n   "+w.String())
		if err != nil {
			break
		}
	}
	return out
}

// ends checks that silence ends everything from here, and that what rings does not ring for ever.
func (s *search) ends(w *world) (err error) {
	defer func() {
		if r := recover(); r != nil { // a mutant's state holds together no more
			err = fmt.Errorf("what follows cannot be: %v", r)
		}
	}()
	passive := w
	for n := 0; passive.rings(); n++ {
		if passive == w {
			passive = w.clone()
		}
		if n > 2*len(s.who) {
			return errors.New("it rings for ever")
		}
		for _, c := range s.who {
			passive.sweep(Event{Kind: RingOver, Name: c.Name})
		}
	}
	silent := w.clone()
	for _, c := range s.who {
		silent.sweep(Event{Kind: DeskDrop, Name: c.Name})
	}
	for i := range s.chats {
		silent.sweep(Event{Kind: Drop, Chat: i})
	}
	key := string(silent.key())
	if _, ok := s.quiet.Load(key); ok {
		return nil
	}
	for range 3 {
		for i := range s.chats {
			for _, k := range []Kind{HeldOver, AwayOver, FrontOver, PassOver, PreferOver, LegOver} {
				silent.sweep(Event{Kind: k, Chat: i, Leg: leg(i)})
			}
			for _, c := range s.who {
				silent.sweep(Event{Kind: WrapOver, Name: c.Name, Chat: i})
			}
			silent.settle(i)
		}
		for _, c := range s.who {
			silent.sweep(Event{Kind: GraceOver, Name: c.Name})
		}
	}
	if n := silent.s; len(n.Chats) > 0 || len(n.Counsellors) > 0 || len(n.wraps) > 0 || len(n.inLineAll()) > 0 {
		return fmt.Errorf("everybody fell silent and something is left: %v", silent)
	}
	for i := range s.chats {
		if silent.joined[i] && (silent.own[i].v != silent.now[i].v || silent.own[i].Phase != Over) {
			return fmt.Errorf("everybody fell silent and %d takes messages", i)
		}
	}
	s.quiet.Store(key, struct{}{})
	return nil
}

func (s *State) inLineAll() []*Chat {
	var out []*Chat
	for _, w := range s.waiting {
		out = append(out, w...)
	}
	return out
}

// leg is the number that a handover of a chat waits under.
func leg(chat int) int { return 100 + chat }

func (e stepped) String() string {
	names := map[Kind]string{Join: "join", Leave: "leave", Drop: "drop", Back: "back", Reenter: "reenter", Enter: "enter", Ready: "ready",
		Rest: "rest", Take: "take", Accept: "accept", Decline: "decline", RingOver: "ring over", DeskDrop: "desk drop", GraceOver: "grace over",
		Rekey: "rekey", End: "end", WrapOver: "wrap-up over", PassOver: "pass over", PreferOver: "prefer over", HeldOver: "held over",
		AwayOver: "away over", FrontOver: "front over", NodeOver: "node over", Shut: "shut", Propose: "propose", Keep: "keep", Consent: "consent",
		LegOver: "leg over", BreathOver: "breather over", settle: "told again", late: "told late"}
	out := fmt.Sprintf("%s chat %d %s %s", names[e.Kind], e.Chat, e.Name, e.Line)
	if e.Kind == Consent {
		out += fmt.Sprint(e.Yes)
	}
	return out + [...]string{"", ", and the node dies", ", and the node stands still"}[e.cut]
}

func (w *world) String() string {
	var out []string
	chats := []*Chat{}
	for _, c := range w.s.Chats {
		chats = append(chats, c)
	}
	slices.SortFunc(chats, func(a, b *Chat) int { return cmp.Compare(a.ID, b.ID) })
	for _, c := range chats {
		out = append(out, fmt.Sprintf("%d:%c%d:%s e%d up %v %s", c.ID, c.Phase, c.Class, c.Line, c.Epoch, c.Up, c.Owner))
	}
	for _, n := range w.s.names() {
		c := w.s.Counsellors[n]
		out = append(out, fmt.Sprintf("%s up %v ready %v %d/%d rings %d", n, c.Up, c.Ready, c.Places, c.Capacity, c.Rings))
	}
	return strings.Join(append(out, fmt.Sprintf("wraps %v streak %v", w.s.wraps, w.s.Streak)), "; ")
}
