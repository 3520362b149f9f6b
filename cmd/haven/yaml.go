package main

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/parser"
)

// mistakes gathers everything that is wrong with a file, so that an operator mends it in one go.
type mistakes struct {
	file string
	errs []located
}

type located struct {
	line int
	err  error
}

func (m *mistakes) at(line int, format string, args ...any) {
	m.errs = append(m.errs, located{line, fmt.Errorf("%s:%d: %s", m.file, line, fmt.Sprintf(format, args...))})
}

// err is every mistake in the order of the file, joined, or nil.
func (m *mistakes) err() error {
	slices.SortStableFunc(m.errs, func(a, b located) int { return a.line - b.line })
	errs := make([]error, len(m.errs))
	for i, e := range m.errs {
		errs[i] = e.err
	}
	return errors.Join(errs...)
}

// value is one place of the file. Its readers report what does not fit and go on with a zero value, which is not
// reported again.
type value struct {
	m    *mistakes
	node ast.Node // nil where the file has nothing after the colon
	line int
	path string // as an operator would say it: lines[1].hours
}

// parseYAML gives the one document of a file, or reports why there is none.
func parseYAML(m *mistakes, data []byte) (doc value, ok bool) {
	if !utf8.Valid(data) {
		m.at(1, "not UTF-8")
		return value{}, false
	}
	file, err := parser.ParseBytes(data, 0, parser.AllowDuplicateMapKey())
	if err != nil {
		line, text := 1, err.Error()
		var ye yaml.Error
		if errors.As(err, &ye) {
			text = ye.GetMessage()
			if tk := ye.GetToken(); tk != nil && tk.Position != nil {
				line = tk.Position.Line
			}
		}
		m.at(line, "not YAML: %s", text)
		return value{}, false
	}
	doc = value{m: m, line: 1}
	for _, d := range file.Docs {
		if d.Body == nil {
			continue
		}
		if doc.node != nil {
			m.at(lineOf(d.Body, 1), "a second document; one file holds one configuration")
			return value{}, false
		}
		doc.node = d.Body
	}
	if doc.node == nil {
		m.at(1, "empty")
		return value{}, false
	}
	return doc, true
}

// lineOf is where a node stands; some nodes of a broken document have no token.
func lineOf(n ast.Node, otherwise int) int {
	if n == nil {
		return otherwise
	}
	switch v := n.(type) {
	case *ast.MappingNode:
		if len(v.Values) > 0 {
			return lineOf(v.Values[0], otherwise)
		}
	case *ast.MappingValueNode:
		if v.Key != nil {
			return lineOf(v.Key, otherwise)
		}
	}
	if tk := n.GetToken(); tk != nil && tk.Position != nil {
		return tk.Position.Line
	}
	return otherwise
}

func (v value) wrong(format string, args ...any) {
	if v.path != "" {
		format = "%s: " + format
		args = append([]any{v.path}, args...)
	}
	v.m.at(v.line, format, args...)
}

// fields hands each key of a mapping to its reader. Unknown and repeated keys are mistakes.
func (v value) fields(known map[string]func(value)) {
	var entries []*ast.MappingValueNode
	switch n := v.node.(type) {
	case *ast.MappingNode:
		entries = n.Values
	case *ast.MappingValueNode:
		entries = []*ast.MappingValueNode{n}
	default:
		v.wrong("keys and values are expected here")
		return
	}
	seen := map[string]bool{}
	for _, e := range entries {
		line := lineOf(e, v.line)
		key := value{m: v.m, line: line, path: v.path}
		name, ok := text(e.Key)
		if !ok {
			key.wrong("a plain word is expected as a key")
			continue
		}
		read, ok := known[name]
		if !ok {
			names := make([]string, 0, len(known))
			for k := range known {
				names = append(names, k)
			}
			slices.Sort(names)
			key.wrong("unknown key %q (known here: %s)", name, strings.Join(names, ", "))
			continue
		}
		if seen[name] {
			key.wrong("key %q stands here twice", name)
			continue
		}
		seen[name] = true
		path := name
		if v.path != "" {
			path = v.path + "." + name
		}
		read(value{m: v.m, node: e.Value, line: lineOf(e.Value, line), path: path})
	}
}

// list hands each item of a sequence to read.
func (v value) list(read func(value)) {
	seq, ok := v.node.(*ast.SequenceNode)
	if !ok {
		v.wrong("a list is expected here")
		return
	}
	for i, n := range seq.Values {
		read(value{m: v.m, node: n, line: lineOf(n, v.line), path: fmt.Sprintf("%s[%d]", v.path, i)})
	}
}

// text is what a scalar says, whatever type YAML would guess: 0800-0432 and 112 are both written without quotes.
func text(n ast.Node) (string, bool) {
	switch n := n.(type) {
	case *ast.StringNode:
		return n.Value, true
	case *ast.LiteralNode:
		return n.Value.Value, true
	case *ast.IntegerNode, *ast.FloatNode, *ast.BoolNode:
		return n.GetToken().Value, true
	}
	return "", false
}

func (v value) string() string {
	s, ok := text(v.node)
	if !ok {
		v.wrong("a text is expected here")
		return ""
	}
	return strings.TrimSpace(s)
}

// words is one text or a list of them.
func (v value) words() []string {
	if _, ok := v.node.(*ast.SequenceNode); !ok {
		return []string{v.string()}
	}
	var words []string
	v.list(func(v value) { words = append(words, v.string()) })
	return words
}

func (v value) bool() bool {
	if b, ok := v.node.(*ast.BoolNode); ok {
		return b.Value
	}
	v.wrong("true or false is expected here")
	return false
}

func (v value) int(lo, hi int) int {
	s, ok := text(v.node)
	n, err := strconv.Atoi(s)
	if !ok || err != nil || n < lo || n > hi {
		v.wrong("a whole number from %d to %d is expected here", lo, hi)
		return lo
	}
	return n
}

func (v value) duration(lo, hi time.Duration) time.Duration {
	s, ok := text(v.node)
	d, err := time.ParseDuration(s)
	if !ok || err != nil || d%time.Second != 0 || d < lo || d > hi {
		v.wrong("a time in whole seconds from %v to %v is expected here, such as 90s or 15m", lo, hi)
		return lo
	}
	return d
}
