package pades

import (
	"bytes"
	"crypto/x509"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"hengjian/certificates/fonts"
	"hengjian/certificates/pades/cms"
	"hengjian/certificates/pades/padestest"
	"hengjian/certificates/sheet"
)

// at is the time at which everything in these tests happens.
var at = time.Date(2026, 3, 5, 9, 30, 0, 0, time.FixedZone("CST", 8*3600))

func now() time.Time { return at }

const proof = `{"proof":1}`

var allFields = []string{"inspector", "reviewer", "approver", "seal"}

// drawn is a drawn document with a file inside and with fields.
func drawn(tb testing.TB, fields ...string) []byte {
	tb.Helper()
	return drawnWith(tb, []byte(proof), fields...)
}

func drawnWith(tb testing.TB, attached []byte, fields ...string) []byte {
	tb.Helper()
	set, err := fonts.Load()
	if err != nil {
		tb.Skip("the document fonts are not there: make build, or scripts/fonts.sh, copies them")
	}
	s := sheet.New(set, sheet.Rect{X: 20, Y: 20, W: 170, H: 250}, nil)
	s.Paragraph(sheet.Style{Font: fonts.Song, Size: 10}, "检定证书 m·s⁻¹")
	pdf, err := sheet.Document{
		Title: "检定证书", Author: "机构", Created: at, Pages: s.Finish(func(*sheet.Sheet, int, int) {}), Fields: fields,
		Attachments: []sheet.Attachment{
			{Name: "proof.json", MediaType: "application/json", Relationship: sheet.Supplement, Content: attached},
		},
	}.PDF(set)
	if err != nil {
		tb.Fatal(err)
	}
	return pdf
}

// bureau is the people and machines of these tests.
type bureau struct {
	root, issuer *padestest.Authority
	trust        cms.Trust
}

func newBureau(tb testing.TB) *bureau {
	tb.Helper()
	root := padestest.NewRoot(tb, "root")
	return &bureau{root: root, issuer: root.Below(tb, "issuer"),
		trust: cms.Trust{Roots: []*x509.Certificate{root.Certificate}, Now: now}}
}

func (b *bureau) signer(tb testing.TB, r padestest.Request) *cms.Standard {
	tb.Helper()
	return &cms.Standard{Identity: b.issuer.Issue(tb, r), Trust: b.trust}
}

func mustSign(tb testing.TB, pdf []byte, field string, by *cms.Standard) []byte {
	tb.Helper()
	out, err := Sign(tb.Context(), pdf, field, Claim{Time: at, Name: "张三（" + field + "）", Reason: "批准", Location: "济南"}, by)
	if err != nil {
		tb.Fatal(err)
	}
	return out
}

func saved(tb testing.TB, name string, data []byte) string {
	tb.Helper()
	file := filepath.Join(tb.TempDir(), name)
	if err := os.WriteFile(file, data, 0o600); err != nil {
		tb.Fatal(err)
	}
	return file
}

// run runs a tool, and skips the test where the tool is not installed, but not in CI.
func run(tb testing.TB, name string, args ...string) string {
	tb.Helper()
	if _, err := exec.LookPath(name); err != nil {
		if os.Getenv("CI") != "" {
			tb.Fatalf("%s is not installed: signatures cannot be checked by others' eyes", name)
		}
		tb.Skipf("%s is not installed: apt-get install poppler-utils libnss3-tools qpdf openssl", name)
	}
	out, err := exec.CommandContext(tb.Context(), name, args...).CombinedOutput()
	if err != nil {
		tb.Logf("%s %q: %v", name, args, err)
	}
	return string(out)
}

// nss is a database of certificates that trusts the roots.
func nss(tb testing.TB, roots ...*x509.Certificate) string {
	tb.Helper()
	dir := "sql:" + tb.TempDir()
	run(tb, "certutil", "-N", "-d", dir, "--empty-password")
	for i, c := range roots {
		file := saved(tb, "root.der", c.Raw)
		if out := run(tb, "certutil", "-A", "-d", dir, "-n", fmt.Sprint("root ", i), "-t", "CT,C,C", "-i", file); out != "" {
			tb.Fatal(out)
		}
	}
	return dir
}

func TestPdfsigTrustsSignatures(t *testing.T) {
	t.Parallel()
	b := newBureau(t)
	database := nss(t, b.root.Certificate)
	signers := []*cms.Standard{
		b.signer(t, padestest.Request{Name: "inspector"}), b.signer(t, padestest.Request{Name: "reviewer", Key: padestest.RSA(t)}),
		b.signer(t, padestest.Request{Name: "approver"}), b.signer(t, padestest.Request{Name: "seal", Key: padestest.RSA(t)}),
	}
	pdf := drawn(t, allFields...)
	base := bytes.Clone(pdf)
	for i, field := range allFields {
		pdf = mustSign(t, pdf, field, signers[i])
		file := saved(t, "signed.pdf", pdf)
		out := run(t, "pdfsig", "-nssdir", database, file)
		if strings.Count(out, "Signature is Valid") != i+1 || strings.Count(out, "Certificate is Trusted") != i+1 ||
			strings.Count(out, "Total document signed") != 1 {
			t.Fatalf("after %d signatures: %s", i+1, out)
		}
		if out := run(t, "qpdf", "--check", file); !strings.Contains(out, "No syntax or stream encoding errors found") {
			t.Errorf("after %d signatures: %s", i+1, out)
		}
		attachment := filepath.Join(t.TempDir(), "attachment")
		run(t, "pdfdetach", "-save", "1", "-o", attachment, file)
		if got, err := os.ReadFile(attachment); err != nil || string(got) != proof {
			t.Errorf("after %d signatures the attachment is %q, %v", i+1, got, err)
		}
	}
	if !bytes.HasPrefix(pdf, base) {
		t.Error("signing changed what was drawn")
	}
	changed := bytes.Clone(pdf)
	changed[len(base)/2] ^= 1
	out := run(t, "pdfsig", "-nssdir", database, saved(t, "changed.pdf", changed))
	if strings.Count(out, "Digest Mismatch") != len(allFields) {
		t.Errorf("one byte changed: %s", out)
	}
}
