package sheet

import (
	"slices"
	"strings"
	"testing"
	"unicode"

	"pgregory.net/rapid"
)

// lines breaks text whose characters are all one wide.
func lines(text string, room float64) []string {
	runes := []rune(text)
	widths := make([]float64, len(runes))
	for i, r := range runes {
		if !unicode.Is(unicode.Mn, r) {
			widths[i] = 1
		}
	}
	var out []string
	for _, b := range breakLines(runes, widths, room) {
		out = append(out, string(runes[b[0]:b[1]]))
	}
	return out
}

func TestBreakLines(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		text string
		room float64
		want []string
	}{
		{"", 4, []string{""}},
		{"检验检测", 4, []string{"检验检测"}},
		{"检验检测中心", 4, []string{"检验检测", "中心"}},
		{"检验检测。中心", 4, []string{"检验检", "测。中心"}},                 // no full stop at a line's start
		{"检验检测）、中心", 4, []string{"检验检", "测）、中", "心"}},           // nor two closing marks
		{"检验检（测）中心", 4, []string{"检验检", "（测）中", "心"}},           // no bracket left open at a line's end
		{"检验检“测”中心", 4, []string{"检验检", "“测”中", "心"}},           //
		{"检验——检测", 3, []string{"检验", "——检", "测"}},               // a dash is not split
		{"检验……检测", 3, []string{"检验", "……检", "测"}},               //
		{"限量0.05mg/kg以下", 9, []string{"限量", "0.05mg/kg", "以下"}}, // nor a value and its unit
		{"见 GB 2762-2025 规定", 14, []string{"见 GB 2762-2025", "规定"}},
		{"依据GB 2762判定", 6, []string{"依据", "GB 276", "2判定"}}, // a code longer than the line is cut
		{"lead and tin", 8, []string{"lead and", "tin"}},
		{"lead  and", 5, []string{"lead", "and"}},                           // spaces at a break are dropped
		{"检 .", 1, []string{"检", "."}},                                      // at a cut too
		{"abcdefgh", 3, []string{"abc", "def", "gh"}},                       // a word longer than the line is cut
		{"、、、、", 2, []string{"、、", "、、"}},                                   // so are marks that may not begin a line
		{"含量95%以上", 4, []string{"含量", "95%以", "上"}},                         // figure and sign stay together
		{"x\u0304x\u0304x\u0304", 2, []string{"x\u0304x\u0304", "x\u0304"}}, // an accent stays with its letter
	} {
		if got := lines(c.text, c.room); !slices.Equal(got, c.want) {
			t.Errorf("%q in %v: got %q, want %q", c.text, c.room, got, c.want)
		}
	}
}

// TestBreakLinesKeepsEverything: whatever the text, no line is wider than its room, nothing but spaces is lost, and a
// forbidden mark begins or ends a line only where nothing else could be done.
func TestBreakLinesKeepsEverything(t *testing.T) {
	t.Parallel()
	alphabet := []rune("检验报告0.5mg/kg GB（）《》“”，。、；：！？—…%℃²abcXYZ-")
	rapid.Check(t, func(t *rapid.T) {
		text := string(rapid.SliceOfN(rapid.SampledFrom(alphabet), 0, 60).Draw(t, "text"))
		room := float64(rapid.IntRange(1, 12).Draw(t, "room"))
		got := lines(text, room)
		if a, b := strings.ReplaceAll(strings.Join(got, ""), " ", ""), strings.ReplaceAll(text, " ", ""); a != b {
			t.Fatalf("%q in %v: lines %q lose something", text, room, got)
		}
		for i, l := range got {
			if n := len([]rune(l)); float64(n) > room {
				t.Fatalf("%q in %v: line %q is %d wide", text, room, l, n)
			}
			if i == 0 || l == "" {
				continue
			}
			before := []rune(got[i-1])
			first := []rune(l)[0]
			if strings.ContainsRune(notAtStart, first) && couldBreakEarlier(before) {
				t.Fatalf("%q in %v: line %q begins with %q", text, room, l, first)
			}
		}
	})
}

// couldBreakEarlier reports whether the line had a place where it might have ended.
func couldBreakEarlier(line []rune) bool {
	for i := 1; i < len(line); i++ {
		if mayBreak(line, i) {
			return true
		}
	}
	return false
}
