package routing

import (
	"context"
	"crypto/sha1"
	"encoding/hex"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"haven/routing/routingtest"

	"github.com/anishathalye/porcupine"
	"github.com/redis/go-redis/v9"
)

// ownerIn and ownerOut are one call that reads or changes who owns a chat.
type ownerIn struct {
	op, name string
	e        int // of an append
	moves    bool
}

type ownerOut struct {
	ok bool
	e  int // the epoch that began, -1 where the answer came too late to tell
}

// owner is the register that a chat's ownership has to be.
type owner struct {
	name    string
	epoch   int
	over    bool
	stopped string // by whom
}

// next is what a call may answer, and what stands then.
func (o owner) next(in ownerIn, out ownerOut) (bool, owner) {
	hers := !o.over && o.name == in.name
	began := out.e < 0 || out.e == o.epoch+1
	switch in.op {
	case "accept":
		from := !o.over && (in.moves && o.name != "" && o.name != in.name || !in.moves && o.name == "")
		return from && began, owner{name: in.name, epoch: o.epoch + 1}
	case "rekey":
		if !out.ok {
			return !hers, o
		}
		return hers && began, owner{name: in.name, epoch: o.epoch + 1}
	case "stop":
		if !out.ok {
			return !hers && o.stopped != in.name, o
		}
		return hers || o.stopped == in.name, owner{epoch: o.epoch, over: true, stopped: in.name}
	case "leave":
		if !o.over {
			o = owner{epoch: o.epoch, over: true}
		}
	case "forfeit":
		if hers {
			o.name = ""
		}
	case "append":
		return out.ok == (hers && o.epoch == in.e), o
	}
	return true, o
}

var ownerModel = porcupine.Model{
	Init: func() any { return owner{epoch: -1} },
	Step: func(state, in, out any) (bool, any) { return state.(owner).next(in.(ownerIn), out.(ownerOut)) },
	DescribeOperation: func(in, out any) string {
		return fmt.Sprintf("%+v -> %+v", in, out)
	},
}

// owners records what several nodes did to the owners of chats at once.
type owners struct {
	begun time.Time
	mu    sync.Mutex
	chats map[string][]porcupine.Operation
}

// note records a call; the caller fills in what it was and what came of it.
func (h *owners) note(client int, f func() (chats []string, in ownerIn, out ownerOut)) {
	call := time.Since(h.begun).Nanoseconds()
	chats, in, out := f()
	back := time.Since(h.begun).Nanoseconds()
	h.mu.Lock()
	defer h.mu.Unlock()
	for _, chat := range chats {
		h.chats[chat] = append(h.chats[chat], porcupine.Operation{ClientId: client, Input: in, Output: out, Call: call, Return: back})
	}
}

// linearizable says whether the calls on each chat can be put in one order that agrees with all answers, and in which
// every call lies between its begin and its end: once for what the chat's own state answers (messages), and once for what
// the routing state answers (refusals). The two learn of a change one after the other, within the call that makes it.
func (h *owners) linearizable(t *testing.T) (bool, int) {
	n, all := 0, true
	for chat, ops := range h.chats {
		var own, shared []porcupine.Operation
		for _, op := range ops {
			in, out := op.Input.(ownerIn), op.Output.(ownerOut)
			if in.op == "append" || out.ok {
				own = append(own, op)
			}
			if in.op != "append" {
				shared = append(shared, op)
			}
		}
		for _, part := range [][]porcupine.Operation{own, shared} {
			n += len(part)
			switch porcupine.CheckOperationsTimeout(ownerModel, part, 20*time.Second) {
			case porcupine.Illegal:
				all = false
			case porcupine.Unknown:
				t.Fatalf("%s: %d calls were not decided in time", chat, len(part))
			}
		}
	}
	return all, n
}

// contend has three counsellors at three nodes accept, go on from another device, hand over, stop, forfeit and write,
// late messages of past epochs among them, while young people agree and leave.
func contend(t *testing.T, seed uint64) *owners {
	rdb, prefix := routingtest.Client(t)
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	h := &owners{begun: time.Now(), chats: map[string][]porcupine.Operation{}}
	names := []string{"ann", "bea", "cas"}
	var nodes []*bench
	for i, name := range names {
		r, err := New(rdb, Config{Prefix: prefix, Node: fmt.Sprint("node", i), Lines: agreeLines}, nobody{}, slog.New(slog.DiscardHandler))
		if err != nil {
			t.Fatal(err)
		}
		for k := range r.batch {
			go r.drain(ctx, r.batch[k])
		}
		nodes = append(nodes, &bench{r, t, ctx})
		enterBoth(nodes[i], name)
	}
	var wg, youths sync.WaitGroup
	stop := make(chan struct{})
	for y := range 3 {
		youths.Go(func() { h.youth(nodes[y], rand.New(rand.NewPCG(seed, uint64(y))), y, stop) })
	}
	for i, name := range names {
		wg.Go(func() {
			c := &contender{bench: nodes[i], owners: h, name: name, client: i, chance: rand.New(rand.NewPCG(seed, uint64(i)|1<<32)), knew: map[string][]int{}}
			for n := range 150 {
				c.turn(n)
			}
		})
	}
	wg.Wait()
	close(stop)
	youths.Wait()
	return h
}

func enterBoth(b *bench, name string) {
	_, err := b.Enter(b.ctx, OnDuty{Name: name, Lines: []string{"jip", "fier"}, Langs: []string{"nl"}}, "d-"+name)
	if err == nil {
		err = b.SetReady(b.ctx, name, 9)
	}
	if err != nil {
		b.t.Fatalf("%s: %v", name, err)
	}
}

// youth agrees to whatever is asked, leaves now and then, and comes anew.
func (h *owners) youth(b *bench, chance *rand.Rand, client int, stop chan struct{}) {
	var chat string
	for {
		select {
		case <-stop:
			return
		default:
		}
		v, err := b.View(b.ctx, chat, none, EveryEpoch)
		switch {
		case chat == "" || errors.Is(err, ErrNoChat) || v.Phase == Over:
			j, err := b.Join(b.ctx, Join{Line: "jip", Lang: "nl", PK: "pk", Sock: fmt.Sprint("y", client)})
			if err == nil {
				chat = j.Chat
			}
		case v.Handover != nil && !v.Handover.Agreed:
			b.Consent(b.ctx, chat, fmt.Sprint("y", client), v.Handover.Offer, true) // she may have taken it back
		case chance.IntN(400) == 0:
			h.note(10+client, func() ([]string, ownerIn, ownerOut) {
				b.ok(b.Leave(b.ctx, chat))
				return []string{chat}, ownerIn{op: "leave"}, ownerOut{ok: true}
			})
		}
	}
}

// contender is a counsellor who does things in no good order.
type contender struct {
	*bench
	*owners
	name   string
	client int
	chance *rand.Rand
	knew   map[string][]int // chat -> epochs that were hers
}

func (c *contender) turn(n int) {
	d, err := c.DeskView(c.ctx, c.name)
	c.ok(err)
	if d.Offer != nil {
		c.accepts(d.Offer, fmt.Sprint("k", c.name, n))
	}
	for _, has := range d.Chats {
		chat := has.Chat
		switch c.chance.IntN(9) {
		case 0:
			c.rekeys(chat, fmt.Sprint("r", c.name, n))
		case 1, 2, 3:
			c.Propose(c.ctx, c.name, chat, To{Line: "fier"}, "")
		case 4:
			c.Keep(c.ctx, c.name, chat)
		}
	}
	for chat, epochs := range c.knew {
		c.appends(chat, epochs[c.chance.IntN(len(epochs))])
		c.appends(chat, epochs[len(epochs)-1])
		if len(epochs) > 2 && c.chance.IntN(30) == 0 {
			c.stops(chat)
			delete(c.knew, chat)
		}
	}
	if c.chance.IntN(25) == 0 {
		c.forfeits()
	}
}

func (c *contender) accepts(o *Offer, key string) {
	if c.chance.IntN(5) == 0 {
		c.Decline(c.ctx, c.name, o.Offer)
		return
	}
	c.note(c.client, func() ([]string, ownerIn, ownerOut) {
		v, err := c.Accept(c.ctx, c.name, o.Offer, key)
		if errors.Is(err, ErrNoOffer) {
			return nil, ownerIn{}, ownerOut{}
		}
		c.ok(err)
		out := ownerOut{true, -1}
		for _, e := range v.Epochs {
			if e.PK == key {
				out.e = e.E
				c.knew[o.Chat] = append(c.knew[o.Chat], e.E)
			}
		}
		return []string{o.Chat}, ownerIn{op: "accept", name: c.name, moves: o.From != ""}, out
	})
}

func (c *contender) rekeys(chat, key string) {
	c.note(c.client, func() ([]string, ownerIn, ownerOut) {
		status, v, err := c.shared(c.ctx, "rekey", -1, c.name, chat, key)
		c.ok(err)
		if status == "ok" {
			changed, err := decodeChanged(v)
			c.ok(err)
			c.ok(c.project(c.ctx, changed))
			c.knew[chat] = append(c.knew[chat], changed[0].Epoch)
			return []string{chat}, ownerIn{op: "rekey", name: c.name}, ownerOut{true, changed[0].Epoch}
		}
		return []string{chat}, ownerIn{op: "rekey", name: c.name}, ownerOut{}
	})
}

func (c *contender) appends(chat string, e int) {
	c.note(c.client, func() ([]string, ownerIn, ownerOut) {
		done := make(chan error, 1)
		c.Append(&Append{Chat: chat, From: Counsellor, Owner: c.name, E: e, ID: newID(), Body: []byte("x"), Done: func(a *Append) { done <- a.Err }})
		err := <-done
		if err != nil && !errors.Is(err, ErrNoChat) && !errors.Is(err, ErrStaleEpoch) {
			c.ok(err)
		}
		return []string{chat}, ownerIn{op: "append", name: c.name, e: e}, ownerOut{ok: err == nil}
	})
}

func (c *contender) stops(chat string) {
	c.note(c.client, func() ([]string, ownerIn, ownerOut) {
		err := c.End(c.ctx, c.name, chat, ReasonStopped)
		if err != nil && !errors.Is(err, ErrNoChat) {
			c.ok(err)
		}
		c.Wrapup(c.ctx, c.name, chat, Wrapup{})
		return []string{chat}, ownerIn{op: "stop", name: c.name}, ownerOut{ok: err == nil}
	})
}

// forfeits has her desk drop and its grace time be over at once, and then she is back.
func (c *contender) forfeits() {
	c.ok(c.DropDesk(c.ctx, c.name, "d-"+c.name))
	c.ok(c.rdb.ZAdd(c.ctx, sharedKey(c.cfg.Prefix, "due"), redis.Z{Score: 1, Member: "grace:" + c.name}).Err())
	c.note(c.client, func() ([]string, ownerIn, ownerOut) {
		c.ok(c.fall(c.ctx, "grace", c.name))
		return slices.Collect(maps.Keys(c.knew)), ownerIn{op: "forfeit", name: c.name}, ownerOut{ok: true}
	})
	enterBoth(c.bench, c.name)
}

// TestWhoOwnsAChat: whatever several nodes do at once, each chat has one owner at a time, in one order on which all
// answers agree.
func TestWhoOwnsAChat(t *testing.T) {
	calls, chats, moves := 0, 0, 0
	for seed := range uint64(3) {
		h := contend(t, seed)
		ok, n := h.linearizable(t)
		if !ok {
			t.Errorf("seed %d: the answers fit no order", seed)
		}
		calls, chats = calls+n, chats+len(h.chats)
		for _, ops := range h.chats {
			for _, op := range ops {
				if op.Input.(ownerIn).moves {
					moves++
				}
			}
		}
	}
	t.Logf("%d calls on %d chats, %d handovers", calls, chats, moves)
	if moves == 0 {
		t.Error("nothing was handed over")
	}
}

// TestWhoOwnsAChatNeedsItsFence: without the check of owner and epoch a message of a past owner is kept, and that fits no
// order.
func TestWhoOwnsAChatNeedsItsFence(t *testing.T) {
	fenced := must("append")
	sound := *fenced
	src := sound.src
	for _, fence := range []string{"if from == 'c' and s[2] ~= owner then return 0, 0 end", "or s[3] ~= epoch"} {
		if !strings.Contains(src, fence) {
			t.Fatalf("the script has no %q", fence)
		}
		src = strings.Replace(src, fence, "", 1)
	}
	sum := sha1.Sum([]byte(src))
	*fenced = script{name: "append", src: src, sha: hex.EncodeToString(sum[:])}
	defer func() { *fenced = sound }()
	if ok, n := contend(t, 1).linearizable(t); ok {
		t.Errorf("%d calls without a fence fit an order", n)
	}
}
