package certificates

import (
	"encoding/json"
	"errors"
	"maps"
	"testing"

	"github.com/google/uuid"

	"hengjian/internal/database"
	"hengjian/internal/database/dbtest"
)

type row = map[string]any

var errTried = errors.New("tried")

// tryRows inserts copies of the first row of a table with other values in some columns, and takes them back.
func tryRows(t *testing.T, owner *database.DB, table string, rows ...row) error {
	t.Helper()
	err := owner.InTx(t.Context(), func(tx *database.Tx) error {
		for _, values := range rows {
			text, err := json.Marshal(values)
			if err != nil {
				return err
			}
			if _, err := tx.Exec(t.Context(), `
				INSERT INTO `+table+`
				SELECT (jsonb_populate_record(r, $1::jsonb)).*
				FROM `+table+` AS r
				ORDER BY ctid
				LIMIT 1`, string(text)); err != nil {
				return err
			}
		}
		return errTried
	})
	if errors.Is(err, errTried) {
		return nil
	}
	return err
}

// with returns a row that differs from another.
func with(good, change row) row {
	out := maps.Clone(good)
	maps.Copy(out, change)
	return out
}

// Each rule of the schema stands on its own, behind the use cases, and binds even the owner.
func TestConstraints(t *testing.T) {
	t.Parallel()
	b := newBureau(t)
	owner := dbtest.Owner(t, b.db)
	d := b.issued("K-1", "15.000")
	b.revoke(d.Number)
	document := func(n string) row {
		return row{"id": uuid.NewString(), "serial": 100 + len(n), "number": n, "code": "code-of-16-signs-" + n, "subject_id": uuid.NewString()}
	}
	other := document("XX")
	notice := with(document("X"), row{"kind": "verification_notice", "valid_until": nil, "conclusion": "fail"})
	for _, tt := range []struct {
		change     row
		constraint string
	}{
		{row{"kind": "letter"}, "document_kind"},
		{row{"number": d.Number}, "document_number"},
		{row{"code": d.Code}, "document_code"},
		{row{"code": "short"}, "document_code_check"},
		{row{"serial": 1}, "document_serial"},
		{row{"serial": 0}, "document_serial_check"},
		{row{"subject_kind": "person"}, "document_subject_kind"},
		{row{"subject_id": d.SubjectID}, "document_subject_once"},
		{row{"valid_until": nil}, "document_certificate_has_validity"},
		{row{"kind": "verification_notice", "conclusion": "fail"}, "document_notice_has_no_validity"},
		{row{"conclusion": "fail"}, "document_conclusion"},
		{row{"conclusion": "undetermined"}, "document_conclusion"},
		{row{"kind": "verification_notice", "valid_until": nil}, "document_conclusion"},
		{row{"content_hash": `\x00`}, "document_content_hash_check"},
	} {
		good := document("X")
		if err := tryRows(t, owner, "document", with(good, tt.change)); !database.Violates(err, tt.constraint) {
			t.Errorf("document with %v: %v, want a violation of %s", tt.change, err, tt.constraint)
		}
	}
	for name, good := range map[string][]row{
		"a certificate": {document("X")}, "a notice": {notice}, "a successor": {with(document("X"), row{"supersedes": d.ID})},
	} {
		if err := tryRows(t, owner, "document", good...); err != nil {
			t.Errorf("%s without fault is refused: %v", name, err)
		}
	}
	twice := row{"supersedes": d.ID}
	if err := tryRows(t, owner, "document", with(document("X"), twice), with(other, twice)); !database.Violates(err, "document_superseded_once") {
		t.Errorf("two successors of one document: %v, want a violation of document_superseded_once", err)
	}
}

func TestRevocationConstraints(t *testing.T) {
	t.Parallel()
	b := newBureau(t)
	owner := dbtest.Owner(t, b.db)
	b.revoke(b.issued("K-1", "15.000").Number)
	chu := b.actors["chu"].PersonID
	declined := row{"id": uuid.NewString(), "state": "declined"}
	if err := tryRows(t, owner, "revocation", declined); err != nil {
		t.Errorf("a declined request beside the confirmed one is refused: %v", err)
	}
	for _, tt := range []struct {
		change     row
		constraint string
	}{
		{row{"decided_by": chu}, "revocation_two_people"},
		{row{"state": "confirmed"}, "revocation_one"},
		{row{"state": "requested", "decided_by": nil, "decided_at": nil, "decided_signature": nil}, "revocation_one"},
		{row{"state": "forgotten"}, "revocation_state"},
		{row{"decided_by": nil}, "revocation_decided"},
		{row{"decided_at": nil}, "revocation_decided"},
		{row{"decided_signature": nil}, "revocation_decided"},
		{row{"state": "requested"}, "revocation_decided"},
		{row{"reason": ""}, "revocation_reason_check"},
	} {
		if err := tryRows(t, owner, "revocation", with(declined, tt.change)); !database.Violates(err, tt.constraint) {
			t.Errorf("revocation with %v: %v, want a violation of %s", tt.change, err, tt.constraint)
		}
	}
	for _, query := range []string{
		`UPDATE revocation SET state = 'declined'`, `UPDATE revocation SET decided_at = now()`, `DELETE FROM revocation`, `TRUNCATE revocation`,
	} {
		if _, err := owner.Exec(t.Context(), query); database.SQLState(err) != "23001" {
			t.Errorf("%s as the owner: %v, want a refusal 23001", query, err)
		}
	}
}

// What was asked for stays as it was asked, also before it is decided.
func TestRevocationRequestIsFixed(t *testing.T) {
	t.Parallel()
	b := newBureau(t)
	owner := dbtest.Owner(t, b.db)
	_, err := b.request("chu", b.issued("K-1", "15.000").Number, "器具信息有误")
	b.must(err)
	for _, set := range []string{
		`reason = 'another'`, `requested_by = '` + b.actors["wei"].PersonID + `'`, `requested_at = now()`, `document_id = gen_random_uuid()`,
	} {
		if _, err := owner.Exec(t.Context(), `UPDATE revocation SET `+set); database.SQLState(err) != "23001" {
			t.Errorf("%s as the owner: %v, want a refusal 23001", set, err)
		}
	}
}

func TestDocumentFileConstraints(t *testing.T) {
	t.Parallel()
	b := newBureau(t)
	owner := dbtest.Owner(t, b.db)
	d, bare := b.finishedDocument("K-1"), b.issued("K-2", "15.000")
	if err := tryRows(t, owner, "document_file", row{"document_id": bare.ID}); err != nil {
		t.Errorf("the file of a document without one is refused: %v", err)
	}
	for _, tt := range []struct {
		change     row
		constraint string
	}{
		{row{"document_id": d.ID}, "document_file_pkey"},
		{row{"document_id": uuid.NewString()}, "document_file_document_id_fkey"},
		{row{"document_id": bare.ID, "file_hash": `\x00`}, "document_file_file_hash_fkey"},
	} {
		if err := tryRows(t, owner, "document_file", tt.change); !database.Violates(err, tt.constraint) {
			t.Errorf("file of a document with %v: %v, want a violation of %s", tt.change, err, tt.constraint)
		}
	}
}

func TestDocumentIsAppendOnly(t *testing.T) {
	t.Parallel()
	b := newBureau(t)
	owner := dbtest.Owner(t, b.db)
	d := b.finishedDocument("K-1")
	for _, query := range []string{
		`UPDATE document SET holder = 'x'`, `UPDATE document SET valid_until = '2099-12-31'`, `DELETE FROM document`,
		`UPDATE document_file SET finished_at = now()`, `DELETE FROM document_file`,
	} {
		if _, err := owner.Exec(t.Context(), query); database.SQLState(err) != "23001" {
			t.Errorf("%s as the owner: %v, want a refusal 23001", query, err)
		}
		if _, err := b.db.Exec(t.Context(), query); database.SQLState(err) != "42501" {
			t.Errorf("%s as the application: %v, want a refusal 42501", query, err)
		}
	}
	if _, err := owner.Exec(t.Context(), `TRUNCATE document CASCADE`); database.SQLState(err) != "23001" {
		t.Errorf("TRUNCATE as the owner: %v, want a refusal 23001", err)
	}
	if after, err := b.Document(t.Context(), b.actors["feng"], d.Number); err != nil || after.Document.Holder != d.Holder {
		t.Errorf("the document is %+v, %v; want it untouched", after.Document, err)
	}
}

// No document leaves the queue of those without a file before it has one.
func TestUnfinishedStayQueued(t *testing.T) {
	t.Parallel()
	b := newBureau(t)
	d := b.issued("K-1", "15.000")
	for query, want := range map[string]string{
		`DELETE FROM document_unfinished`: "23001", `UPDATE document_unfinished SET document_id = document_id`: "42501",
		`TRUNCATE document_unfinished`: "42501",
	} {
		if _, err := b.db.Exec(t.Context(), query); database.SQLState(err) != want {
			t.Errorf("%s: %v, want a refusal %s", query, err, want)
		}
	}
	if n, err := b.Finish(t.Context(), nil); n != 0 || err != nil {
		t.Errorf("%d documents finished before their issue is in the ledger, %v", n, err)
	}
	b.must(b.log.Settle(t.Context()))
	for range 2 { // the second comes too late
		b.must(b.finish(t.Context(), d.ID))
	}
	var events, queued int
	b.must(b.db.Get(t.Context(), &events, `SELECT count(*) FROM event WHERE kind = 'document.finished'`))
	b.must(b.db.Get(t.Context(), &queued, `SELECT count(*) FROM document_unfinished`))
	if events != 1 || queued != 0 {
		t.Errorf("%d events of a finished file, %d documents queued; want 1 and 0", events, queued)
	}
}
