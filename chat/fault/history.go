package fault

import (
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"
)

// What happened to somebody, or to the deployment.
type What string

// Of messages.
const (
	Said  What = "said"  // written, under this ID and as the author's message N
	Acked What = "acked" // the ack that came
	Heard What = "heard" // a message as it came, also one that its page drops
	Shown What = "shown" // to who reads; OK where it opened
	Read  What = "read"  // the other side has shown up to Seq
)

// Of chats.
const (
	Wants     What = "wants"     // a young person asks for a chat
	Refused   What = "refused"   // and is told no, for Reason
	Waits     What = "waits"     // has a place in line
	Joined    What = "joined"    // is told of Name and her key PK in epoch E
	Asked     What = "asked"     // whether they may be brought to Line, or to Name on it
	Answers   What = "answers"   // that question; OK for yes
	Offered   What = "offered"   // it rings at a counsellor on Line, By another where she hands it over
	Withdrawn What = "withdrawn" // and no more
	Declines  What = "declines"
	Assigned  What = "assigned" // she is told that she owns epoch E
	Moved     What = "moved"    // it left her for another, with consent to Offer
	Leaves    What = "leaves"   // who ends it, Abrupt where something may be under way
	Ends      What = "ends"     // a counsellor does, as Reason
	Ended     What = "ended"
	Missing   What = "missing" // nobody knows it any more
	Stopped   What = "stopped" // the page takes Name for a proof that somebody stands between
)

// Of quick exits and leads.
const (
	Hides   What = "hides"   // the page of a young person who has a return code is gone
	Returns What = "returns" // and they ask on another for Chat, by that code
	Barred  What = "barred"  // which leads nowhere
	Moves   What = "moves"   // a lead has a place wait for Name, or its young person asked about Line
	Pauses  What = "pauses"  // a lead lets nobody new into Line; OK for in again
)

// Of sockets and desks.
const (
	Down     What = "down"
	Up       What = "up"
	Bound    What = "bound"    // the socket is told where a chat stands, and then all of it that it may lack
	Reloaded What = "reloaded" // the page forgot what it had shown
	Serves   What = "serves"   // a counsellor is there for Lines
	Desk     What = "desk"     // as it stands: State, Capacity, Chats and Wrapups
)

// Of the deployment.
const (
	Broken What = "broken" // Name says what; Loses and Jumps what that excuses
	Mended What = "mended"
	Stuck  What = "stuck" // Name says what did not come true in time
)

// Entry is one thing that happened. What says which of the other fields hold something.
type Entry struct {
	At   time.Duration // since the beginning, on the monotonic clock
	Who  string
	What What

	Chat, Offer, ID string
	E, N            int
	Seq             int64
	From            byte   // who wrote: 'y' or 'c'
	OK              bool   // of Shown: it opened, and said what was written
	Abrupt          bool   // of Leaves
	Urgent          bool   // of Offered
	Name, PK        string // of Joined; of Broken what broke
	Line, By        string
	Lines           []string
	Reason          string
	State           string
	Capacity        int
	Chats, Wrapups  []string

	Loses bool // of Broken: the store forgets what it had, and names another life
	Kept  bool // of Broken that Loses: all but what was acked, which a replica has
	Jumps bool // of Broken: the store's clock jumps, and with it every deadline
}

func (e *Entry) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%9.3f  %-12s %-9s", e.At.Seconds(), e.Who, e.What)
	say := func(name string, value any, is bool) {
		if is {
			fmt.Fprintf(&b, " %s=%v", name, value)
		}
	}
	short := func(id string) string { return id[:min(6, len(id))] }
	say("chat", short(e.Chat), e.Chat != "")
	say("offer", short(e.Offer), e.Offer != "")
	say("id", short(e.ID), e.ID != "")
	say("n", e.N, e.N != 0)
	say("seq", e.Seq, e.Seq != 0)
	say("from", string(rune(e.From)), e.From != 0)
	say("e", e.E, e.What == Joined || e.What == Assigned || e.What == Heard || e.What == Shown)
	say("ok", e.OK, e.What == Shown || e.What == Answers || e.What == Pauses)
	say("name", e.Name, e.Name != "")
	say("line", e.Line, e.Line != "")
	say("by", e.By, e.By != "")
	say("lines", e.Lines, e.Lines != nil)
	say("reason", e.Reason, e.Reason != "")
	say("state", e.State, e.State != "")
	say("capacity", e.Capacity, e.Capacity != 0)
	for _, c := range e.Chats {
		say("has", short(c), true)
	}
	for _, c := range e.Wrapups {
		say("owes", short(c), true)
	}
	say("abrupt", true, e.Abrupt)
	return b.String()
}

// Phase is where a chat stands when something breaks.
type Phase string

// Phases of a chat, in their order.
const (
	InLine   Phase = "waiting"
	Ringing  Phase = "offered"
	Talking  Phase = "talking"
	Handover Phase = "handover"
	Ending   Phase = "ending"
)

// Phases are all of them.
var Phases = []Phase{InLine, Ringing, Talking, Handover, Ending}

// begins says which phase a chat is in from an entry on.
func (e *Entry) begins() Phase {
	switch e.What {
	case Waits:
		return InLine
	case Offered:
		return Ringing
	case Assigned, Acked:
		return Talking
	case Asked:
		return Handover
	case Ends, Leaves:
		return Ending
	}
	return ""
}

// History is everything that happened, in order. Its methods may be called from any goroutine.
type History struct {
	begun time.Time

	mu      sync.Mutex
	entries []Entry
	phases  map[string]Phase // of each chat that did not end
	waiting map[Phase]chan struct{}
}

// NewHistory begins now.
func NewHistory() *History {
	return &History{begun: time.Now(), phases: map[string]Phase{}, waiting: map[Phase]chan struct{}{}}
}

// Note adds an entry, and says when it was.
func (h *History) Note(e Entry) {
	h.mu.Lock()
	defer h.mu.Unlock()
	e.At = time.Since(h.begun)
	h.entries = append(h.entries, e)
	p := e.begins()
	if c := h.waiting[p]; c != nil {
		close(c)
		delete(h.waiting, p)
	}
	switch {
	case e.Chat == "":
	case e.What == Ended || e.What == Missing:
		delete(h.phases, e.Chat)
	case p != "" && !(p == Talking && (h.phases[e.Chat] == Handover || h.phases[e.Chat] == Ending)):
		h.phases[e.Chat] = p
	}
}

// Next is closed when a chat next comes into a phase or, in Talking, goes on.
func (h *History) Next(p Phase) <-chan struct{} {
	h.mu.Lock()
	defer h.mu.Unlock()
	c := h.waiting[p]
	if c == nil {
		c = make(chan struct{})
		h.waiting[p] = c
	}
	return c
}

// Now is how many chats are in each phase.
func (h *History) Now() map[Phase]int {
	h.mu.Lock()
	defer h.mu.Unlock()
	n := map[Phase]int{}
	for _, p := range h.phases {
		n[p]++
	}
	return n
}

// Entries are all so far.
func (h *History) Entries() []Entry {
	h.mu.Lock()
	defer h.mu.Unlock()
	return slices.Clone(h.entries)
}

// aboutEntries is how much of a history is told with a violation.
const aboutEntries = 60

// About is the last part of a history before a violation, as far as it has to do with its chat or its people, and every
// fault.
func About(entries []Entry, v Violation) string {
	var lines []string
	for i := range entries {
		e := &entries[i]
		if v.At > 0 && e.At > v.At {
			break
		}
		if e.What == Broken || e.What == Mended || e.What == Up || e.What == Down || v.concerns(e) {
			lines = append(lines, e.String())
		}
	}
	return strings.Join(lines[max(0, len(lines)-aboutEntries):], "\n")
}

// concerns says whether an entry has to do with what a violation names; a message of another chat has not.
func (v Violation) concerns(e *Entry) bool {
	switch e.What {
	case Said, Acked, Heard, Shown:
		return e.Chat == v.Chat
	}
	return e.Chat == v.Chat || e.Chat != "" && strings.Contains(v.Text, e.Chat) || e.Who != "" && strings.HasPrefix(v.Text, e.Who+":")
}
