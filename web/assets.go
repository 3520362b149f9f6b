package web

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"embed"
	"encoding/base64"
	"io/fs"
	"net/http"
	"path"
	"strconv"
	"strings"
)

// The pages are served as they stand in the repository, so that what a browser shows as source is what is here and
// `haven verify` can compare them.
//
//go:embed static
var static embed.FS

// Static returns the files under static, for whoever compares them with what a server sends.
func Static() fs.FS {
	sub, err := fs.Sub(static, "static")
	if err != nil {
		panic(err) // the name is a constant
	}
	return sub
}

// mediaTypes of the files under static. The system's table is not asked: it differs from machine to machine.
var mediaTypes = map[string]string{
	".css": "text/css; charset=utf-8", ".html": "text/html; charset=utf-8", ".ico": "image/x-icon",
	".js": "text/javascript; charset=utf-8", ".json": "application/json", ".mjs": "text/javascript; charset=utf-8",
	".png": "image/png", ".svg": "image/svg+xml", ".txt": "text/plain; charset=utf-8", ".webp": "image/webp",
}

// asset is one file, ready to be sent.
type asset struct {
	mediaType string
	tag       string // of the content alone: it is the same for everybody
	plain     []byte
	gzipped   []byte // nil where it would not be shorter
}

// loadAssets reads all files of types that are served; the key is the path under static.
func loadAssets(files fs.FS) (map[string]*asset, error) {
	set := make(map[string]*asset)
	err := fs.WalkDir(files, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || mediaTypes[path.Ext(name)] == "" {
			return err
		}
		b, err := fs.ReadFile(files, name)
		if err != nil {
			return err
		}
		set[name] = newAsset(name, b)
		return nil
	})
	return set, err
}

func newAsset(name string, b []byte) *asset {
	sum := sha256.Sum256(b)
	return &asset{
		mediaType: mediaTypes[path.Ext(name)], plain: b, gzipped: shorter(b),
		tag: `"` + base64.RawURLEncoding.EncodeToString(sum[:12]) + `"`,
	}
}

func shorter(b []byte) []byte {
	var z bytes.Buffer
	w, err := gzip.NewWriterLevel(&z, gzip.BestCompression)
	if err != nil {
		return nil
	}
	w.Write(b)
	if w.Close() != nil || z.Len() >= len(b) {
		return nil
	}
	return z.Bytes()
}

// serve sends the file. Nothing about the answer depends on who asks, but whether it is compressed.
func (a *asset) serve(w http.ResponseWriter, r *http.Request, status int) {
	h := w.Header()
	h.Set("Content-Type", a.mediaType)
	h.Set("Etag", a.tag)
	h.Set("Vary", "Accept-Encoding")
	body := a.plain
	if a.gzipped != nil && strings.Contains(r.Header.Get("Accept-Encoding"), "gzip") {
		h.Set("Content-Encoding", "gzip")
		body = a.gzipped
	}
	h.Set("Content-Length", strconv.Itoa(len(body)))
	w.WriteHeader(status)
	if r.Method != http.MethodHead {
		w.Write(body)
	}
}
