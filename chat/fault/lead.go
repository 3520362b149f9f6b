package fault

import (
	"context"
	"fmt"
	"time"

	"haven/chat/client"
	"haven/chat/frame"
)

// lead is one at a desk who takes no chats: she moves who waits, and pauses a line for a moment.
type lead struct {
	person
	account Account
	desk    *client.Desk

	again  time.Time // when to connect again
	next   time.Time
	fresh  bool      // the desk was heard of on this connection
	wants  string    // the line that she wants paused
	until  time.Time // and until when
	paused map[string]bool
	queue  []frame.QueuePlace
}

func (l *lead) run(ctx context.Context) {
	l.desk = client.NewDesk(client.Options{URL: l.url(), Origin: l.Origin, Tap: l.tap}, l.account.Name, l.account.Password)
	l.desk.Share(l.account.Session)
	defer func() {
		l.desk.Cut()
		l.busy("")
	}()
	for ctx.Err() == nil {
		if l.over.Load() && l.fresh && len(l.paused) == 0 {
			return
		}
		l.busy(fmt.Sprintf("%d lines paused, connected %v", len(l.paused), l.desk.Connected()))
		if !l.desk.Connected() && time.Now().After(l.again) {
			l.connect(ctx)
		}
		if e, ok := l.person.next(ctx, l.desk); ok {
			l.hears(&e)
			continue
		}
		l.alive(l.desk)
		if time.Now().After(l.next) {
			l.next = l.soon(50*time.Millisecond, 200*time.Millisecond)
			l.acts()
		}
	}
}

func (l *lead) connect(ctx context.Context) {
	ctx, cancel := context.WithTimeout(ctx, dialTime)
	defer cancel()
	l.desk.Cut()
	l.greeted, l.fresh = false, false
	l.heard.Store(int64(time.Since(l.History.begun)))
	l.again = l.soon(50*time.Millisecond, 200*time.Millisecond)
	if l.desk.Reconnect(ctx, l.url()) != nil {
		l.desk.Cut()
	}
}

func (l *lead) hears(e *client.Event) {
	switch {
	case e.Closed:
		l.note(Entry{What: Down})
		l.again = l.soon(10*time.Millisecond, 200*time.Millisecond)
	case e.T == frame.THealth:
		l.queue = e.Queue
		l.stands(e)
	case e.T == frame.TDesk:
		l.fresh = true
		l.stands(e)
	case e.T == frame.TError && e.Re == "enter":
		l.desk.Cut()
		l.again = l.soon(100*time.Millisecond, 300*time.Millisecond)
	}
}

// stands is told which lines are paused, which is what counts: a word of hers may have been lost.
func (l *lead) stands(e *client.Event) {
	l.paused = map[string]bool{}
	for _, line := range e.Lines {
		if line.Paused {
			l.paused[line.Line] = true
		}
	}
}

// acts does what she may do next.
func (l *lead) acts() {
	if !l.desk.Connected() || !l.fresh {
		return
	}
	if over := time.Since(l.until); over > 0 {
		for line := range l.paused {
			l.pauses(line, false)
		}
		if l.wants != "" && !l.paused[l.wants] { // it may be on its way yet
			l.pauses(l.wants, false)
		}
		if over > time.Second {
			l.wants = ""
		}
	}
	switch {
	case l.closing.Load():
	case l.chance(10):
		l.desk.Cut()
	case l.chance(15) && l.wants == "":
		l.wants, l.until = l.Lines[l.rng.IntN(len(l.Lines))], l.soon(200*time.Millisecond, 900*time.Millisecond)
		l.pauses(l.wants, true)
	case len(l.queue) > 0 && l.chance(250):
		l.moves(&l.queue[l.rng.IntN(len(l.queue))])
	}
}

// pauses says that nobody new is let into a line, or that they are again.
func (l *lead) pauses(line string, on bool) {
	l.note(Entry{What: Pauses, Line: line, OK: !on})
	_ = l.desk.Pause(line, on)
}

// moves has a place wait for a counsellor of its line, or its young person asked whether they go to another.
func (l *lead) moves(p *frame.QueuePlace) {
	to, name := l.other(p.Line), ""
	if l.chance(300) {
		to, name = "", l.Staff[l.rng.IntN(len(l.Staff))].Name
	}
	l.note(Entry{What: Moves, Chat: p.Chat, Line: to, Name: name})
	_ = l.desk.Move(p.Chat, to, name)
}
