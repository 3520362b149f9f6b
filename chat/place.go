package chat

import (
	"errors"
	"time"

	"haven/chat/frame"
	"haven/routing"
)

// place is one chat on a desk. Everything but desk and chat is guarded by the desk's mu; room is set before the place
// can be found by it.
type place struct {
	desk  *desk
	chat  string
	line  string
	room  *room
	bound int // counts bindings, as with youth
	look  syncState
	told  told
	quiet bool
	gone  bool // the young person's line is down
	anew  bool // assigned was told, and which of these two is so was not since
	dead  bool // no longer on this desk
}

// mark has the chat looked at again. The desk's mu is held.
func (p *place) mark() {
	if !p.dead && p.look.mark() {
		p.desk.hub.work.add(p)
	}
}

func (p *place) stir() {
	p.desk.mu.Lock()
	p.mark()
	p.desk.mu.Unlock()
}

// settle implements author.
func (p *place) settle(a *routing.Append, n int64) {
	d := p.desk
	d.mu.Lock()
	defer d.mu.Unlock()
	d.landed()
	switch {
	case a.Typing || p.told.ended:
	case a.Err != nil:
		code := codeOf(a.Err)
		p.told.gap.failed(code, a.E, n, d.hub.since())
		d.end(frame.AppendError(d.begin(), code, a.ID))
	default:
		p.told.kept(a.Seq, a.ID)
		d.end(frame.AppendDeskAck(d.begin(), p.chat, a.ID, a.Seq))
	}
}

// deliver hands on a message of the young person's.
func (p *place) deliver(m live) {
	d := p.desk
	d.mu.Lock()
	defer d.mu.Unlock()
	if p.dead {
		return
	}
	switch p.told.live(m, p.look != upToDate) {
	case liveSend:
		d.end(frame.AppendDeskMsg(d.begin(), p.chat, m.seq, m.body))
	case liveLook:
		p.mark()
	}
}

// showRead says that the young person was shown the chat up to seq.
func (p *place) showRead(seq int64) {
	d := p.desk
	d.mu.Lock()
	defer d.mu.Unlock()
	if p.dead || p.told.ended || p.look != upToDate || p.told.torn || seq <= p.told.read {
		return // a look that is under way tells it
	}
	p.told.read = seq
	d.end(frame.AppendDeskRead(d.begin(), p.chat, seq))
}

// sync implements syncer.
func (p *place) sync() {
	d := p.desk
	d.mu.Lock()
	if !p.look.begin() {
		d.mu.Unlock()
		return
	}
	if p.dead || d.state != stateOpen {
		p.look.end(false)
		d.mu.Unlock()
		return
	}
	bound, after, e, stands := p.bound, p.told.seen, p.told.e, p.told.stands()
	d.mu.Unlock()

	ctx, cancel := d.hub.call()
	v, err := d.hub.queue.View(ctx, p.chat, after, e)
	cancel()

	d.mu.Lock()
	defer d.mu.Unlock()
	switch {
	case p.bound != bound:
		p.again(true)
	case errors.Is(err, routing.ErrNoChat):
		p.remove() // forgotten by the store; the desk frame says what is left
		p.again(false)
	case err != nil:
		p.look = syncQueued
		d.hub.work.later(p)
	default:
		p.told.holds(stands, v.LastC, v.LastY)
		d.bulk = true
		more := p.apply(&v)
		d.bulk = false
		p.again(more)
	}
}

// again ends a look, as with youth.
func (p *place) again(more bool) {
	if !p.look.end(more) {
		return
	}
	if more && p.desk.flushing {
		p.desk.refill = append(p.desk.refill, p)
		return
	}
	p.desk.hub.work.add(p)
}

// apply tells this desk what of v it has not been told, and reports whether the log holds more. The desk's mu is held.
func (p *place) apply(v *routing.View) (more bool) {
	d := p.desk
	cur := v.Current()
	live := v.Phase == routing.Talking || v.Phase == routing.Away
	switch {
	case p.dead || p.told.ended:
		return false
	case v.Phase == routing.Done || v.Phase == routing.Lost || v.Phase == routing.Over:
		p.tellEnded(v.Reason)
		return false
	case !live || cur == nil || cur.Owner != d.name:
		if v.Came.Result == routing.HandoverMoved {
			p.tellHandover(v)
		}
		d.forget(p.chat)
		p.remove() // back in line, or another's: the desk frame says so
		return false
	}
	if cur.E > p.told.e {
		// Seq is the highest kept, of which a replay may leave out what was before her: for an accept where the
		// epoch began, also when it is repeated.
		p.told.e, p.told.tag, p.anew = cur.E, "", true
		d.end(frame.AppendAssigned(d.begin(), &frame.Assigned{
			Chat: p.chat, E: cur.E, PK: v.PKY, Seq: max(cur.Since, p.told.own), Share: v.DeskShare, Asked: askedIn(v),
		}))
	}
	if cur.TagY != "" && cur.TagY != p.told.tag {
		p.told.tag = cur.TagY
		d.end(frame.AppendDeskConfirm(d.begin(), p.chat, cur.E, cur.TagY))
	}
	if p.told.torn {
		v.Messages, v.ReadY = nil, 0
	}
	for i := range v.Messages {
		m := &v.Messages[i]
		if p.told.replay(m, routing.Counsellor) && ownerAt(v, m.Seq) == d.name {
			d.end(frame.AppendDeskMsg(d.begin(), p.chat, m.Seq, m.Body))
		}
		p.told.saw(m.Seq)
	}
	if v.More && len(v.Messages) > 0 {
		return true
	}
	if v.ReadY > p.told.read {
		p.told.read = v.ReadY
		d.end(frame.AppendDeskRead(d.begin(), p.chat, v.ReadY))
	}
	if v.Quiet != p.quiet || p.anew && v.Quiet {
		p.quiet = v.Quiet
		d.end(frame.AppendDeskQuiet(d.begin(), p.chat, v.Quiet))
	}
	if gone := v.Sock == ""; gone != p.gone || p.anew && gone {
		p.gone = gone
		if gone {
			d.end(frame.AppendGone(d.begin(), p.chat, int(d.hub.cfg.Durations.YouthGrace/time.Second)))
		} else {
			d.end(frame.AppendBack(d.begin(), p.chat))
		}
	}
	p.anew = false
	p.tellHandover(v)
	p.told.phase = v.Phase
	return false
}

// ownerAt is who owned the chat when seq was stored.
func ownerAt(v *routing.View, seq int64) string {
	for _, epochs := range [][]routing.Epoch{v.Epochs, v.Before} {
		for i := len(epochs) - 1; i >= 0; i-- {
			if epochs[i].Since < seq {
				return epochs[i].Owner
			}
		}
	}
	return ""
}

// after is up to where she needs nothing of a chat that she accepted: what was before her, unless it was hers before the young
// person came back by a code, and was said while her line was down.
func after(v *routing.View) int64 {
	cur := v.Current()
	if n := len(v.Before); n > 0 && len(v.Epochs) == 1 && v.Before[n-1].Owner == cur.Owner {
		return min(max(v.ReadC, v.Before[n-1].Since), cur.Since)
	}
	return cur.Since
}

// tellEnded says that the chat is over. Nothing is acked after it. The desk's mu is held.
func (p *place) tellEnded(reason string) {
	if p.told.ended || p.dead {
		return
	}
	d := p.desk
	p.told.ended = true
	d.end(frame.AppendDeskEnded(d.begin(), p.chat, reason))
	if began := p.room.talked.Swap(0); began != 0 {
		lasted := d.hub.since() - time.Duration(began-1)
		d.hub.obs.ChatLasted(p.line, int(lasted.Round(time.Minute)/time.Minute))
	}
	p.remove()
}

// remove takes the chat from the desk. The desk's mu is held; the registry's comes behind it.
func (p *place) remove() {
	p.dead = true
	if p.desk.places[p.chat] == p {
		delete(p.desk.places, p.chat)
	}
	p.desk.hub.leave(p.room, nil, p)
}
