package lims

import (
	"context"
	"fmt"

	"hengjian/internal/calendar"
	"hengjian/internal/database"
	"hengjian/internal/ledger"
)

func tasks(ctx context.Context, q database.Queryer, query string, args ...any) ([]Task, error) {
	var found []Task
	if err := q.Select(ctx, &found, query, args...); err != nil {
		return nil, fmt.Errorf("tasks: %w", err)
	}
	return found, nil
}

func tasksToDeliver(ctx context.Context, q database.Queryer, actor ledger.Actor) ([]Task, error) {
	return tasks(ctx, q, `
		SELECT 'deliver' AS step, s.number, s.category, s.product_name, '' AS from_name, '' AS handover_id, s.due_on,
			s.version
		FROM sample s
		WHERE s.division = $1 AND s.state = 'collected' AND $2 IN (s.sampler_1, s.sampler_2)
		ORDER BY s.number
		LIMIT $3`, actor.Division, actor.PersonID, maxTasks)
}

func tasksToTakeOver(ctx context.Context, q database.Queryer, actor ledger.Actor) ([]Task, error) {
	return tasks(ctx, q, `
		SELECT CASE h.purpose WHEN 'delivery' THEN 'receive' ELSE 'accept' END AS step, s.number, s.category,
			s.product_name, g.name AS from_name, h.id AS handover_id, s.due_on, s.version
		FROM handover h
		JOIN sample s ON s.id = h.sample_id
		JOIN person g ON g.id = h.giver
		WHERE h.receiver = $1 AND h.state = 'offered'
		ORDER BY h.offered_at
		LIMIT $2`, actor.PersonID, maxTasks)
}

// tasksToCompile finds samples whose every result is in and judged, of which the actor entered one.
func tasksToCompile(ctx context.Context, q database.Queryer, actor ledger.Actor) ([]Task, error) {
	return tasks(ctx, q, `
		SELECT 'compile' AS step, s.number, s.category, s.product_name, '' AS from_name, '' AS handover_id, s.due_on,
			s.version
		FROM sample s
		`+latestReportJoin+`
		WHERE s.division = $1 AND s.state = 'received' AND coalesce(r.state, 'returned') = 'returned'
			AND EXISTS (
				SELECT
				FROM analysis a
				JOIN result x ON x.analysis_id = a.id
				WHERE a.sample_id = s.id AND x.entered_by = $2)
			AND NOT EXISTS (
				SELECT
				FROM analysis a
				LEFT JOIN LATERAL (
					SELECT x.verdict
					FROM result x
					WHERE x.analysis_id = a.id
					ORDER BY x.version DESC
					LIMIT 1) last ON true
				WHERE a.sample_id = s.id AND coalesce(last.verdict, 'undetermined') = 'undetermined')
		ORDER BY s.due_on NULLS LAST, s.number
		LIMIT $3`, actor.Division, actor.PersonID, maxTasks)
}

func tasksToReview(ctx context.Context, q database.Queryer, actor ledger.Actor) ([]Task, error) {
	return tasksOnReports(ctx, q, actor, Review, ReportCompiled)
}

func tasksToApprove(ctx context.Context, q database.Queryer, actor ledger.Actor) ([]Task, error) {
	return tasksOnReports(ctx, q, actor, Approve, ReportReviewed)
}

// tasksOnReports finds reports in a state in which the actor had no hand so far.
func tasksOnReports(ctx context.Context, q database.Queryer, actor ledger.Actor, step Step, state ReportState,
) ([]Task, error) {
	return tasks(ctx, q, `
		SELECT $1 AS step, s.number, s.category, s.product_name, c.name AS from_name, '' AS handover_id, s.due_on,
			s.version
		FROM report r
		JOIN sample s ON s.id = r.sample_id
		JOIN person c ON c.id = coalesce(r.reviewed_by, r.compiled_by)
		WHERE s.division = $2 AND r.state = $3
			AND $4::uuid NOT IN (r.compiled_by, coalesce(r.reviewed_by, r.compiled_by))
			AND NOT EXISTS (
				SELECT
				FROM report_result rr
				JOIN result x ON x.id = rr.result_id
				WHERE rr.report_id = r.id AND x.entered_by = $4::uuid)
		ORDER BY s.due_on NULLS LAST, s.number
		LIMIT $5`, step, actor.Division, state, actor.PersonID, maxTasks)
}

// selectWork finds analyses without a result of samples of which the actor holds a test portion.
func selectWork(ctx context.Context, q database.Queryer, actor ledger.Actor, today calendar.Date) ([]Work, error) {
	work := []Work{}
	err := q.Select(ctx, &work, `
		SELECT s.number, s.category, s.product_name, a.id AS analysis_id, a.item, a.method, s.due_on, EXISTS (
				SELECT
				FROM authorisation u
				WHERE u.person_id = $1 AND u.subject = 'method' AND u.code = a.method
					AND u.valid_from <= $3 AND (u.valid_to IS NULL OR u.valid_to >= $3)) AS authorised
		FROM sample s
		JOIN analysis a ON a.sample_id = s.id
		WHERE s.division = $2 AND s.state = 'received'
			AND NOT EXISTS (
				SELECT
				FROM result x
				WHERE x.analysis_id = a.id)
			AND s.id IN (
				SELECT h.sample_id
				FROM handover h
				WHERE h.receiver = $1 AND h.state = 'accepted' AND h.purpose = 'analysis')
			AND EXISTS (
				SELECT
				FROM portion p
				JOIN LATERAL (
					SELECT h.receiver
					FROM handover h
					JOIN handover_portion hp ON hp.handover_id = h.id
					WHERE hp.portion_id = p.id AND h.state = 'accepted'
					ORDER BY h.decided_at DESC, h.id DESC
					LIMIT 1) last ON last.receiver = $1
				WHERE p.sample_id = s.id AND p.role = 'test')
		ORDER BY s.due_on NULLS LAST, s.number, a.sequence
		LIMIT $4`, actor.PersonID, actor.Division, today, maxTasks)
	if err != nil {
		return nil, fmt.Errorf("worklist: %w", err)
	}
	return work, nil
}
