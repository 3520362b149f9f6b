package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/redis/go-redis/v9"

	"haven/metrics"
	"haven/metrics/reach"
)

// checkCommand looks before a young person does.
type checkCommand struct {
	configFile
}

// findings are what a check saw, in plain words.
type findings struct {
	out    io.Writer
	broken int
}

func (f *findings) ok(format string, args ...any) {
	fmt.Fprintf(f.out, "ok       "+format+"\n", args...)
}
func (f *findings) note(format string, args ...any) {
	fmt.Fprintf(f.out, "note     "+format+"\n", args...)
}

// breaks tells of a promise that would not hold: what is wrong and what follows from it.
func (f *findings) breaks(promise, format string, args ...any) {
	f.broken++
	fmt.Fprintf(f.out, "BREAKS   "+format+"\n         promise: "+promise+"\n", args...)
}

// The promises of the README, as an operator meets them here.
const (
	noOrigin  = "nothing says where a young person is, and no clock is kept beside a chat"
	acked     = "what was acked is kept"
	noDeadEnd = "nobody meets a dead end"
	bounded   = "no visit weighs more in what is published than the budget says"
	figured   = "accounts and counts are kept, and what is lost of the counts is said beside the figures"
	deadlines = "a dropped line keeps its place as long as the page says"
)

func (c checkCommand) Run(w *world) error {
	cfg, err := c.load()
	if err != nil {
		return err
	}
	wanted := cfg.Durations.Code
	if err := cfg.takeCodeKey(w.getenv); err != nil {
		return usageError{err}
	}
	f := &findings{out: w.stdout}
	writeKept(w.stdout, inventory(cfg)) // first: what has to be done stands at the end
	f.ok("configuration: %d lines", len(cfg.Lines))
	checkConfig(f, cfg)
	checkCodes(f, cfg, wanted)
	chats, accounts, err := openStore(w.getenv, cfg.Redis)
	if err != nil {
		return usageError{err}
	}
	defer chats.Close()
	ctx, cancel := context.WithTimeout(w.ctx, 20*time.Second)
	defer cancel()
	checkStore(ctx, f, redisEnv, acked, chats)
	checkReplicas(ctx, f, redisEnv, chats, cfg.Redis.Replicas)
	if accounts != chats {
		defer accounts.Close()
		checkStore(ctx, f, ledgerEnv, figured, accounts)
	}
	var beside redis.UniversalClient
	if accounts != chats {
		beside = chats
	}
	checkReach(ctx, f, accounts, beside, cfg)
	if f.broken > 0 {
		what := "findings break a promise"
		if f.broken == 1 {
			what = "finding breaks a promise"
		}
		fmt.Fprintf(w.stdout, "%d %s.\n", f.broken, what)
		return errTold
	}
	fmt.Fprintln(w.stdout, "Nothing found that breaks a promise.")
	return nil
}

// checkConfig finds what a configuration without mistakes still gets wrong.
func checkConfig(f *findings, cfg *config) {
	if !loopback(cfg.MetricsListen) {
		f.note("metrics_listen %s: whoever reaches it sees that somebody is chatting now; keep it on an internal network", cfg.MetricsListen)
	}
	switch {
	case cfg.Origin == "":
		f.note("origin: not set, so only browsers on this machine can talk to it")
	case strings.HasPrefix(cfg.Origin, "http://"):
		f.note("origin %s: without TLS, which is good for a try on this machine only", cfg.Origin)
	}
	if !loopback(cfg.Listen) && !strings.HasPrefix(cfg.Listen, "unix:") {
		f.note("listen %s: Haven speaks no TLS; a proxy has to stand in front, and its logs have to be off", cfg.Listen)
	}
	if small := metrics.Subtractable(metricLines(cfg)); small != "" {
		f.breaks(noOrigin, "line %s is the only one marked small: its figures are those of \"all\" less the others; mark another one too, or none", small)
	}
	for _, l := range cfg.Lines {
		if len(l.Instead) == 0 && len(cfg.Lines) > 1 {
			f.note("line %s names no sister line (instead): who finds it closed is shown phone numbers only", l.Name)
		}
		if l.CapPerCounsellor == 0 {
			f.note("line %s lets nobody wait (cap_per_counsellor: 0)", l.Name)
		}
		if longest := longestOpening(l); longest > 0 && l.LastIntake >= longest {
			f.breaks(noDeadEnd, "line %s has its last intake %v before closing but is never open longer than %v: it takes nobody", l.Name, l.LastIntake, longest)
		}
	}
}

// checkReach looks whether a node may count under this configuration now.
func checkReach(ctx context.Context, f *findings, rdb, beside redis.UniversalClient, cfg *config) {
	checkLedger(ctx, f, rdb, beside, cfg.Redis.Prefix)
	switch err := reach.CheckOpen(ctx, rdb, cfg.Redis.Prefix, cfg.plan(), reach.DayOf(time.Now())); {
	case errors.Is(err, reach.ErrBudget):
		f.breaks(bounded, "%v", err)
	case err == nil:
		f.ok("reach: %d campaigns; a visit weighs at most ε = %s in all", len(cfg.Campaigns), cfg.plan().Budget(reach.PeriodOf(reach.Year, reach.DayOf(time.Now()))).Total())
	}
}

// checkLedger looks whether the ledger is the one that nodes counted into.
func checkLedger(ctx context.Context, f *findings, rdb, beside redis.UniversalClient, prefix string) {
	l, err := reach.CheckLoss(ctx, rdb, beside, prefix)
	if err != nil {
		return // that it is away is told where it is asked first
	}
	if l.Unsaid {
		f.breaks(figured, "reach: the ledger is not the one that nodes counted into, or an old copy of it: find out what emptied it; haven restore puts sealed periods back, and the next start of a node marks the current ones")
	}
	if l.Emptied != 0 {
		f.note("reach: the ledger was seen to be empty on %s; figures of the periods in which that day lies lack what was counted before, and say so", l.Emptied)
	}
	if len(l.Back) > 0 {
		f.note("reach: an old copy of the ledger was put back; what is open lacks counts and says so: %s", strings.Join(l.Back, ", "))
	}
}

// longestOpening is how long the line is open at a stretch, 0 for a line that never closes.
func longestOpening(l line) time.Duration {
	longest := time.Duration(0)
	for _, s := range l.Hours.Week {
		n := s.To - s.From
		if n < 0 {
			n += 7 * 24 * 60
		}
		longest = max(longest, time.Duration(n)*time.Minute)
	}
	return longest
}

// checkStore looks at a Redis and every primary of a Cluster. promise is what its loss would break.
func checkStore(ctx context.Context, f *findings, env, promise string, rdb redis.UniversalClient) {
	begun := time.Now()
	if err := rdb.Ping(ctx).Err(); err != nil {
		f.breaks(promise, "%s: %s", env, strings.ReplaceAll(storeTrouble(err), redisEnv, env))
		return
	}
	f.ok("%s: Redis answers in %v", env, time.Since(begun).Round(10*time.Microsecond))
	if cluster, ok := rdb.(*redis.ClusterClient); ok {
		var mu sync.Mutex // ForEachMaster asks all at once
		n := 0
		if err := cluster.ForEachMaster(ctx, func(ctx context.Context, m *redis.Client) error {
			mu.Lock()
			defer mu.Unlock()
			n++
			checkRedis(ctx, f, fmt.Sprintf("%s, primary %d", env, n), promise, m)
			return nil
		}); err != nil {
			f.breaks(promise, "%s: not every primary of the Cluster answers", env)
		}
		return
	}
	checkRedis(ctx, f, env, promise, rdb)
}

// setting is one line of Redis's own configuration that a promise hangs on.
// promise is "" for that which the loss of what the Redis holds would break, and why says then what it throws away.
type setting struct{ name, want, promise, why string }

var settings = []setting{
	{"maxmemory-policy", "noeviction", "", "with any other policy a full Redis throws away what it holds"},
	{"appendonly", "yes", "", "without the append-only file a restart of Redis forgets what it holds"},
	{"save", "", noOrigin, "snapshots keep on disk what the end of a chat deleted; the append-only file is rewritten every hour"},
	{"slowlog-max-len", "0", noOrigin, "the slow log keeps commands of chats, each with the time and the address of the node"},
	{"aof-timestamp-enabled", "no", noOrigin, "with it the append-only file has the time beside every write of a chat"},
}

func checkRedis(ctx context.Context, f *findings, where, promise string, rdb redis.Cmdable) {
	for _, s := range settings {
		got, err := rdb.ConfigGet(ctx, s.name).Result()
		value, known := got[s.name]
		switch {
		case err != nil || !known:
			f.note("%s: %s cannot be read here (a hosted Redis may hide it); it has to be %q: %s", where, s.name, s.want, s.why)
		case value != s.want:
			f.breaks(cmp.Or(s.promise, promise), "%s: %s is %q and has to be %q: %s", where, s.name, value, s.want, s.why)
		default:
			f.ok("%s: %s %q", where, s.name, value)
		}
	}
	if got, err := rdb.ConfigGet(ctx, "appendfsync").Result(); err == nil && got["appendfsync"] == "no" {
		f.note("%s: appendfsync is no: a crash of the machine may lose many seconds of what was acked; everysec loses one, always none", where)
	}
	if got, err := rdb.ConfigGet(ctx, "latency-monitor-threshold").Result(); err == nil && got["latency-monitor-threshold"] != "0" && got["latency-monitor-threshold"] != "" {
		f.note("%s: the latency monitor is on; it keeps times of slow events", where)
	}
	checkVersion(ctx, f, where, rdb)
	checkClock(ctx, f, where, rdb)
}

// oldestRedis is the first whose EVALSHA, streams and PEXPIREAT options are those that the scripts use.
const oldestRedis = 7

func checkVersion(ctx context.Context, f *findings, where string, rdb redis.Cmdable) {
	info, err := rdb.Info(ctx, "server").Result()
	if err != nil {
		return
	}
	_, rest, _ := strings.Cut(info, "redis_version:")
	version, _, _ := strings.Cut(rest, "\r\n")
	major, _, _ := strings.Cut(version, ".")
	if n, err := strconv.Atoi(major); err == nil && n < oldestRedis {
		f.note("%s: Redis %s is older than those Haven is tested with (%d and later)", where, version, oldestRedis)
	}
}

// checkClock compares with this machine's clock: days of the figures are this node's, opening hours and deadlines are Redis's.
func checkClock(ctx context.Context, f *findings, where string, rdb redis.Cmdable) {
	before := time.Now()
	there, err := rdb.Time(ctx).Result()
	after := time.Now()
	if err != nil {
		f.note("%s: its clock cannot be read", where)
		return
	}
	// Somewhere between asking and hearing it was read; the middle is off by half of that at most.
	off := there.Sub(before.Add(after.Sub(before) / 2)).Round(time.Millisecond)
	switch {
	case off.Abs() > 2*time.Second:
		f.breaks(deadlines, "%s: its clock is %v off this machine's; let both follow a time server", where, off)
	default:
		f.ok("%s: clocks differ by %v", where, off)
	}
}
