package instruments

import (
	"context"
	"fmt"
	"time"

	"hengjian/instruments/procedure"
	"hengjian/internal/calendar"
	"hengjian/internal/database"
	"hengjian/internal/database/paging"
	"hengjian/internal/errs"
	"hengjian/internal/ledger"
)

// Order is an application for a verification, free of charge; the fee that is waived is noted.
type Order struct {
	ID             string         `json:"id" db:"id"`
	Division       string         `json:"division" db:"division"`
	Number         string         `json:"number" db:"number"`
	InstrumentID   string         `json:"instrument_id" db:"instrument_id"`
	Instrument     string         `json:"instrument" db:"instrument"`
	InstrumentName string         `json:"instrument_name" db:"instrument_name"`
	BusinessID     string         `json:"business_id" db:"business_id"`
	Business       string         `json:"business" db:"business"`
	Stage          string         `json:"stage" db:"stage" enum:"initial,subsequent,inspection"`
	State          OrderState     `json:"state" db:"state" enum:"applied,accepted,refused,recorded,checked,approved"`
	WaivedFee      string         `json:"waived_fee" db:"waived_fee" doc:"yuan"`
	WaivedBasis    string         `json:"waived_basis" db:"waived_basis"`
	Wish           string         `json:"wish" db:"wish"`
	Bilingual      bool           `json:"bilingual" db:"bilingual" doc:"the certificate is wanted in Chinese and English"`
	AppliedAt      time.Time      `json:"applied_at" db:"applied_at"`
	DecidedAt      *time.Time     `json:"decided_at,omitempty" db:"decided_at"`
	Refusal        string         `json:"refusal" db:"refusal"`
	ScheduledOn    *calendar.Date `json:"scheduled_on,omitempty" db:"scheduled_on"`
	DueOn          *calendar.Date `json:"due_on,omitempty" db:"due_on"`
	DueProvisional bool           `json:"due_provisional" db:"due_provisional"`
	Version        int            `json:"version" db:"version"`
	Actions        []Step         `json:"actions" db:"-"`
}

// Application is a business's wish to have an instrument verified.
type Application struct {
	ID         string `json:"id,omitempty" doc:"UUIDv7 made by the client; the same id again is the same application"`
	Instrument string `json:"instrument" doc:"number of the instrument"`
	Stage      string `json:"stage" doc:"initial, subsequent or inspection"`
	Wish       string `json:"wish" doc:"when and where it would suit"`
	Bilingual  bool   `json:"bilingual,omitempty" doc:"the certificate in Chinese and English"`
}

// turnaround is how many working days after acceptance a verification is promised. The measures of 1987 (art. 8) ask
// for a time limit and leave its length to the body; this is ours.
const turnaround = 20

// Apply asks for the verification of an instrument.
func (s *Service) Apply(ctx context.Context, actor ledger.Actor, a Application) (Order, error) {
	if err := mayRead(actor); err != nil {
		return Order{}, err
	}
	var l errs.List
	l.Require("instrument", a.Instrument, "器具", "instrument")
	oneOf(&l, "stage", a.Stage, "检定类别", "initial", "subsequent", "inspection")
	tooLong(&l, "wish", a.Wish, 500)
	if err := l.Err(); err != nil {
		return Order{}, err
	}
	id, err := newID(a.ID)
	if err != nil {
		return Order{}, err
	}
	return inTx(ctx, s.db, func(tx *database.Tx) (Order, error) { return s.apply(ctx, tx, actor, id, a) })
}

func (s *Service) apply(ctx context.Context, tx *database.Tx, actor ledger.Actor, id string, a Application) (Order, error) {
	if old, err := selectOrderByID(ctx, tx, actor, id); err == nil {
		return old, nil
	} else if !isKind(err, errs.NotFound) {
		return old, err
	}
	in, err := selectInstrument(ctx, tx, actor, a.Instrument)
	if err != nil {
		return Order{}, err
	}
	role, err := owner(actor, &in.BusinessID)
	if err != nil {
		return Order{}, err
	}
	if in.State != "in_use" {
		return Order{}, errs.New(errs.Conflict, "instrument_not_in_use", "器具已停用或报废，不能申请检定", "the instrument is not in use")
	}
	if a.Stage == string(procedure.Inspection) {
		var l errs.List
		if in.blockUnverified(&l, s.today()); l.Len() > 0 {
			return Order{}, asBlocked(l.Err(), "order_blocked", "申请条件不满足", "the application is blocked")
		}
	}
	fee, err := selectWaivedFee(ctx, tx, in.ProcedureCode, s.today())
	if err != nil {
		return Order{}, err
	}
	year := s.today().Year()
	n, err := database.NextNumber(ctx, tx, actor.Division, "verification_order", year)
	if err != nil {
		return Order{}, err
	}
	o := Order{
		ID: id, Division: actor.Division, Number: fmt.Sprintf("JD%02d-%s-%05d", year%100, actor.Division, n),
		InstrumentID: in.ID, BusinessID: in.BusinessID, Stage: a.Stage, State: Applied,
		WaivedFee: fee.Amount, WaivedBasis: fee.Basis, Wish: a.Wish, Bilingual: a.Bilingual, AppliedAt: s.now(),
	}
	if err := insertOrder(ctx, tx, o, actor.PersonID); err != nil {
		return o, fmt.Errorf("order %s: %w", o.Number, err)
	}
	if err := ledger.Append(ctx, tx, actor, s.now(), kindOrderApplied.Event(role, o.about(), orderApplied{
		Instrument: in.Number, InstrumentID: in.ID, Stage: o.Stage, WaivedFee: o.WaivedFee, Bilingual: o.Bilingual,
	})); err != nil {
		return o, err
	}
	return selectOrderByID(ctx, tx, actor, id)
}

// Decision accepts or refuses an application. Refusal is in writing; acceptance starts the clock.
type Decision struct {
	Accept      bool           `json:"accept"`
	Refusal     string         `json:"refusal,omitempty"`
	ScheduledOn *calendar.Date `json:"scheduled_on,omitempty"`
}

// Decide accepts or refuses an application as it was read at the given version.
func (s *Service) Decide(ctx context.Context, actor ledger.Actor, number string, version int, d Decision) (Order, error) {
	step := Accept
	if !d.Accept {
		step = Refuse
		var l errs.List
		l.Require("refusal", d.Refusal, "不予受理的理由", "reason of refusal")
		tooLong(&l, "refusal", d.Refusal, 500)
		if err := l.Err(); err != nil {
			return Order{}, err
		}
	}
	return inTx(ctx, s.db, func(tx *database.Tx) (Order, error) {
		o, role, err := s.stepOrder(ctx, tx, actor, number, version, step)
		if err != nil {
			return o, err
		}
		at := s.now()
		o.DecidedAt = &at
		if !d.Accept {
			o.Refusal = d.Refusal
			return s.saveStep(ctx, tx, actor, o, kindOrderRefused.Event(role, o.about(), orderRefused{ledger.Seal(d.Refusal)}))
		}
		due, provisional := s.calendar.AddWorkdays(calendar.DateOf(at), turnaround)
		o.ScheduledOn, o.DueOn, o.DueProvisional = d.ScheduledOn, &due, provisional
		return s.saveStep(ctx, tx, actor, o, kindOrderAccepted.Event(role, o.about(),
			orderAccepted{d.ScheduledOn, due, provisional}))
	})
}

// stepOrder locks the order and moves it by one step of the flow, unsaved.
func (s *Service) stepOrder(ctx context.Context, tx *database.Tx, actor ledger.Actor, number string, version int, step Step,
) (Order, ledger.Role, error) {
	o, err := lockOrder(ctx, tx, actor, number)
	if err != nil {
		return o, "", err
	}
	if version != 0 && version != o.Version {
		return o, "", errVersion
	}
	to, role, err := o.State.next(step, actor)
	if err != nil {
		return o, "", fmt.Errorf("order %s: %w", number, err)
	}
	o.State = to
	return o, role, nil
}

// saveStep stores an order after a step, with its event.
func (s *Service) saveStep(ctx context.Context, tx *database.Tx, actor ledger.Actor, o Order, e ledger.Event) (Order, error) {
	if err := updateOrder(ctx, tx, o, actor.PersonID); err != nil {
		return o, fmt.Errorf("order %s: %w", o.Number, err)
	}
	if err := ledger.Append(ctx, tx, actor, s.now(), e); err != nil {
		return o, err
	}
	return selectOrderByID(ctx, tx, actor, o.ID)
}

// OrderFilter narrows a list of orders; empty fields do not.
type OrderFilter struct {
	Query      string
	State      string
	Instrument string
	Cursor     string
	Limit      int
}

// Orders lists what the actor may see, newest number first.
func (s *Service) Orders(ctx context.Context, actor ledger.Actor, f OrderFilter) (paging.Page[Order], error) {
	if err := mayRead(actor); err != nil {
		return paging.Page[Order]{}, err
	}
	return selectOrders(ctx, s.db, actor, f)
}

// OrderDetail is an order with its instrument, its records of verification and its history.
type OrderDetail struct {
	Order      Order          `json:"order"`
	Instrument Instrument     `json:"instrument"`
	Records    []Verification `json:"records"`
	History    []ledger.Entry `json:"history"`
}

// Order returns one order by its number.
func (s *Service) Order(ctx context.Context, actor ledger.Actor, number string) (OrderDetail, error) {
	var d OrderDetail
	if err := mayRead(actor); err != nil {
		return d, err
	}
	var err error
	if d.Order, err = selectOrder(ctx, s.db, actor, number); err != nil {
		return d, err
	}
	if d.Instrument, err = selectInstrumentByID(ctx, s.db, actor, d.Order.InstrumentID); err != nil {
		return d, err
	}
	if d.Records, err = selectVerifications(ctx, s.db, d.Order.ID); err != nil {
		return d, err
	}
	d.History, err = ledger.History(ctx, s.db, "verification_order", d.Order.ID)
	return d, err
}
