package instruments

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"hengjian/internal/calendar"
	"hengjian/internal/database"
	"hengjian/internal/database/paging"
	"hengjian/internal/errs"
	"hengjian/internal/ledger"
)

const orderSelect = `
	SELECT o.id, o.division, o.number, o.instrument_id, n.number AS instrument, n.name AS instrument_name, o.business_id,
		b.name AS business, o.stage, o.state, o.waived_fee, o.waived_basis, o.wish, o.bilingual, o.applied_at, o.decided_at,
		o.refusal, o.scheduled_on, o.due_on, o.due_provisional, o.version
	FROM verification_order o
	JOIN instrument n ON n.id = o.instrument_id
	JOIN business b ON b.id = o.business_id`

const orderScope = ` o.division = $1 AND ($2 = '' OR o.business_id::text = $2)`

func selectOrder(ctx context.Context, q database.Queryer, actor ledger.Actor, number string) (Order, error) {
	return oneOrder(ctx, q, actor, orderSelect+`
		WHERE`+orderScope+` AND o.number = $3`, number)
}

func selectOrderByID(ctx context.Context, q database.Queryer, actor ledger.Actor, id string) (Order, error) {
	return oneOrder(ctx, q, actor, orderSelect+`
		WHERE`+orderScope+` AND o.id::text = $3`, id)
}

func lockOrder(ctx context.Context, tx *database.Tx, actor ledger.Actor, number string) (Order, error) {
	return oneOrder(ctx, tx, actor, orderSelect+`
		WHERE`+orderScope+` AND o.number = $3
		FOR UPDATE OF o`, number)
}

func oneOrder(ctx context.Context, q database.Queryer, actor ledger.Actor, query, key string) (Order, error) {
	var o Order
	err := q.Get(ctx, &o, query, actor.Division, actor.BusinessID, key)
	if errors.Is(err, sql.ErrNoRows) {
		return o, notFound("order_missing", "检定申请", "verification order")
	}
	if err != nil {
		return o, fmt.Errorf("verification order: %w", err)
	}
	o.Actions = o.State.actions(actor)
	return o, nil
}

func selectOrders(ctx context.Context, q database.Queryer, actor ledger.Actor, f OrderFilter) (paging.Page[Order], error) {
	after, err := afterNumber(f.Cursor)
	if err != nil {
		return paging.Page[Order]{}, err
	}
	limit := paging.Limit(f.Limit)
	rows := []Order{}
	err = q.Select(ctx, &rows, orderSelect+`
		WHERE`+orderScope+`
			AND ($3 = '' OR o.number < $3)
			AND ($4 = '' OR o.state = $4)
			AND ($5 = '' OR n.number = $5)
			AND ($6 = '' OR o.number ILIKE '%' || $6 || '%' OR n.name ILIKE '%' || $6 || '%'
				OR n.serial ILIKE '%' || $6 || '%' OR b.name ILIKE '%' || $6 || '%')
		ORDER BY o.number DESC
		LIMIT $7`,
		actor.Division, actor.BusinessID, after, f.State, f.Instrument, f.Query, limit+1)
	if err != nil {
		return paging.Page[Order]{}, fmt.Errorf("verification orders: %w", err)
	}
	for i := range rows {
		rows[i].Actions = rows[i].State.actions(actor)
	}
	return paging.Cut(rows, limit, func(o Order) []string { return []string{o.Number} }), nil
}

func insertOrder(ctx context.Context, tx *database.Tx, o Order, by string) error {
	_, err := tx.Exec(ctx, `
		INSERT INTO verification_order (id, division, number, instrument_id, business_id, stage, state, waived_fee,
			waived_basis, wish, bilingual, applied_by, applied_at)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)`,
		o.ID, o.Division, o.Number, o.InstrumentID, o.BusinessID, o.Stage, string(o.State), o.WaivedFee,
		o.WaivedBasis, o.Wish, o.Bilingual, by, o.AppliedAt)
	if database.Violates(err, "verification_order_one_open") {
		return errs.New(errs.Conflict, "order_open", "该器具已有未办结的检定申请", "the instrument has an open order already").With(err)
	}
	return err
}

func updateOrder(ctx context.Context, tx *database.Tx, o Order, by string) error {
	n, err := tx.Exec(ctx, `
		UPDATE verification_order
		SET state = $3, decided_by = coalesce(decided_by, $4), decided_at = $5, refusal = $6, scheduled_on = $7,
			due_on = $8, due_provisional = $9, version = version + 1
		WHERE id = $1 AND version = $2`,
		o.ID, o.Version, string(o.State), by, o.DecidedAt, o.Refusal, o.ScheduledOn, o.DueOn, o.DueProvisional)
	if err == nil && n == 0 {
		return errVersion
	}
	return err
}

type waivedFee struct {
	Amount string `db:"amount"`
	Basis  string `db:"basis"`
}

// selectWaivedFee returns what the verification would cost, were it not free; nothing known is said as such.
func selectWaivedFee(ctx context.Context, q database.Queryer, procedureCode string, on calendar.Date) (waivedFee, error) {
	var fee waivedFee
	err := q.Get(ctx, &fee, `
		SELECT amount, basis
		FROM waived_fee
		WHERE procedure_code = $1 AND valid_from <= $2 AND (valid_to IS NULL OR valid_to >= $2)
		ORDER BY valid_from DESC
		LIMIT 1`, procedureCode, on)
	if errors.Is(err, sql.ErrNoRows) {
		return waivedFee{Amount: "0.00", Basis: "财税〔2017〕20号；本地收费标准未登记"}, nil
	}
	if err != nil {
		return fee, fmt.Errorf("waived fee of %s: %w", procedureCode, err)
	}
	return fee, nil
}

func insertWaivedFee(ctx context.Context, tx *database.Tx, f WaivedFee) error {
	_, err := tx.Exec(ctx, `
		INSERT INTO waived_fee (procedure_code, amount, basis, valid_from)
		VALUES ($1, $2, $3, $4)`, f.Procedure, f.Amount, f.Basis, f.ValidFrom)
	if database.Violates(err, "waived_fee_pkey") {
		return errs.New(errs.Conflict, "fee_exists", "该规程自此日起的收费标准已登记", "the fee of this procedure from this day on is recorded already").With(err)
	}
	return err
}
