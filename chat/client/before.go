package client

import (
	"encoding/json"
	"slices"

	"haven/chat/frame"
	"haven/chat/hvn1"
)

// before is what a young person's page says first in a chat that it began because the store forgot another: a history item
// under that one's id. The seal is of that chat's epoch E, as its message 0 with the id of the new chat, so that nobody else
// can be taken for the same person.
type before struct {
	Before *struct {
		E  int    `json:"e"`
		IV string `json:"iv"`
		CT string `json:"ct"`
	} `json:"before"`
}

// left is a chat that the store forgot: what shows that it was ours, and the message that says so, nil at first.
type left struct {
	chat string
	e    *epoch
	m    *Message
}

// goOn says first, in the chat that has its place now, with which it goes on.
func (y *Youth) goOn() error {
	c := y.Chat
	y.left = slices.DeleteFunc(y.left, func(l left) bool { return l.m != nil && !slices.Contains(c.waiting, l.m) }) // she read it
	var first []*Message
	for i := range y.left {
		l := &y.left[i]
		sealed, err := l.e.session.SealAs(c.id, hvn1.History, 0, "")
		if err != nil {
			return err
		}
		var b before
		b.Before = &struct {
			E  int    `json:"e"`
			IV string `json:"iv"`
			CT string `json:"ct"`
		}{l.e.e, sealed.IV, sealed.CT}
		text, err := json.Marshal(b)
		if err != nil {
			return err
		}
		if l.m == nil {
			l.m = &Message{ID: l.chat, K: hvn1.History, link: true}
		}
		l.m.Text = string(text)
		first = append(first, l.m)
	}
	c.waiting = append(first, slices.DeleteFunc(c.waiting, func(m *Message) bool { return slices.Contains(first, m) })...)
	return nil
}

// goesOn sees whether a message is such a word, which is not for the caller: where it is true, what was said in that chat
// and not read goes out here. chats are those of this desk.
func (c *Chat) goesOn(h *frame.Hot, text string, chats map[string]*Chat) bool {
	var b before
	if h.K != hvn1.History || json.Unmarshal([]byte(text), &b) != nil || b.Before == nil {
		return false
	}
	_ = c.send(&frame.Inbound{T: frame.TRead, Chat: c.id, Seq: h.Seq})
	old := chats[string(h.ID)]
	if old == nil || old.epochs[b.Before.E] == nil || old.epochs[b.Before.E].session == nil {
		return true
	}
	proof := hvn1.Sealed{K: hvn1.History, ID: c.id, IV: b.Before.IV, CT: b.Before.CT}
	if _, err := old.epochs[b.Before.E].session.Open(hvn1.Youth, proof); err != nil {
		return true
	}
	for id := range old.ids {
		c.ids[id] = struct{}{}
	}
	again := append(old.acked, old.waiting...)
	for _, m := range again {
		m.counted, m.sent, m.stale = false, false, 0
	}
	c.waiting = append(again, c.waiting...)
	old.waiting, old.acked, old.ended = nil, nil, true
	delete(chats, old.id)
	if c.current != nil && c.current.confirmed && !c.held && !c.blocked {
		c.flush()
	}
	return true
}
