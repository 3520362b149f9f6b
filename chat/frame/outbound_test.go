package frame

import (
	"bytes"
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"reflect"
	"testing"
)

var update = flag.Bool("update", false, "write the golden files anew")

var phones = []Phone{{"Alarmnummer", "112"}, {"De Kindertelefoon", "0800-0432"}}

const nine = "2026-11-24T09:00:00+01:00"

// body is that of wholeYouth's message.
func body(t testing.TB) []byte {
	var f Youth
	if err := f.Parse([]byte(msgFrame(`"ct":"` + ct[:40] + `"`))); err != nil {
		t.Fatal(err)
	}
	return f.AppendBody(nil, 'y')
}

func outbound(t testing.TB) map[string][][]byte {
	elsewhere := &Elsewhere{Opens: nine, Instead: []string{"fier"}, Phones: phones}
	return map[string][][]byte{
		"hello": {
			AppendHello(nil, &Hello{Store: "s", Lines: []Line{
				{Line: "jip", Open: true, Closes: nine, Wait: &Wait{0, 120}}, {Line: "fier", Opens: nine},
			}, Phones: phones}),
			AppendHello(nil, &Hello{Lines: []Line{{Line: "oefenlijn", Open: true, Practice: true}}}),
			AppendHello(nil, &Hello{}),
		},
		"waiting": {
			AppendWaiting(nil, &Waiting{Chat: id, Token: id2, Share: id2, Ahead: 21, Wait: Wait{60, 300}}),
			AppendWaiting(nil, &Waiting{Chat: id, Share: id2, Past: []Past{{0, pk, tag}, {1, pk, ""}}, Nobody: true}),
			AppendWaiting(nil, &Waiting{Chat: id, Past: []Past{}}),
			AppendWaiting(nil, &Waiting{Chat: id, Ahead: 4, Wait: Wait{60, 300}, Why: "urgent", Closes: nine, Line: "fier"}),
			AppendWaiting(nil, &Waiting{Chat: id, Wait: Wait{60, 300}, For: "Noor \"é\"", ForS: 180}),
		},
		"refused":      {AppendRefused(nil, "closed", elsewhere), AppendRefused(nil, "full", &Elsewhere{})},
		"joined":       {AppendJoined(nil, &Joined{E: 0, PK: pk, Name: "Noor", Line: "jip"}), AppendJoined(nil, &Joined{E: 2, PK: pk, Name: "Noor", Line: "jip", Seq: 7}), AppendJoined(nil, &Joined{E: 1, PK: pk, Name: "A \"b\" <\\>\x01\n\xff é", Line: "jip", Share: id, Past: []Past{{0, pk, tag}}})},
		"confirm":      {AppendConfirm(nil, 1, tag)},
		"msg":          {AppendMsg(nil, 12, body(t)), AppendMsg(nil, 0, body(t))},
		"ack":          {AppendAck(nil, id, 12)},
		"read":         {AppendRead(nil, 12)},
		"away":         {AppendAway(nil, 50)},
		"handover":     {AppendHandover(nil, id, "fier", "Fier", "", true), AppendHandover(nil, id, "fier", "Fier", "a \"slip\"", false)},
		"code":         {AppendCode(nil, "boom vis roos maan", 30), AppendCode(nil, "boom vis roos maan", 0)},
		"ended":        {AppendEnded(nil, "left", elsewhere)},
		"bye":          {AppendBye(nil, 3)},
		"beat":         {AppendBeat(nil)},
		"error":        {AppendError(nil, CodeBadFrame, "msg"), AppendError(nil, CodeBadFrame, "\"}<\u2028")},
		"desk":         {AppendDesk(nil, &DeskState{State: "busy", Capacity: 2, Chats: []DeskChat{{id, 0, "jip"}, {id2, 3, "fier"}}, Wrapups: []string{id}, Lines: []DeskLine{{Line: "jip", Waiting: 3, OldestS: 65, Open: true}, {Line: "fier"}}}), AppendDesk(nil, &DeskState{State: "rest"}), AppendDesk(nil, &DeskState{State: "busy", Capacity: 3, Lines: []DeskLine{{Line: "jip", Open: true, Paused: true, Practice: true}}, Role: "lead", BreatherS: 240, ForS: 3600})},
		"offer":        {AppendOffer(nil, &Offer{Offer: id, Chat: id2, Line: "jip", Lang: "nl", Urgent: true, WaitedS: 4, RingS: 20, PK: pk}), AppendOffer(nil, &Offer{Offer: id, Chat: id2, Line: "jip", Lang: "nl", WaitedS: 4, RingS: 20, PK: pk, Again: true}), AppendOffer(nil, &Offer{Offer: id, Chat: id2, Line: "jip", Lang: "nl", WaitedS: 4, RingS: 20, PK: pk, From: "Sanne"})},
		"withdrawn":    {AppendWithdrawn(nil, id)},
		"assigned":     {AppendAssigned(nil, &Assigned{Chat: id, E: 1, PK: pk, Seq: 7, Share: id2}), AppendAssigned(nil, &Assigned{Chat: id, E: 1, PK: pk, Seq: 7, Share: id2, Asked: Asked{id2, "no"}})},
		"quiet":        {AppendDeskQuiet(nil, id, true)},
		"gone":         {AppendGone(nil, id, 300)},
		"back":         {AppendBack(nil, id)},
		"desk-confirm": {AppendDeskConfirm(nil, id, 1, tag)}, "desk-msg": {AppendDeskMsg(nil, id, 12, body(t)), AppendDeskMsg(nil, id, 0, body(t))},
		"desk-error": {AppendDeskError(nil, CodeUnavailable, "resume", id), AppendDeskError(nil, CodeUnavailable, "ready", "")},
		"desk-ack":   {AppendDeskAck(nil, id, id2, 12)}, "desk-read": {AppendDeskRead(nil, id, 12)},
		"desk-handover": {AppendDeskHandover(nil, id, id2, "moved"), AppendDeskHandover(nil, id, "", "nobody")}, "desk-ended": {AppendDeskEnded(nil, id, "left")},
		"call":  {AppendCall(nil, "calling", ""), AppendCall(nil, "coming", "Noor \"lead\"")},
		"calls": {AppendCalls(nil, []Call{{Name: "A \"b\" é", Line: "jip", Coming: "Noor"}, {Name: "Daan"}}), AppendCalls(nil, nil)},
		"health": {AppendHealth(nil, &Health{
			Lines: []HealthLine{{Line: "jip", Paused: true, OnDuty: 2, Free: 1, Waiting: 3, OldestS: 65, Talking: 4, Held: 1}, {Line: "fier"}},
			Queue: []QueuePlace{{Chat: id, Line: "jip", Lang: "nl", Urgent: true, WaitedS: 65, Kept: "Noor \"lead\""}, {Chat: id2, Line: "jip", Lang: "en", Down: true, Asked: "fier"}},
		}), AppendHealth(nil, &Health{})},
	}
}

func TestOutboundGoldens(t *testing.T) {
	for name, frames := range outbound(t) {
		got := append(bytes.Join(frames, []byte("\n")), '\n')
		path := filepath.Join("testdata", name+".golden")
		if *update {
			must(t, os.WriteFile(path, got, 0o644))
		}
		want, err := os.ReadFile(path)
		must(t, err)
		if !bytes.Equal(got, want) {
			t.Errorf("%s:\n%s\nwant\n%s", name, got, want)
		}
		for _, f := range frames {
			var o Outbound
			if !json.Valid(f) {
				t.Errorf("%s is no JSON: %s", name, f)
			} else if err := o.Parse(f); err != nil || o.T == Unknown {
				t.Errorf("%s does not parse: %v", f, err)
			}
		}
	}
}

func TestOutboundParse(t *testing.T) {
	all := outbound(t)
	for name, want := range map[string]Outbound{
		"hello": {T: THello, Store: "s", Phones: phones, Lines: []OutboundLine{
			{Line: "jip", Open: true, Closes: nine, Wait: &[2]int{0, 120}}, {Line: "fier", Opens: nine}}},
		"waiting":  {T: TWaiting, Chat: id, Token: id2, Share: id2, Ahead: 21, Wait: [2]int{60, 300}},
		"refused":  {T: TRefused, Reason: "closed", Opens: nine, Instead: []string{"fier"}, Phones: phones},
		"joined":   {T: TJoined, PK: pk, Name: "Noor", Line: "jip"},
		"desk":     {T: TDesk, State: "busy", Capacity: 2, Chats: []DeskChat{{id, 0, "jip"}, {id2, 3, "fier"}}, Wrapups: []string{id}, Lines: []OutboundLine{{Line: "jip", Waiting: 3, OldestS: 65, Open: true}, {Line: "fier"}}},
		"offer":    {T: TOffer, Offer: id, Chat: id2, Line: "jip", Lang: "nl", Urgent: true, WaitedS: 4, RingS: 20, PK: pk},
		"assigned": {T: TAssigned, Chat: id, E: 1, PK: pk, Seq: 7, Share: id2},
		"error":    {T: TError, Code: CodeBadFrame, Re: "msg"},
		"calls":    {T: TCalls, Calls: []Call{{"A \"b\" é", "jip", "Noor"}, {Name: "Daan"}}},
		"health": {T: THealth, Lines: []OutboundLine{{Line: "jip", Paused: true, OnDuty: 2, Free: 1, Waiting: 3, OldestS: 65, Talking: 4, Held: 1}, {Line: "fier"}},
			Queue: []QueuePlace{{Chat: id, Line: "jip", Lang: "nl", Urgent: true, WaitedS: 65, Kept: "Noor \"lead\""}, {Chat: id2, Line: "jip", Lang: "en", Down: true, Asked: "fier"}}},
		"msg": {T: TMsg, Seq: 12, From: "y", N: 1, ID: id, K: 1, IV: iv, CT: ct[:40]},
	} {
		var got Outbound
		must(t, got.Parse(all[name][0]))
		if !reflect.DeepEqual(got, want) {
			t.Errorf("%s:\n%+v\nwant\n%+v", name, got, want)
		}
	}
	var o Outbound
	must(t, o.Parse([]byte(`{"t":"joined","e":1,"new":{"x":[1]},"past":[{"e":0,"pk":"p","tag":"g","more":1}]}`)))
	if o.T != TJoined || len(o.Past) != 1 || o.Past[0] != (Past{0, "p", "g"}) {
		t.Errorf("%+v", o)
	}
	must(t, o.Parse([]byte(`{"t":"of-tomorrow"}`)))
	if o.T != Unknown {
		t.Errorf("%+v", o)
	}
	if err := o.Parse([]byte(`{"t":`)); err != ErrNotFrame {
		t.Error(err)
	}
}

func TestHot(t *testing.T) {
	var h Hot
	if !h.Parse(AppendDeskMsg(nil, id2, 12, body(t))) || h.T != TMsg || string(h.Chat) != id2 || h.Seq != 12 || h.From != 'y' ||
		h.N != 1 || h.K != 1 || string(h.ID) != id || string(h.IV) != iv || string(h.CT) != ct[:40] {
		t.Errorf("%+v", h)
	}
	if !h.Parse([]byte(`{"new":1,"seq":3,"id":"`+id+`","t":"ack","new":2}`)) || h.T != TAck || h.Seq != 3 || string(h.ID) != id || h.CT != nil {
		t.Errorf("%+v", h)
	}
	for _, other := range []string{``, `{}`, `{"t":"ack"}`, `{"t":"beat"}`, `{"t":7}`, `{"t":"msg","id":"x"`} {
		if h.Parse([]byte(other)) {
			t.Errorf("%q is hot", other)
		}
	}
}

func TestHotFramesAllocateNothing(t *testing.T) {
	b, buf := body(t), make([]byte, 0, 4096)
	var f Youth
	in := []byte(msgFrame(`"ct":"` + ct + `"`))
	must(t, f.Parse(in))
	var h Hot
	msg := AppendMsg(nil, 7, b)
	for name, run := range map[string]func(){
		"AppendMsg":     func() { buf = AppendMsg(buf[:0], 7, b) },
		"AppendDeskMsg": func() { buf = AppendDeskMsg(buf[:0], id, 7, b) },
		"AppendAck":     func() { buf = AppendAck(buf[:0], id, 7) },
		"AppendDeskAck": func() { buf = AppendDeskAck(buf[:0], id, id2, 7) },
		"AppendBody":    func() { buf = f.AppendBody(buf[:0], 'y') },
		"Append":        func() { buf = f.Append(buf[:0]) },
		"Hot.Parse":     func() { h.Parse(msg) },
	} {
		if n := testing.AllocsPerRun(100, run); n != 0 {
			t.Errorf("%s allocates %v times", name, n)
		}
	}
	// The id is kept beyond the frame, and nothing else is.
	if n := testing.AllocsPerRun(100, func() { _ = f.Parse(in) }); n > 1 {
		t.Errorf("Parse of a msg allocates %v times", n)
	}
}
