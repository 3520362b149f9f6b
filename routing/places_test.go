package routing

import (
	"slices"
	"testing"
	"time"
)

// moved checks which of the first places of fier came from another line.
func (b *bench) moved(what string, want ...string) {
	b.t.Helper()
	ls, err := b.Snapshot(b.ctx)
	b.ok(err)
	var p Places
	b.same(what, nil, func() error { p, err = b.Places(b.ctx, append(ls[1].Heads, "AAAAAAAAAAAAAAAAAAAAAA")); return err })
	slices.Sort(p.Moved)
	slices.Sort(want)
	if !slices.Equal(p.Moved, want) {
		b.t.Fatalf("%s: of %v, %v came from another line, want %v", what, ls[1].Heads, p.Moved, want)
	}
}

// TestMovedPlaces are handovers and those who said yes to another line, and nobody who was always there: whoever left
// that line for a while, or said no to another.
func TestMovedPlaces(t *testing.T) {
	each(t, func(t *testing.T, b *bench) {
		b.overflows()
		b.onLine("fier", "fie", 1)
		b.wantRings("fie", "")
		asked := b.waited(4*time.Minute, false)
		b.sweep(b.ctx)
		rung := b.waitedIn("fier", "nl", 0, false)
		here := b.waitedIn("fier", "nl", 0, false)
		b.wantRings("fie", rung.Chat)
		b.moved("all of this line")
		b.answers(asked, true)
		b.moved("one said yes", asked.Chat)
		leg, err := b.Propose(b.ctx, "ann", b.talksIn("ann"), To{Line: "fier"}, "")
		b.ok(err)
		b.ok(b.Consent(b.ctx, b.talksIn("ann"), "s0", leg, true))
		b.moved("and a handover", asked.Chat, leg)
		b.ok(b.Drop(b.ctx, here.Chat, "s"))
		_, _, err = b.Resume(b.ctx, here.Chat, here.Token, "s", 0)
		b.ok(err)
		b.moved("one is back", asked.Chat, leg)
		b.accept("fie", "k")
		b.ok(b.Keep(b.ctx, "ann", b.talksIn("ann")))
		b.moved("the handover was taken back", asked.Chat)
		if p, err := b.Places(b.ctx, nil); err != nil || len(p.Moved) > 0 {
			t.Errorf("of none: %+v, %v", p, err)
		}
	})
}
