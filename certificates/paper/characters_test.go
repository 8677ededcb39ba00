package paper

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"hengjian/certificates/fonts"
	"hengjian/internal/errs"
)

// TestCharactersAreShownOrRefused: the right glyph, or a refusal that names the character and its field.
func TestCharactersAreShownOrRefused(t *testing.T) {
	t.Parallel()
	set := faces(t)
	for _, c := range []struct{ name, code, named string }{
		{"䶮㛃𬭎鿭", "", ""},
		{"m·s⁻¹ 10⁻⁶ H₂O ⩽5 ∼3 ℃ ‰ μ µ Ω Å", "", ""},
		{"x\u0304 é ṁ", "", ""},
		{"零\u200b宽\ufeff", "", ""},
		{"好😀", "no_glyph", "U+1F600"},
		{"\u0645\u0631\u062d\u0628\u0627", "no_glyph", "U+0645"}, // Arabic
		{"\u202e倒写", "no_glyph", "U+202E"},
		{"侮\ufe00", "no_glyph", "U+FE00"}, // another shape of 侮
		{"甲\u20de", "no_glyph", "U+20DE"}, // a box around 甲
		{"བོད་ཡིག", "no_glyph", "U+0F56"},
		{"甲\x07乙", "control_character", "U+0007"},
		{"甲\xff", "not_utf8", ""},
		{"\xed\xa0\x80", "not_utf8", ""}, // half a surrogate pair
		{"\uffff", "no_glyph", "U+FFFF"},
		{"\ue000", "no_glyph", "U+E000"}, // private use
		{strings.Repeat("长", maxText+1), "too_long", ""},
	} {
		content := foodReport()
		content.Sample.Name = c.name
		data, err := Draw(content, Options{URL: testURL})
		if c.code == "" {
			if err != nil || len(data) == 0 {
				t.Errorf("%q: %v", c.name, err)
			}
			continue
		}
		var e *errs.Error
		if !errors.As(err, &e) || len(e.Fields) == 0 {
			t.Errorf("%.20q: %v, want a refusal", c.name, err)
			continue
		}
		f := e.Fields[0]
		if f.Path != "sample.name" || f.Code != c.code || !strings.Contains(f.ZH, c.named) || !strings.Contains(f.EN, c.named) {
			t.Errorf("%.20q: %+v, want %s at sample.name that names %s", c.name, f, c.code, c.named)
		}
	}
	rare := foodReport()
	rare.Sample.Name = "𠮷田"
	_, err := Draw(rare, Options{URL: testURL})
	if fallback := set.Face(fonts.Fallback) != nil; (err == nil) != fallback {
		t.Errorf("𠮷 with the fallback font there %v: %v", fallback, err)
	}
}

// TestManyCharacters: the most different characters that a document may have are drawn; one more is refused.
func TestManyCharacters(t *testing.T) {
	t.Parallel()
	faces(t)
	c := foodReport()
	own := map[rune]bool{}
	eachText("", reflectOf(c), func(_, text string) {
		for _, r := range text {
			own[r] = true
		}
	})
	more := func(n int) string {
		var b strings.Builder
		for r := rune(0x3400); n > 0; r++ {
			if !own[r] && (r <= 0x4DBF || r >= 0x4E00) {
				b.WriteRune(r)
				n--
			}
		}
		return b.String()
	}
	c.Sample.Name = more(maxGlyphs - len(own))
	if _, err := Draw(c, Options{URL: testURL}); err != nil {
		t.Errorf("the most characters: %v", err)
	}
	c.Sample.Name = more(maxGlyphs - len(own) + 1)
	if _, err := Draw(c, Options{URL: testURL}); !slices.Equal(paths(err), []string{""}) {
		t.Errorf("one more: %v, want it refused", err)
	}
}
