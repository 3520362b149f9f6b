package main

import (
	"context"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/chromedp/cdproto/audits"
	"github.com/chromedp/cdproto/cdp"
	cdpfetch "github.com/chromedp/cdproto/fetch"
	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
)

// seen is what a tab did that no screen shows.
type seen struct {
	mu       sync.Mutex
	faults   []string // what the console, the policy and the browser's own audits said
	asked    []string // addresses of requests, in order
	sockets  []string
	sent     []string // websocket frames, from the page
	received int64    // bytes of answers, heads included, as they came over the line
	// pardon holds what a test brings about itself, and so is no fault.
	pardon []string
}

// eyes turns on what the protocol tells only when asked, and holds every request to another machine.
func (p *tab) eyes() chromedp.Action[chromedp.Void] {
	return chromedp.Func(func(ctx context.Context, t *chromedp.Target) error {
		if _, err := cdp.Call(ctx, t, audits.Enable, cdp.Empty{}); err != nil {
			return err
		}
		_, err := cdp.Call(ctx, t, cdpfetch.Enable, cdpfetch.EnableParams{Patterns: []*cdpfetch.RequestPattern{{URLPattern: "https://*"}}})
		return err
	})
}

// watch hears the browser's events, on the goroutine that reads them.
func (p *tab) watch(ev any) {
	s := &p.seen
	s.mu.Lock()
	defer s.mu.Unlock()
	fault := func(format string, args ...any) { s.faults = append(s.faults, fmt.Sprintf(format, args...)) }
	switch ev := ev.(type) {
	case *runtime.EventConsoleAPICalled:
		var words []string
		for _, a := range ev.Args {
			words = append(words, string(a.Value)+a.Description)
		}
		fault("console.%s: %s", ev.Type, strings.Join(words, " "))
	case *runtime.EventExceptionThrown:
		text := ev.ExceptionDetails.Text
		if ev.ExceptionDetails.Exception != nil {
			text += " " + ev.ExceptionDetails.Exception.Description
		}
		fault("exception: %s", text)
	case *log.EventEntryAdded:
		if strings.Contains(ev.Entry.Text, "Permissions-Policy header: Unrecognized feature") {
			return // the header shuts what some browser has, and each browser says which of it it lacks
		}
		fault("%s %s: %s (%s)", ev.Entry.Source, ev.Entry.Level, ev.Entry.Text, ev.Entry.URL)
	case *audits.EventIssueAdded:
		if ev.Issue.Code == audits.InspectorIssueCodeContentSecurityPolicyIssue {
			d := ev.Issue.Details.ContentSecurityPolicyIssueDetails
			fault("policy: %s %s", d.ViolatedDirective, d.BlockedURL)
		} else {
			fault("audit: %s", ev.Issue.Code)
		}
	case *network.EventRequestWillBeSent:
		s.asked = append(s.asked, ev.Request.URL)
	case *network.EventLoadingFinished:
		s.received += int64(ev.EncodedDataLength)
	case *network.EventWebSocketCreated:
		s.sockets = append(s.sockets, ev.URL)
	case *network.EventWebSocketFrameSent:
		s.sent = append(s.sent, string(ev.Response.PayloadData))
	case *cdpfetch.EventRequestPaused:
		select {
		case p.elsewhere <- ev:
		default:
			fault("too many requests elsewhere: %s", ev.Request.URL)
		}
	}
}

// pardon lets faults pass that hold one of these words, from now on and from before.
func (p *tab) pardon(words ...string) {
	p.seen.mu.Lock()
	defer p.seen.mu.Unlock()
	p.seen.pardon = append(p.seen.pardon, words...)
}

// report fails the test for every fault that nobody pardoned.
func (s *seen) report(p *tab) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, f := range s.faults {
		if !slices.ContainsFunc(s.pardon, func(w string) bool { return strings.Contains(f, w) }) {
			p.t.Errorf("%s: %s", p.name, f)
		}
	}
}

// hosts are those that the tab asked or opened a socket to.
func (s *seen) hosts() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	var out []string
	for _, a := range slices.Concat(s.asked, s.sockets) {
		if u, err := url.Parse(a); err == nil && u.Host != "" && !slices.Contains(out, u.Host) {
			out = append(out, u.Host)
		}
	}
	return out
}

func (s *seen) requests() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.asked)
}

func (s *seen) frames() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.sent)
}

// heldElsewhere is the request with which the page leaves for another site. It stays held, and so the page stays as it is,
// until arrive.
func (p *tab) heldElsewhere() *cdpfetch.EventRequestPaused {
	p.t.Helper()
	select {
	case ev := <-p.elsewhere:
		return ev
	case <-time.After(patience):
		p.t.Fatalf("%s: asked for nothing elsewhere\n%s", p.name, p.looks())
		return nil
	}
}

// arrive answers that request with a page of our own: nothing leaves this machine.
func (p *tab) arrive(ev *cdpfetch.EventRequestPaused) {
	p.t.Helper()
	ask(p, cdpfetch.FulfillRequest, cdpfetch.FulfillRequestParams{
		RequestID: ev.RequestID, ResponseCode: 200,
		ResponseHeaders: []*cdpfetch.HeaderEntry{{Name: "Content-Type", Value: "text/html; charset=utf-8"}},
		Body:            []byte(`<!doctype html><html lang="nl"><title>Weer</title><link rel="icon" href="data:,"><p id="weather">Droog tot vanavond.`),
	})
}

func containsAny(s string, words ...string) bool {
	return slices.ContainsFunc(words, func(w string) bool { return strings.Contains(s, w) })
}
