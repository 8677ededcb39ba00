package lims

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"hengjian/internal/database"
	"hengjian/internal/ledger"
)

// stageColumn derives the stage of sample s with its latest report r (see Stage).
const stageColumn = `CASE
		WHEN s.state <> 'received' THEN s.state
		WHEN r.state = 'approved' THEN 'issued'
		WHEN r.state IN ('compiled', 'reviewed') THEN r.state
		WHEN r.state = 'returned' OR EXISTS (
			SELECT
			FROM handover h
			WHERE h.sample_id = s.id AND h.purpose = 'analysis' AND h.state = 'accepted') THEN 'testing'
		ELSE 'received'
	END`

// latestReportJoin joins the latest report r of sample s.
const latestReportJoin = `LEFT JOIN LATERAL (
			SELECT x.state
			FROM report x
			WHERE x.sample_id = s.id
			ORDER BY x.revision DESC
			LIMIT 1) r ON true`

// issuedConclusion is the conclusion of the last issued report of sample s.
const issuedConclusion = `coalesce((
			SELECT x.conclusion
			FROM report x
			WHERE x.sample_id = s.id AND x.state = 'approved'
			ORDER BY x.revision DESC
			LIMIT 1), '')`

// holdersColumn names who holds portions of sample s now: the receivers of their last accepted handovers, the samplers
// before the first.
const holdersColumn = `(
			SELECT string_agg(DISTINCT coalesce(p.name, s1.name || '、' || s2.name), '、')
			FROM portion o
			LEFT JOIN LATERAL (
				SELECT h.receiver
				FROM handover h
				JOIN handover_portion hp ON hp.handover_id = h.id
				WHERE hp.portion_id = o.id AND h.state = 'accepted'
				ORDER BY h.decided_at DESC, h.id DESC
				LIMIT 1) last ON true
			LEFT JOIN person p ON p.id = last.receiver
			WHERE o.sample_id = s.id)`

// issuedStage is the stage of sample s as a business learns it.
const issuedStage = `CASE WHEN ` + issuedConclusion + ` = '' THEN 'under_way' ELSE 'issued' END`

// staffRows and businessRows read lines of the list of samples; conditions follow. $1 is the division, $2 the
// business or empty.
const (
	staffRows    = rowsBefore + stageColumn + rowsAfter + `s.division = $1 AND $2 = ''`
	businessRows = rowsBefore + issuedStage + rowsAfter + `s.division = $1 AND s.business_id = $2::uuid`
)

// rowsFor is the query of lines for the actor, with the expression of their stage.
func rowsFor(actor ledger.Actor) (query, stage string) {
	if actor.BusinessID != "" {
		return businessRows, issuedStage
	}
	return staffRows, stageColumn
}

const rowsBefore = `
		SELECT s.id, s.number, s.category, s.task_kind, s.form_number, s.product_name, s.sampled_unit, s.street,
			s.sampled_on, `

const rowsAfter = ` AS stage, s.due_on, s.due_provisional, coalesce(` + holdersColumn + `, '') AS holder,
			(SELECT count(*) FROM analysis a WHERE a.sample_id = s.id) AS analyses,
			(SELECT count(*) FROM analysis a JOIN result x ON x.analysis_id = a.id AND x.version = 1
				WHERE a.sample_id = s.id) AS entered,
			` + issuedConclusion + ` AS conclusion, s.registered_at, s.version
		FROM sample s
		JOIN person s1 ON s1.id = s.sampler_1
		JOIN person s2 ON s2.id = s.sampler_2
		` + latestReportJoin + `
		WHERE `

func selectRows(ctx context.Context, q database.Queryer, actor ledger.Actor, f ListFilter, keys []string, limit int,
) ([]Row, error) {
	after := ""
	if len(keys) > 0 {
		after = keys[0]
	}
	query, stage := rowsFor(actor)
	rows := []Row{}
	err := q.Select(ctx, &rows, query+`
			AND ($3 = '' OR s.number < $3)
			AND ($4 = '' OR s.category = $4)
			AND ($5 = '' OR s.street = $5)
			AND ($6 = '' OR strpos(
				lower(concat_ws(' ', s.number, s.form_number, s.product_name, s.sampled_unit)), lower($6)) > 0
				OR s.id IN (
					SELECT p.sample_id
					FROM portion p
					WHERE p.label = $6
					UNION ALL
					SELECT p.sample_id
					FROM seal l
					JOIN portion p ON p.id = l.portion_id
					WHERE l.division = $1 AND l.number = $6))
			AND ($7 = '' OR `+stage+` = $7)
			AND ($8 = '' OR (s.due_on < nullif($8, '')::date AND r.state IS DISTINCT FROM 'approved'))
		ORDER BY s.number DESC
		LIMIT $9`,
		actor.Division, actor.BusinessID, after, f.Category, f.Street, f.Q, f.Stage, f.DueBefore, limit)
	if err != nil {
		return nil, fmt.Errorf("list samples: %w", err)
	}
	return rows, nil
}

// selectRow reads one line of the list of samples.
func selectRow(ctx context.Context, q database.Queryer, actor ledger.Actor, number string) (Row, error) {
	query, _ := rowsFor(actor)
	var row Row
	err := q.Get(ctx, &row, query+`
			AND s.number = $3`, actor.Division, actor.BusinessID, number)
	if errors.Is(err, sql.ErrNoRows) {
		return row, errSampleMissing
	}
	return row, err
}

func selectCounts(ctx context.Context, q database.Queryer, division string) (map[Stage]int, error) {
	var rows []struct {
		Stage Stage `db:"stage"`
		Count int   `db:"count"`
	}
	err := q.Select(ctx, &rows, `
		SELECT `+stageColumn+` AS stage, count(*) AS count
		FROM sample s
		`+latestReportJoin+`
		WHERE s.division = $1
		GROUP BY 1`, division)
	if err != nil {
		return nil, fmt.Errorf("count samples: %w", err)
	}
	counts := map[Stage]int{}
	for _, r := range rows {
		counts[r.Stage] = r.Count
	}
	return counts, nil
}

// stageOf derives the stage of one sample.
func stageOf(ctx context.Context, q database.Queryer, sampleID string) (Stage, error) {
	var stage Stage
	err := q.Get(ctx, &stage, `
		SELECT `+stageColumn+` AS stage
		FROM sample s
		`+latestReportJoin+`
		WHERE s.id = $1`, sampleID)
	return stage, err
}
