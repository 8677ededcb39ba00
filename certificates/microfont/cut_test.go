package microfont

import (
	"bytes"
	"fmt"
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
	return s, parsed(tb, s.Data)
}

func TestCutHoldsTheCharactersAndNoOthers(t *testing.T) {
	t.Parallel()
	f := parsed(t, testFont(true, true))
	s, small := mustCut(t, Part{f, []rune("B2B")})
	for _, r := range "AB2Ä²" {
		if got, want := small.direct(s.Code(0, r)) != 0, strings.ContainsRune("B2", r); got != want {
			t.Errorf("%c is there: %v, want %v", r, got, want)
		}
	}
	for _, r := range "B2" {
		g, _ := small.glyph(r)
		old, _ := f.glyph(r)
		got, err := small.outline(int(g))
		want, _ := f.outline(int(old))
		if err != nil || !bytes.Equal(got, want) {
			t.Errorf("outline of %c: %x, %v; want %x", r, got, err, want)
		}
		if small.Advance(r) != f.Advance(r) {
			t.Errorf("advance of %c: %d, want %d", r, small.Advance(r), f.Advance(r))
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
	_, small := mustCut(t, Part{f, []rune("Ä")})
	g, _ := small.glyph('Ä')
	o, err := small.outline(int(g))
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
		o, err := small.outline(int(small.direct(s.Code(part, 'Ä'))))
		if err != nil {
			t.Fatal(err)
		}
		if a, err := small.outline(u16(o, 12)); err != nil || u16(a, 14) != want {
			t.Errorf("Ä of face %d has the A %x, %v; want the one labelled %d", part, a, err, want)
		}
	}
}

func TestCutGivesPrivateCodes(t *testing.T) {
	t.Parallel()
	f := parsed(t, testFont(true, true))
	s, small := mustCut(t, Part{f, []rune("A𠮷")}, Part{f, []rune("AB")})
	for _, c := range []struct {
		part int
		r    rune
		code rune
		g    int
	}{{0, 'A', 'A', glyphA}, {0, '𠮷', 0xE000, glyphRare}, {1, 'A', 0xE001, glyphA}, {1, 'B', 0xE002, glyphB}} {
		got := s.Code(c.part, c.r)
		o, err := small.outline(int(small.direct(got)))
		want, _ := f.outline(c.g)
		if got != c.code || err != nil || !bytes.Equal(o, want) {
			t.Errorf("%c of part %d: code %U with outline %x, %v; want %U with %x", c.r, c.part, got, o, err, c.code, want)
		}
	}
	if got, want := fmt.Sprint(s.Shows), fmt.Sprint([]Mapping{{'A', 'A'}, {0xE000, '𠮷'}, {0xE001, 'A'}, {0xE002, 'B'}}); got != want {
		t.Errorf("codes %s, want %s", got, want)
	}
	s, _ = mustCut(t, Part{f, []rune("A𠮷\ue000")})
	if got := s.Code(0, '𠮷'); got != 0xE001 {
		t.Errorf("𠮷 beside a character U+E000 has the code %U, want U+E001", got)
	}
	if s, _ = mustCut(t, Part{f, []rune("A𠮷")}, Part{f, []rune("AB")}); s.Same(0) || s.Same(1) {
		t.Error("parts with private codes are said to have none")
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
	o, err := small.outline(int(small.direct('₂')))
	if err != nil {
		t.Fatal(err)
	}
	if base, err := small.outline(u16(o, 12)); err != nil || i16(o, 0) != compositeMark || u16(base, 14) != 4 {
		t.Errorf("₂ is %x with the part %x, %v; want a composite of 2", o, base, err)
	}
	if squared, _ := small.outline(int(small.direct('²'))); u16(squared, 14) != 5 {
		t.Errorf("² is %x, want the font's own", squared)
	}
	if small.Advance('₂') != f.Advance('₂') || len(s.Shows) != 2 {
		t.Errorf("advance of ₂ in the cut font is %d, want %d", small.Advance('₂'), f.Advance('₂'))
	}
}

// Codes that follow one another without end make gofpdf slow: there is a gap in each 64, and no character is lost.
func TestCutBreaksLongRuns(t *testing.T) {
	t.Parallel()
	runes := make([]rune, 3000)
	for i := range runes {
		runes[i] = rune(0x4E00 + i)
	}
	for name, parts := range map[string][]Part{
		"own codes":     {{Runes: runes}},
		"private codes": {{}, {Runes: runes}},
	} {
		s := &Subset{}
		if err := s.assign(parts); err != nil {
			t.Fatal(err)
		}
		shown, run := map[rune]bool{}, 0
		for i, m := range s.Shows {
			if run++; i == 0 || m.Code != s.Shows[i-1].Code+1 {
				run = 1
			}
			if run > longestRun {
				t.Fatalf("%s: %d codes in a row up to %U", name, run, m.Code)
			}
			if s.Code(len(parts)-1, m.Rune) != m.Code {
				t.Errorf("%s: %c stands under %U, but is written as %U", name, m.Rune, m.Code, s.Code(len(parts)-1, m.Rune))
			}
			shown[m.Rune] = true
		}
		if len(shown) != len(runes) || len(s.Shows) != len(runes) {
			t.Errorf("%s: %d of %d characters are shown under %d codes", name, len(shown), len(runes), len(s.Shows))
		}
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
				h, _ := small.glyph(cut.Code(0, r))
				got, err := small.outline(int(h))
				if err != nil || !bytes.HasPrefix(got, want) || small.Advance(cut.Code(0, r)) != face.Advance(r) {
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
		small, err := Parse(s.Data)
		if err != nil {
			t.Fatalf("the cut font cannot be read: %v", err)
		}
		for _, r := range runes {
			if !small.Has(s.Code(0, r)) {
				t.Fatalf("the cut font lacks %U", r)
			}
		}
	})
}
