package routing

import (
	"errors"
	"time"
)

// Side says who wrote: the young person or the counsellor.
type Side byte

const (
	Youth      Side = 'y'
	Counsellor Side = 'c'
)

// Other is the side that reads what s wrote.
func (s Side) Other() Side {
	if s == Youth {
		return Counsellor
	}
	return Youth
}

// Phase is where a chat stands, as both sides may know it.
type Phase byte

const (
	Waiting Phase = 'w' // in line, offered, or held while the young person's line is down
	Talking Phase = 't' // a counsellor owns the current epoch
	Away    Phase = 'a' // as Talking, but the counsellor's line dropped; she has Durations.DeskGrace
	Done    Phase = 'd' // ended by the counsellor as done; the log stands until read or Durations.Linger
	Lost    Phase = 'l' // ended as lost; a resume within Durations.Front is a place at the front
	Over    Phase = 'x' // ended, log and share deleted
)

// Reasons for the end of a chat (design, section 4, frame `ended`).
const (
	ReasonLeft      = "left"
	ReasonDone      = "done"
	ReasonStopped   = "stopped"
	ReasonLost      = "lost"
	ReasonAbandoned = "abandoned"
	ReasonClosed    = "closed"
)

// Reasons for a refusal (frame `refused`).
const (
	RefusedClosed      = "closed"
	RefusedFull        = "full"
	RefusedNobody      = "nobody"
	RefusedUnknownLine = "unknown_line"
	RefusedUnavailable = "unavailable"
)

// Results of a handover that was proposed (frame `handover` to a desk). After HandoverYes one of the others follows.
const (
	HandoverYes    = "yes"    // the young person said so: it rings or waits at the other side
	HandoverNo     = "no"     // the young person did not want it
	HandoverMoved  = "moved"  // the other side accepted
	HandoverNobody = "nobody" // closed, nobody there, not accepted, gone or taken back
)

// States of a counsellor at a desk.
const (
	StateRest  = "rest"
	StateReady = "ready"
	StateBusy  = "busy" // ready, with no room left in her capacity or in a breather
)

// Errors that a caller tells apart. Each leaves everything as it was.
var (
	ErrNoChat      = errors.New("routing: no such chat") // unknown, ended, wrong token, not yours: one answer for all
	ErrStaleEpoch  = errors.New("routing: stale epoch")  // the message was not kept
	ErrNoOffer     = errors.New("routing: no such offer")
	ErrNotNow      = errors.New("routing: not now")
	ErrSlowDown    = errors.New("routing: slow down")
	ErrReplaced    = errors.New("routing: a newer socket stands")
	ErrUnavailable = errors.New("routing: store away") // nothing is known to be kept
)

// Refusal is the error of Join when a line takes nobody now; Reason is one of the Refused constants.
type Refusal struct{ Reason string }

func (r *Refusal) Error() string { return "routing: refused: " + r.Reason }

// Join is a young person's wish for a chat.
type Join struct {
	Line, Lang, Topic string
	Urgent            bool
	PK                string // uncompressed P-256 point in base64url
	Sock              string // this socket's id, unique on this node

	Again  bool   // a return code came along: the counsellor sees that they say they were here before
	Prefer string // the counsellor whom it leads to, "" for none
}

// Joined is a chat in line. All three ids are 16 random bytes in base64url; Redis keeps only SHA-256(Token).
type Joined struct {
	Chat, Token, Share string
	Ahead              int // chats before it in line; -1 where it rings already
	Room               int // chats that the line's counsellors could take now
}

// AheadMax is shown for every place past twenty: "more than 20".
const AheadMax = 21

// View is what stands of one chat: everything a socket needs to be told, whatever it was told before.
type View struct {
	Chat, Line string
	Phase      Phase
	Reason     string    // of the end, in Done, Lost and Over
	Sock       string    // "node/sock" of the young person's newest socket, "" while their line is down
	PKY        string    // the young person's key
	Share      string    // wraps what the young person's page keeps; "" once deleted
	DeskShare  string    // wraps what the counsellor's tab keeps, of the current epoch
	Epochs     []Epoch   // every epoch so far, oldest first; empty before the first counsellor
	Before     []Epoch   // those before the young person came back by a return code: Owner and Since alone
	Seq        int64     // highest stored
	LastY      int64     // the young person's highest
	LastC      int64     // the counsellors' highest
	ReadY      int64     // highest seq the young person was shown
	ReadC      int64     // highest seq the counsellor was shown
	Quiet      bool      // "not safe to type now"
	Handover   *Handover // what the young person is asked, or nil
	Came       Came      // what came of the last such question
	Messages   []Stored
	More       bool // the log holds more above Messages: ask again

	Answered bool   // a counsellor accepted at some time; also known of what is Over
	Holder   string // the node that counts the visit: where the young person was when one first accepted, or is
	Took     bool   // only of Resume: nobody had accepted, so that this node is the Holder from then on
}

// Epoch is one counsellor's time in a chat. Messages of epoch E have Since < seq, up to the next epoch's Since.
type Epoch struct {
	E          int
	Owner      string // the counsellor's account name, which the young person is shown
	PK         string // her key
	TagY, TagC string // newest key confirmation of each side, "" before it
	Since      int64  // highest seq when the epoch began
}

// Current is the newest epoch, or nil before the first.
func (v *View) Current() *Epoch {
	if len(v.Epochs) == 0 {
		return nil
	}
	return &v.Epochs[len(v.Epochs)-1]
}

// Stored is one sealed message of the log. Body is the tail of its `msg` frame from `"from":` to the closing
// brace, so that a replay costs no encoding: frame = `{"t":"msg","seq":N,` + Body.
type Stored struct {
	Seq  int64
	Body []byte
}

// Append asks for one sealed message to be kept. The Router fills Seq, Prev, Dup and Err and then calls Done
// exactly once, from a goroutine that must not be blocked; for one chat in the order of the calls.
type Append struct {
	Chat   string
	From   Side
	Owner  string // the counsellor's account name when From is Counsellor
	E      int
	ID     string
	Known  int64  // the highest seq that the author's socket knows of: a store without it lost what it had acked
	Last   string // and the id of the newest of its own that it was acked, "" for none
	Typing bool   // k 2: handed on to an open socket, never kept; Seq stays 0
	Body   []byte // see Stored
	Done   func(*Append)

	Seq  int64 // highest first: the place of this message in the chat, from 1
	Prev int64 // seq of the message before it from the same side, 0 for none
	Dup  bool  // the id was kept before; Seq is its old place
	Err  error // ErrNoChat, ErrStaleEpoch or ErrUnavailable: not known to be kept, also where Known or Last is gone
}

// Delivery is a message that another node stored for a socket here.
type Delivery struct {
	Chat      string
	From      Side
	Seq, Prev int64 // Seq 0: typing, not kept
	Body      []byte
}

// Wakes hears from the Router what changed. Wakes are hints: the receiver looks at the state again (View, DeskView,
// Snapshot), so a repeated wake does no harm and a lost one is made good by Resync. Calls come from one goroutine
// and must not block.
type Wakes interface {
	// Deliver hands over a message; where Prev is not what the socket was shown last, look at the View instead.
	Deliver(Delivery)
	// ChatChanged: the state of a chat with a socket on this node changed, or of one whose Holder this node is or was.
	ChatChanged(chat string)
	// DeskChanged: a counsellor's offers, chats or state changed.
	DeskChanged(counsellor string)
	// LinesChanged: a line opened or closed, or its waiting or its counsellors changed.
	LinesChanged()
	// StoreChanged: the store began another life (Router.Store); everything may be gone.
	StoreChanged()
	// Resync: wakes may have been lost, look at everything again.
	Resync()
}

// OnDuty is a counsellor who may enter a desk.
type OnDuty struct {
	Name         string // account name
	Lines, Langs []string
	Lead         bool // may pause a line of hers, move who waits there, and hears who calls
}

// DeskView is what stands at one counsellor's desk.
type DeskView struct {
	Sock     string // "node/sock" of her newest desk
	State    string // StateRest, StateReady or StateBusy
	Capacity int
	Chats    []DeskChat
	Wrapups  []string // ended chats whose wrap-up she owes
	Offer    *Offer   // what rings at her desk now, or nil

	Lead     bool
	Breather Moment // she is not rung until then
	Shift    Moment // her last intake: then she is at rest
	Call     string // her call for a lead: one of the Call constants, "" for none
	Comes    string // the lead who comes to her
	Calls    []Call // of a lead: who else calls, in the order in which they did
}

// DeskChat is a chat that a counsellor owns.
type DeskChat struct {
	Chat string
	E    int
	Line string
}

// Offer is a chat that rings at a desk.
type Offer struct {
	Offer, Chat, Line, Lang, Topic string
	Urgent                         bool
	WaitedS, RingS                 int // whole seconds
	PK                             string
	Again                          bool   // they say that they were here before, and had a return code
	From                           string // the counsellor who hands the chat over, "" for nobody
}

// LineView is how a line stands.
type LineView struct {
	Line          string
	Open          bool
	Opens, Closes time.Time // next opening when closed, closing when open; zero when there is none
	OnDuty        int       // counsellors who entered a desk and are not at rest
	Waiting       int       // in line with their socket up
	OldestS       int       // whole seconds that the one longest in line has waited
	Pace          float64   // seconds that it takes to move up by one place
	Room          int       // chats that its counsellors could take now
	Heads         []string  // the first AheadMax-1 chats in line, in order
	Classes       string    // of each of Heads: 0 for a place kept from before, 1 urgent, 2 neither
	Active        int       // chats in the phases Talking and Away
	Paused        bool      // a lead lets nobody new in; Open is by the hours
}

// Wrapup is what a counsellor notes after a chat. Nothing of it is kept with the chat.
type Wrapup struct {
	Kind    string // young_person parent professional other nuisance
	Outcome string // none signal report
	Parent  bool
	Topic   string
	Heavy   bool

	Referral string // code of a partner outside whom the counsellor led to, "" for none
	From     string // the first line that handed the chat over, "" for none; the Router knows it
}

// Durations are the times of design section 6. All are whole seconds.
type Durations struct {
	Ring       time.Duration // an offer rings, 20 s
	Passed     time.Duration // a counsellor is passed over for a chat, 120 s
	Held       time.Duration // a waiting young person's line may be down, 900 s
	YouthGrace time.Duration // a talking young person's line may be down, 300 s
	Front      time.Duration // after lost, a resume is a place at the front, 900 s
	Lease      time.Duration // a desk lives without a pong, 20 s
	DeskGrace  time.Duration // then her chats go to the front, 30 s
	Linger     time.Duration // after done the log waits to be read, 300 s
	Wrapup     time.Duration // a wrap-up holds its place in the capacity, 120 s
	Breather   time.Duration // after a heavy chat she is not rung, 300 s; 0 for none
	Code       time.Duration // a return code leads back, whole days, and then to the end of that one; 0 for no codes
}

// DefaultDurations are those of the design.
func DefaultDurations() Durations {
	return Durations{
		Ring: 20 * time.Second, Passed: 120 * time.Second, Held: 900 * time.Second, YouthGrace: 300 * time.Second,
		Front: 900 * time.Second, Lease: 20 * time.Second, DeskGrace: 30 * time.Second, Linger: 300 * time.Second,
		Wrapup: 120 * time.Second, Breather: 300 * time.Second, Code: 30 * 24 * time.Hour,
	}
}

// Config is one deployment as all its nodes must agree on it.
type Config struct {
	Prefix    string // of every Redis key, default "haven"
	Node      string // this node's random name
	Lines     []Line
	Durations Durations
	// JoinRate and JoinBurst are the deployment's bucket of joins: tokens a second and its size. 0 means 1000 and 20000.
	JoinRate, JoinBurst int
	// CodeKey keys the hash of return codes; all nodes have the same. It is never in the store: who has that alone cannot
	// try codes against it. Without it there are none.
	CodeKey []byte
	// Now is the wall clock by which lines open and close; nil for this machine's. Deadlines are the store's.
	Now func() time.Time
	// Replicas is how many have to have a message before it is acked; 0 where none stand by, and on a Cluster.
	Replicas int
}

// Line is one helpline of the deployment.
type Line struct {
	Name             string   // [a-z0-9-]{1,32}
	Langs            []string // served; the first is the default
	Hours            Hours
	LastIntake       time.Duration // before closing nobody is let in line any more
	CapPerCounsellor int           // waiting per counsellor on duty, beyond what their free capacity takes
	Target           time.Duration // wait after which at most three urgent chats go past
	Instead          []string      // sister lines to name when this one takes nobody
	Practice         bool          // for training: only who has its link comes here, and nobody from a line that is not
	Overflow         time.Duration // in line for so long, a young person is asked whether to go to one of Instead; 0 for never
}

// Observer hears events without identifiers.
type Observer interface {
	// ChatArrived: somebody got a place in line, by a Join or from another line.
	ChatArrived(line string)
	ChatStarted(line string, waitS int)
	ChatEnded(line, reason string)
	ChatRefused(line, reason string)
	WrappedUp(line string, w Wrapup)
	// HandedOver: a handover that a counsellor of line proposed came to its end, by one of the results but HandoverYes.
	HandedOver(line, result string)
}
