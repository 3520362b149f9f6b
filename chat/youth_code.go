package chat

import (
	"errors"
	"time"

	"haven/chat/frame"
	"haven/routing"
)

// code asks for a return code for this chat.
func (y *youth) code() {
	const re = "code"
	y.mu.Lock()
	rm := y.room
	live := rm != nil && !y.told.ended
	y.mu.Unlock()
	switch {
	case !live:
		y.fail(frame.CodeNoChat, re)
		return
	case !y.joins.take(y.hub.since()):
		y.fail(frame.CodeSlowDown, re)
		return
	}
	ctx, cancel := y.hub.call()
	words, err := y.hub.queue.Code(ctx, rm.chat)
	cancel()
	if err != nil {
		y.fail(codeOf(err), re)
		return
	}
	y.mu.Lock()
	if y.room == rm && !y.told.ended {
		y.end(frame.AppendCode(y.begin(), words, int(y.hub.cfg.Durations.Code/(24*time.Hour))))
	}
	y.mu.Unlock()
}

// comesBack follows the code of a join. It reports whether that was all: the code was wrong, or the chat that it leads to
// goes on here. Else the join goes on, to the same counsellor if she can be had.
func (y *youth) comesBack(f *frame.Youth, j *routing.Join) bool {
	ctx, cancel := y.hub.call()
	to, err := y.hub.queue.Recall(ctx, f.Return)
	cancel()
	if err == nil && to.Chat != "" {
		if err = y.reenter(f, to.Chat); err == nil {
			return true
		}
		if errors.Is(err, routing.ErrNoChat) {
			err = nil // it ended just now
		}
	}
	if err != nil {
		y.fail(codeOf(err), "join")
		return true
	}
	j.Again, j.Prefer = true, to.Counsellor
	return false
}

// reenter goes on with the chat that a code leads to, as resume does, with another key, token and share.
func (y *youth) reenter(f *frame.Youth, chat string) error {
	turn := y.hub.turn(chat)
	turn.Lock()
	defer turn.Unlock()
	store := y.hub.queue.Store()
	looks := y.hub.board.Load().look + 1
	y.hub.visits.comes(chat)
	ctx, cancel := y.hub.call()
	in, v, err := y.hub.queue.Reenter(ctx, f.Return, chat, f.PK, y.id)
	if err == nil && v.Quiet { // that was said on the page that went; this one has yet to say it, and may as soon as it has its place
		_ = y.hub.queue.Quiet(ctx, chat, false)
	}
	cancel()
	if err == nil && v.Phase == routing.Over {
		err = routing.ErrNoChat
	}
	resumed := f.Inbound
	resumed.Chat = chat
	y.goesOn(&resumed, &v, err)
	if err != nil {
		return err
	}
	t := back(store, v.Seq, v.Seq)
	t.phase, t.read = routing.Waiting, v.ReadC
	t.knows(v.Epochs)
	b := y.hub.lookOnce(0) // it may wait for her who had it
	y.bind(chat, v.Line, looks, t, func() {
		y.shown = b.placed(chat, v.Line, in.Ahead)
		y.shown.nobody = false
		w := y.shown.waiting(chat, y.hub.since())
		w.Token, w.Share, w.Line = in.Token, in.Share, v.Line // which they need not have asked for
		y.end(frame.AppendWaiting(y.begin(), &w))
	})
	return nil
}
