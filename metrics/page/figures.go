package page

import (
	"haven/metrics/chart"
	"haven/metrics/reach"
)

// cell is a figure, or words, in a table.
type cell struct {
	Text, Plus string // Plus is the interval, said behind the figure
	Class      string // few: under the threshold; weak: says nothing; gone: not counted; part: its share of noise is large
	Note       string // words behind it
}

// figure is how a figure may be shown.
func (l lang) figure(f reach.Figure) cell {
	switch {
	case !f.Known:
		return cell{Text: "–", Class: "gone", Note: l.say("niet geteld", "not counted")}
	case f.Small():
		return cell{Text: l.few(f), Class: "few"}
	case len(f.Noise) == 0:
		return cell{Text: l.num(f.N)}
	case !f.Says():
		return cell{Text: l.num(f.N), Plus: "±\u00a0" + l.num(f.Half()), Class: "weak", Note: l.say("zegt niets", "says nothing")}
	}
	return cell{Text: l.num(f.N), Plus: "±\u00a0" + l.num(f.Half())}
}

func (l lang) few(f reach.Figure) string {
	return l.say("minder dan %s", "fewer than %s", l.num(f.Threshold()))
}

// String is the figure in a sentence and beside a bar.
func (c cell) String() string {
	if c.Plus == "" {
		return c.Text
	}
	return c.Text + "\u00a0" + c.Plus
}

// bar is a figure as a bar.
func (l lang) bar(label string, f reach.Figure) chart.Bar {
	return chart.Of(label, l.figure(f).String(), f)
}

// tally is what cells of one table add up to, by key.
type tally[K comparable] map[K]reach.Figure

// sums adds the cells of a period up, in one pass, under every key that keys names for their parts.
func sums[K comparable](r *reach.Releases, t reach.Table, p reach.Period, keys func(parts []string) []K) tally[K] {
	periods := []reach.Period{p}
	if t == reach.Visits && p.Span == reach.Quarter {
		periods = p.Parts(reach.Month)
	}
	out := tally[K]{}
	for _, p := range periods {
		one := r.Get(t, p)
		if one == nil {
			return nil // a quarter of which a month is missing is none
		}
		type part struct {
			sum int64
			n   int
		}
		parts := map[K]part{}
		for c, v := range one.Cells {
			for _, k := range keys(c.Parts()) {
				parts[k] = part{parts[k].sum + v, parts[k].n + 1}
			}
		}
		for k, x := range parts {
			out[k] = out[k].Add(reach.Figure{N: x.sum, Noise: []reach.Term{one.Noise(x.n)}, Known: true})
		}
	}
	return out
}
