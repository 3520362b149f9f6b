package web

import (
	"bytes"
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/redis/go-redis/v9"

	"haven/web/staff"
)

// figures is a page of figures that says what it was asked.
func figures(w http.ResponseWriter, r *http.Request) {
	if r.URL.Path == "/reach/panic" {
		panic(canary)
	}
	body, err := io.ReadAll(r.Body)
	if err != nil {
		w.WriteHeader(http.StatusRequestEntityTooLarge)
		return
	}
	io.WriteString(w, "figures "+r.Method+" "+r.URL.RequestURI()+" "+string(body))
}

func reachHouse(t *testing.T) *house { return testHouse(t, Config{Reach: http.HandlerFunc(figures)}) }

// sessionOf logs an account of testHouse in.
func sessionOf(t *testing.T, h *house, name string) string {
	t.Helper()
	b, _ := json.Marshal(map[string]string{"name": name, "password": "correct horse"})
	r := ask(h, "POST", "/staff/login", string(b), "Origin", origin, "Content-Type", "application/json")
	if r.StatusCode != 204 {
		t.Fatalf("%s cannot log in: %d", name, r.StatusCode)
	}
	return r.Cookies()[0].Value
}

const form = "application/x-www-form-urlencoded"

func TestReachRoles(t *testing.T) {
	h := reachHouse(t)
	for name, role := range map[string]staff.Role{"Lena": staff.RoleLead, "Anna": staff.RoleAdmin} {
		if err := h.staff.Add(t.Context(), staff.Account{Name: name, Role: role}, "correct horse"); err != nil {
			t.Fatal(err)
		}
	}
	for name, let := range map[string]bool{"Noor": false, "Anna": false, "Ravi": true, "Lena": true} {
		cookie := []string{"Cookie", "haven_staff=" + sessionOf(t, h, name), "Origin", origin, "Content-Type", form}
		for _, c := range []struct{ method, path, body, in string }{
			{"GET", "/reach?period=2026", "", "figures GET /reach?period=2026 "},
			{"HEAD", "/reach/links", "", "figures HEAD"},
			{"GET", "/reach/board", "", "figures GET /reach/board"},
			{"GET", "/reach/qr.svg?x=1", "", "figures"},
			{"GET", "/reach/nothing/there", "", "figures"}, // its own 404
			{"POST", "/reach/notebook", "a=1", "figures POST /reach/notebook a=1"},
			{"DELETE", "/reach/notebook", "", "figures DELETE"}, // its own 405
		} {
			r := ask(h, c.method, c.path, c.body, cookie...)
			b := text(t, r)
			if let {
				if r.StatusCode != 200 || !strings.Contains(b, c.in) || r.Header.Get("Content-Security-Policy") != reachPolicy {
					t.Errorf("%s: %s %s: %d %q", name, c.method, c.path, r.StatusCode, b)
				}
				continue
			}
			if r.StatusCode != 403 || strings.Contains(b, "figures") {
				t.Errorf("%s: %s %s: %d %q", name, c.method, c.path, r.StatusCode, b)
			}
			part := c.path == "/reach/board" || strings.HasPrefix(c.path, "/reach/qr") || c.method == "POST" || c.method == "DELETE"
			if said := strings.Contains(b, `"code":"role"`); said != part || !part && c.method != "HEAD" && !strings.Contains(b, "Coördinatoren en teamleiders") {
				t.Errorf("%s: %s %s: %q", name, c.method, c.path, b)
			}
		}
	}
}

func TestReachWithoutSession(t *testing.T) {
	h := reachHouse(t)
	gone := sessionOf(t, h, "Ravi")
	if err := h.staff.Disable(t.Context(), "Ravi"); err != nil {
		t.Fatal(err)
	}
	for _, session := range []string{"", "nonsense", strings.Repeat("A", 43), gone} {
		for _, c := range []struct {
			method, path string
			status       int
		}{
			{"GET", "/reach", 303}, {"HEAD", "/reach", 303}, {"GET", "/reach/report?period=2026&format=csv", 303},
			{"POST", "/reach/notebook", 303}, {"GET", "/reach/board", 401}, {"GET", "/reach/qr.svg", 401}, {"PUT", "/reach", 401},
		} {
			r := ask(h, c.method, c.path, "a=1", "Cookie", "haven_staff="+session, "Origin", origin, "Content-Type", form)
			if r.StatusCode != c.status || strings.Contains(text(t, r), "figures") {
				t.Errorf("%s %s: %d, want %d", c.method, c.path, r.StatusCode, c.status)
			}
			if at := r.Header.Get("Location"); (c.status == 303) != (at == "/staff#next=reach") {
				t.Errorf("%s %s: sent to %q", c.method, c.path, at)
			}
		}
	}
}

func TestReachOrigin(t *testing.T) {
	h := reachHouse(t)
	session := sessionOf(t, h, "Ravi")
	for _, c := range []struct {
		method, origin, site string
		status               int
	}{
		{"GET", "", "none", 200}, {"GET", "", "cross-site", 200}, {"GET", origin, "", 200}, {"GET", "https://evil.example", "", 403},
		{"HEAD", "https://evil.example", "", 403},
		{"POST", origin, "", 200}, {"POST", "", "", 403}, {"POST", "", "same-origin", 403}, {"POST", "null", "same-origin", 403},
		{"POST", "https://evil.example", "", 403}, {"POST", "http://chat.example", "", 403}, {"DELETE", "", "", 403},
	} {
		headers := []string{"Cookie", "haven_staff=" + session, "Content-Type", form}
		if c.origin != "" {
			headers = append(headers, "Origin", c.origin)
		}
		if c.site != "" {
			headers = append(headers, "Sec-Fetch-Site", c.site)
		}
		r := ask(h, c.method, "/reach/notebook", "", headers...)
		if b := text(t, r); r.StatusCode != c.status || c.status == 403 && c.method != "HEAD" && !strings.Contains(b, `"code":"origin"`) {
			t.Errorf("%s from %q (%s): %d, want %d: %s", c.method, c.origin, c.site, r.StatusCode, c.status, b)
		}
	}
}

func TestReachBodies(t *testing.T) {
	h := reachHouse(t)
	session := sessionOf(t, h, "Ravi")
	for _, c := range []struct {
		kind   string
		size   int
		status int
	}{
		{form, 10, 200}, {form + "; charset=utf-8", bodyMost, 200}, {form, bodyMost + 1, 413},
		{"", 10, 415}, {"application/json", 10, 415}, {"multipart/form-data; boundary=a", 10, 415}, {"text/plain", 10, 415},
	} {
		r := ask(h, "POST", "/reach/notebook", strings.Repeat("a", c.size), "Cookie", "haven_staff="+session, "Origin", origin, "Content-Type", c.kind)
		if r.StatusCode != c.status {
			t.Errorf("%d bytes of %q: %d, want %d", c.size, c.kind, r.StatusCode, c.status)
		}
	}
}

func TestReachPaths(t *testing.T) {
	h := reachHouse(t)
	cookie := []string{"Cookie", "haven_staff=" + sessionOf(t, h, "Ravi")}
	for _, path := range []string{"/reaching", "/Reach", "/reach.html", "/assets/reach", "/assets/closed.html"} {
		if r := ask(h, "GET", path, "", cookie...); r.StatusCode != 404 {
			t.Errorf("%s: %d", path, r.StatusCode)
		}
	}
	bare := testHouse(t, Config{})
	if r := ask(bare, "GET", "/reach", "", "Cookie", "haven_staff="+sessionOf(t, bare, "Ravi")); r.StatusCode != 404 {
		t.Errorf("without figures: %d", r.StatusCode)
	}
}

// With the accounts away nobody is let in, and a page says so.
func TestReachAccountsAway(t *testing.T) {
	h := reachHouse(t)
	away := redis.NewClient(&redis.Options{Network: "unix", Addr: filepath.Join(t.TempDir(), "none"), MaxRetries: -1})
	defer away.Close()
	session := sessionOf(t, h, "Ravi")
	h.staff = staff.New(away, staff.Config{})
	for path, want := range map[string]string{"/reach": "Er is een storing bij ons", "/reach/board": `"status":503,"code":"unavailable"}`} {
		r := ask(h, "GET", path, "", "Cookie", "haven_staff="+session)
		if b := text(t, r); r.StatusCode != 503 || !strings.Contains(b, want) || strings.Contains(b, "none") {
			t.Errorf("%s: %d %s", path, r.StatusCode, b)
		}
	}
}

func TestReachPanic(t *testing.T) {
	var out bytes.Buffer
	h := testHouse(t, Config{Reach: http.HandlerFunc(figures), Log: slog.New(ClosedLog(slog.NewTextHandler(&out, nil)))})
	r := ask(h, "GET", "/reach/panic", "", "Cookie", "haven_staff="+sessionOf(t, h, "Ravi"))
	if b := text(t, r); r.StatusCode != 500 || strings.Contains(b+out.String(), canary) || r.Header.Get("Content-Length") != strconv.Itoa(len(b)) {
		t.Errorf("%d %q %q", r.StatusCode, b, out.String())
	}
}

// Nothing of a page of figures may be weaker than a page of the house, but that its forms reach the house.
func TestReachPolicy(t *testing.T) {
	h := reachHouse(t)
	r := ask(h, "GET", "/reach", "", "Cookie", "haven_staff="+sessionOf(t, h, "Ravi"))
	got, page := policies(r), policies(ask(h, "GET", "/staff", ""))
	page["form-action"], page["connect-src"] = "'self'", "'self'"
	for name, want := range page {
		if got[name] != want {
			t.Errorf("%s is %q, want %q", name, got[name], want)
		}
	}
	if len(got) != len(page) || r.Header.Get("Cache-Control") != "no-store" || r.Header.Get("Referrer-Policy") != "no-referrer" {
		t.Errorf("%v", r.Header)
	}
}
