package chat

import (
	"context"
	"math/rand/v2"
	"net/http"
	"slices"
	"sync"
	"time"

	"github.com/gorilla/websocket"

	"haven/chat/frame"
	"haven/routing"
)

// Subprotocol is what a websocket must offer.
const Subprotocol = "haven.1"

// upgrader has buffers as small as they go: what is read larger than this is read in pieces, and what is written does
// not pass through gorilla at all (see socket).
var upgrader = websocket.Upgrader{
	ReadBufferSize:  512,
	WriteBufferSize: 512,
	WriteBufferPool: new(sync.Pool),
	Subprotocols:    []string{Subprotocol},
	CheckOrigin:     func(*http.Request) bool { return true }, // checked before
}

// Youth is the endpoint /chat.
func (h *Hub) Youth() http.Handler {
	return h.endpoint(false, func() *socket {
		y := &youth{told: told{e: -1}}
		y.owner, y.role = y, RoleYouth
		return &y.socket
	})
}

// Desk is the endpoint /desk.
func (h *Hub) Desk() http.Handler {
	return h.endpoint(true, func() *socket {
		d := &desk{places: make(map[string]*place), settled: make(map[string]bool)}
		d.owner, d.role = d, RoleCounsellor
		return &d.socket
	})
}

// endpoint upgrades what offers the subprotocol and comes from an allowed origin. It looks at no other header and
// not at the caller.
func (h *Hub) endpoint(strict bool, open func() *socket) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch {
		case !slices.Contains(websocket.Subprotocols(r), Subprotocol):
			http.Error(w, "subprotocol haven.1 must be offered", http.StatusBadRequest)
			return
		case !h.allowed(r.Header["Origin"], strict):
			http.Error(w, "origin not allowed", http.StatusForbidden)
			return
		}
		s := open()
		if !h.register(s) {
			w.Header().Set("Retry-After", "1")
			http.Error(w, "this node drains", http.StatusServiceUnavailable)
			return
		}
		// The hub knows the socket before the 101 goes out: from its first frame on it misses nothing.
		ws, err := upgrader.Upgrade(w, r, nil)
		if err != nil {
			h.gone(s)
			return
		}
		s.start(ws)
	})
}

func (h *Hub) allowed(origin []string, strict bool) bool {
	if len(origin) == 0 {
		return !strict
	}
	return len(origin) == 1 && h.origins[origin[0]]
}

// register remembers a socket, unless this node drains.
func (h *Hub) register(s *socket) bool {
	h.opening.RLock()
	defer h.opening.RUnlock()
	if h.draining.Load() {
		return false
	}
	s.hub, s.id = h, h.socketID()
	s.heard.Store(h.tick.Load())
	h.open.Add(1)
	h.wheel.add(s)
	h.obs.SocketOpened(s.role)
	return true
}

// drainSpread is over how long Drain spreads its goodbyes at most, so that those who come back do not do so at once.
const drainSpread = time.Second

// Drain closes this node: no new sockets, to each open one `bye` with a time from retry to twice that, then 1012.
// It returns when all are gone and the store knows, or with an error when ctx ends first. It may be called again.
func (h *Hub) Drain(ctx context.Context, retry time.Duration) error {
	h.retry.Store(int64(retry))
	h.opening.Lock()
	h.draining.Store(true)
	h.opening.Unlock()
	spread := drainSpread
	if end, ok := ctx.Deadline(); ok {
		spread = min(spread, time.Until(end)/4)
	}
	all := h.wheel.all()
	rand.Shuffle(len(all), func(i, j int) { all[i], all[j] = all[j], all[i] })
	const steps = 20
	for step := range slices.Chunk(all, len(all)/steps+1) {
		for _, s := range step {
			h.bye(s)
		}
		pause(ctx, spread/steps)
	}
	done := make(chan struct{})
	go func() { h.open.Wait(); close(done) }()
	var err error
	select {
	case <-done:
	case <-ctx.Done():
		err = errDrain
		h.log.Warn("drained with sockets still open", "reason", "deadline")
		for _, s := range h.wheel.all() {
			s.mu.Lock()
			s.kill()
			s.mu.Unlock()
		}
	}
	h.visits.drain()
	h.cancel()
	return err
}

func pause(ctx context.Context, d time.Duration) {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
	case <-ctx.Done():
	}
}

// bye sends a socket elsewhere.
func (h *Hub) bye(s *socket) {
	retry := max(1, int(time.Duration(h.retry.Load())/time.Second))
	s.mu.Lock()
	s.end(frame.AppendBye(s.begin(), retry+rand.IntN(retry+1)))
	s.close(closeRestart, "bye")
	s.mu.Unlock()
}

var (
	_ routing.Wakes = (*Hub)(nil)
	_ author        = (*youth)(nil)
	_ author        = (*place)(nil)
)
