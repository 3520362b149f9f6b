package routing

import (
	"context"
	"errors"
	"slices"
	"testing"

	"haven/routing/routingtest"
)

// TestNothingOvertakesWhatFailed: what waits behind a message that the store did not take is not given to it either,
// where it is of the same author in the same chat, although the store answers again.
func TestNothingOvertakesWhatFailed(t *testing.T) {
	rdb, prefix := routingtest.Client(t)
	b := newBench(t, rdb, prefix)
	b.on("ann", 2)
	j, other := b.join(false), b.join(false)
	b.accept0(j)
	b.accept0(other)
	var kept, failed []string
	add := func(chat string, from Side, owner, id string) *job {
		return &job{kind: jobAppend, chat: chat, add: &Append{Chat: chat, From: from, Owner: owner, ID: id,
			Body: []byte(`"from":"` + string(from) + `"}`), Done: func(a *Append) {
				if a.Err == nil {
					kept = append(kept, a.ID)
				} else if errors.Is(a.Err, ErrUnavailable) {
					failed = append(failed, a.ID)
				} else {
					t.Errorf("%s: %v", a.ID, a.Err)
				}
			}}}
	}
	in := make(chan *job, 16)
	away := newBatch(b.Router)
	in <- add(j.Chat, Youth, "", "behind")
	in <- add(j.Chat, Counsellor, "ann", "her own")
	in <- add(other.Chat, Youth, "", "elsewhere")
	away.add(add(j.Chat, Youth, "", "first"))
	sound := b.Router.rdb
	gone := routingtest.Mini(t)
	gone.Close() // nobody answers
	b.Router.rdb = gone
	away.send()
	b.Router.rdb = sound
	away.behind(in)
	away.send()
	if !slices.Equal(failed, []string{"first", "behind"}) || !slices.Equal(kept, []string{"her own", "elsewhere"}) {
		t.Errorf("failed %v, kept %v", failed, kept)
	}
	// Both come again, and from then on nothing is held back.
	for _, id := range []string{"first", "behind"} {
		in <- add(j.Chat, Youth, "", id)
	}
	away.add(<-in)
	away.send()
	away.behind(in)
	away.add(<-in)
	away.send()
	if want := []string{"her own", "elsewhere", "first", "behind"}; !slices.Equal(kept, want) {
		t.Errorf("kept %v, want %v", kept, want)
	}
	if v, err := b.View(context.Background(), j.Chat, 0, EveryEpoch); err != nil || len(v.Messages) != 3 {
		t.Errorf("%d messages are kept, %v", len(v.Messages), err)
	}
}
