package metrics

import (
	"context"
	"net"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/redis/go-redis/v9"
)

// Values of the label command that are no command of Redis.
const (
	commandDial     = "dial"     // a new connection
	commandPipeline = "pipeline" // a batch in one round trip, transactions included
	commandOther    = "other"    // whatever is not listed below
)

// commands is the closed set of the label. A script's name is not in it: which transition ran is nobody's business
// here, and all of them are one evalsha to Redis.
var commands = []string{
	commandDial, commandPipeline, commandOther,
	"bgrewriteaof", "client", "config", "eval", "evalsha", "get", "hello", "hget", "hgetall", "hset", "info", "ping", "publish",
	"script", "set", "wait", "xrange",
}

var commandBuckets = []float64{0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.05, 0.25, 1, 5} // seconds

// commandHook times what go-redis does. It looks at a command's name, never at its arguments, and at nothing of an error.
type commandHook struct {
	durations *prometheus.HistogramVec
	by        map[string]prometheus.Observer // made at start, so that the hot path takes no lock to find its series
}

func newCommandHook() *commandHook {
	h := &commandHook{
		durations: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name:    "haven_redis_command_duration_seconds",
			Help:    "Seconds that a command to the store took, or a whole pipeline of them, or making a connection; failed ones included.",
			Buckets: commandBuckets,
		}, []string{"command"}),
		by: make(map[string]prometheus.Observer, len(commands)),
	}
	for _, c := range commands {
		h.by[c] = h.durations.WithLabelValues(c)
	}
	return h
}

// Hook times the commands of every client that it is added to (AddHook).
func (o *Operations) Hook() redis.Hook { return o.redis }

func (h *commandHook) observe(command string, took time.Duration) {
	series, ok := h.by[command]
	if !ok {
		series = h.by[commandOther]
	}
	series.Observe(took.Seconds())
}

func (h *commandHook) DialHook(next redis.DialHook) redis.DialHook {
	return func(ctx context.Context, network, addr string) (net.Conn, error) {
		start := time.Now()
		conn, err := next(ctx, network, addr)
		h.observe(commandDial, time.Since(start))
		return conn, err
	}
}

func (h *commandHook) ProcessHook(next redis.ProcessHook) redis.ProcessHook {
	return func(ctx context.Context, cmd redis.Cmder) error {
		start := time.Now()
		err := next(ctx, cmd)
		h.observe(cmd.Name(), time.Since(start))
		return err
	}
}

func (h *commandHook) ProcessPipelineHook(next redis.ProcessPipelineHook) redis.ProcessPipelineHook {
	return func(ctx context.Context, cmds []redis.Cmder) error {
		start := time.Now()
		err := next(ctx, cmds)
		h.observe(commandPipeline, time.Since(start))
		return err
	}
}
