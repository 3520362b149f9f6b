package main

import (
	"fmt"
	"log/slog"
	"sync/atomic"
	"testing"
	"time"

	"haven/chat/client"
	"haven/chat/frame"
	"haven/routing"
	"haven/web/staff"
)

// nodeWith is a node in this process, with the demo's configuration but for what is changed in it, and these counsellors.
func nodeWith(t *testing.T, change func(*config), people ...demoStaff) (info demoInfo) {
	t.Helper()
	cfg, err := demoConfig()
	if err != nil {
		t.Fatal(err)
	}
	if err := (listenFlags{"127.0.0.1:0", "127.0.0.1:0"}).override(cfg); err != nil {
		t.Fatal(err)
	}
	change(cfg)
	store, err := startEmbedded()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(store.close)
	rdb := store.client()
	t.Cleanup(func() { rdb.Close() })
	n, err := startNode(cfg, rdb, rdb, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { n.drain() })
	for _, who := range people {
		who.Password = staff.NewPassword()
		a := staff.Account{Name: who.Name, Role: staff.RoleCounsellor, Lines: who.Lines, Langs: []string{"nl", "en"}}
		if err := n.accounts.Add(t.Context(), a, who.Password); err != nil {
			t.Fatal(err)
		}
		info.Staff = append(info.Staff, who)
	}
	if err := n.untilReady(within(t)); err != nil {
		t.Fatal(err)
	}
	info.URL = n.url
	return info
}

// onLines are Sanne, who serves jip, and Daan, who serves its sister lines.
var onLines = []demoStaff{{Name: "Sanne", Lines: []string{"jip"}}, {Name: "Daan", Lines: []string{"fier", "shop"}}}

// closingNode is a node of which line jip lets nobody in after an hour and closes after two; pass moves its clock.
func closingNode(t *testing.T) (info demoInfo, pass func(time.Duration)) {
	t.Helper()
	var ahead atomic.Int64
	info = nodeWith(t, func(cfg *config) {
		cfg.now = func() time.Time { return time.Now().Add(time.Duration(ahead.Load())) }
		const week = 7 * 24 * 60
		at := time.Now().In(routing.Amsterdam())
		minute := (int(at.Weekday())+6)%7*24*60 + at.Hour()*60 + at.Minute()
		jip := &cfg.Lines[0]
		jip.Hours = routing.Hours{Week: []routing.Span{{From: (minute + week - 60) % week, To: (minute + 120) % week}}}
		jip.LastIntake, jip.Overflow, jip.Instead = time.Hour, 2*time.Hour, []string{"fier", "shop"}
	}, onLines...)
	return info, func(d time.Duration) { ahead.Add(int64(d)) }
}

// isReady waits until a desk is.
func isReady(t *testing.T, d *client.Desk) {
	t.Helper()
	hears(t, d, "ready", func(e *client.Event) bool { return e.T == frame.TDesk && e.State == routing.StateReady })
}

// TestBrowserWaiting has two young people wait until their line closes: they are told why it grew and when it closes, and
// what they typed stays with them. One is asked for two sister lines, refuses the first and goes to the second.
func TestBrowserWaiting(t *testing.T) {
	c := openChromium(t)
	info, pass := closingNode(t)
	sanne := atDesk(t, info, 0, 1)
	isReady(t, sanne)
	others(t, info.URL, client.Want{Line: "jip"})
	if _, err := sanne.Assigned(within(t)); err != nil {
		t.Fatal(err)
	}

	p, q := c.open("young person", nil).phone(), c.open("another", nil).phone()
	p.begins(info.URL, "jip")
	p.waitText("#place", "Je bent de volgende")
	const typed = "ik typ alvast wat"
	p.say("#text", typed, "#send")
	p.waitFor(youthLog + " .msg.queued")
	q.begins(info.URL, "jip")
	q.waitText("#place", "Er is nog 1 iemand voor je")
	q.say("#text", "hallo?", "#send")
	urgent := others(t, info.URL, client.Want{Line: "jip", Urgent: true})
	p.waitText("#place", "Er is nog 1 iemand voor je")
	p.waitText("#more", "Iemand die nu in gevaar is, gaat voor")
	p.judged("waiting longer")
	if err := urgent.Leave(); err != nil {
		t.Fatal(err)
	}
	p.waitText("#place", "Je bent de volgende")

	pass(65 * time.Minute)
	p.waitText("#closes", "De lijn sluit")
	p.waitText("#closes", "SHOP, Fier")
	p.waitFor("#talk-phones a[href='tel:112']")
	p.numbersInSight("waiting until closing")
	p.judged("waiting until closing")
	daan := atDesk(t, info, 1, 1)
	isReady(t, daan)
	p.waitText("#move", "Bij Fier is nu plek")
	p.judged("waiting asked")
	p.click("#move-no")
	p.waitText("#more", "Je wacht hier verder")
	q.waitText("#move", "Bij SHOP is nu plek") // one question for each who is free
	q.click("#move-no")
	p.waitText("#move", "Bij SHOP is nu plek")
	p.key(escape)
	p.waitFor("#move-note")
	p.reload()
	p.waitText("#move", "Bij SHOP is nu plek")
	p.click("#move-yes")
	p.waitText("#who", "SHOP")
	shop, err := daan.Assigned(within(t))
	if err != nil {
		t.Fatal(err)
	}
	p.waitFor("#lock.shut")
	if n := len(framesOf(p, `"msg"`)); n > 1 {
		t.Errorf("%d messages left the page", n)
	}
	if m := hears(t, daan, "what was typed", func(e *client.Event) bool { return e.T == frame.TMsg && e.Chat == shop.ID() }); m.Text != typed {
		t.Errorf("the counsellor heard %q", m.Text)
	}
	p.waitGone("#closes")

	q.waitText("#move", "Bij Fier is nu plek")
	pass(65 * time.Minute)
	q.waitFor("#over-title[data-w='over.closed']")
	q.waitText("#over-title", "JIP is nu dicht")
	q.waitText("#over-opens", "is weer open")
	q.waitText("#reread", "hallo?")
	if n := len(framesOf(q, `"msg"`)); n != 0 {
		t.Errorf("%d messages left the page of somebody who waited in vain", n)
	}
	if js[bool](q, `!!document.querySelector('[data-chat]')`) {
		t.Error("something of the chat still stands there")
	}
	q.picture("waiting closed")

	// What was typed goes along to the line that is picked, once, and nowhere else.
	q.click("#instead [data-pick=fier]")
	q.waitText("#join-state", "Wat je al typte, gaat mee")
	q.judged("elsewhere with what was typed")
	q.click("#start")
	q.waitFor("#talk")
	q.waitMessages(youthLog, "hallo?")
	if err := daan.Ready(2); err != nil {
		t.Fatal(err)
	}
	fier, err := daan.Assigned(within(t))
	if err != nil {
		t.Fatal(err)
	}
	if m := hears(t, daan, "what was typed", func(e *client.Event) bool { return e.T == frame.TMsg && e.Chat == fier.ID() }); m.Text != "hallo?" {
		t.Errorf("the counsellor heard %q", m.Text)
	}
	q.waitMessages(youthLog, "hallo?")
}

// numbersInSight: on small phones the number to call first can be tapped as the page stands.
func (p *tab) numbersInSight(state string) {
	p.t.Helper()
	for _, size := range [][2]int64{{320, 568}, {360, 640}} {
		p.looksLike(size[0], size[1], "light")
		js[bool](p, `new Promise((go) => requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(go, 50, true))))`)
		p.inReach(fmt.Sprint(state, ", ", size), "#talk-phones a[href='tel:112']", "#send")
		p.picture(fmt.Sprintf("%s %d numbers", state, size[0]))
	}
	p.phone()
}

// TestBrowserPlaceKept: whose place is kept for a counsellor is told for whom and how long, and may rather go to anyone; and
// why a line grew is said beside when it closes.
func TestBrowserPlaceKept(t *testing.T) {
	c := openChromium(t)
	_, info := demo(t)
	busyColleague(t, info, "jip")
	p := c.open("young person", nil).phone()
	p.between(`{lose: {anyone: 9}}`)
	p.begins(info.URL, "jip")
	p.waitText("#place", "Je bent de volgende")
	kept := func(s int) {
		t.Helper()
		p.answers(fmt.Sprintf(`{t: 'waiting', ahead: 0, wait_s: [0, 60], for: 'Sanne', for_s: %d}`, s))
	}
	kept(170)
	p.waitText("#for", "We wachten even op Sanne, hoogstens 3 minuten. Daarna helpt iemand anders.")
	p.judged("place kept")
	p.looksLike(320, 568, "light")
	p.inReach("place kept", "#for button")
	p.picture("place kept 320")
	p.phone()
	kept(59)
	p.waitText("#for", "hoogstens 1 minuut")
	p.click("#lang")
	p.waitText("#for", "Rather someone right away")
	p.click("#lang")
	p.click("#for button")
	p.waitGone("#for")
	p.waitText("#more", "We zoeken meteen iemand")
	if n := js[int](p, "tried.anyone.length"); n != 1 {
		t.Errorf("anyone was asked for %d times", n)
	}
	kept(40) // it was not heard
	p.waitText("#for", "Sanne")
	p.answers(`{t: 'waiting', ahead: 0, wait_s: [0, 60]}`)
	p.waitGone("#for")

	closes := time.Now().Add(time.Hour).Format(time.RFC3339)
	p.answers(fmt.Sprintf(`{t: 'waiting', ahead: 1, wait_s: [60, 300], closes: %q}`, closes))
	p.waitText("#closes", "De lijn sluit")
	p.numbersInSight("closing with nothing typed")
	p.answers(fmt.Sprintf(`{t: 'waiting', ahead: 2, wait_s: [60, 300], why: 'moved', closes: %q}`, closes))
	p.waitText("#more", "Iemand die al in gesprek was, gaat voor")
	p.waitText("#closes", "De lijn sluit")
	p.judged("longer and closing")
}
