package cms_test

import (
	"bytes"
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/asn1"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/digitorus/pkcs7"
	"github.com/digitorus/timestamp"

	"hengjian/certificates/pades/cms"
	"hengjian/certificates/pades/padestest"
)

// TestOfWhomMayNotSign: what was signed all the same, with means of their own, is refused.
func TestOfWhomMayNotSign(t *testing.T) {
	t.Parallel()
	for _, k := range kinds(t, padestest.Request{Usage: x509.KeyUsageKeyEncipherment | x509.KeyUsageCertSign}) {
		signature := cms.SignUnchecked(k.id, content)
		if _, err := k.with(cms.Identity{}, trust(at, k.root)).Verify(content, signature); code(err) != "certificate_usage" {
			t.Errorf("%s, not for signing: %v", k.name, err)
		}
	}
	for _, k := range kinds(t, padestest.Request{}) {
		stolen := cms.Identity{Key: k.other.Key, Chain: k.id.Chain}
		if k.name == "RSA" {
			continue // the tests have one key of RSA
		}
		signature := cms.SignUnchecked(stolen, content)
		if _, err := k.with(cms.Identity{}, trust(at, k.root)).Verify(content, signature); code(err) != "signature_invalid" {
			t.Errorf("%s, another's certificate: %v", k.name, err)
		}
	}
	weak, err := rsa.GenerateKey(rand.Reader, 1024)
	if err != nil {
		t.Fatal(err)
	}
	root := padestest.NewRoot(t, "root")
	signature := cms.SignUnchecked(root.Issue(t, padestest.Request{Key: weak}), content)
	if _, err := standard(cms.Identity{}, trust(at, root.Certificate)).Verify(content, signature); code(err) != "certificate_weak" {
		t.Errorf("RSA of 1024 bits: %v", err)
	}
}

// TestNothingHidesInASignature: anything that the signature does not need is refused, though all else is in order.
func TestNothingHidesInASignature(t *testing.T) {
	t.Parallel()
	raw := func(v any) asn1.RawValue {
		der, err := asn1.Marshal(v)
		if err != nil {
			t.Fatal(err)
		}
		return asn1.RawValue{FullBytes: der}
	}
	for _, k := range kinds(t, padestest.Request{Name: "张三"}) {
		signature := mustSign(t, k.with(k.id, trust(at)))
		for name, change := range map[string]func(*cms.SignedData){
			"text beside it": func(d *cms.SignedData) {
				d.Signers[0].Unsigned = []cms.Attribute{{Type: asn1.ObjectIdentifier{1, 2, 3}, Values: []asn1.RawValue{raw("text")}}}
			},
			"another signer":   func(d *cms.SignedData) { d.Signers = append(d.Signers, d.Signers[0]) },
			"no signer":        func(d *cms.SignedData) { d.Signers = nil },
			"no certificates":  func(d *cms.SignedData) { d.Certificates = nil },
			"no attributes":    func(d *cms.SignedData) { d.Signers[0].Signed = raw("text") },
			"another version":  func(d *cms.SignedData) { d.Version = 3 },
			"other parameters": func(d *cms.SignedData) { d.Signers[0].Digest.Parameters = raw("text") },
			"another digest": func(d *cms.SignedData) {
				d.Digests = append(d.Digests, d.Digests[0])
			},
			"fewer attributes": func(d *cms.SignedData) {
				var all []cms.Attribute
				if _, err := asn1.UnmarshalWithParams(d.Signers[0].Signed.FullBytes, &all, "set,tag:0"); err != nil {
					t.Fatal(err)
				}
				der, err := asn1.MarshalWithParams(all[:2], "set,tag:0")
				if err != nil {
					t.Fatal(err)
				}
				d.Signers[0].Signed = asn1.RawValue{FullBytes: der}
			},
		} {
			_, err := k.with(cms.Identity{}, trust(at, k.root)).Verify(content, cms.Tamper(signature, change))
			if code(err) != "signature_form" {
				t.Errorf("%s, %s: %v", k.name, name, err)
			}
		}
		same := cms.Tamper(signature, func(*cms.SignedData) {})
		if _, err := k.with(cms.Identity{}, trust(at, k.root)).Verify(content, same); err != nil {
			t.Errorf("%s, unchanged: %v", k.name, err)
		}
	}
}

func TestTimestampAuthorityThatDoesNotAnswer(t *testing.T) {
	t.Parallel()
	root := padestest.NewRoot(t, "root")
	rejection, err := timestamp.CreateErrorResponse(timestamp.Rejection, timestamp.BadAlgorithm)
	if err != nil {
		t.Fatal(err)
	}
	for name, answer := range map[string]http.HandlerFunc{
		"fault":     func(w http.ResponseWriter, _ *http.Request) { http.Error(w, "down", http.StatusInternalServerError) },
		"garbage":   func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte("<html>")) },
		"nothing":   func(http.ResponseWriter, *http.Request) {},
		"rejection": func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write(rejection) },
		"endless": func(w http.ResponseWriter, _ *http.Request) {
			for range 1 << 12 {
				if _, err := w.Write(make([]byte, 1<<12)); err != nil {
					return
				}
			}
		},
		"silence": func(_ http.ResponseWriter, r *http.Request) {
			_, _ = io.Copy(io.Discard, r.Body) // only then does the server see the other go away
			<-r.Context().Done()
		},
	} {
		t.Run(name, func(t *testing.T) {
			server := httptest.NewServer(answer)
			defer server.Close()
			stamper := padestest.Stamper(server, root.Certificate)
			if name == "silence" {
				stamper.Client = &http.Client{Timeout: 200 * time.Millisecond}
			}
			s := &cms.Standard{Identity: root.Issue(t, padestest.Request{}), Stamper: stamper, Trust: trust(at)}
			because := map[string]string{"endless": "more than", "fault": "500"}
			_, err := s.Sign(t.Context(), content)
			if code(err) != "timestamp_unavailable" || !strings.Contains(err.Error(), because[name]) {
				t.Errorf("%v", err)
			}
		})
	}
}

// TestTimestampsThatWerePutIn: a timestamp that comes with a signature is judged again by whoever reads it.
func TestTimestampsThatWerePutIn(t *testing.T) {
	t.Parallel()
	root, stampRoot := padestest.NewRoot(t, "root"), padestest.NewRoot(t, "time")
	tsa := stampRoot.Issue(t, padestest.Request{Name: "tsa", For: stamps})
	s := &cms.Standard{
		Identity: root.Issue(t, padestest.Request{}), Trust: trust(at, root.Certificate),
		Stamper: padestest.Stamper(padestest.NewStamper(t, tsa, at, nil), stampRoot.Certificate),
	}
	s.Trust.Stampers = []*x509.Certificate{stampRoot.Certificate}
	signature := mustSign(t, s)
	other, err := s.Sign(t.Context(), []byte("another content"))
	if err != nil {
		t.Fatal(err)
	}
	token := func(signature []byte) (out []byte) {
		cms.Tamper(signature, func(d *cms.SignedData) { out = d.Signers[0].Unsigned[0].Values[0].FullBytes })
		return out
	}
	with := func(token []byte) error {
		_, err := s.Verify(content, cms.Tamper(signature, func(d *cms.SignedData) {
			d.Signers[0].Unsigned[0].Values = []asn1.RawValue{{FullBytes: token}}
		}))
		return err
	}
	parsed, err := pkcs7.Parse(token(signature))
	if err != nil {
		t.Fatal(err)
	}
	mail, err := pkcs7.NewSignedData(parsed.Content) // what reads like a timestamp, but is signed as a mail
	if err != nil {
		t.Fatal(err)
	}
	mail.SetDigestAlgorithm(pkcs7.OIDDigestAlgorithmSHA256)
	if err := mail.AddSigner(tsa.Chain[0], tsa.Key, pkcs7.SignerInfoConfig{}); err != nil {
		t.Fatal(err)
	}
	signedMail, err := mail.Finish()
	if err != nil {
		t.Fatal(err)
	}
	if err := with(token(signature)); err != nil {
		t.Error(err)
	}
	if err := with(token(other)); code(err) != "timestamp_invalid" {
		t.Errorf("the timestamp of another signature: %v", err)
	}
	if err := with(signedMail); code(err) != "timestamp_invalid" {
		t.Errorf("a mail: %v", err)
	}
}

// liar is a key that signs something else than it is given, as a broken device may.
type liar struct{ crypto.Signer }

func (l liar) Sign(random io.Reader, digest []byte, o crypto.SignerOpts) ([]byte, error) {
	digest = bytes.Clone(digest)
	digest[0] ^= 1
	return l.Signer.Sign(random, digest, o)
}

func TestWhatADeviceSignedIsVerifiedAtOnce(t *testing.T) {
	t.Parallel()
	id := padestest.NewRoot(t, "root").Issue(t, padestest.Request{})
	id.Key = liar{id.Key}
	if _, err := standard(id, trust(at)).Sign(t.Context(), content); code(err) != "signature_key" {
		t.Errorf("%v", err)
	}
}

// FuzzVerify: whatever stands for a signature is refused or is one, and nothing panics.
func FuzzVerify(f *testing.F) {
	all := kinds(f, padestest.Request{Name: "张三"})
	root := padestest.NewRoot(f, "time")
	server := padestest.NewStamper(f, root.Issue(f, padestest.Request{For: stamps}), at, nil)
	stamped := &cms.Standard{Identity: all[0].id, Stamper: padestest.Stamper(server, root.Certificate), Trust: trust(at)}
	f.Add(mustSign(f, stamped))
	for _, k := range all {
		f.Add(mustSign(f, k.with(k.id, trust(at))))
	}
	f.Fuzz(func(t *testing.T, signature []byte) {
		for _, k := range all {
			signer, err := k.with(cms.Identity{}, trust(at)).Verify(content, signature)
			if err == nil && len(signer.Chain) == 0 {
				t.Error("a signature by nobody")
			}
		}
	})
}

// FuzzStamp: whatever stands for a timestamp is refused or is one, and nothing panics.
func FuzzStamp(f *testing.F) {
	root := padestest.NewRoot(f, "time")
	server := padestest.NewStamper(f, root.Issue(f, padestest.Request{For: stamps}), at, nil)
	id := padestest.NewRoot(f, "root").Issue(f, padestest.Request{})
	token, signature := cms.Token(mustSign(f, &cms.Standard{Identity: id, Stamper: padestest.Stamper(server, root.Certificate), Trust: trust(at)}))
	f.Add(token)
	f.Fuzz(func(t *testing.T, token []byte) {
		if stamp, err := cms.ReadStamp(token, signature); err == nil && (len(stamp.Chain) == 0 || stamp.Trusted) {
			t.Error("a timestamp by nobody, or trusted without roots")
		}
	})
}
