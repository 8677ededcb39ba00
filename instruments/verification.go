package instruments

import (
	"context"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"hengjian/instruments/procedure"
	"hengjian/internal/calendar"
	"hengjian/internal/database"
	"hengjian/internal/errs"
	"hengjian/internal/ledger"
	"hengjian/internal/measure"
	"hengjian/internal/users"
)

// Verification is the record of one verification: what was read, what follows from it by the procedure, and who
// verified, checked and approved it. A correction is a further revision; a record never changes.
type Verification struct {
	ID           string          `json:"id" db:"id"`
	OrderID      string          `json:"order_id" db:"order_id"`
	RecordNumber string          `json:"record_number" db:"record_number"`
	Revision     int             `json:"revision" db:"revision"`
	Reason       string          `json:"reason" db:"reason"`
	ProcedureID  string          `json:"procedure_id" db:"procedure_id"`
	Procedure    string          `json:"procedure" db:"procedure"`
	StandardID   string          `json:"standard_id" db:"standard_id"`
	Standard     string          `json:"standard" db:"standard"`
	Stage        string          `json:"stage" db:"stage"`
	Parameters   json.RawMessage `json:"parameters" db:"parameters"`
	Readings     json.RawMessage `json:"readings" db:"readings"`
	Evaluation   json.RawMessage `json:"evaluation" db:"evaluation"`
	Conclusion   string          `json:"conclusion" db:"conclusion" enum:"pass,fail,undetermined"`
	VerifiedOn   calendar.Date   `json:"verified_on" db:"verified_on"`
	ValidUntil   *calendar.Date  `json:"valid_until,omitempty" db:"valid_until"`
	Place        string          `json:"place" db:"place"`
	Temperature  string          `json:"temperature" db:"temperature"`
	Humidity     string          `json:"humidity" db:"humidity"`
	Adjusted     string          `json:"adjusted" db:"adjusted"`
	VerifiedBy   string          `json:"verified_by" db:"verified_by"`
	Verifier     string          `json:"verifier" db:"verifier"`
	VerifiedAt   time.Time       `json:"verified_at" db:"verified_at"`
	CheckedBy    string          `json:"checked_by,omitempty" db:"checked_by"`
	Checker      string          `json:"checker,omitempty" db:"checker"`
	CheckedAt    *time.Time      `json:"checked_at,omitempty" db:"checked_at"`
	ReturnReason string          `json:"return_reason,omitempty" db:"return_reason"`
	ApprovedBy   string          `json:"approved_by,omitempty" db:"approved_by"`
	Approver     string          `json:"approver,omitempty" db:"approver"`
	ApprovedAt   *time.Time      `json:"approved_at,omitempty" db:"approved_at"`
	Equipment    []Use           `json:"equipment" db:"-"`
}

// Given are the parameters of the instrument that the record was judged by, by name.
func (v Verification) Given() (map[string]json.RawMessage, error) {
	var given map[string]json.RawMessage
	if err := json.Unmarshal(v.Parameters, &given); err != nil {
		return nil, fmt.Errorf("parameters of record %s: %w", v.RecordNumber, err)
	}
	return given, nil
}

// Recording is what a verifier hands in. Conclusion and validity are computed, never given.
type Recording struct {
	StandardID  string          `json:"standard_id" doc:"the 计量标准 used"`
	EquipmentID []string        `json:"equipment_ids" doc:"the pieces of the standard that were used"`
	VerifiedOn  calendar.Date   `json:"verified_on"`
	Place       string          `json:"place"`
	Temperature string          `json:"temperature" doc:"°C, decimal"`
	Humidity    string          `json:"humidity" doc:"%RH, decimal"`
	Readings    json.RawMessage `json:"readings" doc:"by item of the procedure"`
	Adjusted    string          `json:"adjusted,omitempty" doc:"what was adjusted or repaired before the readings"`
	Reason      string          `json:"reason,omitempty" doc:"why this record replaces the one before"`
}

// Validate tells all that is wrong with a recording, before the procedure judges its readings.
func (r *Recording) Validate(today calendar.Date) error {
	trim(&r.Place, &r.Temperature, &r.Humidity, &r.Adjusted, &r.Reason)
	var l errs.List
	l.Require("standard_id", r.StandardID, "计量标准", "standard_id")
	l.Require("place", r.Place, "检定地点", "place")
	requireNumbers(&l, "temperature", r.Temperature, "环境温度")
	requireNumbers(&l, "humidity", r.Humidity, "相对湿度")
	if len(r.EquipmentID) == 0 {
		l.Add("equipment_ids", "required", "至少选择一件所用标准器", "at least one piece of equipment is needed")
	}
	for i, id := range r.EquipmentID {
		if slices.Contains(r.EquipmentID[:i], id) {
			l.Add(fmt.Sprintf("equipment_ids[%d]", i), "twice", "同一件标准器列了两次", "this piece of equipment is listed twice")
		}
	}
	switch {
	case r.VerifiedOn.IsZero():
		l.Add("verified_on", "required", "检定日期必填", "verified_on is required")
	case r.VerifiedOn.After(today):
		l.Add("verified_on", "future", "检定日期不能晚于今天", "verified_on lies in the future")
	}
	if len(r.Readings) == 0 || r.Readings[0] != '{' {
		l.Add("readings", "required", "检定数据必填", "readings are required")
	}
	tooLong(&l, "adjusted", r.Adjusted, 500)
	tooLong(&l, "reason", r.Reason, 500)
	return l.Err()
}

// requireNumbers wants one number, or several with commas where a condition was read more than once.
func requireNumbers(l *errs.List, path, text, zh string) {
	if l.Require(path, text, zh, path); text == "" {
		return
	}
	for part := range strings.SplitSeq(text, ",") {
		if _, err := measure.ParseDecimal(strings.TrimSpace(part)); err != nil {
			l.Add(path, "number", zh+"须为数值", path+" must be a number")
			return
		}
	}
}

// Record keeps a verification by the edition of the procedure in force on its day. Every gate that stands in the way is
// told at once. A record that cannot be judged is kept as undetermined and leaves the order where it was.
func (s *Service) Record(ctx context.Context, actor ledger.Actor, proof users.Proof, number string, version int, r Recording,
) (Verification, error) {
	if err := r.Validate(s.today()); err != nil {
		return Verification{}, err
	}
	return inTx(ctx, s.db, func(tx *database.Tx) (Verification, error) {
		o, role, err := s.stepOrder(ctx, tx, actor, number, version, Record)
		if err != nil {
			return Verification{}, err
		}
		in, err := selectInstrumentByID(ctx, tx, actor, o.InstrumentID)
		if err != nil {
			return Verification{}, err
		}
		g, err := s.gates(ctx, tx, actor, o, in, r)
		if err != nil {
			return Verification{}, err
		}
		v, err := s.judge(ctx, tx, o, in, g, r)
		if err != nil {
			return Verification{}, err
		}
		return s.keepRecord(ctx, tx, actor, proof, role, o, v)
	})
}

// judge evaluates the readings by the procedure's edition and fills the record.
func (s *Service) judge(ctx context.Context, tx *database.Tx, o Order, in Instrument, g gate, r Recording) (Verification, error) {
	record, err := recordOf(in, o.Stage, r)
	if err != nil {
		return Verification{}, err
	}
	record.Ratios = ratios(g.uses)
	evaluation, err := g.edition.def.Evaluate(record)
	if err != nil {
		return Verification{}, err
	}
	text, err := ledger.Canonical(evaluation)
	if err != nil {
		return Verification{}, err
	}
	id, err := newID("")
	if err != nil {
		return Verification{}, err
	}
	v := Verification{
		ID: id, OrderID: o.ID, Reason: r.Reason, ProcedureID: g.edition.ID, Procedure: g.edition.Name(),
		StandardID: g.standard.ID, Standard: g.standard.Name, Stage: o.Stage, Parameters: in.Parameters,
		Readings: r.Readings, Evaluation: text, Conclusion: string(evaluation.Conclusion), VerifiedOn: r.VerifiedOn,
		Place: r.Place, Temperature: r.Temperature, Humidity: r.Humidity, Adjusted: r.Adjusted,
		VerifiedAt: s.now(), Equipment: g.uses,
	}
	if v.Conclusion == "pass" {
		if v.ValidUntil, err = validity(o, in, g.edition, record, r.VerifiedOn); err != nil {
			return v, err
		}
	}
	v.Revision, err = nextRevision(ctx, tx, o.ID)
	if err == nil && v.Revision > 1 && v.Reason == "" {
		var l errs.List
		l.Require("reason", "", "重新检定的原因", "reason")
		err = l.Err()
	}
	return v, err
}

// validity is the last day that a verification which passed holds, as the edition says for such an instrument; nil when
// it knows no end. An in-use inspection, with its wider limits, is no verification: it leaves the day as it was.
func validity(o Order, in Instrument, edition Edition, r procedure.Record, on calendar.Date) (*calendar.Date, error) {
	if o.Stage == string(procedure.Inspection) {
		return in.ValidUntil, nil
	}
	v, err := edition.def.Validity(r.Parameters, on)
	if err != nil || v.Until.IsZero() {
		return nil, err
	}
	return &v.Until, nil
}

// recordOf is what the engine judges of a recording.
func recordOf(in Instrument, stage string, r Recording) (procedure.Record, error) {
	record := procedure.Record{
		Stage:       procedure.Stage(stage),
		Environment: map[string]string{"temperature": r.Temperature, "humidity": r.Humidity},
	}
	if err := json.Unmarshal(in.Parameters, &record.Parameters); err != nil {
		return record, fmt.Errorf("parameters of instrument %s: %w", in.Number, err)
	}
	if err := json.Unmarshal(r.Readings, &record.Readings); err != nil {
		return record, errs.New(errs.Invalid, "readings", "检定数据不是可识别的JSON对象", "the readings are not a JSON object").With(err)
	}
	return record, nil
}

func ratios(uses []Use) []string {
	out := make([]string, 0, len(uses))
	for _, u := range uses {
		out = append(out, u.Certificate.RelativeMPE)
	}
	return out
}

// shown is exactly what a signer of a record saw: all of it that a certificate states or rests on.
func (v Verification) shown() map[string]any {
	return map[string]any{
		"order": v.OrderID, "revision": v.Revision, "procedure": v.ProcedureID, "standard": v.StandardID,
		"stage": v.Stage, "parameters": v.Parameters, "readings": v.Readings, "evaluation": v.Evaluation,
		"conclusion": v.Conclusion, "verified_on": v.VerifiedOn.String(), "valid_until": v.ValidUntil, "place": v.Place,
		"temperature": v.Temperature, "humidity": v.Humidity, "adjusted": v.Adjusted, "reason": v.Reason,
		"equipment_certificates": slices.Sorted(slices.Values(certificateIDs(v.Equipment))),
	}
}

// ContentHash is the SHA-256, hexadecimal, of the record as it stands: each signature under it holds the same.
func (v Verification) ContentHash() (string, error) {
	sum, _, err := ledger.Hash(v.shown())
	return hex.EncodeToString(sum[:]), err
}

func (s *Service) keepRecord(ctx context.Context, tx *database.Tx, actor ledger.Actor, proof users.Proof, role ledger.Role,
	o Order, v Verification,
) (Verification, error) {
	signature, hash, err := s.sign(ctx, tx, actor, proof, role, v, "检定 verified")
	if err != nil {
		return v, err
	}
	year := v.VerifiedOn.Year()
	n, err := database.NextNumber(ctx, tx, actor.Division, "verification_record", year)
	if err != nil {
		return v, err
	}
	v.RecordNumber = fmt.Sprintf("JL%02d-%s-%05d", year%100, actor.Division, n)
	v.VerifiedBy, v.Verifier = actor.PersonID, actor.Name
	if err := insertVerification(ctx, tx, v, signature); err != nil {
		return v, fmt.Errorf("record of order %s: %w", o.Number, err)
	}
	if v.Conclusion == string(procedure.Undetermined) {
		o.State = Accepted
	}
	if err := updateOrder(ctx, tx, o, actor.PersonID); err != nil {
		return v, err
	}
	return v, ledger.Append(ctx, tx, actor, s.now(), kindVerificationRecorded.Event(role, o.about(), verificationRecorded{
		recordStep: recordStep{v.ref(hash), signature}, Conclusion: v.Conclusion, Procedure: v.ProcedureID,
		Standard: v.StandardID, EquipmentCertificates: certificateIDs(v.Equipment),
	}))
}

func certificateIDs(uses []Use) []string {
	ids := make([]string, 0, len(uses))
	for _, u := range uses {
		ids = append(ids, u.Certificate.ID)
	}
	return ids
}

// Verification returns the record of the given id, within the actor's division and, for a business, of its own.
func (s *Service) Verification(ctx context.Context, actor ledger.Actor, id string) (Verification, error) {
	if err := mayRead(actor); err != nil {
		return Verification{}, err
	}
	v, err := selectVerification(ctx, s.db, id)
	if err != nil {
		return v, err
	}
	_, err = selectOrderByID(ctx, s.db, actor, v.OrderID)
	return v, err
}

// Approved returns an approved record of the given id with all that its document says of it, within the actor's division
// and, for a business, of its own.
func (s *Service) Approved(ctx context.Context, actor ledger.Actor, id string) (ApprovedVerification, error) {
	var a ApprovedVerification
	var err error
	if a.Record, err = s.Verification(ctx, actor, id); err != nil {
		return a, err
	}
	if a.Order, err = selectOrderByID(ctx, s.db, actor, a.Record.OrderID); err != nil {
		return a, err
	}
	return a, s.complete(ctx, s.db, actor, &a)
}
