package chat

import (
	"context"
	"log/slog"
	"time"

	"haven/chat/frame"
	"haven/routing"
)

// Intake lets young people in and out of line.
type Intake interface {
	// Join asks for a place: *routing.Refusal, ErrSlowDown or ErrUnavailable when there is none. With a Chat beside
	// ErrUnavailable there may be one, whose page knows nothing of it.
	Join(ctx context.Context, j routing.Join) (routing.Joined, error)
	// Resume names sock as the chat's newest socket and says how many are ahead when it waits. ErrNoChat for
	// every way in which it can be the wrong chat.
	Resume(ctx context.Context, chat, token, sock string, after int64) (v routing.View, ahead int, err error)
	// Drop says that a socket is gone; nothing happens when a newer one stands.
	Drop(ctx context.Context, chat, sock string) error
	// Sockets are those that the store takes to be open on this node, by chat.
	Sockets(ctx context.Context) (map[string]string, error)
	// Anyone has a place that waits for one counsellor wait for anybody: ErrNotNow where it waits for none.
	Anyone(ctx context.Context, chat, sock string) error
	Leave(ctx context.Context, chat string) error
	// Hide deletes token and share at once, then is as Drop; nothing happens when a newer socket stands.
	Hide(ctx context.Context, chat, sock string) error
}

// Codes lead a young person back.
type Codes interface {
	// Code gives the words of a new code for a chat: ErrNoChat when it ended, ErrNotNow where there are no codes.
	Code(ctx context.Context, chat string) (string, error)
	// Recall says what a code leads to: ErrNoChat for every wrong one, ErrSlowDown after too many of them.
	Recall(ctx context.Context, code string) (routing.Recalled, error)
	// Reenter names sock, with the key pk, as the newest socket of the chat that a code leads to. Beside an error Line
	// and Took of the View may be set.
	Reenter(ctx context.Context, code, chat, pk, sock string) (routing.Joined, routing.View, error)
}

// Log keeps the sealed messages of a chat and what both sides know of each other.
type Log interface {
	// Append may block while too much is under way. Once Done was called, the Append and its Body are the
	// caller's again.
	Append(a *routing.Append)
	Confirm(ctx context.Context, chat string, from routing.Side, owner string, e int, tag string) error
	Read(ctx context.Context, chat string, from routing.Side, owner string, seq int64) error
	Quiet(ctx context.Context, chat string, on bool) error
	// View is the whole state and the first page of messages above after, for a page that knows the epochs up to told.
	View(ctx context.Context, chat string, after int64, told int) (routing.View, error)
}

// Board is what everybody may know.
type Board interface {
	// Snapshot is how all lines stand, in one call.
	Snapshot(ctx context.Context) ([]routing.LineView, error)
	// Places is what there is to say of some places beside that.
	Places(ctx context.Context, some []string) (routing.Places, error)
	// LineState asks nothing of the store.
	LineState(line string, now time.Time) (open bool, opens, closes time.Time)
	// Instead names the sister lines of a line that take somebody now. It asks nothing of the store.
	Instead(line string) []string
	// Touch keeps the keys of these chats from expiring.
	Touch(ctx context.Context, chats []string) error
	// Store names this life of the store, "" while it was never reached.
	Store() string
	// Node is this node's name, the first half of View.Sock.
	Node() string
}

// Consents are a young person's answers.
type Consents interface {
	// Consent answers a question whether the chat may go elsewhere; ErrNoOffer when that is not asked any more.
	Consent(ctx context.Context, chat, sock, offer string, yes bool) error
}

// Queue is the young person's side of the router.
type Queue interface {
	Intake
	Consents
	Codes
	Log
	Board
}

// Duty says which desks are up.
type Duty interface {
	// Enter makes sock the counsellor's newest desk.
	Enter(ctx context.Context, who routing.OnDuty, sock string) (routing.DeskView, error)
	DeskView(ctx context.Context, counsellor string) (routing.DeskView, error)
	DropDesk(ctx context.Context, counsellor, sock string) error
	// Renew renews the leases of all these desks in one call.
	Renew(ctx context.Context, counsellors []string) error
}

// Ring is how a chat comes to a desk.
type Ring interface {
	// SetReadyFor has her offered chats, for d where that is not 0; then she is at rest by herself.
	SetReadyFor(ctx context.Context, counsellor string, capacity int, d time.Duration) error
	Rest(ctx context.Context, counsellor string) error
	Take(ctx context.Context, counsellor string) (routing.Offer, error) // ErrNotNow
	// Accept gives the view of the assigned chat; ErrNoOffer. Repeated with the same pk it gives the same.
	Accept(ctx context.Context, counsellor, offer, pk string) (routing.View, error)
	Decline(ctx context.Context, counsellor, offer string) error
}

// Care is what a counsellor does with a chat of hers. ErrNoChat where it is not.
type Care interface {
	// ResumeDesk with pk "" goes on with the key of the epoch, else it begins a new epoch of hers.
	ResumeDesk(ctx context.Context, counsellor, chat, pk string, after int64) (routing.View, error)
	End(ctx context.Context, counsellor, chat, reason string) error
	Wrapup(ctx context.Context, counsellor, chat string, w routing.Wrapup) error
}

// Handovers bring a chat of hers elsewhere, with the young person's yes. ErrNoChat where it is not hers.
type Handovers interface {
	// Propose asks the young person, and names the question; ErrNobody when nobody there can be asked.
	Propose(ctx context.Context, counsellor, chat string, to routing.To, slip string) (string, error)
	// Keep takes it back; ErrNoChat also when nothing is asked.
	Keep(ctx context.Context, counsellor, chat string) error
}

// Desk is the counsellor's side of the router.
type Desk interface {
	Duty
	Ring
	Care
	Handovers
	Leads
}

// Tickets opens desks. A ticket is good once.
type Tickets interface {
	// Redeem says who holds the ticket. An error that is routing.ErrUnavailable or the context's says nothing
	// about the ticket; any other says that it is bad.
	Redeem(ctx context.Context, ticket string) (routing.OnDuty, error)
}

// Roles of a socket, as an Observer hears them.
const (
	RoleYouth      = "youth"
	RoleCounsellor = "counsellor"
)

// Observer hears events without identifiers. Its methods must not block.
type Observer interface {
	SocketOpened(role string)
	SocketClosed(role string)
	// ChatLasted says how long a chat that ended was talked, in whole minutes. It is measured in the memory of
	// the counsellor's node and kept nowhere: a chat whose counsellor moved to another node counts from there.
	ChatLasted(line string, minutes int)
}

// Config is what the endpoints need to know of the deployment.
type Config struct {
	Lines   []routing.Line
	Typing  map[string]bool // lines on which "is typing" (k 2) is handed on
	Phones  []frame.Phone   // numbers shown beside every refusal and end
	Origins []string        // as a browser sends them: the server's own, and those of allowed embedders
	// Durations must be the router's: they are shown as grace_s. The zero value means the design's.
	Durations routing.Durations
	Reach     Reach // nil counts nothing
	// Now is the wall clock by which lines open and close, the router's; nil for this machine's.
	Now func() time.Time
	Log *slog.Logger // nil discards
}

// Times and bounds of a socket.
const (
	callTimeout  = 5 * time.Second  // of one call to the store
	writeWait    = 15 * time.Second // a write may take at most that long, and at least writeWait-writeRenew
	writeRenew   = 5 * time.Second
	linger       = 2 * time.Second // after a close frame, for the other side to answer it
	youthPing    = 25              // ticks of one second
	deskPing     = 5
	youthSilence = 60 // ticks without a pong after which a socket is dead
	deskSilence  = 20
	maxBad       = 3
	maxInflight  = 64        // messages of one socket on their way to the store
	maxQueue     = 256 << 10 // bytes waiting to be written to one socket
	maxFrames    = 1024      // and frames
	joinBurst    = 10        // joins of one socket at once, then one a second
	touchEvery   = 30 * time.Minute
	holdMore     = 60      // ticks after Durations.Held until which a visit waits for its young person
	noMessages   = 1 << 52 // asks a View for no messages at all
)

// Closing codes. Only after 1012 and 1013 should a page come back by itself at once.
const (
	closeNormal   = 1000
	closePolicy   = 1008
	closeTooBig   = 1009
	closeRestart  = 1012
	closeTryLater = 1013
	closeReplaced = 4001
	closeBack     = 4000 // a page's, which comes back at once
)
