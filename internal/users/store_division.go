package users

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"hengjian/internal/database"
)

// DivisionByCode returns a division and its bureau.
func DivisionByCode(ctx context.Context, q database.Queryer, code string) (Division, error) {
	if !divisionForm.MatchString(code) {
		return Division{}, fmt.Errorf("division %q: %w", code, errDivisionUnknown)
	}
	var d Division
	err := q.Get(ctx, &d, `
		SELECT code, name, bureau, laboratory, address, phone, cma_number, cnas_number, metrology_authorisation
		FROM division
		WHERE code = $1`, code)
	if errors.Is(err, sql.ErrNoRows) {
		err = errDivisionUnknown
	}
	if err != nil {
		return Division{}, fmt.Errorf("division %s: %w", code, err)
	}
	return d, nil
}

// saveDivision adds or changes a division, and holds it until the end of the transaction.
func saveDivision(ctx context.Context, tx *database.Tx, d Division) error {
	_, err := tx.Exec(ctx, `
		INSERT INTO division (code, name, bureau, laboratory, address, phone, cma_number, cnas_number, metrology_authorisation)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
		ON CONFLICT (code) DO UPDATE
		SET name = excluded.name,
			bureau = excluded.bureau,
			laboratory = excluded.laboratory,
			address = excluded.address,
			phone = excluded.phone,
			cma_number = excluded.cma_number,
			cnas_number = excluded.cnas_number,
			metrology_authorisation = excluded.metrology_authorisation`,
		d.Code, d.Name, d.Bureau, d.Laboratory, d.Address, d.Phone, d.CMANumber, d.CNASNumber, d.MetrologyAuthorisation)
	return err
}

// lockDivision holds a division until the end of the transaction; rows that refer to it may still be added.
func lockDivision(ctx context.Context, tx *database.Tx, code string) error {
	var locked string
	err := tx.Get(ctx, &locked, `
		SELECT code
		FROM division
		WHERE code = $1
		FOR NO KEY UPDATE`, code)
	if errors.Is(err, sql.ErrNoRows) {
		return errDivisionUnknown
	}
	return err
}

func divisionEmpty(ctx context.Context, tx *database.Tx, code string) (bool, error) {
	var empty bool
	err := tx.Get(ctx, &empty, `
		SELECT NOT EXISTS (SELECT FROM person p WHERE p.division = $1)`, code)
	return empty, err
}
