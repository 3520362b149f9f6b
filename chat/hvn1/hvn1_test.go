package hvn1

import (
	"bytes"
	"crypto/ecdh"
	"encoding/base64"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"errors"
	"os"
	"strings"
	"testing"
)

type vector struct {
	CPriv, CPub, YPriv, YPub string
	Chat, DH, TH, SAS        string
	Epoch                    int
	Y2C, C2Y, KCY, KCC       string
	Messages                 []vectorMessage
}

type vectorMessage struct {
	AAD, CT, ID, Nonce, Text string
	Dir                      byte
	Seq                      int64
}

func (v *vector) UnmarshalJSON(b []byte) error {
	var in struct {
		CPriv    string          `json:"c_priv"`
		CPub     string          `json:"c_pub"`
		YPriv    string          `json:"y_priv"`
		YPub     string          `json:"y_pub"`
		Chat     string          `json:"chat"`
		DH       string          `json:"dh"`
		TH       string          `json:"th"`
		SAS      string          `json:"sas"`
		Epoch    int             `json:"epoch"`
		Y2C      string          `json:"k_y2c"`
		C2Y      string          `json:"k_c2y"`
		KCY      string          `json:"kc_y"`
		KCC      string          `json:"kc_c"`
		Messages []vectorMessage `json:"messages"`
	}
	if err := json.Unmarshal(b, &in); err != nil {
		return err
	}
	*v = vector(in)
	return nil
}

func vectors(t *testing.T) []vector {
	b, err := os.ReadFile("testdata/hvn1.json")
	must(t, err)
	var v []vector
	must(t, json.Unmarshal(b, &v))
	if len(v) != 2 || len(v[0].Messages) != 4 || len(v[1].Messages) != 4 {
		t.Fatalf("%d epochs", len(v))
	}
	return v
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func unhex(t testing.TB, s string) []byte {
	t.Helper()
	b, err := hex.DecodeString(s)
	must(t, err)
	return b
}

func b64(b []byte) string { return base64.RawURLEncoding.EncodeToString(b) }

func parseKey(t *testing.T, scalar string) *Key {
	t.Helper()
	p, err := ecdh.P256().NewPrivateKey(unhex(t, scalar))
	must(t, err)
	return &Key{p}
}

// sessions are both sides of one vector.
func (v *vector) sessions(t *testing.T) (y, c *Session) {
	t.Helper()
	yk := parseKey(t, v.YPriv)
	ck := parseKey(t, v.CPriv)
	if yk.PK() != b64(unhex(t, v.YPub)) || ck.PK() != b64(unhex(t, v.CPub)) {
		t.Fatal("public keys differ")
	}
	chat := b64(unhex(t, v.Chat))
	y, err := NewSession(yk, Youth, chat, v.Epoch, ck.PK())
	must(t, err)
	c, err = NewSession(ck, Counsellor, chat, v.Epoch, yk.PK())
	must(t, err)
	return y, c
}

func TestVectors(t *testing.T) {
	for _, v := range vectors(t) {
		y, c := v.sessions(t)
		dh, err := y.keyAgreement(t, v)
		must(t, err)
		same := func(what string, got []byte, want string) {
			t.Helper()
			if hex.EncodeToString(got) != want {
				t.Errorf("epoch %d: %s %x, want %s", v.Epoch, what, got, want)
			}
		}
		same("dh", dh, v.DH)
		for _, s := range []*Session{y, c} {
			sas := s.SAS()
			same("th", s.th[:], v.TH)
			same("sas", sas[:], v.SAS)
			same("kc_y", s.kcY, v.KCY) // the vectors hold the keys
			same("kc_c", s.kcC, v.KCC)
		}
		if !y.Check(c.Tag()) || !c.Check(y.Tag()) || y.Check(y.Tag()) || c.Check(c.Tag()) {
			t.Errorf("epoch %d: confirmation", v.Epoch)
		}
		for i, m := range v.Messages {
			from, author := Youth, y
			if m.Dir == 1 {
				from, author = Counsellor, c
			}
			id := b64(unhex(t, m.ID))
			aad, err := author.aad(from, Text, m.Seq, id)
			must(t, err)
			same("aad", aad[:], m.AAD)
			sealed, err := author.seal(id, [ivBytes]byte(unhex(t, m.Nonce)), Text, m.Seq, m.Text)
			must(t, err)
			if sealed.CT != b64(unhex(t, m.CT)) {
				t.Errorf("epoch %d, message %d: sealed otherwise", v.Epoch, i)
			}
			for _, reader := range []*Session{y, c} {
				if text, err := reader.Open(from, sealed); err != nil || text != m.Text {
					t.Errorf("epoch %d, message %d: %q, %v", v.Epoch, i, text, err)
				}
			}
		}
	}
}

// keyAgreement is the raw secret, which a Session does not keep.
func (s *Session) keyAgreement(t *testing.T, v vector) ([]byte, error) {
	p, err := parsePoint(b64(unhex(t, v.CPub)))
	must(t, err)
	return parseKey(t, v.YPriv).private.ECDH(p)
}

func pair(t testing.TB, chat string, epoch int) (y, c *Session) {
	t.Helper()
	yk, err := NewKey()
	must(t, err)
	ck, err := NewKey()
	must(t, err)
	y, err = NewSession(yk, Youth, chat, epoch, ck.PK())
	must(t, err)
	c, err = NewSession(ck, Counsellor, chat, epoch, yk.PK())
	must(t, err)
	return y, c
}

func refused(t *testing.T, what string, s *Session, from Side, m Sealed) {
	t.Helper()
	if text, err := s.Open(from, m); !errors.Is(err, ErrOpen) || text != "" {
		t.Errorf("%s: opened as %q, %v", what, text, err)
	}
}

func TestEveryFlippedBitIsRefused(t *testing.T) {
	y, c := pair(t, NewID(), 0)
	m, err := y.Seal(Text, 3, "hoi")
	must(t, err)
	flip := func(what string, field *string) {
		raw, err := base64.RawURLEncoding.DecodeString(*field)
		must(t, err)
		whole := *field
		for i := range raw {
			for bit := range 8 {
				raw[i] ^= 1 << bit
				*field = b64(raw)
				refused(t, what, c, Youth, m)
				raw[i] ^= 1 << bit
			}
		}
		*field = whole
	}
	flip("id", &m.ID)
	flip("iv", &m.IV)
	flip("ct", &m.CT)
	for bit := range 63 {
		other := m
		other.N ^= 1 << bit
		refused(t, "n", c, Youth, other)
	}
	for _, k := range []int{-1, 0, Typing, History, Card, 5, 257} {
		other := m
		other.K = k
		refused(t, "k", c, Youth, other)
	}
	if text, err := c.Open(Youth, m); err != nil || text != "hoi" {
		t.Errorf("%q, %v", text, err)
	}
}

func TestWrongPlaceIsRefused(t *testing.T) {
	yk, _ := NewKey()
	ck, _ := NewKey()
	chat := NewID()
	at := func(key *Key, side Side, chat string, epoch int, pk string) *Session {
		s, err := NewSession(key, side, chat, epoch, pk)
		must(t, err)
		return s
	}
	y, c := at(yk, Youth, chat, 0, ck.PK()), at(ck, Counsellor, chat, 0, yk.PK())
	m, err := y.Seal(Card, 0, `{"card":"danger"}`)
	must(t, err)
	refused(t, "other direction", c, Counsellor, m)
	refused(t, "no direction", c, 0, m)
	for name, s := range map[string]*Session{
		"other epoch": at(ck, Counsellor, chat, 1, yk.PK()),
		"other chat":  at(ck, Counsellor, NewID(), 0, yk.PK()),
		"other sides": at(ck, Youth, chat, 0, yk.PK()),
	} {
		refused(t, name, s, Youth, m)
		if s.Check(y.Tag()) || y.Check(s.Tag()) {
			t.Errorf("%s: confirmed", name)
		}
	}
	mk, _ := NewKey()
	between := at(ck, Counsellor, chat, 0, mk.PK())
	if between.Check(y.Tag()) || between.SAS() == y.SAS() {
		t.Error("somebody between goes unnoticed")
	}
	for _, tag := range []string{"", c.Tag()[1:], c.Tag() + "A", strings.ToLower(c.Tag()), "\n" + c.Tag()[:42]} {
		if y.Check(tag) {
			t.Errorf("tag %q", tag)
		}
	}
}

func TestForeignPoints(t *testing.T) {
	k, _ := NewKey()
	good, err := base64.RawURLEncoding.DecodeString(k.PK())
	must(t, err)
	off := bytes.Clone(good)
	off[64] ^= 1
	big := bytes.Repeat([]byte{255}, 65)
	big[0] = 4
	zero := make([]byte, 65)
	zero[0] = 4
	hybrid := bytes.Clone(good)
	hybrid[0] = 6 | good[64]&1
	compressed := append([]byte{2 | good[64]&1}, good[1:33]...)
	for name, pk := range map[string]string{
		"off the curve": b64(off), "beyond the field": b64(big), "0,0": b64(zero), "infinity": b64([]byte{0}),
		"infinity, long": b64(make([]byte, 65)), "compressed": b64(compressed), "hybrid": b64(hybrid), "empty": "",
		"padded": b64(good) + "=", "longer": b64(append(good, 0)), "a line break": b64(good)[:86] + "\n",
		"bits behind": k.PK()[:86] + string("BFJN"[len(k.PK())%4]),
	} {
		if _, err := NewSession(k, Youth, NewID(), 0, pk); !errors.Is(err, ErrPoint) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := NewSession(k, Youth, "x", 0, k.PK()); !errors.Is(err, ErrID) {
		t.Error(err)
	}
	for _, epoch := range []int{-1, 1 << 32} {
		if _, err := NewSession(k, Youth, NewID(), epoch, k.PK()); err == nil {
			t.Errorf("epoch %d", epoch)
		}
	}
	if _, err := NewSession(k, 'x', NewID(), 0, k.PK()); err == nil {
		t.Error("a third side")
	}
}

func TestPadding(t *testing.T) {
	y, c := pair(t, NewID(), 1<<32-1)
	for _, p := range []struct{ text, size int }{
		{0, 128}, {1, 128}, {126, 128}, {127, 512}, {510, 512}, {511, 2048}, {2046, 2048}, {2047, 8192}, {MaxText, 8192},
	} {
		text := strings.Repeat("x", p.text)
		m, err := y.Seal(Text, 1<<53-1, text)
		must(t, err)
		if got := base64.RawURLEncoding.DecodedLen(len(m.CT)); got != p.size+tagBytes {
			t.Errorf("%d bytes of text sealed as %d, want %d", p.text, got, p.size+tagBytes)
		}
		if got, err := c.Open(Youth, m); err != nil || got != text {
			t.Errorf("%d bytes: %v", p.text, err)
		}
	}
	for _, text := range []string{strings.Repeat("x", MaxText+1), "\xff", strings.Repeat("x", 1<<16)} {
		if _, err := y.Seal(Text, 0, text); !errors.Is(err, ErrText) {
			t.Errorf("%d bytes: %v", len(text), err)
		}
	}
	for _, id := range []string{"", "x", NewID() + "A", NewID()[:21] + "B"} {
		if _, err := y.SealAs(id, Text, 0, ""); !errors.Is(err, ErrID) {
			t.Errorf("id %q: %v", id, err)
		}
	}
	if _, err := y.Seal(Text, -1, ""); err == nil {
		t.Error("a negative count")
	}
}

// A peer that holds the key may still send nonsense inside the seal.
func TestMalformedPadding(t *testing.T) {
	y, c := pair(t, NewID(), 0)
	id := NewID()
	plain := func(size, length int, text string) []byte {
		b := make([]byte, size)
		binary.BigEndian.PutUint16(b, uint16(length))
		copy(b[2:], text)
		return b
	}
	dirty := plain(128, 3, "hoi")
	dirty[127] = 1
	seal := func(b []byte) Sealed {
		aad, err := y.aad(Youth, Text, 0, id)
		must(t, err)
		iv := make([]byte, ivBytes)
		return Sealed{K: Text, ID: id, IV: b64(iv), CT: b64(y.y2c.Seal(nil, iv, b, aad[:]))}
	}
	for name, b := range map[string][]byte{
		"empty": {}, "one byte": {0}, "no padding": plain(5, 3, "hoi"), "127": plain(127, 3, "hoi"), "129": plain(129, 3, "hoi"),
		"16384": plain(16384, 3, "hoi"), "too long": plain(128, 127, ""), "far too long": plain(128, 65535, ""),
		"not zeros": dirty, "text behind the text": plain(128, 2, "hoi"), "not UTF-8": plain(128, 1, "\xff"),
		"half a rune": plain(128, 2, "€"),
	} {
		refused(t, name, c, Youth, seal(b))
	}
	if text, err := c.Open(Youth, seal(plain(512, 3, "hoi"))); err != nil || text != "hoi" {
		t.Errorf("a larger size than needed: %q, %v", text, err)
	}
	m := seal(plain(128, 0, ""))
	m.CT += "\n"
	refused(t, "a line break", c, Youth, m)
	m.CT = ""
	refused(t, "nothing", c, Youth, m)
}

func TestFreshIVs(t *testing.T) {
	y, _ := pair(t, NewID(), 0)
	seen := map[string]bool{}
	for range 100 {
		m, err := y.SealAs("AAAAAAAAAAAAAAAAAAAAAA", Text, 0, "")
		must(t, err)
		if seen[m.IV] {
			t.Fatal("an iv twice")
		}
		seen[m.IV] = true
	}
}

func FuzzOpen(f *testing.F) {
	y, c := pair(f, NewID(), 0)
	m, err := y.Seal(Text, 0, "hoi")
	must(f, err)
	f.Add(m.K, m.N, m.ID, m.IV, m.CT, "x")
	f.Add(4, int64(-1), "", "\n", "=", strings.Repeat("é", 300))
	f.Fuzz(func(t *testing.T, k int, n int64, id, iv, ct, text string) {
		if _, err := c.Open(Youth, Sealed{k, n, id, iv, ct}); err != nil && !errors.Is(err, ErrOpen) {
			t.Error(err)
		}
		if _, err := parsePoint(ct); err != nil && !errors.Is(err, ErrPoint) {
			t.Error(err)
		}
		_ = c.Check(iv)
		_, _ = unpad([]byte(ct))
		sealed, err := y.Seal(k, n, text)
		if err != nil {
			return
		}
		if got, err := c.Open(Youth, sealed); err != nil || got != text {
			t.Errorf("%q became %q, %v", text, got, err)
		}
	})
}

func BenchmarkSeal200(b *testing.B) {
	y, _ := pair(b, NewID(), 0)
	text := strings.Repeat("x", 200)
	b.ReportAllocs()
	for b.Loop() {
		if _, err := y.Seal(Text, 0, text); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkOpen200(b *testing.B) {
	y, c := pair(b, NewID(), 0)
	m, err := y.Seal(Text, 0, strings.Repeat("x", 200))
	must(b, err)
	b.ReportAllocs()
	for b.Loop() {
		if _, err := c.Open(Youth, m); err != nil {
			b.Fatal(err)
		}
	}
}
