// Package frame is the codec of the frames of subprotocol haven.1: one flat JSON object per text frame, its type
// in "t".
//
// What comes in from outside is read by one strict scanner (scan.go) and by nothing else: Youth.Parse on /chat and
// Desk.Parse on /desk. Any order of keys and JSON's own white space and escapes are accepted; a duplicate, unknown,
// missing or overlong field, a wrong type, a value out of range, trailing bytes and invalid UTF-8 are refused with
// a *BadFrame that says what the refusal answers to. Numbers are integers without sign, fraction, exponent or
// leading zero, since nothing in the protocol is anything else and two readings of one number would be a hole.
//
// What goes out is appended to a caller's buffer (AppendMsg and its like); the frames of every message, msg and
// ack, cost no allocation. A stored message keeps the tail of its frame (Inbound.AppendBody), so that neither
// delivery nor replay encodes it again.
//
// Go clients use Youth.Append and Desk.Append for what they send and Outbound.Parse for what they hear; that one
// ignores fields it does not know, as the protocol asks of clients.
package frame
