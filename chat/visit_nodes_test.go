package chat_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/gorilla/websocket"
	"github.com/redis/go-redis/v9"

	"haven/chat"
	"haven/chat/client"
	"haven/chat/client/clienttest"
	"haven/chat/frame"
	"haven/routing"
	"haven/routing/routingtest"
)

// ledger is a Reach of all nodes.
type ledger struct {
	mu  sync.Mutex
	all map[string][]chat.Visit // by campaign
}

func (l *ledger) Block() int { return 5 }

func (l *ledger) Count(v chat.Visit) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.all[v.Campaign] = append(l.all[v.Campaign], v)
}

// doubtful is a router with a fault in what it says of visits.
type doubtful struct {
	*routing.Router
	fault func(node string, v *routing.View)
}

func (d doubtful) View(ctx context.Context, chat string, after int64, told int) (routing.View, error) {
	v, err := d.Router.View(ctx, chat, after, told)
	d.fault(d.Node(), &v)
	return v, err
}

func (d doubtful) Resume(ctx context.Context, chat, token, sock string, after int64) (routing.View, int, error) {
	v, ahead, err := d.Router.Resume(ctx, chat, token, sock, after)
	d.fault(d.Node(), &v)
	return v, ahead, err
}

// deaf loses two of five wakes of chats.
type deaf struct{ *chat.Hub }

func (d deaf) ChatChanged(chat string) {
	if rand.IntN(5) > 1 {
		d.Hub.ChatChanged(chat)
	}
}

// TestVisitStorm: young people join on two nodes, go back and forth between these, leave or are gone, while a counsellor
// accepts and declines as it comes. Each visit is counted once, as answered if anybody accepted, else as abandoned.
func TestVisitStorm(t *testing.T) {
	seeds := uint64(2)
	if os.Getenv("HAVEN_LONG") == "1" {
		seeds = 100
	}
	for seed := range seeds {
		for name, s := range map[string]clienttest.Setup{
			"heard": {},
			"deaf":  {Wakes: func(h *chat.Hub) routing.Wakes { return deaf{h} }},
		} {
			t.Run(fmt.Sprint(name, " ", seed), func(t *testing.T) {
				t.Parallel()
				wrong, answered := storm(t, s, seed)
				for _, w := range wrong {
					t.Error(w)
				}
				if answered < visits/8 || answered > visits*7/8 {
					t.Errorf("of %d visits %d were answered: not much of a storm", visits, answered)
				}
			})
		}
	}
}

// TestVisitStormFaults: the storm finds each of these faults.
func TestVisitStormFaults(t *testing.T) {
	for name, fault := range map[string]func(node string, v *routing.View){
		"every node counts":                    func(node string, v *routing.View) { v.Holder = node },
		"nobody takes over":                    func(_ string, v *routing.View) { v.Took = false },
		"a node that comes after takes over":   func(node string, v *routing.View) { v.Took, v.Holder = true, node },
		"an end does not say who had answered": func(_ string, v *routing.View) { v.Answered = v.Answered && v.Phase != routing.Over },
		"nobody knows who counts":              func(_ string, v *routing.View) { v.Holder = "" },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := clienttest.Setup{
				Queue: func(r *routing.Router) chat.Queue { return doubtful{r, fault} },
				Wakes: func(h *chat.Hub) routing.Wakes { return deaf{h} },
			}
			for seed := range uint64(5) {
				if wrong, _ := storm(t, s, seed); len(wrong) > 0 {
					return
				}
			}
			t.Error("the storm did not see it")
		})
	}
}

// visits is how many there are in a storm.
const visits = 32

// storm is one storm. It returns what was counted wrongly.
func storm(t *testing.T, s clienttest.Setup, seed uint64) (wrong []string, answered int) {
	t.Helper()
	rdb, prefix := routingtest.Client(t)
	counted := &ledger{all: map[string][]chat.Visit{}}
	s.Reach = counted
	on := clienttest.NewWith(t, s, 2, prefix, func() redis.UniversalClient { return rdb })
	ctx, cancel := context.WithTimeout(t.Context(), 60*time.Second)
	defer cancel()

	desk := client.NewDesk(client.Options{URL: on.Nodes[1].URL, Origin: clienttest.Origin}, "Noor", "secret")
	defer desk.Cut()
	if err := desk.Connect(ctx); err != nil {
		t.Fatal(err)
	}
	if _, err := desk.Entered(ctx); err != nil {
		t.Fatal(err)
	}
	if err := desk.Ready(visits); err != nil {
		t.Fatal(err)
	}
	if _, err := desk.ExpectThat(ctx, func(e *client.Event) bool { return e.T == frame.TDesk && e.State == routing.StateReady }); err != nil {
		t.Fatal(err)
	}
	working, stop := context.WithCancel(ctx)
	var works, youths sync.WaitGroup
	works.Go(func() {
		dice := rand.New(rand.NewPCG(seed, 1000))
		for {
			o, err := desk.Expect(working, frame.TOffer)
			switch {
			case err != nil:
				return
			case dice.IntN(2) == 0:
				_ = desk.Accept(&o)
			default:
				_ = desk.Decline(o.Offer)
			}
		}
	})
	chats := make([]string, visits)
	for i := range visits {
		youths.Go(func() {
			y := client.NewYouth(client.Options{URL: on.Nodes[i%2].URL})
			defer y.Cut()
			chats[i] = wander(ctx, t, on, y, fmt.Sprint("c-", i), rand.New(rand.NewPCG(seed, uint64(i))))
		})
	}
	youths.Wait()
	over(ctx, t, on, rdb, prefix, chats)
	stop()
	works.Wait()
	settle(ctx, t, on)

	counted.mu.Lock()
	defer counted.mu.Unlock()
	for i, id := range chats {
		v, err := on.Nodes[0].Router.View(ctx, id, 0, routing.EveryEpoch)
		if err != nil {
			t.Fatal(err)
		}
		want := chat.Visit{Line: "jip", Campaign: fmt.Sprint("c-", i), Channel: "poster", Stage: chat.Abandoned, Block: 5}
		if v.Answered {
			want.Stage, want.Block = chat.Answered, 0
			answered++
		}
		if got := counted.all[want.Campaign]; len(got) != 1 || got[0] != want {
			wrong = append(wrong, fmt.Sprintf("counted %+v, want %+v once", got, want))
		}
		delete(counted.all, want.Campaign)
	}
	if len(counted.all) > 0 {
		wrong = append(wrong, fmt.Sprintf("counted %+v, of nobody", counted.all))
	}
	return wrong, answered
}

// wander is one visit. It returns the chat.
func wander(ctx context.Context, t *testing.T, on *clienttest.Deployment, y *client.Youth, campaign string, dice *rand.Rand) string {
	if err := y.Connect(ctx); err != nil {
		t.Error(err)
		return ""
	}
	if dice.IntN(2) == 0 {
		_ = y.Visit(campaign, "poster")
	}
	if _, err := y.Join(ctx, client.Want{Line: "jip", Campaign: campaign, Channel: "poster"}); err != nil {
		t.Error(err)
		return ""
	}
	chat, moved := y.ID(), false
	heard := func() { // what was sent before was answered, or the line is down
		if y.Beat() == nil {
			_, _ = y.Expect(ctx, frame.TBeat)
		}
	}
	for range dice.IntN(12) {
		switch dice.IntN(4) {
		case 0:
			heard()
		case 1: // in a hurry: the drop of the one before is still under way
			_ = y.Reconnect(ctx, on.Nodes[dice.IntN(2)].URL)
			fallthrough
		default:
			if err := y.Reconnect(ctx, on.Nodes[dice.IntN(2)].URL); err != nil {
				t.Error(err)
			}
			moved = true
			heard()
		}
	}
	for patience := dice.IntN(2) * 500; patience > 0; patience-- {
		if v, err := on.Nodes[0].Router.View(ctx, chat, 0, routing.EveryEpoch); err != nil || v.Answered {
			break
		}
		heard()
	}
	switch dice.IntN(3) {
	case 0:
		_ = y.Leave()
		_, _ = y.Expect(ctx, frame.TEnded, frame.TError)
	case 1: // gone without a word
		if moved {
			y.Cut()
			break
		}
		fallthrough
	default: // the page is closed
		if y.Raw(websocket.CloseMessage, websocket.FormatCloseMessage(websocket.CloseGoingAway, "")) == nil {
			_, _ = y.ExpectClosed(ctx)
		}
	}
	return chat
}

// over waits until every chat that nobody accepted is over, and has the time that its place is held run out.
func over(ctx context.Context, t *testing.T, on *clienttest.Deployment, rdb redis.UniversalClient, prefix string, chats []string) {
	t.Helper()
	due := prefix + ":{" + prefix + "}:due"
	for rest := slices.Clone(chats); len(rest) > 0; pause(ctx, t) {
		rest = slices.DeleteFunc(rest, func(id string) bool {
			v, err := on.Nodes[0].Router.View(ctx, id, 0, routing.EveryEpoch)
			if err != nil {
				t.Fatal(err)
			}
			if err := rdb.ZAddXX(ctx, due, redis.Z{Score: 1, Member: "held:" + id}).Err(); err != nil {
				t.Fatal(err)
			}
			return v.Answered || v.Phase == routing.Over
		})
	}
}

// settle has both nodes wait for their young people in vain.
func settle(ctx context.Context, t *testing.T, on *clienttest.Deployment) {
	t.Helper()
	for _, n := range on.Nodes {
		for n.Hub.HeldVisits() > 0 {
			for range n.Hub.HoldTicks() + 1 {
				n.Hub.Beat()
			}
			pause(ctx, t)
		}
	}
}

// pause is between two looks at what is awaited.
func pause(ctx context.Context, t *testing.T) {
	t.Helper()
	select {
	case <-ctx.Done():
		t.Fatal("what was awaited did not come")
	case <-time.After(10 * time.Millisecond):
	}
}
