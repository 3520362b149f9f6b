package chat

import "sync"

// wheel holds every socket in one of as many slots as its ping has seconds. One slot of each role is gone through
// each second, so that ten thousand sockets cost neither a timer nor a goroutine, and their pings do not come in
// one burst.
type wheel struct {
	mu     sync.Mutex
	youths [youthPing]slot
	desks  [deskPing]slot
	turn   int // of the next socket
	pass   []*socket
}

type slot []*socket

func (w *wheel) slotOf(s *socket) *slot {
	if s.role == RoleYouth {
		return &w.youths[s.slot]
	}
	return &w.desks[s.slot]
}

func (w *wheel) add(s *socket) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.turn++
	if s.role == RoleYouth {
		s.slot = w.turn % len(w.youths)
	} else {
		s.slot = w.turn % len(w.desks)
	}
	l := w.slotOf(s)
	s.at = len(*l)
	*l = append(*l, s)
}

func (w *wheel) remove(s *socket) {
	w.mu.Lock()
	defer w.mu.Unlock()
	l := w.slotOf(s)
	last := len(*l) - 1
	(*l)[s.at] = (*l)[last]
	(*l)[s.at].at = s.at
	(*l)[last] = nil
	*l = (*l)[:last]
}

// all is every socket now.
func (w *wheel) all() []*socket {
	w.mu.Lock()
	defer w.mu.Unlock()
	var out []*socket
	for _, l := range w.youths {
		out = append(out, l...)
	}
	for _, l := range w.desks {
		out = append(out, l...)
	}
	return out
}

// beatWheel is one second: it pings one slot of each role and ends the sockets there that have been silent.
func (h *Hub) beatWheel() {
	now := h.tick.Add(1)
	w := &h.wheel
	w.mu.Lock()
	due := append(w.pass[:0], w.youths[int(now)%len(w.youths)]...)
	due = append(due, w.desks[int(now)%len(w.desks)]...)
	w.pass = due
	w.mu.Unlock()
	for _, s := range due {
		silence := int32(youthSilence)
		if s.role == RoleCounsellor {
			silence = deskSilence
		}
		s.mu.Lock()
		if s.state != stateNew && now-s.heard.Load() >= silence {
			s.kill() // half open: a close frame would wait for an answer that does not come
		} else {
			s.endFrame(opPing, s.begin())
		}
		s.mu.Unlock()
	}
	clear(due)
	h.visits.beat(now)
	h.work.again()
}
