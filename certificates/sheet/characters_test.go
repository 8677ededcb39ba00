package sheet

import (
	"bufio"
	"compress/bzip2"
	"encoding/binary"
	"flag"
	"fmt"
	"image"
	_ "image/png"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/unicode/runenames"

	"hengjian/certificates/fonts"
)

var update = flag.Bool("update", false, "write the golden files anew")

// tool runs a program that reads the file back; the test is skipped where it is not installed, but not in CI.
func tool(t *testing.T, name string, args ...string) []byte {
	t.Helper()
	if _, err := exec.LookPath(name); err != nil {
		missing(t, name, "poppler-utils")
	}
	out, err := exec.CommandContext(t.Context(), name, args...).Output()
	if err != nil {
		t.Fatalf("%s %q: %v", name, args, err)
	}
	return out
}

func missing(t *testing.T, what, pkg string) {
	t.Helper()
	if os.Getenv("CI") != "" {
		t.Fatalf("%s is not there: apt-get install %s", what, pkg)
	}
	t.Skipf("%s is not there: apt-get install %s", what, pkg)
}

// twoBytes are the characters of the codes of one and two bytes of GB 18030: GBK with its ideographs, letters, figures,
// forms and signs. What the standard moved out of the private use area since is added by its present character.
func twoBytes() []rune {
	found := []rune("︐︑︒︓︔︕︖︗︘︙㇀㇁㇂㇃㇄㇅㇆㇇㇈㇉㇊㇋㇌㇍㇎㇏㇐㇑㇒㇓㇔㇕㇖㇗㇘㇙㇚㇛㇜㇝㇞㇟㇠㇡㇢㇣ǹḿ𠂇𠂉𠃌𡗗𢦏𤇾")
	for r := rune(0x20); r <= 0x7E; r++ {
		found = append(found, r)
	}
	decoder := simplifiedchinese.GB18030.NewDecoder()
	for code := 0x8140; code <= 0xFEFE; code++ {
		text, err := decoder.String(string(binary.BigEndian.AppendUint16(nil, uint16(code))))
		if r := []rune(text); err == nil && len(r) == 1 && r[0] != unicode.ReplacementChar && !unicode.Is(unicode.Co, r[0]) {
			found = append(found, r[0])
		}
	}
	return found
}

// ideographs are those of implementation level 1 (CJK unified ideographs as far as Unicode 15 assigns them, extension A,
// and the compatibility ideographs of GBK, which twoBytes brings).
func ideographs() []rune {
	var found []rune
	for r := rune(0x3400); r <= 0x9FFF; r++ {
		if r <= 0x4DBF || r >= 0x4E00 {
			found = append(found, r)
		}
	}
	return found
}

// repertoire is GB 18030-2022 level 1 in order, each character once.
func repertoire() []rune {
	all := append(twoBytes(), ideographs()...)
	slices.Sort(all)
	return slices.Compact(all)
}

// general is 通用规范汉字表, which level 2 adds: the 8,105 characters that names are written with. Debian's unicode-data
// holds it (Unihan kTGH).
func general(t *testing.T) []rune {
	t.Helper()
	packed, err := os.Open("/usr/share/unicode/Unihan_OtherMappings.txt.bz2")
	if err != nil {
		missing(t, "the Unihan database", "unicode-data")
	}
	defer packed.Close()
	var found []rune
	for lines := bufio.NewScanner(bzip2.NewReader(packed)); lines.Scan(); {
		var r rune
		if _, err := fmt.Sscanf(lines.Text(), "U+%X\tkTGH", &r); err == nil {
			found = append(found, r)
		}
	}
	if len(found) != 8105 {
		t.Fatalf("%d characters of 通用规范汉字表, want 8105", len(found))
	}
	return found
}

// split tells what can be printed from what is refused.
func split(set *fonts.Set, all []rune) (shown, refused []rune) {
	for _, r := range all {
		if len(Unprintable(set, string(r))) == 0 {
			shown = append(shown, r)
			continue
		}
		refused = append(refused, r)
	}
	return shown, refused
}

// Every ideograph of level 1 and of 通用规范汉字表 is printed.
func TestEveryIdeographIsPrinted(t *testing.T) {
	t.Parallel()
	set := faces(t)
	all := slices.DeleteFunc(append(repertoire(), general(t)...), func(r rune) bool { return !unicode.Is(unicode.Han, r) })
	if len(all) < 27_584+8105 {
		t.Fatalf("only %d ideographs were looked at", len(all))
	}
	if _, refused := split(set, all); len(refused) > 0 {
		t.Errorf("%d ideographs are refused: %q", len(refused), string(refused))
	}
}

// scripts are those of GB 18030-2022 beside Chinese, and others that are met in names and units.
var scripts = []string{
	"Arabic", "Bopomofo", "Braille", "Cyrillic", "Greek", "Hangul", "Hebrew", "Hiragana", "Katakana", "Latin", "Lisu", "Miao",
	"Mongolian", "New_Tai_Lue", "Tai_Le", "Tai_Tham", "Tibetan", "Yi",
}

// TestWhatIsRefused holds what of GB 18030-2022 cannot be printed, so that it is known: each sign by name, each script by
// count.
func TestWhatIsRefused(t *testing.T) {
	t.Parallel()
	set := faces(t)
	var b strings.Builder
	shown, refused := split(set, repertoire())
	fmt.Fprintf(&b, "GB 18030-2022 level 1: %d characters printed, %d refused\n", len(shown), len(refused))
	for _, r := range refused {
		fmt.Fprintf(&b, "%U %c %s\n", r, r, runenames.Name(r))
	}
	for _, name := range scripts {
		var all []rune
		for r := range unicode.MaxRune {
			if unicode.Is(unicode.Scripts[name], r) {
				all = append(all, r)
			}
		}
		shown, _ := split(set, all)
		fmt.Fprintf(&b, "%s: %d of %d printed\n", name, len(shown), len(all))
	}
	golden := filepath.Join("testdata", "refused.golden")
	if *update {
		if err := os.WriteFile(golden, []byte(b.String()), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), b.String()); diff != "" {
		t.Errorf("what is refused changed (- was, + is):\n%s", diff)
	}
}

// TestNothingIsPrintedBlank: whatever in Unicode is not refused has ink, but for spaces and what Clean drops.
func TestNothingIsPrintedBlank(t *testing.T) {
	t.Parallel()
	set := faces(t)
	inked := 0
	for r := range unicode.MaxRune {
		text := Clean(string(r))
		if text == "" || text == "\n" || len(Unprintable(set, string(r))) > 0 {
			continue
		}
		for _, want := range []fonts.Name{fonts.Song, fonts.Hei, fonts.Bold} {
			for _, part := range settle(set, string(r)) {
				n, ok := set.Find(want, part)
				if !ok {
					t.Errorf("%U %c is not refused, but %v cannot show it", r, r, want)
				}
				if _, ink := set.Face(n).Bounds(part); !ink && !unicode.Is(unicode.Zs, part) {
					t.Errorf("%U %c is blank in %v", r, r, n)
				}
			}
		}
		inked++
	}
	if inked < 30_000 {
		t.Errorf("only %d characters are printed", inked)
	}
}

// printed sets characters in lines of 40, each character a cell of its own on a grid of 4 mm.
func printed(t *testing.T, set *fonts.Set, all []rune) string {
	t.Helper()
	s := New(set, Rect{X: 20, Y: 20, W: 170, H: 248}, nil)
	st := Style{Font: fonts.Song, Size: 9}
	for line := range slices.Chunk(all, cells) {
		s.Need(cell)
		for i, r := range line {
			s.At(st, string(r), Rect{X: 20 + cell*float64(i), Y: s.Y(), W: cell})
		}
		s.Space(cell)
	}
	d := Document{Title: "字", Author: "机构", Subject: "字", Created: time.Unix(0, 0), Pages: s.Finish(func(*Sheet, int, int) {})}
	return saved(t, mustPDF(t, d))
}

const (
	cell  = 4.0
	cells = 40 // in a row
	rows  = 62 // on a page
)

// onPaper are the characters that take room: neither spaces nor marks that need a letter.
func onPaper(t *testing.T, set *fonts.Set) []rune {
	t.Helper()
	all := append(repertoire(), general(t)...)
	slices.Sort(all)
	shown, _ := split(set, slices.Compact(all))
	return slices.DeleteFunc(shown, unicode.IsSpace)
}

// TestEveryCharacterIsCopiedAsTyped has all that can be printed copied out of files again, in its order.
func TestEveryCharacterIsCopiedAsTyped(t *testing.T) {
	t.Parallel()
	set := faces(t)
	for want := range slices.Chunk(onPaper(t, set), 5000) {
		text := []rune(strings.Join(strings.Fields(string(tool(t, "pdftotext", printed(t, set, want), "-"))), ""))
		if len(text) != len(want) {
			t.Errorf("from %U: %d characters are copied of %d", want[0], len(text), len(want))
		}
		for i := range min(len(text), len(want)) {
			if text[i] != want[i] {
				t.Errorf("from %U: character %d is copied as %U %c, want %U %c", want[0], i, text[i], text[i], want[i], want[i])
				break
			}
		}
	}
}

// TestEveryCharacterHasInk looks at the rendered pages: no character is blank.
func TestEveryCharacterHasInk(t *testing.T) {
	t.Parallel()
	set := faces(t)
	for all := range slices.Chunk(onPaper(t, set), rows*cells) {
		file := printed(t, set, all)
		tool(t, "pdftoppm", "-gray", "-r", "72", "-png", "-singlefile", file, strings.TrimSuffix(file, ".pdf"))
		page := decoded(t, strings.TrimSuffix(file, "pdf")+"png")
		for i, r := range all {
			x, y := 20+cell*float64(i%cells), 20+cell*float64(i/cells)
			if !inked(page, Rect{x, y, cell, cell}) {
				t.Errorf("%U %c is blank", r, r)
			}
		}
		if inked(page, Rect{20, 20 + cell*rows, cell * cells, cell}) {
			t.Error("there is ink below the last row: the grid is not where the test looks")
		}
	}
}

// TestManyCharactersInARow: the time for a file grows with its characters, whichever follow one another.
func TestManyCharactersInARow(t *testing.T) {
	t.Parallel()
	set, started := faces(t), time.Now()
	printed(t, set, ideographs()[6592:6592+4000])
	if took := time.Since(started); took > 15*time.Second { // a tenth of a second; without breaks in the runs minutes
		t.Errorf("4,000 ideographs take %v", took)
	}
}

func decoded(t *testing.T, name string) image.Image {
	t.Helper()
	f, err := os.Open(name)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	page, _, err := image.Decode(f)
	if err != nil {
		t.Fatal(err)
	}
	return page
}

// inked tells whether anything in the box, in millimetres, is darker than the paper.
func inked(page image.Image, box Rect) bool {
	scale := float64(page.Bounds().Dx()) / PaperWidth
	for y := int(box.Y * scale); y < int(box.Bottom()*scale); y++ {
		for x := int(box.X * scale); x < int(box.Right()*scale); x++ {
			if v, _, _, _ := page.At(x, y).RGBA(); v < 0xE000 {
				return true
			}
		}
	}
	return false
}
