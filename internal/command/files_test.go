package command

import (
	"bytes"
	"crypto/rand"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"hengjian/internal/database"
	"hengjian/internal/database/dbtest"
	"hengjian/internal/errs"
	"hengjian/internal/files"
)

// The file commands as an operator runs them, on documents that the demonstration issued.
func TestFiles(t *testing.T) {
	t.Parallel()
	db, data := dbtest.New(t), t.TempDir()
	at := []string{"--database", dbtest.URL(db, database.OwnerRole), "--data", data}
	now := time.Date(2026, 9, 18, 1, 0, 0, 0, time.UTC)
	run := func(want int, args ...string) string {
		t.Helper()
		var out, told bytes.Buffer
		got := Run(t.Context(), append(args, at...), World{Out: &out, Err: &told, Now: func() time.Time { return now }, Random: rand.Reader})
		if got != want {
			t.Errorf("hengjian %v: exit code %d, want %d\n%s%s", args, got, want, out.String(), told.String())
		}
		return out.String()
	}
	run(0, "demo", "--scale", "0.0001")
	if said := run(0, "files", "scrub"); said != "" {
		t.Errorf("a clean scrub says %s", said)
	}
	var hash, number string
	if err := db.Get(t.Context(), &hash, `SELECT encode(file_hash, 'hex') FROM document_file ORDER BY file_hash LIMIT 1`); err != nil {
		t.Fatal(err)
	}
	if err := db.Get(t.Context(), &number, `
		SELECT d.number FROM document d JOIN document_file f ON f.document_id = d.id ORDER BY f.file_hash LIMIT 1`); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(data, "files", hash[:2], hash[2:])
	pdf, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	tell := func(fault ...string) {
		t.Helper()
		said := run(1, "files", "scrub")
		for _, part := range append(fault, hash, number+".pdf", "370113", "document "+number) {
			if !strings.Contains(said, part) || strings.Count(said, "\n") != 1 {
				t.Errorf("scrub says %s; want one line with %s", said, part)
			}
		}
	}
	if err := os.WriteFile(path, pdf[:len(pdf)-1], 0o600); err != nil {
		t.Fatal(err)
	}
	tell("内容与哈希不符", "damaged")
	if err := os.Remove(path); err != nil {
		t.Fatal(err)
	}
	tell("缺失", "missing")
	store, err := files.Open(filepath.Join(data, "files"))
	if err != nil {
		t.Fatal(err)
	}
	for _, content := range []string{string(pdf), "orphan"} {
		if _, err := store.Put(t.Context(), []byte(content)); err != nil {
			t.Fatal(err)
		}
	}
	run(0, "files", "scrub")
	if said := run(0, "files", "sweep"); !strings.Contains(said, " 0 无记录") {
		t.Errorf("the sweep of a young orphan says %s", said)
	}
	now = now.AddDate(20, 0, 0) // later than the clock of any disk
	for _, args := range [][]string{{"files", "sweep", "--dry-run"}, {"files", "sweep"}} {
		if said := run(0, args...); !strings.Contains(said, " 1 无记录") {
			t.Errorf("%v says %s", args, said)
		}
	}
	run(0, "files", "scrub")
	run(2, "files", "scrub", "--fast")
	run(2, "files", "sweep", "everything")
	run(2, "files", "scrub", "--files", "s3://bucket")
	other := t.TempDir()
	if store, err = files.Open(other); err != nil {
		t.Fatal(err)
	}
	if _, err := store.Put(t.Context(), []byte("of another bureau")); err != nil {
		t.Fatal(err)
	}
	run(1, "files", "sweep", "--files", other)
	run(1, "files", "scrub", "--files", other)
	run(0, "files", "sweep", "--files", other, "--force")
}

// Where the file store is, and which faults of the setting are told before anything is done.
func TestFileStoreSetting(t *testing.T) {
	t.Parallel()
	environ := func(name string) string {
		return map[string]string{"HENGJIAN_S3_ACCESS_KEY": "me", "HENGJIAN_S3_SECRET_KEY": "hush"}[name]
	}
	nothing := func(string) string { return "" }
	for _, c := range []struct {
		files   string
		environ func(string) string
		want    errs.Kind
	}{
		{"ftp://host/x", environ, errs.Invalid},
		{"S3:bucket", environ, errs.Invalid},
		{"s3://bucket", environ, errs.Invalid},
		{"s3://bucket?endpoint=127.0.0.1:1", nothing, errs.Invalid},
		{"s3://bucket?endpoint=127.0.0.1:1&insecure=true", environ, errs.Unavailable},
	} {
		_, err := store{Data: t.TempDir(), Files: c.files}.contents(t.Context(), c.environ)
		if errs.KindOf(err) != c.want || strings.Contains(err.Error(), "hush") {
			t.Errorf("%s: %v, want kind %v", c.files, err, c.want)
		}
	}
	data := t.TempDir()
	for _, s := range []store{{Data: data}, {Data: data, Files: filepath.Join(data, "elsewhere")}} {
		if _, err := s.contents(t.Context(), nothing); err != nil {
			t.Errorf("%+v: %v", s, err)
		}
	}
	for _, folder := range []string{"files", "elsewhere"} {
		if _, err := os.Stat(filepath.Join(data, folder, "new")); err != nil {
			t.Error(err)
		}
	}
}
