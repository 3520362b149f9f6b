package main

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"syscall"
	"time"

	"github.com/redis/go-redis/v9"

	"haven/chat/load"
	"haven/web/staff"
)

// rig is what `haven load` started, each a process of its own so that its CPU and memory are its alone.
type rig struct {
	processes []*exec.Cmd
	stdins    []io.Closer
	dir       string
}

// rigConfig is a deployment that lets everybody in.
const rigConfig = `limits: {joins_per_second: 1000000, joins_burst: 10000000}
lines:
  - {name: %s, hours: always, cap_per_counsellor: 100000}
`

// rigDesk is how many chats one counsellor of the rig takes at most.
const rigDesk = 500

// deployment starts nodes and a store and fills in where they are and who answers.
func (r *rig) deployment(ctx context.Context, o *load.Options, nodes int, embedded bool) error {
	if embedded {
		return r.demo(ctx, o)
	}
	if _, err := exec.LookPath("redis-server"); err != nil {
		return errors.New("redis-server is not installed; give the URL of a running server, or --embedded")
	}
	dir, err := os.MkdirTemp("", "haven-load-")
	if err != nil {
		return err
	}
	r.dir = dir
	socket := filepath.Join(dir, "redis.sock")
	config := filepath.Join(dir, "haven.yaml")
	if err := os.WriteFile(config, fmt.Appendf(nil, rigConfig, o.Line), 0o600); err != nil {
		return err
	}
	// The settings of docker-compose.yml: what is measured is what is run.
	server := exec.Command("redis-server", "--port", "0", "--unixsocket", socket, "--dir", dir, "--save", "",
		"--appendonly", "yes", "--appendfsync", "everysec", "--maxmemory-policy", "noeviction", "--slowlog-max-len", "0",
		"--latency-monitor-threshold", "0", "--loglevel", "warning")
	if err := r.start(server); err != nil {
		return errors.New("redis-server does not start")
	}
	o.RedisPID = server.Process.Pid
	rdb := redis.NewUniversalClient(tuned(&redis.UniversalOptions{Addrs: []string{socket}}))
	defer rdb.Close()
	if err := eventually(ctx, func() bool { return rdb.Ping(ctx).Err() == nil }); err != nil {
		return fmt.Errorf("redis-server does not answer: %w", err)
	}
	if o.Staff, err = answering(ctx, staff.New(rdb, staff.Config{Prefix: "haven"}), o.Chats, o.Line); err != nil {
		return err
	}
	for i := range nodes {
		url, pid, err := r.serve(config, "unix://"+socket, o.Origin)
		if err != nil {
			return err
		}
		if i == 0 {
			o.URL, o.ServerPID, o.Origin = url, pid, url
		} else {
			o.DeskURL = url
		}
	}
	return nil
}

// answering makes enough counsellors for so many chats.
func answering(ctx context.Context, accounts *staff.Staff, chats int, line string) ([]load.Account, error) {
	var all []load.Account
	for i := range max(2, (chats+rigDesk-1)/rigDesk) {
		a := load.Account{Name: fmt.Sprintf("load %d", i+1), Password: staff.NewPassword()}
		err := accounts.Add(ctx, staff.Account{
			Name: a.Name, Role: staff.RoleCounsellor, Lines: []string{line}, Langs: []string{"nl"},
		}, a.Password)
		if err != nil {
			return nil, err
		}
		all = append(all, a)
	}
	return all, nil
}

// listening is how a node says where it listens.
var listening = regexp.MustCompile(`component=pages addr=(\S+)`)

// serve starts a node. Its origin is that of the first node, which a second one is told in its configuration.
func (r *rig) serve(config, redisURL, origin string) (url string, pid int, err error) {
	if origin != "" {
		b, err := os.ReadFile(config)
		if err != nil {
			return "", 0, err
		}
		config = filepath.Join(r.dir, "second.yaml")
		if err := os.WriteFile(config, append([]byte("origin: "+origin+"\n"), b...), 0o600); err != nil {
			return "", 0, err
		}
	}
	cmd, err := self("serve", "--config", config, "--listen", "127.0.0.1:0", "--metrics-listen", "127.0.0.1:0")
	if err != nil {
		return "", 0, err
	}
	cmd.Env = append(os.Environ(), redisEnv+"="+redisURL, ledgerEnv+"=")
	cmd.Stderr = nil
	out, err := cmd.StderrPipe()
	if err != nil {
		return "", 0, err
	}
	if err := r.start(cmd); err != nil {
		return "", 0, err
	}
	lines := bufio.NewScanner(out)
	for lines.Scan() {
		if m := listening.FindStringSubmatch(lines.Text()); m != nil {
			go func() { // to the end, so that the node never waits to be heard
				for lines.Scan() {
					if !strings.Contains(lines.Text(), "level=INFO") {
						fmt.Fprintln(os.Stderr, lines.Text())
					}
				}
			}()
			return "http://" + m[1], cmd.Process.Pid, nil
		}
	}
	return "", 0, errors.New("the server does not start")
}

// demo starts `haven demo`.
func (r *rig) demo(ctx context.Context, o *load.Options) error {
	cmd, err := self("demo", "--json", "--listen", "127.0.0.1:0", "--metrics-listen", "127.0.0.1:0")
	if err != nil {
		return err
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		return err
	}
	if err := r.start(cmd); err != nil {
		return err
	}
	var info demoInfo
	if err := json.NewDecoder(out).Decode(&info); err != nil {
		return errors.New("the server does not start")
	}
	for _, s := range info.Staff {
		if s.Role == string(staff.RoleCounsellor) {
			o.Staff = append(o.Staff, load.Account{Name: s.Name, Password: s.Password})
		}
	}
	o.URL, o.ServerPID = info.URL, cmd.Process.Pid
	return ctx.Err()
}

// relay starts the bare relay.
func (r *rig) relay(ctx context.Context) (url string, pid int, err error) {
	cmd, err := self("load", "--relay", "127.0.0.1:0")
	if err != nil {
		return "", 0, err
	}
	in, err := cmd.StdinPipe()
	if err != nil {
		return "", 0, err
	}
	r.stdins = append(r.stdins, in)
	out, err := cmd.StdoutPipe()
	if err != nil {
		return "", 0, err
	}
	if err := r.start(cmd); err != nil {
		return "", 0, err
	}
	if _, err := fmt.Fscanln(out, &url); err != nil {
		return "", 0, errors.New("the relay does not start")
	}
	return url, cmd.Process.Pid, ctx.Err()
}

// self is this program once more.
func self(args ...string) (*exec.Cmd, error) {
	path, err := os.Executable()
	if err != nil {
		return nil, errors.New("this program does not know where it is")
	}
	cmd := exec.Command(path, args...)
	cmd.Stderr = os.Stderr
	return cmd, nil
}

func (r *rig) start(cmd *exec.Cmd) error {
	// Ctrl-C at the terminal is for this process, which then ends the others in order.
	cmd.SysProcAttr = ownGroup()
	if err := cmd.Start(); err != nil {
		return err
	}
	r.processes = append(r.processes, cmd)
	return nil
}

// close ends everything in the reverse order. A server that ends badly is an error: what it drained counts.
func (r *rig) close() error {
	var errs []error
	for _, in := range r.stdins {
		in.Close()
	}
	for _, cmd := range slices.Backward(r.processes) {
		_ = cmd.Process.Signal(syscall.SIGTERM)
		late := time.AfterFunc(drainTime+5*time.Second, func() { _ = cmd.Process.Kill() })
		if err := cmd.Wait(); err != nil {
			errs = append(errs, fmt.Errorf("%s ended badly: %w", filepath.Base(cmd.Path), err))
		}
		late.Stop()
	}
	if r.dir != "" {
		errs = append(errs, os.RemoveAll(r.dir))
	}
	return errors.Join(errs...)
}

func eventually(ctx context.Context, is func() bool) error {
	ctx, cancel := context.WithTimeout(ctx, 10*time.Second)
	defer cancel()
	tick := time.NewTicker(10 * time.Millisecond)
	defer tick.Stop()
	for !is() {
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-tick.C:
		}
	}
	return nil
}
