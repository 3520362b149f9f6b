package main

import (
	"encoding/json"
	"io"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/cdproto/storage"
	"github.com/chromedp/chromedp"

	"haven/chat/frame"
)

const (
	// mostRequests is how many the young person's page may make before a chat can begin, the page itself included.
	mostRequests = 8
	// mostBytes is what all these may weigh together, compressed. The other language comes on top, when it is asked for.
	mostBytes = 30_000
)

// compressed is how many bytes of body a browser that takes gzip gets.
func compressed(t *testing.T, url string) int {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, url, nil)
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Accept-Encoding", "gzip") // set by hand, so that nothing is unpacked
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	n, err := io.Copy(io.Discard, resp.Body)
	if err != nil || resp.StatusCode != http.StatusOK {
		t.Fatalf("%s: %d, %v", url, resp.StatusCode, err)
	}
	return int(n)
}

// kept is everything of this page that its device could find again, but for what the tab itself needs for a reload.
const kept = `(async () => JSON.stringify({
  cookie: document.cookie, local: {...localStorage}, databases: (await indexedDB.databases()).length,
  caches: (await caches.keys()).length, workers: (await navigator.serviceWorker.getRegistrations()).length,
  name: window.name, hash: location.hash, search: location.search, state: history.state,
}))()`

const nothingKept = `{"cookie":"","local":{},"databases":0,"caches":0,"workers":0,"name":"","hash":"","search":"","state":null}`

// settled is what the tab keeps, once it did not change for a while.
const settled = `(async () => {
  for (let was = ''; was !== sessionStorage.s; await new Promise((go) => setTimeout(go, 600))) was = sessionStorage.s;
  return sessionStorage.s;
})()`

// TestBrowserPagesAreQuiet opens the young person's page from a campaign's link and has a chat: the page is small, asks
// nobody but its own server, breaks no rule of its own policy, and leaves neither the link nor the chat on the device.
// (Whatever the console or the policy says fails every browser test, on both pages.)
func TestBrowserPagesAreQuiet(t *testing.T) {
	c := openChromium(t)
	_, info := demo(t)
	ctx := within(t)
	desk := atDesk(t, info, 0, 1)

	p := c.open("young person", nil).phone()
	p.pardon("PerformanceIssue") // that this test looks at the cookies
	p.goTo(info.URL + "/#c=chatten-helpt.poster&l=fier")
	p.wait("the line of the link is first", `document.querySelector('#lines > li').matches('.chosen[data-line=fier]')`)
	all := func() bool {
		return slices.ContainsFunc(p.seen.requests(), func(u string) bool { return strings.HasSuffix(u, "/hvn1.js") }) &&
			slices.ContainsFunc(p.seen.requests(), func(u string) bool { return strings.HasSuffix(u, "/view.js") })
	}
	until(t, ctx, all)
	if at := js[string](p, "location.href"); at != info.URL+"/" {
		t.Errorf("the address bar shows %s", at)
	}
	length := js[int](p, "history.length")

	p.click("#lines [data-pick=fier]")
	p.waitFor("#join")
	p.click("#start")
	if _, err := desk.Assigned(ctx); err != nil {
		t.Fatal(err)
	}
	p.waitFor("#lock.shut")
	const secret = "dit blijft tussen ons"
	p.say("#text", secret, "#send")
	if m, err := desk.Expect(ctx, frame.TMsg); err != nil || m.Text != secret {
		t.Fatalf("the counsellor heard %q, %v", m.Text, err)
	}
	before := js[string](p, settled)
	p.write("#text", "nog een geheim")
	p.wait("what is half written is kept", "sessionStorage.s !== "+quoted(before))
	asked := p.seen.requests()
	if len(asked) > mostRequests {
		t.Errorf("%d requests, at most %d: %q", len(asked), mostRequests, asked)
	}
	p.reload()
	p.waitFor("#lock.shut")
	p.wait("what was half written is back", `document.getElementById('text').value === 'nog een geheim'`)

	if got := js[string](p, kept); got != nothingKept {
		t.Errorf("in the middle of a chat the device keeps %s", got)
	}
	if s := js[string](p, "JSON.stringify(sessionStorage)"); strings.Contains(s, "geheim") || strings.Contains(s, secret) || strings.Contains(s, "fier") {
		t.Errorf("the tab keeps words in the clear: %s", s)
	}
	if n := js[int](p, "history.length"); n != length {
		t.Errorf("the chat made the way back %d steps long, from %d", n, length)
	}
	for _, e := range ask(p, page.GetNavigationHistory, cdp.Empty{}).Entries {
		if e.URL != "about:blank" && (e.URL != info.URL+"/" || e.Title != "Info") {
			t.Errorf("the history tells of %s, %q", e.URL, e.Title)
		}
	}
	mine := storage.GetCookiesParams{BrowserContextID: chromedp.FromContext(p.ctx).BrowserContextID}
	if set, err := chromedp.CallBrowser(p.ctx, storage.GetCookies, mine); err != nil || len(set.Cookies) > 0 {
		t.Errorf("cookies: %v, %v", set.Cookies, err)
	}
	if h := p.seen.hosts(); !slices.Equal(h, []string{strings.TrimPrefix(info.URL, "http://")}) {
		t.Errorf("the page asks %q", h)
	}
	visits := 0
	for _, f := range p.seen.frames() {
		var v struct{ T, Campaign, Channel string }
		if err := json.Unmarshal([]byte(f), &v); err != nil {
			t.Fatal(err)
		}
		if v.T == "visit" {
			visits++
			if v.Campaign != "chatten-helpt" || v.Channel != "poster" {
				t.Errorf("the visit came by %q, %q", v.Campaign, v.Channel)
			}
		}
	}
	if visits != 1 {
		t.Errorf("%d visits were told of", visits)
	}

	p.click("#leave-open")
	p.click("#leave-yes")
	p.waitFor("#over-title[data-w='over.left']")
	if got := js[string](p, kept) + js[string](p, "JSON.stringify(sessionStorage)"); got != nothingKept+"{}" {
		t.Errorf("after the chat the device keeps %s", got)
	}

	p.click("#lang")
	p.waitText("#over-title", "stopped")
	english := info.URL + "/assets/youth/en.js"
	if !slices.Contains(p.seen.requests(), english) {
		t.Errorf("the other language came from nowhere: %q", p.seen.requests())
	}
	sum := 0
	for _, u := range asked {
		u, _, _ = strings.Cut(u, "#")
		n := compressed(t, u)
		t.Logf("%6d bytes %s", n, u)
		sum += n
	}
	t.Logf("%d requests before a chat can begin, %d bytes compressed, and %d for the other language", len(asked), sum, compressed(t, english))
	if sum > mostBytes {
		t.Errorf("the page weighs %d bytes compressed, at most %d", sum, mostBytes)
	}
}
