package instruments

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"hengjian/instruments/procedure"
	"hengjian/internal/calendar"
	"hengjian/internal/database"
	"hengjian/internal/database/paging"
	"hengjian/internal/errs"
	"hengjian/internal/ledger"
)

// Instrument is a measuring instrument of a business, filed (备案) with the bureau. Parameters are those that its
// procedure asks for (Max, Min, e …), as JSON of strings.
type Instrument struct {
	ID            string          `json:"id" db:"id"`
	Division      string          `json:"division" db:"division"`
	Number        string          `json:"number" db:"number"`
	BusinessID    string          `json:"business_id" db:"business_id"`
	Business      string          `json:"business" db:"business"`
	Name          string          `json:"name" db:"name"`
	Model         string          `json:"model" db:"model"`
	Serial        string          `json:"serial" db:"serial"`
	Maker         string          `json:"maker" db:"maker"`
	Range         string          `json:"range" db:"range"`
	AccuracyClass string          `json:"accuracy_class" db:"accuracy_class"`
	ProcedureCode string          `json:"procedure_code" db:"procedure_code"`
	Parameters    json.RawMessage `json:"parameters" db:"parameters"`
	Place         string          `json:"place" db:"place"`
	Street        string          `json:"street" db:"street"`
	Purpose       string          `json:"purpose" db:"purpose" enum:"trade,safety,medical,environment"`
	Mode          string          `json:"mode" db:"mode" enum:"laboratory,on_site"`
	State         string          `json:"state" db:"state" enum:"in_use,stopped,scrapped"`
	FiledAt       time.Time       `json:"filed_at" db:"filed_at"`
	VerifiedOn    *calendar.Date  `json:"verified_on,omitempty" db:"verified_on"`
	ValidUntil    *calendar.Date  `json:"valid_until,omitempty" db:"valid_until"`
	Conclusion    string          `json:"conclusion" db:"conclusion"`
	Version       int             `json:"version" db:"version"`
}

// Filing is what a business files of an instrument (the ledger fields of e-CQS).
type Filing struct {
	ID            string            `json:"id,omitempty" doc:"UUIDv7 made by the client; the same id again is the same filing"`
	BusinessID    string            `json:"business_id,omitempty" doc:"the owner; a business files its own only"`
	Name          string            `json:"name"`
	Model         string            `json:"model"`
	Serial        string            `json:"serial"`
	Maker         string            `json:"maker"`
	Range         string            `json:"range"`
	AccuracyClass string            `json:"accuracy_class,omitempty" doc:"where the procedure judges by one, it is the one among the parameters"`
	ProcedureCode string            `json:"procedure_code"`
	Parameters    map[string]string `json:"parameters" doc:"what the procedure asks for, as decimal strings and choices"`
	Place         string            `json:"place"`
	Street        string            `json:"street"`
	Purpose       string            `json:"purpose"`
	Mode          string            `json:"mode"`
}

// Validate tells all that is wrong with a filing, but for its parameters, which checkParameters holds against the
// procedure.
func (f *Filing) Validate() error {
	trim(&f.Name, &f.Model, &f.Serial, &f.Maker, &f.Range, &f.AccuracyClass, &f.ProcedureCode, &f.Place, &f.Street)
	var l errs.List
	l.Require("name", f.Name, "器具名称", "name")
	l.Require("model", f.Model, "型号规格", "model")
	l.Require("serial", f.Serial, "出厂编号", "serial number")
	l.Require("maker", f.Maker, "制造单位", "maker")
	l.Require("place", f.Place, "使用地点", "place of use")
	for _, text := range [][2]string{{"name", f.Name}, {"model", f.Model}, {"serial", f.Serial}, {"range", f.Range}} {
		tooLong(&l, text[0], text[1], 100)
	}
	tooLong(&l, "maker", f.Maker, 200)
	tooLong(&l, "place", f.Place, 200)
	oneOf(&l, "purpose", f.Purpose, "器具用途", "trade", "safety", "medical", "environment")
	oneOf(&l, "mode", f.Mode, "送检方式", "laboratory", "on_site")
	l.Require("procedure_code", f.ProcedureCode, "检定规程", "procedure")
	return l.Err()
}

func oneOf(l *errs.List, path, got, zh string, choices ...string) {
	if slices.Contains(choices, got) {
		return
	}
	l.Add(path, "choice", fmt.Sprintf("%s须为%v之一", zh, choices), fmt.Sprintf("%s must be one of %v", path, choices))
}

// checkFiling tells all faults of a filing at once.
func (s *Service) checkFiling(ctx context.Context, f *Filing) error {
	var l errs.List
	l.Merge("", f.Validate())
	if f.ProcedureCode != "" {
		err := s.checkParameters(ctx, f)
		if err != nil && !isKind(err, errs.Invalid) {
			return err
		}
		l.Merge("", err)
	}
	return l.Err()
}

// checkParameters holds the parameters against the edition of the procedure in force today.
func (s *Service) checkParameters(ctx context.Context, f *Filing) error {
	var l errs.List
	edition, err := s.editionInForce(ctx, s.db, f.ProcedureCode, s.today(), false)
	switch {
	case isKind(err, errs.Blocked):
		l.Merge("procedure_code", err)
	case err != nil:
		return err
	default:
		l.Merge("parameters", edition.def.CheckParameters(f.Parameters))
		l.Merge("", f.fixClass(edition.def))
	}
	return l.Err()
}

// fixClass files the accuracy class that the procedure judges by, and no other: an instrument has one.
func (f *Filing) fixClass(def *procedure.Definition) error {
	class, asked := def.Class(f.Parameters["accuracy_class"])
	if !asked || class == "" {
		return nil
	}
	var l errs.List
	if stated, _ := def.Class(f.AccuracyClass); f.AccuracyClass != "" && stated != class {
		l.Add("accuracy_class", "parameters_contradict", "准确度等级与规程参数中的等级不一致",
			"the accuracy class differs from the one among the parameters")
	}
	f.AccuracyClass = class
	return l.Err()
}

// File puts an instrument on the bureau's register for its owner. A business files its own; verifiers and
// administrators file for a business.
func (s *Service) File(ctx context.Context, actor ledger.Actor, f Filing) (Instrument, error) {
	role, err := owner(actor, &f.BusinessID)
	if err != nil {
		return Instrument{}, err
	}
	if err := s.checkFiling(ctx, &f); err != nil {
		return Instrument{}, err
	}
	if f.ID, err = newID(f.ID); err != nil {
		return Instrument{}, err
	}
	parameters, err := ledger.Canonical(f.Parameters)
	if err != nil {
		return Instrument{}, err
	}
	return inTx(ctx, s.db, func(tx *database.Tx) (Instrument, error) {
		if old, err := selectInstrumentByID(ctx, tx, actor, f.ID); err == nil {
			return old, nil
		} else if !isKind(err, errs.NotFound) {
			return old, err
		}
		if err := businessExists(ctx, tx, actor.Division, f.BusinessID); err != nil {
			return Instrument{}, err
		}
		year := s.today().Year()
		n, err := database.NextNumber(ctx, tx, actor.Division, "instrument", year)
		if err != nil {
			return Instrument{}, err
		}
		number := fmt.Sprintf("QJ%02d-%s-%05d", year%100, actor.Division, n)
		if err := insertInstrument(ctx, tx, actor, number, f, string(parameters), s.now()); err != nil {
			return Instrument{}, fmt.Errorf("file instrument: %w", err)
		}
		in, err := selectInstrumentByID(ctx, tx, actor, f.ID)
		if err != nil {
			return in, err
		}
		about := ledger.Subject{Kind: "instrument", ID: in.ID, Number: in.Number}
		return in, ledger.Append(ctx, tx, actor, s.now(), kindInstrumentFiled.Event(role, about, instrumentFiled{
			BusinessID: in.BusinessID, Maker: in.Maker, Model: in.Model, Serial: in.Serial, Procedure: in.ProcedureCode,
			Parameters: f.Parameters,
		}))
	})
}

// owner fixes whose instrument it is: a business's people act for their business only.
func owner(actor ledger.Actor, businessID *string) (ledger.Role, error) {
	if actor.BusinessID != "" {
		*businessID = actor.BusinessID
		return ledger.Business, actor.As(ledger.Business)
	}
	if err := actor.As(ledger.Verifier, ledger.Administrator); err != nil {
		return "", err
	}
	if *businessID == "" {
		var l errs.List
		l.Require("business_id", "", "所属企业", "business_id")
		return "", l.Err()
	}
	if actor.Is(ledger.Verifier) {
		return ledger.Verifier, nil
	}
	return ledger.Administrator, nil
}

// Filter narrows a list; empty fields do not.
type Filter struct {
	Query    string
	State    string
	Street   string
	DueUntil string // instruments whose validity ends on or before the day, or that never passed
	Cursor   string
	Limit    int
}

// Instruments lists what the actor may see, newest number first.
func (s *Service) Instruments(ctx context.Context, actor ledger.Actor, f Filter) (paging.Page[Instrument], error) {
	if err := mayRead(actor); err != nil {
		return paging.Page[Instrument]{}, err
	}
	return selectInstruments(ctx, s.db, actor, f)
}

// Instrument returns one instrument by its number.
func (s *Service) Instrument(ctx context.Context, actor ledger.Actor, number string) (Instrument, error) {
	if err := mayRead(actor); err != nil {
		return Instrument{}, err
	}
	return selectInstrument(ctx, s.db, actor, number)
}
