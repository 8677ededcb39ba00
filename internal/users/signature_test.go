package users

import (
	"crypto/sha256"
	"encoding/hex"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"hengjian/internal/database"
	"hengjian/internal/errs"
	"hengjian/internal/ledger"
)

func goodSigning(role ledger.Role) Signing {
	return Signing{Role: role, Meaning: "审核通过", Subject: ledger.Subject{Kind: "report", ID: "r1", Number: "BG2026-1"},
		ContentHash: sha256.Sum256([]byte("exactly what was shown"))}
}

func (b *bureau) sign(t *testing.T, p Proof, actor ledger.Actor, sig Signing) (string, error) {
	t.Helper()
	return within(t, b.db, func(tx *database.Tx) (string, error) {
		return Sign(t.Context(), tx, p, actor, b.at(), sig)
	})
}

func (b *bureau) prove(t *testing.T, actor ledger.Actor) Proof {
	t.Helper()
	p, err := b.Reauthenticate(t.Context(), actor, goodPassword)
	if err != nil {
		t.Fatalf("re-authenticate %s: %v", actor.Login, err)
	}
	return p
}

func (b *bureau) mustSign(t *testing.T, actor ledger.Actor, role ledger.Role) string {
	t.Helper()
	id, err := b.sign(t, b.prove(t, actor), actor, goodSigning(role))
	if err != nil {
		t.Fatalf("sign as %s: %v", actor.Login, err)
	}
	return id
}

func TestSign(t *testing.T) {
	t.Parallel()
	b := newBureau(t)
	zhang := b.add(t, "zhang", ledger.Reviewer, ledger.Technician)
	id := b.mustSign(t, zhang, ledger.Reviewer)
	got, err := Signatures(t.Context(), b.db, "report", "r1")
	sig := goodSigning(ledger.Reviewer)
	want := []Signature{{ID: id, PersonID: zhang.PersonID, Name: "李zhang", Role: ledger.Reviewer, Meaning: "审核通过",
		SubjectKind: "report", SubjectID: "r1", ContentHash: hex.EncodeToString(sig.ContentHash[:]), SignedAt: b.clock.now()}}
	if diff := cmp.Diff(want, got); err != nil || diff != "" {
		t.Errorf("Signatures: %v (-want +got):\n%s", err, diff)
	}
	entries := b.history(t, "signature", id)
	if len(entries) != 1 || entries[0].Kind != "signature.made" || entries[0].Role != ledger.Reviewer {
		t.Fatalf("events %+v, want signature.made", entries)
	}
	for _, part := range []string{want[0].ContentHash, "审核通过", `"subject_id":"r1"`, `"subject_kind":"report"`} {
		if !strings.Contains(entries[0].Body, part) {
			t.Errorf("the event lacks %q: %s", part, entries[0].Body)
		}
	}
	if got, err := Signatures(t.Context(), b.db, "report", "r2"); err != nil || got == nil || len(got) != 0 {
		t.Errorf("signatures of another thing: %v, %v, want none", got, err)
	}
}

func TestSignRefuses(t *testing.T) {
	t.Parallel()
	b := newBureau(t)
	zhang, li := b.add(t, "zhang", ledger.Reviewer), b.add(t, "li", ledger.Reviewer)
	proof := b.prove(t, zhang)
	pretender := zhang
	pretender.Roles = []ledger.Role{ledger.Reviewer, ledger.Signatory} // a role that the database does not know of
	good := goodSigning(ledger.Reviewer)
	with := func(change func(s *Signing)) Signing {
		sig := good
		change(&sig)
		return sig
	}
	signatory := with(func(s *Signing) { s.Role = ledger.Signatory })
	nobody := ledger.Actor{Roles: zhang.Roles}
	for _, c := range []struct {
		name  string
		proof Proof
		actor ledger.Actor
		sig   Signing
		kind  errs.Kind
		code  string
	}{
		{"another's proof", proof, li, good, errs.Unauthenticated, "proof_missing"},
		{"no proof", Proof{}, zhang, good, errs.Unauthenticated, "proof_missing"},
		{"no proof of nobody", Proof{at: b.at()}, nobody, good, errs.Unauthenticated, "proof_missing"},
		{"a role not held", proof, zhang, signatory, errs.Forbidden, "role_missing"},
		{"a role pretended", proof, pretender, signatory, errs.Forbidden, "signer_not_allowed"},
		{"no meaning", proof, zhang, with(func(s *Signing) { s.Meaning = " " }), errs.Invalid, "invalid"},
		{"NUL in the meaning", proof, zhang, with(func(s *Signing) { s.Meaning = "\x00" }), errs.Invalid, "invalid"},
		{"no kind", proof, zhang, with(func(s *Signing) { s.Subject.Kind = "" }), errs.Invalid, "invalid"},
		{"no id", proof, zhang, with(func(s *Signing) { s.Subject.ID = "" }), errs.Invalid, "invalid"},
		{"no content", proof, zhang, with(func(s *Signing) { s.ContentHash = [32]byte{} }), errs.Invalid, "invalid"},
	} {
		id, err := b.sign(t, c.proof, c.actor, c.sig)
		wantError(t, c.name, err, c.kind, c.code)
		if id != "" {
			t.Errorf("%s: signature %q", c.name, id)
		}
	}
	if got, err := Signatures(t.Context(), b.db, "report", "r1"); err != nil || len(got) != 0 {
		t.Errorf("after refusals: %+v, %v, want no signature", got, err)
	}
}

func TestProofAges(t *testing.T) {
	t.Parallel()
	b := newBureau(t)
	zhang := b.add(t, "zhang", ledger.Reviewer)
	proof := b.prove(t, zhang)
	b.clock.advance(5 * time.Minute)
	if _, err := b.sign(t, proof, zhang, goodSigning(ledger.Reviewer)); err != nil {
		t.Errorf("after 5 minutes: %v", err)
	}
	b.clock.advance(time.Microsecond)
	_, err := b.sign(t, proof, zhang, goodSigning(ledger.Reviewer))
	wantError(t, "after more than 5 minutes", err, errs.Unauthenticated, "proof_missing")
	b.clock.advance(-11 * time.Minute)
	_, err = b.sign(t, proof, zhang, goodSigning(ledger.Reviewer))
	wantError(t, "a proof of the future", err, errs.Unauthenticated, "proof_missing")
}

// Who is disabled after giving the password does not sign any more.
func TestDisabledDoNotSign(t *testing.T) {
	t.Parallel()
	b := newBureau(t)
	zhang := b.add(t, "zhang", ledger.Reviewer)
	proof := b.prove(t, zhang)
	if _, err := b.Disable(t.Context(), b.admin, zhang.PersonID, 1); err != nil {
		t.Fatal(err)
	}
	_, err := b.sign(t, proof, zhang, goodSigning(ledger.Reviewer))
	wantError(t, "disabled", err, errs.Forbidden, "signer_not_allowed")
	_, err = b.Reauthenticate(t.Context(), zhang, goodPassword)
	wantError(t, "re-authentication", err, errs.Unauthenticated, "credentials_refused")
}

func TestReauthenticate(t *testing.T) {
	t.Parallel()
	b := newBureau(t)
	zhang, li := b.add(t, "zhang", ledger.Sampler), b.add(t, "li", ledger.Custodian)
	_, err := b.Reauthenticate(t.Context(), zhang, "wrong-password")
	wantError(t, "a wrong password", err, errs.Unauthenticated, "credentials_refused")
	_, err = b.Reauthenticate(t.Context(), ledger.Actor{}, goodPassword)
	wantError(t, "nobody", err, errs.NotFound, "person_unknown")

	actor, proof, err := b.ReauthenticateAs(t.Context(), changqing, "Li", goodPassword)
	if diff := cmp.Diff(li, actor); err != nil || diff != "" {
		t.Fatalf("ReauthenticateAs: %v (-want +got):\n%s", err, diff)
	}
	if _, err := b.sign(t, proof, li, goodSigning(ledger.Custodian)); err != nil {
		t.Errorf("the second person signs: %v", err)
	}
	_, err = b.sign(t, proof, zhang, goodSigning(ledger.Sampler))
	wantError(t, "the first with the second's proof", err, errs.Unauthenticated, "proof_missing")
	b.bootstrap(t, "other", "370112")
	for _, c := range []struct{ login, password string }{
		{"other", goodPassword}, {"li", "wrong-password"}, {"nobody", goodPassword},
	} {
		actor, proof, err := b.ReauthenticateAs(t.Context(), changqing, c.login, c.password)
		wantError(t, c.login, err, errs.Unauthenticated, "credentials_refused")
		if actor.PersonID != "" || proof != (Proof{}) {
			t.Errorf("%s: %+v, %+v, want nothing", c.login, actor, proof)
		}
	}
}
