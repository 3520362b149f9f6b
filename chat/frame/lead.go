package frame

// Call is a counsellor who calls for the lead on duty. Nothing of a chat is in it.
type Call struct {
	Name   string `json:"name"`
	Line   string `json:"line"`   // on which line, "" where she did not say; left out then
	Coming string `json:"coming"` // the lead who comes, "" for none yet; left out then
}

// AppendCalls appends calls: everybody who calls for a lead now, in the order in which they did.
func AppendCalls(dst []byte, calls []Call) []byte {
	dst = append(member(open(dst, TCalls), "calls"), '[')
	for i := range calls {
		c := &calls[i]
		if i > 0 {
			dst = append(dst, ',')
		}
		dst = appendString(append(dst, `{"name":`...), c.Name)
		dst = append(memberAny(memberAny(dst, "line", c.Line), "coming", c.Coming), '}')
	}
	return append(dst, ']', '}')
}

// AppendCall appends call, to her who calls: state is calling, coming, over or nobody; lead is who comes.
func AppendCall(dst []byte, state, lead string) []byte {
	return append(memberAny(memberRaw(open(dst, TCall), "state", state), "lead", lead), '}')
}

// HealthLine is how a line stands, for those who lead it.
type HealthLine struct {
	Line    string
	Paused  bool
	OnDuty  int // counsellors at a desk and not at rest
	Free    int // chats that they can take now
	Waiting int // in line and there
	OldestS int // whole seconds that the one longest in line has waited
	Talking int
	Held    int // in line, with the young person's line down
}

// QueuePlace is a place in line, for those who lead the line.
type QueuePlace struct {
	Chat    string `json:"chat"`
	Line    string `json:"line"`
	Lang    string `json:"lang"`
	Urgent  bool   `json:"urgent"`
	WaitedS int    `json:"waited_s"` // whole seconds
	Down    bool   `json:"down"`     // the young person's line is down
	Kept    string `json:"kept"`     // the counsellor whom it waits for, "" for none; left out then
	Asked   string `json:"asked"`    // the line to which the young person was asked to go, "" for none; left out then
}

// Health is how a lead's lines stand.
type Health struct {
	Lines []HealthLine
	Queue []QueuePlace
}

// AppendHealth appends health.
func AppendHealth(dst []byte, h *Health) []byte {
	dst = append(member(open(dst, THealth), "lines"), '[')
	for i := range h.Lines {
		l := &h.Lines[i]
		if i > 0 {
			dst = append(dst, ',')
		}
		dst = memberBool(appendString(append(dst, `{"line":`...), l.Line), "paused", l.Paused)
		dst = memberInt(memberInt(dst, "on_duty", int64(l.OnDuty)), "free", int64(l.Free))
		dst = memberInt(memberInt(dst, "waiting", int64(l.Waiting)), "oldest_s", int64(l.OldestS))
		dst = append(memberInt(memberInt(dst, "talking", int64(l.Talking)), "held", int64(l.Held)), '}')
	}
	dst = append(member(append(dst, ']'), "queue"), '[')
	for i := range h.Queue {
		p := &h.Queue[i]
		if i > 0 {
			dst = append(dst, ',')
		}
		dst = appendString(append(dst, `{"chat":`...), p.Chat)
		dst = memberString(memberString(dst, "line", p.Line), "lang", p.Lang)
		dst = memberInt(memberBool(dst, "urgent", p.Urgent), "waited_s", int64(p.WaitedS))
		dst = append(memberAny(memberAny(memberBool(dst, "down", p.Down), "kept", p.Kept), "asked", p.Asked), '}')
	}
	return append(dst, ']', '}')
}
