package main

import (
	"context"
	"errors"
	"net"
	"os"
	"os/exec"
	"os/signal"
	"strconv"
	"syscall"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	"haven/routing/routingtest"
)

// TestMain lets scripts and tests run `haven` as a process of its own.
func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){
		"haven": func() {
			ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
			context.AfterFunc(ctx, stop)
			os.Exit(run(ctx, os.Args[1:], os.Stdin, os.Stdout, os.Stderr, os.Getenv))
		},
	})
}

// commandsOfScripts are those that testscript does not have.
var commandsOfScripts = map[string]func(ts *testscript.TestScript, neg bool, args []string){
	// exits STATUS program args... runs a program and holds its exit status.
	"exits": func(ts *testscript.TestScript, _ bool, args []string) {
		want, err := strconv.Atoi(args[0])
		ts.Check(err)
		got := 0
		var exit *exec.ExitError
		if err := ts.Exec(args[1], args[2:]...); errors.As(err, &exit) {
			got = exit.ExitCode()
		} else {
			ts.Check(err)
		}
		if got != want {
			ts.Fatalf("exit status %d, want %d", got, want)
		}
	},
	// taken VARIABLE holds a port for the rest of the script.
	"taken": func(ts *testscript.TestScript, _ bool, args []string) {
		l, err := net.Listen("tcp", "127.0.0.1:0")
		ts.Check(err)
		ts.Defer(func() { l.Close() })
		ts.Setenv(args[0], l.Addr().String())
	},
}

func TestScripts(t *testing.T) {
	testscript.Run(t, testscript.Params{Dir: "testdata/script", Cmds: commandsOfScripts, RequireExplicitExec: true})
}

// TestRedisScripts run against a real Redis with the settings that an operator should have.
func TestRedisScripts(t *testing.T) {
	s := routingtest.Start(t)
	testscript.Run(t, testscript.Params{
		Dir: "testdata/redis", Cmds: commandsOfScripts, RequireExplicitExec: true,
		Setup: func(e *testscript.Env) error {
			e.Setenv(redisEnv, "unix://"+s.Addr)
			return nil
		},
	})
}
