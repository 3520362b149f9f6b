package chat

// Stage is how far a visit came.
type Stage uint8

const (
	Visited   Stage = iota // opened the page and touched it
	Refused                // asked for a chat and was let in nowhere
	Abandoned              // had a place in line, and it ended before anybody answered
	Answered               // a counsellor accepted
)

// Visit is one visit that came as far as it did. Nothing in it is of a chat.
type Visit struct {
	Line              string // asked for last; "" when none was
	Campaign, Channel string // as the link said, "" without one
	Stage             Stage
	Block             int // Reach.Block when it was refused or let in line; with Refused and Abandoned
}

// Reach counts visits: each once, where it ended or was answered. Its methods must not block.
type Reach interface {
	// Block is the block of four hours of the week that is now: 0 is Monday 00:00 to 04:00 in Amsterdam, 41 the last.
	Block() int
	// Count counts a visit.
	Count(v Visit)
}
