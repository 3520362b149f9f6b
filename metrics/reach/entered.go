package reach

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/redis/go-redis/v9"
)

// Entered is what a coordinator notes by hand about one channel of one campaign in one month. It is about the
// campaign and never about a visit.
type Entered struct {
	Campaign, Channel string           // of the configuration; channel Other for what no channel is named for
	Month             Period           // a month
	Reached           int64            // people that the platform says it reached
	CostCents         int64            // in euro cents
	Activities        map[string]int64 // how many of each of Activities
}

// Activities are the closed list of what is done offline.
var Activities = []string{"guest_lesson", "poster_round", "training", "meeting", "other"}

// Notebook keeps what coordinators enter, on the ledger's Redis.
type Notebook interface {
	// Entered is everything entered, by campaign, channel and month.
	Entered(ctx context.Context) ([]Entered, error)
	// Enter replaces what stands for that campaign, channel and month; all zero removes it. It refuses what the plan
	// does not name and figures below zero with ErrEntered, and fails with ErrAway.
	Enter(ctx context.Context, e Entered) error
}

// ErrEntered is returned for what cannot be entered; its text says why.
var ErrEntered = errors.New("reach: cannot be entered")

// enteredMost bounds every figure: a slip of the keyboard is no campaign.
const enteredMost = 10_000_000_000

// enteredJSON is what stands in Redis beside campaign|channel|month.
type enteredJSON struct {
	Reached    int64            `json:"reached,omitempty"`
	CostCents  int64            `json:"cost_cents,omitempty"`
	Activities map[string]int64 `json:"activities,omitempty"`
}

func (e Entered) check() error {
	wrong := func(format string, args ...any) error {
		return fmt.Errorf("%w: "+format, append([]any{ErrEntered}, args...)...)
	}
	if e.Month.Span != Month {
		return wrong("%s is not a month", e.Month)
	}
	for what, n := range map[string]int64{"reached": e.Reached, "cost": e.CostCents} {
		if n < 0 || n > enteredMost {
			return wrong("%s is not between 0 and %d", what, int64(enteredMost))
		}
	}
	for a, n := range e.Activities {
		if !slices.Contains(Activities, a) {
			return wrong("no activity is called %q", a)
		}
		if n < 0 || n > enteredMost {
			return wrong("%s is not between 0 and %d", a, int64(enteredMost))
		}
	}
	return nil
}

func parseEntered(field, text string) (Entered, error) {
	parts := strings.Split(field, "|")
	var j enteredJSON
	if len(parts) != 3 || json.Unmarshal([]byte(text), &j) != nil {
		return Entered{}, fmt.Errorf("%w: not an entry", ErrEntered)
	}
	month, err := ParsePeriod(parts[2])
	if err != nil {
		return Entered{}, fmt.Errorf("%w: %w", ErrEntered, err)
	}
	e := Entered{Campaign: parts[0], Channel: parts[1], Month: month, Reached: j.Reached, CostCents: j.CostCents, Activities: j.Activities}
	return e, e.check()
}

// ReadEntered is everything entered, by campaign, channel and month. ErrAway.
func ReadEntered(ctx context.Context, rdb redis.UniversalClient, prefix string) ([]Entered, error) {
	all, err := rdb.HGetAll(ctx, keys{prefix}.entered()).Result()
	if err != nil {
		return nil, away("read", err)
	}
	var out []Entered
	for field, text := range all {
		if e, err := parseEntered(field, text); err == nil {
			out = append(out, e)
		}
	}
	slices.SortFunc(out, func(a, b Entered) int {
		if c := strings.Compare(a.Campaign+"|"+a.Channel, b.Campaign+"|"+b.Channel); c != 0 {
			return c
		}
		return int(a.Month.From - b.Month.From)
	})
	return out, nil
}

// Entered implements Notebook.
func (l *Ledger) Entered(ctx context.Context) ([]Entered, error) {
	return ReadEntered(ctx, l.rdb, l.cfg.Prefix)
}

// Enter implements Notebook.
func (l *Ledger) Enter(ctx context.Context, e Entered) error {
	if campaign, channel := l.plan.campaign(e.Campaign, e.Channel); campaign != e.Campaign || channel != e.Channel ||
		campaign == Other || campaign == None {
		return fmt.Errorf("%w: no campaign %s with a channel %s is configured", ErrEntered, e.Campaign, e.Channel)
	}
	if err := e.check(); err != nil {
		return err
	}
	return enter(ctx, l.rdb, l.keys, e)
}

func enter(ctx context.Context, rdb redis.UniversalClient, k keys, e Entered) error {
	j := enteredJSON{Reached: e.Reached, CostCents: e.CostCents, Activities: map[string]int64{}}
	for a, n := range e.Activities {
		if n > 0 {
			j.Activities[a] = n
		}
	}
	field := string(cell(e.Campaign, e.Channel, e.Month.String()))
	if j.Reached == 0 && j.CostCents == 0 && len(j.Activities) == 0 {
		return away("enter", rdb.HDel(ctx, k.entered(), field).Err())
	}
	text, err := json.Marshal(j)
	if err != nil {
		return err
	}
	return away("enter", rdb.HSet(ctx, k.entered(), field, text).Err())
}
