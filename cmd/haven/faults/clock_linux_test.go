package faults

import (
	"encoding/binary"
	"io/fs"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"haven/cmd/haven/haventest"
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

var ahead = regexp.MustCompile(`(?m)^haven_clock_ahead_seconds (\S+)$`)

// jumps shows that a node's clock jumps, and that the line of shutDays, which its own clock would close, stays open.
func (r *yard) jumps() {
	r.t.Helper()
	r.begin(1)
	defer r.end()
	n := r.nodes[0]
	var is time.Duration
	for _, by := range []time.Duration{0, 72 * time.Hour, -144 * time.Hour, 72 * time.Hour} {
		n.clock.jump(by)
		is += by
		if !r.answers("http://"+n.priv+"/metrics", func(_ int, body string) bool {
			m := ahead.FindStringSubmatch(body)
			if m == nil || !strings.Contains(body, `haven_line_open{line="jip"} 1`+"\n") {
				return false
			}
			s, err := strconv.ParseFloat(m[1], 64)
			return err == nil && math.Abs(s-is.Seconds()) < 3
		}) {
			r.t.Errorf("at %v from where it was the clock does not say so, or the line is closed", is)
		}
	}
}
