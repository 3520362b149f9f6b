package simulate

import "slices"

// overflow asks who waits long in a line whether they want to go to another that can take them at once: the oldest first,
// and never more than free counsellors are there. Nobody is moved: consent does that. What was not answered in time is
// asked no more, and nothing else is for a while.
func (s *State) overflow(e Event) {
	for _, n := range e.Chats {
		if chat := s.Chat(n); chat != nil && chat.Asked() && s.broken != keepsAsking {
			chat.LetBe = true
			s.unpropose(chat)
			s.project(chat)
		}
	}
	leg := e.Leg
	for _, lang := range s.lines[e.Line].Langs {
		for _, to := range e.Lines {
			if s.paused>>to&1 == 1 || !slices.Contains(s.lines[to].Langs, lang) {
				continue
			}
			left := s.freeAt(to, lang, e.Line) - s.askedAbout(to, lang)
			for _, n := range *s.line(e.Line, lang) {
				chat := &s.chats[n]
				if left > 0 && s.NowS-chat.ArrivedS >= e.WaitS && s.mayAsk(chat, to) {
					chat.Ask = Ask{Open: true, Leg: leg, Line: to}
					s.project(chat)
					leg++
					left--
				}
			}
		}
	}
}

// Asked says whether somebody in line is asked about another one.
func (c *Chat) Asked() bool { return c.Ask.Open && c.Phase != Talking }

func (s *State) mayAsk(chat *Chat, to int) bool {
	return chat.Of < 0 && chat.For == 0 && !chat.Ask.Open && (!chat.LetBe || s.broken == asksSoon) && (chat.Refused>>to&1 == 0 || s.broken == asksAgain)
}

// freeAt is how many counsellors of a line are free who do not answer the other one: who answers both was passed over for
// those who wait there, or is about to be rung.
func (s *State) freeAt(to, lang, line int) int {
	n := 0
	for _, c := range s.Free(to, lang) {
		if !slices.Contains(c.Lines, line) {
			n++
		}
	}
	return n
}

// askedAbout is how many were asked about a line, and may still answer.
func (s *State) askedAbout(to, lang int) int {
	n := 0
	for _, i := range s.there {
		if chat := &s.chats[i]; chat.Asked() && chat.Ask.Line == to && chat.Lang == lang && s.broken != asksTooMany {
			n++
		}
	}
	return n
}
