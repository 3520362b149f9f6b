package routing

import (
	"context"
	"encoding/json"
	"strings"
)

// servedKept is how many waits of those last served a line remembers, for its range.
const servedKept = 20

// Enter opens a counsellor's desk at this node; the newest desk wins, and chats that waited for her go on.
func (r *Router) Enter(ctx context.Context, who OnDuty, sock string) (DeskView, error) {
	r.mu.Lock()
	d, again := r.desks[who.Name]
	d.who, d.sock = who, sock
	r.desks[who.Name] = d
	r.mu.Unlock()
	if err := r.enter(ctx, who, sock); err != nil {
		if !again {
			r.forget(who.Name, sock)
		}
		return DeskView{}, err
	}
	return r.DeskView(ctx, who.Name)
}

func (r *Router) enter(ctx context.Context, who OnDuty, sock string) error {
	_, _, err := r.shared(ctx, "enter", 0, who.Name, r.sock(sock), mustJSON(who.Lines), mustJSON(who.Langs), secs(r.cfg.Durations.Lease), bit(who.Lead))
	return err
}

func (r *Router) forget(name, sock string) {
	r.mu.Lock()
	if d, ok := r.desks[name]; ok && d.sock == sock {
		delete(r.desks, name)
	}
	r.mu.Unlock()
}

// DropDesk says that a desk's socket closed: her chats wait for her for the grace time. The close of a replaced
// desk is no drop.
func (r *Router) DropDesk(ctx context.Context, counsellor, sock string) error {
	r.forget(counsellor, sock)
	_, _, err := r.shared(ctx, "desk_drop", 0, counsellor, r.sock(sock), secs(r.cfg.Durations.DeskGrace))
	return err
}

// Renew renews the leases of desks at this node that gave a sign of life. One whose lease had run out is back; one
// that the store forgot enters again as she was.
func (r *Router) Renew(ctx context.Context, counsellors []string) error {
	args := []any{secs(r.cfg.Durations.Lease)}
	r.mu.Lock()
	known := make(map[string]localDesk, len(counsellors))
	for _, n := range counsellors {
		if d, ok := r.desks[n]; ok {
			known[n] = d
			args = append(args, n, r.sock(d.sock))
		}
	}
	r.mu.Unlock()
	if len(known) == 0 {
		return nil
	}
	_, v, err := r.shared(ctx, "renew", -1, args...)
	if err != nil || len(v) == 0 {
		return err
	}
	n := min(asInt(v[0]), len(v)-1)
	changed, err := decodeChanged(v[1+n:])
	if err != nil {
		return r.away("renew", err)
	}
	if err := r.project(ctx, changed); err != nil {
		return err
	}
	for _, x := range v[1 : 1+n] {
		name, _ := x.(string)
		d := known[name]
		if err := r.enter(ctx, d.who, d.sock); err != nil {
			return err
		}
		if d.ready {
			if err := r.reready(ctx, name, d); err != nil {
				return err
			}
		}
	}
	return nil
}

func (r *Router) remember(counsellor string, ready bool, capacity int) {
	r.mu.Lock()
	if d, ok := r.desks[counsellor]; ok {
		d.ready = ready
		if ready {
			d.capacity = capacity
		}
		r.desks[counsellor] = d
	}
	r.mu.Unlock()
}

// SetReady sets a counsellor's capacity in chats and has her offered chats. ErrNotNow when she is at no desk.
func (r *Router) SetReady(ctx context.Context, counsellor string, capacity int) error {
	return r.SetReadyFor(ctx, counsellor, capacity, 0)
}

// Rest has a counsellor offered nothing more; what rings at her desk goes back in line.
func (r *Router) Rest(ctx context.Context, counsellor string) error {
	status, _, err := r.shared(ctx, "rest", 0, counsellor)
	if err != nil {
		return err
	}
	if status != "ok" {
		return ErrNotNow
	}
	r.remember(counsellor, false, 0)
	return nil
}

// Take offers a counsellor the next in line now, also one that she was passed over for. ErrNotNow when nobody waits
// or she has no room.
func (r *Router) Take(ctx context.Context, counsellor string) (Offer, error) {
	status, _, err := r.shared(ctx, "take", 0, counsellor)
	if err != nil {
		return Offer{}, err
	}
	if status == "ok" {
		v, err := r.DeskView(ctx, counsellor)
		if err != nil {
			return Offer{}, err
		}
		if v.Offer != nil {
			return *v.Offer, nil
		}
	}
	return Offer{}, ErrNotNow
}

// Accept assigns the chat of an offer to a counsellor under a new epoch; repeated with the same key it gives the same
// answer. ErrNoOffer for an offer that is dead or another's. The View carries no messages.
func (r *Router) Accept(ctx context.Context, counsellor, offer, pk string) (View, error) {
	status, v, err := r.shared(ctx, "accept", -1, counsellor, offer, pk, servedKept)
	switch {
	case err != nil:
		return View{}, err
	case status == "again" && len(v) == 1:
	case status == "moved" && len(v) >= 1:
		if err := r.changed(ctx, "accept", v[1:]); err != nil {
			return View{}, err
		}
	case status == "ok" && len(v) >= 3:
		line, _ := v[2].(string)
		r.obs.ChatStarted(line, asInt(v[1]))
		if err := r.changed(ctx, "accept", v[3:]); err != nil {
			return View{}, err
		}
	default:
		return View{}, ErrNoOffer
	}
	chat, _ := v[0].(string)
	return r.View(ctx, chat, none, NoEpoch)
}

// Decline puts the chat of an offer back in line at its old ticket. ErrNoOffer for an offer that is dead or another's.
func (r *Router) Decline(ctx context.Context, counsellor, offer string) error {
	status, _, err := r.shared(ctx, "decline", 0, counsellor, offer, secs(r.cfg.Durations.Passed))
	if err == nil && status != "ok" {
		return ErrNoOffer
	}
	return err
}

// ResumeDesk is what stands of a chat that a counsellor owns, with the messages above after. With a pk that is not the
// key she has, it begins a new epoch of hers first. ErrNoChat when it is not hers or over.
func (r *Router) ResumeDesk(ctx context.Context, counsellor, chat, pk string, after int64) (View, error) {
	if pk != "" {
		status, _, err := r.shared(ctx, "rekey", 0, counsellor, chat, pk)
		if err != nil {
			return View{}, err
		}
		if status == "none" {
			return View{}, r.unknown(ctx)
		}
	}
	v, err := r.View(ctx, chat, after, NoEpoch)
	if err != nil {
		return View{}, err
	}
	if e := v.Current(); e == nil || e.Owner != counsellor || v.Phase != Talking && v.Phase != Away {
		return View{}, r.unknown(ctx)
	}
	return v, r.stands(ctx, &v, after)
}

// End ends a chat as ReasonDone or ReasonStopped. It may be repeated. ErrNoChat when it is not hers.
func (r *Router) End(ctx context.Context, counsellor, chat, reason string) error {
	args := []any{chat, secs(r.cfg.Durations.Wrapup), counsellor}
	name := "stop"
	if reason == ReasonDone {
		name = "done"
		args = append(args, secs(r.cfg.Durations.Linger))
	}
	status, _, err := r.shared(ctx, name, 0, args...)
	if err == nil && status == "none" {
		return ErrNoChat
	}
	return err
}

// Wrapup takes the wrap-up of a chat that ended and frees its place. It may be repeated and counts once. ErrNoChat
// when she owes none.
func (r *Router) Wrapup(ctx context.Context, counsellor, chat string, w Wrapup) error {
	status, v, err := r.shared(ctx, "wrap_up", 2, counsellor, chat, r.breather(w))
	switch {
	case err != nil:
		return err
	case status == "none":
		return ErrNoChat
	case status == "ok" && len(v) == 2:
		line, _ := v[0].(string)
		w.From, _ = v[1].(string)
		r.obs.WrappedUp(line, w)
		r.breathes(counsellor, w)
	}
	return nil
}

// DeskView is what stands at a counsellor's desk; an empty Sock when she has none.
func (r *Router) DeskView(ctx context.Context, counsellor string) (DeskView, error) {
	status, v, err := r.shared(ctx, "desk", -1, counsellor)
	if err != nil {
		return DeskView{}, err
	}
	if status != "ok" {
		return DeskView{State: StateRest}, nil
	}
	view, err := r.decodeDesk(v)
	if err != nil {
		return DeskView{}, r.away("desk", err)
	}
	err = r.calls(ctx, counsellor, &view)
	return view, err
}

func (r *Router) decodeDesk(v []any) (DeskView, error) {
	s := make([]string, len(v))
	for i := range v {
		s[i], _ = v[i].(string)
	}
	if len(s) < 6 {
		return DeskView{}, errShape
	}
	var c struct {
		State    string `json:"s"`
		Capacity int    `json:"c"`
		Held     int    `json:"h"`
		Sock     string `json:"k"`

		Lead   bool   `json:"ld"`
		Breath int64  `json:"b"`
		Shift  int64  `json:"e"`
		Call   int64  `json:"q"`
		Comes  string `json:"qb"`
	}
	if json.Unmarshal([]byte(s[0]), &c) != nil {
		return DeskView{}, errShape
	}
	out := DeskView{Sock: c.Sock, State: c.State, Capacity: c.Capacity}
	if c.State == StateReady && (c.Held >= c.Capacity || c.Breath > 0) {
		out.State = StateBusy
	}
	now := int64(asInt(v[4]))
	out.Lead, out.Breather, out.Shift = c.Lead, moment(c.Breath, now), moment(c.Shift, now)
	if c.Call > 0 {
		out.Call, out.Comes = CallCalling, c.Comes
		if out.Comes != "" {
			out.Call = CallComing
		}
	}
	if s[1] != "" {
		var rec record
		if json.Unmarshal([]byte(s[2]), &rec) != nil {
			return DeskView{}, errShape
		}
		out.Offer = &Offer{Offer: s[1], Chat: s[3], Line: rec.Line, Lang: rec.Lang, Topic: rec.Topic, Urgent: rec.Urgent,
			WaitedS: asInt(v[4]) - int(rec.Arrived), RingS: int(secs(r.cfg.Durations.Ring)), PK: rec.PK,
			Again: rec.Again, From: rec.By}
		if rec.Of != "" {
			out.Offer.Chat = rec.Of
		}
	}
	i := 5
	for ; i+1 < len(s) && s[i] != ""; i += 2 {
		var rec record
		if json.Unmarshal([]byte(s[i+1]), &rec) != nil {
			return DeskView{}, errShape
		}
		out.Chats = append(out.Chats, DeskChat{Chat: s[i], E: rec.Epoch, Line: rec.Line})
	}
	if i < len(s) && s[i] == "" {
		out.Wrapups = append(out.Wrapups, s[i+1:]...)
	}
	return out, nil
}

// cutNode is the node in a "node/sock".
func cutNode(sock string) string {
	n, _, _ := strings.Cut(sock, "/")
	return n
}
