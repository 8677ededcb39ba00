package sheet

import (
	"testing"
)

func TestRewriteRefusesOtherFiles(t *testing.T) {
	t.Parallel()
	for _, in := range []string{
		"", "%PDF-1.3\n", "startxref\n5\n%%EOF", "xxxxxxxx\nxref\n0 2\nstartxref\n9\n%%EOF",
		"%PDF-1.3\n\nxref\n0 2\n0000000000 65535 f \n0000000099 00000 n \ntrailer\n<<>>\nstartxref\n10\n%%EOF",
		"%PDF-1.3\n\nxref\n0 9999999\n0000000000 65535 f \nstartxref\n10\n%%EOF",
		tiny(""), tiny("/Root 1 0 R\n"), tiny("/Root 1 0 R\n/Info 3 0 R\n"), tiny("/Root 1 0 R\n/Info 1 0 R\n"), tiny("/Root -1 0 R\n/Info 2 0 R\n"),
	} {
		if d, err := readDrawn([]byte(in)); err == nil {
			t.Errorf("readDrawn(%q) = %v, want an error", in, d)
		}
	}
}

// tiny is a file of two objects.
func tiny(trailer string) string {
	return "%PDF-1.3\n1 0 obj\n<<>>\nendobj\n2 0 obj\n<<>>\nendobj\nxref\n0 3\n0000000000 65535 f \n0000000009 00000 n \n0000000029 00000 n \n" +
		"trailer\n<<\n" + trailer + ">>\nstartxref\n49\n%%EOF\n"
}

func FuzzRewrite(f *testing.F) {
	f.Add([]byte(tiny("/Root 1 0 R\n/Info 2 0 R\n")))
	f.Fuzz(func(t *testing.T, in []byte) {
		d, err := readDrawn(in)
		if err != nil {
			return
		}
		out, err := d.rewrite(edit{version: "1.7", objects: map[int]string{1: "<</A 1>>"}, added: []string{"<<>>"}})
		if err != nil {
			t.Fatal(err)
		}
		if again, err := readDrawn(out); err != nil || len(again.offsets) != len(d.offsets)+1 {
			t.Errorf("%q becomes %q, which cannot be read again: %v", in, out, err)
		}
	})
}
