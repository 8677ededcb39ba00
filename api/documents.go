package api

import (
	"context"
	"net/url"
	"strings"

	"hengjian/certificates"
	"hengjian/internal/database/paging"
	"hengjian/internal/ledger"
)

type documentQuery struct {
	Listed
	Kind   string `query:"kind"`
	Status string `query:"status" doc:"valid, expired, superseded or revoked; revocation_requested: a revocation waits for its second person"`
	Day    string `query:"day" doc:"of issue"`
	Order  string `query:"order" doc:"number of the order, or of the sample that a report is about"`
}

func (s *server) documents(ctx context.Context, actor ledger.Actor, in *documentQuery) (*answer[paging.Page[certificates.Document]], error) {
	page, err := s.Certificates.Documents(ctx, actor, certificates.Filter{
		Query: in.Query, Kind: in.Kind, Status: in.Status, Day: in.Day, Order: in.Order, Cursor: in.Cursor, Limit: in.Limit,
	})
	return &answer[paging.Page[certificates.Document]]{page}, err
}

func (s *server) document(ctx context.Context, actor ledger.Actor, in *Numbered) (*answer[certificates.Detail], error) {
	d, err := s.Certificates.Document(ctx, actor, in.Number)
	return &answer[certificates.Detail]{d}, err
}

// binary is an answer of bytes.
type binary struct {
	Type        string `header:"Content-Type"`
	Disposition string `header:"Content-Disposition"`
	Body        []byte
}

func (s *server) documentPDF(ctx context.Context, actor ledger.Actor, in *Numbered) (*binary, error) {
	content, d, err := s.Certificates.PDF(ctx, actor, in.Number)
	return pdfFile(d.Number+".pdf", content), err
}

func (s *server) documentCopy(ctx context.Context, actor ledger.Actor, in *Numbered) (*binary, error) {
	content, d, err := s.Certificates.Copy(ctx, actor, in.Number)
	return pdfFile(d.Number+"-copy.pdf", content), err
}

func (s *server) previewReport(ctx context.Context, actor ledger.Actor, in *Numbered) (*binary, error) {
	content, err := s.Certificates.PreviewReport(ctx, actor, in.Number)
	return shown(in.Number+"-draft.pdf", content), err
}

func (s *server) previewCertificate(ctx context.Context, actor ledger.Actor, in *Numbered) (*binary, error) {
	content, err := s.Certificates.PreviewVerification(ctx, actor, in.Number)
	return shown(in.Number+"-draft.pdf", content), err
}

func pdfFile(name string, content []byte) *binary {
	return &binary{Type: "application/pdf", Disposition: attachment(name), Body: content}
}

// shown is a file to look at in the browser.
func shown(name string, content []byte) *binary {
	f := pdfFile(name, content)
	f.Disposition = "inline" + strings.TrimPrefix(f.Disposition, "attachment")
	return f
}

// attachment names a download (RFC 6266), Chinese names included.
func attachment(name string) string {
	return `attachment; filename*=UTF-8''` + url.PathEscape(name)
}

type revocationInput struct {
	Numbered
	Body struct {
		SignedBody
		Reason string `json:"reason"`
	}
}

func (s *server) requestRevocation(ctx context.Context, actor ledger.Actor, in *revocationInput) (*answer[certificates.Detail], error) {
	proof, err := s.Users.Reauthenticate(ctx, actor, in.Body.Password)
	if err != nil {
		return nil, err
	}
	d, err := s.Certificates.RequestRevocation(ctx, actor, proof, in.Number, in.Body.Reason)
	return &answer[certificates.Detail]{d}, err
}

type revocationDecision struct {
	Numbered
	Body struct {
		SignedBody
		Confirm bool `json:"confirm"`
	}
}

func (s *server) decideRevocation(ctx context.Context, actor ledger.Actor, in *revocationDecision) (*answer[certificates.Detail], error) {
	proof, err := s.Users.Reauthenticate(ctx, actor, in.Body.Password)
	if err != nil {
		return nil, err
	}
	d, err := s.Certificates.DecideRevocation(ctx, actor, proof, in.Number, in.Body.Confirm)
	return &answer[certificates.Detail]{d}, err
}

func (s *server) trace(ctx context.Context, actor ledger.Actor, in *Numbered) (*answer[certificates.Trace], error) {
	t, err := s.Certificates.Trace(ctx, actor, in.Number)
	return &answer[certificates.Trace]{t}, err
}
