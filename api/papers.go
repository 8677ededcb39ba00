package api

import (
	"context"

	"hengjian/certificates"
	"hengjian/certificates/paper"
	"hengjian/internal/ledger"
)

// printed answers with a paper that was printed from the records.
func printed(p certificates.Printout, err error) (*binary, error) {
	return pdfFile(p.Name+".pdf", p.PDF), err
}

func (s *server) samplingFormPDF(ctx context.Context, actor ledger.Actor, in *Numbered) (*binary, error) {
	return printed(s.Certificates.SamplingForm(ctx, actor, in.Number))
}

func (s *server) custodySheetPDF(ctx context.Context, actor ledger.Actor, in *Numbered) (*binary, error) {
	return printed(s.Certificates.CustodySheet(ctx, actor, in.Number))
}

type paperInput struct {
	Numbered
	Paper string `path:"paper" enum:"result_notice,retest_application,retest_decision,retest_handover,handling_notice,sample_disposal"`
}

func (s *server) documentPaper(ctx context.Context, actor ledger.Actor, in *paperInput) (*binary, error) {
	return printed(s.Certificates.FollowUp(ctx, actor, in.Number, paper.Kind(in.Paper)))
}
