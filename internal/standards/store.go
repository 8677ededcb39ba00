package standards

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"hengjian/internal/calendar"
	"hengjian/internal/database"
	"hengjian/internal/errs"
	"hengjian/internal/ledger"
)

func insertRows(ctx context.Context, tx *database.Tx, rows []Row) error {
	var columns [8][]string
	enabled := make([]bool, 0, len(rows))
	for _, r := range rows {
		content, err := json.Marshal(r)
		if err != nil {
			return fmt.Errorf("limit row %s: %w", r.ID, err)
		}
		to := ""
		if !r.ValidTo.IsZero() {
			to = r.ValidTo.String()
		}
		for i, v := range []string{r.ID, r.Standard, r.Scope, r.Item, r.ValidFrom.String(), to, string(r.Confidence), string(content)} {
			columns[i] = append(columns[i], v)
		}
		enabled = append(enabled, r.Enabled)
	}
	_, err := tx.Exec(ctx, `
		INSERT INTO standard_limit (id, standard, scope, item, valid_from, valid_to, confidence, content, enabled)
		SELECT id, standard, scope, item, valid_from::date, nullif(valid_to, '')::date, confidence, content, enabled
		FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[], $8::text[], $9::bool[])
			AS r (id, standard, scope, item, valid_from, valid_to, confidence, content, enabled)
		ON CONFLICT (id) DO NOTHING`,
		database.Array(columns[0]), database.Array(columns[1]), database.Array(columns[2]), database.Array(columns[3]),
		database.Array(columns[4]), database.Array(columns[5]), database.Array(columns[6]), database.Array(columns[7]),
		database.Array(enabled))
	if err != nil {
		return fmt.Errorf("load limits: %w", err)
	}
	return nil
}

func insertMethods(ctx context.Context, tx *database.Tx, methods []Method) error {
	for _, m := range methods {
		if _, err := tx.Exec(ctx, `
			INSERT INTO test_method (code, title, valid_from, source)
			VALUES ($1, $2, $3, $4)
			ON CONFLICT (code, valid_from) DO NOTHING`, m.Code, m.Title, m.ValidFrom, m.Source); err != nil {
			return fmt.Errorf("method %s: %w", m.Code, err)
		}
	}
	return nil
}

const methodSelect = `
	SELECT m.code, m.title, m.valid_from, m.valid_to, m.source, 'cma' = ANY (s.schemes) AS cma, 'cnas' = ANY (s.schemes) AS cnas
	FROM test_method m
	CROSS JOIN LATERAL (
		SELECT coalesce(array_agg(a.scheme), '{}') AS schemes
		FROM accredited_method a
		WHERE a.division = $1 AND a.code = m.code AND a.valid_from <= $2 AND a.valid_to >= $2) s
	WHERE m.valid_from <= $2 AND (m.valid_to IS NULL OR m.valid_to >= $2)`

func selectMethod(ctx context.Context, q database.Queryer, division, code string, on calendar.Date) (Method, error) {
	var m Method
	err := q.Get(ctx, &m, methodSelect+`
		AND m.code = $3
		ORDER BY m.valid_from DESC
		LIMIT 1`, division, on, code)
	if errors.Is(err, sql.ErrNoRows) {
		return m, errs.New(errs.Blocked, "method_not_in_force",
			fmt.Sprintf("检验方法%s在%s未登记或未生效", code, on), fmt.Sprintf("method %s is not in force on %s", code, on))
	}
	if err != nil {
		return m, fmt.Errorf("method %s: %w", code, err)
	}
	return m, nil
}

func selectMethods(ctx context.Context, q database.Queryer, division string, on calendar.Date) ([]Method, error) {
	list := []Method{}
	if err := q.Select(ctx, &list, methodSelect+`
		ORDER BY m.code, m.valid_from DESC`, division, on); err != nil {
		return nil, fmt.Errorf("methods: %w", err)
	}
	return list, nil
}

func insertAccreditation(ctx context.Context, tx *database.Tx, id string, actor ledger.Actor, a Accreditation, at time.Time) error {
	_, err := tx.Exec(ctx, `
		INSERT INTO accredited_method (id, division, code, scheme, valid_from, valid_to, recorded_by, recorded_at)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`,
		id, actor.Division, a.Code, string(a.Scheme), a.ValidFrom, a.ValidTo, actor.PersonID, at)
	return err
}

// selectLimits returns the rows, of one item or (item empty) all, with what the database says of their use.
func selectLimits(ctx context.Context, q database.Queryer, item string) ([]StoredRow, error) {
	var rows []struct {
		Content     string         `db:"content"`
		Enabled     bool           `db:"enabled"`
		ValidTo     *calendar.Date `db:"valid_to"`
		ConfirmedAt *time.Time     `db:"confirmed_at"`
	}
	if err := q.Select(ctx, &rows, `
		SELECT content, enabled, valid_to, confirmed_at
		FROM standard_limit
		WHERE $1 = '' OR item = $1
		ORDER BY standard, id`, item); err != nil {
		return nil, fmt.Errorf("limits: %w", err)
	}
	list := make([]StoredRow, len(rows))
	for i, r := range rows {
		if err := json.Unmarshal([]byte(r.Content), &list[i].Row); err != nil {
			return nil, fmt.Errorf("limit row: %w", err)
		}
		list[i].Enabled, list[i].ConfirmedAt = r.Enabled, r.ConfirmedAt
		if r.ValidTo != nil {
			list[i].ValidTo = *r.ValidTo
		}
	}
	return list, nil
}

func confirmLimit(ctx context.Context, tx *database.Tx, id, by string, at time.Time) error {
	n, err := tx.Exec(ctx, `
		UPDATE standard_limit
		SET enabled = true, confirmed_by = $2, confirmed_at = $3
		WHERE id = $1 AND NOT enabled`, id, by, at)
	if err != nil {
		return fmt.Errorf("confirm limit %s: %w", id, err)
	}
	if n == 0 {
		return errs.New(errs.Conflict, "limit_not_waiting", "限量行不存在或已启用", "the limit row does not exist or is in use already")
	}
	return nil
}

// limitState changes whenever a row is added, confirmed or ended.
func limitState(ctx context.Context, q database.Queryer) (string, error) {
	var state string
	if err := q.Get(ctx, &state, `
		SELECT count(*) || ' ' || count(*) FILTER (WHERE enabled) || ' ' || count(valid_to) || ' '
			|| coalesce(max(confirmed_at)::text, '')
		FROM standard_limit`); err != nil {
		return "", fmt.Errorf("limits: %w", err)
	}
	return state, nil
}
