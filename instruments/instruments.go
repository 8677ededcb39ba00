// Package instruments owns measuring instruments and their verification: the bureau's equipment with its certificates
// up to the national standard (tables equipment, equipment_certificate, measurement_standard…), procedures by edition
// (procedure_edition, waived_fee), the instruments that businesses file (instrument), and the orders and records of
// verification (verification_order, verification, verification_equipment, verification_withdrawal). The rules of a
// procedure are data; the engine that reads them is the package procedure below. Read order_flow.go for the steps,
// verification.go for the record and verification_gates.go for what forbids it.
package instruments

import (
	"context"
	"strings"
	"time"

	"github.com/google/uuid"

	"hengjian/internal/calendar"
	"hengjian/internal/database"
	"hengjian/internal/errs"
	"hengjian/internal/ledger"
	"hengjian/internal/users"
)

// Service holds the use cases.
type Service struct {
	db       *database.DB
	now      func() time.Time
	users    *users.Service
	calendar *calendar.Calendar
}

// New makes the service.
func New(db *database.DB, now func() time.Time, people *users.Service) *Service {
	return &Service{db: db, now: now, users: people, calendar: calendar.Official()}
}

func (s *Service) today() calendar.Date { return calendar.DateOf(s.now()) }

// newID returns the caller's id when it is a UUID, a fresh UUIDv7 when there is none.
func newID(given string) (string, error) {
	if given == "" {
		id, err := uuid.NewV7()
		return id.String(), err
	}
	id, err := uuid.Parse(given)
	if err != nil {
		return "", errs.New(errs.Invalid, "id", "编号须为UUID", "an id must be a UUID").With(err)
	}
	return id.String(), nil
}

func notFound(code, zh, en string) error {
	return errs.New(errs.NotFound, code, zh+"不存在", "there is no such "+en)
}

// staff are the roles of the bureau that may look at instruments and orders.
var staff = []ledger.Role{
	ledger.Verifier, ledger.Checker, ledger.Approver, ledger.Technician, ledger.Reviewer, ledger.Signatory,
	ledger.Custodian, ledger.Auditor, ledger.Leader, ledger.TechnicalManager, ledger.Administrator,
}

func mayRead(actor ledger.Actor) error {
	if actor.BusinessID != "" {
		return actor.As(ledger.Business)
	}
	return actor.As(staff...)
}

// tooLong notes texts beyond what a form may hold.
func tooLong(l *errs.List, path, text string, limit int) {
	if len([]rune(text)) > limit {
		l.Add(path, "too_long", "内容过长", "the text is too long")
	}
}

func isKind(err error, kind errs.Kind) bool { return err != nil && errs.KindOf(err) == kind }

// inTx runs a use case whose answer is one value.
func inTx[T any](ctx context.Context, db *database.DB, do func(tx *database.Tx) (T, error)) (T, error) {
	var out T
	err := db.InTx(ctx, func(tx *database.Tx) (err error) {
		out, err = do(tx)
		return err
	})
	if err != nil {
		var zero T
		return zero, err
	}
	return out, nil
}

func trim(texts ...*string) {
	for _, t := range texts {
		*t = strings.TrimSpace(*t)
	}
}

var errVersion = errs.New(errs.Version, "changed", "数据已被他人修改，请刷新后重试", "it was changed since you read it; reload and try again")
