package main

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"reflect"
	"regexp"
	"time"

	"github.com/redis/go-redis/v9"

	"haven/metrics/reach"
	"haven/web/staff"
)

// A backup is a file of JSON lines: a head, one line an account, one line a sealed table or what was entered, and last
// the SHA-256 of all before it. The same content on the same day is the same file, byte for byte, and a reader takes no
// other spelling of it.
const (
	backupFormat  = "haven-backup"
	backupVersion = 1
	maxBackup     = 256 << 20
)

type backupHead struct {
	Format   string `json:"format"`
	Version  int    `json:"version"`
	Prefix   string `json:"prefix"`
	Made     string `json:"made"` // a day, in Amsterdam
	Accounts int    `json:"accounts"`
	Sealed   int    `json:"sealed"`
}

type backupLine struct {
	Account *staff.Record `json:"account,omitempty"`
	Sealed  *sealedLine   `json:"sealed,omitempty"`
}

type sealedLine struct {
	Key    string            `json:"key"`
	Fields map[string]string `json:"fields"`
}

type backupEnd struct {
	Sum string `json:"sha256"`
}

// backup is the content of such a file.
type backup struct {
	head     backupHead
	accounts []staff.Record
	sealed   []reach.SealedRecord
}

// readBackup reads what a deployment has. Nothing at all is an error: most likely it is the wrong store or prefix.
func readBackup(ctx context.Context, rdb redis.UniversalClient, prefix string, now time.Time) (*backup, error) {
	b := &backup{}
	var err error
	if b.accounts, err = staff.New(rdb, staff.Config{Prefix: prefix}).Export(ctx); err != nil {
		return nil, err
	}
	if b.sealed, err = reach.ExportSealed(ctx, rdb, prefix); err != nil {
		return nil, err
	}
	if len(b.accounts)+len(b.sealed) == 0 {
		return nil, fmt.Errorf("there is no account and no sealed period under the prefix %s; is it the right Redis?", prefix)
	}
	b.head = backupHead{backupFormat, backupVersion, prefix, reach.DayOf(now).String(), len(b.accounts), len(b.sealed)}
	// What restore would refuse is found now, while the original stands.
	if back, err := decodeBackup(b.encode()); err != nil || !reflect.DeepEqual(back, b) {
		return nil, errors.Join(errors.New("what stands in Redis cannot be carried"), err)
	}
	return b, nil
}

// encode writes the file.
func (b *backup) encode() []byte {
	var out bytes.Buffer
	e := json.NewEncoder(&out)
	e.SetEscapeHTML(false)
	put := func(v any) {
		if err := e.Encode(v); err != nil {
			panic(err) // strings and numbers always encode
		}
	}
	put(b.head)
	for i := range b.accounts {
		put(backupLine{Account: &b.accounts[i]})
	}
	for _, s := range b.sealed {
		put(backupLine{Sealed: &sealedLine{s.Key, s.Fields}})
	}
	sum := sha256.Sum256(out.Bytes())
	put(backupEnd{hex.EncodeToString(sum[:])})
	return out.Bytes()
}

// Why a file is refused.
var (
	errNoBackup = errors.New("this is not a backup of Haven")
	errCutOff   = errors.New("the backup is cut off or was changed: its checksum does not fit")
	errSpelling = errors.New("the backup is not as haven backup writes it")
)

// decodeBackup reads a file and checks all of it.
func decodeBackup(data []byte) (*backup, error) {
	first, _, _ := bytes.Cut(data, []byte("\n"))
	b := &backup{}
	if json.Unmarshal(first, &b.head) != nil || b.head.Format != backupFormat {
		return nil, errNoBackup
	}
	if b.head.Version != backupVersion {
		return nil, fmt.Errorf("the backup has version %d and this build reads version %d", b.head.Version, backupVersion)
	}
	last := bytes.LastIndexByte(bytes.TrimSuffix(data, []byte("\n")), '\n') + 1
	var end backupEnd
	if last == 0 || json.Unmarshal(data[last:], &end) != nil {
		return nil, errCutOff
	}
	if sum := sha256.Sum256(data[:last]); end.Sum != hex.EncodeToString(sum[:]) {
		return nil, errCutOff
	}
	for l := range bytes.Lines(data[len(first)+1 : last]) {
		var line backupLine
		if json.Unmarshal(l, &line) != nil {
			return nil, errSpelling
		}
		switch {
		case line.Account != nil && line.Sealed == nil:
			b.accounts = append(b.accounts, *line.Account)
		case line.Sealed != nil && line.Account == nil:
			b.sealed = append(b.sealed, reach.SealedRecord(*line.Sealed))
		default:
			return nil, errSpelling
		}
	}
	if err := b.check(); err != nil {
		return nil, err
	}
	// Unknown fields, other orders and other spellings all come out in another way than they came in.
	if !bytes.Equal(b.encode(), data) {
		return nil, errSpelling
	}
	return b, nil
}

var dayPattern = regexp.MustCompile(`^[0-9]{4}-[0-9]{2}-[0-9]{2}$`)

// check holds each record by itself, their order and the head.
func (b *backup) check() error {
	if _, err := reach.ParseDay(b.head.Made); err != nil || !dayPattern.MatchString(b.head.Made) || !prefixPattern.MatchString(b.head.Prefix) ||
		b.head.Accounts != len(b.accounts) || b.head.Sealed != len(b.sealed) {
		return errSpelling
	}
	for i, a := range b.accounts {
		if err := a.Check(); err != nil {
			return fmt.Errorf("account %d of the backup: %w", i+1, err)
		}
		if i > 0 && b.accounts[i-1].Name >= a.Name {
			return errSpelling
		}
	}
	seen := map[string]bool{}
	for _, s := range b.sealed {
		if err := reach.CheckSealed(s); err != nil {
			return err
		}
		if seen[s.Key] {
			return errSpelling
		}
		seen[s.Key] = true
	}
	return nil
}

// tables are how many sealed tables it has.
func (b *backup) tables() int {
	n := len(b.sealed)
	if b.entries() > 0 {
		n--
	}
	return n
}

// entries are how many values it has that were entered by hand: all of them are one record.
func (b *backup) entries() int {
	for _, s := range b.sealed {
		if s.Key == reach.EnteredKey {
			return len(s.Fields)
		}
	}
	return 0
}

// restored is what a restore did.
type restored struct {
	accounts        staff.Imported
	tables, entries int
}

// restore puts back what is not there. All that can be refused is refused before anything is written. Cut off at any
// point it can be run again, and then does what is left.
func (b *backup) restore(ctx context.Context, rdb redis.UniversalClient, replace bool) (restored, error) {
	accounts := staff.New(rdb, staff.Config{Prefix: b.head.Prefix})
	if _, err := accounts.Import(ctx, b.accounts, replace, true); err != nil {
		return restored{}, err
	}
	tables, entries, err := b.missing(ctx, rdb)
	if err != nil {
		return restored{}, err
	}
	if err := reach.ImportSealed(ctx, rdb, b.head.Prefix, b.sealed); err != nil {
		return restored{}, err
	}
	done, err := accounts.Import(ctx, b.accounts, replace, false)
	if err != nil {
		return restored{}, err
	}
	// A node may have sealed a period meanwhile. Its figures stand, and who restores has to know.
	noTables, noEntries, err := b.missing(ctx, rdb)
	if err == nil && noTables+noEntries > 0 {
		err = errors.New("part of the backup is not there after all; run it again")
	}
	return restored{done, tables - noTables, entries - noEntries}, err
}

// missing is how many sealed tables of the backup are not there as they stand in it, and how many entries by hand are not
// there at all, since later ones stand.
func (b *backup) missing(ctx context.Context, rdb redis.UniversalClient) (tables, entries int, err error) {
	there, err := reach.ExportSealed(ctx, rdb, b.head.Prefix)
	if err != nil {
		return 0, 0, err
	}
	now := map[string]map[string]string{}
	for _, s := range there {
		now[s.Key] = s.Fields
	}
	for _, s := range b.sealed {
		has := now[s.Key]
		if s.Key == reach.EnteredKey {
			for field := range s.Fields {
				if _, ok := has[field]; !ok {
					entries++
				}
			}
		} else if !maps.Equal(has, s.Fields) {
			tables++
		}
	}
	return tables, entries, nil
}
