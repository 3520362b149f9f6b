package web

import (
	"bytes"
	"crypto/sha256"
	_ "embed"
	"encoding/base64"
	"html/template"
	"net/http"

	"haven/routing"
)

// The page that says what is kept is made once, at start, from the lists of the packages that keep it. It has no
// script, and is the same for everybody.
//
//go:embed kept.html
var keptSource string

var keptTemplate = template.Must(template.New("kept").Parse(keptSource))

// keptPath is where the page is; keptEnglish is the same in English: no query passes on public paths.
const (
	keptPath    = "/kept"
	keptEnglish = "/kept/en"
)

// keptTable is a part of the list: what is about one subject, or on one device.
type keptTable struct {
	Title string
	Rows  []keptRow
}

type keptRow struct{ What, Until, Where, Key, Field, Example string }

// keptTables sorts the list for readers: first what is about a young person.
func keptTables(all []routing.Kept, w *keptWords, english bool) []keptTable {
	var tables []keptTable
	for _, part := range w.Tables {
		t := keptTable{Title: part.Title}
		for _, k := range all {
			if !part.Has(k) {
				continue
			}
			row := keptRow{What: k.NL, Until: k.EndsNL, Where: w.Places[k.Place], Key: k.Key, Field: k.Field, Example: k.Example}
			if english {
				row.What, row.Until = k.EN, k.EndsEN
			}
			t.Rows = append(t.Rows, row)
		}
		if len(t.Rows) > 0 {
			tables = append(tables, t)
		}
	}
	return tables
}

// keptPage makes one of the two pages.
func keptPage(all []routing.Kept, english bool) (*asset, error) {
	data := struct {
		Lang, Other, OtherLang string
		W                      *keptWords
		Tables                 []keptTable
	}{"nl", keptEnglish, "en", &keptDutch, nil}
	if english {
		data.Lang, data.Other, data.OtherLang, data.W = "en", keptPath, "nl", &keptInEnglish
	}
	data.Tables = keptTables(all, data.W, english)
	var page bytes.Buffer
	if err := keptTemplate.Execute(&page, data); err != nil {
		return nil, err
	}
	sum := sha256.Sum256(page.Bytes())
	return &asset{
		mediaType: mediaTypes[".html"], plain: page.Bytes(), gzipped: shorter(page.Bytes()),
		tag: `"` + base64.RawURLEncoding.EncodeToString(sum[:12]) + `"`,
	}, nil
}

// keptRoutes are the two pages.
func (h *house) keptRoutes(all []routing.Kept) error {
	for path, english := range map[string]bool{keptPath: false, keptEnglish: true} {
		page, err := keptPage(all, english)
		if err != nil {
			return err
		}
		h.routes[path] = route{get: func(w http.ResponseWriter, r *http.Request) error {
			w.Header()["Content-Security-Policy"] = []string{h.hardening.page}
			page.serve(w, r, http.StatusOK)
			return nil
		}}
	}
	return nil
}
