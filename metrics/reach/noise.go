package reach

import (
	"crypto/rand"
	"fmt"
	"io"
	"math"
	"math/big"
	"math/bits"
	"regexp"
	"strconv"
	"strings"
)

// Epsilon is a privacy budget as an exact fraction Num/Den in lowest terms, both positive. The zero value is none.
type Epsilon struct{ Num, Den int64 }

// What ParseEpsilon takes.
const (
	maxEpsilon = 10
	maxDen     = 1_000_000
)

var epsilonText = regexp.MustCompile(`^(\d{1,2})(?:\.(\d{1,6}))?$|^(\d{1,8})/(\d{1,7})$`)

// ParseEpsilon reads a decimal such as 0.15, of six decimals at most, or a fraction such as 3/20, with a denominator of
// a million at most; above 0 and at most 10.
func ParseEpsilon(s string) (Epsilon, error) {
	m := epsilonText.FindStringSubmatch(s)
	if m == nil {
		return Epsilon{}, fmt.Errorf("reach: %q is no ε: write a decimal as 0.15, of six decimals at most, or a fraction as 3/20", s)
	}
	num, den := m[3], m[4]
	if den == "" {
		num, den = m[1]+m[2], "1"+strings.Repeat("0", len(m[2]))
	}
	n, _ := strconv.ParseInt(num, 10, 64) // digits, and few of them
	d, _ := strconv.ParseInt(den, 10, 64)
	switch {
	case d == 0 || d > maxDen:
		return Epsilon{}, fmt.Errorf("reach: %q is no ε: its denominator is not between 1 and %d", s, maxDen)
	case n == 0 || n > maxEpsilon*d:
		return Epsilon{}, fmt.Errorf("reach: ε %s is not above 0 and at most %d", s, maxEpsilon)
	}
	return reduced(n, d), nil
}

func reduced(num, den int64) Epsilon {
	a, b := num, den
	for b != 0 {
		a, b = b, a%b
	}
	return Epsilon{num / a, den / a}
}

// String is the fraction, as in 3/20; a whole number stands alone, and the zero value is 0.
func (e Epsilon) String() string {
	if e == (Epsilon{}) {
		return "0"
	}
	if e.Den == 1 {
		return strconv.FormatInt(e.Num, 10)
	}
	return strconv.FormatInt(e.Num, 10) + "/" + strconv.FormatInt(e.Den, 10)
}

// Float is the nearest float64, for display. That of the zero value is 0.
func (e Epsilon) Float() float64 {
	if e.Den == 0 {
		return 0
	}
	return float64(e.Num) / float64(e.Den)
}

// Half is e/2.
func (e Epsilon) Half() Epsilon {
	if e.Num%2 == 0 {
		return Epsilon{e.Num / 2, e.Den}
	}
	return Epsilon{e.Num, e.Den * 2}
}

// Add is e+f. The zero value adds nothing. A sum whose fraction is too long for an Epsilon is rounded up to the next
// billionth, so that a budget that is added up never looks smaller than it is.
func (e Epsilon) Add(f Epsilon) Epsilon {
	if e == (Epsilon{}) {
		return f
	}
	if f == (Epsilon{}) {
		return e
	}
	sum := new(big.Rat).Add(big.NewRat(e.Num, e.Den), big.NewRat(f.Num, f.Den))
	if sum.Num().IsInt64() && sum.Denom().IsInt64() {
		return Epsilon{sum.Num().Int64(), sum.Denom().Int64()}
	}
	const billion = 1_000_000_000
	n := new(big.Int).Mul(sum.Num(), big.NewInt(billion))
	n.Add(n, sum.Denom())
	n.Sub(n, big.NewInt(1))
	return reduced(n.Div(n, sum.Denom()).Int64(), billion)
}

// Cmp is -1, 0 or 1. The zero value is less than any other.
func (e Epsilon) Cmp(f Epsilon) int {
	if e.Den == 0 || f.Den == 0 {
		return int(min(e.Den, 1) - min(f.Den, 1))
	}
	return big.NewRat(e.Num, e.Den).Cmp(big.NewRat(f.Num, f.Den))
}

// Draw is one sample of the discrete Laplace distribution P(x) ∝ exp(-ε|x|), by the exact integer sampler of Canonne,
// Kamath and Steinke, "The Discrete Gaussian for Differential Privacy" (2020), algorithm 2, over crypto/rand. No step
// rounds, so that the promise of e^ε holds for what is drawn and not only for what was meant. It panics on an ε that
// ParseEpsilon would not have made: no noise at all is never the answer. How long it takes depends on what it draws;
// it is called when a period opens, which nobody times.
func (e Epsilon) Draw() int64 { return e.draw(rand.Reader) }

func (e Epsilon) draw(from io.Reader) int64 {
	if e.Num <= 0 || e.Den <= 0 || e.Num > math.MaxInt32 || e.Den > math.MaxInt32 {
		panic("reach: no noise can be drawn with ε " + e.String())
	}
	s := source{from: from}
	defer clear(s.buf[:])
	den := uint64(e.Den)
	for {
		u := s.below(den)
		if !s.bernoulliExp(u, den) {
			continue
		}
		v := uint64(0)
		for s.bernoulliExp(1, 1) {
			v++
		}
		y := int64((u + den*v) / uint64(e.Num)) // fits: v passes 2^32 once in e^(2^32)
		if s.below(2) == 0 {
			return y
		}
		if y != 0 { // a second zero would stand there twice as often as it should
			return -y
		}
	}
}

// source is the randomness of one draw, read in blocks.
type source struct {
	from io.Reader
	buf  [64]byte
	left int // of buf, at its end
}

// bytes are the next n, up to 8, as a number.
func (s *source) bytes(n int) uint64 {
	if s.left < n {
		if _, err := io.ReadFull(s.from, s.buf[:]); err != nil {
			panic("reach: no randomness: " + err.Error())
		}
		s.left = len(s.buf)
	}
	x := uint64(0)
	for range n {
		x = x<<8 | uint64(s.buf[len(s.buf)-s.left])
		s.left--
	}
	return x
}

// below is uniform over 0 to n-1, n at least 1: as many bits as n-1 has, drawn again until they are below n.
func (s *source) below(n uint64) uint64 {
	width := bits.Len64(n - 1)
	for {
		x := s.bytes((width+7)/8) & (1<<width - 1)
		if x < n {
			return x
		}
	}
}

// bernoulliExp is true with probability exp(-num/den), for num at most den: algorithm 1 of the same paper.
func (s *source) bernoulliExp(num, den uint64) bool {
	k := uint64(1)
	for s.below(den*k) < num {
		k++
	}
	return k%2 == 1
}

// StdDev is the standard deviation of Draw.
func (e Epsilon) StdDev() float64 {
	x := e.Float()
	return math.Sqrt(2*math.Exp(-x)) / -math.Expm1(-x)
}

// Threshold is ⌈ln 100 / ε⌉: a released figure under it is shown as "fewer than" it. Where the true count is 0, the
// released one reaches it less than once in a hundred times.
func (e Epsilon) Threshold() int64 {
	return int64(math.Ceil(2 * math.Ln10 * float64(e.Den) / float64(e.Num)))
}
