package main

import (
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

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
		d.urls = append(d.urls, "http://"+routingtest.FreeAddr(t))
		d.priv = append(d.priv, "http://"+routingtest.FreeAddr(t))
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

// counsellor adds an account and gives its desk at a node, entered and ready. more are flags of `staff add`.
func (d *deployment) counsellor(name string, node, capacity int, h *client.Handlers, more ...string) *client.Desk {
	d.t.Helper()
	ctx := within(d.t)
	add := start(d.t, d.env, append([]string{"staff", "add", name, "--config", d.config, "--generate"}, more...)...)
	code, out := add.ends(d.t)
	if code != 0 {
		d.t.Fatalf("staff add: %d %s", code, out)
	}
	desk := client.NewDesk(client.Options{URL: d.urls[node], Origin: d.urls[0], Handlers: h, Again: true}, name, password(out))
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
	s := newStorm(d, 50, 5, stormEach)
	s.until("a third of the messages", func() bool { return s.acks.Load() > int64(50*stormEach*2/3) })
	if err := d.nodes[0].cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	s.check()
}

// TestDrainInTheMiddle: a node is asked to stop in the middle of fifty chats; it says when to come back and ends in order.
func TestDrainInTheMiddle(t *testing.T) {
	d := deploy(t, 2)
	s := newStorm(d, 50, 5, stormEach)
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
	s := newStorm(d, 50, 5, stormEach)
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
// again, under the same ids, what the counsellor never read; she is still on duty, takes the chat that is begun instead,
// and hers goes along.
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
	y.Say("gelezen")
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
	y.Cut() // what she says now does not come to them any more
	hers := c.Say("ben je er nog?")
	if _, err := desk.ExpectThat(ctx, func(e *client.Event) bool { return e.T == frame.TAck && e.ID == hers.ID }); err != nil {
		t.Fatal(err)
	}
	d.store.Kill()
	d.store.Restart(t, true)
	d.ready(0)
	if err := y.Connect(ctx); err != nil {
		t.Fatal(err)
	}
	anew, err := desk.Assigned(ctx)
	if err != nil {
		t.Fatal(err)
	}
	if anew.ID() == c.ID() {
		t.Error("a store that knows nothing gave the same chat")
	}
	if e, err := y.Expect(ctx, frame.TMsg); err != nil || e.ID != hers.ID || e.Text != "ben je er nog?" {
		t.Errorf("of hers they hear %q, %v", e.Text, err)
	}
	y.Say("ja")
	for i, want := range []string{"niet gelezen", "ja"} { // the first came before, and is not told again
		if e, err := desk.Expect(ctx, frame.TMsg); err != nil || e.Text != want || i == 1 && e.Chat != anew.ID() {
			t.Errorf("she hears %q in %s, %v", e.Text, e.Chat, err)
		}
	}
	until(t, ctx, func() bool { return anew.Unacked()+c.Unacked()+y.Unacked() == 0 })
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
