package main

import (
	"fmt"
	"slices"
	"testing"

	"haven/chat/client"
)

const (
	youthLog = "#log"
	deskLog  = "section.chat .log"
)

// busyColleague is a counsellor who holds one chat and takes no more: the line is staffed, and whoever comes waits. It gives
// the other account, who has not logged in yet.
func busyColleague(t *testing.T, info demoInfo, line string) (free demoStaff) {
	t.Helper()
	ctx := within(t)
	desk := atDesk(t, info, 1, 1)
	other := client.NewYouth(client.Options{URL: info.URL})
	if err := other.Connect(ctx); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(other.Cut)
	until(t, ctx, func() bool { // until the desk is ready
		_, err := other.Join(ctx, client.Want{Line: line})
		return err == nil
	})
	if _, err := desk.Assigned(ctx); err != nil {
		t.Fatal(err)
	}
	return info.Staff[0]
}

// begins takes a young person's page from the first screen to its place in line.
func (p *tab) begins(url, line string) {
	p.t.Helper()
	p.goTo(url + "/")
	p.asksFor(line)
	p.waitFor("#talk")
}

// asksFor picks a line on the first screen and starts.
func (p *tab) asksFor(line string) {
	p.t.Helper()
	p.click(fmt.Sprintf("#lines [data-pick=%s]", line))
	p.waitFor("#join")
	p.click("#start")
}

// logsIn takes a counsellor's page to her desk.
func (p *tab) logsIn(url string, who demoStaff) {
	p.t.Helper()
	p.pardon("401") // the page asks who is logged in, and hears that nobody is
	p.goTo(url + "/staff")
	p.write("#name", who.Name)
	p.write("#password", who.Password)
	p.click("#login-button")
	p.waitFor("#state[data-state=rest]")
}

// takesChats chooses a capacity up to 5 and says that she is ready.
func (p *tab) takesChats(capacity int) {
	p.t.Helper()
	p.click(fmt.Sprintf("#capacity input[value='%d'] + span", capacity))
	p.waitFor(fmt.Sprintf("#capacity input[value='%d']:checked", capacity))
	p.click("#ready")
}

// toneNoted makes a page tell when it makes a sound.
const toneNoted = `{
  const start = OscillatorNode.prototype.start;
  OscillatorNode.prototype.start = function (...at) {
    tone(this.context.state + ' ' + Math.round(this.frequency.value));
    return start.apply(this, at);
  };
}`

// TestBrowserTalk is the main job, as two people do it: a young person on a phone, a counsellor on a laptop, from opening
// the page to the rest after the wrap-up, with each page loaded anew in the middle.
func TestBrowserTalk(t *testing.T) {
	c := openChromium(t)
	_, info := demo(t)
	sanne := busyColleague(t, info, "jip")

	youth := c.open("young person", nil).phone()
	youth.goTo(info.URL + "/")
	if !js[bool](youth, `(() => {
	  const call = document.querySelector('#home a[href="tel:112"]'), r = call.getBoundingClientRect(), lines = document.querySelector('#lines');
	  return call.checkVisibility() && r.top >= 0 && r.bottom <= innerHeight && !!(call.compareDocumentPosition(lines) & Node.DOCUMENT_POSITION_FOLLOWING);
	})()`) {
		t.Error("112 is not a link on the first screen, before the lines")
	}
	for _, line := range sanne.Lines {
		youth.wait(line+" can be picked", fmt.Sprintf(`document.querySelector('#lines [data-line=%s] .badge.on') && (%s)('#lines [data-pick=%[1]s]')`, line, visible))
	}
	youth.click("#lines [data-pick=jip]")
	youth.waitFor("#join")
	js[string](youth, `(() => { const s = document.getElementById('topic'); s.value = 'home'; s.dispatchEvent(new Event('change', {bubbles: true})); return s.value })()`)
	youth.click("#start")
	youth.waitText("#place", "Je bent de volgende")
	const waited = "ik durf het niet goed te zeggen"
	youth.say("#text", waited, "#send")
	youth.waitFor(youthLog + " .msg.queued")
	youth.picture("phone-waiting")

	desk := c.open("counsellor", nil).laptop()
	tones := desk.hears("tone")
	desk.onEveryDocument(toneNoted)
	desk.logsIn(info.URL, sanne)
	desk.takesChats(2)
	desk.waitFor("article.offer[data-line=jip]")
	desk.waitText("article.offer", "Thuis")
	desk.picture("laptop-offer")
	desk.wait("the title tells of the offer", "document.title.includes('Oproep')")
	select {
	case tone := <-tones:
		if tone[:7] != "running" {
			t.Errorf("the offer rings while the sound is %s", tone)
		}
	case <-within(t).Done():
		t.Error("the offer does not ring")
	}
	desk.click("article.offer [data-act=accept]")
	desk.waitFor("section.chat[data-lock=closed]")
	youth.waitFor("#lock.shut")
	youth.waitText("#who", sanne.Name)
	desk.waitMessages(deskLog, waited)
	youth.wait("what was typed while waiting was read", `document.querySelector('#log .msg.mine[data-state=read]')`)

	said := []string{waited, "dag, fijn dat je er bent 🌱", "het is thuis niet veilig"}
	deskSays, youthSays := func(text string) {
		t.Helper()
		desk.say("section.chat textarea", text, "")
	}, func(text string) {
		t.Helper()
		youth.say("#text", text, "#send")
	}
	same := func(when string) {
		t.Helper()
		youth.waitMessages(youthLog, said...)
		desk.waitMessages(deskLog, said...)
		if f := slices.Concat(youth.seen.frames(), desk.seen.frames()); slices.ContainsFunc(f, func(f string) bool { return containsAny(f, said...) }) {
			t.Errorf("%s: somebody's words left a page unsealed", when)
		}
	}
	deskSays(said[1])
	youth.waitMessages(youthLog, said[:2]...)
	youthSays(said[2])
	same("both ways")
	youth.picture("phone-chat")
	desk.picture("laptop-chat")

	youth.reload()
	youth.waitFor("#lock.shut")
	same("the young person's page loaded anew")
	said = append(said, "mijn telefoon deed raar", "geeft niets, ik ben er nog")
	youthSays(said[3])
	desk.waitMessages(deskLog, said[:4]...)
	deskSays(said[4])
	same("both ways after that")

	desk.reload()
	desk.waitFor("section.chat[data-lock=closed]")
	same("the counsellor's page loaded anew")
	said = append(said, "waar waren we?", "bij gisteren")
	deskSays(said[5])
	youth.waitMessages(youthLog, said[:6]...)
	youthSays(said[6])
	same("both ways after that too")
	youth.picture("phone-long-chat")

	desk.click("section.chat [data-act=end]")
	desk.click("section.chat [data-act=end-done]")
	youth.waitFor("#over-title[data-w='over.done']")
	if got := youth.messages("#reread .log"); !slices.Equal(got, said) {
		t.Errorf("after the end there is to be read again: %q", got)
	}
	if kept := js[string](youth, "JSON.stringify(sessionStorage)"); kept != "{}" {
		t.Errorf("after the end the device keeps %s", kept)
	}
	desk.waitFor("section.chat form.wrapup")
	desk.picture("laptop-wrap-up")
	if topic := js[string](desk, `document.querySelector('form.wrapup select[name=topic]').value`); topic != "home" {
		t.Errorf("the wrap-up begins with the topic %q", topic)
	}
	desk.click("section.chat [data-act=wrapup]")
	desk.waitGone("section.chat")
	desk.click("#rest")
	desk.waitFor("#state[data-state=rest]")
	youth.click("#over-home")
	youth.waitFor("#lines [data-pick=jip]")
	if js[bool](youth, `document.body.textContent.includes('gisteren')`) {
		t.Error("the first screen still holds the chat")
	}
}
