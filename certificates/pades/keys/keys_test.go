package keys

import (
	"crypto"
	"crypto/rand"
	"crypto/sha256"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/emmansun/gmsm/pkcs8"
	"software.sslmate.com/src/go-pkcs12"

	"hengjian/certificates/pades/cms"
	"hengjian/certificates/pades/padestest"
	"hengjian/internal/errs"
)

var at = time.Date(2026, 3, 5, 9, 30, 0, 0, time.UTC)

func ring(tb testing.TB) *Ring {
	tb.Helper()
	r := NewRing(func() time.Time { return at })
	tb.Cleanup(func() {
		if err := r.Close(); err != nil {
			tb.Error(err)
		}
	})
	return r
}

const password = "correct horse"

func passwordFile(tb testing.TB) Secret {
	tb.Helper()
	return Secret{File: padestest.Write(tb, "password", []byte(password+"\n"))}
}

func writePKCS12(tb testing.TB, e *pkcs12.Encoder, key crypto.Signer, own *x509.Certificate, above ...*x509.Certificate) string {
	tb.Helper()
	data, err := e.Encode(key, own, above, password)
	if err != nil {
		tb.Fatal(err)
	}
	return padestest.Write(tb, "key.p12", data)
}

// code is the code of a refusal.
func code(err error) string {
	if e, ok := errors.AsType[*errs.Error](err); ok {
		return e.Code
	}
	return ""
}

func TestPKCS12(t *testing.T) {
	t.Parallel()
	root := padestest.NewRoot(t, "root")
	issuer := root.Below(t, "issuer")
	for name, e := range map[string]*pkcs12.Encoder{"AES": pkcs12.Modern, "3DES": pkcs12.LegacyDES, "RC2": pkcs12.LegacyRC2} {
		for kind, key := range map[string]crypto.Signer{"ECDSA": padestest.ECDSA(t), "RSA": padestest.RSA(t)} {
			want := issuer.Issue(t, padestest.Request{Name: "seal", Key: key})
			// the chain comes back in order, whatever the order in the file
			file := writePKCS12(t, e, want.Key, want.Chain[0], root.Certificate, issuer.Certificate)
			got, err := ring(t).Open(Source{PKCS12: file, Password: passwordFile(t)})
			if err != nil {
				t.Errorf("%s, %s: %v", name, kind, err)
				continue
			}
			if len(got.Chain) != 3 || !got.Chain[0].Equal(want.Chain[0]) || !got.Chain[1].Equal(issuer.Certificate) || !got.Owns(want.Chain[0]) {
				t.Errorf("%s, %s: a chain of %d", name, kind, len(got.Chain))
			}
		}
	}
}

func TestKeysThatCannotSignAreRefused(t *testing.T) {
	t.Parallel()
	root := padestest.NewRoot(t, "root")
	good := root.Issue(t, padestest.Request{Name: "seal"})
	pass := passwordFile(t)
	file := func(id cms.Identity) Source {
		return Source{PKCS12: writePKCS12(t, pkcs12.Modern, id.Key, id.Chain[0]), Password: pass}
	}
	changed := func(change func(*Source)) Source {
		s := file(good)
		change(&s)
		return s
	}
	open := padestest.Write(t, "open", []byte(password))
	if err := os.Chmod(open, 0o640); err != nil {
		t.Fatal(err)
	}
	for _, tc := range []struct {
		name, want string
		source     Source
	}{
		{"good", "", file(good)},
		{"another's certificate", "certificate_missing",
			file(cms.Identity{Key: padestest.ECDSA(t), Chain: good.Chain})},
		{"expired", "certificate_expired",
			file(root.Issue(t, padestest.Request{From: padestest.From, To: at.Add(-time.Second)}))},
		{"not yet", "certificate_expired",
			file(root.Issue(t, padestest.Request{From: at.Add(time.Second), To: padestest.To}))},
		{"for encryption", "certificate_usage", file(root.Issue(t, padestest.Request{Usage: x509.KeyUsageKeyEncipherment}))},
		{"wrong password", "key_password",
			changed(func(s *Source) { s.Password.File = padestest.Write(t, "password", []byte("wrong")) })},
		{"empty password", "key_secret", changed(func(s *Source) { s.Password.File = padestest.Write(t, "password", []byte("\n")) })},
		{"variable not set", "key_secret", changed(func(s *Source) { s.Password = Secret{Env: "HENGJIAN_NOT_SET"} })},
		{"two passwords", "key_secret", changed(func(s *Source) { s.Password.Env = "HENGJIAN_NOT_SET" })},
		{"password for others", "key_file_mode", changed(func(s *Source) { s.Password.File = open })},
		{"no file", "key_file", changed(func(s *Source) { s.PKCS12 += "x" })},
		{"not PKCS#12", "key_file", changed(func(s *Source) { s.PKCS12 = padestest.Write(t, "x", []byte("x")) })},
		{"no source", "key_source", Source{}},
		{"two sources", "key_source", changed(func(s *Source) { s.PEM = s.PKCS12 })},
		{"no such certificates", "certificate_file", changed(func(s *Source) { s.Certificates = "/nowhere" })},
		{"not certificates", "certificate_file", changed(func(s *Source) { s.Certificates = padestest.WritePKCS8(t, good.Key) })},
	} {
		_, err := ring(t).Open(tc.source)
		if code(err) != tc.want || (err == nil) != (tc.want == "") {
			t.Errorf("%s: %v, want %q", tc.name, err, tc.want)
		}
		if err != nil && strings.Contains(err.Error(), password) {
			t.Errorf("%s: the password is told: %v", tc.name, err)
		}
	}
}

func TestPasswordFromTheEnvironment(t *testing.T) {
	t.Setenv("HENGJIAN_TEST_PASSWORD", password)
	id := padestest.NewRoot(t, "root").Issue(t, padestest.Request{Name: "seal"})
	file := writePKCS12(t, pkcs12.Modern, id.Key, id.Chain[0])
	if _, err := ring(t).Open(Source{PKCS12: file, Password: Secret{Env: "HENGJIAN_TEST_PASSWORD"}}); err != nil {
		t.Error(err)
	}
}

// TestTokenSignsForManyAtOnce signs with keys in SoftHSM2, one of RSA and one of ECDSA.
func TestTokenSignsForManyAtOnce(t *testing.T) {
	root := padestest.NewRoot(t, "root")
	ids := map[string]cms.Identity{
		"seal": root.Issue(t, padestest.Request{Name: "seal"}), "li": root.Issue(t, padestest.Request{Name: "li", Key: padestest.RSA(t)}),
	}
	module := padestest.NewToken(t, map[string]crypto.Signer{"seal": ids["seal"].Key, "li": ids["li"].Key})
	pin := Secret{File: padestest.Write(t, "pin", []byte(padestest.TokenPIN))}
	r := ring(t)
	digest := sha256.Sum256([]byte("content"))
	var group sync.WaitGroup
	for label, id := range ids {
		s := Source{
			PKCS11: &Token{Module: module, Token: padestest.TokenLabel, Label: label}, Password: pin,
			Certificates: padestest.WriteCertificates(t, root.Certificate, id.Chain[0]),
		}
		got, err := r.Open(s)
		if err != nil {
			t.Fatal(err)
		}
		if len(got.Chain) != 2 || !got.Chain[0].Equal(id.Chain[0]) {
			t.Errorf("%s: a chain of %d", label, len(got.Chain))
		}
		for range 8 {
			group.Go(func() {
				for range 20 {
					if _, err := got.Key.Sign(nil, digest[:], crypto.SHA256); err != nil {
						t.Error(err)
					}
				}
			})
		}
	}
	group.Wait()
	s := Source{PKCS11: &Token{Module: module, Token: padestest.TokenLabel, Label: "nobody"}, Password: pin}
	if _, err := r.Open(s); code(err) != "key_token" {
		t.Errorf("no such key: %v", err)
	}
	s.PKCS11.Label = "seal"
	if _, err := r.Open(s); code(err) != "certificate_missing" {
		t.Errorf("a key without a certificate: %v", err)
	}
	s.PKCS11.Token = "nowhere"
	if _, err := r.Open(s); code(err) != "key_token" {
		t.Errorf("no such token: %v", err)
	}
}

func TestSM2Key(t *testing.T) {
	t.Parallel()
	root, id := padestest.SM2(t, padestest.Request{Name: "章"})
	certificates := padestest.WriteCertificates(t, root, id.Chain[0])
	write := func(kind string, passwords ...[]byte) string {
		der, err := pkcs8.ConvertPrivateKeyToPKCS8(id.Key, passwords...)
		if err != nil {
			t.Fatal(err)
		}
		return padestest.Write(t, "sm2.pem", pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: der}))
	}
	plain, locked := write("PRIVATE KEY"), write("ENCRYPTED PRIVATE KEY", []byte(password))
	open := write("PRIVATE KEY")
	if err := os.Chmod(open, 0o644); err != nil {
		t.Fatal(err)
	}
	_, other := padestest.SM2(t, padestest.Request{Name: "other"})
	for _, tc := range []struct {
		name, want string
		source     Source
	}{
		{"plain", "", Source{PEM: plain, Certificates: certificates}},
		{"with a password", "", Source{PEM: locked, Certificates: certificates, Password: passwordFile(t)}},
		{"without its password", "key_password", Source{PEM: locked, Certificates: certificates}},
		{"wrong password", "key_password",
			Source{PEM: locked, Certificates: certificates, Password: Secret{File: padestest.Write(t, "p", []byte("wrong"))}}},
		{"for others", "key_file_mode", Source{PEM: open, Certificates: certificates}},
		{"another's", "certificate_missing", Source{PEM: plain, Certificates: padestest.WriteCertificates(t, other.Chain...)}},
		{"no certificates", "certificate_file", Source{PEM: plain}},
		{"no key", "key_file", Source{PEM: certificates, Certificates: certificates}},
	} {
		got, err := ring(t).Open(tc.source)
		if code(err) != tc.want || (err == nil) != (tc.want == "") {
			t.Errorf("%s: %v, want %q", tc.name, err, tc.want)
			continue
		}
		if err == nil && (len(got.Chain) != 2 || !got.Chain[0].Equal(id.Chain[0])) {
			t.Errorf("%s: a chain of %d", tc.name, len(got.Chain))
		}
	}
	if _, err := (&cms.SM2{Identity: id, Random: rand.Reader, Trust: cms.Trust{Now: func() time.Time { return at }}}).Sign(t.Context(), nil); err != nil {
		t.Error(err)
	}
}
