package database_test

import (
	"context"
	"database/sql"
	"errors"
	"strings"
	"testing"
	"time"

	"hengjian/internal/database"
	"hengjian/internal/database/dbtest"
	"hengjian/internal/errs"

	"github.com/google/go-cmp/cmp"
)

// limit bounds every wait of these tests; it is no expectation about speed.
const limit = 60 * time.Second

// openAt opens the database at url for the length of the test.
func openAt(t *testing.T, url string, opts database.Options) *database.DB {
	t.Helper()
	db, err := database.Open(t.Context(), url, opts)
	if err != nil {
		t.Fatalf("open: %v", err)
	}
	t.Cleanup(func() { _ = db.Close() })
	return db
}

// newDB is an empty database as its owner, with what setup makes; opts hold only afterwards.
func newDB(t *testing.T, opts database.Options, setup ...string) *database.DB {
	t.Helper()
	url := dbtest.Empty(t)
	for _, q := range setup {
		mustExec(t, openAt(t, url, database.Options{MaxConns: 1}), q)
	}
	return openAt(t, url, opts)
}

func mustExec(t *testing.T, q database.Queryer, query string, args ...any) {
	t.Helper()
	if _, err := q.Exec(t.Context(), query, args...); err != nil {
		t.Fatalf("%s: %v", query, err)
	}
}

// get returns the single value of a query.
func get[T any](t *testing.T, q database.Queryer, query string, args ...any) T {
	t.Helper()
	var v T
	if err := q.Get(t.Context(), &v, query, args...); err != nil {
		t.Fatalf("%s: %v", query, err)
	}
	return v
}

// eventually waits until something happens elsewhere, in another process or on the server.
func eventually(t *testing.T, what string, happened func() bool) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), limit)
	defer cancel()
	for !happened() {
		select {
		case <-ctx.Done():
			t.Fatalf("gave up waiting until %s", what)
		case <-time.After(5 * time.Millisecond):
		}
	}
}

// within fails the test when f does not return; f runs while the server is frozen, so this must not hang.
func within(t *testing.T, what string, f func() error) error {
	t.Helper()
	done := make(chan error, 1)
	go func() { done <- f() }()
	select {
	case err := <-done:
		return err
	case <-time.After(limit / 3):
		t.Fatalf("%s did not return", what)
		return nil
	}
}

func TestQueryer(t *testing.T) {
	t.Parallel()
	db := newDB(t, database.Options{}, `CREATE TABLE sample (number text PRIMARY KEY, mass numeric, taken timestamptz)`)
	type sample struct {
		Number string         `db:"number"`
		Mass   sql.NullString `db:"mass"`
		Taken  time.Time      `db:"taken"`
	}
	at := time.Date(2026, 9, 18, 16, 0, 0, 0, time.FixedZone("CST", 8*3600))
	n, err := db.Exec(t.Context(), `
		INSERT INTO sample (number, mass, taken)
		SELECT number, mass, $3
		FROM unnest($1::text[], $2::numeric[]) AS new (number, mass)`,
		database.Array([]string{"A1", "A2"}), database.Array([]string{"1.50", "2"}), at)
	if err != nil || n != 2 {
		t.Fatalf("insert: %d rows, %v; want 2", n, err)
	}
	var got []sample
	if err := db.Select(t.Context(), &got, `SELECT number, mass, taken FROM sample ORDER BY number`); err != nil {
		t.Fatal(err)
	}
	want := []sample{
		{"A1", sql.NullString{String: "1.50", Valid: true}, at.UTC()},
		{"A2", sql.NullString{String: "2", Valid: true}, at.UTC()},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("rows (-want +got):\n%s", diff)
	}
	var one sample
	err = db.Get(t.Context(), &one, `SELECT number, mass, taken FROM sample WHERE number = $1`, "none")
	if !errors.Is(err, sql.ErrNoRows) {
		t.Errorf("Get of nothing: %v, want sql.ErrNoRows", err)
	}
	mustExec(t, db, `UPDATE sample SET mass = 3; DELETE FROM sample WHERE number = 'A2'`)
	if n := get[int](t, db, `SELECT count(*) FROM sample`); n != 1 {
		t.Errorf("after two statements at once: %d rows, want 1", n)
	}
}

func TestSessionSettings(t *testing.T) {
	t.Parallel()
	const other = "&timezone=Asia/Shanghai&TIMEZONE=Asia/Shanghai&Timezone=Asia/Shanghai&timeZone=Asia/Shanghai"
	db := openAt(t, dbtest.Empty(t)+other, database.Options{
		StatementTimeout: 7 * time.Second, LockTimeout: -1,
	})
	for name, want := range map[string]string{
		"TimeZone": "UTC", "statement_timeout": "7s", "lock_timeout": "0",
		"idle_in_transaction_session_timeout": "1min", "application_name": "hengjian",
	} {
		if got := get[string](t, db, `SELECT current_setting($1)`, name); got != want {
			t.Errorf("%s = %q, want %q", name, got, want)
		}
	}
}

// TestRole opens one URL, the owner's, as both roles.
func TestRole(t *testing.T) {
	t.Parallel()
	url := dbtest.Empty(t)
	owner := openAt(t, url, database.Options{})
	mustExec(t, owner, `CREATE TABLE seal (number text)`)
	app := openAt(t, url, database.Options{Role: database.AppRole})
	if got := get[string](t, app, `SELECT current_user`); got != database.AppRole {
		t.Errorf("current_user = %q, want %q", got, database.AppRole)
	}
	_, err := app.Exec(t.Context(), `INSERT INTO seal (number) VALUES ('1')`)
	if got := database.SQLState(err); got != "42501" {
		t.Errorf("insert without a grant: %v, want SQLSTATE 42501", err)
	}
}

func TestOpenRefusals(t *testing.T) {
	t.Parallel()
	url := dbtest.Empty(t)
	tests := []struct {
		name, url string
		role      string
		kind      errs.Kind
		code      string
	}{
		{"no such database", strings.Replace(url, "/hj_", "/nowhere_", 1), "", errs.Unavailable, "database_missing"},
		{"no such role", url, "nobody_at_all", errs.Unavailable, "database_role"},
		{"role not granted", url, "postgres", errs.Unavailable, "database_role"},
		{"nobody listens", "postgres://x@/x?host=/nonexistent", "", errs.Unavailable, "database_unavailable"},
		{"no URL", "postgres://user:secret-word@host:port/x", "", errs.Invalid, "database_url"},
		{"no key=value", "user secret-word", "", errs.Invalid, "database_url"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			opts := database.Options{Role: test.role, ConnectWait: -1}
			db, err := database.Open(t.Context(), test.url, opts)
			if err == nil {
				_ = db.Close()
				t.Fatalf("Open(%q) succeeded", test.url)
			}
			e, ok := errors.AsType[*errs.Error](err)
			if !ok || e.Kind != test.kind || e.Code != test.code {
				t.Errorf("Open(%q) = %v, want kind %d and code %s", test.url, err, test.kind, test.code)
			}
			if strings.Contains(err.Error(), "user:secret-word") {
				t.Errorf("the error shows the password: %v", err)
			}
		})
	}
}
