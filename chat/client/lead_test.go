package client_test

import (
	"errors"
	"testing"
	"time"

	"haven/chat/client"
	"haven/chat/client/clienttest"
	"haven/chat/frame"
)

// until waits for what a desk or a young person is told.
func until(t *testing.T, who expecter, is func(*client.Event) bool) client.Event {
	t.Helper()
	e, err := who.ExpectThat(soon(t), is)
	must(t, err)
	return e
}

// refuses waits for an error.
func refuses(t *testing.T, d *client.Desk, code, re string) {
	t.Helper()
	if e := until(t, d, func(e *client.Event) bool { return e.T == frame.TError }); e.Code != code || e.Re != re {
		t.Fatalf("error %s re %s, want %s re %s", e.Code, e.Re, code, re)
	}
}

func called(t *testing.T, d *client.Desk, state, lead string) {
	t.Helper()
	if e := until(t, d, func(e *client.Event) bool { return e.T == frame.TCall }); e.State != state || e.Lead != lead {
		t.Fatalf("call is %s by %q, want %s by %q", e.State, e.Lead, state, lead)
	}
}

func hasCalls(t *testing.T, d *client.Desk, want ...frame.Call) {
	t.Helper()
	until(t, d, func(e *client.Event) bool {
		if e.T != frame.TCalls || len(e.Calls) != len(want) {
			return false
		}
		for i := range want {
			if e.Calls[i] != want[i] {
				return false
			}
		}
		return true
	})
}

// TestLead: calling for a lead at another node, a paused line, and a place that a lead moves.
func TestLead(t *testing.T) {
	dep := deploy(t, 2)
	sanne := desk(t, dep.Nodes[0], "Sanne", 1)
	must(t, sanne.Call(true, "jip"))
	called(t, sanne, "nobody", "")
	for _, f := range []func(*client.Desk) error{
		func(d *client.Desk) error { return d.Come("Sanne") },
		func(d *client.Desk) error { return d.Pause("jip", true) },
		func(d *client.Desk) error { return d.Move("AAAAAAAAAAAAAAAAAAAAAA", "", "Sanne") },
	} {
		must(t, f(sanne))
	}
	refuses(t, sanne, frame.CodeNotNow, "come")
	refuses(t, sanne, frame.CodeNotNow, "pause")
	refuses(t, sanne, frame.CodeNotNow, "move")

	lead := client.NewDesk(client.Options{URL: dep.Nodes[1].URL, Origin: clienttest.Origin}, "Lead Noor", "secret")
	t.Cleanup(lead.Cut)
	must(t, lead.Connect(soon(t)))
	if e, err := lead.Entered(soon(t)); err != nil || e.Role != "lead" {
		t.Fatalf("%+v, %v", e, err)
	}
	called(t, sanne, "calling", "")
	hasCalls(t, lead, frame.Call{Name: "Sanne", Line: "jip"})
	must(t, lead.Come("Sanne"))
	called(t, sanne, "coming", "Lead Noor")
	hasCalls(t, lead, frame.Call{Name: "Sanne", Line: "jip", Coming: "Lead Noor"})
	must(t, sanne.Call(false, ""))
	called(t, sanne, "over", "")
	hasCalls(t, lead)

	first, waits := youth(t, dep.Nodes[0]), youth(t, dep.Nodes[1])
	c := talk(t, first, sanne)
	place, err := waits.Join(soon(t), client.Want{Line: "jip", Lang: "nl"})
	must(t, err)
	e := until(t, lead, func(e *client.Event) bool { return e.T == frame.THealth && len(e.Queue) == 1 })
	if q := e.Queue[0]; q.Chat != place.Chat || q.Line != "jip" || q.Lang != "nl" || q.Urgent || q.Down || q.Kept != "" {
		t.Fatalf("%+v", q)
	}

	must(t, lead.Pause("jip", true))
	late := youth(t, dep.Nodes[0])
	until(t, late, func(e *client.Event) bool {
		return e.T == frame.THello && !e.Lines[0].Open && e.Lines[0].Opens == "" && e.Lines[1].Open
	})
	_, err = late.Join(soon(t), client.Want{Line: "jip", Lang: "nl"})
	var refused *client.Refused
	if !errors.As(err, &refused) || refused.Reason != "closed" || refused.Opens != "" {
		t.Fatalf("%v", err)
	}
	until(t, lead, func(e *client.Event) bool { return e.T == frame.THealth && e.Lines[0].Paused })

	// The place is kept for the lead herself, who has room, and rings there at once. Then Sanne has a breather.
	must(t, lead.Move(place.Chat, "", "Lead Noor"))
	refuses(t, lead, frame.CodeNotNow, "move") // she is at rest
	must(t, lead.Move(c.ID(), "", "Lead Noor"))
	refuses(t, lead, frame.CodeNoChat, "move") // that one is talked in
	must(t, lead.Move(place.Chat, "", "Sanne"))
	until(t, lead, func(e *client.Event) bool {
		return e.T == frame.THealth && len(e.Queue) == 1 && e.Queue[0].Kept == "Sanne"
	})
	must(t, sanne.End(c.ID(), "stopped"))
	must(t, sanne.Wrapup(c.ID(), frame.Inbound{Kind: "young_person", Outcome: "none", Topic: "home", Heavy: true}))
	until(t, sanne, func(e *client.Event) bool {
		if e.T == frame.TOffer {
			t.Fatal("she is rung in her breather")
		}
		return e.T == frame.TDesk && e.BreatherS > 290 && e.State == "busy" && len(e.Wrapups) == 0
	})
	must(t, sanne.Ready(1))
	if o := until(t, sanne, func(e *client.Event) bool { return e.T == frame.TOffer }); o.Chat != place.Chat {
		t.Fatalf("%+v", o)
	}
}

// TestLastIntake: at the end of a shift she is at rest by herself, whichever node looks after that.
func TestLastIntake(t *testing.T) {
	dep := deploy(t, 2)
	d := desk(t, dep.Nodes[0], "Sanne", 1)
	must(t, d.ReadyFor(2, time.Second))
	until(t, d, func(e *client.Event) bool {
		return e.T == frame.TDesk && e.State == "ready" && e.Capacity == 2 && e.ForS > 0
	})
	until(t, d, func(e *client.Event) bool { return e.T == frame.TDesk && e.State == "rest" && e.ForS == 0 })
}
