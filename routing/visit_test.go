package routing

import (
	"log/slog"
	"slices"
	"strings"
	"testing"
	"time"

	"haven/routing/routingtest"

	"github.com/redis/go-redis/v9"
)

// beside is another node on the same store.
func (b *bench) beside(node string, obs Observer) *Router {
	b.t.Helper()
	r, err := New(b.rdb, Config{Prefix: b.cfg.Prefix, Node: node, Lines: testLines}, obs, slog.New(slog.DiscardHandler))
	b.ok(err)
	return r
}

// wakesOf gives what a node is told from here on.
func (b *bench) wakesOf(node string) func() []string {
	b.t.Helper()
	channel := nodeChannel(b.cfg.Prefix, node)
	sub := b.rdb.Subscribe(b.ctx, channel)
	_, err := sub.Receive(b.ctx)
	b.ok(err)
	return func() (got []string) {
		b.t.Helper()
		defer sub.Close()
		b.ok(b.rdb.Publish(b.ctx, channel, "end").Err())
		for {
			m, err := sub.ReceiveTimeout(b.ctx, 5*time.Second)
			b.ok(err)
			switch m := m.(type) {
			case *redis.Message:
				if m.Payload == "end" {
					return got
				}
				got = append(got, m.Payload)
			}
		}
	}
}

// stands checks who counts a visit, and as what.
func (b *bench) stands(chat, holder string, answered bool) View {
	b.t.Helper()
	v := b.view(chat)
	if v.Holder != holder || v.Answered != answered || v.Took {
		b.t.Fatalf("held by %q, answered %v, took %v; want %q, %v", v.Holder, v.Answered, v.Took, holder, answered)
	}
	return v
}

// TestOneNodeHoldsAVisit: it goes with the young person until a counsellor first accepts, and stays there from then on.
func TestOneNodeHoldsAVisit(t *testing.T) {
	each(t, func(t *testing.T, b *bench) {
		two := b.beside("node2", nobody{})
		took := func(r *Router, j Joined, sock string, want bool) {
			t.Helper()
			v, _, err := r.Resume(b.ctx, j.Chat, j.Token, sock, 0)
			b.ok(err)
			if v.Took != want || want && v.Holder != r.cfg.Node || v.Line != "jip" {
				t.Fatalf("%+v, want took %v", v, want)
			}
		}
		b.on("ann", 1)
		j := b.join(false)
		b.stands(j.Chat, "node1", false)

		one := b.wakesOf("node1")
		took(two, j, "s2", true)
		if got := one(); !slices.Contains(got, "c"+j.Chat) {
			t.Errorf("node1 heard %q", got)
		}
		b.ok(two.Drop(b.ctx, j.Chat, "s2"))
		b.stands(j.Chat, "node2", false) // also while the line is down
		other := b.wakesOf("node2")
		took(b.Router, j, "s3", true)
		if got := other(); !slices.Contains(got, "c"+j.Chat) {
			t.Errorf("node2, which held it while the line was down, heard %q", got)
		}
		took(b.Router, j, "s3", true) // repeated
		took(two, j, "s4", true)

		b.accept0(j)
		b.stands(j.Chat, "node2", true)
		took(b.Router, j, "s5", false)
		b.stands(j.Chat, "node2", true)
		b.ok(b.Drop(b.ctx, j.Chat, "s5"))
		b.soon("away")
		if v := b.stands(j.Chat, "node2", true); v.Phase != Lost {
			t.Fatalf("%+v", v)
		}
		took(b.Router, j, "s6", false) // and a place at the front
		if v := b.stands(j.Chat, "node2", true); v.Phase != Waiting {
			t.Fatalf("%+v", v)
		}
		b.ok(b.Leave(b.ctx, j.Chat))
		if v := b.stands(j.Chat, "node2", true); v.Phase != Over {
			t.Fatalf("%+v", v)
		}

		left := b.join(false)
		b.ok(b.Leave(b.ctx, left.Chat))
		if v := b.stands(left.Chat, "node1", false); v.Phase != Over {
			t.Fatalf("%+v", v)
		}
		if v, _, err := two.Resume(b.ctx, left.Chat, left.Token, "s", 0); err != ErrNoChat || v.Took {
			t.Errorf("%+v, %v of a chat that is over", v, err)
		}
	})
}

// TestTheHolderHearsTheFirstAnswer, also while the young person's line is down, and of an end without one.
func TestTheHolderHearsTheFirstAnswer(t *testing.T) {
	each(t, func(t *testing.T, b *bench) {
		b.on("ann", 1)
		j := b.join(false)
		b.ok(b.detach(b.ctx, j.Chat, b.sock("s"))) // the drop itself comes later
		heard := b.wakesOf("node1")
		b.accept0(j)
		if got := heard(); !slices.Contains(got, "c"+j.Chat) {
			t.Errorf("of the answer node1 heard %q", got)
		}
		gone := b.join(false)
		b.ok(b.Drop(b.ctx, gone.Chat, "s"))
		heard = b.wakesOf("node1")
		b.soon("held")
		if got := heard(); !slices.Contains(got, "c"+gone.Chat) {
			t.Errorf("of the end node1 heard %q", got)
		}
		b.stands(gone.Chat, "node1", false)
	})
}

// TestAnAnswerThatWasNeverApplied is known from the end: the node that decided it died before it could tell the chat.
func TestAnAnswerThatWasNeverApplied(t *testing.T) {
	each(t, func(t *testing.T, b *bench) {
		b.on("ann", 1)
		j := b.join(false)
		d, err := b.DeskView(b.ctx, "ann")
		b.ok(err)
		_, err = b.eval(b.ctx, must("accept"), b.keys, b.cfg.Prefix, 20, newID(), newID(), "ann", d.Offer.Offer, "k", 8)
		b.ok(err)
		b.stands(j.Chat, "node1", false)
		b.ok(b.Leave(b.ctx, j.Chat))
		b.stands(j.Chat, "node1", true)
	})
}

// arrivals hears who arrived.
type arrivals struct {
	nobody
	lines []string
}

func (a *arrivals) ChatArrived(line string) { a.lines = append(a.lines, line) }

func TestArrivalsAreToldOnce(t *testing.T) {
	rdb, prefix := routingtest.Client(t)
	b := newBench(t, rdb, prefix)
	heard := &arrivals{}
	r := b.beside("node2", heard)
	join := func(line string) error {
		_, err := r.Join(b.ctx, Join{Line: line, Lang: "nl", PK: "pk", Sock: "s"})
		return err
	}
	for _, line := range []string{"jip", "shut", "none"} {
		if join(line) == nil {
			t.Fatalf("%s let somebody in", line)
		}
	}
	b.on("ann", 1)
	for range 4 { // one that rings, and three in line
		b.ok(join("jip"))
	}
	if join("jip") == nil {
		t.Fatal("a full line let somebody in")
	}
	if got := strings.Join(heard.lines, " "); got != "jip jip jip jip" {
		t.Errorf("arrived: %s", got)
	}
}
