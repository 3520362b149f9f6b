package web

import (
	_ "embed"
	"errors"
	"mime"
	"net/http"
	"slices"
	"strings"

	"haven/web/staff"
)

// reachPath is where the coordinator's pages begin.
const reachPath = "/reach"

// reachParts are loaded by those pages and never opened by themselves, so they are refused by a problem, not a page.
var reachParts = []string{"/reach/board", "/reach/qr.svg"}

// toLogin is the page to log in on, which goes on to reach.
const toLogin = "/staff#next=reach"

// Pages that say why there is no other. They have no address of their own, so they are not among the static files,
// each of which `haven verify` asks for.
var (
	//go:embed closed.html
	closedHTML []byte
	//go:embed away.html
	awayHTML []byte

	closedPage = newAsset("closed.html", closedHTML)
	awayPage   = newAsset("away.html", awayHTML)
)

func isReach(path string) bool { return path == reachPath || strings.HasPrefix(path, reachPath+"/") }

// reachPolicy is that of the coordinator's pages: as pagePolicy, with forms that go to this house and without sockets.
const reachPolicy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'" +
	"; base-uri 'none'; form-action 'self'; frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types 'none'"

// reach lets a coordinator and a lead through to the figures. The session is looked up for every request: who is
// disabled is out at once.
func (h *house) reach(w http.ResponseWriter, r *http.Request) error {
	reading := r.Method == http.MethodGet || r.Method == http.MethodHead
	rule := originMust
	if reading {
		rule = originIfSaid
	}
	if h.figures == nil {
		return errNotFound
	}
	if !h.admits(rule, r) {
		return errOrigin
	}
	page := reading && !slices.Contains(reachParts, r.URL.Path)
	account, err := h.staff.Session(r.Context(), session(r))
	switch {
	case errors.Is(err, staff.ErrNoSession) && (page || r.Method == http.MethodPost):
		w.Header().Set("Location", toLogin)
		w.WriteHeader(http.StatusSeeOther)
		return nil
	case err != nil && page && problemOf(err).status == http.StatusServiceUnavailable:
		return h.say(awayPage, http.StatusServiceUnavailable, w, r)
	case err != nil:
		return err
	case !account.Role.ReadsReach() && page:
		return h.say(closedPage, http.StatusForbidden, w, r)
	case !account.Role.ReadsReach():
		return errRole
	}
	if r.Method == http.MethodPost {
		if kind, _, err := mime.ParseMediaType(r.Header.Get("Content-Type")); err != nil || kind != "application/x-www-form-urlencoded" {
			return errMediaType
		}
		if r.ContentLength > bodyMost {
			return errTooLarge
		}
		r.Body = http.MaxBytesReader(w, r.Body, bodyMost)
	}
	w.Header()["Content-Security-Policy"] = []string{reachPolicy}
	h.figures.ServeHTTP(w, r)
	return nil
}

// say answers with a page of our own.
func (h *house) say(page *asset, status int, w http.ResponseWriter, r *http.Request) error {
	w.Header()["Content-Security-Policy"] = []string{h.hardening.page}
	page.serve(w, r, status)
	return nil
}
