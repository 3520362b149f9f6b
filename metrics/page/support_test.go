package page

import (
	"context"
	"hash/fnv"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"haven/metrics/reach"
	"haven/routing"
)

// today is a Monday on which week 48 and October of 2026 are the newest that are sealed.
const today = "2026-12-02"

func day(t testing.TB, name string) reach.Day {
	t.Helper()
	d, err := reach.ParseDay(name)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func period(t testing.TB, name string) reach.Period {
	t.Helper()
	p, err := reach.ParsePeriod(name)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// plan is of three lines and a campaign, online and offline.
func plan(t testing.TB) *reach.Plan {
	return &reach.Plan{
		Lines: []string{"jip", "shop", "fier"}, Practice: []string{"oefenen"},
		Campaigns: []reach.Campaign{{
			Name: "chatten-helpt", Lines: []string{"jip", "shop", "fier"}, Municipality: "Den Haag", From: day(t, "2026-01-01"), To: day(t, "2026-12-31"),
			Channels: []reach.Channel{{Name: "instagram", Medium: reach.Online}, {Name: "poster", Medium: reach.Offline}},
		}},
		Topics:   []string{"home", "exploitation", "money"},
		Partners: []reach.Partner{{Code: "veilig-thuis", Name: "Veilig Thuis <Haaglanden>"}},
		Budgets:  reach.Budgets{Now: reach.Standard()},
	}
}

// invented is the count of a cell, the same each time.
func invented(t reach.Table, p reach.Period, c reach.Cell) int64 {
	h := fnv.New32a()
	h.Write([]byte(string(t) + p.String() + string(c)))
	n := int64(h.Sum32()%17) - 2
	size := map[reach.Span]int64{reach.Week: 1, reach.Month: 4, reach.Quarter: 3, reach.Year: 40}[p.Span]
	if t == reach.Visits && c.Parts()[0] == reach.None {
		n *= 9
	}
	return n * size
}

// sealed are releases of some weeks, months, quarters and years before today; change may be nil.
func sealed(t testing.TB, of *reach.Plan, count func(reach.Table, reach.Period, reach.Cell) int64, change func(*reach.Release)) []*reach.Release {
	t.Helper()
	var out []*reach.Release
	back := map[reach.Span]int{reach.Week: 3, reach.Month: 8, reach.Quarter: 2, reach.Year: 2}
	for _, table := range reach.Tables {
		for _, s := range table.Spent() {
			p := reach.PeriodOf(s, day(t, today))
			for n := 0; n < back[s]; {
				if p = p.Prev(); p.SealDay() > day(t, today) {
					continue
				}
				n++
				r := &reach.Release{Table: table, Period: p, Epsilon: of.Budgets.For(p)[table][s], Since: p.From, Cells: map[reach.Cell]int64{}}
				for _, c := range of.Cells(table) {
					r.Cells[c] = count(table, p, c)
				}
				if change != nil {
					change(r)
				}
				out = append(out, r)
			}
		}
	}
	return out
}

// totals are exact figures of each line for some months.
func totals(t testing.TB) []reach.Totals {
	t.Helper()
	var out []reach.Totals
	for m := period(t, "2026-10"); m.From >= day(t, "2025-01-01"); m = m.Prev() {
		for i, line := range []string{"jip", "shop", "fier"} {
			waits := make([]int64, len(reach.WaitBounds)+1)
			waits[2], waits[7], waits[18] = 60, 35, 5
			out = append(out, reach.Totals{Line: line, Month: m, Arrived: 120 + int64(i), Answered: 100, Within: 95, Waits: waits,
				AttendedMinutes: 9000, PromisedMinutes: 9600})
		}
	}
	return out
}

// notebook is a fake of the ledger's.
type notebook struct {
	entered []reach.Entered
	err     error
}

func (n *notebook) Entered(context.Context) ([]reach.Entered, error) { return n.entered, n.err }

func (n *notebook) Enter(_ context.Context, e reach.Entered) error {
	if n.err == nil {
		n.entered = append(n.entered, e)
	}
	return n.err
}

// stand is a page with what it asks.
type stand struct {
	*Page
	notebook *notebook
	releases *reach.Releases
	views    []routing.LineView
	boardErr error
}

// newStand is a page full of invented figures; change may be nil.
func newStand(t testing.TB, change func(*Config)) *stand {
	t.Helper()
	s := &stand{notebook: &notebook{}, views: []routing.LineView{
		{Line: "jip", Open: true, OnDuty: 2, Waiting: 1, OldestS: 30}, {Line: "shop"}, {Line: "fier", Open: true, OnDuty: 1},
	}}
	of := plan(t)
	s.releases = reach.NewReleases(sealed(t, of, invented, nil), totals(t))
	now := day(t, today).Start().Add(14 * time.Hour)
	cfg := Config{
		Plan: of, Releases: func() *reach.Releases { return s.releases }, Notebook: s.notebook, Origin: "https://chat.example",
		Lines: []Line{{Name: "jip", Target: 2 * time.Minute, Hours: routing.Hours{Always: true}}, {Name: "shop", Target: 2 * time.Minute}, {Name: "fier", Target: 3 * time.Minute}},
		Board: func(context.Context) ([]routing.LineView, error) { return s.views, s.boardErr },
		Now:   func() time.Time { return now },
	}
	if change != nil {
		change(&cfg)
	}
	var err error
	if s.Page, err = New(cfg); err != nil {
		t.Fatal(err)
	}
	return s
}

func (s *stand) do(r *http.Request) *httptest.ResponseRecorder {
	w := httptest.NewRecorder()
	s.ServeHTTP(w, r)
	return w
}

func (s *stand) get(at string) *httptest.ResponseRecorder {
	return s.do(httptest.NewRequest(http.MethodGet, at, nil))
}

func (s *stand) post(at string, v url.Values) *httptest.ResponseRecorder {
	r := httptest.NewRequest(http.MethodPost, at, strings.NewReader(v.Encode()))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	return s.do(r)
}

// ok is the body of an answer that has to be 200.
func (s *stand) ok(t testing.TB, at string) string {
	t.Helper()
	w := s.get(at)
	if w.Code != http.StatusOK {
		t.Fatalf("%s: %d %.300s", at, w.Code, w.Body)
	}
	return w.Body.String()
}

// part is the section of a page with an id.
func part(t testing.TB, html, id string) string {
	t.Helper()
	_, rest, found := strings.Cut(html, ` id="`+id+`"`)
	if !found {
		t.Fatalf("there is no section %s", id)
	}
	body, _, _ := strings.Cut(rest, "</section>")
	return body
}
