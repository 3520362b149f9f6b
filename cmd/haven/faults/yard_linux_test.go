package faults

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"haven/chat/fault"
	"haven/cmd/haven/haventest"
	"haven/routing/routingtest"
)

// patience is for a loaded machine; nothing here takes that long.
const patience = 60 * time.Second

// yard is what runs are made on, one after another: a store of its own, with a clock that can jump, and beside it one for
// the accounts, which nothing is done to.
type yard struct {
	t        *testing.T
	haven    string // the program
	accounts *routingtest.Server
	people   people
	store    *routingtest.Server
	clock    *jumper    // the store's
	storeMu  sync.Mutex // held by what is done to the store
	more     string     // lines of configuration
	mutant   []string   // of the environment of each node
	origin   string
	nodes    []*yardNode
	limits   fault.Limits
	moment   time.Duration // for which a phase is waited for
	acks     int           // that come before each fault
	replicas *replicated   // where the store is more than one server
	damaged  bool          // the store could not read all of its own file, in this run
}

// yardNode is a node, and the two lines that it hangs on.
type yardNode struct {
	mu      sync.Mutex // held by what is done to it
	cmd     *exec.Cmd
	ended   chan struct{}
	stderr  *haventest.Text
	env     []string
	args    []string
	priv    string
	clock   *jumper
	store   *fault.Link // nil where the store is more than one server
	page    *fault.Link
	pageMu  sync.Mutex
	storeMu sync.Mutex
}

// newYard starts a store for runs of haven.
func newYard(t *testing.T, haven string, accounts *routingtest.Server, people people, shim string) *yard {
	t.Helper()
	r := &yard{t: t, haven: haven, accounts: accounts, people: people, clock: newJumper(t),
		limits: faultLimits, moment: 500 * time.Millisecond}
	signal.Ignore(syscall.SIGXFSZ) // which a store is sent when its file may not grow; children inherit that
	r.store = routingtest.Start(t)
	r.store.Env = []string{"LD_PRELOAD=" + shim, r.clock.env()}
	r.store.Kill()
	r.store.Restart(t, true)
	return r
}

// begin empties the store, sets it to today, and starts so many nodes on it.
func (r *yard) begin(nodes int) {
	r.t.Helper()
	r.clock.jump(-r.clock.by)
	c := r.store.Client()
	defer c.Close()
	if err := c.FlushAll(r.t.Context()).Err(); err != nil {
		r.t.Fatal(err)
	}
	r.nodes, r.damaged = nil, false
	for range nodes {
		n := r.newNode()
		var err error
		if n.store, err = fault.OpenLink(r.store.Network, r.store.Addr); err != nil {
			r.t.Fatal(err)
		}
		n.env = append(n.env, "HAVEN_REDIS_URL=redis://"+n.store.Addr())
		r.nodes = append(r.nodes, n)
	}
	r.run()
}

// newNode has everything but its store.
func (r *yard) newNode() *yardNode {
	r.t.Helper()
	n := &yardNode{priv: routingtest.FreeAddr(r.t), clock: newJumper(r.t), stderr: &haventest.Text{}}
	public := routingtest.FreeAddr(r.t)
	var err error
	if n.page, err = fault.OpenLink("tcp", public); err != nil {
		r.t.Fatal(err)
	}
	n.env = []string{"HAVEN_LEDGER_URL=unix://" + r.accounts.Addr, "HAVEN_CODE_KEY=" + codeKey, n.clock.env()}
	n.args = []string{"--listen", public, "--metrics-listen", n.priv}
	return n
}

// run writes the configuration and starts every node.
func (r *yard) run() {
	r.t.Helper()
	r.origin = "http://" + r.nodes[0].page.Addr()
	config := writeFaultConfig(r.t, r.origin, r.more)
	for _, n := range r.nodes {
		n.args = append([]string{"serve", "--config", config}, n.args...)
		r.start(n)
	}
	for _, n := range r.nodes {
		r.ready(n)
	}
}

func (r *yard) urls() []string {
	var all []string
	for _, n := range r.nodes {
		all = append(all, "http://"+n.page.Addr())
	}
	return all
}

func (r *yard) start(n *yardNode) {
	n.cmd = exec.Command(r.haven, n.args...)
	n.cmd.Env = slices.Concat(os.Environ(), n.env, r.mutant)
	n.cmd.Stderr = n.stderr
	if err := n.cmd.Start(); err != nil {
		r.t.Error(err)
		return
	}
	n.ended = make(chan struct{})
	go func(cmd *exec.Cmd, ended chan struct{}) {
		_ = cmd.Wait()
		close(ended)
	}(n.cmd, n.ended)
}

// ready waits until a node takes newcomers.
func (r *yard) ready(n *yardNode) {
	if !r.answers("http://"+n.priv+"/readyz", func(status int, _ string) bool { return status == http.StatusOK }) {
		r.t.Errorf("a node was never ready:\n%s", n.stderr)
	}
}

// answers asks until the answer is as wanted, and says whether it ever was.
func (r *yard) answers(url string, wanted func(status int, body string) bool) bool {
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	tick := time.NewTicker(10 * time.Millisecond)
	defer tick.Stop()
	for {
		if req, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil); err == nil {
			if resp, err := http.DefaultClient.Do(req); err == nil {
				body, _ := io.ReadAll(resp.Body)
				resp.Body.Close()
				if wanted(resp.StatusCode, string(body)) {
					return true
				}
			}
		}
		select {
		case <-ctx.Done():
			return false
		case <-tick.C:
		}
	}
}

// end ends every node, orderly or not.
func (r *yard) end() {
	for _, n := range r.nodes {
		_ = n.cmd.Process.Kill()
		<-n.ended
		n.page.Close()
		if n.store != nil {
			n.store.Close()
		}
	}
}

// said is what the nodes wrote.
func (r *yard) said() string {
	var b strings.Builder
	for i, n := range r.nodes {
		fmt.Fprintf(&b, "node %d:\n%s", i, n.stderr)
	}
	return b.String()
}

// strangers are lines of the nodes that did not come through their closed log.
func (r *yard) strangers() (found []fault.Violation) {
	for _, n := range r.nodes {
		for line := range strings.Lines(n.stderr.String()) {
			if !strings.HasPrefix(line, "time=") && !strings.HasPrefix(line, "haven: ") || strings.Contains(line, "withheld") {
				found = append(found, fault.Violation{Rule: "log", Text: line})
			}
		}
	}
	return found
}

// strike breaks something, holds it for its time, and mends it.
func (r *yard) strike(s fault.Step, broken, mended func()) {
	n := r.nodes[s.Node]
	hold := func() {
		over := time.NewTimer(s.For)
		defer over.Stop()
		<-over.C
	}
	link, mu := n.store, &n.storeMu
	switch s.Kind {
	case fault.Failover, fault.SplitBrain:
		r.storeMu.Lock()
		defer r.storeMu.Unlock()
		r.losePrimary(s, broken, mended, hold)
		return
	case fault.PageCut, fault.PageDelayed, fault.PageSilent, fault.PageSlow:
		link, mu = n.page, &n.pageMu
		fallthrough
	case fault.StoreCut, fault.StoreDelayed, fault.StoreSilent, fault.StoreSlow:
		mu.Lock()
		defer mu.Unlock()
		broken()
		link.Set(s.Hurt)
		if s.Hurt.Refused {
			link.Cut(nil)
		}
		hold()
		link.Heal()
	case fault.NodeJumps:
		broken()
		n.clock.jump(s.Jump)
	case fault.NodeKilled, fault.NodeStopped, fault.NodeDrained:
		n.mu.Lock()
		defer n.mu.Unlock()
		broken()
		r.hurtNode(n, s, hold)
	case fault.StoreForgets:
		r.storeMu.Lock()
		defer r.storeMu.Unlock()
		file, size := r.file()
		hold()
		broken()
		r.store.Kill()
		r.truncate(file, size)
		<-time.After(time.Until(time.Now().Truncate(time.Second).Add(time.Second))) // no machine starts twice in a second
		r.store.Restart(r.t, false)
	default:
		r.storeMu.Lock()
		defer r.storeMu.Unlock()
		broken()
		r.hurtStore(s, hold)
	}
	mended()
}

func (r *yard) hurtNode(n *yardNode, s fault.Step, hold func()) {
	switch s.Kind {
	case fault.NodeKilled:
		_ = n.cmd.Process.Kill()
		<-n.ended
		hold()
		r.start(n)
		r.ready(n)
	case fault.NodeDrained:
		_ = n.cmd.Process.Signal(syscall.SIGTERM)
		<-n.ended
		r.start(n)
		r.ready(n)
	case fault.NodeStopped:
		_ = n.cmd.Process.Signal(syscall.SIGSTOP)
		hold()
		_ = n.cmd.Process.Signal(syscall.SIGCONT)
	}
}

func (r *yard) hurtStore(s fault.Step, hold func()) {
	ctx := context.Background()
	set := func(name, value string) {
		c := r.store.Client()
		defer c.Close()
		if err := c.ConfigSet(ctx, name, value).Err(); err != nil {
			r.t.Errorf("config set %s: %v", name, err)
		}
	}
	switch s.Kind {
	case fault.StoreKilled:
		set("appendfsync", "always") // else it puts writes off while the disk is slow: that is StoreForgets
		r.store.Kill()
		hold()
		r.store.Restart(r.t, !r.repaired())
	case fault.StoreEmptied:
		r.store.Kill()
		hold()
		r.store.Restart(r.t, true)
	case fault.StoreStopped:
		r.store.Stop(r.t)
		hold()
		r.store.Continue(r.t)
	case fault.StoreFull:
		set("maxmemory", "1mb")
		hold()
		set("maxmemory", "0")
	case fault.DiskFull:
		limit := func(at uint64) {
			if err := unix.Prlimit(r.store.PID, unix.RLIMIT_FSIZE, &unix.Rlimit{Cur: at, Max: unix.RLIM_INFINITY}, nil); err != nil {
				r.t.Errorf("prlimit: %v", err)
			}
		}
		_, size := r.file()
		limit(uint64(size))
		hold()
		limit(unix.RLIM_INFINITY)
		r.takesWrites()
	case fault.StoreJumps:
		r.clock.jump(s.Jump)
	}
}

// repaired does what an operator does with a store that does not start, and says whether it can now. Redis 7.0 gives a
// file that it could not write zeros at its end, writes on behind them, and once it is killed takes all from there for
// damaged: what it had said to keep. Where a file of its own follows, it is not to be repaired.
func (r *yard) repaired() bool {
	cmd := exec.Command("redis-check-aof", "--fix", filepath.Join(r.store.Dir, "appendonlydir", "appendonly.aof.manifest"))
	cmd.Stdin = strings.NewReader("y\n")
	said, err := cmd.CombinedOutput()
	last := !bytes.Contains(said, []byte("because it is not the last file"))
	if err != nil && last {
		r.t.Errorf("redis-check-aof: %v\n%s", err, said)
	}
	r.damaged = r.damaged || !last || bytes.Contains(said, []byte("Successfully truncated"))
	return last
}

// file is the one that the store writes to, and how large it is.
func (r *yard) file() (name string, size int64) {
	files, err := filepath.Glob(filepath.Join(r.store.Dir, "appendonlydir", "*.incr.aof"))
	var written time.Time
	for _, f := range files {
		if st, e := os.Stat(f); e == nil && !st.ModTime().Before(written) {
			name, size, written = f, st.Size(), st.ModTime()
		}
	}
	if name == "" {
		r.t.Errorf("the store has no file: %v", err)
	}
	return name, size
}

// truncate has the store forget what it wrote to a file since that was so large, as it may what was not on the disk yet
// when the machine fails. If it has begun another file, it forgets nothing.
func (r *yard) truncate(file string, size int64) {
	if now, _ := r.file(); now == file {
		if err := os.Truncate(file, size); err != nil {
			r.t.Error(err)
		}
	}
}

// takesWrites waits until the store has written what it could not.
func (r *yard) takesWrites() {
	c := r.store.Client()
	defer c.Close()
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for c.Set(ctx, "haven-faults", "1", time.Second).Err() != nil {
		select {
		case <-ctx.Done():
			r.t.Error("the store takes no writes any more")
			return
		case <-tick.C:
		}
	}
}
