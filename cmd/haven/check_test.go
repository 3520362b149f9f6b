package main

import (
	"bytes"
	"strings"
	"testing"

	"haven/routing/routingtest"
)

// TestCheckFindsEachSetting seeds one wrong setting after the other.
func TestCheckFindsEachSetting(t *testing.T) {
	s := routingtest.Start(t)
	ctx := within(t)
	rdb := s.Client()
	defer rdb.Close()
	check := func() (string, int) {
		var out bytes.Buffer
		f := &findings{out: &out}
		checkStore(ctx, f, redisEnv, acked, rdb)
		return out.String(), f.broken
	}
	if out, broken := check(); broken != 0 {
		t.Fatalf("a good Redis breaks:\n%s", out)
	}
	for name, wrong := range map[string]string{
		"maxmemory-policy": "allkeys-lru", "appendonly": "no", "save": "3600 1", "slowlog-max-len": "128", "aof-timestamp-enabled": "yes",
	} {
		good := rdb.ConfigGet(ctx, name).Val()[name]
		if err := rdb.ConfigSet(ctx, name, wrong).Err(); err != nil {
			t.Fatal(err)
		}
		if out, broken := check(); broken != 1 || !strings.Contains(out, "BREAKS   HAVEN_REDIS_URL: "+name+" is ") {
			t.Errorf("%s %s: %d broken\n%s", name, wrong, broken, out)
		}
		if err := rdb.ConfigSet(ctx, name, good).Err(); err != nil {
			t.Fatal(err)
		}
	}
}

// TestCheckOfAStoreThatHidesItsSettings: a hosted Redis may refuse CONFIG; that is said and breaks nothing by itself.
func TestCheckOfAStoreThatHidesItsSettings(t *testing.T) {
	var out bytes.Buffer
	f := &findings{out: &out}
	checkStore(within(t), f, redisEnv, acked, routingtest.Mini(t))
	if f.broken != 0 || !strings.Contains(out.String(), "maxmemory-policy cannot be read here") {
		t.Errorf("%d broken\n%s", f.broken, &out)
	}
}

// TestCheckSaysWhatTheLedgerWouldLose: nothing is acked out of the ledger's Redis.
func TestCheckSaysWhatTheLedgerWouldLose(t *testing.T) {
	s := routingtest.Start(t)
	ctx := within(t)
	rdb := s.Client()
	defer rdb.Close()
	if err := rdb.ConfigSet(ctx, "appendonly", "no").Err(); err != nil {
		t.Fatal(err)
	}
	for _, away := range []bool{false, true} {
		if away {
			s.Kill()
		}
		var out bytes.Buffer
		f := &findings{out: &out}
		checkStore(ctx, f, ledgerEnv, figured, rdb)
		if f.broken != 1 || strings.Count(out.String(), "promise: ") != 1 || !strings.Contains(out.String(), "promise: "+figured) {
			t.Errorf("away %v: %d broken\n%s", away, f.broken, &out)
		}
	}
}
