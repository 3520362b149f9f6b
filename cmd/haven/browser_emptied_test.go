package main

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"haven/routing/routingtest"
)

// deafScript has a page hear no message while it is `deaf`.
const deafScript = `{
  const on = Object.getOwnPropertyDescriptor(WebSocket.prototype, 'onmessage');
  window.deaf = false;
  Object.defineProperty(WebSocket.prototype, 'onmessage', {...on, set(f) {
    on.set.call(this, (ev) => deaf && ev.data.includes('"t":"msg"') || f(ev));
  }});
}`

// TestBrowserStoreEmptied has Redis come back with nothing in the middle of a chat, twice, with both pages open: the young
// person waits again, the same counsellor takes it, and what either had said and the other not read is there once.
func TestBrowserStoreEmptied(t *testing.T) {
	c := openChromium(t)
	accounts := routingtest.Start(t)
	d := &deployment{t: t, store: routingtest.Start(t), config: filepath.Join(t.TempDir(), "haven.yaml"), nodes: make([]*process, 1)}
	d.env = []string{redisEnv + "=unix://" + d.store.Addr, "HAVEN_LEDGER_URL=unix://" + accounts.Addr}
	yaml := "listen: 127.0.0.1:0\nmetrics_listen: 127.0.0.1:0\nphones:\n  - {name: Alarmnummer, number: \"112\"}\nlines:\n" +
		"  - {name: jip, langs: [nl, en], hours: always, cap_per_counsellor: 100}\n"
	if err := os.WriteFile(d.config, []byte(yaml), 0o600); err != nil {
		t.Fatal(err)
	}
	d.urls, d.priv = []string{"http://" + routingtest.FreeAddr(t)}, []string{"http://" + routingtest.FreeAddr(t)}
	d.run(0)
	code, out := start(t, d.env, "staff", "add", "Sanne", "--config", d.config, "--generate").ends(t)
	if code != 0 {
		t.Fatalf("staff add: %d %s", code, out)
	}
	desk := c.open("counsellor", nil).laptop()
	desk.logsIn(d.urls[0], demoStaff{Name: "Sanne", Password: password(out)})
	desk.takesChats(2)
	p := c.open("young person", nil).phone()
	p.onEveryDocument(deafScript)
	p.begins(d.urls[0], "jip")
	desk.accepts()
	p.waitFor("#lock.shut")

	both := func(want []string) {
		t.Helper()
		p.waitMessages(youthLog, want...)
		desk.waitMessages("section.chat .log", want...)
	}
	empties := func(i int) {
		t.Helper()
		d.store.Kill()
		d.store.Restart(t, true)
		p.waitText("#anew", "Je staat weer in de rij")
		if i == 0 {
			p.judged("in line anew")
		}
		desk.takesOffer()
		desk.waitFor("section.chat [data-part=lock][data-w='chat.locked']")
		p.waitFor("#lock.shut")
		p.waitGone("#anew")
		desk.waitGone("section.chat[data-phase=elsewhere]")
		desk.wait("one chat", `document.querySelectorAll('section.chat').length === 1`)
	}
	var said []string
	for i, word := range []string{"hoi", "gaat het?"} {
		said = append(said, word)
		p.say("#text", word, "#send")
		both(said)
		said = append(said, fmt.Sprint("ja hoor ", i))
		desk.say("section.chat textarea[data-part=say]", fmt.Sprint("ja hoor ", i), "")
		both(said)
		desk.waitFor("section.chat .msg[data-state=read]:last-child")
		js[bool](p, "(window.deaf = true)")
		hers := fmt.Sprint("hoor je mij? ", i)
		desk.say("section.chat textarea[data-part=say]", hers, "")
		desk.waitFor("section.chat .msg[data-state=kept]:last-child")
		js[bool](desk, fmt.Sprintf(`(document.querySelector('section.chat textarea[data-part=say]').value = 'nog niet klaar %d', true)`, i))
		js[bool](p, "(window.deaf = false, true)")
		empties(i)
		said = append(said, hers)
		both(said)
		desk.waitFor("section.chat .msg[data-state=read]:last-child")
		desk.picture(fmt.Sprint("emptied ", i, " counsellor"))
		p.picture(fmt.Sprint("emptied ", i, " young person"))
		if draft := js[string](desk, `document.querySelector('section.chat textarea[data-part=say]').value`); draft != fmt.Sprint("nog niet klaar ", i) {
			t.Errorf("what she was typing is %q", draft)
		}
		desk.wait("it is said which chat it is", `!!document.querySelector("[data-w='goeson']")`)
		if i == 0 {
			desk.judge("chat that goes on")
		}
		js[bool](desk, `(document.querySelector('section.chat textarea[data-part=say]').value = '', true)`)
	}
	// A reload of either shows no word that is none.
	p.say("#text", "dank je", "#send")
	said = append(said, "dank je")
	both(said)
	p.reload()
	p.waitFor("#lock.shut")
	desk.reload()
	desk.waitFor("section.chat [data-part=lock][data-w='chat.locked']")
	desk.waitText("section.chat .log", "dank je")
	p.waitText(youthLog, "dank je")
	for _, at := range []struct {
		page *tab
		log  string
	}{{p, youthLog}, {desk, "section.chat .log"}} {
		if all := at.page.messages(at.log); len(all) != 2 || all[0] != "hoor je mij? 1" || all[1] != "dank je" {
			t.Errorf("after a reload the %s sees %q", at.page.name, all)
		}
	}

	// While the store is away and the line stands, what is not kept says so after a while, and goes out by itself.
	d.store.Kill()
	p.say("#text", "komt dit aan?", "#send")
	p.waitText(youthLog+" .msg:last-child .state", "Nog niet verstuurd")
	p.picture("not sent yet")
	d.store.Restart(t, false)
	desk.waitText("section.chat .log", "komt dit aan?")
	p.waitFor(youthLog + " .msg[data-state=read]:last-child")
}
