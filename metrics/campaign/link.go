package campaign

import (
	"fmt"
	"image"
	"strings"

	"github.com/boombuler/barcode/qr"
)

// Link is the address that a channel hands out. What it says stands behind the #, so that no request and no log of a
// proxy has it; the young person's page reads it and takes it out of the address. Without a line the page lets people
// choose.
func Link(origin, campaign, channel, line string) string {
	link := origin + "/#c=" + campaign
	if channel != "" {
		link += "." + channel
	}
	if line != "" {
		link += "&l=" + line
	}
	return link
}

// Code is a QR code.
type Code struct {
	Side int    // modules on each side, without the quiet zone
	Path string // SVG path data: the dark modules, one unit each, within a quiet zone of Quiet units
}

// Quiet is how many modules around a code have to be empty (ISO/IEC 18004).
const Quiet = 4

// QR is the code of a link. It can lose 15 % and still be read (level M); more would make the modules smaller.
func QR(link string) (Code, error) {
	drawn, err := qr.Encode(link, qr.M, qr.Unicode)
	if err != nil {
		return Code{}, fmt.Errorf("campaign: %d bytes are too many for a QR code", len(link))
	}
	return Code{Side: drawn.Bounds().Dx(), Path: outline(drawn)}, nil
}

// outline draws each run of dark modules in a row as one box.
func outline(drawn image.Image) string {
	var path strings.Builder
	side := drawn.Bounds().Dx()
	dark := func(x, y int) bool {
		if x == side {
			return false
		}
		r, _, _, _ := drawn.At(x, y).RGBA()
		return r == 0
	}
	for y := range side {
		for x := 0; x < side; x++ {
			from := x
			for dark(x, y) {
				x++
			}
			if x > from {
				fmt.Fprintf(&path, "M%d %dh%dv1h-%dz", from+Quiet, y+Quiet, x-from, x-from)
			}
		}
	}
	return path.String()
}
