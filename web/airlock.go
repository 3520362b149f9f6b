package web

import (
	"bytes"
	"errors"
	"io"
	"net"
	"os"
	"sync"
	"sync/atomic"
	"time"
)

// The airlock's times and measures.
const (
	lingerTime  = 500 * time.Millisecond // a refused caller may read its answer before the close
	lingerBytes = 256 << 10
	writeTime   = 2 * time.Second // for an answer of a hundred bytes
	beyondBytes = 4 << 10         // thrown away behind a request before the connection counts as ended
)

// Where a connection stands.
const (
	atHead    = iota // nothing has been passed on
	inRequest        // the head went in, and the body as far as its length
	upgrading        // as inRequest, and 101 would open the door
	open             // upgraded: both ways untouched
	refused          // nothing passes any more
)

// airlock stands between a connection and net/http. The first Read takes in a whole request head, in memory of the
// airlock's own, passes on what rewrite allows and wipes the rest: a header deleted later, in net/http, would stay in
// memory for a core dump to find. One request passes per connection, so no second head slips by.
type airlock struct {
	*conn
	phase atomic.Uint32

	mu   sync.Mutex // guards out: Close may come while nobody reads
	out  *buffer    // what is to be passed on; nil when all was
	from int        // out.b[from:to] is left
	to   int

	body   int // bytes of the body still to be read from the connection
	beyond int // bytes thrown away after it
}

// newAirlock is the one place where connections meet the airlock.
func newAirlock(c *conn) net.Conn { return &airlock{conn: c} }

// Read of an open connection goes straight down: thousands of goroutines sleep in it, and each frame more on their
// stacks would double these from 2 KiB to 4.
func (a *airlock) Read(p []byte) (int, error) {
	if a.phase.Load() != open {
		return a.read(p)
	}
	n, err := a.raw.Read(p)
	if err != nil {
		err = bare(err)
	}
	return n, err
}

func (a *airlock) read(p []byte) (int, error) {
	switch a.phase.Load() {
	case open:
		return a.conn.Read(p)
	case refused:
		return 0, io.EOF
	case atHead:
		if len(p) == 0 {
			return 0, nil
		}
		if status := a.admit(); status != 0 {
			a.phase.Store(refused)
			return 0, io.EOF // net/http answers an EOF with nothing: what was to be said has been
		}
	}
	if n := a.pass(p); n > 0 {
		return n, nil
	}
	if a.body > 0 {
		n, err := a.conn.Read(p[:min(len(p), a.body)])
		a.body -= n
		return n, err
	}
	return a.discard(p)
}

// Write opens the door when the answer to an upgrade is 101.
func (a *airlock) Write(p []byte) (int, error) {
	if a.phase.Load() == upgrading && bytes.HasPrefix(p, switching) {
		a.phase.CompareAndSwap(upgrading, open)
	}
	return a.conn.Write(p)
}

var switching = []byte("HTTP/1.1 101 ")

func (a *airlock) Close() error {
	err := a.conn.Close()
	a.mu.Lock()
	defer a.mu.Unlock()
	a.drop()
	return err
}

// drop wants mu held.
func (a *airlock) drop() {
	if a.out != nil {
		a.out.release()
		a.out = nil
	}
}

// pass copies what is ready; 0 when nothing is.
func (a *airlock) pass(p []byte) int {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.out == nil {
		return 0
	}
	n := copy(p, a.out.b[a.from:a.to])
	if a.from += n; a.from == a.to {
		a.drop()
	}
	return n
}

// discard reads on after the request. net/http reads here in the background to learn of a hang-up, so it must block
// as long as the caller is there, and none of what comes is passed on.
func (a *airlock) discard(p []byte) (int, error) {
	for {
		n, err := a.conn.Read(p)
		clear(p[:n])
		if err != nil {
			return 0, err
		}
		a.beyond += n
		if a.beyond > beyondBytes || n > 0 && a.phase.Load() == upgrading {
			// Frames before the 101 were sent blind; a second request was told "Connection: close".
			a.phase.Store(refused)
			a.conn.Close()
			return 0, io.EOF
		}
	}
}

// admit takes the head in and makes out of it what net/http may see, or answers and returns the status of the
// refusal (silent when the caller is gone or sent nothing).
func (a *airlock) admit() int {
	in := take(headSmall)
	defer func() { in.release() }()
	n, end := 0, 0
	for limit := headSmall; end == 0; {
		if n == limit {
			if limit == headMost {
				return a.refuse(tooLong(in.b[:n]), in)
			}
			limit = headMost
			more := take(limit)
			copy(more.b, in.b[:n])
			in.release()
			in = more
		}
		m, err := a.conn.Read(in.b[n:limit])
		var ok bool
		if end, ok = headEnd(in.b[:n+m], n); !ok {
			return a.refuse(400, in)
		}
		if n += m; err != nil && end == 0 {
			var late net.Error
			if n > 0 && errors.As(err, &late) && late.Timeout() {
				return a.refuse(408, in)
			}
			return silent
		}
	}

	out := take(n)
	dst, h, status := rewrite(out.b[:0], in.b[:end])
	rest := in.b[end:n]
	if status == 0 && h.upgrade && len(rest) > 0 {
		status = 400
	}
	if status != 0 {
		out.release()
		return a.refuse(status, in)
	}
	first := min(len(rest), h.length)
	dst = append(dst, rest[:first]...)
	if len(dst) > len(out.b) { // cannot be, see slack; a head that grew past it must not be cut
		out.release()
		return a.refuse(431, in)
	}
	a.body, a.beyond = h.length-first, len(rest)-first

	a.mu.Lock()
	a.out, a.from, a.to = out, 0, len(dst)
	a.mu.Unlock()
	if h.upgrade {
		a.phase.Store(upgrading)
	} else {
		a.phase.Store(inRequest)
	}
	return 0
}

// silent is the status of a refusal without an answer.
const silent = -1

// refuse answers, and lets the caller read the answer: closing on unread bytes would reset the connection. What still
// comes is read into the buffer that is wiped anyway.
func (a *airlock) refuse(status int, in *buffer) int {
	a.conn.SetWriteDeadline(time.Now().Add(writeTime))
	if _, err := a.conn.Write(refusal(status)); err != nil {
		return status
	}
	a.CloseWrite()
	a.conn.SetReadDeadline(time.Now().Add(lingerTime))
	for read := 0; read < lingerBytes; {
		n, err := a.conn.Read(in.b)
		if err != nil {
			if errors.Is(err, os.ErrDeadlineExceeded) {
				break
			}
			return status
		}
		read += n
	}
	return status
}
