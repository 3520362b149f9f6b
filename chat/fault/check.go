package fault

import (
	"fmt"
	"time"
)

// Limits are what a history is held to.
type Limits struct {
	// Wait is how long somebody may wait while a counsellor is free and nothing is broken.
	Wait time.Duration
	// Recovery is how long after the last fault was mended that begins to count.
	Recovery time.Duration
	// Lag is by how much this machine was late at worst; it is added to Wait.
	Lag time.Duration
	// Times of the deployment: how long a line that is down is waited for, in line and in a chat; how long the last
	// message can be read; how long a wrap-up holds a place, and a counsellor is passed over.
	Held, Grace, Linger, Wrapup, Passed time.Duration
	// Prefer is how long a place waits for one counsellor.
	Prefer time.Duration
}

// Violation is a promise that was broken.
type Violation struct {
	Rule string
	At   time.Duration
	Chat string
	Text string
}

func (v Violation) String() string {
	return fmt.Sprintf("%s at %.3f s: %s", v.Rule, v.At.Seconds(), v.Text)
}

// checker reads a history once from its beginning.
type checker struct {
	Limits
	entries []Entry
	found   []Violation

	chats    map[string]*chat
	messages map[string]*message // by id
	pages    map[string]*page    // by who
	faults   []span              // in which something was broken
	loses    []time.Duration     // when the store forgot
	emptied  []time.Duration     // when it forgot what was acked as well
	apart    map[string]bool     // faults in which it forgets now; true where what was acked is kept
	lives    int                 // how often it began or ended to forget what was acked
	jumps    []time.Duration     // when its clock jumped
	doubts   []time.Duration     // when somebody was refused since the store was away
	serves   map[string][]string // lines by counsellor
	prefers  map[string][]prefer // by chat
	paused   map[string][]span   // by line, in which a lead wanted it so
}

type span struct{ from, to time.Duration }

// chat is what is known of one from all sides.
type chat struct {
	id     string
	born   time.Duration
	youth  string
	owners map[int]string        // by epoch
	began  map[int]time.Duration // by epoch, when somebody was told of it
	keys   map[int]string
	seqs   map[int64]string         // seq -> id, in this life of the store
	epochs map[int64]int            // seq -> epoch, in this life of the store
	joins  []Entry                  // that the young person heard
	ends   []Entry                  // Leaves, Ends, Ended and Missing
	then   *chat                    // which the young person's page began instead, where the store forgot this one
	heard  map[string]time.Duration // by counsellor, when she was first shown something of the young person's
	moved  bool

	line  string           // that was asked for
	seen  map[string]Entry // in which lines it was seen, first
	talks bool             // its young person heard last that somebody is there
	asked map[string]Entry // by offer, whether it may go elsewhere; OK where that was a handover
	yes   map[string]Entry // by offer, what was answered so
	aways []away
}

// message is one text.
type message struct {
	said  Entry
	chat  string // in which it was acked last
	seq   int64
	seqs  map[string]int64
	acked time.Duration
	e     int // in which its young author took it to be acked
	shown int
}

// page is what one person sees.
type page struct {
	life    int
	chat    *chat           // that a young person is in
	columns map[string]int  // chat -> how often it came back after it had moved away
	shown   map[string]bool // life, column and id
	last    map[string]int  // life, column and author -> highest N
	seq     map[string]int64
	bound   map[string]int // by chat, lives of the store when the page was last told where it stands
	e       map[string]int // newest epoch by chat
	owed    map[string]time.Duration
	downAt  time.Duration
	down    bool
	downs   []span
	returns string // the chat that they ask for by its code
}

// Check says which promises a history breaks.
func Check(entries []Entry, l Limits) []Violation {
	c := &checker{Limits: l, entries: entries, chats: map[string]*chat{}, messages: map[string]*message{}, pages: map[string]*page{},
		apart: map[string]bool{}, serves: map[string][]string{}, prefers: map[string][]prefer{}, paused: map[string][]span{}}
	c.faulty()
	for i := range entries {
		c.step(&entries[i])
	}
	c.end()
	c.went()
	c.waits()
	c.turns()
	return c.found
}

func (c *checker) wrong(rule string, e *Entry, format string, args ...any) {
	c.found = append(c.found, Violation{rule, e.At, e.Chat, e.Who + ": " + fmt.Sprintf(format, args...)})
}

func (c *checker) chat(e *Entry) *chat {
	k := c.chats[e.Chat]
	if k == nil {
		k = &chat{id: e.Chat, born: e.At, heard: map[string]time.Duration{}, owners: map[int]string{}, began: map[int]time.Duration{}, keys: map[int]string{}, seqs: map[int64]string{}, epochs: map[int64]int{},
			seen: map[string]Entry{}, asked: map[string]Entry{}, yes: map[string]Entry{}}
		c.chats[e.Chat] = k
	}
	return k
}

func (c *checker) page(who string) *page {
	p := c.pages[who]
	if p == nil {
		p = &page{columns: map[string]int{}, shown: map[string]bool{}, last: map[string]int{}, seq: map[string]int64{},
			bound: map[string]int{}, e: map[string]int{},
			owed: map[string]time.Duration{}}
		c.pages[who] = p
	}
	return p
}

// faulty finds when something was broken.
func (c *checker) faulty() {
	open := map[string]time.Duration{}
	for i := range c.entries {
		switch e := &c.entries[i]; e.What {
		case Broken:
			open[e.Name] = e.At
			if e.Loses {
				c.loses = append(c.loses, e.At)
				if !e.Kept {
					c.emptied = append(c.emptied, e.At)
				}
			}
			if e.Jumps {
				c.jumps = append(c.jumps, e.At)
			}
		case Mended:
			c.faults = append(c.faults, span{open[e.Name], e.At})
			delete(open, e.Name)
		}
	}
	for _, from := range open {
		c.faults = append(c.faults, span{from, 1 << 62})
	}
}

// between says whether one of these moments lies in between.
func between(moments []time.Duration, from, to time.Duration) bool {
	for _, m := range moments {
		if from <= m && m <= to {
			return true
		}
	}
	return false
}

// broken says whether anything was broken in a span.
func (c *checker) broken(from, to time.Duration) bool {
	for _, f := range c.faults {
		if f.from <= to && from <= f.to {
			return true
		}
	}
	return false
}

func (c *checker) step(e *Entry) {
	switch e.What {
	case Said, Acked, Heard, Shown:
		c.ofMessages(e)
	case Broken:
		if e.Loses {
			c.apart[e.Name] = e.Kept
			c.forget()
			if !e.Kept {
				c.lives++
			}
		}
	case Mended:
		if kept, ok := c.apart[e.Name]; ok && !kept {
			c.lives++
		}
		delete(c.apart, e.Name)
	case Bound:
		p := c.page(e.Who)
		delete(p.seq, e.Chat)
		p.bound[e.Chat] = c.lives
	case Reloaded:
		c.page(e.Who).life++
	case Down, Up:
		c.line(e)
	case Stopped:
		c.wrong("stopped", e, "%s", e.Name)
	case Stuck:
		c.wrong("stuck", e, "%s", e.Name)
	case Serves, Offered, Asked, Answers, Moves, Pauses, Refused:
		c.ofLines(e)
	case Hides, Returns, Barred:
		c.ofCodes(e)
	default:
		c.ofChats(e)
	}
}

// forget lets be counted anew what nobody was promised. An owner is told only when a replica has her: she stands.
func (c *checker) forget() {
	for _, k := range c.chats {
		clear(k.seqs)
		clear(k.epochs)
	}
	for _, m := range c.messages {
		clear(m.seqs)
	}
	for _, p := range c.pages {
		clear(p.seq)
	}
}

// split says whether two primaries may count, each its own.
func (c *checker) split() bool {
	for _, kept := range c.apart {
		if kept {
			return true
		}
	}
	return false
}

func (c *checker) line(e *Entry) {
	p := c.page(e.Who)
	switch {
	case e.What == Down && !p.down:
		p.down, p.downAt = true, e.At
	case e.What == Up && p.down:
		p.down = false
		p.downs = append(p.downs, span{p.downAt, e.At})
	}
}

// wasDown says whether a person's line was down for so long at a stretch that began after from and before to.
func (c *checker) wasDown(who string, from, to, long time.Duration) bool {
	p := c.page(who)
	all := p.downs
	if p.down {
		all = append(all, span{p.downAt, to})
	}
	for _, d := range all {
		if d.to >= from && d.from <= to && d.to-d.from >= long {
			return true
		}
	}
	return false
}
