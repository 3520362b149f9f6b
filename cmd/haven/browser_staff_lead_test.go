package main

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"

	"haven/chat/client"
	"haven/chat/frame"
	"haven/routing/routingtest"
)

// office is a deployment of one node with a lead, Lian, and a counsellor, Sanne.
func office(t *testing.T) (url string, lead, sanne demoStaff) {
	t.Helper()
	d := &deployment{t: t, store: routingtest.Start(t), config: filepath.Join(t.TempDir(), "haven.yaml"), nodes: make([]*process, 1)}
	d.env = []string{redisEnv + "=unix://" + d.store.Addr}
	yaml := "listen: 127.0.0.1:0\nmetrics_listen: 127.0.0.1:0\nphones:\n  - {name: Alarmnummer, number: \"112\"}\nlines:\n" +
		"  - {name: jip, langs: [nl, en], hours: always, cap_per_counsellor: 100, instead: [fier]}\n" +
		"  - {name: fier, langs: [nl, en], hours: always, cap_per_counsellor: 100}\n" +
		"  - {name: oefenen, langs: [nl, en], hours: always, cap_per_counsellor: 100, practice: true}\n"
	if err := os.WriteFile(d.config, []byte(yaml), 0o600); err != nil {
		t.Fatal(err)
	}
	d.urls, d.priv = []string{"http://" + routingtest.FreeAddr(t)}, []string{"http://" + routingtest.FreeAddr(t)}
	d.run(0)
	hire := func(name, role string) demoStaff {
		code, out := start(t, d.env, "staff", "add", name, "--config", d.config, "--role", role, "--generate").ends(t)
		if code != 0 {
			t.Fatalf("staff add: %d %s", code, out)
		}
		return demoStaff{Name: name, Password: password(out), Role: role}
	}
	return d.urls[0], hire("Lian", "lead"), hire("Sanne", "counsellor")
}

// TestBrowserStaffHelp calls a lead with one key: none at a desk, one who comes to hers, who says that she comes, and the
// call taken back. What goes out names a line and nothing of the chat.
func TestBrowserStaffHelp(t *testing.T) {
	c := openChromium(t)
	url, lead, who := office(t)
	sanne := c.readyAt(url, who, 1)
	y, mine := comes(t, url, client.Want{Line: "fier"}, sanne)
	y.Say("dit is van ons")
	sanne.waitText(mine+".log", "van ons")

	sanne.alt("H")
	sanne.waitFor("#call-box[data-state=nobody]")
	sanne.waitFor("#call[aria-pressed=true]")
	sanne.judge("call that nobody hears")
	lian := c.open("Lian", nil).laptop()
	lian.logsIn(url, lead)
	sanne.waitFor("#call-box[data-state=calling]")
	lian.waitText("#calls [data-name=Sanne]", "Fier")
	if text := js[string](lian, `document.body.innerText`); js[int](lian, `document.querySelectorAll('section.chat').length`) != 0 {
		t.Errorf("the lead sees a chat: %s", text)
	}
	lian.wait("the title says so", `document.title.includes('Een collega roept')`)
	lian.judge("called")
	lian.enters("#calls [data-act=come]")
	sanne.waitText("#call-box[data-state=coming]", "Lian")
	lian.waitFor("#calls [data-w='calls.mine']")
	sanne.judge("lead who comes")
	sanne.reload()
	sanne.waitText("#call-box[data-state=coming]", "Lian")
	sanne.alt("H")
	sanne.waitGone("#call-box")
	lian.waitGone("#calls li")

	sanne.seen.mu.Lock()
	defer sanne.seen.mu.Unlock()
	var calls []string
	for _, f := range sanne.seen.sent {
		if len(f) > 11 && f[:11] == `{"t":"call"` {
			calls = append(calls, f)
		}
	}
	if want := `[{"t":"call","on":true,"line":"fier"} {"t":"call","on":false}]`; fmt.Sprint(calls) != want {
		t.Errorf("sent %s", calls)
	}
}

// TestBrowserStaffLead is the lead's panel: how the lines stand, a line that lets nobody in for a while, and places in line
// that are brought to a colleague and, with the young person's yes, to another line.
func TestBrowserStaffLead(t *testing.T) {
	c := openChromium(t)
	url, lead, who := office(t)
	sanne := c.readyAt(url, who, 1)
	if js[bool](sanne, `!document.getElementById('lead-open').hidden`) {
		t.Error("a counsellor has the lead's panel")
	}
	sanne.alt("L")
	_, mine := comes(t, url, client.Want{Line: "oefenen"}, sanne)
	sanne.waitText(mine+".practice", "oefening")
	sanne.waitText("#lines [data-line=oefenen]", "oefening")
	first := others(t, url, client.Want{Line: "jip", Urgent: true})
	second := others(t, url, client.Want{Line: "jip", Lang: "en"})

	lian := c.open("Lian", nil).laptop()
	lian.logsIn(url, lead)
	lian.waitFor("#lead-open")
	lian.alt("L")
	lian.waitFor("#lead-title")
	const jip = "#lead-lines [data-line=jip] "
	lian.waitText(jip+"[data-count=waiting] dd", "2")
	lian.waitText("#lead-lines [data-line=oefenen] [data-count=talking] dd", "1")
	lian.waitText("#lead-queue li:first-child", "in gevaar")
	lian.wait("two wait, and no more", `document.querySelectorAll('#lead-queue li').length === 2`)
	lian.judge("queue")

	// Paused after a second thought only.
	lian.enters(jip + "[data-act=pause]")
	lian.waitFor(jip + "[data-act=pause-yes]")
	lian.judge("pausing")
	lian.key(escape)
	lian.waitGone(jip + ".sure")
	lian.wait("the focus is back", `document.activeElement.dataset.act === 'pause'`)
	lian.enters(jip + "[data-act=pause]")
	lian.enters(jip + "[data-act=pause-yes]")
	lian.waitFor("#lead-lines [data-line=jip][data-state=paused]")
	sanne.waitText("#lines [data-line=jip]", "laat niemand toe")
	third := client.NewYouth(client.Options{URL: url})
	if err := third.Connect(within(t)); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(third.Cut)
	if e, err := third.Join(within(t), client.Want{Line: "jip"}); e.T != frame.TRefused || e.Reason != "closed" {
		t.Fatalf("a line that is paused answers %+v, %v", e, err)
	}

	// One place goes to another line, when the young person says so.
	place := func(y *client.Youth) string { return fmt.Sprintf("#lead-queue [data-chat='%s'] ", y.ID()) }
	lian.enters(place(second) + "[data-act=move]")
	lian.waitFor(place(second) + "select")
	pick := func(y *client.Youth, value string) {
		lian.wait("it can be chosen", fmt.Sprintf(`((s) => { s.value = %q; s.dispatchEvent(new Event('change', {bubbles: true})); return s.value === %[1]q })(document.querySelector(%q))`, value, place(y)+"select"))
	}
	pick(second, "line:fier")
	lian.judge("moving")
	lian.enters(place(second) + "[data-act=move-yes]")
	q, err := second.Expect(within(t), frame.THandover)
	if err != nil || q.Line != "fier" || q.Name != "" {
		t.Fatalf("asked %+v, %v", q, err)
	}
	lian.waitText(place(second)+".place", "Fier?")
	if err := second.Consent(q.Offer, true, false); err != nil {
		t.Fatal(err)
	}
	lian.waitText("#lead-lines [data-line=fier] [data-count=waiting] dd", "1")

	// The other one says no, and is not asked again.
	for _, asked := range []bool{true, false} {
		lian.enters(place(first) + "[data-act=move]")
		pick(first, "line:fier")
		lian.enters(place(first) + "[data-act=move-yes]")
		if !asked {
			break
		}
		q, err := first.Expect(within(t), frame.THandover)
		if err != nil {
			t.Fatal(err)
		}
		lian.waitText(place(first)+".place", "Fier?")
		if err := first.Consent(q.Offer, false, false); err != nil {
			t.Fatal(err)
		}
		lian.wait("it is not asked any more", fmt.Sprintf(`!document.querySelector(%q).textContent.includes('Fier?')`, place(first)+".place"))
	}
	lian.waitFor("[data-note='lead.refused']")

	// The other is kept for a colleague, and rings there as soon as she has room.
	lian.enters(place(first) + "[data-act=move]")
	pick(first, "name:Sanne")
	lian.waitText(place(first)+".sure", "hoogstens 3 minuten vastgehouden voor Sanne")
	lian.waitText(place(first)+".sure", "leest op wie die wacht")
	lian.enters(place(first) + "[data-act=move-yes]")
	lian.waitText(place(first)+".place", "voor Sanne")
	lian.judge("kept for a colleague")
	sanne.click("#capacity input[value='2'] + span")
	sanne.waitFor("article.offer[data-line=jip]")

	lian.enters(jip + "[data-act=pause]")
	lian.enters(jip + "[data-act=pause-yes]")
	lian.waitFor("#lead-lines [data-line=jip][data-state=open]")
	lian.click("#lang")
	lian.waitText("#lead-open", "Queue")
	lian.judge("queue in English")
}

// TestBrowserStaffShift is a counsellor's own time: a breather after a chat that she called heavy, and her last intake.
func TestBrowserStaffShift(t *testing.T) {
	c := openChromium(t)
	_, info := demo(t)
	sanne := c.readyAt(info.URL, info.Staff[0], 1)
	y, mine := comes(t, info.URL, client.Want{Line: "jip", Topic: "violence"}, sanne)
	if err := y.Leave(); err != nil {
		t.Fatal(err)
	}
	sanne.waitFor(mine + "form.wrapup")
	sanne.click("form.wrapup [name=heavy]")
	sanne.click("form.wrapup [data-act=wrapup]")
	sanne.waitText("#breather", ":")
	sanne.waitText("#state", "Adempauze")
	others(t, info.URL, client.Want{Line: "jip"})
	sanne.waitText("#lines [data-line=jip]", "1 in de rij")
	sanne.judge("breather")
	if js[int](sanne, `document.querySelectorAll('article.offer').length`) != 0 {
		t.Error("it rings in a breather")
	}
	sanne.reload()
	sanne.waitFor("#breather")
	sanne.enters("#breather-end")
	sanne.waitGone("#breather")
	sanne.waitFor("article.offer")
	sanne.click("article.offer [data-act=decline]")

	// Fields of time are of the browser's making; what she types there ends as a value.
	in := func(d time.Duration) string {
		return fmt.Sprintf(`new Date(Date.now() + %d).toTimeString().slice(0, 5)`, d.Milliseconds())
	}
	to := func(value string) {
		t.Helper()
		js[bool](sanne, fmt.Sprintf(`(document.getElementById('shift-to').value = %s, true)`, value))
		sanne.click("#shift-form [type=submit]")
	}
	sanne.enters("#shift-open")
	sanne.waitFor("#shift")
	to(`''`)
	sanne.waitFor("#shift-error[data-w='shift.none']")
	to(in(20 * time.Minute))
	sanne.waitFor("#shift-error[data-w='shift.past']")
	sanne.judge("shift")
	to(in(2 * time.Hour))
	sanne.waitGone("#shift")
	last := js[string](sanne, in(90*time.Minute))
	sanne.waitText("#shift-open", last)
	sanne.reload()
	sanne.waitFor("#shift-open[data-w='shift.last']")
	sanne.judge("last intake")
	sanne.enters("#shift-open")
	sanne.click("#shift-clear")
	sanne.waitFor("#shift-open[data-w='shift.title']")
}
