package page

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"time"

	"haven/routing"
)

func TestBoard(t *testing.T) {
	s := newStand(t, nil)
	now := s.cfg.Now()
	s.views = []routing.LineView{
		{Line: "jip", Open: true, Closes: now.Add(3 * time.Hour), OnDuty: 2, Waiting: 3, OldestS: 185, Heads: []string{"secret"}, Active: 4},
		{Line: "shop", Open: true, OnDuty: 0},
		{Line: "fier", Opens: now.Add(40 * time.Hour), Waiting: 1, OldestS: 30},
		{Line: "oefenen", Open: true, OnDuty: 1},
	}
	var got board
	w := s.get("/reach/board")
	if err := json.Unmarshal(w.Body.Bytes(), &got); err != nil || w.Code != 200 || w.Header().Get("Content-Type") != "application/json" {
		t.Fatalf("%d %v %s", w.Code, err, w.Body)
	}
	want := []boardRow{
		{"jip", "", "late", "open tot 17:00", "3", "3\u00a0min", "2"},
		{"shop", "", "alone", "open", "0", "–", "0"},
		{"fier", "", "shut", "dicht tot vrijdag 06:00", "1", "nog geen minuut", "0"},
		{"oefenen", "", "open", "open", "0", "–", "1"},
	}
	for i, r := range got.Rows {
		if r != want[i] {
			t.Errorf("%+v, want %+v", r, want[i])
		}
	}
	if len(got.Rows) != len(want) || got.At != "14:00" || strings.Join(got.Alerts, "|") != "Bij JIP wacht iemand langer dan 2\u00a0min.|SHOP is open, maar er is niemand aan het werk." {
		t.Errorf("%+v", got)
	}
	if strings.Contains(w.Body.String(), "secret") || strings.Contains(w.Body.String(), "chatten-helpt") {
		t.Error("more than how the lines stand")
	}
	html := s.ok(t, "/reach?lang=en")
	for _, want := range []string{`data-board="/reach/board?lang=en"`, "JIP</th>", "open until 17:00", "oefenen (practice)", "Somebody waits at JIP for longer than 2\u00a0min.", `<p id="board-away" class="note warn" hidden>`} {
		if !strings.Contains(html, want) {
			t.Errorf("no %q", want)
		}
	}
	if b := s.ok(t, "/reach/board?lang=en"); !strings.Contains(b, "closed until Friday 06:00") {
		t.Errorf("%s", b)
	}
}

// One who waits at a small line is seen among those of all small lines only.
func TestBoardOfSmallLines(t *testing.T) {
	s := newStand(t, func(c *Config) { c.Lines[0].Small, c.Lines[1].Small = true, true })
	s.views = []routing.LineView{
		{Line: "jip", Open: true, OnDuty: 1, Waiting: 2, OldestS: 600}, {Line: "shop", Open: true, OnDuty: 1, Waiting: 1, OldestS: 60}, {Line: "fier", Open: true, OnDuty: 1},
	}
	first := s.ok(t, "/reach/board")
	if !strings.Contains(first, `{"line":"*","state":"open","door":"–","waiting":"3","oldest":"10`) || strings.Contains(first, "langer dan") {
		t.Errorf("%s", first)
	}
	s.views[0].Waiting, s.views[0].OldestS, s.views[1].Waiting, s.views[1].OldestS = 0, 0, 3, 600
	if other := s.ok(t, "/reach/board"); other != first {
		t.Errorf("which small line somebody waits at shows:\n%s\n%s", first, other)
	}
}

func TestBoardAway(t *testing.T) {
	s := newStand(t, nil)
	s.boardErr = errors.New("dial tcp 192.0.2.7:6379")
	w := s.get("/reach/board")
	if w.Code != 503 || w.Body.String() != `{"type":"about:blank","title":"Service Unavailable","status":503,"code":"unavailable"}` || w.Header().Get("Content-Type") != "application/problem+json" {
		t.Errorf("%d %s", w.Code, w.Body)
	}
	html := s.ok(t, "/reach")
	if !strings.Contains(html, `<p id="board-away" class="note warn">`) || !strings.Contains(html, "<svg") || strings.Contains(html, "192.0.2.7") {
		t.Error("with the store away the page is not that of the figures")
	}
	if w := s.get("/reach/board?lang=xx"); w.Code != 400 {
		t.Errorf("%d", w.Code)
	}
}
