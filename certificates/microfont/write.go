package microfont

import (
	"encoding/binary"
	"maps"
	"slices"
)

// tables returns the tables of the new font: those that describe the whole from the first face. What hinting needs is
// kept when the font comes from one face only; layout tables (GSUB, GPOS …) are left out.
func (c *cutting) tables(glyf, loca []byte) map[string][]byte {
	first := c.parts[0].Face.tables
	t := map[string][]byte{
		"glyf": glyf, "loca": loca, "hmtx": c.metrics(), "maxp": c.maxima(),
		"name": first["name"], "OS/2": first["OS/2"], "hhea": with16(first["hhea"], 34, len(c.order)),
	}
	for _, name := range []string{"cvt ", "fpgm", "prep", "gasp"} {
		if b := first[name]; len(b) > 0 && len(c.parts) == 1 {
			t[name] = b
		}
	}
	head := with16(first["head"], 50, 1) // long loca
	copy(head[8:12], []byte{0, 0, 0, 0}) // checkSumAdjustment, set by assemble
	t["head"] = head
	post := slices.Clone(first["post"][:32])
	copy(post, []byte{0, 3, 0, 0}) // version 3.0: no glyph names
	t["post"] = post
	return t
}

// maxima writes maxp: the number of glyphs, and of each maximum the highest of the faces.
func (c *cutting) maxima() []byte {
	const full, components, depth = 32, 28, 30 // length of version 1.0; maxComponentElements, maxComponentDepth
	b := with16(c.parts[0].Face.tables["maxp"], 4, len(c.order))
	for _, p := range c.parts[1:] {
		other := p.Face.tables["maxp"]
		for at := 6; at+2 <= min(len(b), len(other), full); at += 2 {
			set16(b, at, max(u16(b, at), u16(other, at)))
		}
	}
	if len(c.made) > 0 && len(b) >= full { // derived glyphs are composites
		set16(b, components, max(u16(b, components), 1))
		set16(b, depth, u16(b, depth)+1)
	}
	return b
}

func with16(b []byte, at, v int) []byte {
	b = slices.Clone(b)
	set16(b, at, v)
	return b
}

// assemble writes the font file: table directory, tables in the order of their names, and the checksums.
func assemble(tables map[string][]byte) []byte {
	names := slices.Sorted(maps.Keys(tables))
	n := len(names)
	entry := 0
	for 2<<entry <= n {
		entry++
	}
	b := put16(nil, 1, 0, n, 16<<entry, entry, 16*n-16<<entry)
	at, head := 12+16*n, 0
	for _, name := range names {
		t := tables[name]
		if name == "head" {
			head = at
		}
		b = append(b, name...)
		b = binary.BigEndian.AppendUint32(b, checksum(t))
		b = put32(put32(b, at), len(t))
		at += (len(t) + 3) &^ 3
	}
	for _, name := range names {
		b = append(b, tables[name]...)
		for len(b)%4 != 0 {
			b = append(b, 0)
		}
	}
	binary.BigEndian.PutUint32(b[head+8:], 0xB1B0AFBA-checksum(b))
	return b
}

// put16 appends the low 16 bits of each value.
func put16(b []byte, values ...int) []byte {
	for _, v := range values {
		b = binary.BigEndian.AppendUint16(b, uint16(v)) //nolint:gosec // negative numbers in two's complement
	}
	return b
}

func put32(b []byte, v int) []byte {
	return binary.BigEndian.AppendUint32(b, uint32(v)) //nolint:gosec // places in a font, which is no longer
}

func set16(b []byte, at, v int) {
	binary.BigEndian.PutUint16(b[at:], uint16(v)) //nolint:gosec // numbers of glyphs and parts
}

// checksum adds up big-endian words; a last short word is filled with zeros.
func checksum(b []byte) uint32 {
	var sum uint32
	for len(b) >= 4 {
		sum += binary.BigEndian.Uint32(b)
		b = b[4:]
	}
	var last [4]byte
	copy(last[:], b)
	return sum + binary.BigEndian.Uint32(last[:])
}
