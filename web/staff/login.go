package staff

import (
	"context"
	"encoding/json"
	"errors"
	"time"

	"github.com/redis/go-redis/v9"
)

// sessionBytes and ticketBytes are the sizes of what a session and a ticket are known by.
const (
	sessionBytes = 32
	ticketBytes  = 16
)

// pass is what a session or a ticket stands for.
type pass struct {
	Name string `json:"name"`
	Gen  int64  `json:"gen"`
}

// Login checks a password and returns a new session, 43 characters of base64url. It returns ErrLogin for whatever is
// wrong, after the same work; ErrSlowDown past the attempts that a name or the deployment has; ErrBusy.
func (s *Staff) Login(ctx context.Context, name, password string) (session string, err error) {
	now, err := s.now(ctx)
	if err != nil {
		return "", err
	}
	slot := now.Unix() / int64(TriesSlot/time.Second)
	if err := s.try(ctx, name, slot); err != nil {
		return "", err
	}
	var rec record
	found := false
	if validName(name) {
		if rec, found, err = s.record(ctx, name); err != nil {
			return "", err
		}
	}
	if !found {
		rec.Hash = ""
	}
	right, err := s.hasher.verify(ctx, rec.Hash, password)
	if err != nil {
		return "", err
	}
	if !right || !found || rec.Disabled {
		return "", ErrLogin
	}
	session = secret(sessionBytes)
	if err := s.keep(ctx, s.keys.session(session), pass{name, rec.Gen}, redis.SetArgs{ExpireAt: sessionEnd(now)}); err != nil {
		return "", err
	}
	// The right password takes back what others tried in this name. When that fails, fewer attempts are left.
	s.rdb.Del(ctx, s.keys.tries(name, slot))
	return session, nil
}

// sessionEnd is a whole hour, so that the end of a session does not tell when somebody came.
func sessionEnd(now time.Time) time.Time {
	return now.Add(SessionLife + time.Hour - 1).Truncate(time.Hour)
}

// try counts an attempt before it is made, so that many at once count too.
func (s *Staff) try(ctx context.Context, name string, slot int64) error {
	n, err := s.count(ctx, s.keys.allTries(slot))
	if err != nil || n > s.all {
		return slowDown(err)
	}
	n, err = s.count(ctx, s.keys.tries(name, slot))
	if err != nil || n > s.each {
		return slowDown(err)
	}
	return nil
}

func slowDown(err error) error {
	if err != nil {
		return err
	}
	return ErrSlowDown
}

// count adds one. Sent twice, after a lost answer, it counts twice, which errs on the safe side.
func (s *Staff) count(ctx context.Context, key string) (int64, error) {
	var n *redis.IntCmd
	_, err := s.rdb.TxPipelined(ctx, func(p redis.Pipeliner) error {
		n = p.Incr(ctx, key)
		p.Expire(ctx, key, 2*TriesSlot)
		return nil
	})
	if err != nil {
		return 0, away(ctx, err)
	}
	return n.Val(), nil
}

func (s *Staff) keep(ctx context.Context, key string, p pass, life redis.SetArgs) error {
	raw, err := json.Marshal(p)
	if err != nil {
		return err
	}
	return away(ctx, s.rdb.SetArgs(ctx, key, raw, life).Err())
}

// Session returns the account of a session, as it stands now, or ErrNoSession.
func (s *Staff) Session(ctx context.Context, session string) (Account, error) {
	a, _, err := s.session(ctx, session)
	return a, err
}

func (s *Staff) session(ctx context.Context, session string) (Account, pass, error) {
	if !isSecret(session, sessionBytes) {
		return Account{}, pass{}, ErrNoSession
	}
	raw, err := s.rdb.Get(ctx, s.keys.session(session)).Bytes()
	return s.holder(ctx, raw, err, ErrNoSession)
}

// holder returns who a session or a ticket was given to, if that account still stands as it did then.
func (s *Staff) holder(ctx context.Context, raw []byte, err, none error) (Account, pass, error) {
	var p pass
	switch {
	case errors.Is(err, redis.Nil):
		return Account{}, p, none
	case err != nil:
		return Account{}, p, away(ctx, err)
	}
	if json.Unmarshal(raw, &p) != nil {
		return Account{}, p, none
	}
	rec, found, err := s.record(ctx, p.Name)
	if err != nil {
		return Account{}, p, err
	}
	if !found || rec.Disabled || rec.Gen != p.Gen {
		return Account{}, p, none
	}
	return rec.account(p.Name), p, nil
}

// Logout ends a session, known or not.
func (s *Staff) Logout(ctx context.Context, session string) error {
	if !isSecret(session, sessionBytes) {
		return nil
	}
	return away(ctx, s.rdb.Del(ctx, s.keys.session(session)).Err())
}
