package chat

import (
	"testing"
	"time"

	"haven/chat/frame"
	"haven/routing"
)

// TestKeptForOneCounsellor: waiting says whom a place waits for and how long at most, once and again when that changes;
// anyone lets it go, and where there is nothing to let go is answered by not_now.
func TestKeptForOneCounsellor(t *testing.T) {
	inWorld(t, func(t *testing.T, w *world) {
		y := w.youth()
		chat, token := w.joined(y)
		keep := func(name string, until int64, s int) {
			w.store.mu.Lock()
			defer w.store.mu.Unlock()
			w.store.boards[0].Heads, w.store.boards[0].Classes = []string{chat}, "2"
			w.store.kept = map[string]routing.KeptFor{chat: {Name: name, Until: until, S: s}}
		}
		shows := func(y *peer, name string, lo, hi int) {
			t.Helper()
			if f := y.until(frame.TWaiting); f.For != name || f.ForS < lo || f.ForS > hi || f.Why != "" {
				t.Fatalf("for %q, %d s; want %q, %d to %d s", f.For, f.ForS, name, lo, hi)
			}
		}
		pass(4 * time.Second)
		shows(y, "", 0, 0)
		y.send(`{"t":"anyone"}`)
		y.fails(frame.CodeNotNow, "anyone")
		keep("Noor", 1000, 180)
		pass(2 * time.Second)
		shows(y, "Noor", 178, 180)
		keep("Noor", 1000, 170) // time goes by, and pages count on
		pass(10 * time.Second)
		y.silent()
		keep("Noor", 1060, 180) // kept anew
		pass(2 * time.Second)
		shows(y, "Noor", 178, 180)
		again := w.youth()
		again.send(`{"t":"resume","chat":"%s","token":"%s","after":0}`, chat, token)
		shows(again, "Noor", 170, 180)
		again.send(`{"t":"anyone"}`)
		pass(4 * time.Second)
		shows(again, "", 0, 0)
		again.send(`{"t":"anyone"}`)
		again.fails(frame.CodeNotNow, "anyone")
		again.silent()
	})
}

// TestAnyoneBeforeJoin is about no chat.
func TestAnyoneBeforeJoin(t *testing.T) {
	inWorld(t, func(t *testing.T, w *world) {
		y := w.youth()
		y.send(`{"t":"anyone"}`)
		y.fails(frame.CodeNoChat, "anyone")
	})
}
