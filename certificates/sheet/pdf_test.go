package sheet

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"testing"
)

// documentHash is the SHA-256 of the drawn test document. Documents that were issued are drawn again to check them, byte
// for byte (see certificates.CheckFile): where this changes, every earlier file fails that check.
const documentHash = "267bb2ee647afdf40fb4dafb7730598dd147238c1c2764cbcd726d33f80f7832"

func TestBytesOfDocumentsDoNotChange(t *testing.T) {
	t.Parallel()
	d := document(t)
	d.Pages = append(d.Pages, &Page{})
	for i := range 500 { // anywhere: a page a trifle lower or higher rounds some of them otherwise
		y := 10 + 0.5537*float64(i)
		d.Pages[1].Lines = append(d.Pages[1].Lines, Line{X1: 20, Y1: y, X2: 190, Y2: y, Width: thin})
	}
	data, err := d.PDF(faces(t))
	if err != nil {
		t.Fatal(err)
	}
	sum := sha256.Sum256(data)
	if got := hex.EncodeToString(sum[:]); got != documentHash {
		t.Errorf("the document is %s, want %s: files that were issued would no longer be drawn as they are", got, documentHash)
	}
	if bytes.Contains(data, []byte("/PrintScaling")) {
		t.Error("a document asks how it is printed")
	}
}
