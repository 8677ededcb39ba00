package lims

import (
	"context"
	"encoding/hex"

	"hengjian/internal/calendar"
	"hengjian/internal/database"
	"hengjian/internal/errs"
	"hengjian/internal/ledger"
	"hengjian/internal/users"
)

// Correction is a new version of a result, with its reason.
type Correction struct {
	Entry  Entry  `json:"entry"`
	Reason string `json:"reason,omitempty"`
}

// Agreement is a second person's consent to a correction, by re-authentication.
type Agreement struct {
	Actor ledger.Actor
	Proof users.Proof
}

// Correct makes a new version of a result; the old one stays readable (ISO/IEC 17025 7.5.2). A second person agrees and
// signs. While a report is under review it is returned first; after its issue the report is reopened first.
func (s *Service) Correct(ctx context.Context, actor ledger.Actor, ref Ref, c Correction, second Agreement,
) (Result, error) {
	if err := actor.As(ledger.Technician); err != nil {
		return Result{}, err
	}
	trim(&c.Reason)
	if err := c.check(s.today(), actor, second); err != nil {
		return Result{}, err
	}
	return onSample(ctx, s, signer{actor: actor}, ref, func(a *act) (Result, error) {
		a.role = ledger.Technician
		if err := correctable(ctx, a.tx, a.sample); err != nil {
			return Result{}, err
		}
		b, err := a.bench(ctx)
		if err != nil {
			return Result{}, err
		}
		r, err := b.corrected(ctx, c, second)
		if err != nil {
			return r, err
		}
		if err := a.signCorrection(ctx, r, second); err != nil {
			return r, err
		}
		return r, a.keepResults(ctx, kindResultCorrected, []Result{r})
	})
}

// agreeing are the roles that may consent to a correction.
var agreeing = []ledger.Role{ledger.Technician, ledger.Reviewer, ledger.TechnicalManager}

func (c Correction) check(today calendar.Date, actor ledger.Actor, second Agreement) error {
	var l errs.List
	c.Entry.check(&l, "entry", today)
	l.Require("reason", c.Reason, "更正原因", "the reason of the correction")
	checkText(&l, "reason", c.Reason, "更正原因", "the reason of the correction", 500)
	switch {
	case second.Actor.PersonID == "":
		l.Add("agreed_by", "required", "更正须经第二人同意", "a correction needs a second person's consent")
	case second.Actor.PersonID == actor.PersonID:
		l.Add("agreed_by", "two_people", "同意人须为另一人", "the second person must be another one")
	case second.Actor.Division != actor.Division || !second.Actor.Any(agreeing...):
		l.Add("agreed_by", "role_missing", "同意人须为本辖区的检验员、审核人或技术负责人",
			"the second person must be a technician, a reviewer or the technical manager of the division")
	}
	return l.Err()
}

// correctable refuses a correction that would pull the results away from under a report.
func correctable(ctx context.Context, tx *database.Tx, sample Sample) error {
	report, ok, err := latestReport(ctx, tx, sample.ID)
	switch {
	case err != nil:
		return err
	case !ok || report.State == ReportReturned:
		return nil
	case report.State == ReportApproved:
		return errs.New(errs.Conflict, "report_issued", "报告已签发，须先重新编制（更正报告）",
			"the report is issued: reopen it for a corrective one first")
	}
	return errs.New(errs.Conflict, "report_under_review", "报告正在审核或批准，须先退回",
		"the report is under review: it must be returned first")
}

// corrected makes the next version of a result from the correction, or tells all that stands against it.
func (b *bench) corrected(ctx context.Context, c Correction, second Agreement) (Result, error) {
	old, ok := b.latest[c.Entry.AnalysisID]
	if !ok {
		return Result{}, fault("entry.analysis_id", "no_result", "该项目尚无结果可更正", "there is no result to correct")
	}
	x := candidate{entry: c.Entry, path: "entry", analysis: b.analyses[c.Entry.AnalysisID]}
	portion, held := b.portionOf(b.actor.PersonID)
	if !held {
		portion = old.PortionID
		if old.EnteredBy != b.actor.PersonID {
			x.closed.Add("entry", "not_holder", "只能由原录入人或持有检验样品的检验员更正",
				"only who entered the result, or who holds the test portion, corrects it")
		}
	}
	x.result = Result{AnalysisID: old.AnalysisID, Version: old.Version + 1, PortionID: portion,
		EnteredBy: b.actor.PersonID, EnteredAt: b.at, Reason: c.Reason, AgreedBy: second.Actor.PersonID}
	if err := b.complete(ctx, &x); err != nil {
		return Result{}, err
	}
	return x.result, x.err()
}

// signCorrection stores the second person's signature under the new version.
func (a *act) signCorrection(ctx context.Context, r Result, second Agreement) error {
	hash, err := r.hash()
	if err != nil {
		return err
	}
	other := *a
	other.actor, other.proof = second.Actor, second.Proof
	for _, other.role = range agreeing {
		if second.Actor.Is(other.role) {
			break
		}
	}
	id, err := other.sign(ctx, "同意更正检验结果", "result", r.ID, hash)
	if err != nil {
		return err
	}
	return note(ctx, &other, kindCorrectionAgreed,
		correctionAgreed{r.ID, r.AnalysisID, hex.EncodeToString(hash[:]), id})
}
