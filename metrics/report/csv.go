package report

import (
	"encoding/csv"
	"fmt"
	"io"
	"math"
	"regexp"
	"strconv"
	"strings"
)

// Separator is what stands between the fields of a line of CSV.
type Separator rune

const (
	// Comma is RFC 4180, with points in numbers.
	Comma Separator = ','
	// Semicolon is what spreadsheets expect where the comma is in the numbers, as in the Netherlands: with commas in
	// numbers, and a byte order mark, without which Excel takes UTF-8 for something else.
	Semicolon Separator = ';'
)

// header names the fields of a line: where a cell stands, and what it holds. Keys, not words, so that a program reads
// every language.
var header = []string{"section", "part", "table", "row", "column", "value", "half_width", "low", "high", "fewer_than", "exact", "unit", "note"}

// numbersFrom and numbersTo bound the fields that hold numbers.
const (
	numbersFrom = 5
	numbersTo   = 9
)

// field is one field of the long form: words, or a number.
type field struct {
	text   string
	number float64
	is     bool // a number
	unit   Unit
}

// say leaves out what only a page needs: spaces that do not break make a word of their own in a search.
func say(s string) field { return field{text: strings.ReplaceAll(s, nbsp, " ")} }

// records is the report in long form, a cell a line, with the paragraphs in the note of lines that have no table.
func (r *Report) records() [][]field {
	t := tongue(r.Lang)
	var out [][]field
	paragraph := func(section, part, text string) {
		f := make([]field, len(header))
		f[0], f[1], f[len(f)-1] = say(section), say(part), say(text)
		out = append(out, f)
	}
	for _, n := range r.Notices {
		paragraph(r.Title, "", n)
	}
	for _, s := range r.Sections {
		for _, p := range s.Parts {
			for _, text := range p.Text {
				paragraph(s.Title, p.Title, text)
			}
			for _, table := range p.Tables {
				for _, row := range table.Rows {
					for i, c := range row.Cells {
						at := []field{say(s.Title), say(p.Title), say(table.Title), say(row.label()), say(table.Columns[i].Name)}
						out = append(out, append(at, t.fields(c)...))
					}
				}
			}
		}
	}
	return out
}

// label is a row's name in one piece.
func (r Row) label() string {
	var parts []string
	for _, n := range r.Name {
		if n != "" {
			parts = append(parts, n)
		}
	}
	return strings.Join(parts, " · ")
}

// fields are those from "value" on.
func (t tongue) fields(c Cell) []field {
	u := c.unit()
	number := func(x float64, has bool) field {
		if !has || math.IsInf(x, 0) {
			return field{}
		}
		return field{number: rounded(x, u), is: true, unit: u}
	}
	value, exact, unit, note := number(c.Number, c.numeric()), "", "", c.Note
	switch c.Kind {
	case Text:
		value = say(c.Text)
	case Unknown:
		note = strings.TrimSuffix(c.Text, ".") + ": " + c.Note
	default:
		exact, unit = strconv.FormatBool(c.Exact()), string(u)
	}
	switch {
	case c.Entered:
		note = strings.TrimSpace(t.s("Met de hand ingevuld.", "Entered by hand.") + " " + note)
	case c.Kind == Fewer, c.Kind == Range:
		note = strings.TrimSpace(t.cell(c) + ". " + note)
	}
	return []field{
		value, {number: float64(c.Half), is: c.Kind == Noisy && c.Half > 0}, number(c.Low, c.interval()), number(c.High, c.interval()),
		{number: float64(c.FewerThan), is: c.Kind == Fewer}, say(exact), say(unit), say(note),
	}
}

// CSV writes the report in long form, by RFC 4180.
func (r *Report) CSV(w io.Writer, sep Separator) error {
	if sep == Semicolon {
		if _, err := io.WriteString(w, "\ufeff"); err != nil {
			return fmt.Errorf("report: csv: %w", err)
		}
	}
	out := csv.NewWriter(w)
	out.Comma, out.UseCRLF = rune(sep), true
	out.Write(header)
	for _, rec := range r.records() {
		line := make([]string, len(rec))
		for i, f := range rec {
			if !f.is {
				line[i] = guard(f.text)
				continue
			}
			line[i] = strconv.FormatFloat(f.number, 'f', -1, 64)
			if sep == Semicolon {
				line[i] = strings.Replace(line[i], ".", ",", 1)
			}
		}
		out.Write(line)
	}
	out.Flush()
	if err := out.Error(); err != nil {
		return fmt.Errorf("report: csv: %w", err)
	}
	return nil
}

// formula is what a spreadsheet takes for the beginning of one: at the start of a field, and, since the file may be
// opened with the other separator, behind anything that could end a field.
var formula = regexp.MustCompile(`(^|[,;\t\n|"])([\p{Z}\p{C}]*)([=+\-@\t＝＋－＠])`)

// guard makes words harmless in a spreadsheet, which runs a field that begins like a formula: an apostrophe says that
// they are words. Carriage returns have no place in a field.
func guard(s string) string {
	s = strings.NewReplacer("\r\n", "\n", "\r", "\n").Replace(s)
	if strings.HasPrefix(s, "\t") || strings.HasPrefix(s, "\n") {
		s = "'" + s
	}
	return formula.ReplaceAllString(s, "$1$2'$3")
}
