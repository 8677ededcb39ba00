package certificates

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/google/uuid"

	"hengjian/internal/database"
	"hengjian/internal/errs"
	"hengjian/internal/jobs"
	"hengjian/internal/ledger"
	"hengjian/internal/users"
	"hengjian/lims"
)

// ApprovalJob is the kind of job that approves many records or reports; RunApprovals is its handler.
const ApprovalJob = "approvals"

// What is approved.
const (
	Verifications = "verification" // 检定记录
	Reports       = "report"       // 检验报告
)

// Approvals is what a person approves at once. The ID is the job's: the same approvals again are the same job.
type Approvals struct {
	ID    string     `json:"id,omitempty"`
	Kind  string     `json:"kind" enum:"verification,report"`
	Items []Approval `json:"items"`
}

// Approval names one record by its order, or one report by its sample, in the version that was shown.
type Approval struct {
	Number  string `json:"number"`
	Version int    `json:"version"`
}

// ApprovalsResult is what a bulk approval came to.
type ApprovalsResult struct {
	Items     int               `json:"items"`
	Approved  int               `json:"approved"`
	Documents []string          `json:"documents" doc:"numbers of the documents issued"`
	Blocked   []BlockedApproval `json:"blocked" doc:"what was not approved, and why"`
}

// BlockedApproval is what was not approved.
type BlockedApproval struct {
	Approval
	Code    string       `json:"code"`
	ZH      string       `json:"zh"`
	EN      string       `json:"en"`
	Reasons []errs.Field `json:"reasons,omitempty"`
}

// signedApprovals is a bulk approval with the signature under its list.
type signedApprovals struct {
	Approvals
	List      []users.ListItem `json:"list"`
	Signature string           `json:"signature"`
}

// roleFor is the role in which things of the kind are approved.
func (a Approvals) role() ledger.Role {
	if a.Kind == Reports {
		return ledger.Signatory
	}
	return ledger.Approver
}

// Validate names all that is wrong with the approvals as such.
func (a Approvals) Validate() error {
	var l errs.List
	if _, err := uuid.Parse(a.ID); err != nil {
		l.Add("id", "id", "须给出任务编号（UUID）或 Idempotency-Key", "an id (UUID) or an Idempotency-Key is required")
	}
	if a.Kind != Verifications && a.Kind != Reports {
		l.Add("kind", "kind", "须为 verification 或 report", "it must be verification or report")
	}
	for i, item := range a.Items {
		if item.Version < 1 {
			l.Add(fmt.Sprintf("items[%d].version", i), "version", "须给出所见的版本", "the version that was shown is required")
		}
	}
	return l.Err()
}

// EnqueueApprovals has a person sign a list of records or reports once, and approves them one by one as a job, whose id it
// returns. What was changed since it was shown, or is not there to be approved, is told now, all of it, and nothing is
// signed.
func (s *Service) EnqueueApprovals(ctx context.Context, actor ledger.Actor, proof users.Proof, a Approvals) (string, error) {
	if err := actor.As(a.role()); err != nil {
		return "", err
	}
	if err := a.Validate(); err != nil {
		return "", err
	}
	err := s.db.InTx(ctx, func(tx *database.Tx) error {
		if known, err := s.sameApprovals(ctx, tx, actor, a); err != nil || known {
			return err
		}
		signed := signedApprovals{Approvals: a}
		var err error
		if signed.List, err = s.toSign(ctx, tx, actor, a); err != nil {
			return err
		}
		if signed.Signature, err = users.SignList(ctx, tx, proof, actor, s.now(), users.ListSigning{
			Role: a.role(), Meaning: fmt.Sprintf("批量批准%d项 approved at once", len(a.Items)), Items: signed.List,
			Subject: ledger.Subject{Kind: ApprovalJob, ID: a.ID},
		}); err != nil {
			return err
		}
		return jobs.Enqueue(ctx, tx, actor, a.role(), s.now(),
			jobs.New{ID: a.ID, Kind: ApprovalJob, Arguments: signed, Total: len(a.Items)})
	})
	if err != nil {
		return "", fmt.Errorf("approvals %s: %w", a.ID, err)
	}
	return a.ID, nil
}

// sameApprovals tells whether the approvals were asked for already. Others under their id are refused.
func (s *Service) sameApprovals(ctx context.Context, tx *database.Tx, actor ledger.Actor, a Approvals) (known bool, err error) {
	job, err := jobs.Asked(ctx, tx, actor, a.ID)
	if isKind(err, errs.NotFound) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	var asked signedApprovals
	if job.Kind != ApprovalJob || job.CreatedBy != actor.PersonID || json.Unmarshal([]byte(job.Arguments), &asked) != nil {
		return false, jobs.ErrTaken
	}
	return true, sameRequest(asked.Approvals, a)
}

// toSign lists what the person saw with its hashes.
func (s *Service) toSign(ctx context.Context, tx *database.Tx, actor ledger.Actor, a Approvals) ([]users.ListItem, error) {
	list := make([]users.ListItem, len(a.Items))
	var l errs.List
	for i, item := range a.Items {
		hash, err := s.approvalHash(ctx, tx, actor, a.Kind, item)
		if known, ok := errors.AsType[*errs.Error](err); ok && known.Kind != errs.Internal {
			l.Add(fmt.Sprintf("items[%d]", i), known.Code, item.Number+"："+known.ZH, item.Number+": "+known.EN)
			continue
		}
		if err != nil {
			return nil, err
		}
		list[i] = users.ListItem{Number: item.Number, Version: item.Version, ContentHash: hash}
	}
	return list, l.Err()
}

func (s *Service) approvalHash(ctx context.Context, tx *database.Tx, actor ledger.Actor, kind string, item Approval) (string, error) {
	if kind == Reports {
		return s.lims.ApprovalHash(ctx, tx, actor, lims.Ref{Number: item.Number, Version: item.Version})
	}
	return s.instruments.ApprovalHash(ctx, tx, actor, item.Number, item.Version)
}
