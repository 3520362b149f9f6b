package simulate

import (
	"fmt"
	"slices"
)

// held is what a check compares with: who had what before a step.
type held struct {
	owner []string // by chat, of conversations
	epoch []int    // by chat, -2 for none
	has   []int    // by counsellor, rings and conversations
}

func (w *world) holds() held {
	h := held{make([]string, len(w.chats)), make([]int, len(w.chats)), make([]int, len(w.who))}
	for i := range h.epoch {
		h.epoch[i] = -2
	}
	for id, c := range w.s.Chats {
		if c.Of < 0 {
			h.epoch[id] = c.Epoch
		}
		if c.Phase == Talking {
			h.owner[id] = c.Owner
		}
		if c.Phase == Talking || c.Phase == Offered {
			h.has[w.number(c.Owner)]++
		}
	}
	return h
}

func (w *world) number(name string) int {
	return slices.IndexFunc(w.who, func(c Counsellor) bool { return c.Name == name })
}

// check is every promise that can be seen in one state, or in a step to it.
func (w *world) check(before held) error {
	after := w.holds()
	for i, e := range after.epoch {
		was, owner, had := before.epoch[i], after.owner[i], before.owner[i]
		switch {
		case e > -2 && e < was:
			return fmt.Errorf("%d is back in epoch %d", i, e)
		case owner != "" && owner != had && e <= was:
			return fmt.Errorf("%d has %q and %q in epoch %d", i, had, owner, e)
		}
	}
	for i, who := range w.who {
		c, has := w.s.Counsellors[who.Name], after.has[i]
		for _, m := range w.s.wraps {
			if m.name == who.Name {
				has++
			}
		}
		if c == nil {
			continue
		}
		if has != c.Places {
			return fmt.Errorf("%s has %d places taken, counted %d", who.Name, has, c.Places)
		}
		if after.has[i] > before.has[i] && has > c.Capacity {
			return fmt.Errorf("%s has %d with a capacity of %d", who.Name, has, c.Capacity)
		}
		if r := w.s.Chats[c.Rings]; c.Rings >= 0 && (r == nil || r.Phase != Offered || r.Owner != who.Name || !c.Up) {
			return fmt.Errorf("%s is rung for by %d, which does not", who.Name, c.Rings)
		}
	}
	for i := range w.chats {
		if err := w.stands(i); err != nil {
			return err
		}
	}
	for id, c := range w.s.Chats {
		if c.Of >= 0 {
			if of := w.s.Chats[c.Of]; of == nil || of.Phase != Talking || of.Ask == nil || !of.Ask.Yes || of.Ask.Leg != id || of.Owner != c.From {
				return fmt.Errorf("%d is a handover of nothing", id)
			}
		}
		if err := w.placed(c); err != nil {
			return err
		}
	}
	return w.served()
}

// served says that nobody waits while a counsellor who could take them is free. Who waited for one counsellor, who then
// went, is offered to others by the next sweep, which comes within a second.
func (w *world) served() error {
	if !w.watch.idle() {
		return nil
	}
	for _, c := range w.s.Chats {
		if c.For != "" {
			swept := w.clone()
			swept.sweep(Event{Kind: Match})
			if !swept.watch.idle() {
				return nil
			}
		}
	}
	return fmt.Errorf("somebody waits while a counsellor who could take them is free")
}

// stands says that a chat is somewhere, and its own state as it stands unless somebody is still to tell it.
func (w *world) stands(i int) error {
	c := w.s.Chats[i]
	if !w.joined[i] {
		return nil
	}
	now := w.now[i]
	if (c == nil) != (now.Phase == Over) {
		return fmt.Errorf("%d is gone, and nothing ended it", i)
	}
	if c != nil {
		want := Change{Chat: i, Phase: c.Phase, Epoch: c.Epoch}
		switch c.Phase {
		case Offered, Held:
			want.Phase = Waiting
		case Talking:
			want.Owner, want.Away = c.Owner, !w.s.Counsellors[c.Owner].Up
		}
		if now.Change != want {
			return fmt.Errorf("%d was told %+v and stands as %+v", i, now.Change, want)
		}
	}
	if own := w.own[i]; own.v == now.v && own.Change != now.Change {
		return fmt.Errorf("%d has %+v in version %d, which is %+v", i, own.Change, own.v, now.Change)
	}
	return nil
}

// placed says that what a chat is agrees with where it is.
func (w *world) placed(c *Chat) error {
	in := 0
	for q, all := range w.s.waiting {
		for _, x := range all {
			if x == c {
				in++
				if q != (queue{c.Line, c.Lang}) {
					return fmt.Errorf("%d is in another line", c.ID)
				}
			}
		}
		if !slices.IsSortedFunc(all, before) {
			return fmt.Errorf("a line is out of order")
		}
	}
	up := c.Up
	if c.Of >= 0 {
		up = w.s.Chats[c.Of].Up
	}
	d := w.s.Counsellors[c.Owner]
	switch c.Phase {
	case Waiting:
		if in != 1 || !up || c.Owner != "" {
			return fmt.Errorf("%d waits and is in line %d times", c.ID, in)
		}
	case Offered:
		if in != 0 || !up || d == nil || d.Rings != c.ID {
			return fmt.Errorf("%d rings at nobody", c.ID)
		}
	case Held:
		if in != 0 || up {
			return fmt.Errorf("%d is kept for somebody who is there", c.ID)
		}
	case Talking:
		if in != 0 || d == nil {
			return fmt.Errorf("%d is talked in by %q, who is at no desk", c.ID, c.Owner)
		}
	case Lost:
		if in != 0 || up {
			return fmt.Errorf("%d is lost, and there", c.ID)
		}
	default:
		return fmt.Errorf("%d is nowhere", c.ID)
	}
	return nil
}

func (w *world) settle(chat int) error {
	w.same = false
	return w.tells([]told{w.now[chat]})
}

func (w *world) take() []told {
	out := w.late
	w.late, w.same = nil, false
	return out
}

// tells is lua/chat/apply: a version that is not newer changes nothing.
func (w *world) tells(changed []told) error {
	for _, c := range changed {
		own := &w.own[c.Chat]
		if c.v <= own.v && w.broken != anyVersion {
			continue
		}
		if c.v < own.v {
			return fmt.Errorf("the own state of %d goes back from version %d to %d, to %q in epoch %d", c.Chat, own.v, c.v, c.Owner, c.Epoch)
		}
		*own = c
	}
	return nil
}
