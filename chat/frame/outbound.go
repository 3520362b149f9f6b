package frame

import (
	"encoding/json"
	"errors"
)

// ErrNotFrame is the error of a client that heard something which is no frame.
var ErrNotFrame = errors.New("frame: not a frame of the server")

// Hot is an ack or msg as a client hears it. Its slices are parts of the parsed frame.
type Hot struct {
	T      Type
	Chat   []byte // at a desk
	ID     []byte
	Seq    int64 // 0 of a msg that is not kept
	From   byte  // 'y' or 'c', of msg
	E      int
	N      int64
	K      int
	IV, CT []byte
}

// Parse reports whether b is an ack or a msg, and reads it. It allocates nothing, and checks no more than that a
// field is of the right form: a client trusts its server with what the seal does not cover.
func (h *Hot) Parse(b []byte) bool {
	s := scan{lax: true}
	if !s.frame(b) || s.at[kT].form != str {
		return false
	}
	*h = Hot{}
	switch string(s.bytes(s.at[kT])) {
	case "ack":
		h.T = TAck
	case "msg":
		h.T = TMsg
	default:
		return false
	}
	text := func(k key, to *[]byte) {
		if v := s.at[k]; v.form == str {
			*to = s.bytes(v)
		}
	}
	text(kChat, &h.Chat)
	text(kID, &h.ID)
	text(kIV, &h.IV)
	text(kCT, &h.CT)
	if v := s.at[kFrom]; v.form == str && v.hi > v.lo {
		h.From = b[v.lo]
	}
	h.Seq, _ = s.int(s.at[kSeq], MaxInt)
	h.N, _ = s.int(s.at[kN], MaxInt)
	e, _ := s.int(s.at[kE], MaxEpoch)
	k, _ := s.int(s.at[kK], Card)
	h.E, h.K = int(e), int(k)
	return len(h.ID) > 0
}

// Outbound is any frame of the server, of both endpoints, as a Go client hears it. T says which of the other
// fields hold something. Handover and ended of the desk have Chat, and so has an error there to a frame that had it.
type Outbound struct {
	T Type `json:"-"`

	Chat string `json:"chat"`
	E    int    `json:"e"`
	N    int64  `json:"n"`
	ID   string `json:"id"`
	K    int    `json:"k"`
	IV   string `json:"iv"`
	CT   string `json:"ct"`
	From string `json:"from"`
	Seq  int64  `json:"seq"`

	Tag   string `json:"tag"`
	PK    string `json:"pk"`
	Name  string `json:"name"`
	Line  string `json:"line"`
	Share string `json:"share"`
	Token string `json:"token"`
	Past  []Past `json:"past"`

	Ahead  int    `json:"ahead"`
	Wait   [2]int `json:"wait_s"`
	Nobody bool   `json:"nobody"`
	Why    string `json:"why"`
	For    string `json:"for"`
	Closes string `json:"closes"`

	Reason  string   `json:"reason"`
	Opens   string   `json:"opens"`
	Instead []string `json:"instead"`
	Phones  []Phone  `json:"phones"`

	Store  string         `json:"store"`
	Lines  []OutboundLine `json:"lines"`
	GraceS int            `json:"grace_s"`
	RetryS int            `json:"retry_s"`
	Slip   string         `json:"slip"`
	Agreed bool           `json:"agreed"`
	Words  string         `json:"words"`
	Code   string         `json:"code"`
	Re     string         `json:"re"`

	State    string     `json:"state"`
	Capacity int        `json:"capacity"`
	Chats    []DeskChat `json:"chats"`
	Wrapups  []string   `json:"wrapups"`
	Offer    string     `json:"offer"`
	Lang     string     `json:"lang"`
	Topic    string     `json:"topic"`
	Urgent   bool       `json:"urgent"`
	Again    bool       `json:"again"`
	WaitedS  int        `json:"waited_s"`
	RingS    int        `json:"ring_s"`
	On       bool       `json:"on"`
	Result   string     `json:"result"`
	Asked    Asked      `json:"asked"`

	Role      string       `json:"role"`
	BreatherS int          `json:"breather_s"`
	ForS      int          `json:"for_s"`
	Lead      string       `json:"lead"`
	Calls     []Call       `json:"calls"`
	Queue     []QueuePlace `json:"queue"`
}

// OutboundLine is a line of hello, of desk or of health.
type OutboundLine struct {
	Line    string  `json:"line"`
	Open    bool    `json:"open"`
	Opens   string  `json:"opens"`
	Closes  string  `json:"closes"`
	Wait    *[2]int `json:"wait_s"`
	Waiting int     `json:"waiting"`
	OldestS int     `json:"oldest_s"`

	Practice bool `json:"practice"`
	Paused   bool `json:"paused"`
	OnDuty   int  `json:"on_duty"`
	Free     int  `json:"free"`
	Talking  int  `json:"talking"`
	Held     int  `json:"held"`
}

// Parse reads one frame. A type that this package does not know leaves T Unknown and is no error: clients ignore
// it.
func (o *Outbound) Parse(b []byte) error {
	*o = Outbound{}
	in := struct {
		T string `json:"t"`
		*Outbound
	}{Outbound: o}
	if err := json.Unmarshal(b, &in); err != nil {
		return ErrNotFrame
	}
	o.T = TypeOf(in.T)
	return nil
}
