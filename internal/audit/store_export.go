package audit

import (
	"context"
	"fmt"
	"time"

	"hengjian/internal/calendar"
	"hengjian/internal/database"
	"hengjian/internal/ledger"
)

// logged is an event at its place in the log.
type logged struct {
	Index int64  `db:"index"`
	Body  string `db:"body"`
}

const pageSize = 5000

// eachEvent reads the events of a log in order: all that the checkpoint covers, or the chosen ones of them.
func eachEvent(ctx context.Context, q database.Queryer, head ledger.Published, chosen []int64, do func(logged) error) error {
	for from := int64(0); from < head.Size; from += pageSize {
		var page []logged
		if err := q.Select(ctx, &page, `
			SELECT n.index, e.body
			FROM log_entry n
			JOIN event e ON e.id = n.event_id
			WHERE n.division = $1 AND n.index >= $2 AND n.index < $3 AND ($4::bigint[] IS NULL OR n.index = ANY ($4))
			ORDER BY n.index`, head.Division, from, min(from+pageSize, head.Size), database.Array(within(chosen, from))); err != nil {
			return fmt.Errorf("events: %w", err)
		}
		for _, e := range page {
			if err := do(e); err != nil {
				return err
			}
		}
	}
	return nil
}

// within are the chosen indexes of a page; nil stays nil, which means all.
func within(chosen []int64, from int64) []int64 {
	if chosen == nil {
		return nil
	}
	page := []int64{}
	for _, index := range chosen {
		if index >= from && index < from+pageSize {
			page = append(page, index)
		}
	}
	return page
}

// firstSince is the lowest index of an event from a day on; the size of the log where there is none.
func firstSince(ctx context.Context, q database.Queryer, head ledger.Published, since calendar.Date) (int64, error) {
	var first int64
	err := q.Get(ctx, &first, `
		SELECT coalesce(min(n.index), $2)
		FROM event e
		JOIN log_entry n ON n.event_id = e.id
		WHERE e.division = $1 AND e.at >= $3 AND n.index < $2`, head.Division, head.Size, since.Start().UTC())
	if err != nil {
		return 0, fmt.Errorf("events since %s: %w", since, err)
	}
	return first, nil
}

// chosenEvents returns the indexes of the events from one on, with the earlier ones of the same samples, orders and
// documents, of the documents that those replaced, of all people, and all lists that were signed: what a replay needs to
// be whole.
func chosenEvents(ctx context.Context, q database.Queryer, head ledger.Published, from int64) ([]int64, error) {
	indexes := []int64{}
	err := q.Select(ctx, &indexes, `
		WITH RECURSIVE recent AS (
			SELECT e.subject_kind, e.subject_id, e.subject_number
			FROM log_entry n
			JOIN event e ON e.id = n.event_id
			WHERE n.division = $1 AND n.index >= $3 AND n.index < $2
		), issued AS (
			SELECT d.id, d.subject_kind, d.subject_id, d.subject_number, d.number, d.supersedes
			FROM document d
			WHERE d.id::text IN (SELECT subject_id FROM recent WHERE subject_kind = 'document')
			UNION
			SELECT d.id, d.subject_kind, d.subject_id, d.subject_number, d.number, d.supersedes
			FROM document d
			JOIN issued i ON d.id = i.supersedes
		), numbers AS (
			SELECT subject_number AS number
			FROM recent
			WHERE subject_number <> ''
			UNION
			SELECT number FROM issued
			UNION
			SELECT subject_number FROM issued WHERE subject_kind = 'report'
			UNION
			SELECT o.number
			FROM issued i
			JOIN verification v ON v.id = i.subject_id
			JOIN verification_order o ON o.id = v.order_id
			WHERE i.subject_kind = 'verification'
		), signed AS (
			SELECT s.id
			FROM signature s
			JOIN verification v ON v.id::text = s.subject_id AND s.subject_kind = 'verification'
			JOIN verification_order o ON o.id = v.order_id
			WHERE o.number IN (SELECT number FROM numbers)
		)
		SELECT n.index
		FROM event e
		JOIN log_entry n ON n.event_id = e.id
		WHERE n.division = $1 AND n.index < $2
			AND (n.index >= $3 OR e.subject_kind IN ('log', 'person', 'business', 'division', 'authorisation')
				OR e.kind = 'signature.list_signed'
				OR e.subject_number IN (SELECT number FROM numbers)
				OR e.subject_kind = 'signature' AND e.subject_id IN (SELECT id::text FROM signed))
		ORDER BY n.index`, head.Division, head.Size, from)
	if err != nil {
		return nil, fmt.Errorf("events from index %d: %w", from, err)
	}
	return indexes, nil
}

// sealedTexts returns what chosen events say sealed and was not erased.
func sealedTexts(ctx context.Context, q database.Queryer, head ledger.Published, chosen []int64) ([]Revealed, error) {
	var rows []struct {
		Event      string `db:"event_id"`
		Commitment string `db:"commitment"`
		Salt       []byte `db:"salt"`
		Text       string `db:"text"`
	}
	if err := q.Select(ctx, &rows, `
		SELECT p.event_id, encode(p.commitment, 'hex') AS commitment, p.salt, p.text
		FROM event_personal p
		JOIN log_entry n ON n.event_id = p.event_id
		WHERE n.division = $1 AND n.index < $2 AND p.erased_at IS NULL AND ($3::bigint[] IS NULL OR n.index = ANY ($3))
		ORDER BY n.index, p.commitment`, head.Division, head.Size, database.Array(chosen)); err != nil {
		return nil, fmt.Errorf("sealed texts: %w", err)
	}
	texts := make([]Revealed, len(rows))
	for i, r := range rows {
		texts[i] = Revealed{Event: r.Event, Commitment: r.Commitment, Salt: r.Salt, Text: r.Text}
	}
	return texts, nil
}

// documentRow is what a bundle holds of a document.
type documentRow struct {
	Number      string    `db:"number"`
	Content     string    `db:"content"`
	ContentHash string    `db:"content_hash"`
	FileHash    string    `db:"file_hash"`
	IssuedAt    time.Time `db:"issued_at"`
}

// documentsOf returns the documents whose issue is among the chosen events, with their files where the checkpoint covers
// those.
func documentsOf(ctx context.Context, q database.Queryer, head ledger.Published, chosen []int64) ([]documentRow, error) {
	var rows []documentRow
	if err := q.Select(ctx, &rows, `
		SELECT d.number, d.content, encode(d.content_hash, 'hex') AS content_hash, d.issued_at,
			CASE
				WHEN f.log_index IS NULL OR EXISTS (
					SELECT
					FROM event x
					JOIN log_entry m ON m.event_id = x.id
					WHERE x.subject_kind = 'document' AND x.subject_id = d.id::text AND x.kind = 'document.finished' AND m.index < $2)
				THEN coalesce(encode(f.file_hash, 'hex'), '')
				ELSE '' END AS file_hash
		FROM document d
		LEFT JOIN document_file f ON f.document_id = d.id
		JOIN event e ON e.subject_kind = 'document' AND e.subject_id = d.id::text AND e.kind = 'document.issued'
		JOIN log_entry n ON n.event_id = e.id
		WHERE n.division = $1 AND n.index < $2 AND ($3::bigint[] IS NULL OR n.index = ANY ($3))
		ORDER BY n.index`, head.Division, head.Size, database.Array(chosen)); err != nil {
		return nil, fmt.Errorf("documents: %w", err)
	}
	return rows, nil
}
