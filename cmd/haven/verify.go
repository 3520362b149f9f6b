package main

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"net/url"
	"slices"
	"time"

	"haven/web"
)

// verifyCommand lets anybody hold a server against the source. A young person cannot check what a page does; who has
// this repository can check which page it is.
type verifyCommand struct {
	URL string `arg:"" help:"A server's public address, such as https://chat.example.nl."`
}

// maxAsset is more than any file of this build has, so that a server cannot make the comparison endless.
const maxAsset = 8 << 20

func (c verifyCommand) Run(w *world) error {
	base, err := url.Parse(c.URL)
	if err != nil || base.Host == "" || base.Scheme != "http" && base.Scheme != "https" {
		return usageError{errors.New("an address such as https://chat.example.nl is expected")}
	}
	pages := map[string]string{"youth/index.html": "/", "staff/index.html": "/staff"}
	var names []string
	files := web.Static()
	if err := fs.WalkDir(files, ".", func(name string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() {
			names = append(names, name)
		}
		return err
	}); err != nil {
		return err
	}
	slices.Sort(names)

	// No redirect is followed: what another address sends proves nothing about this one.
	client := &http.Client{
		Timeout:       20 * time.Second,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
	same, differ := 0, 0
	for _, name := range names {
		path := pages[name]
		if path == "" {
			path = "/assets/" + name
		}
		want, err := fs.ReadFile(files, name)
		if err != nil {
			return err
		}
		got, trouble := fetch(w.ctx, client, base.JoinPath(path).String())
		switch {
		case trouble == errNoAnswer:
			return errors.New("the server does not answer")
		case trouble != nil:
			fmt.Fprintf(w.stdout, "missing  %s: %v\n", path, trouble)
			differ++
		case !bytes.Equal(got, want):
			fmt.Fprintf(w.stdout, "differs  %s: sent sha256 %x, this build has %x\n", path, sha256.Sum256(got), sha256.Sum256(want))
			differ++
		default:
			same++
		}
	}
	if differ > 0 {
		fmt.Fprintf(w.stdout, "%d of %d files are not those of this build.\n", differ, same+differ)
		return errTold
	}
	fmt.Fprintf(w.stdout, "All %d files are those of this build.\n", same)
	return nil
}

var errNoAnswer = errors.New("no answer")

func fetch(ctx context.Context, client *http.Client, url string) ([]byte, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return nil, errNoAnswer
	}
	resp, err := client.Do(req)
	if err != nil {
		return nil, errNoAnswer
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("answered with %d", resp.StatusCode)
	}
	body, err := io.ReadAll(io.LimitReader(resp.Body, maxAsset))
	if err != nil {
		return nil, errors.New("broken off")
	}
	return body, nil
}
