package chat

import (
	"bytes"
	"fmt"
	"testing"
	"time"

	"haven/chat/frame"
	"haven/routing"
)

func TestPlaceInLine(t *testing.T) {
	inWorld(t, func(t *testing.T, w *world) {
		y := w.youth()
		chat, _ := w.joined(y)
		board := func(heads []string, duty int) {
			w.store.mu.Lock()
			w.store.boards[0].Heads, w.store.boards[0].OnDuty = heads, duty
			w.store.mu.Unlock()
		}
		full := make([]string, routing.AheadMax-1)
		for i := range full {
			full[i] = id("other", i)
		}
		board(full, 1)
		pass(4 * time.Second)
		y.silent() // further back than the heads: what is known stands
		board([]string{id("other", 1), chat}, 1)
		pass(2 * time.Second)
		if f := y.next(frame.TWaiting); f.Ahead != 1 || f.Token != "" || f.Share != "" || f.Nobody {
			t.Fatalf("waiting: %+v", f)
		}
		board([]string{chat}, 0)
		pass(2 * time.Second)
		if h := y.next(frame.THello); h.Lines[0].Wait != nil || h.Lines[1].Wait == nil { // no wait without anybody to end it
			t.Fatalf("hello: %+v", h)
		}
		if f := y.next(frame.TWaiting); f.Ahead != 0 || !f.Nobody {
			t.Fatalf("waiting: %+v", f)
		}
		board([]string{chat}, 1)
		pass(2 * time.Second)
		if h := y.next(frame.THello); h.Lines[0].Wait == nil {
			t.Fatalf("hello: %+v", h)
		}
		y.next(frame.TWaiting)
		board(nil, 1) // being rung for
		pass(20 * time.Second)
		y.silent()
		if n := w.store.count("view"); n != 1 {
			t.Fatalf("%d looks at one chat in line", n)
		}
	})
}

// TestWaitAnnounced is under a minute where somebody is free or rings, and else goes by how many are ahead, also past what is
// shown; further back than the heads that a look names it shrinks with the line.
func TestWaitAnnounced(t *testing.T) {
	inWorld(t, func(t *testing.T, w *world) {
		wait := func(ahead int) [2]int { lo, hi := routing.WaitRange(120, ahead); return [2]int{lo, hi} }
		w.set(func(f *fake) { f.boards[0].Room, f.boards[0].Waiting = 2, 1 })
		pass(2 * time.Second)
		y := w.youth() // hears hello
		if h := w.hub.makeHello(w.hub.board.Load()); !bytes.Contains(h.frame, []byte(`"wait_s":[0,60]`)) {
			t.Errorf("somebody is free: %s", h.frame)
		}
		heads := make([]string, routing.AheadMax-1)
		for i := range heads {
			heads[i] = id("other", i)
		}
		w.set(func(f *fake) { f.boards[0].Room, f.boards[0].Waiting, f.boards[0].Heads, f.ahead = 1, 60, heads, 59 })
		pass(2 * time.Second)
		if h := w.hub.makeHello(w.hub.board.Load()); !bytes.Contains(h.frame, fmt.Appendf(nil, `"wait_s":[%d,%d]`, wait(59)[0], wait(59)[1])) {
			t.Errorf("sixty wait: %s", h.frame)
		}
		y.send(`{"t":"join","line":"jip","pk":"%s"}`, pkY)
		if f := y.until(frame.TWaiting); f.Ahead != routing.AheadMax || f.Wait != wait(58) {
			t.Errorf("with 59 ahead %d, %v", f.Ahead, f.Wait)
		}
		pass(4 * time.Second)
		y.silent()
		w.set(func(f *fake) { f.boards[0].Waiting = 31 })
		pass(4 * time.Second)
		if f := y.next(frame.TWaiting); f.Ahead != routing.AheadMax || f.Wait != wait(29) || f.Why != "" {
			t.Errorf("with 30 ahead %+v", f)
		}
		w.set(func(f *fake) { f.boards[0].Waiting, f.boards[0].Heads = 1, heads[:1] })
		pass(4 * time.Second)
		if f := y.next(frame.TWaiting); f.Ahead != 0 || f.Wait != [2]int{0, 60} {
			t.Errorf("rung for: %+v", f)
		}
		w.set(func(f *fake) { f.ahead = -1 })
		z := w.youth()
		z.send(`{"t":"join","line":"jip","pk":"%s"}`, pkY)
		if f := z.until(frame.TWaiting); f.Ahead != 0 || f.Wait != [2]int{0, 60} {
			t.Errorf("rung for at once: %+v", f)
		}
		pass(10 * time.Second)
		z.silent()
	})
}

// A place is told every two seconds, however often somebody else has the lines looked at.
func TestPlaceBetweenTheLooksOfOthers(t *testing.T) {
	inWorld(t, func(t *testing.T, w *world) {
		y := w.youth()
		chat, _ := w.joined(y)
		var before []string
		for n := range 4 {
			before = append(before, id("other", n))
			w.store.mu.Lock()
			w.store.boards[0].Heads = append(before[:n+1:n+1], chat)
			w.store.mu.Unlock()
			for range 2 {
				w.hub.lookOnce(0)
				pass(time.Second)
			}
			if f := y.next(frame.TWaiting); f.Ahead != n+1 {
				t.Fatalf("%d before them, told %d", n+1, f.Ahead)
			}
			y.silent()
		}
	})
}

func TestInsteadNamesFirstWhereSomebodyIs(t *testing.T) {
	inWorld(t, func(t *testing.T, w *world) {
		w.store.mu.Lock()
		w.store.refuse, w.store.instead = &routing.Refusal{Reason: routing.RefusedFull}, []string{"jip", "fier"}
		w.store.boards[0].OnDuty = 0
		w.store.mu.Unlock()
		pass(2 * time.Second)
		y := w.youth()
		y.send(`{"t":"join","line":"jip","pk":"%s"}`, pkY)
		if f := y.next(frame.TRefused); len(f.Instead) != 2 || f.Instead[0] != "fier" {
			t.Fatalf("refused: %+v", f)
		}
	})
}

func TestEndings(t *testing.T) {
	for _, c := range []struct {
		phase  routing.Phase
		reason string
	}{
		{routing.Done, routing.ReasonDone}, {routing.Over, routing.ReasonStopped},
		{routing.Over, routing.ReasonClosed}, {routing.Lost, routing.ReasonLost}, {routing.Over, routing.ReasonAbandoned},
	} {
		t.Run(c.reason, func(t *testing.T) {
			inWorld(t, func(t *testing.T, w *world) {
				y, d, chat, token := w.talking()
				w.store.mu.Lock()
				w.store.park = true
				w.store.mu.Unlock()
				y.msg("", id("m", 1), 0, frame.Text)
				d.msg(chat, id("m", 2), 0, frame.Text)
				y.silent()
				w.store.do(chat, func(f *fakeChat) { f.Phase, f.Reason = c.phase, c.reason })
				if e := y.next(frame.TEnded); e.Reason != c.reason || len(e.Phones) != 1 {
					t.Fatalf("%+v", e)
				}
				if e := d.until(frame.TEnded); e.Reason != c.reason || e.Chat != chat {
					t.Fatalf("%+v", e)
				}
				w.store.unpark()
				y.silent() // nothing is acked after the end
				d.silent()
				if c.phase == routing.Done {
					y.send(`{"t":"read","seq":1}`)
					y.silent()
					if w.store.count("read") != 1 {
						t.Fatal("the last read did not reach the store")
					}
					y2 := w.youth()
					y2.send(`{"t":"resume","chat":"%s","token":"%s","after":0}`, chat, token)
					y2.next(frame.TJoined)
					y2.next(frame.TConfirm)
					y2.next(frame.TEnded)
				}
			})
		})
	}
}
