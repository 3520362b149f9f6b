package client

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
)

// staff is one account's way to a ticket. The session cookie is kept by hand: a jar would hold one that is marked
// Secure back from a server on loopback.
type staff struct {
	name, password, origin string
	dial                   func(ctx context.Context, network, addr string) (net.Conn, error)
	session                *Session
}

// Session is a login. Desks of one account may share it, as the tabs of a browser do.
type Session struct {
	login  sync.Mutex // held while somebody does; before mu
	mu     sync.Mutex
	cookie string
}

func (s *Session) get() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.cookie
}

func (s *Session) set(cookie string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.cookie = cookie
}

// Share has a desk that was never connected log in by a session that others use too.
func (d *Desk) Share(s *Session) { d.staff.session = s }

// ticket gets one, and logs in first where there is no session or it ended.
func (s *staff) ticket(ctx context.Context, base string) (string, error) {
	had := s.session.get()
	if had != "" {
		t, err := s.ask(ctx, base)
		var status *HandshakeError
		if err == nil || !errors.As(err, &status) || status.Status/100 != 4 {
			return t, err
		}
	}
	if err := s.renew(ctx, base, had); err != nil {
		return "", err
	}
	return s.ask(ctx, base)
}

// renew logs in, unless another desk did so since.
func (s *staff) renew(ctx context.Context, base, had string) error {
	s.session.login.Lock()
	defer s.session.login.Unlock()
	if s.session.get() != had {
		return nil
	}
	// To give up and try again would use up the tries of the account where a machine is busy.
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), handshakeTimeout)
	defer cancel()
	return s.login(ctx, base)
}

func (s *staff) login(ctx context.Context, base string) error {
	body, err := json.Marshal(map[string]string{"name": s.name, "password": s.password})
	if err != nil {
		return fmt.Errorf("client: login: %w", err)
	}
	resp, err := s.post(ctx, base, "/staff/login", body)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	var all []string // the same session is set for several paths
	for _, c := range resp.Cookies() {
		if one := c.Name + "=" + c.Value; !slices.Contains(all, one) {
			all = append(all, one)
		}
	}
	s.session.set(strings.Join(all, "; "))
	return nil
}

func (s *staff) ask(ctx context.Context, base string) (string, error) {
	resp, err := s.post(ctx, base, "/staff/ticket", nil)
	if err != nil {
		return "", err
	}
	defer resp.Body.Close()
	var in struct {
		Ticket string `json:"ticket"`
	}
	if err := json.NewDecoder(resp.Body).Decode(&in); err != nil {
		return "", fmt.Errorf("client: ticket: %w", err)
	}
	return in.Ticket, nil
}

func (s *staff) post(ctx context.Context, base, path string, body []byte) (*http.Response, error) {
	at, err := url.Parse(base)
	if err != nil {
		return nil, fmt.Errorf("client: URL: %w", err)
	}
	at.Path, at.RawQuery = path, ""
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, at.String(), bytes.NewReader(body))
	if err != nil {
		return nil, fmt.Errorf("client: %s: %w", path, err)
	}
	req.Header.Set("Origin", s.origin)
	if body != nil {
		req.Header.Set("Content-Type", "application/json")
	}
	if cookie := s.session.get(); cookie != "" {
		req.Header.Set("Cookie", cookie)
	}
	// The server answers one request per connection.
	tr := &http.Transport{DisableKeepAlives: true, DialContext: s.dial}
	resp, err := (&http.Client{Transport: tr}).Do(req)
	if err != nil {
		return nil, fmt.Errorf("client: %s: %w", path, err)
	}
	if resp.StatusCode/100 != 2 {
		_ = resp.Body.Close()
		return nil, &HandshakeError{resp.StatusCode}
	}
	return resp, nil
}
