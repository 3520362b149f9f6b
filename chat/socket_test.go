package chat

import (
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/gorilla/websocket"

	"haven/chat/frame"
)

func TestHandshake(t *testing.T) {
	inWorld(t, func(t *testing.T, w *world) {
		for _, c := range []struct {
			path, origin, proto string
			status              int // 0 for a websocket
		}{
			{"/chat", origin, Subprotocol, 0},
			{"/chat", "", Subprotocol, 0},
			{"/chat", "https://evil.test", Subprotocol, http.StatusForbidden},
			{"/chat", "null", Subprotocol, http.StatusForbidden},
			{"/chat", origin, "", http.StatusBadRequest},
			{"/chat", origin, "haven.2", http.StatusBadRequest},
			{"/desk", origin, Subprotocol, 0},
			{"/desk", "", Subprotocol, http.StatusForbidden},
			{"/desk", origin + ".evil.test", Subprotocol, http.StatusForbidden},
			{"/desk", origin, "", http.StatusBadRequest},
		} {
			p, res, err := w.dial(c.path, c.origin, c.proto)
			switch {
			case c.status == 0 && err != nil:
				t.Errorf("%+v: %v", c, err)
			case c.status == 0:
				if p.ws.Subprotocol() != Subprotocol || res.Header.Get("Sec-WebSocket-Extensions") != "" {
					t.Errorf("%+v: %v", c, res.Header)
				}
				go p.read()
				p.next(frame.THello)
				_ = p.ws.Close()
			case err == nil || res == nil || res.StatusCode != c.status:
				t.Errorf("%+v: %v, %v", c, res, err)
			}
		}
		synctest.Wait()
		if n := len(w.hub.wheel.all()); n != 0 {
			t.Errorf("%d sockets remembered", n)
		}
	})
}

func TestBadFrames(t *testing.T) {
	for name, c := range map[string]struct {
		typ       int
		frame, re string
	}{
		"binary":       {websocket.BinaryMessage, `{"t":"beat"}`, ""},
		"utf8":         {websocket.TextMessage, "{\"t\":\"\xff\"}", ""},
		"no json":      {websocket.TextMessage, `hello`, ""},
		"unknown type": {websocket.TextMessage, `{"t":"nonsense"}`, "nonsense"},
		"missing":      {websocket.TextMessage, `{"t":"join"}`, "join"},
		"of a desk":    {websocket.TextMessage, `{"t":"rest"}`, "rest"},
		"msg":          {websocket.TextMessage, `{"t":"msg","id":"` + id("m", 1) + `"}`, id("m", 1)},
	} {
		t.Run(name, func(t *testing.T) {
			inWorld(t, func(t *testing.T, w *world) {
				y := w.youth()
				for i := range maxBad {
					if err := y.ws.WriteMessage(c.typ, []byte(c.frame)); err != nil {
						t.Fatal(err)
					}
					y.fails(frame.CodeBadFrame, c.re)
					if i < maxBad-1 && !y.open() {
						t.Fatal("closed too early")
					}
				}
				y.closes(closePolicy)
			})
		})
	}
}

func TestTooBig(t *testing.T) {
	inWorld(t, func(t *testing.T, w *world) {
		y := w.youth()
		fits := `{"t":"beat"}` + strings.Repeat(" ", frame.MaxFrame-12)
		y.send(fits)
		y.next(frame.TBeat)
		go func() { _ = y.ws.WriteMessage(websocket.TextMessage, []byte(fits+" ")) }()
		y.closes(closeTooBig)
		y.silent()
	})
}

func TestFragments(t *testing.T) {
	inWorld(t, func(t *testing.T, w *world) {
		y := w.youth()
		out, err := y.ws.NextWriter(websocket.TextMessage)
		if err != nil {
			t.Fatal(err)
		}
		beat := `{"t":"beat"}` + strings.Repeat(" ", 10000) // more than the client's buffer: several frames
		if _, err := out.Write([]byte(beat)); err != nil {
			t.Fatal(err)
		}
		if err := out.Close(); err != nil {
			t.Fatal(err)
		}
		y.next(frame.TBeat)
	})
}

func TestPings(t *testing.T) {
	inWorld(t, func(t *testing.T, w *world) {
		y, d := w.youth(), w.desk("ann")
		pings := func(p *peer) int { p.mu.Lock(); defer p.mu.Unlock(); return p.pings }
		pass(100 * time.Second)
		if n := pings(y); n != 4 {
			t.Errorf("%d pings of a young person in 100 s", n)
		}
		if n := pings(d); n != 20 {
			t.Errorf("%d pings of a desk in 100 s", n)
		}
		w.store.mu.Lock()
		renewed := len(w.store.renew)
		ok := renewed >= 19 && len(w.store.renew[0]) == 1 && w.store.renew[0][0] == "ann"
		w.store.mu.Unlock()
		if !ok {
			t.Errorf("renewed %d times", renewed)
		}
		for _, p := range []*peer{y, d} {
			p.mu.Lock()
			p.mute = true
			p.mu.Unlock()
		}
		pass(25 * time.Second)
		d.closes(0)
		if n := w.store.count("dropdesk"); n != 1 {
			t.Errorf("%d desks dropped", n)
		}
		if !y.open() {
			t.Error("a young person has a minute")
		}
		pass(60 * time.Second)
		y.closes(0)
		w.store.mu.Lock()
		defer w.store.mu.Unlock()
		if n := len(w.store.renew); n > renewed+1 {
			t.Errorf("a silent desk was renewed %d times", n-renewed)
		}
	})
}

// A reader that stops costs a bounded queue, and comes back to the log.
func TestSlowReader(t *testing.T) {
	inWorld(t, func(t *testing.T, w *world) {
		y, d, chat, token := w.talking()
		slow, _, err := w.dial("/chat", origin, Subprotocol) // its frames are not read by anybody
		if err != nil {
			t.Fatal(err)
		}
		slow.send(`{"t":"resume","chat":"%s","token":"%s","after":0}`, chat, token)
		if _, _, err := slow.ws.ReadMessage(); err != nil { // hello
			t.Fatal(err)
		}
		synctest.Wait()
		y.closes(closeReplaced)
		const n = 1500
		for i := range n {
			d.msg(chat, id("c", i), 0, frame.Text)
		}
		synctest.Wait()
		if w.obs.open(RoleYouth) != 1 {
			t.Fatal("closed before its time")
		}
		pass(writeWait + linger)
		if w.obs.open(RoleYouth) != 0 {
			t.Fatal("still open")
		}
		y = w.youth()
		y.send(`{"t":"resume","chat":"%s","token":"%s","after":0}`, chat, token)
		y.next(frame.TJoined)
		y.next(frame.TConfirm)
		for seq := int64(1); seq <= n; seq++ {
			if m := y.next(frame.TMsg); m.Seq != seq {
				t.Fatalf("got %d, want %d", m.Seq, seq)
			}
		}
	})
}

// A reader who comes back in time hears why.
func TestSlowReaderHears(t *testing.T) {
	inWorld(t, func(t *testing.T, w *world) {
		_, d, chat, token := w.talking()
		slow, _, err := w.dial("/chat", origin, Subprotocol)
		if err != nil {
			t.Fatal(err)
		}
		slow.send(`{"t":"resume","chat":"%s","token":"%s","after":0}`, chat, token)
		for range maxFrames + 10 {
			d.msg(chat, id("c", slow.pings), 0, frame.Text)
			slow.pings++
		}
		synctest.Wait()
		go slow.read()
		slow.closes(closeTryLater)
	})
}

// A sender who is faster than the store is held back, and loses nothing.
func TestBackPressure(t *testing.T) {
	inWorld(t, func(t *testing.T, w *world) {
		y, d, _, _ := w.talking()
		w.store.mu.Lock()
		w.store.park = true
		w.store.mu.Unlock()
		const n = 3 * maxInflight
		sent := make(chan struct{})
		go func() {
			for i := range n {
				y.msg("", id("m", i), 0, frame.Text)
			}
			close(sent)
		}()
		synctest.Wait()
		w.store.mu.Lock()
		held := len(w.store.parked)
		w.store.mu.Unlock()
		if held != maxInflight {
			t.Errorf("%d messages on their way, want %d", held, maxInflight)
		}
		w.store.unpark()
		<-sent
		for i := range n {
			if a := y.next(frame.TAck); a.Seq != int64(i+1) || a.ID != id("m", i) {
				t.Fatalf("ack %d: %+v", i, a)
			}
			if m := d.next(frame.TMsg); m.Seq != int64(i+1) {
				t.Fatalf("msg %d: %+v", i, m)
			}
		}
	})
}

func TestClientCloses(t *testing.T) {
	inWorld(t, func(t *testing.T, w *world) {
		y := w.youth()
		w.joined(y)
		msg := websocket.FormatCloseMessage(websocket.CloseGoingAway, "")
		if err := y.ws.WriteControl(websocket.CloseMessage, msg, time.Now().Add(time.Second)); err != nil {
			t.Fatal(err)
		}
		y.closes(websocket.CloseGoingAway)
		if n := w.store.count("drop"); n != 1 {
			t.Errorf("%d drops", n)
		}
	})
}

func TestDropIsTriedAgain(t *testing.T) {
	inWorld(t, func(t *testing.T, w *world) {
		y := w.youth()
		chat, _ := w.joined(y)
		w.store.mu.Lock()
		w.store.down = true
		w.store.mu.Unlock()
		_ = y.ws.Close()
		pass(10 * time.Second)
		w.store.mu.Lock()
		w.store.down = false
		w.store.mu.Unlock()
		pass(2 * time.Second)
		w.store.mu.Lock()
		defer w.store.mu.Unlock()
		if w.store.chats[chat].Sock != "" {
			t.Error("the store still takes the line for up")
		}
	})
}

func TestDrain(t *testing.T) {
	inWorld(t, func(t *testing.T, w *world) {
		y, d, _, _ := w.talking()
		idle := w.youth()
		y.msg("", id("m", 1), 0, frame.Text)
		y.next(frame.TAck)
		if err := w.hub.Drain(t.Context(), 3*time.Second); err != nil {
			t.Fatal(err)
		}
		for _, p := range []*peer{y, d, idle} {
			if b := p.until(frame.TBye); b.RetryS < 3 || b.RetryS > 6 {
				t.Errorf("bye: %+v", b)
			}
			p.silent()
			p.closes(closeRestart)
		}
		if w.store.count("drop") != 1 || w.store.count("dropdesk") != 1 {
			t.Error("the store does not know that their lines are down")
		}
		if _, res, err := w.dial("/chat", origin, Subprotocol); err == nil || res.StatusCode != http.StatusServiceUnavailable {
			t.Errorf("%v, %v", res, err)
		}
		if err := w.hub.Drain(t.Context(), time.Second); err != nil {
			t.Errorf("again: %v", err)
		}
	})
}

func TestDrainIsBounded(t *testing.T) {
	inWorld(t, func(t *testing.T, w *world) {
		if _, _, err := w.dial("/chat", origin, Subprotocol); err != nil { // which reads nothing and answers nothing
			t.Fatal(err)
		}
		ctx, cancel := w.hub.call()
		defer cancel()
		began := time.Now()
		if err := w.hub.Drain(ctx, time.Second); err != errDrain || time.Since(began) != callTimeout {
			t.Errorf("%v after %v", err, time.Since(began))
		}
		synctest.Wait()
		if n := w.obs.open(RoleYouth); n != 0 {
			t.Errorf("%d sockets open", n)
		}
	})
}
