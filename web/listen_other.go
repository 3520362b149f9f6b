//go:build !linux

package web

import (
	"log/slog"
	"net"
)

// newListener refuses what could bring an address in: only on Linux can a connection be accepted without asking the
// kernel for its peer, so elsewhere Haven listens on unix sockets (behind a proxy) and, for a demo, on loopback.
func newListener(l net.Listener, _ *slog.Logger) (net.Listener, error) {
	if at, ok := l.Addr().(*net.TCPAddr); ok && !at.IP.IsLoopback() {
		return nil, ErrAddressDenied
	}
	return quietListener{l}, nil
}

type quietListener struct{ net.Listener }

func (l quietListener) Accept() (net.Conn, error) {
	c, err := l.Listener.Accept()
	if err != nil {
		return nil, bare(err)
	}
	return admit(rawConn{c}), nil
}

// rawConn hides the addresses that package net insists on.
type rawConn struct{ net.Conn }

func (rawConn) LocalAddr() net.Addr  { return nowhere{} }
func (rawConn) RemoteAddr() net.Addr { return nowhere{} }

// CloseWrite ends this direction, so that an answer is not torn by a reset.
func (c rawConn) CloseWrite() error {
	if w, ok := c.Conn.(interface{ CloseWrite() error }); ok {
		return w.CloseWrite()
	}
	return nil
}
