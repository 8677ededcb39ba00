package certificates

import (
	"context"
	"fmt"
	"time"

	"hengjian/internal/database"
)

// frozen is what the file of a document is drawn from.
type frozen struct {
	Division    string `db:"division"`
	Number      string `db:"number"`
	Code        string `db:"code"`
	Content     string `db:"content"`
	ContentHash string `db:"content_hash"`
	Finished    bool   `db:"finished"` // it has its file
}

func selectFrozen(ctx context.Context, q database.Queryer, id string) (frozen, error) {
	var d frozen
	err := q.Get(ctx, &d, `
		SELECT division, number, code, content, encode(content_hash, 'hex') AS content_hash,
			EXISTS (SELECT FROM document_file WHERE document_id = id) AS finished
		FROM document
		WHERE id = $1`, id)
	return d, documentError(err)
}

// insertUnfinished queues a document for its file.
func insertUnfinished(ctx context.Context, tx *database.Tx, id string) error {
	_, err := tx.Exec(ctx, `
		INSERT INTO document_unfinished (document_id)
		VALUES ($1)`, id)
	return err
}

// unfinished returns the documents without a file whose issue a checkpoint covers by now, in the order of issue.
func unfinished(ctx context.Context, q database.Queryer) ([]string, error) {
	var ids []string
	if err := q.Select(ctx, &ids, `
		SELECT u.document_id
		FROM document_unfinished u
		JOIN event e ON e.subject_kind = 'document' AND e.subject_id = u.document_id::text AND e.kind = 'document.issued'
		JOIN log_entry n ON n.event_id = e.id
		WHERE n.index < (SELECT max(c.size) FROM log_checkpoint c WHERE c.division = n.division)
		ORDER BY n.division, n.index`); err != nil {
		return nil, fmt.Errorf("unfinished documents: %w", err)
	}
	return ids, nil
}

// insertDocumentFile stores of which bytes the document's file is; false when it has one already.
func insertDocumentFile(ctx context.Context, tx *database.Tx, documentID string, hash []byte, index int64, at time.Time) (bool, error) {
	n, err := tx.Exec(ctx, `
		INSERT INTO document_file (document_id, file_hash, log_index, finished_at)
		VALUES ($1, $2, $3, $4)
		ON CONFLICT (document_id) DO NOTHING`, documentID, hash, index, at)
	if err != nil || n == 0 {
		return false, err
	}
	_, err = tx.Exec(ctx, `
		DELETE FROM document_unfinished
		WHERE document_id = $1`, documentID)
	return true, err
}

func selectDocumentFile(ctx context.Context, q database.Queryer, documentID string) (hash string, index *int64, err error) {
	var f struct {
		Hash  string `db:"file_hash"`
		Index *int64 `db:"log_index"`
	}
	if err := q.Get(ctx, &f, `
		SELECT encode(file_hash, 'hex') AS file_hash, log_index
		FROM document_file
		WHERE document_id = $1`, documentID); err != nil {
		return "", nil, fmt.Errorf("file of document: %w", err)
	}
	return f.Hash, f.Index, nil
}
