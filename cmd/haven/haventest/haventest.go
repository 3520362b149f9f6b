// Package haventest is what tests need that run the whole program: the program itself, a place for what it
// writes, and the tools of the machine.
package haventest

import (
	"context"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"
)

const buildTime = 5 * time.Minute // with nothing in the cache

// Tool is where a program of the machine is. Without it the test is skipped, and fails under CI=true.
func Tool(t testing.TB, name string) string {
	t.Helper()
	path, err := exec.LookPath(name)
	if err == nil {
		return path
	}
	Lacks(t, name, err)
	return ""
}

// Lacks skips a test for which this machine lacks something, and fails it under CI=true.
func Lacks(t testing.TB, what string, err error) {
	t.Helper()
	if os.Getenv("CI") == "true" {
		t.Fatalf("%s is needed under CI=true: %v", what, err)
	}
	t.Skipf("%s is missing: %v", what, err)
}

// Top is the folder of the repository, from that of a test within it.
func Top(t testing.TB) string {
	t.Helper()
	dir, err := filepath.Abs(".")
	for err == nil {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			return dir
		}
		if dir == filepath.Dir(dir) {
			break
		}
		dir = filepath.Dir(dir)
	}
	t.Fatalf("no go.mod above this test: %v", err)
	return ""
}

// Build compiles haven as an operator would, with files of the house replaced by others: path in the house -> source.
func Build(t testing.TB, replaced map[string]string) string {
	t.Helper()
	top, dir := Top(t), t.TempDir()
	overlay := struct{ Replace map[string]string }{map[string]string{}}
	for name, source := range replaced {
		by := filepath.Join(dir, strings.ReplaceAll(name, "/", "-"))
		if err := os.WriteFile(by, []byte(source), 0o600); err != nil {
			t.Fatal(err)
		}
		overlay.Replace[filepath.Join(top, name)] = by
	}
	list, err := json.Marshal(overlay)
	if err != nil {
		t.Fatal(err)
	}
	listed := filepath.Join(dir, "overlay.json")
	if err := os.WriteFile(listed, list, 0o600); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), buildTime)
	defer cancel()
	out := filepath.Join(dir, "haven")
	cmd := exec.CommandContext(ctx, "go", "build", "-race=false", "-buildvcs=false", "-ldflags=-s -w", "-overlay", listed, "-o", out, "./cmd/haven")
	cmd.Dir = top
	if said, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("go build: %v\n%s", err, said)
	}
	return out
}

// Text is what a program wrote so far. Its zero value is ready.
type Text struct {
	mu   sync.Mutex
	text strings.Builder
}

func (l *Text) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.Write(p)
}

func (l *Text) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.String()
}
