package standards

import (
	"context"
	"encoding/json"
	"fmt"
	"sync"
	"time"

	"github.com/google/uuid"

	"hengjian/internal/calendar"
	"hengjian/internal/database"
	"hengjian/internal/errs"
	"hengjian/internal/ledger"
)

// Service keeps limits and methods by date in the database (tables standard_limit, test_method, accredited_method) and
// judges results by them.
type Service struct {
	db  *database.DB
	now func() time.Time

	mu        sync.Mutex
	catalogue *Catalogue
	state     string // of the rows that the catalogue was made of
}

// New makes the service.
func New(db *database.DB, now func() time.Time) *Service { return &Service{db: db, now: now} }

// Load brings the limits and methods that ship with the program into the database. A row that is there already stays as
// it is: a changed limit is a new row with a new id.
func (s *Service) Load(ctx context.Context) error {
	builtin, err := Builtin()
	if err != nil {
		return err
	}
	methods, err := builtinMethods()
	if err != nil {
		return err
	}
	return s.db.InTx(ctx, func(tx *database.Tx) error {
		if err := insertRows(ctx, tx, builtin.Rows()); err != nil {
			return err
		}
		return insertMethods(ctx, tx, methods)
	})
}

// Method is a test method by its undated number.
type Method struct {
	Code      string         `json:"code" db:"code"`
	Title     string         `json:"title" db:"title"`
	ValidFrom calendar.Date  `json:"valid_from" db:"valid_from"`
	ValidTo   *calendar.Date `json:"valid_to,omitempty" db:"valid_to"`
	CMA       bool           `json:"cma" db:"cma" doc:"within the laboratory's 资质认定 scope today"`
	CNAS      bool           `json:"cnas" db:"cnas" doc:"within the laboratory's CNAS scope today"`
	Source    string         `json:"-" db:"source"`
}

func builtinMethods() ([]Method, error) {
	var methods []Method
	err := eachRecord("data/methods.csv", []string{"code", "title", "valid_from", "source"}, func(f []string) error {
		from, err := calendar.ParseDate(f[2])
		methods = append(methods, Method{Code: f[0], Title: f[1], ValidFrom: from, Source: f[3]})
		return err
	})
	return methods, err
}

// MethodInForce returns the method in force on a day, with whether the division's laboratory is accredited for it then.
// Its error is Blocked when there is none.
func (s *Service) MethodInForce(ctx context.Context, q database.Queryer, division, code string, on calendar.Date) (Method, error) {
	return selectMethod(ctx, q, division, code, on)
}

// Methods lists the methods in force today.
func (s *Service) Methods(ctx context.Context, actor ledger.Actor) ([]Method, error) {
	if actor.BusinessID != "" {
		return nil, errs.New(errs.Forbidden, "role_missing", "您的角色不能执行此操作", "your role does not allow this")
	}
	return selectMethods(ctx, s.db, actor.Division, calendar.DateOf(s.now()))
}

// Scheme is who says that a laboratory can do what it does.
type Scheme string

// The schemes.
const (
	CMA  Scheme = "cma"  // 资质认定
	CNAS Scheme = "cnas" // ISO/IEC 17025, by the national accreditation service
)

// Accreditation says for which method the laboratory is accredited, by which scheme, and when.
type Accreditation struct {
	Code      string        `json:"code"`
	Scheme    Scheme        `json:"scheme,omitempty" enum:"cma,cnas" doc:"cma unless it is said"`
	ValidFrom calendar.Date `json:"valid_from"`
	ValidTo   calendar.Date `json:"valid_to"`
}

// Accredit records the laboratory's scope for a method.
func (s *Service) Accredit(ctx context.Context, actor ledger.Actor, a Accreditation) error {
	if err := actor.As(ledger.TechnicalManager); err != nil {
		return err
	}
	if a.Scheme == "" {
		a.Scheme = CMA
	}
	var l errs.List
	l.Require("code", a.Code, "方法编号", "code")
	if a.Scheme != CMA && a.Scheme != CNAS {
		l.Add("scheme", "choice", "资质种类须为 cma 或 cnas", "the scheme is cma or cnas")
	}
	if a.ValidFrom.IsZero() || a.ValidTo.Before(a.ValidFrom) {
		l.Add("valid_to", "order", "有效期有误", "the validity dates are wrong")
	}
	if err := l.Err(); err != nil {
		return err
	}
	id, err := uuid.NewV7()
	if err != nil {
		return fmt.Errorf("accreditation id: %w", err)
	}
	return s.db.InTx(ctx, func(tx *database.Tx) error {
		if _, err := selectMethod(ctx, tx, actor.Division, a.Code, a.ValidFrom); err != nil {
			return err
		}
		if err := insertAccreditation(ctx, tx, id.String(), actor, a, s.now()); err != nil {
			return fmt.Errorf("accredit %s: %w", a.Code, err)
		}
		about := ledger.Subject{Kind: "method", ID: id.String(), Number: a.Code}
		return ledger.Append(ctx, tx, actor, s.now(), kindMethodAccredited.Event(ledger.TechnicalManager, about,
			methodAccredited(a)))
	})
}

// StoredRow is a limit row as kept, with whether it is in use.
type StoredRow struct {
	Row
	ConfirmedAt *time.Time `json:"confirmed_at,omitempty"`
}

// Limits lists the limit rows, the technical manager's view of what judges results.
func (s *Service) Limits(ctx context.Context, actor ledger.Actor, item string) ([]StoredRow, error) {
	if actor.BusinessID != "" {
		return nil, errs.New(errs.Forbidden, "role_missing", "您的角色不能执行此操作", "your role does not allow this")
	}
	return selectLimits(ctx, s.db, item)
}

// ConfirmLimit lets a row judge results; the technical manager answers for its value.
func (s *Service) ConfirmLimit(ctx context.Context, actor ledger.Actor, id string) error {
	if err := actor.As(ledger.TechnicalManager); err != nil {
		return err
	}
	return s.db.InTx(ctx, func(tx *database.Tx) error {
		if err := confirmLimit(ctx, tx, id, actor.PersonID, s.now()); err != nil {
			return err
		}
		about := ledger.Subject{Kind: "limit", ID: id, Number: id}
		return ledger.Append(ctx, tx, actor, s.now(), kindLimitConfirmed.Event(ledger.TechnicalManager, about,
			limitConfirmed{id}))
	})
}

// Question asks for the judgement of one result. ProducedOn is nil when unknown; vehicle fuel is judged by its sampling
// date.
type Question struct {
	Category, Product, Grade, Item string
	SampledOn                      calendar.Date
	ProducedOn                     *calendar.Date
	Result, Unit, LOD, LOQ, Basis  string
	Conditions                     []string
}

// date is the day whose limits hold: of production where it is known, else of sampling.
func (q Question) date() calendar.Date {
	if q.ProducedOn == nil || q.Category == "fuel" {
		return q.SampledOn
	}
	return *q.ProducedOn
}

// Judgement is a verdict with what a report prints of its limit. Proof is a JSON snapshot of all that it rests on.
type Judgement struct {
	Verdict   Outcome
	Reason    Reason
	Proof     json.RawMessage
	LimitText string // with its unit, as the report prints it
	Standard  string
	Limit     json.RawMessage // snapshot of the row, null when none was found
}

// Judge finds the limit in force and judges the result by it. A result that nothing can judge is undetermined, with the
// reason; an error means that the question could not be asked at all.
func (s *Service) Judge(ctx context.Context, q database.Queryer, in Question) (Judgement, error) {
	catalogue, err := s.current(ctx, q)
	if err != nil {
		return Judgement{}, err
	}
	limit, err := catalogue.Find(Query{
		Item: in.Item, Product: in.Product, Grade: in.Grade, Date: in.date(), Conditions: in.Conditions,
	})
	if err != nil {
		return undecided(reasonOf(err))
	}
	v := Judge(Input{
		Item: in.Item, Result: in.Result, Unit: in.Unit, Limit: limit, LOD: in.LOD, LOQ: in.LOQ, Basis: basesOf(in.Basis),
	})
	proof, err := json.Marshal(v)
	if err != nil {
		return Judgement{}, fmt.Errorf("proof: %w", err)
	}
	row, err := json.Marshal(limit.Row)
	if err != nil {
		return Judgement{}, fmt.Errorf("limit row: %w", err)
	}
	return Judgement{
		Verdict: v.Outcome, Reason: v.Reason, Proof: proof, Limit: row,
		LimitText: limit.Row.Limit + limit.Row.Unit, Standard: limit.Row.Standard,
	}, nil
}

func undecided(why Reason) (Judgement, error) {
	v := Verdict{Outcome: Undetermined, Reason: why, Proof: Proof{Rule: "no_limit"}}
	proof, err := json.Marshal(v)
	if err != nil {
		return Judgement{}, fmt.Errorf("proof: %w", err)
	}
	return Judgement{Verdict: Undetermined, Reason: why, Proof: proof, Limit: json.RawMessage("null")}, nil
}

// Readable tells whether a raw result can be read at all; its error says why not.
func Readable(raw string) error {
	_, err := ParseResult(raw)
	return err
}

// current is the catalogue of the rows as they are enabled now, in all processes.
func (s *Service) current(ctx context.Context, q database.Queryer) (*Catalogue, error) {
	state, err := limitState(ctx, q)
	if err != nil {
		return nil, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.catalogue != nil && s.state == state {
		return s.catalogue, nil
	}
	stored, err := selectLimits(ctx, q, "")
	if err != nil {
		return nil, err
	}
	rows := make([]Row, len(stored))
	for i, r := range stored {
		rows[i] = r.Row
	}
	names, err := builtinNames()
	if err != nil {
		return nil, err
	}
	catalogue, err := NewCatalogue(rows, names)
	if err != nil {
		return nil, err
	}
	s.catalogue, s.state = catalogue, state
	return catalogue, nil
}
