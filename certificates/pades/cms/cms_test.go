package cms_test

import (
	"bytes"
	"crypto/rand"
	"crypto/x509"
	"encoding/asn1"
	"encoding/pem"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/digitorus/pkcs7"
	"github.com/digitorus/timestamp"

	"hengjian/certificates/pades/cms"
	"hengjian/certificates/pades/padestest"
	"hengjian/internal/errs"
)

var (
	at      = time.Date(2026, 3, 5, 9, 30, 0, 0, time.UTC)
	content = []byte("检定证书 content")
)

var stamps = []asn1.ObjectIdentifier{padestest.ForStamps}

// code is the code of a refusal.
func code(err error) string {
	if e, ok := errors.AsType[*errs.Error](err); ok {
		return e.Code
	}
	return ""
}

func trust(at time.Time, roots ...*x509.Certificate) cms.Trust {
	return cms.Trust{Roots: roots, Now: func() time.Time { return at }}
}

func mustSign(tb testing.TB, s cms.Scheme) []byte {
	tb.Helper()
	out, err := s.Sign(tb.Context(), content)
	if err != nil {
		tb.Fatal(err)
	}
	return out
}

// kind is a way to sign, with somebody who signs by it and a root above.
type kind struct {
	name  string
	root  *x509.Certificate
	id    cms.Identity
	other cms.Identity // of another root
	with  func(cms.Identity, cms.Trust) cms.Scheme
}

func standard(id cms.Identity, t cms.Trust) cms.Scheme {
	return &cms.Standard{Identity: id, Trust: t}
}

func sm2(id cms.Identity, t cms.Trust) cms.Scheme {
	return &cms.SM2{Identity: id, Trust: t, Random: rand.Reader}
}

// kinds makes signers who ask for the same certificate but for the key.
func kinds(tb testing.TB, r padestest.Request) []kind {
	tb.Helper()
	root, another := padestest.NewRoot(tb, "root"), padestest.NewRoot(tb, "another")
	issuer := root.Below(tb, "issuer")
	ecdsa := r
	rsa := r
	rsa.Key = padestest.RSA(tb)
	rootSM2, idSM2 := padestest.SM2(tb, r)
	_, otherSM2 := padestest.SM2(tb, r)
	return []kind{
		{"ECDSA", root.Certificate, issuer.Issue(tb, ecdsa), another.Issue(tb, ecdsa), standard},
		{"RSA", root.Certificate, issuer.Issue(tb, rsa), another.Issue(tb, rsa), standard},
		{"SM2", rootSM2, idSM2, otherSM2, sm2},
	}
}

func TestWhatIsSignedIsVerified(t *testing.T) {
	t.Parallel()
	for _, k := range kinds(t, padestest.Request{Name: "张三"}) {
		s := k.with(k.id, trust(at, k.root))
		signature := mustSign(t, s)
		got, err := s.Verify(content, signature)
		if err != nil || !got.Trusted || !got.Certificate().Equal(k.id.Chain[0]) || got.Stamp != nil || got.Certificate().Subject.CommonName != "张三" {
			t.Errorf("%s: %+v, %v", k.name, got, err)
		}
		// without roots the chain is what the signature says of itself
		got, err = k.with(cms.Identity{}, trust(at)).Verify(content, signature)
		if err != nil || got.Trusted {
			t.Errorf("%s without roots: trusted %t, %v", k.name, got.Trusted, err)
		}
		if again := mustSign(t, s); bytes.Equal(again, signature) != (k.name != "SM2") {
			t.Errorf("%s: signed twice, equal %t", k.name, bytes.Equal(again, signature))
		}
	}
}

func TestEachFaultOfASignatureIsNamed(t *testing.T) {
	t.Parallel()
	all := kinds(t, padestest.Request{Name: "张三"})
	for i, k := range all {
		signature := mustSign(t, k.with(k.id, trust(at)))
		verify := func(tr cms.Trust, content, signature []byte) error {
			_, err := k.with(cms.Identity{}, tr).Verify(content, signature)
			return err
		}
		foreign := mustSign(t, all[(i+2)%3].with(all[(i+2)%3].id, trust(at)))
		if k.name == "RSA" { // which is of the same scheme as ECDSA
			foreign = mustSign(t, all[2].with(all[2].id, trust(at)))
		}
		changedKey := bytes.Clone(signature)
		changedKey[len(signature)-10] ^= 1
		good := trust(at, k.root)
		for _, tc := range []struct {
			name, want string
			err        error
		}{
			{"good", "", verify(good, content, signature)},
			{"content changed", "signature_changed", verify(good, append(content[:1:1], 'x'), signature)},
			{"of another scheme", "signature_scheme", verify(good, content, foreign)},
			{"of another root", "certificate_untrusted",
				verify(good, content, mustSign(t, k.with(k.other, trust(at))))},
			{"expired since", "certificate_expired", verify(trust(padestest.To.Add(time.Second), k.root), content, signature)},
			{"before its time", "certificate_expired", verify(trust(padestest.From.Add(-time.Second), k.root), content, signature)},
			{"signature changed", "signature_invalid", verify(good, content, changedKey)},
			{"byte after it", "signature_form", verify(good, content, append(bytes.Clone(signature), 0))},
			{"cut off", "signature_form", verify(good, content, signature[:len(signature)-1])},
			{"nothing", "signature_form", verify(good, content, nil)},
			{"too large", "signature_form", verify(good, content, make([]byte, cms.MaxSize+1))},
		} {
			if code(tc.err) != tc.want || (tc.err == nil) != (tc.want == "") {
				t.Errorf("%s, %s: %v, want %q", k.name, tc.name, tc.err, tc.want)
			}
		}
	}
}

func TestNobodySignsWhoMayNot(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		name, want string
		request    padestest.Request
	}{
		{"for encryption", "certificate_usage", padestest.Request{Usage: x509.KeyUsageKeyEncipherment | x509.KeyUsageCertSign}},
		{"expired", "certificate_expired", padestest.Request{From: padestest.From, To: at.Add(-time.Second)}},
		{"contents only", "", padestest.Request{Usage: x509.KeyUsageContentCommitment}},
		{"signatures only", "", padestest.Request{Usage: x509.KeyUsageDigitalSignature}},
	} {
		for _, k := range kinds(t, tc.request) {
			if _, err := k.with(k.id, trust(at)).Sign(t.Context(), content); code(err) != tc.want || (err == nil) != (tc.want == "") {
				t.Errorf("%s, %s: %v, want %q", k.name, tc.name, err, tc.want)
			}
			swapped := cms.Identity{Key: k.other.Key, Chain: k.id.Chain}
			if k.name == "RSA" { // of which the tests have one key
				swapped.Key = padestest.ECDSA(t)
			}
			if _, err := k.with(swapped, trust(at)).Sign(t.Context(), content); code(err) != "certificate_mismatch" {
				t.Errorf("%s, another's key: %v", k.name, err)
			}
		}
	}
}

func write(tb testing.TB, name string, data []byte) string {
	tb.Helper()
	return padestest.Write(tb, name, data)
}

// openssl runs OpenSSL, and skips the test where it is not installed, but not in CI.
func openssl(tb testing.TB, args ...string) string {
	tb.Helper()
	if _, err := exec.LookPath("openssl"); err != nil {
		if os.Getenv("CI") != "" {
			tb.Fatal("openssl is not installed: signatures cannot be checked by others' eyes")
		}
		tb.Skip("openssl is not installed: apt-get install openssl")
	}
	out, err := exec.CommandContext(tb.Context(), "openssl", args...).CombinedOutput()
	if err != nil {
		tb.Logf("openssl %q: %v", args, err)
	}
	return string(out)
}

// TestOthersVerifyIt has OpenSSL, with the rules of CAdES, and another library verify a signature.
func TestOthersVerifyIt(t *testing.T) {
	t.Parallel()
	for _, k := range kinds(t, padestest.Request{Name: "张三"})[:2] {
		signature := mustSign(t, k.with(k.id, trust(at)))
		args := []string{"cms", "-verify", "-cades", "-binary", "-inform", "DER", "-in", write(t, "signature", signature),
			"-CAfile", padestest.WriteCertificates(t, k.root), "-purpose", "any", "-out", filepath.Join(t.TempDir(), "out"), "-content"}
		if out := openssl(t, append(args, write(t, "content", content))...); !strings.Contains(out, "CAdES Verification successful") {
			t.Errorf("%s: %s", k.name, out)
		}
		if out := openssl(t, append(args, write(t, "content", []byte("x")))...); !strings.Contains(out, "erification fail") {
			t.Errorf("%s, content changed: %s", k.name, out)
		}
		p7, err := pkcs7.Parse(signature)
		if err != nil {
			t.Fatal(err)
		}
		p7.Content = content
		if err := p7.Verify(); err != nil {
			t.Errorf("%s: %v", k.name, err)
		}
		var signed time.Time
		if err := p7.UnmarshalSignedAttribute(pkcs7.OIDAttributeSigningTime, &signed); err == nil {
			t.Errorf("%s: there is a signing time, which PAdES forbids", k.name)
		}
	}
}

// TestOpenSSLVerifiesSM2 has OpenSSL verify the signature of the signed attributes; it has no CMS with SM2.
func TestOpenSSLVerifiesSM2(t *testing.T) {
	t.Parallel()
	k := kinds(t, padestest.Request{Name: "章"})[2]
	signature := mustSign(t, k.with(k.id, trust(at)))
	var value asn1.RawValue
	for from := signature; ; from = from[1:] { // the signed attributes are the first [0] with a content type in it
		if len(from) == 0 {
			t.Fatal("no signed attributes")
		}
		_, err := asn1.Unmarshal(from, &value)
		if err == nil && value.Class == asn1.ClassContextSpecific && value.Tag == 0 && bytes.HasPrefix(value.Bytes, []byte{0x30, 0x18, 0x06, 0x09}) {
			break
		}
	}
	attributes := bytes.Clone(value.FullBytes)
	attributes[0] = 0x31
	_, last, _ := bytes.Cut(signature, value.FullBytes)
	var algorithm asn1.RawValue
	last, err := asn1.Unmarshal(last, &algorithm)
	if err != nil {
		t.Fatal(err)
	}
	var raw []byte
	if _, err := asn1.Unmarshal(last, &raw); err != nil {
		t.Fatal(err)
	}
	public := openssl(t, "x509", "-in", padestest.WriteCertificates(t, k.id.Chain[0]), "-noout", "-pubkey")
	if block, _ := pem.Decode([]byte(public)); block == nil {
		t.Fatal(public)
	}
	for name, tc := range map[string]struct {
		data []byte
		want string
	}{"good": {attributes, "Verified Successfully"}, "changed": {append(attributes[:len(attributes)-1:len(attributes)-1], 0), "Verification Failure"}} {
		out := openssl(t, "pkeyutl", "-verify", "-pubin", "-inkey", write(t, "public", []byte(public)), "-rawin", "-digest", "sm3",
			"-pkeyopt", "distid:1234567812345678", "-in", write(t, "attributes", tc.data), "-sigfile", write(t, "raw", raw))
		if !strings.Contains(out, tc.want) {
			t.Errorf("%s: %s", name, out)
		}
	}
}

func TestTimestamp(t *testing.T) {
	t.Parallel()
	root, stampRoot := padestest.NewRoot(t, "root"), padestest.NewRoot(t, "time")
	id := root.Issue(t, padestest.Request{Name: "seal", From: padestest.From, To: at.Add(time.Hour)})
	tsa := stampRoot.Below(t, "time issuer").Issue(t, padestest.Request{Name: "tsa", For: stamps, Key: padestest.RSA(t)})
	server := padestest.NewStamper(t, tsa, at, nil)
	s := &cms.Standard{Identity: id, Stamper: padestest.Stamper(server, stampRoot.Certificate), Trust: trust(at, root.Certificate)}
	signature := mustSign(t, s)
	if len(signature) > s.Reserve() {
		t.Errorf("a signature of %d bytes, reserved %d", len(signature), s.Reserve())
	}
	later := trust(at.Add(48*time.Hour), root.Certificate)
	later.Stampers = []*x509.Certificate{stampRoot.Certificate}
	got, err := (&cms.Standard{Trust: later}).Verify(content, signature)
	if err != nil || got.Stamp == nil || !got.Stamp.Time.Equal(at) || !got.Stamp.Trusted || len(got.Stamp.Chain) != 2 {
		t.Errorf("after the signer's certificate expired: %+v, %v", got, err)
	}
	later.Stampers = nil // anybody could have made the timestamp
	if _, err = (&cms.Standard{Trust: later}).Verify(content, signature); code(err) != "certificate_expired" {
		t.Errorf("with a timestamp that is not trusted: %v", err)
	}
	later.Stampers = []*x509.Certificate{root.Certificate}
	if _, err = (&cms.Standard{Trust: later}).Verify(content, signature); code(err) != "certificate_untrusted" {
		t.Errorf("with a timestamp of another root: %v", err)
	}
	p7, err := pkcs7.Parse(signature)
	if err != nil {
		t.Fatal(err)
	}
	attribute := p7.Signers[0].UnauthenticatedAttributes[0]
	out := openssl(t, "ts", "-verify", "-token_in", "-in", write(t, "token", attribute.Value.Bytes),
		"-data", write(t, "signature", p7.Signers[0].EncryptedDigest), "-CAfile", padestest.WriteCertificates(t, stampRoot.Certificate))
	if !strings.Contains(out, "Verification: OK") {
		t.Errorf("openssl ts: %s", out)
	}
}

func TestTimestampsThatAreRefused(t *testing.T) {
	t.Parallel()
	root, stampRoot := padestest.NewRoot(t, "root"), padestest.NewRoot(t, "time")
	good := padestest.Request{Name: "tsa", For: stamps}
	more := padestest.Request{Name: "tsa", For: append([]asn1.ObjectIdentifier{padestest.ForMail}, stamps...)}
	old := padestest.Request{Name: "tsa", For: stamps, From: padestest.From, To: at.Add(-time.Hour)}
	id := root.Issue(t, padestest.Request{Name: "seal", From: padestest.From, To: at.Add(time.Hour)})
	for _, tc := range []struct {
		name, want string
		by         *padestest.Authority
		request    padestest.Request
		change     func(*timestamp.Timestamp)
	}{
		{"good", "", stampRoot, good, nil},
		{"another nonce", "timestamp_unavailable", stampRoot, good, func(s *timestamp.Timestamp) { s.Nonce.Add(s.Nonce, s.Nonce) }},
		{"no nonce", "timestamp_unavailable", stampRoot, good, func(s *timestamp.Timestamp) { s.Nonce = nil }},
		{"another hash", "timestamp_invalid", stampRoot, good, func(s *timestamp.Timestamp) { s.HashedMessage[0] ^= 1 }},
		{"no certificate", "timestamp_invalid", stampRoot, good, func(s *timestamp.Timestamp) { s.AddTSACertificate = false }},
		{"another root", "certificate_untrusted", root, good, nil},
		{"not for timestamps", "timestamp_invalid", stampRoot, padestest.Request{Name: "tsa"}, nil},
		{"also for mail", "timestamp_invalid", stampRoot, more, nil},
		{"not marked as critical", "timestamp_invalid", stampRoot, padestest.Request{Name: "tsa", For: stamps, Loose: true}, nil},
		{"expired", "timestamp_unavailable", stampRoot, old, nil},
		{"from before its certificate", "certificate_expired", stampRoot, good,
			func(s *timestamp.Timestamp) { s.Time = padestest.From.Add(-time.Hour) }},
		{"when the signer has expired", "certificate_expired", stampRoot, good, func(s *timestamp.Timestamp) { s.Time = at.Add(2 * time.Hour) }},
	} {
		server := padestest.NewStamper(t, tc.by.Issue(t, tc.request), at, tc.change)
		s := &cms.Standard{Identity: id, Stamper: padestest.Stamper(server, stampRoot.Certificate), Trust: trust(at, root.Certificate)}
		if _, err := s.Sign(t.Context(), content); code(err) != tc.want || (err == nil) != (tc.want == "") {
			t.Errorf("%s: %v, want %q", tc.name, err, tc.want)
		}
	}
}
