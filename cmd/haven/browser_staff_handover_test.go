package main

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"haven/chat/client"
	"haven/chat/frame"
	"haven/chat/hvn1"
)

// column is the selector of a chat's column on a desk, for what stands in it.
func column(chat string) string { return fmt.Sprintf("section.chat[data-chat='%s'] ", chat) }

// readyAt opens a desk in a browser of its own, ready for that many chats.
func (c *chromium) readyAt(url string, who demoStaff, capacity int) *tab {
	c.t.Helper()
	p := c.open(who.Name, nil).laptop()
	p.logsIn(url, who)
	p.takesChats(capacity)
	p.waitFor("#state[data-state=ready]")
	return p
}

// comes is a young person outside of any browser who joins a line and is accepted by the one desk that is ready.
func comes(t *testing.T, url string, want client.Want, desk *tab) (*client.Youth, string) {
	t.Helper()
	y := others(t, url, want)
	desk.accepts()
	if _, err := y.Joined(within(t)); err != nil {
		t.Fatal(err)
	}
	return y, column(y.ID())
}

// hearsCard waits for a card of a kind from the counsellor, and gives it with its id.
func hearsCard(t *testing.T, y *client.Youth, kind string) (card map[string]string, id string) {
	t.Helper()
	e, err := y.ExpectThat(within(t), func(e *client.Event) bool {
		return e.T == frame.TMsg && e.K == frame.Card && json.Unmarshal([]byte(e.Text), &card) == nil && card["card"] == kind
	})
	if err != nil {
		t.Fatal(err)
	}
	return card, e.ID
}

// alt presses a letter with Alt.
func (p *tab) alt(letter string) {
	p.t.Helper()
	k := enter
	k.Key, k.Code, k.WindowsVirtualKeyCode, k.Text, k.Modifiers = strings.ToLower(letter), "Key"+letter, int64(letter[0]), "", 1
	p.key(k)
}

// hearsOfDuty asks the server, which looks once a second, until its answer about all colleagues is as a condition has it.
func (p *tab) hearsOfDuty(condition string) {
	p.t.Helper()
	if !js[bool](p, fmt.Sprintf(`(async () => {
	  for (let i = 0; i < 100; i++) {
	    const all = await (await fetch('/staff/colleagues')).json();
	    if (%s) return true;
	    await new Promise((go) => setTimeout(go, 200));
	  }
	  return false;
	})()`, condition)) {
		p.t.Fatalf("%s: never so: %s", p.name, condition)
	}
}

// opensHandover opens the panel of a chat anew, with a colleague who can be chosen.
func (p *tab) opensHandover(chat, name string) {
	p.t.Helper()
	if js[bool](p, fmt.Sprintf(`!!document.querySelector(%q)`, chat+".hand-panel")) {
		p.click(chat + "[data-act=hand-back]")
	}
	p.waitGone(chat + ".hand-panel")
	p.hearsOfDuty(fmt.Sprintf(`all.some((c) => c.name === %q && c.on_duty.length)`, name))
	p.click(chat + "[data-act=handover]")
	p.wait(name+" can be chosen", fmt.Sprintf(`[...document.querySelectorAll(%q)].some((o) => o.value === %q && !o.disabled)`, chat+".where option", name))
}

// enters puts the focus on a control, as tabbing to it does, and presses Enter.
func (p *tab) enters(selector string) {
	p.t.Helper()
	p.waitFor(selector)
	p.wait(selector+" can be reached with the keyboard", fmt.Sprintf(`((e) => { e.focus(); return document.activeElement === e && e.tabIndex >= 0; })((%s)(%q))`, visible, selector))
	p.key(enter)
}

// TestBrowserStaffHandover brings a chat from one desk to another: with a slip that the young person changed, past a no,
// past nobody there, taken back once, and with the history that the young person sent along.
func TestBrowserStaffHandover(t *testing.T) {
	c := openChromium(t)
	_, info := demo(t)
	sanne := c.readyAt(info.URL, info.Staff[0], 3)
	y, mine := comes(t, info.URL, client.Want{Line: "jip", Topic: "home"}, sanne)
	daan := c.open("Daan", nil).laptop()
	daan.logsIn(info.URL, info.Staff[1])
	y.Say("het is thuis niet veilig")
	sanne.waitText(mine+".log", "niet veilig")

	// Nothing is asked before she said where to; the panel is left by Escape, and the focus is where she came from. What
	// she points at stays where it is when the colleagues' names arrive, and what she chose stays chosen.
	js[bool](sanne, `(window.slow = Promise.withResolvers(), window.soon = fetch, window.fetch = async (...a) => { await slow.promise; return soon(...a); }, true)`)
	sanne.enters(mine + "[data-act=handover]")
	fier := mine + ".where input[value='line:fier']"
	_, before := sanne.point(fier)
	sanne.click(fier)
	js[bool](sanne, `(slow.resolve(), window.fetch = soon, true)`)
	sanne.wait("the names are there", fmt.Sprintf(`document.querySelector(%q).length === 2`, mine+".where select"))
	if _, after := sanne.point(fier); after != before {
		t.Errorf("what she points at went from %v to %v", before, after)
	}
	sanne.wait("her choice stands", fmt.Sprintf(`document.querySelector(%q).checked`, fier))
	sanne.waitFor(mine + ".hand-panel")
	sanne.wait("the lines are there, but her own", fmt.Sprintf(`[...document.querySelectorAll(%q)].map((e) => e.value).join() === 'line:shop,line:fier,name'`, mine+".where input"))
	sanne.wait("so are the colleagues, but not she, and none of them is there", fmt.Sprintf(`[...document.querySelectorAll(%q)].map((e) => e.textContent + e.disabled).join() === 'Daan (niet aan het werk)true,Ilse (niet aan het werk)true'`, mine+".where option"))
	sanne.waitFor(mine + "[data-w='hand.name.none']")
	sanne.wait("no colleague can be chosen", fmt.Sprintf(`document.querySelector(%q).disabled`, mine+".where input[value=name]"))
	sanne.judge("handover")
	sanne.key(escape)
	sanne.waitFor(mine + "textarea[data-part=say]")
	sanne.wait("the focus is back", `document.activeElement.dataset.act === 'handover'`)

	// The slip is written together.
	sanne.click(mine + "[data-act=handover]")
	sanne.write(mine+"[data-part=slip]", "Wil praten over thuis.")
	sanne.click(mine + "[data-act=slip-show]")
	card, id := hearsCard(t, y, "slip")
	if card["text"] != "Wil praten over thuis." {
		t.Errorf("the young person got %q", card)
	}
	sanne.waitFor(mine + "[data-w='hand.slip.kept']")
	if err := y.Read(y.Seen()); err != nil {
		t.Fatal(err)
	}
	sanne.waitFor(mine + "[data-w='hand.slip.read']")
	changed := y.SayAs("AAAAAAAAAAAAAAAAAAAAAA", frame.Card, `{"card":"slip","text":"Wil praten over thuis. Mijn moeder weet van niets."}`)
	sanne.waitFor(mine + "[data-w='hand.slip.theirs']")
	sanne.wait("the slip that came back is in the field", fmt.Sprintf(`document.querySelector(%q).value.endsWith('van niets.')`, mine+"[data-part=slip]"))
	sanne.judge("handover with a slip")

	// To the colleague, who goes to rest just then: nobody took it.
	daan.takesChats(1)
	daan.waitFor("#state[data-state=ready]")
	sanne.opensHandover(mine, "Daan")
	sanne.click(mine + ".where input[value=name]")
	daan.click("#rest")
	daan.waitFor("#state[data-state=rest]")
	sanne.click(mine + "[data-act=hand-ask]")
	sanne.waitFor(mine + "[data-stage=nobody]")
	sanne.waitText(mine+"[data-stage]", "Daan")
	sanne.wait("it was said", `document.getElementById('live').textContent.includes('Blauw: Daan nam het niet over')`)
	sanne.judge("handover that nobody took")

	// To another line: asked, taken back; asked, no.
	daan.takesChats(1)
	daan.waitFor("#state[data-state=ready]")
	ask := func() client.Event {
		t.Helper()
		sanne.waitGone(mine + ".hand-panel")
		sanne.click(mine + "[data-act=handover]")
		sanne.click(fier)
		sanne.click(mine + "[data-act=hand-ask]")
		e, err := y.ExpectThat(within(t), func(e *client.Event) bool { return e.T == frame.THandover && e.Line == "fier" })
		if err != nil {
			t.Fatal(err)
		}
		if e.Line != "fier" || e.Name != "" || e.Slip != changed.ID || e.Slip == id {
			t.Errorf("asked %+v", e)
		}
		sanne.waitFor(mine + "[data-stage=asked]")
		return e
	}
	ask()
	sanne.judge("handover asked")
	sanne.click(mine + "[data-act=keep]")
	sanne.waitFor(mine + "[data-stage=back]")
	if e, err := y.Expect(within(t), frame.TJoined); err != nil || e.E != 0 {
		t.Fatalf("after it was taken back: %+v, %v", e, err)
	}
	if err := y.Consent(ask().Offer, false, false); err != nil {
		t.Fatal(err)
	}
	sanne.waitFor(mine + "[data-stage=no]")
	sanne.click(mine + "[data-act=hand-ok]")
	sanne.waitGone(mine + "[data-stage]")

	// And yes: it rings there, with whose it was, and stays with her until it is accepted.
	sanne.write(mine+"textarea[data-part=say]", "ik blijf nog even")
	if err := y.Consent(ask().Offer, true, true); err != nil {
		t.Fatal(err)
	}
	sanne.waitFor(mine + "[data-stage=yes]")
	daan.waitFor("article.offer[data-from=Sanne]")
	daan.judge("offer that is handed over")
	sanne.judge("handover said yes to")
	sanne.reload()
	sanne.waitFor(mine + "[data-stage=yes] [data-act=keep]") // her page no longer knows where to
	sanne.write(mine+"textarea[data-part=say]", "ik blijf nog even")
	daan.accepts()
	sanne.waitGone(mine)
	sanne.waitFor("[data-note='moved.unsent']")
	sanne.judge("chat moved")
	if state := js[string](sanne, `document.querySelector('#state').dataset.state`); state != "ready" || js[bool](sanne, `!!document.querySelector('form.wrapup') || JSON.stringify(sessionStorage).includes(`+quoted(y.ID())+`)`) {
		t.Errorf("the desk that it left is %s, or holds something of it", state)
	}

	// What was said before comes from the young person alone, and stands apart from what is said now.
	e, err := y.ExpectThat(within(t), func(e *client.Event) bool { return e.T == frame.TJoined && e.E > 0 }) // at 0 she came back from the reload
	if err != nil || e.E != 1 || e.Name != "Daan" || e.Line != "fier" {
		t.Fatalf("joined %+v, %v", e, err)
	}
	if _, err := y.ExpectThat(within(t), func(e *client.Event) bool { return e.T == frame.TConfirm && e.E == 1 }); err != nil {
		t.Fatal(err)
	}
	for _, past := range []string{
		`{"from":"y","name":"","text":"het is thuis niet veilig"}`, `{"from":"c","name":"Sanne","text":"goed dat je het vertelt"}`,
	} {
		y.SayAs(hvn1.NewID(), frame.History, past)
	}
	y.SayAs(hvn1.NewID(), frame.Card, changed.Text)
	daan.waitText(mine+"details.slip", "van niets")
	daan.waitText(mine+"details.slip summary", "Sanne")
	daan.wait("two that were said before, under one heading", fmt.Sprintf(`document.querySelectorAll(%q).length === 2 && document.querySelectorAll(%q).length === 1`, mine+".past", mine+".past .head"))
	daan.waitFor(mine + "[data-part=wait][data-w='wait.you']") // for the slip, and not for what she said to somebody else
	y.SayAs(hvn1.NewID(), frame.Card, `{"card":"what"}`)
	daan.waitText(mine+".log", "Een kaart die deze pagina niet kent")
	y.Say("ben je er?")
	daan.say(mine+"textarea[data-part=say]", "Hoi, ik ben Daan.", "")
	if e, err := y.ExpectThat(within(t), func(e *client.Event) bool { return e.T == frame.TMsg && e.E == 1 }); err != nil || e.Text != "Hoi, ik ben Daan." {
		t.Errorf("%+v, %v", e, err)
	}
	daan.judge("chat that was handed over")
}

// TestBrowserStaffHandoverToNobody: who is not there can be seen before anything is asked, and the young person reads no note
// for a question that never comes.
func TestBrowserStaffHandoverToNobody(t *testing.T) {
	c := openChromium(t)
	_, info := demo(t)
	sanne := c.readyAt(info.URL, info.Staff[0], 1)
	y, mine := comes(t, info.URL, client.Want{Line: "jip"}, sanne)
	daan := c.readyAt(info.URL, info.Staff[1], 1)
	sanne.opensHandover(mine, "Daan")
	sanne.wait("who is there stands first", fmt.Sprintf(`[...document.querySelectorAll(%q)].map((e) => e.textContent + e.disabled).join() === 'Daanfalse,Ilse (niet aan het werk)true'`, mine+".where option"))
	sanne.waitText(mine+"[data-door=fier]", "open")
	sanne.judge("handover with one colleague")
	sanne.click(mine + ".where input[value=name]")
	sanne.write(mine+"[data-part=slip]", "Wil praten over thuis.")
	daan.click("#rest")
	daan.waitFor("#state[data-state=rest]")
	sanne.hearsOfDuty(`all.every((c) => !c.on_duty.length)`)
	sanne.click(mine + "[data-act=hand-ask]")
	sanne.waitFor(mine + "[data-stage=none]")
	sanne.waitText(mine+"[data-stage]", "Daan")
	sanne.judge("handover to nobody")

	// A line on which she alone is on duty is one where nobody is.
	sanne.click(mine + "[data-act=hand-retry]")
	sanne.waitText(mine+"[data-door=fier]", "niemand aan het werk")
	sanne.click(mine + ".where input[value='line:fier']")
	sanne.click(mine + "[data-act=hand-ask]")
	sanne.waitText(mine+"[data-stage=none]", "Fier")
	if err := y.Beat(); err != nil {
		t.Fatal(err)
	}
	if _, err := y.ExpectThat(within(t), func(e *client.Event) bool {
		if e.T == frame.TMsg || e.T == frame.THandover {
			t.Errorf("the young person was told %+v", e)
		}
		return e.T == frame.TBeat
	}); err != nil {
		t.Fatal(err)
	}

	// What she wrote stands there yet, and goes before the question where somebody is.
	daan.click("#ready")
	daan.waitFor("#state[data-state=ready]")
	sanne.opensHandover(mine, "Daan")
	sanne.click(mine + ".where input[value=name]")
	sanne.click(mine + "[data-act=hand-ask]")
	card, id := hearsCard(t, y, "slip")
	if card["text"] != "Wil praten over thuis." {
		t.Errorf("the young person got %q", card)
	}
	if e, err := y.Expect(within(t), frame.THandover); err != nil || e.Slip != id || e.Name != "Daan" {
		t.Errorf("asked %+v, %v", e, err)
	}
	sanne.waitFor(mine + "[data-stage=asked]")
}
