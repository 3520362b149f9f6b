package web

import (
	"encoding/json"
	"strings"
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
	as := func(name string) []string {
		r := ask(h, "POST", "/staff/login", `{"name":"`+name+`","password":"correct horse"}`, "Origin", origin, "Content-Type", "application/json")
		if len(r.Cookies()) == 0 {
			t.Fatalf("login of %s: %d", name, r.StatusCode)
		}
		return []string{"Origin", origin, "Cookie", "haven_staff=" + r.Cookies()[0].Value}
	}
	all := `{"code":"veilig-thuis","name":"Veilig Thuis","phone":"0800-2000","hours":"dag en nacht","about":"Advies bij \u003cgeweld\u003e","lines":[]}`
	for name, want := range map[string]string{
		"Noor": `[` + all + `,{"code":"jip-balie","name":"JIP aan de balie","phone":"","hours":"","about":"Loop binnen","lines":["shop","jip"]}]`,
		"Lian": `[` + all + `,{"code":"fier-regio","name":"Fier in de regio","phone":"1","hours":"","about":"","lines":["fier"]}]`,
	} {
		r := ask(h, "GET", "/staff/partners", "", as(name)...)
		if got := text(t, r); r.StatusCode != 200 || got != want || r.Header.Get("Content-Type") != "application/json" {
			t.Errorf("%s: %d %s %s", name, r.StatusCode, r.Header.Get("Content-Type"), got)
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
		r := ask(h, c.method, "/staff/partners", "", c.headers...)
		body := text(t, r)
		if r.StatusCode != c.status || !strings.Contains(body, c.code) || strings.Contains(body, "0800") || r.Header.Get("Content-Type") != "application/problem+json" {
			t.Errorf("%s: %d %s", c.name, r.StatusCode, body)
		}
	}
	none := testHouse(t, Config{})
	r := ask(none, "POST", "/staff/login", `{"name":"Noor","password":"correct horse"}`, "Origin", origin, "Content-Type", "application/json")
	var list []Partner
	body := text(t, ask(none, "GET", "/staff/partners", "", "Origin", origin, "Cookie", "haven_staff="+r.Cookies()[0].Value))
	if err := json.Unmarshal([]byte(body), &list); err != nil || body != "[]" {
		t.Errorf("without partners: %s", body)
	}
}
