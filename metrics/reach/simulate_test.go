package reach

import (
	"math"
	"testing"
)

// TestFiguresOfTheIssue draws what a coordinator would see, with the sampler that draws it, and holds the interval that
// is printed beside it against how far it really was from the truth.
func TestFiguresOfTheIssue(t *testing.T) {
	standard, strict := Standard(), Strict()
	visits, outcomes := standard[Visits], standard[Outcomes]
	for _, c := range []struct {
		name  string
		truth int64
		noise []Term
		half  int64
	}{
		// What the issue asks for.
		{"283 contacts of a year, one cell", 283, []Term{{visits[Year], 1}}, 5},
		{"7 reports of a year, one cell", 7, []Term{{outcomes[Year], 1}}, 4},
		{"a month of 283 a year, one cell", 24, []Term{{visits[Month], 1}}, 12},
		// The same under the other profile, and what else is printed.
		{"283 contacts of a year, one cell, strict", 283, []Term{{strict[Visits][Year], 1}}, 10},
		{"7 reports of a year, strict", 7, []Term{{strict[Outcomes][Year], 1}}, 8},
		{"a week of 283 a year", 5, []Term{{visits[Week], 1}}, 20},
		{"a quarter, which is three months", 71, []Term{{visits[Month], 3}}, 20},
		{"12 referrals of a year to one partner, by one line", 12, []Term{{standard[Referrals][Year], 1}}, 12},
		{"referrals to one partner, by three lines", 40, []Term{{standard[Referrals][Year], 3}}, 20},
		{"the same, strict", 40, []Term{{strict[Referrals][Year], 3}}, 40},
		{"two years, the one less the other", 283 - 251, []Term{{visits[Year], 2}}, 7},
		{"two years of 24 outcomes, the one less the other", 283 - 251, []Term{{outcomes[Year], 48}}, 25},
		{"a year's campaign of three lines and five channels", 283, []Term{{visits[Year], 60}}, 35},
		{"a year of another profile, less one of this", 32, []Term{{strict[Visits][Year], 1}, {visits[Year], 1}}, 11},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			f := Figure{N: c.truth, Noise: c.noise, Known: true}
			half, threshold := f.Half(), f.Threshold()
			if half != c.half {
				t.Errorf("± %d, want %d", half, c.half)
			}
			n := 200_000
			if draws := c.noise[0].N; draws > 1 {
				n = max(n/draws, 20_000)
			}
			if testing.Short() {
				n /= 10
			}
			within, closer, over := 0, 0, 0
			for range n {
				shown := c.truth
				for _, term := range c.noise {
					for range term.N {
						shown += term.Eps.Draw()
					}
				}
				off := max(shown-c.truth, c.truth-shown)
				if off <= half {
					within++
				}
				if off < half {
					closer++
				}
				if shown-c.truth >= threshold {
					over++
				}
			}
			share := func(k int) float64 { return float64(k) / float64(n) }
			// Six deviations of a share near p: chance passes them once in a thousand million times.
			chance := func(p float64) float64 { return 6 * math.Sqrt(p*(1-p)/float64(n)) }
			t.Logf("%d ± %d: %.2f %% of %d within; %.2f %% within one less; %.2f %% at or over the threshold of %d",
				c.truth, half, 100*share(within), n, 100*share(closer), 100*share(over), threshold)
			if share(within) < 0.95-chance(0.95) {
				t.Errorf("only %.2f %% were within ± %d", 100*share(within), half)
			}
			if share(closer) >= 0.95+chance(0.95) {
				t.Errorf("± %d is wider than it need be: %.2f %% were closer", half, 100*share(closer))
			}
			if share(over) > 0.01+chance(0.01) {
				t.Errorf("a count of none is shown as %d or more in %.2f %%", threshold, 100*share(over))
			}
		})
	}
}
