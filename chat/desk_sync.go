package chat

import (
	"bytes"
	"slices"
	"time"

	"haven/chat/frame"
	"haven/routing"
)

// How often a desk is shown: changes at most once a second, and the age of the oldest in line, which a page can count
// on by itself, now and then.
const (
	showEvery = time.Second
	showAgain = 10 * time.Second
)

// mark has the desk looked at again. mu is held.
func (d *desk) mark() {
	if d.look.mark() {
		d.hub.work.add(d)
	}
}

func (d *desk) stir() {
	d.mu.Lock()
	d.mark()
	d.mu.Unlock()
}

// sync implements syncer.
func (d *desk) sync() {
	d.mu.Lock()
	if !d.look.begin() {
		d.mu.Unlock()
		return
	}
	if d.state != stateOpen || d.name == "" {
		d.look.end(false)
		d.mu.Unlock()
		return
	}
	acts := d.acts
	d.mu.Unlock()

	ctx, cancel := d.hub.call()
	v, err := d.hub.desks.DeskView(ctx, d.name)
	cancel()

	b := d.hub.board.Load()
	d.mu.Lock()
	defer d.mu.Unlock()
	switch {
	case d.acting:
		d.look, d.parked = syncQueued, true
	case d.acts != acts:
		d.again(true)
	case err != nil:
		d.look = syncQueued
		d.hub.work.later(d)
	default:
		d.apply(&v)
		d.showLocked(b)
		d.tellCalls(&v)
		d.again(false)
	}
}

func (d *desk) again(more bool) {
	if d.look.end(more) {
		d.hub.work.add(d)
	}
}

// apply tells what rings. An empty Sock is no reason to close: the lease ran out while the store was away, and the
// next renewal brings her back. mu is held.
func (d *desk) apply(v *routing.DeskView) {
	if v.Sock != "" && !d.is(v.Sock) {
		d.close(closeReplaced, "replaced")
		return
	}
	d.view, d.viewed = v, d.hub.since()
	if v.Offer == nil || v.Offer.Offer != d.offer {
		if d.offer != "" {
			d.end(frame.AppendWithdrawn(d.begin(), d.offer))
			d.offer = ""
		}
		if v.Offer != nil && !d.settled[v.Offer.Offer] {
			d.tellOffer(v.Offer)
		}
	}
}

// forget takes a chat that is known to be hers no more out of what is shown of her desk: what was looked at before would
// show it to her again behind the news that it went. mu is held.
func (d *desk) forget(chat string) {
	d.acts++
	if d.view == nil {
		return
	}
	v := *d.view
	v.Chats = slices.DeleteFunc(slices.Clone(v.Chats), func(c routing.DeskChat) bool { return c.Chat == chat })
	d.view = &v
}

func (d *desk) tellOffer(o *routing.Offer) {
	if o.Offer == d.offer {
		return
	}
	d.offer = o.Offer
	f := frame.Offer(*o)
	d.end(frame.AppendOffer(d.begin(), &f))
}

// show shows the desk again where it changed.
func (d *desk) show(b *board) {
	d.mu.Lock()
	d.showLocked(b)
	d.mu.Unlock()
}

func (d *desk) showLocked(b *board) {
	if d.view == nil || d.state != stateOpen {
		return
	}
	f := frame.DeskState{State: d.view.State, Capacity: d.view.Capacity, Wrapups: d.view.Wrapups, Role: role(d.view.Lead),
		BreatherS: int(d.view.Breather.At), ForS: int(d.view.Shift.At)} // names of the moments, until it is known that one changed
	for _, c := range d.view.Chats {
		f.Chats = append(f.Chats, frame.DeskChat(c))
	}
	waiting := false
	ages := make([]int, 0, len(d.who.Lines))
	for i := range d.hub.cfg.Lines {
		name := d.hub.cfg.Lines[i].Name
		if !slices.Contains(d.who.Lines, name) {
			continue
		}
		l := b.line(name)
		open, _, _ := d.hub.queue.LineState(name, d.hub.cfg.Now())
		f.Lines = append(f.Lines, frame.DeskLine{Line: name, Waiting: l.Waiting, Open: open,
			Paused: l.Paused, Practice: d.hub.cfg.Lines[i].Practice})
		ages = append(ages, l.OldestS)
		waiting = waiting || l.Waiting > 0
	}
	core := frame.AppendDesk(nil, &f)
	now := d.hub.since()
	if bytes.Equal(core, d.shown) && (!waiting || now-d.showed < showAgain) {
		return
	}
	if early := d.showed + showEvery - now; d.shown != nil && early > 0 {
		if d.soon == nil {
			d.soon = time.AfterFunc(early, d.showSoon)
		}
		return
	}
	d.shown, d.showed = core, now
	f.BreatherS, f.ForS = left(d.view.Breather, now-d.viewed), left(d.view.Shift, now-d.viewed)
	for i := range f.Lines {
		f.Lines[i].OldestS = ages[i]
	}
	d.end(frame.AppendDesk(d.begin(), &f))
}

// showSoon is show a second after the last time, for what changed meanwhile.
func (d *desk) showSoon() {
	d.mu.Lock()
	d.soon = nil
	d.showLocked(d.hub.board.Load())
	d.mu.Unlock()
}

// tellEnded says that a chat is over, and takes it from its place here if it had one.
func (d *desk) tellEnded(p *place, chat, reason string) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if p != nil {
		p.tellEnded(reason)
		return
	}
	d.end(frame.AppendDeskEnded(d.begin(), chat, reason))
}
