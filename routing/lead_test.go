package routing

import (
	"errors"
	"reflect"
	"slices"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"
)

// leads opens the desk of a lead of jip.
func (b *bench) leads(name string) {
	b.t.Helper()
	_, err := b.Enter(b.ctx, OnDuty{Name: name, Lines: []string{"jip"}, Langs: []string{"nl"}, Lead: true}, "d-"+name)
	b.ok(err)
}

func (b *bench) hears(lead string, want ...Call) {
	b.t.Helper()
	if d := b.desk(lead); !slices.Equal(d.Calls, want) {
		b.t.Fatalf("%s hears %+v, want %+v", lead, d.Calls, want)
	}
}

func (b *bench) calling(name, state, comes string) {
	b.t.Helper()
	if d := b.desk(name); d.Call != state || d.Comes != comes {
		b.t.Fatalf("the call of %s is %q by %q, want %q by %q", name, d.Call, d.Comes, state, comes)
	}
}

func TestCallForTheLead(t *testing.T) {
	each(t, func(t *testing.T, b *bench) {
		b.on("ann", 1)
		b.on("bea", 0)
		b.nothing("call at no desk", ErrNotNow, func() error { return b.Call(b.ctx, "cas", true, "") })
		b.nothing("call on another's line", ErrNotNow, func() error { return b.Call(b.ctx, "ann", true, "fier") })
		b.nothing("come to nobody", ErrNotNow, func() error { return b.Come(b.ctx, "bea", "ann") })
		b.ok(b.Call(b.ctx, "ann", true, "jip"))
		b.calling("ann", CallNobody, "")
		b.nothing("come by no lead", ErrNotNow, func() error { return b.Come(b.ctx, "bea", "ann") })
		if d := b.desk("bea"); d.Lead || d.Calls != nil {
			t.Fatalf("no lead, and hears: %+v", d)
		}

		b.leads("noor") // at another time, on whatever node
		b.calling("ann", CallCalling, "")
		b.hears("noor", Call{Name: "ann", Line: "jip"})
		b.nothing("call repeated", nil, func() error { return b.Call(b.ctx, "ann", true, "jip") })
		b.ok(b.Call(b.ctx, "bea", true, ""))
		b.hears("noor", Call{Name: "ann", Line: "jip"}, Call{Name: "bea"})
		b.ok(b.Call(b.ctx, "ann", true, "")) // says another thing, and keeps her place
		b.hears("noor", Call{Name: "ann"}, Call{Name: "bea"})

		b.nothing("come to one who does not call", ErrNotNow, func() error { return b.Come(b.ctx, "noor", "cas") })
		b.nothing("come to herself", ErrNotNow, func() error { return b.Come(b.ctx, "noor", "noor") })
		b.ok(b.Come(b.ctx, "noor", "ann"))
		b.calling("ann", CallComing, "noor")
		b.leads("olga")
		b.hears("olga", Call{Name: "ann", Coming: "noor"}, Call{Name: "bea"})
		b.nothing("two leads for one", ErrNotNow, func() error { return b.Come(b.ctx, "olga", "ann") })
		b.nothing("come repeated", nil, func() error { return b.Come(b.ctx, "noor", "ann") })

		// The lead who came is gone: another may come. To whom another came she still comes.
		b.ok(b.Come(b.ctx, "olga", "bea"))
		b.ok(b.DropDesk(b.ctx, "noor", "d-noor"))
		b.soon("grace")
		b.calling("ann", CallCalling, "")
		b.hears("olga", Call{Name: "ann"}, Call{Name: "bea", Coming: "olga"})
		b.nothing("come by who left", ErrNotNow, func() error { return b.Come(b.ctx, "noor", "ann") })

		b.nothing("early end of a call", nil, func() error { return b.fall(b.ctx, "call", "ann") })
		b.ok(b.Call(b.ctx, "ann", false, ""))
		b.calling("ann", "", "")
		b.nothing("nothing to take back", nil, func() error { return b.Call(b.ctx, "ann", false, "") })
		b.hears("olga", Call{Name: "bea", Coming: "olga"})
		b.soon("call")
		b.calling("bea", "", "")
		b.hears("olga")
		b.ok(b.Call(b.ctx, "ann", true, ""))
		b.ok(b.DropDesk(b.ctx, "ann", "d-ann"))
		b.hears("olga", Call{Name: "ann"}) // she may be back in a moment
		b.soon("grace")
		b.hears("olga")
		if slices.Contains(b.read().zsets["due"], "call:ann") {
			t.Fatal("the deadline of a call is left")
		}

		// A lead may call another, and is not the one who hears her.
		b.ok(b.Call(b.ctx, "olga", true, ""))
		b.calling("olga", CallNobody, "")
		b.hears("olga")
		b.nothing("come to her own call", ErrNotNow, func() error { return b.Come(b.ctx, "olga", "olga") })
		if got := b.rdb.ZRange(b.ctx, sharedKey(b.cfg.Prefix, "help"), 0, -1).Val(); !slices.Equal(got, []string{"c:olga", "l:olga"}) {
			t.Fatalf("calls that are over are left: %v", got)
		}
		_, err := b.Enter(b.ctx, OnDuty{Name: "olga", Lines: []string{"jip"}, Langs: []string{"nl"}}, "d2") // no lead any more
		b.ok(err)
		b.ok(b.Call(b.ctx, "bea", true, ""))
		b.calling("bea", CallNobody, "")
		b.nothing("come by who is no lead any more", ErrNotNow, func() error { return b.Come(b.ctx, "olga", "bea") })
	})
}

// The desks whom a call concerns are woken, and no other.
func TestCallWakes(t *testing.T) {
	each(t, func(t *testing.T, b *bench) {
		b.on("ann", 0)
		b.on("bea", 0)
		b.leads("noor")
		sub := b.rdb.Subscribe(b.ctx, nodeChannel(b.cfg.Prefix, "node1"))
		defer sub.Close()
		_, err := sub.Receive(b.ctx)
		b.ok(err)
		woken := func(want ...string) {
			t.Helper()
			b.ok(b.rdb.Publish(b.ctx, nodeChannel(b.cfg.Prefix, "node1"), "end").Err())
			var got []string
			for {
				m, err := sub.ReceiveMessage(b.ctx)
				b.ok(err)
				if m.Payload == "end" {
					break
				}
				got = append(got, m.Payload)
			}
			slices.Sort(got)
			if !slices.Equal(got, want) {
				t.Fatalf("woke %v, want %v", got, want)
			}
		}
		b.ok(b.Call(b.ctx, "ann", true, ""))
		woken("dann", "dnoor")
		b.ok(b.Come(b.ctx, "noor", "ann"))
		woken("dann", "dnoor")
		b.ok(b.DropDesk(b.ctx, "noor", "d-noor"))
		woken("dann")
		b.ok(b.Call(b.ctx, "ann", false, ""))
		woken("dann")
	})
}

func TestPause(t *testing.T) {
	each(t, func(t *testing.T, b *bench) {
		now := time.Date(2026, 11, 24, 12, 0, 0, 0, Amsterdam())
		b.now = func() time.Time { return now }
		b.leads("noor")
		b.on("ann", 1)
		b.accept0(b.join(false))
		waits := b.join(false)
		b.nothing("pause by no lead", ErrNotNow, func() error { return b.Pause(b.ctx, "ann", "jip", true) })
		b.nothing("pause at no desk", ErrNotNow, func() error { return b.Pause(b.ctx, "cas", "jip", true) })
		b.nothing("pause of another's line", ErrNotNow, func() error { return b.Pause(b.ctx, "noor", "fier", true) })
		b.nothing("pause of no line", ErrNotNow, func() error { return b.Pause(b.ctx, "noor", "none", true) })
		b.nothing("pause of a closed line", ErrNotNow, func() error { return b.Pause(b.ctx, "noor", "shut", true) })
		b.ok(b.Pause(b.ctx, "noor", "jip", true))
		b.nothing("paused again", nil, func() error { return b.Pause(b.ctx, "noor", "jip", true) })
		refused := func(want string) {
			t.Helper()
			var r *Refusal
			b.nothing("join", nil, func() error {
				if _, err := b.Join(b.ctx, Join{Line: "jip", PK: "pk", Sock: "s"}); !errors.As(err, &r) || r.Reason != want {
					t.Fatalf("join: %v, want %s", err, want)
				}
				return nil
			})
		}
		refused(RefusedClosed) // by the script: nobody on this node has looked at the lines yet
		paused := func(want bool) {
			t.Helper()
			lines, err := b.Snapshot(b.ctx)
			b.ok(err)
			if l := lines[0]; l.Paused != want || !l.Open || l.OnDuty != 1 {
				t.Fatalf("%+v", l)
			}
			if b.intake(b.lines["jip"]) == want {
				t.Fatalf("takes somebody: %v", !want)
			}
		}
		paused(true)
		refused(RefusedClosed)
		b.sweep(b.ctx) // a paused line is not a closed one: nobody is sent away
		if v := b.view(waits.Chat); v.Phase != Waiting {
			t.Fatalf("%+v", v)
		}
		b.ok(b.SetReady(b.ctx, "ann", 2))
		b.wantRings("ann", waits.Chat) // and they are served
		b.nothing("early end of a pause", nil, func() error { return b.fall(b.ctx, "pause", "jip") })
		b.nothing("going on by no lead", ErrNotNow, func() error { return b.Pause(b.ctx, "ann", "jip", false) })
		b.ok(b.Pause(b.ctx, "noor", "jip", false))
		paused(false)
		b.join(false)
		b.nothing("nothing to end", nil, func() error { return b.Pause(b.ctx, "noor", "jip", false) })

		// A pause that nobody thinks of ends by itself.
		ends := func(want time.Duration) {
			t.Helper()
			b.ok(b.Pause(b.ctx, "noor", "jip", true))
			at, err := b.rdb.ZScore(b.ctx, sharedKey(b.cfg.Prefix, "due"), "pause:jip").Result()
			b.ok(err)
			if left := time.Duration(at-float64(time.Now().Unix())) * time.Second; left < want-2*time.Second || left > want+2*time.Second {
				t.Fatalf("ends in %v, want %v", left, want)
			}
		}
		ends(pauseFor)
		ahead := redis.Z{Score: float64(time.Now().Unix() + 60), Member: "pause:jip"}
		b.ok(b.rdb.ZAdd(b.ctx, sharedKey(b.cfg.Prefix, "due"), ahead).Err())
		b.nothing("paused again later", nil, func() error { return b.Pause(b.ctx, "noor", "jip", true) })
		b.soon("pause")
		paused(false)
		b.lines["jip"].Hours = Hours{Week: []Span{{24*60 + 9*60, 24*60 + 13*60}}} // on Tuesdays until one
		ends(time.Hour)
		b.ok(b.Pause(b.ctx, "noor", "jip", false))
		b.lines["jip"].Hours = Hours{}
		b.nothing("pause of a line of hers that is closed", ErrNotNow, func() error { return b.Pause(b.ctx, "noor", "jip", true) })
	})
}

func TestHealth(t *testing.T) {
	each(t, func(t *testing.T, b *bench) {
		b.on("ann", 3)
		talks := b.join(false)
		b.accept0(talks)
		b.ok(b.SetReady(b.ctx, "ann", 1))
		first, away := b.join(false), b.join(false)
		urgent, err := b.Join(b.ctx, Join{Line: "jip", Lang: "en", Urgent: true, PK: "pk", Sock: "s"})
		b.ok(err)
		b.ok(b.Drop(b.ctx, away.Chat, "s"))
		b.onLine("fier", "bea", 2)
		b.leads("noor")
		b.ok(b.Pause(b.ctx, "noor", "jip", true))
		want := []HealthLine{{Line: "jip", Paused: true, OnDuty: 1, Waiting: 2, Talking: 1, Held: 1, Queue: []QueuePlace{
			{Chat: urgent.Chat, Lang: "en", Urgent: true}, {Chat: first.Chat, Lang: "nl"}, {Chat: away.Chat, Lang: "nl", Down: true},
		}}}
		got, err := b.Health(b.ctx, map[string]bool{"jip": true})
		b.ok(err)
		clear0(got)
		if !reflect.DeepEqual(got, want) {
			t.Fatalf("%+v\nwant %+v", got, want)
		}
		if got, err = b.Health(b.ctx, map[string]bool{"fier": true, "none": true}); err != nil || len(got) != 1 || got[0].Free != 2 || got[0].OnDuty != 1 || got[0].Queue != nil {
			t.Fatalf("%+v, %v", got, err)
		}
		if got, err = b.Health(b.ctx, nil); err != nil || got != nil {
			t.Fatalf("%+v, %v", got, err)
		}
		down := func(want int) {
			t.Helper()
			if n := b.rdb.ZCard(b.ctx, sharedKey(b.cfg.Prefix, "down")).Val(); n != int64(want) {
				t.Fatalf("%d are down, want %d", n, want)
			}
		}
		down(1)
		_, _, err = b.Resume(b.ctx, away.Chat, away.Token, "s2", 0)
		b.ok(err)
		down(0)
		b.ok(b.Drop(b.ctx, away.Chat, "s2"))
		b.ok(b.Drop(b.ctx, first.Chat, "s"))
		down(2)
		b.ok(b.Leave(b.ctx, first.Chat))
		b.soon("held")
		down(0)

		// Both lines of a conversation are down, and hers stays so.
		b.ok(b.Drop(b.ctx, talks.Chat, "s"))
		b.ok(b.DropDesk(b.ctx, "ann", "d-ann"))
		b.soon("grace")
		down(1)
		b.holds()
		_, _, err = b.Resume(b.ctx, talks.Chat, talks.Token, "s2", 0)
		b.ok(err)
		down(0)
	})
}

// clear0 takes out the ages, which the clock may have moved by a second.
func clear0(all []HealthLine) {
	for i := range all {
		all[i].OldestS = 0
		for j := range all[i].Queue {
			all[i].Queue[j].WaitedS = 0
		}
	}
}
