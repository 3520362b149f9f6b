package routing

import (
	"fmt"
	"strconv"
	"strings"
	"sync"
	"testing"

	"haven/routing/routingtest"

	"github.com/redis/go-redis/v9"
)

// BenchmarkQueue measures the one script that queues, matches and rings, against the floor of a bare ZADD + ZPOPMIN,
// by callers in flight and by how many wait already (nobody is free, so that the new one waits too).
func BenchmarkQueue(b *testing.B) {
	rdb, prefix := routingtest.Client(b)
	parallel := func(b *testing.B, callers int, f func(int)) {
		b.ResetTimer()
		var wg sync.WaitGroup
		for c := range callers {
			wg.Go(func() {
				for i := c; i < b.N; i += callers {
					f(i)
				}
			})
		}
		wg.Wait()
		b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "ops/s")
	}
	for _, callers := range []int{1, 32} {
		b.Run(fmt.Sprintf("floor/callers=%d", callers), func(b *testing.B) {
			parallel(b, callers, func(i int) {
				rdb.ZAdd(b.Context(), prefix+"floor", redis.Z{Score: float64(i), Member: strconv.Itoa(i)})
				rdb.ZPopMin(b.Context(), prefix+"floor")
			})
		})
	}
	for _, waiting := range []int{10, 1000, 100000} {
		r := newBench(b, rdb, fmt.Sprintf("%s-%d", prefix, waiting))
		r.cfg.Lines[0].CapPerCounsellor, r.cfg.JoinBurst = 1<<30, 1<<30
		r.on("ann", 1)
		for range waiting {
			r.arrive("nl")
		}
		for _, callers := range []int{1, 32} {
			b.Run(fmt.Sprintf("arrive/waiting=%d/callers=%d", waiting, callers), func(b *testing.B) {
				parallel(b, callers, func(int) { r.arrive("nl") })
			})
		}
	}
}

// arrive is the one script of a Join, without the chat's own state.
func (b *bench) arrive(lang string) string {
	chat, l := newID(), b.lines["jip"]
	_, _, err := b.shared(b.ctx, "arrive", -1, chat, "jip", lang, "0", "", "pk", "node1/s", secs(l.Target), l.CapPerCounsellor,
		b.cfg.JoinRate, b.cfg.JoinBurst, bit(false), "", secs(preferFor), "nl", "en")
	b.ok(err)
	return chat
}

// BenchmarkAppend measures stored messages: many chats, one in flight each, through the batches.
func BenchmarkAppend(b *testing.B) {
	rdb, prefix := routingtest.Client(b)
	r := newBench(b, rdb, prefix)
	r.cfg.Lines[0].CapPerCounsellor = 1 << 30
	ids := r.talking(1000)
	for i := range r.batch {
		go r.drain(b.Context(), r.batch[i])
	}
	before := storeCPU(b, rdb)
	b.ReportAllocs()
	r.pour(b, ids)
	b.ReportMetric((storeCPU(b, rdb)-before)*1e6/float64(b.N), "redis-µs/op")
}

// talking brings so many chats to one counsellor.
func (r *bench) talking(chats int) []string {
	r.on("ann", chats)
	ids := make([]string, chats)
	for i := range ids {
		ids[i] = r.join(false).Chat
		r.accept("ann", "k")
	}
	return ids
}

// pour stores b.N messages, one in flight in each chat.
func (r *bench) pour(b *testing.B, ids []string) {
	body := make([]byte, 400)
	b.ResetTimer()
	var wg sync.WaitGroup
	wg.Add(b.N)
	next := make(chan int, len(ids))
	for i := range ids {
		next <- i
	}
	for range b.N {
		i := <-next
		r.Append(&Append{Chat: ids[i], From: Youth, ID: newID(), Body: body, Done: func(a *Append) {
			if a.Err != nil {
				panic(a.Err)
			}
			next <- i
			wg.Done()
		}})
	}
	wg.Wait()
	b.StopTimer()
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "messages/s")
}

// storeCPU is the processor time that the store has used, in seconds.
func storeCPU(b *testing.B, rdb *redis.Client) float64 {
	info, err := rdb.Info(b.Context(), "cpu").Result()
	if err != nil {
		b.Fatal(err)
	}
	sum := 0.0
	for _, f := range []string{"used_cpu_user:", "used_cpu_sys:"} {
		_, v, _ := strings.Cut(info, f)
		v, _, _ = strings.Cut(v, "\r\n")
		n, _ := strconv.ParseFloat(v, 64)
		sum += n
	}
	return sum
}
