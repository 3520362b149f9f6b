package chart

import (
	"fmt"
	"html/template"
	"strings"
	"unicode/utf8"

	"haven/metrics/reach"
)

// Bar is one bar of a chart.
type Bar struct {
	Label     string
	Text      string // at the end of the label's row, such as "123 ± 12" or "minder dan 8"
	Value     int64  // its length; of a small one, the threshold
	Low, High int64  // the interval, drawn as a whisker; none where they are equal
	Small     bool   // drawn as a hatched stub: the figure is somewhere between nothing and its end
	Class     string // one more class, such as online; [a-z0-9-]*
}

// Of is the bar of a figure. The text is the caller's, since it has a language.
func Of(label, text string, f reach.Figure) Bar {
	b := Bar{Label: label, Text: text}
	switch {
	case !f.Known:
	case f.Small():
		b.Value, b.Small = f.Threshold(), true
	default:
		h := f.Half()
		b.Value, b.Low, b.High = f.N, max(0, f.N-h), f.N+h
	}
	return b
}

// Bars is a chart of horizontal bars that begin at nothing.
type Bars struct {
	ID    string // unique in its page, [a-z0-9-]+
	Title string // says what is shown, for who hears the page
	Desc  string // says what there is to see in it
	Bars  []Bar
	Max   int64 // the end of the scale; 0: that of the longest
}

// Heights in pixels, and how many letters of label and text go beside each other on a small phone.
const (
	barText  = 18
	barThick = 14
	barGap   = 12
	oneLine  = 34
)

// SVG is the drawing.
func (b Bars) SVG() template.HTML {
	most := max(b.Max, 1)
	for _, x := range b.Bars {
		most = max(most, x.Value, x.High)
	}
	height := 2
	for _, x := range b.Bars {
		height += x.height()
	}
	var out strings.Builder
	open(&out, "bars", b.ID, b.Title, b.Desc, height)
	fmt.Fprintf(&out, `<defs><pattern id="%s-hatch" width="6" height="6" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">`+
		`<rect class="hatch-ground" width="6" height="6" fill="#eef3f1"/><rect class="hatch" width="2" height="6" fill="#4d5c5a"/></pattern></defs>`, esc(b.ID))
	y := 0
	for _, x := range b.Bars {
		x.draw(&out, b.ID, y, most)
		y += x.height()
	}
	fmt.Fprintf(&out, `<line class="axis" x1="0" x2="0" y1="0" y2="%d" stroke="#7c8a88" stroke-width="2"/></svg>`, height)
	return template.HTML(out.String())
}

// long says that label and text need a row each.
func (x Bar) long() bool {
	return utf8.RuneCountInString(x.Label)+utf8.RuneCountInString(x.Text) > oneLine
}

func (x Bar) height() int {
	if x.long() {
		return 2*barText + barThick + barGap
	}
	return barText + barThick + barGap
}

func (x Bar) draw(out *strings.Builder, id string, y int, most int64) {
	fmt.Fprintf(out, `<text class="label" x="6" y="%d" fill="#1b2726" font-size="14">%s</text>`, y+13, esc(x.Label))
	if x.long() {
		y += barText
	}
	fmt.Fprintf(out, `<text class="value" x="100%%" y="%d" fill="#1b2726" font-size="14" font-weight="600" text-anchor="end">%s</text>`,
		y+13, esc(x.Text))
	y += barText
	switch {
	case x.Small:
		fmt.Fprintf(out, `<rect class="stub" x="0" y="%d" width="%s" height="%d" fill="url(#%s-hatch)" stroke="#4d5c5a" stroke-dasharray="3 3"/>`,
			y, across(x.Value, most), barThick, esc(id))
		return
	case x.Value > 0:
		class := "bar"
		if x.Class != "" {
			class += " " + x.Class
		}
		fmt.Fprintf(out, `<rect class="%s" x="0" y="%d" width="%s" height="%d" fill="#5aa79d"/>`, esc(class), y, across(x.Value, most), barThick)
	}
	if x.Low == x.High {
		return
	}
	// Twice: the wider one keeps it apart from the bar under it.
	low, high, middle := across(x.Low, most), across(x.High, most), y+barThick/2
	for _, s := range []struct {
		class, colour string
		width         int
	}{{"halo", "#fff", 5}, {"whisker", "#1b2726", 2}} {
		fmt.Fprintf(out, `<g class="%s" stroke="%s" stroke-width="%d"><line x1="%s" x2="%s" y1="%d" y2="%d"/>`, s.class, s.colour, s.width, low, high, middle, middle)
		for _, end := range []string{low, high} {
			fmt.Fprintf(out, `<line x1="%s" x2="%s" y1="%d" y2="%d"/>`, end, end, y+2, y+barThick-2)
		}
		out.WriteString("</g>")
	}
}
