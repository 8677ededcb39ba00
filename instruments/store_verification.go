package instruments

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"hengjian/instruments/procedure"
	"hengjian/internal/calendar"
	"hengjian/internal/database"
	"hengjian/internal/errs"
)

const editionSelect = `
	SELECT id, code, edition, title, effective, until, approved_at, coalesce(approved_by::text, '') AS approved_by,
		encode(hash, 'hex') AS hash, definition
	FROM procedure_edition`

func insertEdition(ctx context.Context, tx *database.Tx, id string, def *procedure.Definition, text string, hash []byte) error {
	_, err := tx.Exec(ctx, `
		INSERT INTO procedure_edition (id, code, edition, title, definition, hash, effective, until)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
		ON CONFLICT (code, edition, hash) DO NOTHING`,
		id, def.ID, def.Edition, def.TitleZH(), text, hash, def.Effective(), def.Until())
	return err
}

func approveEdition(ctx context.Context, tx *database.Tx, id, by string, at time.Time) error {
	_, err := tx.Exec(ctx, `
		UPDATE procedure_edition
		SET approved_by = $2, approved_at = $3
		WHERE id = $1 AND approved_by IS NULL`, id, by, at)
	return err
}

func selectEdition(ctx context.Context, q database.Queryer, id string) (Edition, error) {
	return oneEdition(ctx, q, editionSelect+`
		WHERE id::text = $1`, id)
}

// selectEditionOn prefers an approved edition; among those the one that took effect last.
func selectEditionOn(ctx context.Context, q database.Queryer, code string, on calendar.Date) (Edition, error) {
	return oneEdition(ctx, q, editionSelect+`
		WHERE code = $1 AND effective <= $2 AND (until IS NULL OR until >= $2)
		ORDER BY (approved_by IS NULL), effective DESC, id DESC
		LIMIT 1`, code, on)
}

func oneEdition(ctx context.Context, q database.Queryer, query string, args ...any) (Edition, error) {
	var e Edition
	err := q.Get(ctx, &e, query, args...)
	if errors.Is(err, sql.ErrNoRows) {
		return e, notFound("procedure_missing", "检定规程", "procedure")
	}
	if err != nil {
		return e, fmt.Errorf("procedure: %w", err)
	}
	return e, e.parse()
}

func selectEditions(ctx context.Context, q database.Queryer) ([]Edition, error) {
	list := []Edition{}
	if err := q.Select(ctx, &list, editionSelect+`
		ORDER BY code, effective DESC, id DESC`); err != nil {
		return nil, fmt.Errorf("procedures: %w", err)
	}
	for i := range list {
		if err := list[i].parse(); err != nil {
			return nil, err
		}
	}
	return list, nil
}

const verificationSelect = `
	SELECT v.id, v.order_id, v.record_number, v.revision, v.reason, v.procedure_id, p.code || '《' || p.title || '》' AS procedure,
		v.standard_id, m.name AS standard, v.stage, convert_to(v.parameters, 'UTF8') AS parameters,
		convert_to(v.readings, 'UTF8') AS readings, convert_to(v.evaluation, 'UTF8') AS evaluation, v.conclusion, v.verified_on,
		v.valid_until, v.place, v.temperature, v.humidity, v.adjusted, v.verified_by, a.name AS verifier, v.verified_at,
		coalesce(v.checked_by::text, '') AS checked_by, coalesce(b.name, '') AS checker, v.checked_at, v.return_reason,
		coalesce(v.approved_by::text, '') AS approved_by, coalesce(c.name, '') AS approver, v.approved_at
	FROM verification v
	JOIN procedure_edition p ON p.id = v.procedure_id
	JOIN measurement_standard m ON m.id = v.standard_id
	JOIN person a ON a.id = v.verified_by
	LEFT JOIN person b ON b.id = v.checked_by
	LEFT JOIN person c ON c.id = v.approved_by`

func selectVerifications(ctx context.Context, q database.Queryer, orderID string) ([]Verification, error) {
	list := []Verification{}
	if err := q.Select(ctx, &list, verificationSelect+`
		WHERE v.order_id = $1
		ORDER BY v.revision DESC`, orderID); err != nil {
		return nil, fmt.Errorf("verification records: %w", err)
	}
	for i := range list {
		uses, err := selectUses(ctx, q, list[i].ID)
		if err != nil {
			return nil, err
		}
		list[i].Equipment = uses
	}
	return list, nil
}

func selectVerification(ctx context.Context, q database.Queryer, id string) (Verification, error) {
	var v Verification
	err := q.Get(ctx, &v, verificationSelect+`
		WHERE v.id::text = $1`, id)
	if errors.Is(err, sql.ErrNoRows) {
		return v, notFound("record_missing", "检定记录", "verification record")
	}
	if err != nil {
		return v, fmt.Errorf("verification record: %w", err)
	}
	v.Equipment, err = selectUses(ctx, q, v.ID)
	return v, err
}

func lastVerification(ctx context.Context, q database.Queryer, orderID string) (Verification, error) {
	list, err := selectVerifications(ctx, q, orderID)
	if err != nil {
		return Verification{}, err
	}
	if len(list) == 0 {
		return Verification{}, notFound("record_missing", "检定记录", "verification record")
	}
	return list[0], nil
}

func selectUses(ctx context.Context, q database.Queryer, verificationID string) ([]Use, error) {
	var certificates []EquipmentCertificate
	err := q.Select(ctx, &certificates, `
		SELECT `+certificateColumns+`
		FROM verification_equipment u
		JOIN equipment_certificate c ON c.id = u.certificate_id
		WHERE u.verification_id = $1
		ORDER BY c.number, c.id`, verificationID)
	if err != nil {
		return nil, fmt.Errorf("certificates of a verification: %w", err)
	}
	var equipment []Equipment
	err = q.Select(ctx, &equipment, `
		SELECT `+equipmentColumns+`
		FROM verification_equipment u
		JOIN equipment e ON e.id = u.equipment_id
		WHERE u.verification_id = $1`, verificationID)
	if err != nil {
		return nil, fmt.Errorf("equipment of a verification: %w", err)
	}
	pieces := make(map[string]Equipment, len(equipment))
	for _, e := range equipment {
		pieces[e.ID] = e
	}
	uses := make([]Use, 0, len(certificates))
	for _, c := range certificates {
		uses = append(uses, Use{Equipment: pieces[c.EquipmentID], Certificate: c})
	}
	return uses, nil
}

func nextRevision(ctx context.Context, tx *database.Tx, orderID string) (int, error) {
	var n int
	if err := tx.Get(ctx, &n, `
		SELECT coalesce(max(revision), 0) + 1
		FROM verification
		WHERE order_id = $1`, orderID); err != nil {
		return 0, fmt.Errorf("revision: %w", err)
	}
	return n, nil
}

func insertVerification(ctx context.Context, tx *database.Tx, v Verification, signature string) error {
	if _, err := tx.Exec(ctx, `
		INSERT INTO verification (id, order_id, record_number, revision, reason, procedure_id, standard_id, stage, parameters,
			readings, evaluation, conclusion, verified_on, valid_until, place, temperature, humidity, adjusted,
			verified_by, verified_at, verified_signature)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21)`,
		v.ID, v.OrderID, v.RecordNumber, v.Revision, v.Reason, v.ProcedureID, v.StandardID, v.Stage, string(v.Parameters),
		string(v.Readings), string(v.Evaluation), v.Conclusion, v.VerifiedOn, v.ValidUntil, v.Place, v.Temperature,
		v.Humidity, v.Adjusted, v.VerifiedBy, v.VerifiedAt, signature); err != nil {
		return err
	}
	for _, u := range v.Equipment {
		if _, err := tx.Exec(ctx, `
			INSERT INTO verification_equipment (verification_id, equipment_id, certificate_id)
			VALUES ($1, $2, $3)`, v.ID, u.Equipment.ID, u.Certificate.ID); err != nil {
			return err
		}
	}
	return nil
}

func markChecked(ctx context.Context, tx *database.Tx, id, by string, at time.Time, signature string) error {
	_, err := tx.Exec(ctx, `
		UPDATE verification
		SET checked_by = $2, checked_at = $3, checked_signature = $4
		WHERE id = $1 AND checked_by IS NULL`, id, by, at, signature)
	return samePersonConstraint(err)
}

func markReturned(ctx context.Context, tx *database.Tx, id, by string, at time.Time, reason string) error {
	_, err := tx.Exec(ctx, `
		UPDATE verification
		SET returned_by = $2, returned_at = $3, return_reason = $4
		WHERE id = $1 AND approved_by IS NULL`, id, by, at, reason)
	return err
}

func markApproved(ctx context.Context, tx *database.Tx, id, by string, at time.Time, signature string) error {
	_, err := tx.Exec(ctx, `
		UPDATE verification
		SET approved_by = $2, approved_at = $3, approved_signature = $4
		WHERE id = $1 AND checked_by IS NOT NULL AND approved_by IS NULL`, id, by, at, signature)
	return samePersonConstraint(err)
}

func insertWithdrawal(ctx context.Context, tx *database.Tx, verificationID string, at time.Time) error {
	_, err := tx.Exec(ctx, `
		INSERT INTO verification_withdrawal (verification_id, withdrawn_at)
		VALUES ($1, $2)`, verificationID, at)
	return err
}

// samePersonConstraint tells the separation of duties as a refusal, should the use case have let it through.
func samePersonConstraint(err error) error {
	if database.Violates(err, "verification_checker_differs") || database.Violates(err, "verification_approver_differs") {
		return errs.New(errs.Forbidden, "same_person", "检定、核验、批准须由不同的人完成",
			"verification, check and approval need different people").With(err)
	}
	return err
}
