package main

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/goccy/go-yaml"
	"github.com/redis/go-redis/v9"

	"haven/cmd/haven/haventest"
)

// at is the place of a YAML document under these keys, or nil.
func at(doc any, keys ...string) any {
	for _, k := range keys {
		m, _ := doc.(map[string]any)
		doc = m[k]
	}
	return doc
}

// words are a place's scalars as text, whether it is a list, a mapping's keys or one scalar.
func words(place any) []string {
	switch p := place.(type) {
	case nil:
		return nil
	case []any:
		var all []string
		for _, v := range p {
			all = append(all, fmt.Sprint(v))
		}
		return all
	case map[string]any:
		var all []string
		for k := range p {
			all = append(all, k)
		}
		slices.Sort(all)
		return all
	default:
		return []string{fmt.Sprint(p)}
	}
}

func readYAML(t *testing.T, path string) map[string]any {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	var doc map[string]any
	if err := yaml.Unmarshal(data, &doc); err != nil {
		t.Fatal(err)
	}
	return doc
}

func TestComposeKeepsItsPromises(t *testing.T) {
	doc := readYAML(t, filepath.Join(top, "docker-compose.yml"))
	if got := words(at(doc, "services")); !slices.Equal(got, []string{"caddy", "grafana", "haven", "prometheus", "redis"}) {
		t.Fatalf("services: %v", got)
	}
	is := func(want string, keys ...string) {
		t.Helper()
		if got := strings.Join(words(at(doc, keys...)), " "); got != want {
			t.Errorf("%s: %q, want %q", strings.Join(keys, "."), got, want)
		}
	}
	for _, s := range words(at(doc, "services")) {
		is("true", "services", s, "read_only")
		is("ALL", "services", s, "cap_drop")
		is("no-new-privileges:true", "services", s, "security_opt")
		is("0", "services", s, "ulimits", "core") // no dump of a memory that held chats
		is("unless-stopped", "services", s, "restart")
		for _, no := range []string{"privileged", "network_mode", "pid", "devices"} {
			is("", "services", s, no)
		}
		if s != "caddy" {
			is("local", "services", s, "logging", "driver")
			is("10m", "services", s, "logging", "options", "max-size")
			is("3", "services", s, "logging", "options", "max-file")
		}
	}
	is("none", "services", "caddy", "logging", "driver")

	// Who is reached by whom.
	is("front store watch", "services", "haven", "networks")
	is("store", "services", "redis", "networks")
	is("watch operator", "services", "prometheus", "networks")
	is("watch operator", "services", "grafana", "networks")
	is("front edge", "services", "caddy", "networks")
	for _, n := range []string{"front", "store", "watch"} {
		is("true", "networks", n, "internal")
	}
	is("", "services", "haven", "ports")
	is("", "services", "redis", "ports")
	is("127.0.0.1:9090:9090", "services", "prometheus", "ports")
	is("127.0.0.1:3000:3000", "services", "grafana", "ports")
	is("80:80 443:443", "services", "caddy", "ports")
	is("NET_BIND_SERVICE", "services", "caddy", "cap_add")
	is("./cmd/haven/Caddyfile:/etc/caddy/Caddyfile:ro caddy-data:/data", "services", "caddy", "volumes")
	is("./cmd/haven/prometheus.yml:/etc/prometheus/prometheus.yml:ro ./cmd/haven/prometheus:/etc/prometheus/prometheus:ro prometheus-data:/prometheus", "services", "prometheus", "volumes")
	if command := strings.Join(words(at(doc, "services", "prometheus", "command")), "\n"); !strings.Contains(command+"\n", "--storage.tsdb.retention.time=15d\n") {
		t.Errorf("prometheus keeps figures for another time: %s", command)
	}

	// Grafana is there for who asks for it, shows nothing without a password and asks nobody outside for anything.
	is("grafana", "services", "grafana", "profiles")
	is("./cmd/haven/grafana/provisioning:/etc/grafana/provisioning:ro ./cmd/haven/grafana/dashboards:/etc/grafana/dashboards:ro grafana-data:/var/lib/grafana", "services", "grafana", "volumes")
	is("/tmp", "services", "grafana", "tmpfs")
	for name, want := range map[string]string{
		"GF_SECURITY_ADMIN_PASSWORD": "${HAVEN_GRAFANA_PASSWORD:-}", "GF_AUTH_ANONYMOUS_ENABLED": "false", "GF_USERS_ALLOW_SIGN_UP": "false",
		"GF_SECURITY_DISABLE_GRAVATAR": "true", "GF_ANALYTICS_REPORTING_ENABLED": "false", "GF_ANALYTICS_CHECK_FOR_UPDATES": "false",
		"GF_ANALYTICS_CHECK_FOR_PLUGIN_UPDATES": "false", "GF_ANALYTICS_FEEDBACK_LINKS_ENABLED": "false", "GF_NEWS_NEWS_FEED_ENABLED": "false",
		"GF_SNAPSHOTS_EXTERNAL_ENABLED": "false", "GF_PLUGINS_PLUGIN_ADMIN_ENABLED": "false", "GF_PLUGINS_PREINSTALL_DISABLED": "true",
		"GF_PLUGINS_PUBLIC_KEY_RETRIEVAL_DISABLED": "true", "GF_LOG_MODE": "console",
	} {
		is(want, "services", "grafana", "environment", name)
	}

	is("cmd/haven/Dockerfile", "services", "haven", "build", "dockerfile")
	is("65532:65532", "services", "haven", "user")
	is("CMD /haven healthy http://127.0.0.1:9464", "services", "haven", "healthcheck", "test")
	is("redis://:${HAVEN_REDIS_PASSWORD:?set it in .env}@redis:6379/0", "services", "haven", "environment", "HAVEN_REDIS_URL")
	is("${HAVEN_CODE_KEY:-}", "services", "haven", "environment", "HAVEN_CODE_KEY")
	is("redis:7", "services", "redis", "image")
	is("redis", "services", "redis", "user")
	is("CMD-SHELL redis-cli ping | grep -q PONG", "services", "redis", "healthcheck", "test")

	grace, err := time.ParseDuration(fmt.Sprint(at(doc, "services", "haven", "stop_grace_period")))
	if err != nil || grace < drainTime+5*time.Second {
		t.Errorf("stop_grace_period %v cuts a drain of %v off (%v)", grace, drainTime, err)
	}
}

func TestComposeIsTakenByTheTool(t *testing.T) {
	compose := haventest.Tool(t, "docker-compose")
	// A folder of its own, so that an operator's .env beside the file plays no part.
	run := func(env string, profile ...string) ([]byte, error) {
		file := filepath.Join(t.TempDir(), "env")
		if err := os.WriteFile(file, []byte(env), 0o600); err != nil {
			t.Fatal(err)
		}
		args := append(profile, "--env-file", file, "-f", filepath.Join(top, "docker-compose.yml"), "config", "--quiet")
		return exec.CommandContext(t.Context(), compose, args...).CombinedOutput()
	}
	example, err := os.ReadFile(filepath.Join(top, ".env.example"))
	if err != nil {
		t.Fatal(err)
	}
	if out, err := run(string(example)); err == nil || !strings.Contains(string(out), "set it in .env") {
		t.Errorf("without a password it was taken, or refused without a word: %v\n%s", err, out)
	}
	for _, profile := range [][]string{nil, {"--profile", "grafana"}} {
		if out, err := run(string(example)+"\nHAVEN_REDIS_PASSWORD=long0and0random\n", profile...); err != nil {
			t.Errorf("%v: %v\n%s", profile, err, out)
		}
	}
}

func TestGrafanaDoesNotStartWithItsOwnPassword(t *testing.T) {
	entry := words(at(readYAML(t, filepath.Join(top, "docker-compose.yml")), "services", "grafana", "entrypoint"))
	if len(entry) != 3 || entry[0] != "sh" || entry[1] != "-c" || !strings.Contains(entry[2], "exec /run.sh") {
		t.Fatalf("entrypoint: %q", entry)
	}
	script := strings.ReplaceAll(strings.ReplaceAll(entry[2], "$$", "$"), "exec /run.sh", "echo started")
	for password, started := range map[string]bool{"": false, "long0and0random": true} {
		cmd := exec.CommandContext(t.Context(), "sh", "-c", script)
		cmd.Env = []string{"PATH=" + os.Getenv("PATH"), "GF_SECURITY_ADMIN_PASSWORD=" + password}
		out, err := cmd.CombinedOutput()
		if (err == nil) != started || strings.Contains(string(out), "started") != started || !started && !strings.Contains(string(out), "set it in .env") {
			t.Errorf("password %q: %v, %s", password, err, out)
		}
	}
}

func TestComposeRedisKeepsOnlyItsFile(t *testing.T) {
	haventest.Tool(t, "redis-server")
	doc := readYAML(t, filepath.Join(top, "docker-compose.yml"))
	command := words(at(doc, "services", "redis", "command"))
	if len(command) != 3 || command[0] != "sh" || command[1] != "-c" {
		t.Fatalf("command: %q", command)
	}
	dir, err := os.MkdirTemp("", "haven-compose-") // short: a unix socket's path has a limit
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	socket := filepath.Join(dir, "s")
	line := strings.TrimSpace(strings.ReplaceAll(command[2], "$$", "$")) + " --port 0 --unixsocket " + socket + " --dir " + dir
	cmd := exec.Command("sh", "-c", line)
	cmd.Env = append(os.Environ(), "REDISCLI_AUTH=long0and0random")
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		cmd.Process.Kill()
		cmd.Wait()
	})

	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	defer cancel()
	rdb := redis.NewClient(&redis.Options{Network: "unix", Addr: socket, Password: "long0and0random", MaxRetries: -1})
	defer rdb.Close()
	until(t, ctx, func() bool { return rdb.Ping(ctx).Err() == nil })
	for name, want := range map[string]string{
		"appendonly": "yes", "appendfsync": "everysec", "aof-timestamp-enabled": "no", "save": "",
		"maxmemory-policy": "noeviction", "slowlog-max-len": "0", "slowlog-log-slower-than": "-1",
		"latency-monitor-threshold": "0", "crash-log-enabled": "no", "crash-memcheck-enabled": "no",
	} {
		got, err := rdb.ConfigGet(ctx, name).Result()
		if err != nil || got[name] != want {
			t.Errorf("%s: %q, want %q (%v)", name, got[name], want, err)
		}
	}
	stranger := redis.NewClient(&redis.Options{Network: "unix", Addr: socket, MaxRetries: -1})
	defer stranger.Close()
	if err := stranger.Ping(ctx).Err(); err == nil {
		t.Error("answers without the password")
	}
}

func TestPrometheusReadsThePrivateListener(t *testing.T) {
	const path = "prometheus.yml"
	doc := readYAML(t, path)
	jobs, _ := at(doc, "scrape_configs").([]any)
	if len(jobs) != 2 || at(jobs[0], "metrics_path") != nil || at(jobs[1], "metrics_path") != "/metrics/reach" ||
		at(jobs[0], "job_name") != "haven" || at(jobs[1], "job_name") != "haven-reach" {
		t.Fatalf("jobs: %v", jobs)
	}
	for _, job := range jobs {
		if names, _ := at(job, "dns_sd_configs").([]any); len(names) != 1 ||
			!slices.Equal(words(at(names[0], "names")), []string{"haven"}) || fmt.Sprint(at(names[0], "port")) != "9464" {
			t.Errorf("dns_sd_configs: %v", names)
		}
	}
	// Prometheus takes a series for gone when it has not seen it for five minutes: one failed scrape must not do that.
	if every, err := time.ParseDuration(fmt.Sprint(at(jobs[1], "scrape_interval"))); err != nil || every > 150*time.Second {
		t.Errorf("released figures are read every %v (%v)", every, err)
	}
	if rules := words(at(doc, "rule_files")); !slices.Equal(rules, []string{"prometheus/rules.yml", "prometheus/alerts.yml"}) {
		t.Errorf("rule_files: %v", rules)
	}
	if out, err := exec.CommandContext(t.Context(), haventest.Tool(t, "promtool"), "check", "config", path).CombinedOutput(); err != nil {
		t.Errorf("%v\n%s", err, out)
	}
}

func TestDockerfileMakesASmallQuietImage(t *testing.T) {
	data, err := os.ReadFile("Dockerfile")
	if err != nil {
		t.Fatal(err)
	}
	text := string(data)
	build, last, ok := strings.Cut(text, "FROM scratch\n")
	if !ok {
		t.Fatal("the last stage is not FROM scratch")
	}
	for _, want := range []string{"CGO_ENABLED=0 ", " -trimpath ", " ./cmd/haven\n", "go mod download"} {
		if !strings.Contains(build, want) {
			t.Errorf("the build has no %q", want)
		}
	}
	for _, want := range []string{"\nUSER 65532:65532\n", `ENTRYPOINT ["/haven"]`} {
		if !strings.Contains(last, want) {
			t.Errorf("the image has no %q", want)
		}
	}
	if strings.Contains(last, "EXPOSE 9464") {
		t.Error("the private listener is exposed")
	}
	for room := range rooms {
		if !strings.Contains(build, "COPY "+room+" "+room+"\n") {
			t.Errorf("%s is not copied into the build", room)
		}
		ignore, err := os.ReadFile(filepath.Join(top, ".dockerignore"))
		if err != nil || !strings.Contains(string(ignore), "\n!"+room+"\n") {
			t.Errorf("%s is kept from the build by .dockerignore (%v)", room, err)
		}
	}
	mod, err := os.ReadFile(filepath.Join(top, "go.mod"))
	if err != nil {
		t.Fatal(err)
	}
	version := regexp.MustCompile(`(?m)^go (\d+\.\d+)`).FindSubmatch(mod)
	if version == nil || !strings.Contains(build, "FROM golang:"+string(version[1])+" ") {
		t.Errorf("go.mod asks for Go %s, the image has another", version)
	}
}
