package main

import (
	"context"
	"net"
	"testing"
	"time"
)

// freePort is an address that nobody listened on a moment ago.
func freePort(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().String()
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
