package simulate

import (
	"hash/maphash"
	"math/bits"
	"sync"
)

// seen is a set of forms, of which it keeps two hashes of 64 bits under seeds drawn at the start. Two of n forms have one
// with a probability of n²/2^129: for a hundred million about 10^-23, that a search passes over one state. Shards are open
// tables that grow by two fifths when four of five places are taken, so that a form costs 16 to 30 bytes.
type seen [256]struct {
	sync.Mutex
	slots []hash
	n     int
}

type hash [2]uint64

var seeds = [2]maphash.Seed{maphash.MakeSeed(), maphash.MakeSeed()}

// first says whether a form was not seen before.
func (s *seen) first(form []byte) bool {
	h := hash{maphash.Bytes(seeds[0], form), maphash.Bytes(seeds[1], form)}
	if h == (hash{}) {
		h[0] = 1 // the empty place
	}
	t := &s[h[0]%uint64(len(s))]
	t.Lock()
	defer t.Unlock()
	if t.n*5 >= len(t.slots)*4 {
		old := t.slots
		t.slots = make([]hash, max(16, len(old)*7/5))
		for _, o := range old {
			if o != (hash{}) {
				t.slots[find(t.slots, o)] = o
			}
		}
	}
	i := find(t.slots, h)
	if t.slots[i] == h {
		return false
	}
	t.slots[i] = h
	t.n++
	return true
}

// find is where a hash is or is to be. Its place goes by its size, so that a table grows from front to back.
func find(slots []hash, h hash) int {
	at, _ := bits.Mul64(h[1], uint64(len(slots)))
	for i := int(at); ; i++ {
		if i == len(slots) {
			i = 0
		}
		if slots[i] == h || slots[i] == (hash{}) {
			return i
		}
	}
}
