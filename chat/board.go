package chat

import (
	"bytes"
	"cmp"
	"slices"
	"time"

	"haven/chat/frame"
	"haven/routing"
)

// board is how the lines stood at one look. It is never changed.
type board struct {
	look  int // number of the look; 0 is none
	lines []routing.LineView
	at    map[string]int // line -> index
	// ahead counts those before a chat, for the chats that a look names. Others are further back, or not in line:
	// being rung for, or with their socket down.
	ahead map[string]int
	came  map[string]came // of those
	fewer map[string]int  // line -> look at which fewer counsellors were on duty than at the one before
	// closes is when a line closes whose closing is announced to those in line, as frames have it.
	closes map[string]string
	began  time.Duration // Hub.since before the look
}

// hello is the frame that every socket hears first, and what of it makes it worth saying again.
type hello struct {
	frame []byte
	core  []byte
	store string // that it names
}

func newBoard(look int, lines []routing.LineView) *board {
	b := &board{look: look, lines: lines, at: make(map[string]int), ahead: make(map[string]int)}
	for i := range lines {
		b.at[lines[i].Line] = i
		for n, chat := range lines[i].Heads {
			b.ahead[chat] = n
		}
	}
	return b
}

func (b *board) line(name string) *routing.LineView {
	if i, ok := b.at[name]; ok {
		return &b.lines[i]
	}
	return &routing.LineView{Line: name}
}

// look asks how the lines stand and tells everybody who is to know: once a second, in one call, however many
// sockets there are.
func (h *Hub) look() {
	h.lookOnce(0)
	h.sayHello()
	b := h.board.Load()
	h.looks++ // those in between, which others asked for, show nothing
	if h.looks%2 == 0 {
		h.eachRoom(func(rm *room) {
			if y := rm.youth.Load(); y != nil {
				y.showPlace(b)
			}
		})
	}
	h.eachDesk(func(d *desk) { d.show(b) })
	if h.looks%2 == 0 {
		h.lookHealth()
	}
}

// lookOnce makes sure of a look that began at most maxAge ago.
func (h *Hub) lookOnce(maxAge time.Duration) *board {
	h.boardMu.Lock()
	defer h.boardMu.Unlock()
	old := h.board.Load()
	began := h.since()
	if old.look > 0 && maxAge > 0 && began-old.began <= maxAge {
		return old
	}
	ctx, cancel := h.call()
	defer cancel()
	lines, err := h.queue.Snapshot(ctx)
	if err != nil {
		return old // as it stood; whoever asks for more learns by themselves that the store is away
	}
	b := newBoard(old.look+1, lines)
	b.follow(old)
	b.began, b.closes = began, h.announced(h.cfg.Now())
	h.board.Store(b)
	return b
}

// sayHello says hello again to everybody when a line opened or closed, when the first counsellor of one came or the
// last one went, or when the store began another life.
func (h *Hub) sayHello() {
	next := h.makeHello(h.board.Load())
	old := h.hello.Load()
	h.hello.Store(next)
	if bytes.Equal(old.core, next.core) {
		return
	}
	for _, s := range h.wheel.all() {
		s.mu.Lock()
		s.end(append(s.begin(), next.frame...))
		s.mu.Unlock()
	}
}

func (h *Hub) makeHello(b *board) *hello {
	now := h.cfg.Now()
	f := frame.Hello{Store: h.queue.Store(), Phones: h.cfg.Phones}
	for i := range h.cfg.Lines {
		l := frame.Line{Line: h.cfg.Lines[i].Name, Practice: h.cfg.Lines[i].Practice}
		open, opens, closes := h.queue.LineState(l.Line, now)
		if open {
			_, opens = h.lastCall(&h.cfg.Lines[i], now)
		}
		if l.Open, l.Opens, l.Closes = open, clock(opens), clock(closes); open && b.line(l.Line).Paused {
			l.Open, l.Opens, l.Closes = false, "", "" // until when, nobody can say
		}
		f.Lines = append(f.Lines, l)
	}
	// A wait is announced only where somebody is let in line and somebody is there to end it. How long it is changes all
	// the time and is not worth a hello; that there is one is.
	for i := range f.Lines {
		if l := &f.Lines[i]; l.Open && l.Opens == "" && b.line(l.Line).OnDuty > 0 {
			l.Wait = new(frame.Wait)
		}
	}
	out := &hello{core: frame.AppendHello(nil, &f), store: f.Store}
	for i := range f.Lines {
		if l := &f.Lines[i]; l.Wait != nil {
			*l.Wait = waitOf(b.line(l.Line))
		}
	}
	out.frame = frame.AppendHello(nil, &f)
	return out
}

func waitOf(l *routing.LineView) frame.Wait { return frame.Wait{Lo: l.WaitLo, Hi: l.WaitHi} }

// clock is a time as frames have it.
func clock(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.In(routing.Amsterdam()).Truncate(time.Minute).Format(time.RFC3339)
}

// elsewhere is what a young person can do whom a line does not help now.
func (h *Hub) elsewhere(line string) *frame.Elsewhere {
	now := h.cfg.Now()
	open, opens, _ := h.queue.LineState(line, now)
	if l := h.lines[line]; open && l != nil {
		_, opens = h.lastCall(l, now)
	}
	e := &frame.Elsewhere{Instead: h.queue.Instead(line), Phones: h.cfg.Phones}
	b := h.board.Load()
	slices.SortStableFunc(e.Instead, func(x, y string) int { // first where somebody is there
		return cmp.Compare(min(1, b.line(y).OnDuty), min(1, b.line(x).OnDuty))
	})
	e.Opens = clock(opens)
	return e
}

// placeShown is what a young person in line was last shown.
type placeShown struct {
	ahead  int
	wait   frame.Wait
	nobody bool
	closes string // "" until the line's closing is announced
}

// waiting is the frame that shows a place.
func (p *placeShown) waiting(chat string) frame.Waiting {
	return frame.Waiting{Chat: chat, Ahead: p.ahead, Wait: p.wait, Nobody: p.nobody, Closes: p.closes}
}

// shownAt is what to show a chat of a line, of which was is known so far.
func (b *board) shownAt(chat, line string, was placeShown) placeShown {
	l := b.line(line)
	now := placeShown{ahead: was.ahead, wait: waitOf(l), nobody: l.OnDuty == 0, closes: b.closes[line]}
	if n, ok := b.ahead[chat]; ok {
		now.ahead = n
	} else if len(l.Heads) < routing.AheadMax-1 {
		now.ahead = 0 // all who are in line were named: this one is being rung for
	}
	return now
}
