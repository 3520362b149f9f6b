package reach

import (
	"runtime"
	"strings"
	"sync"
	"testing"

	"github.com/redis/go-redis/v9"
)

// recorder stands in for a test that is expected to fail.
type recorder struct {
	testing.TB
	mu     sync.Mutex
	failed bool
}

func (r *recorder) fail() {
	r.mu.Lock()
	r.failed = true
	r.mu.Unlock()
}

func (r *recorder) Error(...any)          { r.fail() }
func (r *recorder) Errorf(string, ...any) { r.fail() }
func (r *recorder) Fatal(...any)          { r.fail(); runtime.Goexit() }
func (r *recorder) Fatalf(string, ...any) { r.fail(); runtime.Goexit() }

// TestLedgerMutants seeds a fault into one script at a time: the test named beside it has to see it.
func TestLedgerMutants(t *testing.T) {
	for _, m := range []struct {
		name     string
		script   **redis.Script
		file     string
		old, new string
		check    func(testing.TB)
	}{
		{"a batch is taken twice", &flushScript, "flush", "if redis.call('HGET', KEYS[1], ARGV[1]) ~= ARGV[2] then", "if false then", ledgerUnheardAnswers},
		{"a batch stays pending", &flushScript, "flush", "redis.call('HDEL', KEYS[1], ARGV[1])", "", ledgerLostDays},
		{"a sealed table takes counts", &flushScript, "flush", "if redis.call('EXISTS', KEYS[k + 1]) == 0 then", "if true then", ledgerFromVisitToRelease},
		{"a cell is made without noise", &flushScript, "flush", "ARGV[i]) == 0 then return", "ARGV[i]) == 7 then return", ledgerNoCellWithoutNoise},
		{"who opens last draws", &openScript, "open", "'HSETNX', KEYS[1], ARGV[i]", "'HSET', KEYS[1], ARGV[i]", ledgerCampaignAdded},
		{"what is sealed is opened again", &openScript, "open", "if redis.call('EXISTS', KEYS[2]) == 1 then return 'sealed' end", "", ledgerFromVisitToRelease},
		{"a lost day is not said", &sealScript, "seal", "lost = lost + 1", "", ledgerLostDays},
		{"an emptied ledger forgets that it was", &registerScript, "register", "redis.call('HSET', KEYS[2], 'emptied', ARGV[6])", "", ledgerEmptiedBeforeAFlush},
		{"what is opened after a loss passes for whole", &openScript, "open", "'HSETNX', KEYS[1], '.emptied', emptied", "'HGET', KEYS[1], '.emptied'", ledgerEmptiedBeforeAFlush},
		{"what was lost before a table came is lost to it", &sealScript, "seal", "if day >= since", "if day >= ARGV[2]", ledgerReferralsComeLater},
	} {
		t.Run(m.name, func(t *testing.T) {
			src, err := luaFiles.ReadFile("lua/" + m.file + ".lua")
			if err != nil {
				t.Fatal(err)
			}
			if strings.Count(string(src), m.old) != 1 {
				t.Fatalf("%q does not stand once in %s.lua", m.old, m.file)
			}
			sound := *m.script
			*m.script = redis.NewScript(strings.Replace(string(src), m.old, m.new, 1))
			defer func() { *m.script = sound }()
			r := &recorder{TB: t}
			done := make(chan struct{})
			go func() {
				defer close(done)
				m.check(r)
			}()
			<-done
			if !r.failed {
				t.Error("nobody noticed")
			}
		})
	}
}
