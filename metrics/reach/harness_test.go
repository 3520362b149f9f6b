package reach

import (
	"context"
	"strconv"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"haven/chat"
	"haven/routing"
	"haven/routing/routingtest"
)

func TestMain(m *testing.M) { routingtest.Main(m) }

// testPlan is small enough to look at.
func testPlan() *Plan {
	return &Plan{
		Lines:    []string{"jip", "fier"},
		Practice: []string{"oefen"},
		Campaigns: []Campaign{{Name: "chatten-helpt", Lines: []string{"jip"}, Channels: []Channel{
			{"instagram", Online}, {"poster", Offline},
		}}},
		Topics:   []string{"home", "school"},
		Partners: []Partner{{"veilig-thuis", "Veilig Thuis"}},
		Budgets:  Budgets{Now: Standard()},
	}
}

// clock is a test's own time.
type clock struct{ at time.Time }

func (c *clock) now() time.Time { return c.at }

func (c *clock) set(text string) {
	at, err := time.ParseInLocation("2006-01-02 15:04", text, routing.Amsterdam())
	if err != nil {
		panic(err)
	}
	c.at = at
}

// live lets days pass until then, with a tick of each node on every one of them.
func (c *clock) live(t testing.TB, until string, nodes ...*Ledger) {
	t.Helper()
	var end clock
	end.set(until)
	for next := c.at.AddDate(0, 0, 1); next.Before(end.at); next = next.AddDate(0, 0, 1) {
		c.at = next
		for _, l := range nodes {
			l.tick(t.Context())
		}
	}
	c.at = end.at
	for _, l := range nodes {
		l.tick(t.Context())
	}
}

// noise is what every cell is opened with where a test wants to see the counts through it. No count comes near it.
const noise = 1_000_000

// node makes a ledger as a node has it, with a noise that can be seen through.
func node(t testing.TB, rdb redis.UniversalClient, prefix string, c *clock, plan *Plan) *Ledger {
	t.Helper()
	l, err := New(rdb, Config{
		Prefix: prefix, Plan: plan, Now: c.now, Targets: map[string]int{"jip": 120, "fier": 60},
		Promised: func(string, Day) int { return 480 },
		Board: func(context.Context) ([]routing.LineView, error) {
			return []routing.LineView{{Line: "jip", Open: true, OnDuty: 1}, {Line: "fier", Open: true}}, nil
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	l.draw = func(Epsilon) int64 { return noise }
	l.patience = 10 * time.Minute
	l.cfg.StoreNow = func(context.Context) (time.Time, error) { return c.at, nil }
	return l
}

func answered(campaign, channel string) chat.Visit {
	return chat.Visit{Line: "jip", Campaign: campaign, Channel: channel, Stage: chat.Answered}
}

// stored reads a cell of a table that is open or sealed; ok is false where neither has it.
func stored(t testing.TB, rdb redis.UniversalClient, prefix string, table Table, period string, c Cell) (n int64, ok bool) {
	t.Helper()
	p, err := ParsePeriod(period)
	if err != nil {
		t.Fatal(err)
	}
	k := keys{prefix}
	for _, key := range []string{k.open(name(table, p)), k.sealed(name(table, p))} {
		v, err := rdb.HGet(t.Context(), key, string(c)).Result()
		if err == redis.Nil {
			continue
		}
		if err != nil {
			t.Fatal(err)
		}
		n, err := strconv.ParseInt(v, 10, 64)
		if err != nil {
			t.Fatal(err)
		}
		return n, true
	}
	return 0, false
}

// wantStored checks a count behind the noise of a test.
func wantStored(t testing.TB, rdb redis.UniversalClient, prefix string, table Table, period string, c Cell, want int64) {
	t.Helper()
	n, ok := stored(t, rdb, prefix, table, period, c)
	if table != totals {
		n -= noise
	}
	if !ok || n != want {
		t.Errorf("%s of %s, %s: %d (there: %v), want %d", table, period, c, n, ok, want)
	}
}
