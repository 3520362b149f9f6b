package chat

// Why somebody stands further back than they were shown (frame `waiting`).
const (
	whyUrgent = "urgent" // somebody in danger went ahead
	whyFewer  = "fewer"  // a counsellor went off duty
	whyKept   = "kept"   // somebody is back in line whose place was kept: with an older ticket, or after a talk that broke off
	whyMoved  = "moved"  // somebody came from another line: by a handover, or at the ticket they had there
)

// came is since which look a chat stands among the first of a line, and whether it came there from another one.
type came struct {
	line, look int
	moved      bool
}

// follow notes what came since the board before, which had the same lines. Whoever wants to know why a place fell back
// asks for that, so that nothing is done for those whose place did not.
func (b *board) follow(old *board) {
	b.came, b.fewer = make(map[string]came), make(map[string]int)
	for i := range b.lines {
		l := &b.lines[i]
		for _, chat := range l.Heads {
			at, ok := old.came[chat]
			if !ok || at.line != i {
				at = came{line: i, look: b.look}
			}
			b.came[chat] = at
		}
		b.fewer[l.Line] = old.fewer[l.Line]
		if l.OnDuty < old.line(l.Line).OnDuty {
			b.fewer[l.Line] = b.look
		}
	}
}

// fresh are the chats among the first of a line that did not stand there at the look before.
func (b *board) fresh() (out []string) {
	for chat, at := range b.came {
		if at.look == b.look {
			out = append(out, chat)
		}
	}
	return out
}

// moved notes which of the fresh ones came from another line.
func (b *board) moved(chats []string) {
	for _, chat := range chats {
		at := b.came[chat]
		at.moved = true
		b.came[chat] = at
	}
}

// why says what put a chat of a line further back since a look; "" where nothing of the kind is seen.
func (b *board) why(chat, line string, since int) string {
	l := b.line(line)
	kept, moved := false, false
	for i, head := range l.Heads {
		if head == chat {
			break
		}
		if b.came[head].look <= since {
			continue
		}
		if i < len(l.Classes) && l.Classes[i] == '1' {
			return whyUrgent
		}
		if b.came[head].moved {
			moved = true
		} else {
			kept = true
		}
	}
	switch {
	case b.fewer[line] > since:
		return whyFewer
	case kept:
		return whyKept
	case moved:
		return whyMoved
	}
	return ""
}
