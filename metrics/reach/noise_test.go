package reach

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"math"
	"math/rand/v2"
	"slices"
	"testing"
)

func TestEpsilon(t *testing.T) {
	for _, c := range []struct {
		in   string
		want Epsilon
		text string
	}{
		{"0.15", Epsilon{3, 20}, "3/20"},
		{"3/20", Epsilon{3, 20}, "3/20"},
		{"6/40", Epsilon{3, 20}, "3/20"},
		{"0.150", Epsilon{3, 20}, "3/20"},
		{"00.25", Epsilon{1, 4}, "1/4"},
		{"0.6", Epsilon{3, 5}, "3/5"},
		{"0.075", Epsilon{3, 40}, "3/40"},
		{"2", Epsilon{2, 1}, "2"},
		{"4/2", Epsilon{2, 1}, "2"},
		{"2.000", Epsilon{2, 1}, "2"},
		{"10", Epsilon{10, 1}, "10"},
		{"9.999999", Epsilon{9999999, 1000000}, "9999999/1000000"},
		{"0.000001", Epsilon{1, 1000000}, "1/1000000"},
		{"1/999983", Epsilon{1, 999983}, "1/999983"},
	} {
		got, err := ParseEpsilon(c.in)
		if err != nil || got != c.want || got.String() != c.text {
			t.Errorf("%q: %s %+v, %v", c.in, got, got, err)
		}
	}
	for _, in := range []string{"", "0", "0.0", "0/1", "0.000000", "10.000001", "11", "100", "21/2", "1/0", "0/0", "-0.15", "+1",
		".5", "1.", "0,15", "1e-1", "1E1", "0x1", "NaN", "Inf", "3/", "/20", "3/20/1", "3 / 20", " 0.15", "0.15 ", "0.15\n",
		"0.0000001", "1/1000001", "1/9999999", "99999999/9999999", "999999999999999999999/1", "1/-2", "0.5/2", "½", "３/20"} {
		if got, err := ParseEpsilon(in); err == nil {
			t.Errorf("%q was taken for %s", in, got)
		}
	}
}

func TestEpsilonSums(t *testing.T) {
	none := Epsilon{}
	for _, c := range []struct{ a, b, sum Epsilon }{
		{none, none, none},
		{none, Epsilon{3, 20}, Epsilon{3, 20}},
		{Epsilon{3, 20}, none, Epsilon{3, 20}},
		{Epsilon{3, 20}, Epsilon{1, 4}, Epsilon{2, 5}},
		{Epsilon{2, 5}, Epsilon{3, 5}, Epsilon{1, 1}},
		{Epsilon{3, 4}, Epsilon{1, 4}, Epsilon{1, 1}},
		{Epsilon{1, 999983}, Epsilon{1, 999979}, Epsilon{1999962, 999962000357}},
		{Epsilon{10, 1}, Epsilon{10, 1}, Epsilon{20, 1}},
	} {
		if got := c.a.Add(c.b); got != c.sum || c.b.Add(c.a) != got {
			t.Errorf("%s + %s = %s", c.a, c.b, got)
		}
		if c.b != none && (c.a.Cmp(c.a.Add(c.b)) != -1 || c.a.Add(c.b).Cmp(c.a) != 1) {
			t.Errorf("%s does not grow by %s", c.a, c.b)
		}
	}
	for _, c := range []struct{ e, half Epsilon }{
		{none, none}, {Epsilon{3, 20}, Epsilon{3, 40}}, {Epsilon{2, 5}, Epsilon{1, 5}}, {Epsilon{10, 1}, Epsilon{5, 1}},
		{Epsilon{1, 1000000}, Epsilon{1, 2000000}},
	} {
		if got := c.e.Half(); got != c.half {
			t.Errorf("half of %s is %s", c.e, got)
		}
	}
	for _, c := range []struct {
		a, b Epsilon
		want int
	}{
		{none, none, 0}, {none, Epsilon{1, 1000000}, -1}, {Epsilon{1, 1000000}, none, 1},
		{Epsilon{1, 3}, Epsilon{333333, 1000000}, 1}, {Epsilon{1, 4}, Epsilon{1, 4}, 0}, {Epsilon{3, 20}, Epsilon{1, 4}, -1},
		// A difference that float64 does not see.
		{Epsilon{math.MaxInt64 - 1, math.MaxInt64}, Epsilon{math.MaxInt64 - 2, math.MaxInt64 - 1}, 1},
	} {
		if got := c.a.Cmp(c.b); got != c.want || c.b.Cmp(c.a) != -got {
			t.Errorf("%s and %s: %d", c.a, c.b, got)
		}
	}
	// Four with denominators that share nothing: their exact sum fits no longer, and is never rounded down.
	sum, floor := Epsilon{}, 0.0
	for _, den := range []int64{999983, 999979, 999961, 999959, 999953} {
		sum, floor = sum.Add(Epsilon{999999, den}), floor+999999/float64(den)
	}
	if sum.Float() < floor-1e-12 || sum.Float() > floor+3e-9 {
		t.Errorf("%s, %v is not %v", sum, sum.Float(), floor)
	}
	if none.String() != "0" || none.Float() != 0 {
		t.Errorf("none is written %s, %v", none, none.Float())
	}
}

func TestNoiseFigures(t *testing.T) {
	for _, c := range []struct {
		e         Epsilon
		stddev    float64
		threshold int64
	}{
		{Epsilon{3, 20}, 9.419, 31}, {Epsilon{1, 4}, 5.642, 19}, {Epsilon{3, 5}, 2.322, 8}, {Epsilon{3, 4}, 1.842, 7},
		{Epsilon{2, 5}, 3.512, 12}, {Epsilon{3, 40}, 18.852, 62}, {Epsilon{1, 8}, 11.306, 37}, {Epsilon{10, 1}, 0.00953, 1},
	} {
		if got := c.e.StdDev(); math.Abs(got/c.stddev-1) > 1e-3 {
			t.Errorf("ε %s: standard deviation %v", c.e, got)
		}
		if got := c.e.Threshold(); got != c.threshold {
			t.Errorf("ε %s: threshold %d", c.e, got)
		}
		// By its own definition: the next one down is passed too often.
		if q := -c.e.Float(); math.Exp(q*float64(c.threshold)) > 0.01 || math.Exp(q*float64(c.threshold-1)) <= 0.01 {
			t.Errorf("ε %s: %d is not ⌈ln 100 / ε⌉", c.e, c.threshold)
		}
	}
}

func TestBelow(t *testing.T) {
	// Of all bytes that can come, those that are taken give each number equally often.
	for n := uint64(1); n <= 256; n++ {
		count := make([]int, n)
		for b := range 256 {
			// A byte that is refused makes it read on: the zeros behind it are told apart by what is left.
			s := source{from: bytes.NewReader(append([]byte{byte(b)}, make([]byte, 63)...))}
			x := s.below(n)
			if x >= n {
				t.Fatalf("below(%d) is %d", n, x)
			}
			if n == 1 || s.left == 63 {
				count[x]++
			}
		}
		if slices.Min(count) != slices.Max(count) || count[0] == 0 {
			t.Errorf("below(%d): %d", n, count)
		}
	}
	s := source{from: rand.NewChaCha8([32]byte{1})}
	for _, n := range []uint64{257, 1000000, 1 << 32, 1<<32 + 1, 1 << 63, math.MaxUint64} {
		for range 10_000 {
			if x := s.below(n); x >= n {
				t.Fatalf("below(%d) is %d", n, x)
			}
		}
	}
}

func TestBernoulliExp(t *testing.T) {
	n := draws(t)
	s := source{from: rand.NewChaCha8([32]byte{2})}
	for _, c := range []struct{ num, den uint64 }{{0, 1}, {1, 1}, {1, 2}, {3, 4}, {19, 20}, {1, 1000}, {123456, 1000000}, {999999, 1000000}} {
		got := 0
		for range n {
			if s.bernoulliExp(c.num, c.den) {
				got++
			}
		}
		p := math.Exp(-float64(c.num) / float64(c.den))
		if off := math.Abs(float64(got)/float64(n) - p); off > 6*math.Sqrt(p*(1-p)/float64(n)) {
			t.Errorf("exp(-%d/%d): %v of %v", c.num, c.den, float64(got)/float64(n), p)
		}
	}
}

func TestDrawRefuses(t *testing.T) {
	panics := func(name string, do func()) {
		t.Helper()
		defer func() {
			if recover() == nil {
				t.Errorf("%s: something was drawn", name)
			}
		}()
		do()
	}
	for _, e := range []Epsilon{{}, {0, 1}, {1, 0}, {-1, 2}, {1, -2}, {1, math.MaxInt64}, {math.MaxInt64, 1}} {
		panics(e.String(), func() { e.Draw() })
	}
	// Without randomness there is no figure, also not after the first block.
	panics("an empty source", func() { Epsilon{1, 4}.draw(bytes.NewReader(nil)) })
	panics("a short source", func() { Epsilon{1, 4}.draw(bytes.NewReader(make([]byte, 63))) })
	panics("a broken source", func() { Epsilon{1, 4}.draw(io.MultiReader(failing{})) })
}

type failing struct{}

func (failing) Read([]byte) (int, error) { return 0, errors.New("broken") }

// TestDrawOfAnyDen draws with the longest fractions that the configuration takes, and their halves.
func TestDrawOfAnyDen(t *testing.T) {
	from := rand.NewChaCha8([32]byte{3})
	for _, e := range []Epsilon{{1, 1000000}, {1, 2000000}, {999983, 1000000}, {9999999, 1000000}, {10, 1}, {9999999, 2000000}} {
		const n = 20_000
		sum, squares := 0.0, 0.0
		for range n {
			x := float64(e.draw(from))
			sum += x
			squares += x * x
		}
		// The mean of n and their variance, each within six deviations; the fourth moment is near six variances squared
		// for a small ε and near the variance for a large one.
		sd := e.StdDev()
		if mean := sum / n; math.Abs(mean) > 6*sd/math.Sqrt(n) {
			t.Errorf("ε %s: mean %v", e, mean)
		}
		if v := squares / n; math.Abs(v-sd*sd) > 6*math.Sqrt((5*sd*sd*sd*sd+sd*sd)/n) {
			t.Errorf("ε %s: variance %v, want %v", e, v, sd*sd)
		}
	}
}

func BenchmarkDraw(b *testing.B) {
	for _, e := range []Epsilon{{3, 4}, {3, 20}, {3, 40}, {1, 1000000}} {
		b.Run(fmt.Sprintf("%d in %d", e.Num, e.Den), func(b *testing.B) {
			for b.Loop() {
				e.Draw()
			}
		})
	}
}
