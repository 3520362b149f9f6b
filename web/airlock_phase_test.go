package web

import (
	"bytes"
	"errors"
	"io"
	"net"
	"os"
	"strings"
	"testing"
)

func TestAirlockTimesOut(t *testing.T) {
	for name, c := range map[string]struct{ in, said string }{
		"half a head": {"GET / HTTP/1.1\r\nHost: " + canary, "HTTP/1.1 408 "},
		"nothing":     {"", ""}, // browsers open connections ahead of need
	} {
		s := &scripted{chunks: cut(c.in, 0), end: os.ErrDeadlineExceeded}
		b, err := io.ReadAll(admit(s))
		if len(b) > 0 || err != nil || !strings.HasPrefix(s.said.String(), c.said) || (c.said == "") != (s.said.Len() == 0) {
			t.Errorf("%s: passed %q, %v, said %q", name, b, err, s.said.String())
		}
	}
}

// The deadline by which net/http ends its background read must come through as one.
func TestAirlockKeepsDeadlines(t *testing.T) {
	s := &scripted{chunks: cut(crlf("GET / HTTP/1.1", "Host: h"), 0), end: os.ErrDeadlineExceeded}
	_, err := io.ReadAll(admit(s))
	var late net.Error
	if !errors.As(err, &late) || !late.Timeout() {
		t.Errorf("got %v", err)
	}
}

func TestUpgradeThenTooEarly(t *testing.T) {
	up := crlf("GET /chat HTTP/1.1", "Host: h", "Connection: Upgrade", "Upgrade: websocket")
	s := &scripted{chunks: [][]byte{[]byte(up), []byte("\x81\x05" + canary)}}
	a := admit(s)
	b, err := io.ReadAll(a)
	if err != nil || strings.Contains(string(b), canary) || !s.closed {
		t.Errorf("passed %q, %v, closed %v", b, err, s.closed)
	}
}

func TestUpgradeOpensWith101Only(t *testing.T) {
	up := crlf("GET /chat HTTP/1.1", "Host: h", "Connection: Upgrade", "Upgrade: websocket")
	for _, c := range []struct {
		answer string
		open   bool
	}{{"HTTP/1.1 101 Switching Protocols\r\n\r\n", true}, {"HTTP/1.1 400 Bad Request\r\n\r\n", false}, {"HTTP/1.1 1010", false}} {
		s := &scripted{chunks: cut(up, 0)}
		a := admit(s)
		p := make([]byte, 4096)
		if n, err := a.Read(p); err != nil || !bytes.HasSuffix(p[:n], []byte("Upgrade: websocket\r\n\r\n")) {
			t.Fatalf("head: %q, %v", p[:n], err)
		}
		a.Write([]byte(c.answer))
		s.chunks = cut("GET /"+canary+" HTTP/1.1\r\n\r\n", 0)
		b, _ := io.ReadAll(a)
		if got := strings.Contains(string(b), canary); got != c.open {
			t.Errorf("after %q: passed %q", c.answer, b)
		}
	}
	// A request that asked for no upgrade is not opened by a 101 either.
	s := &scripted{chunks: cut(crlf("GET /chat HTTP/1.1", "Host: h"), 0)}
	a := admit(s)
	a.Read(make([]byte, 4096))
	a.Write([]byte("HTTP/1.1 101 "))
	s.chunks = cut(canary, 0)
	if b, _ := io.ReadAll(a); len(b) > 0 {
		t.Errorf("passed %q", b)
	}
}

// Not one buffer goes back to a pool with something in it, on whatever way out.
func TestAirlockWipes(t *testing.T) {
	head := "GET / HTTP/1.1\r\nHost: h\r\nUser-Agent: " + canary
	for name, c := range map[string]struct {
		in    string
		end   error
		close bool // before anything was read on
	}{
		"a request":        {in: head + "\r\n\r\n" + canary},
		"much behind it":   {in: head + "\r\n\r\n" + strings.Repeat(canary, 50)},
		"a large head":     {in: head + strings.Repeat(canary, 500) + "\r\n\r\n"},
		"a refusal":        {in: head + "\x00" + canary},
		"a late refusal":   {in: head + "\r\nHost: i\r\n\r\n" + strings.Repeat(canary, 4000)},
		"too long":         {in: head + strings.Repeat(canary, 5000)},
		"a hang-up":        {in: head},
		"a deadline":       {in: head, end: os.ErrDeadlineExceeded},
		"a body":           {in: "POST /staff/login HTTP/1.1\r\nHost: h\r\nContent-Length: 12\r\n\r\n" + canary},
		"a close too soon": {in: head + "\r\n\r\n", close: true},
	} {
		t.Run(name, func(t *testing.T) {
			var back int
			wiped = func(b []byte) {
				back++
				if len(b) != cap(b) || len(b) < headSmall || bytes.Count(b, []byte{0}) != len(b) {
					t.Errorf("a buffer of %d went back with something in it", len(b))
				}
			}
			defer func() { wiped = nil }()
			s := &scripted{chunks: cut(c.in, 100), end: c.end}
			a := admit(s)
			if c.close {
				a.Read(make([]byte, 1))
				a.Close()
			} else {
				p := make([]byte, 256) // what was discarded must not stay in the reader's memory either
				for {
					n, err := a.Read(p)
					if name != "a body" && bytes.Contains(p, []byte(canary)) {
						t.Error("the reader got it")
					}
					clear(p[:n])
					if err != nil {
						break
					}
				}
				a.Close()
			}
			if a.(*airlock).out != nil || back == 0 {
				t.Errorf("%d buffers back, out held: %v", back, a.(*airlock).out != nil)
			}
		})
	}
}
