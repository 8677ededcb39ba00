//go:build linux || darwin

package dbtest

import (
	"os"
	"path/filepath"
	"sync"
	"syscall"
	"testing"
	"testing/fstest"
)

// TestSweep removes the folders of dead servers alone.
func TestSweep(t *testing.T) {
	t.Parallel()
	base := t.TempDir()
	tests := []struct {
		name         string
		signed, held bool
		stays        bool
	}{
		{scratch + "dead", true, false, false},
		{scratch + "running", true, true, true},
		{scratch + "just-made", false, false, true},
		{"somebody-elses", true, false, true},
	}
	for _, test := range tests {
		dir := filepath.Join(base, test.name)
		if err := os.Mkdir(dir, 0o700); err != nil {
			t.Fatal(err)
		}
		if !test.signed {
			continue
		}
		f, err := os.Create(filepath.Join(dir, "lock"))
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = f.Close() })
		if test.held {
			if err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX); err != nil {
				t.Fatal(err)
			}
		}
	}
	sweep(base)
	for _, test := range tests {
		_, err := os.Stat(filepath.Join(base, test.name))
		if stays := err == nil; stays != test.stays {
			t.Errorf("%s: stays %v, want %v", test.name, stays, test.stays)
		}
	}
}

// TestTemplate makes the same template from several sides at once, where an interrupted one is in the way.
func TestTemplate(t *testing.T) {
	t.Parallel()
	c, err := server()
	if err != nil {
		t.Fatal(err)
	}
	table := newName() // makes these migrations new to the server
	files := fstest.MapFS{"00001_a.sql": {Data: []byte("-- +goose Up\nCREATE TABLE " + table + " (id int);\n")}}
	hash, err := hashFiles(files)
	if err != nil {
		t.Fatal(err)
	}
	name := "hj_template_" + hash
	if _, err := c.create(t.Context(), name, "TEMPLATE template0"); err != nil {
		t.Fatal(err)
	}
	var all sync.WaitGroup
	for range 3 {
		all.Go(func() {
			if got, err := c.makeTemplate(files); err != nil || got != name {
				t.Errorf("template %q, %v; want %q", got, err, name)
			}
		})
	}
	all.Wait()
	var marked bool
	if err := c.admin.Get(t.Context(), &marked, `
		SELECT datistemplate AND NOT datallowconn
		FROM pg_database
		WHERE datname = $1`, name); err != nil || !marked {
		t.Errorf("the template is not marked: %v, %v", marked, err)
	}
	db := open(t, create(t, c, "TEMPLATE "+name))
	var there bool
	if err := db.Get(t.Context(), &there, `SELECT to_regclass($1) IS NOT NULL`, table); err != nil || !there {
		t.Errorf("a copy lacks the table: %v, %v", there, err)
	}
	if _, err := c.admin.Exec(t.Context(), "ALTER DATABASE "+name+" IS_TEMPLATE false"); err != nil {
		t.Error(err)
	}
	if err := c.drop(t.Context(), name); err != nil {
		t.Error(err)
	}
}

func TestHashFiles(t *testing.T) {
	t.Parallel()
	hashes := map[string]fstest.MapFS{}
	for _, files := range []fstest.MapFS{
		{"a.sql": {Data: []byte("x")}},
		{"a.sql": {Data: []byte("y")}},
		{"b.sql": {Data: []byte("x")}},
		{"a.sql": {Data: []byte("x")}, "b.sql": {Data: []byte("x")}},
		{"a.sql": {Data: []byte("x5 b.sql1 x")}},
	} {
		h, err := hashFiles(files)
		if err != nil {
			t.Fatal(err)
		}
		if other, taken := hashes[h]; taken {
			t.Errorf("%v and %v have the same hash", files, other)
		}
		hashes[h] = files
	}
}
