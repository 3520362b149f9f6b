package routing

import (
	"errors"
	"strings"
	"testing"

	"github.com/redis/go-redis/v9"
)

// remember keeps what stands under some keys now and gives what puts it back, as the replica that takes over does.
func (b *bench) remember(keys ...string) (forget func()) {
	b.t.Helper()
	type kept struct {
		text    string
		fields  map[string]string
		members []redis.Z
		entries []redis.XMessage
	}
	then := map[string]kept{}
	for _, key := range keys {
		switch kind := b.rdb.Type(b.ctx, key).Val(); kind {
		case "string":
			then[key] = kept{text: b.rdb.Get(b.ctx, key).Val()}
		case "hash":
			then[key] = kept{fields: b.rdb.HGetAll(b.ctx, key).Val()}
		case "zset":
			then[key] = kept{members: b.rdb.ZRangeWithScores(b.ctx, key, 0, -1).Val()}
		case "stream":
			then[key] = kept{entries: b.rdb.XRange(b.ctx, key, "-", "+").Val()}
		}
	}
	return func() {
		b.t.Helper()
		b.ok(b.rdb.Del(b.ctx, keys...).Err())
		for key, k := range then {
			switch {
			case k.fields != nil:
				b.ok(b.rdb.HSet(b.ctx, key, k.fields).Err())
			case k.members != nil:
				b.ok(b.rdb.ZAdd(b.ctx, key, k.members...).Err())
			case k.entries != nil:
				for _, e := range k.entries {
					b.ok(b.rdb.XAdd(b.ctx, &redis.XAddArgs{Stream: key, ID: e.ID, Values: e.Values}).Err())
				}
			default:
				b.ok(b.rdb.Set(b.ctx, key, k.text, 0).Err())
			}
		}
	}
}

// own are the keys of one chat.
func (b *bench) own(chat string) []string {
	return []string{stateKey(b.cfg.Prefix, chat), logKey(b.cfg.Prefix, chat)}
}

func (b *bench) mends() {
	b.t.Helper()
	b.odds.Store(true)
	b.mend(b.ctx)
	if b.odds.Load() {
		b.t.Fatal("still at odds")
	}
	before := b.dump()
	b.odds.Store(true)
	b.mend(b.ctx)
	for key, now := range b.dump() {
		if before[key] != now && !strings.HasSuffix(key, "tickets") {
			b.t.Fatalf("what agrees was mended again: %s\n%s\n%s", key, before[key], now)
		}
	}
	b.holds()
	b.chatsAreWhole()
}

// chatsAreWhole: each chat's own state says what its record says, and no desk holds what it has not.
func (b *bench) chatsAreWhole() {
	b.t.Helper()
	for _, name := range []string{"ann", "bea"} {
		for _, c := range b.desk(name).Chats {
			if v := b.view(c.Chat); v.Phase != Talking || v.Current() == nil || v.Current().Owner != name || v.Current().E != c.E {
				b.t.Fatalf("%s has %+v, and the chat itself says %+v", name, c, v)
			}
		}
	}
}

func TestMend(t *testing.T) {
	for name, c := range map[string]func(b *bench){
		"an accept": func(b *bench) {
			b.on("ann", 1)
			j := b.join(false)
			forget := b.remember(b.keys...)
			b.accept("ann", "k0")
			b.append(j.Chat, Youth, "", 0, "m1", nil)
			forget()
			b.mends()
			d, v := b.desk("ann"), b.view(j.Chat)
			if d.State != StateBusy || d.Offer != nil || len(d.Chats) != 1 || v.Current().E != 0 {
				b.t.Fatalf("%+v", d)
			}
			b.append(j.Chat, Counsellor, "ann", 0, "m2", nil)
		},
		"an accept and its ring": func(b *bench) {
			b.on("ann", 1)
			b.accept0(b.join(false))
			j := b.join(false)
			forget := b.remember(b.keys...)
			b.ok(b.SetReady(b.ctx, "ann", 2))
			b.accept("ann", "k0")
			forget()
			b.mends()
			if v := b.view(j.Chat); v.Phase != Waiting {
				b.t.Fatalf("%+v", v)
			}
			b.append(j.Chat, Counsellor, "ann", 0, "m1", ErrNoChat)
			b.on("bea", 1)
			if v := b.accept("bea", "k1"); v.Chat != j.Chat || v.Phase != Talking || v.Current().E != 1 || v.Current().Owner != "bea" || v.Current().PK != "k1" {
				b.t.Fatalf("%+v", v)
			}
			b.append(j.Chat, Youth, "", 1, "m2", nil)
		},
		"an accept, and another accepted meanwhile": func(b *bench) {
			b.on("ann", 1)
			j := b.join(false)
			forget := b.remember(b.keys...)
			b.accept("ann", "k0")
			forget()
			b.ok(b.Rest(b.ctx, "ann"))
			b.on("bea", 1)
			b.accept("bea", "k1")
			b.mends()
			if v := b.view(j.Chat); v.Phase != Talking || v.Current().E != 1 || v.Current().Owner != "bea" || v.Current().PK != "k1" {
				b.t.Fatalf("%+v", v)
			}
			b.append(j.Chat, Counsellor, "ann", 0, "m1", ErrNoChat)
			b.append(j.Chat, Counsellor, "bea", 1, "m2", nil)
		},
		"what the chat was told of an accept": func(b *bench) {
			b.on("ann", 1)
			j := b.join(false)
			forget := b.remember(b.own(j.Chat)...)
			b.accept("ann", "k0")
			b.ok(b.rdb.ZRem(b.ctx, sharedKey(b.cfg.Prefix, "due"), "apply:"+j.Chat).Err())
			forget()
			b.mends()
			if v := b.view(j.Chat); v.Phase != Talking || v.Current().E != 0 || v.Current().PK != "k0" {
				b.t.Fatalf("%+v", v)
			}
			b.append(j.Chat, Youth, "", 0, "m1", nil)
		},
		"the chat's own state": func(b *bench) {
			b.on("ann", 1)
			j := b.join(false)
			b.accept0(j)
			b.ok(b.rdb.Del(b.ctx, b.own(j.Chat)...).Err())
			b.mends()
			b.ok(b.Wrapup(b.ctx, "ann", j.Chat, Wrapup{}))
			next := b.join(false)
			b.wantRings("ann", next.Chat)
		},
		"the own state of a place in line": func(b *bench) {
			b.on("ann", 1)
			j := b.join(false)
			next := b.join(false)
			b.ok(b.rdb.Del(b.ctx, b.own(j.Chat)...).Err())
			b.mends()
			b.wantRings("ann", next.Chat)
		},
		"that the young person left": func(b *bench) {
			b.on("ann", 1)
			j := b.join(false)
			b.accept0(j)
			forget := b.remember(b.keys...)
			b.ok(b.Leave(b.ctx, j.Chat))
			forget()
			b.mends()
			if d := b.desk("ann"); len(d.Chats) != 0 || len(d.Wrapups) != 1 {
				b.t.Fatalf("%+v", d)
			}
			if _, _, err := b.Resume(b.ctx, j.Chat, j.Token, "s2", 0); !errors.Is(err, ErrNoChat) {
				b.t.Fatalf("back in a chat that was left: %v", err)
			}
			b.ok(b.Wrapup(b.ctx, "ann", j.Chat, Wrapup{}))
			next := b.join(false)
			b.wantRings("ann", next.Chat)
		},
		"that the counsellor ended it": func(b *bench) {
			b.on("ann", 1)
			j := b.join(false)
			b.accept0(j)
			b.append(j.Chat, Counsellor, "ann", 0, "m1", nil)
			forget := b.remember(b.keys...)
			b.ok(b.End(b.ctx, "ann", j.Chat, ReasonDone))
			forget()
			b.mends()
			if d := b.desk("ann"); len(d.Chats) != 0 || len(d.Wrapups) != 1 {
				b.t.Fatalf("%+v", d)
			}
			if v := b.view(j.Chat); v.Phase != Done || len(v.Messages) != 1 {
				b.t.Fatalf("%+v", v)
			}
			b.soon("linger")
			if v := b.view(j.Chat); v.Phase != Over {
				b.t.Fatalf("%+v", v)
			}
		},
		"that they were away, back, and that she ended it": func(b *bench) {
			b.on("ann", 1)
			j := b.join(false)
			b.accept0(j)
			b.append(j.Chat, Counsellor, "ann", 0, "m1", nil)
			forget := b.remember(b.keys...)
			b.ok(b.DropDesk(b.ctx, "ann", "d-ann"))
			b.on("ann", 0)
			b.ok(b.End(b.ctx, "ann", j.Chat, ReasonDone))
			forget()
			b.mends()
			b.soon("linger")
			if v := b.view(j.Chat); v.Phase != Over || v.Share != "" || len(v.Messages) != 0 {
				b.t.Fatalf("%+v", v)
			}
		},
		"an accept, and that she was away and back": func(b *bench) {
			b.on("ann", 1)
			j := b.join(false)
			forget := b.remember(b.keys...)
			b.accept("ann", "k0")
			b.ok(b.DropDesk(b.ctx, "ann", "d-ann"))
			b.on("ann", 0)
			forget()
			b.mends()
			b.ok(b.Leave(b.ctx, j.Chat))
			if v := b.view(j.Chat); v.Phase != Over || v.Reason != ReasonLeft {
				b.t.Fatalf("%+v", v)
			}
			b.append(j.Chat, Youth, "", 0, "m1", ErrNoChat)
		},
		"nothing that came back from lost just now": func(b *bench) {
			b.on("ann", 1)
			j := b.join(false)
			b.accept0(j)
			b.ok(b.Drop(b.ctx, j.Chat, "s"))
			b.soon("away")
			forget := b.remember(b.own(j.Chat)...)
			_, _, err := b.Resume(b.ctx, j.Chat, j.Token, "s2", 0)
			b.ok(err)
			forget() // what the chat was told of it is still under way
			b.mends()
			if v := b.view(j.Chat); v.Phase != Waiting {
				b.t.Fatalf("%c %s", v.Phase, v.Reason)
			}
		},
		"nothing": func(b *bench) {
			b.on("ann", 3)
			talks, done, over := b.join(false), b.join(false), b.join(false)
			for _, j := range []Joined{talks, done, over} {
				b.accept0(j)
			}
			b.append(done.Chat, Counsellor, "ann", 0, "m1", nil)
			b.ok(b.End(b.ctx, "ann", done.Chat, ReasonDone))
			b.ok(b.Leave(b.ctx, over.Chat))
			b.join(true)
			down := b.join(false)
			b.ok(b.Drop(b.ctx, down.Chat, "s"))
			before := b.dump()
			b.mends()
			for key, now := range b.dump() {
				if before[key] != now {
					b.t.Fatalf("%s changed\n%s\n%s", key, before[key], now)
				}
			}
		},
	} {
		t.Run(name, func(t *testing.T) { each(t, func(t *testing.T, b *bench) { c(b) }) })
	}
}

// TestMendLooksTwice: what changed after it was read is left alone.
func TestMendLooksTwice(t *testing.T) {
	each(t, func(t *testing.T, b *bench) {
		b.on("ann", 1)
		j := b.join(false)
		b.accept0(j)
		b.nothing("mend of another version", nil, func() error {
			return errors.Join(
				b.redo(b.ctx, "mend", 0, j.Chat, 7, 9, 3, "bea", "k"),
				b.redo(b.ctx, "mend_end", 0, j.Chat, 7, 9, ReasonLost, 120),
				b.redo(b.ctx, "mend", 0, "nobody", 0, 9, 3, "bea", "k"),
				b.redo(b.ctx, "mend_end", 0, "nobody", 0, 9, ReasonLost, 120))
		})
	})
}
