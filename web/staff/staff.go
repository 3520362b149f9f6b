package staff

import (
	"context"
	"errors"
	"time"

	"github.com/redis/go-redis/v9"

	"haven/routing"
)

// What callers tell apart. A store that does not answer is routing.ErrUnavailable.
var (
	ErrLogin     = errors.New("staff: wrong name or password") // or disabled: one answer for all
	ErrNoSession = errors.New("staff: no session")
	ErrNoTicket  = errors.New("staff: no such ticket") // unknown, used, late, or its account may not open a desk any more
	ErrNoDesk    = errors.New("staff: this role has no desk")
	ErrSlowDown  = errors.New("staff: too many attempts")
	ErrBusy      = errors.New("staff: too many logins at once")

	ErrName     = errors.New("staff: a name is 1 to 32 letters, digits, spaces, '.', '_' or '-'")
	ErrRole     = errors.New("staff: a role is counsellor, lead, coordinator or admin")
	ErrLine     = errors.New("staff: a line or language is 1 to 32 of a-z, 0-9 and '-'")
	ErrPassword = errors.New("staff: a password has 10 to 256 characters")
	ErrExists   = errors.New("staff: there is an account of that name")
	ErrUnknown  = errors.New("staff: there is no account of that name")
)

// Config is what a deployment may choose.
type Config struct {
	Prefix string // of every key, default "haven"

	// AccountTries and AllTries are the attempts to log in that one name and the whole deployment have in each
	// TriesSlot; 0 means 20 and 3000. Addresses are not counted: there are none.
	AccountTries, AllTries int64
}

// Times of sessions, tickets and attempts.
const (
	SessionLife = 12 * time.Hour // and to the next whole hour
	TicketLife  = 30 * time.Second
	TriesSlot   = 5 * time.Minute
)

// Staff is the accounts of one deployment, which tell the time by the store's clock: nodes may have others. Its methods may
// be called at once.
type Staff struct {
	rdb    redis.UniversalClient
	keys   keys
	now    func(context.Context) (time.Time, error)
	each   int64
	all    int64
	hasher hasher
}

// New returns the accounts kept in rdb. Nothing is asked of it yet.
func New(rdb redis.UniversalClient, cfg Config) *Staff {
	s := &Staff{rdb: rdb, keys: keys{cfg.Prefix}, each: cfg.AccountTries, all: cfg.AllTries, hasher: newHasher()}
	if cfg.Prefix == "" {
		s.keys.prefix = "haven"
	}
	s.now = func(ctx context.Context) (time.Time, error) {
		t, err := rdb.Time(ctx).Result()
		return t, away(ctx, err)
	}
	if s.each == 0 {
		s.each = 20
	}
	if s.all == 0 {
		s.all = 3000
	}
	return s
}

// away hides what the store said, which names addresses; a caller that left keeps its own reason.
func away(ctx context.Context, err error) error {
	switch {
	case err == nil:
		return nil
	case ctx.Err() != nil:
		return ctx.Err()
	}
	return routing.ErrUnavailable
}
