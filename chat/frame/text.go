package frame

import (
	"encoding/binary"
	"math/bits"
	"unicode/utf16"
	"unicode/utf8"
)

const (
	ones  = 0x0101010101010101
	highs = 0x8080808080808080
)

// plain is how many bytes of b, from its start, are text that needs no look: no quote, no backslash, no control,
// nothing beyond ASCII. It goes by eights, since most of a frame is one long string. The lowest byte that is
// flagged is always a true one; borrow can only flag bytes above it.
func plain(b []byte) int {
	i := 0
	for ; i+8 <= len(b); i += 8 {
		x := binary.LittleEndian.Uint64(b[i:])
		q, e := x^(ones*'"'), x^(ones*'\\')
		if m := (x | (x-ones*0x20)&^x | (q-ones)&^q | (e-ones)&^e) & highs; m != 0 {
			return i + bits.TrailingZeros64(m)/8
		}
	}
	for i < len(b) && b[i] >= 0x20 && b[i] < utf8.RuneSelf && b[i] != '"' && b[i] != '\\' {
		i++
	}
	return i
}

// str scans the string that begins at i, its escapes and its UTF-8 included.
func (s *scan) str(i int) (span, int, bool) {
	if !s.is(i, '"') {
		s.fault(whySyntax)
		return span{}, i, false
	}
	i++
	v := span{lo: uint16(i), form: str}
	for {
		i += plain(s.b[i:])
		if i >= len(s.b) {
			s.fault(whySyntax)
			return v, i, false
		}
		switch c := s.b[i]; {
		case c == '"':
			v.hi = uint16(i)
			return v, i + 1, true
		case c == '\\':
			_, n := unescape(s.b[i:])
			if n == 0 {
				s.fault(whySyntax)
				return v, i, false
			}
			v.escaped = true
			i += n
		case c < 0x20:
			s.fault(whySyntax)
			return v, i, false
		default:
			r, n := utf8.DecodeRune(s.b[i:])
			if r == utf8.RuneError && n == 1 {
				s.fault(whyUTF8)
				return v, i, false
			}
			i += n
		}
	}
}

// unescape reads the escape at the start of b, a surrogate pair as one; n is 0 when it is none. A lone surrogate is
// none: it stands for no character, and readers differ on what to make of it.
func unescape(b []byte) (r rune, n int) {
	if len(b) < 2 {
		return 0, 0
	}
	switch b[1] {
	case '"', '\\', '/':
		return rune(b[1]), 2
	case 'b':
		return '\b', 2
	case 'f':
		return '\f', 2
	case 'n':
		return '\n', 2
	case 'r':
		return '\r', 2
	case 't':
		return '\t', 2
	case 'u':
	default:
		return 0, 0
	}
	r, ok := hex4(b)
	if !ok {
		return 0, 0
	}
	if !utf16.IsSurrogate(r) {
		return r, 6
	}
	low, ok := hex4(b[6:])
	if !ok {
		return 0, 0
	}
	if r = utf16.DecodeRune(r, low); r == utf8.RuneError {
		return 0, 0
	}
	return r, 12
}

// hex4 reads \uXXXX at the start of b.
func hex4(b []byte) (r rune, ok bool) {
	if len(b) < 6 || b[0] != '\\' || b[1] != 'u' {
		return 0, false
	}
	for _, c := range b[2:6] {
		r <<= 4
		switch {
		case c >= '0' && c <= '9':
			r |= rune(c - '0')
		case c >= 'a' && c <= 'f':
			r |= rune(c-'a') + 10
		case c >= 'A' && c <= 'F':
			r |= rune(c-'A') + 10
		default:
			return 0, false
		}
	}
	return r, true
}

// bytes is the text of a string: part of the frame itself unless it has escapes.
func (s *scan) bytes(v span) []byte {
	b := s.b[v.lo:v.hi]
	if !v.escaped {
		return b
	}
	out := make([]byte, 0, len(b))
	for i := 0; i < len(b); {
		if b[i] != '\\' {
			out = append(out, b[i])
			i++
			continue
		}
		r, n := unescape(b[i:])
		out = utf8.AppendRune(out, r)
		i += n
	}
	return out
}

// int is the value of an integer from 0 to top.
func (s *scan) int(v span, top int64) (n int64, ok bool) {
	if v.form != num || v.hi-v.lo > 16 { // 2^53-1 has sixteen digits
		return 0, false
	}
	for _, c := range s.b[v.lo:v.hi] {
		n = n*10 + int64(c-'0')
	}
	return n, n <= top
}
