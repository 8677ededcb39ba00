package instrumentfile

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

// cutAll writes records as "line: cell|cell", a broken one with a mark.
func cutAll(text string, by cutting) []string {
	out := []string{}
	for r := range cut(text, by) {
		var cells []string
		for _, c := range r.cells {
			cells = append(cells, c.text)
		}
		mark := ""
		if r.broken {
			mark = "!"
		}
		out = append(out, string(rune('0'+r.line))+mark+" "+strings.Join(cells, "|"))
	}
	return out
}

func TestCut(t *testing.T) {
	t.Parallel()
	comma, wrapped := cutting{delimiter: ","}, cutting{",", true}
	tests := []struct {
		name, text string
		by         cutting
		want       []string
	}{
		{"line ends", "a,b\nc\r\nd\re", comma, []string{"1 a|b", "2 c", "3 d", "4 e"}},
		{"empty lines count", "a\n\nb\r\rc", comma, []string{"1 a", "2 ", "3 b", "4 ", "5 c"}},
		{"quotes", `"a,b" , "c ""d""",  e  ,""`, comma, []string{`1 a,b|c "d"|e|`}},
		{"tabs", "a\t\"b\tc\"\td", cutting{delimiter: "\t"}, []string{"1 a|b\tc|d"}},
		{"a cell of two lines", "a,\"b\nc\",d\ne,f", comma, []string{"1 a|b\nc|d", "3 e|f"}},
		{"a forgotten quote", "a,\"b,1\nc,d,2\ne,\"f\",3", comma, []string{"1! a|b|1", "2 c|d|2", "3 e|f|3"}},
		{"a forgotten quote and one that would close it", "a,\"b,1\nc,d,2\ne,f\",3", comma, []string{"1! a|b|1", "2 c|d|2", "3! e|f|3"}},
		{"a forgotten quote at the end", "a,b\nc,\"d", comma, []string{"1 a|b", "2! c|d"}},
		{"a quote in a cell", "2\" pipe,1\n\"a\"b,2", comma, []string{"1! 2 pipe|1", "2! ab|2"}},
		{"whole lines quoted", "\"a,b , c\"\n\"x\"\ny,z", wrapped, []string{"1 a|b|c", "2 x", "3 y|z"}},
		{"whole lines quoted, quotes within", `"a,""b,c"",d"`, wrapped, []string{"1 a|b,c|d"}},
		{"whole lines quoted, broken within", `"a,""b,c"`, wrapped, []string{"1! a|b|c"}},
		{"whole lines quoted, not to be cut", `"a,b"`, comma, []string{"1 a,b"}},
	}
	for _, tt := range tests {
		if diff := cmp.Diff(tt.want, cutAll(tt.text, tt.by)); diff != "" {
			t.Errorf("%s: %q (-want +got)\n%s", tt.name, tt.text, diff)
		}
	}
}

func TestCellsOverManyLinesEnd(t *testing.T) {
	t.Parallel()
	n := 0
	for r := range cut("\"a\n"+strings.Repeat("b\n", 2*mostLines)+"\"", cutting{delimiter: ","}) {
		n++
		if n == 1 && !r.broken {
			t.Errorf("a cell of %d lines was taken", 2*mostLines)
		}
	}
	if n != 2*mostLines+2 {
		t.Errorf("got %d records, want one for each of %d lines", n, 2*mostLines+2)
	}
}

// TestNoLineIsLost: every line that holds data lies in exactly one record, whatever the quotes.
func TestNoLineIsLost(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		all := rapid.SliceOf(rapid.StringOf(rapid.SampledFrom([]rune(`ab,;" `)))).Draw(t, "lines")
		text := strings.Join(all, "\n")
		next := 1
		swallowed := func(before int) { // by the cell that began above
			for ; next < before; next++ {
				if inside, _, _ := strings.Cut(all[next-1], `"`); strings.Contains(inside, ",") {
					t.Fatalf("line %d %q was swallowed in %q", next, all[next-1], text)
				}
			}
		}
		for r := range cut(text, cutting{",", rapid.Bool().Draw(t, "unwrap")}) {
			swallowed(r.line)
			next = r.line + 1
		}
		swallowed(len(all) + 1)
	})
}

func TestLinesOfOneRecordHaveBoundedCells(t *testing.T) {
	t.Parallel()
	for _, line := range []string{strings.Repeat(",", 3*maxColumns), `"` + strings.Repeat(",", 3*maxColumns)} {
		for r := range cut(line, cutting{delimiter: ","}) {
			if len(r.cells) != maxColumns+1 {
				t.Errorf("a line of %d cells gives %d, want %d", 3*maxColumns+1, len(r.cells), maxColumns+1)
			}
		}
	}
}
