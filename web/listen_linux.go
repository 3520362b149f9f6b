package web

import (
	"log/slog"
	"net"
	"os"
	"sync"
	"time"

	"golang.org/x/sys/unix"
)

// How long Accept waits for a descriptor to come free, at first and at most.
const (
	backOffFirst = 5 * time.Millisecond
	backOffMost  = time.Second
)

// listener accepts with a null address: the kernel is never asked who calls. net's own listener always asks, and so
// does net.FileConn.
type listener struct {
	file *os.File // the listening socket, non-blocking and in the runtime's poller
	raw  rawReader
	addr net.Addr // of this end, as opened
	path string   // of a unix socket, removed at Close
	log  *slog.Logger

	once sync.Once
	done chan struct{}
}

// rawReader is the part of syscall.RawConn that Accept needs; a test puts a lack of descriptors in its place.
type rawReader interface {
	Read(func(fd uintptr) (done bool)) error
}

func newListener(l net.Listener, log *slog.Logger) (net.Listener, error) {
	quiet := &listener{addr: l.Addr(), log: log, done: make(chan struct{})}
	var err error
	switch l := l.(type) {
	case *net.TCPListener:
		quiet.file, err = l.File()
	case *net.UnixListener:
		l.SetUnlinkOnClose(false)
		quiet.path = l.Addr().String()
		quiet.file, err = l.File()
	}
	if err != nil {
		return nil, err
	}
	// RawConn.Read of a net.Listener is refused by package net; that of an *os.File on the same socket waits in the
	// poller as it should. The first descriptor is not needed any more.
	if quiet.raw, err = quiet.file.SyscallConn(); err != nil {
		quiet.file.Close()
		return nil, err
	}
	l.Close()
	return quiet, nil
}

func (l *listener) Addr() net.Addr { return l.addr }

// Close ends Accept and removes the file of a unix socket. Safe twice.
func (l *listener) Close() error {
	l.once.Do(func() {
		close(l.done)
		l.file.Close()
		if l.path != "" {
			os.Remove(l.path)
		}
	})
	return nil
}

func (l *listener) Accept() (net.Conn, error) {
	var fd int
	var errno unix.Errno
	accept := func(s uintptr) bool {
		for {
			n, _, e := unix.Syscall6(unix.SYS_ACCEPT4, s, 0, 0, unix.SOCK_NONBLOCK|unix.SOCK_CLOEXEC, 0, 0)
			fd, errno = int(n), e
			switch e {
			case unix.EINTR, unix.ECONNABORTED: // a caller gone before its turn is not an error of ours
				continue
			}
			return e != unix.EAGAIN
		}
	}
	var pause time.Duration
	for {
		if err := l.raw.Read(accept); err != nil {
			return nil, net.ErrClosed
		}
		if errno == 0 {
			if pause > 0 {
				l.log.Info("accepting again", "reason", "file_descriptors_back")
			}
			return admit(newRawConn(fd)), nil
		}
		if pause == 0 { // once for each lack, however long it lasts
			l.log.Error("cannot accept", "reason", acceptReason(errno))
		}
		pause = min(max(2*pause, backOffFirst), backOffMost)
		if !l.wait(pause) {
			return nil, net.ErrClosed
		}
	}
}

// wait returns false when the listener was closed meanwhile.
func (l *listener) wait(d time.Duration) bool {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-l.done:
		return false
	case <-t.C:
		return true
	}
}

func acceptReason(errno unix.Errno) string {
	switch errno {
	case unix.EMFILE, unix.ENFILE:
		return "no_file_descriptors"
	case unix.ENOBUFS, unix.ENOMEM:
		return "no_memory"
	}
	return "accept_failed"
}

// rawConn is an accepted descriptor. It is an *os.File, since every way to a net.Conn of package net asks for the
// peer's address. Its errors are made bare one layer up.
type rawConn struct{ *os.File }

func newRawConn(fd int) *rawConn {
	// Accepted descriptors have Nagle on: 44 ms for an ack and a message instead of 0.06. A unix socket refuses the
	// option, which is fine.
	unix.SetsockoptInt(fd, unix.IPPROTO_TCP, unix.TCP_NODELAY, 1)
	return &rawConn{os.NewFile(uintptr(fd), "connection")}
}

func (*rawConn) LocalAddr() net.Addr  { return nowhere{} }
func (*rawConn) RemoteAddr() net.Addr { return nowhere{} }

// CloseWrite ends this direction, so that an answer is not torn by a reset.
func (c *rawConn) CloseWrite() error {
	raw, err := c.SyscallConn()
	if err != nil {
		return err
	}
	var failed error
	if err := raw.Control(func(fd uintptr) { failed = unix.Shutdown(int(fd), unix.SHUT_WR) }); err != nil {
		return err
	}
	return failed
}
