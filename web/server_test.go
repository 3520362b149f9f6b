package web

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/gorilla/websocket"
)

// serve runs a server on a listener until the test ends, and returns the listener's address.
func serve(t testing.TB, s *Server, l net.Listener) string {
	t.Helper()
	var wg sync.WaitGroup
	wg.Go(func() {
		if err := s.Serve(l); err != nil {
			t.Error(err)
		}
	})
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
		defer cancel()
		if err := s.Shutdown(ctx); err != nil {
			t.Error(err)
		}
		wg.Wait()
	})
	return l.Addr().String()
}

// echo upgrades and sends back what comes, twice, and what it knows of the request first.
func echo(w http.ResponseWriter, r *http.Request) {
	up := websocket.Upgrader{Subprotocols: []string{"haven.1"}, CheckOrigin: func(*http.Request) bool { return true }}
	c, err := up.Upgrade(w, r, nil)
	if err != nil {
		return
	}
	defer c.Close()
	c.WriteMessage(websocket.TextMessage, fmt.Appendf(nil, "%s %s %v", r.RemoteAddr, r.URL, r.Header))
	for {
		kind, p, err := c.ReadMessage()
		if err != nil {
			return
		}
		c.WriteMessage(kind, p)
		c.WriteMessage(kind, p)
	}
}

// Through kernel, airlock, net/http and gorilla: the handler learns nothing, and the socket works both ways.
func TestServerEndToEnd(t *testing.T) {
	for _, at := range []string{"127.0.0.1:0", "unix:" + filepath.Join(t.TempDir(), "s")} {
		l := listen(t, at, quiet())
		addr := serve(t, newServer(testHouse(t, Config{Chat: http.HandlerFunc(echo)}), quiet()), l)
		d := websocket.Dialer{Subprotocols: []string{"haven.1"}, NetDial: func(string, string) (net.Conn, error) {
			return net.Dial(l.Addr().Network(), addr)
		}}
		c, answer, err := d.Dial("ws://h.example/chat?from="+canary, http.Header{
			"Origin": {origin}, "User-Agent": {canary}, "Referer": {canary}, "Accept-Language": {canary}, "Cookie": {"haven_staff=" + canary},
			"X-Forwarded-For": {canary}, "Forwarded": {"for=" + canary},
		})
		if err != nil {
			t.Fatal(err)
		}
		if c.Subprotocol() != "haven.1" || answer.Header.Get("Server") != "" {
			t.Errorf("answer %v", answer.Header)
		}
		_, p, err := c.ReadMessage()
		if err != nil || !bytes.HasPrefix(p, []byte("- /chat map[")) || bytes.Contains(p, []byte(canary)) {
			t.Errorf("the handler saw %s, %v", p, err)
		}
		for _, text := range []string{"a", strings.Repeat("b", 100_000)} {
			if err := c.WriteMessage(websocket.TextMessage, []byte(text)); err != nil {
				t.Fatal(err)
			}
			for range 2 {
				if _, p, err := c.ReadMessage(); err != nil || string(p) != text {
					t.Fatalf("came back %.20q, %v", p, err)
				}
			}
		}
		c.Close()
	}
}

// speak sends raw bytes and returns all that comes back until the server closes.
func speak(t *testing.T, addr, text string) string {
	t.Helper()
	c, err := net.Dial("tcp", addr)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	c.SetDeadline(time.Now().Add(20 * time.Second))
	if _, err := io.WriteString(c, text); err != nil {
		t.Fatal(err)
	}
	b, err := io.ReadAll(c)
	if err != nil {
		t.Errorf("not a clean close: %v", err)
	}
	return string(b)
}

func TestServerAnswersOnceAndCloses(t *testing.T) {
	addr := serve(t, newServer(testHouse(t, Config{}), quiet()), listen(t, "127.0.0.1:0", quiet()))
	get := crlf("GET /nowhere HTTP/1.1", "Host: h")
	for name, c := range map[string]struct {
		in     string
		status int
	}{
		"one":              {get, 404},
		"two at once":      {get + get, 404},
		"a cut-off proxy":  {crlf("GET / HTTP/1.1", "Host: h", "Connection: keep-alive"), 200},
		"a refusal":        {"GET / HTTP/1.1\nHost: h\n\n", 400},
		"a large refusal":  {crlf("POST /staff/login HTTP/1.1", "Host: h", "Content-Length: 100000") + strings.Repeat("x", 100000), 413},
		"a body in public": {crlf("POST / HTTP/1.1", "Host: h", "Content-Length: 65536") + strings.Repeat("x", 65536), 413},
		"a body unread":    {crlf("PUT /staff/login HTTP/1.1", "Host: h", "Content-Length: 65536") + strings.Repeat("x", 65536), 403},
	} {
		t.Run(name, func(t *testing.T) {
			said := speak(t, addr, c.in)
			br := bufio.NewReader(strings.NewReader(said))
			r, err := http.ReadResponse(br, nil)
			if err != nil {
				t.Fatalf("%q: %v", said, err)
			}
			if r.StatusCode != c.status || !r.Close || r.Header.Get("Server") != "" {
				t.Errorf("%d %v", r.StatusCode, r.Header)
			}
			io.Copy(io.Discard, r.Body)
			if rest, _ := io.ReadAll(br); len(rest) > 0 {
				t.Errorf("a second answer: %q", rest)
			}
		})
	}
}

// Frames sent before the 101 are never a chat's first frames.
func TestServerClosesOnFramesBefore101(t *testing.T) {
	upgrading := make(chan struct{})
	sent := make(chan struct{})
	slow := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		upgrading <- struct{}{}
		<-sent
		<-r.Context().Done() // the airlock closed the connection, which net/http's background read noticed
	})
	addr := serve(t, newServer(testHouse(t, Config{Chat: slow}), quiet()), listen(t, "127.0.0.1:0", quiet()))
	c, err := net.Dial("tcp", addr)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	io.WriteString(c, crlf("GET /chat HTTP/1.1", "Host: h", "Connection: Upgrade", "Upgrade: websocket"))
	<-upgrading
	io.WriteString(c, "\x81\x05hello")
	close(sent)
	c.SetReadDeadline(time.Now().Add(20 * time.Second))
	if b, err := io.ReadAll(c); len(b) > 0 || os.IsTimeout(err) {
		t.Errorf("%q, %v", b, err)
	}
}

// pipes is a listener of connections in memory, for tests in a bubble of time.
type pipes struct {
	conns chan net.Conn
	once  sync.Once
}

func (p *pipes) Accept() (net.Conn, error) {
	c, ok := <-p.conns
	if !ok {
		return nil, net.ErrClosed
	}
	return admit(c), nil
}
func (p *pipes) Close() error   { p.once.Do(func() { close(p.conns) }); return nil }
func (p *pipes) Addr() net.Addr { return nowhere{} }

func TestServerTimesOut(t *testing.T) {
	for name, c := range map[string]struct {
		in    string
		after time.Duration
		said  string
	}{
		"half a head":                       {"GET / HT", headTime, "HTTP/1.1 408 "},
		"nothing":                           {"", headTime, ""},
		"half a body, of the handler's own": {crlf("POST /staff/login HTTP/1.1", "Host: h", "Content-Length: 9", "Content-Type: application/json", "Origin: "+origin) + "{", readTime, "HTTP/1.1 400 "},
	} {
		t.Run(name, func(t *testing.T) {
			h := &house{hardening: newHardening(origin), origins: []string{origin}, log: quiet()}
			h.routes = map[string]route{"/staff/login": {post: h.login, origin: originMust}}
			synctest.Test(t, func(t *testing.T) {
				p := &pipes{conns: make(chan net.Conn)}
				s := newServer(h, quiet())
				done := make(chan error)
				go func() { done <- s.Serve(p) }()
				here, there := net.Pipe()
				p.conns <- here
				start := time.Now()
				io.WriteString(there, c.in)
				b, _ := io.ReadAll(there)
				if took := time.Since(start); took < c.after || took > c.after+2*time.Second {
					t.Errorf("closed after %v, want %v", took, c.after)
				}
				if !strings.HasPrefix(string(b), c.said) || c.said == "" && len(b) > 0 {
					t.Errorf("said %q", b)
				}
				s.http.Close()
				if err := <-done; err != nil {
					t.Error(err)
				}
			})
		})
	}
}

func TestShutdown(t *testing.T) {
	s := newServer(http.NotFoundHandler(), quiet())
	ctx, cancel := context.WithTimeout(context.Background(), time.Second)
	defer cancel()
	if err := s.Shutdown(ctx); err != nil {
		t.Errorf("before Serve: %v", err)
	}
	if err := s.Shutdown(ctx); err != nil {
		t.Errorf("twice: %v", err)
	}
	if err := s.Serve(listen(t, "127.0.0.1:0", quiet())); err != nil {
		t.Errorf("Serve after Shutdown: %v", err)
	}
}

// What would ask for an address, or read a header that says where somebody is, is not written in this package.
func TestSourceAsksNobody(t *testing.T) {
	forbidden := regexp.MustCompile(`FileConn|Getpeername|r\.RemoteAddr|X-Forwarded|X-Real-Ip|"User-Agent"|Referer\(|UserAgent\(|ProxyFromEnv|pprof"|expvar"`)
	files, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	deeper, _ := filepath.Glob("*/*.go")
	for _, name := range append(files, deeper...) {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		b, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		for i, line := range strings.Split(string(b), "\n") {
			code, _, _ := strings.Cut(line, "//")
			if forbidden.MatchString(code) {
				t.Errorf("%s:%d: %s", name, i+1, line)
			}
		}
	}
}

// BenchmarkAcceptAndHead is a connection from dial to answer, through the airlock and, beside it, by package net's own
// listener.
func BenchmarkAcceptAndHead(b *testing.B) {
	handler := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { w.WriteHeader(http.StatusNoContent) })
	request := []byte(crlf("GET /healthz HTTP/1.1", "Host: h", "User-Agent: Mozilla/5.0 (X11; Linux x86_64)", "Connection: close"))
	for name, open := range map[string]func() (net.Listener, error){
		"airlock": func() (net.Listener, error) { return Listen("127.0.0.1:0", quiet()) },
		"net":     func() (net.Listener, error) { return net.Listen("tcp", "127.0.0.1:0") },
	} {
		b.Run(name, func(b *testing.B) {
			l, err := open()
			if err != nil {
				b.Fatal(err)
			}
			addr := serve(b, newServer(handler, quiet()), l)
			p := make([]byte, 1024)
			b.ReportAllocs()
			for b.Loop() {
				c, err := net.Dial("tcp", addr)
				if err != nil {
					b.Fatal(err)
				}
				c.Write(request)
				if _, err := c.Read(p); err != nil {
					b.Fatal(err)
				}
				c.Close()
			}
		})
	}
}
