package web

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"net"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"
)

// scripted is a connection whose caller says what is in chunks, then end.
type scripted struct {
	chunks [][]byte
	end    error
	said   bytes.Buffer // what the caller was answered
	writes int
	closed bool
}

func (s *scripted) Read(p []byte) (int, error) {
	if s.closed {
		return 0, net.ErrClosed
	}
	for len(s.chunks) > 0 && len(s.chunks[0]) == 0 {
		s.chunks = s.chunks[1:]
	}
	if len(s.chunks) == 0 {
		if s.end == nil {
			return 0, io.EOF
		}
		return 0, s.end
	}
	n := copy(p, s.chunks[0])
	s.chunks[0] = s.chunks[0][n:]
	return n, nil
}

func (s *scripted) Write(p []byte) (int, error) {
	s.writes++
	return s.said.Write(p)
}
func (s *scripted) Close() error                     { s.closed = true; return nil }
func (s *scripted) LocalAddr() net.Addr              { return nowhere{} }
func (s *scripted) RemoteAddr() net.Addr             { return nowhere{} }
func (s *scripted) SetDeadline(time.Time) error      { return nil }
func (s *scripted) SetReadDeadline(time.Time) error  { return nil }
func (s *scripted) SetWriteDeadline(time.Time) error { return nil }

// cut deals s out in pieces of n bytes; 0: at once.
func cut(s string, n int) [][]byte {
	if n == 0 {
		return [][]byte{[]byte(s)}
	}
	var out [][]byte
	for c := range slices.Chunk([]byte(s), n) {
		out = append(out, slices.Clone(c))
	}
	return out
}

// through sends in through an airlock and returns what passed and what was answered.
func through(in string, piece int) (passed, said string) {
	c := &scripted{chunks: cut(in, piece)}
	a := admit(c)
	b, _ := io.ReadAll(a)
	a.Close()
	return string(b), c.said.String()
}

func crlf(lines ...string) string { return strings.Join(lines, "\r\n") + "\r\n\r\n" }

const canary = "kanarie-7f3a"

func TestAirlockPasses(t *testing.T) {
	body := strings.Repeat("x", bodyMost)
	for name, c := range map[string]struct{ in, want string }{
		"a page": {
			crlf("GET / HTTP/1.1", "Host: h.example:8080", "User-Agent: "+canary, "Accept: */*", "Accept-Language: "+canary, "Connection: keep-alive"),
			crlf("GET / HTTP/1.1", "Host: h.example:8080", "Connection: close"),
		},
		"query and cookie of the young person's page": {
			crlf("GET /?utm_source="+canary+" HTTP/1.1", "host: h", "Cookie: a="+canary+"; haven_staff=x", "Referer: https://"+canary+"/"),
			crlf("GET / HTTP/1.1", "Host: h", "Connection: close"),
		},
		"query and cookie of the staff": {
			crlf("GET /staff/me?a=b HTTP/1.1", "Host: h", "Cookie: other="+canary+"; haven_staff=abc; haven_two=d"),
			crlf("GET /staff/me?a=b HTTP/1.1", "Host: h", "Cookie: haven_staff=abc; haven_two=d", "Connection: close"),
		},
		"query of the desk": {
			crlf("GET /desk?a HTTP/1.1", "Host: h"), crlf("GET /desk?a HTTP/1.1", "Host: h", "Connection: close"),
		},
		"a path that only looks like the staff's": {
			crlf("GET /staffs?"+canary+" HTTP/1.1", "Host: h", "Cookie: haven_staff="+canary),
			crlf("GET /unknown HTTP/1.1", "Host: h", "Connection: close"),
		},
		"steps back into a room without queries": {
			crlf("GET /staff/../chat?"+canary+" HTTP/1.1", "Host: h", "Cookie: haven_staff="+canary),
			crlf("GET /unknown HTTP/1.1", "Host: h", "Connection: close"),
		},
		"steps in disguise": {
			crlf("GET /staff/%2e%2e/chat?"+canary+" HTTP/1.1", "Host: h"), crlf("GET /unknown HTTP/1.1", "Host: h", "Connection: close"),
		},
		"a path that tells something": {
			crlf("GET /from/"+canary+" HTTP/1.1", "Host: h"), crlf("GET /unknown HTTP/1.1", "Host: h", "Connection: close"),
		},
		"double slash": {
			crlf("GET //"+canary+" HTTP/1.1", "Host: h"), crlf("GET /unknown HTTP/1.1", "Host: h", "Connection: close"),
		},
		"an upgrade": {
			crlf("GET /chat?x="+canary+" HTTP/1.1", "Host: h", "Connection: keep-alive, Upgrade", "Upgrade: websocket", "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
				"Sec-WebSocket-Version: 13", "Sec-WebSocket-Extensions: permessage-deflate; "+canary, "Sec-WebSocket-Protocol: "+canary+", haven.1", "Origin: http://h", "X-Forwarded-For: 127.66.77.1"),
			crlf("GET /chat HTTP/1.1", "Host: h", "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==", "Sec-WebSocket-Version: 13",
				"Sec-WebSocket-Protocol: haven.1", "Origin: http://h", "Connection: Upgrade", "Upgrade: websocket"),
		},
		"an upgrade to something else": {
			crlf("GET / HTTP/1.1", "Host: h", "Connection: Upgrade, HTTP2-Settings", "Upgrade: h2c", "HTTP2-Settings: "+canary),
			crlf("GET / HTTP/1.1", "Host: h", "Connection: close"),
		},
		"encodings": {
			crlf("GET / HTTP/1.1", "Host: h", "Accept-Encoding: "+canary+", gzip;q=0.9, br", "accept-encoding: gzip"),
			crlf("GET / HTTP/1.1", "Host: h", "Accept-Encoding: gzip", "Connection: close"),
		},
		"no gzip": {
			crlf("GET / HTTP/1.1", "Host: h", "Accept-Encoding: gzip;q=0, br"), crlf("GET / HTTP/1.1", "Host: h", "Connection: close"),
		},
		"a body": {
			crlf("POST /staff/login HTTP/1.1", "Host: h", "Content-Type: application/json", "Content-Length: 4", "Expect: 100-continue", "Sec-Fetch-Site: same-origin") + "{  }",
			crlf("POST /staff/login HTTP/1.1", "Host: h", "Content-Type: application/json", "Sec-Fetch-Site: same-origin", "Connection: close", "Content-Length: 4") + "{  }",
		},
		"the largest body": {
			crlf("POST /staff/login HTTP/1.1", "Host: h", "Content-Length: 065536") + body,
			crlf("POST /staff/login HTTP/1.1", "Host: h", "Connection: close", "Content-Length: 65536") + body,
		},
		"a second request": {
			crlf("GET / HTTP/1.1", "Host: h") + crlf("GET /"+canary+" HTTP/1.1", "Host: h", "User-Agent: "+canary),
			crlf("GET / HTTP/1.1", "Host: h", "Connection: close"),
		},
		"a second request behind a body": {
			crlf("POST /staff/login HTTP/1.1", "Host: h", "Content-Length: 2") + "{}" + crlf("GET /"+canary+" HTTP/1.1", "Host: h"),
			crlf("POST /staff/login HTTP/1.1", "Host: h", "Connection: close", "Content-Length: 2") + "{}",
		},
		"a second request behind a large body": {
			crlf("POST /staff/login HTTP/1.1", "Host: h", "Content-Length: 65536") + body + crlf("GET /"+canary+" HTTP/1.1", "Host: h"),
			crlf("POST /staff/login HTTP/1.1", "Host: h", "Connection: close", "Content-Length: 65536") + body,
		},
		"a large head": {
			crlf("GET / HTTP/1.1", "Host: h", "Cookie: "+strings.Repeat("k", 12<<10), "Sec-Fetch-Site: none"),
			crlf("GET / HTTP/1.1", "Host: h", "Sec-Fetch-Site: none", "Connection: close"),
		},
		"empty headers that do not pass": {
			crlf("GET / HTTP/1.1", "Host: h", "Accept:", "X-Empty: \t "), crlf("GET / HTTP/1.1", "Host: h", "Connection: close"),
		},
	} {
		t.Run(name, func(t *testing.T) {
			for _, piece := range []int{0, 1, 7, 1000} {
				passed, said := through(c.in, piece)
				if passed != c.want {
					t.Errorf("in pieces of %d: passed\n%.600q, want\n%.600q", piece, passed, c.want)
				}
				if said != "" {
					t.Errorf("in pieces of %d: answered %q", piece, said)
				}
			}
		})
	}
}

func TestAirlockRefuses(t *testing.T) {
	ok := "GET / HTTP/1.1\r\nHost: h\r\n"
	for name, c := range map[string]struct {
		in     string
		status int
	}{
		"a bare line feed":             {"GET / HTTP/1.1\nHost: h\n\n", 400},
		"a bare line feed in a value":  {ok + "A: b\nTransfer-Encoding: chunked\r\n\r\n", 400},
		"a bare carriage return":       {ok + "A: b\rHost: i\r\n\r\n", 400},
		"a folded line":                {ok + "A: b\r\n c\r\n\r\n", 400},
		"a folded line with a tab":     {ok + "A: b\r\n\tc: d\r\n\r\n", 400},
		"a line before the request":    {"\r\nGET / HTTP/1.1\r\nHost: h\r\n\r\n", 400},
		"a NUL":                        {ok + "A: b\x00c\r\n\r\n", 400},
		"an escape":                    {ok + "A: \x1b[2J\r\n\r\n", 400},
		"a DEL":                        {ok + "A: \x7f\r\n\r\n", 400},
		"TLS":                          {"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03", 400},
		"no host":                      {"GET / HTTP/1.1\r\nA: b\r\n\r\n", 400},
		"two hosts":                    {ok + "Host: h\r\n\r\n", 400},
		"an empty host":                {"GET / HTTP/1.1\r\nHost:\r\n\r\n", 400},
		"a host with a path":           {"GET / HTTP/1.1\r\nHost: h/" + canary + "\r\n\r\n", 400},
		"a space before the colon":     {ok + "Content-Length : 5\r\n\r\n", 400},
		"no name":                      {ok + ": b\r\n\r\n", 400},
		"no colon":                     {ok + "abc\r\n\r\n", 400},
		"chunks":                       {"POST /staff/login HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 411},
		"chunks and a length":          {"POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 411},
		"chunks in disguise":           {"POST / HTTP/1.1\r\nHost: h\r\ntRANSFER-eNCODING: \t xchunked\r\n\r\n0\r\n\r\n", 411},
		"two lengths":                  {"POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 3\r\nContent-Length: 3\r\n\r\nabc", 400},
		"two lengths in one":           {"POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 3, 3\r\n\r\nabc", 400},
		"a signed length":              {"POST / HTTP/1.1\r\nHost: h\r\nContent-Length: +3\r\n\r\nabc", 400},
		"a negative length":            {"POST / HTTP/1.1\r\nHost: h\r\nContent-Length: -3\r\n\r\nabc", 400},
		"a length in hex":              {"POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 0x3\r\n\r\nabc", 400},
		"no length at all":             {"POST / HTTP/1.1\r\nHost: h\r\nContent-Length:\r\n\r\nabc", 400},
		"a body too large":             {"POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 65537\r\n\r\nabc", 413},
		"a body past all integers":     {"POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 99999999999999999999999999\r\n\r\nabc", 413},
		"an upgrade with a body":       {ok + "Connection: upgrade\r\nUpgrade: websocket\r\nContent-Length: 3\r\n\r\nabc", 400},
		"an upgrade with frames after": {ok + "Connection: upgrade\r\nUpgrade: websocket\r\n\r\n\x81\x05hello", 400},
		"HTTP/1.0":                     {"GET / HTTP/1.0\r\nHost: h\r\n\r\n", 505},
		"HTTP/2":                       {"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 505},
		"no version":                   {"GET /\r\n\r\n", 400},
		"a strange version":            {"GET / HTTP/1.1x\r\nHost: h\r\n\r\n", 400},
		"an absolute target":           {"GET http://h/ HTTP/1.1\r\nHost: h\r\n\r\n", 400},
		"an asterisk":                  {"OPTIONS * HTTP/1.1\r\nHost: h\r\n\r\n", 400},
		"an authority":                 {"CONNECT h:443 HTTP/1.1\r\nHost: h\r\n\r\n", 400},
		"a fragment":                   {"GET /#c=x HTTP/1.1\r\nHost: h\r\n\r\n", 400},
		"two spaces":                   {"GET  / HTTP/1.1\r\nHost: h\r\n\r\n", 400},
		"a space in the target":        {"GET /a b HTTP/1.1\r\nHost: h\r\n\r\n", 400},
		"a tab in the target":          {"GET\t/ HTTP/1.1\r\nHost: h\r\n\r\n", 400},
		"bytes past ASCII in a target": {"GET /\xc3\xa9 HTTP/1.1\r\nHost: h\r\n\r\n", 400},
		"an unknown method":            {"KANARIE / HTTP/1.1\r\nHost: h\r\n\r\n", 501},
		"a target too long":            {"GET /" + strings.Repeat("a", targetMost) + " HTTP/1.1\r\nHost: h\r\n\r\n", 414},
		"a request line without end":   {"GET /" + strings.Repeat("a", headMost), 414},
		"a head too long":              {ok + strings.Repeat("A: "+strings.Repeat("b", 97)+"\r\n", 200) + "\r\n", 431},
		"too many headers":             {ok + strings.Repeat("A: b\r\n", headersMost+1) + "\r\n", 431},
		"two origins":                  {ok + "Origin: http://a\r\nOrigin: http://h\r\n\r\n", 400},
		"an origin too long":           {ok + "Origin: http://" + strings.Repeat("a", 300) + "\r\n\r\n", 431},
		"a key of another kind":        {ok + "Sec-WebSocket-Key: a b\r\n\r\n", 400},
		"a site that is none":          {ok + "Sec-Fetch-Site: " + canary + "\r\n\r\n", 400},
		"two cookies":                  {"GET /staff HTTP/1.1\r\nHost: h\r\nCookie: haven_a=1\r\nCookie: haven_a=2\r\n\r\n", 400},
	} {
		t.Run(name, func(t *testing.T) {
			for _, piece := range []int{0, 1, 5} {
				if piece > 0 && strings.Contains(name, "frames after") {
					continue // frames in a segment of their own: TestUpgradeThenTooEarly
				}
				passed, said := through(c.in, piece)
				if passed != "" {
					t.Errorf("in pieces of %d: passed %q", piece, passed)
				}
				if !strings.HasPrefix(said, fmt.Sprintf("HTTP/1.1 %d ", c.status)) {
					t.Errorf("in pieces of %d: answered %.40q, want %d", piece, said, c.status)
				}
				if strings.Contains(said, canary) {
					t.Error("the answer shows what was sent")
				}
				r, err := http.ReadResponse(bufio.NewReader(strings.NewReader(said)), nil)
				if err != nil {
					t.Fatal(err)
				}
				if b, err := io.ReadAll(r.Body); err != nil || int64(len(b)) != r.ContentLength || !r.Close {
					t.Errorf("not a whole answer: %q, %v", b, err)
				}
			}
		})
	}
}

// Everything that a browser or a proxy may send and that could tell who or where somebody is.
func TestAirlockDropsEveryOtherHeader(t *testing.T) {
	for _, name := range []string{
		"Accept", "Accept-Charset", "Accept-Language", "Authorization", "CF-Connecting-IP", "Client-IP", "Cookie2", "DNT",
		"Date", "Device-Memory", "Downlink", "ECT", "Expect", "Fastly-Client-IP", "Forwarded", "From", "If-Modified-Since", "If-None-Match",
		"Keep-Alive", "Origin-Isolation", "Pragma", "Priority", "Proxy-Authorization", "Proxy-Connection", "RTT", "Range", "Referer", "Referrer",
		"Save-Data", "Sec-CH-UA", "Sec-CH-UA-Platform", "Sec-Fetch-Dest", "Sec-Fetch-Mode", "Sec-Fetch-User", "Sec-GPC",
		"Sec-WebSocket-Extensions", "TE", "Trailer", "True-Client-IP", "Upgrade-Insecure-Requests", "User-Agent", "Via",
		"Viewport-Width", "X-Client-IP", "X-Cluster-Client-IP", "X-Forwarded-For", "X-Forwarded-Host", "X-Forwarded-Proto",
		"X-Original-Host", "X-Real-IP", "X-Requested-With", "Hosts", "Host-", "Origi", "Cookie",
	} {
		for _, path := range []string{"/", "/chat", "/assets/youth/a.js"} {
			passed, _ := through(crlf("GET "+path+" HTTP/1.1", "Host: h", name+": "+canary, strings.ToUpper(name)+":haven_x="+canary), 0)
			if strings.Contains(passed, canary) || !strings.HasPrefix(passed, "GET "+path) {
				t.Errorf("%s on %s: passed %q", name, path, passed)
			}
		}
	}
}

// allowed is the list of the design, written down a second time.
var allowed = []string{"Connection", "Upgrade", "Sec-Websocket-Key", "Sec-Websocket-Version", "Sec-Websocket-Protocol",
	"Origin", "Sec-Fetch-Site", "Content-Type", "Content-Length", "Accept-Encoding"}

func FuzzAirlock(f *testing.F) {
	for _, s := range []string{
		crlf("GET / HTTP/1.1", "Host: h", "User-Agent: a"),
		crlf("GET /staff/me?a HTTP/1.1", "Host: h", "Cookie: haven_staff=1; b=2"),
		crlf("GET /chat HTTP/1.1", "Host: h", "Connection: Upgrade", "Upgrade: websocket", "Sec-WebSocket-Protocol: haven.1, b", "Origin: http://h"),
		crlf("POST /staff/login HTTP/1.1", "Host: h", "Content-Length: 2") + "{}" + crlf("GET / HTTP/1.1", "Host: i"),
		"GET / HTTP/1.1\r\nHost: h\r\nA: b\nTransfer-Encoding: chunked\r\n\r\n",
		"POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\nContent-Length: 1\r\n\r\n0\r\n\r\n",
		"GET / HTTP/1.1\r\nHost: h\r\n a: b\r\n\r\n", "PRI * HTTP/2.0\r\n\r\n",
	} {
		f.Add(s, 0)
		f.Add(s, 3)
	}
	f.Fuzz(func(t *testing.T, in string, piece int) {
		if piece < 0 || len(in) > 3*headMost {
			return
		}
		passed, said := through(in, piece)
		if passed == "" {
			return
		}
		if said != "" {
			t.Fatalf("passed %q and said %q", passed, said)
		}
		br := bufio.NewReader(strings.NewReader(passed))
		r, err := http.ReadRequest(br)
		if err != nil {
			t.Fatalf("net/http does not read %q: %v", passed, err)
		}
		for name, values := range r.Header {
			private := name == "Cookie" && (r.URL.Path == "/staff" || strings.HasPrefix(r.URL.Path, "/staff/") ||
				strings.HasPrefix(r.URL.Path, "/desk") || strings.HasPrefix(r.URL.Path, "/reach"))
			if !private && !slices.Contains(allowed, name) || len(values) > 4 {
				t.Fatalf("%s passed: %q", name, values)
			}
		}
		if private, _ := place([]byte(r.URL.Path)); r.URL.RawQuery != "" && !private {
			t.Fatalf("a query passed: %q", r.URL.RawQuery)
		}
		if len(r.TransferEncoding) > 0 || r.ContentLength < 0 || r.ContentLength > bodyMost {
			t.Fatalf("length %d, %q", r.ContentLength, r.TransferEncoding)
		}
		body, _ := io.ReadAll(r.Body)
		if rest, _ := io.ReadAll(br); len(rest) > 0 || int64(len(body)) > r.ContentLength {
			t.Fatalf("behind the request passed %q", rest)
		}
	})
}

func BenchmarkAirlockHead(b *testing.B) {
	in := []byte(crlf("GET /chat HTTP/1.1", "Host: chat.example", "Connection: Upgrade", "Upgrade: websocket",
		"User-Agent: Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/130.0.0.0 Safari/537.36",
		"Accept-Encoding: gzip, deflate, br, zstd", "Accept-Language: nl-NL,nl;q=0.9,en;q=0.8", "Sec-WebSocket-Version: 13",
		"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==", "Sec-WebSocket-Protocol: haven.1", "Origin: https://chat.example"))
	p := make([]byte, 4096)
	b.ReportAllocs()
	for b.Loop() {
		a := admit(&scripted{chunks: [][]byte{in}})
		if n, err := a.Read(p); n == 0 || err != nil {
			b.Fatal(err)
		}
	}
}
