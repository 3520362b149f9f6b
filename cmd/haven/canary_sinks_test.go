//go:build linux

package main

import (
	"bytes"
	"context"
	"encoding/base64"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/redis/go-redis/v9"
)

// sink is a kind of place where something of a young person could end up.
type sink string

const (
	remembered sink = "memory of the process"
	said       sink = "standard output and error"
	exported   sink = "/metrics"
	answered   sink = "answers"
	stored     sink = "keys of redis"
	filed      sink = "append-only folder"
)

var sinks = []sink{remembered, said, exported, answered, stored, filed}

// plant is something that must not be found where barred says so; after: the chat has ended.
type plant struct {
	needles []needle
	barred  func(at sink, after bool) bool
}

func plainly(name, text string, barred func(sink, bool) bool) plant {
	return plant{spelt(name, []byte(text)), barred}
}

// coded is something that frames carry in base64url: it may be kept as the bytes that it stands for.
func coded(name, text string, barred func(sink, bool) bool) plant {
	p := plainly(name, text, barred)
	if b, err := base64.RawURLEncoding.DecodeString(text); err == nil {
		for _, n := range spelt(name+", decoded", b) {
			if !strings.Contains(text, string(n.b)) { // which is found as it is
				p.needles = append(p.needles, n)
			}
		}
	}
	return p
}

// nowhere is for what says who or where somebody is, and for what was sealed.
func nowhere(sink, bool) bool { return true }

// inMemory is for what the process has to handle and must keep to itself.
func inMemory(at sink, _ bool) bool { return at != remembered }

// onTheWire is for what one of the two is told, and nobody else.
func onTheWire(at sink, _ bool) bool { return at != remembered && at != answered }

// untilTheEnd is for what the store keeps as long as the chat.
func untilTheEnd(at sink, after bool) bool {
	return onTheWire(at, after) && (after || at != stored && at != filed)
}

// finding is a plant found where it must not be.
type finding struct {
	when          string
	sink          sink
	where         string
	plant, form   string
	around        string
	onlyPerchance bool // other things than a leak can be the cause
}

func (f finding) String() string {
	return fmt.Sprintf("%s, %s: found %s (%s) in %s: %q", f.when, f.sink, f.plant, f.form, f.where, f.around)
}

// place is one part of a sink: a file, a key, a stretch of memory.
type place struct {
	name func(at int64) string
	r    io.Reader
}

func whole(name string, b []byte) place {
	return place{func(int64) string { return name }, bytes.NewReader(b)}
}

// look searches every sink for what is barred there. Each sink must also hold its controls, which is what makes
// finding nothing in it mean something.
func (c *canary) look(when string, after bool, controls map[sink][]string) {
	c.t.Helper()
	for _, at := range sinks {
		var needles []needle
		for _, p := range c.plants {
			if p.barred(at, after) {
				needles = append(needles, p.needles...)
			}
		}
		for _, text := range controls[at] {
			needles = append(needles, needle{text, control, []byte(text)})
		}
		held := c.search(when, at, needles)
		if len(controls[at]) == 0 {
			c.t.Errorf("%s, %s: no control", when, at)
		}
		for _, text := range controls[at] {
			if !held[text] {
				c.t.Errorf("%s, %s: does not hold %q, which must be there", when, at, text)
			}
		}
	}
}

const control = "control"

// search notes what it finds, and returns the controls that it found.
func (c *canary) search(when string, at sink, needles []needle) (held map[string]bool) {
	c.t.Helper()
	held = map[string]bool{}
	s := newSearch(needles)
	c.places(at, func(p place) {
		if _, err := s.stream(p.r, func(offset int64, n *needle, around []byte) {
			if n.form == control {
				held[n.plant] = true
				return
			}
			c.found = append(c.found, finding{when, at, p.name(offset), n.plant, n.form, string(around),
				strings.HasPrefix(n.form, fourBytes)})
		}); err != nil {
			c.t.Fatalf("%s, %s: %v", when, at, err)
		}
	})
	return held
}

// places calls f with each part of a sink.
func (c *canary) places(at sink, f func(place)) {
	c.t.Helper()
	switch at {
	case remembered:
		c.memory(f)
	case said:
		for _, name := range []string{"stdout", "stderr"} {
			b, err := os.ReadFile(filepath.Join(c.dir, name))
			c.must(err)
			f(whole(name, b))
		}
	case exported:
		f(whole("/metrics", c.get("/metrics")))
	case answered:
		f(whole("what was received", c.answers.bytes()))
	case stored:
		for name, b := range c.keys() {
			f(whole(name, b))
		}
	case filed:
		c.folder(f)
	}
}

// get asks the private listener, as Prometheus would.
func (c *canary) get(path string) []byte {
	c.t.Helper()
	req, err := http.NewRequestWithContext(c.ctx, http.MethodGet, "http://"+c.private+path, nil)
	c.must(err)
	res, err := http.DefaultClient.Do(req)
	c.must(err)
	defer res.Body.Close()
	b, err := io.ReadAll(res.Body)
	c.must(err)
	return b
}

// keys reads all of the store: every key with its value, and what the server tells of itself.
func (c *canary) keys() map[string][]byte {
	c.t.Helper()
	all := map[string][]byte{}
	for _, section := range [][]any{{"info", "all"}, {"client", "list"}, {"slowlog", "get", "-1"}, {"acl", "log"}} {
		v, err := c.rdb.Do(c.ctx, section...).Result()
		c.must(err)
		all[fmt.Sprint(section...)] = fmt.Append(nil, v)
	}
	keys := c.rdb.Scan(c.ctx, 0, "*", 1000).Iterator()
	for keys.Next(c.ctx) {
		key := keys.Val()
		value, err := c.value(key)
		c.must(err)
		all["key "+key] = append([]byte(key+"\n"), value...)
	}
	c.must(keys.Err())
	return all
}

func (c *canary) value(key string) ([]byte, error) {
	var b bytes.Buffer
	kind, err := c.rdb.Type(c.ctx, key).Result()
	if err != nil {
		return nil, err
	}
	switch kind {
	case "none": // expired since
	case "string":
		v, err := c.rdb.Get(c.ctx, key).Result()
		if err != nil && err != redis.Nil {
			return nil, err
		}
		b.WriteString(v)
	case "hash":
		v, err := c.rdb.HGetAll(c.ctx, key).Result()
		if err != nil {
			return nil, err
		}
		for _, field := range slices.Sorted(maps.Keys(v)) {
			fmt.Fprintf(&b, "%s\n%s\n", field, v[field])
		}
	case "list":
		v, err := c.rdb.LRange(c.ctx, key, 0, -1).Result()
		if err != nil {
			return nil, err
		}
		b.WriteString(strings.Join(v, "\n"))
	case "set":
		v, err := c.rdb.SMembers(c.ctx, key).Result()
		if err != nil {
			return nil, err
		}
		b.WriteString(strings.Join(v, "\n"))
	case "zset":
		v, err := c.rdb.ZRangeWithScores(c.ctx, key, 0, -1).Result()
		if err != nil {
			return nil, err
		}
		for _, z := range v {
			fmt.Fprintf(&b, "%v\n%.0f\n", z.Member, z.Score)
		}
	case "stream":
		v, err := c.rdb.XRange(c.ctx, key, "-", "+").Result()
		if err != nil {
			return nil, err
		}
		for _, m := range v {
			fmt.Fprintln(&b, m.ID)
			for field, value := range m.Values {
				fmt.Fprintf(&b, "%s\n%v\n", field, value)
			}
		}
	default:
		return nil, fmt.Errorf("a key of type %s, which the canary cannot read", kind)
	}
	return b.Bytes(), nil
}

// folder reads every file of the store's folder, the socket aside.
func (c *canary) folder(f func(place)) {
	c.t.Helper()
	c.must(filepath.WalkDir(c.store.Dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		f(whole(d.Name(), []byte(d.Name())))
		if !d.Type().IsRegular() {
			return nil
		}
		b, err := os.ReadFile(path)
		if err == nil {
			f(whole(d.Name(), b))
		}
		return err
	}))
}

// rewrite has the append-only file rewritten, and returns when nothing of the old one is left on the disk.
func (c *canary) rewrite() {
	c.t.Helper()
	idle := func() bool {
		i := c.persistence()
		return i["aof_rewrite_in_progress"] == "0" && i["aof_rewrite_scheduled"] == "0"
	}
	before := ""
	c.until("a rewrite of the append-only file begins", func(ctx context.Context) bool {
		if !idle() { // that of the first hour may be under way
			return false
		}
		before = c.persistence()["aof_rewrites"]
		return c.rdb.BgRewriteAOF(ctx).Err() == nil
	})
	c.until("the rewrite ends", func(context.Context) bool { return idle() && c.persistence()["aof_rewrites"] != before })
	if status := c.persistence()["aof_last_bgrewrite_status"]; status != "ok" {
		c.t.Fatalf("the rewrite ended with %q", status)
	}
	// The files of before are removed by a thread of the server's, a moment later.
	c.until("the files of before are gone", func(context.Context) bool {
		dir := filepath.Join(c.store.Dir, "appendonlydir")
		manifest, err := os.ReadFile(filepath.Join(dir, "appendonly.aof.manifest"))
		c.must(err)
		files, err := os.ReadDir(dir)
		c.must(err)
		for _, f := range files {
			if !strings.HasSuffix(f.Name(), ".manifest") && !bytes.Contains(manifest, []byte("file "+f.Name()+" ")) {
				return false
			}
		}
		return !bytes.Contains(manifest, []byte(" type h"))
	})
}

func (c *canary) persistence() map[string]string {
	c.t.Helper()
	info, err := c.rdb.Info(c.ctx, "persistence").Result()
	c.must(err)
	all := map[string]string{}
	for l := range strings.SplitSeq(info, "\r\n") {
		if k, v, ok := strings.Cut(l, ":"); ok {
			all[k] = v
		}
	}
	return all
}
