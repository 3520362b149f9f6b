package main

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"haven/chat/client"
	"haven/chat/frame"
)

// storm is chats over all nodes, each side writing its next message when the last was acked. Its young people and
// counsellors do what the pages do, and what people do with these: they try again while the store is away, and say
// that they are ready after a ring that they missed.
type storm struct {
	d     *deployment
	each  int           // messages of each side; 0 for as many as it takes until check
	pace  time.Duration // between an ack and the next message
	pairs []*pair
	desks []*client.Desk
	byID  sync.Map // chat -> *pair
	ready sync.Map // desks that may be rung at
	acks  atomic.Int64
	ended atomic.Int64
	stop  atomic.Bool
	// enough is set when nothing more is to be written
	enough atomic.Bool
	// restarted is set before the store is killed
	restarted atomic.Bool
	ctx       context.Context

	mu    sync.Mutex
	backs []time.Duration // how long each side of a chat was away, whenever its node sent it elsewhere
}

// pair is one chat under load: what each side sent, had acked and was shown.
type pair struct {
	youth *client.Youth
	mu    sync.Mutex
	side  [2]struct {
		sent, acked int
		shown       []string
		had         map[string]bool // ids shown
	}
	wrong []string
}

const (
	youthSide = iota
	deskSide
)

// tryAgain is how long somebody waits before trying again what the store was away for.
const tryAgain = 300 * time.Millisecond

// show notes what a side was shown and says what is wrong with it: each text once, in order. When the store began
// another life everything comes again from the first, and a page drops by id what it has.
func (p *pair) show(side int, id, text string, again bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	s := &p.side[side]
	if s.had[id] && again {
		return
	}
	if s.had == nil {
		s.had = map[string]bool{}
	}
	s.had[id] = true
	if want := fmt.Sprint(len(s.shown)); text != want {
		p.wrong = append(p.wrong, fmt.Sprintf("side %d was shown %q for %q", side, text, want))
	}
	s.shown = append(s.shown, text)
}

func (p *pair) acked() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.side[youthSide].acked + p.side[deskSide].acked
}

// newStorm lets so many young people in, with just enough room at the desks, and returns at once.
func newStorm(d *deployment, chats, desks, each int) *storm {
	d.t.Helper()
	s := gathered(d, chats, desks, each)
	s.enter(0, chats)
	return s
}

// gathered is a storm before its young people come: enter lets them in.
func gathered(d *deployment, chats, desks, each int) *storm {
	d.t.Helper()
	ctx, cancel := context.WithTimeout(d.t.Context(), 2*time.Minute)
	d.t.Cleanup(cancel)
	s := &storm{d: d, each: each, ctx: ctx}
	for range chats {
		s.pairs = append(s.pairs, &pair{})
	}
	for i := range desks {
		s.desks = append(s.desks, s.desk(i, (chats+desks-1)/desks))
	}
	s.until("every desk ready", func() bool {
		n := 0
		s.ready.Range(func(any, any) bool { n++; return true })
		return n == desks
	})
	return s
}

// desk is a counsellor with room for so many chats.
func (s *storm) desk(i, room int) *client.Desk {
	s.d.t.Helper()
	var desk *client.Desk
	got := make(chan struct{})
	rings, away := "", absence{} // the reader's: an offer, and since when she is away
	h := s.handlers(deskSide, nil)
	other := h.Other
	h.Other = func(c *client.Chat, e *client.Event) {
		<-got
		unavailable := e.T == frame.TError && e.Code == frame.CodeUnavailable
		switch {
		case e.T == frame.TBye:
			away.sent(e)
		case e.Closed:
			rings = ""
			s.back(away.wait(), func(ctx context.Context, url string) error { return desk.Reconnect(ctx, url) })
		case e.T == frame.TOffer:
			if i, err := strconv.Atoi(e.Topic); err == nil {
				s.byID.Store(e.Chat, s.pairs[i])
			}
			rings = e.Offer
			desk.Accept(e)
		case e.T == frame.TWithdrawn && e.Offer == rings:
			rings = ""
		case unavailable && e.Re == "accept" && rings != "":
			o := *e
			o.Offer = rings
			s.later(func() { desk.Accept(&o) })
		case unavailable && e.Re == "resume":
			s.back(0, func(ctx context.Context, url string) error { return desk.Reconnect(ctx, url) })
		case unavailable && e.Re == "ready":
			s.later(func() { desk.Ready(room) })
		case e.T == frame.TDesk:
			_, was := s.ready.Load(desk)
			switch {
			case e.State == "ready":
				s.ready.Store(desk, true)
			case e.State == "rest" && was: // she missed a ring
				s.later(func() { desk.Ready(room) })
			}
			for _, c := range e.Chats { // one whose accept was answered by an error, and yet counted
				if desk.Chat(c.Chat) == nil {
					desk.Resume(c.Chat, 0, true)
				}
			}
		default:
			if e.T == frame.TAssigned {
				away.over(s, e.Chat)
			}
			other(c, e)
		}
	}
	desk = s.d.counsellor(fmt.Sprintf("Raad %d", i), i%len(s.d.urls), room, h)
	close(got)
	return desk
}

// enter lets the young people from one to another in.
func (s *storm) enter(from, to int) {
	s.d.t.Helper()
	for i := from; i < to; i++ {
		p := s.pairs[i]
		h := s.handlers(youthSide, p)
		other := h.Other
		want := client.Want{Line: "jip", Topic: fmt.Sprint(i)} // by which her desk finds the pair
		p.youth = client.NewYouth(client.Options{URL: s.d.urls[i%len(s.d.urls)], Handlers: h, Again: true})
		away := absence{}
		h.Other = func(c *client.Chat, e *client.Event) {
			again := func(ctx context.Context, url string) error { return p.youth.Reconnect(ctx, url) }
			unavailable := e.T == frame.TError && e.Code == frame.CodeUnavailable
			switch {
			case e.T == frame.TBye:
				away.sent(e)
			case e.Closed:
				s.back(away.wait(), again)
			case unavailable && e.Re == "resume":
				s.back(0, again)
			case unavailable && e.Re == "join", e.T == frame.TRefused && e.Reason == "unavailable":
				s.later(func() { p.youth.Ask(want) })
			default:
				if e.T == frame.TJoined {
					away.over(s, e.Chat)
				}
				other(c, e)
			}
		}
		if err := p.youth.Connect(s.ctx); err != nil {
			s.d.t.Fatal(err)
		}
		if err := p.youth.Ask(want); err != nil {
			s.d.t.Fatal(err)
		}
	}
}

// handlers are those of one side; a desk finds the pair by the chat.
func (s *storm) handlers(side int, own *pair) *client.Handlers {
	find := func(c *client.Chat) *pair {
		if own != nil || c == nil {
			return own
		}
		p, _ := s.byID.Load(c.ID())
		out, _ := p.(*pair)
		return out
	}
	say := func(c *client.Chat, p *pair) {
		p.mu.Lock()
		q := &p.side[side]
		n, ok := q.sent, (s.each == 0 || q.sent < s.each) && q.sent == q.acked && !s.enough.Load()
		if ok {
			q.sent++
		}
		p.mu.Unlock()
		if ok {
			c.Say(fmt.Sprint(n))
		}
	}
	// A handler must not block on its own socket.
	next := func(c *client.Chat, p *pair) { time.AfterFunc(s.pace, func() { say(c, p) }) }
	return &client.Handlers{
		Msg: func(c *client.Chat, h *frame.Hot, text string) {
			if p := find(c); p != nil {
				p.show(side, string(h.ID), text, s.restarted.Load())
			}
		},
		Ack: func(c *client.Chat, m *client.Message) {
			p := find(c)
			if p == nil {
				return
			}
			p.mu.Lock()
			defer p.mu.Unlock()
			if q := &p.side[side]; m.Text == fmt.Sprint(q.acked) { // what is sent again is acked again
				q.acked++
				s.acks.Add(1)
				next(c, p)
			}
		},
		Other: func(c *client.Chat, e *client.Event) {
			p := find(c)
			if p == nil {
				return
			}
			p.mu.Lock()
			defer p.mu.Unlock()
			if e.Err != nil {
				p.wrong = append(p.wrong, fmt.Sprintf("side %d: %v", side, e.Err))
			}
			switch e.T {
			case frame.TConfirm:
				next(c, p)
			case frame.TEnded:
				s.ended.Add(1)
			}
		},
	}
}

// absence is that of one socket whose node drains.
type absence struct {
	retry time.Duration // from the bye
	since time.Time
	told  map[string]bool // chats that go on since then
}

func (a *absence) sent(bye *client.Event) { a.retry = time.Duration(bye.RetryS) * time.Second }

// wait begins where the socket closed; it gives how long the page waits, 0 where it was not sent away.
func (a *absence) wait() time.Duration {
	retry := a.retry
	a.retry, a.since, a.told = 0, time.Time{}, nil
	if retry > 0 {
		a.since, a.told = time.Now(), map[string]bool{}
	}
	return retry
}

// over notes that a chat goes on.
func (a *absence) over(s *storm, chat string) {
	if a.since.IsZero() || a.told[chat] {
		return
	}
	a.told[chat] = true
	s.mu.Lock()
	s.backs = append(s.backs, time.Since(a.since))
	s.mu.Unlock()
}

// back connects again after a while, to any node that takes it, as a page does.
func (s *storm) back(after time.Duration, connect func(context.Context, string) error) {
	if s.stop.Load() {
		return
	}
	time.AfterFunc(after, func() {
		for i := 0; !s.stop.Load() && s.ctx.Err() == nil; i++ {
			if connect(s.ctx, s.d.urls[i%len(s.d.urls)]) == nil {
				return
			}
			select {
			case <-s.ctx.Done():
			case <-time.After(50 * time.Millisecond):
			}
		}
	})
}

func (s *storm) later(do func()) {
	time.AfterFunc(tryAgain, func() {
		if !s.stop.Load() && s.ctx.Err() == nil {
			do()
		}
	})
}

func (s *storm) until(what string, true func() bool) {
	s.d.t.Helper()
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for !true() {
		select {
		case <-s.ctx.Done():
			s.d.t.Fatalf("%s never came true: %d acks, %s", what, s.acks.Load(), s.state())
		case <-tick.C:
		}
	}
}

// begun waits until both sides of the chats from one to another wrote.
func (s *storm) begun(from, to int) {
	s.d.t.Helper()
	s.until("every chat begins", func() bool {
		for _, p := range s.pairs[from:to] {
			p.mu.Lock()
			n := min(p.side[youthSide].acked, p.side[deskSide].acked)
			p.mu.Unlock()
			if n == 0 {
				return false
			}
		}
		return true
	})
}

// state names the chats in which something is still to come, a few of them.
func (s *storm) state() string {
	var out []string
	enough := s.each > 0 || s.enough.Load()
	for i, p := range s.pairs {
		p.mu.Lock()
		a, b := &p.side[youthSide], &p.side[deskSide]
		if !enough || a.acked < max(a.sent, s.each) || b.acked < max(b.sent, s.each) || len(a.shown) < b.sent || len(b.shown) < a.sent {
			out = append(out, fmt.Sprintf("chat %d: youth %d/%d shown %d, desk %d/%d shown %d", i, a.acked, a.sent, len(a.shown), b.acked, b.sent, len(b.shown)))
		}
		p.mu.Unlock()
	}
	return strings.Join(out[:min(len(out), 8)], "; ")
}

// check waits for every message on both sides and says what was lost, doubled or out of order.
func (s *storm) check() {
	s.d.t.Helper()
	s.enough.Store(s.each == 0)
	s.until("everything acked and shown", func() bool { return s.state() == "" })
	s.stop.Store(true)
	for i, p := range s.pairs {
		p.mu.Lock()
		for side := range p.side {
			if n, sent := len(p.side[side].shown), p.side[1-side].sent; n != sent || sent == 0 {
				s.d.t.Errorf("chat %d side %d was shown %d of %d", i, side, n, sent)
			}
		}
		if len(p.wrong) > 0 { // each after the first follows from it
			s.d.t.Errorf("chat %d: %s, and %d more", i, p.wrong[0], len(p.wrong)-1)
		}
		p.mu.Unlock()
	}
	if n := s.ended.Load(); n != 0 {
		s.d.t.Errorf("%d chats ended by themselves", n)
	}
	for _, p := range s.pairs {
		p.youth.Cut()
	}
	for _, d := range s.desks {
		d.Cut()
	}
}
