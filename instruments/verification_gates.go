package instruments

import (
	"context"
	"fmt"
	"slices"

	"hengjian/instruments/procedure"
	"hengjian/internal/calendar"
	"hengjian/internal/database"
	"hengjian/internal/errs"
	"hengjian/internal/ledger"
	"hengjian/internal/users"
)

// gate is all that must hold before a record may be kept.
type gate struct {
	edition  Edition
	standard MeasurementStandard
	uses     []Use
}

// gates gathers every reason that forbids the verification (DESIGN rules 1, 2 and 6).
func (s *Service) gates(ctx context.Context, tx *database.Tx, actor ledger.Actor, o Order, in Instrument, r Recording,
) (gate, error) {
	var g gate
	var blockers errs.List
	var err error
	o.block(&blockers, in, r.VerifiedOn)
	g.edition, err = s.editionFor(ctx, tx, in, r.VerifiedOn, true)
	switch {
	case err != nil && !isKind(err, errs.Blocked):
		return g, err
	case err != nil:
		blockers.Merge("procedure", err)
	}
	allowed, err := users.Authorised(ctx, tx, actor.PersonID, "procedure", in.ProcedureCode, r.VerifiedOn)
	if err != nil {
		return g, err
	}
	if !allowed {
		blockers.Add("verifier", "not_authorised",
			fmt.Sprintf("您在%s未获%s的检定项目授权", r.VerifiedOn, in.ProcedureCode),
			fmt.Sprintf("you are not authorised for %s on %s", in.ProcedureCode, r.VerifiedOn))
	}
	if g.standard, err = selectMeasurementStandard(ctx, tx, actor.Division, r.StandardID); err != nil {
		return g, err
	}
	g.standard.block(&blockers, in.ProcedureCode, r.VerifiedOn)
	for i, id := range r.EquipmentID {
		use, err := EquipmentUse(ctx, tx, actor.Division, id, r.VerifiedOn)
		switch {
		case err != nil && !isKind(err, errs.Blocked):
			return g, err
		case err != nil:
			blockers.Merge(fmt.Sprintf("equipment_ids[%d]", i), err)
		case !g.standard.has(id):
			blockers.Add(fmt.Sprintf("equipment_ids[%d]", i), "not_of_standard",
				fmt.Sprintf("设备%s不属于计量标准“%s”", use.Equipment.Number, g.standard.Name),
				fmt.Sprintf("equipment %s is not part of this measurement standard", use.Equipment.Number))
		}
		g.uses = append(g.uses, use)
	}
	return g, asBlocked(blockers.Err(), "verification_blocked", "检定条件不满足", "the verification is blocked")
}

// block notes what of the order forbids a record on the day: the day lies before the application, or an in-use
// inspection of what is not verified (JJF 1001: it finds out whether a verification still holds).
func (o Order) block(l *errs.List, in Instrument, on calendar.Date) {
	if applied := calendar.DateOf(o.AppliedAt); on.Before(applied) {
		l.Add("verified_on", "before_application", fmt.Sprintf("检定日期早于申请日期%s", applied),
			fmt.Sprintf("the verification lies before the application of %s", applied))
	}
	if o.Stage == string(procedure.Inspection) {
		in.blockUnverified(l, on)
	}
}

// blockUnverified notes that an in-use inspection is of no use to an instrument that is not verified on the day.
func (i Instrument) blockUnverified(l *errs.List, on calendar.Date) {
	if i.VerifiedOn != nil && i.ValidUntil != nil && !on.Before(*i.VerifiedOn) && !on.After(*i.ValidUntil) {
		return
	}
	l.Add("stage", "not_verified", fmt.Sprintf("器具%s在%s不在检定有效期内，不能作使用中检查，须检定", i.Number, on),
		fmt.Sprintf("instrument %s is not verified on %s: it needs a verification, not an in-use inspection", i.Number, on))
}

func (m MeasurementStandard) block(l *errs.List, procedureCode string, on calendar.Date) {
	if on.Before(m.ValidFrom) || on.After(m.ValidUntil) {
		l.Add("standard_id", "standard_out_of_validity",
			fmt.Sprintf("计量标准“%s”的考核证书在%s不在有效期内", m.Name, on),
			fmt.Sprintf("the certificate of the measurement standard is not valid on %s", on))
	}
	if slices.Contains(m.Procedures, procedureCode) {
		return
	}
	l.Add("standard_id", "standard_not_for_procedure",
		fmt.Sprintf("计量标准“%s”不开展%s", m.Name, procedureCode),
		fmt.Sprintf("the measurement standard does not serve %s", procedureCode))
}

func (m MeasurementStandard) has(equipmentID string) bool {
	return slices.Contains(m.Equipment, equipmentID)
}

// asBlocked turns a list of reasons into a Blocked error.
func asBlocked(err error, code, zh, en string) error {
	if err == nil {
		return nil
	}
	var l errs.List
	l.Merge("", err)
	return errs.Blockers(code, zh, en, l.Fields())
}
