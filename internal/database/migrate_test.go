package database_test

import (
	"context"
	"errors"
	"io/fs"
	"strings"
	"sync"
	"testing"
	"testing/fstest"
	"time"

	"hengjian/internal/database"
	"hengjian/internal/database/dbtest"
	"hengjian/internal/errs"
)

func migrationFile(up string) *fstest.MapFile {
	return &fstest.MapFile{Data: []byte("-- +goose Up\n" + up + ";\n")}
}

func schema(files ...string) fs.FS {
	m := fstest.MapFS{}
	for _, name := range files {
		table := strings.TrimSuffix(name[len("00001_"):], ".sql")
		m[name] = migrationFile("CREATE TABLE " + table + " (id int)")
	}
	return m
}

func names(list []database.Migration) string {
	var b strings.Builder
	for _, m := range list {
		b.WriteString(m.Name + " ")
	}
	return b.String()
}

func TestMigrate(t *testing.T) {
	t.Parallel()
	url := dbtest.Empty(t)
	steps := []struct {
		files fs.FS
		want  string
	}{
		{schema("00001_a.sql", "00002_b.sql"), "00001_a.sql 00002_b.sql "},
		{schema("00001_a.sql", "00002_b.sql"), ""},
		{schema("00001_a.sql", "00002_b.sql", "00003_c.sql"), "00003_c.sql "},
	}
	for i, step := range steps {
		done, err := database.Migrate(t.Context(), url, step.files)
		if err != nil || names(done) != step.want {
			t.Errorf("step %d: applied %q, %v; want %q", i, names(done), err, step.want)
		}
	}
	list, err := database.Migrations(t.Context(), url, schema("00001_a.sql", "00002_b.sql", "00003_c.sql", "00004_d.sql"))
	if err != nil || len(list) != 4 {
		t.Fatalf("list: %v, %v; want 4", list, err)
	}
	for _, m := range list {
		if m.Applied.IsZero() != (m.Version == 4) {
			t.Errorf("%s: applied %v, want only the 4th to be open", m.Name, m.Applied)
		}
	}
	db := openAt(t, url, database.Options{})
	if n := get[int](t, db, `SELECT count(*) FROM pg_tables WHERE tablename IN ('a', 'b', 'c')`); n != 3 {
		t.Errorf("%d tables, want 3", n)
	}
}

// TestMigrateConcurrently starts as many processes would: one works, the others wait and find nothing to do.
func TestMigrateConcurrently(t *testing.T) {
	t.Parallel()
	url := dbtest.Empty(t)
	files := schema("00001_a.sql", "00002_b.sql", "00003_c.sql")
	var all sync.WaitGroup
	applied := make([]int, 6)
	begun := time.Now()
	for i := range applied {
		all.Go(func() {
			done, err := database.Migrate(t.Context(), url, files)
			if err != nil {
				t.Error(err)
			}
			applied[i] = len(done)
		})
	}
	all.Wait()
	t.Logf("%d at once: %v", len(applied), time.Since(begun))
	total := 0
	for _, n := range applied {
		total += n
	}
	if total != 3 {
		t.Errorf("applied %v, want 3 in all", applied)
	}
}

func TestMigrateRefusesNewerSchema(t *testing.T) {
	t.Parallel()
	url := dbtest.Empty(t)
	if _, err := database.Migrate(t.Context(), url, schema("00001_a.sql", "00002_b.sql")); err != nil {
		t.Fatal(err)
	}
	_, err := database.Migrate(t.Context(), url, schema("00001_a.sql"))
	e, ok := errors.AsType[*errs.Error](err)
	if !ok || e.Kind != errs.Conflict || e.Code != "schema_newer" {
		t.Errorf("got %v, want a Conflict schema_newer", err)
	}
}

// TestMigrateStopsAtFault: a faulty step leaves nothing of itself, those before it stay, and it can be mended.
func TestMigrateStopsAtFault(t *testing.T) {
	t.Parallel()
	url := dbtest.Empty(t)
	files := fstest.MapFS{
		"00001_a.sql": migrationFile("CREATE TABLE a (id int)"),
		"00002_b.sql": migrationFile("CREATE TABLE b (id int); CREATE TABLE b (id int)"),
	}
	done, err := database.Migrate(t.Context(), url, files)
	if names(done) != "00001_a.sql " || errs.KindOf(err) != errs.Internal || database.SQLState(err) != "42P07" {
		t.Errorf("applied %q, %v; want the first one and SQLSTATE 42P07", names(done), err)
	}
	done, err = database.Migrate(t.Context(), url, schema("00001_a.sql", "00002_b.sql"))
	if names(done) != "00002_b.sql " || err != nil {
		t.Errorf("mended: applied %q, %v; want the second one", names(done), err)
	}
}

// TestMigrateMakesAppRole lets the owner's URL serve the application, also where nobody prepared the roles: a user
// that may neither create nor take the role is told what to do.
func TestMigrateMakesAppRole(t *testing.T) {
	t.Parallel()
	url := dbtest.Empty(t)
	super := openAt(t, strings.Replace(url, database.OwnerRole, "postgres", 1), database.Options{})
	role := get[string](t, super, `SELECT 'stranger_' || current_database()`)
	mustExec(t, super, `CREATE ROLE `+role+` LOGIN; GRANT CREATE ON SCHEMA public TO `+role)
	stranger := strings.Replace(url, database.OwnerRole, role, 1)
	_, err := database.Migrate(t.Context(), stranger, schema("00001_a.sql"))
	if e, ok := errors.AsType[*errs.Error](err); !ok || e.Code != "database_role" {
		t.Errorf("user without rights: %v, want code database_role", err)
	}
	mustExec(t, super, `ALTER ROLE `+role+` CREATEROLE`)
	if _, err := database.Migrate(t.Context(), stranger, schema("00001_a.sql")); err != nil {
		t.Errorf("user who may grant roles: %v", err)
	}
	app := openAt(t, stranger, database.Options{Role: database.AppRole})
	if got := get[string](t, app, `SELECT current_user`); got != database.AppRole {
		t.Errorf("current_user = %q", got)
	}
	mustExec(t, super, `DROP OWNED BY `+role+`; DROP ROLE `+role)
}

// TestCreateRoleConcurrently: another process, which found the role missing as well, makes it a moment before us.
func TestCreateRoleConcurrently(t *testing.T) {
	t.Parallel()
	url := strings.Replace(dbtest.Empty(t), database.OwnerRole, "postgres", 1)
	db := openAt(t, url, database.Options{})
	role := get[string](t, db, `SELECT 'role_' || current_database()`)
	t.Cleanup(func() { _, _ = db.Exec(context.Background(), "DROP ROLE "+role) })
	slower := make(chan error, 1)
	err := db.InTx(t.Context(), func(tx *database.Tx) error {
		mustExec(t, tx, "CREATE ROLE "+role)
		go func() { slower <- database.CreateRole(t.Context(), db, role, "NOLOGIN") }()
		eventually(t, "the slower one waits", func() bool {
			return get[int](t, db, `
				SELECT count(*)
				FROM pg_stat_activity
				WHERE wait_event_type = 'Lock' AND datname = current_database()`) == 1
		})
		return nil
	})
	if err := errors.Join(err, <-slower); err != nil {
		t.Error(err)
	}
}
