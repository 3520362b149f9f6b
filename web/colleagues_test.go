package web

import (
	"testing"

	"haven/web/staff"
)

func TestStaffColleagues(t *testing.T) {
	h := testHouse(t, Config{})
	if b := text(t, ask(h, "GET", "/staff/colleagues", "", as(t, h, "Noor")...)); b != "[]" {
		t.Errorf("alone: %s", b)
	}
	for _, a := range []staff.Account{
		{Name: "Lian", Role: staff.RoleLead, Lines: []string{"fier", "jip"}, Langs: []string{"nl"}},
		{Name: "Bo", Role: staff.RoleCounsellor, Lines: []string{"fier"}, Langs: []string{"nl"}},
		{Name: "Weg", Role: staff.RoleCounsellor, Lines: []string{"fier"}, Langs: []string{"nl"}, Disabled: true},
		{Name: "Root", Role: staff.RoleAdmin},
	} {
		if err := h.staff.Add(t.Context(), a, "correct horse"); err != nil {
			t.Fatal(err)
		}
	}
	for name, want := range map[string]string{
		"Noor": `[{"name":"Bo","lines":["fier"]},{"name":"Lian","lines":["fier","jip"]}]`,
		"Lian": `[{"name":"Bo","lines":["fier"]},{"name":"Noor","lines":["jip"]}]`,
	} {
		r := ask(h, "GET", "/staff/colleagues", "", as(t, h, name)...)
		if got := text(t, r); r.StatusCode != 200 || got != want || r.Header.Get("Content-Type") != "application/json" {
			t.Errorf("%s: %d %s", name, r.StatusCode, got)
		}
	}
	onlyAtADesk(t, h, "/staff/colleagues", "Lian")
}
