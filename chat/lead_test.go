package chat

import (
	"slices"
	"testing"
	"time"

	"haven/chat/frame"
	"haven/routing"
)

func (w *world) set(change func(f *fake)) {
	w.store.mu.Lock()
	defer w.store.mu.Unlock()
	change(w.store)
}

// A lead hears her role, who calls and how her lines stand; nobody else hears the last two.
func TestCalls(t *testing.T) {
	inWorld(t, func(t *testing.T, w *world) {
		d := w.desk("ann")
		d.send(`{"t":"call","on":true,"line":"fier"}`)
		d.fails(frame.CodeNotNow, "call")
		d.send(`{"t":"come","name":"ann"}`)
		d.fails(frame.CodeNotNow, "come")
		d.send(`{"t":"call","on":true}`)
		if f := d.next(frame.TCall); f.State != routing.CallNobody {
			t.Fatalf("call: %+v", f)
		}
		d.send(`{"t":"call","on":true}`) // told again, since she asked
		if f := d.next(frame.TCall); f.State != routing.CallNobody {
			t.Fatalf("call: %+v", f)
		}
		d.silent()

		lead := w.up("/desk")
		lead.send(`{"t":"enter","ticket":"ticket-lead"}`)
		if f := lead.next(frame.TDesk); f.Role != "lead" {
			t.Fatalf("desk: %+v", f)
		}
		if f := lead.next(frame.TCalls); len(f.Calls) != 0 || f.Calls == nil {
			t.Fatalf("calls: %+v", f)
		}
		d.send(`{"t":"call","on":true,"line":"jip"}`)
		if f := d.next(frame.TCall); f.State != routing.CallCalling || f.Lead != "" {
			t.Fatalf("call: %+v", f)
		}
		if f := lead.next(frame.TCalls); !slices.Equal(f.Calls, []frame.Call{{Name: "ann", Line: "jip"}}) {
			t.Fatalf("calls: %+v", f)
		}
		w.hub.Resync()
		d.silent()
		lead.send(`{"t":"come","name":"bea"}`)
		if f := lead.until(frame.TError); f.Code != frame.CodeNotNow || f.Re != "come" {
			t.Fatalf("error: %+v", f)
		}
		lead.send(`{"t":"come","name":"ann"}`)
		if f := d.next(frame.TCall); f.State != routing.CallComing || f.Lead != "lead" {
			t.Fatalf("call: %+v", f)
		}
		if f := lead.next(frame.TCalls); !slices.Equal(f.Calls, []frame.Call{{Name: "ann", Line: "jip", Coming: "lead"}}) {
			t.Fatalf("calls: %+v", f)
		}

		// A page that was loaded anew hears how her call stands.
		d = w.up("/desk")
		d.send(`{"t":"enter","ticket":"ticket-ann"}`)
		if f := d.next(frame.TDesk); f.Role != "counsellor" {
			t.Fatalf("desk: %+v", f)
		}
		if f := d.next(frame.TCall); f.State != routing.CallComing {
			t.Fatalf("call: %+v", f)
		}
		d.send(`{"t":"call","on":false}`)
		if f := d.next(frame.TCall); f.State != callOver {
			t.Fatalf("call: %+v", f)
		}
		if f := lead.until(frame.TCalls); len(f.Calls) != 0 {
			t.Fatalf("calls: %+v", f)
		}
		d.send(`{"t":"call","on":false}`)
		if f := d.next(frame.TCall); f.State != callOver {
			t.Fatalf("call: %+v", f)
		}
		w.set(func(f *fake) { f.down = true })
		d.send(`{"t":"call","on":true}`)
		d.fails(frame.CodeUnavailable, "call")
		w.set(func(f *fake) { f.down = false })
		d.silent()
	})
}

// A look that began before she called knows nothing of it, and is thrown away.
func TestCallAgainstAnOldLook(t *testing.T) {
	inWorld(t, func(t *testing.T, w *world) {
		w.desk("lead")
		d := w.desk("ann")
		w.store.once("call", w.hub.Resync)
		w.store.once("deskview", func() { d.send(`{"t":"call","on":true}`) })
		w.hub.Resync()
		if f := d.next(frame.TCall); f.State != routing.CallCalling {
			t.Fatalf("call: %+v", f)
		}
		d.silent()
	})
}

func TestPausedLine(t *testing.T) {
	inWorld(t, func(t *testing.T, w *world) {
		y, d, lead := w.youth(), w.desk("ann"), w.desk("lead")
		d.send(`{"t":"pause","line":"jip","on":true}`)
		d.fails(frame.CodeNotNow, "pause")
		pass(2 * time.Second)
		y.silent()
		lead.send(`{"t":"pause","line":"jip","on":true}`)
		pass(2 * time.Second)
		h := y.next(frame.THello)
		if l := h.Lines[0]; l.Open || l.Opens != "" || l.Closes != "" || l.Wait != nil {
			t.Fatalf("hello: %+v", l)
		}
		if l := h.Lines[1]; !l.Open {
			t.Fatalf("hello: %+v", l)
		}
		if f := d.until(frame.TDesk); !f.Lines[0].Paused || !f.Lines[0].Open {
			t.Fatalf("desk: %+v", f)
		}
		if f := lead.until(frame.THealth); !f.Lines[0].Paused {
			f = lead.until(frame.THealth)
			if !f.Lines[0].Paused {
				t.Fatalf("health: %+v", f)
			}
		}
		w.set(func(f *fake) { f.refuse = &routing.Refusal{Reason: routing.RefusedClosed} })
		y.send(`{"t":"join","line":"jip","pk":"%s"}`, pkY)
		if f := y.next(frame.TRefused); f.Reason != "closed" || f.Opens != "" || len(f.Instead) != 1 || len(f.Phones) != 1 {
			t.Fatalf("refused: %+v", f)
		}
		lead.send(`{"t":"pause","line":"jip","on":false}`)
		pass(2 * time.Second)
		if l := y.next(frame.THello).Lines[0]; !l.Open || l.Closes == "" || l.Wait == nil {
			t.Fatalf("hello: %+v", l)
		}
	})
}

func TestHealth(t *testing.T) {
	inWorld(t, func(t *testing.T, w *world) {
		d := w.desk("ann")
		pass(10 * time.Second)
		if n := w.store.count("health"); n != 0 {
			t.Fatalf("%d looks for nobody", n)
		}
		lead, other := w.desk("lead"), w.desk("lead2")
		pass(2 * time.Second)
		for _, l := range []*peer{lead, other} {
			if f := l.until(frame.THealth); len(f.Lines) != 1 || f.Lines[0].Line != "jip" || f.Lines[0].OnDuty != 1 || f.Queue == nil {
				t.Fatalf("health: %+v", f)
			}
		}
		n := w.store.count("health")
		pass(20 * time.Second)
		if m := w.store.count("health") - n; m < 9 || m > 10 {
			t.Fatalf("%d looks in 20 s for two leads", m)
		}
		lead.silent()
		chat := id("chat", 1)
		w.set(func(f *fake) {
			f.boards[0].Waiting, f.boards[0].OldestS, f.boards[0].Heads = 1, 30, []string{chat}
		})
		pass(2 * time.Second)
		lead.until(frame.TDesk)
		f := lead.next(frame.THealth)
		want := []frame.QueuePlace{{Chat: chat, Line: "jip", Lang: "nl", WaitedS: 30}}
		if f.Lines[0].Waiting != 1 || f.Lines[0].OldestS != 30 || !slices.Equal(f.Queue, want) {
			t.Fatalf("health: %+v", f)
		}
		w.set(func(f *fake) { f.boards[0].OldestS = 40 })
		pass(6 * time.Second)
		lead.silent()
		pass(6 * time.Second) // an age alone, now and then
		if f := lead.until(frame.THealth); f.Lines[0].OldestS != 40 || f.Queue[0].WaitedS != 40 {
			t.Fatalf("health: %+v", f)
		}
		w.set(func(f *fake) { f.down, f.boards[0].OnDuty = true, 2 })
		pass(4 * time.Second)
		w.set(func(f *fake) { f.down = false })
		pass(2 * time.Second)
		if f := lead.until(frame.THealth); f.Lines[0].OnDuty != 2 {
			t.Fatalf("health: %+v", f)
		}
		d.mu.Lock()
		defer d.mu.Unlock()
		for _, f := range d.frames {
			if f.T == frame.THealth || f.T == frame.TCalls {
				t.Fatalf("no lead, and hears %+v", f)
			}
		}
	})
}

func TestMove(t *testing.T) {
	inWorld(t, func(t *testing.T, w *world) {
		y, d, lead := w.youth(), w.desk("ann"), w.desk("lead")
		chat, _ := w.joined(y)
		d.send(`{"t":"move","chat":"%s","to":{"name":"ann"}}`, chat)
		d.fails(frame.CodeNotNow, "move")
		lead.next(frame.TCalls)
		lead.send(`{"t":"move","chat":"%s","to":{"name":"ann"}}`, id("chat", 99))
		lead.fails(frame.CodeNoChat, "move")
		lead.send(`{"t":"move","chat":"%s","to":{"name":"ann"}}`, chat)
		lead.send(`{"t":"move","chat":"%s","to":{"line":"fier"}}`, chat)
		lead.silent()
		w.set(func(f *fake) {
			if want := []string{chat + "  ann", chat + " fier "}; !slices.Equal(f.moved, want) {
				t.Fatalf("moved %q, want %q", f.moved, want)
			}
		})
	})
}

func TestBreaksAreShown(t *testing.T) {
	inWorld(t, func(t *testing.T, w *world) {
		d := w.desk("ann")
		pass(time.Second)
		d.send(`{"t":"ready","capacity":2,"for_s":3600}`)
		if f := d.next(frame.TDesk); f.ForS != 3600 || f.BreatherS != 0 {
			t.Fatalf("desk: %+v", f)
		}
		pass(10 * time.Second)
		d.silent() // a page counts on by itself
		d.send(`{"t":"ready","capacity":2,"for_s":3600}`)
		if f := d.next(frame.TDesk); f.ForS != 3600 { // the same again is another moment
			t.Fatalf("desk: %+v", f)
		}
		pass(5 * time.Second)
		_ = w.store.desk("heavy", "ann", func(v *routing.DeskView) error {
			v.State, v.Breather, v.Shift.LeftS = routing.StateBusy, routing.Moment{At: 7, LeftS: 300}, 3595
			return nil
		})
		if f := d.next(frame.TDesk); f.BreatherS != 300 || f.ForS != 3595 || f.State != routing.StateBusy {
			t.Fatalf("desk: %+v", f)
		}
		w.set(func(f *fake) { f.boards[0].Waiting = 1 })
		pass(3 * time.Second)
		if f := d.next(frame.TDesk); f.BreatherS >= 300 || f.BreatherS < 297 || f.ForS != f.BreatherS+3295 { // counted from when it was looked at
			t.Fatalf("desk: %+v", f)
		}
		d.send(`{"t":"ready","capacity":2}`)
		pass(time.Second)
		if f := d.next(frame.TDesk); f.BreatherS != 0 || f.ForS != 0 || f.State != routing.StateReady {
			t.Fatalf("desk: %+v", f)
		}
		d.send(`{"t":"ready","capacity":2,"for_s":86401}`)
		d.fails(frame.CodeBadFrame, "ready")
	})
}

// A page can tell a line for practice from the others.
func TestPracticeIsMarked(t *testing.T) {
	defer func(was bool) { testLines[0].Practice = was }(testLines[0].Practice)
	testLines[0].Practice = true
	inWorld(t, func(t *testing.T, w *world) {
		d := w.up("/desk")
		d.send(`{"t":"enter","ticket":"ticket-ann"}`)
		if f := d.next(frame.TDesk); !f.Lines[0].Practice {
			t.Fatalf("desk: %+v", f)
		}
		y, _, err := w.dial("/chat", origin, Subprotocol)
		if err != nil {
			t.Fatal(err)
		}
		go y.read()
		if f := y.next(frame.THello); !f.Lines[0].Practice || f.Lines[1].Practice {
			t.Fatalf("hello: %+v", f)
		}
	})
}
