package frame

import (
	"bytes"
	"encoding/json"
	"errors"
	"reflect"
	"testing"
	"unicode/utf8"
)

// agree holds what any frame that was taken must satisfy, against the standard library as a second opinion.
func agree(t *testing.T, b []byte, err error) {
	if err != nil {
		var bad *BadFrame
		if !errors.As(err, &bad) || bad.Why == "" || !utf8.ValidString(bad.Re) || len(bad.Re) > maxRe {
			t.Errorf("%q: %#v", b, err)
		}
		return
	}
	if !json.Valid(b) || !utf8.Valid(b) {
		t.Errorf("%q was taken", b)
	}
}

func FuzzYouth(f *testing.F) {
	for _, c := range wholeYouth {
		f.Add([]byte(c.in))
	}
	f.Add([]byte(`{"x":{"deep":[[[{"t":"}"}]]]},"t":"beat","\ud800":1e-7}`))
	f.Fuzz(func(t *testing.T, b []byte) {
		var one, two Youth
		err := one.Parse(b)
		if agree(t, b, err); err != nil {
			return
		}
		made := one.Append(nil)
		if err := two.Parse(made); err != nil {
			t.Fatalf("%q became %q: %v", b, made, err)
		}
		if !reflect.DeepEqual(one, two) {
			t.Errorf("%+v became %+v", one, two)
		}
		if one.T == TMsg {
			var h Hot
			msg := AppendMsg(nil, 1, one.AppendBody(nil, 'y'))
			if !h.Parse(msg) || string(h.ID) != one.ID || !bytes.Equal(h.CT, one.CT) || h.N != one.N || h.E != one.E {
				t.Errorf("%q became %q", b, msg)
			}
		}
	})
}

func FuzzDesk(f *testing.F) {
	for _, c := range wholeDesk {
		f.Add([]byte(c.in))
	}
	f.Add([]byte(`{"to":{"line":{"line":"x"}},"t":"handover"}`))
	f.Fuzz(func(t *testing.T, b []byte) {
		var one, two Desk
		err := one.Parse(b)
		if agree(t, b, err); err != nil {
			return
		}
		made := one.Append(nil)
		if err := two.Parse(made); err != nil {
			t.Fatalf("%q became %q: %v", b, made, err)
		}
		if !reflect.DeepEqual(one, two) {
			t.Errorf("%+v became %+v", one, two)
		}
	})
}

// FuzzString holds that any string, as a configuration may have it, leaves as whole JSON with the same text.
func FuzzString(f *testing.F) {
	f.Add("Noor \"é\" \\ \x00\x1f\x7f\xff\u2028")
	f.Fuzz(func(t *testing.T, s string) {
		b := AppendCode(nil, s, 1)
		var o Outbound
		if err := o.Parse(b); err != nil || !utf8.Valid(b) {
			t.Fatalf("%q: %v", b, err)
		}
		if utf8.ValidString(s) && o.Words != s {
			t.Errorf("%q became %q", s, o.Words)
		}
	})
}

func FuzzOutbound(f *testing.F) {
	for _, frames := range outbound(f) {
		for _, b := range frames {
			f.Add(b)
		}
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		var o Outbound
		var h Hot
		if err := o.Parse(b); err != nil && !errors.Is(err, ErrNotFrame) {
			t.Error(err)
		}
		h.Parse(b)
	})
}
