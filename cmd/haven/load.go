package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"strings"
	"time"

	"haven/chat/load"
)

// loadCommand loads a running server, or one of its own.
type loadCommand struct {
	URL     string   `arg:"" optional:"" help:"A running server. Left out: one is started here, with a Redis of its own, and ended afterwards."`
	DeskURL string   `placeholder:"URL" help:"Another node of the same deployment for the desks, so that every chat crosses."`
	Origin  string   `help:"The deployment's origin, where it is not the URL."`
	Staff   string   `placeholder:"FILE" help:"Who answers at the URL: what haven demo --json printed; - is standard input."`
	Line    string   `default:"jip" help:"Line to talk on."`
	LocalIP []string `name:"local-ip" placeholder:"IP,..." help:"To dial from, in turn; one address has some 28,000 ports."`

	Nodes    int  `default:"1" help:"Nodes of the server started here, 1 or 2; with 2, young people and desks are on different ones."`
	Embedded bool `help:"The server started here has its store in its own memory, as haven demo."`

	Chats    int           `default:"100" help:"Chats at once; with --idle, young people connected."`
	InFlight int           `default:"1" help:"Messages on their way in each chat, closed loop."`
	Rate     float64       `help:"Messages a second of all chats, open loop; 0 is a closed one, as fast as it goes."`
	Size     int           `default:"200" help:"Bytes of each text."`
	Warmup   time.Duration `default:"2s" help:"Time before measuring."`
	Duration time.Duration `default:"10s" help:"Time of measuring."`
	Capacity int           `help:"Chats that each counsellor takes; 0 shares them out."`
	Idle     bool          `help:"Connect and wait: memory for each connection."`
	Unsealed bool          `help:"Random bytes of the same size instead of sealing: measures the server, not this client."`
	Baseline bool          `help:"Measure a bare relay in the same run, and print the ratio to it."`

	ServerPID int `name:"server-pid" placeholder:"PID" help:"The server at the URL, on this machine, for CPU and memory."`
	RedisPID  int `name:"redis-pid" placeholder:"PID" help:"Its Redis, for CPU."`

	JSON  bool `name:"json" help:"Print the report as one object."`
	Quiet bool `help:"No line a second on standard error."`

	Relay string `hidden:"" placeholder:"ADDRESS" help:"Be the bare relay of --baseline."`
}

func (c loadCommand) Run(w *world) (err error) {
	if c.Relay != "" {
		return relay(w, c.Relay)
	}
	if c.Nodes < 1 || c.Nodes > 2 || c.URL != "" && (c.Nodes > 1 || c.Embedded) || c.Embedded && c.Nodes > 1 {
		return usageError{errors.New("--nodes is 1 or 2, of a server started here that has a Redis")}
	}
	o := load.Options{
		URL: c.URL, DeskURL: c.DeskURL, Origin: c.Origin, Line: c.Line, LocalIPs: c.LocalIP, Capacity: c.Capacity,
		Chats: c.Chats, InFlight: c.InFlight, Rate: c.Rate, Size: c.Size, Warmup: c.Warmup, Duration: c.Duration,
		Idle: c.Idle, Unsealed: c.Unsealed, ServerPID: c.ServerPID, RedisPID: c.RedisPID, Progress: w.stderr,
	}
	if c.Quiet {
		o.Progress = nil
	}
	r := &rig{}
	defer func() { err = errors.Join(err, r.close()) }()
	switch {
	case c.URL == "":
		err = r.deployment(w.ctx, &o, c.Nodes, c.Embedded)
	case c.Staff != "":
		o.Staff, err = readStaff(w, c.Staff)
	case !c.Idle:
		err = usageError{errors.New("--staff says who answers at that server; with --idle alone nobody has to")}
	}
	if err != nil {
		return err
	}
	if c.Baseline {
		if o.Baseline, o.BaselinePID, err = r.relay(w.ctx); err != nil {
			return err
		}
	}
	report, err := load.Run(w.ctx, o)
	if err != nil && !errors.Is(err, load.ErrHistory) {
		return err
	}
	if c.JSON {
		return errors.Join(err, json.NewEncoder(w.stdout).Encode(report))
	}
	return errors.Join(err, report.WriteText(w.stdout))
}

// readStaff reads who may log in from what `haven demo --json` printed.
func readStaff(w *world, file string) ([]load.Account, error) {
	in := w.stdin
	if file != "-" {
		f, err := os.Open(file)
		if err != nil {
			return nil, usageError{err}
		}
		defer f.Close()
		in = f
	}
	var info demoInfo
	if err := json.NewDecoder(io.LimitReader(in, 1<<20)).Decode(&info); err != nil {
		return nil, usageError{fmt.Errorf("%s: not what haven demo --json printed", file)}
	}
	var accounts []load.Account
	for _, s := range info.Staff {
		if s.Role == "counsellor" || s.Role == "lead" {
			accounts = append(accounts, load.Account{Name: s.Name, Password: s.Password})
		}
	}
	if len(accounts) == 0 {
		return nil, usageError{fmt.Errorf("%s: nobody in it has a desk", file)}
	}
	return accounts, nil
}

// relay is the bare relay in a process of its own, so that its CPU can be told from the client's. It ends with its
// standard input, and so with who started it.
func relay(w *world, addr string) error {
	l, err := net.Listen("tcp", addr)
	if err != nil {
		return fmt.Errorf("listen %s: not possible", addr)
	}
	ctx, cancel := context.WithCancel(w.ctx)
	go func() {
		_, _ = io.Copy(io.Discard, w.stdin)
		cancel()
	}()
	if _, err := fmt.Fprintln(w.stdout, "http://"+strings.TrimSpace(l.Addr().String())); err != nil {
		return err
	}
	return load.ServeBaseline(ctx, l)
}
