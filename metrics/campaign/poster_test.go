package campaign

import (
	"bytes"
	"encoding/xml"
	"errors"
	"io"
	"regexp"
	"strings"
	"testing"
)

var example = Poster{
	Origin: "https://chat.example.nl", Campaign: "chatten-helpt", Channel: "poster", Line: "fier", Lang: "nl",
	Open: []Open{{"fier", []string{"elke dag 18.00 – 6.00 uur"}}, {"jip-zuid", []string{"maandag", "dinsdag"}}},
}

func html(t *testing.T, p Poster) string {
	t.Helper()
	var b bytes.Buffer
	if err := PosterHTML(&b, p); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func TestPosterSays(t *testing.T) {
	dutch, english := example, example
	english.Lang = "en"
	for _, tt := range []struct {
		p    Poster
		want []string
	}{
		{dutch, []string{`<html lang="nl">`, "<title>chatten-helpt poster fier nl</title>", "Praten over iets?", "Chat anoniem.",
			"Niemand vraagt wie je bent.", "<b>chat.example.nl</b>", "<dt>Fier</dt><dd>elke dag 18.00 – 6.00 uur</dd>",
			"<dt>jip zuid</dt><dd>maandag<br>dinsdag</dd>", "Bel <b>112</b>", "size: A4"}},
		{english, []string{`<html lang="en">`, "Chat anonymously.", "Nobody asks who you are.", "<b>chat.example.nl</b>", "Call <b>112</b>"}},
	} {
		page := html(t, tt.p)
		for _, want := range tt.want {
			if !strings.Contains(page, want) {
				t.Errorf("%s: %q is missing", tt.p.Lang, want)
			}
		}
		// Whoever types the address has not been sent by the campaign.
		if strings.Contains(page, "#c=") {
			t.Error("the link stands on the page in words")
		}
	}
}

// The code on the page and the one by itself are that of the link.
func TestPosterCodes(t *testing.T) {
	var svg bytes.Buffer
	if err := PosterSVG(&svg, example); err != nil {
		t.Fatal(err)
	}
	code, err := QR(example.Link())
	if err != nil {
		t.Fatal(err)
	}
	drawn := regexp.MustCompile(` d="(M4 [^"]+)"`)
	for name, made := range map[string]string{"HTML": html(t, example), "SVG": svg.String()} {
		found := drawn.FindAllStringSubmatch(made, -1)
		if len(found) != 1 {
			t.Errorf("%s has %d codes", name, len(found))
			continue
		}
		if got, err := scan(Code{Side: code.Side, Path: found[0][1]}); err != nil || got.text != example.Link() {
			t.Errorf("%s: read %q, %v", name, got.text, err)
		}
	}
	d := xml.NewDecoder(&svg)
	for {
		if _, err := d.Token(); err == io.EOF {
			break
		} else if err != nil {
			t.Fatalf("not XML: %v", err)
		}
	}
}

// A page under style-src 'self' has no style of its own; one in a file has nothing else.
func TestPosterStyle(t *testing.T) {
	inFile, served := html(t, example), example
	served.Stylesheet = "/assets/reach/poster.css"
	page := html(t, served)
	if !strings.Contains(inFile, "<style>") || strings.Contains(inFile, "<link") || !strings.Contains(inFile, StyleSheet) {
		t.Error("the file is not whole")
	}
	if strings.Contains(page, "<style") || !strings.Contains(page, `<link rel="stylesheet" href="/assets/reach/poster.css">`) {
		t.Error("the served page has its style in it")
	}
	for _, p := range []string{inFile, page} {
		for _, no := range []string{"<script", "style=", " on", "http://", "url("} {
			if no != " on" && strings.Contains(p, no) || no == " on" && regexp.MustCompile(`<[^>]* on[a-z]+=`).MatchString(p) {
				t.Errorf("%q stands in it", no)
			}
		}
	}
}

func TestPosterOfManyHours(t *testing.T) {
	many := example
	many.Open = []Open{{"jip", make([]string, maxRows+1)}}
	if page := html(t, many); strings.Contains(page, "<dl>") || !strings.Contains(page, "Op de site zie je wie er nu open is.") {
		t.Error("more hours than there is room for")
	}
	many.Open = nil
	if page := html(t, many); strings.Contains(page, "Wanneer") {
		t.Error("a heading over no hours")
	}
}

func TestPosterRefusals(t *testing.T) {
	for _, tt := range []struct {
		change func(*Poster)
		want   string
	}{
		{func(p *Poster) { p.Origin = "" }, "needs an origin"},
		{func(p *Poster) { p.Campaign = "" }, "needs an origin, a campaign"},
		{func(p *Poster) { p.Channel = "" }, "a channel"},
		{func(p *Poster) { p.Lang = "fy" }, "speaks nl or en"},
		{func(p *Poster) { p.Origin += strings.Repeat("x", 3000) }, "too many for a QR code"},
	} {
		p := example
		tt.change(&p)
		for _, write := range []func(io.Writer, Poster) error{PosterHTML, PosterSVG} {
			var b bytes.Buffer
			if err := write(&b, p); err == nil || !strings.Contains(err.Error(), tt.want) || b.Len() > 0 {
				t.Errorf("got %v and %d bytes, want %s", err, b.Len(), tt.want)
			}
		}
	}
}

// A printer that is out of paper is told of.
func TestPosterNotWritten(t *testing.T) {
	for _, write := range []func(io.Writer, Poster) error{PosterHTML, PosterSVG} {
		if err := write(full{}, example); !errors.Is(err, io.ErrShortWrite) {
			t.Errorf("got %v", err)
		}
	}
}

type full struct{}

func (full) Write([]byte) (int, error) { return 0, io.ErrShortWrite }
