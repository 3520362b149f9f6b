package main

import (
	"os"
	"slices"
	"syscall"
	"testing"
	"time"
)

// TestRollingRestart: three nodes are restarted one after the other under chats that go on, as an update does it. Nothing
// is lost or doubled, and 99 of 100 are back within five seconds. HAVEN_LONG=1 has 500 chats.
func TestRollingRestart(t *testing.T) {
	chats, desks, pace := 60, 6, 100*time.Millisecond
	if os.Getenv("HAVEN_LONG") == "1" {
		chats, desks, pace = 500, 10, 2*time.Second
	}
	d := deploy(t, 3)
	s := gathered(d, chats, desks, 0)
	s.pace = pace
	s.enter(0, chats)
	s.begun(0, chats)
	for i, n := range d.nodes {
		if err := n.cmd.Process.Signal(syscall.SIGTERM); err != nil {
			t.Fatal(err)
		}
		if code, _ := n.ends(t); code != 0 {
			t.Errorf("node %d: exit status %d", i, code)
		}
		d.run(i)
		before := s.acks.Load()
		s.until("chats go on", func() bool { return s.acks.Load() > before+int64(2*chats) })
	}
	s.check()
	s.mu.Lock()
	defer s.mu.Unlock()
	slices.Sort(s.backs)
	late := 0
	for _, b := range s.backs {
		if b > backTime {
			late++
		}
	}
	if len(s.backs) < chats {
		t.Fatalf("%d chats were moved, of %d", len(s.backs), chats)
	}
	at := func(share float64) time.Duration {
		return s.backs[int(share*float64(len(s.backs)-1))].Round(10 * time.Millisecond)
	}
	t.Logf("%d messages acked; %d sides of chats were sent elsewhere: back after %v (half), %v (99 of 100), %v (all)",
		s.acks.Load(), len(s.backs), at(0.5), at(0.99), at(1))
	if 100*late > len(s.backs) {
		t.Errorf("%d of %d took longer than %v", late, len(s.backs), backTime)
	}
}

// backTime is within how long 99 of 100 are back when their node was restarted.
const backTime = 5 * time.Second
