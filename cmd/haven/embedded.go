package main

import (
	"context"
	"io"
	"net"
	"os"
	"runtime/debug"
	"sync"
	"time"

	"github.com/alicebob/miniredis/v2"
	"github.com/redis/go-redis/v9"
)

// embedded is a store in this process's own memory, for `haven demo`. It listens nowhere: nobody else on the machine
// can read it, and it is gone with the process.
type embedded struct {
	mini *miniredis.Miniredis
	stop context.CancelFunc
	done chan struct{}
}

func startEmbedded() (*embedded, error) {
	// For each script miniredis makes a Lua machine and throws it away. Collecting those less often is a fifth of all
	// work in the demo, and its heap is small.
	debug.SetGCPercent(400)
	mini := miniredis.NewMiniRedis()
	first, err := mini.Dial() // starts it, without a listener
	if err != nil {
		return nil, err
	}
	first.Close()
	ctx, cancel := context.WithCancel(context.Background())
	e := &embedded{mini: mini, stop: cancel, done: make(chan struct{})}
	go e.expire(ctx)
	return e, nil
}

// expire lets keys grow old: miniredis never does so by itself.
func (e *embedded) expire(ctx context.Context) {
	defer close(e.done)
	tick := time.NewTicker(time.Second)
	defer tick.Stop()
	last := time.Now()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
			now := time.Now()
			e.mini.FastForward(now.Sub(last))
			last = now
		}
	}
}

// client connects to it as if it were any other Redis.
func (e *embedded) client() redis.UniversalClient {
	o := tuned(&redis.UniversalOptions{Addrs: []string{"embedded:0"}})
	o.Dialer = func(context.Context, string, string) (net.Conn, error) {
		here, there := duplex()
		e.mini.Server().ServeConn(there)
		return here, nil
	}
	return redis.NewUniversalClient(o)
}

func (e *embedded) close() {
	e.stop()
	<-e.done
	e.mini.Close()
}

// duplex is a connection within the process that takes whatever is written at once. net.Pipe hands over byte by byte:
// there a pipeline would stand still, since the client reads no answer before all its commands are out and the server
// no command before its answer is.
func duplex() (a, b net.Conn) {
	left, right := newQueue(), newQueue()
	return &end{in: left, out: right}, &end{in: right, out: left}
}

type end struct{ in, out *queue }

func (e *end) Read(p []byte) (int, error)  { return e.in.read(p) }
func (e *end) Write(p []byte) (int, error) { return e.out.write(p) }

func (e *end) Close() error {
	e.in.close()
	e.out.close()
	return nil
}

type inProcess struct{}

func (inProcess) Network() string { return "embedded" }
func (inProcess) String() string  { return "embedded" }

func (*end) LocalAddr() net.Addr  { return inProcess{} }
func (*end) RemoteAddr() net.Addr { return inProcess{} }

// A write never waits, so it has no deadline.
func (*end) SetWriteDeadline(time.Time) error { return nil }

func (e *end) SetDeadline(t time.Time) error { return e.SetReadDeadline(t) }

func (e *end) SetReadDeadline(t time.Time) error {
	e.in.mu.Lock()
	defer e.in.mu.Unlock()
	e.in.until = t
	e.in.more.Broadcast()
	return nil
}

// queue is one direction.
type queue struct {
	mu     sync.Mutex
	more   sync.Cond
	data   []byte
	until  time.Time // no read waits longer; zero is for ever
	closed bool
}

func newQueue() *queue {
	q := &queue{}
	q.more.L = &q.mu
	return q
}

func (q *queue) read(p []byte) (int, error) {
	q.mu.Lock()
	defer q.mu.Unlock()
	for len(q.data) == 0 {
		if q.closed {
			return 0, io.EOF
		}
		if q.until.IsZero() {
			q.more.Wait()
			continue
		}
		left := time.Until(q.until)
		if left <= 0 {
			return 0, os.ErrDeadlineExceeded
		}
		wake := time.AfterFunc(left, q.more.Broadcast)
		q.more.Wait()
		wake.Stop()
	}
	n := copy(p, q.data)
	q.data = q.data[n:]
	return n, nil
}

func (q *queue) write(p []byte) (int, error) {
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.closed {
		return 0, io.ErrClosedPipe
	}
	q.data = append(q.data, p...)
	q.more.Signal()
	return len(p), nil
}

func (q *queue) close() {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.closed = true
	q.more.Broadcast()
}
