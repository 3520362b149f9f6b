package web

import (
	"bytes"
	"context"
	"errors"
	"log"
	"log/slog"
	"net"
	"net/http"
	"time"

	"haven/routing"
	"haven/web/staff"
)

// Config is what the public server needs.
type Config struct {
	// Origin is the public origin, scheme://host[:port] as browsers write it. Requests under /staff and to /desk must
	// come from it or from Embedders; those to /chat too, when they say where from.
	Origin string
	// Embedders are further origins whose pages may open a chat.
	Embedders []string
	// Chat and Desk answer /chat and /desk, after the check of the origin.
	Chat, Desk http.Handler
	// Reach answers /reach and below, after the check of session, role and origin, with a body of 64 KiB at most. nil: 404.
	Reach http.Handler
	Staff *staff.Staff
	// Duty is asked for /staff/colleagues. nil: nobody knows who is on duty.
	Duty Duty
	// Partners are shown to counsellors, under /staff/partners.
	Partners []Partner
	// Kept is what /kept lists.
	Kept []routing.Kept
	Log  *slog.Logger
}

// ErrOrigin is returned for an Origin or an embedder that is not scheme://host[:port] in lower case.
var ErrOrigin = errors.New("web: not an origin (scheme://host[:port])")

// Times of a request, from its first byte. None of them touches a websocket: its deadlines are cleared when it is
// taken over.
const (
	headTime   = 10 * time.Second
	readTime   = 30 * time.Second
	answerTime = 60 * time.Second // 100 kB at 2G speed
)

// Server answers on the connections of one or more listeners.
type Server struct{ http *http.Server }

// NewServer returns the public server.
func NewServer(cfg Config) (*Server, error) {
	h, err := newHouse(cfg)
	if err != nil {
		return nil, err
	}
	return newServer(h, cfg.Log), nil
}

// NewPrivateServer returns the server of the private listener.
func NewPrivateServer(p Private) *Server { return newServer(PrivateHandler(p), p.Log) }

func newServer(h http.Handler, logger *slog.Logger) *Server {
	s := &http.Server{
		Handler:                      h,
		ReadHeaderTimeout:            headTime,
		ReadTimeout:                  readTime,
		WriteTimeout:                 answerTime,
		MaxHeaderBytes:               2 * headMost, // the airlock is stricter
		DisableGeneralOptionsHandler: true,
		ErrorLog:                     log.New(errorLog{logger}, "", 0),
		Protocols:                    new(http.Protocols),
	}
	s.Protocols.SetHTTP1(true)
	s.SetKeepAlivesEnabled(false) // one request per connection; the airlock passes no second one
	return &Server{http: s}
}

// Serve answers on l, which must come from Listen, until Shutdown or Close, and returns nil then. It closes l.
func (s *Server) Serve(l net.Listener) error {
	if err := s.http.Serve(l); !errors.Is(err, http.ErrServerClosed) && !errors.Is(err, net.ErrClosed) {
		return errServe
	}
	return nil
}

var errServe = errors.New("web: serve: the listener failed")

// Shutdown stops listening and waits for the requests that run, not for websockets: the registry in chat closes
// those. When ctx ends first, what is left is cut off. Safe before Serve and safe twice.
func (s *Server) Shutdown(ctx context.Context) error {
	err := s.http.Shutdown(ctx)
	if err != nil {
		s.http.Close()
	}
	return err
}

// errorLog stands in for net/http's log, whose lines carry addresses, requests and stacks. Only the kind of a line is
// kept.
type errorLog struct{ log *slog.Logger }

var httpReasons = []struct{ start, reason string }{
	{"http: panic serving", "panic"},
	{"http: Accept error", "accept_failed"},
	{"http: superfluous", "answered_twice"},
	{"http: response.Write on hijacked", "answered_after_upgrade"},
	{"http: response.WriteHeader on hijacked", "answered_after_upgrade"},
}

func (e errorLog) Write(p []byte) (int, error) {
	reason := "other"
	for _, r := range httpReasons {
		if bytes.HasPrefix(p, []byte(r.start)) {
			reason = r.reason
			break
		}
	}
	e.log.Error("http server", "reason", reason)
	return len(p), nil
}
