package staff

import (
	"context"

	"github.com/redis/go-redis/v9"

	"haven/routing"
)

// Ticket returns what opens the desk of a session's counsellor, once, within TicketLife: 16 random bytes in base64url.
// It returns ErrNoSession, and ErrNoDesk when the role has no desk or the account no line.
func (s *Staff) Ticket(ctx context.Context, session string) (string, error) {
	a, p, err := s.session(ctx, session)
	if err != nil {
		return "", err
	}
	if !a.Role.HasDesk() || len(a.Lines) == 0 {
		return "", ErrNoDesk
	}
	ticket := secret(ticketBytes)
	if err := s.keep(ctx, s.keys.ticket(ticket), p, redis.SetArgs{TTL: TicketLife}); err != nil {
		return "", err
	}
	return ticket, nil
}

// Redeem takes a ticket and returns whose desk it opens. It returns ErrNoTicket, or routing.ErrUnavailable.
func (s *Staff) Redeem(ctx context.Context, ticket string) (routing.OnDuty, error) {
	if !isSecret(ticket, ticketBytes) {
		return routing.OnDuty{}, ErrNoTicket
	}
	raw, err := s.rdb.GetDel(ctx, s.keys.ticket(ticket)).Bytes()
	a, _, err := s.holder(ctx, raw, err, ErrNoTicket)
	if err != nil {
		return routing.OnDuty{}, err
	}
	if !a.Role.HasDesk() || len(a.Lines) == 0 {
		return routing.OnDuty{}, ErrNoTicket
	}
	return routing.OnDuty{Name: a.Name, Lines: a.Lines, Langs: a.Langs, Lead: a.Role == RoleLead}, nil
}
