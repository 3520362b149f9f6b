package frame

import "unicode/utf8"

// Inbound is a frame from a young person or from a desk. T says which of the other fields hold something; an
// optional one that was left out is zero. Strings are copies; IV and CT are parts of the parsed frame where it has
// no escapes there, so they live as long as its buffer.
type Inbound struct {
	T Type

	Chat string

	// A sealed message.
	E  int // 0..MaxEpoch, also of confirm
	N  int64
	ID string
	K  int // Text..Card
	IV []byte
	CT []byte

	Seq      int64
	Tag      string // key confirmation
	After    int64
	Line     string
	PK       string
	Lang     string
	Topic    string
	Urgent   bool
	Campaign string
	Channel  string
	Return   string // a return code
	Token    string
	On       bool
	Offer    string
	Yes      bool
	History  bool
	Ticket   string // as it came: what is no ticket gets bad_ticket, like one that was used
	Capacity int    // 1..MaxCapacity
	ForS     int    // 1..MaxFor, 0 where left out
	ToLine   string // of handover and move: this or ToName
	ToName   string // also of come
	Slip     string // of handover: id of the message that goes along, "" for none
	Reason   string // done or stopped
	Kind     string // young_person parent professional other nuisance
	Outcome  string // none signal report
	Parent   bool
	Heavy    bool
	Referral string // code of a partner; any slug, since the configuration may have changed under an open page
}

// Youth is a frame of /chat, from a young person. It may be used for one frame after another.
type Youth struct{ Inbound }

// Desk is a frame of /desk, from a counsellor. It may be used for one frame after another.
type Desk struct{ Inbound }

// shape says which fields a type has.
type shape struct{ need, may set }

func (sh shape) known() bool { return sh.need != 0 }

// sealed are the fields of a message beside its chat.
var sealed = of(kE, kN, kID, kK, kIV, kCT)

var youthShapes = [types]shape{
	TVisit:   {of(kT), of(kCampaign, kChannel)},
	TJoin:    {of(kT, kLine, kPK), of(kLang, kTopic, kUrgent, kCampaign, kChannel, kReturn)},
	TResume:  {of(kT, kChat, kToken, kAfter), of(kCampaign, kChannel)},
	TConfirm: {of(kT, kE, kTag), 0},
	TMsg:     {of(kT) | sealed, 0},
	TRead:    {of(kT, kSeq), 0},
	TQuiet:   {of(kT, kOn), 0},
	THide:    {of(kT), 0},
	TCode:    {of(kT), 0},
	TConsent: {of(kT, kOffer, kYes), of(kHistory)},
	TAnyone:  {of(kT), 0},
	TLeave:   {of(kT), 0},
	TBeat:    {of(kT), 0},
}

var deskShapes = [types]shape{
	TEnter:    {of(kT, kTicket), 0},
	TReady:    {of(kT, kCapacity), of(kForS)},
	TRest:     {of(kT), 0},
	TTake:     {of(kT), 0},
	TAccept:   {of(kT, kOffer, kPK), 0},
	TDecline:  {of(kT, kOffer), 0},
	TConfirm:  {of(kT, kChat, kE, kTag), 0},
	TMsg:      {of(kT, kChat) | sealed, 0},
	TRead:     {of(kT, kChat, kSeq), 0},
	TResume:   {of(kT, kChat, kAfter), of(kPK)},
	THandover: {of(kT, kChat, kTo), of(kSlip)},
	TKeep:     {of(kT, kChat), 0},
	TEnd:      {of(kT, kChat, kReason), 0},
	TWrapup:   {of(kT, kChat, kKind, kOutcome, kParent, kTopic), of(kHeavy, kReferral)},
	TCall:     {of(kT, kOn), of(kLine)},
	TCome:     {of(kT, kName), 0},
	TPause:    {of(kT, kLine, kOn), 0},
	TMove:     {of(kT, kChat, kTo), 0},
	TBeat:     {of(kT), 0},
}

// Parse reads one frame. Its error is always a *BadFrame, and f then holds nothing to go by.
func (f *Youth) Parse(b []byte) error { return f.parse(b, &youthShapes) }

// Parse reads one frame. Its error is always a *BadFrame, and f then holds nothing to go by.
func (f *Desk) Parse(b []byte) error { return f.parse(b, &deskShapes) }

func (f *Inbound) parse(b []byte, shapes *[types]shape) error {
	*f = Inbound{}
	var s scan
	whole := s.frame(b)
	var t []byte
	if v := s.at[kT]; v.form == str {
		t = s.bytes(v)
		f.T = TypeOf(string(t))
	}
	if whole {
		if !shapes[f.T].known() {
			s.fault(whyType)
		} else {
			f.fill(&s, shapes[f.T])
		}
	}
	if s.why == "" {
		return nil
	}
	bad := &BadFrame{Why: s.why}
	if id := s.at[kID]; f.T == TMsg && id.form == str && isBase64(s.bytes(id), idChars) {
		bad.Re = string(s.bytes(id))
	} else if len(t) <= maxRe {
		bad.Re = string(t)
	}
	return bad
}

func (f *Inbound) fill(s *scan, sh shape) {
	if s.got&^(sh.need|sh.may) != 0 {
		s.fault(whyUnknown)
		return
	}
	if sh.need&^s.got != 0 {
		s.fault(whyMissing)
		return
	}
	for k := kT + 1; k < keys; k++ {
		if s.got.has(k) && !f.take(s, k, s.at[k]) {
			s.fault(whyValue)
			return
		}
	}
}

// take checks one value and keeps it. A field means the same in every type that has it.
func (f *Inbound) take(s *scan, k key, v span) bool {
	switch k {
	case kChat:
		return s.base64(v, idChars, &f.Chat)
	case kID:
		return s.base64(v, idChars, &f.ID)
	case kOffer:
		return s.base64(v, idChars, &f.Offer)
	case kToken:
		return s.base64(v, idChars, &f.Token)
	case kSlip:
		return s.base64(v, idChars, &f.Slip)
	case kTag:
		return s.base64(v, tagChars, &f.Tag)
	case kPK:
		// The first byte, 4 for an uncompressed point, is all of the first character and the top of the second.
		return s.base64(v, pkChars, &f.PK) && f.PK[0] == 'B' && sextet[f.PK[1]] < 16
	case kIV:
		if v.form != str {
			return false
		}
		f.IV = s.bytes(v)
		return isBase64(f.IV, ivChars)
	case kCT:
		if v.form != str {
			return false
		}
		f.CT = s.bytes(v)
		return len(f.CT) <= maxCTChars && len(f.CT)*3/4 >= minCT && isBase64(f.CT, len(f.CT))
	case kE:
		n, ok := s.int(v, MaxEpoch)
		f.E = int(n)
		return ok
	case kN:
		n, ok := s.int(v, MaxInt)
		f.N = n
		return ok
	case kSeq:
		n, ok := s.int(v, MaxInt)
		f.Seq = n
		return ok
	case kAfter:
		n, ok := s.int(v, MaxInt)
		f.After = n
		return ok
	case kK:
		n, ok := s.int(v, Card)
		f.K = int(n)
		return ok && n >= Text
	case kCapacity:
		n, ok := s.int(v, MaxCapacity)
		f.Capacity = int(n)
		return ok && n >= 1
	case kForS:
		n, ok := s.int(v, MaxFor)
		f.ForS = int(n)
		return ok && n >= 1
	case kUrgent:
		return v.bool(&f.Urgent)
	case kOn:
		return v.bool(&f.On)
	case kYes:
		return v.bool(&f.Yes)
	case kHistory:
		return v.bool(&f.History)
	case kParent:
		return v.bool(&f.Parent)
	case kHeavy:
		return v.bool(&f.Heavy)
	case kTo:
		return f.takeTo(s, v)
	}
	return f.takeWord(s, k, v)
}

// takeWord takes the fields that are words rather than base64.
func (f *Inbound) takeWord(s *scan, k key, v span) bool {
	if v.form != str {
		return false
	}
	b := s.bytes(v)
	switch k {
	case kLine:
		return slug(b, &f.Line)
	case kLang:
		return slug(b, &f.Lang)
	case kTopic:
		return slug(b, &f.Topic)
	case kCampaign:
		return slug(b, &f.Campaign)
	case kChannel:
		return slug(b, &f.Channel)
	case kReferral:
		return slug(b, &f.Referral)
	case kReturn:
		f.Return = string(b)
		return len(b) >= 1 && utf8.RuneCount(b) <= maxCode
	case kTicket:
		f.Ticket = string(b)
		return len(b) <= maxTicket
	case kName:
		f.ToName = string(b)
		return len(b) >= 1 && utf8.RuneCount(b) <= maxName
	case kReason:
		return oneOf(b, &f.Reason, "done", "stopped")
	case kKind:
		return oneOf(b, &f.Kind, "young_person", "parent", "professional", "other", "nuisance")
	case kOutcome:
		return oneOf(b, &f.Outcome, "none", "signal", "report")
	}
	return false
}

// takeTo reads {"line":…} or {"name":…}, exactly one.
func (f *Inbound) takeTo(s *scan, v span) bool {
	if v.form != obj {
		return false
	}
	var in scan
	if !in.frame(s.b[v.lo:v.hi]) {
		return false
	}
	switch in.got {
	case of(kLine):
		v := in.at[kLine]
		return v.form == str && slug(in.bytes(v), &f.ToLine)
	case of(kName):
		return f.takeWord(&in, kName, in.at[kName])
	}
	return false
}

func (v span) bool(to *bool) bool {
	*to = v.form == yes
	return v.form == yes || v.form == no
}

func (s *scan) base64(v span, chars int, to *string) bool {
	if v.form != str {
		return false
	}
	b := s.bytes(v)
	if !isBase64(b, chars) {
		return false
	}
	*to = string(b)
	return true
}

// sextet is the value of a base64url character, 255 for any other byte.
var sextet = func() (t [256]byte) {
	for i := range t {
		t[i] = 255
	}
	for i, c := range "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_" {
		t[c] = byte(i)
	}
	return t
}()

// isBase64 reports whether b is canonical base64url of that many characters: without padding, and with no bits
// left set behind the last byte, so that no two spellings stand for one id.
func isBase64(b []byte, chars int) bool {
	if len(b) != chars || chars == 0 || chars%4 == 1 {
		return false
	}
	var seen byte
	i := 0
	for ; i+8 <= len(b); i += 8 { // a ct is most of its frame: one look per eight bytes is worth the lines
		c := b[i : i+8 : i+8]
		seen |= sextet[c[0]] | sextet[c[1]] | sextet[c[2]] | sextet[c[3]] |
			sextet[c[4]] | sextet[c[5]] | sextet[c[6]] | sextet[c[7]]
	}
	for ; i < len(b); i++ {
		seen |= sextet[b[i]]
	}
	if seen >= 64 {
		return false
	}
	last := sextet[b[len(b)-1]]
	switch chars % 4 {
	case 2:
		return last&15 == 0
	case 3:
		return last&3 == 0
	}
	return true
}

// slug takes [a-z0-9-]{1,32}.
func slug(b []byte, to *string) bool {
	if len(b) < 1 || len(b) > 32 {
		return false
	}
	for _, c := range b {
		if (c < 'a' || c > 'z') && (c < '0' || c > '9') && c != '-' {
			return false
		}
	}
	*to = string(b)
	return true
}

// oneOf takes a word of a closed set, and keeps the set's own copy.
func oneOf(b []byte, to *string, words ...string) bool {
	for _, w := range words {
		if string(b) == w {
			*to = w
			return true
		}
	}
	return false
}
