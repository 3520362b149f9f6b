package frame

import (
	"errors"
	"strings"
	"testing"
)

func TestBadFramesOfLeads(t *testing.T) {
	for _, c := range []struct{ in, re, why string }{
		{`{"t":"ready","capacity":1,"for_s":0}`, "ready", whyValue},
		{`{"t":"ready","capacity":1,"for_s":86401}`, "ready", whyValue},
		{`{"t":"ready","capacity":1,"for_s":"60"}`, "ready", whyValue},
		{`{"t":"rest","for_s":60}`, "rest", whyUnknown},
		{`{"t":"call"}`, "call", whyMissing},
		{`{"t":"call","on":1}`, "call", whyValue},
		{`{"t":"call","on":true,"line":"Jip"}`, "call", whyValue},
		{`{"t":"call","on":true,"chat":"` + id + `"}`, "call", whyUnknown},
		{`{"t":"come"}`, "come", whyMissing},
		{`{"t":"come","name":""}`, "come", whyValue},
		{`{"t":"come","name":"` + strings.Repeat("x", maxName+1) + `"}`, "come", whyValue},
		{`{"t":"come","name":["x"]}`, "come", whyValue},
		{`{"t":"pause","line":"jip"}`, "pause", whyMissing},
		{`{"t":"pause","line":"","on":true}`, "pause", whyValue},
		{`{"t":"pause","line":"jip","on":null}`, "pause", whyValue},
		{`{"t":"move","chat":"` + id + `"}`, "move", whyMissing},
		{`{"t":"move","chat":"` + id + `","to":{"line":"fier","name":"Noor"}}`, "move", whyValue},
		{`{"t":"move","chat":"` + id + `","to":"fier"}`, "move", whyValue},
		{`{"t":"calls"}`, "calls", whyType},
		{`{"t":"health"}`, "health", whyType},
	} {
		var f Desk
		var bad *BadFrame
		if err := f.Parse([]byte(c.in)); !errors.As(err, &bad) || bad.Re != c.re || bad.Why != c.why {
			t.Errorf("%s: %v, want re %q and %q", c.in, err, c.re, c.why)
		}
		var y Youth
		if err := y.Parse([]byte(c.in)); err == nil {
			t.Errorf("a young person may send %s", c.in)
		}
	}
}

func TestValuesOfLeadsArrive(t *testing.T) {
	var f Desk
	must(t, f.Parse([]byte(`{"t":"ready","for_s":5400,"capacity":2}`)))
	if f.T != TReady || f.Capacity != 2 || f.ForS != 5400 {
		t.Errorf("ready: %+v", f)
	}
	must(t, f.Parse([]byte(`{"t":"call","line":"jip","on":true}`)))
	if f.T != TCall || !f.On || f.Line != "jip" {
		t.Errorf("call: %+v", f)
	}
	must(t, f.Parse([]byte(`{"t":"come","name":"Noor \u00e9"}`)))
	if f.T != TCome || f.ToName != "Noor é" {
		t.Errorf("come: %+v", f)
	}
	must(t, f.Parse([]byte(`{"t":"pause","line":"jip","on":false}`)))
	if f.T != TPause || f.On || f.Line != "jip" {
		t.Errorf("pause: %+v", f)
	}
	must(t, f.Parse([]byte(`{"t":"move","chat":"`+id2+`","to":{"line":"fier"}}`)))
	if f.T != TMove || f.Chat != id2 || f.ToLine != "fier" || f.ToName != "" {
		t.Errorf("move: %+v", f)
	}
}
