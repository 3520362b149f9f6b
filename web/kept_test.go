package web

import (
	"bytes"
	"strings"
	"testing"

	"haven/routing"
)

func TestKeptPage(t *testing.T) {
	strange := routing.Kept{Place: routing.InChats, Key: "<prefix>:{<chat>}:state", Field: "<b>", About: routing.AboutYouth,
		NL: "een \"woord\" & <script>alert(1)</script>", EN: "a word", EndsNL: "morgen", EndsEN: "tomorrow", Example: "1"}
	phone := routing.Kept{Place: routing.OnPhone, Key: "sessionStorage s", About: routing.AboutYouth, NL: "op je telefoon zelf", EN: "on the phone itself", EndsNL: "straks", EndsEN: "soon"}
	h := testHouse(t, Config{Kept: []routing.Kept{strange, phone}})
	for path, want := range map[string][]string{
		"/kept":    {`lang="nl"`, "Wat bewaren wij?", "een &#34;woord&#34; &amp; &lt;script&gt;", "morgen", "op je telefoon zelf", "&lt;b&gt;", `href="/kept/en"`},
		"/kept/en": {`lang="en"`, "What do we keep?", "a word", "tomorrow", "on the phone itself", `href="/kept"`},
	} {
		r := ask(h, "GET", path, "")
		page := text(t, r)
		if r.StatusCode != 200 || r.Header.Get("Content-Type") != "text/html; charset=utf-8" {
			t.Errorf("%s: %d, %s", path, r.StatusCode, r.Header.Get("Content-Type"))
		}
		if p := policies(r); p["script-src"] != "'self'" || p["form-action"] != "'none'" {
			t.Errorf("%s: policy %v", path, p)
		}
		for _, w := range want {
			if !strings.Contains(page, w) {
				t.Errorf("%s has no %q", path, w)
			}
		}
		if strings.Contains(page, "<script") || strings.Contains(page, "style=") || strings.Count(page, "<table>") != 2 {
			t.Errorf("%s has a script, a style of its own, or not two tables", path)
		}
		if again := text(t, ask(h, "GET", path, "", "Cookie", "haven_staff=x", "Sec-Fetch-Site", "cross-site")); again != page {
			t.Errorf("%s depends on who asks", path)
		}
		if r := ask(h, "HEAD", path, ""); r.StatusCode != 200 || text(t, r) != "" {
			t.Errorf("HEAD %s: %d", path, r.StatusCode)
		}
		if r := ask(h, "POST", path, ""); r.StatusCode != 405 || r.Header.Get("Allow") != "GET, HEAD" {
			t.Errorf("POST %s: %d", path, r.StatusCode)
		}
		if r := ask(h, "GET", path, "", "Accept-Encoding", "gzip"); r.Header.Get("Content-Encoding") != "gzip" {
			t.Errorf("%s is not compressed", path)
		}
	}
}

// TestKeptPassesTheAirlock: the path does, and what stands behind it to tell people apart does not.
func TestKeptPassesTheAirlock(t *testing.T) {
	for _, path := range []string{"/kept", "/kept/en"} {
		out, _, status := rewrite(nil, []byte("GET "+path+"?from=school HTTP/1.1\r\nHost: chat.example\r\nCookie: haven_staff=x\r\n\r\n"))
		if status != 0 || !bytes.HasPrefix(out, []byte("GET "+path+" HTTP/1.1\r\n")) || bytes.Contains(out, []byte("school")) || bytes.Contains(out, []byte("Cookie")) {
			t.Errorf("%d %q", status, out)
		}
	}
}

// TestKeptWords: both languages say as much, and every entry of a place or subject has a table.
func TestKeptWords(t *testing.T) {
	nl, en := keptDutch, keptInEnglish
	if len(nl.Parts) != len(en.Parts) || len(nl.Tables) != len(en.Tables) || len(nl.Places) != len(en.Places) {
		t.Fatal("one language says more")
	}
	for i := range nl.Parts {
		if len(nl.Parts[i].Points) != len(en.Parts[i].Points) {
			t.Errorf("%q and %q differ in what they say", nl.Parts[i].Title, en.Parts[i].Title)
		}
	}
	for _, place := range []routing.Place{routing.InChats, routing.InLedger, routing.OnDisk, routing.InMemory, routing.OnPhone, routing.OnDesk} {
		if nl.Places[place] == "" || en.Places[place] == "" {
			t.Errorf("%s has no name", place)
		}
		for _, about := range []routing.Subject{routing.AboutYouth, routing.AboutCounsellor, routing.AboutCampaign, routing.AboutService} {
			if place == routing.OnPhone && about != routing.AboutYouth || place == routing.OnDesk && about != routing.AboutCounsellor {
				continue
			}
			n := 0
			for _, g := range nl.Tables {
				if g.Has(routing.Kept{Place: place, About: about}) {
					n++
				}
			}
			if n != 1 {
				t.Errorf("%s about the %s stands in %d tables", place, about, n)
			}
		}
	}
}
