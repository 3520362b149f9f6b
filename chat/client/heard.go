package client

import (
	"time"

	"haven/chat/frame"
	"haven/chat/hvn1"
)

// heard keeps account of a msg and opens it; fresh is false of one that was had.
func (c *Chat) heard(h *frame.Hot) (text string, opened, fresh bool) {
	if h.Seq > 0 {
		if h.Seq <= c.seen {
			return "", false, false
		}
		c.seen = h.Seq
	}
	if h.From == byte(c.side) {
		return "", false, false // ours, replayed
	}
	if c.ids != nil && h.Seq > 0 {
		if _, had := c.ids[string(h.ID)]; had {
			return "", false, false
		}
		c.ids[string(h.ID)] = struct{}{}
	}
	if ep := c.epochs[h.E]; ep != nil && ep.session != nil {
		from := hvn1.Youth
		if c.side == hvn1.Youth {
			from = hvn1.Counsellor
		}
		text, err := ep.session.Open(from, hvn1.Sealed{K: h.K, N: h.N, ID: string(h.ID), IV: string(h.IV), CT: string(h.CT)})
		return text, err == nil, true
	}
	return "", c.s.opt.Unsealed, true
}

// ack finds the message that is kept now, nil for one that was acked before.
func (c *Chat) ack(id []byte, seq int64) *Message {
	for i, m := range c.waiting {
		if m.ID == string(id) {
			m.Seq = seq
			copy(c.waiting[i:], c.waiting[i+1:])
			c.waiting[len(c.waiting)-1] = nil
			c.waiting = c.waiting[:len(c.waiting)-1]
			if c.ids != nil || c.s.opt.Again {
				c.acked = append(c.acked, m)
			}
			return m
		}
	}
	return nil
}

// read forgets what the other side was shown.
func (c *Chat) read(seq int64) {
	kept := c.acked[:0]
	for _, m := range c.acked {
		if m.Seq > seq {
			kept = append(kept, m)
		}
	}
	c.acked = kept
}

// refused looks whether an error is about a message of ours, which then waits for the epoch that follows, or is sent again
// after a while: a failover can undo what stood in its way. Nothing newer may overtake it.
func (c *Chat) refused(code, id string) bool {
	for _, m := range c.waiting {
		if m.ID != id {
			continue
		}
		if code == frame.CodeStaleEpoch && m.stale > 0 {
			m.stale-- // sealed again already
			return true
		}
		m.sent = false
		switch {
		case code == frame.CodeStaleEpoch && c.current != nil && c.current.confirmed && c.current.e != m.e:
			c.flush()
		case c.blocked || code == frame.CodeBadFrame:
		case code == frame.CodeUnavailable:
			c.blocked = true
			time.AfterFunc(retryAfter, c.retry)
		default:
			c.blocked = true
			time.AfterFunc(10*retryAfter, c.retry)
		}
		return true
	}
	return false
}

const retryAfter = 300 * time.Millisecond

// retry sends what was not taken, unless the line dropped meanwhile: then what resume answers does.
func (c *Chat) retry() {
	c.s.mu.Lock()
	defer c.s.mu.Unlock()
	c.blocked = false
	if !c.held && !c.ended && c.current != nil && c.current.confirmed {
		c.flush()
	}
}

// hot handles msg and ack, the frames of every message. chats are those of a desk.
func (s *socket) hot(c *Chat, h *frame.Hot, chats map[string]*Chat) {
	if h.T == frame.TAck {
		s.mu.Lock()
		m := c.ack(h.ID, h.Seq)
		s.mu.Unlock()
		switch on := s.opt.Handlers; {
		case m == nil || m.link:
		case on == nil:
			s.inbox.put(Event{Outbound: frame.Outbound{T: frame.TAck, Chat: string(h.Chat), ID: m.ID, Seq: m.Seq}})
		case on.Ack != nil:
			on.Ack(c, m)
		}
		return
	}
	s.mu.Lock()
	text, opened, fresh := c.heard(h)
	if fresh && opened && c.desk && c.goesOn(h, text, chats) {
		fresh = false
	}
	s.mu.Unlock()
	switch on := s.opt.Handlers; {
	case !fresh:
	case on == nil:
		s.inbox.put(Event{Text: text, Opened: opened, Outbound: frame.Outbound{
			T: frame.TMsg, Chat: string(h.Chat), Seq: h.Seq, From: string(rune(h.From)), E: h.E, N: h.N,
			ID: string(h.ID), K: h.K, IV: string(h.IV), CT: string(h.CT),
		}})
	case on.Msg != nil:
		on.Msg(c, h, text)
	}
}
