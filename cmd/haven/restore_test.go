package main

import (
	"context"
	"errors"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"haven/metrics/reach"
	"haven/routing"
	"haven/routing/routingtest"
	"haven/web/staff"
)

// TestRestoreRefuses: what is refused leaves the store as it was, to the byte.
func TestRestoreRefuses(t *testing.T) {
	b := newLedgerBench(t)
	good := small().encode()
	ctx := within(t)
	if status, out, errs := b.haven(good, "restore", "-"); status != exitOK {
		t.Fatal(out, errs)
	}
	before := b.dump()
	refused := func(what string, status int, data []byte, want string, args ...string) {
		t.Helper()
		got, _, errs := b.haven(data, append([]string{"restore", "-"}, args...)...)
		if got != status || !strings.Contains(errs, want) || strings.Contains(errs, "staff: ") || strings.Contains(errs, "reach: ") {
			t.Errorf("%s: %d %s", what, got, errs)
		}
		if b.dump() != before {
			t.Errorf("%s: the store is another", what)
		}
	}
	refused("cut off", exitFailed, good[:len(good)-20], "cut off or was changed: its checksum does not fit; nothing is changed")
	refused("another prefix", exitUsage, resummed(good, `"prefix":"haven"`, `"prefix":"other"`), "is of a deployment with prefix other, the configuration has haven")
	refused("figures that differ", exitFailed, resummed(good, `"17"`, `"18"`), "topics:2025 is sealed here with other figures")
	refused("figures and an account", exitFailed, resummed(resummed(good, `"17"`, `"18"`), `["jip"]`, `["jip","fier"]`), "topics:2025 is sealed here", "--replace-accounts")
	refused("an account that differs", exitFailed, resummed(good, `["jip"]`, `["jip","fier"]`), "these accounts are there and differ from the backup: Noor; nothing is changed; --replace-accounts")
	refused("new figures beside an account that differs", exitFailed, resummed(resummed(good, "topics:2025", "topics:2024"), `["jip"]`, `[]`), "differ from the backup: Noor")

	s := staff.New(b.rdb, staff.Config{})
	b.must(s.Passwd(ctx, "Noor", "correct horse"))
	session, err := s.Login(ctx, "Noor", "correct horse")
	b.must(err)
	if status, out, errs := b.haven(good, "restore", "-", "--replace-accounts"); status != exitOK || !strings.Contains(out, "accounts: 0 added, 1 replaced, 1 were there") {
		t.Errorf("%d %s %s", status, out, errs)
	}
	if _, err := s.Session(ctx, session); err != staff.ErrNoSession {
		t.Errorf("a session of the account that was replaced: %v", err)
	}
	if _, err := s.Login(ctx, "Noor", "correct horse"); err != staff.ErrLogin {
		t.Errorf("the password that was replaced: %v", err)
	}
}

// TestRestoreKeepsLaterEntries: what a coordinator entered since the backup stands.
func TestRestoreKeepsLaterEntries(t *testing.T) {
	b := newLedgerBench(t)
	const key = "haven:{haven:reach}:entered"
	later := `{"reached":1}`
	b.must(b.rdb.HSet(t.Context(), key, "chatten-helpt|poster|2025-03", later, "chatten-helpt|poster|2025-04", later).Err())
	if status, _, errs := b.haven(small().encode(), "restore", "-"); status != exitOK {
		t.Fatal(errs)
	}
	got := b.rdb.HGetAll(t.Context(), key).Val()
	if !maps.Equal(got, map[string]string{"chatten-helpt|poster|2025-03": later, "chatten-helpt|poster|2025-04": later}) {
		t.Errorf("%v", got)
	}
}

// power fails after so many exchanges with the store.
type power struct{ left int }

func (p *power) DialHook(next redis.DialHook) redis.DialHook { return next }

func (p *power) ProcessHook(next redis.ProcessHook) redis.ProcessHook {
	return func(ctx context.Context, cmd redis.Cmder) error {
		if err := p.spend(); err != nil {
			cmd.SetErr(err)
			return err
		}
		return next(ctx, cmd)
	}
}

func (p *power) ProcessPipelineHook(next redis.ProcessPipelineHook) redis.ProcessPipelineHook {
	return func(ctx context.Context, cmds []redis.Cmder) error {
		if err := p.spend(); err != nil {
			for _, c := range cmds {
				c.SetErr(err)
			}
			return err
		}
		return next(ctx, cmds)
	}
}

var errPower = errors.New("power failed")

func (p *power) spend() error {
	if p.left--; p.left < 0 {
		return errPower
	}
	return nil
}

// TestRestoreCutOffAnywhere ends a restore between any two exchanges with the store. What stands then is part of the
// backup and nothing else, and a second run brings the rest.
func TestRestoreCutOffAnywhere(t *testing.T) {
	full := small()
	full.sealed = slices.Insert(full.sealed, 1, reach.SealedRecord{Key: "topics:2026", Fields: maps.Clone(full.sealed[0].Fields)})
	full.head.Sealed++
	want := ""
	for cut := 0; ; cut++ {
		rdb, prefix := routingtest.Start(t), "haven"
		steady := rdb.Client()
		defer steady.Close()
		shaky := rdb.Client()
		shaky.AddHook(&power{left: cut})
		_, err := full.restore(within(t), shaky, false)
		shaky.Close()
		there, eerr := reach.ExportSealed(within(t), steady, prefix)
		if eerr != nil {
			t.Fatal(eerr)
		}
		for _, rec := range there {
			if !slices.ContainsFunc(full.sealed, func(o reach.SealedRecord) bool { return o.Key == rec.Key && maps.Equal(o.Fields, rec.Fields) }) {
				t.Errorf("cut off after %d, %s stands half", cut, rec.Key)
			}
		}
		if n := steady.HLen(t.Context(), "{haven:staff}:accounts").Val(); n != 0 && n != 2 {
			t.Errorf("cut off after %d, %d of 2 accounts stand", cut, n)
		}
		if err != nil {
			if !errors.Is(err, routing.ErrUnavailable) && !errors.Is(err, reach.ErrAway) {
				t.Fatalf("cut off after %d: %v", cut, err)
			}
			if _, err := full.restore(within(t), steady, false); err != nil {
				t.Fatalf("run again after %d: %v", cut, err)
			}
		}
		b := &ledgerBench{t: t, rdb: steady}
		if want == "" {
			want = b.stands()
		}
		if got := b.stands(); got != want {
			t.Fatalf("run again after %d:\n%s\nwant\n%s", cut, got, want)
		}
		rdb.Kill()
		if err == nil {
			if cut < 8 {
				t.Errorf("only %d exchanges were cut", cut)
			}
			return
		}
	}
}

// TestRestoreRace: several at once, and nothing stands twice or half.
func TestRestoreRace(t *testing.T) {
	b := newLedgerBench(t)
	errs := make(chan error, 8)
	for range cap(errs) {
		go func() {
			_, err := small().restore(t.Context(), b.rdb, false)
			errs <- err
		}()
	}
	for range cap(errs) {
		if err := <-errs; err != nil {
			t.Error(err)
		}
	}
	back, err := readBackup(t.Context(), b.rdb, "haven", time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC))
	if err != nil || len(back.sealed) != 2 || len(back.accounts) != 2 {
		t.Errorf("%+v, %v", back, err)
	}
}
