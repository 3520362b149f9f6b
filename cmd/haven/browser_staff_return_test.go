package main

import (
	"fmt"
	"testing"

	"haven/chat/frame"
)

// codeOf has a young person's page show its return code, and gives the words.
func (p *tab) codeOf() string {
	p.t.Helper()
	p.click("#code-open")
	p.click("#code-show")
	p.waitText("#code-words", " ")
	words := js[string](p, `document.getElementById('code-words').textContent`)
	p.click("#code [data-w=close]")
	p.waitGone("#code")
	return words
}

// exits leaves in a hurry.
func (p *tab) exits() {
	p.t.Helper()
	p.click("#exit")
	p.arrive(p.heldElsewhere())
	p.waitFor("#weather")
}

// returns comes back with a return code, in a browser that knows nothing.
func (c *chromium) returns(url, words string) *tab {
	c.t.Helper()
	p := c.open("back", nil).phone()
	p.goTo(url + "/")
	p.waitFor("#lines [data-pick=jip]")
	p.click("#back-open")
	p.write("#back-words", words)
	p.click("#start")
	p.waitFor("#talk")
	return p
}

// TestBrowserStaffReturn: a young person who left in a hurry is back by their code, and the counsellor who had the chat has
// it again: within the time in which her page may not know yet that it went, and after that. What her column said of the
// page before does not stand for the new one, and what the new one says does.
func TestBrowserStaffReturn(t *testing.T) {
	c := openChromium(t)
	_, info := demo(t)
	sanne := c.readyAt(info.URL, info.Staff[0], 1)
	youth := c.open("young person", nil).phone()
	youth.begins(info.URL, "jip")
	sanne.accepts()
	youth.waitFor("#lock.shut")
	youth.say("#text", "ik moet zo weg", "#send")
	mine := column(js[string](sanne, `document.querySelector('section.chat').dataset.chat`))
	sanne.waitText(mine+".log", "zo weg")
	const accept = "article.offer [data-act=accept]"
	leaves := func(p *tab) (words string) {
		t.Helper()
		words = p.codeOf()
		p.click("#quiet")
		sanne.waitFor(mine + "[data-note='chat.quiet']")
		p.exits()
		sanne.waitFor(mine + "[data-note='chat.gone']")
		return words
	}
	goesOn := func(p *tab) {
		t.Helper()
		p.waitFor("#lock.shut")
		sanne.waitFor(mine + "[data-part=lock][data-w='chat.locked']")
		sanne.waitGone(mine + "[data-note='chat.gone']")
	}
	// waited says that her page counts for whom somebody waits, which it does not while the young person is not there.
	waited := func() {
		t.Helper()
		sanne.waitGone(mine + "[data-note='chat.quiet']")
		sanne.wait("the time that somebody waits counts", fmt.Sprintf(`document.querySelector(%q).dataset.level !== ''`, mine+"[data-part=wait]"))
	}

	back := c.returns(info.URL, leaves(youth))
	sanne.click(accept)
	goesOn(back)
	waited()
	sanne.judge("accepted again at once")
	back.click("#quiet")
	sanne.waitFor(mine + "[data-note='chat.quiet']")
	back.click("#quiet")
	waited()

	later := c.returns(info.URL, leaves(back))
	sanne.waitFor("section.chat[data-phase=elsewhere]")
	sanne.wait("the desk frames that were on their way are over", `(window.since ??= performance.now()) + 3100 < performance.now()`)
	sanne.click(accept)
	goesOn(later)
	waited()
	sanne.judge("accepted again later")

	// "Not now" said in line is known from the first moment.
	last := c.returns(info.URL, leaves(later))
	last.click("#quiet")
	last.wait("it was said", `document.getElementById('quiet').ariaPressed === 'true'`)
	sanne.click(accept)
	goesOn(last)
	sanne.waitFor(mine + "[data-note='chat.quiet']")
	sanne.wait("nobody is waited for meanwhile", fmt.Sprintf(`document.querySelector(%q).dataset.level === ''`, mine+"[data-part=wait]"))
	last.click("#quiet")
	waited()
	if n := len(framesOf(sanne, `"`+frame.TResume.String()+`"`)); n != 0 {
		t.Errorf("her page fetched the chat %d times", n)
	}
}
