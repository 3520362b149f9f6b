package load

import (
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"haven/chat/client/clienttest"
	"haven/routing/routingtest"
)

func TestMain(m *testing.M) { routingtest.Main(m) }

// Two nodes on one store, every chat across, sealed.
func TestAgainstTheRealServer(t *testing.T) {
	rdb, prefix := routingtest.Client(t)
	d := clienttest.New(t, 2, prefix, func() redis.UniversalClient { return rdb })
	o := options(d.Nodes[0].URL)
	o.DeskURL, o.Origin, o.InFlight = d.Nodes[1].URL, clienttest.Origin, 2
	r, err := Run(t.Context(), o)
	clean(t, r, err)
	o.Rate, o.InFlight = 200, 0
	r, err = Run(t.Context(), o) // the wrap-ups of the first run are done, so there is room
	clean(t, r, err)
}

// A node that ends in the middle of the talk costs nothing.
func TestANodeEndsInTheMiddle(t *testing.T) {
	rdb, prefix := routingtest.Client(t)
	d := clienttest.New(t, 2, prefix, func() redis.UniversalClient { return rdb })
	o := options(d.Nodes[0].URL)
	o.DeskURL, o.Origin, o.Rate, o.Duration = d.Nodes[1].URL, clienttest.Origin, 200, 4*time.Second
	ended := make(chan struct{})
	time.AfterFunc(2*time.Second, func() {
		defer close(ended)
		d.Nodes[0].Stop()
	})
	r, err := Run(t.Context(), o)
	<-ended
	h := r.History
	if w := r.Waits; w == nil || w.Answered < 20 || w.Inside+w.Late > w.Answered || w.Inside == 0 {
		t.Errorf("of waits it says %+v", w)
	}
	if err != nil || h.Acked == 0 || h.Unanswered != 0 || h.Delivered != h.Sent || r.Events["young person closed: 1012"] == 0 {
		t.Errorf("%v: %+v %v", err, h, r.Events)
	}
}
