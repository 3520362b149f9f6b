package report

import (
	"archive/zip"
	"bytes"
	"cmp"
	"fmt"
	"io"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/xuri/excelize/v2"
)

// XLSX writes a workbook: a sheet for each section with its tables under each other, and the long form of CSV on the
// last one. The same report gives the same bytes.
func (r *Report) XLSX(w io.Writer) error {
	b := &book{File: excelize.NewFile(), t: tongue(r.Lang), formats: map[string]int{}}
	defer b.Close()
	b.properties(r)
	for i, s := range r.Sections {
		if i == 0 {
			b.note(b.SetSheetName("Sheet1", s.Short))
		} else {
			b.sheetNew(s.Short)
		}
		b.section(r, s)
	}
	b.long(r)
	if b.err != nil {
		return fmt.Errorf("report: xlsx: %w", b.err)
	}
	var buf bytes.Buffer
	if err := b.Write(&buf); err != nil {
		return fmt.Errorf("report: xlsx: %w", err)
	}
	return inOrder(w, buf.Bytes())
}

// book writes cells from the top down and remembers the first thing that went wrong.
type book struct {
	*excelize.File
	t       tongue
	sheet   string
	row     int
	widths  map[int]int // columns, in characters
	formats map[string]int
	err     error
}

func (b *book) note(err error) {
	if b.err == nil {
		b.err = err
	}
}

func (b *book) properties(r *Report) {
	b.note(b.SetDocProps(&excelize.DocProperties{
		Title: r.Title, Creator: "Haven", Language: r.Lang, Created: r.Made + "T00:00:00Z", Modified: r.Made + "T00:00:00Z",
	}))
}

func (b *book) sheetNew(name string) {
	_, err := b.NewSheet(name)
	b.note(err)
}

// Styles of cells, by name. A number's format follows its unit.
func (b *book) style(name string) int {
	if id, ok := b.formats[name]; ok {
		return id
	}
	s := &excelize.Style{Alignment: &excelize.Alignment{Vertical: "top"}}
	switch kind, rest, _ := strings.Cut(name, " "); kind {
	case "title":
		s.Font = &excelize.Font{Bold: true, Size: 16}
	case "part":
		s.Font = &excelize.Font{Bold: true, Size: 13}
	case "caption":
		s.Font = &excelize.Font{Bold: true}
	case "head":
		s.Font = &excelize.Font{Bold: true, Color: "FFFFFF"}
		s.Fill = excelize.Fill{Type: "pattern", Pattern: 1, Color: []string{"0B625A"}}
		s.Alignment.WrapText = true
	case "notice":
		s.Font = &excelize.Font{Bold: true, Color: "7A1515"}
	case "wrap":
		s.Alignment.WrapText = true
	case "aside":
		s.Font = &excelize.Font{Italic: true, Color: "4D5C5A"}
	case "number", "total":
		format := map[Unit]string{Euro: "#,##0.00", Percent: "0.0", Points: "0.0", Hours: "#,##0.0", Epsilon: "0.0###"}[Unit(rest)]
		if format == "" {
			format = "#,##0"
		}
		s.CustomNumFmt = &format
		if kind == "total" {
			s.Font = &excelize.Font{Bold: true}
		}
	}
	id, err := b.NewStyle(s)
	b.note(err)
	b.formats[name] = id
	return id
}

// put writes one cell of the current row; words go in as words, so that none of them is ever a formula.
func (b *book) put(column int, style string, v any) {
	at, err := excelize.CoordinatesToCellName(column, b.row)
	b.note(err)
	length := 10
	switch v := v.(type) {
	case string:
		b.note(b.SetCellStr(b.sheet, at, strings.ReplaceAll(v, nbsp, " ")))
		length = utf8.RuneCountInString(v)
	case float64:
		b.note(b.SetCellFloat(b.sheet, at, v, -1, 64))
	}
	b.note(b.SetCellStyle(b.sheet, at, at, b.style(style)))
	switch style {
	case "title", "part", "caption", "notice", "text", "aside": // run over the cells beside them
	default:
		b.widths[column] = max(b.widths[column], min(length+2, 44))
	}
}

func (b *book) begin(sheet string) {
	b.sheet, b.row, b.widths = sheet, 1, map[int]int{}
}

// end sets the widths and freezes what is above and left of a cell.
func (b *book) end(frozen string) {
	for column, width := range b.widths {
		name, err := excelize.ColumnNumberToName(column)
		b.note(err)
		b.note(b.SetColWidth(b.sheet, name, name, float64(max(width, 12))))
	}
	column, row, err := excelize.CellNameToCoordinates(frozen)
	b.note(err)
	b.note(b.SetPanes(b.sheet, &excelize.Panes{Freeze: true, XSplit: column - 1, YSplit: row - 1, TopLeftCell: frozen, ActivePane: "bottomLeft"}))
	landscape, a4, one, all := "landscape", 9, 1, 0
	fit := true
	b.note(b.SetPageLayout(b.sheet, &excelize.PageLayoutOptions{Orientation: &landscape, Size: &a4, FitToWidth: &one, FitToHeight: &all}))
	b.note(b.SetSheetProps(b.sheet, &excelize.SheetPropsOptions{FitToPage: &fit}))
}

// section is a sheet. Its first two rows stay in sight: what it is about, and that figures are invented where they are.
func (b *book) section(r *Report, s Section) {
	b.begin(s.Short)
	b.put(1, "title", s.Title)
	b.row = 2
	b.put(1, "aside", r.Title)
	if r.Example {
		b.put(1, "notice", r.Title+" · "+r.Notices[0])
	}
	b.row = 4
	for _, n := range r.Notices {
		b.put(1, "notice", n)
		b.row++
	}
	for _, p := range s.Parts {
		b.row++
		b.put(1, "part", p.Title)
		b.row++
		for _, text := range p.Text {
			b.put(1, "text", text)
			b.row++
		}
		for _, t := range p.Tables {
			b.row++
			b.table(t)
		}
	}
	b.end("A3")
}

// shape says which columns of a sheet a column of a table takes, beside its value.
type shape struct{ half, interval bool }

func (t Table) shapes() []shape {
	out := make([]shape, len(t.Columns))
	for _, row := range t.Rows {
		for i, c := range row.Cells {
			out[i].half = out[i].half || c.Kind == Noisy && c.Half > 0
			out[i].interval = out[i].interval || c.Kind == Range || c.Kind == Noisy && c.Half == 0
		}
	}
	return out
}

func (b *book) table(t Table) {
	b.put(1, "caption", t.Title)
	b.row++
	shapes := t.shapes()
	column := 0
	next := func(style string, v any) {
		column++
		b.put(column, style, v)
	}
	for _, h := range t.Heads {
		next("head", h.Name)
	}
	for i, c := range t.Columns {
		next("head", c.Name)
		if shapes[i].half {
			next("head", "±")
		}
		if shapes[i].interval {
			next("head", b.t.s("van", "from"))
			next("head", b.t.s("tot", "to"))
		}
	}
	b.row++
	notes := t.Notes()
	for _, r := range t.Rows {
		column = 0
		number := "number "
		if r.Total {
			number = "total "
		}
		for i := range t.Heads {
			name := ""
			if i < len(r.Name) {
				name = r.Name[i]
			}
			next(map[bool]string{false: "wrap", true: "caption"}[r.Total], name)
			b.widths[column] = max(b.widths[column], min(utf8.RuneCountInString(name)+2, 44))
		}
		for i, c := range r.Cells {
			style, u := number+string(c.unit()), c.unit()
			if c.numeric() {
				next(style, rounded(c.Number, u))
			} else {
				next("wrap", b.t.marked(c, t, notes))
			}
			if shapes[i].half {
				column++
				if c.Kind == Noisy && c.Half > 0 {
					b.put(column, number, float64(c.Half))
				}
			}
			if shapes[i].interval {
				column += 2
				if c.interval() && c.Low <= c.High {
					b.put(column-1, style, rounded(c.Low, u))
					if c.High < 1e18 {
						b.put(column, style, rounded(c.High, u))
					}
				}
			}
		}
		b.row++
	}
	for i, n := range notes {
		b.put(1, "aside", fmt.Sprintf("(%d) %s", i+1, n))
		b.row++
	}
}

// long is the last sheet.
func (b *book) long(r *Report) {
	name := b.t.s("Alle gegevens", "All data")
	b.sheetNew(name)
	b.begin(name)
	for i, h := range header {
		b.put(i+1, "head", h)
	}
	for _, rec := range r.records() {
		b.row++
		for i, f := range rec {
			switch {
			case f.is:
				b.put(i+1, "number "+string(f.unit), f.number)
			case f.text != "":
				b.put(i+1, "text", f.text)
			}
		}
	}
	for i := range header {
		if i < numbersFrom {
			b.widths[i+1] = 28
		} else if i == len(header)-1 {
			b.widths[i+1] = 60
		}
	}
	last, err := excelize.CoordinatesToCellName(len(header), b.row)
	b.note(err)
	b.note(b.AutoFilter(name, "A1:"+last, nil))
	b.end("A2")
}

// inOrder writes the files of a workbook in the order of their names: excelize's own order is chance.
func inOrder(w io.Writer, data []byte) error {
	in, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		return fmt.Errorf("report: xlsx: %w", err)
	}
	files := slices.Clone(in.File)
	slices.SortFunc(files, func(a, b *zip.File) int { return cmp.Compare(a.Name, b.Name) })
	out := zip.NewWriter(w)
	for _, f := range files {
		if err := copyFile(out, f); err != nil {
			return fmt.Errorf("report: xlsx: %w", err)
		}
	}
	if err := out.Close(); err != nil {
		return fmt.Errorf("report: xlsx: %w", err)
	}
	return nil
}

func copyFile(out *zip.Writer, f *zip.File) error {
	r, err := f.Open()
	if err != nil {
		return err
	}
	defer r.Close()
	to, err := out.Create(f.Name)
	if err != nil {
		return err
	}
	_, err = io.Copy(to, r)
	return err
}
