package routing

import (
	"context"
	"encoding/json"
	"strconv"
	"time"

	"github.com/redis/go-redis/v9"
)

const (
	mendPage = 256
	mendTime = 20 * time.Second
)

// mend makes the routing state and the chats' own states agree again. On a Cluster each primary fails by itself and may
// forget its last moments, so that one of the two knows what the other does not: an accept without which nobody is rung
// and nobody talks, an end without which a place at a desk is held for ever. Elsewhere a failover may come between the
// two steps of a join. What can be done again is done again; else the routing state has it, told anew above all that was
// told. Several nodes may do it at once.
func (r *Router) mend(ctx context.Context) {
	r.mending.Lock()
	defer r.mending.Unlock()
	if !r.odds.CompareAndSwap(true, false) { // what is found out meanwhile is for the next round
		return
	}
	ctx, cancel := context.WithTimeout(ctx, mendTime)
	defer cancel()
	for cursor := uint64(0); ; {
		page, next, err := r.rdb.HScan(ctx, sharedKey(r.cfg.Prefix, "chats"), cursor, "", mendPage).Result()
		if err != nil || r.mendAll(ctx, page) != nil {
			r.odds.Store(true) // the next round goes on with it
			return
		}
		if cursor = next; cursor == 0 {
			return
		}
	}
}

// stand is what a chat's own state was told last.
type stand struct {
	version            int64
	phase              Phase
	epoch              int
	owner, key, reason string
}

// mendAll holds pairs of chat and record against the chats' own states.
func (r *Router) mendAll(ctx context.Context, page []string) error {
	s := must("stand")
	var chats []string
	var recs []record
	for i := 0; i+1 < len(page); i += 2 {
		var rec record
		if json.Unmarshal([]byte(page[i+1]), &rec) == nil && rec.Of == "" { // a leg has no state of its own
			chats, recs = append(chats, page[i]), append(recs, rec)
		}
	}
	told := make([]*redis.Cmd, len(chats))
	if err := r.pipeline(ctx, func(pipe redis.Pipeliner) {
		for i, chat := range chats {
			told[i] = pipe.EvalSha(ctx, s.sha, []string{stateKey(r.cfg.Prefix, chat)})
		}
	}); err != nil {
		return r.away(s.name, err)
	}
	for i, cmd := range told {
		v, _ := cmd.Val().([]any)
		if err := r.mendOne(ctx, chats[i], &recs[i], decodeStand(v)); err != nil {
			return err
		}
	}
	return nil
}

// decodeStand gives nil where a chat has no state of its own.
func decodeStand(v []any) *stand {
	if len(v) != 6 {
		return nil
	}
	var s [6]string
	for i := range v {
		s[i], _ = v[i].(string)
	}
	out := &stand{owner: s[3], key: s[4], reason: s[5]}
	out.version, _ = strconv.ParseInt(s[0], 10, 64)
	out.epoch, _ = strconv.Atoi(s[2])
	if s[1] != "" {
		out.phase = Phase(s[1][0])
	}
	return out
}

func (r *Router) mendOne(ctx context.Context, chat string, rec *record, own *stand) error {
	wrapup := secs(r.cfg.Durations.Wrapup)
	talks := own != nil && (own.phase == Talking || own.phase == Away)
	switch {
	case rec.State == "x" && own == nil:
		return nil
	case own == nil:
		return r.redo(ctx, "mend_end", 0, chat, rec.Version, 0, ReasonLost, wrapup)
	case rec.State != "x" && (own.phase == Over || own.phase == Lost && rec.State != "l" && own.version >= rec.Version):
		return r.redo(ctx, "mend_end", 0, chat, rec.Version, own.version, own.reason, wrapup)
	case rec.State == "t" && own.phase == Done:
		return r.above(ctx, chat, rec, own, "done", 0, chat, wrapup, rec.Owner, secs(r.cfg.Durations.Linger))
	case rec.State == "o" && talks && own.owner == rec.Owner && own.epoch == rec.Epoch+1 && own.key != "":
		return r.above(ctx, chat, rec, own, "accept", 3, rec.Owner, rec.Rings, own.key, servedKept)
	case own.version == rec.Version && own.phase == rec.phase() && (!talks || own.epoch == rec.Epoch && own.owner == rec.Owner):
		return nil
	}
	return r.redo(ctx, "mend", 0, chat, rec.Version, own.version, own.epoch, own.owner, own.key)
}

// above is redo, once the record counts on from what the chat's own state was told: a failover may forget several steps.
func (r *Router) above(ctx context.Context, chat string, rec *record, own *stand, name string, n int, args ...any) error {
	status, _, err := r.shared(ctx, "lift", -1, chat, rec.Version, own.version)
	if err != nil || status != "ok" {
		return err
	}
	return r.redo(ctx, name, n, args...)
}

// redo runs a transition whose doing was forgotten, of whose answer the changed chats stand behind n values. It was
// counted when it was done first.
func (r *Router) redo(ctx context.Context, name string, n int, args ...any) error {
	status, v, err := r.shared(ctx, name, -1, args...)
	if err != nil || status != "ok" || len(v) < n {
		return err
	}
	changed, err := decodeChanged(v[n:])
	if err != nil {
		return r.away(name, err)
	}
	return r.project(ctx, changed)
}
