package chat

import (
	"io"
	"testing"
	"testing/synctest"
	"time"

	"haven/chat/frame"
	"haven/routing"
)

// In these tests something happens between the store's answer and the moment at which the socket that asked can be
// found, or while it is being brought up to date; its wake finds nobody, or somebody who is looking the other way.

func TestAcceptedBeforeJoinIsRegistered(t *testing.T) {
	inWorld(t, func(t *testing.T, w *world) {
		y := w.youth()
		w.store.once("join", func() {
			w.store.mu.Lock()
			defer w.store.mu.Unlock()
			for _, c := range w.store.chats {
				c.assign("ann", pkC)
			}
		})
		y.send(`{"t":"join","line":"jip","pk":"%s"}`, pkY)
		y.next(frame.TWaiting)
		y.next(frame.TJoined)
		y.silent()
	})
}

func TestStoredBeforeResumeIsRegistered(t *testing.T) {
	inWorld(t, func(t *testing.T, w *world) {
		_, _, chat, token := w.talking()
		y := w.youth()
		w.store.once("resume", func() { w.hub.Deliver(w.stored(chat, id("c", 1), 0)) })
		y.send(`{"t":"resume","chat":"%s","token":"%s","after":0}`, chat, token)
		y.next(frame.TJoined)
		y.next(frame.TConfirm)
		y.next(frame.TMsg)
		y.silent()
	})
}

func TestChangedWhileLooking(t *testing.T) {
	inWorld(t, func(t *testing.T, w *world) {
		y, d, chat, _ := w.talking()
		w.store.once("view", func() {
			w.store.mu.Lock()
			w.store.chats[chat].Phase = routing.Away
			w.store.mu.Unlock()
			w.hub.ChatChanged(chat)
		})
		w.hub.ChatChanged(chat)
		y.next(frame.TAway)
		w.store.once("deskview", func() {
			w.store.mu.Lock()
			w.store.desks["ann"].Offer = &routing.Offer{Offer: id("offer", 99)}
			w.store.mu.Unlock()
			w.hub.DeskChanged("ann")
		})
		w.hub.DeskChanged("ann")
		d.until(frame.TOffer)
	})
}

func TestOfferedBeforeEnterIsRegistered(t *testing.T) {
	inWorld(t, func(t *testing.T, w *world) {
		chat, _ := w.joined(w.youth())
		d := w.up("/desk")
		w.store.once("enter", func() {
			w.store.ring("ann", chat)
			<-time.After(time.Millisecond) // its wake has found nobody
		})
		d.send(`{"t":"enter","ticket":"ticket-ann"}`)
		pass(10 * time.Millisecond)
		d.next(frame.TDesk)
		d.next(frame.TOffer)
	})
}

func TestConfirmedBeforeAcceptIsRegistered(t *testing.T) {
	inWorld(t, func(t *testing.T, w *world) {
		y, d := w.youth(), w.desk("ann")
		chat, _ := w.joined(y)
		offer := w.store.ring("ann", chat)
		d.next(frame.TOffer)
		w.store.once("accept", func() {
			w.store.mu.Lock()
			w.store.chats[chat].Current().TagY = tagA
			w.store.mu.Unlock()
			<-time.After(time.Millisecond)
		})
		d.send(`{"t":"accept","offer":"%s","pk":"%s"}`, offer, pkC)
		pass(10 * time.Millisecond)
		d.next(frame.TAssigned)
		d.next(frame.TConfirm)
	})
}

// She who accepts is not told that the offer was withdrawn, though a look sees it gone before the answer is there.
func TestAcceptIsNoWithdrawal(t *testing.T) {
	inWorld(t, func(t *testing.T, w *world) {
		y, d := w.youth(), w.desk("ann")
		chat, _ := w.joined(y)
		for _, c := range []struct {
			call, frame string
			answer      []frame.Type
		}{
			{"decline", `{"t":"decline","offer":"%s"}`, nil},
			{"accept", `{"t":"accept","offer":"%s","pk":"` + pkC + `"}`, []frame.Type{frame.TAssigned}},
		} {
			offer := w.store.ring("ann", chat)
			d.until(frame.TOffer)
			w.store.once(c.call, func() {
				w.hub.DeskChanged("ann")
				<-time.After(time.Millisecond) // until everybody else waits
			})
			d.send(c.frame, offer)
			pass(10 * time.Millisecond)
			for _, want := range c.answer {
				d.next(want)
			}
			d.silent()
		}
	})
}

func TestTakeAgainstAnOlderLook(t *testing.T) {
	inWorld(t, func(t *testing.T, w *world) {
		y, d := w.youth(), w.desk("ann")
		w.joined(y)
		// A look has seen no offer; before it can say so, she takes one.
		w.store.once("deskview", func() {
			d.send(`{"t":"take"}`)
			<-time.After(time.Millisecond)
		})
		w.hub.DeskChanged("ann")
		pass(10 * time.Millisecond)
		d.next(frame.TOffer)
		d.silent()
	})
}

// A page of the log that was asked for before a resume says nothing about what the resume asked for.
func TestResumedWhileLooking(t *testing.T) {
	inWorld(t, func(t *testing.T, w *world) {
		y, d, chat, token := w.talking()
		for i := range 3 {
			d.msg(chat, id("c", i), 0, frame.Text)
			y.msg("", id("y", i), 0, frame.Text)
			y.until(frame.TAck)
			d.until(frame.TAck)
		}
		synctest.Wait()
		y.mu.Lock()
		y.frames = nil
		y.mu.Unlock()
		d.mu.Lock()
		d.frames = nil
		d.mu.Unlock()
		w.store.mu.Lock()
		w.store.page = 1
		w.store.mu.Unlock()
		w.hub.Deliver(w.stored(chat, id("c", 9), 0))
		y.next(frame.TMsg)
		for _, p := range []*peer{y, d} {
			w.stored(chat, id("c"+p.ws.LocalAddr().String(), w.store.count("view")), 0)
			w.store.once("view", func() {
				if p == y {
					p.send(`{"t":"resume","chat":"%s","token":"%s","after":0}`, chat, token)
				} else {
					p.send(`{"t":"resume","chat":"%s","after":0}`, chat)
				}
				<-time.After(time.Millisecond)
			})
			rm := w.hub.room(chat)
			if p == y {
				rm.youth.Load().stir()
			} else {
				rm.desk.Load().stir()
			}
			pass(10 * time.Millisecond)
			if p == y {
				p.next(frame.TJoined)
			} else {
				p.next(frame.TAssigned)
			}
			p.next(frame.TConfirm)
			for seq := int64(1); seq <= 8; seq++ {
				if m := p.next(frame.TMsg); m.Seq != seq {
					t.Fatalf("got %d, want %d", m.Seq, seq)
				}
			}
		}
	})
}

// Ended is said once, whoever sees it first.
func TestEndedOnce(t *testing.T) {
	inWorld(t, func(t *testing.T, w *world) {
		y, d, chat, _ := w.talking()
		w.store.once("end", func() {
			w.hub.ChatChanged(chat)
			<-time.After(time.Millisecond)
		})
		d.send(`{"t":"end","chat":"%s","reason":"stopped"}`, chat)
		pass(10 * time.Millisecond)
		if e := d.next(frame.TEnded); e.Reason != routing.ReasonStopped {
			t.Fatalf("ended: %+v", e)
		}
		pass(time.Second)
		if f := d.next(frame.TDesk); len(f.Wrapups) != 1 {
			t.Fatalf("desk: %+v", f)
		}
		d.silent()
		y.next(frame.TEnded)
		chat, _ = w.joined(y)
		w.store.once("leave", func() {
			w.hub.ChatChanged(chat)
			<-time.After(time.Millisecond)
		})
		y.send(`{"t":"leave"}`)
		pass(10 * time.Millisecond)
		y.next(frame.TEnded)
		y.silent()
	})
}

// A look at the lines that began before somebody joined does not know their place.
func TestJoinedWhileLookingAtTheLines(t *testing.T) {
	inWorld(t, func(t *testing.T, w *world) {
		y := w.youth()
		pass(500 * time.Millisecond)
		for range 2 { // one look in two shows places
			w.store.once("snapshot", func() {
				y.send(`{"t":"join","line":"jip","pk":"%s"}`, pkY)
				<-time.After(time.Millisecond)
			})
			pass(time.Second)
			y.next(frame.TWaiting)
			y.silent()
			y.send(`{"t":"leave"}`)
			y.next(frame.TEnded)
		}
	})
}

// A client that does not answer the close frame is not waited for, and hears nothing behind it.
func TestCloseIsNotAnswered(t *testing.T) {
	inWorld(t, func(t *testing.T, w *world) {
		p, _, err := w.dial("/chat", origin, Subprotocol)
		if err != nil {
			t.Fatal(err)
		}
		got := make(chan []byte)
		go func() {
			b, _ := io.ReadAll(p.ws.NetConn())
			got <- b
		}()
		began := time.Now()
		for range maxBad + 2 {
			p.send(`nonsense`)
		}
		b := <-got
		if d := time.Since(began); d != linger {
			t.Errorf("closed after %v", d)
		}
		const end = "\x88\x0c\x03\xf0bad frames"
		if s := string(b); len(s) < len(end) || s[len(s)-len(end):] != end {
			t.Errorf("the last frame was %q", s[max(0, len(s)-40):])
		}
		synctest.Wait()
		if n := w.obs.open(RoleYouth); n != 0 {
			t.Errorf("%d sockets open", n)
		}
	})
}

// A message whose author has left, and the room with them, still finds the other side when it comes later.
func TestAuthorLeftBeforeStored(t *testing.T) {
	inWorld(t, func(t *testing.T, w *world) {
		y, d, chat, _ := w.talking()
		_ = d.ws.Close()
		synctest.Wait()
		w.store.mu.Lock()
		w.store.park = true
		w.store.mu.Unlock()
		y.msg("", id("m", 1), 0, frame.Text)
		y.silent()
		_ = y.ws.Close()
		d = w.desk("ann")
		d.send(`{"t":"resume","chat":"%s","after":0}`, chat)
		d.next(frame.TAssigned)
		d.next(frame.TConfirm)
		d.next(frame.TGone)
		w.store.unpark()
		d.next(frame.TMsg)
	})
}

// A replay waits for its reader, a page at a time.
func TestReplayWaitsForItsReader(t *testing.T) {
	inWorld(t, func(t *testing.T, w *world) {
		_, d, chat, token := w.talking()
		const n = 200
		for i := range n {
			d.msg(chat, id("c", i), 0, frame.Text)
		}
		d.until(frame.TAck)
		w.store.mu.Lock()
		w.store.page = 10
		w.store.mu.Unlock()
		slow, _, err := w.dial("/chat", origin, Subprotocol)
		if err != nil {
			t.Fatal(err)
		}
		if _, _, err := slow.ws.ReadMessage(); err != nil { // hello
			t.Fatal(err)
		}
		synctest.Wait()
		before := w.store.count("view")
		slow.send(`{"t":"resume","chat":"%s","token":"%s","after":0}`, chat, token)
		synctest.Wait()
		if n := w.store.count("view") - before; n > 5 { // the counsellor's desk looks too
			t.Errorf("%d looks for somebody who reads nothing", n)
		}
		go slow.read()
		slow.next(frame.TJoined)
		slow.next(frame.TConfirm)
		for seq := int64(1); seq <= n; seq++ {
			if m := slow.next(frame.TMsg); m.Seq != seq {
				t.Fatalf("got %d, want %d", m.Seq, seq)
			}
		}
		slow.silent()
	})
}
