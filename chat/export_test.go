package chat

// Beat is one second of Run.
func (h *Hub) Beat() { h.beatWheel() }

// HoldTicks is after how many seconds a visit whose young person is gone is looked at.
func (h *Hub) HoldTicks() int { return int(h.holdTicks) }

// HeldVisits is how many visits this node has that were not counted yet.
func (h *Hub) HeldVisits() int {
	h.visits.mu.Lock()
	defer h.visits.mu.Unlock()
	return len(h.visits.held)
}
