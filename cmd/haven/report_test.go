package main

import (
	"os"
	"strings"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"
	"github.com/rogpeppe/go-internal/testscript"
	"golang.org/x/term"

	"haven/cmd/haven/haventest"
	"haven/metrics/reach"
	"haven/routing/routingtest"
)

// TestReportScripts has a ledger with an example history, and beside it one with nothing.
func TestReportScripts(t *testing.T) {
	s := routingtest.Start(t)
	rdb := redis.NewUniversalClient(&redis.UniversalOptions{Addrs: []string{s.Addr}})
	defer rdb.Close()
	cfg, err := parseConfig("haven.yaml", []byte("lines: [{name: jip, hours: always}, {name: shop, hours: always}]\n"+
		"campaigns: [{name: chatten-helpt, channels: [{name: instagram, medium: online}, {name: poster, medium: offline}]}]\n"))
	if err != nil {
		t.Fatal(err)
	}
	if err := reach.WriteExample(t.Context(), rdb, "report", cfg.plan(), reach.DayOf(time.Now())); err != nil {
		t.Fatal(err)
	}
	today := reach.DayOf(time.Now())
	testscript.Run(t, testscript.Params{
		Dir: "testdata/report", Cmds: commandsOfScripts, RequireExplicitExec: true,
		Setup: func(e *testscript.Env) error {
			e.Setenv(redisEnv, "unix:///nobody.sock") // that of the chats is not asked
			e.Setenv(ledgerEnv, "unix://"+s.Addr)
			// A month that has been sealed for certain, and one that goes on.
			e.Setenv("MONTH", reach.PeriodOf(reach.Month, today).Prev().Prev().String())
			e.Setenv("OPEN", reach.PeriodOf(reach.Month, today).String())
			e.Setenv("SEALDAY", reach.PeriodOf(reach.Month, today).SealDay().String())
			return nil
		},
	})
}

func TestReportPeriod(t *testing.T) {
	now := time.Date(2027, 1, 3, 23, 30, 0, 0, time.UTC) // in Amsterdam 4 January, a Monday
	for name, want := range map[string]string{
		"2026": "2026", "2026-Q4": "2026-Q4", "2026-11": "2026-11", "2026-W48": "2026-W48",
		"last-year": "2026", "last-quarter": "2026-Q4", "last-month": "2026-12", "last-week": "2026-W53",
	} {
		if p, err := reportPeriod(name, now); err != nil || p.String() != want {
			t.Errorf("%s is %s and not %s (%v)", name, p, want, err)
		}
	}
	for _, name := range []string{"", "2026-13", "2025-W53", "last-", "last-day", "vorig-jaar", "2026-11-01"} {
		if _, err := reportPeriod(name, now); err == nil || !strings.HasPrefix(err.Error(), "--period: ") {
			t.Errorf("%q: %v", name, err)
		}
	}
}

// TestReportKeepsAWorkbookFromATerminal has the terminal of a pseudo-terminal as standard output.
func TestReportKeepsAWorkbookFromATerminal(t *testing.T) {
	out, err := os.OpenFile("/dev/ptmx", os.O_RDWR, 0)
	if err != nil || !term.IsTerminal(int(out.Fd())) {
		haventest.Lacks(t, "a pseudo-terminal", err)
	}
	defer out.Close()
	var stderr strings.Builder
	nothing := func(string) string { return "" }
	if got := run(t.Context(), []string{"report", "--config", "none.yaml", "--period", "2026", "--format", "xlsx"}, nil, out, &stderr, nothing); got != exitUsage ||
		!strings.Contains(stderr.String(), "standard output is a terminal, and a workbook is not text: give --out FILE") {
		t.Errorf("status %d: %s", got, stderr.String())
	}
}
