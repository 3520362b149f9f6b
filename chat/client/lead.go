package client

import (
	"time"

	"haven/chat/frame"
)

// ReadyFor is Ready until the last intake of a shift, that far off.
func (d *Desk) ReadyFor(capacity int, until time.Duration) error {
	return d.do(true, frame.Inbound{T: frame.TReady, Capacity: capacity, ForS: int(until / time.Second)})
}

// Call calls for the lead on duty, about a line or "", or takes that back; call answers.
func (d *Desk) Call(on bool, line string) error {
	return d.do(true, frame.Inbound{T: frame.TCall, On: on, Line: line})
}

// Come says to a counsellor who calls that this lead comes.
func (d *Desk) Come(name string) error {
	return d.do(true, frame.Inbound{T: frame.TCome, ToName: name})
}

// Pause lets nobody new into a line, or lets them in again.
func (d *Desk) Pause(line string, on bool) error {
	return d.do(true, frame.Inbound{T: frame.TPause, Line: line, On: on})
}

// Move brings a place in line to a line or, where line is "", to a counsellor by name.
func (d *Desk) Move(chat, line, name string) error {
	return d.do(true, frame.Inbound{T: frame.TMove, Chat: chat, ToLine: line, ToName: name})
}
