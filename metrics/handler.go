package metrics

import (
	"net/http"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promhttp"
)

// Handler answers GET with what g holds, in the plain text format whatever was asked for: the others carry the time at
// which each counter was made. It logs nothing; a figure that cannot be had is left out.
func Handler(g prometheus.Gatherer) http.Handler {
	text := promhttp.HandlerFor(g, promhttp.HandlerOpts{ErrorHandling: promhttp.ContinueOnError})
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method != http.MethodGet && r.Method != http.MethodHead {
			w.Header().Set("Allow", "GET, HEAD")
			w.WriteHeader(http.StatusMethodNotAllowed)
			return
		}
		plain := r.Clone(r.Context())
		plain.Header.Del("Accept")
		text.ServeHTTP(w, plain)
	})
}
