package main

import (
	"bytes"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"haven/chat/load"
	"haven/routing/routingtest"
)

// short is a run that proves the way and measures nothing.
var short = []string{"--chats", "5", "--warmup", "100ms", "--duration", "400ms", "--quiet"}

func loaded(t *testing.T, args ...string) load.Report {
	t.Helper()
	cmd := exec.CommandContext(within(t), "haven", append([]string{"load", "--json"}, append(args, short...)...)...)
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("%v\n%s%s", err, out, &stderr)
	}
	var r load.Report
	if err := json.Unmarshal(out, &r); err != nil {
		t.Fatalf("%v in %s", err, out)
	}
	if r.History.Delivered == 0 || r.History.Bad() {
		t.Errorf("history is %+v", r.History)
	}
	return r
}

func TestLoadStartsAServer(t *testing.T) {
	if r := loaded(t, "--embedded", "--baseline"); r.Ratio == 0 || r.CPU == nil || r.Baseline.History.Delivered == 0 {
		t.Errorf("report is %+v", r)
	}
	t.Run("two nodes", func(t *testing.T) {
		routingtest.Start(t) // no redis-server, no such run
		if r := loaded(t, "--nodes", "2"); r.CPU == nil {
			t.Errorf("report is %+v", r)
		}
	})
}

func TestLoadARunningServer(t *testing.T) {
	_, info := demo(t)
	b, err := json.Marshal(info)
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "demo.json")
	if err := os.WriteFile(file, b, 0o600); err != nil {
		t.Fatal(err)
	}
	loaded(t, info.URL, "--staff", file, "--unsealed")

	out, err := exec.Command("haven", "load", info.URL).CombinedOutput()
	if err == nil || !strings.Contains(string(out), "--staff says who answers") {
		t.Errorf("%v: %s", err, out)
	}
}
