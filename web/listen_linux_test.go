package web

import (
	"errors"
	"io"
	"net"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// descriptor returns the file under a connection from Listen.
func descriptor(c net.Conn) *os.File {
	return c.(*airlock).raw.(*rawConn).File
}

func TestAcceptLearnsNothing(t *testing.T) {
	socket := filepath.Join(t.TempDir(), "s")
	for _, at := range []string{"127.0.0.1:0", "unix:" + socket} {
		l := listen(t, at, quiet())
		d := net.Dialer{}
		if l.Addr().Network() == "tcp" {
			d.LocalAddr = &net.TCPAddr{IP: net.IPv4(127, 66, 77, 9)}
		}
		there, err := d.Dial(l.Addr().Network(), l.Addr().String())
		if err != nil {
			t.Fatal(err)
		}
		defer there.Close()
		here, err := l.Accept()
		if err != nil {
			t.Fatal(err)
		}
		defer here.Close()
		if here.RemoteAddr() != (nowhere{}) || here.LocalAddr() != (nowhere{}) || here.RemoteAddr().String() != "-" {
			t.Errorf("%s: the connection has addresses %v and %v", at, here.LocalAddr(), here.RemoteAddr())
		}
		if name := descriptor(here).Name(); name != "connection" {
			t.Errorf("%s: its file is named %q", at, name)
		}
		raw, err := descriptor(here).SyscallConn()
		if err != nil {
			t.Fatal(err)
		}
		raw.Control(func(fd uintptr) {
			if l.Addr().Network() == "tcp" {
				if v, err := unix.GetsockoptInt(int(fd), unix.IPPROTO_TCP, unix.TCP_NODELAY); err != nil || v == 0 {
					t.Errorf("TCP_NODELAY is %d, %v", v, err)
				}
			}
			if v, err := unix.FcntlInt(fd, unix.F_GETFL, 0); err != nil || v&unix.O_NONBLOCK == 0 {
				t.Errorf("%s: blocking, %v", at, err)
			}
			if v, err := unix.FcntlInt(fd, unix.F_GETFD, 0); err != nil || v&unix.FD_CLOEXEC == 0 {
				t.Errorf("%s: inherited by children, %v", at, err)
			}
		})
	}
}

// Errors of a connection must not carry addresses, and must be what net/http understands.
func TestConnectionErrorsAreBare(t *testing.T) {
	l := listen(t, "127.0.0.1:0", quiet())
	there, err := net.Dial("tcp", l.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	here, err := l.Accept()
	if err != nil {
		t.Fatal(err)
	}
	raw := here.(*airlock).conn
	raw.SetReadDeadline(time.Unix(1, 0))
	_, err = raw.Read(make([]byte, 1))
	var late net.Error
	if err != os.ErrDeadlineExceeded || !errors.As(err, &late) || !late.Timeout() {
		t.Errorf("past the deadline: %v", err)
	}
	raw.SetReadDeadline(time.Time{})
	there.(*net.TCPConn).SetLinger(0)
	there.Close() // a reset
	if _, err = raw.Read(make([]byte, 1)); err != unix.ECONNRESET {
		t.Errorf("after a reset: %#v", err)
	}
	raw.Close()
	if _, err = raw.Read(make([]byte, 1)); err != net.ErrClosed {
		t.Errorf("after Close: %#v", err)
	}
	if bare(errors.New("read tcp 127.66.77.9:1: strange")) != io.ErrUnexpectedEOF {
		t.Error("an unknown error came through")
	}
}

func TestListenErrors(t *testing.T) {
	l := listen(t, "127.0.0.1:0", quiet())
	dir := t.TempDir()
	file := filepath.Join(dir, "file")
	os.WriteFile(file, nil, 0o600)
	live := listen(t, "unix:"+filepath.Join(dir, "live"), quiet())
	for addr, want := range map[string]error{
		l.Addr().String():              ErrAddressInUse,
		"unix:" + live.Addr().String(): ErrAddressInUse,
		"unix:" + file:                 ErrAddressInUse,
		"192.0.2.1:0":                  ErrAddressAbsent,
		"":                             ErrAddressInvalid,
		"unix:":                        ErrAddressInvalid,
		"nothing":                      ErrAddressInvalid,
		"127.0.0.1:99999":              ErrAddressInvalid,
	} {
		if l, err := Listen(addr, quiet()); err != want {
			t.Errorf("%q: %v, want %v", addr, err, want)
			if l != nil {
				l.Close()
			}
		}
	}
	if _, err := os.Stat(file); err != nil {
		t.Error("a file that is no socket was removed")
	}
}

func TestStaleUnixSocketIsReplaced(t *testing.T) {
	path := filepath.Join(t.TempDir(), "s")
	old, err := net.Listen("unix", path)
	if err != nil {
		t.Fatal(err)
	}
	old.(*net.UnixListener).SetUnlinkOnClose(false)
	old.Close() // as after a crash: the file stays
	l := listen(t, "unix:"+path, quiet())
	l.Close()
	l.Close()
	if _, err := os.Stat(path); !os.IsNotExist(err) {
		t.Error("the socket file stayed after Close")
	}
}

func TestCloseEndsAccept(t *testing.T) {
	l := listen(t, "127.0.0.1:0", quiet())
	var wg sync.WaitGroup
	wg.Go(func() {
		if _, err := l.Accept(); err != net.ErrClosed {
			t.Errorf("Accept: %v", err)
		}
	})
	l.Close()
	wg.Wait()
}

// Out of descriptors: said once, waited out, and whoever called meanwhile is served.
func TestNoFileDescriptors(t *testing.T) {
	log, said := newSeen()
	l := listen(t, "127.0.0.1:0", log)
	there, err := net.Dial("tcp", l.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer there.Close()

	var limit unix.Rlimit
	if err := unix.Getrlimit(unix.RLIMIT_NOFILE, &limit); err != nil {
		t.Fatal(err)
	}
	spare, err := os.Open(os.DevNull)
	if err != nil {
		t.Fatal(err)
	}
	defer spare.Close()
	low := limit
	low.Cur = 0 // descriptors that are open stay open; no new one fits
	if err := unix.Setrlimit(unix.RLIMIT_NOFILE, &low); err != nil {
		t.Fatal(err)
	}
	restore := sync.OnceFunc(func() { unix.Setrlimit(unix.RLIMIT_NOFILE, &limit) })
	defer restore()

	got := make(chan net.Conn)
	go func() {
		c, err := l.Accept()
		if err != nil {
			t.Errorf("Accept gave up: %v", err)
		}
		got <- c
	}()
	if r := <-said.reasons; r != "no_file_descriptors" {
		t.Errorf("logged %q", r)
	}
	restore()
	c := <-got
	if c == nil {
		t.FailNow()
	}
	defer c.Close()
	if r := <-said.reasons; r != "file_descriptors_back" {
		t.Errorf("logged %q", r)
	}
	if len(said.reasons) > 0 {
		t.Errorf("logged more: %q", <-said.reasons)
	}
	there.Write([]byte(crlf("GET / HTTP/1.1", "Host: h")))
	if n, err := c.Read(make([]byte, 100)); n == 0 || err != nil {
		t.Errorf("read %d, %v", n, err)
	}
}

// One lack is said once, however often Accept tries, and Close ends the wait.
func TestCloseEndsBackOff(t *testing.T) {
	log, said := newSeen()
	l := listen(t, "127.0.0.1:0", log).(*listener)
	tries := make(exhausted)
	l.raw = tries
	done := make(chan error)
	go func() {
		_, err := l.Accept()
		done <- err
	}()
	for range 3 {
		<-tries
	}
	l.Close()
	for ended := false; !ended; {
		select {
		case <-tries:
		case err := <-done:
			if ended = true; err != net.ErrClosed {
				t.Errorf("Accept: %v", err)
			}
		}
	}
	if len(said.reasons) != 1 {
		t.Errorf("said %d times", len(said.reasons))
	}
}

// exhausted calls back with a descriptor that cannot be accepted on, and tells of each try.
type exhausted chan struct{}

func (e exhausted) Read(f func(uintptr) bool) error {
	f(^uintptr(0))
	e <- struct{}{}
	return nil
}
