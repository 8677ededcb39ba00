package lims

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"time"

	"hengjian/internal/database"
	"hengjian/internal/errs"
	"hengjian/internal/ledger"
	"hengjian/internal/users"
)

// Report is one revision of a sample's report: the results as compiled, then who reviewed and approved it. Its summary
// never changes; what is issued of it is a document of package certificates.
type Report struct {
	ID           string          `json:"id" db:"id"`
	SampleID     string          `json:"-" db:"sample_id"`
	Revision     int             `json:"revision" db:"revision"`
	Reason       string          `json:"reason,omitempty" db:"reason"`
	State        ReportState     `json:"state" db:"state" enum:"compiled,reviewed,returned,approved"`
	Conclusion   Outcome         `json:"conclusion" db:"conclusion" enum:"pass,fail"`
	Summary      json.RawMessage `json:"summary" db:"-"`
	SummaryHash  string          `json:"summary_hash" db:"summary_hash"`
	CompiledBy   string          `json:"compiled_by" db:"compiled_by"`
	Compiler     string          `json:"compiler" db:"compiler"`
	CompiledAt   time.Time       `json:"compiled_at" db:"compiled_at"`
	ReviewedBy   string          `json:"reviewed_by,omitempty" db:"reviewed_by"`
	Reviewer     string          `json:"reviewer,omitempty" db:"reviewer"`
	ReviewedAt   *time.Time      `json:"reviewed_at,omitempty" db:"reviewed_at"`
	ReturnedBy   string          `json:"returned_by,omitempty" db:"returned_by"`
	Returner     string          `json:"returner,omitempty" db:"returner"`
	ReturnedAt   *time.Time      `json:"returned_at,omitempty" db:"returned_at"`
	ReturnReason string          `json:"return_reason,omitempty" db:"return_reason"`
	ApprovedBy   string          `json:"approved_by,omitempty" db:"approved_by"`
	Approver     string          `json:"approver,omitempty" db:"approver"`
	ApprovedAt   *time.Time      `json:"approved_at,omitempty" db:"approved_at"`
	Version      int             `json:"version" db:"version"`

	compiledSignature, reviewedSignature, approvedSignature string

	bilingual bool // while it is compiled; the summary keeps it
}

// Compilation asks for a report of all results. Reason says why a revision follows; after a return, that reason stands.
type Compilation struct {
	Reason    string `json:"reason,omitempty"`
	Bilingual bool   `json:"bilingual,omitempty" doc:"the report in Chinese and English"`
}

// Compile makes the next revision of a report out of the latest results, when every item has one and every one is
// judged; all that is missing is told at once. The compiler signs the summary.
func (s *Service) Compile(ctx context.Context, actor ledger.Actor, proof users.Proof, ref Ref, c Compilation,
) (Report, error) {
	trim(&c.Reason)
	if err := checkReason(c.Reason, false); err != nil {
		return Report{}, err
	}
	return onSample(ctx, s, signer{actor, proof}, ref, func(a *act) (Report, error) {
		last, _, err := latestReport(ctx, a.tx, a.sample.ID)
		if err != nil {
			return last, err
		}
		r := Report{SampleID: a.sample.ID, Revision: last.Revision + 1, CompiledBy: actor.PersonID,
			Compiler: actor.Name, CompiledAt: a.at, Version: 1, bilingual: c.Bilingual}
		if r.State, a.role, err = next(reportFlow, last.State, Compile, actor); err != nil {
			return r, err
		}
		if r.Reason, err = reasonAfter(ctx, a.tx, last, c.Reason); err != nil {
			return r, err
		}
		results, err := s.summarise(ctx, a.tx, a.sample, &r)
		if err != nil {
			return r, err
		}
		return a.keepReport(ctx, r, results)
	})
}

// reasonAfter is why a revision follows the last one: what was given, else why an issued one is being corrected, else
// why the last one was returned. The first revision has no reason.
func reasonAfter(ctx context.Context, q database.Queryer, last Report, given string) (string, error) {
	if last.Revision == 0 {
		return "", nil
	}
	if given != "" {
		return given, nil
	}
	issued, err := issuedBefore(ctx, q, last.SampleID, last.Revision)
	if issued != "" {
		return last.Reason, err
	}
	return last.ReturnReason, err
}

// keepReport signs and stores a compiled report.
func (a *act) keepReport(ctx context.Context, r Report, results []Result) (Report, error) {
	r, err := a.insertReport(ctx, r, "编制检验报告")
	if err != nil {
		return r, err
	}
	ids := make([]string, len(results))
	for i, x := range results {
		ids[i] = x.ID
	}
	if err := insertReportResults(ctx, a.tx, r.ID, ids); err != nil {
		return r, err
	}
	if err := a.save(ctx); err != nil {
		return r, err
	}
	return r, note(ctx, a, kindReportCompiled,
		reportCompiled{reportStep{r.ref(), r.compiledSignature}, r.Conclusion, ids})
}

// insertReport stores a new revision under the signature of who made it.
func (a *act) insertReport(ctx context.Context, r Report, meaning string) (Report, error) {
	var err error
	if r.ID, err = newID(""); err != nil {
		return r, err
	}
	if r.compiledSignature, err = a.signReport(ctx, r, meaning); err != nil {
		return r, err
	}
	return r, insertReport(ctx, a.tx, r)
}

// signReport signs the summary exactly as it was compiled.
func (a *act) signReport(ctx context.Context, r Report, meaning string) (string, error) {
	hash, err := hex.DecodeString(r.SummaryHash)
	if err != nil || len(hash) != sha256.Size {
		return "", fmt.Errorf("report %s: its hash is unreadable", r.ID)
	}
	return a.sign(ctx, meaning, "report", r.ID, [sha256.Size]byte(hash))
}

// Review passes a compiled report on to approval. The reviewer neither compiled it nor entered any of its results.
func (s *Service) Review(ctx context.Context, actor ledger.Actor, proof users.Proof, ref Ref) (Report, error) {
	return onSample(ctx, s, signer{actor, proof}, ref, func(a *act) (Report, error) {
		r, err := a.report(ctx, Review)
		if err != nil {
			return r, err
		}
		if err := r.separate(ctx, a.tx, actor); err != nil {
			return r, err
		}
		r.ReviewedBy, r.Reviewer, r.ReviewedAt = actor.PersonID, actor.Name, &a.at
		if r.reviewedSignature, err = a.signReport(ctx, r, "审核检验报告"); err != nil {
			return r, err
		}
		return stepReport(ctx, a, r, kindReportReviewed, reportStep{r.ref(), r.reviewedSignature})
	})
}

// Return sends a report back with its reason: the reviewer a compiled one, the signatory a reviewed one. The next
// compilation is a further revision.
func (s *Service) Return(ctx context.Context, actor ledger.Actor, ref Ref, reason string) (Report, error) {
	trim(&reason)
	if err := checkReason(reason, true); err != nil {
		return Report{}, err
	}
	return onSample(ctx, s, signer{actor: actor}, ref, func(a *act) (Report, error) {
		r, err := a.report(ctx, Return)
		if err != nil {
			return r, err
		}
		r.ReturnedBy, r.Returner, r.ReturnedAt, r.ReturnReason = actor.PersonID, actor.Name, &a.at, reason
		return stepReport(ctx, a, r, kindReportReturned, reportReturned{r.ref(), ledger.Seal(reason)})
	})
}

// Reopen begins a corrective report after an issued one (ISO/IEC 17025 7.8.8): a revision with the content as issued,
// returned from the start with the reason, so that results can be corrected and compiled anew. The issued document
// stays as it is until the new one supersedes it.
func (s *Service) Reopen(ctx context.Context, actor ledger.Actor, proof users.Proof, ref Ref, reason string,
) (Report, error) {
	trim(&reason)
	if err := checkReason(reason, true); err != nil {
		return Report{}, err
	}
	return onSample(ctx, s, signer{actor, proof}, ref, func(a *act) (Report, error) {
		issued, err := a.report(ctx, Reopen)
		if err != nil {
			return issued, err
		}
		r, err := a.insertReport(ctx, Report{
			SampleID: a.sample.ID, Revision: issued.Revision + 1, Reason: reason, State: issued.State, Version: 1,
			Conclusion: issued.Conclusion, Summary: issued.Summary, SummaryHash: issued.SummaryHash,
			CompiledBy: actor.PersonID, Compiler: actor.Name, CompiledAt: a.at,
			ReturnedBy: actor.PersonID, Returner: actor.Name, ReturnedAt: &a.at, ReturnReason: reason,
		}, "重新编制检验报告")
		if err != nil {
			return r, err
		}
		if err := a.save(ctx); err != nil {
			return r, err
		}
		return r, note(ctx, a, kindReportReopened,
			reportReopened{reportStep{r.ref(), r.compiledSignature}, issued.ID, ledger.Seal(reason)})
	})
}

// report is the latest revision of the sample's report after the step, unsaved.
func (a *act) report(ctx context.Context, step Step) (Report, error) {
	r, err := reportFor(ctx, a.tx, a.sample)
	if err != nil {
		return r, err
	}
	r.State, a.role, err = next(reportFlow, r.State, step, a.actor)
	return r, err
}

// stepReport saves a report after a step, with its event.
func stepReport[D any](ctx context.Context, a *act, r Report, kind ledger.Kind[D], data D) (Report, error) {
	if err := saveReport(ctx, a.tx, &r); err != nil {
		return r, err
	}
	if err := a.save(ctx); err != nil {
		return r, err
	}
	return r, note(ctx, a, kind, data)
}

// separate refuses whoever already had a hand in the report: compiled it, reviewed it, or entered one of its results.
func (r Report) separate(ctx context.Context, q database.Queryer, actor ledger.Actor) error {
	entered, err := enterersOf(ctx, q, r.ID)
	if err != nil {
		return err
	}
	reasons := r.hands(actor.PersonID, entered)
	if len(reasons) == 0 {
		return nil
	}
	return errs.Blockers("separation_of_duties", "编制、录入、审核、批准须由不同的人完成",
		"who compiled, entered or reviewed cannot take this step", reasons)
}

// hands tells in which ways a person already had a hand in the report.
func (r Report) hands(person string, entered []string) []errs.Field {
	var l errs.List
	if person == r.CompiledBy {
		l.Add("compiled_by", "compiled_it", "您编制了该报告", "you compiled this report")
	}
	if person == r.ReviewedBy {
		l.Add("reviewed_by", "reviewed_it", "您审核了该报告", "you reviewed this report")
	}
	for _, id := range entered {
		if id == person {
			l.Add("results", "entered_results", "您录入了其中的检验结果", "you entered some of its results")
		}
	}
	return l.Fields()
}

// reportFor returns the latest revision of the sample's report.
func reportFor(ctx context.Context, q database.Queryer, sample Sample) (Report, error) {
	r, ok, err := latestReport(ctx, q, sample.ID)
	if err == nil && !ok {
		return r, errs.New(errs.Conflict, "report_missing", "该样品尚无检验报告", "the sample has no report yet")
	}
	return r, err
}

func checkReason(reason string, required bool) error {
	var l errs.List
	if required {
		l.Require("reason", reason, "原因", "the reason")
	}
	checkText(&l, "reason", reason, "原因", "the reason", 500)
	return l.Err()
}
