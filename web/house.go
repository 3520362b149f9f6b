package web

import (
	"io"
	"log/slog"
	"net/http"
	"runtime"
	"slices"
	"strconv"
	"strings"

	"haven/web/staff"
)

// handler is a handler that returns its error, for problemOf.
type handler func(w http.ResponseWriter, r *http.Request) error

// route is what one path answers to.
type route struct {
	get, post handler // get serves HEAD too; nil: method not allowed
	socket    http.Handler
	origin    originRule
}

// house is the mux of the public listener. Its paths are few and exact: nothing is cleaned up and redirected, which
// would send a path back to who sent it.
type house struct {
	hardening hardening
	origins   []string
	secure    bool // the public origin is https, so cookies and sockets are
	assets    map[string]*asset
	routes    map[string]route
	staff     *staff.Staff
	partners  []Partner
	presence  presence
	figures   http.Handler // /reach and below; nil: there are none
	log       *slog.Logger
}

func newHouse(cfg Config) (*house, error) {
	for _, o := range append([]string{cfg.Origin}, cfg.Embedders...) {
		if !parseOrigin(o) {
			return nil, ErrOrigin
		}
	}
	assets, err := loadAssets(Static())
	if err != nil {
		return nil, err
	}
	h := &house{
		hardening: newHardening(cfg.Origin), origins: append([]string{cfg.Origin}, cfg.Embedders...),
		secure: strings.HasPrefix(cfg.Origin, "https://"), assets: assets, staff: cfg.Staff, partners: cfg.Partners, figures: cfg.Reach,
		presence: presence{duty: cfg.Duty}, log: cfg.Log,
	}
	h.routes = map[string]route{
		"/":             {get: h.page("youth/index.html")},
		"/staff":        {get: h.page("staff/index.html"), origin: originIfSaid},
		"/chat":         {socket: cfg.Chat, origin: originIfSaid},
		"/desk":         {socket: cfg.Desk, origin: originMust},
		"/staff/login":  {post: h.login, origin: originMust},
		"/staff/logout": {post: h.logout, origin: originMust},
		"/staff/ticket": {post: h.ticket, origin: originMust},
		"/staff/me":     {get: h.me, origin: originOrSite},

		"/staff/partners":   {get: h.partnersOf, origin: originOrSite},
		"/staff/colleagues": {get: h.colleagues, origin: originOrSite},
	}
	return h, h.keptRoutes(cfg.Kept)
}

// originRule says what a path asks of Origin.
type originRule int

const (
	originAny    originRule = iota // a page that anybody may open
	originIfSaid                   // one of ours when there is one
	originMust                     // one of ours
	originOrSite                   // as originMust, or no Origin and the browser's word that no other site asks
)

func (h *house) admits(rule originRule, r *http.Request) bool {
	origin, said := r.Header["Origin"]
	switch {
	case rule == originAny:
		return true
	case said:
		return len(origin) == 1 && slices.Contains(h.origins, origin[0])
	case rule == originOrSite:
		site := r.Header.Get("Sec-Fetch-Site")
		return site == "same-origin" || site == "none"
	}
	return rule == originIfSaid
}

func (h *house) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	h.hardening.set(w.Header())
	route, known := h.routes[r.URL.Path]
	if route.socket != nil {
		h.serveSocket(route, w, r)
		return
	}
	answer(h.log, w, r, func() error {
		if isReach(r.URL.Path) {
			return h.reach(w, r)
		}
		if !known {
			return h.asset(w, r)
		}
		if !h.admits(route.origin, r) {
			return errOrigin
		}
		return byMethod(route.get, route.post)(w, r)
	})
}

// byMethod serves GET and HEAD with get and POST with post; either may be nil.
func byMethod(get, post handler) handler {
	return func(w http.ResponseWriter, r *http.Request) error {
		switch {
		case get != nil && (r.Method == http.MethodGet || r.Method == http.MethodHead):
			return get(w, r)
		case post != nil && r.Method == http.MethodPost:
			return post(w, r)
		}
		allow := "GET, HEAD"
		if get == nil {
			allow = "POST"
		}
		w.Header().Set("Allow", allow)
		return errMethod
	}
}

// serveSocket hands over to the endpoint, which answers the upgrade itself. After a panic there the connection is not
// ours any more, so net/http only closes what it still has.
func (h *house) serveSocket(route route, w http.ResponseWriter, r *http.Request) {
	if err := h.socketError(route, w, r); err != nil {
		refuse(w, r, problemOf(err))
		return
	}
	defer func() {
		if p := recover(); p != nil {
			logPanic(h.log, p)
			panic(http.ErrAbortHandler)
		}
	}()
	route.socket.ServeHTTP(w, r)
}

func (h *house) socketError(route route, w http.ResponseWriter, r *http.Request) error {
	if r.Method != http.MethodGet {
		w.Header().Set("Allow", "GET")
		return errMethod
	}
	if !h.admits(route.origin, r) {
		return errOrigin
	}
	return nil
}

// answer runs a handler and turns its error, or its panic, into a problem.
func answer(log *slog.Logger, w http.ResponseWriter, r *http.Request, run func() error) {
	defer func() {
		if p := recover(); p != nil {
			logPanic(log, p)
			if p == http.ErrAbortHandler {
				panic(p)
			}
			refuse(w, r, problem{status: http.StatusInternalServerError})
		}
	}()
	if err := run(); err != nil {
		p := problemOf(err)
		if p.status == http.StatusInternalServerError {
			log.Error("request failed", "reason", "unexpected_error")
		}
		refuse(w, r, p)
	}
}

// refuse reads what is left of the body first, 64 KiB at most: closing on unread bytes would reset the connection
// before the answer is read.
func refuse(w http.ResponseWriter, r *http.Request, p problem) {
	io.Copy(io.Discard, io.LimitReader(r.Body, bodyMost))
	writeProblem(w, p)
}

// logPanic logs where a panic came from and nothing of what it says.
func logPanic(log *slog.Logger, p any) {
	if p == http.ErrAbortHandler {
		return
	}
	var pcs [32]uintptr
	frames := runtime.CallersFrames(pcs[:runtime.Callers(3, pcs[:])])
	for {
		f, more := frames.Next()
		if _, tail, ours := strings.Cut(f.Function, "haven/"); ours && !strings.HasPrefix(f.Function, "runtime.") {
			pkg, _, _ := strings.Cut(tail, ".")
			log.Error("panic in a handler", "reason", "panic", "at", pkg+f.File[strings.LastIndexByte(f.File, '/'):]+":"+strconv.Itoa(f.Line))
			return
		}
		if !more {
			log.Error("panic in a handler", "reason", "panic")
			return
		}
	}
}

// page serves one of the pages, each under one address only.
func (h *house) page(name string) handler {
	return func(w http.ResponseWriter, r *http.Request) error {
		a := h.assets[name]
		if a == nil {
			return errNotFound
		}
		return h.say(a, http.StatusOK, w, r)
	}
}

// asset serves what pages load from /assets/.
func (h *house) asset(w http.ResponseWriter, r *http.Request) error {
	name, under := strings.CutPrefix(r.URL.Path, "/assets/")
	a := h.assets[name]
	if !under || a == nil || strings.HasSuffix(name, ".html") {
		return errNotFound
	}
	return byMethod(func(w http.ResponseWriter, r *http.Request) error {
		a.serve(w, r, http.StatusOK)
		return nil
	}, nil)(w, r)
}
