package microfont

// placement says how the outline of a base glyph becomes that of another: scaled, then moved up.
// The zero value leaves it as it is.
type placement struct {
	scale float64 // 0 means 1
	rise  int     // font units
}

// Units such as m·s⁻¹ and 10⁻⁶ stand in measurement results, but the fonts hold only ¹ ² ³ ⁴. The others are made from
// the digit or sign, at the size and height that the font gives to its own ².
var derived = map[rune]struct {
	base  rune
	where func(*Face) placement
}{
	'⁰': {'0', up}, '⁵': {'5', up}, '⁶': {'6', up}, '⁷': {'7', up}, '⁸': {'8', up}, '⁹': {'9', up},
	'¹': {'1', up}, '²': {'2', up}, '³': {'3', up}, '⁴': {'4', up},
	'⁺': {'+', up}, '⁻': {'−', up}, 'ⁿ': {'n', up},
	'₀': {'0', down}, '₁': {'1', down}, '₂': {'2', down}, '₃': {'3', down}, '₄': {'4', down},
	'₅': {'5', down}, '₆': {'6', down}, '₇': {'7', down}, '₈': {'8', down}, '₉': {'9', down},
	'₊': {'+', down}, '₋': {'−', down},
	'∼': {'~', same}, '⩽': {'≤', same}, '⩾': {'≥', same},
}

func up(f *Face) placement   { return f.raised }
func down(f *Face) placement { return f.lowered }
func same(f *Face) placement { return f.unchanged }

// measureScripts takes size and height of superscripts from the font's own ²; subscripts lie a sixth of an em lower.
func (f *Face) measureScripts() {
	f.raised = placement{scale: 0.6, rise: f.unitsPer * 45 / 100}
	plain, ok1 := f.bounds(int(f.basic['2']))
	small, ok2 := f.bounds(int(f.basic['²']))
	if tall := plain.YMax - plain.YMin; f.basic['²'] != 0 && ok1 && ok2 && tall > 0 && small.YMax > small.YMin {
		scale := min(float64(small.YMax-small.YMin)/float64(tall), 1)
		f.raised = placement{scale: scale, rise: small.YMin - int(scale*float64(plain.YMin))}
	}
	f.lowered = placement{scale: f.raised.scale, rise: -f.unitsPer / 6}
}

// glyph returns the glyph that shows r and how it is placed; glyph 0 when the font cannot show r.
func (f *Face) glyph(r rune) (uint16, placement) {
	if g := f.direct(r); g != 0 {
		return g, placement{}
	}
	if d, ok := derived[r]; ok {
		return f.direct(d.base), d.where(f)
	}
	return 0, placement{}
}

func (f *Face) direct(r rune) uint16 {
	if r >= 0 && r <= 0xFFFF {
		return f.basic[r]
	}
	return f.beyond[int(r)]
}

func (p placement) factor() float64 {
	if p.scale == 0 {
		return 1
	}
	return p.scale
}

func (p placement) length(n int) int { return int(p.factor() * float64(n)) }

func (p placement) box(b Bounds) Bounds {
	return Bounds{p.length(b.XMin), p.length(b.YMin) + p.rise, p.length(b.XMax), p.length(b.YMax) + p.rise}
}

// Flags of a component of a composite glyph (glyf).
const (
	argsAreWords  = 0x0001
	argsAreXY     = 0x0002
	hasScale      = 0x0008
	moreFollow    = 0x0020
	hasXYScale    = 0x0040
	hasTwoByTwo   = 0x0080
	fixed2Dot14   = 1 << 14
	compositeMark = -1
)

// place makes the outline of a composite glyph that shows glyph base, whose box is b, placed by p.
func place(base int, b Bounds, p placement) []byte {
	box := p.box(b)
	o := put16(nil, compositeMark, box.XMin, box.YMin, box.XMax, box.YMax)
	if p.factor() >= 1 {
		return put16(o, argsAreWords|argsAreXY, base, 0, p.rise)
	}
	return put16(o, argsAreWords|argsAreXY|hasScale, base, 0, p.rise, int(p.scale*fixed2Dot14))
}
