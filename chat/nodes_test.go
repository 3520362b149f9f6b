package chat_test

import (
	"context"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"haven/chat/client"
	"haven/chat/client/clienttest"
	"haven/chat/frame"
	"haven/routing/routingtest"
)

func TestMain(m *testing.M) { routingtest.Main(m) }

// Two nodes on one real store; the young people's node drains in the middle of every chat, and nothing is lost,
// doubled or out of order.
func TestDrainInTheMiddle(t *testing.T) {
	rdb, prefix := routingtest.Client(t)
	deployment := clienttest.New(t, 2, prefix, func() redis.UniversalClient { return rdb })
	ctx, cancel := context.WithTimeout(t.Context(), 60*time.Second)
	defer cancel()
	const chats, messages = 8, 30

	desk := client.NewDesk(client.Options{URL: deployment.Nodes[1].URL, Origin: clienttest.Origin}, "Noor", "secret")
	defer desk.Cut()
	if err := desk.Connect(ctx); err != nil {
		t.Fatal(err)
	}
	if _, err := desk.Entered(ctx); err != nil {
		t.Fatal(err)
	}
	if err := desk.Ready(chats); err != nil {
		t.Fatal(err)
	}
	var all sync.WaitGroup
	half := make(chan struct{}, chats)
	for n := range chats {
		y := client.NewYouth(client.Options{URL: deployment.Nodes[0].URL})
		defer y.Cut()
		if err := y.Connect(ctx); err != nil {
			t.Fatal(err)
		}
		join := func() (err error) { _, err = y.Join(ctx, client.Want{Line: "jip"}); return err }
		for err := join(); err != nil; err = join() { // until she is ready
			if ctx.Err() != nil {
				t.Fatal(err)
			}
		}
		c, err := desk.Assigned(ctx)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := y.Joined(ctx); err != nil {
			t.Fatal(err)
		}
		all.Go(func() { writeBoth(ctx, t, deployment, y, desk, c, n, messages, half) })
	}
	for range chats {
		select {
		case <-half:
		case <-ctx.Done():
			t.Fatal("nobody got halfway")
		}
	}
	if err := deployment.Nodes[0].Hub.Drain(ctx, time.Second); err != nil {
		t.Error(err)
	}
	all.Wait()
}

func writeBoth(ctx context.Context, t *testing.T, on *clienttest.Deployment, y *client.Youth, desk *client.Desk,
	c *client.Chat, n, messages int, half chan<- struct{}) {
	hers, mine := 0, 0 // messages heard in order
	mineAt := func(e *client.Event) bool { return e.T == frame.TMsg && e.Chat == c.ID() }
	for i := range messages {
		y.Say(fmt.Sprint("youth ", n, " ", i))
		c.Say(fmt.Sprint("counsellor ", n, " ", i))
		if i == messages/2 {
			half <- struct{}{}
		}
		for hers <= i {
			e, err := y.ExpectThat(ctx, func(e *client.Event) bool { return e.T == frame.TMsg || e.Closed })
			switch {
			case err == nil && !e.Closed:
				if want := fmt.Sprint("counsellor ", n, " ", hers); e.Text != want {
					t.Errorf("heard %q, want %q", e.Text, want)
					return
				}
				hers++
			case ctx.Err() != nil:
				t.Errorf("chat %d: %d of hers were heard", n, hers)
				return
			default:
				if e.Closed && e.Status != 1012 {
					t.Errorf("closed with %d", e.Status)
				}
				if err := y.Reconnect(ctx, on.Nodes[1].URL); err != nil {
					t.Error(err)
					return
				}
			}
		}
		for mine <= i {
			e, err := desk.ExpectThat(ctx, mineAt)
			if err != nil {
				t.Errorf("chat %d: %d of the young person's were heard: %v", n, mine, err)
				return
			}
			if want := fmt.Sprint("youth ", n, " ", mine); e.Text != want {
				t.Errorf("heard %q, want %q", e.Text, want)
				return
			}
			mine++
		}
	}
}
