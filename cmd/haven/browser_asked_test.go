package main

import (
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"haven/chat/client"
	"haven/chat/frame"
	"haven/chat/hvn1"
	"haven/routing"
)

// hasNoWordOf fails the test where the page shows a question, or says a word of it.
func (p *tab) hasNoWordOf(state, word string) {
	p.t.Helper()
	if js[bool](p, `!!document.querySelector('dialog[open]') || document.body.innerText.includes(`+quoted(word)+`)`) {
		p.t.Errorf("%s, the page shows %q", state, p.looks())
	}
}

// TestBrowserAskedWhileNotSafe: a question to somebody who cannot type now, or who reads something else, is a note in which
// nothing tells what is asked, until they open it or it is safe again.
func TestBrowserAskedWhileNotSafe(t *testing.T) {
	c := openChromium(t)
	info := nodeWith(t, func(*config) {}, onLines...)
	sanne, daan := atDesk(t, info, 0, 1), atDesk(t, info, 1, 1)
	isReady(t, sanne)
	isReady(t, daan)
	p := c.open("young person", nil).phone()
	p.begins(info.URL, "jip")
	chat, err := sanne.Assigned(within(t))
	if err != nil {
		t.Fatal(err)
	}
	p.waitFor("#lock.shut")
	asks := func() {
		t.Helper()
		if err := sanne.Handover(chat.ID(), "fier", "", ""); err != nil {
			t.Fatal(err)
		}
		p.waitFor("#move-note")
		p.hasNoWordOf("while it is not safe", "Fier")
	}
	refuses := func() {
		t.Helper()
		p.waitText("#move", "Wil je naar Fier?")
		p.click("#move-no")
		hears(t, sanne, "no", cameOf(routing.HandoverNo))
		p.waitGone("#move-note")
	}
	p.click("#quiet")
	p.waitFor("#quiet-note")
	asks()
	p.judged("asked while it is not safe")
	p.looksLike(320, 568, "light")
	js[bool](p, `new Promise((go) => requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(go, 50, true))))`)
	p.inReach("asked while it is not safe", "#move-note button")
	p.picture("asked while it is not safe 320")
	p.phone()
	p.reload()
	p.waitFor("#lock.shut")
	p.waitFor("#move-note")
	p.hasNoWordOf("after a reload", "Fier")
	p.click("#move-note button")
	refuses()
	asks()
	p.click("#quiet") // it is safe again
	refuses()
	p.click("#danger-open")
	if err := sanne.Handover(chat.ID(), "fier", "", ""); err != nil {
		t.Fatal(err)
	}
	p.waitFor("#move-note")
	p.waitFor("#danger[open]")
	p.click("#danger [data-close]")
	p.hasNoWordOf("behind a dialog", "Fier")
	p.click("#move-note button")
	refuses()
}

// TestBrowserQuestionReplaced: no question takes the place of another under a finger, and one that is over says so.
func TestBrowserQuestionReplaced(t *testing.T) {
	c := openChromium(t)
	_, info := demo(t)
	busyColleague(t, info, "jip")
	p := c.open("young person", nil).phone()
	p.between(`{}`)
	p.begins(info.URL, "jip")
	p.waitText("#place", "Je bent de volgende")
	p.answers(`{t: 'handover', offer: 'a', line: 'fier'}`)
	p.waitText("#move", "Wil je naar Fier?")
	p.waitText("#move", "hoogstens 1 minuut")
	p.answersInSight("asked to wait elsewhere")
	p.answers(`{t: 'handover', offer: 'b', line: 'shop'}`)
	p.waitText("#move-note", "De vraag van net is voorbij")
	p.hasNoWordOf("with a new question", "SHOP")
	p.judged("question replaced")
	p.answers(`{t: 'handover', offer: 'c', line: 'fier'}`) // laid aside, and replaced once more
	p.waitText("#move-note", "Er is een vraag voor je")
	p.hasNoWordOf("with yet another question", "Fier")
	p.click("#move-note button")
	p.waitText("#move", "Wil je naar Fier?")
	p.answers(`{t: 'waiting', line: 'jip', ahead: 0, wait_s: [0, 60]}`)
	p.waitText("#more", "De vraag is voorbij. Je wacht hier verder")
	p.waitGone("#move, #move-note")
	p.judged("question over")
	p.click("#lang")
	p.waitText("#more", "The question is over")
	if n := len(framesOf(p, `"consent"`)); n != 0 {
		t.Errorf("%d answers were given", n)
	}
}

// answers has a page that betweenScript stands before hear a frame.
func (p *tab) answers(f string) {
	p.t.Helper()
	p.sets("answer(" + f + ")")
}

// TestBrowserHandoverLost: while the first counsellor's line is down after the yes, nobody says that she stays; when she is
// back, what stands is said again; and when she is lost, what was to go along does, to the line that was agreed to.
func TestBrowserHandoverLost(t *testing.T) {
	c := openChromium(t)
	info := nodeWith(t, func(cfg *config) {
		cfg.Durations.DeskGrace, cfg.Durations.Ring = 20*time.Second, 2*time.Minute
	}, onLines...)
	sanne, daan := atDesk(t, info, 0, 1), atDesk(t, info, 1, 1)
	isReady(t, sanne)
	isReady(t, daan)
	p := c.open("young person", nil).phone()
	p.begins(info.URL, "jip")
	chat, err := sanne.Assigned(within(t))
	if err != nil {
		t.Fatal(err)
	}
	p.waitFor("#lock.shut")
	p.say("#text", "het gaat over thuis", "#send")
	hears(t, sanne, "what it is about", func(e *client.Event) bool { return e.T == frame.TMsg })
	slip := chat.SayAs(hvn1.NewID(), frame.Card, `{"card":"slip","text":"Wil praten over thuis."}`)
	p.waitText(youthLog, "Wil praten")
	if err := sanne.Handover(chat.ID(), "fier", "", slip.ID); err != nil {
		t.Fatal(err)
	}
	p.waitFor("#move")
	p.click("#move-history")
	p.click("#move-slip")
	p.click("#move-yes")
	p.waitText("#more", "We vragen Fier")
	offered := func(e *client.Event) bool { return e.T == frame.TOffer }
	hears(t, daan, "an offer", offered)

	away := func() {
		t.Helper()
		sanne.Cut()
		p.waitFor("#place[data-w='talk.away']")
		p.wait("nobody says that she stays", `document.getElementById('more').textContent === ''`)
	}
	away()
	if err := sanne.Reconnect(within(t), info.URL); err != nil {
		t.Fatal(err)
	}
	p.waitGone("#place[data-w='talk.away']")
	p.waitText("#more", "We vragen Fier")
	away()
	p.judged("away after yes")
	p.waitText("#who", "Wachten op Fier")
	p.waitText("#more", "gaat nog steeds mee naar Fier")
	p.judged("lost after yes")
	hears(t, daan, "an offer of the chat itself", offered)
	p.reload() // nobody is rung for meanwhile
	p.waitText("#more", "gaat nog steeds mee naar Fier")
	next, err := daan.Assigned(within(t))
	for no := (*client.ErrFrame)(nil); errors.As(err, &no) && no.Code == frame.CodeNoOffer; { // one from before the reload
		next, err = daan.Assigned(within(t))
	}
	if err != nil {
		t.Fatal(err)
	}
	want := []string{`3 {"from":"y","text":"het gaat over thuis"}`, `4 {"card":"slip","text":"Wil praten over thuis."}`}
	var got []string
	for range want {
		e := hears(t, daan, "what goes along", func(e *client.Event) bool { return e.T == frame.TMsg && e.Chat == next.ID() })
		got = append(got, fmt.Sprint(e.K, " ", e.Text))
	}
	if !slices.Equal(got, want) {
		t.Errorf("what came along:\n%q\nwant\n%q", got, want)
	}
	p.waitText("#more", "Daan van Fier is er nu. Wat je eerder schreef, gaat mee")
}
