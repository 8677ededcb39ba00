package paper

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"
)

// The proof in the file comes out as it went in, and what is printed is the same with it and without.
func TestProofIsAttached(t *testing.T) {
	t.Parallel()
	faces(t)
	const url = testURL
	proof := []byte(`{"issued":{"event":"…","proof":"c2sp.org/tlog-proof@v1\n"}}`)
	plain := mustDraw(t, scaleCertificate(), Options{URL: url})
	with := mustDraw(t, scaleCertificate(), Options{URL: url, Proof: proof})
	if again := mustDraw(t, scaleCertificate(), Options{URL: url, Proof: proof}); !bytes.Equal(with, again) {
		t.Error("the same content and proof give other bytes")
	}
	folder := t.TempDir()
	file := filepath.Join(folder, "certificate.pdf")
	if err := os.WriteFile(file, with, 0o600); err != nil {
		t.Fatal(err)
	}
	run(t, "pdfdetach", "-save", "1", "-o", filepath.Join(folder, "proof"), file)
	if got, err := os.ReadFile(filepath.Join(folder, "proof")); err != nil || !bytes.Equal(got, proof) {
		t.Errorf("attached is %q, %v; want %q", got, err, proof)
	}
	if err := os.WriteFile(filepath.Join(folder, "plain.pdf"), plain, 0o600); err != nil {
		t.Fatal(err)
	}
	if a, b := run(t, "pdftotext", "-layout", file, "-"), run(t, "pdftotext", "-layout", filepath.Join(folder, "plain.pdf"), "-"); a != b {
		t.Error("the text of the page differs with a proof")
	}
}
