package simulate

import "fmt"

// watch checks what the rules promise, from who waits and who holds what alone: it asks nothing of the code that
// chooses.
type watch struct {
	s      *State
	row    []int   // by line: urgent rings in a row past somebody over its target
	due    []int   // by line: such rings since one not urgent went ahead of urgent ones
	all    []*Chat // of the last look at who waits
	others []*Chat // and at who could have been rung for
	passed []int
	rings  []int // by counsellor
	talks  []int
}

func newWatch(s *State) *watch {
	return &watch{s: s, row: make([]int, len(s.lines)), due: make([]int, len(s.lines)), rings: make([]int, len(s.desks)),
		talks: make([]int, len(s.desks))}
}

// could says whether a counsellor could be rung for by a chat in line.
func (w *watch) could(chat *Chat, c *Counsellor, taken bool) bool {
	serves := 0
	for _, l := range c.Lines {
		if l == chat.Line {
			serves |= 1
		}
	}
	for _, g := range c.Langs {
		if g == chat.Lang {
			serves |= 2
		}
	}
	if chat.Of >= 0 && (c.Number == chat.From || chat.For != 0 && c.Number != chat.For) {
		return false
	}
	return serves == 3 && (taken || !w.declined(chat, c) && (chat.For == 0 || chat.For == c.Number || !w.comes(chat)))
}

func (w *watch) declined(chat *Chat, c *Counsellor) bool {
	p := w.s.passes[chat.ID*len(w.s.desks)+c.Number]
	return p.ticket > c.ReadyAt && p.until > w.s.NowS
}

// comes says whether the counsellor whom a chat waits for may still be rung for it.
func (w *watch) comes(chat *Chat) bool {
	c := &w.s.desks[chat.For]
	return c.Ready && c.Up && !w.declined(chat, c) && c.serves(chat.Line, chat.Lang)
}

// rang checks one ring against those who still wait and could have been rung for instead: oldest first, urgent ones
// ahead, but no more than three of these in a row past somebody over the line's target. After three, one of the line
// who is over the target takes the turn of its urgent ones, and then goes ahead of all who are not urgent elsewhere, as
// those would have. passed are those who came before, until it is called again.
func (w *watch) rang(o Offer) (passed []int, errs []error) {
	x, rung := &w.s.chats[o.Chat], &w.s.desks[o.Counsellor]
	over := func(y *Chat) bool { return w.s.NowS-y.ArrivedS > w.s.lines[y.Line].TargetS }
	others := w.others[:0]
	late, turn, ahead := false, false, false
	for _, y := range w.waiting() {
		if w.could(y, rung, o.Taken) {
			others = append(others, y)
			late = late || y.Line == x.Line && x.Class == 1 && y.Class == 2 && over(y)
			turn = turn || y.Line == x.Line && x.Class == 2 && y.Class == 1
			ahead = ahead || y.Class < x.Class
		}
	}
	turn = turn && over(x) && w.due[x.Line] >= pastMax
	passed = w.passed[:0]
	for _, y := range others {
		switch {
		case x.For == o.Counsellor: // she had it before, and a return code led back to her
		case y.Class < x.Class && (!turn || y.Class == 0):
			errs = append(errs, fmt.Errorf("%d rings at %d before %d, who goes ahead", x.ID, o.Counsellor, y.ID))
		case y.Class == x.Class && y.Ticket < x.Ticket && (!turn || y.Line == x.Line):
			errs = append(errs, fmt.Errorf("%d rings at %d before the older %d", x.ID, o.Counsellor, y.ID))
		}
		if y.Ticket < x.Ticket {
			passed = append(passed, y.ID)
		}
	}
	w.others, w.passed = others, passed
	w.row[x.Line]++
	if !late {
		w.row[x.Line] = 0
	}
	switch {
	case ahead:
		w.due[x.Line] = 0
	case late:
		w.due[x.Line]++
	}
	if n := w.row[x.Line]; n > pastMax {
		errs = append(errs, fmt.Errorf("%d is number %d of urgent ones in a row past somebody over the target of %s", x.ID, n,
			w.s.lines[x.Line].Name))
	}
	if w.s.policy == Random {
		errs = nil // promises no order
	}
	return passed, errs
}

// waiting is everybody in line, until it is called again.
func (w *watch) waiting() []*Chat {
	all := w.all[:0]
	for _, line := range w.s.waiting {
		for _, n := range line {
			all = append(all, &w.s.chats[n])
		}
	}
	w.all = all
	return all
}

// idle says whether somebody waits who could be rung for at a free counsellor.
func (w *watch) idle() bool {
	for i := range w.s.desks {
		c := &w.s.desks[i]
		if !c.Ready || !c.Up || c.Breather || c.Rings >= 0 || c.Places >= c.Capacity {
			continue
		}
		for _, line := range w.s.waiting {
			for _, n := range line {
				if w.could(&w.s.chats[n], c, false) {
					return true
				}
			}
		}
	}
	return false
}

// check counts who holds what: never over the capacity, one ring at a time, nobody passed over while one who could take
// them is free.
func (w *watch) check() (errs []error) {
	clear(w.rings)
	clear(w.talks)
	for _, n := range w.s.there {
		switch chat := &w.s.chats[n]; chat.Phase {
		case Offered:
			w.rings[chat.Owner]++
		case Talking:
			w.talks[chat.Owner]++
		}
	}
	for i := 1; i < len(w.s.desks); i++ {
		c := &w.s.desks[i]
		if c.Number == 0 {
			continue
		}
		if n := w.rings[i] + w.talks[i]; n > c.Capacity || c.Places > c.Capacity || n > c.Places || w.rings[i] > 1 {
			errs = append(errs, fmt.Errorf("%d has %d rings and %d chats in %d places of %d", i, w.rings[i], w.talks[i], c.Places, c.Capacity))
		}
	}
	if w.idle() {
		errs = append(errs, fmt.Errorf("somebody waits at %d s while a counsellor who could take them is free", w.s.NowS))
	}
	return errs
}
