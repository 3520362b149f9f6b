package main

import (
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/emulation"

	"haven/routing"
	"haven/web"
)

// TestBrowserKeptPage reads what is kept, in both languages, by link and key, and has it judged by the rules of WCAG 2.2.
func TestBrowserKeptPage(t *testing.T) {
	c := openChromium(t)
	_, info := demo(t)
	p := c.open("kept", nil).phone()
	p.goTo(info.URL + "/")
	p.waitFor("#lines [data-pick=jip]")
	p.click(`a[href="/kept"]`)
	p.waitFor("details")
	if title := js[string](p, "document.title"); title != "Info" {
		t.Errorf("the page is called %q in the history of a phone", title)
	}
	p.laptop()
	p.judgeSeesFaults()
	p.judge("words")
	p.click("details:nth-of-type(1) summary")
	p.wait("the first table is open", `document.querySelector('details').open`)
	const openAll = `(document.querySelectorAll('details').forEach((d) => d.open = true), true)`
	js[bool](p, openAll)
	p.judge("list")
	p.click(`nav [lang=en]`)
	p.wait("in English", `document.documentElement.lang === 'en' && document.querySelector('h1').textContent.startsWith('What')`)
	js[bool](p, openAll)
	p.judge("list in English")
	if n := js[int](p, `document.querySelectorAll('table').length`); n != 6 {
		t.Errorf("%d tables", n)
	}
	if n := js[int](p, `document.scripts.length`); n != 0 {
		t.Errorf("%d scripts", n)
	}
	js[bool](p, `(document.querySelectorAll('details').forEach((d) => d.open = false), true)`)
	const shown = `document.querySelector('table').checkVisibility({contentVisibilityAuto: true, visibilityProperty: true}) && document.querySelector('table').getClientRects().length > 0`
	p.wait("a closed table is out of sight", "!("+shown+")")
	ask(p, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{Media: "print"})
	p.wait("on paper there is the table, and no button to leave", shown+` && !document.querySelector('.exit').getClientRects().length`)
	ask(p, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{})
	p.click(`nav [href="/"]`)
	p.waitFor("#lines [data-pick=jip]")
}

// TestBrowserDevicesKeepWhatTheListSays has a chat between two browsers and holds what their tabs keep against the list
// that was written by hand.
func TestBrowserDevicesKeepWhatTheListSays(t *testing.T) {
	c := openChromium(t)
	_, info := demo(t)
	listed := map[routing.Place][]string{}
	for _, k := range web.OnDevices() {
		if key, ok := strings.CutPrefix(k.Key, "sessionStorage "); ok {
			listed[k.Place] = append(listed[k.Place], strings.TrimSuffix(key+"."+k.Field, "."))
		}
	}
	holds := func(p *tab, place routing.Place) {
		t.Helper()
		var stored map[string]string
		if err := json.Unmarshal([]byte(js[string](p, "JSON.stringify(sessionStorage)")), &stored); err != nil {
			t.Fatal(err)
		}
		var found []string
		for key, value := range stored {
			if before, _, chat := strings.Cut(key, ".chat."); chat {
				key = before + ".chat.<chat>"
			}
			for field := range inside(key, value) {
				found = append(found, field)
			}
		}
		slices.Sort(found)
		want := slices.Clone(listed[place])
		slices.Sort(want)
		if !slices.Equal(slices.Compact(found), want) {
			t.Errorf("the tab of the %s keeps\n%q, listed are\n%q", p.name, found, want)
		}
	}

	desk, youth := c.open("counsellor", nil).laptop(), c.open("young person", nil).phone()
	desk.pardon("401") // the page asks who is logged in
	desk.goTo(info.URL + "/staff")
	desk.write("#name", info.Staff[0].Name)
	desk.write("#password", info.Staff[0].Password)
	desk.click("#login-button")
	desk.waitFor("#state[data-state=rest]")
	desk.click("#lang")
	desk.waitFor("html[lang=en]") // what is fetched for it moves the buttons
	desk.click("#mute")
	desk.takesChats(2)
	youth.goTo(info.URL + "/#c=chatten-helpt.poster")
	youth.asksFor("jip")
	desk.accepts()
	youth.waitFor("#lock.shut")
	youth.say("#text", "hoi", "#send")
	js[string](youth, settled)
	holds(youth, routing.OnPhone)
	holds(desk, routing.OnDesk)

	client := &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	body := fmt.Sprintf(`{"name":%q,"password":%q}`, info.Staff[0].Name, info.Staff[0].Password)
	req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, info.URL+"/staff/login", strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("Origin", info.URL)
	resp, err := client.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	resp.Body.Close()
	if len(resp.Cookies()) == 0 {
		t.Fatal("no cookie")
	}
	for _, cookie := range resp.Cookies() {
		if !slices.ContainsFunc(web.OnDevices(), func(k routing.Kept) bool { return k.Key == "cookie "+cookie.Name }) {
			t.Errorf("the cookie %s is not listed", cookie.Name)
		}
		if cookie.MaxAge != 0 || !cookie.Expires.IsZero() {
			t.Errorf("the cookie %s outlives the browser", cookie.Name)
		}
	}
}
