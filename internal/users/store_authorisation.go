package users

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"hengjian/internal/calendar"
	"hengjian/internal/database"
	"hengjian/internal/database/paging"
)

// authorisationColumns are those of Authorisation, from authorisation a.
const authorisationColumns = `
	a.id,
	a.person_id,
	a.subject,
	a.code,
	a.valid_from,
	a.valid_to,
	a.granted_by,
	a.granted_at`

func insertAuthorisation(ctx context.Context, tx *database.Tx, a Authorisation) error {
	_, err := tx.Exec(ctx, `
		INSERT INTO authorisation (id, person_id, subject, code, valid_from, valid_to, granted_by, granted_at)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`,
		a.ID, a.PersonID, a.Subject, a.Code, a.ValidFrom, a.ValidTo, a.GrantedBy, a.GrantedAt)
	return err
}

func authorisationsOf(ctx context.Context, q database.Queryer, personID string) ([]Authorisation, error) {
	found := []Authorisation{}
	err := q.Select(ctx, &found, `
		SELECT`+authorisationColumns+`
		FROM authorisation a
		WHERE a.person_id = $1
		ORDER BY a.valid_from DESC, a.id DESC`, personID)
	if err != nil {
		return nil, fmt.Errorf("authorisations of person %s: %w", personID, err)
	}
	for i := range found {
		found[i].GrantedAt = found[i].GrantedAt.UTC()
	}
	return found, nil
}

// lockAuthorisation reads an authorisation with its person's division, and holds it until the end of the transaction.
func lockAuthorisation(ctx context.Context, tx *database.Tx, id string) (Authorisation, string, error) {
	if !paging.UUID(id) {
		return Authorisation{}, "", errAuthorisationUnknown
	}
	var r struct {
		Authorisation
		Division string `db:"division"`
	}
	err := tx.Get(ctx, &r, `
		SELECT`+authorisationColumns+`,
			p.division
		FROM authorisation a
		JOIN person p ON p.id = a.person_id
		WHERE a.id = $1
		FOR NO KEY UPDATE OF a`, id)
	if errors.Is(err, sql.ErrNoRows) {
		return Authorisation{}, "", errAuthorisationUnknown
	}
	return r.Authorisation, r.Division, err
}

func endAuthorisation(ctx context.Context, tx *database.Tx, id string, lastDay calendar.Date) error {
	_, err := tx.Exec(ctx, `
		UPDATE authorisation
		SET valid_to = $2
		WHERE id = $1`, id, lastDay)
	return err
}

// Authorised tells whether the person may use the method or procedure on that day (ISO/IEC 17025:2017 6.2.6).
func Authorised(ctx context.Context, q database.Queryer, personID, subject, code string, on calendar.Date) (bool, error) {
	if !paging.UUID(personID) {
		return false, nil
	}
	var authorised bool
	err := q.Get(ctx, &authorised, `
		SELECT EXISTS (
			SELECT
			FROM authorisation a
			WHERE a.person_id = $1
				AND a.subject = $2
				AND a.code = $3
				AND a.valid_from <= $4
				AND (a.valid_to IS NULL OR a.valid_to >= $4))`, personID, subject, code, on)
	if err != nil {
		return false, fmt.Errorf("authorisation of person %s for %s: %w", personID, code, err)
	}
	return authorised, nil
}
