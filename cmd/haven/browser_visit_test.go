package main

import (
	"encoding/json"
	"testing"
)

// TestBrowserTellsOfItsVisit: once somebody touched the page it tells of the visit on each new socket, since what an
// earlier one was told is dropped where the line broke, and no more once there is a place in line.
func TestBrowserTellsOfItsVisit(t *testing.T) {
	c := openChromium(t)
	_, info := demo(t)
	ctx := within(t)
	atDesk(t, info, 0, 1) // and lets it ring
	p := c.open("young person", nil).phone()
	told := func(kind string) (n int) {
		for _, f := range p.seen.frames() {
			var v struct{ T, Campaign, Channel string }
			if json.Unmarshal([]byte(f), &v) == nil && v.T == kind && v.Campaign == "chatten-helpt" && v.Channel == "poster" {
				n++
			}
		}
		return n
	}
	again := func() { // another network
		js[bool](p, `dispatchEvent(new Event('offline')) && dispatchEvent(new Event('online'))`)
	}
	p.goTo(info.URL + "/#c=chatten-helpt.poster")
	p.waitFor("#lines [data-pick=jip]")
	again()
	p.waitFor("#lines [data-pick=jip]")
	if n := told("visit"); n != 0 {
		t.Fatalf("%d visits were told of before anybody touched the page", n)
	}
	p.click("#lines [data-pick=jip]")
	p.waitFor("#join")
	until(t, ctx, func() bool { return told("visit") == 1 })
	again()
	until(t, ctx, func() bool { return told("visit") == 2 })
	p.click("#start")
	p.waitFor("#talk")
	again()
	until(t, ctx, func() bool { return told("resume") == 1 })
	if n := told("visit"); n != 2 || told("join") != 1 {
		t.Errorf("%d visits were told of, want 2", n)
	}
}
