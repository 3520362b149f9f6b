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
	kept   map[string]kept // by chat, of places that wait for one counsellor
	began  time.Duration   // Hub.since before the look
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

// look asks how the lines stand and tells everybody who is to know: once a second, in two calls, however many
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
	places, err := h.queue.Places(ctx, b.fresh())
	if err != nil {
		return old
	}
	b.moved(places.Moved)
	b.kept = make(map[string]kept, len(places.Kept))
	for chat, k := range places.Kept {
		b.kept[chat] = kept{k.Name, k.Until, began + time.Duration(k.S)*time.Second}
	}
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
			*l.Wait = waitOf(b.line(l.Line), b.line(l.Line).Waiting)
		}
	}
	out.frame = frame.AppendHello(nil, &f)
	return out
}

// atOnce is announced to who is rung for, or will be as soon as a desk stops ringing.
var atOnce = frame.Wait{Hi: routing.AtOnceS}

// waitOf is what is announced to somebody with so many ahead.
func waitOf(l *routing.LineView, ahead int) (w frame.Wait) {
	w.Lo, w.Hi = routing.WaitRange(l.Pace, ahead-l.Room)
	return w
}

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
	ahead  int // at most routing.AheadMax
	wait   frame.Wait
	nobody bool
	closes string // "" until the line's closing is announced
	kept   kept

	far int // how many are ahead, as far as is known; it is not shown
}

// same says whether both show the same.
func (p placeShown) same(q placeShown) bool {
	p.far = q.far
	return p == q
}

// kept is the counsellor whom a place waits for; its zero is nobody.
type kept struct {
	name  string
	until int64         // as the store has it
	ends  time.Duration // Hub.since
}

// waiting is the frame that shows a place at a Hub.since.
func (p *placeShown) waiting(chat string, since time.Duration) frame.Waiting {
	w := frame.Waiting{Chat: chat, Ahead: p.ahead, Wait: p.wait, Nobody: p.nobody, Closes: p.closes}
	if p.kept.name != "" {
		w.For, w.ForS = p.kept.name, max(1, int((p.kept.ends-since+time.Second-1)/time.Second))
	}
	return w
}

// placed is what to show of a chat's place in a line with so many ahead; -1 where it rings.
func (b *board) placed(chat, line string, ahead int) placeShown {
	l := b.line(line)
	now := placeShown{far: max(0, ahead), wait: waitOf(l, ahead), nobody: l.OnDuty == 0, closes: b.closes[line], kept: b.kept[chat]}
	now.ahead = min(now.far, routing.AheadMax)
	if now.kept.name != "" { // others may go first until then
		now.wait.Hi = max(now.wait.Hi, 60*int((now.kept.ends-b.began+time.Minute-1)/time.Minute))
	}
	return now
}

// shownAt is what to show a chat of a line, of which was is known so far.
func (b *board) shownAt(chat, line string, was placeShown) placeShown {
	now := b.placeAt(chat, line, was)
	if now.kept.name == was.kept.name && now.kept.until == was.kept.until {
		now.kept = was.kept // nothing to tell, though a look takes its time
	}
	return now
}

func (b *board) placeAt(chat, line string, was placeShown) placeShown {
	l := b.line(line)
	if n, ok := b.ahead[chat]; ok {
		return b.placed(chat, line, n)
	}
	if len(l.Heads) < routing.AheadMax-1 { // all who are in line were named: this one is being rung for
		now := b.placed(chat, line, 0)
		if was.far == 0 && was.wait != (frame.Wait{}) {
			now.wait = was.wait // a ring may be missed: no hope that comes and goes
		}
		return now
	}
	if was.far >= routing.AheadMax {
		return b.placed(chat, line, max(routing.AheadMax, min(was.far, l.Waiting-1)))
	}
	return b.placed(chat, line, was.far) // rung for, or passed by many: what is known stands
}
