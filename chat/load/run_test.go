package load

import (
	"bytes"
	"context"
	"encoding/json"
	"net"
	"strings"
	"testing"
	"time"
)

// baseline serves a relay that ends with the test.
func baseline(t testing.TB) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- ServeBaseline(ctx, l) }()
	t.Cleanup(func() {
		cancel()
		if err := <-done; err != nil {
			t.Error(err)
		}
	})
	return "http://" + l.Addr().String()
}

func options(url string) Options {
	return Options{
		URL: url, Staff: []Account{{"a", "x"}, {"b", "x"}, {"c", "x"}}, Chats: 20,
		Warmup: 50 * time.Millisecond, Duration: 300 * time.Millisecond,
	}
}

func clean(t *testing.T, r Report, err error) {
	t.Helper()
	h := r.History
	if err != nil || h.Bad() || h.Unanswered != 0 || h.Acked != h.Sent || h.Delivered != h.Sent || h.Sent == 0 || len(r.Events) > 0 {
		t.Fatalf("%v: %+v %v", err, h, r.Events)
	}
}

func TestClosedLoopWithBaseline(t *testing.T) {
	for _, unsealed := range []bool{false, true} {
		o := options(baseline(t))
		var progress bytes.Buffer
		o.Unsealed, o.InFlight, o.Baseline, o.Progress = unsealed, 3, baseline(t), &progress
		r, err := Run(t.Context(), o)
		clean(t, r, err)
		clean(t, *r.Baseline, nil)
		if r.MessagesPerSecond <= 0 || r.AckedPerSecond <= 0 || r.Ratio <= 0 || r.Ack.P50 <= 0 || r.Delivery.P99 < r.Delivery.P50 ||
			r.CPU.Client <= 0 || r.Waits != nil || r.Sealed == unsealed || !strings.Contains(progress.String(), "baseline") {
			t.Errorf("%+v", r)
		}
		var text bytes.Buffer
		if err := r.WriteText(&text); err != nil {
			t.Error(err)
		}
		for _, want := range []string{"closed loop: 20 chats, 3 in flight", "0 lost, 0 doubled, 0 out of order, 0 astray", "ratio to the baseline"} {
			if !strings.Contains(text.String(), want) {
				t.Errorf("no %q in\n%s", want, &text)
			}
		}
		b, err := json.Marshal(r)
		if err != nil || !bytes.Contains(b, []byte(`"messages_per_second":`)) {
			t.Errorf("%s, %v", b, err)
		}
	}
}

func TestOpenLoop(t *testing.T) {
	o := options(baseline(t))
	o.Rate, o.Unsealed = 1000, true
	r, err := Run(t.Context(), o)
	clean(t, r, err)
	if r.Mode != "open" || r.Since != "due" || r.MessagesPerSecond < 500 || r.MessagesPerSecond > 1500 {
		t.Errorf("%+v", r)
	}
}

func TestIdle(t *testing.T) {
	o := options(baseline(t))
	o.Idle, o.Unsealed = true, true
	r, err := Run(t.Context(), o)
	clean(t, r, err)
	if r.History.Sent != 20 || r.Memory != nil {
		t.Errorf("%+v", r)
	}
	o.Staff = nil
	o.ServerPID = 1 << 30
	if _, err := Run(t.Context(), o); err == nil {
		t.Error("measured the memory of no process")
	}
}

func TestOptions(t *testing.T) {
	for name, change := range map[string]func(*Options){
		"no URL":              func(o *Options) { o.URL = "" },
		"no staff":            func(o *Options) { o.Staff = nil },
		"negative rate":       func(o *Options) { o.Rate = -1 },
		"size":                func(o *Options) { o.Size = maxSize + 1 },
		"too many for a desk": func(o *Options) { o.Chats = 3*maxCapacity + 1 },
		"capacity":            func(o *Options) { o.Capacity = 1 },
		"huge capacity":       func(o *Options) { o.Capacity = maxCapacity + 1 },
	} {
		o := options("http://127.0.0.1:1")
		change(&o)
		if _, err := Run(t.Context(), o); err == nil || !strings.HasPrefix(err.Error(), "load: ") {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := Run(t.Context(), options("http://127.0.0.1:1")); err == nil {
		t.Error("ran against nothing")
	}
}

// TestWaits counts whoever waited as long as announced, and apart who waited longer.
func TestWaits(t *testing.T) {
	var w told
	if w.report() != nil {
		t.Error("nobody was answered")
	}
	for _, s := range []int{0, 59, 60, 61, 180, 181} {
		w.over([2]int{60, 180}, time.Duration(s)*time.Second)
	}
	if r := w.report(); *r != (Waits{Answered: 6, Waited: 3, Inside: 3, Late: 1}) {
		t.Errorf("%+v", r)
	}
}
