//go:build !linux

package load

import "time"

// ticks wakes at about even intervals.
type ticks struct{ t *time.Ticker }

func newTicks(every time.Duration) (*ticks, error) { return &ticks{time.NewTicker(every)}, nil }

func (t *ticks) wait() { <-t.t.C }

func (t *ticks) close() { t.t.Stop() }
