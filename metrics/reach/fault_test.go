package reach

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"haven/routing"
	"haven/routing/routingtest"
)

var errKilled = errors.New("killed")

// killer ends a node at its nth command: before it is sent, or after it was done and before anybody heard of it. From
// then on nothing of the node's reaches the store.
type killer struct {
	left  int  // commands until then
	after bool // the fatal one is done
	blink bool // only that one fails
	dead  bool // it was reached
}

func (k *killer) DialHook(next redis.DialHook) redis.DialHook {
	return func(ctx context.Context, network, addr string) (net.Conn, error) { return next(ctx, network, addr) }
}

func (k *killer) ProcessHook(next redis.ProcessHook) redis.ProcessHook {
	return func(ctx context.Context, cmd redis.Cmder) error {
		return k.at(cmd, func() error { return next(ctx, cmd) })
	}
}

func (k *killer) ProcessPipelineHook(next redis.ProcessPipelineHook) redis.ProcessPipelineHook {
	return func(ctx context.Context, cmds []redis.Cmder) error {
		return k.at(cmds[0], func() error { return next(ctx, cmds) })
	}
}

func (k *killer) at(cmd redis.Cmder, do func() error) error {
	if k.dead && !k.blink {
		cmd.SetErr(errKilled)
		return errKilled
	}
	k.left--
	if k.left >= 0 || k.dead {
		return do()
	}
	k.dead = true
	if k.after {
		_ = do()
	}
	cmd.SetErr(errKilled)
	return errKilled
}

// TestLedgerKilledAtEveryStep kills a node at each of its commands, before and after the command was done, and lets
// another go on. What is published counts the dead node's day once or says that it is lost, and no cell ever stands in
// the store without its noise.
func TestLedgerKilledAtEveryStep(t *testing.T) {
	rdb, _ := routingtest.Client(t)
	const visits = 7
	where := Cell("jip|chatten-helpt|poster|answered")
	lost, kept := 0, 0
	day, _ := ParseDay("2026-11-18")
	for _, after := range []bool{false, true} {
		done := false
		for step := 0; !done; step++ {
			if step > 300 {
				t.Fatal("the day never ends")
			}
			_, prefix := routingtest.Client(t)
			var c clock
			k := &killer{left: step, after: after}
			own := redis.NewClient(rdb.Options())
			own.AddHook(k)
			c.set("2026-11-18 10:00")
			dies := node(t, own, prefix, &c, testPlan())
			dies.tick(t.Context())
			for range visits {
				dies.Count(answered("chatten-helpt", "poster"))
			}
			for _, at := range []string{"2026-11-19 01:00", "2026-11-25 10:00"} {
				c.live(t, at, dies)
				noNaked(t, rdb, prefix)
			}
			done = !k.dead
			own.Close()
			goesOn := node(t, rdb, prefix, &c, testPlan())
			for _, at := range []string{"2026-11-25 11:00", "2026-12-03 11:00"} {
				c.live(t, at, goesOn)
			}
			noNaked(t, rdb, prefix)
			for _, name := range []string{"2026-W47", "2026-11"} {
				p, _ := ParsePeriod(name)
				r := goesOn.Releases().Get(Visits, p)
				if r == nil {
					// Nobody was there to open it: the dead node did not come that far.
					if step > 40 {
						t.Errorf("killed at %d (after: %v): %s was never published", step, after, name)
					}
					continue
				}
				n := r.Cells[where] - noise*int64(max(r.Draws, 1))
				// A day that was lost is said to be, and one that was not is counted once. Killed between its flush and
				// the next look, a node may leave a day of its own pending in which nothing was counted.
				switch {
				case n == visits:
					kept++
				case n == 0 && (r.LostDays > 0 || r.Since > day):
					lost++
				default:
					t.Errorf("killed at %d (after: %v): %s counts %d, %d days lost, since %s", step, after, name, n, r.LostDays, r.Since)
				}
			}
		}
	}
	if lost == 0 || kept == 0 {
		t.Errorf("%d lost, %d kept: the test killed at the wrong places", lost, kept)
	}
}

// TestLedgerUnheardAnswers loses one command, or the answer to one, of a node that lives on: it counts once, whatever it
// tries again.
func TestLedgerUnheardAnswers(t *testing.T) { ledgerUnheardAnswers(t) }

func ledgerUnheardAnswers(t testing.TB) {
	t.Helper()
	rdb, _ := routingtest.Client(t)
	where := Cell("jip|chatten-helpt|poster|answered")
	for _, after := range []bool{false, true} {
		for step, done := 0, false; !done; step++ {
			if step > 300 {
				t.Fatal("the day never ends")
			}
			_, prefix := routingtest.Client(t)
			var c clock
			k := &killer{left: step, after: after, blink: true}
			own := redis.NewClient(rdb.Options())
			own.AddHook(k)
			l := node(t, own, prefix, &c, testPlan())
			c.set("2026-11-18 10:00")
			l.tick(t.Context())
			l.tick(t.Context())
			l.Count(answered("chatten-helpt", "poster"))
			for _, at := range []string{"2026-11-19 01:00", "2026-11-19 01:01", "2026-11-25 10:00", "2026-11-25 10:01", "2026-11-25 10:02"} {
				c.live(t, at, l)
			}
			done = !k.dead
			own.Close()
			week, _ := ParsePeriod("2026-W47")
			r := l.Releases().Get(Visits, week)
			if r == nil || r.Cells[where] != noise+1 || r.LostDays != 0 || r.Back || l.lost.Load() {
				t.Errorf("lost at %d (after: %v): %+v, ledger lost %v", step, after, r, l.lost.Load())
			}
		}
	}
}

// noNaked looks for a count without noise.
func noNaked(t *testing.T, rdb *redis.Client, prefix string) {
	t.Helper()
	names, err := rdb.Keys(t.Context(), prefix+":{"+prefix+":reach}:*").Result()
	if err != nil {
		t.Fatal(err)
	}
	for _, key := range names {
		if !strings.Contains(key, ":open:") && !strings.Contains(key, ":sealed:") || strings.Contains(key, string(totals)) {
			continue
		}
		for f, v := range rdb.HGetAll(t.Context(), key).Val() {
			if n, err := strconv.Atoi(v); err == nil && f[0] != '.' && n < noise {
				t.Fatalf("%s %s is %d", key, f, n)
			}
		}
	}
}

// TestLedgerAwayAndEmptied takes the ledger away, brings it back, and empties it: counts wait, nothing counts twice, and
// an emptied ledger says from when on it counts.
func TestLedgerAwayAndEmptied(t *testing.T) {
	server := routingtest.Start(t)
	rdb := server.Client()
	defer rdb.Close()
	var c clock
	c.set("2026-11-18 10:00")
	l := node(t, rdb, "haven", &c, testPlan())
	l.tick(t.Context())
	l.Count(answered("chatten-helpt", "poster"))
	server.Kill()
	c.set("2026-11-19 10:00")
	l.tick(t.Context())
	l.Count(answered("chatten-helpt", "poster"))
	if l.up.Load() || l.unflushed() != 1 {
		t.Fatalf("up %v, %d days unflushed while the ledger is away", l.up.Load(), l.unflushed())
	}
	server.Restart(t, false)
	l.tick(t.Context())
	if !l.up.Load() || l.unflushed() != 0 || l.lost.Load() {
		t.Fatalf("up %v, %d unflushed, lost %v when it is back", l.up.Load(), l.unflushed(), l.lost.Load())
	}
	where := Cell("jip|chatten-helpt|poster|answered")
	wantStored(t, rdb, "haven", Visits, "2026-W47", where, 1)

	server.Kill()
	server.Restart(t, true)
	c.set("2026-11-20 10:00")
	l.tick(t.Context())
	if !l.lost.Load() {
		t.Error("an emptied ledger is not noticed")
	}
	wantStored(t, rdb, "haven", Visits, "2026-W47", where, 1) // what was in memory
	c.live(t, "2026-11-25 10:00", l)
	week, _ := ParsePeriod("2026-W47")
	about, ok := l.Releases().About(Visits, week)
	// Opened anew when it was noticed, on the 20th: the day that waited in memory is in it all the same.
	if !ok || about.Since.String() != "2026-11-20" && about.Since.String() != "2026-11-19" {
		t.Errorf("after it was emptied: %+v, %v", about, ok)
	}
}

// TestLedgerBack puts an older copy of the ledger back.
func TestLedgerBack(t *testing.T) {
	rdb, prefix := routingtest.Client(t)
	var c clock
	c.set("2026-11-18 10:00")
	l := node(t, rdb, prefix, &c, testPlan())
	for _, at := range []string{"2026-11-18 10:00", "2026-11-19 10:00", "2026-11-20 10:00"} {
		c.live(t, at, l)
	}
	if l.lost.Load() {
		t.Fatal("a loss is seen where there is none")
	}
	rdb.HIncrBy(t.Context(), keys{prefix}.meta(), "flushes", -1)
	for _, at := range []string{"2026-11-20 11:00", "2026-11-25 10:00"} {
		c.live(t, at, l)
	}
	week, _ := ParsePeriod("2026-W47")
	if about, ok := l.Releases().About(Visits, week); !ok || !about.Back || !l.lost.Load() {
		t.Errorf("an old copy: %+v, %v, lost %v", about, ok, l.lost.Load())
	}
}

// TestLedgerTwoWorldsScrape: with and without one more young person the scrapes are byte for byte the same, through the
// visit, its flush and everything until the period is sealed. Behind a noise that is the same in both worlds the release
// then differs by the one, which shows that the test can see.
func TestLedgerTwoWorldsScrape(t *testing.T) {
	rdb, _ := routingtest.Client(t)
	var c clock
	c.set("2026-10-31 10:00")
	var worlds [2]*Ledger
	for i := range worlds {
		_, prefix := routingtest.Client(t)
		worlds[i] = node(t, rdb, prefix, &c, testPlan())
	}
	// What Prometheus gets, with the headers, in plain text and packed.
	scrape := func(l *Ledger) string {
		var all strings.Builder
		for _, encoding := range encodings {
			w := httptest.NewRecorder()
			r := httptest.NewRequest(http.MethodGet, "/metrics/reach", nil)
			r.Header.Set("Accept-Encoding", encoding)
			l.Handler().ServeHTTP(w, r)
			fmt.Fprintln(&all, w.Code, w.Header())
			all.Write(w.Body.Bytes())
		}
		return all.String()
	}
	at := func(when string) (a, b string) {
		c.live(t, when, worlds[0], worlds[1])
		return scrape(worlds[0]), scrape(worlds[1])
	}
	for _, when := range []string{"2026-10-31 10:00", "2026-11-01 12:00", "2026-11-02 12:00", "2026-11-03 12:00"} {
		published := when == "2026-11-03 12:00"
		if a, b := at(when); a != b || strings.Contains(b, `haven_reach_released_visits{`) != published || !strings.Contains(b, "Content-Encoding:[gzip]") {
			t.Fatalf("%s: the worlds differ before anything did, or October is not published when it should be", when)
		}
	}
	worlds[0].Count(answered("chatten-helpt", "poster"))
	worlds[0].WrappedUp("jip", routing.Wrapup{Kind: "young_person", Outcome: "none", Topic: "home", Referral: "veilig-thuis"})
	for _, w := range worlds {
		w.Count(answered("", ""))
	}
	before, _ := at("2026-11-03 12:01")
	if !strings.Contains(before, `period="month"`) {
		t.Fatal("October is not published: there is nothing to compare")
	}
	for _, when := range []string{"2026-11-03 12:02", "2026-11-03 23:59", "2026-11-04 00:30", "2026-11-09 10:00", "2026-11-30 23:59", "2026-12-02 23:59"} {
		if a, b := at(when); a != b || a != before {
			t.Fatalf("%s: one more young person shows", when)
		}
	}
	a, b := at("2026-12-03 10:00")
	if a == b || a == before {
		t.Error("the release of the month does not show the count: this test sees nothing")
	}
	referred := func(scrape string) (lines []string) {
		for l := range strings.Lines(scrape) {
			if strings.HasPrefix(l, "haven_reach_released_referrals{") {
				lines = append(lines, l)
			}
		}
		return lines
	}
	if a, b := at("2027-01-02 23:59"); len(referred(a)) != 0 || len(referred(b)) != 0 {
		t.Error("referrals show before their year is sealed")
	}
	a, b = at("2027-01-03 10:00")
	if with, without := referred(a), referred(b); len(with) != len(without) || len(with) != len(testPlan().Cells(Referrals)) {
		t.Errorf("%d and %d referrals", len(with), len(without))
	} else {
		differ := 0
		for i := range with {
			if with[i] != without[i] {
				differ++
			}
		}
		if differ != 1 {
			t.Errorf("one more young person shows in %d cells of the referrals", differ)
		}
	}
}

// TestLedgerLeavesNoCountOnDisk searches the append-only folder after a flush and its rewrite: counts stand there within
// sums only.
func TestLedgerLeavesNoCountOnDisk(t *testing.T) {
	server := routingtest.Start(t, "--aof-use-rdb-preamble", "no") // so that it can be read
	rdb := server.Client()
	defer rdb.Close()
	var c clock
	c.set("2026-11-18 10:00")
	l := node(t, rdb, "haven", &c, testPlan())
	l.tick(t.Context())
	for range 77 {
		l.Count(answered("chatten-helpt", "poster"))
	}
	if err := l.Flush(t.Context()); err != nil {
		t.Fatal(err)
	}
	if l.dirty {
		t.Fatal("no rewrite was asked for")
	}
	for {
		info := rdb.Info(t.Context(), "persistence").Val()
		if strings.Contains(info, "aof_rewrite_in_progress:0") && strings.Contains(info, "aof_rewrite_scheduled:0") {
			break
		}
		select {
		case <-t.Context().Done():
			t.Fatal("the rewrite does not end")
		case <-time.After(20 * time.Millisecond):
		}
	}
	found := false
	err := filepath.WalkDir(server.Dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || !d.Type().IsRegular() {
			return err
		}
		data, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		found = found || bytes.Contains(data, []byte(strconv.Itoa(noise+77)))
		if bytes.Contains(bytes.ToUpper(data), []byte("HINCRBY")) {
			t.Errorf("%s holds an increment", filepath.Base(path))
		}
		return nil
	})
	if err != nil || !found {
		t.Errorf("the sum is found: %v, %v", found, err)
	}
}
