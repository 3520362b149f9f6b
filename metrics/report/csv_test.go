package report

import (
	"bytes"
	"encoding/csv"
	"regexp"
	"strings"
	"testing"
	"unicode"

	"haven/metrics/reach"
)

// TestPlantedFormulas has names that a spreadsheet would run.
func TestPlantedFormulas(t *testing.T) {
	d := data(t)
	bad := []string{"=cmd+' /C calc'!A0", "+1+1", "-2+3", "@SUM(1)", "\t=1", "\r=1", "a;=1+1", "a,\"=1+1", "＝1"}
	d.Plan.Lines = bad[:3]
	d.Plan.Topics = bad[3:]
	d.Plan.Campaigns = []reach.Campaign{{Name: "=HYPERLINK(\"http://x\")", Lines: bad[:1], Municipality: "=1;=2", Channels: []reach.Channel{{Name: "@poster", Medium: reach.Offline}}}}
	d.Lines = []Line{{Name: bad[0]}, {Name: bad[1]}, {Name: bad[2]}}
	d.Releases = years(t, d.Plan, nil, nil)
	r := make1(t, d, "2026", "nl")
	for _, sep := range []Separator{Comma, Semicolon} {
		var b bytes.Buffer
		if err := r.CSV(&b, sep); err != nil {
			t.Fatal(err)
		}
		in := csv.NewReader(bytes.NewReader(bytes.TrimPrefix(b.Bytes(), []byte("\ufeff"))))
		in.Comma = rune(sep)
		lines, err := in.ReadAll()
		if err != nil {
			t.Fatal(err)
		}
		for _, l := range lines[1:] {
			for i, field := range l {
				if runs(field) && !(i >= numbersFrom && i <= numbersTo && number.MatchString(field)) {
					t.Errorf("%c: field %d runs: %q", sep, i, field)
				}
			}
		}
		if !strings.Contains(b.String(), "'=cmd") || !strings.Contains(b.String(), "'=HYPERLINK(") {
			t.Error("what was planted is not there at all")
		}
	}
	book1(t, r) // and none is a formula there
	if page := written(t, r)["html"]; bytes.Contains(page, []byte(`HYPERLINK("`)) {
		t.Error("a name is not escaped in HTML")
	}
}

var number = regexp.MustCompile(`^-?[0-9]+([.,][0-9]+)?$`)

// runs says whether a spreadsheet could take a field for a formula.
func runs(field string) bool {
	field = strings.TrimLeftFunc(field, func(r rune) bool { return unicode.IsSpace(r) || unicode.Is(unicode.C, r) })
	return field != "" && strings.ContainsRune("=+-@＝＋－＠", []rune(field)[0])
}

func FuzzGuard(f *testing.F) {
	for _, s := range []string{"", "=1", "+1", "-1", "@x", "\t=1", "\r=1", "\n=1", " =1", "a;=1", "a,\"=1", "a\r\n=1", "fine", "'=1", "\"=1", "a\t@b", "\r\r=", "=;=,=", "\x00=1"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		g := guard(s)
		var b bytes.Buffer
		w := csv.NewWriter(&b)
		w.UseCRLF = true
		if err := w.Write([]string{"head", g, "tail"}); err != nil {
			t.Fatal(err)
		}
		w.Flush()
		back, err := csv.NewReader(bytes.NewReader(b.Bytes())).ReadAll()
		if err != nil || len(back) != 1 || len(back[0]) != 3 {
			t.Fatalf("%q becomes %q (%v)", s, b.String(), err)
		}
		if runs(back[0][1]) || strings.HasPrefix(back[0][1], "\t") || strings.HasPrefix(back[0][1], "\r") {
			t.Errorf("%q runs as %q", s, back[0][1])
		}
		// Whoever splits the file at something else finds no formula either.
		for _, part := range strings.FieldsFunc(b.String(), func(r rune) bool { return strings.ContainsRune(",;\t\r\n|\"", r) }) {
			if runs(part) {
				t.Errorf("%q has %q in it", g, part)
			}
		}
		if strings.ReplaceAll(g, "'", "") != strings.ReplaceAll(strings.NewReplacer("\r\n", "\n", "\r", "\n").Replace(s), "'", "") {
			t.Errorf("%q lost something: %q", s, g)
		}
	})
}

func TestCSVForTheNetherlands(t *testing.T) {
	out := written(t, make1(t, data(t), "2026", "nl"))
	comma, semicolon := string(out["csv"]), string(out["semicolon.csv"])
	if !strings.HasPrefix(semicolon, "\ufeffsection;part;table;") || strings.Contains(comma, "\ufeff") {
		t.Error("the byte order mark is not where it should be")
	}
	if !strings.HasPrefix(comma, "section,part,table,row,column,value,half_width,low,high,fewer_than,exact,unit,note\r\n") {
		t.Error("the head of the CSV is another one")
	}
	if strings.Count(comma, "\n") != strings.Count(comma, "\r\n") {
		t.Error("a line does not end as RFC 4180 says")
	}
	if !strings.Contains(comma, ",1650.5,") || !strings.Contains(semicolon, ";1650,5;") {
		t.Error("decimals are not those of the separator")
	}
}
