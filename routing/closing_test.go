package routing

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"testing"
	"time"
)

// monday has jip open from nine to five, with the last intake a quarter of an hour before, on a clock that the test
// moves. fier is always open.
func (b *bench) monday() (at func(clock string)) {
	b.t.Helper()
	l := &b.cfg.Lines[0]
	l.Hours, l.LastIntake = Hours{Week: []Span{{9 * 60, 17 * 60}, {24*60 + 9*60, 24*60 + 17*60}}}, 15*time.Minute
	at = func(clock string) {
		t, err := time.ParseInLocation("2006-01-02 15:04", "2026-11-"+clock, amsterdam)
		b.ok(err)
		b.Router.now = func() time.Time { return t }
	}
	at("23 16:00")
	return at
}

func (b *bench) phase(what, chat string, want Phase, reason string) {
	b.t.Helper()
	if v := b.view(chat); v.Phase != want || v.Reason != reason {
		b.t.Fatalf("%s is %c %q, want %c %q", what, v.Phase, v.Reason, want, reason)
	}
}

// TestNobodyIsSentAwayBeforeTheTimeIsKnown: a node that just started has its own clock, which may be wrong by days.
func TestNobodyIsSentAwayBeforeTheTimeIsKnown(t *testing.T) {
	each(t, func(t *testing.T, b *bench) {
		at := b.monday()
		b.busy()
		j := b.join(false)
		at("26 03:00")
		b.clock.Store(0)
		b.sweep(b.ctx)
		b.phase("in line before the first heartbeat", j.Chat, Waiting, "")
		b.clock.Store(1)
		b.sweep(b.ctx)
		b.phase("in line", j.Chat, Over, ReasonClosed)
	})
}

// TestClosing: who is in line is told so, talks go on, and what rings may still be accepted.
func TestClosing(t *testing.T) {
	each(t, func(t *testing.T, b *bench) {
		at := b.monday()
		b.on("ann", 1)
		b.on("bea", 1)
		talks := b.join(false)
		b.accept0(talks)
		rings := b.join(false)
		b.wantRings("bea", rings.Chat)
		b.cfg.Lines[0].CapPerCounsellor = 100
		var waits []Joined
		for i := range 2*shutMost + 5 {
			waits = append(waits, b.join(i%3 == 0))
		}
		away, late := b.joinOn("s8"), b.joinOn("s9")
		b.ok(b.Drop(b.ctx, away.Chat, "s8"))
		b.ok(b.Drop(b.ctx, late.Chat, "s9"))

		at("23 16:59")
		b.sweep(b.ctx)
		b.phase("before the closing, one in line", waits[0].Chat, Waiting, "")
		at("23 17:00")
		b.sweep(b.ctx)
		for i, w := range waits {
			b.phase(fmt.Sprint("in line ", i), w.Chat, Over, ReasonClosed)
		}
		b.phase("the talk", talks.Chat, Talking, "")
		b.wantRings("bea", rings.Chat)
		b.accept("bea", "k")
		b.phase("what rang", rings.Chat, Talking, "")

		// Whose line was down hears of it on return, once; the place is none any more.
		v, ahead, err := b.Resume(b.ctx, away.Chat, away.Token, "s10", 0)
		b.ok(err)
		if v.Phase != Over || v.Reason != ReasonClosed || v.Line != "jip" || !v.Took || ahead != 0 {
			t.Fatalf("back after the closing: %+v", v)
		}
		if _, _, err := b.Resume(b.ctx, away.Chat, away.Token, "s11", 0); !errors.Is(err, ErrNoChat) {
			t.Fatalf("back twice: %v", err)
		}
		for _, key := range []string{"waiting", "down"} {
			if n := b.rdb.ZLexCount(b.ctx, sharedKey(b.cfg.Prefix, key), "(jip:nl:", "(jip:nl;").Val(); key == "waiting" && n != 0 || key == "down" && n != 1 {
				t.Errorf("%d are %s", n, key)
			}
		}
		at("24 09:00") // where it opened again meanwhile, the place was kept
		v, _, err = b.Resume(b.ctx, late.Chat, late.Token, "s12", 0)
		b.ok(err)
		if v.Phase != Waiting {
			t.Fatalf("back after the opening: %+v", v)
		}
		b.ok(b.End(b.ctx, "ann", talks.Chat, ReasonDone))
	})
}

// TestACodeBehindTheClosing leads to no place in a closed line.
func TestACodeBehindTheClosing(t *testing.T) {
	each(t, func(t *testing.T, b *bench) {
		coded(b)
		at := b.monday()
		b.on("ann", 1)
		b.accept0(b.joinOn("s0"))
		j := b.joinOn("s1")
		words := b.code(j.Chat)
		b.ok(b.Drop(b.ctx, j.Chat, "s1"))
		at("23 17:00")
		b.sweep(b.ctx)
		_, v, err := b.Reenter(b.ctx, words, j.Chat, "pk2", "s2")
		b.ok(err)
		if v.Phase != Over || v.Reason != ReasonClosed {
			t.Fatalf("%+v", v)
		}
		if to, err := b.Recall(b.ctx, words); err != nil || to.Chat != "" {
			t.Fatalf("the code leads to %+v, %v", to, err)
		}
	})
}

// TestWhatRangAtTheClosingAndWasDeclined is told like those in line, unless another has room for it.
func TestWhatRangAtTheClosingAndWasDeclined(t *testing.T) {
	each(t, func(t *testing.T, b *bench) {
		at := b.monday()
		b.on("ann", 1)
		c := b.join(false)
		d, _ := b.DeskView(b.ctx, "ann")
		at("23 17:00")
		b.sweep(b.ctx)
		b.wantRings("ann", c.Chat)
		b.ok(b.Rest(b.ctx, "ann"))
		b.sweep(b.ctx)
		b.phase("what rang", c.Chat, Over, ReasonClosed)
		if _, err := b.Accept(b.ctx, "ann", d.Offer.Offer, "k"); !errors.Is(err, ErrNoOffer) {
			t.Fatal(err)
		}
	})
}

// TestATalkThatBreaksOffAfterTheClosing has its place for as long as somebody is on duty.
func TestATalkThatBreaksOffAfterTheClosing(t *testing.T) {
	each(t, func(t *testing.T, b *bench) {
		at := b.monday()
		b.on("ann", 3)
		first := b.joinOn("s1")
		b.accept("ann", "k")
		second := b.joinOn("s2")
		b.accept("ann", "k")
		lost := b.joinOn("s3")
		b.accept("ann", "k")
		b.on("bea", 1)
		at("23 17:05")
		b.ok(b.Drop(b.ctx, lost.Chat, "s3"))
		b.soon("away")
		b.phase("out of reach", lost.Chat, Lost, ReasonLost)
		b.ok(b.Drop(b.ctx, second.Chat, "s2"))
		b.ok(b.DropDesk(b.ctx, "ann", "d-ann"))
		b.soon("grace")
		b.sweep(b.ctx)
		b.wantRings("bea", first.Chat)
		b.accept("bea", "k")
		v, _, err := b.Resume(b.ctx, second.Chat, second.Token, "s4", 0)
		b.ok(err)
		if v.Phase != Waiting {
			t.Fatalf("back while somebody is on duty: %+v", v)
		}
		b.sweep(b.ctx)
		b.phase("at the front", second.Chat, Waiting, "")
		b.ok(b.Rest(b.ctx, "bea"))
		b.sweep(b.ctx)
		b.phase("nobody is on duty any more", second.Chat, Over, ReasonClosed)
		v, _, err = b.Resume(b.ctx, lost.Chat, lost.Token, "s5", 0)
		b.ok(err)
		if v.Phase != Over || v.Reason != ReasonClosed {
			t.Fatalf("lost, and back after the closing: %+v", v)
		}
		b.phase("the talk", first.Chat, Talking, "")
	})
}

// TestAHandoverWhereTheLineCloses: the first counsellor goes on, whether it waits or rings there.
func TestAHandoverWhereTheLineCloses(t *testing.T) {
	each(t, func(t *testing.T, b *bench) {
		at := b.monday()
		_, err := b.Enter(b.ctx, OnDuty{Name: "fie", Lines: []string{"fier"}, Langs: []string{"nl"}}, "d-fie")
		b.ok(err)
		b.ok(b.SetReady(b.ctx, "fie", 1))
		j, err := b.Join(b.ctx, Join{Line: "fier", Lang: "nl", PK: "pk", Sock: "s"})
		b.ok(err)
		b.accept("fie", "k")
		b.on("ann", 1)
		b.accept0(b.joinOn("s1")) // no room: a handover waits
		offer, err := b.Propose(b.ctx, "fie", j.Chat, To{Line: "jip"}, "")
		b.ok(err)
		b.ok(b.Consent(b.ctx, j.Chat, "s", offer, true))
		at("23 17:00")
		b.sweep(b.ctx)
		v := b.view(j.Chat)
		if v.Phase != Talking || v.Line != "fier" || v.Handover != nil || v.Came != (Came{offer, HandoverNobody}) {
			t.Fatalf("%+v", v)
		}
	})
}

// TestTakesNobody is every way in which a line takes nobody, told apart: closed comes before nobody, nobody before full.
// A refusal changes nothing.
func TestTakesNobody(t *testing.T) {
	type duty func(b *bench)
	none := func(*bench) {}
	rest := func(b *bench) { b.on("ann", 0) }
	busy := func(b *bench) { b.on("ann", 1); b.accept0(b.join(false)) }
	full := func(b *bench) {
		busy(b)
		for range 3 {
			b.join(false)
		}
	}
	holiday := func(b *bench) { b.cfg.Lines[0].Hours.Holidays = &DayHours{} }
	for _, c := range []struct {
		clock      string // of November 2026, the 23rd is a Monday
		what       string
		before, at duty // while the line is open, and then
		reason     string
		opens      string // the next time somebody is let in, where it is closed
		lets       bool
	}{
		{clock: "23 16:00", what: "nobody there", before: none, reason: RefusedNobody},
		{clock: "23 16:00", what: "all at rest", before: rest, reason: RefusedNobody},
		{clock: "23 16:00", what: "room in line", before: busy, lets: true},
		{clock: "23 16:00", what: "no room in line", before: full, reason: RefusedFull},
		{clock: "23 16:00", what: "nobody may wait", before: busy, at: func(b *bench) { b.cfg.Lines[0].CapPerCounsellor = 0 }, reason: RefusedFull},
		{clock: "23 16:44", what: "a minute before the last intake", before: busy, lets: true},
		{clock: "23 16:45", what: "the last intake", before: busy, reason: RefusedClosed, opens: "24 09:00"},
		{clock: "23 16:45", what: "the last intake, and full", before: full, reason: RefusedClosed, opens: "24 09:00"},
		{clock: "23 16:45", what: "the last intake, and nobody", before: none, reason: RefusedClosed, opens: "24 09:00"},
		{clock: "23 17:00", what: "closed", before: busy, reason: RefusedClosed, opens: "24 09:00"},
		{clock: "23 17:00", what: "closed, and full", before: full, reason: RefusedClosed, opens: "24 09:00"},
		{clock: "24 08:59", what: "not open yet", before: rest, reason: RefusedClosed, opens: "24 09:00"},
		{clock: "24 09:00", what: "just open", before: rest, reason: RefusedNobody},
		{clock: "25 12:00", what: "no day of opening", before: rest, reason: RefusedClosed, opens: "30 09:00"},
		{clock: "23 16:00", what: "a dated day off", before: busy, at: func(b *bench) {
			day := time.Date(2026, 11, 23, 0, 0, 0, 0, time.UTC)
			b.cfg.Lines[0].Hours.Except = []Exception{{From: day, To: day}}
		}, reason: RefusedClosed, opens: "24 09:00"},
		{clock: "23 16:50", what: "a dated evening", before: busy, at: func(b *bench) {
			day := time.Date(2026, 11, 23, 0, 0, 0, 0, time.UTC)
			b.cfg.Lines[0].Hours.Except = []Exception{{From: day, To: day, Hours: DayHours{{9 * 60, 20 * 60}}}}
		}, lets: true},
		{clock: "23 16:00", what: "holidays, on a day that is none", before: busy, at: holiday, lets: true},
	} {
		t.Run(c.what, func(t *testing.T) {
			each(t, func(t *testing.T, b *bench) {
				at := b.monday()
				c.before(b)
				if c.at != nil {
					c.at(b)
				}
				at(c.clock)
				before := b.dump()
				_, err := b.Join(b.ctx, Join{Line: "jip", Lang: "nl", PK: "pk", Sock: "s"})
				var no *Refusal
				switch {
				case c.lets && err != nil, !c.lets && (!errors.As(err, &no) || no.Reason != c.reason):
					t.Fatalf("join: %v, want %q", err, c.reason)
				case c.lets:
					return
				}
				if after := b.dump(); !maps.Equal(before, after) {
					t.Errorf("the refusal changed %v to %v", before, after)
				}
				if got := b.Instead("jip"); !slices.Equal(got, []string{"fier"}) {
					t.Errorf("instead: %v", got)
				}
				if c.opens == "" {
					return
				}
				open, opens, closes := b.LineState("jip", b.now())
				if open { // behind the last intake
					_, opens, _ = b.LineState("jip", closes)
				}
				if got := opens.Format("02 15:04"); got != c.opens {
					t.Errorf("opens %s, want %s", got, c.opens)
				}
			})
		})
	}
}
