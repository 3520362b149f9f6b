package frame

import (
	"strconv"
	"unicode/utf8"
)

// appendString appends s as a JSON string. What is not UTF-8 becomes U+FFFD: no frame may be refused by its
// reader for what a configuration or a slip holds.
func appendString(dst []byte, s string) []byte {
	const digits = "0123456789abcdef"
	dst = append(dst, '"')
	for i := 0; i < len(s); {
		switch c := s[i]; {
		case c == '"' || c == '\\':
			dst = append(dst, '\\', c)
			i++
		case c == '\n':
			dst = append(dst, '\\', 'n')
			i++
		case c < 0x20 || c == 0x7f:
			dst = append(dst, '\\', 'u', '0', '0', digits[c>>4], digits[c&15])
			i++
		case c < utf8.RuneSelf:
			dst = append(dst, c)
			i++
		default:
			r, n := utf8.DecodeRuneInString(s[i:])
			dst = utf8.AppendRune(dst, r)
			i += n
		}
	}
	return append(dst, '"')
}

func appendStrings(dst []byte, list []string) []byte {
	dst = append(dst, '[')
	for i, s := range list {
		if i > 0 {
			dst = append(dst, ',')
		}
		dst = appendString(dst, s)
	}
	return append(dst, ']')
}

func appendInt(dst []byte, n int64) []byte { return strconv.AppendInt(dst, n, 10) }

// Members of an object after its first: each begins with a comma. name must need no escape.

func member(dst []byte, name string) []byte {
	dst = append(dst, ',', '"')
	dst = append(dst, name...)
	return append(dst, '"', ':')
}

func memberString(dst []byte, name, s string) []byte { return appendString(member(dst, name), s) }

// memberRaw is memberString for what is known to need no escape: base64url and words of closed sets.
func memberRaw(dst []byte, name, s string) []byte {
	dst = append(member(dst, name), '"')
	dst = append(dst, s...)
	return append(dst, '"')
}

// memberAny leaves out an empty string.
func memberAny(dst []byte, name, s string) []byte {
	if s == "" {
		return dst
	}
	return memberString(dst, name, s)
}

func memberInt(dst []byte, name string, n int64) []byte { return appendInt(member(dst, name), n) }

func memberBool(dst []byte, name string, b bool) []byte {
	return strconv.AppendBool(member(dst, name), b)
}

// open begins a frame.
func open(dst []byte, t Type) []byte {
	dst = append(dst, `{"t":"`...)
	dst = append(dst, t.String()...)
	return append(dst, '"')
}

// openChat begins a frame of the desk that is about one chat.
func openChat(dst []byte, t Type, chat string) []byte { return memberRaw(open(dst, t), "chat", chat) }
