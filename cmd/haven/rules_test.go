package main

import (
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/goccy/go-yaml"

	"haven/cmd/haven/haventest"
	"haven/metrics/reach"
)

const (
	rulesDir   = "prometheus"
	rulesFile  = "rules.yml"
	alertsFile = "alerts.yml"
)

// alertTests are the files in which promtool is told when alerts fire.
var alertTests = []string{"alerts_test.yml", "alerts_reach_test.yml"}

func promtool(t *testing.T, args ...string) (string, error) {
	t.Helper()
	out, err := exec.CommandContext(t.Context(), haventest.Tool(t, "promtool"), args...).CombinedOutput()
	return string(out), err
}

// list is the list under a key of a YAML document.
func list(doc any, key string) []map[string]any {
	var all []map[string]any
	items, _ := at(doc, key).([]any)
	for _, i := range items {
		if m, ok := i.(map[string]any); ok {
			all = append(all, m)
		}
	}
	return all
}

// promRules are the rules of a file in the order in which they are evaluated.
func promRules(t *testing.T, file string) []map[string]any {
	t.Helper()
	var all []map[string]any
	for _, g := range list(readYAML(t, filepath.Join(rulesDir, file)), "groups") {
		all = append(all, list(g, "rules")...)
	}
	if len(all) == 0 {
		t.Fatalf("%s has no rules", file)
	}
	return all
}

func TestRulesHoldTheirOwnTests(t *testing.T) {
	files, err := filepath.Glob(rulesDir + "/*.yml")
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range files {
		if !strings.HasSuffix(f, "_test.yml") {
			if out, err := promtool(t, "check", "rules", f); err != nil {
				t.Errorf("%s: %v\n%s", f, err, out)
			}
			continue
		}
		if out, err := promtool(t, "test", "rules", f); err != nil {
			t.Errorf("%s: %v\n%s", f, err, out)
		}
		// Groups that read one another are evaluated in the order of the files; without this promtool takes any.
		var groups []string
		for _, loaded := range words(at(readYAML(t, f), "rule_files")) {
			for _, g := range list(readYAML(t, filepath.Join(rulesDir, loaded)), "groups") {
				groups = append(groups, fmt.Sprint(g["name"]))
			}
		}
		if order := words(at(readYAML(t, f), "group_eval_order")); !slices.Equal(order, groups) {
			t.Errorf("%s: group_eval_order is %v, the files have %v", f, order, groups)
		}
	}
}

func TestEveryRecordIsTested(t *testing.T) {
	tested := map[string]bool{}
	for _, c := range list(readYAML(t, filepath.Join(rulesDir, "rules_test.yml")), "tests") {
		for _, e := range list(c, "promql_expr_test") {
			if len(list(e, "exp_samples")) == 0 {
				continue
			}
			s, err := scan(fmt.Sprint(e["expr"]))
			if err != nil {
				t.Error(err)
			}
			for _, sel := range s.selectors {
				tested[sel.metric] = true
			}
		}
	}
	for _, r := range promRules(t, rulesFile) {
		if name := fmt.Sprint(r["record"]); !tested[name] {
			t.Errorf("%s is in no test with a sample", name)
		}
	}
}

// TestAlertsSayWhatToDo: each has what an operator needs, and nothing that is finer than a line or a node.
func TestAlertsSayWhatToDo(t *testing.T) {
	readme, err := os.ReadFile(filepath.Join(top, "README.md"))
	if err != nil {
		t.Fatal(err)
	}
	anchors := map[string]bool{}
	for _, m := range regexp.MustCompile(`(?m)^#{2,6} +(\w+)$`).FindAllStringSubmatch(string(readme), -1) {
		anchors[strings.ToLower(m[1])] = true
	}
	about := []string{"line", "instance", "period"}
	label := regexp.MustCompile(`\$labels\.(\w+)`)
	for _, r := range promRules(t, alertsFile) {
		name := fmt.Sprint(r["alert"])
		if !strings.HasPrefix(name, "Haven") || r["for"] == nil {
			t.Errorf("%s: no alert of Haven's, or none that waits", name)
		}
		if s := at(r, "labels", "severity"); s != "critical" && s != "warning" {
			t.Errorf("%s: severity %v", name, s)
		}
		if got := words(at(r, "annotations")); !slices.Equal(got, []string{"description", "runbook_url", "summary"}) {
			t.Errorf("%s: annotations %v", name, got)
		}
		for _, m := range label.FindAllStringSubmatch(fmt.Sprint(at(r, "annotations", "description")), -1) {
			if !slices.Contains(about, m[1]) {
				t.Errorf("%s: says the %s", name, m[1])
			}
		}
		anchor, ok := strings.CutPrefix(fmt.Sprint(at(r, "annotations", "runbook_url")), "README.md#")
		if !ok || anchor != strings.ToLower(name) || !anchors[anchor] {
			t.Errorf("%s: the README has no %q", name, anchor)
		}
	}
}

// alertCases are the test cases of promtool that ask about one alert, by file: everything else is taken out of them.
func alertCases(t *testing.T, alert string) (docs map[string]map[string]any, fires, silent int) {
	t.Helper()
	docs = map[string]map[string]any{}
	for _, f := range alertTests {
		doc := readYAML(t, filepath.Join(rulesDir, f))
		var kept []any
		for _, c := range list(doc, "tests") {
			var asks []any
			for _, a := range list(c, "alert_rule_test") {
				if a["alertname"] != alert {
					continue
				}
				asks = append(asks, a)
				if len(list(a, "exp_alerts")) > 0 {
					fires++
				} else {
					silent++
				}
			}
			if len(asks) > 0 {
				c = maps.Clone(c)
				c["alert_rule_test"] = asks
				kept = append(kept, c)
			}
		}
		if len(kept) > 0 {
			doc["tests"] = kept
			docs[f] = doc
		}
	}
	return docs, fires, silent
}

// TestEachAlertIsCaughtMissing: every alert has a test in which it fires and one in which it does not; taken away, or
// without its patience, it fails them.
func TestEachAlertIsCaughtMissing(t *testing.T) {
	haventest.Tool(t, "promtool")
	rules, err := os.ReadFile(filepath.Join(rulesDir, rulesFile))
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range promRules(t, alertsFile) {
		alert := fmt.Sprint(r["alert"])
		t.Run(alert, func(t *testing.T) {
			t.Parallel()
			docs, fires, silent := alertCases(t, alert)
			if fires == 0 || silent == 0 {
				t.Fatalf("it fires in %d cases and is silent in %d", fires, silent)
			}
			for mutant, wants := range map[string]bool{"": true, "taken away": false, "without its patience": false} {
				alerts := readYAML(t, filepath.Join(rulesDir, alertsFile))
				for _, g := range list(alerts, "groups") {
					g["rules"] = slices.DeleteFunc(list(g, "rules"), func(r map[string]any) bool {
						if r["alert"] == alert && mutant == "without its patience" {
							delete(r, "for")
						}
						return r["alert"] == alert && mutant == "taken away"
					})
				}
				dir := t.TempDir()
				write := func(name string, data []byte) {
					if err := os.WriteFile(filepath.Join(dir, name), data, 0o600); err != nil {
						t.Fatal(err)
					}
				}
				put := func(name string, doc any) {
					data, err := yaml.Marshal(doc)
					if err != nil {
						t.Fatal(err)
					}
					write(name, data)
				}
				write(rulesFile, rules)
				put(alertsFile, alerts)
				args := []string{"test", "rules"}
				for f, doc := range docs {
					put(f, doc)
					args = append(args, filepath.Join(dir, f))
				}
				out, err := promtool(t, args...)
				if (err == nil) != wants || err != nil && !strings.Contains(out, "alertname: "+alert) {
					t.Errorf("%q: %v\n%s", mutant, err, out)
				}
			}
		})
	}
}

// TestShownIntervalsAreNeverTooSmall: the factors in the rules against the exact bounds, for sums of up to a thousand
// cells under either budget.
func TestShownIntervalsAreNeverTooSmall(t *testing.T) {
	factor := func(record string) (f float64) {
		t.Helper()
		for _, r := range promRules(t, rulesFile) {
			if r["record"] == record {
				if n, err := fmt.Sscanf(fmt.Sprint(r["expr"]), "%g *", &f); n != 1 || err != nil {
					t.Fatalf("%s: %v", record, err)
				}
			}
		}
		return f
	}
	half, threshold := factor("table_period:haven_reach_noise:half95"), factor("table_period:haven_reach_noise:threshold")
	for name, budget := range map[string]reach.Budget{"standard": reach.Standard(), "strict": reach.Strict()} {
		for _, table := range []reach.Table{reach.Visits, reach.Outcomes, reach.Referrals} {
			for span, e := range budget[table] {
				for _, n := range []int{1, 2, 3, 5, 8, 10, 24, 100, 1000} {
					exact := reach.Figure{Noise: []reach.Term{{Eps: e, N: n}}, Known: true}
					if got := ceilRoot(half*e.StdDev(), n); got < exact.Half() {
						t.Errorf("%s %s %s, %d cells: ±%d is shown, ±%d is true", name, table, span, n, got, exact.Half())
					}
					if got := ceilRoot(threshold*e.StdDev(), n); got < exact.Threshold() {
						t.Errorf("%s %s %s, %d cells: shown from %d on, which should be %d", name, table, span, n, got, exact.Threshold())
					}
				}
			}
		}
	}
}
