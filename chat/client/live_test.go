package client_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/gorilla/websocket"
	"github.com/redis/go-redis/v9"

	"haven/chat/client"
	"haven/chat/client/clienttest"
	"haven/chat/frame"
	"haven/routing/routingtest"
)

func TestMain(m *testing.M) { routingtest.Main(m) }

func deploy(t *testing.T, nodes int) *clienttest.Deployment {
	t.Helper()
	rdb, prefix := routingtest.Client(t)
	return clienttest.New(t, nodes, prefix, func() redis.UniversalClient { return rdb })
}

func soon(t *testing.T) context.Context {
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	t.Cleanup(cancel)
	return ctx
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func youth(t *testing.T, n *clienttest.Node) *client.Youth {
	t.Helper()
	y := client.NewYouth(client.Options{URL: n.URL})
	t.Cleanup(y.Cut)
	must(t, y.Connect(soon(t)))
	return y
}

func desk(t *testing.T, n *clienttest.Node, name string, capacity int) *client.Desk {
	t.Helper()
	d := client.NewDesk(client.Options{URL: n.URL, Origin: clienttest.Origin}, name, "secret")
	t.Cleanup(d.Cut)
	must(t, d.Connect(soon(t)))
	_, err := d.Entered(soon(t))
	must(t, err)
	must(t, d.Ready(capacity))
	_, err = d.ExpectThat(soon(t), func(e *client.Event) bool { return e.T == frame.TDesk && e.State == "ready" })
	must(t, err)
	return d
}

// talk brings a young person and a counsellor together.
func talk(t *testing.T, y *client.Youth, d *client.Desk) *client.Chat {
	t.Helper()
	_, err := y.Join(soon(t), client.Want{Line: "jip", Lang: "nl", Topic: "home"})
	must(t, err)
	c, err := d.Assigned(soon(t))
	must(t, err)
	_, err = y.Joined(soon(t))
	must(t, err)
	if string(y.SAS()) != string(c.SAS()) || len(c.SAS()) != 5 {
		t.Errorf("sas %x and %x", y.SAS(), c.SAS())
	}
	return c
}

type expecter interface {
	ExpectThat(context.Context, func(*client.Event) bool) (client.Event, error)
}

func hears(t *testing.T, who expecter, text string) client.Event {
	t.Helper()
	e, err := who.ExpectThat(soon(t), func(e *client.Event) bool { return e.T == frame.TMsg })
	must(t, err)
	if !e.Opened || e.Text != text {
		t.Fatalf("heard %q (opened %v), want %q", e.Text, e.Opened, text)
	}
	return e
}

func acked(t *testing.T, who expecter, m *client.Message) int64 {
	t.Helper()
	e, err := who.ExpectThat(soon(t), func(e *client.Event) bool { return e.T == frame.TAck && e.ID == m.ID })
	must(t, err)
	return e.Seq
}

func TestAWholeChat(t *testing.T) {
	d := deploy(t, 1)
	counsellor := desk(t, d.Nodes[0], "Noor", 3)
	y := youth(t, d.Nodes[0])
	c := talk(t, y, counsellor)
	m := y.Say("hoi")
	e := hears(t, counsellor, "hoi")
	if e.Chat != c.ID() || e.From != "y" || e.Seq != acked(t, y, m) {
		t.Errorf("%+v", e)
	}
	must(t, c.Read(e.Seq))
	r, err := y.Expect(soon(t), frame.TRead)
	must(t, err)
	if r.Seq != e.Seq {
		t.Errorf("read up to %d", r.Seq)
	}
	m = c.Say("één 👧🏽")
	hears(t, y, "één 👧🏽")
	acked(t, counsellor, m)
	must(t, y.Quiet(true))
	q, err := counsellor.Expect(soon(t), frame.TQuiet)
	must(t, err)
	if !q.On || q.Chat != c.ID() {
		t.Errorf("%+v", q)
	}
	must(t, y.Code())
	if e, err := y.Expect(soon(t), frame.TCode); err != nil || len(strings.Fields(e.Words)) != 4 {
		t.Errorf("%+v, %v", e, err)
	}
	must(t, y.Leave())
	if e, err := y.Expect(soon(t), frame.TEnded); err != nil || e.Reason != "left" || len(e.Phones) == 0 {
		t.Errorf("%+v, %v", e, err)
	}
	if e, err := counsellor.Expect(soon(t), frame.TEnded); err != nil || e.Reason != "left" || e.Chat != c.ID() {
		t.Errorf("%+v, %v", e, err)
	}
	if !y.Ended() || !c.Ended() {
		t.Error("one of the two does not know of the end")
	}
	must(t, counsellor.Wrapup(c.ID(), frame.Inbound{Kind: "young_person", Outcome: "none", Topic: "home"}))
	must(t, counsellor.Wrapup(c.ID(), frame.Inbound{Kind: "young_person", Outcome: "none", Topic: "home"}))
	for range 2 { // the first settled it
		must(t, counsellor.Beat())
		_, err = counsellor.Expect(soon(t), frame.TBeat)
		must(t, err)
	}
}

// What both say while the other's line, or their own, is down, arrives once and in order, on another node.
func TestDropAndReturnElsewhere(t *testing.T) {
	d := deploy(t, 2)
	counsellor := desk(t, d.Nodes[0], "Noor", 1)
	y := youth(t, d.Nodes[1])
	c := talk(t, y, counsellor)
	said := 0
	exchange := func() {
		t.Helper()
		for range 3 {
			said++
			m := y.Say(fmt.Sprint("y", said))
			hears(t, counsellor, fmt.Sprint("y", said))
			acked(t, y, m)
			m = c.Say(fmt.Sprint("c", said))
			hears(t, y, fmt.Sprint("c", said))
			acked(t, counsellor, m)
		}
	}
	exchange()

	y.Cut()
	_, err := counsellor.Expect(soon(t), frame.TGone)
	must(t, err)
	var waiting []*client.Message
	for i := range 5 {
		waiting = append(waiting, y.Say(fmt.Sprint("while down ", i)))
		acked(t, counsellor, c.Say(fmt.Sprint("are you there ", i)))
	}
	must(t, y.Reconnect(soon(t), d.Nodes[0].URL))
	for i, m := range waiting {
		hears(t, y, fmt.Sprint("are you there ", i))
		hears(t, counsellor, fmt.Sprint("while down ", i))
		acked(t, y, m)
	}
	_, err = counsellor.Expect(soon(t), frame.TBack)
	must(t, err)
	exchange()

	counsellor.Cut()
	_, err = y.Expect(soon(t), frame.TAway)
	must(t, err)
	acked(t, y, y.Say("where are you"))
	m := c.Say("here")
	must(t, counsellor.Reconnect(soon(t), d.Nodes[1].URL))
	hears(t, counsellor, "where are you")
	hears(t, y, "here")
	acked(t, counsellor, m)
	exchange()
	if y.Unacked()+c.Unacked() != 0 {
		t.Error("something was never acked")
	}
}

func TestReloadHearsEverythingAgain(t *testing.T) {
	d := deploy(t, 1)
	counsellor := desk(t, d.Nodes[0], "Noor", 1)
	y := youth(t, d.Nodes[0])
	c := talk(t, y, counsellor)
	for i := range 3 {
		acked(t, y, y.Say("mine"))
		acked(t, counsellor, c.Say(fmt.Sprint("hers ", i)))
		hears(t, y, fmt.Sprint("hers ", i))
	}
	must(t, y.Reload(soon(t), ""))
	for i := range 3 {
		hears(t, y, fmt.Sprint("hers ", i))
	}
}

// From another device the counsellor comes with a new key: another epoch, in which both go on, while what was under
// way is sealed again.
func TestNewKeyFromAnotherDevice(t *testing.T) {
	d := deploy(t, 1)
	counsellor := desk(t, d.Nodes[0], "Noor", 1)
	y := youth(t, d.Nodes[0])
	c := talk(t, y, counsellor)
	acked(t, y, y.Say("before"))
	hears(t, counsellor, "before")
	must(t, counsellor.Resume(c.ID(), 0, true))
	said := y.Say("in between") // maybe still sealed for the old epoch
	e, err := y.ExpectThat(soon(t), func(e *client.Event) bool { return e.T == frame.TJoined && e.E == 1 })
	must(t, err)
	if e.Err != nil {
		t.Fatal(e.Err)
	}
	acked(t, y, said)
	heard, err := counsellor.ExpectThat(soon(t), func(e *client.Event) bool { return e.T == frame.TMsg && e.ID == said.ID })
	must(t, err)
	if heard.E == 1 && (!heard.Opened || heard.Text != "in between") {
		t.Errorf("%+v", heard)
	}
	acked(t, y, y.Say("after"))
	after, err := counsellor.ExpectThat(soon(t), func(e *client.Event) bool { return e.T == frame.TMsg && e.Text == "after" })
	must(t, err)
	if !after.Opened || after.E != 1 {
		t.Errorf("%+v", after)
	}
	acked(t, counsellor, c.Say("now from here"))
	hears(t, y, "now from here")
}

func TestRefusedAndDeclined(t *testing.T) {
	d := deploy(t, 1)
	y := youth(t, d.Nodes[0])
	_, err := y.Join(soon(t), client.Want{Line: "jip"})
	var refused *client.Refused
	if !errors.As(err, &refused) || refused.Reason != "nobody" || len(refused.Phones) == 0 {
		t.Fatalf("%v", err)
	}
	_, err = y.Join(soon(t), client.Want{Line: "nowhere"})
	if !errors.As(err, &refused) || refused.Reason != "unknown_line" {
		t.Fatalf("%v", err)
	}
	one, two := desk(t, d.Nodes[0], "Noor", 1), desk(t, d.Nodes[0], "Sam", 1)
	_, err = y.Join(soon(t), client.Want{Line: "jip", Urgent: true})
	must(t, err)
	first, other := one, two
	ring := func(d *client.Desk) (client.Event, error) {
		ctx, cancel := context.WithTimeout(t.Context(), 300*time.Millisecond)
		defer cancel()
		return d.Expect(ctx, frame.TOffer)
	}
	o, err := ring(first)
	if err != nil {
		first, other = two, one
		o, err = ring(first)
		must(t, err)
	}
	if !o.Urgent || o.Line != "jip" || o.RingS <= 0 {
		t.Errorf("%+v", o)
	}
	must(t, first.Decline(o.Offer))
	_, err = other.Assigned(soon(t))
	must(t, err)
	_, err = y.Joined(soon(t))
	must(t, err)
	must(t, first.Accept(&o))
	w, err := first.ExpectThat(soon(t), func(e *client.Event) bool { return e.T == frame.TWithdrawn })
	must(t, err)
	if w.Offer != o.Offer {
		t.Errorf("%+v", w)
	}
}

func TestHandshakes(t *testing.T) {
	d := deploy(t, 1)
	n := d.Nodes[0]
	var status *client.HandshakeError
	foreign := client.NewDesk(client.Options{URL: n.URL, Origin: "https://elsewhere.test"}, "Noor", "secret")
	if err := foreign.Dial(soon(t)); !errors.As(err, &status) || status.Status != 403 {
		t.Error(err)
	}
	bad := client.NewDesk(client.Options{URL: n.URL, Origin: clienttest.Origin}, "Noor", "secret")
	must(t, bad.Dial(soon(t)))
	must(t, bad.EnterWith("nonsense"))
	var refused *client.ErrFrame
	if _, err := bad.Entered(soon(t)); !errors.As(err, &refused) || refused.Code != frame.CodeBadTicket {
		t.Error(err)
	}
	if code, err := bad.ExpectClosed(soon(t)); code != websocket.ClosePolicyViolation || err != nil {
		t.Error(code, err)
	}
	if err := bad.Beat(); !errors.Is(err, client.ErrClosed) {
		t.Error(err)
	}
	y := youth(t, n)
	must(t, y.Visit("", ""))
	must(t, y.Beat())
	_, err := y.Expect(soon(t), frame.TBeat)
	must(t, err)
	for range 3 {
		must(t, y.Raw(websocket.TextMessage, []byte(`{"t":"beat","x":1}`)))
		e, err := y.Expect(soon(t), frame.TError)
		if err != nil || e.Code != frame.CodeBadFrame || e.Re != "beat" {
			t.Errorf("%+v, %v", e, err)
		}
	}
	if code, err := y.ExpectClosed(soon(t)); code != websocket.ClosePolicyViolation || err != nil {
		t.Error(code, err)
	}
	if _, err := y.Expect(soon(t), frame.TBeat); !errors.Is(err, client.ErrClosed) {
		t.Error(err)
	}
}
