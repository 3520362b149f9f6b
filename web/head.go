package web

import (
	"bytes"
	"strconv"
)

// Limits of a request head beyond its size.
const (
	targetMost  = 2 << 10
	headersMost = 100
	bodyMost    = 64 << 10
)

// head is what the airlock must know of a request.
type head struct {
	upgrade bool // to a websocket
	length  int  // of the body, bytes
}

// headEnd looks for the end of a head in b, of which b[:seen] was looked at before: the index behind its empty line,
// or 0. It returns false at the first sign that this is not HTTP/1.1 as it should be: a line feed or a carriage
// return by itself, a control character, or no capital letter at the start.
func headEnd(b []byte, seen int) (end int, ok bool) {
	if seen == 0 && len(b) > 0 && (b[0] < 'A' || b[0] > 'Z') {
		return 0, false
	}
	for i := seen; i < len(b); i++ {
		switch c := b[i]; {
		case c == '\n':
			if i == 0 || b[i-1] != '\r' {
				return 0, false
			}
			if i >= 3 && b[i-2] == '\n' {
				return i + 1, true
			}
		case i > 0 && b[i-1] == '\r', c < ' ' && c != '\r' && c != '\t', c == 0x7f:
			return 0, false
		}
	}
	return 0, true
}

// tooLong is the status for a head past the limit.
func tooLong(b []byte) int {
	if bytes.IndexByte(b, '\n') < 0 {
		return 414
	}
	return 431
}

// rewrite appends to dst what net/http may see of the head src (as headEnd found it): the request line with a path of
// this house, the headers of the allow-list in a plain form, and whether the connection closes. Everything else about
// the caller ends here. A status other than 0 is a refusal. src is only compared, never turned into a string.
func rewrite(dst, src []byte) (out []byte, h head, status int) {
	line, src := nextLine(src)
	dst, private, status := requestLine(dst, line)
	if status != 0 {
		return dst, h, status
	}
	r := rewriter{out: dst, private: private}
	for n := 0; ; n++ {
		if line, src = nextLine(src); len(line) == 0 {
			break
		}
		if n == headersMost {
			return dst, h, 431
		}
		colon := bytes.IndexByte(line, ':')
		if colon <= 0 || !all(line[:colon], isToken) { // a folded line starts with a blank, which is no token
			return dst, h, 400
		}
		if status = r.header(line[:colon], bytes.Trim(line[colon+1:], " \t")); status != 0 {
			return dst, h, status
		}
	}
	return r.finish()
}

// nextLine cuts a line without its CRLF.
func nextLine(src []byte) (line, rest []byte) {
	i := bytes.IndexByte(src, '\n')
	if i < 1 {
		return nil, nil
	}
	return src[:i-1], src[i+1:]
}

func requestLine(dst, line []byte) (out []byte, private bool, status int) {
	method, rest, ok1 := bytes.Cut(line, []byte(" "))
	target, version, ok2 := bytes.Cut(rest, []byte(" "))
	if !ok1 || !ok2 || !all(method, isToken) {
		return dst, false, 400
	}
	switch {
	case len(target) > targetMost:
		return dst, false, 414
	case !isVersion(version):
		return dst, false, 400
	case string(version) != "HTTP/1.1":
		return dst, false, 505
	case len(target) == 0, target[0] != '/', !all(target, isVisible), bytes.IndexByte(target, '#') >= 0:
		return dst, false, 400
	case !known(methods, method):
		return dst, false, 501
	}
	dst = append(append(dst, method...), ' ')
	path, query, asked := bytes.Cut(target, []byte("?"))
	private, ok := place(path)
	if !ok {
		// A path can say where somebody comes from. It is answered as not found all the same.
		return append(dst, "/unknown HTTP/1.1\r\n"...), false, 0
	}
	dst = append(dst, path...)
	if asked && private {
		dst = append(append(dst, '?'), query...)
	}
	return append(dst, " HTTP/1.1\r\n"...), private, 0
}

var (
	methods = []string{"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"}
	// rooms are the first steps of every path that the house has; those of privateRooms belong to people who log
	// in, so cookie and query pass there.
	rooms        = []string{"", "chat", "kept", "assets", "metrics", "healthz", "readyz"}
	privateRooms = []string{"staff", "reach", "desk"}
	sites        = []string{"same-origin", "same-site", "cross-site", "none"}
)

// place says whether a path is one that the house could have (plain characters, no empty, "." or ".." step, a known
// first step) and whether cookie and query pass there.
func place(path []byte) (private, ok bool) {
	first := path[1:]
	if i := bytes.IndexByte(first, '/'); i >= 0 {
		first = first[:i]
	}
	if !all(path, isPath) || bytes.Contains(path, []byte("//")) || bytes.Contains(path, []byte("/.")) {
		return false, false
	}
	private = known(privateRooms, first)
	return private, private || known(rooms, first)
}

// rewriter collects the allowed headers of one request.
type rewriter struct {
	out     []byte
	private bool // cookie and query pass

	seen                       [fieldCount]bool
	encoded                    bool
	wantsUpgrade, wantsSockets bool
	protocols                  int
	length                     int
}

// Fields that may come once at most.
const (
	fieldHost = iota
	fieldLength
	fieldKey
	fieldVersion
	fieldOrigin
	fieldSite
	fieldType
	fieldCookie
	fieldCount
)

func (r *rewriter) header(name, value []byte) int {
	switch {
	case is(name, "host"):
		return r.once(fieldHost, "Host: ", value, 255, isHost)
	case is(name, "origin"):
		return r.once(fieldOrigin, "Origin: ", value, 255, isVisible)
	case is(name, "content-type"):
		return r.once(fieldType, "Content-Type: ", value, 128, isText)
	case is(name, "sec-websocket-key"):
		return r.once(fieldKey, "Sec-WebSocket-Key: ", value, 64, isVisible)
	case is(name, "sec-websocket-version"):
		return r.once(fieldVersion, "Sec-WebSocket-Version: ", value, 3, isDigit)
	case is(name, "sec-fetch-site"):
		if !known(sites, value) {
			return 400
		}
		return r.once(fieldSite, "Sec-Fetch-Site: ", value, 16, isVisible)
	case is(name, "content-length"):
		return r.contentLength(value)
	case is(name, "transfer-encoding"):
		return 411
	case is(name, "connection"):
		r.wantsUpgrade = r.wantsUpgrade || lists(value, "upgrade")
	case is(name, "upgrade"):
		r.wantsSockets = r.wantsSockets || lists(value, "websocket")
	case is(name, "accept-encoding"):
		// Of this list, which helps to tell browsers apart, only what is served matters.
		if !r.encoded && lists(value, "gzip") {
			r.encoded = true
			r.out = append(r.out, "Accept-Encoding: gzip\r\n"...)
		}
	case is(name, "sec-websocket-protocol"):
		return r.protocol(value)
	case is(name, "cookie"):
		return r.cookie(value)
	}
	return 0
}

// once passes a header on whose value is of one kind of bytes and no longer than most.
func (r *rewriter) once(field int, name string, value []byte, most int, kind func(byte) bool) int {
	if r.seen[field] || len(value) == 0 || !all(value, kind) {
		return 400
	}
	if len(value) > most {
		return 431
	}
	r.seen[field] = true
	r.out = append(append(append(r.out, name...), value...), "\r\n"...)
	return 0
}

func (r *rewriter) contentLength(value []byte) int {
	if r.seen[fieldLength] || len(value) == 0 || !all(value, isDigit) {
		return 400
	}
	r.seen[fieldLength] = true
	for _, c := range value {
		if r.length = 10*r.length + int(c-'0'); r.length > bodyMost {
			return 413
		}
	}
	return 0
}

// protocol passes on the names of this server's subprotocols only; a list that came in several lines may leave in as
// many.
func (r *rewriter) protocol(value []byte) int {
	for offer := range bytes.SplitSeq(value, []byte(",")) {
		offer = bytes.Trim(offer, " \t")
		digits, ours := bytes.CutPrefix(offer, []byte("haven."))
		if !ours || len(digits) == 0 || len(digits) > 4 || !all(digits, isDigit) {
			continue
		}
		if r.protocols++; r.protocols > 4 {
			return 431
		}
		r.out = append(append(append(r.out, "Sec-WebSocket-Protocol: "...), offer...), "\r\n"...)
	}
	return 0
}

// cookie passes on the house's own cookies, where somebody may be logged in.
func (r *rewriter) cookie(value []byte) int {
	if !r.private {
		return 0
	}
	if r.seen[fieldCookie] {
		return 400
	}
	r.seen[fieldCookie] = true
	passed := 0
	for pair := range bytes.SplitSeq(value, []byte(";")) {
		pair = bytes.Trim(pair, " \t")
		if !bytes.HasPrefix(pair, []byte("haven_")) || !all(pair, isVisible) {
			continue
		}
		lead := "; "
		if passed == 0 {
			lead = "Cookie: "
		}
		if passed++; passed > 8 || len(pair) > 512 {
			return 431
		}
		r.out = append(append(r.out, lead...), pair...)
	}
	if passed > 0 {
		r.out = append(r.out, "\r\n"...)
	}
	return 0
}

func (r *rewriter) finish() ([]byte, head, int) {
	h := head{upgrade: r.wantsUpgrade && r.wantsSockets, length: r.length}
	switch {
	case !r.seen[fieldHost], h.upgrade && h.length > 0:
		return r.out, h, 400
	case h.length > 0 && !r.private:
		return r.out, h, 413 // only people who log in have anything to send: elsewhere a body is one too large
	case h.upgrade:
		r.out = append(r.out, "Connection: Upgrade\r\nUpgrade: websocket\r\n"...)
	default:
		r.out = append(r.out, "Connection: close\r\n"...)
	}
	if r.seen[fieldLength] {
		r.out = append(strconv.AppendInt(append(r.out, "Content-Length: "...), int64(r.length), 10), "\r\n"...)
	}
	return append(r.out, "\r\n"...), h, 0
}
