package ledger

import (
	"crypto/rand"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"golang.org/x/mod/sumdb/note"

	"hengjian/internal/database/dbtest"
	"hengjian/internal/ledger/checkpoint"
)

func TestKeyFile(t *testing.T) {
	t.Parallel()
	db := dbtest.New(t)
	keys := NewKeys(filepath.Join(t.TempDir(), "keys"), "", rand.Reader)
	l := NewLog(db, func() time.Time { return noon }, keys, testBase, slog.New(slog.DiscardHandler))
	appendMany(t, db, person, 1)
	sequence(t, l)
	publish(t, l)
	path := keys.path(person.Division)
	info, err := os.Stat(path)
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Fatalf("key file: %v, %v; want mode 0600", info, err)
	}
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	appendMany(t, db, person, 1)
	sequence(t, l)
	refused := func(what, code string) {
		t.Helper()
		if err := l.publish(t.Context(), 0); !is(err, code) {
			t.Errorf("%s: %v, want %s", what, err, code)
		}
	}
	write := func(content string, mode os.FileMode) {
		t.Helper()
		if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
		if err := os.Chmod(path, mode); err != nil {
			t.Fatal(err)
		}
	}
	write(string(text), 0o640)
	refused("a key that others can read", "log_key_open")
	write("nonsense\n", 0o600)
	refused("a damaged key", "log_key_unreadable")
	if err := os.Remove(path); err != nil {
		t.Fatal(err)
	}
	refused("a lost key", "log_key_missing")
	other, _, err := note.GenerateKey(rand.Reader, testBase+"/"+person.Division)
	if err != nil {
		t.Fatal(err)
	}
	write(other+"\n", 0o600)
	refused("another key of the same name", "log_key_missing")
	l.keys = NewKeys("", string(text), rand.Reader) // the key by environment
	if c := publish(t, l); c.Size != 3 {
		t.Errorf("with the key of the environment: checkpoint of %d, want 3", c.Size)
	}
}

func TestKeyChange(t *testing.T) {
	t.Parallel()
	db := dbtest.New(t)
	at := &clock{at: noon}
	l := testLog(t, db, at.now)
	ctx := t.Context()
	appendMany(t, db, person, 3)
	sequence(t, l)
	publish(t, l)
	first, err := l.VerifierKeys(ctx, person.Division)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := l.ChangeKey(ctx, person, Administrator, true); !is(err, "log_key_lost") {
		t.Errorf("a key said to be lost that is here: %v", err)
	}
	second, err := l.ChangeKey(ctx, person, Administrator, false)
	if err != nil {
		t.Fatal(err)
	}
	sequence(t, l)
	publish(t, l)
	signedBy(t, l, first[0])
	signedBy(t, l, second)
	var body string
	if err := db.Get(ctx, &body, `SELECT body FROM event WHERE kind = 'log.key_changed'`); err != nil {
		t.Fatal(err)
	}
	var data keyChangedData
	if err := decodeData(body, &data); err != nil {
		t.Fatal(err)
	}
	if err := CheckEndorsement(data.Origin, first[0], second, data.Endorsement); err != nil {
		t.Errorf("endorsement: %v", err)
	}
	for _, wrong := range [][3]string{
		{"other.example/log", first[0], second}, {data.Origin, second, second}, {data.Origin, first[0], first[0]},
	} {
		if CheckEndorsement(wrong[0], wrong[1], wrong[2], data.Endorsement) == nil {
			t.Errorf("the endorsement also holds for %v", wrong)
		}
	}
	// The old key is taken away: the new one goes on alone.
	path := l.keys.path(person.Division)
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(strings.Split(string(text), "\n")[1]+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	appendMany(t, db, person, 1)
	sequence(t, l)
	publish(t, l)
	signedBy(t, l, second)
	// Both are lost: a third key follows without endorsement.
	if err := os.Remove(path); err != nil {
		t.Fatal(err)
	}
	third, err := l.ChangeKey(ctx, person, Administrator, true)
	if err != nil {
		t.Fatal(err)
	}
	sequence(t, l)
	publish(t, l)
	signedBy(t, l, third)
	verifyLog(t, db, person.Division)
}

func decodeData(body string, into any) error {
	e, err := ParseEvent([]byte(body))
	if err != nil {
		return err
	}
	return e.Decode(into)
}

func signedBy(t *testing.T, l *Log, key string) {
	t.Helper()
	verifier, err := note.NewVerifier(key)
	if err != nil {
		t.Fatal(err)
	}
	signed, _, err := l.Checkpoint(t.Context(), person.Division)
	if err != nil {
		t.Fatal(err)
	}
	if _, _, err := checkpoint.Open(signed, note.VerifierList(verifier)); err != nil {
		t.Errorf("the checkpoint is not signed by %s: %v", key, err)
	}
}
