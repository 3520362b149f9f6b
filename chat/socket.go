package chat

import (
	"encoding/binary"
	"io"
	"net"
	"sync"
	"sync/atomic"
	"time"

	"github.com/gorilla/websocket"

	"haven/chat/frame"
)

type socketState uint8

const (
	stateNew     socketState = iota // registered, 101 not answered yet
	stateOpen                       // takes frames
	stateClosing                    // the close frame is queued or sent; nothing more goes out
	stateDead                       // the connection is closed
)

// owner is what a socket carries: a young person or a desk.
type owner interface {
	// handle reads one text frame. It is called by the socket's reader.
	handle(in *inbound)
	// closed lets go of everything. It is called once, by the reader when it ends.
	closed()
}

// socket is one websocket. Frames are not handed to gorilla one by one: they are put into wire form, all of them
// into one buffer, and a goroutine that lives only while there is something to write gives the buffer to the
// connection whole. So what is ready for one socket costs one system call, an idle socket holds no buffer and no
// writer, and two writers cannot cut into each other's frames.
type socket struct {
	hub   *Hub
	owner owner
	role  string
	id    string // unique on this node
	ws    *websocket.Conn
	conn  net.Conn
	// flushing is begun with this value: a go statement with a method would allocate.
	flushFunc func()

	heard  atomic.Int32 // Hub.tick of the last sign of life
	ponged atomic.Bool  // since the last renewal of leases
	slot   int          // in the wheel, with at; guarded by wheel.mu
	at     int
	bad    int // bad frames so far; the reader's
	// wentAway: the other side closed first, by a close frame that does not say that it comes back. The reader's. A line that
	// breaks without a word says nothing of who is at its end: phones do that all day, and come back.
	wentAway bool

	mu       sync.Mutex
	state    socketState
	flushing bool
	readDone bool
	bulk     bool // a page of a replay is being queued, which may be more than maxQueue
	frames   int
	mark     int // where the frame that is being written begins in out
	inflight int
	deadline time.Duration // Hub.since when the write deadline was set
	out      *buffer
	vacancy  chan struct{} // closed when inflight sinks, nil when nobody waits
	refill   []syncer      // go on with their replay once out is empty
}

// begin opens a frame: the caller appends its payload and hands the result to end. mu is held throughout. On a
// socket that takes nothing more, what is appended is thrown away.
func (s *socket) begin() []byte {
	if s.state != stateOpen {
		return nil
	}
	if s.out == nil {
		s.out = buffers.Get().(*buffer)
	}
	s.mark = len(s.out.b)
	return append(s.out.b, 0, 0, 0, 0)
}

// end closes a text frame.
func (s *socket) end(b []byte) { s.endFrame(opText, b) }

func (s *socket) endFrame(op byte, b []byte) {
	if s.state != stateOpen {
		return
	}
	s.out.b = wireHead(b, s.mark, op)
	s.frames++
	if !s.bulk && (len(s.out.b) > maxQueue || s.frames > maxFrames) {
		s.overflow()
		return
	}
	s.kick()
}

// kick sees to it that out is written. mu is held.
func (s *socket) kick() {
	if !s.flushing {
		s.flushing = true
		go s.flushFunc()
	}
}

// overflow gives up on a reader that is too slow. What it missed is in the log. mu is held.
func (s *socket) overflow() {
	s.out.b = s.out.b[:0]
	s.close(closeTryLater, "slow reader")
	// A write that hangs is cut short: it is what got us here.
	s.deadline = s.hub.since()
	_ = s.conn.SetWriteDeadline(time.Now().Add(linger))
}

// close queues a close frame behind what is queued. mu is held.
func (s *socket) close(code uint16, why string) {
	if s.state != stateOpen {
		return
	}
	b := binary.BigEndian.AppendUint16(s.begin(), code)
	s.out.b = wireHead(append(b, why...), s.mark, opClose)
	s.state = stateClosing
	s.wakeReader()
	s.kick()
}

// shut is close for those who do not hold mu.
func (s *socket) shut(code uint16, why string) {
	s.mu.Lock()
	s.close(code, why)
	s.mu.Unlock()
}

// kill closes the connection. mu is held.
func (s *socket) kill() {
	if s.state == stateNew || s.state == stateDead {
		return
	}
	s.state = stateDead
	if s.out != nil {
		s.out.free()
		s.out = nil
	}
	s.wakeReader()
	_ = s.conn.Close()
}

// flush writes what is queued until nothing is.
func (s *socket) flush() {
	s.mu.Lock()
	for s.state != stateDead && s.out != nil {
		out := s.out
		s.out, s.frames = nil, 0
		if now := s.hub.since(); now-s.deadline >= writeRenew {
			// A timer of the runtime is moved here: not worth it for every message.
			s.deadline = now
			_ = s.conn.SetWriteDeadline(time.Now().Add(writeWait))
		}
		s.mu.Unlock()
		_, err := s.conn.Write(out.b)
		out.free()
		s.mu.Lock()
		if err != nil {
			s.kill()
		}
	}
	s.flushing = false
	if s.state == stateClosing {
		// Closing at once would throw away what the other side has sent and, with it, our close frame.
		if s.readDone || s.conn.SetReadDeadline(time.Now().Add(linger)) != nil {
			s.kill()
		}
	}
	refill := s.refill
	s.refill = nil
	s.mu.Unlock()
	for _, t := range refill {
		s.hub.work.add(t)
	}
}

// start begins to read and write. hello goes out first.
func (s *socket) start(ws *websocket.Conn) {
	s.ws, s.conn = ws, ws.NetConn()
	s.flushFunc = s.flush
	ws.SetPongHandler(s.pong)
	ws.SetPingHandler(s.ping)
	ws.SetCloseHandler(s.closeHandler)
	s.heard.Store(s.hub.tick.Load())
	s.mu.Lock()
	s.state = stateOpen
	s.deadline = -writeRenew
	// Loaded after the state was set: a newer one is pushed to every open socket.
	s.end(append(s.begin(), s.hub.hello.Load().frame...))
	s.mu.Unlock()
	if s.hub.draining.Load() {
		s.hub.bye(s)
	}
	go s.read()
}

func (s *socket) pong(string) error {
	s.heard.Store(s.hub.tick.Load())
	s.ponged.Store(true)
	return nil
}

func (s *socket) ping(payload string) error {
	s.mu.Lock()
	s.endFrame(opPong, append(s.begin(), payload...))
	s.mu.Unlock()
	return nil
}

// closeHandler answers a close frame; the reader ends by itself.
func (s *socket) closeHandler(code int, _ string) error {
	if code == websocket.CloseNoStatusReceived {
		code = closeNormal
	}
	s.mu.Lock()
	s.wentAway = s.wentAway || s.state == stateOpen && code != closeBack
	s.close(uint16(code), "")
	s.mu.Unlock()
	return nil
}

// read is the socket's one reader. It runs outside of the HTTP handler, so that net/http's buffers and stack go.
func (s *socket) read() {
	for {
		typ, r, err := s.ws.NextReader()
		if err != nil || !s.message(typ, r) {
			break
		}
	}
	s.mu.Lock()
	s.readDone = true
	if s.state == stateOpen {
		s.state = stateClosing
	}
	if !s.flushing {
		s.kill()
	}
	s.mu.Unlock()
	s.owner.closed()
	s.hub.gone(s)
}

func (s *socket) message(typ int, r io.Reader) bool {
	in := inbounds.Get().(*inbound)
	defer in.free()
	for len(in.b) <= frame.MaxFrame {
		if len(in.b) == cap(in.b) {
			in.b = append(in.b, 0)[:len(in.b)]
		}
		n, err := r.Read(in.b[len(in.b):min(cap(in.b), frame.MaxFrame+1)])
		in.b = in.b[:len(in.b)+n]
		if err == io.EOF {
			break
		}
		if err != nil {
			return false
		}
	}
	s.mu.Lock()
	open := s.state == stateOpen
	if open && len(in.b) > frame.MaxFrame {
		s.close(closeTooBig, "too big")
		open = false
	}
	s.mu.Unlock()
	if !open {
		return true // read on until the other side has answered the close frame
	}
	s.heard.Store(s.hub.tick.Load())
	if typ != websocket.TextMessage {
		s.badFrame("")
		return true
	}
	s.owner.handle(in)
	return true
}

// aside runs what goes deep into the store on a goroutine of its own and waits for it: the reader's stack would grow
// with it and, on a socket that is idle from then on, stay that large.
func aside(do func()) {
	done := make(chan struct{})
	go func() {
		do()
		close(done)
	}()
	<-done
}

// badFrame answers a frame that is none; the third one is the last. Only the reader calls it.
func (s *socket) badFrame(re string) {
	s.bad++
	s.mu.Lock()
	s.end(frame.AppendError(s.begin(), frame.CodeBadFrame, re))
	if s.bad >= maxBad {
		s.close(closePolicy, "bad frames")
	}
	s.mu.Unlock()
}

// fail answers with an error frame.
func (s *socket) fail(code, re string) {
	s.mu.Lock()
	s.end(frame.AppendError(s.begin(), code, re))
	s.mu.Unlock()
}

// beat answers a beat.
func (s *socket) beat() {
	s.mu.Lock()
	s.end(frame.AppendBeat(s.begin()))
	s.mu.Unlock()
}

// admit waits until one more message may be on its way to the store, which holds back a sender who is faster
// than the store: the reader stops reading. False when the socket closes meanwhile. mu is held, and let go
// while waiting.
func (s *socket) admit() bool {
	for s.state == stateOpen && s.inflight >= maxInflight {
		if s.vacancy == nil {
			s.vacancy = make(chan struct{})
		}
		c := s.vacancy
		s.mu.Unlock()
		<-c
		s.mu.Lock()
	}
	if s.state != stateOpen {
		return false
	}
	s.inflight++
	return true
}

// landed is the counterpart of admit. mu is held.
func (s *socket) landed() {
	s.inflight--
	s.wakeReader()
}

func (s *socket) wakeReader() {
	if s.vacancy != nil {
		close(s.vacancy)
		s.vacancy = nil
	}
}

// is says whether name, a "node/sock" of the store, is this socket.
func (s *socket) is(name string) bool {
	node := s.hub.node
	return len(name) == len(node)+1+len(s.id) && name[:len(node)] == node && name[len(node)] == '/' && name[len(node)+1:] == s.id
}
