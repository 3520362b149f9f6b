package page

import (
	"errors"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strconv"
	"strings"
	"testing"

	"haven/metrics/reach"
)

func entry(with ...string) url.Values {
	v := url.Values{"where": {"chatten-helpt|poster"}, "month": {"2026-11"}}
	for i := 0; i < len(with); i += 2 {
		v.Set(with[i], with[i+1])
	}
	return v
}

func TestEnter(t *testing.T) {
	for _, c := range []struct {
		form url.Values
		at   string
		want reach.Entered
		done string
	}{
		{entry("reached", " 48000 ", "cost", "1250,5", "guest_lesson", "3", "training", "0"), "/reach/notebook",
			reach.Entered{Reached: 48000, CostCents: 125050, Activities: map[string]int64{"guest_lesson": 3}}, "saved"},
		{entry("cost", "€ 1250.05"), "/reach/notebook?lang=en", reach.Entered{CostCents: 125005}, "saved"},
		{entry("where", "chatten-helpt|other", "month", "2024-01", "reached", "100000000"), "/reach/notebook", reach.Entered{Reached: 100_000_000}, "saved"},
		{entry(), "/reach/notebook", reach.Entered{}, "removed"},
		{entry("reached", "0", "cost", "0,00", "unknown", "<b>"), "/reach/notebook", reach.Entered{}, "removed"},
	} {
		s := newStand(t, nil)
		w := s.post(c.at, c.form)
		if w.Code != http.StatusSeeOther || len(s.notebook.entered) != 1 {
			t.Fatalf("%v: %d %d entries %.300s", c.form, w.Code, len(s.notebook.entered), w.Body)
		}
		got := s.notebook.entered[0]
		if got.Reached != c.want.Reached || got.CostCents != c.want.CostCents || len(got.Activities) != len(c.want.Activities) || len(c.want.Activities) > 0 && !maps.Equal(got.Activities, c.want.Activities) ||
			got.Campaign+"|"+got.Channel != c.form.Get("where") || got.Month.String() != c.form.Get("month") {
			t.Errorf("%v: entered %+v", c.form, got)
		}
		to, err := url.Parse(w.Header().Get("Location"))
		if err != nil || to.Path != "/reach/notebook" || to.Host != "" || to.Query().Get("done") != c.done || to.Query().Get("where") != c.form.Get("where") ||
			(to.Query().Get("lang") == "en") != strings.Contains(c.at, "lang=en") {
			t.Errorf("%v: goes to %q", c.form, w.Header().Get("Location"))
		}
	}
}

func TestEnterMistakes(t *testing.T) {
	all := url.Values{"where": {"none|none"}, "month": {"2026-Q4"}, "reached": {"-1"}, "cost": {"1.250,00"}}
	for _, a := range reach.Activities {
		all.Set(a, "veel")
	}
	s := newStand(t, nil)
	w := s.post("/reach/notebook", all)
	html := w.Body.String()
	if w.Code != http.StatusUnprocessableEntity || len(s.notebook.entered) != 0 || !strings.Contains(html, "<title>Fout: Invullen") {
		t.Fatalf("%d, %d entries", w.Code, len(s.notebook.entered))
	}
	for _, name := range append([]string{"where", "month", "reached", "cost"}, reach.Activities...) {
		if !strings.Contains(html, `href="#`+name+`"`) || !strings.Contains(html, `id="`+name+`-wrong"`) || !strings.Contains(html, name+`-wrong"`) {
			t.Errorf("%s: its mistake is not said beside it", name)
		}
	}
	if n := strings.Count(html, `aria-invalid="true"`); n != 4+len(reach.Activities) {
		t.Errorf("%d fields are marked", n)
	}
	if !strings.Contains(html, `value="1.250,00"`) || !strings.Contains(html, `value="veel"`) {
		t.Error("what was written is gone")
	}

	for _, c := range [][2]string{
		{"where", ""}, {"where", "chatten-helpt"}, {"where", "chatten-helpt|"}, {"where", "chatten-helpt|none"}, {"where", "other|other"}, {"where", "chatten-helpt|poster|x"},
		{"month", ""}, {"month", "2026"}, {"month", "2027-01"}, {"month", "2020-01"}, {"month", "2026-W10"}, {"month", "9999-12"},
		{"reached", "1.000"}, {"reached", "1e3"}, {"reached", "+5"}, {"reached", "100000001"}, {"reached", "99999999999999999999999"}, {"reached", "٣"}, {"reached", "=1+1"},
		{"cost", "1,234"}, {"cost", "-1"}, {"cost", "12,"}, {"cost", ",50"}, {"cost", "1 250"}, {"cost", "999999999"}, {"cost", "1,5,0"}, {"cost", "<script>"},
		{"training", "10001"}, {"training", "0x10"}, {"meeting", "1,5"},
	} {
		s := newStand(t, nil)
		w := s.post("/reach/notebook", entry(c[0], c[1]))
		if w.Code != http.StatusUnprocessableEntity || len(s.notebook.entered) != 0 || !strings.Contains(w.Body.String(), `id="`+c[0]+`-wrong"`) {
			t.Errorf("%s %q: %d, entered %v", c[0], c[1], w.Code, s.notebook.entered)
		}
		if strings.Contains(w.Body.String(), "<script>") {
			t.Errorf("%s %q is not escaped", c[0], c[1])
		}
	}
}

func TestNotebookShows(t *testing.T) {
	s := newStand(t, nil)
	s.notebook.entered = []reach.Entered{
		{Campaign: "chatten-helpt", Channel: "instagram", Month: period(t, "2025-12"), Reached: 7},
		{Campaign: "chatten-helpt", Channel: "poster", Month: period(t, "2026-03"), CostCents: 61005, Activities: map[string]int64{"poster_round": 4}},
		{Campaign: "chatten-helpt", Channel: reach.Other, Month: period(t, "2026-11"), Reached: 48000, CostCents: 10},
	}
	html := s.ok(t, "/reach/notebook?where=chatten-helpt%7Cposter&month=2026-03")
	for _, want := range []string{"€\u00a0610,05", "Posterrondes: 4", "48.000", "hele campagne", `<option value="chatten-helpt|poster" selected>`, `<option value="2026-03" selected>`,
		`name="cost" value="610,05"`, `name="poster_round" value="4"`, `name="reached" value=""`, "year=2025"} {
		if !strings.Contains(html, want) {
			t.Errorf("no %s", want)
		}
	}
	if list := part(t, html, "entries-title"); strings.Contains(list, "december 2025") || strings.Index(list, "november 2026") > strings.Index(list, "maart 2026") {
		t.Errorf("not the newest year from its end: %s", list)
	}
	if html := s.ok(t, "/reach/notebook?year=2025&lang=en"); !strings.Contains(html, "December 2025") || strings.Contains(html, "March 2026</th>") {
		t.Errorf("%s", html)
	}
	for done, want := range map[string]string{"saved": "Bewaard.", "removed": "de regel is weg"} {
		if !strings.Contains(s.ok(t, "/reach/notebook?done="+done), want) {
			t.Errorf("does not say %q", want)
		}
	}
	none := newStand(t, func(c *Config) { c.Plan.Campaigns = nil })
	if html := none.ok(t, "/reach/notebook"); strings.Contains(html, "<form") || !strings.Contains(html, "niets in te vullen") {
		t.Errorf("%s", html)
	}
}

func TestNotebookAway(t *testing.T) {
	s := newStand(t, nil)
	s.notebook.err = errors.New("dial tcp 192.0.2.7:6379")
	if html := s.ok(t, "/reach/notebook"); !strings.Contains(html, "niet op te halen") || strings.Contains(html, "192.0.2.7") {
		t.Errorf("%s", html)
	}
	w := s.post("/reach/notebook", entry("reached", "4321"))
	if html := w.Body.String(); w.Code != http.StatusServiceUnavailable || !strings.Contains(html, `value="4321"`) || !strings.Contains(html, "Wat je invulde staat er nog") || strings.Contains(html, "192.0.2.7") {
		t.Errorf("%d %s", w.Code, html)
	}
	s.notebook.err = reach.ErrEntered
	if w := s.post("/reach/notebook", entry("reached", "4321")); w.Code != http.StatusUnprocessableEntity || !strings.Contains(w.Body.String(), `id="where-wrong"`) {
		t.Errorf("%d", w.Code)
	}
}

func TestNotebookBodies(t *testing.T) {
	s := newStand(t, nil)
	for body, want := range map[string]int{"a=%zz": 400, "a;b=1": 400, "where=" + strings.Repeat("a", 70<<10): 413} {
		r := httptest.NewRequest(http.MethodPost, "/reach/notebook", strings.NewReader(body))
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		w := httptest.NewRecorder()
		r.Body = http.MaxBytesReader(w, r.Body, 64<<10)
		s.ServeHTTP(w, r)
		if w.Code != want || w.Header().Get("Content-Type") != "application/problem+json" {
			t.Errorf("%.20s: %d, want %d", body, w.Code, want)
		}
	}
	// What stands in the address is no part of the form.
	if w := s.post("/reach/notebook?reached=5", entry("cost", "1")); w.Code != 303 || s.notebook.entered[0].Reached != 0 {
		t.Errorf("%d %+v", w.Code, s.notebook.entered)
	}
}

// FuzzAmounts holds that a number is either refused or the one that was written.
func FuzzAmounts(f *testing.F) {
	for _, s := range []string{"", "0", "1250", "1250,5", "1250.50", " €12,00 ", "1.250,00", "-3", "99999999999999999999", "1,2,3", "\xff"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		n, err := whole(s, reachedMost)
		if err == nil && (n < 0 || n > reachedMost) {
			t.Errorf("%q is %d", s, n)
		}
		c, err := cents(s)
		if err == nil && (c < 0 || c > costMost) {
			t.Errorf("%q is %d cents", s, c)
		}
		if err != nil || c == 0 {
			return
		}
		again, err := cents(written(dutch, reach.Entered{CostCents: c})["cost"])
		if err != nil || again != c {
			t.Errorf("%q: %d cents are written as %q", s, c, written(dutch, reach.Entered{CostCents: c})["cost"])
		}
		if n, err := strconv.ParseInt(strings.TrimSpace(s), 10, 64); err == nil && 100*n != c {
			t.Errorf("%q is %d cents", s, c)
		}
	})
}
