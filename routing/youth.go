package routing

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"github.com/redis/go-redis/v9"
)

// viewPage is how many messages one View carries at most.
const viewPage = 256

// none asks a View for no messages at all.
const none = int64(1) << 52

// Join opens a chat and puts it in line; a free counsellor is rung for at once. It fails with a *Refusal, ErrSlowDown
// or ErrUnavailable, and then nothing is left of it. Only where ErrUnavailable comes with a Chat, its answer may have been lost
// and the place stand: see that Leave reaches the store.
func (r *Router) Join(ctx context.Context, j Join) (Joined, error) {
	line := r.lines[j.Line]
	if line == nil {
		r.obs.ChatRefused("", RefusedUnknownLine)
		return Joined{}, &Refusal{RefusedUnknownLine}
	}
	refuse := func(reason string) (Joined, error) {
		r.obs.ChatRefused(j.Line, reason)
		return Joined{}, &Refusal{reason}
	}
	if !r.intake(line) {
		return refuse(RefusedClosed)
	}
	out := Joined{Chat: newID(), Token: newID(), Share: newID()}
	keys := []string{stateKey(r.cfg.Prefix, out.Chat), logKey(r.cfg.Prefix, out.Chat)}
	_, err := r.eval(ctx, must("open"), keys[:1], hashToken(out.Token), out.Share, j.PK, j.Line, r.cfg.Node, r.sock(j.Sock))
	if err != nil {
		return Joined{}, err
	}
	args := []any{out.Chat, j.Line, line.lang(j.Lang), bit(j.Urgent), j.Topic, j.PK, r.sock(j.Sock), secs(line.Target),
		line.CapPerCounsellor, r.cfg.JoinRate, r.cfg.JoinBurst, bit(j.Again), j.Prefer, secs(preferFor)}
	for _, l := range line.Langs {
		args = append(args, l)
	}
	status, v, err := r.shared(ctx, "arrive", -1, args...)
	if err != nil {
		return Joined{Chat: out.Chat}, err
	}
	if status == "ok" && len(v) == 2 {
		out.Ahead, out.Room = asInt(v[0]), max(0, asInt(v[1]))
		r.obs.ChatArrived(j.Line)
		return out, nil
	}
	r.rdb.Del(ctx, keys...) // what is not deleted here expires
	switch status {
	case "slow":
		return Joined{}, ErrSlowDown
	case RefusedNobody, RefusedFull, RefusedClosed:
		return refuse(status)
	}
	return Joined{}, r.away("arrive", errShape)
}

// lang is the language a chat is offered in: the one asked for where the line serves it, else the line's first.
func (l *Line) lang(asked string) string {
	for _, g := range l.Langs {
		if g == asked {
			return g
		}
	}
	return l.Langs[0]
}

func bit(b bool) string {
	if b {
		return "1"
	}
	return "0"
}

func asInt(v any) int {
	switch n := v.(type) {
	case int64:
		return int(n)
	case string:
		i, _ := strconv.Atoi(n)
		return i
	}
	return 0
}

// Resume makes sock the newest socket of the young person who holds token, and puts their place back in line. It
// returns what stands with the messages above after, and how many are ahead while Waiting. ErrNoChat for an unknown
// chat, one that is over, or another token. Beside an error Line and Took may be set: the socket was named, and then the
// chat ended or the store went away.
func (r *Router) Resume(ctx context.Context, chat, token, sock string, after int64) (View, int, error) {
	v, err := r.eval(ctx, must("attach"), []string{stateKey(r.cfg.Prefix, chat)},
		hashToken(token), r.cfg.Node, r.sock(sock), r.cfg.Prefix, chat)
	if err != nil {
		return View{}, 0, err
	}
	named, _ := v.([]any)
	if len(named) != 2 {
		return View{}, 0, r.unknown(ctx)
	}
	line, _ := named[1].(string)
	left := View{Chat: chat, Line: line, Took: asInt(named[0]) == 1}
	status, rest, err := r.shared(ctx, "back", 1, chat, r.sock(sock), r.langs, r.closed())
	if err != nil {
		return left, 0, err
	}
	if status != "ok" {
		return left, 0, r.unknown(ctx)
	}
	view, err := r.View(ctx, chat, after, NoEpoch)
	if err != nil {
		return left, 0, err
	}
	view.Line, view.Took = left.Line, left.Took // a chat that ended meanwhile has no line
	return view, asInt(rest[0]), r.stands(ctx, &view, after)
}

// stands is ErrUnavailable where a page knows more of a chat than the store, which began another life that the page was
// not told of: what is said now would be kept below what was had. After that a claim to know more is only a claim.
func (r *Router) stands(ctx context.Context, v *View, after int64) error {
	if after <= v.Seq {
		return nil
	}
	if err := r.unknown(ctx); !errors.Is(err, ErrNoChat) {
		return err
	}
	return nil
}

// unknown is the error for a chat or a code that the store knows nothing of. That is ErrNoChat, unless the store was emptied
// and the pages have not heard so yet: to them the chat would be over, and what they have of it would be lost. Nor does a
// primary that is cut off from Config.Replicas say so: the one that took its place may know it.
func (r *Router) unknown(ctx context.Context) error {
	if known := r.Store(); known != "" {
		if store, err := r.life(ctx); err != nil || store != known {
			return fmt.Errorf("routing: another life: %w", ErrUnavailable)
		}
	}
	if r.cfg.Replicas > 0 {
		if r.waited(ctx, func(pipe redis.Pipeliner) { pipe.Exists(ctx, sharedKey(r.cfg.Prefix, "life")) }) != nil {
			return fmt.Errorf("routing: cut off: %w", ErrUnavailable)
		}
	}
	return ErrNoChat
}

// Drop says that a socket closed: the place is kept, without being offered, or the chat goes on for the grace time.
// The close of a replaced socket is no drop.
func (r *Router) Drop(ctx context.Context, chat, sock string) error {
	status, _, err := r.shared(ctx, "drop", 0, chat, r.sock(sock), secs(r.cfg.Durations.Held), secs(r.cfg.Durations.YouthGrace))
	if err != nil || status != "ok" {
		return err
	}
	return r.detach(ctx, chat, r.sock(sock))
}

// Sockets are those of young people that the store takes to be open on this node, by chat. After a failover some of them
// may have closed.
func (r *Router) Sockets(ctx context.Context) (map[string]string, error) {
	open := map[string]string{}
	own := r.cfg.Node + ":"
	for from := "[" + own; ; {
		page, err := r.rdb.ZRangeByLex(ctx, sharedKey(r.cfg.Prefix, "at"),
			&redis.ZRangeBy{Min: from, Max: "(" + r.cfg.Node + ";", Count: mendPage}).Result()
		if err != nil {
			return nil, r.away("sockets", err)
		}
		if len(page) == 0 {
			return open, nil
		}
		from = "(" + page[len(page)-1]
		for i := range page {
			page[i] = page[i][len(own):]
		}
		recs, err := r.rdb.HMGet(ctx, sharedKey(r.cfg.Prefix, "chats"), page...).Result()
		if err != nil {
			return nil, r.away("sockets", err)
		}
		for i, j := range recs {
			var rec record
			if text, _ := j.(string); json.Unmarshal([]byte(text), &rec) == nil {
				if sock, here := strings.CutPrefix(rec.Sock, r.cfg.Node+"/"); here {
					open[page[i]] = sock
				}
			}
		}
	}
}

func (r *Router) detach(ctx context.Context, chat, sock string) error {
	_, err := r.eval(ctx, must("detach"), []string{stateKey(r.cfg.Prefix, chat)}, sock, r.cfg.Prefix, chat, r.cfg.Node)
	return err
}

// Leave ends a chat by the young person's wish. It may be repeated.
func (r *Router) Leave(ctx context.Context, chat string) error {
	_, _, err := r.shared(ctx, "leave", 0, chat, secs(r.cfg.Durations.Wrapup))
	return err
}

// Hide deletes token and share at once, then does as Drop; nothing of it where a newer socket stands. ErrUnavailable also where
// a primary that takes the place of this one might still have them.
func (r *Router) Hide(ctx context.Context, chat, sock string) error {
	if _, err := r.safe(ctx, must("hide"), []string{stateKey(r.cfg.Prefix, chat)}, r.sock(sock)); err != nil {
		return err
	}
	return r.Drop(ctx, chat, sock)
}

// Quiet notes that it is not safe to type now, or safe again.
func (r *Router) Quiet(ctx context.Context, chat string, on bool) error {
	v, err := r.eval(ctx, must("quiet"), []string{stateKey(r.cfg.Prefix, chat)}, bit(on), r.cfg.Prefix, chat)
	if err == nil && asInt(v) == 0 {
		return ErrNoChat
	}
	return err
}

// Confirm keeps a side's newest key confirmation of epoch e. ErrNoChat, ErrStaleEpoch.
func (r *Router) Confirm(ctx context.Context, chat string, from Side, owner string, e int, tag string) error {
	v, err := r.eval(ctx, must("confirm"), []string{stateKey(r.cfg.Prefix, chat)},
		string(from), owner, e, tag, r.cfg.Prefix, chat)
	switch {
	case err != nil:
		return err
	case asInt(v) == 0:
		return ErrNoChat
	case asInt(v) < 0:
		return ErrStaleEpoch
	}
	return nil
}

// Touch keeps the keys of chats with open sockets from expiring.
func (r *Router) Touch(ctx context.Context, chats []string) error {
	s := must("touch")
	for len(chats) > 0 {
		n := min(len(chats), 256)
		err := r.pipeline(ctx, func(pipe redis.Pipeliner) {
			for _, c := range chats[:n] {
				pipe.EvalSha(ctx, s.sha, []string{stateKey(r.cfg.Prefix, c), logKey(r.cfg.Prefix, c)})
			}
		})
		if err != nil {
			return r.away(s.name, err)
		}
		chats = chats[n:]
	}
	return nil
}
