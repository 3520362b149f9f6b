package client

import (
	"crypto/rand"
	"encoding/base64"
	"maps"

	"haven/chat/frame"
	"haven/chat/hvn1"
)

// Chat is one end of one chat: its keys, what it sent and what it had. Its socket's mutex guards it.
type Chat struct {
	data any // the caller's own

	s    *socket
	side hvn1.Side
	desk bool
	id   string

	key     *hvn1.Key // nil when unsealed
	pk      string
	epochs  map[int]*epoch
	current *epoch
	above   int  // newest epoch that began: the key in hand is that of epochs, and of newer ones
	renews  bool // asked for an epoch under it

	seen    int64               // highest seq that was had
	ids     map[string]struct{} // had; nil with Handlers, where seq has to do
	waiting []*Message          // not acked, oldest first
	acked   []*Message          // but not read by the other side; kept in case the store is emptied
	stopped bool                // somebody stands between
	ended   bool
	held    bool // after a drop, until the server said where the chat stands: what is older goes first
	blocked bool // one was refused: it is sent again before what is newer
}

type epoch struct {
	e         int
	pk        string
	session   *hvn1.Session // nil when unsealed
	confirmed bool
	n         int64 // of the next message
}

// Message is one message of ours.
type Message struct {
	ID   string
	K    int
	Text string // may be left empty when unsealed
	Size int    // of the text in bytes; 0 is that of Text
	Seq  int64  // once acked
	// At is the caller's own.
	At int64

	e       int
	n       int64
	counted bool // e and n hold
	sent    bool // on this connection
	link    bool // says with which chat this one goes on, and is none of the caller's
	stale   int  // sent under older epochs too, each of which may still be answered by stale_epoch
}

func newChat(s *socket, side hvn1.Side) *Chat {
	c := &Chat{s: s, side: side, desk: side == hvn1.Counsellor, epochs: map[int]*epoch{}, above: -1}
	if s.opt.Handlers == nil {
		c.ids = map[string]struct{}{}
	}
	return c
}

// keyed says whether the key in hand is that of an epoch.
func (c *Chat) keyed(e int) bool { return c.epochs[e] != nil || e > c.above }

// has says whether an epoch has begun here: what rang since, and was accepted, is another one, which the store may have
// forgotten.
func (c *Chat) has(e int) bool { return c != nil && c.epochs[e] != nil }

// newKey gives the chat a key pair, or what looks like one.
func (c *Chat) newKey() error {
	if c.s.opt.Unsealed {
		var b [65]byte
		rand.Read(b[:])
		b[0] = 4
		c.pk = base64.RawURLEncoding.EncodeToString(b[:])
		return nil
	}
	k, err := hvn1.NewKey()
	if err != nil {
		return err
	}
	c.key, c.pk = k, k.PK()
	return nil
}

// SetData keeps what the caller's Handlers find again with Data.
func (c *Chat) SetData(data any) {
	c.s.mu.Lock()
	defer c.s.mu.Unlock()
	c.data = data
}

// Data is what SetData kept.
func (c *Chat) Data() any {
	c.s.mu.Lock()
	defer c.s.mu.Unlock()
	return c.data
}

// ID is the chat's id, "" before it has one.
func (c *Chat) ID() string {
	c.s.mu.Lock()
	defer c.s.mu.Unlock()
	return c.id
}

// Epoch is the newest epoch and whether messages may be sent in it; -1 before the first.
func (c *Chat) Epoch() (e int, confirmed bool) {
	c.s.mu.Lock()
	defer c.s.mu.Unlock()
	if c.current == nil {
		return -1, false
	}
	return c.current.e, c.current.confirmed
}

// SAS is that of the newest epoch, nil before the first and when unsealed.
func (c *Chat) SAS() []byte {
	c.s.mu.Lock()
	defer c.s.mu.Unlock()
	if c.current == nil || c.current.session == nil {
		return nil
	}
	sas := c.current.session.SAS()
	return sas[:]
}

// Seen is the highest seq that was had.
func (c *Chat) Seen() int64 {
	c.s.mu.Lock()
	defer c.s.mu.Unlock()
	return c.seen
}

// Ended reports whether ended was heard.
func (c *Chat) Ended() bool {
	c.s.mu.Lock()
	defer c.s.mu.Unlock()
	return c.ended
}

// Unacked is how many messages wait to be acked.
func (c *Chat) Unacked() int {
	c.s.mu.Lock()
	defer c.s.mu.Unlock()
	return len(c.waiting)
}

// Say sends a text under a fresh id; before the other side is confirmed, and while the line is down, it waits.
func (c *Chat) Say(text string) *Message { return c.SayAs(hvn1.NewID(), frame.Text, text) }

// SayAs is Say with an id and a kind.
func (c *Chat) SayAs(id string, k int, text string) *Message {
	m := &Message{ID: id, K: k, Text: text}
	c.Send(m)
	return m
}

// Send sends m, which needs an ID and K, as Say does.
func (c *Chat) Send(m *Message) {
	c.s.mu.Lock()
	defer c.s.mu.Unlock()
	c.waiting = append(c.waiting, m)
	if c.current != nil && c.current.confirmed && !c.stopped && !c.held && !c.blocked {
		c.put(m)
	}
	if m.K == frame.Typing { // never acked
		c.waiting = c.waiting[:len(c.waiting)-1]
	}
}

// put writes m in the current epoch.
func (c *Chat) put(m *Message) {
	ep := c.current
	if m.sent && m.e == ep.e {
		return
	}
	if m.sent {
		m.stale++
	}
	if !m.counted || m.e != ep.e {
		m.n, m.e, m.counted = ep.n, ep.e, true
		ep.n++
	}
	var f frame.Inbound
	f.T, f.Chat, f.E, f.N, f.ID, f.K = frame.TMsg, c.id, m.e, m.n, m.ID, m.K
	var iv [16]byte
	if ep.session == nil {
		f.IV, f.CT = noise(iv[:], m)
	} else {
		sealed, err := ep.session.SealAs(m.ID, m.K, m.n, m.Text)
		if err != nil {
			return // the caller's text is no text; it stays unacked, which every test sees
		}
		f.IV, f.CT = []byte(sealed.IV), []byte(sealed.CT)
	}
	m.sent = c.send(&f) == nil
}

// send writes a frame of this end. s.mu is held.
func (c *Chat) send(f *frame.Inbound) error { return c.s.send(f, c.desk) }

func (s *socket) send(f *frame.Inbound, desk bool) error {
	if desk {
		s.buf = (&frame.Desk{Inbound: *f}).Append(s.buf[:0])
	} else {
		s.buf = (&frame.Youth{Inbound: *f}).Append(s.buf[:0])
	}
	return s.write(s.buf)
}

// do is send for callers without the mutex.
func (s *socket) do(desk bool, f frame.Inbound) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.send(&f, desk)
}

// Read says that everything up to seq was shown.
func (c *Chat) Read(seq int64) error {
	return c.s.do(c.desk, frame.Inbound{T: frame.TRead, Chat: c.ID(), Seq: seq})
}

// begin opens epoch e with the other side's pk, and says our key confirmation.
func (c *Chat) begin(e int, pk string) error {
	ep := c.epochs[e]
	if ep != nil && ep.pk != pk {
		c.stopped = true
		return ErrOtherKey
	}
	if ep == nil {
		ep = &epoch{e: e, pk: pk}
		if !c.s.opt.Unsealed {
			session, err := hvn1.NewSession(c.key, c.side, c.id, e, pk)
			if err != nil {
				c.stopped = true
				return err
			}
			ep.session = session
		}
		c.epochs[e], c.above = ep, max(c.above, e)
	}
	c.current, c.renews = ep, false
	tag := unsealedTag
	if ep.session != nil {
		tag = ep.session.Tag()
	}
	_ = c.send(&frame.Inbound{T: frame.TConfirm, Chat: c.id, E: e, Tag: tag}) // after a drop it is said again
	if ep.confirmed {
		c.flush()
	}
	return nil
}

// confirm checks the other side's tag, and sends what waited for it.
func (c *Chat) confirm(e int, tag string) error {
	ep := c.epochs[e]
	if ep == nil {
		return nil // an epoch of somebody else's
	}
	if ep.session != nil && !ep.session.Check(tag) {
		c.stopped = true
		return ErrConfirm
	}
	ep.confirmed = true
	if ep == c.current {
		c.flush()
	}
	return nil
}

// flush sends what waits, oldest first, so that order survives drops and epochs.
func (c *Chat) flush() {
	c.held, c.blocked = false, false
	for _, m := range c.waiting {
		if !c.stopped {
			c.put(m)
		}
	}
}

// dropped forgets what went out on a connection that ended.
func (c *Chat) dropped() {
	c.held, c.renews = true, false
	for _, m := range c.waiting {
		m.sent, m.stale = false, 0
	}
}

// takesOver goes on, under a new key, with what this page had and said in the chat before.
func (c *Chat) takesOver(from *Chat) {
	c.data, c.seen, c.ids, c.waiting, c.acked = from.data, from.seen, from.ids, from.waiting, from.acked
	from.waiting, from.acked = nil, nil // it may yet be about to send them again
	maps.Copy(c.epochs, from.epochs)    // what was said in them may come yet
}

// emptied goes back to what the other side has not read: the store began another life.
func (c *Chat) emptied() {
	c.seen = 0
	c.waiting = append(c.acked, c.waiting...)
	c.acked = nil
	c.dropped()
}
