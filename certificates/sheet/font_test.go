package sheet

import (
	"bytes"
	"compress/zlib"
	"fmt"
	"io"
	"strings"
	"testing"

	"hengjian/certificates/microfont"
)

func TestUnicodeMap(t *testing.T) {
	t.Parallel()
	got := string(unicodeMap(&microfont.Subset{Characters: []microfont.Character{{Rune: 'A'}, {Rune: '𬭎'}}}))
	for _, want := range []string{"2 beginbfchar\n", "<0001> <0041>\n", "<0002> <D872DF4E>\n"} {
		if !strings.Contains(got, want) {
			t.Errorf("the map %q lacks %q", got, want)
		}
	}
}

// TestPDFIsSound reads the finished file by its own table: every object stands where the table says, and the map to
// Unicode names the characters of the page.
func TestPDFIsSound(t *testing.T) {
	t.Parallel()
	pdf, err := document(t).PDF(faces(t))
	if err != nil {
		t.Fatal(err)
	}
	offsets, _, err := crossReferences(pdf)
	if err != nil {
		t.Fatal(err)
	}
	for n, at := range offsets[1:] {
		if want := fmt.Sprintf("%d 0 obj\n", n+1); !bytes.HasPrefix(pdf[at:], []byte(want)) {
			t.Errorf("object %d: the table points at %.12q, want %q", n+1, pdf[at:], want)
		}
	}
	font, err := standInObject(pdf)
	if err != nil {
		t.Fatal(err)
	}
	_, body, _ := bytes.Cut(referred(t, pdf, object(t, pdf, font), `/ToUnicode (\d+) 0 R`), []byte("stream\n"))
	z, err := zlib.NewReader(bytes.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	cmap, err := io.ReadAll(z)
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range []string{"D872DF4E", "207B", "68C0"} { // 𬭎 ⁻ 检
		if !bytes.Contains(cmap, []byte(" <"+r+">")) {
			t.Errorf("the map to Unicode lacks %s", r)
		}
	}
}
