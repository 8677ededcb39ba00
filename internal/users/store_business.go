package users

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"

	"hengjian/internal/database"
	"hengjian/internal/database/paging"
	"hengjian/internal/ledger"
)

// businessColumns are those of Business, from business b.
const businessColumns = `
	b.id,
	b.division,
	b.name,
	b.credit_code,
	b.address,
	b.street,
	b.contact,
	b.phone,
	b.created_at,
	b.version`

func businessByID(ctx context.Context, q database.Queryer, id string) (Business, error) {
	if !paging.UUID(id) {
		return Business{}, errBusinessUnknown
	}
	return oneBusiness(ctx, q, id, `
		SELECT`+businessColumns+`
		FROM business b
		WHERE b.id = $1`)
}

func businessByCode(ctx context.Context, q database.Queryer, code string) (Business, error) {
	if !paging.Text(code) {
		return Business{}, errBusinessUnknown
	}
	return oneBusiness(ctx, q, code, `
		SELECT`+businessColumns+`
		FROM business b
		WHERE b.credit_code = $1`)
}

func oneBusiness(ctx context.Context, q database.Queryer, key, query string) (Business, error) {
	var b Business
	err := q.Get(ctx, &b, query, key)
	if errors.Is(err, sql.ErrNoRows) {
		return Business{}, errBusinessUnknown
	}
	b.CreatedAt = b.CreatedAt.UTC()
	return b, err
}

// listBusinesses reads the rows after the sort key (name, id) of the cursor; an actor's own business limits them.
func listBusinesses(ctx context.Context, q database.Queryer, actor ledger.Actor, f BusinessFilter, after []string,
	limit int) ([]Business, error) {
	if after == nil {
		after = []string{"", "00000000-0000-0000-0000-000000000000"}
	}
	var found []Business
	err := q.Select(ctx, &found, `
		SELECT`+businessColumns+`
		FROM business b
		WHERE b.division = $1
			AND ($2 = '' OR b.id = nullif($2, '')::uuid)
			AND ($3 = '' OR strpos(lower(b.name), lower($3)) > 0 OR strpos(b.credit_code, upper($3)) > 0)
			AND ($4 = '' OR b.street = $4)
			AND (b.name, b.id) > ($5, $6::uuid)
		ORDER BY b.name, b.id
		LIMIT $7`, actor.Division, actor.BusinessID, strings.TrimSpace(f.Q), f.Street, after[0], after[1], limit)
	if err != nil {
		return nil, fmt.Errorf("list businesses: %w", err)
	}
	for i := range found {
		found[i].CreatedAt = found[i].CreatedAt.UTC()
	}
	return found, nil
}

// insertBusiness reports false when the id or the credit code is taken.
func insertBusiness(ctx context.Context, tx *database.Tx, b Business) (bool, error) {
	added, err := tx.Exec(ctx, `
		INSERT INTO business (id, division, name, credit_code, address, street, contact, phone, created_at, version)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
		ON CONFLICT DO NOTHING`,
		b.ID, b.Division, b.Name, b.CreditCode, b.Address, b.Street, b.Contact, b.Phone, b.CreatedAt, b.Version)
	return added > 0, err
}
