package load

import (
	"bytes"
	"context"
	"errors"
	"net"
	"net/http"
	"net/http/httptest"
	"sync/atomic"
	"testing"
	"time"

	"github.com/gorilla/websocket"

	"haven/chat/frame"
)

// The checker is worth what it catches.
func TestHistoryCatches(t *testing.T) {
	for name, c := range map[string]struct {
		do   func(f *flow, ids []string)
		want Tally
	}{
		"nothing amiss": {func(f *flow, ids []string) {
			for _, id := range ids {
				f.ack(id)
				f.deliver([]byte(id))
			}
		}, Tally{Sent: 4, Acked: 4, Delivered: 4}},
		"delivered before acked": {func(f *flow, ids []string) {
			for _, id := range ids {
				f.deliver([]byte(id))
			}
			for _, id := range ids {
				f.ack(id)
			}
		}, Tally{Sent: 4, Acked: 4, Delivered: 4}},
		"lost": {func(f *flow, ids []string) {
			for _, id := range ids {
				f.ack(id)
			}
			f.deliver([]byte(ids[0]))
			f.deliver([]byte(ids[2]))
		}, Tally{Sent: 4, Acked: 4, Delivered: 2, Lost: 2}},
		"never acked": {func(f *flow, ids []string) { f.ack(ids[0]); f.deliver([]byte(ids[0])); f.deliver([]byte(ids[1])) },
			Tally{Sent: 4, Acked: 1, Delivered: 2, Unanswered: 3}},
		"doubled": {func(f *flow, ids []string) {
			for _, id := range ids {
				f.ack(id)
				f.deliver([]byte(id))
			}
			f.deliver([]byte(ids[1]))
		}, Tally{Sent: 4, Acked: 4, Delivered: 4, Doubled: 1}},
		"out of order": {func(f *flow, ids []string) {
			for _, i := range []int{0, 2, 1, 3} {
				f.ack(ids[i])
				f.deliver([]byte(ids[i]))
			}
		}, Tally{Sent: 4, Acked: 4, Delivered: 4, Disordered: 1}},
		"astray": {func(f *flow, ids []string) {
			other := newFlow()
			id := other.next(0)
			f.deliver([]byte(id))
			f.ack(id)
			f.deliver([]byte("x"))
		}, Tally{Sent: 4, Unanswered: 4, Strayed: 3}},
	} {
		f := newFlow()
		var ids []string
		for range 4 {
			ids = append(ids, f.next(0))
		}
		c.do(f, ids)
		var got Tally
		f.tally(&got)
		if got != c.want {
			t.Errorf("%s: %+v, want %+v", name, got, c.want)
		}
		if got.Bad() != (c.want.Lost+c.want.Doubled+c.want.Disordered+c.want.Strayed > 0) {
			t.Errorf("%s: bad is %v", name, got.Bad())
		}
	}
}

// spoil serves a relay in front of which spoiler sees what goes to the young people, and may leave out, repeat or
// change it.
func spoil(t *testing.T, spoiler func(n int64, msg []byte) [][]byte) string {
	t.Helper()
	behind := baseline(t)
	mux := http.NewServeMux()
	mux.HandleFunc("/staff/", func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/staff/ticket" {
			_, _ = w.Write([]byte(`{"ticket":"x"}`))
		}
	})
	var count atomic.Int64
	up := websocket.Upgrader{Subprotocols: []string{"haven.1"}, CheckOrigin: func(*http.Request) bool { return true }}
	pipe := func(from, to *websocket.Conn, each func([]byte) [][]byte) {
		defer from.Close()
		defer to.Close()
		for {
			_, b, err := from.ReadMessage()
			if err != nil {
				return
			}
			for _, out := range each(b) {
				if to.WriteMessage(websocket.TextMessage, out) != nil {
					return
				}
			}
		}
	}
	same := func(b []byte) [][]byte { return [][]byte{b} }
	serve := func(path string, each func([]byte) [][]byte) {
		mux.HandleFunc(path, func(w http.ResponseWriter, r *http.Request) {
			dialer := websocket.Dialer{Subprotocols: []string{"haven.1"}}
			back, _, err := dialer.DialContext(r.Context(), "ws"+behind[len("http"):]+path, nil)
			if err != nil {
				return
			}
			front, err := up.Upgrade(w, r, nil)
			if err != nil {
				back.Close()
				return
			}
			go pipe(front, back, same)
			pipe(back, front, each)
		})
	}
	serve("/desk", same)
	serve("/chat", func(b []byte) [][]byte {
		if !bytes.HasPrefix(b, msgHead) {
			return same(b)
		}
		return spoiler(count.Add(1), b)
	})
	srv := httptest.NewServer(mux)
	t.Cleanup(srv.Close)
	return srv.URL
}

// again is the same message under a later seq, which no client can know for what it is but by its id.
func again(msg []byte, seq int64) []byte {
	var h frame.Hot
	if !h.Parse(msg) {
		panic("no msg")
	}
	return frame.AppendMsg(nil, seq, msg[bytes.Index(msg, []byte(`"from"`)):])
}

func TestRunCatchesAServerThatSpoils(t *testing.T) {
	for name, c := range map[string]struct {
		spoiler func(n int64, msg []byte) [][]byte
		count   func(Tally) int64
	}{
		"loses": {func(n int64, msg []byte) [][]byte {
			if n%50 == 7 {
				return nil
			}
			return [][]byte{msg}
		}, func(h Tally) int64 { return h.Lost }},
		"doubles": {func(n int64, msg []byte) [][]byte {
			var h frame.Hot
			h.Parse(msg)
			if n%50 == 7 {
				return [][]byte{again(msg, 2*h.Seq), again(msg, 2*h.Seq+1)}
			}
			return [][]byte{again(msg, 2*h.Seq)}
		}, func(h Tally) int64 { return h.Doubled }},
	} {
		o := options(spoil(t, c.spoiler))
		o.settle = time.Second
		o.Unsealed, o.Chats, o.Rate = true, 4, 600 // an open loop goes on where something is missing
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		r, err := Run(ctx, o)
		cancel()
		if !errors.Is(err, ErrHistory) || c.count(r.History) == 0 {
			t.Errorf("a server that %s: %v, %+v", name, err, r.History)
		}
	}
}

func TestBaselineEndsWithItsContext(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := ServeBaseline(ctx, l); err != nil {
		t.Error(err)
	}
}
