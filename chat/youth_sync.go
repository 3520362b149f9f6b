package chat

import (
	"errors"
	"time"

	"haven/chat/frame"
	"haven/routing"
)

// freshBoard is how old a look at the lines may be to say where somebody stands who was put back in line.
const freshBoard = 200 * time.Millisecond

// mark has the chat looked at again. mu is held.
func (y *youth) mark() {
	if y.look.mark() {
		y.hub.work.add(y)
	}
}

func (y *youth) stir() {
	y.mu.Lock()
	if y.room != nil {
		y.mark()
	}
	y.mu.Unlock()
}

// sync implements syncer: it looks at the chat and tells the difference.
func (y *youth) sync() {
	y.mu.Lock()
	if !y.look.begin() {
		y.mu.Unlock()
		return
	}
	rm, bound, after, e, stands := y.room, y.bound, y.told.seen, y.told.e, y.told.stands()
	if rm == nil || y.state != stateOpen {
		y.look.end(false)
		y.mu.Unlock()
		if rm != nil {
			y.hub.visits.stir(rm.chat)
		}
		return
	}
	inLine, line := y.told.phase == routing.Waiting, y.line
	y.mu.Unlock()

	began := y.hub.visits.now()
	ctx, cancel := y.hub.call()
	v, err := y.hub.queue.View(ctx, rm.chat, after, e)
	cancel()
	counted := y.hub.visits.saw(rm.chat, began, &v, err)
	var b *board
	if err == nil && v.Phase == routing.Waiting && (!inLine || v.Line != line) {
		b = y.hub.lookOnce(freshBoard)
	}

	y.mu.Lock()
	defer y.mu.Unlock()
	y.counted = y.counted || counted && y.bound == bound && !y.told.ended
	switch {
	case y.bound != bound:
		y.again(true)
	case away(err):
		y.look = syncQueued
		y.hub.work.later(y)
	case err != nil:
		y.vanished(err)
		y.again(false) // what was asked for meanwhile may be about the chat that comes next
	default:
		if b != nil {
			y.shown = b.shownAt(rm.chat, v.Line, placeShown{far: routing.AheadMax})
			y.looks, y.known = b.look, b.look
		}
		y.told.holds(stands, v.LastY, v.LastC)
		y.bulk = true
		more := y.apply(&v)
		y.bulk = false
		y.again(more)
	}
}

// again ends a look. The next page of a replay waits until this one is written, so that a replay fills no queue.
// mu is held.
func (y *youth) again(more bool) {
	if !y.look.end(more) {
		return
	}
	if more && y.flushing {
		y.refill = append(y.refill, y)
		return
	}
	y.hub.work.add(y)
}

// vanished: the store knows the chat no more. When it began another life, hello says so and the page resumes by
// itself. mu is held.
func (y *youth) vanished(err error) {
	if y.told.ended || y.told.store != y.hub.queue.Store() {
		return
	}
	if errors.Is(err, routing.ErrNoChat) {
		y.end(frame.AppendError(y.begin(), frame.CodeNoChat, "resume"))
		y.told.ended, y.over = true, true
	}
}

// apply tells this socket what of v it has not been told, in the order of the protocol: joined, confirm, messages,
// then what comes of the end of the page. It reports whether the log holds more. mu is held.
func (y *youth) apply(v *routing.View) (more bool) {
	live := v.Phase == routing.Waiting || v.Phase == routing.Talking || v.Phase == routing.Away
	switch {
	case y.told.ended:
		return false
	case v.Sock != "" && !y.is(v.Sock):
		y.over = true
		y.close(closeReplaced, "replaced")
		return false
	case v.Sock == "" && live:
		// The store takes this line for down, after this node had stood still. The page comes back by itself.
		y.close(closeRestart, "resume")
		return false
	}
	epoch, moved := y.told.e, live && v.Line != "" && v.Line != y.line
	if moved {
		y.line = v.Line
	}
	if v.Phase == routing.Waiting {
		y.tellWaiting(v, moved)
	} else if v.Phase != routing.Over && v.Phase != routing.Lost && len(v.Epochs) > 0 {
		y.tellEpochs(v)
	}
	if y.told.torn {
		v.Messages, v.ReadC = nil, 0
	}
	sealed := sealedUpTo(v)
	for i := range v.Messages {
		m := &v.Messages[i]
		if y.told.replay(m, routing.Youth) && m.Seq > sealed {
			y.end(frame.AppendMsg(y.begin(), m.Seq, m.Body))
		}
		y.told.saw(m.Seq)
	}
	if v.More && len(v.Messages) > 0 {
		return true
	}
	if v.ReadC > y.told.read {
		y.told.read = v.ReadC
		y.end(frame.AppendRead(y.begin(), v.ReadC))
	}
	switch {
	case v.Phase == routing.Away && y.told.phase != routing.Away:
		y.end(frame.AppendAway(y.begin(), int(y.hub.cfg.Durations.DeskGrace/time.Second)))
	case !live:
		y.tellEnded(v.Reason, y.hub.elsewhere(y.line))
		y.over = v.Phase == routing.Over
	}
	y.told.phase = v.Phase
	if live {
		y.tellHandover(v, y.told.e != epoch)
	}
	return false
}

// sealedUpTo is the highest seq that was sealed for another key of the young person's, before a return code.
func sealedUpTo(v *routing.View) int64 {
	if len(v.Epochs) == 0 {
		return v.Seq
	}
	return v.Epochs[0].Since
}

// tellWaiting tells where they stand, where they did not know or it is another line now. mu is held.
func (y *youth) tellWaiting(v *routing.View, moved bool) {
	if y.told.phase == routing.Waiting && !y.resumed && !moved {
		return
	}
	w := y.shown.waiting(v.Chat, y.hub.since())
	if moved || y.resumed {
		w.Line = v.Line
	}
	if y.resumed {
		w.Share, w.Past = v.Share, past(v.Epochs)
		y.resumed = false
		y.told.knows(v.Epochs)
	}
	y.end(frame.AppendWaiting(y.begin(), &w))
	y.told.phase = routing.Waiting
}

// knows: every epoch so far has been told as past. mu is held.
func (t *told) knows(epochs []routing.Epoch) {
	for i := range epochs {
		t.e, t.tag = max(t.e, epochs[i].E), ""
	}
}

func past(epochs []routing.Epoch) []frame.Past {
	out := make([]frame.Past, len(epochs))
	for i, e := range epochs {
		out[i] = frame.Past{E: e.E, PK: e.PK, Tag: e.TagC}
	}
	return out
}

// tellEpochs tells who joined since, each with her key confirmation behind.
func (y *youth) tellEpochs(v *routing.View) {
	cur := v.Current()
	back := y.told.phase == routing.Away || y.told.phase == routing.Waiting
	if y.resumed {
		y.told.knows(v.Epochs[:len(v.Epochs)-1])
		y.told.e = min(y.told.e, cur.E-1)
	}
	switch {
	case cur.E > y.told.e:
		for i := range v.Epochs {
			e := &v.Epochs[i]
			if e.E <= y.told.e {
				continue
			}
			j := frame.Joined{E: e.E, PK: e.PK, Name: e.Owner, Line: v.Line, Seq: sealedUpTo(v)}
			if y.resumed {
				j.Share, j.Past = v.Share, past(v.Epochs[:i])
				y.resumed = false
			}
			y.end(frame.AppendJoined(y.begin(), &j))
			y.told.e, y.told.tag = e.E, ""
			if e != cur && e.TagC != "" {
				y.end(frame.AppendConfirm(y.begin(), e.E, e.TagC))
			}
		}
	case back && v.Phase == routing.Talking:
		y.end(frame.AppendJoined(y.begin(), &frame.Joined{
			E: cur.E, PK: cur.PK, Name: cur.Owner, Line: v.Line, Seq: sealedUpTo(v),
		}))
	}
	if cur.TagC != "" && cur.TagC != y.told.tag {
		y.told.tag = cur.TagC
		y.end(frame.AppendConfirm(y.begin(), cur.E, cur.TagC))
	}
	if v.Phase == routing.Talking {
		y.told.phase = routing.Talking
	}
}

// tellEnded says that the chat is over. Nothing is acked after it.
func (y *youth) tellEnded(reason string, e *frame.Elsewhere) {
	if y.told.ended {
		return
	}
	y.told.ended, y.counted = true, false // what comes after it on this socket is another visit
	y.end(frame.AppendEnded(y.begin(), reason, e))
}

// showRead says that the counsellor was shown the chat up to seq.
func (y *youth) showRead(rm *room, seq int64) {
	y.mu.Lock()
	defer y.mu.Unlock()
	if y.room != rm || y.told.ended || y.look != upToDate || y.told.torn || seq <= y.told.read {
		return // a look that is under way tells it
	}
	y.told.read = seq
	y.end(frame.AppendRead(y.begin(), seq))
}

// showPlace shows the place in line again where it changed.
func (y *youth) showPlace(b *board) {
	y.mu.Lock()
	defer y.mu.Unlock()
	if y.room == nil || y.told.phase != routing.Waiting || y.told.ended || b.look <= y.looks {
		return
	}
	now := b.shownAt(y.room.chat, y.line, y.shown)
	if now.same(y.shown) {
		y.shown.far, y.known = now.far, b.look
		return
	}
	w := now.waiting(y.room.chat, y.hub.since())
	if now.ahead > y.shown.ahead {
		w.Why = b.why(y.room.chat, y.line, y.known)
	}
	y.shown, y.known = now, b.look
	y.end(frame.AppendWaiting(y.begin(), &w))
}
