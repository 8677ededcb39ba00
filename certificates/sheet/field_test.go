package sheet

import (
	"bytes"
	"crypto/sha256"
	"crypto/x509"
	"strings"
	"testing"
	"time"

	"hengjian/certificates/pades"
	"hengjian/certificates/pades/cms"
	"hengjian/certificates/pades/padestest"
)

func withFields(tb testing.TB) Document {
	d := withFiles(tb)
	d.Fields = []string{"inspector", "seal"}
	return d
}

func TestFieldsStandInTheDrawnFile(t *testing.T) {
	t.Parallel()
	pdf := mustPDF(t, withFields(t))
	if !bytes.Equal(pdf, mustPDF(t, withFields(t))) {
		t.Error("the same document gives different bytes")
	}
	root, _, _ := catalog(t, pdf)
	form := bytes.Contains(root, []byte("\n/AcroForm <</Fields ["))
	f, err := pades.Read(pdf)
	if err != nil || !form || strings.Join(f.Fields(), " ") != "inspector seal" || len(f.Base) != len(pdf) {
		t.Fatalf("fields %v, %v\n%s", f, err, root)
	}
	page := referred(t, pdf, referred(t, pdf, root, `/Pages (\d+) 0 R`), `/Kids \[(\d+) 0 R`)
	widget := referred(t, pdf, page, `/Annots \[(\d+) 0 R \d+ 0 R\]`)
	if !bytes.Contains(widget, []byte("/T (inspector) /F 132 /Rect [0 0 0 0] /P ")) {
		t.Errorf("the first page's first widget: %s", widget)
	}
	if look := data(t, referred(t, pdf, widget, `/AP <</N (\d+) 0 R>>`)); len(look) != 0 {
		t.Errorf("the field shows %q", look)
	}
}

// TestWithoutFieldsNothingIsAdded: files that nobody is to sign stay as they were, byte for byte.
func TestWithoutFieldsNothingIsAdded(t *testing.T) {
	t.Parallel()
	d := withFields(t)
	d.Fields = nil
	without, with := mustPDF(t, d), mustPDF(t, withFiles(t))
	if sha256.Sum256(without) != sha256.Sum256(with) || bytes.Contains(without, []byte("AcroForm")) || bytes.Contains(without, []byte("/Annots")) {
		t.Error("a document without fields has a form")
	}
}

func TestFieldNames(t *testing.T) {
	t.Parallel()
	for _, names := range [][]string{{"a", "a"}, {""}, {"A"}, {"a)"}, {"章"}, {"1"}, {strings.Repeat("a", 33)}} {
		d := document(t)
		d.Fields = names
		if _, err := d.PDF(faces(t)); err == nil {
			t.Errorf("fields called %q were drawn", names)
		}
	}
}

// TestPreflightAfterSigning has the variant of PDF/A-1b checked with its fields, and after each signature.
func TestPreflightAfterSigning(t *testing.T) {
	t.Parallel()
	d := withFields(t)
	d.Attachments = nil // which part 1 does not know
	pdf, err := d.draw(faces(t), part{1, "1.4"})
	if err != nil {
		t.Fatal(err)
	}
	now := time.Date(2026, 3, 5, 9, 0, 0, 0, time.UTC)
	root := padestest.NewRoot(t, "root")
	signer := &cms.Standard{
		Identity: root.Issue(t, padestest.Request{Name: "seal", Key: padestest.RSA(t)}),
		Trust:    cms.Trust{Roots: []*x509.Certificate{root.Certificate}, Now: func() time.Time { return now }},
	}
	files := []string{saved(t, pdf)}
	for _, field := range d.Fields {
		if pdf, err = pades.Sign(t.Context(), pdf, field, pades.Claim{Time: now, Name: "张三", Reason: "批准"}, signer); err != nil {
			t.Fatal(err)
		}
		files = append(files, saved(t, pdf))
	}
	out, err := preflight(t, files...)
	if err != nil || strings.Count(out, "valid=true") != len(files) {
		t.Errorf("%v\n%s", err, out)
	}
}
