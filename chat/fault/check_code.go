package fault

import "time"

// forever is a moment that does not come.
const forever = time.Duration(1 << 62)

// away is a quick exit.
type away struct {
	from  time.Duration
	asked time.Duration // when they asked for it by its code, forever where they did not
	to    time.Duration // when they were told that they have it again
	seq   int64         // up to here it is not told to the page that has it now; -1 before that is known
}

// ofCodes is what has to do with a chat that is hidden, and comes back by its code.
func (c *checker) ofCodes(e *Entry) {
	k, p := c.chat(e), c.page(e.Who)
	switch e.What {
	case Hides:
		k.aways = append(k.aways, away{e.At, forever, forever, -1})
		p.chat = nil
	case Returns:
		p.returns = e.Chat
		if a := k.hidden(); a != nil {
			a.asked = min(a.asked, e.At)
		}
	case Barred:
		p.returns = ""
		if !between(c.emptied, k.born, e.At) && !k.endedAs("stopped") {
			c.wrong("return", e, "the code of this chat leads nowhere")
		}
	}
}

// hidden is the last quick exit from a chat, nil for none.
func (k *chat) hidden() *away {
	if len(k.aways) == 0 {
		return nil
	}
	return &k.aways[len(k.aways)-1]
}

func (k *chat) endedAs(reason string) bool {
	for _, e := range k.ends {
		if e.Reason == reason {
			return true
		}
	}
	return false
}

// isBack holds that a code leads to the chat that was hidden, as long as that can be entered. It rings at her who had it.
func (c *checker) isBack(e *Entry) {
	p := c.page(e.Who)
	if p.returns == "" {
		return
	}
	k := c.chats[p.returns]
	p.returns = ""
	if name, last := k.newest(); last >= 0 {
		c.prefers[e.Chat] = append(c.prefers[e.Chat], prefer{span{k.hidden().asked, e.At + c.Prefer + 2*slack}, name})
	}
	if e.Chat == k.id {
		k.hidden().to = e.At
		if e.Line == "" && k.line != "" {
			c.wrong("return", e, "the page is not told in which line the chat is, and asked for any")
		}
		return
	}
	gone := e.At-k.hidden().from >= min(c.Held, c.Grace)-slack || c.wasDown(e.Who, k.hidden().from-slack, e.At, min(c.Held, c.Grace)-slack)
	if !gone && len(k.ends) == 0 && !between(c.emptied, k.born, e.At) && !between(c.jumps, k.born, e.At) {
		c.wrong("return", e, "the code of chat %s led to another", k.id)
	}
}

// newest is the last epoch and whose it is, -1 where nobody was there.
func (k *chat) newest() (name string, e int) {
	e = -1
	for epoch, who := range k.owners {
		if epoch > e {
			name, e = who, epoch
		}
	}
	return name, e
}

// told notes up to where a page that came back is told nothing.
func (k *chat) told(e *Entry) {
	if a := k.hidden(); a != nil && a.to < forever && a.seq < 0 {
		a.seq = e.Seq
	}
}

// wasAway says whether the page of a chat was gone for so long.
func (k *chat) wasAway(at, long time.Duration) bool {
	for _, a := range k.aways {
		if min(a.to, at)-a.from >= long {
			return true
		}
	}
	return false
}

// askedBack is when a chat was first asked for by its code after a moment: from then on its counsellor has it no more.
func (k *chat) askedBack(after time.Duration) time.Duration {
	at := forever
	for _, a := range k.aways {
		if a.asked > after {
			at = min(at, a.asked)
		}
	}
	return at
}

// parted says whether a page that came back by a code was told nothing up to a place between two seqs.
func (k *chat) parted(seq, behind int64) bool {
	for _, a := range k.aways {
		if a.to < forever && seq <= a.seq && a.seq < behind {
			return true
		}
	}
	return false
}

// gone says whether nobody promised that a message is shown, since the page was gone: what the counsellor said was sealed for
// that one, and what the young person said had not the time to come to her before they asked for the chat again.
func (c *checker) gone(m *message, k *chat) bool {
	if m.said.From == 'y' {
		at := k.askedBack(m.acked)
		return at < forever && !c.quiet(m.acked, min(at, k.over()), k.owners[m.e])
	}
	for _, a := range k.aways {
		other := a.to == forever || a.seq < 0 || m.seq <= a.seq || m.acked < a.asked+slack
		if other && !c.quiet(max(m.acked, k.begun()), a.from, k.youth) {
			return true
		}
	}
	return false
}
