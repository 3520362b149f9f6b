package reach

import (
	"bytes"
	"net/http"
	"sync"

	"github.com/prometheus/client_golang/prometheus"

	"haven/metrics"
)

// Handler answers with figures that were put into words once for each reading of the ledger: what is sealed does not
// change from scrape to scrape, and two thousand series take longer to encode than to send.
type Handler struct {
	releases func() *Releases
	inner    http.Handler

	mu   sync.Mutex // held while encoding, so that scrapes at the same time wait for one encoding
	of   *Releases
	kept map[string]*answer // by content encoding
}

// NewHandler answers /metrics/reach with what NewCollector shows, in the format of metrics.Handler. The first scrape of a
// reading encodes it, unless Prepare did.
func NewHandler(releases func() *Releases) *Handler {
	reg := prometheus.NewRegistry()
	h := &Handler{releases: releases, inner: metrics.Handler(reg)}
	// The collector shows what is being encoded, and not what may have been read since.
	reg.MustRegister(NewCollector(func() *Releases { return h.of }))
	return h
}

// Prepare encodes what releases gives now, so that a scrape has only to write it.
func (h *Handler) Prepare() {
	for _, encoding := range encodings {
		h.answer(encoding)
	}
}

// encodings are how an answer may be packed: not at all, or as Prometheus asks for it.
var encodings = []string{"", "gzip"}

func (h *Handler) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.Method != http.MethodGet && r.Method != http.MethodHead {
		h.inner.ServeHTTP(w, r)
		return
	}
	encoding := ""
	if r.Header.Get("Accept-Encoding") == "gzip" { // as Prometheus asks; anybody else can read plain text
		encoding = "gzip"
	}
	a := h.answer(encoding)
	for k, v := range a.header {
		w.Header()[k] = v
	}
	w.WriteHeader(a.status)
	_, err := w.Write(a.body.Bytes())
	_ = err // who asked is gone; there is nobody to tell
}

func (h *Handler) answer(encoding string) *answer {
	now := h.releases()
	h.mu.Lock()
	defer h.mu.Unlock()
	if now != h.of || h.kept == nil {
		h.of, h.kept = now, map[string]*answer{}
	}
	if a := h.kept[encoding]; a != nil {
		return a
	}
	a := &answer{header: http.Header{}, status: http.StatusOK}
	h.inner.ServeHTTP(a, &http.Request{Method: http.MethodGet, Header: http.Header{"Accept-Encoding": {encoding}}})
	if a.status == http.StatusOK {
		h.kept[encoding] = a
	}
	return a
}

// answer is a response in memory.
type answer struct {
	header http.Header
	status int
	body   bytes.Buffer
}

func (a *answer) Header() http.Header         { return a.header }
func (a *answer) WriteHeader(status int)      { a.status = status }
func (a *answer) Write(b []byte) (int, error) { return a.body.Write(b) }
