package certificates

import (
	"testing"

	"hengjian/internal/errs"
	"hengjian/internal/users"
)

func (b *bureau) request(login, number, reason string) (Detail, error) {
	b.Helper()
	return b.RequestRevocation(b.Context(), b.actors[login], b.prove(login), number, reason)
}

func (b *bureau) decide(login, number string, confirm bool) (Detail, error) {
	b.Helper()
	return b.DecideRevocation(b.Context(), b.actors[login], b.prove(login), number, confirm)
}

func (b *bureau) revoke(number string) {
	b.Helper()
	_, err := b.request("chu", number, "器具信息有误")
	b.must(err)
	_, err = b.decide("wei", number, true)
	b.must(err)
}

func TestRevocation(t *testing.T) {
	t.Parallel()
	b := newBureau(t)
	d := b.issued("S-1", "15.000")
	_, err := b.request("chu", d.Number, "  ")
	b.wantCode("without a reason", err, errs.Invalid, "invalid")
	_, err = b.request("wu", d.Number, "r")
	b.wantCode("a signatory of reports", err, errs.Forbidden, "role_missing")
	_, err = b.request("shop", d.Number, "r")
	b.wantCode("the holder", err, errs.Forbidden, "role_missing")
	_, err = b.request("stranger", d.Number, "r")
	b.wantCode("another business", err, errs.NotFound, "document_missing")
	_, err = b.RequestRevocation(t.Context(), b.actors["chu"], users.Proof{}, d.Number, "r")
	b.wantCode("without the password", err, errs.Unauthenticated, "proof_missing")
	_, err = b.decide("wei", d.Number, true)
	b.wantCode("a decision that nobody asked for", err, errs.Conflict, "no_revocation")

	asked, err := b.request("chu", d.Number, "器具信息有误")
	if err != nil || asked.Document.Status != Valid || asked.Revocation == nil || asked.Revocation.State != "requested" {
		t.Fatalf("asked: %+v, %v; want a request and the document valid still", asked, err)
	}
	waiting, err := b.Documents(t.Context(), b.actors["wei"], Filter{Status: RevocationRequested})
	if err != nil || len(waiting.Items) != 1 || waiting.Items[0].Number != d.Number || waiting.Items[0].Status != Valid {
		t.Errorf("whoever is to decide finds %+v, %v; want %s", waiting.Items, err, d.Number)
	}
	job := b.ask("feng", Batch{Selection: Selection{Status: RevocationRequested}, As: []Form{ZIP}})
	if job.Total != 1 {
		t.Errorf("a batch of what waits has %d documents, want 1", job.Total)
	}
	_, err = b.request("chief", d.Number, "r")
	b.wantCode("asked twice", err, errs.Conflict, "revocation_open")
	_, err = b.decide("chu", d.Number, true)
	b.wantCode("who asked decides", err, errs.Forbidden, "same_person")
	declined, err := b.decide("wei", d.Number, false)
	if err != nil || declined.Document.Status != Valid || declined.Revocation.State != "declined" {
		t.Fatalf("declined: %+v, %v; want the document valid", declined, err)
	}
	waiting, err = b.Documents(t.Context(), b.actors["wei"], Filter{Status: RevocationRequested})
	if err != nil || len(waiting.Items) != 0 {
		t.Errorf("after the decision there wait %+v, %v; want none", waiting.Items, err)
	}
	if _, err = b.request("chief", d.Number, "数据有误"); err != nil {
		t.Fatalf("asked again after it was declined: %v", err)
	}
	done, err := b.decide("chu", d.Number, true)
	if err != nil || done.Document.Status != Revoked || done.Document.RevokedWhy != "数据有误" {
		t.Errorf("confirmed: %+v, %v; want revoked", done.Document, err)
	}
	public, err := b.Check(t.Context(), d.Code)
	if err != nil || public.Status != Revoked || public.RevokedOn == nil || public.RevokedWhy != "数据有误" {
		t.Errorf("the public sees %+v, %v; want revoked, and why", public, err)
	}
	_, err = b.request("wei", d.Number, "r")
	b.wantCode("revoked already", err, errs.Conflict, "revoked_already")
	if _, _, err := b.PDF(t.Context(), b.actors["shop"], d.Number); err != nil {
		t.Errorf("the revoked document's bytes: %v, want them kept", err)
	}
}

// An instrument whose certificate is revoked is not verified any more, whatever it held before; the next verification
// counts again.
func TestRevokedIsNotVerified(t *testing.T) {
	t.Parallel()
	b := newBureau(t)
	verified := func(number string) bool {
		b.Helper()
		in, err := b.metering.Instrument(b.Context(), b.actors["shop"], number)
		b.must(err)
		return in.ValidUntil != nil && in.VerifiedOn != nil && in.Conclusion == "pass"
	}
	again := func(number string) Document {
		b.Helper()
		d, err := b.approve(b.checkedWith(number, readings("15.000"), b.standard))
		b.must(err)
		return d
	}
	first := b.issued("S-1", "15.000")
	if !verified(first.SubjectNumber) {
		t.Fatal("not verified after its certificate was issued")
	}
	_, err := b.request("chu", first.Number, "器具信息有误")
	b.must(err)
	_, err = b.decide("wei", first.Number, false)
	b.must(err)
	if !verified(first.SubjectNumber) {
		t.Error("a revocation that was declined took the verification away")
	}
	second := again(first.SubjectNumber)
	b.revoke(second.Number)
	if verified(first.SubjectNumber) {
		t.Error("verified still, though its certificate is revoked")
	}
	again(first.SubjectNumber)
	if !verified(first.SubjectNumber) {
		t.Error("not verified after the next certificate")
	}
	b.revoke(first.Number)
	if !verified(first.SubjectNumber) {
		t.Error("revoking a certificate of the past took the present one's verification away")
	}
}
