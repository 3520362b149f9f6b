package main

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	cdpfetch "github.com/chromedp/cdproto/fetch"
	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"

	"haven/cmd/haven/haventest"
)

// chromium is one browser of a test's own, on a fresh profile, that can reach nothing but this machine.
type chromium struct {
	t   *testing.T
	ctx context.Context
}

// openChromium starts the browser that Debian packages; it ends with the test. Where it is missing, the test is
// skipped, and fails under CI=true.
func openChromium(t *testing.T) *chromium {
	t.Helper()
	t.Parallel() // it waits more than it works
	bin := haventest.Tool(t, "chromium")
	options := append(chromedp.DefaultExecAllocatorOptions[:], chromedp.ExecPath(bin), chromedp.NoSandbox, chromedp.DisableGPU,
		chromedp.Flag("disable-quic", true), chromedp.Flag("disable-component-update", true),
		chromedp.Flag("autoplay-policy", "user-gesture-required"), chromedp.Flag("mute-audio", true),
		chromedp.Flag("host-resolver-rules", "MAP * ~NOTFOUND, EXCLUDE 127.0.0.1"))
	// Not the test's own context: that ends before the clean-up in which pages are closed in order.
	allocator, end := chromedp.NewExecAllocator(context.Background(), options...)
	ctx, cancel := chromedp.NewContext(allocator)
	t.Cleanup(func() {
		cancel()
		end()
	})
	if err := chromedp.Do(ctx); err != nil {
		t.Fatal(err)
	}
	return &chromium{t, ctx}
}

// tab is one page in a browser context of its own, as on a device of its own. What it should not do is noted and fails
// the test at its end.
type tab struct {
	t    *testing.T
	name string
	ctx  context.Context
	seen seen
	// elsewhere gets what the tab asks of any other machine, held until it is answered.
	elsewhere chan *cdpfetch.EventRequestPaused
	touch     bool // a phone: fingers, and no mouse
}

// phone makes the tab a small phone's.
func (p *tab) phone() *tab {
	p.t.Helper()
	p.touch = true
	p.do(chromedp.EmulateViewport(360, 740, chromedp.EmulateMobile, chromedp.EmulateTouch))
	return p
}

// laptop makes the tab that of a small laptop.
func (p *tab) laptop() *tab {
	p.t.Helper()
	p.touch = false
	p.do(chromedp.EmulateViewport(1280, 800))
	return p
}

// open makes a tab at no address yet. With a sibling it shares that one's browser context, as a second tab does.
func (c *chromium) open(name string, sibling *tab) *tab {
	c.t.Helper()
	p := &tab{t: c.t, name: name, elsewhere: make(chan *cdpfetch.EventRequestPaused, 8)}
	where := chromedp.WithNewBrowserContext()
	if sibling != nil {
		where = chromedp.WithExistingBrowserContext(chromedp.FromContext(sibling.ctx).BrowserContextID)
	}
	ctx, cancel := chromedp.NewContext(c.ctx, where, chromedp.WithListener(p.watch))
	p.ctx = ctx
	c.t.Cleanup(func() {
		p.seen.report(p)
		if c.t.Failed() {
			c.t.Logf("%s at the end:\n%s", name, p.looks())
		}
		cancel()
	})
	if err := chromedp.Do(ctx, p.eyes()); err != nil {
		c.t.Fatal(err)
	}
	return p
}

// once is the time that one step may take on a loaded machine.
func (p *tab) once() (context.Context, context.CancelFunc) {
	return context.WithTimeout(p.ctx, patience)
}

func (p *tab) do(steps ...chromedp.Action[chromedp.Void]) {
	p.t.Helper()
	ctx, cancel := p.once()
	defer cancel()
	if err := chromedp.Do(ctx, steps...); err != nil {
		p.t.Fatalf("%s: %v", p.name, err)
	}
}

func ask[P, R any](p *tab, cmd cdp.Command[P, R], params P) R {
	p.t.Helper()
	ctx, cancel := p.once()
	defer cancel()
	r, err := chromedp.Call(ctx, cmd, params)
	if err != nil {
		p.t.Fatalf("%s: %s: %v", p.name, cmd.Method, err)
	}
	return r
}

func (p *tab) goTo(url string) {
	p.t.Helper()
	p.do(chromedp.Navigate(url))
}

func (p *tab) reload() {
	p.t.Helper()
	p.do(chromedp.Reload())
}

// js is the value of an expression in the page.
func js[T any](p *tab, expression string) T {
	p.t.Helper()
	ctx, cancel := p.once()
	defer cancel()
	v, err := chromedp.Run(ctx, chromedp.Evaluate[T](expression, chromedp.EvalAwaitPromise))
	if err != nil {
		p.t.Fatalf("%s: %s: %v", p.name, expression, err)
	}
	return v
}

// wait asks the page again and again whether an expression is true there. A page that is between two documents says no.
func (p *tab) wait(what, expression string) {
	p.t.Helper()
	ctx, cancel := p.once()
	defer cancel()
	tick := time.NewTicker(15 * time.Millisecond)
	defer tick.Stop()
	for {
		is, err := chromedp.Run(ctx, chromedp.Evaluate[bool]("!!("+expression+")"))
		if err == nil && is {
			return
		}
		select {
		case <-ctx.Done():
			p.t.Fatalf("%s: %s: never came true: %s (%v)\n%s", p.name, what, expression, err, p.looks())
		case <-tick.C:
		}
	}
}

// looks is what a person would read in the page, for a test that failed.
func (p *tab) looks() string {
	ctx, cancel := context.WithTimeout(p.ctx, 2*time.Second)
	defer cancel()
	text, err := chromedp.Run(ctx, chromedp.Evaluate[string](`location.href + '\n' + (document.body?.innerText ?? '')`))
	if err != nil {
		return err.Error()
	}
	return text
}

const (
	// visible is a function of a selector: the first such element that takes room and is not hidden.
	visible = `(s) => [...document.querySelectorAll(s)].find((e) => e.checkVisibility({visibilityProperty: true}) && e.getClientRects().length)`
	// middle is where a finger would land: the middle of that element, with what lies on top there.
	middle = `((s) => {
	  const e = (` + visible + `)(s);
	  if (!e) return {why: 'not there'};
	  if (e.disabled) return {why: 'disabled'};
	  const seen = () => {
	    const r = e.getBoundingClientRect(), x = r.x + r.width / 2, y = r.y + r.height / 2, on = document.elementFromPoint(x, y);
	    return {x, y, hit: !!on && (e.contains(on) || (on.closest('label')?.contains(e) ?? false)), on: on?.outerHTML.slice(0, 90) ?? 'nothing'};
	  };
	  let at = seen();
	  if (!at.hit) {
	    e.scrollIntoView({block: 'center', behavior: 'instant'});
	    at = seen();
	  }
	  return at.hit ? at : {why: 'under ' + at.on};
	})`
)

func (p *tab) waitFor(selector string) {
	p.t.Helper()
	p.wait(selector+" in sight", fmt.Sprintf("(%s)(%q)", visible, selector))
}

func (p *tab) waitGone(selector string) {
	p.t.Helper()
	p.wait(selector+" out of sight", fmt.Sprintf("!(%s)(%q)", visible, selector))
}

// waitText waits until an element in sight says something.
func (p *tab) waitText(selector, text string) {
	p.t.Helper()
	p.wait(fmt.Sprintf("%s says %q", selector, text), fmt.Sprintf("(%s)(%q)?.textContent.includes(%q)", visible, selector, text))
}

// point is the middle of an element as soon as it can be hit there: in sight, enabled, and under nothing else.
func (p *tab) point(selector string) (x, y float64) {
	p.t.Helper()
	ctx, cancel := p.once()
	defer cancel()
	var at struct {
		X, Y float64
		Why  string
	}
	tick := time.NewTicker(15 * time.Millisecond)
	defer tick.Stop()
	for {
		var err error
		at, err = chromedp.Run(ctx, chromedp.Evaluate[struct {
			X, Y float64
			Why  string
		}](fmt.Sprintf("%s(%q)", middle, selector)))
		if err == nil && at.Why == "" {
			return at.X, at.Y
		}
		select {
		case <-ctx.Done():
			p.t.Fatalf("%s: %s cannot be hit: %s (%v)\n%s", p.name, selector, at.Why, err, p.looks())
		case <-tick.C:
		}
	}
}

// click presses the mouse, or a finger, in the middle of an element.
func (p *tab) click(selector string) {
	p.t.Helper()
	x, y := p.point(selector)
	if p.touch {
		p.do(chromedp.TapXY(x, y))
	} else {
		p.do(chromedp.MouseClickXY(x, y))
	}
}

// write clicks on a field and puts words into it.
func (p *tab) write(selector, text string) {
	p.t.Helper()
	p.click(selector)
	// A click falls somewhere into what stands there already; the words go below it.
	p.wait(selector+" has the focus", fmt.Sprintf(`((e) => e?.matches(%q) && (e.setSelectionRange(e.value.length, e.value.length), true))(document.activeElement)`, selector))
	ask(p, input.InsertText, input.InsertTextParams{Text: text})
}

// key presses and lets go of a key that has a name.
func (p *tab) key(k input.DispatchKeyEventParams) {
	p.t.Helper()
	k.Type = input.DispatchKeyEventTypeKeyDown
	k.NativeVirtualKeyCode = k.WindowsVirtualKeyCode
	ask(p, input.DispatchKeyEvent, k)
	k.Type, k.Text, k.Modifiers = input.DispatchKeyEventTypeKeyUp, "", 0
	ask(p, input.DispatchKeyEvent, k)
}

var (
	escape = input.DispatchKeyEventParams{Key: "Escape", Code: "Escape", WindowsVirtualKeyCode: 27}
	shift  = input.DispatchKeyEventParams{Key: "Shift", Code: "ShiftLeft", WindowsVirtualKeyCode: 16, Modifiers: int64(chromedp.ModifierShift)}
	enter  = input.DispatchKeyEventParams{Key: "Enter", Code: "Enter", WindowsVirtualKeyCode: 13, Text: "\r"}
)

// say writes a message and sends it: with a button on a phone, else with Enter.
func (p *tab) say(selector, text, button string) {
	p.t.Helper()
	p.write(selector, text)
	if p.touch {
		p.click(button)
	} else {
		p.key(enter)
	}
	p.wait("the field is empty again", fmt.Sprintf("document.querySelector(%q).value === ''", selector))
}

// messages are the texts of a log as it stands, in order; those of the page itself, such as a gap, in brackets.
func (p *tab) messages(log string) []string {
	p.t.Helper()
	return js[[]string](p, messagesOf(log))
}

func messagesOf(log string) string {
	return fmt.Sprintf(`[...document.querySelectorAll(%q + ' > .msg')].map((m) => m.matches('.told') ? '[' + m.textContent.trim() + ']' : m.querySelector('p').textContent)`, log)
}

// waitMessages waits until a log holds exactly these.
func (p *tab) waitMessages(log string, want ...string) {
	p.t.Helper()
	texts := make([]string, len(want))
	for i, w := range want {
		texts[i] = quoted(w)
	}
	p.wait("messages", fmt.Sprintf("JSON.stringify(%s) === JSON.stringify([%s])", messagesOf(log), strings.Join(texts, ",")))
}

// quoted is a text as the page's scripts write it.
func quoted(text string) string {
	b, err := json.Marshal(text)
	if err != nil {
		panic(err) // a test's own mistake
	}
	return string(b)
}

// onEveryDocument runs a script before the page's own in each document from now on.
func (p *tab) onEveryDocument(script string) {
	p.t.Helper()
	ask(p, page.AddScriptToEvaluateOnNewDocument, page.AddScriptToEvaluateOnNewDocumentParams{Source: script})
}

// hears makes a function of the page that puts what it is called with into a channel.
func (p *tab) hears(name string) <-chan string {
	p.t.Helper()
	out := make(chan string, 16)
	var mu sync.Mutex
	if err := chromedp.Listen(p.ctx, func(ev any) {
		if b, ok := ev.(*runtime.EventBindingCalled); ok && b.Name == name {
			mu.Lock()
			defer mu.Unlock()
			select {
			case out <- b.Payload:
			default: // nobody waits for so many
			}
		}
	}); err != nil {
		p.t.Fatal(err)
	}
	ask(p, runtime.AddBinding, runtime.AddBindingParams{Name: name})
	return out
}
