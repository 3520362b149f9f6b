package routing

import (
	"regexp"
	"slices"
	"testing"
)

// onLine has a counsellor of one line enter a desk, ready for some chats.
func (b *bench) onLine(line, name string, capacity int) {
	b.t.Helper()
	_, err := b.Enter(b.ctx, OnDuty{Name: name, Lines: []string{line}, Langs: []string{"nl"}}, "d-"+name)
	b.ok(err)
	b.ok(b.SetReady(b.ctx, name, capacity))
}

// propose asks the young person of a chat of Ann's.
func (b *bench) propose(chat string, to To) string {
	b.t.Helper()
	offer, err := b.Propose(b.ctx, "Ann", chat, to, "")
	b.ok(err)
	v := b.view(chat)
	if v.Handover == nil || v.Handover.Offer != offer {
		b.t.Fatalf("the chat does not say what was asked: %+v", v.Handover)
	}
	return offer
}

// stays says that a handover ended with a result and the chat is Ann's as before.
func (b *bench) stays(chat, offer, result string) {
	b.t.Helper()
	v := b.view(chat)
	if v.Handover != nil || v.Came != (Came{offer, result}) || v.Phase != Talking || v.Current().Owner != "Ann" || v.Current().E != 0 || v.Line != "jip" {
		b.t.Fatalf("after %s: %+v %+v %c %+v %s", result, v.Handover, v.Came, v.Phase, v.Current(), v.Line)
	}
	if n := b.rdb.HExists(b.ctx, sharedKey(b.cfg.Prefix, "chats"), offer).Val(); n {
		b.t.Fatal("a leg is left")
	}
	for _, m := range b.rdb.ZRange(b.ctx, sharedKey(b.cfg.Prefix, "waiting"), 0, -1).Val() {
		b.t.Fatalf("%s is left in line", m)
	}
}

// agrees has the young person of a chat of Ann's say yes to the line fier.
func (b *bench) agrees(chat string) (offer string) {
	b.t.Helper()
	offer = b.propose(chat, To{Line: "fier"})
	b.ok(b.Consent(b.ctx, chat, "s", offer, true))
	return offer
}

// talk is a chat of Ann's.
func (b *bench) talk() string {
	b.t.Helper()
	b.onLine("jip", "Ann", 2)
	chat := b.join(false).Chat
	b.accept("Ann", "kA")
	return chat
}

func TestHandoverToALine(t *testing.T) {
	each(t, func(t *testing.T, b *bench) {
		heard := &handed{}
		b.obs = heard
		chat := b.talk()
		b.onLine("fier", "Bea", 1)
		offer := b.propose(chat, To{Line: "fier"})
		if b.rings("Bea") != "" {
			t.Fatal("it rings before the young person said yes")
		}
		b.ok(b.Consent(b.ctx, chat, "s", offer, true))
		b.ok(b.Consent(b.ctx, chat, "s", offer, true)) // a page that did not hear the answer
		v := b.view(chat)
		if !v.Handover.Agreed || v.Phase != Talking || v.Current().Owner != "Ann" {
			t.Fatalf("%+v %+v", v.Handover, v.Current())
		}
		d, err := b.DeskView(b.ctx, "Bea")
		b.ok(err)
		if o := d.Offer; o == nil || o.Chat != chat || o.Line != "fier" || o.From != "Ann" || o.PK != "pk" {
			t.Fatalf("%+v", d.Offer)
		}
		b.append(chat, Counsellor, "Ann", 0, "aaaaaaaaaaaaaaaaaaaaaa", nil) // she stays until it is accepted
		v = b.accept("Bea", "kB")
		if v.Current().Owner != "Bea" || v.Current().E != 1 || v.Line != "fier" || v.Handover != nil || v.Came != (Came{offer, HandoverMoved}) {
			t.Fatalf("%+v %+v", v.Current(), v)
		}
		again, err := b.Accept(b.ctx, "Bea", d.Offer.Offer, "kB")
		b.ok(err)
		if again.Current().E != 1 {
			t.Fatalf("accepted twice: %+v", again.Current())
		}
		b.append(chat, Counsellor, "Ann", 0, "bbbbbbbbbbbbbbbbbbbbbb", ErrNoChat)
		b.append(chat, Youth, "", 0, "cccccccccccccccccccccc", ErrStaleEpoch)
		b.append(chat, Counsellor, "Bea", 1, "dddddddddddddddddddddd", nil)
		if d, _ := b.DeskView(b.ctx, "Ann"); len(d.Chats) != 0 || len(d.Wrapups) != 0 {
			t.Fatalf("Ann has %+v %v", d.Chats, d.Wrapups)
		}
		for range 2 { // both places of hers are free
			b.join(false)
			b.accept("Ann", "kC")
		}
		b.ok(b.End(b.ctx, "Bea", chat, ReasonStopped))
		b.ok(b.Wrapup(b.ctx, "Bea", chat, Wrapup{}))
		if want := []string{"jip moved"}; !slices.Equal(heard.all, want) {
			t.Errorf("heard %v, not %v", heard.all, want)
		}
	})
}

type handed struct {
	nobody
	all []string
}

func (h *handed) HandedOver(line, result string) { h.all = append(h.all, line+" "+result) }

// TestHandoverThatIsNotTaken: whatever goes wrong gives the chat back to who has it, and counts once.
func TestHandoverThatIsNotTaken(t *testing.T) {
	rings := func(b *bench, chat, offer string) string {
		b.t.Helper()
		b.ok(b.Consent(b.ctx, chat, "s", offer, true))
		d, err := b.DeskView(b.ctx, "Bea")
		b.ok(err)
		if d.Offer == nil || d.Offer.Chat != chat {
			b.t.Fatalf("it does not ring: %+v", d)
		}
		return d.Offer.Offer
	}
	waits := func(b *bench, chat, offer string) { // Bea has no room for it
		b.t.Helper()
		_, err := b.Join(b.ctx, Join{Line: "fier", PK: "pk", Sock: "s2"})
		b.ok(err)
		b.accept("Bea", "k")
		b.ok(b.Consent(b.ctx, chat, "s", offer, true))
	}
	for _, c := range []struct {
		name, result string
		f            func(b *bench, chat, offer string)
	}{
		{"the young person says no", HandoverNo, func(b *bench, chat, offer string) {
			b.ok(b.Consent(b.ctx, chat, "s", offer, false))
			b.ok(b.Consent(b.ctx, chat, "s", offer, false))
		}},
		{"declined", HandoverNobody, func(b *bench, chat, offer string) {
			b.ok(b.Decline(b.ctx, "Bea", rings(b, chat, offer)))
		}},
		{"a missed ring", HandoverNobody, func(b *bench, chat, offer string) {
			rings(b, chat, offer)
			b.soon("ring")
		}},
		{"she rests", HandoverNobody, func(b *bench, chat, offer string) {
			rings(b, chat, offer)
			b.ok(b.Rest(b.ctx, "Bea"))
		}},
		{"her line drops", HandoverNobody, func(b *bench, chat, offer string) {
			rings(b, chat, offer)
			b.ok(b.DropDesk(b.ctx, "Bea", "d-Bea"))
		}},
		{"taken back before the answer", HandoverNobody, func(b *bench, chat, offer string) {
			b.ok(b.Keep(b.ctx, "Ann", chat))
		}},
		{"taken back while it rings", HandoverNobody, func(b *bench, chat, offer string) {
			rings(b, chat, offer)
			b.ok(b.Keep(b.ctx, "Ann", chat))
		}},
		{"nobody there any more when the young person says yes", HandoverNobody, func(b *bench, chat, offer string) {
			b.ok(b.Rest(b.ctx, "Bea"))
			b.ok(b.Consent(b.ctx, chat, "s", offer, true))
		}},
		{"not taken for ten minutes", HandoverNobody, func(b *bench, chat, offer string) {
			waits(b, chat, offer)
			b.soon("leg")
			if b.view(chat).Handover == nil {
				b.t.Fatal("it is over at the first look")
			}
			key := sharedKey(b.cfg.Prefix, "chats")
			leg := b.rdb.HGet(b.ctx, key, offer).Val()
			b.ok(b.rdb.HSet(b.ctx, key, offer, regexp.MustCompile(`"a":\d+`).ReplaceAllString(leg, `"a":1`)).Err())
			b.soon("leg")
		}},
		{"the one who is named goes off duty before it rings", HandoverNobody, func(b *bench, chat, offer string) {
			waits(b, chat, offer)
			b.ok(b.Rest(b.ctx, "Bea"))
			b.soon("leg")
		}},
		{"the line closes", HandoverNobody, func(b *bench, chat, offer string) {
			waits(b, chat, offer)
			b.lines["fier"].Hours = Hours{}
			defer func() { b.lines["fier"].Hours = Hours{Always: true} }()
			b.sweep(b.ctx)
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			each(t, func(t *testing.T, b *bench) {
				heard := &handed{}
				b.obs = heard
				chat := b.talk()
				b.onLine("fier", "Bea", 1)
				offer := b.propose(chat, To{Line: "fier"})
				c.f(b, chat, offer)
				b.stays(chat, offer, c.result)
				if b.rings("Bea") != "" {
					t.Error("it rings on")
				}
				if want := []string{"jip " + c.result}; !slices.Equal(heard.all, want) {
					t.Errorf("heard %v, not %v", heard.all, want)
				}
				if err := b.Consent(b.ctx, chat, "s", offer, c.result == HandoverNo); err != ErrNoOffer {
					t.Errorf("another answer to what is over: %v", err)
				}
				b.append(chat, Counsellor, "Ann", 0, "aaaaaaaaaaaaaaaaaaaaaa", nil)
				b.onLine("fier", "Bea", 2)
				next := b.propose(chat, To{Line: "fier"}) // she may ask again
				rings(b, chat, next)
				if v := b.accept("Bea", "kB"); v.Current().Owner != "Bea" {
					t.Errorf("%+v", v.Current())
				}
			})
		})
	}
}

func TestHandoverToAColleague(t *testing.T) {
	each(t, func(t *testing.T, b *bench) {
		chat := b.talk()
		b.onLine("jip", "Bea", 1)
		b.onLine("jip", "Cas", 3)
		waits := b.join(false).Chat
		first := b.rings("Cas")
		if first != waits {
			t.Fatalf("%q rings, not %q", first, waits)
		}
		b.accept("Cas", "kC")
		offer := b.propose(chat, To{Name: "Bea"})
		if h := b.view(chat).Handover; h.Name != "Bea" || h.Line != "jip" {
			t.Fatalf("%+v", h)
		}
		b.ok(b.SetReady(b.ctx, "Cas", 3))
		b.ok(b.Consent(b.ctx, chat, "s", offer, true))
		if b.rings("Bea") != chat || b.rings("Cas") != "" || b.rings("Ann") != "" {
			t.Fatalf("Bea %q, Cas %q, Ann %q", b.rings("Bea"), b.rings("Cas"), b.rings("Ann"))
		}
		if v := b.accept("Bea", "kB"); v.Current().Owner != "Bea" || v.Line != "jip" {
			t.Fatalf("%+v", v.Current())
		}
	})
}

// TestHandoverIsForNobodyElse: neither who hands over nor, where it is for one, another may take it.
func TestHandoverIsForNobodyElse(t *testing.T) {
	each(t, func(t *testing.T, b *bench) {
		chat := b.talk()
		b.onLine("jip", "Bea", 1)
		other := b.join(false).Chat
		if b.rings("Ann") == other { // who has most room is rung first: both have one
			b.accept("Ann", "k2")
			b.ok(b.SetReady(b.ctx, "Ann", 3))
			other = b.join(false).Chat
		}
		b.onLine("jip", "Cas", 1)
		b.accept("Bea", "kB")
		offer := b.propose(chat, To{Name: "Bea"})
		b.ok(b.Consent(b.ctx, chat, "s", offer, true))
		for _, name := range []string{"Ann", "Cas"} {
			if _, err := b.Take(b.ctx, name); err != ErrNotNow {
				t.Errorf("%s takes it: %v", name, err)
			}
		}
		b.ok(b.End(b.ctx, "Bea", other, ReasonStopped))
		b.ok(b.Wrapup(b.ctx, "Bea", other, Wrapup{}))
		if b.rings("Bea") != chat {
			t.Error("Bea is free and it does not ring")
		}
	})
}

// TestHandoverWhileTheYoungPersonIsAway: nobody is rung for somebody who is not there, and what was agreed stands.
func TestHandoverWhileTheYoungPersonIsAway(t *testing.T) {
	each(t, func(t *testing.T, b *bench) {
		b.onLine("jip", "Ann", 2)
		j := b.join(false)
		b.accept("Ann", "kA")
		b.onLine("fier", "Bea", 1)
		offer := b.agrees(j.Chat)
		b.ok(b.Drop(b.ctx, j.Chat, "s"))
		if b.rings("Bea") != "" {
			t.Fatal("it rings for nobody")
		}
		v, _, err := b.Resume(b.ctx, j.Chat, j.Token, "s2", 0)
		b.ok(err)
		if v.Handover == nil || !v.Handover.Agreed {
			t.Fatalf("%+v", v.Handover)
		}
		if b.rings("Bea") != j.Chat {
			t.Fatal("it does not ring when they are back")
		}
		b.ok(b.Drop(b.ctx, j.Chat, "s2"))
		b.soon("away")
		if b.rings("Bea") != "" || b.rdb.HExists(b.ctx, sharedKey(b.cfg.Prefix, "chats"), offer).Val() {
			t.Error("a lost chat is handed over")
		}
	})
}

// TestHandoverOfALostCounsellor: where the young person said yes to, the place is.
func TestHandoverOfALostCounsellor(t *testing.T) {
	each(t, func(t *testing.T, b *bench) {
		chat := b.talk()
		b.onLine("fier", "Bea", 1)
		b.agrees(chat)
		b.ok(b.DropDesk(b.ctx, "Ann", "d-Ann"))
		if b.rings("Bea") != chat {
			t.Fatal("it rings no more")
		}
		b.soon("grace")
		if v := b.view(chat); v.Phase != Waiting || v.Line != "fier" || v.Handover != nil {
			t.Fatalf("%c %s %+v", v.Phase, v.Line, v.Handover)
		}
		b.sweep(b.ctx)
		if b.rings("Bea") != chat {
			t.Fatalf("%q rings", b.rings("Bea"))
		}
		if v := b.accept("Bea", "kB"); v.Current().E != 1 || v.Line != "fier" {
			t.Errorf("%+v", v.Current())
		}
	})
}

// TestLeavingEndsAHandover: when the chat ends in whatever way, nothing rings on.
func TestLeavingEndsAHandover(t *testing.T) {
	for name, end := range map[string]func(b *bench, chat string){
		"left":    func(b *bench, chat string) { b.ok(b.Leave(b.ctx, chat)) },
		"done":    func(b *bench, chat string) { b.ok(b.End(b.ctx, "Ann", chat, ReasonDone)) },
		"stopped": func(b *bench, chat string) { b.ok(b.End(b.ctx, "Ann", chat, ReasonStopped)) },
	} {
		t.Run(name, func(t *testing.T) {
			each(t, func(t *testing.T, b *bench) {
				chat := b.talk()
				b.onLine("fier", "Bea", 1)
				offer := b.agrees(chat)
				end(b, chat)
				if b.rings("Bea") != "" || b.rdb.HExists(b.ctx, sharedKey(b.cfg.Prefix, "chats"), offer).Val() {
					t.Error("it rings on")
				}
				if n := b.rdb.ZCard(b.ctx, sharedKey(b.cfg.Prefix, "waiting")).Val(); n != 0 {
					t.Errorf("%d are left in line", n)
				}
				if err := b.Consent(b.ctx, chat, "s", offer, true); err != ErrNoOffer {
					t.Errorf("an answer after the end: %v", err)
				}
			})
		})
	}
}

// TestAnotherQuestionReplacesTheFirst: only the newest can be answered.
func TestAnotherQuestionReplacesTheFirst(t *testing.T) {
	each(t, func(t *testing.T, b *bench) {
		chat := b.talk()
		b.onLine("fier", "Bea", 1)
		b.onLine("jip", "Cas", 1)
		first := b.agrees(chat)
		second := b.propose(chat, To{Name: "Cas"})
		if b.rings("Bea") != "" {
			t.Error("the first rings on")
		}
		if err := b.Consent(b.ctx, chat, "s", first, false); err != ErrNoOffer {
			t.Errorf("an answer to the first: %v", err)
		}
		b.ok(b.Consent(b.ctx, chat, "s", second, true))
		if b.rings("Cas") != chat {
			t.Error("the second does not ring")
		}
	})
}

// TestRefusedHandoverChangesNothing holds every refusal, and that it left the store as it was.
func TestRefusedHandoverChangesNothing(t *testing.T) {
	each(t, func(t *testing.T, b *bench) {
		chat := b.talk()
		b.onLine("jip", "Cas", 1)
		propose := func(who, chat string, to To) func() error {
			return func() error { _, err := b.Propose(b.ctx, who, chat, to, ""); return err }
		}
		consent := func(chat, sock, offer string) func() error {
			return func() error { return b.Consent(b.ctx, chat, sock, offer, true) }
		}
		b.same("not hers", ErrNoChat, propose("Cas", chat, To{Line: "fier"}))
		b.same("no such chat", ErrNoChat, propose("Ann", newID(), To{Line: "fier"}))
		b.same("nobody on duty there", ErrNobody, propose("Ann", chat, To{Line: "fier"}))
		b.same("closed", ErrNobody, propose("Ann", chat, To{Line: "shut"}))
		b.same("no such line", ErrNobody, propose("Ann", chat, To{Line: "nowhere"}))
		b.same("to herself", ErrNobody, propose("Ann", chat, To{Name: "Ann"}))
		b.same("no such colleague", ErrNobody, propose("Ann", chat, To{Name: "Zoe"}))
		b.same("nothing to take back", ErrNoChat, func() error { return b.Keep(b.ctx, "Ann", chat) })
		b.same("nothing asked", ErrNoOffer, consent(chat, "s", newID()))
		b.ok(b.Rest(b.ctx, "Cas"))
		b.same("a colleague at rest", ErrNobody, propose("Ann", chat, To{Name: "Cas"}))
		b.onLine("fier", "Bea", 1)
		offer := b.propose(chat, To{Line: "fier"})
		b.same("an older socket", ErrNoOffer, consent(chat, "old", offer))
		b.same("another question", ErrNoOffer, consent(chat, "s", newID()))
		b.same("not hers to take back", ErrNoChat, func() error { return b.Keep(b.ctx, "Bea", chat) })
		b.ok(b.Leave(b.ctx, chat))
		b.same("a chat that is over", ErrNoChat, propose("Ann", chat, To{Line: "fier"}))
		b.same("an answer in a chat that is over", ErrNoOffer, consent(chat, "s", offer))
	})
}
