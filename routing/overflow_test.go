package routing

import (
	"encoding/json"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"
)

// overflows lets jip ask after three minutes whether fier is fine as well, and keeps jip's only counsellor busy.
func (b *bench) overflows() {
	b.t.Helper()
	b.cfg.Lines[0].Overflow, b.cfg.Lines[0].CapPerCounsellor = 3*time.Minute, 100
	b.onLine("jip", "ann", 1)
	b.accept0(b.joinOn("s0"))
}

// record changes what is kept of a chat.
func (b *bench) record(chat string, change func(map[string]any)) {
	b.t.Helper()
	key := sharedKey(b.cfg.Prefix, "chats")
	j, err := b.rdb.HGet(b.ctx, key, chat).Result()
	b.ok(err)
	var rec map[string]any
	b.ok(json.Unmarshal([]byte(j), &rec))
	change(rec)
	out, err := json.Marshal(rec)
	b.ok(err)
	b.ok(b.rdb.HSet(b.ctx, key, chat, out).Err())
}

// waited is a young person who has been in line for so long.
func (b *bench) waited(d time.Duration, urgent bool) Joined {
	b.t.Helper()
	return b.waitedIn("jip", "nl", d, urgent)
}

func (b *bench) waitedIn(line, lang string, d time.Duration, urgent bool) Joined {
	b.t.Helper()
	j, err := b.Join(b.ctx, Join{Line: line, Lang: lang, Urgent: urgent, PK: "pk", Sock: "s"})
	b.ok(err)
	b.record(j.Chat, func(r map[string]any) { r["a"] = r["a"].(float64) - d.Seconds() })
	return j
}

// asked is the line that a young person is asked about, "" for none.
func (b *bench) asked(j Joined) string {
	b.t.Helper()
	if v := b.view(j.Chat); v.Handover != nil {
		return v.Handover.Line
	}
	return ""
}

// areAsked checks who is asked whether fier is fine, by their numbers in all.
func (b *bench) areAsked(what string, all []Joined, want ...int) {
	b.t.Helper()
	var got []int
	for i, j := range all {
		if b.asked(j) == "fier" {
			got = append(got, i)
		}
	}
	if !slices.Equal(got, want) {
		b.t.Fatalf("%s: %v are asked, want %v", what, got, want)
	}
}

func (b *bench) answers(j Joined, yes bool) {
	b.t.Helper()
	v := b.view(j.Chat)
	if v.Handover == nil {
		b.t.Fatal("nothing is asked")
	}
	b.ok(b.Consent(b.ctx, j.Chat, "s", v.Handover.Offer, yes))
}

// places hears where a place in line was had, and which line answered.
type places struct {
	handed
	all []string
}

func (p *places) ChatArrived(line string)        { p.all = append(p.all, "in "+line) }
func (p *places) ChatStarted(line string, _ int) { p.all = append(p.all, line) }

// lapse has every question wait for long enough.
func (b *bench) lapse() {
	b.t.Helper()
	key := sharedKey(b.cfg.Prefix, "asked")
	all := b.rdb.ZRange(b.ctx, key, 0, -1).Val()
	if len(all) == 0 {
		b.t.Fatal("nobody was asked")
	}
	for _, m := range all {
		b.ok(b.rdb.ZAdd(b.ctx, key, redis.Z{Score: 1, Member: m}).Err())
	}
}

func (b *bench) questions() int64 {
	return b.rdb.ZCard(b.ctx, sharedKey(b.cfg.Prefix, "asked")).Val()
}

// TestOverflowAsksTheOldestFirst, as many as there are free counsellors, and each once.
func TestOverflowAsksTheOldestFirst(t *testing.T) {
	each(t, func(t *testing.T, b *bench) {
		b.overflows()
		all := []Joined{b.waited(10*time.Minute, false), b.waited(9*time.Minute, false), b.waited(8*time.Minute, true),
			b.waited(7*time.Minute, false), b.waited(2*time.Minute, false)}
		b.sweep(b.ctx)
		b.areAsked("nobody is at fier", all)
		b.onLine("fier", "fie", 3)
		b.sweep(b.ctx)
		b.areAsked("in danger first", all, 2)
		b.sweep(b.ctx)
		b.areAsked("one is free, and one was asked", all, 2)
		b.answers(all[2], false)
		if v := b.view(all[2].Chat); v.Came.Result != HandoverNo || v.Line != "jip" || v.Phase != Waiting {
			t.Fatalf("after no: %+v", v)
		}
		b.sweep(b.ctx)
		b.areAsked("after a no", all, 0)
		b.lapse()
		b.sweep(b.ctx)
		if v := b.view(all[0].Chat); v.Came.Result != HandoverNobody || v.Line != "jip" {
			t.Fatalf("after no answer: %+v", v)
		}
		b.areAsked("after no answer", all, 1)
		b.onLine("fier", "gea", 1)
		b.sweep(b.ctx)
		b.areAsked("two are free", all, 1, 3)
		b.answers(all[1], false)
		b.answers(all[3], false)
		b.sweep(b.ctx)
		b.areAsked("all who waited so long were asked", all)
		if n := b.questions(); n != 0 {
			t.Errorf("%d questions are kept", n)
		}
	})
}

// TestOverflowMovesAPlace to where it would stand had it come there in the first place, and it is rung for at once.
func TestOverflowMovesAPlace(t *testing.T) {
	each(t, func(t *testing.T, b *bench) {
		heard := &places{}
		b.obs = heard
		b.overflows()
		b.targets = `{"jip":60,"fier":90}`
		moves := b.waited(4*time.Minute, false)
		b.onLine("fier", "fie", 1)
		b.sweep(b.ctx)
		ticket := b.ticket(moves.Chat)
		b.answers(moves, true)
		v := b.view(moves.Chat)
		if v.Line != "fier" || v.Phase != Waiting || v.Handover != nil || v.Came.Result != HandoverMoved {
			t.Fatalf("%+v", v)
		}
		b.wantRings("fie", moves.Chat)
		if got := b.ticket(moves.Chat); got != ticket {
			t.Errorf("ticket %v, want %v", got, ticket)
		}
		b.record(moves.Chat, func(r map[string]any) {
			if r["w"] != 90.0 {
				t.Errorf("the target is that of another line: %v", r["w"])
			}
			if asked, _ := r["no"].(map[string]any); asked["fier"] != true {
				t.Errorf("they may be asked again: %v", r["no"])
			}
		})
		b.same("yes again", nil, func() error { return b.Consent(b.ctx, moves.Chat, "s", v.Came.Offer, true) })
		b.same("no after yes", ErrNoOffer, func() error { return b.Consent(b.ctx, moves.Chat, "s", v.Came.Offer, false) })
		b.accept("fie", "k")
		if v := b.view(moves.Chat); v.Line != "fier" || v.Current().E != 0 || v.Current().Owner != "fie" {
			t.Fatalf("%+v", v)
		}
		if len(heard.handed.all) != 0 {
			t.Errorf("an overflow was counted as a handover: %v", heard.handed.all)
		}
		if want := []string{"in jip", "jip", "in jip", "in fier", "fier"}; !slices.Equal(heard.all, want) {
			t.Errorf("counted %v, want %v", heard.all, want)
		}
		ls, err := b.Snapshot(b.ctx)
		b.ok(err)
		if ls[0].Active != 1 || ls[1].Active != 1 || b.rdb.HExists(b.ctx, sharedKey(b.cfg.Prefix, "waits"), "fier").Val() {
			t.Errorf("jip %+v, fier %+v", ls[0], ls[1]) // a wait that was begun elsewhere says nothing of this line
		}
	})
}

func (b *bench) ticket(chat string) (t any) {
	b.t.Helper()
	b.record(chat, func(r map[string]any) { t = r["t"] })
	return t
}

// TestOverflowAtAFairTicket: who came to the other line before stays before, who came later stays behind.
func TestOverflowAtAFairTicket(t *testing.T) {
	each(t, func(t *testing.T, b *bench) {
		b.overflows()
		b.onLine("fier", "fie", 1)
		in := func(line string) Joined { return b.waitedIn(line, "nl", 4*time.Minute, false) }
		rings := in("fier")
		before := in("fier")
		moves := in("jip")
		after := in("fier")
		b.onLine("fier", "gea", 1)
		b.wantRings("gea", before.Chat)
		b.onLine("fier", "hil", 1)
		b.wantRings("hil", after.Chat)
		b.onLine("fier", "ine", 1)
		b.sweep(b.ctx)
		b.areAsked("somebody is free", []Joined{moves}, 0)
		for _, name := range []string{"gea", "hil", "ine"} { // and then nobody is any more
			b.ok(b.Rest(b.ctx, name))
		}
		b.wantRings("fie", rings.Chat)
		b.answers(moves, true)
		ls, err := b.Snapshot(b.ctx)
		b.ok(err)
		if want := []string{before.Chat, moves.Chat, after.Chat}; !slices.Equal(ls[1].Heads, want) || ls[1].Classes != "222" || ls[0].Waiting != 0 {
			t.Fatalf("fier stands as %v (%s), want %v", ls[1].Heads, ls[1].Classes, want)
		}
	})
}

// again has the time be over in which somebody is asked nothing.
func (b *bench) again(j Joined) {
	b.t.Helper()
	b.record(j.Chat, func(r map[string]any) {
		if left := r["na"].(float64) - float64(time.Now().Unix()); left < 175 || left > 182 {
			b.t.Fatalf("nothing is asked for %v s", left)
		}
		r["na"] = 1
	})
}

// TestOverflowThatWasNotAnswered is no no: after a while they may be asked about that line again, and before about none,
// by a lead neither. One who said no meanwhile is not.
func TestOverflowThatWasNotAnswered(t *testing.T) {
	each(t, func(t *testing.T, b *bench) {
		b.overflows()
		b.leads("noor")
		b.onLine("fier", "fie", 1)
		all := []Joined{b.waited(10*time.Minute, false)}
		for range 2 { // however often
			b.sweep(b.ctx)
			b.areAsked("one is free", all, 0)
			b.lapse()
			b.sweep(b.ctx)
			b.areAsked("they did not answer", all)
			b.nothing("by a lead", ErrNotNow, func() error { return b.Move(b.ctx, "noor", all[0].Chat, "fier", "") })
			b.again(all[0])
		}
		all = append(all, b.waited(9*time.Minute, false))
		b.sweep(b.ctx)
		b.areAsked("the oldest, and no more than are free", all, 0)
		b.answers(all[0], false)
		b.sweep(b.ctx)
		b.areAsked("a no is one for good", all, 1)
		b.answers(all[1], true)
		b.wantRings("fie", all[1].Chat)
	})
}

// TestOverflowThatCannotBeMet: on a yes that comes too late the place stays where it is, and is not asked again.
func TestOverflowThatCannotBeMet(t *testing.T) {
	for name, spoil := range map[string]func(*bench){
		"closed":      func(b *bench) { b.cfg.Lines[1].Hours = Hours{} },
		"last intake": func(b *bench) { b.closesSoon(1) },
		"nobody":      func(b *bench) { b.ok(b.Rest(b.ctx, "fie")) },
	} {
		t.Run(name, func(t *testing.T) {
			each(t, func(t *testing.T, b *bench) {
				b.overflows()
				j := b.waited(4*time.Minute, false)
				b.onLine("fier", "fie", 1)
				b.sweep(b.ctx)
				hours := b.cfg.Lines[1].Hours
				spoil(b)
				b.answers(j, true)
				if v := b.view(j.Chat); v.Line != "jip" || v.Phase != Waiting || v.Came.Result != HandoverNobody {
					t.Fatalf("%+v", v)
				}
				b.cfg.Lines[1].Hours, b.cfg.Lines[1].LastIntake = hours, 0
				b.ok(b.SetReady(b.ctx, "fie", 1))
				b.sweep(b.ctx)
				if b.asked(j) != "" {
					t.Fatal("asked again for the same line")
				}
				b.ok(b.Rest(b.ctx, "fie"))
				b.ok(b.End(b.ctx, "ann", b.talksIn("ann"), ReasonDone))
				b.ok(b.Wrapup(b.ctx, "ann", b.ended("ann"), Wrapup{}))
				b.wantRings("ann", j.Chat)
			})
		})
	}
}

// closesSoon has a line within its last intake.
func (b *bench) closesSoon(i int) {
	now := time.Date(2026, 11, 23, 16, 50, 0, 0, amsterdam)
	b.Router.now = func() time.Time { return now }
	b.cfg.Lines[i].Hours, b.cfg.Lines[i].LastIntake = Hours{Week: []Span{{9 * 60, 17 * 60}}}, 15*time.Minute
}

func (b *bench) talksIn(name string) string {
	b.t.Helper()
	d, err := b.DeskView(b.ctx, name)
	b.ok(err)
	if len(d.Chats) != 1 {
		b.t.Fatalf("%s talks in %v", name, d.Chats)
	}
	return d.Chats[0].Chat
}

func (b *bench) ended(name string) string {
	b.t.Helper()
	d, err := b.DeskView(b.ctx, name)
	b.ok(err)
	if len(d.Wrapups) != 1 {
		b.t.Fatalf("%s owes %v", name, d.Wrapups)
	}
	return d.Wrapups[0]
}

// TestOverflowWhenTheClosingIsAnnounced asks everybody in line, however short they have waited.
func TestOverflowWhenTheClosingIsAnnounced(t *testing.T) {
	each(t, func(t *testing.T, b *bench) {
		b.overflows()
		j := b.waited(0, false)
		b.onLine("fier", "fie", 1)
		b.sweep(b.ctx)
		b.areAsked("an hour before", []Joined{j})
		b.closesSoon(0)
		b.sweep(b.ctx)
		b.areAsked("behind the last intake", []Joined{j}, 0)
		b.answers(j, true)
		b.wantRings("fie", j.Chat)
		b.Router.now = func() time.Time { return time.Date(2026, 11, 23, 17, 0, 0, 0, amsterdam) }
		b.sweep(b.ctx)
		b.phase("who went along", j.Chat, Waiting, "")
	})
}

// TestOverflowWhileItRings: a yes takes the ring away at home, and who was rung there gets the next.
func TestOverflowWhileItRings(t *testing.T) {
	each(t, func(t *testing.T, b *bench) {
		b.overflows()
		j, next := b.waited(4*time.Minute, false), b.waited(time.Minute, false)
		b.onLine("fier", "fie", 1)
		b.sweep(b.ctx)
		b.onLine("jip", "bea", 1)
		b.wantRings("bea", j.Chat)
		b.answers(j, true)
		b.wantRings("bea", next.Chat)
		b.wantRings("fie", j.Chat)
	})
}

// TestOverflowAnsweredAtHome: who is accepted while they were asked is asked no more, and a late yes finds nothing.
func TestOverflowAnsweredAtHome(t *testing.T) {
	each(t, func(t *testing.T, b *bench) {
		b.overflows()
		j := b.waited(4*time.Minute, false)
		b.onLine("fier", "fie", 1)
		b.sweep(b.ctx)
		offer := b.view(j.Chat).Handover.Offer
		b.onLine("jip", "bea", 1)
		b.accept("bea", "k")
		b.same("a late yes", ErrNoOffer, func() error { return b.Consent(b.ctx, j.Chat, "s", offer, true) })
		b.same("another socket", ErrNoOffer, func() error { return b.Consent(b.ctx, j.Chat, "old", offer, true) })
		b.sweep(b.ctx)
		if n := b.questions(); n != 0 {
			t.Errorf("%d questions are kept", n)
		}
		if v := b.view(j.Chat); v.Line != "jip" || v.Phase != Talking || v.Handover != nil {
			t.Fatalf("%+v", v)
		}
	})
}

// TestOverflowAsksMany at once where many are free, more than one call does.
func TestOverflowAsksMany(t *testing.T) {
	each(t, func(t *testing.T, b *bench) {
		b.overflows()
		var all []Joined
		var want []int
		for i := range askMost + 4 {
			b.onLine("fier", fmt.Sprint("f", i), 1)
			all, want = append(all, b.waited(5*time.Minute, false)), append(want, i)
		}
		b.sweep(b.ctx)
		b.areAsked("as many as are free", all, want...)
	})
}
