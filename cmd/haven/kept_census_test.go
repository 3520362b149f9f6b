package main

import (
	"context"
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"haven/routing"
)

// census is what stood in a store at any moment that it was looked at.
type census struct {
	t     *testing.T
	rdb   *redis.Client
	rules []rule
	mu    sync.Mutex
	found map[string]bool // name of each rule that was met
	known map[string]*rule
	wrong map[string]bool
	looks int
}

// rule is one entry of the list, as what it says of a store can be held against it.
type rule struct {
	routing.Kept
	name       string
	key, field *regexp.Regexp
}

// spot is one value that stands in a store.
type spot struct {
	key, field, value string
	ttl               time.Duration // below 0: none
	due               int64         // of a deadline: Unix time
}

// parts are what stands for each part of a name that differs.
var parts = map[string]string{
	"prefix": `[a-z0-9_-]+`, "name": `[\p{L}\p{N} ._-]+`, "class": `[0-2]`, "period": `[0-9A-Z-]+`, "day": `[0-9-]{10}`, "month": `[0-9-]{7}`,
	"sha256": `[A-Za-z0-9_-]{43}`, "block": `\d{1,2}`, "step": `\d{1,2}`, "slot": `\d+`,
	"room": `\d{4}`, "idle": `\d{12}`, "ticket": `\d{12}`,
	"chat": random22, "id": random22, "offer": random22, "node": random22, "batch": random22, "code": random22,
	"line": word, "lang": word, "table": word, "campaign": word, "channel": word, "stage": word, "kind": word, "outcome": word,
	"parent": word, "topic": word, "activity": word, "referral": word,
}

const (
	random22 = `[A-Za-z0-9_-]{22}`
	word     = `[a-z0-9_-]+`
)

var part = regexp.MustCompile(`<([a-z0-9]+)>`)

func pattern(t *testing.T, name string) *regexp.Regexp {
	t.Helper()
	return regexp.MustCompile("^" + part.ReplaceAllStringFunc(regexp.QuoteMeta(name), func(p string) string {
		s := parts[p[1:len(p)-1]]
		if s == "" {
			t.Fatalf("nothing is known of %s in %s", p, name)
		}
		return s
	}) + "$")
}

// rulesOf are the entries about stores; what is in memory, on devices and on disk is not looked at here.
func rulesOf(t *testing.T, all []routing.Kept) []rule {
	t.Helper()
	var rules []rule
	for _, k := range all {
		if k.Place == routing.InChats || k.Place == routing.InLedger {
			rules = append(rules, rule{k, k.Key + "  " + k.Field, pattern(t, k.Key), pattern(t, k.Field)})
		}
	}
	return rules
}

func newCensus(t *testing.T, rdb *redis.Client, all []routing.Kept) *census {
	t.Helper()
	return &census{t: t, rdb: rdb, rules: rulesOf(t, all), found: map[string]bool{}, known: map[string]*rule{}, wrong: map[string]bool{}}
}

// everything is a whole store at one moment.
var everything = redis.NewScript(`
local out = {}
for _, key in ipairs(redis.call('KEYS', '*')) do
  local t, v = redis.call('TYPE', key).ok
  if t == 'string' then v = {redis.call('GET', key)}
  elseif t == 'hash' then v = redis.call('HGETALL', key)
  elseif t == 'zset' then v = redis.call('ZRANGE', key, 0, -1, 'WITHSCORES')
  elseif t == 'set' then v = redis.call('SMEMBERS', key)
  elseif t == 'stream' then
    v = {}
    for _, e in ipairs(redis.call('XRANGE', key, '-', '+')) do
      for _, f in ipairs(e[2]) do v[#v + 1] = f end
    end
  end
  out[#out + 1] = {key, t, redis.call('PTTL', key), v}
end
return {tonumber(redis.call('TIME')[1]), out}`)

// look takes everything in at once.
func (c *census) look(ctx context.Context) error {
	v, err := everything.Run(ctx, c.rdb, nil).Slice()
	if err != nil {
		return err
	}
	var spots []spot
	for _, k := range v[1].([]any) {
		e := k.([]any)
		var values []string
		for _, x := range e[3].([]any) {
			values = append(values, x.(string))
		}
		s, err := spread(spot{key: e[0].(string), ttl: time.Duration(e[2].(int64)) * time.Millisecond}, e[1].(string), values)
		if err != nil {
			return err
		}
		spots = append(spots, s...)
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.looks++
	for _, wrong := range c.judge(v[0].(int64), spots) {
		c.wrong[wrong] = true
	}
	return nil
}

// spread is what stands under one key, value by value.
func spread(at spot, kind string, values []string) ([]spot, error) {
	var out []spot
	each := func(field, value string) {
		for f, v := range inside(field, value) {
			s := at
			s.field, s.value = f, v
			out = append(out, s)
		}
	}
	switch kind {
	case "string":
		each("", values[0])
	case "hash":
		for i := 0; i < len(values); i += 2 {
			each(values[i], values[i+1])
		}
	case "set":
		for _, v := range values {
			out = append(out, spot{key: at.key, field: v, value: v, ttl: at.ttl})
		}
	case "zset":
		for i := 0; i < len(values); i += 2 {
			s := spot{key: at.key, field: values[i], value: values[i], ttl: at.ttl}
			if _, err := fmt.Sscan(values[i+1], &s.due); err != nil {
				return nil, err
			}
			out = append(out, s)
		}
	case "stream":
		for i := 0; i < len(values); i += 2 {
			each(values[i], "{"+values[i+1])
		}
	default:
		return nil, fmt.Errorf("%s is a %s", at.key, kind)
	}
	return out, nil
}

// inside are the members of a JSON object, or of each object of a JSON list, however deep; any other value is itself.
func inside(field, value string) map[string]string {
	out := map[string]string{}
	var v any
	if json.Unmarshal([]byte(value), &v) != nil {
		v = value
	}
	var walk func(string, any)
	walk = func(name string, v any) {
		switch v := v.(type) {
		case map[string]any:
			for k, x := range v {
				walk(strings.TrimPrefix(name+"."+k, "."), x)
			}
			return
		case []any:
			objects := len(v) == 0 && value == "[]" // a chat without a key yet
			for _, x := range v {
				if _, ok := x.(map[string]any); ok {
					objects = true
					walk(name, x)
				}
			}
			if objects {
				return
			}
		}
		text := value
		if name != field {
			b, _ := json.Marshal(v)
			text = strings.Trim(string(b), `"`)
		}
		out[name] = text
	}
	walk(field, v)
	return out
}

// rule is the entry under which something stands, nil when there is none.
func (c *census) rule(s spot) *rule {
	at := s.key + "\x00" + s.field
	if r, ok := c.known[at]; ok {
		return r
	}
	var met *rule
	for i := range c.rules {
		if r := &c.rules[i]; r.key.MatchString(s.key) && r.field.MatchString(s.field) {
			if met != nil {
				c.wrong[fmt.Sprintf("%s %s stands in the list twice: %s and %s", s.key, s.field, met.name, r.name)] = true
			}
			met = r
		}
	}
	c.known[at] = met
	return met
}

var number = regexp.MustCompile(`^-?[0-9]+(\.[0-9]+)?$`)

// judge says what of a moment is not as the list says.
func (c *census) judge(now int64, spots []spot) []string {
	var wrong []string
	over, tombs := map[string][]spot{}, map[string]bool{} // chats
	for _, s := range spots {
		r := c.rule(s)
		if r == nil {
			wrong = append(wrong, fmt.Sprintf("not in the list: %s  %s", part22(s.key), part22(s.field)))
			continue
		}
		c.found[r.name] = true
		longest := r.Longest
		switch {
		case r.By == routing.Expiry && (s.ttl <= 0 || s.ttl > longest):
			wrong = append(wrong, fmt.Sprintf("%s lives %v, and %v at most in the list", r.name, s.ttl.Round(time.Second), longest))
		case r.By != routing.Expiry && s.ttl >= 0:
			wrong = append(wrong, fmt.Sprintf("%s expires, and the list does not say so", r.name))
		case s.due > 0 && time.Duration(s.due-now)*time.Second > longest+time.Second:
			wrong = append(wrong, fmt.Sprintf("%s falls due in %d s, and within %v in the list", r.name, s.due-now, longest))
		}
		if number.MatchString(r.Example) && !number.MatchString(s.value) {
			wrong = append(wrong, fmt.Sprintf("%s is no number such as %s", r.name, r.Example))
		}
		if chat, tomb := strings.CutPrefix(s.field, "tomb:"); tomb {
			tombs[chat] = true
		}
		if strings.HasSuffix(s.key, "}:chats") {
			over[s.field[:22]] = append(over[s.field[:22]], s)
		}
	}
	for chat, record := range over {
		if !slices.ContainsFunc(record, func(s spot) bool { return s.field == chat+".s" && s.value == "x" }) {
			continue
		}
		if !tombs[chat] {
			wrong = append(wrong, "a chat is over and has no hour at which it goes")
		}
		for _, s := range record {
			if r := c.rule(s); r != nil && r.By != routing.Deadline {
				wrong = append(wrong, fmt.Sprintf("%s stands after the end", r.name))
			}
		}
	}
	return wrong
}

// part22 puts a placeholder for what is random, so that a fault is told once.
func part22(s string) string {
	return regexp.MustCompile(random22).ReplaceAllString(s, "<random>")
}

// watch looks again and again, as fast as the store answers, until the census ends.
func (c *census) watch() (stop func()) {
	ctx, cancel := context.WithCancel(context.Background())
	var looking sync.WaitGroup
	looking.Go(func() {
		tick := time.NewTicker(2 * time.Millisecond)
		defer tick.Stop()
		for ctx.Err() == nil {
			if err := c.look(ctx); err != nil && ctx.Err() == nil {
				c.mu.Lock()
				c.wrong[err.Error()] = true
				c.mu.Unlock()
			}
			select {
			case <-ctx.Done():
			case <-tick.C:
			}
		}
	})
	return func() {
		cancel()
		looking.Wait()
	}
}

// faults are what was seen and is not as the list says, and what the list says and was never seen.
func (c *census) faults() (wrong, never []string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for w := range c.wrong {
		wrong = append(wrong, w)
	}
	for _, r := range c.rules {
		if !c.found[r.name] {
			never = append(never, r.name)
		}
	}
	slices.Sort(wrong)
	return wrong, never
}

// has says whether an entry was met.
func (c *census) has(name string) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.found[name]
}
