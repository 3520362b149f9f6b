package main

import (
	"context"
	"fmt"
	"math/rand/v2"
	"net"
	"testing"
	"time"
)

// freePort is an address that nobody listened on a moment ago.
//
// It lies below those that the system gives to whoever calls somewhere, one of whom could have it while a node that is to
// start again on it is down.
func freePort(t *testing.T) string {
	t.Helper()
	for range 100 {
		l, err := net.Listen("tcp", fmt.Sprint("127.0.0.1:", 16000+rand.IntN(16000)))
		if err == nil {
			defer l.Close()
			return l.Addr().String()
		}
	}
	t.Fatal("no port is free")
	return ""
}

// until asks again and again whether something came true.
func until(t *testing.T, ctx context.Context, is func() bool) {
	t.Helper()
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for !is() {
		select {
		case <-ctx.Done():
			t.Fatal("it never came true")
		case <-tick.C:
		}
	}
}
