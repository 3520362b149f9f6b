package chat

import (
	"io"
	"net"
	"net/http/httptest"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/gorilla/websocket"

	"haven/chat/frame"
	"haven/routing"
)

// instant is a store that keeps everything at once.
type instant struct {
	*fake
	seq, last int64
}

func (i *instant) Append(a *routing.Append) {
	i.seq++
	a.Seq, a.Prev = i.seq, i.last
	i.last = i.seq
	a.Done(a)
}

// sink is a connection that is written to and tells when.
type sink struct {
	net.Conn
	wrote chan struct{}
}

func (s sink) Write(b []byte) (int, error)      { s.wrote <- struct{}{}; return len(b), nil }
func (s sink) SetWriteDeadline(time.Time) error { return nil }
func (s sink) SetReadDeadline(time.Time) error  { return nil }
func (s sink) Close() error                     { return nil }

// BenchmarkRelay is one message of a young person to a counsellor on the same node: parsed, handed to the store, acked
// and delivered. The kernel and the store cost nothing here; what gorilla allocates to read is in BenchmarkSocket.
func BenchmarkRelay(b *testing.B) {
	store := &instant{fake: newFake()}
	defer store.stop()
	h := New(Config{Lines: testLines}, store, store, store, &counts{opened: map[string]int{}})
	wrote := make(chan struct{}, 16)
	open := func(s *socket) {
		s.hub, s.conn, s.state = h, sink{wrote: wrote}, stateOpen
		s.flushFunc = s.flush
	}
	y := &youth{told: told{e: 0, tag: "t"}}
	y.owner, y.role = y, RoleYouth
	open(&y.socket)
	d := &desk{places: map[string]*place{}, settled: map[string]bool{}, name: "ann"}
	d.owner, d.role = d, RoleCounsellor
	open(&d.socket)
	chat := id("chat", 1)
	p := &place{desk: d, chat: chat, told: told{e: 0, tag: "t"}}
	d.places[chat] = p
	y.room = h.enter(chat, func(rm *room) { rm.youth.Store(y); rm.desk.Store(p) })
	p.room = y.room
	msg := (&frame.Youth{Inbound: frame.Inbound{T: frame.TMsg, ID: id("m", 1), K: 1, N: 1,
		IV: []byte(strings.Repeat("A", 16)), CT: []byte(strings.Repeat("A", 192))}}).Append(nil)
	b.ReportAllocs()
	for b.Loop() {
		in := inbounds.Get().(*inbound)
		in.b = append(in.b, msg...)
		y.handle(in)
		in.free()
		<-wrote // the ack
		<-wrote // the message
	}
}

// BenchmarkSocket is a beat there and back over loopback TCP, through net/http, gorilla and the kernel; half of its
// allocations are the client's.
func BenchmarkSocket(b *testing.B) {
	store := newFake()
	defer store.stop()
	h := New(Config{Lines: testLines}, store, store, store, &counts{opened: map[string]int{}})
	srv := httptest.NewServer(h.Youth())
	defer srv.Close()
	ws := dialBench(b, srv.URL)
	defer ws.Close()
	beat := []byte(`{"t":"beat"}`)
	buf := make([]byte, 1024)
	b.ReportAllocs()
	for b.Loop() {
		if err := ws.WriteMessage(websocket.TextMessage, beat); err != nil {
			b.Fatal(err)
		}
		_, r, err := ws.NextReader()
		if err != nil {
			b.Fatal(err)
		}
		if _, err := io.ReadFull(r, buf[:12]); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkIdle is what an idle socket in line costs the server's heap and stacks, the fake store's share and the
// client's bare net.Conn included.
func BenchmarkIdle(b *testing.B) {
	store := newFake()
	defer store.stop()
	h := New(Config{Lines: testLines}, store, store, store, &counts{opened: map[string]int{}})
	store.wakes = h
	srv := httptest.NewServer(h.Youth())
	defer srv.Close()
	const n = 1000
	var before, after runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	var all []net.Conn
	for range n {
		c, err := net.Dial("tcp", strings.TrimPrefix(srv.URL, "http://"))
		if err != nil {
			b.Fatal(err)
		}
		io.WriteString(c, "GET /chat HTTP/1.1\r\nHost: h\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"+
			"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\nSec-WebSocket-Protocol: haven.1\r\n\r\n")
		await := func(end string) {
			var got []byte
			buf := make([]byte, 4096)
			for !strings.HasSuffix(string(got), end) {
				k, err := c.Read(buf)
				if err != nil {
					b.Fatal(err)
				}
				got = append(got, buf[:k]...)
			}
		}
		await("}") // hello
		c.Write([]byte{0x81, 0x80 | 12, 0, 0, 0, 0})
		io.WriteString(c, `{"t":"beat"}`)
		await(`{"t":"beat"}`)
		join := `{"t":"join","line":"jip","pk":"` + pkY + `"}`
		c.Write([]byte{0x81, 0x80 | byte(len(join)), 0, 0, 0, 0})
		io.WriteString(c, join)
		await("]}") // hello or waiting
		all = append(all, c)
	}
	for b.Loop() {
	}
	runtime.GC()
	runtime.GC()
	runtime.ReadMemStats(&after)
	used := func(m *runtime.MemStats) float64 { return float64(m.HeapInuse + m.StackInuse) }
	b.ReportMetric((used(&after)-used(&before))/n/1024, "KiB/socket")
	b.ReportMetric((float64(after.StackInuse)-float64(before.StackInuse))/n/1024, "KiB-stack/socket")
	for _, c := range all {
		c.Close()
	}
	h.open.Wait()
}

func dialBench(b *testing.B, url string) *websocket.Conn {
	d := websocket.Dialer{Subprotocols: []string{Subprotocol}}
	ws, _, err := d.Dial("ws"+strings.TrimPrefix(url, "http"), nil)
	if err != nil {
		b.Fatal(err)
	}
	if _, _, err := ws.ReadMessage(); err != nil {
		b.Fatal(err)
	}
	return ws
}
