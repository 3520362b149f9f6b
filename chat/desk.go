package chat

import (
	"context"
	"errors"
	"time"

	"haven/chat/frame"
	"haven/routing"
)

// desk is the socket of a counsellor. Its reader runs her commands one after another; workers bring it up to date.
type desk struct {
	socket
	name string // set once, by enter; "" before
	who  routing.OnDuty

	// Guarded by mu.
	look    syncState
	left    bool              // a newer desk stands at this node, which knows of that
	places  map[string]*place // her chats on this socket, by chat
	acting  bool              // she is doing something about an offer: a look would not know whose doing it saw
	acts    int               // counts that: what was asked before is thrown away
	parked  bool              // a look waits for the end of it
	offer   string            // rings here as far as she was told
	settled map[string]bool   // offers that she accepted or declined: they are not told again
	view    *routing.DeskView // as last seen, nil before the first
	viewed  time.Duration     // Hub.since then
	lead    leading
	shown   []byte        // the desk frame last sent, without oldest_s
	showed  time.Duration // Hub.since then
	soon    *time.Timer   // shows what changed within a second of that
}

func (d *desk) handle(in *inbound) {
	f := &in.desk
	if err := f.Parse(in.b); err != nil {
		d.badFrame(reOf(err))
		return
	}
	re := f.T.String()
	switch {
	case f.T == frame.TEnter && d.name == "":
		aside(func() { d.enter(f.Ticket) })
	case d.name == "":
		if f.T == frame.TMsg {
			re = f.ID
		}
		d.badFrame(re)
	case f.T == frame.TMsg:
		d.msg(&f.Inbound)
	case f.T == frame.TRead:
		d.wasRead(f.Chat, f.Seq)
	case f.T == frame.TBeat:
		d.beat()
	case f.T == frame.TEnter:
		d.fail(frame.CodeNotNow, re)
	default:
		aside(func() {
			if err := d.command(f); err != nil {
				d.failIn(codeOf(err), re, f.Chat)
			}
		})
	}
}

// enter opens the desk with a ticket.
func (d *desk) enter(ticket string) {
	const re = "enter"
	if !d.hub.knowsStore() {
		d.fail(frame.CodeUnavailable, re)
		return
	}
	ctx, cancel := d.hub.call()
	defer cancel()
	who, err := d.hub.tickets.Redeem(ctx, ticket)
	switch {
	case err == nil:
	case errors.Is(err, routing.ErrUnavailable), errors.Is(err, context.DeadlineExceeded), errors.Is(err, context.Canceled):
		d.fail(frame.CodeUnavailable, re)
		return
	default:
		d.mu.Lock()
		d.end(frame.AppendError(d.begin(), frame.CodeBadTicket, re))
		d.close(closePolicy, "bad ticket")
		d.mu.Unlock()
		return
	}
	turn := d.hub.turn(who.Name)
	turn.Lock()
	defer turn.Unlock()
	v, err := d.hub.desks.Enter(ctx, who, d.id)
	if err != nil {
		d.fail(codeOf(err), re)
		return
	}
	d.mu.Lock()
	d.name, d.who = who.Name, who
	d.mu.Unlock()
	h := d.hub
	h.mu.Lock()
	before := h.atDesk[who.Name]
	h.atDesk[who.Name] = d
	h.mu.Unlock()
	if before != nil {
		before.replaced()
	}
	b := h.board.Load()
	d.mu.Lock()
	d.apply(&v)
	d.showLocked(b)
	d.tellCalls(&v)
	d.mark() // what changed before this desk was registered
	d.mu.Unlock()
}

// replaced closes a desk for which a newer one stands at this node. That is no drop.
func (d *desk) replaced() {
	d.mu.Lock()
	d.left = true
	d.close(closeReplaced, "replaced")
	d.mu.Unlock()
}

// closed implements owner.
func (d *desk) closed() {
	d.mu.Lock()
	places := make([]*place, 0, len(d.places))
	for _, p := range d.places {
		p.dead = true
		places = append(places, p)
	}
	d.places = nil
	dropped := d.name != "" && !d.left
	if d.soon != nil {
		d.soon.Stop()
	}
	d.mu.Unlock()
	h := d.hub
	for _, p := range places {
		h.leave(p.room, nil, p)
	}
	h.mu.Lock()
	if h.atDesk[d.name] == d {
		delete(h.atDesk, d.name)
	}
	h.mu.Unlock()
	if dropped { // nothing in the store where a newer desk stands at another node; this one no longer answers for her
		h.insist(func(ctx context.Context) error { return h.desks.DropDesk(ctx, d.name, d.id) })
	}
}

func (d *desk) msg(f *frame.Inbound) {
	d.mu.Lock()
	p := d.places[f.Chat]
	if p != nil && f.K == frame.Typing && !d.hub.cfg.Typing[p.line] {
		d.mu.Unlock()
		return
	}
	if p != nil && f.K != frame.Typing {
		if code := d.hub.before(&p.told, f); code != "" {
			d.end(frame.AppendError(d.begin(), code, f.ID))
			d.mu.Unlock()
			return
		}
	}
	if p == nil || !d.admit() {
		d.end(frame.AppendError(d.begin(), frame.CodeNoChat, f.ID))
		d.mu.Unlock()
		return
	}
	t := p.told
	d.mu.Unlock()
	d.hub.relay(p, p.room, routing.Counsellor, d.name, t, f)
}

// wasRead notes that she was shown a chat up to seq.
func (d *desk) wasRead(chat string, seq int64) {
	d.mu.Lock()
	p := d.places[chat]
	var known int64
	var store string
	if p != nil {
		known, store = max(p.told.seen, p.told.own), p.told.store
	}
	d.mu.Unlock()
	if p == nil {
		d.failIn(frame.CodeNoChat, "read", chat)
		return
	}
	if store != d.hub.queue.Store() {
		d.failIn(frame.CodeUnavailable, "read", chat) // her page counts in a life of the store that is over
		return
	}
	ctx, cancel := d.hub.call()
	err := d.hub.queue.Read(ctx, chat, routing.Counsellor, d.name, seq)
	cancel()
	if err != nil {
		d.failIn(codeOf(err), "read", chat)
		return
	}
	if y := p.room.youth.Load(); y != nil && seq <= known {
		y.showRead(p.room, seq)
	}
}

// failIn is fail for a frame about a chat: she has several, and the type of a frame does not tell them apart.
func (d *desk) failIn(code, re, chat string) {
	d.mu.Lock()
	d.end(frame.AppendDeskError(d.begin(), code, re, chat))
	d.mu.Unlock()
}

// command runs what has no path of its own.
func (d *desk) command(f *frame.Desk) error {
	ctx, cancel := d.hub.call()
	defer cancel()
	switch desks := d.hub.desks; f.T {
	case frame.TReady:
		if err := desks.SetReadyFor(ctx, d.name, f.Capacity, time.Duration(f.ForS)*time.Second); err != nil {
			return err
		}
	case frame.TRest:
		if err := desks.Rest(ctx, d.name); err != nil {
			return err
		}
	case frame.TTake, frame.TAccept, frame.TDecline:
		d.act(true)
		defer d.act(false)
		return d.offers(ctx, f)
	case frame.TResume:
		return d.resume(ctx, f)
	case frame.TConfirm:
		return d.hub.confirm(ctx, f.Chat, routing.Counsellor, d.name, f.E, f.Tag)
	case frame.TCall, frame.TCome, frame.TPause, frame.TMove:
		if err := d.leads(ctx, f); err != nil {
			return err
		}
	case frame.THandover:
		return d.propose(ctx, f)
	case frame.TKeep:
		return d.keep(ctx, f.Chat)
	case frame.TEnd:
		p := d.place(f.Chat)
		if err := desks.End(ctx, d.name, f.Chat, f.Reason); err != nil {
			return err
		}
		d.tellEnded(p, f.Chat, f.Reason)
	case frame.TWrapup:
		w := routing.Wrapup{Kind: f.Kind, Outcome: f.Outcome, Parent: f.Parent, Topic: f.Topic, Heavy: f.Heavy, Referral: f.Referral}
		if err := desks.Wrapup(ctx, d.name, f.Chat, w); err != nil {
			return err
		}
	}
	d.stir() // its answer is the desk as it stands now
	return nil
}

func (d *desk) place(chat string) *place {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.places[chat]
}

// act stands around what she does about an offer.
func (d *desk) act(on bool) {
	d.mu.Lock()
	d.acting = on
	d.acts++
	parked := d.parked
	if !on {
		d.parked = false
	}
	d.mu.Unlock()
	if parked && !on {
		d.hub.work.add(d)
	}
}

// offers runs what she does about an offer. What it changed is looked at afterwards.
func (d *desk) offers(ctx context.Context, f *frame.Desk) error {
	switch f.T {
	case frame.TTake: // the next in line now
		o, err := d.hub.desks.Take(ctx, d.name)
		if err != nil {
			return err
		}
		d.mu.Lock()
		d.tellOffer(&o)
		d.mu.Unlock()
		return nil
	case frame.TAccept:
		return d.accept(ctx, f.Offer, f.PK)
	}
	if err := d.hub.desks.Decline(ctx, d.name, f.Offer); err != nil {
		return err
	}
	d.mu.Lock()
	d.settle(f.Offer)
	d.mu.Unlock()
	d.stir()
	return nil
}

// settle notes that an offer is no longer open to her. mu is held.
func (d *desk) settle(offer string) {
	if len(d.settled) > 64 {
		clear(d.settled) // an offer lives for seconds
	}
	d.settled[offer] = true
	if d.offer == offer {
		d.offer = ""
	}
}

func (d *desk) accept(ctx context.Context, offer, pk string) error {
	store := d.hub.queue.Store()
	v, err := d.hub.desks.Accept(ctx, d.name, offer, pk)
	if errors.Is(err, routing.ErrNoOffer) {
		d.mu.Lock()
		d.settle(offer)
		d.end(frame.AppendWithdrawn(d.begin(), offer))
		d.mu.Unlock()
		d.stir()
		return nil
	}
	if err != nil {
		return err
	}
	cur := v.Current()
	if cur == nil || cur.Owner != d.name {
		return routing.ErrNoChat // ended or lost between the script and the look
	}
	d.mu.Lock()
	d.settle(offer)
	d.mu.Unlock()
	d.bind(&v, back(store, after(&v), cur.Since), true)
	d.stir()
	return nil
}

func (d *desk) resume(ctx context.Context, f *frame.Desk) error {
	store := d.hub.queue.Store()
	v, err := d.hub.desks.ResumeDesk(ctx, d.name, f.Chat, f.PK, f.After)
	if err != nil {
		return d.hub.sure(err)
	}
	if cur := v.Current(); cur == nil || cur.Owner != d.name {
		return routing.ErrNoChat
	}
	d.bind(&v, back(store, f.After, v.Seq), false)
	return nil
}

// bind puts a chat on this desk, tells what is known, and has it looked at once more. fresh says that the chat was
// accepted just now; if it was before, only its assigned and confirm are told again.
func (d *desk) bind(v *routing.View, t told, fresh bool) {
	var before *place
	d.mu.Lock()
	p := d.places[v.Chat]
	switch {
	case d.places == nil || d.state != stateOpen:
		d.mu.Unlock()
		return // a newer desk stands, and its places are not to be taken over
	case p == nil:
		p = &place{desk: d, chat: v.Chat, told: t}
		d.places[v.Chat] = p
	case fresh && p.told.store == t.store:
		p.told.e, p.told.tag = -1, ""
	default:
		t.gap = p.told.gap
		p.told = t
	}
	p.bound++
	p.line = v.Line
	p.room = d.hub.enter(v.Chat, func(rm *room) {
		before = rm.desk.Swap(p)
		rm.talked.CompareAndSwap(0, int64(d.hub.since())+1)
	})
	d.bulk = true
	p.apply(v)
	d.bulk = false
	p.mark()
	d.mu.Unlock()
	if before != nil && before != p {
		before.stir() // whose it is no more
	}
}
