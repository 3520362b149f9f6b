package fault

import (
	"context"
	"fmt"
	"time"

	"haven/chat/client"
	"haven/chat/frame"
	"haven/chat/hvn1"
)

// youth is a young person who asks for one chat after another.
type youth struct {
	person
	page *client.Youth

	// Of this chat.
	chat        string // "" before it has a place
	line        string // that was asked for
	asked       bool
	urgent      bool
	refused     bool // and may ask again
	joined      bool
	words       int   // still to be said
	acked, read int64 // highest of our own
	next        time.Time
	again       time.Time // when to connect or ask again
	leaving     bool      // and nothing else
	abrupt      bool      // whatever is under way
	done        bool
	finished    time.Time // everything was said, acked and read
	patience    time.Duration

	question question // whether they may be brought elsewhere
	code     string   // of its return code
	coded    bool     // which was asked for
	hidden   string   // the chat that they hid, on a page that has not got it back yet
}

func (y *youth) run(ctx context.Context) {
	defer y.busy("")
	for ctx.Err() == nil && !y.over.Load() {
		y.visit(ctx)
		if y.closing.Load() {
			return
		}
	}
}

// visit is one chat from the first click to the end.
func (y *youth) visit(ctx context.Context) {
	y.chat, y.asked, y.refused, y.joined, y.leaving, y.done = "", false, false, false, false, false
	y.words, y.acked, y.read, y.finished = 2+y.rng.IntN(7), 0, 0, time.Time{}
	y.patience = time.Duration(200+y.rng.IntN(1500)) * time.Millisecond
	y.line, y.question, y.code, y.coded, y.hidden = y.Lines[y.rng.IntN(len(y.Lines))], question{}, "", false, ""
	y.page = client.NewYouth(client.Options{URL: y.url(), Tap: y.tap})
	defer func() {
		y.page.Cut()
		y.note(Entry{What: Down})
	}()
	for ctx.Err() == nil && !y.done && !y.over.Load() {
		y.busy(y.state())
		if !y.page.Connected() && time.Now().After(y.again) {
			y.connect(ctx, false)
		}
		if e, ok := y.person.next(ctx, y.page); ok {
			y.hears(&e)
			continue
		}
		y.alive(y.page)
		y.answers()
		if time.Now().After(y.next) {
			y.next = y.soon(20*time.Millisecond, 140*time.Millisecond)
			y.acts(ctx)
		}
	}
}

func (y *youth) state() string {
	if !y.asked {
		return "nothing asked yet"
	}
	return fmt.Sprintf("chat %s, connected %v, joined %v, %d to say, %d unacked, acked up to %d, read up to %d, leaving %v",
		y.chat, y.page.Connected(), y.joined, y.words, y.page.Unacked(), y.acked, y.read, y.leaving)
}

func (y *youth) connect(ctx context.Context, reload bool) {
	ctx, cancel := context.WithTimeout(ctx, dialTime)
	defer cancel()
	y.page.Cut()
	y.greeted = false // nobody reads now
	y.heard.Store(int64(time.Since(y.History.begun)))
	y.again = y.soon(50*time.Millisecond, 200*time.Millisecond)
	if !reload {
		if y.page.Reconnect(ctx, y.url()) == nil {
			y.refused = false // the page asks again by itself
		}
		return
	}
	y.note(Entry{What: Reloaded})
	_ = y.page.Reload(ctx, y.url())
}

// acts does what a person may do next.
func (y *youth) acts(ctx context.Context) {
	calm := y.closing.Load()
	switch up := y.page.Connected(); {
	case !up:
	case !y.asked:
		y.asked, y.urgent = true, y.chance(100)
		y.wants()
	case y.chat == "":
		if y.refused && time.Now().After(y.again) {
			y.refused = false
			y.wants()
		}
	case y.leaving: // that was lost, or it is another chat meanwhile
		y.leave(y.abrupt)
	case calm:
		y.says(2)
		y.goes()
	case y.chance(25):
		y.page.Cut()
	case y.chance(10) && y.joined:
		y.page.Cut()
		for e, ok := y.person.next(ctx, y.page); ok; e, ok = y.person.next(ctx, y.page) {
			y.hears(&e) // what had come was on the screen before
		}
		if !y.done {
			y.connect(ctx, true)
		}
	case y.chance(6):
		y.leave(true)
	case y.code != "" && y.chance(40):
		y.hides(ctx)
	case len(y.Lines) > 1 && !y.coded && y.chance(60):
		y.coded = true
		_ = y.page.Code()
	case y.chance(20):
		_ = y.page.Quiet(y.chance(500))
	default:
		y.says(1 + y.rng.IntN(3))
		y.goes()
	}
}

// wants asks for a chat, or for the one that was hidden: then on any line.
func (y *youth) wants() {
	w := client.Want{Line: y.line, Urgent: y.urgent}
	if y.hidden != "" {
		y.line = y.Lines[y.rng.IntN(len(y.Lines))] // their page does not know where that chat is
		w.Line, w.Return = y.line, y.code
		y.note(Entry{What: Returns, Chat: y.hidden, Line: w.Line})
	}
	y.note(Entry{What: Wants, Line: w.Line})
	_ = y.page.Ask(w)
}

// says writes a burst of messages; before anybody is there they wait at the page.
func (y *youth) says(n int) {
	for ; n > 0 && y.words > 0; n-- {
		y.words--
		text, n := y.text()
		id := hvn1.NewID()
		y.note(Entry{What: Said, ID: id, N: n, From: 'y'})
		y.page.SayAs(id, frame.Text, text)
	}
}

// goes leaves some time after everything was said and read.
func (y *youth) goes() {
	if y.words > 0 || !y.joined || y.page.Unacked() > 0 || y.read < y.acked {
		y.finished = time.Time{}
		return
	}
	if y.finished.IsZero() {
		y.finished = time.Now()
	}
	if time.Since(y.finished) > y.patience {
		y.leave(false)
	}
}

func (y *youth) leave(abrupt bool) {
	y.leaving, y.abrupt = true, abrupt
	y.note(Entry{What: Leaves, Chat: y.chat, Abrupt: abrupt})
	_ = y.page.Leave()
}

func (y *youth) hears(e *client.Event) {
	if e.Err != nil {
		y.note(Entry{What: Stopped, Chat: y.chat, Name: e.Err.Error()})
		y.leave(true)
	}
	if e.Closed {
		y.note(Entry{What: Down})
		y.again = y.soon(10*time.Millisecond, 200*time.Millisecond)
		return
	}
	switch e.T {
	case frame.TWaiting:
		y.waits(e)
	case frame.TRefused:
		y.note(Entry{What: Refused, Reason: e.Reason, Line: y.line})
		y.chat, y.refused = "", true
		y.again = y.soon(100*time.Millisecond, 300*time.Millisecond)
	case frame.TJoined:
		y.joined = true
		y.isAt(e.Line)
		y.note(Entry{What: Joined, Chat: y.chat, E: e.E, PK: e.PK, Name: e.Name, Line: e.Line, Seq: e.Seq})
	case frame.TMsg:
		y.shown(y.chat, e)
		_ = y.page.Chat.Read(e.Seq)
	case frame.TAck:
		y.acked = max(y.acked, e.Seq)
	case frame.TRead:
		y.read = max(y.read, e.Seq)
		y.note(Entry{What: Read, Chat: y.chat, Seq: e.Seq})
	case frame.THandover:
		y.isAsked(e)
	case frame.TCode:
		y.code = e.Words
	case frame.TEnded:
		y.note(Entry{What: Ended, Chat: y.chat, Reason: e.Reason})
		y.done = true
	case frame.TError:
		y.error(e)
	}
}

func (y *youth) error(e *client.Event) {
	switch {
	case e.Re == "join" && e.Code == frame.CodeNoChat && y.hidden != "":
		y.note(Entry{What: Barred, Chat: y.hidden})
		y.hidden, y.code, y.coded, y.refused = "", "", false, true
	case e.Re == "join" && e.Code != frame.CodeNotNow:
		y.refused = true
		y.again = y.soon(100*time.Millisecond, 300*time.Millisecond)
	case e.Re == "resume" && e.Code == frame.CodeNoChat && y.chat == "": // it was asked twice
	case e.Re == "resume" && e.Code == frame.CodeNoChat:
		if y.page.ID() != y.chat { // it is joined anew, by the page itself
			y.note(Entry{What: Wants})
			y.chat, y.joined = "", false
			return
		}
		y.note(Entry{What: Missing, Chat: y.chat})
		y.done = true
	case e.Re == "resume": // the store is away
		y.page.Cut()
		y.again = y.soon(100*time.Millisecond, 300*time.Millisecond)
	}
}
