package client_test

import (
	"errors"
	"testing"

	"haven/chat/client"
	"haven/chat/frame"
)

// result waits for what a desk is told of a handover.
func result(t *testing.T, d *client.Desk, want string) {
	t.Helper()
	e, err := d.Expect(soon(t), frame.THandover)
	must(t, err)
	if e.Result != want {
		t.Fatalf("the handover is %q, not %q", e.Result, want)
	}
}

// asked waits for the question, and says yes or no.
func asked(t *testing.T, y *client.Youth, yes bool) client.Event {
	t.Helper()
	e, err := y.Expect(soon(t), frame.THandover)
	must(t, err)
	must(t, y.Consent(e.Offer, yes, false))
	return e
}

// TestHandover: from a counsellor of jip at one node to one of fier at another, over two nodes and the young person at
// either. The first stays until the second accepted; then she is out, and owes nothing.
func TestHandover(t *testing.T) {
	dep := deploy(t, 2)
	first := desk(t, dep.Nodes[0], "Sanne", 1)
	y := youth(t, dep.Nodes[1])
	c := talk(t, y, first)
	second := desk(t, dep.Nodes[1], "Fier Noor", 1)
	y.Say("before")
	hears(t, first, "before")
	slip := c.SayAs("AAAAAAAAAAAAAAAAAAAAAA", frame.Card, `{"card":"slip","text":"Wil niet naar huis."}`)
	hears(t, y, slip.Text)
	must(t, first.Handover(c.ID(), "fier", "", slip.ID))
	q := asked(t, y, true)
	if q.Line != "fier" || q.Name != "" || q.Slip != slip.ID || q.Offer == "" {
		t.Fatalf("asked %+v", q)
	}
	result(t, first, "yes")
	c.Say("I stay until she is there") // warm
	hears(t, y, "I stay until she is there")
	rings, err := second.Expect(soon(t), frame.TOffer)
	must(t, err)
	if rings.Chat != c.ID() || rings.Line != "fier" || rings.From != "Sanne" {
		t.Fatalf("%+v", rings)
	}
	must(t, second.Accept(&rings))
	got, err := second.Expect(soon(t), frame.TAssigned)
	must(t, err)
	if got.E != 1 || got.Chat != c.ID() {
		t.Fatalf("%+v", got)
	}
	result(t, first, "moved")
	j, err := y.Joined(soon(t))
	must(t, err)
	if j.E != 1 || j.Name != "Fier Noor" || j.Line != "fier" {
		t.Fatalf("%+v", j)
	}
	y.Say("to her")
	if e, err := second.Expect(soon(t), frame.TMsg); err != nil || e.Text != "to her" || !e.Opened {
		t.Fatalf("the first that she hears is %+v, %v", e, err)
	}
	second.Chat(c.ID()).Say("from her")
	if e := hears(t, y, "from her"); !e.Opened {
		t.Fatalf("%+v", e)
	}
	must(t, first.Take()) // her place is free, and no wrap-up is owed
	if e, err := first.ExpectThat(soon(t), func(e *client.Event) bool { return e.T == frame.TError }); err != nil || e.Code != frame.CodeNotNow {
		t.Fatalf("%+v, %v", e, err)
	}
	must(t, first.Beat())
	d, err := first.ExpectThat(soon(t), func(e *client.Event) bool { return e.T == frame.TDesk && len(e.Chats) == 0 })
	must(t, err)
	if d.State != "ready" || len(d.Wrapups) != 0 {
		t.Errorf("%+v", d)
	}
}

// TestHandoverThatComesToNothing: said no to, declined, taken back, or nobody there; the chat goes on with the first, and each side hears it once.
func TestHandoverThatComesToNothing(t *testing.T) {
	for name, f := range map[string]func(t *testing.T, first, second *client.Desk, y *client.Youth, chat string){
		"no": func(t *testing.T, first, second *client.Desk, y *client.Youth, chat string) {
			must(t, first.Handover(chat, "fier", "", ""))
			asked(t, y, false)
			result(t, first, "no")
		},
		"declined": func(t *testing.T, first, second *client.Desk, y *client.Youth, chat string) {
			must(t, first.Handover(chat, "", "Fier Noor", ""))
			if q := asked(t, y, true); q.Name != "Fier Noor" || q.Line != "fier" {
				t.Fatalf("%+v", q)
			}
			result(t, first, "yes")
			o, err := second.Expect(soon(t), frame.TOffer)
			must(t, err)
			must(t, second.Decline(o.Offer))
			result(t, first, "nobody")
			stays(t, y)
		},
		"taken back": func(t *testing.T, first, second *client.Desk, y *client.Youth, chat string) {
			must(t, first.Handover(chat, "fier", "", ""))
			q, err := y.Expect(soon(t), frame.THandover)
			must(t, err)
			must(t, first.Keep(chat))
			result(t, first, "nobody")
			stays(t, y)
			must(t, y.Consent(q.Offer, true, false)) // too late
			// A yes that was answered may come again; nothing rings.
		},
		"nobody": func(t *testing.T, first, second *client.Desk, y *client.Youth, chat string) {
			must(t, second.Rest())
			_, err := second.ExpectThat(soon(t), func(e *client.Event) bool { return e.T == frame.TDesk && e.State == "rest" })
			must(t, err)
			must(t, first.Handover(chat, "", "Fier Noor", ""))
			result(t, first, "nobody")
		},
	} {
		t.Run(name, func(t *testing.T) {
			dep := deploy(t, 1)
			first := desk(t, dep.Nodes[0], "Sanne", 1)
			y := youth(t, dep.Nodes[0])
			c := talk(t, y, first)
			second := desk(t, dep.Nodes[0], "Fier Noor", 1)
			f(t, first, second, y, c.ID())
			c.Say("still here")
			hears(t, y, "still here")
			y.Say("good")
			hears(t, first, "good")
			if e := y.Chat; e != nil {
				if n, ok := e.Epoch(); n != 0 || !ok {
					t.Errorf("epoch %d, %v", n, ok)
				}
			}
		})
	}
}

// stays waits until the young person hears that the first counsellor goes on.
func stays(t *testing.T, y *client.Youth) {
	t.Helper()
	e, err := y.Expect(soon(t), frame.TJoined)
	must(t, err)
	if e.E != 0 || e.Name != "Sanne" || e.Line != "jip" {
		t.Fatalf("%+v", e)
	}
}

// TestHandoverOverAReload: a page that was loaded again is asked again, and once it said yes not any more.
func TestHandoverOverAReload(t *testing.T) {
	dep := deploy(t, 2)
	first := desk(t, dep.Nodes[0], "Sanne", 1)
	y := youth(t, dep.Nodes[0])
	c := talk(t, y, first)
	second := desk(t, dep.Nodes[1], "Fier Noor", 1)
	must(t, first.Handover(c.ID(), "fier", "", ""))
	q, err := y.Expect(soon(t), frame.THandover)
	must(t, err)
	must(t, y.Reload(soon(t), dep.Nodes[1].URL))
	again := asked(t, y, true)
	if again.Offer != q.Offer {
		t.Fatalf("asked %q, then %q", q.Offer, again.Offer)
	}
	result(t, first, "yes")
	must(t, y.Reload(soon(t), dep.Nodes[0].URL))
	var no *client.ErrFrame
	for _, err = second.Assigned(soon(t)); errors.As(err, &no); { // it rang, was withdrawn while they were away, and rang again
		_, err = second.Assigned(soon(t))
	}
	must(t, err)
	for {
		e, err := y.Expect(soon(t), frame.TJoined, frame.THandover)
		must(t, err)
		if e.T == frame.THandover && !e.Agreed {
			t.Fatal("asked again after yes")
		}
		if e.E == 1 {
			break
		}
	}
	result(t, first, "moved")
}

// TestRefusedHandovers: what is not hers, and answers to nothing.
func TestRefusedHandovers(t *testing.T) {
	dep := deploy(t, 1)
	first := desk(t, dep.Nodes[0], "Sanne", 1)
	y := youth(t, dep.Nodes[0])
	c := talk(t, y, first)
	second := desk(t, dep.Nodes[0], "Fier Noor", 1)
	refused := func(e client.Event, err error, code, re string) {
		t.Helper()
		must(t, err)
		if e.Code != code || e.Re != re {
			t.Fatalf("%s to %s, not %s to %s", e.Code, e.Re, code, re)
		}
	}
	must(t, second.Handover(c.ID(), "fier", "", ""))
	e, err := second.Expect(soon(t), frame.TError)
	refused(e, err, frame.CodeNoChat, "handover")
	must(t, first.Keep(c.ID()))
	e, err = first.Expect(soon(t), frame.TError)
	refused(e, err, frame.CodeNoChat, "keep")
	must(t, y.Consent("AAAAAAAAAAAAAAAAAAAAAA", true, false))
	e, err = y.Expect(soon(t), frame.TError)
	refused(e, err, frame.CodeNoOffer, "consent")
	c.Say("nothing changed")
	hears(t, y, "nothing changed")
}
