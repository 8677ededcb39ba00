package ledger

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"golang.org/x/mod/sumdb/tlog"

	"hengjian/internal/database"
)

// opened is a log that has begun.
type opened struct {
	Division string `db:"division"`
	Origin   string `db:"origin"`
}

// electSequencer makes the caller the one who extends logs until its transaction ends; false when another is.
func electSequencer(ctx context.Context, tx *database.Tx) (bool, error) {
	var mine bool
	err := tx.Get(ctx, &mine, `
		SELECT pg_try_advisory_xact_lock(hashtext('log_sequencer'))`)
	if err != nil {
		return false, fmt.Errorf("elect sequencer: %w", err)
	}
	return mine, nil
}

func anyPending(ctx context.Context, q database.Queryer) (bool, error) {
	var left bool
	err := q.Get(ctx, &left, `
		SELECT EXISTS (SELECT FROM event_pending)`)
	if err != nil {
		return false, fmt.Errorf("queue of events: %w", err)
	}
	return left, nil
}

// nextQueued returns committed events without an index, those inserted first before the others.
func nextQueued(ctx context.Context, tx *database.Tx, limit int) ([]queued, error) {
	var batch []queued
	err := tx.Select(ctx, &batch, `
		SELECT p.seq, p.event_id, e.division, e.body_hash
		FROM (SELECT seq, event_id FROM event_pending ORDER BY seq LIMIT $1) p
		JOIN event e ON e.id = p.event_id
		ORDER BY p.seq`, limit)
	if err != nil {
		return nil, fmt.Errorf("queue of events: %w", err)
	}
	return batch, nil
}

func removeQueued(ctx context.Context, tx *database.Tx, batch []queued) error {
	seqs := make([]int64, len(batch))
	for i, q := range batch {
		seqs[i] = q.Seq
	}
	if _, err := tx.Exec(ctx, `
		DELETE FROM event_pending
		WHERE seq = ANY ($1)`, database.Array(seqs)); err != nil {
		return fmt.Errorf("queue of events: %w", err)
	}
	return nil
}

func insertLog(ctx context.Context, tx *database.Tx, o opened, at time.Time) error {
	if _, err := tx.Exec(ctx, `
		INSERT INTO log (division, origin, opened_at)
		VALUES ($1, $2, $3)`, o.Division, o.Origin, at); err != nil {
		return fmt.Errorf("open log %s: %w", o.Origin, err)
	}
	return nil
}

func selectLogs(ctx context.Context, q database.Queryer) ([]opened, error) {
	var logs []opened
	if err := q.Select(ctx, &logs, `
		SELECT division, origin
		FROM log
		ORDER BY opened_at, division`); err != nil {
		return nil, fmt.Errorf("logs: %w", err)
	}
	return logs, nil
}

// logSize is the number of entries; 0 when the log has not begun.
func logSize(ctx context.Context, q database.Queryer, division string) (int64, error) {
	var size int64
	if err := q.Get(ctx, &size, `
		SELECT coalesce(max(index) + 1, 0)
		FROM log_entry
		WHERE division = $1`, division); err != nil {
		return 0, fmt.Errorf("size of the log: %w", err)
	}
	return size, nil
}

func insertEntries(ctx context.Context, tx *database.Tx, division string, first int64, events []queued) error {
	ids, hashes := make([]string, len(events)), make([][]byte, len(events))
	for i, e := range events {
		ids[i], hashes[i] = e.EventID, e.BodyHash
	}
	if _, err := tx.Exec(ctx, `
		INSERT INTO log_entry (division, index, event_id, commitment)
		SELECT $1, $2::bigint + n - 1, id, hash
		FROM unnest($3::uuid[], $4::bytea[]) WITH ORDINALITY AS t (id, hash, n)`,
		division, first, database.Array(ids), database.Array(hashes)); err != nil {
		return fmt.Errorf("entries of the log: %w", err)
	}
	return nil
}

// commitments returns those of width entries from first on, or fewer where the log ends before.
func commitments(ctx context.Context, q database.Queryer, division string, first int64, width int) ([][]byte, error) {
	var out [][]byte
	if err := q.Select(ctx, &out, `
		SELECT commitment
		FROM log_entry
		WHERE division = $1 AND index >= $2 AND index < $2::bigint + $3
		ORDER BY index`, division, first, width); err != nil {
		return nil, fmt.Errorf("entries of the log: %w", err)
	}
	return out, nil
}

func insertTile(ctx context.Context, tx *database.Tx, division string, level int, number int64, hashes []tlog.Hash) error {
	data := make([]byte, 0, len(hashes)*tlog.HashSize)
	for _, h := range hashes {
		data = append(data, h[:]...)
	}
	root := fold(hashes)
	if _, err := tx.Exec(ctx, `
		INSERT INTO log_tile (division, level, number, hashes, root)
		VALUES ($1, $2, $3, $4, $5)`, division, level, number, data, root[:]); err != nil {
		return fmt.Errorf("tile %d/%d: %w", level, number, err)
	}
	return nil
}

func selectTile(ctx context.Context, q database.Queryer, division string, at tileAt) ([]byte, error) {
	var data []byte
	if err := q.Get(ctx, &data, `
		SELECT hashes
		FROM log_tile
		WHERE division = $1 AND level = $2 AND number = $3`, division, at.level, at.number); err != nil {
		return nil, fmt.Errorf("tile %d/%d: %w", at.level, at.number, err)
	}
	return data, nil
}

// tileRoots returns the roots of width full tiles from first on, or of fewer where there are not so many.
func tileRoots(ctx context.Context, q database.Queryer, division string, level int, first int64, width int) ([][]byte, error) {
	var out [][]byte
	if err := q.Select(ctx, &out, `
		SELECT root
		FROM log_tile
		WHERE division = $1 AND level = $2 AND number >= $3 AND number < $3::bigint + $4
		ORDER BY number`, division, level, first, width); err != nil {
		return nil, fmt.Errorf("tiles of level %d: %w", level, err)
	}
	return out, nil
}

const checkpointSelect = `
	SELECT c.division, l.origin, c.size, c.root, c.note, c.signed_at
	FROM log_checkpoint c
	JOIN log l ON l.division = c.division`

// lastCheckpoint returns the newest; one of size 0 when there is none.
func lastCheckpoint(ctx context.Context, q database.Queryer, division string) (Published, error) {
	var c Published
	err := q.Get(ctx, &c, checkpointSelect+`
		WHERE c.division = $1
		ORDER BY c.size DESC
		LIMIT 1`, division)
	if errors.Is(err, sql.ErrNoRows) {
		return Published{}, nil
	}
	if err != nil {
		return c, fmt.Errorf("checkpoint: %w", err)
	}
	return c, nil
}

func insertCheckpoint(ctx context.Context, tx *database.Tx, c Published) error {
	if _, err := tx.Exec(ctx, `
		INSERT INTO log_checkpoint (division, size, root, note, signed_at)
		VALUES ($1, $2, $3, $4, $5)`, c.Division, c.Size, c.Root, c.Note, c.SignedAt); err != nil {
		return fmt.Errorf("checkpoint of %d: %w", c.Size, err)
	}
	return nil
}

// keyChange is an event of a log that names its key.
type keyChange struct {
	Index int64
	Key   string
}

// keyChanges returns the keys that a log names, the first one first.
func keyChanges(ctx context.Context, q database.Queryer, division string) ([]keyChange, error) {
	var rows []struct {
		Index int64  `db:"index"`
		Body  string `db:"body"`
	}
	if err := q.Select(ctx, &rows, `
		SELECT n.index, e.body
		FROM event e
		JOIN log_entry n ON n.event_id = e.id
		WHERE e.subject_kind = 'log' AND e.subject_id = $1 AND e.kind IN ('log.opened', 'log.key_changed')
		ORDER BY n.index`, division); err != nil {
		return nil, fmt.Errorf("keys of the log: %w", err)
	}
	changes := make([]keyChange, 0, len(rows))
	for _, r := range rows {
		var body struct {
			Data struct {
				Key string `json:"key"`
			} `json:"data"`
		}
		if err := json.Unmarshal([]byte(r.Body), &body); err != nil {
			return nil, fmt.Errorf("event at index %d: %w", r.Index, err)
		}
		changes = append(changes, keyChange{r.Index, body.Data.Key})
	}
	return changes, nil
}

// placed is an event with its place in the log, if it has one.
type placed struct {
	Division string `db:"division"`
	Body     string `db:"body"`
	Index    *int64 `db:"index"`
}

// placedEvent returns the newest event of a kind about a subject.
func placedEvent(ctx context.Context, q database.Queryer, kind, subjectID string) (placed, error) {
	var e placed
	subject, _, _ := strings.Cut(kind, ".")
	err := q.Get(ctx, &e, `
		SELECT e.division, e.body, n.index
		FROM event e
		LEFT JOIN log_entry n ON n.event_id = e.id
		WHERE e.subject_kind = $1 AND e.subject_id = $2 AND e.kind = $3
		ORDER BY e.at DESC, e.id DESC
		LIMIT 1`, subject, subjectID, kind)
	if errors.Is(err, sql.ErrNoRows) {
		return e, ErrNotPublished
	}
	if err != nil {
		return e, fmt.Errorf("event %s of %s: %w", kind, subjectID, err)
	}
	return e, nil
}

func cosignatures(ctx context.Context, q database.Queryer, division string, size int64) ([]string, error) {
	var lines []string
	if err := q.Select(ctx, &lines, `
		SELECT line
		FROM log_cosignature
		WHERE division = $1 AND size = $2
		ORDER BY witness`, division, size); err != nil {
		return nil, fmt.Errorf("cosignatures of %d: %w", size, err)
	}
	return lines, nil
}

func lastCosigned(ctx context.Context, q database.Queryer, division, witness string) (int64, error) {
	var size int64
	if err := q.Get(ctx, &size, `
		SELECT coalesce(max(size), 0)
		FROM log_cosignature
		WHERE division = $1 AND witness = $2`, division, witness); err != nil {
		return 0, fmt.Errorf("cosignatures of %s: %w", witness, err)
	}
	return size, nil
}

func insertCosignature(ctx context.Context, q database.Queryer, c Published, witness, line string, at time.Time) error {
	if _, err := q.Exec(ctx, `
		INSERT INTO log_cosignature (division, size, witness, line, signed_at)
		VALUES ($1, $2, $3, $4, $5)
		ON CONFLICT DO NOTHING`, c.Division, c.Size, witness, line, at); err != nil {
		return fmt.Errorf("cosignature of %s: %w", witness, err)
	}
	return nil
}

// eraseSealed erases what events about a subject say sealed, and returns the commitments.
func eraseSealed(ctx context.Context, tx *database.Tx, about Subject, at time.Time) ([][]byte, error) {
	var erased [][]byte
	if err := tx.Select(ctx, &erased, `
		UPDATE event_personal p
		SET salt = NULL, text = NULL, erased_at = $3
		FROM event e
		WHERE e.id = p.event_id AND e.subject_kind = $1 AND e.subject_id = $2 AND p.erased_at IS NULL
		RETURNING p.commitment`, about.Kind, about.ID, at); err != nil {
		return nil, fmt.Errorf("erase personal data of %s %s: %w", about.Kind, about.ID, err)
	}
	return erased, nil
}
