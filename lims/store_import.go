package lims

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"hengjian/internal/database"
	"hengjian/internal/database/paging"
	"hengjian/internal/errs"
	"hengjian/internal/ledger"
)

func insertImport(ctx context.Context, tx *database.Tx, actor ledger.Actor, id string, in Import, at time.Time) error {
	_, err := tx.Exec(ctx, `
		INSERT INTO instrument_import (id, division, file_hash, profile, equipment_id, job_id, imported_by, imported_at)
		VALUES ($1, $2, decode($3, 'hex'), $4, $5, nullif($6, '')::uuid, $7, $8)`,
		id, actor.Division, in.FileHash, in.Profile, in.EquipmentID, in.JobID, actor.PersonID, at)
	switch {
	case database.Violates(err, "instrument_import_once"):
		return errs.New(errs.Conflict, "import_known", "该文件已导入过", "this file was imported already").With(err)
	case err != nil:
		return fmt.Errorf("insert import: %w", err)
	}
	return nil
}

const importColumns = `i.id, i.division, encode(i.file_hash, 'hex') AS file_hash, i.profile, i.equipment_id, coalesce(i.job_id::text, '') AS job_id,
	i.imported_by, i.imported_at`

func importOf(ctx context.Context, q database.Queryer, fileHash string) (importRecord, bool, error) {
	var r importRecord
	err := q.Get(ctx, &r, `
		SELECT `+importColumns+`
		FROM instrument_import i
		WHERE i.file_hash = decode($1, 'hex')`, fileHash)
	if errors.Is(err, sql.ErrNoRows) {
		return r, false, nil
	}
	return r, err == nil, err
}

func importByID(ctx context.Context, q database.Queryer, id string) (importRecord, bool, error) {
	var r importRecord
	if !paging.UUID(id) {
		return r, false, nil
	}
	err := q.Get(ctx, &r, `
		SELECT `+importColumns+`
		FROM instrument_import i
		WHERE i.id = $1::uuid`, id)
	if errors.Is(err, sql.ErrNoRows) {
		return r, false, nil
	}
	return r, err == nil, err
}

func insertImportRows(ctx context.Context, tx *database.Tx, id string, rows []RowOutcome) error {
	var lines []int64
	var samples, items, raws, units, outcomes, zhs, ens, results []string
	for _, r := range rows {
		lines, samples, items = append(lines, int64(r.Line)), append(samples, r.Sample), append(items, r.Item)
		raws, units, outcomes = append(raws, r.Raw), append(units, r.Unit), append(outcomes, r.Outcome)
		zhs, ens, results = append(zhs, r.ReasonZH), append(ens, r.ReasonEN), append(results, r.ResultID)
	}
	_, err := tx.Exec(ctx, `
		INSERT INTO instrument_import_row (import_id, line, sample, item, raw, unit, outcome, reason_zh, reason_en,
			result_id)
		SELECT $1, u.line, u.sample, u.item, u.raw, u.unit, u.outcome, u.zh, u.en, nullif(u.result, '')::uuid
		FROM unnest($2::integer[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[], $8::text[], $9::text[],
			$10::text[]) AS u (line, sample, item, raw, unit, outcome, zh, en, result)`,
		id, database.Array(lines), database.Array(samples), database.Array(items), database.Array(raws),
		database.Array(units), database.Array(outcomes), database.Array(zhs), database.Array(ens),
		database.Array(results))
	if err != nil {
		return fmt.Errorf("insert rows of import: %w", err)
	}
	return nil
}

func selectImportRows(ctx context.Context, q database.Queryer, id string) ([]RowOutcome, error) {
	rows := []RowOutcome{}
	err := q.Select(ctx, &rows, `
		SELECT r.line, r.sample, r.item, r.raw, r.unit, r.outcome, r.reason_zh, r.reason_en,
			coalesce(r.result_id::text, '') AS result_id, coalesce(x.verdict, '') AS verdict
		FROM instrument_import_row r
		LEFT JOIN result x ON x.id = r.result_id
		WHERE r.import_id = $1
		ORDER BY r.line, r.item`, id)
	if err != nil {
		return nil, fmt.Errorf("rows of import: %w", err)
	}
	return rows, nil
}

// numberOf finds the sample that a file means: by its number, or by the label of one of its portions.
func numberOf(ctx context.Context, q database.Queryer, division, ref string) (string, bool, error) {
	var numbers []string
	err := q.Select(ctx, &numbers, `
		SELECT number
		FROM sample
		WHERE division = $1 AND number = $2
		UNION
		SELECT s.number
		FROM portion p
		JOIN sample s ON s.id = p.sample_id
		WHERE s.division = $1 AND p.label = $2`, division, ref)
	if err != nil || len(numbers) != 1 {
		return "", false, err
	}
	return numbers[0], true, nil
}
