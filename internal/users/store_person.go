package users

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"
	"time"

	"hengjian/internal/database"
	"hengjian/internal/database/paging"
	"hengjian/internal/ledger"
)

// personColumns are those of personRow, from person p.
const personColumns = `
	p.id,
	p.division,
	p.login,
	p.name,
	coalesce(p.business_id::text, '') AS business_id,
	p.disabled_at,
	p.created_at,
	p.version,
	array_to_string(ARRAY(SELECT r.role FROM person_role r WHERE r.person_id = p.id), ' ') AS roles`

type personRow struct {
	ID         string     `db:"id"`
	Division   string     `db:"division"`
	Login      string     `db:"login"`
	Name       string     `db:"name"`
	BusinessID string     `db:"business_id"`
	DisabledAt *time.Time `db:"disabled_at"`
	CreatedAt  time.Time  `db:"created_at"`
	Version    int        `db:"version"`
	Roles      string     `db:"roles"`
}

func (r personRow) person() Person {
	p := Person{ID: r.ID, Division: r.Division, Login: r.Login, Name: r.Name, BusinessID: r.BusinessID,
		CreatedAt: r.CreatedAt.UTC(), Version: r.Version}
	if r.DisabledAt != nil {
		at := r.DisabledAt.UTC()
		p.DisabledAt = &at
	}
	var roles []ledger.Role
	for role := range strings.FieldsSeq(r.Roles) {
		roles = append(roles, ledger.Role(role))
	}
	p.Roles = sortedRoles(roles)
	return p
}

func personByID(ctx context.Context, q database.Queryer, id string) (Person, error) {
	return onePerson(ctx, q, id, `
		SELECT`+personColumns+`
		FROM person p
		WHERE p.id = $1`)
}

// lockPerson reads a person whom nobody else changes until the end of the transaction.
func lockPerson(ctx context.Context, tx *database.Tx, id string) (Person, error) {
	return onePerson(ctx, tx, id, `
		SELECT`+personColumns+`
		FROM person p
		WHERE p.id = $1
		FOR NO KEY UPDATE OF p`)
}

func onePerson(ctx context.Context, q database.Queryer, id, query string) (Person, error) {
	if !paging.UUID(id) {
		return Person{}, errPersonUnknown
	}
	var r personRow
	err := q.Get(ctx, &r, query, id)
	if errors.Is(err, sql.ErrNoRows) {
		return Person{}, errPersonUnknown
	}
	return r.person(), err
}

func listPeople(ctx context.Context, q database.Queryer, actor ledger.Actor, f Filter, after string,
	limit int) ([]Person, error) {
	var rows []personRow
	err := q.Select(ctx, &rows, `
		SELECT`+personColumns+`
		FROM person p
		WHERE p.division = $1
			AND ($2 = '' OR p.business_id = nullif($2, '')::uuid)
			AND ($3 = '' OR EXISTS (SELECT FROM person_role r WHERE r.person_id = p.id AND r.role = $3))
			AND ($4 = '' OR strpos(lower(p.name), lower($4)) > 0 OR strpos(p.login, lower($4)) > 0)
			AND p.login > $5
		ORDER BY p.login
		LIMIT $6`, actor.Division, actor.BusinessID, string(f.Role), strings.TrimSpace(f.Q), after, limit)
	if err != nil {
		return nil, fmt.Errorf("list people: %w", err)
	}
	people := make([]Person, len(rows))
	for i, r := range rows {
		people[i] = r.person()
	}
	return people, nil
}

// insertPerson reports false when the id or the login is taken.
func insertPerson(ctx context.Context, tx *database.Tx, p Person, hash string) (bool, error) {
	added, err := tx.Exec(ctx, `
		INSERT INTO person (id, division, login, name, password_hash, business_id, created_at, version)
		VALUES ($1, $2, $3, $4, $5, nullif($6, '')::uuid, $7, $8)
		ON CONFLICT DO NOTHING`, p.ID, p.Division, p.Login, p.Name, hash, p.BusinessID, p.CreatedAt, p.Version)
	if err != nil || added == 0 {
		return false, err
	}
	return true, insertRoles(ctx, tx, p)
}

func insertRoles(ctx context.Context, tx *database.Tx, p Person) error {
	_, err := tx.Exec(ctx, `
		INSERT INTO person_role (person_id, role)
		SELECT $1, role
		FROM unnest($2::text[]) AS role`, p.ID, database.Array(p.Roles))
	return err
}

func saveRoles(ctx context.Context, tx *database.Tx, p Person) error {
	_, err := tx.Exec(ctx, `
		DELETE FROM person_role
		WHERE person_id = $1`, p.ID)
	if err != nil {
		return err
	}
	return insertRoles(ctx, tx, p)
}

func savePerson(ctx context.Context, tx *database.Tx, p Person, version int) error {
	return guarded(tx.Exec(ctx, `
		UPDATE person
		SET disabled_at = $3, version = version + 1
		WHERE id = $1
			AND version = $2`, p.ID, version, p.DisabledAt))
}

func savePassword(ctx context.Context, tx *database.Tx, p Person, hash string) error {
	return guarded(tx.Exec(ctx, `
		UPDATE person
		SET password_hash = $3, version = version + 1
		WHERE id = $1
			AND version = $2`, p.ID, p.Version, hash))
}

// guarded turns an update that met no row of the version into a conflict.
func guarded(rows int64, err error) error {
	if err == nil && rows == 0 {
		return errVersion
	}
	return err
}

func otherAdministrators(ctx context.Context, tx *database.Tx, p Person) (int, error) {
	var n int
	err := tx.Get(ctx, &n, `
		SELECT count(*)
		FROM person p
		JOIN person_role r ON r.person_id = p.id AND r.role = 'administrator'
		WHERE p.division = $1
			AND p.id <> $2
			AND p.disabled_at IS NULL`, p.Division, p.ID)
	return n, err
}

// Names returns the names of people by their ids. What is not the id of a person is left out.
func Names(ctx context.Context, q database.Queryer, ids []string) (map[string]string, error) {
	var rows []struct {
		ID   string `db:"id"`
		Name string `db:"name"`
	}
	err := q.Select(ctx, &rows, `
		SELECT p.id, p.name
		FROM person p
		WHERE p.id = ANY ($1::uuid[])`, database.Array(onlyIDs(ids)))
	if err != nil {
		return nil, fmt.Errorf("names of people: %w", err)
	}
	names := make(map[string]string, len(rows))
	for _, r := range rows {
		names[r.ID] = r.Name
	}
	return names, nil
}

func onlyIDs(ids []string) []string {
	kept := make([]string, 0, len(ids))
	for _, id := range ids {
		if paging.UUID(id) {
			kept = append(kept, id)
		}
	}
	return kept
}

// anyPerson tells whether the table has a row.
func anyPerson(ctx context.Context, q database.Queryer) (bool, error) {
	var found bool
	if err := q.Get(ctx, &found, `
		SELECT EXISTS (SELECT FROM person)`); err != nil {
		return false, fmt.Errorf("people: %w", err)
	}
	return found, nil
}
