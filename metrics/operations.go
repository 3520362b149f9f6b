package metrics

import (
	"errors"
	"slices"

	"github.com/prometheus/client_golang/prometheus"

	"haven/chat"
	"haven/routing"
)

var (
	roles   = []string{chat.RoleYouth, chat.RoleCounsellor}
	reasons = []string{
		routing.ReasonLeft, routing.ReasonDone, routing.ReasonStopped,
		routing.ReasonLost, routing.ReasonAbandoned, routing.ReasonClosed,
	}
	handovers       = []string{routing.HandoverMoved, routing.HandoverNo, routing.HandoverNobody}
	waitBuckets     = []float64{5, 15, 30, 60, 120, 300, 600, 1200, 1800, 3600}        // seconds
	durationBuckets = []float64{60, 300, 600, 900, 1200, 1800, 2700, 3600, 5400, 7200} // seconds, whole minutes
)

// Operations are the exact figures of this node. It hears the events of the packages routing and chat as the Observer
// that each of them declares; its methods may be called from any goroutine.
type Operations struct {
	reg     prometheus.Registerer
	lines   lineSet
	started *prometheus.CounterVec
	ended   *prometheus.CounterVec
	handed  *prometheus.CounterVec
	waits   *prometheus.HistogramVec
	lasted  *prometheus.HistogramVec
	sockets *prometheus.GaugeVec
	redis   *commandHook
}

// New registers the figures of these lines with reg, every series at zero, together with haven_build_info and those of
// the Go runtime and the process. The gauges of lines follow with Watch. Errors: a line without a name, named twice or
// named AllLines; what reg refuses.
func New(reg prometheus.Registerer, lines []Line, build Build) (*Operations, error) {
	set, err := newLineSet(lines)
	if err != nil {
		return nil, err
	}
	o := &Operations{
		reg:   reg,
		lines: set,
		started: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "haven_chats_started_total",
			Help: "Chats that a counsellor accepted, once per chat.",
		}, []string{"line"}),
		ended: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "haven_chats_ended_total",
			Help: "Chats that ended, in a conversation or in line, by the reason that both sides were told.",
		}, []string{"line", "reason"}),
		handed: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "haven_handovers_total",
			Help: "Handovers that a counsellor of the line proposed, by how they ended: moved (accepted there; for all lines " +
				"together only), no (the young person did not want it), nobody (closed, nobody there, not accepted, gone or taken back).",
		}, []string{"line", "result"}),
		waits: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name:    "haven_queue_wait_seconds",
			Help:    "Whole seconds in line until a counsellor accepted.",
			Buckets: waitBuckets,
		}, []string{"line"}),
		lasted: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name:    "haven_chat_duration_seconds",
			Help:    "Seconds that a chat lasted, in whole minutes.",
			Buckets: durationBuckets,
		}, []string{"line"}),
		sockets: prometheus.NewGaugeVec(prometheus.GaugeOpts{
			Name: "haven_websocket_connections",
			Help: "Open websockets of this node.",
		}, []string{"role"}),
		redis: newCommandHook(),
	}
	for _, l := range set.exported {
		o.started.WithLabelValues(l)
		o.waits.WithLabelValues(l)
		o.lasted.WithLabelValues(l)
		for _, r := range reasons {
			o.ended.WithLabelValues(l, r)
		}
		for _, r := range handovers {
			if shownOn(l, r) {
				o.handed.WithLabelValues(l, r)
			}
		}
	}
	for _, r := range roles {
		o.sockets.WithLabelValues(r)
	}
	var errs []error
	for _, c := range append(runtimeCollectors(), build.collector(), targets(set, lines), o.started, o.ended, o.handed, o.waits, o.lasted, o.sockets, o.redis.durations) {
		errs = append(errs, reg.Register(c))
	}
	if err := errors.Join(errs...); err != nil {
		return nil, err
	}
	return o, nil
}

// ChatArrived shows nothing here: what arrives and what starts is counted by the reach ledger, day by day.
func (o *Operations) ChatArrived(line string) {}

// ChatStarted counts a chat that a counsellor accepted after waitS seconds in line.
func (o *Operations) ChatStarted(line string, waitS int) {
	o.lines.each(line, func(l string) {
		o.started.WithLabelValues(l).Inc()
		o.waits.WithLabelValues(l).Observe(float64(max(waitS, 0)))
	})
}

// ChatEnded counts the end of a chat. A reason outside the frame's closed set is not counted.
func (o *Operations) ChatEnded(line, reason string) {
	if !slices.Contains(reasons, reason) {
		return
	}
	o.lines.each(line, func(l string) { o.ended.WithLabelValues(l, reason).Inc() })
}

// HandedOver counts the end of a handover that a counsellor of line proposed. Where to is not said here. A result outside
// the closed set is not counted.
func (o *Operations) HandedOver(line, result string) {
	if !slices.Contains(handovers, result) {
		return
	}
	o.lines.each(line, func(l string) {
		if shownOn(l, result) {
			o.handed.WithLabelValues(l, result).Inc()
		}
	})
}

// shownOn says whether a line has that result of a handover: how many moved is exact for all lines together only, since by
// line it would take the noise away from the referrals of reach.
func shownOn(line, result string) bool { return line == AllLines || result != routing.HandoverMoved }

// ChatRefused shows nothing here: who found a line closed or full is the unreached demand of the reach ledger, and an
// exact counter beside it would take its noise away. An operator sees the cause in haven_line_open, haven_counsellors
// and haven_queue_waiting_chats.
func (o *Operations) ChatRefused(line, reason string) {}

// WrappedUp shows nothing here: topic and outcome are never exact.
func (o *Operations) WrappedUp(line string, w routing.Wrapup) {}

// ChatLasted observes how long a chat went on, in whole minutes: the sum of a histogram after one chat is that chat.
func (o *Operations) ChatLasted(line string, minutes int) {
	o.lines.each(line, func(l string) { o.lasted.WithLabelValues(l).Observe(float64(max(minutes, 0) * 60)) })
}

// SocketOpened counts a websocket of one of the roles of package chat; other roles are not counted.
func (o *Operations) SocketOpened(role string) {
	if slices.Contains(roles, role) {
		o.sockets.WithLabelValues(role).Inc()
	}
}

// SocketClosed takes back what SocketOpened counted.
func (o *Operations) SocketClosed(role string) {
	if slices.Contains(roles, role) {
		o.sockets.WithLabelValues(role).Dec()
	}
}
