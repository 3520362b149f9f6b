package staff

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/alicebob/miniredis/v2"
	"github.com/redis/go-redis/v9"
)

func TestAttemptsAreLimited(t *testing.T) {
	both(t, func(t *testing.T, s *Staff) {
		at := time.Unix(1_000_000_200, 0)
		s.now = func(context.Context) (time.Time, error) { return at, nil }
		s.each, s.all = 3, 13
		add(t, s, noor())
		try := func(name, password string, want error) {
			t.Helper()
			if _, err := s.Login(t.Context(), name, password); err != want {
				t.Errorf("%s: %v, want %v", name, err, want)
			}
		}
		try("Noor", "wrong horse", ErrLogin)
		try("Noor", "wrong horse", ErrLogin)
		try("Noor", password, nil) // takes the two back
		for range 3 {
			try("Noor", "wrong horse", ErrLogin)
		}
		try("Noor", "wrong horse", ErrSlowDown)
		try("Noor", password, ErrSlowDown) // or guessing could go on
		for range 3 {
			try("Nobody", password, ErrLogin)
		}
		try("Nobody", password, ErrSlowDown) // an unknown name looks the same
		try("Else", password, ErrLogin)
		try("More", password, ErrSlowDown) // the deployment's own limit
		at = at.Add(TriesSlot)
		try("Noor", password, nil)
	})
}

// A node whose clock is a day or two behind gives sessions as long as any other's.
func TestSessionsGoByTheClockOfTheStore(t *testing.T) {
	m := miniredis.RunT(t)
	m.SetTime(time.Now().Add(48 * time.Hour))
	rdb := redis.NewClient(&redis.Options{Addr: m.Addr()})
	defer rdb.Close()
	s := New(rdb, Config{})
	add(t, s, noor())
	session := login(t, s, "Noor", password)
	if _, err := s.Session(t.Context(), session); err != nil {
		t.Errorf("it ended at once: %v", err)
	}
	if life := m.TTL(s.keys.session(session)); life < SessionLife || life > SessionLife+time.Hour {
		t.Errorf("it lives %v", life)
	}
}

// An unknown name, a disabled account and a name that cannot be cost the work of a real one.
func TestUnknownNamesCostTheSame(t *testing.T) {
	h := newHasher()
	memory, passes, lanes, salt, hash, err := decode(h.dummy)
	if err != nil || memory != costMemory || passes != costTime || lanes != costLanes || len(salt) != saltSize || len(hash) != hashSize {
		t.Errorf("%d %d %d %d %d %v", memory, passes, lanes, len(salt), len(hash), err)
	}
	// The dummy's own hash is no way in, should somebody ever find a password to it.
	fits, err := h.hash(t.Context(), password)
	if err != nil {
		t.Fatal(err)
	}
	h.dummy = fits
	if ok, err := h.verify(t.Context(), "", password); ok || err != nil {
		t.Errorf("%v, %v", ok, err)
	}
	if ok, err := h.verify(t.Context(), fits, password); !ok || err != nil {
		t.Errorf("%v, %v", ok, err)
	}
}

func TestPasswordsAreWorkedOnAFewAtOnce(t *testing.T) {
	h := newHasher()
	for range atOnce {
		h.turns <- struct{}{}
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := h.verify(ctx, "", password); !errors.Is(err, context.Canceled) {
		t.Errorf("a full house: %v", err)
	}
	<-h.turns
	if _, err := h.verify(t.Context(), "", password); err != nil {
		t.Errorf("a free place: %v", err)
	}
}

func TestMalformedHashes(t *testing.T) {
	for _, encoded := range []string{"", "x", "$argon2id$v=19$m=19456,t=2,p=1$c2FsdHNhbHQ", "$argon2i$v=19$m=19456,t=2,p=1$c2FsdHNhbHQ$aGFzaGhhc2hoYXNoaGFzaA",
		"$argon2id$v=18$m=19456,t=2,p=1$c2FsdHNhbHQ$aGFzaGhhc2hoYXNoaGFzaA", "$argon2id$v=19$m=99999999,t=2,p=1$c2FsdHNhbHQ$aGFzaGhhc2hoYXNoaGFzaA",
		"$argon2id$v=19$m=19456,t=0,p=1$c2FsdHNhbHQ$aGFzaGhhc2hoYXNoaGFzaA", "$argon2id$v=19$m=19456,t=2,p=0$c2FsdHNhbHQ$aGFzaGhhc2hoYXNoaGFzaA",
		"$argon2id$v=19$m=19456,t=2,p=1$$aGFzaGhhc2hoYXNoaGFzaA", "$argon2id$v=19$m=19456,t=2,p=1$c2FsdHNhbHQ$"} {
		if _, _, _, _, _, err := decode(encoded); err == nil {
			t.Errorf("%q was taken", encoded)
		}
	}
}
