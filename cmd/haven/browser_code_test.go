package main

import (
	"strings"
	"testing"

	"haven/chat/client"
	"haven/chat/frame"
	"haven/routing"
)

// TestBrowserReturnCode has a young person leave in a hurry and come back with four words, first to the same chat, then,
// once that is over, to the same counsellor; and has them mistype the words in between.
func TestBrowserReturnCode(t *testing.T) {
	c := openChromium(t)
	_, info := demo(t)
	ctx := within(t)
	desk := atDesk(t, info, 0, 5)

	p := c.open("young person", nil).phone()
	p.begins(info.URL, "jip")
	chat, err := desk.Assigned(ctx)
	if err != nil {
		t.Fatal(err)
	}
	p.waitFor("#lock.shut")
	p.say("#text", "ik moet zo weg", "#send")
	p.click("#code-open")
	p.waitFor("#code")
	p.wait("the focus is on the title", `document.activeElement.id === 'code-title'`)
	p.judged("code asked")
	p.click("#code-show")
	p.waitText("#code-words", " ")
	p.waitText("#code", "30 dagen")
	words := js[string](p, `document.getElementById('code-words').textContent`)
	if len(strings.Fields(words)) != 4 {
		t.Fatalf("the code is %q", words)
	}
	p.judged("code shown")
	p.click("#code [data-w=close]")
	p.waitGone("#code")
	p.wait("the words are off the page", `!document.body.textContent.includes(`+quoted(words)+`)`)
	p.click("#code-open")
	p.click("#code-show")
	p.waitText("#code-words", words) // the same, and the server was not asked again
	if n := len(framesOf(p, `"code"`)); n != 1 {
		t.Errorf("the server was asked for %d codes", n)
	}
	p.click("#code [data-exit]")
	p.arrive(p.heldElsewhere())
	p.waitFor("#weather")
	if e, err := desk.ExpectThat(ctx, func(e *client.Event) bool { return e.T == frame.TGone && e.Chat == chat.ID() }); err != nil {
		t.Fatalf("%v, %v", e, err)
	}

	back := c.open("back", nil).phone()
	back.goTo(info.URL + "/")
	back.waitFor("#lines [data-pick=jip]")
	back.judged("code first screen")
	back.click("#back-open")
	back.waitFor("#back")
	back.judged("code to type")
	back.write("#back-words", "aap noot mies")
	back.click("#start")
	back.waitFor("#back-state[data-w='back.four']")
	back.empties("#back-words")
	back.write("#back-words", "dit zijn verkeerde woorden")
	back.click("#start")
	back.waitFor("#back-state[data-w='back.wrong']")
	back.waitFor("#back-words[aria-invalid=true]")
	back.judged("code wrong")
	back.empties("#back-words")
	back.write("#back-words", " "+strings.ToUpper(strings.ReplaceAll(words, " ", " - "))+". ")
	back.click("#start")
	back.waitFor("#talk")
	again, err := desk.Assigned(ctx)
	if err != nil {
		t.Fatal(err)
	}
	if again.ID() != chat.ID() {
		t.Fatal("it is another chat")
	}
	back.waitFor("#lock.shut")
	back.waitText(youthLog, "kunnen we op dit scherm niet laten zien")
	back.judged("code back")
	back.say("#text", "ik ben er weer", "#send")
	if m, err := desk.ExpectThat(ctx, func(e *client.Event) bool { return e.T == frame.TMsg && e.Text == "ik ben er weer" }); err != nil {
		t.Fatalf("%v, %v", m, err)
	}
	back.reload()
	back.waitFor("#lock.shut")
	back.waitText(youthLog, "kunnen we op dit scherm niet laten zien")
	if m := back.messages(youthLog); len(m) != 2 || m[1] != "ik ben er weer" {
		t.Errorf("after a reload there is %q", m)
	}
	if s := js[string](back, "JSON.stringify(sessionStorage) + document.body.textContent + document.getElementById('join-form').outerHTML"); strings.Contains(s, strings.Fields(words)[0]+" ") {
		t.Error("the words stayed in the page")
	}
}

// TestBrowserWithoutReturnCodes: where a deployment gives none out, the page says so and leads on.
func TestBrowserWithoutReturnCodes(t *testing.T) {
	c := openChromium(t)
	n, people, _ := ownNode(t, false)
	info := demoInfo{URL: n.url, Staff: people}
	desk := atDesk(t, info, 0, 5)
	hears(t, desk, "ready", func(e *client.Event) bool { return e.T == frame.TDesk && e.State == routing.StateReady })
	p := c.open("young person", nil).phone()
	p.goTo(info.URL + "/")
	p.waitFor("#lines [data-pick=jip]")
	p.click("#back-open")
	p.write("#back-words", "boom vis roos maan")
	p.click("#start")
	p.waitFor("#back-state[data-w='back.off']")
	p.click("#back-without")
	p.waitGone("#back")
	p.waitText("#join-title", "Chat met")
	p.click("#start")
	p.waitFor("#talk")
	p.click("#code-open")
	p.click("#code-show")
	p.waitFor("#code-state[data-w='code.no']")
	p.key(escape)
	p.waitGone("#code")
}

// judged has a phone's page judged, also as the smallest phones show it, and gives it back as it was.
func (p *tab) judged(state string) {
	p.t.Helper()
	p.judge(state)
	p.looksLike(360, 640, "light")
	p.picture(state + " 640")
	p.phone()
}

// framesOf are the frames of one type that a page sent.
func framesOf(p *tab, t string) []string {
	var out []string
	for _, f := range p.seen.frames() {
		if strings.Contains(f, `"t":`+t) {
			out = append(out, f)
		}
	}
	return out
}

// empties takes what stands in a field out of it.
func (p *tab) empties(selector string) {
	p.t.Helper()
	js[bool](p, `((f) => (f.value = '', f.dispatchEvent(new Event('input', {bubbles: true})), true))(document.querySelector(`+quoted(selector)+`))`)
}
