package main

import (
	"context"
	"fmt"
	"sync"

	"github.com/redis/go-redis/v9"

	"haven/routing"
)

// checkReplicas looks at what stands by for the store of the chats, and says what an ack is worth there. need is how
// many replicas the configuration waits for.
func checkReplicas(ctx context.Context, f *findings, env string, rdb redis.UniversalClient, need int) {
	var mu sync.Mutex // they are looked at several at once
	n := 0
	err := routing.EachReplica(ctx, rdb, func(ctx context.Context, c redis.UniversalClient) error {
		if err := c.Ping(ctx).Err(); err != nil {
			return err
		}
		mu.Lock()
		defer mu.Unlock()
		n++
		checkRedis(ctx, f, fmt.Sprintf("%s, replica %d", env, n), acked, c)
		return nil
	})
	if err != nil {
		f.note("%s: not every replica can be looked at from here; its settings are unknown, and what is deleted stays in its append-only file until it rewrites that by itself", env)
	}
	if _, cluster := rdb.(*redis.ClusterClient); cluster {
		f.note("%s: on a Cluster an ack means that the chat's primary has the message. A replica has it a moment later: a primary that dies within that moment loses it. Sentinel with redis.replicas: 1 waits for a replica", env)
		if n == 0 && err == nil {
			f.note("%s: no replica stands by; when a primary is away, so is every chat", env)
		}
		return
	}
	switch {
	case n < need:
		f.breaks(noDeadEnd, "%s: redis.replicas is %d and %d can be reached: no message would be acked", env, need, n)
	case need > 0 && n == need:
		f.note("%s: every one of the %d replicas has to have a message before it is acked: one away, and nothing is acked", env, n)
	case need > 0:
		f.ok("%s: a message is acked when %d of %d replicas have it", env, need, n)
	case n > 0:
		f.note("%s: %d replicas stand by and nothing waits for them: a failover may lose what was acked in its last moment; redis.replicas: 1 waits for one", env, n)
	}
}
