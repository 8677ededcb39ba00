package command

import (
	"bytes"
	"context"
	"crypto/rand"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"hengjian/internal/database"
	"hengjian/internal/database/dbtest"
)

// stopping ends the context when somebody is told for the nth time.
type stopping struct {
	bytes.Buffer
	n    int
	stop context.CancelFunc
}

// Write implements io.Writer.
func (s *stopping) Write(p []byte) (int, error) {
	if s.n--; s.n == 0 {
		s.stop()
	}
	return s.Buffer.Write(p)
}

// Documents are written as files that are whole or not there; a second run keeps what is whole and mends the rest.
func TestDocumentsExport(t *testing.T) {
	t.Parallel()
	db, data, to := dbtest.New(t), t.TempDir(), filepath.Join(t.TempDir(), "deep", "out")
	at := []string{"--database", dbtest.URL(db, database.OwnerRole), "--data", data}
	now := time.Date(2026, 9, 18, 1, 0, 0, 0, time.UTC)
	run := func(want, stopAfter int, args ...string) string {
		t.Helper()
		ctx, stop := context.WithCancel(t.Context())
		defer stop()
		told := &stopping{n: stopAfter, stop: stop}
		var out bytes.Buffer
		got := Run(ctx, append(args, at...), World{Out: &out, Err: told, Now: func() time.Time { return now }, Random: rand.Reader})
		if got != want {
			t.Errorf("hengjian %v: exit code %d, want %d\n%s%s", args, got, want, out.String(), told.String())
		}
		return out.String() + told.String()
	}
	run(0, 0, "demo", "--scale", "0.0005")
	export := []string{"documents", "export", "--status", "valid", "--to", to}
	first := run(0, 0, append(export, "--as", "zip")...)
	name := strings.Fields(first)[1]
	if !strings.HasPrefix(name, "documents-") || !strings.Contains(first, "写入 written") {
		t.Errorf("the first run says %s", first)
	}
	if said := run(0, 0, append(export, "--as", "zip")...); !strings.Contains(said, "保留 kept") {
		t.Errorf("the second run says %s", said)
	}
	if err := os.WriteFile(filepath.Join(to, name), []byte("half"), 0o600); err != nil {
		t.Fatal(err)
	}
	if said := run(0, 0, append(export, "--as", "zip")...); said != first {
		t.Errorf("over a damaged file it says %s, want what it said first, %s", said, first)
	}
	if said := run(0, 0, append(export, "--as", "pdf")...); !strings.Contains(said, "print-") || !strings.Contains(said, "写入 written") {
		t.Errorf("a print file: %s", said)
	}
	wantFolder(t, to, 3)
	for want, args := range map[int][]string{
		2: {"documents", "export", "--to", to, "--as", "zip"},
		1: {"documents", "export", "--to", to, "--as", "zip", "--day", "1999-01-01"},
	} {
		run(want, 0, args...)
	}
	run(2, 0, append(export, "--as", "rar")...)
	run(2, 0, append(export, "--as", "zip", "--number", "JDZ26-370113-99999")...)
	other := filepath.Join(t.TempDir(), "stopped")
	stop := []string{"documents", "export", "--status", "valid", "--as", "zip", "--to", other}
	if said := run(1, 2, stop...); !strings.Contains(said, "已停止") || !strings.Contains(said, "goes on") {
		t.Errorf("stopped it says %s", said)
	}
	wantFolder(t, other, 0)
	run(0, 0, stop...)
	wantFolder(t, other, 2)
}

// wantFolder fails unless there are so many files, and those of the list have the hashes that it says.
func wantFolder(t *testing.T, folder string, n int) {
	t.Helper()
	entries, err := os.ReadDir(folder)
	if err != nil || len(entries) != n {
		t.Errorf("%d files in %s, %v; want %d: %v", len(entries), folder, err, n, entries)
	}
	sums, err := readSums(filepath.Join(folder, sumsName))
	if err != nil || len(sums) != max(n-1, 0) {
		t.Errorf("the list has %v, %v", sums, err)
	}
	for name, want := range sums {
		if got, err := sumOf(filepath.Join(folder, name)); err != nil || got != want {
			t.Errorf("%s has the hash %s, %v; want %s", name, got, err, want)
		}
	}
}
