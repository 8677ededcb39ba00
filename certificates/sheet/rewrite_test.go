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
	} {
		if out, err := rewrite([]byte(in), nil); err == nil {
			t.Errorf("rewrite(%q) = %q, want an error", in, out)
		}
	}
}

func FuzzRewrite(f *testing.F) {
	f.Add([]byte("%PDF-1.3\n1 0 obj\n<<>>\nendobj\nxref\n0 2\n0000000000 65535 f \n0000000009 00000 n \ntrailer\n<<>>\nstartxref\n29\n%%EOF\n"))
	f.Fuzz(func(t *testing.T, in []byte) {
		out, err := rewrite(in, map[int][]byte{1: []byte("<<>>\n")})
		if err != nil {
			return
		}
		if _, _, err := crossReferences(out); err != nil {
			t.Errorf("rewrite(%q) = %q, which cannot be read again: %v", in, out, err)
		}
	})
}
