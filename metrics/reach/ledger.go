package reach

import (
	"context"
	"crypto/rand"
	"embed"
	"encoding/base64"
	"errors"
	"fmt"
	"log/slog"
	mathrand "math/rand/v2"
	"sync"
	"sync/atomic"
	"time"

	"github.com/redis/go-redis/v9"

	"haven/routing"
)

// Errors that a caller tells apart.
var (
	// ErrAway: the ledger's Redis does not answer as it should. Counts stay in memory and are tried again.
	ErrAway = errors.New("reach: ledger away")
	// ErrBudget: a period is open under another budget than the plan's. Its text names both.
	ErrBudget = errors.New("reach: another budget")
)

// Config is what a Ledger needs to know.
type Config struct {
	Prefix  string // of every key, default "haven"
	Plan    *Plan
	Targets map[string]int // line -> its target wait in seconds
	// Promised is for how many minutes of a day the hours of a line say that it is open.
	Promised func(line string, d Day) int
	// Board is how the lines stand now, to see whether somebody attends to them. nil: attendance is not counted.
	Board func(context.Context) ([]routing.LineView, error)
	// Beside is the Redis of the chats where the ledger is not on it, and keeps what a node has to know of the ledger to
	// notice that it was emptied or put back while no node ran. nil: the ledger is on the same one, which is emptied at once.
	Beside redis.UniversalClient
	Now    func() time.Time // nil: the clock
	// StoreNow is the store's clock, which has a say in what is over: what one node seals by mistake nobody can open
	// again. nil asks the store.
	StoreNow func(context.Context) (time.Time, error)
	Log      *slog.Logger // nil discards
}

// Ledger is one node's hand on the ledger. It counts in memory by Amsterdam day, hands each day over once, and keeps the
// releases of the deployment at hand. Its methods may be called from any goroutine; those that count never block on the
// store.
type Ledger struct {
	rdb  redis.UniversalClient
	cfg  Config
	plan *Plan
	keys keys
	now  func() time.Time
	log  *slog.Logger
	// draw is the noise of a cell; a test puts another in its place.
	draw func(Epsilon) int64
	// patience is how long after midnight this node flushes, so that not all do at once.
	patience time.Duration

	releases atomic.Pointer[Releases]
	shown    *Handler // of releases
	up, lost atomic.Bool

	mu      sync.Mutex
	days    map[Day]*tally
	leaving []*departed // days that are being handed over; changed under turn too

	turn    sync.Mutex // held while talking to the store; taken before mu
	life    string     // of the ledger as last seen, by this node or, before it saw any, by those that left a witness
	flushes int64
	met     bool                    // this node saw the ledger itself, and so knows what was published since
	told    string                  // the loss that was logged last
	opened  map[string]bool         // <table>:<period> that this node saw open, with all cells of its plan
	sealed  map[string]SealedRecord // that releases holds, by their names
	dirty   bool                    // the append-only file holds what a rewrite takes away
	said    error                   // last trouble that was logged
	sampled int64                   // last stretch of attendance that was sampled
}

// New returns a ledger that is not running yet. It does not talk to the store.
func New(rdb redis.UniversalClient, cfg Config) (*Ledger, error) {
	if err := cfg.Plan.Check(); err != nil {
		return nil, err
	}
	if cfg.Prefix == "" {
		cfg.Prefix = "haven"
	}
	if cfg.Now == nil {
		cfg.Now = time.Now
	}
	if cfg.StoreNow == nil {
		cfg.StoreNow = func(ctx context.Context) (time.Time, error) { return rdb.Time(ctx).Result() }
	}
	if cfg.Log == nil {
		cfg.Log = slog.New(slog.DiscardHandler)
	}
	l := &Ledger{
		rdb: rdb, cfg: cfg, plan: cfg.Plan, keys: keys{cfg.Prefix}, now: cfg.Now, log: cfg.Log, draw: Epsilon.Draw,
		patience: time.Minute + mathrand.N(45*time.Minute),
		days:     map[Day]*tally{}, opened: map[string]bool{}, sealed: map[string]SealedRecord{},
	}
	l.releases.Store(NewReleases(nil, nil))
	l.shown = NewHandler(l.Releases)
	return l, nil
}

// Plan is what is counted.
func (l *Ledger) Plan() *Plan { return l.plan }

// Lost says that this node saw the ledger emptied or put back from an old copy.
func (l *Ledger) Lost() bool { return l.lost.Load() }

// Releases are all sealed periods as this node last read them. It asks nothing of the store.
func (l *Ledger) Releases() *Releases { return l.releases.Load() }

// Handler answers /metrics/reach. What is read of the ledger is encoded then, and a scrape only writes it.
func (l *Ledger) Handler() *Handler { return l.shown }

// newID is 16 random bytes in base64url without padding.
func newID() string {
	var b [16]byte
	rand.Read(b[:]) // never fails, crypto/rand
	return base64.RawURLEncoding.EncodeToString(b[:])
}

//go:embed lua/*.lua
var luaFiles embed.FS

func script(name string) *redis.Script {
	src, err := luaFiles.ReadFile("lua/" + name + ".lua")
	if err != nil {
		panic(err) // embedded at build time
	}
	return redis.NewScript(string(src))
}

var (
	openScript     = script("open")
	registerScript = script("register")
	flushScript    = script("flush")
	closeScript    = script("close")
	sealScript     = script("seal")
	reapScript     = script("reap")
	importScript   = script("import")
	gapScript      = script("gap")
	renoiseScript  = script("renoise")
	markScript     = script("mark")
)

// away hides what the store said: the text of a network error carries addresses.
func away(what string, err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("reach: %s: %w", what, ErrAway)
}

// page is one table of one period.
type page struct {
	Table  Table
	Period Period
}

func (p page) String() string { return name(p.Table, p.Period) }

// pages are all tables in which a day is counted under the plan.
func (p *Plan) pages(d Day) []page {
	var out []page
	for _, t := range Tables {
		if t == Referrals && !p.Refers() {
			continue
		}
		for _, s := range t.Spent() {
			out = append(out, page{t, PeriodOf(s, d)})
		}
	}
	return append(out, page{totals, PeriodOf(Month, d)})
}

func (l *Ledger) cells(t Table) []Cell {
	if t != totals {
		return l.plan.Cells(t)
	}
	var out []Cell
	for _, line := range l.plan.Lines {
		out = append(out, totalCells(line)...)
	}
	return out
}

// open opens every period in which the day lies and which is neither open nor sealed, and gives the cells that are new
// since then their noise. A period that has begun is counted from this day on, and says so.
func (l *Ledger) open(ctx context.Context, d Day) error {
	for _, p := range l.plan.pages(d) {
		if l.opened[p.String()] {
			continue
		}
		epsilon, draw := exact, func() int64 { return 0 }
		if p.Table != totals {
			e := l.plan.Budgets.For(p.Period)[p.Table][p.Period.Span]
			epsilon, draw = e.String(), func() int64 { return l.draw(e) }
		}
		// Not the day that is counted but that on which it is opened: what others counted before stands nowhere.
		since := max(min(DayOf(l.now()), p.Period.To), p.Period.From)
		args := []any{p.String(), epsilon, since.String(), p.Period.From.String()}
		for _, c := range l.cells(p.Table) {
			args = append(args, string(c), draw())
		}
		keys := []string{l.keys.open(p.String()), l.keys.sealed(p.String()), l.keys.opened(), l.keys.meta()}
		said, err := openScript.Run(ctx, l.rdb, keys, args...).Text()
		if err != nil {
			return away("open", err)
		}
		if said != "ok" && said != "sealed" {
			return p.otherBudget(said, epsilon)
		}
		l.opened[p.String()] = true
		l.dirty = true
	}
	return nil
}

// otherBudget is the ErrBudget of a page.
func (p page) otherBudget(opened, now string) error {
	return fmt.Errorf("%w: %s of %s was opened with ε %s and the configuration says %s; put it back, or let the new one begin with the next year (reach.next)",
		ErrBudget, p.Table, p.Period, opened, now)
}

// CheckOpen says whether a node may count under the plan on that day: ErrBudget where a period is open under another
// budget, ErrAway when the ledger does not answer. It changes nothing.
func CheckOpen(ctx context.Context, rdb redis.UniversalClient, prefix string, plan *Plan, d Day) error {
	k := keys{prefix}
	for _, p := range plan.pages(d) {
		opened, err := rdb.HGet(ctx, k.open(p.String()), ".epsilon").Result()
		switch {
		case errors.Is(err, redis.Nil) || p.Table == totals:
			continue
		case err != nil:
			return away("read", err)
		}
		if now := plan.Budgets.For(p.Period)[p.Table][p.Period.Span].String(); opened != now {
			return p.otherBudget(opened, now)
		}
	}
	return nil
}

// Begin opens what has to be open today and tomorrow and reads what is sealed. It fails with ErrBudget, and then nobody
// may count under this plan, or with ErrAway, and then Run tries again.
func (l *Ledger) Begin(ctx context.Context) error {
	l.turn.Lock()
	defer l.turn.Unlock()
	return l.begin(ctx)
}

func (l *Ledger) begin(ctx context.Context) error {
	now := l.now()
	today := DayOf(now)
	if err := l.recall(ctx); err != nil {
		return err
	}
	if err := l.begun(ctx, today); err != nil {
		return err
	}
	// What is counted right after midnight is registered before: a node that dies then leaves a day that is lost.
	if soon := DayOf(now.Add(registerAhead)); soon != today {
		if err := l.begun(ctx, soon); err != nil {
			return err
		}
	}
	for _, d := range []Day{today, today + 1} {
		if err := l.open(ctx, d); err != nil {
			return err
		}
	}
	l.remember(ctx)
	return l.refresh(ctx)
}

// registerAhead is how long before midnight the next day is registered.
const registerAhead = 5 * time.Minute

// begun registers a day that this node counts.
func (l *Ledger) begun(ctx context.Context, d Day) error {
	l.mu.Lock()
	c := l.day(d)
	l.mu.Unlock()
	return l.register(ctx, d, c)
}

// register makes a batch pending: from then on it is flushed, or published as lost. It also looks whether the ledger is
// still the one it was. A batch that a flush was tried for is not made pending again.
func (l *Ledger) register(ctx context.Context, d Day, c *tally) error {
	keys := []string{l.keys.pending(), l.keys.meta()}
	out, err := registerScript.Run(ctx, l.rdb, keys, c.batch, d.String(), (d - 1).String(), newID(), l.life,
		DayOf(l.now()).String()).Slice()
	if err != nil || len(out) != 3 {
		return away("register", errors.Join(err, errShape(len(out) == 3)))
	}
	life, _ := out[0].(string)
	flushes, _ := out[1].(int64)
	last, _ := out[2].(string)
	c.life = life
	known := l.met && l.life == life
	if err := l.see(ctx, life, flushes); err != nil {
		return err
	}
	if before, err := ParseDay(last); err == nil && before < d-1 {
		return l.gap(ctx, before, d, known)
	}
	return nil
}

func errShape(ok bool) error {
	if ok {
		return nil
	}
	return errors.New("another shape")
}
