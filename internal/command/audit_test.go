package command

import (
	"bytes"
	"crypto/rand"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"golang.org/x/mod/sumdb/note"

	"hengjian/internal/database"
	"hengjian/internal/database/dbtest"
)

// shell runs commands on a database and a folder of their own.
type shell struct {
	*testing.T
	at     []string
	folder string
}

func newShell(t *testing.T) shell {
	t.Helper()
	folder := t.TempDir()
	return shell{t, []string{"--database", dbtest.URL(dbtest.New(t), database.OwnerRole), "--data", folder}, folder}
}

// run wants an exit code and returns what was written to standard output.
func (s shell) run(want int, args ...string) string {
	s.Helper()
	var out, told bytes.Buffer
	got := Run(s.Context(), args, World{In: strings.NewReader("山高水长-7291\n"), Out: &out, Err: &told,
		Now: func() time.Time { return time.Date(2026, 11, 25, 8, 0, 0, 0, time.UTC) }, Random: rand.Reader})
	if got != want {
		s.Errorf("hengjian %v: exit code %d, want %d\n%s%s", args, got, want, out.String(), told.String())
	}
	return out.String()
}

// on names the database and the folder to a command.
func (s shell) on(args ...string) []string { return append(args, s.at...) }

// A document's file is checked by itself: it holds as it was issued, and not with a byte changed.
func TestCheck(t *testing.T) {
	t.Parallel()
	s := newShell(t)
	s.run(0, s.on("demo", "--scale", "0.002")...)
	changed := 0
	for _, path := range s.stored("%PDF") {
		if said := s.run(0, "check", path); strings.Contains(said, "✗") || strings.Count(said, "✓") != 3 || !strings.Contains(said, "agrees with itself") {
			t.Errorf("the check says %s", said)
		}
		pdf, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		other := filepath.Join(s.folder, "other.pdf")
		if err := os.WriteFile(other, bytes.Replace(pdf, []byte("<x:xmpmeta"), []byte("<X:xmpmeta"), 1), 0o600); err != nil {
			t.Fatal(err)
		}
		if said := s.run(1, "check", other); !strings.Contains(said, "3项中有1项不符") {
			t.Errorf("the check says %s", said)
		}
		s.run(2, "check", path, "--key", "no key")
		changed++
	}
	if changed == 0 {
		t.Error("the demonstration has no document")
	}
	huge := filepath.Join(s.folder, "huge.pdf")
	if err := errors.Join(os.WriteFile(huge, nil, 0o600), os.Truncate(huge, 1<<40)); err != nil {
		t.Fatal(err)
	}
	s.run(2, "check", huge) // a terabyte of nothing, of which 64 MB are looked at
	s.run(2, "check", filepath.Join(s.folder, "none.pdf"))
	s.run(2, "check", os.Args[0])
}

// stored lists the stored files that begin so.
func (s shell) stored(beginning string) (paths []string) {
	s.Helper()
	err := filepath.WalkDir(filepath.Join(s.folder, "files"), func(path string, d os.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		content, err := os.ReadFile(path)
		if bytes.HasPrefix(content, []byte(beginning)) {
			paths = append(paths, path)
		}
		return err
	})
	if err != nil {
		s.Fatal(err)
	}
	return paths
}

// The commands as an auditor runs them: what is exported verifies, and the exit code tells a failure from what cannot be read.
func TestAudit(t *testing.T) {
	t.Parallel()
	s := newShell(t)
	run, on, folder := s.run, s.on, s.folder
	path := func(name string) string { return filepath.Join(folder, name) }
	run(0, on("users", "create", "--login", "admin", "--name", "王管理", "--role", "administrator")...)
	run(0, on("users", "create", "--login", "auditor", "--name", "审计某", "--role", "auditor")...) // by the operator
	run(2, on("audit", "export", "--out", path("b.zip"), "--since", "yesterday")...)
	run(0, on("audit", "export", "--out", path("b.zip"), "--personal")...)
	if said := run(0, "audit", "verify", path("b.zip")); !strings.Contains(said, "clean") || !strings.Contains(said, "未发现问题") {
		t.Errorf("the report says %s", said)
	}
	status := run(0, on("ledger", "status")...)
	key := strings.Fields(status)[len(strings.Fields(status))-1]
	run(0, "audit", "verify", path("b.zip"), "--key", key)
	changed := strings.TrimSpace(run(0, on("ledger", "change-key")...))
	run(1, on("ledger", "change-key", "--lost")...)
	run(0, on("audit", "export", "--out", path("c.zip"))...)
	run(0, "audit", "verify", path("c.zip"), "--key", changed)
	_, other, err := note.GenerateKey(rand.Reader, "localhost:8080/log/370113")
	if err != nil {
		t.Fatal(err)
	}
	if said := run(1, "audit", "verify", path("c.zip"), "--key", other); !strings.Contains(said, "given_key_unsigned") {
		t.Errorf("the report says %s", said)
	}
	bundle, err := os.ReadFile(path("c.zip"))
	if err != nil {
		t.Fatal(err)
	}
	for name, content := range map[string][]byte{"cut.zip": bundle[:len(bundle)-9], "older": []byte("nonsense")} {
		if err := os.WriteFile(path(name), content, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	run(2, "audit", "verify", path("cut.zip"))
	run(2, "audit", "verify", path("none.zip"))
	run(2, "audit", "verify", path("c.zip"), "--checkpoint", path("older"))
	run(2, "audit", "verify", path("c.zip"), "--key", "nonsense")
	run(2, "audit", "verify", "http://127.0.0.1:1")
	run(2, "audit", "verify")
}
