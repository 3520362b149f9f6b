package metrics

import (
	"context"
	"slices"
	"testing"

	"github.com/alicebob/miniredis/v2"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/testutil"
	"github.com/redis/go-redis/v9"
)

// counted is how many observations each command has.
func counted(t *testing.T, reg prometheus.Gatherer) map[string]uint64 {
	t.Helper()
	families, err := reg.Gather()
	if err != nil {
		t.Fatal(err)
	}
	got := make(map[string]uint64)
	for _, f := range families {
		if f.GetName() != "haven_redis_command_duration_seconds" {
			continue
		}
		for _, m := range f.GetMetric() {
			got[m.GetLabel()[0].GetValue()] = m.GetHistogram().GetSampleCount()
		}
	}
	return got
}

func TestHookTimesCommandsByTheirNameAlone(t *testing.T) {
	reg, o := operations(t, standing())
	server := miniredis.RunT(t)
	rdb := redis.NewClient(&redis.Options{Addr: server.Addr(), DisableIdentity: true, MaxRetries: -1})
	rdb.AddHook(o.Hook())
	ctx := context.Background()
	if err := rdb.Ping(ctx).Err(); err != nil {
		t.Fatal(err)
	}
	before := counted(t, reg)
	if before["dial"] != 1 || before["ping"] != 1 {
		t.Errorf("after the first command: %v", before)
	}

	rdb.Set(ctx, "planted-key", "planted-value", 0)
	rdb.Get(ctx, "planted-missing") // an answer as good as any other
	rdb.Do(ctx, "planted-command", "planted-value")
	redis.NewScript("return 1").Run(ctx, rdb, nil)
	if _, err := rdb.Pipelined(ctx, func(p redis.Pipeliner) error {
		p.Get(ctx, "planted-key")
		p.Get(ctx, "planted-key")
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	if _, err := rdb.TxPipelined(ctx, func(p redis.Pipeliner) error { return p.Get(ctx, "planted-key").Err() }); err != nil {
		t.Fatal(err)
	}
	after := counted(t, reg)
	for command, want := range map[string]uint64{"set": 1, "get": 1, "other": 1, "evalsha": 1, "eval": 1} {
		if got := after[command] - before[command]; got != want {
			t.Errorf("%s: %d observed, want %d", command, got, want)
		}
	}
	// go-redis sets up a connection in a pipeline of its own, which is counted before this.
	if got := after["pipeline"] - before["pipeline"]; got != 2 {
		t.Errorf("pipeline: %d observed, want 2", got)
	}
	if n := len(after); n != len(commands) {
		t.Errorf("%d values of the label, want the %d known at start", n, len(commands))
	}

	server.Close()
	if err := rdb.Ping(ctx).Err(); err == nil {
		t.Fatal("a closed store answered")
	}
	if away := counted(t, reg); away["ping"]-after["ping"] != 1 {
		t.Error("a failed command was not timed")
	}
	if problems, err := testutil.GatherAndLint(reg, "haven_redis_command_duration_seconds"); err != nil || len(problems) != 0 {
		t.Error(problems, err)
	}
	if !slices.Contains(commands, "evalsha") {
		t.Error("the hot path has no series of its own")
	}
}
