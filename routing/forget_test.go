package routing

import (
	"errors"
	"testing"
	"time"

	"haven/routing/routingtest"
)

// TestForgottenEpochIsNotGivenAgain: whoever was told of an epoch that the store forgot, nobody else gets that one, however
// often the store begins another life.
func TestForgottenEpochIsNotGivenAgain(t *testing.T) {
	s := routingtest.Start(t)
	rdb := s.Client()
	defer rdb.Close()
	b := newBench(t, rdb, "forgets")
	b.on("ann", 1)
	j := b.join(false)
	newest := -1
	for range 3 { // what is done in each life is forgotten with it
		forget := b.remember(b.keyspace()...)
		b.accept("ann", "k")
		for _, key := range []string{"k2", "k3"} {
			v, err := b.ResumeDesk(b.ctx, "ann", j.Chat, key, 0)
			b.ok(err)
			if e := v.Current().E; e <= newest {
				t.Errorf("epoch %d after %d", e, newest)
			} else {
				newest = e
			}
		}
		b.ok(b.rdb.FlushDB(b.ctx).Err())
		forget()
		<-time.After(time.Until(time.Now().Truncate(time.Second).Add(time.Second))) // no machine starts twice in a second
		s.Kill()
		s.Restart(t, false)
		b.ok(b.loadAll(b.ctx))
	}
}

// TestWhoKnowsMoreThanTheStore: a page that had more of a chat than the store has waits until the pages are told that it
// began another life; after that a claim to have more is only a claim.
func TestWhoKnowsMoreThanTheStore(t *testing.T) {
	each(t, func(t *testing.T, b *bench) {
		b.on("ann", 1)
		j := b.join(false)
		b.accept("ann", "k")
		ask := func(want error) {
			t.Helper()
			if _, _, err := b.Resume(b.ctx, j.Chat, j.Token, "s2", 3); !errors.Is(err, want) {
				t.Errorf("resume: %v, want %v", err, want)
			}
			if _, err := b.ResumeDesk(b.ctx, "ann", j.Chat, "", 3); !errors.Is(err, want) {
				t.Errorf("her resume: %v, want %v", err, want)
			}
		}
		ask(nil)
		before := "the last life"
		b.store.Store(&before)
		ask(ErrUnavailable)
		now, err := b.life(b.ctx)
		b.ok(err)
		b.store.Store(&now)
		ask(nil)
	})
}
