package load

import (
	"context"
	"sync"
	"time"
)

// pour sends at the rate of an open loop until ctx ends. Each of its goroutines has chats of its own, so that a
// chat's messages leave in the order in which they are due.
func (d *driver) pour(ctx context.Context) {
	const pourers = 2
	var w sync.WaitGroup
	for k := range pourers {
		var mine []*pair
		for i := k; i < len(d.pairs); i += pourers {
			mine = append(mine, d.pairs[i])
		}
		if len(mine) == 0 {
			continue
		}
		rate := d.opt.Rate * float64(len(mine)) / float64(len(d.pairs))
		w.Go(func() { d.pourInto(ctx, mine, rate) })
	}
	w.Wait()
}

func (d *driver) pourInto(ctx context.Context, mine []*pair, rate float64) {
	tick, err := newTicks(time.Duration(max(100e3, min(10e6, 1e9/rate))))
	if err != nil {
		d.note("no clock")
		return
	}
	defer tick.close()
	from, sent := d.now(), 0
	for ctx.Err() == nil {
		for {
			due := from + int64(float64(sent)*1e9/rate)
			if due > d.now() || ctx.Err() != nil {
				break
			}
			p := mine[sent%len(mine)]
			p.say(sent/len(mine)%2, due)
			sent++
		}
		tick.wait()
	}
}
