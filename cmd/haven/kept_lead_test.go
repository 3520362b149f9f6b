package main

import (
	"time"

	"haven/chat/client"
	"haven/chat/frame"
)

// leads is a lead's hour: a call, a line that is paused, a place kept while its line is down, and a counsellor's breather
// before the end of her shift.
func (d *workday) leads() {
	const counsellors, help = "<prefix>:{<prefix>}:counsellors", "<prefix>:{<prefix>}:help"
	lead := d.counsellor("Zus", 0, 1, nil, "--role", "lead", "--lines", "jip")
	d.must(lead.Rest())
	d.met(help, "l:<name>")
	d.met(counsellors, "<name>.ld")
	d.must(lead.Pause("jip", true))
	d.met(dueList, "pause:<line>")
	d.must(lead.Pause("jip", false))

	dia := d.counsellor("Dia", 0, 1, nil, "--lines", "jip")
	d.must(dia.ReadyFor(1, time.Hour))
	d.met(counsellors, "<name>.e")
	d.met(dueList, "shift:<name>")
	y := d.youth(client.Want{Line: "jip"})
	c := d.accept(dia, y)
	d.must(dia.Call(true, "jip"))
	_, err := lead.ExpectThat(d.ctx, func(e *client.Event) bool { return e.T == frame.TCalls && len(e.Calls) == 1 })
	d.must(err)
	d.must(lead.Come("Dia"))
	for _, field := range []string{"q", "ql", "qb"} {
		d.met(counsellors, "<name>."+field)
	}
	d.met(help, "c:<name>")
	d.met(dueList, "call:<name>")

	waits := d.youth(client.Want{Line: "jip"})
	waits.Cut()
	d.met("<prefix>:{<prefix>}:down", "<line>:<lang>:<class>:<ticket>:<chat>")
	d.soon("held")
	d.must(y.Leave())
	_, err = dia.ExpectThat(d.ctx, func(e *client.Event) bool { return e.T == frame.TEnded && e.Chat == c.ID() })
	d.must(err)
	d.must(dia.Wrapup(c.ID(), frame.Inbound{Kind: "young_person", Outcome: "none", Topic: "school", Heavy: true}))
	d.met(counsellors, "<name>.b")
	d.met(dueList, "breath:<name>")
	dia.Cut()
	lead.Cut()
}
