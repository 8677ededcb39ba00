package instruments

import (
	"context"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"strings"
	"sync"
	"time"

	"hengjian/instruments/procedure"
	"hengjian/internal/calendar"
	"hengjian/internal/database"
	"hengjian/internal/errs"
	"hengjian/internal/ledger"
)

// Edition is one edition of a verification procedure, kept as the text of its definition.
type Edition struct {
	ID         string         `json:"id" db:"id"`
	Code       string         `json:"code" db:"code"`
	Edition    string         `json:"edition" db:"edition"`
	Title      string         `json:"title" db:"title"`
	Effective  calendar.Date  `json:"effective" db:"effective"`
	Until      *calendar.Date `json:"until,omitempty" db:"until"`
	ApprovedAt *time.Time     `json:"approved_at,omitempty" db:"approved_at"`
	ApprovedBy string         `json:"approved_by,omitempty" db:"approved_by"`
	Hash       string         `json:"hash" db:"hash"`
	Definition string         `json:"-" db:"definition"`
	def        *procedure.Definition
}

// Name is how a certificate cites the procedure.
func (e Edition) Name() string { return e.Number() + "《" + e.Title + "》" }

// Number is the procedure's number as it is written: JJG 539-2016.
func (e Edition) Number() string { return strings.Replace(e.Code, "-", " ", 1) }

// Parsed is the edition's definition as the engine reads it.
func (e Edition) Parsed() *procedure.Definition { return e.def }

// parsed remembers definitions by the hash of their text; they never change.
var parsed sync.Map

func (e *Edition) parse() error {
	if def, ok := parsed.Load(e.Hash); ok {
		e.def, _ = def.(*procedure.Definition)
		return nil
	}
	def, err := procedure.Parse([]byte(e.Definition))
	if err != nil {
		return fmt.Errorf("procedure %s: %w", e.Code, err)
	}
	parsed.Store(e.Hash, def)
	e.def = def
	return nil
}

// LoadProcedures brings the embedded definitions into the database. A changed file is a new row, unapproved: what was
// used before stays.
func (s *Service) LoadProcedures(ctx context.Context) error {
	return s.db.InTx(ctx, func(tx *database.Tx) error {
		for _, text := range procedure.Embedded() {
			def, err := procedure.Parse(text)
			if err != nil {
				return err
			}
			id, err := newID("")
			if err != nil {
				return err
			}
			sum := sha256.Sum256(text)
			if err := insertEdition(ctx, tx, id, def, string(text), sum[:]); err != nil {
				return fmt.Errorf("procedure %s: %w", def.ID, err)
			}
		}
		return nil
	})
}

// ApproveEdition lets certificates rest on an edition; the technical manager answers for its numbers.
func (s *Service) ApproveEdition(ctx context.Context, actor ledger.Actor, id string) (Edition, error) {
	if err := actor.As(ledger.TechnicalManager); err != nil {
		return Edition{}, err
	}
	return inTx(ctx, s.db, func(tx *database.Tx) (Edition, error) {
		e, err := selectEdition(ctx, tx, id)
		if err != nil || e.ApprovedAt != nil {
			return e, err
		}
		if err := approveEdition(ctx, tx, id, actor.PersonID, s.now()); err != nil {
			return e, err
		}
		about := ledger.Subject{Kind: "procedure", ID: e.ID, Number: e.Code}
		if err := ledger.Append(ctx, tx, actor, s.now(), kindProcedureApproved.Event(ledger.TechnicalManager, about,
			procedureApproved{e.Hash})); err != nil {
			return e, err
		}
		return selectEdition(ctx, tx, id)
	})
}

// Editions lists all editions of all procedures.
func (s *Service) Editions(ctx context.Context, actor ledger.Actor) ([]Edition, error) {
	if err := mayRead(actor); err != nil {
		return nil, err
	}
	return selectEditions(ctx, s.db)
}

// EditionDetail is an edition with its definition, from which forms are drawn, and what of it is known from memory only.
type EditionDetail struct {
	Edition     Edition               `json:"edition"`
	Definition  *procedure.Definition `json:"definition"`
	Unconfirmed []procedure.Fact      `json:"unconfirmed"`
}

// InForce returns the edition of a procedure in force on a day, approved or not.
func (s *Service) InForce(ctx context.Context, actor ledger.Actor, code string, on calendar.Date) (EditionDetail, error) {
	if err := mayRead(actor); err != nil {
		return EditionDetail{}, err
	}
	e, err := s.editionInForce(ctx, s.db, code, on, false)
	if err != nil {
		return EditionDetail{}, err
	}
	return EditionDetail{Edition: e, Definition: e.def, Unconfirmed: e.def.Unconfirmed()}, nil
}

// editionFor is the edition by which an instrument is verified on a day. It is Blocked when such instruments go by another
// procedure from then on, or when the parameters do not tell which applies.
func (s *Service) editionFor(ctx context.Context, q database.Queryer, in Instrument, on calendar.Date, approved bool) (Edition, error) {
	e, err := s.editionInForce(ctx, q, in.ProcedureCode, on, approved)
	if err != nil {
		return e, err
	}
	var parameters map[string]json.RawMessage
	if err := json.Unmarshal(in.Parameters, &parameters); err != nil {
		return e, fmt.Errorf("parameters of instrument %s: %w", in.Number, err)
	}
	return e, e.def.InForce(parameters, on)
}

func (s *Service) editionInForce(ctx context.Context, q database.Queryer, code string, on calendar.Date, approved bool) (Edition, error) {
	e, err := selectEditionOn(ctx, q, code, on)
	if isKind(err, errs.NotFound) {
		return e, errs.New(errs.Blocked, "procedure_not_in_force",
			fmt.Sprintf("%s在%s没有现行有效的版本", code, on), fmt.Sprintf("no edition of %s is in force on %s", code, on))
	}
	if err != nil {
		return e, err
	}
	if approved && e.ApprovedAt == nil {
		return e, errs.New(errs.Blocked, "procedure_not_approved",
			fmt.Sprintf("规程%s的数据尚未经技术负责人批准，不能出具证书", code),
			fmt.Sprintf("the data of procedure %s are not approved by the technical manager", code))
	}
	return e, nil
}
