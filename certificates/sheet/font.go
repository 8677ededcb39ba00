package sheet

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"slices"
	"strings"
	"unicode/utf16"

	"hengjian/certificates/microfont"
)

// gofpdf has a high fixed price for each font that it embeds (its widths as JSON, a map of all 65,536 codes, packers of
// a megabyte), and cannot address characters above U+FFFF. So it draws with a font that it does not embed, which only
// costs a few lines: standIn. The texts are written in the codes of the cut font, two bytes each, and the stand-in's
// object becomes the cut font when the file is rewritten.

// standIn is one of the 14 fonts of PDF, whose texts gofpdf writes byte by byte.
const standIn = "Helvetica"

// fontName is what the embedded font is called; six letters and a plus say that it is part of a font (ISO 32000-1 9.6.4).
const fontName = "HENGJI+NotoSC"

// standInObject finds the number of the object of the one font that gofpdf knows of, in its own words.
func standInObject(pdf []byte) (int, error) {
	_, name, ok := bytes.Cut(pdf, []byte("/Font <<\n/F"))
	_, number, found := bytes.Cut(name, []byte(" "))
	n, err := reference(number, "")
	if !ok || !found || err != nil {
		return 0, fmt.Errorf("font: %w", errShape)
	}
	return n, nil
}

// replaceFont puts the cut font in the stand-in's place. A document without texts has neither.
func (d drawn) replaceFont(objects map[int]string, sub *microfont.Subset, as part, add func(object string) int) error {
	if len(sub.Characters) == 0 {
		return nil
	}
	n, err := standInObject(d.data)
	if err != nil {
		return err
	}
	objects[n], err = embed(sub, as, add)
	return err
}

// embed adds the objects of the cut font and returns the one that takes the stand-in's place: a composite font
// (ISO 32000-1 9.7) whose codes are two bytes.
func embed(sub *microfont.Subset, as part, add func(object string) int) (string, error) {
	data, err := packedStream(fmt.Sprintf("/Length1 %d", len(sub.Data)), sub.Data)
	if err != nil {
		return "", err
	}
	glyphs, err := packedStream("", glyphMap(sub))
	if err != nil {
		return "", err
	}
	unicode, err := packedStream("", unicodeMap(sub))
	if err != nil {
		return "", err
	}
	set := ""
	if as.number == 1 { // ISO 19005-1 6.3.5 wants it; later parts do without
		codes, err := packedStream("", codeSet(len(sub.Characters)))
		if err != nil {
			return "", err
		}
		set = fmt.Sprintf(" /CIDSet %d 0 R", add(codes))
	}
	const symbolic = 4 // not the Latin characters only
	m := sub.Measures
	descriptor := add(fmt.Sprintf("<</Type /FontDescriptor /FontName /%s /Flags %d /FontBBox [%d %d %d %d] /ItalicAngle 0 "+
		"/Ascent %d /Descent %d /CapHeight %d /StemV 80 /FontFile2 %d 0 R%s>>", fontName, symbolic,
		m.Box.XMin, m.Box.YMin, m.Box.XMax, m.Box.YMax, m.Ascent, m.Descent, m.CapHeight, add(data), set))
	descendant := add(fmt.Sprintf("<</Type /Font /Subtype /CIDFontType2 /BaseFont /%s "+
		"/CIDSystemInfo <</Registry (Adobe) /Ordering (Identity) /Supplement 0>> /FontDescriptor %d 0 R /DW %d /W [1 [%s]] "+
		"/CIDToGIDMap %d 0 R>>", fontName, descriptor, usualWidth, widths(sub), add(glyphs)))
	return fmt.Sprintf("<</Type /Font /Subtype /Type0 /BaseFont /%s /Encoding /Identity-H /DescendantFonts [%d 0 R] /ToUnicode %d 0 R>>",
		fontName, descendant, add(unicode)), nil
}

// usualWidth is that of ideographs, in thousandths of an em.
const usualWidth = 1000

// widths lists the widths of the codes from 1 on.
func widths(sub *microfont.Subset) string {
	var b strings.Builder
	for i, c := range sub.Characters {
		if i > 0 {
			b.WriteByte(' ')
		}
		fmt.Fprint(&b, c.Width)
	}
	return b.String()
}

// glyphMap is the glyph of each code from 0 on, two bytes each.
func glyphMap(sub *microfont.Subset) []byte {
	b := make([]byte, 2, 2+2*len(sub.Characters))
	for _, c := range sub.Characters {
		b = binary.BigEndian.AppendUint16(b, c.Glyph)
	}
	return b
}

// codeSet has a bit for each code from 0 to last, the first one highest.
func codeSet(last int) []byte {
	b := make([]byte, last/8+1)
	for code := range last + 1 {
		b[code/8] |= 0x80 >> (code % 8)
	}
	return b
}

// unicodeMap is a CMap (ISO 32000-1 9.10.3) from the codes to their characters: what is copied out of the file.
func unicodeMap(sub *microfont.Subset) []byte {
	var b bytes.Buffer
	b.WriteString("/CIDInit /ProcSet findresource begin\n12 dict begin\nbegincmap\n" +
		"/CIDSystemInfo <</Registry (Adobe) /Ordering (UCS) /Supplement 0>> def\n" +
		"/CMapName /Adobe-Identity-UCS def\n/CMapType 2 def\n" +
		"1 begincodespacerange\n<0000> <FFFF>\nendcodespacerange\n")
	code := 0
	for group := range slices.Chunk(sub.Characters, 100) { // at most 100 entries in a block
		fmt.Fprintf(&b, "%d beginbfchar\n", len(group))
		for _, c := range group {
			code++
			fmt.Fprintf(&b, "<%04X> <", code)
			for _, u := range utf16.Encode([]rune{c.Rune}) {
				fmt.Fprintf(&b, "%04X", u)
			}
			b.WriteString(">\n")
		}
		b.WriteString("endbfchar\n")
	}
	b.WriteString("endcmap\nCMapName currentdict /CMap defineresource pop\nend\nend")
	return b.Bytes()
}

// encode writes a text in the codes of the cut font.
func encode(sub *microfont.Subset, t Text) string {
	b := make([]byte, 0, len(t.Text))
	for _, r := range t.Text {
		b = binary.BigEndian.AppendUint16(b, sub.Code(int(t.Font), r))
	}
	return string(b)
}
