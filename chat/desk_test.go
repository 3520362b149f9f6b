package chat

import (
	"slices"
	"testing"
	"time"

	"haven/chat/frame"
	"haven/routing"
)

func TestEnter(t *testing.T) {
	inWorld(t, func(t *testing.T, w *world) {
		d := w.up("/desk")
		d.send(`{"t":"rest"}`)
		d.fails(frame.CodeBadFrame, "rest")
		w.store.mu.Lock()
		w.store.down = true
		w.store.mu.Unlock()
		d.send(`{"t":"enter","ticket":"ticket-ann"}`)
		d.fails(frame.CodeUnavailable, "enter")
		w.store.mu.Lock()
		w.store.down = false
		w.store.mu.Unlock()
		d.send(`{"t":"enter","ticket":"ticket-ann"}`)
		f := d.next(frame.TDesk)
		if f.State != routing.StateRest || len(f.Lines) != 1 || f.Lines[0].Line != "jip" || !f.Lines[0].Open || f.Chats == nil || f.Wrapups == nil {
			t.Fatalf("desk: %+v", f)
		}
		d.send(`{"t":"enter","ticket":"ticket-ann"}`)
		d.fails(frame.CodeNotNow, "enter")

		d2 := w.up("/desk")
		d2.send(`{"t":"enter","ticket":"used"}`)
		d2.fails(frame.CodeBadTicket, "enter")
		d2.closes(closePolicy)

		// The newest desk of a counsellor wins, and the close of the older is no drop.
		d3 := w.desk("ann")
		d.closes(closeReplaced)
		if n := w.store.count("dropdesk"); n != 0 {
			t.Fatalf("%d drops", n)
		}
		d3.send(`{"t":"beat"}`)
		d3.next(frame.TBeat)
		_ = w.store.desk("elsewhere", "ann", func(v *routing.DeskView) error { v.Sock = "n2/4"; return nil })
		d3.closes(closeReplaced)
		if n := w.store.count("dropdesk"); n != 1 { // which drops nothing there, and has this node answer for her no longer
			t.Errorf("%d drops", n)
		}
	})
}

func TestOffers(t *testing.T) {
	inWorld(t, func(t *testing.T, w *world) {
		y, d := w.youth(), w.desk("ann")
		d.send(`{"t":"take"}`)
		d.fails(frame.CodeNotNow, "take")
		chat, _ := w.joined(y)
		pass(time.Second)
		d.send(`{"t":"ready","capacity":3}`)
		if f := d.next(frame.TDesk); f.State != routing.StateReady || f.Capacity != 3 {
			t.Fatalf("desk: %+v", f)
		}
		// Withdrawn by the end of its ring.
		offer := w.store.ring("ann", chat)
		d.next(frame.TOffer)
		_ = w.store.desk("over", "ann", func(v *routing.DeskView) error { v.Offer, v.State = nil, routing.StateRest; return nil })
		if f := d.next(frame.TWithdrawn); f.Offer != offer {
			t.Fatalf("withdrawn: %+v", f)
		}
		pass(time.Second)
		if f := d.next(frame.TDesk); f.State != routing.StateRest {
			t.Fatalf("desk: %+v", f)
		}
		// Accepted too late.
		d.send(`{"t":"accept","offer":"%s","pk":"%s"}`, offer, pkC)
		if f := d.next(frame.TWithdrawn); f.Offer != offer {
			t.Fatalf("withdrawn: %+v", f)
		}
		d.send(`{"t":"decline","offer":"%s"}`, offer)
		d.fails(frame.CodeNoOffer, "decline")
		// Another in the place of the first.
		first := w.store.ring("ann", chat)
		d.next(frame.TOffer)
		second := w.store.ring("ann", chat)
		if f := d.next(frame.TWithdrawn); f.Offer != first {
			t.Fatalf("withdrawn: %+v", f)
		}
		d.next(frame.TOffer)
		d.send(`{"t":"decline","offer":"%s"}`, second)
		d.silent()
		d.send(`{"t":"take"}`)
		o := d.next(frame.TOffer)
		if o.Chat != chat {
			t.Fatalf("offer: %+v", o)
		}
		d.send(`{"t":"accept","offer":"%s","pk":"%s"}`, o.Offer, pkC)
		a := d.next(frame.TAssigned)
		d.send(`{"t":"accept","offer":"%s","pk":"%s"}`, o.Offer, pkC)
		if b := d.next(frame.TAssigned); b.Chat != a.Chat || b.E != a.E || b.Seq != a.Seq || b.PK != a.PK || b.Share != a.Share {
			t.Fatalf("%+v, then %+v", a, b)
		}
		pass(time.Second)
		if f := d.until(frame.TDesk); len(f.Chats) != 1 || f.Chats[0].Chat != chat {
			t.Fatalf("desk: %+v", f)
		}
	})
}

// Take answers before the look that it causes, and an older look must not take the offer back.
func TestTakeAgainstAnOldLook(t *testing.T) {
	inWorld(t, func(t *testing.T, w *world) {
		y, d := w.youth(), w.desk("ann")
		w.joined(y)
		for range 3 {
			w.hub.Resync()
			d.send(`{"t":"take"}`)
			d.until(frame.TOffer)
			_ = w.store.desk("over", "ann", func(v *routing.DeskView) error { v.Offer = nil; return nil })
			d.until(frame.TWithdrawn)
		}
		d.silent()
	})
}

func TestDeskShowsAtMostOnceASecond(t *testing.T) {
	inWorld(t, func(t *testing.T, w *world) {
		d := w.desk("ann")
		pass(time.Second)
		_ = w.store.SetReady(t.Context(), "ann", 1)
		d.next(frame.TDesk)
		for i := range 10 {
			_ = w.store.SetReady(t.Context(), "ann", i+1)
		}
		d.silent()
		pass(time.Second)
		if f := d.next(frame.TDesk); f.Capacity != 10 {
			t.Fatalf("desk: %+v", f)
		}
		d.silent()
		w.store.mu.Lock()
		w.store.boards[0].Waiting, w.store.boards[0].OldestS = 2, 5
		w.store.mu.Unlock()
		pass(2 * time.Second)
		if f := d.next(frame.TDesk); f.Lines[0].Waiting != 2 || f.Lines[0].OldestS != 5 {
			t.Fatalf("desk: %+v", f)
		}
		for i := range 8 {
			w.store.mu.Lock()
			w.store.boards[0].OldestS = 6 + i
			w.store.mu.Unlock()
			pass(time.Second)
		}
		d.silent() // a page counts on by itself
		pass(3 * time.Second)
		d.next(frame.TDesk)
	})
}

func TestDeskResume(t *testing.T) {
	inWorld(t, func(t *testing.T, w *world) {
		y, d, chat, _ := w.talking()
		for i := range 2 {
			y.msg("", id("y", i), 0, frame.Text)
			y.until(frame.TAck)
			d.msg(chat, id("c", i), 0, frame.Text)
			y.until(frame.TMsg)
			d.until(frame.TAck)
		}
		_ = d.ws.Close()
		w.store.do(chat, func(c *fakeChat) { c.Phase = routing.Away })
		y.next(frame.TAway)
		y.msg("", id("y", 5), 0, frame.Text)
		y.next(frame.TAck)

		d2 := w.desk("ann")
		d2.send(`{"t":"msg"}`)
		d2.until(frame.TError)
		d2.msg(chat, id("c", 7), 0, frame.Text) // before resume
		d2.fails(frame.CodeNoChat, id("c", 7))
		d2.send(`{"t":"resume","chat":"%s","after":0}`, id("chat", 77))
		d2.fails(frame.CodeNoChat, "resume")
		w.store.do(chat, func(c *fakeChat) { c.Phase = routing.Talking })
		y.next(frame.TJoined)
		d2.send(`{"t":"resume","chat":"%s","after":1}`, chat)
		if a := d2.next(frame.TAssigned); a.E != 0 || a.Share == "" {
			t.Fatalf("assigned: %+v", a)
		}
		d2.next(frame.TConfirm)
		for seq := int64(2); seq <= 5; seq++ {
			if m := d2.next(frame.TMsg); m.Seq != seq || m.Chat != chat {
				t.Fatalf("replay: %+v", m)
			}
		}
		d2.silent()

		// From another device: a new epoch of hers, and what is older is still hers.
		d3 := w.desk("ann")
		d2.closes(closeReplaced)
		d3.send(`{"t":"resume","chat":"%s","after":0,"pk":"%s"}`, chat, pkC2)
		if a := d3.next(frame.TAssigned); a.E != 1 || a.Seq != 5 {
			t.Fatalf("assigned: %+v", a)
		}
		for seq := int64(1); seq <= 5; seq++ {
			if m := d3.next(frame.TMsg); m.Seq != seq {
				t.Fatalf("replay: %+v", m)
			}
		}
		if j := y.next(frame.TJoined); j.E != 1 || j.PK != pkC2 {
			t.Fatalf("joined: %+v", j)
		}
		w.confirmed(y, d3, chat, 1)
		y.msg("", id("y", 6), 0, frame.Text)
		y.fails(frame.CodeStaleEpoch, id("y", 6))
		y.msg("", id("y", 6), 1, frame.Text)
		y.next(frame.TAck)
		d3.next(frame.TMsg)
	})
}

// A counsellor who comes second sees nothing of the time before her, and the first nothing of the time after.
func TestOnlyHerEpochs(t *testing.T) {
	inWorld(t, func(t *testing.T, w *world) {
		y, d, chat, _ := w.talking()
		y.msg("", id("y", 1), 0, frame.Text)
		d.until(frame.TMsg)
		w.store.do(chat, func(c *fakeChat) { c.Phase, c.owner = routing.Waiting, "" })
		y.until(frame.TWaiting)
		d.msg(chat, id("c", 1), 0, frame.Text) // the chat has left her desk
		d.fails(frame.CodeNoChat, id("c", 1))
		b := w.desk("bea")
		w.accept(b, "bea", chat, pkC2)
		y.next(frame.TJoined)
		w.confirmed(y, b, chat, 1)
		y.msg("", id("y", 2), 1, frame.Text)
		if m := b.next(frame.TMsg); m.Seq != 2 {
			t.Fatalf("msg: %+v", m)
		}
		b.send(`{"t":"resume","chat":"%s","after":0}`, chat)
		b.next(frame.TAssigned)
		b.next(frame.TConfirm)
		if m := b.next(frame.TMsg); m.Seq != 2 {
			t.Fatalf("replay: %+v", m)
		}
		b.silent()
		d.send(`{"t":"resume","chat":"%s","after":0}`, chat)
		d.until(frame.TError)
		d.silent()
	})
}

func TestGoneBackEndWrapup(t *testing.T) {
	inWorld(t, func(t *testing.T, w *world) {
		y, d, chat, token := w.talking()
		_ = y.ws.Close()
		if g := d.next(frame.TGone); g.Chat != chat || g.GraceS != 300 {
			t.Fatalf("gone: %+v", g)
		}
		d.msg(chat, id("c", 1), 0, frame.Text)
		d.next(frame.TAck)
		y = w.youth()
		y.send(`{"t":"resume","chat":"%s","token":"%s","after":0}`, chat, token)
		d.next(frame.TBack)
		y.next(frame.TJoined)
		y.next(frame.TConfirm)
		y.next(frame.TMsg)
		d.send(`{"t":"wrapup","chat":"%s","kind":"other","outcome":"none","parent":false,"topic":"money"}`, chat)
		d.fails(frame.CodeNoChat, "wrapup")
		d.send(`{"t":"end","chat":"%s","reason":"done"}`, id("chat", 77))
		d.fails(frame.CodeNoChat, "end")
		pass(time.Second)
		d.until(frame.TDesk)
		pass(2 * time.Second)
		d.send(`{"t":"end","chat":"%s","reason":"done"}`, chat)
		if e := d.next(frame.TEnded); e.Chat != chat || e.Reason != routing.ReasonDone {
			t.Fatalf("ended: %+v", e)
		}
		if e := y.next(frame.TEnded); e.Reason != routing.ReasonDone {
			t.Fatalf("ended: %+v", e)
		}
		if f := d.next(frame.TDesk); len(f.Chats) != 0 || !slices.Equal(f.Wrapups, []string{chat}) {
			t.Fatalf("desk: %+v", f)
		}
		pass(time.Second)
		d.send(`{"t":"wrapup","chat":"%s","kind":"other","outcome":"signal","parent":true,"topic":"money","referral":"veilig-thuis"}`, chat)
		if f := d.next(frame.TDesk); len(f.Wrapups) != 0 {
			t.Fatalf("desk: %+v", f)
		}
		w.store.mu.Lock()
		want := []routing.Wrapup{{Kind: "other", Outcome: "signal", Parent: true, Topic: "money", Referral: "veilig-thuis"}}
		if !slices.Equal(w.store.noted, want) {
			t.Errorf("noted: %+v", w.store.noted)
		}
		w.store.mu.Unlock()
		d.silent()
	})
}

// TestAssignedAnew: each assigned is followed by what is so of quiet and gone, also at a place that told of it before.
func TestAssignedAnew(t *testing.T) {
	inWorld(t, func(t *testing.T, w *world) {
		y, d, chat, _ := w.talking()
		y.send(`{"t":"quiet","on":true}`)
		d.next(frame.TQuiet)
		both := func() {
			t.Helper()
			if q := d.until(frame.TQuiet); !q.On {
				t.Fatalf("quiet: %+v", q)
			}
			if g := d.next(frame.TGone); g.GraceS != 300 {
				t.Fatalf("gone: %+v", g)
			}
		}
		_ = y.ws.Close()
		d.next(frame.TGone)
		d.send(`{"t":"resume","chat":"%s","after":0,"pk":"%s"}`, chat, pkC2)
		if a := d.until(frame.TAssigned); a.E != 1 {
			t.Fatalf("assigned: %+v", a)
		}
		both()
		d.send(`{"t":"resume","chat":"%s","after":0}`, chat)
		both()

		// It left her desk and is hers again before that was looked at.
		w.unheard(chat, func(c *fakeChat) { c.Phase, c.owner = routing.Waiting, "" })
		w.accept(d, "ann", chat, pkC)
		both()
		w.unheard(chat, func(c *fakeChat) { c.Phase, c.owner, c.Quiet, c.Sock = routing.Waiting, "", false, "elsewhere/1" })
		w.accept(d, "ann", chat, pkC2)
		if q := d.until(frame.TQuiet); q.On {
			t.Fatalf("quiet: %+v", q)
		}
		d.next(frame.TBack)
	})
}

func TestTyping(t *testing.T) {
	inWorld(t, func(t *testing.T, w *world) {
		y, d, chat, _ := w.talking() // on jip, which does not allow it
		y.msg("", id("t", 1), 0, frame.Typing)
		d.msg(chat, id("t", 2), 0, frame.Typing)
		y.silent()
		d.silent()
		y.send(`{"t":"leave"}`)
		y.next(frame.TEnded)
		d.until(frame.TEnded)
		y.send(`{"t":"join","line":"fier","pk":"%s"}`, pkY)
		chat = y.next(frame.TWaiting).Chat
		w.accept(d, "ann", chat, pkC2)
		y.next(frame.TJoined)
		w.confirmed(y, d, chat, 0)
		y.msg("", id("t", 3), 0, frame.Typing)
		if m := d.next(frame.TMsg); m.Seq != 0 || m.K != frame.Typing {
			t.Fatalf("msg: %+v", m)
		}
		y.silent()
		d.msg(chat, id("t", 4), 0, frame.Typing)
		if m := y.next(frame.TMsg); m.Seq != 0 {
			t.Fatalf("msg: %+v", m)
		}
		if w.store.chats[chat].Seq != 0 {
			t.Fatal("typing was kept")
		}
	})
}
