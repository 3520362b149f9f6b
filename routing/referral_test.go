package routing

import (
	"slices"
	"testing"
)

// noted keeps the wrap-ups that were counted.
type noted struct {
	nobody
	all []string
}

func (n *noted) WrappedUp(line string, w Wrapup) {
	n.all = append(n.all, line+" from "+w.From+" to "+w.Referral)
}

// TestWrapupKnowsWhereItCameFrom: the wrap-up of a chat that was handed over says which line did so first, once, whatever
// the counsellor's page says of it; without a handover to another line it says none.
func TestWrapupKnowsWhereItCameFrom(t *testing.T) {
	move := func(b *bench, from, to, chat string, where To) {
		b.t.Helper()
		offer, err := b.Propose(b.ctx, from, chat, where, "")
		b.ok(err)
		b.ok(b.Consent(b.ctx, chat, "s", offer, true))
		b.accept(to, "k"+to)
	}
	over := func(b *bench, name, chat, referral string) {
		b.t.Helper()
		b.ok(b.End(b.ctx, name, chat, ReasonStopped))
		for range 2 { // the second answers a page that did not hear the first
			b.ok(b.Wrapup(b.ctx, name, chat, Wrapup{Kind: "parent", Outcome: "none", Topic: "home", Referral: referral, From: "forged"}))
		}
	}
	each(t, func(t *testing.T, b *bench) {
		heard := &noted{}
		b.obs = heard
		chat := b.talk()
		over(b, "Ann", chat, "veilig-thuis")

		b.onLine("fier", "Bea", 1)
		b.onLine("jip", "Cem", 1)
		b.ok(b.Rest(b.ctx, "Cem"))
		chat = b.join(false).Chat
		b.accept("Ann", "kA")
		move(b, "Ann", "Bea", chat, To{Line: "fier"})
		over(b, "Bea", chat, "")

		chat = b.join(false).Chat
		b.accept("Ann", "kA")
		b.ok(b.SetReady(b.ctx, "Cem", 1))
		move(b, "Ann", "Cem", chat, To{Name: "Cem"}) // a colleague of the same line
		over(b, "Cem", chat, "")

		chat = b.join(false).Chat
		for b.rings("Ann") == "" { // whichever of the two it rings at
			d, err := b.DeskView(b.ctx, "Cem")
			b.ok(err)
			b.ok(b.Decline(b.ctx, "Cem", d.Offer.Offer))
		}
		b.accept("Ann", "kA")
		move(b, "Ann", "Bea", chat, To{Line: "fier"})
		move(b, "Bea", "Cem", chat, To{Name: "Cem"}) // back to the line of before
		over(b, "Cem", chat, "other-help")

		want := []string{"jip from  to veilig-thuis", "fier from jip to ", "jip from  to ", "jip from jip to other-help"}
		if !slices.Equal(heard.all, want) {
			t.Errorf("heard %q, not %q", heard.all, want)
		}
	})
}

// TestOneWrapupOfAVisit: who handed a chat over owes none, so that it is counted once, by who had it last.
func TestOneWrapupOfAVisit(t *testing.T) {
	each(t, func(t *testing.T, b *bench) {
		heard := &noted{}
		b.obs = heard
		chat := b.talk()
		b.onLine("fier", "Bea", 1)
		b.agrees(chat)
		b.accept("Bea", "kB")
		b.ok(b.End(b.ctx, "Bea", chat, ReasonStopped))
		if d, err := b.DeskView(b.ctx, "Ann"); err != nil || len(d.Wrapups) != 0 {
			t.Errorf("who handed it over owes %v, %v", d.Wrapups, err)
		}
		b.ok(b.Wrapup(b.ctx, "Bea", chat, Wrapup{}))
		if err := b.Wrapup(b.ctx, "Ann", chat, Wrapup{}); err != ErrNoChat {
			t.Errorf("who handed it over gave one: %v", err)
		}
		if want := []string{"fier from jip to "}; !slices.Equal(heard.all, want) {
			t.Errorf("heard %q, not %q", heard.all, want)
		}
	})
}
