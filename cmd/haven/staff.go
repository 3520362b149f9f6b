package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"text/tabwriter"
	"time"

	"golang.org/x/term"

	"haven/routing"
	"haven/web/staff"
)

// staffCommand keeps the accounts of those who answer.
type staffCommand struct {
	Add     staffAdd     `cmd:"" help:"Add an account."`
	Passwd  staffPasswd  `cmd:"" help:"Set a password and end the account's sessions."`
	Disable staffDisable `cmd:"" help:"Let nobody log in by an account any more and end its sessions."`
	List    staffList    `cmd:"" help:"List the accounts."`
}

// newPassword is how a password comes in: asked for twice at a terminal, else the first line of standard input.
type newPassword struct {
	Generate bool `help:"Make up a password and print it, once."`
}

type staffAdd struct {
	configFile
	newPassword
	Name  string   `arg:"" help:"As the young person will see it."`
	Role  string   `default:"counsellor" enum:"counsellor,lead,coordinator,admin" help:"counsellor, lead, coordinator or admin."`
	Lines []string `help:"Lines served; all of them when left out." placeholder:"LINE,..."`
	Langs []string `help:"Languages spoken; all those of the lines when left out." placeholder:"LANG,..."`
}

func (c staffAdd) Run(w *world) error {
	cfg, err := c.load()
	if err != nil {
		return err
	}
	lines, langs, err := cfg.served(c.Lines, c.Langs)
	if err != nil {
		return usageError{err}
	}
	return withStaff(w, cfg, func(ctx context.Context, s *staff.Staff) error {
		// Asked before the password is: nobody types one twice to hear that the name is taken.
		accounts, err := s.List(ctx)
		if err != nil {
			return err
		}
		if slices.ContainsFunc(accounts, func(a staff.Account) bool { return a.Name == c.Name }) {
			return staff.ErrExists
		}
		password, err := c.password(w)
		if err != nil {
			return err
		}
		a := staff.Account{Name: c.Name, Role: staff.Role(c.Role), Lines: lines, Langs: langs}
		if err := s.Add(ctx, a, password); err != nil {
			return err
		}
		return c.told(w, c.Name+" is added", password)
	})
}

// served are the lines and languages of an account, held against the configuration.
func (c *config) served(lines, langs []string) ([]string, []string, error) {
	var errs []error
	var all, spoken []string
	for _, l := range c.Lines {
		all = append(all, l.Name)
		if len(lines) == 0 || slices.Contains(lines, l.Name) {
			for _, g := range l.Langs {
				if !slices.Contains(spoken, g) {
					spoken = append(spoken, g)
				}
			}
		}
	}
	for _, l := range lines {
		if !slices.Contains(all, l) {
			errs = append(errs, fmt.Errorf("there is no line %q; the configuration has %s", l, strings.Join(all, ", ")))
		}
	}
	for _, g := range langs {
		if !slices.Contains(languages, g) {
			errs = append(errs, fmt.Errorf("there is no language %q; the pages speak %s", g, strings.Join(languages, " and ")))
		}
	}
	if err := errors.Join(errs...); err != nil {
		return nil, nil, err
	}
	if len(lines) == 0 {
		lines = all
	}
	if len(langs) == 0 {
		langs = spoken
	}
	return lines, langs, nil
}

type staffPasswd struct {
	configFile
	newPassword
	Name string `arg:""`
}

func (c staffPasswd) Run(w *world) error {
	cfg, err := c.load()
	if err != nil {
		return err
	}
	return withStaff(w, cfg, func(ctx context.Context, s *staff.Staff) error {
		password, err := c.password(w)
		if err != nil {
			return err
		}
		if err := s.Passwd(ctx, c.Name, password); err != nil {
			return err
		}
		return c.told(w, c.Name+" has a new password, and sessions of before are over", password)
	})
}

type staffDisable struct {
	configFile
	Name string `arg:""`
}

func (c staffDisable) Run(w *world) error {
	cfg, err := c.load()
	if err != nil {
		return err
	}
	return withStaff(w, cfg, func(ctx context.Context, s *staff.Staff) error {
		if err := s.Disable(ctx, c.Name); err != nil {
			return err
		}
		_, err := fmt.Fprintf(w.stdout, "%s is disabled\n", c.Name)
		return err
	})
}

type staffList struct{ configFile }

func (c staffList) Run(w *world) error {
	cfg, err := c.load()
	if err != nil {
		return err
	}
	return withStaff(w, cfg, func(ctx context.Context, s *staff.Staff) error {
		accounts, err := s.List(ctx)
		if err != nil {
			return err
		}
		t := tabwriter.NewWriter(w.stdout, 0, 0, 2, ' ', 0)
		fmt.Fprintln(t, "NAME\tROLE\tLINES\tLANGUAGES\tSTATE")
		for _, a := range accounts {
			state := "active"
			if a.Disabled {
				state = "disabled"
			}
			fmt.Fprintf(t, "%s\t%s\t%s\t%s\t%s\n", a.Name, a.Role, strings.Join(a.Lines, ","), strings.Join(a.Langs, ","), state)
		}
		return t.Flush()
	})
}

// withStaff opens the accounts for one command and puts what went wrong in plain words.
func withStaff(w *world, cfg *config, do func(context.Context, *staff.Staff) error) error {
	chats, accounts, err := openStore(w.getenv, cfg.Redis)
	if err != nil {
		return usageError{err}
	}
	defer chats.Close()
	if accounts != chats {
		defer accounts.Close()
	}
	ctx, cancel := context.WithTimeout(w.ctx, 5*time.Minute) // somebody may have to think of a password
	defer cancel()
	ping, stop := context.WithTimeout(ctx, 5*time.Second)
	err = accounts.Ping(ping).Err()
	stop()
	if err != nil {
		return errors.New(storeTrouble(err))
	}
	err = do(ctx, staff.New(accounts, staff.Config{Prefix: cfg.Redis.Prefix}))
	switch {
	case errors.Is(err, routing.ErrUnavailable):
		return errors.New("the store stopped answering; nothing is known to be changed, look with haven staff list")
	case err != nil:
		return errors.New(strings.TrimPrefix(err.Error(), "staff: "))
	}
	return nil
}

// told says what was done, and a made-up password the one time that anybody can read it.
func (p newPassword) told(w *world, what, password string) error {
	if p.Generate {
		what += "; password: " + password
	}
	_, err := fmt.Fprintln(w.stdout, what)
	return err
}

func (p newPassword) password(w *world) (string, error) {
	if p.Generate {
		return staff.NewPassword(), nil
	}
	if in, ok := w.stdin.(*os.File); ok && term.IsTerminal(int(in.Fd())) {
		return askTwice(w.stderr, in)
	}
	line, err := bufio.NewReader(io.LimitReader(w.stdin, 1024)).ReadString('\n')
	if err != nil && err != io.EOF {
		return "", errors.New("standard input cannot be read")
	}
	password := strings.TrimRight(line, "\r\n")
	if password == "" {
		return "", errors.New("no password on standard input; give one line, or --generate")
	}
	return password, nil
}

func askTwice(out io.Writer, in *os.File) (string, error) {
	var typed [2]string
	for i, prompt := range []string{"Password: ", "Once more: "} {
		fmt.Fprint(out, prompt)
		b, err := term.ReadPassword(int(in.Fd()))
		fmt.Fprintln(out)
		if err != nil {
			return "", errors.New("no password was typed")
		}
		typed[i] = string(b)
	}
	if typed[0] != typed[1] {
		return "", errors.New("the two were not the same; nothing is changed")
	}
	return typed[0], nil
}
