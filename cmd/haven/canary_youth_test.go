//go:build linux

package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/binary"
	"fmt"
	"io"
	"net"
	"os"
	"strings"
	"sync"
	"time"
)

// record is everything that the server answered, to either side.
type record struct {
	mu  sync.Mutex
	buf bytes.Buffer
}

func (r *record) Write(p []byte) (int, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.buf.Write(p)
}

func (r *record) bytes() []byte {
	r.mu.Lock()
	defer r.mu.Unlock()
	return bytes.Clone(r.buf.Bytes())
}

// call is a connection to the server that the server has accepted.
type call struct {
	*net.TCPConn
	pid   int
	inode string // of the server's end
}

// call connects from an address.
func (c *canary) call(ctx context.Context, from [4]byte) (*call, error) {
	d := net.Dialer{LocalAddr: &net.TCPAddr{IP: from[:]}}
	conn, err := d.DialContext(ctx, "tcp", c.public)
	if err != nil {
		return nil, err
	}
	k := &call{TCPConn: conn.(*net.TCPConn), pid: c.serve.Process.Pid}
	if err := poll(ctx, func() bool {
		k.inode, _ = k.atServer()
		return k.inode != "" && k.inode != "0" // 0: not accepted yet
	}); err != nil {
		conn.Close()
		return nil, fmt.Errorf("the server does not accept: %w", err)
	}
	return k, nil
}

// atServer looks the server's end up in the kernel's table: its inode, and whether the server has read all it got.
func (k *call) atServer() (inode string, idle bool) {
	table, err := os.ReadFile("/proc/self/net/tcp")
	if err != nil {
		return "", false
	}
	ends := inTable(k.RemoteAddr()) + " " + inTable(k.LocalAddr())
	for l := range strings.Lines(string(table)) {
		if f := strings.Fields(l); len(f) > 9 && f[1]+" "+f[2] == ends {
			return f[9], strings.HasSuffix(f[4], ":00000000")
		}
	}
	return "", false
}

func inTable(a net.Addr) string {
	t := a.(*net.TCPAddr)
	return fmt.Sprintf("%08X:%04X", binary.NativeEndian.Uint32(t.IP.To4()), t.Port)
}

// forgotten waits until the server has closed its end.
func (k *call) forgotten(ctx context.Context) error {
	fds := fmt.Sprintf("/proc/%d/fd/", k.pid)
	return poll(ctx, func() bool {
		open, err := os.ReadDir(fds)
		for _, f := range open {
			if to, _ := os.Readlink(fds + f.Name()); to == "socket:["+k.inode+"]" {
				return false
			}
		}
		return err == nil
	})
}

// hangUp closes and waits until the server has closed too. With reset it is torn, as by a phone that dies.
func (k *call) hangUp(ctx context.Context, reset bool) error {
	if reset {
		k.SetLinger(0)
	}
	k.Close()
	return k.forgotten(ctx)
}

// ask sends the pieces of a request from the young person's address and waits for the end of the answer, or with
// torn for none.
func (c *canary) ask(torn bool, pieces ...string) {
	c.t.Helper()
	k, err := c.call(c.ctx, c.ip)
	c.must(err)
	defer k.Close()
	for _, p := range pieces {
		// The server may have refused and hung up after the first piece.
		if _, err := k.Write([]byte(p)); err != nil {
			break
		}
		if err := poll(c.ctx, func() bool { inode, idle := k.atServer(); return inode != k.inode || idle }); err != nil {
			c.t.Fatalf("not read by the server: %.40q", p)
		}
	}
	if !torn {
		k.SetReadDeadline(time.Now().Add(10 * time.Second))
		n, err := io.Copy(&c.answers, k)
		if n == 0 {
			c.t.Errorf("no answer to %.40q: %v", pieces[0], err)
		}
	}
	c.must(k.hangUp(c.ctx, torn))
}

// headerPlants are the plants that come with every request, in the order of headers.
var headerPlants = []string{"agent", "referrer", "language", "cookie", "forwarded-for", "forwarded", "real-ip", "via", "brand",
	"model", "accepted type", "unknown header", "query"}

// headers are those of a browser and a chain of proxies, with all plants but the query.
func (c *canary) headers() string {
	ip := net.IP(c.ip[:])
	w := c.words
	return strings.Join([]string{
		"User-Agent: Mozilla/5.0 (X11; " + w["agent"] + ") Gecko/20100101",
		"Referer: https://" + w["referrer"] + ".example/forum?page=" + w["referrer"],
		"Accept-Language: nl-NL, " + w["language"] + ";q=0.8",
		"Cookie: haven_session=" + w["cookie"] + "; _ga=" + w["cookie"],
		fmt.Sprintf("X-Forwarded-For: %v, %s", ip, w["forwarded-for"]),
		fmt.Sprintf("Forwarded: for=%v;host=%s;proto=https", ip, w["forwarded"]),
		fmt.Sprintf("X-Real-IP: %v %s", ip, w["real-ip"]),
		"Via: 1.1 " + w["via"],
		`Sec-CH-UA: "` + w["brand"] + `";v="124"`,
		`Sec-CH-UA-Model: "` + w["model"] + `"`,
		"Accept: text/" + w["accepted type"],
		"X-" + w["unknown header"] + ": " + w["unknown header"],
		"",
	}, "\r\n")
}

// browse sends from the young person's address what a browser could send.
func (c *canary) browse() {
	c.t.Helper()
	w := c.words
	for _, target := range []string{
		"GET /", "HEAD /", "GET /assets/youth/page.js", "GET /assets/shared/hvn1.js", "GET /" + w["path"] + "/" + w["path"],
		"OPTIONS /", "GET /chat", "GET /metrics",
	} {
		c.ask(false, target+"?from="+w["query"]+" HTTP/1.1\r\nHost: "+c.public+"\r\n"+c.headers()+"\r\n")
	}
}

// misbehave sends what nobody should.
func (c *canary) misbehave() {
	c.t.Helper()
	w := c.words
	host := "Host: " + c.public + "\r\n"
	all := host + c.headers()
	q := "?from=" + w["query"]
	upgrade := "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n"
	long := strings.Repeat("X-Long: "+strings.Repeat(w["padding"], 30)+"\r\n", 40)
	var many strings.Builder
	for i := range 120 {
		fmt.Fprintf(&many, "X-%d: %s\r\n", i, w["padding"])
	}
	for _, request := range []string{
		"GET /../" + w["path"] + " HTTP/1.1\r\n" + all + "\r\n",
		"GET /chat" + q + " HTTP/1.1\r\n" + all + upgrade + "\r\n",
		"GET /chat" + q + " HTTP/1.1\r\n" + all + upgrade + "Sec-WebSocket-Protocol: " + w["protocol"] + "\r\n\r\n",
		"GET /chat" + q + " HTTP/1.1\r\n" + all + upgrade + "Sec-WebSocket-Protocol: haven.1\r\nOrigin: https://elsewhere.example\r\n\r\n",
		"POST /" + q + " HTTP/1.1\r\n" + all + "Content-Type: text/plain\r\nContent-Length: 4\r\n\r\nbody",
		"POST /chat" + q + " HTTP/1.1\r\n" + all + "Content-Length: 99999999\r\n\r\n",
		"POST /" + q + " HTTP/1.1\r\n" + all + "Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
		"GET /" + q + " HTTP/1.1\r\n" + all + "no colon " + w["line"] + "\r\n\r\n",
		"GET /" + q + " HTTP/1.1\r\n" + all + " folded: " + w["line"] + "\r\n\r\n",
		"GET /" + q + " HTTP/1.1\r\n" + all + "Bare: " + w["line"] + "\n\r\n",
		"GET /" + q + " HTTP/1.1\r\n" + all + "Control: \x01" + w["line"] + "\r\n\r\n",
		"GET /" + q + " HTTP/1.1\r\n" + all + host + "\r\n",
		"GET /" + q + " HTTP/1.1\r\n" + c.headers() + "\r\n",
		"GET /" + q + " HTTP/1.0\r\n" + all + "\r\n",
		w["line"] + " /" + q + " HTTP/1.1\r\n" + all + "\r\n",
		"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + w["line"],
		"\x16\x03\x01\x02\x00\x01\x00" + w["line"],
		"GET /" + q + strings.Repeat(w["padding"], 100) + " HTTP/1.1\r\n" + all + "\r\n",
		"GET /" + strings.Repeat(w["padding"], 1000),
		"GET /" + q + " HTTP/1.1\r\n" + all + long + "\r\n",
		"GET /" + q + " HTTP/1.1\r\n" + all + many.String() + "\r\n",
		"GET /" + q + " HTTP/1.1\r\n" + all + "\r\nGET /" + w["second"] + " HTTP/1.1\r\n" + all + "\r\n",
	} {
		c.ask(false, request)
	}
	// In pieces, the second of which does not fit the first buffer, and torn: in the head, and in the body.
	c.ask(false, "GET /"+q+" HTTP/1.1\r\n"+all, "X-Grown: "+strings.Repeat(w["padding"], 120)+"\r\n\r\n")
	c.ask(true, "GET /"+q+" HTTP/1.1\r\n"+all, "X-Torn: "+w["torn"])
	c.ask(true, "POST /staff/login HTTP/1.1\r\n"+host+"User-Agent: "+w["agent"]+"\r\nContent-Length: 1000\r\n\r\n{")
}

// wire stands between a client of chat/client, which sends no plants, and the server. It records all that the server
// says.
type wire struct {
	url  string
	c    *canary
	from [4]byte
	// also is put into each head: a query, and headers.
	query, also string

	mu    sync.Mutex
	calls []*call
}

// wire listens until the end of the test.
func (c *canary) wire(from [4]byte, query, also string) *wire {
	c.t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	c.must(err)
	w := &wire{url: "http://" + l.Addr().String(), c: c, from: from, query: query, also: also}
	var running sync.WaitGroup
	running.Go(func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			running.Go(func() { w.carry(conn) })
		}
	})
	c.t.Cleanup(func() {
		l.Close()
		w.cut()
		running.Wait()
	})
	return w
}

func (w *wire) carry(phone net.Conn) {
	defer phone.Close()
	in := bufio.NewReader(phone)
	first, err := in.ReadString('\n')
	if err != nil {
		return
	}
	up, err := w.c.call(w.c.ctx, w.from)
	if err != nil {
		return // the client's time runs out, and says so
	}
	defer up.Close()
	w.mu.Lock()
	w.calls = append(w.calls, up)
	w.mu.Unlock()
	method, rest, _ := strings.Cut(first, " ")
	path, version, _ := strings.Cut(rest, " ")
	if _, err := io.WriteString(up, method+" "+path+w.query+" "+version+w.also); err != nil {
		return
	}
	var back sync.WaitGroup
	back.Go(func() {
		io.Copy(io.MultiWriter(phone, &w.c.answers), up)
		phone.Close()
	})
	io.Copy(up, in)
	up.Close()
	back.Wait()
}

// cut tears every connection.
func (w *wire) cut() {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, k := range w.calls {
		k.SetLinger(0)
		k.Close()
	}
}

// forgotten waits until the server has closed its end of every connection.
func (w *wire) forgotten(ctx context.Context) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, k := range w.calls {
		if err := k.forgotten(ctx); err != nil {
			return err
		}
	}
	return nil
}
