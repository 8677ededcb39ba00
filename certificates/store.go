package certificates

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"hengjian/internal/calendar"
	"hengjian/internal/database"
	"hengjian/internal/database/paging"
	"hengjian/internal/errs"
	"hengjian/internal/ledger"
)

const documentColumns = `d.id, d.division, d.kind, d.number, d.code, d.subject_kind, d.subject_id, d.subject_number,
		coalesce(d.business_id::text, '') AS business_id, d.title, d.holder, d.conclusion,
		encode(d.content_hash, 'hex') AS content_hash, coalesce(encode(f.file_hash, 'hex'), '') AS file_hash, f.log_index,
		d.issued_on, d.issued_at, d.valid_until, coalesce(o.number, '') AS supersedes, coalesce(n.number, '') AS superseded_by,
		r.decided_at AS revoked_at, coalesce(r.reason, '') AS revoked_why`

const documentFrom = `
	FROM document d
	LEFT JOIN document_file f ON f.document_id = d.id
	LEFT JOIN document o ON o.id = d.supersedes
	LEFT JOIN document n ON n.supersedes = d.id
	LEFT JOIN revocation r ON r.document_id = d.id AND r.state = 'confirmed'`

const documentSelect = `
	SELECT ` + documentColumns + documentFrom

const documentScope = ` d.division = $1 AND ($2 = '' OR d.business_id::text = $2)`

// documentFilter narrows by kind, words, status on a day, day of issue, and order or sample: $3 to $8.
const documentFilter = documentScope + `
			AND ($3 = '' OR d.kind = $3)
			AND ($4 = '' OR d.number ILIKE '%' || $4 || '%' OR d.subject_number ILIKE '%' || $4 || '%'
				OR d.title ILIKE '%' || $4 || '%' OR d.holder ILIKE '%' || $4 || '%')
			AND ($5 = '' OR $5 = CASE
				WHEN r.decided_at IS NOT NULL THEN 'revoked'
				WHEN n.id IS NOT NULL THEN 'superseded'
				WHEN d.valid_until < $6 THEN 'expired'
				ELSE 'valid' END
				OR $5 = 'revocation_requested' AND EXISTS (
					SELECT FROM revocation w
					WHERE w.document_id = d.id AND w.state = 'requested'))
			AND ($7 = '' OR d.issued_on::text = $7)
			AND ($8 = '' OR d.subject_kind = 'report' AND d.subject_number = $8 OR d.subject_id = (
				SELECT v.id
				FROM verification v
				JOIN verification_order a ON a.id = v.order_id
				WHERE a.number = $8 AND v.approved_by IS NOT NULL))`

func selectDocument(ctx context.Context, q database.Queryer, actor ledger.Actor, number string) (Document, error) {
	var d Document
	err := q.Get(ctx, &d, documentSelect+`
		WHERE`+documentScope+` AND d.number = $3`, actor.Division, actor.BusinessID, number)
	return d, documentError(err)
}

func documentError(err error) error {
	if errors.Is(err, sql.ErrNoRows) {
		return errNoDocument
	}
	if err != nil {
		return fmt.Errorf("document: %w", err)
	}
	return nil
}

func selectPublic(ctx context.Context, q database.Queryer, code string) (Document, string, error) {
	var d Document
	if err := q.Get(ctx, &d, documentSelect+`
		WHERE d.code = $1`, code); err != nil {
		return d, "", documentError(err)
	}
	var bureau string
	err := q.Get(ctx, &bureau, `
		SELECT bureau
		FROM division
		WHERE code = $1`, d.Division)
	if err != nil {
		return d, "", fmt.Errorf("bureau of document %s: %w", d.Number, err)
	}
	return d, bureau, nil
}

func selectDocuments(ctx context.Context, q database.Queryer, actor ledger.Actor, f Filter, today calendar.Date) (paging.Page[Document], error) {
	keys, err := paging.Decode(f.Cursor, paging.Time, paging.Text)
	if err != nil {
		return paging.Page[Document]{}, err
	}
	at, id := "infinity", "ffffffff-ffff-ffff-ffff-ffffffffffff"
	if keys != nil {
		at, id = keys[0], keys[1]
	}
	limit := paging.Limit(f.Limit)
	rows := []Document{}
	err = q.Select(ctx, &rows, documentSelect+`
		WHERE`+documentFilter+`
			AND (d.issued_at, d.id::text) < ($9::timestamptz, $10)
		ORDER BY d.issued_at DESC, d.id::text DESC
		LIMIT $11`,
		actor.Division, actor.BusinessID, f.Kind, f.Query, f.Status, today, f.Day, f.Order, at, id, limit+1)
	if err != nil {
		return paging.Page[Document]{}, fmt.Errorf("documents: %w", err)
	}
	return paging.Cut(rows, limit, func(d Document) []string {
		return []string{paging.Stamp(d.IssuedAt), d.ID}
	}), nil
}

// issued is a document with what only its row holds.
type issued struct {
	Document
	Year        int
	Serial      int
	Content     string
	ContentHash []byte
	IssuedBy    string
	ReplacesID  string
	Address     string
	Bears       bearing
}

func insertDocument(ctx context.Context, tx *database.Tx, d issued) error {
	_, err := tx.Exec(ctx, `
		INSERT INTO document (id, division, kind, year, serial, number, code, subject_kind, subject_id, subject_number,
			business_id, title, holder, conclusion, content, content_hash, issued_on, issued_at, issued_by, valid_until,
			supersedes)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, nullif($11, '')::uuid, $12, $13, $14, $15, $16, $17, $18, $19, $20,
			nullif($21, '')::uuid)`,
		d.ID, d.Division, string(d.Kind), d.Year, d.Serial, d.Number, d.Code, d.SubjectKind, d.SubjectID, d.SubjectNumber,
		d.BusinessID, d.Title, d.Holder, d.Conclusion, d.Content, d.ContentHash, d.IssuedOn, d.IssuedAt, d.IssuedBy,
		d.ValidUntil, d.ReplacesID)
	if database.Violates(err, "document_superseded_once") {
		return errs.New(errs.Conflict, "superseded_already", "原文书已被替代", "the document was superseded already").With(err)
	}
	return err
}

// named is a document by its id and its number.
type named struct {
	ID     string `db:"id"`
	Number string `db:"number"`
}

// certificateInForce is the certificate of an instrument that holds on a day; empty when there is none.
func certificateInForce(ctx context.Context, q database.Queryer, division, instrument string, on calendar.Date) (named, error) {
	var d named
	err := q.Get(ctx, &d, `
		SELECT d.id, d.number
		FROM document d
		WHERE d.division = $1 AND d.subject_kind = 'verification' AND d.subject_number = $2 AND d.valid_until >= $3
			AND NOT EXISTS (SELECT FROM document n WHERE n.supersedes = d.id)
			AND NOT EXISTS (SELECT FROM revocation r WHERE r.document_id = d.id AND r.state = 'confirmed')
		ORDER BY d.issued_at DESC, d.id DESC
		LIMIT 1`, division, instrument, on)
	if errors.Is(err, sql.ErrNoRows) {
		return named{}, nil
	}
	if err != nil {
		return named{}, fmt.Errorf("certificate of instrument %s: %w", instrument, err)
	}
	return d, nil
}

// lastVerified is the document that was issued last about an instrument, whatever it is worth now; empty when there is
// none.
func lastVerified(ctx context.Context, q database.Queryer, division, instrument string) (Document, error) {
	var d Document
	err := q.Get(ctx, &d, documentSelect+`
		WHERE d.division = $1 AND d.subject_kind = 'verification' AND d.subject_number = $2
		ORDER BY d.issued_at DESC, d.id DESC
		LIMIT 1`, division, instrument)
	if errors.Is(err, sql.ErrNoRows) {
		return Document{}, nil
	}
	return d, documentError(err)
}

const revocationSelect = `
	SELECT r.id, r.state, r.reason, r.nonce, r.requested_by, p.name AS requester, r.requested_at,
		coalesce(r.decided_by::text, '') AS decided_by, coalesce(q.name, '') AS decider, r.decided_at
	FROM revocation r
	JOIN person p ON p.id = r.requested_by
	LEFT JOIN person q ON q.id = r.decided_by`

// selectRevocation returns the latest request about a document; nil when there is none.
func selectRevocation(ctx context.Context, q database.Queryer, documentID string) (*Revocation, error) {
	var r Revocation
	err := q.Get(ctx, &r, revocationSelect+`
		WHERE r.document_id = $1
		ORDER BY r.requested_at DESC
		LIMIT 1`, documentID)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("revocation: %w", err)
	}
	return &r, nil
}

func lockRevocation(ctx context.Context, tx *database.Tx, documentID string) (Revocation, error) {
	var r Revocation
	err := tx.Get(ctx, &r, revocationSelect+`
		WHERE r.document_id = $1 AND r.state = 'requested'
		FOR UPDATE OF r`, documentID)
	if errors.Is(err, sql.ErrNoRows) {
		return r, errs.New(errs.Conflict, "no_revocation", "没有待确认的撤销申请", "no revocation waits for a decision")
	}
	if err != nil {
		return r, fmt.Errorf("revocation: %w", err)
	}
	return r, nil
}

func insertRevocation(ctx context.Context, tx *database.Tx, documentID string, r Revocation, signature string) error {
	_, err := tx.Exec(ctx, `
		INSERT INTO revocation (id, document_id, state, reason, nonce, requested_by, requested_at, requested_signature)
		VALUES ($1, $2, 'requested', $3, $4, $5, $6, $7)`, r.ID, documentID, r.Reason, r.Nonce, r.RequestedBy, r.RequestedAt, signature)
	if database.Violates(err, "revocation_one") {
		return errs.New(errs.Conflict, "revocation_open", "该文书已有撤销申请", "a revocation of this document was requested already").With(err)
	}
	return err
}

func decideRevocation(ctx context.Context, tx *database.Tx, id, state, by string, at time.Time, signature string) error {
	_, err := tx.Exec(ctx, `
		UPDATE revocation
		SET state = $2, decided_by = $3, decided_at = $4, decided_signature = $5
		WHERE id = $1 AND state = 'requested'`, id, state, by, at, signature)
	if database.Violates(err, "revocation_two_people") {
		return errs.New(errs.Forbidden, "same_person", "撤销须由两人办理", "a revocation needs two people").With(err)
	}
	return err
}
