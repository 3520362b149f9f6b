package main

import (
	"fmt"
	"testing"

	"haven/chat/client"
	"haven/chat/frame"
)

// betweenScript stands between a page and its server: by type of frame, `refuse` says how many are answered by unavailable
// in its place, and `lose` how many never arrive. `tried` has when each that was refused or sent was, `fired` how often a
// timer of so many ms ran. `answer` has the page hear a frame. While `held` is a promise nothing else is fetched.
const betweenScript = `{
  Object.assign(window, {refuse: {}, lose: {}, tried: {}, fired: {}, held: null}, %s);
  const send = WebSocket.prototype.send, later = window.setTimeout, get = window.fetch;
  let ws;
  window.answer = (f) => ws.onmessage({data: JSON.stringify(f)});
  WebSocket.prototype.send = function (data) {
    const f = JSON.parse(data);
    ws = this;
    (tried[f.t] ??= []).push(performance.now());
    if (lose[f.t]-- > 0) return;
    if (refuse[f.t]-- > 0) later(() => answer({t: 'error', code: 'unavailable', re: f.t, chat: f.chat}));
    else send.call(this, data);
  };
  window.setTimeout = (f, ms, ...a) => later(() => (fired[ms] = (fired[ms] ?? 0) + 1, f(...a)), ms);
  window.fetch = async (...a) => { await held?.promise; return get(...a); };
}`

// between puts betweenScript into each document from now on, with what it begins with.
func (p *tab) between(begin string) {
	p.t.Helper()
	p.onEveryDocument(fmt.Sprintf(betweenScript, begin))
}

// sets evaluates an assignment in the page.
func (p *tab) sets(assignment string) {
	p.t.Helper()
	js[bool](p, "("+assignment+", true)")
}

const (
	lineDrops = `dispatchEvent(new Event('offline'))`
	// ticketHeld keeps a desk whose line dropped from entering again.
	ticketHeld = `window.held = Promise.withResolvers()`
	ticketGone = `held.resolve(), window.held = null`
)

// heard waits until the server has run everything that the young person sent.
func heard(t *testing.T, y *client.Youth) {
	t.Helper()
	if err := y.Beat(); err != nil {
		t.Fatal(err)
	}
	if _, err := y.ExpectThat(within(t), func(e *client.Event) bool { return e.T == frame.TBeat }); err != nil {
		t.Fatal(err)
	}
}

// TestBrowserStaffFetchesAgain: a chat that could not be had is asked for again by itself, later each time, and its column
// says so meanwhile.
func TestBrowserStaffFetchesAgain(t *testing.T) {
	c := openChromium(t)
	_, info := demo(t)
	sanne := c.readyAt(info.URL, info.Staff[0], 1)
	y, mine := comes(t, info.URL, client.Want{Line: "jip"}, sanne)
	y.Say("het is thuis niet veilig")
	sanne.waitText(mine+".log", "niet veilig")
	sanne.between(`{refuse: {resume: 2}}`)
	sanne.reload()
	sanne.waitFor(mine + "[data-note='chat.fetching']")
	sanne.judge("chat that is being fetched")
	sanne.waitText(mine+".log", "niet veilig")
	sanne.waitFor(mine + "[data-part=lock][data-w='chat.locked']")
	sanne.waitGone(mine + "[data-note='chat.fetching']")
	if at := js[[]float64](sanne, "tried.resume"); len(at) != 3 || at[1]-at[0] < 490 || at[2]-at[1] < 990 {
		t.Errorf("asked for at %v ms", at)
	}
	sanne.say(mine+"textarea[data-part=say]", "Goed dat je het vertelt.", "")
	if e, err := y.ExpectThat(within(t), func(e *client.Event) bool { return e.T == frame.TMsg }); err != nil || e.Text != "Goed dat je het vertelt." {
		t.Errorf("%+v, %v", e, err)
	}

	// On a line that came back it is no other.
	sanne.sets(`refuse.resume = 1, ` + lineDrops)
	sanne.waitFor(mine + "[data-note='chat.fetching']")
	sanne.waitGone(mine + "[data-note='chat.fetching']")
	y.Say("ben je er nog?")
	sanne.waitText(mine+".log", "ben je er nog?")
}

// TestBrowserStaffHandoverBack: what came of a question while her line was down stands above the chat when she is back, once;
// and so does that a question goes on, or never arrived.
func TestBrowserStaffHandoverBack(t *testing.T) {
	c := openChromium(t)
	_, info := demo(t)
	sanne := c.open("Sanne", nil).laptop()
	sanne.between(`{}`)
	sanne.logsIn(info.URL, info.Staff[0])
	sanne.takesChats(1)
	sanne.waitFor("#state[data-state=ready]")
	y, mine := comes(t, info.URL, client.Want{Line: "jip"}, sanne)
	daan := c.readyAt(info.URL, info.Staff[1], 1)
	stage := func(name string) {
		t.Helper()
		sanne.waitFor(mine + "[data-stage=" + name + "]")
	}
	ask := func() {
		t.Helper()
		sanne.waitGone(mine + ".hand-panel")
		sanne.click(mine + "[data-act=handover]")
		sanne.click(mine + ".where input[value='line:fier']")
		sanne.click(mine + "[data-act=hand-ask]")
		stage("asked")
	}
	asked := func() string {
		t.Helper()
		e, err := y.ExpectThat(within(t), func(e *client.Event) bool { return e.T == frame.THandover })
		if err != nil {
			t.Fatal(err)
		}
		return e.Offer
	}
	answer := func(offer string, yes bool) {
		t.Helper()
		if err := y.Consent(offer, yes, false); err != nil {
			t.Fatal(err)
		}
		heard(t, y)
	}
	back := func() {
		t.Helper()
		n := len(framesOf(sanne, `"confirm"`))
		sanne.sets(ticketGone)
		sanne.waitFor(mine + "[data-part=lock][data-w='chat.locked']")
		sanne.wait("her desk is up", fmt.Sprintf(`tried.confirm.length > %d`, n))
	}

	// No, while the line is down: told once, and what was laid aside does not come back.
	ask()
	offer := asked()
	sanne.sets(ticketHeld + ", " + lineDrops)
	stage("unsure")
	answer(offer, false)
	back()
	stage("no")
	sanne.click(mine + "[data-act=hand-ok]")
	sanne.waitGone(mine + "[data-stage]")
	sanne.sets(ticketHeld + ", " + lineDrops)
	back()
	sanne.waitGone(mine + "[data-stage]")

	// A question that was lost with the line is none, whatever came of the one before it.
	sanne.sets("lose.handover = 1")
	ask()
	sanne.sets(lineDrops)
	stage("notnow")
	sanne.click(mine + "[data-act=hand-ok]")

	// One that goes on goes on, and can be taken back, also where the taking back was lost with the line.
	ask()
	offer = asked()
	sanne.sets(ticketHeld + ", " + lineDrops)
	stage("unsure")
	back()
	stage("asked")
	sanne.sets("lose.keep = 1")
	sanne.click(mine + "[data-act=keep]")
	stage("back")
	sanne.sets(lineDrops)
	sanne.wait("it is over", fmt.Sprintf(`JSON.parse(sessionStorage.getItem('haven.desk.chat.%s')).meta.heard === %q`, y.ID(), offer))
	stage("back")
	sanne.click(mine + "[data-act=hand-ok]")

	// The page itself was away: it knows where to, and hears the rest.
	ask()
	offer = asked()
	sanne.goTo("about:blank")
	answer(offer, false)
	sanne.goTo(info.URL + "/staff")
	stage("no")
	sanne.click(mine + "[data-act=hand-ok]")
	ask()
	offer = asked()
	sanne.goTo("about:blank")
	answer(offer, true)
	sanne.goTo(info.URL + "/staff")
	stage("yes")
	sanne.waitText(mine+"[data-stage]", "Fier")
	daan.waitFor("article.offer[data-from=Sanne]")
}

// TestBrowserStaffErrorOfOneChat: of two chats that she hands over, the one that could not be says so.
func TestBrowserStaffErrorOfOneChat(t *testing.T) {
	c := openChromium(t)
	_, info := demo(t)
	sanne := c.open("Sanne", nil).laptop()
	sanne.between(`{}`)
	sanne.logsIn(info.URL, info.Staff[0])
	sanne.takesChats(2)
	sanne.waitFor("#state[data-state=ready]")
	one, first := comes(t, info.URL, client.Want{Line: "jip"}, sanne)
	two, second := comes(t, info.URL, client.Want{Line: "jip"}, sanne)
	c.readyAt(info.URL, info.Staff[1], 1)
	sanne.sets("lose.handover = 1")
	for _, chat := range []string{first, second} {
		sanne.click(chat + "[data-act=handover]")
		sanne.click(chat + ".where input[value='line:fier']")
		sanne.click(chat + "[data-act=hand-ask]")
		sanne.waitFor(chat + "[data-stage=asked]")
	}
	if _, err := two.ExpectThat(within(t), func(e *client.Event) bool { return e.T == frame.THandover }); err != nil {
		t.Fatal(err)
	}
	sanne.sets(fmt.Sprintf(`answer({t: 'error', code: 'unavailable', re: 'handover', chat: %q})`, one.ID()))
	sanne.waitFor(first + "[data-stage=notnow]")
	sanne.waitFor(second + "[data-stage=asked]")

	// The other one is taken back, which could not be.
	sanne.sets("refuse.keep = 1")
	sanne.click(second + "[data-act=keep]")
	sanne.waitFor(second + "[data-stage=unsure]")
	sanne.waitFor(first + "[data-stage=notnow]")
	sanne.click(second + "[data-act=keep]")
	if e, err := two.ExpectThat(within(t), func(e *client.Event) bool { return e.T == frame.TJoined }); err != nil || e.E != 0 {
		t.Fatalf("%+v, %v", e, err)
	}
	sanne.waitFor(second + "[data-stage=back]")
}
