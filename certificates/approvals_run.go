package certificates

import (
	"context"
	"encoding/json"
	"errors"

	"hengjian/internal/errs"
	"hengjian/internal/jobs"
	"hengjian/internal/ledger"
	"hengjian/internal/users"
)

// oddAttempts is how often an item that failed for a reason of ours is tried with the whole job; then it is listed.
const oddAttempts = 3

// approvalRun is a bulk approval at work.
type approvalRun struct {
	s      *Service
	job    jobs.Job
	asked  signedApprovals
	actor  ledger.Actor
	proof  users.Proof
	result ApprovalsResult
	odd    error // a failure of ours
}

// RunApprovals is the handler of ApprovalJob. Each item is approved and issued in a transaction of its own, as one that is
// approved alone: so a run that was interrupted lost nothing, and the next one finds by their signatures which are done.
// What is blocked is listed with its reasons, and the others go on. It stops before an item when it is cancelled.
func (s *Service) RunApprovals(ctx context.Context, job jobs.Job, progress jobs.Progress) (string, error) {
	r := &approvalRun{s: s, job: job}
	if err := json.Unmarshal([]byte(job.Arguments), &r.asked); err != nil {
		return "", errs.New(errs.Invalid, "job_arguments", "任务参数无法读取", "the job's arguments cannot be read").With(err)
	}
	var err error
	if r.actor, err = users.Acting(ctx, s.db, job.CreatedBy); err != nil {
		return "", err
	}
	if r.proof, err = users.ProofOfList(ctx, s.db, r.asked.Signature, r.asked.List); err != nil {
		return "", err
	}
	err = r.run(ctx, progress)
	if err != nil && !errors.Is(err, jobs.ErrCancelled) {
		return "", err
	}
	text, told := r.tell(ctx)
	return text, errors.Join(err, told)
}

func (r *approvalRun) run(ctx context.Context, progress jobs.Progress) error {
	done, err := approvedUnder(ctx, r.s.db, r.asked.Signature)
	if err != nil {
		return err
	}
	for i, item := range r.asked.List {
		if err := progress(i, len(r.asked.List)); err != nil {
			return err
		}
		if _, already := done[item.Number]; already {
			continue
		}
		if err := r.approve(ctx, item); err != nil {
			return err
		}
	}
	if r.odd != nil && r.job.Attempts < oddAttempts {
		return r.odd
	}
	return progress(len(r.asked.List), len(r.asked.List))
}

// approve approves an item, or notes why it is not; its error ends the run.
func (r *approvalRun) approve(ctx context.Context, item users.ListItem) error {
	approve := r.s.ApproveVerification
	if r.asked.Kind == Reports {
		approve = r.s.ApproveReport
	}
	_, err := approve(ctx, r.actor, r.proof, item.Number, item.Version)
	if err == nil {
		return nil
	}
	blocked := BlockedApproval{Approval: Approval{item.Number, item.Version}, Code: "internal",
		ZH: "系统内部错误，请稍后单独批准", EN: "internal error: approve it by itself later"}
	switch known, ok := errors.AsType[*errs.Error](err); {
	case ctx.Err() != nil || isKind(err, errs.Unavailable) || isKind(err, errs.OutcomeUnknown):
		return err
	case !ok || known.Kind == errs.Internal:
		r.odd = errors.Join(r.odd, err)
	default:
		blocked.Code, blocked.ZH, blocked.EN, blocked.Reasons = known.Code, known.ZH, known.EN, known.Fields
	}
	r.result.Blocked = append(r.result.Blocked, blocked)
	return nil
}

// tell says what the run came to: what is approved stands in the database, whichever run did it.
func (r *approvalRun) tell(ctx context.Context) (string, error) {
	approved, err := approvedUnder(ctx, r.s.db, r.asked.Signature)
	if err != nil {
		return "", err
	}
	out := ApprovalsResult{Items: len(r.asked.List), Approved: len(approved), Documents: []string{}, Blocked: []BlockedApproval{}}
	for _, item := range r.asked.List {
		if number := approved[item.Number]; number != "" {
			out.Documents = append(out.Documents, number)
		}
	}
	for _, b := range r.result.Blocked {
		if _, done := approved[b.Number]; !done { // by another runner meanwhile
			out.Blocked = append(out.Blocked, b)
		}
	}
	text, err := json.Marshal(out)
	return string(text), err
}
