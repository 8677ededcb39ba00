package command

import (
	"bytes"
	"crypto/rand"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"golang.org/x/mod/sumdb/note"

	"hengjian/internal/database"
	"hengjian/internal/database/dbtest"
)

// The commands as an auditor runs them: what is exported verifies, and the exit code tells a failure from what cannot be read.
func TestAudit(t *testing.T) {
	t.Parallel()
	db, folder := dbtest.New(t), t.TempDir()
	at := []string{"--database", dbtest.URL(db, database.OwnerRole), "--data", folder}
	run := func(want int, args ...string) string {
		t.Helper()
		var out, told bytes.Buffer
		got := Run(t.Context(), args, World{In: strings.NewReader("山高水长-7291\n"), Out: &out, Err: &told,
			Now: func() time.Time { return time.Date(2026, 9, 18, 1, 0, 0, 0, time.UTC) }, Random: rand.Reader})
		if got != want {
			t.Errorf("hengjian %v: exit code %d, want %d\n%s%s", args, got, want, out.String(), told.String())
		}
		return out.String()
	}
	on := func(args ...string) []string { return append(args, at...) }
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
