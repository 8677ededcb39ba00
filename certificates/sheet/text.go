package sheet

import (
	"slices"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"

	"hengjian/certificates/fonts"
)

// Clean makes a text ready to be set: line ends become \n, spaces of other widths become plain ones, invisible format
// characters are dropped. It does not touch what cannot be shown: Unprintable finds that.
func Clean(s string) string {
	if isPlain(s) {
		return s
	}
	out := make([]rune, 0, len(s))
	for _, r := range strings.ReplaceAll(s, "\r\n", "\n") {
		switch {
		case r == '\r', r == '\u0085', r == '\u2028', r == '\u2029':
			out = append(out, '\n')
		case r == '\t', unicode.Is(unicode.Zs, r) && r != '\u00A0' && r != '\u3000':
			out = append(out, ' ')
		case !invisible(r):
			out = append(out, r)
		}
	}
	return string(out)
}

// isPlain reports whether a text is ASCII without controls but \n, and common Chinese: nothing to clean, no accents.
func isPlain(s string) bool {
	for _, r := range s {
		switch {
		case r >= 0x20 && r < 0x7F, r == '\n', r >= 0x4E00 && r <= 0x9FFF, r >= 0x3001 && r <= 0x3029:
		default:
			return false
		}
	}
	return true
}

// invisible reports format characters that have no shape of their own and are left behind by copying: soft hyphen,
// zero-width spaces and joiners, direction marks, byte-order mark, and the two selectors that choose between ink and an
// emoji. The other selectors choose the shape of a character: to drop them would print another one than was meant.
func invisible(r rune) bool {
	return r == 0x00AD || r >= 0x200B && r <= 0x200F || r == 0x2060 || r == 0xFEFF || r == 0xFE0E || r == 0xFE0F
}

// settle is the cleaned text with accents as the fonts can show them: a letter and its mark as one character when the
// fonts have that, and one character as letter and mark when they have only those.
func settle(set *fonts.Set, s string) string {
	s = Clean(s)
	if isPlain(s) {
		return s
	}
	has := func(r rune) bool {
		_, ok := set.Find(fonts.Song, r)
		return ok
	}
	out := make([]rune, 0, len(s))
	for _, r := range s {
		if last := len(out) - 1; unicode.Is(unicode.Mn, r) && last >= 0 {
			if one := []rune(norm.NFC.String(string([]rune{out[last], r}))); len(one) == 1 && has(one[0]) {
				out[last] = one[0]
				continue
			}
		}
		if parts := []rune(norm.NFD.String(string(r))); len(parts) > 1 && !has(r) && all(parts, has) {
			out = append(out, parts...)
			continue
		}
		out = append(out, r)
	}
	return string(out)
}

func all(runes []rune, is func(rune) bool) bool {
	return !slices.ContainsFunc(runes, func(r rune) bool { return !is(r) })
}

// Unprintable returns the characters of s that cannot be shown, each once, in their order; U+FFFD stands for bytes that
// are not UTF-8.
func Unprintable(set *fonts.Set, s string) []rune {
	var bad []rune
	before := '\n'
	for _, r := range settle(set, s) {
		_, ok := set.Find(fonts.Song, r)
		if r != '\n' && (!ok || unicode.Is(unicode.M, r) && !seated(before, r)) && !slices.Contains(bad, r) {
			bad = append(bad, r)
		}
		before = r
	}
	return bad
}

// seated tells whether a mark gets its right place: one accent in the middle above its letter or figure. Marks that
// enclose, stand in a corner or on another mark would fall beside it.
func seated(letter, mark rune) bool {
	return mark >= 0x0300 && mark <= 0x036F && (unicode.IsLetter(letter) || unicode.IsNumber(letter))
}
