package routing

import (
	"errors"
	"slices"
	"testing"
	"time"
)

func (b *bench) append(chat string, from Side, owner string, e int, id string, want error) *Append {
	b.t.Helper()
	done := make(chan *Append, 1)
	a := &Append{Chat: chat, From: from, Owner: owner, E: e, ID: id, Body: []byte(`"from":"` + string(from) + `"}`), Done: func(a *Append) { done <- a }}
	bt := newBatch(b.Router)
	bt.add(&job{kind: jobAppend, add: a, chat: chat})
	bt.send()
	<-done
	if !errors.Is(a.Err, want) || (want == nil && a.Err != nil) {
		b.t.Fatalf("append: %v, want %v", a.Err, want)
	}
	return a
}

func TestLog(t *testing.T) {
	each(t, func(t *testing.T, b *bench) {
		b.on("ann", 1)
		j := b.join(false)
		b.append(j.Chat, Youth, "", 0, "m0", ErrStaleEpoch) // nobody there yet
		b.accept0(j)
		for i, w := range []struct {
			from      Side
			id        string
			seq, prev int64
		}{{Youth, "m1", 1, 0}, {Youth, "m2", 2, 1}, {Counsellor, "m3", 3, 0}, {Youth, "m4", 4, 2}, {Counsellor, "m5", 5, 3}} {
			owner := ""
			if w.from == Counsellor {
				owner = "ann"
			}
			a := b.append(j.Chat, w.from, owner, 0, w.id, nil)
			if a.Seq != w.seq || a.Prev != w.prev || a.Dup {
				t.Fatalf("%d: %+v", i, a)
			}
		}
		if a := b.append(j.Chat, Youth, "", 7, "m2", nil); a.Seq != 2 || !a.Dup {
			t.Fatalf("dedupe comes before the epoch: %+v", a)
		}
		b.append(j.Chat, Youth, "", 1, "m9", ErrStaleEpoch)
		b.append(j.Chat, Counsellor, "bea", 0, "m9", ErrNoChat)
		b.append("AAAAAAAAAAAAAAAAAAAAAA", Youth, "", 0, "m9", ErrNoChat)
		v, err := b.View(b.ctx, j.Chat, 2, EveryEpoch)
		b.ok(err)
		if len(v.Messages) != 3 || v.Messages[0].Seq != 3 || string(v.Messages[0].Body) != `"from":"c"}` || v.Seq != 5 {
			t.Fatalf("%+v", v)
		}
		for _, k := range []string{stateKey(b.cfg.Prefix, j.Chat), logKey(b.cfg.Prefix, j.Chat)} {
			ttl, err := b.rdb.PTTL(b.ctx, k).Result()
			b.ok(err)
			if ttl < 2*time.Hour-time.Second || ttl > 3*time.Hour {
				t.Fatalf("%s lives %v", k, ttl)
			}
		}
		b.ok(b.End(b.ctx, "ann", j.Chat, ReasonDone))
		b.append(j.Chat, Youth, "", 0, "m8", ErrNoChat)
		if v := b.view(j.Chat); v.Phase != Done || len(v.Messages) != 5 {
			t.Fatalf("%+v", v)
		}
		b.soon("linger")
		if v := b.view(j.Chat); v.Phase != Over || len(v.Messages) != 0 || v.Share != "" || v.PKY != "" || len(v.Epochs) != 0 {
			t.Fatalf("%+v", v)
		}
	})
}

func TestDoneAfterAllWasReadDeletesAtOnce(t *testing.T) {
	each(t, func(t *testing.T, b *bench) {
		for i := range b.batch {
			go b.drain(t.Context(), b.batch[i])
		}
		b.on("ann", 2)
		before, after := b.join(false), (Joined{})
		b.accept0(before)
		a := b.append(before.Chat, Counsellor, "ann", 0, "m", nil)
		b.ok(b.Read(b.ctx, before.Chat, Youth, "", a.Seq))
		b.ok(b.End(b.ctx, "ann", before.Chat, ReasonDone))
		after = b.join(false)
		b.accept0(after)
		a = b.append(after.Chat, Counsellor, "ann", 0, "m", nil)
		b.ok(b.End(b.ctx, "ann", after.Chat, ReasonDone))
		if v := b.view(after.Chat); v.Phase != Done {
			t.Fatalf("%+v", v)
		}
		b.ok(b.Read(b.ctx, after.Chat, Youth, "", a.Seq))
		for _, j := range []Joined{before, after} {
			if v := b.view(j.Chat); v.Phase != Over || v.Reason != ReasonDone || v.Share != "" || len(v.Messages) != 0 {
				t.Fatalf("%+v", v)
			}
		}
	})
}

func TestLeaveDeletesAtOnce(t *testing.T) {
	each(t, func(t *testing.T, b *bench) {
		b.on("ann", 1)
		j := b.join(false)
		b.accept0(j)
		b.append(j.Chat, Youth, "", 0, "m1", nil)
		b.ok(b.Leave(b.ctx, j.Chat))
		b.ok(b.Leave(b.ctx, j.Chat))
		n, err := b.rdb.Exists(b.ctx, logKey(b.cfg.Prefix, j.Chat)).Result()
		b.ok(err)
		f, err := b.rdb.HKeys(b.ctx, stateKey(b.cfg.Prefix, j.Chat)).Result()
		b.ok(err)
		slices.Sort(f)
		if n != 0 || !slices.Equal(f, []string{"e", "ph", "r", "v", "vn"}) {
			t.Fatalf("left: log %d, state %v", n, f)
		}
		if d, _ := b.DeskView(b.ctx, "ann"); len(d.Wrapups) != 1 || len(d.Chats) != 0 {
			t.Fatalf("%+v", d)
		}
	})
}
