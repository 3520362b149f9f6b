package web

import (
	"bytes"
	"errors"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"log/slog"
	"net"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
)

func TestClosedLogDropsWhatWasPlanted(t *testing.T) {
	peer := &net.TCPAddr{IP: net.IPv4(127, 66, 77, 9), Port: 4711}
	netErr := &net.OpError{Op: "read", Net: "tcp", Addr: peer, Err: errors.New(canary)}
	for name, emit := range map[string]func(*slog.Logger){
		"an unknown key":         func(l *slog.Logger) { l.Info("a", "err", canary) },
		"an error":               func(l *slog.Logger) { l.Info("a", "error", netErr) },
		"an error as reason":     func(l *slog.Logger) { l.Info("a", "reason", netErr) },
		"a sentence as reason":   func(l *slog.Logger) { l.Info("a", "reason", "they hurt me "+canary) },
		"an address as reason":   func(l *slog.Logger) { l.Info("a", "reason", peer.String()) },
		"an address as line":     func(l *slog.Logger) { l.Info("a", "line", peer.String()) },
		"an address as state":    func(l *slog.Logger) { l.Info("a", "state", "127.66.77.9") },
		"an address as version":  func(l *slog.Logger) { l.Info("a", "version", "127.66.77.9") },
		"an address as addr":     func(l *slog.Logger) { l.Info("a", "addr", peer.String()) },
		"a net.Addr as addr":     func(l *slog.Logger) { l.Info("a", "addr", peer) },
		"text as count":          func(l *slog.Logger) { l.Info("a", "count", canary) },
		"an address as message":  func(l *slog.Logger) { l.Info("gone: " + peer.String()) },
		"an error as message":    func(l *slog.Logger) { l.Info(netErr.Error()) },
		"an agent as message":    func(l *slog.Logger) { l.Info("Mozilla/5.0 (" + canary + ")") },
		"an id as message":       func(l *slog.Logger) { l.Info("chat 3q2-7wAAAAAAAAAAAAAAAA") },
		"a group":                func(l *slog.Logger) { l.Info("a", slog.Group("reason", "x", canary)) },
		"a group without a name": func(l *slog.Logger) { l.Info("a", slog.Group("", "reason", canary)) },
		"with":                   func(l *slog.Logger) { l.With("peer", canary, "reason", canary).Info("a") },
		"with a group":           func(l *slog.Logger) { l.WithGroup(canary).With("reason", canary).Info("a", "x", canary) },
		"a valuer":               func(l *slog.Logger) { l.Info("a", "reason", sneaky{}) },
		"a pair without a key":   func(l *slog.Logger) { l.Info("a", []any{canary}...) },
		"a stack":                func(l *slog.Logger) { l.Info("a", "at", "web/house.go:12 "+canary) },
	} {
		for _, handler := range []func(*bytes.Buffer) slog.Handler{
			func(b *bytes.Buffer) slog.Handler { return slog.NewTextHandler(b, nil) },
			func(b *bytes.Buffer) slog.Handler { return slog.NewJSONHandler(b, nil) },
		} {
			var out bytes.Buffer
			emit(slog.New(ClosedLog(handler(&out))))
			if out.Len() == 0 {
				t.Errorf("%s: the whole line is gone", name)
			}
			for _, planted := range []string{canary, "127.66", "4711", "hurt", "Mozilla", "3q2"} {
				if strings.Contains(out.String(), planted) {
					t.Errorf("%s: logged %s", name, out.String())
				}
			}
			// The positive control: without the handler it would be there.
			var bare bytes.Buffer
			emit(slog.New(handler(&bare)))
			if bare.Len() <= out.Len() {
				t.Errorf("%s: plants nothing", name)
			}
		}
	}
}

type sneaky struct{}

func (sneaky) LogValue() slog.Value {
	return slog.StringValue("from " + canary + " with love and much more text")
}

func TestClosedLogKeepsWhatAnOperatorNeeds(t *testing.T) {
	var out bytes.Buffer
	log := slog.New(ClosedLog(slog.NewTextHandler(&out, nil))).With("component", "routing").WithGroup("")
	log.Warn("store away: trying again", "reason", "unavailable", "state", "rest", "line", "jip", "count", 3, "seconds", int64(5),
		"version", "v1.2.3-rc.1", "addr", OwnAddr("127.0.0.1:8080"), "at", "routing/redis.go:12")
	for _, want := range []string{"level=WARN", `msg="store away: trying again"`, "component=routing", "reason=unavailable", "state=rest",
		"line=jip", "count=3", "seconds=5", "version=v1.2.3-rc.1", "addr=127.0.0.1:8080", "at=routing/redis.go:12"} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("no %s in %s", want, out.String())
		}
	}
	if stamp, _, _ := strings.Cut(out.String(), " "); strings.Contains(stamp, ".000") == false && strings.Contains(stamp, ".") {
		t.Errorf("finer than a second: %s", stamp)
	}
}

func TestErrorLogKeepsTheKindOnly(t *testing.T) {
	var out bytes.Buffer
	e := newServer(nil, slog.New(ClosedLog(slog.NewTextHandler(&out, nil)))).http.ErrorLog
	for line, reason := range map[string]string{
		"http: panic serving 127.66.77.9:4711: " + canary:   "panic",
		"http: superfluous response.WriteHeader " + canary:  "answered_twice",
		"http: Accept error: accept tcp 127.66.77.9; retry": "accept_failed",
		canary: "other",
	} {
		out.Reset()
		e.Print(line)
		if !strings.Contains(out.String(), "reason="+reason) || strings.Contains(out.String(), canary) || strings.Contains(out.String(), "127.66") {
			t.Errorf("%s: %s", line, out.String())
		}
	}
}

// TestEveryMessageIsLogged holds that no line of the program is withheld for how it is written.
func TestEveryMessageIsLogged(t *testing.T) {
	levels := map[string]bool{"Debug": true, "Info": true, "Warn": true, "Error": true}
	found := 0
	err := filepath.WalkDir("..", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
			return err
		}
		src, err := parser.ParseFile(token.NewFileSet(), path, nil, 0)
		if err != nil {
			return err
		}
		ast.Inspect(src, func(n ast.Node) bool {
			call, ok := n.(*ast.CallExpr)
			if !ok || len(call.Args) == 0 {
				return true
			}
			sel, ok := call.Fun.(*ast.SelectorExpr)
			if !ok || !levels[sel.Sel.Name] {
				return true
			}
			lit, ok := call.Args[0].(*ast.BasicLit)
			if !ok || lit.Kind != token.STRING {
				return true
			}
			found++
			if text, err := strconv.Unquote(lit.Value); err != nil || !message.MatchString(text) {
				t.Errorf("%s: withheld: %s", path, lit.Value)
			}
			return true
		})
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if found < 10 {
		t.Errorf("%d messages in the whole program", found)
	}
}
