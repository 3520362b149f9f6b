package main

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/page"

	"haven/metrics/campaign"
)

// TestPosterInTheBrowser prints the posters: one page each, nothing cut off, a code that is large enough, and no fault
// that axe knows, both as one file and as a page under the policy of the others.
func TestPosterInTheBrowser(t *testing.T) {
	c := openChromium(t)
	cfg, err := parseConfig("haven.yaml", exampleConfig)
	if err != nil {
		t.Fatal(err)
	}
	const longest = "https://chat-over-wat-je-kwijt-wilt.jongeren.gemeente-den-haag.example.nl"
	posters := map[string]campaign.Poster{
		"poster nl":      cfg.poster("https://chat.example.nl", "chatten-helpt", "poster", "", "nl"),
		"poster en":      cfg.poster("https://chat.example.nl", "chatten-helpt", "poster", "", "en"),
		"poster of fier": cfg.poster("https://chat.example.nl", "chatten-helpt", "gastles", "fier", "nl"),
		"poster, full":   cfg.poster(longest, "chatten-helpt", "poster", "", "en"),
	}
	full := posters["poster, full"]
	full.Open = append(full.Open, campaign.Open{Line: "een-lijn-met-een-lange-naam", Days: full.Open[0].Days})
	posters["poster, full"] = full

	mux := http.NewServeMux()
	mux.HandleFunc("/poster.css", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/css")
		fmt.Fprint(w, campaign.StyleSheet)
	})
	// A file has no server that could be asked for an icon.
	mux.HandleFunc("/favicon.ico", func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusNoContent) })
	for name, p := range posters {
		mux.HandleFunc("/file/"+slug(name), func(w http.ResponseWriter, _ *http.Request) {
			if err := campaign.PosterHTML(w, p); err != nil {
				t.Error(err)
			}
		})
		p.Stylesheet = "/poster.css"
		mux.HandleFunc("/page/"+slug(name), func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Security-Policy", "default-src 'none'; style-src 'self'; img-src 'self'")
			if err := campaign.PosterHTML(w, p); err != nil {
				t.Error(err)
			}
		})
	}
	s := httptest.NewServer(mux)
	defer s.Close()

	for name := range posters {
		for _, way := range []string{"/file/", "/page/"} {
			p := c.open(name+way, nil)
			p.looksLike(860, 1200, "light")
			p.goTo(s.URL + way + slug(name))
			if over := js[float64](p, `(m => Math.max(m.scrollHeight - m.clientHeight, m.scrollWidth - m.clientWidth))(document.querySelector('main'))`); over > 0 {
				t.Errorf("%s: %v px do not fit on the page", p.name, over)
			}
			// The dark part of the code: its quiet zone is no more than 8 of 41 modules.
			if mm := js[float64](p, `document.querySelector('.code').getBoundingClientRect().width * 25.4 / 96 * 33 / 41`); mm < 60 {
				t.Errorf("%s: the code is %v mm wide", p.name, mm)
			}
			for _, f := range p.faults(p.besides(), "light") {
				t.Errorf("%s: %s", p.name, f)
			}
			p.picture(slug(name + way))
			yes := true
			pdf := ask(p, page.PrintToPDF, page.PrintToPDFParams{PreferCSSPageSize: &yes, PrintBackground: &yes}).Data
			if pages := regexp.MustCompile(`/Type\s*/Page\b`).FindAll(pdf, -1); len(pages) != 1 {
				t.Errorf("%s: %d pages", p.name, len(pages))
			}
			if !regexp.MustCompile(`/MediaBox \[0 0 59[45][.0-9]* 84[12]`).Match(pdf) {
				t.Errorf("%s: not A4", p.name)
			}
		}
	}
}

func slug(name string) string { return strings.NewReplacer(" ", "-", ",", "", "/", "-").Replace(name) }
