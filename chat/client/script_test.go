package client_test

import (
	"encoding/json"
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/gorilla/websocket"

	"haven/chat/client"
	"haven/chat/frame"
	"haven/chat/hvn1"
)

// script is a server whose part the test plays by hand.
type script struct {
	t  *testing.T
	ws chan *websocket.Conn
	c  *websocket.Conn
}

func scripted(t *testing.T) (*script, string) {
	s := &script{t: t, ws: make(chan *websocket.Conn, 4)}
	up := websocket.Upgrader{Subprotocols: []string{"haven.1"}}
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if c, err := up.Upgrade(w, r, nil); err == nil {
			s.ws <- c
		}
	}))
	t.Cleanup(srv.Close)
	return s, srv.URL
}

func (s *script) accept() {
	s.c = <-s.ws
	s.t.Cleanup(func() { s.c.Close() })
}

func (s *script) say(b []byte) {
	s.t.Helper()
	must(s.t, s.c.WriteMessage(websocket.TextMessage, b))
}

// hear reads the next frame, which must be of that type.
func (s *script) hear(want frame.Type) frame.Youth {
	s.t.Helper()
	_, b, err := s.c.ReadMessage()
	must(s.t, err)
	var f frame.Youth
	must(s.t, f.Parse(b))
	if f.T != want {
		s.t.Fatalf("heard %s, want %v", b, want)
	}
	return f
}

// quietly sees that nothing was sent: what answers a beat comes next.
func (s *script) quietly(y *client.Youth) {
	s.t.Helper()
	must(s.t, y.Beat())
	s.hear(frame.TBeat)
}

type theatre struct {
	*script
	y     *client.Youth
	key   *hvn1.Key // the counsellor's
	pk    string    // the young person's
	chat  string
	token string
}

func stage(t *testing.T) *theatre {
	t.Helper()
	s, url := scripted(t)
	th := &theatre{script: s, y: client.NewYouth(client.Options{URL: url}), chat: hvn1.NewID(), token: hvn1.NewID()}
	t.Cleanup(th.y.Cut)
	var err error
	th.key, err = hvn1.NewKey()
	must(t, err)
	must(t, th.y.Connect(soon(t)))
	s.accept()
	s.say(frame.AppendHello(nil, &frame.Hello{Store: "one"}))
	must(t, th.y.Ask(client.Want{Line: "jip"}))
	th.pk = s.hear(frame.TJoin).PK
	s.say(frame.AppendWaiting(nil, &frame.Waiting{Chat: th.chat, Token: th.token, Share: th.token}))
	_, err = th.y.Expect(soon(t), frame.TWaiting)
	must(t, err)
	return th
}

// join plays the counsellor up to her key confirmation.
func (th *theatre) join(e int) *hvn1.Session {
	th.t.Helper()
	s, err := hvn1.NewSession(th.key, hvn1.Counsellor, th.chat, e, th.pk)
	must(th.t, err)
	th.say(frame.AppendJoined(nil, &frame.Joined{E: e, PK: th.key.PK(), Name: "Noor", Line: "jip"}))
	if f := th.hear(frame.TConfirm); f.E != e || !s.Check(f.Tag) {
		th.t.Fatalf("confirm %+v", f)
	}
	return s
}

func (th *theatre) opens(s *hvn1.Session, f frame.Youth) string {
	th.t.Helper()
	text, err := s.Open(hvn1.Youth, hvn1.Sealed{K: f.K, N: f.N, ID: f.ID, IV: string(f.IV), CT: string(f.CT)})
	must(th.t, err)
	return text
}

func TestNothingIsSentBeforeTheTagChecked(t *testing.T) {
	th := stage(t)
	th.y.Say("typed while waiting")
	th.quietly(th.y)
	s := th.join(0)
	th.quietly(th.y)
	th.say(frame.AppendConfirm(nil, 0, s.Tag()))
	f := th.hear(frame.TMsg)
	if th.opens(s, f) != "typed while waiting" || f.N != 0 || f.E != 0 {
		t.Errorf("%+v", f)
	}
	if e, ok := th.y.Epoch(); e != 0 || !ok {
		t.Error(e, ok)
	}
}

func TestAWrongTagStopsTheChat(t *testing.T) {
	th := stage(t)
	th.y.Say("never")
	th.join(0)
	th.say(frame.AppendConfirm(nil, 0, strings.Repeat("A", 43)))
	e, err := th.y.Expect(soon(t), frame.TConfirm)
	must(t, err)
	if !errors.Is(e.Err, client.ErrConfirm) {
		t.Error(e.Err)
	}
	th.y.Say("nor this")
	th.quietly(th.y)
}

func TestAnotherKeyForTheSameEpochStopsTheChat(t *testing.T) {
	th := stage(t)
	s := th.join(0)
	th.say(frame.AppendConfirm(nil, 0, s.Tag()))
	other, err := hvn1.NewKey()
	must(t, err)
	th.say(frame.AppendJoined(nil, &frame.Joined{E: 0, PK: other.PK(), Name: "Noor", Line: "jip"}))
	_, err = th.y.ExpectThat(soon(t), func(e *client.Event) bool { return errors.Is(e.Err, client.ErrOtherKey) })
	must(t, err)
	th.y.Say("never")
	th.quietly(th.y)

	th = stage(t)
	s = th.join(0)
	th.say(frame.AppendConfirm(nil, 0, s.Tag()))
	th.say(frame.AppendJoined(nil, &frame.Joined{E: 1, PK: th.key.PK(), Line: "jip", Past: []frame.Past{{E: 0, PK: other.PK()}}}))
	_, err = th.y.ExpectThat(soon(t), func(e *client.Event) bool { return errors.Is(e.Err, client.ErrOtherKey) })
	must(t, err)
}

func TestStaleEpochIsSealedAgainUnderTheSameID(t *testing.T) {
	th := stage(t)
	s := th.join(0)
	th.say(frame.AppendConfirm(nil, 0, s.Tag()))
	one, two := th.y.Say("one"), th.y.Say("two")
	th.hear(frame.TMsg)
	th.hear(frame.TMsg)
	// The refusal of the first comes before the new epoch, that of the second after it.
	th.say(frame.AppendError(nil, frame.CodeStaleEpoch, one.ID))
	s = th.join(1)
	th.say(frame.AppendConfirm(nil, 1, s.Tag()))
	for i, m := range []*client.Message{one, two} {
		f := th.hear(frame.TMsg)
		if f.ID != m.ID || f.E != 1 || f.N != int64(i) || th.opens(s, f) != m.Text {
			t.Errorf("message %d: %+v", i, f)
		}
	}
	th.say(frame.AppendError(nil, frame.CodeStaleEpoch, two.ID))
	th.quietly(th.y)
	th.say(frame.AppendAck(nil, one.ID, 1))
	th.say(frame.AppendAck(nil, two.ID, 2))
	acked(t, th.y, one)
	acked(t, th.y, two)
}

// Also what was refused because the chat had gone on is: a failover may have undone that.
func TestWhatWasRefusedIsSentAgainInOrder(t *testing.T) {
	for _, code := range []string{frame.CodeUnavailable, frame.CodeNoChat, frame.CodeStaleEpoch} {
		t.Run(code, func(t *testing.T) {
			t.Parallel()
			th := stage(t)
			s := th.join(0)
			th.say(frame.AppendConfirm(nil, 0, s.Tag()))
			one := th.y.Say("one")
			th.hear(frame.TMsg)
			th.say(frame.AppendError(nil, code, one.ID))
			_, err := th.y.Expect(soon(t), frame.TError)
			must(t, err)
			two := th.y.Say("two")
			if f := th.hear(frame.TMsg); f.ID != one.ID || f.N != 0 {
				t.Errorf("%+v", f)
			}
			if f := th.hear(frame.TMsg); f.ID != two.ID || f.N != 1 {
				t.Errorf("%+v", f)
			}
		})
	}
}

func TestWhatWasHadIsDropped(t *testing.T) {
	th := stage(t)
	s := th.join(0)
	th.say(frame.AppendConfirm(nil, 0, s.Tag()))
	msg := func(seq int64, n int64, text string) []byte {
		m, err := s.Seal(hvn1.Text, n, text)
		must(t, err)
		f := frame.Inbound{E: 0, N: m.N, ID: m.ID, K: m.K, IV: []byte(m.IV), CT: []byte(m.CT)}
		return frame.AppendMsg(nil, seq, f.AppendBody(nil, 'c'))
	}
	first := msg(1, 0, "a")
	th.say(first)
	th.say(first)
	th.say(again(first, 2)) // the same id under another seq
	th.say(msg(4, 1, "b"))
	hears(t, th.y, "a")
	if e := hears(t, th.y, "b"); e.Seq != 4 || th.y.Seen() != 4 {
		t.Errorf("%+v", e)
	}
	th.c.Close()
	if _, err := th.y.ExpectClosed(soon(t)); err != nil {
		t.Error(err)
	}
	m := th.y.Say("while down")
	must(t, th.y.Reconnect(soon(t), ""))
	th.accept()
	if f := th.hear(frame.TResume); f.After != 4 || f.Chat != th.chat || f.Token != th.token {
		t.Errorf("%+v", f)
	}
	th.y.Say("later") // must not overtake what waits for the answer
	th.quietly(th.y)
	th.say(frame.AppendJoined(nil, &frame.Joined{E: 0, PK: th.key.PK(), Line: "jip", Share: th.token}))
	th.hear(frame.TConfirm)
	if f := th.hear(frame.TMsg); f.ID != m.ID || f.N != 0 || th.opens(s, f) != "while down" {
		t.Errorf("%+v", f)
	}
	if f := th.hear(frame.TMsg); f.N != 1 || th.opens(s, f) != "later" {
		t.Errorf("%+v", f)
	}
}

func again(msg []byte, seq int64) []byte {
	return frame.AppendMsg(nil, seq, msg[strings.Index(string(msg), `"from"`):])
}

// The store was emptied: what the other side has not read is said again, and a chat that is gone is joined anew.
func TestTheStoreBeginsAnotherLife(t *testing.T) {
	th := stage(t)
	s := th.join(0)
	th.say(frame.AppendConfirm(nil, 0, s.Tag()))
	read, unread, unacked := th.y.Say("read"), th.y.Say("unread"), th.y.Say("unacked")
	for range 3 {
		th.hear(frame.TMsg)
	}
	th.say(frame.AppendAck(nil, read.ID, 1))
	th.say(frame.AppendAck(nil, unread.ID, 2))
	th.say(frame.AppendRead(nil, 1))
	th.say(frame.AppendHello(nil, &frame.Hello{Store: "two"}))
	if f := th.hear(frame.TResume); f.After != 0 {
		t.Errorf("%+v", f)
	}
	th.say(frame.AppendError(nil, frame.CodeNoChat, "resume"))
	f := th.hear(frame.TJoin)
	if f.PK == th.pk || f.Line != "jip" {
		t.Errorf("%+v", f)
	}
	first, lost := s, th.chat
	th.pk, th.chat = f.PK, hvn1.NewID()
	th.say(frame.AppendWaiting(nil, &frame.Waiting{Chat: th.chat, Token: th.token, Share: th.token}))
	s = th.join(0)
	th.say(frame.AppendConfirm(nil, 0, s.Tag()))
	// First, sealed in both chats, that it is the same person who goes on.
	f = th.hear(frame.TMsg)
	var says struct {
		Before struct {
			E      int
			IV, CT string
		}
	}
	if err := json.Unmarshal([]byte(th.opens(s, f)), &says); err != nil || f.ID != lost || f.K != hvn1.History || f.N != 0 || says.Before.E != 0 {
		t.Fatalf("%+v says %+v, %v", f, says, err)
	}
	proof := hvn1.Sealed{K: hvn1.History, ID: th.chat, IV: says.Before.IV, CT: says.Before.CT}
	if text, err := first.Open(hvn1.Youth, proof); err != nil || text != "" {
		t.Errorf("in the chat before: %q, %v", text, err)
	}
	for i, m := range []*client.Message{unread, unacked} {
		if f := th.hear(frame.TMsg); f.ID != m.ID || f.N != int64(i+1) || th.opens(s, f) != m.Text {
			t.Errorf("%+v", f)
		}
	}
}
