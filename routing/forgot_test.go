package routing

import (
	"errors"
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

		say := func(id string, known int64, want error) *Append {
			t.Helper()
			done := make(chan *Append, 1)
			a := &Append{Chat: j.Chat, From: Youth, ID: id, Known: known, Body: []byte("x"), Done: func(a *Append) { done <- a }}
			bt := newBatch(b.Router)
			bt.add(&job{kind: jobAppend, add: a, chat: j.Chat})
			bt.send()
			<-done
			if !errors.Is(a.Err, want) {
				t.Fatalf("%s: %v, want %v", id, a.Err, want)
			}
			return a
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
	})
}
