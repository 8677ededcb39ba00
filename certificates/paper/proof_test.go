package paper

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"hengjian/certificates/pades"
	"hengjian/certificates/pades/cms"
	"hengjian/certificates/pades/padestest"
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

// TestPreflight has every kind of document checked as PDF/A-1b, with a field for a signature and signed.
func TestPreflight(t *testing.T) {
	t.Parallel()
	set := faces(t)
	now := func() time.Time { return at("2026-03-18T02:00:00Z") }
	signer := &cms.Standard{
		Identity: padestest.NewRoot(t, "root").Issue(t, padestest.Request{Name: "seal"}), Trust: cms.Trust{Now: now},
	}
	var files []string
	folder := t.TempDir()
	for name, c := range samples() {
		doc, err := layOut(set, c, options(c))
		if err != nil {
			t.Fatal(err)
		}
		doc.Fields = []string{pades.SealField}
		drawn, err := doc.PDFA1(set)
		if err != nil {
			t.Fatal(err)
		}
		signed, err := pades.Sign(t.Context(), drawn, pades.SealField, pades.Claim{Time: now(), Name: "章"}, signer)
		if err != nil {
			t.Fatal(err)
		}
		for suffix, pdf := range map[string][]byte{"drawn": drawn, "signed": signed} {
			files = append(files, filepath.Join(folder, name+"-"+suffix+".pdf"))
			if err := os.WriteFile(files[len(files)-1], pdf, 0o600); err != nil {
				t.Fatal(err)
			}
		}
	}
	padestest.Preflight(t, files...)
}

func with(o Options, proof []byte) Options {
	o.Proof = proof
	return o
}
