//go:build linux || darwin

package database_test

import (
	"bytes"
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"hengjian/internal/database"
	"hengjian/internal/errs"
)

// TestPrivateUser: root's server runs as another user where that user can reach the folder, else in a namespace;
// everybody else's runs as themselves.
func TestPrivateUser(t *testing.T) {
	t.Parallel()
	reachable, closed := folder(t), t.TempDir()
	if err := os.Chmod(closed, 0o700); err != nil {
		t.Fatal(err)
	}
	for dir, wantRoot := range map[string]bool{reachable: false, closed: true} {
		p := startPrivate(t, dir, database.PrivateOptions{Settings: map[string]string{"fsync": "off"}})
		openAt(t, p.URL(database.OwnerRole), database.Options{MaxConns: 1})
		uid := ownerOf(t, filepath.Join(dir, "data"))
		if os.Geteuid() == 0 && (uid == 0) != wantRoot || os.Geteuid() != 0 && uid != os.Geteuid() {
			t.Errorf("%s: the cluster belongs to user %d (we are %d)", dir, uid, os.Geteuid())
		}
		stop(t, p)
		p = startPrivate(t, dir, database.PrivateOptions{}) // as the owner of the cluster
		openAt(t, p.URL(database.OwnerRole), database.Options{MaxConns: 1})
	}
}

// TestPrivateKeepsStrangers: what is in the way is refused, never removed.
func TestPrivateKeepsStrangers(t *testing.T) {
	t.Parallel()
	tests := []struct{ name, file, content, code string }{
		{"another major version", "PG_VERSION", "9\n", "postgresql_major"},
		{"no cluster", "notes.txt", "mine", "not_a_cluster"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			dir := folder(t)
			file := filepath.Join(dir, "data", test.file)
			if err := os.MkdirAll(filepath.Dir(file), 0o700); err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(file, []byte(test.content), 0o600); err != nil {
				t.Fatal(err)
			}
			_, err := database.StartPrivate(t.Context(), dir, database.PrivateOptions{})
			e, ok := errors.AsType[*errs.Error](err)
			if !ok || e.Code != test.code || e.ZH == "" || e.EN == "" {
				t.Errorf("got %v, want code %s in both languages", err, test.code)
			}
			if b, err := os.ReadFile(file); err != nil || !bytes.Equal(b, []byte(test.content)) {
				t.Errorf("%s is now %q, %v; want it untouched", test.file, b, err)
			}
		})
	}
}

// TestPrivateUnusableFolder: a file is where the folder should be.
func TestPrivateUnusableFolder(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	_, err := database.StartPrivate(t.Context(), file, database.PrivateOptions{})
	e, ok := errors.AsType[*errs.Error](err)
	if !ok || e.Code != "data_folder_unusable" || !strings.Contains(e.ZH, file) || !strings.Contains(e.EN, file) {
		t.Errorf("got %v, want code data_folder_unusable naming the folder in both languages", err)
	}
}

func TestPrivateNoBinaries(t *testing.T) {
	t.Parallel()
	_, err := database.StartPrivate(t.Context(), folder(t), database.PrivateOptions{Binaries: t.TempDir()})
	e, ok := errors.AsType[*errs.Error](err)
	if !ok || e.Kind != errs.Unavailable || e.Code != "postgresql_missing" || e.ZH == "" {
		t.Errorf("got %v, want Unavailable postgresql_missing in both languages", err)
	}
}

// TestPrivateStartCancelled: a start that is given up leaves neither a server nor the lock behind.
func TestPrivateStartCancelled(t *testing.T) {
	t.Parallel()
	dir := folder(t)
	for _, after := range []time.Duration{0, 50 * time.Millisecond, 600 * time.Millisecond} {
		ctx, cancel := context.WithTimeout(t.Context(), after)
		p, err := database.StartPrivate(ctx, dir, database.PrivateOptions{})
		cancel()
		switch e, ok := errors.AsType[*errs.Error](err); {
		case err == nil:
			stop(t, p)
		case !ok, e.Code != "private_database_slow":
			t.Errorf("given up after %v: %v, want code private_database_slow", after, err)
		}
	}
	p := startPrivate(t, dir, database.PrivateOptions{})
	openAt(t, p.URL(database.OwnerRole), database.Options{MaxConns: 1})
}
