package simulate

import (
	"fmt"
	"slices"
)

// held is what a check compares with: who had what before a step.
type held struct {
	owner [few]int // by chat, of conversations; 0 for nobody
	epoch [few]int // by chat, -2 for none
	has   [few]int // by counsellor, rings and conversations

	ticket  [few]int  // by chat
	asked   [few]int  // by chat, of those in line, the line they are asked about; -1 for none
	letBe   [few]bool // by chat, it is asked nothing
	refused [few]uint // by chat, bits of lines it is asked about no more
}

func (w *world) holds() held {
	var h held
	for i := range h.epoch {
		h.epoch[i], h.asked[i] = -2, -1
	}
	for _, id := range w.s.there {
		c := &w.s.chats[id]
		if c.Of < 0 {
			h.epoch[id], h.ticket[id], h.refused[id], h.letBe[id] = c.Epoch, c.Ticket, c.Refused, c.LetBe
			if c.Asked() {
				h.asked[id] = c.Ask.Line
			}
		}
		if c.Phase == Talking {
			h.owner[id] = c.Owner
		}
		if c.Phase == Talking || c.Phase == Offered {
			h.has[c.Owner]++
		}
	}
	return h
}

// check is every promise that can be seen in one state, or in a step to it, but for what the chats' own states have.
func (w *world) check(before *held) error {
	after := w.holds()
	for i := range w.chats {
		e, was, owner, had := after.epoch[i], before.epoch[i], after.owner[i], before.owner[i]
		switch {
		case e > -2 && e < was:
			return fmt.Errorf("%d is back in epoch %d", i, e)
		case owner != 0 && owner != had && e <= was:
			return fmt.Errorf("%d has %s and %s in epoch %d", i, w.called(had), w.called(owner), e)
		case was > -2 && e > -2 && after.ticket[i] != before.ticket[i]:
			return fmt.Errorf("%d has another ticket", i)
		}
	}
	if err := w.asked(before, &after); err != nil {
		return err
	}
	for i := 1; i <= len(w.who); i++ {
		c, has := w.s.Counsellor(i), after.has[i]
		if c == nil {
			continue
		}
		for _, m := range w.s.wraps {
			if m.who == i {
				has++
			}
		}
		if has != c.Places {
			return fmt.Errorf("%s has %d places taken, counted %d", w.called(i), c.Places, has)
		}
		if after.has[i] > before.has[i] && has > c.Capacity {
			return fmt.Errorf("%s has %d with a capacity of %d", w.called(i), has, c.Capacity)
		}
		if c.Rings >= 0 {
			if r := w.s.Chat(c.Rings); r == nil || r.Phase != Offered || r.Owner != i || !c.Up {
				return fmt.Errorf("%s is rung for by %d, which does not", w.called(i), c.Rings)
			}
		}
	}
	for i := range w.chats {
		if c := w.s.Chat(i); w.joined[i] && (c == nil) != (w.now[i].Phase == Over) {
			return fmt.Errorf("%d is gone, and nothing ended it", i)
		} else if w.joined[i] && c != nil && w.now[i].Change != w.stand(c) {
			return fmt.Errorf("%d was told %+v and stands as %+v", i, w.now[i].Change, w.stand(c))
		}
	}
	for _, id := range w.s.there {
		c := &w.s.chats[id]
		if c.Of >= 0 {
			if of := w.s.Chat(c.Of); of == nil || of.Phase != Talking || !of.Ask.Yes || of.Ask.Leg != id || of.Owner != c.From {
				return fmt.Errorf("%d is a handover of nothing", id)
			}
		}
	}
	if err := w.placed(); err != nil {
		return err
	}
	return w.served()
}

// asked says that who is asked about another line was not before, that a counsellor there is free for each, and that a
// question that is answered, or is not for long, is over.
func (w *world) asked(before, after *held) error {
	var more [few]bool // by line
	for i := range w.chats {
		c, to, had := w.s.Chat(i), after.asked[i], before.asked[i]
		if to >= 0 && to != had {
			more[to] = true
			if before.refused[i]>>to&1 == 1 {
				return fmt.Errorf("%d is asked about %s again", i, w.lines[to].Name)
			}
			if before.letBe[i] {
				return fmt.Errorf("%d is asked about %s, and did not answer just now", i, w.lines[to].Name)
			}
		}
		if had >= 0 && to != had && c != nil && (c.Phase == Waiting || c.Phase == Offered || c.Phase == Held) && c.Epoch < 0 && c.Refused>>had&1 == 0 && !c.LetBe {
			return fmt.Errorf("%d may be asked about %s again", i, w.lines[had].Name)
		}
	}
	for to, more := range more {
		if !more {
			continue
		}
		asked, free := 0, 0
		for i := range w.chats {
			if after.asked[i] == to {
				asked++
			}
		}
		for i := range w.s.desks {
			if c := &w.s.desks[i]; c.Number > 0 && c.free() && slices.Contains(c.Lines, to) {
				free++
			}
		}
		if asked > free {
			return fmt.Errorf("%d are asked about %s, where %d are free", asked, w.lines[to].Name, free)
		}
	}
	return nil
}

// stand is what a chat's own state is to have as things stand.
func (w *world) stand(c *Chat) Change {
	out := Change{Chat: c.ID, Phase: c.Phase, Epoch: c.Epoch}
	switch c.Phase {
	case Offered, Held:
		out.Phase = Waiting
	case Talking:
		out.Owner, out.Away = c.Owner, !w.s.desks[c.Owner].Up
	}
	return out
}

// agree says that a version of a chat's own state is one thing to all.
func (w *world) agree() error {
	for i := range w.now {
		now, own, late := &w.now[i], &w.own[i], &w.late[i]
		if own.v == now.v && own.Change != now.Change || late.v == now.v && late.Change != now.Change {
			return fmt.Errorf("%d has %+v, and late %+v, in version %d, which is %+v", i, own.Change, late.Change, now.v, now.Change)
		}
	}
	return nil
}

// served says that nobody waits while a counsellor who could take them is free. Who waited for one counsellor, who then
// went, is offered to others by the next sweep, which comes within a second.
func (w *world) served() error {
	if !w.watch.idle() {
		return nil
	}
	for _, n := range w.s.there {
		if w.s.chats[n].For != 0 {
			swept := w.world()
			swept.set(w)
			swept.sweep(Event{Kind: Match})
			if !swept.watch.idle() {
				return nil
			}
		}
	}
	return fmt.Errorf("somebody waits while a counsellor who could take them is free")
}

// placed says that what each chat is agrees with where it is.
func (w *world) placed() error {
	var in [2 * few]int
	for i, q := range w.s.waiting {
		for k, n := range q {
			c := &w.s.chats[n]
			in[n]++
			if i != c.Line*w.s.langs+c.Lang {
				return fmt.Errorf("%d is in another line", n)
			}
			if c.Phase != Waiting {
				return fmt.Errorf("%d is in line and does not wait", n)
			}
			if k > 0 && before(&w.s.chats[q[k-1]], c) > 0 {
				return fmt.Errorf("a line is out of order")
			}
		}
	}
	for _, n := range w.s.there {
		c := &w.s.chats[n]
		up, d := c.Up, w.s.Counsellor(c.Owner)
		if c.Of >= 0 {
			up = w.s.chats[c.Of].Up
		}
		switch c.Phase {
		case Waiting:
			if in[n] != 1 || !up || c.Owner != 0 {
				return fmt.Errorf("%d waits and is in line %d times", n, in[n])
			}
		case Offered:
			if in[n] != 0 || !up || d == nil || d.Rings != n {
				return fmt.Errorf("%d rings at nobody", n)
			}
		case Held:
			if in[n] != 0 || up {
				return fmt.Errorf("%d is kept for somebody who is there", n)
			}
		case Talking:
			if in[n] != 0 || d == nil {
				return fmt.Errorf("%d is talked in by %s, who is at no desk", n, w.called(c.Owner))
			}
		case Lost:
			if in[n] != 0 || up {
				return fmt.Errorf("%d is lost, and there", n)
			}
		default:
			return fmt.Errorf("%d is nowhere", n)
		}
	}
	return nil
}

// tell is lua/chat/apply: a version that is not newer changes nothing.
func (w *world) tell(c told) error {
	own := &w.own[c.Chat]
	if c.v <= own.v && w.broken != anyVersion {
		return nil
	}
	if c.v < own.v {
		return fmt.Errorf("the own state of %d goes back from version %d to %d, to %s in epoch %d", c.Chat, own.v, c.v,
			w.called(c.Owner), c.Epoch)
	}
	*own = c
	return nil
}
