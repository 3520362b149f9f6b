package routing

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"testing"
)

// dump is every key of this bench with its value as the store serialises it.
func (b *bench) dump() map[string]string {
	out := map[string]string{}
	for _, k := range b.keyspace() {
		v, err := b.rdb.Type(b.ctx, k).Result()
		b.ok(err)
		switch v {
		case "hash":
			h, err := b.rdb.HGetAll(b.ctx, k).Result()
			b.ok(err)
			v = fmt.Sprint(h)
		case "zset":
			z, err := b.rdb.ZRangeWithScores(b.ctx, k, 0, -1).Result()
			b.ok(err)
			v = fmt.Sprint(z)
		case "stream":
			x, err := b.rdb.XRange(b.ctx, k, "-", "+").Result()
			b.ok(err)
			v = fmt.Sprint(x)
		default:
			v, err = b.rdb.Get(b.ctx, k).Result()
			b.ok(err)
		}
		out[k] = v
	}
	return out
}

// TestARefusalChangesNothing: what a script refuses leaves every key as it was.
func TestARefusalChangesNothing(t *testing.T) {
	each(t, func(t *testing.T, b *bench) {
		b.on("ann", 1)
		b.on("bea", 0)
		j := b.join(false)
		d, _ := b.DeskView(b.ctx, "ann")
		b.accept0(j)
		waits := b.join(false)
		const nochat = "AAAAAAAAAAAAAAAAAAAAAA"
		nothing := func(name string, want error, f func() error) {
			t.Helper()
			before := b.dump()
			if err := f(); !errors.Is(err, want) {
				t.Fatalf("%s: %v, want %v", name, err, want)
			}
			if after := b.dump(); !maps.Equal(before, after) {
				for _, k := range slices.Sorted(maps.Keys(after)) {
					if before[k] != after[k] {
						t.Errorf("%s changed %s\nfrom %s\nto   %s", name, k, before[k], after[k])
					}
				}
			}
		}
		nothing("drop of a replaced socket", nil, func() error { return b.Drop(b.ctx, j.Chat, "old") })
		nothing("drop of an unknown chat", nil, func() error { return b.Drop(b.ctx, nochat, "s") })
		nothing("resume with another token", ErrNoChat, func() error { _, _, err := b.Resume(b.ctx, j.Chat, nochat, "s2", 0); return err })
		nothing("leave of an unknown chat", nil, func() error { return b.Leave(b.ctx, nochat) })
		nothing("quiet of an unknown chat", ErrNoChat, func() error { return b.Quiet(b.ctx, nochat, true) })
		nothing("confirm of another epoch", ErrStaleEpoch, func() error { return b.Confirm(b.ctx, j.Chat, Youth, "", 1, "t") })
		nothing("confirm by another", ErrNoChat, func() error { return b.Confirm(b.ctx, j.Chat, Counsellor, "bea", 0, "t") })
		nothing("confirm in line", ErrStaleEpoch, func() error { return b.Confirm(b.ctx, waits.Chat, Youth, "", 0, "t") })
		nothing("accept of a dead offer", ErrNoOffer, func() error { _, err := b.Accept(b.ctx, "bea", d.Offer.Offer, "k"); return err })
		nothing("accept of no offer", ErrNoOffer, func() error { _, err := b.Accept(b.ctx, "bea", nochat, "k"); return err })
		nothing("decline of a dead offer", ErrNoOffer, func() error { return b.Decline(b.ctx, "ann", d.Offer.Offer) })
		nothing("take without room", ErrNotNow, func() error { _, err := b.Take(b.ctx, "ann"); return err })
		nothing("take at no desk", ErrNotNow, func() error { _, err := b.Take(b.ctx, "cas"); return err })
		nothing("ready at no desk", ErrNotNow, func() error { return b.SetReady(b.ctx, "cas", 1) })
		nothing("rest at no desk", ErrNotNow, func() error { return b.Rest(b.ctx, "cas") })
		nothing("end by another", ErrNoChat, func() error { return b.End(b.ctx, "bea", j.Chat, ReasonDone) })
		nothing("stop of one in line", ErrNoChat, func() error { return b.End(b.ctx, "ann", waits.Chat, ReasonStopped) })
		nothing("wrap-up of a chat that goes on", ErrNoChat, func() error { return b.Wrapup(b.ctx, "ann", j.Chat, Wrapup{}) })
		nothing("new key by another", ErrNoChat, func() error { _, err := b.ResumeDesk(b.ctx, "bea", j.Chat, "k2", 0); return err })
		nothing("drop of a replaced desk", nil, func() error { return b.DropDesk(b.ctx, "ann", "old") })
		for kind, subject := range map[string]string{"ring": d.Offer.Offer, "held": waits.Chat, "away": j.Chat, "front": j.Chat,
			"linger": j.Chat, "lease": "ann", "grace": "ann", "wrap": "ann:" + j.Chat, "owed": "ann:" + j.Chat, "tomb": j.Chat,
			"offer": d.Offer.Offer, "pass": waits.Chat, "node": "node1"} {
			nothing("early "+kind, nil, func() error { return b.fall(b.ctx, kind, subject) })
		}
	})
}
