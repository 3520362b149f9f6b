package routing

import (
	"context"
	"strconv"
	"strings"
	"time"

	"github.com/redis/go-redis/v9"
)

// subscribing is how long a broken subscription rests before it is tried again.
const subscribing = 200 * time.Millisecond

// wakeLife tells every node that one began to tell the pages of another life of the store.
const wakeLife = "s"

// wire is one subscription of this node to its own wakes and to everybody's.
type wire struct {
	channels  []string
	subscribe func(ctx context.Context, channels ...string) *redis.PubSub
	publish   func(ctx context.Context, channel string, message any) *redis.IntCmd
}

// wires are the ways by which this node is woken. A Cluster hands what is published plainly to every one of its servers,
// which the wakes of one chat bear: their channel would have to lie in the slot of each chat for anything else, and be
// subscribed to chat by chat. What concerns more than one chat comes from one slot, and goes by sharded Pub/Sub to the
// servers of that alone. It is heard plainly too, as servers before Redis 7 send it.
func (r *Router) wires() []wire {
	names := func(prefix string) []string {
		return []string{nodeChannel(prefix, r.cfg.Node), allChannel(prefix)}
	}
	plain := wire{names(r.cfg.Prefix), r.rdb.Subscribe, r.rdb.Publish}
	if !r.cluster {
		return []wire{plain}
	}
	sharded := wire{names(r.wakes), r.rdb.SSubscribe, r.rdb.SPublish}
	plain.channels = append(plain.channels, sharded.channels...)
	return []wire{plain, sharded}
}

// listen hears what comes by one wire. The node's own heartbeat comes by the same way, so that silence means a broken
// line.
func (r *Router) listen(ctx context.Context, by wire, w Wakes) {
	for ctx.Err() == nil {
		sub := by.subscribe(ctx, by.channels...)
		stop := context.AfterFunc(ctx, func() { sub.Close() }) // a receive does not look at ctx
		err := r.hear(ctx, sub, len(by.channels), w)
		stop()
		sub.Close()
		if redis.HasErrorPrefix(err, "ERR unknown command") {
			return // before Redis 7
		}
		select {
		case <-ctx.Done():
		case <-time.After(subscribing):
		}
	}
}

// hear wakes w until the subscription breaks. Once all channels stand, nothing is missed from there on.
func (r *Router) hear(ctx context.Context, sub *redis.PubSub, channels int, w Wakes) error {
	subscribed := 0
	for {
		m, err := sub.ReceiveTimeout(ctx, 3*beatEvery)
		if err != nil {
			return err
		}
		switch m := m.(type) {
		case *redis.Subscription:
			if subscribed++; subscribed == channels {
				w.Resync()
			} else if subscribed > channels {
				return nil // the library reconnected by itself: begin anew, so that Resync follows
			}
		case *redis.Message:
			if m.Payload == wakeLife {
				r.follow(ctx, w)
			} else {
				wake(m.Payload, w)
			}
		}
	}
}

func wake(p string, w Wakes) {
	if p == "" {
		return
	}
	switch subject := p[1:]; p[0] {
	case 'c':
		w.ChatChanged(subject)
	case 'd':
		w.DeskChanged(subject)
	case 'l':
		w.LinesChanged()
	case 'm':
		if d, ok := delivery(subject); ok {
			w.Deliver(d)
		}
	}
}

// delivery reads <chat><from><seq>:<prev>:<body>.
func delivery(s string) (Delivery, bool) {
	if len(s) < 23 {
		return Delivery{}, false
	}
	seq, rest, ok1 := strings.Cut(s[23:], ":")
	prev, body, ok2 := strings.Cut(rest, ":")
	n, err1 := strconv.ParseInt(seq, 10, 64)
	p, err2 := strconv.ParseInt(prev, 10, 64)
	if !ok1 || !ok2 || err1 != nil || err2 != nil {
		return Delivery{}, false
	}
	return Delivery{Chat: s[:22], From: Side(s[22]), Seq: n, Prev: p, Body: []byte(body)}, true
}
