package main

import (
	"fmt"
	"reflect"
	"strings"
	"testing"

	"haven/metrics/reach"
	"haven/web"
)

func TestExamplePartners(t *testing.T) {
	c, err := parseConfig("haven.yaml", exampleConfig)
	if err != nil {
		t.Fatal(err)
	}
	if len(c.Partners) != 2 || c.Partners[0].Phone != "0800-2000" || c.Partners[0].Lines != nil ||
		c.Partners[1].Phone != "0800-0188" || !reflect.DeepEqual(c.Partners[1].Lines, []string{"shop", "fier"}) {
		t.Errorf("partners are %+v", c.Partners)
	}
	p := c.plan()
	if want := []reach.Partner{{Code: "veilig-thuis-haaglanden", Name: "Veilig Thuis Haaglanden"}, {Code: "centrum-seksueel-geweld", Name: "Centrum Seksueel Geweld"}}; !reflect.DeepEqual(p.Partners, want) {
		t.Errorf("counted are %+v", p.Partners)
	}
	if pays := p.Budget(reach.PeriodOf(reach.Year, 20_000)).Total(); pays != (reach.Epsilon{Num: 9, Den: 4}) {
		t.Errorf("a visit pays %s", pays)
	}
}

func TestPartners(t *testing.T) {
	c, err := parseConfig("f", []byte(`partners:
  - {lines: [jip], name: " Stichting Rosa Manus ", about: "Bel, of loop binnen", code: opvang-leiden}
  - code: 113
    name: 113
    phone: 0800-0113 of 113
lines: [{name: jip, hours: always}]
`))
	if err != nil {
		t.Fatal(err)
	}
	want := []web.Partner{
		{Code: "opvang-leiden", Name: "Stichting Rosa Manus", About: "Bel, of loop binnen", Lines: []string{"jip"}},
		{Code: "113", Name: "113", Phone: "0800-0113 of 113"},
	}
	if !reflect.DeepEqual(c.Partners, want) {
		t.Errorf("partners are %+v", c.Partners)
	}
	if p := c.plan(); !p.Refers() {
		t.Error("one line with partners counts no referrals")
	}
	c, err = parseConfig("f", []byte("partners: []\n"+someLine))
	if err != nil || len(c.Partners) != 0 || c.plan().Refers() {
		t.Errorf("none: %+v, %v", c, err)
	}
}

func TestPartnerMistakes(t *testing.T) {
	with := func(keys string) string { return someLine + "partners:\n- {" + keys + "}\n" }
	whole := func(keys string) string { return with("code: a-1, name: A, phone: 1, " + keys) }
	coded := func(code string) string { return with("code: " + code + ", name: A, phone: 1") }
	var many strings.Builder
	for i := range maxPartners + 1 {
		fmt.Fprintf(&many, "- {code: x%d, name: X, phone: 1}\n", i)
	}
	eachAlone(t, []mistake{
		{"as keys", someLine + "partners: {code: a}\n", "f:2: partners: a list is expected"},
		{"a partner as a word", someLine + "partners: [veilig-thuis]\n", "f:2: partners[0]: keys and values"},
		{"unknown key", whole("mail: a"), `f:3: partners[0]: unknown key "mail" (known here: about, code, hours, lines, name, phone)`},
		{"codeless", with("name: A, phone: 1"), "f:3: partners[0]: a partner needs a code"},
		{"nameless", with("code: a-1, phone: 1"), "f:3: partners[0]: a partner needs a name"},
		{"blank name", with(`code: a-1, name: " ", phone: 1`), "f:3: partners[0]: a partner needs a name"},
		{"not to be reached", with("code: a-1, name: A, hours: always"), "f:3: partners[0]: phone or about is needed"},
		{"free text for a code", coded("Veilig Thuis"), "f:3: partners[0].code: a code of 1 to 32 of"},
		{"a long code", coded(strings.Repeat("a", 33)), "f:3: partners[0].code: a code of 1 to 32 of"},
		{"a list for a code", coded("[a]"), "f:3: partners[0].code: a code of 1 to 32 of"},
		{"none for a code", coded("none"), `f:3: partners[0].code: "none" stands in the figures for`},
		{"the rest for a code", coded("other"), `f:3: partners[0].code: "other" stands in the figures for`},
		{"a line for a code", coded("line-jip"), "f:3: partners[0].code: what begins with line- stands in the figures for a handover"},
		{"a person", coded("anna-bij-veilig-thuis"), `f:3: partners[0].code: "anna-bij-veilig-thuis" reads as a person's first name (anna); a figure beside it points at that person. Name the organisation`},
		{"a telephone number", coded("06-12345678"), `f:3: partners[0].code: "06-12345678" reads as a telephone number`},
		{"same code", someLine + "partners: [{code: a, name: A, phone: 1}, {code: a, name: B, phone: 2}]\n", `f:2: partners[1].code: a second partner "a"`},
		{"too many", someLine + "partners:\n" + many.String(), "f:53: partners[50]: more than 50 partners"},
		{"long name", with("code: a-1, phone: 1, name: " + strings.Repeat("é", 33)), "f:3: partners[0].name: at most 64 bytes"},
		{"long phone", with("code: a-1, name: A, phone: " + strings.Repeat("1", 41)), "f:3: partners[0].phone: at most 40 bytes"},
		{"long hours", whole("hours: " + strings.Repeat("a", 101)), "f:3: partners[0].hours: at most 100 bytes"},
		{"long about", whole("about: " + strings.Repeat("a", 301)), "f:3: partners[0].about: at most 300 bytes"},
		{"about of two lines", whole(`about: "a\nb"`), "f:3: partners[0].about: at most 300 bytes"},
		{"about as a list", whole("about: [a]"), "f:3: partners[0].about: a text is expected"},
		{"no lines", whole("lines: []"), "f:3: partners[0].lines: at least one line is needed"},
		{"no such line", whole("lines: [jip, shop]"), `f:3: partners[0].lines[1]: there is no line "shop"`},
		{"line twice", whole("lines: [jip, jip]"), `f:3: partners[0].lines[1]: "jip" stands here twice`},
		{"line before lines", "partners: [{code: a-1, name: A, phone: 1, lines: [fier]}]\n" + someLine, `f:1: partners[0].lines[0]: there is no line "fier"`},
		{"too much for referrals", "lines: [{name: a, hours: always}, {name: b, hours: always}]\nreach: {budget: {referrals: {year: 0.5}}}\n",
			"f:2: reach: the budget spends 5/2 on one visit, more than the 9/4 declared"},
	})
}
