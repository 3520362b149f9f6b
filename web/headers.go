package web

import (
	"net/http"
	"net/url"
	"strings"
)

// closedPolicy is the content security policy of everything that is not a page: it may load nothing and show nothing.
const closedPolicy = "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; sandbox"

// pagePolicy is that of a page: scripts, styles, pictures and calls of its own origin, nothing inline, no strings
// made into code, no form that could carry words elsewhere. Browsers before 2022 do not count a websocket among
// 'self', so its address stands there too.
func pagePolicy(origin string) string {
	sockets := strings.Replace(origin, "http", "ws", 1)
	return "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self' " + sockets +
		"; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types 'none'"
}

// shutFeatures is what a page of this house never needs of a phone. Browsers take a feature's absence for "allowed
// here", so each is named.
var shutFeatures = []string{
	"accelerometer", "browsing-topics", "camera",
	"clipboard-read", "compute-pressure", "display-capture", "encrypted-media", "fullscreen", "gamepad",
	"geolocation", "gyroscope", "hid", "identity-credentials-get", "idle-detection", "interest-cohort",
	"local-fonts", "magnetometer", "microphone", "midi", "otp-credentials", "payment", "picture-in-picture",
	"publickey-credentials-create", "publickey-credentials-get", "screen-wake-lock", "serial", "storage-access",
	"sync-xhr", "usb", "window-management", "xr-spatial-tracking",
}

func shutPermissions() string {
	return strings.Join(shutFeatures, "=(), ") + "=()"
}

// hardening are the headers of every answer. Nothing is kept on the device: a page in a browser's cache tells who
// was here.
type hardening struct {
	common [][2]string
	page   string
}

func newHardening(origin string) hardening {
	h := hardening{page: pagePolicy(origin), common: [][2]string{
		{"Cache-Control", "no-store"},
		{"Cross-Origin-Embedder-Policy", "require-corp"},
		{"Cross-Origin-Opener-Policy", "same-origin"},
		{"Cross-Origin-Resource-Policy", "same-origin"},
		{"Origin-Agent-Cluster", "?1"},
		{"Permissions-Policy", shutPermissions()},
		{"Referrer-Policy", "no-referrer"},
		{"X-Content-Type-Options", "nosniff"},
		{"X-Dns-Prefetch-Control", "off"},
		{"X-Frame-Options", "DENY"},
		{"X-Robots-Tag", "noindex, nofollow, noarchive"},
	}}
	if strings.HasPrefix(origin, "https://") {
		h.common = append(h.common, [2]string{"Strict-Transport-Security", "max-age=63072000"})
	}
	return h
}

func (h hardening) set(header http.Header) {
	for _, kv := range h.common {
		header[kv[0]] = []string{kv[1]}
	}
	header["Content-Security-Policy"] = []string{closedPolicy}
}

// parseOrigin accepts scheme and host, as browsers write them in Origin, and nothing more.
func parseOrigin(s string) bool {
	u, err := url.Parse(s)
	return err == nil && (u.Scheme == "https" || u.Scheme == "http") && u.Host != "" && u.User == nil &&
		s == u.Scheme+"://"+u.Host && s == strings.ToLower(s)
}
