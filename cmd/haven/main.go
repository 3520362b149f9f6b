// Command haven is an anonymous chat between young people and counsellors. See README.md.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"strings"
	"syscall"

	"github.com/alecthomas/kong"

	"haven/metrics"
)

// Exit statuses. What is wrong stands on standard error, one mistake a line.
const (
	exitOK     = 0
	exitFailed = 1 // the command did not do what it should, or found something wrong
	exitUsage  = 2 // the command line, the configuration or the environment has mistakes
)

// commands is the command line.
type commands struct {
	Demo     demoCommand     `cmd:"" help:"Everything on this machine: three lines open, two counsellors, a coordinator. Nothing is kept."`
	Serve    serveCommand    `cmd:"" help:"Run one node. Secrets come from the environment (HAVEN_REDIS_URL, HAVEN_LEDGER_URL, HAVEN_CODE_KEY)."`
	Check    checkCommand    `cmd:"" help:"Look at configuration, Redis and clock, and say what would break a promise."`
	Healthy  healthyCommand  `cmd:"" help:"Ask a node whether it takes newcomers, for a container's health check."`
	Staff    staffCommand    `cmd:"" help:"Accounts of counsellors, leads, coordinators and admins."`
	Campaign campaignCommand `cmd:"" help:"Links and posters for the channels of the campaigns."`
	Report   reportCommand   `cmd:"" help:"The released figures of a period, ready for a council or a funder."`
	Load     loadCommand     `cmd:"" help:"Young people and counsellors by the thousand, with a history that is checked."`
	Backup   backupCommand   `cmd:"" help:"Write accounts and sealed periods to a file, and nothing of chats."`
	Restore  restoreCommand  `cmd:"" help:"Put back what a backup has and the store has not."`
	Verify   verifyCommand   `cmd:"" help:"Compare the pages that a server sends with those of this build."`
	Version  versionCommand  `cmd:"" help:"Say which build this is."`
}

// world is all that a command sees of the machine.
type world struct {
	ctx            context.Context // ends when the command is asked to stop
	stdin          io.Reader
	stdout, stderr io.Writer
	getenv         func(string) string
}

// usageError is a mistake of the operator's, which no second try mends.
type usageError struct{ error }

func (e usageError) Unwrap() error { return e.error }

// errTold ends a command whose findings already stand on standard output.
var errTold = errors.New("told")

func main() {
	// SIGTERM is how an orchestrator ends a node, SIGINT how a person does. A second one ends it at once: stop hands
	// the signals back as soon as the first came.
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	context.AfterFunc(ctx, stop)
	os.Exit(run(ctx, os.Args[1:], os.Stdin, os.Stdout, os.Stderr, os.Getenv))
}

// run is the whole program; it returns the exit status.
func run(ctx context.Context, args []string, stdin io.Reader, stdout, stderr io.Writer, getenv func(string) string) (status int) {
	w := &world{ctx: ctx, stdin: stdin, stdout: stdout, stderr: stderr, getenv: getenv}
	type exited int
	defer func() { // --help ends in the middle of parsing
		if v := recover(); v != nil {
			code, ok := v.(exited)
			if !ok {
				panic(v)
			}
			status = int(code)
		}
	}()
	var c commands
	parser, err := kong.New(&c, kong.Name("haven"), kong.Writers(stdout, stderr), kong.Bind(w),
		kong.Description("An anonymous chat between young people and counsellors."),
		kong.ConfigureHelp(kong.HelpOptions{Compact: true}),
		kong.Exit(func(code int) { panic(exited(code)) }))
	if err != nil {
		fmt.Fprintln(stderr, "haven:", err)
		return exitFailed
	}
	parsed, err := parser.Parse(args)
	if err == nil {
		err = parsed.Run()
	} else {
		err = usageError{fmt.Errorf("%w; see haven --help", err)}
	}
	return report(stderr, err)
}

// report writes what went wrong, one mistake a line, and says with which status to end.
func report(stderr io.Writer, err error) int {
	var usage usageError
	switch {
	case err == nil:
		return exitOK
	case errors.Is(err, errTold):
		return exitFailed
	}
	for l := range strings.SplitSeq(strings.TrimSpace(err.Error()), "\n") {
		fmt.Fprintln(stderr, "haven:", l)
	}
	if errors.As(err, &usage) {
		return exitUsage
	}
	return exitFailed
}

// configFile is the flag that most commands share.
type configFile struct {
	Config string `required:"" placeholder:"FILE" help:"Configuration, YAML."`
}

func (f configFile) load() (*config, error) {
	c, err := loadConfig(f.Config)
	if err != nil {
		return nil, usageError{err}
	}
	return c, nil
}

type versionCommand struct{}

func (versionCommand) Run(w *world) error {
	b := metrics.ReadBuild()
	revision := b.Revision
	if revision == "" {
		revision = "unknown revision"
	}
	_, err := fmt.Fprintf(w.stdout, "haven %s (%s, %s)\n", b.Version, revision, b.Go)
	return err
}
