package simulate

import (
	"os"
	"runtime"
	"runtime/debug"
	"slices"
	"strings"
	"testing"
	"time"
)

var (
	jip  = Line{"jip", []int{nl}, 9, -1} // whoever waits is over the target at once
	fier = Line{"fier", []int{nl}, 9, -1}

	ann = someone{"ann", []int{0}, []int{nl}}
	bea = someone{"bea", []int{0}, []int{nl}}
	cas = someone{"cas", []int{1}, []int{nl}}

	calm   = Event{Line: 0, Lang: nl}
	urgent = Event{Line: 0, Lang: nl, Urgent: true}
	other  = Event{Line: 1, Lang: nl}
)

// searches go through every order of everything that can happen to a few people, with symmetric states taken for one.
// Any socket may fall silent at any time and any deadline may fall due at once, so that a node that dies at rest is
// among what happens, whoever is on it; cuts are nodes that die, or stand still and go on later, between a decision and
// telling the chat.
var searches = []struct {
	scope
	limit, long int // states; 0 for all there are
}{
	{scope{name: "cut calls", lines: []Line{jip}, who: []someone{ann, bea}, chats: []Event{calm}, cuts: 2}, 0, 0},
	{scope{name: "handover with cut calls", lines: []Line{jip, fier}, who: []someone{ann, cas}, chats: []Event{calm}, cuts: 2,
		to: []Event{{Line: 1}, {Line: 0}}}, 0, 0},
	{scope{name: "handover to a colleague", lines: []Line{jip}, who: []someone{ann, bea}, chats: []Event{calm}, shut: true, breather: true,
		to: []Event{{Who: 1}, {Who: 2}}}, 0, 0},
	{scope{name: "return codes", lines: []Line{jip}, who: []someone{ann, bea}, chats: []Event{calm}, reenter: true, cuts: 1}, 0, 0},
	{scope{name: "two handovers", lines: []Line{jip, fier}, who: []someone{ann, cas}, chats: []Event{calm, other},
		to: []Event{{Line: 1}, {Line: 0}}}, 0, 0},
	{scope{name: "overflow", lines: []Line{jip, fier}, who: []someone{ann, cas}, chats: []Event{calm, calm}, overflow: true}, 0, 0},
	{scope{name: "urgent", lines: []Line{jip}, who: []someone{ann, bea}, chats: []Event{calm, urgent}, capacity: []int{1, 2}}, 8000, 0},
	{scope{name: "one counsellor", lines: []Line{jip}, who: []someone{ann}, chats: []Event{calm, urgent}, capacity: []int{2}}, 0, 0},
	{scope{name: "two chats and cut calls", lines: []Line{jip}, who: []someone{ann, bea}, chats: []Event{calm, calm}, cuts: 2}, 0, 0},
	{scope{name: "three chats", lines: []Line{jip}, who: []someone{ann, bea}, chats: []Event{calm, calm, calm}}, 0, 0},
	{scope{name: "three chats and cut calls", lines: []Line{jip}, who: []someone{ann, bea}, chats: []Event{calm, calm, calm}, cuts: 2}, 8000, 0},
	{scope{name: "three chats, handovers and cut calls", lines: []Line{jip, fier}, who: []someone{ann, cas},
		chats: []Event{calm, calm, other}, to: []Event{{Line: 1}, {Line: 0}}, cuts: 2, shut: true}, 8000, 0},
}

// TestEverythingThatCanHappen checks every promise of the model in every state that a search comes to. Searches without
// a limit go on until nothing is left; README has their figures. The race detector is for the search, not for the rules:
// under it none is longer than raced.
func TestEverythingThatCanHappen(t *testing.T) {
	for _, s := range searches {
		limit := s.limit
		if os.Getenv("CI") == "true" && s.name == "three chats and cut calls" {
			limit = inCI
		}
		if os.Getenv("HAVEN_LONG") == "1" {
			limit = s.long
		}
		if underRace() && (limit == 0 || limit > raced) {
			limit = raced
		}
		begun := time.Now()
		said := begun
		f := s.run(runtime.GOMAXPROCS(0), limit, func(f *found) {
			if time.Since(said) > time.Minute {
				said = time.Now()
				t.Logf("%s: %d states, %d steps, %d deep so far, %.0f s", s.name, f.states, f.steps, f.levels, time.Since(begun).Seconds())
			}
		})
		t.Logf("%s: %d states, %d steps, %d deep, all of it %v, %.1f s", s.name, f.states, f.steps, f.levels, f.whole, time.Since(begun).Seconds())
		if f.err != nil {
			t.Errorf("%s: %v\n%s", s.name, f.err, strings.Join(f.how, "\n"))
		}
		if limit == 0 && !f.whole {
			t.Errorf("%s: it did not come to an end", s.name)
		}
	}
}

const (
	raced = 20000
	// inCI is how many states of the widest search on one line the build goes through where the race detector is off: a
	// minute of two cores.
	inCI = 3_500_000
)

func underRace() bool {
	b, _ := debug.ReadBuildInfo()
	return b != nil && slices.Contains(b.Settings, debug.BuildSetting{Key: "-race", Value: "true"})
}

// TestSearchCatchesMutants: each bug on purpose is found, and the events told lead to it.
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
		"more are asked than are free":         {asksTooMany, "overflow"},
		"who said no is asked again":           {asksAgain, "overflow"},
		"who did not answer is asked at once":  {asksSoon, "overflow"},
		"a question that is never over":        {keepsAsking, "overflow"},
		"overflow to the end of a line":        {newTicket, "overflow"},
	} {
		for _, s := range searches {
			if s.name != m.in {
				continue
			}
			sc := s.scope
			sc.broken = m.broken
			f := sc.run(runtime.GOMAXPROCS(0), 40000, nil)
			if f.err == nil {
				t.Errorf("%s: %d states and no check saw it", name, f.states)
				continue
			}
			if f.lost {
				t.Errorf("%s: %v, but these events do not lead there:\n%s", name, f.err, strings.Join(f.how, "\n"))
			}
			t.Logf("%s: %v, after %d states and %d events", name, f.err, f.states, len(f.how))
		}
	}
}
