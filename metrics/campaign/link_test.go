package campaign

import (
	"strings"
	"testing"
)

func TestLink(t *testing.T) {
	const origin = "https://chat.example.nl"
	for _, tt := range []struct{ campaign, channel, line, want string }{
		{"chatten-helpt", "poster", "", "/#c=chatten-helpt.poster"},
		{"chatten-helpt", "poster", "fier", "/#c=chatten-helpt.poster&l=fier"},
		{"chatten-helpt", "", "", "/#c=chatten-helpt"},
	} {
		if got := Link(origin, tt.campaign, tt.channel, tt.line); got != origin+tt.want {
			t.Errorf("%+v: %s", tt, got)
		}
	}
}

// Links up to about the longest that a configuration can make are drawn and read back, so that several
// versions of the code and ways of sharing it out over blocks are met.
func TestCodesReadBack(t *testing.T) {
	const longest = 190
	sizes := map[int]bool{}
	link := Link("https://chat.example.nl", "chatten-helpt", "poster", "")
	for len(link) < longest {
		code, err := QR(link)
		if err != nil {
			t.Fatal(err)
		}
		got, err := scan(code)
		if err != nil || got.text != link || got.level != 'M' {
			t.Fatalf("%d bytes, side %d: read %+v, %v", len(link), code.Side, got, err)
		}
		sizes[code.Side] = true
		link += "-abcdefghij9"[len(link)%5:]
	}
	if len(sizes) < 6 {
		t.Errorf("sides %v only", sizes)
	}
}

// The reader of this test has to notice: a code with one module the other way round is not read.
func TestScanSeesFaults(t *testing.T) {
	code, err := QR("https://chat.example.nl/#c=chatten-helpt.poster")
	if err != nil {
		t.Fatal(err)
	}
	dark, err := modules(code.Path, code.Box())
	if err != nil {
		t.Fatal(err)
	}
	missed := 0
	for y := Quiet; y < Quiet+code.Side; y++ {
		for x := Quiet; x < Quiet+code.Side; x++ {
			dark[y][x] = !dark[y][x]
			if _, err := read(dark); err == nil {
				missed++
			}
			dark[y][x] = !dark[y][x]
		}
	}
	// The one module that is always dark and the few bits left over at the end say nothing.
	if missed > 8 {
		t.Errorf("%d faults were not seen", missed)
	}
	dark[0][0] = true
	if _, err := read(dark); err == nil || !strings.Contains(err.Error(), "quiet zone") {
		t.Errorf("a spot in the quiet zone: %v", err)
	}
}

func TestLinkTooLong(t *testing.T) {
	if _, err := QR("https://" + strings.Repeat("a", 3000)); err == nil || !strings.Contains(err.Error(), "3008 bytes are too many") {
		t.Errorf("got %v", err)
	}
}
