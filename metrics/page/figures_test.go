package page

import (
	"flag"
	"net/http"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"haven/metrics/reach"
)

var update = flag.Bool("update", false, "write the golden files")

// addresses are those of all figures that a stand has.
var addresses = []string{
	"/reach", "/reach?span=week", "/reach?span=month", "/reach?span=quarter", "/reach?span=year", "/reach?period=2026-W47",
	"/reach?period=2026-09", "/reach?period=2026-Q3", "/reach?period=2025&lang=en", "/reach?period=2026-10&campaign=chatten-helpt",
	"/reach?span=week&period=2026-W47&lang=nl",
}

func TestGolden(t *testing.T) {
	s := newStand(t, nil)
	for name, at := range map[string]string{"month": "/reach?period=2026-10", "year-en": "/reach?period=2025&lang=en"} {
		file, got := "testdata/"+name+".html", s.ok(t, at)
		if *update {
			if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
				t.Fatal(err)
			}
		}
		want, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if string(want) != got {
			t.Errorf("%s is not %s; look at the difference after -update", at, file)
		}
	}
}

// Whatever figures are under their threshold, the page is the same to the byte: nothing of them gets out, not in a
// sentence, not in a drawing.
func TestNothingUnderTheThreshold(t *testing.T) {
	page := func(n int64) *stand {
		s := newStand(t, nil)
		s.releases = reach.NewReleases(sealed(t, plan(t), func(_ reach.Table, _ reach.Period, c reach.Cell) int64 {
			if len(c)%2 == 0 {
				return n
			}
			return -n
		}, nil), nil)
		return s
	}
	none, few := page(0), page(1)
	for _, at := range addresses {
		a, b := none.ok(t, at), few.ok(t, at)
		if a != b {
			t.Errorf("%s tells two figures under the threshold apart", at)
		}
		if !strings.Contains(a, "minder dan") && !strings.Contains(a, "fewer than") {
			t.Errorf("%s has no figure under the threshold", at)
		}
	}
	for _, minus := range []string{"−", ">-1", " -"} {
		if strings.Contains(part(t, few.ok(t, "/reach"), "kort"), minus+"1") {
			t.Error("a figure below nothing")
		}
	}
}

// Every noisy figure that is shown has its interval behind it.
func TestEveryFigureHasItsInterval(t *testing.T) {
	s := newStand(t, nil)
	cell := regexp.MustCompile(`<td>(.*?)</td>`)
	exact := regexp.MustCompile(`^<span>[0-9]`)
	for _, at := range addresses {
		html := s.ok(t, at)
		for _, id := range []string{"kort", "campagnes", "verloop", "lijnen", "uitkomsten", "doorverwezen", "onderwerpen", "niet-bereikt"} {
			for _, c := range cell.FindAllStringSubmatch(part(t, html, id), -1) {
				if exact.MatchString(c[1]) && !strings.Contains(c[1], `class="plus">±`) {
					t.Errorf("%s, %s: %s", at, id, c[1])
				}
			}
		}
	}
}

func TestEveryPageSays(t *testing.T) {
	s := newStand(t, nil)
	for _, at := range addresses {
		html := s.ok(t, at)
		why := "daarom tellen delen niet precies op tot hun totaal"
		if strings.Contains(at, "lang=en") {
			why = "so parts do not add up to their total exactly"
		}
		if !strings.Contains(html, why) {
			t.Errorf("%s does not say why sums differ", at)
		}
		if strings.Contains(html, "erzonnen") || strings.Contains(html, "invented") {
			t.Errorf("%s calls real figures an example", at)
		}
		if strings.Contains(html, "<no value>") || strings.Contains(html, "%!") || strings.Contains(html, "ZgotmplZ") {
			t.Errorf("%s has a hole", at)
		}
		for _, bad := range []string{" style=", "<style", "<script>", " onclick=", "javascript:"} {
			if strings.Contains(html, bad) {
				t.Errorf("%s has %q, which the policy forbids", at, bad)
			}
		}
		ids := regexp.MustCompile(` id="([^"]*)"`).FindAllStringSubmatch(html, -1)
		seen := map[string]bool{}
		for _, id := range ids {
			if seen[id[1]] {
				t.Errorf("%s has %s twice", at, id[1])
			}
			seen[id[1]] = true
		}
	}
}

func TestSectionsBySpan(t *testing.T) {
	s := newStand(t, nil)
	for _, c := range []struct{ at, id, has string }{
		{"/reach?period=2026-10", "kort", "Van bezoek naar gesprek"},
		{"/reach?period=2026-10", "campagnes", "Instagram"},
		{"/reach?period=2026-10", "campagnes", "Den Haag"},
		{"/reach?period=2026-10", "uitkomsten", "Bekijk 2025"},
		{"/reach?period=2026-10", "onderwerpen", "Bekijk 2025"},
		{"/reach?period=2026-10", "niet-bereikt", "Bekijk 3e kwartaal van 2026"},
		{"/reach?period=2026-10", "bereikbaarheid", "buiten de privacygrens"},
		{"/reach?period=2026-W47", "bereikbaarheid", "Bekijk oktober 2026"},
		{"/reach?period=2026-W47", "verloop", "week 46 van 2026"},
		{"/reach?period=2026-Q3", "niet-bereikt", "<svg"},
		{"/reach?period=2025", "uitkomsten", "Meldingen"},
		{"/reach?period=2025", "uitkomsten", "Ouder betrokken"},
		{"/reach?period=2025", "onderwerpen", "Seksuele uitbuiting"},
		{"/reach?period=2025&campaign=chatten-helpt", "uitkomsten", "nooit bij een campagne"},
		{"/reach?period=2025&lang=en", "niet-bereikt", "fewer than"},
	} {
		if p := part(t, s.ok(t, c.at), c.id); !strings.Contains(p, c.has) {
			t.Errorf("%s, %s: no %q in %.400s", c.at, c.id, c.has, p)
		}
	}
}

// A week in which next to nothing came says so in words, and leads to a longer time.
func TestAWeekThatSaysNothing(t *testing.T) {
	s := newStand(t, nil)
	s.releases = reach.NewReleases(sealed(t, plan(t), func(_ reach.Table, p reach.Period, _ reach.Cell) int64 {
		if p.Span == reach.Week {
			return 0
		}
		return 50
	}, nil), nil)
	week := part(t, s.ok(t, "/reach?span=week"), "kort")
	if !strings.Contains(week, "zeggen deze cijfers niets") || !strings.Contains(week, "period=2026-") {
		t.Errorf("%.600s", week)
	}
	if month := part(t, s.ok(t, "/reach?span=month"), "kort"); strings.Contains(month, "zeggen deze cijfers niets") || !strings.Contains(month, "keer geopend") {
		t.Errorf("%.600s", month)
	}
}

// The margins that were promised are those of one figure by itself: see TestFiguresOfTheIssueAsPrinted.
func TestMargins(t *testing.T) {
	s := newStand(t, nil)
	for at, want := range map[string]string{
		"/reach?period=2025":    "bezoeken ±\u00a05 (ε = 3/5), uitkomsten ±\u00a04 (ε = 3/4), doorverwijzingen ±\u00a012 (ε = 1/4), onderwerpen ±\u00a012 (ε = 1/4), niet bereikt ±\u00a05 (ε = 3/5).",
		"/reach?period=2026-10": "in dit tijdvak: bezoeken ±\u00a012 (ε = 1/4). Een optelling",
	} {
		if p := part(t, s.ok(t, at), "lezen"); !strings.Contains(p, want) || !strings.Contains(p, "nooit meer weg dan ε = 9/4.") {
			t.Errorf("%s: %s", at, p)
		}
	}
}

func TestWhatWasNotCounted(t *testing.T) {
	s := newStand(t, nil)
	s.releases = reach.NewReleases(sealed(t, plan(t), invented, func(r *reach.Release) {
		r.Since, r.LostDays, r.Back = r.Period.From+2, 3, true
	}), nil)
	for id, at := range map[string]string{"kort": "/reach?period=2026-10", "uitkomsten": "/reach?period=2025", "doorverwezen": "/reach?period=2025", "onderwerpen": "/reach?period=2025", "niet-bereikt": "/reach?period=2025"} {
		p := part(t, s.ok(t, at), id)
		if !strings.Contains(p, "Er werd geteld vanaf 3 ") || !strings.Contains(p, "3 dagtellingen van servers gingen verloren") ||
			!strings.Contains(p, "een oude kopie van de tellingen") {
			t.Errorf("%s: %.500s", id, p)
		}
	}
	if p := part(t, s.ok(t, "/reach?period=2025"), "bereikbaarheid"); !strings.Contains(p, "niet vastgelegd") {
		t.Errorf("%s", p)
	}
}

func TestWhatWasEmptiedIsSaid(t *testing.T) {
	s := newStand(t, nil)
	s.releases = reach.NewReleases(sealed(t, plan(t), invented, func(r *reach.Release) { r.Emptied = r.Period.From }), nil)
	for id, at := range map[string]string{"kort": "/reach?period=2026-10", "uitkomsten": "/reach?period=2025"} {
		p := part(t, s.ok(t, at), id)
		if !strings.Contains(p, "Er werd geteld vanaf 1 ") || !strings.Contains(p, "leeg waren gemaakt: wat daarvoor geteld was, is weg.") {
			t.Errorf("%s: %.500s", id, p)
		}
	}
	if p := s.ok(t, "/reach?period=2026-10"); !strings.Contains(p, "niet volledig geteld") {
		t.Error("the months beside one another pass for whole")
	}
}

func TestALostLedgerIsSaid(t *testing.T) {
	lost := false
	s := newStand(t, func(c *Config) { c.Lost = func() bool { return lost } })
	for _, want := range []bool{false, true} {
		lost = want
		if said := strings.Contains(s.ok(t, "/reach"), `id="lost"`); said != want {
			t.Errorf("lost %v: said %v", want, said)
		}
	}
}

// Invented figures are marked wherever a figure of them is.
func TestExample(t *testing.T) {
	s := newStand(t, nil)
	ts := totals(t)
	for i := range ts {
		ts[i].Example = true
	}
	s.releases = reach.NewReleases(sealed(t, plan(t), invented, func(r *reach.Release) { r.Example = true }), ts)
	for _, at := range addresses {
		html := s.ok(t, at)
		for _, id := range []string{"kort", "campagnes", "verloop", "lijnen", "uitkomsten", "doorverwezen", "onderwerpen", "niet-bereikt", "bereikbaarheid"} {
			p := part(t, html, id)
			if figures := strings.Contains(p, "<svg"); figures != strings.Contains(p, `class="badge example"`) {
				t.Errorf("%s, %s: figures %v, and marked the other way", at, id, figures)
			}
		}
	}
}

func TestSmallLinesHaveNoServiceLevelsOfTheirOwn(t *testing.T) {
	s := newStand(t, func(c *Config) { c.Lines[0].Small, c.Lines[1].Small = true, true })
	p := part(t, s.ok(t, "/reach?period=2026-10"), "bereikbaarheid")
	if strings.Contains(p, "JIP") || strings.Contains(p, "SHOP") || !strings.Contains(p, "Fier") || !strings.Contains(p, "Kleine lijnen staan alleen in het totaal") {
		t.Errorf("%s", p)
	}
	if !strings.Contains(p, ">363<") { // 120 + 121 + 122
		t.Errorf("the total is not that of all lines: %s", p)
	}
}

// TestNoExactFigureUnderTheFloor: whatever a quiet line's few chats were, the page is the same to the byte, as long as all
// lines together are, and the line from which they would follow is left out too.
func TestNoExactFigureUnderTheFloor(t *testing.T) {
	page := func(shop, bucket int64) string {
		s := newStand(t, nil)
		ts := totals(t)
		for i := range ts {
			if ts[i].Month.String() != "2026-10" || ts[i].Line == "jip" {
				continue
			}
			n := shop
			if ts[i].Line == "fier" {
				n = 60 - shop
			}
			ts[i].Arrived, ts[i].Answered, ts[i].Within = n, n, n
			ts[i].Waits = make([]int64, len(reach.WaitBounds)+1)
			ts[i].Waits[bucket] = n
			if ts[i].Line == "fier" {
				ts[i].Waits[bucket], ts[i].Waits[3] = 5-shop, 55
			}
		}
		s.releases = reach.NewReleases(sealed(t, plan(t), invented, nil), ts)
		return s.ok(t, "/reach?period=2026-10")
	}
	one := page(1, 6)
	if p := part(t, one, "bereikbaarheid"); !strings.Contains(p, ">minder dan 10<") || !strings.Contains(p, ">te weinig<") || !strings.Contains(p, ">niet apart<") ||
		!strings.Contains(p, ">180<") || strings.Contains(p, "90\u00a0s<") || !strings.Contains(p, "SHOP") {
		t.Errorf("%s", p)
	}
	for _, n := range []int64{0, 5} {
		if page(n, 6) != one {
			t.Errorf("%d chats and one are told apart", n)
		}
	}
}

func TestServiceLevels(t *testing.T) {
	s := newStand(t, nil)
	p := part(t, s.ok(t, "/reach?period=2026-10"), "bereikbaarheid")
	for _, want := range []string{"83\u00a0%", "95\u00a0%", "94\u00a0%", "binnen 2\u00a0min", "<span>20\u00a0s</span>", "<span>2\u00a0min</span>", "150\u00a0uur", "160\u00a0uur"} {
		if !strings.Contains(p, want) {
			t.Errorf("no %q in %s", want, p)
		}
	}
	if p := part(t, s.ok(t, "/reach?period=2025"), "bereikbaarheid"); strings.Contains(p, "ontbreken") || !strings.Contains(p, "3.600") {
		t.Errorf("%s", p)
	}
}

func TestCampaignThatLeft(t *testing.T) {
	old := plan(t)
	old.Campaigns = append(old.Campaigns, reach.Campaign{Name: "veilig-thuis", Channels: []reach.Channel{{Name: "flyer", Medium: reach.Offline}}})
	s := newStand(t, nil)
	s.releases = reach.NewReleases(sealed(t, old, invented, nil), nil)
	p := part(t, s.ok(t, "/reach?period=2026-10"), "campagnes")
	if !strings.Contains(p, ">veilig-thuis<") || strings.Contains(p, "campaign=veilig-thuis") {
		t.Errorf("%s", p)
	}
}

// Names come from a closed pattern, and are escaped all the same.
func TestNamesAreEscaped(t *testing.T) {
	const bad = `"><script>alert(1)</script>`
	s := newStand(t, func(c *Config) {
		c.Plan.Lines[0], c.Plan.Topics[0], c.Lines[0].Name = bad, bad, bad
		c.Plan.Campaigns[0] = reach.Campaign{Name: bad, Municipality: bad, Lines: []string{bad}, Channels: []reach.Channel{{Name: bad, Medium: reach.Online}}}
	})
	s.views[0].Line = bad
	s.releases = reach.NewReleases(sealed(t, s.cfg.Plan, invented, nil), nil)
	s.notebook.entered = []reach.Entered{{Campaign: bad, Channel: bad, Month: period(t, "2026-10"), Reached: 1}}
	for _, at := range append(slices.Clone(addresses[:5]), "/reach/links", "/reach/notebook", "/reach?period=%22%3E%3Cscript%3E", "/reach/%3Cscript%3E") {
		if html := s.get(at).Body.String(); strings.Contains(html, "<script>") {
			t.Errorf("%s: not escaped", at)
		}
	}
}

func TestBadAddresses(t *testing.T) {
	s := newStand(t, nil)
	for at, want := range map[string]int{
		"/reach?period=2026-13": 400, "/reach?period=week": 400, "/reach?period=2026-W54": 400, "/reach?span=day": 400,
		"/reach?span=week&period=2026-10": 400, "/reach?lang=de": 400, "/reach?period=2026-11": 404, "/reach?period=2026": 404,
		"/reach?period=1999-01": 404, "/reach?period=9999": 404, "/reach?campaign=other": 404, "/reach?campaign=none": 404,
		"/reach?campaign=Chatten": 404, "/reach?campaign=%00": 404, "/reach/nothing": 404, "/reach/board/": 404, "/reach/": 404,
		"/reach/links?lang=fr": 400, "/reach/notebook?lang=": 200, "/reach?unknown=1": 200, "/reach?period=&span=&campaign=&lang=": 200,
	} {
		w := s.get(at)
		if w.Code != want || w.Header().Get("Content-Type") != "text/html; charset=utf-8" || want != 200 && !strings.Contains(w.Body.String(), "<h1>") {
			t.Errorf("%s: %d %s, want %d", at, w.Code, w.Header().Get("Content-Type"), want)
		}
	}
	if b := s.get("/reach?period=2026-11").Body.String(); !strings.Contains(b, "donderdag 3 december 2026") {
		t.Errorf("does not say when November is sealed: %s", b)
	}
	if b := s.get("/reach?period=1999-01").Body.String(); !strings.Contains(b, "nog niet geteld") {
		t.Errorf("%s", b)
	}
}

func TestMethods(t *testing.T) {
	s := newStand(t, nil)
	for _, at := range []string{"/reach", "/reach/links", "/reach/notebook", "/reach/board", "/reach/poster?campaign=chatten-helpt&channel=poster", "/reach/poster.css"} {
		get := s.get(at)
		r, _ := http.NewRequest(http.MethodHead, at, nil)
		head := s.do(r)
		if head.Code != 200 || head.Body.Len() != 0 || head.Header().Get("Content-Length") != get.Header().Get("Content-Length") || get.Body.Len() == 0 {
			t.Errorf("HEAD %s: %d, %d bytes, %v", at, head.Code, head.Body.Len(), head.Header())
		}
		for _, method := range []string{"POST", "PUT", "DELETE", "PATCH", "OPTIONS"} {
			if method == "POST" && at == "/reach/notebook" {
				continue
			}
			r, _ := http.NewRequest(method, at, nil)
			w := s.do(r)
			allow := "GET, HEAD"
			if at == "/reach/notebook" {
				allow += ", POST"
			}
			if w.Code != 405 || w.Header().Get("Allow") != allow || w.Header().Get("Content-Type") != "application/problem+json" {
				t.Errorf("%s %s: %d %v", method, at, w.Code, w.Header())
			}
		}
	}
}

// The first day: what is not there yet is said with the day on which it will be.
func TestNothingSealed(t *testing.T) {
	s := newStand(t, nil)
	s.releases = reach.NewReleases(nil, nil)
	for _, at := range []string{"/reach", "/reach?span=year", "/reach?span=week"} {
		html := s.ok(t, at)
		for _, want := range []string{"Er zijn nog geen cijfers", "Week 49 van 2026 (30 november tot en met 6 december 2026) staat hier vanaf woensdag 9 december 2026",
			"December 2026 staat hier vanaf zondag 3 januari 2027", "data-line=\"jip\""} {
			if !strings.Contains(html, want) {
				t.Errorf("%s: no %q", at, want)
			}
		}
	}
	if html := s.ok(t, "/reach?lang=en"); !strings.Contains(html, "Week 49 of 2026 (30 November to 6 December 2026) is here from Wednesday 9 December 2026") {
		t.Errorf("%s", html)
	}
	if w := s.get("/reach?period=2026-10"); w.Code != 404 {
		t.Errorf("%d", w.Code)
	}
}

func TestNavigationKeepsLanguage(t *testing.T) {
	s := newStand(t, nil)
	html := s.ok(t, "/reach?period=2026-09&campaign=chatten-helpt&lang=en")
	href := regexp.MustCompile(`href="(/reach[^"]*)"`)
	n := 0
	for _, m := range href.FindAllStringSubmatch(html, -1) {
		if english := strings.Contains(m[1], "lang=en"); !english {
			n++
		}
	}
	if n != 1 { // the way to Dutch
		t.Errorf("%d links lose the language", n)
	}
	if !strings.Contains(html, `hreflang="nl">Nederlands`) || !strings.Contains(html, `<html lang="en"`) || !strings.Contains(html, `name="lang" value="en"`) {
		t.Error("the page is not English in all its parts")
	}
	if strings.Contains(html, "Pagina geopend") {
		t.Error("Dutch words in English")
	}
}

func BenchmarkFigures(b *testing.B) {
	of := plan(b)
	for i := range 19 {
		c := of.Campaigns[0]
		c.Name += string(rune('a' + i))
		for _, n := range []string{"a", "b", "c"} {
			c.Channels = append(c.Channels, reach.Channel{Name: n, Medium: reach.Online})
		}
		of.Campaigns = append(of.Campaigns, c)
	}
	s := newStand(b, func(c *Config) { c.Plan = of })
	s.releases = reach.NewReleases(sealed(b, of, invented, nil), totals(b))
	for b.Loop() {
		s.ok(b, "/reach?period=2025")
		s.ok(b, "/reach?period=2026-10")
	}
}

func FuzzAddress(f *testing.F) {
	s := newStand(f, nil)
	for _, at := range []string{"period=2026-10", "span=week&lang=en", "campaign=chatten-helpt", "period=2026-W47&span=week", "%zz", "a=%ff&period=%00"} {
		f.Add(at)
	}
	f.Fuzz(func(t *testing.T, q string) {
		r, err := http.NewRequest(http.MethodGet, "/reach", nil)
		if err != nil {
			t.Fatal(err)
		}
		r.URL.RawQuery = q
		if w := s.do(r); w.Code != 200 && w.Code != 400 && w.Code != 404 {
			t.Errorf("%q: %d", q, w.Code)
		}
	})
}
