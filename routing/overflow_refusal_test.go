package routing

import (
	"errors"
	"strings"
	"testing"
	"time"

	"haven/routing/routingtest"

	"github.com/redis/go-redis/v9"
)

// TestOverflowAsksNobody where the sister line cannot take them at once, or they are not to be asked. It changes nothing.
func TestOverflowAsksNobody(t *testing.T) {
	for name, spoil := range map[string]func(*bench, Joined){
		"without overflow": func(b *bench, _ Joined) { b.cfg.Lines[0].Overflow = 0 },
		"too early":        func(b *bench, j Joined) { b.record(j.Chat, func(r map[string]any) { r["a"] = r["a"].(float64) + 120 }) },
		"no sister":        func(b *bench, _ Joined) { b.cfg.Lines[0].Instead = nil },
		"closed there":     func(b *bench, _ Joined) { b.cfg.Lines[1].Hours = Hours{} },
		"last intake":      func(b *bench, _ Joined) { b.closesSoon(1) },
		"closed here":      func(b *bench, _ Joined) { b.cfg.Lines[0].Hours = Hours{} },
		"for practice":     func(b *bench, _ Joined) { b.cfg.Lines[1].Practice = true },
		"paused": func(b *bench, _ Joined) {
			b.ok(b.rdb.ZAdd(b.ctx, sharedKey(b.cfg.Prefix, "due"), redis.Z{Score: 1e12, Member: "pause:fier"}).Err())
		},
		"at rest":          func(b *bench, _ Joined) { b.ok(b.Rest(b.ctx, "fie")) },
		"her line is down": func(b *bench, _ Joined) { b.ok(b.DropDesk(b.ctx, "fie", "d-fie")) },
		"no room": func(b *bench, _ Joined) {
			b.waitedIn("fier", "nl", 0, false)
			b.accept("fie", "k")
		},
		"it rings there": func(b *bench, _ Joined) { b.waitedIn("fier", "nl", 0, false) },
		"she is theirs as well": func(b *bench, j Joined) {
			b.ok(b.Rest(b.ctx, "fie"))
			_, err := b.Enter(b.ctx, OnDuty{Name: "both", Lines: []string{"jip", "fier"}, Langs: []string{"nl"}}, "d-both")
			b.ok(err)
			b.ok(b.SetReady(b.ctx, "both", 1))
			d, err := b.DeskView(b.ctx, "both")
			b.ok(err)
			b.ok(b.SetReady(b.ctx, "ann", 2)) // so that not everybody was passed over
			b.ok(b.Decline(b.ctx, "both", d.Offer.Offer))
			d, err = b.DeskView(b.ctx, "ann")
			b.ok(err)
			b.ok(b.SetReady(b.ctx, "ann", 1))
			b.wantRings("both", "")
		},
		"another language": func(b *bench, j Joined) {
			b.ok(b.Leave(b.ctx, j.Chat))
			b.waitedIn("jip", "en", time.Hour, false)
			_, err := b.Enter(b.ctx, OnDuty{Name: "gea", Lines: []string{"fier"}, Langs: []string{"en"}}, "d-gea")
			b.ok(err)
			b.ok(b.SetReady(b.ctx, "gea", 1)) // who speaks it, on a line that does not
		},
		"they are away": func(b *bench, j Joined) { b.ok(b.Drop(b.ctx, j.Chat, "s")) },
		"they wait for somebody": func(b *bench, j Joined) {
			b.record(j.Chat, func(r map[string]any) { r["n"] = "ann" })
		},
		"they said no":       func(b *bench, j Joined) { b.overflow(b.ctx); b.answers(j, false); b.overflow(b.ctx) },
		"they were asked":    func(b *bench, j Joined) { b.overflow(b.ctx) },
		"they did not react": func(b *bench, j Joined) { b.overflow(b.ctx); b.lapse(); b.overflow(b.ctx) },
	} {
		t.Run(name, func(t *testing.T) {
			each(t, func(t *testing.T, b *bench) {
				b.overflows()
				b.onLine("fier", "fie", 1)
				j := b.waited(4*time.Minute, false)
				spoil(b, j)
				before := b.asked(j)
				b.same(name, nil, func() error { b.overflow(b.ctx); return nil })
				if after := b.asked(j); after != before || after != "" && name != "they were asked" {
					t.Errorf("they are asked about %q", after)
				}
			})
		})
	}
}

// TestOverflowReadsNoLine: what a look costs grows with those who were asked, not with those who wait.
func TestOverflowReadsNoLine(t *testing.T) {
	rdb, prefix := routingtest.Client(t)
	b := newBench(t, rdb, prefix)
	b.overflows()
	b.cfg.Lines[0].CapPerCounsellor = 10_000
	b.onLine("fier", "fie", 1)
	reads := func() int {
		n := 0
		for line := range strings.SplitSeq(rdb.Info(b.ctx, "commandstats").Val(), "\r\n") {
			for _, cmd := range []string{"hget", "zrangebylex"} {
				if rest, ok := strings.CutPrefix(line, "cmdstat_"+cmd+":calls="); ok {
					calls, _, _ := strings.Cut(rest, ",")
					n += int(asInt64(calls))
				}
			}
		}
		return n
	}
	look := func() int {
		before := reads()
		b.overflow(b.ctx)
		return reads() - before
	}
	for range 3 {
		b.answers0(b.waited(5*time.Minute, false))
	}
	few := look()
	for range 500 {
		b.joinOn("s")
	}
	if many := look(); few == 0 || many > few+5 {
		t.Errorf("%d reads with 3 in line, %d with 503", few, many)
	}
}

// answers0 has somebody asked, who says no.
func (b *bench) answers0(j Joined) {
	b.t.Helper()
	b.overflow(b.ctx)
	b.answers(j, false)
}

// TestOverflowOfNoLine: a chat that is over or never was cannot be answered for.
func TestOverflowOfNoLine(t *testing.T) {
	each(t, func(t *testing.T, b *bench) {
		b.overflows()
		j := b.waited(4*time.Minute, false)
		b.onLine("fier", "fie", 1)
		b.sweep(b.ctx)
		offer := b.view(j.Chat).Handover.Offer
		b.ok(b.Leave(b.ctx, j.Chat))
		for _, yes := range []bool{true, false} {
			for _, chat := range []string{j.Chat, "AAAAAAAAAAAAAAAAAAAAAA"} {
				if err := b.Consent(b.ctx, chat, "s", offer, yes); !errors.Is(err, ErrNoOffer) {
					t.Errorf("%v", err)
				}
			}
		}
		b.sweep(b.ctx)
		if n := b.questions(); n != 0 {
			t.Errorf("%d questions are kept", n)
		}
	})
}
