package lims

import (
	"context"
	"encoding/json"
	"fmt"

	"hengjian/internal/database"
	"hengjian/internal/errs"
)

func insertResult(ctx context.Context, tx *database.Tx, r Result) error {
	_, err := tx.Exec(ctx, `
		INSERT INTO result (id, analysis_id, version, raw, unit, lod, loq, basis, portion_id, equipment_id,
			certificate_id,
			measured_on, verdict, proof, limit_snapshot, import_id, entered_by, entered_at, reason, agreed_by)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, nullif($16, '')::uuid, $17, $18, $19,
			nullif($20, '')::uuid)`,
		r.ID, r.AnalysisID, r.Version, r.Raw, r.Unit, r.LOD, r.LOQ, r.Basis, r.PortionID, r.EquipmentID,
		r.CertificateID,
		r.MeasuredOn, r.Verdict, r.Proof, string(r.Limit), r.ImportID, r.EnteredBy, r.EnteredAt, r.Reason, r.AgreedBy)
	switch {
	case database.Violates(err, "result_version"):
		return errs.New(errs.Conflict, "entered_already", "该项目已有结果", "there is a result already").With(err)
	case err != nil:
		return fmt.Errorf("insert result: %w", err)
	}
	return nil
}

// resultColumns are the columns of result r that make a Result.
const resultColumns = `r.id, r.analysis_id, r.version, r.raw, r.unit, r.lod, r.loq, r.basis, r.portion_id,
	r.equipment_id,
	r.certificate_id, r.measured_on, r.verdict, r.proof, r.limit_snapshot, coalesce(r.import_id::text, '') AS import_id,
	r.entered_by, r.entered_at, r.reason, coalesce(r.agreed_by::text, '') AS agreed_by`

// selectResults reads all versions of all results of a sample.
func selectResults(ctx context.Context, q database.Queryer, sampleID string) ([]Result, error) {
	var rows []struct {
		Result
		Limit string `db:"limit_snapshot"`
	}
	err := q.Select(ctx, &rows, `
		SELECT `+resultColumns+`
		FROM result r
		JOIN analysis a ON a.id = r.analysis_id
		WHERE a.sample_id = $1
		ORDER BY a.sequence, r.version`, sampleID)
	if err != nil {
		return nil, fmt.Errorf("results: %w", err)
	}
	results := make([]Result, len(rows))
	for i, r := range rows {
		results[i] = r.Result
		results[i].Limit = json.RawMessage(r.Limit)
	}
	return results, nil
}
