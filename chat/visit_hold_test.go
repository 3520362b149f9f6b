package chat

import (
	"testing"
	"time"

	"haven/chat/frame"
	"haven/routing"
)

// A place in line is kept while the line is down, and so is its visit.
func TestVisitWaitsForItsYoungPerson(t *testing.T) {
	abandoned := poster("jip", Abandoned, 0)
	for name, c := range map[string]struct {
		then func(w *world, chat, token string)
		want []Visit
	}{
		"the store gives up the place": {func(w *world, chat, _ string) {
			w.finish(chat, routing.ReasonAbandoned)
			w.counts(abandoned) // at once, by the wake
		}, []Visit{abandoned}},
		"the store gives it up unheard": {func(w *world, chat, _ string) {
			w.unheard(chat, func(c *fakeChat) { c.Phase, c.Sock = routing.Over, "" })
			pass(899 * time.Second)
			w.counts()
			w.holds(1)
		}, []Visit{abandoned}},
		"the store is away when the time is over": {func(w *world, chat, _ string) {
			w.unheard(chat, func(c *fakeChat) { c.Phase, c.Sock = routing.Over, "" })
			w.away(true)
			pass(holdTime + time.Minute)
			w.counts()
			w.away(false)
			pass(2 * time.Second)
			w.counts(abandoned)
		}, []Visit{abandoned}},
		"the place is given up too late": {func(w *world, chat, _ string) {
			pass(holdTime)
			w.holds(1)
			w.unheard(chat, func(c *fakeChat) { c.Phase, c.Sock = routing.Over, "" })
		}, []Visit{abandoned}},
		"the chat is known no more": {func(w *world, chat, _ string) {
			w.store.mu.Lock()
			delete(w.store.chats, chat)
			w.store.mu.Unlock()
		}, nil},
		"answered meanwhile, unheard": {func(w *world, chat, _ string) {
			w.unheard(chat, func(c *fakeChat) { c.assign("ann", pkC) })
		}, []Visit{poster("jip", Answered, 0)}},
		"answered, and over since": {func(w *world, chat, _ string) {
			w.unheard(chat, func(c *fakeChat) { c.assign("ann", pkC); c.Phase, c.Epochs = routing.Over, nil })
		}, []Visit{poster("jip", Answered, 0)}},
		"back in time": {func(w *world, chat, token string) {
			pass(890 * time.Second)
			y := w.youth()
			w.resumes(y, chat, token)
			y.next(frame.TWaiting)
			views := w.store.count("view")
			pass(holdTime)
			w.holds(1)
			if n := w.store.count("view"); n != views {
				t.Errorf("the old hold looked %d times", n-views)
			}
			w.accept(w.desk("ann"), "ann", chat, pkC)
			w.counts(poster("jip", Answered, 0))
		}, []Visit{poster("jip", Answered, 0)}},
		"back without a campaign": {func(w *world, chat, token string) {
			y := w.youth()
			y.send(`{"t":"resume","chat":"%s","token":"%s","after":0}`, chat, token)
			y.next(frame.TWaiting)
			y.send(`{"t":"leave"}`)
			y.next(frame.TEnded)
		}, []Visit{abandoned}},
		"back, and down again": {func(w *world, chat, token string) {
			pass(890 * time.Second)
			y := w.youth()
			w.resumes(y, chat, token)
			y.next(frame.TWaiting)
			y.cut()
			pass(300 * time.Second)
			w.holds(1)
			w.unheard(chat, func(c *fakeChat) { c.Phase, c.Sock = routing.Over, "" })
		}, []Visit{abandoned}},
	} {
		t.Run(name, func(t *testing.T) {
			inWorld(t, func(t *testing.T, w *world) {
				y := w.youth()
				chat, token := w.posterIn(y)
				pass(2 * time.Second)
				y.send(`{"t":"beat"}`) // it has heard of its place
				y.next(frame.TBeat)
				y.cut()
				c.then(w, chat, token)
				pass(holdTime)
				w.counts(c.want...)
				w.holds(0)
				if w.hub.visits.down != nil {
					t.Error("a hold is left over")
				}
			})
		})
	}
}

// The quick exit is a drop like another.
func TestVisitHidden(t *testing.T) {
	inWorld(t, func(t *testing.T, w *world) {
		y := w.youth()
		chat, _ := w.posterIn(y)
		y.send(`{"t":"hide"}`)
		y.closes(closeNormal)
		w.holds(1)
		w.finish(chat, routing.ReasonAbandoned)
		w.counts(poster("jip", Abandoned, 0))
	})
}

// A page that never heard of its place joins anew: the place that nobody comes for is no visit.
func TestVisitUnheardPlace(t *testing.T) {
	for name, c := range map[string]struct {
		end  func(y *peer)
		want []Visit
	}{
		"broken line": {func(y *peer) { y.cut() }, nil},
		"comes back":  {func(y *peer) { y.leaves(closeBack) }, nil},
		"left":        {func(y *peer) { y.leaves(goingAway) }, []Visit{poster("jip", Abandoned, 0)}},
		"heard, as what it said shows": {func(y *peer) { y.send(`{"t":"quiet","on":true}`); y.cut() },
			[]Visit{poster("jip", Abandoned, 0)}},
	} {
		t.Run(name, func(t *testing.T) {
			inWorld(t, func(t *testing.T, w *world) {
				y := w.youth()
				chat, _ := w.posterIn(y)
				c.end(y)
				y2 := w.youth()
				again, _ := w.posterIn(y2)
				w.accept(w.desk("ann"), "ann", again, pkC)
				w.finish(chat, routing.ReasonAbandoned)
				w.counts(append(c.want, poster("jip", Answered, 0))...)
				w.holds(0)
			})
		})
	}
	t.Run("heard of it after all", func(t *testing.T) {
		inWorld(t, func(t *testing.T, w *world) {
			y := w.youth()
			chat, token := w.posterIn(y)
			y2 := w.youth()
			w.resumes(y2, chat, token)
			y2.next(frame.TWaiting)
			y.closes(closeReplaced)
			w.holds(1)
			w.accept(w.desk("ann"), "ann", chat, pkC)
			w.counts(poster("jip", Answered, 0))
		})
	})
}

// A drained node drops what it holds: the pages bring it elsewhere.
func TestVisitDrain(t *testing.T) {
	inWorld(t, func(t *testing.T, w *world) {
		up, down, reading := w.youth(), w.youth(), w.youth()
		w.posterIn(up)
		chat, _ := w.posterIn(down)
		pass(2 * time.Second)
		down.send(`{"t":"beat"}`)
		down.next(frame.TBeat)
		down.cut()
		reading.send(visitPoster)
		w.holds(2)
		if err := w.hub.Drain(t.Context(), time.Second); err != nil {
			t.Fatal(err)
		}
		w.holds(0)
		w.finish(chat, routing.ReasonAbandoned)
		w.hub.Resync()
		w.counts()
	})
}

// A hub that counts nothing does everything else.
func TestNoReach(t *testing.T) {
	inWorld(t, func(t *testing.T, w *world) {
		w.hub.cfg.Reach = nil
		y := w.youth()
		y.send(visitPoster)
		w.refuses(routing.RefusedFull)
		y.send(joinPoster, pkY)
		y.next(frame.TRefused)
		w.refuses("")
		chat, token := w.posterIn(y)
		w.resumes(y, chat, token)
		y.next(frame.TWaiting)
		w.holds(0)
		y.leaves(goingAway)
	})
}

// Counting looks at nothing by itself while the young person's socket does.
func TestVisitCostsNoCall(t *testing.T) {
	inWorld(t, func(t *testing.T, w *world) {
		y := w.youth()
		y.send(visitPoster)
		chat, token := w.posterIn(y)
		d := w.desk("ann")
		y2 := w.youth()
		w.resumes(y2, chat, token)
		y2.next(frame.TWaiting)
		w.accept(d, "ann", chat, pkC)
		y2.until(frame.TJoined)
		w.confirmed(y2, d, chat, 0)
		y2.send(`{"t":"leave"}`)
		y2.until(frame.TEnded)
		w.posterIn(y2)
		y2.send(`{"t":"leave"}`)
		y2.until(frame.TEnded)
		w.counts(poster("jip", Answered, 0), poster("jip", Abandoned, 0))
		y2.leaves(goingAway)
		pass(holdTime)
		if n := w.store.count("view of a visit"); n > 0 {
			t.Errorf("%d looks of its own", n)
		}
	})
}
