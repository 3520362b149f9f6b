package fault

// Counts are how often things happened that one line alone does not have.
type Counts struct {
	ToLine, ToName int // handovers that were taken, to a line or to a colleague
	No             int // answers no
	Moved          int // places that went to another line, by overflow or a lead
	Hidden, Back   int // quick exits with a code, and those chats that were entered again by it
	Paused         int
}

// Add sums up.
func (c *Counts) Add(o Counts) {
	c.ToLine += o.ToLine
	c.ToName += o.ToName
	c.No += o.No
	c.Moved += o.Moved
	c.Hidden += o.Hidden
	c.Back += o.Back
	c.Paused += o.Paused
}

// Count reads a history.
func Count(entries []Entry) (c Counts) {
	asked, line, wanted := map[string]*Entry{}, map[string]string{}, map[string]string{}
	for i := range entries {
		switch e := &entries[i]; e.What {
		case Asked:
			asked[e.Offer] = e
		case Moved:
			if q := asked[e.Offer]; q != nil && q.Name == "" {
				c.ToLine++
			} else {
				c.ToName++
			}
		case Answers:
			if !e.OK {
				c.No++
			}
		case Waits:
			if was := line[e.Chat]; was != "" && e.Line != "" && was != e.Line {
				c.Moved++
			}
			if e.Line != "" {
				line[e.Chat] = e.Line
			}
			if wanted[e.Who] == e.Chat {
				c.Back++
			}
			delete(wanted, e.Who)
		case Joined:
			line[e.Chat] = e.Line
		case Hides:
			c.Hidden++
		case Returns:
			wanted[e.Who] = e.Chat
		case Pauses:
			if !e.OK {
				c.Paused++
			}
		}
	}
	return c
}
