package web

import (
	"testing"

	"haven/web/staff"
)

func TestStaffPartners(t *testing.T) {
	h := testHouse(t, Config{Partners: []Partner{
		{Code: "veilig-thuis", Name: "Veilig Thuis", Phone: "0800-2000", Hours: "dag en nacht", About: "Advies bij <geweld>"},
		{Code: "fier-regio", Name: "Fier in de regio", Phone: "1", Lines: []string{"fier"}},
		{Code: "jip-balie", Name: "JIP aan de balie", About: "Loop binnen", Lines: []string{"shop", "jip"}},
	}})
	if err := h.staff.Add(t.Context(), staff.Account{Name: "Lian", Role: staff.RoleLead, Lines: []string{"fier"}, Langs: []string{"nl"}}, "correct horse"); err != nil {
		t.Fatal(err)
	}
	all := `{"code":"veilig-thuis","name":"Veilig Thuis","phone":"0800-2000","hours":"dag en nacht","about":"Advies bij \u003cgeweld\u003e","lines":[]}`
	for name, want := range map[string]string{
		"Noor": `[` + all + `,{"code":"jip-balie","name":"JIP aan de balie","phone":"","hours":"","about":"Loop binnen","lines":["shop","jip"]}]`,
		"Lian": `[` + all + `,{"code":"fier-regio","name":"Fier in de regio","phone":"1","hours":"","about":"","lines":["fier"]}]`,
	} {
		r := ask(h, "GET", "/staff/partners", "", as(t, h, name)...)
		if got := text(t, r); r.StatusCode != 200 || got != want || r.Header.Get("Content-Type") != "application/json" {
			t.Errorf("%s: %d %s %s", name, r.StatusCode, r.Header.Get("Content-Type"), got)
		}
	}
	onlyAtADesk(t, h, "/staff/partners", "0800")
	none := testHouse(t, Config{})
	if b := text(t, ask(none, "GET", "/staff/partners", "", as(t, none, "Noor")...)); b != "[]" {
		t.Errorf("without partners: %s", b)
	}
}
