package main

import (
	"encoding/base64"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/redis/go-redis/v9"

	"haven/chat/client"
	"haven/chat/frame"
	"haven/routing/routingtest"
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

// reads holds that all of these words stand in an element, each once and in this order.
func (p *tab) reads(selector string, all ...string) {
	p.t.Helper()
	text, at := js[string](p, fmt.Sprintf(`document.querySelector(%q).innerText`, selector)), 0
	for _, words := range all {
		i := strings.Index(text[at:], words)
		if i < 0 || strings.Count(text, words) != 1 {
			p.t.Fatalf("%s reads %q, and not all of %q in this order", p.name, text, all)
		}
		at += i
	}
}

// longRings is a deployment of one node with two counsellors, return codes, and rings that leave time to look at them.
func longRings(t *testing.T) (d *deployment, sanne, daan demoStaff) {
	t.Helper()
	d = &deployment{t: t, store: routingtest.Start(t), config: filepath.Join(t.TempDir(), "haven.yaml"), nodes: make([]*process, 1)}
	accounts := routingtest.Start(t)
	d.env = []string{redisEnv + "=unix://" + d.store.Addr, ledgerEnv + "=unix://" + accounts.Addr, codeKeyEnv + "=" + base64.StdEncoding.EncodeToString(freshCodeKey())}
	yaml := "listen: 127.0.0.1:0\nmetrics_listen: 127.0.0.1:0\nphones:\n  - {name: Alarmnummer, number: \"112\"}\ndurations: {ring: 2m}\nlines:\n" +
		"  - {name: jip, langs: [nl, en], hours: always, cap_per_counsellor: 100}\n"
	if err := os.WriteFile(d.config, []byte(yaml), 0o600); err != nil {
		t.Fatal(err)
	}
	d.urls, d.priv = []string{"http://" + routingtest.FreeAddr(t)}, []string{"http://" + routingtest.FreeAddr(t)}
	d.run(0)
	hire := func(name string) demoStaff {
		code, out := start(t, d.env, "staff", "add", name, "--config", d.config, "--generate").ends(t)
		if code != 0 {
			t.Fatalf("staff add: %d %s", code, out)
		}
		return demoStaff{Name: name, Password: password(out)}
	}
	return d, hire("Sanne"), hire("Daan")
}

// TestBrowserStaffReturn: a young person who left in a hurry is back by their code, and the counsellor who had the chat is
// told that it is the one she knows, by the ring and by its column, and has it again: within the time in which her page may
// not know yet that it went, and after that. What her column said of the page before does not stand for the new one, and
// what the new one says does.
func TestBrowserStaffReturn(t *testing.T) {
	c := openChromium(t)
	d, who, _ := longRings(t)
	url := d.urls[0]
	sanne := c.open("Sanne", nil).laptop()
	sanne.between(`{}`)
	sanne.logsIn(url, who)
	sanne.takesChats(1)
	sanne.waitFor("#state[data-state=ready]")
	youth := c.open("young person", nil).phone()
	youth.begins(url, "jip")
	sanne.accepts()
	youth.waitFor("#lock.shut")
	youth.say("#text", "ik moet zo weg", "#send")
	chat := js[string](sanne, `document.querySelector('section.chat').dataset.chat`)
	mine := column(chat)
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
	rings := func() {
		t.Helper()
		sanne.waitText("article.offer h2", "Blauw is terug (JIP)")
		sanne.waitText("article.offer .facts", "dit gesprek ken je")
		sanne.waitFor(mine + "[data-note='chat.rings']")
		sanne.waitGone(mine + "[data-note='chat.gone']")
		sanne.waitGone(mine + "[data-note='chat.elsewhere']")
	}
	goesOn := func(p *tab) {
		t.Helper()
		p.waitFor("#lock.shut")
		sanne.waitFor(mine + "[data-part=lock][data-w='chat.locked']")
		sanne.waitGone(mine + "[data-note='chat.gone']")
		sanne.waitGone(mine + "[data-note='chat.rings']")
	}
	// waited says that her page counts for whom somebody waits, which it does not while the young person is not there.
	waited := func() {
		t.Helper()
		sanne.waitGone(mine + "[data-note='chat.quiet']")
		sanne.wait("the time that somebody waits counts", fmt.Sprintf(`document.querySelector(%q).dataset.level !== ''`, mine+"[data-part=wait]"))
	}

	words := leaves(youth)
	sanne.write(mine+"textarea[data-part=say]", "pas goed op")
	back := c.returns(url, words)
	rings()
	sanne.wait("it was said", `document.getElementById('alert').textContent.startsWith('Blauw is terug. Oproep van JIP.')`)
	sanne.click(accept)
	goesOn(back)
	waited()
	sanne.wait("what she was typing stands there, and went nowhere", fmt.Sprintf(`document.querySelector(%q).value === 'pas goed op'`, mine+"textarea[data-part=say]"))
	sanne.wait("it goes on, and does not begin", `document.getElementById('live').lastChild.textContent === 'Gesprek Blauw gaat verder'`)
	sanne.judge("accepted again at once")
	back.click("#quiet")
	sanne.waitFor(mine + "[data-note='chat.quiet']")
	back.click("#quiet")
	waited()

	// Not now, and it rings again, since nobody else is there; the column has a way of its own to accept it.
	later := c.returns(url, leaves(back))
	rings()
	sanne.wait("the desk frames that were on their way are over", `(window.since ??= performance.now()) + 3100 < performance.now()`)
	rings()
	sanne.judge("chat that rings again")
	before := js[string](sanne, `document.querySelector('article.offer').dataset.offer`)
	sanne.click("article.offer [data-act=decline]")
	sanne.wait("another ring", fmt.Sprintf(`![undefined, %q].includes(document.querySelector('article.offer')?.dataset.offer)`, before))
	rings()
	sanne.click(mine + "[data-act=accept]")
	goesOn(later)
	waited()

	// One that was over, since the young person was away for so long; and "not now" said in line is known from the first
	// moment.
	words = leaves(later)
	sanne.sets(fmt.Sprintf(`answer({t: 'ended', chat: %q, reason: 'lost'})`, chat))
	sanne.waitFor(mine + "[data-note='ended.lost']")
	last := c.returns(url, words)
	last.click("#quiet")
	last.wait("it was said", `document.getElementById('quiet').ariaPressed === 'true'`)
	rings()
	sanne.click("#lang")
	sanne.waitText("article.offer h2", "Blue is back (JIP)")
	sanne.judge("chat that is back in English")
	sanne.click("#lang")
	sanne.click(mine + "[data-act=accept]")
	goesOn(last)
	sanne.waitFor(mine + "[data-note='chat.quiet']")
	sanne.wait("nobody is waited for meanwhile", fmt.Sprintf(`document.querySelector(%q).dataset.level === ''`, mine+"[data-part=wait]"))
	last.click("#quiet")
	waited()
	last.say("#text", "ik ben er weer", "#send")
	sanne.waitText(mine+".log", "ik ben er weer")
	if n := len(framesOf(sanne, `"`+frame.TResume.String()+`"`)); n != 0 {
		t.Errorf("her page fetched the chat %d times", n)
	}
}

// TestBrowserStaffForgotten: the store lost a chat, and a colleague took it when the young person's page asked anew. The
// column of her who had it says what is so, and no more.
func TestBrowserStaffForgotten(t *testing.T) {
	c := openChromium(t)
	d, who, other := longRings(t)
	sanne := c.readyAt(d.urls[0], who, 1)
	youth := c.open("young person", nil).phone()
	youth.begins(d.urls[0], "jip")
	sanne.accepts()
	youth.waitFor("#lock.shut")
	youth.say("#text", "het is thuis niet veilig", "#send")
	mine := column(js[string](sanne, `document.querySelector('section.chat').dataset.chat`))
	sanne.waitText(mine+".log", "niet veilig")
	sanne.click("#rest")
	sanne.waitFor("#state[data-state=rest]")
	daan := c.readyAt(d.urls[0], other, 1)
	d.store.Kill()
	d.store.Restart(t, true)
	daan.click("article.offer [data-act=accept]")
	youth.waitFor("#lock.shut")
	youth.waitText("#who", "Daan")
	sanne.waitFor(mine + "[data-note='chat.forgotten']")
	sanne.waitGone(mine + "[data-note='chat.elsewhere']")
	sanne.judge("chat that the store lost")
	sanne.click(mine + "[data-act=close]")
	sanne.waitGone(mine)
}

// TestBrowserStaffFailover: the store took another life and forgot the last words of a counsellor that it had acked, while the
// young person's line was down. Her page hears so on the socket that it has, and says them again: they are read in order.
func TestBrowserStaffFailover(t *testing.T) {
	c := openChromium(t)
	d, who, _ := longRings(t)
	sanne := c.readyAt(d.urls[0], who, 1)
	y, mine := comes(t, d.urls[0], client.Want{Line: "jip"}, sanne)
	chat := y.ID()
	sanne.say(mine+"textarea[data-part=say]", "ik ben er", "")
	e, err := y.Expect(within(t), frame.TMsg)
	if err == nil {
		err = y.Read(e.Seq)
	}
	if err != nil {
		t.Fatal(err)
	}
	sanne.waitFor(mine + "[data-state=read]")
	y.Cut()
	sanne.waitFor(mine + "[data-note='chat.gone']")

	kept := func(n int) string {
		return fmt.Sprintf(`document.querySelectorAll(%q).length === %d`, mine+"[data-state=kept]", n)
	}
	sanne.say(mine+"textarea[data-part=say]", "eerste", "")
	sanne.wait("acked", kept(1))
	sanne.say(mine+"textarea[data-part=say]", "tweede", "")
	sanne.wait("acked", kept(2))
	asked := func() int { return len(framesOf(sanne, `"`+frame.TResume.String()+`"`)) }
	before := asked()
	rdb := d.store.Client()
	t.Cleanup(func() { rdb.Close() })
	state, log := "haven:{"+chat+"}:state", "haven:{"+chat+"}:log"
	err = rdb.Watch(t.Context(), func(tx *redis.Tx) error {
		fields, err := tx.HGetAll(t.Context(), state).Result()
		if err != nil {
			return err
		}
		seq, err := strconv.Atoi(fields["seq"])
		if err != nil {
			return err
		}
		_, err = tx.TxPipelined(t.Context(), func(p redis.Pipeliner) error {
			for k, v := range fields {
				if n, _ := strconv.Atoi(v); k[0] == 'i' && n > seq-2 {
					p.HDel(t.Context(), state, k)
				}
			}
			p.HSet(t.Context(), state, "seq", seq-2, "lc", seq-2)
			p.Del(t.Context(), log, "haven:{haven}:life")
			return nil
		})
		return err
	}, state)
	if err != nil {
		t.Fatal(err)
	}
	until(t, within(t), func() bool { return asked() > before }) // for the chat, in the other life
	sanne.wait("both are acked anew", kept(2))
	if err := y.Reconnect(within(t), d.urls[0]); err != nil {
		t.Fatal(err)
	}
	sanne.waitGone(mine + "[data-note='chat.gone']")
	sanne.say(mine+"textarea[data-part=say]", "derde", "")
	for _, words := range []string{"eerste", "tweede", "derde"} {
		if e, err := y.ExpectThat(within(t), func(e *client.Event) bool { return e.T == frame.TMsg && e.Text != "ik ben er" }); err != nil || e.Text != words {
			t.Fatalf("%+v, %v, want %q", e, err, words)
		}
	}
	sanne.reads(mine+".log", "ik ben er", "eerste", "tweede", "derde")
	sanne.judge("chat after a failover")
}

// TestBrowserStaffReturnUnseen: what a young person said while her line was down comes to her also where they left meanwhile, and
// were back by their code before she was: once, above what is said then, and on no page of theirs.
func TestBrowserStaffReturnUnseen(t *testing.T) {
	c := openChromium(t)
	d, who, _ := longRings(t)
	sanne := c.open("Sanne", nil).laptop()
	sanne.between(`{}`)
	sanne.logsIn(d.urls[0], who)
	sanne.takesChats(1)
	sanne.waitFor("#state[data-state=ready]")
	y := others(t, d.urls[0], client.Want{Line: "jip"})
	sanne.accepts()
	if _, err := y.Joined(within(t)); err != nil {
		t.Fatal(err)
	}
	mine := column(y.ID())
	y.Say("ben je er")
	sanne.waitText(mine+".log", "ben je er")
	if err := y.Code(); err != nil {
		t.Fatal(err)
	}
	code, err := y.Expect(within(t), frame.TCode)
	if err != nil {
		t.Fatal(err)
	}
	sanne.sets(ticketHeld + ", " + lineDrops)
	if _, err := y.Expect(within(t), frame.TAway); err != nil {
		t.Fatal(err)
	}
	for _, words := range []string{"ik moet weg", "tot zo"} {
		y.Say(words)
		if _, err := y.Expect(within(t), frame.TAck); err != nil {
			t.Fatal(err)
		}
	}
	if err := y.Hide(); err != nil {
		t.Fatal(err)
	}
	back := c.returns(d.urls[0], code.Words)
	sanne.sets(ticketGone)
	sanne.click("article.offer [data-act=accept]")
	back.waitFor("#lock.shut")
	sanne.waitText(mine+".log", "tot zo")
	back.say("#text", "hier ben ik weer", "#send")
	sanne.waitText(mine+".log", "hier ben ik weer")
	sanne.reads(mine+".log", "ben je er", "ik moet weg", "tot zo", "hier ben ik weer")
	if text := js[string](back, `document.getElementById('log').innerText`); strings.Contains(text, "tot zo") {
		t.Errorf("the page that came back shows %q", text)
	}
	sanne.judge("chat that is back, with what was not seen")
}
