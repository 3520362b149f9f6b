package hvn1

import (
	"crypto/ecdh"
	"crypto/rand"
	"encoding/base64"
	"errors"
	"fmt"
)

// ErrPoint is the error for a public key that is no uncompressed point of P-256 other than infinity, in canonical
// base64url.
var ErrPoint = errors.New("hvn1: not a point of the curve")

// encoding refuses bits behind the last byte; decode refuses the line breaks that it would skip.
var encoding = base64.RawURLEncoding.Strict()

// decode reads exactly n bytes in canonical base64url.
func decode(s string, n int) ([]byte, bool) {
	if len(s) != encoding.EncodedLen(n) {
		return nil, false
	}
	b, err := encoding.DecodeString(s)
	return b, err == nil && len(b) == n
}

// Key is one side's key pair of one chat. It is made anew for each chat and lives no longer.
type Key struct{ private *ecdh.PrivateKey }

// NewKey makes a key pair.
func NewKey() (*Key, error) {
	p, err := ecdh.P256().GenerateKey(rand.Reader)
	if err != nil {
		return nil, fmt.Errorf("hvn1: new key: %w", err)
	}
	return &Key{p}, nil
}

// PK is the public key as frames carry it: the uncompressed point, 65 bytes, in base64url.
func (k *Key) PK() string { return encoding.EncodeToString(k.private.PublicKey().Bytes()) }

func parsePoint(pk string) (*ecdh.PublicKey, error) {
	b, ok := decode(pk, 65)
	if !ok || b[0] != 4 {
		return nil, ErrPoint
	}
	p, err := ecdh.P256().NewPublicKey(b)
	if err != nil {
		return nil, ErrPoint
	}
	return p, nil
}
