package staff

import (
	"errors"
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

func TestExportAndImport(t *testing.T) {
	both(t, func(t *testing.T, s *Staff) {
		add(t, s, noor())
		add(t, s, Account{Name: "Ada", Role: RoleAdmin})
		session := login(t, s, "Noor", password)
		records, err := s.Export(t.Context())
		if err != nil || len(records) != 2 || records[0].Name != "Ada" || records[1].Name != "Noor" {
			t.Fatalf("%+v, %v", records, err)
		}
		imports := func(what string, in []Record, replace, dry bool, want Imported, wrong error) {
			t.Helper()
			if done, err := s.Import(t.Context(), in, replace, dry); done != want || !errors.Is(err, wrong) {
				t.Errorf("%s: %+v, %v", what, done, err)
			}
		}
		imports("what is there", records, true, false, Imported{Same: 2}, nil)
		if _, err := s.Session(t.Context(), session); err != nil {
			t.Errorf("a session whose account did not change: %v", err)
		}
		changed := slices.Clone(records)
		changed[1].Role = RoleLead
		changed = append(changed, Record{Name: "Bo", Hash: records[0].Hash, Role: RoleAdmin})
		imports("one that differs", changed, false, false, Imported{}, ErrDiffers)
		imports("only looked at", changed, true, true, Imported{Added: 1, Replaced: 1, Same: 1}, nil)
		if list, err := s.List(t.Context()); err != nil || len(list) != 2 || list[1].Role != RoleCounsellor {
			t.Errorf("refused or only looked at, and yet: %+v, %v", list, err)
		}
		imports("replaced", changed, true, false, Imported{Added: 1, Replaced: 1, Same: 1}, nil)
		if _, err := s.Session(t.Context(), session); err != ErrNoSession {
			t.Errorf("a session of before: %v", err)
		}
		if a, err := s.Session(t.Context(), login(t, s, "Noor", password)); err != nil || a.Role != RoleLead {
			t.Errorf("%+v, %v", a, err)
		}
		imports("again", changed, true, false, Imported{Same: 3}, nil)
	})
}

func TestImportRefusesTheMalformed(t *testing.T) {
	s := New(routingtest.Mini(t), Config{})
	h, err := newHasher().hash(t.Context(), password)
	if err != nil {
		t.Fatal(err)
	}
	good := Record{Name: "Noor", Hash: h, Role: RoleLead, Lines: []string{"jip"}}
	for want, r := range map[error]Record{
		ErrName: {Name: "a/b", Hash: h, Role: RoleLead}, ErrRole: {Name: "a", Hash: h}, errHash: {Name: "a", Hash: "x", Role: RoleLead},
		ErrLine: {Name: "a", Hash: h, Role: RoleLead, Langs: []string{"NL"}},
	} {
		if _, err := s.Import(t.Context(), []Record{good, r}, true, false); !errors.Is(err, want) {
			t.Errorf("%+v: %v, want %v", r, err, want)
		}
	}
	if list, err := s.List(t.Context()); err != nil || len(list) != 0 {
		t.Errorf("something was kept: %+v, %v", list, err)
	}
}

// TestImportBesideChanges: whoever changes an account meanwhile is not overwritten by what was read before.
func TestImportBesideChanges(t *testing.T) {
	rdb, prefix := routingtest.Client(t)
	s := New(rdb, Config{Prefix: prefix})
	add(t, s, noor())
	records, err := s.Export(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	var wg sync.WaitGroup
	for i := range 8 {
		wg.Go(func() {
			if err := s.change(t.Context(), "Noor", func(r *record) { r.Langs = append(r.Langs, "x") }); err != nil {
				t.Error(err)
			}
		})
		wg.Go(func() {
			in := append(slices.Clone(records), Record{Name: "Bo" + string(rune('a'+i)), Hash: records[0].Hash, Role: RoleAdmin})
			if _, err := s.Import(t.Context(), in[1:], false, false); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	list, err := s.List(t.Context())
	if err != nil || len(list) != 9 || len(list[8].Langs) != 10 {
		t.Errorf("%+v, %v", list, err)
	}
}

func TestBackupWithoutAStore(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	l.Close()
	rdb := redis.NewClient(&redis.Options{Addr: l.Addr().String(), MaxRetries: -1, DialTimeout: time.Second})
	defer rdb.Close()
	s := New(rdb, Config{})
	if _, err := s.Export(t.Context()); err != routing.ErrUnavailable {
		t.Errorf("Export: %v", err)
	}
	if _, err := s.Import(t.Context(), nil, false, false); err != routing.ErrUnavailable {
		t.Errorf("Import: %v", err)
	}
}

func TestInventory(t *testing.T) {
	for _, k := range Inventory() {
		if k.Place != routing.InLedger || k.NL == "" || k.EN == "" || k.EndsNL == "" || k.EndsEN == "" || k.Example == "" ||
			!strings.HasPrefix(k.Key, "{<prefix>:staff}:") || (k.By == routing.Expiry) != (k.Longest > 0) {
			t.Errorf("%+v", k)
		}
	}
}
