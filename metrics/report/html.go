package report

import (
	"bytes"
	_ "embed"
	"fmt"
	"html/template"
	"io"
	"math"
	"slices"
	"strings"

	"haven/metrics/chart"
	"haven/metrics/reach"
)

var (
	//go:embed report.html
	pageText string
	//go:embed report.css
	pageStyle string
)

// pages are "standalone", a document with its style in it, and "body", what of it another page can hold. Neither has a
// script, an inline style or anything to fetch.
var pages = template.Must(template.New("").Parse(pageText))

// Body is the report without a style of its own: an article that begins with h1.
func (r *Report) Body() (template.HTML, error) {
	var b bytes.Buffer
	if err := pages.ExecuteTemplate(&b, "body", r.page()); err != nil {
		return "", fmt.Errorf("report: html: %w", err)
	}
	return template.HTML(b.String()), nil
}

// Standalone writes a document that can be read, mailed and printed as it is.
func (r *Report) Standalone(w io.Writer) error {
	var b bytes.Buffer
	if err := pages.ExecuteTemplate(&b, "standalone", r.page()); err != nil {
		return fmt.Errorf("report: html: %w", err)
	}
	if _, err := w.Write(b.Bytes()); err != nil {
		return fmt.Errorf("report: html: %w", err)
	}
	return nil
}

// Notes are the remarks of a table's cells, each once; a cell refers to one by its number.
func (t Table) Notes() []string {
	var out []string
	if t.Listed {
		return nil
	}
	for _, r := range t.Rows {
		for _, c := range r.Cells {
			if c.Note != "" && !slices.Contains(out, c.Note) {
				out = append(out, c.Note)
			}
		}
	}
	return out
}

// marked is a cell in words with its remark: in place in a list, else as the number of a note.
func (t tongue) marked(c Cell, table Table, notes []string) string {
	s := t.cell(c)
	switch {
	case c.Note == "":
		return s
	case table.Listed:
		return s + ", " + c.Note
	}
	return fmt.Sprintf("%s (%d)", s, slices.Index(notes, c.Note)+1)
}

// view is a report as the template reads it.
type view struct {
	*Report
	t     tongue
	Style template.CSS
}

func (r *Report) page() view { return view{r, tongue(r.Lang), template.CSS(pageStyle)} }

// Say is one of two texts.
func (v view) Say(nl, en string) string { return v.t.s(nl, en) }

// ID is unique in the page.
func (v view) ID(parts ...string) string {
	return "report-" + strings.NewReplacer("_", "-", "|", "-").Replace(strings.Join(parts, "-"))
}

// Day is a date of the report as people write it.
func (v view) Day(name string) string {
	d, err := reach.ParseDay(name)
	if err != nil {
		return name
	}
	return v.t.day(d)
}

// Side is the class of a column's head, on the side where its cells are.
func (v view) Side(t Table, i int) string {
	for _, r := range t.Rows {
		if r.Cells[i].Kind == Text {
			return "words"
		}
	}
	return "value"
}

// Looks is the class of a table: a list, or one whose columns are all of the same kind and so of the same width.
func (v view) Looks(t Table) string {
	switch {
	case t.Listed:
		return "listed"
	case len(t.Columns) > 3 && !slices.ContainsFunc(t.Columns, func(c Column) bool { return c.Figure != t.Columns[0].Figure }):
		return "even"
	}
	return "plain"
}

// shown is a cell as the template reads it.
type shown struct {
	Class   string
	Before  string // the figure or the words
	Margin  string // ± and so on, smaller
	Ref     int    // number of the note, 0 for none
	InPlace string // the remark, in a list
}

// Show is the cell of a table in one of its columns.
func (v view) Show(c Cell, t Table, column int) shown {
	s := shown{Before: v.t.cell(c)}
	switch c.Kind {
	case Number, Noisy, Range:
		s.Class = "n"
	case Fewer:
		s.Class = "n few"
	case Unknown:
		s.Class = "none " + v.Side(t, column)
	case Text:
		s.Class = "words"
	}
	if c.Kind == Noisy {
		for _, cut := range []string{nbsp + "±", " ("} {
			if at := strings.Index(s.Before, cut); at > 0 {
				s.Before, s.Margin = s.Before[:at], strings.TrimLeft(s.Before[at:], nbsp+" ")
				break
			}
		}
	}
	switch {
	case c.Note == "":
	case t.Listed:
		s.Before, s.InPlace = s.Before+", ", c.Note
	default:
		s.Ref = slices.Index(t.Notes(), c.Note) + 1
	}
	return s
}

// Draw is the chart above a table, "" for none: the column that it asks for, of the rows that are no sums.
func (v view) Draw(id string, t Table) template.HTML {
	column := slices.IndexFunc(t.Columns, func(c Column) bool { return c.Key == t.Chart })
	if column < 0 {
		return ""
	}
	bars := chart.Bars{
		ID: id + "-chart", Title: t.Title + ": " + strings.ToLower(t.Columns[column].Name),
		Desc: v.Say("Een balk per kanaal, met de marge als een streep erdoor. Dezelfde cijfers staan in de tabel hieronder.",
			"A bar for each channel, with its interval as a line through the end. The same figures are in the table below."),
	}
	campaigns := map[string]bool{}
	for _, r := range t.Rows {
		if len(r.Name) > 1 && r.Name[1] != "" {
			campaigns[r.Name[0]] = true
		}
	}
	for _, r := range t.Rows {
		c := r.Cells[column]
		if r.Total || c.Kind == Unknown {
			continue
		}
		bar := chart.Bar{Label: r.charted(len(campaigns) > 1), Text: v.t.cell(c), Value: int64(c.Number)}
		switch {
		case c.Kind == Fewer:
			bar.Value, bar.Small = c.FewerThan, true
		case c.Kind == Noisy && !math.IsInf(c.High, 1):
			bar.Low, bar.High = int64(c.Low), int64(c.High)
		}
		bars.Bars = append(bars.Bars, bar)
	}
	if len(bars.Bars) == 0 {
		return ""
	}
	return bars.SVG()
}

// charted is a row's name in a chart, where room is short: the campaign is said where there are several.
func (r Row) charted(campaign bool) string {
	if len(r.Name) != 3 || r.Name[2] == "" {
		return r.label()
	}
	name := r.Name[1] + " (" + r.Name[2] + ")"
	if campaign {
		name = r.Name[0] + " · " + name
	}
	return name
}

// Count is the number of a note, from 1.
func (v view) Count(i int) int { return i + 1 }
