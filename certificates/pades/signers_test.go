package pades

import (
	"bytes"
	"context"
	"crypto"
	"crypto/rand"
	"crypto/x509"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"hengjian/certificates/pades/cms"
	"hengjian/certificates/pades/keys"
	"hengjian/certificates/pades/padestest"
)

func TestDocumentIsSignedForYears(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	s := o.mustOpen(t)
	fields := s.Fields(signatories...)
	if strings.Join(fields, " ") != "approver seal" {
		t.Fatalf("fields %v", fields)
	}
	base := drawn(t, fields...)
	pdf, err := s.Sign(t.Context(), base, signatories...)
	if err != nil {
		t.Fatal(err)
	}
	f, err := Read(pdf)
	if err != nil {
		t.Fatal(err)
	}
	// two signers, the timestamp authority, two issuers and two roots; and a list of each of the four authorities
	if f.Validation == nil || len(f.Validation.Certificates) != 7 || len(f.Validation.CRLs) != 4 {
		t.Fatalf("validation data %+v", f.Validation)
	}
	trust := s.Trust()
	trust.Now = func() time.Time { return at.AddDate(10, 0, 0) }
	for i, v := range f.Verify(trust) {
		if v.Fault != nil || v.Level != LevelLT || !v.Signer.Stamp.Time.Equal(at) || v.Field != fields[i] {
			t.Errorf("%s: level %s, %v", v.Field, v.Level, v.Fault)
		}
	}
	if again, err := s.Sign(t.Context(), base, signatories...); err != nil || o.fetched != 4 {
		t.Errorf("a second file of %d bytes: lists were fetched %d times, %v", len(again), o.fetched, err)
	}
	file := saved(t, "signed.pdf", pdf)
	out := run(t, "pdfsig", "-nssdir", nss(t, o.root.Certificate, o.stamps.Certificate), file)
	if strings.Count(out, "Signature is Valid") != 2 || strings.Count(out, "Certificate is Trusted") != 2 {
		t.Error(out)
	}
	if out := run(t, "qpdf", "--check", file); !strings.Contains(out, "No syntax or stream encoding errors found") {
		t.Error(out)
	}
}

// What was settled at a document's issue is what its signatures have, whatever the settings have become.
func TestSignaturesAreOfTheLevelWanted(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	base := drawn(t, o.mustOpen(t).Fields()...)
	all := []Level{LevelB, LevelT, LevelLT}
	for i, changes := range [][]string{
		{"long_term: {}", "", "timestamp: {url: \"" + o.stamper.URL + "\", roots: time.pem}", ""},
		{"long_term: {}", ""},
		{},
	} {
		s := o.mustOpen(t, changes...)
		if s.Level() != all[i] {
			t.Errorf("settings %d: level %s, want %s", i, s.Level(), all[i])
		}
		for j, level := range all {
			by, err := s.At(level)
			if want := []string{"", "timestamp_not_set", "long_term_not_set"}[j]; j > i {
				if code(err) != want {
					t.Errorf("%s where settings are for %s: %v, want %s", level, all[i], err, want)
				}
				continue
			}
			if err != nil {
				t.Fatal(err)
			}
			pdf, err := by.Sign(t.Context(), base)
			if err != nil {
				t.Fatal(err)
			}
			if v := mustRead(t, pdf).Verify(s.Trust())[0]; v.Level != level || v.Fault != nil {
				t.Errorf("%s where settings are for %s: %s, %v", level, all[i], v.Level, v.Fault)
			}
		}
		if _, err := s.At("B-X"); code(err) != "signature_level_unknown" {
			t.Errorf("an unknown level: %v", err)
		}
	}
}

// Validation data that anybody appended, or took out of another file, do not count as those of the signatures.
func TestValidationDataAreComplete(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	s := o.mustOpen(t)
	base := drawn(t, s.Fields()...)
	signed, err := s.Sign(t.Context(), base)
	if err != nil {
		t.Fatal(err)
	}
	full := mustRead(t, signed)
	end := bytes.LastIndex(signed[:bytes.LastIndex(signed, []byte("/DSS"))], []byte("%%EOF\n")) + len("%%EOF\n")
	pdf := signed[:end]
	for name, tt := range map[string]struct {
		validation Validation
		want       string
	}{
		"as they were made":  {*full.Validation, ""},
		"none":               {Validation{}, "validation_incomplete"},
		"a list less":        {Validation{full.Validation.Certificates, full.Validation.CRLs[1:]}, "validation_incomplete"},
		"no certificates":    {Validation{nil, full.Validation.CRLs}, "validation_incomplete"},
		"no lists, all else": {Validation{full.Validation.Certificates, nil}, "validation_incomplete"},
	} {
		update, _ := mustRead(t, pdf).last.validation(tt.validation)
		for _, v := range mustRead(t, append(slices.Clip(pdf), update...)).Verify(cms.Trust{Now: now}) {
			if code(v.Fault) != tt.want {
				t.Errorf("%s: %v, want %q", name, v.Fault, tt.want)
			}
		}
	}
	update, _ := mustRead(t, base).last.validation(*full.Validation)
	if _, err := Read(append(slices.Clip(base), update...)); code(err) != code(errForm) {
		t.Errorf("validation data of no signature: %v", err)
	}
}

func TestWhoIsRevokedDoesNotSign(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	s := o.mustOpen(t)
	pdf := drawn(t, s.Fields()...)
	o.publish(t, o.seal.Chain[0])
	if _, err := s.Sign(t.Context(), pdf); code(err) != "certificate_revoked" {
		t.Errorf("%v", err)
	}
	// a list that came into the file later counts too
	o.publish(t)
	without, err := o.mustOpen(t).At(LevelT)
	if err != nil {
		t.Fatal(err)
	}
	signed, err := without.Sign(t.Context(), pdf)
	if err != nil {
		t.Fatal(err)
	}
	f, err := Read(signed)
	if err != nil {
		t.Fatal(err)
	}
	l, err := x509.ParseRevocationList(o.issuer.List(t, at, o.seal.Chain[0]))
	if err != nil {
		t.Fatal(err)
	}
	update, _ := f.last.validation(Validation{CRLs: []*x509.RevocationList{l}})
	if f, err = Read(append(signed, update...)); err != nil {
		t.Fatal(err)
	}
	if v := f.Verify(s.Trust()); code(v[0].Fault) != "certificate_revoked" {
		t.Errorf("%v", v[0].Fault)
	}
}

func TestWithoutRevocationDataNothingIsSigned(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	for name, spoil := range map[string]func(){
		"not found":      func() { delete(o.lists, "/issuer") },
		"no list":        func() { o.lists["/issuer"] = []byte("<html>") },
		"of another":     func() { o.lists["/issuer"] = o.root.List(t, at) },
		"out of date":    func() { o.lists["/issuer"] = o.issuer.List(t, at.AddDate(-1, 0, 0)) },
		"of the future":  func() { o.lists["/issuer"] = o.issuer.List(t, at.AddDate(1, 0, 0)) },
		"much too large": func() { o.lists["/issuer"] = make([]byte, maxList+1) },
	} {
		o.publish(t)
		spoil()
		s := o.mustOpen(t)
		_, err := s.Sign(t.Context(), drawn(t, s.Fields()...))
		if code(err) != "revocation_unavailable" || !strings.Contains(err.Error(), "长清区市场监管局") ||
			name == "much too large" && !strings.Contains(err.Error(), "more than") {
			t.Errorf("%s: %v", name, err)
		}
	}
	// lists that are given as files are not fetched
	o.publish(t)
	for path, der := range o.lists {
		put(t, o.folder, path[1:]+".crl", der)
	}
	before := o.fetched
	s := o.mustOpen(t, "long_term: {}", "long_term: {crls: [root.crl, issuer.crl, time-root.crl, time-issuer.crl]}")
	if _, err := s.Sign(t.Context(), drawn(t, s.Fields()...)); err != nil || o.fetched != before {
		t.Errorf("%v, fetched %d", err, o.fetched-before)
	}
}

func TestContentIsSignedBySM2(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	s := o.mustOpen(t)
	signature, err := s.SignContent(t.Context(), []byte("content"))
	if err != nil || !s.SignsContent() {
		t.Fatal(err)
	}
	check := &cms.SM2{Trust: cms.Trust{Roots: []*x509.Certificate{o.rootSM2}, Now: now}}
	got, err := check.Verify([]byte("content"), signature)
	if err != nil || !got.Trusted || got.Certificate().Subject.CommonName != "国密章" {
		t.Errorf("%+v, %v", got, err)
	}
	if _, err := check.Verify([]byte("other"), signature); code(err) != "signature_changed" {
		t.Errorf("another content: %v", err)
	}
	without := o.mustOpen(t, "sm2: {pem: sm2.key, certificates: sm2.pem}", "")
	if _, err := without.SignContent(t.Context(), nil); code(err) != "sm2_not_set" || without.SignsContent() {
		t.Errorf("without a key: %v", err)
	}
}

func TestSettingsThatAreRefused(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	put(t, o.folder, "other.pem", pems(padestest.NewRoot(t, "other").Certificate))
	long := "long_term: {}"
	for _, tc := range []struct {
		name, want string
		changes    []string
	}{
		{"all in order", "", nil},
		{"no long-term data", "", []string{long, ""}},
		{"nobody signs", "", []string{"seal: {pkcs12: seal.p12, password: {file: seal.password}}", ""}},
		{"unknown word", "signing_settings", []string{"seal:", "seall:"}},
		{"a password in it", "signing_settings", []string{"{file: seal.password}", "secret"}},
		{"not YAML", "signing_settings", []string{"seal:", "\t"}},
		{"another root", "certificate_untrusted", []string{"\nroots: roots.pem", "\nroots: other.pem"}},
		{"another SM2 root", "certificate_untrusted", []string{"sm2roots.pem", "other.pem"}},
		{"no roots of the timestamp", "invalid", []string{", roots: time.pem", ""}},
		{"no address", "invalid", []string{o.stamper.URL, "example.org"}},
		{"a password in the address", "invalid", []string{"http://", "http://a:b@"}},
		{"long-term without timestamp", "invalid", []string{"timestamp: {url: \"" + o.stamper.URL + "\", roots: time.pem}", ""}},
		{"long-term without roots", "invalid", []string{"\nroots: roots.pem", ""}},
		{"SM2 in a PDF", "invalid", []string{"pkcs12: seal.p12", "pem: sm2.key"}},
		{"SM2 from PKCS#12", "invalid", []string{"pem: sm2.key", "pkcs12: seal.p12"}},
		{"no list there", "signing_settings", []string{long, "long_term: {crls: [nowhere]}"}},
		{"no list", "signing_settings", []string{long, "long_term: {crls: [roots.pem]}"}},
		{"no key there", "key_file", []string{"seal.p12", "nowhere.p12"}},
		{"no such module", "key_token", []string{"{pkcs12: li.p12,", "{pkcs11: {module: nowhere.so, token: a, label: b},"}},
	} {
		if _, err := o.open(t, tc.changes...); code(err) != tc.want || (err == nil) != (tc.want == "") {
			t.Errorf("%s: %v, want %q", tc.name, err, tc.want)
		}
	}
}

func TestOnlyTheFieldsOfTheFileAreSigned(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	s := o.mustOpen(t, "long_term: {}", "")
	for _, tc := range []struct{ fields, want string }{
		{"", ""}, {"seal", ""}, {"seal approver", ""}, {"inspector approver seal", "signing_key_missing"}, {"nobody", "signing_key_missing"},
	} {
		pdf, err := s.Sign(t.Context(), drawn(t, strings.Fields(tc.fields)...), signatories...)
		if code(err) != tc.want {
			t.Errorf("%q: %v, want %q", tc.fields, err, tc.want)
		}
		if err != nil {
			continue
		}
		f, err := Read(pdf)
		if err != nil {
			t.Fatal(err)
		}
		var signed []string
		for _, v := range f.Verify(s.Trust()) {
			signed = append(signed, v.Field)
		}
		if strings.Join(signed, " ") != tc.fields {
			t.Errorf("%q: signed are %q", tc.fields, signed)
		}
	}
	signed, err := s.Sign(t.Context(), drawn(t, "approver", "seal"), signatories...)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.Sign(t.Context(), signed, signatories...); code(err) != "signature_field" {
		t.Errorf("signed already: %v", err)
	}
	nobody, err := Open(Settings{}, now, rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	plain := drawn(t)
	if same, err := nobody.Sign(t.Context(), plain, signatories...); err != nil || !bytes.Equal(same, plain) {
		t.Errorf("nobody has a key: %v", err)
	}
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := s.Sign(ended, drawn(t, "approver", "seal"), signatories...); code(err) != "timestamp_unavailable" {
		t.Errorf("after the end: %v", err)
	}
}

// TestTokenSignsDocuments has many documents signed at once by keys in SoftHSM2, of ECDSA and RSA.
func TestTokenSignsDocuments(t *testing.T) {
	b := newBureau(t)
	seal := b.issuer.Issue(t, padestest.Request{Name: "seal"})
	li := b.issuer.Issue(t, padestest.Request{Name: "li", Key: padestest.RSA(t)})
	module := padestest.NewToken(t, map[string]crypto.Signer{"seal": seal.Key, "li": li.Key})
	t.Setenv("HENGJIAN_TEST_PIN", padestest.TokenPIN)
	source := func(label string, id cms.Identity) keys.Source {
		return keys.Source{
			PKCS11: &keys.Token{Module: module, Token: padestest.TokenLabel, Label: label}, Password: keys.Secret{Env: "HENGJIAN_TEST_PIN"},
			Certificates: padestest.WriteCertificates(t, id.Chain...),
		}
	}
	own := source("seal", seal)
	s, err := Open(Settings{
		Seal: &own, People: map[string]keys.Source{"li.wei": source("li", li)}, Roots: padestest.WriteCertificates(t, b.root.Certificate),
	}, now, rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	}()
	base := drawn(t, s.Fields(signatories...)...)
	var group sync.WaitGroup
	for range 8 {
		group.Go(func() {
			pdf, err := s.Sign(t.Context(), base, signatories...)
			if err != nil {
				t.Error(err)
				return
			}
			f, err := Read(pdf)
			if err != nil {
				t.Error(err)
				return
			}
			for _, v := range f.Verify(s.Trust()) {
				if v.Fault != nil {
					t.Error(v.Fault)
				}
			}
		})
	}
	group.Wait()
	pdf, err := s.Sign(t.Context(), base, signatories...)
	if err != nil {
		t.Fatal(err)
	}
	out := run(t, "pdfsig", "-nssdir", nss(t, b.root.Certificate), saved(t, "signed.pdf", pdf))
	if strings.Count(out, "Signature is Valid") != 2 || strings.Count(out, "Certificate is Trusted") != 2 {
		t.Error(out)
	}
}
