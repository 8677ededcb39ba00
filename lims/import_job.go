package lims

import (
	"context"
	"encoding/json"
	"fmt"

	"hengjian/internal/database"
	"hengjian/internal/errs"
	"hengjian/internal/jobs"
	"hengjian/internal/ledger"
	"hengjian/internal/users"
)

// ImportJob is the kind of job that takes an instrument file in; RunImport is its handler.
const ImportJob = "instrument_import"

// EnqueueImport has an instrument file taken in as a job, and returns the job's id: in.JobID when the caller made
// one, so that a retry is the same job. What is wrong with the import as such, and a file that was taken in already,
// is told now.
func (s *Service) EnqueueImport(ctx context.Context, actor ledger.Actor, in Import) (string, error) {
	if err := actor.As(ledger.Technician); err != nil {
		return "", err
	}
	in = in.normal()
	if err := in.check(s.today()); err != nil {
		return "", err
	}
	var err error
	if in.JobID, err = newID(in.JobID); err != nil {
		return "", err
	}
	err = s.db.InTx(ctx, func(tx *database.Tx) error {
		run := importRun{s: s, actor: actor, in: in, rows: in.readings(), done: map[rowKey]RowOutcome{}}
		if _, err := run.known(ctx, tx); err != nil {
			return err
		}
		return jobs.Enqueue(ctx, tx, actor, ledger.Technician, s.at(),
			jobs.New{ID: in.JobID, Kind: ImportJob, Arguments: in, Total: len(in.Rows)})
	})
	if err != nil {
		return "", fmt.Errorf("import file %s: %w", in.FileHash, err)
	}
	return in.JobID, nil
}

// RunImport is the handler of ImportJob. It goes on where an earlier run stopped, and returns the counts as JSON.
func (s *Service) RunImport(ctx context.Context, job jobs.Job, progress jobs.Progress) (string, error) {
	var in Import
	if err := json.Unmarshal([]byte(job.Arguments), &in); err != nil {
		return "", errs.New(errs.Invalid, "job_arguments", "任务参数无法读取", "the job's arguments cannot be read").With(err)
	}
	in.JobID = job.ID
	actor, err := users.Acting(ctx, s.db, job.CreatedBy) // with the roles held now, not those when it was asked for
	if err != nil {
		return "", err
	}
	table, err := s.ImportResults(ctx, actor, in, progress)
	if err != nil {
		return "", err
	}
	text, err := json.Marshal(struct {
		ImportID string `json:"import_id"`
		Imported int    `json:"imported"`
		Listed   int    `json:"listed"`
	}{table.ID, table.Imported, table.Listed})
	return string(text), err
}
