package certificates

import (
	"bytes"
	"crypto/sha256"
	"crypto/x509"
	"fmt"
	"slices"
	"strings"
	"testing"

	"hengjian/certificates/pades"
	"hengjian/certificates/pades/cms"
	"hengjian/certificates/pades/padestest"
	"hengjian/certificates/paper"
	"hengjian/internal/ledger"
)

// What anybody can make of genuine files with this program and without the bureau's keys is not whole.
func TestForgedFiles(t *testing.T) {
	t.Parallel()
	b := newBureau(t)
	document, other := b.finishedDocument("K-1"), b.finishedDocument("K-2")
	pdf, _, err := b.PDF(t.Context(), b.actors["feng"], document.Number)
	b.must(err)
	b.must(b.log.Settle(t.Context()))
	proofs, err := b.Proofs(t.Context(), document.Code)
	b.must(err)
	others, err := b.Proofs(t.Context(), other.Code)
	b.must(err)
	keys, err := b.log.VerifierKeys(t.Context(), "370113")
	b.must(err)
	elsewhere := func(url string) func(*FileProof, *paper.Options) {
		return func(said *FileProof, o *paper.Options) { said.URL, o.URL = url, url }
	}
	proved := func(p ledger.Proof) func(*FileProof, *paper.Options) {
		return func(said *FileProof, o *paper.Options) { said.Issued, o.Fields = p, nil }
	}
	for _, tt := range []struct {
		name, want string
		pdf        []byte
	}{
		{"drawn anew, the same", "", b.redrawn(pdf, func(*FileProof, *paper.Options) {})},
		{"a code that leads to somebody else", "address_differs", b.redrawn(pdf, elsewhere("http://evil.example/v/"+document.Code))},
		{"a code that leads to another document", "address_differs", b.redrawn(pdf, elsewhere(b.PublicURL(other.Code)))},
		{"the proof of another document", "proof_other", b.redrawn(pdf, proved(*others.Issued))},
		{"the proof of another document, and its number", "address_differs", b.redrawn(pdf, func(said *FileProof, _ *paper.Options) {
			said.Issued, said.Number = *others.Issued, other.Number
		})},
		{"the proof of all of another document but the content", "content_differs", b.redrawn(pdf, func(said *FileProof, o *paper.Options) {
			said.Issued, said.Number, said.URL, o.URL = *others.Issued, other.Number, b.PublicURL(other.Code), b.PublicURL(other.Code)
		})},
		{"the proof of another event of the document", "proof_other", b.redrawn(pdf, proved(*proofs.Finished))},
		{"another index", "proof_index", b.redrawn(pdf, func(said *FileProof, _ *paper.Options) { said.Issued.Index++ })},
		{"another log's name", "proof_origin", b.redrawn(pdf, func(said *FileProof, _ *paper.Options) { said.Issued.Origin = "evil.example/log" })},
	} {
		if got := b.faultsOf(tt.pdf, CheckOptions{Keys: keys}); got != tt.want {
			t.Errorf("%s: %q, want %q", tt.name, got, tt.want)
		}
	}
	if got := b.faultsOf(pdf, CheckOptions{Proofs: &Proofs{Finished: &ledger.Proof{Origin: "evil.example/log"}}}); got == "" {
		t.Error("a proof of another log is taken for the file")
	}
}

// A file whose bytes were changed, wherever, is not whole, signed or not; nor are attachments called otherwise taken for ours.
func TestChangedFiles(t *testing.T) {
	t.Parallel()
	b := newBureau(t)
	plain := b.finishedDocument("K-1")
	b.signing()
	signed := b.finishedDocument("K-2")
	for _, d := range []Document{plain, signed} {
		pdf, _, err := b.PDF(t.Context(), b.actors["feng"], d.Number)
		b.must(err)
		table := bytes.LastIndex(pdf, []byte("\nxref\n"))
		validated := withValidation(pdf)
		if file, err := pades.Read(validated); d.ID == signed.ID && (err != nil || file.Validation == nil) {
			t.Fatalf("no validation data were appended: %v", err)
		}
		replaced := func(from, to string) []byte {
			if !bytes.Contains(pdf, []byte(from)) {
				t.Fatalf("the file has no %q", from)
			}
			return bytes.Replace(pdf, []byte(from), []byte(to), 1)
		}
		for name, forged := range map[string][]byte{
			"validation data by anybody":   validated,
			"a line more":                  append(slices.Clone(pdf), '\n'),
			"a CR more":                    append(slices.Clone(pdf), '\r'),
			"zeros behind":                 append(slices.Clone(pdf), make([]byte, 2048)...),
			"itself behind":                append(slices.Clone(pdf), pdf...),
			"a head before":                append([]byte("%PDF-1.7\n"), pdf...),
			"a blank before":               append([]byte(" "), pdf...),
			"a second head":                replaced("\n%\xe2\xe3\xcf\xd3\n", "\n%PDF-1.4\n"),
			"lines ended by CR":            bytes.ReplaceAll(pdf, []byte("\nendobj\n"), []byte("\rendobj\r")),
			"an update behind":             append(slices.Clone(pdf), updateOf(pdf, "1 0 obj\n<</Type /Pages /Kids [] /Count 0>>\nendobj\n", "")...),
			"a hybrid table":               append(slices.Clone(pdf), updateOf(pdf, "", "/XRefStm 9\n")...),
			"an empty update":              append(slices.Clone(pdf), updateOf(pdf, "", "")...),
			"another claim for archives":   replaced("<pdfaid:part>3", "<pdfaid:part>2"),
			"another title in XMP":         replaced("<dc:title>", "<dc:titlE>"),
			"an attachment called twice":   replaced("("+paper.ProofName+") ", "("+paper.ContentName+") "),
			"an attachment called another": bytes.ReplaceAll(pdf, []byte(paper.ProofName), []byte(strings.ToUpper(paper.ProofName))),
			"another relationship":         replaced("/AFRelationship /Data", "/AFRelationship /Dat0"),
			"another entry of the table":   append(append(slices.Clone(pdf[:table+30]), '1'), pdf[table+31:]...),
		} {
			if c, err := CheckFile(forged, b.now, CheckOptions{}); err == nil && c.Holds() {
				t.Errorf("%s: %s is whole", d.Number, name)
			}
		}
	}
}

// withValidation appends empty validation data, as anybody can.
func withValidation(pdf []byte) []byte {
	end := pdf[bytes.LastIndex(pdf, []byte("trailer\n")):]
	var size, root, info, table int
	var id, last string
	if _, err := fmt.Sscanf(strings.ReplaceAll(string(end), "\n", " "), "trailer << /Size %d /Root %d 0 R /Info %d 0 R",
		&size, &root, &info); err != nil {
		panic(err)
	}
	_, ids, _ := strings.Cut(string(end), "/ID [<")
	id, last, _ = strings.Cut(ids, "> <")
	last, _, _ = strings.Cut(last, ">")
	_, start, _ := strings.Cut(string(end), "startxref\n")
	if _, err := fmt.Sscan(start, &table); err != nil {
		panic(err)
	}
	_, catalog, _ := bytes.Cut(pdf, fmt.Appendf(nil, "\n%d 0 obj\n", root))
	catalog, _, _ = bytes.Cut(catalog, []byte(">>\nendobj\n"))
	dss := len(pdf) + len(fmt.Sprintf("%d 0 obj\n%s/DSS %d 0 R\n>>\nendobj\n", root, catalog, size))
	out := fmt.Sprintf("%d 0 obj\n%s/DSS %d 0 R\n>>\nendobj\n%[3]d 0 obj\n<</Type /DSS /Certs [] /CRLs []>>\nendobj\n", root, catalog, size)
	next := len(pdf) + len(out)
	out += fmt.Sprintf("xref\n%d 1\n%010d 00000 n \n%d 1\n%010d 00000 n \n", root, len(pdf), size, dss)
	sum := sha256.Sum256([]byte(last + out))
	return fmt.Appendf(slices.Clone(pdf), "%strailer\n<<\n/Size %d\n/Root %d 0 R\n/Info %d 0 R\n/Prev %d\n/ID [<%s> <%X>]\n>>\nstartxref\n%d\n%%%%EOF\n",
		out, size+1, root, info, table, id, sum[:16], next)
}

// updateOf is an update that any program can append to a file.
func updateOf(pdf []byte, object, more string) []byte {
	last := pdf[bytes.LastIndex(pdf, []byte("trailer\n")):]
	head, start, _ := bytes.Cut(last, []byte(">>\nstartxref\n"))
	previous, _, _ := bytes.Cut(start, []byte("\n"))
	table := len(pdf) + len(object)
	out := object + "xref\n"
	if object != "" {
		out += fmt.Sprintf("1 1\n%010d 00000 n \n", len(pdf))
	}
	return fmt.Appendf(nil, "%s%s/Prev %s\n%s>>\nstartxref\n%d\n%%%%EOF\n", out, head, previous, more, table)
}

// Anybody can draw a document anew and sign it under the bureau's name. That it was another key is seen without any roots; a
// key that the bureau renewed after the issue is believed by its certificate.
func TestSignaturesByOthers(t *testing.T) {
	t.Parallel()
	b := newBureau(t)
	roots, sm2Roots := b.signing()
	first := b.Service.signing
	renewed := b.issued("K-1", "15.000")
	b.must(b.log.Settle(t.Context()))
	seconds, secondSM2 := b.signing() // the same names by other authorities
	pdf, _, err := b.PDF(t.Context(), b.actors["feng"], renewed.Number)
	b.must(err)
	trusted := CheckOptions{Trust: cms.Trust{Roots: seconds}, SM2: cms.Trust{Roots: secondSM2}}
	known := CheckOptions{Trust: cms.Trust{Roots: roots}, SM2: cms.Trust{Roots: sm2Roots}}
	b.Service.signing = first
	kept, _, err := b.PDF(t.Context(), b.actors["feng"], b.issued("K-2", "15.000").Number)
	b.must(err)
	for _, tt := range []struct {
		name, want string
		pdf        []byte
		o          CheckOptions
	}{
		{"the settled keys, without roots", "", kept, CheckOptions{}},
		{"the settled keys", "", kept, known},
		{"other keys under the same names, without roots", "signature_key signature_key signature_key", pdf, CheckOptions{}},
		{"other keys under the same names", "certificate_untrusted certificate_untrusted certificate_untrusted", pdf, known},
		{"renewed keys", "", pdf, trusted},
		{"one self-signed", "signature_key", b.sealedBy(kept, padestest.NewRoot(t, "长清区检定专用章")), CheckOptions{}},
	} {
		if got := b.faultsOf(tt.pdf, tt.o); got != tt.want {
			t.Errorf("%s: %q, want %q", tt.name, got, tt.want)
		}
	}
}

// sealedBy takes the seal off a file and puts another in its place.
func (b *bureau) sealedBy(pdf []byte, a *padestest.Authority) []byte {
	b.Helper()
	file, err := pades.Read(pdf)
	b.must(err)
	first := bytes.Index(pdf[len(file.Base):], []byte("%%EOF\n")) + len(file.Base) + len("%%EOF\n")
	by := &cms.Standard{Identity: a.Issue(b, padestest.Request{Name: a.Certificate.Subject.CommonName}), Trust: cms.Trust{Now: b.now}}
	by.Chain = []*x509.Certificate{by.Chain[0]}
	forged, err := pades.Sign(b.Context(), pdf[:first], pades.SealField, file.Signatures[1].Claim, by)
	b.must(err)
	return forged
}
