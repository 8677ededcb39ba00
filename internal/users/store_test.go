package users

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"hengjian/internal/database"
	"hengjian/internal/database/dbtest"
	"hengjian/internal/ledger"
)

// storedRow is a session as the table has it.
type storedRow struct {
	TokenHash []byte    `db:"token_hash"`
	SeenAt    time.Time `db:"seen_at"`
	UserAgent string    `db:"user_agent"`
}

// storedSession returns the row of the token's session.
func storedSession(t *testing.T, db *database.DB, token string) storedRow {
	t.Helper()
	var r storedRow
	err := db.Get(t.Context(), &r, `
		SELECT token_hash, seen_at, user_agent
		FROM session
		WHERE token_hash = $1`, tokenHash(token))
	if err != nil {
		t.Fatalf("stored session: %v", err)
	}
	return r
}

func rowCounts(t *testing.T, db *database.DB) (sessions, failed int) {
	t.Helper()
	var r struct {
		Sessions int `db:"sessions"`
		Failed   int `db:"failed"`
	}
	err := db.Get(t.Context(), &r, `
		SELECT (SELECT count(*) FROM session) AS sessions, (SELECT count(*) FROM sign_in_failure) AS failed`)
	if err != nil {
		t.Fatalf("row counts: %v", err)
	}
	return r.Sessions, r.Failed
}

// awaitLockWait returns when some statement in this database waits for a lock.
func awaitLockWait(t *testing.T, db *database.DB) {
	t.Helper()
	for waiting := false; !waiting; time.Sleep(time.Millisecond) {
		err := db.Get(t.Context(), &waiting, `
			SELECT EXISTS (
				SELECT
				FROM pg_stat_activity a
				WHERE a.datname = current_database()
					AND a.wait_event_type = 'Lock')`)
		if err != nil {
			t.Fatalf("waiting statements: %v", err)
		}
	}
}

// disableOnly sets the mark and nothing else.
func disableOnly(t *testing.T, db *database.DB, login string, at time.Time) {
	t.Helper()
	n, err := db.Exec(t.Context(), `
		UPDATE person
		SET disabled_at = $2
		WHERE login = $1`, login, at)
	if err != nil || n != 1 {
		t.Fatalf("disable %s: %d rows, %v", login, n, err)
	}
}

func allEvents(t *testing.T, db *database.DB) []string {
	t.Helper()
	var bodies []string
	if err := db.Select(t.Context(), &bodies, `SELECT body FROM event ORDER BY at, id`); err != nil {
		t.Fatalf("events: %v", err)
	}
	return bodies
}

// fullBureau has a row in every table of this package.
func fullBureau(t *testing.T) *bureau {
	t.Helper()
	b := newBureau(t)
	b.addBusiness(t, 1, "owner")
	manager, zhang := b.add(t, "manager", ledger.TechnicalManager), b.add(t, "zhang", ledger.Verifier)
	b.authorise(t, manager, zhang, "JJG-539-2016")
	b.mustSign(t, zhang, ledger.Verifier)
	b.signIn(t, "zhang")
	_, _, _ = b.SignIn(t.Context(), "nobody", "wrong-password", "")
	return b
}

var errRollback = errors.New("roll back")

// try runs a statement, undoes it, and returns what it met; a statement that touches nothing proves nothing.
func try(t *testing.T, db *database.DB, statement string) error {
	t.Helper()
	err := db.InTx(t.Context(), func(tx *database.Tx) error {
		rows, err := tx.Exec(t.Context(), statement)
		if err == nil && rows == 0 {
			t.Errorf("%s: no row touched", statement)
		}
		if err == nil {
			err = errRollback
		}
		return err
	})
	if errors.Is(err, errRollback) {
		return nil
	}
	return err
}

// The beginnings of statements that store a copy of the rows there are, and an id that nobody has.
const (
	copyBusiness = `
		INSERT INTO business (id, division, name, credit_code, address, street, contact, phone, created_at)
		SELECT `
	copyPerson = `
		INSERT INTO person (id, division, login, name, password_hash, created_at)
		SELECT `
	copyAuthorisation = `
		INSERT INTO authorisation (id, person_id, subject, code, valid_from, valid_to, granted_by, granted_at)
		SELECT `
	copySession = `
		INSERT INTO session (token_hash, person_id, created_at, seen_at, expires_at, user_agent)
		SELECT `
	copySignature = `
		INSERT INTO signature (id, person_id, role, meaning, subject_kind, subject_id, content_hash, signed_at)
		SELECT `
	nobody = `'01978a3e-5b7c-7c3e-9d6a-0123456789ab'::uuid`
)

// schemaRules are the rules of migration 2: a statement that breaks one, its sort, and its name or what its trigger says;
// or, without a sort, the same statement without the fault.
var schemaRules = []struct {
	statement string
	kind      database.ConstraintKind
	name      string
}{
	{`UPDATE business SET name = 'x'`, "", ""},
	{`UPDATE business SET name = ''`, database.Check, "business_name_check"},
	{`UPDATE business SET division = '370199'`, database.ForeignKey, "business_division_fkey"},
	{`UPDATE business SET division = '37011'`, database.Check, "division_code_check"},
	{copyBusiness + `gen_random_uuid(), division, name, 'x', address, street, contact, phone, created_at
		FROM business`, "", ""},
	{copyBusiness + `gen_random_uuid(), division, name, credit_code, address, street, contact, phone, created_at
		FROM business`,
		database.Unique, "business_credit_code"},
	{copyBusiness + `id, division, name, 'x', address, street, contact, phone, created_at
		FROM business`,
		database.Unique, "business_pkey"},
	{`DELETE FROM business`, database.Restrict, "business is append-only: DELETE refused"},
	{`TRUNCATE business CASCADE`, database.Restrict, "business is append-only: TRUNCATE refused"},

	{`UPDATE person SET name = 'x'`, "", ""},
	{`UPDATE person SET name = ''`, database.Check, "person_name_check"},
	{`UPDATE person SET division = '370199'`, database.ForeignKey, "person_division_fkey"},
	{`UPDATE person SET business_id = ` + nobody, database.ForeignKey, "person_business_id_fkey"},
	{`UPDATE person SET login = 'Zhang' WHERE login = 'zhang'`, database.Check, "person_login_check"},
	{copyPerson + `gen_random_uuid(), division, 'new', name, password_hash, created_at
		FROM person WHERE login = 'zhang'`, "", ""},
	{copyPerson + `gen_random_uuid(), division, login, name, password_hash, created_at
		FROM person WHERE login = 'zhang'`,
		database.Unique, "person_login"},
	{copyPerson + `id, division, 'new', name, password_hash, created_at
		FROM person WHERE login = 'zhang'`,
		database.Unique, "person_pkey"},
	{`DELETE FROM person`, database.Restrict, "person is append-only: DELETE refused"},
	{`TRUNCATE person CASCADE`, database.Restrict, "person is append-only: TRUNCATE refused"},

	{`UPDATE person_role SET role = 'sampler'`, "", ""},
	{`UPDATE person_role SET role = 'king'`, database.Check, "person_role_known"},
	{`UPDATE person_role SET person_id = ` + nobody, database.ForeignKey, "person_role_person_id_fkey"},
	{`INSERT INTO person_role (person_id, role) SELECT person_id, role FROM person_role`,
		database.Unique, "person_role_pkey"},

	{copyAuthorisation + `gen_random_uuid(), person_id, subject, code, valid_from, valid_from, granted_by, granted_at
		FROM authorisation`, "", ""},
	{copyAuthorisation + `id, person_id, subject, code, valid_from, valid_from, granted_by, granted_at
		FROM authorisation`, database.Unique, "authorisation_pkey"},
	{copyAuthorisation + `gen_random_uuid(), ` + nobody + `, subject, code, valid_from, valid_to, granted_by, granted_at
		FROM authorisation`, database.ForeignKey, "authorisation_person_id_fkey"},
	{copyAuthorisation + `gen_random_uuid(), person_id, subject, code, valid_from, valid_to, ` + nobody + `, granted_at
		FROM authorisation`, database.ForeignKey, "authorisation_granted_by_fkey"},
	{copyAuthorisation + `gen_random_uuid(), person_id, 'instrument', code, valid_from, valid_to, granted_by, granted_at
		FROM authorisation`, database.Check, "authorisation_subject"},
	{copyAuthorisation + `gen_random_uuid(), person_id, subject, code, valid_from, valid_from - 1, granted_by, granted_at
		FROM authorisation`, database.Check, "authorisation_dates"},
	{copyAuthorisation + `gen_random_uuid(), person_id, subject, code, valid_from, valid_to, person_id, granted_at
		FROM authorisation`, database.Check, "authorisation_by_another"},
	{`DELETE FROM authorisation`, database.Restrict, "authorisation is append-only: DELETE refused"},
	{`TRUNCATE authorisation`, database.Restrict, "authorisation is append-only: TRUNCATE refused"},

	{copySession + `sha256('x'), person_id, created_at, seen_at, expires_at, user_agent
		FROM session`, "", ""},
	{copySession + `token_hash, person_id, created_at, seen_at, expires_at, user_agent
		FROM session`, database.Unique, "session_pkey"},
	{copySession + `'\x00', person_id, created_at, seen_at, expires_at, user_agent
		FROM session`,
		database.Check, "session_token_hash_check"},
	{copySession + `sha256('x'), ` + nobody + `, created_at, seen_at, expires_at, user_agent
		FROM session`,
		database.ForeignKey, "session_person_id_fkey"},

	{`INSERT INTO sign_in_failure (login, count, last_at) SELECT login, count, last_at FROM sign_in_failure`,
		database.Unique, "sign_in_failure_pkey"},

	{copySignature + `gen_random_uuid(), person_id, role, meaning, subject_kind, subject_id, content_hash, signed_at
		FROM signature`, "", ""},
	{copySignature + `id, person_id, role, meaning, subject_kind, subject_id, content_hash, signed_at
		FROM signature`, database.Unique, "signature_pkey"},
	{copySignature + `gen_random_uuid(), ` + nobody + `, role, meaning, subject_kind, subject_id, content_hash, signed_at
		FROM signature`, database.ForeignKey, "signature_person_id_fkey"},
	{copySignature + `gen_random_uuid(), person_id, role, '', subject_kind, subject_id, content_hash, signed_at
		FROM signature`, database.Check, "signature_meaning_check"},
	{copySignature + `gen_random_uuid(), person_id, role, meaning, subject_kind, subject_id, '\x00', signed_at
		FROM signature`, database.Check, "signature_content_hash_check"},
	{`UPDATE signature SET subject_id = 'r2'`, database.Restrict, "signature is append-only: UPDATE refused"},
	{`DELETE FROM signature`, database.Restrict, "signature is append-only: DELETE refused"},
	{`TRUNCATE signature CASCADE`, database.Restrict, "signature is append-only: TRUNCATE refused"},
}

// Each rule, broken by the tables' owner, whom no missing grant stops.
func TestSchemaRefuses(t *testing.T) {
	t.Parallel()
	b := fullBureau(t)
	owner := dbtest.Owner(t, b.db)
	for _, c := range schemaRules {
		err := try(t, owner, c.statement)
		violated, ok := errors.AsType[*database.ConstraintError](err)
		switch {
		case c.kind == "":
			if err != nil {
				t.Errorf("%s\n\t%v, want it allowed", c.statement, err)
			}
		case !ok || violated.Kind != c.kind || violated.Name != c.name && !strings.Contains(violated.Error(), c.name):
			t.Errorf("%s\n\t%v, want %s %s", c.statement, err, c.kind, c.name)
		}
	}
}

// Only these columns may be NULL.
func TestSchemaNullable(t *testing.T) {
	t.Parallel()
	db := dbtest.New(t)
	var got []string
	err := db.Select(t.Context(), &got, `
		SELECT c.table_name || '.' || c.column_name
		FROM information_schema.columns c
		WHERE c.table_schema = 'public'
			AND c.is_nullable = 'YES'
			AND c.table_name IN ('business', 'person', 'person_role', 'authorisation', 'session', 'sign_in_failure',
				'signature')
		ORDER BY 1`)
	want := []string{"authorisation.valid_to", "person.business_id", "person.disabled_at", "signature.list_id"}
	if diff := cmp.Diff(want, got); err != nil || diff != "" {
		t.Errorf("nullable columns: %v (-want +got):\n%s", err, diff)
	}
}

// The application's role lacks the right to what it never does: a second wall beside the triggers.
func TestGrantsRefuse(t *testing.T) {
	t.Parallel()
	b := fullBureau(t)
	const insufficientPrivilege = "42501"
	for _, c := range []struct {
		statement string
		allowed   bool
	}{
		{`DELETE FROM business`, false},
		{`DELETE FROM person`, false},
		{`UPDATE person_role SET role = role`, false},
		{`DELETE FROM authorisation`, false},
		{`UPDATE authorisation SET code = 'x'`, false},
		{`UPDATE authorisation SET person_id = person_id`, false},
		{`UPDATE authorisation SET valid_to = valid_from`, true},
		{`UPDATE signature SET subject_id = 'r2'`, false},
		{`DELETE FROM signature`, false},
		{`TRUNCATE session`, false},
		{`TRUNCATE person_role`, false},
		{`DELETE FROM session`, true},
	} {
		err := try(t, b.db, c.statement)
		if got := database.SQLState(err); c.allowed && err != nil || !c.allowed && got != insufficientPrivilege {
			t.Errorf("%s: %v (state %q), want allowed %t", c.statement, err, got, c.allowed)
		}
	}
}
