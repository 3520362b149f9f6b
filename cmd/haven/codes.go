package main

import (
	"crypto/rand"
	"encoding/base64"
	"errors"
	"time"
)

// codeKeyEnv names the secret that keys the hash of return codes. It is not kept in Redis: with the key beside them,
// whoever has Redis could try all codes against their hashes.
const codeKeyEnv = "HAVEN_CODE_KEY"

const codeKeyBytes = 32

var errCodeKey = errors.New(codeKeyEnv + ": 32 random bytes in base64 are expected here, such as from: openssl rand -base64 32")

const maxCodeDays = 366

func (c *config) readReturnCodes(v value) {
	v.fields(map[string]func(value){
		"keep_days": func(v value) { c.Durations.Code = time.Duration(v.int(0, maxCodeDays)) * 24 * time.Hour },
	})
}

// takeCodeKey takes the key from the environment. Without one there are no return codes.
func (c *config) takeCodeKey(getenv func(string) string) error {
	text := getenv(codeKeyEnv)
	if text == "" {
		c.CodeKey, c.Durations.Code = nil, 0
		return nil
	}
	for _, e := range []*base64.Encoding{base64.StdEncoding, base64.RawStdEncoding, base64.URLEncoding, base64.RawURLEncoding} {
		if b, err := e.DecodeString(text); err == nil && len(b) == codeKeyBytes {
			c.CodeKey = b
			return nil
		}
	}
	return errCodeKey
}

// freshCodeKey is for a deployment that lives in one process.
func freshCodeKey() []byte {
	key := make([]byte, codeKeyBytes)
	rand.Read(key) // never fails, crypto/rand
	return key
}

func checkCodes(f *findings, c *config, wanted time.Duration) {
	switch {
	case wanted == 0:
		f.note("return codes: off, as return_codes.keep_days says")
	case len(c.CodeKey) == 0:
		f.note("return codes: off, since %s is not set; who leaves in a hurry cannot come back to the same chat", codeKeyEnv)
	default:
		f.ok("return codes: kept for %d days; every node needs the same %s", int(wanted/(24*time.Hour)), codeKeyEnv)
	}
}
