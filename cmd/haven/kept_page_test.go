package main

import (
	"fmt"
	"net/http"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"haven/routing"
)

// TestKeptPages: both are the list, in their language, and nothing in them depends on who asks.
func TestKeptPages(t *testing.T) {
	_, info := demo(t)
	cfg, err := parseConfig("", []byte("lines: [{name: jip, hours: always}]"))
	if err != nil {
		t.Fatal(err)
	}
	for path, lang := range map[string]string{"/kept": "nl", "/kept/en": "en"} {
		status, page := get(t, info.URL+path)
		if status != http.StatusOK || !strings.Contains(page, `<html lang="`+lang+`">`) || strings.Contains(page, "<script") || strings.Contains(page, "style=") {
			t.Errorf("%s answers %d\n%.400s", path, status, page)
		}
		text := unescape(page)
		for _, k := range inventory(cfg) {
			what, ends := k.NL, k.EndsNL
			if lang == "en" {
				what, ends = k.EN, k.EndsEN
			}
			for _, want := range []string{what, ends, k.Key, k.Field, k.Example} {
				if !strings.Contains(text, want) {
					t.Errorf("%s says nothing of %q", path, want)
				}
			}
		}
		if n := strings.Count(page, "<tr><th scope=\"row\">"); n != len(inventory(cfg)) {
			t.Errorf("%s has %d rows of %d", path, n, len(inventory(cfg)))
		}
	}
	for _, path := range []string{"/kept/", "/kept/nl", "/kept/en/x", "/keptt"} {
		if status, _ := get(t, info.URL+path); status != http.StatusNotFound {
			t.Errorf("%s answers %d", path, status)
		}
	}
	if _, page := get(t, info.URL+"/"); !strings.Contains(page, `href="/kept"`) {
		t.Error("the young person's page has no link to what is kept")
	}
}

// TestKeptSaysWhatPrometheusKeeps: the live figures outlive the node that showed them, in the deployment of the repository.
func TestKeptSaysWhatPrometheusKeeps(t *testing.T) {
	cfg, err := parseConfig("", []byte("lines: [{name: jip, hours: always}]"))
	if err != nil {
		t.Fatal(err)
	}
	list := inventory(cfg)
	i := slices.IndexFunc(list, func(k routing.Kept) bool { return k.Place == routing.OnDisk && k.Key == "prometheus" })
	if i < 0 {
		t.Fatal("it is not in the list")
	}
	days := int(list[i].Longest / (24 * time.Hour))
	flag := fmt.Sprintf("--storage.tsdb.retention.time=%dd", days)
	command := words(at(readYAML(t, filepath.Join(top, "docker-compose.yml")), "services", "prometheus", "command"))
	if !slices.Contains(command, flag) {
		t.Errorf("the list says %d days, and Prometheus is started with %q", days, command)
	}
	if !strings.HasPrefix(list[i].EndsNL, fmt.Sprintf("%d dagen", days)) || !strings.HasPrefix(list[i].EndsEN, fmt.Sprintf("%d days", days)) {
		t.Errorf("said: %q, %q", list[i].EndsNL, list[i].EndsEN)
	}
	if every := at(readYAML(t, "prometheus.yml"), "global", "scrape_interval"); every != "30s" {
		t.Errorf("the list says every half minute, and Prometheus asks every %v", every)
	}
}

// unescape is the text of HTML.
func unescape(s string) string {
	return strings.NewReplacer("&lt;", "<", "&gt;", ">", "&#34;", `"`, "&#39;", "'", "&amp;", "&").Replace(s)
}
