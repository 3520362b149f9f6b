package main

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"haven/cmd/haven/haventest"
	"haven/metrics/reach"
	"haven/routing/routingtest"
)

// watched is a deployment with a history in its ledger and a real Prometheus that reads both of its nodes.
type watched struct {
	*deployment
	cfg *config
	url string
}

// startWatched starts two nodes of the example configuration, every line open, on one Redis, and Prometheus with the
// configuration of the repository: only where the nodes are and how often it looks is another.
func startWatched(t *testing.T) *watched {
	t.Helper()
	program := haventest.Tool(t, "prometheus")
	d := &deployment{t: t, store: routingtest.Start(t), config: filepath.Join(t.TempDir(), "haven.yaml"), nodes: make([]*process, 2)}
	d.env = []string{redisEnv + "=unix://" + d.store.Addr, ledgerEnv + "="}
	for range d.nodes {
		d.urls = append(d.urls, "http://"+routingtest.FreeAddr(t))
		d.priv = append(d.priv, "http://"+routingtest.FreeAddr(t))
	}
	text := regexp.MustCompile(`(?m)^(    hours:).*$`).ReplaceAllString(string(exampleConfig), "$1 always")
	text += "\norigin: " + d.urls[0] + "\n"
	if err := os.WriteFile(d.config, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	w := &watched{deployment: d}
	var err error
	if w.cfg, err = loadConfig(d.config); err != nil {
		t.Fatal(err)
	}
	rdb := d.store.Client()
	defer rdb.Close()
	if err := reach.WriteExample(within(t), rdb, w.cfg.Redis.Prefix, w.cfg.plan(), reach.DayOf(time.Now())); err != nil {
		t.Fatal(err)
	}
	for i := range d.nodes {
		d.run(i)
	}

	dir := t.TempDir()
	conf, err := os.ReadFile("prometheus.yml")
	if err != nil {
		t.Fatal(err)
	}
	rules, err := filepath.Abs(rulesDir)
	if err != nil {
		t.Fatal(err)
	}
	targets := strings.ReplaceAll(strings.Join(d.priv, ", "), "http://", "")
	edited := string(conf)
	for _, e := range []struct{ pattern, with string }{
		{`(?m)^    dns_sd_configs:\n(?:      .*\n)+`, "    static_configs: [{targets: [" + targets + "]}]\n"},
		{`(scrape_interval|evaluation_interval): \S+`, "$1: 1s"},
		{`scrape_timeout: \S+`, "scrape_timeout: 1s"},
		{`  - prometheus/`, "  - " + rules + "/"},
	} {
		next := regexp.MustCompile(e.pattern).ReplaceAllString(edited, e.with)
		if next == edited {
			t.Fatalf("prometheus.yml has nothing like %s", e.pattern)
		}
		edited = next
	}
	file := filepath.Join(dir, "prometheus.yml")
	if err := os.WriteFile(file, []byte(edited), 0o600); err != nil {
		t.Fatal(err)
	}
	addr := routingtest.FreeAddr(t)
	w.url = "http://" + addr
	cmd := exec.Command(program, "--config.file="+file, "--storage.tsdb.path="+filepath.Join(dir, "data"), "--web.listen-address="+addr, "--log.level=warn")
	var said haventest.Text
	cmd.Stdout, cmd.Stderr = &said, &said
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		cmd.Process.Signal(syscall.SIGTERM)
		late := time.AfterFunc(5*time.Second, func() { cmd.Process.Kill() })
		cmd.Wait()
		late.Stop()
		if t.Failed() {
			t.Logf("prometheus: %s", &said)
		}
	})
	until(t, within(t), func() bool { return status(w.url+"/-/ready") == http.StatusOK })
	return w
}

// result is one series of an answer.
type result struct {
	Metric map[string]string
	Value  [2]any
}

func (r result) value() string { return fmt.Sprint(r.Value[1]) }

// get asks Prometheus's own interface.
func (w *watched) get(ctx context.Context, path string, into any) error {
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, w.url+path, nil)
	if err != nil {
		return err
	}
	resp, err := http.DefaultClient.Do(r)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	var answer struct {
		Status, Error string
		Data          json.RawMessage
	}
	if err := json.NewDecoder(resp.Body).Decode(&answer); err != nil {
		return err
	}
	if answer.Status != "success" {
		return fmt.Errorf("%s: %s", path, answer.Error)
	}
	return json.Unmarshal(answer.Data, into)
}

func (w *watched) query(ctx context.Context, expr string) ([]result, error) {
	var data struct{ Result []result }
	err := w.get(ctx, "/api/v1/query?query="+url.QueryEscape(expr), &data)
	return data.Result, err
}

func (w *watched) must(ctx context.Context, expr string) []result {
	w.t.Helper()
	r, err := w.query(ctx, expr)
	if err != nil {
		w.t.Fatal(err)
	}
	return r
}

// sealedCells are the figures that /metrics/reach shows of a table, as they stand in the ledger, by the names that a
// series has. A campaign's unknown channels are not among them.
func (w *watched) sealedCells(ctx context.Context, table reach.Table, span reach.Span) (figures map[string]int64, of *reach.Release) {
	w.t.Helper()
	rdb := w.store.Client()
	defer rdb.Close()
	all, err := reach.Load(ctx, rdb, w.cfg.Redis.Prefix)
	if err != nil {
		w.t.Fatal(err)
	}
	periods := all.Periods(table, span)
	if len(periods) == 0 {
		w.t.Fatalf("no %s of %s is sealed", span, table)
	}
	of = all.Get(table, periods[0])
	figures = map[string]int64{}
	for c, n := range of.Cells {
		if p := c.Parts(); table != reach.Visits || p[1] == reach.Other || p[2] != reach.Other {
			figures[string(c)] = n
		}
	}
	return figures, of
}

func TestPrometheusFindsEachReleasedFigureOnce(t *testing.T) {
	w := startWatched(t)
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	for _, tt := range []struct {
		table  reach.Table
		span   reach.Span
		metric string
		record string
		labels []string
	}{
		{reach.Visits, reach.Month, "haven_reach_released_visits", "line_campaign_channel_stage_period:haven_reach_released_visits:max", []string{"line", "campaign", "channel", "stage"}},
		{reach.Visits, reach.Year, "haven_reach_released_visits", "line_campaign_channel_stage_period:haven_reach_released_visits:max", []string{"line", "campaign", "channel", "stage"}},
		{reach.Outcomes, reach.Year, "haven_reach_released_outcomes", "line_kind_outcome_parent_period:haven_reach_released_outcomes:max", []string{"line", "kind", "outcome", "parent"}},
		{reach.Referrals, reach.Year, "haven_reach_released_referrals", "line_referral_period:haven_reach_released_referrals:max", []string{"line", "referral"}},
	} {
		want, of := w.sealedCells(ctx, tt.table, tt.span)
		at := fmt.Sprintf(`{period="%s"}`, tt.span)
		until(t, ctx, func() bool {
			r, err := w.query(ctx, "count("+tt.record+at+")")
			return err == nil && len(r) == 1 && r[0].value() == strconv.Itoa(len(want))
		})
		// Each node shows all of them, so that there are twice as many series, and max gives each once.
		until(t, ctx, func() bool {
			return len(w.must(ctx, tt.metric+at)) == 2*len(want)
		})
		for _, expr := range []string{tt.record + at, "max by (" + strings.Join(tt.labels, ", ") + ") (" + tt.metric + at + ")"} {
			got := w.must(ctx, expr)
			if len(got) != len(want) {
				t.Errorf("%s has %d figures of %d", expr, len(got), len(want))
			}
			for _, r := range got {
				var parts []string
				for _, l := range tt.labels {
					parts = append(parts, r.Metric[l])
				}
				if n, ok := want[strings.Join(parts, "|")]; !ok || r.value() != strconv.FormatInt(n, 10) {
					t.Errorf("%s %v is %s, released was %d", expr, r.Metric, r.value(), n)
				}
			}
		}
		if r := w.must(ctx, `period:haven_reach_period_end_timestamp_seconds:max`+at); len(r) != 1 || r[0].value() != fmt.Sprint(of.Period.End().Unix()) {
			t.Errorf("%s ends at %v, not %v", tt.span, r, of.Period.End())
		}
		if r := w.must(ctx, `period:haven_reach_example:max`+at); len(r) != 1 || r[0].value() != "1" {
			t.Errorf("an invented %s is not marked: %v", tt.span, r)
		}
	}
	w.rulesAreWell(ctx)
	w.dashboardsAreWell(ctx)
}

// rulesAreWell: every rule comes to be evaluated without an error, and of the alerts those wait or fire that should on a
// deployment with open lines and nobody at a desk. In its first second Prometheus has seen nobody yet.
func (w *watched) rulesAreWell(ctx context.Context) {
	w.t.Helper()
	var wrong []string
	w.t.Cleanup(func() {
		for _, what := range wrong {
			w.t.Log(what)
		}
	})
	until(w.t, ctx, func() bool {
		wrong = w.ruleTrouble(ctx)
		return len(wrong) == 0
	})
}

func (w *watched) ruleTrouble(ctx context.Context) (wrong []string) {
	type rule struct{ Name, Health, LastError, Type, State string }
	var data struct{ Groups []struct{ Rules []rule } }
	if err := w.get(ctx, "/api/v1/rules", &data); err != nil {
		return []string{err.Error()}
	}
	n := 0
	for _, g := range data.Groups {
		for _, r := range g.Rules {
			n++
			if r.Health != "ok" || r.LastError != "" {
				wrong = append(wrong, fmt.Sprintf("%s: %s, %s", r.Name, r.Health, r.LastError))
			}
			seen := r.State == "pending" || r.State == "firing"
			if r.Type == "alerting" && seen != slices.Contains([]string{"HavenNoDesk", "HavenNobodyOnDuty"}, r.Name) {
				wrong = append(wrong, r.Name+" is "+r.State)
			}
		}
	}
	if want := len(promRules(w.t, rulesFile)) + len(promRules(w.t, alertsFile)); n != want {
		wrong = append(wrong, fmt.Sprintf("%d rules of %d are loaded", n, want))
	}
	return wrong
}

// dashboardsAreWell: every expression of the dashboards is one, and has an answer where it needs no chat for that.
func (w *watched) dashboardsAreWell(ctx context.Context) {
	t := w.t
	t.Helper()
	// Without chats there is no share and no quantile; without five minutes no alert fires; nothing is under its
	// threshold, or everything is, as the noise fell.
	mayBeEmpty := regexp.MustCompile(`ALERTS|ratio1d|histogram_quantile|:p\d\d_|threshold|offset`)
	_, dashboards := everyExpression(t)
	for _, e := range dashboards {
		expr := strings.NewReplacer("$line", ".*", "$campaign", ".*", "$period", "year").Replace(e.expr)
		until(t, ctx, func() bool {
			got, err := w.query(ctx, expr)
			if err != nil {
				t.Errorf("%s: %v", e.at, err)
			}
			return err != nil || len(got) > 0 || mayBeEmpty.MatchString(expr)
		})
	}
	// Figures that are shown are at their threshold or above, and never below zero; the others say "fewer than".
	for _, level := range []string{"campaign_channel_period:haven_reach_answered", "line_outcome_period:haven_reach_contacts", "line_referral_period:haven_reach_referrals"} {
		var said string
		t.Cleanup(func() { t.Log(said) })
		until(t, ctx, func() bool { // a rule that stands on another comes an evaluation later
			all, shown := w.must(ctx, level+":sum"), w.must(ctx, level+":sum >= "+level+":threshold")
			hidden := w.must(ctx, level+":threshold unless "+level+":sum >= "+level+":threshold")
			said = fmt.Sprintf("%s: %d figures, of which %d shown and %d hidden", level, len(all), len(shown), len(hidden))
			return len(shown) > 0 && len(shown)+len(hidden) == len(all)
		})
	}
}
