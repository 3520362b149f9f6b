package main

import (
	"bytes"
	"encoding/base64"
	"errors"
	"strings"
	"testing"
	"time"

	"haven/routing"
)

func TestReturnCodesInTheConfiguration(t *testing.T) {
	for text, want := range map[string]time.Duration{
		"": 30 * 24 * time.Hour, "return_codes: {keep_days: 7}\n": 7 * 24 * time.Hour, "return_codes: {keep_days: 0}\n": 0,
	} {
		c, err := parseConfig("f", []byte(text+someLine))
		if err != nil || c.Durations.Code != want {
			t.Errorf("%q: %v, %v", text, c, err)
		}
	}
	for _, text := range []string{"keep_days: -1", "keep_days: 400", "keep_days: 1.5", "days: 3"} {
		if _, err := parseConfig("f", []byte("return_codes: {"+text+"}\n"+someLine)); err == nil || !strings.HasPrefix(err.Error(), "f:1: return_codes") {
			t.Errorf("%s: %v", text, err)
		}
	}
}

func TestCodeKey(t *testing.T) {
	key := freshCodeKey()
	for text, want := range map[string]error{
		"": nil, base64.StdEncoding.EncodeToString(key): nil, base64.RawURLEncoding.EncodeToString(key): nil,
		base64.StdEncoding.EncodeToString(key[:31]): errCodeKey, "correct horse battery staple": errCodeKey,
	} {
		c := &config{Durations: routing.DefaultDurations()}
		err := c.takeCodeKey(func(name string) string {
			if name == codeKeyEnv {
				return text
			}
			return ""
		})
		on := text != "" && want == nil
		if !errors.Is(err, want) || on != bytes.Equal(c.CodeKey, key) || want == nil && on != (c.Durations.Code > 0) {
			t.Errorf("%q: %v, key %x, %v", text, err, c.CodeKey, c.Durations.Code)
		}
	}
}

func TestCheckSaysWhetherThereAreCodes(t *testing.T) {
	for _, c := range []struct {
		key    []byte
		wanted time.Duration
		want   string
	}{
		{nil, 0, "note     return codes: off, as"}, {nil, 24 * time.Hour, "note     return codes: off, since HAVEN_CODE_KEY"},
		{freshCodeKey(), 24 * time.Hour, "ok       return codes: kept for 1 days"},
	} {
		var out bytes.Buffer
		checkCodes(&findings{out: &out}, &config{CodeKey: c.key}, c.wanted)
		if !strings.HasPrefix(out.String(), c.want) {
			t.Errorf("%q, want %q", out.String(), c.want)
		}
	}
}
