package certificates

import (
	"context"
	"crypto/sha256"
	"fmt"
	"time"

	"github.com/google/uuid"

	"hengjian/certificates/paper"
	"hengjian/instruments"
	"hengjian/instruments/procedure"
	"hengjian/internal/calendar"
	"hengjian/internal/database"
	"hengjian/internal/errs"
	"hengjian/internal/ledger"
	"hengjian/internal/users"
	"hengjian/lims"
)

// subject is what a document is issued about.
type subject struct {
	kind       Kind
	about      string // report or verification
	id         string
	number     string // of the sample or of the instrument
	title      string
	businessID string
	holder     string
	conclusion string
	validUntil *calendar.Date
	signedAt   time.Time
	role       ledger.Role
	replaces   string // id of the document that this one supersedes
}

// ApproveReport approves a reviewed report and issues it as a document, in one transaction.
func (s *Service) ApproveReport(ctx context.Context, actor ledger.Actor, proof users.Proof, number string, version int) (Document, error) {
	return inTx(ctx, s.db, func(tx *database.Tx) (Document, error) {
		a, err := s.lims.ApproveIn(ctx, tx, actor, proof, lims.Ref{Number: number, Version: version})
		if err != nil {
			return Document{}, err
		}
		sub := subject{
			kind: InspectionReport, about: "report", id: a.ReportID, number: a.SampleNumber, title: a.Product,
			businessID: a.BusinessID, holder: a.Holder, conclusion: string(a.Conclusion),
			signedAt: a.Approved.At, role: ledger.Signatory,
		}
		content, replaces, err := reportOf(ctx, tx, a)
		if err != nil {
			return Document{}, err
		}
		sub.replaces = replaces
		return s.issue(ctx, tx, actor, sub, content)
	})
}

// contentFor makes the content of a document for the number and the day of its issue.
type contentFor func(number string, on calendar.Date) (paper.Content, error)

// reportOf is what a report's document says, and the id of the document that it supersedes, if any.
func reportOf(ctx context.Context, q database.Queryer, a lims.Approved) (content contentFor, replaces string, err error) {
	var replaced *paper.Replacement
	if a.Supersedes != "" {
		id, number, err := documentAbout(ctx, q, "report", a.Supersedes)
		if err != nil {
			return nil, "", err
		}
		replaces, replaced = id, &paper.Replacement{Number: number, Reason: a.Reason}
	}
	seals, err := sealNumbers(ctx, q, a.SampleID)
	if err != nil {
		return nil, "", err
	}
	version, err := nextVersion(ctx, q, a.Division, a.SampleNumber)
	if err != nil {
		return nil, "", err
	}
	return func(number string, on calendar.Date) (paper.Content, error) {
		c, err := reportContent(a, number, on, seals)
		c.Version, c.Replaces = version, replaced
		return c, err
	}, replaces, nil
}

// ApproveVerification approves a checked record and issues its certificate, or its notice when a point failed, in one
// transaction. An in-use inspection that passes issues nothing: the certificate that it finds in force stays so, and is
// the answer.
func (s *Service) ApproveVerification(ctx context.Context, actor ledger.Actor, proof users.Proof, number string, version int) (Document, error) {
	// Read before the transaction: one that waits for a second connection can wait for others that do the same.
	bureau, err := s.users.Division(ctx, actor.Division)
	if err != nil {
		return Document{}, err
	}
	return inTx(ctx, s.db, func(tx *database.Tx) (Document, error) {
		a, err := s.instruments.ApproveIn(ctx, tx, actor, proof, number, version)
		if err != nil {
			return Document{}, err
		}
		kind := documentKind(a.Record)
		inForce, err := certificateInForce(ctx, tx, actor.Division, a.Instrument.Number, calendar.DateOf(*a.Record.ApprovedAt))
		if err != nil {
			return Document{}, err
		}
		if kind == VerificationCertificate && a.Record.Stage == string(procedure.Inspection) {
			return s.stillInForce(ctx, tx, actor, inForce.Number)
		}
		sub := subject{
			kind: kind, about: "verification", id: a.Record.ID, number: a.Instrument.Number, title: a.Instrument.Name,
			businessID: a.Instrument.BusinessID, holder: a.Instrument.Business, conclusion: a.Record.Conclusion,
			validUntil: a.Record.ValidUntil, signedAt: *a.Record.ApprovedAt, role: ledger.Approver,
			// A notice cancels the certificate that still holds, a new certificate takes its place: one instrument never
			// has two documents that say different things.
			replaces: inForce.ID,
		}
		return s.issue(ctx, tx, actor, sub, func(number string, on calendar.Date) (paper.Content, error) {
			return verificationContent(a, bureau, kind, number, on)
		})
	})
}

// documentKind is what a verification ends in.
func documentKind(v instruments.Verification) Kind {
	if v.Conclusion == "pass" {
		return VerificationCertificate
	}
	return VerificationNotice
}

// stillInForce is the certificate that an in-use inspection has found to hold.
func (s *Service) stillInForce(ctx context.Context, tx *database.Tx, actor ledger.Actor, number string) (Document, error) {
	if number == "" {
		return Document{}, errs.New(errs.Blocked, "no_certificate_in_force",
			"该器具没有现行有效的检定证书，使用中检查不能批准", "the instrument has no certificate in force, so an in-use inspection cannot be approved")
	}
	return s.find(ctx, tx, actor, number)
}

// issue allots the number, freezes the content and writes the document with its event. The number is counted in this
// transaction: if anything fails, no number is used.
func (s *Service) issue(ctx context.Context, tx *database.Tx, actor ledger.Actor, sub subject, content contentFor,
) (Document, error) {
	on := calendar.DateOf(sub.signedAt)
	serial, err := database.NextNumber(ctx, tx, actor.Division, "document."+string(sub.kind), on.Year())
	if err != nil {
		return Document{}, err
	}
	number := fmt.Sprintf("%s%02d-%s-%05d", sub.kind.prefix(), on.Year()%100, actor.Division, serial)
	c, err := content(number, on)
	if err != nil {
		return Document{}, err
	}
	frozen, err := paper.Freeze(c)
	if err != nil {
		return Document{}, refusal(number, err)
	}
	code, err := s.newCode()
	if err != nil {
		return Document{}, err
	}
	// Drawn to see that it can be: the file itself follows when the issue is in the ledger (finish.go).
	if _, err := paper.Draw(c, paper.Options{URL: s.PublicURL(code)}); err != nil {
		return Document{}, refusal(number, err)
	}
	bears, err := s.bearingOf(ctx, tx, c)
	if err != nil {
		return Document{}, err
	}
	id, err := uuid.NewV7()
	if err != nil {
		return Document{}, fmt.Errorf("document id: %w", err)
	}
	sum := sha256.Sum256(frozen)
	d := issued{
		Document: Document{
			ID: id.String(), Division: actor.Division, Kind: sub.kind, Number: number, Code: code, SubjectKind: sub.about,
			SubjectID: sub.id, SubjectNumber: sub.number, BusinessID: sub.businessID, Title: sub.title, Holder: sub.holder,
			Conclusion: sub.conclusion, IssuedOn: on, IssuedAt: sub.signedAt, ValidUntil: sub.validUntil,
		},
		Year: on.Year(), Serial: serial, Content: string(frozen), ContentHash: sum[:], IssuedBy: actor.PersonID,
		ReplacesID: sub.replaces, Address: s.address, Bears: bears,
	}
	return s.keep(ctx, tx, actor, sub.role, d)
}

func (s *Service) keep(ctx context.Context, tx *database.Tx, actor ledger.Actor, role ledger.Role, d issued) (Document, error) {
	if err := insertDocument(ctx, tx, d); err != nil {
		return Document{}, fmt.Errorf("document %s: %w", d.Number, err)
	}
	if err := insertUnfinished(ctx, tx, d.ID); err != nil {
		return Document{}, fmt.Errorf("document %s: %w", d.Number, err)
	}
	if err := ledger.Append(ctx, tx, actor, s.now(), kindIssued.Event(role, d.about(), d.told())); err != nil {
		return Document{}, err
	}
	return s.find(ctx, tx, actor, d.Number)
}

// refusal says which document could not be made; what is wrong with its content blocks the approval.
func refusal(number string, err error) error {
	if isKind(err, errs.Invalid) {
		var l errs.List
		l.Merge("", err)
		return errs.Blockers("document_blocked", "文书内容不完整，不能出具", "the document cannot be issued as it is", l.Fields())
	}
	return fmt.Errorf("document %s: %w", number, err)
}
