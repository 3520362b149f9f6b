package reach

import (
	"context"
	"maps"
	"testing"

	"github.com/redis/go-redis/v9"

	"haven/routing/routingtest"
)

// meanwhile lets something happen right before a node's nth command, which is the node's last.
type meanwhile struct {
	killer
	do func()
}

func (m *meanwhile) ProcessHook(next redis.ProcessHook) redis.ProcessHook {
	inner := m.killer.ProcessHook(next)
	return func(ctx context.Context, cmd redis.Cmder) error {
		if m.left == 1 && m.do != nil {
			do := m.do
			m.do = nil
			do()
		}
		return inner(ctx, cmd)
	}
}

// TestTotalsAreClosedOnce has another node seal the month between any two commands of one that is at it and then dies:
// nothing of the month is left open, and what is sealed stays as it is.
func TestTotalsAreClosedOnce(t *testing.T) {
	rdb, _ := routingtest.Client(t)
	month, _ := ParsePeriod("2026-11")
	sealedBetween := false
	for step, done := 1, false; !done; step++ {
		if step > 200 {
			t.Fatal("the night never ends")
		}
		_, prefix := routingtest.Client(t)
		var c clock
		c.set("2026-11-29 10:00")
		m := &meanwhile{}
		m.left = 1 << 30
		own := redis.NewClient(rdb.Options())
		own.AddHook(m)
		dies, other := node(t, own, prefix, &c, testPlan()), node(t, rdb, prefix, &c, testPlan())
		c.live(t, "2026-12-02 10:00", dies, other)
		c.set("2026-12-03 10:00")
		k := keys{prefix}
		open, sealed := k.open(name(totals, month)), k.sealed(name(totals, month))
		var stood map[string]string
		m.do = func() {
			before := rdb.Exists(t.Context(), sealed).Val()
			other.tick(t.Context())
			stood = rdb.HGetAll(t.Context(), sealed).Val()
			sealedBetween = sealedBetween || before == 0 && len(stood) > 0
		}
		m.left = step
		dies.tick(t.Context())
		done = !m.dead
		own.Close()
		if left := rdb.HGetAll(t.Context(), open).Val(); len(left) > 0 {
			t.Errorf("killed after %d commands: %v is left open", step, left)
		}
		now := rdb.HGetAll(t.Context(), sealed).Val()
		if len(stood) > 0 && !maps.Equal(stood, now) || len(now) > 0 && now["jip|promised"] != "480" {
			t.Fatalf("killed after %d commands: sealed as %v, then %v", step, stood, now)
		}
		for field := range now {
			if parts := Cell(field).Parts(); len(parts) == 3 && parts[1] != "wait" {
				t.Errorf("%s is sealed, which is of one day", field)
			}
		}
	}
	if !sealedBetween {
		t.Error("the other node sealed nothing: this test sees nothing")
	}
}

// TestAttendanceGoesWithItsDay kills a node at each command of its night: what it saw of the lines' attendance is in the
// totals where its counts are, and nowhere else.
func TestAttendanceGoesWithItsDay(t *testing.T) {
	rdb, _ := routingtest.Client(t)
	with := 0
	for _, after := range []bool{false, true} {
		for step, done := 0, false; !done; step++ {
			if step > 200 {
				t.Fatal("the night never ends")
			}
			_, prefix := routingtest.Client(t)
			var c clock
			c.set("2026-11-18 10:00")
			k := &killer{left: 1 << 30, after: after}
			own := redis.NewClient(rdb.Options())
			own.AddHook(k)
			l := node(t, own, prefix, &c, testPlan())
			l.tick(t.Context())
			l.ChatArrived("jip")
			c.set("2026-11-19 00:15")
			k.left = step
			l.tick(t.Context())
			done = !k.dead
			own.Close()
			arrived, _ := stored(t, rdb, prefix, totals, "2026-11", "jip|arrived")
			attended, _ := stored(t, rdb, prefix, totals, "2026-11", "jip|attended")
			promised, _ := stored(t, rdb, prefix, totals, "2026-11", "jip|promised")
			if arrived < 0 || arrived > 1 || attended != 5*arrived || promised != 480*arrived {
				t.Errorf("killed at %d (after: %v): %d arrived, attended for %d minutes of %d", step, after, arrived, attended, promised)
			}
			with += int(arrived)
		}
	}
	if with == 0 {
		t.Error("nothing was ever handed over")
	}
}
