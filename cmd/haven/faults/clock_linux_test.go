package faults

import (
	"encoding/binary"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"haven/cmd/haven/haventest"
	"haven/routing"
)

// jumper is the clock of one process, from which the day is told; the time that goes by stays as it is.
type jumper struct {
	t    *testing.T
	file string // of the jump, as testdata/clock.c and testdata/dayclock.go have it
	by   time.Duration
}

func newJumper(t *testing.T) *jumper {
	t.Helper()
	c := &jumper{t: t, file: filepath.Join(t.TempDir(), "clock")}
	c.jump(0)
	return c
}

// env has a process tell the day from it.
func (c *jumper) env() string { return "HAVEN_CLOCK=" + c.file }

func (c *jumper) jump(by time.Duration) {
	c.by += by
	f, err := os.OpenFile(c.file, os.O_CREATE|os.O_WRONLY, 0o600)
	if err == nil {
		_, err = f.Write(binary.NativeEndian.AppendUint64(nil, uint64(int64(c.by/time.Second))))
		f.Close()
	}
	if err != nil {
		c.t.Error(err)
	}
}

// shim compiles what lets a store's clock jump.
func shim(t *testing.T) string {
	t.Helper()
	out := filepath.Join(t.TempDir(), "clock.so")
	if said, err := exec.CommandContext(t.Context(), haventest.Tool(t, "cc"), "-shared", "-fPIC", "-O1", "-o", out, "testdata/clock.c").CombinedOutput(); err != nil {
		t.Fatalf("cc: %v\n%s", err, said)
	}
	return out
}

var (
	tellsTheTime = regexp.MustCompile(`\btime\.Now\b`)
	imports      = regexp.MustCompile(`(?m)^\t"time"$`)
)

// jumping is every file of the program that asks what time it is, and asks testdata/dayclock.go instead.
func jumping(t *testing.T) map[string]string {
	t.Helper()
	now, err := os.ReadFile("testdata/dayclock.go")
	if err != nil {
		t.Fatal(err)
	}
	files, top := map[string]string{"dayclock/dayclock.go": string(now)}, haventest.Top(t)
	for _, room := range []string{"chat", "cmd", "metrics", "routing", "web"} {
		err := fs.WalkDir(os.DirFS(top), room, func(name string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() || !strings.HasSuffix(name, ".go") || strings.HasSuffix(name, "_test.go") || strings.Contains(name, "/testdata/") {
				return err
			}
			source, err := os.ReadFile(filepath.Join(top, name))
			if err != nil || !tellsTheTime.Match(source) {
				return err
			}
			text := tellsTheTime.ReplaceAllString(string(source), "dayclock.Now")
			files[name] = imports.ReplaceAllString(text, "\t\"haven/dayclock\"\n$0") + "\nvar _ time.Time\n"
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	return files
}

// jumps shows that a node tells the day from its own clock: a line that is open today and tomorrow closes when it jumps
// three days, and opens when it jumps back.
func (r *yard) jumps() {
	r.t.Helper()
	today := time.Now().In(routing.Amsterdam())
	day := func(at time.Time) string { return strings.ToLower(at.Format("Mon")) }
	r.more = fmt.Sprintf("  - {name: days, langs: [nl], hours: '%s-%s 00:00-24:00'}\n", day(today), day(today.AddDate(0, 0, 1)))
	defer func() { r.more = "" }()
	r.begin(1)
	defer r.end()
	n := r.nodes[0]
	for _, c := range []struct {
		by   time.Duration
		open string
	}{{0, "1"}, {72 * time.Hour, "0"}, {-72 * time.Hour, "1"}} {
		n.clock.jump(c.by)
		want := `haven_line_open{line="days"} ` + c.open + "\n"
		if !r.answers("http://"+n.priv+"/metrics", func(_ int, body string) bool { return strings.Contains(body, want) }) {
			r.t.Errorf("after a jump by %v there is no %q", c.by, want)
		}
	}
}
