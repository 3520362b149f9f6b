package main

import (
	"fmt"
	"slices"
	"testing"

	"haven/chat/client"
	"haven/chat/frame"
	"haven/chat/hvn1"
	"haven/routing"
)

// atDesk is one of the demo's counsellors, ready for so many chats.
func atDesk(t *testing.T, info demoInfo, i, capacity int) *client.Desk {
	t.Helper()
	d := client.NewDesk(client.Options{URL: info.URL}, info.Staff[i].Name, info.Staff[i].Password)
	if err := d.Connect(within(t)); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(d.Cut)
	if capacity > 0 {
		if err := d.Ready(capacity); err != nil {
			t.Fatal(err)
		}
	}
	return d
}

// hears waits for the next frame of a kind and a chat.
func hears(t *testing.T, d *client.Desk, what string, is func(e *client.Event) bool) client.Event {
	t.Helper()
	e, err := d.ExpectThat(within(t), is)
	if err != nil {
		t.Fatalf("%s: %v", what, err)
	}
	return e
}

func cameOf(want string) func(e *client.Event) bool {
	return func(e *client.Event) bool { return e.T == frame.THandover && e.Result == want }
}

// TestBrowserHandover has a counsellor propose a colleague, and the young person lay the question aside, refuse, say yes and
// see it come to nothing, and say yes and see it through, with what was written and a slip that they changed.
func TestBrowserHandover(t *testing.T) {
	c := openChromium(t)
	_, info := demo(t)
	sanne := atDesk(t, info, 0, 1)
	p := c.open("young person", nil).phone()
	p.begins(info.URL, "jip")
	chat, err := sanne.Assigned(within(t))
	if err != nil {
		t.Fatal(err)
	}
	p.waitFor("#lock.shut")
	daan := atDesk(t, info, 1, 1)
	p.say("#text", "het gaat over thuis", "#send")
	hears(t, sanne, "what it is about", func(e *client.Event) bool { return e.T == frame.TMsg && e.Text == "het gaat over thuis" })
	chat.Say("dank je dat je het vertelt")
	p.waitText(youthLog, "dank je")
	propose := func(slip string) {
		t.Helper()
		if err := sanne.Handover(chat.ID(), "", info.Staff[1].Name, slip); err != nil {
			t.Fatal(err)
		}
	}

	// Aside with Escape, which is no answer; then no.
	propose("")
	p.waitFor("#move")
	p.wait("the focus is on the title", `document.activeElement.id === 'move-title'`)
	p.waitText("#move", info.Staff[1].Name)
	p.waitText("#move", "geen haast")
	p.answersInSight("handover asked")
	p.key(enter) // meant for a message that was being written: it answers nothing
	p.judged("handover asked")
	p.key(escape)
	p.waitGone("#move")
	p.waitFor("#move-note")
	p.judged("handover laid aside")
	if n := len(framesOf(p, `"consent"`)); n != 0 {
		t.Fatalf("%d answers were given", n)
	}
	p.click("#move-note button")
	if err := sanne.Resume(chat.ID(), chat.Seen(), true); err != nil { // at another device of hers
		t.Fatal(err)
	}
	hears(t, sanne, "her other key", func(e *client.Event) bool { return e.T == frame.TAssigned })
	chat.Say("ik ben er nog")
	p.waitText(youthLog, "ik ben er nog")
	p.waitFor("#move")
	p.click("#move-no")
	hears(t, sanne, "no", cameOf(routing.HandoverNo))
	p.waitText("#more", info.Staff[0].Name+" blijft bij je")
	p.judged("handover refused")

	// Yes, and nobody comes. All of it is there in English, and is said anew in Dutch.
	p.click("#lang")
	propose("")
	p.waitText("#move", "Do you want to go to "+info.Staff[1].Name)
	p.judged("handover in English")
	p.click("#move-yes")
	p.wait("the focus is where it was", `document.activeElement.id === 'lang'`)
	hears(t, sanne, "yes", cameOf(routing.HandoverYes))
	p.waitText("#more", "We are asking "+info.Staff[1].Name)
	p.click("#lang")
	p.waitText("#more", "We vragen "+info.Staff[1].Name)
	p.judged("handover calling")
	offered := func(e *client.Event) bool { return e.T == frame.TOffer }
	hears(t, daan, "an offer", offered)
	p.reload() // nobody is rung for while the page is away
	p.waitFor("#lock.shut")
	p.waitText("#more", "We vragen "+info.Staff[1].Name)
	offer := hears(t, daan, "the offer once more", offered)
	if err := daan.Decline(offer.Offer); err != nil {
		t.Fatal(err)
	}
	p.waitText("#more", "lukt nu niet")
	p.judged("handover nobody")

	// Yes, with everything.
	const text = "Vertelt over thuis."
	slip := chat.SayAs(hvn1.NewID(), frame.Card, `{"card":"slip","text":"`+text+`"}`)
	p.waitText(youthLog, text)
	for _, card := range []string{
		`{"card":"partner","name":"Veilig Thuis","phone":"0800-2000","hours":"dag en nacht","about":"Je mag bellen zonder je naam te zeggen."}`,
		`{"card":"partner","name":{},"phone":7}`, `{"card":"weather"}`, `[`,
	} {
		chat.SayAs(hvn1.NewID(), frame.Card, card)
	}
	p.waitFor(youthLog + " a[href='tel:08002000']")
	p.wait("three cards that are not known", `[...document.querySelectorAll('#log .msg p')].filter((e) => e.textContent === 'Een kaart die deze pagina niet kent.').length === 3`)
	p.judged("handover cards")
	if err := daan.Ready(1); err != nil {
		t.Fatal(err)
	}
	propose(slip.ID)
	p.waitFor("#move-slip-text")
	if js[bool](p, `document.getElementById('move-history').checked || document.getElementById('move-slip').checked`) {
		t.Error("something goes along that nobody chose")
	}
	p.write("#move-slip-text", " Niet bellen.")
	p.wait("what they wrote goes along", `document.getElementById('move-slip').checked`)
	p.click("#move-history")
	p.answersInSight("handover with a slip")
	p.judged("handover with a slip")
	p.click("#move-yes")
	hears(t, sanne, "the slip as it was changed", func(e *client.Event) bool {
		return e.T == frame.TMsg && e.K == frame.Card && e.Text == `{"card":"slip","text":"Vertelt over thuis. Niet bellen."}`
	})
	p.say("#text", "komt er nu iemand anders?", "#send")
	hears(t, sanne, "what is said meanwhile", func(e *client.Event) bool { return e.T == frame.TMsg && e.K == frame.Text })
	next, err := daan.Assigned(within(t))
	if err != nil {
		t.Fatal(err)
	}
	hears(t, sanne, "moved", cameOf(routing.HandoverMoved))
	want := []string{
		`3 {"from":"y","text":"het gaat over thuis"}`,
		fmt.Sprintf(`3 {"from":"c","name":%q,"text":"dank je dat je het vertelt"}`, info.Staff[0].Name),
		fmt.Sprintf(`3 {"from":"c","name":%q,"text":"ik ben er nog"}`, info.Staff[0].Name),
		fmt.Sprintf(`3 {"from":"c","name":%q,"text":"Veilig Thuis\n0800-2000\ndag en nacht\nJe mag bellen zonder je naam te zeggen."}`, info.Staff[0].Name),
		`3 {"from":"y","text":"komt er nu iemand anders?"}`,
		`4 {"card":"slip","text":"Vertelt over thuis. Niet bellen."}`,
	}
	var got []string
	for len(got) < len(want) {
		e := hears(t, daan, "what goes along", func(e *client.Event) bool { return e.T == frame.TMsg && e.Chat == next.ID() })
		got = append(got, fmt.Sprint(e.K, " ", e.Text))
	}
	if !slices.Equal(got, want) {
		t.Errorf("what came along:\n%q\nwant\n%q", got, want)
	}
	p.waitFor("#lock.shut")
	p.waitText("#more", info.Staff[1].Name+" van")
	p.waitText("#who", info.Staff[1].Name)
	p.judged("handover moved")
	before := p.messages(youthLog)

	p.reload()
	p.waitFor("#lock.shut")
	p.waitMessages(youthLog, before...)
	p.say("#text", "dag", "#send")
	if e := hears(t, daan, "the next message", func(e *client.Event) bool { return e.T == frame.TMsg && e.Chat == next.ID() }); e.Text != "dag" {
		t.Errorf("after a reload came %q again", e.Text)
	}
}

// TestBrowserHandoverAnswers: an answer that was not heard is given again by the page itself, and a yes that came to nothing
// while the page was away does not stand there for good.
func TestBrowserHandoverAnswers(t *testing.T) {
	c := openChromium(t)
	_, info := demo(t)
	sanne := atDesk(t, info, 0, 1)
	p := c.open("young person", nil).phone()
	p.between(`{}`)
	p.begins(info.URL, "jip")
	chat, err := sanne.Assigned(within(t))
	if err != nil {
		t.Fatal(err)
	}
	p.waitFor("#lock.shut")
	daan := atDesk(t, info, 1, 1)
	hears(t, daan, "ready", func(e *client.Event) bool { return e.T == frame.TDesk && e.State == "ready" })
	answers := func(before, button, result string) {
		t.Helper()
		if err := sanne.Handover(chat.ID(), "", info.Staff[1].Name, ""); err != nil {
			t.Fatal(err)
		}
		p.waitFor("#move")
		p.sets(before)
		p.click(button)
		if before == "lose.consent = 1" {
			p.sets(lineDrops)
		}
		hears(t, sanne, result, cameOf(result))
	}
	answers("refuse.consent = 1", "#move-no", routing.HandoverNo)
	if at := js[[]float64](p, "tried.consent"); len(at) != 2 || at[1]-at[0] < 2900 {
		t.Errorf("answered at %v ms", at)
	}
	answers("lose.consent = 1", "#move-no", routing.HandoverNo)
	answers("refuse.consent = 2", "#move-yes", routing.HandoverYes)
	offered := func(e *client.Event) bool { return e.T == frame.TOffer }
	hears(t, daan, "an offer", offered)

	// What stands is said by the server, and then the page waits no longer for it.
	p.reload()
	p.waitFor("#lock.shut")
	p.wait("it was waited for", "fired[5000] === 1")
	p.waitText("#more", "We vragen "+info.Staff[1].Name)

	p.goTo("about:blank")
	if err := sanne.Keep(chat.ID()); err != nil {
		t.Fatal(err)
	}
	hears(t, sanne, "nobody", cameOf(routing.HandoverNobody))
	p.goTo(info.URL + "/")
	p.waitFor("#lock.shut")
	p.waitText("#more", "lukt nu niet bij "+info.Staff[1].Name)
	p.reload()
	p.waitFor("#lock.shut")
	p.waitText("#who", info.Staff[0].Name)
	if js[bool](p, `JSON.parse(sessionStorage.getItem('s')).move != null`) {
		t.Error("the question is still kept")
	}
}

// answersInSight: on the smallest phone both answers to a question can be tapped as it stands, at its top and at its bottom,
// and nothing shows above its title.
func (p *tab) answersInSight(state string) {
	p.t.Helper()
	p.looksLike(320, 568, "light")
	for _, at := range []string{"top", "bottom"} {
		js[bool](p, `((d) => (d.scrollTo(0, `+quoted(at)+` === 'top' ? 0 : d.scrollHeight), true))(document.getElementById('move'))`)
		p.inReach(state+", at its "+at, "#move [data-exit]", "#move-yes", "#move-no")
		if at == "top" {
			p.inReach(state+", at its top", "#move [data-w^='move.time']")
		}
		if !js[bool](p, `((d) => { const r = d.getBoundingClientRect(); return [2, 12].every((y) => document.elementFromPoint(r.x + 40, r.y + y)?.closest('header')?.parentNode === d) })(document.getElementById('move'))`) {
			p.t.Errorf("%s: something shows above the title", state)
		}
		p.picture(state + " 320 " + at)
	}
	js[bool](p, `(document.getElementById('move').scrollTo(0, 0), true)`)
	p.phone()
}

// inReach fails the test unless a finger could tap each of these where it is, from its upper edge to its lower.
func (p *tab) inReach(state string, selectors ...string) {
	p.t.Helper()
	for _, s := range selectors {
		if !js[bool](p, `((e) => {
		  const r = e.getBoundingClientRect(), x = r.x + r.width / 2;
		  return r.height > 0 && [r.top + 2, r.bottom - 2].every((y) => e.contains(document.elementFromPoint(x, y)));
		})(document.querySelector(`+quoted(s)+`))`) {
			p.t.Errorf("%s: %s is out of sight", state, s)
		}
	}
}
