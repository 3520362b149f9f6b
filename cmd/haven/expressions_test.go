package main

import (
	"encoding/json"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

func ceilRoot(x float64, n int) int64 { return int64(math.Ceil(x * math.Sqrt(float64(n)))) }

// selector is a metric as an expression names it, with its matchers.
type selector struct {
	metric   string
	matchers []matcher
}

type matcher struct{ label, op, value string }

// scanned is what an expression of PromQL names. It is no parser: promtool and the real Prometheus say whether an
// expression is one. It only has to find every name, and to fail on what it does not know.
type scanned struct {
	selectors []selector
	groupings []string // labels within by, without, on, ignoring, group_left and group_right
	by        [][]string
}

var (
	promToken = regexp.MustCompile(`^(?:\s+|#[^\n]*)|^(?:"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')|^[0-9.][0-9a-zA-Z.]*|^[a-zA-Z_:][a-zA-Z0-9_:]*|^(?:=~|!~|!=|==|<=|>=|[-+*/%^<>=(){}\[\],])`)
	promName  = regexp.MustCompile(`^[a-zA-Z_:]`)

	promGroupings  = []string{"by", "without", "on", "ignoring", "group_left", "group_right"}
	promOperators  = []string{"and", "or", "unless", "bool", "offset"}
	promAggregates = []string{"sum", "min", "max", "avg", "count", "topk", "bottomk"}
	promFunctions  = []string{"abs", "absent", "ceil", "changes", "clamp_max", "clamp_min", "histogram_quantile", "increase", "rate", "round", "sort_desc", "sqrt", "vector"}
)

func tokens(expr string) ([]string, error) {
	var all []string
	for rest := expr; rest != ""; {
		t := promToken.FindString(rest)
		if t == "" {
			return nil, fmt.Errorf("%s: what is %q?", expr, rest)
		}
		rest = rest[len(t):]
		if strings.TrimSpace(t) != "" && t[0] != '#' {
			all = append(all, t)
		}
	}
	return all, nil
}

func scan(expr string) (scanned, error) {
	var s scanned
	all, err := tokens(expr)
	if err != nil {
		return s, err
	}
	next := func(i int) string {
		if i+1 < len(all) {
			return all[i+1]
		}
		return ""
	}
	wrong := func(what string) (scanned, error) { return s, fmt.Errorf("%s: %s", expr, what) }
	for i := 0; i < len(all); i++ {
		t := all[i]
		switch {
		case t == "[":
			for i < len(all) && all[i] != "]" {
				i++
			}
		case t == "{":
			return wrong("a selector without a name")
		case !promName.MatchString(t), slices.Contains(promOperators, t):
		case slices.Contains(promGroupings, t):
			if next(i) != "(" {
				return wrong(t + " without labels")
			}
			var labels []string
			for i += 2; i < len(all) && all[i] != ")"; i++ {
				if all[i] != "," {
					labels = append(labels, all[i])
				}
			}
			s.groupings = append(s.groupings, labels...)
			if t == "by" {
				s.by = append(s.by, labels)
			}
		case slices.Contains(promAggregates, t) && slices.Contains([]string{"(", "by", "without"}, next(i)):
		case next(i) == "(":
			if !slices.Contains(promFunctions, t) {
				return wrong("what does " + t + " do?")
			}
		default:
			sel := selector{metric: t}
			if next(i) == "{" {
				for i += 2; i < len(all) && all[i] != "}"; i++ {
					if all[i] == "," {
						continue
					}
					if i+2 >= len(all) || !promName.MatchString(all[i]) || !strings.ContainsAny(all[i+2][:1], `"'`) {
						return wrong("a matcher that is none")
					}
					sel.matchers = append(sel.matchers, matcher{all[i], all[i+1], strings.Trim(all[i+2], `"'`)})
					i += 2
				}
			}
			s.selectors = append(s.selectors, sel)
		}
	}
	if len(s.selectors) == 0 {
		return wrong("names no metric")
	}
	return s, nil
}

// expression is one expression of the repository, with the labels that are shown beside it.
type expression struct {
	at    string
	expr  string
	shown []string
}

var legend = regexp.MustCompile(`\{\{\s*(\w+)\s*\}\}`)

// expressionsOf are those of a dashboard. Every panel but text has some.
func expressionsOf(t *testing.T, path string) []expression {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	var doc struct {
		Templating struct {
			List []struct {
				Name, Type, Definition string
				Query                  any
			}
		}
		Panels []struct {
			Type, Title string
			Datasource  struct{ UID string }
			Targets     []struct {
				Expr, LegendFormat string
				Datasource         struct{ UID string }
			}
			Transformations []struct {
				ID      string
				Options struct {
					IndexByName, RenameByName, ExcludeByName map[string]any
				}
			}
		}
	}
	if err := json.Unmarshal(data, &doc); err != nil {
		t.Fatal(err)
	}
	var all []expression
	for _, v := range doc.Templating.List {
		if v.Type != "query" {
			continue
		}
		m := regexp.MustCompile(`^label_values\((\w+), (\w+)\)$`).FindStringSubmatch(v.Definition)
		if m == nil || fmt.Sprint(at(v.Query, "query")) != v.Definition {
			t.Errorf("%s: variable %s: %q", path, v.Name, v.Definition)
			continue
		}
		all = append(all, expression{path + " " + v.Name, m[1], m[2:]})
	}
	for _, p := range doc.Panels {
		if p.Type == "text" {
			continue
		}
		if len(p.Targets) == 0 || p.Datasource.UID != "haven" {
			t.Errorf("%s: %q asks nothing, or somebody else", path, p.Title)
		}
		var columns []string
		for _, tr := range p.Transformations {
			for _, by := range []map[string]any{tr.Options.IndexByName, tr.Options.RenameByName, tr.Options.ExcludeByName} {
				for c := range by {
					if c != "Time" && !strings.HasPrefix(c, "Value") {
						columns = append(columns, c)
					}
				}
			}
		}
		for _, q := range p.Targets {
			e := expression{path + " " + p.Title, q.Expr, slices.Clone(columns)}
			for _, m := range legend.FindAllStringSubmatch(q.LegendFormat, -1) {
				e.shown = append(e.shown, m[1])
			}
			all = append(all, e)
		}
	}
	return all
}

// everyExpression is all that the repository asks of a Prometheus.
func everyExpression(t *testing.T) (rules, dashboards []expression) {
	t.Helper()
	shown := regexp.MustCompile(`\$labels\.(\w+)`)
	for _, file := range []string{rulesFile, alertsFile} {
		for _, r := range promRules(t, file) {
			e := expression{at: file, expr: fmt.Sprint(r["expr"])}
			for _, m := range shown.FindAllStringSubmatch(fmt.Sprint(at(r, "annotations", "description")), -1) {
				e.shown = append(e.shown, m[1])
			}
			rules = append(rules, e)
		}
	}
	paths, err := filepath.Glob("grafana/dashboards/*.json")
	if err != nil || len(paths) != 2 {
		t.Fatalf("dashboards: %v, %v", paths, err)
	}
	for _, p := range paths {
		dashboards = append(dashboards, expressionsOf(t, p)...)
	}
	return rules, dashboards
}
