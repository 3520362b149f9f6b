package main

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"

	"haven/chat/client"
	"haven/chat/frame"
)

// coverTimed makes the young person's page tell, when it is covered, what is left in it, and how long ago the key or the
// finger was: once the handlers are done, and once the first frame after them was painted. (It cannot be asked then: while
// a browser is on its way to another site it answers no question about the page that it leaves.)
const coverTimed = `{
  let came = 0, heard = 0;
  for (const kind of ['pointerdown', 'click', 'keydown', 'keyup']) addEventListener(kind, (e) => { [came, heard] = [e.timeStamp, performance.now()]; }, true);
  new MutationObserver((_, watch) => {
    if (!document.documentElement?.classList.contains('gone')) return;
    watch.disconnect();
    const at = came, handled = performance.now() - at, own = performance.now() - heard;
    requestAnimationFrame(() => {
      const empty = !document.body.children.length && getComputedStyle(document.body).display === 'none';
      const text = [document.title, document.documentElement.textContent.trim()]; // the title twice, and nothing
      const kept = [sessionStorage, localStorage, document.cookie, location.hash];
      const channel = new MessageChannel();
      channel.port1.onmessage = () => covered(JSON.stringify({own, handled, painted: performance.now() - at, empty,
        text: text.join(' '), kept: JSON.stringify(kept)}));
      channel.port2.postMessage(0);
    });
  }).observe(document, {attributes: true, subtree: true, attributeFilter: ['class']});
}`

// TestBrowserQuickExit leaves a chat in each way that the page offers. The page is looked at while the other site is still
// asked for, and so before anything else could have taken it off the screen.
func TestBrowserQuickExit(t *testing.T) {
	c := openChromium(t)
	_, info := demo(t)
	ctx := within(t)
	desk := atDesk(t, info, 0, 100)
	if _, err := desk.ExpectThat(ctx, func(e *client.Event) bool { return e.T == frame.TDesk && e.State == "ready" }); err != nil {
		t.Fatal(err)
	}

	for name, leave := range map[string]func(p *tab){
		"the button": func(p *tab) { p.click("#exit") },
		"the button of a dialog": func(p *tab) {
			p.click("#danger-open")
			p.click("#danger [data-exit]")
		},
		"Escape twice": func(p *tab) {
			p.key(escape)
			p.key(shift) // any other key begins the count anew
			p.key(escape)
			p.stays("after single presses of Escape")
			p.key(shift)
			p.key(escape)
			p.key(escape)
		},
		"Escape twice, the first of which closes a dialog": func(p *tab) {
			p.click("#leave-open")
			p.key(escape)
			p.waitGone("#leave")
			p.key(escape)
		},
		"Shift three times": func(p *tab) {
			p.key(shift)
			p.key(shift)
			p.key(escape)
			p.key(shift)
			p.shouts("NEE")
			p.stays("after two presses of Shift, and three capitals")
			p.key(shift)
			p.key(shift)
			p.key(shift)
		},
	} {
		t.Run(strings.ReplaceAll(name, " ", "_"), func(t *testing.T) {
			ctx := within(t)
			c := &chromium{t, c.ctx}
			p := c.open(name, nil).laptop()
			p.pardon("PerformanceIssue") // that coverTimed looks at the cookies
			covered := p.hears("covered")
			p.onEveryDocument(coverTimed)
			p.begins(info.URL, "jip")
			chat, err := desk.Assigned(ctx)
			if err != nil {
				t.Fatal(err)
			}
			p.waitFor("#lock.shut")
			const secret = "niemand mag dit zien"
			p.say("#text", secret, "")
			if m, err := desk.ExpectThat(ctx, func(e *client.Event) bool { return e.T == frame.TMsg && e.Chat == chat.ID() }); err != nil || m.Text != secret {
				t.Fatalf("the counsellor heard %q, %v", m.Text, err)
			}
			var second *tab // of the same browser, on the first screen
			if name == "the button" {
				second = c.open("second tab", p).laptop()
				second.goTo(info.URL + "/")
				second.waitFor("#lines [data-pick=jip]")
			}

			leave(p)
			away := p.heldElsewhere()
			var cover struct {
				Own, Handled, Painted float64
				Empty                 bool
				Text, Kept            string
			}
			select {
			case told := <-covered:
				if err := json.Unmarshal([]byte(told), &cover); err != nil {
					t.Fatal(err)
				}
			case <-ctx.Done():
				t.Fatal("never covered")
			}
			t.Logf("%s: covered %.1f ms after it, %.1f of them in the page, and painted after %.1f", name, cover.Handled, cover.Own, cover.Painted)
			if !cover.Empty {
				t.Error("the first frame after it is not an empty page")
			}
			if cover.Text != "Info Info" {
				t.Errorf("the covered page still holds %q", cover.Text)
			}
			if cover.Kept != `[{},{},"",""]` {
				t.Errorf("the device keeps %s", cover.Kept)
			}
			if e, err := desk.ExpectThat(ctx, func(e *client.Event) bool { return e.T == frame.TGone && e.Chat == chat.ID() }); err != nil {
				t.Errorf("the counsellor is not told: %v, %v", e, err)
			}
			if h := p.seen.frames(); !strings.Contains(h[len(h)-1], `"hide"`) {
				t.Errorf("the last word of the page was %s", h[len(h)-1])
			}
			for k, v := range away.Request.Headers {
				if strings.EqualFold(k, "referer") || strings.EqualFold(k, "cookie") {
					t.Errorf("the other site is told %s: %v", k, v)
				}
			}
			p.arrive(away)
			p.waitFor("#weather")
			history := ask(p, page.GetNavigationHistory, cdp.Empty{})
			for _, e := range history.Entries {
				if strings.HasPrefix(e.URL, info.URL) {
					t.Errorf("the way back leads to %s (%s)", e.URL, e.Title)
				}
			}
			p.do(chromedp.NavigateBack())
			p.wait("the page before the chat", "location.href === 'about:blank'")

			if second != nil {
				second.arrive(second.heldElsewhere())
				second.waitFor("#weather")
			}
		})
	}
}

// stays fails the test if the page is covered or on its way. What would have covered it did so before the last key was
// answered.
func (p *tab) stays(when string) {
	p.t.Helper()
	if js[bool](p, "document.documentElement.className === 'gone'") || len(p.elsewhere) > 0 {
		p.t.Fatalf("%s: gone %s", p.name, when)
	}
}

// shouts types capitals with Shift held down for each.
func (p *tab) shouts(text string) {
	p.t.Helper()
	const held = int64(chromedp.ModifierShift)
	for _, r := range text {
		down, letter := shift, input.DispatchKeyEventParams{
			Key: string(r), Code: fmt.Sprintf("Key%c", r), Text: string(r), WindowsVirtualKeyCode: int64(r), Modifiers: held}
		down.Type, letter.Type = input.DispatchKeyEventTypeKeyDown, input.DispatchKeyEventTypeKeyDown
		ask(p, input.DispatchKeyEvent, down)
		ask(p, input.DispatchKeyEvent, letter)
		letter.Type, letter.Text = input.DispatchKeyEventTypeKeyUp, ""
		ask(p, input.DispatchKeyEvent, letter)
		down.Type, down.Modifiers = input.DispatchKeyEventTypeKeyUp, 0
		ask(p, input.DispatchKeyEvent, down)
	}
}
