package faults

import (
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"haven/chat/fault"
	"haven/cmd/haven/haventest"
)

// faultLimits are what every run is held to. The times of the deployment are those of shortTimes.
var faultLimits = fault.Limits{
	Wait: 2 * time.Second, Recovery: 2 * time.Second,
	Held: 8 * time.Second, Grace: 6 * time.Second, Linger: 4 * time.Second, Wrapup: 3 * time.Second, Passed: 4 * time.Second,
	Prefer: 3 * time.Second,
}

// shortTimes are deadlines that fall within a run: what takes minutes at work takes seconds here. Nothing else of the
// program is changed.
var shortTimes = map[string]string{
	"Ring: 20 * time.Second":        "Ring: 2 * time.Second",
	"Passed: 120 * time.Second":     "Passed: 4 * time.Second",
	"Held: 900 * time.Second":       "Held: 8 * time.Second",
	"YouthGrace: 300 * time.Second": "YouthGrace: 6 * time.Second",
	"Front: 900 * time.Second":      "Front: 6 * time.Second",
	"Lease: 20 * time.Second":       "Lease: 3 * time.Second",
	"DeskGrace: 30 * time.Second":   "DeskGrace: 2 * time.Second",
	"Linger: 300 * time.Second":     "Linger: 4 * time.Second",
	"Wrapup: 120 * time.Second":     "Wrapup: 3 * time.Second",
}

// change is one piece of one file that is replaced in the program under test.
type change struct{ file, old, new string }

// shortened is the program with the times of a run, a clock that can jump, and with changes of the test's own.
func shortened(t *testing.T, more ...change) string {
	t.Helper()
	changes := []change{
		{"routing/run.go", "nodeLease = 10 * time.Second", "nodeLease = 4 * time.Second"},
		{"routing/run.go", "beatEvery = 2 * time.Second", "beatEvery = time.Second"},
		{"chat/config.go", "deskPing = 5", "deskPing = 1"},
		{"chat/config.go", "deskSilence = 20", "deskSilence = 4"},
		{"routing/overflow.go", "askFor = time.Minute", "askFor = 2 * time.Second"},
		{"routing/handover.go", "legTime = 10 * time.Minute", "legTime = 3 * time.Second"},
		{"routing/handover.go", "legLook = 5 * time.Second", "legLook = time.Second"},
		{"routing/codes.go", "preferFor = 180 * time.Second", "preferFor = 3 * time.Second"},
		{"cmd/haven/config.go", "l.Overflow, overflow = v.duration(30*time.Second,", "l.Overflow, overflow = v.duration(time.Second,"},
	}
	for old, by := range shortTimes {
		changes = append(changes, change{"routing/types.go", old, by})
	}
	files := jumping(t)
	for _, c := range append(changes, more...) {
		text := files[c.file]
		if text == "" {
			b, err := os.ReadFile(filepath.Join(haventest.Top(t), c.file))
			if err != nil {
				t.Fatal(err)
			}
			text = string(b)
		}
		at := spaced(c.old).FindAllStringIndex(text, -1)
		if len(at) != 1 {
			t.Fatalf("%q stands %d times in %s", c.old, len(at), c.file)
		}
		files[c.file] = text[:at[0][0]] + c.new + text[at[0][1]:]
	}
	return haventest.Build(t, files)
}

// spaced finds a piece of source with whatever space there is between its words.
func spaced(source string) *regexp.Regexp {
	var words []string
	for w := range strings.FieldsSeq(source) {
		words = append(words, regexp.QuoteMeta(w))
	}
	return regexp.MustCompile(strings.Join(words, `\s+`))
}

// outcome is what one run came to.
type outcome struct {
	seed    uint64
	faults  map[fault.Kind]int
	phases  map[fault.Phase]int // faults that came while a chat was in it
	entries []fault.Entry
	found   []fault.Violation
	took    time.Duration
	lag     time.Duration // by how much the machine was late at worst
}

const (
	settleTime = 25 * time.Second
	calmTime   = 4 * time.Second // for which people talk where nothing breaks
)

// one is a run: so many faults over everybody's chats, and then all of what must hold. It is sound unless the store itself
// lost what it had said to keep.
func (r *yard) one(seed uint64, faults int, kinds map[fault.Kind]int) (o outcome, sound bool) {
	began := time.Now()
	rng := rand.New(rand.NewPCG(seed, 0))
	r.begin(1 + rng.IntN(3))
	defer r.end()
	o = r.play(seed, rng, fault.Plan(seed, faults, len(r.nodes), kinds), func(c *fault.Cast) {
		if seed%4 > 0 {
			r.twoLines(c, rng)
		}
		if seed%2 == 1 {
			handsOver(r, c)
		}
	})
	o.found = append(o.found, r.keysLeft()...)
	o.took = time.Since(began)
	return o, !r.damaged
}

// play brings the people in, breaks what the plan says, and checks what they saw.
func (r *yard) play(seed uint64, rng *rand.Rand, plan []fault.Step, choose func(*fault.Cast)) outcome {
	h := fault.NewHistory()
	o := outcome{seed: seed, faults: map[fault.Kind]int{}, phases: map[fault.Phase]int{}}
	jip := r.people.answering(lines[0])
	c := &fault.Cast{Seed: seed, URLs: r.urls(), Origin: r.origin, Lines: lines[:1], Youths: 2 + rng.IntN(4),
		Staff: jip[:1+rng.IntN(len(jip))], History: h, Handovers: 30}
	choose(c)
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	lag := watchLag(ctx)
	c.Begin(ctx)
	var together sync.WaitGroup
	for i, s := range plan {
		r.await(h, s.Phase)
		name := fmt.Sprintf("%d: %v", i, s)
		o.faults[s.Kind]++
		done := make(chan struct{})
		together.Go(func() {
			defer close(done)
			r.strike(s, func() {
				h.Note(fault.Entry{What: fault.Broken, Name: name, Loses: s.Kind.Loses(), Kept: s.Kind.Keeps(), Jumps: s.Kind == fault.StoreJumps})
			}, func() { h.Note(fault.Entry{What: fault.Mended, Name: name}) })
		})
		for p, n := range h.Now() {
			if n > 0 {
				o.phases[p]++
			}
		}
		if s.Apart {
			<-done
		}
	}
	together.Wait()
	if len(plan) == 0 {
		<-time.After(calmTime)
	}
	c.Close(settleTime)
	cancel()
	c.Wait()
	o.entries = h.Entries()
	l := r.limits
	o.lag = lag()
	l.Lag = o.lag
	o.found = append(fault.Check(o.entries, l), r.strangers()...)
	return o
}

// await returns when a chat comes into the phase in which something is to break, or when that takes too long.
func (r *yard) await(h *fault.History, p fault.Phase) {
	for range r.acks {
		select {
		case <-h.Next(fault.Talking):
		case <-time.After(r.moment):
		}
	}
	select {
	case <-h.Next(p):
	case <-time.After(r.moment):
	}
}

// watchLag measures by how much this machine is late at worst, until it is asked.
func watchLag(ctx context.Context) (worst func() time.Duration) {
	const every = 20 * time.Millisecond
	ctx, stop := context.WithCancel(ctx)
	result := make(chan time.Duration, 1)
	go func() {
		var most time.Duration
		tick := time.NewTicker(every)
		defer tick.Stop()
		for last := time.Now(); ; {
			select {
			case <-ctx.Done():
				result <- most
				return
			case <-tick.C:
				most = max(most, time.Since(last)-every)
				last = time.Now()
			}
		}
	}()
	return func() time.Duration {
		stop()
		return <-result
	}
}

// keysLeft holds that nothing stays after its time: every key of a chat expires, and once every deadline has fallen,
// nothing is left of any chat.
func (r *yard) keysLeft() (found []fault.Violation) {
	wrong := func(format string, args ...any) {
		found = append(found, fault.Violation{Rule: "keys", Text: fmt.Sprintf(format, args...)})
	}
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	c := r.store.Client()
	defer c.Close()
	keys, err := c.Keys(ctx, "*").Result()
	if err != nil {
		wrong("%v", err)
	}
	ofChat := regexp.MustCompile(`^haven:\{.{22}\}:(state|log)$`)
	for _, k := range keys {
		if !ofChat.MatchString(k) {
			continue
		}
		left, err := c.PTTL(ctx, k).Result()
		if left == -2 { // gone meanwhile
			continue
		}
		if err != nil || left <= 0 || left > 3*time.Hour+time.Minute {
			wrong("%s is to live for %v (%v)", k, left, err)
		}
	}
	key := func(name string) string { return "haven:{haven}:" + name }
	left := func() (out []string) {
		for _, name := range []string{"chats", "offers", "counsellors", "codes"} {
			fields, err := c.HGetAll(ctx, key(name)).Result()
			if err != nil {
				out = append(out, err.Error())
			}
			for k, v := range fields {
				out = append(out, name+" "+k+" "+v)
			}
		}
		for _, name := range []string{"waiting", "free", "duty", "held", "due", "at", "talking", "down", "asked", "help"} {
			members, err := c.ZRange(ctx, key(name), 0, -1).Result()
			if err != nil {
				out = append(out, err.Error())
			}
			for _, m := range members {
				if !strings.HasPrefix(m, "node:") {
					out = append(out, name+" "+m)
				}
			}
		}
		room, _ := c.HGetAll(ctx, key("room")).Result()
		for line, n := range room {
			if n != "0" {
				out = append(out, "room "+line+" "+n)
			}
		}
		return out
	}
	tick := time.NewTicker(100 * time.Millisecond)
	defer tick.Stop()
	for end := time.Now().Add(20 * time.Second); len(left()) > 0; { // sockets that a store took for open are dropped after 10 s
		if time.Now().After(end) {
			wrong("this is left after every deadline:\n%s", strings.Join(left(), "\n"))
			return found
		}
		r.everythingIsDue(ctx, c)
		<-tick.C
	}
	return found
}

// everythingIsDue brings every deadline but those of the nodes forward to now.
func (r *yard) everythingIsDue(ctx context.Context, c *redis.Client) {
	members, _ := c.ZRange(ctx, "haven:{haven}:due", 0, -1).Result()
	for _, m := range members {
		if !strings.HasPrefix(m, "node:") {
			_ = c.ZAddXX(ctx, "haven:{haven}:due", redis.Z{Score: 1, Member: m}).Err()
		}
	}
}

// tell writes a run that went wrong down, so that it can be read and played again.
func (o *outcome) tell(t *testing.T, r *yard) {
	t.Helper()
	var text strings.Builder
	for i := range o.entries {
		fmt.Fprintln(&text, &o.entries[i])
	}
	dir := os.Getenv("HAVEN_FAULTS_DIR")
	where := ""
	if dir != "" {
		where = filepath.Join(dir, fmt.Sprintf("seed-%d.txt", o.seed))
		if err := os.WriteFile(where, []byte(text.String()+r.said()), 0o600); err != nil {
			t.Error(err)
		}
	}
	for i, v := range o.found {
		t.Errorf("%sHAVEN_SEED=%d: %v", form(), o.seed, v)
		if i == 0 && where == "" {
			t.Logf("what led there:\n%s", fault.About(o.entries, v))
		}
	}
}

const (
	faultRuns  = 40
	faultsEach = 6 // in a run; ten in the long form
	atOnce     = 4 // runs, which mostly wait; six in the long form
)

// faultSeeds are those of HAVEN_SEED, or so many: the first ones, so that a change is judged by what it does and not by
// its luck, and in the long form or with HAVEN_RUNS such as nobody chose.
func faultSeeds(t *testing.T, n int) []uint64 {
	if text := os.Getenv("HAVEN_SEED"); text != "" {
		var all []uint64
		for s := range strings.SplitSeq(text, ",") {
			seed, err := strconv.ParseUint(s, 10, 64)
			if err != nil {
				t.Fatalf("HAVEN_SEED: %v", err)
			}
			all = append(all, seed)
		}
		return all
	}
	base := uint64(1)
	if os.Getenv("HAVEN_LONG") == "1" || os.Getenv("HAVEN_RUNS") != "" {
		base = uint64(time.Now().UnixNano() / 1000)
	}
	var all []uint64
	for i := range n {
		all = append(all, base+uint64(i))
	}
	return all
}

// form is what else a seed needs to play the same run again.
func form() (s string) {
	for _, name := range []string{"HAVEN_LONG", "HAVEN_FORGETS"} {
		if os.Getenv(name) == "1" {
			s += name + "=1 "
		}
	}
	return s
}

// TestFaults: chats of a few people over one to three nodes, while nodes, the store and the lines between break. Each
// run is drawn from a seed, which is printed with whatever it breaks, and with the form that it belongs to, and plays it
// again (HAVEN_SEED=1,2,...). With HAVEN_LONG=1 it is a thousand runs.
func TestFaults(t *testing.T) {
	haventest.Tool(t, "redis-server")
	runs, faults, together := faultRuns, faultsEach, atOnce
	if os.Getenv("HAVEN_LONG") == "1" {
		runs, faults, together = 1000, 10, 6
	}
	if n, err := strconv.Atoi(os.Getenv("HAVEN_RUNS")); err == nil {
		runs = n
	}
	kinds := fault.Lone
	if os.Getenv("HAVEN_FORGETS") == "1" {
		kinds = fault.Forgetful
	}
	began := time.Now()
	haven, clock := shortened(t), shim(t)
	accounts, people := faultStaff(t, haven)
	newYard(t, haven, accounts, people, clock).jumps()
	seeds := make(chan uint64)
	go func() {
		defer close(seeds)
		for _, s := range faultSeeds(t, runs) {
			seeds <- s
		}
	}()
	var all faultFigures
	var workers sync.WaitGroup
	for range together {
		r := newYard(t, haven, accounts, people, clock)
		workers.Go(func() {
			for seed := range seeds {
				o, sound := r.one(seed, faults, kinds)
				if !sound {
					t.Logf("HAVEN_SEED=%d: the store lost some of its own file, once more", seed)
					o, _ = r.one(seed, faults, kinds)
				}
				all.add(&o)
				if len(o.found) > 0 {
					o.tell(t, r)
				}
				if testing.Verbose() {
					t.Logf("HAVEN_SEED=%d: %d nodes, %d entries in %.1f s", seed, len(r.nodes), len(o.entries), o.took.Seconds())
				}
			}
		})
	}
	workers.Wait()
	t.Logf("%v in %.0f s", &all, time.Since(began).Seconds())
}
