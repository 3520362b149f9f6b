package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"haven/metrics/reach"
	"haven/routing/routingtest"
)

// TestLedgerEmptiedBetweenTwoStarts: the ledger has a Redis of its own and is emptied while no node runs. The check, the
// node that starts, its metric and what it opens say so, and so does the check of later on.
func TestLedgerEmptiedBetweenTwoStarts(t *testing.T) {
	chats, ledger := routingtest.Start(t), routingtest.Start(t)
	d := &deployment{t: t, store: chats, config: filepath.Join(t.TempDir(), "haven.yaml"), nodes: make([]*process, 1)}
	d.env = []string{redisEnv + "=unix://" + chats.Addr, ledgerEnv + "=unix://" + ledger.Addr}
	d.urls, d.priv = []string{"http://" + routingtest.FreeAddr(t)}, []string{"http://" + routingtest.FreeAddr(t)}
	yaml := fmt.Sprintf("listen: 127.0.0.1:0\norigin: %s\nlines:\n  - {name: jip, hours: always, cap_per_counsellor: 100}\n", d.urls[0])
	if err := os.WriteFile(d.config, []byte(yaml), 0o600); err != nil {
		t.Fatal(err)
	}
	check := func(wants ...string) {
		t.Helper()
		p := start(t, d.env, "check", "--config", d.config)
		code, out := p.ends(t)
		broken := strings.HasPrefix(wants[0], "BREAKS")
		if (code != 0) != broken {
			t.Errorf("exit status %d:\n%s", code, out)
		}
		for _, want := range wants {
			if !strings.Contains(out, want) {
				t.Errorf("no %q in\n%s", want, out)
			}
		}
	}
	lost := func() string {
		_, body := get(t, d.priv[0]+"/metrics")
		_, rest, _ := strings.Cut(body, "\nhaven_reach_ledger_lost ")
		value, _, _ := strings.Cut(rest, "\n")
		return value
	}
	d.run(0)
	if err := d.nodes[0].cmd.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	d.nodes[0].ends(t)
	check("Nothing found that breaks a promise.")

	ledger.Kill()
	ledger.Restart(t, true)
	check("BREAKS   reach: the ledger is not the one that nodes counted into", "promise: "+figured, "1 finding breaks a promise.")
	d.run(0)
	until(t, within(t), func() bool {
		return strings.Contains(d.nodes[0].stderr.String(), "reason=ledger_lost") && lost() == "1"
	})
	rdb := ledger.Client()
	defer rdb.Close()
	today := reach.DayOf(time.Now())
	week := "haven:{haven:reach}:open:visits:" + reach.PeriodOf(reach.Week, today).String()
	if emptied := rdb.HGet(within(t), week, ".emptied").Val(); emptied != today.String() {
		t.Errorf("the week was emptied %q", emptied)
	}
	check("Nothing found that breaks a promise.", "note     reach: the ledger was seen to be empty on "+today.String())
	if got := chats.Client().HGet(within(t), "haven:{haven:reach}:witness", "life").Val(); got == "" || got != rdb.HGet(within(t), "haven:{haven:reach}:meta", "life").Val() {
		t.Errorf("the witness says %q", got)
	}
}
