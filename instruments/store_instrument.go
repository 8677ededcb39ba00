package instruments

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"hengjian/internal/database"
	"hengjian/internal/database/paging"
	"hengjian/internal/errs"
	"hengjian/internal/ledger"
)

// The last approved verification decides how long an instrument may be used; an in-use inspection that passed changes
// nothing. Once its certificate is revoked, the instrument is as if never verified: the certificate before it does not
// come to life again.
const instrumentSelect = `
	SELECT i.id, i.division, i.number, i.business_id, b.name AS business, i.name, i.model, i.serial, i.maker, i.range,
		i.accuracy_class, i.procedure_code, convert_to(i.parameters, 'UTF8') AS parameters, i.place, i.street, i.purpose, i.mode, i.state, i.filed_at,
		v.verified_on, v.valid_until, coalesce(v.conclusion, '') AS conclusion, i.version
	FROM instrument i
	JOIN business b ON b.id = i.business_id
	LEFT JOIN LATERAL (
		SELECT v.id, v.verified_on, v.valid_until, v.conclusion
		FROM verification_order o
		JOIN verification v ON v.order_id = o.id AND v.approved_by IS NOT NULL
		WHERE o.instrument_id = i.id AND o.state = 'approved' AND NOT (v.stage = 'inspection' AND v.conclusion = 'pass')
		ORDER BY v.verified_on DESC, v.approved_at DESC
		LIMIT 1) v ON NOT EXISTS (SELECT FROM verification_withdrawal WHERE verification_id = v.id)`

// scoped keeps an actor within the division and a business within its own: $1 division, $2 business or empty.
const scoped = ` i.division = $1 AND ($2 = '' OR i.business_id::text = $2)`

func selectInstrumentByID(ctx context.Context, q database.Queryer, actor ledger.Actor, id string) (Instrument, error) {
	return oneInstrument(ctx, q, instrumentSelect+`
		WHERE`+scoped+` AND i.id::text = $3`, actor.Division, actor.BusinessID, id)
}

func selectInstrument(ctx context.Context, q database.Queryer, actor ledger.Actor, number string) (Instrument, error) {
	return oneInstrument(ctx, q, instrumentSelect+`
		WHERE`+scoped+` AND i.number = $3`, actor.Division, actor.BusinessID, number)
}

func oneInstrument(ctx context.Context, q database.Queryer, query string, args ...any) (Instrument, error) {
	var in Instrument
	err := q.Get(ctx, &in, query, args...)
	if errors.Is(err, sql.ErrNoRows) {
		return in, notFound("instrument_missing", "器具", "instrument")
	}
	if err != nil {
		return in, fmt.Errorf("instrument: %w", err)
	}
	return in, nil
}

func selectInstruments(ctx context.Context, q database.Queryer, actor ledger.Actor, f Filter) (paging.Page[Instrument], error) {
	after, err := afterNumber(f.Cursor)
	if err != nil {
		return paging.Page[Instrument]{}, err
	}
	limit := paging.Limit(f.Limit)
	rows := []Instrument{}
	err = q.Select(ctx, &rows, instrumentSelect+`
		WHERE`+scoped+`
			AND ($3 = '' OR i.number < $3)
			AND ($4 = '' OR i.state = $4)
			AND ($5 = '' OR i.street = $5)
			AND ($6 = '' OR i.number ILIKE '%' || $6 || '%' OR i.serial ILIKE '%' || $6 || '%'
				OR i.name ILIKE '%' || $6 || '%' OR b.name ILIKE '%' || $6 || '%')
			AND ($7 = '' OR v.valid_until IS NULL OR v.valid_until <= nullif($7, '')::date)
		ORDER BY i.number DESC
		LIMIT $8`,
		actor.Division, actor.BusinessID, after, f.State, f.Street, f.Query, f.DueUntil, limit+1)
	if err != nil {
		return paging.Page[Instrument]{}, fmt.Errorf("instruments: %w", err)
	}
	return paging.Cut(rows, limit, func(i Instrument) []string { return []string{i.Number} }), nil
}

func insertInstrument(ctx context.Context, tx *database.Tx, actor ledger.Actor, number string, f Filing,
	parameters string, at time.Time,
) error {
	_, err := tx.Exec(ctx, `
		INSERT INTO instrument (id, division, number, business_id, name, model, serial, maker, range, accuracy_class,
			procedure_code, parameters, place, street, purpose, mode, state, filed_by, filed_at)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, 'in_use', $17, $18)`,
		f.ID, actor.Division, number, f.BusinessID, f.Name, f.Model, f.Serial, f.Maker, f.Range, f.AccuracyClass,
		f.ProcedureCode, parameters, f.Place, f.Street, f.Purpose, f.Mode, actor.PersonID, at)
	if database.Violates(err, "instrument_once") {
		return errs.New(errs.Conflict, "instrument_exists",
			"同一制造单位、型号、出厂编号的器具已备案", "an instrument of this maker, model and serial number is filed already").With(err)
	}
	return err
}

func businessExists(ctx context.Context, q database.Queryer, division, id string) error {
	var found bool
	err := q.Get(ctx, &found, `
		SELECT EXISTS (
			SELECT FROM business
			WHERE id::text = $1 AND division = $2)`, id, division)
	if err != nil {
		return fmt.Errorf("business %s: %w", id, err)
	}
	if !found {
		return notFound("business_missing", "企业", "business")
	}
	return nil
}

// afterNumber reads the cursor of a list ordered by number.
func afterNumber(cursor string) (string, error) {
	keys, err := paging.Decode(cursor, paging.Text)
	if err != nil || keys == nil {
		return "", err
	}
	return keys[0], nil
}
