// Package routingtest starts a store for tests: one real redis-server per test binary on a unix socket, with the
// settings that an operator runs, or miniredis where the binary is missing. Under CI=true its absence is a failure.
package routingtest

import (
	"context"
	"crypto/rand"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/alicebob/miniredis/v2"
	"github.com/redis/go-redis/v9"
	"github.com/redis/go-redis/v9/logging"
)

func init() {
	// Stores that tests take away are not what went wrong: what did would be hard to find among such lines.
	logging.Disable()
}

// Server is a running store that belongs to one test.
type Server struct {
	Network, Addr string // "unix" and a path; "tcp" and host:port within a topology
	Dir           string // its append-only folder
	PID           int
	Env           []string // of the next Restart, beside this process's own
	cmd           *exec.Cmd
	args          []string
}

// Start runs a redis-server of the test's own: append-only, no RDB, no slow log, never evicting, on a unix socket.
// It ends with the test. Where the binary is missing, the test is skipped, and fails under CI=true.
func Start(t testing.TB, extra ...string) *Server {
	t.Helper()
	s, err := start(extra...)
	if err != nil {
		missing(t, err)
	}
	t.Cleanup(s.close)
	return s
}

func missing(t testing.TB, err error) {
	t.Helper()
	if os.Getenv("CI") == "true" {
		t.Fatalf("redis-server is needed under CI=true: %v", err)
	}
	t.Skipf("redis-server is missing: %v", err)
}

func start(extra ...string) (*Server, error) {
	dir, err := os.MkdirTemp("", "haven-redis-") // short: a unix socket's path has a limit
	if err != nil {
		return nil, err
	}
	s := &Server{Network: "unix", Addr: filepath.Join(dir, "s"), Dir: dir}
	if err := s.first(append([]string{"--port", "0", "--unixsocket", s.Addr}, extra...)...); err != nil {
		return nil, err
	}
	return s, nil
}

// first runs the server for the first time, with the settings that an operator runs. Nothing is left of a failure.
func (s *Server) first(extra ...string) error {
	bin, err := exec.LookPath("redis-server")
	if err == nil {
		s.args = append([]string{bin, "--dir", s.Dir, "--save", "", "--appendonly", "yes", "--appendfsync", "everysec",
			"--maxmemory-policy", "noeviction", "--slowlog-max-len", "0"}, extra...)
		err = s.run()
	}
	if err != nil {
		os.RemoveAll(s.Dir)
	}
	return err
}

func (s *Server) run() error {
	s.cmd = exec.Command(s.args[0], s.args[1:]...)
	s.cmd.Env = append(os.Environ(), s.Env...)
	if err := s.cmd.Start(); err != nil {
		return err
	}
	s.PID = s.cmd.Process.Pid
	c := s.Client()
	defer c.Close()
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
	defer cancel()
	for {
		err := c.Ping(ctx).Err()
		if err == nil {
			return nil
		}
		select {
		case <-ctx.Done():
			s.Kill()
			return fmt.Errorf("redis-server did not answer: %w", err)
		case <-time.After(10 * time.Millisecond):
		}
	}
}

// Client is a new client of the server.
func (s *Server) Client() *redis.Client {
	return redis.NewClient(&redis.Options{Network: s.Network, Addr: s.Addr, ContextTimeoutEnabled: true,
		DialTimeout: time.Second, DialerRetries: 1, DialerRetryTimeout: 10 * time.Millisecond})
}

// Kill ends the server at once, as a crash would.
func (s *Server) Kill() {
	s.cmd.Process.Kill()
	s.cmd.Wait()
}

// Stop halts the server in the middle of whatever it does, as a machine that hangs would; Continue lets it go on.
func (s *Server) Stop(t testing.TB) { s.signal(t, syscall.SIGSTOP) }

// Continue ends a Stop.
func (s *Server) Continue(t testing.TB) { s.signal(t, syscall.SIGCONT) }

func (s *Server) signal(t testing.TB, sig os.Signal) {
	t.Helper()
	if err := s.cmd.Process.Signal(sig); err != nil {
		t.Fatal(err)
	}
}

// Restart runs a killed server again with the files it left; with empty set, without them.
func (s *Server) Restart(t testing.TB, empty bool) {
	t.Helper()
	if empty {
		if err := os.RemoveAll(filepath.Join(s.Dir, "appendonlydir")); err != nil {
			t.Fatal(err)
		}
	}
	if s.Network == "unix" {
		os.Remove(s.Addr)
	}
	if err := s.run(); err != nil {
		t.Fatal(err)
	}
}

func (s *Server) close() {
	s.Kill()
	os.RemoveAll(s.Dir)
}

var (
	once   sync.Once
	shared *Server
	cause  error
)

// Main runs the tests of a package that uses Client and ends the shared server: call it from TestMain.
func Main(m *testing.M) {
	code := m.Run()
	if shared != nil {
		shared.close()
	}
	os.Exit(code)
}

// Client is a client of the store that all tests of this binary share, and a key prefix of this test's own. Nothing is
// flushed. Without redis-server it is miniredis, which says so, and under CI=true fails. The package calls Main.
func Client(t testing.TB) (rdb *redis.Client, prefix string) {
	t.Helper()
	once.Do(func() { shared, cause = start() })
	prefix = "t" + rand.Text()[:10]
	if cause != nil {
		if os.Getenv("CI") == "true" {
			t.Fatalf("redis-server is needed under CI=true: %v", cause)
		}
		t.Logf("redis-server is missing (%v): this test runs on miniredis", cause)
		return Mini(t), prefix
	}
	rdb = shared.Client()
	t.Cleanup(func() { rdb.Close() })
	return rdb, prefix
}

// Mini is a client of a miniredis of the test's own.
func Mini(t testing.TB) *redis.Client {
	t.Helper()
	m := miniredis.RunT(t)
	rdb := redis.NewClient(&redis.Options{Addr: m.Addr()})
	t.Cleanup(func() { rdb.Close() })
	return rdb
}
