package certificates

import (
	"context"
	"errors"
	"strings"
	"time"

	"hengjian/internal/calendar"
	"hengjian/internal/database"
	"hengjian/internal/database/paging"
	"hengjian/internal/errs"
	"hengjian/internal/files"
	"hengjian/internal/ledger"
)

// Kind is what a document is.
type Kind string

// The kinds of documents.
const (
	InspectionReport        Kind = "inspection_report"        // 检验报告
	VerificationCertificate Kind = "verification_certificate" // 检定证书
	VerificationNotice      Kind = "verification_notice"      // 检定结果通知书
)

// prefix is how the numbers of a kind begin.
func (k Kind) prefix() string {
	switch k {
	case InspectionReport:
		return "BG"
	case VerificationCertificate:
		return "JDZ"
	case VerificationNotice:
		return "JDT"
	}
	return ""
}

// Status is what a document is worth now; it is derived, never stored.
type Status string

// The states of an issued document.
const (
	Valid      Status = "valid"      // 有效
	Expired    Status = "expired"    // 已过期
	Superseded Status = "superseded" // 已被替代
	Revoked    Status = "revoked"    // 已撤销
)

// Document is an issued document. Nothing of it ever changes but its Status, which follows from what came after.
type Document struct {
	ID            string         `json:"id" db:"id"`
	Division      string         `json:"division" db:"division"`
	Kind          Kind           `json:"kind" db:"kind" enum:"inspection_report,verification_certificate,verification_notice"`
	Number        string         `json:"number" db:"number"`
	Code          string         `json:"code" db:"code" doc:"the unguessable part of the public address"`
	SubjectKind   string         `json:"subject_kind" db:"subject_kind"`
	SubjectID     string         `json:"subject_id" db:"subject_id"`
	SubjectNumber string         `json:"subject_number" db:"subject_number" doc:"number of the sample or of the instrument"`
	BusinessID    string         `json:"business_id" db:"business_id"`
	Title         string         `json:"title" db:"title"`
	Holder        string         `json:"holder" db:"holder"`
	Conclusion    string         `json:"conclusion" db:"conclusion" enum:"pass,fail"`
	ContentHash   string         `json:"content_hash" db:"content_hash"`
	FileHash      string         `json:"file_hash" db:"file_hash" doc:"empty until the file is finished, seconds after the issue"`
	LogIndex      *int64         `json:"log_index,omitempty" db:"log_index" doc:"place of the issue in the evidence ledger"`
	IssuedOn      calendar.Date  `json:"issued_on" db:"issued_on"`
	IssuedAt      time.Time      `json:"issued_at" db:"issued_at"`
	ValidUntil    *calendar.Date `json:"valid_until,omitempty" db:"valid_until"`
	Supersedes    string         `json:"supersedes,omitempty" db:"supersedes" doc:"number of the document that this one replaces"`
	SupersededBy  string         `json:"superseded_by,omitempty" db:"superseded_by"`
	RevokedAt     *time.Time     `json:"revoked_at,omitempty" db:"revoked_at"`
	RevokedWhy    string         `json:"revoked_why,omitempty" db:"revoked_why"`
	Status        Status         `json:"status" db:"-" enum:"valid,expired,superseded,revoked"`
}

// RevocationRequested finds, in place of a status, the documents of which a revocation waits for its second person.
const RevocationRequested = "revocation_requested"

// StatusOn derives the status: a revocation outweighs a successor, and both outweigh the end of validity. The last day
// of validity is still valid.
func (d Document) StatusOn(day calendar.Date) Status {
	switch {
	case d.RevokedAt != nil:
		return Revoked
	case d.SupersededBy != "":
		return Superseded
	case d.ValidUntil != nil && day.After(*d.ValidUntil):
		return Expired
	}
	return Valid
}

// Filter narrows a list of documents; empty fields do not.
type Filter struct {
	Query  string
	Kind   string
	Status string // or RevocationRequested
	Day    string // of issue
	Order  string // number of the order, or of the sample that a report is about
	Cursor string
	Limit  int
}

// Documents lists what the actor may see, newest first.
func (s *Service) Documents(ctx context.Context, actor ledger.Actor, f Filter) (paging.Page[Document], error) {
	if err := mayRead(actor); err != nil {
		return paging.Page[Document]{}, err
	}
	page, err := selectDocuments(ctx, s.db, actor, f, s.today())
	for i := range page.Items {
		page.Items[i].Status = page.Items[i].StatusOn(s.today())
	}
	return page, err
}

// Detail is a document with its revocation, if one was asked for, and its history.
type Detail struct {
	Document   Document       `json:"document"`
	URL        string         `json:"url"`
	Revocation *Revocation    `json:"revocation,omitempty"`
	History    []ledger.Entry `json:"history"`
}

// Document returns one document by its number.
func (s *Service) Document(ctx context.Context, actor ledger.Actor, number string) (Detail, error) {
	var d Detail
	var err error
	if d.Document, err = s.find(ctx, s.db, actor, number); err != nil {
		return d, err
	}
	d.URL = s.PublicURL(d.Document.Code)
	if d.Revocation, err = selectRevocation(ctx, s.db, d.Document.ID); err != nil {
		return d, err
	}
	d.History, err = ledger.History(ctx, s.db, "document", d.Document.ID)
	return d, err
}

func (s *Service) find(ctx context.Context, q database.Queryer, actor ledger.Actor, number string) (Document, error) {
	if err := mayRead(actor); err != nil {
		return Document{}, err
	}
	d, err := selectDocument(ctx, q, actor, number)
	d.Status = d.StatusOn(s.today())
	return d, err
}

// PDF returns the bytes of a document's file, which is finished now where it is not yet.
func (s *Service) PDF(ctx context.Context, actor ledger.Actor, number string) ([]byte, Document, error) {
	d, err := s.find(ctx, s.db, actor, number)
	if err != nil {
		return nil, d, err
	}
	if d, err = s.finished(ctx, d); err != nil {
		return nil, d, err
	}
	content, err := s.bytes(ctx, d)
	return content, d, err
}

// bytes reads the file of a finished document.
func (s *Service) bytes(ctx context.Context, d Document) ([]byte, error) {
	hash, err := files.ParseHash(d.FileHash)
	if err != nil {
		return nil, err
	}
	content, err := s.files.Read(ctx, hash)
	if isKind(err, errs.NotFound) || errors.Is(err, files.ErrDamaged) {
		err = errs.New(errs.Internal, "document_file_lost", "文书"+d.Number+"的文件缺失或损坏，请管理员运行 hengjian files scrub 并从备份恢复",
			"the file of document "+d.Number+" is missing or damaged: an administrator runs hengjian files scrub and restores it from a backup").
			With(err)
	}
	return content, err
}

// Public is what anybody who holds the code may know: no personal data, and of the holder what the document's kind
// makes public anyway.
type Public struct {
	Kind         Kind           `json:"kind"`
	Number       string         `json:"number"`
	Title        string         `json:"title"`
	Status       Status         `json:"status"`
	Holder       string         `json:"holder"`
	Conclusion   string         `json:"conclusion"`
	Bureau       string         `json:"bureau"`
	IssuedOn     calendar.Date  `json:"issued_on"`
	ValidUntil   *calendar.Date `json:"valid_until,omitempty"`
	SupersededBy string         `json:"superseded_by,omitempty"`
	RevokedOn    *calendar.Date `json:"revoked_on,omitempty"`
	RevokedWhy   string         `json:"revoked_why,omitempty"`
	FileHash     string         `json:"file_hash"`
	LogIndex     *int64         `json:"log_index,omitempty"`
	Division     string         `json:"division"`
}

// byCode finds the document of a code, with its bureau. What cannot be a code is asked for like one that nobody has: the
// answer, and the time for it, are the same.
func (s *Service) byCode(ctx context.Context, code string) (Document, string, error) {
	if len(code) != codeLength || strings.Trim(code, codeAlphabet) != "" {
		code = noCode
	}
	return selectPublic(ctx, s.db, code)
}

// Check answers the public question at /v/{code}. Unknown codes are one error, whatever their shape.
func (s *Service) Check(ctx context.Context, code string) (Public, error) {
	d, bureau, err := s.byCode(ctx, code)
	if err != nil {
		return Public{}, err
	}
	p := Public{
		Kind: d.Kind, Number: d.Number, Title: d.Title, Status: d.StatusOn(s.today()), Holder: maskHolder(d.Holder),
		Conclusion: d.Conclusion, Bureau: bureau, IssuedOn: d.IssuedOn, ValidUntil: d.ValidUntil,
		SupersededBy: d.SupersededBy, RevokedWhy: d.RevokedWhy, FileHash: d.FileHash, LogIndex: d.LogIndex, Division: d.Division,
	}
	if d.RevokedAt != nil {
		on := calendar.DateOf(*d.RevokedAt)
		p.RevokedOn = &on
	}
	return p, nil
}

// maskHolder keeps the first and the last two characters of a name: enough to recognise one's own.
func maskHolder(name string) string {
	r := []rune(name)
	if len(r) <= 4 {
		if len(r) == 0 {
			return ""
		}
		return string(r[0]) + "***"
	}
	return string(r[:2]) + "****" + string(r[len(r)-2:])
}

// PublicPDF returns the issued bytes to the document's holder or to staff who came by its public address.
func (s *Service) PublicPDF(ctx context.Context, actor ledger.Actor, code string) ([]byte, Document, error) {
	d, _, err := s.byCode(ctx, code)
	if err != nil {
		return nil, d, err
	}
	if d.Division != actor.Division || (actor.BusinessID != "" && actor.BusinessID != d.BusinessID) {
		return nil, d, errNoDocument
	}
	if err := mayRead(actor); err != nil {
		return nil, d, err
	}
	if d, err = s.finished(ctx, d); err != nil {
		return nil, d, err
	}
	content, err := s.bytes(ctx, d)
	return content, d, err
}

func isKind(err error, kind errs.Kind) bool { return err != nil && errs.KindOf(err) == kind }
