package fault

import (
	"bytes"
	"errors"
	"io"
	"net"
	"os"
	"testing"
	"time"
)

// echo answers everything with itself.
func echo(t *testing.T) (addr string) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			go func() {
				defer c.Close()
				io.Copy(c, c)
			}()
		}
	}()
	return l.Addr().String()
}

func open(t *testing.T) *Link {
	t.Helper()
	k, err := OpenLink("tcp", echo(t))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(k.Close)
	return k
}

func call(t *testing.T, k *Link) net.Conn {
	t.Helper()
	c, err := net.Dial("tcp", k.Addr())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	return c
}

// answers says how long the echo of text took; it fails where none came in that time.
func answers(t *testing.T, c net.Conn, text string, within time.Duration) (took time.Duration, err error) {
	t.Helper()
	began := time.Now()
	c.SetDeadline(began.Add(within))
	if _, err := io.WriteString(c, text); err != nil {
		return 0, err
	}
	got := make([]byte, len(text))
	if _, err := io.ReadFull(c, got); err != nil {
		return 0, err
	}
	if string(got) != text {
		t.Errorf("%q came back as %q", text, got)
	}
	return time.Since(began), nil
}

const soon, never = 10 * time.Second, 200 * time.Millisecond

func TestLinkCarries(t *testing.T) {
	k := open(t)
	a, b := call(t, k), call(t, k)
	for _, text := range []string{"een", string(bytes.Repeat([]byte("twee "), 20_000))} {
		for _, c := range []net.Conn{a, b} {
			// Both ways at once: more than the buffers between hold.
			done := make(chan error, 1)
			c.SetDeadline(time.Now().Add(soon))
			go func() {
				_, err := io.WriteString(c, text)
				done <- err
			}()
			got := make([]byte, len(text))
			if _, err := io.ReadFull(c, got); err != nil || string(got) != text {
				t.Fatalf("%d bytes came back otherwise (%v)", len(text), err)
			}
			if err := <-done; err != nil {
				t.Fatal(err)
			}
		}
	}
}

func TestLinkDelays(t *testing.T) {
	k := open(t)
	c := call(t, k)
	k.Set(Hurt{Delay: 60 * time.Millisecond})
	if took, err := answers(t, c, "traag", soon); err != nil || took < 120*time.Millisecond {
		t.Errorf("there and back took %v (%v)", took, err)
	}
	k.Heal()
	if _, err := answers(t, c, "weer goed", soon); err != nil {
		t.Error(err)
	}
}

func TestLinkIsSlow(t *testing.T) {
	k := open(t)
	k.Set(Hurt{Rate: 1000})
	if took, err := answers(t, call(t, k), string(bytes.Repeat([]byte("x"), 100)), soon); err != nil || took < 200*time.Millisecond {
		t.Errorf("a hundred bytes there and back at a thousand a second took %v (%v)", took, err)
	}
}

// TestLinkHalfOpens: connections stand and new ones are accepted, and nothing comes until that is over, when nothing
// was lost.
func TestLinkHalfOpens(t *testing.T) {
	k := open(t)
	c := call(t, k)
	if _, err := answers(t, c, "een", soon); err != nil {
		t.Fatal(err)
	}
	k.Set(Hurt{Silent: true})
	late := call(t, k)
	for _, c := range []net.Conn{c, late} {
		if _, err := answers(t, c, "twee", never); !errors.Is(err, os.ErrDeadlineExceeded) {
			t.Errorf("a half-open line: %v", err)
		}
	}
	k.Heal()
	for _, c := range []net.Conn{c, late} {
		c.SetDeadline(time.Now().Add(soon))
		got := make([]byte, 4)
		if _, err := io.ReadFull(c, got); err != nil || string(got) != "twee" {
			t.Errorf("%q came through afterwards (%v)", got, err)
		}
	}
}

func TestLinkCutsAndRefuses(t *testing.T) {
	k := open(t)
	c := call(t, k)
	if _, err := answers(t, c, "een", soon); err != nil {
		t.Fatal(err)
	}
	k.Set(Hurt{Refused: true})
	k.Cut(nil)
	if _, err := answers(t, c, "twee", soon); err == nil || errors.Is(err, os.ErrDeadlineExceeded) {
		t.Errorf("a cut line: %v", err)
	}
	if _, err := answers(t, call(t, k), "drie", soon); err == nil || errors.Is(err, os.ErrDeadlineExceeded) {
		t.Errorf("a refused line: %v", err)
	}
	k.Heal()
	if _, err := answers(t, call(t, k), "vier", soon); err != nil {
		t.Error(err)
	}
}

// TestLinkTellsCallersApart: one caller's lines are cut and refused, another's stand.
func TestLinkTellsCallersApart(t *testing.T) {
	k := open(t)
	guard := func(first []byte) bool { return bytes.HasPrefix(first, []byte("wacht")) }
	a, b := call(t, k), call(t, k)
	for c, text := range map[net.Conn]string{a: "wacht", b: "praat"} {
		if _, err := answers(t, c, text, soon); err != nil {
			t.Fatal(err)
		}
	}
	k.Set(Hurt{Refused: true, Only: guard})
	k.Cut(guard)
	if _, err := answers(t, a, "wacht", soon); err == nil {
		t.Error("the one that was cut answers")
	}
	if _, err := answers(t, call(t, k), "wacht", soon); err == nil || errors.Is(err, os.ErrDeadlineExceeded) {
		t.Errorf("the one that is refused: %v", err)
	}
	for _, c := range []net.Conn{b, call(t, k)} {
		if _, err := answers(t, c, "praat", soon); err != nil {
			t.Errorf("the other: %v", err)
		}
	}
}

func TestLinkToNowhere(t *testing.T) {
	k, err := OpenLink("unix", "/nowhere/at/all")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := answers(t, call(t, k), "hallo", soon); err == nil || errors.Is(err, os.ErrDeadlineExceeded) {
		t.Errorf("nobody is there, and: %v", err)
	}
	k.Close()
	k.Close()
	if _, err := net.Dial("tcp", k.Addr()); err == nil {
		t.Error("a closed link accepts")
	}
}
