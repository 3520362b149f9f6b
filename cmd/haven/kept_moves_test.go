package main

import (
	"haven/chat/client"
	"haven/chat/frame"
)

// handover is a chat that goes from one line to another, after it was offered to a colleague who did not want it.
func (d *workday) handover() {
	first := d.counsellor("Bo", 0, 1, nil, "--lines", "jip")
	y := d.youth(client.Want{Line: "jip", Lang: "nl"})
	c := d.accept(first, y)
	second := d.counsellor("Cem", 0, 1, nil, "--lines", "fier")
	slip := c.SayAs("AAAAAAAAAAAAAAAAAAAAAA", frame.Card, `{"card":"slip","text":""}`)
	d.expect(y, frame.TMsg)
	d.must(first.Handover(c.ID(), "", "Cem", slip.ID))
	d.must(y.Consent(d.expect(y, frame.THandover).Offer, true, false))
	rings := d.expect(second, frame.TOffer)
	for _, field := range []string{"i", "l", "n", "m", "y"} {
		d.met(chatState, "ho."+field)
		d.met(chatsList, "<chat>.ho."+field)
	}
	d.met(chatsList, "<chat>.of")
	d.met(chatsList, "<chat>.fr")
	d.met(dueList, "leg:<offer>")
	d.must(second.Decline(rings.Offer))
	d.expect(y, frame.TJoined)
	d.met(chatState, "hl")
	d.met(chatsList, "<chat>.hl")
	d.must(first.Handover(c.ID(), "fier", "", ""))
	d.must(y.Consent(d.expect(y, frame.THandover).Offer, true, false))
	d.accept(second, y)
	d.met(chatsList, "<chat>.fl")
	d.must(y.Leave())
	d.wrapsUp(second, c.ID())
	first.Cut()
	second.Cut()
}
