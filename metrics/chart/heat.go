package chart

import (
	"fmt"
	"html/template"
	"strings"
)

// HeatCell is one cell of a heat map.
type HeatCell struct {
	Value int64  // how dark it is
	Small bool   // under the threshold: not dark at all
	Text  string // in it; a few signs
}

// Heat is a map of cells, darker where there is more, with the figure in each.
type Heat struct {
	ID, Title, Desc string
	Rows, Columns   []string // their heads, a few signs each
	Cells           []HeatCell
}

const (
	heatHead = 22
	heatRow  = 34
	// The heads of the rows take 16 % of the width, the columns share the rest; in hundredths of a per cent.
	heatLabel = 1600
)

// Shades from little to much, and the ink that can be read on each (4.5 or more).
var shades = []struct{ ground, ink string }{
	{"#eef5f3", "#1b2726"}, {"#cfe6e1", "#1b2726"}, {"#a3cfc7", "#1b2726"}, {"#2f7a71", "#fff"}, {"#0b4f49", "#fff"},
}

// SVG is the drawing. Cells stand row by row; missing ones are left out.
func (h Heat) SVG() template.HTML {
	var most int64 = 1
	for _, c := range h.Cells {
		if !c.Small {
			most = max(most, c.Value)
		}
	}
	var out strings.Builder
	open(&out, "heat", h.ID, h.Title, h.Desc, heatHead+heatRow*len(h.Rows))
	wide := (10000 - heatLabel) / max(1, len(h.Columns))
	for i, c := range h.Columns {
		fmt.Fprintf(&out, `<text class="label" x="%s" y="15" fill="#1b2726" font-size="13" text-anchor="middle">%s</text>`, hundredths(heatLabel+wide*i+wide/2), esc(c))
	}
	for r, head := range h.Rows {
		y := heatHead + heatRow*r
		fmt.Fprintf(&out, `<text class="label" x="0" y="%d" fill="#1b2726" font-size="13">%s</text>`, y+21, esc(head))
		for i := range h.Columns {
			if k := r*len(h.Columns) + i; k < len(h.Cells) {
				h.Cells[k].draw(&out, heatLabel+wide*i, y, wide, most)
			}
		}
	}
	out.WriteString("</svg>")
	return template.HTML(out.String())
}

func (c HeatCell) draw(out *strings.Builder, x, y, wide int, most int64) {
	level := 0
	if !c.Small && c.Value > 0 {
		level = min(len(shades)-1, int(c.Value*int64(len(shades))/(most+1)))
	}
	class, s := fmt.Sprintf("l%d", level), shades[level]
	if c.Small {
		class, s.ground = "few", "#fff"
	}
	fmt.Fprintf(out, `<g class="%s"><rect x="%s" y="%d" width="%s" height="%d" fill="%s" stroke="#fff" stroke-width="2"/>`+
		`<text x="%s" y="%d" fill="%s" font-size="13" text-anchor="middle">%s</text></g>`,
		class, hundredths(x), y, hundredths(wide), heatRow, s.ground, hundredths(x+wide/2), y+22, s.ink, esc(c.Text))
}
