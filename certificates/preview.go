package certificates

import (
	"context"
	"strings"

	"hengjian/certificates/paper"
	"hengjian/instruments/procedure"
	"hengjian/internal/calendar"
	"hengjian/internal/errs"
	"hengjian/internal/ledger"
)

// PreviewReport draws the report of a sample as its approval would issue it: the same page under the mark of a draft,
// without number, date of issue, code, and the signatures that it does not have yet; there is room for each.
func (s *Service) PreviewReport(ctx context.Context, actor ledger.Actor, sample string) ([]byte, error) {
	a, err := s.lims.Unissued(ctx, actor, sample)
	if err != nil {
		return nil, err
	}
	content, _, err := reportOf(ctx, s.db, a)
	if err != nil {
		return nil, err
	}
	return s.draft(content("", calendar.Date{}))
}

// PreviewVerification draws the certificate or notice that the approval of an order's record would issue, as
// PreviewReport does.
func (s *Service) PreviewVerification(ctx context.Context, actor ledger.Actor, order string) ([]byte, error) {
	if err := actor.As(readers...); err != nil {
		return nil, err
	}
	o, err := s.instruments.Order(ctx, actor, order)
	if err != nil {
		return nil, err
	}
	if len(o.Records) == 0 || o.Records[0].ApprovedAt != nil || o.Records[0].ReturnReason != "" {
		return nil, errs.New(errs.Conflict, "no_open_record", "该检定任务没有待核验或待批准的记录，不能预览",
			"no record of the order waits for check or approval, so there is nothing to preview")
	}
	a, err := s.instruments.Approved(ctx, actor, o.Records[0].ID)
	if err != nil {
		return nil, err
	}
	switch kind := documentKind(a.Record); {
	case a.Record.Conclusion == "undetermined":
		return nil, errs.New(errs.Blocked, "undetermined", "检定记录待判定，不能出具文书",
			"the record is undetermined, so it ends in no document")
	case kind == VerificationCertificate && a.Record.Stage == string(procedure.Inspection):
		return nil, errs.New(errs.Conflict, "nothing_issued", "使用中检查合格不出具新文书，现行检定证书继续有效",
			"an in-use inspection that passes issues nothing: the certificate in force stays valid")
	default:
		bureau, err := s.users.Division(ctx, actor.Division)
		if err != nil {
			return nil, err
		}
		return s.draft(verificationContent(a, bureau, kind, "", calendar.Date{}))
	}
}

func (s *Service) draft(c paper.Content, err error) ([]byte, error) {
	if err != nil {
		return nil, err
	}
	return paper.Draw(c, paper.Options{Watermark: paper.Draft, Pending: s.PublicURL(strings.Repeat("x", codeLength))})
}

// Copy draws a document that is no longer valid under the mark of what became of it, from its frozen content: to be
// handed on without being taken for the document. The issued file stays as it is, and PDF returns it.
func (s *Service) Copy(ctx context.Context, actor ledger.Actor, number string) ([]byte, Document, error) {
	d, err := s.find(ctx, s.db, actor, number)
	if err != nil {
		return nil, d, err
	}
	mark, marked := map[Status]paper.Watermark{Superseded: paper.Superseded, Revoked: paper.Revoked}[d.Status]
	if !marked {
		return nil, d, errs.New(errs.Conflict, "not_marked", "文书未被替代或撤销，请下载原件",
			"the document is neither superseded nor revoked: download the original")
	}
	f, err := selectFrozen(ctx, s.db, d.ID)
	if err != nil {
		return nil, d, err
	}
	c, err := paper.Thaw([]byte(f.Content))
	if err != nil {
		return nil, d, err
	}
	pdf, err := paper.Draw(c, paper.Options{URL: s.PublicURL(d.Code), Watermark: mark})
	return pdf, d, err
}
