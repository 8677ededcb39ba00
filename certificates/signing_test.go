package certificates

import (
	"bytes"
	"crypto/x509"
	"encoding/asn1"
	"encoding/json"
	"encoding/pem"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/emmansun/gmsm/smx509"
	"golang.org/x/sync/errgroup"
	"software.sslmate.com/src/go-pkcs12"

	"hengjian/certificates/pades"
	"hengjian/certificates/pades/cms"
	"hengjian/certificates/pades/keys"
	"hengjian/certificates/pades/padestest"
	"hengjian/certificates/paper"
	"hengjian/internal/errs"
)

// signing gives the bureau a seal, a key of the verifier's own, and an SM2 key; it returns the roots of both kinds.
func (b *bureau) signing(changes ...func(*pades.Settings)) (roots, sm2Roots []*x509.Certificate) {
	b.Helper()
	root := padestest.NewRoot(b, "根")
	folder := b.TempDir()
	write := func(name string, data []byte) string {
		b.must(os.WriteFile(filepath.Join(folder, name), data, 0o600))
		return filepath.Join(folder, name)
	}
	password := keys.Secret{File: write("password", []byte("p12\n"))}
	source := func(name string) keys.Source {
		id := root.Issue(b, padestest.Request{Name: name})
		data, err := pkcs12.Modern.Encode(id.Key, id.Chain[0], id.Chain[1:], "p12")
		b.must(err)
		return keys.Source{PKCS12: write(name+".p12", data), Password: password}
	}
	sm2Root, sm2 := padestest.SM2(b, padestest.Request{Name: "国密印章"})
	der, err := smx509.MarshalPKCS8PrivateKey(sm2.Key)
	b.must(err)
	pemOf := func(c *x509.Certificate) []byte {
		return pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: c.Raw})
	}
	seal := source("长清区检定专用章")
	settings := pades.Settings{
		Seal: &seal, People: map[string]keys.Source{"feng": source("feng")}, Roots: write("roots.pem", pemOf(root.Certificate)),
		SM2: &keys.Source{
			PEM:          write("sm2.key", pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der})),
			Certificates: write("sm2.pem", pemOf(sm2.Chain[0])),
		},
		SM2Roots: write("sm2-roots.pem", pemOf(sm2Root)),
	}
	for _, change := range changes {
		change(&settings)
	}
	opened, err := pades.Open(settings, b.now, b.random)
	b.must(err)
	b.Service.signing = func() (*pades.Signers, error) { return opened, nil }
	return []*x509.Certificate{root.Certificate}, []*x509.Certificate{sm2Root}
}

// A signed file holds the signatures of those who have keys and of the bureau, and the one of its content; a check sees
// each, and names whatever was changed, cut off or appended.
func TestSignedFile(t *testing.T) {
	t.Parallel()
	b := newBureau(t)
	roots, sm2Roots := b.signing()
	pdf, d, err := b.PDF(t.Context(), b.actors["feng"], b.issued("K-1", "15.000").Number)
	b.must(err)
	b.must(b.log.Settle(t.Context()))
	proofs, err := b.Proofs(t.Context(), d.Code)
	b.must(err)
	file, err := pades.Read(pdf)
	b.must(err)
	if got := file.Fields(); !slices.Equal(got, []string{"verifier", "seal"}) {
		t.Errorf("the file has the fields %q", got)
	}
	first := bytes.Index(pdf[len(file.Base):], []byte("%%EOF\n")) + len(file.Base) + len("%%EOF\n")
	trust := CheckOptions{Trust: cms.Trust{Roots: roots}, SM2: cms.Trust{Roots: sm2Roots}, Proofs: &proofs}
	for _, tt := range []struct {
		name  string
		pdf   []byte
		trust CheckOptions
		fault string // codes of what does not hold
	}{
		{"as issued", pdf, trust, ""},
		{"without roots", pdf, CheckOptions{}, ""},
		{"of another root", pdf, CheckOptions{Trust: cms.Trust{Roots: sm2Roots}, SM2: cms.Trust{Roots: roots}}, "certificate_untrusted certificate_untrusted certificate_untrusted"},
		{"the seal cut off", pdf[:first], CheckOptions{}, "signature_missing"},
		{"all signatures cut off", file.Base, CheckOptions{}, "signature_missing"},
		{"something appended", append(slices.Clip(pdf), "1 0 obj\n<<>>\nendobj\n"...), CheckOptions{}, "pdf_form"},
		{"a changed name", bytes.Replace(pdf, []byte("Hengjian"), []byte("Hengjiam"), 1), CheckOptions{}, "page_differs signature_changed signature_changed"},
	} {
		if got := b.faultsOf(tt.pdf, tt.trust); got != tt.fault {
			t.Errorf("%s: %q, want %q", tt.name, got, tt.fault)
		}
	}
}

// faultsOf checks a file and returns the codes of what does not hold.
func (b *bureau) faultsOf(pdf []byte, o CheckOptions) string {
	b.Helper()
	checked, err := CheckFile(pdf, b.now, o)
	b.must(err)
	var faults []string
	for _, s := range checked.Steps {
		if e, ok := errors.AsType[*errs.Error](s.Why); ok {
			faults = append(faults, e.Code)
		}
	}
	return strings.Join(faults, " ")
}

// redrawn is what somebody without any key can make of a file: its page drawn anew from its own attachments, after changes.
func (b *bureau) redrawn(pdf []byte, change func(*FileProof, *paper.Options)) []byte {
	b.Helper()
	attached, err := attachments(pdf)
	b.must(err)
	said, err := readFileProof(attached[paper.ProofName])
	b.must(err)
	content, err := paper.Thaw(attached[paper.ContentName])
	b.must(err)
	o := paper.Options{URL: said.URL, SM2: attached[paper.SM2Name], Fields: said.bears(attached).Fields}
	change(&said, &o)
	o.Proof, err = said.text()
	b.must(err)
	drawn, err := paper.Draw(content, o)
	b.must(err)
	return drawn
}

// needing makes a file that is to bear other signatures.
func needing(fields []string, sm2 string) func(*FileProof, *paper.Options) {
	return func(said *FileProof, o *paper.Options) {
		said.Fields, o.Fields, o.SM2 = fields, fields, []byte(sm2)
	}
}

// Which signatures a file bears is settled at its issue and stands in the ledger: without the keys it waits, keys that come
// later do not sign it, and one that was drawn anew to need none or others does not hold.
func TestSignaturesAreSettledAtIssue(t *testing.T) {
	t.Parallel()
	b := newBureau(t)
	before := b.issued("K-1", "15.000")
	b.signing()
	withKeys := b.Service.signing
	after := b.issued("K-2", "15.000")
	b.must(b.log.Settle(t.Context()))
	b.Service.signing = Unsigned
	n, err := b.Finish(t.Context(), nil)
	if errs.KindOf(err) != errs.Unavailable || n != 1 || !strings.Contains(err.Error(), "no SM2 key") {
		t.Errorf("without keys %d were finished, %v; want the one that needs none, and what is missing", n, err)
	}
	b.Service.signing = withKeys
	if n, err = b.Finish(t.Context(), nil); n != 1 || err != nil {
		t.Errorf("%d finished, %v; want the one that waited", n, err)
	}
	unsigned, _, err := b.PDF(t.Context(), b.actors["feng"], before.Number)
	b.must(err)
	signed, _, err := b.PDF(t.Context(), b.actors["feng"], after.Number)
	b.must(err)
	for _, tt := range []struct {
		name, want string
		pdf        []byte
	}{
		{"issued before there were keys", "", unsigned},
		{"issued with keys", "", signed},
		{"drawn to need no signature", "page_differs signature_missing", b.redrawn(signed, needing(nil, ""))},
		{"drawn to need the SM2 signature alone", "page_differs signature_form signature_missing", b.redrawn(signed, needing(nil, "x"))},
		{"with a field that was not settled", "page_differs", b.redrawn(unsigned, needing([]string{"seal"}, ""))},
		{"with an SM2 signature that was not settled", "signature_form signature_unexpected", b.redrawn(unsigned, needing(nil, "x"))},
	} {
		if got := b.faultsOf(tt.pdf, CheckOptions{}); got != tt.want {
			t.Errorf("%s: %q, want %q", tt.name, got, tt.want)
		}
	}
}

// What validates a signature later needs no key of the bureau, so that is settled, too: a timestamp or validation data that
// were taken off or added are missed or noticed.
func TestLevelIsSettledAtIssue(t *testing.T) {
	t.Parallel()
	b := newBureau(t)
	stamps := padestest.NewRoot(b, "time root")
	tsa := padestest.NewStamper(b, stamps.Issue(b, padestest.Request{For: []asn1.ObjectIdentifier{padestest.ForStamps}}), b.now(), nil)
	b.signing(func(s *pades.Settings) {
		s.Timestamp = &pades.TimestampSettings{URL: tsa.URL, Roots: padestest.WriteCertificates(b, stamps.Certificate)}
	})
	later := b.Service.signing
	with, err := later()
	b.must(err)
	without, err := with.At(pades.LevelB)
	b.must(err)
	b.Service.signing = func() (*pades.Signers, error) { return without, nil }
	before := b.issued("K-1", "15.000")
	b.Service.signing = later
	after := b.issued("K-2", "15.000")
	b.must(b.log.Settle(t.Context()))
	b.Service.signing = func() (*pades.Signers, error) { return without, nil }
	if _, err := b.Finish(t.Context(), nil); errs.KindOf(err) != errs.Unavailable || !strings.Contains(err.Error(), "no timestamp authority") {
		t.Errorf("without an authority: %v, want that it is missing", err)
	}
	b.Service.signing = later
	_, err = b.Finish(t.Context(), nil)
	b.must(err)
	const differs = "signature_level signature_level" // of the verifier and of the bureau
	for _, tt := range []struct {
		document               Document
		signedWith, signedLess string
	}{{before, differs, ""}, {after, "", differs}} {
		pdf, _, err := b.PDF(t.Context(), b.actors["feng"], tt.document.Number)
		b.must(err)
		file, err := pades.Read(pdf)
		b.must(err)
		f, err := selectFrozen(t.Context(), b.db, tt.document.ID)
		b.must(err)
		content, err := f.thaw()
		b.must(err)
		people, err := signatories(t.Context(), b.db, content)
		b.must(err)
		for signers, want := range map[*pades.Signers]string{with: tt.signedWith, without: tt.signedLess} {
			again, err := signers.Sign(t.Context(), file.Base, people...)
			b.must(err)
			if got := b.faultsOf(again, CheckOptions{}); got != want {
				t.Errorf("%s, signed at %s: %q, want %q", tt.document.Number, signers.Level(), got, want)
			}
		}
	}
}

// Files are signed, checked and merged at once by one program, without a race.
func TestSignedFilesAtOnce(t *testing.T) {
	t.Parallel()
	b := newBureau(t)
	roots, sm2Roots := b.signing()
	trust := CheckOptions{Trust: cms.Trust{Roots: roots}, SM2: cms.Trust{Roots: sm2Roots}}
	var issued []Document
	for _, serial := range []string{"K-1", "K-2", "K-3", "K-4"} {
		issued = append(issued, b.issued(serial, "15.000"))
	}
	b.must(b.log.Settle(t.Context()))
	_, err := b.Finish(t.Context(), nil)
	b.must(err)
	var all errgroup.Group
	for _, d := range slices.Concat(issued, issued, issued) {
		all.Go(func() error {
			pdf, _, err := b.PDF(t.Context(), b.actors["feng"], d.Number)
			if err != nil {
				return err
			}
			if c, err := CheckFile(pdf, b.now, trust); err != nil || !c.Holds() {
				return fmt.Errorf("%s: %w: %+v", d.Number, err, c)
			}
			_, err = appendPages(nil, "1", pdf, false)
			return err
		})
	}
	b.must(all.Wait())
}

// An event of before signatures were settled at the issue says nothing of them: the file is finished with the keys that there
// are and says itself which they were, and a check believes that.
func TestEarlyIssues(t *testing.T) {
	t.Parallel()
	b := newBureau(t)
	b.signing()
	id := b.issued("K-1", "15.000").ID
	b.must(b.log.Settle(t.Context()))
	proof, err := b.log.ProofOf(t.Context(), b.db, kindIssued.Definition(), id)
	b.must(err)
	var event map[string]any
	b.must(json.Unmarshal([]byte(proof.Event), &event))
	data, _ := event["data"].(map[string]any)
	for _, later := range []string{"address", "code", "bears"} {
		if data[later] == nil {
			t.Fatalf("the event has no %s", later)
		}
		delete(data, later)
	}
	early, err := json.Marshal(event)
	b.must(err)
	proof.Event = string(early)
	d, err := selectFrozen(t.Context(), b.db, id)
	b.must(err)
	pdf, err := b.draw(t.Context(), d, proof)
	b.must(err)
	file, err := pades.Read(pdf)
	b.must(err)
	const changed = "proof_failed" // since the event is not the one in the log
	if got := b.faultsOf(pdf, CheckOptions{}); len(file.Signatures) != 2 || got != changed {
		t.Errorf("%d signatures, faults %q; want 2 and %q alone", len(file.Signatures), got, changed)
	}
	if got, want := b.faultsOf(file.Base, CheckOptions{}), changed+" signature_missing"; got != want {
		t.Errorf("without signatures: %q, want %q", got, want)
	}
}

// While keys fail, documents wait: nothing is stored unsigned, and all of it follows when they work again.
func TestSigningFails(t *testing.T) {
	t.Parallel()
	b := newBureau(t)
	b.signing()
	works := b.Service.signing
	d := b.issued("K-1", "15.000")
	b.Service.signing = func() (*pades.Signers, error) { return nil, errors.New("the token is gone") }
	b.must(b.log.Settle(t.Context()))
	n, err := b.Finish(t.Context(), nil)
	if n != 0 || errs.KindOf(err) != errs.Unavailable {
		t.Errorf("%d finished, %v; want none, and that it cannot be signed", n, err)
	}
	_, _, err = b.PDF(t.Context(), b.actors["shop"], d.Number)
	b.wantCode("the file meanwhile", err, errs.Unavailable, "signing_failed")
	b.Service.signing = works
	if n, err = b.Finish(t.Context(), nil); n != 1 || err != nil {
		t.Errorf("%d finished, %v; want the one that waited", n, err)
	}
}
