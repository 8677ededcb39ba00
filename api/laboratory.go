package api

import (
	"context"

	"hengjian/certificates"
	"hengjian/internal/database/paging"
	"hengjian/internal/errs"
	"hengjian/internal/ledger"
	"hengjian/internal/standards"
	"hengjian/internal/users"
	"hengjian/lims"
)

// ref is the sample of an action in the version that the caller read.
func (in Step) ref() (lims.Ref, error) {
	version, err := in.version()
	return lims.Ref{Number: in.Number, Version: version}, err
}

// signing is what a signing step on a sample needs: the sample's version, and the re-authentication outside any
// transaction, since the hash is slow.
func (s *server) signing(ctx context.Context, actor ledger.Actor, in Step, password string) (lims.Ref, users.Proof, error) {
	ref, err := in.ref()
	if err != nil {
		return ref, users.Proof{}, err
	}
	proof, err := s.Users.Reauthenticate(ctx, actor, password)
	return ref, proof, err
}

type categoryPath struct {
	Category string `path:"category" enum:"food,drug,device,fuel,coal"`
}

func (s *server) formFields(_ context.Context, _ ledger.Actor, in *categoryPath) (*answer[lims.Form], error) {
	form, err := lims.FormFields(lims.Category(in.Category))
	return &answer[lims.Form]{form}, err
}

type sampleQuery struct {
	Listed
	Category  string `query:"category"`
	Stage     string `query:"stage"`
	Street    string `query:"street"`
	DueBefore string `query:"due_before"`
}

func (s *server) samples(ctx context.Context, actor ledger.Actor, in *sampleQuery) (*answer[paging.Page[lims.Row]], error) {
	page, err := s.LIMS.Samples(ctx, actor, lims.ListFilter{
		Q: in.Query, Category: lims.Category(in.Category), Stage: lims.Stage(in.Stage), Street: in.Street,
		DueBefore: in.DueBefore, Cursor: in.Cursor, Limit: in.Limit,
	})
	return &answer[paging.Page[lims.Row]]{page}, err
}

func (s *server) registerSample(ctx context.Context, actor ledger.Actor, in *struct{ Body lims.SamplingForm }) (*versioned[lims.Sample], error) {
	newID(ctx, &in.Body.ID)
	sample, err := s.LIMS.Register(ctx, actor, in.Body)
	return withVersion(sample, sample.Version), err
}

func (s *server) sample(ctx context.Context, actor ledger.Actor, in *Numbered) (*versioned[lims.Detail], error) {
	d, err := s.LIMS.Detail(ctx, actor, in.Number)
	return withVersion(d, d.Sample.Version), err
}

func (s *server) issuedSample(ctx context.Context, actor ledger.Actor, in *Numbered) (*answer[lims.Issued], error) {
	i, err := s.LIMS.Issued(ctx, actor, in.Number)
	return &answer[lims.Issued]{i}, err
}

func (s *server) custodyChain(ctx context.Context, actor ledger.Actor, in *Numbered) (*answer[lims.Chain], error) {
	c, err := s.LIMS.Custody(ctx, actor, in.Number)
	return &answer[lims.Chain]{c}, err
}

func (s *server) worklist(ctx context.Context, actor ledger.Actor, _ *struct{}) (*answer[lims.Worklist], error) {
	w, err := s.LIMS.Worklist(ctx, actor)
	return &answer[lims.Worklist]{w}, err
}

type deliverInput struct {
	Step
	Body struct {
		SignedBody
		lims.Delivery
	}
}

func (s *server) deliver(ctx context.Context, actor ledger.Actor, in *deliverInput) (*versioned[lims.Sample], error) {
	ref, proof, err := s.signing(ctx, actor, in.Step, in.Body.Password)
	if err != nil {
		return nil, err
	}
	sample, err := s.LIMS.Deliver(ctx, actor, proof, ref, in.Body.Delivery)
	return withVersion(sample, sample.Version), err
}

type receiveInput struct {
	Step
	Body struct {
		SignedBody
		lims.Reception
	}
}

func (s *server) receive(ctx context.Context, actor ledger.Actor, in *receiveInput) (*versioned[lims.Sample], error) {
	ref, proof, err := s.signing(ctx, actor, in.Step, in.Body.Password)
	if err != nil {
		return nil, err
	}
	sample, err := s.LIMS.Receive(ctx, actor, proof, ref, in.Body.Reception)
	return withVersion(sample, sample.Version), err
}

type refuseInput struct {
	Step
	Body struct {
		SignedBody
		lims.Rejection
	}
}

func (s *server) refuse(ctx context.Context, actor ledger.Actor, in *refuseInput) (*versioned[lims.Sample], error) {
	ref, proof, err := s.signing(ctx, actor, in.Step, in.Body.Password)
	if err != nil {
		return nil, err
	}
	sample, err := s.LIMS.Refuse(ctx, actor, proof, ref, in.Body.Rejection)
	return withVersion(sample, sample.Version), err
}

type handOverInput struct {
	Step
	Body struct {
		SignedBody
		lims.Passing
	}
}

func (s *server) handOver(ctx context.Context, actor ledger.Actor, in *handOverInput) (*answer[lims.Handover], error) {
	ref, proof, err := s.signing(ctx, actor, in.Step, in.Body.Password)
	if err != nil {
		return nil, err
	}
	h, err := s.LIMS.HandOver(ctx, actor, proof, ref, in.Body.Passing)
	return &answer[lims.Handover]{h}, err
}

type acceptInput struct {
	Step
	Body struct {
		SignedBody
		lims.Acceptance
		HandoverID string `json:"handover_id"`
	}
}

func (s *server) accept(ctx context.Context, actor ledger.Actor, in *acceptInput) (*answer[lims.Handover], error) {
	ref, proof, err := s.signing(ctx, actor, in.Step, in.Body.Password)
	if err != nil {
		return nil, err
	}
	h, err := s.LIMS.Accept(ctx, actor, proof, ref, in.Body.HandoverID, in.Body.Acceptance)
	return &answer[lims.Handover]{h}, err
}

type declineInput struct {
	Step
	Body struct {
		SignedBody
		lims.Refusal
		HandoverID string `json:"handover_id"`
	}
}

func (s *server) decline(ctx context.Context, actor ledger.Actor, in *declineInput) (*answer[lims.Handover], error) {
	ref, proof, err := s.signing(ctx, actor, in.Step, in.Body.Password)
	if err != nil {
		return nil, err
	}
	h, err := s.LIMS.Decline(ctx, actor, proof, ref, in.Body.HandoverID, in.Body.Refusal)
	return &answer[lims.Handover]{h}, err
}

type breakInput struct {
	Step
	Body lims.SealBreak
}

func (s *server) breakSeal(ctx context.Context, actor ledger.Actor, in *breakInput) (*answer[lims.Seal], error) {
	ref, err := in.ref()
	if err != nil {
		return nil, err
	}
	seal, err := s.LIMS.BreakSeal(ctx, actor, ref, in.Body)
	return &answer[lims.Seal]{seal}, err
}

type resultsInput struct {
	Step
	Body struct {
		Results []lims.Entry `json:"results"`
	}
}

func (s *server) enterResults(ctx context.Context, actor ledger.Actor, in *resultsInput) (*answer[[]lims.Result], error) {
	ref, err := in.ref()
	if err != nil {
		return nil, err
	}
	results, err := s.LIMS.EnterResults(ctx, actor, ref, in.Body.Results)
	return &answer[[]lims.Result]{results}, err
}

type correctInput struct {
	Step
	Body struct {
		lims.Correction
		SecondLogin    string `json:"second_login" doc:"who agrees to the correction"`
		SecondPassword string `json:"second_password"`
	}
}

func (s *server) correctResult(ctx context.Context, actor ledger.Actor, in *correctInput) (*answer[lims.Result], error) {
	ref, err := in.ref()
	if err != nil {
		return nil, err
	}
	if in.Body.SecondLogin == "" {
		var l errs.List
		l.Require("second_login", "", "同意更正的第二人", "the second person")
		return nil, l.Err()
	}
	second, proof, err := s.Users.ReauthenticateAs(ctx, actor.Division, in.Body.SecondLogin, in.Body.SecondPassword)
	if err != nil {
		return nil, err
	}
	r, err := s.LIMS.Correct(ctx, actor, ref, in.Body.Correction, lims.Agreement{Actor: second, Proof: proof})
	return &answer[lims.Result]{r}, err
}

type compileInput struct {
	Step
	Body struct {
		SignedBody
		lims.Compilation
	}
}

func (s *server) compileReport(ctx context.Context, actor ledger.Actor, in *compileInput) (*answer[lims.Report], error) {
	ref, proof, err := s.signing(ctx, actor, in.Step, in.Body.Password)
	if err != nil {
		return nil, err
	}
	r, err := s.LIMS.Compile(ctx, actor, proof, ref, in.Body.Compilation)
	return &answer[lims.Report]{r}, err
}

func (s *server) reviewReport(ctx context.Context, actor ledger.Actor, in *signInput) (*answer[lims.Report], error) {
	ref, proof, err := s.signing(ctx, actor, in.Step, in.Body.Password)
	if err != nil {
		return nil, err
	}
	r, err := s.LIMS.Review(ctx, actor, proof, ref)
	return &answer[lims.Report]{r}, err
}

func (s *server) returnReport(ctx context.Context, actor ledger.Actor, in *reasonInput) (*answer[lims.Report], error) {
	ref, err := in.ref()
	if err != nil {
		return nil, err
	}
	r, err := s.LIMS.Return(ctx, actor, ref, in.Body.Reason)
	return &answer[lims.Report]{r}, err
}

type reopenInput struct {
	Step
	Body struct {
		SignedBody
		Reason string `json:"reason"`
	}
}

func (s *server) reopenReport(ctx context.Context, actor ledger.Actor, in *reopenInput) (*answer[lims.Report], error) {
	ref, proof, err := s.signing(ctx, actor, in.Step, in.Body.Password)
	if err != nil {
		return nil, err
	}
	r, err := s.LIMS.Reopen(ctx, actor, proof, ref, in.Body.Reason)
	return &answer[lims.Report]{r}, err
}

func (s *server) approveReport(ctx context.Context, actor ledger.Actor, in *signInput) (*answer[certificates.Document], error) {
	ref, proof, err := s.signing(ctx, actor, in.Step, in.Body.Password)
	if err != nil {
		return nil, err
	}
	d, err := s.Certificates.ApproveReport(ctx, actor, proof, ref.Number, ref.Version)
	return &answer[certificates.Document]{d}, err
}

func (s *server) methods(ctx context.Context, actor ledger.Actor, _ *struct{}) (*answer[[]standards.Method], error) {
	list, err := s.Standards.Methods(ctx, actor)
	return &answer[[]standards.Method]{list}, err
}

func (s *server) accredit(ctx context.Context, actor ledger.Actor, in *struct{ Body standards.Accreditation }) (*none, error) {
	return done(s.Standards.Accredit(ctx, actor, in.Body))
}

type limitQuery struct {
	Item string `query:"item" maxLength:"100"`
}

func (s *server) limits(ctx context.Context, actor ledger.Actor, in *limitQuery) (*answer[[]standards.StoredRow], error) {
	rows, err := s.Standards.Limits(ctx, actor, in.Item)
	return &answer[[]standards.StoredRow]{rows}, err
}

func (s *server) confirmLimit(ctx context.Context, actor ledger.Actor, in *Identified) (*none, error) {
	return done(s.Standards.ConfirmLimit(ctx, actor, in.ID))
}

// Overview counts what is under way.
type Overview struct {
	Samples map[lims.Stage]int `json:"samples"`
}

func (s *server) overview(ctx context.Context, actor ledger.Actor, _ *struct{}) (*answer[Overview], error) {
	if actor.BusinessID != "" || !actor.Any(laboratory.roles...) {
		return &answer[Overview]{Overview{Samples: map[lims.Stage]int{}}}, nil
	}
	counts, err := s.LIMS.Counts(ctx, actor)
	return &answer[Overview]{Overview{Samples: counts}}, err
}
