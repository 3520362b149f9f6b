package main

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"strings"
	"time"

	"github.com/redis/go-redis/v9"
	"github.com/redis/go-redis/v9/logging"
	"github.com/redis/go-redis/v9/maintnotifications"
)

// Secrets come from these variables and from nowhere else.
const (
	redisEnv  = "HAVEN_REDIS_URL"
	ledgerEnv = "HAVEN_LEDGER_URL" // accounts and ledger; the Redis of the chats when not set
)

const defaultRedisURL = "redis://127.0.0.1:6379"

func init() {
	// go-redis writes network errors to standard error, and their text has addresses in it.
	logging.Disable()
}

// redisOptions reads where the store is: redis://[name:password@]host:port[/db], rediss:// for TLS, or
// unix:///path[?db=n]. Several hosts, apart by commas, are seeds of a Cluster, or the Sentinels when the configuration
// names a primary. Errors name the variable and never what stands in it.
func redisOptions(env, text string, c redisConfig) (*redis.UniversalOptions, error) {
	wrong := func(what string) (*redis.UniversalOptions, error) { return nil, fmt.Errorf("%s: %s", env, what) }
	if text == "" {
		text = defaultRedisURL
	}
	parts := strings.Split(text, ",")
	u, err := url.Parse(strings.TrimSpace(parts[0]))
	if err != nil {
		return wrong("not an address; write redis://name:password@host:port, with %2C for a comma and so on in a password")
	}
	switch u.Scheme {
	case "redis", "rediss", "unix":
	default:
		return wrong("begins with redis://, rediss:// (TLS) or unix://")
	}
	for key := range u.Query() {
		if key != "db" {
			return wrong("db is the only setting that can stand behind the question mark")
		}
	}
	o, err := redis.ParseURL(u.String())
	if err != nil {
		return wrong("not an address of Redis")
	}
	addrs := []string{o.Addr}
	for _, p := range parts[1:] {
		p = strings.TrimPrefix(strings.TrimSpace(p), u.Scheme+"://")
		if err := checkAddress(p, false); u.Scheme == "unix" || err != "" {
			return wrong("after the first address, each further one is host:port")
		}
		addrs = append(addrs, p)
	}
	if c.Sentinel == "" && (len(addrs) > 1 || c.Cluster) && o.DB != 0 {
		return wrong("a Cluster has no numbered databases")
	}
	uo := &redis.UniversalOptions{
		Addrs: addrs, Username: o.Username, Password: o.Password, DB: o.DB, TLSConfig: o.TLSConfig,
		MasterName: c.Sentinel, IsClusterMode: c.Cluster,
	}
	if uo.TLSConfig != nil && (len(addrs) > 1 || c.Sentinel != "" || c.Cluster) {
		uo.TLSConfig.ServerName = "" // each host's certificate is held against its own name
	}
	if c.Replicas > 0 && c.Sentinel == "" && len(addrs) > 1 {
		return wrong(replicasOnCluster)
	}
	if c.Sentinel != "" {
		uo.SentinelUsername, uo.SentinelPassword = o.Username, o.Password
	}
	return tuned(uo), nil
}

// tuned sets what holds for every client: a store that is away is noticed within seconds, so that newcomers are told
// and nobody is acked; the bulk of the messages goes over a few connections in batches.
func tuned(o *redis.UniversalOptions) *redis.UniversalOptions {
	o.DialTimeout, o.DialerRetries = 2*time.Second, 1
	o.ReadTimeout, o.WriteTimeout, o.PoolTimeout = 3*time.Second, 3*time.Second, 3*time.Second
	o.ContextTimeoutEnabled = true
	o.MaxRetries, o.MinRetryBackoff, o.MaxRetryBackoff = 2, 10*time.Millisecond, 200*time.Millisecond
	o.PoolSize = 32
	// What this process runs on is nobody's business, and a plain protocol is the same everywhere.
	o.Protocol, o.DisableIdentity = 2, true
	o.MaintNotificationsConfig = &maintnotifications.Config{Mode: maintnotifications.ModeDisabled}
	return o
}

// openStore connects to the store of the chats, and to that of the accounts, which may be the same.
func openStore(getenv func(string) string, c redisConfig) (chats, accounts redis.UniversalClient, err error) {
	o, err := redisOptions(redisEnv, getenv(redisEnv), c)
	var lo *redis.UniversalOptions
	if text := getenv(ledgerEnv); text != "" {
		// The ledger's Redis is one on its own, whatever shape that of the chats has.
		var lerr error
		lo, lerr = redisOptions(ledgerEnv, text, redisConfig{Prefix: c.Prefix})
		err = errors.Join(err, lerr)
	}
	if err != nil {
		return nil, nil, err
	}
	chats = newStore(o)
	accounts = chats
	if lo != nil {
		accounts = newStore(lo)
	}
	return chats, accounts, nil
}

// newStore is the client for what the options name.
func newStore(o *redis.UniversalOptions) redis.UniversalClient {
	if o.MasterName == "" && (len(o.Addrs) > 1 || o.IsClusterMode) {
		c := o.Cluster()
		// The library asks a Cluster anew who serves what when a primary sends it elsewhere, not when one is dead: with its
		// own minute between two looks, a third of the chats stands still for that long.
		c.ClusterStateReloadInterval = time.Second
		return redis.NewClusterClient(c)
	}
	return redis.NewUniversalClient(o)
}

// storeTrouble says in plain words why the store does not answer; a network error's own text has addresses in it.
func storeTrouble(err error) string {
	switch {
	case err == nil:
		return ""
	case redis.HasErrorPrefix(err, "NOAUTH"), redis.HasErrorPrefix(err, "WRONGPASS"):
		return "Redis does not accept the name and password in " + redisEnv
	case redis.HasErrorPrefix(err, "LOADING"):
		return "Redis is still loading its data"
	case redis.HasErrorPrefix(err, "READONLY"):
		return "this Redis is a replica and takes no writes"
	case redis.HasErrorPrefix(err, "NOPERM"):
		return "Redis does not allow the account in " + redisEnv + " what Haven needs"
	case redis.HasErrorPrefix(err, "MISCONF"):
		return "Redis cannot write its append-only file, so it takes no writes"
	case errors.Is(err, context.DeadlineExceeded):
		return "Redis does not answer in time"
	}
	return "Redis cannot be reached; look at " + redisEnv + " and whether it runs"
}
