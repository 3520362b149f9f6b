package reach

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"
)

// budgeted are the ε with which the standard budget and the strict one draw, each once.
func budgeted() []Epsilon {
	var all []Epsilon
	for _, b := range []Budget{Standard(), Strict()} {
		for _, t := range Tables {
			for _, s := range t.Spent() {
				all = append(all, b[t][s])
			}
		}
	}
	slices.SortFunc(all, Epsilon.Cmp)
	return slices.Compact(all)
}

// draws is how many a test of a distribution takes.
func draws(t testing.TB) int {
	t.Helper()
	if testing.Short() {
		return 100_000
	}
	return 1_000_000
}

// counts are how often each value came.
func counts(n int, draw func() int64) map[int64]int {
	count := map[int64]int{}
	for range n {
		count[draw()]++
	}
	return count
}

// goodness is the probability with which the distribution itself is as far from its expectation, by chi-square, as what
// was counted. Values that are expected five times or more are bins of their own, those beyond are one bin on each side.
func goodness(e Epsilon, count map[int64]int) float64 {
	n := 0
	for _, c := range count {
		n += c
	}
	q := math.Exp(-e.Float())
	p := func(x int64) float64 { return (1 - q) / (1 + q) * math.Pow(q, math.Abs(float64(x))) }
	last := int64(0)
	for float64(n)*p(last+1) >= 5 && float64(n)*p(last+1)/(1-q)*q >= 5 {
		last++
	}
	chi, bins, inner := 0.0, 0, 0
	bin := func(got int, want float64) {
		chi += (float64(got) - want) * (float64(got) - want) / want
		bins++
	}
	for x := -last; x <= last; x++ {
		bin(count[x], float64(n)*p(x))
		inner += count[x]
	}
	beyond := 0
	for x, c := range count {
		if x > last {
			beyond += c
		}
	}
	tail := float64(n) * p(last+1) / (1 - q)
	bin(beyond, tail)
	bin(n-inner-beyond, tail)
	return chiSquareBeyond(chi, bins-1)
}

// chiSquareBeyond is the probability that chi-square with k degrees of freedom is above x: the regularised incomplete
// gamma function Q(k/2, x/2), by its series below and its continued fraction above (Abramowitz and Stegun, 6.5.29, 6.5.31).
func chiSquareBeyond(x float64, k int) float64 {
	a, x := float64(k)/2, x/2
	lg, _ := math.Lgamma(a)
	front := math.Exp(a*math.Log(x) - x - lg)
	if x < a+1 {
		term := 1 / a
		sum := term
		for n := 1; n < 10_000 && term > sum*1e-16; n++ {
			term *= x / (a + float64(n))
			sum += term
		}
		return 1 - front*sum
	}
	f := 0.0
	for n := 1000.0; n > 0; n-- {
		f = n * (n - a) / (x + 2*n + 1 - a - f)
	}
	return front / (x + 1 - a - f)
}

func TestChiSquareBeyond(t *testing.T) {
	for _, c := range []struct { // from printed tables
		x    float64
		k    int
		want float64
	}{{3.841, 1, 0.05}, {18.307, 10, 0.05}, {2.706, 1, 0.1}, {124.342, 100, 0.05}, {149.449, 100, 0.001}, {77.929, 100, 0.95}, {43.188, 20, 0.002}} {
		if got := chiSquareBeyond(c.x, c.k); math.Abs(got-c.want) > 2e-4 {
			t.Errorf("%v with %d degrees: %v, want %v", c.x, c.k, got, c.want)
		}
	}
	// With two degrees it is exp(-x/2).
	for _, x := range []float64{0.1, 1, 10, 50, 200} {
		if got := chiSquareBeyond(x, 2); math.Abs(got/math.Exp(-x/2)-1) > 1e-9 {
			t.Errorf("%v: %v", x, got)
		}
	}
}

// A sampler that is right fails a test once in a million times, over all ε once in some hundred thousand.
const suspicious = 1e-6

// mutants are samplers as they are often written, and wrong. Their randomness is fixed, so each is caught always or never.
func mutants() map[string]func(e Epsilon) func() int64 {
	seeded := func() *rand.Rand { return rand.New(rand.NewPCG(4, 5)) }
	geometric := func(r *rand.Rand, e Epsilon) int64 { return int64(r.ExpFloat64() / e.Float()) }
	return map[string]func(e Epsilon) func() int64{
		"a rounded continuous Laplace": func(e Epsilon) func() int64 {
			r := seeded()
			return func() int64 {
				x := r.ExpFloat64() / e.Float()
				if r.IntN(2) == 0 {
					x = -x
				}
				return int64(math.Round(x))
			}
		},
		"a geometric with a sign and two zeros": func(e Epsilon) func() int64 {
			r := seeded()
			return func() int64 {
				if r.IntN(2) == 0 {
					return -geometric(r, e)
				}
				return geometric(r, e)
			}
		},
		"a geometric without a sign": func(e Epsilon) func() int64 {
			r := seeded()
			return func() int64 { return geometric(r, e) }
		},
		"three percent too little noise": func(e Epsilon) func() int64 {
			from := rand.NewChaCha8([32]byte{6})
			return func() int64 { return Epsilon{e.Num * 103, e.Den * 100}.draw(from) }
		},
		"noise cut off at three deviations": func(e Epsilon) func() int64 {
			from := rand.NewChaCha8([32]byte{7})
			most := int64(3 * e.StdDev())
			return func() int64 { return min(max(e.draw(from), -most), most) }
		},
		"one in fifty without noise": func(e Epsilon) func() int64 {
			from, r := rand.NewChaCha8([32]byte{8}), seeded()
			return func() int64 {
				if r.IntN(50) == 0 {
					return 0
				}
				return e.draw(from)
			}
		},
		"a remainder for a uniform number": func(e Epsilon) func() int64 {
			r := seeded()
			return func() int64 {
				for {
					u := int64(r.IntN(8)) % e.Den
					if r.Float64() >= math.Exp(-float64(u)/float64(e.Den)) {
						continue
					}
					y := (u + e.Den*int64(r.ExpFloat64())) / e.Num
					if r.IntN(2) == 0 {
						return y
					} else if y != 0 {
						return -y
					}
				}
			}
		},
	}
}

// TestFitFindsMutants holds the test of the fit against samplers that it has to refuse, with an ε at which each of them
// is wrong enough to be seen, and the real one on fixed randomness between them.
func TestFitFindsMutants(t *testing.T) {
	e := Epsilon{3, 5}
	for name, sampler := range mutants() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if p := goodness(e, counts(draws(t), sampler(e))); p >= suspicious {
				t.Errorf("was taken for right (p = %.2g)", p)
			}
		})
	}
	from := rand.NewChaCha8([32]byte{10})
	if p := goodness(e, counts(draws(t), func() int64 { return e.draw(from) })); p < 0.001 {
		t.Errorf("the real one was refused (p = %.2g)", p)
	}
}

// worstRatio looks at released figures of two worlds, one with a visit more than the other, and says for which of all
// events "the figure is x" and "the figure is at most x" the worlds differ most: the logarithm of their ratio less what
// chance explains, six of its standard deviations. Events that came less than a thousand times in either say nothing.
func worstRatio(without, with map[int64]int) (worst float64, seen int) {
	worst = math.Inf(-1)
	look := func(a, b int) {
		if min(a, b) < 1000 {
			return
		}
		seen++
		chance := 6 * math.Sqrt(1/float64(a)+1/float64(b))
		worst = max(worst, math.Abs(math.Log(float64(a)/float64(b)))-chance)
	}
	total := 0
	var values []int64
	for x, c := range without {
		values, total = append(values, x), total+c
	}
	slices.Sort(values)
	upA, upB := 0, 0
	for _, x := range values {
		look(without[x], with[x])
		upA, upB = upA+without[x], upB+with[x]
		look(upA, upB)
		look(total-upA, total-upB)
	}
	return worst, seen
}

// TestDraw: what is drawn is the distribution that was promised, and from what is released with it nobody tells a count of
// 0 from one of 1 by more than a factor e^ε.
func TestDraw(t *testing.T) {
	for _, e := range budgeted() {
		t.Run(fmt.Sprintf("%d in %d", e.Num, e.Den), func(t *testing.T) {
			t.Parallel()
			n := draws(t)
			without := counts(n, e.Draw)
			if p := goodness(e, without); p < suspicious {
				t.Errorf("ε %s: what is drawn is not the discrete Laplace distribution (p = %.2g)", e, p)
			}
			worst, seen := worstRatio(without, counts(n, func() int64 { return 1 + e.Draw() }))
			if seen < 10 {
				t.Fatalf("only %d events were seen", seen)
			}
			if worst > e.Float() {
				t.Errorf("ε %s: the two worlds differ by a factor e^%.4f", e, worst)
			}
		})
	}
}

// TestWorldsFindTooLittleNoise: noise of twice the ε is half of what was promised, and has to be seen.
func TestWorldsFindTooLittleNoise(t *testing.T) {
	for _, e := range budgeted() {
		double, from := Epsilon{2 * e.Num, e.Den}, rand.NewChaCha8([32]byte{11})
		draw := func() int64 { return double.draw(from) }
		without := counts(100_000, draw)
		if worst, _ := worstRatio(without, counts(100_000, func() int64 { return 1 + draw() })); worst <= e.Float() {
			t.Errorf("noise of ε %s passes for ε %s: e^%.4f", double, e, worst)
		}
	}
}
