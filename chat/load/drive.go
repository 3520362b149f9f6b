package load

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/HdrHistogram/hdrhistogram-go"

	"haven/chat/client"
	"haven/chat/frame"
	"haven/chat/hvn1"
)

const (
	maxCapacity = frame.MaxCapacity
	maxSize     = hvn1.MaxText
	joining     = 128 // young people on their way in at once

	shards = 16
)

// driver is one run against one server.
type driver struct {
	opt   Options
	ctx   context.Context // of the run: ends what comes back by itself
	start time.Time
	text  string

	pairs []*pair
	desks []*client.Desk
	room  chan struct{} // one for each young person on the way in

	mu     sync.Mutex
	byChat map[string]*meeting
	errs   map[string]int64 // by what, for the report
	over   bool             // nothing is spawned any more

	ready     atomic.Int64
	measuring atomic.Bool
	stopping  atomic.Bool
	acked     atomic.Int64 // while measuring
	delivered atomic.Int64
	ackedAll  atomic.Int64
	hadAll    atomic.Int64
	waits     told
	hists     [shards]hists
	wait      sync.WaitGroup // for what was spawned
}

type hists struct {
	mu           sync.Mutex
	ack, deliver *hdrhistogram.Histogram
}

// meeting is a chat of which perhaps only one side is known yet.
type meeting struct {
	pair *pair
	desk *client.Chat
}

// pair is one chat: both of its ends live in this process.
type pair struct {
	d     *driver
	i     int
	youth *client.Youth
	flows [2]*flow // from the young person, from the counsellor

	mu              sync.Mutex
	desk            *client.Chat
	youthOK, deskOK bool // keys confirmed
	ready           bool
	held            bool // has its place in room

	// Of the place in line; the reader of the socket alone has it.
	asked time.Time // when its wait was announced, zero before and once it was over
	told  [2]int    // s
}

func newDriver(ctx context.Context, o Options) *driver {
	d := &driver{
		opt: o, ctx: ctx, start: time.Now(), room: make(chan struct{}, joining),
		byChat: map[string]*meeting{}, errs: map[string]int64{},
	}
	for i := range d.hists {
		// One microsecond to two minutes, in steps of a thousandth.
		d.hists[i].ack = hdrhistogram.New(1, 120e6, 3)
		d.hists[i].deliver = hdrhistogram.New(1, 120e6, 3)
	}
	if !o.Unsealed {
		d.text = strings.Repeat("haven ", o.Size/6+1)[:o.Size]
	}
	return d
}

// now is a time in ns since the start of the run.
func (d *driver) now() int64 { return int64(time.Since(d.start)) }

func (d *driver) note(what string) {
	d.mu.Lock()
	d.errs[what]++
	d.mu.Unlock()
}

// enter brings the counsellors on duty.
func (d *driver) enter() error {
	entered := make(chan error, len(d.opt.Staff))
	for i, who := range d.opt.Staff {
		o := client.Options{URL: d.opt.DeskURL, Origin: d.opt.Origin, Unsealed: d.opt.Unsealed, LocalIP: d.opt.LocalIPs[i%len(d.opt.LocalIPs)]}
		h := &client.Handlers{}
		o.Handlers = h
		desk := client.NewDesk(o, who.Name, who.Password)
		h.Msg = func(c *client.Chat, h *frame.Hot, _ string) { d.delivery(c, h, 0) }
		h.Ack = func(c *client.Chat, m *client.Message) { d.ack(c, m, 1) }
		var first sync.Once
		answered := func(err error) { first.Do(func() { entered <- err }) }
		h.Other = func(c *client.Chat, e *client.Event) {
			if e.T == frame.TDesk {
				answered(nil)
			} else if e.T == frame.TError && e.Re == "enter" {
				answered(fmt.Errorf("load: desk of %s: %s", who.Name, e.Code))
			}
			d.deskEvent(desk, c, e)
		}
		if err := desk.Connect(d.ctx); err != nil {
			return fmt.Errorf("load: desk of %s: %w", who.Name, err)
		}
		d.desks = append(d.desks, desk)
	}
	for range d.opt.Staff {
		select {
		case err := <-entered:
			if err != nil {
				return err
			}
		case <-d.ctx.Done():
			return d.ctx.Err()
		case <-time.After(d.opt.settle):
			return errors.New("load: a desk was not answered")
		}
	}
	return nil
}

func (d *driver) deskEvent(desk *client.Desk, c *client.Chat, e *client.Event) {
	switch {
	case e.Closed:
		d.again("desk closed", e.Status, d.opt.DeskURL, d.opt.URL, desk.Reconnect)
	case e.Err != nil:
		d.note("key refused at a desk")
	case e.T == frame.TDesk && e.State == "rest" && !d.stopping.Load(): // at first, and after a ring that was missed
		_ = desk.Ready(d.opt.Capacity)
	case e.T == frame.TOffer && !d.stopping.Load():
		_ = desk.Accept(e)
	case e.T == frame.TConfirm && c != nil:
		d.meet(e.Chat, nil, c)
	case e.T == frame.TEnded:
		_ = desk.Wrapup(e.Chat, frame.Inbound{Kind: "other", Outcome: "none", Topic: "load"})
		if !d.stopping.Load() {
			d.note("ended: " + e.Reason)
		}
	case e.T == frame.TError:
		d.note("error to a desk: " + e.Code)
	}
}

// connect brings young person i to the server; with join, into the line.
func (d *driver) connect(i int, join bool) error {
	p := d.pairs[i]
	o := client.Options{URL: d.opt.URL, Origin: d.opt.Origin, Unsealed: d.opt.Unsealed, LocalIP: d.opt.LocalIPs[i%len(d.opt.LocalIPs)]}
	o.Handlers = &client.Handlers{
		Msg:   func(c *client.Chat, h *frame.Hot, _ string) { p.heard(h, 1) },
		Ack:   func(_ *client.Chat, m *client.Message) { p.kept(m, 0) },
		Other: func(_ *client.Chat, e *client.Event) { p.event(e) },
	}
	p.youth = client.NewYouth(o)
	if err := p.youth.Connect(d.ctx); err != nil {
		return fmt.Errorf("load: young person %d: %w", i, err)
	}
	if !join {
		return nil
	}
	return p.youth.Ask(client.Want{Line: d.opt.Line, Topic: "load"})
}

func (p *pair) event(e *client.Event) {
	d := p.d
	switch {
	case e.Closed:
		d.again("young person closed", e.Status, d.opt.URL, d.opt.DeskURL, p.youth.Reconnect)
	case e.Err != nil:
		d.note("key refused by a young person")
	case e.T == frame.TWaiting:
		if e.Token != "" && e.Wait[1] > 0 { // the answer to a join; what is announced later is of what is left, and by the bare relay nothing
			p.asked, p.told = time.Now(), e.Wait
		}
		d.meet(e.Chat, p, nil)
	case e.T == frame.TJoined && !p.asked.IsZero():
		d.waits.over(p.told, time.Since(p.asked))
		p.asked = time.Time{}
	case e.T == frame.TConfirm:
		p.confirmed(true)
	case e.T == frame.TRefused, e.T == frame.TError && e.Re == "join":
		d.note("join refused: " + e.Reason + e.Code)
		d.later(300*time.Millisecond, func() { _ = p.youth.Ask(client.Want{Line: d.opt.Line, Topic: "load"}) })
	case e.T == frame.TEnded && !d.stopping.Load():
		d.note("ended: " + e.Reason)
	case e.T == frame.TError:
		d.note("error to a young person: " + e.Code)
	}
}

// spawn runs do unless the run is over, which waits for it.
func (d *driver) spawn(do func()) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if !d.over {
		d.wait.Go(do)
	}
}

// later runs do after about that long, unless the run is over.
func (d *driver) later(after time.Duration, do func()) {
	d.spawn(func() {
		t := time.NewTimer(after/2 + rand.N(after))
		defer t.Stop()
		select {
		case <-t.C:
			if !d.stopping.Load() {
				do()
			}
		case <-d.ctx.Done():
		}
	})
}

// again reconnects until that succeeds, in turn to either node. A socket that was replaced (4001) does not come
// back.
func (d *driver) again(what string, status int, first, second string, reconnect func(context.Context, string) error) {
	if d.stopping.Load() || d.ctx.Err() != nil {
		return
	}
	d.note(fmt.Sprintf("%s: %d", what, status))
	if status != websocketReplaced {
		d.retry(200*time.Millisecond, first, second, reconnect)
	}
}

const websocketReplaced = 4001

func (d *driver) retry(after time.Duration, first, second string, reconnect func(context.Context, string) error) {
	d.later(after, func() {
		if reconnect(d.ctx, first) != nil {
			d.retry(min(2*after, 3*time.Second), second, first, reconnect)
		}
	})
}

// meet puts both ends of a chat together, whichever is heard of first.
func (d *driver) meet(chat string, p *pair, desk *client.Chat) {
	d.mu.Lock()
	m := d.byChat[chat]
	if m == nil {
		m = &meeting{}
		d.byChat[chat] = m
	}
	if p != nil {
		m.pair = p
	}
	if desk != nil {
		m.desk = desk
	}
	both := *m
	d.mu.Unlock()
	if both.pair == nil || both.desk == nil {
		return
	}
	both.desk.SetData(both.pair)
	both.pair.mu.Lock()
	both.pair.desk = both.desk
	both.pair.mu.Unlock()
	both.pair.confirmed(false)
}

// confirmed counts the chats in which both ends may send.
func (p *pair) confirmed(youth bool) {
	p.mu.Lock()
	if youth {
		p.youthOK = true
	} else {
		p.deskOK = true
	}
	ready := p.youthOK && p.deskOK && !p.ready
	if ready {
		p.ready = true
	}
	release := ready && p.held
	p.mu.Unlock()
	if release {
		<-p.d.room
	}
	if ready {
		p.d.ready.Add(1)
	}
}
