package sheet

import (
	"unicode"
	"unicode/utf8"

	"hengjian/certificates/fonts"
)

// Align says where a line stands in its box.
type Align int

// Alignments.
const (
	Left Align = iota
	Center
	Right
	Spread // characters spaced out to the full width, as labels of Chinese forms are
)

// Style is how a text is set.
type Style struct {
	Font    fonts.Name
	Size    float64 // points
	Leading float64 // distance of lines in ems; 0 means 1.4
	Gap     float64 // space between characters, in ems
	Align   Align
	Color   Color
}

func (st Style) lineHeight() float64 {
	leading := st.Leading
	if leading == 0 {
		leading = 1.4
	}
	return st.Size * point * leading
}

// glyph is a character with the font that shows it and its width in ems.
type glyph struct {
	r     rune
	font  fonts.Name
	width float64
}

// line is one set line; Gap in points is already counted in its width.
type line struct {
	glyphs []glyph
	width  float64 // millimetres
	gap    float64 // points
}

// shape finds font and width of each character.
func (s *Sheet) shape(st Style, text []rune) []glyph {
	out := make([]glyph, len(text))
	for i, r := range text {
		n, _ := s.set.Find(st.Font, r)
		face := s.set.Face(n)
		out[i] = glyph{r, n, float64(face.Advance(r)) / float64(face.UnitsPerEm())}
	}
	return out
}

// wrap cleans text and breaks it into lines no wider than room.
func (s *Sheet) wrap(st Style, text string, room float64) []line {
	em := st.Size * point
	var lines []line
	for _, paragraph := range splitLines(settle(s.set, text)) {
		glyphs := s.shape(st, paragraph)
		widths := make([]float64, len(glyphs))
		for i, g := range glyphs {
			widths[i] = (g.width + st.Gap) * em
		}
		room := room + st.Gap*em // there is no gap behind the last character
		if st.Align == Center {
			room = balanced(paragraph, widths, room)
		}
		for _, b := range breakLines(paragraph, widths, room) {
			lines = append(lines, newLine(glyphs[b[0]:b[1]], em, st.Gap))
		}
	}
	return lines
}

func newLine(glyphs []glyph, em, gap float64) line {
	l := line{glyphs: glyphs, gap: gap * em / point}
	for _, g := range glyphs {
		l.width += g.width * em
	}
	if n := len(glyphs); n > 1 {
		l.width += float64(n-1) * gap * em
	}
	return l
}

func splitLines(s string) [][]rune {
	var out [][]rune
	start := 0
	for i := range len(s) {
		if s[i] == '\n' {
			out = append(out, []rune(s[start:i]))
			start = i + 1
		}
	}
	return append(out, []rune(s[start:]))
}

// balanced is the narrowest room in which text needs no more lines than in the given one, and no word is cut that was
// whole: centred lines of like length.
func balanced(text []rune, widths []float64, room float64) float64 {
	n := len(breakLines(text, widths, room))
	if n == 1 || n > 4 {
		return room
	}
	low, high := max(room/float64(n)/2, min(widestWord(text, widths), room)), room
	for high-low > 0.5 {
		middle := (low + high) / 2
		if len(breakLines(text, widths, middle)) > n {
			low = middle
			continue
		}
		high = middle
	}
	return high
}

// widestWord is the width of the widest part of text within which no line may end.
func widestWord(text []rune, widths []float64) float64 {
	widest, word := 0.0, 0.0
	for i, r := range text {
		if i > 0 && mayBreak(text, i) {
			word = 0
		}
		word += widths[i]
		if r != ' ' { // a space at the end of a line hangs over
			widest = max(widest, word)
		}
	}
	return widest
}

// widest is how wide the widest part of text is within which no line may end.
func (s *Sheet) widest(st Style, text string) float64 {
	em, widest := st.Size*point, 0.0
	for _, paragraph := range splitLines(settle(s.set, text)) {
		glyphs := s.shape(st, paragraph)
		widths := make([]float64, len(glyphs))
		for i, g := range glyphs {
			widths[i] = (g.width + st.Gap) * em
		}
		widest = max(widest, widestWord(paragraph, widths)-st.Gap*em)
	}
	return widest
}

// Height is how high text is when set with At in the width.
func (s *Sheet) Height(st Style, text string, width float64) float64 {
	return float64(len(s.wrap(st, text, width))) * st.lineHeight()
}

// Width is how wide the longest of text's own lines is, unbroken.
func (s *Sheet) Width(st Style, text string) float64 {
	widest := 0.0
	for _, l := range s.wrap(st, text, 1e9) {
		widest = max(widest, l.width)
	}
	return widest
}

// put sets one line on the current page with its top at y, within box.
func (s *Sheet) put(st Style, l line, box Rect, y float64) {
	if len(l.glyphs) == 0 {
		return
	}
	x, em := box.X, st.Size*point
	switch st.Align {
	case Center:
		x += (box.W - l.width) / 2
	case Right:
		x += box.W - l.width
	case Spread:
		if n := len(l.glyphs); n > 1 {
			l.gap = (box.W - l.width) / float64(n-1) / point
		} else {
			x += (box.W - l.width) / 2
		}
	case Left:
	}
	base := y + (st.lineHeight()-em)/2 + inkAbove*em
	for from := 0; from < len(l.glyphs); {
		to := s.run(l.glyphs, from)
		piece := l.glyphs[from:to]
		t := Text{X: x, Y: base, Size: st.Size, Gap: l.gap, Font: piece[0].font, Color: st.Color, Box: box}
		t.W = newLine(piece, em, l.gap*point/em).width
		if unicode.Is(unicode.Mn, piece[0].r) && from > 0 {
			dx, dy := s.seat(l.glyphs[from-1], piece[0])
			t.X, t.Y = t.X+dx*em-l.gap*point, t.Y-dy*em
		}
		text := make([]byte, 0, 3*len(piece))
		for _, g := range piece {
			text = utf8.AppendRune(text, g.r)
		}
		t.Text = string(text)
		s.page.Texts = append(s.page.Texts, t)
		x += t.W + l.gap*point
		from = to
	}
}

// run finds the end of the run of one font that begins at from; a combining mark is a run of its own.
func (s *Sheet) run(glyphs []glyph, from int) int {
	to := from + 1
	if unicode.Is(unicode.Mn, glyphs[from].r) {
		return to
	}
	for to < len(glyphs) && glyphs[to].font == glyphs[from].font && !unicode.Is(unicode.Mn, glyphs[to].r) {
		to++
	}
	return to
}

// seat is how far a combining mark, drawn behind its letter, moves to stand in the middle above it, in ems.
func (s *Sheet) seat(letter, mark glyph) (dx, dy float64) {
	lf, mf := s.set.Face(letter.font), s.set.Face(mark.font)
	l, ok1 := lf.Bounds(letter.r)
	m, ok2 := mf.Bounds(mark.r)
	if !ok1 || !ok2 {
		return 0, 0
	}
	le, me := float64(lf.UnitsPerEm()), float64(mf.UnitsPerEm())
	dx = float64(l.XMin+l.XMax)/2/le - letter.width - float64(m.XMin+m.XMax)/2/me
	if m.YMin > 0 { // a mark above: keep clear of tall letters
		dy = max(0, float64(l.YMax)/le+0.06-float64(m.YMin)/me)
	}
	return dx, dy
}
