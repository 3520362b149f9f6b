package web

import (
	"bytes"
	"errors"
	"strings"
	"testing"
)

func TestCork(t *testing.T) {
	s := &scripted{}
	c := &conn{raw: s}
	c.Write([]byte("a"))
	if s.writes != 1 {
		t.Fatal("not corked, and yet held back")
	}
	c.Cork()
	for _, p := range []string{"b", "c", strings.Repeat("d", 3*corkSize)} {
		if n, err := c.Write([]byte(p)); n != len(p) || err != nil {
			t.Fatal(n, err)
		}
	}
	if s.writes != 1 {
		t.Error("corked, and yet written")
	}
	if err := c.Uncork(); err != nil || s.writes != 2 {
		t.Errorf("%d writes, %v", s.writes, err)
	}
	if err := c.Uncork(); err != nil || s.writes != 2 || c.held != nil {
		t.Errorf("a second Uncork: %d writes, %v, holds memory %v", s.writes, err, c.held != nil)
	}
	c.Write([]byte("e"))
	if want := "abc" + strings.Repeat("d", 3*corkSize) + "e"; s.said.String() != want {
		t.Error("bytes were lost or moved")
	}
}

// A cork that is never drawn does not collect without end.
func TestCorkOverflows(t *testing.T) {
	s := &scripted{}
	c := &conn{raw: s}
	c.Cork()
	want := 0
	for range 200 {
		n, err := c.Write(bytes.Repeat([]byte("x"), 1000))
		if want += n; err != nil {
			t.Fatal(err)
		}
	}
	if held := want - s.said.Len(); held > corkMost || s.writes == 0 {
		t.Errorf("%d bytes held", held)
	}
	c.Uncork()
	if s.said.Len() != want {
		t.Errorf("%d bytes written of %d", s.said.Len(), want)
	}
}

type broken struct{ scripted }

func (b *broken) Write([]byte) (int, error) { b.writes++; return 0, errors.New("broken") }

func TestCorkKeepsItsError(t *testing.T) {
	b := &broken{}
	c := &conn{raw: b}
	c.Cork()
	if _, err := c.Write([]byte("a")); err != nil {
		t.Error("a corked write knows nothing of the wire")
	}
	for range 2 {
		if c.Uncork() == nil {
			t.Error("the error was lost")
		}
	}
	if _, err := c.Write([]byte("a")); err == nil || b.writes != 1 {
		t.Errorf("wrote on after an error: %v, %d", err, b.writes)
	}
}

func TestWriteKeepsItsError(t *testing.T) {
	b := &broken{}
	c := &conn{raw: b}
	for range 2 {
		if _, err := c.Write([]byte("a")); err == nil || b.writes != 1 {
			t.Errorf("%v after %d writes", err, b.writes)
		}
	}
}
