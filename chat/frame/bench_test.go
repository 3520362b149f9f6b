package frame

import (
	"encoding/json"
	"strings"
	"testing"
)

// A message of 200 bytes is sealed as 512 + 16 bytes, 704 characters.
func BenchmarkParseMsg(b *testing.B) {
	in := []byte(msgFrame(`"ct":"` + ct + `"`))
	b.SetBytes(int64(len(in)))
	b.ReportAllocs()
	var f Youth
	for b.Loop() {
		if err := f.Parse(in); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkParseDeskMsg(b *testing.B) {
	in := []byte(strings.Replace(msgFrame(`"ct":"`+ct+`"`), `"e"`, `"chat":"`+id2+`","e"`, 1))
	b.SetBytes(int64(len(in)))
	b.ReportAllocs()
	var f Desk
	for b.Loop() {
		if err := f.Parse(in); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkParseMsgByTheStandardLibrary(b *testing.B) {
	in := []byte(msgFrame(`"ct":"` + ct + `"`))
	b.SetBytes(int64(len(in)))
	b.ReportAllocs()
	for b.Loop() {
		var f struct {
			T, ID, IV, CT string
			E, K          int
			N             int64
		}
		if err := json.Unmarshal(in, &f); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkParseRead(b *testing.B) {
	in := []byte(`{"t":"read","seq":12}`)
	b.ReportAllocs()
	var f Youth
	for b.Loop() {
		if err := f.Parse(in); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkAppendBody(b *testing.B) {
	var f Youth
	if err := f.Parse([]byte(msgFrame(`"ct":"` + ct + `"`))); err != nil {
		b.Fatal(err)
	}
	buf := make([]byte, 0, f.BodySize())
	b.ReportAllocs()
	for b.Loop() {
		buf = f.AppendBody(buf[:0], 'y')
	}
}

func BenchmarkAppendMsg(b *testing.B) {
	tail, buf := body(b), make([]byte, 0, 4096)
	b.ReportAllocs()
	for b.Loop() {
		buf = AppendMsg(buf[:0], 123456, tail)
	}
}

func BenchmarkAppendAck(b *testing.B) {
	buf := make([]byte, 0, 4096)
	b.ReportAllocs()
	for b.Loop() {
		buf = AppendAck(buf[:0], id, 123456)
	}
}

func BenchmarkHotParseMsg(b *testing.B) {
	msg := AppendMsg(nil, 123456, []byte(strings.Replace(string(body(b)), ct[:40], ct, 1)))
	b.ReportAllocs()
	var h Hot
	for b.Loop() {
		h.Parse(msg)
	}
}
