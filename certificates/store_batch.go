package certificates

import (
	"context"
	"fmt"

	"hengjian/internal/calendar"
	"hengjian/internal/database"
	"hengjian/internal/ledger"
)

// batchDocument is a document with the number of its order (of a report: of its sample) and the size of its file, 0 as
// long as it has none.
type batchDocument struct {
	Document
	Order string `db:"order_number"`
	Size  int64  `db:"size"`
}

const batchSelect = `
	SELECT ` + documentColumns + `, coalesce(a.number, d.subject_number) AS order_number, coalesce(x.size, 0) AS size` +
	documentFrom + `
	LEFT JOIN file x ON x.hash = f.file_hash
	LEFT JOIN verification v ON v.id = d.subject_id
	LEFT JOIN verification_order a ON a.id = v.order_id`

// selectBatch finds the documents of a selection that the actor may see, in the order of their numbers, at most one more
// than a batch may have.
func selectBatch(ctx context.Context, q database.Queryer, actor ledger.Actor, s Selection, today calendar.Date) ([]batchDocument, error) {
	found := []batchDocument{}
	err := q.Select(ctx, &found, batchSelect+`
		WHERE`+documentFilter+`
			AND ($9 = '' OR d.business_id::text = $9 OR d.business_id = (SELECT id FROM business WHERE credit_code = $9))
			AND (cardinality($10::text[]) = 0 OR d.number = ANY ($10))
			AND (cardinality($11::text[]) = 0 OR coalesce(a.number, d.subject_number) = ANY ($11))
		ORDER BY d.number
		LIMIT $12`,
		actor.Division, actor.BusinessID, s.Kind, s.Query, s.Status, today, s.Day, "", s.Owner,
		database.Array(append([]string{}, s.Numbers...)), database.Array(append([]string{}, s.Orders...)), maxBatch+1)
	if err != nil {
		return nil, fmt.Errorf("documents of a batch: %w", err)
	}
	return found, nil
}

// selectFrozenBatch reads the documents of a batch that the actor may see, in the order of their numbers.
func selectFrozenBatch(ctx context.Context, q database.Queryer, actor ledger.Actor, ids []string) ([]batchDocument, error) {
	found := []batchDocument{}
	err := q.Select(ctx, &found, batchSelect+`
		WHERE`+documentScope+` AND d.id = ANY ($3::uuid[])
		ORDER BY d.number`, actor.Division, actor.BusinessID, database.Array(ids))
	if err != nil {
		return nil, fmt.Errorf("documents of a batch: %w", err)
	}
	return found, nil
}

// approvedUnder returns what was approved under the signature of a list: the number of the order or sample, and that of
// the document issued, empty where none was.
func approvedUnder(ctx context.Context, q database.Queryer, list string) (map[string]string, error) {
	var rows []struct {
		Number   string `db:"number"`
		Document string `db:"document"`
	}
	err := q.Select(ctx, &rows, `
		SELECT coalesce(o.number, p.number) AS number, coalesce(d.number, '') AS document
		FROM signature s
		LEFT JOIN verification v ON v.id = CASE s.subject_kind WHEN 'verification' THEN s.subject_id::uuid END
			AND v.approved_signature = s.id
		LEFT JOIN verification_order o ON o.id = v.order_id
		LEFT JOIN report r ON r.id = CASE s.subject_kind WHEN 'report' THEN s.subject_id::uuid END
			AND r.approved_signature = s.id
		LEFT JOIN sample p ON p.id = r.sample_id
		LEFT JOIN document d ON d.subject_kind = s.subject_kind AND d.subject_id = s.subject_id::uuid
		WHERE s.list_id = $1::uuid AND coalesce(o.number, p.number) IS NOT NULL`, list)
	if err != nil {
		return nil, fmt.Errorf("approved under signature %s: %w", list, err)
	}
	approved := map[string]string{}
	for _, row := range rows {
		approved[row.Number] = row.Document
	}
	return approved, nil
}
