package staff

import (
	"context"
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/redis/go-redis/v9"
)

// Role is what an account may do.
type Role string

const (
	RoleCounsellor  Role = "counsellor"  // has a desk
	RoleLead        Role = "lead"        // has a desk and looks after others'
	RoleCoordinator Role = "coordinator" // reads what the service did
	RoleAdmin       Role = "admin"       // keeps accounts
)

// HasDesk says whether chats may be offered to the role.
func (r Role) HasDesk() bool { return r == RoleCounsellor || r == RoleLead }

// ReadsReach says whether the role may see what campaigns brought.
func (r Role) ReadsReach() bool { return r == RoleLead || r == RoleCoordinator }

// Account is somebody who answers, without the password.
type Account struct {
	Name     string // 1 to 32 letters, digits, spaces, '.', '_' or '-'; the young person is shown it
	Role     Role
	Lines    []string // served
	Langs    []string // spoken
	Disabled bool
}

// record is an account as it stands in Redis.
type record struct {
	Hash     string   `json:"hash"` // argon2id with its parameters
	Role     Role     `json:"role"`
	Lines    []string `json:"lines"`
	Langs    []string `json:"langs"`
	Disabled bool     `json:"disabled,omitempty"`
	Gen      int64    `json:"gen"` // raised by passwd and disable; sessions of before are over
}

func (r record) account(name string) Account {
	return Account{Name: name, Role: r.Role, Lines: r.Lines, Langs: r.Langs, Disabled: r.Disabled}
}

// Add makes a new account. It returns ErrExists, or one of the errors about what is malformed.
func (s *Staff) Add(ctx context.Context, a Account, password string) error {
	if err := a.check(); err != nil {
		return err
	}
	hash, err := s.hasher.hash(ctx, password)
	if err != nil {
		return err
	}
	rec, err := json.Marshal(record{Hash: hash, Role: a.Role, Lines: a.Lines, Langs: a.Langs, Disabled: a.Disabled})
	if err != nil {
		return err
	}
	fresh, err := s.rdb.HSetNX(ctx, s.keys.accounts(), a.Name, rec).Result()
	if err != nil {
		return away(ctx, err)
	}
	if fresh {
		return nil
	}
	// The client sends again when an answer was lost. The salt tells whether it is our own account that is there.
	there, err := s.rdb.HGet(ctx, s.keys.accounts(), a.Name).Result()
	switch {
	case err != nil:
		return away(ctx, err)
	case there != string(rec):
		return ErrExists
	}
	return nil
}

// Passwd sets a password and ends all sessions of the account. It returns ErrUnknown or ErrPassword.
func (s *Staff) Passwd(ctx context.Context, name, password string) error {
	hash, err := s.hasher.hash(ctx, password)
	if err != nil {
		return err
	}
	return s.change(ctx, name, func(r *record) { r.Hash = hash })
}

// Disable ends all sessions of an account and lets nobody log in by it. It returns ErrUnknown.
func (s *Staff) Disable(ctx context.Context, name string) error {
	return s.change(ctx, name, func(r *record) { r.Disabled = true })
}

// List returns all accounts by name.
func (s *Staff) List(ctx context.Context) ([]Account, error) {
	all, err := s.rdb.HGetAll(ctx, s.keys.accounts()).Result()
	if err != nil {
		return nil, away(ctx, err)
	}
	list := make([]Account, 0, len(all))
	for name, raw := range all {
		var r record
		if json.Unmarshal([]byte(raw), &r) == nil {
			list = append(list, r.account(name))
		}
	}
	slices.SortFunc(list, func(a, b Account) int { return strings.Compare(a.Name, b.Name) })
	return list, nil
}

// change rewrites one account, again when somebody else did so meanwhile, and raises its generation.
func (s *Staff) change(ctx context.Context, name string, apply func(*record)) error {
	set := func(tx *redis.Tx) error {
		raw, err := tx.HGet(ctx, s.keys.accounts(), name).Bytes()
		if errors.Is(err, redis.Nil) {
			return ErrUnknown
		}
		var r record
		if err == nil {
			err = json.Unmarshal(raw, &r)
		}
		if err != nil {
			return err
		}
		apply(&r)
		r.Gen++
		if raw, err = json.Marshal(r); err != nil {
			return err
		}
		_, err = tx.TxPipelined(ctx, func(p redis.Pipeliner) error {
			p.HSet(ctx, s.keys.accounts(), name, raw)
			return nil
		})
		return err
	}
	for {
		err := s.rdb.Watch(ctx, set, s.keys.accounts())
		switch {
		case err == nil:
			return nil
		case errors.Is(err, ErrUnknown):
			return ErrUnknown
		case !errors.Is(err, redis.TxFailedErr):
			return away(ctx, err)
		}
	}
}

// record reads one account; found is false when there is none.
func (s *Staff) record(ctx context.Context, name string) (r record, found bool, err error) {
	raw, err := s.rdb.HGet(ctx, s.keys.accounts(), name).Bytes()
	if errors.Is(err, redis.Nil) {
		return r, false, nil
	}
	if err != nil {
		return r, false, away(ctx, err)
	}
	return r, json.Unmarshal(raw, &r) == nil, nil
}

func (a Account) check() error {
	if !validName(a.Name) {
		return ErrName
	}
	switch a.Role {
	case RoleCounsellor, RoleLead, RoleCoordinator, RoleAdmin:
	default:
		return ErrRole
	}
	for _, code := range slices.Concat(a.Lines, a.Langs) {
		if !validCode(code) {
			return ErrLine
		}
	}
	return nil
}

func validName(name string) bool {
	if n := utf8.RuneCountInString(name); n < 1 || n > 32 || !utf8.ValidString(name) || strings.TrimSpace(name) != name {
		return false
	}
	for _, c := range name {
		if !unicode.IsLetter(c) && !unicode.IsDigit(c) && c != ' ' && c != '.' && c != '_' && c != '-' {
			return false
		}
	}
	return true
}

func validCode(code string) bool {
	if len(code) < 1 || len(code) > 32 {
		return false
	}
	for _, c := range code {
		if (c < 'a' || c > 'z') && (c < '0' || c > '9') && c != '-' {
			return false
		}
	}
	return true
}
