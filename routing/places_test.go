package routing

import (
	"slices"
	"testing"
	"time"
)

// moved checks which of the first places of fier came from another line.
func (b *bench) moved(what string, want ...string) {
	b.t.Helper()
	ls, err := b.Snapshot(b.ctx)
	b.ok(err)
	var p Places
	b.same(what, nil, func() error { p, err = b.Places(b.ctx, append(ls[1].Heads, "AAAAAAAAAAAAAAAAAAAAAA")); return err })
	slices.Sort(p.Moved)
	slices.Sort(want)
	if !slices.Equal(p.Moved, want) {
		b.t.Fatalf("%s: of %v, %v came from another line, want %v", what, ls[1].Heads, p.Moved, want)
	}
}

// TestMovedPlaces are handovers and those who said yes to another line, and nobody who was always there: whoever left
// that line for a while, or said no to another.
func TestMovedPlaces(t *testing.T) {
	each(t, func(t *testing.T, b *bench) {
		b.overflows()
		b.onLine("fier", "fie", 1)
		b.wantRings("fie", "")
		asked := b.waited(4*time.Minute, false)
		b.sweep(b.ctx)
		rung := b.waitedIn("fier", "nl", 0, false)
		here := b.waitedIn("fier", "nl", 0, false)
		b.wantRings("fie", rung.Chat)
		b.moved("all of this line")
		b.answers(asked, true)
		b.moved("one said yes", asked.Chat)
		leg, err := b.Propose(b.ctx, "ann", b.talksIn("ann"), To{Line: "fier"}, "")
		b.ok(err)
		b.ok(b.Consent(b.ctx, b.talksIn("ann"), "s0", leg, true))
		b.moved("and a handover", asked.Chat, leg)
		b.ok(b.Drop(b.ctx, here.Chat, "s"))
		_, _, err = b.Resume(b.ctx, here.Chat, here.Token, "s", 0)
		b.ok(err)
		b.moved("one is back", asked.Chat, leg)
		b.accept("fie", "k")
		b.ok(b.Keep(b.ctx, "ann", b.talksIn("ann")))
		b.moved("the handover was taken back", asked.Chat)
		if p, err := b.Places(b.ctx, nil); err != nil || len(p.Moved) > 0 {
			t.Errorf("of none: %+v, %v", p, err)
		}
	})
}

// keptFor checks whom a place waits for, and that this is told as it stands.
func (b *bench) keptFor(what, chat, name string) {
	b.t.Helper()
	p, err := b.Places(b.ctx, nil)
	b.ok(err)
	k := p.Kept[chat]
	if k.Name != name || (name != "") != (k.S > 170 && k.S <= 180 && k.Until > 0) {
		b.t.Fatalf("%s: it waits for %+v, want %q", what, k, name)
	}
}

// TestAnyone: a place that waits for one counsellor says so, and at its young person's word rings at whoever is free, at
// its ticket; who came later stays behind.
func TestAnyone(t *testing.T) {
	each(t, func(t *testing.T, b *bench) {
		b.on("ann", 1)
		b.accept0(b.joinOn("s0"))
		forAnn := func() Joined {
			j, err := b.Join(b.ctx, Join{Line: "jip", Lang: "nl", PK: "pk", Sock: "s", Again: true, Prefer: "ann"})
			b.ok(err)
			return j
		}
		waits, later := forAnn(), b.join(false)
		b.keptFor("for her", waits.Chat, "ann")
		b.keptFor("for nobody", later.Chat, "")
		b.on("bea", 1)
		b.wantRings("bea", later.Chat)
		b.accept("bea", "k")
		last := b.join(false)
		b.ok(b.Anyone(b.ctx, waits.Chat, "s"))
		b.keptFor("let go", waits.Chat, "")
		b.ok(b.SetReady(b.ctx, "bea", 2))
		b.wantRings("bea", waits.Chat)
		b.nothing("once more", nil, func() error { return b.Anyone(b.ctx, waits.Chat, "s") })
		b.accept("bea", "k")
		b.holds()

		free := forAnn() // and where somebody is free it rings at once
		b.ok(b.Leave(b.ctx, last.Chat))
		b.ok(b.SetReady(b.ctx, "bea", 3))
		b.wantRings("bea", "")
		b.ok(b.Anyone(b.ctx, free.Chat, "s"))
		b.wantRings("bea", free.Chat)
		b.ok(b.Decline(b.ctx, "bea", b.desk("bea").Offer.Offer))
		b.ok(b.Rest(b.ctx, "bea"))

		b.leads("noor") // a lead may mean somebody again, and that is let go of as well
		b.ok(b.Move(b.ctx, "noor", free.Chat, "", "ann"))
		b.keptFor("moved", free.Chat, "ann")
		b.ok(b.Anyone(b.ctx, free.Chat, "s"))
		b.keptFor("let go again", free.Chat, "")
		b.ok(b.Move(b.ctx, "noor", free.Chat, "", "ann"))
		b.ok(b.Rest(b.ctx, "ann"))
		b.keptFor("she rests", free.Chat, "") // and is anybody's as long
		b.ok(b.SetReady(b.ctx, "ann", 1))
		b.keptFor("she is back", free.Chat, "ann")
		b.soon("prefer")
		b.keptFor("its time is over", free.Chat, "")
		if n := b.rdb.ZCard(b.ctx, sharedKey(b.cfg.Prefix, "kept")).Val(); n != 0 {
			t.Errorf("%d places are kept", n)
		}
		b.holds()
	})
}

// TestAnyoneRefused changes nothing.
func TestAnyoneRefused(t *testing.T) {
	each(t, func(t *testing.T, b *bench) {
		b.on("ann", 1)
		talks := b.joinOn("s")
		b.accept0(talks)
		plain := b.join(false)
		kept, err := b.Join(b.ctx, Join{Line: "jip", Lang: "nl", PK: "pk", Sock: "s", Again: true, Prefer: "ann"})
		b.ok(err)
		over, err := b.Join(b.ctx, Join{Line: "jip", Lang: "nl", PK: "pk", Sock: "s", Again: true, Prefer: "ann"})
		b.ok(err)
		b.ok(b.Leave(b.ctx, over.Chat))
		for what, chat := range map[string]string{"talked in": talks.Chat, "anybody's": plain.Chat, "over": over.Chat, "unknown": "AAAAAAAAAAAAAAAAAAAAAA"} {
			b.nothing(what, ErrNotNow, func() error { return b.Anyone(b.ctx, chat, "s") })
		}
		b.nothing("an older socket", ErrNotNow, func() error { return b.Anyone(b.ctx, kept.Chat, "old") })
		b.ok(b.Drop(b.ctx, kept.Chat, "s"))
		b.nothing("a line that is down", ErrNotNow, func() error { return b.Anyone(b.ctx, kept.Chat, "s") })
		b.nothing("its deadline, early", nil, func() error { return b.fall(b.ctx, "prefer", kept.Chat) })
	})
}
