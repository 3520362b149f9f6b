package load

import (
	"context"
	"errors"
	"fmt"
	"os"
	"time"
)

// Run loads the server as o says, and then the baseline where one is given. An error that wraps ErrHistory comes
// with the whole report; with any other the report is what there was by then.
func Run(ctx context.Context, o Options) (Report, error) {
	if err := o.fill(); err != nil {
		return Report{}, err
	}
	r, err := run(ctx, o)
	if err != nil || o.Baseline == "" {
		return r, err
	}
	b := o
	b.URL, b.DeskURL, b.Origin, b.ServerPID, b.RedisPID = o.Baseline, o.Baseline, "", o.BaselinePID, 0
	_, _ = fmt.Fprintln(o.Progress, "baseline")
	base, err := run(ctx, b)
	r.Baseline = &base
	if base.MessagesPerSecond > 0 && base.Mode == "closed" { // at a given rate both do the same
		r.Ratio = r.MessagesPerSecond / base.MessagesPerSecond
	}
	if err != nil {
		err = fmt.Errorf("load: baseline: %w", err)
	}
	return r, err
}

func run(ctx context.Context, o Options) (r Report, err error) {
	ctx, cancel := context.WithCancel(ctx)
	d := newDriver(ctx, o)
	defer func() {
		cancel()
		d.mu.Lock()
		d.over = true
		d.mu.Unlock()
		d.wait.Wait()
		d.hangUp()
	}()
	r = Report{Mode: "closed", Sealed: !o.Unsealed, Chats: o.Chats, InFlight: o.InFlight, Size: o.Size, Since: "send"}
	switch {
	case o.Idle:
		r.Mode, r.InFlight = "idle", 0
	case o.Rate > 0:
		r.Mode, r.Rate, r.Since, r.InFlight = "open", o.Rate, "due", 0
	}
	var before int64
	if o.Idle && o.ServerPID > 0 {
		if before, err = rss(o.ServerPID); err != nil {
			return r, err
		}
	}
	stop := d.report()
	defer stop()
	talk := !o.Idle || o.Capacity*len(o.Staff) >= o.Chats
	if talk {
		if err := d.enter(); err != nil {
			return r, err
		}
	}
	if err := d.ramp(talk); err != nil {
		return r, err
	}
	if talk {
		d.begin()
	}
	if o.Idle {
		err = d.rest(&r, talk, before)
	} else {
		err = d.measure(&r)
	}
	if err != nil {
		return r, err
	}
	d.leave(talk)
	d.sum(&r)
	if r.History.Bad() {
		return r, fmt.Errorf("%w: %+v", ErrHistory, r.History)
	}
	return r, nil
}

// ramp brings every young person in, and returns when all can talk.
func (d *driver) ramp(talk bool) error {
	for i := range d.opt.Chats {
		d.pairs = append(d.pairs, &pair{d: d, i: i, held: talk, flows: [2]*flow{newFlow(), newFlow()}})
	}
	for i := range d.pairs {
		if talk {
			select {
			case d.room <- struct{}{}:
			case <-d.ctx.Done():
				return d.ctx.Err()
			case <-time.After(time.Minute):
				return d.stuck()
			}
		}
		if err := d.connect(i, talk); err != nil {
			return err
		}
	}
	if !talk {
		return nil
	}
	if !d.until(time.Minute, func() bool { return d.ready.Load() == int64(len(d.pairs)) }) {
		return d.stuck()
	}
	return nil
}

func (d *driver) stuck() error {
	if err := d.ctx.Err(); err != nil {
		return err
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	return fmt.Errorf("load: only %d of %d chats came about: %v", d.ready.Load(), len(d.pairs), d.errs)
}

// until looks every few milliseconds whether is has become true.
func (d *driver) until(limit time.Duration, is func() bool) bool {
	t := time.NewTicker(10 * time.Millisecond)
	defer t.Stop()
	for end := time.Now().Add(limit); ; {
		if is() {
			return true
		}
		select {
		case <-t.C:
			if time.Now().After(end) {
				return false
			}
		case <-d.ctx.Done():
			return false
		}
	}
}

func (d *driver) pause(long time.Duration) error {
	d.until(long, func() bool { return false })
	return d.ctx.Err()
}

// measure lets the talk go on, first unmeasured, and then waits for what is under way.
func (d *driver) measure(r *Report) error {
	pouring, stop := context.WithCancel(d.ctx)
	defer stop()
	if d.opt.Rate > 0 {
		d.spawn(func() { d.pour(pouring) })
	}
	if err := d.pause(d.opt.Warmup); err != nil {
		return err
	}
	cpu := d.cpu()
	from := time.Now()
	d.measuring.Store(true)
	if err := d.pause(d.opt.Duration); err != nil {
		return err
	}
	d.measuring.Store(false)
	long := time.Since(from).Seconds()
	used := d.cpu()
	stop()
	acked, delivered := d.acked.Load(), d.delivered.Load()
	r.Seconds, r.AckedPerSecond, r.MessagesPerSecond = long, float64(acked)/long, float64(delivered)/long
	per := func(i int) float64 {
		return float64((used[i] - cpu[i]).Nanoseconds()) / 1000 / float64(max(1, delivered))
	}
	r.CPU = &CPU{Server: per(0), Redis: per(1), Client: per(2)}
	ack, deliver := d.hists[0].ack, d.hists[0].deliver
	for i := range d.hists {
		h := &d.hists[i]
		h.mu.Lock()
		if i > 0 {
			ack.Merge(h.ack)
			deliver.Merge(h.deliver)
		}
		h.mu.Unlock()
	}
	r.Ack, r.Delivery = latency(ack), latency(deliver)
	return nil
}

// cpu is what the server, Redis and this process have used, 0 for those that are not watched.
func (d *driver) cpu() (used [3]time.Duration) {
	for i, pid := range []int{d.opt.ServerPID, d.opt.RedisPID, os.Getpid()} {
		if pid > 0 {
			t, err := cpuTime(pid)
			if err != nil {
				d.note("a process that cannot be measured")
			}
			used[i] = t
		}
	}
	return used
}

// rest waits with every connection idle, and looks at the server's memory.
func (d *driver) rest(r *Report, talk bool, before int64) error {
	if talk && !d.until(d.opt.settle, func() bool { return d.quiet() }) {
		return errors.Join(d.ctx.Err(), errors.New("load: messages were not answered"))
	}
	if err := d.pause(d.opt.Duration); err != nil {
		return err
	}
	if d.opt.ServerPID == 0 {
		return nil
	}
	after, err := rss(d.opt.ServerPID)
	if err != nil {
		return err
	}
	n := d.opt.Chats + len(d.desks)
	r.Memory = &Memory{
		State: "connected only", Connections: n, BeforeKiB: before, AfterKiB: after,
		PerConnection: float64(after-before) / float64(n),
	}
	if talk {
		r.Memory.State = "after one message"
	}
	return nil
}

// quiet reports whether nothing is under way.
func (d *driver) quiet() bool {
	for _, p := range d.pairs {
		if p.flows[0].underway()+p.flows[1].underway() > 0 {
			return false
		}
	}
	return true
}

// leave waits for what is under way, ends every chat, and notes each wrap-up, so that a next run finds room.
func (d *driver) leave(talk bool) {
	d.stopping.Store(true)
	if !talk {
		return
	}
	d.until(d.opt.settle, d.quiet)
	for _, p := range d.pairs {
		_ = p.youth.Leave()
	}
	d.until(d.opt.settle, func() bool {
		for _, p := range d.pairs {
			p.mu.Lock()
			desk := p.desk
			p.mu.Unlock()
			if desk != nil && !desk.Ended() {
				return false
			}
		}
		return true
	})
	for _, desk := range d.desks {
		_ = desk.Rest()
	}
}

// hangUp closes every connection.
func (d *driver) hangUp() {
	d.stopping.Store(true)
	for _, p := range d.pairs {
		if p.youth != nil {
			p.youth.Cut()
		}
	}
	for _, desk := range d.desks {
		desk.Cut()
	}
}

func (d *driver) sum(r *Report) {
	for _, p := range d.pairs {
		p.flows[0].tally(&r.History)
		p.flows[1].tally(&r.History)
	}
	r.Waits = d.waits.report()
	d.mu.Lock()
	defer d.mu.Unlock()
	if len(d.errs) > 0 {
		r.Events = d.errs
	}
}

// report prints one line a second until the returned function is called, which waits for the last.
func (d *driver) report() (stop func()) {
	over, done := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(done)
		t := time.NewTicker(time.Second)
		defer t.Stop()
		var acked, had int64
		for s := 1; ; s++ {
			select {
			case <-over:
				return
			case <-t.C:
			}
			a, h := d.ackedAll.Load(), d.hadAll.Load()
			state := "joining"
			switch {
			case d.measuring.Load():
				state = "measured"
			case d.stopping.Load():
				state = "leaving"
			case d.ready.Load() == int64(d.opt.Chats):
				state = "warming up"
			}
			_, _ = fmt.Fprintf(d.opt.Progress, "%4d s  %-10s  %6d chats  %8d messages/s  %8d acked/s\n", s, state, d.ready.Load(), h-had, a-acked)
			acked, had = a, h
		}
	}()
	return func() {
		close(over)
		<-done
	}
}
