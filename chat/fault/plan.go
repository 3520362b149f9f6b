package fault

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"time"
)

// Kind is what breaks.
type Kind string

// Kinds of one store and some nodes; who runs a plan knows how to break each.
const (
	NodeKilled   Kind = "node killed"
	NodeStopped  Kind = "node stopped"
	NodeDrained  Kind = "node drained"
	StoreKilled  Kind = "store killed"  // and started again with its file
	StoreForgets Kind = "store forgets" // killed, and started again with its file of some moments before
	StoreEmptied Kind = "store emptied" // and started again with nothing
	StoreStopped Kind = "store stopped"
	StoreFull    Kind = "store full" // its memory
	DiskFull     Kind = "disk full"  // its file cannot grow
	StoreJumps   Kind = "clock of the store jumps"
	NodeJumps    Kind = "clock of a node jumps"
	StoreCut     Kind = "line to store cut"
	StoreDelayed Kind = "line to store delayed"
	StoreSilent  Kind = "line to store half open"
	StoreSlow    Kind = "line to store slow"
	PageCut      Kind = "line to pages cut"
	PageDelayed  Kind = "line to pages delayed"
	PageSilent   Kind = "line to pages half open"
	PageSlow     Kind = "line to pages slow"
)

// Kinds of a store with replicas, one of which becomes the primary.
const (
	Failover   Kind = "primary killed"
	SplitBrain Kind = "primary apart from its replicas"
)

// Lone are the kinds of one store; how often each comes beside the others.
var Lone = map[Kind]int{
	NodeKilled: 4, NodeStopped: 4, NodeDrained: 1, StoreKilled: 3, StoreEmptied: 1, StoreStopped: 3, StoreFull: 2, DiskFull: 2,
	StoreJumps: 1, NodeJumps: 2, StoreCut: 3, StoreDelayed: 3, StoreSilent: 3, StoreSlow: 2, PageCut: 3, PageDelayed: 3, PageSilent: 2, PageSlow: 2,
}

// Forgetful are those of Lone and a store whose machine fails before its last moments are on the disk.
var Forgetful = func() map[Kind]int {
	all := maps.Clone(Lone)
	all[StoreForgets] = 20
	return all
}()

// Loses says whether the store has forgotten things afterwards.
func (k Kind) Loses() bool {
	return k == StoreForgets || k == StoreEmptied || k == Failover || k == SplitBrain
}

// Keeps says whether what was acked is there after it all the same.
func (k Kind) Keeps() bool { return k == Failover || k == SplitBrain }

// Step is one fault.
type Step struct {
	Kind  Kind
	Node  int           // whose, where it is one node's
	Phase Phase         // it comes when a chat is next in that phase, or a moment later
	For   time.Duration // before it is mended
	Hurt  Hurt          // of a line
	Jump  time.Duration // of a clock
	// Apart: it is mended before the next comes.
	Apart bool
}

func (s Step) String() string {
	return fmt.Sprintf("%s (%d) for %v in %s", s.Kind, s.Node, s.For, s.Phase)
}

// Plan draws n faults from a seed. Every other one is the next of all kinds in all phases, so that one seed after another goes
// through each of them.
func Plan(seed uint64, n, nodes int, kinds map[Kind]int) []Step {
	rng := rand.New(rand.NewPCG(seed, 1<<32))
	var from []Kind
	for k, often := range kinds {
		for range often {
			from = append(from, k)
		}
	}
	slices.Sort(from)
	each := slices.Sorted(maps.Keys(kinds))
	ordered := func(i int) (Kind, Phase) {
		at := (int(seed)*((n+1)/2) + i/2) % (len(each) * len(Phases))
		return each[at%len(each)], Phases[at/len(each)]
	}
	ms := func(lo, hi int) time.Duration { return time.Duration(lo+rng.IntN(hi-lo)) * time.Millisecond }
	var out []Step
	for i := range n {
		s := Step{Kind: from[rng.IntN(len(from))], Node: rng.IntN(nodes), Phase: Phases[rng.IntN(len(Phases))],
			For: ms(50, 700), Apart: rng.IntN(3) > 0}
		if i%2 == 0 {
			s.Kind, s.Phase = ordered(i)
		}
		switch s.Kind {
		case NodeStopped, PageSilent:
			if rng.IntN(12) == 0 {
				s.For = ms(5000, 6500) // past the lease of a desk and its grace
			}
		case StoreDelayed, PageDelayed:
			s.Hurt.Delay = ms(5, 150)
		case StoreSlow:
			s.Hurt.Rate = 20_000 + rng.IntN(100_000)
		case PageSlow:
			s.Hurt.Rate = 2_000 + rng.IntN(20_000)
		case StoreCut, PageCut:
			s.Hurt.Refused = true
		case NodeJumps:
			s.Jump, s.For = []time.Duration{-72 * time.Hour, -time.Hour, -2 * time.Second, 10 * time.Second, time.Hour, 72 * time.Hour}[rng.IntN(6)], 0
		case StoreJumps:
			s.Jump, s.For = []time.Duration{-2 * time.Second, 2 * time.Second, 10 * time.Second, time.Minute, time.Hour}[rng.IntN(5)], 0
		}
		if s.Kind == StoreSilent || s.Kind == PageSilent {
			s.Hurt.Silent = true
		}
		out = append(out, s)
	}
	return out
}
