package staff

import (
	"context"
	"crypto/rand"
	"crypto/subtle"
	"encoding/base64"
	"errors"
	"fmt"
	"strings"
	"time"
	"unicode/utf8"

	"golang.org/x/crypto/argon2"
)

// Cost of a password: argon2id as OWASP asks at least, about 20 MB and 25 ms each.
const (
	costMemory = 19456 // KiB
	costTime   = 2
	costLanes  = 1
	saltSize   = 16
	hashSize   = 32

	atOnce   = 2               // passwords that are worked on at the same time: memory is bounded whoever knocks
	waitMost = 5 * time.Second // for one's turn
)

var errHash = errors.New("staff: an account's hash is malformed")

// hasher works on a few passwords at once.
type hasher struct {
	turns chan struct{}
	dummy string // of a password that nobody knows: unknown names cost what known ones do
}

func newHasher() hasher {
	return hasher{turns: make(chan struct{}, atOnce), dummy: encode(costMemory, costTime, costLanes, random(saltSize), random(hashSize))}
}

func (h hasher) turn(ctx context.Context) error {
	wait := time.NewTimer(waitMost)
	defer wait.Stop()
	select {
	case h.turns <- struct{}{}:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	case <-wait.C:
		return ErrBusy
	}
}

// hash returns `$argon2id$v=19$m=…,t=…,p=…$salt$hash`.
func (h hasher) hash(ctx context.Context, password string) (string, error) {
	if n := utf8.RuneCountInString(password); n < 10 || len(password) > 256 {
		return "", ErrPassword
	}
	if err := h.turn(ctx); err != nil {
		return "", err
	}
	defer func() { <-h.turns }()
	salt := random(saltSize)
	return encode(costMemory, costTime, costLanes, salt, argon2.IDKey([]byte(password), salt, costTime, costMemory, costLanes, hashSize)), nil
}

// verify compares a password with an encoded hash, "" for nobody's; the work is the same.
func (h hasher) verify(ctx context.Context, encoded, password string) (bool, error) {
	nobody := encoded == ""
	if nobody {
		encoded = h.dummy
	}
	memory, passes, lanes, salt, want, err := decode(encoded)
	if err != nil {
		return false, err
	}
	if len(password) > 256 {
		password, nobody = password[:256], true
	}
	if err := h.turn(ctx); err != nil {
		return false, err
	}
	defer func() { <-h.turns }()
	got := argon2.IDKey([]byte(password), salt, passes, memory, lanes, uint32(len(want)))
	return subtle.ConstantTimeCompare(got, want) == 1 && !nobody, nil
}

func encode(memory, passes uint32, lanes uint8, salt, hash []byte) string {
	b64 := base64.RawStdEncoding
	return fmt.Sprintf("$argon2id$v=%d$m=%d,t=%d,p=%d$%s$%s", argon2.Version, memory, passes, lanes,
		b64.EncodeToString(salt), b64.EncodeToString(hash))
}

// decode refuses parameters that would let a record in the store cost without bound.
func decode(encoded string) (memory, passes uint32, lanes uint8, salt, hash []byte, err error) {
	var version int
	var s, h string
	parts := strings.Split(encoded, "$")
	if len(parts) != 6 || parts[0] != "" || parts[1] != "argon2id" {
		return 0, 0, 0, nil, nil, errHash
	}
	if _, err = fmt.Sscanf(parts[2], "v=%d", &version); err != nil || version != argon2.Version {
		return 0, 0, 0, nil, nil, errHash
	}
	if _, err = fmt.Sscanf(parts[3], "m=%d,t=%d,p=%d", &memory, &passes, &lanes); err != nil ||
		memory < 8 || memory > 1<<20 || passes < 1 || passes > 16 || lanes < 1 {
		return 0, 0, 0, nil, nil, errHash
	}
	s, h = parts[4], parts[5]
	if salt, err = base64.RawStdEncoding.DecodeString(s); err != nil || len(salt) < 8 {
		return 0, 0, 0, nil, nil, errHash
	}
	if hash, err = base64.RawStdEncoding.DecodeString(h); err != nil || len(hash) < 16 || len(hash) > 64 {
		return 0, 0, 0, nil, nil, errHash
	}
	return memory, passes, lanes, salt, hash, nil
}

func random(n int) []byte {
	b := make([]byte, n)
	rand.Read(b) // never fails
	return b
}

func secret(n int) string { return base64.RawURLEncoding.EncodeToString(random(n)) }

// NewPassword invents a password of 16 random letters that are hard to mistake for each other, about 79 bits.
func NewPassword() string {
	const letters = "abcdefghjkmnpqrstuvwxyz23456789w" // 32: w stands twice
	b := random(16)
	for i, c := range b {
		b[i] = letters[c%32]
	}
	return string(b[:4]) + "-" + string(b[4:8]) + "-" + string(b[8:12]) + "-" + string(b[12:])
}

// isSecret says whether s could be n random bytes in base64url.
func isSecret(s string, n int) bool {
	b, err := base64.RawURLEncoding.Strict().DecodeString(s)
	return err == nil && len(b) == n && len(s) == base64.RawURLEncoding.EncodedLen(n)
}
