package fault

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"haven/chat/client"
	"haven/chat/frame"
)

// Cast is everybody who talks in one run.
type Cast struct {
	Seed    uint64
	URLs    []string // of the nodes
	Origin  string   // of the deployment
	Lines   []string // that young people ask for
	Youths  int
	Staff   []Account
	Lead    *Account // of every line, nil for none
	History *History
	// Capacity is what each counsellor wants, 0 for what is drawn; Handovers is how many of a thousand moments in a chat
	// she uses to hand it over.
	Capacity, Handovers int

	closing, over atomic.Bool
	youths, desks sync.WaitGroup
	mu            sync.Mutex
	left          map[string]string // who is not done yet, and with what
}

// Account is a counsellor, or a lead.
type Account struct {
	Name, Password string
	Lines          []string // served
	// Session is what every run logs in by: a machine that is busy checks a password for long.
	Session *client.Session
}

const (
	dialTime  = 1500 * time.Millisecond // after that a page tries another node
	silence   = 1500 * time.Millisecond // after that a page asks whether the line is alive
	deadline  = 3 * time.Second         // and after that takes it for dead
	tickEvery = 20 * time.Millisecond
)

// Begin brings everybody in. They talk until Close, and then say and read what is left and go.
func (c *Cast) Begin(ctx context.Context) {
	c.left = map[string]string{}
	for i, a := range c.Staff {
		d := &counsellor{person: c.person(a.Name, 100+i, 'c'), account: a}
		c.History.Note(Entry{Who: a.Name, What: Serves, Lines: a.Lines})
		c.desks.Go(func() { d.run(ctx) })
	}
	if c.Lead != nil {
		l := &lead{person: c.person(c.Lead.Name, 99, 'c'), account: *c.Lead}
		c.desks.Go(func() { l.run(ctx) })
	}
	for i := range c.Youths {
		y := &youth{person: c.person(fmt.Sprintf("jongere %d", i), i, 'y')}
		c.youths.Go(func() { y.run(ctx) })
	}
}

// Close waits until every young person was answered, had everything and went, and then every counsellor wrapped up. What
// is not done within limit is in the history as Stuck.
func (c *Cast) Close(limit time.Duration) {
	c.closing.Store(true)
	if !within(limit, &c.youths) {
		c.stuck()
	}
	c.over.Store(true)
	c.youths.Wait()
	if !within(limit, &c.desks) {
		c.stuck()
	}
}

// Wait returns when nobody runs any more, which is after Close, or soon after the context of Begin ended.
func (c *Cast) Wait() {
	c.over.Store(true)
	c.youths.Wait()
	c.desks.Wait()
}

func within(limit time.Duration, all *sync.WaitGroup) bool {
	done := make(chan struct{})
	go func() {
		all.Wait()
		close(done)
	}()
	late := time.NewTimer(limit)
	defer late.Stop()
	select {
	case <-done:
		return true
	case <-late.C:
		return false
	}
}

func (c *Cast) stuck() {
	c.mu.Lock()
	defer c.mu.Unlock()
	for who, what := range c.left {
		c.History.Note(Entry{Who: who, What: Stuck, Name: what})
	}
}

// person is what a young person and a counsellor have in common.
type person struct {
	*Cast
	name  string
	side  byte
	rng   *rand.Rand
	said  int
	heard atomic.Int64 // when a frame came last, in ns of the history
	asked time.Time    // when it was asked last whether the line lives

	// The reader's of the connection that stands; there is one at a time.
	place   string // a young person's chat
	greeted bool
}

func (c *Cast) person(name string, i int, side byte) person {
	return person{Cast: c, name: name, side: side, rng: rand.New(rand.NewPCG(c.Seed, uint64(i)))}
}

// note adds an entry of this person's.
func (p *person) note(e Entry) {
	e.Who = p.name
	p.History.Note(e)
}

// busy says with what this person is not done, "" for done.
func (p *person) busy(with string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if with == "" {
		delete(p.left, p.name)
	} else {
		p.left[p.name] = with
	}
}

// chance is true so many times in a thousand.
func (p *person) chance(n int) bool { return p.rng.IntN(1000) < n }

// soon is a moment between these, from now.
func (p *person) soon(from, to time.Duration) time.Time {
	return time.Now().Add(from + time.Duration(p.rng.Int64N(int64(to-from))))
}

func (p *person) url() string { return p.URLs[p.rng.IntN(len(p.URLs))] }

// tap notes what counts as it came: what of it the page makes is noted beside.
func (p *person) tap(b []byte) {
	p.heard.Store(int64(time.Since(p.History.begun)))
	var h frame.Hot
	if h.Parse(b) {
		e := Entry{What: Acked, Chat: string(h.Chat), ID: string(h.ID), Seq: h.Seq}
		if h.T == frame.TMsg {
			e.What, e.E, e.From = Heard, h.E, h.From
		}
		if p.side == 'y' {
			e.Chat = p.place
		}
		p.note(e)
		return
	}
	var f frame.Outbound
	if f.Parse(b) != nil {
		return
	}
	switch f.T {
	case frame.THello:
		if !p.greeted {
			p.greeted = true
			p.note(Entry{What: Up})
		}
	case frame.TWaiting:
		p.place = f.Chat
		if f.Share != "" { // it answers a join or a resume
			p.note(Entry{What: Bound, Chat: p.place})
		}
	case frame.TJoined:
		p.note(Entry{What: Bound, Chat: p.place})
	case frame.TAssigned:
		p.note(Entry{What: Bound, Chat: f.Chat})
	}
}

// other is a line beside this one, "" where there is none.
func (p *person) other(line string) string {
	i := slices.Index(p.Lines, line)
	if len(p.Lines) < 2 {
		return ""
	}
	if i < 0 {
		return p.Lines[p.rng.IntN(len(p.Lines))]
	}
	return p.Lines[(i+1+p.rng.IntN(len(p.Lines)-1))%len(p.Lines)]
}

// text is the next message of this person's.
func (p *person) text() (text string, n int) {
	p.said++
	return fmt.Sprintf("%s/%d", p.name, p.said), p.said
}

// written reads what text made.
func written(text string) (who string, n int, ok bool) {
	who, number, ok := strings.Cut(text, "/")
	n, err := strconv.Atoi(number)
	return who, n, ok && err == nil
}

// shown notes a message that this person reads.
func (p *person) shown(chat string, e *client.Event) {
	_, n, ok := written(e.Text)
	p.note(Entry{What: Shown, Chat: chat, ID: e.ID, N: n, Seq: e.Seq, E: e.E, From: e.From[0], OK: e.Opened && ok})
}

// socket is an end of either side.
type socket interface {
	Expect(context.Context, ...frame.Type) (client.Event, error)
	Connected() bool
	Beat() error
	Cut()
}

// next waits a moment for what comes; ok is false where nothing did.
func (p *person) next(ctx context.Context, s socket) (e client.Event, ok bool) {
	ctx, cancel := context.WithTimeout(ctx, tickEvery)
	defer cancel()
	e, err := s.Expect(ctx)
	if err != nil && ctx.Err() == nil { // the end of the line was heard already
		<-ctx.Done()
	}
	return e, err == nil
}

// alive asks a silent line whether it lives, and cuts one that does not answer.
func (p *person) alive(s socket) {
	quiet := time.Since(p.History.begun) - time.Duration(p.heard.Load())
	switch {
	case !s.Connected() || quiet < silence:
	case quiet > deadline:
		s.Cut()
	case time.Since(p.asked) > silence/2:
		p.asked = time.Now()
		_ = s.Beat()
	}
}
