package report

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"flag"
	"html"
	"math"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"

	"haven/metrics/reach"
)

var update = flag.Bool("update", false, "write the goldens")

// small is a report short enough to be read: one line, one channel, one month, a figure under its threshold, a campaign
// that is known by hand only, and example figures.
func small(t testing.TB, lang string) *Report {
	p := &reach.Plan{
		Lines:     []string{"shop"},
		Campaigns: []reach.Campaign{{Name: "chatten-helpt", Lines: []string{"shop"}, Municipality: "Den Haag", Channels: []reach.Channel{{Name: "poster", Medium: reach.Offline}}}},
		Topics:    []string{"exploitation"}, Budgets: reach.Budgets{Now: reach.Standard()},
	}
	counts := map[reach.Cell]int64{
		"none|none|none|visited": 140, "shop|none|none|answered": 60, "shop|none|none|refused": -3, "shop|none|none|abandoned": 31,
		"none|chatten-helpt|poster|visited": 95, "shop|chatten-helpt|poster|answered": 44, "shop|chatten-helpt|poster|refused": 2,
	}
	var sealed []*reach.Release
	for i, name := range []string{"2026-10", "2026-11"} {
		r := release(reach.Visits, period(t, name), p)
		r.Example = true
		r.LostDays = i
		for c := range r.Cells {
			r.Cells[c] = counts[c]
		}
		sealed = append(sealed, r)
	}
	d := Data{
		Plan: p, Releases: reach.NewReleases(sealed, []reach.Totals{totalsOf(period(t, "2026-11"), "shop", 20)}),
		Entered: entered(t), Lines: []Line{{Name: "shop", Target: 120e9}}, Now: day(t, "2026-12-03").Start(),
	}
	return make1(t, d, "2026-11", lang)
}

// written is a report in every format that is text.
func written(t testing.TB, r *Report) map[string][]byte {
	t.Helper()
	out := map[string][]byte{}
	for name, write := range map[string]func(*bytes.Buffer) error{
		"csv":           func(b *bytes.Buffer) error { return r.CSV(b, Comma) },
		"semicolon.csv": func(b *bytes.Buffer) error { return r.CSV(b, Semicolon) },
		"json":          func(b *bytes.Buffer) error { return r.JSON(b) },
		"html":          func(b *bytes.Buffer) error { return r.Standalone(b) },
	} {
		var b bytes.Buffer
		if err := write(&b); err != nil {
			t.Fatal(err)
		}
		out[name] = b.Bytes()
	}
	return out
}

func TestGoldens(t *testing.T) {
	for _, lang := range Languages {
		r := small(t, lang)
		keep := []string{"contacts", "campaign", "service", "trend", "channels", "epsilon", "releases"} // enough to be looked at
		for i, s := range r.Sections {
			r.Sections[i].Parts = slices.DeleteFunc(s.Parts, func(p Part) bool { return !slices.Contains(keep, p.Key) })
		}
		r.Sections = slices.DeleteFunc(r.Sections, func(s Section) bool { return len(s.Parts) == 0 })
		for name, got := range written(t, r) {
			if name == "semicolon.csv" {
				continue // see TestCSVForTheNetherlands
			}
			if name == "html" { // the style is read where it stands
				got = bytes.Replace(got, []byte(pageStyle), nil, 1)
			}
			file := filepath.Join("testdata", lang+"."+name)
			if *update {
				if err := os.WriteFile(file, got, 0o644); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			if !bytes.Equal(got, want) {
				t.Errorf("%s differs; go test ./metrics/report -update writes it anew", file)
			}
		}
	}
}

var tags = regexp.MustCompile(`<[^>]*>`)

// plain is a document without its marks, so that a cell reads as it does on the screen.
func plain(page []byte) string {
	return strings.ReplaceAll(html.UnescapeString(tags.ReplaceAllString(string(page), "")), nbsp, " ")
}

// TestEveryCellIsInEveryFormat goes cell by cell through what each writer made.
func TestEveryCellIsInEveryFormat(t *testing.T) {
	d := data(t)
	d.Releases = years(t, d.Plan, func(table reach.Table, _ reach.Period) bool { return table == reach.Topics }, nil)
	for _, lang := range Languages {
		r := make1(t, d, "2026", lang)
		out := written(t, r)
		page := plain(out["html"])
		lines, err := csv.NewReader(bytes.NewReader(out["csv"])).ReadAll()
		if err != nil {
			t.Fatal(err)
		}
		byAddress := map[string][]string{}
		for _, l := range lines[1:] {
			byAddress[strings.Join(l[:numbersFrom], "\x00")] = l
		}
		var again Report
		if err := json.Unmarshal(out["json"], &jsonReport{&again}); err != nil {
			t.Fatal(err)
		}
		sheets := book1(t, r)
		n := 0
		r.each(func(s Section, p Part, table Table) {
			for _, row := range table.Rows {
				for i, c := range row.Cells {
					n++
					where := strings.Join([]string{lang, table.Key, row.Key, table.Columns[i].Key}, " ")
					line := byAddress[strings.Join([]string{guard(s.Title), guard(p.Title), guard(table.Title), guard(row.label()), guard(table.Columns[i].Name)}, "\x00")]
					if line == nil {
						t.Errorf("%s is not in the CSV", where)
						continue
					}
					if !sameAs(line, c, r.Lang) {
						t.Errorf("%s in the CSV is %q and not %+v", where, line, c)
					}
					// In HTML and XLSX, in the words in which a person reads it.
					if say := strings.ReplaceAll(tongue(lang).cell(c), nbsp, " "); !strings.Contains(page, say) {
						t.Errorf("%s: %q is not on the page", where, say)
					}
					if c.Note != "" && !strings.Contains(page, c.Note) {
						t.Errorf("%s: the remark %q is not on the page", where, c.Note)
					}
					sheet := sheets[s.Short]
					switch {
					case c.numeric():
						if !sheet[strconv.FormatFloat(rounded(c.Number, c.unit()), 'f', -1, 64)] {
							t.Errorf("%s: %v is not in the workbook", where, c.Number)
						}
					case table.Listed:
						if !sheet[tongue(lang).marked(c, table, nil)] {
							t.Errorf("%s is not in the workbook", where)
						}
					case !sheet[strings.ReplaceAll(tongue(lang).marked(c, table, table.Notes()), nbsp, " ")]:
						t.Errorf("%s: %q is not in the workbook", where, tongue(lang).cell(c))
					}
				}
			}
			if at(&again, s.Key, p.Key, table.Key) == nil {
				t.Errorf("%s is not in the JSON", table.Key)
			} else if got := at(&again, s.Key, p.Key, table.Key); len(got.Rows) != len(table.Rows) {
				t.Errorf("%s has %d rows in the JSON", table.Key, len(got.Rows))
			}
		})
		for _, c := range []struct{ table, row, column string }{{"contacts", "all", "contacts"}, {"campaign_channels", "chatten-helpt|poster", "cost_per_answered"}, {"signals", "shop", "signals_young_person"}, {"service", "jip", "wait_p90"}} {
			want, got := r.at(t, c.table, c.row, c.column), again.at(t, c.table, c.row, c.column)
			if want.Kind != got.Kind || rounded(want.Number, want.unit()) != got.Number || want.Half != got.Half || want.FewerThan != got.FewerThan || rounded(want.High, want.unit()) != got.High {
				t.Errorf("%v in the JSON is %+v and not %+v", c, got, want)
			}
		}
		for _, part := range r.Sections[4].Parts {
			for _, text := range part.Text {
				for name, body := range map[string]string{"html": page, "json": string(out["json"]), "csv": string(out["csv"])} {
					if !strings.Contains(strings.ReplaceAll(body, nbsp, " "), strings.ReplaceAll(text, nbsp, " ")) {
						t.Errorf("%s: %q is not in it", name, text)
					}
				}
			}
		}
		if n < 300 {
			t.Errorf("only %d cells", n)
		}
	}
}

// sameAs compares the fields of a line of CSV with a cell.
func sameAs(line []string, c Cell, lang string) bool {
	number := func(field string, x float64) bool {
		got, err := strconv.ParseFloat(field, 64)
		return err == nil && math.Abs(got-rounded(x, c.unit())) < 1e-9
	}
	value, half, low, high, fewer, exact, note := line[5], line[6], line[7], line[8], line[9], line[10], line[12]
	switch c.Kind {
	case Text:
		return value == guard(say(c.Text).text) && exact == ""
	case Unknown:
		return value == "" && strings.Contains(note, c.Note) && strings.HasPrefix(note, c.Text)
	case Fewer:
		return value == "" && half == "" && low == "" && high == "" && fewer == strconv.FormatInt(c.FewerThan, 10) && exact == "false"
	case Range:
		return value == "" && number(low, c.Low) && (math.IsInf(c.High, 1) || number(high, c.High))
	case Number:
		return number(value, c.Number) && half == "" && exact == strconv.FormatBool(!c.Entered)
	}
	return number(value, c.Number) && number(low, c.Low) && exact == "false" && (c.Half == 0 || half == strconv.FormatInt(c.Half, 10))
}

// jsonReport reads a report back: cells are written by hand.
type jsonReport struct{ *Report }

// UnmarshalJSON is what a reader of the JSON would write.
func (c *Cell) UnmarshalJSON(b []byte) error {
	var in struct {
		Kind             Kind
		Text, Note       string
		Value, Low, High float64
		Half             int64 `json:"half_width"`
		Fewer            int64 `json:"fewer_than"`
		Unit             Unit
		Entered          bool
	}
	err := json.Unmarshal(b, &in)
	*c = Cell{Kind: in.Kind, Text: in.Text, Note: in.Note, Number: in.Value, Low: in.Low, High: in.High, Half: in.Half, FewerThan: in.Fewer, Unit: in.Unit, Entered: in.Entered}
	return err
}

func at(r *Report, section, part, table string) *Table {
	for _, s := range r.Sections {
		for _, p := range s.Parts {
			for i, t := range p.Tables {
				if s.Key == section && p.Key == part && t.Key == table {
					return &p.Tables[i]
				}
			}
		}
	}
	return nil
}

// book1 writes a workbook twice, holds that both are the same, and reads one back: by sheet, all that is in its cells.
func book1(t *testing.T, r *Report) map[string]map[string]bool {
	t.Helper()
	var a, b bytes.Buffer
	if err := r.XLSX(&a); err != nil {
		t.Fatal(err)
	}
	if err := r.XLSX(&b); err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(a.Bytes(), b.Bytes()) {
		t.Error("two workbooks of one report differ")
	}
	f, err := excelize.OpenReader(&a)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	out := map[string]map[string]bool{}
	for _, sheet := range f.GetSheetList() {
		out[sheet] = map[string]bool{}
		rows, err := f.GetRows(sheet, excelize.Options{RawCellValue: true})
		if err != nil {
			t.Fatal(err)
		}
		for y, row := range rows {
			for x, text := range row {
				name, _ := excelize.CoordinatesToCellName(x+1, y+1)
				if formula, _ := f.GetCellFormula(sheet, name); formula != "" {
					t.Errorf("%s %s is a formula: %s", sheet, name, formula)
				}
				kind, _ := f.GetCellType(sheet, name)
				if _, err := strconv.ParseFloat(text, 64); err == nil && kind == excelize.CellTypeSharedString && text != r.Period {
					t.Errorf("%s %s is a number as words: %s", sheet, name, text)
				}
				out[sheet][text] = true
			}
		}
		panes, err := f.GetPanes(sheet)
		if err != nil || !panes.Freeze || panes.YSplit == 0 {
			t.Errorf("the head of %s is not frozen (%v)", sheet, err)
		}
	}
	if len(out) != len(r.Sections)+1 {
		t.Errorf("%d sheets", len(out))
	}
	return out
}

// TestBodyStandsInAnotherPage holds that nothing in it needs a script, a style or a request.
func TestBodyStandsInAnotherPage(t *testing.T) {
	r := make1(t, data(t), "2026", "nl")
	body, err := r.Body()
	if err != nil {
		t.Fatal(err)
	}
	page := string(written(t, r)["html"])
	if !strings.Contains(page, string(body)) {
		t.Error("the document holds another body")
	}
	for _, no := range []string{"<script", "<style", " style=", " onclick", "http://", "https://", "<link", "<img"} {
		if strings.Contains(strings.ReplaceAll(string(body), "http://www.w3.org/2000/svg", ""), no) {
			t.Errorf("the body has %q in it", no)
		}
	}
	for _, yes := range []string{`<article class="report" lang="nl">`, "<h1>", "<caption>", `scope="row"`, `scope="col"`, "<svg"} {
		if !strings.Contains(string(body), yes) {
			t.Errorf("the body has no %q", yes)
		}
	}
	ids := map[string]bool{}
	for _, m := range regexp.MustCompile(` id="([^"]*)"`).FindAllStringSubmatch(string(body), -1) {
		if ids[m[1]] {
			t.Errorf("two things are called %s", m[1])
		}
		ids[m[1]] = true
	}
	for _, m := range regexp.MustCompile(` (?:href="#|aria-labelledby=")([^"]*)"`).FindAllStringSubmatch(string(body), -1) {
		for id := range strings.FieldsSeq(m[1]) {
			if !ids[id] {
				t.Errorf("nothing is called %s", id)
			}
		}
	}
	if page == "" || strings.Count(pageStyle, "{") != strings.Count(pageStyle, "}") {
		t.Error("the style is not whole")
	}
}
