package web

import "sync"

// Sizes of the airlock's buffers. Most heads fit the small one, so a connection that has sent nothing yet holds
// little; the large one is the limit of a request head. slack is what a rewritten head may be longer than it came:
// a space per header and "Connection: close".
const (
	headSmall = 2 << 10
	headMost  = 16 << 10
	slack     = 256
)

// buffer is a piece of pooled memory that held what somebody sent. release wipes all of it before anybody else can
// get it, and before the garbage collector could leave it lying.
type buffer struct {
	b    []byte // len is the whole capacity
	pool *sync.Pool
}

var smallBuffers, largeBuffers sync.Pool

func init() {
	for pool, size := range map[*sync.Pool]int{
		&smallBuffers: headSmall + slack, &largeBuffers: headMost + slack,
	} {
		pool.New = func() any { return &buffer{b: make([]byte, size), pool: pool} }
	}
}

// take returns a wiped buffer that holds size bytes and slack.
func take(size int) *buffer {
	if size <= headSmall {
		return smallBuffers.Get().(*buffer)
	}
	return largeBuffers.Get().(*buffer)
}

func (b *buffer) release() {
	clear(b.b)
	if wiped != nil {
		wiped(b.b)
	}
	b.pool.Put(b)
}

// wiped lets a test look at each buffer as it goes back; nil outside tests.
var wiped func([]byte)
