// Package clienttest runs a deployment without its pages, for tests of clients: nodes of a router and a hub on one
// store, each with a listener on loopback.
package clienttest

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"haven/chat"
	"haven/chat/frame"
	"haven/routing"
)

// Origin is that of every Deployment.
const Origin = "https://haven.test"

// Node is one node of a Deployment.
type Node struct {
	URL    string
	Hub    *chat.Hub
	Router *routing.Router
	server *httptest.Server
	stop   context.CancelFunc
	done   sync.WaitGroup
}

// Deployment has the lines jip and fier, always open, and every counsellor of any name, who serves both,
// or fier alone where her name begins with "Fier ", and leads where it begins with "Lead ".
type Deployment struct {
	Nodes []*Node
	lines []routing.Line
	setup Setup

	mu      sync.Mutex
	tickets map[string]string
	count   int
}

type nothing struct{}

func (nothing) ChatArrived(string)               {}
func (nothing) ChatStarted(string, int)          {}
func (nothing) ChatEnded(string, string)         {}
func (nothing) ChatRefused(string, string)       {}
func (nothing) WrappedUp(string, routing.Wrapup) {}
func (nothing) HandedOver(string, string)        {}
func (nothing) SocketOpened(string)              {}
func (nothing) SocketClosed(string)              {}
func (nothing) ChatLasted(string, int)           {}

// Setup is what a test may put into every node of a Deployment. Each field may be nil.
type Setup struct {
	Reach chat.Reach
	Queue func(*routing.Router) chat.Queue // what the hub has for the router
	Wakes func(*chat.Hub) routing.Wakes    // what the router has for the hub
	Lines []routing.Line                   // in place of jip and fier
	Now   func() time.Time                 // the wall clock of the hours
}

// New starts a deployment of n nodes, with a store client for each from store, and ends it with the test.
func New(t testing.TB, n int, prefix string, store func() redis.UniversalClient) *Deployment {
	t.Helper()
	return NewWith(t, Setup{}, n, prefix, store)
}

// NewWith is New with something in between.
func NewWith(t testing.TB, s Setup, n int, prefix string, store func() redis.UniversalClient) *Deployment {
	t.Helper()
	always := routing.Hours{Always: true}
	d := &Deployment{
		setup: s, tickets: map[string]string{},
		lines: []routing.Line{
			{Name: "jip", Langs: []string{"nl", "en"}, Hours: always, CapPerCounsellor: 1000, Target: time.Minute, Instead: []string{"fier"}},
			{Name: "fier", Langs: []string{"nl"}, Hours: always, CapPerCounsellor: 1000, Target: time.Minute},
		},
	}
	if s.Lines != nil {
		d.lines = s.Lines
	}
	for i := range n {
		d.Nodes = append(d.Nodes, d.start(t, fmt.Sprintf("node%d", i), prefix, store()))
	}
	return d
}

func (d *Deployment) start(t testing.TB, name, prefix string, rdb redis.UniversalClient) *Node {
	t.Helper()
	r, err := routing.New(rdb, routing.Config{Prefix: prefix, Node: name, Lines: d.lines, Durations: routing.DefaultDurations(),
		CodeKey: []byte("a key that every node has"), Now: d.setup.Now}, nothing{}, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	var queue chat.Queue = r
	if d.setup.Queue != nil {
		queue = d.setup.Queue(r)
	}
	h := chat.New(chat.Config{Lines: d.lines, Origins: []string{Origin}, Durations: routing.DefaultDurations(),
		Phones: []frame.Phone{{Name: "Alarmnummer", Number: "112"}}, Reach: d.setup.Reach, Now: d.setup.Now}, queue, r, d, nothing{})
	var wakes routing.Wakes = h
	if d.setup.Wakes != nil {
		wakes = d.setup.Wakes(h)
	}
	ctx, stop := context.WithCancel(context.Background())
	n := &Node{Hub: h, Router: r, stop: stop}
	n.done.Go(func() { _ = r.Run(ctx, wakes) })
	n.done.Go(func() { _ = h.Run(ctx) })
	mux := http.NewServeMux()
	mux.Handle("/chat", h.Youth())
	mux.Handle("/desk", h.Desk())
	mux.HandleFunc("POST /staff/login", d.login)
	mux.HandleFunc("POST /staff/ticket", d.ticket)
	n.server = httptest.NewServer(mux)
	n.URL = n.server.URL
	t.Cleanup(n.Stop)
	ready, cancel := context.WithTimeout(ctx, 10*time.Second)
	defer cancel()
	for !r.Ready() || r.Store() == "" {
		select {
		case <-ready.Done():
			t.Fatal("the router is not ready")
		case <-time.After(5 * time.Millisecond):
		}
	}
	return n
}

// Stop drains the node and ends it. It is safe twice.
func (n *Node) Stop() {
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	_ = n.Hub.Drain(ctx, 0)
	n.stop()
	n.server.Close()
	n.done.Wait()
}

func (d *Deployment) login(w http.ResponseWriter, r *http.Request) {
	var in struct{ Name string }
	if err := json.NewDecoder(r.Body).Decode(&in); err != nil || r.Header.Get("Origin") != Origin {
		w.WriteHeader(http.StatusForbidden)
		return
	}
	http.SetCookie(w, &http.Cookie{Name: "staff", Value: in.Name, Secure: true, HttpOnly: true})
	w.WriteHeader(http.StatusNoContent)
}

func (d *Deployment) ticket(w http.ResponseWriter, r *http.Request) {
	c, err := r.Cookie("staff")
	if err != nil {
		w.WriteHeader(http.StatusUnauthorized)
		return
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	d.count++
	ticket := fmt.Sprintf("ticket-%d", d.count)
	d.tickets[ticket] = c.Value
	_, _ = fmt.Fprintf(w, `{"ticket":%q}`, ticket)
}

// Redeem implements chat.Tickets.
func (d *Deployment) Redeem(_ context.Context, ticket string) (routing.OnDuty, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	name := d.tickets[ticket]
	delete(d.tickets, ticket)
	if name == "" {
		return routing.OnDuty{}, errors.New("clienttest: no such ticket")
	}
	lines := []string{"jip", "fier"}
	if strings.HasPrefix(name, "Fier ") {
		lines = lines[1:]
	}
	return routing.OnDuty{Name: name, Lines: lines, Langs: []string{"nl", "en"}, Lead: strings.HasPrefix(name, "Lead ")}, nil
}
