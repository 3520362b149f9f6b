package faults

import (
	"encoding/base64"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"haven/chat/client"
	"haven/chat/fault"
	"haven/routing"
	"haven/routing/routingtest"
)

// lines are those of the configuration.
var lines = []string{"jip", "fier"}

// codeKey is any.
var codeKey = base64.StdEncoding.EncodeToString(make([]byte, 32))

func writeFaultConfig(t *testing.T, origin, more string) string {
	t.Helper()
	dir, err := os.MkdirTemp("", "haven-faults-")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	config := filepath.Join(dir, "haven.yaml")
	shut := shutDays(time.Now())
	yaml := fmt.Sprintf(`listen: 127.0.0.1:0
metrics_listen: 127.0.0.1:0
origin: %s
phones:
  - {name: Alarmnummer, number: "112"}
lines:
  - {name: jip, langs: [nl, en], hours: always, cap_per_counsellor: 100, target: 2m, instead: [fier], overflow: 1s%s}
  - {name: fier, langs: [nl, en], hours: always, cap_per_counsellor: 100, target: 2m, instead: [jip], overflow: 1s%s}
`, origin, shut, shut) + more
	if err := os.WriteFile(config, []byte(yaml), 0o600); err != nil {
		t.Fatal(err)
	}
	return config
}

// shutDays has a line closed but on three days, so that a node that went by its own clock would let go of everybody in line
// when that jumps; the store's may come to midnight.
func shutDays(now time.Time) string {
	now = now.In(routing.Amsterdam())
	day := func(by int) string { return now.AddDate(0, 0, by).Format(time.DateOnly) }
	return fmt.Sprintf(", exceptions: [{from: %s, to: %s, hours: closed}, {from: %s, to: %s, hours: closed}]", day(-300), day(-2), day(2), day(300))
}

// people are who may work at the deployment.
type people struct {
	staff []fault.Account
	lead  fault.Account
}

// answering are those who answer a line.
func (p *people) answering(line string) (all []fault.Account) {
	for _, a := range p.staff {
		if slices.Contains(a.Lines, line) {
			all = append(all, a)
		}
	}
	return all
}

// faultStaff makes the accounts that every run shares, on a store of their own: three for jip, of whom one answers fier too,
// one for fier alone, and a lead of both.
func faultStaff(t *testing.T, haven string) (*routingtest.Server, people) {
	t.Helper()
	accounts := routingtest.Start(t)
	config := writeFaultConfig(t, "http://127.0.0.1:1", "")
	add := func(name, role string, lines ...string) fault.Account {
		a := fault.Account{Name: name, Password: "a long enough password", Lines: lines, Session: &client.Session{}}
		cmd := exec.CommandContext(t.Context(), haven, "staff", "add", a.Name, "--config", config, "--role", role, "--lines", strings.Join(lines, ","))
		cmd.Env = append(os.Environ(), "HAVEN_REDIS_URL=unix://"+accounts.Addr)
		cmd.Stdin = strings.NewReader(a.Password + "\n")
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Fatalf("staff add: %v\n%s", err, out)
		}
		return a
	}
	return accounts, people{
		staff: []fault.Account{add("Raad 0", "counsellor", lines...), add("Raad 1", "counsellor", lines[0]),
			add("Raad 2", "counsellor", lines[1]), add("Raad 3", "counsellor", lines[0])},
		lead: add("Leiding", "lead", lines...),
	}
}

// twoLines has young people ask for either of two lines. One counsellor at least answers both.
func (r *yard) twoLines(c *fault.Cast, rng *rand.Rand) {
	c.Lines, c.Staff = lines, r.people.staff[:2+rng.IntN(len(r.people.staff)-1)]
	if rng.IntN(2) == 0 {
		c.Lead = &r.people.lead
	}
}
