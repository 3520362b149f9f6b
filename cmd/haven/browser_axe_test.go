package main

import (
	"context"
	"crypto/sha256"
	_ "embed"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
)

// axe is axe-core 4.14.1 by Deque Systems under the Mozilla Public License 2.0, as its npm package has it; its licence and
// those of its parts lie beside it. It runs in tests only.
//
//go:embed testdata/axe/axe.min.js
var axe string

const axeSum = "29348999450cdf2849a8e70b7912fc2da85a849da39c0d0d5394f51d4a9ed95c"

func TestAxeIsTheOneNamed(t *testing.T) {
	if sum := sha256.Sum256([]byte(axe)); hex.EncodeToString(sum[:]) != axeSum {
		t.Errorf("testdata/axe/axe.min.js has SHA-256 %x", sum)
	}
}

// manners in which a state of a page is judged: the smallest phones and a laptop, in the light and in the dark. In the dark
// only the colours differ, so only they are judged again.
var manners = []struct {
	width, height int64
	scheme        string
}{{360, 740, "light"}, {360, 740, "dark"}, {1280, 800, "dark"}, {1280, 800, "light"}}

// everyManner has the long form and the pictures made in all of them.
var everyManner = os.Getenv("HAVEN_LONG") == "1" || os.Getenv("HAVEN_SCREENSHOTS") != ""

const (
	wcag        = `{type: 'tag', values: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa']}`
	onlyColours = `{type: 'rule', values: ['color-contrast', 'link-in-text-block']}`
)

// judge runs axe on the page as it stands, in each manner, and keeps pictures where HAVEN_SCREENSHOTS names a folder.
// The page's policy forbids strange scripts and strings made into code, and stays in force: axe is evaluated over the
// protocol, in a world of its own beside the page's, where it sees the same document and the page's scripts see nothing
// of it.
func (p *tab) judge(state string) {
	p.t.Helper()
	world := p.besides()
	for _, m := range manners {
		if m.scheme == "dark" && m.width < 1000 && !everyManner {
			continue // its colours are those of the wide one
		}
		p.looksLike(m.width, m.height, m.scheme)
		for _, f := range p.faults(world, m.scheme) {
			p.t.Errorf("%s, %s, %d px, %s: %s", p.name, state, m.width, m.scheme, f)
		}
		p.picture(fmt.Sprintf("%s-%s-%d-%s", p.name, state, m.width, m.scheme))
	}
}

// besides is a world beside the page's, with axe in it.
func (p *tab) besides() runtime.ExecutionContextID {
	p.t.Helper()
	frame := ask(p, page.GetFrameTree, cdp.Empty{}).FrameTree.Frame.ID
	world := ask(p, page.CreateIsolatedWorld, page.CreateIsolatedWorldParams{FrameID: frame, WorldName: "axe"}).ExecutionContextID
	if !p.evaluate(world, `typeof axe === 'object'`, nil) {
		p.evaluate(world, axe+"; true", nil)
	}
	return world
}

// faults are those that axe finds in what the page shows now.
func (p *tab) faults(world runtime.ExecutionContextID, scheme string) []string {
	p.t.Helper()
	rules := wcag
	if scheme == "dark" {
		rules = onlyColours
	}
	var found struct {
		Faults []string
		Passed int
		Over   float64
	}
	p.evaluate(world, fmt.Sprintf(`(async () => {
	  await new Promise((go) => requestAnimationFrame(() => setTimeout(go)));
	  const r = await axe.run(document, {runOnly: %s, rules: {'target-size': {enabled: true}}, preload: false, resultTypes: ['violations']});
	  return {
	    faults: r.violations.flatMap((v) => v.nodes.map((n) => v.id + ': ' + n.html.slice(0, 160) + ' ' + n.failureSummary.replace(/\s+/g, ' '))),
	    passed: r.passes.length, over: document.documentElement.scrollWidth - innerWidth,
	  };
	})()`, rules), &found)
	if found.Passed == 0 {
		found.Faults = append(found.Faults, "axe judged nothing")
	}
	if found.Over > 0 {
		found.Faults = append(found.Faults, fmt.Sprintf("%v px wider than the screen", found.Over))
	}
	return found.Faults
}

// evaluate gives the value of an expression in a world beside the page's. Without a place for the value it is a yes or a
// no.
func (p *tab) evaluate(world runtime.ExecutionContextID, expression string, into any) bool {
	p.t.Helper()
	yes := true
	r := ask(p, runtime.Evaluate, runtime.EvaluateParams{Expression: expression, ContextID: world, ReturnByValue: &yes, AwaitPromise: &yes})
	if r.ExceptionDetails != nil {
		p.t.Fatalf("%s: %s %+v", p.name, r.ExceptionDetails.Text, r.ExceptionDetails.Exception)
	}
	if into == nil {
		return string(r.Result.Value) == "true"
	}
	if err := json.Unmarshal(r.Result.Value, into); err != nil {
		p.t.Fatalf("%s: %v in %s", p.name, err, r.Result.Value)
	}
	return true
}

// looksLike makes the tab that of a device of this size and liking.
func (p *tab) looksLike(width, height int64, scheme string) {
	p.t.Helper()
	p.do(chromedp.EmulateViewport(width, height), chromedp.Func(func(ctx context.Context, t *chromedp.Target) error {
		_, err := cdp.Call(ctx, t, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{
			Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: scheme}}})
		return err
	}))
}

// picture keeps what is on the screen, for people to look at.
func (p *tab) picture(name string) {
	p.t.Helper()
	folder := os.Getenv("HAVEN_SCREENSHOTS")
	if folder == "" {
		return
	}
	params := page.CaptureScreenshotParams{}
	// A page that scrolls as a whole is kept whole; one with something stuck to its edges as it is seen.
	if js[bool](p, `scrollY === 0 && document.documentElement.scrollHeight > innerHeight && !document.querySelector('dialog[open], #talk:not([hidden])')`) {
		size, beyond := ask(p, page.GetLayoutMetrics, cdp.Empty{}).CSSContentSize, true
		params.CaptureBeyondViewport = &beyond
		params.Clip = &page.Viewport{Width: size.Width, Height: size.Height, Scale: 1}
	}
	r := ask(p, page.CaptureScreenshot, params)
	file := filepath.Join(folder, strings.ReplaceAll(name, " ", "_")+".png")
	if err := os.WriteFile(file, r.Data, 0o600); err != nil {
		p.t.Fatal(err)
	}
}

// judgeSeesFaults plants faults in the page, one of each kind that the judge must not miss.
func (p *tab) judgeSeesFaults() {
	p.t.Helper()
	world := p.besides()
	const add = `(() => {
	  const e = document.querySelector('#main').appendChild(document.createElement('%s'));
	  e.id = 'planted';
	  %s;
	  return true;
	})()`
	for _, planted := range []struct{ word, scheme, tag, how string }{
		{"label", "light", "input", ""},
		{"button-name", "light", "button", ""},
		{"color-contrast", "light", "p", `e.textContent = 'bijna niet te lezen'; e.style.color = '#aaa'`},
		{"color-contrast", "dark", "p", `e.textContent = 'bijna niet te lezen'; e.style.color = '#444'`},
		{"target-size", "light", "p", `for (const s of 'ab') { const b = e.appendChild(document.createElement('button')); b.textContent = s; b.style.cssText = 'all: unset; font-size: 8px' }`},
		{"wider than the screen", "light", "p", `e.textContent = 'breed'; e.style.width = '400px'`},
	} {
		p.looksLike(360, 740, planted.scheme)
		if f := p.faults(world, planted.scheme); len(f) > 0 {
			p.t.Fatalf("before anything was planted: %q", f)
		}
		js[bool](p, fmt.Sprintf(add, planted.tag, planted.how))
		if f := p.faults(world, planted.scheme); len(f) == 0 || !strings.Contains(strings.Join(f, "\n"), planted.word) {
			p.t.Errorf("%s is not seen in the %s: %q", planted.word, planted.scheme, f)
		}
		js[bool](p, `(document.getElementById('planted').remove(), true)`)
	}
}
