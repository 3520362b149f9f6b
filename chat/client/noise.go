package client

import (
	"crypto/rand"
	"encoding/base64"
	"encoding/binary"
	"strings"
)

// unsealedTag stands where a key confirmation would.
var unsealedTag = strings.Repeat("A", 43)

// sizes are those of a padded and sealed text.
var sizes = [...]int{128 + 16, 512 + 16, 2048 + 16, 8192 + 16}

// noises are random bytes for each size, drawn once: what is measured without sealing is not the random generator.
var noises = func() (all [len(sizes)][]byte) {
	for i, n := range sizes {
		b := make([]byte, n)
		rand.Read(b)
		all[i] = base64.RawURLEncoding.AppendEncode(nil, b)
	}
	return all
}()

// noise is what an unsealed message has as iv, written to room, and ct.
func noise(room []byte, m *Message) (iv, ct []byte) {
	var count [12]byte
	binary.BigEndian.PutUint64(count[4:], uint64(m.n))
	base64.RawURLEncoding.Encode(room, count[:])
	size := max(m.Size, len(m.Text))
	for i, n := range sizes {
		if size <= n-16-2 {
			return room, noises[i]
		}
	}
	return room, noises[len(noises)-1]
}
