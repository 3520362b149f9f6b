package web

import (
	"strings"
	"testing"

	"haven/web/staff"
)

func TestStaffColleagues(t *testing.T) {
	h := testHouse(t, Config{})
	as := func(name string) []string {
		r := ask(h, "POST", "/staff/login", `{"name":"`+name+`","password":"correct horse"}`, "Origin", origin, "Content-Type", "application/json")
		if len(r.Cookies()) == 0 {
			t.Fatalf("login of %s: %d", name, r.StatusCode)
		}
		return []string{"Origin", origin, "Cookie", "haven_staff=" + r.Cookies()[0].Value}
	}
	if b := text(t, ask(h, "GET", "/staff/colleagues", "", as("Noor")...)); b != "[]" {
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
		r := ask(h, "GET", "/staff/colleagues", "", as(name)...)
		if got := text(t, r); r.StatusCode != 200 || got != want || r.Header.Get("Content-Type") != "application/json" {
			t.Errorf("%s: %d %s", name, r.StatusCode, got)
		}
	}
	for _, c := range []struct {
		name, method string
		headers      []string
		status       int
		code         string
	}{
		{"without a session", "GET", []string{"Origin", origin}, 401, "no_session"},
		{"with one that is none", "GET", []string{"Origin", origin, "Cookie", "haven_staff=nonsense"}, 401, "no_session"},
		{"a coordinator", "GET", as("Ravi"), 403, "no_desk"},
		{"another site", "GET", append(as("Noor")[2:], "Origin", "https://evil.example"), 403, "origin"},
		{"no site", "GET", as("Noor")[2:], 403, "origin"},
		{"POST", "POST", as("Noor"), 405, ""},
	} {
		r := ask(h, c.method, "/staff/colleagues", "", c.headers...)
		body := text(t, r)
		if r.StatusCode != c.status || !strings.Contains(body, c.code) || strings.Contains(body, "Lian") {
			t.Errorf("%s: %d %s", c.name, r.StatusCode, body)
		}
	}
}
