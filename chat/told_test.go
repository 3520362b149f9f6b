package chat

import (
	"bytes"
	"encoding/binary"
	"testing"
	"time"

	"haven/chat/frame"
	"haven/routing"
)

func TestWireHead(t *testing.T) {
	for _, n := range []int{0, 1, 125, 126, 127, 0xffff, 0x10000, 100000} {
		payload := bytes.Repeat([]byte("x"), n)
		b := wireHead(append([]byte("before0000"), payload...), 6, opText)
		if string(b[:6]) != "before" || b[6] != opText {
			t.Fatalf("%d: %q", n, b[:8])
		}
		var length, head int
		switch b[7] {
		case 126:
			length, head = int(binary.BigEndian.Uint16(b[8:])), 4
		case 127:
			length, head = int(binary.BigEndian.Uint64(b[8:])), 10
		default:
			length, head = int(b[7]), 2
		}
		if length != n || !bytes.Equal(b[6+head:], payload) || (n <= 125) != (head == 2) || (n > 0xffff) != (head == 10) {
			t.Errorf("%d: head of %d says %d", n, head, length)
		}
	}
}

func TestTokens(t *testing.T) {
	var b tokens
	now := time.Hour
	for range joinBurst {
		if !b.take(now) {
			t.Fatal("burst")
		}
	}
	for _, c := range []struct {
		after time.Duration
		want  bool
	}{{0, false}, {999 * time.Millisecond, false}, {time.Millisecond, true}, {0, false}, {time.Hour, true}} {
		if now += c.after; b.take(now) != c.want {
			t.Errorf("after %v: %v", c.after, !c.want)
		}
	}
	for range joinBurst - 1 {
		if !b.take(now) {
			t.Fatal("an hour fills it, and no more")
		}
	}
	if b.take(now) {
		t.Error("an hour fills it with more than the burst")
	}
}

func TestBody(t *testing.T) {
	f := frame.Inbound{T: frame.TMsg, E: 4294967295, ID: id("m", 1), K: 1, IV: []byte("iv"), CT: []byte("ct")}
	for _, from := range []routing.Side{routing.Youth, routing.Counsellor} {
		b := f.AppendBody(nil, byte(from))
		if bodyFrom(b) != from || bodyEpoch(b) != f.E {
			t.Errorf("%s: %c, %d", b, bodyFrom(b), bodyEpoch(b))
		}
	}
	for _, b := range []string{"", `"from":"y"`, `"from":"y","e":`, `"from":"y","e":,`, `"from":"y","e":x,`, `"from":"y","e":99999999999999999999,`} {
		if bodyEpoch([]byte(b)) != -1 {
			t.Errorf("%s has an epoch", b)
		}
	}
}

func TestLive(t *testing.T) {
	up := told{e: 2, tag: "t", seen: 7}
	for name, c := range map[string]struct {
		m    live
		busy bool
		with func(*told)
		want int
	}{
		"next":           {m: live{e: 2, seq: 9, prev: 7}, want: liveSend},
		"after a resume": {m: live{e: 2, seq: 9, prev: 5}, want: liveSend},
		"seen":           {m: live{e: 2, seq: 7, prev: 5}, want: liveDrop},
		"gap":            {m: live{e: 2, seq: 11, prev: 9}, want: liveLook},
		"retried":        {m: live{e: 2, seq: 9, dup: true}, want: liveLook},
		"busy":           {m: live{e: 2, seq: 9, prev: 7}, busy: true, want: liveLook},
		"newer epoch":    {m: live{e: 3, seq: 9, prev: 7}, want: liveLook},
		"no confirm":     {m: live{e: 2, seq: 9, prev: 7}, with: func(t *told) { t.tag = "" }, want: liveLook},
		"ended":          {m: live{e: 2, seq: 9, prev: 7}, with: func(t *told) { t.ended = true }, want: liveDrop},
		"typing":         {m: live{e: 2}, want: liveSend},
		"typing, busy":   {m: live{e: 2}, busy: true, want: liveDrop},
		"typing, ended":  {m: live{e: 2}, with: func(t *told) { t.ended = true }, want: liveDrop},
	} {
		state := up
		if c.with != nil {
			c.with(&state)
		}
		before := state.seen
		if got := state.live(c.m, c.busy); got != c.want || (got == liveSend && c.m.seq > 0) != (state.seen != before) {
			t.Errorf("%s: %d, want %d; seen %d", name, got, c.want, state.seen)
		}
	}
}

func TestSaw(t *testing.T) {
	var state told
	for _, c := range []struct {
		do   string // k: kept, s: saw
		seq  int64
		want int64 // seen then
	}{
		{"k", 1, 1}, {"k", 2, 2}, {"s", 3, 3}, {"k", 5, 3}, {"k", 6, 3}, {"s", 4, 6}, {"k", 2, 6}, {"k", 7, 7},
		{"s", 10, 10}, {"k", 9, 10}, {"k", 8, 10}, {"k", 13, 10}, {"s", 11, 11}, {"k", 15, 11}, {"s", 14, 15},
	} {
		if c.do == "k" {
			state.kept(c.seq, "")
		} else {
			state.saw(c.seq)
		}
		if state.seen != c.want {
			t.Errorf("%s %d: seen %d, want %d", c.do, c.seq, state.seen, c.want)
		}
	}
}

// What a socket was told proves that the store had it; what a page claims does not.
func TestKnown(t *testing.T) {
	state := told{e: 0, tag: "t", seen: 9, claimed: 9, own: 4}
	for _, c := range []struct {
		do   func()
		want int64
	}{
		{func() {}, 4},
		{func() { state.kept(6, "") }, 6},
		{func() { state.saw(10) }, 10},
		{func() { state.kept(12, "") }, 12},
		{func() { state.saw(11) }, 12},
	} {
		if c.do(); state.known() != c.want {
			t.Errorf("known is %d, want %d", state.known(), c.want)
		}
	}
}
