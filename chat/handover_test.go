package chat

import (
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"haven/chat/frame"
	"haven/routing"
)

// TestHandoverIsToldOnce: each side hears each step once, however often it looks.
func TestHandoverIsToldOnce(t *testing.T) {
	inWorld(t, func(t *testing.T, w *world) {
		y, d, chat, _ := w.talking()
		nothing := func() {
			t.Helper()
			w.store.do(chat, func(*fakeChat) {}) // a wake that means nothing
			y.silent()
			d.silent()
		}
		d.send(`{"t":"handover","chat":"%s","to":{"line":"fier"},"slip":"%s"}`, chat, id("c", 1))
		q := y.next(frame.THandover)
		if q.Line != "fier" || q.Name != "" || q.Slip != id("c", 1) {
			t.Fatalf("%+v", q)
		}
		nothing()
		y.send(`{"t":"consent","offer":"%s","yes":true}`, q.Offer)
		if r := d.next(frame.THandover); r.Chat != chat || r.Result != routing.HandoverYes {
			t.Fatalf("%+v", r)
		}
		nothing()
		d.send(`{"t":"keep","chat":"%s"}`, chat)
		if r := d.next(frame.THandover); r.Result != routing.HandoverNobody {
			t.Fatalf("%+v", r)
		}
		if j := y.next(frame.TJoined); j.E != 0 {
			t.Fatalf("%+v", j)
		}
		nothing()
		d.send(`{"t":"keep","chat":"%s"}`, chat)
		d.fails(frame.CodeNoChat, "keep")

		d.send(`{"t":"handover","chat":"%s","to":{"name":"Noor"}}`, chat)
		q = y.next(frame.THandover)
		y.send(`{"t":"consent","offer":"%s","yes":false}`, q.Offer)
		if r := d.next(frame.THandover); r.Result != routing.HandoverNo {
			t.Fatalf("%+v", r)
		}
		nothing()
		y.send(`{"t":"consent","offer":"%s","yes":true}`, q.Offer)
		y.fails(frame.CodeNoOffer, "consent")
		nothing()
	})
}

// TestHandoverMoves: the second counsellor is told as another epoch, the first that it moved, and it leaves her desk.
func TestHandoverMoves(t *testing.T) {
	inWorld(t, func(t *testing.T, w *world) {
		y, d, chat, _ := w.talking()
		d.send(`{"t":"handover","chat":"%s","to":{"name":"Noor"}}`, chat)
		q := y.next(frame.THandover)
		y.send(`{"t":"consent","offer":"%s","yes":true}`, q.Offer)
		d.next(frame.THandover)
		w.store.do(chat, func(c *fakeChat) {
			c.came(routing.HandoverMoved)
			c.assign("Noor", "pk of hers")
			c.Line = "fier"
		})
		if r := d.next(frame.THandover); r.Result != routing.HandoverMoved || r.Chat != chat {
			t.Fatalf("%+v", r)
		}
		if j := y.next(frame.TJoined); j.E != 1 || j.Name != "Noor" || j.Line != "fier" {
			t.Fatalf("%+v", j)
		}
		d.msg(chat, id("late", 1), 0, frame.Text)
		d.fails(frame.CodeNoChat, id("late", 1))
		y.silent()
		d.silent()
	})
}

// TestMovedIsNotShownAgain: a look at the desk that began before a chat moved still finds it there, and what is shown of
// the desk may be a second old.
func TestMovedIsNotShownAgain(t *testing.T) {
	inWorld(t, func(t *testing.T, w *world) {
		y, d, chat, _ := w.talking()
		holds := func(wrapup int, chats ...routing.DeskChat) {
			_ = w.store.desk("look", "ann", func(v *routing.DeskView) error {
				v.Chats, v.Wrapups = chats, []string{id("w", wrapup)}
				return nil
			})
		}
		it := routing.DeskChat{Chat: chat, Line: "jip"}
		d.send(`{"t":"handover","chat":"%s","to":{"name":"Noor"}}`, chat)
		y.send(`{"t":"consent","offer":"%s","yes":true}`, y.next(frame.THandover).Offer)
		d.next(frame.THandover)
		pass(2 * time.Second)
		holds(1, it)
		for len(d.until(frame.TDesk).Wrapups) == 0 {
		}
		holds(2, it)
		synctest.Wait() // looked at, and shown in a second
		looked := make(chan struct{})
		w.set(func(f *fake) {
			f.after = func(call string) {
				if call == "deskview" {
					<-looked
				}
			}
		})
		holds(3, it)
		synctest.Wait() // being looked at
		w.store.do(chat, func(c *fakeChat) {
			c.came(routing.HandoverMoved)
			c.assign("Noor", "pk of hers")
		})
		d.next(frame.THandover)
		holds(4)
		pass(2 * time.Second)
		if f := d.next(frame.TDesk); len(f.Chats) != 0 || f.Wrapups[0] != id("w", 2) {
			t.Fatalf("%+v", f)
		}
		close(looked)
		w.set(func(f *fake) { f.after = nil })
		pass(2 * time.Second)
		if f := d.next(frame.TDesk); len(f.Chats) != 0 || f.Wrapups[0] != id("w", 4) {
			t.Fatalf("%+v", f)
		}
		d.silent()
		y.next(frame.TJoined)
	})
}

// TestHandoverWhileTheStoreIsAway: nothing is known to be asked or answered, and it may be said again.
func TestHandoverWhileTheStoreIsAway(t *testing.T) {
	inWorld(t, func(t *testing.T, w *world) {
		y, d, chat, _ := w.talking()
		away := func(on bool) { w.store.mu.Lock(); w.store.down = on; w.store.mu.Unlock() }
		away(true)
		d.send(`{"t":"handover","chat":"%s","to":{"line":"fier"}}`, chat)
		d.fails(frame.CodeUnavailable, "handover")
		away(false)
		d.send(`{"t":"handover","chat":"%s","to":{"line":"fier"}}`, chat)
		q := y.next(frame.THandover)
		away(true)
		y.send(`{"t":"consent","offer":"%s","yes":false}`, q.Offer)
		y.fails(frame.CodeUnavailable, "consent")
		d.send(`{"t":"keep","chat":"%s"}`, chat)
		d.fails(frame.CodeUnavailable, "keep")
		away(false)
		y.send(`{"t":"consent","offer":"%s","yes":false}`, q.Offer)
		if r := d.next(frame.THandover); r.Result != routing.HandoverNo {
			t.Fatalf("%+v", r)
		}
		y.silent()
	})
}

// TestNoIsNotAskedTwice: a look at the chat that began before they said no still finds the question open.
func TestNoIsNotAskedTwice(t *testing.T) {
	inWorld(t, func(t *testing.T, w *world) {
		y, d, chat, _ := w.talking()
		d.send(`{"t":"handover","chat":"%s","to":{"line":"fier"}}`, chat)
		q := y.next(frame.THandover)
		synctest.Wait()
		looked := make(chan struct{})
		var looks atomic.Int32
		w.store.mu.Lock()
		w.store.after = func(call string) { // both have their answer, and neither has told it
			if call != "view" {
				return
			}
			if looks.Add(1) == 2 {
				y.send(`{"t":"consent","offer":"%s","yes":false}`, q.Offer)
				<-time.After(time.Second)
				close(looked)
			}
			<-looked
		}
		w.store.mu.Unlock()
		w.store.changed(chat)
		pass(2 * time.Second)
		if w.store.count("consent") != 1 {
			t.Fatal("no look was under way")
		}
		y.silent()
		if r := d.until(frame.THandover); r.Result != routing.HandoverNo || r.Offer != q.Offer {
			t.Fatalf("%+v", r)
		}

		// Another question is another one.
		d.send(`{"t":"handover","chat":"%s","to":{"line":"fier"}}`, chat)
		if next := y.next(frame.THandover); next.Offer == q.Offer {
			t.Fatalf("%+v", next)
		}
	})
}

// TestTakenBackIsTakenBackOnce: a look at the chat that began before she took her question back still finds it open. What
// comes of her next question is not confused with it.
func TestTakenBackIsTakenBackOnce(t *testing.T) {
	inWorld(t, func(t *testing.T, w *world) {
		y, d, chat, _ := w.talking()
		d.send(`{"t":"handover","chat":"%s","to":{"line":"fier"}}`, chat)
		q := y.next(frame.THandover)
		synctest.Wait()
		looked := make(chan struct{})
		var looks atomic.Int32
		w.set(func(f *fake) {
			f.after = func(call string) { // both looks have their answer, and neither has told it
				if call != "view" {
					return
				}
				if looks.Add(1) == 2 {
					d.send(`{"t":"keep","chat":"%s"}`, chat)
					<-time.After(time.Second)
					close(looked)
				}
				<-looked
			}
		})
		w.store.changed(chat)
		pass(2 * time.Second)
		if w.store.count("keep") != 1 {
			t.Fatal("no look was under way")
		}
		if r := d.until(frame.THandover); r.Result != routing.HandoverNobody || r.Offer != q.Offer {
			t.Fatalf("%+v", r)
		}
		pass(2 * time.Second)
		d.send(`{"t":"handover","chat":"%s","to":{"line":"fier"}}`, chat)
		next := y.until(frame.THandover)
		y.send(`{"t":"consent","offer":"%s","yes":true}`, next.Offer)
		if r := d.until(frame.THandover); r.Result != routing.HandoverYes || r.Offer != next.Offer {
			t.Fatalf("%+v", r)
		}
	})
}

// TestErrorNamesTheChat: of several chats on a desk, the one that a frame was about.
func TestErrorNamesTheChat(t *testing.T) {
	inWorld(t, func(t *testing.T, w *world) {
		_, d, chat, _ := w.talking()
		other := id("chat of nobody", 1)
		fails := func(code, re, chat string) {
			t.Helper()
			if f := d.next(frame.TError); f.Code != code || f.Re != re || f.Chat != chat {
				t.Fatalf("%+v, want %s to %s of %q", f, code, re, chat)
			}
		}
		d.send(`{"t":"keep","chat":"%s"}`, chat)
		fails(frame.CodeNoChat, "keep", chat)
		d.send(`{"t":"read","chat":"%s","seq":1}`, other)
		fails(frame.CodeNoChat, "read", other)
		w.store.mu.Lock()
		w.store.down = true
		w.store.mu.Unlock()
		for re, f := range map[string]string{
			"resume": `"after":0`, "handover": `"to":{"line":"fier"}`, "read": `"seq":0`, "end": `"reason":"done"`,
			"confirm": `"e":0,"tag":"` + tagA + `"`,
		} {
			d.send(`{"t":"%s","chat":"%s",`+f+`}`, re, chat)
			fails(frame.CodeUnavailable, re, chat)
		}
		d.send(`{"t":"rest"}`)
		fails(frame.CodeUnavailable, "rest", "")
	})
}
