package instruments

import (
	"context"
	"encoding/json"

	"hengjian/instruments/procedure"
	"hengjian/internal/calendar"
	"hengjian/internal/database"
	"hengjian/internal/errs"
	"hengjian/internal/ledger"
)

// Plan is what a verifier is to measure for an order: the points computed from the instrument's parameters, and the
// measurement standards that serve the procedure with the state of their equipment.
type Plan struct {
	Order      Order                   `json:"order"`
	Instrument Instrument              `json:"instrument"`
	Edition    Edition                 `json:"edition"`
	Unit       string                  `json:"unit"`
	Items      []procedure.PlannedItem `json:"items"`
	Standards  []MeasurementStandard   `json:"standards"`
	Equipment  []EquipmentStatus       `json:"equipment"`
}

// Plan computes the points of an order by the edition in force today.
func (s *Service) Plan(ctx context.Context, actor ledger.Actor, number string) (Plan, error) {
	p, err := s.planBy(ctx, actor, number, s.today())
	if err != nil {
		return p, err
	}
	record, err := recordOf(p.Instrument, p.Order.Stage, Recording{Readings: json.RawMessage("{}")})
	if err != nil {
		return p, err
	}
	if p.Items, err = p.Edition.def.Points(record); err != nil {
		return p, err
	}
	p.Unit = p.Edition.def.Unit
	if unit, ok := record.Parameters["unit"]; ok {
		if err := json.Unmarshal(unit, &p.Unit); err != nil {
			return p, errs.New(errs.Invalid, "unit", "器具参数的单位无法识别", "the unit of the parameters cannot be read").With(err)
		}
	}
	return p, s.planStandards(ctx, s.db, actor, &p)
}

// planBy is the order and its instrument with the edition in force on the day.
func (s *Service) planBy(ctx context.Context, actor ledger.Actor, number string, on calendar.Date) (Plan, error) {
	var p Plan
	if err := actor.As(ledger.Verifier); err != nil {
		return p, err
	}
	var err error
	if p.Order, err = selectOrder(ctx, s.db, actor, number); err != nil {
		return p, err
	}
	if p.Instrument, err = selectInstrumentByID(ctx, s.db, actor, p.Order.InstrumentID); err != nil {
		return p, err
	}
	p.Edition, err = s.editionFor(ctx, s.db, p.Instrument, on, false)
	return p, err
}

func (s *Service) planStandards(ctx context.Context, q database.Queryer, actor ledger.Actor, p *Plan) error {
	all, err := selectMeasurementStandards(ctx, q, actor.Division)
	if err != nil {
		return err
	}
	p.Standards, p.Equipment = []MeasurementStandard{}, []EquipmentStatus{}
	for _, m := range all {
		var l errs.List
		if m.block(&l, p.Instrument.ProcedureCode, s.today()); l.Len() == 0 {
			p.Standards = append(p.Standards, m)
		}
	}
	equipment, err := selectEquipmentList(ctx, q, actor.Division, s.today())
	if err != nil {
		return err
	}
	for _, e := range equipment {
		for _, m := range p.Standards {
			if m.has(e.ID) {
				p.Equipment = append(p.Equipment, e)
				break
			}
		}
	}
	return nil
}

// Preview evaluates readings as they are typed, by the edition in force on the day of the verification, storing nothing:
// errors, limits and verdicts shown live.
func (s *Service) Preview(ctx context.Context, actor ledger.Actor, number string, r Recording) (procedure.Evaluation, error) {
	if r.VerifiedOn.IsZero() {
		r.VerifiedOn = s.today()
	}
	p, err := s.planBy(ctx, actor, number, r.VerifiedOn)
	if err != nil {
		return procedure.Evaluation{}, err
	}
	if len(r.Readings) == 0 {
		r.Readings = json.RawMessage("{}")
	}
	record, err := recordOf(p.Instrument, p.Order.Stage, r)
	if err != nil {
		return procedure.Evaluation{}, err
	}
	if record.Ratios, err = s.previewRatios(ctx, actor, r); err != nil {
		return procedure.Evaluation{}, err
	}
	return p.Edition.def.Evaluate(record)
}

// previewRatios are those of the equipment that is chosen so far; nil when none is. A piece that may not be used has
// none; the record tells why when it is to be kept.
func (s *Service) previewRatios(ctx context.Context, actor ledger.Actor, r Recording) ([]string, error) {
	var uses []Use
	for _, id := range r.EquipmentID {
		use, err := EquipmentUse(ctx, s.db, actor.Division, id, r.VerifiedOn)
		if err != nil && !isKind(err, errs.Blocked) {
			return nil, err
		}
		uses = append(uses, use)
	}
	if len(uses) == 0 {
		return nil, nil
	}
	return ratios(uses), nil
}
