package routing

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/redis/go-redis/v9"
)

// Router is one node's hand on the deployment's routing state. Its methods may be called from any goroutine; those
// that talk to the store return ErrUnavailable while it is away, and then nothing is known to be kept.
type Router struct {
	rdb     redis.UniversalClient
	cfg     Config
	obs     Observer
	log     *slog.Logger
	keys    []string
	lines   map[string]*Line
	langs   string // line -> languages, as JSON for the scripts
	order   string // [[line, languages...], ...], as JSON for the scripts
	targets string // line -> target in s, as JSON for the scripts
	batch   [shards]chan *job
	// cluster: the keys of one call must share a hash tag
	cluster bool
	wakes   string           // the prefix of the channels of what concerns more than one chat
	now     func() time.Time // by which lines open and close
	clock   atomic.Int64     // the store's, in ns, when the router was born, by the last heartbeat; 0 before the first

	paused   atomic.Pointer[map[string]bool] // lines, as the last Snapshot found them
	born     time.Time
	lastBeat atomic.Int64 // when the store answered last, after born: a date could have been set meanwhile
	store    atomic.Pointer[string]
	coming   atomic.Pointer[string] // the life that store is about to name
	beats    int                    // the heartbeat's
	wrong    atomic.Bool            // this node's clock is
	odds     atomic.Bool            // the states of chats may be at odds since a failover
	mending  sync.Mutex
	legs     time.Duration // how long a handover may wait to be accepted

	mu    sync.Mutex
	desks map[string]localDesk // desks at this node, to enter again when the store forgot them
}

type localDesk struct {
	who      OnDuty
	sock     string
	ready    bool
	capacity int

	shift, breath time.Time // when they are over, on the monotonic clock; zero for neither
}

// New returns a Router that is not running yet. It does not talk to the store.
func New(rdb redis.UniversalClient, cfg Config, obs Observer, log *slog.Logger) (*Router, error) {
	if cfg.Prefix == "" {
		cfg.Prefix = "haven"
	}
	if cfg.Node == "" {
		cfg.Node = newID()
	}
	if cfg.Durations == (Durations{}) {
		cfg.Durations = DefaultDurations()
	}
	if cfg.JoinRate == 0 {
		cfg.JoinRate = 1000
	}
	if cfg.JoinBurst == 0 {
		cfg.JoinBurst = 20000
	}
	cfg.Lines = slices.Clone(cfg.Lines)
	r := &Router{
		rdb: rdb, cfg: cfg, obs: obs, log: log, keys: sharedKeys(cfg.Prefix), lines: map[string]*Line{},
		desks: map[string]localDesk{}, legs: legTime, born: time.Now(),
	}
	if r.now = cfg.Now; r.now == nil {
		r.now = r.storeNow
	}
	_, r.cluster = rdb.(*redis.ClusterClient)
	if r.wakes = cfg.Prefix; r.cluster {
		r.wakes = tagged(cfg.Prefix)
	}
	if r.cluster && cfg.Replicas > 0 {
		return nil, ErrReplicas
	}
	langs, order, targets := map[string][]string{}, [][]string{}, map[string]int64{}
	for i := range cfg.Lines {
		l := &r.cfg.Lines[i]
		if l.Name == "" || len(l.Langs) == 0 || r.lines[l.Name] != nil {
			return nil, fmt.Errorf("routing: line %d has no name, no language or the name of another", i+1)
		}
		r.lines[l.Name] = l
		langs[l.Name], targets[l.Name] = l.Langs, secs(l.Target)
		order = append(order, append([]string{l.Name}, l.Langs...))
	}
	r.langs, r.order, r.targets = mustJSON(langs), mustJSON(order), mustJSON(targets)
	r.startBatches()
	return r, nil
}

func mustJSON(v any) string {
	b, err := json.Marshal(v)
	if err != nil {
		panic(err) // maps and slices of strings always encode
	}
	return string(b)
}

// newID is 16 random bytes in base64url without padding.
func newID() string {
	var b [16]byte
	rand.Read(b[:]) // never fails, crypto/rand
	return base64.RawURLEncoding.EncodeToString(b[:])
}

func hashToken(token string) string {
	sum := sha256.Sum256([]byte(token))
	return base64.RawURLEncoding.EncodeToString(sum[:])
}

// Node is this node's name.
func (r *Router) Node() string { return r.cfg.Node }

// Now is the time by which lines open and close: the store's, as deadlines are, so that a node whose clock is wrong closes
// no line on those who wait there. Before the first heartbeat it is this node's.
func (r *Router) Now() time.Time { return r.now() }

func (r *Router) storeNow() time.Time {
	if at := r.clock.Load(); at != 0 {
		return time.Unix(0, at+int64(time.Since(r.born)))
	}
	return time.Now()
}

// timed says whether the time is known: a node's own clock may be wrong.
func (r *Router) timed() bool { return r.cfg.Now != nil || r.clock.Load() != 0 }

// Ahead is by how much this node's clock is ahead of the store's, to some ms.
func (r *Router) Ahead() time.Duration {
	if at := r.clock.Load(); at != 0 {
		return time.Duration(time.Now().UnixNano() - at - int64(time.Since(r.born)))
	}
	return 0
}

// Ready says whether the store answered within the last seconds.
func (r *Router) Ready() bool {
	last := time.Duration(r.lastBeat.Load())
	return last > 0 && time.Since(r.born)-last < 3*beatEvery
}

// Store names this life of the store; "" while it was never reached.
func (r *Router) Store() string {
	if s := r.store.Load(); s != nil {
		return *s
	}
	return ""
}

func (r *Router) sock(id string) string { return r.cfg.Node + "/" + id }

func secs(d time.Duration) int64 { return int64(d / time.Second) }

// shared runs a transition of the routing state, tells the chats it changed, and returns the rest of its answer:
// n values behind the status word.
func (r *Router) shared(ctx context.Context, name string, n int, args ...any) (status string, out []any, err error) {
	return r.transition(ctx, r.eval, name, n, args)
}

// eval is how a script is run: Router.eval, or Router.safe.
type eval func(ctx context.Context, s *script, keys []string, args ...any) (any, error)

// transition is shared, by one way or the other.
func (r *Router) transition(ctx context.Context, run eval, name string, n int, args []any) (status string, out []any, err error) {
	all := append(make([]any, 0, 4+len(args)), r.wakes, secs(r.cfg.Durations.Ring), newID(), newID())
	v, err := run(ctx, must(name), r.keys, append(all, args...)...)
	if err != nil {
		return "", nil, err
	}
	list, _ := v.([]any)
	if len(list) == 0 {
		return "", nil, r.away(name, errShape)
	}
	status, _ = list[0].(string)
	if status != "ok" || len(list) < 1+n {
		return status, list[1:], nil
	}
	if n >= 0 {
		return status, list[1 : 1+n], r.changed(ctx, name, list[1+n:])
	}
	return status, list[1:], nil
}

// changed counts what a transition decided, and tells the chats that it changed.
func (r *Router) changed(ctx context.Context, name string, pairs []any) error {
	changed, err := decodeChanged(pairs)
	if err != nil {
		return r.away(name, err)
	}
	for i := range changed {
		r.observe(&changed[i].record)
	}
	return r.project(ctx, changed)
}

var errForeign = errors.New("routing: another primary decided that")

var errShape = errors.New("routing: the store answered in another shape")

// record is what a chat's own state needs of the routing state; see keys.go.
type record struct {
	Line    string `json:"l"`
	Lang    string `json:"g"`
	Urgent  bool   `json:"u"`
	Topic   string `json:"p"`
	PK      string `json:"k"`
	Arrived int64  `json:"a"`
	State   string `json:"s"`
	Owner   string `json:"o"`
	Epoch   int    `json:"e"`
	OwnerPK string `json:"q"`
	Desk    string `json:"b"`
	Sock    string `json:"y"`
	Away    bool   `json:"w8"`
	Reason  string `json:"r"`
	Version int64  `json:"v"`
	Marks   string `json:"z"` // of the last changes, newest first, four characters each
	Again   bool   `json:"h"`
	Rings   string `json:"f"` // the offer by which it rings

	Asked *asked `json:"ho"` // of a chat: may it go elsewhere?
	Came  came   `json:"hl"`
	Of    string `json:"of"` // of a leg: its chat
	By    string `json:"fr"` // of a leg: who hands over
}

// asked is what a young person is asked in a chat's record, and in its own state.
type asked struct {
	Offer  string `json:"i"`
	Line   string `json:"l"`
	Name   string `json:"n,omitempty"`
	Slip   string `json:"m,omitempty"`
	Agreed bool   `json:"y,omitempty"`
}

func (rec *record) phase() Phase {
	switch {
	case rec.State == "t" && rec.Away:
		return Away
	case rec.State == "t", rec.State == "d", rec.State == "l", rec.State == "x":
		return Phase(rec.State[0])
	}
	return Waiting
}

// change is a chat whose own state must learn of its record.
type change struct {
	chat string
	record
}

// decodeChanged reads pairs of chat and JSON.
func decodeChanged(pairs []any) ([]change, error) {
	out := make([]change, 0, len(pairs)/2)
	for i := 0; i+1 < len(pairs); i += 2 {
		chat, _ := pairs[i].(string)
		j, _ := pairs[i+1].(string)
		c := change{chat: chat}
		if err := json.Unmarshal([]byte(j), &c.record); err != nil {
			return nil, errShape
		}
		out = append(out, c)
	}
	return out, nil
}

// observe counts an end once, where it is decided: `done` and `lost` before the last trace goes; and what came of a
// handover, by the version that says so.
func (r *Router) observe(rec *record) {
	if rec.Came.Version == rec.Version && rec.Came.Line != "" {
		r.obs.HandedOver(rec.Came.Line, rec.Came.Result)
	}
	if rec.Came.Version == rec.Version && rec.Came.Line == "" && rec.Came.Result == HandoverMoved {
		r.obs.ChatArrived(rec.Line) // by overflow, or moved by a lead: a place in this line as well
	}
	switch {
	case rec.State == "d", rec.State == "l",
		rec.State == "x" && rec.Reason != ReasonDone && rec.Reason != ReasonLost:
		r.obs.ChatEnded(rec.Line, rec.Reason)
	}
}

// project tells each changed chat's own state what was decided. A node that dies before is made good by the sweep
// ("apply" falls due). A chat that ended as done and was read to its end already goes at once. ErrUnavailable where a
// failover came in between: what the old primary decided is nothing on the new one.
func (r *Router) project(ctx context.Context, changed []change) error {
	if len(changed) == 0 {
		return nil
	}
	s := must("apply")
	told := make([]*redis.Cmd, len(changed))
	err := r.pipeline(ctx, func(pipe redis.Pipeliner) {
		for i := range changed {
			c := &changed[i]
			keys := []string{stateKey(r.cfg.Prefix, c.chat), logKey(r.cfg.Prefix, c.chat)}
			if !r.cluster {
				keys = append(keys, sharedKey(r.cfg.Prefix, "chats"))
			}
			told[i] = pipe.EvalSha(ctx, s.sha, keys, c.Version, string(c.phase()), c.Epoch, c.Owner, c.OwnerPK, cutNode(c.Desk), c.Reason, newID(), newID(),
				r.cfg.Prefix, c.chat, c.Line, c.Asked.json(), c.Came.json(), c.Marks[:min(4, len(c.Marks))])
		}
	})
	if err != nil {
		return r.away(s.name, err)
	}
	for i, cmd := range told {
		switch asInt(cmd.Val()) {
		case 2:
			if _, _, e := r.shared(ctx, "read_out", 0, changed[i].chat); e != nil {
				err = e
			}
		case -1: // its caller asks the one that stands now
			err = r.away(s.name, errForeign)
		}
	}
	return err
}
