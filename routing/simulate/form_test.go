package simulate

import "slices"

// The form of a world: some twenty bytes that all worlds share which differ in nothing but names, and from which one of
// them is made again. A search keeps forms only, so that whatever is not in the form decides nothing in a search; and
// TestFormsHoldWhatMatters compares what follows from a world with what follows from its form.
//
// Changing places are chats, which are in their order in line, those not yet come by what they will ask for, those over
// by what is left of them; and counsellors who answer the same lines, the longest idle first, then who is at no desk in
// the order in which they come up. No rule compares their numbers. Versions, tickets and epochs are compared with each
// other alone, so that their order is enough: of tickets those of places, of desks, and whether one of a pass is later
// than her last ready, which decides nothing until she is ready again if she is not; of versions which of own, late and
// now are one. Two late ones that are older than own are one.

const few = 8 // more chats or counsellors than any scope has

// codes of phases in a form.
var codes = [...]Phase{Waiting, Offered, Held, Talking, Lost}

const (
	coming = 6 // not yet come
	gone   = 7
)

func code(p Phase) byte {
	switch p {
	case Waiting:
		return 0
	case Offered:
		return 1
	case Held:
		return 2
	case Talking:
		return 3
	}
	return 4
}

// naming gives counsellors numbers in the order in which they stand in a form.
type naming struct {
	*world
	b     []byte
	at    int           // where the counsellors are in b, two bytes each
	index [few + 1]byte // by number, from 1; 0 for none yet
	n     byte
}

const absent = 0xff // nobody who comes up

func (f *naming) desk(who int) byte {
	if who > 0 && f.index[who] == 0 {
		f.b[f.at+2*int(f.n)] = f.kinds[who] << 4
		f.n++
		f.index[who] = f.n
	}
	return f.index[who]
}

// rank orders counsellors: those who have an index by it, others by their kind.
func (f *naming) rank(who int) uint64 {
	if i := f.index[who]; i > 0 {
		return uint64(i)
	}
	return few + uint64(f.kinds[who])
}

// form appends the form of a world to b.
func (w *world) form(b []byte) []byte {
	f := naming{world: w, b: append(b, byte(w.cut)<<1|flag(w.waits))}
	for l := range w.lines {
		f.b = append(f.b, byte(min(w.s.Streak[l], pastMax)|min(w.watch.row[l], pastMax+1)<<2|min(w.watch.due[l], pastMax)<<5)|
			byte(w.s.paused>>l&1)<<7)
	}
	f.at = len(f.b)
	for range w.who {
		f.b = append(f.b, absent, 0)
	}
	f.atDesks()
	var chats [few]*Chat
	places := chats[:0]
	var shapes [few]byte
	unborn := shapes[:0]
	for i, e := range w.chats {
		if c := w.s.Chat(i); c != nil {
			places = append(places, c)
			for k := len(places) - 1; k > 0 && places[k].Ticket < places[k-1].Ticket; k-- {
				places[k], places[k-1] = places[k-1], places[k]
			}
		} else if !w.joined[i] {
			unborn = append(unborn, w.shape(e))
		}
	}
	slices.Sort(unborn)
	for _, shape := range unborn {
		f.b = append(f.b, coming|shape<<3)
	}
	for _, c := range places {
		f.place(c, w.lag(c.ID))
	}
	f.over()
	return f.b
}

func flag(x bool) byte {
	if x {
		return 1
	}
	return 0
}

func (f *naming) atDesks() {
	var order [few]*Counsellor
	desks := order[:0]
	for i := range f.s.desks {
		if c := &f.s.desks[i]; c.Number > 0 {
			desks = append(desks, c)
			for k := len(desks) - 1; k > 0 && desks[k].Idle < desks[k-1].Idle; k-- {
				desks[k], desks[k-1] = desks[k-1], desks[k]
			}
		}
	}
	for _, c := range desks {
		i := f.at + 2*int(f.desk(c.Number)) - 2
		f.b[i] |= 1 | flag(c.Up)<<1 | flag(c.Ready)<<2 | flag(c.Breather)<<3
		f.b[i+1] = byte(c.Capacity | c.Places<<4)
	}
}

// lag is how a chat's own state stands to what it is to be, and to what a call that stands still is to tell it.
func (w *world) lag(i int) byte {
	own, now, late := w.own[i].v, w.now[i].v, w.late[i].v
	if late == own && w.broken == anyVersion {
		late = 0 // read as an older one it would be caught where it does no harm
	}
	return flag(own != now) | flag(late > 0)<<1 | flag(late > own)<<2 | flag(late > own && late == now)<<3
}

// place is a chat in four bytes, who holds a wrap-up of it, and its handover.
func (f *naming) place(c *Chat, lag byte) {
	passed := byte(0)
	if c.passed {
		for i := range f.s.desks {
			if d := &f.s.desks[i]; d.Ready && f.s.declined(c, d) {
				passed |= 1 << (f.index[i] - 1)
			}
		}
	}
	owner := c.Owner
	if c.Phase == Lost && !f.reenter {
		owner = 0 // whom a return code would lead to
	}
	name := f.desk(owner)
	name |= f.desk(c.For) << 3
	wraps, n := f.wrapsOf(c.ID)
	f.b = append(f.b, code(c.Phase)|flag(c.Up)<<3|flag(c.Urgent)<<4|byte(c.Class)<<5|flag(c.Ask.Open)<<7, name|byte(c.Line)<<6,
		passed|lag<<4, byte(c.Lang)|flag(c.LetBe)<<2|byte(n)<<3|byte(c.Refused)<<6)
	f.wraps(wraps, n)
	if a := c.Ask; a.Open {
		name := f.desk(a.Who)
		f.b = append(f.b, byte(a.Line)|flag(a.Yes)<<2|name<<3)
		if a.Yes {
			f.place(&f.s.chats[a.Leg], 0)
		}
	}
}

// wrapsOf is who holds a place for the wrap-up of a chat, in order.
func (f *naming) wrapsOf(chat int) (who [few]int, n int) {
	for _, w := range f.s.wraps {
		if w.chat == chat {
			who[n] = w.who
			for k := n; k > 0 && f.rank(who[k]) < f.rank(who[k-1]); k-- {
				who[k], who[k-1] = who[k-1], who[k]
			}
			n++
		}
	}
	return who, n
}

func (f *naming) wraps(who [few]int, n int) {
	for _, c := range who[:n] {
		name := f.desk(c)
		f.b = append(f.b, name)
	}
}

// over is the chats that are over: what is left of each is who holds its wrap-up, and whether its own state knows.
func (f *naming) over() {
	type left struct {
		rank uint64
		chat int
	}
	var room [few]left
	all := room[:0]
	for i := range f.chats {
		if f.joined[i] && f.s.Chat(i) == nil {
			l := left{16 | uint64(f.lag(i)), i}
			who, n := f.wrapsOf(i)
			for _, c := range who[:n] {
				l.rank = l.rank<<4 | f.rank(c)
			}
			all = append(all, l)
			for k := len(all) - 1; k > 0 && all[k].rank < all[k-1].rank; k-- {
				all[k], all[k-1] = all[k-1], all[k]
			}
		}
	}
	for _, l := range all {
		who, n := f.wrapsOf(l.chat)
		f.b = append(f.b, gone|byte(n)<<3, f.lag(l.chat))
		f.wraps(who, n)
	}
}

// shape tells apart young people who ask for other things.
func (sc *scope) shape(e Event) byte { return flag(e.Urgent) | byte(e.Line)<<1 }

// reading makes a world from a form.
type reading struct {
	*world
	b     []byte
	who   [few + 1]int // counsellors by their number in the form
	taken [few]bool    // chats
	n     int          // places so far
}

// read makes w what a form says, and returns what follows the form in b.
func (w *world) read(b []byte) []byte {
	s := w.s
	clear(s.chats)
	clear(s.passes)
	clear(s.desks)
	for i := range s.waiting {
		s.waiting[i] = s.waiting[i][:0]
	}
	s.there, s.wraps, s.paused, s.Tickets, s.rings = s.there[:0], s.wraps[:0], 0, 100, 0
	clear(w.joined)
	clear(w.now)
	clear(w.own)
	clear(w.late)
	w.cut, w.waits, w.same = int(b[0]>>1), b[0]&1 == 1, false
	for l := range w.lines {
		x := b[1+l]
		s.Streak[l], w.watch.row[l], w.watch.due[l] = int(x&3), int(x>>2&7), int(x>>5&3)
		s.paused |= uint(x>>7) << l
	}
	r := reading{world: w, b: b[1+len(w.lines):]}
	r.desks()
	for range w.chats {
		x := r.next()
		if x&7 == coming {
			for i, e := range w.chats { // which no other stands for
				if !r.taken[i] && w.shape(e) == x>>3 {
					r.taken[i] = true
					break
				}
			}
			continue
		}
		i := slices.Index(r.taken[:], false)
		r.taken[i], w.joined[i] = true, true
		if x&7 == gone {
			r.own(i, r.next(), Change{Chat: i, Phase: Over})
			r.wraps(i, x>>3)
			continue
		}
		r.n++
		lag := r.place(Chat{ID: i, Of: -1, Ticket: r.n, Node: 1}, x)
		r.own(i, lag, w.stand(&s.chats[i]))
	}
	return r.b
}

func (r *reading) next() byte {
	x := r.b[0]
	r.b = r.b[1:]
	return x
}

func (r *reading) desks() {
	var taken [few + 1]bool
	for k := range r.world.who {
		x, y := r.next(), r.next()
		if x == absent {
			continue
		}
		for n := 1; n <= len(r.world.who); n++ {
			if r.kinds[n] == x>>4 && !taken[n] {
				taken[n], r.who[k+1] = true, n
				break
			}
		}
		n := r.who[k+1]
		who := &r.world.who[n-1]
		if x&1 == 1 {
			r.s.desks[n] = Counsellor{Number: n, Lines: who.lines, Langs: who.langs, Up: x>>1&1 == 1, Ready: x>>2&1 == 1, Breather: x>>3&1 == 1,
				Capacity: int(y & 15), Places: int(y >> 4), Idle: k + 1, ReadyAt: 1, Rings: -1}
		}
	}
}

func (r *reading) place(c Chat, x byte) (lag byte) {
	y, z, last := r.next(), r.next(), r.next()
	c.Phase, c.Up, c.Urgent, c.Class = codes[x&7], x>>3&1 == 1, x>>4&1 == 1, int(x>>5&3)
	c.Owner, c.For, c.Line, c.Lang = r.who[y&7], r.who[y>>3&7], int(y>>6), int(last&3)
	c.Epoch = -1
	if c.Of < 0 && (c.Class == 0 || c.Phase == Talking || c.Phase == Lost) { // somebody accepted
		c.Epoch = 0
	}
	c.passed = z&15 != 0
	chat := r.s.add(c)
	for i := range r.world.who {
		if z>>i&1 == 1 {
			*r.s.pass(chat, r.who[i+1]) = pass{2, PassedS + 1}
		}
	}
	switch chat.Phase {
	case Waiting:
		r.s.queue(chat)
	case Offered:
		chat.Ring, r.s.desks[chat.Owner].Rings = 1, chat.ID
	}
	r.wraps(chat.ID, last>>3&7)
	chat.Refused, chat.LetBe = uint(last>>6), last>>2&1 == 1
	if x>>7 == 1 {
		a := r.next()
		chat.Ask = Ask{Open: true, Leg: r.leg(chat.ID), Line: int(a & 3), Yes: a>>2&1 == 1, Who: r.who[a>>3]}
		if chat.Ask.Yes {
			r.place(Chat{ID: chat.Ask.Leg, Of: chat.ID, From: chat.Owner, Ticket: chat.Ticket, Node: -1}, r.next())
		}
	}
	return z >> 4
}

func (r *reading) wraps(chat int, n byte) {
	for range n {
		r.s.wraps = append(r.s.wraps, wrap{r.who[r.next()], chat})
	}
}

// own sets the versions of a chat's own state: what was told last, or what a call that stands still tells, may be what it
// is to be; else what it has is compared with nothing.
func (r *reading) own(chat int, lag byte, now Change) {
	old := Change{Chat: chat}
	r.now[chat], r.world.own[chat] = told{now, 2}, told{now, 2}
	if lag&1 == 1 {
		r.now[chat], r.world.own[chat] = told{now, 4}, told{old, 2}
	}
	switch lag >> 1 {
	case 1: // older than what it has
		r.late[chat] = told{old, 1}
	case 3:
		r.late[chat] = told{old, 3}
	case 7:
		r.late[chat] = told{now, 4}
	}
}
