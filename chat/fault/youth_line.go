package fault

import (
	"context"
	"time"

	"haven/chat/client"
)

// question is what a young person was asked, and what they will say.
type question struct {
	offer string // "" for nothing, or what was answered
	at    time.Time
	says  answer
}

type answer int

const (
	yes answer = iota
	no
	nothing // they let it stand
)

// isAsked is when they are asked whether they may be brought elsewhere. Some think about it for longer.
func (y *youth) isAsked(e *client.Event) {
	y.note(Entry{What: Asked, Chat: y.chat, Offer: e.Offer, Line: e.Line, Name: e.Name})
	if e.Agreed {
		return
	}
	long := 300 * time.Millisecond
	if y.chance(300) {
		long = 1200 * time.Millisecond
	}
	y.question = question{offer: e.Offer, at: y.soon(0, long)}
	switch n := y.rng.IntN(100); {
	case n >= 92:
		y.question.says = nothing
	case n >= 78:
		y.question.says = no
	}
}

// answers what was asked, when they get round to it.
func (y *youth) answers() {
	q := &y.question
	if q.offer == "" || q.says == nothing || time.Now().Before(q.at) || !y.page.Connected() {
		return
	}
	y.note(Entry{What: Answers, Chat: y.chat, Offer: q.offer, OK: q.says == yes})
	_ = y.page.Consent(q.offer, q.says == yes, false)
	q.offer = ""
}

// waits is when they are shown their place in line.
func (y *youth) waits(e *client.Event) {
	line := e.Line // said where it is another
	if y.chat != e.Chat {
		if y.hidden != e.Chat && line == "" {
			line = y.line
		}
		if y.hidden != e.Chat { // the code leads to that chat yet
			y.code, y.coded = "", false
		}
		// Where the store was emptied, the same words go to another chat.
		y.chat, y.hidden, y.acked, y.read, y.joined = e.Chat, "", 0, 0, false
	}
	y.isAt(line)
	y.note(Entry{What: Waits, Chat: y.chat, Line: line})
}

// isAt is told where the chat is, "" for where it was: there it is asked for anew.
func (y *youth) isAt(line string) {
	if line != "" {
		y.line = line
	}
}

// hides is the quick exit: the page is gone with all it knew but the words of the code, and a while later there is another.
func (y *youth) hides(ctx context.Context) {
	y.note(Entry{What: Hides, Chat: y.chat})
	_ = y.page.Hide()
	for end := time.Now().Add(200 * time.Millisecond); time.Now().Before(end) && y.page.Connected(); {
		y.person.next(ctx, y.page) // nobody looks any more
	}
	y.page.Cut()
	y.note(Entry{What: Down})
	y.note(Entry{What: Reloaded})
	y.page = client.NewYouth(client.Options{URL: y.url(), Tap: y.tap})
	y.hidden, y.chat, y.place, y.asked, y.joined, y.acked, y.read = y.chat, "", "", false, false, 0, 0
	y.finished, y.question, y.greeted = time.Time{}, question{}, false
	y.again = y.soon(50*time.Millisecond, 4*time.Second)
	if y.chance(60) {
		y.again = y.soon(6*time.Second, 9*time.Second) // the chat may be over by then
	}
}
