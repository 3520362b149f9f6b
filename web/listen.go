package web

import (
	"errors"
	"io"
	"log/slog"
	"net"
	"os"
	"strings"
	"syscall"
)

// Why Listen failed. The operating system's own text is left out: the caller knows which address was configured.
var (
	ErrAddressInUse   = errors.New("web: listen: address in use")
	ErrAddressDenied  = errors.New("web: listen: not allowed to use this address")
	ErrAddressAbsent  = errors.New("web: listen: this machine does not have that address")
	ErrAddressInvalid = errors.New("web: listen: not an address (host:port or unix:/path)")
	ErrListen         = errors.New("web: listen: failed")
)

// unixPrefix marks the address of a unix socket.
const unixPrefix = "unix:"

// Listen opens addr, "host:port" (port 0: any) or "unix:/path", and returns a listener whose connections do not know
// who is at the other end: their addresses are constants, and each passes its first request through the airlock.
// Accept itself waits out a lack of descriptors and says so in log (reason no_file_descriptors); it fails only with
// net.ErrClosed. Errors are those above.
func Listen(addr string, log *slog.Logger) (net.Listener, error) {
	network, at := "tcp", addr
	if path, ok := strings.CutPrefix(addr, unixPrefix); ok {
		network, at = "unix", path
	}
	if at == "" {
		return nil, ErrAddressInvalid
	}
	l, err := net.Listen(network, at)
	if errors.Is(err, syscall.EADDRINUSE) && network == "unix" && removeStale(at) {
		l, err = net.Listen(network, at)
	}
	if err != nil {
		return nil, listenError(err)
	}
	quiet, err := newListener(l, log)
	if err != nil {
		l.Close()
		return nil, ErrListen
	}
	return quiet, nil
}

func listenError(err error) error {
	var addr *net.AddrError
	var dns *net.DNSError
	switch {
	case errors.Is(err, syscall.EADDRINUSE):
		return ErrAddressInUse
	case errors.Is(err, syscall.EACCES), errors.Is(err, syscall.EPERM):
		return ErrAddressDenied
	case errors.Is(err, syscall.EADDRNOTAVAIL):
		return ErrAddressAbsent
	case errors.As(err, &addr), errors.As(err, &dns):
		return ErrAddressInvalid
	}
	return ErrListen
}

// removeStale removes the socket file of a server that is gone, and nothing else: a file of another kind stays, and
// so does a socket that somebody still answers.
func removeStale(path string) bool {
	info, err := os.Lstat(path)
	if err != nil || info.Mode()&os.ModeSocket == 0 {
		return false
	}
	c, err := net.Dial("unix", path)
	if err == nil {
		c.Close()
		return false
	}
	return errors.Is(err, syscall.ECONNREFUSED) && os.Remove(path) == nil
}

// admit puts the layers around an accepted descriptor; see the package comment.
func admit(raw net.Conn) net.Conn { return newAirlock(&conn{raw: raw}) }

// nowhere is the address of both ends of every connection.
type nowhere struct{}

func (nowhere) Network() string { return "haven" }
func (nowhere) String() string  { return "-" }

// bare strips an error of a connection of all text that could name the other end.
func bare(err error) error {
	var errno syscall.Errno
	switch {
	case err == nil, err == io.EOF:
		return err
	case errors.Is(err, os.ErrDeadlineExceeded):
		return os.ErrDeadlineExceeded // a net.Error with Timeout, which net/http looks for
	case errors.Is(err, os.ErrClosed), errors.Is(err, net.ErrClosed):
		return net.ErrClosed
	case errors.As(err, &errno):
		return errno
	}
	return io.ErrUnexpectedEOF
}
