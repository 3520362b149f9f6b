package routing

import (
	"context"
	"encoding/json"
	"errors"
	"time"
)

// legTime is how long a handover may wait to be accepted; the first counsellor holds it meanwhile, and can ask again. Every
// legLook it is looked whether anybody is there still.
const (
	legTime = 10 * time.Minute
	legLook = 5 * time.Second
)

// ErrNobody: a handover was proposed to where nobody can take it now.
var ErrNobody = errors.New("routing: nobody there")

// To is where a chat may go: to a line, or to a counsellor by name.
type To struct{ Line, Name string }

// Handover is what a young person is asked: whether their chat may go to Line, or to Name on it.
type Handover struct {
	Offer, Line string
	Name        string // "" for whoever is there
	Slip        string // id of the message that goes along with it, "" for none
	Agreed      bool   // they said yes, and it waits to be accepted
}

// Came is what came of the newest question that is not open any more: one of HandoverNo, HandoverMoved, HandoverNobody.
type Came struct{ Offer, Result string }

// came as a record has it: [offer, result, version, line], or nothing.
type came struct {
	Came
	Version int64
	Line    string
}

func (c *came) UnmarshalJSON(b []byte) error {
	return json.Unmarshal(b, &[]any{&c.Offer, &c.Result, &c.Version, &c.Line})
}

func (c *came) json() string {
	if c.Offer == "" {
		return ""
	}
	return mustJSON([]any{c.Offer, c.Result, c.Version, c.Line})
}

func (a *asked) json() string {
	if a == nil {
		return ""
	}
	return mustJSON(a)
}

// decodeHandover reads the fields ho and hl of a chat's own state.
func decodeHandover(ho, hl string, v *View) error {
	if ho != "" {
		var a asked
		if json.Unmarshal([]byte(ho), &a) != nil {
			return errShape
		}
		h := Handover(a)
		v.Handover = &h
	}
	if hl != "" {
		var c came
		if json.Unmarshal([]byte(hl), &c) != nil {
			return errShape
		}
		v.Came = c.Came
	}
	return nil
}

// Propose asks the young person of a chat of hers whether it may go to another line or to a colleague, in place of what
// she asked before, and names the question. slip is the id of a message of the chat, or "". ErrNobody when the line is
// closed or nobody else is on duty there; ErrNoChat when the chat is not hers.
func (r *Router) Propose(ctx context.Context, counsellor, chat string, to To, slip string) (offer string, err error) {
	offer = newID()
	status, changed, err := r.shared(ctx, "propose", -1, chat, counsellor, offer, to.Line, to.Name, slip, r.intakes(), r.practices())
	if err != nil {
		return "", err
	}
	if err := r.changed(ctx, "propose", changed); err != nil {
		return "", err
	}
	return offer, statusError(status, "none", ErrNoChat, "nobody", ErrNobody)
}

// Keep takes back what she proposed: she goes on with the chat. ErrNoChat when nothing is open.
func (r *Router) Keep(ctx context.Context, counsellor, chat string) error {
	status, _, err := r.shared(ctx, "keep", 0, chat, counsellor)
	if err != nil {
		return err
	}
	return statusError(status, "none", ErrNoChat)
}

// Consent is the young person's answer to a Handover. On yes a chat that is talked in waits at the front of the other
// line, and a place in line goes there at its own ticket. It may be repeated. ErrNoOffer when that is not asked any more.
func (r *Router) Consent(ctx context.Context, chat, sock, offer string, yes bool) error {
	status, _, err := r.shared(ctx, "consent", 0, chat, r.sock(sock), offer, bit(yes), r.intakes(), r.langs, r.targets, secs(legLook))
	if err != nil {
		return err
	}
	return statusError(status, "none", ErrNoOffer)
}

// statusError is the error that stands behind a status, of pairs of both.
func statusError(status string, pairs ...any) error {
	for i := 0; i+1 < len(pairs); i += 2 {
		if pairs[i] == status {
			return pairs[i+1].(error)
		}
	}
	return nil
}

// intakes are the lines that let somebody in now, as JSON for the scripts.
func (r *Router) intakes() string {
	open := []string{}
	for i := range r.cfg.Lines {
		if r.intake(&r.cfg.Lines[i]) {
			open = append(open, r.cfg.Lines[i].Name)
		}
	}
	return mustJSON(open)
}
