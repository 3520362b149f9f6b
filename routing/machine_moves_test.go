package routing

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"pgregory.net/rapid"
)

func (m *machine) proposes(t *rapid.T) {
	name, chat := m.held(t, "c")
	to := To{Line: rapid.SampledFrom([]string{"jip", "fier"}).Draw(t, "line")}
	if rapid.Bool().Draw(t, "colleague") {
		to = To{Name: m.who(t).Name}
	}
	_, err := m.Propose(m.ctx, name, chat, to, "")
	m.expect(err, ErrNoChat, ErrNobody)
}

func (m *machine) consents(t *rapid.T) {
	chat := m.chat(t)
	if c := m.last.chats[chat]; c == nil || c.Asked == nil {
		t.Skip("nothing is asked")
	}
	yes := rapid.IntRange(0, 3).Draw(t, "yes") > 0
	m.expect(m.Consent(m.ctx, chat, m.socks[chat], m.last.chats[chat].Asked.Offer, yes), ErrNoOffer)
}

func (m *machine) keeps(t *rapid.T) {
	name, chat := m.held(t, "c")
	m.expect(m.Keep(m.ctx, name, chat), ErrNoChat)
}

// times lets one deadline fall due, any but those of passes, which check takes to be far off.
func (m *machine) times(t *rapid.T) {
	due := map[string]string{} // by a name that a second run gives it too
	for _, x := range m.last.zsets["due"] {
		name := x
		for i, chat := range m.order {
			name = strings.Replace(name, chat, fmt.Sprintf("%03d", i), 1)
		}
		if kind, _, _ := strings.Cut(x, ":"); kind == "ring" || kind == "offer" {
			_, chat, _ := strings.Cut(m.last.offers[x[len(kind)+1:]], ":")
			chat, _, _ = strings.Cut(chat, ":")
			if c := m.last.chats[chat]; c != nil && c.Of != "" {
				chat, kind = c.Of, "ring of a handover"
			}
			name = fmt.Sprintf("%s:%03d", kind, slices.Index(m.order, chat))
		}
		if offer, ok := strings.CutPrefix(x, "leg:"); ok && m.last.chats[offer] != nil {
			name = fmt.Sprintf("leg:%03d", slices.Index(m.order, m.last.chats[offer].Of))
		}
		if !strings.HasPrefix(x, "pass:") {
			due[name] = x
		}
	}
	if len(due) == 0 {
		t.Skip("nothing is due")
	}
	m.soon(due[rapid.SampledFrom(slices.Sorted(maps.Keys(due))).Draw(t, "due")])
}
