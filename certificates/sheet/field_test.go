package sheet

import (
	"bytes"
	"crypto/rand"
	"crypto/sha256"
	"crypto/x509"
	"encoding/asn1"
	"strings"
	"testing"
	"time"

	"software.sslmate.com/src/go-pkcs12"

	"hengjian/certificates/pades"
	"hengjian/certificates/pades/cms"
	"hengjian/certificates/pades/keys"
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

// TestPreflightAfterSigning has the variant of PDF/A-1b checked with its fields, after each signature, and with a
// timestamp and validation data.
func TestPreflightAfterSigning(t *testing.T) {
	t.Parallel()
	d := withFields(t)
	d.Attachments = nil // which part 1 does not know
	pdf, err := d.PDFA1(faces(t))
	if err != nil {
		t.Fatal(err)
	}
	now := func() time.Time { return time.Date(2026, 3, 5, 9, 0, 0, 0, time.UTC) }
	root := padestest.NewRoot(t, "root")
	id := root.Issue(t, padestest.Request{Name: "seal", Key: padestest.RSA(t)})
	signer := &cms.Standard{Identity: id, Trust: cms.Trust{Roots: []*x509.Certificate{root.Certificate}, Now: now}}
	files := []string{saved(t, pdf)}
	for _, field := range d.Fields {
		if pdf, err = pades.Sign(t.Context(), pdf, field, pades.Claim{Time: now(), Name: "张三", Reason: "批准"}, signer); err != nil {
			t.Fatal(err)
		}
		files = append(files, saved(t, pdf))
	}
	d.Fields = []string{pades.SealField}
	if pdf, err = d.PDFA1(faces(t)); err != nil {
		t.Fatal(err)
	}
	if pdf, err = forYears(t, root, id, now).Sign(t.Context(), pdf); err != nil {
		t.Fatal(err)
	}
	files = append(files, saved(t, pdf))
	padestest.Preflight(t, files...)
}

// forYears signs with a timestamp and validation data.
func forYears(t *testing.T, root *padestest.Authority, id cms.Identity, now func() time.Time) *pades.Signers {
	t.Helper()
	const password = "correct horse"
	file, err := pkcs12.Modern.Encode(id.Key, id.Chain[0], nil, password)
	if err != nil {
		t.Fatal(err)
	}
	roots := padestest.WriteCertificates(t, root.Certificate)
	tsa := root.Issue(t, padestest.Request{Name: "tsa", For: []asn1.ObjectIdentifier{padestest.ForStamps}})
	signers, err := pades.Open(pades.Settings{
		Seal: &keys.Source{
			PKCS12: padestest.Write(t, "seal.p12", file), Password: keys.Secret{File: padestest.Write(t, "password", []byte(password))},
		},
		Timestamp: &pades.TimestampSettings{URL: padestest.NewStamper(t, tsa, now(), nil).URL, Roots: roots},
		LongTerm:  &pades.LongTermSettings{CRLs: []string{padestest.Write(t, "root.crl", root.List(t, now()))}},
		Roots:     roots,
	}, now, rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return signers
}
