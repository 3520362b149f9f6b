package main

import (
	"context"
	"crypto/rand"
	"errors"
	"io"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"
)

func TestRedisOptions(t *testing.T) {
	tests := []struct {
		in    string
		c     redisConfig
		addrs []string
		user  string
		db    int
		tls   bool
	}{
		{in: "", addrs: []string{"127.0.0.1:6379"}},
		{in: "redis://10.0.0.1:7000/2", addrs: []string{"10.0.0.1:7000"}, db: 2},
		{in: "redis://haven:p%2Cw@redis", addrs: []string{"redis:6379"}, user: "haven"},
		{in: "rediss://:pw@redis.example.nl:6380", addrs: []string{"redis.example.nl:6380"}, tls: true},
		{in: "unix:///run/redis.sock?db=3", addrs: []string{"/run/redis.sock"}, db: 3},
		{in: "redis://:pw@a:1, b:2,redis://c:3", addrs: []string{"a:1", "b:2", "c:3"}},
		{in: "redis://a:26379/4,b:26379", c: redisConfig{Sentinel: "mine"}, addrs: []string{"a:26379", "b:26379"}, db: 4},
	}
	for _, tt := range tests {
		o, err := redisOptions("HAVEN_REDIS_URL", tt.in, tt.c)
		if err != nil {
			t.Errorf("%q: %v", tt.in, err)
			continue
		}
		if !slices.Equal(o.Addrs, tt.addrs) || o.Username != tt.user || o.DB != tt.db || (o.TLSConfig != nil) != tt.tls ||
			o.MasterName != tt.c.Sentinel {
			t.Errorf("%q = %+v", tt.in, o)
		}
		if strings.Contains(tt.in, "pw") && o.Password != "pw" {
			t.Errorf("%q: password %q", tt.in, o.Password)
		}
	}
}

func TestRedisOptionsRefuse(t *testing.T) {
	for _, in := range []string{
		"10.0.0.1:6379", "http://secret", "redis://u:secret@h:port", "redis://u:secret%@h", "redis://h?pool_size=3",
		"redis://h/secret", "redis://a:1,b", "unix:///a,b:1", "redis://a:1/2,b:2",
	} {
		_, err := redisOptions("HAVEN_REDIS_URL", in, redisConfig{})
		if err == nil || !strings.HasPrefix(err.Error(), "HAVEN_REDIS_URL: ") || strings.Contains(err.Error(), "secret") {
			t.Errorf("%q: %v", in, err)
		}
	}
	if _, err := redisOptions("HAVEN_REDIS_URL", "redis://a:1/2", redisConfig{Cluster: true}); err == nil {
		t.Error("a numbered database of a Cluster")
	}
	if _, err := redisOptions("HAVEN_REDIS_URL", "redis://a:1,b:2", redisConfig{Replicas: 1}); err == nil {
		t.Error("replicas are counted on a Cluster")
	}
	if _, err := redisOptions("HAVEN_REDIS_URL", "redis://a:1,b:2", redisConfig{Sentinel: "mine", Replicas: 1}); err != nil {
		t.Error(err)
	}
}

func TestStoreTroubleNamesNoAddress(t *testing.T) {
	rdb := redis.NewUniversalClient(tuned(&redis.UniversalOptions{Addrs: []string{"127.0.0.1:1"}}))
	defer rdb.Close()
	err := rdb.Ping(t.Context()).Err()
	if err == nil || strings.Contains(storeTrouble(err), "127.") || storeReason(err) != "store_away" {
		t.Errorf("%v becomes %q", err, storeTrouble(err))
	}
	for _, text := range []string{"NOAUTH x", "WRONGPASS x", "LOADING x", "READONLY x", "MISCONF x", "NOPERM x"} {
		err := redisError(text)
		if storeTrouble(err) == storeTrouble(io.EOF) || storeReason(err) == "store_away" {
			t.Errorf("%s is not told apart", text)
		}
	}
}

type redisError string

func (e redisError) Error() string { return string(e) }
func (redisError) RedisError()     {}

// TestDuplexTakesAWholePipeline is what net.Pipe does not do: both ends write before either reads.
func TestDuplexTakesAWholePipeline(t *testing.T) {
	a, b := duplex()
	sent := make([]byte, 1<<20)
	rand.Read(sent)
	for _, c := range []io.Writer{a, b} {
		if _, err := c.Write(sent); err != nil {
			t.Fatal(err)
		}
	}
	a.Close()
	got, err := io.ReadAll(b)
	if err != nil || !slices.Equal(got, sent) {
		t.Errorf("%d bytes, %v", len(got), err)
	}
	if _, err := b.Write(sent); err == nil {
		t.Error("a closed end takes bytes")
	}
}

func TestDuplexDeadline(t *testing.T) {
	a, b := duplex()
	defer b.Close()
	var p [1]byte
	a.SetReadDeadline(time.Now().Add(10 * time.Millisecond))
	if _, err := a.Read(p[:]); !errors.Is(err, os.ErrDeadlineExceeded) {
		t.Errorf("got %v", err)
	}
	waiting := make(chan error)
	a.SetReadDeadline(time.Time{})
	go func() {
		_, err := a.Read(p[:])
		waiting <- err
	}()
	a.SetReadDeadline(time.Now().Add(-time.Second)) // also for who waits already
	if err := <-waiting; !errors.Is(err, os.ErrDeadlineExceeded) {
		t.Errorf("got %v", err)
	}
}

// TestEmbeddedForgets holds that keys of the demo's store expire, with nobody ticking it from outside.
func TestEmbeddedForgets(t *testing.T) {
	e, err := startEmbedded()
	if err != nil {
		t.Fatal(err)
	}
	defer e.close()
	rdb := e.client()
	defer rdb.Close()
	ctx := within(t)
	if err := rdb.Set(ctx, "k", "v", time.Second).Err(); err != nil {
		t.Fatal(err)
	}
	until(t, ctx, func() bool { return rdb.Exists(ctx, "k").Val() == 0 })
	pipe := rdb.Pipeline()
	for range 10_000 {
		pipe.Echo(ctx, strings.Repeat("x", 100))
	}
	if _, err := pipe.Exec(context.WithoutCancel(ctx)); err != nil {
		t.Errorf("a long pipeline: %v", err)
	}
}
