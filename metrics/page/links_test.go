package page

import (
	"strings"
	"testing"
)

func TestLinks(t *testing.T) {
	s := newStand(t, nil)
	html := s.ok(t, "/reach/links")
	for _, want := range []string{
		"<code>https://chat.example/#c=chatten-helpt.instagram</code>", "<code>https://chat.example/#c=chatten-helpt.poster&amp;l=jip</code>",
		`href="/reach/poster?campaign=chatten-helpt&amp;channel=poster&amp;line=fier"`, `href="/reach/qr.svg?campaign=chatten-helpt&amp;channel=instagram"`,
		"Gemeente: Den Haag",
	} {
		if !strings.Contains(html, want) {
			t.Errorf("no %s", want)
		}
	}
	if html := s.ok(t, "/reach/links?lang=en"); !strings.Contains(html, "line=fier") || !strings.Contains(html, "lang=en") || !strings.Contains(html, "Own choice") {
		t.Errorf("%s", html)
	}
	none := newStand(t, func(c *Config) { c.Plan.Campaigns = nil })
	if html := none.ok(t, "/reach/links"); !strings.Contains(html, "Er zijn nog geen campagnes") {
		t.Errorf("%s", html)
	}
}

func TestPosters(t *testing.T) {
	s := newStand(t, nil)
	const of = "?campaign=chatten-helpt&channel=poster"
	for at, want := range map[string][]string{
		"/reach/poster" + of:                {`href="/reach/poster.css"`, `<html lang="nl">`, "dag en nacht", "chat.example"},
		"/reach/poster" + of + "&lang=en":   {`<html lang="en">`, "day and night"},
		"/reach/poster" + of + "&line=jip":  {"JIP"},
		"/reach/qr.svg" + of + "&line=fier": {"<title>https://chat.example/#c=chatten-helpt.poster&amp;l=fier</title>"},
		"/reach/poster.css":                 {".poster"},
	} {
		html := s.ok(t, at)
		for _, w := range want {
			if !strings.Contains(html, w) {
				t.Errorf("%s: no %s", at, w)
			}
		}
		if strings.Contains(html, "<style") {
			t.Errorf("%s has a style in it, which the policy forbids", at)
		}
	}
	if strings.Contains(s.ok(t, "/reach/poster"+of+"&line=jip"), "Fier") {
		t.Error("a poster of one line names another")
	}
	w := s.get("/reach/qr.svg" + of + "&line=fier")
	if w.Header().Get("Content-Type") != "image/svg+xml" || w.Header().Get("Content-Disposition") != `attachment; filename="chatten-helpt-poster-fier.svg"` {
		t.Errorf("%v", w.Header())
	}
	for _, q := range []string{"", "?campaign=chatten-helpt", "?campaign=none&channel=none", "?campaign=chatten-helpt&channel=other", of + "&line=oefenen",
		of + "&line=nowhere", "?campaign=chatten-helpt&channel=poster%0d%0a", of + "&lang=de"} {
		page, code := s.get("/reach/poster"+q), s.get("/reach/qr.svg"+q)
		if page.Code/100 != 4 || !strings.Contains(page.Body.String(), "<h1>") {
			t.Errorf("poster%s: %d", q, page.Code)
		}
		if code.Code != 404 || code.Header().Get("Content-Type") != "application/problem+json" {
			t.Errorf("code%s: %d", q, code.Code)
		}
	}
}

func TestConstructor(t *testing.T) {
	good := newStand(t, nil).cfg
	for what, spoil := range map[string]func(*Config){
		"plan": func(c *Config) { c.Plan = nil }, "releases": func(c *Config) { c.Releases = nil }, "notebook": func(c *Config) { c.Notebook = nil },
		"board": func(c *Config) { c.Board = nil }, "origin": func(c *Config) { c.Origin = "" },
	} {
		c := good
		spoil(&c)
		if _, err := New(c); err == nil {
			t.Errorf("without a %s", what)
		}
	}
	c := good
	c.Now = nil
	p, err := New(c)
	if err != nil || p.cfg.Now == nil {
		t.Errorf("the clock is needed: %v", err)
	}
}
