package dbtest_test

import (
	"errors"
	"testing"

	"hengjian/internal/database"
	"hengjian/internal/database/dbtest"
)

func count(t *testing.T, db database.Queryer, query string, args ...any) int {
	t.Helper()
	var n int
	if err := db.Get(t.Context(), &n, query, args...); err != nil {
		t.Fatalf("%s: %v", query, err)
	}
	return n
}

func mustExec(t *testing.T, db database.Queryer, query string, args ...any) {
	t.Helper()
	if _, err := db.Exec(t.Context(), query, args...); err != nil {
		t.Fatalf("%s: %v", query, err)
	}
}

// TestNewIsolated lets several tests write the same key at the same time: each must see its own row alone.
func TestNewIsolated(t *testing.T) {
	t.Parallel()
	for range 8 {
		t.Run("", func(t *testing.T) {
			t.Parallel()
			db := dbtest.New(t)
			owner := dbtest.Owner(t, db)
			mustExec(t, owner, `CREATE TABLE only_here (id int PRIMARY KEY)`)
			mustExec(t, owner, `INSERT INTO only_here (id) VALUES (1)`)
			if n := count(t, owner, `SELECT count(*) FROM only_here`); n != 1 {
				t.Errorf("rows = %d, want 1", n)
			}
		})
	}
}

func TestNewHasSchemaAndRole(t *testing.T) {
	t.Parallel()
	db := dbtest.New(t)
	var user string
	if err := db.Get(t.Context(), &user, `SELECT current_user`); err != nil {
		t.Fatal(err)
	}
	if user != database.AppRole {
		t.Errorf("current_user = %q, want %q", user, database.AppRole)
	}
	if n := count(t, db, `SELECT count(*) FROM pg_tables WHERE schemaname = 'public'`); n < 2 {
		t.Errorf("tables = %d, want those of the migrations", n)
	}
	_, err := db.Exec(t.Context(), `CREATE TABLE forbidden (id int)`)
	if state := database.SQLState(err); state != "42501" {
		t.Errorf("CREATE TABLE as the application: %v (SQLSTATE %q), want a refusal 42501", err, state)
	}
}

func TestNewDropsAtTheEnd(t *testing.T) {
	t.Parallel()
	var name string
	t.Run("lives", func(t *testing.T) {
		db := dbtest.New(t)
		if err := db.Get(t.Context(), &name, `SELECT current_database()`); err != nil {
			t.Fatal(err)
		}
	})
	watch := dbtest.New(t)
	if n := count(t, watch, `SELECT count(*) FROM pg_database WHERE datname = $1`, name); n != 0 || name == "" {
		t.Errorf("database %q still exists after its test", name)
	}
}

func TestURL(t *testing.T) {
	t.Parallel()
	db := dbtest.New(t)
	again, err := database.Open(t.Context(), dbtest.URL(db, database.OwnerRole), database.Options{MaxConns: 1})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = again.Close() }()
	var mine, its string
	if err := errors.Join(db.Get(t.Context(), &mine, `SELECT current_database()`),
		again.Get(t.Context(), &its, `SELECT current_database()`)); err != nil {
		t.Fatal(err)
	}
	if mine != its {
		t.Errorf("URL leads to %q, want %q", its, mine)
	}
}

func TestEmptyHasNoSchema(t *testing.T) {
	t.Parallel()
	db, err := database.Open(t.Context(), dbtest.Empty(t), database.Options{MaxConns: 1})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = db.Close() }()
	if n := count(t, db, `SELECT count(*) FROM pg_tables WHERE schemaname = 'public'`); n != 0 {
		t.Errorf("tables = %d, want 0", n)
	}
	mustExec(t, db, `CREATE TABLE allowed (id int)`)
}

// TestTxRollsBack asks the server what became of the transaction.
func TestTxRollsBack(t *testing.T) {
	t.Parallel()
	var id, status string
	dbtest.Tx(t, func(tx *database.Tx) {
		if err := tx.Get(t.Context(), &id, `SELECT pg_current_xact_id()::text`); err != nil {
			t.Fatal(err)
		}
	})
	dbtest.Tx(t, func(tx *database.Tx) {
		if err := tx.Get(t.Context(), &status, `SELECT pg_xact_status($1::text::xid8)`, id); err != nil {
			t.Fatal(err)
		}
	})
	if status != "aborted" {
		t.Errorf("transaction %s: %q, want aborted", id, status)
	}
}

// BenchmarkNew is what a test pays for a database of its own, without dropping it.
func BenchmarkNew(b *testing.B) {
	for b.Loop() {
		dbtest.New(b)
	}
}

// BenchmarkTx is what a test pays for a transaction.
func BenchmarkTx(b *testing.B) {
	for b.Loop() {
		dbtest.Tx(b, func(*database.Tx) {})
	}
}
