package users

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strings"
	"testing"
	"time"

	"hengjian/internal/database"
	"hengjian/internal/database/dbtest"
	"hengjian/internal/errs"
	"hengjian/internal/ledger"
)

// listed is a list of things of which shown(i) was shown.
func listed(n int) []ListItem {
	items := make([]ListItem, n)
	for i := range items {
		hash := shown(i)
		items[i] = ListItem{Number: fmt.Sprint("JD-", i), Version: 3, ContentHash: hex.EncodeToString(hash[:])}
	}
	return items
}

func shown(i int) [32]byte { return sha256.Sum256(fmt.Append(nil, "record ", i)) }

func goodList(role ledger.Role, n int) ListSigning {
	return ListSigning{Role: role, Meaning: "批量批准", Subject: ledger.Subject{Kind: "approvals", ID: "j1"}, Items: listed(n)}
}

func oneOf(role ledger.Role, i int) Signing {
	return Signing{Role: role, Meaning: "批准", Subject: ledger.Subject{Kind: "verification", ID: fmt.Sprint("v", i)}, ContentHash: shown(i)}
}

func (b *bureau) signList(t *testing.T, p Proof, actor ledger.Actor, list ListSigning) (string, error) {
	t.Helper()
	return within(t, b.db, func(tx *database.Tx) (string, error) { return SignList(t.Context(), tx, p, actor, b.at(), list) })
}

func (b *bureau) proofOf(t *testing.T, list string, items []ListItem) Proof {
	t.Helper()
	p, err := ProofOfList(t.Context(), b.db, list, items)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// The signature under a list stands for the password for a day: for what is on it, by whom and in the role that signed it.
func TestSignList(t *testing.T) {
	t.Parallel()
	b := newBureau(t)
	zhang, li := b.add(t, "zhang", ledger.Approver, ledger.Reviewer), b.add(t, "li", ledger.Approver)
	list, err := b.signList(t, b.prove(t, zhang), zhang, goodList(ledger.Approver, 4))
	if err != nil {
		t.Fatal(err)
	}
	entries := b.history(t, "signature", list)
	if len(entries) != 1 || entries[0].Kind != "signature.list_signed" || strings.Count(entries[0].Body, `"number":"JD-`) != 4 {
		t.Fatalf("events %+v, want the list", entries)
	}
	b.clock.advance(23 * time.Hour)
	proof := b.proofOf(t, list, listed(4))
	id, err := b.sign(t, proof, zhang, oneOf(ledger.Approver, 0))
	if err != nil {
		t.Fatalf("what is on the list: %v", err)
	}
	if body := b.history(t, "signature", id)[0].Body; !strings.Contains(body, `"list":"`+list+`"`) {
		t.Errorf("the event does not name the list: %s", body)
	}
	for _, c := range []struct {
		name  string
		actor ledger.Actor
		sig   Signing
		kind  errs.Kind
		code  string
	}{
		{"what is not on it", zhang, oneOf(ledger.Approver, 9), errs.Conflict, "not_on_list"},
		{"in another role", zhang, oneOf(ledger.Reviewer, 1), errs.Conflict, "not_on_list"},
		{"by somebody else", li, oneOf(ledger.Approver, 1), errs.Unauthenticated, "proof_missing"},
	} {
		_, err := b.sign(t, proof, c.actor, c.sig)
		wantError(t, c.name, err, c.kind, c.code)
	}
	if _, err := b.sign(t, proof, zhang, oneOf(ledger.Approver, 0)); !database.Violates(err, "signature_once_of_list") {
		t.Errorf("signed twice under one list: %v", err)
	}
	_, err = b.signList(t, proof, zhang, goodList(ledger.Approver, 1))
	wantError(t, "a list under a list", err, errs.Unauthenticated, "proof_missing")
	b.clock.advance(time.Hour + time.Microsecond)
	_, err = b.sign(t, proof, zhang, oneOf(ledger.Approver, 1))
	wantError(t, "after a day", err, errs.Unauthenticated, "proof_missing")
}

func TestSignListRefuses(t *testing.T) {
	t.Parallel()
	b := newBureau(t)
	zhang, li := b.add(t, "zhang", ledger.Approver), b.add(t, "li", ledger.Approver)
	proof := b.prove(t, zhang)
	with := func(change func(l *ListSigning)) ListSigning {
		l := goodList(ledger.Approver, 2)
		change(&l)
		return l
	}
	for _, c := range []struct {
		name  string
		actor ledger.Actor
		list  ListSigning
		kind  errs.Kind
		code  string
	}{
		{"nothing", zhang, goodList(ledger.Approver, 0), errs.Invalid, "invalid"},
		{"too much", zhang, goodList(ledger.Approver, maxListed+1), errs.Invalid, "invalid"},
		{"something twice", zhang, with(func(l *ListSigning) { l.Items[1].Number = l.Items[0].Number }), errs.Invalid, "invalid"},
		{"no number", zhang, with(func(l *ListSigning) { l.Items[1].Number = "" }), errs.Invalid, "invalid"},
		{"no version", zhang, with(func(l *ListSigning) { l.Items[1].Version = 0 }), errs.Invalid, "invalid"},
		{"no content", zhang, with(func(l *ListSigning) { l.Items[1].ContentHash = "x" }), errs.Invalid, "invalid"},
		{"a role not held", zhang, goodList(ledger.Signatory, 2), errs.Forbidden, "role_missing"},
		{"another's proof", li, goodList(ledger.Approver, 2), errs.Unauthenticated, "proof_missing"},
	} {
		_, err := b.signList(t, proof, c.actor, c.list)
		wantError(t, c.name, err, c.kind, c.code)
	}
}

// A list that was changed after it was signed, and a signature that is under no list, prove nothing.
func TestProofOfList(t *testing.T) {
	t.Parallel()
	b := newBureau(t)
	zhang := b.add(t, "zhang", ledger.Approver, ledger.Reviewer)
	list, err := b.signList(t, b.prove(t, zhang), zhang, goodList(ledger.Approver, 2))
	if err != nil {
		t.Fatal(err)
	}
	changed := listed(2)
	changed[1].Version++
	for name, items := range map[string][]ListItem{"longer": listed(3), "shorter": listed(1), "changed": changed, "none": nil} {
		_, err := ProofOfList(t.Context(), b.db, list, items)
		wantError(t, name, err, errs.Forbidden, "list_differs")
	}
	under, err := b.sign(t, b.proofOf(t, list, listed(2)), zhang, oneOf(ledger.Approver, 0))
	if err != nil {
		t.Fatal(err)
	}
	for _, id := range []string{under, newID(t), ""} {
		if p, err := ProofOfList(t.Context(), b.db, id, listed(2)); err == nil || p != (Proof{}) {
			t.Errorf("signature %q: %+v, %v; want no proof", id, p, err)
		}
	}
	owner := dbtest.Owner(t, b.db)
	_, err = owner.Exec(t.Context(), `
		INSERT INTO signature (id, person_id, role, meaning, subject_kind, subject_id, content_hash, signed_at, list_id)
		SELECT gen_random_uuid(), person_id, 'reviewer', meaning, 'x', 'x', content_hash, signed_at, id
		FROM signature
		WHERE id = $1`, list)
	if !database.Violates(err, "signature_of_own_list") {
		t.Errorf("a signature in another role than its list: %v", err)
	}
}

// Who is disabled, or loses the role, after signing the list signs nothing more of it.
func TestListOfWhoMayNotSignAnyMore(t *testing.T) {
	t.Parallel()
	b := newBureau(t)
	zhang := b.add(t, "zhang", ledger.Approver)
	list, err := b.signList(t, b.prove(t, zhang), zhang, goodList(ledger.Approver, 2))
	if err != nil {
		t.Fatal(err)
	}
	proof := b.proofOf(t, list, listed(2))
	if _, err := b.Disable(t.Context(), b.admin, zhang.PersonID, 1); err != nil {
		t.Fatal(err)
	}
	_, err = b.sign(t, proof, zhang, oneOf(ledger.Approver, 0))
	wantError(t, "disabled", err, errs.Forbidden, "signer_not_allowed")
	if _, err := b.Enable(t.Context(), b.admin, zhang.PersonID, 2); err != nil {
		t.Fatal(err)
	}
	if _, err := b.ChangeRoles(t.Context(), b.admin, zhang.PersonID, 3, []ledger.Role{ledger.Checker}); err != nil {
		t.Fatal(err)
	}
	_, err = b.sign(t, proof, zhang, oneOf(ledger.Approver, 0))
	wantError(t, "without the role", err, errs.Forbidden, "signer_not_allowed")
}
