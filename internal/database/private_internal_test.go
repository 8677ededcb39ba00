//go:build linux || darwin

package database

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"hengjian/internal/errs"
)

// TestPrivateAdoptsOrphan starts a server, then forgets it as a killed program would on a system without death
// signals: the next start takes the same server over, and stops it in the end.
func TestPrivateAdoptsOrphan(t *testing.T) {
	t.Parallel()
	dir, err := os.MkdirTemp("", "hengjian-private-")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	first, err := newPrivate(dir, PrivateOptions{Settings: map[string]string{"fsync": "off"}})
	if err != nil {
		t.Fatal(err)
	}
	if first.lock, err = lockFolder(ctx, dir, false); err != nil {
		t.Fatal(err)
	}
	orphan, err := first.boot(ctx, "")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(orphan.shutdown)
	unlockFolder(first.lock)

	begun := time.Now()
	second, err := StartPrivate(ctx, dir, PrivateOptions{})
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("adopted in %v", time.Since(begun))
	if got := readPIDFile(dir).pid; got != orphan.process.Pid {
		t.Errorf("server %d runs, want the orphan %d", got, orphan.process.Pid)
	}
	if err := second.Stop(ctx); err != nil {
		t.Fatal(err)
	}
	select {
	case <-orphan.gone:
	case <-ctx.Done():
		t.Error("the orphan outlives Stop")
	}
}

// TestPrivateSocketFolderOfAnother: in a folder for all, somebody else may have made the socket's folder before us.
func TestPrivateSocketFolderOfAnother(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	p, err := newPrivate(dir, PrivateOptions{})
	if err != nil {
		t.Fatal(err)
	}
	p.account = account{same: true}
	tests := []struct {
		name string
		make func(string) error
		ok   bool
	}{
		{"none yet", func(string) error { return nil }, true},
		{"ours", func(s string) error { return os.Mkdir(s, 0o700) }, true},
		{"open to all", func(s string) error { return errors.Join(os.Mkdir(s, 0o700), os.Chmod(s, 0o777)) }, false},
		{"a link", func(s string) error { return os.Symlink(t.TempDir(), s) }, false},
		{"a file", func(s string) error { return os.WriteFile(s, nil, 0o700) }, false},
	}
	for _, test := range tests {
		p.socket = filepath.Join(dir, strings.ReplaceAll(test.name, " ", "-"))
		if err := test.make(p.socket); err != nil {
			t.Fatal(err)
		}
		if err := p.makeSocketDir(); (err == nil) != test.ok || err != nil && errs.KindOf(err) != errs.Conflict {
			t.Errorf("%s: %v, want success %v", test.name, err, test.ok)
		}
	}
	p.socket, p.account = filepath.Join(dir, "ours"), account{uid: os.Geteuid() + 1}
	if err := p.makeSocketDir(); errs.KindOf(err) != errs.Conflict {
		t.Errorf("another user's: %v, want a Conflict", err)
	}
}

// TestLockFolder: the lock goes with its holder, also when a child shares the file, and one that goes in a moment is
// waited for.
func TestLockFolder(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	first, err := lockFolder(t.Context(), dir, false)
	if err != nil {
		t.Fatal(err)
	}
	shared, err := syscall.Dup(int(first.Fd()))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = syscall.Close(shared) })
	time.AfterFunc(100*time.Millisecond, func() { unlockFolder(first) })
	second, err := lockFolder(t.Context(), dir, false)
	if err != nil {
		t.Fatalf("lock that was given free: %v", err)
	}
	defer unlockFolder(second)
	if _, err := lockFolder(t.Context(), dir, false); errs.KindOf(err) != errs.Conflict {
		t.Errorf("lock that is held: %v, want a Conflict", err)
	}
}

func TestSocketDir(t *testing.T) {
	t.Parallel()
	tests := []struct {
		dir  string
		here bool
	}{
		{"/var/lib/hengjian/postgres", true},
		{"/" + strings.Repeat("x", 58), true},
		{"/" + strings.Repeat("x", 59), false},
		{"/data,old", false},
		{`/data"old`, false},
	}
	for _, test := range tests {
		got := socketDir(test.dir)
		if here := got == filepath.Join(test.dir, "socket"); here != test.here {
			t.Errorf("socketDir(%q) = %q, want in the folder: %v", test.dir, got, test.here)
		}
		if n := len(got) + len("/.s.PGSQL.5432"); n > 80 {
			t.Errorf("socketDir(%q) = %q: the socket's name has %d bytes, want at most 80", test.dir, got, n)
		}
	}
	if socketDir("/data,a") == socketDir("/data,b") {
		t.Error("two folders share a socket folder")
	}
}

// fakePostgres makes a folder with programs that only know their version.
func fakePostgres(t *testing.T, version string) string {
	t.Helper()
	dir := t.TempDir()
	script := "#!/bin/sh\necho 'postgres (PostgreSQL) " + version + "'\n"
	for _, name := range []string{"initdb", "postgres"} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(script), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

func TestPickBinaries(t *testing.T) {
	t.Parallel()
	old, fifteen := fakePostgres(t, "14.9"), fakePostgres(t, "15.18 (Debian 15.18-1)")
	eighteen := fakePostgres(t, "18beta1")
	other, empty := fakePostgres(t, "x"), t.TempDir()
	tests := []struct {
		name       string
		candidates []string
		major      int
		want, code string
	}{
		{"the first that fits", []string{empty, other, old, eighteen, fifteen}, 0, eighteen, ""},
		{"the cluster's own", []string{eighteen, fifteen}, 15, fifteen, ""},
		{"an old cluster's own", []string{eighteen, old}, 14, old, ""},
		{"none of the cluster's", []string{eighteen, fifteen}, 17, "", "postgresql_major"},
		{"too old", []string{old}, 0, "", "postgresql_missing"},
		{"none", nil, 0, "", "postgresql_missing"},
	}
	for _, test := range tests {
		got, err := pickBinaries(t.Context(), test.candidates, "", test.major)
		code := ""
		if e, ok := errors.AsType[*errs.Error](err); ok {
			code = e.Code
			if !strings.Contains(e.EN, "apt-get install postgresql") || !strings.Contains(e.ZH, "apt-get install postgresql") {
				t.Errorf("%s: %v does not say what to install", test.name, err)
			}
		}
		if got != test.want || code != test.code {
			t.Errorf("%s: %q, %v; want %q, code %q", test.name, got, err, test.want, test.code)
		}
	}
}

func TestFindBinariesByVariable(t *testing.T) {
	fake := fakePostgres(t, "16.1")
	t.Setenv(binariesVariable, fake)
	if got, err := findBinaries(t.Context(), "", 0); got != fake || err != nil {
		t.Errorf("found %q, %v; want %q of the environment", got, err, fake)
	}
	explicit := fakePostgres(t, "16.2")
	if got, err := findBinaries(t.Context(), explicit, 0); got != explicit || err != nil {
		t.Errorf("found %q, %v; want %q, which was asked for", got, err, explicit)
	}
}

func TestUsualPlaces(t *testing.T) {
	t.Parallel()
	for _, pattern := range usualPlaces {
		if _, err := filepath.Match(pattern, "/"); err != nil {
			t.Errorf("%s: %v", pattern, err)
		}
	}
	if a, b := numberIn("/usr/lib/postgresql/9.6/bin"), numberIn("/usr/lib/postgresql/15/bin"); a != 9 || b != 15 {
		t.Errorf("versions in paths: %d, %d; want 9, 15", a, b)
	}
}

func TestReads(t *testing.T) {
	t.Parallel()
	for query, want := range map[string]bool{
		"SELECT 1": true, "\n\tselect id\n\tFROM t": true, "SELECT\n\tid FROM t": true,
		"INSERT INTO t SELECT 1": false, "WITH x AS (DELETE FROM t) SELECT 1": false, "": false, "selective": false,
	} {
		if got := reads(query); got != want {
			t.Errorf("reads(%q) = %v, want %v", query, got, want)
		}
	}
}
