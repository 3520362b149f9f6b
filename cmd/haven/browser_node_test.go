package main

import (
	"context"
	"fmt"
	"io"
	"net"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"haven/chat/frame"
	"haven/routing/routingtest"
)

// balancer is one address for several nodes, as a proxy in front of them is: a connection goes to the first node that
// takes it.
type balancer struct {
	net.Listener
	nodes   []string
	going   sync.WaitGroup
	end     context.CancelFunc
	handled []atomic.Int64 // connections, by node
}

func balance(t *testing.T) *balancer {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	return &balancer{Listener: l}
}

func (b *balancer) run(t *testing.T, nodes ...string) {
	ctx, end := context.WithCancel(context.Background())
	b.nodes, b.end, b.handled = nodes, end, make([]atomic.Int64, len(nodes))
	b.going.Go(func() {
		for {
			in, err := b.Accept()
			if err != nil {
				return
			}
			b.going.Go(func() { b.carry(ctx, in) })
		}
	})
	t.Cleanup(func() {
		b.Close()
		b.end()
		b.going.Wait()
	})
}

// carry brings bytes both ways until one side is gone.
func (b *balancer) carry(ctx context.Context, in net.Conn) {
	defer in.Close()
	for i, node := range b.nodes {
		dialer := net.Dialer{Timeout: time.Second}
		out, err := dialer.DialContext(ctx, "tcp", node)
		if err != nil {
			continue
		}
		defer out.Close()
		b.handled[i].Add(1)
		stop := context.AfterFunc(ctx, func() { in.Close(); out.Close() })
		defer stop()
		var both sync.WaitGroup
		for _, way := range [][2]net.Conn{{in, out}, {out, in}} {
			both.Go(func() {
				io.Copy(way[1], way[0])
				way[0].Close()
				way[1].Close()
			})
		}
		both.Wait()
		return
	}
}

// TestBrowserNodeKilled kills the node that a young person's page hangs on, in the middle of a chat: the page comes back
// on the other node by itself, and what was typed meanwhile arrives.
func TestBrowserNodeKilled(t *testing.T) {
	c := openChromium(t)
	b := balance(t)
	origin := "http://" + b.Addr().String()
	d := &deployment{t: t, store: routingtest.Start(t), config: filepath.Join(t.TempDir(), "haven.yaml"), nodes: make([]*process, 2)}
	d.env = []string{redisEnv + "=unix://" + d.store.Addr}
	yaml := fmt.Sprintf("listen: 127.0.0.1:0\nmetrics_listen: 127.0.0.1:0\norigin: %s\nphones:\n  - {name: Alarmnummer, number: \"112\"}\n"+
		"lines:\n  - {name: jip, langs: [nl, en], hours: always, cap_per_counsellor: 100, target: 2m}\n", origin)
	if err := os.WriteFile(d.config, []byte(yaml), 0o600); err != nil {
		t.Fatal(err)
	}
	for i := range d.nodes {
		d.urls, d.priv = append(d.urls, "http://"+routingtest.FreeAddr(t)), append(d.priv, "http://"+routingtest.FreeAddr(t))
		d.run(i)
	}
	b.run(t, strings.TrimPrefix(d.urls[0], "http://"), strings.TrimPrefix(d.urls[1], "http://"))
	d.urls[0] = origin // what the desk says it comes from
	desk := d.counsellor("Sanne", 1, 1, nil)
	defer desk.Cut()

	ctx := within(t)
	p := c.open("young person", nil).phone()
	p.pardon("ERR_CONNECTION", "ERR_EMPTY_RESPONSE", "WebSocket connection to") // the node that is killed
	p.begins(origin, "jip")
	chat, err := desk.Assigned(ctx)
	if err != nil {
		t.Fatal(err)
	}
	p.waitFor("#lock.shut")
	said := []string{"hoi", "dag"}
	hear := func(want string) {
		t.Helper()
		if m, err := desk.Expect(ctx, frame.TMsg); err != nil || m.Text != want {
			t.Fatalf("the counsellor heard %q for %q, %v", m.Text, want, err)
		}
	}
	p.say("#text", said[0], "#send")
	hear(said[0])
	chat.Say(said[1])
	p.waitMessages(youthLog, said...)
	if n := b.handled[1].Load(); n != 0 {
		t.Fatalf("%d connections of the page went to the other node", n)
	}

	js[bool](p, `(new MutationObserver(() => { window.told ||= !document.getElementById('net').hidden; }).observe(document.getElementById('net'), {attributes: true}), true)`)
	if err := d.nodes[0].cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	said = append(said, "ben je er nog?", "ja hoor", "gelukkig")
	p.say("#text", said[2], "#send")
	chat.Say(said[3])
	hear(said[2])
	p.wait("the page said that it has no connection, for a while", "window.told && document.getElementById('net').hidden")
	p.wait("everything is there once", fmt.Sprintf("%s.length === 4", messagesOf(youthLog)))
	p.say("#text", said[4], "#send")
	hear(said[4])
	got := p.messages(youthLog)
	slices.Sort(got) // which of the two that crossed came first is the store's matter
	slices.Sort(said)
	if !slices.Equal(got, said) {
		t.Errorf("the page shows %q", got)
	}
	if b.handled[1].Load() == 0 {
		t.Error("the page came back without the other node")
	}
}
