package chat

import (
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"github.com/gorilla/websocket"

	"haven/chat/frame"
	"haven/routing"
)

// holdTime is a little more than a visit waits for its young person.
const holdTime = 900*time.Second + (holdMore+2)*time.Second

// counts checks that these visits were counted, in any order, and nothing else.
func (w *world) counts(want ...Visit) {
	w.t.Helper()
	synctest.Wait()
	w.reach.mu.Lock()
	defer w.reach.mu.Unlock()
	rest := slices.Clone(w.reach.all)
	for _, v := range want {
		i := slices.Index(rest, v)
		if i < 0 {
			w.t.Fatalf("counted %+v, want %+v", w.reach.all, want)
		}
		rest = slices.Delete(rest, i, i+1)
	}
	if len(rest) > 0 {
		w.t.Fatalf("counted %+v, want %+v", w.reach.all, want)
	}
}

// holds checks how many visits this node still holds.
func (w *world) holds(n int) {
	w.t.Helper()
	synctest.Wait()
	vs := &w.hub.visits
	vs.mu.Lock()
	defer vs.mu.Unlock()
	if len(vs.held) != n {
		w.t.Fatalf("%d visits are held, want %d", len(vs.held), n)
	}
}

// now sets the block of the week.
func (w *world) now(block int) {
	w.reach.mu.Lock()
	w.reach.block = block
	w.reach.mu.Unlock()
}

func (w *world) refuses(reason string) {
	w.store.mu.Lock()
	w.store.refuse = nil
	if reason != "" {
		w.store.refuse = &routing.Refusal{Reason: reason}
	}
	w.store.mu.Unlock()
}

// unheard changes a chat without a wake.
func (w *world) unheard(chat string, change func(c *fakeChat)) {
	w.store.mu.Lock()
	change(w.store.chats[chat])
	w.store.mu.Unlock()
}

func (w *world) away(is bool) {
	w.store.mu.Lock()
	w.store.down = is
	w.store.mu.Unlock()
}

// leaves is a page that is left, as a browser says it.
func (p *peer) leaves(code int) {
	p.t.Helper()
	if err := p.ws.WriteControl(websocket.CloseMessage, websocket.FormatCloseMessage(code, ""), time.Now().Add(time.Second)); err != nil {
		p.t.Fatal(err)
	}
	synctest.Wait()
}

// cut is a line that breaks without a word.
func (p *peer) cut() {
	_ = p.ws.Close()
	synctest.Wait()
}

const (
	visitPoster = `{"t":"visit","campaign":"chatten-helpt","channel":"poster"}`
	joinPoster  = `{"t":"join","line":"jip","pk":"%s","campaign":"chatten-helpt","channel":"poster"}`
	goingAway   = websocket.CloseGoingAway
)

// poster is a visit by the poster.
func poster(line string, s Stage, block int) Visit {
	return Visit{Line: line, Campaign: "chatten-helpt", Channel: "poster", Stage: s, Block: block}
}

func (w *world) posterIn(y *peer) (chat, token string) {
	w.t.Helper()
	y.send(joinPoster, pkY)
	f := y.next(frame.TWaiting)
	return f.Chat, f.Token
}

func (w *world) resumes(y *peer, chat, token string) {
	y.send(`{"t":"resume","chat":"%s","token":"%s","after":0,"campaign":"chatten-helpt","channel":"poster"}`, chat, token)
}

// Each visit is counted once, at its furthest stage, when the page is left or somebody answers.
func TestVisitStages(t *testing.T) {
	refused := func(w *world, y *peer, reason string) {
		w.refuses(reason)
		y.send(joinPoster, pkY)
		y.next(frame.TRefused)
		w.refuses("")
	}
	for name, c := range map[string]struct {
		do   func(w *world, y *peer)
		want []Visit
	}{
		"nobody touched the page": {func(w *world, y *peer) {}, nil},
		"touched":                 {func(w *world, y *peer) { y.send(visitPoster) }, []Visit{poster("", Visited, 0)}},
		"touched, told twice": {func(w *world, y *peer) { y.send(visitPoster); y.send(visitPoster) },
			[]Visit{poster("", Visited, 0)}},
		"touched, without a campaign": {func(w *world, y *peer) { y.send(`{"t":"visit"}`) }, []Visit{{Stage: Visited}}},
		"closed": {func(w *world, y *peer) { y.send(visitPoster); refused(w, y, routing.RefusedClosed) },
			[]Visit{poster("jip", Refused, 7)}},
		"full": {func(w *world, y *peer) { y.send(visitPoster); refused(w, y, routing.RefusedFull) },
			[]Visit{poster("jip", Refused, 7)}},
		"nobody, and never said that it was touched": {func(w *world, y *peer) { refused(w, y, routing.RefusedNobody) },
			[]Visit{poster("jip", Refused, 7)}},
		"the store is away": {func(w *world, y *peer) {
			w.away(true)
			y.send(joinPoster, pkY)
			y.next(frame.TRefused)
			w.away(false)
		}, []Visit{poster("jip", Refused, 7)}},
		"no such line": {func(w *world, y *peer) {
			y.send(visitPoster)
			y.send(`{"t":"join","line":"nope","pk":"%s"}`, pkY)
			y.next(frame.TRefused)
		}, []Visit{poster("", Visited, 0)}},
		"no such line, behind a full one": {func(w *world, y *peer) {
			refused(w, y, routing.RefusedFull)
			y.send(`{"t":"join","line":"nope","pk":"%s"}`, pkY)
			y.next(frame.TRefused)
		}, []Visit{poster("jip", Refused, 7)}},
		"slow down is no refusal": {func(w *world, y *peer) {
			y.send(visitPoster)
			w.store.mu.Lock()
			w.store.refuse = routing.ErrSlowDown
			w.store.mu.Unlock()
			y.send(joinPoster, pkY)
			y.fails(frame.CodeSlowDown, "join")
		}, []Visit{poster("", Visited, 0)}},
		"refused on one line, then on another later": {func(w *world, y *peer) {
			refused(w, y, routing.RefusedFull)
			w.now(8)
			w.refuses(routing.RefusedClosed)
			y.send(`{"t":"join","line":"fier","pk":"%s","campaign":"chatten-helpt","channel":"poster"}`, pkY)
			y.next(frame.TRefused)
		}, []Visit{poster("fier", Refused, 8)}},
		"left while waiting": {func(w *world, y *peer) {
			y.send(visitPoster)
			w.posterIn(y)
			w.now(8) // it was let in before
			y.send(`{"t":"leave"}`)
			y.next(frame.TEnded)
			w.counts(poster("jip", Abandoned, 7))
		}, []Visit{poster("jip", Abandoned, 7)}},
		"joined without a campaign, by a page that was touched with one": {func(w *world, y *peer) {
			y.send(visitPoster)
			w.joined(y)
			y.send(`{"t":"leave"}`)
			y.next(frame.TEnded)
		}, []Visit{poster("jip", Abandoned, 7)}},
		"the line closes": {func(w *world, y *peer) {
			chat, _ := w.posterIn(y)
			w.finish(chat, routing.ReasonClosed)
			y.next(frame.TEnded)
			w.counts(poster("jip", Abandoned, 7))
		}, []Visit{poster("jip", Abandoned, 7)}},
		"answered": {func(w *world, y *peer) {
			y.send(visitPoster)
			chat, _ := w.posterIn(y)
			w.accept(w.desk("ann"), "ann", chat, pkC)
			w.counts(poster("jip", Answered, 0))
			w.holds(0)
			y.send(`{"t":"leave"}`)
			y.until(frame.TEnded)
			y.send(visitPoster) // goes on on this socket: no visit of its own
		}, []Visit{poster("jip", Answered, 0)}},
		"refused on one line, answered on another": {func(w *world, y *peer) {
			y.send(visitPoster)
			refused(w, y, routing.RefusedNobody)
			y.send(`{"t":"join","line":"fier","pk":"%s","campaign":"chatten-helpt","channel":"poster"}`, pkY)
			chat := y.next(frame.TWaiting).Chat
			w.accept(w.desk("ann"), "ann", chat, pkC)
		}, []Visit{poster("fier", Answered, 0)}},
		"lost and taken by another": {func(w *world, y *peer) {
			chat, _ := w.posterIn(y)
			w.accept(w.desk("ann"), "ann", chat, pkC)
			w.store.do(chat, func(c *fakeChat) { c.Phase = routing.Waiting })
			w.accept(w.desk("bea"), "bea", chat, pkC2)
		}, []Visit{poster("jip", Answered, 0)}},
		"two chats": {func(w *world, y *peer) {
			y.send(visitPoster)
			chat, _ := w.posterIn(y)
			w.accept(w.desk("ann"), "ann", chat, pkC)
			y.send(`{"t":"leave"}`)
			y.until(frame.TEnded)
			w.posterIn(y)
			y.send(`{"t":"leave"}`)
			y.next(frame.TEnded)
		}, []Visit{poster("jip", Answered, 0), poster("jip", Abandoned, 7)}},
		"a chat, then a line that is full": {func(w *world, y *peer) {
			chat, _ := w.posterIn(y)
			w.accept(w.desk("ann"), "ann", chat, pkC)
			y.send(`{"t":"leave"}`)
			y.until(frame.TEnded)
			refused(w, y, routing.RefusedFull)
		}, []Visit{poster("jip", Answered, 0), poster("jip", Refused, 7)}},
	} {
		t.Run(name, func(t *testing.T) {
			inWorld(t, func(t *testing.T, w *world) {
				w.now(7)
				y := w.youth()
				c.do(w, y)
				y.leaves(goingAway)
				w.counts(c.want...)
				w.holds(0)
			})
		})
	}
}

func (w *world) finish(chat, reason string) {
	w.t.Helper()
	if err := w.store.finish("over", chat, routing.Over, reason); err != nil {
		w.t.Fatal(err)
	}
}

// A visit without a place is counted when the page says that it is left, and told again by the page where it is not.
func TestVisitEndsWithItsPage(t *testing.T) {
	for name, c := range map[string]struct {
		end     func(w *world, y *peer)
		counted bool
	}{
		"left":         {func(w *world, y *peer) { y.leaves(goingAway) }, true},
		"quick exit":   {func(w *world, y *peer) { y.leaves(closeNormal) }, true},
		"said nothing": {func(w *world, y *peer) { y.leaves(websocket.CloseNoStatusReceived) }, true},
		"comes back":   {func(w *world, y *peer) { y.leaves(closeBack) }, false},
		"broken line":  {func(w *world, y *peer) { y.cut() }, false},
		"silence": {func(w *world, y *peer) {
			y.mu.Lock()
			y.mute = true
			y.mu.Unlock()
			pass((youthSilence + youthPing + 1) * time.Second)
			y.closes(0)
		}, false},
		"three bad frames": {func(w *world, y *peer) {
			for range maxBad {
				y.send(`{"t":"?"}`)
			}
			y.closes(closePolicy)
		}, false},
		"slow reader": {func(w *world, y *peer) {
			for _, s := range w.hub.wheel.all() {
				s.mu.Lock()
				s.begin()
				s.overflow()
				s.mu.Unlock()
			}
			y.closes(closeTryLater)
		}, false},
		"drain": {func(w *world, y *peer) {
			if err := w.hub.Drain(w.t.Context(), time.Second); err != nil {
				w.t.Error(err)
			}
			y.closes(closeRestart)
		}, false},
		"too late to leave": {func(w *world, y *peer) {
			for _, s := range w.hub.wheel.all() {
				s.shut(closeRestart, "bye") // which the browser answers by a close frame
			}
		}, false},
	} {
		t.Run(name, func(t *testing.T) {
			inWorld(t, func(t *testing.T, w *world) {
				y := w.youth()
				y.send(visitPoster)
				w.refuses(routing.RefusedFull)
				y.send(joinPoster, pkY)
				y.next(frame.TRefused)
				c.end(w, y)
				if c.counted {
					w.counts(poster("jip", Refused, 0))
				} else {
					w.counts()
				}
			})
		})
	}
}
