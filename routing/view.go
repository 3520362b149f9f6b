package routing

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"strconv"
	"strings"
)

// What a page may know of the epochs of a chat before it is shown a View.
const (
	NoEpoch    = -1
	EveryEpoch = math.MaxInt // or nobody is shown it
)

// View is what stands of a chat, with the messages above after. ErrNoChat where nothing stands. An epoch above told, the
// newest that the page knows, is not given before Config.Replicas have it: ErrUnavailable. A primary that was cut off may
// assign a chat while the one that takes its place assigns it to somebody else, under the same number; a page that was
// told of both would have to take that for somebody who stands between.
func (r *Router) View(ctx context.Context, chat string, after int64, told int) (View, error) {
	v, err := r.view(ctx, chat, after, false)
	if cur := v.Current(); err == nil && r.cfg.Replicas > 0 && cur != nil && cur.E > told {
		return r.view(ctx, chat, after, true) // again, since another primary may answer now
	}
	return v, err
}

func (r *Router) view(ctx context.Context, chat string, after int64, safe bool) (View, error) {
	eval := r.eval
	if safe {
		eval = r.safe
	}
	v, err := eval(ctx, must("view"), []string{stateKey(r.cfg.Prefix, chat), logKey(r.cfg.Prefix, chat)}, after, viewPage)
	if err != nil {
		return View{}, err
	}
	view, err := decodeView(chat, v)
	if errors.Is(err, ErrNoChat) {
		return View{}, r.unknown(ctx)
	}
	if err != nil {
		return View{}, fmt.Errorf("routing: view: %w", err)
	}
	return view, nil
}

// decodeView reads the answer of view.lua.
func decodeView(chat string, v any) (View, error) {
	top, _ := v.([]any)
	if len(top) != 2 {
		return View{}, errShape
	}
	fields, _ := top[0].([]any)
	if len(fields) == 0 {
		return View{}, ErrNoChat
	}
	if len(fields) != 19 {
		return View{}, errShape
	}
	f := make([]string, len(fields))
	for i := range fields {
		f[i], _ = fields[i].(string)
	}
	view := View{
		Chat: chat, Phase: Phase(f[0][0]), Line: f[1], Reason: f[2], Sock: f[3], PKY: f[4], Share: f[5], DeskShare: f[6],
		Seq: asInt64(f[8]), ReadY: asInt64(f[9]), ReadC: asInt64(f[10]), Quiet: f[11] == "1",
		LastY: asInt64(f[16]), LastC: asInt64(f[17]),
		Answered: f[12] != "" && f[12] != "-1", Holder: f[13],
	}
	var bad [3]error
	view.Epochs, bad[0] = decodeEpochs(f[7])
	view.Before, bad[1] = decodeEpochs(f[18])
	bad[2] = decodeHandover(f[14], f[15], &view)
	if errors.Join(bad[:]...) != nil {
		return View{}, errShape
	}
	log, _ := top[1].([]any)
	for _, e := range log {
		entry, _ := e.([]any)
		if len(entry) != 2 {
			return View{}, errShape
		}
		id, _ := entry[0].(string)
		kv, _ := entry[1].([]any)
		if len(kv) != 2 {
			return View{}, errShape
		}
		body, _ := kv[1].(string)
		view.Messages = append(view.Messages, Stored{Seq: asInt64(strings.TrimPrefix(id, "0-")), Body: []byte(body)})
	}
	view.More = len(log) == viewPage
	return view, nil
}

func asInt64(s string) int64 {
	n, _ := strconv.ParseInt(s, 10, 64)
	return n
}

// decodeEpochs reads epochs of a chat's own state; see stored_list.go.
func decodeEpochs(j string) (out []Epoch, err error) {
	if j == "" {
		return nil, nil
	}
	var ep []struct {
		E int    `json:"e"`
		O string `json:"o"`
		K string `json:"k"`
		Y string `json:"y"`
		C string `json:"c"`
		S int64  `json:"s"`
	}
	if j != "{}" { // how an empty list of Lua encodes
		if err := json.Unmarshal([]byte(j), &ep); err != nil {
			return nil, errShape
		}
	}
	for _, e := range ep {
		out = append(out, Epoch{E: e.E, Owner: e.O, PK: e.K, TagY: e.Y, TagC: e.C, Since: e.S})
	}
	return out, nil
}
