package fault

import (
	"slices"
	"strings"
	"testing"
)

func TestPlanIsDrawnFromTheSeed(t *testing.T) {
	a, b := Plan(7, 200, 3, Lone), Plan(7, 200, 3, Lone)
	if !slices.EqualFunc(a, b, func(a, b Step) bool { return a.String() == b.String() && a.Apart == b.Apart && a.Jump == b.Jump }) {
		t.Error("one seed gave two plans")
	}
	if a[0].String() == Plan(8, 1, 3, Lone)[0].String() && a[1].String() == Plan(8, 2, 3, Lone)[1].String() {
		t.Error("two seeds gave one plan")
	}
	kinds, phases, nodes := map[Kind]bool{}, map[Phase]bool{}, map[int]bool{}
	for _, s := range a {
		kinds[s.Kind], phases[s.Phase], nodes[s.Node] = true, true, true
	}
	if len(kinds) != len(Lone) || len(phases) != len(Phases) || len(nodes) != 3 {
		t.Errorf("two hundred faults are of %d kinds, in %d phases, at %d nodes", len(kinds), len(phases), len(nodes))
	}
}

// Forty runs of six faults, those of CI, go through every kind in every phase.
func TestPlansGoThroughAll(t *testing.T) {
	got := map[string]bool{}
	for seed := range uint64(40) {
		for _, s := range Plan(1+seed, 6, 2, Lone) {
			got[string(s.Kind)+" "+string(s.Phase)] = true
		}
	}
	if len(got) != len(Lone)*len(Phases) {
		t.Errorf("%d of %d", len(got), len(Lone)*len(Phases))
	}
}

// TestHistoryKnowsThePhases: a fault is struck when a chat comes into a phase.
func TestHistoryKnowsThePhases(t *testing.T) {
	h := NewHistory()
	for _, step := range []struct {
		what What
		in   Phase
	}{{Waits, InLine}, {Offered, Ringing}, {Assigned, Talking}, {Asked, Handover}, {Leaves, Ending}} {
		next := h.Next(step.in)
		h.Note(Entry{What: step.what, Chat: "a"})
		select {
		case <-next:
		default:
			t.Errorf("%s begins no %s", step.what, step.in)
		}
		if now := h.Now(); now[step.in] != 1 || len(now) != 1 {
			t.Errorf("after %s: %v", step.what, now)
		}
	}
	h.Note(Entry{What: Ended, Chat: "a"})
	if now := h.Now(); len(now) != 0 {
		t.Errorf("after the end: %v", now)
	}
	if n := len(h.Entries()); n != 6 || !strings.Contains(About(h.Entries(), Violation{Chat: "a"}), "offered") {
		t.Errorf("%d entries:\n%s", n, About(h.Entries(), Violation{Chat: "a"}))
	}
}
