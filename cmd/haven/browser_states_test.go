package main

import (
	"fmt"
	"testing"

	"haven/chat/client"
	"haven/routing"
)

// others joins a line as somebody who is not in a browser.
func others(t *testing.T, url string, want client.Want) *client.Youth {
	t.Helper()
	y := client.NewYouth(client.Options{URL: url})
	if err := y.Connect(within(t)); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(y.Cut)
	if _, err := y.Join(within(t), want); err != nil {
		t.Fatal(err)
	}
	return y
}

// accepts takes the chat that is offered; when the machine was so slow that the offer went by, she is ready again first.
func (p *tab) accepts() {
	p.t.Helper()
	chats := js[int](p, "document.querySelectorAll('section.chat').length")
	p.takesOffer()
	p.wait("one more chat, and its lock", fmt.Sprintf(`document.querySelectorAll('section.chat').length > %d && !document.querySelector('section.chat[data-phase=opening]')`, chats))
}

// takesOffer is the first half of accepts.
func (p *tab) takesOffer() {
	p.t.Helper()
	const accept = "article.offer [data-act=accept]"
	p.wait("an offer, or one missed", fmt.Sprintf(`(%s)(%q) || document.querySelector('#state').dataset.state === 'rest'`, visible, accept))
	if js[bool](p, `document.querySelector('#state').dataset.state === 'rest'`) {
		p.click("#ready")
	}
	p.click(accept)
}

// TestBrowserAccessibility leads two people through everything that their pages show, and has each state judged by the
// rules of WCAG 2.2, levels A and AA.
func TestBrowserAccessibility(t *testing.T) {
	c := openChromium(t)
	_, info := demo(t)
	sanne := info.Staff[0]
	youth, desk := c.open("young person", nil).laptop(), c.open("counsellor", nil).laptop()

	youth.goTo(info.URL + "/")
	youth.waitFor("#lines [data-pick=jip]")
	youth.judgeSeesFaults()
	youth.judge("start")
	youth.click("#lang")
	youth.waitText("#lines [data-pick=jip]", "Chat with")
	youth.judge("start in English")
	youth.click("#lang")
	youth.click("#lines [data-pick=jip]")
	youth.waitFor("#join")
	youth.judge("line chosen")
	youth.click("#urgent")
	youth.waitFor("#urgent-card")
	youth.judge("line chosen in danger")
	youth.click("#urgent")
	youth.click("#start")
	youth.waitFor("#over-title[data-w='no.nobody']")
	youth.judge("refused")
	youth.click("#over-home")

	desk.pardon("401") // the page asks who is logged in, and a wrong password is answered with it
	desk.goTo(info.URL + "/staff")
	desk.waitFor("#login-form")
	desk.judge("login")
	desk.write("#name", sanne.Name)
	desk.write("#password", "niet het wachtwoord")
	desk.click("#login-button")
	desk.waitFor("#login-error")
	desk.judge("login refused")
	js[bool](desk, `(document.getElementById('password').value = '', true)`)
	desk.write("#password", sanne.Password)
	desk.click("#login-button")
	desk.waitFor("#state[data-state=rest]")
	desk.judge("rest")
	desk.click("#help-open")
	desk.waitFor("#help")
	desk.judge("help")
	desk.click("#help-open")
	desk.click("#lang")
	desk.waitText("#ready", "Ready")
	desk.judge("rest in English")
	desk.click("#lang")
	desk.takesChats(1)
	desk.waitFor("#state[data-state=ready]")
	desk.judge("ready")

	first := others(t, info.URL, client.Want{Line: "jip", Topic: "violence", Urgent: true})
	desk.waitFor("article.offer")
	desk.judge("offer")
	desk.accepts()
	youth.asksFor("jip")
	youth.waitFor("#talk")
	youth.say("#text", "ik weet niet goed hoe ik moet beginnen", "")
	youth.write("#text", "je kunt me bellen op 06 12 34 56 78")
	youth.waitFor("#hint[data-w='hint.phone']")
	youth.judge("waiting")
	js[bool](youth, `((f) => (f.value = '', f.dispatchEvent(new Event('input')), true))(document.getElementById('text'))`)
	desk.click("#rest")
	youth.waitFor("#talk-phones")
	youth.judge("waiting for nobody")
	desk.click("#ready")
	if err := first.Leave(); err != nil {
		t.Fatal(err)
	}
	desk.waitFor("form.wrapup")
	desk.judge("wrap-up")
	desk.click("form.wrapup [name=heavy]")
	desk.click("form.wrapup [data-act=wrapup]")
	desk.waitFor("#breather")
	desk.waitGone("form.wrapup")
	desk.judge("after a heavy chat")
	desk.click("#breather-end")
	desk.accepts()
	youth.waitFor("#lock.shut")
	mine := fmt.Sprintf("section.chat[data-chat='%s'] ", js[string](desk, `document.querySelector('section.chat').dataset.chat`))

	desk.click("#capacity input[value='3'] + span")
	second := others(t, info.URL, client.Want{Line: "shop", Lang: "en"})
	desk.accepts()
	third := others(t, info.URL, client.Want{Line: "fier", Topic: "relation"})
	desk.accepts()
	youth.say("#text", "Het is al een tijdje niet fijn thuis. Mijn stiefvader wordt heel snel boos en dan durf ik mijn kamer niet meer uit. Wat moet ik doen?", "")
	desk.waitText(mine+".log", "stiefvader")
	desk.say(mine+"textarea", "Goed dat je het vertelt. Dat lijkt me heel naar. Ben je nu op een plek waar je veilig kunt typen?", "")
	desk.say(mine+"textarea", "Neem rustig de tijd.", "")
	youth.waitText(youthLog, "rustig de tijd")
	youth.say("#text", "ja", "")
	for _, y := range []*client.Youth{second, third} {
		if _, err := y.Joined(within(t)); err != nil {
			t.Fatal(err)
		}
		y.Say("hoi, is daar iemand?")
	}
	desk.wait("two others said something", `[...document.querySelectorAll('section.chat .log')].filter((l) => l.textContent.includes('iemand?')).length === 2`)
	youth.judge("chat")
	desk.judge("three chats")

	youth.click("#danger-open")
	youth.waitFor("#danger")
	youth.judge("danger")
	youth.write("#danger-where", "in de schuur achter ons huis")
	youth.click("#danger-next")
	youth.waitFor("#danger-look")
	youth.judge("danger looked over")
	youth.click("#danger-next")
	desk.waitText(mine+".log", "schuur")
	desk.click(mine + "[data-act=danger]")
	desk.waitFor(mine + "[data-part=danger]")
	desk.judge("danger")
	desk.click(mine + "[data-act=danger-yes]")
	youth.waitFor("#log .msg.theirs a[href='tel:112']")
	youth.judge("danger card")
	youth.click("#quiet")
	youth.waitFor("#quiet-note")
	youth.judge("quiet")
	if err := second.Hide(); err != nil {
		t.Fatal(err)
	}
	desk.waitFor("[data-note='chat.quiet']")
	desk.waitFor("[data-note='chat.gone']")
	desk.judge("one is quiet and one is gone")
	youth.click("#quiet")
	youth.click("#leave-open")
	youth.waitFor("#leave")
	youth.judge("leaving")
	youth.click("#leave [data-close]")

	desk.goTo("about:blank")
	youth.waitFor("#place[data-w='talk.away']")
	youth.judge("away")
	desk.goTo(info.URL + "/staff")
	desk.waitFor(mine + "[data-act=end]")
	youth.waitGone("#place[data-w='talk.away']")
	desk.click(mine + "[data-act=end]")
	desk.waitFor(mine + ".end-panel")
	desk.judge("ending")
	desk.click(mine + "[data-act=end-stopped]")
	desk.waitFor(mine + "[data-act=end-stopped-yes]")
	desk.judge("stopping")
	desk.click(mine + "[data-act=end-back]")
	desk.click(mine + "[data-act=end]")
	desk.click(mine + "[data-act=end-done]")
	youth.waitFor("#over-title[data-w='over.done']")
	youth.judge("ended")
	if err := third.Leave(); err != nil {
		t.Fatal(err)
	}
	desk.wait("two wrap-ups", `document.querySelectorAll('form.wrapup').length === 2`)
	desk.judge("two wrap-ups")
	if got := js[string](desk, `document.querySelector('#state').dataset.state`); got != routing.StateBusy {
		t.Errorf("with two chats in wrap-up and one gone the desk is %s", got)
	}
}
