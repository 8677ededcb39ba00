package ledger

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"hengjian/internal/database"
	"hengjian/internal/database/dbtest"
)

const (
	denied     = "42501" // the role lacks the privilege
	restricted = "23001" // a trigger of ours raised
	violated   = "23514" // a CHECK
	duplicate  = "23505"
)

// filled is a database with something in every table of the ledger.
func filled(t *testing.T) (*database.DB, *Log) {
	t.Helper()
	db := dbtest.New(t)
	l := testLog(t, db, func() time.Time { return noon })
	appendMany(t, db, person, 300)
	appendTo(t, db, noon, named.Event(Administrator, Subject{"person", "p1", ""}, namedData{Name: Seal("王小明")}))
	sequence(t, l)
	c := publish(t, l)
	if err := l.KeepCosignature(t.Context(), c, "w", "— w AAAAAAAAAAAAAAAA\n", noon); err != nil {
		t.Fatal(err)
	}
	appendMany(t, db, person, 1) // waits in the queue
	return db, l
}

// Nothing of the ledger is overwritten or deleted: the application may not, and even where it were granted the right,
// as for the owner, triggers raise.
func TestLedgerTablesAreAppendOnly(t *testing.T) {
	t.Parallel()
	db, _ := filled(t)
	owner := dbtest.Owner(t, db)
	columns := map[string]string{
		"event": "body", "log": "origin", "log_entry": "commitment", "log_tile": "hashes", "log_checkpoint": "note",
		"log_cosignature": "line",
	}
	check := func(who string, as *database.DB, want ...string) {
		t.Helper()
		for table, column := range columns {
			for _, query := range []string{
				fmt.Sprintf("UPDATE %s SET %s = %s", table, column, column),
				"DELETE FROM " + table,
				"TRUNCATE " + table + " CASCADE",
			} {
				_, err := as.Exec(t.Context(), query)
				if got := database.SQLState(err); !slices.Contains(want, got) {
					t.Errorf("%s as %s: %v (SQLSTATE %q), want %q", query, who, err, got, want)
				}
			}
		}
	}
	check("the application", db, denied)
	check("the owner", owner, restricted)
	for table := range columns {
		if _, err := owner.Exec(t.Context(), "GRANT UPDATE, DELETE, TRUNCATE ON "+table+" TO hengjian_app"); err != nil {
			t.Fatal(err)
		}
	}
	check("the application with grants", db, restricted, denied) // denied: TRUNCATE CASCADE reaches tables without the grant
	verifyLog(t, db, person.Division)
}

// refusedWith runs statements that the schema must refuse.
func refusedWith(t *testing.T, as *database.DB, want, query string, args ...any) {
	t.Helper()
	_, err := as.Exec(t.Context(), query, args...)
	if got := database.SQLState(err); got != want {
		t.Errorf("%s: %v (SQLSTATE %q), want %q", query, err, got, want)
	}
}

func TestQueueKeepsWhatHasNoIndex(t *testing.T) {
	t.Parallel()
	db, l := filled(t)
	refusedWith(t, db, restricted, `DELETE FROM event_pending`)
	refusedWith(t, db, denied, `UPDATE event_pending SET event_id = event_id`)
	refusedWith(t, db, denied, `TRUNCATE event_pending`)
	owner := dbtest.Owner(t, db)
	refusedWith(t, owner, restricted, `UPDATE event_pending SET event_id = event_id`)
	refusedWith(t, owner, restricted, `TRUNCATE event_pending`)
	if got := sequence(t, l); got != 1 {
		t.Errorf("%d events left the queue, want 1", got)
	}
}

func TestSchemaRefusesFalseEntries(t *testing.T) {
	t.Parallel()
	db, _ := filled(t)
	refusedWith(t, db, violated, `
		INSERT INTO event (id, division, kind, subject_kind, subject_id, subject_number, actor_role, at, body, body_hash)
		VALUES (gen_random_uuid(), '370113', 'sample.happened', 's', 's', 's', '', now(), 'body', sha256('another'))`)
	refusedWith(t, db, duplicate, `
		INSERT INTO log_entry (division, index, event_id, commitment)
		SELECT division, 1000, event_id, commitment FROM log_entry WHERE index = 5`) // an event twice
	refusedWith(t, db, duplicate, `
		INSERT INTO log_entry (division, index, event_id, commitment)
		SELECT '370113', 5, p.event_id, e.body_hash FROM event_pending p JOIN event e ON e.id = p.event_id`) // an index twice
	for what, values := range map[string]string{
		"no event":           `'370113', 1000, gen_random_uuid(), sha256('')`,
		"another hash":       `'370113', 1000, event_id, sha256('')`,
		"another division's": `'370102', 1000, event_id, (SELECT body_hash FROM event e WHERE e.id = event_id)`,
	} {
		_, err := db.Exec(t.Context(), `
			INSERT INTO log_entry (division, index, event_id, commitment) SELECT `+values+` FROM event_pending`)
		if !database.Violates(err, "log_entry_is_of_event") {
			t.Errorf("an entry of %s: %v", what, err)
		}
	}
	for _, size := range []int{300, 302} { // the newest is of 302
		refusedWith(t, db, restricted, `
			INSERT INTO log_checkpoint (division, size, root, note, signed_at)
			SELECT division, $1, root, note, signed_at FROM log_checkpoint`, size)
	}
}
