//go:build linux

package main

import (
	"bytes"
	"context"
	"maps"
	"slices"
	"syscall"

	"github.com/gorilla/websocket"

	"haven/chat/client"
	"haven/chat/frame"
)

// chat lets the two talk, with the young person's line cut in between, and looks during the chat and after its end.
// A mutant is looked at during the chat only.
func (c *canary) chat(mutant bool) {
	c.t.Helper()
	ctx := c.ctx
	plant := func(name, text string, barred func(sink, bool) bool) string {
		c.plants = append(c.plants, plainly(name, text, barred))
		return text
	}
	campaign, channel := plant("campaign", newWord(), inMemory), plant("channel", newWord(), inMemory)
	odd := plant("unknown field", newWord(), inMemory)
	asked := "Ik zit op de " + plant("sentence", newWord(), nowhere) + "school en durf niet naar huis"
	told := "Dank je dat je dit vertelt, " + plant("answer", newWord(), nowhere)
	again := "Mijn lijn viel weg bij de " + plant("second sentence", newWord(), nowhere)

	staff := c.wire([4]byte{127, 0, 0, 1}, "", "")
	d := client.NewDesk(client.Options{URL: staff.url, Origin: "http://" + c.public}, c.counsellor, canaryPassword)
	c.must(d.Connect(ctx))
	_, err := d.Entered(ctx)
	c.must(err)
	c.must(d.Ready(1))

	phone := c.wire(c.ip, "?from="+c.words["query"], c.headers())
	y := client.NewYouth(client.Options{URL: phone.url})
	c.must(y.Connect(ctx))
	c.must(y.Visit(campaign, channel))
	c.must(y.Raw(websocket.TextMessage, []byte(`{"t":"visit","where":"`+odd+`"}`)))
	_, err = y.Expect(ctx, frame.TError)
	c.must(err)
	waiting, err := y.Join(ctx, client.Want{Line: "jip", Lang: "nl", Campaign: campaign, Channel: channel})
	c.must(err)
	o, err := d.Expect(ctx, frame.TOffer)
	c.must(err)
	c.must(d.Accept(&o))
	assigned, err := d.Expect(ctx, frame.TAssigned)
	c.must(err)
	_, err = y.Joined(ctx)
	c.must(err)
	_, err = d.Expect(ctx, frame.TConfirm)
	c.must(err)

	id := y.ID()
	desk := d.Chat(id)
	y.Say(asked)
	first := c.hears(d.ExpectThat, asked)
	desk.Say(told)
	second := c.hears(y.ExpectThat, told)
	phone.cut()
	_, err = y.ExpectClosed(ctx)
	c.must(err)
	c.must(phone.forgotten(ctx))
	c.must(y.Connect(ctx))
	_, err = y.Joined(ctx)
	c.must(err)
	y.Say(again)
	third := c.hears(d.ExpectThat, again)
	c.until("everything is acked", func(context.Context) bool { return y.Unacked() == 0 && desk.Unacked() == 0 })

	c.plants = append(c.plants, coded("token", waiting.Token, onTheWire), coded("share", waiting.Share, untilTheEnd),
		coded("share of the desk", assigned.Share, untilTheEnd))
	for name, m := range map[string]client.Event{"first": first, "second": second, "third": third} {
		c.plants = append(c.plants, coded(name+" message, sealed", m.CT[:64], untilTheEnd),
			coded(name+" message's id", m.ID, untilTheEnd))
	}
	c.look("during the chat", false, map[sink][]string{
		remembered: {c.counsellor, id}, said: {" is added", "listening"}, exported: {`haven_chats_started_total{line="jip"} 1`},
		answered: {"HTTP/1.1 101", `"t":"waiting"`, `"t":"assigned"`, id, waiting.Token, first.CT},
		stored:   {c.counsellor, id, waiting.Share, first.CT}, filed: {c.counsellor, id, waiting.Share, first.CT},
	})
	if mutant {
		return
	}

	// All is read before the end: nothing is left to wait for.
	c.must(desk.Read(third.Seq))
	c.must(y.Read(third.Seq))
	_, err = d.Expect(ctx, frame.TRead)
	c.must(err)
	c.must(d.End(id, "done"))
	_, err = y.Expect(ctx, frame.TEnded)
	c.must(err)
	_, err = d.Expect(ctx, frame.TEnded)
	c.must(err)
	c.must(d.Wrapup(id, frame.Inbound{Kind: "young_person", Outcome: "none", Topic: "home"}))
	c.must(d.Beat())
	_, err = d.Expect(ctx, frame.TBeat)
	c.must(err)
	y.Cut()
	c.must(phone.forgotten(ctx))
	soon, cancel := context.WithTimeout(ctx, deletionTime)
	defer cancel()
	_ = poll(soon, func() bool { // where it is not, that is found below
		return !slices.ContainsFunc(slices.Collect(maps.Values(c.keys())), func(b []byte) bool {
			return bytes.Contains(b, []byte(waiting.Share)) || bytes.Contains(b, []byte(first.CT))
		})
	})
	c.rewrite()
	c.look("after the end", true, map[sink][]string{
		remembered: {c.counsellor}, said: {" is added", "listening"}, exported: {`haven_chats_ended_total{line="jip",reason="done"} 1`},
		answered: {`"t":"ended"`}, stored: {c.counsellor, id}, filed: {c.counsellor, id},
	})

	d.Cut()
	c.must(c.serve.Process.Signal(syscall.SIGTERM))
	err = <-c.ended
	c.ended <- err
	c.must(err)
	var needles []needle
	for _, p := range c.plants {
		needles = append(needles, p.needles...)
	}
	const last = "state=stopped"
	if held := c.search("after the server's end", said, append(needles, needle{last, control, []byte(last)})); !held[last] {
		c.t.Errorf("the server did not say that it stopped:\n%s", c.stderr())
	}
}

// hears waits for a message and holds that it opened to the text that was sealed.
func (c *canary) hears(expect func(context.Context, func(*client.Event) bool) (client.Event, error), text string) client.Event {
	c.t.Helper()
	e, err := expect(c.ctx, func(e *client.Event) bool { return e.T == frame.TMsg })
	c.must(err)
	if !e.Opened || e.Text != text {
		c.t.Fatalf("heard %q, want %q", e.Text, text)
	}
	return e
}
