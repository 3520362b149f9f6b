package web

import (
	"encoding/json"
	"net/http"
	"slices"
	"strings"
	"testing"
)

func TestStaffAPI(t *testing.T) {
	h := testHouse(t, Config{})
	own := []string{"Origin", origin, "Content-Type", "application/json"}
	with := func(cookie string) []string { return append([]string{"Cookie", "haven_staff=" + cookie}, own...) }
	login := func(name, password string) (*http.Response, string) {
		b, _ := json.Marshal(map[string]string{"name": name, "password": password})
		r := ask(h, "POST", "/staff/login", string(b), own...)
		for _, c := range r.Cookies() {
			return r, c.Value
		}
		return r, ""
	}

	wrong, _ := login("Noor", "wrong horse")
	unknown, _ := login("Nobody", "wrong horse")
	if a, b := text(t, wrong), text(t, unknown); wrong.StatusCode != 401 || unknown.StatusCode != 401 || a != b || !strings.Contains(a, "bad_login") {
		t.Errorf("wrong password: %d %s; unknown name: %d %s", wrong.StatusCode, a, unknown.StatusCode, b)
	}

	r, session := login("Noor", "correct horse")
	if r.StatusCode != 204 || session == "" {
		t.Fatalf("login: %d %s", r.StatusCode, text(t, r))
	}
	if n := len(r.Cookies()); n != len(cookiePaths) {
		t.Errorf("%d cookies", n)
	}
	for i, c := range r.Cookies() {
		if c.Name != "haven_staff" || c.Value != session || c.Path != []string{"/staff", "/reach"}[i] || !c.HttpOnly || !c.Secure ||
			c.SameSite != http.SameSiteStrictMode || c.Domain != "" || !c.Expires.IsZero() || c.MaxAge != 0 {
			t.Errorf("cookie %v", c)
		}
	}
	if b := text(t, ask(h, "GET", "/staff/me", "", with(session)...)); b != `{"name":"Noor","role":"counsellor","lines":["jip"],"langs":["nl"]}` {
		t.Errorf("me: %s", b)
	}
	var ticket struct{ Ticket string }
	r = ask(h, "POST", "/staff/ticket", "", with(session)...)
	if err := json.NewDecoder(r.Body).Decode(&ticket); err != nil || r.StatusCode != 200 || len(ticket.Ticket) != 22 {
		t.Errorf("ticket: %d %+v %v", r.StatusCode, ticket, err)
	}
	duty, err := h.staff.Redeem(t.Context(), ticket.Ticket)
	if err != nil || duty.Name != "Noor" || !slices.Equal(duty.Lines, []string{"jip"}) {
		t.Errorf("redeem: %+v %v", duty, err)
	}

	_, ravi := login("Ravi", "correct horse")
	if r := ask(h, "POST", "/staff/ticket", "{}", with(ravi)...); r.StatusCode != 403 || !strings.Contains(text(t, r), "no_desk") {
		t.Errorf("a coordinator's ticket: %d", r.StatusCode)
	}
	if b := text(t, ask(h, "GET", "/staff/me", "", with(ravi)...)); !strings.Contains(b, `"lines":[],"langs":[]`) {
		t.Errorf("me: %s", b)
	}

	r = ask(h, "POST", "/staff/logout", "{}", with(session)...)
	c := r.Cookies()
	if r.StatusCode != 204 || len(c) != 2 || c[0].Path != "/staff" || c[1].Path != "/reach" {
		t.Fatalf("logout: %d %v", r.StatusCode, c)
	}
	for _, c := range c {
		if c.Name != "haven_staff" || c.MaxAge >= 0 || c.Value != "" {
			t.Errorf("logout leaves %v", c)
		}
	}
	for _, gone := range []string{session, "", "nonsense", strings.Repeat("A", 43)} {
		for _, at := range [][2]string{{"GET", "/staff/me"}, {"POST", "/staff/ticket"}} {
			if r := ask(h, at[0], at[1], "", with(gone)...); r.StatusCode != 401 || !strings.Contains(text(t, r), "no_session") {
				t.Errorf("%s with session %q: %d", at[1], gone, r.StatusCode)
			}
		}
		if r := ask(h, "POST", "/staff/logout", "", with(gone)...); r.StatusCode != 204 {
			t.Errorf("logout with session %q: %d", gone, r.StatusCode)
		}
	}
	for range 6 {
		r, _ = login("Noor", "wrong horse")
	}
	if r.StatusCode != 429 || !strings.Contains(text(t, r), "slow_down") || r.Header.Get("Retry-After") == "" {
		t.Errorf("after many attempts: %d", r.StatusCode)
	}
}

func TestStaffBodies(t *testing.T) {
	h := testHouse(t, Config{})
	for body, want := range map[string]int{
		``: 400, `{`: 400, `[]`: 400, `"a"`: 400, `{"name":1}`: 400, `{"name":"a","password":"b","x":1}`: 400,
		`{"name":"a","password":"b"} {}`: 400, `{"name":"a","password":"b"}x`: 400, "{\"name\":\"a\xff\"": 400,
		`{"name":"` + strings.Repeat("a", bodyMost) + `"}`: 413, `{"name":"a","password":"b"}`: 401, `{"name":"a","password":"b","code":"123456"}`: 401,
		` {} `: 401,
	} {
		r := ask(h, "POST", "/staff/login", body, "Origin", origin, "Content-Type", "application/json; charset=utf-8")
		if r.StatusCode != want {
			t.Errorf("%.60q: %d, want %d", body, r.StatusCode, want)
		}
	}
	for _, kind := range []string{"", "text/plain", "application/x-www-form-urlencoded", "application/jsonp"} {
		if r := ask(h, "POST", "/staff/login", `{}`, "Origin", origin, "Content-Type", kind); r.StatusCode != 415 {
			t.Errorf("%q: %d", kind, r.StatusCode)
		}
	}
}

// as is the headers of a request by an account of testHouse, from the pages' own origin.
func as(t *testing.T, h *house, name string) []string {
	t.Helper()
	return []string{"Origin", origin, "Cookie", "haven_staff=" + sessionOf(t, h, name)}
}

// onlyAtADesk: a list at path is for those who have a desk and ask from the pages' own origin. kept is a word of it, which
// no refusal says.
func onlyAtADesk(t *testing.T, h *house, path, kept string) {
	t.Helper()
	for _, c := range []struct {
		name, method string
		headers      []string
		status       int
		code         string
	}{
		{"without a session", "GET", []string{"Origin", origin}, 401, "no_session"},
		{"with one that is none", "GET", []string{"Origin", origin, "Cookie", "haven_staff=nonsense"}, 401, "no_session"},
		{"a coordinator", "GET", as(t, h, "Ravi"), 403, "no_desk"},
		{"another site", "GET", append(as(t, h, "Noor"), "Origin", "https://evil.example"), 403, "origin"},
		{"no site", "GET", as(t, h, "Noor")[2:], 403, "origin"},
		{"POST", "POST", as(t, h, "Noor"), 405, ""},
	} {
		r := ask(h, c.method, path, "", c.headers...)
		body := text(t, r)
		if r.StatusCode != c.status || !strings.Contains(body, c.code) || strings.Contains(body, kept) || r.Header.Get("Content-Type") != "application/problem+json" {
			t.Errorf("%s: %d %s", c.name, r.StatusCode, body)
		}
	}
}
