package chat

import (
	"bytes"
	"context"
	"errors"
	"sync"
	"sync/atomic"
	"time"

	"haven/chat/frame"
	"haven/routing"
)

// room is a chat that has a socket on this node.
type room struct {
	chat  string
	youth atomic.Pointer[youth]
	desk  atomic.Pointer[place]
	// gone is set when the room left the registry: whoever still holds it asks the registry again.
	gone atomic.Bool
	// talked is when the chat was first assigned, as far as this node saw; Hub.since plus one, 0 for never.
	talked atomic.Int64
}

// author is the socket that a message came from.
type author interface {
	// settle is told how it went. For one chat it is called in the order of the messages.
	settle(a *routing.Append, n int64)
}

// relayed is a message on its way to the store, and then to the other side.
type relayed struct {
	routing.Append
	n      int64  // as its author counts
	store  string // life of the store in which its author stood
	hub    *Hub
	room   *room
	author author
}

var relays sync.Pool

func newRelayed() *relayed {
	if r, ok := relays.Get().(*relayed); ok {
		return r
	}
	r := new(relayed)
	r.Done = r.done // once: a method value is an allocation
	return r
}

// relay hands a message to the store. The socket has been admitted; its author is told what t says.
func (h *Hub) relay(by author, rm *room, from routing.Side, owner string, t told, f *frame.Inbound) {
	r := newRelayed()
	r.hub, r.room, r.author = h, rm, by
	r.Chat, r.From, r.Owner, r.E, r.ID, r.Typing = rm.chat, from, owner, f.E, f.ID, f.K == frame.Typing
	r.Known, r.Last, r.store, r.n = t.known(), t.last, t.store, f.N
	r.Body = f.AppendBody(r.Body[:0], byte(from))
	r.Seq, r.Prev, r.Dup, r.Err = 0, 0, false, nil
	h.queue.Append(&r.Append)
}

// done runs on a goroutine of the router and only queues. What was kept by a store that has begun another life since is
// not acked: the author's page counts on it no more, and an ack behind the news would have it never sent again.
func (r *relayed) done(a *routing.Append) {
	if a.Err == nil && r.store != r.hub.queue.Store() {
		a.Err = routing.ErrUnavailable
	}
	r.author.settle(a, r.n)
	if a.Err == nil {
		r.hub.forward(r.room, a.Chat, a.From, live{e: a.E, seq: a.Seq, prev: a.Prev, dup: a.Dup, body: a.Body})
	}
	r.hub, r.room, r.author = nil, nil, nil
	relays.Put(r)
}

// live is a message that was just stored, or typing with seq 0.
type live struct {
	e         int
	seq, prev int64
	dup       bool
	body      []byte
}

// forward hands a message to the other side's socket if it is on this node. A socket that is bound after the look
// here catches up from the log.
func (h *Hub) forward(rm *room, chat string, from routing.Side, m live) {
	if rm.gone.Load() {
		if rm = h.room(chat); rm == nil {
			return
		}
	}
	if from == routing.Counsellor {
		if y := rm.youth.Load(); y != nil {
			y.deliver(rm, m)
		}
	} else if p := rm.desk.Load(); p != nil {
		p.deliver(m)
	}
}

// gap is a message that the store did not take, for whatever reason: a failover can undo what stood in its way. What its
// author wrote behind it is not taken before it comes again, or it would be shown first. An author who gives it up is
// held back for a moment only.
type gap struct {
	code  string // that it was answered with, "" where there is none
	e     int
	n     int64
	since time.Duration // Hub.since
}

const gapTime = 10 * time.Second

// failed notes a message that was not kept.
func (g *gap) failed(code string, e int, n int64, now time.Duration) {
	if g.code == "" || e != g.e || n < g.n {
		*g = gap{code, e, n, now}
	}
}

// before is what a message is answered with that is to wait for the one that failed, "" when it need not.
func (g *gap) before(e int, n int64, now time.Duration) string {
	if e != g.e || n <= g.n || now-g.since > gapTime {
		g.code = ""
	}
	return g.code
}

// before is what a message is answered with at once, "" for the store to judge.
func (h *Hub) before(t *told, f *frame.Inbound) string {
	if t.store != h.queue.Store() {
		return frame.CodeUnavailable // its page is about to resume in the other life
	}
	return t.gap.before(f.E, f.N, h.since())
}

// told is what one socket has been told of one chat.
type told struct {
	store string        // life of the store in which it stands: in another one the page resumes before anything is kept
	phase routing.Phase // 0 for nothing yet
	e     int           // newest epoch, -1 before the first
	tag   string        // the other side's key confirmation of e
	seen  int64         // every message of the other side up to here
	peer  int64         // the newest message of the other side that it was told, or that its page claims to have
	own   int64         // of its own messages those up to here belong to the replay that it asked for
	// The newest run of its own messages that were acked, without a gap: behind seen they need no look either, so
	// that a look does not bring back all that was said to somebody who is silent.
	ackedFrom, acked int64
	last             string // id of the newest that was acked
	// torn: the store forgot some of what this socket was told, and counts anew from there (a failover). No message and no
	// seq is told until its page heard of the other life and resumes: it would take them for what it has.
	torn    bool
	claimed int64  // seen, as its page said when it resumed
	read    int64  // the other side has shown up to here
	hand    string // the handover that was told of and is open, as far as this side knows
	agreed  bool   // and that the young person said yes to it
	over    string // the one that this side said no to, or took back, last: a look under way may still find it open
	ended   bool
	gap     gap
}

// What to do with a live message.
const (
	liveSend = iota
	liveDrop // it has it, or it is typing that came at a bad moment
	liveLook // something is missing before it: look at the log
)

// live decides on a message while the socket is up to date, or else busy being brought up to date.
func (t *told) live(m live, busy bool) int {
	ready := !busy && m.e == t.e && t.tag != ""
	switch {
	case t.ended || t.torn:
		return liveDrop
	case m.seq > 0 && m.seq <= t.seen:
		t.torn = m.seq > t.peer // in this place stands one of its own
		return liveDrop
	case m.seq == 0:
		if ready {
			return liveSend
		}
		return liveDrop
	case !ready || m.dup || m.prev > t.seen:
		return liveLook
	}
	t.peer = m.seq
	t.saw(m.seq)
	return liveSend
}

// stands is what a store that forgot nothing has of a chat: the newest message of this side and of the other.
type stands struct{ own, peer int64 }

// stands is what this socket knows the store to have.
func (t *told) stands() stands {
	s := stands{own: t.acked}
	if t.peer > t.claimed {
		s.peer = t.peer
	}
	return s
}

// holds compares what was known when a look began with what it found.
func (t *told) holds(s stands, own, peer int64) { t.torn = t.torn || own < s.own || peer < s.peer }

// known is the highest seq that the store is known to have had, by what this socket was told; what a page claims to
// have seen is no proof.
func (t *told) known() int64 {
	n := max(t.own, t.acked)
	if t.seen > t.claimed {
		n = max(n, t.seen)
	}
	return n
}

// saw notes that every message of the other side up to seq was told.
func (t *told) saw(seq int64) {
	t.seen = max(t.seen, seq)
	if t.ackedFrom <= t.seen+1 {
		t.seen = max(t.seen, t.acked)
	}
}

// kept notes that a message of its own was acked.
func (t *told) kept(seq int64, id string) {
	if seq > t.acked {
		t.last = id
	}
	if seq == t.acked+1 {
		t.acked = seq
	} else if seq > t.acked {
		t.ackedFrom, t.acked = seq, seq
	}
	t.saw(0)
}

// replay says whether a message of a log's page is still to be sent to the side whose socket this is, and notes it.
func (t *told) replay(m *routing.Stored, side routing.Side) bool {
	if m.Seq <= t.seen {
		return false
	}
	if bodyFrom(m.Body) == side {
		return m.Seq <= t.own
	}
	t.peer = m.Seq
	return true
}

// back is what a socket is told of a chat of which its page has everything up to after, or need not have it, where own is the
// highest seq.
func back(store string, after, own int64) told {
	return told{store: store, e: -1, seen: after, peer: after, claimed: after, own: own}
}

// bodyFrom and bodyEpoch read what frame.AppendBody wrote: `"from":"y","e":12,`….
func bodyFrom(body []byte) routing.Side {
	if len(body) < 9 {
		return 0
	}
	return routing.Side(body[8])
}

func bodyEpoch(body []byte) int {
	const head = len(`"from":"y","e":`)
	end := bytes.IndexByte(body[min(head, len(body)):], ',')
	if end < 1 {
		return -1
	}
	e := 0
	for _, c := range body[head : head+end] {
		if c < '0' || c > '9' || e > frame.MaxEpoch {
			return -1
		}
		e = e*10 + int(c-'0')
	}
	return e
}

// codeOf is the code of an error frame for what the router said. Whatever it does not name means that nothing is
// known to be done.
func codeOf(err error) string {
	switch {
	case errors.Is(err, routing.ErrNoChat):
		return frame.CodeNoChat
	case errors.Is(err, routing.ErrStaleEpoch):
		return frame.CodeStaleEpoch
	case errors.Is(err, routing.ErrNoOffer):
		return frame.CodeNoOffer
	case errors.Is(err, routing.ErrNotNow):
		return frame.CodeNotNow
	case errors.Is(err, routing.ErrSlowDown):
		return frame.CodeSlowDown
	}
	return frame.CodeUnavailable
}

// away says that the store did not answer, so that the call is worth another try.
func away(err error) bool {
	return err != nil && codeOf(err) == frame.CodeUnavailable
}

// call is the context of one call to the store.
func (h *Hub) call() (context.Context, context.CancelFunc) {
	return context.WithTimeout(h.ctx, callTimeout)
}

// since is the time since the hub was made, on the monotonic clock.
func (h *Hub) since() time.Duration { return time.Since(h.born) }
