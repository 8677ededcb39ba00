package audit_test

import (
	"bytes"
	"crypto/rand"
	"errors"
	"log/slog"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"hengjian/internal/audit"
	"hengjian/internal/database"
	"hengjian/internal/database/dbtest"
	"hengjian/internal/errs"
	"hengjian/internal/ledger"
	"hengjian/internal/witness"
)

// Each test does what somebody who owns the database could do, triggers off, and shows which check reveals it.

// reveals makes sure that a verification finds the codes, whatever else it finds.
func (b *bureau) reveals(what string, bundle []byte, o audit.Options, want ...string) {
	b.Helper()
	got := b.found(bundle, o)
	for _, code := range want {
		if !slices.Contains(got, code) {
			b.Errorf("%s: found %v, want %s among them", what, got, code)
		}
	}
	if len(want) == 0 && len(got) > 0 {
		b.Errorf("%s: found %v, want nothing", what, got)
	}
}

// refusesToSign makes sure that the system itself notices and signs nothing more.
func (b *bureau) refusesToSign(what string) {
	b.Helper()
	b.more(1)
	known, ok := errors.AsType[*errs.Error](b.log.Settle(b.Context()))
	if !ok || known.Code != "log_rewritten" && known.Code != "log_damaged" {
		b.Errorf("%s: the system signs on: %v", what, known)
	}
}

var happened = ledger.Define[struct{}]("sample.happened", 1, "", "")

// more appends events that say nothing.
func (b *bureau) more(n int) {
	b.Helper()
	b.must(b.db.InTx(b.Context(), func(tx *database.Tx) error {
		for range n {
			if err := ledger.Append(b.Context(), tx, ledger.Actor{Division: division}, now,
				happened.Event(ledger.System, ledger.Subject{Kind: "sample", ID: "x"}, struct{}{})); err != nil {
				return err
			}
		}
		return nil
	}))
}

// aResult picks an event that matters.
const aResult = `(SELECT event_id FROM log_entry n JOIN event e ON e.id = n.event_id WHERE e.kind = 'result.entered' ORDER BY index LIMIT 1)`

func TestChangedEvent(t *testing.T) {
	t.Parallel()
	b := newBureau(t)
	const changed = `replace(body, '"role":"technician"', '"role":"reviewer"')`
	b.asOwner(`
		UPDATE event SET body = ` + changed + `, body_hash = sha256(convert_to(` + changed + `, 'UTF8')) WHERE id = ` + aResult)
	b.reveals("an event changed with its hash", b.bundle(nil, false), audit.Options{}, "event_changed")

	b.asOwner(`UPDATE log_entry n SET commitment = e.body_hash FROM event e WHERE e.id = n.event_id AND n.commitment <> e.body_hash`)
	b.reveals("with its entry", b.bundle(nil, false), audit.Options{}, "root_differs")
}

func TestDeletedLastEvent(t *testing.T) {
	t.Parallel()
	b := newBureau(t)
	older := b.checkpoint()
	const last = `(SELECT max(index) FROM log_entry)`
	const cut = `
		CREATE TEMP TABLE gone AS SELECT event_id, index FROM log_entry WHERE index = ` + last + `;
		DELETE FROM log_entry WHERE index IN (SELECT index FROM gone);
		DELETE FROM event_personal WHERE event_id IN (SELECT event_id FROM gone);
		DELETE FROM event WHERE id IN (SELECT event_id FROM gone)`
	b.asOwner(cut)
	var out bytes.Buffer
	err := audit.Exporter{DB: b.db, Log: b.log, Files: b.files}.Write(t.Context(), &out, audit.Export{Division: division, Now: now})
	if known, ok := errors.AsType[*errs.Error](err); !ok || known.Code != "log_damaged" {
		t.Errorf("the export of a log that is cut short: %v", err)
	}
	b.refusesToSign("the last event deleted")
	// The checkpoint that covers it is deleted, too, and the rest signed with the real key.
	b.asOwner(`DELETE FROM log_checkpoint`)
	b.asOwner(`DELETE FROM event_pending; DELETE FROM event WHERE kind = 'sample.happened'`)
	b.must(b.log.Settle(t.Context()))
	b.reveals("the last event and its checkpoint deleted", b.bundle(nil, false), audit.Options{Older: older}, "rolled_back")
}

func TestDeletedMiddleEvent(t *testing.T) {
	t.Parallel()
	b := newBureau(t)
	older := b.checkpoint()
	b.asOwner(`
		CREATE TEMP TABLE gone AS SELECT event_id, index FROM log_entry WHERE event_id = ` + aResult + `;
		DELETE FROM log_entry WHERE index IN (SELECT index FROM gone);
		DELETE FROM event_personal WHERE event_id IN (SELECT event_id FROM gone);
		DELETE FROM event WHERE id IN (SELECT event_id FROM gone);
		UPDATE log_entry SET index = index + 1000000 WHERE index > (SELECT index FROM gone);
		UPDATE log_entry SET index = index - 1000001 WHERE index > 1000000`)
	b.refusesToSign("an event deleted and the others renumbered")
	b.asOwner(`
		INSERT INTO log_entry (division, index, event_id, commitment)
		SELECT '370113', (SELECT max(index) + 1 FROM log_entry), id, body_hash FROM event WHERE kind = 'sample.happened';
		DELETE FROM event_pending`) // so that there are as many as before
	b.reveals("an event deleted and the others renumbered", b.bundle(nil, false), audit.Options{}, "root_differs")
	b.refusesToSign("and another in the place of the last")
	b.resign()
	b.reveals("and all signed anew", b.bundle(nil, false), audit.Options{Older: older}, "forked")
}

// resign computes all tiles anew and signs the log as it is now with the real key, as its owner could.
func (b *bureau) resign() {
	b.Helper()
	var ids []string
	b.must(b.db.Select(b.Context(), &ids, `SELECT event_id FROM log_entry ORDER BY index`))
	b.asOwner(`
		DELETE FROM log_checkpoint; DELETE FROM log_tile; DELETE FROM event_pending;
		CREATE TEMP TABLE again AS SELECT event_id, index FROM log_entry;
		INSERT INTO event_pending (event_id) SELECT event_id FROM again WHERE index > 0 ORDER BY index;
		DELETE FROM log_entry; DELETE FROM log;
		INSERT INTO log (division, origin, opened_at) VALUES ('370113', 'lims.example/log/370113', now());
		INSERT INTO log_entry (division, index, event_id, commitment)
		SELECT '370113', 0, e.id, e.body_hash FROM again a JOIN event e ON e.id = a.event_id WHERE a.index = 0`)
	b.must(b.log.Settle(b.Context()))
}

// With the real key everything can be rewritten so that it verifies by itself. An older checkpoint shows it, and so does a
// witness, who does not sign the new history.
func TestRewrittenWithTheRealKey(t *testing.T) {
	t.Parallel()
	b := newBureau(t)
	keys, err := b.log.VerifierKeys(t.Context(), division)
	b.must(err)
	other, err := witness.Open(witness.Options{Name: "other.example", Logs: keys, Dir: t.TempDir(), Now: func() time.Time { return now },
		Random: rand.Reader, Log: slog.New(slog.DiscardHandler)})
	b.must(err)
	server := httptest.NewServer(other)
	defer server.Close()
	ask, err := witness.ParseClient(server.URL + " " + other.VerifierKey())
	b.must(err)
	cosign := func() error {
		newest, err := b.log.Newest(t.Context())
		b.must(err)
		line, at, err := ask.Cosign(t.Context(), []byte(newest[0].Note), 0, nil)
		if err == nil {
			b.must(b.log.KeepCosignature(t.Context(), newest[0], "other.example", line, at))
		}
		return err
	}
	b.must(cosign())
	older := b.checkpoint()
	watched := audit.Options{Witnesses: []string{other.VerifierKey()}, Keys: keys}
	b.reveals("before", b.bundle(nil, false), watched)

	const changed = `regexp_replace(body, '"nonce":"[A-Z2-7]+"', '"nonce":"AAAAAAAAAAAAAAAAAAAAAAAAAA"')`
	b.asOwner(`
		DELETE FROM log_cosignature;
		UPDATE event SET body = ` + changed + `, body_hash = sha256(convert_to(` + changed + `, 'UTF8')) WHERE id = ` + aResult)
	b.resign()
	b.reveals("rewritten: it verifies by itself", b.bundle(nil, false), audit.Options{Keys: keys})
	b.reveals("rewritten, with an older checkpoint", b.bundle(nil, false), audit.Options{Older: older}, "forked")
	if err := cosign(); errs.KindOf(err) != errs.Conflict {
		t.Errorf("the witness answers the rewritten log with %v", err)
	}
	b.reveals("rewritten, without the witness", b.bundle(nil, false), watched, "not_cosigned")
}

// A key that was lost is followed by one that nobody signed for: that shows, until the verifier knows it from elsewhere.
func TestLostKey(t *testing.T) {
	t.Parallel()
	b := newBureau(t)
	b.must(os.Remove(filepath.Join(b.folder, "keys", "log-"+division+".key")))
	key, err := b.log.ChangeKey(t.Context(), b.admin(), ledger.Administrator, true)
	b.must(err)
	b.must(b.log.Settle(t.Context()))
	b.reveals("a key that is not endorsed", b.bundle(nil, false), audit.Options{}, ledger.KeyNotEndorsed)
	b.reveals("and known from elsewhere", b.bundle(nil, false), audit.Options{Keys: []string{key}})
}

func TestSwappedPDF(t *testing.T) {
	t.Parallel()
	b := newBureau(t)
	var hashes []string
	b.must(b.db.Select(t.Context(), &hashes, `SELECT encode(file_hash, 'hex') FROM document_file ORDER BY finished_at, document_id`))
	path := func(hash string) string { return filepath.Join(b.folder, "files", hash[:2], hash[2:]) }
	original, err := os.ReadFile(path(hashes[0]))
	b.must(err)
	b.must(os.WriteFile(path(hashes[0]), bytes.Replace(original, []byte("%PDF"), []byte("%pdf"), 1), 0o600))
	b.reveals("the bytes of a file changed", b.bundle(nil, false), audit.Options{}, "file_changed")
	b.must(os.WriteFile(path(hashes[0]), original, 0o600))
	b.reveals("and put back", b.bundle(nil, false), audit.Options{})
	b.asOwner(`UPDATE document_file SET file_hash = decode('` + hashes[1] + `', 'hex') WHERE file_hash = decode('` + hashes[0] + `', 'hex')`)
	b.reveals("a document given the file of another", b.bundle(nil, false), audit.Options{}, "file_missing")
	b.must(os.Remove(path(hashes[2])))
	b.reveals("a file lost", b.bundle(nil, false), audit.Options{}, "file_missing")
}

func TestChangedContent(t *testing.T) {
	t.Parallel()
	b := newBureau(t)
	b.asOwner(`UPDATE document SET content = replace(content, '合格', '优秀'), content_hash = sha256(convert_to(replace(content, '合格', '优秀'), 'UTF8'))`)
	b.reveals("frozen contents changed with their hashes", b.bundle(nil, false), audit.Options{}, "file_missing", "file_unreferenced")
}

// What is hashed is UTC to the byte, and connections ask for UTC: another time zone of the database changes nothing.
func TestOtherTimeZone(t *testing.T) {
	t.Parallel()
	b := newBureau(t)
	older := b.checkpoint()
	_, err := dbtest.Owner(t, b.db).Exec(t.Context(), `
		ALTER DATABASE `+databaseOf(t, b.db)+` SET timezone TO 'America/St_Johns'`)
	b.must(err)
	moved, err := database.Open(t.Context(), dbtest.URL(b.db, database.AppRole), database.Options{})
	b.must(err)
	defer func() { _ = moved.Close() }()
	before := b.bundle(nil, true)
	b.db, b.log = moved, b.logOn(moved)
	after := b.bundle(nil, true)
	b.reveals("in another time zone", after, audit.Options{Older: older})
	if !bytes.Equal(before, after) {
		t.Error("the bundle is another in another time zone")
	}
}

func databaseOf(t *testing.T, db *database.DB) string {
	t.Helper()
	var name string
	if err := db.Get(t.Context(), &name, `SELECT current_database()`); err != nil {
		t.Fatal(err)
	}
	return name
}

// A backup that is restored verifies by itself, and is shorter than what was signed since; grown again, it is another history.
func TestRestoredBackup(t *testing.T) {
	t.Parallel()
	b := newBureau(t)
	backup := b.bundle(nil, false)
	b.more(20)
	b.must(b.log.Settle(t.Context()))
	later := b.checkpoint()
	b.reveals("the backup by itself", backup, audit.Options{})
	b.reveals("the backup against a later checkpoint", backup, audit.Options{Older: later}, "rolled_back")
	b.asOwner(`
		CREATE TEMP TABLE gone AS SELECT n.event_id FROM log_entry n JOIN event e ON e.id = n.event_id WHERE e.kind = 'sample.happened';
		DELETE FROM log_entry WHERE event_id IN (SELECT event_id FROM gone);
		DELETE FROM event WHERE id IN (SELECT event_id FROM gone);
		DELETE FROM log_checkpoint WHERE size > (SELECT max(index) + 1 FROM log_entry)`)
	b.more(40)
	b.must(b.log.Settle(t.Context()))
	b.reveals("the backup grown again, against the later checkpoint", b.bundle(nil, false), audit.Options{Older: later}, "forked")
}
