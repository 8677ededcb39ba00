package microfont

import (
	"bytes"
	"encoding/binary"
	"testing"
)

// The test font has 1000 units in an em and seven glyphs: .notdef, A, B, a composite of A and B, 2, ² and 𠮷.
const (
	glyphA = iota + 1
	glyphB
	glyphAB
	glyph2
	glyphSquared
	glyphRare
	glyphCount
)

// square is a simple outline with the box 0, low, 100, high; label tells one from another.
func square(low, high, label int) []byte {
	return put16(nil, 1, 0, low, 100, high, 3, 0, label)
}

func testOutlines() [][]byte {
	both := put16(nil, compositeMark, 0, 0, 200, 700)
	both = put16(both, argsAreWords|argsAreXY|moreFollow, glyphA, 0, 0)
	both = put16(both, argsAreXY|hasScale, glyphB, 0x0A00, 0x2000)
	return [][]byte{
		square(0, 10, 0), square(0, 700, 1), square(0, 600, 2), both, square(0, 800, 4), square(450, 850, 5), square(-80, 800, 6),
	}
}

// testFont builds a font file; long chooses the format of loca, full the format of cmap.
func testFont(long, full bool) []byte {
	var glyf, loca, hmtx []byte
	add := func(at int) {
		if long {
			loca = binary.BigEndian.AppendUint32(loca, uint32(at))
			return
		}
		loca = put16(loca, at/2)
	}
	for n, o := range testOutlines() {
		add(len(glyf))
		glyf = append(glyf, o...)
		hmtx = put16(hmtx, 500+n, n)
	}
	add(len(glyf))
	head := make([]byte, 54)
	binary.BigEndian.PutUint16(head[18:], 1000)
	if long {
		head[51] = 1
	}
	hhea := make([]byte, 36)
	binary.BigEndian.PutUint16(hhea[34:], glyphCount)
	maxp := append([]byte{0, 1, 0, 0, 0, glyphCount}, make([]byte, 26)...)
	return assemble(map[string][]byte{
		"head": head, "hhea": hhea, "maxp": maxp, "glyf": glyf, "loca": loca, "hmtx": hmtx, "cmap": testCmap(full),
		"post": make([]byte, 32), "OS/2": make([]byte, 78), "name": make([]byte, 6), "GSUB": make([]byte, 40), "prep": {1, 2, 3},
	})
}

var testGlyphs = map[rune]int{'A': glyphA, 'B': glyphB, 'Ä': glyphAB, '2': glyph2, '²': glyphSquared, '\ue000': glyphB}

// testCmap maps the test's characters in format 12, or without the one above U+FFFF in format 4, a segment for each.
func testCmap(full bool) []byte {
	runes := []rune{'2', 'A', 'B', '²', 'Ä', '\ue000', '𠮷'}
	if !full {
		return testFormat4(runes[:6])
	}
	b := put16(nil, 0, 1, 3, 10, 0, 12)
	b = put16(b, 12, 0, 0, 16+12*7, 0, 0, 0, 7)
	for _, r := range runes {
		g := testGlyphs[r]
		if r == '𠮷' {
			g = glyphRare
		}
		for range 2 {
			b = binary.BigEndian.AppendUint32(b, uint32(r))
		}
		b = binary.BigEndian.AppendUint32(b, uint32(g))
	}
	return b
}

func testFormat4(runes []rune) []byte {
	n := len(runes) + 1
	b := put16(nil, 0, 1, 3, 1, 0, 12)
	b = put16(b, 4, 16+8*n, 0, 2*n, 0, 0, 0)
	for _, r := range runes {
		b = put16(b, int(r))
	}
	b = put16(b, 0xFFFF, 0)
	for _, r := range runes {
		b = put16(b, int(r))
	}
	b = put16(b, 0xFFFF)
	for _, r := range runes {
		b = put16(b, testGlyphs[r]-int(r))
	}
	return append(put16(b, 1), make([]byte, 2*n)...)
}

func parsed(tb testing.TB, data []byte) *Face {
	tb.Helper()
	f, err := Parse(data)
	if err != nil {
		tb.Fatal(err)
	}
	return f
}

func TestParse(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ long, full bool }{{true, true}, {false, true}, {true, false}, {false, false}} {
		f := parsed(t, testFont(c.long, c.full))
		for r, g := range testGlyphs {
			if !f.Has(r) || f.Advance(r) != 500+g {
				t.Errorf("%+v: %c: has %v, advance %d; want true, %d", c, r, f.Has(r), f.Advance(r), 500+g)
			}
		}
		if f.Has('𠮷') != c.full {
			t.Errorf("%+v: 𠮷 is there: %v, want %v", c, f.Has('𠮷'), c.full)
		}
		if b, ok := f.Bounds('B'); !ok || b != (Bounds{0, 0, 100, 600}) {
			t.Errorf("%+v: box of B is %v, %v", c, b, ok)
		}
		if f.Has('C') || f.Has('😀') || f.Has(-1) {
			t.Errorf("%+v: the font claims characters that it has not", c)
		}
	}
}

func TestParseRefuses(t *testing.T) {
	t.Parallel()
	good := testFont(true, true)
	patched := func(table string, at int, value ...byte) []byte {
		b := bytes.Clone(good)
		copy(parsedTable(t, b, table)[at:], value)
		return b
	}
	for name, in := range map[string][]byte{
		"nothing":          nil,
		"CFF outlines":     append([]byte("OTTO"), good[4:]...),
		"a collection":     append([]byte("ttcf"), good[4:]...),
		"a short file":     good[:len(good)/2],
		"no units":         patched("head", 18, 0, 0),
		"no metrics":       patched("hhea", 34, 0, 0),
		"too many glyphs":  patched("maxp", 4, 0xFF, 0xFF),
		"no Unicode map":   patched("cmap", 4, 0, 1),
		"map out of order": patched("cmap", 12+16+12, 0, 0, 0, 0),
		"the same, BMP":    segmentsOutOfOrder(t),
	} {
		if _, err := Parse(in); err == nil {
			t.Errorf("%s: Parse took it", name)
		}
	}
}

func segmentsOutOfOrder(tb testing.TB) []byte {
	tb.Helper()
	b := testFont(true, false)
	copy(parsedTable(tb, b, "cmap")[12+14:], []byte{0xFF, 0xF0}) // the first segment ends behind all others
	return b
}

func parsedTable(tb testing.TB, data []byte, name string) []byte {
	tb.Helper()
	tables, err := directory(data)
	if err != nil {
		tb.Fatal(err)
	}
	return tables[name]
}
