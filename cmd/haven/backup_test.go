package main

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"haven/cmd/haven/haventest"
	"haven/metrics/reach"
	"haven/routing/routingtest"
	"haven/web/staff"
)

const backupYAML = "lines: [{name: jip, hours: always}]\n"

var backupPlan = &reach.Plan{
	Lines: []string{"jip"}, Topics: []string{"home", "school"}, Budgets: reach.Budgets{Now: reach.Standard()},
	Partners:  []reach.Partner{{Code: "veilig-thuis", Name: "Veilig Thuis"}},
	Campaigns: []reach.Campaign{{Name: "chatten-helpt", Lines: []string{"jip"}, Channels: []reach.Channel{{Name: "poster", Medium: reach.Offline}}}},
}

// ledgerBench is a Redis, a configuration, and the command line on both.
type ledgerBench struct {
	t     *testing.T
	store *routingtest.Server
	rdb   *redis.Client
	dir   string
	env   map[string]string
}

func newLedgerBench(t *testing.T) *ledgerBench {
	t.Helper()
	b := &ledgerBench{t: t, store: routingtest.Start(t), dir: t.TempDir()}
	b.rdb = b.store.Client()
	t.Cleanup(func() { b.rdb.Close() })
	// The Redis of the chats is away: neither command asks anything of it.
	b.env = map[string]string{redisEnv: "unix://" + b.dir + "/none", ledgerEnv: "unix://" + b.store.Addr}
	b.file("haven.yaml", []byte(backupYAML))
	return b
}

func (b *ledgerBench) path(name string) string { return filepath.Join(b.dir, name) }

func (b *ledgerBench) file(name string, data []byte) string {
	b.t.Helper()
	if err := os.WriteFile(b.path(name), data, 0o600); err != nil {
		b.t.Fatal(err)
	}
	return b.path(name)
}

// haven runs a command in this process.
func (b *ledgerBench) haven(stdin []byte, args ...string) (status int, stdout, stderr string) {
	b.t.Helper()
	var out, errs bytes.Buffer
	args = append(args, "--config", b.path("haven.yaml"))
	status = run(within(b.t), args, bytes.NewReader(stdin), &out, &errs, func(k string) string { return b.env[k] })
	return status, out.String(), errs.String()
}

// fill makes a deployment with a history, an open period, and somebody in a chat.
func (b *ledgerBench) fill() (session string) {
	b.t.Helper()
	ctx := within(b.t)
	s := staff.New(b.rdb, staff.Config{})
	for _, a := range []staff.Account{
		{Name: "Noor", Role: staff.RoleCounsellor, Lines: []string{"jip"}, Langs: []string{"nl", "en"}},
		{Name: "Zoë", Role: staff.RoleCoordinator}, {Name: "Weg", Role: staff.RoleAdmin},
	} {
		b.must(s.Add(ctx, a, "correct horse"))
	}
	b.must(s.Disable(ctx, "Weg"))
	session, err := s.Login(ctx, "Noor", "correct horse")
	b.must(err)
	b.must(reach.WriteExample(ctx, b.rdb, "haven", backupPlan, reach.DayOf(time.Now())))
	l, err := reach.New(b.rdb, reach.Config{Prefix: "haven", Plan: backupPlan, Promised: func(string, reach.Day) int { return 1 }})
	b.must(err)
	b.must(l.Begin(ctx))
	b.must(b.rdb.HSet(ctx, "haven:{q83vQ83vQ83vQ83vQ83vQw}:state", "tok", "of-a-chat").Err())
	return session
}

func (b *ledgerBench) must(err error) {
	b.t.Helper()
	if err != nil {
		b.t.Fatal(err)
	}
}

// stands is everything in the store that a backup is about, but for generations, which begin anew.
func (b *ledgerBench) stands() string {
	b.t.Helper()
	ctx := within(b.t)
	accounts, err := staff.New(b.rdb, staff.Config{}).Export(ctx)
	b.must(err)
	sealed, err := reach.ExportSealed(ctx, b.rdb, "haven")
	b.must(err)
	return fmt.Sprintf("%v\n%v", accounts, sealed)
}

// dump is the whole store as it is.
func (b *ledgerBench) dump() string {
	b.t.Helper()
	v, err := everything.Run(within(b.t), b.rdb, nil).Slice()
	b.must(err)
	var keys []string
	for _, k := range v[1].([]any) {
		e := k.([]any)
		values := e[3].([]any)
		switch e[1] {
		case "set":
			slices.SortFunc(values, func(a, b any) int { return strings.Compare(a.(string), b.(string)) })
		case "hash": // a large one comes in another order while Redis makes room in it
			var pairs []any
			for pair := range slices.Chunk(values, 2) {
				pairs = append(pairs, fmt.Sprint(pair...))
			}
			slices.SortFunc(pairs, func(a, b any) int { return strings.Compare(a.(string), b.(string)) })
			values = pairs
		}
		keys = append(keys, fmt.Sprint(e[0], values))
	}
	slices.Sort(keys)
	return strings.Join(keys, "\n")
}

func TestBackupAndRestore(t *testing.T) {
	from := newLedgerBench(t)
	session := from.fill()
	file := from.path("today.backup")
	status, out, errs := from.haven(nil, "backup", file)
	if status != exitOK || !strings.HasPrefix(out, "accounts: 3, sealed tables: ") || errs != "" {
		t.Fatalf("%d %s %s", status, out, errs)
	}
	tables := from.rdb.SCard(t.Context(), "haven:{haven:reach}:sealed").Val()
	entries := from.rdb.HLen(t.Context(), "haven:{haven:reach}:entered").Val()
	if want := fmt.Sprintf("accounts: 3, sealed tables: %d, entries by hand: %d; ", tables, entries); entries < 2 || !strings.HasPrefix(out, want) {
		t.Errorf("%q, not %q", out, want)
	}
	info, err := os.Stat(file)
	from.must(err)
	if info.Mode().Perm() != 0o600 {
		t.Errorf("others may read it: %v", info.Mode())
	}
	data, err := os.ReadFile(file)
	from.must(err)
	for _, not := range []string{"of-a-chat", "open:", "pending", "session", "flushes", "correct horse", session} {
		if bytes.Contains(data, []byte(not)) {
			t.Errorf("%s is in the backup", not)
		}
	}
	if names, err := os.ReadDir(from.dir); err != nil || len(names) != 2 {
		t.Errorf("more than the configuration and the backup was left: %v %v", names, err)
	}
	open, err := from.rdb.SMembers(t.Context(), "haven:{haven:reach}:opened").Result()
	if err != nil || len(open) == 0 {
		t.Fatalf("no period was open: %v", err)
	}
	for _, name := range open {
		if bytes.Contains(data, []byte(`"`+name+`"`)) {
			t.Errorf("the open period %s is in the backup", name)
		}
	}

	to := newLedgerBench(t)
	status, out, errs = to.haven(nil, "restore", file)
	if status != exitOK || !strings.Contains(out, "accounts: 3 added, 0 replaced, 0 were there\n") || !strings.Contains(out, " added, 0 were there\nSessions") || errs != "" {
		t.Fatalf("%d %s %s", status, out, errs)
	}
	if got, want := to.stands(), from.stands(); got != want {
		t.Errorf("restored\n%s\nwant\n%s", got, want)
	}
	s := staff.New(to.rdb, staff.Config{})
	if _, err := s.Login(t.Context(), "Noor", "correct horse"); err != nil {
		t.Errorf("the password of before: %v", err)
	}
	if _, err := s.Login(t.Context(), "Weg", "correct horse"); err != staff.ErrLogin {
		t.Errorf("a disabled account: %v", err)
	}
	if _, err := s.Session(t.Context(), session); err != staff.ErrNoSession {
		t.Errorf("a session of before: %v", err)
	}
	before := to.dump()
	if status, out, _ := to.haven(data, "restore", "-"); status != exitOK || !strings.Contains(out, fmt.Sprintf("accounts: 0 added, 0 replaced, 3 were there\nsealed tables: 0 added, %d were there\nentries by hand: 0 added, %d were there\n", tables, entries)) {
		t.Errorf("once more: %d %s", status, out)
	}
	if to.dump() != before {
		t.Error("once more changed something")
	}
	if status, out, _ := to.haven(nil, "backup", "-"); status != exitOK || out != string(data) {
		t.Errorf("a backup of what was restored differs, %d", status)
	}
}

func TestBackupRefuses(t *testing.T) {
	b := newLedgerBench(t)
	if status, _, errs := b.haven(nil, "backup", b.path("x")); status != exitFailed || !strings.Contains(errs, "no account and no sealed period under the prefix haven") {
		t.Errorf("an empty store: %d %s", status, errs)
	}
	b.fill()
	there := b.file("there", []byte("mine"))
	for path, want := range map[string]string{
		there: "a backup never overwrites", b.dir: "a backup never overwrites", b.path("no/where"): "cannot be written: no such file or directory",
	} {
		if status, _, errs := b.haven(nil, "backup", path); status != exitFailed || !strings.Contains(errs, want) {
			t.Errorf("%s: %d %s", path, status, errs)
		}
	}
	if data, err := os.ReadFile(there); err != nil || string(data) != "mine" {
		t.Errorf("the file that was there: %q, %v", data, err)
	}
	b.must(errors.Join(os.Symlink(b.path("nothing"), b.path("link"))))
	if status, _, errs := b.haven(nil, "backup", b.path("link")); status != exitFailed || !strings.Contains(errs, "never overwrites") {
		t.Errorf("a link to nothing: %d %s", status, errs)
	}
	if err := writeNew(there, []byte("x")); err != errTaken {
		t.Errorf("one that came meanwhile: %v", err)
	}
	b.file("haven.yaml", []byte(backupYAML+"redis: {prefix: other}\n"))
	if status, _, errs := b.haven(nil, "backup", b.path("x")); status != exitFailed || !strings.Contains(errs, "under the prefix other; is it the right Redis?") {
		t.Errorf("a wrong prefix: %d %s", status, errs)
	}
	b.file("haven.yaml", []byte(backupYAML))
	b.must(b.rdb.HSet(t.Context(), "{haven:staff}:accounts", "Stuk", "{").Err())
	if status, _, errs := b.haven(nil, "backup", b.path("x")); status != exitFailed || !strings.Contains(errs, `the account "Stuk" does not read as one`) {
		t.Errorf("a broken account: %d %s", status, errs)
	}
	b.store.Kill()
	for _, args := range [][]string{{"backup", b.path("x")}, {"restore", smallBackup(t, b)}} {
		if status, _, errs := b.haven(nil, args...); status != exitFailed || !strings.Contains(errs, "look at HAVEN_LEDGER_URL") || strings.Contains(errs, b.store.Addr) {
			t.Errorf("%s without a store: %d %s", args[0], status, errs)
		}
	}
}

// TestBackupIsNotWrittenToATerminal: password hashes are no text for a screen.
func TestBackupIsNotWrittenToATerminal(t *testing.T) {
	b := newLedgerBench(t)
	b.fill()
	screen, err := os.OpenFile("/dev/ptmx", os.O_RDWR, 0)
	if err != nil {
		haventest.Lacks(t, "a pseudo-terminal", err)
	}
	defer screen.Close()
	w := &world{ctx: within(t), stdout: screen, stderr: screen, getenv: func(k string) string { return b.env[k] }}
	var usage usageError
	if err := (backupCommand{configFile{b.path("haven.yaml")}, "-"}).Run(w); !errors.As(err, &usage) || !strings.Contains(err.Error(), "is a terminal") {
		t.Errorf("%v", err)
	}
}
