package web

// Kinds of bytes, and comparisons that make no string of what they look at.

func all(b []byte, kind func(byte) bool) bool {
	for _, c := range b {
		if !kind(c) {
			return false
		}
	}
	return true
}

// is compares without regard to case; want is in lower case.
func is(b []byte, want string) bool {
	if len(b) != len(want) {
		return false
	}
	for i, c := range b {
		if 'A' <= c && c <= 'Z' {
			c += 'a' - 'A'
		}
		if c != want[i] {
			return false
		}
	}
	return true
}

func known(set []string, b []byte) bool {
	for _, s := range set {
		if string(b) == s { // compared in place
			return true
		}
	}
	return false
}

// lists says whether a comma-separated list holds a name; parameters such as ";q=0.5" are not looked at, but a name
// with q=0 is one that the caller does not want.
func lists(list []byte, want string) bool {
	for len(list) > 0 {
		item := list
		list = nil
		for i, c := range item {
			if c == ',' {
				item, list = item[:i], item[i+1:]
				break
			}
		}
		name, rest := item, []byte(nil)
		for i, c := range item {
			if c == ';' {
				name, rest = item[:i], item[i+1:]
				break
			}
		}
		if is(blank(name), want) && !is(blank(rest), "q=0") {
			return true
		}
	}
	return false
}

// blank cuts the blanks around b.
func blank(b []byte) []byte {
	for len(b) > 0 && (b[0] == ' ' || b[0] == '\t') {
		b = b[1:]
	}
	for len(b) > 0 && (b[len(b)-1] == ' ' || b[len(b)-1] == '\t') {
		b = b[:len(b)-1]
	}
	return b
}

func isDigit(c byte) bool   { return '0' <= c && c <= '9' }
func isLetter(c byte) bool  { return 'a' <= c|0x20 && c|0x20 <= 'z' }
func isVisible(c byte) bool { return '!' <= c && c <= '~' }
func isText(c byte) bool    { return isVisible(c) || c == ' ' }

// isToken is RFC 9110's tchar.
func isToken(c byte) bool {
	if isDigit(c) || isLetter(c) {
		return true
	}
	switch c {
	case '!', '#', '$', '%', '&', '\'', '*', '+', '-', '.', '^', '_', '`', '|', '~':
		return true
	}
	return false
}

func isHost(c byte) bool {
	return isDigit(c) || isLetter(c) || c == '.' || c == '-' || c == '_' || c == ':' || c == '[' || c == ']'
}

func isPath(c byte) bool {
	return isDigit(c) || isLetter(c) || c == '/' || c == '.' || c == '-' || c == '_'
}

// isVersion knows HTTP/d.d.
func isVersion(b []byte) bool {
	return len(b) == 8 && string(b[:5]) == "HTTP/" && isDigit(b[5]) && b[6] == '.' && isDigit(b[7])
}
