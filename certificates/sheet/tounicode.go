package sheet

import (
	"bytes"
	"fmt"
	"slices"
	"unicode/utf16"

	"hengjian/certificates/microfont"
)

// toUnicodeObject finds the number of the object that holds the font's ToUnicode map, in gofpdf's own words.
func toUnicodeObject(pdf []byte) (int, error) {
	_, font, ok := bytes.Cut(pdf, []byte("/Subtype /Type0\n/BaseFont /utf8"+family+"\n"))
	n, err := reference(font, "/ToUnicode ")
	if !ok || err != nil {
		return 0, fmt.Errorf("ToUnicode: %w", errShape)
	}
	return n, nil
}

// unicodeMap is a CMap (ISO 32000-1 9.10.3) from the codes of the cut font to characters. It stands in for gofpdf's own,
// in which every code is its own character: here private-use codes are the characters that they stand for.
func unicodeMap(sub *microfont.Subset) []byte {
	var b bytes.Buffer
	b.WriteString("/CIDInit /ProcSet findresource begin\n12 dict begin\nbegincmap\n" +
		"/CIDSystemInfo <</Registry (Adobe) /Ordering (UCS) /Supplement 0>> def\n" +
		"/CMapName /Adobe-Identity-UCS def\n/CMapType 2 def\n" +
		"1 begincodespacerange\n<0000> <FFFF>\nendcodespacerange\n")
	for group := range slices.Chunk(sub.Shows, 100) { // at most 100 entries in a block
		fmt.Fprintf(&b, "%d beginbfchar\n", len(group))
		for _, m := range group {
			fmt.Fprintf(&b, "<%04X> <", m.Code)
			for _, u := range utf16.Encode([]rune{m.Rune}) {
				fmt.Fprintf(&b, "%04X", u)
			}
			b.WriteString(">\n")
		}
		b.WriteString("endbfchar\n")
	}
	b.WriteString("endcmap\nCMapName currentdict /CMap defineresource pop\nend\nend")
	return b.Bytes()
}
