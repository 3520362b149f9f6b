package routing

import (
	"errors"
	"fmt"
	"maps"
	"testing"

	"github.com/redis/go-redis/v9"
)

// TestForgottenMessageIsNotOvertaken: a failover lost a message that was acked. What its author says next waits until
// the page, which hears of another life, sent that one again.
func TestForgottenMessageIsNotOvertaken(t *testing.T) {
	each(t, func(t *testing.T, b *bench) {
		b.on("ann", 1)
		j := b.join(false)
		b.accept0(j)
		b.append(j.Chat, Youth, "", 0, "m1", nil)
		acked := b.append(j.Chat, Youth, "", 0, "m2", nil)
		state, log := stateKey(b.cfg.Prefix, j.Chat), logKey(b.cfg.Prefix, j.Chat)
		b.ok(b.rdb.HDel(b.ctx, state, "im2").Err())
		b.ok(b.rdb.HSet(b.ctx, state, "seq", 1, "ly", 1).Err())
		b.ok(b.rdb.Del(b.ctx, log).Err())
		b.ok(b.rdb.XAdd(b.ctx, &redis.XAddArgs{Stream: log, ID: "0-1", Values: []any{"b", "x"}}).Err())

		says := func(from Side, owner, id, last string, known int64, want error) *Append {
			t.Helper()
			done := make(chan *Append, 1)
			a := &Append{Chat: j.Chat, From: from, Owner: owner, ID: id, Known: known, Last: last, Body: []byte("x"),
				Done: func(a *Append) { done <- a }}
			bt := newBatch(b.Router)
			bt.add(&job{kind: jobAppend, add: a, chat: j.Chat})
			bt.send()
			<-done
			if !errors.Is(a.Err, want) {
				t.Fatalf("%s: %v, want %v", id, a.Err, want)
			}
			return a
		}
		say := func(id string, known int64, want error) *Append {
			t.Helper()
			return says(Youth, "", id, "", known, want)
		}
		before := b.rdb.HGetAll(b.ctx, state).Val()
		say("m3", acked.Seq, ErrUnavailable)
		if after := b.rdb.HGetAll(b.ctx, state).Val(); len(after) != len(before) || after["seq"] != "1" || b.rdb.XLen(b.ctx, log).Val() != 1 {
			t.Errorf("a refusal left %v", after)
		}
		if a := say("m1", acked.Seq, nil); !a.Dup || a.Seq != 1 {
			t.Errorf("one that is known was answered by %+v", a)
		}
		say("m2", 1, nil) // sent again: the socket was told anew where the store stands
		if a := say("m3", 2, nil); a.Seq != 3 {
			t.Errorf("%+v", a)
		}

		// Once more, and the other side, who knew nothing of it, says something in its place.
		b.ok(b.rdb.HDel(b.ctx, state, "im3").Err())
		b.ok(b.rdb.HSet(b.ctx, state, "seq", 2, "ly", 2).Err())
		b.ok(b.rdb.Del(b.ctx, log).Err())
		b.ok(b.rdb.XAdd(b.ctx, &redis.XAddArgs{Stream: log, ID: "0-2", Values: []any{"b", "x"}}).Err())
		if a := says(Counsellor, "ann", "c1", "", 2, nil); a.Seq != 3 {
			t.Errorf("%+v", a)
		}
		says(Youth, "", "m4", "m3", 3, ErrUnavailable)
		if v, err := b.View(b.ctx, j.Chat, 0, EveryEpoch); err != nil || v.Seq != 3 || v.LastY != 2 || v.LastC != 3 {
			t.Errorf("a refusal left %+v, %v", v, err)
		}
		if a := says(Youth, "", "m2", "m3", 3, nil); !a.Dup || a.Seq != 2 {
			t.Errorf("one that is known was answered by %+v", a)
		}
		if a := says(Youth, "", "m3", "", 3, nil); a.Seq != 4 { // on a socket that was told anew
			t.Errorf("%+v", a)
		}
		if a := says(Youth, "", "m4", "m3", 4, nil); a.Seq != 5 {
			t.Errorf("%+v", a)
		}
	})
}

// TestOldPrimaryDecidesNothing: what a primary that was cut off decided arrives at the one that took its place, in the
// moment between the two steps of a transition. There it is nothing, also when a decision of the same version stands.
func TestOldPrimaryDecidesNothing(t *testing.T) {
	each(t, func(t *testing.T, b *bench) {
		b.on("ann", 1)
		j := b.join(false)
		forget := b.remember(append(sharedKeys(b.cfg.Prefix), b.own(j.Chat)...)...)
		accepts := func(pk string) []change {
			t.Helper()
			status, v, err := b.shared(b.ctx, "accept", -1, "ann", b.desk("ann").Offer.Offer, pk, servedKept)
			b.ok(err)
			if status != "ok" {
				t.Fatal(status)
			}
			c, err := decodeChanged(v[3:])
			b.ok(err)
			return c
		}
		old := accepts("old")
		forget()
		refused := func() {
			t.Helper()
			if err := b.project(b.ctx, old); !errors.Is(err, ErrUnavailable) {
				t.Errorf("told: %v", err)
			}
			if v := b.view(j.Chat); v.Phase != Waiting || len(v.Epochs) > 0 {
				t.Errorf("%+v", v)
			}
		}
		refused()
		now := accepts("new")
		refused()

		// What was decided here is told in any order, and what is newer stands.
		b.ok(b.shares("leave", j.Chat, secs(b.cfg.Durations.Wrapup)))
		b.ok(b.project(b.ctx, now))
		if v := b.view(j.Chat); v.Phase != Talking || v.Current() == nil || v.Current().PK != "new" {
			t.Errorf("%+v", v)
		}
		b.ok(b.project(b.ctx, old)) // behind what it was told
		if v := b.view(j.Chat); v.Phase != Talking || v.Current().PK != "new" {
			t.Errorf("%+v", v)
		}
	})
}

// shares runs a transition of the routing state that the chats are not told of yet.
func (b *bench) shares(name string, args ...any) error {
	_, _, err := b.shared(b.ctx, name, -1, args...)
	return err
}

// TestSockets: a node is told of what it is taken to hold, and of nothing else, however much that is.
func TestSockets(t *testing.T) {
	each(t, func(t *testing.T, b *bench) {
		other := newBench(t, b.rdb, b.cfg.Prefix)
		other.cfg.Node = "node2"
		b.cfg.Lines[0].CapPerCounsellor = 2 * mendPage
		b.on("ann", 1)
		want := map[string]string{}
		for i := range mendPage + 5 {
			id := fmt.Sprint("s", i)
			j, err := b.Join(b.ctx, Join{Line: "jip", Lang: "nl", PK: "pk", Sock: id})
			b.ok(err)
			switch {
			case i%50 == 1:
				b.ok(b.Drop(b.ctx, j.Chat, id))
			case i%50 == 2:
				_, _, err := other.Resume(b.ctx, j.Chat, j.Token, id, 0)
				b.ok(err)
			default:
				want[j.Chat] = id
			}
		}
		got, err := b.Sockets(b.ctx)
		b.ok(err)
		if !maps.Equal(got, want) {
			t.Errorf("%d, want %d", len(got), len(want))
		}
	})
}
