package hvn1

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"unicode/utf8"
)

// Side is an end of a chat, as the field "from" of a message has it.
type Side byte

// The two ends.
const (
	Youth      Side = 'y'
	Counsellor Side = 'c'
)

// dir is the byte of the AAD that says which way a message goes.
func (s Side) dir() byte {
	if s == Youth {
		return 0
	}
	return 1
}

// Kinds of message, as the field "k" has them.
const (
	Text    = 1
	Typing  = 2
	History = 3
	Card    = 4
)

const (
	label    = "haven/e2ee/1 P256-HKDF-SHA256-AES256GCM"
	magic    = "HVN1"
	suite    = 1
	aadBytes = 4 + 1 + 1 + 1 + 4 + 8 + 16 + 16
	ivBytes  = 12
	tagBytes = 16

	// MaxText is the longest text of one message, in bytes of UTF-8.
	MaxText = 8192 - 2
)

// paddings are the sizes of a padded plaintext: a length would tell much about short answers.
var paddings = [...]int{128, 512, 2048, 8192}

var (
	// ErrOpen is the one error for a message that does not open, whatever the cause.
	ErrOpen = errors.New("hvn1: does not open")
	// ErrText is the error for a text that cannot be sealed: too long, or not UTF-8.
	ErrText = errors.New("hvn1: no text to seal")
	// ErrID is the error for a chat or message id that is not 16 bytes in base64url.
	ErrID = errors.New("hvn1: not an id")
)

// Sealed is a message as its frame carries it: K, and N which counts from 0 per side and epoch, in the clear but
// covered by the seal; ID, IV and CT in base64url.
type Sealed struct {
	K          int
	N          int64
	ID, IV, CT string
}

// Session is one epoch of one chat. It may be used from several goroutines.
type Session struct {
	side     Side
	chat     [16]byte
	epoch    uint32
	y2c, c2y cipher.AEAD
	kcY, kcC []byte // key confirmation
	th       [sha256.Size]byte
	sas      [5]byte
}

// NewSession derives what key and the other side's pk make of that epoch of that chat; side is whose key it is.
// Errors are ErrPoint, ErrID, or that the epoch does not fit 32 bits.
func NewSession(key *Key, side Side, chat string, epoch int, pk string) (*Session, error) {
	point, err := parsePoint(pk)
	if err != nil {
		return nil, err
	}
	id, ok := decode(chat, 16)
	if !ok {
		return nil, ErrID
	}
	if side != Youth && side != Counsellor || epoch < 0 || int64(epoch) > 1<<32-1 {
		return nil, fmt.Errorf("hvn1: side %q, epoch %d", byte(side), epoch)
	}
	secret, err := key.private.ECDH(point)
	if err != nil {
		return nil, ErrPoint
	}
	s := &Session{side: side, chat: [16]byte(id), epoch: uint32(epoch)}
	y, c := key.private.PublicKey().Bytes(), point.Bytes()
	if side == Counsellor {
		y, c = c, y
	}
	return s, s.derive(secret, y, c)
}

func (s *Session) derive(secret, y, c []byte) error {
	var b []byte
	lp := func(x []byte) {
		b = binary.BigEndian.AppendUint16(b, uint16(len(x)))
		b = append(b, x...)
	}
	lp([]byte(label))
	lp(s.chat[:])
	lp(binary.BigEndian.AppendUint32(nil, s.epoch))
	lp(y)
	lp(c)
	s.th = sha256.Sum256(b)
	prk, err := hkdf.Extract(sha256.New, secret, s.th[:])
	if err != nil {
		return fmt.Errorf("hvn1: derive: %w", err)
	}
	expand := func(name string, n int) []byte {
		out, e := hkdf.Expand(sha256.New, prk, label+" "+name, n)
		if e != nil && err == nil {
			err = fmt.Errorf("hvn1: derive: %w", e)
		}
		return out
	}
	aead := func(name string) cipher.AEAD {
		block, e := aes.NewCipher(expand(name, 32))
		if e != nil {
			err = errors.Join(err, e)
			return nil
		}
		a, e := cipher.NewGCM(block)
		err = errors.Join(err, e)
		return a
	}
	s.y2c, s.c2y = aead("y2c"), aead("c2y")
	s.kcY, s.kcC = expand("kc-y", 32), expand("kc-c", 32)
	copy(s.sas[:], expand("sas", 5))
	return err
}

// Tag is this side's key confirmation, for its first frame.
func (s *Session) Tag() string { return encoding.EncodeToString(s.tag(s.side)) }

// Check reports in constant time whether tag is the other side's key confirmation. Where it is not, somebody stands
// between: the chat stops, and both are told.
func (s *Session) Check(tag string) bool {
	got, ok := decode(tag, sha256.Size)
	peer := Youth
	if s.side == Youth {
		peer = Counsellor
	}
	return ok && hmac.Equal(got, s.tag(peer))
}

func (s *Session) tag(of Side) []byte {
	key := s.kcY
	if of == Counsellor {
		key = s.kcC
	}
	mac := hmac.New(sha256.New, key)
	mac.Write(s.th[:])
	return mac.Sum(nil)
}

// SAS is the same on both sides exactly if nobody stands between, for two people who can compare it by another way.
func (s *Session) SAS() [5]byte { return s.sas }

// NewID makes the id of a message, chat or other thing: 16 random bytes in base64url.
func NewID() string {
	var b [16]byte
	rand.Read(b[:]) // never fails: crypto/rand ends the program instead
	return encoding.EncodeToString(b[:])
}

// Seal seals text as message n of this side under a fresh id. Errors are ErrText and ErrID.
func (s *Session) Seal(k int, n int64, text string) (Sealed, error) {
	return s.SealAs(NewID(), k, n, text)
}

// SealAs seals under an id that the message had before, as after an epoch that went stale.
func (s *Session) SealAs(id string, k int, n int64, text string) (Sealed, error) {
	var iv [ivBytes]byte
	rand.Read(iv[:]) // never a counter: a duplicated tab copies counters
	return s.seal(id, iv, k, n, text)
}

func (s *Session) seal(id string, iv [ivBytes]byte, k int, n int64, text string) (Sealed, error) {
	aad, err := s.aad(s.side, k, n, id)
	if err != nil {
		return Sealed{}, err
	}
	plain, err := pad(text)
	if err != nil {
		return Sealed{}, err
	}
	ct := s.aead(s.side).Seal(plain[:0], iv[:], plain, aad[:])
	return Sealed{K: k, N: n, ID: id, IV: encoding.EncodeToString(iv[:]), CT: encoding.EncodeToString(ct)}, nil
}

// Open opens a message of either side: a replay holds both. Its error is ErrOpen.
func (s *Session) Open(from Side, m Sealed) (string, error) {
	if from != Youth && from != Counsellor {
		return "", ErrOpen
	}
	aad, err := s.aad(from, m.K, m.N, m.ID)
	if err != nil {
		return "", ErrOpen
	}
	iv, ok := decode(m.IV, ivBytes)
	if !ok {
		return "", ErrOpen
	}
	ct, ok := decode(m.CT, encoding.DecodedLen(len(m.CT)))
	if !ok {
		return "", ErrOpen
	}
	plain, err := s.aead(from).Open(nil, iv, ct, aad[:])
	if err != nil {
		return "", ErrOpen
	}
	return unpad(plain)
}

func (s *Session) aead(from Side) cipher.AEAD {
	if from == Youth {
		return s.y2c
	}
	return s.c2y
}

func (s *Session) aad(from Side, k int, n int64, id string) (aad [aadBytes]byte, err error) {
	message, ok := decode(id, 16)
	if !ok || k < Text || k > Card || n < 0 {
		return aad, ErrID
	}
	copy(aad[:4], magic)
	aad[4], aad[5], aad[6] = suite, byte(k), from.dir()
	binary.BigEndian.PutUint32(aad[7:], s.epoch)
	binary.BigEndian.PutUint64(aad[11:], uint64(n))
	copy(aad[19:], s.chat[:])
	copy(aad[35:], message)
	return aad, nil
}

// pad is the length, the text and zeros up to a size that many texts share, with room for the tag.
func pad(text string) ([]byte, error) {
	if !utf8.ValidString(text) {
		return nil, ErrText
	}
	for _, size := range paddings {
		if 2+len(text) <= size {
			b := make([]byte, size, size+tagBytes)
			binary.BigEndian.PutUint16(b, uint16(len(text)))
			copy(b[2:], text)
			return b, nil
		}
	}
	return nil, ErrText
}

// unpad takes any of the sizes, also a larger one than the text needs, and nothing but zeros behind the text.
func unpad(b []byte) (string, error) {
	fits := false
	for _, size := range paddings {
		fits = fits || len(b) == size
	}
	if !fits {
		return "", ErrOpen
	}
	n := int(binary.BigEndian.Uint16(b))
	if 2+n > len(b) {
		return "", ErrOpen
	}
	for _, c := range b[2+n:] {
		if c != 0 {
			return "", ErrOpen
		}
	}
	if text := string(b[2 : 2+n]); utf8.ValidString(text) {
		return text, nil
	}
	return "", ErrOpen
}
