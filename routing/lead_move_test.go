package routing

import (
	"errors"
	"testing"

	"github.com/redis/go-redis/v9"
)

func TestMoveToACounsellor(t *testing.T) {
	each(t, func(t *testing.T, b *bench) {
		b.leads("noor")
		b.on("ann", 1)
		b.on("bea", 1)
		b.onLine("fier", "cas", 1)
		talks := b.join(false)
		b.accept("ann", "k")
		rings := b.join(false)
		b.wantRings("bea", rings.Chat)
		waits := b.join(false)
		const nochat = "AAAAAAAAAAAAAAAAAAAAAA"
		to := func(who, chat, line, name string) func() error {
			return func() error { return b.Move(b.ctx, who, chat, line, name) }
		}
		b.nothing("by no lead", ErrNotNow, to("ann", waits.Chat, "", "ann"))
		b.nothing("at no desk", ErrNotNow, to("olga", waits.Chat, "", "ann"))
		b.nothing("no chat", ErrNoChat, to("noor", nochat, "", "ann"))
		b.nothing("a chat that is talked in", ErrNoChat, to("noor", talks.Chat, "", "bea"))
		b.nothing("one that rings", ErrNotNow, to("noor", rings.Chat, "", "ann"))
		b.nothing("to nobody", ErrNotNow, to("noor", waits.Chat, "", "dan"))
		b.nothing("to a lead at rest", ErrNotNow, to("noor", waits.Chat, "", "noor"))
		b.nothing("to one of another line", ErrNotNow, to("noor", waits.Chat, "", "cas"))
		_, err := b.Enter(b.ctx, OnDuty{Name: "eva", Lines: []string{"jip"}, Langs: []string{"en"}}, "d-eva")
		b.ok(err)
		b.ok(b.SetReady(b.ctx, "eva", 1))
		b.nothing("to one of another language", ErrNotNow, to("noor", waits.Chat, "", "eva"))
		theirs, err := b.Join(b.ctx, Join{Line: "fier", PK: "pk", Sock: "s"})
		b.ok(err)
		b.accept("cas", "k")
		theirs, err = b.Join(b.ctx, Join{Line: "fier", PK: "pk", Sock: "s"})
		b.ok(err)
		b.nothing("a chat of another's line", ErrNoChat, to("noor", theirs.Chat, "", "cas"))

		b.ok(b.Move(b.ctx, "noor", waits.Chat, "", "ann"))
		h, err := b.Health(b.ctx, map[string]bool{"jip": true})
		b.ok(err)
		if q := h[0].Queue; len(q) != 1 || q[0].Kept != "ann" {
			t.Fatalf("%+v", q)
		}
		b.accept("bea", "k")
		b.ok(b.SetReady(b.ctx, "bea", 2))
		b.wantRings("bea", "") // it is Ann's for a while
		b.ok(b.SetReady(b.ctx, "ann", 2))
		b.wantRings("ann", waits.Chat)
		b.ok(b.SetReady(b.ctx, "ann", 1))
		b.wantRings("bea", "") // still
		b.soon("prefer")
		b.wantRings("bea", waits.Chat)
		b.ok(b.Decline(b.ctx, "bea", b.desk("bea").Offer.Offer))
		b.wantRings("bea", "")
		b.ok(b.Move(b.ctx, "noor", waits.Chat, "", "bea")) // who declined it, and is meant now
		b.wantRings("bea", waits.Chat)
		b.ok(b.Decline(b.ctx, "bea", b.desk("bea").Offer.Offer))
		b.ok(b.Rest(b.ctx, "ann"))
		b.nothing("to somebody at rest", ErrNotNow, to("noor", waits.Chat, "", "ann"))
		b.holds()
	})
}

func TestMoveToALine(t *testing.T) {
	each(t, func(t *testing.T, b *bench) {
		b.leads("noor")
		b.on("ann", 1)
		b.accept0(b.join(false))
		waits, away := b.join(false), b.join(false)
		b.ok(b.Drop(b.ctx, away.Chat, "s"))
		to := func(chat, line string) func() error {
			return func() error { return b.Move(b.ctx, "noor", chat, line, "") }
		}
		b.nothing("where nobody is", ErrNotNow, to(waits.Chat, "fier"))
		b.onLine("fier", "cas", 0)
		b.ok(b.Rest(b.ctx, "cas"))
		b.nothing("where all rest", ErrNotNow, to(waits.Chat, "fier"))
		b.ok(b.SetReady(b.ctx, "cas", 1))
		b.nothing("to its own line", ErrNotNow, to(waits.Chat, "jip"))
		b.nothing("to a closed line", ErrNotNow, to(waits.Chat, "shut"))
		b.nothing("to no line", ErrNotNow, to(waits.Chat, "none"))
		b.nothing("of one who is away", ErrNotNow, to(away.Chat, "fier"))
		b.lines["fier"].Practice = true
		b.nothing("to a line for practice", ErrNotNow, to(waits.Chat, "fier"))
		b.lines["fier"].Practice = false

		b.ok(b.Move(b.ctx, "noor", waits.Chat, "fier", ""))
		v := b.view(waits.Chat)
		if v.Phase != Waiting || v.Line != "jip" || v.Handover == nil || v.Handover.Line != "fier" || v.Handover.Name != "" {
			t.Fatalf("%+v %+v", v, v.Handover)
		}
		b.wantRings("cas", "") // not before they said yes
		b.nothing("asked again", nil, to(waits.Chat, "fier"))
		h, err := b.Health(b.ctx, map[string]bool{"jip": true})
		b.ok(err)
		if q := h[0].Queue; len(q) != 2 || q[0].Asked != "fier" {
			t.Fatalf("%+v", q)
		}
		b.ok(b.Consent(b.ctx, waits.Chat, "s", v.Handover.Offer, true))
		b.wantRings("cas", waits.Chat)
		if v = b.view(waits.Chat); v.Line != "fier" || v.Handover != nil {
			t.Fatalf("%+v", v)
		}
		second := b.join(false)
		b.ok(b.Move(b.ctx, "noor", second.Chat, "fier", ""))
		b.ok(b.Consent(b.ctx, second.Chat, "s", b.view(second.Chat).Handover.Offer, false))
		if v = b.view(second.Chat); v.Line != "jip" || v.Phase != Waiting || v.Handover != nil {
			t.Fatalf("%+v", v)
		}
		b.nothing("after a no", ErrNotNow, to(second.Chat, "fier"))
		third := b.join(false)
		b.ok(b.Move(b.ctx, "noor", third.Chat, "fier", ""))
		b.sweep(b.ctx)
		offer := b.view(third.Chat).Handover.Offer
		b.ok(b.rdb.ZAdd(b.ctx, sharedKey(b.cfg.Prefix, "asked"), redis.Z{Score: 1, Member: "fier:nl:" + third.Chat + ":" + offer}).Err())
		b.sweep(b.ctx) // who does not answer for long is asked no more
		if v = b.view(third.Chat); v.Line != "jip" || v.Phase != Waiting || v.Handover != nil {
			t.Fatalf("%+v", v)
		}
		if n := b.rdb.ZCard(b.ctx, sharedKey(b.cfg.Prefix, "asked")).Val(); n != 0 {
			t.Fatalf("%d questions are left", n)
		}
		b.nothing("after no answer", ErrNotNow, to(third.Chat, "fier"))
		b.holds()
	})
}

// Nobody goes from a line for practice to one that is not, or the other way.
func TestPracticeStaysApart(t *testing.T) {
	each(t, func(t *testing.T, b *bench) {
		chat := b.talk()
		b.onLine("fier", "Bea", 1)
		b.lines["fier"].Practice = true
		for _, to := range []To{{Line: "fier"}, {Name: "Bea"}} {
			if _, err := b.Propose(b.ctx, "Ann", chat, to, ""); !errors.Is(err, ErrNobody) {
				t.Fatalf("%+v: %v", to, err)
			}
			b.lines["fier"].Practice, b.lines["jip"].Practice = false, true
			if _, err := b.Propose(b.ctx, "Ann", chat, to, ""); !errors.Is(err, ErrNobody) {
				t.Fatalf("%+v: %v", to, err)
			}
			b.lines["fier"].Practice = true
			b.propose(chat, to)
			b.ok(b.Keep(b.ctx, "Ann", chat))
			b.lines["jip"].Practice = false
		}
	})
}

// A handover that waits is counted with those in line, and is no place that a lead could move.
func TestHealthNamesNoHandover(t *testing.T) {
	each(t, func(t *testing.T, b *bench) {
		b.leads("noor")
		_, err := b.Enter(b.ctx, OnDuty{Name: "olga", Lines: []string{"fier"}, Langs: []string{"nl"}, Lead: true}, "d-olga")
		b.ok(err)
		b.onLine("fier", "Bea", 1)
		_, err = b.Join(b.ctx, Join{Line: "fier", Lang: "nl", PK: "pk", Sock: "s9"})
		b.ok(err)
		b.accept("Bea", "k")
		chat := b.talk()
		leg := b.agrees(chat)
		h, err := b.Health(b.ctx, map[string]bool{"fier": true})
		b.ok(err)
		if h[0].Waiting != 1 || h[0].Queue != nil {
			t.Fatalf("%+v", h)
		}
		b.nothing("a handover", ErrNoChat, func() error { return b.Move(b.ctx, "olga", leg, "", "Bea") })
		b.nothing("a chat that is handed over", ErrNoChat, func() error { return b.Move(b.ctx, "noor", chat, "", "Ann") })
	})
}
