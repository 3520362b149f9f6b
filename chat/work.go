package chat

import (
	"context"
	"sync"
	"time"

	"haven/routing"
)

// syncer is something that can be brought up to date by looking at the store.
type syncer interface {
	// sync looks once and tells its socket the difference.
	sync()
}

// Where a syncer stands. It is part of its struct and guarded by its socket's mu.
type syncState uint8

const (
	upToDate   syncState = iota
	syncQueued           // it will look
	syncing              // it is looking: what changes now may be missed
	syncAgain            // so it must look once more
)

// mark asks for another look. It reports whether the syncer must be handed to the workers.
func (st *syncState) mark() (add bool) {
	switch *st {
	case upToDate:
		*st = syncQueued
		return true
	case syncing:
		*st = syncAgain
	}
	return false
}

// begin says whether a worker is to look now.
func (st *syncState) begin() bool {
	if *st != syncQueued {
		return false
	}
	*st = syncing
	return true
}

// end is told whether another look is needed anyway. It reports whether the syncer must be handed to the workers.
func (st *syncState) end(more bool) (add bool) {
	if *st == syncAgain || more {
		*st = syncQueued
		return true
	}
	*st = upToDate
	return false
}

// maxWorkers bounds how many look at the store at once, when a wake was lost for thousands.
const maxWorkers = 48

// workers bring sockets up to date. A goroutine is started when there is work and ends when there is none.
type workers struct {
	mu      sync.Mutex
	queue   []syncer
	running int
	retry   []syncer // the store was away
}

func (w *workers) add(t syncer) {
	w.mu.Lock()
	w.queue = append(w.queue, t)
	if w.running < maxWorkers {
		w.running++
		go w.run()
	}
	w.mu.Unlock()
}

func (w *workers) run() {
	for {
		w.mu.Lock()
		if len(w.queue) == 0 {
			w.queue = nil
			w.running--
			w.mu.Unlock()
			return
		}
		t := w.queue[0]
		w.queue[0] = nil
		w.queue = w.queue[1:]
		w.mu.Unlock()
		t.sync()
	}
}

// later is add after the next tick.
func (w *workers) later(t syncer) {
	w.mu.Lock()
	w.retry = append(w.retry, t)
	w.mu.Unlock()
}

func (w *workers) again() {
	w.mu.Lock()
	retry := w.retry
	w.retry = nil
	w.mu.Unlock()
	for _, t := range retry {
		w.add(t)
	}
}

// insist is one small change that must reach the store even if it is away now: that a socket is gone, that a page
// was left in a hurry.
type insist struct {
	hub   *Hub
	tries int
	do    func(ctx context.Context) error
}

// maxTries of an insist, one a tick, outlast any failover; after that the store's own deadlines have run out.
const maxTries = 300

// insist tries once now, and again every tick for as long as the store is away.
func (h *Hub) insist(do func(ctx context.Context) error) {
	(&insist{hub: h, do: do}).sync()
}

func (i *insist) sync() {
	ctx, cancel := i.hub.call()
	err := i.do(ctx)
	cancel()
	if i.tries++; away(err) && i.tries < maxTries && i.hub.ctx.Err() == nil {
		i.hub.work.later(i)
	}
}

// confirm keeps a key confirmation, without which the other side says nothing: where the store is away now, as soon as
// it is back, since no page says it twice.
func (h *Hub) confirm(ctx context.Context, chat string, from routing.Side, owner string, e int, tag string) error {
	do := func(ctx context.Context) error { return h.queue.Confirm(ctx, chat, from, owner, e, tag) }
	err := do(ctx)
	if away(err) {
		h.work.later(&insist{hub: h, tries: 1, do: do})
	}
	return err
}

// tokens is a bucket of joins.
type tokens struct {
	left int
	at   time.Duration // when left was right
	used bool
}

func (t *tokens) take(now time.Duration) bool {
	if !t.used {
		t.used, t.left, t.at = true, joinBurst, now
	}
	if n := int((now - t.at) / time.Second); n > 0 {
		t.left = min(joinBurst, t.left+n)
		t.at += time.Duration(n) * time.Second
	}
	if t.left == 0 {
		return false
	}
	t.left--
	return true
}
