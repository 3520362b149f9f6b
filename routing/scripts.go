package routing

import (
	"context"
	"crypto/sha1"
	"embed"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"path"
	"slices"
	"strings"
	"unicode"

	"github.com/redis/go-redis/v9"
)

//go:embed lua
var luaFiles embed.FS

// script is one transition: a file of lua/shared (behind the prelude) or lua/chat.
type script struct{ name, src, sha string }

// scripts are all transitions by file name without ending; the two folders share no name.
var scripts = loadScripts()

func loadScripts() map[string]*script {
	var shared strings.Builder
	for _, part := range []string{"records", "offers", "help", "moves"} { // each calls only what stands above
		src, err := luaFiles.ReadFile("lua/prelude/" + part + ".lua")
		if err != nil {
			panic(err) // embedded at build time
		}
		shared.Write(src)
	}
	prelude := takeApart(shared.String())
	out := map[string]*script{}
	for _, dir := range []string{"lua/shared", "lua/chat"} {
		files, err := fs.Glob(luaFiles, dir+"/*.lua")
		if err != nil {
			panic(err)
		}
		for _, f := range files {
			src, err := luaFiles.ReadFile(f)
			if err != nil {
				panic(err)
			}
			s := &script{name: strings.TrimSuffix(path.Base(f), ".lua"), src: string(src)}
			if dir == "lua/shared" {
				s.src = prelude.needed(s.src) + s.src
			}
			sum := sha1.Sum([]byte(s.src)) // Redis names scripts by SHA-1
			s.sha = hex.EncodeToString(sum[:])
			if out[s.name] != nil {
				panic("routing: two scripts named " + s.name)
			}
			out[s.name] = s
		}
	}
	return out
}

// prelude is lua/prelude, taken apart: its head, and its functions in their order.
type prelude struct {
	head      string
	functions []function
}

type function struct {
	name, text string
	words      map[string]bool // every word in it
}

func takeApart(src string) prelude {
	const begin = "\nlocal function "
	parts := strings.Split("\n"+src, begin)
	p := prelude{head: strings.TrimPrefix(parts[0], "\n") + "\n"}
	for _, text := range parts[1:] {
		name, _, _ := strings.Cut(text, "(")
		f := function{name: name, text: begin[1:] + text + "\n"}
		f.words = wordsOf(f.text)
		p.functions = append(p.functions, f)
	}
	return p
}

// wordsOf are the names, and whatever else looks like one, in a piece of Lua.
func wordsOf(src string) map[string]bool {
	words := map[string]bool{}
	for w := range strings.FieldsFuncSeq(src, func(r rune) bool {
		return r != '_' && !unicode.IsLetter(r) && !unicode.IsDigit(r)
	}) {
		words[w] = true
	}
	return words
}

// needed is the part of the prelude that a script calls, directly or through another function: its head, and those
// functions in their order. Making them all costs more than most transitions do.
func (p prelude) needed(src string) string {
	words := wordsOf(src)
	used := make([]string, len(p.functions))
	for i, f := range slices.Backward(p.functions) { // a function calls only those above it
		if words[f.name] {
			used[i] = f.text
			maps.Copy(words, f.words)
		}
	}
	return p.head + strings.Join(used, "")
}

func must(name string) *script {
	s := scripts[name]
	if s == nil {
		panic("routing: no script " + name)
	}
	return s
}

// eval runs a script by its SHA and loads all of them first where the store does not know it: after a restart or a
// failover it forgets.
func (r *Router) eval(ctx context.Context, s *script, keys []string, args ...any) (any, error) {
	v, err := r.rdb.EvalSha(ctx, s.sha, keys, args...).Result()
	if redis.HasErrorPrefix(err, "NOSCRIPT") {
		r.loadAll(ctx) // on a Cluster another primary may be away: what counts is whether this one knows it now
		v, err = r.rdb.EvalSha(ctx, s.sha, keys, args...).Result()
	}
	if err != nil {
		return nil, r.away(s.name, err)
	}
	return v, nil
}

// safe is eval for what may be told to somebody only when Config.Replicas have it, and all that its primary had done by then:
// else ErrUnavailable, and it is there or not. It may run again.
func (r *Router) safe(ctx context.Context, s *script, keys []string, args ...any) (any, error) {
	if r.cfg.Replicas == 0 {
		return r.eval(ctx, s, keys, args...)
	}
	var cmd *redis.Cmd
	switch err := r.waited(ctx, func(pipe redis.Pipeliner) { cmd = pipe.EvalSha(ctx, s.sha, keys, args...) }); {
	case errors.Is(err, errShort):
		r.log.Warn("what was done is not told", "component", s.name, "reason", "replicas_short")
		return nil, r.away(s.name, err)
	case err != nil:
		return nil, r.away(s.name, err)
	}
	return cmd.Val(), nil
}

// waited is pipeline with WAIT behind it: errShort where fewer than Config.Replicas have all that the primary had done by then.
func (r *Router) waited(ctx context.Context, build func(redis.Pipeliner)) error {
	var had *redis.IntCmd
	err := r.pipeline(ctx, func(pipe redis.Pipeliner) {
		build(pipe)
		had = r.queueWait(ctx, pipe)
	})
	if err == nil && had.Val() < int64(r.cfg.Replicas) {
		err = errShort
	}
	return err
}

// pipeline runs what build queues, and once more where the store did not know the scripts: nothing of the first run ran
// that a second would not find by its id or version. It returns the first error.
func (r *Router) pipeline(ctx context.Context, build func(redis.Pipeliner)) error {
	run := func() ([]redis.Cmder, error) {
		pipe := r.rdb.Pipeline()
		build(pipe)
		return pipe.Exec(ctx)
	}
	cmds, err := run()
	// On a Cluster one primary may be new and another away, which is then the first error.
	if slices.ContainsFunc(cmds, func(c redis.Cmder) bool { return redis.HasErrorPrefix(c.Err(), "NOSCRIPT") }) {
		r.loadAll(ctx) // where that failed the scripts fail again
		_, err = run()
	}
	return err
}

func (r *Router) loadAll(ctx context.Context) error {
	return EachPrimary(ctx, r.rdb, func(ctx context.Context, c redis.UniversalClient) error {
		pipe := c.Pipeline()
		for _, s := range scripts {
			pipe.ScriptLoad(ctx, s.src)
		}
		_, err := pipe.Exec(ctx)
		return err
	})
}

// away turns whatever the store said into ErrUnavailable. The text of a network error carries addresses: it is never
// logged; a refusal by the store itself (out of memory, read only, a fault in a script) is named by its first word.
func (r *Router) away(what string, err error) error {
	var re redis.Error
	if errors.As(err, &re) && !errors.Is(err, redis.Nil) {
		reason := "refused"
		for _, p := range []string{"OOM", "READONLY", "LOADING", "MISCONF", "CLUSTERDOWN", "NOREPLICAS", "NOAUTH", "WRONGPASS", "NOPERM", "BUSY", "ERR"} {
			if redis.HasErrorPrefix(err, p) {
				reason = strings.ToLower(p)
			}
		}
		r.log.Error("store refused", "component", what, "reason", reason)
	}
	return fmt.Errorf("routing: %s: %w", what, ErrUnavailable)
}
