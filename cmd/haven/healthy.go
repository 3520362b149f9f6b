package main

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"time"
)

// healthyCommand is for images that have no shell and no curl.
type healthyCommand struct {
	URL  string `arg:"" optional:"" default:"http://127.0.0.1:9464" help:"A node's private listener."`
	Live bool   `help:"Ask only whether the process answers, not whether it takes newcomers."`
}

func (c healthyCommand) Run(w *world) error {
	u, err := url.Parse(c.URL)
	if err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" {
		return usageError{errors.New("an address such as http://127.0.0.1:9464 is expected")}
	}
	path := "/readyz"
	if c.Live {
		path = "/healthz"
	}
	ctx, cancel := context.WithTimeout(w.ctx, 3*time.Second)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, u.JoinPath(path).String(), nil)
	if err != nil {
		return usageError{errors.New("an address such as http://127.0.0.1:9464 is expected")}
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return errors.New("no answer")
	}
	resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		return fmt.Errorf("not ready (%d)", resp.StatusCode)
	}
	fmt.Fprintln(w.stdout, "ok")
	return nil
}
