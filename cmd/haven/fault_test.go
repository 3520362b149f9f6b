package main

import (
	"context"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"haven/chat/client"
	"haven/chat/frame"
	"haven/routing/routingtest"
)

// deployment is a real Redis and nodes of one configuration on it, each a process of its own.
type deployment struct {
	t      *testing.T
	store  *routingtest.Server
	env    []string
	config string
	nodes  []*process
	urls   []string
	priv   []string
}

func deploy(t *testing.T, nodes int) *deployment {
	t.Helper()
	store := routingtest.Start(t)
	d := deployOn(t, nodes, "unix://"+store.Addr, "")
	d.store = store
	return d
}

// deployOn is deploy on a store of any shape, with more lines of configuration.
func deployOn(t *testing.T, nodes int, url, more string) *deployment {
	t.Helper()
	d := &deployment{t: t, config: filepath.Join(t.TempDir(), "haven.yaml")}
	d.env = []string{redisEnv + "=" + url}
	for range nodes {
		d.urls = append(d.urls, "http://"+freePort(t))
		d.priv = append(d.priv, "http://"+freePort(t))
	}
	yaml := fmt.Sprintf(`listen: %s
metrics_listen: 127.0.0.1:0
origin: %s
phones:
  - {name: Alarmnummer, number: "112"}
lines:
  - {name: jip, langs: [nl, en], hours: always, cap_per_counsellor: 100, target: 2m}
`, strings.TrimPrefix(d.urls[0], "http://"), d.urls[0]) + more
	if err := os.WriteFile(d.config, []byte(yaml), 0o600); err != nil {
		t.Fatal(err)
	}
	for i := range nodes {
		d.nodes = append(d.nodes, nil)
		d.run(i)
	}
	return d
}

// run starts a node and waits until it is ready.
func (d *deployment) run(i int) {
	d.t.Helper()
	d.nodes[i] = start(d.t, d.env, "serve", "--config", d.config, "--listen", strings.TrimPrefix(d.urls[i], "http://"), "--metrics-listen", strings.TrimPrefix(d.priv[i], "http://"))
	d.ready(i)
}

func (d *deployment) ready(i int) {
	d.t.Helper()
	until(d.t, within(d.t), func() bool { return status(d.priv[i]+"/readyz") == 200 })
}

// counsellor adds an account and gives its desk at a node, entered and ready.
func (d *deployment) counsellor(name string, node, capacity int, h *client.Handlers) *client.Desk {
	d.t.Helper()
	ctx := within(d.t)
	add := start(d.t, d.env, "staff", "add", name, "--config", d.config, "--generate")
	code, out := add.ends(d.t)
	if code != 0 {
		d.t.Fatalf("staff add: %d %s", code, out)
	}
	desk := client.NewDesk(client.Options{URL: d.urls[node], Origin: d.urls[0], Handlers: h}, name, password(out))
	if err := desk.Connect(ctx); err != nil {
		d.t.Fatal(err)
	}
	if err := desk.Ready(capacity); err != nil {
		d.t.Fatal(err)
	}
	if h == nil {
		if _, err := desk.ExpectThat(ctx, func(e *client.Event) bool { return e.T == frame.TDesk && e.State == "ready" }); err != nil {
			d.t.Fatal(err)
		}
	}
	return desk
}

// password is the generated one in what `staff add --generate` printed: its last word.
func password(out string) string {
	f := strings.Fields(out)
	return f[len(f)-1]
}

// pair is one chat under load: what each side sent, had acked and was shown.
type pair struct {
	mu   sync.Mutex
	side [2]struct {
		sent, acked int
		shown       []string
		had         map[string]bool // ids shown
	}
	wrong []string
}

const (
	youthSide = iota
	deskSide
)

// show notes what a side was shown and says what is wrong with it: each text once, in order. When the store began
// another life everything comes again from the first, and a page drops by id what it has.
func (p *pair) show(side int, id, text string, again bool) {
	s := &p.side[side]
	if s.had[id] && again {
		return
	}
	if s.had == nil {
		s.had = map[string]bool{}
	}
	s.had[id] = true
	if want := fmt.Sprint(len(s.shown)); text != want {
		p.wrong = append(p.wrong, fmt.Sprintf("side %d was shown %q for %q", side, text, want))
	}
	s.shown = append(s.shown, text)
}

// storm is fifty chats over all nodes, each side writing its next message when the last was acked.
type storm struct {
	d     *deployment
	each  int // messages of each side
	pairs []*pair
	youth []*client.Youth
	desks []*client.Desk
	byID  sync.Map // chat -> *pair
	ready sync.Map // desks that may be rung at
	acks  atomic.Int64
	ended atomic.Int64
	stop  atomic.Bool
	// restarted is set before the store is killed
	restarted atomic.Bool
	ctx       context.Context
}

func newStorm(d *deployment, chats, desks, each int) *storm {
	ctx, cancel := context.WithTimeout(d.t.Context(), 2*time.Minute)
	d.t.Cleanup(cancel)
	s := &storm{d: d, each: each, ctx: ctx}
	for i := range desks {
		var desk *client.Desk
		got := make(chan struct{})
		h := s.handlers(deskSide, nil)
		other := h.Other
		h.Other = func(c *client.Chat, e *client.Event) {
			<-got
			switch {
			case e.Closed && !s.stop.Load():
				go s.back(func(ctx context.Context, url string) error { return desk.Reconnect(ctx, url) })
			case e.T == frame.TOffer:
				desk.Accept(e)
			case e.T == frame.TDesk && e.State == "ready":
				s.ready.Store(desk, true)
			default:
				other(c, e)
			}
		}
		desk = d.counsellor(fmt.Sprintf("Raad %d", i), i%len(d.urls), (chats+desks-1)/desks, h)
		s.desks = append(s.desks, desk)
		close(got)
	}
	s.until("every desk ready", func() bool {
		n := 0
		s.ready.Range(func(any, any) bool { n++; return true })
		return n == desks
	})
	for i := range chats {
		p := &pair{}
		s.pairs = append(s.pairs, p)
		h := s.handlers(youthSide, p)
		var y *client.Youth
		got := make(chan struct{})
		other := h.Other
		h.Other = func(c *client.Chat, e *client.Event) {
			<-got
			switch {
			case e.Closed && !s.stop.Load():
				go s.back(func(ctx context.Context, url string) error { return y.Reconnect(ctx, url) })
			case e.T == frame.TWaiting:
				s.byID.Store(e.Chat, p)
			}
			other(c, e)
		}
		y = client.NewYouth(client.Options{URL: d.urls[i%len(d.urls)], Handlers: h})
		s.youth = append(s.youth, y)
		close(got)
		if err := y.Connect(ctx); err != nil {
			d.t.Fatal(err)
		}
		if err := y.Ask(client.Want{Line: "jip"}); err != nil {
			d.t.Fatal(err)
		}
	}
	return s
}

// handlers are those of one side; a desk finds the pair by the chat.
func (s *storm) handlers(side int, own *pair) *client.Handlers {
	find := func(c *client.Chat) *pair {
		if own != nil || c == nil {
			return own
		}
		p, _ := s.byID.Load(c.ID())
		out, _ := p.(*pair)
		return out
	}
	next := func(c *client.Chat, p *pair) { // p.mu is held
		if q := &p.side[side]; q.sent < s.each && q.sent == q.acked && !s.stop.Load() {
			text := fmt.Sprint(q.sent)
			q.sent++
			go c.Say(text) // a handler must not block on its own socket
		}
	}
	return &client.Handlers{
		Msg: func(c *client.Chat, h *frame.Hot, text string) {
			if p := find(c); p != nil {
				p.mu.Lock()
				p.show(side, string(h.ID), text, s.restarted.Load())
				p.mu.Unlock()
			}
		},
		Ack: func(c *client.Chat, m *client.Message) {
			if p := find(c); p != nil {
				s.acks.Add(1)
				p.mu.Lock()
				p.side[side].acked++
				next(c, p)
				p.mu.Unlock()
			}
		},
		Other: func(c *client.Chat, e *client.Event) {
			p := find(c)
			if p == nil {
				return
			}
			p.mu.Lock()
			defer p.mu.Unlock()
			if e.Err != nil {
				p.wrong = append(p.wrong, fmt.Sprintf("side %d: %v", side, e.Err))
			}
			switch e.T {
			case frame.TConfirm:
				next(c, p)
			case frame.TEnded:
				s.ended.Add(1)
			}
		},
	}
}

// back connects again, to any node that takes it, as a page does.
func (s *storm) back(connect func(context.Context, string) error) {
	for i := 0; !s.stop.Load() && s.ctx.Err() == nil; i++ {
		if connect(s.ctx, s.d.urls[i%len(s.d.urls)]) == nil {
			return
		}
		select {
		case <-s.ctx.Done():
		case <-time.After(50 * time.Millisecond):
		}
	}
}

func (s *storm) until(what string, true func() bool) {
	s.d.t.Helper()
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for !true() {
		select {
		case <-s.ctx.Done():
			s.d.t.Fatalf("%s never came true: %d acks, %s", what, s.acks.Load(), s.state())
		case <-tick.C:
		}
	}
}

func (s *storm) state() string {
	var out []string
	for i, p := range s.pairs {
		p.mu.Lock()
		if a, b := p.side[0], p.side[1]; a.acked < s.each || b.acked < s.each || len(a.shown) < s.each || len(b.shown) < s.each {
			out = append(out, fmt.Sprintf("chat %d: youth %d/%d shown %d, desk %d/%d shown %d", i, a.acked, a.sent, len(a.shown), b.acked, b.sent, len(b.shown)))
		}
		p.mu.Unlock()
	}
	return strings.Join(out[:min(len(out), 8)], "; ")
}

// check waits for every message on both sides and says what was lost, doubled or out of order.
func (s *storm) check() {
	s.d.t.Helper()
	s.until("everything acked and shown", func() bool { return s.state() == "" })
	s.stop.Store(true)
	for i, p := range s.pairs {
		p.mu.Lock()
		for side := range p.side {
			if n := len(p.side[side].shown); n != s.each {
				s.d.t.Errorf("chat %d side %d was shown %d of %d", i, side, n, s.each)
			}
		}
		for _, w := range p.wrong {
			s.d.t.Errorf("chat %d: %s", i, w)
		}
		p.mu.Unlock()
	}
	if n := s.ended.Load(); n != 0 {
		s.d.t.Errorf("%d chats ended by themselves", n)
	}
	for _, y := range s.youth {
		y.Cut()
	}
	for _, d := range s.desks {
		d.Cut()
	}
}

// stormEach is how many messages each side of a chat writes; ten times as many in the long form.
var stormEach = func() int {
	if os.Getenv("HAVEN_LONG") == "1" {
		return 600
	}
	return 60
}()

// TestNodeKilledInTheMiddle: a node dies in the middle of fifty chats, half of whose sockets it held.
func TestNodeKilledInTheMiddle(t *testing.T) {
	d := deploy(t, 2)
	s := newStorm(d, 50, 10, stormEach)
	s.until("a third of the messages", func() bool { return s.acks.Load() > int64(50*stormEach*2/3) })
	if err := d.nodes[0].cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	s.check()
}

// TestDrainInTheMiddle: a node is asked to stop in the middle of fifty chats; it says when to come back and ends in order.
func TestDrainInTheMiddle(t *testing.T) {
	d := deploy(t, 2)
	s := newStorm(d, 50, 10, stormEach)
	s.until("a third of the messages", func() bool { return s.acks.Load() > int64(50*stormEach*2/3) })
	if err := d.nodes[0].cmd.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	s.check()
	if code, _ := d.nodes[0].ends(t); code != 0 {
		t.Errorf("exit status %d", code)
	}
}

// TestStoreRestartedInTheMiddle: Redis is killed and comes back with its append-only file.
func TestStoreRestartedInTheMiddle(t *testing.T) {
	d := deploy(t, 2)
	s := newStorm(d, 50, 10, stormEach)
	s.until("a third of the messages", func() bool { return s.acks.Load() > int64(50*stormEach*2/3) })
	s.restarted.Store(true)
	d.store.Kill()
	until(t, within(t), func() bool { return status(d.priv[0]+"/readyz") == 503 })
	y := client.NewYouth(client.Options{URL: d.urls[0]})
	ctx := within(t)
	if err := y.Connect(ctx); err != nil {
		t.Fatal(err)
	}
	if e, err := y.Join(ctx, client.Want{Line: "jip"}); err == nil || e.Reason != "unavailable" {
		t.Errorf("a newcomer without a store is told %+v, %v", e.Outbound, err)
	}
	y.Cut()
	d.store.Restart(t, false)
	s.check()
	d.ready(0)
}

// TestStoreEmptiedInTheMiddle: Redis comes back with nothing. The young person's page joins anew by itself and sends
// again, under the same ids, what the counsellor never read; she is still on duty.
func TestStoreEmptiedInTheMiddle(t *testing.T) {
	d, ctx := deploy(t, 2), within(t)
	desk := d.counsellor("Raad", 1, 3, nil)
	y := client.NewYouth(client.Options{URL: d.urls[0]})
	if err := y.Connect(ctx); err != nil {
		t.Fatal(err)
	}
	if _, err := y.Join(ctx, client.Want{Line: "jip"}); err != nil {
		t.Fatal(err)
	}
	c, err := desk.Assigned(ctx)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := y.Joined(ctx); err != nil {
		t.Fatal(err)
	}
	said := map[string]string{y.Say("gelezen").ID: "gelezen"}
	first, err := desk.Expect(ctx, frame.TMsg)
	if err != nil {
		t.Fatal(err)
	}
	if err := c.Read(first.Seq); err != nil {
		t.Fatal(err)
	}
	if _, err := y.Expect(ctx, frame.TRead); err != nil {
		t.Fatal(err)
	}
	unread := y.Say("niet gelezen")
	if _, err := y.ExpectThat(ctx, func(e *client.Event) bool { return e.T == frame.TAck && e.ID == unread.ID }); err != nil {
		t.Fatal(err)
	}
	d.store.Kill()
	d.store.Restart(t, true)
	anew, err := desk.Assigned(ctx)
	if err != nil {
		t.Fatal(err)
	}
	if anew.ID() == c.ID() {
		t.Error("a store that knows nothing gave the same chat")
	}
	e, err := desk.ExpectThat(ctx, func(e *client.Event) bool { return e.T == frame.TMsg && e.Chat == anew.ID() })
	if err != nil {
		t.Fatal(err)
	}
	if e.ID != unread.ID || e.Text != "niet gelezen" || said[e.ID] != "" {
		t.Errorf("the first message after it is %q", e.Text)
	}
	y.Cut()
	desk.Cut()
}

// status is the HTTP status of an address, 0 while it does not answer.
func status(url string) int {
	resp, err := http.Get(url)
	if err != nil {
		return 0
	}
	resp.Body.Close()
	return resp.StatusCode
}
