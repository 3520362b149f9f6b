package routing

import (
	"context"
	"errors"
	"net"
	"slices"
	"strings"
	"sync"

	"github.com/redis/go-redis/v9"
)

// EachPrimary calls f on every server behind rdb that takes writes, on a Cluster on several at once, and returns the
// first error.
func EachPrimary(ctx context.Context, rdb redis.UniversalClient, f func(context.Context, redis.UniversalClient) error) error {
	if c, ok := rdb.(*redis.ClusterClient); ok {
		return c.ForEachMaster(ctx, func(ctx context.Context, m *redis.Client) error { return f(ctx, m) })
	}
	return f(ctx, rdb)
}

// EachReplica calls f on every replica that stands by behind rdb, at its own address as the primary or the Cluster
// names it, several at once, and returns the first error.
func EachReplica(ctx context.Context, rdb redis.UniversalClient, f func(context.Context, redis.UniversalClient) error) error {
	if c, ok := rdb.(*redis.ClusterClient); ok {
		return c.ForEachSlave(ctx, func(ctx context.Context, m *redis.Client) error { return f(ctx, m) })
	}
	one, ok := rdb.(*redis.Client)
	if !ok {
		return nil
	}
	text, err := replication(ctx, one)
	if err != nil {
		return err
	}
	var wg sync.WaitGroup
	addrs := replicas(text)
	errs := make([]error, len(addrs))
	for i, addr := range addrs {
		wg.Go(func() {
			c := redis.NewClient(beside(one.Options(), addr))
			defer c.Close()
			errs[i] = f(ctx, c)
		})
	}
	wg.Wait()
	return errors.Join(errs...)
}

// replication is INFO replication, "" of an embedded store, which knows none, and of a hosted one that hides it.
func replication(ctx context.Context, c redis.UniversalClient) (string, error) {
	text, err := c.Info(ctx, "replication").Result()
	if redis.HasErrorPrefix(err, "section") || redis.HasErrorPrefix(err, "ERR") || redis.HasErrorPrefix(err, "NOPERM") {
		return "", nil
	}
	return text, err
}

// replicas are the addresses in lines such as slave0:ip=10.0.0.2,port=6379,state=online,offset=1,lag=0.
func replicas(text string) []string {
	var all []string
	for line := range strings.Lines(text) {
		name, rest, _ := strings.Cut(strings.TrimSpace(line), ":")
		n, ok := strings.CutPrefix(name, "slave")
		if !ok || n == "" || strings.Trim(n, "0123456789") != "" {
			continue
		}
		var ip, port string
		for field := range strings.SplitSeq(rest, ",") {
			switch k, v, _ := strings.Cut(field, "="); k {
			case "ip":
				ip = v
			case "port":
				port = v
			}
		}
		all = append(all, net.JoinHostPort(ip, port))
	}
	return all
}

// replid is the name of the life that a server's data has had since it last became a primary.
func replid(text string) string {
	_, rest, _ := strings.Cut(text, "master_replid:")
	id, _, _ := strings.Cut(rest, "\r\n")
	return id
}

// beside is how another server of the same deployment is reached: a Sentinel's client would dial the primary again.
func beside(o *redis.Options, addr string) *redis.Options {
	out := &redis.Options{
		Addr: addr, Username: o.Username, Password: o.Password,
		DialTimeout: o.DialTimeout, DialerRetries: o.DialerRetries, ReadTimeout: o.ReadTimeout, WriteTimeout: o.WriteTimeout,
		ContextTimeoutEnabled: true, PoolSize: 1, Protocol: o.Protocol, DisableIdentity: o.DisableIdentity,
		MaintNotificationsConfig: o.MaintNotificationsConfig,
	}
	if o.TLSConfig != nil {
		out.TLSConfig = o.TLSConfig.Clone()
		out.TLSConfig.ServerName = "" // its certificate is held against its own name
	}
	return out
}

// lives names what the data of every primary has been through, in an order that all nodes share.
func lives(ctx context.Context, rdb redis.UniversalClient) (string, error) {
	var mu sync.Mutex
	var all []string
	err := EachPrimary(ctx, rdb, func(ctx context.Context, c redis.UniversalClient) error {
		text, err := replication(ctx, c)
		mu.Lock()
		defer mu.Unlock()
		all = append(all, replid(text))
		return err
	})
	slices.Sort(all)
	return strings.Join(all, " "), err
}
