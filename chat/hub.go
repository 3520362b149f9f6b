package chat

import (
	"context"
	"errors"
	"hash/maphash"
	"log/slog"
	"strconv"
	"sync"
	"sync/atomic"
	"time"

	"haven/routing"
)

// Hub remembers the open sockets of this node and joins them to the router. It implements routing.Wakes.
type Hub struct {
	cfg     Config
	queue   Queue
	desks   Desk
	tickets Tickets
	obs     Observer
	log     *slog.Logger
	node    string
	origins map[string]bool
	lines   map[string]*routing.Line

	born   time.Time
	ctx    context.Context // of every call to the store, until Drain is over
	cancel context.CancelFunc

	tick     atomic.Int32 // seconds that Run has run
	nextID   atomic.Uint64
	hello    atomic.Pointer[hello]
	board    atomic.Pointer[board]
	boardMu  sync.Mutex // one look at the lines at a time
	stale    chan struct{}
	draining atomic.Bool
	retry    atomic.Int64   // of Drain
	open     sync.WaitGroup // sockets
	opening  sync.RWMutex   // held for reading from the look at draining to open.Add

	wheel  wheel
	work   workers
	looks  int // by the clock alone, which look counts
	visits visits
	// holdTicks is for how long a visit waits for its young person: a place in line, and some more.
	holdTicks int32

	// turns serialises what names a socket the newest, by chat or by counsellor, so that this node's registry and
	// the store agree on which one that is.
	turns [1024]sync.Mutex
	seed  maphash.Seed

	mu     sync.RWMutex
	rooms  map[string]*room
	atDesk map[string]*desk // by counsellor, the newest
}

// New makes the hub of a node. It takes sockets at once; Run keeps them alive.
func New(cfg Config, queue Queue, desks Desk, tickets Tickets, obs Observer) *Hub {
	if cfg.Durations == (routing.Durations{}) {
		cfg.Durations = routing.DefaultDurations()
	}
	if cfg.Now == nil {
		cfg.Now = time.Now
	}
	if cfg.Log == nil {
		cfg.Log = slog.New(slog.DiscardHandler)
	}
	h := &Hub{
		cfg: cfg, queue: queue, desks: desks, tickets: tickets, obs: obs, log: cfg.Log, node: queue.Node(),
		origins: make(map[string]bool), lines: make(map[string]*routing.Line),
		born: time.Now(), stale: make(chan struct{}, 1), seed: maphash.MakeSeed(),
		rooms: make(map[string]*room), atDesk: make(map[string]*desk),
	}
	h.visits.hub, h.visits.held, h.visits.coming = h, make(map[string]*heldVisit), make(map[string]bool)
	h.holdTicks = int32(cfg.Durations.Held/time.Second) + holdMore
	h.ctx, h.cancel = context.WithCancel(context.Background())
	for _, o := range cfg.Origins {
		h.origins[o] = true
	}
	for i := range cfg.Lines {
		h.lines[cfg.Lines[i].Name] = &cfg.Lines[i]
	}
	h.board.Store(newBoard(0, nil))
	h.hello.Store(h.makeHello(h.board.Load()))
	return h
}

// socketID is unique on this node. It counts, and so holds neither a clock nor anything of the caller.
func (h *Hub) socketID() string { return strconv.FormatUint(h.nextID.Add(1), 36) }

// turn is held while a socket becomes the newest of a chat or of a counsellor.
func (h *Hub) turn(name string) *sync.Mutex {
	return &h.turns[maphash.String(h.seed, name)%uint64(len(h.turns))]
}

func (h *Hub) room(chat string) *room {
	h.mu.RLock()
	defer h.mu.RUnlock()
	return h.rooms[chat]
}

// atYouth says whether the young person of a chat has a socket on this node.
func (h *Hub) atYouth(chat string) bool {
	rm := h.room(chat)
	return rm != nil && rm.youth.Load() != nil
}

// enter is the chat's room, made if need be, with what set puts into it.
func (h *Hub) enter(chat string, set func(*room)) *room {
	h.mu.Lock()
	defer h.mu.Unlock()
	rm := h.rooms[chat]
	if rm == nil {
		rm = &room{chat: chat}
		h.rooms[chat] = rm
	}
	set(rm)
	return rm
}

// leave takes a socket out of its room, which goes when it is empty.
func (h *Hub) leave(rm *room, y *youth, p *place) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if y != nil {
		rm.youth.CompareAndSwap(y, nil)
	}
	if p != nil {
		rm.desk.CompareAndSwap(p, nil)
	}
	if rm.youth.Load() == nil && rm.desk.Load() == nil && !rm.gone.Load() {
		rm.gone.Store(true)
		delete(h.rooms, rm.chat)
	}
}

// gone forgets a socket.
func (h *Hub) gone(s *socket) {
	h.wheel.remove(s)
	h.obs.SocketClosed(s.role)
	h.open.Done()
}

func (h *Hub) eachRoom(do func(*room)) {
	h.mu.RLock()
	rooms := make([]*room, 0, len(h.rooms))
	for _, rm := range h.rooms {
		rooms = append(rooms, rm)
	}
	h.mu.RUnlock()
	for _, rm := range rooms {
		do(rm)
	}
}

func (h *Hub) eachDesk(do func(*desk)) {
	h.mu.RLock()
	desks := make([]*desk, 0, len(h.atDesk))
	for _, d := range h.atDesk {
		desks = append(desks, d)
	}
	h.mu.RUnlock()
	for _, d := range desks {
		do(d)
	}
}

// stir has both sides of a room look at their chat.
func (rm *room) stir() {
	if y := rm.youth.Load(); y != nil {
		y.stir()
	}
	if p := rm.desk.Load(); p != nil {
		p.stir()
	}
}

// Deliver implements routing.Wakes.
func (h *Hub) Deliver(d routing.Delivery) {
	if rm := h.room(d.Chat); rm != nil {
		h.forward(rm, d.Chat, d.From, live{e: bodyEpoch(d.Body), seq: d.Seq, prev: d.Prev, body: d.Body})
	}
}

// ChatChanged implements routing.Wakes.
func (h *Hub) ChatChanged(chat string) {
	rm := h.room(chat)
	if rm != nil {
		rm.stir()
	}
	if rm == nil || rm.youth.Load() == nil {
		h.visits.stir(chat)
	}
}

// DeskChanged implements routing.Wakes.
func (h *Hub) DeskChanged(counsellor string) {
	h.mu.RLock()
	d := h.atDesk[counsellor]
	h.mu.RUnlock()
	if d != nil {
		d.stir()
	}
}

// LinesChanged implements routing.Wakes. The lines are looked at every second anyway.
func (h *Hub) LinesChanged() {}

// StoreChanged implements routing.Wakes: everybody hears the new name, and pages resume by themselves. Desks are
// looked at, since theirs may be known no more, or know no more that an offer was accepted.
func (h *Hub) StoreChanged() {
	h.lookNow()
	h.eachDesk(func(d *desk) {
		d.mu.Lock()
		clear(d.settled)
		d.mark()
		d.mu.Unlock()
	})
	go h.forgotten()
}

// forgotten drops sockets that closed and that the store takes to be open: a failover can forget a drop, and a counsellor
// would be rung for somebody who left.
func (h *Hub) forgotten() {
	h.insist(func(ctx context.Context) error {
		open, err := h.queue.Sockets(ctx)
		if len(open) > 0 {
			time.AfterFunc(2*callTimeout, func() { h.dropped(open) }) // those that are being bound are bound by then
		}
		return err
	})
}

// dropped drops those of these sockets that are not here. The drop of one that is not its chat's newest changes nothing.
func (h *Hub) dropped(open map[string]string) {
	for chat, sock := range open {
		if rm := h.room(chat); rm != nil {
			if y := rm.youth.Load(); y != nil && y.id == sock {
				continue
			}
		}
		h.insist(func(ctx context.Context) error { return h.queue.Drop(ctx, chat, sock) })
	}
}

// doubted ends a chat that may have a place though its page was told that it has none: a counsellor would be rung for nobody,
// and no deadline ends what this node seems to hold. Once more a little later, since the call that asked for the place may
// still be on its way when the first of these is answered.
func (h *Hub) doubted(chat string) {
	leave := func(ctx context.Context) error { return h.queue.Leave(ctx, chat) }
	h.work.later(&insist{hub: h, do: func(ctx context.Context) error {
		err := leave(ctx)
		if !away(err) {
			time.AfterFunc(2*callTimeout, func() { h.insist(leave) })
		}
		return err
	}})
}

// knowsStore waits for a moment until this node knows the store by name: whom it lets in before, it could not tell that the
// store was emptied.
func (h *Hub) knowsStore() bool {
	for end := h.since() + callTimeout; h.queue.Store() == ""; {
		select {
		case <-h.ctx.Done():
			return false
		case <-time.After(20 * time.Millisecond):
		}
		if h.since() > end {
			return false
		}
	}
	return true
}

// sure is err, unless it says that there is no such chat before this node knows the store, or before the pages heard that it
// is another one now: what they have would be over.
func (h *Hub) sure(err error) error {
	if store := h.queue.Store(); errors.Is(err, routing.ErrNoChat) && (store == "" || store != h.hello.Load().store) {
		return routing.ErrUnavailable
	}
	return err
}

// Resync implements routing.Wakes.
func (h *Hub) Resync() {
	h.lookNow()
	h.eachDesk((*desk).stir)
	h.eachRoom((*room).stir)
	h.visits.resync()
}

func (h *Hub) lookNow() {
	select {
	case h.stale <- struct{}{}:
	default:
	}
}

// Run pings, renews leases, keeps the lines in view and chats from expiring, until ctx ends. Sockets stay: Drain
// is what closes them, and comes first.
func (h *Hub) Run(ctx context.Context) error {
	var all sync.WaitGroup
	all.Go(func() { every(ctx, time.Second, nil, h.beatWheel) })
	all.Go(func() { every(ctx, deskPing*time.Second, nil, h.renew) })
	all.Go(func() { h.look(); every(ctx, time.Second, h.stale, h.look) })
	all.Go(func() { every(ctx, touchEvery, nil, h.touch) })
	all.Wait()
	return nil
}

// every calls do at each tick, and when now asks, until ctx ends.
func every(ctx context.Context, d time.Duration, now <-chan struct{}, do func()) {
	t := time.NewTicker(d)
	defer t.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-now:
		case <-t.C:
		}
		if ctx.Err() != nil {
			return
		}
		do()
	}
}

func (h *Hub) touch() {
	var chats []string
	h.eachRoom(func(rm *room) { chats = append(chats, rm.chat) })
	if len(chats) == 0 {
		return
	}
	ctx, cancel := context.WithTimeout(h.ctx, touchEvery/10)
	defer cancel()
	if h.queue.Touch(ctx, chats) != nil {
		h.log.Warn("chats were not kept from expiring", "reason", "store_away")
	}
}

// renew renews the leases of all desks that gave a sign of life since the last time.
func (h *Hub) renew() {
	var names []string
	var ponged []*desk
	h.eachDesk(func(d *desk) {
		if d.ponged.Swap(false) {
			names, ponged = append(names, d.name), append(ponged, d)
		}
	})
	if len(names) == 0 {
		return
	}
	ctx, cancel := h.call()
	defer cancel()
	if err := h.desks.Renew(ctx, names); err != nil {
		for _, d := range ponged {
			d.ponged.Store(true) // so that the next round makes up for this one
		}
	}
}

// errDrain is what Drain says when its time ran out.
var errDrain = errors.New("chat: drained with sockets still open")
