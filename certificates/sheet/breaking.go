package sheet

import (
	"strings"
	"unicode"
)

// Rules for line ends (行首行尾禁则), after GB/T 15834-2011 4.17 and the W3C's Requirements for Chinese Text Layout.
const (
	// notAtStart never begins a line: closing marks, connecting marks, and signs that belong to the figure before.
	notAtStart = "!%),.:;?]}¢°·’”‰′″›℃℉、。々〉》」』】〕〗〞︶﹀﹚﹜﹞！＂％＇），．：；？］｀｜｝～〜/／"
	// notAtEnd never ends a line: opening marks and signs that belong to what follows.
	notAtEnd = "$([{£¥‘“〈《「『【〔〖〝︵︿﹙﹛﹝＄（．［｛￡￥№≤≥＜＞<>±"
	// notSplit are marks of two characters that stay together: ellipsis and dash.
	notSplit = "…—⋯"
)

// mayBreak reports whether a line may end before text[i]; i is at least 1.
func mayBreak(text []rune, i int) bool {
	a, b := text[i-1], text[i]
	switch {
	case b == ' ', unicode.Is(unicode.Mn, b), strings.ContainsRune(notAtStart, b):
		return false // a space hangs on the line before
	case a == ' ':
		return !isDigit(b) || i < 2 || !unicode.IsUpper(text[i-2]) // keeps "GB 2762" and "JJG 539" together
	case strings.ContainsRune(notAtEnd, a), a == b && strings.ContainsRune(notSplit, a):
		return false
	}
	return isWide(a) || isWide(b) || a == ';' || a == ',' && !isDigit(b)
}

func isDigit(r rune) bool { return r >= '0' && r <= '9' }

// isWide reports characters beside which a line may end: ideographs, kana, hangul, full-width forms and marks.
func isWide(r rune) bool {
	switch {
	case r < 0x2010:
		return false
	case r >= 0x2E80 && r <= 0xD7FF, r >= 0xF900 && r <= 0xFAFF, r >= 0xFE30 && r <= 0xFE4F,
		r >= 0xFF00 && r <= 0xFFEF, r >= 0x20000:
		return true
	}
	return strings.ContainsRune("‘’“”…—⋯→←↑↓※№①②③④⑤⑥⑦⑧⑨⑩", r)
}

// slack forgives that sums of lengths are not exact.
const slack = 1e-6

// breakLines cuts text, whose characters are widths wide, into lines no wider than room, by the rules above. A word or
// mark that does not fit on any line is cut where it must be, so that nothing is lost. Spaces at a break are dropped.
// It returns the bounds [from, to) of each line.
func breakLines(text []rune, widths []float64, room float64) [][2]int {
	if len(text) == 0 {
		return [][2]int{{0, 0}}
	}
	var lines [][2]int
	for from := 0; from < len(text); {
		to, next := oneLine(text, widths, room, from)
		lines = append(lines, [2]int{from, to})
		from = next
	}
	return lines
}

// oneLine finds the end of the line that begins at from, and where the next begins.
func oneLine(text []rune, widths []float64, room float64, from int) (to, next int) {
	used, end := 0.0, from
	for ; end < len(text); end++ {
		used += widths[end]
		if used > room+slack && text[end] != ' ' {
			break
		}
	}
	if end == len(text) {
		return trimmed(text, from, end), end
	}
	for best := end; best > from; best-- {
		if mayBreak(text, best) {
			return trimmed(text, from, best), best
		}
	}
	end = max(end, from+1) // nothing may break: cut, but keep accents with their letter
	for end < len(text) && unicode.Is(unicode.Mn, text[end]) {
		end++
	}
	return trimmed(text, from, end), end
}

// trimmed is to without the spaces before it.
func trimmed(text []rune, from, to int) int {
	for to > from && text[to-1] == ' ' {
		to--
	}
	return to
}
