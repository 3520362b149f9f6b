package chat

import (
	"context"
	"testing"

	"haven/chat/frame"
	"haven/routing"
)

// The codes of the fake: the chat's own id is its code, "same NAME" leads to a counsellor, everything else is wrong.

func (f *fake) Code(_ context.Context, chat string) (string, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if err := f.enter("code"); err != nil {
		return "", err
	}
	if c := f.chats[chat]; c == nil || c.Phase == routing.Over {
		return "", routing.ErrNoChat
	}
	return chat, nil
}

func (f *fake) Recall(_ context.Context, code string) (routing.Recalled, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if err := f.enter("recall"); err != nil {
		return routing.Recalled{}, err
	}
	switch c := f.chats[code]; {
	case code == "too many":
		return routing.Recalled{}, routing.ErrSlowDown
	case code == "same Noor":
		return routing.Recalled{Counsellor: "Noor"}, nil
	case c != nil:
		return routing.Recalled{Chat: code, Counsellor: "Noor"}, nil
	}
	return routing.Recalled{}, routing.ErrNoChat
}

func (f *fake) Reenter(_ context.Context, code, chat, pk, sock string) (routing.Joined, routing.View, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if err := f.enter("reenter"); err != nil {
		return routing.Joined{}, routing.View{}, err
	}
	c := f.chats[chat]
	if c == nil || code != chat || c.Phase == routing.Over {
		return routing.Joined{}, routing.View{}, routing.ErrNoChat
	}
	c.Phase, c.Sock, c.PKY, c.token, c.Share, c.Epochs = routing.Waiting, node+"/"+sock, pk, f.fresh("token"), f.fresh("share"), nil
	f.changed(chat)
	v, err := f.view(chat, noMessages)
	return routing.Joined{Chat: chat, Token: c.token, Share: c.Share, Ahead: 2}, v, err
}

func TestCode(t *testing.T) {
	inWorld(t, func(t *testing.T, w *world) {
		y := w.youth()
		y.send(`{"t":"code"}`)
		y.fails(frame.CodeNoChat, "code")
		y.send(`{"t":"join","line":"jip","pk":"%s"}`, pkY)
		in := y.next(frame.TWaiting)
		y.send(`{"t":"code"}`)
		if c := y.next(frame.TCode); c.Words != in.Chat {
			t.Fatalf("code: %+v", c)
		}
		for range joinBurst { // one join and one code were had
			y.send(`{"t":"code"}`)
		}
		for range joinBurst - 2 {
			y.next(frame.TCode)
		}
		y.fails(frame.CodeSlowDown, "code")
		y.fails(frame.CodeSlowDown, "code")
		if n := w.store.count("code"); n != joinBurst-1 {
			t.Errorf("the store was asked %d times", n)
		}
	})
}

func TestWrongCodes(t *testing.T) {
	inWorld(t, func(t *testing.T, w *world) {
		y := w.youth()
		for code, want := range map[string]string{"wrong": frame.CodeNoChat, "too many": frame.CodeSlowDown} {
			y.send(`{"t":"join","line":"jip","pk":"%s","return":"%s"}`, pkY, code)
			y.fails(want, "join")
		}
		if n := w.store.count("join"); n != 0 {
			t.Errorf("%d chats were begun", n)
		}
		y.send(`{"t":"join","line":"jip","pk":"%s","return":"same Noor"}`, pkY)
		y.next(frame.TWaiting)
		if j := w.store.joined; !j.Again || j.Prefer != "Noor" {
			t.Errorf("%+v", j)
		}
	})
}

// TestReenter: the newest socket has the chat, with a fresh token, and is told nothing of what was sealed for another key.
func TestReenter(t *testing.T) {
	inWorld(t, func(t *testing.T, w *world) {
		y, d, chat, token := w.talking()
		y.msg("", id("m", 1), 0, frame.Text)
		y.next(frame.TAck)
		d.next(frame.TMsg)
		y.send(`{"t":"quiet","on":true}`)
		d.next(frame.TQuiet)
		back := w.youth()
		back.send(`{"t":"join","line":"jip","pk":"%s","return":"%s"}`, pkC, chat)
		in := back.next(frame.TWaiting)
		if in.Chat != chat || in.Token == "" || in.Token == token || in.Share == "" || in.Past != nil || in.Ahead != 2 {
			t.Fatalf("waiting: %+v", in)
		}
		y.closes(closeReplaced)
		back.silent()
		w.store.do(chat, func(c *fakeChat) {
			if c.Quiet {
				t.Error("what the page before said stands for the new one")
			}
		})
		later := w.youth()
		later.send(`{"t":"resume","chat":"%s","token":"%s","after":0}`, chat, token)
		later.fails(frame.CodeNoChat, "resume")
		later.send(`{"t":"resume","chat":"%s","token":"%s","after":0}`, chat, in.Token)
		if r := later.next(frame.TWaiting); len(r.Past) != 0 {
			t.Fatalf("waiting: %+v", r)
		}
		later.silent()
	})
}
