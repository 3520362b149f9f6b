package fault

import (
	"context"
	"fmt"
	"slices"
	"time"

	"haven/chat/client"
	"haven/chat/frame"
	"haven/chat/hvn1"
)

// counsellor is one at her desk.
type counsellor struct {
	person
	account  Account
	desk     *client.Desk
	capacity int

	offers map[string]*ring
	talks  map[string]*talk
	state  string
	owed   map[string]time.Time // wrap-ups, and when she gets round to them
	ready  time.Time            // when she says so again
	again  time.Time            // when to connect again
	next   time.Time
	fresh  bool // the desk was heard of on this connection
}

// ring is an offer, and what she will do about it.
type ring struct {
	offer    client.Event
	at       time.Time
	accepts  bool
	declines bool
	accepted bool
}

// talk is one of her chats.
type talk struct {
	words  int
	last   time.Time // something happened
	ending string    // the reason for which she ends it
}

func (d *counsellor) run(ctx context.Context) {
	if d.capacity = d.Capacity; d.capacity == 0 {
		d.capacity = 1 + d.rng.IntN(3)
	}
	d.offers, d.talks, d.owed = map[string]*ring{}, map[string]*talk{}, map[string]time.Time{}
	d.desk = client.NewDesk(client.Options{URL: d.url(), Origin: d.Origin, Tap: d.tap}, d.account.Name, d.account.Password)
	d.desk.Share(d.account.Session)
	defer func() {
		d.desk.Cut()
		d.busy("")
	}()
	for ctx.Err() == nil {
		if d.over.Load() && d.fresh && len(d.talks) == 0 && len(d.owed) == 0 {
			return
		}
		d.busy(fmt.Sprintf("%d chats, %d wrap-ups, connected %v, state %s", len(d.talks), len(d.owed), d.desk.Connected(), d.state))
		if !d.desk.Connected() && time.Now().After(d.again) {
			d.connect(ctx)
		}
		if e, ok := d.person.next(ctx, d.desk); ok {
			d.hears(&e)
			continue
		}
		d.alive(d.desk)
		d.answers()
		if time.Now().After(d.next) {
			d.next = d.soon(20*time.Millisecond, 140*time.Millisecond)
			d.acts()
		}
	}
}

func (d *counsellor) connect(ctx context.Context) {
	ctx, cancel := context.WithTimeout(ctx, dialTime)
	defer cancel()
	d.desk.Cut()
	d.greeted = false // nobody reads now
	d.heard.Store(int64(time.Since(d.History.begun)))
	d.again = d.soon(50*time.Millisecond, 200*time.Millisecond)
	d.fresh = false
	if d.desk.Reconnect(ctx, d.url()) != nil {
		d.desk.Cut()
	}
}

func (d *counsellor) hears(e *client.Event) {
	if e.Err != nil {
		d.note(Entry{What: Stopped, Chat: e.Chat, Name: e.Err.Error()})
		if t := d.talks[e.Chat]; t != nil {
			d.ends(e.Chat, t, "stopped")
		}
	}
	if e.Closed {
		d.note(Entry{What: Down})
		d.again = d.soon(10*time.Millisecond, 200*time.Millisecond)
		return
	}
	t := d.talks[e.Chat]
	if t != nil && e.T != frame.TMsg {
		t.last = time.Now()
	}
	switch e.T {
	case frame.TDesk:
		d.stands(e)
	case frame.TOffer:
		d.note(Entry{What: Offered, Chat: e.Chat, Offer: e.Offer, Urgent: e.Urgent, Line: e.Line, By: e.From})
		if d.offers[e.Offer] == nil {
			what := d.rng.IntN(100)
			d.offers[e.Offer] = &ring{offer: *e, at: d.soon(0, 200*time.Millisecond),
				accepts: what < 84 || d.closing.Load(), declines: what < 93}
		}
	case frame.TWithdrawn:
		if r := d.offers[e.Offer]; r != nil {
			d.note(Entry{What: Withdrawn, Chat: r.offer.Chat, Offer: e.Offer})
			delete(d.offers, e.Offer)
		}
	case frame.TAssigned:
		d.note(Entry{What: Assigned, Chat: e.Chat, E: e.E})
		d.settle(e.Chat)
		if t == nil {
			d.talks[e.Chat] = &talk{words: d.rng.IntN(8), last: time.Now()}
		}
	case frame.TMsg:
		d.shown(e.Chat, e)
		if t != nil {
			t.last = time.Now()
		}
		if c := d.desk.Chat(e.Chat); c != nil {
			_ = c.Read(e.Seq)
		}
	case frame.THandover:
		if e.Result == "moved" {
			d.note(Entry{What: Moved, Chat: e.Chat, Offer: e.Offer})
			delete(d.talks, e.Chat)
		}
	case frame.TEnded:
		d.note(Entry{What: Ended, Chat: e.Chat, Reason: e.Reason})
		delete(d.talks, e.Chat)
	case frame.TError:
		if e.Re == "enter" {
			d.desk.Cut()
			d.again = d.soon(100*time.Millisecond, 300*time.Millisecond)
		}
	}
}

// settle forgets what rang for a chat.
func (d *counsellor) settle(chat string) {
	for id, r := range d.offers {
		if r.offer.Chat == chat {
			delete(d.offers, id)
		}
	}
}

// stands is told how the desk stands, which is what counts: an answer may have been lost.
func (d *counsellor) stands(e *client.Event) {
	d.fresh, d.state = true, e.State
	entry := Entry{What: Desk, State: e.State, Capacity: e.Capacity, Wrapups: e.Wrapups}
	has := map[string]bool{}
	for _, c := range e.Chats {
		entry.Chats = append(entry.Chats, c.Chat)
		has[c.Chat] = true
	}
	d.note(entry)
	if e.State == "rest" && d.ready.IsZero() {
		d.ready = d.soon(0, 400*time.Millisecond)
	}
	for chat := range d.talks {
		if !has[chat] {
			delete(d.talks, chat)
		}
	}
	for chat := range has {
		if d.talks[chat] != nil {
			continue
		}
		d.talks[chat] = &talk{words: d.rng.IntN(8), last: time.Now()}
		if d.desk.Chat(chat) == nil {
			d.takesUp(chat)
		}
	}
	for chat := range d.owed {
		if !slices.Contains(e.Wrapups, chat) {
			delete(d.owed, chat)
		}
	}
	for _, chat := range e.Wrapups {
		if _, known := d.owed[chat]; !known {
			d.owed[chat] = d.soon(0, 300*time.Millisecond)
			if d.chance(100) && !d.closing.Load() {
				d.owed[chat] = d.soon(time.Second, 6*time.Second)
			}
		}
	}
}

// takesUp goes on with a chat of hers whose assigned was lost: by the same accept, or else with a new key.
func (d *counsellor) takesUp(chat string) {
	for _, r := range d.offers {
		if r.offer.Chat == chat && r.accepted {
			_ = d.desk.Accept(&r.offer)
			return
		}
	}
	d.note(Entry{What: Reloaded})
	_ = d.desk.Resume(chat, 0, true)
}

// answers what rings, when she gets round to it.
func (d *counsellor) answers() {
	for id, r := range d.offers {
		switch {
		case time.Now().Before(r.at) || !d.desk.Connected():
		case r.accepts:
			r.accepted, r.at = true, d.soon(400*time.Millisecond, 600*time.Millisecond) // once more where that was lost
			_ = d.desk.Accept(&r.offer)
		case r.declines:
			d.note(Entry{What: Declines, Chat: r.offer.Chat, Offer: id})
			_ = d.desk.Decline(id)
			delete(d.offers, id)
		}
	}
}

// acts does what she may do next.
func (d *counsellor) acts() {
	if !d.desk.Connected() || !d.fresh {
		return
	}
	if !d.ready.IsZero() && time.Now().After(d.ready) {
		if d.ready = (time.Time{}); d.state == "rest" {
			d.ready = d.soon(500*time.Millisecond, 700*time.Millisecond) // once more where that was lost
			_ = d.desk.Ready(d.capacity)
		}
	}
	for chat, at := range d.owed {
		if time.Now().After(at) {
			d.owed[chat] = d.soon(400*time.Millisecond, 600*time.Millisecond)
			_ = d.desk.Wrapup(chat, frame.Inbound{Kind: "young_person", Outcome: "none", Topic: "else"})
		}
	}
	if !d.closing.Load() && d.chance(10) {
		d.desk.Cut()
		return
	}
	for chat, t := range d.talks {
		d.talksIn(chat, t)
	}
}

func (d *counsellor) talksIn(chat string, t *talk) {
	c := d.desk.Chat(chat)
	closing := d.closing.Load()
	quiet := time.Since(t.last)
	switch {
	case t.ending != "":
		_ = d.desk.End(chat, t.ending)
	case c == nil:
		d.takesUp(chat)
	case closing && (quiet > 1200*time.Millisecond || d.over.Load()):
		d.ends(chat, t, "done")
	case closing:
	case d.chance(4):
		d.ends(chat, t, []string{"done", "stopped"}[d.rng.IntN(2)])
	case d.chance(d.Handovers):
		d.handsOver(chat)
	case t.words > 0 && c.Unacked() < 4:
		for n := 1 + d.rng.IntN(3); n > 0 && t.words > 0; n-- {
			t.words--
			t.last = time.Now()
			text, n := d.text()
			id := hvn1.NewID()
			d.note(Entry{What: Said, Chat: chat, ID: id, N: n, From: 'c'})
			c.SayAs(id, frame.Text, text)
		}
	}
}

// handsOver asks whether a chat may go to a colleague, or to a line of hers or another.
func (d *counsellor) handsOver(chat string) {
	if len(d.Lines) > 1 && d.chance(500) {
		_ = d.desk.Handover(chat, d.Lines[d.rng.IntN(len(d.Lines))], "", "")
	} else {
		_ = d.desk.Handover(chat, "", d.Staff[d.rng.IntN(len(d.Staff))].Name, "")
	}
}

func (d *counsellor) ends(chat string, t *talk, reason string) {
	t.ending = reason
	d.note(Entry{What: Ends, Chat: chat, Reason: reason})
	_ = d.desk.End(chat, reason)
}
