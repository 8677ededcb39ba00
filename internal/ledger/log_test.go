package ledger

import (
	"bytes"
	"context"
	"crypto/rand"
	"crypto/sha256"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"

	"hengjian/internal/database"
	"hengjian/internal/database/dbtest"
	"hengjian/internal/errs"
	"hengjian/internal/ledger/checkpoint"
)

type clock struct {
	mu sync.Mutex
	at time.Time
}

func (c *clock) now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.at
}

func (c *clock) advance(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.at = c.at.Add(d)
}

const testBase = "lims.example/log"

func testLog(t *testing.T, db *database.DB, now func() time.Time) *Log {
	t.Helper()
	return NewLog(db, now, NewKeys(filepath.Join(t.TempDir(), "keys"), "", rand.Reader), testBase, slog.New(slog.DiscardHandler))
}

var happened = Define[map[string]int]("sample.happened", 1, "发生", "happened")

// appendMany appends n events in one transaction.
func appendMany(t *testing.T, db *database.DB, actor Actor, n int) {
	t.Helper()
	if err := db.InTx(t.Context(), func(tx *database.Tx) error { return appendIn(t.Context(), tx, actor, n) }); err != nil {
		t.Fatal(err)
	}
}

func appendIn(ctx context.Context, tx *database.Tx, actor Actor, n int) error {
	for i := range n {
		if err := Append(ctx, tx, actor, noon, happened.Event(Custodian, Subject{"sample", "s", "n"}, map[string]int{"i": i})); err != nil {
			return err
		}
	}
	return nil
}

func sequence(t *testing.T, l *Log) int {
	t.Helper()
	n, err := l.Sequence(t.Context())
	if err != nil {
		t.Fatalf("sequence: %v", err)
	}
	return n
}

func publish(t *testing.T, l *Log) Published {
	t.Helper()
	if err := l.publish(t.Context(), 0); err != nil {
		t.Fatalf("publish: %v", err)
	}
	last, err := lastCheckpoint(t.Context(), l.db, person.Division)
	if err != nil {
		t.Fatal(err)
	}
	return last
}

// memory is the tree of tlog's own code, the reference for ours.
type memory []tlog.Hash

func (m memory) ReadHashes(indexes []int64) ([]tlog.Hash, error) {
	out := make([]tlog.Hash, len(indexes))
	for i, x := range indexes {
		out[i] = m[x]
	}
	return out, nil
}

// verifyLog checks all that is stored of a division's log against the events and tlog's own code, and returns its size.
func verifyLog(t *testing.T, db *database.DB, division string) int64 {
	t.Helper()
	ctx := t.Context()
	var entries []struct {
		Index      int64  `db:"index"`
		Commitment []byte `db:"commitment"`
		Body       string `db:"body"`
	}
	if err := db.Select(ctx, &entries, `
		SELECT n.index, n.commitment, e.body
		FROM log_entry n
		JOIN event e ON e.id = n.event_id
		WHERE n.division = $1 AND e.division = $1
		ORDER BY n.index`, division); err != nil {
		t.Fatal(err)
	}
	var reference memory
	for i, e := range entries {
		if e.Index != int64(i) {
			t.Fatalf("index %d where %d belongs: the log has a gap", e.Index, i)
		}
		if sum := sha256.Sum256([]byte(e.Body)); !bytes.Equal(sum[:], e.Commitment) {
			t.Fatalf("entry %d is not the hash of its event", i)
		}
		hashes, err := tlog.StoredHashes(int64(i), e.Commitment, reference)
		if err != nil {
			t.Fatal(err)
		}
		reference = append(reference, hashes...)
	}
	size := int64(len(entries))
	verifyTiles(t, db, division, size, reference)
	last, err := lastCheckpoint(ctx, db, division)
	if err != nil {
		t.Fatal(err)
	}
	if last.Size > 0 {
		want, err := tlog.TreeHash(last.Size, reference)
		if err != nil || !bytes.Equal(want[:], last.Root) {
			t.Errorf("checkpoint of %d has root %x, want %s (%v)", last.Size, last.Root, want, err)
		}
	}
	return size
}

// verifyTiles compares every tile, full or partial, with tlog's.
func verifyTiles(t *testing.T, db *database.DB, division string, size int64, reference memory) {
	t.Helper()
	stored := map[tileAt]bool{}
	for _, tile := range tlog.NewTiles(8, 0, size) {
		want, err := tlog.ReadTileData(tile, reference)
		if err != nil {
			t.Fatal(err)
		}
		at := tileAt{tile.L, tile.N}
		hashes, err := tileHashes(t.Context(), db, division, at, tile.W)
		if err != nil {
			t.Fatalf("tile %s: %v", tile.Path(), err)
		}
		var got []byte
		for _, h := range hashes {
			got = append(got, h[:]...)
		}
		if !bytes.Equal(got, want) {
			t.Errorf("tile %s differs from tlog's", tile.Path())
		}
		stored[at] = tile.W == tileWidth
	}
	var full int
	if err := db.Get(t.Context(), &full, `SELECT count(*) FROM log_tile WHERE division = $1`, division); err != nil {
		t.Fatal(err)
	}
	want := 0
	for _, isFull := range stored {
		if isFull {
			want++
		}
	}
	if full != want {
		t.Errorf("%d full tiles are stored, want %d", full, want)
	}
}

func unsequenced(t *testing.T, db *database.DB) int {
	t.Helper()
	var n int
	if err := db.Get(t.Context(), &n, `
		SELECT count(*) FROM event e WHERE NOT EXISTS (SELECT FROM log_entry n WHERE n.event_id = e.id)`); err != nil {
		t.Fatal(err)
	}
	return n
}

func TestSequenceBuildsTheTreeOfTlog(t *testing.T) {
	t.Parallel()
	db := dbtest.New(t)
	at := &clock{at: noon}
	l := testLog(t, db, at.now)
	total := int64(1) // log.opened comes first
	for _, n := range []int{1, 2, 252, 1, 1, 255, 256, 257, 700} {
		appendMany(t, db, person, n)
		if got := sequence(t, l); got != n {
			t.Fatalf("%d events sequenced, want %d", got, n)
		}
		total += int64(n)
		c := publish(t, l)
		if c.Size != total {
			t.Errorf("checkpoint of %d, want %d", c.Size, total)
		}
		if got := verifyLog(t, db, person.Division); got != total {
			t.Errorf("log of %d entries, want %d", got, total)
		}
	}
	if n := unsequenced(t, db); n != 0 {
		t.Errorf("%d events have no index", n)
	}
}

// 66,000 entries have a full tile of the second level and a beginning of the third.
func TestTreeOfThreeLevels(t *testing.T) {
	t.Parallel()
	db := dbtest.New(t)
	l := testLog(t, db, func() time.Time { return noon })
	appendMany(t, db, person, 1)
	sequence(t, l)
	owner := dbtest.Owner(t, db)
	if _, err := owner.Exec(t.Context(), `
		WITH e AS (
			INSERT INTO event (id, division, kind, subject_kind, subject_id, subject_number, actor_role, at, body, body_hash)
			SELECT gen_random_uuid(), '370113', 'sample.happened', 'sample', 's', 'n', '', now(), n::text,
				sha256(convert_to(n::text, 'UTF8'))
			FROM generate_series(1, 66000) n
			RETURNING id)
		INSERT INTO event_pending (event_id) SELECT id FROM e`); err != nil {
		t.Fatal(err)
	}
	for sequence(t, l) > 0 { //nolint:revive // the queue ends
	}
	publish(t, l)
	if got := verifyLog(t, db, person.Division); got != 66002 {
		t.Errorf("log of %d entries, want 66002", got)
	}
}

// An event whose transaction commits late gets a later index, and none is left out.
func TestLateCommitIsNotSkipped(t *testing.T) {
	t.Parallel()
	db := dbtest.New(t)
	l := testLog(t, db, func() time.Time { return noon })
	ctx := t.Context()
	inserted, commit, done := make(chan bool), make(chan bool), make(chan error)
	go func() {
		done <- db.InTx(ctx, func(tx *database.Tx) error {
			err := appendIn(ctx, tx, person, 3)
			inserted <- true
			<-commit
			return err
		})
	}()
	<-inserted
	appendMany(t, db, person, 2) // after, but committed before
	if got := sequence(t, l); got != 2 {
		t.Errorf("%d events sequenced while one transaction is open, want 2", got)
	}
	appendMany(t, db, person, 1)
	commit <- true
	if err := <-done; err != nil {
		t.Fatal(err)
	}
	if got := sequence(t, l); got != 4 {
		t.Errorf("%d events sequenced after the late commit, want 4", got)
	}
	if got := verifyLog(t, db, person.Division); got != 7 || unsequenced(t, db) != 0 {
		t.Errorf("log of %d entries with %d events left out, want 7 and 0", got, unsequenced(t, db))
	}
}

// Writers whose commits come late or never, and three processes that sequence at the same time.
func TestManySequencersLoseNothing(t *testing.T) {
	t.Parallel()
	db := dbtest.New(t)
	ctx, stop := context.WithCancel(t.Context())
	keys := NewKeys(filepath.Join(t.TempDir(), "keys"), "", rand.Reader)
	var sequencers, writers sync.WaitGroup
	for range 3 {
		other, err := database.Open(ctx, dbtest.URL(db, database.AppRole), database.Options{MaxConns: 2})
		if err != nil {
			t.Fatal(err)
		}
		l := NewLog(other, time.Now, keys, testBase, slog.New(slog.NewTextHandler(testWriter{t}, nil)))
		sequencers.Go(func() {
			l.Run(ctx)
			_ = other.Close()
		})
	}
	for w := range 4 {
		writers.Go(func() {
			for i := range 30 {
				err := db.InTx(ctx, func(tx *database.Tx) error {
					if err := appendIn(ctx, tx, person, 1+i%3); err != nil {
						return err
					}
					time.Sleep(time.Duration((w*7+i*13)%40) * time.Millisecond)
					if i%10 == 9 {
						return errs.New(errs.Conflict, "changed_my_mind", "撤回", "taken back")
					}
					return nil
				})
				if err != nil && errs.KindOf(err) != errs.Conflict {
					t.Errorf("append: %v", err)
				}
			}
		})
	}
	writers.Wait()
	l := NewLog(db, time.Now, keys, testBase, slog.New(slog.DiscardHandler))
	if err := l.Settle(ctx); err != nil {
		t.Errorf("settle: %v", err)
	}
	stop()
	sequencers.Wait()
	verifyLog(t, db, person.Division)
	var events int
	if err := db.Get(t.Context(), &events, `SELECT count(*) FROM event WHERE kind = 'sample.happened'`); err != nil || events != 4*54 {
		t.Errorf("%d events were committed (%v), want %d", events, err, 4*54)
	}
	if n := unsequenced(t, db); n != 0 {
		t.Errorf("%d events have no index", n)
	}
}

// is tells whether an error has a code.
func is(err error, code string) bool {
	known, ok := errors.AsType[*errs.Error](err)
	return ok && known.Code == code
}

type testWriter struct{ t *testing.T }

func (w testWriter) Write(p []byte) (int, error) {
	if !strings.Contains(string(p), "context canceled") {
		w.t.Errorf("a sequencer complained: %s", p)
	}
	return len(p), nil
}

// What somebody did after having seen an event stands behind it, even when both come in one batch and the clocks differ.
func TestCauseComesBeforeEffect(t *testing.T) {
	t.Parallel()
	db := dbtest.New(t)
	l := testLog(t, db, func() time.Time { return noon })
	for i := range 20 {
		at := noon.Add(-time.Duration(i) * time.Hour) // every clock is behind that of the one before
		appendTo(t, db, at, happened.Event(Custodian, Subject{"sample", "s", "n"}, map[string]int{"i": i}))
	}
	sequence(t, l)
	var bodies []string
	if err := db.Select(t.Context(), &bodies, `
		SELECT e.body FROM log_entry n JOIN event e ON e.id = n.event_id WHERE e.kind = 'sample.happened' ORDER BY n.index`); err != nil {
		t.Fatal(err)
	}
	for i, b := range bodies {
		if !strings.Contains(b, fmt.Sprintf(`"data":{"i":%d}`, i)) {
			t.Errorf("at place %d stands %s", i, b)
		}
	}
}

func TestEachDivisionHasItsLog(t *testing.T) {
	t.Parallel()
	db := dbtest.New(t)
	l := testLog(t, db, func() time.Time { return noon })
	other := person
	other.Division = "370102"
	for range 3 {
		appendMany(t, db, person, 2)
		appendMany(t, db, other, 1)
		sequence(t, l)
	}
	publish(t, l)
	for division, want := range map[string]int64{"370113": 7, "370102": 4} {
		if got := verifyLog(t, db, division); got != want {
			t.Errorf("log of %s has %d entries, want %d", division, got, want)
		}
		signed, c, err := l.Checkpoint(t.Context(), division)
		if err != nil || c.Origin != testBase+"/"+division || !bytes.HasPrefix(signed, []byte(c.Origin+"\n")) {
			t.Errorf("checkpoint of %s: %s, %v", division, signed, err)
		}
	}
}

func TestCheckpointIsSignedOnceASecond(t *testing.T) {
	t.Parallel()
	db := dbtest.New(t)
	at := &clock{at: noon}
	l := testLog(t, db, at.now)
	var sizes []int64
	for range 6 {
		appendMany(t, db, person, 1)
		sequence(t, l)
		if err := l.Publish(t.Context()); err != nil {
			t.Fatal(err)
		}
		last, err := lastCheckpoint(t.Context(), db, person.Division)
		if err != nil {
			t.Fatal(err)
		}
		sizes = append(sizes, last.Size)
		at.advance(500 * time.Millisecond)
	}
	if want := []int64{2, 2, 4, 4, 6, 6}; !slices.Equal(sizes, want) {
		t.Errorf("sizes of the newest checkpoint %v, want %v", sizes, want)
	}
	keys, err := l.VerifierKeys(t.Context(), "")
	if err != nil || len(keys) != 1 {
		t.Fatalf("keys %v, %v", keys, err)
	}
	verifier, err := note.NewVerifier(keys[0])
	if err != nil {
		t.Fatal(err)
	}
	signed, _, err := l.Checkpoint(t.Context(), "")
	if err != nil {
		t.Fatal(err)
	}
	if c, _, err := checkpoint.Open(signed, note.VerifierList(verifier)); err != nil || c.Size != 6 {
		t.Errorf("checkpoint %+v, %v", c, err)
	}
}

// A log that was changed behind the signature is not signed again.
func TestRewrittenLogIsNotSigned(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ name, change string }{
		{"an entry changed", `UPDATE log_entry SET commitment = sha256('other') WHERE index = 2`},
		{"the end cut off", `DELETE FROM log_entry WHERE index >= 3`},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			db := dbtest.New(t)
			l := testLog(t, db, func() time.Time { return noon })
			appendMany(t, db, person, 5)
			sequence(t, l)
			before := publish(t, l)
			asOwner(t, db, tt.change)
			appendMany(t, db, person, 1)
			if tt.name == "an entry changed" {
				sequence(t, l)
			}
			err := l.publish(t.Context(), 0)
			if !is(err, "log_rewritten") {
				t.Errorf("publish: %v, want a refusal", err)
			}
			if last, _ := lastCheckpoint(t.Context(), db, person.Division); last.Size != before.Size {
				t.Errorf("a checkpoint of %d was signed over a changed log", last.Size)
			}
		})
	}
}

// asOwner runs statements as the owner of the database, with triggers off.
func asOwner(t *testing.T, db *database.DB, statements string) {
	t.Helper()
	if _, err := dbtest.Owner(t, db).Exec(t.Context(), withoutTriggers(statements)); err != nil {
		t.Fatalf("as the owner: %v", err)
	}
}

var ledgerTables = []string{"event", "event_pending", "log", "log_entry", "log_tile", "log_checkpoint", "log_cosignature"}

func withoutTriggers(statements string) string {
	var b strings.Builder
	for _, table := range ledgerTables {
		fmt.Fprintf(&b, "ALTER TABLE %s DISABLE TRIGGER USER;\n", table)
	}
	b.WriteString(statements + ";\n")
	for _, table := range ledgerTables {
		fmt.Fprintf(&b, "ALTER TABLE %s ENABLE TRIGGER USER;\n", table)
	}
	return b.String()
}

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

func TestProof(t *testing.T) {
	t.Parallel()
	db := dbtest.New(t)
	l := testLog(t, db, func() time.Time { return noon })
	ctx := t.Context()
	appendMany(t, db, person, 300)
	appendTo(t, db, noon, happened.Event(Custodian, Subject{"sample", "mine", "n"}, nil))
	appendMany(t, db, person, 300)
	ask := func() (Proof, error) { return l.ProofOf(ctx, db, happened.Definition(), "mine") }
	if _, err := ask(); !is(err, "not_in_log") {
		t.Errorf("before it is sequenced: %v", err)
	}
	sequence(t, l)
	if _, err := ask(); !is(err, "not_in_log") {
		t.Errorf("before it is published: %v", err)
	}
	publish(t, l)
	p, err := ask()
	if err != nil {
		t.Fatal(err)
	}
	c, err := p.Check()
	if err != nil || c.Size != 602 || p.Index != 301 {
		t.Errorf("proof at %d leads to %+v, %v; want 301 of 602", p.Index, c, err)
	}
	p.Event = strings.Replace(p.Event, `"mine"`, `"yours"`, 1)
	if _, err := p.Check(); err == nil {
		t.Error("the proof holds for another event")
	}
}
