package chat

import (
	"testing"
	"time"

	"haven/chat/frame"
	"haven/routing"
)

func TestTalk(t *testing.T) {
	inWorld(t, func(t *testing.T, w *world) {
		y, d := w.youth(), w.desk("ann")
		y.send(`{"t":"visit","campaign":"chatten-helpt","channel":"poster"}`)
		y.send(`{"t":"join","line":"jip","pk":"%s","campaign":"chatten-helpt"}`, pkY)
		in := y.next(frame.TWaiting)
		if in.Token == "" || in.Share == "" || in.Ahead != 3 || in.Wait != [2]int{120, 960} || in.Nobody {
			t.Fatalf("waiting: %+v", in)
		}
		offer := w.store.ring("ann", in.Chat)
		if o := d.next(frame.TOffer); o.Offer != offer || o.Chat != in.Chat || o.PK != pkY || o.RingS != 20 {
			t.Fatalf("offer: %+v", o)
		}
		d.send(`{"t":"accept","offer":"%s","pk":"%s"}`, offer, pkC)
		if a := d.next(frame.TAssigned); a.Chat != in.Chat || a.E != 0 || a.PK != pkY || a.Share == "" {
			t.Fatalf("assigned: %+v", a)
		}
		if j := y.next(frame.TJoined); j.PK != pkC || j.Name != "ann" || j.Line != "jip" || j.Share != "" || j.Past != nil {
			t.Fatalf("joined: %+v", j)
		}
		d.send(`{"t":"confirm","chat":"%s","e":0,"tag":"%s"}`, in.Chat, tagB)
		if c := y.next(frame.TConfirm); c.Tag != tagB || c.E != 0 {
			t.Fatalf("confirm: %+v", c)
		}
		y.send(`{"t":"confirm","e":0,"tag":"%s"}`, tagA)
		if c := d.next(frame.TConfirm); c.Tag != tagA || c.Chat != in.Chat {
			t.Fatalf("confirm: %+v", c)
		}

		y.msg("", id("m", 1), 0, frame.Text)
		if a := y.next(frame.TAck); a.ID != id("m", 1) || a.Seq != 1 {
			t.Fatalf("ack: %+v", a)
		}
		if m := d.next(frame.TMsg); m.Seq != 1 || m.From != "y" || m.ID != id("m", 1) || m.Chat != in.Chat || m.CT == "" {
			t.Fatalf("msg: %+v", m)
		}
		d.msg(in.Chat, id("m", 2), 0, frame.Card)
		if a := d.next(frame.TAck); a.Chat != in.Chat || a.Seq != 2 {
			t.Fatalf("ack: %+v", a)
		}
		if m := y.next(frame.TMsg); m.Seq != 2 || m.From != "c" || m.K != frame.Card {
			t.Fatalf("msg: %+v", m)
		}
		// The same id again is acked with its old place and shown to nobody.
		y.msg("", id("m", 1), 0, frame.Text)
		if a := y.next(frame.TAck); a.Seq != 1 {
			t.Fatalf("ack: %+v", a)
		}
		y.msg("", id("m", 3), 1, frame.Text)
		y.fails(frame.CodeStaleEpoch, id("m", 3))
		d.silent()

		y.send(`{"t":"read","seq":2}`)
		if r := d.next(frame.TRead); r.Seq != 2 || r.Chat != in.Chat {
			t.Fatalf("read: %+v", r)
		}
		d.send(`{"t":"read","chat":"%s","seq":1}`, in.Chat)
		if r := y.next(frame.TRead); r.Seq != 1 {
			t.Fatalf("read: %+v", r)
		}
		y.send(`{"t":"quiet","on":true}`)
		if q := d.next(frame.TQuiet); !q.On || q.Chat != in.Chat {
			t.Fatalf("quiet: %+v", q)
		}
		y.send(`{"t":"quiet","on":false}`)
		if q := d.next(frame.TQuiet); q.On {
			t.Fatalf("quiet: %+v", q)
		}
		y.send(`{"t":"beat"}`)
		y.next(frame.TBeat)
		y.send(`{"t":"consent","offer":"%s","yes":true}`, offer)
		y.fails(frame.CodeNoOffer, "consent")
		y.send(`{"t":"join","line":"jip","pk":"%s"}`, pkY)
		y.fails(frame.CodeNotNow, "join")

		pass(150 * time.Second)
		d.until(frame.TDesk)
		y.send(`{"t":"leave"}`)
		if e := y.next(frame.TEnded); e.Reason != routing.ReasonLeft || len(e.Phones) != 1 || len(e.Instead) != 1 || e.Opens != "" {
			t.Fatalf("ended: %+v", e)
		}
		if e := d.until(frame.TEnded); e.Reason != routing.ReasonLeft || e.Chat != in.Chat {
			t.Fatalf("ended: %+v", e)
		}
		y.msg("", id("m", 4), 0, frame.Text)
		y.fails(frame.CodeNoChat, id("m", 4))
		d.msg(in.Chat, id("m", 5), 0, frame.Text)
		d.fails(frame.CodeNoChat, id("m", 5))
		if len(w.obs.lasted) != 1 || w.obs.lasted[0] != 3 {
			t.Fatalf("lasted %v minutes", w.obs.lasted)
		}
		// And another chat on the same socket.
		if chat, _ := w.joined(y); chat == in.Chat {
			t.Fatal("the same chat again")
		}
	})
}

func TestBeforeAChat(t *testing.T) {
	inWorld(t, func(t *testing.T, w *world) {
		y := w.youth()
		for _, f := range []string{"confirm", "read", "quiet", "leave", "hide"} {
			y.send(map[string]string{
				"confirm": `{"t":"confirm","e":0,"tag":"` + tagA + `"}`, "read": `{"t":"read","seq":1}`,
				"quiet": `{"t":"quiet","on":true}`, "leave": `{"t":"leave"}`, "hide": `{"t":"hide"}`,
			}[f])
			y.fails(frame.CodeNoChat, f)
		}
		y.msg("", id("m", 1), 0, frame.Text)
		y.fails(frame.CodeNoChat, id("m", 1))
		y.send(`{"t":"resume","chat":"%s","token":"%s","after":0}`, id("chat", 9), id("token", 9))
		y.fails(frame.CodeNoChat, "resume")
		y.send(`{"t":"join","line":"jip","pk":"%s","return":"aap noot mies wim"}`, pkY)
		y.fails(frame.CodeNoChat, "join")
		if !y.open() {
			t.Fatal("these never count towards 1008")
		}
	})
}

func TestRefused(t *testing.T) {
	inWorld(t, func(t *testing.T, w *world) {
		y := w.youth()
		refused := func(line, reason string) frame.Outbound {
			t.Helper()
			y.send(`{"t":"join","line":"%s","pk":"%s"}`, line, pkY)
			f := y.next(frame.TRefused)
			if f.Reason != reason || f.Phones == nil || f.Instead == nil {
				t.Fatalf("%s: %+v", reason, f)
			}
			return f
		}
		for _, reason := range []string{routing.RefusedFull, routing.RefusedNobody} {
			w.store.refuse = &routing.Refusal{Reason: reason}
			if f := refused("jip", reason); f.Opens != "" || len(f.Instead) != 1 || f.Instead[0] != "fier" {
				t.Fatalf("%+v", f)
			}
		}
		refused("nowhere", routing.RefusedUnknownLine)
		w.store.mu.Lock()
		w.store.closed["jip"] = true
		w.store.refuse = &routing.Refusal{Reason: routing.RefusedClosed}
		w.store.mu.Unlock()
		pass(time.Second)
		if h := y.next(frame.THello); h.Lines[0].Open || h.Lines[0].Opens != "2026-11-24T09:00:00+01:00" || h.Lines[0].Wait != nil ||
			!h.Lines[1].Open || h.Lines[1].Closes != "2026-11-24T18:00:00+01:00" || h.Lines[1].Wait == nil {
			t.Fatalf("hello: %+v", h)
		}
		if f := refused("jip", routing.RefusedClosed); f.Opens != "2026-11-24T09:00:00+01:00" {
			t.Fatalf("%+v", f)
		}
		w.store.refuse = routing.ErrSlowDown
		y.send(`{"t":"join","line":"jip","pk":"%s"}`, pkY)
		y.fails(frame.CodeSlowDown, "join")
		w.store.mu.Lock()
		w.store.down = true
		w.store.mu.Unlock()
		refused("jip", routing.RefusedUnavailable)
		y.send(`{"t":"resume","chat":"%s","token":"%s","after":0}`, id("chat", 9), id("token", 9))
		y.fails(frame.CodeUnavailable, "resume")
	})
}

func TestJoinBucket(t *testing.T) {
	inWorld(t, func(t *testing.T, w *world) {
		y := w.youth()
		w.store.refuse = &routing.Refusal{Reason: routing.RefusedFull}
		for range joinBurst {
			y.send(`{"t":"join","line":"jip","pk":"%s"}`, pkY)
			y.next(frame.TRefused)
		}
		y.send(`{"t":"join","line":"jip","pk":"%s"}`, pkY)
		y.fails(frame.CodeSlowDown, "join")
		w.youth().send(`{"t":"beat"}`) // another socket has its own
		pass(time.Second)
		y.send(`{"t":"join","line":"jip","pk":"%s"}`, pkY)
		y.next(frame.TRefused)
		y.send(`{"t":"join","line":"jip","pk":"%s"}`, pkY)
		y.fails(frame.CodeSlowDown, "join")
		if n := w.store.count("join"); n != joinBurst+1 {
			t.Fatalf("%d joins reached the store", n)
		}
	})
}

func TestResume(t *testing.T) {
	inWorld(t, func(t *testing.T, w *world) {
		y, d, chat, token := w.talking()
		for i := range 4 {
			y.msg("", id("y", i), 0, frame.Text)
			y.until(frame.TAck)
			d.msg(chat, id("c", i), 0, frame.Text)
			y.until(frame.TMsg)
			d.until(frame.TAck)
		}
		d.send(`{"t":"read","chat":"%s","seq":8}`, chat)
		y.until(frame.TRead)

		y2 := w.youth()
		y2.send(`{"t":"resume","chat":"%s","token":"%s","after":0}`, chat, id("wrong", 1))
		y2.fails(frame.CodeNoChat, "resume")
		y2.send(`{"t":"resume","chat":"%s","token":"%s","after":3}`, chat, token)
		if j := y2.next(frame.TJoined); j.E != 0 || j.Share == "" || j.Past == nil || len(j.Past) != 0 {
			t.Fatalf("joined: %+v", j)
		}
		y2.next(frame.TConfirm)
		for seq := int64(4); seq <= 8; seq++ {
			if m := y2.next(frame.TMsg); m.Seq != seq || m.From != map[bool]string{true: "y", false: "c"}[seq%2 == 1] {
				t.Fatalf("replay: %+v, want %d", m, seq)
			}
		}
		if r := y2.next(frame.TRead); r.Seq != 8 {
			t.Fatalf("read: %+v", r)
		}
		y.closes(closeReplaced)
		if n := w.store.count("drop"); n != 0 {
			t.Fatalf("%d drops for a replaced socket", n)
		}
		// Live again, and the line of the counsellor never saw anything of it.
		d.msg(chat, id("c", 9), 0, frame.Text)
		if m := y2.next(frame.TMsg); m.Seq != 9 {
			t.Fatalf("msg: %+v", m)
		}
		y2.msg("", id("y", 9), 0, frame.Text)
		y2.next(frame.TAck)
		y2.silent()
		d.next(frame.TAck)
		if m := d.next(frame.TMsg); m.Seq != 10 {
			t.Fatalf("msg: %+v", m)
		}
		// A newer socket on another node.
		w.store.do(chat, func(c *fakeChat) { c.Sock = "n2/7" })
		y2.closes(closeReplaced)
	})
}

func TestResumePagesAndEpochs(t *testing.T) {
	inWorld(t, func(t *testing.T, w *world) {
		y, d, chat, token := w.talking()
		for i := range 5 {
			y.msg("", id("y", i), 0, frame.Text)
		}
		d.until(frame.TMsg)
		// The counsellor's lease runs out, and her chat goes to the front and to another.
		w.store.do(chat, func(c *fakeChat) { c.Phase = routing.Away })
		if a := y.until(frame.TAway); a.GraceS != 30 {
			t.Fatalf("away: %+v", a)
		}
		w.store.do(chat, func(c *fakeChat) { c.Phase = routing.Talking })
		if j := y.next(frame.TJoined); j.E != 0 || j.Share != "" {
			t.Fatalf("joined again: %+v", j)
		}
		w.store.do(chat, func(c *fakeChat) { c.Phase = routing.Away })
		y.next(frame.TAway)
		w.store.do(chat, func(c *fakeChat) { c.Phase, c.owner = routing.Waiting, "" })
		if f := y.next(frame.TWaiting); f.Token != "" || f.Share != "" || f.Ahead != 0 {
			t.Fatalf("waiting: %+v", f)
		}
		e := w.desk("bea")
		w.accept(e, "bea", chat, pkC2)
		y.next(frame.TJoined)
		w.confirmed(y, e, chat, 1)
		e.silent() // nothing of the epochs before hers
		for i := range 5 {
			e.msg(chat, id("e", i), 1, frame.Text)
			y.until(frame.TMsg)
		}
		w.store.mu.Lock()
		w.store.page = 3
		w.store.mu.Unlock()

		y2 := w.youth()
		y2.send(`{"t":"resume","chat":"%s","token":"%s","after":0}`, chat, token)
		j := y2.next(frame.TJoined)
		if j.E != 1 || j.PK != pkC2 || len(j.Past) != 1 || j.Past[0].E != 0 || j.Past[0].PK != pkC || j.Past[0].Tag != tagB {
			t.Fatalf("joined: %+v", j)
		}
		if c := y2.next(frame.TConfirm); c.E != 1 {
			t.Fatalf("confirm: %+v", c)
		}
		for seq := int64(1); seq <= 10; seq++ {
			if m := y2.next(frame.TMsg); m.Seq != seq || m.E != int(seq-1)/5 {
				t.Fatalf("replay: %+v, want %d", m, seq)
			}
		}
		y2.silent()
	})
}

func TestResumeInLine(t *testing.T) {
	inWorld(t, func(t *testing.T, w *world) {
		y := w.youth()
		chat, token := w.joined(y)
		_ = y.ws.Close()
		y.closes(0)
		if n := w.store.count("drop"); n != 1 {
			t.Fatalf("%d drops", n)
		}
		y2 := w.youth()
		y2.send(`{"t":"resume","chat":"%s","token":"%s","after":0}`, chat, token)
		f := y2.next(frame.TWaiting)
		if f.Token != "" || f.Share == "" || f.Past == nil || f.Ahead != 5 {
			t.Fatalf("waiting: %+v", f)
		}
		// The store takes the socket for down (its node had stood still): it must come back by itself.
		w.store.do(chat, func(c *fakeChat) { c.Sock = "" })
		y2.closes(closeRestart)
	})
}

func TestHide(t *testing.T) {
	inWorld(t, func(t *testing.T, w *world) {
		y, d, chat, token := w.talking()
		y.send(`{"t":"hide"}`)
		y.closes(closeNormal)
		d.until(frame.TGone)
		y2 := w.youth()
		y2.send(`{"t":"resume","chat":"%s","token":"%s","after":0}`, chat, token)
		y2.fails(frame.CodeNoChat, "resume")

		// The store is away: what the phone keeps dies as soon as it is back.
		chat, token = w.joined(y2)
		w.store.mu.Lock()
		w.store.down = true
		w.store.mu.Unlock()
		y2.send(`{"t":"hide"}`)
		y2.closes(closeNormal)
		pass(5 * time.Second)
		w.store.mu.Lock()
		w.store.down = false
		w.store.mu.Unlock()
		pass(2 * time.Second)
		if w.store.chats[chat].token == token {
			t.Fatal("the token still opens the chat")
		}
	})
}
