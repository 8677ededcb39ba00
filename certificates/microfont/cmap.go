package microfont

import (
	"errors"
	"fmt"
)

// readCmap fills the tables of runes from the subtable for all of Unicode (format 12), else from the one for the
// basic plane (format 4).
func (f *Face) readCmap() error {
	cmap := f.tables["cmap"]
	if len(cmap) < 4 {
		return fmt.Errorf("table \"cmap\": %w", errShort)
	}
	n := u16(cmap, 2)
	if len(cmap) < 4+8*n {
		return fmt.Errorf("table \"cmap\": %w", errShort)
	}
	var basic, full []byte
	for i := range n {
		e := cmap[4+8*i:]
		platform, encoding, at := u16(e, 0), u16(e, 2), u32(e, 4)
		if at+2 > len(cmap) {
			return fmt.Errorf("table \"cmap\": %w", errShort)
		}
		if platform != 0 && (platform != 3 || encoding != 1 && encoding != 10) {
			continue
		}
		switch sub := cmap[at:]; u16(sub, 0) {
		case 4:
			basic = sub
		case 12:
			full = sub
		}
	}
	switch {
	case full != nil:
		return f.readFormat12(full)
	case basic != nil:
		return f.readFormat4(basic)
	}
	return errors.New("the font has no character map for Unicode")
}

// set notes that glyph g shows character r.
func (f *Face) set(r, g int) {
	if g <= 0 || g >= f.glyphs {
		return
	}
	glyph := uint16(g) //nolint:gosec // below the number of glyphs, which has 16 bits
	if r <= 0xFFFF {
		f.basic[r] = glyph
		return
	}
	f.beyond[r] = glyph
}

func (f *Face) readFormat12(b []byte) error {
	if len(b) < 16 {
		return fmt.Errorf("cmap format 12: %w", errShort)
	}
	n := u32(b, 12)
	if (len(b)-16)/12 < n {
		return fmt.Errorf("cmap format 12: %w", errShort)
	}
	next := 0 // groups are sorted and do not overlap, which also bounds the work
	for i := range n {
		e := b[16+12*i:]
		first, last, g := u32(e, 0), u32(e, 4), u32(e, 8)
		if first < next || last < first || last > 0x10FFFF {
			return errors.New("cmap format 12: groups out of order")
		}
		for r := first; r <= last && g+r-first < f.glyphs; r++ {
			f.set(r, g+r-first)
		}
		next = last + 1
	}
	return nil
}

func (f *Face) readFormat4(b []byte) error {
	if len(b) < 16 {
		return fmt.Errorf("cmap format 4: %w", errShort)
	}
	n := u16(b, 6) / 2
	if len(b) < 16+8*n {
		return fmt.Errorf("cmap format 4: %w", errShort)
	}
	ends, starts, deltas, offsets := b[14:], b[16+2*n:], b[16+4*n:], b[16+6*n:]
	next := 0
	for i := range n {
		start, end := u16(starts, 2*i), u16(ends, 2*i)
		delta, offset := u16(deltas, 2*i), u16(offsets, 2*i)
		if start < next || end < start {
			return errors.New("cmap format 4: segments out of order")
		}
		next = end + 1
		for r := start; r <= end && r < 0xFFFF; r++ {
			g := r
			if offset != 0 {
				at := 2*i + offset + 2*(r-start)
				if at+2 > len(offsets) {
					return fmt.Errorf("cmap format 4: %w", errShort)
				}
				if g = u16(offsets, at); g == 0 {
					continue
				}
			}
			f.set(r, (g+delta)&0xFFFF)
		}
	}
	return nil
}
