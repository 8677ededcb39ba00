package files

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"io"
	"io/fs"
	"os"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"hengjian/internal/database"
	"hengjian/internal/database/dbtest"
	"hengjian/internal/errs"
)

func TestPutAndRead(t *testing.T) {
	t.Parallel()
	onEach(t, func(t *testing.T, p place) {
		for _, content := range []string{"", "a", "检定证书", strings.Repeat("x", 20<<20)} {
			h := put(t, p, content)
			if want := Hash(sha256.Sum256([]byte(content))); h != want {
				t.Errorf("%.20q: hash %s, want %s", content, h, want)
			}
			if got, err := p.Read(t.Context(), h); err != nil || !bytes.Equal(got, []byte(content)) {
				t.Errorf("%.20q: read %.20q, %v", content, got, err)
			}
		}
		if got := p.keys(); len(got) != 4 {
			t.Errorf("%v after 4 contents, want 4 and none half written", got)
		}
	})
}

func TestPutTwice(t *testing.T) {
	t.Parallel()
	onEach(t, func(t *testing.T, p place) {
		first := put(t, p, "same")
		p.age(keyOf(first), noon.Add(-72*time.Hour))
		var all sync.WaitGroup
		for range 8 {
			all.Go(func() {
				if h, err := p.Put(t.Context(), []byte("same")); err != nil || h != first {
					t.Errorf("again: %s, %v; want %s", h, err, first)
				}
				if got, err := p.Read(t.Context(), first); err != nil || string(got) != "same" {
					t.Errorf("read meanwhile: %q, %v", got, err)
				}
				if _, err := p.Put(t.Context(), []byte("new to all")); err != nil {
					t.Errorf("at once: %v", err)
				}
			})
		}
		all.Wait()
		if got := p.keys(); len(got) != 2 {
			t.Errorf("files %v, want 2", got)
		}
		if i, err := p.contents.stat(t.Context(), keyOf(first)); err != nil || i.stored.Before(noon) || i.size != 4 {
			t.Errorf("stored again: %+v, %v; want it young", i, err)
		}
	})
}

func TestReadRefuses(t *testing.T) {
	t.Parallel()
	onEach(t, func(t *testing.T, p place) {
		if got, err := p.Read(t.Context(), Hash{}); errs.KindOf(err) != errs.NotFound {
			t.Errorf("a missing file: %q, %v; want not found", got, err)
		}
		for name, content := range map[string]string{"changed": "tExt", "shortened": "tex", "emptied": ""} {
			h := put(t, p, "text")
			p.swap(keyOf(h), content)
			if got, err := p.Read(t.Context(), h); err == nil || errs.KindOf(err) != errs.Internal {
				t.Errorf("a file that was %s: %q, %v; want an internal error", name, got, err)
			}
			if got, err := p.Stored(t.Context(), h); err != nil || string(got) != content {
				t.Errorf("for the auditor a file that was %s: %q, %v; want it as it is", name, got, err)
			}
			if got, err := p.Read(t.Context(), put(t, p, "text")); err != nil || string(got) != "text" {
				t.Errorf("a file that was %s, stored again: %q, %v; want it mended", name, got, err)
			}
		}
	})
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

func record(t *testing.T, db *database.DB, p place, f File) error {
	t.Helper()
	return db.InTx(t.Context(), func(tx *database.Tx) error { return p.Record(t.Context(), tx, f) })
}

func TestRecord(t *testing.T) {
	t.Parallel()
	onEach(t, func(t *testing.T, p place) {
		db := dbtest.New(t)
		f := File{Hash: put(t, p, "pdf"), Size: 3, MediaType: "application/pdf", Name: "BG.pdf", Division: "370113",
			CreatedBy: "01990000-0000-7000-8000-000000000001", CreatedAt: time.Date(2026, 9, 18, 1, 0, 0, 0, time.UTC)}
		if err := record(t, db, p, f); err != nil {
			t.Fatal(err)
		}
		renamed := f
		renamed.Name = "other.pdf"
		if err := record(t, db, p, renamed); err != nil {
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
		if err := record(t, db, p, absent); errs.KindOf(err) != errs.Unavailable {
			t.Errorf("a content that is not stored was recorded: %v", err)
		}
		if got, err := Find(t.Context(), db, f.Division, absent.Hash); errs.KindOf(err) != errs.NotFound {
			t.Errorf("the refused row: %+v, %v; want none", got, err)
		}
	})
}

func TestFileIsAppendOnly(t *testing.T) {
	t.Parallel()
	db, p := dbtest.New(t), inFolder(t)
	owner := dbtest.Owner(t, db)
	if err := record(t, db, p, File{Hash: put(t, p, "x"), Size: 1, Division: "370113"}); err != nil {
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

// fullFolder is a folder on a disk that is full.
type fullFolder struct{ folder }

func (fullFolder) put(context.Context, string, *io.SectionReader, string) error {
	return &fs.PathError{Op: "write", Path: "x", Err: syscall.ENOSPC}
}

func (fullFolder) spool() (*os.File, error) {
	return nil, &fs.PathError{Op: "open", Path: "x", Err: syscall.EDQUOT}
}

// A full disk is told as what it is, so that who uploads and who waits for a batch knows whom to ask.
func TestFullDisk(t *testing.T) {
	t.Parallel()
	s := &Store{fullFolder{}}
	_, put := s.Put(t.Context(), []byte("content"))
	_, spool := s.Spool()
	full, err := os.OpenFile("/dev/full", os.O_WRONLY, 0)
	if err != nil {
		t.Skip(err)
	}
	defer func() { _ = full.Close() }()
	_, err = full.WriteString("content")
	for name, err := range map[string]error{"put": put, "spool": spool, "a temporary file": Full(err)} {
		told, ok := errors.AsType[*errs.Error](err)
		if !ok || told.Code != "disk_full" || told.Kind != errs.Unavailable {
			t.Errorf("%s: %v, want it told as a full disk", name, err)
		}
	}
	if err := Full(errDamaged(Hash{})); errs.KindOf(err) != errs.Internal || Full(nil) != nil {
		t.Errorf("another fault is told as %v", err)
	}
}
