package chat

import (
	"strconv"
	"strings"
	"testing"
	"time"

	"haven/chat/frame"
	"haven/routing"
)

// TestWhyTheLineGrew: whoever stands further back than they were shown is told why, on that frame and on no other.
func TestWhyTheLineGrew(t *testing.T) {
	// Places are a class and a name; "me" is the young person whose frames these are.
	type step struct {
		jip, fier string
		duty      int
		ahead     int // -1 where no frame is to come
		why       string
	}
	for _, c := range []struct {
		name  string
		steps []step
	}{
		{"somebody in danger goes ahead", []step{
			{"2a 2me", "", 2, 1, ""}, {"1u 2a 2me", "", 2, 2, "urgent"}, {"1u 2a 2me", "", 2, -1, ""}, {"2a 2me", "", 2, 1, ""},
		}},
		{"a talk that broke off comes to the front", []step{{"2me", "", 2, 0, ""}, {"0k 2me", "", 2, 1, "kept"}}},
		{"an older ticket is back", []step{{"2a 2b 2me", "", 2, 2, ""}, {"2b 2me", "", 2, 1, ""}, {"2a 2b 2me", "", 2, 2, "kept"}}},
		{"a counsellor goes, and who rang at her is back", []step{{"2me", "", 2, 0, ""}, {"2a 2me", "", 1, 1, "fewer"}}},
		{"a counsellor goes, and her talks come to the front", []step{{"2me", "", 2, 0, ""}, {"0k 0l 2me", "", 1, 2, "fewer"}}},
		{"danger says more than anything else", []step{{"2me", "", 2, 0, ""}, {"0k 1u 2me", "", 1, 2, "urgent"}}},
		{"a counsellor went earlier", []step{
			{"2me", "", 2, 0, ""}, {"2me", "", 1, -1, ""}, {"2me", "", 1, -1, ""}, {"0k 2me", "", 1, 1, "kept"},
		}},
		{"it rang for me, and I am back behind the same", []step{{"2a 2me", "", 2, 1, ""}, {"2a", "", 2, 0, ""}, {"2a 2me", "", 2, 1, ""}}},
		{"behind me they may come as they like", []step{{"2me", "", 2, 0, ""}, {"2me 1u 0k", "", 2, -1, ""}}},
		{"somebody comes over from another line", []step{{"2me", "2over", 2, 0, ""}, {"2over 2me", "", 2, 1, "moved"}}},
		{"a handover goes ahead", []step{{"2me", "", 2, 0, ""}, {"0over 2me", "", 2, 1, "moved"}}},
		{"somebody in danger comes over", []step{{"2me", "", 2, 0, ""}, {"1over 2me", "", 2, 1, "urgent"}}},
		{"a handover goes ahead while a counsellor goes", []step{{"2me", "", 2, 0, ""}, {"0over 2me", "", 1, 1, "fewer"}}},
		{"a handover went ahead before", []step{
			{"0over 2me", "", 2, 1, ""}, {"0over 2me", "", 2, -1, ""}, {"0over 0k 2me", "", 2, 2, "kept"}, {"0k 2me", "", 2, 1, ""},
		}},
		{"less than before is no growth", []step{{"2a 2b 2me", "", 2, 2, ""}, {"1u 2me", "", 2, 1, ""}}},
	} {
		t.Run(c.name, func(t *testing.T) {
			inWorld(t, func(t *testing.T, w *world) {
				w.store.over = map[string]bool{id("over", 0): true}
				y := w.youth()
				me, _ := w.joined(y)
				pass(2 * time.Second) // a look that may have begun before the join says nothing
				stand := func(i int, places string) {
					l := &w.store.boards[i]
					l.Heads, l.Classes = nil, ""
					for p := range strings.FieldsSeq(places) {
						chat := id(p[1:], 0)
						if p[1:] == "me" {
							chat = me
						}
						l.Heads, l.Classes = append(l.Heads, chat), l.Classes+p[:1]
					}
				}
				for i, s := range c.steps {
					w.store.mu.Lock()
					stand(0, s.jip)
					stand(1, s.fier)
					w.store.boards[0].OnDuty = s.duty
					w.store.mu.Unlock()
					pass(2 * time.Second)
					if s.ahead < 0 {
						y.silent()
						continue
					}
					if f := y.next(frame.TWaiting); f.Ahead != s.ahead || f.Why != s.why {
						t.Fatalf("step %d: %d ahead, because of %q; want %d, %q", i, f.Ahead, f.Why, s.ahead, s.why)
					}
				}
				y.silent()
				if n := w.store.count("view"); n != 1 {
					t.Errorf("%d looks at the chat", n)
				}
			})
		})
	}
}

// TestWhyIsOfWhatCameSince what was shown: what that look saw already is no reason.
func TestWhyIsOfWhatCameSince(t *testing.T) {
	line := func(duty int, classes string, heads ...string) []routing.LineView {
		return []routing.LineView{{Line: "jip", OnDuty: duty, Heads: heads, Classes: classes}}
	}
	one, two, three := newBoard(1, line(2, "2", "me")), newBoard(2, line(1, "02", "k", "me")), newBoard(3, line(1, "102", "u", "k", "me"))
	for i, b := range []*board{newBoard(0, nil), one, two, three}[1:] {
		b.follow([]*board{newBoard(0, nil), one, two}[i])
	}
	for since, want := range []string{whyUrgent, whyUrgent, whyUrgent, ""} {
		if got := three.why("me", "jip", since); got != want {
			t.Errorf("since look %d: %q, want %q", since, got, want)
		}
	}
	for since, want := range []string{whyFewer, whyFewer, ""} {
		if got := two.why("me", "jip", since); got != want {
			t.Errorf("since look %d: %q, want %q", since, got, want)
		}
	}
	if got := two.why("me", "none", 0); got != "" {
		t.Errorf("of a line that is none: %q", got)
	}
}

// TestWhyCostsNothingInLine: a board that moves nobody back asks for no reasons, and what it notes of who came is the
// heads of the lines and no more.
func TestWhyCostsNothingInLine(t *testing.T) {
	old := newBoard(1, []routing.LineView{{Line: "jip", OnDuty: 1}})
	old.follow(newBoard(0, nil))
	for look := 2; look < 50; look++ {
		l := routing.LineView{Line: "jip", OnDuty: 1, Waiting: 100_000}
		for i := range routing.AheadMax - 1 {
			l.Heads, l.Classes = append(l.Heads, strconv.Itoa(look*7+i)), l.Classes+"2"
		}
		b := newBoard(look, []routing.LineView{l})
		b.follow(old)
		old = b
	}
	if len(old.came) != routing.AheadMax-1 || len(old.fewer) != 1 {
		t.Errorf("%d chats and %d lines are remembered", len(old.came), len(old.fewer))
	}
}

// TestClosingIsAnnounced to those in line from the last intake on, and follows the hours when they change.
func TestClosingIsAnnounced(t *testing.T) {
	inWorld(t, func(t *testing.T, w *world) {
		closesIn := func(d time.Duration) time.Time {
			w.store.mu.Lock()
			defer w.store.mu.Unlock()
			w.store.closes = time.Now().Add(d).Truncate(time.Minute)
			return w.store.closes
		}
		at := closesIn(20 * time.Minute)
		y := w.youth()
		chat, token := w.joined(y)
		w.store.mu.Lock()
		w.store.boards[0].Heads, w.store.boards[0].Classes = []string{chat}, "2"
		w.store.mu.Unlock()
		pass(4 * time.Second)
		if f := y.until(frame.TWaiting); f.Closes != "" {
			t.Fatalf("announced too early: %+v", f)
		}
		pass(5 * time.Minute)
		f := y.until(frame.THello)
		if l := f.Lines[0]; !l.Open || l.Closes != clock(at) || l.Opens != clock(at.Add(16*time.Hour)) || l.Wait != nil {
			t.Fatalf("hello behind the last intake: %+v", l)
		}
		if f := y.next(frame.TWaiting); f.Closes != clock(at) || f.Why != "" {
			t.Fatalf("waiting: %+v", f)
		}
		y.silent()

		w.store.mu.Lock()
		w.store.refuse = &routing.Refusal{Reason: routing.RefusedClosed}
		w.store.mu.Unlock()
		late := w.youth()
		late.send(`{"t":"join","line":"jip","pk":"%s"}`, pkY)
		if f := late.next(frame.TRefused); f.Reason != "closed" || f.Opens != clock(at.Add(16*time.Hour)) || len(f.Instead) != 1 || len(f.Phones) != 1 {
			t.Fatalf("refused: %+v", f)
		}

		y2 := w.youth() // a reload
		y2.send(`{"t":"resume","chat":"%s","token":"%s","after":0}`, chat, token)
		if f := y2.next(frame.TWaiting); f.Closes != clock(at) || f.Share == "" {
			t.Fatalf("waiting after resume: %+v", f)
		}

		at = closesIn(5 * time.Minute) // brought forward
		pass(4 * time.Second)
		if f := y2.until(frame.TWaiting); f.Closes != clock(at) {
			t.Fatalf("waiting: %+v", f)
		}
		closesIn(3 * time.Hour) // extended
		pass(2 * time.Second)
		if h := y2.next(frame.THello); h.Lines[0].Opens != "" || h.Lines[0].Wait == nil {
			t.Fatalf("hello: %+v", h.Lines[0])
		}
		if f := y2.next(frame.TWaiting); f.Closes != "" {
			t.Fatalf("waiting: %+v", f)
		}
	})
}

// TestClosingIsAnnouncedWithoutLastIntake a quarter of an hour before, to those in line and to whoever is still let in.
func TestClosingIsAnnouncedWithoutLastIntake(t *testing.T) {
	inWorld(t, func(t *testing.T, w *world) {
		at := time.Now().Add(20 * time.Minute).Truncate(time.Minute)
		w.store.mu.Lock()
		w.store.closes = at
		w.store.mu.Unlock()
		join := func(y *peer) string {
			y.send(`{"t":"join","line":"fier","pk":"%s"}`, pkY)
			return y.until(frame.TWaiting).Closes
		}
		y := w.youth()
		if closes := join(y); closes != "" {
			t.Fatalf("announced too early: %s", closes)
		}
		pass(4 * time.Second)
		if f := y.until(frame.TWaiting); f.Closes != "" {
			t.Fatalf("announced too early: %+v", f)
		}
		pass(5 * time.Minute)
		if f := y.until(frame.TWaiting); f.Closes != clock(at) || f.Why != "" {
			t.Fatalf("waiting: %+v", f)
		}
		late, _, err := w.dial("/chat", origin, Subprotocol)
		if err != nil {
			t.Fatal(err)
		}
		go late.read()
		if l := late.next(frame.THello).Lines[1]; !l.Open || l.Opens != "" || l.Closes != clock(at) {
			t.Fatalf("hello does not let them in: %+v", l)
		}
		if closes := join(late); closes != clock(at) {
			t.Fatalf("whoever is let in late is told %q", closes)
		}
	})
}
