package certificates

import (
	"context"
	"fmt"

	"hengjian/internal/database"
)

// documentAbout returns the document that was issued about a report or a verification.
func documentAbout(ctx context.Context, q database.Queryer, about, id string) (documentID, number string, err error) {
	var row struct {
		ID     string `db:"id"`
		Number string `db:"number"`
	}
	err = q.Get(ctx, &row, `
		SELECT id, number
		FROM document
		WHERE subject_kind = $1 AND subject_id = $2`, about, id)
	return row.ID, row.Number, documentError(err)
}

// selectLogins returns the names that people sign in with, by their ids.
func selectLogins(ctx context.Context, q database.Queryer, ids []string) (map[string]string, error) {
	var rows []struct {
		ID    string `db:"id"`
		Login string `db:"login"`
	}
	if err := q.Select(ctx, &rows, `
		SELECT id, login
		FROM person
		WHERE id = ANY($1::uuid[])`, database.Array(ids)); err != nil {
		return nil, fmt.Errorf("signatories: %w", err)
	}
	logins := make(map[string]string, len(rows))
	for _, r := range rows {
		logins[r.ID] = r.Login
	}
	return logins, nil
}

// nextVersion is the version of the next report of a sample: one more than were issued.
func nextVersion(ctx context.Context, q database.Queryer, division, sample string) (int, error) {
	var n int
	err := q.Get(ctx, &n, `
		SELECT count(*) + 1
		FROM document
		WHERE division = $1 AND subject_kind = 'report' AND subject_number = $2`, division, sample)
	if err != nil {
		return 0, fmt.Errorf("version of the report of %s: %w", sample, err)
	}
	return n, nil
}

// sealNumbers returns the numbers of all seals that were put on the portions of a sample.
func sealNumbers(ctx context.Context, q database.Queryer, sampleID string) ([]string, error) {
	var numbers []string
	err := q.Select(ctx, &numbers, `
		SELECT s.number
		FROM seal s
		JOIN portion p ON p.id = s.portion_id
		WHERE p.sample_id = $1
		ORDER BY s.number`, sampleID)
	if err != nil {
		return nil, fmt.Errorf("seals of a sample: %w", err)
	}
	return numbers, nil
}

// contentIntact holds the frozen content of a document against the hash stored beside it.
func contentIntact(ctx context.Context, q database.Queryer, id string) (bool, error) {
	var ok bool
	err := q.Get(ctx, &ok, `
		SELECT sha256(convert_to(content, 'UTF8')) = content_hash
		FROM document
		WHERE id = $1`, id)
	if err != nil {
		return false, fmt.Errorf("content of a document: %w", err)
	}
	return ok, nil
}
