// Package microfont reads a large TrueType font once and cuts from it, for each document, a small one that holds only
// the glyphs the document needs. Pure: no state outside a Face, and a Face never changes. Read face.go first.
//
// Table names and layouts are those of the OpenType specification 1.9 (ISO/IEC 14496-22).
package microfont

import (
	"encoding/binary"
	"errors"
	"fmt"
)

// Face is one parsed TrueType font. It is immutable: any number of goroutines may use it at once.
type Face struct {
	tables    map[string][]byte
	unitsPer  int
	ascent    int
	descent   int
	glyphs    int // number of glyphs (maxp)
	metrics   int // number of full entries in hmtx (hhea)
	longLoca  bool
	basic     [0x10000]uint16 // glyph of each rune up to U+FFFF, 0 when there is none
	beyond    map[int]uint16  // glyph of each rune above U+FFFF
	raised    placement       // how the font makes its own superscripts
	lowered   placement
	unchanged placement
}

// Bounds is the box of a glyph's outline in font units.
type Bounds struct{ XMin, YMin, XMax, YMax int }

var errShort = errors.New("font table ends too early")

// Parse reads a TrueType font with outlines in glyf. The Face keeps referring to data, which must not change.
// Fonts with CFF outlines and collections are refused.
func Parse(data []byte) (*Face, error) {
	tables, err := directory(data)
	if err != nil {
		return nil, err
	}
	f := &Face{tables: tables, beyond: map[int]uint16{}}
	if err := f.readHeaders(); err != nil {
		return nil, err
	}
	if err := f.readCmap(); err != nil {
		return nil, err
	}
	f.measureScripts()
	return f, nil
}

// Has reports whether the font can show r.
func (f *Face) Has(r rune) bool {
	g, _ := f.glyph(r)
	return g != 0
}

// UnitsPerEm is the number of font units in one em.
func (f *Face) UnitsPerEm() int { return f.unitsPer }

// Advance is the width of r in font units; the width of .notdef when the font does not have r.
func (f *Face) Advance(r rune) int {
	g, p := f.glyph(r)
	return p.length(f.advance(int(g)))
}

// Bounds returns the box of r's outline; false when r has no outline (a space) or is not in the font.
func (f *Face) Bounds(r rune) (Bounds, bool) {
	g, p := f.glyph(r)
	b, ok := f.bounds(int(g))
	if g == 0 || !ok {
		return Bounds{}, false
	}
	return p.box(b), true
}

// thousandths turns font units into thousandths of an em.
func (f *Face) thousandths(units int) int { return units * 1000 / f.unitsPer }

// capHeight is the height of capital letters (OS/2 from version 2 on), else the ascent.
func (f *Face) capHeight() int {
	if os2 := f.tables["OS/2"]; u16(os2, 0) >= 2 && len(os2) >= 90 {
		return i16(os2, 88)
	}
	return f.ascent
}

// box holds all glyphs of the face, in thousandths of an em.
func (f *Face) box() Bounds {
	head := f.tables["head"]
	return Bounds{
		f.thousandths(i16(head, 36)), f.thousandths(i16(head, 38)), f.thousandths(i16(head, 40)), f.thousandths(i16(head, 42)),
	}
}

// directory splits the file into its tables.
func directory(data []byte) (map[string][]byte, error) {
	if len(data) < 12 {
		return nil, errShort
	}
	switch v := u32(data, 0); v {
	case 0x00010000, 0x74727565: // 1.0, 'true'
	default:
		return nil, fmt.Errorf("not a TrueType font with glyf outlines: version %08x", v)
	}
	n := int(binary.BigEndian.Uint16(data[4:]))
	if len(data) < 12+16*n {
		return nil, errShort
	}
	tables := make(map[string][]byte, n)
	for i := range n {
		e := data[12+16*i:]
		start, size := u32(e, 8), u32(e, 12)
		if start+size > len(data) {
			return nil, fmt.Errorf("table %q lies outside the file", e[:4])
		}
		tables[string(e[:4])] = data[start : start+size : start+size]
	}
	return tables, nil
}

// readHeaders reads head, hhea and maxp and checks that the tables they size are long enough.
func (f *Face) readHeaders() error {
	for name, least := range map[string]int{"head": 54, "hhea": 36, "maxp": 6, "OS/2": 78, "post": 32, "name": 6} {
		if len(f.tables[name]) < least {
			return fmt.Errorf("table %q: %w", name, errShort)
		}
	}
	head, hhea := f.tables["head"], f.tables["hhea"]
	f.unitsPer = u16(head, 18)
	f.longLoca = u16(head, 50) == 1
	f.ascent, f.descent = i16(hhea, 4), i16(hhea, 6)
	f.metrics = u16(hhea, 34)
	f.glyphs = u16(f.tables["maxp"], 4)
	switch {
	case f.unitsPer < 16 || f.unitsPer > 16384:
		return fmt.Errorf("%d units in an em", f.unitsPer)
	case f.glyphs == 0 || f.metrics == 0 || f.metrics > f.glyphs:
		return fmt.Errorf("%d glyphs with %d metrics", f.glyphs, f.metrics)
	case len(f.tables["hmtx"]) < 4*f.metrics+2*(f.glyphs-f.metrics):
		return fmt.Errorf("table \"hmtx\": %w", errShort)
	case len(f.tables["loca"]) < f.locaWidth()*(f.glyphs+1):
		return fmt.Errorf("table \"loca\": %w", errShort)
	}
	return nil
}

func (f *Face) locaWidth() int {
	if f.longLoca {
		return 4
	}
	return 2
}

// outline returns the glyf entry of glyph g, empty for a blank glyph.
func (f *Face) outline(g int) ([]byte, error) {
	if g < 0 || g >= f.glyphs {
		return nil, fmt.Errorf("glyph %d of %d", g, f.glyphs)
	}
	loca, glyf := f.tables["loca"], f.tables["glyf"]
	var from, to int
	if f.longLoca {
		from, to = u32(loca, 4*g), u32(loca, 4*g+4)
	} else {
		from, to = 2*u16(loca, 2*g), 2*u16(loca, 2*g+2)
	}
	switch {
	case from == to:
		return nil, nil
	case from > to || to > len(glyf):
		return nil, fmt.Errorf("glyph %d lies outside glyf", g)
	case to-from < 10:
		return nil, fmt.Errorf("glyph %d: %w", g, errShort)
	}
	return glyf[from:to:to], nil
}

func (f *Face) bounds(g int) (Bounds, bool) {
	o, err := f.outline(g)
	if err != nil || o == nil {
		return Bounds{}, false
	}
	return Bounds{XMin: i16(o, 2), YMin: i16(o, 4), XMax: i16(o, 6), YMax: i16(o, 8)}, true
}

// advance returns the width of glyph g; the last full metric serves all glyphs after it.
func (f *Face) advance(g int) int {
	return u16(f.tables["hmtx"], 4*min(g, f.metrics-1))
}

// bearing returns the left side bearing of glyph g.
func (f *Face) bearing(g int) int {
	if g < f.metrics {
		return i16(f.tables["hmtx"], 4*g+2)
	}
	return i16(f.tables["hmtx"], 4*f.metrics+2*(g-f.metrics))
}

func u16(b []byte, at int) int { return int(binary.BigEndian.Uint16(b[at:])) }

func u32(b []byte, at int) int { return int(binary.BigEndian.Uint32(b[at:])) }

// i16 reads a signed number.
func i16(b []byte, at int) int {
	v := u16(b, at)
	if v >= 0x8000 {
		v -= 0x10000
	}
	return v
}
