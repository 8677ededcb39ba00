package jobs

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"hengjian/internal/database"
	"hengjian/internal/errs"
	"hengjian/internal/ledger"
)

// listed are the columns without the arguments.
const (
	listed = `id, division, kind, state, done, total, result, error_zh, error_en, attempts, created_by, created_at,
	finished_at, actor_role, cancel`
	columns = listed + `, arguments`
)

type ending struct {
	State            State
	Result           string
	ErrorZH, ErrorEN string
	After            time.Duration
}

func insertJob(ctx context.Context, tx *database.Tx, actor ledger.Actor, role ledger.Role, at time.Time,
	j New, arguments string,
) error {
	added, err := tx.Exec(ctx, `
		INSERT INTO job (id, division, kind, arguments, state, total, run_after, created_by, actor_role, business_id, created_at)
		VALUES ($1, $2, $3, $4, 'waiting', $5, $6, $7, $8, nullif($9, '')::uuid, $6)
		ON CONFLICT (id) DO NOTHING`,
		j.ID, actor.Division, j.Kind, arguments, j.Total, at, actor.PersonID, string(role), actor.BusinessID)
	if err != nil {
		return fmt.Errorf("enqueue job %s: %w", j.Kind, err)
	}
	if added > 0 {
		return nil
	}
	var same bool
	if err := tx.Get(ctx, &same, `
		SELECT division = $2 AND kind = $3 AND created_by::text = $4
		FROM job
		WHERE id = $1`, j.ID, actor.Division, j.Kind, actor.PersonID); err != nil {
		return fmt.Errorf("enqueue job %s: %w", j.Kind, err)
	}
	if !same {
		return ErrTaken
	}
	return nil
}

func selectJob(ctx context.Context, q database.Queryer, actor ledger.Actor, id, columns string) (Job, error) {
	var job Job
	err := q.Get(ctx, &job, `
		SELECT `+columns+`
		FROM job
		WHERE id::text = $1 AND division = $2 AND ($3 = '' OR business_id::text = $3)`,
		id, actor.Division, actor.BusinessID)
	if errors.Is(err, sql.ErrNoRows) {
		return job, errs.New(errs.NotFound, "job_missing", "任务不存在", "there is no such job")
	}
	if err != nil {
		return job, fmt.Errorf("job %s: %w", id, err)
	}
	return job, nil
}

func selectRecent(ctx context.Context, q database.Queryer, actor ledger.Actor, limit int) ([]Job, error) {
	jobs := []Job{}
	err := q.Select(ctx, &jobs, `
		SELECT `+listed+`
		FROM job
		WHERE division = $1 AND ($2 = '' OR business_id::text = $2)
		ORDER BY created_at DESC, id DESC
		LIMIT $3`, actor.Division, actor.BusinessID, limit)
	if err != nil {
		return nil, fmt.Errorf("jobs: %w", err)
	}
	return jobs, nil
}

func cancelJob(ctx context.Context, tx *database.Tx, actor ledger.Actor, at time.Time, id string) error {
	n, err := tx.Exec(ctx, `
		UPDATE job
		SET cancel = true,
			state = CASE state WHEN 'waiting' THEN 'cancelled' ELSE state END,
			finished_at = CASE state WHEN 'waiting' THEN $3::timestamptz END
		WHERE id::text = $1 AND division = $2 AND state IN ('waiting', 'running')
			AND ($4 = '' OR business_id::text = $4)`, id, actor.Division, at, actor.BusinessID)
	if err != nil {
		return fmt.Errorf("cancel job %s: %w", id, err)
	}
	if n == 0 {
		return errs.New(errs.Conflict, "job_ended", "任务不存在或已结束", "the job has ended or does not exist")
	}
	return nil
}

// takeJob takes the next waiting job, or one whose runner died; nil when there is none.
func takeJob(ctx context.Context, db *database.DB, at time.Time, deadAfter time.Duration) (*Job, error) {
	var job Job
	err := db.InTx(ctx, func(tx *database.Tx) error {
		return tx.Get(ctx, &job, `
			UPDATE job
			SET state = 'running', started_at = $1, heartbeat_at = $1, attempts = attempts + 1
			WHERE id = (
				SELECT id
				FROM job
				WHERE (state = 'waiting' AND run_after <= $1)
					OR (state = 'running' AND heartbeat_at < $2)
				ORDER BY run_after, id
				LIMIT 1
				FOR UPDATE SKIP LOCKED)
			RETURNING `+columns, at, at.Add(-deadAfter))
	})
	if errors.Is(err, sql.ErrNoRows) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("take job: %w", err)
	}
	return &job, nil
}

// saveProgress, like saveBeat and saveEnd, counts for the attempt that it is of only: a runner that was taken for dead
// has no say in the attempt that followed.
func saveProgress(ctx context.Context, db *database.DB, at time.Time, job Job, done, total int) (cancelled bool, err error) {
	err = db.InTx(ctx, func(tx *database.Tx) error {
		return tx.Get(ctx, &cancelled, `
			UPDATE job
			SET done = $3, total = $4, heartbeat_at = $5
			WHERE id = $1 AND attempts = $2 AND state = 'running'
			RETURNING cancel`, job.ID, job.Attempts, done, total, at)
	})
	if errors.Is(err, sql.ErrNoRows) {
		return true, nil // taken away from this runner
	}
	if err != nil {
		return false, fmt.Errorf("progress of job %s: %w", job.ID, err)
	}
	return cancelled, nil
}

func saveBeat(ctx context.Context, db *database.DB, at time.Time, job Job) error {
	_, err := db.Exec(ctx, `
		UPDATE job
		SET heartbeat_at = $3
		WHERE id = $1 AND attempts = $2 AND state = 'running'`, job.ID, job.Attempts, at)
	return err
}

func saveEnd(ctx context.Context, db *database.DB, at time.Time, job Job, end ending) error {
	finished := sql.NullTime{Time: at, Valid: end.State != Waiting}
	_, err := db.Exec(ctx, `
		UPDATE job
		SET state = $3, result = $4, error_zh = $5, error_en = $6, run_after = $7, finished_at = $8
		WHERE id = $1 AND attempts = $2 AND state = 'running'`,
		job.ID, job.Attempts, string(end.State), end.Result, end.ErrorZH, end.ErrorEN, at.Add(end.After), finished)
	if err != nil {
		return fmt.Errorf("end job %s: %w", job.ID, err)
	}
	return nil
}
