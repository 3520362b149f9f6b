package main

import (
	"context"
	"testing"
	"time"
)

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
