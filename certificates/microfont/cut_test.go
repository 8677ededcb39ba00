package microfont

import (
	"bytes"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
)

func mustCut(tb testing.TB, parts ...Part) (*Subset, *Face) {
	tb.Helper()
	s, err := Cut(parts...)
	if err != nil {
		tb.Fatal(err)
	}
	return s, reread(tb, s.Data)
}

// reread reads a cut font, which has no character map.
func reread(tb testing.TB, data []byte) *Face {
	tb.Helper()
	tables, err := directory(data)
	if err != nil {
		tb.Fatal(err)
	}
	f := &Face{tables: tables}
	if err := f.readHeaders(); err != nil {
		tb.Fatal(err)
	}
	return f
}

// shown is what a subset has for a character of a part; the zero value when the character has no code.
func (s *Subset) shown(part int, r rune) Character {
	if code := s.Code(part, r); code != 0 {
		return s.Characters[code-1]
	}
	return Character{}
}

func TestCutHoldsTheCharactersAndNoOthers(t *testing.T) {
	t.Parallel()
	f := parsed(t, testFont(true, true))
	s, small := mustCut(t, Part{f, []rune("B2B")})
	for _, r := range "AB2Ä²" {
		if got, want := s.Code(0, r) != 0, strings.ContainsRune("B2", r); got != want {
			t.Errorf("%c is there: %v, want %v", r, got, want)
		}
	}
	for _, r := range "B2" {
		c := s.shown(0, r)
		old, _ := f.glyph(r)
		got, err := small.outline(int(c.Glyph))
		want, _ := f.outline(int(old))
		if err != nil || !bytes.Equal(got, want) {
			t.Errorf("outline of %c: %x, %v; want %x", r, got, err, want)
		}
		if small.advance(int(c.Glyph)) != f.Advance(r) || c.Width != f.Advance(r)*1000/f.UnitsPerEm() || c.Rune != r {
			t.Errorf("%c is %+v with the advance %d, want %d", r, c, small.advance(int(c.Glyph)), f.Advance(r))
		}
	}
	if small.tables["GSUB"] != nil {
		t.Error("layout tables were not left out")
	}
	if checksum(s.Data) != 0xB1B0AFBA {
		t.Errorf("checksum of the file is %08x, want B1B0AFBA", checksum(s.Data))
	}
}

func TestCutTakesThePartsOfComposites(t *testing.T) {
	t.Parallel()
	f := parsed(t, testFont(false, true))
	s, small := mustCut(t, Part{f, []rune("Ä")})
	o, err := small.outline(int(s.shown(0, 'Ä').Glyph))
	if err != nil {
		t.Fatal(err)
	}
	for i, at := range []int{12, 20} { // after flags and arguments of the first part
		part, err := small.outline(u16(o, at))
		want, _ := f.outline(glyphA + i)
		if err != nil || !bytes.Equal(part, want) {
			t.Errorf("part %d of Ä is %x, %v; want %x", i, part, err, want)
		}
	}
}

// TestCutKeepsFacesApart: a composite takes its parts from its own face.
func TestCutKeepsFacesApart(t *testing.T) {
	t.Parallel()
	f, other := parsed(t, testFont(true, true)), parsed(t, testFont(true, true))
	const label = 16*glyphA + 14 // of the A in glyf
	other.tables["glyf"][label+1] = 99
	s, small := mustCut(t, Part{f, []rune("Ä")}, Part{other, []rune("Ä")})
	for part, want := range []int{1, 99} {
		o, err := small.outline(int(s.shown(part, 'Ä').Glyph))
		if err != nil {
			t.Fatal(err)
		}
		if a, err := small.outline(u16(o, 12)); err != nil || u16(a, 14) != want {
			t.Errorf("Ä of face %d has the A %x, %v; want the one labelled %d", part, a, err, want)
		}
	}
}

// TestCutGivesCodes: every character of every part has a code of its own, whatever its plane, and whoever shares its
// glyph.
func TestCutGivesCodes(t *testing.T) {
	t.Parallel()
	f := parsed(t, testFont(true, true))
	s, small := mustCut(t, Part{f, []rune("𠮷A")}, Part{f, []rune("BA")})
	for _, c := range []struct {
		part int
		r    rune
		code uint16
		g    int
	}{{0, 'A', 1, glyphA}, {0, '𠮷', 2, glyphRare}, {1, 'A', 3, glyphA}, {1, 'B', 4, glyphB}, {0, 'B', 0, 0}} {
		got := s.Code(c.part, c.r)
		o, err := small.outline(int(s.shown(c.part, c.r).Glyph))
		want, _ := f.outline(c.g)
		if got != c.code || err != nil || !bytes.Equal(o, want) {
			t.Errorf("%c of part %d: code %d with outline %x, %v; want %d with %x", c.r, c.part, got, o, err, c.code, want)
		}
	}
	if len(s.Characters) != 4 {
		t.Errorf("%d characters, want 4", len(s.Characters))
	}
}

// TestMeasures: in thousandths of an em, whatever the font's units; the box holds the glyphs of all faces.
func TestMeasures(t *testing.T) {
	t.Parallel()
	f, other := parsed(t, testFont(true, true)), parsed(t, testFont(true, true))
	for n, face := range []*Face{f, other} {
		face.unitsPer, face.ascent, face.descent = 2000, 1800, -400
		for i := range 4 {
			set16(face.tables["head"], 36+2*i, []int{-200, -100, 2000, 1000}[i]*(n+1))
		}
	}
	s, _ := mustCut(t, Part{f, []rune("A")}, Part{other, []rune("A")})
	if want := (Measures{Ascent: 900, Descent: -200, CapHeight: 900, Box: Bounds{-200, -100, 2000, 1000}}); s.Measures != want {
		t.Errorf("measures %+v, want %+v", s.Measures, want)
	}
	if s.Characters[0].Width != f.Advance('A')/2 {
		t.Errorf("A is %d wide, want half of %d units", s.Characters[0].Width, f.Advance('A'))
	}
}

// TestCutSharesGlyphs: a glyph is copied once, however many characters and composites need it.
func TestCutSharesGlyphs(t *testing.T) {
	t.Parallel()
	f := parsed(t, testFont(true, true))
	_, small := mustCut(t, Part{f, []rune("ABÄ")})
	if small.glyphs != 4 { // .notdef, A, B, Ä
		t.Errorf("%d glyphs, want 4", small.glyphs)
	}
}

func TestDerivedGlyphs(t *testing.T) {
	t.Parallel()
	f := parsed(t, testFont(true, true))
	if !f.Has('₂') || f.Has('⁵') {
		t.Fatalf("₂ is there: %v, ⁵: %v; want true, false, since there is a 2 and no 5", f.Has('₂'), f.Has('⁵'))
	}
	// ² is 400 high against 800 of 2, so subscripts are half the size
	if got, want := f.Advance('₂'), (500+glyph2)/2; got != want {
		t.Errorf("advance of ₂ is %d, want %d", got, want)
	}
	if b, ok := f.Bounds('₂'); !ok || b != (Bounds{0, -166, 50, 234}) {
		t.Errorf("box of ₂ is %v, %v; want half of 2, a sixth of an em down", b, ok)
	}
	s, small := mustCut(t, Part{f, []rune("₂²")})
	o, err := small.outline(int(s.shown(0, '₂').Glyph))
	if err != nil {
		t.Fatal(err)
	}
	if base, err := small.outline(u16(o, 12)); err != nil || i16(o, 0) != compositeMark || u16(base, 14) != 4 {
		t.Errorf("₂ is %x with the part %x, %v; want a composite of 2", o, base, err)
	}
	if squared, _ := small.outline(int(s.shown(0, '²').Glyph)); u16(squared, 14) != 5 {
		t.Errorf("² is %x, want the font's own", squared)
	}
	if got := small.advance(int(s.shown(0, '₂').Glyph)); got != f.Advance('₂') || len(s.Characters) != 2 {
		t.Errorf("advance of ₂ in the cut font is %d, want %d", got, f.Advance('₂'))
	}
}

// A cut font shows each ideograph as the document fonts do, and none of them as .notdef.
func TestCutKeepsEveryOutline(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"NotoSerifSC-Regular", "NotoSansSC-Regular", "NotoSansSC-Bold", "NotoSerifJP-Regular"} {
		data, err := os.ReadFile(filepath.Join("..", "fonts", name+".ttf"))
		if err != nil {
			t.Skip("the document fonts are not there: make build, or scripts/fonts.sh, copies them")
		}
		face, compared := parsed(t, data), 0
		missing, err := face.outline(0)
		if err != nil || len(missing) == 0 {
			t.Fatalf("%s: .notdef has %d bytes, %v", name, len(missing), err)
		}
		for all := range slices.Chunk(simple(face), 4000) {
			cut, small := mustCut(t, Part{face, all})
			for _, r := range all {
				g, _ := face.glyph(r)
				want, err := face.outline(int(g))
				if err != nil {
					t.Fatal(err)
				}
				h := int(cut.shown(0, r).Glyph)
				got, err := small.outline(h)
				if err != nil || !bytes.HasPrefix(got, want) || small.advance(h) != face.Advance(r) {
					t.Errorf("%s: %U %c has another outline or width, %v", name, r, r, err)
				}
				if bytes.Equal(want, missing) {
					t.Errorf("%s: %U %c is .notdef", name, r, r)
				}
				compared++
			}
		}
		if compared < 10_000 {
			t.Errorf("%s: only %d characters compared", name, compared)
		}
	}
}

// simple are the characters of a face whose glyphs are outlines of their own.
func simple(f *Face) []rune {
	var found []rune
	for r := range rune(0x40000) {
		g, p := f.glyph(r)
		if o, err := f.outline(int(g)); g != 0 && p == (placement{}) && err == nil && len(o) > 0 && i16(o, 0) >= 0 {
			found = append(found, r)
		}
	}
	return found
}

func TestCutRefuses(t *testing.T) {
	t.Parallel()
	f := parsed(t, testFont(true, true))
	if _, err := Cut(Part{f, []rune("AC")}); err == nil || !strings.Contains(err.Error(), "U+0043") {
		t.Errorf("a character that the font lacks: %v, want an error that names U+0043", err)
	}
	if _, err := Cut(); err == nil {
		t.Error("no parts: no error")
	}
	other := parsed(t, testFont(true, true))
	other.unitsPer = 2048
	if _, err := Cut(Part{f, []rune("A")}, Part{other, []rune("A")}); err == nil {
		t.Error("faces of different units: no error")
	}
}

// TestCutIsAFunctionOfItsRunes: the same runes give the same bytes, in any order, from any number of goroutines.
func TestCutIsAFunctionOfItsRunes(t *testing.T) {
	t.Parallel()
	f := parsed(t, testFont(true, true))
	want, _ := mustCut(t, Part{f, []rune("A2Ä₂𠮷")})
	var wg sync.WaitGroup
	for range 20 {
		wg.Go(func() {
			got, err := Cut(Part{f, []rune("𠮷₂ÄA2A")})
			if err != nil || !bytes.Equal(got.Data, want.Data) {
				t.Errorf("another font, %v", err)
			}
		})
	}
	wg.Wait()
}

// FuzzParse: no file makes the reader or the cutter panic, and what is cut can be read again.
func FuzzParse(f *testing.F) {
	f.Add(testFont(true, true))
	f.Add(testFont(false, false))
	f.Fuzz(func(t *testing.T, data []byte) {
		face, err := Parse(data)
		if err != nil {
			return
		}
		var runes []rune
		for r := range rune(0x300) {
			if face.Has(r) {
				face.Advance(r)
				face.Bounds(r)
				runes = append(runes, r)
			}
		}
		s, err := Cut(Part{face, runes})
		if err != nil {
			return
		}
		small := reread(t, s.Data)
		for _, r := range runes {
			g := int(s.shown(0, r).Glyph)
			if _, err := small.outline(g); g == 0 || err != nil {
				t.Fatalf("the cut font lacks %U: %v", r, err)
			}
		}
	})
}
