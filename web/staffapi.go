package web

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"mime"
	"net/http"
)

// cookieName is the staff's session cookie. It goes to cookiePaths only: the desk is opened by a ticket.
const cookieName = "haven_staff"

var cookiePaths = []string{"/staff", reachPath}

// login answers POST /staff/login: 204 and the cookie, else a problem.
func (h *house) login(w http.ResponseWriter, r *http.Request) error {
	var in struct {
		Name     string `json:"name"`
		Password string `json:"password"`
		Code     string `json:"code"` // of a second factor, which no account has yet
	}
	if err := readJSON(w, r, &in, false); err != nil {
		return err
	}
	session, err := h.staff.Login(r.Context(), in.Name, in.Password)
	if err != nil {
		return err
	}
	h.setCookies(w, session, 0)
	w.WriteHeader(http.StatusNoContent)
	return nil
}

// logout answers POST /staff/logout, always in the same way.
func (h *house) logout(w http.ResponseWriter, r *http.Request) error {
	if err := readJSON(w, r, &struct{}{}, true); err != nil {
		return err
	}
	if err := h.staff.Logout(r.Context(), session(r)); err != nil {
		return err
	}
	h.setCookies(w, "", -1)
	w.WriteHeader(http.StatusNoContent)
	return nil
}

// ticket answers POST /staff/ticket with what opens the desk, once, within 30 s.
func (h *house) ticket(w http.ResponseWriter, r *http.Request) error {
	if err := readJSON(w, r, &struct{}{}, true); err != nil {
		return err
	}
	ticket, err := h.staff.Ticket(r.Context(), session(r))
	if err != nil {
		return err
	}
	return writeJSON(w, struct {
		Ticket string `json:"ticket"`
	}{ticket})
}

// me answers GET /staff/me with who is logged in.
func (h *house) me(w http.ResponseWriter, r *http.Request) error {
	a, err := h.staff.Session(r.Context(), session(r))
	if err != nil {
		return err
	}
	return writeJSON(w, struct {
		Name  string   `json:"name"`
		Role  string   `json:"role"`
		Lines []string `json:"lines"`
		Langs []string `json:"langs"`
	}{a.Name, string(a.Role), append([]string{}, a.Lines...), append([]string{}, a.Langs...)})
}

// setCookies sets the session for each path that it goes to; an age below 0 takes it away.
func (h *house) setCookies(w http.ResponseWriter, value string, age int) {
	for _, path := range cookiePaths {
		http.SetCookie(w, &http.Cookie{
			Name: cookieName, Value: value, Path: path, MaxAge: age, HttpOnly: true, SameSite: http.SameSiteStrictMode, Secure: h.secure,
		})
	}
}

// session returns the session named by the cookie, "" without one.
func session(r *http.Request) string {
	c, err := r.Cookie(cookieName)
	if err != nil {
		return ""
	}
	return c.Value
}

// readJSON reads one JSON object without unknown fields into in. An empty body is taken for {} where mayBeEmpty.
func readJSON(w http.ResponseWriter, r *http.Request, in any, mayBeEmpty bool) error {
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, bodyMost))
	defer clear(body) // a password may be in it
	var large *http.MaxBytesError
	switch {
	case errors.As(err, &large):
		return errTooLarge
	case err != nil:
		return errBody
	case len(body) == 0 && mayBeEmpty:
		return nil
	}
	if kind, _, err := mime.ParseMediaType(r.Header.Get("Content-Type")); err != nil || kind != "application/json" {
		return errMediaType
	}
	d := json.NewDecoder(bytes.NewReader(body))
	d.DisallowUnknownFields()
	if err := d.Decode(in); err != nil {
		return errBody
	}
	if _, err := d.Token(); err != io.EOF {
		return errBody
	}
	return nil
}

func writeJSON(w http.ResponseWriter, out any) error {
	b, err := json.Marshal(out)
	if err != nil {
		return err
	}
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(http.StatusOK)
	w.Write(b)
	return nil
}
