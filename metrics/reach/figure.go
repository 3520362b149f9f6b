package reach

import (
	"fmt"
	"math"
	"slices"
	"sort"
	"strings"
	"sync"
)

// Term is N independent draws of noise with budget Eps in a sum.
type Term struct {
	Eps Epsilon
	N   int
}

// Figure is a number as it may be shown: a sum of released cells, with what noise is in it. Without noise it is exact.
type Figure struct {
	N     int64
	Noise []Term // sorted by Eps, each once
	Known bool   // false: nothing was released for it
}

// none says that f is the zero value, from which a sum starts.
func (f Figure) none() bool { return !f.Known && f.N == 0 && len(f.Noise) == 0 }

// Add is f+g. The noise of both is taken to be independent: never add a figure to itself. The zero value adds nothing,
// so that a sum can start from it; any other unknown figure makes the sum unknown. Since what Releases.Sum knows
// nothing of is the zero value too, a sum over periods is complete only where each of them is Known.
func (f Figure) Add(g Figure) Figure {
	if f.none() {
		return g
	}
	if g.none() {
		return f
	}
	return Figure{N: f.N + g.N, Noise: merge(f.Noise, g.Noise), Known: f.Known && g.Known}
}

// Sub is f-g, with the noise of both: a difference is less certain than either. It is known only when both are: unlike
// a sum, a difference from nothing says nothing. It may be below zero, so ask of it whether |N| is above Half, and
// neither Small nor Says.
func (f Figure) Sub(g Figure) Figure {
	return Figure{N: f.N - g.N, Noise: merge(f.Noise, g.Noise), Known: f.Known && g.Known}
}

// merge never changes what it is given: figures share their terms.
func merge(a, b []Term) []Term {
	var out []Term
	for _, t := range slices.Concat(a, b) {
		i, found := slices.BinarySearchFunc(out, t.Eps, func(t Term, e Epsilon) int { return t.Eps.Cmp(e) })
		if found {
			out[i].N += t.N
		} else {
			out = slices.Insert(out, i, t)
		}
	}
	return out
}

// Half is the half-width of the 95 % interval: the smallest h with P(|noise| <= h) >= 0.95, computed from the
// distribution of the sum itself and not from a normal one. 0 for an exact figure.
func (f Figure) Half() int64 { return boundsOf(f.Noise).half }

// Threshold is what the figure is "fewer than" when it is under it: ⌈ln 100 / ε⌉ for one cell; for a sum the smallest
// t with P(noise >= t) no larger than one of its cells has, the strictest where they differ. 0 for an exact figure.
func (f Figure) Threshold() int64 { return boundsOf(f.Noise).threshold }

// Small says that the figure is under its threshold, so that only "fewer than" may be shown.
func (f Figure) Small() bool { return f.N < f.Threshold() }

// Says reports whether the figure says anything at all: its interval is no wider than the figure itself.
func (f Figure) Says() bool { return f.Known && !f.Small() && f.Half() <= f.N }

// bounds are what can be said of a sum of noise.
type bounds struct{ half, threshold int64 }

// Pages ask for the same few sums again and again. More kinds of sums than maxKept come only from a plan that changed
// many times, and then all are forgotten.
var (
	keptMu sync.Mutex
	kept   = map[string]bounds{}
)

const maxKept = 10_000

func boundsOf(noise []Term) bounds {
	noise = slices.DeleteFunc(slices.Clone(noise), func(t Term) bool { return t.N <= 0 })
	switch {
	case len(noise) == 0:
		return bounds{}
	case len(noise) == 1 && noise[0].N == 1:
		return oneCell(noise[0].Eps)
	}
	var key strings.Builder
	for _, t := range noise {
		fmt.Fprintf(&key, "%s*%d ", t.Eps, t.N)
	}
	keptMu.Lock()
	b, ok := kept[key.String()]
	keptMu.Unlock()
	if ok {
		return b
	}
	b = newSpread(noise).bounds(noise) // outside of the lock: at worst it is done twice
	keptMu.Lock()
	defer keptMu.Unlock()
	if len(kept) >= maxKept {
		clear(kept)
	}
	kept[key.String()] = b
	return b
}

// oneCell is closed: P(|noise| > h) is 2q^(h+1)/(1+q), with q = e^-ε.
func oneCell(e Epsilon) bounds {
	x := e.Float()
	h := math.Ceil(-math.Log(0.025*(1+math.Exp(-x)))/x) - 1
	return bounds{half: int64(max(h, 0)), threshold: e.Threshold()}
}

// atLeast is P(noise >= t) of one cell, for t above 0.
func atLeast(e Epsilon, t int64) float64 {
	x := e.Float()
	return math.Exp(-x*float64(t)) / (1 + math.Exp(-x))
}

// spread is the distribution of a sum of noise, by its characteristic function φ. Folded into a ring of M numbers, the
// distribution is P(|noise| <= h) = 1/M Σ_j φ(θ_j) sin((2h+1)θ_j/2) / sin(θ_j/2) with θ_j = 2πj/M: a finite sum, in
// which the only errors are the mass that folds over, the terms left out where φ has all but gone, and the rounding of
// float64. Each of the first two is kept below 1e-9, which is nothing beside the 0.95 that is asked. The cost hardly
// depends on the number of draws, where a convolution's grows with it.
type spread struct {
	ring  int64     // M, odd
	terms []float64 // φ(θ_j) / sin(θ_j/2), for j from 1
}

func newSpread(noise []Term) spread {
	reach := foldedBeyond(noise)
	s := spread{ring: 2*reach + 1}
	for j := int64(1); j <= reach; j++ {
		sin := math.Sin(math.Pi * float64(j) / float64(s.ring))
		log := 0.0 // of φ: each draw has 1 / (1 + 4q sin²(θ/2) / (1-q)²)
		for _, t := range noise {
			x := t.Eps.Float()
			a := 2 * sin / -math.Expm1(-x)
			log -= float64(t.N) * math.Log1p(math.Exp(-x)*a*a)
		}
		if log < math.Log(1e-11) { // φ falls all the way to π; what follows is at most φ ln M
			break
		}
		s.terms = append(s.terms, math.Exp(log)/sin)
	}
	return s
}

// foldedBeyond is a number that the noise passes, on either side, with a probability below 1e-11: the best of Chernoff's
// bounds E[e^(s·noise)] e^(-sa) over some s below the smallest ε.
func foldedBeyond(noise []Term) int64 {
	least := noise[0].Eps.Float()
	for _, t := range noise {
		least = min(least, t.Eps.Float())
	}
	best := math.Inf(1)
	for s := least * 0.95; s > least*1e-6; s *= 0.8 {
		log := math.Log(2e11)
		for _, t := range noise {
			x := t.Eps.Float()
			log += float64(t.N) * (2*math.Log(-math.Expm1(-x)) - math.Log(-math.Expm1(s-x)) - math.Log(-math.Expm1(-s-x)))
		}
		best = min(best, log/s)
	}
	return int64(math.Ceil(best))
}

// within is P(|noise| <= h).
func (s spread) within(h int64) float64 {
	sum := float64(2*h + 1)
	for i, t := range s.terms {
		// (2h+1)θ/2 is π(2h+1)j/M: taken modulo 2π while it is whole, so that no digit is lost.
		turn := (2*h + 1) * int64(i+1) % (2 * s.ring)
		sum += 2 * t * math.Sin(math.Pi*float64(turn)/float64(s.ring))
	}
	return sum / float64(s.ring)
}

// first is the smallest h from 0 for which P(|noise| <= h) is at least p.
func (s spread) first(p float64) int64 {
	return int64(sort.Search(int(s.ring/2), func(h int) bool { return s.within(int64(h)) >= p }))
}

func (s spread) bounds(noise []Term) bounds {
	rare := 1.0
	for _, t := range noise {
		rare = min(rare, atLeast(t.Eps, t.Eps.Threshold()))
	}
	// P(noise >= t) is half of what P(|noise| <= t-1) leaves.
	return bounds{half: s.first(0.95), threshold: s.first(1-2*rare) + 1}
}
