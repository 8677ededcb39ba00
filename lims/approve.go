package lims

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"hengjian/internal/database"
	"hengjian/internal/errs"
	"hengjian/internal/ledger"
	"hengjian/internal/users"
)

// Approved is all that a certificate of an approved report needs, but its number and its code.
type Approved struct {
	ReportID     string          `json:"report_id"`
	Revision     int             `json:"revision"`
	Reason       string          `json:"reason,omitempty"` // why this revision follows an issued one
	Supersedes   string          `json:"supersedes,omitempty"`
	SampleID     string          `json:"sample_id"`
	SampleNumber string          `json:"sample_number"`
	Division     string          `json:"division"`
	Category     Category        `json:"category"`
	BusinessID   string          `json:"business_id,omitempty"`
	Holder       string          `json:"holder"` // the sampled unit
	Product      string          `json:"product"`
	Conclusion   Outcome         `json:"conclusion"`
	Summary      json.RawMessage `json:"summary"` // canonical JSON of a Summary
	SummaryHash  string          `json:"summary_hash"`
	Compiled     Signed          `json:"compiled"`
	Reviewed     Signed          `json:"reviewed"`
	Approved     Signed          `json:"approved"`
}

// Signed is who signed, and when.
type Signed struct {
	PersonID string    `json:"person_id"`
	Name     string    `json:"name"`
	At       time.Time `json:"at"`
}

// Unissued returns what an approval of the sample's report would issue, with the signatures that it has so far: for a
// preview. Nothing is decided by it; who may approve is looked at when somebody does.
func (s *Service) Unissued(ctx context.Context, actor ledger.Actor, number string) (Approved, error) {
	if err := actor.As(staff...); err != nil {
		return Approved{}, err
	}
	sample, err := selectSample(ctx, s.db, actor.Division, number)
	if err != nil {
		return Approved{}, fmt.Errorf("sample %s: %w", short(number), err)
	}
	r, err := reportFor(ctx, s.db, sample)
	if err != nil {
		return Approved{}, err
	}
	if r.State != ReportCompiled && r.State != ReportReviewed {
		return Approved{}, errs.New(errs.Conflict, "no_open_report", "该样品没有待审核或待批准的报告，不能预览",
			"no report of the sample waits for review or approval, so there is nothing to preview")
	}
	return approvedOf(ctx, s.db, sample, r)
}

// ApprovalHash is the hash, hexadecimal, under which the actor's approval of a sample's report would be, without locking
// anything. A sample that was changed since the version, or whose report is not there to be approved, is refused.
func (s *Service) ApprovalHash(ctx context.Context, q database.Queryer, actor ledger.Actor, ref Ref) (string, error) {
	sample, err := selectSample(ctx, q, actor.Division, ref.Number)
	if err != nil {
		return "", err
	}
	if err := sample.at(ref.Version); err != nil {
		return "", err
	}
	r, err := reportFor(ctx, q, sample)
	if err != nil {
		return "", err
	}
	if _, _, err := next(reportFlow, r.State, Approve, actor); err != nil {
		return "", err
	}
	return r.SummaryHash, nil
}

// ApproveIn approves a reviewed report within the transaction that issues its document, which belongs to package
// certificates. The signatory neither compiled nor reviewed it, nor entered any of its results.
func (s *Service) ApproveIn(ctx context.Context, tx *database.Tx, actor ledger.Actor, proof users.Proof, ref Ref,
) (Approved, error) {
	a, err := s.begin(ctx, tx, signer{actor, proof}, ref)
	if err != nil {
		return Approved{}, err
	}
	r, err := a.report(ctx, Approve)
	if err != nil {
		return Approved{}, err
	}
	if err := r.separate(ctx, tx, actor); err != nil {
		return Approved{}, err
	}
	r.ApprovedBy, r.Approver, r.ApprovedAt = actor.PersonID, actor.Name, &a.at
	if r.approvedSignature, err = a.signReport(ctx, r, "批准检验报告"); err != nil {
		return Approved{}, err
	}
	if r, err = stepReport(ctx, a, r, kindReportApproved, reportStep{r.ref(), r.approvedSignature}); err != nil {
		return Approved{}, err
	}
	return approvedOf(ctx, tx, a.sample, r)
}

// approvedOf gathers what a certificate needs.
func approvedOf(ctx context.Context, q database.Queryer, sample Sample, r Report) (Approved, error) {
	a := Approved{
		ReportID: r.ID, Revision: r.Revision, Reason: r.Reason, SampleID: sample.ID, SampleNumber: sample.Number,
		Division: sample.Division, Category: sample.Category, BusinessID: sample.BusinessID, Holder: sample.SampledUnit,
		Product: sample.ProductName, Conclusion: r.Conclusion, Summary: r.Summary, SummaryHash: r.SummaryHash,
		Compiled: Signed{r.CompiledBy, r.Compiler, r.CompiledAt.UTC()},
		Reviewed: signedAt(r.ReviewedBy, r.Reviewer, r.ReviewedAt),
		Approved: signedAt(r.ApprovedBy, r.Approver, r.ApprovedAt),
	}
	var err error
	a.Supersedes, err = issuedBefore(ctx, q, sample.ID, r.Revision)
	return a, err
}

func signedAt(person, name string, at *time.Time) Signed {
	if at == nil {
		return Signed{}
	}
	return Signed{person, name, at.UTC()}
}
