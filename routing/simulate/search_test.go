package simulate

import (
	"os"
	"runtime"
	"strings"
	"testing"
	"time"
)

var (
	jip  = Line{"jip", []string{"nl"}, 9, -1} // whoever waits is over the target at once
	fier = Line{"fier", []string{"nl"}, 9, -1}

	ann = Counsellor{Name: "ann", Lines: []string{"jip"}, Langs: []string{"nl"}}
	bea = Counsellor{Name: "bea", Lines: []string{"jip"}, Langs: []string{"nl"}}
	cas = Counsellor{Name: "cas", Lines: []string{"fier"}, Langs: []string{"nl"}}

	calm   = Event{Line: "jip", Lang: "nl"}
	urgent = Event{Line: "jip", Lang: "nl", Urgent: true}
	other  = Event{Line: "fier", Lang: "nl"}
)

// searches go through every order of everything that can happen to a few people, with symmetric states taken for one.
// Any socket may fall silent at any time and any deadline may fall due at once, so that a node that dies at rest is
// among what happens; cuts are nodes that die, or stand still and go on later, between a decision and telling the chat.
var searches = []struct {
	scope
	limit, long int // states; 0 for all there are
}{
	{scope{name: "cut calls", lines: []Line{jip}, who: []Counsellor{ann, bea}, chats: []Event{calm}, cuts: 2}, 0, 0},
	{scope{name: "handover with cut calls", lines: []Line{jip, fier}, who: []Counsellor{ann, cas}, chats: []Event{calm}, cuts: 2,
		to: []Event{{Line: "fier"}, {Line: "jip"}}}, 4000, 0},
	{scope{name: "handover to a colleague", lines: []Line{jip}, who: []Counsellor{ann, bea}, chats: []Event{calm}, shut: true, breather: true,
		to: []Event{{Name: "ann"}, {Name: "bea"}}}, 0, 0},
	{scope{name: "return codes", lines: []Line{jip}, who: []Counsellor{ann, bea}, chats: []Event{calm}, reenter: true, cuts: 1}, 3000, 0},
	{scope{name: "two handovers", lines: []Line{jip, fier}, who: []Counsellor{ann, cas}, chats: []Event{calm, other},
		to: []Event{{Line: "fier"}, {Line: "jip"}}}, 6000, 0},
	{scope{name: "urgent", lines: []Line{jip}, who: []Counsellor{ann, bea}, chats: []Event{calm, urgent}, capacity: []int{1, 2}}, 4000, 300000},
	{scope{name: "one counsellor", lines: []Line{jip}, who: []Counsellor{ann}, chats: []Event{calm, urgent}, capacity: []int{2}}, 3000, 0},
	{scope{name: "two chats and cut calls", lines: []Line{jip}, who: []Counsellor{ann, bea}, chats: []Event{calm, calm}, cuts: 2}, 3000, 0},
	{scope{name: "three chats", lines: []Line{jip}, who: []Counsellor{ann, bea}, chats: []Event{calm, calm, calm}}, 6000, 0},
	{scope{name: "three chats, handovers and cut calls", lines: []Line{jip, fier}, who: []Counsellor{ann, cas},
		chats: []Event{calm, calm, other}, to: []Event{{Line: "fier"}, {Line: "jip"}}, cuts: 2, shut: true}, 4000, 500000},
}

// TestEverythingThatCanHappen checks every promise of the model in every state that a search comes to. In its long form
// three chats are 0.51 million states and 8 million steps, two chats with two cut calls 0.55 and 11 million.
func TestEverythingThatCanHappen(t *testing.T) {
	for _, s := range searches {
		limit := s.limit
		if os.Getenv("HAVEN_LONG") == "1" {
			limit = s.long
		}
		begun := time.Now()
		f := s.run(runtime.GOMAXPROCS(0), limit)
		t.Logf("%s: %d states, %d steps, %d deep, all of it %v, %.1f s", s.name, f.states, f.steps, f.levels, f.whole, time.Since(begun).Seconds())
		if f.err != nil {
			t.Errorf("%s: %v\n%s", s.name, f.err, strings.Join(f.how, "\n"))
		}
		if limit == 0 && !f.whole {
			t.Errorf("%s: it did not come to an end", s.name)
		}
	}
}

// TestSearchCatchesMutants: each bug on purpose is found.
func TestSearchCatchesMutants(t *testing.T) {
	for name, m := range map[string]struct {
		broken mutant
		in     string
	}{
		"capacity off by one":                  {oneTooMany, "three chats"},
		"the newest first":                     {newestFirst, "three chats"},
		"no new epoch":                         {sameEpoch, "cut calls"},
		"no new epoch for a handover":          {sameEpoch, "handover to a colleague"},
		"a missed ring rings on":               {ringsOn, "cut calls"},
		"a desk that drops goes on ringing":    {ringsAtNobody, "cut calls"},
		"no place for the wrap-up":             {noWrapup, "cut calls"},
		"what is forfeited is not put in line": {forgotten, "cut calls"},
		"a ring taken back keeps its place":    {keepsPlace, "cut calls"},
		"what is declined is not put in line":  {dropsDeclined, "cut calls"},
		"a handover that is declined stays":    {keepsLeg, "handover to a colleague"},
		"what moved holds a place at both":     {holdsBoth, "handover to a colleague"},
		"a late call is believed":              {anyVersion, "cut calls"},
		"a place that comes free is left":      {leavesUnserved, "one counsellor"},
		"a forfeit serves others first":        {servesFirst, "two handovers"},
		"no second chat for her who has room":  {leavesFree, "one counsellor"},
	} {
		for _, s := range searches {
			if s.name != m.in {
				continue
			}
			sc := s.scope
			sc.broken = m.broken
			f := sc.run(runtime.GOMAXPROCS(0), 40000)
			if f.err == nil {
				t.Errorf("%s: %d states and no check saw it", name, f.states)
				continue
			}
			t.Logf("%s: %v, after %d states and %d events", name, f.err, f.states, len(f.how))
		}
	}
}
