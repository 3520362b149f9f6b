package routing

import (
	"context"
	"errors"
	"io"
	"slices"
	"testing"

	"github.com/redis/go-redis/v9"
)

func TestLostAndBackAtTheFront(t *testing.T) {
	each(t, func(t *testing.T, b *bench) {
		b.on("ann", 1)
		counted := &wrappedUp{}
		b.obs = counted
		j := b.join(false)
		b.accept0(j)
		b.append(j.Chat, Youth, "", 0, "m1", nil)
		later := b.join(false)
		b.ok(b.Drop(b.ctx, j.Chat, "s"))
		b.soon("away")
		if v := b.view(j.Chat); v.Phase != Lost || v.Reason != ReasonLost || v.Share != "" || len(v.Messages) != 0 {
			t.Fatalf("%+v", v)
		}
		v, ahead, err := b.Resume(b.ctx, j.Chat, j.Token, "s2", 0)
		b.ok(err)
		if v.Phase != Waiting || ahead != 0 || v.Share == "" {
			t.Fatalf("%+v ahead %d", v, ahead)
		}
		b.ok(b.Wrapup(b.ctx, "ann", j.Chat, Wrapup{}))
		b.ok(b.Wrapup(b.ctx, "ann", j.Chat, Wrapup{})) // repeated
		b.wantRings("ann", j.Chat)
		if v := b.accept("ann", "k2"); v.Current().E != 1 || v.Chat != j.Chat {
			t.Fatalf("%+v", v)
		}
		b.append(j.Chat, Youth, "", 1, "m2", nil)
		_ = later
		// One visit, wrapped up again where it ends for good: it stands in the figures once.
		b.ok(b.End(b.ctx, "ann", j.Chat, ReasonStopped))
		b.ok(b.Wrapup(b.ctx, "ann", j.Chat, Wrapup{}))
		if d, err := b.DeskView(b.ctx, "ann"); err != nil || len(d.Wrapups) != 0 {
			t.Errorf("she owes %v, %v", d.Wrapups, err)
		}
		if !slices.Equal(counted.lines, []string{"jip", ""}) {
			t.Errorf("counted under %q", counted.lines)
		}
	})
}

// TestBackAgainAfterALostAnswer: a resume whose answer was lost is run once more before the chat itself learned of the
// first. The young person is in line, and hears so.
func TestBackAgainAfterALostAnswer(t *testing.T) {
	each(t, func(t *testing.T, b *bench) {
		b.on("ann", 1)
		j := b.join(false)
		b.accept0(j)
		b.ok(b.Drop(b.ctx, j.Chat, "s"))
		b.soon("away")
		forget := b.remember(b.own(j.Chat)...)
		_, _, err := b.Resume(b.ctx, j.Chat, j.Token, "s2", 0)
		b.ok(err)
		forget()
		if v, _, err := b.Resume(b.ctx, j.Chat, j.Token, "s3", 0); err != nil || v.Phase != Waiting {
			t.Fatalf("%c %s, %v", v.Phase, v.Reason, err)
		}
	})
}

func TestDeskDropReturnAndForfeit(t *testing.T) {
	each(t, func(t *testing.T, b *bench) {
		b.on("ann", 1)
		j := b.join(false)
		b.accept0(j)
		b.ok(b.DropDesk(b.ctx, "ann", "other"))
		b.ok(b.DropDesk(b.ctx, "ann", "d-ann"))
		if v := b.view(j.Chat); v.Phase != Away {
			t.Fatalf("%+v", v)
		}
		b.on("ann", 0)
		if v := b.view(j.Chat); v.Phase != Talking || v.Current().E != 0 {
			t.Fatalf("%+v", v)
		}
		later := b.join(false)
		b.ok(b.DropDesk(b.ctx, "ann", "d-ann"))
		b.soon("grace")
		if v := b.view(j.Chat); v.Phase != Waiting {
			t.Fatalf("%+v", v)
		}
		b.append(j.Chat, Youth, "", 0, "m", ErrStaleEpoch)
		b.append(j.Chat, Counsellor, "ann", 0, "m", ErrNoChat)
		b.on("bea", 2)
		b.wantRings("bea", j.Chat) // at the front
		b.accept("bea", "k1")
		b.wantRings("bea", later.Chat)
		if v := b.view(j.Chat); v.Current().E != 1 || v.Current().Owner != "bea" {
			t.Fatalf("%+v", v)
		}
	})
}

func TestLeaseRunsOutAndIsRenewed(t *testing.T) {
	each(t, func(t *testing.T, b *bench) {
		b.on("ann", 1)
		j := b.join(false)
		b.accept0(j)
		b.soon("lease")
		if v := b.view(j.Chat); v.Phase != Away {
			t.Fatalf("%+v", v)
		}
		b.ok(b.Renew(b.ctx, []string{"ann"})) // the node had only stood still
		if v := b.view(j.Chat); v.Phase != Talking {
			t.Fatalf("%+v", v)
		}
		b.ok(b.rdb.Del(b.ctx, b.keys...).Err()) // emptied
		b.ok(b.Renew(b.ctx, []string{"ann"}))
		if d, _ := b.DeskView(b.ctx, "ann"); d.State != StateReady || d.Capacity != 1 {
			t.Fatalf("%+v", d)
		}
	})
}

func TestWrapupHoldsItsPlace(t *testing.T) {
	each(t, func(t *testing.T, b *bench) {
		b.on("ann", 1)
		j := b.join(false)
		b.accept0(j)
		b.append(j.Chat, Counsellor, "ann", 0, "m", nil)
		next := b.join(false)
		b.ok(b.End(b.ctx, "ann", j.Chat, ReasonDone))
		b.ok(b.End(b.ctx, "ann", j.Chat, ReasonDone))
		b.wantRings("ann", "")
		d, _ := b.DeskView(b.ctx, "ann")
		if d.State != StateBusy || !slices.Equal(d.Wrapups, []string{j.Chat}) || len(d.Chats) != 0 {
			t.Fatalf("%+v", d)
		}
		b.soon("wrap")
		b.wantRings("ann", next.Chat)
		if d, _ = b.DeskView(b.ctx, "ann"); len(d.Wrapups) != 1 {
			t.Fatalf("still owed: %+v", d)
		}
		b.ok(b.Wrapup(b.ctx, "ann", j.Chat, Wrapup{}))
		if err := b.Wrapup(b.ctx, "ann", next.Chat, Wrapup{}); !errors.Is(err, ErrNoChat) {
			t.Fatal(err)
		}
		b.soon("owed")
		b.soon("linger")
		b.soon("tomb")
	})
}

func TestDeadNode(t *testing.T) {
	each(t, func(t *testing.T, b *bench) {
		b.on("ann", 1)
		j1 := b.join(false)
		b.accept0(j1)
		j2 := b.join(false)
		other := newBench(t, b.rdb, b.cfg.Prefix)
		other.cfg.Node = "node2"
		_, _, err := other.Resume(b.ctx, j2.Chat, j2.Token, "s9", 0) // moved in time
		b.ok(err)
		_, _, err = b.shared(b.ctx, "beat", 0, "node1", 10)
		b.ok(err)
		other.soon("node:node1")
		if v := b.view(j1.Chat); v.Sock != "" {
			t.Fatalf("%+v", v)
		}
		if v := b.view(j2.Chat); v.Sock != "node2/s9" {
			t.Fatalf("%+v", v)
		}
	})
}

// TestDeadNodeIsToldFirst: where the chats' own states cannot be told that a node was given up, nothing is decided, and the
// next sweep does it. Else a child whose node only stood still would be in line to itself and held to the rest.
func TestDeadNodeIsToldFirst(t *testing.T) {
	each(t, func(t *testing.T, b *bench) {
		b.on("ann", 1)
		b.accept0(b.join(false))
		j := b.join(false)
		other := newBench(t, b.rdb, b.cfg.Prefix)
		other.cfg.Node = "node2"
		heard := b.wakesOf("node1")
		state := stateKey(b.cfg.Prefix, j.Chat)
		kept := b.rdb.HGetAll(b.ctx, state).Val()
		b.ok(b.rdb.Del(b.ctx, state).Err())
		b.ok(b.rdb.Set(b.ctx, state, "", 0).Err()) // a script that is to write there fails
		_, _, err := b.shared(b.ctx, "beat", 0, "node1", -10)
		b.ok(err)
		if err := other.bury(b.ctx, "node1"); !errors.Is(err, ErrUnavailable) {
			t.Fatal(err)
		}
		if n := b.inLine(); n != 1 {
			t.Fatalf("%d in line", n)
		}
		b.ok(b.rdb.Del(b.ctx, state).Err())
		b.ok(b.rdb.HSet(b.ctx, state, kept).Err())
		b.ok(other.bury(b.ctx, "node1"))
		if n := b.inLine(); n != 0 {
			t.Errorf("%d in line", n)
		}
		if v := b.view(j.Chat); v.Sock != "" {
			t.Errorf("%+v", v)
		}
		if !slices.Contains(heard(), "c"+j.Chat) {
			t.Error("the node, which may have stood still, was not told")
		}
		_, ahead, err := b.Resume(b.ctx, j.Chat, j.Token, "s2", 0)
		if b.ok(err); ahead != 0 || b.inLine() != 1 {
			t.Errorf("back with %d ahead, %d in line", ahead, b.inLine())
		}
	})
}

func TestRekeyIsANewEpochOfTheSameOwner(t *testing.T) {
	each(t, func(t *testing.T, b *bench) {
		b.on("ann", 1)
		j := b.join(false)
		b.accept0(j)
		v, err := b.ResumeDesk(b.ctx, "ann", j.Chat, "", 0)
		b.ok(err)
		if len(v.Epochs) != 1 {
			t.Fatalf("%+v", v)
		}
		v, err = b.ResumeDesk(b.ctx, "ann", j.Chat, "k9", 0)
		b.ok(err)
		if e := v.Current(); e.E != 1 || e.Owner != "ann" || e.PK != "k9" {
			t.Fatalf("%+v", v)
		}
		if _, err = b.ResumeDesk(b.ctx, "bea", j.Chat, "", 0); !errors.Is(err, ErrNoChat) {
			t.Fatal(err)
		}
	})
}

func TestCrashBetweenTheTwoStatesIsMadeGood(t *testing.T) {
	each(t, func(t *testing.T, b *bench) {
		b.on("ann", 1)
		j := b.join(false)
		d, _ := b.DeskView(b.ctx, "ann")
		_, _, err := b.shared(b.ctx, "accept", -1, "ann", d.Offer.Offer, "k", servedKept) // and the node dies here
		b.ok(err)
		if v := b.view(j.Chat); v.Phase != Waiting {
			t.Fatalf("%+v", v)
		}
		b.soon("apply")
		if v := b.view(j.Chat); v.Phase != Talking || v.Current().PK != "k" {
			t.Fatalf("%+v", v)
		}
		if n, _ := b.rdb.ZScore(b.ctx, sharedKey(b.cfg.Prefix, "due"), "apply:"+j.Chat).Result(); n != 0 {
			t.Fatal("still unsettled")
		}
	})
}

// wrappedUp notes the lines under which wrap-ups were counted.
type wrappedUp struct {
	nobody
	lines []string
}

func (w *wrappedUp) WrappedUp(line string, _ Wrapup) { w.lines = append(w.lines, line) }

// deaf is a store whose answers to one script get lost.
type deaf struct {
	redis.UniversalClient
	sha string
}

func (d deaf) EvalSha(ctx context.Context, sha string, keys []string, args ...any) *redis.Cmd {
	cmd := d.UniversalClient.EvalSha(ctx, sha, keys, args...)
	if sha == d.sha {
		cmd.SetErr(io.EOF)
	}
	return cmd
}

// TestJoinWhoseAnswerIsLost: the place stands and nobody knows of it. It is named beside the error, so that it can be left,
// and leaving one that never came to stand is no error.
func TestJoinWhoseAnswerIsLost(t *testing.T) {
	each(t, func(t *testing.T, b *bench) {
		b.on("ann", 1)
		store := b.rdb
		b.rdb = deaf{store, must("arrive").sha}
		j, err := b.Join(b.ctx, Join{Line: "jip", Lang: "nl", PK: "pk", Sock: "s"})
		if !errors.Is(err, ErrUnavailable) || j.Chat == "" {
			t.Fatalf("%+v, %v", j, err)
		}
		b.wantRings("ann", j.Chat)
		b.ok(b.Leave(b.ctx, j.Chat))
		b.wantRings("ann", "")
		b.phase("left", j.Chat, Over, ReasonLeft)
		b.ok(b.Leave(b.ctx, newID()))
		b.rdb = deaf{store, must("open").sha}
		if j, err = b.Join(b.ctx, Join{Line: "jip", Lang: "nl", PK: "pk", Sock: "s"}); !errors.Is(err, ErrUnavailable) || j.Chat != "" {
			t.Errorf("before it was in line: %+v, %v", j, err)
		}
	})
}
