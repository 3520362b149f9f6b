package routing

import (
	"context"
	"slices"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"haven/routing/routingtest"
)

// ear hears the wakes of one node.
type ear struct{ heard chan string }

func (e ear) note(what string) {
	select {
	case e.heard <- what:
	default: // nobody waits for so many
	}
}

func (e ear) Deliver(d Delivery)      { e.note("m" + d.Chat) }
func (e ear) ChatChanged(chat string) { e.note("c" + chat) }
func (e ear) DeskChanged(name string) { e.note("d" + name) }
func (e ear) LinesChanged()           { e.note("l") }
func (e ear) StoreChanged()           {}
func (e ear) Resync()                 { e.note("resync") }

// hears waits until all of these were heard, in any order.
func (e ear) hears(t *testing.T, want ...string) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	for len(want) > 0 {
		select {
		case got := <-e.heard:
			if i := slices.Index(want, got); i >= 0 {
				want = slices.Delete(want, i, i+1)
			}
		case <-ctx.Done():
			t.Fatalf("never heard %v", want)
		}
	}
}

// wakesArrive runs a node and lets happen what wakes it: at a desk, in the lines, in a chat.
func (b *bench) wakesArrive(t *testing.T, wires int) {
	t.Helper()
	e := ear{make(chan string, 4096)}
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan struct{})
	go func() {
		defer close(done)
		b.Run(ctx, e)
	}()
	t.Cleanup(func() {
		cancel()
		<-done
	})
	for range wires {
		e.hears(t, "resync")
	}
	b.on("ann", 1)
	e.hears(t, "dann", "l")
	j := b.join(false)
	b.accept0(j)
	e.hears(t, "c"+j.Chat)
}

func TestWakes(t *testing.T) {
	each(t, func(t *testing.T, b *bench) { b.wakesArrive(t, 1) })
}

// TestWakesOfACluster: what concerns more than one chat wakes by sharded Pub/Sub alone, and plainly where the servers
// do not know that.
func TestWakesOfACluster(t *testing.T) {
	for name, c := range map[string]struct {
		settings []string
		sharded  bool
	}{
		"today":    {nil, true},
		"before 7": {[]string{"--rename-command", "SSUBSCRIBE", "", "--rename-command", "SPUBLISH", ""}, false},
	} {
		t.Run(name, func(t *testing.T) {
			cl := routingtest.StartCluster(t, 0, c.settings...)
			rdb := clientOf(t, redis.UniversalOptions{Addrs: cl.Addrs()})
			b := newBench(t, rdb, "wk")
			node, all := nodeChannel(tagged("wk"), "node1"), allChannel(tagged("wk"))
			plain := rdb.Subscribe(t.Context(), node, all)
			defer plain.Close()
			for range 2 {
				if _, err := plain.Receive(t.Context()); err != nil {
					t.Fatal(err)
				}
			}
			wires := 1
			if c.sharded {
				wires = 2
			}
			b.wakesArrive(t, wires)
			owner := cl.Owner(t, sharedKey("wk", "tickets")).Client()
			defer owner.Close()
			got, err := owner.PubSubShardChannels(t.Context(), "*").Result()
			slices.Sort(got)
			if err != nil || c.sharded != slices.Equal(got, []string{all, node}) {
				t.Errorf("subscribed to at the owner of the keys: %q, %v", got, err)
			}
			if m, err := plain.ReceiveTimeout(t.Context(), 100*time.Millisecond); c.sharded == (err == nil) {
				t.Errorf("plainly came %v, %v", m, err)
			}
		})
	}
}
