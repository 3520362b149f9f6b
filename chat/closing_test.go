package chat_test

import (
	"context"
	"errors"
	"slices"
	"sync/atomic"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"haven/chat/client"
	"haven/chat/client/clienttest"
	"haven/chat/frame"
	"haven/routing"
	"haven/routing/routingtest"
)

// day is a deployment of two nodes on one real store whose lines open and close by a clock that the test moves: jip is
// open from nine to five, with the last intake a quarter of an hour before, fier always.
type day struct {
	*clienttest.Deployment
	t   *testing.T
	ctx context.Context
	now atomic.Int64
}

func newDay(t *testing.T, clock string, change ...func(*clienttest.Setup)) *day {
	t.Helper()
	rdb, prefix := routingtest.Client(t)
	ctx, cancel := context.WithTimeout(t.Context(), 60*time.Second)
	t.Cleanup(cancel)
	d := &day{t: t, ctx: ctx}
	d.at(clock)
	var week []routing.Span
	for i := range 7 {
		week = append(week, routing.Span{From: (i*24 + 9) * 60, To: (i*24 + 17) * 60})
	}
	setup := clienttest.Setup{
		Now: func() time.Time { return time.Unix(d.now.Load(), 0) },
		Lines: []routing.Line{
			{Name: "jip", Langs: []string{"nl"}, Hours: routing.Hours{Week: week}, LastIntake: 15 * time.Minute,
				CapPerCounsellor: 2, Target: time.Minute, Instead: []string{"fier"}},
			{Name: "fier", Langs: []string{"nl"}, Hours: routing.Hours{Always: true}, CapPerCounsellor: 10, Target: time.Minute},
		},
	}
	for _, c := range change {
		c(&setup)
	}
	d.Deployment = clienttest.NewWith(t, setup, 2, prefix, func() redis.UniversalClient { return rdb })
	return d
}

func (d *day) at(clock string) {
	d.t.Helper()
	at, err := time.ParseInLocation(time.DateTime, "2026-11-23 "+clock+":00", routing.Amsterdam())
	d.ok(err)
	d.now.Store(at.Unix())
}

func (d *day) ok(err error) {
	d.t.Helper()
	if err != nil {
		d.t.Fatal(err)
	}
}

func (d *day) youth(node int) *client.Youth {
	d.t.Helper()
	y := client.NewYouth(client.Options{URL: d.Nodes[node].URL})
	d.t.Cleanup(y.Cut)
	d.ok(y.Connect(d.ctx))
	return y
}

func (d *day) ready(node int, name string, capacity int) *client.Desk {
	d.t.Helper()
	desk := client.NewDesk(client.Options{URL: d.Nodes[node].URL, Origin: clienttest.Origin}, name, "secret")
	d.t.Cleanup(desk.Cut)
	d.ok(desk.Connect(d.ctx))
	_, err := desk.Entered(d.ctx)
	d.ok(err)
	d.ok(desk.Ready(capacity))
	d.desk(desk, func(e *client.Event) bool { return e.T == frame.TDesk && e.State == "ready" })
	return desk
}

func (d *day) desk(desk *client.Desk, is func(*client.Event) bool) client.Event {
	d.t.Helper()
	e, err := desk.ExpectThat(d.ctx, is)
	d.ok(err)
	return e
}

func (d *day) hears(y *client.Youth, is func(*client.Event) bool) client.Event {
	d.t.Helper()
	e, err := y.ExpectThat(d.ctx, is)
	d.ok(err)
	return e
}

func (d *day) waits(y *client.Youth, w client.Want) client.Event {
	d.t.Helper()
	e, err := y.Join(d.ctx, w)
	d.ok(err)
	return e
}

// elsewhere checks that a frame names the way on that there is.
func (d *day) elsewhere(e client.Event, reason, opens string) {
	d.t.Helper()
	if e.Reason != reason || e.Opens != opens || !slices.Equal(e.Instead, []string{"fier"}) || len(e.Phones) != 1 {
		d.t.Fatalf("%s %q opens %q instead %v phones %v, want %q, %q", e.T, e.Reason, e.Opens, e.Instead, e.Phones, reason, opens)
	}
}

func ended(e *client.Event) bool { return e.T == frame.TEnded }

const tomorrow = "2026-11-24T09:00:00+01:00"

// TestTheLineClosesInTheMiddle of a talk, of waiting and of a line that is down.
func TestTheLineClosesInTheMiddle(t *testing.T) {
	d := newDay(t, "16:00")
	noor := d.ready(1, "Noor", 1)
	talks, waits, away := d.youth(0), d.youth(1), d.youth(0)
	d.waits(talks, client.Want{Line: "jip"})
	c, err := noor.Assigned(d.ctx)
	d.ok(err)
	_, err = talks.Joined(d.ctx)
	d.ok(err)
	if e := d.waits(waits, client.Want{Line: "jip"}); e.Closes != "" {
		t.Fatalf("the closing is announced an hour before: %+v", e)
	}
	d.waits(away, client.Want{Line: "jip"})

	refused := func(reason, opens string) {
		t.Helper()
		y := d.youth(0)
		defer y.Cut()
		_, err := y.Join(d.ctx, client.Want{Line: "jip"})
		var no *client.Refused
		if !errors.As(err, &no) {
			t.Fatalf("let in: %v", err)
		}
		d.elsewhere(no.Event, reason, opens)
	}
	refused("full", "")

	d.at("16:46")
	closes := "2026-11-23T17:00:00+01:00"
	d.hears(waits, func(e *client.Event) bool { return e.T == frame.TWaiting && e.Closes == closes })
	refused("closed", tomorrow)
	d.ok(waits.Reload(d.ctx, d.Nodes[0].URL)) // on the other node
	d.hears(waits, func(e *client.Event) bool { return e.T == frame.TWaiting && e.Share != "" && e.Closes == closes })
	away.Cut()
	d.inLine(1)

	d.at("17:00")
	d.elsewhere(d.hears(waits, ended), "closed", tomorrow)
	refused("closed", tomorrow)
	d.ok(away.Reconnect(d.ctx, d.Nodes[1].URL))
	d.elsewhere(d.hears(away, func(e *client.Event) bool { return e.T == frame.TEnded || e.T == frame.TError || e.Share != "" }), "closed", tomorrow)

	c.Say("Neem de tijd") // the talk goes on
	d.hears(talks, func(e *client.Event) bool { return e.T == frame.TMsg && e.Text == "Neem de tijd" })
	talks.Say("dank je")
	d.desk(noor, func(e *client.Event) bool { return e.T == frame.TMsg && e.Text == "dank je" })
	d.ok(talks.Leave())
	d.elsewhere(d.hears(talks, ended), "left", tomorrow)
}

// inLine waits until so many places of jip are in line.
func (d *day) inLine(n int) {
	d.t.Helper()
	for {
		lines, err := d.Nodes[0].Router.Snapshot(d.ctx)
		d.ok(err)
		if lines[0].Waiting == n {
			return
		}
	}
}

// TestWhyOnARealStore: of those in line, who is put back hears why.
func TestWhyOnARealStore(t *testing.T) {
	d := newDay(t, "12:00")
	noor := d.ready(0, "Noor", 1)
	first, second, me, danger := d.youth(0), d.youth(1), d.youth(1), d.youth(0)
	d.waits(first, client.Want{Line: "jip"})
	_, err := noor.Assigned(d.ctx)
	d.ok(err)
	d.ready(1, "Ilse", 1)
	d.waits(second, client.Want{Line: "jip"}) // rings at her
	if e := d.waits(me, client.Want{Line: "jip"}); e.Ahead != 0 {
		t.Fatalf("%+v", e)
	}
	place := func(ahead int) client.Event {
		t.Helper()
		return d.hears(me, func(e *client.Event) bool { return e.T == frame.TWaiting && e.Ahead == ahead })
	}
	d.waits(danger, client.Want{Line: "jip", Urgent: true})
	if e := place(1); e.Why != "urgent" {
		t.Fatalf("%+v", e)
	}
	d.ok(d.Nodes[1].Router.Rest(d.ctx, "Ilse")) // who rang at her is back
	if e := place(2); e.Why != "fewer" {
		t.Fatalf("%+v", e)
	}
	d.ok(danger.Leave())
	place(1)
	second.Cut()
	place(0)
	d.ok(second.Reconnect(d.ctx, ""))
	if e := place(1); e.Why != "kept" {
		t.Fatalf("%+v", e)
	}
}
