package frame

import (
	"errors"
	"fmt"
	"math"
	"strings"
	"testing"
)

var (
	id  = strings.Repeat("A", idChars-1) + "Q"
	id2 = strings.Repeat("b", idChars-1) + "w"
	pk  = "BA" + strings.Repeat("z", pkChars-3) + "0"
	iv  = strings.Repeat("_", ivChars)
	tag = strings.Repeat("-", tagChars-1) + "8"
	ct  = strings.Repeat("x", 704)
)

func msgFrame(fields string) string {
	return `{"t":"msg","e":0,"n":1,"id":"` + id + `","k":1,"iv":"` + iv + `",` + fields + `}`
}

// whole are frames that must be taken, with what Append makes of them: the same fields in Append's order.
var wholeYouth = []struct{ in, out string }{
	{`{"t":"visit"}`, ""},
	{`{"t":"visit","campaign":"chatten-helpt","channel":"poster"}`, ""},
	{`{"t":"join","line":"jip","pk":"` + pk + `"}`, ""},
	{`{"t":"join","line":"jip","pk":"` + pk + `","lang":"nl","topic":"t-1","urgent":true,"campaign":"c","channel":"d","return":"één twee drie vier"}`, ""},
	{`{"t":"join","line":"jip","pk":"` + pk + `","urgent":false}`, `{"t":"join","line":"jip","pk":"` + pk + `"}`},
	{`{"t":"resume","chat":"` + id + `","after":0,"token":"` + id2 + `"}`, ""},
	{`{"t":"resume","chat":"` + id + `","after":9007199254740991,"campaign":"c","channel":"d","token":"` + id2 + `"}`, ""},
	{`{"t":"confirm","e":4294967295,"tag":"` + tag + `"}`, ""},
	{msgFrame(`"ct":"` + ct + `"`), ""},
	{msgFrame(`"ct":"` + strings.Repeat("A", 23) + `"`), ""},         // 17 bytes
	{msgFrame(`"ct":"` + strings.Repeat("A", maxCTChars) + `"`), ""}, // 8208 bytes
	{`{"t":"read","seq":0}`, ""},
	{`{"t":"quiet","on":true}`, ""},
	{`{"t":"quiet","on":false}`, ""},
	{`{"t":"hide"}`, ""},
	{`{"t":"code"}`, ""},
	{`{"t":"anyone"}`, ""},
	{`{"t":"consent","offer":"` + id + `","yes":false}`, ""},
	{`{"t":"consent","offer":"` + id + `","yes":true,"history":true}`, ""},
	{`{"t":"leave"}`, ""},
	{`{"t":"beat"}`, ""},
	{" \t\r\n{ \"seq\"\n:\t7 , \"t\" : \"read\" } \n", `{"t":"read","seq":7}`},
	{`{"\u0074":"\u0062ea\u0074"}`, `{"t":"beat"}`},
	{`{"t":"join","line":"ji\u0070","pk":"` + pk + `","return":"\ud83d\ude00\/\"\\\b\f\n\r\t"}`,
		`{"t":"join","line":"jip","pk":"` + pk + `","return":"😀/\"\\\u0008\u000c\n\u000d\u0009"}`},
	{`{"t":"join","line":"jip","pk":"` + pk + `","return":"` + strings.Repeat("é", maxCode) + `"}`, ""},
}

var wholeDesk = []struct{ in, out string }{
	{`{"t":"enter","ticket":"anything"}`, ""},
	{`{"t":"ready","capacity":1}`, ""},
	{`{"t":"ready","capacity":1000}`, ""},
	{`{"t":"ready","capacity":3,"for_s":86400}`, ""},
	{`{"t":"call","on":true}`, ""},
	{`{"t":"call","on":false,"line":"jip"}`, ""},
	{`{"t":"come","name":"Noor, \"lead\""}`, ""},
	{`{"t":"pause","line":"jip","on":true}`, ""},
	{`{"t":"move","chat":"` + id2 + `","to":{"line":"fier"}}`, ""},
	{`{"t":"move","chat":"` + id2 + `","to":{"name":"Noor"}}`, ""},
	{`{"t":"rest"}`, ""},
	{`{"t":"take"}`, ""},
	{`{"t":"accept","pk":"` + pk + `","offer":"` + id + `"}`, ""},
	{`{"t":"decline","offer":"` + id + `"}`, ""},
	{`{"t":"confirm","chat":"` + id2 + `","e":1,"tag":"` + tag + `"}`, ""},
	{`{"t":"msg","chat":"` + id2 + `","e":0,"n":9007199254740991,"id":"` + id + `","k":4,"iv":"` + iv + `","ct":"` + ct + `"}`, ""},
	{`{"t":"read","chat":"` + id2 + `","seq":12}`, ""},
	{`{"t":"resume","chat":"` + id2 + `","after":3}`, ""},
	{`{"t":"resume","chat":"` + id2 + `","after":3,"pk":"` + pk + `"}`, ""},
	{`{"t":"handover","chat":"` + id2 + `","to":{"line":"fier"}}`, ""},
	{`{"t":"handover","chat":"` + id2 + `","to":{"name":"Noor"},"slip":"` + id + `"}`, ""},
	{`{"t":"keep","chat":"` + id2 + `"}`, ""},
	{`{"t":"handover","chat":"` + id2 + `","to":{"name":"Noor, \"lead\""}}`, ""},
	{`{"t":"handover","chat":"` + id2 + `","to": { "line" : "fier" } }`, `{"t":"handover","chat":"` + id2 + `","to":{"line":"fier"}}`},
	{`{"t":"end","chat":"` + id2 + `","reason":"done"}`, ""},
	{`{"t":"end","chat":"` + id2 + `","reason":"stopped"}`, ""},
	{`{"t":"wrapup","chat":"` + id2 + `","topic":"home","kind":"young_person","outcome":"none","parent":false}`, ""},
	{`{"t":"wrapup","chat":"` + id2 + `","topic":"home","kind":"nuisance","outcome":"report","parent":true,"heavy":true}`, ""},
	{`{"t":"wrapup","chat":"` + id2 + `","referral":"veilig-thuis","topic":"home","kind":"parent","outcome":"signal","parent":true}`, ""},
	{`{"t":"beat"}`, ""},
}

// sorted parses b on both sides of the comparison, since Append has an order of its own.
func TestWholeFrames(t *testing.T) {
	check := func(t *testing.T, in, out string, parse func([]byte) error, again func([]byte) []byte, sum func() string) {
		t.Helper()
		if out == "" {
			out = in
		}
		if err := parse([]byte(in)); err != nil {
			t.Fatalf("%s: %v", in, err)
		}
		first := sum()
		made := again(nil)
		if len(made) != len(out) {
			t.Errorf("%s\nappended as %s\nwant the fields of %s", in, made, out)
		}
		if err := parse(made); err != nil {
			t.Fatalf("%s, appended from %s: %v", made, in, err)
		}
		if second := sum(); first != second {
			t.Errorf("%s parsed as\n%s, appended and parsed again as\n%s", in, first, second)
		}
	}
	for _, c := range wholeYouth {
		var f Youth
		check(t, c.in, c.out, f.Parse, f.Append, func() string { return fmt.Sprintf("%+q", fmt.Sprintf("%+v", f)) })
	}
	for _, c := range wholeDesk {
		var f Desk
		check(t, c.in, c.out, f.Parse, f.Append, func() string { return fmt.Sprintf("%+q", fmt.Sprintf("%+v", f)) })
	}
}

func TestValuesArrive(t *testing.T) {
	var y Youth
	must(t, y.Parse([]byte(wholeYouth[3].in)))
	if y.T != TJoin || y.Line != "jip" || y.PK != pk || y.Lang != "nl" || y.Topic != "t-1" || !y.Urgent ||
		y.Campaign != "c" || y.Channel != "d" || y.Return != "één twee drie vier" {
		t.Errorf("join: %+v", y)
	}
	must(t, y.Parse([]byte(`{"t":"msg","ct":"`+ct+`","e":3,"n":9,"id":"`+id+`","k":4,"iv":"`+iv+`"}`)))
	if y.T != TMsg || y.E != 3 || y.N != 9 || y.ID != id || y.K != Card || string(y.IV) != iv || string(y.CT) != ct || y.Line != "" {
		t.Errorf("msg: %+v", y)
	}
	want := `"from":"y","e":3,"n":9,"id":"` + id + `","k":4,"iv":"` + iv + `","ct":"` + ct + `"}`
	if got := string(y.AppendBody(nil, 'y')); got != want {
		t.Errorf("body\n%s\nwant\n%s", got, want)
	}
	must(t, y.Parse([]byte(`{"t":"consent","offer":"`+id+`","yes":true,"history":true}`)))
	if y.Offer != id || !y.Yes || !y.History || y.CT != nil {
		t.Errorf("consent: %+v", y)
	}
	var d Desk
	must(t, d.Parse([]byte(`{"t":"wrapup","chat":"`+id2+`","topic":"home","kind":"other","outcome":"signal","parent":true,"heavy":true,"referral":"fier-2"}`)))
	if d.Chat != id2 || d.Topic != "home" || d.Kind != "other" || d.Outcome != "signal" || !d.Parent || !d.Heavy || d.Referral != "fier-2" {
		t.Errorf("wrapup: %+v", d)
	}
	must(t, d.Parse([]byte(`{"t":"handover","chat":"`+id2+`","to":{"name":"Noor \u00e9"}}`)))
	if d.ToName != "Noor é" || d.ToLine != "" {
		t.Errorf("handover: %+v", d)
	}
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func TestBodySizeIsRoomEnough(t *testing.T) {
	f := Inbound{E: MaxEpoch, N: MaxInt, ID: id, K: Card, IV: []byte(iv), CT: []byte(ct)}
	if got := len(f.AppendBody(nil, 'c')); got > f.BodySize() || got < f.BodySize()-16 {
		t.Errorf("a body of %d bytes, BodySize %d", got, f.BodySize())
	}
}

func TestBadFrames(t *testing.T) {
	join := func(fields string) string { return `{"t":"join","line":"jip","pk":"` + pk + `"` + fields + `}` }
	msg := func(from, to string) string {
		whole := msgFrame(`"ct":"` + ct + `"`)
		bad := strings.Replace(whole, from, to, 1)
		if bad == whole {
			panic("no " + from)
		}
		return bad
	}
	youth := []struct{ in, re, why string }{
		{``, "", whySyntax},
		{` `, "", whySyntax},
		{`null`, "", whySyntax},
		{`[]`, "", whySyntax},
		{`"beat"`, "", whySyntax},
		{`{}`, "", whyType},
		{`{"t":"beat"`, "beat", whySyntax},
		{`{"t":"beat",}`, "beat", whySyntax},
		{`{"t":"beat"}}`, "beat", whySyntax},
		{`{"t":"beat"} {"t":"beat"}`, "beat", whySyntax},
		{`{"t":"beat"}x`, "beat", whySyntax},
		{"{\"t\":\"beat\"}\x00", "beat", whySyntax},
		{"\xef\xbb\xbf{\"t\":\"beat\"}", "", whySyntax},
		{`{'t':'beat'}`, "", whySyntax},
		{`{t:"beat"}`, "", whySyntax},
		{`{"t" "beat"}`, "", whySyntax},
		{`{"t":beat}`, "", whySyntax},
		{`{"t":"beat" "on":true}`, "beat", whySyntax},
		{`{,"t":"beat"}`, "", whySyntax},
		{`{"t":"be` + "\n" + `at"}`, "", whySyntax},
		{`{"t":"beat","\x":1}`, "beat", whySyntax},
		{`{"t":"quiet","on":tru}`, "quiet", whySyntax},
		{`{"t":"quiet","on":TRUE}`, "quiet", whySyntax},
		{`{"t":"read","seq":}`, "read", whySyntax},
		{`{"t":"read","seq":01}`, "read", whySyntax},
		{`{"t":"read","seq":+1}`, "read", whySyntax},
		{`{"t":"read","seq":.5}`, "read", whySyntax},
		{`{"t":"read","seq":1.}`, "read", whySyntax},
		{`{"t":"read","seq":1e}`, "read", whySyntax},
		{`{"t":"read","seq":-}`, "read", whySyntax},
		{`{"t":"read","seq":0x1}`, "read", whySyntax},
		{`{"t":"read","seq":NaN}`, "read", whySyntax},
		{`{"t":"read","seq":[1}`, "read", whySyntax},
		{"{\"t\":\"join\",\"line\":\"ji\xffp\"}", "join", whyUTF8},
		{"{\"t\":\"join\",\"line\":\"\xed\xa0\x80\"}", "join", whyUTF8}, // a surrogate in UTF-8
		{"{\"t\":\"join\",\"line\":\"\xc0\xaf\"}", "join", whyUTF8},     // an overlong slash
		{`{"t":"join","line":"\ud800"}`, "join", whySyntax},
		{`{"t":"join","line":"\ude00\ud83d"}`, "join", whySyntax},
		{`{"t":"join","line":"\u12g4"}`, "join", whySyntax},
		{`{"t":"beat","pad":"` + strings.Repeat(" ", MaxFrame) + `"}`, "", whyLong},

		{`{"t":"nonsense"}`, "nonsense", whyType},
		{`{"t":"Beat"}`, "Beat", whyType},
		{`{"t":""}`, "", whyType},
		{`{"t":"` + strings.Repeat("x", maxRe+1) + `"}`, "", whyType},
		{`{"t":7}`, "", whyType},
		{`{"t":null}`, "", whyType},
		{`{"t":["beat"]}`, "", whyType},
		{`{"seq":1}`, "", whyType},
		{`{"t":"hello"}`, "hello", whyType},
		{`{"t":"enter","ticket":"x"}`, "enter", whyType},
		{`{"t":"ack","id":"` + id + `","seq":1}`, "ack", whyType},

		{`{"t":"beat","x":1}`, "beat", whyUnknown},
		{`{"x":{"deep":[[[{"t":"}"}]]]},"t":"beat"}`, "beat", whyUnknown},
		{`{"t":"beat","on":true}`, "beat", whyUnknown},
		{`{"t":"beat","T":"beat"}`, "beat", whyUnknown},
		{`{"t":"msg","chat":"` + id + `",` + msgFrame(`"ct":"` + ct + `"`)[11:], id, whyUnknown},
		{`{"t":"read","seq":1,"from":"y"}`, "read", whyUnknown},
		{`{"t":"beat","t":"beat"}`, "beat", whyTwice},
		{`{"t":"read","seq":1,"seq":1}`, "read", whyTwice},
		{`{"t":"read","seq":1,"se\u0071":1}`, "read", whyTwice},

		{`{"t":"join","line":"jip"}`, "join", whyMissing},
		{`{"t":"join","pk":"` + pk + `"}`, "join", whyMissing},
		{`{"t":"read"}`, "read", whyMissing},
		{`{"t":"quiet"}`, "quiet", whyMissing},
		{`{"t":"resume","chat":"` + id + `","after":0}`, "resume", whyMissing},
		{`{"t":"msg"}`, "msg", whyMissing},
		{`{"t":"msg","id":"` + id + `"}`, id, whyMissing},
		{`{"id":"` + id + `","t":"msg"}`, id, whyMissing},
		{`{"t":"msg","id":"` + id + `"`, id, whySyntax},
		{msg(`"e":0,`, ``), id, whyMissing},

		{join(`,"lang":""`), "join", whyValue},
		{join(`,"lang":"NL"`), "join", whyValue},
		{join(`,"lang":null`), "join", whyValue},
		{join(`,"topic":"a b"`), "join", whyValue},
		{join(`,"topic":"` + strings.Repeat("a", 33) + `"`), "join", whyValue},
		{join(`,"campaign":"é"`), "join", whyValue},
		{join(`,"channel":1`), "join", whyValue},
		{join(`,"urgent":"true"`), "join", whyValue},
		{join(`,"urgent":1`), "join", whyValue},
		{join(`,"return":""`), "join", whyValue},
		{join(`,"return":"` + strings.Repeat("é", maxCode+1) + `"`), "join", whyValue},
		{`{"t":"join","line":"jip","pk":"` + pk[1:] + `"}`, "join", whyValue},
		{`{"t":"join","line":"jip","pk":"` + pk + `A"}`, "join", whyValue},
		{`{"t":"join","line":"jip","pk":"C` + pk[1:] + `"}`, "join", whyValue},   // 8
		{`{"t":"join","line":"jip","pk":"BQ` + pk[2:] + `"}`, "join", whyValue},  // 5
		{`{"t":"join","line":"jip","pk":"` + pk[:86] + `1"}`, "join", whyValue},  // a bit behind the end
		{`{"t":"join","line":"jip","pk":"` + pk[:86] + `="}`, "join", whyValue},  // padding
		{`{"t":"join","line":"jip","pk":"BA+` + pk[3:] + `"}`, "join", whyValue}, // the other alphabet
		{`{"t":"join","line":["jip"],"pk":"` + pk + `"}`, "join", whyValue},      // an array
		{`{"t":"join","line":{"line":"x"},"pk":"` + pk + `"}`, "join", whyValue}, // an object
		{`{"t":"read","seq":-1}`, "read", whyValue},
		{`{"t":"read","seq":-0}`, "read", whyValue},
		{`{"t":"read","seq":1.0}`, "read", whyValue},
		{`{"t":"read","seq":1e3}`, "read", whyValue},
		{`{"t":"read","seq":"1"}`, "read", whyValue},
		{`{"t":"read","seq":null}`, "read", whyValue},
		{`{"t":"read","seq":9007199254740992}`, "read", whyValue},
		{`{"t":"read","seq":99999999999999999999999}`, "read", whyValue},
		{`{"t":"quiet","on":"yes"}`, "quiet", whyValue},
		{`{"t":"confirm","e":4294967296,"tag":"` + tag + `"}`, "confirm", whyValue},
		{`{"t":"confirm","e":0,"tag":"` + tag[1:] + `"}`, "confirm", whyValue},
		{`{"t":"confirm","e":0,"tag":"` + tag[:42] + `9"}`, "confirm", whyValue},
		{`{"t":"resume","chat":"` + id[:21] + `B","token":"` + id + `","after":0}`, "resume", whyValue},
		{`{"t":"resume","chat":"` + id + `","token":"` + id + `A","after":0}`, "resume", whyValue},
		{`{"t":"consent","offer":"x","yes":true}`, "consent", whyValue},
		{msg(id, "short"), "msg", whyValue},
		{msg(`"k":1`, `"k":0`), id, whyValue},
		{msg(`"k":1`, `"k":5`), id, whyValue},
		{msg(`"n":1`, `"n":9007199254740992`), id, whyValue},
		{msg(iv, iv[1:]), id, whyValue},
		{msg(iv, iv+"A"), id, whyValue},
		{msg(iv, "!"+iv[1:]), id, whyValue},
		{msg(ct, ""), id, whyValue},
		{msg(ct, strings.Repeat("A", 22)), id, whyValue}, // a tag and no more
		{msg(ct, ct[1:]+"="), id, whyValue},
		{msg(ct, ct+"A"), id, whyValue},
		{msg(ct, ct+"AB"), id, whyValue},
		{msg(ct, strings.Repeat("A", maxCTChars+1)), id, whyValue},
		{msg(ct, strings.Repeat("A", maxCTChars+3)), id, whyValue},
	}
	desk := []struct{ in, re, why string }{
		{`{"t":"join","line":"jip","pk":"` + pk + `"}`, "join", whyType},
		{`{"t":"enter"}`, "enter", whyMissing},
		{`{"t":"enter","ticket":7}`, "enter", whyValue},
		{`{"t":"enter","ticket":"` + strings.Repeat("x", maxTicket+1) + `"}`, "enter", whyValue},
		{`{"t":"ready","capacity":0}`, "ready", whyValue},
		{`{"t":"ready","capacity":1001}`, "ready", whyValue},
		{`{"t":"ready"}`, "ready", whyMissing},
		{msgFrame(`"ct":"` + ct + `"`), id, whyMissing},
		{`{"t":"end","chat":"` + id + `","reason":"left"}`, "end", whyValue},
		{`{"t":"end","chat":"` + id + `","reason":"Done"}`, "end", whyValue},
		{`{"t":"resume","chat":"` + id + `","after":0,"token":"` + id + `"}`, "resume", whyUnknown},
		{`{"t":"resume","chat":"` + id + `","after":0,"pk":""}`, "resume", whyValue},
		{`{"t":"wrapup","chat":"` + id + `","topic":"home","kind":"child","outcome":"none","parent":false}`, "wrapup", whyValue},
		{`{"t":"wrapup","chat":"` + id + `","topic":"home","kind":"other","outcome":"?","parent":false}`, "wrapup", whyValue},
		{`{"t":"wrapup","chat":"` + id + `","topic":"Home","kind":"other","outcome":"none","parent":false}`, "wrapup", whyValue},
		{`{"t":"wrapup","chat":"` + id + `","topic":"home","kind":"other","outcome":"none"}`, "wrapup", whyMissing},
		{`{"t":"wrapup","chat":"` + id + `","topic":"home","kind":"other","outcome":"none","parent":false,"heavy":0}`, "wrapup", whyValue},
		{`{"t":"wrapup","chat":"` + id + `","topic":"home","kind":"other","outcome":"none","parent":false,"referral":""}`, "wrapup", whyValue},
		{`{"t":"wrapup","chat":"` + id + `","topic":"home","kind":"other","outcome":"none","parent":false,"referral":"Veilig Thuis"}`, "wrapup", whyValue},
		{`{"t":"wrapup","chat":"` + id + `","topic":"home","kind":"other","outcome":"none","parent":false,"referral":["a"]}`, "wrapup", whyValue},
		{`{"t":"wrapup","chat":"` + id + `","topic":"home","kind":"other","outcome":"none","parent":false,"referral":null}`, "wrapup", whyValue},
		{`{"t":"end","chat":"` + id + `","reason":"done","referral":"fier"}`, "end", whyUnknown},
	}
	for _, to := range []string{`"fier"`, `{}`, `null`, `[]`, `{"line":"fier","name":"Noor"}`, `{"line":"Fier"}`, `{"line":7}`,
		`{"name":""}`, `{"name":"` + strings.Repeat("é", maxName+1) + `"}`, `{"name":{"name":"x"}}`, `{"line":"fier","line":"fier"}`,
		`{"t":"fier"}`, `{"line":"fier",}`, `{"line":"fier","x":1}`, `{"name":["Noor"]}`} {
		desk = append(desk, struct{ in, re, why string }{`{"t":"handover","chat":"` + id + `","to":` + to + `}`, "handover", whyValue})
	}
	check := func(t *testing.T, in string, err error, re, why string) {
		t.Helper()
		var bad *BadFrame
		if !errors.As(err, &bad) {
			t.Errorf("%.120q was taken", in)
		} else if bad.Re != re || bad.Why != why {
			t.Errorf("%.120q: re %q, %s; want %q, %s", in, bad.Re, bad.Why, re, why)
		}
	}
	for _, c := range youth {
		var f Youth
		check(t, c.in, f.Parse([]byte(c.in)), c.re, c.why)
	}
	for _, c := range desk {
		var f Desk
		check(t, c.in, f.Parse([]byte(c.in)), c.re, c.why)
	}
}

// plain goes by eights: each kind of byte that needs a look must be found at each place, behind each neighbour.
func TestPlainFindsTheFirst(t *testing.T) {
	slow := func(b []byte) int {
		for i, c := range b {
			if c < 0x20 || c >= 0x80 || c == '"' || c == '\\' {
				return i
			}
		}
		return len(b)
	}
	for length := range 20 {
		for at := range length {
			for c := 0; c <= math.MaxUint8; c++ {
				for _, fill := range []byte{'a', '!', '#', '[', ']', ' ', 0x7f, 0x1f, 0x80} {
					b := []byte(strings.Repeat(string(rune('a')), length))
					b[at] = byte(c)
					if at > 0 {
						b[at-1] = fill
					}
					if got, want := plain(b), slow(b); got != want {
						t.Fatalf("plain(%q) = %d, want %d", b, got, want)
					}
				}
			}
		}
	}
}

func TestEveryTypeHasAName(t *testing.T) {
	for ty := Unknown + 1; ty < types; ty++ {
		if ty.String() == "" || TypeOf(ty.String()) != ty {
			t.Errorf("type %d is called %q", ty, ty.String())
		}
	}
	if TypeOf("") != Unknown || TypeOf("x") != Unknown || types.String() != "" {
		t.Error("a type for nothing")
	}
	for k := range keys {
		if keyNames[k] == "" || keyOf([]byte(keyNames[k])) != k {
			t.Errorf("key %d is called %q", k, keyNames[k])
		}
	}
}
