package chat

import (
	"math/rand/v2"
	"slices"
	"strconv"
	"testing"
	"testing/synctest"
	"time"

	"haven/chat/frame"
	"haven/routing"
)

// stored puts a message of the counsellor's into the store as another node would, and returns its delivery.
func (w *world) stored(chat, id string, e int) routing.Delivery {
	w.t.Helper()
	f := frame.Inbound{E: e, N: 1, ID: id, K: frame.Text, IV: []byte("iv"), CT: []byte("ct")}
	a := &routing.Append{Chat: chat, From: routing.Counsellor, Owner: "ann", E: e, ID: id, Body: f.AppendBody(nil, 'c')}
	w.store.mu.Lock()
	defer w.store.mu.Unlock()
	w.store.add(a)
	if a.Err != nil {
		w.t.Fatal(a.Err)
	}
	return routing.Delivery{Chat: chat, From: a.From, Seq: a.Seq, Prev: a.Prev, Body: a.Body}
}

func TestDeliverFromAnotherNode(t *testing.T) {
	inWorld(t, func(t *testing.T, w *world) {
		y, _, chat, _ := w.talking()
		var sent []routing.Delivery
		for i := range 6 {
			sent = append(sent, w.stored(chat, id("c", i), 0))
		}
		views := w.store.count("view")
		w.hub.Deliver(sent[0])
		w.hub.Deliver(sent[0]) // twice
		w.hub.Deliver(sent[1])
		synctest.Wait()
		if n := w.store.count("view"); n != views {
			t.Errorf("%d looks at the log for what came in order", n-views)
		}
		w.hub.Deliver(sent[4]) // two wakes were lost
		synctest.Wait()
		w.hub.Deliver(sent[3])
		w.hub.Deliver(sent[5])
		for seq := int64(1); seq <= 6; seq++ {
			if m := y.next(frame.TMsg); m.Seq != seq {
				t.Fatalf("got %d, want %d", m.Seq, seq)
			}
		}
		y.silent()
		// What says nothing sensible does no harm.
		w.hub.Deliver(routing.Delivery{Chat: id("chat", 99), From: routing.Counsellor, Seq: 7})
		w.hub.Deliver(routing.Delivery{Chat: chat, From: routing.Counsellor, Seq: 0, Body: []byte("x")})
		y.silent()
	})
}

// A message of an epoch whose joined and confirm were lost on the way comes behind both.
func TestConfirmBeforeMsg(t *testing.T) {
	inWorld(t, func(t *testing.T, w *world) {
		y := w.youth()
		chat, _ := w.joined(y)
		w.store.mu.Lock()
		c := w.store.chats[chat]
		c.assign("ann", pkC)
		c.Current().TagC = tagB
		w.store.mu.Unlock()
		w.hub.Deliver(w.stored(chat, id("c", 1), 0))
		y.next(frame.TJoined)
		y.next(frame.TConfirm)
		y.next(frame.TMsg)
		// Two counsellors later, with both their joined and confirm.
		w.store.mu.Lock()
		for _, pk := range []string{pkC2, pkC} {
			c.assign("ann", pk)
			c.Current().TagC = tagA
		}
		w.store.mu.Unlock()
		w.hub.Deliver(w.stored(chat, id("c", 2), 2))
		for e := 1; e <= 2; e++ {
			if j := y.next(frame.TJoined); j.E != e {
				t.Fatalf("joined: %+v", j)
			}
			if f := y.next(frame.TConfirm); f.E != e || f.Tag != tagA {
				t.Fatalf("confirm: %+v", f)
			}
		}
		if m := y.next(frame.TMsg); m.Seq != 2 {
			t.Fatalf("msg: %+v", m)
		}
		y.silent()
	})
}

// What is stored while a replay is looked up neither overtakes it nor is lost.
func TestReplayBeforeLive(t *testing.T) {
	inWorld(t, func(t *testing.T, w *world) {
		_, d, chat, token := w.talking()
		for i := range 10 {
			d.msg(chat, id("c", i), 0, frame.Text)
		}
		d.until(frame.TAck)
		w.store.mu.Lock()
		w.store.page = 3
		n := 100
		w.store.onView = func() {
			w.store.mu.Lock()
			n++
			i := n
			w.store.mu.Unlock()
			if i < 110 {
				w.hub.Deliver(w.stored(chat, id("c", i), 0))
			}
		}
		w.store.mu.Unlock()
		y := w.youth()
		y.send(`{"t":"resume","chat":"%s","token":"%s","after":2}`, chat, token)
		y.next(frame.TJoined)
		y.next(frame.TConfirm)
		for seq := int64(3); seq <= 19; seq++ {
			if m := y.next(frame.TMsg); m.Seq != seq {
				t.Fatalf("got %d, want %d", m.Seq, seq)
			}
		}
		y.silent()
	})
}

// A young person whose chat is gone, and is looked at once more at that moment, hears of the one that they ask for next.
func TestGoneChatLeavesNobodyDeaf(t *testing.T) {
	inWorld(t, func(t *testing.T, w *world) {
		y, d := w.youth(), w.desk("ann")
		gone, _ := w.joined(y)
		w.store.mu.Lock()
		delete(w.store.chats, gone)
		w.store.onView = func() {
			w.store.mu.Lock()
			w.store.onView = nil
			w.store.mu.Unlock()
			w.hub.ChatChanged(gone)
		}
		w.store.mu.Unlock()
		w.hub.ChatChanged(gone)
		y.fails(frame.CodeNoChat, "resume")
		next, _ := w.joined(y)
		w.accept(d, "ann", next, pkC)
		if e := y.until(frame.TJoined); e.PK != pkC {
			t.Errorf("joined by %q", e.PK)
		}
	})
}

func TestStoreAway(t *testing.T) {
	inWorld(t, func(t *testing.T, w *world) {
		y, d, chat, _ := w.talking()
		down := func(on bool) { w.store.mu.Lock(); w.store.down = on; w.store.mu.Unlock() }
		down(true)
		y.msg("", id("m", 1), 0, frame.Text)
		y.fails(frame.CodeUnavailable, id("m", 1))
		y.send(`{"t":"quiet","on":true}`)
		y.fails(frame.CodeUnavailable, "quiet")
		y.send(`{"t":"read","seq":1}`)
		y.fails(frame.CodeUnavailable, "read")
		y.send(`{"t":"leave"}`)
		y.fails(frame.CodeUnavailable, "leave")
		for f, re := range map[string]string{
			`{"t":"ready","capacity":1}`: "ready", `{"t":"take"}`: "take", `{"t":"rest"}`: "rest",
			`{"t":"accept","offer":"` + id("o", 1) + `","pk":"` + pkC + `"}`: "accept",
			`{"t":"end","chat":"` + chat + `","reason":"done"}`:              "end",
			`{"t":"resume","chat":"` + chat + `","after":0}`:                 "resume",
		} {
			d.send(f)
			d.fails(frame.CodeUnavailable, re)
		}
		d.msg(chat, id("m", 2), 0, frame.Text)
		d.fails(frame.CodeUnavailable, id("m", 2))
		if !y.open() || !d.open() {
			t.Fatal("an absent store closes nobody")
		}
		// A wake while the store is away is made good by the tick after it is back.
		w.store.do(chat, func(c *fakeChat) { c.Phase = routing.Away })
		y.silent()
		down(false)
		pass(2 * time.Second)
		y.until(frame.TAway)
		w.store.do(chat, func(c *fakeChat) { c.Phase = routing.Talking })
		y.next(frame.TJoined)
		y.msg("", id("m", 1), 0, frame.Text)
		y.next(frame.TAck)
		d.until(frame.TMsg)
	})
}

// A key confirmation that the store was away for is kept as soon as it is back: neither page says it again.
func TestConfirmIsKeptLater(t *testing.T) {
	inWorld(t, func(t *testing.T, w *world) {
		y, d, chat, _ := w.talking()
		down := func(on bool) { w.store.mu.Lock(); w.store.down = on; w.store.mu.Unlock() }
		const other = "CCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCA"
		later := func(says *peer, confirm string, hears *peer) {
			t.Helper()
			down(true)
			says.send(confirm)
			if e := says.until(frame.TError); e.Code != frame.CodeUnavailable || e.Re != "confirm" { // the desk as it stands may come before
				t.Errorf("while the store is away: %+v", e)
			}
			down(false)
			pass(2 * time.Second)
			if got := hears.until(frame.TConfirm).Tag; got != other {
				t.Errorf("heard %q", got)
			}
		}
		later(y, `{"t":"confirm","e":0,"tag":"`+other+`"}`, d)
		later(d, `{"t":"confirm","chat":"`+chat+`","e":0,"tag":"`+other+`"}`, y)
	})
}

// An offer that she settled rings again where the store forgot that with its last life.
func TestForgottenAnswerRingsAgain(t *testing.T) {
	inWorld(t, func(t *testing.T, w *world) {
		_, d, chat, _ := w.talking()
		w.store.ring("ann", chat)
		o := d.until(frame.TOffer)
		d.send(`{"t":"decline","offer":"%s"}`, o.Offer)
		pass(2 * time.Second)
		_ = w.store.desk("ring", "ann", func(v *routing.DeskView) error {
			v.Offer = &routing.Offer{Offer: o.Offer, Chat: chat, Line: "jip", Lang: "nl", RingS: 20, PK: o.PK}
			return nil
		})
		pass(2 * time.Second)
		d.mu.Lock()
		if slices.ContainsFunc(d.frames, func(f frame.Outbound) bool { return f.T == frame.TOffer }) {
			t.Error("what she settled rings again in the same life")
		}
		d.mu.Unlock()
		w.hub.StoreChanged()
		if again := d.until(frame.TOffer); again.Offer != o.Offer {
			t.Errorf("%q rings", again.Offer)
		}
	})
}

// TestForgottenDrop: a failover forgot that somebody left. The node on which the store takes them to be says it again, and
// of nobody who is here, or who came back meanwhile.
func TestForgottenDrop(t *testing.T) {
	inWorld(t, func(t *testing.T, w *world) {
		here, back, left := w.youth(), w.youth(), w.youth()
		stays, _ := w.joined(here)
		returns, token := w.joined(back)
		leaves, _ := w.joined(left)
		var were [2]string
		w.set(func(f *fake) { were = [2]string{f.chats[returns].Sock, f.chats[leaves].Sock} })
		back.cut()
		left.cut()
		w.set(func(f *fake) {
			if f.chats[returns].Sock != "" || f.chats[leaves].Sock != "" {
				t.Fatal("they are there still")
			}
			f.chats[returns].Sock, f.chats[leaves].Sock = were[0], were[1]
			f.store = "life-2"
		})
		w.hub.StoreChanged()
		again := w.youth()
		again.send(`{"t":"resume","chat":"%s","token":"%s","after":0}`, returns, token)
		again.until(frame.TWaiting)
		pass(3 * callTimeout)
		w.set(func(f *fake) {
			if f.chats[stays].Sock == "" || f.chats[returns].Sock == "" || f.chats[returns].Sock == were[0] {
				t.Errorf("%q and %q were dropped", f.chats[stays].Sock, f.chats[returns].Sock)
			}
			if f.chats[leaves].Sock != "" {
				t.Error("who left is there still")
			}
		})
	})
}

// TestPlaceThatNobodyKnows: the store gave a place and its answer was lost. The page was told that it has none, so that the
// place is given back as soon as the store answers again, and once more for a call that was still on its way.
func TestPlaceThatNobodyKnows(t *testing.T) {
	inWorld(t, func(t *testing.T, w *world) {
		y := w.youth()
		w.set(func(f *fake) { f.loses = true })
		y.send(`{"t":"join","line":"jip","pk":"%s"}`, pkY)
		if r := y.until(frame.TRefused); r.Reason != routing.RefusedUnavailable {
			t.Fatalf("%+v", r)
		}
		w.set(func(f *fake) { f.down, f.loses = true, false })
		pass(10 * time.Second)
		phase := func() (p routing.Phase) {
			w.set(func(f *fake) {
				for _, c := range f.chats {
					p = c.Phase
				}
			})
			return p
		}
		if p := phase(); p != routing.Waiting {
			t.Fatalf("before the store is back it is %v", p)
		}
		w.set(func(f *fake) { f.down = false })
		pass(2 * time.Second)
		if p := phase(); p != routing.Over {
			t.Errorf("a place that nobody knows is %v", p)
		}
		w.set(func(f *fake) { // the call that asked for it came late
			for _, c := range f.chats {
				c.Phase = routing.Waiting
			}
		})
		pass(3 * callTimeout)
		if p := phase(); p != routing.Over {
			t.Errorf("a place that came late is %v", p)
		}
		w.joined(y) // and they have one as soon as they ask again
	})
}

func TestStoreBeginsAnotherLife(t *testing.T) {
	inWorld(t, func(t *testing.T, w *world) {
		y, d, chat, token := w.talking()
		w.store.mu.Lock()
		w.store.store = "life-2"
		w.store.chats = map[string]*fakeChat{}
		w.store.mu.Unlock()
		w.hub.StoreChanged()
		if h := y.next(frame.THello); h.Store != "life-2" {
			t.Fatalf("hello: %+v", h)
		}
		d.until(frame.THello)
		y.silent()
		y.send(`{"t":"resume","chat":"%s","token":"%s","after":0}`, chat, token)
		y.fails(frame.CodeNoChat, "resume")
		again, _ := w.joined(y) // on the same socket, by itself
		if again == chat {
			t.Fatal("the same chat")
		}
		// A chat that goes by itself is said to be gone, so that a page does not wait for nothing.
		w.store.mu.Lock()
		delete(w.store.chats, again)
		w.store.mu.Unlock()
		w.hub.Resync()
		y.fails(frame.CodeNoChat, "resume")
		w.joined(y)
	})
}

// Whatever wakes are lost, doubled or out of order: each message is shown once and in order.
func TestAnyOrderOfWakes(t *testing.T) {
	for seed := range uint64(40) {
		inWorld(t, func(t *testing.T, w *world) {
			rnd := rand.New(rand.NewPCG(seed, 1))
			y, d, chat, token := w.talking()
			w.store.mu.Lock()
			w.store.page = 1 + rnd.IntN(5)
			w.store.mu.Unlock()
			var pending []routing.Delivery
			var own, seen []int64
			hear := func() {
				synctest.Wait()
				y.mu.Lock()
				defer y.mu.Unlock()
				for _, f := range y.frames {
					switch {
					case f.T == frame.TMsg && f.From == "c":
						seen = append(seen, f.Seq)
					case f.T == frame.TAck:
						own = append(own, f.Seq)
					}
				}
				y.frames = nil
			}
			n := 0
			for i := range 60 {
				switch rnd.IntN(9) {
				case 0, 1, 2:
					n++
					pending = append(pending, w.stored(chat, id("c", i), 0))
				case 3, 4:
					if len(pending) > 0 {
						j := rnd.IntN(len(pending))
						w.hub.Deliver(pending[j])
						if rnd.IntN(2) == 0 {
							pending = slices.Delete(pending, j, j+1)
						}
					}
				case 5:
					y.msg("", id("y", i), 0, frame.Text)
				case 6:
					w.hub.ChatChanged(chat)
				case 7:
					n++
					d.msg(chat, id("d", i), 0, frame.Text)
				case 8:
					if rnd.IntN(3) == 0 {
						hear()
						_ = y.ws.Close()
						y = w.youth()
						after := int64(0)
						if len(seen) > 0 {
							after = seen[len(seen)-1]
						}
						y.send(`{"t":"resume","chat":"%s","token":"%s","after":`+itoa(after)+`}`, chat, token)
					}
				}
				if rnd.IntN(3) == 0 {
					hear()
				}
			}
			w.hub.Resync()
			hear()
			if len(seen) != n || !slices.IsSorted(seen) || len(slices.Compact(slices.Clone(seen))) != n {
				t.Fatalf("seed %d: %d messages were stored, shown were %v", seed, n, seen)
			}
			if !slices.IsSorted(own) {
				t.Fatalf("seed %d: acks %v", seed, own)
			}
		})
	}
}

func itoa(n int64) string { return strconv.FormatInt(n, 10) }

func TestRoomsAreForgotten(t *testing.T) {
	inWorld(t, func(t *testing.T, w *world) {
		y, d, _, _ := w.talking()
		_ = y.ws.Close()
		_ = d.ws.Close()
		synctest.Wait()
		w.hub.mu.Lock()
		defer w.hub.mu.Unlock()
		if len(w.hub.rooms) != 0 || len(w.hub.atDesk) != 0 {
			t.Errorf("%d rooms and %d desks are left", len(w.hub.rooms), len(w.hub.atDesk))
		}
	})
}

func TestTouch(t *testing.T) {
	inWorld(t, func(t *testing.T, w *world) {
		w.joined(w.youth())
		pass(touchEvery + time.Second)
		if n := w.store.count("touch"); n != 1 {
			t.Errorf("%d touches", n)
		}
	})
}
