package web

import (
	"net"
	"sync"
	"time"
)

// corkMost is what a corked connection collects before it writes by itself.
const corkMost = 64 << 10

// conn is a connection behind the airlock, whose errors are bare. It can be corked: writes are the dearest call of a
// relay, so whoever has several frames for one socket corks it, writes them, and uncorks it, for one call to the
// kernel.
type conn struct {
	raw net.Conn

	mu     sync.Mutex
	corked bool
	held   *buffer // what was written while corked; nil when nothing was
	n      int
	err    error // of the first failed write; stays
}

// Cork makes writes collect until Uncork. A write then reports success before the kernel has it; the error comes
// with Uncork and with every write after it. Deadlines set meanwhile count when the bytes go out.
func (c *conn) Cork() {
	c.mu.Lock()
	c.corked = true
	c.mu.Unlock()
}

// Uncork writes in one call what was collected. Safe without Cork.
func (c *conn) Uncork() error {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.corked = false
	return c.flush()
}

func (c *conn) Write(p []byte) (int, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.err != nil {
		return 0, c.err
	}
	if !c.corked {
		n, err := c.raw.Write(p)
		c.err = bare(err)
		return n, c.err
	}
	if c.held == nil {
		c.held = corkBuffers.Get().(*buffer)
	}
	if c.n+len(p) > corkMost {
		if err := c.flush(); err != nil {
			return 0, err
		}
		c.held = corkBuffers.Get().(*buffer)
	}
	// Where a burst outgrows the buffer it grows, and goes back to the pool at its new size.
	grown := append(c.held.b[:c.n], p...)
	c.n = len(grown)
	c.held.b = grown[:cap(grown)]
	return len(p), nil
}

// flush wants mu held.
func (c *conn) flush() error {
	if c.held == nil {
		return c.err
	}
	if c.err == nil {
		_, err := c.raw.Write(c.held.b[:c.n])
		c.err = bare(err)
	}
	if len(c.held.b) <= 4*corkSize { // a rare burst's memory is not kept
		c.held.release()
	}
	c.held, c.n = nil, 0
	return c.err
}

func (c *conn) Read(p []byte) (int, error) {
	n, err := c.raw.Read(p)
	return n, bare(err)
}

// CloseWrite ends this direction; net/http does so before it leaves a request unread.
func (c *conn) CloseWrite() error {
	if w, ok := c.raw.(interface{ CloseWrite() error }); ok {
		return bare(w.CloseWrite())
	}
	return nil
}

func (c *conn) Close() error                       { return bare(c.raw.Close()) }
func (c *conn) LocalAddr() net.Addr                { return nowhere{} }
func (c *conn) RemoteAddr() net.Addr               { return nowhere{} }
func (c *conn) SetDeadline(t time.Time) error      { return bare(c.raw.SetDeadline(t)) }
func (c *conn) SetReadDeadline(t time.Time) error  { return bare(c.raw.SetReadDeadline(t)) }
func (c *conn) SetWriteDeadline(t time.Time) error { return bare(c.raw.SetWriteDeadline(t)) }
