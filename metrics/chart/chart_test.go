package chart

import (
	"encoding/xml"
	"flag"
	"html/template"
	"io"
	"os"
	"strings"
	"testing"

	"haven/metrics/reach"
)

var update = flag.Bool("update", false, "write the golden files")

// bars has one of each kind.
var bars = Bars{
	ID: "visits", Title: "Pagina geopend", Desc: "De tabel hieronder heeft dezelfde cijfers.",
	Bars: []Bar{
		{Label: "Instagram", Text: "157 ± 35", Value: 157, Low: 122, High: 192, Class: "online"},
		{Label: "Poster", Text: "minder dan 49", Value: 49, Small: true},
		{Label: "Zonder campagnelink", Text: "614", Value: 614},
		{Label: "Een kanaal met een lange naam", Text: "minder dan 122", Value: 122, Small: true},
		{Label: "Niet geteld", Text: "–"},
	},
}

func week() Heat {
	h := Heat{ID: "h", Title: "Niet bereikt", Desc: "Per blok van vier uur.", Columns: []string{"ma", "di", "wo", "do", "vr", "za", "zo"}}
	for r := range 6 {
		h.Rows = append(h.Rows, string(rune('a'+r)))
		for c := range 7 {
			n := int64(10*r + c)
			h.Cells = append(h.Cells, HeatCell{Value: n, Small: n < 11, Text: "<11"})
		}
	}
	return h
}

func TestGolden(t *testing.T) {
	for name, svg := range map[string]template.HTML{"bars": bars.SVG(), "heat": week().SVG()} {
		file := "testdata/" + name + ".svg"
		if *update {
			if err := os.WriteFile(file, []byte(svg), 0o644); err != nil {
				t.Fatal(err)
			}
		}
		want, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if string(want) != string(svg) {
			t.Errorf("the drawing is not %s; look at the difference after -update\n%s", file, svg)
		}
	}
}

// elements parses a drawing and gives its elements with their attributes.
func elements(t *testing.T, svg template.HTML) (all []xml.StartElement) {
	t.Helper()
	d := xml.NewDecoder(strings.NewReader(string(svg)))
	for {
		tok, err := d.Token()
		if err == io.EOF {
			return all
		}
		if err != nil {
			t.Fatalf("%v in %s", err, svg)
		}
		if e, ok := tok.(xml.StartElement); ok {
			all = append(all, e.Copy())
		}
	}
}

func attr(e xml.StartElement, name string) string {
	for _, a := range e.Attr {
		if a.Name.Local == name {
			return a.Value
		}
	}
	return ""
}

// A strict policy lets no style, no script and no address through, and who does not see must hear what it is.
func TestStrictAndSaid(t *testing.T) {
	for _, svg := range []template.HTML{bars.SVG(), week().SVG(), Bars{ID: "none"}.SVG(), Heat{ID: "none"}.SVG()} {
		ids := map[string]bool{}
		for i, e := range elements(t, svg) {
			for _, a := range e.Attr {
				if a.Name.Local == "style" || strings.HasPrefix(a.Name.Local, "on") || a.Name.Local == "href" {
					t.Errorf("%s has %s", e.Name.Local, a.Name.Local)
				}
				if a.Name.Local == "id" && ids[a.Value] {
					t.Errorf("%s twice", a.Value)
				}
				if a.Name.Local == "id" {
					ids[a.Value] = true
				}
			}
			if e.Name.Local == "script" || e.Name.Local == "style" || e.Name.Local == "image" || e.Name.Local == "foreignObject" {
				t.Errorf("a %s", e.Name.Local)
			}
			if i == 0 && attr(e, "role") != "img" {
				t.Error("not one picture")
			}
		}
		for _, id := range strings.Fields(attr(elements(t, svg)[0], "aria-labelledby")) {
			if !ids[id] {
				t.Errorf("%s is not there", id)
			}
		}
	}
}

func TestTextIsEscaped(t *testing.T) {
	const bad = `"><script>alert('1')</script>&`
	svg := string(Bars{ID: bad, Title: bad, Desc: bad, Bars: []Bar{{Label: bad, Text: bad, Value: 3, Low: 1, High: 4, Class: bad}, {Label: bad, Small: true, Value: 2}}}.SVG()) +
		string(Heat{ID: bad, Title: bad, Desc: bad, Rows: []string{bad}, Columns: []string{bad}, Cells: []HeatCell{{Text: bad}}}.SVG())
	if strings.Contains(svg, "<script") || strings.Contains(svg, `"">`) {
		t.Error(svg)
	}
	for _, one := range strings.SplitAfter(svg, "</svg>")[:2] {
		elements(t, template.HTML(one))
	}
}

// Every bar and every whisker lies within the drawing, in proportion.
func TestScale(t *testing.T) {
	widths := map[string]bool{}
	for _, e := range elements(t, bars.SVG()) {
		if e.Name.Local == "rect" && strings.HasPrefix(attr(e, "class"), "bar") {
			widths[attr(e, "width")] = true
		}
	}
	if !widths["99.00%"] || !widths["25.31%"] { // 614 and 157 of 614, and a little room at the end
		t.Errorf("bars are %v", widths)
	}
	half := Bars{ID: "a", Max: 100, Bars: []Bar{{Value: 50}, {Value: -3, Low: -9, High: 4}}}.SVG()
	if !strings.Contains(string(half), `width="49.50%"`) || strings.Contains(string(half), `="-`) {
		t.Errorf("%s", half)
	}
}

func TestOf(t *testing.T) {
	e := reach.Epsilon{Num: 1, Den: 4}
	noisy := func(n int64) reach.Figure {
		return reach.Figure{N: n, Noise: []reach.Term{{Eps: e, N: 1}}, Known: true}
	}
	few, much, exact := noisy(3), noisy(100), reach.Figure{N: 7, Known: true}
	for _, c := range []struct {
		f    reach.Figure
		want Bar
	}{
		{few, Bar{Value: few.Threshold(), Small: true}},
		{noisy(-40), Bar{Value: few.Threshold(), Small: true}},
		{much, Bar{Value: 100, Low: 100 - much.Half(), High: 100 + much.Half()}},
		{exact, Bar{Value: 7, Low: 7, High: 7}},
		{reach.Figure{}, Bar{}},
	} {
		if got := Of("", "", c.f); got != c.want {
			t.Errorf("%+v: %+v, want %+v", c.f, got, c.want)
		}
	}
	if Of("a", "", few) != Of("a", "", noisy(4)) {
		t.Error("under the threshold the drawing tells two figures apart")
	}
}

func TestHeatLevels(t *testing.T) {
	h := Heat{ID: "h", Rows: []string{"r"}, Columns: []string{"a", "b", "c", "d"}, Cells: []HeatCell{{Value: 0}, {Value: 100}, {Value: 90, Small: true}, {Value: 50}}}
	var classes []string
	for _, e := range elements(t, h.SVG()) {
		if e.Name.Local == "g" {
			classes = append(classes, attr(e, "class"))
		}
	}
	if got := strings.Join(classes, " "); got != "l0 l4 few l2" {
		t.Errorf("%s", got)
	}
}
