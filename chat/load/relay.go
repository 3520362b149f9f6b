package load

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"slices"
	"sync"
	"sync/atomic"

	"github.com/gorilla/websocket"

	"haven/chat/frame"
	"haven/chat/hvn1"
)

// ServeBaseline relays between young people and desks on l until ctx ends, and closes l. It answers the frames that
// Run sends and no others, acks what it forwarded, and keeps, checks and queues nothing: each message is written by
// the goroutine that read it. For a fair CPU figure it belongs in a process of its own.
func ServeBaseline(ctx context.Context, l net.Listener) error {
	r := &relay{}
	mux := http.NewServeMux()
	mux.HandleFunc("POST /staff/login", func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusNoContent) })
	mux.HandleFunc("POST /staff/ticket", func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte(`{"ticket":"relay"}`)) })
	mux.HandleFunc("GET /chat", r.serve(r.youth))
	mux.HandleFunc("GET /desk", r.serve(r.desk))
	srv := &http.Server{Handler: mux}
	stop := context.AfterFunc(ctx, func() {
		_ = srv.Close()
		r.close()
	})
	defer stop()
	if err := srv.Serve(l); !errors.Is(err, http.ErrServerClosed) {
		return fmt.Errorf("load: baseline: %w", err)
	}
	return nil
}

// relay pairs each young person with a desk that has room, in the order of both.
type relay struct {
	mu      sync.Mutex
	sockets []*relaySocket
	waiting []*relayChat
	room    []*relaySocket // desks, once for each chat that they still take
}

// relaySocket is one connection; mu is for writing.
type relaySocket struct {
	mu  sync.Mutex
	ws  *websocket.Conn
	out []byte

	one   atomic.Pointer[relayChat] // of a young person
	look  sync.RWMutex
	chats map[string]*relayChat // of a desk, under look
}

type relayChat struct {
	id, pk string
	youth  *relaySocket
	desk   atomic.Pointer[relaySocket]
	seq    atomic.Int64
}

func (s *relaySocket) chat(id []byte) *relayChat {
	s.look.RLock()
	defer s.look.RUnlock()
	return s.chats[string(id)]
}

func (s *relaySocket) write(b []byte) { _ = s.ws.WriteMessage(websocket.TextMessage, b) }

func (s *relaySocket) send(b []byte) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.write(b)
}

func (r *relay) serve(handle func(*relaySocket, []byte)) http.HandlerFunc {
	up := websocket.Upgrader{Subprotocols: []string{"haven.1"}, CheckOrigin: func(*http.Request) bool { return true }}
	return func(w http.ResponseWriter, req *http.Request) {
		ws, err := up.Upgrade(w, req, nil)
		if err != nil {
			return
		}
		defer ws.Close()
		s := &relaySocket{ws: ws, chats: map[string]*relayChat{}}
		r.mu.Lock()
		r.sockets = append(r.sockets, s)
		r.mu.Unlock()
		s.send(frame.AppendHello(nil, &frame.Hello{}))
		for {
			_, b, err := ws.ReadMessage()
			if err != nil {
				r.left(s)
				return
			}
			handle(s, b)
		}
	}
}

func (r *relay) left(s *relaySocket) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.room = slices.DeleteFunc(r.room, func(d *relaySocket) bool { return d == s })
	r.waiting = slices.DeleteFunc(r.waiting, func(c *relayChat) bool { return c.youth == s })
}

func (r *relay) close() {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, s := range r.sockets {
		_ = s.ws.NetConn().Close()
	}
}

var (
	msgHead     = []byte(`{"t":"msg",`)
	deskMsgHead = []byte(`{"t":"msg","chat":"`)
	idHead      = []byte(`"id":"`)
)

const idLen = 22

// pass forwards a message and acks it, with the least work there is: tail is what both frames have in common.
func (c *relayChat) pass(from *relaySocket, tail []byte, toDesk bool) {
	at := bytes.Index(tail, idHead)
	if at < 0 || len(tail) < at+len(idHead)+idLen {
		return
	}
	id, seq := string(tail[at+len(idHead):][:idLen]), c.seq.Add(1)
	to := c.youth
	if toDesk {
		to = c.desk.Load()
	}
	to.mu.Lock()
	if toDesk {
		to.out = append(frame.AppendDeskMsg(to.out[:0], c.id, seq, []byte(`"from":"y",`)), tail...)
	} else {
		to.out = append(frame.AppendMsg(to.out[:0], seq, []byte(`"from":"c",`)), tail...)
	}
	to.write(to.out)
	to.mu.Unlock()
	from.mu.Lock()
	if toDesk {
		from.out = frame.AppendAck(from.out[:0], id, seq)
	} else {
		from.out = frame.AppendDeskAck(from.out[:0], c.id, id, seq)
	}
	from.write(from.out)
	from.mu.Unlock()
}

func (r *relay) youth(s *relaySocket, b []byte) {
	c := s.one.Load()
	if bytes.HasPrefix(b, msgHead) {
		if c != nil {
			c.pass(s, b[len(msgHead):], true)
		}
		return
	}
	var f frame.Youth
	if f.Parse(b) != nil {
		return
	}
	switch {
	case f.T == frame.TJoin && c == nil:
		c = &relayChat{id: hvn1.NewID(), pk: f.PK, youth: s}
		s.one.Store(c)
		s.send(frame.AppendWaiting(nil, &frame.Waiting{Chat: c.id, Token: c.id, Share: c.id}))
		r.mu.Lock()
		r.waiting = append(r.waiting, c)
		r.ring()
		r.mu.Unlock()
	case f.T == frame.TConfirm && c != nil:
		c.desk.Load().send(frame.AppendDeskConfirm(nil, c.id, f.E, f.Tag))
	case f.T == frame.TLeave && c != nil:
		s.send(frame.AppendEnded(nil, "left", &frame.Elsewhere{}))
		if d := c.desk.Load(); d != nil {
			d.send(frame.AppendDeskEnded(nil, c.id, "left"))
		}
	}
}

func (r *relay) desk(s *relaySocket, b []byte) {
	if bytes.HasPrefix(b, deskMsgHead) {
		b = b[len(deskMsgHead):]
		if len(b) > idLen+2 {
			if c := s.chat(b[:idLen]); c != nil {
				c.pass(s, b[idLen+2:], false)
			}
		}
		return
	}
	var f frame.Desk
	if f.Parse(b) != nil {
		return
	}
	switch f.T {
	case frame.TEnter:
		s.send(frame.AppendDesk(nil, &frame.DeskState{State: "rest"}))
	case frame.TReady:
		r.mu.Lock()
		for range f.Capacity {
			r.room = append(r.room, s)
		}
		r.ring()
		r.mu.Unlock()
	case frame.TAccept:
		if c := s.chat([]byte(f.Offer)); c != nil { // the offer's id is its chat's
			s.send(frame.AppendAssigned(nil, &frame.Assigned{Chat: c.id, PK: c.pk, Share: c.id}))
			c.youth.send(frame.AppendJoined(nil, &frame.Joined{PK: f.PK, Name: "relay", Line: "jip"}))
		}
	case frame.TConfirm:
		if c := s.chat([]byte(f.Chat)); c != nil {
			c.youth.send(frame.AppendConfirm(nil, f.E, f.Tag))
		}
	}
}

// ring offers those who wait to the desks that have room. r.mu is held.
func (r *relay) ring() {
	for len(r.waiting) > 0 && len(r.room) > 0 {
		c, s := r.waiting[0], r.room[0]
		r.waiting, r.room = r.waiting[1:], r.room[1:]
		c.desk.Store(s)
		s.look.Lock()
		s.chats[c.id] = c
		s.look.Unlock()
		s.send(frame.AppendOffer(nil, &frame.Offer{Offer: c.id, Chat: c.id, Line: "jip", Lang: "nl", RingS: 20, PK: c.pk}))
	}
}
