package fault

import (
	"fmt"
	"net"
	"sync"
	"time"
)

// Link is a line of TCP that can be hurt: what is dialled to Addr goes on to where it was opened to.
type Link struct {
	l           net.Listener
	network, to string
	running     sync.WaitGroup

	mu     sync.Mutex
	how    Hurt
	change chan struct{} // closed and replaced when how changes
	lines  map[*line]bool
	closed bool
}

// Hurt is what is wrong with a Link. The zero value is nothing.
type Hurt struct {
	// Refused closes each new connection at once.
	Refused bool
	// Silent holds everything back: connections are accepted, and nothing comes through until that ends.
	Silent bool
	// Delay holds each piece back for so long, in both directions.
	Delay time.Duration
	// Rate is how many bytes a second each direction of a connection carries, 0 for all that come.
	Rate int
	// Only, where it is set, says by the first bytes that a caller sends whether the rest holds for its connection.
	// A caller whose first bytes did not come yet is hurt.
	Only func(first []byte) bool
}

// OpenLink opens a line to an address, "tcp" or "unix", on a port of this machine.
func OpenLink(network, to string) (*Link, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, fmt.Errorf("fault: link: %w", err)
	}
	k := &Link{l: l, network: network, to: to, change: make(chan struct{}), lines: map[*line]bool{}}
	k.running.Go(k.serve)
	return k, nil
}

// Addr is where to dial, host:port.
func (k *Link) Addr() string { return k.l.Addr().String() }

// Set hurts the link like that from now on, instead of as before; connections that stand are hurt too.
func (k *Link) Set(how Hurt) {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.how = how
	close(k.change)
	k.change = make(chan struct{})
}

// Heal carries everything again. What was held back comes through.
func (k *Link) Heal() { k.Set(Hurt{}) }

// Cut ends every connection, or those for which only says so by their first bytes, in the middle of what is under way.
func (k *Link) Cut(only func(first []byte) bool) {
	k.mu.Lock()
	defer k.mu.Unlock()
	for c := range k.lines {
		if only == nil || only(c.first) {
			c.end()
		}
	}
}

// Close cuts everything and returns when nothing runs any more. It is safe twice.
func (k *Link) Close() {
	k.mu.Lock()
	k.closed = true
	k.mu.Unlock()
	_ = k.l.Close()
	k.Cut(nil)
	k.running.Wait()
}

func (k *Link) serve() {
	for {
		in, err := k.l.Accept()
		if err != nil {
			return
		}
		k.running.Go(func() { k.carry(in) })
	}
}

// line is one connection through a link.
type line struct {
	in, out net.Conn
	once    sync.Once
	gone    chan struct{}
	first   []byte // that the caller sent; the link's mutex guards it
}

func (c *line) end() {
	c.once.Do(func() {
		close(c.gone)
		_ = c.in.Close()
		if c.out != nil {
			_ = c.out.Close()
		}
	})
}

func (k *Link) carry(in net.Conn) {
	c := &line{in: in, gone: make(chan struct{})}
	k.mu.Lock()
	refused := k.closed || k.how.Refused && k.how.Only == nil
	if !refused {
		k.lines[c] = true
	}
	k.mu.Unlock()
	if refused {
		_ = in.Close()
		return
	}
	defer func() {
		k.mu.Lock()
		delete(k.lines, c)
		k.mu.Unlock()
	}()
	out, err := net.Dial(k.network, k.to)
	if err != nil {
		c.end()
		return
	}
	k.mu.Lock()
	c.out = out
	k.mu.Unlock()
	select {
	case <-c.gone: // cut while it dialled
		_ = out.Close()
		return
	default:
	}
	var both sync.WaitGroup
	both.Go(func() { k.pump(c, out, in, true) })
	both.Go(func() { k.pump(c, in, out, false) })
	both.Wait()
}

// pump carries one direction until either end is over.
func (k *Link) pump(c *line, to, from net.Conn, calls bool) {
	defer c.end()
	buf := make([]byte, 32<<10)
	for {
		n, err := from.Read(buf)
		if n > 0 {
			if calls {
				k.mu.Lock()
				if len(c.first) < 256 {
					c.first = append(c.first, buf[:min(n, 256)]...)
				}
				k.mu.Unlock()
			}
			if !k.pass(c, n) {
				return
			}
			if _, err := to.Write(buf[:n]); err != nil {
				return
			}
		}
		if err != nil {
			return
		}
	}
}

// pass holds n bytes back for as long as the link is hurt, and reports whether they go on.
func (k *Link) pass(c *line, n int) bool {
	began := time.Now()
	for {
		k.mu.Lock()
		how, change := k.how, k.change
		spared := how.Only != nil && len(c.first) > 0 && !how.Only(c.first)
		k.mu.Unlock()
		hold := how.Delay
		if how.Rate > 0 {
			hold += time.Duration(n) * time.Second / time.Duration(how.Rate)
		}
		hold -= time.Since(began)
		switch {
		case spared:
			return true
		case how.Refused && how.Only != nil:
			return false
		case how.Silent:
			hold = time.Hour
		case hold <= 0:
			return true
		}
		wait := time.NewTimer(hold)
		select {
		case <-wait.C:
		case <-change:
		case <-c.gone:
			wait.Stop()
			return false
		}
		wait.Stop()
	}
}
