package chat

import (
	"encoding/binary"
	"sync"

	"haven/chat/frame"
)

// Opcodes of a final frame, RFC 6455 section 5.2.
const (
	opText  = 0x81
	opClose = 0x88
	opPing  = 0x89
	opPong  = 0x8a
)

// buffer is a pooled run of frames in wire form.
type buffer struct{ b []byte }

var buffers = sync.Pool{New: func() any { return &buffer{b: make([]byte, 0, 1024)} }}

func (b *buffer) free() {
	if cap(b.b) <= 64<<10 {
		b.b = b.b[:0]
		buffers.Put(b)
	}
}

// inbound is a frame on its way in; nothing of it is held while a socket is idle.
type inbound struct {
	b     []byte
	youth frame.Youth
	desk  frame.Desk
}

var inbounds = sync.Pool{New: func() any { return &inbound{b: make([]byte, 0, 2048)} }}

func (in *inbound) free() {
	clear(in.b) // tokens pass through here
	in.b = in.b[:0]
	inbounds.Put(in)
}

// wireHead puts the head of a frame before its payload, which begins four bytes behind mark.
func wireHead(b []byte, mark int, op byte) []byte {
	n := len(b) - mark - 4
	switch {
	case n <= 125:
		copy(b[mark+2:], b[mark+4:])
		b = b[:len(b)-2]
		b[mark], b[mark+1] = op, byte(n)
	case n <= 0xffff:
		b[mark], b[mark+1] = op, 126
		binary.BigEndian.PutUint16(b[mark+2:], uint16(n))
	default:
		b = append(b, 0, 0, 0, 0, 0, 0)
		copy(b[mark+10:], b[mark+4:len(b)-6])
		b[mark], b[mark+1] = op, 127
		binary.BigEndian.PutUint64(b[mark+2:], uint64(n))
	}
	return b
}
