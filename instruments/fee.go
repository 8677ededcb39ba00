package instruments

import (
	"context"
	"fmt"

	"hengjian/internal/calendar"
	"hengjian/internal/database"
	"hengjian/internal/errs"
	"hengjian/internal/ledger"
	"hengjian/internal/measure"
)

// WaivedFee is what a verification by a procedure would cost, were it not free; the table is local and dated.
type WaivedFee struct {
	Procedure string        `json:"procedure"`
	Amount    string        `json:"amount" doc:"yuan"`
	Basis     string        `json:"basis"`
	ValidFrom calendar.Date `json:"valid_from"`
}

// SetWaivedFee records the former fee of a procedure from a day on. Technical managers and administrators only.
func (s *Service) SetWaivedFee(ctx context.Context, actor ledger.Actor, f WaivedFee) error {
	if err := actor.As(ledger.TechnicalManager, ledger.Administrator); err != nil {
		return err
	}
	trim(&f.Procedure, &f.Amount, &f.Basis)
	var l errs.List
	l.Require("procedure", f.Procedure, "检定规程", "the procedure")
	l.Require("basis", f.Basis, "收费依据", "the basis")
	if amount, err := measure.ParseDecimal(f.Amount); err != nil || amount.IsNegative() || amount.Decimals() > 2 {
		l.Add("amount", "amount", "金额须为不小于零、至多两位小数的数", "the amount must be a number of at most two decimals, not below zero")
	}
	if f.ValidFrom.IsZero() {
		l.Add("valid_from", "required", "起始日期必填", "valid_from is required")
	}
	if err := l.Err(); err != nil {
		return err
	}
	return s.db.InTx(ctx, func(tx *database.Tx) error {
		if err := insertWaivedFee(ctx, tx, f); err != nil {
			return fmt.Errorf("waived fee of %s: %w", f.Procedure, err)
		}
		about := ledger.Subject{Kind: "waived_fee", ID: f.Procedure, Number: f.Procedure}
		return ledger.Append(ctx, tx, actor, s.now(), kindWaivedFeeSet.Event(equipper(actor), about, waivedFeeSet(f)))
	})
}
