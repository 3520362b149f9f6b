package load

import (
	"fmt"
	"io"
	"maps"
	"slices"
	"sync/atomic"
	"time"

	"github.com/HdrHistogram/hdrhistogram-go"
)

// Report is the outcome of a run. Rates, times and CPU are those of the measured part; the history is the whole.
type Report struct {
	Mode     string  `json:"mode"` // closed, open or idle
	Sealed   bool    `json:"sealed"`
	Chats    int     `json:"chats"`
	InFlight int     `json:"in_flight,omitempty"` // per chat, closed loop
	Rate     float64 `json:"rate,omitempty"`      // asked for, open loop
	Size     int     `json:"size"`                // bytes of text
	Seconds  float64 `json:"seconds"`

	MessagesPerSecond float64 `json:"messages_per_second"` // delivered
	AckedPerSecond    float64 `json:"acked_per_second"`
	// Since says where times begin: "send", or "due" in an open loop, where a late generator counts too.
	Since    string  `json:"since"`
	Ack      Latency `json:"ack"`      // until the author knows that the message is kept
	Delivery Latency `json:"delivery"` // until the other side has it

	Waits *Waits `json:"waits,omitempty"`

	CPU     *CPU             `json:"cpu,omitempty"`
	Memory  *Memory          `json:"memory,omitempty"`
	History Tally            `json:"history"`
	Events  map[string]int64 `json:"events,omitempty"` // what else happened, and how often

	Baseline *Report `json:"baseline,omitempty"`
	Ratio    float64 `json:"ratio,omitempty"` // MessagesPerSecond to that of Baseline
}

// Waits says how the range announced (`wait_s`) compares with how long it was until a counsellor was there.
type Waits struct {
	Answered int64 `json:"answered"` // young people
	Waited   int64 `json:"waited"`   // of those, longer than the minute that is announced to who is rung for at once
	Inside   int64 `json:"inside"`   // of Answered, as long as announced
	Late     int64 `json:"late"`     // and longer
}

// told counts waits.
type told struct{ answered, waited, inside, late atomic.Int64 }

func (t *told) over(announced [2]int, took time.Duration) {
	t.answered.Add(1)
	if took > time.Minute {
		t.waited.Add(1)
	}
	switch {
	case took > time.Duration(announced[1])*time.Second:
		t.late.Add(1)
	case took >= time.Duration(announced[0])*time.Second:
		t.inside.Add(1)
	}
}

// report is nil where nobody was answered.
func (t *told) report() *Waits {
	w := Waits{t.answered.Load(), t.waited.Load(), t.inside.Load(), t.late.Load()}
	if w.Answered == 0 {
		return nil
	}
	return &w
}

// Latency is in milliseconds.
type Latency struct {
	P50 float64 `json:"p50_ms"`
	P95 float64 `json:"p95_ms"`
	P99 float64 `json:"p99_ms"`
	Max float64 `json:"max_ms"`
}

// CPU is microseconds per delivered message, 0 where it was not measured.
type CPU struct {
	Server float64 `json:"server_us"`
	Redis  float64 `json:"redis_us"`
	Client float64 `json:"client_us"` // this process
}

// Memory is that of the server in KiB.
type Memory struct {
	State         string  `json:"state"` // "after one message" or "connected only"
	Connections   int     `json:"connections"`
	BeforeKiB     int64   `json:"before_kib"`
	AfterKiB      int64   `json:"after_kib"`
	PerConnection float64 `json:"per_connection_kib"`
}

func latency(h *hdrhistogram.Histogram) Latency {
	at := func(q float64) float64 { return float64(h.ValueAtQuantile(q)) / 1000 }
	return Latency{P50: at(50), P95: at(95), P99: at(99), Max: float64(h.Max()) / 1000}
}

// WriteText writes the report for people.
func (r *Report) WriteText(w io.Writer) error {
	p := &printer{w: w}
	sealed := "sealed"
	if !r.Sealed {
		sealed = "unsealed"
	}
	switch r.Mode {
	case "idle":
		p.f("idle: %d young people connected\n", r.Chats)
	case "open":
		p.f("open loop: %d chats, %.0f messages/s asked for, %d bytes of text, %s, %.1f s\n", r.Chats, r.Rate, r.Size, sealed, r.Seconds)
	default:
		p.f("closed loop: %d chats, %d in flight each, %d bytes of text, %s, %.1f s\n", r.Chats, r.InFlight, r.Size, sealed, r.Seconds)
	}
	if r.Mode != "idle" {
		since := "since it was sent"
		if r.Since == "due" {
			since = "since it was due, so a late generator counts too"
		}
		p.f("  messages   %10.0f /s delivered, %.0f /s acked\n", r.MessagesPerSecond, r.AckedPerSecond)
		p.f("  ack        p50 %.3g ms, p95 %.3g ms, p99 %.3g ms, most %.3g ms (%s)\n", r.Ack.P50, r.Ack.P95, r.Ack.P99, r.Ack.Max, since)
		p.f("  delivery   p50 %.3g ms, p95 %.3g ms, p99 %.3g ms, most %.3g ms\n", r.Delivery.P50, r.Delivery.P95, r.Delivery.P99, r.Delivery.Max)
	}
	if w := r.Waits; w != nil {
		p.f("  waits      %d answered, %d after more than a minute; %.0f %% as long as announced, %.0f %% longer\n",
			w.Answered, w.Waited, 100*float64(w.Inside)/float64(w.Answered), 100*float64(w.Late)/float64(w.Answered))
	}
	if c := r.CPU; c != nil {
		p.f("  CPU        server %s, Redis %s, this client %s a message\n", micros(c.Server), micros(c.Redis), micros(c.Client))
	}
	if m := r.Memory; m != nil {
		p.f("  memory     %.1f KiB a connection (%s; %d connections, %d KiB before, %d KiB after)\n", m.PerConnection, m.State, m.Connections, m.BeforeKiB, m.AfterKiB)
	}
	h := r.History
	p.f("  history    %d sent, %d acked, %d delivered: %d lost, %d doubled, %d out of order, %d astray, %d unanswered\n",
		h.Sent, h.Acked, h.Delivered, h.Lost, h.Doubled, h.Disordered, h.Strayed, h.Unanswered)
	for _, what := range slices.Sorted(maps.Keys(r.Events)) {
		p.f("  also       %s, %d times\n", what, r.Events[what])
	}
	if r.Baseline != nil {
		p.f("baseline, a bare relay that keeps nothing:\n")
		if p.err == nil {
			p.err = r.Baseline.WriteText(w)
		}
		p.f("ratio to the baseline: %.2f\n", r.Ratio)
	}
	return p.err
}

func micros(us float64) string {
	if us == 0 {
		return "not measured"
	}
	return fmt.Sprintf("%.1f µs", us)
}

type printer struct {
	w   io.Writer
	err error
}

func (p *printer) f(format string, args ...any) {
	if p.err == nil {
		_, p.err = fmt.Fprintf(p.w, format, args...)
	}
}
