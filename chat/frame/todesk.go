package frame

// DeskChat is a chat that a counsellor owns.
type DeskChat struct {
	Chat string
	E    int
	Line string
}

// DeskLine is how a line stands, for those who serve it.
type DeskLine struct {
	Line    string
	Waiting int
	OldestS int // whole seconds
	Open    bool

	Paused   bool // a lead lets nobody new in line; false is left out
	Practice bool // for training; false is left out
}

// DeskState is what stands at a desk.
type DeskState struct {
	State    string // rest, ready or busy
	Capacity int
	Chats    []DeskChat
	Wrapups  []string // chats whose wrap-up is owed
	Lines    []DeskLine

	Role      string // counsellor or lead; "" is left out
	BreatherS int    // seconds of a breather that are left; 0 is left out
	ForS      int    // seconds until her last intake; 0 is left out
}

// AppendDesk appends desk.
func AppendDesk(dst []byte, d *DeskState) []byte {
	dst = memberRaw(open(dst, TDesk), "state", d.State)
	dst = memberInt(dst, "capacity", int64(d.Capacity))
	dst = append(member(dst, "chats"), '[')
	for i := range d.Chats {
		c := &d.Chats[i]
		if i > 0 {
			dst = append(dst, ',')
		}
		dst = appendString(append(dst, `{"chat":`...), c.Chat)
		dst = append(memberString(memberInt(dst, "e", int64(c.E)), "line", c.Line), '}')
	}
	dst = appendStrings(member(append(dst, ']'), "wrapups"), d.Wrapups)
	dst = append(member(dst, "lines"), '[')
	for i := range d.Lines {
		l := &d.Lines[i]
		if i > 0 {
			dst = append(dst, ',')
		}
		dst = appendString(append(dst, `{"line":`...), l.Line)
		dst = memberInt(dst, "waiting", int64(l.Waiting))
		dst = memberInt(dst, "oldest_s", int64(l.OldestS))
		dst = memberBool(dst, "open", l.Open)
		if l.Paused {
			dst = memberBool(dst, "paused", true)
		}
		if l.Practice {
			dst = memberBool(dst, "practice", true)
		}
		dst = append(dst, '}')
	}
	dst = memberAny(append(dst, ']'), "role", d.Role)
	if d.BreatherS > 0 {
		dst = memberInt(dst, "breather_s", int64(d.BreatherS))
	}
	if d.ForS > 0 {
		dst = memberInt(dst, "for_s", int64(d.ForS))
	}
	return append(dst, '}')
}

// Offer is a chat that rings at a desk. Its fields are those of routing.Offer, so that one converts to the other.
type Offer struct {
	Offer, Chat, Line, Lang, Topic string
	Urgent                         bool
	WaitedS, RingS                 int // whole seconds
	PK                             string
	Again                          bool   // a return code came along; false is left out
	From                           string // the counsellor who hands the chat over; \"\" is left out
}

// AppendOffer appends offer.
func AppendOffer(dst []byte, o *Offer) []byte {
	dst = memberRaw(open(dst, TOffer), "offer", o.Offer)
	dst = memberRaw(dst, "chat", o.Chat)
	dst = memberString(dst, "line", o.Line)
	dst = memberString(dst, "lang", o.Lang)
	dst = memberString(dst, "topic", o.Topic)
	dst = memberBool(dst, "urgent", o.Urgent)
	dst = memberInt(dst, "waited_s", int64(o.WaitedS))
	dst = memberInt(dst, "ring_s", int64(o.RingS))
	dst = memberRaw(dst, "pk", o.PK)
	if o.Again {
		dst = memberBool(dst, "again", true)
	}
	return append(memberAny(dst, "from", o.From), '}')
}

// AppendWithdrawn appends withdrawn: that offer is dead.
func AppendWithdrawn(dst []byte, offer string) []byte {
	return append(memberRaw(open(dst, TWithdrawn), "offer", offer), '}')
}

// Assigned says that the counsellor owns a chat.
type Assigned struct {
	Chat  string
	E     int
	PK    string // the young person's
	Seq   int64  // highest kept
	Share string
	Asked Asked // left out where nothing was asked in this chat
}

// Asked is the newest question of a handover in a chat and how it stands: asked, yes, no, moved or nobody.
type Asked struct{ Offer, Result string }

// AppendAssigned appends assigned.
func AppendAssigned(dst []byte, a *Assigned) []byte {
	dst = memberInt(openChat(dst, TAssigned, a.Chat), "e", int64(a.E))
	dst = memberInt(memberRaw(dst, "pk", a.PK), "seq", a.Seq)
	dst = memberRaw(dst, "share", a.Share)
	if a.Asked.Offer != "" {
		dst = memberRaw(append(member(dst, "asked"), `{"offer":"`+a.Asked.Offer+`"`...), "result", a.Asked.Result)
		dst = append(dst, '}')
	}
	return append(dst, '}')
}

// AppendDeskConfirm appends the young person's key confirmation.
func AppendDeskConfirm(dst []byte, chat string, e int, tag string) []byte {
	return append(memberRaw(memberInt(openChat(dst, TConfirm, chat), "e", int64(e)), "tag", tag), '}')
}

// AppendDeskMsg is AppendMsg for the desk.
func AppendDeskMsg(dst []byte, chat string, seq int64, body []byte) []byte {
	dst = append(append(dst, `{"t":"msg","chat":"`...), chat...)
	return appendTail(append(dst, '"', ','), seq, body)
}

// AppendDeskAck is AppendAck for the desk.
func AppendDeskAck(dst []byte, chat, id string, seq int64) []byte {
	dst = append(append(dst, `{"t":"ack","chat":"`...), chat...)
	dst = append(append(dst, `","id":"`...), id...)
	return append(appendInt(append(dst, `","seq":`...), seq), '}')
}

// AppendDeskRead is AppendRead for the desk.
func AppendDeskRead(dst []byte, chat string, seq int64) []byte {
	return append(memberInt(openChat(dst, TRead, chat), "seq", seq), '}')
}

// AppendDeskQuiet appends quiet: it is not safe for the young person to type now, or is again.
func AppendDeskQuiet(dst []byte, chat string, on bool) []byte {
	return append(memberBool(openChat(dst, TQuiet, chat), "on", on), '}')
}

// AppendGone appends gone: the young person's line dropped, and the place is kept for that many seconds.
func AppendGone(dst []byte, chat string, graceS int) []byte {
	return append(memberInt(openChat(dst, TGone, chat), "grace_s", int64(graceS)), '}')
}

// AppendBack appends back: the young person's line is up again.
func AppendBack(dst []byte, chat string) []byte { return append(openChat(dst, TBack, chat), '}') }

// AppendDeskHandover appends how a handover stands: no, yes, moved or nobody. offer is the question, "" for one that was
// not asked.
func AppendDeskHandover(dst []byte, chat, offer, result string) []byte {
	dst = memberRaw(openChat(dst, THandover, chat), "result", result)
	if offer != "" {
		dst = memberRaw(dst, "offer", offer)
	}
	return append(dst, '}')
}

// AppendDeskError is AppendError for a frame that named a chat; it may be "".
func AppendDeskError(dst []byte, code, re, chat string) []byte {
	dst = memberString(memberRaw(open(dst, TError), "code", code), "re", re)
	if chat != "" {
		dst = memberRaw(dst, "chat", chat)
	}
	return append(dst, '}')
}

// AppendDeskEnded is AppendEnded for the desk.
func AppendDeskEnded(dst []byte, chat, reason string) []byte {
	return append(memberRaw(openChat(dst, TEnded, chat), "reason", reason), '}')
}

// AppendBody appends what is kept of a parsed msg: the tail of its frame, from "from" to the closing brace (see
// routing.Stored). from is 'y' or 'c'. BodySize is room enough.
func (f *Inbound) AppendBody(dst []byte, from byte) []byte {
	dst = append(dst, `"from":"`...)
	dst = appendInt(append(append(dst, from), `","e":`...), int64(f.E))
	dst = appendInt(append(dst, `,"n":`...), f.N)
	dst = append(append(dst, `,"id":"`...), f.ID...)
	dst = appendInt(append(dst, `","k":`...), int64(f.K))
	dst = append(append(dst, `,"iv":"`...), f.IV...)
	dst = append(append(dst, `","ct":"`...), f.CT...)
	return append(dst, '"', '}')
}

// BodySize is at least the length of what AppendBody appends.
func (f *Inbound) BodySize() int { return 128 + len(f.CT) }
