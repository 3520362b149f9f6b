package main

import (
	"context"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/testutil"
	"github.com/redis/go-redis/v9"

	"haven/chat"
	"haven/metrics"
	"haven/metrics/reach"
	"haven/routing"
)

// exposed is what there is to ask for: the labels of each metric, and the values of each label.
type exposed struct {
	labels map[string][]string
	values map[string][]string
}

// board is a store that answers at once.
type board struct{}

func (board) Snapshot(context.Context) ([]routing.LineView, error) {
	return []routing.LineView{{Line: "jip", Open: true}}, nil
}

func (board) Ahead() time.Duration { return 0 }

func (board) Counsellors(context.Context) (map[string]int, error) { return map[string]int{}, nil }

// nodeRegistries hold what a node exposes on its two paths, with released figures of a month and a year.
func nodeRegistries(t *testing.T) (ops, released *prometheus.Registry) {
	t.Helper()
	cfg, err := parseConfig("haven.yaml", exampleConfig)
	if err != nil {
		t.Fatal(err)
	}
	ops, released = prometheus.NewRegistry(), prometheus.NewRegistry()
	o, err := metrics.New(ops, metricLines(cfg), metrics.ReadBuild())
	if err != nil {
		t.Fatal(err)
	}
	if err := o.Watch(board{}); err != nil {
		t.Fatal(err)
	}
	for _, role := range []string{chat.RoleYouth, chat.RoleCounsellor} {
		o.SocketOpened(role)
	}
	nowhere := redis.NewUniversalClient(&redis.UniversalOptions{Addrs: []string{"127.0.0.1:1"}})
	t.Cleanup(func() { nowhere.Close() })
	l, err := reach.New(nowhere, reach.Config{Plan: cfg.plan()})
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range l.Collectors() {
		ops.MustRegister(c)
	}
	var sealed []*reach.Release
	for _, name := range []string{"2026-10", "2025"} {
		p, err := reach.ParsePeriod(name)
		if err != nil {
			t.Fatal(err)
		}
		for _, table := range reach.Tables {
			r := &reach.Release{Table: table, Period: p, Epsilon: reach.Epsilon{Num: 1, Den: 4}, Since: p.From, Cells: map[reach.Cell]int64{}}
			for _, c := range cfg.plan().Cells(table) {
				r.Cells[c] = 1
			}
			sealed = append(sealed, r)
		}
	}
	releases := reach.NewReleases(sealed, nil)
	released.MustRegister(reach.NewCollector(func() *reach.Releases { return releases }))
	return ops, released
}

// whatIsExposed gathers a node's registries and adds what Prometheus itself makes of them.
func whatIsExposed(t *testing.T) *exposed {
	t.Helper()
	ops, released := nodeRegistries(t)
	x := &exposed{
		labels: map[string][]string{"up": {"job", "instance"}, "ALERTS": {"alertname", "alertstate", "severity"}},
		values: map[string][]string{"alertstate": {"firing", "pending"}},
	}
	families, err := prometheus.Gatherers{ops, released}.Gather()
	if err != nil {
		t.Fatal(err)
	}
	add := func(metric string, labels ...string) {
		x.labels[metric] = append(slices.Clone(labels), "job", "instance")
	}
	for _, f := range families {
		labels := map[string]bool{}
		for _, m := range f.GetMetric() {
			for _, l := range m.GetLabel() {
				labels[l.GetName()] = true
				x.values[l.GetName()] = append(x.values[l.GetName()], l.GetValue())
			}
		}
		of := slices.Collect(maps.Keys(labels))
		switch f.GetType().String() {
		case "HISTOGRAM":
			add(f.GetName()+"_bucket", append(of, "le")...)
			add(f.GetName()+"_sum", of...)
			add(f.GetName()+"_count", of...)
		case "SUMMARY":
			add(f.GetName(), append(of, "quantile")...)
			add(f.GetName()+"_sum", of...)
			add(f.GetName()+"_count", of...)
		default:
			add(f.GetName(), of...)
		}
	}
	for _, job := range list(readYAML(t, "prometheus.yml"), "scrape_configs") {
		x.values["job"] = append(x.values["job"], fmt.Sprint(job["job_name"]))
	}
	for _, r := range promRules(t, rulesFile) {
		name := fmt.Sprint(r["record"])
		level, _, _ := strings.Cut(name, ":")
		x.labels[name] = strings.Split(level, "_")
	}
	for _, r := range promRules(t, alertsFile) {
		s, err := scan(fmt.Sprint(r["expr"]))
		if err != nil {
			t.Fatal(err)
		}
		for _, sel := range s.selectors {
			x.labels["ALERTS"] = append(x.labels["ALERTS"], x.labels[sel.metric]...)
		}
	}
	return x
}

// plainWords is a regular expression that lists values, which can be looked up; variables of a dashboard cannot.
var plainWords = regexp.MustCompile(`^[a-z_|-]+$`)

// wrong says what an expression names that there is not.
func (x *exposed) wrong(e expression) []string {
	s, err := scan(e.expr)
	if err != nil {
		return []string{err.Error()}
	}
	var bad []string
	has := map[string]bool{}
	for _, sel := range s.selectors {
		labels, ok := x.labels[sel.metric]
		if !ok {
			bad = append(bad, "there is no "+sel.metric)
		}
		for _, l := range labels {
			has[l] = true
		}
		for _, m := range sel.matchers {
			if ok && !slices.Contains(labels, m.label) {
				bad = append(bad, sel.metric+" has no label "+m.label)
			}
			if !plainWords.MatchString(m.value) {
				continue
			}
			for _, v := range strings.Split(m.value, "|") {
				if !slices.Contains(x.values[m.label], v) {
					bad = append(bad, m.label+" is never "+v)
				}
			}
		}
	}
	for _, l := range append(s.groupings, e.shown...) {
		if !has[l] {
			bad = append(bad, "nothing in it has a label "+l)
		}
	}
	return bad
}

func TestEveryNameThatIsAskedForExists(t *testing.T) {
	x := whatIsExposed(t)
	rules, dashboards := everyExpression(t)
	if len(rules) < 40 || len(dashboards) < 40 {
		t.Fatalf("only %d rules and %d expressions of dashboards were found", len(rules), len(dashboards))
	}
	for _, e := range append(rules, dashboards...) {
		for _, w := range x.wrong(e) {
			t.Errorf("%s: %s\n%s", e.at, w, e.expr)
		}
	}
	// A record's name says which labels are left of it.
	for _, r := range promRules(t, rulesFile) {
		name := fmt.Sprint(r["record"])
		s, err := scan(fmt.Sprint(r["expr"]))
		if err != nil {
			t.Fatal(err)
		}
		if len(s.by) == 0 || !slices.ContainsFunc(s.by, func(by []string) bool {
			return slices.Equal(slices.DeleteFunc(slices.Clone(by), func(l string) bool { return l == "le" }), x.labels[name])
		}) {
			t.Errorf("%s is not aggregated by the labels of its name", name)
		}
	}
}

func TestNamesThatDoNotExistAreCaught(t *testing.T) {
	x := whatIsExposed(t)
	for expr, want := range map[string]string{
		`haven_queue_waiting_chats{line="all"}`:                                    "",
		`sum by (line) (rate(haven_queue_wait_seconds_bucket{line=~"$line"}[5m]))`: "",
		`max without (instance) (up{job=~"haven|haven-reach"} == 1) # haven_no`:    "",
		`haven_queue_waiting`:                               "there is no haven_queue_waiting",
		`haven_queue_waiting_chats{service="jip"}`:          "has no label service",
		`haven_chats_ended_total{reason="lots"}`:            "reason is never lots",
		`sum by (campaign) (haven_queue_waiting_chats)`:     "nothing in it has a label campaign",
		`up and on (stage) haven_store_up`:                  "nothing in it has a label stage",
		`up{job=~"haven|heaven"}`:                           "job is never heaven",
		`rated(haven_chats_started_total[5m])`:              "what does rated do?",
		`haven_queue_wait_seconds{line="all"}`:              "there is no haven_queue_wait_seconds",
		`{__name__="haven_store_up"}`:                       "a selector without a name",
		`haven_store_up{instance=haven_store_up}`:           "a matcher that is none",
		`haven_store_up @ $now`:                             "what is",
		`vector(1)`:                                         "names no metric",
		`line:haven_queue_waiting_chats:max{instance="a"}`:  "has no label instance",
		`line:haven_queue_waiting_chats:sum`:                "there is no line:haven_queue_waiting_chats:sum",
		`haven_reach_released_visits{stage="went"}`:         "stage is never went",
		`haven_reach_noise_stddev{table="topics"}`:          "table is never topics",
		`haven_reach_released_visits{period="week"}`:        "period is never week",
		`haven_websocket_connections{role="visitor"}`:       "role is never visitor",
		`haven_redis_command_duration_seconds_bucket{le=5}`: "a matcher that is none",
	} {
		got := strings.Join(x.wrong(expression{expr: expr}), "; ")
		if (want == "") != (got == "") || !strings.Contains(got, want) {
			t.Errorf("%s: %q, want %q", expr, got, want)
		}
	}
	if got := x.wrong(expression{expr: "haven_store_up", shown: []string{"line"}}); len(got) != 1 {
		t.Errorf("a legend with a label that is not there: %v", got)
	}
}

// TestEverythingExposedPassesTheLinter: the two paths of a node as they are wired, ledger included.
func TestEverythingExposedPassesTheLinter(t *testing.T) {
	ops, released := nodeRegistries(t)
	for _, g := range []prometheus.Gatherer{ops, released} {
		problems, err := testutil.GatherAndLint(g)
		if err != nil {
			t.Fatal(err)
		}
		for _, p := range problems {
			t.Errorf("%s: %s", p.Metric, p.Text)
		}
	}
}
