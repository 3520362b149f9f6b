package client

import (
	"context"
	"net/http"
	"net/url"

	"haven/chat/frame"
	"haven/chat/hvn1"
)

// Desk is a counsellor's end of all her chats.
type Desk struct {
	socket
	staff staff

	// Under mu.
	chats map[string]*Chat
	rings map[string]*Chat // by offer that was accepted, until assigned
	store string
}

// NewDesk is a Desk of that account, not logged in yet.
func NewDesk(o Options, name, password string) *Desk {
	if o.Origin == "" {
		if u, err := url.Parse(o.URL); err == nil {
			o.Origin = u.Scheme + "://" + u.Host
		}
	}
	d := &Desk{
		socket: socket{opt: o, head: http.Header{"Origin": {o.Origin}}},
		chats:  map[string]*Chat{}, rings: map[string]*Chat{},
	}
	tcp := d.dialer()
	d.staff = staff{name: name, password: password, origin: o.Origin, dial: tcp.DialContext, session: &Session{}}
	return d
}

// Connect logs in where that was not done, gets a ticket, dials and enters. What is answered, hello and desk, is
// heard like everything else.
func (d *Desk) Connect(ctx context.Context) error {
	ticket, err := d.Ticket(ctx)
	if err != nil {
		return err
	}
	if err := d.Dial(ctx); err != nil {
		return err
	}
	return d.EnterWith(ticket)
}

// Ticket logs in where that was not done, and gets a ticket.
func (d *Desk) Ticket(ctx context.Context) (string, error) { return d.staff.ticket(ctx, d.opt.URL) }

// Dial connects without entering.
func (d *Desk) Dial(ctx context.Context) error { return d.connect(ctx, "/desk", d.handle) }

// EnterWith enters with a ticket.
func (d *Desk) EnterWith(ticket string) error {
	return d.do(true, frame.Inbound{T: frame.TEnter, Ticket: ticket})
}

// Reconnect connects again, to another address of the deployment or with "" to the same, and resumes every chat
// after the highest seq that was had; what was not acked is sent again.
func (d *Desk) Reconnect(ctx context.Context, url string) error {
	if url != "" {
		d.opt.URL = url
	}
	d.Cut()
	d.mu.Lock()
	for _, c := range d.chats {
		c.dropped()
	}
	d.mu.Unlock()
	if err := d.Connect(ctx); err != nil {
		return err
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.resumeAll()
}

func (d *Desk) resumeAll() error {
	for _, c := range d.chats {
		f := frame.Inbound{T: frame.TResume, Chat: c.id, After: c.seen}
		if c.current == nil { // its key is not taken yet
			f.PK = c.pk
		}
		if err := c.send(&f); err != nil {
			return err
		}
	}
	return nil
}

// Entered waits for the first desk frame.
func (d *Desk) Entered(ctx context.Context) (Event, error) {
	return answer(d.ExpectThat(ctx, func(e *Event) bool {
		return e.T == frame.TDesk || e.T == frame.TError && e.Re == "enter"
	}))
}

// Ready takes chats, up to capacity at once.
func (d *Desk) Ready(capacity int) error {
	return d.do(true, frame.Inbound{T: frame.TReady, Capacity: capacity})
}

// Rest takes no more.
func (d *Desk) Rest() error { return d.do(true, frame.Inbound{T: frame.TRest}) }

// Take asks for the next in line; offer or error not_now answers.
func (d *Desk) Take() error { return d.do(true, frame.Inbound{T: frame.TTake}) }

// Decline declines an offer.
func (d *Desk) Decline(offer string) error {
	return d.do(true, frame.Inbound{T: frame.TDecline, Offer: offer})
}

// Accept accepts an offer with a fresh key, or again with the same; assigned or withdrawn answers. A chat that rings again
// before either came is accepted with the key that it was first: assigned names no offer.
func (d *Desk) Accept(o *Event) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	c := d.rings[o.Offer]
	for _, rung := range d.rings {
		if c == nil && rung.id == o.Chat {
			c = rung
			d.rings[o.Offer] = c
		}
	}
	if c == nil {
		c = newChat(&d.socket, hvn1.Counsellor)
		c.id = o.Chat
		if err := c.newKey(); err != nil {
			return err
		}
		d.rings[o.Offer] = c
	}
	return d.send(&frame.Inbound{T: frame.TAccept, Offer: o.Offer, PK: c.pk}, true)
}

// Assigned waits for the next offer, accepts it, and waits until the young person's key confirmation checked.
func (d *Desk) Assigned(ctx context.Context) (*Chat, error) {
	o, err := d.Expect(ctx, frame.TOffer)
	if err != nil {
		return nil, err
	}
	if err := d.Accept(&o); err != nil {
		return nil, err
	}
	e, err := answer(d.ExpectThat(ctx, func(e *Event) bool {
		return e.T == frame.TAssigned && e.Chat == o.Chat || e.T == frame.TWithdrawn && e.Offer == o.Offer ||
			e.T == frame.TError && e.Re == "accept"
	}))
	if err != nil || e.Err != nil {
		return nil, firstOf(err, e.Err)
	}
	if e.T == frame.TWithdrawn {
		return nil, &ErrFrame{frame.CodeNoOffer, "accept"}
	}
	k, err := d.ExpectThat(ctx, func(k *Event) bool { return k.T == frame.TConfirm && k.Chat == o.Chat && k.E == e.E })
	return d.Chat(o.Chat), firstOf(err, k.Err)
}

// Chat is the chat of that id, nil where this desk never owned it.
func (d *Desk) Chat(id string) *Chat {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.chats[id]
}

// Resume asks for a chat after that seq. With fresh it is taken over with a new key, as from another device: what
// was said before stays closed.
func (d *Desk) Resume(chat string, after int64, fresh bool) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	if c := d.chats[chat]; c != nil && fresh {
		c.epochs = map[int]*epoch{}
	}
	return d.resume(chat, after, fresh)
}

func (d *Desk) resume(chat string, after int64, fresh bool) error {
	f := frame.Inbound{T: frame.TResume, Chat: chat, After: after}
	c := d.chats[chat]
	if c == nil {
		c = newChat(&d.socket, hvn1.Counsellor)
		c.id, fresh = chat, true
		d.chats[chat] = c
	}
	if fresh {
		if err := c.newKey(); err != nil {
			return err
		}
		f.PK, c.current = c.pk, nil
	}
	return d.send(&f, true)
}

// Handover asks to bring a chat to a line or, where line is "", to a counsellor by name. slip is the id of a message of
// the chat that goes along, or "".
func (d *Desk) Handover(chat, line, name, slip string) error {
	return d.do(true, frame.Inbound{T: frame.THandover, Chat: chat, ToLine: line, ToName: name, Slip: slip})
}

// Keep takes a handover back.
func (d *Desk) Keep(chat string) error { return d.do(true, frame.Inbound{T: frame.TKeep, Chat: chat}) }

// End ends a chat: done or stopped.
func (d *Desk) End(chat, reason string) error {
	return d.do(true, frame.Inbound{T: frame.TEnd, Chat: chat, Reason: reason})
}

// Wrapup notes what came of a chat; w needs Kind, Outcome and Topic.
func (d *Desk) Wrapup(chat string, w frame.Inbound) error {
	w.T, w.Chat = frame.TWrapup, chat
	return d.do(true, w)
}

// Beat asks whether the line is alive.
func (d *Desk) Beat() error { return d.do(true, frame.Inbound{T: frame.TBeat}) }

func (d *Desk) handle(b []byte) {
	if d.opt.Tap != nil {
		d.opt.Tap(b)
	}
	var h frame.Hot
	if h.Parse(b) {
		d.mu.Lock()
		c := d.chats[string(h.Chat)]
		d.mu.Unlock()
		if c != nil {
			d.hot(c, &h, d.chats)
		}
		return
	}
	var e Event
	if e.Parse(b) != nil || e.T == frame.Unknown {
		return
	}
	d.mu.Lock()
	d.apply(&e)
	c := d.chats[e.Chat]
	if e.T == frame.TEnded || e.T == frame.THandover && e.Result == "moved" {
		if c != nil {
			c.ended = true
		}
		delete(d.chats, e.Chat)
	}
	d.mu.Unlock()
	d.tell(c, &e)
}

func (d *Desk) apply(e *Event) {
	c := d.chats[e.Chat]
	switch e.T {
	case frame.THello:
		if d.store != "" && e.Store != "" && e.Store != d.store {
			for _, c := range d.chats {
				c.emptied()
			}
			e.Err = d.resumeAll()
		}
		if e.Store != "" {
			d.store = e.Store
		}
	case frame.TAssigned:
		for offer, rung := range d.rings {
			if rung.id == e.Chat && !c.has(e.E) { // back at this desk after another owned it, the chat has a new key
				delete(d.rings, offer)
				if c != nil {
					rung.takesOver(c)
				}
				c = rung
				d.chats[e.Chat] = c
			}
		}
		switch {
		case c == nil || c.key == nil && !d.opt.Unsealed:
		case c.keyed(e.E):
			e.Err = c.begin(e.E, e.PK)
		case !c.renews: // the store forgot the epoch of this key
			c.renews = true
			e.Err = d.resume(e.Chat, c.seen, true)
		}
	case frame.TWithdrawn:
		delete(d.rings, e.Offer)
	case frame.TConfirm:
		if c != nil {
			e.Err = c.confirm(e.E, e.Tag)
		}
	case frame.TRead:
		if c != nil {
			c.read(e.Seq)
		}
	case frame.TError:
		for _, c := range d.chats {
			if c.refused(e.Code, e.Re) {
				return
			}
		}
	}
}
