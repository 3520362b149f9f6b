package chat

import (
	"maps"
	"slices"
	"testing"
	"testing/synctest"

	"haven/chat/frame"
	"haven/routing"
)

// Before a page heard that the store is another one, it is not told that its chat is gone: it would give up its words.
func TestNothingIsGoneBeforeAnotherLifeIsNamed(t *testing.T) {
	inWorld(t, func(t *testing.T, w *world) {
		y := w.youth()
		chat, token := w.joined(y)
		w.store.mu.Lock()
		w.store.store = "life-2"
		delete(w.store.chats, chat)
		w.store.mu.Unlock()
		y.send(`{"t":"resume","chat":"%s","token":"%s","after":0}`, chat, token)
		y.fails(frame.CodeUnavailable, "resume")
		w.hub.StoreChanged()
		y.until(frame.THello)
		y.send(`{"t":"resume","chat":"%s","token":"%s","after":0}`, chat, token)
		y.fails(frame.CodeNoChat, "resume")
	})
}

func TestResumeAfterAnotherLife(t *testing.T) {
	inWorld(t, func(t *testing.T, w *world) {
		y, d, chat, token := w.talking()
		d.msg(chat, id("c", 1), 0, frame.Text)
		y.next(frame.TMsg)
		w.store.mu.Lock()
		w.store.store = "life-2"
		w.store.mu.Unlock()
		w.hub.StoreChanged()
		y.next(frame.THello)
		y.send(`{"t":"resume","chat":"%s","token":"%s","after":0}`, chat, token) // the same socket
		if j := y.next(frame.TJoined); j.Share == "" {
			t.Fatalf("joined: %+v", j)
		}
		y.next(frame.TConfirm)
		y.next(frame.TMsg)
		y.silent()

		// The other page heard it as well; before it resumes, nothing of it is kept, and what it was shown is not told.
		d.until(frame.THello)
		calls := w.store.count("append") + w.store.count("read")
		d.msg(chat, id("c", 2), 0, frame.Text)
		d.fails(frame.CodeUnavailable, id("c", 2))
		d.send(`{"t":"read","chat":"%s","seq":1}`, chat)
		d.fails(frame.CodeUnavailable, "read")
		y.silent()
		if n := w.store.count("append") + w.store.count("read") - calls; n != 0 {
			t.Fatalf("%d of what belongs to another life reached the store", n)
		}
		d.send(`{"t":"resume","chat":"%s","after":0}`, chat)
		d.until(frame.TConfirm)
		d.until(frame.TMsg) // her own, again
		d.msg(chat, id("c", 2), 0, frame.Text)
		d.until(frame.TAck)
		y.next(frame.TMsg)
	})
}

// forgets has a store lose the newest messages of a chat, as a primary does that takes the place of one whose last words it
// never had, before any page hears of another life.
func (f *fake) forgets(chat string, newest int64) {
	f.mu.Lock()
	defer f.mu.Unlock()
	c := f.chats[chat]
	c.Seq -= newest
	clear(c.last)
	for i := range c.log {
		if m := &c.log[i]; m.Seq <= c.Seq {
			c.last[bodyFrom(m.Body)] = m.Seq
		}
	}
	c.log = slices.DeleteFunc(c.log, func(m routing.Stored) bool { return m.Seq > c.Seq })
	maps.DeleteFunc(c.ids, func(_ string, seq int64) bool { return seq > c.Seq })
}

// TestForgottenOfTheOtherSide: a store forgot what somebody said and was acked, and the other side, whose page saw nothing of
// it, goes on first: what they say takes the seq of what is forgotten. Nobody is shown anything out of its order, and what is
// forgotten is not taken for read.
func TestForgottenOfTheOtherSide(t *testing.T) {
	for _, hint := range []string{"a live message", "a look"} {
		t.Run(hint, func(t *testing.T) {
			inWorld(t, func(t *testing.T, w *world) {
				y, d, chat, token := w.talking()
				y.msg("", id("y", 1), 0, frame.Text)
				y.next(frame.TAck)
				d.until(frame.TMsg)
				y.msg("", id("y", 2), 0, frame.Text)
				y.next(frame.TAck)
				d.until(frame.TMsg)
				d.msg(chat, id("c", 1), 0, frame.Text)
				d.msg(chat, id("c", 2), 0, frame.Text)
				d.next(frame.TAck)
				d.next(frame.TAck)
				y.next(frame.TMsg)
				y.next(frame.TMsg)
				w.store.forgets(chat, 2)

				// She knows of two that the store has no more; they know of them as hers.
				d.msg(chat, id("c", 3), 0, frame.Text)
				d.fails(frame.CodeUnavailable, id("c", 3))
				y.msg("", id("y", 3), 0, frame.Text)
				y.fails(frame.CodeUnavailable, id("y", 3))

				// From a node that knew of neither, theirs are kept, in the place of hers.
				put := func(n int) routing.Delivery {
					w.store.mu.Lock()
					defer w.store.mu.Unlock()
					c := w.store.chats[chat]
					f := frame.Inbound{E: 0, ID: id("z", n), K: frame.Text, IV: []byte("iv"), CT: []byte("ct")}
					prev := c.last[routing.Youth]
					c.Seq++
					c.last[routing.Youth], c.ids[f.ID] = c.Seq, c.Seq
					body := f.AppendBody(nil, byte(routing.Youth))
					c.log = append(c.log, routing.Stored{Seq: c.Seq, Body: body})
					return routing.Delivery{Chat: chat, From: routing.Youth, Seq: c.Seq, Prev: prev, Body: body}
				}
				for n := range 4 {
					m := put(n)
					if hint == "a look" {
						w.hub.ChatChanged(chat)
					} else if w.hub.Deliver(m); n == 2 {
						w.hub.ChatChanged(chat)
					}
				}
				w.store.do(chat, func(c *fakeChat) { c.ReadY = c.Seq })
				d.silent()
				d.msg(chat, id("c", 3), 0, frame.Text) // also where the store has counted past what she knows
				d.fails(frame.CodeUnavailable, id("c", 3))

				w.set(func(f *fake) { f.store = "life-2" })
				w.hub.StoreChanged()
				d.until(frame.THello)
				d.send(`{"t":"resume","chat":"%s","after":0}`, chat)
				d.next(frame.TAssigned)
				d.next(frame.TConfirm)
				for seq := range int64(6) {
					if m := d.next(frame.TMsg); m.Seq != seq+1 || m.From != "y" {
						t.Fatalf("%+v", m)
					}
				}
				d.next(frame.TRead)
				for n := range 3 {
					d.msg(chat, id("c", n+1), 0, frame.Text)
					if a := d.next(frame.TAck); a.ID != id("c", n+1) || a.Seq != int64(n+7) {
						t.Fatalf("%+v", a)
					}
				}
				y.until(frame.THello)
				y.send(`{"t":"resume","chat":"%s","token":"%s","after":0}`, chat, token)
				y.next(frame.TJoined)
				y.next(frame.TConfirm)
				for seq := range int64(9) {
					if m := y.next(frame.TMsg); m.Seq != seq+1 {
						t.Fatalf("%+v", m)
					}
				}
			})
		})
	}
}

// TestAckBehindTheNews: what a store kept that began another life since is not acked. Its page has begun to send again what
// was not read, and would take the ack for one of the new life.
func TestAckBehindTheNews(t *testing.T) {
	inWorld(t, func(t *testing.T, w *world) {
		y, d, chat, token := w.talking()
		w.set(func(f *fake) { f.park = true })
		y.msg("", id("y", 1), 0, frame.Text)
		synctest.Wait()
		w.set(func(f *fake) { f.store = "life-2" })
		w.hub.StoreChanged()
		y.next(frame.THello)
		w.store.unpark()
		y.fails(frame.CodeUnavailable, id("y", 1))
		y.send(`{"t":"resume","chat":"%s","token":"%s","after":0}`, chat, token)
		y.next(frame.TJoined)
		y.next(frame.TConfirm)
		y.next(frame.TMsg)
		y.msg("", id("y", 1), 0, frame.Text)
		y.next(frame.TAck)
		d.until(frame.TMsg)
	})
}
