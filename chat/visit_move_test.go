package chat

import (
	"testing"
	"testing/synctest"
	"time"

	"haven/chat/frame"
	"haven/routing"
)

// elsewhere is what a resume on node n2 leaves.
func elsewhere(c *fakeChat) {
	c.Sock = "n2/1"
	if !c.Answered {
		c.Holder = "n2"
	}
}

// A visit that goes on elsewhere is counted there.
func TestVisitMovesAway(t *testing.T) {
	for name, c := range map[string]struct {
		then func(w *world, chat string)
		want []Visit
	}{
		"told": {func(w *world, chat string) {
			w.store.do(chat, elsewhere)
			w.holds(0)
		}, nil},
		"told late, when it ended there": {func(w *world, chat string) {
			w.unheard(chat, elsewhere)
			w.finish(chat, routing.ReasonLeft)
		}, nil},
		"answered there": {func(w *world, chat string) {
			w.unheard(chat, elsewhere)
			w.unheard(chat, func(c *fakeChat) { c.assign("ann", pkC) })
			w.hub.ChatChanged(chat)
		}, nil},
		"answered here, then gone there": {func(w *world, chat string) {
			w.unheard(chat, func(c *fakeChat) { c.assign("ann", pkC) })
			w.store.do(chat, elsewhere)
			w.counts(poster("jip", Answered, 0))
		}, []Visit{poster("jip", Answered, 0)}},
		"unheard, found by a resync": {func(w *world, chat string) {
			w.unheard(chat, elsewhere)
			w.hub.Resync()
			w.holds(0)
		}, nil},
		"unheard, found when its time is over": {func(w *world, chat string) { w.unheard(chat, elsewhere) }, nil},
		"lost with its store, found by a resync": {func(w *world, chat string) {
			w.store.mu.Lock()
			delete(w.store.chats, chat)
			w.store.mu.Unlock()
			w.hub.Resync()
			w.holds(0)
		}, nil},
	} {
		for _, up := range []bool{true, false} {
			t.Run(name+map[bool]string{true: ", socket up", false: ", socket down"}[up], func(t *testing.T) {
				inWorld(t, func(t *testing.T, w *world) {
					y := w.youth()
					chat, _ := w.posterIn(y)
					pass(2 * time.Second)
					y.send(`{"t":"beat"}`)
					y.next(frame.TBeat)
					if !up {
						y.cut()
					}
					c.then(w, chat)
					y.cut()
					pass(holdTime)
					w.counts(c.want...)
					w.holds(0)
				})
			})
		}
	}
}

// A visit that comes from elsewhere is this node's unless somebody had answered it there.
func TestVisitMovesHere(t *testing.T) {
	inWorld(t, func(t *testing.T, w *world) {
		chats := w.fromElsewhere(3)
		y := w.youth()
		w.resumes(y, chats[0].Chat, chats[0].token)
		y.next(frame.TWaiting)
		w.accept(w.desk("ann"), "ann", chats[0].Chat, pkC)
		w.counts(poster("jip", Answered, 0))

		w.unheard(chats[1].Chat, func(c *fakeChat) { c.assign("ann", pkC) })
		y = w.youth()
		w.resumes(y, chats[1].Chat, chats[1].token)
		y.next(frame.TJoined)
		w.hub.ChatChanged(chats[1].Chat)
		y.leaves(goingAway)
		w.holds(0)

		// Answered between its coming and the look that follows.
		w.store.once("resume", func() { w.unheard(chats[2].Chat, func(c *fakeChat) { c.assign("ann", pkC) }) })
		y = w.youth()
		w.resumes(y, chats[2].Chat, chats[2].token)
		y.until(frame.TJoined)
		w.counts(poster("jip", Answered, 0), poster("jip", Answered, 0))
		w.holds(0)
	})
}

// fromElsewhere are chats whose young people are at n2.
func (w *world) fromElsewhere(n int) []*fakeChat {
	w.t.Helper()
	w.store.mu.Lock()
	defer w.store.mu.Unlock()
	var out []*fakeChat
	for range n {
		c := &fakeChat{token: w.store.fresh("token"), ids: map[string]int64{}, last: map[routing.Side]int64{}}
		c.View = routing.View{Chat: w.store.fresh("chat"), Line: "jip", Phase: routing.Waiting, Sock: "n2/1", Holder: "n2",
			PKY: pkY, Share: w.store.fresh("share")}
		w.store.chats[c.Chat] = c
		out = append(out, c)
	}
	return out
}

// A chat that ends while its young person changes nodes is still one visit.
func TestVisitEndsOnTheWay(t *testing.T) {
	inWorld(t, func(t *testing.T, w *world) {
		w.now(3)
		chats := w.fromElsewhere(3)
		c := chats[0]
		// The store named the socket, and then found the chat over.
		w.store.mu.Lock()
		w.store.onResume = func(v *routing.View) error {
			c.Phase, c.Reason, c.Holder, c.Sock = routing.Over, routing.ReasonClosed, node, ""
			*v = routing.View{Chat: c.Chat, Line: "jip", Took: true}
			return routing.ErrNoChat
		}
		w.store.mu.Unlock()
		y := w.youth()
		w.resumes(y, c.Chat, c.token)
		y.fails(frame.CodeNoChat, "resume")
		w.counts(poster("jip", Abandoned, 3))
		w.holds(0)

		// It named the socket, and then was away; the page comes again.
		c = chats[1]
		w.store.mu.Lock()
		w.store.onResume = func(v *routing.View) error {
			c.Holder = node
			*v = routing.View{Chat: c.Chat, Line: "jip", Took: true}
			return routing.ErrUnavailable
		}
		w.store.mu.Unlock()
		w.resumes(y, c.Chat, c.token)
		y.fails(frame.CodeUnavailable, "resume")
		w.holds(1)
		w.resumes(y, c.Chat, c.token)
		y.next(frame.TWaiting)
		w.accept(w.desk("ann"), "ann", c.Chat, pkC)
		w.counts(poster("jip", Abandoned, 3), poster("jip", Answered, 0))
		w.holds(0)

		// The page does not come again.
		c = chats[2]
		w.store.mu.Lock()
		w.store.onResume = func(v *routing.View) error {
			c.Holder, c.Phase, c.Sock = node, routing.Over, ""
			*v = routing.View{Chat: c.Chat, Line: "jip", Took: true}
			return routing.ErrUnavailable
		}
		w.store.mu.Unlock()
		y = w.youth()
		w.resumes(y, c.Chat, c.token)
		y.fails(frame.CodeUnavailable, "resume")
		y.leaves(goingAway)
		pass(holdTime)
		w.counts(poster("jip", Abandoned, 3), poster("jip", Answered, 0), poster("jip", Abandoned, 3))
		w.holds(0)
	})
}

// A socket that is being closed looks at nothing any more: the visit does.
func TestVisitAnsweredAsItsSocketCloses(t *testing.T) {
	inWorld(t, func(t *testing.T, w *world) {
		y := w.youth()
		chat, _ := w.posterIn(y)
		s := w.hub.wheel.all()[0]
		set := func(state socketState) { s.mu.Lock(); s.state = state; s.mu.Unlock() }
		synctest.Wait()
		set(stateClosing)
		w.store.do(chat, func(c *fakeChat) { c.assign("ann", pkC) })
		w.counts(poster("jip", Answered, 0))
		set(stateOpen)
	})
}

// A visit that is counted while its young person comes back on the same node is not taken again.
func TestVisitCountedWhileItComesBack(t *testing.T) {
	for name, end := range map[string]struct {
		do   func(c *fakeChat)
		want Visit
	}{
		"answered": {func(c *fakeChat) { c.assign("ann", pkC) }, poster("jip", Answered, 0)},
		"over":     {func(c *fakeChat) { c.Phase, c.Sock = routing.Over, "" }, poster("jip", Abandoned, 0)},
	} {
		t.Run(name, func(t *testing.T) {
			inWorld(t, func(t *testing.T, w *world) {
				y := w.youth()
				chat, token := w.posterIn(y)
				pass(2 * time.Second)
				y.send(`{"t":"beat"}`)
				y.next(frame.TBeat)
				y.cut()
				w.store.once("resume", func() { // nobody had accepted; then somebody does, and a look sees that first
					w.unheard(chat, end.do)
					v, err := w.store.View(w.t.Context(), chat, noMessages, routing.EveryEpoch)
					w.hub.visits.saw(chat, w.hub.visits.now(), &v, err)
				})
				y = w.youth()
				w.resumes(y, chat, token)
				synctest.Wait()
				w.hub.ChatChanged(chat)
				pass(holdTime)
				w.counts(end.want)
				w.holds(0)
				if n := len(w.hub.visits.coming); n > 0 {
					t.Errorf("%d are still coming", n)
				}
			})
		})
	}
}

// What a look saw before the young person came back is not held against the visit.
func TestVisitLookBeforeItCameBack(t *testing.T) {
	inWorld(t, func(t *testing.T, w *world) {
		y := w.youth()
		chat, _ := w.posterIn(y)
		pass(2 * time.Second)
		y.send(`{"t":"beat"}`)
		y.next(frame.TBeat)
		y.cut()
		w.store.once("view", func() { // the look says n2, and then it is here again
			w.unheard(chat, func(c *fakeChat) { c.Holder = node })
			w.hub.visits.take(chat, visit{}, false)
		})
		w.store.do(chat, elsewhere)
		w.holds(1)
		w.store.do(chat, func(c *fakeChat) { c.Phase, c.Sock = routing.Over, "" })
		w.counts(poster("jip", Abandoned, 0))
	})
}

// The store began another life: the page goes on by itself with a new chat, and it is the same visit.
func TestVisitOutlivesTheStore(t *testing.T) {
	empty := func(w *world, life string) {
		w.store.mu.Lock()
		w.store.store = life
		w.store.chats = map[string]*fakeChat{}
		w.store.mu.Unlock()
		w.hub.StoreChanged()
	}
	t.Run("waiting", func(t *testing.T) {
		inWorld(t, func(t *testing.T, w *world) {
			y := w.youth()
			chat, token := w.posterIn(y)
			empty(w, "life-2")
			y.next(frame.THello)
			w.resumes(y, chat, token)
			y.fails(frame.CodeNoChat, "resume")
			again, _ := w.posterIn(y)
			w.accept(w.desk("ann"), "ann", again, pkC)
			pass(holdTime)
			w.counts(poster("jip", Answered, 0))
			w.holds(0)
		})
	})
	t.Run("answered", func(t *testing.T) {
		inWorld(t, func(t *testing.T, w *world) {
			y := w.youth()
			chat, token := w.posterIn(y)
			d := w.desk("ann")
			w.accept(d, "ann", chat, pkC)
			y.until(frame.TJoined)
			for _, life := range []string{"life-2", "life-3"} {
				empty(w, life)
				y.until(frame.THello)
				w.resumes(y, chat, token)
				y.fails(frame.CodeNoChat, "resume")
				w.refuses(routing.RefusedNobody) // she comes back a little later
				y.send(joinPoster, pkY)
				y.next(frame.TRefused)
				w.refuses("")
				chat, token = w.posterIn(y)
			}
			w.accept(w.desk("bea"), "bea", chat, pkC2)
			w.counts(poster("jip", Answered, 0))
			y.send(`{"t":"leave"}`)
			y.until(frame.TEnded)
			w.posterIn(y) // which is another visit
			y.send(`{"t":"leave"}`)
			y.until(frame.TEnded)
			w.counts(poster("jip", Answered, 0), poster("jip", Abandoned, 0))
			y.leaves(goingAway)
			pass(holdTime)
			w.counts(poster("jip", Answered, 0), poster("jip", Abandoned, 0))
			w.holds(0)
		})
	})
	t.Run("answered, and then nobody is there", func(t *testing.T) {
		inWorld(t, func(t *testing.T, w *world) {
			y := w.youth()
			chat, token := w.posterIn(y)
			w.accept(w.desk("ann"), "ann", chat, pkC)
			y.until(frame.TJoined)
			empty(w, "life-2")
			y.until(frame.THello)
			w.resumes(y, chat, token)
			y.fails(frame.CodeNoChat, "resume")
			w.refuses(routing.RefusedNobody)
			y.send(joinPoster, pkY)
			y.next(frame.TRefused)
			y.leaves(goingAway)
			w.counts(poster("jip", Answered, 0))
		})
	})
	t.Run("a replica that had not heard of the answer", func(t *testing.T) {
		inWorld(t, func(t *testing.T, w *world) {
			y := w.youth()
			chat, token := w.posterIn(y)
			w.accept(w.desk("ann"), "ann", chat, pkC)
			y.until(frame.TJoined)
			w.unheard(chat, func(c *fakeChat) { c.Answered, c.Epochs, c.Phase = false, nil, routing.Waiting })
			w.resumes(y, chat, token)
			y.until(frame.TWaiting)
			w.accept(w.desk("bea"), "bea", chat, pkC2)
			w.counts(poster("jip", Answered, 0))
			w.holds(0)
		})
	})
}
