package page

import (
	"encoding/csv"
	"encoding/json"
	"errors"
	"strings"
	"testing"

	"haven/metrics/reach"
)

func TestReport(t *testing.T) {
	s := newStand(t, nil)
	s.notebook.entered = []reach.Entered{{Campaign: "chatten-helpt", Channel: "poster", Month: period(t, "2025-03"), CostCents: 61005}}
	for _, c := range []struct{ format, mediaType, file, start string }{
		{"html", "text/html; charset=utf-8", "haven-2025-nl.html", "<!doctype html>"},
		{"csv", "text/csv; charset=utf-8", "haven-2025-nl.csv", "section,"},
		{"csv-nl", "text/csv; charset=utf-8", "haven-2025-nl.csv", "\ufeffsection;"},
		{"json", "application/json", "haven-2025-nl.json", "{"},
		{"xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "haven-2025-nl.xlsx", "PK"},
	} {
		w := s.get("/reach/report?period=2025&format=" + c.format)
		if w.Code != 200 || w.Header().Get("Content-Type") != c.mediaType || w.Header().Get("Content-Disposition") != `attachment; filename="`+c.file+`"` ||
			!strings.HasPrefix(strings.ToLower(w.Body.String()), strings.ToLower(c.start)) {
			t.Errorf("%s: %d %v %.40q", c.format, w.Code, w.Header(), w.Body)
		}
		if !strings.Contains(s.ok(t, "/reach?period=2025"), `href="/reach/report?format=`+c.format+`&amp;period=2025"`) {
			t.Errorf("no link to %s", c.format)
		}
	}
	if _, err := csv.NewReader(s.get("/reach/report?period=2025&format=csv").Body).ReadAll(); err != nil {
		t.Error(err)
	}
	if b := s.get("/reach/report?period=2025&format=json&lang=en").Body.Bytes(); !json.Valid(b) || !strings.Contains(string(b), `"lang"`) {
		t.Errorf("%.200s", b)
	}
	for at, want := range map[string]int{
		"": 400, "?period=2025": 400, "?period=2025&format=pdf": 400, "?format=csv": 400, "?period=&format=csv": 400, "?period=2026&format=csv": 404,
		"?period=2026-11&format=csv": 404, "?period=x&format=csv": 400, "?period=1999&format=html": 404, "?period=2025&format=csv&lang=de": 400,
	} {
		w := s.get("/reach/report" + at)
		if w.Code != want || w.Header().Get("Content-Disposition") != "" || !strings.Contains(w.Body.String(), "<h1>") {
			t.Errorf("%s: %d, want %d", at, w.Code, want)
		}
	}
	s.notebook.err = errors.New("dial tcp 192.0.2.7:6379")
	if w := s.get("/reach/report?period=2025&format=csv"); w.Code != 503 || strings.Contains(w.Body.String(), "192.0.2.7") {
		t.Errorf("without what was entered: %d", w.Code)
	}
}
