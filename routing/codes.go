package routing

import (
	"context"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	_ "embed"
	"encoding/base64"
	"encoding/binary"
	"fmt"
	"strings"
	"time"
	"unicode"
)

const (
	codeWords = 4
	codeRate  = 5 // wrong codes a second, of the whole deployment
	// preferFor is how long a chat waits for the counsellor whom its code leads to, when she is on duty without room.
	preferFor = 180 * time.Second
)

//go:embed words.txt
var wordList string

// codeList is 2,048 short Dutch words that say nothing of what they are for; the first four letters tell them apart.
// Four of them are 44 bits.
var codeList = strings.Fields(wordList)

// spelled is a code as it may be typed, brought to the form in which it is hashed: any case, and anything but letters
// between the words.
func spelled(code string) string {
	return strings.Join(strings.FieldsFunc(strings.ToLower(code), func(r rune) bool { return !unicode.IsLetter(r) }), " ")
}

func newCode() string {
	var b [2 * codeWords]byte
	rand.Read(b[:]) // never fails, crypto/rand
	w := make([]string, codeWords)
	for i := range w {
		w[i] = codeList[int(binary.BigEndian.Uint16(b[2*i:]))%len(codeList)] // 2,048 divides 65,536
	}
	return strings.Join(w, " ")
}

// hashCode is all that is kept of a code.
func (r *Router) hashCode(code string) string {
	m := hmac.New(sha256.New, r.cfg.CodeKey)
	m.Write([]byte("haven/return/1 " + spelled(code)))
	return base64.RawURLEncoding.EncodeToString(m.Sum(nil)[:16])
}

func (r *Router) codes() bool { return len(r.cfg.CodeKey) > 0 && r.cfg.Durations.Code > 0 }

// Code gives four words that lead back to a chat while it can be entered, and to its counsellor for Durations.Code.
// Those it gave before for this chat lead nowhere then. ErrNotNow without codes, ErrNoChat for a chat that ended.
func (r *Router) Code(ctx context.Context, chat string) (string, error) {
	if !r.codes() {
		return "", ErrNotNow
	}
	for range 4 { // another chat's by chance
		words := newCode()
		// A young person who was given a code may go with nothing else.
		status, _, err := r.transition(ctx, r.safe, "code_keep", 0, []any{chat, r.hashCode(words), secs(r.cfg.Durations.Code)})
		switch {
		case err != nil:
			return "", err
		case status == "ok":
			return words, nil
		case status == "none":
			return "", ErrNoChat
		}
	}
	return "", ErrUnavailable
}

// Recalled is what a return code leads to.
type Recalled struct {
	Chat       string // that can be entered with it, or ""
	Counsellor string // account name of whose it was last, "" for nobody's
}

// Recall is what a code leads to, as it was typed. ErrNoChat for a wrong one, whatever is wrong with it. After five wrong
// ones in a second, anybody's, it looks at none and says ErrSlowDown: right ones cost nothing, but could they pass then,
// guessing would be as fast as ever. ErrNotNow without codes.
func (r *Router) Recall(ctx context.Context, code string) (Recalled, error) {
	if !r.codes() {
		return Recalled{}, ErrNotNow
	}
	status, v, err := r.shared(ctx, "code_find", -1, r.hashCode(code), codeRate)
	switch {
	case err != nil:
		return Recalled{}, err
	case status == "slow":
		return Recalled{}, ErrSlowDown
	case status != "ok" || len(v) != 2:
		return Recalled{}, r.unknown(ctx)
	}
	chat, _ := v[0].(string)
	name, _ := v[1].(string)
	return Recalled{chat, name}, nil
}

// Reenter makes a socket with a new key the newest of the chat that a code leads to, with a fresh token and share: what
// was said before cannot be opened by it. A chat that a counsellor has rings at her again. ErrNoChat where it ended or has
// another code. Beside an error Line and Took of the View may be set, as with Resume; it carries no messages.
func (r *Router) Reenter(ctx context.Context, code, chat, pk, sock string) (Joined, View, error) {
	if !r.codes() {
		return Joined{}, View{}, ErrNotNow
	}
	out := Joined{Chat: chat, Token: newID(), Share: newID()}
	v, err := r.eval(ctx, must("reenter"), []string{stateKey(r.cfg.Prefix, chat)},
		hashToken(out.Token), out.Share, pk, r.cfg.Node, r.sock(sock), r.cfg.Prefix, chat)
	if err != nil {
		return Joined{}, View{}, err
	}
	named, _ := v.([]any)
	if len(named) != 2 {
		return Joined{}, View{}, r.unknown(ctx)
	}
	line, _ := named[1].(string)
	left := View{Chat: chat, Line: line, Took: asInt(named[0]) == 1}
	status, rest, err := r.shared(ctx, "code_enter", 1, chat, r.hashCode(code), r.sock(sock), pk, r.langs, secs(preferFor), r.closed())
	if err != nil {
		return Joined{}, left, err
	}
	if status != "ok" {
		return Joined{}, left, r.unknown(ctx)
	}
	out.Ahead = asInt(rest[0])
	view, err := r.view(ctx, chat, none, true)
	if err == nil && view.PKY != "" && view.PKY != pk { // another primary answers, which never heard of it
		err = fmt.Errorf("routing: reenter: %w", ErrUnavailable)
	}
	if err != nil {
		return Joined{}, left, err
	}
	view.Line, view.Took = left.Line, left.Took
	return out, view, nil
}
