package chat

import (
	"context"
	"errors"
	"slices"

	"haven/chat/frame"
	"haven/routing"
)

// youth is the socket of a young person. Its reader changes what it is bound to; workers bring it up to date.
type youth struct {
	socket
	joins tokens // the reader's

	// The reader's. A visit that has no place in line yet ends with this socket; one that has is the hub's.
	visit   *visit
	placed  bool   // this socket had a chat
	taken   uint64 // turn of visits at which its join was; 0 once the page is known to have its token
	takenAt int32  // Hub.tick of then

	// Guarded by mu.
	room    *room  // nil before join and resume, and after an end that left nothing
	line    string // of room
	bound   int    // counts bindings: what was asked for an older one is thrown away
	over    bool   // nothing is left in the store: no drop
	resumed bool   // share and past are to be told
	look    syncState
	looks   int // Hub.board.look when it was bound: an older one does not know its place
	known   int // Hub.board.look of what is shown
	told    told
	shown   placeShown
	counted bool // the visit of its chat was counted as answered, and the chat did not end
}

func (y *youth) handle(in *inbound) {
	f := &in.youth
	if err := f.Parse(in.b); err != nil {
		y.badFrame(reOf(err))
		return
	}
	switch f.T {
	case frame.TMsg:
		y.msg(&f.Inbound)
	case frame.TRead:
		y.wasRead(f.Seq)
	case frame.TBeat:
		y.beat()
	case frame.TVisit:
		y.visited(&f.Inbound)
		*f = frame.Youth{} // it goes back to a pool; neither a campaign nor a token stays in it
	case frame.TJoin:
		aside(func() { y.join(f) })
		*f = frame.Youth{}
	case frame.TResume:
		aside(func() { y.resume(f) })
		*f = frame.Youth{}
	case frame.TCode:
		aside(y.code)
	case frame.TConsent:
		aside(func() { y.consent(f) })
	default:
		y.taken = 0
		aside(func() { y.inChat(f) })
	}
}

// reOf is what the answer to a bad frame answers to.
func reOf(err error) string {
	var bad *frame.BadFrame
	if errors.As(err, &bad) {
		return bad.Re
	}
	return ""
}

func (y *youth) msg(f *frame.Inbound) {
	y.mu.Lock()
	rm := y.room
	ok := rm != nil && !y.told.ended
	if ok && f.K == frame.Typing && !y.hub.cfg.Typing[y.line] {
		y.mu.Unlock()
		return
	}
	if ok && f.K != frame.Typing {
		if code := y.hub.before(&y.told, f); code != "" {
			y.end(frame.AppendError(y.begin(), code, f.ID))
			y.mu.Unlock()
			return
		}
	}
	if ok {
		ok = y.admit()
	}
	if !ok {
		y.end(frame.AppendError(y.begin(), frame.CodeNoChat, f.ID))
		y.mu.Unlock()
		return
	}
	t := y.told
	y.mu.Unlock()
	y.hub.relay(y, rm, routing.Youth, "", t, f)
}

// settle implements author.
func (y *youth) settle(a *routing.Append, n int64) {
	y.mu.Lock()
	defer y.mu.Unlock()
	y.landed()
	switch {
	case a.Typing || y.told.ended || y.room == nil || y.room.chat != a.Chat:
	case a.Err != nil:
		code := codeOf(a.Err)
		y.told.gap.failed(code, a.E, n, y.hub.since())
		y.end(frame.AppendError(y.begin(), code, a.ID))
	default:
		y.told.kept(a.Seq, a.ID)
		y.end(frame.AppendAck(y.begin(), a.ID, a.Seq))
	}
}

// deliver hands on a message of the counsellor's.
func (y *youth) deliver(rm *room, m live) {
	y.mu.Lock()
	defer y.mu.Unlock()
	if y.room != rm {
		return
	}
	switch y.told.live(m, y.look != upToDate) {
	case liveSend:
		y.end(frame.AppendMsg(y.begin(), m.seq, m.body))
	case liveLook:
		y.mark()
	}
}

// join asks for a chat.
func (y *youth) join(f *frame.Youth) {
	const re = "join"
	y.mu.Lock()
	busy := y.room != nil && !y.told.ended
	counted := y.counted
	y.mu.Unlock()
	line := y.hub.lines[f.Line]
	switch {
	case busy:
		y.fail(frame.CodeNotNow, re)
		return
	case !y.joins.take(y.hub.since()):
		y.fail(frame.CodeSlowDown, re)
		return
	case line == nil:
		y.refuse(f.Line, routing.RefusedUnknownLine)
		return
	case !y.hub.knowsStore():
		y.refuse(f.Line, routing.RefusedUnavailable)
		return
	}
	j := routing.Join{Line: f.Line, Lang: f.Lang, Topic: f.Topic, Urgent: f.Urgent, PK: f.PK, Sock: y.id}
	if !slices.Contains(line.Langs, j.Lang) && len(line.Langs) > 0 {
		j.Lang = line.Langs[0]
	}
	if f.Return != "" && y.comesBack(f, &j) {
		return
	}
	store := y.hub.queue.Store()
	looks := y.hub.board.Load().look + 1 // a look that is under way may have begun before the join
	ctx, cancel := y.hub.call()
	in, err := y.hub.queue.Join(ctx, j)
	cancel()
	var no *routing.Refusal
	switch {
	case errors.As(err, &no):
		y.turnedAway(&f.Inbound, line, counted)
		y.refuse(f.Line, no.Reason)
		return
	case errors.Is(err, routing.ErrSlowDown):
		y.fail(frame.CodeSlowDown, re)
		return
	case err != nil:
		if in.Chat != "" {
			y.hub.doubted(in.Chat)
		}
		y.turnedAway(&f.Inbound, line, counted)
		y.refuse(f.Line, routing.RefusedUnavailable)
		return
	}
	if j.Prefer != "" {
		y.hub.lookOnce(0) // whether she can be waited for is told at once
	}
	y.placedIn(in.Chat, &f.Inbound, line, counted)
	// What happened between the join and the registration is in the store, so look once more behind it.
	y.bind(in.Chat, f.Line, looks, told{store: store, e: -1, phase: routing.Waiting}, func() {
		b := y.hub.board.Load()
		y.shown = b.placed(in.Chat, f.Line, in.Ahead)
		y.shown.nobody = false
		if in.Ahead < in.Room && y.shown.kept.name == "" { // of which that look may not know yet
			y.shown.wait = atOnce
		}
		w := y.shown.waiting(in.Chat, y.hub.since())
		w.Token, w.Share = in.Token, in.Share
		y.end(frame.AppendWaiting(y.begin(), &w))
	})
}

func (y *youth) refuse(line, reason string) {
	e := y.hub.elsewhere(line)
	y.mu.Lock()
	y.end(frame.AppendRefused(y.begin(), reason, e))
	y.mu.Unlock()
}

// resume goes on with a chat on this socket.
func (y *youth) resume(f *frame.Youth) {
	const re = "resume"
	y.mu.Lock()
	other := y.room != nil && !y.told.ended && y.room.chat != f.Chat
	y.mu.Unlock()
	if other {
		y.fail(frame.CodeNotNow, re)
		return
	}
	if !y.hub.knowsStore() {
		y.fail(frame.CodeUnavailable, re)
		return
	}
	turn := y.hub.turn(f.Chat)
	turn.Lock()
	defer turn.Unlock()
	looks := y.hub.board.Load().look + 1
	y.hub.visits.comes(f.Chat)
	store := y.hub.queue.Store()
	ctx, cancel := y.hub.call()
	v, ahead, err := y.hub.queue.Resume(ctx, f.Chat, f.Token, y.id, f.After)
	cancel()
	if err == nil && v.Phase == routing.Over && v.Reason != routing.ReasonClosed {
		err = routing.ErrNoChat // else the line closed while theirs was down, and they are told so
	}
	err = y.hub.sure(err)
	y.goesOn(&f.Inbound, &v, err)
	if err != nil {
		if errors.Is(err, routing.ErrNoChat) {
			y.unbind(true)
		}
		y.fail(codeOf(err), re)
		return
	}
	y.bind(f.Chat, v.Line, looks, back(store, f.After, v.Seq), func() {
		y.resumed = true
		y.shown = y.hub.board.Load().placed(f.Chat, v.Line, ahead)
		y.apply(&v)
	})
}

// bind makes this socket the chat's newest on this node, tells it what is known already, and has it look once more:
// what happened before it was registered did not reach it.
func (y *youth) bind(chat, line string, looks int, t told, tell func()) {
	y.mu.Lock()
	another := y.room != nil && y.room.chat != chat
	y.mu.Unlock()
	if another {
		y.unbind(true)
	}
	var before *youth
	rm := y.hub.enter(chat, func(rm *room) { before = rm.youth.Swap(y) })
	if before != nil && before != y {
		before.replaced(rm)
	}
	y.mu.Lock()
	t.gap = y.told.gap
	y.room, y.line, y.told, y.over, y.looks, y.known = rm, line, t, false, looks, looks-1
	y.bound++
	y.bulk = true // a page of the log may be among it
	tell()
	y.bulk = false
	y.mark()
	y.mu.Unlock()
}

// unbind lets go of the chat; with over there is nothing to drop either.
func (y *youth) unbind(over bool) {
	y.mu.Lock()
	rm := y.room
	y.room, y.told, y.resumed = nil, told{e: -1}, false
	y.bound++
	dropped := rm != nil && !over && !y.over
	y.mu.Unlock()
	if rm == nil {
		return
	}
	y.hub.leave(rm, y, nil)
	if rm.youth.Load() == nil {
		y.hub.visits.hold(rm.chat)
	}
	if dropped {
		y.hub.insist(func(ctx context.Context) error { return y.hub.queue.Drop(ctx, rm.chat, y.id) })
	}
}

// replaced closes a socket for which a newer one stands. That is no drop.
func (y *youth) replaced(rm *room) {
	y.mu.Lock()
	if y.room == rm {
		y.over = true
		y.close(closeReplaced, "replaced")
	}
	y.mu.Unlock()
}

// closed implements owner.
func (y *youth) closed() {
	y.parted()
	y.unbind(false)
}

// wasRead notes that the young person was shown the chat up to seq.
func (y *youth) wasRead(seq int64) {
	y.mu.Lock()
	rm := y.room
	known, store := max(y.told.seen, y.told.own), y.told.store
	y.mu.Unlock()
	if rm == nil {
		y.fail(frame.CodeNoChat, "read")
		return
	}
	if store != y.hub.queue.Store() {
		y.fail(frame.CodeUnavailable, "read") // its page counts in a life of the store that is over
		return
	}
	ctx, cancel := y.hub.call()
	err := y.hub.queue.Read(ctx, rm.chat, routing.Youth, "", seq)
	cancel()
	if err != nil {
		y.fail(codeOf(err), "read")
		return
	}
	// What lies above is for the store to judge, and comes back with a wake.
	if p := rm.desk.Load(); p != nil && seq <= known {
		p.showRead(seq)
	}
}

// inChat handles the frames that need a live chat.
func (y *youth) inChat(f *frame.Youth) {
	y.mu.Lock()
	rm := y.room
	live := rm != nil && !y.told.ended
	y.mu.Unlock()
	re := f.T.String()
	if !live {
		y.fail(frame.CodeNoChat, re)
		return
	}
	ctx, cancel := y.hub.call()
	defer cancel()
	var err error
	switch q := y.hub.queue; f.T {
	case frame.TConfirm:
		err = y.hub.confirm(ctx, rm.chat, routing.Youth, "", f.E, f.Tag)
	case frame.TQuiet:
		err = q.Quiet(ctx, rm.chat, f.On)
	case frame.TAnyone:
		err = q.Anyone(ctx, rm.chat, y.id)
	case frame.TLeave:
		if err = q.Leave(ctx, rm.chat); err == nil {
			y.left()
		}
	case frame.THide:
		y.hide(rm)
	}
	if err != nil {
		y.fail(codeOf(err), re)
	}
}

// left answers leave.
func (y *youth) left() {
	y.mu.Lock()
	line := y.line // which a handover may change at any time
	y.mu.Unlock()
	e := y.hub.elsewhere(line)
	y.mu.Lock()
	y.tellEnded(routing.ReasonLeft, e)
	y.over = true
	y.mu.Unlock()
}

// hide is the quick exit: what the phone kept is dead before this socket is closed, and if the store is away it is
// dead as soon as it is back.
func (y *youth) hide(rm *room) {
	y.mu.Lock()
	y.over = true // Hide drops
	y.mu.Unlock()
	y.unbind(true)
	y.hub.insist(func(ctx context.Context) error { return y.hub.queue.Hide(ctx, rm.chat, y.id) })
	y.shut(closeNormal, "")
}
