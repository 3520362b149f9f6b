package simulate

import (
	"fmt"
	"slices"
	"strings"
)

// Waits are the waits in s, sorted, of those answered who fit.
func (d *Day) Waits(fit func(*Story) bool) []int {
	var w []int
	for i := range d.Stories {
		if s := &d.Stories[i]; s.End == "answered" && fit(s) {
			w = append(w, s.WaitS)
		}
	}
	slices.Sort(w)
	return w
}

// Share is the part of all that had one of the ends.
func (d *Day) Share(ends ...string) float64 {
	n := 0
	for i := range d.Stories {
		if slices.Contains(ends, d.Stories[i].End) {
			n++
		}
	}
	return float64(n) / float64(max(1, len(d.Stories)))
}

// Told is the share of those who had to wait, in a line or ("") in all, whose wait fell in the range announced at arrival, how
// many they were, and the middle width of the ranges in s. Who gave up has waited longer than announced, or is left out.
func (d *Day) Told(line string) (share float64, n, width int) {
	in := 0
	var widths []int
	for i := range d.Stories {
		s := &d.Stories[i]
		if s.Ahead < 0 || line != "" && s.Line != line || s.End != "answered" && (s.End != "left" || s.WaitS <= s.Hi) {
			continue
		}
		n++
		if s.Lo <= s.WaitS && s.WaitS <= s.Hi {
			in++
		}
		widths = append(widths, s.Hi-s.Lo)
	}
	slices.Sort(widths)
	return float64(in) / float64(max(1, n)), n, at(widths, 0.5)
}

func at(sorted []int, q float64) int {
	if len(sorted) == 0 {
		return 0
	}
	return sorted[min(len(sorted)-1, int(q*float64(len(sorted))))]
}

// Table sets days under several policies side by side.
func Table(policies []Policy, days []*Day) string {
	var b strings.Builder
	row := func(name string, cell func(*Day) string) {
		fmt.Fprintf(&b, "%-44s", name)
		for _, d := range days {
			fmt.Fprintf(&b, "%25s", cell(d))
		}
		b.WriteByte('\n')
	}
	fmt.Fprintf(&b, "%-44s", "")
	for _, p := range policies {
		fmt.Fprintf(&b, "%25s", p)
	}
	b.WriteByte('\n')
	waits := func(name string, fit func(*Story) bool) {
		row("wait of "+name+" in s: p50 p90 p99 max", func(d *Day) string {
			w := d.Waits(fit)
			return fmt.Sprintf("%d %d %d %d", at(w, 0.5), at(w, 0.9), at(w, 0.99), at(w, 1))
		})
	}
	waits("all answered", func(*Story) bool { return true })
	for _, l := range three {
		waits(l.Name, func(s *Story) bool { return s.Line == l.Name })
	}
	waits("urgent", func(s *Story) bool { return s.Urgent })
	waits("not urgent", func(s *Story) bool { return !s.Urgent })
	percent := func(x float64) string { return fmt.Sprintf("%.1f %%", 100*x) }
	row("answered", func(d *Day) string { return percent(d.Share("answered")) })
	row("left while waiting", func(d *Day) string { return percent(d.Share("left")) })
	row("refused: full, nobody", func(d *Day) string { return percent(d.Share("full")) + ", " + percent(d.Share("nobody")) })
	row("closed while waiting", func(d *Day) string { return percent(d.Share("closed")) })
	row("passed by somebody later; the same, not urgent", func(d *Day) string {
		n, jumped, in := 0, 0, 0
		for _, s := range d.Stories {
			if s.End != "full" && s.End != "nobody" {
				in++
				n += min(s.Passed, 1)
				jumped += min(s.Jumped, 1)
			}
		}
		return percent(float64(n)/float64(in)) + ", " + percent(float64(jumped)/float64(in))
	})
	row("passed most often", func(d *Day) string {
		most := 0
		for _, s := range d.Stories {
			most = max(most, s.Passed)
		}
		return fmt.Sprint(most)
	})
	row("places taken of those on duty", func(d *Day) string { return percent(d.Busy) })
	row("wait in the range announced; its width in s", func(d *Day) string {
		share, _, width := d.Told("")
		return fmt.Sprintf("%s, %d", percent(share), width)
	})
	row("waited while an eligible one was free", func(d *Day) string { return fmt.Sprint(d.Idle) })
	return b.String()
}
