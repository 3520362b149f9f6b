package client_test

import (
	"errors"
	"testing"

	"haven/chat/client"
	"haven/chat/frame"
)

func code(t *testing.T, y *client.Youth) string {
	t.Helper()
	must(t, y.Code())
	e, err := y.Expect(soon(t), frame.TCode)
	must(t, err)
	return e.Words
}

// TestBackByCode: after a quick exit the words lead into the same chat, on another node too, under a new epoch; what was
// said before is not told, and what is said then arrives.
func TestBackByCode(t *testing.T) {
	dep := deploy(t, 2)
	d := desk(t, dep.Nodes[0], "Sanne", 1)
	y := youth(t, dep.Nodes[0])
	c := talk(t, y, d)
	y.Say("before")
	hears(t, d, "before")
	words := code(t, y)
	must(t, y.Hide())
	_, err := d.Expect(soon(t), frame.TGone)
	must(t, err)

	back := youth(t, dep.Nodes[1])
	in, err := back.Join(soon(t), client.Want{Line: "jip", Lang: "nl", Return: words})
	must(t, err)
	if in.T != frame.TWaiting || in.Chat != c.ID() || in.Token == "" || in.Token == y.Token() || in.Share == "" || len(in.Past) > 0 {
		t.Fatalf("%+v", in)
	}
	again, err := d.Assigned(soon(t))
	must(t, err)
	j, err := back.Joined(soon(t))
	must(t, err)
	if again.ID() != c.ID() || j.E != 1 || j.Name != "Sanne" || len(j.Past) > 0 {
		t.Fatalf("chat %s, %+v", again.ID(), j)
	}
	again.Say("after")
	if e := hears(t, back, "after"); !e.Opened || e.Seq != 2 {
		t.Fatalf("%+v", e)
	}
	back.Say("I am back")
	if e := hears(t, d, "I am back"); !e.Opened || e.Seq != 3 {
		t.Fatalf("%+v", e)
	}
	// A reload of the page that came back by the code.
	must(t, back.Reload(soon(t), ""))
	if e := hears(t, back, "after"); !e.Opened || e.Seq != 2 {
		t.Fatalf("after a reload: %+v", e)
	}
}

// TestBackByCodeNothingIsLost: what was said while her line was down comes to her when she has the chat again, also where the
// young person was away and back by a code meanwhile. Nothing of it comes to the page that came back.
func TestBackByCodeNothingIsLost(t *testing.T) {
	dep := deploy(t, 1)
	d := desk(t, dep.Nodes[0], "Sanne", 1)
	y := youth(t, dep.Nodes[0])
	c := talk(t, y, d)
	y.Say("before")
	e := hears(t, d, "before")
	must(t, c.Read(e.Seq))
	words := code(t, y)
	d.Cut()
	_, err := y.Expect(soon(t), frame.TAway)
	must(t, err)
	for _, text := range []string{"are you there", "I have to go"} {
		y.Say(text)
		_, err := y.Expect(soon(t), frame.TAck)
		must(t, err)
	}
	must(t, y.Hide())
	back := youth(t, dep.Nodes[0])
	in, err := back.Join(soon(t), client.Want{Line: "jip", Lang: "nl", Return: words})
	must(t, err)
	if in.Chat != c.ID() {
		t.Fatalf("%+v", in)
	}
	must(t, d.Reconnect(soon(t), ""))
	again, err := d.Assigned(soon(t))
	must(t, err)
	for _, text := range []string{"are you there", "I have to go"} {
		if e := hears(t, d, text); !e.Opened || e.E != 0 {
			t.Fatalf("%+v", e)
		}
	}
	_, err = back.Joined(soon(t))
	must(t, err)
	again.Say("welcome back")
	e, err = back.Expect(soon(t), frame.TMsg)
	if must(t, err); e.Text != "welcome back" {
		t.Fatalf("%+v", e)
	}
}

// TestBackByCodeFromTheOtherLine: who does not know any more in which line their chat is, and asks for another, is told.
func TestBackByCodeFromTheOtherLine(t *testing.T) {
	dep := deploy(t, 1)
	d := desk(t, dep.Nodes[0], "Sanne", 1)
	y := youth(t, dep.Nodes[0])
	c := talk(t, y, d)
	words := code(t, y)
	must(t, y.Hide())
	_, err := d.Expect(soon(t), frame.TGone)
	must(t, err)
	in, err := youth(t, dep.Nodes[0]).Join(soon(t), client.Want{Line: "fier", Return: words})
	must(t, err)
	if in.Chat != c.ID() || in.Line != "jip" {
		t.Fatalf("%+v", in)
	}
}

// TestASecondChat: after the end the words lead to the same counsellor, who sees that they say they were here before.
func TestASecondChat(t *testing.T) {
	dep := deploy(t, 1)
	d := desk(t, dep.Nodes[0], "Sanne", 1)
	y := youth(t, dep.Nodes[0])
	c := talk(t, y, d)
	words := code(t, y)
	must(t, y.Leave())
	_, err := y.Expect(soon(t), frame.TEnded)
	must(t, err)
	must(t, d.Wrapup(c.ID(), frame.Inbound{Kind: "young_person", Outcome: "none", Topic: "home"}))
	again := youth(t, dep.Nodes[0])
	in, err := again.Join(soon(t), client.Want{Line: "jip", Lang: "nl", Return: words})
	must(t, err)
	if in.Chat == c.ID() {
		t.Fatal("a chat that ended was entered")
	}
	if e, err := d.ExpectThat(soon(t), func(e *client.Event) bool { return e.T == frame.TOffer && e.Chat == in.Chat }); err != nil || !e.Again {
		t.Fatalf("%+v, %v", e, err)
	}
}

func TestWrongCodes(t *testing.T) {
	dep := deploy(t, 1)
	d := desk(t, dep.Nodes[0], "Sanne", 1)
	y := youth(t, dep.Nodes[0])
	must(t, y.Code())
	if e, err := y.Expect(soon(t), frame.TError); err != nil || e.Code != frame.CodeNoChat || e.Re != "code" {
		t.Fatalf("a code without a chat: %+v, %v", e, err)
	}
	_, err := y.Join(soon(t), client.Want{Line: "jip", Return: "kast boom fiets zee"})
	var no *client.ErrFrame
	if !errors.As(err, &no) || no.Code != frame.CodeNoChat {
		t.Fatalf("a wrong code: %v", err)
	}
	talk(t, y, d) // and the way in is open as ever
}
