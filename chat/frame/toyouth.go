package frame

import "strconv"

// Times in frames (Opens, Closes) are RFC 3339 with the offset of Amsterdam, in whole minutes; "" is left out.

// Phone is a number to call when nobody can chat, or beside it.
type Phone struct {
	Name   string `json:"name"`
	Number string `json:"number"`
}

// Wait is a range of waiting times in seconds.
type Wait struct{ Lo, Hi int }

// Line is how one line stands.
type Line struct {
	Line          string
	Open          bool
	Opens, Closes string
	Wait          *Wait // nil is left out
	Practice      bool  // for training: a page lists it only for who has its link; false is left out
}

// Hello is the first frame on every socket, and comes again when a line opens or closes.
type Hello struct {
	Store  string // name of this life of the store
	Lines  []Line
	Phones []Phone
}

// AppendHello appends hello, of both endpoints.
func AppendHello(dst []byte, h *Hello) []byte {
	dst = memberString(open(dst, THello), "store", h.Store)
	dst = append(member(dst, "lines"), '[')
	for i := range h.Lines {
		l := &h.Lines[i]
		if i > 0 {
			dst = append(dst, ',')
		}
		dst = appendString(append(dst, `{"line":`...), l.Line)
		dst = memberBool(dst, "open", l.Open)
		dst = memberAny(dst, "opens", l.Opens)
		dst = memberAny(dst, "closes", l.Closes)
		if l.Wait != nil {
			dst = memberWait(dst, *l.Wait)
		}
		if l.Practice {
			dst = memberBool(dst, "practice", true)
		}
		dst = append(dst, '}')
	}
	return append(memberPhones(append(dst, ']'), h.Phones), '}')
}

// Past is one earlier epoch of a chat, for a page that comes back with nothing but its wrapped keys.
type Past struct {
	E       int    `json:"e"`
	PK, Tag string // the counsellor's; Tag is "" where she never confirmed
}

// Waiting tells a young person where they stand in line.
type Waiting struct {
	Chat   string
	Token  string // after join only, else ""
	Share  string // after join and resume, else ""
	Past   []Past // after resume, nil is left out
	Ahead  int    // 21 is "more than 20"
	Wait   Wait
	Nobody bool   // the last counsellor went off duty
	Why    string // Ahead grew: urgent, kept, moved or fewer; "" is left out
	Closes string // once the line's closing is announced; "" is left out
	For    string // the counsellor whom the place waits for, while others are offered past it; "" is left out
	ForS   int    // with For, whole seconds that it waits for her at most
	Line   string // after resume and a return code, and when it is another than before; "" is left out
}

// AppendWaiting appends waiting.
func AppendWaiting(dst []byte, w *Waiting) []byte {
	dst = openChat(dst, TWaiting, w.Chat)
	dst = memberAny(dst, "token", w.Token)
	dst = memberAny(dst, "share", w.Share)
	dst = memberPast(dst, w.Past)
	dst = memberInt(dst, "ahead", int64(w.Ahead))
	dst = memberWait(dst, w.Wait)
	if w.Nobody {
		dst = memberBool(dst, "nobody", true)
	}
	dst = memberAny(dst, "why", w.Why)
	dst = memberAny(dst, "closes", w.Closes)
	if w.For != "" {
		dst = memberInt(memberString(dst, "for", w.For), "for_s", int64(w.ForS))
	}
	return append(memberAny(dst, "line", w.Line), '}')
}

// Elsewhere is what a young person can do who is not helped here and now.
type Elsewhere struct {
	Opens   string
	Instead []string // lines that are open now
	Phones  []Phone
}

// AppendRefused appends refused.
func AppendRefused(dst []byte, reason string, e *Elsewhere) []byte {
	return append(memberElsewhere(memberRaw(open(dst, TRefused), "reason", reason), e), '}')
}

// AppendEnded appends ended, for the young person. AppendDeskEnded is for the desk.
func AppendEnded(dst []byte, reason string, e *Elsewhere) []byte {
	return append(memberElsewhere(memberRaw(open(dst, TEnded), "reason", reason), e), '}')
}

// Joined says that a counsellor accepted.
type Joined struct {
	E     int
	PK    string // hers
	Name  string // hers, as the young person sees it
	Line  string
	Share string // after resume, else ""
	Past  []Past // after resume, nil is left out
	Seq   int64  // what is kept up to here was sealed for another key and is not told; 0 is left out
}

// AppendJoined appends joined.
func AppendJoined(dst []byte, j *Joined) []byte {
	dst = memberInt(open(dst, TJoined), "e", int64(j.E))
	dst = memberRaw(dst, "pk", j.PK)
	dst = memberString(dst, "name", j.Name)
	dst = memberString(dst, "line", j.Line)
	dst = memberAny(dst, "share", j.Share)
	dst = memberPast(dst, j.Past)
	if j.Seq > 0 {
		dst = memberInt(dst, "seq", j.Seq)
	}
	return append(dst, '}')
}

// AppendConfirm appends the counsellor's key confirmation.
func AppendConfirm(dst []byte, e int, tag string) []byte {
	return append(memberRaw(memberInt(open(dst, TConfirm), "e", int64(e)), "tag", tag), '}')
}

// AppendMsg appends a message from its kept body (Inbound.AppendBody). seq 0 is left out: k 2 has none.
func AppendMsg(dst []byte, seq int64, body []byte) []byte {
	dst = append(dst, `{"t":"msg",`...)
	return appendTail(dst, seq, body)
}

func appendTail(dst []byte, seq int64, body []byte) []byte {
	if seq > 0 {
		dst = append(appendInt(append(dst, `"seq":`...), seq), ',')
	}
	return append(dst, body...)
}

// AppendAck appends ack.
func AppendAck(dst []byte, id string, seq int64) []byte {
	dst = append(append(dst, `{"t":"ack","id":"`...), id...)
	return append(appendInt(append(dst, `","seq":`...), seq), '}')
}

// AppendRead appends read: the other side has shown up to seq.
func AppendRead(dst []byte, seq int64) []byte {
	return append(memberInt(open(dst, TRead), "seq", seq), '}')
}

// AppendAway appends away: the counsellor's line dropped and she has that many seconds.
func AppendAway(dst []byte, graceS int) []byte {
	return append(memberInt(open(dst, TAway), "grace_s", int64(graceS)), '}')
}

// AppendHandover appends the question whether the young person may be brought to line, or to name there. slip ""
// is left out, and so is agreed unless it is true: a page that comes back is told what it said yes to.
func AppendHandover(dst []byte, offer, line, name, slip string, agreed bool) []byte {
	dst = memberRaw(open(dst, THandover), "offer", offer)
	dst = memberString(memberString(dst, "line", line), "name", name)
	dst = memberAny(dst, "slip", slip)
	if agreed {
		dst = memberBool(dst, "agreed", true)
	}
	return append(dst, '}')
}

// AppendCode appends code: the four words, with a space between them, and how many days they lead back; 0 is left out.
func AppendCode(dst []byte, words string, days int) []byte {
	dst = memberString(open(dst, TCode), "words", words)
	if days > 0 {
		dst = memberInt(dst, "days", int64(days))
	}
	return append(dst, '}')
}

// AppendBye appends bye, of both endpoints: this node drains, come back after that many seconds.
func AppendBye(dst []byte, retryS int) []byte {
	return append(memberInt(open(dst, TBye), "retry_s", int64(retryS)), '}')
}

// AppendBeat appends beat, of both endpoints.
func AppendBeat(dst []byte) []byte { return append(open(dst, TBeat), '}') }

// AppendError appends error, of both endpoints. code is one of the Code constants; re says what it answers to (see
// BadFrame.Re).
func AppendError(dst []byte, code, re string) []byte {
	return append(memberString(memberRaw(open(dst, TError), "code", code), "re", re), '}')
}

func memberWait(dst []byte, w Wait) []byte {
	dst = strconv.AppendInt(append(member(dst, "wait_s"), '['), int64(w.Lo), 10)
	return append(strconv.AppendInt(append(dst, ','), int64(w.Hi), 10), ']')
}

func memberPhones(dst []byte, phones []Phone) []byte {
	dst = append(member(dst, "phones"), '[')
	for i, p := range phones {
		if i > 0 {
			dst = append(dst, ',')
		}
		dst = appendString(append(dst, `{"name":`...), p.Name)
		dst = append(memberString(dst, "number", p.Number), '}')
	}
	return append(dst, ']')
}

func memberElsewhere(dst []byte, e *Elsewhere) []byte {
	dst = memberAny(dst, "opens", e.Opens)
	dst = appendStrings(member(dst, "instead"), e.Instead)
	return memberPhones(dst, e.Phones)
}

func memberPast(dst []byte, past []Past) []byte {
	if past == nil {
		return dst
	}
	dst = append(member(dst, "past"), '[')
	for i := range past {
		p := &past[i]
		if i > 0 {
			dst = append(dst, ',')
		}
		dst = appendInt(append(dst, `{"e":`...), int64(p.E))
		dst = append(memberRaw(memberRaw(dst, "pk", p.PK), "tag", p.Tag), '}')
	}
	return append(dst, ']')
}
