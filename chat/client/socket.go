package client

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"

	"github.com/gorilla/websocket"

	"haven/chat/frame"
)

// Options are those of both ends.
type Options struct {
	// URL of the server, http or https. Reconnect may name another.
	URL string
	// Origin header; a Desk sends that of URL when it is "", a Youth none.
	Origin string
	// Unsealed sends random bytes of the size that sealing would make, and opens and checks nothing.
	Unsealed bool
	// Handlers, where not nil, hear everything instead of the inbox.
	Handlers *Handlers
	// LocalIP to dial from, "" for any. One address has some 28,000 ports.
	LocalIP string
	// Again keeps what the other side has not read, as pages do, and as is done without Handlers: when the store begins
	// another life it is sent again.
	Again bool
	// Tap, where not nil, hears each frame as it came, on the reader's goroutine, before anything is made of it.
	Tap func([]byte)
}

// Handlers hear what comes in, each on the goroutine of its socket's reader, which they must not block. They may
// send. Any may be nil.
type Handlers struct {
	// Msg hears each message once, with its text where it was sealed. h lives until the return.
	Msg func(c *Chat, h *frame.Hot, text string)
	// Ack hears that m is kept.
	Ack func(c *Chat, m *Message)
	// Other hears everything else, an Event that is Closed included; c is nil where it is about no chat.
	Other func(c *Chat, e *Event)
}

// Event is one frame, or the end of the connection.
type Event struct {
	frame.Outbound
	// Text of a msg that opened; Opened is false of one that did not, as of an epoch whose key is gone.
	Text   string
	Opened bool
	// Err is ErrConfirm or ErrOtherKey where a frame proves that somebody stands between; the chat is stopped.
	Err error
	// Closed says that the connection ended, with Status as the websocket closing code, 0 for none.
	Closed bool
	Status int
}

const (
	handshakeTimeout = 10 * time.Second
	writeTimeout     = 10 * time.Second
)

// writers is shared by all sockets: an idle one holds no write buffer.
var writers sync.Pool

// socket is what Youth and Desk have in common: one connection at a time with one reader. mu guards everything of
// its owner, and writing under it is what keeps messages in the order of their counts.
type socket struct {
	opt   Options
	inbox inbox

	mu   sync.Mutex
	ws   *websocket.Conn
	done chan struct{} // closed when the reader of ws has returned
	buf  []byte        // of the frame being written
	head http.Header   // of the handshake
}

func (s *socket) dialer() *net.Dialer {
	d := &net.Dialer{}
	if s.opt.LocalIP != "" {
		d.LocalAddr = &net.TCPAddr{IP: net.ParseIP(s.opt.LocalIP)}
	}
	return d
}

// connect replaces the connection by a new one and starts its reader. s.mu is not held.
func (s *socket) connect(ctx context.Context, path string, handle func([]byte)) error {
	s.Cut()
	at, err := url.Parse(s.opt.URL)
	if err != nil {
		return fmt.Errorf("client: URL: %w", err)
	}
	at.Scheme = "ws" + strings.TrimPrefix(at.Scheme, "http")
	at.Path, at.RawQuery, at.Fragment = path, "", ""
	tcp := s.dialer()
	d := websocket.Dialer{
		NetDialContext: tcp.DialContext, HandshakeTimeout: handshakeTimeout, Subprotocols: []string{"haven.1"},
		ReadBufferSize: 2048, WriteBufferSize: 2048, WriteBufferPool: &writers,
	}
	ws, resp, err := d.DialContext(ctx, at.String(), s.head)
	if err != nil {
		if resp != nil {
			return &HandshakeError{resp.StatusCode}
		}
		return fmt.Errorf("client: dial: %w", err)
	}
	done := make(chan struct{})
	s.mu.Lock()
	s.ws, s.done = ws, done
	s.mu.Unlock()
	s.inbox.reopen()
	go func() {
		defer close(done)
		status := read(ws, handle)
		_ = ws.Close()
		s.mu.Lock()
		if s.ws == ws {
			s.ws = nil
		}
		s.mu.Unlock()
		s.tell(nil, &Event{Closed: true, Status: status})
	}()
	return nil
}

// read hands over one frame after another, in one buffer, and returns the closing code at the end.
func read(ws *websocket.Conn, handle func([]byte)) int {
	buf := make([]byte, 0, 1024)
	for {
		_, r, err := ws.NextReader()
		for buf = buf[:0]; err == nil; {
			if len(buf) == cap(buf) {
				buf = append(buf, 0)[:len(buf)]
			}
			var n int
			n, err = r.Read(buf[len(buf):cap(buf)])
			buf = buf[:len(buf)+n]
		}
		if err != io.EOF {
			var closed *websocket.CloseError
			if errors.As(err, &closed) {
				return closed.Code
			}
			return 0
		}
		handle(buf)
	}
}

// write sends b as one frame. s.mu is held.
func (s *socket) write(b []byte) error {
	if s.ws == nil {
		return ErrClosed
	}
	_ = s.ws.SetWriteDeadline(time.Now().Add(writeTimeout))
	if err := s.ws.WriteMessage(websocket.TextMessage, b); err != nil {
		return ErrClosed
	}
	return nil
}

// Raw sends b as it is, to see what a server makes of it. kind is a message type of gorilla/websocket.
func (s *socket) Raw(kind int, b []byte) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.ws == nil {
		return ErrClosed
	}
	if err := s.ws.WriteMessage(kind, b); err != nil {
		return ErrClosed
	}
	return nil
}

// Cut ends the connection without a word, as a tunnel does, and returns when its reader has.
func (s *socket) Cut() {
	s.mu.Lock()
	ws, done := s.ws, s.done
	s.ws = nil
	s.mu.Unlock()
	if ws != nil {
		_ = ws.NetConn().Close()
	}
	if done != nil {
		<-done
	}
}

// Connected reports whether a connection stands.
func (s *socket) Connected() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.ws != nil
}

// tell hands an event to whoever listens. s.mu is not held.
func (s *socket) tell(c *Chat, e *Event) {
	h := s.opt.Handlers
	switch {
	case h == nil:
		s.inbox.put(*e)
	case h.Other != nil:
		h.Other(c, e)
	}
}

// Expect waits for the first event of one of these types and takes it out of the inbox; others stay. It returns
// ErrClosed when the connection ended and nothing of the kind came before. Without types it takes any event.
func (s *socket) Expect(ctx context.Context, types ...frame.Type) (Event, error) {
	return s.ExpectThat(ctx, func(e *Event) bool {
		for _, t := range types {
			if e.T == t && !e.Closed {
				return true
			}
		}
		return len(types) == 0
	})
}

// ExpectThat is Expect with a condition of the caller's.
func (s *socket) ExpectThat(ctx context.Context, is func(*Event) bool) (Event, error) {
	return s.inbox.take(ctx, is)
}

// ExpectClosed waits for the end of the connection and gives its closing code, 0 for none.
func (s *socket) ExpectClosed(ctx context.Context) (int, error) {
	e, err := s.inbox.take(ctx, func(e *Event) bool { return e.Closed })
	return e.Status, err
}

// inbox keeps events for Expect.
type inbox struct {
	mu     sync.Mutex
	events []Event
	over   bool          // the last was the end of the connection
	more   chan struct{} // closed and replaced when an event comes
}

func (in *inbox) put(e Event) {
	in.mu.Lock()
	defer in.mu.Unlock()
	in.events = append(in.events, e)
	in.over = e.Closed
	if in.more != nil {
		close(in.more)
		in.more = nil
	}
}

func (in *inbox) reopen() {
	in.mu.Lock()
	defer in.mu.Unlock()
	in.over = false
}

func (in *inbox) take(ctx context.Context, is func(*Event) bool) (Event, error) {
	for {
		in.mu.Lock()
		for i := range in.events {
			if e := in.events[i]; is(&e) {
				in.events = append(in.events[:i:i], in.events[i+1:]...)
				in.mu.Unlock()
				return e, nil
			}
		}
		if in.more == nil {
			in.more = make(chan struct{})
		}
		more, over := in.more, in.over
		in.mu.Unlock()
		if over {
			return Event{}, ErrClosed
		}
		select {
		case <-more:
		case <-ctx.Done():
			return Event{}, fmt.Errorf("client: expect: %w, while there was %s", ctx.Err(), in.left())
		}
	}
}

// left names the types of what nobody took.
func (in *inbox) left() string {
	in.mu.Lock()
	defer in.mu.Unlock()
	names := make([]string, len(in.events))
	for i := range in.events {
		names[i] = in.events[i].T.String()
		if in.events[i].Closed {
			names[i] = fmt.Sprintf("closed (%d)", in.events[i].Status)
		}
	}
	return "[" + strings.Join(names, " ") + "]"
}
