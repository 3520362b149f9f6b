package frame

// key is a field name that some inbound frame has.
type key uint8

const (
	kT key = iota
	kChat
	kE
	kN
	kID
	kK
	kIV
	kCT
	kSeq
	kTag
	kAfter
	kLine
	kPK
	kLang
	kTopic
	kUrgent
	kCampaign
	kChannel
	kReturn
	kToken
	kOn
	kOffer
	kYes
	kHistory
	kTicket
	kCapacity
	kTo
	kName
	kReason
	kKind
	kOutcome
	kParent
	kHeavy
	kReferral
	kForS
	kSlip
	kFrom // of no inbound frame; Hot reads it
	keys  // how many; at most 64, for set
)

var keyNames = [keys]string{
	"t", "chat", "e", "n", "id", "k", "iv", "ct", "seq", "tag", "after", "line", "pk", "lang", "topic", "urgent",
	"campaign", "channel", "return", "token", "on", "offer", "yes", "history", "ticket", "capacity", "to", "name",
	"reason", "kind", "outcome", "parent", "heavy", "referral", "for_s", "slip", "from",
}

// keyOf avoids a map: it runs for every field of every message.
func keyOf(b []byte) key {
	for k := range keys {
		if n := keyNames[k]; len(n) == len(b) && n == string(b) {
			return k
		}
	}
	return keys
}

// set is a set of keys.
type set uint64

func of(ks ...key) (s set) {
	for _, k := range ks {
		s |= 1 << k
	}
	return s
}

func (s set) has(k key) bool { return s&(1<<k) != 0 }

// form is the JSON form of a value, as far as frames have it.
type form uint8

const (
	other form = iota // null, an array, a number that is no integer from 0: never right
	str
	num
	yes
	no
	obj
)

// span is where a value stands in the frame: a string without its quotes, an object with its braces.
// Sixteen bits are enough for MaxFrame; small spans keep the scan on a goroutine's first stack.
type span struct {
	lo, hi  uint16
	form    form
	escaped bool
}

// scan is one pass over one object. After a fault that leaves the syntax whole it goes on, only to learn what an
// error frame should answer to.
type scan struct {
	b   []byte
	got set
	at  [keys]span
	why string // the first fault
	lax bool   // unknown fields are no fault
}

func (s *scan) fault(why string) {
	if s.why == "" {
		s.why = why
	}
}

const (
	whySyntax  = "not one flat JSON object"
	whyUTF8    = "not UTF-8"
	whyLong    = "too long"
	whyTwice   = "a field twice"
	whyUnknown = "a field that this type does not have"
	whyMissing = "a field is missing"
	whyType    = "no such type"
	whyValue   = "a value out of range"
)

// frame scans b, which must be one object and nothing else.
func (s *scan) frame(b []byte) bool {
	if len(b) > MaxFrame {
		s.why = whyLong
		return false
	}
	s.b = b
	i, ok := s.object(s.space(0))
	if ok && s.space(i) != len(b) {
		s.fault(whySyntax)
	}
	return s.why == ""
}

func (s *scan) space(i int) int {
	for i < len(s.b) && (s.b[i] == ' ' || s.b[i] == '\t' || s.b[i] == '\n' || s.b[i] == '\r') {
		i++
	}
	return i
}

func (s *scan) is(i int, c byte) bool { return i < len(s.b) && s.b[i] == c }

// object scans the object that begins at i and returns where it ends; ok is false when scanning cannot go on.
func (s *scan) object(i int) (end int, ok bool) {
	if !s.is(i, '{') {
		s.fault(whySyntax)
		return i, false
	}
	i = s.space(i + 1)
	if s.is(i, '}') {
		return i + 1, true
	}
	for {
		name, next, ok := s.str(i)
		if !ok {
			return i, false
		}
		i = s.space(next)
		if !s.is(i, ':') {
			s.fault(whySyntax)
			return i, false
		}
		k := keyOf(s.bytes(name))
		v, next, ok := s.value(s.space(i + 1))
		if !ok {
			return i, false
		}
		switch {
		case k == keys:
			if !s.lax {
				s.fault(whyUnknown)
			}
		case s.got.has(k):
			s.fault(whyTwice)
		default:
			s.got |= 1 << k
			s.at[k] = v
		}
		i = s.space(next)
		if s.is(i, '}') {
			return i + 1, true
		}
		if !s.is(i, ',') {
			s.fault(whySyntax)
			return i, false
		}
		i = s.space(i + 1)
	}
}

func (s *scan) value(i int) (v span, end int, ok bool) {
	if i >= len(s.b) {
		s.fault(whySyntax)
		return v, i, false
	}
	switch c := s.b[i]; {
	case c == '"':
		return s.str(i)
	case c == '-' || c >= '0' && c <= '9':
		return s.number(i)
	case c == '{' || c == '[':
		return s.nested(i)
	case c == 't':
		return s.literal(i, "true", yes)
	case c == 'f':
		return s.literal(i, "false", no)
	case c == 'n':
		return s.literal(i, "null", other)
	}
	s.fault(whySyntax)
	return v, i, false
}

func (s *scan) literal(i int, word string, f form) (span, int, bool) {
	end := i + len(word)
	if end > len(s.b) || string(s.b[i:end]) != word {
		s.fault(whySyntax)
		return span{}, i, false
	}
	return span{lo: uint16(i), hi: uint16(end), form: f}, end, true
}

// number scans any JSON number and calls only plain integers num.
func (s *scan) number(i int) (span, int, bool) {
	v := span{lo: uint16(i), form: num}
	if s.is(i, '-') {
		v.form = other
		i++
	}
	digits := func() int {
		from := i
		for i < len(s.b) && s.b[i] >= '0' && s.b[i] <= '9' {
			i++
		}
		return i - from
	}
	zero := s.is(i, '0')
	n := digits()
	ok := n == 1 || n > 1 && !zero
	if s.is(i, '.') {
		v.form = other
		i++
		ok = ok && digits() > 0
	}
	if s.is(i, 'e') || s.is(i, 'E') {
		v.form = other
		i++
		if s.is(i, '+') || s.is(i, '-') {
			i++
		}
		ok = ok && digits() > 0
	}
	if !ok {
		s.fault(whySyntax)
		return v, i, false
	}
	v.hi = uint16(i)
	return v, i, true
}

// nested steps over an object or array. Only "to" may be one, and is scanned by itself later; elsewhere the frame
// is bad, so that it is enough to find where the value ends.
func (s *scan) nested(i int) (span, int, bool) {
	v := span{lo: uint16(i), form: obj}
	if s.b[i] == '[' {
		v.form = other
	}
	depth := 0
	for i < len(s.b) {
		switch s.b[i] {
		case '"':
			_, end, ok := s.str(i)
			if !ok {
				return v, i, false
			}
			i = end
			continue
		case '{', '[':
			depth++
		case '}', ']':
			if depth--; depth == 0 {
				v.hi = uint16(i + 1)
				return v, i + 1, true
			}
		}
		i++
	}
	s.fault(whySyntax)
	return v, i, false
}
