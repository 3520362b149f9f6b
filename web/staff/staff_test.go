package staff

import (
	"context"
	"encoding/json"
	"net"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"haven/routing"
	"haven/routing/routingtest"
)

func TestMain(m *testing.M) { routingtest.Main(m) }

const password = "correct horse"

// both runs a test on the real store and on the embedded one.
func both(t *testing.T, test func(t *testing.T, s *Staff)) {
	t.Run("redis", func(t *testing.T) {
		rdb, prefix := routingtest.Client(t)
		test(t, New(rdb, Config{Prefix: prefix}))
	})
	t.Run("embedded", func(t *testing.T) { test(t, New(routingtest.Mini(t), Config{})) })
}

func add(t *testing.T, s *Staff, a Account) {
	t.Helper()
	if err := s.Add(t.Context(), a, password); err != nil {
		t.Fatal(err)
	}
}

func noor() Account {
	return Account{Name: "Noor", Role: RoleCounsellor, Lines: []string{"jip", "fier"}, Langs: []string{"nl", "en"}}
}

func login(t *testing.T, s *Staff, name, password string) string {
	t.Helper()
	session, err := s.Login(t.Context(), name, password)
	if err != nil {
		t.Fatal(err)
	}
	return session
}

func TestAccounts(t *testing.T) {
	both(t, func(t *testing.T, s *Staff) {
		add(t, s, noor())
		add(t, s, Account{Name: "Zoë B.", Role: RoleLead, Lines: []string{"shop"}})
		add(t, s, Account{Name: "Admin", Role: RoleAdmin})
		if err := s.Add(t.Context(), noor(), password); err != ErrExists {
			t.Errorf("twice: %v", err)
		}
		if err := s.Disable(t.Context(), "Admin"); err != nil {
			t.Error(err)
		}
		list, err := s.List(t.Context())
		if err != nil || len(list) != 3 || list[0].Name != "Admin" || !list[0].Disabled || list[1].Name != "Noor" || list[1].Disabled ||
			!slices.Equal(list[1].Langs, []string{"nl", "en"}) || list[2].Role != RoleLead {
			t.Errorf("%+v, %v", list, err)
		}
		for _, err := range []error{s.Disable(t.Context(), "Nobody"), s.Passwd(t.Context(), "Nobody", password)} {
			if err != ErrUnknown {
				t.Errorf("unknown: %v", err)
			}
		}
		raw, err := s.rdb.HGet(t.Context(), s.keys.accounts(), "Noor").Result()
		if err != nil || strings.Contains(raw, password) || !strings.Contains(raw, `"$argon2id$v=19$m=19456,t=2,p=1$`) {
			t.Errorf("kept as %s, %v", raw, err)
		}
	})
}

func TestMalformedAccounts(t *testing.T) {
	s := New(routingtest.Mini(t), Config{})
	for _, name := range []string{"", " ", " Noor", "Noor ", strings.Repeat("a", 33), "a/b", "a\nb", "<b>", "a\u0301", "a\xff", "a,b", "a@b"} {
		if err := s.Add(t.Context(), Account{Name: name, Role: RoleAdmin}, password); err != ErrName {
			t.Errorf("name %q: %v", name, err)
		}
	}
	for _, name := range []string{"N", strings.Repeat("é", 32), "Jan-Willem v. d. B_2"} {
		if !validName(name) {
			t.Errorf("name %q refused", name)
		}
	}
	for _, a := range []Account{{Name: "a", Role: "boss"}, {Name: "a"}} {
		if err := s.Add(t.Context(), a, password); err != ErrRole {
			t.Errorf("%+v: %v", a, err)
		}
	}
	for _, code := range []string{"", "JIP", "a b", strings.Repeat("a", 33), "é"} {
		if err := s.Add(t.Context(), Account{Name: "a", Role: RoleLead, Lines: []string{code}}, password); err != ErrLine {
			t.Errorf("line %q: %v", code, err)
		}
		if err := s.Add(t.Context(), Account{Name: "a", Role: RoleLead, Langs: []string{code}}, password); err != ErrLine {
			t.Errorf("language %q: %v", code, err)
		}
	}
	for _, p := range []string{"", "too short", strings.Repeat("a", 257)} {
		if err := s.Add(t.Context(), noor(), p); err != ErrPassword {
			t.Errorf("a password of %d: %v", len(p), err)
		}
	}
	if list, err := s.List(t.Context()); err != nil || len(list) != 0 {
		t.Errorf("something was kept: %+v, %v", list, err)
	}
}

func TestSessions(t *testing.T) {
	both(t, func(t *testing.T, s *Staff) {
		add(t, s, noor())
		add(t, s, Account{Name: "Gone", Role: RoleLead})
		if err := s.Disable(t.Context(), "Gone"); err != nil {
			t.Fatal(err)
		}
		for _, c := range [][2]string{{"Noor", "wrong horse"}, {"Noor", ""}, {"noor", password}, {"Nobody", password}, {"", ""}, {"Gone", password}, {"Noor", password + strings.Repeat("x", 300)}} {
			if session, err := s.Login(t.Context(), c[0], c[1]); err != ErrLogin || session != "" {
				t.Errorf("%q: %v", c, err)
			}
		}
		first, second := login(t, s, "Noor", password), login(t, s, "Noor", password)
		if first == second || len(first) != 43 {
			t.Errorf("sessions %q and %q", first, second)
		}
		for _, session := range []string{first, second} {
			if a, err := s.Session(t.Context(), session); err != nil || a.Name != "Noor" || a.Role != RoleCounsellor {
				t.Errorf("%+v, %v", a, err)
			}
		}
		if err := s.Logout(t.Context(), first); err != nil {
			t.Error(err)
		}
		if _, err := s.Session(t.Context(), first); err != ErrNoSession {
			t.Errorf("after logout: %v", err)
		}
		if _, err := s.Session(t.Context(), second); err != nil {
			t.Errorf("the other session: %v", err)
		}
	})
}

func TestPasswdAndDisableEndSessionsAndTickets(t *testing.T) {
	both(t, func(t *testing.T, s *Staff) {
		add(t, s, noor())
		ends(t, s, "passwd", func() error { return s.Passwd(t.Context(), "Noor", password) })
		ends(t, s, "disable", func() error { return s.Disable(t.Context(), "Noor") })
		if _, err := s.Login(t.Context(), "Noor", password); err != ErrLogin {
			t.Errorf("disabled, and yet logged in: %v", err)
		}
	})
}

func ends(t *testing.T, s *Staff, name string, change func() error) {
	t.Helper()
	session := login(t, s, "Noor", password)
	ticket, err := s.Ticket(t.Context(), session)
	if err != nil {
		t.Fatal(err)
	}
	if err := change(); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Session(t.Context(), session); err != ErrNoSession {
		t.Errorf("after %s the session: %v", name, err)
	}
	if _, err := s.Redeem(t.Context(), ticket); err != ErrNoTicket {
		t.Errorf("after %s the ticket: %v", name, err)
	}
}

func TestTickets(t *testing.T) {
	both(t, func(t *testing.T, s *Staff) {
		add(t, s, noor())
		add(t, s, Account{Name: "Lead", Role: RoleLead, Lines: []string{"jip"}})
		add(t, s, Account{Name: "Idle", Role: RoleCounsellor})
		add(t, s, Account{Name: "Coord", Role: RoleCoordinator, Lines: []string{"jip"}})
		session := login(t, s, "Noor", password)
		ticket, err := s.Ticket(t.Context(), session)
		if err != nil || len(ticket) != 22 {
			t.Fatal(ticket, err)
		}
		for _, strange := range []string{"", ticket + "=", ticket[:21], session, strings.Repeat("A", 22), strings.Repeat("*", 22), ticket[:21] + "\n"} {
			if _, err := s.Redeem(t.Context(), strange); err != ErrNoTicket {
				t.Errorf("%q: %v", strange, err)
			}
		}
		duty, err := s.Redeem(t.Context(), ticket)
		if err != nil || duty.Name != "Noor" || !slices.Equal(duty.Lines, []string{"jip", "fier"}) || !slices.Equal(duty.Langs, []string{"nl", "en"}) || duty.Lead {
			t.Errorf("%+v, %v", duty, err)
		}
		if ticket, err = s.Ticket(t.Context(), login(t, s, "Lead", password)); err != nil {
			t.Fatal(err)
		}
		if duty, err = s.Redeem(t.Context(), ticket); err != nil || duty.Name != "Lead" || !duty.Lead {
			t.Errorf("%+v, %v", duty, err)
		}
		if _, err := s.Redeem(t.Context(), ticket); err != ErrNoTicket {
			t.Errorf("used twice: %v", err)
		}
		for _, name := range []string{"Idle", "Coord"} {
			if _, err := s.Ticket(t.Context(), login(t, s, name, password)); err != ErrNoDesk {
				t.Errorf("%s: %v", name, err)
			}
		}
		if _, err := s.Ticket(t.Context(), login(t, s, "Lead", password)); err != nil {
			t.Error(err)
		}
		if _, err := s.Ticket(t.Context(), "nonsense"); err != ErrNoSession {
			t.Error(err)
		}
	})
}

// One ticket opens one desk, however many show it at once.
func TestTicketRace(t *testing.T) {
	rdb, prefix := routingtest.Client(t)
	s := New(rdb, Config{Prefix: prefix})
	add(t, s, noor())
	ticket, err := s.Ticket(t.Context(), login(t, s, "Noor", password))
	if err != nil {
		t.Fatal(err)
	}
	var mu sync.Mutex
	opened := 0
	var wg sync.WaitGroup
	for range 20 {
		wg.Go(func() {
			if _, err := s.Redeem(t.Context(), ticket); err == nil {
				mu.Lock()
				opened++
				mu.Unlock()
			}
		})
	}
	wg.Wait()
	if opened != 1 {
		t.Errorf("opened %d desks", opened)
	}
}

// Who reads the store finds no session, ticket or name that was tried; every key is under the one tag and, but for the
// accounts, expires: sessions at a whole hour, tickets within their life.
func TestWhatTheStoreHolds(t *testing.T) {
	both(t, func(t *testing.T, s *Staff) {
		at := time.Date(2126, 3, 1, 10, 20, 30, 0, time.UTC) // ahead of every clock, so that nothing expires meanwhile
		s.now = func(context.Context) (time.Time, error) { return at, nil }
		add(t, s, noor())
		s.Login(t.Context(), "my secret typed as a name", "x")
		session := login(t, s, "Noor", password)
		s.Login(t.Context(), "Noor", "wrong horse")
		ticket, err := s.Ticket(t.Context(), session)
		if err != nil {
			t.Fatal(err)
		}
		found, err := s.rdb.Keys(t.Context(), "*"+s.keys.prefix+"*").Result()
		if err != nil || len(found) != 6 { // accounts, session, ticket, tries of two names and of all
			t.Errorf("keys %q, %v", found, err)
		}
		for _, key := range found {
			if !strings.HasPrefix(key, "{"+s.keys.prefix+":staff}:") {
				t.Errorf("%s is not under the tag", key)
			}
			value := ""
			if key != s.keys.accounts() {
				value = s.rdb.Get(t.Context(), key).Val()
			}
			for _, secret := range []string{session, ticket, "my secret", password} {
				if strings.Contains(key+value, secret) {
					t.Errorf("%s = %s", key, value)
				}
			}
			end := time.UnixMilli(s.rdb.PExpireTime(t.Context(), key).Val().Milliseconds()).UTC().Truncate(time.Second) // the embedded store reckons from its own now
			ttl := s.rdb.PTTL(t.Context(), key).Val()
			switch {
			case key == s.keys.accounts():
				if ttl > 0 {
					t.Error("accounts expire")
				}
			case strings.Contains(key, ":session:"):
				// The embedded store's answer may be a second late on a busy machine.
				if want := time.Date(2126, 3, 1, 23, 0, 0, 0, time.UTC); end.Before(want) || end.After(want.Add(2*time.Second)) {
					t.Errorf("the session ends at %v, want %v", end, want)
				}
			case strings.Contains(key, ":ticket:"):
				if ttl <= 0 || ttl > TicketLife {
					t.Errorf("the ticket lives %v", ttl)
				}
			default:
				if ttl <= 0 || ttl > 2*TriesSlot {
					t.Errorf("%s lives %v", key, ttl)
				}
			}
		}
	})
}

func TestTicketExpires(t *testing.T) {
	rdb, prefix := routingtest.Client(t)
	s := New(rdb, Config{Prefix: prefix})
	add(t, s, noor())
	ticket, err := s.Ticket(t.Context(), login(t, s, "Noor", password))
	if err != nil {
		t.Fatal(err)
	}
	rdb.PExpireAt(t.Context(), s.keys.ticket(ticket), time.Unix(1, 0))
	if _, err := s.Redeem(t.Context(), ticket); err != ErrNoTicket {
		t.Errorf("late: %v", err)
	}
}

func TestConcurrentChangesAreKept(t *testing.T) {
	rdb, prefix := routingtest.Client(t)
	s := New(rdb, Config{Prefix: prefix})
	add(t, s, noor())
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			if err := s.change(t.Context(), "Noor", func(r *record) { r.Langs = append(r.Langs, "x") }); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	var r record
	if err := json.Unmarshal([]byte(rdb.HGet(t.Context(), s.keys.accounts(), "Noor").Val()), &r); err != nil || r.Gen != 8 || len(r.Langs) != 10 {
		t.Errorf("%+v, %v", r, err)
	}
}

// Without a store everything says so, and nothing says more: the client's own errors name addresses.
func TestStoreAway(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	l.Close()
	rdb := redis.NewClient(&redis.Options{Addr: l.Addr().String(), MaxRetries: -1, DialTimeout: time.Second})
	defer rdb.Close()
	s := New(rdb, Config{})
	ctx := t.Context()
	for name, call := range map[string]func() error{
		"Add":     func() error { return s.Add(ctx, noor(), password) },
		"Passwd":  func() error { return s.Passwd(ctx, "Noor", password) },
		"Disable": func() error { return s.Disable(ctx, "Noor") },
		"List":    func() error { _, err := s.List(ctx); return err },
		"Login":   func() error { _, err := s.Login(ctx, "Noor", password); return err },
		"Session": func() error { _, err := s.Session(ctx, secret(sessionBytes)); return err },
		"Logout":  func() error { return s.Logout(ctx, secret(sessionBytes)) },
		"Ticket":  func() error { _, err := s.Ticket(ctx, secret(sessionBytes)); return err },
		"Redeem":  func() error { _, err := s.Redeem(ctx, secret(ticketBytes)); return err },
	} {
		if err := call(); err != routing.ErrUnavailable {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestNewPassword(t *testing.T) {
	a, b := NewPassword(), NewPassword()
	if a == b || len(a) != 19 || strings.ContainsAny(a, "01ilo") {
		t.Errorf("%q %q", a, b)
	}
}
