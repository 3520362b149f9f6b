package main

import (
	"fmt"
	"log/slog"
	"testing"
	"time"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/network"
	"github.com/redis/go-redis/v9"

	"haven/chat/client"
	"haven/metrics/reach"
	"haven/web/staff"
)

// logsInto takes a page of the staff's to where its account belongs.
func (p *tab) logsInto(url string, who demoStaff, at string) {
	p.t.Helper()
	p.pardon("401") // the page asks who is logged in, and hears that nobody is
	p.goTo(url)
	p.write("#name", who.Name)
	p.write("#password", who.Password)
	p.click("#login-button")
	p.waitFor(at)
}

// TestBrowserReach leads a coordinator through everything that /reach shows, in front of the demo's invented history, and
// has each state judged by the rules of WCAG 2.2, levels A and AA.
func TestBrowserReach(t *testing.T) {
	c := openChromium(t)
	_, info := demo(t)
	marit := info.Staff[2]
	p := c.open("coordinator", nil).laptop()
	p.pardon("422", "404", "400") // forms and addresses with mistakes in them

	p.logsInto(info.URL+"/reach", marit, "#kort")
	if at := js[string](p, "location.pathname + location.hash"); at != "/reach" {
		t.Errorf("after the login the page is at %s", at)
	}
	p.judge("month")
	for _, span := range []string{"week", "year"} {
		p.goTo(info.URL + "/reach?span=" + span)
		p.waitFor("#lezen")
		p.judge(span)
	}
	for _, figures := range []string{"#campagnes", "#uitkomsten", "#doorverwezen", "#onderwerpen", "#niet-bereikt", "#bereikbaarheid"} {
		if n := js[int](p, fmt.Sprintf("document.querySelectorAll('%s svg[role=img]').length", figures)); n == 0 {
			t.Errorf("%s draws nothing", figures)
		}
		if n := js[int](p, fmt.Sprintf("document.querySelectorAll('%s .badge.example').length", figures)); n != 1 {
			t.Errorf("%s bears %d marks of an example", figures, n)
		}
	}
	p.prints()
	p.goTo(info.URL + "/reach?span=year&campaign=chatten-helpt&lang=en")
	p.waitText("h1", "Reach")
	p.judge("campaign in English")
	p.goTo(info.URL + "/reach?period=2026-W99")
	p.waitText("h1", "bestaat niet")
	p.judge("no such period")

	p.goTo(info.URL + "/reach/links")
	p.waitFor("[data-copy]")
	p.judge("links")
	poster := js[string](p, `document.querySelector('a[href^="/reach/poster"]').href`)
	p.goTo(poster)
	p.waitFor(".poster .code")
	if size := js[string](p, `getComputedStyle(document.querySelector('.poster h1')).fontSize`); size < "5" || size == "16px" {
		t.Errorf("the poster's style is not in force: its head is %s", size)
	}

	p.goTo(info.URL + "/reach/notebook")
	p.waitFor("#where")
	p.judge("notebook")
	p.write("#reached", "veel")
	p.write("#cost", "1.250,00")
	p.click("form.entry button[type=submit]")
	p.waitFor("#mistakes")
	p.wait("the focus is on the first mistake, and what was written is still there",
		`document.activeElement.getAttribute('href') === '#reached' && document.getElementById('reached').value === 'veel'`)
	p.judge("notebook with mistakes")
	js[bool](p, `(document.getElementById('reached').value = '', document.getElementById('cost').value = '', true)`)
	p.write("#reached", "4321")
	p.write("#cost", "1250,5")
	p.write("#training", "2")
	p.click("form.entry button[type=submit]")
	p.waitText("[role=status]", "Bewaard")
	p.waitText("section table", "4.321")
	p.judge("notebook kept")

	p.click("#logout")
	p.waitFor("#login-form")
	p.goTo(info.URL + "/reach")
	p.waitFor("#login-form")

	desk := c.open("counsellor", nil).laptop()
	desk.pardon("403")
	desk.logsIn(info.URL, info.Staff[0])
	desk.goTo(info.URL + "/reach")
	desk.waitText("h1", "niet voor dit account")
	desk.judge("closed")
}

// prints looks at the page as paper has it: figures with their mark, and nothing to click on.
func (p *tab) prints() {
	p.t.Helper()
	ask(p, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{Media: "print"})
	p.picture(p.name + "-paper")
	for selector, shown := range map[string]bool{
		"header nav": false, "#nu": false, ".pick": false, "#rapport": false, ".else a": false, "button": false,
		"h1": true, "#kort .badge.example": true, "#kort svg": true, "#kort table": true, "#niet-bereikt svg": true, "#why": true, ".which": true,
	} {
		if got := js[bool](p, fmt.Sprintf("!!(%s)(%q)", visible, selector)); got != shown {
			p.t.Errorf("%s: on paper %s is in sight: %v", p.name, selector, got)
		}
	}
	ask(p, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{})
}

// TestBrowserReachNow looks at the wallboard: somebody who comes to wait is seen on it without a reload, nobody is told
// twice, and with the store of the chats away the figures stay.
func TestBrowserReachNow(t *testing.T) {
	c := openChromium(t)
	n, people, chats := ownNode(t, true)
	p := c.open("coordinator", nil).laptop()
	p.logsInto(n.url+"/reach", people[2], "#nu")
	p.waitText("#board-alerts", "niemand aan het werk")
	desk := c.open("counsellor", nil).laptop()
	desk.logsIn(n.url, people[0])
	desk.takesChats(1)
	p.wait("somebody on duty", `document.querySelector('tr[data-line=jip] [data-part=duty]').textContent === '1'`)
	p.wait("no alert", `document.getElementById('board-alerts').hidden`)
	for range 2 {
		others(t, n.url, client.Want{Line: "jip"})
	}
	p.wait("one of two waits", `['1', '2'].includes(document.querySelector('tr[data-line=jip] [data-part=waiting]').textContent)`)
	p.judge("waiting")

	p.pardon("503")
	chats.mini.SetError("LOADING the store is away")
	p.waitFor("#board-away")
	p.waitGone("#board-table")
	p.waitFor("#kort svg")
	p.judge("store away")
	p.reload()
	p.waitFor("#board-away")
	p.waitFor("#kort svg")
	chats.mini.SetError("")
	p.waitGone("#board-away")
	p.waitFor("#board-table tr[data-line=jip]")

	p.click("#board-pause")
	p.wait("held still", `document.getElementById('board-pause').ariaPressed === 'true'`)
	if err := n.accounts.Disable(t.Context(), people[2].Name); err != nil {
		t.Fatal(err)
	}
	p.click("#board-pause")
	p.waitFor("#board-out")
	p.judge("logged out elsewhere")
}

// TestBrowserReachFirst is the first day: nothing is sealed, and the page says when the first week will be. A lead finds
// it from her desk.
func TestBrowserReachFirst(t *testing.T) {
	c := openChromium(t)
	n, people, _ := ownNode(t, false)
	lead := c.open("lead", nil).laptop()
	lead.logsIn(n.url, people[3])
	lead.waitFor("#reach[target=_blank]")
	lead.judge("desk of a lead")
	again := c.open("lead's figures", lead).laptop()
	again.goTo(n.url + "/reach")
	again.waitText("#empty-title", "nog geen cijfers")
	again.judge("empty")

	counsellor := c.open("counsellor", nil).laptop()
	counsellor.logsIn(n.url, people[0])
	counsellor.waitGone("#reach")

	// A session that is not known under /reach leads to the login once, and not around in circles.
	p := c.open("coordinator", nil).laptop()
	p.logsInto(n.url+"/reach", people[2], "#nu")
	ask(p, network.DeleteCookies, network.DeleteCookiesParams{Name: "haven_staff", URL: n.url + "/reach", Path: "/reach"})
	p.goTo(n.url + "/reach")
	p.waitFor("#login-form")
}

// ownNode is a node in this process on stores of its own, one for the chats and one for accounts and figures.
func ownNode(t *testing.T, example bool) (n *node, people []demoStaff, chats *embedded) {
	t.Helper()
	cfg, err := demoConfig()
	if err != nil {
		t.Fatal(err)
	}
	if err := (listenFlags{"127.0.0.1:0", "127.0.0.1:0"}).override(cfg); err != nil {
		t.Fatal(err)
	}
	open := func() (*embedded, redis.UniversalClient) {
		store, err := startEmbedded()
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(store.close)
		rdb := store.client()
		t.Cleanup(func() { rdb.Close() })
		return store, rdb
	}
	chats, chatsClient := open()
	_, ledger := open()
	if example {
		if err := reach.WriteExample(t.Context(), ledger, cfg.Redis.Prefix, cfg.plan(), reach.DayOf(time.Now())); err != nil {
			t.Fatal(err)
		}
	}
	if n, err = startNode(cfg, chatsClient, ledger, slog.New(slog.DiscardHandler)); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { n.drain() })
	if people, err = hire(t.Context(), n.accounts, cfg); err != nil {
		t.Fatal(err)
	}
	lead := demoStaff{Name: "Lena", Password: staff.NewPassword(), Role: string(staff.RoleLead)}
	if err := n.accounts.Add(t.Context(), staff.Account{Name: lead.Name, Role: staff.RoleLead, Lines: []string{"jip"}, Langs: []string{"nl"}}, lead.Password); err != nil {
		t.Fatal(err)
	}
	if err := n.untilReady(within(t)); err != nil {
		t.Fatal(err)
	}
	return n, append(people, lead), chats
}
