package lims

import (
	"context"
	"fmt"

	"hengjian/internal/database"
	"hengjian/internal/errs"
)

func insertReport(ctx context.Context, tx *database.Tx, r Report) error {
	_, err := tx.Exec(ctx, `
		INSERT INTO report (id, sample_id, revision, reason, state, conclusion, summary, summary_hash, compiled_by,
			compiled_at, compiled_signature, returned_by, returned_at, return_reason)
		VALUES ($1, $2, $3, $4, $5, $6, $7, decode($8, 'hex'), $9, $10, $11, nullif($12, '')::uuid, $13, $14)`,
		r.ID, r.SampleID, r.Revision, r.Reason, r.State, r.Conclusion, string(r.Summary), r.SummaryHash, r.CompiledBy,
		r.CompiledAt, r.compiledSignature, r.ReturnedBy, r.ReturnedAt, r.ReturnReason)
	if err != nil {
		return fmt.Errorf("insert report: %w", err)
	}
	return nil
}

func insertReportResults(ctx context.Context, tx *database.Tx, reportID string, results []string) error {
	_, err := tx.Exec(ctx, `
		INSERT INTO report_result (report_id, result_id)
		SELECT $1, u.id
		FROM unnest($2::uuid[]) AS u (id)`, reportID, database.Array(results))
	if err != nil {
		return fmt.Errorf("insert results of report: %w", err)
	}
	return nil
}

// saveReport stores where a report is now and counts its version up.
func saveReport(ctx context.Context, tx *database.Tx, r *Report) error {
	n, err := tx.Exec(ctx, `
		UPDATE report
		SET state = $3, reviewed_by = nullif($4, '')::uuid, reviewed_at = $5,
			reviewed_signature = coalesce(reviewed_signature, nullif($6, '')::uuid),
			returned_by = nullif($7, '')::uuid, returned_at = $8, return_reason = $9,
			approved_by = nullif($10, '')::uuid, approved_at = $11, approved_signature = nullif($12, '')::uuid,
			version = version + 1
		WHERE id = $1 AND version = $2`,
		r.ID, r.Version, r.State, r.ReviewedBy, r.ReviewedAt, r.reviewedSignature, r.ReturnedBy, r.ReturnedAt,
		r.ReturnReason, r.ApprovedBy, r.ApprovedAt, r.approvedSignature)
	switch {
	case database.Violates(err, "report_enterer_differs"):
		return errs.New(errs.Blocked, "separation_of_duties", "录入过检验结果的人不能审核或批准",
			"who entered a result neither reviews nor approves").With(err)
	case err != nil:
		return fmt.Errorf("save report: %w", err)
	case n == 0:
		return errVersion
	}
	r.Version++
	return nil
}

// issuedBefore returns the id of the approved report of which this revision is the correction, empty when there is
// none.
func issuedBefore(ctx context.Context, q database.Queryer, sampleID string, revision int) (string, error) {
	var ids []string
	err := q.Select(ctx, &ids, `
		SELECT id
		FROM report
		WHERE sample_id = $1 AND state = 'approved' AND revision < $2
		ORDER BY revision DESC
		LIMIT 1`, sampleID, revision)
	if err != nil || len(ids) == 0 {
		return "", err
	}
	return ids[0], nil
}

// enterersOf lists who entered the results of a report.
func enterersOf(ctx context.Context, q database.Queryer, reportID string) ([]string, error) {
	var people []string
	err := q.Select(ctx, &people, `
		SELECT DISTINCT r.entered_by
		FROM report_result rr
		JOIN result r ON r.id = rr.result_id
		WHERE rr.report_id = $1`, reportID)
	if err != nil {
		return nil, fmt.Errorf("who entered the results: %w", err)
	}
	return people, nil
}
