package ledger

import (
	"bytes"
	"context"
	"crypto/rand"
	"crypto/sha256"
	"errors"
	"fmt"
	"log/slog"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"golang.org/x/mod/sumdb/tlog"

	"hengjian/internal/database"
	"hengjian/internal/database/dbtest"
	"hengjian/internal/errs"
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
	var inOrder bool
	if err := db.Get(t.Context(), &inOrder, `
		SELECT bool_and(body::integer = index - 1)
		FROM log_entry n
		JOIN event e ON e.id = n.event_id
		WHERE index > 1`); err != nil || !inOrder {
		t.Errorf("the entries do not stand in the order of their insertion over many batches (%v)", err)
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
