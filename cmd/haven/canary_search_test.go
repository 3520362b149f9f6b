//go:build linux

package main

import (
	"bytes"
	"encoding/base64"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"io"
	"math/rand/v2"
	"strings"
	"testing"
)

// needle is one spelling of one plant.
type needle struct {
	plant, form string
	b           []byte
}

// gram is the width of the window through which long needles are looked for, and the step by which it moves: one
// look for every eight bytes, however many needles. A needle of longNeedle bytes fills at least one whole window
// wherever it lies.
const (
	gram       = 8
	longNeedle = 2*gram - 1
)

// spelt are the ways in which text may lie somewhere: as it is, in hexadecimal, and in base64 at each of the three
// places within a group of three bytes, in both alphabets.
func spelt(plant string, text []byte) []needle {
	lower := hex.EncodeToString(text)
	all := []needle{
		{plant, "raw", text}, {plant, "hex", []byte(lower)}, {plant, "HEX", []byte(strings.ToUpper(lower))},
	}
	for before := range 3 {
		padded := append(make([]byte, before), text...)
		// Only characters whose six bits all come from the text.
		first, end := (8*before+5)/6, 8*len(padded)/6
		std := []byte(base64.RawStdEncoding.EncodeToString(padded)[first:end])
		url := []byte(base64.RawURLEncoding.EncodeToString(padded)[first:end])
		all = append(all, needle{plant, fmt.Sprintf("base64 at %d", before), std})
		if !bytes.Equal(std, url) {
			all = append(all, needle{plant, fmt.Sprintf("base64url at %d", before), url})
		}
	}
	return all
}

// fourBytes is the form of an address that other things may have by chance.
const fourBytes = "four bytes"

// speltAddress are the ways in which an IPv4 address may lie somewhere, spelt included.
func speltAddress(plant string, ip [4]byte) []needle {
	back := [4]byte{ip[3], ip[2], ip[1], ip[0]}
	all := []needle{{plant, fourBytes, ip[:]}, {plant, fourBytes + " turned", back[:]}}
	for name, b := range map[string][4]byte{"": ip, " turned": back} {
		lower := hex.EncodeToString(b[:])
		all = append(all, spelt(plant+name, fmt.Appendf(nil, "%d.%d.%d.%d", b[0], b[1], b[2], b[3]))...)
		all = append(all,
			needle{plant, "hex of four bytes" + name, []byte(lower)},
			needle{plant, "HEX of four bytes" + name, []byte(strings.ToUpper(lower))},
			needle{plant, "mapped" + name, []byte(lower[:4] + ":" + lower[4:])}, // ::ffff:7f42:4d58
			needle{plant, "integer" + name, fmt.Append(nil, binary.BigEndian.Uint32(b[:]))},
		)
		// The sixteen bytes of ::ffff:a.b.c.d hold the four; their base64 does not hold that of the four at a known place.
		mapped := append([]byte{10: 0xff, 11: 0xff}, b[:]...)
		for _, n := range spelt(plant+name, mapped) {
			if strings.HasPrefix(n.form, "base64") {
				n.form = "mapped " + n.form
				all = append(all, n)
			}
		}
	}
	return all
}

// search finds needles in a stream.
type search struct {
	short   []needle // looked for one by one
	long    []needle
	grams   map[uint64][]gramAt
	perhaps [1 << 10]uint64 // bit set: a gram of that hash is in grams
	longest int
	chunk   int // how much of a stream is held at once
}

type gramAt struct{ needle, at int }

func newSearch(needles []needle) *search {
	s := &search{grams: map[uint64][]gramAt{}, chunk: 1 << 20}
	for _, n := range needles {
		s.longest = max(s.longest, len(n.b))
		if len(n.b) < longNeedle {
			s.short = append(s.short, n)
			continue
		}
		for at := range gram {
			g := binary.LittleEndian.Uint64(n.b[at:])
			s.grams[g] = append(s.grams[g], gramAt{len(s.long), at})
			h := hash(g)
			s.perhaps[h>>6] |= 1 << (h & 63)
		}
		s.long = append(s.long, n)
	}
	return s
}

func hash(g uint64) uint64 { return g * 0x9e3779b97f4a7c15 >> 48 }

// block calls found for each needle in b that ends behind carried: what lies before was told with the block before.
//
//go:norace
func (s *search) block(b []byte, carried int, found func(at int, n *needle)) {
	for i := 0; i+gram <= len(b); i += gram {
		g := binary.LittleEndian.Uint64(b[i:])
		if h := hash(g); s.perhaps[h>>6]&(1<<(h&63)) == 0 {
			continue
		}
		for _, p := range s.grams[g] {
			n, at := &s.long[p.needle], i-p.at
			if at >= 0 && at+len(n.b) > carried && bytes.HasPrefix(b[at:], n.b) {
				found(at, n)
			}
		}
	}
	for k := range s.short {
		n := &s.short[k]
		for from := max(0, carried-len(n.b)+1); ; {
			at := bytes.Index(b[from:], n.b)
			if at < 0 {
				break
			}
			found(from+at, n)
			from += at + 1
		}
	}
}

// stream reads r to its end and calls found with the offset of each needle and the bytes around it. It returns how
// many bytes it read.
func (s *search) stream(r io.Reader, found func(at int64, n *needle, around []byte)) (int64, error) {
	buf := make([]byte, s.chunk+s.longest)
	var offset int64 // of buf[0]
	for carried := 0; ; {
		n, err := io.ReadFull(r, buf[carried:])
		b := buf[:carried+n]
		s.block(b, carried, func(at int, n *needle) {
			found(offset+int64(at), n, bytes.Clone(b[max(0, at-32):min(len(b), at+len(n.b)+32)]))
		})
		if err != nil {
			if err == io.EOF || err == io.ErrUnexpectedEOF {
				return offset + int64(len(b)), nil
			}
			return offset + int64(len(b)), err
		}
		carried = min(len(b), s.longest-1)
		copy(buf, b[len(b)-carried:])
		offset += int64(len(b) - carried)
	}
}

// TestCanarySearch shows that the search itself finds each spelling at any place, across the borders of chunks too,
// once, and nothing else. The spellings are made here by other means than in spelt.
func TestCanarySearch(t *testing.T) {
	text := []byte("xqzwordofthecanaryjkvb")
	needles := append(spelt("word", text), speltAddress("address", [4]byte{127, 66, 77, 88})...)
	s := newSearch(needles)
	s.chunk = 1 << 12
	if len(s.short) == 0 || len(s.long) == 0 {
		t.Fatal("both ways of searching are to be tested")
	}
	random := rand.New(rand.NewPCG(1, 2))
	noise := func(n int) []byte {
		b := make([]byte, n)
		for i := range b {
			b[i] = byte(random.UintN(64)) // never 0x7f nor 'B', 'M', 'X', nor a letter
		}
		return b
	}
	haystack := noise(3*s.chunk + 17)
	if _, err := s.stream(bytes.NewReader(haystack), func(at int64, n *needle, _ []byte) {
		t.Errorf("found %s %s in noise", n.plant, n.form)
	}); err != nil {
		t.Fatal(err)
	}

	within := func(before, after int) []byte {
		return append(append(noise(before), text...), noise(after)...)
	}
	mapped := []byte{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, 127, 66, 77, 88}
	hidden := map[string][]byte{
		"word/raw": text, "word/hex": fmt.Appendf(nil, "%x", text), "word/HEX": fmt.Appendf(nil, "%X", text),
		"address/four bytes": {0x7f, 0x42, 0x4d, 0x58}, "address/four bytes turned": {0x58, 0x4d, 0x42, 0x7f},
		"address/raw": []byte("127.66.77.88"), "address turned/raw": []byte("88.77.66.127"),
		"address/hex": []byte("3132372e36362e37372e3838"), "address/HEX": []byte("3132372E36362E37372E3838"),
		"address/hex of four bytes": []byte("7f424d58"), "address/HEX of four bytes": []byte("7F424D58"),
		"address/mapped": []byte("::ffff:7f42:4d58"), "address/integer": []byte("2135051608"),
		"address/integer turned":     []byte("1481458303"),
		"address/mapped base64 at 0": []byte(base64.StdEncoding.EncodeToString(mapped)),
		"address/base64 at 1":        []byte(base64.StdEncoding.EncodeToString([]byte(":127.66.77.88"))),
	}
	for before := range 3 {
		for after := range 3 {
			k := fmt.Sprintf("word/base64 at %d", before)
			hidden[fmt.Sprint(k, "/", after)] = []byte(base64.StdEncoding.EncodeToString(within(before, after)))
			hidden[fmt.Sprint(k, "/url", after)] = []byte(base64.URLEncoding.EncodeToString(within(before, after)))
		}
	}
	for name, b := range hidden {
		plant, form, _ := strings.Cut(name, "/")
		form, _, _ = strings.Cut(form, "/")
		first := s.chunk + s.longest // where the first block ends
		places := []int{0, 1, first - len(b) - 1, first - len(b), first - len(b)/2, first - 1, first, len(haystack) - len(b)}
		for _, at := range places {
			planted := bytes.Clone(haystack)
			copy(planted[at:], b)
			count := 0
			if _, err := s.stream(bytes.NewReader(planted), func(_ int64, n *needle, _ []byte) {
				if n.plant == plant && n.form == form {
					count++
				}
			}); err != nil {
				t.Fatal(err)
			}
			if count != 1 {
				t.Errorf("%s at %d was found %d times", name, at, count)
			}
		}
	}
}
