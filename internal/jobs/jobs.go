// Package jobs owns the table job and its runner: long work is enqueued in the transaction that wants it, taken by one
// runner at a time with FOR UPDATE SKIP LOCKED, shows its progress, can be cancelled, and is taken up again when its
// runner died. Handlers are therefore idempotent. Read this file first; store.go holds the SQL.
package jobs

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"hengjian/internal/database"
	"hengjian/internal/errs"
	"hengjian/internal/ledger"
)

// State is where a job stands.
type State string

// The states of a job.
const (
	Waiting   State = "waiting"
	Running   State = "running"
	Done      State = "done"
	Failed    State = "failed"
	Cancelled State = "cancelled"
)

// Job is one piece of long work.
type Job struct {
	ID         string     `json:"id" db:"id"`
	Division   string     `json:"division" db:"division"`
	Kind       string     `json:"kind" db:"kind"`
	State      State      `json:"state" db:"state"`
	Done       int        `json:"done" db:"done"`
	Total      int        `json:"total" db:"total"`
	Result     string     `json:"result" db:"result"`
	ErrorZH    string     `json:"error_zh" db:"error_zh"`
	ErrorEN    string     `json:"error_en" db:"error_en"`
	Attempts   int        `json:"attempts" db:"attempts"`
	CreatedBy  string     `json:"created_by" db:"created_by"`
	CreatedAt  time.Time  `json:"created_at" db:"created_at"`
	FinishedAt *time.Time `json:"finished_at,omitempty" db:"finished_at"`
	Arguments  string     `json:"-" db:"arguments"`
	ActorRole  string     `json:"-" db:"actor_role"`
	Cancel     bool       `json:"-" db:"cancel"`
}

const (
	maxAttempts = 5
	maxTaken    = 20               // a job that was interrupted so often may be what ends the program
	deadAfter   = 30 * time.Second // a runner that has not beaten for so long is dead
	beatEvery   = 5 * time.Second
	pollEvery   = time.Second
)

var errInterrupted = errs.New(errs.Conflict, "job_interrupted", "任务多次随程序中断，不再重试",
	"the job was interrupted with the program again and again and is not tried any more")

// ErrCancelled is returned by Progress when somebody cancelled the job.
var ErrCancelled = errs.New(errs.Conflict, "job_cancelled", "任务已取消", "the job was cancelled")

// ErrTaken is the refusal of an id under which there is another job.
var ErrTaken = errs.New(errs.Conflict, "job_id_taken", "该任务编号已用于另一任务", "another job has this id already")

// Progress tells how far a job is; its error ends the job.
type Progress func(done, total int) error

// Handler does the work of one kind of job and returns a short result, JSON for programs; of a job that was cancelled it
// may say, with ErrCancelled, what was done before. It is called again after a crash, so what it did before must not be
// done twice.
type Handler func(ctx context.Context, job Job, progress Progress) (result string, err error)

// Runner takes waiting jobs and hands them to their handlers.
type Runner struct {
	db       *database.DB
	now      func() time.Time
	log      *slog.Logger
	handlers map[string]Handler
	wake     chan struct{}
}

// NewRunner makes a runner with a handler for each kind.
func NewRunner(db *database.DB, now func() time.Time, log *slog.Logger, handlers map[string]Handler) *Runner {
	return &Runner{db: db, now: now, log: log, handlers: handlers, wake: make(chan struct{}, 1)}
}

// Enqueue adds a job in the transaction that wants it. The same id again is the same job; the id of somebody else's job,
// or of another kind of job, is refused with ErrTaken.
func Enqueue(ctx context.Context, tx *database.Tx, actor ledger.Actor, role ledger.Role, at time.Time, j New) error {
	arguments, err := json.Marshal(j.Arguments)
	if err != nil {
		return fmt.Errorf("job %s: %w", j.Kind, err)
	}
	return insertJob(ctx, tx, actor, role, at, j, string(arguments))
}

// New is a job to be done.
type New struct {
	ID        string // UUID, made by who enqueues
	Kind      string
	Arguments any
	Total     int
}

// Find returns a job of the actor's division, without its arguments, which may be long: whoever waits for it asks often.
// A business sees the jobs of its own people only.
func Find(ctx context.Context, q database.Queryer, actor ledger.Actor, id string) (Job, error) {
	return selectJob(ctx, q, actor, id, listed)
}

// Asked is Find with what was asked for.
func Asked(ctx context.Context, q database.Queryer, actor ledger.Actor, id string) (Job, error) {
	return selectJob(ctx, q, actor, id, columns)
}

// Recent lists the newest jobs of the actor's division, at most limit, without their arguments.
func Recent(ctx context.Context, q database.Queryer, actor ledger.Actor, limit int) ([]Job, error) {
	return selectRecent(ctx, q, actor, limit)
}

// Cancel asks a job to stop; a waiting one is cancelled at once, a running one at its next progress.
func Cancel(ctx context.Context, db *database.DB, actor ledger.Actor, at time.Time, id string) (Job, error) {
	var job Job
	err := db.InTx(ctx, func(tx *database.Tx) error {
		if err := cancelJob(ctx, tx, actor, at, id); err != nil {
			return err
		}
		var err error
		job, err = selectJob(ctx, tx, actor, id, listed)
		return err
	})
	return job, err
}

// Wake makes the runner look at once, instead of at its next poll.
func (r *Runner) Wake() {
	select {
	case r.wake <- struct{}{}:
	default:
	}
}

// Run takes jobs one after another until the context ends. Several runners, in several processes, may run at once.
func (r *Runner) Run(ctx context.Context) {
	for ctx.Err() == nil {
		found, err := r.runOne(ctx)
		if err != nil && ctx.Err() == nil {
			r.log.ErrorContext(ctx, "job runner", "error", err)
		}
		if found {
			continue
		}
		select {
		case <-ctx.Done():
		case <-r.wake:
		case <-time.After(pollEvery):
		}
	}
}

func (r *Runner) runOne(ctx context.Context) (found bool, err error) {
	job, err := takeJob(ctx, r.db, r.now(), deadAfter)
	if err != nil || job == nil {
		return false, err
	}
	if job.Attempts > maxTaken {
		return true, r.finish(ctx, *job, "", errInterrupted)
	}
	handler, ok := r.handlers[job.Kind]
	if !ok {
		return true, r.finish(ctx, *job, "", fmt.Errorf("no handler for jobs of kind %s", job.Kind))
	}
	result, err := r.handle(ctx, *job, handler)
	if ctx.Err() != nil {
		return true, nil // stopped with the server: another run takes it up again
	}
	return true, r.finish(ctx, *job, result, err)
}

// handle runs the handler beside a heartbeat; a panic fails the job, not the server.
func (r *Runner) handle(ctx context.Context, job Job, handler Handler) (result string, err error) {
	beatCtx, stop := context.WithCancel(ctx)
	var beating sync.WaitGroup
	beating.Go(func() { r.beat(beatCtx, job) })
	defer beating.Wait()
	defer stop()
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("job %s panicked: %v", job.Kind, p)
		}
	}()
	return handler(ctx, job, func(done, total int) error {
		cancelled, err := saveProgress(ctx, r.db, r.now(), job, done, total)
		if err == nil && cancelled {
			return ErrCancelled
		}
		return err
	})
}

func (r *Runner) beat(ctx context.Context, job Job) {
	ticker := time.NewTicker(beatEvery)
	defer ticker.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
			if err := saveBeat(ctx, r.db, r.now(), job); err != nil && ctx.Err() == nil {
				r.log.WarnContext(ctx, "job heartbeat", "job", job.ID, "error", err)
			}
		}
	}
}

// finish records how a job ended. A failure that may pass is tried again, later each time.
func (r *Runner) finish(ctx context.Context, job Job, result string, failure error) error {
	end := ending{State: Done, Result: result}
	switch {
	case errors.Is(failure, ErrCancelled):
		end = ending{State: Cancelled, Result: result}
	case failure != nil && retryable(failure) && job.Attempts < maxAttempts:
		r.log.WarnContext(ctx, "job will be tried again", "job", job.ID, "kind", job.Kind, "error", failure)
		end = ending{State: Waiting, After: time.Duration(job.Attempts*job.Attempts) * time.Second}
	case failure != nil:
		r.log.ErrorContext(ctx, "job failed", "job", job.ID, "kind", job.Kind, "error", failure)
		end = ending{State: Failed, ErrorZH: "任务失败：系统内部错误", ErrorEN: "the job failed: internal error"}
		if e, ok := errors.AsType[*errs.Error](failure); ok {
			end.ErrorZH, end.ErrorEN = e.ZH, e.EN
		}
	}
	return saveEnd(ctx, r.db, r.now(), job, end)
}

// retryable tells a failure that may pass from one that stays: what is known well enough to be said in words, and is
// neither a connection nor an unknown outcome, stays.
func retryable(err error) bool {
	switch errs.KindOf(err) {
	case errs.Unavailable, errs.OutcomeUnknown:
		return true
	case errs.Internal:
		_, known := errors.AsType[*errs.Error](err)
		return !known
	}
	return false
}
