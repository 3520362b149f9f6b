package main

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// rooms is the table of the house: which rooms a room may import from, besides itself. A folder within a room is of
// that room.
var rooms = map[string][]string{
	"routing": {},
	"chat":    {"routing"},
	"metrics": {"routing", "chat"},
	"web":     {"routing", "chat"},
	"cmd":     {"routing", "chat", "metrics", "web"},
}

// kept out are libraries that have no business in a room. Tests may use what they like.
var keptOut = map[string][]string{
	"routing": {"net/http", "github.com/gorilla/websocket", "github.com/prometheus/"},
	"chat":    {"github.com/redis/", "github.com/prometheus/", "html/template"},
	"metrics": {"github.com/gorilla/websocket"},
	"web":     {"github.com/prometheus/"},
}

// Nothing that the repository holds at its top may be anything else; dotfiles aside.
var topLevel = []string{
	"cmd", "chat", "routing", "metrics", "web", "go.mod", "go.sum", "docker-compose.yml", "README.md", "LICENSE",
}

const top = "../.."

// house calls f with every Go file of the repository, by its slash-separated path from the top.
func house(t *testing.T, f func(path string, src []byte)) {
	t.Helper()
	seen := make(map[string]bool)
	for room := range rooms {
		err := filepath.WalkDir(filepath.Join(top, room), func(path string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() || filepath.Ext(path) != ".go" {
				return err
			}
			src, err := os.ReadFile(path)
			if err != nil {
				return err
			}
			path, err = filepath.Rel(top, path)
			if err != nil {
				return err
			}
			seen[room] = true
			f(filepath.ToSlash(path), src)
			return nil
		})
		if err != nil {
			t.Error(err)
		}
		if !seen[room] {
			t.Errorf("the room %s is empty", room)
		}
	}
}

// misplaced says which imports of a file break the table.
func misplaced(path string, src []byte) ([]string, error) {
	file, err := parser.ParseFile(token.NewFileSet(), path, src, parser.ImportsOnly)
	if err != nil {
		return nil, err
	}
	room, _, _ := strings.Cut(path, "/")
	test := strings.HasSuffix(path, "_test.go")
	var found []string
	for _, spec := range file.Imports {
		imported, err := strconv.Unquote(spec.Path.Value)
		if err != nil {
			return nil, err
		}
		if inner, ok := strings.CutPrefix(imported, "haven/"); ok {
			other, _, _ := strings.Cut(inner, "/")
			if other != room && !slices.Contains(rooms[room], other) {
				found = append(found, imported)
			}
			continue
		}
		if test {
			continue
		}
		if imported == "net/http/pprof" || imported == "expvar" {
			found = append(found, imported)
		}
		for _, out := range keptOut[room] {
			// The load generator and what tests are built from (routingtest and its like) bring up whole deployments.
			if strings.HasPrefix(imported, out) && !strings.HasPrefix(path, "chat/load/") && !strings.Contains(path, "test/") {
				found = append(found, imported)
			}
		}
	}
	return found, nil
}

// originHeaders are where a proxy or a browser says who calls. The airlock passes on a list; nobody asks for these.
var originHeaders = []string{
	"x-forwarded-for", "x-real-ip", "forwarded", "true-client-ip", "cf-connecting-ip", "user-agent", "referer",
}

// origins says where a file could learn who calls: the peer's address, a header that names it, or the mux on which
// libraries hang pages of their own (expvar does; it is linked through client_golang, so that mux must never be served).
// Emptying RemoteAddr is what it is for, and a method of that name is how a connection forgets it.
func origins(path string, src []byte) ([]string, error) {
	files := token.NewFileSet()
	file, err := parser.ParseFile(files, path, src, 0)
	if err != nil {
		return nil, err
	}
	emptied := make(map[ast.Expr]bool)
	var found []string
	note := func(n ast.Node, what string) {
		found = append(found, fmt.Sprintf("%s:%d: %s", path, files.Position(n.Pos()).Line, what))
	}
	ast.Inspect(file, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.AssignStmt:
			for i, left := range n.Lhs {
				if lit, ok := n.Rhs[min(i, len(n.Rhs)-1)].(*ast.BasicLit); ok && len(n.Lhs) == len(n.Rhs) && lit.Value == `""` {
					emptied[left] = true
				}
			}
		case *ast.SelectorExpr:
			of := ""
			if id, ok := n.X.(*ast.Ident); ok {
				of = id.Name
			}
			switch name := n.Sel.Name; {
			case name == "RemoteAddr" && !emptied[n], name == "UserAgent", name == "Referer":
				note(n, name)
			case of == "net" && (name == "FileConn" || name == "FileListener"):
				note(n, "net."+name)
			case of == "http" && slices.Contains([]string{"DefaultServeMux", "Handle", "HandleFunc", "Serve", "ServeTLS", "ListenAndServe", "ListenAndServeTLS"}, name):
				note(n, "http."+name)
			}
		case *ast.CompositeLit:
			if sel, ok := n.Type.(*ast.SelectorExpr); ok && sel.Sel.Name == "Server" && fmt.Sprint(sel.X) == "http" {
				if !slices.ContainsFunc(n.Elts, func(e ast.Expr) bool {
					kv, ok := e.(*ast.KeyValueExpr)
					return ok && fmt.Sprint(kv.Key) == "Handler"
				}) {
					note(n, "http.Server without a Handler serves the default mux")
				}
			}
		case *ast.BasicLit:
			if n.Kind == token.STRING {
				if s, err := strconv.Unquote(n.Value); err == nil && slices.Contains(originHeaders, strings.ToLower(s)) {
					note(n, "the header "+s)
				}
			}
		}
		return true
	})
	return found, nil
}

func TestImportsGoOneWay(t *testing.T) {
	house(t, func(path string, src []byte) {
		found, err := misplaced(path, src)
		if err != nil {
			t.Error(err)
		}
		for _, f := range found {
			t.Errorf("%s imports %s", path, f)
		}
	})
}

func TestNobodyAsksWhoCalls(t *testing.T) {
	house(t, func(path string, src []byte) {
		if strings.HasSuffix(path, "_test.go") {
			return
		}
		found, err := origins(path, src)
		if err != nil {
			t.Error(err)
		}
		for _, f := range found {
			t.Error(f)
		}
	})
}

func TestCheckersCatchMutants(t *testing.T) {
	for _, m := range []struct{ path, imported string }{
		{"routing/x.go", "haven/chat"},
		{"routing/routingtest/x.go", "haven/web"},
		{"routing/x_test.go", "haven/chat"},
		{"chat/x.go", "haven/metrics"},
		{"chat/frame/x.go", "haven/web/staff"},
		{"chat/x.go", "github.com/redis/go-redis/v9"},
		{"metrics/x.go", "haven/web"},
		{"web/x.go", "haven/metrics"},
		{"web/staff/x.go", "haven/cmd/haven"},
		{"web/x.go", "net/http/pprof"},
		{"cmd/haven/x.go", "expvar"},
	} {
		found, err := misplaced(m.path, fmt.Appendf(nil, "package x\nimport %q\n", m.imported))
		if err != nil || len(found) == 0 {
			t.Errorf("%s may import %s (%v)", m.path, m.imported, err)
		}
	}
	for _, fine := range []struct{ path, imported string }{
		{"chat/x.go", "haven/routing"}, {"chat/client/x.go", "haven/chat/frame"}, {"chat/x_test.go", "haven/routing/routingtest"},
		{"metrics/x.go", "haven/chat"}, {"metrics/x.go", "github.com/redis/go-redis/v9"}, {"cmd/haven/x.go", "haven/web/staff"},
	} {
		found, err := misplaced(fine.path, fmt.Appendf(nil, "package x\nimport %q\n", fine.imported))
		if err != nil || len(found) != 0 {
			t.Errorf("%s may not import %s (%v)", fine.path, fine.imported, err)
		}
	}
	for body, want := range map[string]bool{
		`_ = r.RemoteAddr`:                 true,
		`_ = c.RemoteAddr().String()`:      true,
		`r.RemoteAddr = r.Header.Get("X")`: true,
		`r.RemoteAddr = ""`:                false,
		`r.Proto, r.RemoteAddr = "", ""`:   false,
		`_, _ = net.FileConn(f)`:           true,
		`_ = r.UserAgent()`:                true,
		`_ = h.Get("x-forwarded-For")`:     true,
		`http.HandleFunc("/", nil)`:        true,
		`_ = http.Server{}`:                true,
		`_ = &http.Server{Handler: h}`:     false,
	} {
		found, err := origins("web/x.go", fmt.Appendf(nil, "package x\nfunc f() { %s }\n", body))
		if err != nil || len(found) > 0 != want {
			t.Errorf("%s: found %v (%v)", body, found, err)
		}
	}
}

func TestTheHouseHasNoOtherRoom(t *testing.T) {
	var entries []string
	// What git would not keep, such as an operator's own configuration, is no part of the house.
	if out, err := exec.Command("git", "-C", top, "ls-files", "-z", "--cached", "--others", "--exclude-standard").Output(); err == nil && len(out) > 0 {
		for path := range strings.SplitSeq(strings.TrimSuffix(string(out), "\x00"), "\x00") {
			entry, _, _ := strings.Cut(path, "/")
			entries = append(entries, entry)
		}
	} else {
		list, err := os.ReadDir(top)
		if err != nil {
			t.Fatal(err)
		}
		for _, e := range list {
			entries = append(entries, e.Name())
		}
	}
	slices.Sort(entries)
	for _, e := range slices.Compact(entries) {
		if !strings.HasPrefix(e, ".") && !slices.Contains(topLevel, e) {
			t.Errorf("%s stands at the top of the repository", e)
		}
	}
	for _, e := range topLevel {
		if _, err := os.Stat(filepath.Join(top, e)); err != nil {
			t.Errorf("%s is missing", e)
		}
	}
	commands, err := os.ReadDir(filepath.Join(top, "cmd"))
	if err != nil || len(commands) != 1 || commands[0].Name() != "haven" {
		t.Errorf("cmd holds %v, not haven alone (%v)", commands, err)
	}
}
