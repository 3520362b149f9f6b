package load

import (
	"crypto/rand"
	"encoding/base64"
	"encoding/binary"
	"math/bits"
	"sync"
)

// flow is one direction of one chat: what was sent, acked and delivered. The id of its message i is eight random
// bytes of the flow and then i, so that what arrives says by itself where it belongs and what is missing before it.
type flow struct {
	order  sync.Mutex // held from next to the sending of what it opened; before mu and the socket's
	mu     sync.Mutex
	name   [8]byte
	sent   uint64 // messages so far
	acked  bitset
	had    bitset
	last   uint64 // one above the highest that was delivered
	wild   int64  // delivered after a later one
	twice  int64
	open   []mark // of the messages from base on
	base   uint64
	strays int64 // delivered here and of another flow
}

// mark is a message that is under way.
type mark struct {
	due         int64 // in ns since the driver's start; see driver.now
	acked, here bool
}

func newFlow() *flow {
	f := &flow{}
	rand.Read(f.name[:])
	return f
}

// next opens the next message, due at that time, and gives its id.
func (f *flow) next(due int64) string {
	f.mu.Lock()
	i := f.sent
	f.sent++
	f.open = append(f.open, mark{due: due})
	f.mu.Unlock()
	var id [16]byte
	copy(id[:], f.name[:])
	binary.BigEndian.PutUint64(id[8:], i)
	return base64.RawURLEncoding.EncodeToString(id[:])
}

// index reads an id; ok is false for one that this flow never sent.
func (f *flow) index(id []byte) (i uint64, ok bool) {
	var b [16]byte
	if len(id) != 22 {
		return 0, false
	}
	if n, err := base64.RawURLEncoding.Decode(b[:], id); n != 16 || err != nil || [8]byte(b[:8]) != f.name {
		return 0, false
	}
	i = binary.BigEndian.Uint64(b[8:])
	return i, i < f.sent
}

// ack notes that a message is kept. It gives when it was due, and whether it is through: delivered too.
func (f *flow) ack(id string) (due int64, through bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	i, ok := f.index([]byte(id))
	if !ok {
		f.strays++
		return -1, false
	}
	f.acked.set(i)
	return f.mark(i, func(m *mark) { m.acked = true })
}

// deliver notes that a message arrived, and gives what ack gives; due is -1 where it should not have.
func (f *flow) deliver(id []byte) (due int64, through bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	i, ok := f.index(id)
	switch {
	case !ok:
		f.strays++
		return -1, false
	case f.had.has(i):
		f.twice++
		return -1, false
	case i < f.last:
		f.wild++
	default:
		f.last = i + 1
	}
	f.had.set(i)
	return f.mark(i, func(m *mark) { m.here = true })
}

func (f *flow) mark(i uint64, do func(*mark)) (due int64, through bool) {
	if i < f.base {
		return -1, false
	}
	m := &f.open[i-f.base]
	do(m)
	due, through = m.due, m.acked && m.here
	done := 0
	for done < len(f.open) && f.open[done].acked && f.open[done].here {
		done++
	}
	f.base += uint64(done)
	f.open = f.open[:copy(f.open, f.open[done:])]
	return due, through
}

// Tally is the outcome of a history. Lost, Doubled, Disordered and Strayed must be 0.
type Tally struct {
	Sent       int64 `json:"sent"`
	Acked      int64 `json:"acked"`
	Delivered  int64 `json:"delivered"`
	Lost       int64 `json:"lost"`       // acked and never delivered
	Doubled    int64 `json:"doubled"`    // delivered twice
	Disordered int64 `json:"disordered"` // delivered after a later one
	Strayed    int64 `json:"strayed"`    // acked or delivered where it was not sent
	Unanswered int64 `json:"unanswered"` // sent and never acked, which promises nothing
}

// Bad reports whether the history breaks a promise.
func (t Tally) Bad() bool { return t.Lost+t.Doubled+t.Disordered+t.Strayed != 0 }

func (f *flow) tally(t *Tally) {
	f.mu.Lock()
	defer f.mu.Unlock()
	t.Sent += int64(f.sent)
	t.Acked += f.acked.count(nil)
	t.Delivered += f.had.count(nil)
	t.Lost += f.acked.count(f.had)
	t.Doubled += f.twice
	t.Disordered += f.wild
	t.Strayed += f.strays
	t.Unanswered += int64(f.sent) - f.acked.count(nil)
}

func (f *flow) underway() int {
	f.mu.Lock()
	defer f.mu.Unlock()
	return len(f.open)
}

type bitset []uint64

func (b *bitset) set(i uint64) {
	for uint64(len(*b)) <= i/64 {
		*b = append(*b, 0)
	}
	(*b)[i/64] |= 1 << (i % 64)
}

func (b bitset) has(i uint64) bool { return i/64 < uint64(len(b)) && b[i/64]&(1<<(i%64)) != 0 }

// count is how many are in b and not in without.
func (b bitset) count(without bitset) (n int64) {
	for i, w := range b {
		if i < len(without) {
			w &^= without[i]
		}
		n += int64(bits.OnesCount64(w))
	}
	return n
}
