package web

import (
	"net"
	"time"
)

// conn is a connection behind the airlock that knows neither end's address: its errors are bare, its addresses nowhere.
type conn struct{ raw net.Conn }

func (c *conn) Read(p []byte) (int, error) {
	n, err := c.raw.Read(p)
	return n, bare(err)
}

func (c *conn) Write(p []byte) (int, error) {
	n, err := c.raw.Write(p)
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
