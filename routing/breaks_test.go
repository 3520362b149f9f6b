package routing

import (
	"errors"
	"maps"
	"reflect"
	"slices"
	"testing"
	"time"

	"haven/routing/routingtest"

	"github.com/redis/go-redis/v9"
)

// nothing says that what is refused leaves every key as it was.
func (b *bench) nothing(what string, want error, f func() error) {
	b.t.Helper()
	before := b.dump()
	if err := f(); !errors.Is(err, want) {
		b.t.Fatalf("%s: %v, want %v", what, err, want)
	}
	after := b.dump()
	for _, k := range slices.Sorted(maps.Keys(after)) {
		if before[k] != after[k] {
			b.t.Fatalf("%s changed %s\nfrom %s\nto   %s", what, k, before[k], after[k])
		}
	}
	if len(before) != len(after) {
		b.t.Fatalf("%s took a key away", what)
	}
}

// holds says that everything fits together, room and free with the breathers.
func (b *bench) holds() {
	b.t.Helper()
	if err := b.read().check(); err != nil {
		b.t.Fatal(err)
	}
}

func (b *bench) desk(name string) DeskView {
	b.t.Helper()
	v, err := b.DeskView(b.ctx, name)
	b.ok(err)
	return v
}

// heavy has a counsellor end a chat and mark it as heavy.
func (b *bench) heavy(name, chat string) {
	b.t.Helper()
	b.ok(b.End(b.ctx, name, chat, ReasonStopped))
	b.ok(b.Wrapup(b.ctx, name, chat, Wrapup{Heavy: true}))
}

func TestOnDuty(t *testing.T) {
	each(t, func(t *testing.T, b *bench) {
		is := func(want map[string][]string) {
			t.Helper()
			if got, err := b.OnDuty(b.ctx); err != nil || !reflect.DeepEqual(got, want) {
				t.Fatalf("%v, %v, want %v", got, err, want)
			}
		}
		is(map[string][]string{})
		b.on("ann", 1)
		b.on("bea", 1)
		b.nothing("look who is on duty", nil, func() error { _, err := b.OnDuty(b.ctx); return err })
		is(map[string][]string{"ann": {"jip"}, "bea": {"jip"}})
		b.join(false)
		b.join(false) // full is there, too
		is(map[string][]string{"ann": {"jip"}, "bea": {"jip"}})
		b.ok(b.Rest(b.ctx, "bea"))
		is(map[string][]string{"ann": {"jip"}})
	})
}

func TestBreather(t *testing.T) {
	each(t, func(t *testing.T, b *bench) {
		b.on("ann", 3)
		talks, ends := b.join(false), Joined{}
		b.accept("ann", "k")
		ends = b.join(false)
		b.accept("ann", "k")
		rings := b.join(false)
		b.wantRings("ann", rings.Chat)
		b.heavy("ann", ends.Chat)
		b.wantRings("ann", "")
		d := b.desk("ann")
		if d.State != StateBusy || d.Breather.LeftS < 299 || d.Breather.LeftS > 301 || len(d.Chats) != 1 || d.Chats[0].Chat != talks.Chat {
			t.Fatalf("in a breather: %+v", d)
		}
		if rest, ready, busy, err := b.CounsellorStates(b.ctx); err != nil || rest != 0 || ready != 0 || busy != 1 {
			t.Fatal(rest, ready, busy, err)
		}
		lines, err := b.Snapshot(b.ctx)
		b.ok(err)
		if lines[0].OnDuty != 1 { // she is there, and who comes is not told that nobody is
			t.Fatalf("%+v", lines[0])
		}
		b.holds()
		b.join(false)
		b.sweep(b.ctx)
		b.wantRings("ann", "")
		b.nothing("early end", nil, func() error { return b.fall(b.ctx, "breath", "ann") })

		// She may take somebody all the same, and has no more room than she said.
		o, err := b.Take(b.ctx, "ann")
		b.ok(err)
		if o.Chat != rings.Chat {
			t.Fatalf("take gave %+v", o)
		}
		b.holds()
		b.ok(b.Decline(b.ctx, "ann", o.Offer))
		b.wantRings("ann", "")
		b.ok(b.rdb.ZAdd(b.ctx, sharedKey(b.cfg.Prefix, "due"), redis.Z{Score: 1, Member: "breath:ann"}).Err())
		b.ok(b.fall(b.ctx, "breath", "ann"))
		if b.rings("ann") == "" || b.desk("ann").Breather != (Moment{}) {
			t.Fatalf("after it: %+v", b.desk("ann"))
		}
		b.holds()
		b.nothing("late end", nil, func() error { return b.fall(b.ctx, "breath", "ann") })
	})
}

func TestBreatherEndsEarly(t *testing.T) {
	each(t, func(t *testing.T, b *bench) {
		in := func() string {
			t.Helper()
			b.on("ann", 2)
			chat := b.join(false).Chat
			if b.rings("ann") != chat {
				t.Fatal("nobody is rung")
			}
			b.accept("ann", "k")
			b.heavy("ann", chat)
			if b.desk("ann").Breather.At == 0 {
				t.Fatal("no breather")
			}
			return chat
		}
		gone := func(what string) {
			t.Helper()
			if d := b.desk("ann"); d.Breather != (Moment{}) {
				t.Fatalf("%s: %+v", what, d)
			}
			if slices.Contains(b.read().zsets["due"], "breath:ann") {
				t.Fatalf("%s leaves the deadline", what)
			}
			b.holds()
		}
		chat := in()
		before := b.desk("ann").Breather
		b.ok(b.Wrapup(b.ctx, "ann", chat, Wrapup{Heavy: true})) // given before: it begins nothing
		if b.desk("ann").Breather.At != before.At {
			t.Fatal("a repeated wrap-up began another")
		}
		waits := b.join(false)
		b.wantRings("ann", "")
		b.ok(b.SetReady(b.ctx, "ann", 2))
		gone("ready")
		b.wantRings("ann", waits.Chat)
		b.ok(b.Leave(b.ctx, waits.Chat))

		in()
		b.ok(b.Rest(b.ctx, "ann"))
		gone("rest")
		in()
		b.ok(b.DropDesk(b.ctx, "ann", "d-ann"))
		if b.desk("ann").Breather.At == 0 {
			t.Fatal("the breather is lost with a line that drops")
		}
		b.holds()
		b.soon("grace")
		gone("leaving")

		// At rest nobody rings, so that there is nothing to begin; nor where the deployment has no breathers.
		b.on("ann", 1)
		chat = b.join(false).Chat
		b.accept("ann", "k")
		b.ok(b.Rest(b.ctx, "ann"))
		b.heavy("ann", chat)
		gone("a wrap-up at rest")
		b.on("ann", 1)
		chat = b.join(false).Chat
		b.accept("ann", "k")
		b.cfg.Durations.Breather = 0
		b.heavy("ann", chat)
		gone("none")
	})
}

func TestLastIntakeOfAShift(t *testing.T) {
	each(t, func(t *testing.T, b *bench) {
		b.on("ann", 0)
		b.nothing("at no desk", ErrNotNow, func() error { return b.SetReadyFor(b.ctx, "bea", 1, time.Hour) })
		b.ok(b.SetReadyFor(b.ctx, "ann", 2, 90*time.Minute))
		if d := b.desk("ann"); d.State != StateReady || d.Shift.LeftS < 5399 || d.Shift.LeftS > 5401 {
			t.Fatalf("%+v", d)
		}
		first := b.desk("ann").Shift
		b.ok(b.SetReadyFor(b.ctx, "ann", 2, time.Hour))
		if d := b.desk("ann"); d.Shift.At == first.At {
			t.Fatalf("another end: %+v", d)
		}
		b.ok(b.SetReady(b.ctx, "ann", 2))
		if d := b.desk("ann"); d.Shift != (Moment{}) || slices.Contains(b.read().zsets["due"], "shift:ann") {
			t.Fatalf("ready without an end keeps one: %+v", d)
		}
		b.ok(b.SetReadyFor(b.ctx, "ann", 2, time.Hour))
		b.nothing("early", nil, func() error { return b.fall(b.ctx, "shift", "ann") })
		talks := b.join(false)
		b.accept("ann", "k")
		rings := b.join(false)
		b.soon("shift")
		d := b.desk("ann")
		if d.State != StateRest || d.Shift != (Moment{}) || d.Offer != nil || len(d.Chats) != 1 || d.Chats[0].Chat != talks.Chat {
			t.Fatalf("after the last intake: %+v", d)
		}
		if v := b.view(rings.Chat); v.Phase != Waiting {
			t.Fatalf("%+v", v)
		}
		b.holds()
		b.nothing("late", nil, func() error { return b.fall(b.ctx, "shift", "ann") })
		b.ok(b.SetReadyFor(b.ctx, "ann", 2, time.Hour))
		b.wantRings("ann", rings.Chat)
		b.soon("ring") // a missed ring sets her to rest
		if d := b.desk("ann"); d.State != StateRest || d.Shift != (Moment{}) {
			t.Fatalf("%+v", d)
		}
		b.ok(b.SetReadyFor(b.ctx, "ann", 2, time.Hour))
		b.ok(b.DropDesk(b.ctx, "ann", "d-ann"))
		if b.desk("ann").Shift.At == 0 {
			t.Fatal("lost with a line that drops")
		}
		b.soon("grace")
		if slices.Contains(b.read().zsets["due"], "shift:ann") {
			t.Fatal("a deadline is left of who is gone")
		}
	})
}

// The node that has her desk knows what the store forgot, on a clock that nobody sets.
func TestBreaksSurviveAnEmptyStore(t *testing.T) {
	b := newBench(t, routingtest.Mini(t), "mini")
	b.on("ann", 1)
	chat := b.join(false).Chat
	b.accept("ann", "k")
	b.ok(b.SetReadyFor(b.ctx, "ann", 2, time.Hour))
	b.heavy("ann", chat)
	forget := func() {
		t.Helper()
		b.ok(b.rdb.Del(b.ctx, b.keys...).Err())
		b.ok(b.Renew(b.ctx, []string{"ann"}))
	}
	forget()
	if d := b.desk("ann"); d.State != StateBusy || d.Capacity != 2 || d.Breather.LeftS < 295 || d.Shift.LeftS < 3590 || d.Shift.LeftS > 3601 {
		t.Fatalf("%+v", d)
	}
	b.ends("ann", func(l *localDesk) { l.breath = time.Now() })
	forget()
	if d := b.desk("ann"); d.State != StateReady || d.Breather != (Moment{}) || d.Shift.At == 0 {
		t.Fatalf("a breather that was over: %+v", d)
	}
	b.ends("ann", func(l *localDesk) { l.shift = time.Now() })
	forget()
	if d := b.desk("ann"); d.State != StateRest || d.Shift != (Moment{}) {
		t.Fatalf("a shift that was over: %+v", d)
	}
	b.ok(b.SetReady(b.ctx, "ann", 1))
	forget()
	if d := b.desk("ann"); d.State != StateReady || d.Shift != (Moment{}) {
		t.Fatalf("ready without an end: %+v", d)
	}
}
