package routing

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"strings"
	"sync"
	"time"

	"github.com/redis/go-redis/v9"
)

const (
	beatEvery  = 2 * time.Second
	nodeLease  = 10 * time.Second // a node without a heartbeat for this long is given up
	sweepEvery = time.Second
	sweepMax   = 128
	callTime   = 3 * time.Second
	lookBeats  = 5 // on a Cluster every socket looks at its chat again after so many heartbeats
)

// RewriteEvery is how long what Redis forgot may stay in its append-only file.
const RewriteEvery = time.Hour

// Run carries wakes to w and keeps the deployment moving (heartbeat, deadlines, safety net) until ctx ends. Every node
// sweeps: each deadline is guarded, so that two sweepers do no harm and a dead one is not missed.
func (r *Router) Run(ctx context.Context, w Wakes) error {
	var wg sync.WaitGroup
	for _, in := range r.batch {
		wg.Go(func() { r.drain(ctx, in) })
	}
	for _, by := range r.wires() {
		wg.Go(func() { r.listen(ctx, by, w) })
	}
	wg.Go(func() { every(ctx, beatEvery, func() { r.beat(ctx, w) }) })
	wg.Go(func() { every(ctx, beatEvery, func() { r.mend(ctx) }) })
	wg.Go(func() { every(ctx, sweepEvery, func() { r.sweep(ctx) }) })
	wg.Wait()
	return nil
}

// every calls f at once and then at each tick.
func every(ctx context.Context, d time.Duration, f func()) {
	t := time.NewTicker(d)
	defer t.Stop()
	for {
		f()
		select {
		case <-ctx.Done():
			return
		case <-t.C:
		}
	}
}

// beat says that this node lives, looks whether the store is the one it was, and has the append-only file rewritten
// once an hour by one node of all: what was deleted stays in that file until then.
func (r *Router) beat(run context.Context, w Wakes) {
	ctx, cancel := context.WithTimeout(run, callTime)
	defer cancel()
	status, at, err := r.shared(ctx, "beat", -1, r.cfg.Node, secs(nodeLease))
	if err != nil {
		return
	}
	r.sets(at)
	store, err := r.life(ctx)
	if err != nil {
		return
	}
	r.lastBeat.Store(int64(time.Since(r.born)))
	switch {
	case r.store.Load() == nil:
		r.odds.Store(r.cluster) // what happened while no node ran
		r.store.Store(&store)
		w.StoreChanged()
	case r.Store() != store && (r.coming.Load() == nil || *r.coming.Load() != store):
		r.coming.Store(&store)
		r.odds.Store(true)
		r.log.Warn("the store began another life")
		r.renewAll(ctx)
		// The pages are told when every node has had its own heartbeat and its desks are back, so that a young person
		// who joins anew finds somebody on duty.
		time.AfterFunc(beatEvery+beatEvery/4, func() { r.begins(run, w, &store) })
	case status == "new": // this node had been given up while it stood still
		w.Resync()
	}
	// A Cluster's servers hand wakes on to each other over links that drop what is under way when they break, which the
	// heartbeat, on one server only, does not notice.
	if r.beats++; r.cluster && r.beats%lookBeats == 0 {
		w.Resync()
	}
	for _, by := range r.wires() {
		by.publish(ctx, by.channels[0], "p")
	}
	r.rewrite(ctx)
}

// offClock is how far a node's clock may be off before that is said.
const offClock = 5 * time.Second

// sets sets the clock by what the store told, s and µs.
func (r *Router) sets(at []any) {
	if len(at) != 2 {
		return
	}
	s, _ := at[0].(string)
	us, _ := at[1].(string)
	r.clock.Store(asInt64(s)*int64(time.Second) + asInt64(us)*int64(time.Microsecond) - int64(time.Since(r.born)))
	off := r.Ahead()
	if wrong := off.Abs() > offClock; r.wrong.Swap(wrong) != wrong && wrong {
		r.log.Warn("this node's clock is not the store's, by which lines open and close", "ahead_s", int(off.Seconds()))
	}
}

// begins has what the last life left mended, and the pages told of this one; if another began meanwhile, of that alone. The
// first node to do so has the others follow at once: who was not told yet takes what is said in this life for what it has of
// the last, by seq, and is shown something else before it.
func (r *Router) begins(run context.Context, w Wakes, store *string) {
	r.mend(run)
	last := r.store.Load()
	if run.Err() != nil || r.coming.Load() != store || last == store || !r.store.CompareAndSwap(last, store) {
		return
	}
	ctx, cancel := context.WithTimeout(run, callTime)
	defer cancel()
	r.rdb.Publish(ctx, allChannel(r.cfg.Prefix), wakeLife)
	w.StoreChanged()
}

// follow begins a life that this node was about to begin, since another node did.
func (r *Router) follow(run context.Context, w Wakes) {
	if store := r.coming.Load(); store != nil && r.store.Load() != store {
		go r.begins(run, w, store)
	}
}

// life names this life of the store: a key that goes when the store is emptied, and each primary's replication id, which
// a promoted replica changes even if it kept that key.
func (r *Router) life(ctx context.Context) (string, error) {
	key := sharedKey(r.cfg.Prefix, "life")
	pipe := r.rdb.Pipeline()
	pipe.SetNX(ctx, key, newID(), 0)
	get := pipe.Get(ctx, key)
	if _, err := pipe.Exec(ctx); err != nil {
		return "", err
	}
	ids, err := lives(ctx, r.rdb)
	if err != nil {
		return "", err
	}
	sum := sha256.Sum256([]byte(get.Val() + ids))
	return base64.RawURLEncoding.EncodeToString(sum[:16]), nil
}

// renewAll has every desk at this node enter again where the store forgot it.
func (r *Router) renewAll(ctx context.Context) {
	r.mu.Lock()
	names := make([]string, 0, len(r.desks))
	for n := range r.desks {
		names = append(names, n)
	}
	r.mu.Unlock()
	r.Renew(ctx, names)
}

// rewrite goes by the store's clock: a node's own may be wrong by days.
func (r *Router) rewrite(ctx context.Context) {
	if first, err := r.rdb.SetNX(ctx, sharedKey(r.cfg.Prefix, "rewrite"), r.cfg.Node, RewriteEvery).Result(); err != nil || !first {
		return // another node has done it, or the store is away
	}
	again := func(ctx context.Context, c redis.UniversalClient) error { return c.BgRewriteAOF(ctx).Err() }
	EachPrimary(ctx, r.rdb, again) // an embedded store keeps no file and refuses
	if EachReplica(ctx, r.rdb, again) != nil {
		r.log.Warn("a replica did not rewrite its append-only file: what was deleted stays in it", "reason", "replica_away")
	}
}

// sweep does what has fallen due, closes lines, offers what a dead node left unoffered, and asks those who wait long.
func (r *Router) sweep(ctx context.Context) {
	ctx, cancel := context.WithTimeout(ctx, callTime)
	defer cancel()
	_, due, err := r.shared(ctx, "fallen", -1, sweepMax)
	if err != nil {
		return
	}
	var unsettled []any
	for _, m := range due {
		member, _ := m.(string)
		kind, subject, _ := strings.Cut(member, ":")
		if kind == "apply" {
			unsettled = append(unsettled, subject)
			continue
		}
		if r.fall(ctx, kind, subject) != nil {
			return
		}
	}
	r.settle(ctx, unsettled)
	if r.timed() {
		r.shut(ctx)
	}
	r.match(ctx)
	r.overflow(ctx)
}

// match offers what a dead node left unoffered.
func (r *Router) match(ctx context.Context) {
	var pairs []any
	for i := range r.cfg.Lines {
		for _, g := range r.cfg.Lines[i].Langs {
			pairs = append(pairs, r.cfg.Lines[i].Name, g)
		}
	}
	for range sweepMax {
		_, v, err := r.shared(ctx, "match", 1, pairs...)
		if err != nil || asInt(v[0]) == 0 {
			return
		}
	}
}

// fall does what has fallen due for one subject.
func (r *Router) fall(ctx context.Context, kind, subject string) error {
	d := r.cfg.Durations
	args := []any{subject}
	name := kind + "_over"
	switch kind {
	case "away":
		args = append(args, secs(d.Wrapup), secs(d.Front))
	case "lease":
		args = append(args, secs(d.DeskGrace))
	case "grace":
		args = append(args, secs(d.Held))
	case "ring":
		args = append(args, secs(d.Passed))
	case "leg":
		args = append(args, secs(legLook), secs(r.legs))
	case "node":
		return r.bury(ctx, subject)
	case "pass", "held", "front", "linger", "offer", "wrap", "owed", "tomb", "code", "prefer", "breath", "shift", "call", "pause":
	default:
		r.log.Error("unknown deadline", "reason", "unknown_deadline")
		return nil
	}
	_, _, err := r.shared(ctx, name, 0, args...)
	return err
}

// bury takes the young people of a dead node for down. Their chats' own states are told first: a node that was only
// standing still learns of it there, and what is decided without them could not be told again.
func (r *Router) bury(ctx context.Context, node string) error {
	args := []any{node, secs(r.cfg.Durations.Held), secs(r.cfg.Durations.YouthGrace)}
	for down := []any(nil); ; {
		status, v, err := r.shared(ctx, "node_over", -1, append(args[:3:3], down...)...)
		if err != nil || status != "ok" || len(v) == 0 {
			return err
		}
		s := must("detach")
		if err := r.pipeline(ctx, func(pipe redis.Pipeliner) {
			for i := 0; i+1 < len(v); i += 2 {
				chat, _ := v[i].(string)
				pipe.EvalSha(ctx, s.sha, []string{stateKey(r.cfg.Prefix, chat)}, v[i+1], r.cfg.Prefix, chat, r.cfg.Node)
			}
		}); err != nil {
			return r.away(s.name, err)
		}
		down = v
	}
}

// settle tells chats again what their last change was, and forgets that it had to.
func (r *Router) settle(ctx context.Context, chats []any) {
	if len(chats) == 0 {
		return
	}
	_, v, err := r.shared(ctx, "unsettled", -1, chats...)
	if err != nil {
		return
	}
	changed, err := decodeChanged(v)
	if err != nil || r.project(ctx, changed) != nil {
		return
	}
	var args []any
	for i := range changed {
		args = append(args, changed[i].chat, changed[i].Version)
	}
	if len(args) > 0 {
		r.shared(ctx, "settle", 0, args...)
	}
}
