package routingtest

import (
	"context"
	"fmt"
	"math/rand/v2"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"
)

// Replicas is a primary with replicas, watched by three Sentinels that promote one of these a second or so after the
// primary is gone.
type Replicas struct {
	Name      string    // of the primary at the Sentinels
	Servers   []*Server // the first begins as the primary
	Sentinels []string  // their addresses
	t         testing.TB
}

// StartReplicas runs a primary, n replicas and three Sentinels on ports of this machine. They end with the test. Where
// redis-server is missing, the test is skipped, and fails under CI=true.
func StartReplicas(t testing.TB, n int) *Replicas {
	t.Helper()
	return StartReplicasBehind(t, n, func(addr string) string { return addr })
}

// StartReplicasBehind is StartReplicas with something before each server: front is told where a server is going to listen,
// and says where everybody else finds it.
func StartReplicasBehind(t testing.TB, n int, front func(addr string) string) *Replicas {
	t.Helper()
	r := &Replicas{Name: "haven-test", t: t}
	var host, port string // of the first, for everybody else
	for i := range 1 + n {
		addr := FreeAddr(t)
		h, p, _ := net.SplitHostPort(front(addr))
		args := []string{"--replica-announce-ip", h, "--replica-announce-port", p}
		if i == 0 {
			host, port = h, p
		} else {
			args = append(args, "--replicaof", host+" "+port)
		}
		r.Servers = append(r.Servers, onAddr(t, addr, args...))
	}
	waitFor(t, "the replicas", func(ctx context.Context) bool { return info(ctx, r.Servers[0], "connected_slaves") == fmt.Sprint(n) })
	for _, s := range r.Servers[1:] {
		waitFor(t, "a replica", func(ctx context.Context) bool { return info(ctx, s, "master_link_status") == "up" })
	}
	for range 3 {
		r.Sentinels = append(r.Sentinels, sentinel(t, r.Name, host, port))
	}
	for _, addr := range r.Sentinels {
		c := redis.NewSentinelClient(&redis.Options{Addr: addr})
		var last string
		t.Cleanup(func() {
			if t.Failed() {
				t.Logf("a Sentinel said as it came up: %s", last)
			}
		})
		waitFor(t, "the Sentinels", func(ctx context.Context) bool {
			m, err := c.Master(ctx, r.Name).Result()
			last = fmt.Sprint(m, err)
			return err == nil && m["num-slaves"] == fmt.Sprint(n) && m["num-other-sentinels"] == "2" && m["flags"] == "master"
		})
		c.Close()
	}
	return r
}

// URL is what HAVEN_REDIS_URL holds for it.
func (r *Replicas) URL() string { return "redis://" + strings.Join(r.Sentinels, ",") }

// Primary is the server that takes writes now, nil while there is none.
func (r *Replicas) Primary(ctx context.Context) *Server {
	for _, s := range r.Servers {
		if s.cmd.ProcessState == nil && info(ctx, s, "role") == "master" {
			return s
		}
	}
	return nil
}

func sentinel(t testing.TB, name, host, port string) (addr string) {
	t.Helper()
	addr = FreeAddr(t)
	dir := t.TempDir()
	conf := filepath.Join(dir, "sentinel.conf") // Sentinels write what they learn into it
	_, own, _ := net.SplitHostPort(addr)
	text := fmt.Sprintf("bind 127.0.0.1\nport %s\ndir %s\nsentinel monitor %[3]s %[4]s %[5]s 2\n"+
		"sentinel down-after-milliseconds %[3]s 1000\nsentinel failover-timeout %[3]s 3000\nsentinel parallel-syncs %[3]s 2\n",
		own, dir, name, host, port)
	if err := os.WriteFile(conf, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command("redis-server", conf, "--sentinel")
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		cmd.Process.Kill()
		cmd.Wait()
	})
	return addr
}

// Cluster is a Redis Cluster; its primaries come first and share all slots.
type Cluster struct {
	Servers []*Server
}

// StartCluster runs a Cluster of three primaries, each with so many replicas, on ports of this machine, joined by the
// tool that operators use; more are settings of each server. It ends with the test. Where redis-server is missing, the
// test is skipped, and fails under CI=true.
func StartCluster(t testing.TB, replicas int, more ...string) *Cluster {
	t.Helper()
	const primaries = 3
	c := &Cluster{}
	args := []string{"--cluster", "create"}
	for range primaries * (1 + replicas) {
		_, bus, _ := net.SplitHostPort(FreeAddr(t))
		s := onPort(t, append([]string{"--cluster-enabled", "yes", "--cluster-node-timeout", "2000", "--cluster-port", bus}, more...)...)
		c.Servers = append(c.Servers, s)
		args = append(args, s.Addr+"@"+bus)
	}
	args = append(args, "--cluster-replicas", fmt.Sprint(replicas), "--cluster-yes")
	ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
	defer cancel()
	if out, err := exec.CommandContext(ctx, "redis-cli", args...).CombinedOutput(); err != nil {
		t.Fatalf("redis-cli --cluster create: %v\n%s", err, out)
	}
	for i, s := range c.Servers {
		waitFor(t, "the Cluster", func(ctx context.Context) bool {
			return strings.Contains(c.ask(t, i, "cluster", "info"), "cluster_state:ok") &&
				c.known(t, i) == len(c.Servers) &&
				(i < primaries && info(ctx, s, "connected_slaves") == fmt.Sprint(replicas) ||
					i >= primaries && info(ctx, s, "master_link_status") == "up")
		})
	}
	return c
}

// known is how many servers one of them names to who asks where to go: a replica only once it is known to have caught up.
func (c *Cluster) known(t testing.TB, i int) int {
	t.Helper()
	k := c.Servers[i].Client()
	defer k.Close()
	ranges, err := k.Do(context.Background(), "cluster", "slots").Slice()
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	for _, r := range ranges {
		if r, ok := r.([]any); ok {
			n += len(r) - 2 // behind the first and the last slot
		}
	}
	return n
}

func (c *Cluster) ask(t testing.TB, i int, args ...any) string {
	t.Helper()
	k := c.Servers[i].Client()
	defer k.Close()
	text, err := k.Do(context.Background(), args...).Text()
	if err != nil {
		t.Fatalf("%v: %v", args, err)
	}
	return text
}

// Addrs are the addresses of all servers.
func (c *Cluster) Addrs() []string {
	var all []string
	for _, s := range c.Servers {
		all = append(all, s.Addr)
	}
	return all
}

// URL is what HAVEN_REDIS_URL holds for it.
func (c *Cluster) URL() string { return "redis://" + strings.Join(c.Addrs(), ",") }

// onPort runs a server as Start does, on a port of this machine.
func onPort(t testing.TB, extra ...string) *Server {
	t.Helper()
	return onAddr(t, FreeAddr(t), extra...)
}

func onAddr(t testing.TB, addr string, extra ...string) *Server {
	t.Helper()
	dir, err := os.MkdirTemp("", "haven-redis-")
	if err != nil {
		t.Fatal(err)
	}
	s := &Server{Network: "tcp", Addr: addr, Dir: dir}
	_, port, _ := net.SplitHostPort(s.Addr)
	if err := s.first(append([]string{"--bind", "127.0.0.1", "--port", port, "--repl-diskless-sync-delay", "0"}, extra...)...); err != nil {
		missing(t, err)
	}
	t.Cleanup(s.close)
	return s
}

var given sync.Map // addresses that FreeAddr gave, none of them twice

// FreeAddr is an address of this machine that nobody listened on a moment ago.
//
// It lies below those that the system gives to whoever calls somewhere, one of whom could have it before it is listened
// on, or while a server that is to start again on it is down.
func FreeAddr(t testing.TB) string {
	t.Helper()
	for range 100 {
		addr := fmt.Sprint("127.0.0.1:", 16000+rand.IntN(16000))
		if _, known := given.LoadOrStore(addr, true); known {
			continue
		}
		if l, err := net.Listen("tcp", addr); err == nil {
			l.Close()
			return addr
		}
	}
	t.Fatal("no port is free")
	return ""
}

// info is one field of INFO replication, "" while the server does not answer.
func info(ctx context.Context, s *Server, field string) string {
	c := s.Client()
	defer c.Close()
	text, err := c.Info(ctx, "replication").Result()
	if err != nil {
		return ""
	}
	_, rest, _ := strings.Cut(text, "\n"+field+":")
	value, _, _ := strings.Cut(rest, "\r\n")
	return value
}

func waitFor(t testing.TB, what string, is func(context.Context) bool) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
	defer cancel()
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for !is(ctx) {
		select {
		case <-ctx.Done():
			t.Fatalf("%s did not come up", what)
		case <-tick.C:
		}
	}
}

// Owner is the primary that serves a key now.
func (c *Cluster) Owner(t testing.TB, key string) *Server {
	t.Helper()
	k := redis.NewClusterClient(&redis.ClusterOptions{Addrs: c.Addrs()})
	defer k.Close()
	m, err := k.MasterForKey(context.Background(), key)
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range c.Servers {
		if s.Addr == m.Options().Addr {
			return s
		}
	}
	t.Fatalf("nobody serves %s", key)
	return nil
}
