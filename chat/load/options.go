package load

import (
	"errors"
	"fmt"
	"io"
	"time"
)

// Account is a counsellor who may log in.
type Account struct{ Name, Password string }

// Options of a run.
type Options struct {
	URL     string // of the server
	DeskURL string // of the node for the desks, "" for URL: with two nodes every chat crosses
	Origin  string // of the deployment, "" for that of the URL
	Line    string // "" for jip
	Staff   []Account
	// Capacity that each desk asks for; 0 shares Chats among Staff. At most frame.MaxCapacity.
	Capacity int

	Chats    int           // 0 for 100; with Idle, how many young people connect
	InFlight int           // per chat in a closed loop; 0 for 1
	Rate     float64       // messages per second of all chats together, an open loop; 0 is a closed one
	Size     int           // bytes of each text; 0 for 200
	Warmup   time.Duration // not measured; 0 for 2 s
	Duration time.Duration // measured; 0 for 10 s
	Idle     bool          // measure memory, not messages
	Unsealed bool          // random bytes instead of sealing: measures the server and not the client
	LocalIPs []string      // to dial from, in turn: one address has some 28,000 ports

	ServerPID int // for CPU and RSS, 0 for none; of a process on this machine
	RedisPID  int
	// Baseline is the URL of a ServeBaseline to measure with the same options after the server, "" for none.
	Baseline    string
	BaselinePID int

	Progress io.Writer // one line a second; nil for none

	settle time.Duration // how long what is under way may take at the end; 0 for 10 s
}

// ErrHistory is wrapped by the error of a run whose history breaks a promise.
var ErrHistory = errors.New("load: messages lost, doubled, out of order or astray")

func (o *Options) fill() error {
	if o.Chats == 0 {
		o.Chats = 100
	}
	if o.InFlight == 0 {
		o.InFlight = 1
	}
	if o.Size == 0 {
		o.Size = 200
	}
	if o.Warmup == 0 {
		o.Warmup = 2 * time.Second
	}
	if o.Duration == 0 {
		o.Duration = 10 * time.Second
	}
	if o.Line == "" {
		o.Line = "jip"
	}
	if o.DeskURL == "" {
		o.DeskURL = o.URL
	}
	if o.settle == 0 {
		o.settle = 10 * time.Second
	}
	if o.Progress == nil {
		o.Progress = io.Discard
	}
	if len(o.LocalIPs) == 0 {
		o.LocalIPs = []string{""}
	}
	var errs []error
	check := func(ok bool, format string, args ...any) {
		if !ok {
			errs = append(errs, fmt.Errorf("load: "+format, args...))
		}
	}
	check(o.URL != "", "no URL")
	check(o.Chats > 0 && o.InFlight > 0 && o.Rate >= 0 && o.Duration > 0, "chats, in-flight and duration must be above 0, the rate not below")
	check(o.Size > 0 && o.Size <= maxSize, "size %d, want 1 to %d", o.Size, maxSize)
	if !o.Idle {
		check(len(o.Staff) > 0, "no counsellors")
	}
	if len(o.Staff) > 0 && o.Capacity == 0 {
		// Room to spare, so that no young person waits for the one place left at a desk that is slow to answer.
		o.Capacity = min(maxCapacity, (o.Chats+len(o.Staff)-1)/len(o.Staff)+2)
	}
	if !o.Idle {
		check(o.Capacity*len(o.Staff) >= o.Chats, "%d counsellors with capacity %d hold fewer than %d chats", len(o.Staff), o.Capacity, o.Chats)
	}
	check(o.Capacity <= maxCapacity, "capacity %d, want at most %d", o.Capacity, maxCapacity)
	return errors.Join(errs...)
}
