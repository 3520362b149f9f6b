package reach

import (
	"fmt"
	"math"
	"reflect"
	"slices"
	"sync"
	"testing"

	"pgregory.net/rapid"
)

func released(n int64, noise ...Term) Figure { return Figure{N: n, Noise: noise, Known: true} }

func TestFigureSums(t *testing.T) {
	week, month, year := Epsilon{3, 20}, Epsilon{1, 4}, Epsilon{3, 5}
	// Unknown, and yet not the zero value: something was added up of which a part is missing.
	torn := released(7, Term{year, 1}).Sub(Figure{})
	for _, c := range []struct {
		name        string
		f, g        Figure
		sum, differ Figure
	}{
		{"exact", released(5), released(7), released(12), released(-2)},
		{"one ε", released(5, Term{year, 1}), released(7, Term{year, 2}), released(12, Term{year, 3}), released(-2, Term{year, 3})},
		{"two, sorted", released(5, Term{year, 1}), released(7, Term{week, 2}),
			released(12, Term{week, 2}, Term{year, 1}), released(-2, Term{week, 2}, Term{year, 1})},
		{"between others", released(0, Term{week, 1}, Term{year, 1}), released(0, Term{month, 4}, Term{year, 1}),
			released(0, Term{week, 1}, Term{month, 4}, Term{year, 2}), released(0, Term{week, 1}, Term{month, 4}, Term{year, 2})},
		{"noisy and exact", released(5, Term{year, 1}), released(2), released(7, Term{year, 1}), released(3, Term{year, 1})},
		// A sum starts from the zero value; a difference from nothing is not known.
		{"from zero", Figure{}, released(7, Term{year, 1}), released(7, Term{year, 1}), Figure{-7, []Term{{year, 1}}, false}},
		{"to zero", released(7, Term{year, 1}), Figure{}, released(7, Term{year, 1}), Figure{7, []Term{{year, 1}}, false}},
		{"zeros", Figure{}, Figure{}, Figure{}, Figure{}},
		{"known zero", released(0), Figure{}, released(0), Figure{}},
		{"torn", torn, released(2), Figure{9, []Term{{year, 1}}, false}, Figure{5, []Term{{year, 1}}, false}},
		{"torn, from zero", Figure{}, torn, torn, Figure{-7, []Term{{year, 1}}, false}},
	} {
		if got := c.f.Add(c.g); !reflect.DeepEqual(got, c.sum) {
			t.Errorf("%s: sum %+v", c.name, got)
		}
		if got := c.f.Sub(c.g); !reflect.DeepEqual(got, c.differ) {
			t.Errorf("%s: difference %+v", c.name, got)
		}
	}
}

func TestFigureSumsAreOfNothingElse(t *testing.T) {
	eps := budgeted()
	figure := rapid.Custom(func(t *rapid.T) Figure {
		f := Figure{Known: true}
		for range rapid.IntRange(0, 4).Draw(t, "cells") {
			f = f.Add(released(rapid.Int64Range(-20, 500).Draw(t, "n"), Term{rapid.SampledFrom(eps).Draw(t, "eps"), rapid.IntRange(1, 9).Draw(t, "draws")}))
		}
		return f
	})
	rapid.Check(t, func(t *rapid.T) {
		f, g, h := figure.Draw(t, "f"), figure.Draw(t, "g"), figure.Draw(t, "h")
		before := fmt.Sprint(f, g, h)
		if a, b := f.Add(g), g.Add(f); !reflect.DeepEqual(a, b) {
			t.Fatalf("%v and %v", a, b)
		}
		if a, b := f.Add(g).Add(h), f.Add(g.Add(h)); !reflect.DeepEqual(a, b) {
			t.Fatalf("%v and %v", a, b)
		}
		if d, s := f.Sub(g), f.Add(g); d.N != f.N-g.N || !reflect.DeepEqual(d.Noise, s.Noise) || d.Half() != s.Half() {
			t.Fatalf("%v and %v", d, s)
		}
		if noise := f.Add(g).Noise; !slices.IsSortedFunc(noise, func(a, b Term) int { return a.Eps.Cmp(b.Eps) }) {
			t.Fatalf("unsorted: %v", noise)
		}
		// More noise never makes a figure surer.
		if s := f.Add(g); s.Half() < f.Half() || s.Threshold() < g.Threshold() && f.Noise == nil {
			t.Fatalf("%v ± %d from ± %d", s, s.Half(), f.Half())
		}
		if after := fmt.Sprint(f, g, h); after != before {
			t.Fatalf("%s became %s", before, after)
		}
	})
}

func TestFigureShown(t *testing.T) {
	year, week := Epsilon{3, 5}, Epsilon{3, 20}
	for _, c := range []struct {
		name            string
		f               Figure
		half, threshold int64
		small, says     bool
	}{
		{"zero value", Figure{}, 0, 0, false, false},
		{"exact none", released(0), 0, 0, false, true},
		{"exact", released(3), 0, 0, false, true},
		{"unknown", Figure{N: 283, Noise: []Term{{year, 1}}}, 5, 8, false, false},
		{"a year of 283", released(283, Term{year, 1}), 5, 8, false, true},
		{"a year under it", released(7, Term{year, 1}), 5, 8, true, false},
		{"a year at it", released(8, Term{year, 1}), 5, 8, false, true},
		{"below zero", released(-4, Term{year, 1}), 5, 8, true, false},
		{"a week", released(31, Term{week, 1}), 20, 31, false, true},
		{"no draws", released(4, Term{week, 0}), 0, 0, false, true},
		{"many weeks, that say nothing", released(140, Term{week, 100}), 185, 244, true, false},
	} {
		if got := c.f.Half(); got != c.half {
			t.Errorf("%s: ± %d, want %d", c.name, got, c.half)
		}
		if got := c.f.Threshold(); got != c.threshold {
			t.Errorf("%s: threshold %d, want %d", c.name, got, c.threshold)
		}
		if c.f.Small() != c.small || c.f.Says() != c.says {
			t.Errorf("%s: small %v, says %v", c.name, c.f.Small(), c.f.Says())
		}
	}
}

// convolved is P(noise = x) for x from 0, by the slow way: one draw after the other is folded in, up to most.
func convolved(noise []Term, most int) []float64 {
	at := make([]float64, 2*most+1) // P(x) stands at x+most
	at[most] = 1
	for _, t := range noise {
		q := math.Exp(-t.Eps.Float())
		one := make([]float64, 2*most+1)
		for x := range one {
			one[x] = (1 - q) / (1 + q) * math.Pow(q, math.Abs(float64(x-most)))
		}
		for range t.N {
			next := make([]float64, 2*most+1)
			for x, p := range at {
				if p < 1e-18 {
					continue
				}
				for y, r := range one {
					if z := x + y - most; 0 <= z && z <= 2*most {
						next[z] += p * r
					}
				}
			}
			at = next
		}
	}
	return at[most:]
}

// TestSpread holds the sum over the ring against a plain convolution, value by value.
func TestSpread(t *testing.T) {
	for _, c := range []struct {
		noise []Term
		most  int
	}{
		{[]Term{{Epsilon{3, 5}, 1}}, 100},
		{[]Term{{Epsilon{10, 1}, 1}}, 50},
		{[]Term{{Epsilon{10, 1}, 3}}, 50},
		{[]Term{{Epsilon{3, 4}, 2}}, 100},
		{[]Term{{Epsilon{3, 5}, 12}}, 150},
		{[]Term{{Epsilon{1, 4}, 3}}, 250},
		{[]Term{{Epsilon{3, 20}, 1}}, 300},
		{[]Term{{Epsilon{3, 40}, 2}}, 600},
		{[]Term{{Epsilon{3, 40}, 1}, {Epsilon{3, 5}, 1}}, 500},
		{[]Term{{Epsilon{1, 4}, 5}, {Epsilon{3, 5}, 7}, {Epsilon{3, 4}, 3}}, 300},
		{[]Term{{Epsilon{3, 4}, 60}}, 250},
	} {
		p := convolved(c.noise, c.most)
		s := newSpread(c.noise)
		within, half := 0.0, int64(-1)
		for h, x := range p {
			within += x
			if h > 0 {
				within += x
			}
			if half < 0 && within >= 0.95 {
				half = int64(h)
			}
			if int64(h) > s.ring/2 {
				if within < 1-1e-9 {
					t.Errorf("%v: %v is beyond the ring", c.noise, 1-within)
				}
				break
			}
			if got := s.within(int64(h)); math.Abs(got-within) > 2e-9 {
				t.Errorf("%v: within %d by %v, by convolution %v", c.noise, h, got, within)
				break
			}
		}
		rare := math.Inf(1)
		for _, term := range c.noise {
			q := math.Exp(-term.Eps.Float())
			rare = min(rare, math.Pow(q, float64(term.Eps.Threshold()))/(1+q))
		}
		threshold, over := int64(len(p)), 0.0
		for threshold > 0 && over+p[threshold-1] <= rare*(1+1e-9) {
			threshold--
			over += p[threshold]
		}
		f := Figure{Noise: c.noise, Known: true}
		if f.Half() != half || f.Threshold() != threshold {
			t.Errorf("%v: ± %d and fewer than %d, by convolution ± %d and %d", c.noise, f.Half(), f.Threshold(), half, threshold)
		}
		if b := s.bounds(c.noise); b != (bounds{f.Half(), f.Threshold()}) && len(c.noise) > 1 {
			t.Errorf("%v: %+v", c.noise, b)
		}
	}
}

// TestOneCell holds the closed form of one cell against its own definition, for many ε.
func TestOneCell(t *testing.T) {
	for num := int64(1); num <= 400; num++ {
		e := reduced(num, 40)
		q := math.Exp(-e.Float())
		beyond := func(h int64) float64 { return 2 * math.Pow(q, float64(h+1)) / (1 + q) }
		h := oneCell(e).half
		if beyond(h) > 0.05 || h > 0 && beyond(h-1) <= 0.05 {
			t.Errorf("ε %s: ± %d leaves %v", e, h, beyond(h))
		}
	}
}

// TestManyDraws: with many draws the sum comes close to a normal one, of which the interval and the threshold are known.
func TestManyDraws(t *testing.T) {
	for _, noise := range [][]Term{
		{{Epsilon{3, 5}, 2000}}, {{Epsilon{3, 40}, 2000}}, {{Epsilon{1, 4}, 1000}, {Epsilon{3, 5}, 1000}}, {{Epsilon{1, 8}, 100_000}},
		{{Epsilon{1, 1000000}, 2000}}, {{Epsilon{10, 1}, 1_000_000}},
	} {
		variance, rare := 0.0, 1.0
		for _, term := range noise {
			variance += float64(term.N) * term.Eps.StdDev() * term.Eps.StdDev()
			rare = min(rare, atLeast(term.Eps, term.Eps.Threshold()))
		}
		sd := math.Sqrt(variance)
		f := Figure{Noise: noise, Known: true}
		if want := 1.959964 * sd; math.Abs(float64(f.Half())-want) > 0.002*want+1 {
			t.Errorf("%v: ± %d, near %v", noise, f.Half(), want)
		}
		if want := math.Sqrt2 * math.Erfcinv(2*rare) * sd; math.Abs(float64(f.Threshold())-want) > 0.005*want+1 {
			t.Errorf("%v: fewer than %d, near %v", noise, f.Threshold(), want)
		}
	}
}

func TestBoundsAreKept(t *testing.T) {
	f := released(100, Term{Epsilon{3, 5}, 17})
	want := bounds{f.Half(), f.Threshold()}
	var all sync.WaitGroup
	for range 8 {
		all.Go(func() {
			for n := range 200 {
				if got := boundsOf(f.Noise); got != want {
					t.Errorf("%+v became %+v", want, got)
				}
				boundsOf([]Term{{Epsilon{3, 4}, n}})
			}
		})
	}
	all.Wait()
	// However many sums are asked for, what is kept has an end.
	keptMu.Lock()
	clear(kept)
	for n := range maxKept {
		kept[fmt.Sprint(n)] = bounds{}
	}
	keptMu.Unlock()
	if got := boundsOf([]Term{{Epsilon{3, 5}, 18}}); got.half < want.half || got.threshold <= want.threshold {
		t.Errorf("%+v with a draw more is %+v", want, got)
	}
	keptMu.Lock()
	n := len(kept)
	keptMu.Unlock()
	if n != 1 {
		t.Errorf("%d are kept", n)
	}
	if got := boundsOf(f.Noise); got != want {
		t.Errorf("%+v became %+v", want, got)
	}
}

func BenchmarkHalf(b *testing.B) {
	for _, n := range []int{2, 60, 2000, 100_000} {
		noise := []Term{{Epsilon{3, 40}, n}, {Epsilon{3, 5}, n}}
		b.Run(fmt.Sprintf("first of %d", n), func(b *testing.B) {
			for b.Loop() {
				newSpread(noise).bounds(noise)
			}
		})
		b.Run(fmt.Sprintf("again of %d", n), func(b *testing.B) {
			for b.Loop() {
				Figure{Noise: noise}.Half()
			}
		})
	}
}
