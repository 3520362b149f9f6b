package web

import (
	"log/slog"
	"net/http"
)

// Private is what the private listener serves.
type Private struct {
	Metrics http.Handler // /metrics
	Reach   http.Handler // /metrics/reach; nil answers 404
	Ready   func() bool  // /readyz: this node can take a newcomer now
	Log     *slog.Logger
}

// PrivateHandler serves /metrics, /metrics/reach, /healthz (the process answers) and /readyz (200 or 503).
func PrivateHandler(p Private) http.Handler {
	hardening := newHardening("")
	routes := map[string]handler{
		"/healthz": func(w http.ResponseWriter, _ *http.Request) error { return say(w, http.StatusOK, "ok\n") },
		"/readyz": func(w http.ResponseWriter, _ *http.Request) error {
			if p.Ready == nil || !p.Ready() {
				return say(w, http.StatusServiceUnavailable, "not ready\n")
			}
			return say(w, http.StatusOK, "ready\n")
		},
	}
	for path, h := range map[string]http.Handler{"/metrics": p.Metrics, "/metrics/reach": p.Reach} {
		if h != nil {
			routes[path] = func(w http.ResponseWriter, r *http.Request) error {
				h.ServeHTTP(w, r)
				return nil
			}
		}
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		hardening.set(w.Header())
		answer(p.Log, w, r, func() error {
			get := routes[r.URL.Path]
			if get == nil {
				return errNotFound
			}
			return byMethod(get, nil)(w, r)
		})
	})
}

func say(w http.ResponseWriter, status int, text string) error {
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	w.WriteHeader(status)
	_, err := w.Write([]byte(text))
	_ = err // who asked is gone; there is nobody to tell
	return nil
}
