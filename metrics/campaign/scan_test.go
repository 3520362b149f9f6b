package campaign

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
)

// scanned is a QR code read back from its path data, by the book (ISO/IEC 18004) and by nothing of the library that drew
// it: function patterns, format, mask, order of modules and of blocks, error correction of every block, bytes.
type scanned struct {
	text  string
	level byte // L M Q H
}

// blocks are, for level M of versions 1 to 10, the bytes of a code, those of correction in a block, and how many blocks
// there are (table 9).
var blocks = [11][3]int{1: {26, 10, 1}, 2: {44, 16, 1}, 3: {70, 26, 1}, 4: {100, 18, 2}, 5: {134, 24, 2}, 6: {172, 16, 4},
	7: {196, 18, 4}, 8: {242, 22, 4}, 9: {292, 22, 5}, 10: {346, 26, 5}}

// centres of alignment patterns (annex E).
var centres = [11][]int{2: {6, 18}, 3: {6, 22}, 4: {6, 26}, 5: {6, 30}, 6: {6, 34}, 7: {6, 22, 38}, 8: {6, 24, 42}, 9: {6, 26, 46}, 10: {6, 28, 50}}

// formats are the 32 sequences of level and mask (annex C), masked with 101010000010010.
func formats() map[int]struct {
	level byte
	mask  int
} {
	out := map[int]struct {
		level byte
		mask  int
	}{}
	for data := range 32 {
		rest := data << 10
		for i := 14; i >= 10; i-- {
			if rest>>i&1 == 1 {
				rest ^= 0b10100110111 << (i - 10)
			}
		}
		out[(data<<10|rest)^0b101010000010010] = struct {
			level byte
			mask  int
		}{"MLHQ"[data>>3], data & 7}
	}
	return out
}

// modules reads path data of boxes one high.
func modules(path string, box int) ([][]bool, error) {
	m := make([][]bool, box)
	for y := range m {
		m[y] = make([]bool, box)
	}
	for run := range strings.SplitSeq(strings.TrimSuffix(path, "z"), "z") {
		var x, y, w, back int
		if n, err := fmt.Sscanf(run, "M%d %dh%dv1h-%d", &x, &y, &w, &back); n != 4 || err != nil || w != back || w < 1 {
			return nil, fmt.Errorf("not a box: %q", run)
		}
		for i := range w {
			if x+i >= box || y >= box || m[y][x+i] {
				return nil, fmt.Errorf("drawn twice or outside: %q", run)
			}
			m[y][x+i] = true
		}
	}
	return m, nil
}

func scan(c Code) (scanned, error) {
	box, err := modules(c.Path, c.Box())
	if err != nil {
		return scanned{}, err
	}
	return read(box)
}

// read takes the modules with the quiet zone around them.
func read(box [][]bool) (scanned, error) {
	n := len(box) - 2*Quiet
	for y, row := range box {
		for x, dark := range row {
			if dark && (x < Quiet || y < Quiet || x >= Quiet+n || y >= Quiet+n) {
				return scanned{}, fmt.Errorf("dark in the quiet zone at %d, %d", x, y)
			}
		}
	}
	at := func(x, y int) bool { return box[y+Quiet][x+Quiet] }
	version := (n - 17) / 4
	if (n-17)%4 != 0 || version < 1 || version > 10 {
		return scanned{}, fmt.Errorf("%d modules on a side", n)
	}
	fixed, err := functionPatterns(n, version, at)
	if err != nil {
		return scanned{}, err
	}
	var first, second int // the two copies of the format
	for i := range 15 {
		x, y := 8, []int{0, 1, 2, 3, 4, 5, 7, 8}[min(i, 7)]
		if i > 7 {
			x, y = []int{7, 5, 4, 3, 2, 1, 0}[i-8], 8
		}
		x2, y2 := n-1-i, 8
		if i > 7 {
			x2, y2 = 8, n-15+i
		}
		if at(x, y) {
			first |= 1 << i
		}
		if at(x2, y2) {
			second |= 1 << i
		}
	}
	format, ok := formats()[first]
	if !ok || first != second {
		return scanned{}, fmt.Errorf("formats %b and %b", first, second)
	}
	masks := []func(x, y int) bool{
		func(x, y int) bool { return (x+y)%2 == 0 },
		func(_, y int) bool { return y%2 == 0 },
		func(x, _ int) bool { return x%3 == 0 },
		func(x, y int) bool { return (x+y)%3 == 0 },
		func(x, y int) bool { return (y/2+x/3)%2 == 0 },
		func(x, y int) bool { return x*y%2+x*y%3 == 0 },
		func(x, y int) bool { return (x*y%2+x*y%3)%2 == 0 },
		func(x, y int) bool { return ((x+y)%2+x*y%3)%2 == 0 },
	}
	var bits []bool
	for right, up := n-1, true; right > 0; right, up = right-2, !up {
		if right == 6 {
			right--
		}
		for i := range n {
			y := i
			if up {
				y = n - 1 - i
			}
			for x := right; x > right-2; x-- {
				if !fixed[y][x] {
					bits = append(bits, at(x, y) != masks[format.mask](x, y))
				}
			}
		}
	}
	data, err := corrected(bits, version, format.level)
	if err != nil {
		return scanned{}, err
	}
	text, err := bytesOf(data, version)
	return scanned{text, format.level}, err
}

// functionPatterns holds finders, separators, timing and alignment against the book, and says which modules are no data.
func functionPatterns(n, version int, at func(x, y int) bool) ([][]bool, error) {
	fixed := make([][]bool, n)
	for y := range fixed {
		fixed[y] = make([]bool, n)
	}
	ring := func(d int) bool { return d != 2 && d != 4 } // dark by the distance from the middle of a finder
	for _, mid := range [][2]int{{3, 3}, {n - 4, 3}, {3, n - 4}} {
		for dy := -4; dy <= 4; dy++ {
			for dx := -4; dx <= 4; dx++ {
				x, y := mid[0]+dx, mid[1]+dy
				if x < 0 || y < 0 || x >= n || y >= n {
					continue
				}
				fixed[y][x] = true
				if at(x, y) != ring(max(dx, -dx, dy, -dy)) {
					return nil, fmt.Errorf("no finder at %d, %d", x, y)
				}
			}
		}
	}
	for i := range n {
		if i >= 8 && i < n-8 && (at(i, 6) != (i%2 == 0) || at(6, i) != (i%2 == 0)) {
			return nil, fmt.Errorf("no timing at %d", i)
		}
		fixed[6][i], fixed[i][6] = true, true
	}
	for _, y := range centres[version] {
		for _, x := range centres[version] {
			if x == 6 && y == 6 || x == 6 && y == n-7 || x == n-7 && y == 6 {
				continue
			}
			for dy := -2; dy <= 2; dy++ {
				for dx := -2; dx <= 2; dx++ {
					fixed[y+dy][x+dx] = true
					if at(x+dx, y+dy) != (max(dx, -dx, dy, -dy) != 1) {
						return nil, fmt.Errorf("no alignment at %d, %d", x, y)
					}
				}
			}
		}
	}
	for i := range 9 {
		fixed[8][i], fixed[i][8] = true, true
		if i < 8 {
			fixed[8][n-1-i], fixed[n-1-i][8] = true, true
		}
	}
	if version >= 7 {
		for i := range 18 {
			fixed[i/3][n-11+i%3], fixed[n-11+i%3][i/3] = true, true
		}
	}
	return fixed, nil
}

// corrected takes the blocks apart and holds each against its own correction: a code as drawn has no error.
func corrected(bits []bool, version int, level byte) ([]byte, error) {
	total, ec, count := blocks[version][0], blocks[version][1], blocks[version][2]
	if level != 'M' || len(bits)/8 != total {
		return nil, fmt.Errorf("version %d, level %c: %d bits for %d bytes", version, level, len(bits), total)
	}
	raw := make([]byte, total)
	for i := range total * 8 {
		if bits[i] {
			raw[i/8] |= 0x80 >> (i % 8)
		}
	}
	short, longer := (total-ec*count)/count, (total-ec*count)%count
	parts := make([][]byte, count)
	i := 0
	for at := range short + 1 {
		for b := range count {
			if at < short || b >= count-longer {
				parts[b] = append(parts[b], raw[i])
				i++
			}
		}
	}
	var data []byte
	for _, p := range parts {
		data = append(data, p...)
	}
	for range ec {
		for b := range count {
			parts[b] = append(parts[b], raw[i])
			i++
		}
	}
	for b, p := range parts {
		root := byte(1)
		for range ec {
			var sum byte
			for _, c := range p {
				sum = times(sum, root) ^ c
			}
			if sum != 0 {
				return nil, fmt.Errorf("block %d has errors", b)
			}
			root = times(root, 2)
		}
	}
	return data, nil
}

// times is the product in GF(2^8) modulo x^8+x^4+x^3+x^2+1.
func times(a, b byte) byte {
	var out byte
	for ; b > 0; b >>= 1 {
		if b&1 == 1 {
			out ^= a
		}
		high := a & 0x80
		a <<= 1
		if high != 0 {
			a ^= 0x1d
		}
	}
	return out
}

// bytesOf reads one segment in byte mode and the end behind it.
func bytesOf(data []byte, version int) (string, error) {
	var s strings.Builder
	for _, b := range data {
		fmt.Fprintf(&s, "%08b", b)
	}
	bits, wide := s.String(), 8
	if version > 9 {
		wide = 16
	}
	n, err := strconv.ParseInt(bits[4:4+wide], 2, 32)
	end := 4 + wide + 8*int(n)
	if bits[:4] != "0100" || err != nil || end+4 > len(bits) {
		return "", errors.New("no segment of bytes")
	}
	if strings.Trim(bits[end:end+4], "0") != "" {
		return "", errors.New("no end behind the bytes")
	}
	var out []byte
	for i := 4 + wide; i < end; i += 8 {
		b, err := strconv.ParseUint(bits[i:i+8], 2, 8)
		if err != nil {
			return "", err
		}
		out = append(out, byte(b))
	}
	return string(out), nil
}
