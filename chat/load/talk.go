package load

import (
	"haven/chat/client"
	"haven/chat/frame"
)

// begin lets everybody talk at once, so that those who came early do not slow down the others' way in.
func (d *driver) begin() {
	for _, p := range d.pairs {
		switch {
		case d.opt.Idle:
			p.say(0, d.now())
		case d.opt.Rate == 0:
			for i := range d.opt.InFlight {
				p.say((p.i+i)%2, d.now())
			}
		}
	}
}

// say sends the next message from that side, 0 for the young person.
func (p *pair) say(side int, due int64) {
	// Both readers of a chat may be here at once: counted first must be sent first.
	p.flows[side].order.Lock()
	defer p.flows[side].order.Unlock()
	m := &client.Message{ID: p.flows[side].next(due), K: frame.Text, Text: p.d.text, Size: p.d.opt.Size, At: due}
	if side == 0 {
		p.youth.Send(m)
		return
	}
	p.mu.Lock()
	desk := p.desk
	p.mu.Unlock()
	desk.Send(m)
}

func (d *driver) delivery(c *client.Chat, h *frame.Hot, side int) {
	if p, ok := c.Data().(*pair); ok {
		p.heard(h, side)
	} else {
		d.note("a message before its chat")
	}
}

func (d *driver) ack(c *client.Chat, m *client.Message, side int) {
	if p, ok := c.Data().(*pair); ok {
		p.kept(m, side)
	}
}

// heard is told of a message from that side, by the other.
func (p *pair) heard(h *frame.Hot, side int) {
	due, through := p.flows[side].deliver(h.ID)
	if due < 0 {
		return
	}
	p.d.hadAll.Add(1)
	if p.d.measuring.Load() {
		p.d.delivered.Add(1)
		p.record(due, true)
	}
	p.goOn(side, through)
}

// kept is told that a message from that side was acked.
func (p *pair) kept(m *client.Message, side int) {
	due, through := p.flows[side].ack(m.ID)
	if due < 0 {
		return
	}
	p.d.ackedAll.Add(1)
	if p.d.measuring.Load() {
		p.d.acked.Add(1)
		p.record(due, false)
	}
	p.goOn(side, through)
}

func (p *pair) record(due int64, delivery bool) {
	us := max(1, (p.d.now()-due)/1000)
	h := &p.d.hists[p.i%shards]
	h.mu.Lock()
	defer h.mu.Unlock()
	if delivery {
		_ = h.deliver.RecordValue(us)
	} else {
		_ = h.ack.RecordValue(us)
	}
}

// goOn answers in a closed loop: what is through is followed by a message from the other side.
func (p *pair) goOn(side int, through bool) {
	if through && p.d.opt.Rate == 0 && !p.d.opt.Idle && !p.d.stopping.Load() {
		p.say(1-side, p.d.now())
	}
}
