package chat

import (
	"context"
	"errors"
	"net"
	"net/http"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/gorilla/websocket"

	"haven/chat/frame"
	"haven/routing"
)

var testLines = []routing.Line{
	{Name: "jip", Langs: []string{"nl", "en"}, Instead: []string{"fier"}, LastIntake: 15 * time.Minute},
	{Name: "fier", Langs: []string{"nl"}},
}

const origin = "https://haven.test"

// world is a hub over a fake store, reached through pipes, inside a synctest bubble.
type world struct {
	t      *testing.T
	hub    *Hub
	store  *fake
	obs    *counts
	reach  *reached
	conns  chan net.Conn
	server *http.Server
}

type counts struct {
	mu     sync.Mutex
	opened map[string]int
	lasted []int
}

func (c *counts) SocketOpened(role string) { c.mu.Lock(); c.opened[role]++; c.mu.Unlock() }
func (c *counts) SocketClosed(role string) { c.mu.Lock(); c.opened[role]--; c.mu.Unlock() }
func (c *counts) ChatLasted(_ string, minutes int) {
	c.mu.Lock()
	c.lasted = append(c.lasted, minutes)
	c.mu.Unlock()
}

// reached is a Reach that keeps what it was given.
type reached struct {
	mu    sync.Mutex
	block int
	all   []Visit
}

func (r *reached) Block() int {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.block
}

func (r *reached) Count(v Visit) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.all = append(r.all, v)
}

func (c *counts) open(role string) int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.opened[role]
}

// inWorld runs a test in a bubble, where time stands still until everybody waits.
func inWorld(t *testing.T, do func(t *testing.T, w *world)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		w := &world{t: t, store: newFake(), obs: &counts{opened: map[string]int{}}, reach: &reached{}, conns: make(chan net.Conn)}
		w.hub = New(Config{
			Lines: testLines, Typing: map[string]bool{"fier": true}, Origins: []string{origin},
			Phones: []frame.Phone{{Name: "Alarmnummer", Number: "112"}}, Reach: w.reach,
		}, w.store, w.store, w.store, w.obs)
		w.store.wakes = w.hub
		mux := http.NewServeMux()
		mux.Handle("/chat", w.hub.Youth())
		mux.Handle("/desk", w.hub.Desk())
		w.server = &http.Server{Handler: mux}
		served := make(chan struct{})
		go func() { _ = w.server.Serve(w); close(served) }()
		ctx, cancel := context.WithCancel(t.Context())
		ran := make(chan struct{})
		go func() { _ = w.hub.Run(ctx); close(ran) }()
		synctest.Wait()
		defer func() { // also behind a Fatal
			over, end := context.WithTimeout(context.Background(), 20*time.Second)
			defer end()
			_ = w.hub.Drain(over, time.Second)
			w.hub.open.Wait()
			cancel()
			<-ran
			_ = w.server.Close()
			<-served
			synctest.Wait()
			w.store.stop()
			for role, n := range w.obs.opened {
				if n != 0 {
					t.Errorf("%d sockets of %s were opened and not closed", n, role)
				}
			}
		}()
		do(t, w)
	})
}

// world is a net.Listener.
func (w *world) Accept() (net.Conn, error) {
	c, ok := <-w.conns
	if !ok {
		return nil, net.ErrClosed
	}
	return c, nil
}
func (w *world) Close() error   { close(w.conns); return nil }
func (w *world) Addr() net.Addr { return &net.UnixAddr{Name: "pipe", Net: "pipe"} }

// peer is a client of the frames.
type peer struct {
	t      *testing.T
	ws     *websocket.Conn
	mu     sync.Mutex
	frames []frame.Outbound
	pings  int
	code   int // of the close frame that came
	gone   bool
	mute   bool // answers no ping
}

func (w *world) dial(path, origin, proto string) (*peer, *http.Response, error) {
	d := websocket.Dialer{NetDialContext: func(context.Context, string, string) (net.Conn, error) {
		a, b := net.Pipe()
		w.conns <- b
		return a, nil
	}}
	if proto != "" {
		d.Subprotocols = []string{proto}
	}
	h := http.Header{}
	if origin != "" {
		h.Set("Origin", origin)
	}
	ws, res, err := d.Dial("ws://haven.test"+path, h)
	if err != nil {
		return nil, res, err
	}
	p := &peer{t: w.t, ws: ws}
	ws.SetPingHandler(func(s string) error {
		p.mu.Lock()
		p.pings++
		mute := p.mute
		p.mu.Unlock()
		if mute {
			return nil
		}
		return ws.WriteControl(websocket.PongMessage, []byte(s), time.Now().Add(time.Second))
	})
	return p, res, nil
}

func (p *peer) read() {
	for {
		_, b, err := p.ws.ReadMessage()
		p.mu.Lock()
		if err != nil {
			var c *websocket.CloseError
			if errors.As(err, &c) {
				p.code = c.Code
			}
			p.gone = true
			p.mu.Unlock()
			_ = p.ws.Close()
			return
		}
		var f frame.Outbound
		if err := f.Parse(b); err != nil {
			p.t.Errorf("not a frame: %s", b)
		}
		p.frames = append(p.frames, f)
		p.mu.Unlock()
	}
}

// youth connects a young person and hears hello.
func (w *world) youth() *peer { return w.up("/chat") }

func (w *world) up(path string) *peer {
	w.t.Helper()
	p, _, err := w.dial(path, origin, Subprotocol)
	if err != nil {
		w.t.Fatal(err)
	}
	go p.read()
	if h := p.next(frame.THello); len(h.Lines) != len(testLines) || len(h.Phones) != 1 {
		w.t.Fatalf("hello: %+v", h)
	}
	return p
}

// desk connects a counsellor and enters.
func (w *world) desk(name string) *peer {
	w.t.Helper()
	p := w.up("/desk")
	p.send(`{"t":"enter","ticket":"ticket-%s"}`, name)
	p.next(frame.TDesk)
	return p
}

// next is the next frame, which must be of this type and be there once everybody waits.
func (p *peer) next(want frame.Type) frame.Outbound {
	p.t.Helper()
	synctest.Wait()
	p.mu.Lock()
	defer p.mu.Unlock()
	if len(p.frames) == 0 {
		p.t.Fatalf("no frame, want %s (gone %v, code %d)", want, p.gone, p.code)
	}
	f := p.frames[0]
	p.frames = p.frames[1:]
	if f.T != want {
		p.t.Fatalf("got %s, want %s: %+v", f.T, want, f)
	}
	return f
}

// until skips frames up to one of this type.
func (p *peer) until(want frame.Type) frame.Outbound {
	p.t.Helper()
	synctest.Wait()
	p.mu.Lock()
	for len(p.frames) > 0 && p.frames[0].T != want {
		p.frames = p.frames[1:]
	}
	p.mu.Unlock()
	return p.next(want)
}

// silent checks that nothing more came.
func (p *peer) silent() {
	p.t.Helper()
	synctest.Wait()
	p.mu.Lock()
	defer p.mu.Unlock()
	if len(p.frames) > 0 {
		p.t.Fatalf("unexpected %s: %+v", p.frames[0].T, p.frames[0])
	}
}

// fails checks that the next frame is this error.
func (p *peer) fails(code, re string) {
	p.t.Helper()
	if f := p.next(frame.TError); f.Code != code || f.Re != re {
		p.t.Fatalf("error %q re %q, want %q re %q", f.Code, f.Re, code, re)
	}
}

// closes checks that the server closed with this code, 0 for without one.
func (p *peer) closes(code int) {
	p.t.Helper()
	synctest.Wait()
	p.mu.Lock()
	defer p.mu.Unlock()
	if !p.gone || code != 0 && p.code != code {
		p.t.Fatalf("gone %v with %d, want %d", p.gone, p.code, code)
	}
}

func (p *peer) open() bool {
	synctest.Wait()
	p.mu.Lock()
	defer p.mu.Unlock()
	return !p.gone
}

// send writes a text frame; arguments are put into it as they are.
func (p *peer) send(f string, args ...any) {
	p.t.Helper()
	for _, a := range args {
		f = strings.Replace(f, "%s", a.(string), 1)
	}
	if err := p.ws.WriteMessage(websocket.TextMessage, []byte(f)); err != nil {
		p.t.Fatal(err)
	}
}

// msg sends a sealed message of an epoch.
func (p *peer) msg(chat, id string, e, k int) {
	p.t.Helper()
	f := frame.Inbound{T: frame.TMsg, Chat: chat, E: e, N: 1, ID: id, K: k,
		IV: []byte(strings.Repeat("A", 16)), CT: []byte(strings.Repeat("A", 200))}
	if chat == "" {
		p.send(string((&frame.Youth{Inbound: f}).Append(nil)))
	} else {
		p.send(string((&frame.Desk{Inbound: f}).Append(nil)))
	}
}

// pass lets time go by.
func pass(d time.Duration) { <-time.After(d); synctest.Wait() }

var (
	pkY  = "BA" + strings.Repeat("A", 85)
	pkC  = "BB" + strings.Repeat("A", 85)
	pkC2 = "BC" + strings.Repeat("A", 85)
	tagA = strings.Repeat("A", 43)
	tagB = strings.Repeat("B", 42) + "A"
)

// joined brings a young person into line.
func (w *world) joined(y *peer) (chat, token string) {
	w.t.Helper()
	y.send(`{"t":"join","line":"jip","pk":"%s"}`, pkY)
	f := y.next(frame.TWaiting)
	return f.Chat, f.Token
}

// talking brings a young person and a counsellor together, both confirmed.
func (w *world) talking() (y, d *peer, chat, token string) {
	w.t.Helper()
	y, d = w.youth(), w.desk("ann")
	chat, token = w.joined(y)
	w.accept(d, "ann", chat, pkC)
	y.next(frame.TJoined)
	w.confirmed(y, d, chat, 0)
	return y, d, chat, token
}

func (w *world) accept(d *peer, name, chat, pk string) {
	w.t.Helper()
	offer := w.store.ring(name, chat)
	d.until(frame.TOffer)
	d.send(`{"t":"accept","offer":"%s","pk":"%s"}`, offer, pk)
	d.until(frame.TAssigned)
}

func (w *world) confirmed(y, d *peer, chat string, e int) {
	w.t.Helper()
	es := string(rune('0' + e))
	y.send(`{"t":"confirm","e":%s,"tag":"%s"}`, es, tagA)
	d.until(frame.TConfirm)
	d.send(`{"t":"confirm","chat":"%s","e":%s,"tag":"%s"}`, chat, es, tagB)
	y.until(frame.TConfirm)
}
