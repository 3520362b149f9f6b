package report

import (
	"encoding/json"
	"math"

	"haven/metrics/reach"
)

// Kind says what a cell holds.
type Kind string

const (
	Text    Kind = "text"    // words
	Number  Kind = "number"  // counted exactly, or entered by hand
	Noisy   Kind = "noisy"   // with an interval of 95 %
	Range   Kind = "range"   // somewhere from Low to High
	Fewer   Kind = "fewer"   // a released figure under its threshold
	Unknown Kind = "unknown" // none is to be had; Note says why
)

// Unit is that of a cell's number.
type Unit string

const (
	Count   Unit = "count"
	Percent Unit = "percent"
	Points  Unit = "percentage_points"
	Euro    Unit = "euro"
	Seconds Unit = "seconds"
	Hours   Unit = "hours"
	Epsilon Unit = "epsilon"
)

// Cell is one field of a table.
type Cell struct {
	Kind      Kind
	Text      string  // of Text what it says; of Unknown what it is, in a word or two
	Number    float64 // of Number and Noisy
	Half      int64   // of Noisy: half the width of its interval, 0 where that is not even to both sides
	Low, High float64 // of Noisy and Range; High may be infinite
	FewerThan int64   // of Fewer
	Unit      Unit    // Count when empty
	Entered   bool    // by hand
	Signed    bool    // a difference: shown with its sign, and the only number that may be below zero
	Note      string  // a remark; of Unknown the reason
}

// Exact says that a number has no noise in it and was not entered by hand either.
func (c Cell) Exact() bool { return (c.Kind == Number || c.Kind == Range) && !c.Entered }

// numeric says that there is a number to be had.
func (c Cell) numeric() bool { return c.Kind == Number || c.Kind == Noisy }

// interval says that Low and High say something.
func (c Cell) interval() bool { return c.Kind == Noisy || c.Kind == Range }

func words(s string) Cell { return Cell{Kind: Text, Text: s} }

func exact(n int64) Cell { return Cell{Kind: Number, Number: float64(n)} }

func (c Cell) in(u Unit) Cell {
	c.Unit = u
	return c
}

// released is how a known figure may be shown.
func released(f reach.Figure) Cell {
	if len(f.Noise) == 0 {
		return exact(f.N)
	}
	if f.Small() {
		return Cell{Kind: Fewer, FewerThan: f.Threshold()}
	}
	half := f.Half()
	return Cell{Kind: Noisy, Number: float64(f.N), Half: half, Low: float64(max(0, f.N-half)), High: float64(f.N + half)}
}

// difference is how that of two known figures may be shown.
func difference(f reach.Figure) Cell {
	if len(f.Noise) == 0 {
		c := exact(f.N)
		c.Signed = true
		return c
	}
	half := f.Half()
	return Cell{Kind: Noisy, Number: float64(f.N), Half: half, Low: float64(f.N - half), High: float64(f.N + half), Signed: true}
}

// MarshalJSON leaves out what a cell of its kind does not have.
func (c Cell) MarshalJSON() ([]byte, error) {
	out := struct {
		Kind      Kind     `json:"kind"`
		Text      string   `json:"text,omitempty"`
		Value     *float64 `json:"value,omitempty"`
		HalfWidth int64    `json:"half_width,omitempty"`
		Low       *float64 `json:"low,omitempty"`
		High      *float64 `json:"high,omitempty"`
		FewerThan int64    `json:"fewer_than,omitempty"`
		Exact     *bool    `json:"exact,omitempty"`
		Entered   bool     `json:"entered,omitempty"`
		Unit      Unit     `json:"unit,omitempty"`
		Note      string   `json:"note,omitempty"`
	}{Kind: c.Kind, Text: c.Text, HalfWidth: c.Half, FewerThan: c.FewerThan, Entered: c.Entered, Note: c.Note}
	if c.Kind != Text && c.Kind != Unknown {
		e := c.Exact()
		out.Exact, out.Unit = &e, c.unit()
	}
	if c.numeric() {
		v := rounded(c.Number, c.unit())
		out.Value = &v
	}
	if c.interval() {
		low, high := rounded(c.Low, c.unit()), rounded(c.High, c.unit())
		out.Low = &low
		if !math.IsInf(high, 1) {
			out.High = &high
		}
	}
	return json.Marshal(out)
}

func (c Cell) unit() Unit {
	if c.Unit == "" {
		return Count
	}
	return c.Unit
}

// decimals is how many digits behind the comma a unit is shown with.
func (u Unit) decimals() int {
	switch u {
	case Percent, Points, Hours:
		return 1
	case Euro, Epsilon:
		return 2
	}
	return 0
}

// rounded is a number as it is shown, so that no writer is more precise than another.
func rounded(x float64, u Unit) float64 {
	if math.IsInf(x, 0) {
		return x
	}
	p := math.Pow10(u.decimals())
	if u == Epsilon {
		p = 1e4 // 3/40 is 0.075
	}
	return math.Round(x*p)/p + 0 // no minus nought
}
