package main

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"io"
	"io/fs"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"haven/cmd/haven/haventest"
	"haven/routing/routingtest"
)

// caller is an address of this machine that nothing else uses, so that it stands out wherever it is written.
const caller = "127.66.77.5"

// planted is what a browser and the proxies before this one would tell of a caller. Every value holds the word planted
// or an address.
var planted = []string{
	"User-Agent: PlantedAgent/7", "Referer: https://planted.example/page", "Accept-Language: nl-PLANTED",
	"Accept: text/planted", "X-Forwarded-For: 203.0.113.77", "X-Forwarded-Proto: planted", "X-Real-Ip: 203.0.113.77",
	"Forwarded: for=203.0.113.77", "Via: 1.1 planted", "True-Client-Ip: 203.0.113.77", "Cf-Connecting-Ip: 203.0.113.77",
	"Cf-Ipcountry: planted", "X-Geo-City: planted", "Sec-Ch-Ua: planted", "Sec-Ch-Ua-Platform: planted",
	"If-None-Match: planted", "If-Modified-Since: planted", "Authorization: Basic planted", "From: planted",
	"Priority: planted", "Dnt: planted", "Save-Data: planted", "Viewport-Width: planted", "Device-Memory: planted",
	"Sec-Fetch-Mode: planted", "Sec-Fetch-Dest: planted", "Sec-Fetch-User: planted", "Upgrade-Insecure-Requests: planted",
	"Cache-Control: planted", "Pragma: planted", "Range: planted", "Sec-WebSocket-Extensions: planted",
}

// passed is what Haven needs, and all that it may get.
var passed = []string{
	"Host", "Connection", "Upgrade", "Sec-Websocket-Key", "Sec-Websocket-Version", "Sec-Websocket-Protocol", "Origin",
	"Sec-Fetch-Site", "Content-Type", "Content-Length", "Accept-Encoding", "Cookie",
}

// plants are the words to look for behind the proxy.
func plants(text string) (found []string) {
	text = strings.ToLower(text)
	for _, p := range []string{"planted", "203.0.113.77", caller, "7f424d05"} {
		if strings.Contains(text, p) {
			found = append(found, p)
		}
	}
	return found
}

// upstream stands where Haven would: it keeps the head of each request and answers.
type upstream struct {
	addr  string
	heads chan string
}

func startUpstream(t *testing.T) *upstream {
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { ln.Close() })
	u := &upstream{addr: ln.Addr().String(), heads: make(chan string, 16)}
	go func() {
		for {
			conn, err := ln.Accept()
			if err != nil {
				return
			}
			go u.serve(conn)
		}
	}()
	return u
}

func (u *upstream) serve(conn net.Conn) {
	defer conn.Close()
	in := bufio.NewReader(conn)
	var head strings.Builder
	for !strings.HasSuffix(head.String(), "\r\n\r\n") {
		line, err := in.ReadString('\n')
		if err != nil {
			return
		}
		head.WriteString(line)
	}
	u.heads <- head.String()
	if strings.Contains(head.String(), "Upgrade: websocket") {
		io.WriteString(conn, "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n")
		io.Copy(conn, in)
		return
	}
	io.WriteString(conn, "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\nServer: upstream\r\n\r\nok")
}

// proxy is a running Caddy with everything that it writes.
type proxy struct {
	addr string
	cmd  *exec.Cmd
	dir  string
	out  bytes.Buffer // read after stop only
}

func portOf(addr string) string {
	_, port, _ := net.SplitHostPort(addr)
	return port
}

// startProxy runs Caddy on a port of loopback with the repository's Caddyfile, changed by edit.
func startProxy(t *testing.T, scheme, upstream string, edit *strings.Replacer) *proxy {
	t.Helper()
	caddy := haventest.Tool(t, "caddy")
	config, err := os.ReadFile("Caddyfile")
	if err != nil {
		t.Fatal(err)
	}
	p := &proxy{dir: t.TempDir()}
	file := filepath.Join(t.TempDir(), "Caddyfile")
	if err := os.WriteFile(file, []byte(edit.Replace(string(config))), 0o600); err != nil {
		t.Fatal(err)
	}
	p.addr = routingtest.FreeAddr(t)
	port := portOf(p.addr)
	p.cmd = exec.Command(caddy, "run", "--config", file, "--adapter", "caddyfile")
	p.cmd.Env = append(os.Environ(), "HOME="+p.dir, "XDG_DATA_HOME="+p.dir, "XDG_CONFIG_HOME="+p.dir,
		"HAVEN_BIND=127.0.0.1", "HAVEN_HTTP_PORT="+portOf(routingtest.FreeAddr(t)), "HAVEN_SITE="+scheme+"://localhost:"+port, "HAVEN_UPSTREAM="+upstream)
	p.cmd.Stdout, p.cmd.Stderr = &p.out, &p.out
	if err := p.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if p.cmd.ProcessState == nil {
			p.cmd.Process.Kill()
			p.cmd.Wait()
		}
	})
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	until(t, ctx, func() bool {
		conn, err := net.Dial("tcp", p.addr)
		if err == nil {
			conn.Close()
		}
		return err == nil
	})
	return p
}

// stop ends Caddy and gives all that it wrote: to its output and to its folder, names of files included.
func (p *proxy) stop(t *testing.T) string {
	t.Helper()
	p.cmd.Process.Signal(syscall.SIGTERM)
	p.cmd.Wait()
	var all strings.Builder
	all.Write(p.out.Bytes())
	err := filepath.WalkDir(p.dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		content, err := os.ReadFile(path)
		fmt.Fprintf(&all, "\n%s\n%s\n", path, content)
		return err
	})
	if err != nil {
		t.Error(err)
	}
	return all.String()
}

// dial connects as the caller.
func (p *proxy) dial(t *testing.T) net.Conn {
	t.Helper()
	d := net.Dialer{LocalAddr: &net.TCPAddr{IP: net.ParseIP(caller)}, Timeout: 5 * time.Second}
	conn, err := d.Dial("tcp", p.addr)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	conn.SetDeadline(time.Now().Add(20 * time.Second))
	return conn
}

// ask sends a request with everything planted and reads the answer's head.
func (p *proxy) ask(t *testing.T, requestLine string, headers ...string) (*http.Response, net.Conn, *bufio.Reader) {
	t.Helper()
	conn := p.dial(t)
	head := requestLine + " HTTP/1.1\r\nHost: localhost\r\n" + strings.Join(slices.Concat(planted, headers), "\r\n") + "\r\n\r\n"
	if _, err := io.WriteString(conn, head); err != nil {
		t.Fatal(err)
	}
	in := bufio.NewReader(conn)
	resp, err := http.ReadResponse(in, nil)
	if err != nil {
		t.Fatal(err)
	}
	return resp, conn, in
}

var asIs = strings.NewReplacer()

func TestProxyPassesOnWhatHavenNeedsAndNothingElse(t *testing.T) {
	u := startUpstream(t)
	p := startProxy(t, "http", u.addr, asIs)
	check := func(head string, fine ...string) {
		t.Helper()
		for _, f := range fine {
			head = strings.ReplaceAll(head, f, "")
		}
		if found := plants(head); found != nil {
			t.Errorf("Haven is told %v:\n%s", found, head)
		}
		for _, line := range strings.Split(strings.TrimSpace(head), "\r\n")[1:] {
			if name, _, _ := strings.Cut(line, ":"); !slices.Contains(passed, http.CanonicalHeaderKey(name)) {
				t.Errorf("Haven is told %q", line)
			}
		}
	}

	resp, _, _ := p.ask(t, "GET /?c=planted-campaign", "Cookie: planted=1", "Origin: http://localhost", "Sec-Fetch-Site: same-origin")
	if body, err := io.ReadAll(resp.Body); err != nil || resp.StatusCode != http.StatusOK || string(body) != "ok" {
		t.Errorf("%d %q (%v)", resp.StatusCode, body, err)
	}
	if s := resp.Header.Get("Server"); s != "" {
		t.Errorf("the answer says Server: %s", s)
	}
	head := <-u.heads
	check(head)
	for _, want := range []string{"GET / HTTP/1.1\r\n", "\r\nOrigin: http://localhost\r\n", "\r\nSec-Fetch-Site: same-origin\r\n"} {
		if !strings.Contains(head, want) {
			t.Errorf("Haven is not told %q:\n%s", want, head)
		}
	}

	// A websocket: upgraded, and passing untouched.
	resp, conn, in := p.ask(t, "GET /chat", "Connection: Upgrade", "Upgrade: websocket", "Sec-WebSocket-Key: a2V5a2V5a2V5a2V5a2V5a2U=",
		"Sec-WebSocket-Version: 13", "Sec-WebSocket-Protocol: haven.1", "Origin: http://localhost")
	if resp.StatusCode != http.StatusSwitchingProtocols {
		t.Fatalf("upgrade: %d", resp.StatusCode)
	}
	if _, err := io.WriteString(conn, "\x81\x05hello"); err != nil {
		t.Fatal(err)
	}
	echo := make([]byte, 7)
	if _, err := io.ReadFull(in, echo); err != nil || string(echo) != "\x81\x05hello" {
		t.Errorf("through the socket: %q (%v)", echo, err)
	}
	conn.Close()
	head = <-u.heads
	check(head)
	for _, want := range []string{"Upgrade: websocket", "Sec-Websocket-Protocol: haven.1", "Sec-Websocket-Key: ", "Sec-Websocket-Version: 13"} {
		if !strings.Contains(head, want) {
			t.Errorf("Haven is not told %q:\n%s", want, head)
		}
	}

	// Staff have a cookie, and a query where a page of theirs asks for one.
	resp, _, _ = p.ask(t, "GET /staff/me?q=planted-query", "Cookie: s=planted-session")
	if resp.StatusCode != http.StatusOK {
		t.Errorf("staff: %d", resp.StatusCode)
	}
	head = <-u.heads
	check(head, "planted-query", "planted-session")
	if !strings.Contains(head, "GET /staff/me?q=planted-query ") || !strings.Contains(head, "Cookie: s=planted-session") {
		t.Errorf("Haven is not told what staff sent:\n%s", head)
	}

	if found := plants(p.stop(t)); found != nil {
		t.Errorf("the proxy kept %v:\n%s", found, p.out.String())
	}
}

func TestProxyIsSilentWhenHavenIsAway(t *testing.T) {
	p := startProxy(t, "http", routingtest.FreeAddr(t), asIs)
	resp, _, _ := p.ask(t, "GET /?planted", "Cookie: planted=1")
	body, err := io.ReadAll(resp.Body)
	if err != nil || resp.StatusCode != http.StatusBadGateway || !strings.Contains(string(body), "112") {
		t.Errorf("%d %q (%v)", resp.StatusCode, body, err)
	}
	if found := plants(p.stop(t)); found != nil {
		t.Errorf("the proxy kept %v:\n%s", found, p.out.String())
	}
}

// A handshake that fails is written by Go's HTTP server, not by Caddy; the default logger gets it all the same.
func TestProxyIsSilentAboutBrokenHandshakes(t *testing.T) {
	for name, edit := range map[string]*strings.Replacer{"as it is": asIs, "control": talkative} {
		t.Run(name, func(t *testing.T) {
			p := startProxy(t, "https", routingtest.FreeAddr(t), edit)
			conn := p.dial(t)
			io.WriteString(conn, "planted is not a handshake\r\n\r\n")
			io.Copy(io.Discard, conn) // until the proxy hangs up
			if found := plants(p.stop(t)); found != nil == (edit == asIs) {
				t.Errorf("the proxy kept %v:\n%s", found, p.out.String())
			}
		})
	}
}

// talkative is the Caddyfile with the default logger that Caddy has when none is named, and loud enough for handshakes.
var talkative = strings.NewReplacer("output discard", "output stderr\n\t\tlevel DEBUG", "lb_try_duration 5s", "lb_try_duration 0s")

// What the other tests look for must be found where the Caddyfile is less careful.
func TestProxyChecksHaveControls(t *testing.T) {
	p := startProxy(t, "http", routingtest.FreeAddr(t), talkative)
	resp, _, _ := p.ask(t, "GET /?planted")
	resp.Body.Close()
	kept := plants(p.stop(t))
	for _, want := range []string{"planted", "203.0.113.77", caller} {
		if !slices.Contains(kept, want) {
			t.Errorf("a default logger over a dead upstream kept %v, and not %s", kept, want)
		}
	}

	u := startUpstream(t)
	p = startProxy(t, "http", u.addr, strings.NewReplacer("header_up -", "# "))
	resp, _, _ = p.ask(t, "GET /")
	resp.Body.Close()
	told := plants(<-u.heads)
	for _, want := range []string{"planted", caller} {
		if !slices.Contains(told, want) {
			t.Errorf("without the list Haven is told %v, and not %s", told, want)
		}
	}
}
