package files

import (
	"bytes"
	"crypto/sha256"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"hengjian/internal/database"
	"hengjian/internal/database/dbtest"
	"hengjian/internal/errs"
)

func open(t *testing.T) *Store {
	t.Helper()
	s, err := Open(filepath.Join(t.TempDir(), "deep", "files"))
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func put(t *testing.T, s *Store, content string) Hash {
	t.Helper()
	h, err := s.Put([]byte(content))
	if err != nil {
		t.Fatalf("put %q: %v", content, err)
	}
	return h
}

// stored lists the files of the store, those half written included.
func stored(t *testing.T, s *Store) []string {
	t.Helper()
	var names []string
	err := filepath.WalkDir(s.dir, func(path string, d os.DirEntry, err error) error {
		if err == nil && !d.IsDir() {
			names = append(names, path)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return names
}

func TestPutAndRead(t *testing.T) {
	t.Parallel()
	s := open(t)
	for _, content := range []string{"", "a", "检定证书", strings.Repeat("x", 1<<20)} {
		h := put(t, s, content)
		if want := Hash(sha256.Sum256([]byte(content))); h != want {
			t.Errorf("%.20q: hash %s, want %s", content, h, want)
		}
		if got, err := s.Read(h); err != nil || !bytes.Equal(got, []byte(content)) {
			t.Errorf("%.20q: read %.20q, %v", content, got, err)
		}
	}
	if got := len(stored(t, s)); got != 4 {
		t.Errorf("%d files after 4 contents, want 4 and none half written", got)
	}
}

func TestPutTwice(t *testing.T) {
	t.Parallel()
	s := open(t)
	first := put(t, s, "same")
	before, err := os.Stat(s.path(first))
	if err != nil {
		t.Fatal(err)
	}
	var all sync.WaitGroup
	for range 8 {
		all.Go(func() {
			if h, err := s.Put([]byte("same")); err != nil || h != first {
				t.Errorf("again: %s, %v; want %s", h, err, first)
			}
			if _, err := s.Put([]byte("new to all")); err != nil {
				t.Errorf("at once: %v", err)
			}
		})
	}
	all.Wait()
	after, err := os.Stat(s.path(first))
	if err != nil || !os.SameFile(before, after) {
		t.Errorf("the same content again replaced the file: %v", err)
	}
	if got := stored(t, s); len(got) != 2 {
		t.Errorf("files %v, want 2", got)
	}
}

func TestReadRefuses(t *testing.T) {
	t.Parallel()
	s := open(t)
	if got, err := s.Read(Hash{}); errs.KindOf(err) != errs.NotFound {
		t.Errorf("a missing file: %q, %v; want not found", got, err)
	}
	for name, content := range map[string]string{"changed": "tExt", "shortened": "tex", "emptied": ""} {
		h := put(t, s, "text")
		if err := os.WriteFile(s.path(h), []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
		if got, err := s.Read(h); err == nil || errs.KindOf(err) != errs.Internal {
			t.Errorf("a file that was %s: %q, %v; want an internal error", name, got, err)
		}
	}
}

func TestParseHash(t *testing.T) {
	t.Parallel()
	whole := Hash(sha256.Sum256([]byte("x"))).String()
	for _, tt := range []struct {
		in   string
		want bool
	}{
		{whole, true}, {strings.ToUpper(whole), true}, {"", false}, {whole[:62], false}, {whole + "00", false},
		{"zz" + whole[2:], false}, {" " + whole[1:], false}, {"../" + whole[3:], false},
	} {
		h, err := ParseHash(tt.in)
		if (err == nil) != tt.want || (tt.want && h.String() != whole) {
			t.Errorf("ParseHash(%q) = %s, %v; want ok %v", tt.in, h, err, tt.want)
		}
		if err != nil && errs.KindOf(err) != errs.Invalid {
			t.Errorf("ParseHash(%q): %v, want Invalid", tt.in, err)
		}
	}
}

func record(t *testing.T, db *database.DB, s *Store, f File) error {
	t.Helper()
	return db.InTx(t.Context(), func(tx *database.Tx) error { return s.Record(t.Context(), tx, f) })
}

func TestRecord(t *testing.T) {
	t.Parallel()
	db, s := dbtest.New(t), open(t)
	f := File{Hash: put(t, s, "pdf"), Size: 3, MediaType: "application/pdf", Name: "BG.pdf", Division: "370113",
		CreatedBy: "01990000-0000-7000-8000-000000000001", CreatedAt: time.Date(2026, 9, 18, 1, 0, 0, 0, time.UTC)}
	if err := record(t, db, s, f); err != nil {
		t.Fatal(err)
	}
	renamed := f
	renamed.Name = "other.pdf"
	if err := record(t, db, s, renamed); err != nil {
		t.Errorf("named again: %v, want no fault", err)
	}
	got, err := Find(t.Context(), db, f.Division, f.Hash)
	got.CreatedAt = got.CreatedAt.UTC()
	if err != nil || got != f {
		t.Errorf("Find = %+v, %v; want %+v", got, err, f)
	}
	if got, err := Find(t.Context(), db, "370102", f.Hash); errs.KindOf(err) != errs.NotFound {
		t.Errorf("from another division: %+v, %v; want not found", got, err)
	}
	absent := f
	absent.Hash = sha256.Sum256([]byte("never stored"))
	if err := record(t, db, s, absent); err == nil {
		t.Error("a content that is not stored was recorded")
	}
	if got, err := Find(t.Context(), db, f.Division, absent.Hash); errs.KindOf(err) != errs.NotFound {
		t.Errorf("the refused row: %+v, %v; want none", got, err)
	}
}

func TestFileIsAppendOnly(t *testing.T) {
	t.Parallel()
	db, s := dbtest.New(t), open(t)
	owner := dbtest.Owner(t, db)
	if err := record(t, db, s, File{Hash: put(t, s, "x"), Size: 1, Division: "370113"}); err != nil {
		t.Fatal(err)
	}
	for _, query := range []string{`UPDATE file SET size = 2`, `DELETE FROM file`, `TRUNCATE file CASCADE`} {
		if _, err := owner.Exec(t.Context(), query); database.SQLState(err) != "23001" {
			t.Errorf("%s as the owner: %v, want a refusal 23001", query, err)
		}
	}
	for _, query := range []string{`UPDATE file SET size = 2`, `DELETE FROM file`} {
		if _, err := db.Exec(t.Context(), query); database.SQLState(err) != "42501" {
			t.Errorf("%s as the application: %v, want a refusal 42501", query, err)
		}
	}
}
