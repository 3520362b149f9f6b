package chat_test

import (
	"slices"
	"testing"
	"time"

	"haven/chat"
	"haven/chat/client"
	"haven/chat/client/clienttest"
	"haven/chat/frame"
)

// counted is a Reach that hands on what it was given.
type counted chan chat.Visit

func (counted) Block() int { return 3 }

func (c counted) Count(v chat.Visit) { c <- v }

// TestOverflowOnARealStore: who waits long is asked, once, and goes where they said yes to; the visit counts there. The
// sister line's counsellor is at the other node.
func TestOverflowOnARealStore(t *testing.T) {
	reach := make(counted, 16)
	d := newDay(t, "12:00", func(s *clienttest.Setup) { s.Lines[0].Overflow, s.Reach = time.Second, reach })
	noor := d.ready(0, "Noor", 1)
	talks, stays, goes := d.youth(0), d.youth(0), d.youth(0)
	d.waits(talks, client.Want{Line: "jip"})
	_, err := noor.Assigned(d.ctx)
	d.ok(err)
	d.waits(stays, client.Want{Line: "jip", Campaign: "ch", Channel: "poster"})
	d.waits(goes, client.Want{Line: "jip", Campaign: "ch", Channel: "tiktok"})
	ilse := d.ready(1, "Fier Ilse", 1)

	asks := func(y *client.Youth) client.Event {
		t.Helper()
		e := d.hears(y, func(e *client.Event) bool { return e.T == frame.THandover })
		if e.Line != "fier" || e.Name != "" || e.Slip != "" {
			t.Fatalf("%+v", e)
		}
		return e
	}
	d.ok(stays.Consent(asks(stays).Offer, false, false))
	asked := asks(goes)
	d.ok(goes.Consent(asked.Offer, true, false))
	moved := d.hears(goes, func(e *client.Event) bool { return e.T == frame.TWaiting && e.Line != "" })
	if moved.Line != "fier" {
		t.Fatalf("%+v", moved)
	}
	c, err := ilse.Assigned(d.ctx)
	d.ok(err)
	joined, err := goes.Joined(d.ctx)
	d.ok(err)
	if joined.Line != "fier" || joined.Name != "Fier Ilse" || string(goes.SAS()) != string(c.SAS()) {
		t.Fatalf("%+v", joined)
	}
	d.ok(stays.Leave())
	d.hears(stays, ended)
	d.ok(goes.Leave())
	d.hears(goes, ended)
	want := []chat.Visit{ // the first is the talk that filled the line
		{Line: "jip", Stage: chat.Answered},
		{Line: "fier", Campaign: "ch", Channel: "tiktok", Stage: chat.Answered},
		{Line: "jip", Campaign: "ch", Channel: "poster", Stage: chat.Abandoned, Block: 3},
	}
	for range want {
		select {
		case v := <-reach:
			i := slices.Index(want, v)
			if i < 0 {
				t.Fatalf("counted %+v", v)
			}
			want[i] = chat.Visit{}
		case <-d.ctx.Done():
			t.Fatalf("not counted: %+v", want)
		}
	}
	if len(reach) > 0 {
		t.Errorf("counted as well: %+v", <-reach)
	}
}
