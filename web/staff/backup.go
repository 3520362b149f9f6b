package staff

import (
	"context"
	"crypto/rand"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/redis/go-redis/v9"
)

// Record is an account as a backup carries it, with the hash of its password. Sessions and tickets are never carried.
type Record struct {
	Name     string   `json:"name"`
	Hash     string   `json:"hash"`
	Role     Role     `json:"role"`
	Lines    []string `json:"lines"`
	Langs    []string `json:"langs"`
	Disabled bool     `json:"disabled"`
}

// ErrDiffers is returned for an account that is there with another password, role or the like.
var ErrDiffers = errors.New("staff: there is another account of that name")

// Export returns all accounts by name. An account that does not read as one is an error: a backup without it would be
// taken for whole.
func (s *Staff) Export(ctx context.Context) ([]Record, error) {
	all, err := s.rdb.HGetAll(ctx, s.keys.accounts()).Result()
	if err != nil {
		return nil, away(ctx, err)
	}
	list := make([]Record, 0, len(all))
	for name, raw := range all {
		var r record
		if json.Unmarshal([]byte(raw), &r) != nil {
			return nil, fmt.Errorf("staff: the account %q does not read as one", name)
		}
		list = append(list, carried(name, r))
	}
	slices.SortFunc(list, func(a, b Record) int { return strings.Compare(a.Name, b.Name) })
	return list, nil
}

func carried(name string, r record) Record {
	return Record{name, r.Hash, r.Role, append([]string{}, r.Lines...), append([]string{}, r.Langs...), r.Disabled}
}

func (r Record) equal(o Record) bool {
	return r.Name == o.Name && r.Hash == o.Hash && r.Role == o.Role && r.Disabled == o.Disabled &&
		slices.Equal(r.Lines, o.Lines) && slices.Equal(r.Langs, o.Langs)
}

// Check says what is wrong with a record.
func (r Record) Check() error {
	if err := (Account{Name: r.Name, Role: r.Role, Lines: r.Lines, Langs: r.Langs}).check(); err != nil {
		return err
	}
	_, _, _, _, _, err := decode(r.Hash)
	return err
}

// Imported is what Import did, or would do.
type Imported struct{ Added, Replaced, Same int }

// Import puts accounts back, all of them or none. One that is there and differs is ErrDiffers, naming all of these,
// unless replace is set; then its sessions end. It may be repeated. With dry set nothing is changed.
func (s *Staff) Import(ctx context.Context, records []Record, replace, dry bool) (Imported, error) {
	for _, r := range records {
		if err := r.Check(); err != nil {
			return Imported{}, fmt.Errorf("%w: %q", err, r.Name)
		}
	}
	var done Imported
	put := func(tx *redis.Tx) error {
		done = Imported{}
		there, err := tx.HGetAll(ctx, s.keys.accounts()).Result()
		if err != nil {
			return err
		}
		var set []any
		var differ []string
		for _, r := range records {
			raw, found := there[r.Name]
			var old record
			switch {
			case !found:
				done.Added++
			case json.Unmarshal([]byte(raw), &old) == nil && carried(r.Name, old).equal(r):
				done.Same++
				continue
			default:
				done.Replaced++
				differ = append(differ, r.Name)
			}
			b, err := json.Marshal(record{Hash: r.Hash, Role: r.Role, Lines: r.Lines, Langs: r.Langs, Disabled: r.Disabled, Gen: newGen()})
			if err != nil {
				return err
			}
			set = append(set, r.Name, b)
		}
		if len(differ) > 0 && !replace {
			return fmt.Errorf("%w: %s", ErrDiffers, strings.Join(differ, ", "))
		}
		if len(set) == 0 || dry {
			return nil
		}
		_, err = tx.TxPipelined(ctx, func(p redis.Pipeliner) error {
			p.HSet(ctx, s.keys.accounts(), set...)
			return nil
		})
		return err
	}
	for {
		err := s.rdb.Watch(ctx, put, s.keys.accounts())
		switch {
		case err == nil:
			return done, nil
		case errors.Is(err, ErrDiffers):
			return Imported{}, err
		case !errors.Is(err, redis.TxFailedErr):
			return Imported{}, away(ctx, err)
		}
	}
}

// newGen is a generation that no session of before has. It stays exact in JSON readers that count in floats.
func newGen() int64 {
	var b [8]byte
	rand.Read(b[:]) // never fails
	return int64(binary.BigEndian.Uint64(b[:]) >> 12)
}
