package main

import (
	"bytes"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/redis/go-redis/v9"
	"golang.org/x/term"

	"haven/metrics/reach"
	"haven/routing"
	"haven/web/staff"
)

// What a backup carries: the accounts, the sealed periods, and what coordinators entered by hand. Nothing of a chat. And
// no open period: its cells are noise and true counts in one sum, and the difference between two backups of it would be
// what was counted in between, exactly.

// backupCommand writes a file that restoreCommand reads.
type backupCommand struct {
	configFile
	File string `arg:"" help:"A file that is not there yet, or - for standard output."`
}

type restoreCommand struct {
	configFile
	ReplaceAccounts bool   `help:"Let accounts of the backup replace those of the same name that differ."`
	File            string `arg:"" help:"What haven backup wrote, or - for standard input."`
}

// backupTime bounds either command, once the file is read.
const backupTime = 5 * time.Minute

func (c backupCommand) Run(w *world) error {
	cfg, err := c.load()
	if err != nil {
		return err
	}
	if c.File == "-" {
		if out, ok := w.stdout.(*os.File); ok && term.IsTerminal(int(out.Fd())) {
			return usageError{errors.New("standard output is a terminal, and a backup has password hashes in it: give a file")}
		}
	} else if _, err := os.Lstat(c.File); err == nil {
		return errTaken
	}
	return withLedger(w, cfg, func(ctx context.Context, rdb redis.UniversalClient) error {
		b, err := readBackup(ctx, rdb, cfg.Redis.Prefix, time.Now())
		if err != nil {
			return err
		}
		data := b.encode()
		if c.File == "-" {
			if _, err := w.stdout.Write(data); err != nil {
				return errors.New("standard output cannot be written")
			}
			return nil
		}
		if err := writeNew(c.File, data); err != nil {
			return err
		}
		_, err = fmt.Fprintf(w.stdout, "accounts: %d, sealed tables: %d, entries by hand: %d; all in %s, which is to be kept as passwords are\n", len(b.accounts), b.tables(), b.entries(), c.File)
		return err
	})
}

func (c restoreCommand) Run(w *world) error {
	cfg, err := c.load()
	if err != nil {
		return err
	}
	data, err := c.read(w.stdin)
	if err != nil {
		return err
	}
	b, err := decodeBackup(data)
	if err != nil {
		return fmt.Errorf("%w; nothing is changed", err)
	}
	if b.head.Prefix != cfg.Redis.Prefix {
		return usageError{fmt.Errorf("the backup is of a deployment with prefix %s, the configuration has %s; nothing is changed", b.head.Prefix, cfg.Redis.Prefix)}
	}
	return withLedger(w, cfg, func(ctx context.Context, rdb redis.UniversalClient) error {
		done, err := b.restore(ctx, rdb, c.ReplaceAccounts)
		if err != nil {
			return err
		}
		_, err = fmt.Fprintf(w.stdout, "accounts: %d added, %d replaced, %d were there\nsealed tables: %d added, %d were there\nentries by hand: %d added, %d were there\nSessions are not carried: everybody logs in again.\n",
			done.accounts.Added, done.accounts.Replaced, done.accounts.Same, done.tables, b.tables()-done.tables, done.entries, b.entries()-done.entries)
		return err
	})
}

func (c restoreCommand) read(stdin io.Reader) ([]byte, error) {
	in := stdin
	if c.File != "-" {
		f, err := os.Open(c.File)
		if err != nil {
			return nil, fmt.Errorf("%s cannot be read: %w", c.File, bareFault(err))
		}
		defer f.Close()
		in = f
	}
	data, err := io.ReadAll(io.LimitReader(in, maxBackup+1))
	switch {
	case err != nil:
		return nil, fmt.Errorf("%s cannot be read: %w", c.File, bareFault(err))
	case len(data) > maxBackup:
		return nil, fmt.Errorf("%s is larger than any backup: more than %d MB", c.File, maxBackup>>20)
	}
	return data, nil
}

// withLedger opens the Redis of accounts and ledger for one command and puts what went wrong in plain words.
func withLedger(w *world, cfg *config, do func(context.Context, redis.UniversalClient) error) error {
	chats, ledger, err := openStore(w.getenv, cfg.Redis)
	if err != nil {
		return usageError{err}
	}
	defer chats.Close()
	env := redisEnv
	if ledger != chats {
		defer ledger.Close()
		env = ledgerEnv
	}
	ctx, cancel := context.WithTimeout(w.ctx, backupTime)
	defer cancel()
	ping, stop := context.WithTimeout(ctx, 5*time.Second)
	err = ledger.Ping(ping).Err()
	stop()
	if err != nil {
		return errors.New(strings.ReplaceAll(storeTrouble(err), redisEnv, env))
	}
	return plainLedger(do(ctx, ledger))
}

// plainLedger says what the packages said without their names; errors of the store name no address.
func plainLedger(err error) error {
	switch {
	case errors.Is(err, routing.ErrUnavailable), errors.Is(err, reach.ErrAway), errors.Is(err, context.DeadlineExceeded):
		return errors.New("the store stopped answering; run the same command again, what it did stands and is not done twice")
	case errors.Is(err, staff.ErrDiffers):
		_, names, _ := strings.Cut(err.Error(), ": ")
		_, names, _ = strings.Cut(names, ": ")
		return fmt.Errorf("these accounts are there and differ from the backup: %s; nothing is changed; --replace-accounts takes those of the backup", names)
	case errors.Is(err, reach.ErrDiffers):
		_, names, _ := strings.Cut(err.Error(), ": ")
		_, names, _ = strings.Cut(names, ": ")
		return fmt.Errorf("%s is sealed here with other figures than in the backup, and what is sealed never changes; nothing is changed", names)
	case err != nil:
		return errors.New(strings.TrimPrefix(strings.TrimPrefix(err.Error(), "staff: "), "reach: "))
	}
	return nil
}

var errTaken = errors.New("the file is there already; a backup never overwrites: give another name")

// writeNew writes a file that only its owner reads, whole or not at all, and never over another one.
func writeNew(path string, data []byte) (err error) {
	dir := filepath.Dir(path)
	temporary := filepath.Join(dir, ".haven-backup-"+rand.Text())
	f, err := os.OpenFile(temporary, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return fmt.Errorf("%s cannot be written: %w", path, bareFault(err))
	}
	defer os.Remove(temporary)
	if _, err = io.Copy(f, bytes.NewReader(data)); err == nil {
		err = f.Sync()
	}
	if cerr := f.Close(); err == nil {
		err = cerr
	}
	if err == nil {
		err = os.Link(temporary, path) // unlike a rename it fails where something is
		if err != nil && !errors.Is(err, fs.ErrExist) {
			if _, there := os.Lstat(path); there != nil { // a file system without links
				err = os.Rename(temporary, path)
			}
		}
	}
	if errors.Is(err, fs.ErrExist) {
		return errTaken
	}
	if err != nil {
		return fmt.Errorf("%s cannot be written: %w", path, bareFault(err))
	}
	if d, err := os.Open(dir); err == nil {
		_ = d.Sync() // not every system can
		d.Close()
	}
	return nil
}

// bareFault is what the system said, without the name of a temporary file.
func bareFault(err error) error {
	var p *fs.PathError
	if errors.As(err, &p) {
		return p.Err
	}
	return err
}
