package metrics

import (
	"context"
	"errors"
	"flag"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/testutil"

	"haven/chat"
	"haven/routing"
)

var update = flag.Bool("update", false, "write the golden files")

var (
	_ routing.Observer = (*Operations)(nil)
	_ chat.Observer    = (*Operations)(nil)

	lines = []Line{{Name: "jip", Target: 2 * time.Minute}, {Name: "shop", Small: true, Target: 3 * time.Minute}, {Name: "fier"}, {Name: "oefen", Small: true}}
	build = Build{Version: "v0.0.0", Revision: "0123456789abcdef", Go: "go0.0"}
)

// store is a Source by hand.
type store struct {
	views  []routing.LineView
	states map[string]int
	err    error
	reads  int
	waits  bool // for the context to end
}

func (s *store) Snapshot(ctx context.Context) ([]routing.LineView, error) {
	s.reads++
	if s.waits {
		<-ctx.Done()
		return nil, ctx.Err()
	}
	return s.views, s.err
}

func (s *store) Ahead() time.Duration { return 90*time.Minute + 400*time.Millisecond }

func (s *store) Counsellors(context.Context) (map[string]int, error) { return s.states, s.err }

func standing() *store {
	return &store{
		views: []routing.LineView{
			{Line: "jip", Open: true, Paused: true, OnDuty: 2, Waiting: 3, OldestS: 75, Active: 4},
			{Line: "shop", Open: true, OnDuty: 1, Waiting: 1, OldestS: 140, Active: 1},
			{Line: "fier"},
			{Line: "oefen"},
		},
		states: map[string]int{routing.StateRest: 1, routing.StateReady: 2, routing.StateBusy: 1},
	}
}

func operations(t *testing.T, src Source) (*prometheus.Registry, *Operations) {
	t.Helper()
	reg := prometheus.NewPedanticRegistry()
	o, err := New(reg, lines, build)
	if err != nil {
		t.Fatal(err)
	}
	if err := o.Watch(src); err != nil {
		t.Fatal(err)
	}
	return reg, o
}

// plant makes one event of every kind on a line with figures of its own, a small one and one that nobody configured.
func plant(o *Operations) {
	for _, line := range []string{"jip", "shop", "made-up"} {
		o.ChatStarted(line, 17)
		o.ChatLasted(line, 12)
		o.ChatRefused(line, routing.RefusedFull)
		o.WrappedUp(line, routing.Wrapup{Kind: "young_person", Outcome: "signal", Topic: "planted-topic"})
		for _, r := range append([]string{"planted-reason"}, reasons...) {
			o.ChatEnded(line, r)
		}
		for _, r := range append([]string{"planted-result", routing.HandoverYes}, handovers...) {
			o.HandedOver(line, r)
		}
	}
	for _, role := range []string{chat.RoleYouth, chat.RoleYouth, chat.RoleYouth, chat.RoleCounsellor, "planted-role"} {
		o.SocketOpened(role)
	}
	o.SocketClosed(chat.RoleYouth)
	o.SocketClosed("planted-role")
	o.redis.observe("evalsha", 300*time.Microsecond)
	o.redis.observe("planted-command", 2*time.Second)
}

func scrape(t *testing.T, reg prometheus.Gatherer, accept string) (header http.Header, body string) {
	t.Helper()
	r := httptest.NewRequest(http.MethodGet, "/metrics", nil)
	r.Header.Set("Accept", accept)
	w := httptest.NewRecorder()
	Handler(reg).ServeHTTP(w, r)
	if w.Code != http.StatusOK {
		t.Fatalf("status %d", w.Code)
	}
	return w.Result().Header, w.Body.String()
}

// own is the exposition without the runtime's families, whose figures are never the same twice.
func own(body string) string {
	var b strings.Builder
	for line := range strings.Lines(body) {
		name := strings.TrimPrefix(strings.TrimPrefix(line, "# HELP "), "# TYPE ")
		if strings.HasPrefix(name, "haven_") {
			b.WriteString(line)
		}
	}
	return b.String()
}

func TestExpositionIsTheGoldenOne(t *testing.T) {
	reg, o := operations(t, standing())
	plant(o)
	_, body := scrape(t, reg, "")
	const golden = "testdata/metrics.txt"
	if *update {
		if err := os.WriteFile(golden, []byte(own(body)), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	if got := own(body); got != string(want) {
		t.Errorf("the exposition is not testdata/metrics.txt; look at the difference after -update\n%s", got)
	}
	for _, no := range []string{"planted", "made-up", `"shop"`, `"oefen"`, "process_network", "_created", "campaign", "channel", "topic", "outcome"} {
		if strings.Contains(body, no) {
			t.Errorf("the exposition says %q", no)
		}
	}
	for _, yes := range []string{"go_goroutines ", "process_open_fds "} {
		if !strings.Contains(body, yes) {
			t.Errorf("the exposition has no %q", yes)
		}
	}
}

func TestNamesAndHelpPassTheLinter(t *testing.T) {
	reg, o := operations(t, standing())
	plant(o)
	problems, err := testutil.GatherAndLint(reg)
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range problems {
		t.Errorf("%s: %s", p.Metric, p.Text)
	}
}

// series lists what stands before the value of every sample.
func series(body string) string {
	var b strings.Builder
	for line := range strings.Lines(own(body)) {
		if i := strings.LastIndexByte(line, ' '); i > 0 && line[0] != '#' {
			b.WriteString(line[:i] + "\n")
		}
	}
	return b.String()
}

func TestEverySeriesIsThereFromTheStart(t *testing.T) {
	reg, o := operations(t, standing())
	_, before := scrape(t, reg, "")
	plant(o)
	_, after := scrape(t, reg, "")
	if series(before) != series(after) {
		t.Errorf("an event made a series:\n%s\nbecame\n%s", series(before), series(after))
	}
	if before == after {
		t.Error("no event was counted")
	}
}

func TestFormatCarriesNoTimeOfMaking(t *testing.T) {
	reg, o := operations(t, standing())
	plant(o)
	for _, accept := range []string{
		"application/openmetrics-text;version=1.0.0",
		"application/vnd.google.protobuf;proto=io.prometheus.client.MetricFamily;encoding=delimited",
		"text/plain;version=0.0.4;q=0.5, */*;q=0.1", "",
	} {
		header, body := scrape(t, reg, accept)
		if ct := header.Get("Content-Type"); !strings.HasPrefix(ct, "text/plain; version=0.0.4") {
			t.Errorf("Accept %q: answered with %q", accept, ct)
		}
		if strings.Contains(body, "_created") || strings.Contains(body, "# {") {
			t.Errorf("Accept %q: a created timestamp or an exemplar", accept)
		}
	}
}

func TestOnlyGetAndHead(t *testing.T) {
	reg, _ := operations(t, standing())
	w := httptest.NewRecorder()
	Handler(reg).ServeHTTP(w, httptest.NewRequest(http.MethodPost, "/metrics", nil))
	if w.Code != http.StatusMethodNotAllowed || w.Body.Len() != 0 {
		t.Errorf("POST: %d %q", w.Code, w.Body)
	}
}

func TestGaugesAreAbsentWhileTheStoreIsAway(t *testing.T) {
	// A store that hangs is as good as one that fails: the scrape is over after readTimeout.
	for name, away := range map[string]*store{"fails": {err: errors.New("planted error")}, "hangs": {waits: true}} {
		t.Run(name, func(t *testing.T) {
			reg, _ := operations(t, away)
			_, body := scrape(t, reg, "")
			if !strings.Contains(body, "\nhaven_store_up 0\n") {
				t.Error("haven_store_up is not 0")
			}
			for _, no := range []string{"haven_queue_waiting_chats", "haven_line_open", "haven_counsellors", "haven_chats_active", "planted"} {
				if strings.Contains(body, no) {
					t.Errorf("the exposition says %q", no)
				}
			}
			if !strings.Contains(body, "haven_chats_started_total") {
				t.Error("the counters went with it")
			}
		})
	}
}

func TestScrapesCloseTogetherShareOneReading(t *testing.T) {
	src := standing()
	set, err := newLineSet(lines)
	if err != nil {
		t.Fatal(err)
	}
	now := time.Unix(1_700_000_000, 0)
	g := &gauges{src: src, lines: set, now: func() time.Time { return now }}
	g.read()
	g.read()
	if src.reads != 1 {
		t.Errorf("read %d times", src.reads)
	}
	now = now.Add(readAge)
	if g.read(); src.reads != 2 {
		t.Errorf("read %d times", src.reads)
	}
}

func TestLinesThatCannotBe(t *testing.T) {
	for name, bad := range map[string][]Line{
		"no name": {{Name: ""}},
		"all":     {{Name: AllLines}},
		"twice":   {{Name: "jip"}, {Name: "jip", Small: true}},
	} {
		reg := prometheus.NewPedanticRegistry()
		if _, err := New(reg, bad, build); err == nil {
			t.Errorf("%s: taken", name)
		}
		if got, err := reg.Gather(); err != nil || len(got) != 0 {
			t.Errorf("%s: %d families were registered all the same (%v)", name, len(got), err)
		}
	}
	reg := prometheus.NewPedanticRegistry()
	if _, err := New(reg, lines, build); err != nil {
		t.Fatal(err)
	}
	if _, err := New(reg, lines, build); err == nil {
		t.Error("registered twice")
	}
}

func TestSubtractable(t *testing.T) {
	for _, tt := range []struct {
		lines []Line
		want  string
	}{
		{nil, ""},
		{[]Line{{Name: "jip"}, {Name: "fier"}}, ""},
		{[]Line{{Name: "jip"}, {Name: "shop", Small: true}}, "shop"},
		{[]Line{{Name: "shop", Small: true}}, "shop"},
		{lines, ""},
	} {
		if got := Subtractable(tt.lines); got != tt.want {
			t.Errorf("%v: %q, want %q", tt.lines, got, tt.want)
		}
	}
}

func TestReadBuild(t *testing.T) {
	if b := ReadBuild(); b.Version == "" || !strings.HasPrefix(b.Go, "go") {
		t.Errorf("%+v", b)
	}
}
