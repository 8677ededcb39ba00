package paper

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// The proof in the file comes out as it went in, and the content as it was frozen; what is printed is the same with them
// and without.
func TestContentAndProofAreAttached(t *testing.T) {
	t.Parallel()
	faces(t)
	const url = testURL
	proof := []byte(`{"issued":{"event":"…","proof":"c2sp.org/tlog-proof@v1\n"}}`)
	frozen, err := Freeze(scaleCertificate())
	if err != nil {
		t.Fatal(err)
	}
	plain := mustDraw(t, scaleCertificate(), Options{URL: url})
	with := mustDraw(t, scaleCertificate(), Options{URL: url, Proof: proof})
	if again := mustDraw(t, scaleCertificate(), Options{URL: url, Proof: proof}); !bytes.Equal(with, again) {
		t.Error("the same content and proof give other bytes")
	}
	folder := t.TempDir()
	file, without := filepath.Join(folder, "certificate.pdf"), filepath.Join(folder, "plain.pdf")
	if err := errors.Join(os.WriteFile(file, with, 0o600), os.WriteFile(without, plain, 0o600)); err != nil {
		t.Fatal(err)
	}
	if got, want := run(t, "pdfdetach", "-list", file), "2 embedded files\n1: "+ContentName+"\n2: "+ProofName+"\n"; got != want {
		t.Errorf("attached are %q, want %q", got, want)
	}
	if got := run(t, "pdfdetach", "-list", without); !strings.HasPrefix(got, "0 embedded files") {
		t.Errorf("attached without a proof are %q", got)
	}
	run(t, "pdfdetach", "-saveall", "-o", folder, file)
	for name, want := range map[string][]byte{ContentName: frozen, ProofName: proof} {
		if got, err := os.ReadFile(filepath.Join(folder, name)); err != nil || !bytes.Equal(got, want) {
			t.Errorf("%s is %q, %v; want %q", name, got, err, want)
		}
	}
	if a, b := run(t, "pdftotext", "-layout", file, "-"), run(t, "pdftotext", "-layout", without, "-"); a != b {
		t.Error("the text of the page differs with the files inside")
	}
	if got := run(t, "pdfinfo", file); !strings.Contains(got, "PDF version:     1.7\n") {
		t.Errorf("the file is %s", got)
	}
}

// TestFilesAreWellFormed has every kind of document checked as it is issued.
func TestFilesAreWellFormed(t *testing.T) {
	t.Parallel()
	faces(t)
	for name, c := range samples() {
		file := filepath.Join(t.TempDir(), name+".pdf")
		if err := os.WriteFile(file, mustDraw(t, c, with(options(c), []byte("{}"))), 0o600); err != nil {
			t.Fatal(err)
		}
		if got := run(t, "qpdf", "--check", file); !strings.Contains(got, "No syntax or stream encoding errors found") {
			t.Errorf("%s: %s", name, got)
		}
	}
}

func with(o Options, proof []byte) Options {
	o.Proof = proof
	return o
}
