package web

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strconv"

	"haven/routing"
	"haven/web/staff"
)

// What a handler of this package may return beyond the errors of staff and routing.
var (
	errNotFound  = errors.New("web: not found")
	errMethod    = errors.New("web: method not allowed")
	errOrigin    = errors.New("web: wrong origin")
	errBody      = errors.New("web: malformed body")
	errTooLarge  = errors.New("web: body too large")
	errMediaType = errors.New("web: body of another kind")
	errRole      = errors.New("web: not for this role")
)

// problem is an answer of RFC 9457. code is an extension member: the word that a page acts upon, of a closed set, "" in
// what has nothing to add to the status.
type problem struct {
	status int
	code   string
}

// problems is the one place where errors become answers. Nothing of the request and nothing of an error's text goes
// into an answer.
var problems = []struct {
	err error
	problem
}{
	{errNotFound, problem{http.StatusNotFound, ""}},
	{errMethod, problem{http.StatusMethodNotAllowed, ""}},
	{errOrigin, problem{http.StatusForbidden, "origin"}},
	{errBody, problem{http.StatusBadRequest, "bad_body"}},
	{errTooLarge, problem{http.StatusRequestEntityTooLarge, ""}},
	{errMediaType, problem{http.StatusUnsupportedMediaType, ""}},
	{errRole, problem{http.StatusForbidden, "role"}},
	{staff.ErrLogin, problem{http.StatusUnauthorized, "bad_login"}},
	{staff.ErrNoSession, problem{http.StatusUnauthorized, "no_session"}},
	{staff.ErrNoDesk, problem{http.StatusForbidden, "no_desk"}},
	{staff.ErrSlowDown, problem{http.StatusTooManyRequests, "slow_down"}},
	{staff.ErrBusy, problem{http.StatusServiceUnavailable, "busy"}},
	{context.Canceled, problem{http.StatusServiceUnavailable, ""}}, // who asked is gone
	{context.DeadlineExceeded, problem{http.StatusServiceUnavailable, "unavailable"}},
	{routing.ErrUnavailable, problem{http.StatusServiceUnavailable, "unavailable"}},
}

// problemOf maps an error, by default to a bare 500.
func problemOf(err error) problem {
	for _, p := range problems {
		if errors.Is(err, p.err) {
			return p.problem
		}
	}
	return problem{http.StatusInternalServerError, ""}
}

func (p problem) json() []byte {
	code := ""
	if p.code != "" {
		code = fmt.Sprintf(`,"code":%q`, p.code)
	}
	return fmt.Appendf(nil, `{"type":"about:blank","title":%q,"status":%d%s}`, http.StatusText(p.status), p.status, code)
}

func writeProblem(w http.ResponseWriter, p problem) {
	body := p.json()
	h := w.Header()
	h.Set("Content-Type", "application/problem+json")
	h.Set("Content-Length", strconv.Itoa(len(body)))
	h.Del("Content-Encoding")
	h.Del("Etag")
	if p.status == http.StatusTooManyRequests {
		h.Set("Retry-After", "60")
	}
	w.WriteHeader(p.status)
	w.Write(body)
}

// refusals are the airlock's answers, made once: it speaks before net/http does.
var refusals = func() map[int][]byte {
	set := make(map[int][]byte)
	for _, status := range []int{400, 408, 411, 413, 414, 431, 501, 505} {
		body := problem{status: status}.json()
		set[status] = fmt.Appendf(nil, "HTTP/1.1 %d %s\r\nConnection: close\r\nContent-Type: application/problem+json\r\n"+
			"Content-Length: %d\r\nCache-Control: no-store\r\nX-Content-Type-Options: nosniff\r\n"+
			"Content-Security-Policy: %s\r\n\r\n%s", status, http.StatusText(status), len(body), closedPolicy, body)
	}
	return set
}()

func refusal(status int) []byte {
	if answer := refusals[status]; answer != nil {
		return answer
	}
	return refusals[400]
}
