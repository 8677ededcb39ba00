package microfont

import (
	"fmt"
	"slices"
)

// Part is what a document needs of one face.
type Part struct {
	Face  *Face
	Runes []rune
}

// Subset is a small font with the glyphs of all parts. gofpdf has a fixed price for each font, so one serves them all;
// and it cannot address characters above U+FFFF. So the characters of the first part up to U+FFFF keep their codes, but
// for one in each long run, and all others stand under codes of the private use area. Shows tells which character each
// code means.
type Subset struct {
	Data  []byte    // a TrueType file of its own, shared with nobody
	Shows []Mapping // sorted by code
	codes []map[rune]rune
}

// Mapping is a code of the font and the character that it shows.
type Mapping struct{ Code, Rune rune }

const (
	firstPrivate = 0xE000
	lastPrivate  = 0xF8FF
	// longestRun is how many codes may follow one another. gofpdf lists the widths of such a run in time that grows with
	// the cube of its length: a minute for 4,000.
	longestRun = 64
)

// Code is the code under which the subset shows r from a part.
func (s *Subset) Code(part int, r rune) rune {
	if c, ok := s.codes[part][r]; ok {
		return c
	}
	return r
}

// Same reports whether every character of a part stands under its own code.
func (s *Subset) Same(part int) bool { return len(s.codes[part]) == 0 }

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
	s := &Subset{}
	if err := s.assign(c.parts); err != nil {
		return nil, err
	}
	glyphs, err := c.glyphs(s)
	if err != nil {
		return nil, err
	}
	glyf, loca, err := c.outlines()
	if err != nil {
		return nil, err
	}
	cmap, err := writeCmap(glyphs)
	if err != nil {
		return nil, err
	}
	s.Data = assemble(c.tables(glyf, loca, cmap))
	return s, nil
}

// assign gives every character its code.
func (s *Subset) assign(parts []Part) error {
	next := rune(firstPrivate)
	last, run := rune(-1), 0
	for n, p := range parts {
		s.codes = append(s.codes, map[rune]rune{})
		for _, r := range p.Runes {
			if run = run + 1; r != last+1 {
				run = 1
			}
			if last = r; n == 0 && r <= 0xFFFF && run <= longestRun {
				s.Shows = append(s.Shows, Mapping{r, r})
				continue
			}
			last = -1 // the run is broken
			for next%(longestRun+1) == 0 || contains(parts[0].Runes, next) {
				next++
			}
			if next > lastPrivate {
				return fmt.Errorf("more than %d characters need a private-use code", lastPrivate-firstPrivate+1)
			}
			s.codes[n][r] = next
			s.Shows = append(s.Shows, Mapping{next, r})
			next++
		}
	}
	slices.SortFunc(s.Shows, func(a, b Mapping) int { return int(a.Code - b.Code) })
	return nil
}

func contains(sorted []rune, r rune) bool {
	_, found := slices.BinarySearch(sorted, r)
	return found
}

// glyphs takes the glyph of each character into the new font, and returns them by code.
func (c *cutting) glyphs(s *Subset) (map[rune]int, error) {
	c.take(source{}) // .notdef
	byCode := make(map[rune]int, len(s.Shows))
	for n, p := range c.parts {
		for _, r := range p.Runes {
			g, placed := p.Face.glyph(r)
			if g == 0 {
				return nil, fmt.Errorf("the font has no glyph for %U", r)
			}
			byCode[s.Code(n, r)] = c.show(source{n, int(g)}, placed)
		}
	}
	return byCode, nil
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
func (c *cutting) show(g source, p placement) int {
	base := c.take(g)
	if p == (placement{}) {
		return base
	}
	n := len(c.order)
	c.order = append(c.order, g)
	c.made[n] = made{base, p}
	return n
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
	if len(glyf) == 0 {
		glyf = make([]byte, 4) // readers refuse a font with an empty glyf
	}
	return glyf, put32(loca, len(glyf)), nil
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
