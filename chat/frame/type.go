package frame

// Type is the type of a frame, as in its "t".
type Type uint8

// The types of both directions and both endpoints. Unknown is no type at all.
const (
	Unknown Type = iota
	TVisit
	TJoin
	TResume
	TConfirm
	TMsg
	TRead
	TQuiet
	THide
	TCode
	TConsent
	TLeave
	TBeat
	TEnter
	TReady
	TRest
	TTake
	TAccept
	TDecline
	THandover
	TEnd
	TWrapup
	THello
	TWaiting
	TRefused
	TJoined
	TAck
	TAway
	TEnded
	TBye
	TError
	TDesk
	TOffer
	TWithdrawn
	TAssigned
	TGone
	TBack
	TCall
	TCome
	TPause
	TMove
	TCalls
	THealth
	TKeep
	TAnyone
	types
)

var typeNames = [types]string{
	"", "visit", "join", "resume", "confirm", "msg", "read", "quiet", "hide", "code", "consent", "leave", "beat",
	"enter", "ready", "rest", "take", "accept", "decline", "handover", "end", "wrapup",
	"hello", "waiting", "refused", "joined", "ack", "away", "ended", "bye", "error",
	"desk", "offer", "withdrawn", "assigned", "gone", "back",
	"call", "come", "pause", "move", "calls", "health", "keep", "anyone",
}

var typeByName = func() map[string]Type {
	m := make(map[string]Type, types)
	for t, name := range typeNames {
		if t != int(Unknown) {
			m[name] = Type(t)
		}
	}
	return m
}()

// String is the name on the wire, "" for Unknown.
func (t Type) String() string {
	if t >= types {
		return ""
	}
	return typeNames[t]
}

// TypeOf is the type with that name on the wire, or Unknown.
func TypeOf(name string) Type { return typeByName[name] }

// Values of "k", the kind byte that the seal of a message covers.
const (
	Text    = 1
	Typing  = 2 // to an open socket only: no seq, no ack, never kept
	History = 3
	Card    = 4
)

// Codes of an error frame.
const (
	CodeBadFrame    = "bad_frame"
	CodeNoChat      = "no_chat"
	CodeStaleEpoch  = "stale_epoch"
	CodeNoOffer     = "no_offer"
	CodeNotNow      = "not_now"
	CodeBadTicket   = "bad_ticket"
	CodeSlowDown    = "slow_down"
	CodeUnavailable = "unavailable"
)

// Limits of what Parse takes. Lengths are bytes unless said otherwise.
const (
	MaxFrame    = 16 << 10          // one websocket message, above which the connection closes with 1009
	MaxCT       = 8192 + tagBytes   // decoded "ct", the tag of AES-GCM included
	MaxEpoch    = 1<<32 - 1         // "e"
	MaxInt      = 1<<53 - 1         // "n", "seq", "after": what a JavaScript number holds
	MaxCapacity = 1000              // "capacity"
	MaxFor      = 86400             // "for_s", a day
	maxName     = 32                // runes of a counsellor's name in "to"
	maxCode     = 128               // "return"
	maxTicket   = 128               // "ticket"
	maxRe       = 32                // a "t" that an error frame gives back
	tagBytes    = 16                // AES-GCM
	minCT       = tagBytes + 1      // a seal over nothing is none
	idChars     = 22                // 16 bytes in base64url
	pkChars     = 87                // 65 bytes
	ivChars     = 16                // 12 bytes
	tagChars    = 43                // 32 bytes
	maxCTChars  = (MaxCT*4 + 2) / 3 // base64url without padding
)

// BadFrame is the error of Parse.
type BadFrame struct {
	// Re is what the error frame answers to: the message id of a msg where that is readable, else the frame's
	// type as it was written where that is readable, else "".
	Re string
	// Why is from a closed set of sentences and never holds a byte of the frame.
	Why string
}

func (e *BadFrame) Error() string { return "frame: " + e.Why }
