package microfont

import (
	"fmt"
	"math"
	"slices"
)

// Part is what a document needs of one face.
type Part struct {
	Face  *Face
	Runes []rune
}

// Subset is a small font with the glyphs of all parts: one font serves a whole document. It has no character map.
// Characters stand under codes of their own, counted from 1 through the parts: of whatever plane they are and however
// many parts or characters share a glyph, each code is one character.
type Subset struct {
	Data       []byte      // a TrueType file of its own, shared with nobody
	Characters []Character // of the codes 1, 2, …
	Measures   Measures
	codes      []map[rune]uint16
}

// Character is what a code means: the character, its glyph in the font, and its width in thousandths of an em.
type Character struct {
	Rune  rune
	Glyph uint16
	Width int
}

// Measures are those of a font as a whole, in thousandths of an em.
type Measures struct {
	Ascent, Descent, CapHeight int
	Box                        Bounds // of all glyphs together
}

// Code is the code under which the subset shows r from a part; 0, which shows .notdef, when it does not.
func (s *Subset) Code(part int, r rune) uint16 { return s.codes[part][r] }

// source is a glyph of one of the parts.
type source struct{ part, glyph int }

// cutting is the work of one Cut: glyphs in their new order.
type cutting struct {
	parts []Part
	order []source
	index map[source]int
	made  map[int]made
}

// made is a derived glyph: the new glyph base, placed.
type made struct {
	base  int
	place placement
}

// Cut makes a font that shows the runes of the parts and nothing else. The same parts give the same bytes, whatever the
// order of their runes. It is an error when a face lacks one of its runes, or the faces differ in their units.
func Cut(parts ...Part) (*Subset, error) {
	if len(parts) == 0 {
		return nil, fmt.Errorf("a font needs at least one face")
	}
	c := &cutting{index: map[source]int{}, made: map[int]made{}}
	for _, p := range parts {
		if p.Face.unitsPer != parts[0].Face.unitsPer {
			return nil, fmt.Errorf("faces of %d and %d units in an em do not mix",
				parts[0].Face.unitsPer, p.Face.unitsPer)
		}
		runes := slices.Clone(p.Runes)
		slices.Sort(runes)
		c.parts = append(c.parts, Part{p.Face, slices.Compact(runes)})
	}
	s := &Subset{Measures: c.measures()}
	if err := c.characters(s); err != nil {
		return nil, err
	}
	glyf, loca, err := c.outlines()
	if err != nil {
		return nil, err
	}
	s.Data = assemble(c.tables(glyf, loca))
	return s, nil
}

// characters takes the glyph of each character into the new font and gives the character its code.
func (c *cutting) characters(s *Subset) error {
	c.take(source{}) // .notdef
	for n, p := range c.parts {
		codes := make(map[rune]uint16, len(p.Runes))
		for _, r := range p.Runes {
			g, placed := p.Face.glyph(r)
			if g == 0 {
				return fmt.Errorf("the font has no glyph for %U", r)
			}
			if len(s.Characters) == math.MaxUint16 {
				return fmt.Errorf("more than %d characters in one font", math.MaxUint16)
			}
			s.Characters = append(s.Characters, Character{
				Rune: r, Glyph: c.show(source{n, int(g)}, placed), Width: p.Face.thousandths(p.Face.Advance(r)),
			})
			codes[r] = uint16(len(s.Characters)) //nolint:gosec // at most MaxUint16, as above
		}
		s.codes = append(s.codes, codes)
	}
	return nil
}

// measures are those of the first face, with a box that holds the glyphs of all.
func (c *cutting) measures() Measures {
	f := c.parts[0].Face
	m := Measures{Ascent: f.thousandths(f.ascent), Descent: f.thousandths(f.descent), CapHeight: f.thousandths(f.capHeight())}
	for i, p := range c.parts {
		b := p.Face.box()
		if i == 0 {
			m.Box = b
		}
		m.Box = Bounds{min(m.Box.XMin, b.XMin), min(m.Box.YMin, b.YMin), max(m.Box.XMax, b.XMax), max(m.Box.YMax, b.YMax)}
	}
	return m
}

// take gives a glyph its place in the new font.
func (c *cutting) take(g source) int {
	if n, ok := c.index[g]; ok {
		return n
	}
	c.index[g] = len(c.order)
	c.order = append(c.order, g)
	return c.index[g]
}

// show returns the new glyph for one as it is placed.
func (c *cutting) show(g source, p placement) uint16 {
	n := c.take(g)
	if p != (placement{}) {
		c.made[len(c.order)] = made{n, p}
		n = len(c.order)
		c.order = append(c.order, g)
	}
	return uint16(n) //nolint:gosec // outlines refuses more glyphs than 16 bits can count
}

// outlines copies the glyphs in their new order; the parts of composite glyphs are taken in on the way.
func (c *cutting) outlines() (glyf, loca []byte, err error) {
	for n := 0; n < len(c.order); n++ { // order grows while parts are found
		loca = put32(loca, len(glyf))
		o, err := c.outline(n)
		if err != nil {
			return nil, nil, err
		}
		glyf = append(glyf, o...)
		for len(glyf)%4 != 0 {
			glyf = append(glyf, 0)
		}
	}
	if len(c.order) > 0xFFFF {
		return nil, nil, fmt.Errorf("%d glyphs are more than one font can hold", len(c.order))
	}
	loca = put32(loca, len(glyf))
	if len(glyf) == 0 {
		glyf = make([]byte, 4) // readers refuse a font with an empty glyf
	}
	return glyf, loca, nil
}

func (c *cutting) outline(n int) ([]byte, error) {
	g := c.order[n]
	face := c.parts[g.part].Face
	if m, ok := c.made[n]; ok {
		b, ok := face.bounds(g.glyph)
		if !ok {
			return nil, nil
		}
		return place(m.base, b, m.place), nil
	}
	o, err := face.outline(g.glyph)
	if err != nil || o == nil || i16(o, 0) >= 0 {
		return o, err
	}
	return c.composite(g.part, o)
}

// composite copies a composite glyph with its parts renumbered.
func (c *cutting) composite(part int, o []byte) ([]byte, error) {
	o = slices.Clone(o)
	for at, more := 10, true; more; {
		if at+4 > len(o) {
			return nil, fmt.Errorf("composite glyph: %w", errShort)
		}
		flags, glyph := u16(o, at), u16(o, at+2)
		if glyph >= c.parts[part].Face.glyphs {
			return nil, fmt.Errorf("composite glyph: part %d of %d", glyph, c.parts[part].Face.glyphs)
		}
		set16(o, at+2, c.take(source{part, glyph}))
		at += 4 + argumentBytes(flags)
		more = flags&moreFollow != 0
	}
	return o, nil
}

func argumentBytes(flags int) int {
	n := 2
	if flags&argsAreWords != 0 {
		n = 4
	}
	switch {
	case flags&hasScale != 0:
		n += 2
	case flags&hasXYScale != 0:
		n += 4
	case flags&hasTwoByTwo != 0:
		n += 8
	}
	return n
}

// metrics writes hmtx for the new order.
func (c *cutting) metrics() []byte {
	b := make([]byte, 0, 4*len(c.order))
	for n, g := range c.order {
		face, p := c.parts[g.part].Face, c.made[n].place // made[n] is nothing for a copied glyph
		b = put16(b, p.length(face.advance(g.glyph)), p.length(face.bearing(g.glyph)))
	}
	return b
}
