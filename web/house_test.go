package web

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"haven/routing"
	"haven/routing/routingtest"
	"haven/web/staff"
)

const origin = "https://chat.example"

// testHouse has pages of its own, an account Noor (counsellor) and one named Ravi (coordinator).
func testHouse(t *testing.T, cfg Config) *house {
	t.Helper()
	if cfg.Origin == "" {
		cfg.Origin = origin
	}
	socket := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { io.WriteString(w, "socket") })
	if cfg.Chat == nil {
		cfg.Chat = socket
	}
	cfg.Desk = socket
	if cfg.Log == nil {
		cfg.Log = quiet()
	}
	cfg.Embedders = []string{"https://city.example"}
	cfg.Staff = staff.New(routingtest.Mini(t), staff.Config{AccountTries: 5})
	for _, a := range []staff.Account{
		{Name: "Noor", Role: staff.RoleCounsellor, Lines: []string{"jip"}, Langs: []string{"nl"}},
		{Name: "Ravi", Role: staff.RoleCoordinator},
	} {
		if err := cfg.Staff.Add(t.Context(), a, "correct horse"); err != nil {
			t.Fatal(err)
		}
	}
	h, err := newHouse(cfg)
	if err != nil {
		t.Fatal(err)
	}
	h.assets, err = loadAssets(fstest.MapFS{
		"youth/index.html": {Data: []byte("<!doctype html>youth" + strings.Repeat(" ", 500))},
		"staff/index.html": {Data: []byte("<!doctype html>staff")},
		"shared/hvn1.js":   {Data: []byte("export {}" + strings.Repeat(";", 500))},
		"shared/a.css":     {Data: []byte("a{}")},
		"youth/notes.md":   {Data: []byte("not for serving")},
	})
	if err != nil {
		t.Fatal(err)
	}
	return h
}

// ask makes a request; headers are pairs.
func ask(h http.Handler, method, path, body string, headers ...string) *http.Response {
	r := httptest.NewRequest(method, path, strings.NewReader(body))
	for i := 0; i < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w.Result()
}

func text(t *testing.T, r *http.Response) string {
	t.Helper()
	b, err := io.ReadAll(r.Body)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// policies splits a content security policy.
func policies(r *http.Response) map[string]string {
	set := make(map[string]string)
	for p := range strings.SplitSeq(r.Header.Get("Content-Security-Policy"), ";") {
		name, value, _ := strings.Cut(strings.TrimSpace(p), " ")
		set[name] = value
	}
	return set
}

func TestHeadersOfEveryAnswer(t *testing.T) {
	h := testHouse(t, Config{})
	for _, at := range []struct {
		method, path string
		status       int
	}{
		{"GET", "/", 200}, {"GET", "/staff", 200}, {"GET", "/assets/shared/hvn1.js", 200}, {"GET", "/nowhere", 404},
		{"POST", "/", 405}, {"GET", "/desk", 403}, {"GET", "/staff/me", 403}, {"POST", "/staff/login", 403}, {"GET", "/chat", 200},
	} {
		r := ask(h, at.method, at.path, "")
		if r.StatusCode != at.status {
			t.Errorf("%s %s: %d, want %d", at.method, at.path, r.StatusCode, at.status)
		}
		for name, want := range map[string]string{
			"Cache-Control":                "no-store",
			"Cross-Origin-Embedder-Policy": "require-corp",
			"Cross-Origin-Opener-Policy":   "same-origin",
			"Cross-Origin-Resource-Policy": "same-origin",
			"Origin-Agent-Cluster":         "?1",
			"Referrer-Policy":              "no-referrer",
			"Strict-Transport-Security":    "max-age=63072000",
			"X-Content-Type-Options":       "nosniff",
			"X-Dns-Prefetch-Control":       "off",
			"X-Frame-Options":              "DENY",
			"X-Robots-Tag":                 "noindex, nofollow, noarchive",
		} {
			t.Run(at.method+at.path+" "+name, func(t *testing.T) {
				if got := r.Header.Values(name); len(got) != 1 || got[0] != want {
					t.Errorf("%q, want %q", got, want)
				}
			})
		}
		for _, name := range []string{"Server", "X-Powered-By", "Set-Cookie", "Last-Modified", "Expires", "Access-Control-Allow-Origin", "Link", "NEL", "Report-To", "Alt-Svc", "Accept-CH"} {
			if r.Header.Get(name) != "" {
				t.Errorf("%s %s: has %s", at.method, at.path, name)
			}
		}
		for _, feature := range []string{"camera", "microphone", "geolocation", "display-capture", "usb", "serial", "hid",
			"accelerometer", "gyroscope", "magnetometer", "idle-detection", "browsing-topics", "payment", "local-fonts"} {
			if !slices.Contains(strings.Split(r.Header.Get("Permissions-Policy"), ", "), feature+"=()") {
				t.Errorf("%s %s: %s is not shut", at.method, at.path, feature)
			}
		}
		p := policies(r)
		for _, name := range []string{"default-src", "base-uri", "form-action", "frame-ancestors"} {
			if p[name] != "'none'" {
				t.Errorf("%s %s: %s is %q", at.method, at.path, name, p[name])
			}
		}
	}
}

func TestPolicyOfPages(t *testing.T) {
	h := testHouse(t, Config{})
	for _, path := range []string{"/", "/staff"} {
		r := ask(h, "GET", path, "")
		p := policies(r)
		want := map[string]string{
			"default-src": "'none'", "script-src": "'self'", "style-src": "'self'", "img-src": "'self'",
			"connect-src": "'self' wss://chat.example", "base-uri": "'none'", "form-action": "'none'", "frame-ancestors": "'none'",
			"require-trusted-types-for": "'script'", "trusted-types": "'none'",
		}
		for name, value := range want {
			if p[name] != value {
				t.Errorf("%s: %s is %q, want %q", path, name, p[name], value)
			}
		}
		if len(p) != len(want) {
			t.Errorf("%s: more than was asked for: %v", path, p)
		}
		if strings.Contains(r.Header.Get("Content-Security-Policy"), "unsafe") {
			t.Errorf("%s: something unsafe", path)
		}
	}
	if p := policies(ask(h, "GET", "/assets/shared/hvn1.js", "")); len(p) != 5 || p["script-src"] != "" {
		t.Errorf("an asset may do too much: %v", p)
	}
}

func TestNoTransportSecurityWithoutTLS(t *testing.T) {
	h := testHouse(t, Config{Origin: "http://127.0.0.1:8080"})
	r := ask(h, "GET", "/", "")
	if r.Header.Get("Strict-Transport-Security") != "" {
		t.Error("a header that would lock the demo out")
	}
	if p := policies(r); p["connect-src"] != "'self' ws://127.0.0.1:8080" {
		t.Errorf("connect-src is %q", p["connect-src"])
	}
}

func TestPagesAndAssets(t *testing.T) {
	h := testHouse(t, Config{})
	for _, c := range []struct {
		method, path string
		status       int
		mediaType    string
		has          string
	}{
		{"GET", "/", 200, "text/html; charset=utf-8", "youth"},
		{"HEAD", "/", 200, "text/html; charset=utf-8", ""},
		{"GET", "/staff", 200, "text/html; charset=utf-8", "staff"},
		{"GET", "/assets/shared/hvn1.js", 200, "text/javascript; charset=utf-8", "export"},
		{"GET", "/assets/shared/a.css", 200, "text/css; charset=utf-8", "a{}"},
		{"GET", "/assets/youth/index.html", 404, "application/problem+json", `"status":404`},
		{"GET", "/assets/youth/notes.md", 404, "application/problem+json", ""},
		{"GET", "/assets/", 404, "application/problem+json", ""},
		{"GET", "/shared/hvn1.js", 404, "application/problem+json", ""},
		{"GET", "/staff/", 404, "application/problem+json", ""},
		{"GET", "/index.html", 404, "application/problem+json", ""},
		{"GET", "/metrics", 404, "application/problem+json", ""},
		{"POST", "/assets/shared/a.css", 405, "application/problem+json", ""},
		{"DELETE", "/staff", 405, "application/problem+json", `{"type":"about:blank","title":"Method Not Allowed","status":405}`},
		{"GET", "/staff/login", 403, "application/problem+json", `"code":"origin"`},
		{"POST", "/chat", 405, "application/problem+json", ""},
	} {
		r := ask(h, c.method, c.path, "")
		body := text(t, r)
		if r.StatusCode != c.status || r.Header.Get("Content-Type") != c.mediaType || !strings.Contains(body, c.has) {
			t.Errorf("%s %s: %d %q %.80q", c.method, c.path, r.StatusCode, r.Header.Get("Content-Type"), body)
		}
		if c.method == "HEAD" && body != "" {
			t.Error("HEAD with a body")
		}
	}
}

func TestAssetsAreCompressedAndTheSameForAll(t *testing.T) {
	h := testHouse(t, Config{})
	plain := ask(h, "GET", "/", "")
	small := ask(h, "GET", "/", "", "Accept-Encoding", "gzip", "Cookie", "haven_staff=a", "User-Agent", "b", "If-None-Match", plain.Header.Get("Etag"))
	if small.StatusCode != 200 || small.Header.Get("Content-Encoding") != "gzip" || small.Header.Get("Vary") != "Accept-Encoding" {
		t.Fatalf("%d %v", small.StatusCode, small.Header)
	}
	z, err := gzip.NewReader(small.Body)
	if err != nil {
		t.Fatal(err)
	}
	b, _ := io.ReadAll(z)
	if want := text(t, plain); string(b) != want {
		t.Error("the compressed page differs")
	}
	if tag := plain.Header.Get("Etag"); len(tag) != 18 || tag != small.Header.Get("Etag") {
		t.Errorf("tags %s and %s", tag, small.Header.Get("Etag"))
	}
	if r := ask(h, "GET", "/assets/shared/a.css", "", "Accept-Encoding", "gzip"); r.Header.Get("Content-Encoding") != "" {
		t.Error("compressed into something longer")
	}
}

// The real files: all of known types, none that is not meant for serving.
func TestStatic(t *testing.T) {
	set, err := loadAssets(Static())
	if err != nil || len(set) == 0 {
		t.Fatal(len(set), err)
	}
	for name, a := range set {
		if len(a.plain) == 0 {
			t.Errorf("%s is empty", name)
		}
	}
}

func TestOrigin(t *testing.T) {
	h := testHouse(t, Config{})
	json := []string{"Content-Type", "application/json"}
	for _, c := range []struct {
		method, path string
		headers      []string
		passes       bool
	}{
		{"GET", "/chat", nil, true},
		{"GET", "/chat", []string{"Origin", origin}, true},
		{"GET", "/chat", []string{"Origin", "https://city.example"}, true},
		{"GET", "/chat", []string{"Origin", "https://evil.example"}, false},
		{"GET", "/chat", []string{"Origin", "https://chat.example.evil.example"}, false},
		{"GET", "/chat", []string{"Origin", "https://chat.example:8443"}, false},
		{"GET", "/chat", []string{"Origin", "http://chat.example"}, false},
		{"GET", "/chat", []string{"Origin", "null"}, false},
		{"GET", "/chat", []string{"Origin", ""}, false},
		{"GET", "/desk", nil, false},
		{"GET", "/desk", []string{"Sec-Fetch-Site", "same-origin"}, false},
		{"GET", "/desk", []string{"Origin", origin}, true},
		{"GET", "/desk", []string{"Origin", "https://evil.example"}, false},
		{"GET", "/staff", nil, true},
		{"GET", "/staff", []string{"Sec-Fetch-Site", "cross-site"}, true}, // a link from the intranet
		{"GET", "/staff", []string{"Origin", "https://evil.example"}, false},
		{"GET", "/staff/me", nil, false},
		{"GET", "/staff/me", []string{"Sec-Fetch-Site", "same-origin"}, true},
		{"GET", "/staff/me", []string{"Sec-Fetch-Site", "none"}, true},
		{"GET", "/staff/me", []string{"Sec-Fetch-Site", "same-site"}, false},
		{"GET", "/staff/me", []string{"Sec-Fetch-Site", "cross-site"}, false},
		{"GET", "/staff/me", []string{"Origin", origin}, true},
		{"GET", "/staff/me", []string{"Origin", "https://evil.example", "Sec-Fetch-Site", "same-origin"}, false},
		{"POST", "/staff/login", json, false},
		{"POST", "/staff/login", append([]string{"Sec-Fetch-Site", "same-origin"}, json...), false},
		{"POST", "/staff/login", append([]string{"Origin", "https://evil.example"}, json...), false},
		{"POST", "/staff/login", append([]string{"Origin", origin}, json...), true},
		{"POST", "/staff/logout", []string{"Origin", "https://evil.example"}, false},
		{"POST", "/staff/ticket", []string{"Origin", "https://evil.example"}, false},
		{"POST", "/staff/ticket", []string{"Origin", origin}, true},
	} {
		r := ask(h, c.method, c.path, "{}", c.headers...)
		if got := r.StatusCode != http.StatusForbidden; got != c.passes {
			t.Errorf("%s %s %q: %d", c.method, c.path, c.headers, r.StatusCode)
		}
	}
	for _, bad := range []string{"", "chat.example", "https://", "https://chat.example/", "https://Chat.example", "ftp://a", "https://a@b", "https://a?b", "*"} {
		if _, err := newHouse(Config{Origin: bad}); err != ErrOrigin {
			t.Errorf("%q taken for an origin", bad)
		}
	}
}

func TestProblems(t *testing.T) {
	for _, c := range []struct {
		err    error
		status int
		code   string
	}{
		{errors.New(canary), 500, ""},
		{fmt.Errorf("web: %w", routing.ErrUnavailable), 503, "unavailable"},
		{fmt.Errorf("%s %w", canary, staff.ErrLogin), 401, "bad_login"},
	} {
		w := httptest.NewRecorder()
		writeProblem(w, problemOf(c.err))
		var p struct {
			Type, Title, Code string
			Status            int
		}
		if err := json.Unmarshal(w.Body.Bytes(), &p); err != nil {
			t.Fatal(err)
		}
		if p.Status != c.status || w.Code != c.status || p.Code != c.code || p.Type != "about:blank" || p.Title != http.StatusText(c.status) {
			t.Errorf("%v: %+v", c.err, p)
		}
		if strings.Contains(w.Body.String(), canary) {
			t.Error("the error's text got out")
		}
	}
}

// A panic is a bare 500, and the log tells its place and not its words.
func TestPanic(t *testing.T) {
	var out bytes.Buffer
	log := slog.New(ClosedLog(slog.NewTextHandler(&out, nil)))
	w := httptest.NewRecorder()
	answer(log, w, httptest.NewRequest("GET", "/", nil), func() error { panic(canary) })
	if w.Code != 500 || strings.Contains(w.Body.String()+out.String(), canary) {
		t.Errorf("%d %s", w.Code, w.Body)
	}
	if !strings.Contains(out.String(), "reason=panic at=web/house_test.go:") {
		t.Errorf("logged %q", out.String())
	}
}

func TestPrivate(t *testing.T) {
	ready := false
	metrics := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { io.WriteString(w, "up 1\n") })
	h := PrivateHandler(Private{Metrics: metrics, Ready: func() bool { return ready }, Log: quiet()})
	for path, want := range map[string]int{"/metrics": 200, "/metrics/reach": 404, "/healthz": 200, "/readyz": 503, "/": 404, "/debug/pprof/": 404, "/debug/vars": 404, "/staff": 404} {
		if r := ask(h, "GET", path, ""); r.StatusCode != want || r.Header.Get("Cache-Control") != "no-store" {
			t.Errorf("%s: %d, want %d", path, r.StatusCode, want)
		}
	}
	ready = true
	if r := ask(h, "GET", "/readyz", ""); r.StatusCode != 200 {
		t.Errorf("ready: %d", r.StatusCode)
	}
	if r := ask(h, "POST", "/metrics", ""); r.StatusCode != 405 {
		t.Errorf("POST: %d", r.StatusCode)
	}
	h = PrivateHandler(Private{Metrics: metrics, Reach: metrics, Log: quiet()})
	if r := ask(h, "GET", "/metrics/reach", ""); r.StatusCode != 200 {
		t.Errorf("reach: %d", r.StatusCode)
	}
}
