package audit_test

import (
	"bytes"
	"context"
	"crypto/rand"
	"log/slog"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"hengjian/certificates"
	"hengjian/instruments"
	"hengjian/internal/audit"
	"hengjian/internal/calendar"
	"hengjian/internal/database"
	"hengjian/internal/database/dbtest"
	"hengjian/internal/demo"
	"hengjian/internal/files"
	"hengjian/internal/ledger"
	"hengjian/internal/standards"
	"hengjian/internal/users"
	"hengjian/lims"
)

// now is the afternoon on which the story of a bureau ends.
var now = time.Date(2026, 11, 25, 8, 0, 0, 0, time.UTC)

const division = demo.Division

// bureau is a small bureau with a history of samples, instruments and documents, all of it in its ledger.
type bureau struct {
	*testing.T
	db     *database.DB
	keys   ledger.Keys
	log    *ledger.Log
	files  *files.Store
	folder string
}

// newBureau is a bureau of its own: a copy of the one whose story is told once.
func newBureau(t *testing.T) *bureau {
	t.Helper()
	story := theStory(t)
	b := &bureau{T: t, db: dbtest.Copy(t, story.db), folder: t.TempDir()}
	b.must(os.CopyFS(b.folder, os.DirFS(story.folder)))
	b.must(os.Chmod(filepath.Join(b.folder, "keys", "log-"+division+".key"), 0o600)) // CopyFS lets everybody read
	b.open()
	return b
}

func (b *bureau) open() {
	b.Helper()
	b.keys = ledger.NewKeys(filepath.Join(b.folder, "keys"), "", rand.Reader)
	b.log = b.logOn(b.db)
	var err error
	b.files, err = files.Open(filepath.Join(b.folder, "files"))
	b.must(err)
}

var (
	storyOnce sync.Once
	storyTold *bureau
)

// theStory tells the story with the first test that asks.
func theStory(t *testing.T) *bureau {
	t.Helper()
	storyOnce.Do(func() { storyTold = tellStory(lasting{t}) })
	if storyTold == nil {
		t.Fatal("the story could not be told")
	}
	return storyTold
}

// lasting is a test whose things stay when it ends: until the process does, and the server of the test run.
type lasting struct{ *testing.T }

// Cleanup implements testing.TB.
func (lasting) Cleanup(func()) {}

// Context implements testing.TB.
func (lasting) Context() context.Context { return context.Background() }

func TestMain(m *testing.M) {
	code := m.Run()
	if storyTold != nil {
		_ = os.RemoveAll(storyTold.folder)
	}
	os.Exit(code)
}

func tellStory(t lasting) *bureau {
	t.Helper()
	folder, err := os.MkdirTemp("", "hengjian-audit-")
	if err != nil {
		t.Fatal(err)
	}
	b := &bureau{T: t.T, db: dbtest.New(t), folder: folder}
	b.open()
	wire := func(now func() time.Time) (demo.Rooms, error) {
		people := users.New(b.db, now, users.Options{HashMemory: 64, HashTime: 1, HashThreads: 1, Log: slog.New(slog.DiscardHandler)})
		limits := standards.New(b.db, now)
		metrology, laboratory := instruments.New(b.db, now, people), lims.New(b.db, now, limits)
		return demo.Rooms{Users: people, Standards: limits, Instruments: metrology, LIMS: laboratory,
			Certificates: certificates.New(b.db, now, rand.Reader, "http://localhost:8080", certificates.Rooms{
				Users: people, LIMS: laboratory, Instruments: metrology, Files: b.files, Log: b.log})}, nil
	}
	rooms, err := wire(func() time.Time { return now })
	b.must(err)
	b.must(rooms.Standards.Load(t.Context()))
	b.must(rooms.Instruments.LoadProcedures(t.Context()))
	b.must(demo.Tell(t.Context(), wire, now, demo.Scale{Batches: 10, Instruments: 10, Seed: 3}, nil))
	b.must(b.log.Settle(t.Context()))
	_, err = rooms.Certificates.Finish(t.Context(), nil)
	b.must(err)
	b.must(b.log.Settle(t.Context()))
	b.must(b.db.Close())
	return b
}

func (b *bureau) logOn(db *database.DB) *ledger.Log {
	return ledger.NewLog(db, func() time.Time { return now }, b.keys, "lims.example/log", slog.New(slog.DiscardHandler))
}

func (b *bureau) must(err error) {
	b.Helper()
	if err != nil {
		b.Fatal(err)
	}
}

// bundle exports the ledger as it is stored now.
func (b *bureau) bundle(since *calendar.Date, personal bool) []byte {
	b.Helper()
	var out bytes.Buffer
	b.must(audit.Exporter{DB: b.db, Log: b.log, Files: b.files}.Write(b.Context(), &out,
		audit.Export{Division: division, Since: since, Personal: personal, Now: now}))
	return out.Bytes()
}

// checkpoint is the one that is published now.
func (b *bureau) checkpoint() []byte {
	b.Helper()
	signed, _, err := b.log.Checkpoint(b.Context(), division)
	b.must(err)
	return signed
}

// asOwner changes the database as its owner, with the triggers off.
func (b *bureau) asOwner(statements string) {
	b.Helper()
	_, err := dbtest.Owner(b, b.db).Exec(b.Context(), withoutTriggers(statements))
	b.must(err)
}

func withoutTriggers(statements string) string {
	var before, after string
	for _, table := range []string{"event", "event_pending", "event_personal", "log", "log_entry", "log_tile", "log_checkpoint", "log_cosignature",
		"document", "document_file", "document_unfinished"} {
		before += "ALTER TABLE " + table + " DISABLE TRIGGER USER;\n"
		after += "ALTER TABLE " + table + " ENABLE TRIGGER USER;\n"
	}
	return before + statements + ";\n" + after
}

func verify(ctx context.Context, bundle []byte, o audit.Options) (*audit.Report, error) {
	b, err := audit.Open(bytes.NewReader(bundle), int64(len(bundle)))
	if err != nil {
		return nil, err
	}
	return audit.Verify(ctx, b, o)
}

// found verifies a bundle and returns the codes of its failures, each once, in order.
func (b *bureau) found(bundle []byte, o audit.Options) []string {
	b.Helper()
	report, err := verify(b.Context(), bundle, o)
	b.must(err)
	var codes []string
	seen := map[string]bool{}
	for _, f := range report.Failures {
		if !seen[f.Code] {
			seen[f.Code] = true
			codes = append(codes, f.Code)
		}
	}
	return codes
}
