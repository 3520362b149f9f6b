package metrics

import (
	"context"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"haven/routing"
)

const (
	readTimeout = time.Second // a scrape that waits longer for the store goes without the gauges
	readAge     = time.Second // scrapes this close together share one reading
)

var states = []string{routing.StateRest, routing.StateReady, routing.StateBusy}

// Source is where the gauges of a scrape are read: the Router. Both calls must be cheap and must return when
// the context ends; an error says that the store is away.
type Source interface {
	// Snapshot is how all lines stand.
	Snapshot(ctx context.Context) ([]routing.LineView, error)
	// Counsellors is how many desks are in each of StateRest, StateReady and StateBusy, over all nodes.
	Counsellors(ctx context.Context) (map[string]int, error)
	// Ahead is by how much this node's clock is ahead of the store's.
	Ahead() time.Duration
}

// Watch registers the gauges that are read from the store, and haven_store_up. While the store is away its gauges are
// absent, since an old figure looks like a new one, and haven_store_up is 0.
func (o *Operations) Watch(src Source) error {
	return o.reg.Register(&gauges{src: src, lines: o.lines, now: time.Now})
}

var (
	descUp = prometheus.NewDesc("haven_store_up",
		"1 while the store answers, else 0 and the gauges of lines and counsellors are absent.", nil, nil)
	descAhead = prometheus.NewDesc("haven_clock_ahead_seconds",
		"Whole seconds by which this node's clock is ahead of the store's, by which lines open and close.", nil, nil)
	descWaiting = prometheus.NewDesc("haven_queue_waiting_chats",
		"Chats in line with their young person there.", []string{"line"}, nil)
	descOldest = prometheus.NewDesc("haven_queue_oldest_wait_seconds",
		"Whole seconds that the one longest in line has waited.", []string{"line"}, nil)
	descActive = prometheus.NewDesc("haven_chats_active",
		"Chats that a counsellor has accepted and that go on.", []string{"line"}, nil)
	descOpen = prometheus.NewDesc("haven_line_open",
		"1 while the line is open, else 0; all: while any line is.", []string{"line"}, nil)
	descPaused = prometheus.NewDesc("haven_line_paused",
		"1 while a lead lets nobody new into the open line, else 0; all: while any line is paused.", []string{"line"}, nil)
	descOnDuty = prometheus.NewDesc("haven_line_counsellors_on_duty",
		"Counsellors of the line who are at a desk and not at rest; all: of any line, each once.", []string{"line"}, nil)
	descCounsellors = prometheus.NewDesc("haven_counsellors",
		"Counsellors at a desk, by state: at rest, ready, or with no room left or in a breather.", []string{"state"}, nil)
)

// gauges reads the source once per scrape.
type gauges struct {
	src   Source
	lines lineSet
	now   func() time.Time

	mu   sync.Mutex // held while reading, so that scrapes at the same time wait for one reading
	last reading
}

type reading struct {
	at     time.Time
	ok     bool
	views  []routing.LineView
	states map[string]int
}

func (g *gauges) read() reading {
	g.mu.Lock()
	defer g.mu.Unlock()
	if !g.last.at.IsZero() && g.now().Sub(g.last.at) < readAge {
		return g.last
	}
	ctx, cancel := context.WithTimeout(context.Background(), readTimeout)
	defer cancel()
	r := reading{}
	var err error
	if r.views, err = g.src.Snapshot(ctx); err == nil {
		r.states, err = g.src.Counsellors(ctx)
	}
	r.ok = err == nil
	r.at = g.now()
	g.last = r
	return r
}

func (g *gauges) Describe(out chan<- *prometheus.Desc) {
	for _, d := range []*prometheus.Desc{descUp, descAhead, descWaiting, descOldest, descActive, descOpen, descPaused, descOnDuty, descCounsellors} {
		out <- d
	}
}

func (g *gauges) Collect(out chan<- prometheus.Metric) {
	r := g.read()
	gauge := func(d *prometheus.Desc, v int, label ...string) {
		out <- prometheus.MustNewConstMetric(d, prometheus.GaugeValue, float64(v), label...)
	}
	if !r.ok {
		gauge(descUp, 0)
		return
	}
	gauge(descUp, 1)
	gauge(descAhead, int(g.src.Ahead().Round(time.Second)/time.Second))
	for _, s := range states {
		gauge(descCounsellors, r.states[s], s)
	}
	sums := make(map[string]routing.LineView)
	for _, v := range r.views {
		g.lines.each(v.Line, func(l string) {
			s := sums[l]
			s.Waiting += v.Waiting
			s.Active += v.Active
			s.OnDuty += v.OnDuty
			s.OldestS = max(s.OldestS, v.OldestS)
			s.Open, s.Paused = s.Open || v.Open, s.Paused || v.Paused
			sums[l] = s
		})
	}
	for _, l := range g.lines.exported {
		s := sums[l]
		gauge(descWaiting, s.Waiting, l)
		gauge(descOldest, s.OldestS, l)
		gauge(descActive, s.Active, l)
		onDuty := s.OnDuty
		if l == AllLines { // somebody with two lines is one person
			onDuty = r.states[routing.StateReady] + r.states[routing.StateBusy]
		}
		gauge(descOnDuty, onDuty, l)
		gauge(descOpen, bit(s.Open), l)
		gauge(descPaused, bit(s.Paused), l)
	}
}

func bit(b bool) int {
	if b {
		return 1
	}
	return 0
}
