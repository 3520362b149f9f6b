package main

import (
	"bufio"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"haven/chat/client"
	"haven/chat/frame"
	"haven/cmd/haven/haventest"
	"haven/routing"
	"haven/routing/routingtest"
)

// patience is for a loaded machine; nothing here takes that long.
const patience = 60 * time.Second

func within(t *testing.T) context.Context {
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	t.Cleanup(cancel)
	return ctx
}

// process is `haven` running on its own.
type process struct {
	cmd    *exec.Cmd
	out    *bufio.Reader
	stderr haventest.Text
}

func start(t *testing.T, env []string, args ...string) *process {
	t.Helper()
	p := &process{cmd: exec.Command("haven", args...)}
	p.cmd.Env = append(os.Environ(), env...)
	p.cmd.Stderr = &p.stderr
	out, err := p.cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	p.out = bufio.NewReader(out)
	if err := p.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		p.cmd.Process.Kill()
		p.cmd.Wait()
		if t.Failed() {
			t.Logf("standard error of haven %v:\n%s", args, &p.stderr)
		}
	})
	return p
}

// ends waits for the process and gives its exit status and what else it wrote.
func (p *process) ends(t *testing.T) (status int, rest string) {
	t.Helper()
	b, err := io.ReadAll(p.out)
	if err != nil {
		t.Fatal(err)
	}
	p.cmd.Wait()
	return p.cmd.ProcessState.ExitCode(), string(b)
}

func demo(t *testing.T) (*process, demoInfo) {
	t.Helper()
	p := start(t, nil, "demo", "--json", "--listen", "127.0.0.1:0", "--metrics-listen", "127.0.0.1:0")
	line, err := p.out.ReadBytes('\n')
	if err != nil {
		t.Fatal(err)
	}
	var info demoInfo
	if err := json.Unmarshal(line, &info); err != nil {
		t.Fatalf("%v in %s", err, line)
	}
	return p, info
}

func get(t *testing.T, url string) (int, string) {
	t.Helper()
	resp, err := http.Get(url)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	b, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return resp.StatusCode, string(b)
}

// TestDemo is the first command of the README: what it prints is true at once, a first chat works, and SIGINT ends it
// in order.
func TestDemo(t *testing.T) {
	ctx := within(t)
	p, info := demo(t)
	if len(info.Staff) != 4 || info.Staff[3].Role != "lead" || info.Staff[0].Role != "counsellor" || info.Staff[1].Role != "counsellor" || info.Staff[2].Role != "coordinator" {
		t.Fatalf("staff is %+v", info.Staff)
	}
	for url, want := range map[string]string{
		info.Metrics + "/healthz": "ok", info.Metrics + "/readyz": "ready", info.Metrics + "/metrics": "haven_build_info",
		info.URL + "/": "112", info.URL + "/staff": "<html",
	} {
		if status, body := get(t, url); status != http.StatusOK || !strings.Contains(body, want) {
			t.Errorf("%s answers %d without %q", url, status, want)
		}
	}

	sanne := info.Staff[0]
	desk := atDesk(t, info, 0, 3)
	if _, err := desk.ExpectThat(ctx, func(e *client.Event) bool {
		return e.T == frame.TDesk && e.State == routing.StateReady
	}); err != nil {
		t.Fatal(err)
	}
	for _, line := range sanne.Lines {
		youth := client.NewYouth(client.Options{URL: info.URL})
		if err := youth.Connect(ctx); err != nil {
			t.Fatal(err)
		}
		defer youth.Cut()
		if _, err := youth.Join(ctx, client.Want{Line: line}); err != nil {
			t.Fatalf("join %s: %v", line, err)
		}
		chat, err := desk.Assigned(ctx)
		if err != nil {
			t.Fatal(err)
		}
		joined, err := youth.Joined(ctx)
		if err != nil {
			t.Fatal(err)
		}
		if joined.Name != sanne.Name {
			t.Errorf("joined by %q", joined.Name)
		}
		youth.Say("hoi")
		if m, err := desk.Expect(ctx, frame.TMsg); err != nil || m.Text != "hoi" {
			t.Fatalf("the counsellor heard %q, %v", m.Text, err)
		}
		chat.Say("dag")
		if m, err := youth.Expect(ctx, frame.TMsg); err != nil || m.Text != "dag" {
			t.Fatalf("the young person heard %q, %v", m.Text, err)
		}
		if err := youth.Leave(); err != nil {
			t.Fatal(err)
		}
		if e, err := desk.Expect(ctx, frame.TEnded); err != nil || e.Reason != routing.ReasonLeft {
			t.Fatalf("ended by %q, %v", e.Reason, err)
		}
	}

	if err := p.cmd.Process.Signal(os.Interrupt); err != nil {
		t.Fatal(err)
	}
	if _, err := desk.Expect(ctx, frame.TBye); err != nil {
		t.Errorf("no bye: %v", err)
	}
	if code, err := desk.ExpectClosed(ctx); err != nil || code != 1012 {
		t.Errorf("closed with %d, %v", code, err)
	}
	if status, rest := p.ends(t); status != exitOK || rest != "" {
		t.Errorf("exit status %d, and %q on standard output", status, rest)
	}
	if s := p.stderr.String(); s != "" {
		t.Errorf("on standard error: %s", s)
	}
}

func TestDemoForPeople(t *testing.T) {
	p := start(t, nil, "demo", "--listen", "127.0.0.1:0", "--metrics-listen", "127.0.0.1:0")
	var text strings.Builder
	for !strings.Contains(text.String(), "Ctrl-C") {
		l, err := p.out.ReadString('\n')
		if err != nil {
			t.Fatalf("%v after %s", err, &text)
		}
		text.WriteString(l)
	}
	for _, want := range []string{"young person   http://127.0.0.1:", "/staff\n", "/metrics\n", "Sanne ", "Daan ", "Marit ", "Ilse "} {
		if !strings.Contains(text.String(), want) {
			t.Errorf("no %q in\n%s", want, &text)
		}
	}
	if err := p.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	if status, _ := p.ends(t); status != exitOK {
		t.Errorf("exit status %d", status)
	}
}

// TestVerify holds a server's pages against this build's, and finds the one that differs.
func TestVerify(t *testing.T) {
	_, info := demo(t)
	out, err := exec.Command("haven", "verify", info.URL).CombinedOutput()
	if err != nil || !strings.Contains(string(out), "files are those of this build") {
		t.Errorf("%v: %s", err, out)
	}
	out, err = exec.Command("haven", "verify", info.Metrics).CombinedOutput() // sends no page at all
	if err == nil || !strings.Contains(string(out), "missing  /: answered with 404") {
		t.Errorf("%v: %s", err, out)
	}
}

// TestServeWithoutStore starts a node whose Redis is away, and then lets it come, go and come back: newcomers are
// told, nothing is logged that says where Redis is, and no hand is needed.
func TestServeWithoutStore(t *testing.T) {
	ctx := within(t)
	store := routingtest.Start(t)
	store.Kill()
	file := filepath.Join(t.TempDir(), "haven.yaml")
	if err := os.WriteFile(file, []byte(someLine), 0o600); err != nil {
		t.Fatal(err)
	}
	url, private := routingtest.FreeAddr(t), routingtest.FreeAddr(t)
	p := start(t, []string{redisEnv + "=unix://" + store.Addr}, "serve", "--config", file, "--listen", url, "--metrics-listen", private)
	url, private = "http://"+url, "http://"+private
	until(t, ctx, func() bool {
		resp, err := http.Get(private + "/healthz")
		if err == nil {
			resp.Body.Close()
		}
		return err == nil && resp.StatusCode == http.StatusOK
	})
	ready := func() bool {
		status, _ := get(t, private+"/readyz")
		return status == http.StatusOK
	}
	refused := func() {
		t.Helper()
		if ready() {
			t.Error("ready without a store")
		}
		y := client.NewYouth(client.Options{URL: url})
		if err := y.Connect(ctx); err != nil {
			t.Fatal(err)
		}
		defer y.Cut()
		if err := y.Ask(client.Want{Line: "jip"}); err != nil {
			t.Fatal(err)
		}
		e, err := y.Expect(ctx, frame.TRefused, frame.TWaiting)
		if err != nil || e.T != frame.TRefused || e.Reason != routing.RefusedUnavailable || len(e.Phones) == 0 {
			t.Errorf("without a store a newcomer hears %+v, %v", e, err)
		}
	}
	refused()
	until(t, ctx, func() bool { return strings.Contains(p.stderr.String(), "reason=store_away") })

	store.Restart(t, false)
	until(t, ctx, ready)
	store.Kill()
	until(t, ctx, func() bool { return !ready() })
	refused()
	store.Restart(t, false)
	until(t, ctx, ready)
	until(t, ctx, func() bool { return strings.Contains(p.stderr.String(), "the store answers again") })

	if err := p.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	if status, _ := p.ends(t); status != exitOK {
		t.Errorf("exit status %d", status)
	}
	if strings.Contains(p.stderr.String(), store.Addr) || strings.Contains(p.stderr.String(), "dial") {
		t.Errorf("the log says where Redis is:\n%s", &p.stderr)
	}
}
